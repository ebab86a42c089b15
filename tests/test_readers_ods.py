"""OpenDocument spreadsheets: repeated rows and cells, what is hidden, values by their kind, and nothing lost."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import date, datetime
from typing import Any

import pytest

from imri_kg.errors import UnreadableFileError
from imri_kg.readers import Notice, TableFile, cell_name, read_table_file

MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for prefix, name in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"), ("draw", "drawing"))
)
CALC = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
EMPTY_END = '<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'


def text(value: str, attributes: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {attributes}><text:p>{value}</text:p></table:table-cell>'


def number(value: str, attributes: str = "", kind: str = "float") -> str:
    return f'<table:table-cell office:value-type="{kind}" office:value="{value}" {attributes}><text:p>{value}</text:p></table:table-cell>'


def row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def table_of(*rows: str, name: str = "Events", columns: str = "", attributes: str = "") -> str:
    return f'<table:table table:name="{name}" {attributes}>{columns}{"".join(rows)}</table:table>'


def written(*tables: str, styles: str = "", manifest: str = "<manifest/>", **parts: str) -> bytes:
    content = (
        f'<office:document-content {SPACES} {CALC}><office:automatic-styles>{styles}</office:automatic-styles>'
        f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", MIMETYPE, zipfile.ZIP_STORED)
        for part, inner in ({"content.xml": content, "META-INF/manifest.xml": manifest} | parts).items():
            archive.writestr(part, inner)
    return stream.getvalue()


def read(data: bytes) -> TableFile:
    return read_table_file("cases.ods", data)


def cells(table: TableFile, sheet: int = 0) -> dict[str, Any]:
    return {cell_name(r.number, column): value for r in table.sheets[sheet].rows for column, value in r.cells.items()}


def rules(table: TableFile) -> list[tuple[str, str, int, int]]:
    return [(n.rule, n.severity, n.row, n.column) for n in table.notices]


def only(table: TableFile) -> Notice:
    assert len(table.notices) == 1, rules(table)
    return table.notices[0]


# ---------------------------------------------------------------- values


def test_values_keep_their_kind() -> None:
    when = '<table:table-cell office:value-type="date" office:date-value="{}"/>'
    yes = '<table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>TRUE</text:p></table:table-cell>'
    span = '<table:table-cell office:value-type="time" office:time-value="PT26H00M00S"/>'
    table = read(written(table_of(row(text("E1"), number("12"), number("33.3"), when.format("2019-11-05"), when.format("2019-11-05T14:30:00"), yes, span))))
    assert table.kind == "ods"
    assert cells(table) == {"A1": "E1", "B1": 12, "C1": 33.3, "D1": date(2019, 11, 5), "E1": datetime(2019, 11, 5, 14, 30), "F1": True, "G1": "26:00"}
    assert table.notices == ()


def test_the_text_of_a_cell_is_its_paragraphs_without_remarks() -> None:
    remark = "<office:annotation><text:p>remark</text:p></office:annotation>"
    inner = f'<table:table-cell office:value-type="string">{remark}<text:p>one<text:s text:c="2"/>two<text:span> bold</text:span></text:p><text:p>second</text:p></table:table-cell>'
    assert cells(read(written(table_of(row(inner))))) == {"A1": "one  two bold\nsecond"}


def test_a_percentage_is_read_as_the_number_behind_and_told() -> None:
    table = read(written(table_of(row(number("0.45", kind="percentage")))))
    assert cells(table) == {"A1": 0.45}
    assert rules(table) == [("reading/percentages", "warning", 1, 1)]


def test_odd_blanks_are_told_once_a_sheet() -> None:
    table = read(written(table_of(row(text("\u00a0III.D"), text("D6.3\u200b"), text("adoption ")))))
    assert cells(table) == {"A1": "III.D", "B1": "D6.3", "C1": "adoption"}
    assert rules(table) == [("reading/odd-blanks", "info", 1, 1)]


def test_the_saved_value_of_a_formula_is_read_and_a_missing_one_is_a_violation() -> None:
    table = read(written(table_of(row(number("2", 'table:formula="of:=1+1"'), '<table:table-cell table:formula="of:=1+1"/>'))))
    assert cells(table) == {"A1": 2}
    assert rules(table) == [("reading/formulas", "info", 1, 1), ("reading/formula-without-value", "violation", 1, 2)]
    assert "B1" in table.notices[1].message


def test_an_error_value_is_no_text_but_a_violation_at_its_cell() -> None:
    marked = '<table:table-cell table:formula="of:=NA()" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#N/A</text:p></table:table-cell>'
    table = read(written(table_of(row(number("1")), row(number("2"), marked), row(text("#REF!", 'table:formula="of:=#REF!"')))))
    assert cells(table) == {"A1": 1, "A2": 2}
    assert rules(table) == [("reading/error-value", "violation", 2, 2), ("reading/error-value", "violation", 3, 1)]


@pytest.mark.parametrize("cell", ['office:value-type="date" office:date-value="5. 11. 2019"', 'office:value-type="float" office:value="1_0"', 'office:value-type="boolean" office:boolean-value="2"', 'office:value-type="new"'])
def test_a_value_that_is_not_of_its_kind_is_named(cell: str) -> None:
    table = read(written(table_of(row(text("E1"), f"<table:table-cell {cell}/>"))))
    assert cells(table) == {"A1": "E1"}
    assert rules(table) == [("reading/unreadable-cell", "violation", 1, 2)]


# ---------------------------------------------------------------- repetition


def test_an_empty_end_repeated_over_the_whole_sheet_costs_nothing() -> None:
    began = time.perf_counter()
    table = read(written(table_of(row(text("E1"), '<table:table-cell table:number-columns-repeated="16383"/>'), EMPTY_END, row(text("last")))))
    assert cells(table) == {"A1": "E1", "A1048572": "last"}
    assert time.perf_counter() - began < 1


def test_repeated_values_stand_in_every_place() -> None:
    table = read(written(table_of(row(text("a", 'table:number-columns-repeated="2"'), attributes='table:number-rows-repeated="2"'), row(text("b")))))
    assert cells(table) == {"A1": "a", "B1": "a", "A2": "a", "B2": "a", "A3": "b"}


@pytest.mark.parametrize(("rows", "columns"), [("1048576", "16384"), ("999999999", "999999999"), ("1048576", "3")])
def test_a_value_repeated_without_end_is_refused_before_it_is_multiplied(rows: str, columns: str) -> None:
    began = time.perf_counter()
    with pytest.raises(UnreadableFileError, match="filled cells"):
        read(written(table_of(row(text("a", f'table:number-columns-repeated="{columns}"'), attributes=f'table:number-rows-repeated="{rows}"'))))
    assert time.perf_counter() - began < 1


def test_a_fault_that_is_repeated_is_one_notice_with_its_number() -> None:
    table = read(written(table_of(row('<table:table-cell table:formula="of:=A1"/>', attributes='table:number-rows-repeated="1048576"'))))
    found = next(n for n in table.notices if n.rule == "reading/formula-without-value")
    assert "1048575 cells that repeat it" in found.message


@pytest.mark.parametrize("stated", ["-1", "x", "9999999999", "1.5", ""])
def test_a_repetition_that_is_no_number_is_refused(stated: str) -> None:
    with pytest.raises(UnreadableFileError, match="damaged"):
        read(written(table_of(row(text("a", f'table:number-columns-repeated="{stated}"')))))


# ---------------------------------------------------------------- what the sheet does not show


def test_hidden_rows_are_read_and_reported() -> None:
    table = read(written(table_of(row(text("a")), row(text("b"), attributes='table:visibility="collapse"'), '<table:table-row table:visibility="collapse" table:number-rows-repeated="1000000"/>')))
    assert cells(table) == {"A1": "a", "A2": "b"}
    assert rules(table) == [("reading/hidden-row", "info", 2, 0)]


def test_rows_that_a_filter_does_not_show_are_read_and_reported() -> None:
    table = read(written(table_of(row(text("a")), row(text("b"), attributes='table:visibility="filter"'))))
    assert cells(table) == {"A1": "a", "A2": "b"}
    assert rules(table) == [("reading/filter", "info", 2, 0)]


def test_hidden_columns_with_values_are_read_and_reported() -> None:
    columns = '<table:table-column/><table:table-column table:visibility="collapse" table:number-columns-repeated="16383"/>'
    table = read(written(table_of(row(text("a"), text("b")), columns=columns)))
    assert cells(table) == {"A1": "a", "B1": "b"}
    assert rules(table) == [("reading/hidden-column", "info", 0, 2)]


def test_a_hidden_sheet_is_read_and_reported() -> None:
    style = '<style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>'
    table = read(written(table_of(row(text("a"))), table_of(row(text("b")), name="Notes", attributes='table:style-name="ta2"'), styles=style))
    assert [s.name for s in table.sheets] == ["Events", "Notes"]
    assert cells(table, 1) == {"A1": "b"}
    assert [(n.rule, n.severity, n.sheet) for n in table.notices] == [("reading/hidden-sheet", "info", "Notes")]


def test_a_merged_area_counts_for_its_first_cell_and_what_it_covers_is_read() -> None:
    first = text("c", 'table:number-rows-spanned="2" table:number-columns-spanned="1"')
    covered = text("d").replace("table-cell", "covered-table-cell")
    table = read(written(table_of(row(text("E1"), first), row(text("E2"), covered))))
    assert cells(table) == {"A1": "E1", "B1": "c", "A2": "E2", "B2": "d"}
    assert rules(table) == [("reading/merged-cells", "warning", 1, 2)]
    assert "B1:B2" in only(table).message
    assert "Beneath it 1 more cell" in only(table).message


def test_header_rows_and_groups_of_rows_are_rows() -> None:
    table = read(written(table_of(f"<table:table-header-rows>{row(text('ID'))}</table:table-header-rows>", f"<table:table-row-group>{row(text('E1'))}</table:table-row-group>")))
    assert cells(table) == {"A1": "ID", "A2": "E1"}


def test_a_table_within_a_cell_is_not_read_and_named() -> None:
    inner = table_of(row(text("inner")), name="In")
    table = read(written(table_of(row(text("a"), f"<table:table-cell>{inner}</table:table-cell>"), row(text("b")))))
    assert cells(table) == {"A1": "a", "A2": "b"}
    assert rules(table) == [("reading/nested-table", "violation", 1, 0)]


# ---------------------------------------------------------------- what is passed over, and told


def test_macros_are_ignored_with_a_word() -> None:
    table = read(written(table_of(row(text("a"))), **{"Basic/Standard/Module1.xml": "<m/>"}))
    assert rules(table) == [("reading/macros", "info", 0, 0)]


def test_what_is_kept_of_another_file_is_no_sheet_and_a_linked_sheet_is_one() -> None:
    kept = table_of("<table:table-source/>", row(text("x")), name="'file:///other.ods'#Sheet1")
    linked = table_of("<table:table-source/>", row(text("y")), name="Linked")
    table = read(written(table_of(row(text("a"))), linked, kept))
    assert [s.name for s in table.sheets] == ["Events", "Linked"]
    assert cells(table, 1) == {"A1": "y"}
    assert rules(table) == [("reading/external-links", "info", 0, 0)]


def test_every_row_in_is_a_row_out_or_a_row_reported() -> None:
    kinds = (text("a"), '<table:table-cell table:formula="of:=A1"/>', '<table:table-cell office:value-type="date" office:date-value="x"/>')
    rows = [row(kinds[n % 3], attributes='table:visibility="collapse"' if n % 2 else "") for n in range(300)]
    table = read(written(table_of(*rows, EMPTY_END)))
    out = {r.number for r in table.sheets[0].rows}
    reported = {n.row for n in table.notices if n.severity == "violation"}
    assert len(out) == 100
    assert out | reported == set(range(1, 301))
    assert not out & reported


def test_only_a_header_is_one_row_and_nothing_at_all_is_told_to_be_empty() -> None:
    table = read(written(table_of(row(text("ID"), text("Case")), EMPTY_END)))
    assert len(table.sheets[0].rows) == 1
    assert table.notices == ()
    assert rules(read(written(table_of(EMPTY_END)))) == [("reading/empty-file", "warning", 0, 0)]


# ---------------------------------------------------------------- refused


def test_an_encrypted_spreadsheet_is_refused_with_advice() -> None:
    manifest = '<manifest:manifest xmlns:manifest="urn:x"><manifest:encryption-data/></manifest:manifest>'
    with pytest.raises(UnreadableFileError, match="protected by a password") as caught:
        read(written(table_of(row(text("a"))), manifest=manifest))
    assert "save a copy without one" in caught.value.advice


def test_a_spreadsheet_encrypted_as_a_whole_is_refused_with_advice() -> None:
    manifest = '<manifest:manifest xmlns:manifest="urn:x"><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>'
    with pytest.raises(UnreadableFileError, match="protected by a password"):
        read(written(manifest=manifest, **{"content.xml": "\x8f\x01 no XML"}))


def test_content_that_ends_early_is_refused_whole() -> None:
    content = f'<office:document-content {SPACES}><office:body><office:spreadsheet>{table_of(row(text("a")))}'
    with pytest.raises(UnreadableFileError, match="damaged"):
        read(written(**{"content.xml": content}))


def test_content_with_a_doctype_is_refused() -> None:
    content = f'<!DOCTYPE d [<!ENTITY a "b">]><office:document-content {SPACES}/>'
    with pytest.raises(UnreadableFileError, match="DOCTYPE"):
        read(written(**{"content.xml": content}))


def test_a_text_document_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    with pytest.raises(UnreadableFileError, match="no spreadsheet"):
        read(stream.getvalue())
