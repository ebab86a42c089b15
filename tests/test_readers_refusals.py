"""What is no table, broken, locked or made to harm is refused: what it is, where, and what to do; never half a table."""

from __future__ import annotations

import io
import re
import struct
import time
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest
from openpyxl import Workbook

from imri_kg.errors import UnreadableFileError
from imri_kg.readers import read_table_file

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
XML = b'<?xml version="1.0" encoding="UTF-8"?>'
SHEET, BOOK, STRINGS, STYLES = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"


def stream_name(name: str) -> bytes:
    """Return how an old Office file writes the name of one of its streams."""
    return OLE + name.encode("utf-16-le")


def zipped(**parts: bytes | str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def with_types(content_type: str) -> bytes:
    return zipped(**{"[Content_Types].xml": f'<Types><Override ContentType="{content_type}"/></Types>'})


def workbook(rows: int = 3) -> bytes:
    book = Workbook()
    for n in range(rows):
        book.active.append([f"E{n}", f"text {n}", n])
    stream = io.BytesIO()
    book.save(stream)
    # openpyxl writes texts into their cells; Excel keeps them in a part of its own.
    source = zipfile.ZipFile(stream)
    parts = {n: source.read(n) for n in source.namelist()}
    relation = b'<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    parts[RELATIONS] = parts[RELATIONS].replace(b"</Relationships>", relation)
    parts[SHEET] = re.sub(rb'<c r="A([0-9]+)" t="inlineStr"><is>.*?</is></c>', rb'<c r="A\1" t="s"><v>0</v></c>', parts[SHEET])
    parts[STRINGS] = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' + b"<si><t>shared</t></si>" * rows + b"</sst>"
    return zipped(**parts)


def replaced(part: str, change: Callable[[bytes], bytes] | None, data: bytes = b"") -> bytes:
    """Return a workbook with one part changed, or without it."""
    source = zipfile.ZipFile(io.BytesIO(data or workbook()))
    assert part in source.namelist()
    parts = {n: source.read(n) for n in source.namelist()}
    if change is None:
        del parts[part]
    else:
        parts[part] = change(parts[part])
    return zipped(**parts)


def refusal(name: str, data: bytes) -> UnreadableFileError:
    """Return the refusal, which must name the file and say what to do, within a second."""
    began = time.perf_counter()
    with pytest.raises(UnreadableFileError) as caught:
        read_table_file(name, data)
    assert time.perf_counter() - began < 2
    error = caught.value
    assert error.name == name
    assert len(error.what) > 10
    assert len(error.advice) > 10
    assert "Traceback" not in str(error)
    return error


# ---------------------------------------------------------------- other kinds


OTHERS = {
    "old workbook": ("cases.xls", stream_name("Workbook"), "(.xls)", "save it as 'Excel Workbook (.xlsx)'"),
    "old workbook called xlsx": ("cases.xlsx", stream_name("Workbook"), "(.xls)", "save it as 'Excel Workbook (.xlsx)'"),
    "very old workbook": ("cases.xls", b"\x09\x04\x06\x00\x00\x00\x10\x00", "very old Excel file", "save it as 'Excel Workbook (.xlsx)'"),
    "password": ("cases.xlsx", stream_name("EncryptedPackage"), "protected by a password", "take the password off"),
    "old document": ("cases.doc", stream_name("WordDocument"), "old Word document", "Copy its table"),
    "old presentation": ("cases.ppt", stream_name("PowerPoint Document"), "PowerPoint", "Copy its table"),
    "binary workbook": ("cases.xlsb", with_types("application/vnd.ms-excel.sheet.binary.macroEnabled.main"), "(.xlsb)", "save it as 'Excel Workbook (.xlsx)'"),
    "document": ("cases.docx", with_types("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"), "a Word document", "Copy its table"),
    "document called xlsx": ("cases.xlsx", with_types("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"), "a Word document, although", "Copy its table"),
    "presentation": ("cases.pptx", with_types("application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"), "PowerPoint", "Copy its table"),
    "numbers": ("cases.numbers", zipped(**{"Index/Document.iwa": b"x"}), "Apple Numbers", "Export To, Excel"),
    "numbers by name": ("cases.numbers", b"something", "Numbers", "Export To, Excel"),
    "zip called csv": ("cases.csv", zipped(**{"a.csv": "ID"}), "a zip archive, although its name ends with .csv", "Unpack it"),
    "workbook called csv": ("cases.csv", workbook(), "an Excel workbook, although its name ends with .csv", "Rename it"),
    "page called csv": ("cases.csv", b"\n<!-- x --><!DOCTYPE html><html><body>Log in</body></html>", "web page (HTML), although its name ends with .csv", "save it as .xlsx"),
    "page called xls": ("cases.xls", b"<html><table><tr><td>1</td></tr></table></html>", "web page", "save it as .xlsx"),
    "page in UTF-16": ("cases.csv", "\ufeff<html><body>".encode("utf-16-le"), "web page", "save it as .xlsx"),
    "page that says it is XML": ("cases.csv", XML + b"<html><body/></html>", "web page", "save it as .xlsx"),
    "PDF called csv": ("cases.csv", b"%PDF-1.7\n1 0 obj", "a PDF, although its name ends with .csv", "ask for the file that it was made of"),
    "workbook in XML": ("cases.xls", XML + b'<?mso-application progid="Excel.Sheet"?><Workbook/>', "of the kind of 2003", "save it as"),
    "flat spreadsheet": ("cases.fods", XML + b'<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>', "(.fods)", "save it as .ods"),
    "REFI-QDA project": ("cases.qdpx", zipped(**{"study.qde": "<Project/>", "sources/a.txt": "x"}), "a project of a qualitative-coding program (REFI-QDA)", "Export its coded passages"),
    "REFI-QDA codebook": ("cases.qdc", XML + b'<CodeBook xmlns="urn:QDA-XML:codebook:1.0"/>', "a codebook or project of a qualitative-coding program (REFI-QDA)", "Export its coded passages"),
    "XML": ("cases.csv", XML + b"<data/>", "This is XML", "Export the table"),
    "JSON": ("cases.csv", b'[{"ID": "S1"}]', "This is JSON", "Export the table"),
    "gzip": ("cases.csv", b"\x1f\x8b\x08", "gzip", "Unpack it"),
    "picture": ("cases.csv", b"\x89PNG\r\n\x1a\n", "picture", "ask for the table"),
    "SPSS": ("cases.sav", b"$FL2@(#)", "SPSS", "Export the table"),
    "database": ("cases.qda", b"SQLite format 3\0", "SQLite", "Export the table"),
    "empty workbook file": ("cases.xlsx", b"", "The file is empty", "saved or copied to its end"),
    "workbook file of zeros": ("cases.xlsx", bytes(1000), "The file is empty", "saved or copied to its end"),
    "text called xlsx": ("cases.xlsx", b"ID,Case\nE1,c\n", "the content is no workbook", "rename it to .csv"),
    "unknown ending": ("cases.md", b"# Cases\n", "Files that end with .md", ".xlsx, .ods, .csv"),
}


@pytest.mark.parametrize("which", OTHERS)
def test_what_is_no_table_is_refused_by_its_kind_with_advice(which: str) -> None:
    name, data, what, advice = OTHERS[which]
    error = refusal(name, data)
    assert what in error.what
    assert advice in error.advice


@pytest.mark.parametrize("name", ["cases.zip", "cases", "cases.bin"])
def test_a_workbook_is_read_by_its_content_whatever_its_name_and_told(name: str) -> None:
    table = read_table_file(name, workbook())
    assert len(table.sheets[0].rows) == 3
    assert [(n.rule, n.severity) for n in table.notices] == [("reading/other-kind", "info")]


def test_a_workbook_with_a_document_in_it_is_still_a_workbook() -> None:
    more = b'<Default Extension="docx" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document"/>'
    more += b'<Default Extension="xlsb" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.12"/></Types>'
    data = replaced("[Content_Types].xml", lambda c: c.replace(b"</Types>", more))
    assert len(read_table_file("cases.xlsx", data).sheets[0].rows) == 3


# ---------------------------------------------------------------- broken files


def test_the_workbook_of_these_tests_is_read_when_nothing_is_wrong_with_it() -> None:
    table = read_table_file("cases.xlsx", workbook(2))
    assert [row.cells for row in table.sheets[0].rows] == [{1: "shared", 2: "text 0", 3: 0}, {1: "shared", 2: "text 1", 3: 1}]
    assert table.notices == ()


def test_a_workbook_cut_anywhere_is_refused() -> None:
    data = workbook()
    for length in (*range(4, 200, 7), *range(200, len(data), 97), len(data) - 1):
        refusal("cases.xlsx", data[:length])


@pytest.mark.parametrize("part", [SHEET, BOOK, STYLES, "[Content_Types].xml"])
def test_a_workbook_without_a_part_that_it_needs_is_refused(part: str) -> None:
    refusal("cases.xlsx", replaced(part, None))


def test_each_cell_whose_text_is_missing_is_named_and_the_others_are_read() -> None:
    table = read_table_file("cases.xlsx", replaced(STRINGS, None))
    assert [row.cells for row in table.sheets[0].rows] == [{2: f"text {n}", 3: n} for n in range(3)]
    assert [(n.rule, n.severity, n.row, n.column) for n in table.notices] == [("reading/unreadable-cell", "violation", n, 1) for n in (1, 2, 3)]


@pytest.mark.parametrize("part", [SHEET, BOOK, STRINGS, STYLES, RELATIONS])
def test_xml_that_ends_early_is_refused_and_no_half_table_is_given(part: str) -> None:
    data = workbook(200)
    for share in (0.0, 0.3, 0.6, 0.97):
        error = refusal("cases.xlsx", replaced(part, lambda c, s=share: c[: int(len(c) * s)], data))
        assert "damaged" in error.what
    assert part in error.what


def test_xml_that_ends_between_two_rows_is_refused() -> None:
    error = refusal("cases.xlsx", replaced(SHEET, lambda c: c[: c.index(b"</row>") + 6]))
    assert SHEET in error.what


def test_a_spoilt_byte_in_packed_data_is_refused() -> None:
    data = bytearray(workbook(500))
    entry = zipfile.ZipFile(io.BytesIO(bytes(data))).getinfo(SHEET)
    data[entry.header_offset + 200] ^= 0xFF
    assert SHEET in refusal("cases.xlsx", bytes(data)).what


def test_an_archive_with_a_password_is_refused() -> None:
    data = bytearray(workbook())
    directory = data.index(b"PK\x01\x02")
    data[directory + 8] |= 1
    assert "password" in refusal("cases.xlsx", bytes(data)).what


def test_a_sheet_that_no_relation_names_is_refused() -> None:
    data = replaced(RELATIONS, lambda c: c.replace(b'Id="rId1"', b'Id="rId77"'))
    assert "damaged" in refusal("cases.xlsx", data).what


# ---------------------------------------------------------------- files made to harm


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    stream = io.BytesIO(workbook())
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as archive, archive.open("xl/media/image1.bin", "w") as entry:
        for _ in range(40):
            entry.write(bytes(1_000_000))
    data = stream.getvalue()
    assert len(data) < 100_000
    tracemalloc.start()
    try:
        error = refusal("cases.xlsx", data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "unpacks to more than 200 times its size" in error.what
    assert peak < 5_000_000


def stated_size(data: bytes, part: str, size: int) -> bytes:
    """Return the archive with another unpacked size in its list of entries."""
    changed, at = bytearray(data), 0
    while True:
        at = data.index(b"PK\x01\x02", at)
        length = struct.unpack_from("<H", data, at + 28)[0]
        if data[at + 46 : at + 46 + length] == part.encode():
            struct.pack_into("<L", changed, at + 24, size)
            return bytes(changed)
        at += 4


def test_an_archive_that_states_too_great_a_size_is_refused_before_it_is_unpacked() -> None:
    assert "Unpacked it would take" in refusal("cases.xlsx", stated_size(workbook(), SHEET, 2_000_000_000)).what


def test_an_archive_that_states_too_small_a_size_is_refused() -> None:
    assert "damaged" in refusal("cases.xlsx", stated_size(workbook(500), SHEET, 1000)).what


def test_an_archive_of_very_many_entries_is_refused() -> None:
    assert "entries" in refusal("cases.xlsx", zipped(**{f"a{n}": b"" for n in range(10_001)})).what


def test_a_list_of_entries_that_is_too_big_is_not_even_read() -> None:
    data = bytearray(workbook())
    struct.pack_into("<L", data, data.rindex(b"PK\x05\x06") + 12, 400_000_000)
    assert "far more entries" in refusal("cases.xlsx", bytes(data)).what


DOCTYPES = {
    "entities": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
    "another file": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
    "an address": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    "nothing": b"<!DOCTYPE x>",
}


@pytest.mark.parametrize("kind", DOCTYPES)
@pytest.mark.parametrize("part", [SHEET, BOOK, STRINGS, STYLES, RELATIONS])
def test_a_part_with_a_doctype_is_refused(part: str, kind: str) -> None:
    error = refusal("cases.xlsx", replaced(part, lambda c: XML + DOCTYPES[kind] + c.partition(b"?>")[2] if c.startswith(b"<?xml") else DOCTYPES[kind] + c))
    assert "DOCTYPE" in error.what
    assert part in error.what


def test_a_doctype_in_utf_16_or_behind_a_long_remark_is_refused_too() -> None:
    doctype = DOCTYPES["entities"].decode()
    assert "DOCTYPE" in refusal("cases.xlsx", replaced(SHEET, lambda c: (doctype + c.decode()).encode("utf-16"))).what
    refusal("cases.xlsx", replaced(SHEET, lambda c: b"<!--" + b"x" * 100_000 + b"-->" + DOCTYPES["entities"] + c))


@pytest.mark.parametrize(
    ("part", "inner"),
    [(SHEET, b"<sheetData><row>%s</row></sheetData>"), (SHEET, b"<sheetData>%s</sheetData>"), (STRINGS, b"%s"), (STRINGS, b"<si>%s</si>")],
    ids=["cells of a row", "rows", "texts", "runs of a text"],
)
def test_elements_without_end_are_refused_before_they_fill_the_memory(part: str, inner: bytes) -> None:
    """Tags of a few bytes cost twenty times as much in memory, and without values no limit of filled cells counts them."""
    tag = b"<row/>" if inner == b"<sheetData>%s</sheetData>" else b"<si/>" if inner == b"%s" else b"<c/>" if part == SHEET else b"<r/>"
    root = b"worksheet" if part == SHEET else b"sst"
    content = b'<%s xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' % root + inner.replace(b"%s", tag * 2_500_000) + b"</%s>" % root
    stream = io.BytesIO()
    source = zipfile.ZipFile(io.BytesIO(workbook()))
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name in source.namelist():
            archive.writestr(name, content if name == part else source.read(name))
    with pytest.raises(UnreadableFileError, match="more .* than a"):
        read_table_file("cases.xlsx", stream.getvalue())


def test_xml_nested_without_end_is_refused_or_passed_over_and_does_no_harm() -> None:
    deep = b"<a>" * 100_000 + b"</a>" * 100_000
    data = replaced(SHEET, lambda c: c.replace(b"<sheetData>", deep + b"<sheetData>"))
    assert len(read_table_file("cases.xlsx", data).sheets[0].rows) == 3


def test_a_file_over_the_limit_is_refused_by_its_size() -> None:
    assert "200 MB are read at most" in refusal("cases.csv", bytes(200_000_001)).what
