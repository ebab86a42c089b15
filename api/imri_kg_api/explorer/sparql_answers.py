"""The answer to a SPARQL query as a page shows it: rows of terms with their names and the way to their pages, a truth value, or text.

Called by the endpoint, which reads the answer whole within a limit of its own; what goes beyond that can be had in the other forms.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from imri_kg.graph import KnowledgeGraph
from imri_kg_api.explorer.links import Links
from imri_kg_api.explorer.naming import Named, Names

__all__ = ["GRAPHS", "MOST_ROWS", "Cell", "Found", "found_of"]

#: Rows that a page shows.
MOST_ROWS = 500
#: Forms of queries whose answer is a graph.
GRAPHS = ("CONSTRUCT", "DESCRIBE")


class Cell(NamedTuple):
    """A value: a thing, or text with its language or type; both empty where the variable is not bound."""

    thing: Named | None = None
    text: str = ""
    note: str = ""


class Found(NamedTuple):
    """What a query gave. `truth` is set for ASK, `text` for graphs; `total` counts all rows, of which `rows` holds the first."""

    form: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    total: int = 0
    truth: bool | None = None
    text: str | None = None


def found_of(graph: KnowledgeGraph, links: Links, form: str, data: bytes) -> Found:
    """Read an answer.

    Args:
        graph: the release that gave it.
        links: addresses of this server.
        form: SELECT, ASK, CONSTRUCT or DESCRIBE.
        data: the answer, in SPARQL Query Results JSON or in Turtle.
    """
    if form in GRAPHS:
        return Found(form, text=data.decode("utf-8"))
    body = json.loads(data)
    if "boolean" in body:
        return Found(form, truth=bool(body["boolean"]))
    columns, bindings = tuple(body["head"]["vars"]), body["results"]["bindings"]
    shown = bindings[:MOST_ROWS]
    names = Names.asked(graph, links, set(_iris(shown)))
    rows = tuple(tuple(_cell(graph, names, row.get(name)) for name in columns) for row in shown)
    return Found(form, columns, rows, len(bindings))


def _iris(bindings: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    for row in bindings:
        for term in row.values():
            if term["type"] == "uri":
                yield term["value"]


def _cell(graph: KnowledgeGraph, names: Names, term: Mapping[str, Any] | None) -> Cell:
    if term is None:
        return Cell()
    if term["type"] == "uri":
        return Cell(names.shown(term["value"]))
    if term["type"] == "literal":
        return Cell(text=term["value"], note=term.get("xml:lang") or (graph.prefixes.compress(term["datatype"]) if "datatype" in term else ""))
    # RDF-star and blank nodes have no page.
    return Cell(text=f"_:{term['value']}" if term["type"] == "bnode" else json.dumps(term["value"], ensure_ascii=False))
