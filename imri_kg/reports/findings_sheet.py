"""The first sheet of a marked workbook: every message in a row, linked to its cell.

Called by `workbook`. It writes values as texts that no spreadsheet program runs, and knows no other sheet but by the address it
is given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from copy import copy
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from imri_kg.case_validation.messages import Message, Validation
from imri_kg.reports.wording import SIGNS, clean, legal, shortened, verdict

__all__ = ["FILLS", "HEADER", "as_cell_text", "is_findings_sheet", "write_findings"]

HEADER = ("Severity", "File", "Sheet", "Row", "Column", "Value", "Message", "Suggestion", "Rule")
_WIDTHS = (13, 18, 15, 7, 18, 24, 62, 22, 26)
TITLE = "Findings"
#: Light enough for dark text; the word stands beside the colour.
FILLS = {severity: PatternFill("solid", fgColor=colour) for severity, colour in (("violation", "FFF4B6B6"), ("warning", "FFFFE08A"), ("info", "FFCFE2F7"))}
#: Characters that a cell holds, and links that a sheet holds, in Excel; a file with more is called damaged.
_MOST_CHARACTERS, _MOST_LINKS = 32_767, 65_000
#: Points that a row can be high, and characters beyond which no row is high enough.
_MOST_HEIGHT, _MOST_SHOWN = 409, 4000
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
#: The file format writes characters as _x000D_, so that a text which looks so has to be escaped.
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def as_cell_text(text: str) -> str:
    r"""Return the text as a cell can hold it: without what XML forbids, and not too long.

    >>> as_cell_text("a\x01 _x0041_")
    'a␁ _x005F_x0041_'
    """
    text = _ESCAPE.sub("_x005F_", legal(text))
    if len(text) * 2 > _MOST_CHARACTERS and len(text.encode("utf-16-le")) // 2 > _MOST_CHARACTERS:
        # A character outside the basic plane counts twice.
        text = text.encode("utf-16-le")[: 2 * (_MOST_CHARACTERS - 1)].decode("utf-16-le", "ignore") + "…"
    return text


def is_findings_sheet(sheet: Any) -> bool:
    """Say whether a sheet is one that an earlier run wrote."""
    return isinstance(sheet, Worksheet) and sheet.title.startswith(TITLE) and tuple(sheet.cell(1, n).value for n in range(1, len(HEADER) + 1)) == HEADER


def write_findings(book: Workbook, validation: Validation, notes: Iterable[tuple[str, str]], address: Callable[[Message], str]) -> Worksheet:
    """Write the sheet in front of all others.

    Args:
        book: the workbook.
        validation: the messages.
        notes: what is to be said about the copy itself: file and sentence.
        address: gives the place of a message in this workbook (`'Determinants'!$F$14`), or nothing.
    """
    sheet = book.create_sheet(_title(book), 0)
    sheet.append(HEADER)
    for cell in sheet[1]:
        cell.font = _font(cell, bold=True, color="FFFFFFFF")
        cell.fill = PatternFill("solid", fgColor="FF3B4652")
        cell.alignment = Alignment(vertical="center", wrap_text=True)
    styles = _Styles(sheet)
    for number, message in enumerate(validation.messages, 2):
        _message(sheet, number, message, styles, address(message) if number <= _MOST_LINKS else "")
    last = sheet.max_row
    for file, text in [*notes, ("", verdict(validation))]:
        last += 1
        for column, value in ((1, "note"), (2, file), (7, text)):
            styles.write(last, column, value)
    _fit_rows(sheet)
    for column, width in zip("ABCDEFGHI", _WIDTHS, strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:I{last}"
    sheet.sheet_properties.tabColor = "FFA4161A" if not validation.conforms else "FF3B4652"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    return sheet


def _font(cell: Any, *, color: str, bold: bool = False, underline: str | None = None) -> Font:
    """Return the ordinary font of the workbook with a difference; one without a name is drawn with serifs by some programs."""
    return Font(name=cell.font.name, size=cell.font.size, family=cell.font.family, bold=bold, underline=underline, color=color)


def _fit_rows(sheet: Worksheet) -> None:
    """Make each row as high as its longest wrapped text: not every program does so when it opens a file."""
    size = sheet.cell(1, 1).font.size or 11
    for number, row in enumerate(sheet.iter_rows(min_row=2, max_col=len(HEADER), values_only=True), 2):
        lines = max((_lines(value, width) for value, width in zip(row, _WIDTHS, strict=True) if isinstance(value, str)), default=1)
        sheet.row_dimensions[number].height = min((lines * size * 1.3) + 3, _MOST_HEIGHT)


def _lines(text: str, width: int) -> int:
    """Estimate the lines that a text takes in a column, rather one too many; wide scripts take two places for a character."""
    places = max(width - 2, 4)
    return sum(1 + sum(2 if character > "\u1100" else 1 for character in line) // places for line in text[:_MOST_SHOWN].split("\n"))


def _title(book: Workbook) -> str:
    taken = {name.casefold() for name in book.sheetnames}
    title, number = TITLE, 1
    while title.casefold() in taken:
        number += 1
        title = f"{TITLE} {number}"
    return title


class _Styles:
    """Writes cells in a few styles that are made once: 100,000 cells would take long otherwise."""

    def __init__(self, sheet: Worksheet) -> None:
        self._sheet = sheet
        self._made: dict[tuple[str, bool], Any] = {}

    def write(self, row: int, column: int, value: str | int, kind: str = "") -> Any:
        cell = self._sheet.cell(row, column)
        text = as_cell_text(value) if isinstance(value, str) else value
        cell.value = text
        quoted = isinstance(text, str) and text.startswith(_FORMULA)
        if isinstance(text, str) and text:
            # Else openpyxl would make a formula of "=1+1" and an error of "#N/A".
            cell.data_type = "s"
        key = (kind, quoted)
        if key not in self._made:
            cell.alignment = Alignment(horizontal="left", vertical="top", wrap_text=True)
            cell.quotePrefix = quoted
            if kind == "link":
                cell.font = _font(cell, color="FF0B57A4", underline="single")
            elif kind in FILLS:
                cell.fill, cell.font = FILLS[kind], _font(cell, bold=True, color="FF1C1F23")
            self._made[key] = copy(cell._style)
        cell._style = copy(self._made[key])
        return cell


def _message(sheet: Worksheet, number: int, m: Message, styles: _Styles, address: str) -> None:
    texts = (f"{SIGNS.get(m.severity, '?')} {m.severity}", m.file, m.sheet, m.row or "", m.column or m.cell, m.value, m.message, m.suggestion, m.shape)
    for column, text in enumerate(texts, 1):
        kind = m.severity if column == 1 else "link" if address and text and column in (3, 4, 5) else ""
        # A value is shown as it is; what is said about it must not reorder the line.
        styles.write(number, column, clean(text) if isinstance(text, str) and column != 6 else text, kind)
    if address:
        # One link over the cells that name the place; an empty one in it would be filled with the address by some programs.
        cell = sheet.cell(number, 3)
        cell.hyperlink = Hyperlink(ref="", location=address, tooltip=shortened(address, 200))
        cell.hyperlink.ref = f"C{number}:{'C' if not m.row else 'E' if texts[4] else 'D'}{number}"
