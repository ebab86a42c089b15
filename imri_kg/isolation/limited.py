"""One query of the user's own within limits, for the command line: the same process, limits and refusals as behind the SPARQL endpoint."""

from __future__ import annotations

import json
from typing import Any

from imri_kg.graph import KnowledgeGraph
from imri_kg.isolation.query_pool import Limits, QueryPool, Question
from imri_kg.sparql_text import read_query
from imri_kg.store import Results
from imri_kg.tables import Table

__all__ = ["query_within"]


def query_within(graph: KnowledgeGraph, text: str, limits: Limits) -> Table:
    """Run SPARQL text in a process of its own that is stopped at a limit.

    Args:
        graph: an open release.
        text: SPARQL 1.1; our prefixes are known.
        limits: what the query may take.

    Returns:
        The table that `graph.query(text)` gives.

    Raises:
        QueryError: the query cannot be run.
        UnknownNameError: it names a graph that is none of ours.
        QueryLimitError: a limit was met.
    """
    form = read_query(text, graph.prefixes.namespaces, graph.prefixes.base).form
    with QueryPool(graph.nquads, graph.prefixes.namespaces, graph.prefixes.base, limits=limits, workers=1, waiting=0) as pool:
        answer = pool.answer(Question(text, "nt" if form in ("CONSTRUCT", "DESCRIBE") else "json", pool.base))
        try:
            body = answer.first + b"".join(answer.rest)
        finally:
            answer.close()
    return graph.query_service.free_table(_results(form, body))


def _results(form: str, body: bytes) -> Results:
    if form in ("CONSTRUCT", "DESCRIBE"):
        return Results((), [], triples="".join(sorted({line + "\n" for line in body.decode().split("\n") if line})))
    found = json.loads(body)
    if "boolean" in found:
        return Results((), [], truth=found["boolean"])
    names = tuple(found["head"]["vars"])
    return Results(names, [tuple(_text(row.get(name)) for name in names) for row in found["results"]["bindings"]])


def _text(term: dict[str, Any] | None) -> str | None:
    if term is None:
        return None
    return f"_:{term['value']}" if term["type"] == "bnode" else term["value"]
