"""Delimited text as spreadsheet programs and people write it: encodings, delimiters, quotation marks, and no record lost."""

from __future__ import annotations

import codecs
from typing import Any

import pytest

from imri_kg.errors import UnreadableFileError
from imri_kg.readers import Notice, TableFile, cell_name, read_table_file

TEXT = "ID,Setting\r\nS1,Montréal – l’hôpital\r\n"


def read(data: bytes, name: str = "cases.csv") -> TableFile:
    return read_table_file(name, data)


def values(table: TableFile) -> list[list[Any]]:
    return [list(row.cells.values()) for row in table.sheets[0].rows]


def cells(table: TableFile) -> dict[str, Any]:
    return {cell_name(row.number, column): value for row in table.sheets[0].rows for column, value in row.cells.items()}


def rules(table: TableFile) -> list[tuple[str, str, int, int]]:
    return [(n.rule, n.severity, n.row, n.column) for n in table.notices]


def only(table: TableFile) -> Notice:
    assert len(table.notices) == 1, rules(table)
    return table.notices[0]


# ---------------------------------------------------------------- encodings


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode("utf-8"),
        codecs.BOM_UTF8 + TEXT.encode("utf-8"),
        codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16 le", "utf-16 be", "utf-32"],
)
def test_an_encoding_that_the_file_tells_is_read_without_a_word(data: bytes) -> None:
    table = read(data)
    assert values(table) == [["ID", "Setting"], ["S1", "Montréal – l’hôpital"]]
    assert table.notices == ()


@pytest.mark.parametrize(("codec", "name"), [("cp1252", "Windows-1252"), ("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16"), ("mac_roman", "Mac Roman")])
def test_a_guessed_encoding_is_told_at_the_first_letter_that_shows_it(codec: str, name: str) -> None:
    table = read(TEXT.encode(codec))
    assert values(table) == [["ID", "Setting"], ["S1", "Montréal – l’hôpital"]]
    found = only(table)
    assert (found.rule, found.severity, found.row, found.column) == ("reading/encoding", "info", 2, 2)
    assert name in found.message
    assert "B2" in found.message


def test_plain_ascii_needs_no_word_about_its_encoding() -> None:
    assert read("ID\nS1\n".encode("utf-16-le")).notices == ()
    assert read(b"ID\nS1\n").notices == ()


def test_utf_8_with_one_spoilt_place_is_named_at_the_cell_and_the_rest_is_read() -> None:
    table = read("ID,Setting\nS1,Montréal\nS2,Québec\nS3,".encode() + b"x\xffy\n")
    assert values(table)[1:3] == [["S1", "Montréal"], ["S2", "Québec"]]
    assert rules(table) == [("reading/broken-characters", "violation", 4, 2)]


# ---------------------------------------------------------------- line ends and rows


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "mac"])
@pytest.mark.parametrize("last", ["", "end"])
def test_line_ends_of_every_system_make_the_same_rows(end: str, last: str) -> None:
    data = end.join(["ID,Setting", "S1,a", "S2,b"]) + (end if last else "")
    table = read(data.encode())
    assert cells(table) == {"A1": "ID", "B1": "Setting", "A2": "S1", "B2": "a", "A3": "S2", "B3": "b"}
    assert table.notices == ()


def test_a_line_end_within_a_cell_makes_no_row_and_an_empty_line_makes_one() -> None:
    table = read(b'ID,Setting\n"S1","two\r\nlines"\n\nS3,c\n')
    assert cells(table) == {"A1": "ID", "B1": "Setting", "A2": "S1", "B2": "two\nlines", "A4": "S3", "B4": "c"}


def test_the_sheet_is_called_after_the_file() -> None:
    assert read(b"ID\n", "site 3/events.csv").sheets[0].name == "events"


# ---------------------------------------------------------------- delimiters


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    rows = [["ID", "Setting", "Share"], ["S1", "clinic", "0.5"], ["S2", "ward", "0.7"]]
    assert values(read("\n".join(delimiter.join(r) for r in rows).encode())) == rows


def test_a_decimal_comma_is_not_taken_for_a_delimiter() -> None:
    assert values(read(b"ID;Share\nS1;0,5\nS2;0,7\n")) == [["ID", "Share"], ["S1", "0,5"], ["S2", "0,7"]]


def test_codes_divided_by_semicolons_within_cells_do_not_divide_the_record() -> None:
    assert values(read(b"ID,Codes\nS1,D1; D2; D3\nS2,D4; D5; D6\n")) == [["ID", "Codes"], ["S1", "D1; D2; D3"], ["S2", "D4; D5; D6"]]


def test_the_line_that_states_the_delimiter_for_excel_is_no_row() -> None:
    assert cells(read(b"sep=|\nID|Setting\nS1|a, b; c\n")) == {"A1": "ID", "B1": "Setting", "A2": "S1", "B2": "a, b; c"}


def test_a_file_of_one_column_is_not_divided_by_its_prose() -> None:
    assert values(read(b"Statement\nIt began, and went on.\nIt ended.\n")) == [["Statement"], ["It began, and went on."], ["It ended."]]


def test_every_cell_stays_text() -> None:
    assert values(read(b"ID,Number,When\nS1,007,05/11/2019\n"))[1] == ["S1", "007", "05/11/2019"]


# ---------------------------------------------------------------- quotation marks


