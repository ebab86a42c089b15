"""Corrections applied to the files that they are for: each cell found as messages name it, and written into a copy of the file's bytes.

Called by the confined worker and by the command line, before the files are validated. What is written is read again and compared cell by cell: a file
of which anything else would be read otherwise is never given out.
"""

from __future__ import annotations

import io
import re
import zipfile
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple
from xml.parsers.expat import ExpatError

from imri_kg.case_tables.columns import CaseModel, ColumnKind
from imri_kg.case_tables.layout import CaseSheet, lay_out
from imri_kg.case_tables.rdf_input import RDF_ENDINGS
from imri_kg.case_tables.values import as_text
from imri_kg.case_validation.corrections import Correction
from imri_kg.case_validation.edits import Edit, UnwritableError
from imri_kg.case_validation.messages import CorrectedCell
from imri_kg.case_validation.service import Source
from imri_kg.errors import CorrectionError, UnreadableFileError, nearest_names
from imri_kg.readers import Sheet, TableFile, Value, cell_name, letters, read_table_file
from imri_kg.readers.blanks import tidy
from imri_kg.stable_zip import stable

__all__ = ["Applied", "apply_corrections", "corrected_file"]

_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,6})?")
_NUMBERS = (ColumnKind.INTEGER, ColumnKind.DECIMAL)
_CELL = re.compile(r"([A-Z]+)([0-9]+)")
_Rows = dict[int, Mapping[int, Value]]
_DAMAGED = (UnreadableFileError, ExpatError, zipfile.BadZipFile, ValueError, LookupError, RuntimeError, OSError)


class Applied(NamedTuple):
    """Files with corrections applied, and the cells in which they differ from those that were given."""

    sources: list[Source]
    cells: tuple[CorrectedCell, ...] = ()


def apply_corrections(sources: Sequence[Source], corrections: Sequence[Correction], model: CaseModel) -> Applied:
    """Apply corrections to copies of the files; a file without any is the same.

    Args:
        sources: the files.
        corrections: what cells are to hold.
        model: sheets and columns.

    Raises:
        CorrectionError: a correction names no cell of the files, a cell is named twice, or one cannot be written.
    """
    wanted: dict[str, list[tuple[int, Correction]]] = {}
    names = [s.name for s in sources]
    for number, correction in enumerate(corrections, 1):
        if correction.file not in names:
            raise _refused(number, correction, f"there is no file {correction.file!r}.{_near(correction.file, names, 'files')}")
        wanted.setdefault(correction.file, []).append((number, correction))
    done = [_File(s, model).corrected(wanted[s.name]) if s.name in wanted else Applied([s]) for s in sources]
    return Applied([s for one in done for s in one.sources], tuple(c for one in done for c in one.cells))


def corrected_file(sources: Sequence[Source]) -> tuple[str, bytes]:
    """Return the name and the bytes under which corrected files are given out: one as itself, several in an archive.

    >>> corrected_file([Source("cases.csv", b"Case\\nA\\n")])
    ('cases.corrected.csv', b'Case\\nA\\n')
    """
    if len(sources) == 1:
        path = PurePosixPath(sources[0].name)
        return f"{path.stem}.corrected{path.suffix}", sources[0].data
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for source in sources:
            archive.writestr(source.name, source.data)
    return "corrected.zip", stable(stream.getvalue())


