"""Excel workbooks as people leave them: every value is read, and what the sheet hides or lacks is told at its cell."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import MAC_EPOCH
from openpyxl.worksheet.table import Table

from imri_kg.errors import UnreadableFileError
from imri_kg.readers import Notice, TableFile, cell_name, read_table_file

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
BOOK = f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets><sheet name="Events" sheetId="1" r:id="r1"/></sheets></workbook>'


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def book_of(*rows: list[Any]) -> Workbook:
    book = Workbook()
    book.active.title = "Events"
    for row in rows:
        book.active.append(row)
    return book


def relations(*entries: tuple[str, str, str]) -> str:
    inner = "".join(f'<Relationship Id="{i}" Type="{RELATIONS}/{kind}" Target="{target}"/>' for i, kind, target in entries)
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inner}</Relationships>'


def written(rows: str, after: str = "", **parts: str) -> bytes:
    """Return a workbook of one sheet whose rows are given as XML, for what openpyxl does not write."""
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'
    standard = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": relations(("r1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": relations(("r1", "worksheet", "worksheets/sheet1.xml"), ("r2", "sharedStrings", "sharedStrings.xml")),
        "xl/worksheets/sheet1.xml": sheet,
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (standard | parts).items():
            archive.writestr(name, text)
    return stream.getvalue()


def changed(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """Return the archive with one place of one part replaced."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == part:
                assert old in content
                content = content.replace(old, new)
            target.writestr(name, content)
    return stream.getvalue()


def read(data: bytes) -> TableFile:
    return read_table_file("cases.xlsx", data)


def cells(table: TableFile, sheet: int = 0) -> dict[str, Any]:
    return {cell_name(row.number, column): value for row in table.sheets[sheet].rows for column, value in row.cells.items()}


def rules(table: TableFile) -> list[tuple[str, str, int, int]]:
    return [(n.rule, n.severity, n.row, n.column) for n in table.notices]


def only(table: TableFile) -> Notice:
    assert len(table.notices) == 1, rules(table)
    return table.notices[0]


# ---------------------------------------------------------------- values


def test_texts_numbers_and_truth_values_keep_their_kind() -> None:
    table = read(saved(book_of(["ID", "Number", "Share", "Yes"], ["E1", 12, 33.3, True], ["E2", 0, 1.0, False])))
    assert table.kind == "xlsx"
    assert [s.name for s in table.sheets] == ["Events"]
    found = cells(table)
    assert (found["A2"], found["B2"], found["C2"]) == ("E1", 12, 33.3)
    assert found["D2"] is True
    assert found["D3"] is False
    assert found["B3"] == 0
    assert table.notices == ()


def test_dates_are_dates_and_a_time_of_day_is_kept() -> None:
    book = book_of(["When"], [date(2019, 11, 5)], [datetime(2019, 11, 5, 14, 30)], [timedelta(hours=26)])
    assert cells(read(saved(book))) == {"A1": "When", "A2": date(2019, 11, 5), "A3": datetime(2019, 11, 5, 14, 30), "A4": "26:00"}


def test_dates_count_from_1904_where_the_workbook_says_so() -> None:
    book = book_of([date(2019, 11, 5)])
    book.epoch = MAC_EPOCH
    data = saved(book)
    assert b'date1904="1"' in zipfile.ZipFile(io.BytesIO(data)).read("xl/workbook.xml")
    assert cells(read(data)) == {"A1": date(2019, 11, 5)}


def test_a_date_that_the_file_writes_as_text_of_iso_8601_is_a_date() -> None:
    assert cells(read(written('<row r="1"><c r="A1" t="d"><v>2019-11-05T00:00:00</v></c></row>'))) == {"A1": date(2019, 11, 5)}


def test_a_number_that_is_no_date_although_its_format_is_one_is_named() -> None:
    book = book_of([1.0])
    book.active["A1"] = 99999999
    book.active["A1"].number_format = "yyyy-mm-dd"
    table = read(saved(book))
    assert table.sheets[0].rows == ()
    assert rules(table)[-1] == ("reading/unreadable-cell", "violation", 1, 1)


def test_a_percentage_is_read_as_the_number_behind_and_told() -> None:
    book = book_of(["Share"], [0.45])
    book.active["A2"].number_format = "0%"
    table = read(saved(book))
    assert cells(table)["A2"] == 0.45
    assert rules(table) == [("reading/percentages", "warning", 2, 1)]


def test_a_percent_sign_that_a_format_only_shows_makes_no_percentage() -> None:
    book = book_of([45])
    book.active["A1"].number_format = '0" %"'
    assert read(saved(book)).notices == ()


