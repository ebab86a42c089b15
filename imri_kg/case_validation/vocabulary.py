"""What the cells of case tables may name, taken from an open graph: framework members, code lists, evidence, sources.

Made once for a graph and handed to validation, template, import and matrix. It reads the graph by one stored query and never changes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from imri_kg import resources
from imri_kg.case_tables.code_lists import CodeLists
from imri_kg.case_tables.columns import CaseModel, case_shapes, read_case_model
from imri_kg.catalog import Catalog
from imri_kg.prefixes import DEFAULT_BASE, Prefixes, read_prefixes
from imri_kg.store import Store
from imri_kg.vocabulary import IKG

if TYPE_CHECKING:
    from rdflib import Graph

__all__ = ["CaseVocabulary"]


@dataclass(frozen=True)
class CaseVocabulary:
    """Shapes, columns and codes of the case tables over one graph.

    Terms have the IRIs in which shapes and data are written, whatever base the graph was built with.
    """

    store: Store
    catalog: Catalog
    base: str = DEFAULT_BASE

    @cached_property
    def background(self) -> Graph:
        """The statements about terms that shapes look at beside the data."""
        from rdflib import Graph

        triples = self.store.select(self.catalog.query("service/case-vocabulary").text).triples or ""
        if self.base != DEFAULT_BASE:
            triples = triples.replace(f"<{self.base}", f"<{DEFAULT_BASE}")
        return Graph().parse(data=triples, format="nt")

    @cached_property
    def prefixes(self) -> Prefixes:
        """The prefix list, with the default base."""
        return read_prefixes(resources.path("ontology", "prefixes.ttl"))

    @cached_property
    def codes(self) -> CodeLists:
        """The terms that cells may name."""
        return CodeLists.from_graph(self.background, self.prefixes)

    @cached_property
    def shapes(self) -> Graph:
        """The shapes of the case tables."""
        return case_shapes()

    @cached_property
    def model(self) -> CaseModel:
        """Sheets and columns."""
        return read_case_model(self.shapes)

    @cached_property
    def digests(self) -> dict[str, str]:
        """SHA-256 of the text of each source that has one."""
        from rdflib import URIRef

        return {str(s): str(o) for s, o in self.background.subject_objects(URIRef(IKG.textDigest))}
