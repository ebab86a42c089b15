"""The marked workbook: what is marked, what of the user's own stays, and that no file makes it fail, hang or change."""

from __future__ import annotations

import io
import re
import time
import zipfile
from datetime import datetime
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from imri_kg.case_validation.messages import CaseDataset, Message, Validation
from imri_kg.readers import read_table_file
from imri_kg.reports import write_report
from imri_kg.reports.findings_sheet import FILLS, HEADER
from imri_kg.stable_zip import stable

NAME = "cases.xlsx"


def finding(row: int | None, column: str = "", cell: str = "", severity: str = "violation", text: str = "It is odd.", sheet: str = "Determinants", **more: str) -> Message:
    """Return a message about a sheet of the workbook."""
    return Message(more.pop("file", NAME), sheet, row, column, severity, text, cell=cell, **more)


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def small() -> Workbook:
    """Return a workbook with a sheet of three rows and another sheet."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Determinants"
    for row in (("Observation", "Case", "Construct"), ("F1", "S1", "Cultur"), ("F2", "S1", "III.D")):
        sheet.append(row)
    other = book.create_sheet("Cases")
    other.append(("Case", "Setting"))
    other.append(("S1", "clinic"))
    return book


def marked_bytes(inputs: dict[str, bytes], *messages: Message) -> bytes:
    read = CaseDataset("cases", tuple(inputs), "", {"Cases": 1}, ("S1",))
    return write_report(Validation(messages, (read,), "0"), "xlsx", inputs)


def marked(data: bytes | Workbook, *messages: Message) -> Workbook:
    """Return the marked copy of a workbook, opened again."""
    return load_workbook(io.BytesIO(marked_bytes({NAME: data if isinstance(data, bytes) else saved(data)}, *messages)), rich_text=True)


def findings(book: Workbook) -> list[dict[str, Any]]:
    """Return the rows of the first sheet that are messages."""
    rows = [dict(zip(HEADER, row, strict=True)) for row in book.worksheets[0].iter_rows(min_row=2, max_col=len(HEADER), values_only=True)]
    return [row for row in rows if row["Severity"] != "note"]


def notes(book: Workbook) -> str:
    rows = [dict(zip(HEADER, row, strict=True)) for row in book.worksheets[0].iter_rows(min_row=2, max_col=len(HEADER), values_only=True)]
    return "\n".join(str(row["Message"]) for row in rows if row["Severity"] == "note")


def colour(book: Workbook, sheet: str, cell: str) -> str:
    fill = book[sheet][cell].fill
    return fill.fgColor.rgb if fill.fill_type else ""


def comment(book: Workbook, sheet: str, cell: str) -> str:
    found = book[sheet][cell].comment
    return found.text if found else ""


RED, AMBER, BLUE = (FILLS[severity].fgColor.rgb for severity in ("violation", "warning", "info"))


# ---------------------------------------------------------------- what is marked


def test_a_cell_gets_a_fill_by_severity_and_a_comment_with_the_word() -> None:
    messages = (
        finding(2, "Construct", "C2", value="Cultur", suggestion="III.D", shape="shape:CaseObservation-construct"), finding(2, "Observation", "A2", "warning", "It is late."),
        finding(3, "Case", "B3", "info", "It rests on one."),
    )  # fmt: skip
    book = marked(small(), *messages)
    assert [colour(book, "Determinants", c) for c in ("C2", "A2", "B3", "B2")] == [RED, AMBER, BLUE, ""]
    assert "violation: It is odd.\nSuggestion: III.D\n(shape:CaseObservation-construct)" in comment(book, "Determinants", "C2")
    assert "warning: It is late." in comment(book, "Determinants", "A2")
    assert "info: It rests on one." in comment(book, "Determinants", "B3")
    assert book["Determinants"]["C2"].value == "Cultur"


def test_several_messages_of_one_cell_share_a_comment_and_the_gravest_gives_the_colour() -> None:
    book = marked(small(), finding(2, "Case", "B2", "info", "First."), finding(2, "Case", "B2", "violation", "Second."), finding(2, "Case", "B2", "warning", "Third."))
    assert colour(book, "Determinants", "B2") == RED
    assert re.findall(r"First|Second|Third", comment(book, "Determinants", "B2")) == ["Second", "Third", "First"]


def test_a_cell_with_very_many_messages_says_how_many_more_there_are() -> None:
    book = marked(small(), *[finding(2, "Case", "B2", text=f"Number {n}.") for n in range(20)])
    assert "and 12 more in the sheet Findings" in comment(book, "Determinants", "B2")


def test_a_message_about_a_row_marks_its_first_cell() -> None:
    book = marked(small(), finding(3, severity="warning"))
    assert colour(book, "Determinants", "A3") == AMBER
    assert "The whole row: It is odd." in comment(book, "Determinants", "A3")


def test_a_message_with_a_column_but_no_address_is_found_by_the_header() -> None:
    book = marked(small(), finding(3, "construct "), finding(None, "Case", text="The header stands twice."))
    assert colour(book, "Determinants", "C3") == RED
    assert "The header stands twice." in comment(book, "Determinants", "B1")


def test_a_message_about_an_empty_cell_marks_it() -> None:
    book = marked(small(), finding(9, "Construct", "C9"))
    assert colour(book, "Determinants", "C9") == RED
    assert "only" not in notes(book)


def test_a_message_within_merged_cells_is_put_at_their_first() -> None:
    book = small()
    book["Cases"].merge_cells("A4:B6")
    again = marked(book, finding(6, "Setting", "B6", sheet="Cases"))
    assert colour(again, "Cases", "A4") == RED
    assert "It is odd." in comment(again, "Cases", "A4")
    assert [str(r) for r in again["Cases"].merged_cells.ranges] == ["A4:B6"]


def test_a_message_about_a_file_or_an_unknown_sheet_is_listed_and_marks_nothing() -> None:
    book = marked(small(), finding(None, sheet=""), finding(None, sheet="Events"), finding(4, "x", "ZZZZ99999999"), finding(5, "y", "A0"))
    assert len(findings(book)) == 4
    assert [book.worksheets[0].cell(row, 3).hyperlink for row in (2, 3)] == [None, None]


# ---------------------------------------------------------------- the first sheet


def test_the_first_sheet_lists_every_message_and_is_the_one_that_opens() -> None:
    book = marked(small(), finding(2, "Construct", "C2", value="Cultur", suggestion="III.D", shape="s"), finding(2, severity="info", sheet="Cases"))
    sheet = book.worksheets[0]
    assert book.sheetnames == ["Findings", "Determinants", "Cases"]
    assert [cell.value for cell in sheet[1]] == list(HEADER)
    assert findings(book)[0] == {"Severity": "✖ violation", "File": NAME, "Sheet": "Determinants", "Row": 2, "Column": "Construct", "Value": "Cultur", "Message": "It is odd.", "Suggestion": "III.D", "Rule": "s"}
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:I4"
    assert book.active is sheet
    assert [s.sheet_view.tabSelected for s in book.worksheets[1:]] == [False, False]
    assert "The data do not conform" in notes(book)


def test_each_row_is_linked_to_its_cell() -> None:
    book = small()
    book.create_sheet("It's \"new\" (2)").append(("Case",))
    again = marked(book, finding(2, "Construct", "C2"), finding(1, "Case", "A1", sheet="It's \"new\" (2)"), finding(None))
    links = [again.worksheets[0].cell(row, 3).hyperlink for row in (2, 3, 4)]
    assert [link.location for link in links] == ["'Determinants'!$C$2", "'It''s \"new\" (2)'!$A$1", "'Determinants'!$A$1"]
    assert [link.target for link in links] == [None, None, None]


def test_rows_of_the_first_sheet_are_as_high_as_their_texts_and_in_the_font_of_the_workbook() -> None:
    sheet = marked(small(), finding(2, text="Short."), finding(3, text="word " * 80), finding(3, text="x" * 40_000)).worksheets[0]
    heights = [sheet.row_dimensions[row].height for row in (2, 3, 4)]
    assert heights[0] < 50 < heights[1] < heights[2] <= 409
    assert {cell.font.name for row in sheet["A1:I3"] for cell in row} == {"Calibri"}


def test_a_sheet_of_the_users_own_called_findings_stays() -> None:
    book = small()
    book.create_sheet("findings").append(("What we found", "x"))
    assert marked(book, finding(2)).sheetnames == ["Findings 2", "Determinants", "Cases", "findings"]


def test_nothing_found_is_said() -> None:
    book = marked(small())
    assert findings(book) == []
    assert "nothing was found" in notes(book)


@pytest.mark.parametrize("value", ["=1+1", "=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(A1)", "#N/A", "#REF!", "TRUE", "12", "\t=1"])
def test_no_value_becomes_a_formula_or_an_error(value: str) -> None:
    for inputs in ({NAME: saved(small())}, {"cases.csv": f'Case,Setting\nS1,"{value}"\n'.encode()}):
        name = next(iter(inputs))
        data = marked_bytes(inputs, finding(2, "Setting", "B2", text=value, value=value, suggestion=value, file=name, sheet="Cases"))
        book = load_workbook(io.BytesIO(data))
        assert {cell.data_type for row in book.worksheets[0].iter_rows(min_row=2, max_row=2, min_col=6, max_col=8) for cell in row} == {"s"}
        assert findings(book)[0]["Value"] == value
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert b"<f>" not in b"".join(archive.read(n) for n in archive.namelist() if n.startswith("xl/worksheets/"))


def test_a_text_that_looks_like_an_escape_is_escaped_and_a_long_one_is_cut() -> None:
    messages = [finding(2, value=text) for text in ("_x0041_", "😀" * 30_000, "x" * 40_000, "a\x00\ud800")]
    data = marked_bytes({NAME: saved(small())}, *messages)
    values = [row.cells[HEADER.index("Value") + 1] for row in read_table_file(NAME, data).sheets[0].rows[1:5]]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"_x005F_x0041_" in archive.read("xl/worksheets/sheet1.xml")
    assert values[0] == "_x0041_"
    assert len(values[1].encode("utf-16-le")) // 2 <= 32_767
    assert len(values[2]) == 32_767
    assert values[3] == "a␀�"


# ---------------------------------------------------------------- what stays


def test_the_users_formatting_and_rules_stay() -> None:
    book = small()
    sheet = book["Determinants"]
    sheet["A1"].font = Font(bold=True, color="FFFFFFFF")
    sheet["A1"].fill = PatternFill("solid", fgColor="FF1F3864")
    sheet["C2"].font = Font(italic=True, size=15)
    sheet["B2"].number_format = "0.00"
    sheet.column_dimensions["C"].width = 41
    sheet.row_dimensions[3].hidden = True
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = "A1:C3"
    rule = DataValidation(type="list", formula1='"III.D,III.C"')
    sheet.add_data_validation(rule)
    rule.add("C2:C99")
    sheet.conditional_formatting.add("C2:C9", CellIsRule(operator="equal", formula=['"x"'], fill=PatternFill("solid", bgColor="FF00FF00")))
    sheet["D1"] = "=COUNTA(A2:A3)"
    sheet["E1"] = CellRichText("all ", TextBlock(InlineFont(b=True), "bold"))
    again = marked(book, finding(2, "Construct", "C2"), finding(1, "Observation", "A1", "warning"))["Determinants"]
    assert (again["C2"].font.italic, again["C2"].font.size) == (True, 15)
    assert again["A1"].font.bold
    assert again["A1"].font.color.rgb == "FF1C1F23", "white text would not be seen on a light ground"
    assert again["B2"].number_format == "0.00"
    assert again.column_dimensions["C"].width == 41
    assert again.row_dimensions[3].hidden
    assert (again.freeze_panes, again.auto_filter.ref) == ("B2", "A1:C3")
    assert [(v.formula1, str(v.sqref)) for v in again.data_validations.dataValidation] == [('"III.D,III.C"', "C2:C99")]
    assert len(again.conditional_formatting) == 1
    assert again["D1"].value == "=COUNTA(A2:A3)"
    assert isinstance(again["E1"].value, CellRichText)


def test_the_users_comment_stays_before_ours() -> None:
    book = small()
    book["Determinants"]["C2"].comment = Comment("Ask the coder about this.", "a reviewer")
    text = comment(marked(book, finding(2, "Construct", "C2")), "Determinants", "C2")
    assert text.startswith("Ask the coder about this.\n\n")
    assert "violation: It is odd." in text


def test_a_marked_copy_can_be_marked_again_without_its_old_marks() -> None:
    book = small()
    book["Determinants"]["C2"].comment = Comment("Ask the coder about this.", "a reviewer")
    once = marked_bytes({NAME: saved(book)}, finding(2, "Construct", "C2", text="Old."), finding(3, text="Old."))
    twice = marked(once, finding(3, "Case", "B3", text="New."))
    assert twice.sheetnames == ["Findings", "Determinants", "Cases"]
    assert comment(twice, "Determinants", "C2") == "Ask the coder about this."
    assert [colour(twice, "Determinants", c) for c in ("C2", "A3", "B3")] == ["", "", RED]
    assert [row["Message"] for row in findings(twice)] == ["New."]
    assert comment(twice, "Determinants", "A3") == ""


def test_the_values_that_are_read_from_a_copy_are_those_of_the_original() -> None:
    data = saved(small())
    copy = marked_bytes({NAME: data}, finding(2, "Construct", "C2"), finding(3))
    assert read_table_file(NAME, copy).sheets[1:] == read_table_file(NAME, data).sheets


def test_a_text_of_the_user_that_looks_like_an_escape_stays_as_it_is() -> None:
    book = small()
    book["Determinants"]["C2"], book["Determinants"]["C3"] = "_x005F_x0041_", "a_x000A_b"
    data = saved(book)
    rows = read_table_file(NAME, data).sheets[0].rows
    assert (rows[1].cells[3], rows[2].cells[3]) == ("_x0041_", "a\nb")
    assert read_table_file(NAME, marked_bytes({NAME: data}, finding(2))).sheets[1].rows == rows


def test_macros_are_left_out_and_the_copy_is_a_plain_workbook() -> None:
    stream = io.BytesIO(saved(small()))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    with zipfile.ZipFile(io.BytesIO(marked_bytes({NAME: stream.getvalue()}, finding(2)))) as archive:
        assert "xl/vbaProject.bin" not in archive.namelist()
        assert b"macroEnabled" not in archive.read("[Content_Types].xml")


# ---------------------------------------------------------------- other files


def test_a_csv_folder_becomes_a_workbook_with_a_sheet_for_each_file() -> None:
    inputs = {"cases.csv": b"Case,Setting\nS1,2019-11\nS2,=1+1\n", "events.csv": "Event;Date\nE1;à définir\n".encode("cp1252")}
    messages = (finding(2, "Setting", "B2", file="cases.csv", sheet="Cases"), finding(2, "Date", "B2", "warning", file="events.csv", sheet="Events"))
    book = load_workbook(io.BytesIO(marked_bytes(inputs, *messages)))
    first, second = book.sheetnames[1:]
    assert [[c.value for c in row] for row in book[first]] == [["Case", "Setting"], ["S1", "2019-11"], ["S2", "=1+1"]]
    assert {c.data_type for row in book[first] for c in row} == {"s"}
    assert book[first]["B2"].number_format == "@"
    assert book[second]["B2"].value == "à définir"
    assert (colour(book, first, "B2"), colour(book, second, "B2")) == (RED, AMBER)
    assert [book.worksheets[0].cell(row, 3).hyperlink.location for row in (2, 3)] == [f"'{first}'!$B$2", f"'{second}'!$B$2"]


def test_an_opendocument_file_becomes_a_new_workbook() -> None:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    rows = "".join(f"<table:table-row>{cell.format(first)}{cell.format(second)}</table:table-row>" for first, second in (("Case", "Setting"), ("S1", "klinic")))
    spaces = " ".join(f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"' for prefix in ("office", "table", "text"))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", f'<office:document-content {spaces}><office:body><office:spreadsheet><table:table table:name="Cases">{rows}</table:table></office:spreadsheet></office:body></office:document-content>')
    book = load_workbook(io.BytesIO(marked_bytes({"cases.ods": stream.getvalue()}, finding(2, "Setting", "B2", file="cases.ods", sheet="Cases"))))
    assert book.sheetnames == ["Findings", "Cases"]
    assert [[c.value for c in row] for row in book["Cases"]] == [["Case", "Setting"], ["S1", "klinic"]]
    assert colour(book, "Cases", "B2") == RED
    assert book.worksheets[0]["C2"].hyperlink.location == "'Cases'!$B$2"


def test_sheets_of_several_files_have_short_names_that_differ() -> None:
    inputs = {f"{folder}/{name}.csv": b"Case,Setting\nS1,x\n" for folder in ("one", "two") for name in ("determinants", "History", "a" * 40 + "?*[]")}
    book = load_workbook(io.BytesIO(marked_bytes(inputs, *[finding(2, "Case", "A2", file=name, sheet="Cases") for name in inputs])))
    names = book.sheetnames
    assert len(names) == 7
    assert len({n.casefold() for n in names}) == 7
    assert all(len(n) <= 31 and not re.search(r"[\\/*?:\[\]]", n) and n.casefold() != "history" for n in names)
    assert [colour(book, name, "A2") for name in names[1:]] == [RED] * 6


def test_beside_a_workbook_other_files_come_with_their_values() -> None:
    styled = small()
    styled["Cases"]["B2"].font = Font(italic=True)
    inputs = {NAME: saved(styled), "events.csv": b"Event,Date\nE1,x\n", "second.xlsx": saved(small())}
    book = load_workbook(io.BytesIO(marked_bytes(inputs, finding(2, "Case", "B2", file="second.xlsx"), finding(2, "Date", "B2", file="events.csv", sheet="Events"))))
    assert book.sheetnames == ["Findings", "Determinants", "Cases", "events", "Determinants (second)", "Cases (second)"]
    assert book["Cases"]["B2"].font.italic
    assert (colour(book, "Determinants (second)", "B2"), colour(book, "events", "B2"), colour(book, "Determinants", "B2")) == (RED, RED, "")
    assert "only the first keeps its formatting" in notes(book)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 not a zip", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, b"\0\1\2" * 50, b"@prefix a: <x> ."], ids=["empty", "cut", "old", "binary", "graph"])
def test_a_file_that_cannot_be_read_as_tables_leaves_the_findings_alone(data: bytes) -> None:
    book = marked(data, finding(None, sheet="", text="It cannot be read."), finding(2, "Construct", "C2"))
    assert [row["Message"] for row in findings(book)] == ["It cannot be read.", "It is odd."]


def test_a_workbook_with_a_part_that_openpyxl_cannot_read_is_copied_by_its_values() -> None:
    broken = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(small()))) as source, zipfile.ZipFile(broken, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            target.writestr(entry, content.replace(b'<sz val="11"', b'<sz val="eleven"') if entry.filename == "xl/styles.xml" else content)
    book = marked(broken.getvalue(), finding(2, "Construct", "C2"))
    assert book["Determinants"]["C2"].value == "Cultur"
    assert colour(book, "Determinants", "C2") == RED
    assert "formatting of this workbook could not be read" in notes(book)


def test_a_workbook_with_a_damaged_part_that_no_table_needs_is_copied_by_its_values() -> None:
    broken = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(small()))) as source, zipfile.ZipFile(broken, "w", zipfile.ZIP_STORED) as target:
        for entry in source.infolist():
            target.writestr(entry.filename, source.read(entry))
    data = broken.getvalue()
    # A byte of the theme differs, so that its checksum is wrong.
    assert data.count(b"<a:theme ") == 1
    book = marked(data.replace(b"<a:theme ", b"<b:theme "), finding(2, "Construct", "C2"))
    assert book["Determinants"]["C2"].value == "Cultur"
    assert "formatting of this workbook could not be read" in notes(book)


# ---------------------------------------------------------------- size and time


def area(data: bytes, old: bytes, new: bytes) -> bytes:
    """Return a workbook in whose first sheet one piece of XML is another."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                assert old in content
                content = content.replace(old, new)
            target.writestr(entry, content)
    return stream.getvalue()


