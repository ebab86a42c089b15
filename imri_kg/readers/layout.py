"""Tells of what the layout of a sheet does to its table: merged cells, hidden rows and columns, filters.

Called by the readers of workbooks once a sheet is read. It changes no value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from imri_kg.readers.model import Row, Value, cell_name
from imri_kg.readers.notices import SheetNotices, number_list

__all__ = ["Area", "tell_hidden", "tell_merged"]


class Area(NamedTuple):
    """A rectangle of cells, its corners included; rows and columns count from 1."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


def tell_merged(areas: Iterable[Area], rows: Mapping[int, Mapping[int, Value]], notices: SheetNotices) -> None:
    """Tell of each merged area that has a value: it counts for the first cell alone."""
    for area in areas:
        row, column, last_row, last_column = area
        span = range(row, last_row + 1)
        # An area may reach to the end of the sheet: go by whichever is shorter.
        numbers = span if len(span) <= len(rows) else [n for n in rows if n in span]
        filled = [(n, c) for n in numbers for c in rows.get(n, ()) if column <= c <= last_column]
        if not filled:
            continue
        first, name = cell_name(row, column), f"{cell_name(row, column)}:{cell_name(last_row, last_column)}"
        value = str(rows.get(row, {}).get(column, ""))
        covered = len(filled) - ((row, column) in filled)
        beneath = f" Beneath it {covered} more cell{'s' if covered != 1 else ''} with a value {'is' if covered == 1 else 'are'} covered; what stands there was read too." if covered else ""
        message = f"The cells {name} are merged: the value counts for {first} alone.{beneath} Take the merging apart and write the value into every row that it belongs to."
        notices.add("reading/merged-cells", "warning", message, row, column, value)


def tell_hidden(rows: Iterable[Row], hidden_rows: Iterable[int], hidden_columns: Iterable[tuple[int, int]], *, filtered: bool, notices: SheetNotices) -> None:
    """Tell of hidden rows and columns that have values; they count like the others.

    Args:
        rows: what was read.
        hidden_rows: numbers of hidden rows that have a value.
        hidden_columns: first and last number of each run of hidden columns, however far it reaches.
        filtered: whether a filter is at work in the sheet.
        notices: where to tell it.
    """
    numbers = sorted(hidden_rows)
    if numbers:
        what = f"row{'s' if len(numbers) > 1 else ''} {number_list(numbers)}"
        if filtered:
            message = f"The sheet {notices.sheet!r} is filtered and does not show {what}. All rows were read; delete those that should not count."
            notices.add("reading/filter", "info", message, numbers[0])
        else:
            state = "are hidden. They were" if len(numbers) > 1 else "is hidden. It was"
            message = f"In the sheet {notices.sheet!r}, {what} {state} read like the others; delete what should not count."
            notices.add("reading/hidden-row", "info", message, numbers[0])
    runs = list(hidden_columns)
    if runs:
        used = set().union(*(row.cells for row in rows))
        columns = sorted(c for c in used if any(a <= c <= b for a, b in runs))
        if columns:
            letters = ", ".join(cell_name(1, c)[:-1] for c in columns[:20]) + (" and others" if len(columns) > 20 else "")
            message = f"In the sheet {notices.sheet!r}, there are values in hidden columns ({letters}). They were read like the others; delete what should not count."
            notices.add("reading/hidden-column", "info", message, 0, columns[0])
