"""One cell to be written anew, and why one cannot be: what the writers of the kinds of files share.

Made by `correcting`, used by the writers beside it. It reads and writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["Edit", "Edits", "UnwritableError", "start_tag"]

#: A start tag with quoted attributes, which may hold a bracket.
_TAG = re.compile(rb"""<[^<>"']*(?:"[^"]*"[^<>"']*|'[^']*'[^<>"']*)*>""")


class Edit(NamedTuple):
    """What a cell is to hold: a text, empty to empty it; `number` says that the text is to be stored as a number."""

    text: str
    number: bool = False


#: By row and column, both from 1.
Edits = Mapping[tuple[int, int], Edit]


class UnwritableError(Exception):
    """A cell, or with zeros the whole file, cannot be written; the text says why and what to do."""

    def __init__(self, why: str, row: int = 0, column: int = 0) -> None:
        self.row, self.column = row, column
        super().__init__(why)


def start_tag(data: bytes, place: int) -> bytes:
    """Return the start tag that begins at a place of an XML text that was found to be well formed."""
    found = _TAG.match(data, place)
    if found is None:
        raise UnwritableError("A part of the file is written in a way that cannot be changed in place. Save it anew in a spreadsheet program.")
    return found[0]
