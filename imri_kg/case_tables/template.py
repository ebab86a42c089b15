"""The workbook that users fill in, made from the shapes: a guide, a sheet for each kind of row, and the lists to choose from.

Called by the command line and the HTTP door. A column stands in the shapes and nowhere else; this module gives it a header, a comment, a
format and a drop-down list. It reads no user's file and writes none. The same input gives the same bytes.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from imri_kg import resources
from imri_kg.case_tables.choices import Choices, edition_key
from imri_kg.case_tables.code_lists import Code, CodeLists
from imri_kg.case_tables.columns import CaseModel, Column, ColumnKind, SheetModel
from imri_kg.case_tables.describing import asked, holds, referred_sheets
from imri_kg.case_tables.guide import guide
from imri_kg.errors import BadInputError, UnknownNameError
from imri_kg.vocabulary import IKG, RDF

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.comments import Comment
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["template", "template_tables"]

_LAST_ROW = 1_048_576
_WIDTHS = {
    ColumnKind.IDENTIFIER: 18, ColumnKind.REFERENCE: 18, ColumnKind.DATE: 13, ColumnKind.INTEGER: 11, ColumnKind.DECIMAL: 11,
    ColumnKind.YES_NO: 11, ColumnKind.CODE: 24, ColumnKind.CONSTRUCT: 32, ColumnKind.TEXT: 24,
}  # fmt: skip
#: A statement needs room; a text with a language is one.
_SENTENCE_WIDTH = 42
_LINE_HEIGHT = 15.0
_FONT = "Calibri"
_DARK, _MIDDLE, _LIGHT = "1F4E79", "8FB4D9", "DDE6EF"
_FILLS = {"yes": (_DARK, "FFFFFF"), "advised": (_MIDDLE, "000000"), "": (_LIGHT, "000000")}

_Row = dict[str, str]


def template(model: CaseModel, codes: CodeLists, *, framework: str = "cfir-2022", second: str | None = None, example: bool = False) -> bytes:
    """Return the workbook as an .xlsx file.

    Args:
        model: sheets and columns.
        codes: the terms that the lists offer.
        framework: key of the edition of the constructs.
        second: key of the edition of second constructs; without one their column has no list.
        example: fill the sheets with the invented example.

    Raises:
        UnknownNameError: an edition is not known.
        BadInputError: the example is coded to another edition than the one asked for.
    """
    from openpyxl import Workbook

    from imri_kg.stable_zip import stable

    editions = _editions(framework, second, codes)
    choices = Choices(codes, {path: code.iri for path, code in editions.items()})
    rows = _rows(model, codes, editions, example=example)
    workbook = Workbook()
    workbook.properties.creator = "imri-kg"
    workbook.properties.title = "Case tables, an invented example" if example else "Case tables"
    _write_guide(workbook, model, [code.label for code in editions.values()], example=example)
    for sheet in model.sheets:
        _write_sheet(workbook.create_sheet(sheet.label), sheet, model, choices, rows.get(sheet.key, []))
    _write_codes(workbook.create_sheet("Codes"), choices)
    stream = BytesIO()
    workbook.save(stream)
    return stable(stream.getvalue())


def _editions(framework: str, second: str | None, codes: CodeLists) -> dict[str, Code]:
    """Return the editions by the property by which the sheet Dataset names them."""
    editions = {IKG.codingFramework: _edition(framework, codes)}
    if second is not None:
        editions[IKG.secondCodingFramework] = _edition(second, codes)
    return editions


def _edition(key: str, codes: CodeLists) -> Code:
    found = codes.read(key, (IKG.FrameworkEdition,)).code
    if found is None:
        raise UnknownNameError("framework", key, [edition_key(c) for c in codes.options((IKG.FrameworkEdition,))])
    return found


# ---------------------------------------------------------------- rows


def _rows(model: CaseModel, codes: CodeLists, editions: dict[str, Code], *, example: bool) -> dict[str, list[_Row]]:
    """Return the rows to fill in, by sheet and header: those of the example, or the frameworks alone."""
    dataset = model.sheet("dataset")
    headers = {path: column.header for path in editions if (column := dataset.at_path(path))}
    chosen = {headers[path]: edition_key(code) for path, code in editions.items()}
    if not example:
        return {dataset.key: [chosen]}
    rows = {sheet.key: _example_rows(sheet) for sheet in model.sheets}
    written = rows[dataset.key][0][headers[IKG.codingFramework]]
    if written != chosen[headers[IKG.codingFramework]]:
        raise BadInputError(f"The example is coded to {written}. Ask for the example of {written}, or for the empty template of another framework.")
    rows[dataset.key][0].update(chosen)
    return rows


def template_tables(
    model: CaseModel, codes: CodeLists, *, framework: str = "cfir-2022", second: str | None = None, example: bool = False
) -> dict[str, bytes]:
    """Return the same as CSV files, by name: a header each, the frameworks, and the rows of the example where it is asked for.

    Raises:
        UnknownNameError: there is no such framework.
        BadInputError: the example is coded to another framework.
    """
    from io import StringIO

    rows = _rows(model, codes, _editions(framework, second, codes), example=example)
    files = {}
    for sheet in model.sheets:
        stream = StringIO()
        writer = csv.DictWriter(stream, [c.header for c in sheet.columns], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows.get(sheet.key, []))
        files[f"{sheet.key}.csv"] = stream.getvalue().encode()
    return files


def _example_rows(sheet: SheetModel) -> list[_Row]:
    file = resources.path("shapes", "case-example", f"{sheet.key}.csv")
    with file.open(encoding="utf-8", newline="") as stream:
        return [{header: text for header, text in row.items() if text} for row in csv.DictReader(stream)]


# ---------------------------------------------------------------- sheets


def _letter(place: int) -> str:
    from openpyxl.utils import get_column_letter

    return get_column_letter(place)


def _write_sheet(sheet: Worksheet, model: SheetModel, whole: CaseModel, choices: Choices, rows: Sequence[_Row]) -> None:
    from openpyxl.styles import Alignment

    for place, column in enumerate(model.columns, 1):
        cell = sheet.cell(1, place, column.header)
        _style_header(cell, asked(column))
        cell.comment = _comment(column, whole, listed=_choose(sheet, place, column, model, whole, choices))
        dimension = sheet.column_dimensions[_letter(place)]
        dimension.width = _SENTENCE_WIDTH if column.datatype == RDF.langString else _WIDTHS[column.kind]
        # The whole column has the format, so that what is typed into an empty row stays as it was typed.
        dimension.number_format = _format(column)
        dimension.alignment = Alignment(wrap_text=True, vertical="top")
        for number, row in enumerate(rows, 2):
            if column.header in row:
                filled = sheet.cell(number, place, _value(row[column.header], column, choices))
                filled.number_format = _format(column)
                filled.alignment = Alignment(wrap_text=True, vertical="top")
    _fit_rows(sheet)
    sheet.freeze_panes = "B2"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.print_title_rows = "1:1"
    sheet.print_title_cols = "A:A"


def _fit_rows(sheet: Worksheet) -> None:
    """Give each row the height of its longest cell; not every spreadsheet does that when it opens a file."""
    for row in sheet.iter_rows():
        lines = 1
        for cell in row:
            if cell.value is not None and cell.alignment.wrap_text:
                # A bold or broad letter takes more than its share, and a word at the end of a line goes to the next.
                room = sheet.column_dimensions[cell.column_letter].width / (1.3 if cell.font.bold else 1.15)
                lines = max(lines, sum(1 + int(len(part) / room) for part in str(cell.value).split("\n")))
        size = max(((cell.font.size or 11) for cell in row if cell.value is not None), default=11)
        sheet.row_dimensions[row[0].row].height = max(lines * _LINE_HEIGHT, size * 1.6) + (6 if row[0].row == 1 else 1)


def _format(column: Column) -> str:
    """Return the number format: text for all that a spreadsheet would turn into a date, a formula or a number of its own."""
    return "General" if column.kind in (ColumnKind.INTEGER, ColumnKind.DECIMAL) else "@"


def _value(text: str, column: Column, choices: Choices) -> str | int | float:
    if column.kind == ColumnKind.INTEGER:
        return int(text)
    if column.kind == ColumnKind.DECIMAL:
        return float(text)
    return choices.cell(text, column) if column.kind in (ColumnKind.CODE, ColumnKind.CONSTRUCT) else text


def _style_header(cell: Cell, asks: str) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    fill, ink = _FILLS[asks]
    cell.font = Font(name=_FONT, bold=True, color=ink, size=11)
    cell.border = Border(right=Side("thin", "FFFFFF"))
    cell.fill = PatternFill("solid", start_color=fill, end_color=fill)
    cell.alignment = Alignment(wrap_text=True, vertical="center")


def _comment(column: Column, model: CaseModel, *, listed: bool) -> Comment:
    from openpyxl.comments import Comment

    required = {"yes": "Required.", "advised": "Advised: an empty cell is warned of.", "": "Optional."}[asked(column)]
    parts = [column.description, f"{required} Holds: {holds(column, model)}."]
    if listed:
        parts.append("Choose from the list of the cell, or write it.")
    text = "\n".join(parts)
    lines = sum(1 + len(part) // 48 for part in parts)
    return Comment(text, "imri-kg", width=330, height=24 + 18 * lines)


def _choose(sheet: Worksheet, place: int, column: Column, model: SheetModel, whole: CaseModel, choices: Choices) -> bool:
    """Give the cells of a column their list, and say whether there is one."""
    from openpyxl.worksheet.datavalidation import DataValidation

    if column.kind == ColumnKind.YES_NO:
        formula = '"yes,no"'
    elif column.kind == ColumnKind.REFERENCE:
        # As long as the rows that have an identifier: a list with blanks opens at its first blank.
        target = referred_sheets(column, whole)[0].label
        formula = f"OFFSET({target}!$A$2,0,0,MAX(1,COUNTA({target}!$A$2:$A${_LAST_ROW})),1)"
    else:
        number, length = choices.use(column, model)
        formula = f"Codes!${_letter(number)}$2:${_letter(number)}${length + 1}" if length else ""
    if not formula:
        return False
    # A list knows one value: where several or "study" are right as well, it offers and does not object.
    alone = not (column.multiple or column.study_allowed)
    validation = DataValidation(
        type="list", formula1=formula, allow_blank=True, errorStyle="warning", showErrorMessage=alone, errorTitle="Not in the list",
        error="This value is not in the list. You may keep it if you mean it; the check says whether it is understood.",
        showInputMessage=column.multiple, prompt="Several values are separated by a semicolon." if column.multiple else None,
    )  # fmt: skip
    letter = _letter(place)
    validation.add(f"{letter}2:{letter}{_LAST_ROW}")
    sheet.add_data_validation(validation)
    return True


def _write_codes(sheet: Worksheet, choices: Choices) -> None:
    for place, (uses, texts) in enumerate(choices.lists(), 1):
        _style_header(sheet.cell(1, place, "\n".join(uses)), "")
        sheet.column_dimensions[_letter(place)].width = min(60, max(28, *(len(t) + 2 for t in texts)))
        for number, text in enumerate(texts, 2):
            sheet.cell(number, place, text).number_format = "@"
    _fit_rows(sheet)
    sheet.freeze_panes = "A2"


def _write_guide(workbook: Workbook, model: CaseModel, frameworks: Sequence[str], *, example: bool) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.worksheet.hyperlink import Hyperlink

    sheet = workbook.active
    assert sheet is not None
    sheet.title = "Guide"
    for letter, width in zip("ABC", (34, 90, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    for number, row in enumerate(guide(model, *frameworks, example=example), 1):
        for place, text in enumerate(row.cells, 1):
            cell = sheet.cell(number, place, text)
            cell.alignment = Alignment(wrap_text=row.style != "title", vertical="top")
            cell.font = Font(name=_FONT, bold=place == 1, size={"title": 16, "heading": 13}.get(row.style, 11))
            if row.style == "header":
                _style_header(cell, "")
        if row.sheet:
            # A place in this workbook; given as an address, it would count as a link to elsewhere.
            sheet.cell(number, 1).hyperlink = Hyperlink(ref=f"A{number}", location=f"'{row.sheet}'!A1")
            sheet.cell(number, 1).font = Font(name=_FONT, bold=True, underline="single", color=_DARK, size=11)
    _fit_rows(sheet)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToHeight = 0
