"""Writes cells of an OpenDocument spreadsheet anew, in the bytes of its content: everything else of the file stays as it is.

Called by `correcting`. Rows and cells that the file states once and repeats are divided where one of them changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape

from imri_kg.case_validation.edits import Edit, Edits, UnwritableError, start_tag
from imri_kg.case_validation.workbook_cells import repacked
from imri_kg.readers.archive import MOST_UNPACKED, Archive

__all__ = ["write_opendocument_cells"]

_SPACES = {"urn:oasis:names:tc:opendocument:xmlns:office:1.0": "office", "urn:oasis:names:tc:opendocument:xmlns:table:1.0": "table", "urn:oasis:names:tc:opendocument:xmlns:text:1.0": "text"}
_PART = "content.xml"
#: What states the old value of a cell; all else of its start tag stays.
_VALUE = re.compile(r"""\s(?:office:(?:value-type|value|date-value|time-value|boolean-value|string-value|currency)|calcext:value-type|table:formula|table:number-columns-repeated)\s*=\s*(?:"[^"]*"|'[^']*')""")
_COLUMNS = re.compile(r"""\stable:number-columns-repeated\s*=\s*(?:"[^"]*"|'[^']*')""")
_ROWS = re.compile(r"""\stable:number-rows-repeated\s*=\s*(?:"[^"]*"|'[^']*')""")
_BLANKS = re.compile(" {2,}")
_ODD = "The content of the file is written in a way that cannot be changed in place. Save it anew in LibreOffice."


@dataclass(slots=True)
class _Cell:
    """A cell of a row that is to change: its place, how often it stands, and its remark, which stays."""

    start: int
    end: int
    column: int
    times: int
    covered: bool
    matrix: bool
    remark: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class _Row:
    """A row that is to change: its place, its first number, how often it stands, and its cells."""

    start: int
    number: int
    times: int
    cells: list[_Cell] = field(default_factory=list)


def write_opendocument_cells(name: str, data: bytes, sheets: Mapping[str, Edits]) -> bytes:
    """Return the bytes of a spreadsheet with some cells written anew, by the names of sheets.

    Raises:
        UnwritableError: a cell cannot be written by itself.
        UnreadableFileError: the file is damaged.
    """
    return repacked(data, {_PART: _Content(Archive(name, data).start(_PART, MOST_UNPACKED), sheets).written()})


