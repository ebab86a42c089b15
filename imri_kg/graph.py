"""The graph in Python: `imri_kg.open()` gives one of these.

A thin facade over the services; everything heavy is imported when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from imri_kg import resources
from imri_kg.catalog import Catalog
from imri_kg.errors import BadInputError, QueryError, SnapshotError
from imri_kg.frameworks import FrameworkService
from imri_kg.mapping import MappingService
from imri_kg.prefixes import DEFAULT_BASE, Prefixes
from imri_kg.records import RecordReader
from imri_kg.search import SearchIndex
from imri_kg.snapshot import Snapshot, open_snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from rdflib import Dataset

    from imri_kg.case_answers import CaseDescription, CaseView
    from imri_kg.case_validation import Checked, Progress, Source
    from imri_kg.case_vocabulary import CaseVocabulary
    from imri_kg.casebook import CaseService
    from imri_kg.crosswalks import Coverage, Crosswalk, Explanation, Overview
    from imri_kg.explaining import ExplainingService
    from imri_kg.library import ImportResult, Library
    from imri_kg.matrices import Matrix
    from imri_kg.matrix import MatrixService
    from imri_kg.messages import Validation
    from imri_kg.model import MappingAnswer, MappingRecord
    from imri_kg.querying import QueryService
    from imri_kg.store import Store
    from imri_kg.tables import Concept, Framework, Table

__all__ = ["KnowledgeGraph", "open_graph"]


class KnowledgeGraph:
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

    @cached_property
    def case_vocabulary(self) -> CaseVocabulary:
        """Columns, shapes and codes of the case tables."""
        from imri_kg.case_vocabulary import CaseVocabulary

        return CaseVocabulary(self._snapshot.store, self.catalog, str(self._snapshot.release.get("base", DEFAULT_BASE)))

    def validate(self, *paths: str | Path, framework: str = "") -> Validation:
        """Check case data: workbooks, CSV or RDF files, or folders of them.

        Args:
            paths: what to check; the CSV files of one folder are the sheets of one dataset.
            framework: edition of the constructs, for tables without a sheet Dataset.

        Returns:
            Messages at file, sheet, row and column, with counts and what was read.

        Raises:
            BadInputError: a path cannot be read, or there is nothing to check.
        """
        from pathlib import Path

        from imri_kg.case_validation import sources_at

        return self.check_cases(sources_at([Path(p) for p in paths]), framework=framework).validation

    def check_cases(self, sources: Sequence[Source], *, framework: str = "", shapes: bytes | None = None, seconds: float = 600.0,
                    progress: Progress | None = None) -> Checked:  # fmt: skip
        """Check case data given as bytes; shapes of the user's own are applied in a process with limits."""
        from imri_kg.case_validation import check_cases

        return check_cases(sources, self.case_vocabulary, self.release, framework=framework, progress=progress)

    def case_columns(self) -> dict[str, Any]:
        """Return the sheets and columns of the case tables as plain data."""
        return self.case_vocabulary.model.to_json()

    def case_template(self, *, framework: str = "cfir-2022", second: str | None = None, example: bool = False) -> bytes:
        """Return the workbook that reviewers fill in (xlsx)."""
        from imri_kg.template import template

        return template(self.case_vocabulary.model, self.case_vocabulary.codes, framework=framework, second=second, example=example)

    @cached_property
    def library(self) -> Library:
        """The user's own case datasets on this machine."""
        from imri_kg.library import Library

        return Library(self.case_vocabulary)

    @cached_property
    def casebook(self) -> CaseService:
        """The cases of the release, and those of the library where it holds some."""
        from imri_kg.casebook import CaseService

        return CaseService(self._case_store, self.catalog, self.prefixes, self.framework_service, self.release)

    @cached_property
    def _case_store(self) -> Store:
        from imri_kg.library import library_folder

        quads = self.library.quads() if library_folder().exists() else b""
        quads += self._further_cases
        if not quads:
            return self._snapshot.store
        store = type(self._snapshot.store).in_memory(self._snapshot.nquads())
        store.add(quads)
        return store

    #: Quads of case datasets that were named when a server was started; they are kept in memory alone.
    _further_cases = b""

    def with_cases(self, paths: Sequence[Path]) -> Validation:
        """Read further case datasets into memory, beside those of the release and the library; call it before asking for cases.

        Returns:
            Their validation; datasets with a violation are not taken in, and nothing is then.
        """
        from imri_kg.case_validation import sources_at

        checked = self.check_cases(sources_at(paths))
        if checked.validation.conforms and checked.validation.datasets:
            self._further_cases += self.library.quads_of(checked)
        return checked.validation

    @cached_property
    def _matrices(self) -> MatrixService:
        from imri_kg.matrix import MatrixService

        return MatrixService(self.casebook)

    def cases(self) -> Table:
        """Return all cases, of the release and of the library, with what their datasets hold on them."""
        return self.casebook.list()

    def case(self, id: str) -> CaseDescription:
        """Return a case with its participants, observations, impacts, judgements, gaps and events.

        Raises:
            UnknownNameError: there is no such case; the nearest are named.
        """
        return self.casebook.case(id)

    def matrix(self, rows: str, columns: str, **options: Any) -> Matrix:
        """Count observations by two dimensions (construct, domain, framework, case, phase, valence, stakeholder, level, impact, ...).

        Args:
            rows, columns: the dimensions.
            options: `where` (dimension to values to keep), `basis`, `rollup`, `empty`, `domain_by`, `stakeholder_by`.

        Raises:
            UnknownNameError: a dimension or a value is not known.
        """
        return self._matrices.matrix(rows, columns, **options)

    def case_view(self, framework: str, case: str | None = None) -> CaseView:
        """Return the determinants of one case, or of all, as another framework sees them by way of the mappings."""
        from imri_kg.case_view import CaseViewService

        return CaseViewService(self.casebook, self.mapping_service, self.explaining_service).view(case, framework)

    def import_cases(self, *paths: str | Path, replace: bool = False) -> ImportResult:
        """Take case datasets into the library of this machine, all or none; a dataset with a violation is refused."""
        from pathlib import Path

        from imri_kg.case_validation import sources_at

        return self.library.add(self.check_cases(sources_at([Path(p) for p in paths])), replace=replace)

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
