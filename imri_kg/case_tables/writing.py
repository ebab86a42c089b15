"""Case tables written out: from the rows of a dataset, or from a graph that came without tables, to CSV, one file for each sheet.

Called by the library of a user's own datasets and by whatever hands tables back. A cell is written as it was read, and columns that the
shapes do not know are kept. Nothing here opens a file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from rdflib import Literal, URIRef
from rdflib.term import Node

from imri_kg.case_tables.code_lists import Code, CodeLists
from imri_kg.case_tables.columns import STUDY, CaseModel, Column, ColumnKind, SheetModel
from imri_kg.case_tables.graph import CaseGraph
from imri_kg.case_tables.layout import CaseRow, CaseSheet, CaseTables
from imri_kg.case_tables.values import as_text
from imri_kg.readers.blanks import tidy
from imri_kg.vocabulary import DCTERMS, IKG, RDF

__all__ = ["PlainSheet", "plain_sheets", "rows_of", "tables_of", "to_csv"]

_QUOTED = re.compile(r'[,"\r\n]|^\s|\s$')


class PlainSheet(NamedTuple):
    """A sheet as texts: `key` names it in files (`cases`), every row has a text for each header, empty where there is none."""

    key: str
    label: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def plain_sheets(tables: CaseTables) -> list[PlainSheet]:
    """Return the sheets of a dataset as texts: known columns in the order of the shapes, then all others in theirs.

    Sheets of one kind become one. A sheet without rows is left out.
    """
    found = []
    for model in sorted({s.model.key: s.model for s in tables.sheets}.values(), key=lambda m: m.order):
        sheets = tables.of(model.key)
        known = [c.header for c in model.columns if any(s.has(c) for s in sheets)]
        extra = list(dict.fromkeys(h for s in sheets for h in s.extra))
        rows = tuple(
            (*(as_text(row.cells[h]) if h in row.cells else "" for h in known), *(as_text(row.extra[h]) if h in row.extra else "" for h in extra))
            for sheet in sheets
            for row in sheet.rows
        )
        if rows:
            found.append(PlainSheet(model.key, model.label, (*known, *extra), rows))
    return found


def to_csv(sheet: PlainSheet, *, stated: bool = False) -> bytes:
    r"""Return a sheet as CSV: UTF-8, commas, line feeds, quotation marks only where they are needed.

    Args:
        sheet: the sheet.
        stated: begin with the line `sep=,`, for a table whose cells would make a program take another character for what divides them.

    >>> to_csv(PlainSheet("cases", "Cases", ("Case", "Name"), (("S1", 'The "first", so to speak'),)))
    b'Case,Name\nS1,"The ""first"", so to speak"\n'
    """
    lines = [",".join(map(_field, row)) for row in (sheet.header, *sheet.rows)]
    return "\n".join([*(["sep=,"] if stated else []), *lines, ""]).encode()


def _field(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


def tables_of(found: CaseGraph, model: CaseModel, codes: CodeLists, extra: Mapping[str, Mapping[str, str]] | None = None) -> CaseTables:
    """Write a graph of cases as tables: a row for each resource that is an instance of the class of a sheet.

    Args:
        found: the graph with its rows.
        model: sheets and columns.
        codes: the terms that cells may name.
        extra: further cells by the IRI of a row and the header of a column that the shapes do not know.

    Returns:
        The tables; the rows of each sheet have the order of `rows_of`.
    """
    writer = _Writer(found, codes)
    sheets = []
    for sheet in model.sheets:
        nodes = rows_of(found, sheet)
        cells = [{c.header: text for c in sheet.columns if (text := writer.cell(node, c))} for node in nodes]
        others = [dict((extra or {}).get(node, {})) for node in nodes]
        if not nodes:
            continue
        headers = [c.header for c in sheet.columns if any(c.header in row for row in cells)]
        further = sorted({header for row in others for header in row})
        file = found.places[nodes[0]].file
        rows = tuple(CaseRow(number, dict(row), dict(other)) for number, (row, other) in enumerate(zip(cells, others, strict=True), 2))
        sheets.append(CaseSheet(file, sheet.label, sheet, 1, {h: n for n, h in enumerate(headers, 1)}, rows, tuple(further)))
    return CaseTables(str(found.dataset).rpartition("/")[2], tuple(sheets), ())


def rows_of(found: CaseGraph, sheet: SheetModel) -> list[str]:
    """Return the rows of one sheet of a graph, by identifier as people sort them."""

    def place(node: str) -> tuple[tuple[tuple[int, str], ...], str]:
        own = str(found.graph.value(URIRef(node), URIRef(DCTERMS.identifier)) or "")
        return tuple((int(p), "") if p.isdecimal() else (-1, p) for p in re.findall(r"[0-9]+|[^0-9]+", own)), node

    return sorted((n for n, p in found.places.items() if p.model.key == sheet.key), key=place)


class _Writer:
    """Writes the cells of one graph."""

    def __init__(self, found: CaseGraph, codes: CodeLists) -> None:
        self.graph, self.places, self.dataset, self.codes = found.graph, found.places, found.dataset, codes
        self.study = found.graph.value(found.dataset, URIRef(IKG.study))
        self.framework = {p: str(found.graph.value(found.dataset, URIRef(p)) or "") for p in (IKG.codingFramework, IKG.secondCodingFramework)}

    def cell(self, node: str, column: Column) -> str:
        """Return what a row has in a column, several values divided by a semicolon."""
        values = sorted(self.graph.objects(URIRef(node), URIRef(column.path)))
        return "; ".join(dict.fromkeys(text for value in values if (text := tidy(self._text(value, column))[0])))

    def _text(self, value: Node, column: Column) -> str:
        if isinstance(value, Literal):
            if column.kind == ColumnKind.YES_NO and str(value) in ("true", "1", "false", "0"):
                return "yes" if str(value) in ("true", "1") else "no"
            return str(value)
        if column.study_allowed and value in (self.study, self.dataset):
            return STUDY
        if column.path == IKG.evidence and self.codes.get(str(value)) is None and (value, URIRef(RDF.type), URIRef(IKG.Evidence)) in self.graph:
            # Evidence that the graph at hand describes itself is what reading a row makes of its source, locator and statement.
            return ""
        own = self.graph.value(value, URIRef(DCTERMS.identifier)) if str(value) in self.places else None
        if own is not None:
            return str(own)
        code = self.codes.get(str(value))
        return self._code(code, column) if code else self.codes.prefixes.compress(str(value)) if isinstance(value, URIRef) else ""

    def _code(self, code: Code, column: Column) -> str:
        """Return the way of writing a code that people use, of those that are read as this code and no other."""
        scheme = self.framework.get(column.codes_from, "")
        ways = [code.curie, code.iri]
        if column.kind == ColumnKind.CONSTRUCT:
            ways = [code.notation, *ways]
        elif IKG.FrameworkEdition in column.classes:
            ways = [code.iri.rpartition("/")[2], *ways]
        elif code.scheme not in self.codes.scheme_labels:
            # Members of an edition go by their CURIE; the values of a code list by their label.
            ways = [code.label, *ways]
        return next((w for w in ways if w and self._reads(w, code, column, scheme)), code.iri)

    def _reads(self, text: str, code: Code, column: Column, scheme: str) -> bool:
        read = self.codes.read(text, column.classes, scheme, column.options).code or (self.codes.read(text, column.classes).code if scheme else None)
        return read is not None and read.iri == code.iri and ";" not in text