class _File:
    """One file: its sheets as they were read, and as sheets of the case tables."""

    def __init__(self, source: Source, model: CaseModel) -> None:
        self._source, self._model = source, model

    def corrected(self, corrections: Sequence[tuple[int, Correction]]) -> Applied:
        name, data = self._source.name, self._source.data
        first_number, first = corrections[0]
        if name.lower().endswith(RDF_ENDINGS):
            raise _refused(first_number, first, f"{name} is an RDF file and has no cells. Change its statements in an editor.")
        try:
            table = read_table_file(name, data)
        except UnreadableFileError as error:
            raise _refused(first_number, first, str(error)) from error
        laid = {_raw(s, table): s for s in lay_out(PurePosixPath(name).stem, [table], self._model).sheets}
        edits: dict[str, dict[tuple[int, int], Edit]] = {}
        numbers: dict[tuple[str, int, int], tuple[int, Correction]] = {}
        extents = {s.name: _extent(s) for s in table.sheets}
        for number, correction in corrections:
            sheet = self._sheet(number, correction, table, laid)
            case_sheet = laid.get(sheet.name)
            row, column = _place(number, correction, sheet, case_sheet, extents[sheet.name])
            if (sheet.name, row, column) in numbers:
                raise _refused(number, correction, f"the cell {cell_name(row, column)} is corrected by correction {numbers[sheet.name, row, column][0]} already. Send one for each cell.")
            numbers[sheet.name, row, column] = number, correction
            edits.setdefault(sheet.name, {})[row, column] = Edit(text := tidy(correction.value)[0], _is_number(text, row, column, sheet, case_sheet))
        try:
            written = _written(name, data, table.kind, edits)
        except UnwritableError as error:
            number, correction = next((n for (_, row, column), n in numbers.items() if (row, column) == (error.row, error.column)), corrections[0])
            raise _refused(number, correction, str(error)) from error
        except _DAMAGED as error:
            # The readers pass over much that cannot be written again.
            raise _refused(first_number, first, "the file is written in a way that cannot be changed in place. Save it anew in a spreadsheet program.") from error
        self._compare(written, table, edits, corrections[0])
        changed = [cell for sheet in table.sheets for cell in _changed(name, sheet, laid.get(sheet.name), edits.get(sheet.name, {}))]
        return Applied([self._source._replace(data=written)], tuple(changed))

    def _sheet(self, number: int, correction: Correction, table: TableFile, laid: Mapping[str, CaseSheet]) -> Sheet:
        for sheet in table.sheets:
            called = {sheet.name, laid[sheet.name].name if sheet.name in laid else sheet.name}
            if correction.sheet in called or len(table.sheets) == 1 and not correction.sheet:
                return sheet
        names = [laid[s.name].name if s.name in laid else s.name for s in table.sheets]
        raise _refused(number, correction, f"{table.name} has no sheet {correction.sheet!r}.{_near(correction.sheet, names, 'sheets')}")

    def _compare(self, written: bytes, table: TableFile, edits: Mapping[str, Mapping[tuple[int, int], Edit]], first: tuple[int, Correction]) -> None:
        """Refuse what would be read in another way than it is meant."""
        try:
            read = read_table_file(self._source.name, written)
        except UnreadableFileError as error:
            raise _refused(*first, f"with the corrections the file could not be read again ({error.what}). Correct it in a spreadsheet program.") from error
        same = [s.name for s in read.sheets] == [s.name for s in table.sheets] and all(
            _rows(old, {place: edit.text for place, edit in edits.get(old.name, {}).items()}) == _rows(new, dict.fromkeys(edits.get(new.name, ())))
            for old, new in zip(table.sheets, read.sheets, strict=True)
        )
        if not same:
            raise _refused(*first, "with the corrections the file would be read in another way. Correct it in a spreadsheet program.")


def _changed(file: str, sheet: Sheet, case_sheet: CaseSheet | None, edits: Mapping[tuple[int, int], Edit]) -> list[CorrectedCell]:
    """Return the cells of a sheet that an edit makes other than they were, named as messages name them."""
    columns: dict[int, str] = {}
    for header, column in _columns(sheet, case_sheet).items():
        columns[column] = header
    rows = {row.number: row.cells for row in sheet.rows} if edits else {}
    found = []
    for (row, column), edit in sorted(edits.items()):
        cells = rows.get(row, {})
        old = as_text(cells[column]) if column in cells else ""
        if old != edit.text:
            found.append(CorrectedCell(file, case_sheet.name if case_sheet else sheet.name, row, columns.get(column, letters(column)), cell_name(row, column), old, edit.text))
    return found


def _raw(sheet: CaseSheet, table: TableFile) -> str:
    """Return the name that a sheet of the case tables has in its file."""
    return table.sheets[0].name if table.kind == "csv" else sheet.name