def test_inline_strings_and_rich_text_are_read_without_their_fonts_and_phonetic_text() -> None:
    book = book_of(["x"])
    book.active["A1"] = CellRichText("plain ", TextBlock(InlineFont(b=True), "bold"), " end")
    assert cells(read(saved(book))) == {"A1": "plain bold end"}
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>one</t></is></c><c r="B1" t="inlineStr"><is><r><t>t</t></r><r><t>wo</t></r><rPh sb="0" eb="1"><t>zwei</t></rPh></is></c></row>'
    assert cells(read(written(rows))) == {"A1": "one", "B1": "two"}


def test_characters_that_the_file_writes_as_numbers_are_given_back() -> None:
    strings = f'<sst xmlns="{MAIN}"><si><t>a_x000A_b</t></si><si><t>_x005F_x000A_</t></si></sst>'
    rows = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    assert cells(read(written(rows, **{"xl/sharedStrings.xml": strings}))) == {"A1": "a\nb", "B1": "_x000A_"}


@pytest.mark.parametrize("index", ["7", "-1", "x"])
def test_a_text_that_the_table_of_texts_lacks_is_named(index: str) -> None:
    strings = f'<sst xmlns="{MAIN}"><si><t>a</t></si></sst>'
    table = read(written(f'<row r="1"><c r="A1" t="s"><v>{index}</v></c><c r="B1"><v>2</v></c></row>', **{"xl/sharedStrings.xml": strings}))
    assert cells(table) == {"B1": 2}
    assert rules(table) == [("reading/unreadable-cell", "violation", 1, 1)]


def test_trailing_blanks_go_in_silence_and_odd_blanks_are_told_once_a_sheet() -> None:
    table = read(saved(book_of(["adoption  ", "\u00a0III.D", "D6.3\u200b", " lead", "   "])))
    assert cells(table) == {"A1": "adoption", "B1": "III.D", "C1": "D6.3", "D1": "lead"}
    assert rules(table) == [("reading/odd-blanks", "info", 1, 2)]
    assert only(table).message.startswith("3 cells ")


# ---------------------------------------------------------------- formulas and errors


def test_the_saved_value_of_a_formula_is_read_and_told_once_a_sheet() -> None:
    table = read(written('<row r="2"><c r="B2"><f>1+1</f><v>2</v></c><c r="C2" t="str"><f>"a"</f><v>a</v></c></row>'))
    assert cells(table) == {"B2": 2, "C2": "a"}
    assert rules(table) == [("reading/formulas", "info", 2, 2)]
    assert only(table).message.startswith("2 cells with formulas (B2 first)")


def test_a_formula_without_saved_value_is_a_violation_that_names_the_cell() -> None:
    table = read(saved(book_of(["ID", "Total"], ["E1", "=1+1"])))
    assert cells(table) == {"A1": "ID", "B1": "Total", "A2": "E1"}
    found = only(table)
    assert (found.rule, found.severity, found.sheet, found.row, found.column) == ("reading/formula-without-value", "violation", "Events", 2, 2)
    assert "B2" in found.message


def test_a_formula_whose_result_is_an_empty_text_is_an_empty_cell() -> None:
    table = read(written('<row r="1"><c r="A1" t="str"><f>""</f><v></v></c></row>'))
    assert table.sheets[0].rows == ()
    assert [n.rule for n in table.notices] == ["reading/empty-file"]


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#DIV/0!"])
def test_an_error_value_is_no_text_but_a_violation_at_its_cell(error: str) -> None:
    table = read(written(f'<row r="3"><c r="A3"><v>1</v></c><c r="D3" t="e"><f>X</f><v>{error}</v></c></row>'))
    assert cells(table) == {"A3": 1}
    assert ("reading/error-value", "violation", 3, 4) in rules(table)
    assert error in next(n for n in table.notices if n.rule == "reading/error-value").message


def test_many_errors_are_listed_up_to_a_number_and_the_rest_counted() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="e"><v>#N/A</v></c></row>' for n in range(1, 701))
    found = [n for n in read(written(rows)).notices if n.rule == "reading/error-value"]
    assert len(found) == 501
    assert found[-1].message.startswith("There are 200 more")


# ---------------------------------------------------------------- what the sheet does not show


