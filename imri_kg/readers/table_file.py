"""Reads a table file of any kind: the one door of the readers.

Called by whatever takes a user's table. It chooses the reader by the content and imports only that one.
"""

from __future__ import annotations

from imri_kg.readers.kinds import tell_kind
from imri_kg.readers.model import Notice, Sheet, TableFile

__all__ = ["read_table_file"]


def read_table_file(name: str, data: bytes) -> TableFile:
    """Read the bytes of a table file.

    Args:
        name: the file's name with its ending; a CSV file's sheet is called after it.
        data: its bytes.

    Returns:
        Every sheet with every row that has a value, and notices about what the reading met.

    Raises:
        UnreadableFileError: the file is of a kind that is not read, damaged, protected or too big. Half a file is never
            returned.

    >>> read_table_file("cases.csv", b"ID,Setting\\nS1,clinic\\n").sheets[0].rows[1]
    Row(number=2, cells={1: 'S1', 2: 'clinic'})
    """
    found = tell_kind(name, data)
    sheets: tuple[Sheet, ...]
    notices: tuple[Notice, ...]
    if found.archive is None:
        from imri_kg.readers.delimited import read_delimited

        sheets, notices = read_delimited(name, data)
    elif found.kind == "xlsx":
        from imri_kg.readers.workbook import read_workbook

        sheets, notices = read_workbook(found.archive)
    else:
        from imri_kg.readers.opendocument import read_opendocument

        sheets, notices = read_opendocument(found.archive)
    if not any(sheet.rows for sheet in sheets):
        empty = Notice("reading/empty-file", "warning", "The file holds no value in any cell. Check that it is the one you meant, and that it was saved to its end.", value=name)
        notices = (empty, *notices)
    return TableFile(name, found.kind, sheets, (*found.notices, *notices))
