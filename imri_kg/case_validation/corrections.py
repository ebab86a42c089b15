"""Corrections of single cells, as a person sends them beside the files that they are for: read from JSON and held against limits.

Called by the HTTP door and by the command line. It knows no file: whether there is such a cell is seen when the corrections are applied.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from imri_kg.errors import CorrectionError

__all__ = ["MOST_BYTES", "MOST_CORRECTIONS", "MOST_LENGTH", "Correction", "read_corrections"]

#: What one request may bring, and characters that a cell holds in Excel.
MOST_CORRECTIONS, MOST_BYTES, MOST_LENGTH = 5000, 1 << 20, 32_767
_MEMBERS = ("file", "sheet", "row", "column", "cell", "value")
_MOST_ROWS = 1_048_576
_MOST_NAME = 500
_CELL = re.compile(r"[A-Za-z]{1,3}[1-9][0-9]{0,6}")
#: What XML cannot hold, and what no cell shows.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Correction(NamedTuple):
    """What a cell is to hold: the cell by `row` and `column` (text of the header), or by its name `cell` (F14); the text, empty to empty it."""

    file: str
    sheet: str
    row: int
    column: str
    cell: str
    value: str

    @property
    def place(self) -> dict[str, Any]:
        """The members that say which cell it is."""
        return {"file": self.file, "sheet": self.sheet, **({"cell": self.cell} if self.cell else {"row": self.row, "column": self.column})}


def read_corrections(data: bytes) -> tuple[Correction, ...]:
    """Read a list of corrections from JSON.

    Raises:
        CorrectionError: it is no such list, or is longer than is taken; the first fault is named.

    >>> read_corrections(b'[{"file": "a.csv", "sheet": "Cases", "row": 2, "column": "Start", "value": "2019"}]')[0].value
    '2019'
    """
    if len(data) > MOST_BYTES:
        raise CorrectionError(f"The corrections have more than {MOST_BYTES >> 10:,} KiB; send fewer at a time.")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise CorrectionError('The corrections cannot be read as JSON. Send a list: [{"file": "cases.xlsx", "sheet": "Determinants", "row": 14, "column": "Construct", "value": "III.D"}].') from error
    if not isinstance(found, list):
        raise CorrectionError("The corrections are no list; put them between [ and ].")
    if len(found) > MOST_CORRECTIONS:
        raise CorrectionError(f"There are {len(found):,} corrections; at most {MOST_CORRECTIONS:,} are taken at a time.")
    return tuple(_correction(one, number) for number, one in enumerate(found, 1))


def _correction(one: Any, number: int) -> Correction:
    if not isinstance(one, dict):
        raise CorrectionError(f"Correction {number} is no object with file, sheet, row, column and value.", number)
    unknown = [name for name in one if name not in _MEMBERS]
    if unknown:
        raise CorrectionError(f"Correction {number} has a member {unknown[0][:40]!r}; it takes {', '.join(_MEMBERS)}.", number)
    file, value = _text(one, "file", number), _text(one, "value", number, MOST_LENGTH)
    sheet = _text(one, "sheet", number) if "sheet" in one else ""
    place = {"file": file, "sheet": sheet}
    if _FORBIDDEN.search(value):
        raise CorrectionError(f"The value of correction {number} holds a character that no cell can hold.", number, place)
    cell = _text(one, "cell", number).upper() if "cell" in one else ""
    named: Sequence[str] = [name for name in ("row", "column") if name in one]
    if cell if len(named) else not cell:
        raise CorrectionError(f"Correction {number} names its cell by 'row' and 'column' or by 'cell' (F14), by one of the two.", number, place)
    if cell:
        if not _CELL.fullmatch(cell):
            raise CorrectionError(f"Correction {number}: {cell[:20]!r} is not the name of a cell, such as F14.", number, place)
        return Correction(file, sheet, 0, "", cell, value)
    row, column = one.get("row"), _text(one, "column", number)
    if not isinstance(row, int) or isinstance(row, bool) or not 0 < row <= _MOST_ROWS:
        raise CorrectionError(f"Correction {number}: 'row' has to be the number of a row as the spreadsheet counts, from 1.", number, place)
    return Correction(file, sheet, row, column, "", value)


def _text(one: dict[str, Any], name: str, number: int, most: int = _MOST_NAME) -> str:
    found = one.get(name)
    if not isinstance(found, str):
        raise CorrectionError(f"Correction {number}: '{name}' {'has to be a text' if name in one else 'is missing'}.", number)
    if len(found.encode("utf-16-le", "surrogatepass")) // 2 > most:
        raise CorrectionError(f"Correction {number}: '{name}' has more than {most:,} characters.", number)
    return found.replace("\r\n", "\n").replace("\r", "\n")
