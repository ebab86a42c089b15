"""From the sheets of a file to the sheets and columns of the case tables: which sheet is meant, where its header is, which column is which.

Called before rows become statements. It guesses no column: one that it does not know is kept, reported and not checked. Nothing is
lost: each row with a value is a row of the result or is named in a notice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from imri_kg.case_tables.code_lists import folded
from imri_kg.case_tables.columns import CaseModel, Column, ColumnKind, SheetModel
from imri_kg.case_tables.values import as_text
from imri_kg.readers import Notice, Row, Sheet, TableFile, Value, cell_name, letters

__all__ = ["CaseRow", "CaseSheet", "CaseTables", "FileNotice", "lay_out"]

#: Sheets that the template brings and that hold no data.
TEMPLATE_SHEETS = ("guide", "codes", "findings")
#: A header stands within the first rows of a sheet.
_HEADER_WITHIN = 15


@dataclass(frozen=True, slots=True)
class FileNotice:
    """A notice with the file that it is about, and the header of its column where the cell stands below one."""

    file: str
    notice: Notice
    column: str = ""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One row: `cells` by header, `extra` by header for columns that the shapes do not know."""

    number: int
    cells: dict[str, Value]
    extra: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """One sheet of a file, read as a sheet of the case tables. `positions` gives the number of each column, from 1."""

    file: str
    name: str
    model: SheetModel
    header_row: int
    positions: dict[str, int]
    rows: tuple[CaseRow, ...]
    extra: tuple[str, ...] = ()

    def has(self, column: Column) -> bool:
        """Say whether the sheet has a column."""
        return column.header in self.positions


@dataclass(frozen=True, slots=True)
class CaseTables:
    """The sheets of one dataset. `name` is what to call it when it does not name itself."""

    name: str
    sheets: tuple[CaseSheet, ...]
    notices: tuple[FileNotice, ...]

    def of(self, key: str) -> list[CaseSheet]:
        """Return the sheets of one kind."""
        return [s for s in self.sheets if s.model.key == key]


def lay_out(name: str, files: Sequence[TableFile], model: CaseModel) -> CaseTables:
    """Read the sheets of the files of one dataset as case tables.

    Args:
        name: what to call the dataset when it does not name itself.
        files: one workbook, or the CSV files of one folder.
        model: sheets and columns.

    Returns:
        The tables with the notices of readers and of this step.
    """
    sheets: list[CaseSheet] = []
    notices: list[FileNotice] = []
    for file in files:
        found = [FileNotice(file.name, n) for n in file.notices]
        for sheet in file.sheets:
            read = list(_sheet(file, sheet, model, found))
            # What a sheet is called here is what all its messages call it; a CSV file has no sheet of its own.
            for one in read:
                found = [_placed(n, sheet.name, one) for n in found]
            sheets += read
        notices += found
    for known in model.sheets:
        several = [s for s in sheets if s.model.key == known.key]
        for extra in several[1:]:
            notices.append(FileNotice(extra.file, Notice("tables/sheet-twice", "info", f"The rows of '{extra.name}' were read as further rows of {known.label}.", extra.name)))
    if not sheets:
        wanted = ", ".join(s.label for s in model.sheets)
        where = files[0].name if files else name
        notices.append(FileNotice(where, Notice("tables/no-sheet", "violation", f"No sheet was recognised as a case table. Name the sheets {wanted}, or begin with the template: the empty workbook on the page Check my data, or the command imri-kg template.")))
    return CaseTables(name, tuple(sheets), tuple(notices))


def _placed(found: FileNotice, name: str, sheet: CaseSheet) -> FileNotice:
    """Return a notice about a sheet as one about that sheet of the case tables."""
    n = found.notice
    if n.sheet != name:
        return found
    header = next((h for h, place in sheet.positions.items() if place == n.column and n.row > sheet.header_row), "")
    return FileNotice(found.file, n._replace(sheet=sheet.name), header)