def test_a_quotation_mark_written_twice_is_one() -> None:
    assert values(read(b'ID,Quote\nS1,"They said ""no"", twice"\n'))[1] == ["S1", 'They said "no", twice']


def test_a_quotation_mark_that_is_never_closed_is_a_violation_that_tells_what_it_swallowed() -> None:
    table = read(b'ID,Setting\nS1,a\nS2,"b\nS3,c\nS4,d\n')
    assert cells(table) == {"A1": "ID", "B1": "Setting", "A2": "S1", "B2": "a", "A3": "S2"}
    found = only(table)
    assert (found.rule, found.severity, found.row, found.column) == ("reading/open-quote", "violation", 3, 2)
    assert "B3" in found.message
    assert "3 line ends" in found.message


@pytest.mark.parametrize("tail", [b'"', b'"\n', b'"b', b'"b\n', b'x,"'])
def test_an_open_quotation_mark_at_the_very_end_is_found(tail: bytes) -> None:
    assert [(r[0], r[1]) for r in rules(read(b"ID,Setting\nS1,a\n" + tail))] == [("reading/open-quote", "violation")]


@pytest.mark.parametrize("tail", [b'""', b'"b"', b'"b"\n', b'x,""', b"\n\n"])
def test_a_closed_quotation_mark_at_the_very_end_is_none(tail: bytes) -> None:
    assert read(b"ID,Setting\nS1,a\n" + tail).notices == ()


def test_an_open_quotation_mark_in_a_long_file_is_refused() -> None:
    data = b'ID,Setting\nS1,"a\n' + b"S2,b\n" * 100_000
    with pytest.raises(UnreadableFileError, match="a quotation mark seems not to be closed"):
        read(data)


def test_a_cell_that_goes_on_behind_its_quotation_mark_is_named() -> None:
    table = read(b'ID,Quote\nS1,"a" b,c\nS2,d\n')
    assert ("reading/stray-quote", "violation", 2, 0) in rules(table)
    assert values(table)[-1] == ["S2", "d"]


# ---------------------------------------------------------------- damage, blanks, nothing


def test_zero_bytes_among_text_are_left_out_and_told() -> None:
    table = read(b"ID,Setting\nS1,cli\0nic\nS2,ward is a long enough text to show what the bytes are\n")
    assert values(table)[1] == ["S1", "clinic"]
    found = only(table)
    assert (found.rule, found.severity) == ("reading/zero-bytes", "warning")
    assert "line 2" in found.message


@pytest.mark.parametrize("name", ["cases.csv", "cases.tsv", "cases"])
def test_bytes_that_are_no_text_are_refused(name: str) -> None:
    with pytest.raises(UnreadableFileError, match="neither text nor a workbook"):
        read(bytes(range(1, 32)) * 40, name)


def test_trailing_blanks_go_in_silence_and_odd_blanks_are_told_once() -> None:
    table = read("ID,Code\nS1  ,\u00a0III.D\nS2,D6.3\u200b\n".encode())
    assert values(table)[1:] == [["S1", "III.D"], ["S2", "D6.3"]]
    assert rules(table) == [("reading/odd-blanks", "info", 2, 2)]


def test_trailing_delimiters_and_rows_of_delimiters_hold_nothing() -> None:
    table = read(b"ID,Setting,,,\nS1,a,,,\n,,,,\n,,,,\n")
    assert cells(table) == {"A1": "ID", "B1": "Setting", "A2": "S1", "B2": "a"}
    assert table.notices == ()


@pytest.mark.parametrize("data", [b"", b"\n\n", codecs.BOM_UTF8, b",,,\n,,,\n", b"  \n"], ids=["nothing", "line ends", "mark", "commas", "blanks"])
def test_a_file_without_any_value_is_told_to_be_empty(data: bytes) -> None:
    table = read(data)
    assert table.sheets[0].rows == ()
    assert rules(table) == [("reading/empty-file", "warning", 0, 0)]


def test_a_file_with_only_a_header_has_one_row_and_no_notice() -> None:
    table = read(b"ID,Setting\n")
    assert values(table) == [["ID", "Setting"]]
    assert table.notices == ()


def test_a_record_of_very_many_columns_is_quick_and_too_many_cells_are_refused() -> None:
    assert len(read(b"a," * 1_000_000 + b"a\n").sheets[0].rows[0].cells) == 1_000_001
    with pytest.raises(UnreadableFileError, match="filled cells"):
        read(b"a," * 2_000_000 + b"a\n")


def test_every_row_in_is_a_row_out_or_a_row_reported() -> None:
    lines = [f'S{n},"text, {n}",x' if n % 3 else f"S{n},{'y' * (n % 50)}," for n in range(1, 1000)]
    table = read(("\n".join(lines) + '\nS1000,"never closed\nS1001,a,b\n').encode())
    assert [r.number for r in table.sheets[0].rows] == list(range(1, 1001))
    assert [(n.rule, n.row) for n in table.notices] == [("reading/open-quote", 1000)]
    assert "S1001" not in str(table.sheets)
    assert "2 line ends" in only(table).message


def test_the_name_of_an_old_workbook_does_not_hide_text() -> None:
    table = read(b"ID\tSetting\nS1\ta\n", "export.xls")
    assert table.kind == "csv"
    assert values(table) == [["ID", "Setting"], ["S1", "a"]]
    assert rules(table) == [("reading/other-kind", "info", 0, 0)]
