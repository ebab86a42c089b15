"""Gathers notices while a sheet is read: each one by itself, or many of a sort as one with their number.

Used by each reader, one collection a sheet. It never throws a notice away without saying how many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from imri_kg.readers.model import Notice, cell_name

__all__ = ["SheetNotices", "number_list"]

#: Notices of one rule in one sheet that are listed one by one; a last one tells how many more there are.
MOST_OF_A_RULE = 500
#: Characters of a value that a notice quotes.
MOST_OF_A_VALUE = 200
#: Runs of rows or columns that a sentence lists.
MOST_RUNS = 8

#: What is told once a sheet with the number of cells: rule, severity and sentence of each sort.
_COUNTED = {
    "formula": (
        "reading/formulas",
        "info",
        "{count} with formulas ({first} first): read were the values saved with the file. If another program changed the file since, open it in a spreadsheet program and save it.",
    ),
    "percent": (
        "reading/percentages",
        "warning",
        "{count} shown as percentages ({first} first): read was the number behind, so 45 % is 0.45. If the column asks for a percentage, take off the format and write 45.",
    ),
    "odd": (
        "reading/odd-blanks",
        "info",
        "{count} with non-breaking, invisible or leading blanks ({first} first): read without them. Nothing has to be done.",
    ),
}


class SheetNotices:
    """The notices of one sheet."""

    def __init__(self, sheet: str) -> None:
        self.sheet = sheet
        self._notices: list[Notice] = []
        self._listed: Counter[str] = Counter()
        self._severities: dict[str, str] = {}
        self._tallies: dict[str, tuple[int, int, int, str]] = {}

    def add(self, rule: str, severity: str, message: str, row: int = 0, column: int = 0, value: str = "") -> None:
        """Add one notice about a place."""
        self._listed[rule] += 1
        self._severities[rule] = severity
        if self._listed[rule] <= MOST_OF_A_RULE:
            self._notices.append(Notice(rule, severity, message, self.sheet, row, column, value[:MOST_OF_A_VALUE]))

    def count(self, sort: str, row: int, column: int, value: str = "") -> None:
        """Count one cell of a sort (formula, percent, odd) that is told once a sheet, with the first one's place and value."""
        known = self._tallies.get(sort)
        self._tallies[sort] = (known[0] + 1, *known[1:]) if known else (1, row, column, value)

    def tell_counted(self) -> None:
        """Add one notice for each sort of which cells were counted."""
        for sort, (count, row, column, value) in self._tallies.items():
            rule, severity, message = _COUNTED[sort]
            self.add(rule, severity, message.format(count=f"{count} cell{'s' if count != 1 else ''}", first=cell_name(row, column)), row, column, value)

    def add_hidden_sheet(self) -> None:
        """Add that the sheet itself is hidden."""
        self.add("reading/hidden-sheet", "info", f"The sheet {self.sheet!r} is hidden; it was read like the others. Delete it if it should not count.")

    def listed(self) -> tuple[Notice, ...]:
        """Return the notices by row and column, those about the whole sheet first."""
        rest = [
            Notice(rule, self._severities[rule], f"There are {count - MOST_OF_A_RULE} more of this sort in the sheet; mend the listed ones and check the file again.", self.sheet)
            for rule, count in self._listed.items()
            if count > MOST_OF_A_RULE
        ]
        return (*sorted(self._notices, key=lambda n: (n.row, n.column)), *rest)


def number_list(numbers: Iterable[int]) -> str:
    """Return numbers as a person lists them, with runs shortened.

    >>> number_list([3, 5, 6, 7, 12])
    '3, 5-7 and 12'
    """
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    texts = [str(a) if a == b else f"{a}-{b}" for a, b in runs]
    if len(texts) > MOST_RUNS:
        return ", ".join(texts[:MOST_RUNS]) + " and others"
    return " and ".join(filter(None, (", ".join(texts[:-1]), texts[-1])))
