"""Whether lookups stay quick while a query is being killed: locust asks once a second for each of many clients, alone and beside such queries."""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.asking import BrokenReplyError, Connection, read_reply, sparql_request
from benchmarks.load import LOOKUP
from benchmarks.options import positive
from benchmarks.results import Measurement, NothingMeasuredError
from benchmarks.servers import imri_kg_server, load_package
from benchmarks.sparql import QUERIES

__all__ = ["AIM", "HOW", "TEXT", "Phase", "add_options", "measure", "percentile", "summarise"]

TEXT = "Measure lookups of many clients while a query runs that will be killed."
HOW = "Each client asks once a second; first with nothing else, then while a cross join is sent again as soon as it was killed."
#: Milliseconds in which 99 of a hundred lookups have their reply.
AIM = 50.0
SECONDS, CLIENTS = 30, 64
_ROOT = Path(__file__).resolve().parent.parent


class Phase:
    """The lookups of one phase: milliseconds of each, errors by kind, and statuses of the queries that were to be killed."""

    def __init__(self, name: str, lookups: Sequence[dict[str, Any]], killed: Counter[str] | None = None) -> None:
        good = [entry for entry in lookups if entry["status"] == 200 and not entry["error"]]
        self.name, self.killed = name, killed or Counter()
        self.times = sorted(float(entry["ms"]) for entry in good)
        self.errors = Counter(entry["error"] or str(entry["status"]) for entry in lookups if entry not in good)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this measurement."""
    parser.add_argument("--seconds", type=positive, default=SECONDS, help=f"how long each phase lasts (default {SECONDS})")
    parser.add_argument("--clients", type=positive, default=CLIENTS, help=f"how many clients look up (default {CLIENTS})")
    parser.add_argument("--query-seconds", type=positive, default=10, help="time limit of a query (default 10, that of the server)")
    parser.add_argument("--server-workers", type=positive, default=1, help="processes of our server (default 1)")


def measure(options: argparse.Namespace) -> Measurement:
    """Look up in both phases.

    Raises:
        MissingToolError: locust is not installed.
        NothingMeasuredError: nothing was looked up, or no query was killed.
    """
    _find_locust()
    with imri_kg_server(options.server_workers, ["--query-seconds", str(options.query_seconds)]) as server:
        server.status(LOOKUP)
        alone = Phase("alone", _look_up(server.address, options.clients, options.seconds))
        killed: Counter[str] = Counter()
        stop = threading.Event()
        killer = threading.Thread(target=_send_cross_joins, args=(server.port, stop, killed), name="cross joins", daemon=True)
        killer.start()
        lookups = _look_up(server.address, options.clients, options.seconds)
        stop.set()
        killer.join(options.query_seconds + 60)
        return summarise([alone, Phase("beside a killed query", lookups, killed)], options.clients, options.seconds)


def _send_cross_joins(port: int, stop: threading.Event, killed: Counter[str]) -> None:
    prepared = sparql_request("/sparql", (QUERIES / "cross-join.rq").read_text(encoding="utf-8"), "application/sparql-results+json", post=True)
    while not stop.is_set():
        try:
            with Connection(port) as connection:
                killed[str(read_reply(connection.ask(prepared)).status)] += 1
        except BrokenReplyError:
            killed["broken"] += 1
        except OSError:
            killed["no reply"] += 1
            stop.wait(0.2)


def _find_locust() -> None:
    import importlib.util

    # To import it would replace the sockets and threads of this process.
    if importlib.util.find_spec("locust") is None:
        load_package("locust")


def _look_up(address: str, clients: int, seconds: int) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="imri-kg-lookups-") as folder:
        file = Path(folder) / "times.json"
        command = [sys.executable, "-m", "locust", "-f", str(Path(__file__).with_name("lookups.py")), "--headless", "--host", address, "-u", str(clients),
                   "-r", str(clients), "-t", f"{seconds}s", "--only-summary", "--exit-code-on-error", "0"]  # fmt: skip
        environment = {**os.environ, "IMRI_KG_BENCHMARK_TIMES": str(file), "IMRI_KG_BENCHMARK_PATH": LOOKUP}
        found = subprocess.run(command, cwd=_ROOT, env=environment, capture_output=True, text=True, timeout=seconds + 120, check=False)
        if found.returncode or not file.is_file():
            raise NothingMeasuredError(f"locust ended with {found.returncode}: {found.stderr.strip()[-1000:]}")
        lookups: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
        return lookups


def percentile(times: Sequence[float], percent: float) -> float:
    """Return the smallest of sorted times that so many in a hundred do not exceed.

    >>> percentile([1.0, 2.0, 3.0, 4.0], 50)
    2.0
    """
    return times[max(0, math.ceil(len(times) * percent / 100) - 1)]


def summarise(phases: Sequence[Phase], clients: int, seconds: int) -> Measurement:
    """Return the measurement; a lookup without a good reply is a failure.

    Raises:
        NothingMeasuredError: a phase has no lookup, or the queries of the second one were not killed.
    """
    figures: dict[str, Any] = {"clients": clients, "seconds": seconds, "aim_ms": AIM}
    lines = [f"{'':24} lookups   p50 ms   p99 ms   most ms  errors"]
    failures = []
    for phase in phases:
        if not phase.times:
            raise NothingMeasuredError(f"{phase.name}: no lookup had a good reply; errors: {dict(phase.errors) or 'none'}.")
        p50, p99 = percentile(phase.times, 50), percentile(phase.times, 99)
        errors = ", ".join(f"{count} {kind}" for kind, count in sorted(phase.errors.items())) or "none"
        lines.append(f"{phase.name:24} {len(phase.times):7d} {p50:8.2f} {p99:8.2f} {phase.times[-1]:9.2f}  {errors}")
        if phase.errors:
            failures.append(f"{phase.name}: lookups without a good reply: {errors}")
        figures[phase.name] = {"lookups": len(phase.times), "p50_ms": round(p50, 3), "p99_ms": round(p99, 3), "most_ms": round(phase.times[-1], 3),
                               "errors": dict(phase.errors), "queries": dict(phase.killed)}  # fmt: skip
    last = phases[-1]
    if not last.killed.get("408"):
        raise NothingMeasuredError(f"No query was killed for its time; replies to the cross joins: {dict(last.killed) or 'none'}. Use more --seconds or fewer --query-seconds.")
    other = {kind: count for kind, count in last.killed.items() if kind not in ("408", "503")}
    if other:
        failures.append(f"cross joins that were not killed for their time: {other}")
    p99 = percentile(last.times, 99)
    lines.append(f"queries killed: {last.killed['408']}; p99 beside them {p99:.2f} ms; aim below {AIM:g} ms: {'met' if p99 < AIM else 'missed'}; "
                 f"{clients} clients, {seconds} s each")  # fmt: skip
    return Measurement((*lines, *failures), figures, tuple(failures))