class _Content:
    def __init__(self, data: bytes, sheets: Mapping[str, Edits]) -> None:
        if b"\0" in data[:200]:
            raise UnwritableError(_ODD)
        self._data, self._sheets = data, sheets
        self._splices: list[tuple[int, int, bytes]] = []
        self._path: list[tuple[str, int]] = []
        self._depth = 0
        self._edits: Edits = {}
        self._numbers: list[int] = []
        self._number = self._column = 0
        self._row: _Row | None = None
        self._cell: _Cell | None = None
        self._remark = 0

    def written(self) -> bytes:
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._begin, self._finish
        self._parser.Parse(self._data, True)
        pieces, done = [], 0
        for start, end, new in self._splices:
            pieces += [self._data[done:start], new]
            done = end
        return b"".join([*pieces, self._data[done:]])

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        here = self._parser.CurrentByteIndex
        for key, value in attributes.items():
            # Prefixes are those that every program writes; under others nothing is changed.
            if value in _SPACES and key != f"xmlns:{_SPACES[value]}" or key.startswith("xmlns:") and key[6:] in _SPACES.values() and value not in _SPACES:
                raise UnwritableError(_ODD)
        self._path.append((name, here))
        if name == "table:table":
            self._depth += 1
            if self._depth == 1:
                self._edits = self._sheets.get(attributes.get("table:name", ""), {})
                self._columns: dict[int, list[int]] = {}
                for row, column in sorted(self._edits):
                    self._columns.setdefault(row, []).append(column)
                self._numbers = sorted(self._columns, reverse=True)
                self._number = 0
        elif self._depth != 1:
            return
        elif name == "table:table-row":
            times = _times(attributes, "rows")
            first, self._number, self._column = self._number + 1, self._number + times, 0
            self._row = _Row(here, first, times) if self._numbers and first <= self._numbers[-1] <= self._number else None
        elif self._row is None:
            return
        elif name in ("table:table-cell", "table:covered-table-cell"):
            times = _times(attributes, "columns")
            self._cell = _Cell(here, here, self._column + 1, times, name != "table:table-cell", "table:number-matrix-columns-spanned" in attributes)
            self._column += times
        elif name == "office:annotation" and self._cell is not None:
            self._remark = here

    def _finish(self, name: str) -> None:
        _, start = self._path.pop()
        if name == "table:table":
            self._depth -= 1
        elif self._depth != 1 or self._row is None:
            return
        elif name == "office:annotation" and self._cell is not None:
            self._cell.remark = (self._remark, self._behind(start))
        elif self._cell is not None and start == self._cell.start:
            self._cell.end = self._behind(start)
            self._row.cells.append(self._cell)
            self._cell = None
        elif start == self._row.start:
            self._splices.append((start, self._behind(start), b"".join(self._rows(self._row))))
            self._row = None

    def _behind(self, start: int) -> int:
        here = self._parser.CurrentByteIndex
        return here if start_tag(self._data, start).endswith(b"/>") else self._data.index(b">", here) + 1

    def _rows(self, row: _Row) -> Iterator[bytes]:
        """Yield the row, as often as it stands, divided at those numbers that change."""
        next_number, last = row.number, row.number + row.times - 1
        end = self._behind(row.start)
        while self._numbers and self._numbers[-1] <= last:
            number = self._numbers.pop()
            if number > next_number:
                yield self._repeated(row, end, number - next_number)
            yield self._changed(row, end, number)
            next_number = number + 1
        if next_number <= last:
            yield self._repeated(row, end, last - next_number + 1)

    def _repeated(self, row: _Row, end: int, times: int) -> bytes:
        tag = start_tag(self._data, row.start)
        return _tag(tag, _ROWS, "rows", times) + self._data[row.start + len(tag) : end]

    def _changed(self, row: _Row, end: int, number: int) -> bytes:
        tag = start_tag(self._data, row.start)
        columns = self._columns[number]
        pieces, done, behind = [], row.start + len(tag), 1
        for cell in row.cells:
            pieces.append(self._data[done : cell.start])
            inside = [c for c in columns if cell.column <= c < cell.column + cell.times]
            pieces += self._cells(cell, number, inside)
            done, behind = cell.end, cell.column + cell.times
        closing = "</table:table-row>" if tag.endswith(b"/>") else ""
        rest = [] if closing else [self._data[done:end]]
        added = []
        for column in (c for c in columns if c >= behind and self._edits[number, c].text):
            if column > behind:
                added.append(_tag(b"<table:table-cell/>", _COLUMNS, "columns", column - behind))
            added.append(_written(b"<table:table-cell/>", b"", self._edits[number, column]))
            behind = column + 1
        opened = tag[:-2] + b">" if closing else tag
        return b"".join([_tag(opened, _ROWS, "rows", 1), *pieces, *added, *rest, closing.encode()])

    def _cells(self, cell: _Cell, number: int, columns: list[int]) -> Iterator[bytes]:
        """Yield a cell, as often as it stands, with those of some columns written anew."""
        tag = start_tag(self._data, cell.start)
        content = self._data[cell.start + len(tag) : cell.end]
        next_column, last = cell.column, cell.column + cell.times - 1
        for column in columns:
            if cell.covered:
                raise UnwritableError("The cell is covered by merged cells. Take the merging apart in a spreadsheet program.", number, column)
            if cell.matrix:
                raise UnwritableError("Other cells have their formula from this one. Change it in a spreadsheet program.", number, column)
            if column > next_column:
                yield _tag(tag, _COLUMNS, "columns", column - next_column) + content
            yield _written(tag, self._data[slice(*cell.remark)], self._edits[number, column])
            next_column = column + 1
        if next_column <= last:
            yield _tag(tag, _COLUMNS, "columns", last - next_column + 1) + content


def _tag(tag: bytes, pattern: re.Pattern[str], what: str, times: int) -> bytes:
    """Return a start tag with the number of times that its element stands."""
    text = pattern.sub("", tag.decode())
    if times == 1:
        return text.encode()
    end = len(text) - (2 if text.endswith("/>") else 1)
    return f'{text[:end].rstrip()} table:number-{what}-repeated="{times}"{text[end:]}'.encode()


def _written(tag: bytes, remark: bytes, edit: Edit) -> bytes:
    """Return a cell with a new value, under its old start tag."""
    opened = _VALUE.sub("", tag.decode()).removesuffix(">").removesuffix("/").rstrip()
    if not edit.text:
        return f"{opened}>".encode() + remark + b"</table:table-cell>"
    kind = f'office:value-type="float" office:value="{edit.text}"' if edit.number else 'office:value-type="string"'
    paragraphs = "".join(f"<text:p>{_spaced(line)}</text:p>" for line in edit.text.split("\n"))
    return f"{opened} {kind}>".encode() + remark + paragraphs.encode("ascii", "xmlcharrefreplace") + b"</table:table-cell>"


def _spaced(line: str) -> str:
    """Return a line with the blanks and tabs that the format would take for one blank (OpenDocument 1.3 part 3, 6.1.2)."""
    text = _BLANKS.sub(lambda m: f' <text:s text:c="{len(m[0]) - 1}"/>', escape(line))
    return text.replace("\t", "<text:tab/>")


def _times(attributes: Mapping[str, str], what: str) -> int:
    return max(int(attributes.get(f"table:number-{what}-repeated", "1")), 1)
