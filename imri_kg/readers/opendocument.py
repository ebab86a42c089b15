"""Reads OpenDocument spreadsheets (.ods) from the streamed XML of their content.

Called by `table_file`. Rows and cells that the file repeats are counted, and multiplied only where they have a value:
an empty row repeated to the end of the sheet costs nothing. Macros and links to other files are only told of.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from imri_kg.errors import UnreadableFileError
from imri_kg.readers.archive import Archive
from imri_kg.readers.blanks import tidy
from imri_kg.readers.layout import Area, tell_hidden, tell_merged
from imri_kg.readers.limits import CellCount, ElementCount
from imri_kg.readers.model import Notice, Row, Sheet, Value, cell_name
from imri_kg.readers.notices import SheetNotices
from imri_kg.readers.opendocument_cells import OFFICE, TABLE, error_of, value_of

__all__ = ["read_opendocument"]

_TABLE, _ROW, _COLUMN = TABLE + "table", TABLE + "table-row", TABLE + "table-column"
_CELLS = (TABLE + "table-cell", TABLE + "covered-table-cell")
_HIDDEN = ("collapse", "filter")
_EXTERNAL = "The spreadsheet refers to other files; they were not opened. Where formulas use them, the values saved in this file were read."
_MACROS = "The spreadsheet has macros; they were neither run nor looked at."


def read_opendocument(archive: Archive) -> tuple[tuple[Sheet, ...], tuple[Notice, ...]]:
    """Read all sheets of a spreadsheet.

    Args:
        archive: the opened archive, found to hold a spreadsheet.

    Returns:
        The sheets in the order of the file, hidden ones too, and the notices.

    Raises:
        UnreadableFileError: the file is encrypted, damaged or ends early, or there are too many cells.
    """
    if b"encryption-data" in archive.start("META-INF/manifest.xml"):
        advice = "Open it with the password and save a copy without one (in LibreOffice: File, Save As, without 'Save with password')."
        raise UnreadableFileError(archive.name, "The spreadsheet is protected by a password.", advice)
    return _Spreadsheet(archive).read()


class _Spreadsheet:
    """The reading of one spreadsheet; what `_begin` sets belongs to the sheet at hand."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.count = CellCount(archive.name)
        self.sheets: list[Sheet] = []
        self.notices: list[Notice] = []
        self.undisplayed: set[str] = set()
        self.external = False
        self._begin("")

    def _begin(self, name: str) -> None:
        self.about = SheetNotices(name)
        self.row = self.column = 0
        self.rows: list[Row] = []
        self.hidden_rows: list[int] = []
        self.hidden_columns: list[tuple[int, int]] = []
        self.merged: list[Area] = []
        self.filtered = False

    def read(self) -> tuple[tuple[Sheet, ...], tuple[Notice, ...]]:
        """Read the content to its end; what it holds is known only then."""
        depth = 0
        elements = ElementCount(self.archive.name, "content.xml")
        for event, element in self.archive.elements("content.xml", starts=True):
            tag = element.tag
            if event == "start":
                if tag == _TABLE:
                    depth += 1
                    if depth == 1:
                        self._begin(element.get(TABLE + "name", ""))
                continue
            elements.hold()
            if tag == _TABLE:
                depth -= 1
                if depth == 0:
                    self._finish(element)
                    element.clear()
                else:
                    message = f"In row {self.row + 1} a cell or a drawing holds a table of its own, which was not read. Move that table into a sheet of its own."
                    self.about.add("reading/nested-table", "violation", message, self.row + 1)
            elif depth == 1 and tag == _ROW:
                self._row(element)
                element.clear()
                elements.let_go()
            elif depth == 1 and tag == _COLUMN:
                first, self.column = self.column + 1, self.column + self._times(element, "columns-repeated")
                if element.get(TABLE + "visibility") in _HIDDEN:
                    self.hidden_columns.append((first, self.column))
            elif depth == 0 and tag.endswith("}style") and any(key.endswith("}display") and value == "false" for child in element for key, value in child.items()):
                self.undisplayed |= {value for key, value in element.items() if key.endswith("}name")}
        about_file = [Notice("reading/external-links", "info", _EXTERNAL)] if self.external else []
        if any(n.startswith(("basic/", "scripts/")) for n in self.archive.names()):
            about_file.append(Notice("reading/macros", "info", _MACROS))
        return tuple(self.sheets), (*about_file, *self.notices)

    def _row(self, element: Element) -> None:
        times = self._times(element, "rows-repeated")
        first, self.row = self.row + 1, self.row + times
        cells: dict[int, Value] = {}
        column = 0
        for cell in element:
            if cell.tag not in _CELLS:
                continue
            width = self._times(cell, "columns-repeated")
            start, column = column + 1, column + width
            # Most cells of a formatted sheet have a style and nothing else.
            if len(cell) == 0 and cell.get(OFFICE + "value-type") is None and cell.get(TABLE + "formula") is None:
                continue
            value = self._cell(cell, first, start, width * times)
            if value is not None:
                self.count.add(width * times)
                cells |= dict.fromkeys(range(start, column + 1), value)
                down, right = self._times(cell, "rows-spanned"), self._times(cell, "columns-spanned")
                if down > 1 or right > 1:
                    self.merged.append(Area(first, start, first + down - 1, start + right - 1))
        if cells:
            numbers = range(first, first + times)
            self.rows += [Row(n, cells) for n in numbers]
            visibility = element.get(TABLE + "visibility")
            if visibility in _HIDDEN:
                self.hidden_rows += numbers
                self.filtered = self.filtered or visibility == "filter"

    def _cell(self, cell: Element, row: int, column: int, times: int) -> Value | None:
        """Return the value of a cell, or nothing where it has none or where a notice stands for it."""
        name = cell_name(row, column)
        alike = f" The same is true of {times - 1} cell{'s' if times > 2 else ''} that repeat{'s' if times == 2 else ''} it." if times > 1 else ""
        formula = cell.get(TABLE + "formula")
        error = error_of(cell)
        if error:
            self.about.add("reading/error-value", "violation", f"The cell {name} shows the error {error}. Correct its formula, or write the value.{alike}", row, column, error)
            return None
        if formula is not None and cell.get(OFFICE + "value-type") is None and len(cell) == 0:
            # The empty text as a result has no type either, but a paragraph.
            message = f"The cell {name} has a formula but no saved value. Open the file in a spreadsheet program, save it there and check it again.{alike}"
            self.about.add("reading/formula-without-value", "violation", message, row, column)
            return None
        try:
            value = value_of(cell)
        except (ValueError, OverflowError) as problem:
            message = f"The cell {name} holds something that cannot be read as its kind of value ({str(problem)[:60]}). Write it again.{alike}"
            self.about.add("reading/unreadable-cell", "violation", message, row, column)
            return None
        if value is None:
            return None
        if formula is not None:
            self.about.count("formula", row, column, str(value))
        if cell.get(OFFICE + "value-type") == "percentage":
            self.about.count("percent", row, column, str(value))
        if isinstance(value, str):
            clean, odd = tidy(value)
            if odd:
                self.about.count("odd", row, column, value)
            return clean or None
        return value

    def _finish(self, table: Element) -> None:
        if table.find(TABLE + "table-source") is not None:
            self.external = True
            # LibreOffice keeps what formulas use of another file under the file's address; a sheet that is linked to a
            # file has a name like any other and counts.
            if self.about.sheet.startswith("'"):
                return
        tell_hidden(self.rows, self.hidden_rows, self.hidden_columns, filtered=self.filtered, notices=self.about)
        tell_merged(self.merged, {row.number: row.cells for row in self.rows}, self.about)
        self.about.tell_counted()
        if table.get(TABLE + "style-name") in self.undisplayed:
            self.about.add_hidden_sheet()
        self.sheets.append(Sheet(self.about.sheet, tuple(self.rows)))
        self.notices += self.about.listed()

    def _times(self, element: Element, what: str) -> int:
        stated = element.get(f"{TABLE}number-{what}", "1")
        if not (stated.isascii() and stated.isdecimal() and len(stated) < 10):
            raise self.archive.damaged("content.xml")
        return max(int(stated), 1)
