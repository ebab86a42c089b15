"""Reads single cells of OpenDocument spreadsheets: their value, their text, and whether they show an error.

Called by `opendocument`. It knows nothing of rows and sheets.
"""

from __future__ import annotations

import re
from datetime import timedelta
from xml.etree.ElementTree import Element

from imri_kg.readers.model import Value
from imri_kg.readers.values import day, number, plain

__all__ = ["OFFICE", "TABLE", "error_of", "text_of", "value_of"]

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
#: LibreOffice marks errors so; OpenDocument itself has no word for them.
_CALC_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_PARAGRAPHS = (_TEXT + "p", _TEXT + "h")
#: What stands in a paragraph without being part of its text: remarks, and the reading aid of East Asian scripts.
_ASIDE = (OFFICE + "annotation", _TEXT + "note", _TEXT + "ruby-text")
_ERROR = re.compile(r"#(N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!)|Err:[0-9]{3}")
#: LibreOffice turns the truth values of an Excel workbook into these when it saves it as .ods.
_BOOLEANS = {"of:=TRUE()": True, "of:=FALSE()": False}
_DURATION = re.compile(r"(-?)P(?:([0-9]{1,6})D)?(?:T(?:([0-9]{1,7})H)?(?:([0-9]{1,7})M)?(?:([0-9]{1,7}(?:[.,][0-9]+)?)S)?)?")
#: Blanks that a file may state by number; a cell with more of them is no text.
_MOST_BLANKS = 1000


def value_of(cell: Element) -> Value | None:
    """Return the value of a cell, nothing when it is empty.

    Raises:
        ValueError: the cell states a kind of value and something that is none.
    """
    kind = cell.get(OFFICE + "value-type")
    if kind == "float" and cell.get(TABLE + "formula") in _BOOLEANS:
        return _BOOLEANS[cell.get(TABLE + "formula", "")]
    if kind in ("float", "percentage", "currency"):
        return number(cell.get(OFFICE + "value", ""))
    if kind == "date":
        return day(cell.get(OFFICE + "date-value", ""))
    if kind == "time":
        return plain(_duration(cell.get(OFFICE + "time-value", "")))
    if kind == "boolean":
        stated = cell.get(OFFICE + "boolean-value", "")
        if stated not in ("true", "false"):
            raise ValueError(stated)
        return stated == "true"
    if kind in (None, "string", "void"):
        stated = cell.get(OFFICE + "string-value")
        return (text_of(cell) if stated is None else stated) or None
    raise ValueError(kind)


def error_of(cell: Element) -> str:
    """Return the error that a cell shows instead of a value, an empty text when it shows none."""
    if cell.get(_CALC_TYPE) == "error":
        return text_of(cell) or "an error"
    if cell.get(TABLE + "formula") is not None and cell.get(OFFICE + "value-type") == "string":
        text = text_of(cell)
        return text if _ERROR.fullmatch(text) else ""
    return ""


def text_of(cell: Element) -> str:
    """Return the text of a cell: one line a paragraph, blanks as OpenDocument 1.3 part 3, 6.1.2 counts them."""
    return "\n".join(_paragraph(child) for child in cell if child.tag in _PARAGRAPHS)


def _paragraph(paragraph: Element) -> str:
    if len(paragraph) == 0:
        return _collapsed(paragraph.text)
    pieces: list[str] = []
    # A stack of its own: a file may nest deeper than Python calls can. Texts wait in it as they are.
    waiting: list[Element | str] = [paragraph]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            pieces.append(item)
            continue
        if item.tag == _TEXT + "s":
            pieces.append(" " * min(_blanks(item), _MOST_BLANKS))
        elif item.tag == _TEXT + "tab":
            pieces.append("\t")
        elif item.tag == _TEXT + "line-break":
            pieces.append("\n")
        elif item.tag not in _ASIDE:
            for child in reversed(item):
                waiting += (_collapsed(child.tail), child)
            waiting.append(_collapsed(item.text))
    return "".join(pieces)


def _blanks(element: Element) -> int:
    stated = element.get(_TEXT + "c", "1")
    return int(stated) if stated.isdecimal() and len(stated) < 10 else 1


def _collapsed(text: str | None) -> str:
    return re.sub(r"[ \t\r\n]+", " ", text) if text else ""


def _duration(text: str) -> timedelta:
    match = _DURATION.fullmatch(text)
    if not match or not any(match.groups()[1:]):
        raise ValueError(text)
    days, hours, minutes = (int(match[i] or 0) for i in (2, 3, 4))
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=float((match[5] or "0").replace(",", ".")))
    return -length if match[1] else length
