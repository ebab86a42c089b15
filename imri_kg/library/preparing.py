"""From validated case data to what the library keeps: the tables cell by cell, and the statements with what follows from them.

Called by the library when something is imported. What came as RDF is written as tables and read from them again, so that nothing enters a
library but what case tables can say: a file cannot change a term, a mapping or a case of the graph. What that leaves out is told. Nothing
here writes a file.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import Node

from imri_kg import resources
from imri_kg.case_tables.graph import CaseGraph, to_graph
from imri_kg.case_tables.layout import CaseTables
from imri_kg.case_tables.values import as_text
from imri_kg.case_tables.writing import PlainSheet, plain_sheets, rows_of, tables_of, to_csv
from imri_kg.case_validation.messages import CaseDataset, Message
from imri_kg.case_validation.service import Checked
from imri_kg.case_validation.vocabulary import CaseVocabulary
from imri_kg.catalog import Catalog
from imri_kg.errors import UnreadableFileError
from imri_kg.library.model import DatasetOutcome, LibraryDataset, NewDataset
from imri_kg.library.refusing import refusal
from imri_kg.prefixes import DEFAULT_BASE
from imri_kg.readers import Row, cell_name, read_table_file
from imri_kg.readers.blanks import tidy
from imri_kg.store import Store
from imri_kg.vocabulary import CASE, DCTERMS, IKG, RDF, graph_iri

__all__ = ["Preparation"]

#: A slug is the name of a folder; file systems take 255 bytes.
_LONGEST_SLUG = 150
_ENTAILING = ("build/case-parts", "build/class-membership", "build/supports")


class _NotKeptError(Exception):
    """A dataset cannot be kept as it is; the message says why."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(message.message)


class Preparation:
    """Makes datasets ready for the library, with the terms of one vocabulary."""

    def __init__(self, vocabulary: CaseVocabulary) -> None:
        self.vocabulary = vocabulary

    @cached_property
    def reference(self) -> frozenset[str]:
        """The identifiers of the datasets that come with the release, without regard to case."""
        query = self.vocabulary.catalog.query("service/reference-datasets")
        return frozenset(str(row["identifier"]).casefold() for row in self.vocabulary.store.select(query.text).dicts())

    @cached_property
    def _catalog(self) -> Catalog:
        # The statements of a library have the IRIs in which data are written, whatever base the graph was built with.
        return Catalog(resources.path("queries"), self.vocabulary.prefixes)

    @cached_property
    def _classes(self) -> bytes:
        found = self.vocabulary.store.select(self.vocabulary.catalog.query("service/superclasses").text).triples or ""
        return found.replace(f"<{self.vocabulary.base}", f"<{DEFAULT_BASE}").encode()

    def prepare(self, checked: Checked, found: Sequence[DatasetOutcome]) -> Iterator[tuple[DatasetOutcome, NewDataset | None]]:
        """Yield each outcome with its dataset made ready; one that cannot be kept as it is becomes refused.

        Args:
            checked: the datasets, without violations.
            found: their outcomes so far, in the same order.
        """
        # Tables come behind what was read from RDF, which has none.
        tables: list[CaseTables | None] = [*[None] * (len(checked.graphs) - len(checked.tables)), *checked.tables]
        for outcome, dataset, graph, own in zip(found, checked.validation.datasets, checked.graphs, tables, strict=True):
            messages = list(outcome.messages)
            try:
                if own is None:
                    own, graph, left_out = self._through_tables(graph, dataset)
                    messages += left_out
                new = self._ready(checked, dataset, graph, own, messages)
            except _NotKeptError as why:
                yield outcome._replace(outcome="refused", messages=(*messages, why.message)), None
            else:
                yield outcome._replace(messages=tuple(messages), dataset=new.dataset), new

    def _ready(self, checked: Checked, dataset: CaseDataset, graph: CaseGraph, tables: CaseTables, messages: Sequence[Message]) -> NewDataset:
        slug = str(graph.dataset).removeprefix(CASE.base)
        if len(slug) > _LONGEST_SLUG:
            raise _NotKeptError(
                refusal(dataset, "long-identifier", "The identifier of the dataset is too long to name a file. Use a shorter one.", sheet="Dataset", column="Dataset", value=dataset.name)
            )
        sheets = {sheet.key: _checked_csv(sheet, dataset) for sheet in plain_sheets(tables)}
        quads = self._quads(graph.graph, slug)
        title = graph.graph.value(graph.dataset, URIRef(DCTERMS.title))
        return NewDataset(
            LibraryDataset(
                id=dataset.name, slug=slug, title=str(title or ""), framework=dataset.framework, files=dataset.files, rows=dict(dataset.rows),
                cases=dataset.cases, statements=quads.count(b"\n"), flagged=sum(m.severity == "warning" for m in messages), release=checked.validation.release,
            ),
            sheets,
            quads,
        )  # fmt: skip

    # ------------------------------------------------------------ statements

    def _quads(self, graph: Graph, slug: str) -> bytes:
        """Return the statements and what follows from them as sorted N-Quads of the named graph of the dataset."""
        target = f" <{graph_iri(f'library/{slug}')}> .\n".encode()
        return b"".join(sorted(triple + target for triple in _triples(graph) | self._entailed(graph)))

    def _entailed(self, graph: Graph) -> set[bytes]:
        """Return what the rules of the build make of the statements, without what they say of the classes themselves."""
        known = b"".join(triple + b" .\n" for triple in sorted(_triples(graph)))
        store = Store.in_memory(known + self._classes)
        found = set()
        for name in _ENTAILING:
            triples = store.select(self._catalog.query(name).text).triples or ""
            found |= {_bare(line.encode()) for line in triples.split("\n") if line}
        return {triple for triple in found if not triple.startswith(f"<{IKG.base}".encode())}

    # ------------------------------------------------------------ RDF

    def _through_tables(self, found: CaseGraph, dataset: CaseDataset) -> tuple[CaseTables, CaseGraph, list[Message]]:
        """Write a graph as tables and read these; return both, and what the tables do not say."""
        v = self.vocabulary
        tables = tables_of(found, v.model, v.codes)
        read = to_graph(tables, v.model, v.codes, v.digests)
        extra: dict[str, dict[str, str]] = defaultdict(dict)
        elsewhere: Counter[str] = Counter()
        for subject, predicate, value in sorted(self._lost(found, read)):
            if str(subject) in found.places and not isinstance(value, BNode):
                header = v.prefixes.compress(str(predicate))
                text = tidy(as_text(str(value)) if isinstance(value, Literal) else v.prefixes.compress(str(value)))[0]
                extra[str(subject)][header] = "; ".join(filter(None, (extra[str(subject)].get(header, ""), text)))
            else:
                elsewhere[v.prefixes.compress(str(subject)) if isinstance(subject, URIRef) else "resources without an IRI"] += 1
        if extra:
            tables = tables_of(found, v.model, v.codes, extra)
            read = to_graph(tables, v.model, v.codes, v.digests)
        return tables, read, list(_told(extra, elsewhere, dataset))

    def _lost(self, found: CaseGraph, read: CaseGraph) -> set[tuple[Node, Node, Node]]:
        """Return the statements of a graph that do not come back from its tables, the names of rows apart."""
        old = [node for sheet in self.vocabulary.model.sheets for node in rows_of(found, sheet)]
        renamed: dict[Node, Node] = {URIRef(n): URIRef(m) for n, m in zip(old, read.places, strict=True)}
        for before, after in list(renamed.items()):
            # Evidence that reading a row makes stands for the one piece of evidence that the file describes.
            mine = [e for e in found.graph.objects(before, URIRef(IKG.evidence)) if (e, URIRef(RDF.type), URIRef(IKG.Evidence)) in found.graph]
            made = list(read.graph.objects(after, URIRef(IKG.evidence)))
            if len(mine) == len(made) == 1:
                renamed.setdefault(mine[0], made[0])
        back = read.graph + Graph().parse(data=b"".join(t + b" .\n" for t in self._entailed(read.graph)), format="nt")
        return {(s, p, o) for s, p, o in found.graph if (renamed.get(s, s), p, renamed.get(o, o)) not in back}


