"""Resources as pages of the explorer: tables with links that stay on this server, and the way to the page that shows the thing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import HTMLResponse

from imri_kg.describing import Description
from imri_kg.graph import KnowledgeGraph
from imri_kg.store import Node, statements
from imri_kg.vocabulary import RDF
from imri_kg_api.explorer.links import Links
from imri_kg_api.explorer.naming import Names, page_of, short_title
from imri_kg_api.explorer.shell import Frame, render

__all__ = ["Row", "Value", "resource_page"]

#: As many members of a container as a page lists.
_MOST_MEMBERS = 200
#: As deep as things without IRI are shown inside one another.
_DEEPEST = 8

Statement = tuple[Node, str, Node]


class Value(NamedTuple):
    """A cell: its text, where it leads, a note such as a language or a code, and the rows of a thing without IRI (None for any other)."""

    text: str
    href: str | None = None
    note: str = ""
    nested: tuple[Row, ...] | None = None


class Row(NamedTuple):
    """A property with its values."""

    property: Value
    values: tuple[Value, ...]


def _thing(names: Names, iri: str) -> Value:
    label, short = names.label(iri), names.short(iri)
    return Value(label or short, names.described(iri), short if label and label != short else "")


def _rows(items: Sequence[Statement], subject: Node, names: Names, depth: int = 0) -> tuple[Row, ...]:
    """Return what is stated of a subject, one row a property."""
    found: dict[str, list[Value]] = {}
    for one, predicate, value in items:
        if one == subject:
            found.setdefault(predicate, []).append(_value(items, value, names, depth))
    return tuple(Row(_thing(names, predicate), tuple(values)) for predicate, values in sorted(found.items(), key=lambda item: (item[0] != RDF.type, item[0])))


def _value(items: Sequence[Statement], value: Node, names: Names, depth: int) -> Value:
    if value.kind == "iri":
        return _thing(names, value.value)
    if value.kind == "literal":
        return Value(value.value, note=value.language or "")
    return Value("", nested=_rows(items, value, names, depth + 1) if depth < _DEEPEST else ())


def _incoming(lines: Sequence[str], names: Names) -> list[Row]:
    found: dict[str, list[Value]] = {}
    for subject, predicate, _ in statements(lines):
        found.setdefault(predicate, []).append(_thing(names, subject.value))
    return [Row(_thing(names, predicate), tuple(values)) for predicate, values in sorted(found.items())]


def resource_page(request: Request, graph: KnowledgeGraph, found: Description, forms: Sequence[tuple[str, str, str]], title: str = "") -> HTMLResponse:
    """Return a description as a page.

    Args:
        request: the request that it answers.
        graph: the release that it is of.
        found: the description.
        forms: name, media type and address of each other form.
        title: heading, where the description itself has no label.
    """
    links = Links(str(request.scope.get("root_path", "")))
    resources = graph.describer.resources
    own = statements(found.own)
    predicates = {predicate for _, predicate, _ in own} | {predicate for _, predicate, _ in statements(found.incoming)}
    shown = found.members[:_MOST_MEMBERS]
    names = Names(graph, links, [*found.own, *found.names, *resources.names({*predicates, *shown, *found.graphs, *found.replaced_by})])
    curie = names.short(found.iri)
    heading = names.label(found.iri) or title or curie
    return render(request, "resource.html", {
        "title": short_title(heading), "heading": heading, "iri": found.iri, "curie": curie if curie != found.iri else "",
        "deprecated": found.deprecated, "replaced_by": [_thing(names, iri) for iri in found.replaced_by],
        "page": page_of(graph, links, curie), "kind": curie.partition(":")[0] if graph.index.get(curie) is None else "construct",
        "own": _rows(own, Node(found.iri), names), "incoming": _incoming(found.incoming, names),
        "cut": [{"shown": one.shown, "total": one.total, "name": names.short(one.property)} for one in found.cut],
        "members": [_thing(names, iri) for iri in shown], "members_total": len(found.members), "graphs": [_thing(names, iri) for iri in found.graphs],
    }, Frame(forms=[(name, to) for name, _, to in forms]))  # fmt: skip
