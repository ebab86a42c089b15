"""The graph in Python: `imri_kg.open()` gives one of these.

A thin facade over the services; everything heavy is imported when it is asked for.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from imri_kg import resources
from imri_kg.case_questions import CaseQuestions
from imri_kg.catalog import Catalog
from imri_kg.errors import BadInputError, QueryError, SnapshotError, UnknownNameError
from imri_kg.frameworks import FrameworkService
from imri_kg.mapping import MappingService
from imri_kg.prefixes import Prefixes
from imri_kg.records import RecordReader
from imri_kg.search import SearchIndex
from imri_kg.snapshot import Snapshot, open_snapshot

if TYPE_CHECKING:
    from datetime import datetime

    from rdflib import Dataset

    from imri_kg.batch import Batch, BatchAnswer, BatchQuestion
    from imri_kg.change_answers import Changes
    from imri_kg.changes import ChangeService
    from imri_kg.citing import Citation, CitingService
    from imri_kg.crosswalks import Coverage, Crosswalk, Explanation, Overview
    from imri_kg.describing.service import Describer
    from imri_kg.descriptions import DescriptionService
    from imri_kg.explaining import ExplainingService
    from imri_kg.model import Answer, MappingAnswer, MappingRecord
    from imri_kg.pathway_answers import Pathways
    from imri_kg.pathways import PathwayService
    from imri_kg.querying import QueryService
    from imri_kg.record_surroundings import RecordSurroundings
    from imri_kg.routes import StepMap
    from imri_kg.source_answers import EvidenceDescription, SourceDescription
    from imri_kg.source_list import SourceService
    from imri_kg.store import Store
    from imri_kg.tables import Concept, Framework, RecordAnswer, Table

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

    @cached_property
    def built(self) -> datetime:
        """When this copy of the release was built, in whole seconds (UTC); of a graph that lives in memory, when it was opened."""
        from datetime import UTC, datetime

        folder = self._snapshot.folder
        moment = (folder / "manifest.json").stat().st_mtime if folder else time.time()
        return datetime.fromtimestamp(int(moment), UTC)

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

        return ExplainingService(self.reader, self.framework_service, self.mapping_service, self.steps)

    @cached_property
    def steps(self) -> StepMap:
        """The recorded steps from construct to construct."""
        from imri_kg.routes import StepMap

        return StepMap(self.reader, self.framework_service)

    @cached_property
    def pathway_service(self) -> PathwayService:
        """Paths from any construct to any other."""
        from imri_kg.pathways import PathwayService

        return PathwayService(self.reader, self.framework_service, self.mapping_service, self.steps)

    @cached_property
    def change_service(self) -> ChangeService:
        """What became of an edition in the next."""
        from imri_kg.changes import ChangeService

        return ChangeService(self.reader, self.framework_service, self.mapping_service)

    @cached_property
    def record_surroundings(self) -> RecordSurroundings:
        """Mapping records with what stands around them."""
        from imri_kg.record_surroundings import RecordSurroundings

        return RecordSurroundings(self.reader, self.mapping_service)

    @cached_property
    def source_service(self) -> SourceService:
        """Sources and passages, with what rests on them."""
        from imri_kg.source_list import SourceService

        return SourceService(self.reader, self.release)

    @cached_property
    def description_service(self) -> DescriptionService:
        """Things as RDF."""
        from imri_kg.descriptions import DescriptionService

        return DescriptionService(self._snapshot.nquads, self.prefixes)

    @cached_property
    def licence(self) -> str:
        """IRI of the licence of the data; empty where the graph states none."""
        rows = self.reader.rows("service/licence")
        return str(rows[0]["licence"]) if rows else ""

    @cached_property
    def query_service(self) -> QueryService:
        """Stored and free queries."""
        from imri_kg.querying import QueryService

        return QueryService(self._snapshot.store, self.catalog, self.prefixes, self.framework_service, self.release)

    @cached_property
    def describer(self) -> Describer:
        """What the graph says of itself and of each thing in it, as linked data."""
        from imri_kg.describing.service import Describer

        def examples() -> list[str]:
            return [self.prefixes.expand(self.framework_service.members(key)[0].curie) for key in self.framework_service.keys()]

        return Describer(self._snapshot.store, self.catalog, self.prefixes, self.release_info, self._snapshot.nquads, examples)

    def frameworks(self) -> Table:
        """Return all framework editions with their counts."""
        return self.framework_service.list()

    def framework(self, key: str) -> Framework:
        """Return an edition with all its members."""
        return self.framework_service.framework(key)

    def concept(self, text: str, *, basis: Iterable[str] | str = ()) -> Concept:
        """Return a construct by CURIE, label or code, with its hierarchy, evidence, statements, mappings and observations; `basis` limits what is stated of it."""
        from dataclasses import replace

        bases = [basis] if isinstance(basis, str) else list(basis)
        found = self.framework_service.concept(text, basis=bases)
        curie = found.reference.curie
        return replace(found, mappings=self.mapping_service.summary(curie, basis=bases), observations=tuple(self._observed.get(curie, ())))

    @cached_property
    def _observed(self) -> dict[str, list[dict[str, Any]]]:
        """Observations in the cases of the release that are coded to each construct: how many in each case, by whose coding they are."""
        from imri_kg.cases.casebook import CaseService
        from imri_kg.cases.observations import split

        # The user's own datasets take no part: what is said of a construct is the same for everybody, and may be kept in caches.
        reader = CaseService(self._snapshot.store, self.catalog, self.prefixes, self.framework_service, self.release).reader
        found: dict[str, dict[tuple[str, str], list[Any]]] = {}
        for item in reader.observations:
            for curie in {coding.construct.curie for coding in item.codings} if item.case else ():
                found.setdefault(curie, {}).setdefault((item.case.id, item.case.name), []).append(item)
        return {curie: [{"case": id, "name": name, **split(items).to_json()} for (id, name), items in sorted(cases.items())] for curie, cases in found.items()}

    def search(self, text: str, *, framework: Iterable[str] | str | None = None, kind: Iterable[str] | str | None = None, limit: int | None = 20) -> Table:
        """Find constructs by words, in one or several editions and of one or several kinds."""
        frameworks, kinds = ([given] if isinstance(given, str) else list(given or ()) for given in (framework, kind))
        return self.framework_service.search(text, framework=frameworks, kind=kinds, limit=limit)

    def mappings(self, subject: str | None = None, *, to: Sequence[str] | str = (), object: str | None = None,
                 subject_framework: str | None = None, basis: Iterable[str] | str = (), exploratory: bool = False,
                 state: Iterable[str] | str = (), predicate: Iterable[str] | str = (), min_confidence: float | None = None,
                 max_confidence: float | None = None, source: str | None = None) -> MappingAnswer:  # fmt: skip
        """Return the mappings of a construct, or all records from an edition and to editions or a construct when no subject is given.

        `basis` and `exploratory` say which records count. `state`, `predicate`, `min_confidence`, `max_confidence` and `source` choose what
        the list shows and change no state; the notes say what each left out.

        Raises:
            BadInputError: a subject and an edition of subjects were both given.
            UnknownNameError: a state, predicate or source is unknown.
        """
        if subject is not None and subject_framework is not None:
            raise BadInputError("A subject already says which edition it is of; leave out the framework of the subject.")
        targets = [to] if isinstance(to, str) else list(to)
        bases, states, predicates = ([given] if isinstance(given, str) else list(given) for given in (basis, state, predicate))
        filters = self.mapping_service.filter(state=states, predicate=predicates, min_confidence=min_confidence, max_confidence=max_confidence, source=source)
        if subject is None:
            return self.mapping_service.list(subject_framework=subject_framework, object_framework=targets, object_=object,
                                             basis=bases, exploratory=exploratory, filters=filters)  # fmt: skip
        return self.mapping_service.map(subject, to=targets, object_=object, basis=bases, exploratory=exploratory, filters=filters)

    def batch(self, questions: Batch | Iterable[str | Mapping[str, Any] | BatchQuestion], *, to: Sequence[str] | str = (),
              basis: Iterable[str] | str = (), exploratory: bool = False) -> BatchAnswer:  # fmt: skip
        """Answer many mapping questions, one entry each; what is wrong with one leaves the others alone.

        Args:
            questions: names of constructs, or mappings with `subject`, and `object` or `object_framework`; or a whole batch as
                `read_batch` gives it, which says itself what the other arguments say.
            to, basis, exploratory: as for `mappings`, for all questions that do not name editions of their own.

        Raises:
            BadInputError: a question is neither a name nor such a mapping.
            UnknownNameError: a basis is unknown.
        """
        from imri_kg.batch import Batch, BatchService, as_question

        if not isinstance(questions, Batch):
            asked = tuple(as_question(q, f"Question {n}") for n, q in enumerate(questions, 1))
            questions = Batch(asked, (to,) if isinstance(to, str) else tuple(to), (basis,) if isinstance(basis, str) else tuple(basis), exploratory)
        return BatchService(self.mapping_service, self.framework_service).answer(questions)

    def record(self, record_id: str) -> MappingRecord:
        """Return one mapping record."""
        return self.mapping_service.record(record_id)

    def record_in_full(self, record_id: str) -> RecordAnswer:
        """Return one mapping record with what follows from it, what says the opposite, what else is on its pair, and its mapping set."""
        return self.record_surroundings.record(record_id)

    def changes(self, source: str, target: str) -> Changes:
        """Return what became of every construct of an edition in a later one of the same framework, and where those of the later one come from.

        Raises:
            UnknownNameError: a framework is unknown.
            BadInputError: the two are no editions of one framework, or the later one came first.
        """
        return self.change_service.changes(source, target)

    def evidence(self, text: str) -> EvidenceDescription:
        """Return a passage of a source with everything in the release that rests on it.

        Raises:
            UnknownNameError: there is none of that id.
        """
        return self.source_service.evidence(text)

    def sources(self) -> Table:
        """Return every source, and every work that sources only name, with what was at hand and how much rests on it."""
        return self.source_service.sources()

    def source(self, key: str) -> SourceDescription:
        """Return a source with what could not be recovered of it, and its passages by section.

        Raises:
            UnknownNameError: there is none of that key.
        """
        return self.source_service.source(key)

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

    def explain(self, subject: str, object: str, *, basis: Iterable[str] | str = (), exploratory: bool = False) -> Explanation:
        """Explain the state of a pair of constructs."""
        bases = [basis] if isinstance(basis, str) else list(basis)
        return self.explaining_service.explain(subject, object, basis=bases, exploratory=exploratory)

    def pathways(self, source: str, target: str, *, max_steps: int = 4, basis: Iterable[str] | str = (), exploratory: bool = False,
                 hypotheses: bool = False, hierarchy: bool = False, via: Sequence[str] | str = ()) -> Pathways:  # fmt: skip
        """Return the paths from a construct, topic or whole edition to another; `PathwayService.pathways` tells what each argument does."""
        bases, passed = [basis] if isinstance(basis, str) else list(basis), [via] if isinstance(via, str) else list(via)
        return self.pathway_service.pathways(source, target, max_steps=max_steps, basis=bases, exploratory=exploratory,
                                             hypotheses=hypotheses, hierarchy=hierarchy, via=passed)  # fmt: skip

    @cached_property
    def citing_service(self) -> CitingService:
        """Citations."""
        from imri_kg.citing import CitingService

        return CitingService(self.reader, self.framework_service, self.mapping_service, str(self.release_info["base"]))

    def cite(self, of: str = "graph", *, style: str = "all") -> Citation:
        """Return the works to cite for the graph, a framework (`framework:imri`), a mapping record, or an answer by its permanent address.

        Raises:
            UnknownNameError: there is no such thing, or no such style (bibtex, csl-json, apa, all).
            BadInputError: an address is not the permanent one of an answer.
        """
        return self.citing_service.cite(of, style)

    def queries(self, group: str = "competency") -> Table:
        """List the stored queries of a group (`competency`, `service`, `qc`, `build`)."""
        return self.query_service.list(group)

    def query(self, text_or_name: str, /, **parameters: str) -> Table:
        """Run a stored query by name, or SPARQL text of your own."""
        return self.query_service.run(text_or_name, **parameters)

    def stored_query(self, name: str, parameters: Mapping[str, str]) -> Table:
        """Run a stored query by name; never reads SPARQL text."""
        return self.query_service.run_stored(name, parameters)

    def serialise(self, answer: Answer, form: str, *, comment: str = "") -> str:
        """Return an answer of this graph as text.

        Args:
            answer: any answer.
            form: json, csv, tsv or md; sssom, ttl or jsonld where the answer has it (`imri_kg.formats.forms_of`).
            comment: what a set in SSSOM says of itself beside; the other forms have no place for it.

        Raises:
            UnknownNameError: the answer has no such form.
        """
        from imri_kg.formats import forms_of, serialise

        if form not in forms_of(answer):
            raise UnknownNameError("format", form, forms_of(answer))
        query = str(getattr(answer, "query", ""))
        if form == "sssom":
            from imri_kg.sssom_writing import write_sssom

            return write_sssom(answer.mapping_records() or (), self.prefixes.namespaces, base=self.prefixes.base, release=self.release, licence=self.licence, query=query,
                               states=answer.unrecorded(), comment=comment)  # fmt: skip
        if form in ("ttl", "jsonld"):
            head = f"imri-kg, release {self.release}, stored query {query}, licence {self.licence}"
            return self.description_service.serialise(answer.described() or (), form, head=head, states=answer.unrecorded())
        return serialise(answer, form)

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
        self.concept(first)
        self.search(first)
        self.source_service.sources()
        for pair in self.change_service.revisions:
            self.changes(*pair)
        self.record_in_full(next(iter(self.reader.all_records)))
        self.describer.warm()
        for name in self.catalog.names():
            self.catalog.query(name)

    def nquads(self) -> bytes:
        """Return the whole graph as sorted N-Quads, with literals as the sources write them.

        Raises:
            SnapshotError: the file was damaged or taken away after the build.
        """
        return self._snapshot.nquads()

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