def test_a_cell_at_the_far_end_of_a_sheet_costs_nothing() -> None:
    book = small()
    book["Determinants"]["XFD1048576"] = "x"
    start = time.process_time()
    again = marked(book, finding(1_048_576, "", "XFD1048576"), finding(2, "Construct", "C2"))
    assert time.process_time() - start < 10
    assert colour(again, "Determinants", "XFD1048576") == RED


@pytest.mark.parametrize("tag", [b'<mergeCells count="1"><mergeCell ref="A5:XFD1048576"/></mergeCells>', b"<hyperlinks><hyperlink ref='B2:XFD1048576' location='x'/></hyperlinks>", b'<hyperlinks><hyperlink ref="A:A" location="x"/></hyperlinks>'])
def test_an_area_over_the_whole_sheet_is_copied_by_its_values(tag: bytes) -> None:
    start = time.process_time()
    book = marked(area(saved(small()), b"</sheetData>", b"</sheetData>" + tag), finding(2, "Construct", "C2"))
    assert time.process_time() - start < 10
    assert book["Determinants"]["C2"].value == "Cultur"
    assert colour(book, "Determinants", "C2") == RED
    assert "very large area" in notes(book)


def test_a_table_with_too_many_cells_is_copied_by_the_rows_that_have_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imri_kg.reports.workbook_copy.MOST_CELLS", 100)
    inputs = {"cases.csv": b"Case,Setting\n" + b"".join(b"S%d,x\n" % n for n in range(200))}
    book = load_workbook(io.BytesIO(marked_bytes(inputs, finding(150, "Setting", "B150", file="cases.csv", sheet="Cases"))))
    sheet = book.worksheets[1]
    assert [cell.value for cell in sheet[150]] == ["S148", "x"]
    assert sheet["A151"].value is None
    assert "only its first rows and those with a message" in notes(book)


