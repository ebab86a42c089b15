"""A dataset of the library as one file: a zip archive of its CSV tables, or a workbook that holds the same cells.

Called by the library. What it returns was read back and found equal; the same dataset gives the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from imri_kg.case_tables.columns import ColumnKind, SheetModel, case_shapes, read_case_model
from imri_kg.case_tables.values import as_text
from imri_kg.errors import BadInputError
from imri_kg.readers import Row, cell_name, letters, read_table_file
from imri_kg.stable_zip import stable

__all__ = ["to_workbook", "to_zip"]

_FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)
_WIDEST = 60


def to_zip(tables: Mapping[str, bytes], folder: str) -> bytes:
    """Return CSV files as an archive with one folder."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in tables.items():
            entry = zipfile.ZipInfo(f"{folder}/{name}", _FIRST_MOMENT)
            entry.create_system = 0
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data, compresslevel=6)
    return stream.getvalue()


def to_workbook(tables: Mapping[str, bytes], name: str) -> bytes:
    """Return CSV tables as a workbook, one sheet for each.

    Args:
        tables: the files by name (`cases.csv`).
        name: of the dataset, for an error.

    Raises:
        BadInputError: a cell has more or other characters than a workbook can hold.
    """
    from openpyxl import Workbook
    from openpyxl.utils.exceptions import IllegalCharacterError

    model = read_case_model(case_shapes())
    read = {file.removesuffix(".csv"): read_table_file(file, data).sheets[0].rows for file, data in tables.items()}
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for sheet in model.sheets:
        try:
            _write(workbook.create_sheet(sheet.label) if sheet.key in read else None, sheet, read.get(sheet.key, ()))
        except IllegalCharacterError as error:
            raise BadInputError(f"The sheet {sheet.label} of '{name}' has a character that a workbook cannot hold. Export the dataset as CSV.") from error
    stream = io.BytesIO()
    workbook.save(stream)
    data = stable(stream.getvalue())
    back = {s.name: s.rows for s in read_table_file("export.xlsx", data).sheets}
    for sheet in model.sheets:
        place = _difference(read.get(sheet.key, ()), back.get(sheet.label, ()))
        if place:
            raise BadInputError(f"A workbook cannot hold cell {place} of the sheet {sheet.label} of '{name}' as it is. Export the dataset as CSV.")
    return data


def _write(target: object, sheet: SheetModel, rows: tuple[Row, ...]) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.worksheet.worksheet import Worksheet

    if not isinstance(target, Worksheet) or not rows:
        return
    headers = {n: as_text(v) for n, v in rows[0].cells.items()}
    kinds = {n: column.kind for n, h in headers.items() if (column := sheet.column(h))}
    widths = dict.fromkeys(headers, 0)
    for number, row in enumerate(rows, 1):
        for place, value in row.cells.items():
            text = as_text(value)
            cell = target.cell(number, place)
            whole = number > 1 and kinds.get(place) in (ColumnKind.INTEGER, ColumnKind.DECIMAL) and _as_number(text)
            cell.value = _as_number(text) if whole is not False and whole is not None else text
            if isinstance(cell.value, str):
                # A text that begins with an equals sign is no formula.
                cell.data_type, cell.number_format = "s", "@"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            widths[place] = max(widths[place], len(text))
            if number == 1:
                cell.font = Font(bold=True)
    for place, width in widths.items():
        target.column_dimensions[letters(place)].width = min(max(width + 2, 10), _WIDEST)
    target.freeze_panes = "B2"


def _as_number(text: str) -> int | float | None:
    """Return the number that a cell of text stands for, where the number is shown as the same text."""
    for read in (int, float):
        try:
            number = read(text)
        except ValueError:
            continue
        if as_text(number) == text and abs(number) < 1e15:
            return number
    return None


def _difference(expected: tuple[Row, ...], found: tuple[Row, ...]) -> str:
    for before, after in zip(expected, found, strict=False):
        if {n: as_text(v) for n, v in before.cells.items()} != {n: as_text(v) for n, v in after.cells.items()}:
            place = next(n for n in sorted({*before.cells, *after.cells}) if as_text(before.cells.get(n, "")) != as_text(after.cells.get(n, "")))
            return f"{cell_name(before.number, place)}"
    return f"A{min(len(expected), len(found)) + 1}" if len(expected) != len(found) else ""
