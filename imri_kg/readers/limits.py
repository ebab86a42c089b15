"""The limits of what one file may hold: filled cells, whatever its kind, and elements of XML.

Used by each reader. Memory goes by filled cells: the size of a file, and where its last cell stands, say little. Only
files made to harm have so many elements without values that these count.
"""

from __future__ import annotations

from imri_kg.errors import UnreadableFileError

__all__ = ["CellCount", "ElementCount"]

#: A table of 10,000 rows and 20 columns has a tenth of it.
MOST_CELLS = 2_000_000
#: Elements of one row or one text, and those beside them. The widest row has 16,384 cells of two to six each.
MOST_HELD = 500_000


class CellCount:
    """Counts the filled cells of a file and refuses the file beyond the limit."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cells = 0

    def add(self, cells: int) -> None:
        """Count some more cells, before they are kept."""
        self.cells += cells
        if self.cells > MOST_CELLS:
            raise UnreadableFileError(self.name, f"The file has more than {MOST_CELLS:,} filled cells.", "Divide the table into several files.")


class ElementCount:
    """Counts the elements of a streamed part that stay in memory, and refuses the file beyond the limit."""

    def __init__(self, name: str, part: str) -> None:
        self.name, self.part = name, part
        self.held = self.finished = 0

    def hold(self) -> None:
        """Count one element that stays until its row or text is read."""
        self.held += 1
        if self.held > MOST_HELD:
            raise self._refusal()

    def let_go(self) -> None:
        """Count a row or a text that is read; what it held is free again but for its own empty element."""
        self.held = 0
        self.finished += 1
        if self.finished > MOST_CELLS:
            raise self._refusal()

    def _refusal(self) -> UnreadableFileError:
        what = f"Its part {self.part!r} has more elements than a table of {MOST_CELLS:,} cells."
        return UnreadableFileError(self.name, what, "Copy the filled rows into a new workbook and save that.")
