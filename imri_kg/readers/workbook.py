"""Reads Excel workbooks (.xlsx, .xlsm and their templates): what concerns the file, and its sheets one by one.

Called by `table_file`. Formats of dates are judged by openpyxl; the parts are streamed from the archive, for openpyxl
drops in silence rows out of order and sheets whose part is missing, and gives up over styles that do not matter here.
Nothing is run or fetched: macros and external links are only told of.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from imri_kg.readers.archive import Archive, local
from imri_kg.readers.limits import CellCount
from imri_kg.readers.model import Notice, Sheet
from imri_kg.readers.notices import SheetNotices
from imri_kg.readers.shared_strings import read_strings
from imri_kg.readers.worksheet import Formats, read_worksheet

__all__ = ["read_workbook"]

_TRUE = ("1", "true")
#: Date formats of East Asian editions of Excel, which files name by number alone (ECMA-376 part 1, 18.8.30).
_EAST_ASIAN_DATES = frozenset((*range(27, 37), *range(50, 59)))
#: What a format only shows: quoted texts and single characters.
_SHOWN = re.compile(r'"[^"]*"|\\.')


def read_workbook(archive: Archive) -> tuple[tuple[Sheet, ...], tuple[Notice, ...]]:
    """Read all worksheets of a workbook.

    Args:
        archive: the opened archive, found to hold a workbook.

    Returns:
        The sheets in the order of the workbook, hidden ones too, and the notices.

    Raises:
        UnreadableFileError: a part is missing, damaged or ends early, or there are too many cells.
    """
    part = next((target for _, kind, target in archive.relations("") if kind == "officeDocument"), "xl/workbook.xml")
    book = archive.tree(part)
    relations = {identifier: (kind, target) for identifier, kind, target in archive.relations(part)}
    by_kind = dict(relations.values())
    notices = list(_about_file(archive, set(by_kind)))
    strings = read_strings(archive, by_kind["sharedStrings"]) if by_kind.get("sharedStrings", "") in archive else []
    # Without its texts each cell that needs one is named; without its styles dates would pass for numbers.
    styles = archive.tree(by_kind["styles"]) if "styles" in by_kind else None
    formats = _formats(styles, epoch_1904=any(local(e) == "workbookPr" and e.get("date1904") in _TRUE for e in book))
    count = CellCount(archive.name)
    sheets: list[Sheet] = []
    for entry in (e for group in book if local(group) == "sheets" for e in group):
        name = entry.get("name", "")
        identifier = next((value for key, value in entry.attrib.items() if key.endswith("}id")), "")
        if identifier not in relations:
            raise archive.damaged(f"{part} (sheet {name})")
        kind, target = relations[identifier]
        if kind != "worksheet":
            notices.append(_left_out(name, kind))
            continue
        about = SheetNotices(name)
        rows = read_worksheet(archive, target, strings, formats, count, about)
        if entry.get("state", "visible") != "visible":
            about.add_hidden_sheet()
        sheets.append(Sheet(name, rows))
        notices += about.listed()
    return tuple(sheets), tuple(notices)


def _about_file(archive: Archive, kinds: set[str]) -> list[Notice]:
    found = []
    if any(n.endswith("vbaproject.bin") or "/macrosheets/" in n for n in archive.names()):
        found.append(Notice("reading/macros", "info", "The workbook has macros; they were neither run nor looked at. Save it as .xlsx if they are not needed."))
    if "externalLink" in kinds:
        message = "The workbook refers to other files; they were not opened. Formulas that use them count with the values saved in this file: open it beside those files and save it if they may be old."
        found.append(Notice("reading/external-links", "info", message))
    return found


def _left_out(name: str, kind: str) -> Notice:
    if kind == "chartsheet":
        return Notice("reading/chart-sheet", "info", f"The sheet {name!r} holds only a chart; it has no cells to read.", name)
    return Notice("reading/other-sheet", "info", f"The sheet {name!r} holds macros or a dialogue of an old Excel; it was not read.", name)


def _formats(styles: Element | None, *, epoch_1904: bool) -> Formats:
    """Sort the cell formats, by their number, into dates, durations and percentages."""
    codes: dict[int, str] = dict(BUILTIN_FORMATS)
    sorts: dict[str, str] = {}
    for group in styles if styles is not None else ():
        if local(group) == "numFmts":
            codes |= {_number(f): f.get("formatCode", "") for f in group}
        elif local(group) == "cellXfs":
            for index, style in enumerate(group):
                number = _number(style)
                code = codes.get(number, "")
                if is_timedelta_format(code):
                    sorts[str(index)] = "duration"
                elif is_date_format(code) or (number in _EAST_ASIAN_DATES and not code):
                    sorts[str(index)] = "date"
                elif "%" in _SHOWN.sub("", code):
                    sorts[str(index)] = "percent"
    return Formats(sorts, MAC_EPOCH if epoch_1904 else WINDOWS_EPOCH)


def _number(element: Element) -> int:
    text = element.get("numFmtId", "0")
    return int(text) if text.isdecimal() and len(text) < 10 else -1
