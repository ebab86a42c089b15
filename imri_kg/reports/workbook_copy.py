"""A workbook to mark: the user's own, opened as it is, and beside it the sheets of the other files as they were read.

Called by `workbook`. A file that cannot be opened as it is comes with its values alone; one that the readers refuse is left
out. It changes no value.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Mapping
from copy import copy
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from imri_kg.case_validation.messages import Message
from imri_kg.errors import ImriError
from imri_kg.readers import Sheet, TableFile, Value, read_table_file
from imri_kg.readers.blanks import tidy
from imri_kg.reports.cell_marks import remove_marks
from imri_kg.reports.findings_sheet import HEADER, as_cell_text, is_findings_sheet

__all__ = ["WorkbookCopy"]

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
#: Cells that openpyxl opens or writes in reasonable time and memory (some 600 MB).
MOST_CELLS = 1_000_000
#: Parts of a workbook in which openpyxl makes a cell for each place of an area, however large.
_AREA = re.compile(rb"""<(?:[\w.-]+:)?(?:mergeCell|hyperlink|comment|table)\s[^<>]*?\bref\s*=\s*["']([^"']*)["']""")
_CELL, _ROW = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]"), re.compile(rb"<(?:[\w.-]+:)?row[\s/>]")
_FORBIDDEN = re.compile(r"[\\/*?:\[\]\x00-\x1f]")
#: What openpyxl warns of when it leaves something out.
_LOSS = re.compile("remov|ignor|not supported|treated as|image", re.IGNORECASE)
_MOST_TITLE = 31
_ESCAPE_LIKE = re.compile("_x[0-9A-Fa-f]{4}_")
#: A spreadsheet program keeps 15 digits of a number, and no date before 1900.
_MOST_NUMBER, _FIRST_YEAR = 10**15, 1901
_HEADER_WITHIN = 15


class WorkbookCopy:
    """The sheets of some files in one workbook.

    Attributes:
        book: the workbook; before the findings are written it can be without a sheet.
        original: the bytes of the workbook that was opened as it is, if one was.
        notes: what is to be said about the copy: file and sentence.
    """

    def __init__(self, inputs: Mapping[str, bytes], wanted: Mapping[str, set[int]], *, own: bool = True) -> None:
        """Copy the files.

        Args:
            inputs: the original bytes by file name.
            wanted: the rows with messages by file name, which are copied even where a file is too large for all.
            own: whether to open the first workbook as it is.
        """
        self.original = b""
        self.notes: list[tuple[str, str]] = []
        self._sheets: dict[str, list[tuple[Sheet, Worksheet]]] = {}
        tables = {name: table for name, data in inputs.items() if (table := self._read(name, data))}
        opened: Workbook | None = None
        for name, table in tables.items():
            if own and opened is None and table.kind == "xlsx" and (opened := self._opened(name, inputs[name])):
                self.original = inputs[name]
                self._sheets[name] = _paired(table, opened)
                _restore_escapes(self._sheets[name])
        self.book = opened or _empty()
        self._cells = 0
        for name, table in tables.items():
            if name not in self._sheets:
                if self.original and table.kind == "xlsx":
                    self.notes.append((name, "Of several workbooks only the first keeps its formatting; validate this one by itself to have its own."))
                self._add(name, table, wanted.get(name, set()), alone=len(tables) == 1)

    def sheet(self, message: Message) -> Worksheet | None:
        """Return the sheet that a message is about, or None where the copy has none."""
        found = self._found(message)
        return found[1] if found else None

    def position(self, message: Message) -> tuple[int, int] | None:
        """Return row and column of the cell that a message is about, the first of its row where it names no column."""
        if match := re.fullmatch(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})", message.cell):
            row, column = int(match[2]), _number(match[1])
        else:
            row, column = self._header(message) if message.column else (0, 1)
            row = message.row or row
        return (row, column or 1) if 0 < row <= MOST_ROWS and column <= MOST_COLUMNS else None

    def _header(self, message: Message) -> tuple[int, int]:
        """Return row and column of the header that a message names, zeros where there is none."""
        found, name = self._found(message), _folded(message.column)
        for row in found[0].rows[:_HEADER_WITHIN] if found else ():
            for column, value in row.cells.items():
                if isinstance(value, str) and _folded(value) == name:
                    return row.number, column
        return 0, 0

    def _found(self, message: Message) -> tuple[Sheet, Worksheet] | None:
        sheets = self._sheets.get(message.file, [])
        exact = [s for s in sheets if s[0].name == message.sheet]
        alike = [s for s in sheets if _folded(s[0].name) == _folded(message.sheet)]
        # A CSV file is one sheet, whatever it is called after.
        return next(iter(exact or alike or (sheets if len(sheets) == 1 and (message.row or message.cell) else [])), None)

    def _read(self, name: str, data: bytes) -> TableFile | None:
        try:
            return read_table_file(name, data)
        except ImriError:
            # The findings say why; a graph file has no rows.
            return None

    def _opened(self, name: str, data: bytes) -> Workbook | None:
        """Open a workbook with everything that openpyxl keeps, or say why its values alone are copied."""
        try:
            if not _is_bearable(data):
                self.notes.append((name, "Parts of this workbook reach over a very large area, so that this copy has its values without their formatting."))
                return None
            with warnings.catch_warnings(record=True) as told:
                warnings.simplefilter("always")
                book = load_workbook(io.BytesIO(data), rich_text=True)
        except Exception:  # a library that meets a damaged part raises whatever that part makes it raise
            self.notes.append((name, "The formatting of this workbook could not be read, so that this copy has its values alone."))
            return None
        if any(_LOSS.search(str(warning.message)) for warning in told):
            self.notes.append((name, "This copy lacks parts of the workbook that cannot be copied, such as pictures or drop-down lists of a newer kind: mend your own file after it."))
        for sheet in book.worksheets:
            sheet.sheet_view.tabSelected = False
            if is_findings_sheet(sheet):
                book.remove(sheet)
        remove_marks(book.worksheets)
        return book

    def _add(self, name: str, table: TableFile, wanted: set[int], *, alone: bool) -> None:
        """Add the sheets of a file with their values as they were read."""
        self._sheets[name] = []
        for sheet in table.sheets:
            if tuple(sheet.rows[0].cells.values()) == HEADER if sheet.rows else False:
                continue
            cells = sum(len(row.cells) for row in sheet.rows)
            whole = self._cells + cells <= MOST_CELLS
            target = self.book.create_sheet(_title(self.book, sheet.name, "" if alone else name))
            if not whole:
                self.notes.append((name, f"The sheet '{target.title}' of this copy holds only its first rows and those with a message, since there are {cells:,} cells."))
            left_out = 0
            for position, row in enumerate(sheet.rows):
                if row.number > MOST_ROWS:
                    left_out += 1
                elif whole or position < _HEADER_WITHIN or row.number in wanted:
                    left_out += any(column > MOST_COLUMNS for column in row.cells)
                    _write_row(target, row.number, row.cells)
                    self._cells += len(row.cells)
            if left_out:
                self.notes.append((name, f"{left_out:,} rows of the sheet '{target.title}' reach beyond what a workbook can hold and are not, or not whole, in this copy."))
            _dress(target, sheet)
            self._sheets[name].append((sheet, target))


def _empty() -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.creator = "imri-kg"
    return book


def _paired(table: TableFile, book: Workbook) -> list[tuple[Sheet, Worksheet]]:
    """Return each sheet that was read with the sheet of the workbook that it is."""
    by_title = {sheet.title: sheet for sheet in book.worksheets}
    by_fold = {_folded(title): sheet for title, sheet in by_title.items()}
    pairs = [(sheet, by_title.get(sheet.name) or by_fold.get(_folded(sheet.name))) for sheet in table.sheets]
    return [(sheet, target) for sheet, target in pairs if target is not None]


def _restore_escapes(pairs: list[tuple[Sheet, Worksheet]]) -> None:
    """Write again the texts that look like an escaped character, whose own escape openpyxl takes away when it opens a file."""
    for sheet, target in pairs:
        for row in sheet.rows:
            for column, value in row.cells.items():
                if isinstance(value, str) and _ESCAPE_LIKE.search(value):
                    cell: Any = target.cell(row.number, column)
                    if cell.data_type == "s" and type(cell.value) is str:
                        cell.value, cell.data_type = as_cell_text(value), "s"


def _is_bearable(data: bytes) -> bool:
    """Say whether openpyxl opens a workbook without making cells for an area that is empty for the most part."""
    places = 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            if not entry.filename.casefold().endswith(".xml"):
                continue
            part = archive.read(entry)
            if b"\x00" in part[:4] or b"<!ENTITY" in part:
                return False
            places += len(_CELL.findall(part)) + len(_ROW.findall(part))
            for area in _AREA.findall(part):
                places += _size(area)
            if places > MOST_CELLS:
                return False
    return True


def _size(area: bytes) -> int:
    try:
        left, top, right, bottom = range_boundaries(area.decode("ascii"))
        return int((right - left + 1) * (bottom - top + 1))
    except (ValueError, TypeError):
        # A whole column (A:A), or no area at all.
        return MOST_CELLS + 1


def _title(book: Workbook, name: str, file: str) -> str:
    """Return a name for a sheet that a workbook allows and that is not taken."""
    wanted = _FORBIDDEN.sub("-", as_cell_text(name)).strip(" '") or "Sheet"
    # Excel keeps one name for itself.
    wanted = "History-" if wanted.casefold() == "history" else wanted
    taken = {title.casefold() for title in book.sheetnames}
    stem = _FORBIDDEN.sub("-", as_cell_text(re.split(r"[\\/]", file)[-1].rpartition(".")[0])).strip(" '")
    endings = ["", f" ({stem[:12]})" if stem and _folded(stem) != _folded(name) else "", *(f" ({n})" for n in range(2, 100_000))]
    for ending in endings:
        title = wanted[: _MOST_TITLE - len(ending)].rstrip(" '") + ending
        if title.casefold() not in taken:
            return title
    raise AssertionError("more sheets of one name than a workbook can have")


def _write_row(sheet: Worksheet, number: int, cells: Mapping[int, Value]) -> None:
    for column, value in cells.items():
        if column > MOST_COLUMNS:
            continue
        cell: Any = sheet.cell(number, column)
        cell.value = stored = _stored(value)
        if isinstance(stored, str) and stored:
            # A text stays one, even when somebody edits the cell: no formula, no date made of 2019-11.
            cell.data_type, cell.number_format = "s", "@"
        elif isinstance(stored, date):
            cell.number_format = "yyyy-mm-dd" if not isinstance(stored, datetime) else "yyyy-mm-dd hh:mm:ss"


def _stored(value: Value) -> str | int | float | bool | date | datetime:
    """Return a value as a workbook can hold it without change; else as text."""
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)) and abs(value) < _MOST_NUMBER:
        return value
    if isinstance(value, date) and value.year >= _FIRST_YEAR and getattr(value, "tzinfo", None) is None:
        return value
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return as_cell_text(value.isoformat() if isinstance(value, date) else format(value, "f") if isinstance(value, Decimal) else str(value))


def _dress(target: Worksheet, sheet: Sheet) -> None:
    """Make a sheet of bare values readable: a bold first row that stays in sight, and columns as wide as their texts."""
    if not sheet.rows:
        return
    first = sheet.rows[0]
    for column in first.cells:
        if column <= MOST_COLUMNS:
            font = copy(target.cell(first.number, column).font)
            target.cell(first.number, column).font = Font(name=font.name, size=font.size, bold=True)
    if first.number < 100:
        target.freeze_panes = f"A{first.number + 1}"
    widths: dict[int, int] = {}
    for row in sheet.rows[:200]:
        for column, value in row.cells.items():
            widths[column] = max(widths.get(column, 0), min(len(str(value)), 48))
    for column, width in widths.items():
        if column <= MOST_COLUMNS:
            target.column_dimensions[get_column_letter(column)].width = max(width + 2, 9)


def _number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _folded(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", tidy(text)[0]).casefold()
