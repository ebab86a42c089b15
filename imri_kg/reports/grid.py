"""A table of plain values as a workbook, for those who take a matrix into Excel.

Called by the command line. A text is written as a text, whatever it begins with, so that none becomes a formula.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font

from imri_kg.reports.findings_sheet import as_cell_text
from imri_kg.stable_zip import stable

__all__ = ["write_grid"]

_LONGEST_TITLE = 31


def write_grid(rows: Sequence[Mapping[str, Any]], title: str, header: Sequence[str], *, more: Mapping[str, Sequence[Mapping[str, Any]]] | None = None) -> bytes:
    """Return rows under a header, whose keys all of them have, as a workbook; the same rows give the same bytes.

    Args:
        rows: the rows of the first sheet.
        title: what it is called.
        header: its columns.
        more: further sheets by title, with rows that have the same keys; those without a row are left out.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    _add_sheet(book, title, header, rows)
    for name, others in (more or {}).items():
        if others:
            _add_sheet(book, name, list(others[0]), others)
    stream = io.BytesIO()
    book.save(stream)
    return stable(stream.getvalue())


def _add_sheet(book: Workbook, title: str, header: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    sheet = book.create_sheet("".join(c if c not in "[]:*?/\\" else " " for c in title)[:_LONGEST_TITLE])
    for number, values in enumerate([header, *([row[name] for name in header] for row in rows)], 1):
        for place, value in enumerate(values, 1):
            if value is None:
                continue
            plain = value if isinstance(value, (int, float)) and not isinstance(value, bool) else as_cell_text(str(value))
            cell = sheet.cell(number, place, plain)
            if isinstance(plain, str):
                cell.data_type = "s"
            if number == 1:
                cell.font = Font(bold=True)
    sheet.freeze_panes = "C2"
