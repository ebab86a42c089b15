"""Reads one worksheet of an Excel workbook from its streamed XML: values, and what the sheet does not show.

Called by `workbook`. It goes by the cells that are there, never by the size that the sheet states, and keeps every cell
that has a value, in whatever order the file writes them.

Merged areas, hidden rows and columns, formulas without a saved value and the end of the file have to be seen in the same
pass as the values. The read-only mode of openpyxl shows none of them, so that only number formats and dates are its work.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from xml.etree.ElementTree import Element

from openpyxl.utils.datetime import from_excel

from imri_kg.readers.archive import Archive
from imri_kg.readers.blanks import tidy
from imri_kg.readers.layout import Area, tell_hidden, tell_merged
from imri_kg.readers.limits import CellCount, ElementCount
from imri_kg.readers.model import Row, Value, cell_name
from imri_kg.readers.notices import SheetNotices
from imri_kg.readers.shared_strings import text_of, unescape
from imri_kg.readers.values import day, number, plain

__all__ = ["Formats", "read_worksheet"]

_TRUE = ("1", "true")
_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_BOOLEANS = {"1": True, "true": True, "0": False, "false": False}


class Formats(NamedTuple):
    """What the style of a cell makes of its number (date, duration or percent), and the day that dates count from."""

    sorts: Mapping[str, str]
    epoch: datetime


def read_worksheet(archive: Archive, part: str, strings: Sequence[tuple[str, bool]], formats: Formats, count: CellCount, notices: SheetNotices) -> tuple[Row, ...]:
    """Read the rows of one worksheet that have a value.

    Args:
        archive: the workbook.
        part: the worksheet's part in it.
        strings: the texts that cells refer to by number, tidied, and whether that took away odd blanks.
        formats: what styles make of numbers.
        count: counts the filled cells of all sheets.
        notices: where to tell what was met.

    Raises:
        UnreadableFileError: the part is missing, damaged or ends early, or there are too many cells.
    """
    return _Worksheet(archive, part, strings, formats, count, notices).read()


class _Worksheet:
    """The reading of one worksheet."""

    def __init__(self, archive: Archive, part: str, strings: Sequence[tuple[str, bool]], formats: Formats, count: CellCount, notices: SheetNotices) -> None:
        self.archive, self.part, self.strings, self.formats, self.count, self.notices = archive, part, strings, formats, count, notices
        self.number = 0
        self.rows: dict[int, dict[int, Value]] = {}
        self.columns: dict[str, int] = {}
        self.hidden_rows: set[int] = set()
        self.hidden_columns: list[tuple[int, int]] = []
        self.merged: list[Area] = []
        self.filtered = False

    def read(self) -> tuple[Row, ...]:
        """Read the part to its end; what it holds is known only then."""
        # Strict workbooks have another namespace; drawings within a sheet have rows and columns of their own.
        space = self.archive.root_tag(self.part).removesuffix("worksheet")
        row = space + "row"
        settings = {space + tag for tag in ("col", "mergeCell", "autoFilter", "tablePart")}
        elements = ElementCount(self.archive.name, self.part)
        for _, element in self.archive.elements(self.part):
            tag = element.tag
            if tag == row:
                self._row(element)
                element.clear()
                elements.let_go()
                continue
            elements.hold()
            if tag in settings:
                self._setting(tag.removeprefix(space), element)
        rows = tuple(Row(n, self.rows[n]) for n in sorted(self.rows))
        self._tell(rows)
        return rows

    def _row(self, element: Element) -> None:
        self.number = self._whole(element.get("r"), self.number + 1)
        cells = self.rows.get(self.number, {})
        before = len(cells)
        column = 0
        for cell in element:
            column = self._column(cell.get("r"), column + 1)
            # Most cells of a formatted sheet have a style and nothing else.
            if len(cell) == 0:
                continue
            value = self._cell(cell, column)
            if value is None:
                continue
            if column in cells:
                name = cell_name(self.number, column)
                self._violation("reading/repeated-cell", column, str(value), f"The file gives the cell {name} twice; the first value was kept. Open the file in a spreadsheet program, compare and save it.")
                continue
            cells[column] = value
        if len(cells) > before:
            self.count.add(len(cells) - before)
            self.rows[self.number] = cells
            if element.get("hidden") in _TRUE:
                self.hidden_rows.add(self.number)

    def _cell(self, cell: Element, column: int) -> Value | None:
        """Return the value of a cell, or nothing where it has none or where a notice stands for it."""
        kind = cell.get("t", "n")
        text: str | None = None
        formula = False
        for child in cell:
            tag = child.tag
            if tag.endswith("}v"):
                text = child.text or ""
            elif tag.endswith("}is"):
                text = text_of(child)
            elif tag.endswith("}f"):
                formula = True
        if not text:
            # A formula may well give an empty text; any other kind of result has characters.
            if formula and (text is None or kind != "str"):
                message = f"The cell {cell_name(self.number, column)} has a formula but no saved value. Open the file in a spreadsheet program, save it there and check it again."
                self._violation("reading/formula-without-value", column, "", message)
            return None
        if formula:
            self.notices.count("formula", self.number, column, text)
        if kind == "e":
            message = f"The cell {cell_name(self.number, column)} shows the error {text}. Correct its formula, or write the value."
            self._violation("reading/error-value", column, text, message)
            return None
        try:
            value = self._value(kind, text, cell.get("s", ""), column)
        except (ValueError, IndexError, OverflowError):
            sort = "date" if self.formats.sorts.get(cell.get("s", "")) == "date" else "kind of value"
            message = f"The cell {cell_name(self.number, column)} holds something that cannot be read as its {sort} ({text[:40]}). Write it again."
            self._violation("reading/unreadable-cell", column, text, message)
            return None
        # The empty text is no value; 0 and False are.
        return None if value == "" else value

    def _value(self, kind: str, text: str, style: str, column: int) -> Value:
        """Return the value of a cell that has one, text tidied."""
        if kind in ("s", "str", "inlineStr"):
            clean, odd = self.strings[_index(text)] if kind == "s" else tidy(text if kind == "inlineStr" else unescape(text))
            if odd:
                self.notices.count("odd", self.number, column, clean)
            return clean
        if kind == "n":
            found = number(text)
            sort = self.formats.sorts.get(style)
            if sort == "percent":
                self.notices.count("percent", self.number, column, text)
            elif sort:
                return plain(from_excel(found, self.formats.epoch, timedelta=sort == "duration"))
            return found
        if kind == "b":
            return _BOOLEANS[text] if text in _BOOLEANS else bool(int(text))
        if kind == "d":
            return day(text)
        raise ValueError(kind)

    def _setting(self, tag: str, element: Element) -> None:
        """Take note of what follows or precedes the cells."""
        if tag == "col" and element.get("hidden") in _TRUE:
            self.hidden_columns.append((self._whole(element.get("min"), 0), self._whole(element.get("max"), 0)))
        elif tag == "mergeCell":
            first, _, last = element.get("ref", "").replace("$", "").partition(":")
            if first and last:
                self.merged.append(Area(*self._place(first), *self._place(last)))
        elif tag == "autoFilter":
            self.filtered = self.filtered or _filters(element)
        elif tag == "tablePart":
            wanted = {value for key, value in element.attrib.items() if key.endswith("}id")}
            for identifier, kind, target in self.archive.relations(self.part):
                if identifier in wanted and kind == "table":
                    self.filtered = self.filtered or any(_filters(e) for e in self.archive.tree(target).iter() if e.tag.endswith("}autoFilter"))

    def _tell(self, rows: tuple[Row, ...]) -> None:
        tell_hidden(rows, self.hidden_rows, self.hidden_columns, filtered=self.filtered, notices=self.notices)
        tell_merged(self.merged, self.rows, self.notices)
        self.notices.tell_counted()

    def _violation(self, rule: str, column: int, value: str, message: str) -> None:
        self.notices.add(rule, "violation", message, self.number, column, value)

    def _column(self, reference: str | None, following: int) -> int:
        if not reference:
            return following
        letters = reference.rstrip("0123456789")
        if letters not in self.columns:
            self.columns[letters] = self._place(letters + "1")[1]
        return self.columns[letters]

    def _place(self, reference: str) -> tuple[int, int]:
        """Return row and column of a cell's name."""
        match = _REFERENCE.fullmatch(reference)
        if not match:
            raise self.archive.damaged(self.part)
        column = 0
        for letter in match[1].upper():
            column = column * 26 + ord(letter) - ord("A") + 1
        return int(match[2]), column

    def _whole(self, text: str | None, otherwise: int) -> int:
        if text is None:
            return otherwise
        if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) > 0):
            raise self.archive.damaged(self.part)
        return int(text)


def _index(text: str) -> int:
    """Return the number of a text in the table; a negative one would count from its end."""
    if not text.isdecimal():
        raise ValueError(text)
    return int(text)


def _filters(element: Element) -> bool:
    """Tell whether an automatic filter chooses anything: arrows at the header alone hide nothing."""
    return any(len(column) for column in element if column.tag.endswith("}filterColumn"))
