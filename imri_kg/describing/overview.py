"""What a release holds, counted once: its named graphs, its numbers, its licence.

The ground of the other modules of this package; it makes no RDF.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from imri_kg.catalog import Catalog
from imri_kg.prefixes import Prefixes
from imri_kg.store import IRI, Store, serialise_rdf
from imri_kg.vocabulary import DCAT, IKG, OWL, SD, SPDX, SSSOM, VOID

__all__ = ["GraphNote", "Overview"]

#: Prefixes of the vocabularies that only descriptions use.
_PREFIXES = {"void": VOID.base, "dcat": DCAT.base, "sd": SD.base, "spdx": SPDX.base}
_KINDS = {OWL.Ontology: "ontology", IKG.FrameworkEdition: "framework", SSSOM.MappingSet: "mapping-set"}


class GraphNote(NamedTuple):
    """A named graph: how many triples it holds, and what it says of itself.

    `kind` is `ontology`, `framework`, `mapping-set`, or empty; `about` is the thing in it that describes the whole graph. `vocabulary`
    says whether it declares classes, as a file of the ontology can do whose header stands in another.
    """

    iri: str
    triples: int
    kind: str
    about: str | None
    title: str | None
    licence: str | None
    version: str | None
    vocabulary: bool


class Overview:
    """One release as seen from outside."""

    def __init__(self, store: Store, catalog: Catalog, prefixes: Prefixes, release: Mapping[str, Any]) -> None:
        self._store, self._catalog = store, catalog
        self.prefixes = prefixes
        self.base, self.release, self.digest = str(release["base"]), str(release["release"]), str(release["digest"])
        self.iri = IRI(self.base)
        self.release_iri = IRI(f"{self.base}releases/{self.release}")

    def version_iri(self, iri: str) -> IRI:
        """Return the IRI of a thing as it is in this release: the same path below the release."""
        return IRI(f"{self.release_iri}/{iri.removeprefix(self.base)}")

    def rows(self, name: str, store: Store | None = None, **bindings: object) -> list[dict[str, str | None]]:
        """Return the rows of a stored query of the group `description`, over the graph or over another store."""
        return list((self._store if store is None else store).select(self._catalog.query(f"description/{name}").text, **bindings).dicts())

    def lines(self, name: str, store: Store | None = None, **bindings: object) -> list[str]:
        """Return the triples of a stored query of the group `description` as lines of N-Triples."""
        found = (self._store if store is None else store).select(self._catalog.query(f"description/{name}").text, **bindings)
        return (found.triples or "").splitlines(keepends=True)

    @cached_property
    def graphs(self) -> Mapping[str, GraphNote]:
        """The named graphs by IRI; of one in which several things describe themselves the first counts."""
        found: dict[str, GraphNote] = {}
        kinds = {iri.replace(IKG.base, f"{self.base}ontology/"): name for iri, name in _KINDS.items()}
        for row in self.rows("graphs"):
            kind = kinds.get(row["kind"] or "", "")
            # What is taken from other vocabularies keeps their terms; all else is under the licence of the whole.
            licence = row["licence"] or (None if kind == "ontology" else self.licence)
            iri = str(row["graph"])
            found.setdefault(iri, GraphNote(iri, int(row["triples"] or 0), kind, row["about"], row["title"], licence, row["version"], row["vocabulary"] == "true"))
        return found

    @cached_property
    def statistics(self) -> Mapping[str, int]:
        """How many triples, entities, subjects, objects, classes and properties there are."""
        (row,) = self.rows("statistics")
        return {name: int(value or 0) for name, value in row.items()}

    @cached_property
    def terms(self) -> Mapping[str, str]:
        """Title, description, licence, creator and date of issue of the whole."""
        return {name: value or "" for name, value in self.rows("dataset", dataset=self.iri)[0].items()}

    @property
    def licence(self) -> str:
        """IRI of the licence of the whole."""
        return self.terms["licence"]

    def serialise(self, lines: list[str], form: str, *, first: str = "") -> bytes:
        """Return statements in a form, with our prefixes and those of the vocabularies of description."""
        return serialise_rdf(lines, form, {**self.prefixes.namespaces, **_PREFIXES}, first=first)
