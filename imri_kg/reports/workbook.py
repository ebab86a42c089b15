"""The marked workbook: the user's own sheets with a fill and a comment where something was found, and all findings in front.

Called for `--format xlsx` and by the HTTP doors. The user's file itself is never changed: this is a copy.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from openpyxl.utils.cell import absolute_coordinate

from imri_kg.case_validation.messages import Message, Validation
from imri_kg.readers import cell_name
from imri_kg.reports.cell_marks import Marker
from imri_kg.reports.findings_sheet import write_findings
from imri_kg.reports.wording import corrected_in_words, corrected_place, quoted
from imri_kg.reports.workbook_copy import WorkbookCopy
from imri_kg.stable_zip import stable

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["as_workbook"]


def as_workbook(validation: Validation, inputs: Mapping[str, bytes]) -> bytes:
    """Return a workbook with the sheets of what was validated, marked where something was found.

    Args:
        validation: the messages, whose file names are the keys of `inputs`.
        inputs: the original bytes by file name. A workbook keeps its formatting, the first one where there are several; other
            files come with their values.
    """
    wanted: dict[str, set[int]] = defaultdict(set)
    for message in validation.messages:
        wanted[message.file].add(message.row or 0)
    copy = WorkbookCopy(inputs, wanted)
    _fill_in(validation, copy)
    try:
        return _saved(copy)
    except Exception:  # what openpyxl could open it may still be unable to write; bare values it can
        if not copy.original:
            raise
    copy = WorkbookCopy(inputs, wanted, own=False)
    copy.notes.append(("", "The formatting could not be written again, so that this copy has the values alone."))
    _fill_in(validation, copy)
    return _saved(copy)


def _fill_in(validation: Validation, copy: WorkbookCopy) -> None:
    _mark(validation, copy)

    def address(message: Message) -> str:
        sheet = copy.sheet(message)
        if sheet is None:
            return ""
        row, column = copy.position(message) or (1, 1)
        # With dollars, since LibreOffice takes a bare C3 or R3 for a whole column or row.
        return f"{_quoted(sheet)}!{absolute_coordinate(cell_name(row, column))}"

    write_findings(copy.book, validation, [*copy.notes, *_corrected(validation)], address)
    # Else the sheet that was open stays selected together with the first, and typing goes into both.
    copy.book.active = 0
    for view in copy.book.views:
        view.firstSheet = 0


def _corrected(validation: Validation) -> list[tuple[str, str]]:
    """Return the corrections as notes: the sheets hold the corrected values, and the file that they name does not."""
    if not validation.corrections:
        return []
    return [("", corrected_in_words(validation)), *((c.file, f"{corrected_place(c)}: {quoted(c.old)} -> {quoted(c.value)}") for c in validation.corrections)]


def _saved(copy: WorkbookCopy) -> bytes:
    stream = io.BytesIO()
    copy.book.save(stream)
    return stable(stream.getvalue(), copy.original)


def _mark(validation: Validation, copy: WorkbookCopy) -> None:
    cells: dict[tuple[str, int, int], list[Message]] = defaultdict(list)
    sheets: dict[str, Worksheet] = {}
    for message in validation.messages:
        sheet, position = copy.sheet(message), copy.position(message)
        if sheet is not None and position is not None:
            sheets[sheet.title] = sheet
            cells[sheet.title, *position].append(message)
    marker = Marker()
    for (title, row, column), messages in cells.items():
        marker.mark(sheets[title], row, column, messages)


def _quoted(sheet: Worksheet) -> str:
    return "'" + sheet.title.replace("'", "''") + "'"
