"""Marks a cell of a workbook: a fill by severity and a comment with every message about it.

Called by `workbook` for the sheets of a copy. The user's own comment stays, and the marks of an earlier run go.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from typing import Any

from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.styles.colors import Color
from openpyxl.worksheet.worksheet import Worksheet

from imri_kg.case_validation.messages import SEVERITIES, Message
from imri_kg.reports.findings_sheet import FILLS
from imri_kg.reports.wording import SIGNS, one_line, shortened

__all__ = ["Marker", "remove_marks"]

#: Begins our part of a comment, so that the next run finds it.
_OURS = "— imri-kg —"
_AUTHOR = "imri-kg"
#: Messages and characters of a comment; the sheet Findings has all.
_MOST_MESSAGES, _MOST_CHARACTERS = 8, 4000
_WIDTH = 340
_PER_LINE, _LINE = 46, 18


class Marker:
    """Marks the cells of one workbook; styles that occur often are made once."""

    def __init__(self) -> None:
        self._styles: dict[tuple[int, str], Any] = {}

    def mark(self, sheet: Worksheet, row: int, column: int, messages: Sequence[Message]) -> None:
        """Mark a cell with the messages about it, the gravest of which gives the colour."""
        cell = _first_of_merged(sheet, sheet.cell(row, column))
        self._fill(cell, min((m.severity for m in messages), key=_gravity))
        text = "\n\n".join(_said(m) for m in sorted(messages, key=lambda m: _gravity(m.severity))[:_MOST_MESSAGES])
        if len(messages) > _MOST_MESSAGES:
            text += f"\n\nand {len(messages) - _MOST_MESSAGES} more in the sheet Findings"
        _comment(cell, shortened(text, _MOST_CHARACTERS))

    def _fill(self, cell: Any, severity: str) -> None:
        key = (cell.style_id, severity)
        if key not in self._styles:
            if cell.fill.fill_type or cell.font.color:
                # The colour of the text was chosen for another ground.
                font = copy(cell.font)
                font.color = Color("FF1C1F23")
                cell.font = font
            cell.fill = FILLS.get(severity, FILLS["info"])
            self._styles[key] = copy(cell._style)
        cell._style = copy(self._styles[key])


def remove_marks(sheets: Iterable[Any]) -> None:
    """Take away what an earlier run put into cells, so that a corrected copy can be validated and marked again."""
    ours = {fill.fgColor.rgb for fill in FILLS.values()}
    for sheet in sheets:
        for cell in [c for c in getattr(sheet, "_cells", {}).values() if c.comment and _OURS in c.comment.text]:
            own = cell.comment.text.partition(_OURS)[0].rstrip()
            author = cell.comment.author
            cell.comment = None
            if own:
                cell.comment = _sized(own, author)
            if cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb in ours:
                cell.fill = PatternFill()


def _gravity(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def _said(m: Message) -> str:
    whole = "" if m.column or m.cell else "The whole row: "
    suggestion = f"\nSuggestion: {one_line(m.suggestion)}" if m.suggestion and m.suggestion not in m.message else ""
    rule = f"\n({one_line(m.shape)})" if m.shape else ""
    return f"{SIGNS.get(m.severity, '?')} {one_line(m.severity)}: {whole}{one_line(m.message, 1000)}{suggestion}{rule}"


def _comment(cell: Any, text: str) -> None:
    ours = f"{_OURS}\n{text}"
    old = cell.comment
    comment = _sized(f"{old.text}\n\n{ours}", old.author) if old and old.text.strip() else _sized(ours, _AUTHOR)
    cell.comment = None
    cell.comment = comment


def _sized(text: str, author: str | None) -> Comment:
    lines = sum(1 + len(line) // _PER_LINE for line in text.split("\n"))
    return Comment(text, author or _AUTHOR, height=min(30 + lines * _LINE, 600), width=_WIDTH)


def _first_of_merged(sheet: Worksheet, cell: Any) -> Any:
    """Return the cell that holds the value and the comment of a merged area."""
    if not isinstance(cell, MergedCell):
        return cell
    area = next((r for r in sheet.merged_cells.ranges if r.min_row <= cell.row <= r.max_row and r.min_col <= cell.column <= r.max_col), None)
    return sheet.cell(area.min_row, area.min_col) if area else sheet.cell(cell.row, cell.column)
