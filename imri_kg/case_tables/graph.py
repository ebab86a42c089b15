"""From case tables to a graph, with an index that leads from a statement back to its cell.

Called by validation, by the build and by the library. What cannot be read as the term that its column asks for stays in the graph
as a text, so that a shape finds it; nothing is left out and nothing is guessed. The index is kept outside the graph.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import quote

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from imri_kg.case_tables.code_lists import CodeLists, folded
from imri_kg.case_tables.columns import STUDY, CaseModel, Column, ColumnKind, SheetModel
from imri_kg.case_tables.layout import CaseRow, CaseSheet, CaseTables
from imri_kg.case_tables.values import as_text, to_boolean, to_date, to_decimal, to_integer
from imri_kg.readers import Value
from imri_kg.vocabulary import CASE, DCTERMS, EVIDENCE, IKG, RDF, SKOS

__all__ = ["CaseGraph", "RowPlace", "to_graph"]


class RowPlace(NamedTuple):
    """Where the subject of statements stands: a row of a sheet, or a resource of an RDF file (`row` is then None)."""

    file: str
    sheet: str
    model: SheetModel
    row: CaseRow | None
    positions: dict[str, int]


@dataclass(slots=True)
class CaseGraph:
    """The graph of one dataset, the places of its rows, and what there was nothing to check against.

    `missing_columns` are pairs of file, sheet label and header that a sheet lacks; `missing_sheets` are the keys of sheets that the tables
    lack while others refer to them.
    """

    graph: Graph
    dataset: URIRef
    places: dict[str, RowPlace] = field(default_factory=dict)
    missing_columns: set[tuple[str, str, str]] = field(default_factory=set)
    missing_sheets: set[str] = field(default_factory=set)
    framework: str = ""


class _Rows(NamedTuple):
    """The rows of a dataset by sheet and by what others call them: the identifier, the identifier as it is compared, the name."""

    nodes: dict[tuple[int, int], URIRef]
    called: tuple[dict[tuple[str, str], list[URIRef]], ...]
    present: frozenset[str]

    def find(self, sheet: str, text: str) -> URIRef | None:
        """Return the row that a text means: that of this very identifier, else the only one that is called so but for case and accents."""
        exact, alike, names = self.called
        if found := exact.get((sheet, text)):
            # That an identifier was given twice is a finding of its own.
            return found[0]
        near = alike.get((sheet, folded(text))) or names.get((sheet, folded(text)), [])
        return near[0] if len(near) == 1 else None


def to_graph(tables: CaseTables, model: CaseModel, codes: CodeLists, digests: dict[str, str] | None = None, framework: str = "") -> CaseGraph:
    """Turn the tables of one dataset into a graph.

    Args:
        tables: the sheets of the dataset.
        model: sheets and columns.
        codes: the terms that cells may name.
        digests: SHA-256 of the text of a source, by the IRI of the source; evidence with an anchor then says what it was checked against.
        framework: key of the edition whose codes the constructs are, where the tables have no sheet Dataset.

    Returns:
        The graph with its index.
    """
    heads = [(s, r) for s in tables.of("dataset") for r in s.rows]
    name = as_text(heads[0][1].cells.get("Dataset", "")) if heads else ""
    dataset_id = name or tables.name
    dataset = URIRef(CASE[_slug(dataset_id)])
    rows = _mint(tables, dataset_id, dataset)
    maker = _Maker(model, codes, dataset, rows, digests or {}, {})
    maker.read_dataset(heads[0][1] if heads else None, model.sheet("dataset"), framework)
    maker.read_sources(tables)
    graph = Graph()
    result = CaseGraph(graph, dataset, framework=maker.editions.get(IKG.codingFramework, ""))
    for place, sheet in enumerate(tables.sheets):
        result.missing_columns |= {(sheet.file, sheet.name, c.header) for c in sheet.model.columns if not sheet.has(c)}
        for number, row in enumerate(sheet.rows):
            node = rows.nodes[place, number]
            result.places[str(node)] = RowPlace(sheet.file, sheet.name, sheet.model, row, sheet.positions)
            for triple in maker.statements(node, sheet, row):
                graph.add(triple)
    if not heads:
        # Tables without a sheet Dataset still need somebody to answer for them.
        graph.add((dataset, URIRef(RDF.type), URIRef(IKG.CaseDataset)))
        if framework and maker.editions:
            graph.add((dataset, URIRef(IKG.codingFramework), URIRef(maker.editions[IKG.codingFramework])))
    result.missing_sheets = {s.key for s in model.sheets} - rows.present
    return result


def _mint(tables: CaseTables, dataset_id: str, dataset: URIRef) -> _Rows:
    nodes: dict[tuple[int, int], URIRef] = {}
    exact, alike, names = (defaultdict[tuple[str, str], list[URIRef]](list) for _ in range(3))
    taken: set[URIRef] = set()
    for place, sheet in enumerate(tables.sheets):
        model = sheet.model
        first = model.columns[0]
        for number, row in enumerate(sheet.rows):
            text = as_text(row.cells[first.header]) if first.header in row.cells else ""
            if model.key == "dataset" and dataset not in taken:
                node = dataset
            else:
                node = URIRef(CASE[f"{_slug(dataset_id)}.{model.segment}.{_slug(text)}"]) if text else dataset
            if node in taken or not text and model.key != "dataset":
                # A row without an identifier, or with one that was given away, still is a row of its own.
                node = URIRef(CASE[f"{_slug(dataset_id)}.{model.segment}.row.{place + 1}-{row.number}"])
            taken.add(node)
            nodes[place, number] = node
            if text:
                exact[model.key, text].append(node)
                alike[model.key, folded(text)].append(node)
            if model.key == "cases" and "Name" in row.cells:
                names[model.key, folded(as_text(row.cells["Name"]))].append(node)
    return _Rows(nodes, (exact, alike, names), frozenset(s.model.key for s in tables.sheets))


def _slug(text: str) -> str:
    """Return an identifier as part of an IRI; a full stop separates the parts, so that one inside is encoded."""
    return quote(text, safe="").replace(".", "%2E") or "dataset"


@dataclass(slots=True)
class _Maker:
    model: CaseModel
    codes: CodeLists
    dataset: URIRef
    rows: _Rows
    digests: dict[str, str]
    editions: dict[str, str]
    language: str = "en"
    study: URIRef | None = None
    #: The graph's own sources, by the rows of the sheet Sources that are known as them.
    known_sources: dict[URIRef, URIRef] = field(default_factory=dict)

    def read_sources(self, tables: CaseTables) -> None:
        """Learn which rows of the sheet Sources describe a source that the graph has."""
        column = self.model.sheet("sources").at_path(IKG.knownSource)
        for place, sheet in enumerate(tables.sheets):
            for number, row in enumerate(sheet.rows):
                if column and sheet.model.key == "sources" and column.header in row.cells:
                    code = self.codes.read(as_text(row.cells[column.header]), column.classes).code
                    if code:
                        self.known_sources[self.rows.nodes[place, number]] = URIRef(code.iri)

    def read_dataset(self, row: CaseRow | None, sheet: SheetModel, framework: str) -> None:
        """Learn from the row of the dataset what its other rows need: editions, language, study."""
        cells = row.cells if row else {}
        for path in (IKG.codingFramework, IKG.secondCodingFramework):
            column = sheet.at_path(path)
            text = as_text(cells.get(column.header, "")) if column else ""
            text = text or (framework if path == IKG.codingFramework else "")
            code = self.codes.read(text, column.classes).code if column and text else None
            if code:
                self.editions[path] = code.iri
        text = as_text(cells.get("Language", "")).strip().lower()
        if len(text) == 2 and text.isascii() and text.isalpha():
            self.language = text
        column = sheet.at_path(IKG.study)
        code = self.codes.read(as_text(cells["Study"]), column.classes).code if column and "Study" in cells else None
        self.study = URIRef(code.iri) if code else None

    def statements(self, node: URIRef, sheet: CaseSheet, row: CaseRow) -> Iterator[tuple[Node, Node, Node]]:
        """Yield every statement of a row."""
        model = sheet.model
        yield node, URIRef(RDF.type), URIRef(model.type)
        if model.key != "dataset":
            yield node, URIRef(IKG.inDataset), self.dataset
        terms: dict[str, list[Node]] = {}
        for column in model.columns:
            if column.header in row.cells:
                terms[column.path] = [self._term(part, column) for part in _parts(row.cells[column.header], column)]
                for term in terms[column.path]:
                    yield node, URIRef(column.path), term
                    if column.study_allowed and term in (self.study, self.dataset):
                        yield node, URIRef(IKG.study), term
        yield from self._class_of_kind(node, terms)
        yield from self._evidence(node, model, terms)

    def _class_of_kind(self, node: URIRef, terms: dict[str, list[Node]]) -> Iterator[tuple[Node, Node, Node]]:
        for path in (IKG.observationKind, IKG.entryKind):
            for kind in terms.get(path, ()):
                cls = self.codes.class_of_kind(str(kind))
                if cls:
                    yield node, URIRef(RDF.type), URIRef(cls)

    def _evidence(self, node: URIRef, model: SheetModel, terms: dict[str, list[Node]]) -> Iterator[tuple[Node, Node, Node]]:
        """Yield the evidence of a row that names none of the graph's own: source, locator, statement and anchor once more, as one resource."""
        source, locator = terms.get(IKG.caseSource, [None])[0], terms.get(IKG.locator, [None])[0]
        said = next((terms[p][0] for p in (IKG.statement, IKG.assimilationWording, IKG.modelAssumption) if p in terms), None)
        if IKG.evidence in terms or not isinstance(source, URIRef) or locator is None or said is None:
            return
        evidence = URIRef(EVIDENCE[f"case.{str(node).removeprefix(CASE.base)}"])
        known = self.known_sources.get(source)
        yield node, URIRef(IKG.evidence), evidence
        yield evidence, URIRef(RDF.type), URIRef(IKG.Evidence)
        yield evidence, URIRef(DCTERMS.source), known or source
        yield evidence, URIRef(IKG.locator), locator
        yield evidence, URIRef(IKG.statement), said
        anchor = terms.get(IKG.textAnchor, [None])[0]
        digest = self.digests.get(str(known)) if known and anchor is not None else None
        if anchor is not None:
            yield evidence, URIRef(IKG.textAnchor), anchor
        if digest:
            yield evidence, URIRef(IKG.checkedAgainst), Literal(digest)
        else:
            yield evidence, URIRef(SKOS.editorialNote), Literal("Entered with a case table; not checked against a text here.", lang="en")

    def _term(self, value: Value, column: Column) -> Node:
        """Return the term of a value, or the value as a text where its column asks for something else."""
        text = as_text(value)
        term: Node | None = None
        if column.kind == ColumnKind.DATE:
            term = to_date(value)
        elif column.kind == ColumnKind.INTEGER:
            term = to_integer(value)
        elif column.kind == ColumnKind.DECIMAL:
            term = to_decimal(value)
        elif column.kind == ColumnKind.YES_NO:
            term = to_boolean(value)
        elif column.kind == ColumnKind.REFERENCE:
            term = self._reference(text, column)
        elif column.kind in (ColumnKind.CODE, ColumnKind.CONSTRUCT):
            term = self._code(text, column)
        elif column.datatype == RDF.langString:
            term = Literal(text, lang=self.language)
        return term if term is not None else Literal(text)

    def _code(self, text: str, column: Column) -> URIRef | None:
        scheme = self.editions.get(column.codes_from, "") if column.codes_from else ""
        code = self.codes.read(text, column.classes, scheme, column.options).code
        if code is None and scheme:
            # A construct of another edition keeps its identity, so that a message can name it and its successor.
            code = self.codes.read(text, column.classes).code
        return URIRef(code.iri) if code else None

    def _reference(self, text: str, column: Column) -> URIRef | None:
        if column.study_allowed and text.casefold() == STUDY:
            return self.study or self.dataset
        for sheet in self.model.sheets:
            if sheet.type in column.classes or (sheet.key == "assimilation" and IKG.AssimilationJudgement in column.classes):
                if found := self.rows.find(sheet.key, text):
                    return found
        return None


def _parts(value: Value, column: Column) -> list[Value]:
    """Return the values of one cell: several are separated by a semicolon or a line break."""
    if not column.multiple or not isinstance(value, str):
        return [value]
    parts = [p.strip() for p in value.replace("\n", ";").split(";")]
    return list(dict.fromkeys(p for p in parts if p)) or [value]
