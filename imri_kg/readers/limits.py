"""The limit of how many filled cells one file may have, whatever its kind.

Used by each reader. Memory goes by filled cells: the size of a file, and where its last cell stands, say little.
"""

from __future__ import annotations

from imri_kg.errors import UnreadableFileError

__all__ = ["CellCount"]

#: A table of 10,000 rows and 20 columns has a tenth of it.
MOST_CELLS = 2_000_000


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
