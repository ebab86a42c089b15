"""Load: what the server bears at 1 to 256 connections, next to a bare FastAPI route and a bare Oxigraph in the same run.

The servers run all the while, and one is loaded at a time. A reply of the constant route is as large as that of the mapping lookup.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import quote

import imri_kg
from benchmarks import wrk
from benchmarks.asking import Connection, read_reply, request
from benchmarks.options import positive
from benchmarks.results import Measurement, NothingMeasuredError
from benchmarks.sampling import Reading, read_processes
from benchmarks.servers import Server, bare_oxigraph, constant_route, imri_kg_server
from benchmarks.sparql import QUERIES

__all__ = ["AIM", "HOW", "LOOKUP", "TEXT", "Cell", "add_options", "measure", "summarise"]

TEXT = "Load the server with wrk and compare it with a bare FastAPI route and a bare Oxigraph."
HOW = "Each address is asked by a number of connections that send their next request as soon as they have a reply."
#: A lookup against the constant route: its throughput by ours, at most.
AIM = 2.0
CONNECTIONS = (1, 16, 64, 256)
SECONDS = 10
LOOKUP = "/api/v1/mappings?subject=imri:B1&object_framework=chime"
_ROWS = {"Accept": "application/sparql-results+json"}
_CONSTANTS = ("constant bytes", "constant object")


@dataclass(frozen=True, slots=True)
class Cell:
    """One run: what was asked, how many connections asked, and what came."""

    name: str
    connections: int
    result: wrk.Result
    before: Reading
    after: Reading


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this measurement."""
    parser.add_argument("--seconds", type=positive, default=SECONDS, help=f"how long each run lasts (default {SECONDS})")
    parser.add_argument("--connections", type=positive, nargs="+", default=list(CONNECTIONS), metavar="N", help=f"numbers of connections (default {' '.join(map(str, CONNECTIONS))})")
    parser.add_argument("--server-workers", type=positive, default=1, help="processes of our server and of the constant route (default 1)")


def measure(options: argparse.Namespace) -> Measurement:
    """Load each address at each number of connections.

    Raises:
        MissingToolError: wrk, Oxigraph or psutil is not there.
        NothingMeasuredError: a server did not come up or did not answer.
    """
    wrk.find_wrk()
    query = (QUERIES / "lookup.rq").read_text(encoding="utf-8")
    query = quote("\n".join(line for line in query.splitlines() if not line.startswith("#")), safe="")
    with ExitStack() as stack:
        ours = stack.enter_context(imri_kg_server(options.server_workers))
        with Connection(ours.port) as connection:
            reply = read_reply(connection.ask(request("GET", LOOKUP)))
        constant = stack.enter_context(constant_route(reply.body, options.server_workers))
        oxigraph = stack.enter_context(bare_oxigraph(imri_kg.open().nquads(), in_memory=True))
        targets: list[tuple[str, Server, str, Mapping[str, str]]] = [
            ("lookup", ours, LOOKUP, {}),
            (_CONSTANTS[0], constant, "/bytes", {}),
            (_CONSTANTS[1], constant, "/object", {}),
            ("search", ours, "/api/v1/search?q=hope", {}),
            ("crosswalk", ours, "/api/v1/crosswalks/imri/chime", {}),
            ("sparql", ours, f"/sparql?query={query}", _ROWS),
            ("bare Oxigraph", oxigraph, f"/query?query={query}", _ROWS),
        ]
        cells = []
        for name, server, path, headers in targets:
            _must_answer(name, server, path, headers)
            wrk.run(server.address + path, 1, 1, headers)
        for connections in options.connections:
            for name, server, path, headers in targets:
                before = read_processes(server.process.pid)
                result = wrk.run(server.address + path, connections, options.seconds, headers)
                if not server.alive:
                    raise NothingMeasuredError(f"The server {server.name} ended while {name} was measured: {server.said[-2000:]}")
                cells.append(Cell(name, connections, result, before, read_processes(server.process.pid)))
    return summarise(cells, len(reply.body), options.seconds, options.server_workers)


def _must_answer(name: str, server: Server, path: str, headers: Mapping[str, str]) -> None:
    with Connection(server.port) as connection:
        reply = read_reply(connection.ask(request("GET", path, headers=headers)))
    if reply.status != 200 or not reply.body:
        raise NothingMeasuredError(f"{name}: {server.name} answers {path} with {reply.status}: {reply.body[:300].decode(errors='replace')}")


def summarise(cells: list[Cell], size: int, seconds: int, workers: int) -> Measurement:
    """Return the measurement.

    Args:
        cells: all runs.
        size: bytes of the reply of a lookup, and of the constant.
        seconds: how long each run lasted.
        workers: processes of our server and of the constant route.

    Raises:
        NothingMeasuredError: a run had no good reply.
    """
    if not cells:
        raise NothingMeasuredError("Nothing was loaded.")
    lines = [f"{'':15}  conns  good replies/s   p50 ms    p99 ms  memory MiB before, after (processes)  errors"]
    failures = []
    for cell in cells:
        r = cell.result
        if r.throughput <= 0:
            raise NothingMeasuredError(f"{cell.name} at {cell.connections} connections: no good reply in {r.requests}.")
        told = ", ".join(f"{count} {kind}" for kind, count in r.errors.items()) or "none"
        refused = [status for status in r.statuses if int(status) >= 400]
        kinds = f" (of {', '.join(refused)})" if refused else ""
        lines.append(f"{cell.name:15}  {cell.connections:5d}  {r.throughput:14.1f} {r.p50:8.2f} {r.p99:9.2f}"
                     f"  {cell.before.memory:6.0f} {cell.after.memory:6.0f} ({cell.after.processes})  {told}{kinds}")  # fmt: skip
        bad = [status for status in refused if status != "503"]
        if bad:
            failures.append(f"{cell.name} at {cell.connections} connections answered {', '.join(bad)}")
        if r.not_good and not refused:
            failures.append(f"{cell.name} at {cell.connections} connections: {r.not_good} replies of a status that could not be told")
    by = {(cell.name, cell.connections): cell.result.throughput for cell in cells}
    ratios = {}
    for connections in dict.fromkeys(cell.connections for cell in cells):
        if ("lookup", connections) not in by:
            continue
        found = {name: by[name, connections] / by["lookup", connections] for name in _CONSTANTS if (name, connections) in by}
        ratios[str(connections)] = {name: round(ratio, 3) for name, ratio in found.items()}
        told = ", ".join(f"{ratio:.2f} times a lookup for {name}" for name, ratio in found.items())
        lines.append(f"at {connections} connections: {told}; aim {AIM:g}: {'met' if all(r <= AIM for r in found.values()) else 'missed'}")
    lines.append(f"a lookup has {size} bytes; {seconds} s each; {workers} process{'es' if workers > 1 else ''} of ours and of the constant route; errors are those of wrk")
    figures = {
        "cells": [{"name": c.name, "connections": c.connections, **c.result.to_json(), "memory_before_mib": round(c.before.memory, 1),
                   "memory_after_mib": round(c.after.memory, 1), "processes": c.after.processes} for c in cells],
        "ratio_of_constant": ratios, "aim": AIM, "bytes": size, "seconds": seconds, "server_workers": workers,
    }  # fmt: skip
    return Measurement((*lines, *failures), figures, tuple(failures))
