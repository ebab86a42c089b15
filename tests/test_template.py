"""The template is what the shapes say: headers, comments, lists whose every value is understood, and an example that conforms."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from typing import NamedTuple

import openpyxl
import pytest
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from imri_kg.case_tables.code_lists import CodeLists
from imri_kg.case_tables.columns import CaseModel, Column, ColumnKind, SheetModel
from imri_kg.case_validation.service import Source
from imri_kg.errors import BadInputError, UnknownNameError
from imri_kg.graph import KnowledgeGraph
from imri_kg.vocabulary import IKG

NUMBERS = (ColumnKind.INTEGER, ColumnKind.DECIMAL)
LISTED = (ColumnKind.CODE, ColumnKind.CONSTRUCT, ColumnKind.REFERENCE, ColumnKind.YES_NO)


class Choice(NamedTuple):
    """The list of one column, and where it takes its values from."""

    sheet: str
    column: Column
    formula: str
    area: str
    objects: bool


@pytest.fixture(scope="module")
def model(graph: KnowledgeGraph) -> CaseModel:
    return graph.case_vocabulary.model


@pytest.fixture(scope="module")
def codes(graph: KnowledgeGraph) -> CodeLists:
    return graph.case_vocabulary.codes


@pytest.fixture(scope="module")
def example(graph: KnowledgeGraph) -> bytes:
    return graph.case_template(example=True)


@pytest.fixture(scope="module", params=["example", "empty", "cfir-2009 and diffusion"])
def workbook(graph: KnowledgeGraph, example: bytes, request: pytest.FixtureRequest) -> Workbook:
    """Templates of three kinds; what is said of one of them holds of all."""
    made = {
        "example": lambda: example,
        "empty": lambda: graph.case_template(),
        "cfir-2009 and diffusion": lambda: graph.case_template(framework="cfir-2009", second="diffusion"),
    }
    return openpyxl.load_workbook(io.BytesIO(made[request.param]()))


def headed(workbook: Workbook, model: CaseModel) -> Iterator[tuple[Worksheet, SheetModel]]:
    for sheet in model.sheets:
        yield workbook[sheet.label], sheet


def choices(workbook: Workbook, model: CaseModel) -> list[Choice]:
    found = []
    for sheet, known in headed(workbook, model):
        for rule in sheet.data_validations.dataValidation:
            assert rule.type == "list"
            place, *_ = range_boundaries(str(rule.sqref))
            found.append(Choice(sheet.title, known.columns[place - 1], rule.formula1, str(rule.sqref), bool(rule.showErrorMessage)))
    return found


def values(workbook: Workbook, choice: Choice) -> list[str]:
    """Return the values of a list that stands on the sheet Codes."""
    sheet, _, area = choice.formula.partition("!")
    assert sheet == "Codes"
    return [row[0].value for row in workbook[sheet][area.replace("$", "")]]


def edition(workbook: Workbook, choice: Choice, model: CaseModel, codes: CodeLists) -> str:
    """Return the edition from which a column takes its constructs, as the sheet Dataset names it."""
    if not choice.column.codes_from:
        return ""
    named = model.sheet("dataset").at_path(choice.column.codes_from)
    assert named
    headers = [cell.value for cell in workbook["Dataset"][1]]
    code = codes.read(workbook["Dataset"].cell(2, headers.index(named.header) + 1).value, (IKG.FrameworkEdition,)).code
    assert code
    return code.iri


def test_the_sheets_are_a_guide_those_of_the_shapes_and_the_lists(workbook: Workbook, model: CaseModel) -> None:
    assert workbook.sheetnames == ["Guide", *(s.label for s in model.sheets), "Codes"]


def test_the_headers_are_the_columns_of_the_shapes_in_their_order(workbook: Workbook, model: CaseModel) -> None:
    for sheet, known in headed(workbook, model):
        assert [cell.value for cell in sheet[1]] == [c.header for c in known.columns]


def test_a_comment_on_every_header_says_what_the_column_is_for(workbook: Workbook, model: CaseModel) -> None:
    for sheet, known in headed(workbook, model):
        for cell, column in zip(sheet[1], known.columns, strict=True):
            assert cell.comment is not None, f"{sheet.title}: {column.header}"
            assert cell.comment.text.startswith(column.description)
            demanded = column.required and column.severity == "violation"
            assert ("\nRequired. " in cell.comment.text) == demanded, f"{sheet.title}: {column.header}"


def test_header_and_identifier_stay_in_view(workbook: Workbook, model: CaseModel) -> None:
    assert {sheet.freeze_panes for sheet, _ in headed(workbook, model)} == {"B2"}
    assert workbook["Codes"].freeze_panes == "A2"


def test_cells_hold_text_where_a_spreadsheet_would_change_what_is_typed(workbook: Workbook, model: CaseModel) -> None:
    for sheet, known in headed(workbook, model):
        for place, column in enumerate(known.columns, 1):
            wanted = "General" if column.kind in NUMBERS else "@"
            letter = openpyxl.utils.get_column_letter(place)
            assert sheet.column_dimensions[letter].number_format == wanted, f"{sheet.title}: {column.header}"
            for (cell,) in sheet.iter_rows(2, sheet.max_row, place, place):
                assert cell.value is None or cell.number_format == wanted, f"{sheet.title}!{cell.coordinate}"


def test_every_column_of_codes_has_a_list_but_for_those_too_long_to_choose_from(workbook: Workbook, model: CaseModel) -> None:
    listed = {(c.sheet, c.column.header) for c in choices(workbook, model)}
    wanted = {(s.label, c.header) for s in model.sheets for c in s.columns if c.kind in LISTED}
    second = [cell.value for cell in workbook["Dataset"][1]].index("Second framework") + 1
    # Records of evidence are some hundreds.
    left_out = {(s.label, "Evidence") for s in model.sheets if s.column("Evidence")}
    if workbook["Dataset"].cell(2, second).value is None:
        left_out.add(("Determinants", "Second construct"))
    assert listed <= wanted
    assert left_out < wanted
    assert wanted - listed == left_out


def test_a_list_reaches_from_the_first_row_below_the_header_to_the_last_of_all(workbook: Workbook, model: CaseModel) -> None:
    found = choices(workbook, model)
    assert len(found) > 40
    for choice in found:
        _, top, _, bottom = range_boundaries(choice.area)
        assert (top, bottom) == (2, 1_048_576)


def test_every_value_of_a_list_is_read_as_one_code_and_no_two_as_the_same(workbook: Workbook, model: CaseModel, codes: CodeLists) -> None:
    lists = [c for c in choices(workbook, model) if c.column.kind in (ColumnKind.CODE, ColumnKind.CONSTRUCT)]
    assert len(lists) > 25
    for choice in lists:
        name, scheme = f"{choice.sheet}: {choice.column.header}", edition(workbook, choice, model, codes)
        offered = values(workbook, choice)
        assert offered and all(offered), name
        read = [codes.read(text, choice.column.classes, scheme, choice.column.options).code for text in offered]
        assert None not in read, f"{name}: {offered[read.index(None)]!r}"
        assert len({code.iri for code in read if code}) == len(offered), name
        assert not any(";" in text for text in offered), name


def test_a_list_of_constructs_holds_all_of_its_edition_and_no_other(workbook: Workbook, model: CaseModel, codes: CodeLists) -> None:
    (choice,) = (c for c in choices(workbook, model) if (c.sheet, c.column.header) == ("Determinants", "Construct"))
    scheme = edition(workbook, choice, model, codes)
    offered = {codes.read(text, choice.column.classes, scheme).code for text in values(workbook, choice)}
    assert offered == set(codes.options(choice.column.classes, scheme))
    assert {code.scheme for code in offered if code} == {scheme}


def test_nothing_stands_on_the_sheet_of_lists_that_no_column_chooses_from(workbook: Workbook, model: CaseModel) -> None:
    used = {c.formula for c in choices(workbook, model) if c.formula.startswith("Codes!")}
    ends = {area.rpartition("$")[2]: area for area in used}
    assert ends
    for column in workbook["Codes"].iter_cols():
        filled = [cell for cell in column if cell.value is not None]
        letter = column[0].column_letter
        assert f"Codes!${letter}$2:${letter}${filled[-1].row}" in used
        assert len(filled) == filled[-1].row, "a list has no gap"


def test_a_list_of_rows_offers_those_that_have_an_identifier(workbook: Workbook, model: CaseModel) -> None:
    lists = [c for c in choices(workbook, model) if c.column.kind == ColumnKind.REFERENCE]
    assert {c.column.header for c in lists} >= {"Case", "Informant", "Source"}
    for choice in lists:
        found = re.fullmatch(r"OFFSET\((\w+)!\$A\$2,0,0,MAX\(1,COUNTA\(\1!\$A\$2:\$A\$1048576\)\),1\)", choice.formula)
        assert found and found[1] in workbook.sheetnames, choice.formula


def test_a_list_objects_only_where_one_of_its_values_is_all_that_is_right(workbook: Workbook, model: CaseModel) -> None:
    for choice in choices(workbook, model):
        assert choice.objects != (choice.column.multiple or choice.column.study_allowed), f"{choice.sheet}: {choice.column.header}"


def test_the_guide_leads_to_every_sheet(workbook: Workbook, model: CaseModel) -> None:
    links = {cell.hyperlink.location for row in workbook["Guide"].iter_rows() for cell in row if cell.hyperlink}
    assert links == {f"'{name}'!A1" for name in (*(s.label for s in model.sheets), "Codes")}
    assert all(cell.hyperlink.target is None for row in workbook["Guide"].iter_rows() for cell in row if cell.hyperlink)


def test_the_guide_names_the_frameworks(graph: KnowledgeGraph) -> None:
    made = openpyxl.load_workbook(io.BytesIO(graph.case_template(framework="cfir-2009", second="diffusion")))
    told = " ".join(str(cell.value) for row in made["Guide"].iter_rows() for cell in row if cell.value)
    assert "CFIR 2009" in told and "column Second construct" in told
    assert "EXAMPLE" not in told


def test_the_example_conforms_without_a_warning(graph: KnowledgeGraph, example: bytes) -> None:
    found = graph.check_cases([Source("case.xlsx", example)]).validation
    assert [(m.severity, m.message) for m in found.messages] == []
    assert found.conforms
    assert [d.name for d in found.datasets] == ["example"]


def test_the_example_fills_every_sheet_and_says_that_it_is_one(example: bytes, model: CaseModel) -> None:
    made = openpyxl.load_workbook(io.BytesIO(example))
    assert all(made[s.label].max_row > 1 for s in model.sheets)
    assert "EXAMPLE" in str(made["Dataset"]["B2"].value)
    assert made["Guide"]["A2"].value == "EXAMPLE"


def test_the_empty_template_holds_nothing_but_its_frameworks(graph: KnowledgeGraph, model: CaseModel) -> None:
    made = openpyxl.load_workbook(io.BytesIO(graph.case_template(second="diffusion")))
    filled = [cell.value for s in model.sheets for row in made[s.label].iter_rows(min_row=2) for cell in row if cell.value is not None]
    assert filled == ["cfir-2022", "diffusion"]


def test_the_same_template_has_the_same_bytes(graph: KnowledgeGraph, example: bytes) -> None:
    assert graph.case_template(example=True) == example
    with zipfile.ZipFile(io.BytesIO(example)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_an_unknown_framework_is_refused_with_the_nearest(graph: KnowledgeGraph) -> None:
    for make in (graph.case_template, graph.case_template_tables):
        with pytest.raises(UnknownNameError, match="Did you mean 'cfir-2022'"):
            make(framework="cfir-2021")
    with pytest.raises(UnknownNameError, match="'diffusion'"):
        graph.case_template(second="difusion")


def test_the_example_is_not_offered_for_a_framework_to_which_it_is_not_coded(graph: KnowledgeGraph) -> None:
    for make in (graph.case_template, graph.case_template_tables):
        with pytest.raises(BadInputError, match="coded to cfir-2022"):
            make(framework="cfir-2009", example=True)


@pytest.mark.parametrize("filled", [True, False])
def test_the_tables_as_csv_have_the_same_headers_and_no_more_rows_than_asked_for(graph: KnowledgeGraph, model: CaseModel, filled: bool) -> None:
    tables = graph.case_template_tables(example=filled)
    assert set(tables) == {f"{s.key}.csv" for s in model.sheets}
    for sheet in model.sheets:
        data = tables[f"{sheet.key}.csv"]
        header, *rows = csv.reader(io.StringIO(data.decode(), newline=""))
        assert header == [c.header for c in sheet.columns]
        assert bool(rows) == (filled or sheet.key == "dataset")
        assert b"\r" not in data


def test_the_example_as_csv_conforms(graph: KnowledgeGraph) -> None:
    found = graph.check_cases([Source(name, data, "case") for name, data in graph.case_template_tables(example=True).items()]).validation
    assert found.messages == ()
    assert [(d.name, sum(d.rows.values())) for d in found.datasets] == [("example", 20)]
