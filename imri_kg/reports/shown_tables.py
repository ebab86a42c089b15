"""The tables that were checked, as a page shows them: the text of each cell, its row and column as messages name them, and what a column may hold.

Called by the confined worker and the command line for the JSON reply. What is too much to show is left out by whole rows, those with a message last,
and the reply says so; no cell is cut.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from imri_kg.case_tables.choices import Choices
from imri_kg.case_tables.columns import STUDY, Column, ColumnKind
from imri_kg.case_tables.describing import asked, holds, referred_sheets
from imri_kg.case_tables.graph import CaseGraph
from imri_kg.case_tables.layout import CaseSheet, CaseTables
from imri_kg.case_tables.values import as_text
from imri_kg.case_validation.service import Checked, Source
from imri_kg.case_validation.vocabulary import CaseVocabulary
from imri_kg.errors import ImriError
from imri_kg.readers import Row, Sheet, TableFile, letters, read_table_file
from imri_kg.vocabulary import IKG

__all__ = ["MOST_CELLS", "MOST_CHARACTERS", "MOST_CHOICES", "MOST_COLUMNS", "MOST_ROWS", "shown_tables"]

#: What is shown: rows and columns of a sheet, places and characters of all sheets, choices of a column.
MOST_ROWS, MOST_COLUMNS, MOST_CELLS, MOST_CHARACTERS, MOST_CHOICES = 2000, 200, 200_000, 4_000_000, 200


def shown_tables(checked: Checked, sources: Sequence[Source], vocabulary: CaseVocabulary) -> list[dict[str, Any]]:
    """Return every sheet of the files, those that were not understood too.

    Args:
        checked: the validation of these files.
        sources: the files.
        vocabulary: what columns may hold.
    """
    files = {s.name: file for s in sources if (file := _read(s))}
    laid = {(s.file, s.name if files[s.file].kind != "csv" else files[s.file].sheets[0].name): (s, tables) for tables in checked.tables for s in tables.sheets if s.file in files}
    graphs = _graphs(checked)
    told: dict[tuple[str, str], set[int]] = defaultdict(set)
    for m in checked.validation.messages:
        if m.row:
            told[m.file, m.sheet].add(m.row)
    budget = _Budget()
    shown = []
    for file in files.values():
        for sheet in file.sheets:
            case_sheet, tables = laid.get((file.name, sheet.name), (None, None))
            choices = _Allowed(vocabulary, tables, graphs.get(id(tables))) if tables else None
            shown.append(_Shown(file, sheet, case_sheet, choices, budget))
    # Rows with a message come first, of all sheets, so that each can be shown at its place.
    for one in shown:
        one.take(lambda row, rows=told[one.file, one.name]: row.number in rows)  # type: ignore[misc]
    for one in shown:
        one.take(lambda row: True)
    return [one.to_json() for one in shown]


def _read(source: Source) -> TableFile | None:
    try:
        return read_table_file(source.name, source.data)
    except ImriError:
        # A message says why; a graph file has no rows.
        return None


def _graphs(checked: Checked) -> dict[int, CaseGraph]:
    """Return the graph of each dataset of tables; those of RDF files come before them."""
    return {id(tables): graph for tables, graph in zip(checked.tables, checked.graphs[len(checked.graphs) - len(checked.tables) :], strict=True)}


class _Budget:
    def __init__(self) -> None:
        self.cells, self.characters = MOST_CELLS, MOST_CHARACTERS

    def pays(self, cells: Sequence[str]) -> bool:
        """Say whether a row can still be shown, and count it."""
        characters = sum(map(len, cells))
        if len(cells) > self.cells or characters > self.characters:
            return False
        self.cells -= len(cells)
        self.characters -= characters
        return True


class _Shown:
    """One sheet, and the rows of it that are shown."""

    def __init__(self, file: TableFile, sheet: Sheet, case_sheet: CaseSheet | None, allowed: _Allowed | None, budget: _Budget) -> None:
        self.file, self._sheet, self._case_sheet, self._allowed, self._budget = file.name, sheet, case_sheet, allowed, budget
        self.name = case_sheet.name if case_sheet else sheet.name
        width = max((max(row.cells) for row in sheet.rows), default=0)
        self._width = min(width, MOST_COLUMNS)
        self._cut = width > MOST_COLUMNS
        self._header_row = case_sheet.header_row if case_sheet else sheet.rows[0].number if sheet.rows else 0
        self._header = self._texts(next((row for row in sheet.rows if row.number == self._header_row), Row(0, {})))
        self._rows: dict[int, list[str]] = {}

    def take(self, wanted: Any) -> None:
        """Show those rows that are wanted, as long as there is room."""
        for row in self._sheet.rows:
            if len(self._rows) >= MOST_ROWS:
                return
            if row.number != self._header_row and row.number not in self._rows and wanted(row):
                texts = self._texts(row)
                if not self._budget.pays(texts):
                    return
                self._rows[row.number] = texts

    def _texts(self, row: Row) -> list[str]:
        return [as_text(row.cells[column]) if column in row.cells else "" for column in range(1, self._width + 1)]

    def to_json(self) -> dict[str, Any]:
        numbers = sorted(self._rows)
        total = sum(row.number != self._header_row for row in self._sheet.rows)
        return {
            "file": self.file,
            "sheet": self.name,
            "understood": self._case_sheet.model.label if self._case_sheet else None,
            "header_row": self._header_row or None,
            "header": self._header,
            "columns": list(self._columns()),
            "row_numbers": numbers,
            "rows": [self._rows[n] for n in numbers],
            "row_count": total,
            "truncated": len(numbers) < total or self._cut,
        }

    def _columns(self) -> Iterator[dict[str, Any]]:
        names = {place: header for header, place in self._case_sheet.positions.items()} if self._case_sheet else {}
        for place, text in enumerate(self._header, 1):
            name = names.get(place, "")
            known = self._case_sheet.model.column(name) if self._case_sheet and name else None
            choices = self._allowed.of(known) if known and self._allowed else []
            yield {
                "letters": letters(place),
                "name": name or text,
                "known": known is not None,
                "required": asked(known) if known else "",
                "multiple": known is not None and known.multiple,
                "holds": holds(known, self._allowed.model) if known and self._allowed else "",
                "description": known.description if known else "",
                "choices": choices[:MOST_CHOICES],
                "more_choices": len(choices) > MOST_CHOICES,
            }


class _Allowed:
    """What the columns of one dataset may hold, each written as it is read back."""

    def __init__(self, vocabulary: CaseVocabulary, tables: CaseTables, graph: CaseGraph | None) -> None:
        self.model = vocabulary.model
        self._tables = tables
        self._choices = Choices(vocabulary.codes, _editions(graph))

    def of(self, column: Column) -> list[str]:
        """Return the values among which the cells of a column choose; nothing where any will do, or where there are too many to list."""
        if column.kind == ColumnKind.YES_NO:
            return ["yes", "no"]
        if column.kind == ColumnKind.REFERENCE:
            found = []
            for target in referred_sheets(column, self.model):
                identifier = next(c.header for c in target.columns if c.kind == ColumnKind.IDENTIFIER)
                found += [as_text(row.cells[identifier]) for sheet in self._tables.of(target.key) for row in sheet.rows if identifier in row.cells]
            return list(dict.fromkeys([*found, *([STUDY] if column.study_allowed else [])]))
        return list(self._choices.of(column).values())


def _editions(graph: CaseGraph | None) -> dict[str, str]:
    from rdflib import URIRef

    found = {} if graph is None else {path: graph.graph.value(graph.dataset, URIRef(path)) for path in (IKG.codingFramework, IKG.secondCodingFramework)}
    return {path: str(edition) for path, edition in found.items() if isinstance(edition, URIRef)}
