"""Reads CSV, TSV and other delimited text as one sheet.

Called by `table_file`. Every cell stays text: whether `1,5` is a number is for those to say who know the column. It
loses no record: what it has to change or leave out is told with its place.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from imri_kg.errors import UnreadableFileError
from imri_kg.readers.blanks import tidy
from imri_kg.readers.delimiters import find_delimiter
from imri_kg.readers.encodings import Decoded, decode
from imri_kg.readers.kinds import stem
from imri_kg.readers.limits import CellCount
from imri_kg.readers.model import Notice, Row, Sheet, Value, cell_name
from imri_kg.readers.notices import SheetNotices

__all__ = ["read_delimited"]

#: More control characters than this, and a greater share, mean that the bytes are no text.
_CONTROLS_AT_LEAST, _CONTROLS_SHARE = 10, 0.02
_SAMPLE = 100_000
_CONTROLS = frozenset(map(chr, range(32))) - set("\t\n\v\f\r\x1c\x1d\x1e\x1f")


class _Record(NamedTuple):
    """A record with its number, its first line, and whether the file ended within its last cell."""

    number: int
    line: int
    cells: list[str]
    open: bool


def read_delimited(name: str, data: bytes) -> tuple[tuple[Sheet, ...], tuple[Notice, ...]]:
    """Read delimited text.

    Args:
        name: the file's name; the sheet is called after its stem.
        data: its bytes, in any encoding that spreadsheet programs write.

    Returns:
        One sheet and the notices. A row's number is that of the record, as a spreadsheet shows it: a cell with line
        ends in it makes one row, an empty line makes an empty one.

    Raises:
        UnreadableFileError: the bytes are no text, or hold too many cells.
    """
    decoded = decode(data)
    notices = SheetNotices(stem(name))
    text = _without_zero_bytes(name, decoded.text, notices)
    delimiter, start = find_delimiter(text)
    text = text[start:]
    rows: list[Row] = []
    count = CellCount(name)
    foreign: tuple[int, int, str] | None = None
    try:
        for record in _records(text, delimiter):
            if record.open:
                _tell_open_quote(record, notices)
            cells: dict[int, Value] = {}
            for column, raw in enumerate(record.cells[: -1 if record.open else None], 1):
                value, odd = tidy(raw)
                if odd:
                    notices.count("odd", record.number, column, raw)
                if not value:
                    continue
                cells[column] = value
                if not value.isascii():
                    foreign = foreign or (record.number, column, value)
                    if "\ufffd" in value:
                        _tell_broken(record.number, column, value, decoded, notices)
            if cells:
                count.add(len(cells))
                rows.append(Row(record.number, cells))
    except csv.Error as error:
        what = f"After row {rows[-1].number if rows else 0} a cell has more than {csv.field_size_limit():,} characters; a quotation mark seems not to be closed."
        raise UnreadableFileError(name, what, "Close it, or save the table anew in a spreadsheet program.") from error
    _tell_stray_quotes(text, delimiter, notices)
    _tell_encoding(decoded, foreign, notices)
    notices.tell_counted()
    return (Sheet(stem(name), tuple(rows)),), notices.listed()


def _reader(lines: Iterator[str], delimiter: str, *, strict: bool = False) -> "csv._reader":
    # Blanks after a delimiter go anyway; passed over here, they do not hide a quotation mark that opens a cell.
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=strict)


def _records(text: str, delimiter: str) -> Iterator[_Record]:
    """Yield the records. A mark put behind the text shows whether its last quoted cell was closed."""
    mark = "\uffff"
    while mark in text:
        mark += "\uffff"
    reader = _reader(chain(io.StringIO(text, newline=""), [mark]), delimiter)
    line = 1
    for number, cells in enumerate(reader, 1):
        if cells and cells[-1].endswith(mark):
            # Alone in its line and record, the mark says that all was closed; else the file ended within this cell.
            if cells != [mark] or reader.line_num > line:
                yield _Record(number, line, [*cells[:-1], cells[-1].removesuffix(mark)], True)
            return
        yield _Record(number, line, cells, False)
        line = reader.line_num + 1


def _without_zero_bytes(name: str, text: str, notices: SheetNotices) -> str:
    """Return the text without zero bytes, and refuse what is no text at all."""
    sample = text[:_SAMPLE].rstrip("\0")
    controls = sum(map(_CONTROLS.__contains__, sample))
    if controls > _CONTROLS_AT_LEAST and controls > _CONTROLS_SHARE * len(sample):
        raise UnreadableFileError(name, "The content is neither text nor a workbook.", "Open the original in a spreadsheet program and save it as .xlsx or as CSV UTF-8.")
    if "\0" not in text:
        return text
    line = text.count("\n", 0, text.index("\0")) + 1
    what = f"The file has zero bytes among its text (first in line {line}), a sign of damage or of a faulty export."
    notices.add("reading/zero-bytes", "warning", f"{what} They were left out; compare the table with its original.")
    return text.replace("\0", "")


def _tell_open_quote(record: _Record, notices: SheetNotices) -> None:
    column = len(record.cells)
    rest = record.cells[-1]
    lost = rest.count("\n") + (rest.count("\r") if "\n" not in rest else 0)
    message = (
        f"In row {record.number} (from line {record.line} of the file on) a quotation mark opens cell {cell_name(record.number, column)} and is never closed, so that "
        f"{lost} line end{'s' if lost != 1 else ''} up to the end of the file belong to this cell. The cell was left out. Close the quotation mark and check the file again."
    )
    notices.add("reading/open-quote", "violation", message, record.number, column, rest)


def _tell_stray_quotes(text: str, delimiter: str, notices: SheetNotices) -> None:
    """Tell where a cell goes on behind its closing quotation mark: the reader that forgives drops the mark."""
    if '"' not in text:
        return
    reader = _reader(io.StringIO(text, newline=""), delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "expected after" not in str(error):
                return
            message = (
                f"In row {number} (line {reader.line_num} of the file) a cell goes on behind its closing quotation mark; the mark was left out and the cells may have shifted. "
                'Within a quoted cell write a quotation mark twice (""), or save the table anew in a spreadsheet program.'
            )
            notices.add("reading/stray-quote", "violation", message, number)


def _tell_broken(row: int, column: int, value: str, decoded: Decoded, notices: SheetNotices) -> None:
    message = (
        f"Cell {cell_name(row, column)} has characters that cannot be read as {decoded.encoding}; they show as \ufffd. Save the file anew from its original as CSV UTF-8, or write them again."
    )
    notices.add("reading/broken-characters", "violation", message, row, column, value)


def _tell_encoding(decoded: Decoded, foreign: tuple[int, int, str] | None, notices: SheetNotices) -> None:
    if not decoded.guessed or foreign is None:
        return
    row, column, value = foreign
    message = (
        f"The file does not tell its encoding and is not UTF-8; it was read as {decoded.encoding}. Check that the letters in cell {cell_name(row, column)} are right; "
        "if they are not, save the file as CSV UTF-8."
    )
    notices.add("reading/encoding", "info", message, row, column, value)