def _written(name: str, data: bytes, kind: str, edits: Mapping[str, Mapping[tuple[int, int], Edit]]) -> bytes:
    if kind == "csv":
        from imri_kg.case_validation.text_cells import write_text_cells

        return write_text_cells(data, next(iter(edits.values())))
    if kind == "xlsx":
        from imri_kg.case_validation.workbook_cells import write_workbook_cells

        return write_workbook_cells(name, data, edits)
    from imri_kg.case_validation.opendocument_cells import write_opendocument_cells

    return write_opendocument_cells(name, data, edits)


def _extent(sheet: Sheet) -> tuple[int, int]:
    """Return the last row and the last column of a sheet that have a value."""
    return sheet.rows[-1].number if sheet.rows else 0, max((max(row.cells) for row in sheet.rows), default=0)


def _place(number: int, correction: Correction, sheet: Sheet, case_sheet: CaseSheet | None, extent: tuple[int, int]) -> tuple[int, int]:
    """Return row and column of a correction's cell, which has to lie within what is filled of the sheet."""
    last_row, last_column = extent
    if correction.cell:
        match = _CELL.fullmatch(correction.cell)
        assert match is not None
        row, column = int(match[2]), 0
        for letter in match[1]:
            column = column * 26 + ord(letter) - ord("A") + 1
        if row > last_row or column > last_column:
            raise _refused(number, correction, f"the cell {correction.cell} lies beyond the last filled cell, {cell_name(last_row, last_column) if last_row else 'for the sheet is empty'}.")
        return row, column
    header = case_sheet.header_row if case_sheet else sheet.rows[0].number if sheet.rows else 0
    columns = _columns(sheet, case_sheet)
    if correction.column not in columns:
        raise _refused(number, correction, f"the sheet has no column {correction.column!r}.{_near(correction.column, list(columns), 'columns')}")
    if not header < correction.row <= last_row:
        rows = f"Its rows with data are {header + 1} to {last_row}." if last_row > header else "It has no row with data."
        raise _refused(number, correction, f"the sheet has no row {correction.row} of data. {rows}")
    return correction.row, columns[correction.column]


def _columns(sheet: Sheet, case_sheet: CaseSheet | None) -> dict[str, int]:
    """Return the columns by the names that messages give them, and else by what stands in the header."""
    header = next((r for r in sheet.rows if case_sheet is None or r.number == case_sheet.header_row), None)
    written: dict[str, int] = {}
    for column, value in sorted(header.cells.items()) if header else ():
        written.setdefault(as_text(value), column)
    return {**written, **(case_sheet.positions if case_sheet else {})}


def _is_number(text: str, row: int, column: int, sheet: Sheet, case_sheet: CaseSheet | None) -> bool:
    """Say whether a text is to be stored as a number: in columns of numbers, and not where a date stood."""
    if case_sheet is None or row <= case_sheet.header_row or not _NUMBER.fullmatch(text):
        return False
    known = next((c for c in case_sheet.model.columns if case_sheet.positions.get(c.header) == column), None)
    if known is None or known.kind not in _NUMBERS:
        return False
    at = bisect_left(sheet.rows, row, key=lambda r: r.number)
    old = sheet.rows[at].cells.get(column) if at < len(sheet.rows) and sheet.rows[at].number == row else None
    return old is None or isinstance(old, (str, int, float)) and not isinstance(old, bool)


def _rows(sheet: Sheet, changed: Mapping[tuple[int, int], str | None]) -> _Rows:
    """Return the rows of a sheet as they are compared: changed cells as texts, with the text that is given for them, without empty ones."""
    rows = {row.number: dict(row.cells) for row in sheet.rows}
    for (row, column), text in changed.items():
        cells = rows.setdefault(row, {})
        shown = as_text(cells[column]) if text is None and column in cells else text
        cells.pop(column, None)
        if shown:
            cells[column] = shown
    return {number: cells for number, cells in rows.items() if cells}


def _near(name: str, known: Sequence[str], what: str) -> str:
    near = nearest_names(name, known, 1)
    listed = ", ".join(map(repr, known[:20])) + (" and others" if len(known) > 20 else "")
    return (f" Did you mean {near[0]!r}?" if near else "") + (f" The {what} are {listed}." if known else "")


def _refused(number: int, correction: Correction, why: str) -> CorrectionError:
    value = f" ({correction.value[:40]!r})" if correction.value else ""
    return CorrectionError(f"Correction {number}{value}: {why}", number, correction.place)