def test_a_merged_area_counts_for_its_first_cell_and_is_told() -> None:
    book = book_of(["ID", "Case"], ["E1", "c"], ["E2"], ["E3"])
    book.active.merge_cells("B2:B4")
    table = read(saved(book))
    assert cells(table) == {"A1": "ID", "B1": "Case", "A2": "E1", "B2": "c", "A3": "E2", "A4": "E3"}
    assert rules(table) == [("reading/merged-cells", "warning", 2, 2)]
    assert "B2:B4" in only(table).message


def test_a_value_beneath_a_merged_area_is_read_and_told() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
    table = read(written(rows, '<mergeCells><mergeCell ref="A1:B1"/></mergeCells>'))
    assert cells(table) == {"A1": 1, "B1": 2}
    assert "Beneath it 1 more cell with a value is covered" in only(table).message


def test_an_empty_merged_area_is_not_worth_a_word() -> None:
    book = book_of(["ID"])
    book.active.merge_cells("C3:F9")
    assert read(saved(book)).notices == ()


def test_a_merged_area_of_the_whole_sheet_is_quick() -> None:
    began = time.perf_counter()
    read(written('<row r="1"><c r="A1"><v>1</v></c></row>', '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'))
    assert time.perf_counter() - began < 1


def test_a_hidden_row_is_read_and_reported() -> None:
    book = book_of(["ID"], ["E1"], ["E2"])
    book.active.row_dimensions[3].hidden = True
    table = read(saved(book))
    assert cells(table)["A3"] == "E2"
    assert rules(table) == [("reading/hidden-row", "info", 3, 0)]


def test_a_hidden_column_with_values_is_read_and_reported_and_an_empty_one_is_not() -> None:
    book = book_of(["ID", "Case"], ["E1", "c"])
    book.active.column_dimensions["B"].hidden = True
    book.active.column_dimensions["F"].hidden = True
    table = read(saved(book))
    assert cells(table)["B2"] == "c"
    assert rules(table) == [("reading/hidden-column", "info", 0, 2)]
    assert "(B)" in only(table).message


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_read_and_reported(state: str) -> None:
    book = book_of(["ID"])
    other = book.create_sheet("Notes")
    other.append(["kept"])
    other.sheet_state = state
    table = read(saved(book))
    assert [s.name for s in table.sheets] == ["Events", "Notes"]
    assert cells(table, 1) == {"A1": "kept"}
    assert [(n.rule, n.severity, n.sheet) for n in table.notices] == [("reading/hidden-sheet", "info", "Notes")]


def test_rows_that_a_filter_does_not_show_are_read_and_reported() -> None:
    book = book_of(["ID", "Case"], ["E1", "a"], ["E2", "b"])
    book.active.auto_filter.ref = "A1:B3"
    book.active.auto_filter.add_filter_column(1, ["a"])
    book.active.row_dimensions[3].hidden = True
    table = read(saved(book))
    assert cells(table)["A3"] == "E2"
    assert rules(table) == [("reading/filter", "info", 3, 0)]


def test_a_filter_of_a_table_is_seen_in_the_part_of_the_table() -> None:
    book = book_of(["ID", "Case"], ["E1", "a"], ["E2", "b"])
    book.active.add_table(Table(displayName="T", ref="A1:B3"))
    book.active.row_dimensions[2].hidden = True
    data = saved(book)
    plain = '<autoFilter ref="A1:B3"/>'
    if plain.encode() not in zipfile.ZipFile(io.BytesIO(data)).read("xl/tables/table1.xml"):
        plain = '<autoFilter ref="A1:B3" />'
    chosen = '<autoFilter ref="A1:B3"><filterColumn colId="1"><filters><filter val="b"/></filters></filterColumn></autoFilter>'
    assert [r[0] for r in rules(read(data))] == ["reading/hidden-row"]
    assert [r[0] for r in rules(read(changed(data, "xl/tables/table1.xml", plain.encode(), chosen.encode())))] == ["reading/filter"]


def test_arrows_of_a_filter_that_hides_nothing_are_not_reported() -> None:
    book = book_of(["ID"], ["E1"])
    book.active.auto_filter.ref = "A1:A2"
    assert read(saved(book)).notices == ()


# ---------------------------------------------------------------- places


def test_the_last_cell_of_a_sheet_costs_nothing() -> None:
    book = book_of(["ID"])
    book.active["XFD1048576"] = "far"
    data = saved(book)
    began = time.perf_counter()
    assert cells(read(data)) == {"A1": "ID", "XFD1048576": "far"}
    assert time.perf_counter() - began < 1


def test_the_size_that_a_sheet_states_is_not_believed() -> None:
    table = read(changed(saved(book_of(["a"], ["b"])), "xl/worksheets/sheet1.xml", b'<dimension ref="A1:A2"', b'<dimension ref="A1"'))
    assert cells(table) == {"A1": "a", "A2": "b"}


