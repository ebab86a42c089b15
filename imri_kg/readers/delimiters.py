"""Finds out by which character the cells of a text file are divided.

Called by `delimited`. It compares how evenly each candidate divides the records, with quotation marks respected, and
guesses nothing about what the cells mean.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from contextlib import suppress
from itertools import islice

__all__ = ["find_delimiter"]

#: In the order in which they win when all else is equal.
CANDIDATES = ("\t", ";", ",", "|")
#: Records that are looked at.
_SAMPLE = 500
#: Below this, a character that the first record lacks divides nothing: commas in a column of sentences, for example.
_ENOUGH = 0.5
_STATED = re.compile(r"sep=([^\w\s\"]|\t)\s*?(\r\n?|\n|$)", re.IGNORECASE)
#: What is returned for a file of one column: no table has this control character in a cell.
_NONE = "\x1f"


def find_delimiter(text: str) -> tuple[str, int]:
    r"""Return the delimiter and how many characters at the start only state it (the line `sep=;` that Excel knows).

    Where nothing divides the records evenly, the file has one column. A comma and a blank, or a comma between two digits, are signs of prose and of decimal commas: they count less.

    >>> find_delimiter("ID;Share\nS1;0,5\n")
    (';', 0)
    >>> find_delimiter('ID,Codes\nS1,"D1; D2"\n')
    (',', 0)
    """
    stated = _STATED.match(text)
    if stated:
        return stated[1], stated.end()
    scores = {d: _score(text, d) for d in CANDIDATES}
    best = max(CANDIDATES, key=lambda d: scores[d])
    return (best if scores[best] >= _ENOUGH else _NONE), 0


def _score(text: str, delimiter: str) -> float:
    """Return how well a delimiter divides, from below 0 to 1.5."""
    records: list[list[str]] = []
    # A cell without end is the reader's to tell; what stands before it shows the delimiter.
    with suppress(csv.Error):
        records.extend(r for r in islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), _SAMPLE) if r)
    widths = Counter(len(r) for r in records if len(r) > 1)
    if not widths:
        return 0.0
    even = max(widths.values()) / len(records)
    ends = [(left, right) for r in records for left, right in zip(r, r[1:], strict=False)]
    loose = sum(right[:1] == " " or (delimiter == "," and left[-1:].isdigit() and right[:1].isdigit()) for left, right in ends) / len(ends)
    return even - loose / 2 + (len(records[0]) > 1) / 2
