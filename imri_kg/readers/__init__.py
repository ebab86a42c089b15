"""Readers of table files: bytes in, sheets of rows and notices out.

Called by whatever takes a user's table. Knows no column, no code list and no RDF, and never opens a file or an address.
"""

from imri_kg.readers.kinds import ENDINGS
from imri_kg.readers.model import Notice, Row, Sheet, TableFile, Value, cell_name, letters
from imri_kg.readers.table_file import read_table_file

__all__ = ["ENDINGS", "Notice", "Row", "Sheet", "TableFile", "Value", "cell_name", "letters", "read_table_file"]
