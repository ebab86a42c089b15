"""Resources and downloads as plain pages: tables with links that stay on this server. No scripts; every value is escaped by Jinja."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from imri_kg.describing import Description
from imri_kg.graph import KnowledgeGraph
from imri_kg.store import Node, statements
from imri_kg.vocabulary import DCTERMS, RDF, RDFS, SHACL, SKOS
from imri_kg_api.html_pages import POLICY, STYLE

__all__ = ["Row", "Value", "downloads_page", "resource_page"]

#: What names a thing, best first.
_LABELS = (SKOS.prefLabel, RDFS.label, SHACL.name, DCTERMS.title)
#: As many members of a container as a page lists.
_MOST_MEMBERS = 200
#: As deep as things without IRI are shown inside one another.
_DEEPEST = 8
_SAFE = "/:@!$&'()*+,;=~-._"
_PAGES = Environment(loader=PackageLoader("imri_kg_api.linked_data", ""), autoescape=True, undefined=StrictUndefined)

Statement = tuple[Node, str, Node]


class Value(NamedTuple):
    """A cell: its text, where it leads, a note such as a language or a code, and the rows of a thing without IRI."""

    text: str
    href: str | None = None
    note: str = ""
    nested: tuple[Row, ...] = ()


class Row(NamedTuple):
    """A property with its values."""

    property: Value
    values: tuple[Value, ...]


class _Names:
    """What things are called on one page, and where a link to them leads."""

    def __init__(self, graph: KnowledgeGraph, root: str, lines: Iterable[str]) -> None:
        self._prefixes, self._base = graph.prefixes, graph.describer.overview.base
        self._root, self._known = root, graph.describer.resources.iris
        self._labels: dict[str, tuple[int, str]] = {}
        # Evidence and claims have no label; what they say names them.
        order = (*_LABELS, graph.prefixes.expand("ikg:statement"))
        for subject, predicate, value in statements(lines):
            if predicate in order and value.kind == "literal":
                found = (order.index(predicate), value.value)
                self._labels[subject.value] = min(found, self._labels.get(subject.value, found))

    def label(self, iri: str) -> str | None:
        """Return what a thing is called, or None."""
        return self._labels.get(iri, (0, None))[1]

    def short(self, iri: str) -> str:
        """Return the CURIE of an IRI, or the IRI where it has none."""
        return self._prefixes.compress(iri)

    def href(self, iri: str) -> str | None:
        """Return where a link leads: to this server for what it describes, elsewhere only over HTTP."""
        place, _, fragment = iri.partition("#")
        if place in self._known:
            path = quote(place.removeprefix(self._base), safe=_SAFE)
            return f"{self._root}/{path}" + (f"#{quote(fragment, safe=_SAFE)}" if fragment else "")
        return iri if iri.startswith(("http:", "https:")) and not iri.startswith(self._base) else None

    def value(self, iri: str) -> Value:
        """Return the cell of a thing."""
        label, short = self.label(iri), self.short(iri)
        return Value(label or short, self.href(iri), short if label and label != short else "")


def _rows(items: Sequence[Statement], subject: Node, names: _Names, depth: int = 0) -> tuple[Row, ...]:
    """Return what is stated of a subject, one row a property."""
    found: dict[str, list[Value]] = {}
    for one, predicate, value in items:
        if one == subject:
            found.setdefault(predicate, []).append(_value(items, value, names, depth))
    return tuple(Row(names.value(predicate), tuple(values)) for predicate, values in sorted(found.items(), key=lambda item: (item[0] != RDF.type, item[0])))


def _value(items: Sequence[Statement], value: Node, names: _Names, depth: int) -> Value:
    if value.kind == "iri":
        return names.value(value.value)
    if value.kind == "literal":
        return Value(value.value, note=value.language or "")
    return Value("(without IRI)", nested=_rows(items, value, names, depth + 1) if depth < _DEEPEST else ())


def _incoming(lines: Sequence[str], names: _Names) -> list[Row]:
    found: dict[str, list[Value]] = {}
    for subject, predicate, _ in statements(lines):
        found.setdefault(predicate, []).append(names.value(subject.value))
    return [Row(names.value(predicate), tuple(values)) for predicate, values in sorted(found.items())]


def _see(graph: KnowledgeGraph, root: str, iri: str) -> list[tuple[str, str]]:
    """Return where else this server speaks of a resource: what is asked there and the address."""
    prefix, _, local = (curie := graph.prefixes.compress(iri)).partition(":")
    if graph.index.get(curie) is not None:
        return [("This construct with its evidence, claims and mappings", f"{root}/api/v1/concepts/{quote(curie, safe=_SAFE)}")]
    if prefix == "mapping":
        return [("This record with its evidence", f"{root}/api/v1/mappings/{quote(curie, safe=_SAFE)}")]
    if prefix == "framework":
        return [("This edition with all its members", f"{root}/api/v1/frameworks/{quote(local, safe=_SAFE)}")]
    return []


def resource_page(graph: KnowledgeGraph, found: Description, root: str, forms: Sequence[tuple[str, str, str]], title: str = "") -> HTMLResponse:
    """Return a description as a page.

    Args:
        graph: the release that it is of.
        found: the description.
        root: prefix below which this server is reached.
        forms: name, media type and address of each other form.
        title: heading, where the description itself has no label.
    """
    resources = graph.describer.resources
    own = statements(found.own)
    predicates = {predicate for _, predicate, _ in own} | {predicate for _, predicate, _ in statements(found.incoming)}
    shown = found.members[:_MOST_MEMBERS]
    names = _Names(graph, root, [*found.own, *found.names, *resources.names({*predicates, *shown, *found.graphs, *found.replaced_by})])
    cut = [{"shown": one.shown, "total": one.total, "name": names.short(one.property)} for one in found.cut]
    return _page(
        graph, "resource.html", root, forms,
        title=names.label(found.iri) or title or names.short(found.iri), iri=found.iri, deprecated=found.deprecated, replaced_by=[names.value(i) for i in found.replaced_by],
        see=_see(graph, root, found.iri), own=_rows(own, Node(found.iri), names), incoming=_incoming(found.incoming, names), cut=cut,
        members=[names.value(iri) for iri in shown], members_total=len(found.members), graphs=[names.value(iri) for iri in found.graphs],
    )  # fmt: skip


def downloads_page(graph: KnowledgeGraph, items: Sequence[Mapping[str, Any]], root: str, forms: Sequence[tuple[str, str, str]]) -> HTMLResponse:
    """Return the list of downloads as a page; arguments as above, `items` with the members of the JSON reply."""
    return _page(graph, "downloads.html", root, forms, title="Downloads", items=items)


def _page(graph: KnowledgeGraph, template: str, root: str, forms: Sequence[tuple[str, str, str]], **shown: Any) -> HTMLResponse:
    overview = graph.describer.overview
    page = _PAGES.get_template(template).render(root=root, forms=forms, style=Markup(STYLE), release=overview.release, licence=overview.licence, **shown)
    return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})
