"""A table of values as a workbook: what stands in a cell, whatever it looks like."""

from __future__ import annotations

import io
import time
import zipfile

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from imri_kg.graph import KnowledgeGraph
from imri_kg.readers import read_table_file
from imri_kg.reports.grid import write_grid


def sheet_of(data: bytes) -> Worksheet:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert isinstance(sheet, Worksheet)
    return sheet


def cells(data: bytes) -> list[list[object]]:
    return [list(row) for row in sheet_of(data).iter_rows(values_only=True)]


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("text", ["=1+1", "=HYPERLINK(\"x\")", "+1", "-1", "@SUM(A1)", "#N/A", "#REF!", "TRUE", "007", "1.50", "2020-01-01", " at both ends ", "two\nlines", "a <b> & c", "Québec 😀"])
def test_a_text_stays_that_text_whatever_it_looks_like(text: str) -> None:
    data = write_grid([{"name": text, text: 1}], "a", ["name", text])
    assert cells(data) == [["name", text], [text, 1]]
    assert [sheet_of(data)[place].data_type for place in ("A2", "B1")] == ["s", "s"]
    assert all(b"<f>" not in content for content in parts(data).values())


def test_numbers_are_numbers_and_what_is_not_there_is_an_empty_cell() -> None:
    data = write_grid([{"a": 0, "b": 2.5, "c": None, "d": -7}, {"a": None, "b": None, "c": "not stated", "d": 1}], "a", "abcd")
    assert cells(data) == [list("abcd"), [0, 2.5, None, -7], [None, None, "not stated", 1]]
    sheet = sheet_of(data)
    assert [sheet[place].data_type for place in ("A2", "B2", "C2", "D2")] == ["n"] * 4
    assert "A3" not in [cell.coordinate for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_a_value_stands_under_its_header_in_whatever_order_a_row_has_them() -> None:
    assert cells(write_grid([{"b": 2, "a": 1}, {"a": 3, "b": 4}], "a", ["a", "b"])) == [["a", "b"], [1, 2], [3, 4]]


def test_a_table_without_rows_has_its_header() -> None:
    assert cells(write_grid([], "a", ["phase", "label", "all"])) == [["phase", "label", "all"]]


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\ufffe", "\uffff", "\ud800"])
def test_a_character_that_a_workbook_cannot_hold_is_shown_by_a_sign(character: str) -> None:
    data = write_grid([{"name": f"a{character}b"}], "a", ["name"])
    value = sheet_of(data)["A2"].value
    assert isinstance(value, str) and len(value) == 3
    assert (value[0], value[2]) == ("a", "b") and value[1] != character


def test_a_text_that_looks_like_an_escape_is_read_as_it_was_written() -> None:
    data = write_grid([{"name": "_x0041_ and _x000D_"}], "a", ["name"])
    (sheet,) = read_table_file("a.xlsx", data).sheets
    assert sheet.rows[1].cells == {1: "_x0041_ and _x000D_"}


def test_a_text_that_is_too_long_for_a_cell_is_cut_where_one_sees_it() -> None:
    value = sheet_of(write_grid([{"name": "x" * 40_000}], "a", ["name"]))["A2"].value
    assert value == "x" * 32_766 + "…"


def test_the_header_is_bold_and_stays_in_view_with_the_names_of_the_rows() -> None:
    sheet = sheet_of(write_grid([{"phase": "a", "label": "b", "all": 1}], "a", ["phase", "label", "all"]))
    assert sheet.freeze_panes == "C2"
    assert [cell.font.bold for cell in sheet[1]] == [True] * 3
    assert not any(cell.font.bold for cell in sheet[2])


@pytest.mark.parametrize(("title", "name"), [("domain by case", "domain by case"), ("a/b [c]: *d?\\", "a b  c    d  "), ("x" * 40, "x" * 31)])
def test_the_sheet_is_called_what_the_table_is_as_far_as_a_name_may(title: str, name: str) -> None:
    assert sheet_of(write_grid([], title, ["a"])).title == name


def test_the_same_rows_give_the_same_bytes_whatever_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"a": 1, "b": "text"}]
    first = write_grid(rows, "a", ["a", "b"])
    # A zip archive states times to two seconds.
    time.sleep(2.1)
    assert write_grid(rows, "a", ["a", "b"]) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_matrix_is_written_cell_by_cell(graph: KnowledgeGraph) -> None:
    found = graph.matrix("domain", "phase")
    header, *rows = cells(write_grid(found.grid(), "domain by phase", found.grid_header()))
    assert header == found.grid_header()
    assert rows == [list(row.values()) for row in found.grid()]
    assert len(rows) == len(found.rows_) > 0
    assert {type(v) for row in rows for v in row} >= {int, str}


def test_further_sheets_stand_beside_the_first_and_empty_ones_do_not() -> None:
    made = write_grid([{"a": 1}], "first", ["a"], more={"Observations": [{"id": "=1+1", "place": None}], "Nothing": []})
    book = openpyxl.load_workbook(io.BytesIO(made))
    assert book.sheetnames == ["first", "Observations"]
    assert [[c.value for c in row] for row in book["Observations"]] == [["id", "place"], ["=1+1", None]]
    assert book["Observations"]["A2"].data_type == "s"