def _sheet(file: TableFile, sheet: Sheet, model: CaseModel, notices: list[FileNotice]) -> Iterable[CaseSheet]:
    def note(rule: str, severity: str, message: str, row: int = 0, column: int = 0, value: str = "", suggestion: str = "") -> None:
        notices.append(FileNotice(file.name, Notice(rule, severity, message, sheet.name, row, column, value, suggestion)))

    ours = folded(sheet.name) in TEMPLATE_SHEETS and file.kind != "csv"
    named = next((s for s in model.sheets if folded(sheet.name) in (s.key, folded(s.label))), None)
    if not sheet.rows:
        if named is not None and file.kind == "csv":
            note("tables/empty-sheet", "warning", "The file is empty.")
        return
    found = _header(sheet.rows, [named] if named else model.sheets, certain=named is not None)
    if found is None:
        if named:
            note("tables/no-header", "violation", f"No row of '{sheet.name}' looks like a header; its {len(sheet.rows)} rows were not read. Write the names of the columns into row 1.",
                 suggestion=", ".join(c.header for c in named.columns if c.required))  # fmt: skip
        elif not ours:
            note("tables/extra-sheet", "info", f"'{sheet.name}' is no sheet of the case tables and was not read ({_count(len(sheet.rows), 'row')}).")
        return
    known, header = found
    if named is None:
        note("tables/sheet-guessed", "info", f"'{sheet.name}' was read as {known.label}, by its columns.")
    above = [r for r in sheet.rows if r.number < header.number]
    if above:
        numbers = ", ".join(str(r.number) for r in above)
        note("tables/above-header", "info", f"The header was found in row {header.number}; what stands above it (row {numbers}) was not read as data.")
    positions, extra = _columns(known, header, note)
    texts_only = {c.header: c.kind in (ColumnKind.TEXT, ColumnKind.IDENTIFIER) for c in known.columns}
    rows = []
    for row in sheet.rows:
        if row.number <= header.number:
            continue
        texts = {folded(as_text(v)) for v in row.cells.values()}
        if len(row.cells) > 1 and texts <= {folded(as_text(v)) for v in header.cells.values()}:
            note("tables/header-again", "info", f"Row {row.number} repeats the header and was not read as data.", row.number)
            continue
        cells = {h: row.cells[p] for h, p in positions.items() if p in row.cells}
        others = {h: row.cells[p] for h, p in extra.items() if p in row.cells}
        beyond = sorted(set(row.cells) - set(positions.values()) - set(extra.values()))
        for place in beyond:
            text = as_text(row.cells[place])
            note("tables/cell-without-header", "warning", f"The value in {cell_name(row.number, place)} stands under no header and was not read.", row.number, place, text)
        for header_of, value in cells.items():
            if isinstance(value, date) and texts_only.get(header_of):
                note("tables/date-in-text", "warning", f"The cell {cell_name(row.number, positions[header_of])} holds a date, and was read as the text {as_text(value)}. "
                     "Programs make dates of texts such as 3-4; if so, format the cell as text and write it again.", row.number, positions[header_of], as_text(value))  # fmt: skip
        if cells or others:
            rows.append(CaseRow(row.number, cells, others))
    yield CaseSheet(file.name, sheet.name if file.kind != "csv" else known.label, known, header.number, positions, tuple(rows), tuple(extra))


def _header(rows: Sequence[Row], models: Sequence[SheetModel], *, certain: bool) -> tuple[SheetModel, Row] | None:
    """Return the row that names most columns of one of the sheets, and that sheet."""
    best: tuple[int, int, SheetModel, Row] | None = None
    for model in models:
        headers = {folded(c.header) for c in model.columns}
        for row in rows[:_HEADER_WITHIN]:
            hits = len({folded(as_text(v)) for v in row.cells.values() if isinstance(v, str)} & headers)
            need = 1 if certain and len(row.cells) <= 2 else 2 if certain else 3
            if hits >= need and (best is None or (hits, -row.number) > (best[0], best[1])):
                best = (hits, -row.number, model, row)
    return (best[2], best[3]) if best else None


def _columns(known: SheetModel, header: Row, note: object) -> tuple[dict[str, int], dict[str, int]]:
    from rapidfuzz import fuzz

    by_name = {folded(c.header): c.header for c in known.columns}
    positions: dict[str, int] = {}
    extra: dict[str, int] = {}
    for place, value in sorted(header.cells.items()):
        text = as_text(value)
        column = by_name.get(folded(text))
        if column is not None and column not in positions:
            positions[column] = place
            continue
        unique = text if text not in extra and column is None else f"{text} ({letters(place)})"
        extra[unique] = place
        if column is not None:
            note("tables/column-twice", "violation", f"The column '{column}' stands in {letters(positions[column])} and again in {letters(place)}; only the first was read. Delete or rename the other.",
                 header.number, place, text)  # type: ignore[operator]  # fmt: skip
            continue
        missing = [c.header for c in known.columns if c.header not in positions]
        nearest = max(missing, key=lambda h: fuzz.ratio(folded(h), folded(text)), default="")
        close = bool(nearest) and fuzz.ratio(folded(nearest), folded(text)) >= 72
        if close:
            note("tables/column-renamed", "warning", f"The column '{text}' is not known; its values were kept and not checked. If you mean '{nearest}', call it so.",
                 header.number, place, text, nearest)  # type: ignore[operator]  # fmt: skip
        else:
            note("tables/column-extra", "info", f"The column '{text}' is no column of {known.label}; its values were kept and not checked.", header.number, place, text)  # type: ignore[operator]
    return positions, extra


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
