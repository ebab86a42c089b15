"""What our SPARQL endpoint costs beside a bare Oxigraph server: the same queries over the same graph, in turns, over connections that stay open.

Ours parses, isolates and limits each query; Oxigraph only answers it. Its server is asked twice over, with its store in files and in memory; ours is
in memory too, so that the second is the fairer one.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import imri_kg
from benchmarks.asking import Connection, read_reply, sparql_request
from benchmarks.comparing import meaning, size
from benchmarks.options import positive
from benchmarks.results import Measurement, NothingMeasuredError, Summary
from benchmarks.servers import Server, bare_oxigraph, imri_kg_server
from imri_kg.graph import KnowledgeGraph

__all__ = ["AIM", "HOW", "QUERIES", "TEXT", "add_options", "measure", "summarise"]

TEXT = "Compare the SPARQL endpoint with a bare Oxigraph server."
HOW = "Every competency question without parameters, a tiny lookup, a large answer and a graph are asked of each server in turns; the answers must be the same."
#: Our time by that of the bare server, at most.
AIM = 1.5
RUNS = 30
#: A query that takes long is asked no more once it has had these seconds, but at least so many times.
_LONGEST, _LEAST = 20.0, 3
#: A connection waits while the other servers answer the same query; a slow query is compared as well, and not killed.
_PATIENT = ("--keep-alive-seconds", "600", "--query-seconds", "120")
#: Where the queries of the measurements stand.
QUERIES = Path(__file__).resolve().parent / "queries"
_ROWS, _STATEMENTS = "application/sparql-results+json", "application/n-triples"
_OURS, _MEMORY, _FILES = "imri-kg", "Oxigraph in memory", "Oxigraph in files"


class Question(NamedTuple):
    """A query, the form of its answer (`comparing.meaning`), and how it goes over the wire."""

    name: str
    text: str
    form: str

    def prepared(self, path: str) -> bytes:
        """Return the request to a server."""
        return sparql_request(path, self.text, _STATEMENTS if self.form == "statements" else _ROWS, post=True)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this measurement."""
    parser.add_argument("--runs", type=positive, default=RUNS, help=f"how often each query is asked of each server (default {RUNS})")


def questions(graph: KnowledgeGraph) -> Iterator[Question]:
    """Yield all that is asked."""
    for name, form in (("lookup", "rows"), ("labels", "rows"), ("statements", "statements")):
        yield Question(name, (QUERIES / f"{name}.rq").read_text(encoding="utf-8"), form)
    for row in graph.queries("competency").rows():
        stored = graph.query_service.stored(str(row["name"]))
        if not stored.parameters:
            yield Question(stored.id.removeprefix("competency/"), stored.repeatable, "rows")


def measure(options: argparse.Namespace) -> Measurement:
    """Ask every query `runs` times of each server.

    Raises:
        NothingMeasuredError: a server did not come up, or there was nothing to ask.
    """
    graph = imri_kg.open()
    asked = list(questions(graph))
    quads = graph.nquads()
    with ExitStack() as stack:
        servers: dict[str, tuple[Server, str]] = {
            _OURS: (stack.enter_context(imri_kg_server(flags=_PATIENT)), "/sparql"),
            _MEMORY: (stack.enter_context(bare_oxigraph(quads, in_memory=True)), "/query"),
            _FILES: (stack.enter_context(bare_oxigraph(quads)), "/query"),
        }
        connections = {name: stack.enter_context(Connection(server.port)) for name, (server, _) in servers.items()}
        times: dict[str, dict[str, list[float]]] = {}
        rows: dict[str, int] = {}
        different: list[str] = []
        for question in asked:
            prepared = {name: question.prepared(path) for name, (_, path) in servers.items()}
            answers = {name: _answer(connections[name], prepared[name], question, name) for name in servers}
            rows[question.name] = size(answers[_OURS])
            different += [f"{question.name}: {name} gives another answer than {_OURS}" for name in servers if answers[name] != answers[_OURS]]
            times[question.name] = {name: [] for name in servers}
            begun = time.monotonic()
            for run in range(options.runs):
                if run >= _LEAST and time.monotonic() - begun > _LONGEST:
                    break
                for name, connection in connections.items():
                    begin = time.perf_counter()
                    connection.ask(prepared[name])
                    times[question.name][name].append(time.perf_counter() - begin)
    return summarise(times, rows, different)


def _answer(connection: Connection, prepared: bytes, question: Question, server: str) -> object:
    reply = read_reply(connection.ask(prepared))
    if reply.status != 200:
        raise NothingMeasuredError(f"{server} answers {question.name} with {reply.status}: {reply.body[:300].decode(errors='replace')}")
    return meaning(question.form, reply.body)


def summarise(times: Mapping[str, Mapping[str, list[float]]], rows: Mapping[str, int], different: list[str]) -> Measurement:
    """Return the measurement from seconds by query and server, and from rows by query.

    Raises:
        NothingMeasuredError: nothing was asked, or nothing came back.
    """
    if not times or not any(rows.values()):
        raise NothingMeasuredError("No query had a row in its answer, so nothing was compared.")
    summaries = {query: {server: Summary.of(seconds) for server, seconds in by_server.items()} for query, by_server in times.items()}
    ratios = {
        query: {bare: found[_OURS].median / found[bare].median for bare in (_MEMORY, _FILES)} for query, found in summaries.items()
    }
    width = max(map(len, times))
    lines = [f"{'':{width}}   rows    {_OURS}   in memory    in files   ratio to memory, files   (medians, ms)"]
    for query, found in summaries.items():
        ms = [f"{found[name].median * 1000:9.2f}" for name in (_OURS, _MEMORY, _FILES)]
        lines.append(f"{query:{width}}  {rows[query]:5d}  {ms[0]}   {ms[1]}   {ms[2]}   {ratios[query][_MEMORY]:12.2f} {ratios[query][_FILES]:7.2f}")
    overall = {bare: statistics.median(r[bare] for r in ratios.values()) for bare in (_MEMORY, _FILES)}
    runs = [found[_OURS].runs for found in summaries.values()]
    for bare, ratio in overall.items():
        worst = max(ratios, key=lambda query: ratios[query][bare])
        lines.append(f"ratio {ratio:.2f} to {bare}, median of {len(ratios)} queries; aim {AIM}: {'met' if ratio <= AIM else 'missed'}; highest {ratios[worst][bare]:.2f} ({worst})")
    lines.append(f"runs of each, in turns: {max(runs)}{f', fewer ({min(runs)} at least) of slow queries' if min(runs) < max(runs) else ''}; answers that differ: {len(different)}")
    figures = {
        "queries": {q: {"rows": rows[q], "ratio": {b: round(r, 3) for b, r in ratios[q].items()}, **{n: s.to_json() for n, s in found.items()}} for q, found in summaries.items()},
        "ratio": {bare: round(ratio, 3) for bare, ratio in overall.items()}, "aim": AIM, "different": different,
    }  # fmt: skip
    return Measurement((*lines, *different), figures, tuple(different))
