"""Sheets and headers are found as people leave them, and every row is read or named."""

from __future__ import annotations

import pytest

from imri_kg.case_tables.columns import CaseModel, ColumnKind, case_shapes, read_case_model
from imri_kg.case_tables.layout import CaseTables, lay_out
from imri_kg.readers import Row, Sheet, TableFile, letters


@pytest.fixture(scope="module")
def model() -> CaseModel:
    return read_case_model(case_shapes())


def laid(model: CaseModel, *rows: list[object], name: str = "Events", kind: str = "xlsx") -> CaseTables:
    cells = tuple(Row(n, {i: v for i, v in enumerate(row, 1) if v not in (None, "")}) for n, row in enumerate(rows, 1) if any(v not in (None, "") for v in row))
    return lay_out("test", [TableFile("cases.xlsx", kind, (Sheet(name, cells),), ())], model)


def rules(tables: CaseTables) -> list[tuple[str, int]]:
    return [(n.notice.rule, n.notice.row) for n in tables.notices]


HEADER = ["Event", "Case", "Statement"]


def test_the_eight_sheets_come_from_the_shapes(model: CaseModel) -> None:
    assert [s.label for s in model.sheets] == ["Dataset", "Cases", "Participants", "Determinants", "Impacts", "Assimilation", "Events", "Sources"]
    assert all(s.columns[0].kind == ColumnKind.IDENTIFIER and s.columns[0].required for s in model.sheets)


def test_the_column_of_a_construct_is_called_construct(model: CaseModel) -> None:
    column = model.sheet("determinants").column("Construct")
    assert column is not None
    assert column.kind == ColumnKind.CONSTRUCT
    assert column.codes_from.endswith("codingFramework")


def test_rows_under_the_header_are_read_with_their_numbers(model: CaseModel) -> None:
    tables = laid(model, HEADER, ["E1", "c", "It began."], ["E2", "c", "It ended."])
    assert [(r.number, r.cells["Event"]) for r in tables.sheets[0].rows] == [(2, "E1"), (3, "E2")]
    assert tables.notices == ()


def test_headers_are_found_whatever_their_case_order_and_blanks(model: CaseModel) -> None:
    tables = laid(model, ["statement", " CASE", "event"], ["It began.", "c", "E1"])
    assert tables.sheets[0].rows[0].cells == {"Statement": "It began.", "Case": "c", "Event": "E1"}


def test_a_sheet_of_another_name_is_recognised_by_its_columns(model: CaseModel) -> None:
    tables = laid(model, HEADER, ["E1", "c", "It began."], name="Feuil1")
    assert tables.sheets[0].model.key == "events"
    assert rules(tables) == [("tables/sheet-guessed", 0)]


def test_a_title_above_the_header_is_named_and_not_read(model: CaseModel) -> None:
    tables = laid(model, ["My cases"], [], HEADER, ["E1", "c", "It began."])
    assert [r.number for r in tables.sheets[0].rows] == [4]
    assert rules(tables) == [("tables/above-header", 0)]
    assert "row 1" in tables.notices[0].notice.message


def test_a_header_that_comes_again_is_no_row(model: CaseModel) -> None:
    tables = laid(model, HEADER, ["E1", "c", "It began."], HEADER, ["E2", "c", "It ended."])
    assert [r.number for r in tables.sheets[0].rows] == [2, 4]
    assert rules(tables) == [("tables/header-again", 3)]


def test_a_column_twice_is_named_and_the_first_is_read(model: CaseModel) -> None:
    tables = laid(model, [*HEADER, "Statement"], ["E1", "c", "first", "second"])
    assert tables.sheets[0].rows[0].cells["Statement"] == "first"
    assert tables.sheets[0].rows[0].extra == {"Statement (D)": "second"}
    assert rules(tables) == [("tables/column-twice", 1)]


def test_a_misspelt_column_is_kept_and_the_nearest_is_suggested(model: CaseModel) -> None:
    tables = laid(model, ["Event", "Case", "Statment"], ["E1", "c", "It began."])
    notice = tables.notices[0].notice
    assert (notice.rule, notice.suggestion) == ("tables/column-renamed", "Statement")
    assert tables.sheets[0].rows[0].extra == {"Statment": "It began."}


def test_a_column_of_the_users_own_is_kept_and_named(model: CaseModel) -> None:
    tables = laid(model, [*HEADER, "Colour"], ["E1", "c", "It began.", "red"])
    assert rules(tables) == [("tables/column-extra", 1)]
    assert tables.sheets[0].rows[0].extra == {"Colour": "red"}


def test_a_value_without_a_header_is_named_with_its_cell(model: CaseModel) -> None:
    tables = laid(model, HEADER, ["E1", "c", "It began.", "stray"])
    assert rules(tables) == [("tables/cell-without-header", 2)]
    assert "D2" in tables.notices[0].notice.message


def test_a_sheet_that_is_none_of_ours_is_named_with_its_number_of_rows(model: CaseModel) -> None:
    tables = laid(model, ["a", "b"], ["1", "2"], name="Budget")
    assert tables.sheets == ()
    assert [r for r, _ in rules(tables)] == ["tables/extra-sheet", "tables/no-sheet"]
    assert "2 rows" in tables.notices[0].notice.message


def test_a_known_sheet_without_a_header_says_how_many_rows_were_not_read(model: CaseModel) -> None:
    tables = laid(model, ["E1", "c", "It began."], ["E2", "c", "It ended."])
    assert rules(tables)[0] == ("tables/no-header", 0)
    assert "2 rows" in tables.notices[0].notice.message


def test_sheets_of_the_template_that_hold_no_data_are_passed_over(model: CaseModel) -> None:
    tables = lay_out("t", [TableFile("a.xlsx", "xlsx", (Sheet("Guide", (Row(1, {1: "Read this"}),)), Sheet("Events", (Row(1, {1: "Event", 2: "Case"}), Row(2, {1: "E1"})))), ())], model)
    assert [s.model.key for s in tables.sheets] == ["events"]
    assert tables.notices == ()


@pytest.mark.parametrize("extra", [[], ["title"], HEADER])
def test_rows_in_are_rows_out_and_rows_named(model: CaseModel, extra: list[object]) -> None:
    given = [extra, HEADER, *([f"E{n}", "c", "It went on."] for n in range(50))]
    tables = laid(model, *given)
    counted = sum(1 for row in given if row)
    named = sum(1 for n in tables.notices if n.notice.rule in ("tables/header-again",)) + sum(len(n.notice.message.split("(row ")[1].split(")")[0].split(",")) for n in tables.notices if n.notice.rule == "tables/above-header")
    assert counted == len(tables.sheets[0].rows) + 1 + named


@pytest.mark.parametrize(("number", "text"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA"), (16384, "XFD")])
def test_columns_have_the_letters_of_a_spreadsheet(number: int, text: str) -> None:
    assert letters(number) == text
