"""Writes cells of a delimited text anew: only their characters change, and delimiter, encoding, line ends and quotation marks stay.

Called by `correcting`, which reads the result again and compares it, so that a file that would be read otherwise is never given out.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

from imri_kg.case_validation.edits import Edits, UnwritableError
from imri_kg.readers.delimiters import find_delimiter
from imri_kg.readers.encodings import decode

__all__ = ["write_text_cells"]

#: Marks and codecs of the encodings that are read, the firmest first.
_CODECS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"", "utf-8"), (b"", "utf-16-le"), (b"", "utf-16-be"), (b"", "cp1252"), (b"", "mac_roman"), (b"", "cp850"),
)  # fmt: skip
#: A spreadsheet program takes a text of a CSV file that begins so for a formula, even in quotation marks; a number may have a sign.
_FORMULA, _NUMBER = ("=", "+", "-", "@"), re.compile(r"[+-]?[0-9]+([.,][0-9]+)?\s*%?")


class _Span(NamedTuple):
    """A cell with its place in the text; without delimiters and line ends."""

    row: int
    column: int
    start: int
    end: int
    last: bool


def write_text_cells(data: bytes, edits: Edits) -> bytes:
    """Return the bytes of a delimited text with some cells written anew.

    Raises:
        UnwritableError: the file, or a value, cannot be written so that it is read as meant.
    """
    decoded = decode(data)
    mark, codec = _codec(data, decoded.text)
    delimiter, start = find_delimiter(decoded.text)
    text, pieces, done = decoded.text, [], 0
    left = dict(edits)
    columns: dict[int, list[int]] = {}
    for row, column in sorted(edits):
        columns.setdefault(row, []).append(column)
    for span in _spans(text, start, delimiter):
        if span.row not in columns:
            continue
        beyond = [(span.row, c) for c in columns[span.row] if c > span.column] if span.last else []
        edit = left.pop((span.row, span.column), None)
        if edit is not None:
            pieces += [text[done : span.start], _written(edit.text, delimiter, codec, span, quoted=text[span.start : span.end].lstrip(" ").startswith('"'))]
            done = span.end
        if beyond:
            pieces.append(text[done : span.end])
            done, column = span.end, span.column
            for place in beyond:
                pieces += [delimiter * (place[1] - column), _written(left.pop(place).text, delimiter, codec, span._replace(column=place[1]), quoted=False)]
                column = place[1]
    if left:
        raise UnwritableError("The row was not found in the file.", *min(left))
    pieces.append(text[done:])
    return mark + "".join(pieces).encode(codec)


def _codec(data: bytes, text: str) -> tuple[bytes, str]:
    """Return the mark and the codec by which the bytes are this text, and the text these bytes."""
    for mark, codec in _CODECS:
        if data.startswith(mark):
            try:
                if data[len(mark) :].decode(codec) == text and text.encode(codec) == data[len(mark) :]:
                    return mark, codec
            except UnicodeError:
                continue
    raise UnwritableError("The file has bytes that cannot be read, so that it cannot be written again as it is. Save it as CSV UTF-8.")


def _spans(text: str, start: int, delimiter: str) -> Iterator[_Span]:
    """Yield every cell, as the csv module divides them; an empty line is a row with one empty cell."""
    d = re.escape(delimiter)
    cell = re.compile(rf'(?: *"(?:[^"]|"")*"[^{d}\r\n]*|[^{d}\r\n]*)')
    row = column = 1
    place = start
    while place <= len(text):
        found = cell.match(text, place)
        end = found.end() if found else place
        if end == len(text):
            if column > 1 or end > place:
                yield _Span(row, column, place, end, True)
            return
        last = text[end] != delimiter
        yield _Span(row, column, place, end, last)
        if last:
            row, column = row + 1, 1
            place = end + (2 if text.startswith("\r\n", end) else 1)
        else:
            column += 1
            place = end + 1


def _written(value: str, delimiter: str, codec: str, span: _Span, *, quoted: bool) -> str:
    if value.startswith(_FORMULA) and not _NUMBER.fullmatch(value):
        raise UnwritableError(f"A CSV file cannot say that {value[:40]!r} is a text, and a spreadsheet program would run it as a formula. Begin it with another character, or send a workbook.", span.row, span.column)
    try:
        value.encode(codec)
    except UnicodeEncodeError as error:
        raise UnwritableError(f"The encoding of the file has no {value[error.start]!r}. Save the file as CSV UTF-8 first.", span.row, span.column) from error
    if value and (quoted or any(c in value for c in (delimiter, '"', "\n")) or value != value.strip()):
        return '"' + value.replace('"', '""') + '"'
    return value