def _triples(graph: Graph) -> set[bytes]:
    return {_bare(line) for line in graph.serialize(format="nt", encoding="utf-8").split(b"\n") if line.strip()}


def _bare(line: bytes) -> bytes:
    """Return a line of N-Triples without its full stop."""
    return line.rstrip().removesuffix(b".").rstrip()


def _checked_csv(sheet: PlainSheet, dataset: CaseDataset) -> bytes:
    """Return a sheet as CSV after it was read back and found to be the same."""
    expected = [sheet.header, *sheet.rows]
    place = ""
    for stated in (False, True):
        try:
            data = to_csv(sheet, stated=stated)
            place = _difference(expected, read_table_file(f"{sheet.key}.csv", data).sheets[0].rows)
        except UnicodeEncodeError as error:
            place = f"a cell with {error.object[error.start : error.start + 1]!a}"
        except UnreadableFileError:
            place = "its text"
        if not place:
            return data
    raise _NotKeptError(refusal(dataset, "not-kept", f"{place[:1].upper()}{place[1:]} has characters that a table cannot keep. Write it again.", sheet=sheet.label))


def _difference(expected: Sequence[Sequence[str]], found: Sequence[Row]) -> str:
    """Return the first cell that did not come back as it was, or nothing."""
    for number, row in enumerate(expected):
        back = {n: as_text(v) for n, v in found[number].cells.items()} if number < len(found) else {}
        for column, text in enumerate(row, 1):
            if back.pop(column, "") != text:
                return f"cell {cell_name(number + 1, column)}"
        if back:
            return f"row {number + 1}"
    return "the sheet" if len(found) > len(expected) else ""


def _told(extra: dict[str, dict[str, str]], elsewhere: Counter[str], dataset: CaseDataset) -> Iterator[Message]:
    """Yield what came in RDF and is no case table."""
    file = dataset.files[0] if dataset.files else dataset.name
    headers = sorted({header for row in extra.values() for header in row})
    if headers:
        said = f"{', '.join(headers)}: no column of the case tables stands for this; it was kept in further columns of that name and not checked."
        yield Message(file, "", None, "", "warning", said, ", ".join(headers), shape="library/extra-statements", dataset=dataset.name)
    if elsewhere:
        number = sum(elsewhere.values())
        named = ", ".join(sorted(elsewhere)[:3]) + (" and others" if len(elsewhere) > 3 else "")
        said = f"{number} statement{'s' if number != 1 else ''} about what is no row of the case tables ({named}) {'were' if number != 1 else 'was'} left out."
        yield Message(file, "", None, "", "warning", said, shape="library/left-out", dataset=dataset.name)
