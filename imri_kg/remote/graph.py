"""The graph of a server: the questions of `KnowledgeGraph`, asked over HTTP, with the same typed objects for answers.

`imri_kg.open(address)` gives one of these. It keeps nothing of an answer but what replies need to be read: the prefixes and the members
of editions, each for as long as the release stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from imri_kg.errors import QueryError, UnknownNameError
from imri_kg.remote import change_decoding, decoding
from imri_kg.remote.asking import API, flag, given, names_something, repeated, segment
from imri_kg.remote.case_questions import RemoteCaseQuestions
from imri_kg.remote.members import Members
from imri_kg.remote.refusals import error_of
from imri_kg.source_answers import SOURCE_COLUMNS

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from rdflib import Dataset

    from imri_kg.batch import Batch, BatchAnswer, BatchQuestion
    from imri_kg.change_answers import Changes
    from imri_kg.citing import Citation
    from imri_kg.crosswalks import Coverage, Crosswalk, Explanation, Overview
    from imri_kg.model import MappingAnswer, MappingRecord
    from imri_kg.pathway_answers import Pathways
    from imri_kg.source_answers import EvidenceDescription, SourceDescription
    from imri_kg.tables import Concept, Framework, RecordAnswer, Table

__all__ = ["RemoteGraph", "open_remote"]

#: Items on a page: as many as a server gives at once.
_MAPPINGS, _PATHS, _HITS, _ROWS = 1000, 200, 500, 10_000
_FRAMEWORKS = ("key", "iri", "label", "edition", "definition", "source", "counts", "members", "printed", "rebuilt", "unconfirmed", "code_status")
_SEARCH = ("curie", "label", "framework", "kind", "notation", "label_status", "existence_status", "score", "matched")
_QUERIES = ("name", "question", "summary", "note", "parameters", "columns", "answerable", "frameworks", "sparql")
#: What the local graph has and a server has not, with what to do instead.
_LOCAL = {
    "import_cases": "A server takes no datasets. Import into the library of the machine that serves (`imri-kg import`), and serve with `--library`.",
    "library": "It is on the machine that serves; `imri-kg import` changes it there.",
    "case_template": "Use imri_kg.open().case_template(), or `imri-kg template`.",
    "case_template_tables": "Use imri_kg.open().case_template_tables(), or `imri-kg template`.",
    "case_columns": "Use imri_kg.open().case_columns().",
    "check_cases": "Use validate().",
    "serialise": "An answer has to_json() and to_dataframe(); its other forms are at the address of the question, with `?format=`.",
    "with_cases": "Serve with `--cases`, or use imri_kg.open().with_cases().",
    "licence": "It is in the header Link of every reply (`rel=\"license\"`).",
    "casebook": "Use cases(), case() and matrix().",
    "case_vocabulary": "Use imri_kg.open().case_vocabulary.",
    "own_cases": "The server decides whether cases of its own are shown.",
    "check_store": "Ask /health of the server.",
}


class RemoteGraph(RemoteCaseQuestions):
    """The graph of a server. Every answer is whole and of one release; `release` is that of the last reply."""

    def __repr__(self) -> str:
        return f"<graph of {self.address}, release {self._release or 'not asked yet'}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __getattr__(self, name: str) -> Any:
        if name in _LOCAL:
            raise AttributeError(f"The graph of a server has no {name}. {_LOCAL[name]}")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def close(self) -> None:
        """Close what connections are open; a further question opens another."""
        self._connection.close()

    # ------------------------------------------------------------ frameworks and constructs

    def frameworks(self) -> Table:
        """Return all framework editions with their counts."""
        return decoding.table(self._pages("/frameworks"), _FRAMEWORKS)

    def framework(self, key: str) -> Framework:
        """Return an edition with all its members."""
        return decoding.framework(self._members(f"/frameworks/{self._edition(key)}"))

    def concept(self, text: str, *, basis: Iterable[str] | str = ()) -> Concept:
        """Return a construct by CURIE, label or code; `basis` limits what is stated of it."""
        return decoding.concept(self._members(f"/concepts/{segment(text)}", repeated("basis", basis)))

    def search(self, text: str, *, framework: Iterable[str] | str | None = None, kind: Iterable[str] | str | None = None, limit: int | None = 20) -> Table:
        """Find constructs by words, in one or several editions and of one or several kinds.

        Raises:
            BadInputError: the text is empty, which a server refuses.
        """
        from imri_kg.frameworks import code_notes

        asked = [("q", text), *repeated("framework", framework or ()), *repeated("kind", kind or ())]
        found = decoding.table(self._pages("/search", asked, _HITS, limit), _SEARCH, ["total", "facets", "notes"])
        # The notes of a reply speak of all hits, those of this answer only of the ones that it holds.
        place = found.columns.index("framework")
        return replace(found, extra={**found.extra, "notes": list(code_notes(self._about()["code_status"], [row[place] for row in found.data]))})

    # ------------------------------------------------------------ mappings

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
        targets = repeated("object_framework", to) if object is None else []
        asked = [*given("subject", subject), *targets, *given("object", object), *given("subject_framework", subject_framework),
                 *repeated("basis", basis), *flag("exploratory", exploratory), *repeated("state", state), *repeated("predicate", predicate),
                 *given("min_confidence", min_confidence), *given("max_confidence", max_confidence), *given("source", source)]  # fmt: skip
        return decoding.mapping_answer(self._pages("/mappings", asked, _MAPPINGS))

    def record(self, record_id: str) -> MappingRecord:
        """Return one mapping record."""
        return decoding.record(self._record(record_id))

    def record_in_full(self, record_id: str) -> RecordAnswer:
        """Return one mapping record with what follows from it, what says the opposite, what else is on its pair, and its mapping set."""
        return change_decoding.record_in_full(self._record(record_id))

    def changes(self, source: str, target: str) -> Changes:
        """Return what became of every construct of an edition in a later one of the same framework, and where those of the later one come from.

        Raises:
            UnknownNameError: a framework is unknown.
            BadInputError: the two are no editions of one framework, or the later one came first.
        """
        return change_decoding.changes(self._members(f"/changes/{self._edition(source)}/{self._edition(target)}"))

    def evidence(self, text: str) -> EvidenceDescription:
        """Return a passage of a source with everything in the release that rests on it.

        Raises:
            UnknownNameError: there is none of that id.
        """
        return change_decoding.evidence(self._members(f"/evidence/{self._named('evidence', text)}"))

    def sources(self) -> Table:
        """Return every source, and every work that sources only name, with what was at hand and how much rests on it."""
        return decoding.table(self._pages("/sources"), SOURCE_COLUMNS, ["availabilities", "notes"])

    def source(self, key: str) -> SourceDescription:
        """Return a source with what could not be recovered of it, and its passages by section.

        Raises:
            UnknownNameError: there is none of that key.
        """
        return change_decoding.source(self._members(f"/sources/{self._named('source', key)}"))

    def _named(self, prefix: str, text: str) -> str:
        """Return the name of a source or passage as a segment of a path; its prefix makes a segment of what would be none."""
        name = self.prefixes.compress(text.strip())
        return segment(name if name.strip(".") else f"{prefix}:{name}")

    def _record(self, record_id: str) -> Members:
        if not names_something(record_id):
            raise UnknownNameError("mapping record", record_id, [r.record_id for r in self.mappings(exploratory=True).items])
        return self._members(f"/mappings/{segment(record_id)}")

    def crosswalk(self, source: str, target: str, *, basis: Iterable[str] | str = (), exploratory: bool = False,
                  routes: bool = False) -> Crosswalk:  # fmt: skip
        """Return every pair of two editions with its state; `routes` adds what no rule licenses."""
        asked = [*repeated("basis", basis), *flag("exploratory", exploratory), *flag("routes", routes)]
        return decoding.crosswalk(self._members(f"/crosswalks/{self._edition(source)}/{self._edition(target)}", asked))

    def coverage(self, source: str | None = None, target: str | None = None, *, basis: Iterable[str] | str = (),
                 exploratory: bool = False, routes: bool = False) -> Coverage | Overview:  # fmt: skip
        """Return what two editions cover of each other; without arguments, the overview of all pairs.

        Raises:
            QueryError: only one edition was given.
        """
        asked = [*repeated("basis", basis), *flag("exploratory", exploratory)]
        if source is None and target is None:
            return decoding.overview(self._members("/coverage", asked))
        if source is None or target is None:
            raise QueryError("Coverage compares two editions; give both, or none for the overview of all pairs.")
        return decoding.coverage(self._members(f"/coverage/{self._edition(source)}/{self._edition(target)}", [*asked, *flag("routes", routes)]))

    def explain(self, subject: str, object: str, *, basis: Iterable[str] | str = (), exploratory: bool = False) -> Explanation:
        """Explain the state of a pair of constructs."""
        asked = [("subject", subject), ("object", object), *repeated("basis", basis), *flag("exploratory", exploratory)]

        def ask() -> Explanation:
            found = self._members("/explain", asked)
            derived = [self._same_release(self._record(d.text("record_id")), found) for d in found.objects("derivations")]
            return decoding.explanation(found, [decoding.record(d) for d in derived])

        return self._of_one_release(ask)

    def pathways(self, source: str, target: str, *, max_steps: int = 4, basis: Iterable[str] | str = (), exploratory: bool = False,
                 hypotheses: bool = False, hierarchy: bool = False, via: Sequence[str] | str = ()) -> Pathways:  # fmt: skip
        """Return the paths from a construct, topic or whole edition to another.

        The evidence of their steps tells where it stands; its statement is with the record, relation or construct.
        """
        from imri_kg.remote.path_decoding import pathways

        asked = [("from", source), ("to", target), ("max_steps", str(max_steps)), *repeated("basis", basis), *flag("exploratory", exploratory),
                 *flag("hypotheses", hypotheses), *flag("hierarchy", hierarchy), *repeated("via", via)]  # fmt: skip
        return pathways(self._pages("/pathways", asked, _PATHS), self.prefixes)

    def cite(self, of: str = "graph", *, style: str = "all") -> Citation:
        """Return the works to cite for the graph, a framework (`framework:imri`), a mapping record, or an answer by its permanent address.

        Raises:
            UnknownNameError: there is no such thing, or no such style (bibtex, csl-json, apa, all).
            BadInputError: an address is not that of an answer.
        """
        from imri_kg.citing import STYLES
        from imri_kg.remote.citations import citation

        if style not in STYLES:
            raise UnknownNameError("style", style, STYLES)
        return citation(self._members("/cite", [("of", of)]), style)

    def batch(self, questions: Batch | Iterable[str | Mapping[str, Any] | BatchQuestion], *, to: Sequence[str] | str = (),
              basis: Iterable[str] | str = (), exploratory: bool = False) -> BatchAnswer:  # fmt: skip
        """Answer many mapping questions, one entry each; what is wrong with one leaves the others alone.

        Args:
            questions: names of constructs, or mappings with `subject`, and `object` or `object_framework`; or a whole batch as
                `read_batch` gives it, which says itself what the other arguments say.
            to, basis, exploratory: as for `mappings`, for all questions that do not name editions of their own.

        Raises:
            BadInputError: a question is neither a name nor such a mapping.
            UnknownNameError: a basis or framework that holds for the whole batch is unknown.
        """
        from imri_kg.batch import Batch, as_question
        from imri_kg.remote import batching

        if not isinstance(questions, Batch):
            asked = tuple(as_question(q, f"Question {n}") for n, q in enumerate(questions, 1))
            questions = Batch(asked, (to,) if isinstance(to, str) else tuple(to), (basis,) if isinstance(basis, str) else tuple(basis), exploratory)
        batch, sent = questions, batching.bodies(questions)

        def ask() -> BatchAnswer:
            replies = [self._read(self._connection.post(f"{API}/mappings/batch", body, "application/json")) for body in sent]
            for reply in replies:
                self._same_release(reply, replies[0])
            return batching.answer(batch, replies, self.release)

        return self._of_one_release(ask)

    # ------------------------------------------------------------ queries

    def queries(self, group: str = "competency") -> Table:
        """List the stored queries of a group (`competency`, `service`, `qc`, `build`)."""
        return decoding.table(self._pages("/queries", [("group", group)], _ROWS), _QUERIES)

    def stored_query(self, name: str, parameters: Mapping[str, str]) -> Table:
        """Run a stored query by name; never reads SPARQL text."""
        pages = self._pages(f"/queries/{quote(name.strip(), safe='/')}", list(parameters.items()), _ROWS)
        items = pages[0].objects("items")
        # Rows have their columns in the order of the query; where there is none, the query says which it would have.
        columns = list(items[0].raw) if items else pages[0].texts("columns")
        return decoding.table(pages, columns, (*_QUERIES, "notes"))

    def query(self, text_or_name: str, /, **parameters: str) -> Table:
        """Run a stored query by name, or SPARQL text of your own."""
        from imri_kg.remote import sparql

        if sparql.is_name(text_or_name):
            return self.stored_query(text_or_name, parameters)
        if parameters:
            raise QueryError("Only stored queries take parameters.")
        reply = self._connection.post("/sparql", text_or_name.encode(), sparql.QUERY, accept=sparql.ACCEPT)
        self._release = reply.release
        if reply.status != 200:
            raise error_of(reply, of_query=True)
        return sparql.table(reply, self.prefixes)

    # ------------------------------------------------------------ the whole

    def to_rdflib(self) -> Dataset:
        """Return the whole graph, which the server has for download, as an rdflib Dataset with its named graphs; the default graph is their union."""
        from rdflib import Dataset
        from rdflib.graph import DATASET_DEFAULT_GRAPH_ID

        reply = self._connection.get("/downloads/graph.nq", accept="application/n-quads, application/problem+json;q=0.1")
        self._release = reply.release
        if reply.status != 200:
            raise error_of(reply)
        dataset = Dataset(default_union=True)
        dataset.parse(data=reply.body.decode(), format="nquads")
        # What the file says of itself, licence and version, is no part of the graph.
        dataset.get_graph(DATASET_DEFAULT_GRAPH_ID).remove((None, None, None))
        for prefix, namespace in self.prefixes.namespaces.items():
            dataset.bind(prefix, namespace, replace=True)
        return dataset


def open_remote(address: str) -> RemoteGraph:
    """Open the graph of a server, and see that it answers.

    Raises:
        BadInputError: it is no address of a server.
        ServerError: no imri-kg server answers there.
    """
    graph = RemoteGraph(address)
    graph.release_info  # noqa: B018
    return graph
