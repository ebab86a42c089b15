"""The graph in Python: `imri_kg.open()` gives one of these.

A thin facade over the services; everything heavy is imported when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from imri_kg import resources
from imri_kg.case_questions import CaseQuestions
from imri_kg.catalog import Catalog
from imri_kg.errors import BadInputError, QueryError, SnapshotError
from imri_kg.frameworks import FrameworkService
from imri_kg.mapping import MappingService
from imri_kg.prefixes import Prefixes
from imri_kg.records import RecordReader
from imri_kg.search import SearchIndex
from imri_kg.snapshot import Snapshot, open_snapshot

if TYPE_CHECKING:
    from rdflib import Dataset

    from imri_kg.crosswalks import Coverage, Crosswalk, Explanation, Overview
    from imri_kg.explaining import ExplainingService
    from imri_kg.model import MappingAnswer, MappingRecord
    from imri_kg.querying import QueryService
    from imri_kg.store import Store
    from imri_kg.tables import Concept, Framework, Table

__all__ = ["KnowledgeGraph", "open_graph"]


class KnowledgeGraph(CaseQuestions):
    """One release of the graph and the questions that it answers."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.release = str(snapshot.release["release"])
        prefixes = snapshot.release["prefixes"]
        assert isinstance(prefixes, dict)
        self.prefixes = Prefixes(prefixes)

    @property
    def release_info(self) -> dict[str, Any]:
        """What the release is: version, digest of its sources, base IRI and counts."""
        return {k: v for k, v in self._snapshot.release.items() if k != "prefixes"}

    @property
    def store(self) -> Store:
        """The engine that answers, read-only."""
        return self._snapshot.store

    @cached_property
    def catalog(self) -> Catalog:
        """The stored queries."""
        return Catalog(resources.path("queries"), self.prefixes)

    @cached_property
    def index(self) -> SearchIndex:
        """The constructs by code and label."""
        return SearchIndex.from_json(self._snapshot.search)

    @cached_property
    def reader(self) -> RecordReader:
        """The records of the store."""
        return RecordReader(self._snapshot.store, self.catalog, self.prefixes, self.index)

    @cached_property
    def framework_service(self) -> FrameworkService:
        """Framework editions, constructs, search."""
        return FrameworkService(self.reader, self.index, self.release, self._snapshot.release.get("code_status", {}))

    @cached_property
    def mapping_service(self) -> MappingService:
        """Mappings, crosswalks, coverage."""
        return MappingService(self.reader, self.framework_service)

    @cached_property
    def explaining_service(self) -> ExplainingService:
        """Explanations and routes."""
        from imri_kg.explaining import ExplainingService

        return ExplainingService(self.reader, self.framework_service, self.mapping_service)

    @cached_property
    def query_service(self) -> QueryService:
        """Stored and free queries."""
        from imri_kg.querying import QueryService

        return QueryService(self._snapshot.store, self.catalog, self.prefixes, self.framework_service, self.release)

    def frameworks(self) -> Table:
        """Return all framework editions with their counts."""
        return self.framework_service.list()

    def framework(self, key: str) -> Framework:
        """Return an edition with all its members."""
        return self.framework_service.framework(key)

    def concept(self, text: str, *, basis: Iterable[str] | str = ()) -> Concept:
        """Return a construct by CURIE, label or code; `basis` limits what is stated of it."""
        return self.framework_service.concept(text, basis=[basis] if isinstance(basis, str) else list(basis))

    def search(self, text: str, *, framework: str | None = None, kind: str | None = None, limit: int | None = 20) -> Table:
        """Find constructs by words."""
        return self.framework_service.search(text, framework=framework, kind=kind, limit=limit)

    def mappings(self, subject: str | None = None, *, to: Sequence[str] | str = (), object: str | None = None,
                 subject_framework: str | None = None, basis: Iterable[str] | str = (),
                 exploratory: bool = False) -> MappingAnswer:  # fmt: skip
        """Return the mappings of a construct, or all records from an edition and to editions or a construct when no subject is given.

        Raises:
            BadInputError: a subject and an edition of subjects were both given.
        """
        if subject is not None and subject_framework is not None:
            raise BadInputError("A subject already says which edition it is of; leave out the framework of the subject.")
        targets = [to] if isinstance(to, str) else list(to)
        bases = [basis] if isinstance(basis, str) else list(basis)
        if subject is None:
            return self.mapping_service.list(subject_framework=subject_framework, object_framework=targets, object_=object,
                                             basis=bases, exploratory=exploratory)  # fmt: skip
        return self.mapping_service.map(subject, to=targets, object_=object, basis=bases, exploratory=exploratory)

    def record(self, record_id: str) -> MappingRecord:
        """Return one mapping record."""
        return self.mapping_service.record(record_id)

    def crosswalk(self, source: str, target: str, *, basis: Iterable[str] | str = (), exploratory: bool = False,
                  routes: bool = False) -> Crosswalk:  # fmt: skip
        """Return every pair of two editions with its state; `routes` adds what no rule licenses."""
        from dataclasses import replace

        bases = [basis] if isinstance(basis, str) else list(basis)
        found = self.mapping_service.crosswalk(source, target, basis=bases, exploratory=exploratory)
        return replace(found, routes=self.explaining_service.routes_between(source, target, basis=bases)) if routes else found

    def coverage(self, source: str | None = None, target: str | None = None, *, basis: Iterable[str] | str = (),
                 exploratory: bool = False, routes: bool = False) -> Coverage | Overview:  # fmt: skip
        """Return what two editions cover of each other; without arguments, the overview of all pairs.

        Raises:
            QueryError: only one edition was given.
        """
        from dataclasses import replace

        bases = [basis] if isinstance(basis, str) else list(basis)
        if source is None and target is None:
            return self.mapping_service.overview(basis=bases, exploratory=exploratory)
        if source is None or target is None:
            raise QueryError("Coverage compares two editions; give both, or none for the overview of all pairs.")
        found = self.mapping_service.coverage(source, target, basis=bases, exploratory=exploratory)
        if not routes:
            return found
        there = self.explaining_service.routes_between(source, target, basis=bases)
        back = self.explaining_service.routes_between(target, source, basis=bases)
        return replace(found, forward={**found.forward, "routes": [r.to_json() for r in there]},
                       backward={**found.backward, "routes": [r.to_json() for r in back]})  # fmt: skip

    def explain(self, subject: str, object: str, *, basis: Iterable[str] | str = ()) -> Explanation:
        """Explain the state of a pair of constructs."""
        bases = [basis] if isinstance(basis, str) else list(basis)
        return self.explaining_service.explain(subject, object, basis=bases)

    def queries(self, group: str = "competency") -> Table:
        """List the stored queries of a group (`competency`, `service`, `qc`, `build`)."""
        return self.query_service.list(group)

    def query(self, text_or_name: str, /, **parameters: str) -> Table:
        """Run a stored query by name, or SPARQL text of your own."""
        return self.query_service.run(text_or_name, **parameters)

    def stored_query(self, name: str, parameters: Mapping[str, str]) -> Table:
        """Run a stored query by name; never reads SPARQL text."""
        return self.query_service.run_stored(name, parameters)

    def check_store(self) -> None:
        """Ask the store a small question, to learn whether it still answers.

        Raises:
            SnapshotError: it cannot be read.
        """
        if not self.reader.rows("service/frameworks"):
            raise SnapshotError("The store answers, but holds no framework.")

    def warm(self) -> None:
        """Read what answers rest on, for a door that stays open: afterwards several threads only read what is remembered."""
        self.reader.warm()
        self.frameworks()
        self.mapping_service.overview()
        first, *_, last = (self.framework_service.members(key)[0].curie for key in self.framework_service.keys())
        self.explaining_service.explain(first, last)
        self.search(first)
        for name in self.catalog.names():
            self.catalog.query(name)

    def to_rdflib(self) -> Dataset:
        """Return the whole graph as an rdflib Dataset with its named graphs; the default graph is their union."""
        from rdflib import Dataset

        dataset = Dataset(default_union=True)
        dataset.parse(data=self._snapshot.nquads().decode(), format="nquads")
        for prefix, namespace in self.prefixes.namespaces.items():
            dataset.bind(prefix, namespace, replace=True)
        return dataset


def open_graph(*, rebuild: bool = False) -> KnowledgeGraph:
    """Open the graph of this installation, building it first where need be.

    >>> import imri_kg
    >>> kg = imri_kg.open()                                     # doctest: +SKIP
    >>> kg.explain("logic:M3", "chime:I").state                 # doctest: +SKIP

    Raises:
        BuildError: the source files hold faults.
    """
    return KnowledgeGraph(open_snapshot(rebuild=rebuild))
