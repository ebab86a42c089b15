"""One resource as linked data: what is stated of it, what points to it, and the names of all that it points to.

Called through `KnowledgeGraph.describer`. Shapes are no part of the graph that is queried; they are read beside it, so that
their IRIs answer too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from imri_kg import resources
from imri_kg.describing.dataset import DatasetDescriber
from imri_kg.describing.downloads import Downloads
from imri_kg.describing.overview import Overview
from imri_kg.describing.statements import Statements
from imri_kg.errors import UnknownNameError
from imri_kg.prefixes import DEFAULT_BASE
from imri_kg.store import IRI, Lang, Store, canonical, quads_of
from imri_kg.vocabulary import DCTERMS, FOAF, OWL, RDFS, VOID

__all__ = ["MOST_INCOMING", "Cut", "Description", "ResourceDescriber"]

#: As many links of one property as a description lists of those that point to a resource.
MOST_INCOMING = 100
#: What parts of a name are divided by.
_PARTS = re.compile(r"[/.]")
#: Longest path below the base that is looked for among those spelt alike.
_LONGEST = 500


class Cut(NamedTuple):
    """A property of which not all incoming links are listed."""

    property: str
    shown: int
    total: int


class Description(NamedTuple):
    """What there is to say of a resource, as lines of N-Triples.

    `own` holds the statements of it and of the things without IRI in them, `incoming` those that point to it, `names` labels
    and classes of what stands in both. `graphs` are the named graphs that speak of it. `members` is set where the resource is
    a container (a named graph, the ontology): the subjects in it, whose statements are then in `content`.
    """

    iri: str
    own: list[str]
    incoming: list[str] = []
    names: list[str] = []
    graphs: tuple[str, ...] = ()
    cut: tuple[Cut, ...] = ()
    replaced_by: tuple[str, ...] = ()
    deprecated: bool = False
    members: tuple[str, ...] = ()
    content: list[str] = []

    def about(self, document: str, licence: str, release: str) -> list[str]:
        """Return what is said of the document that holds the description: its topic, licence, release, origin, and what it leaves out."""
        out, iri = Statements(), IRI(document)
        out.add_types(iri, FOAF.Document)
        out.add(iri, FOAF.primaryTopic, IRI(self.iri))
        out.add(iri, DCTERMS.license, IRI(licence))
        out.add(iri, OWL.versionInfo, release)
        out.add(iri, VOID.inDataset, *map(IRI, self.graphs))
        out.add(iri, RDFS.comment, *(Lang(f"Only {cut.shown} of the {cut.total} statements with {cut.property} that point here are listed.", "en") for cut in self.cut))
        return out.lines


def _subject(line: str) -> str:
    return line.split(" ", 1)[0]


def _predicate(line: str) -> str:
    return line.split(" ", 2)[1][1:-1]


def _object(line: str) -> str:
    return line.split(" ", 2)[2].rstrip()[:-1].rstrip()


class ResourceDescriber:
    """Describes the resources of one release."""

    def __init__(self, overview: Overview, dataset: DatasetDescriber, downloads: Downloads, store: Store) -> None:
        self._overview, self._dataset, self._downloads, self._store = overview, dataset, downloads, store

    @cached_property
    def _shapes(self) -> Store:
        """The shapes and the list of prefixes that they name; none of an old release, whose source files are not at hand."""
        shapes, base = Store.in_memory(), self._overview.base
        if not self._downloads.reviewed:
            return shapes
        files = {f"shapes/{file.stem}": file for file in sorted(resources.path("shapes").glob("*.ttl"))}
        for name, file in {**files, "ontology/prefixes": resources.path("ontology", "prefixes.ttl")}.items():
            shapes.add(quads_of(file.read_text(encoding="utf-8").replace(DEFAULT_BASE, base).encode(), base + name))
        return shapes

    def warm(self) -> None:
        """Read the files that can change later."""
        self._shapes  # noqa: B018

    def _lines(self, name: str, **bindings: object) -> list[str]:
        return sorted({line for store in (self._store, self._shapes) for line in self._overview.lines(name, store, **bindings)})

    @cached_property
    def ontology_iri(self) -> str:
        """The IRI of the ontology as a whole, which is the namespace of its terms."""
        return f"{self._overview.base}ontology/"

    @cached_property
    def iris(self) -> frozenset[str]:
        """Every IRI of ours that has a description."""
        overview = self._overview
        subjects = {str(row["subject"]) for store in (self._store, self._shapes) for row in overview.rows("subjects", store)}
        own = {iri for iri in subjects if iri.startswith(overview.base)}
        return frozenset({*own, *overview.graphs, *self._pages, overview.iri, overview.release_iri, self.ontology_iri})

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.iris)

    @cached_property
    def _pages(self) -> dict[str, list[str]]:
        """Pages of the documentation that statements name, with these statements; what a page says comes with the software."""
        found: dict[str, list[str]] = {}
        for line in self._lines("pages"):
            found.setdefault(_object(line)[1:-1].partition("#")[0], []).append(line)
        return found

    @cached_property
    def _anonymous(self) -> dict[str, list[str]]:
        return _by_subject(self._lines("anonymous"))

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        return _by_subject(self._lines("names"))

    def names(self, iris: Iterable[str]) -> list[str]:
        """Return labels and classes of resources as lines of N-Triples."""
        return [line for iri in sorted(set(iris)) for line in self._names.get(f"<{iri}>", ())]

    def describe(self, iri: str) -> Description:
        """Describe a resource.

        Raises:
            UnknownNameError: no IRI of ours is that; the nearest are named.
        """
        if iri not in self.iris:
            raise UnknownNameError("resource", iri[: _LONGEST + len(self._overview.base)], self._sorted, nearest=self.nearest(iri))
        if iri == self._overview.iri:
            return self._named(Description(iri, self._dataset.dataset_lines()))
        if iri == self._overview.release_iri:
            return self._named(Description(iri, self._dataset.release_lines()))
        if iri == self.ontology_iri:
            return self._ontology()
        if iri in self._overview.graphs:
            return self._graph(iri)
        if iri in self._pages:
            out = Statements()
            out.add_types(IRI(iri), FOAF.Document)
            out.add(IRI(iri), DCTERMS.isPartOf, self._overview.iri)
            return self._named(Description(iri, out.lines, self._pages[iri]))
        return self._resource(iri)

    def nearest(self, iri: str, limit: int = 3) -> list[str]:
        """Return the IRIs that may be meant, best first: those that only have more parts, then those that are spelt most alike."""
        from rapidfuzz import fuzz, process

        base = self._overview.base
        name = iri.removeprefix(base)[:_LONGEST]
        parts = _PARTS.split(name)
        longer = [known for known in self._by_last_part.get(parts[-1], ()) if set(parts) <= set(_PARTS.split(known))]
        # Beside a name with the same parts, only what is spelt nearly alike is worth a line.
        alike = process.extract(name, [one.removeprefix(base) for one in self._sorted], scorer=fuzz.ratio, limit=limit, score_cutoff=80 if longer else 60)
        return [base + known for known in dict.fromkeys([*sorted(longer, key=lambda known: (len(known), known)), *(known for known, _, _ in alike)])][:limit]

    @cached_property
    def _by_last_part(self) -> dict[str, list[str]]:
        """Every name by what stands after its last slash or dot."""
        found: dict[str, list[str]] = {}
        for iri in self._sorted:
            name = iri.removeprefix(self._overview.base)
            found.setdefault(_PARTS.split(name)[-1], []).append(name)
        return found

    def _resource(self, iri: str) -> Description:
        own = self._with_anonymous(self._lines("resource", resource=IRI(iri)))
        incoming, cut = _bounded(self._lines("incoming", resource=IRI(iri)))
        graphs = tuple(str(row["graph"]) for store in (self._store, self._shapes) for row in self._overview.rows("origin", store, resource=IRI(iri)))
        mine = [line for line in own if _subject(line) == f"<{iri}>"]
        replaced = tuple(_object(line)[1:-1] for line in mine if _predicate(line) == DCTERMS.isReplacedBy)
        deprecated = any(_predicate(line) == OWL.deprecated and _object(line).startswith('"true"') for line in mine)
        return self._named(Description(iri, own, incoming, graphs=graphs, cut=cut, replaced_by=replaced, deprecated=deprecated))

    def _with_anonymous(self, lines: list[str]) -> list[str]:
        """Add what is stated of the things without IRI, down to the last."""
        found, waiting, seen = list(lines), list(lines), set()
        while waiting:
            node = _object(waiting.pop())
            if node.startswith("_:") and node not in seen:
                seen.add(node)
                more = self._anonymous.get(node, [])
                found += more
                waiting += more
        return canonical(found) if seen else found

    def _graph(self, iri: str) -> Description:
        content = self._downloads.graph_content(iri)
        return self._contained(Description(iri, self._dataset.subset_lines(iri), graphs=(iri,), content=content))

    def _ontology(self) -> Description:
        header, content = self._downloads.ontology_lines()
        return self._contained(Description(self.ontology_iri, header, content=content))

    def _contained(self, found: Description) -> Description:
        members = sorted({_subject(line)[1:-1] for line in found.content if line.startswith("<")})
        return self._named(found._replace(members=tuple(members)))

    def _named(self, found: Description) -> Description:
        pointed = {_object(line)[1:-1] for line in found.own if _object(line).startswith("<")}
        pointed |= {_subject(line)[1:-1] for line in found.incoming}
        # What the document describes in full needs no second telling.
        told = {found.iri, *found.members} | {_subject(line)[1:-1] for line in found.own}
        return found._replace(names=self.names(pointed - told))


def _by_subject(lines: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines:
        found.setdefault(_subject(line), []).append(line)
    return found


def _bounded(lines: list[str]) -> tuple[list[str], tuple[Cut, ...]]:
    """Keep as many lines of each property as are listed, and say of which there were more."""
    by_property: dict[str, list[str]] = {}
    for line in lines:
        by_property.setdefault(_predicate(line), []).append(line)
    kept = [line for some in by_property.values() for line in some[:MOST_INCOMING]]
    return kept, tuple(Cut(name, MOST_INCOMING, len(some)) for name, some in sorted(by_property.items()) if len(some) > MOST_INCOMING)
