"""What a table file holds once it is read: sheets of rows of values, and notices about the reading.

Filled by the readers beside it and used by whatever gives the columns a meaning. Nothing here reads anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

__all__ = ["Notice", "Row", "Sheet", "TableFile", "Value", "cell_name", "letters"]

#: A datetime is given only where the file states a time of day other than midnight.
Value = str | int | float | Decimal | bool | date | datetime


class Notice(NamedTuple):
    """One thing about a file that its reader should know: rule, severity, a sentence and the place.

    `severity` is violation, warning or info. `row` and `column` count from 1; 0 means the whole sheet or file. In the
    sentence stands what to do; `value` is what the file has at the place.
    """

    rule: str
    severity: str
    message: str
    sheet: str = ""
    row: int = 0
    column: int = 0
    value: str = ""
    suggestion: str = ""


class Row(NamedTuple):
    """A row with its number as the spreadsheet counts, and its values by column number, both from 1.

    Empty cells are absent. Rows that the file states once and repeats share one dictionary: do not change it.
    """

    number: int
    cells: dict[int, Value]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet by its name; rows without any value are absent."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file that was read: its name, its kind (xlsx, ods or csv), its sheets in order, and the notices."""

    name: str
    kind: str
    sheets: tuple[Sheet, ...]
    notices: tuple[Notice, ...]


def letters(column: int) -> str:
    """Return the letters of a column, counted from 1.

    >>> letters(1), letters(28), letters(16384)
    ('A', 'AB', 'XFD')
    """
    text = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text


def cell_name(row: int, column: int) -> str:
    """Return the name that a spreadsheet gives to a cell.

    >>> cell_name(7, 4), cell_name(1048576, 16384)
    ('D7', 'XFD1048576')
    """
    return f"{letters(column)}{row}"
