"""What any thing of the graph is called on a page, and where a link to it leads: to its page here, to its description here, or elsewhere.

Called by the pages of SPARQL, of stored queries and of linked data. Names come from the release; nothing is looked up anywhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from textwrap import shorten
from typing import Any, NamedTuple
from urllib.parse import quote

from imri_kg.graph import KnowledgeGraph
from imri_kg.store import statements
from imri_kg.vocabulary import DCTERMS, RDFS, SHACL, SKOS
from imri_kg_api.explorer.links import Links

__all__ = ["Named", "Names", "page_of", "short_title"]

#: What names a thing, best first.
_LABELS = (SKOS.prefLabel, RDFS.label, SHACL.name, DCTERMS.title)
_SAFE = "/:@!$&'()*+,;=~-._"
#: The IRI of a case holds its dataset, the word and its id.
_CASE = re.compile(r"case:([\w-]+)\.case\.([\w-]+)")
#: Characters of a title, before the name of the site.
_LONGEST_TITLE = 58
_CURIE = re.compile(r"[A-Za-z][\w-]*:[^\s<>\"]*")


class Named(NamedTuple):
    """A thing as a page shows it: its short name, its label where it has one, where a link leads, and the edition of a construct."""

    short: str
    label: str = ""
    href: str | None = None
    framework: str = ""


@lru_cache(maxsize=8)
def _source_keys(graph: KnowledgeGraph) -> frozenset[str]:
    return frozenset(str(row["curie"]) for row in graph.sources().to_json()["items"])


def page_of(graph: KnowledgeGraph, links: Links, curie: str) -> str | None:
    """Return the address of the page of the explorer that shows a thing, or None where it has none."""
    if graph.index.get(curie) is not None:
        return links.concept(curie)
    prefix, _, local = curie.partition(":")
    if prefix == "framework" and local in graph.framework_service.keys():
        return links.framework(local)
    if prefix == "source" and curie in _source_keys(graph):
        return links.source(curie)
    if prefix in ("mapping", "evidence") and local:
        return links.record(curie) if prefix == "mapping" else links.evidence(curie)
    if found := _CASE.fullmatch(curie):
        return links.case(f"{found[1]}.{found[2]}")
    return None


def short_title(text: str) -> str:
    """Return a heading as the title of a window, which browsers and lists of results cut where it is long.

    >>> short_title("What " * 20)
    'What What What What What What What What What What What…'
    """
    return shorten(text, _LONGEST_TITLE, placeholder="…")


class Names:
    """What things are called on one page.

    Args:
        graph: the release that is shown.
        links: addresses of this server.
        lines: labels of what is shown, as lines of N-Triples; `asked` adds to them.
    """

    def __init__(self, graph: KnowledgeGraph, links: Links, lines: Iterable[str] = ()) -> None:
        self._graph, self._links, self._base = graph, links, graph.describer.overview.base
        self._known = graph.describer.resources.iris
        self._labels: dict[str, tuple[int, str]] = {}
        self._read(lines)

    @classmethod
    def asked(cls, graph: KnowledgeGraph, links: Links, iris: Iterable[str]) -> Names:
        """Return the names of some things, from the release."""
        return cls(graph, links, graph.describer.resources.names(iris))

    def _read(self, lines: Iterable[str]) -> None:
        # Evidence and claims have no label; what they say names them.
        order = (*_LABELS, self._graph.prefixes.expand("ikg:statement"))
        for subject, predicate, value in statements(lines):
            if predicate in order and value.kind == "literal":
                found = (order.index(predicate), value.value)
                self._labels[subject.value] = min(found, self._labels.get(subject.value, found))

    def label(self, iri: str) -> str | None:
        """Return what a thing is called, or None."""
        return self._labels.get(iri, (0, None))[1]

    def short(self, iri: str) -> str:
        """Return the CURIE of an IRI, or the IRI where it has none."""
        return self._graph.prefixes.compress(iri)

    def described(self, iri: str) -> str | None:
        """Return where a thing is described: on this server what it knows, elsewhere only over HTTP."""
        place, _, fragment = iri.partition("#")
        if place in self._known:
            path = quote(place.removeprefix(self._base), safe=_SAFE)
            return f"{self._links.root}/{path}" + (f"#{quote(fragment, safe=_SAFE)}" if fragment else "")
        return iri if iri.startswith(("http:", "https:")) and not iri.startswith(self._base) else None

    def shown(self, iri: str) -> Named:
        """Return a thing with the way to its page in the explorer, else to its description."""
        curie = self.short(iri)
        entry = self._graph.index.get(curie)
        label = entry.label if entry is not None else self.label(iri) or ""
        known = iri.partition("#")[0] in self._known
        href = (page_of(self._graph, self._links, curie) if known else None) or self.described(iri)
        return Named(curie, label if label != curie else "", href, entry.framework if entry is not None else "")

    @classmethod
    def of_rows(cls, graph: KnowledgeGraph, links: Links, rows: Sequence[dict[str, Any]]) -> tuple[Names, dict[str, str]]:
        """Return the names of all that rows of a table name by CURIE, and the IRI of each such CURIE."""
        resources, prefixes = graph.describer.resources, graph.prefixes
        values = {value for row in rows for value in row.values() if isinstance(value, str) and _CURIE.fullmatch(value)}
        expanded = {value: prefixes.expand(value) for value in values if value.partition(":")[0] in prefixes.namespaces}
        found = {curie: iri for curie, iri in expanded.items() if iri.partition("#")[0] in resources.iris}
        return cls.asked(graph, links, found.values()), found