def test_cells_and_rows_without_a_name_follow_one_another() -> None:
    assert cells(read(written("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"))) == {"A1": 1, "B1": 2, "A2": 3}


def test_rows_out_of_order_are_kept_and_a_cell_given_twice_is_named() -> None:
    table = read(written('<row r="3"><c r="A3"><v>3</v></c></row><row r="1"><c r="A1"><v>1</v></c></row><row r="3"><c r="A3"><v>4</v></c><c r="B3"><v>5</v></c></row>'))
    assert cells(table) == {"A1": 1, "A3": 3, "B3": 5}
    assert [(n.rule, n.severity, n.row, n.column, n.value) for n in table.notices] == [("reading/repeated-cell", "violation", 3, 1, "4")]


def test_every_row_in_is_a_row_out_or_a_row_reported() -> None:
    rows, written_rows = [], 200
    for n in range(1, written_rows + 1):
        content = {0: '<c r="A{n}"><v>{n}</v></c>', 1: '<c r="A{n}" t="e"><v>#N/A</v></c>', 2: '<c r="A{n}"><f>B1</f></c>', 3: '<c r="A{n}" t="x"><v>1</v></c>'}[n % 4]
        hidden = ' hidden="1"' if n % 3 == 0 else ""
        rows.append(f'<row r="{n}"{hidden}>{content.format(n=n)}</row>')
    table = read(written("".join(rows)))
    out = {row.number for row in table.sheets[0].rows}
    reported = {n.row for n in table.notices if n.severity == "violation"}
    assert len(out) == 50
    assert out | reported == set(range(1, written_rows + 1))
    assert not out & reported


def test_a_workbook_with_only_a_header_has_one_row_and_no_notice() -> None:
    table = read(saved(book_of(["ID", "Case"])))
    assert len(table.sheets[0].rows) == 1
    assert table.notices == ()


def test_a_workbook_without_any_value_is_told_to_be_empty() -> None:
    table = read(saved(Workbook()))
    assert [s.rows for s in table.sheets] == [()]
    assert rules(table) == [("reading/empty-file", "warning", 0, 0)]


# ---------------------------------------------------------------- what is passed over, and told


def test_macros_are_ignored_with_a_word() -> None:
    data = written('<row><c><v>1</v></c></row>', **{"xl/vbaProject.bin": "Sub AutoOpen()"})
    table = read_table_file("cases.xlsm", data)
    assert cells(table) == {"A1": 1}
    assert rules(table) == [("reading/macros", "info", 0, 0)]


def test_external_links_are_ignored_with_a_word() -> None:
    links = relations(("r1", "worksheet", "worksheets/sheet1.xml"), ("r9", "externalLink", "externalLinks/externalLink1.xml"))
    table = read(written('<row><c><f>[1]Other!A1</f><v>7</v></c></row>', **{"xl/_rels/workbook.xml.rels": links}))
    assert cells(table) == {"A1": 7}
    assert [r[0] for r in rules(table)] == ["reading/external-links", "reading/formulas"]


def test_a_chart_sheet_has_no_cells_and_is_named() -> None:
    book = book_of(["ID"])
    book.create_chartsheet("Picture")
    table = read(saved(book))
    assert [s.name for s in table.sheets] == ["Events"]
    assert [(n.rule, n.severity, n.sheet) for n in table.notices] == [("reading/chart-sheet", "info", "Picture")]


def test_a_workbook_of_the_strict_kind_is_read() -> None:
    data = written('<row r="1" hidden="1"><c r="A1"><v>1</v></c></row>')
    for part in ("xl/workbook.xml", "xl/worksheets/sheet1.xml"):
        data = changed(data, part, MAIN.encode(), b"http://purl.oclc.org/ooxml/spreadsheetml/main")
    table = read(data)
    assert cells(table) == {"A1": 1}
    assert rules(table) == [("reading/hidden-row", "info", 1, 0)]


def test_the_same_bytes_give_the_same_table() -> None:
    data = saved(book_of(["ID", "\u00a0x"], ["E1", "=A1"]))
    assert read(data) == read(data)


@pytest.mark.parametrize("rows", ['<row r="0"><c r="A0"><v>1</v></c></row>', '<row r="x"/>', '<row r="1"><c r="1A"><v>1</v></c></row>'])
def test_a_place_that_no_sheet_has_is_refused(rows: str) -> None:
    with pytest.raises(UnreadableFileError, match="damaged"):
        read(written(rows))