def test_thousands_of_messages_are_written_in_reasonable_time() -> None:
    book = small()
    for number in range(4, 2002):
        book["Determinants"].append((f"F{number}", "S1", "Cultur"))
    start = time.process_time()
    again = marked(book, *[finding(row, "Construct", f"C{row}", value="Cultur") for row in range(2, 2000)])
    assert time.process_time() - start < 20
    assert len(findings(again)) == 1998


# ---------------------------------------------------------------- the same bytes


def test_the_same_workbook_gives_the_same_bytes_and_keeps_its_date(monkeypatch: pytest.MonkeyPatch) -> None:
    book = small()
    book.properties.created = datetime(2019, 11, 5, 10, 30)
    book.properties.creator = "a reviewer"
    data = saved(book)
    first = marked_bytes({NAME: data}, finding(2, "Construct", "C2"))
    time.sleep(1.1)
    assert marked_bytes({NAME: data}, finding(2, "Construct", "C2")) == first
    properties = load_workbook(io.BytesIO(first)).properties
    assert properties.created == properties.modified == datetime(2019, 11, 5, 10, 30)
    assert properties.creator == "a reviewer"


def test_a_copy_of_a_workbook_without_a_date_has_a_fixed_one() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(small()))) as source, zipfile.ZipFile(stream, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            target.writestr(entry, re.sub(rb"<dcterms:(created|modified).*?</dcterms:\1>", b"", content) if entry.filename == "docProps/core.xml" else content)
    assert marked(stream.getvalue()).properties.created == datetime(1980, 1, 1)


def test_a_stable_archive_has_the_parts_of_the_first_and_no_clock() -> None:
    data = saved(small())
    fixed = stable(data)
    assert stable(fixed) == fixed
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(io.BytesIO(fixed)) as after:
        assert before.namelist() == after.namelist()
        assert {entry.date_time for entry in after.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert [n for n in before.namelist() if before.read(n) != after.read(n)] == ["docProps/core.xml"]
    properties = load_workbook(io.BytesIO(fixed)).properties
    assert properties.created == properties.modified == datetime(1980, 1, 1)
