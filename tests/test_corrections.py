"""Corrections of cells: what is asked for is written, everything else stays, and what cannot be written is refused by its place."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from command_line import Cli
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font
from test_case_validation import TABLES, as_opendocument, as_separated, as_workbook, checked, spoilt
from test_spoilt_workbooks import CASES, put

from imri_kg.case_validation.correcting import apply_corrections, corrected_file
from imri_kg.case_validation.corrections import MOST_CORRECTIONS, Correction, read_corrections
from imri_kg.case_validation.messages import CorrectedCell, Message
from imri_kg.case_validation.service import Source, check_cases
from imri_kg.errors import CorrectionError
from imri_kg.graph import KnowledgeGraph
from imri_kg.readers import read_table_file
from imri_kg.reports.shown_tables import shown_tables

FIVE = {
    ("cases", 2, "Start"): "soon", ("determinants", 2, "Construct"): "Cultur", ("determinants", 3, "Phase"): "adaption",
    ("participants", 2, "Count"): "three", ("sources", 2, "Kind"): "novel",
}  # fmt: skip
MENDED = ["2018", "III.D", "adoption", "3", "publication"]


def corrections(file: str = "cases.xlsx") -> list[Correction]:
    return [Correction(file.format(sheet), sheet.capitalize(), row, column, "", value) for (sheet, row, column), value in zip(FIVE, MENDED, strict=True)]


def corrected(graph: KnowledgeGraph, sources: list[Source], *wanted: Correction) -> list[Source]:
    return apply_corrections(sources, wanted, graph.case_vocabulary.model).sources


def one(data: bytes, name: str, *cells: tuple[str, str], graph: KnowledgeGraph, sheet: str = "") -> bytes:
    """Return a file with some cells corrected, by their names."""
    return corrected(graph, [Source(name, data)], *(Correction(name, sheet, 0, "", cell, value) for cell, value in cells))[0].data


def refused(graph: KnowledgeGraph, sources: list[Source], *wanted: Correction) -> CorrectionError:
    with pytest.raises(CorrectionError) as caught:
        corrected(graph, sources, *wanted)
    return caught.value


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# ------------------------------------------------------------ the same in every kind of file


@pytest.mark.parametrize(("make", "file"), [(as_workbook, "cases.xlsx"), (as_opendocument, "cases.ods"), (as_separated, "{}.csv")])
def test_five_faults_corrected_in_one_go_leave_none(graph: KnowledgeGraph, make: object, file: str) -> None:
    sources = make(spoilt(FIVE))  # type: ignore[operator]
    assert not checked(graph, sources=sources).conforms
    mended = corrected(graph, sources, *corrections(file))
    assert checked(graph, sources=mended).messages == ()
    for old, new in zip(make(TABLES), mended, strict=True):  # type: ignore[operator]
        assert [(s.name, [(r.number, {c: str(v) for c, v in r.cells.items()}) for r in s.rows]) for s in read_table_file(old.name, old.data).sheets] == [
            (s.name, [(r.number, {c: str(v) for c, v in r.cells.items()}) for r in s.rows]) for s in read_table_file(new.name, new.data).sheets
        ]


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", " <b> & \"quoted\" ]]>", "two\nlines", "two  blanks\tand a tab", "_x0041_", "Zürich – “now” 😀", "'=1", "-5"])
@pytest.mark.parametrize(("make", "file"), [(as_workbook, "cases.xlsx"), (as_opendocument, "cases.ods")])
def test_a_text_stays_a_text_whatever_it_is(graph: KnowledgeGraph, make: object, file: str, text: str) -> None:
    (new,) = corrected(graph, make(TABLES), Correction(file, "Determinants", 2, "Statement", "", text))  # type: ignore[operator]
    (sheet,) = [s for s in read_table_file(new.name, new.data).sheets if s.name == "Determinants"]
    assert sheet.rows[1].cells[5] == text.strip()
    if file.endswith("xlsx"):
        cell = load_workbook(io.BytesIO(new.data))["Determinants"]["E2"]
        assert cell.data_type in ("s", "inlineStr") and not parts(new.data)["xl/worksheets/sheet4.xml"].count(b"<f")


@pytest.mark.parametrize(("make", "file"), [(as_workbook, "cases.xlsx"), (as_opendocument, "cases.ods"), (as_separated, "determinants.csv")])
def test_an_empty_value_empties_and_an_empty_cell_is_filled(graph: KnowledgeGraph, make: object, file: str) -> None:
    wanted = Correction(file, "Determinants", 2, "Valence", "", ""), Correction(file, "Determinants", 3, "Coding", "", "curated"), Correction(file, "Determinants", 3, "Construct", "", "III.A")
    new = next(s for s in corrected(graph, make(TABLES), *wanted) if s.name == file)  # type: ignore[operator]
    rows = next(s for s in read_table_file(file, new.data).sheets if s.name.lower() == "determinants").rows
    assert 7 not in rows[1].cells and (rows[2].cells[6], rows[2].cells[8]) == ("III.A", "curated")
    assert rows[2].cells[10] == "s1"


@pytest.mark.parametrize(("make", "file"), [(as_workbook, "cases.xlsx"), (as_opendocument, "cases.ods"), (as_separated, "{}.csv")])
def test_what_differs_from_the_files_is_told_by_its_place_with_what_they_hold(graph: KnowledgeGraph, make: object, file: str) -> None:
    name = file.format("determinants")
    same, first, last = (Correction(name, "Determinants", row, column, "", value) for row, column, value in ((2, "Kind", "determinant"), (2, "Construct", "III.D"), (3, "Phase", "")))
    done = apply_corrections(make(spoilt(FIVE)), [last, same, first], graph.case_vocabulary.model)  # type: ignore[operator]
    assert done.cells == (
        CorrectedCell(name, "Determinants", 2, "Construct", "F2", "Cultur", "III.D"),
        CorrectedCell(name, "Determinants", 3, "Phase", "D3", "adaption", ""),
    )
    assert apply_corrections(done.sources, [], graph.case_vocabulary.model) == (done.sources, ())


# ------------------------------------------------------------ workbooks


def rich() -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "Determinants"
    sheet.append(["Observation", "Case", "Construct", "Own"])
    sheet.append(["o1", "north", "Cultur", None])
    sheet.append(["o2", "north", "III.D", 7])
    sheet["C2"].font, sheet["C2"].comment = Font(bold=True, color="FF00AA00"), Comment("look again", "me")
    sheet.column_dimensions["C"].width = 44
    other = book.create_sheet("Sums")
    other["A1"], other["A2"] = "=Determinants!D3*2", 3
    return saved(book)


def test_everything_else_of_a_workbook_stays_byte_for_byte(graph: KnowledgeGraph) -> None:
    old = rich()
    new = one(old, "c.xlsx", ("C2", "III.D"), sheet="Determinants", graph=graph)
    before, after = parts(old), parts(new)
    assert list(before) == list(after)
    assert [name for name in before if before[name] != after[name]] == ["xl/worksheets/sheet1.xml"]
    sheet = load_workbook(io.BytesIO(new))["Determinants"]
    assert (sheet["C2"].value, sheet["C2"].font.b, sheet["C2"].comment.text, sheet.column_dimensions["C"].width) == ("III.D", True, "look again", 44)
    assert load_workbook(io.BytesIO(new))["Sums"]["A1"].value == "=Determinants!D3*2"
    assert one(old, "c.xlsx", ("C2", "III.D"), sheet="Determinants", graph=graph) == new


def swapped(data: bytes, part: str, old: bytes, new: bytes, **more: bytes) -> bytes:
    """Return an archive with some bytes of one part replaced, and with further parts."""
    found = parts(data)
    assert old in found[part]
    found[part] = found[part].replace(old, new)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in {**found, **more}.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_a_formula_is_replaced_and_the_list_of_formulas_goes_with_it(graph: KnowledgeGraph) -> None:
    data = swapped(rich(), "xl/worksheets/sheet2.xml", b"<v />", b"<v>14</v>") if b"<v />" in parts(rich())["xl/worksheets/sheet2.xml"] else rich()
    data = swapped(data, "xl/_rels/workbook.xml.rels", b"</Relationships>", b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain" Target="calcChain.xml"/></Relationships>',
                   **{"xl/calcChain.xml": b'<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="A1" i="2"/></calcChain>'})  # fmt: skip
    data = swapped(data, "[Content_Types].xml", b"</Types>", b'<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"/></Types>')
    after = parts(one(data, "c.xlsx", ("A1", "20"), sheet="Sums", graph=graph))
    assert "xl/calcChain.xml" not in after
    assert not [name for name, content in after.items() if b"calcChain" in content]
    assert b"<f" not in after["xl/worksheets/sheet2.xml"]


@pytest.mark.parametrize(
    ("old", "new", "cell", "says"),
    [
        (b'<c r="A2"', b'<c r="B1"><f t="shared" ref="B1:B2" si="0">A2*2</f><v>6</v></c></row><row r="2"><c r="B2"><f t="shared" si="0"/><v>8</v></c><c r="C2"', "B1", "have their formula from this one"),
        (b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="A1:A2"/></mergeCells>', "A2", "covered by the merged cells A1:A2"),
    ],
)  # fmt: skip
def test_a_cell_that_stands_for_others_is_refused(graph: KnowledgeGraph, old: bytes, new: bytes, cell: str, says: str) -> None:
    data = rich()
    part = parts(data)["xl/worksheets/sheet2.xml"]
    if cell == "B1":
        old, new = b'</row><row r="2">', new.replace(b'<c r="B1">', b'<c r="B1">', 1).removesuffix(b'<c r="C2"')
        assert old in part
    error = refused(graph, [Source("c.xlsx", swapped(data, "xl/worksheets/sheet2.xml", old, new))], Correction("c.xlsx", "Sums", 0, "", cell, "5"))
    assert says in str(error)
    assert error.place == {"file": "c.xlsx", "sheet": "Sums", "cell": cell}


def test_a_number_in_a_column_of_numbers_is_a_number(graph: KnowledgeGraph) -> None:
    (new,) = corrected(graph, as_workbook(TABLES), Correction("cases.xlsx", "Participants", 2, "Count", "", "4"), Correction("cases.xlsx", "Cases", 2, "Name", "", "4"))
    book = load_workbook(io.BytesIO(new.data))
    assert (book["Participants"]["E2"].value, book["Cases"]["B2"].value) == (4, "4")


def test_a_row_and_a_cell_that_the_file_leaves_out_are_put_in_at_their_place(graph: KnowledgeGraph) -> None:
    book = Workbook()
    sheet = book.active
    sheet["A1"], sheet["C1"], sheet["A5"], sheet["C5"] = "a", "c", 1, 3
    new = one(saved(book), "c.xlsx", ("B5", "two"), ("B3", "b3"), ("A3", "a3"), ("B1", "b"), graph=graph)
    assert [[c.value for c in row] for row in load_workbook(io.BytesIO(new)).active.iter_rows()] == [["a", "b", "c"], [None] * 3, ["a3", "b3", None], [None] * 3, [1, "two", 3]]


# ------------------------------------------------------------ OpenDocument


def test_repeated_cells_and_rows_are_divided_and_styles_and_remarks_stay(graph: KnowledgeGraph) -> None:
    rows = ('<table:table-row><table:table-cell office:value-type="string" table:number-columns-repeated="3"><text:p>h</text:p></table:table-cell></table:table-row>'
            '<table:table-row table:number-rows-repeated="3"><table:table-cell table:style-name="s1" office:value-type="string" table:number-columns-repeated="3"><office:annotation><text:p>why</text:p></office:annotation><text:p>x</text:p></table:table-cell></table:table-row>'
            '<table:table-row table:number-rows-repeated="1000"><table:table-cell table:number-columns-repeated="1000"/></table:table-row>')  # fmt: skip
    (empty,) = as_opendocument({"determinants": []})
    data = swapped(empty.data, "content.xml", b'table:name="Determinants">', f'table:name="Determinants">{rows}'.encode())
    new = one(data, "c.ods", ("B3", "=new"), graph=graph)
    assert [list(r.cells.values()) for r in read_table_file("c.ods", new).sheets[0].rows] == [["h"] * 3, ["x"] * 3, ["x", "=new", "x"], ["x"] * 3]
    content = parts(new)["content.xml"]
    assert b'<table:table-cell table:style-name="s1" office:value-type="string"><office:annotation><text:p>why</text:p></office:annotation><text:p>=new</text:p></table:table-cell>' in content
    assert b"table:formula" not in content


# ------------------------------------------------------------ delimited texts

LATIN = "Case;Name;Setting\r\na;\"Montréal; centre\";clinic\r\nb;Québec\r\n\r\nc;x;y\r\n".encode("latin-1")


def test_delimiter_encoding_line_ends_and_quotes_of_a_csv_stay(graph: KnowledgeGraph) -> None:
    new = one(LATIN, "cases.csv", ("B2", "Trois-Rivières"), ("C3", "école; là"), ("B5", "z"), graph=graph)
    assert new.decode("latin-1") == "Case;Name;Setting\r\na;\"Trois-Rivières\";clinic\r\nb;Québec;\"école; là\"\r\n\r\nc;z;y\r\n"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_other_encodings_of_a_csv_stay_too(graph: KnowledgeGraph, codec: str) -> None:
    data = "Case\tName\na\tMontréal\nb\tLaval\n".encode(codec)
    assert one(data, "cases.tsv", ("B3", "Lévis “là”"), graph=graph) == "Case\tName\na\tMontréal\nb\tLévis “là”\n".encode(codec)


def test_a_stated_delimiter_stays(graph: KnowledgeGraph) -> None:
    assert one(b"sep=;\nCase;Name\na;x", "cases.csv", ("B2", "y;z"), graph=graph) == b'sep=;\nCase;Name\na;"y;z"'


@pytest.mark.parametrize(("value", "says"), [("=1+1", "run it as a formula"), ("Łódź", "has no 'Ł'")])
def test_what_a_csv_cannot_hold_is_refused(graph: KnowledgeGraph, value: str, says: str) -> None:
    error = refused(graph, [Source("cases.csv", LATIN)], Correction("cases.csv", "Cases", 2, "Setting", "", value))
    assert says in str(error) and error.number == 1


def test_several_files_are_given_out_together(graph: KnowledgeGraph) -> None:
    mended = corrected(graph, as_separated(spoilt(FIVE)), *corrections("{}.csv"))
    name, data = corrected_file(mended)
    assert (name, parts(data)) == ("corrected.zip", {s.name: s.data for s in mended})
    assert corrected_file(mended) == (name, data)


# ------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (Correction("case.xlsx", "Cases", 2, "Name", "", "x"), "Did you mean 'cases.xlsx'?"),
        (Correction("cases.xlsx", "Case", 2, "Name", "", "x"), "no sheet 'Case'. Did you mean 'Cases'?"),
        (Correction("cases.xlsx", "Cases", 2, "Nam", "", "x"), "no column 'Nam'. Did you mean 'Name'?"),
        (Correction("cases.xlsx", "Cases", 3, "Name", "", "x"), "no row 3 of data. Its rows with data are 2 to 2."),
        (Correction("cases.xlsx", "Cases", 1, "Name", "", "x"), "no row 1 of data"),
        (Correction("cases.xlsx", "Cases", 0, "", "ZZ1", "x"), "beyond the last filled cell, J2"),
        (Correction("cases.xlsx", "", 2, "Name", "", "x"), "no sheet ''"),
    ],
)  # fmt: skip
def test_a_cell_that_is_not_there_is_refused_by_its_name(graph: KnowledgeGraph, wanted: Correction, says: str) -> None:
    fine = Correction("cases.xlsx", "Cases", 2, "Setting", "", "A ward.")
    error = refused(graph, as_workbook(TABLES), fine, wanted)
    assert says in str(error) and (error.number, error.place) == (2, wanted.place)


def test_a_cell_that_is_named_twice_is_refused_however_it_is_named(graph: KnowledgeGraph) -> None:
    error = refused(graph, as_workbook(TABLES), Correction("cases.xlsx", "Cases", 2, "Name", "", "x"), Correction("cases.xlsx", "Cases", 0, "", "B2", "x"))
    assert "cell B2 is corrected by correction 1 already" in str(error)


def test_files_without_cells_are_refused(graph: KnowledgeGraph) -> None:
    for source in (Source("a.ttl", b""), Source("a.xlsx", b"PK\x03\x04"), Source("a.xls", b"\xd0\xcf\x11\xe0")):
        assert refused(graph, [source], Correction(source.name, "", 2, "Name", "", "x")).number == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "as JSON"), ("[" * 100_000, "as JSON"), ("{}", "no list"), ("[1]", "Correction 1 is no object"), ('[{"file": "a"}]', "'value' is missing"),
        ('[{"file": "a", "value": 3, "cell": "A1"}]', "'value' has to be a text"), ('[{"file": "a", "value": "", "colour": 1}]', "a member 'colour'"),
        ('[{"file": "a", "value": ""}]', "by one of the two"), ('[{"file": "a", "value": "", "cell": "A1", "row": 1}]', "by one of the two"),
        ('[{"file": "a", "value": "", "cell": "A0"}]', "not the name of a cell"), ('[{"file": "a", "value": "", "row": true, "column": "b"}]', "number of a row"),
        ('[{"file": "a", "value": "", "row": 0, "column": "b"}]', "number of a row"), ('[{"file": "a", "value": "a\\u0000", "cell": "A1"}]', "no cell can hold"),
        ('[{"file": "a", "value": "\\ud800", "cell": "A1"}]', "no cell can hold"), (json.dumps([{"file": "a", "value": "x" * 32_768, "cell": "A1"}]), "more than 32,767"),
        (json.dumps([{"file": "a", "value": "", "cell": "A1"}] * (MOST_CORRECTIONS + 1)), "at most 5,000"), (" " * 2_000_000, "1,024 KiB"),
    ],
)  # fmt: skip
def test_what_is_no_list_of_corrections_is_refused(text: str, says: str) -> None:
    with pytest.raises(CorrectionError, match=says.replace("(", r"\(")):
        read_corrections(text.encode())


# ------------------------------------------------------------ suggestions that can be put in


def as_correction(m: Message) -> Correction:
    assert m.replacement is not None
    return Correction(m.file, m.sheet, 0, "", m.cell, m.replacement)


def goes_away(graph: KnowledgeGraph, sources: list[Source]) -> int:
    """Take each replacement by itself, check again, and return how many there were."""
    messages = [m for m in checked(graph, sources=sources).messages if m.replacement is not None]
    for m in messages:
        again = checked(graph, sources=corrected(graph, sources, as_correction(m))).messages
        assert not [a for a in again if (a.file, a.sheet, a.row, a.column, a.shape, a.value) == (m.file, m.sheet, m.row, m.column, m.shape, m.value)], (m, again)
    return len(messages)


def test_a_replacement_of_the_spoilt_workbooks_makes_its_message_go_away(graph: KnowledgeGraph) -> None:
    example = graph.case_template(example=True)
    taken = set()
    for case in CASES:
        book = load_workbook(io.BytesIO(example))
        case.spoil(book)
        if goes_away(graph, [Source("cases.xlsx", saved(book))]):
            taken.add(case.name)
    assert taken >= {"a misspelt construct", "an impact that is none", "a case that is not there", "a renamed column", "an informant of nobody", "a code beside another label"}


@pytest.mark.parametrize(
    ("spoil", "replacement"),
    [
        ({("determinants", 2, "Construct"): "Cultur"}, "III.D Culture"),
        ({("determinants", 2, "Construct"): "cfir2009:I.E"}, "I.E Innovation Trialability"),
        ({("determinants", 2, "Other constructs"): "cfir2022:III.A; Cultur; cfir2022:I.E"}, "cfir2022:III.A; Culture (cfir2009:III.C); cfir2022:I.E"),
        ({("determinants", 2, "Other constructs"): "III.A, III.D"}, "III.A; III.D"),
        ({("determinants", 2, "Informant"): "i1; p11"}, "i1; p1"),
        ({("determinants", 2, "Case"): "noth"}, "north"),
        ({("determinants", 3, "Phase"): "adaption"}, "adoption"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("make", [as_workbook, as_separated])
def test_a_replacement_is_the_text_of_the_whole_cell(graph: KnowledgeGraph, make: object, spoil: dict, replacement: str) -> None:
    sources = make(spoilt(spoil))  # type: ignore[operator]
    assert replacement in [m.replacement for m in checked(graph, sources=sources).messages]
    assert goes_away(graph, sources)


@pytest.mark.parametrize(
    ("spoil", "replacement", "replacements"),
    [
        ({("determinants", 2, "Valence"): "facilitater"}, "facilitator", ("facilitator",)),
        ({("determinants", 2, "Phase"): "implementaton"}, "implementation", ("implementation",)),
        ({("determinants", 2, "Phase"): "adoption / implementation"}, None, ("adoption", "implementation")),
        ({("cases", 2, "Case"): "North", ("cases", 3, "Case"): "NORTH", ("cases", 3, "Start"): "2019"}, None, ("North", "NORTH")),
    ],
)  # fmt: skip
def test_what_is_asked_about_can_be_answered_with_each_of_its_options(graph: KnowledgeGraph, spoil: dict, replacement: str | None, replacements: tuple[str, ...]) -> None:
    sources = as_workbook(spoilt(spoil))
    found = [m for m in checked(graph, sources=sources).messages if m.replacements]
    assert (replacement, replacements) in [(m.replacement, m.replacements) for m in found]
    for m in found:
        assert (m.replacement is None) == (m.suggestion == "") and m.replacement in (None, m.replacements[0])
        assert "ikg:" not in m.message
        for value in m.replacements:
            wanted = Correction(m.file, m.sheet, 0, "", m.cell, value)
            assert not [a for a in checked(graph, sources=corrected(graph, sources, wanted)).messages if (a.cell, a.sheet, a.shape) == (m.cell, m.sheet, m.shape)]


def test_a_replacement_is_written_as_the_list_of_its_column_has_it(graph: KnowledgeGraph) -> None:
    sources = as_workbook(spoilt({("determinants", 2, "Construct"): "Cultur", ("determinants", 2, "Phase"): "adoptoin", ("sources", 2, "Kind"): "publicaton", ("dataset", 2, "Framework"): "cfir-2202"}))
    done = check_cases(sources, graph.case_vocabulary, graph.release)
    choices = {(t["sheet"], c["name"]): c["choices"] for t in shown_tables(done, sources, graph.case_vocabulary) for c in t["columns"]}
    offered = [(m, value) for m in done.validation.messages for value in m.replacements]
    assert len(offered) >= 4
    for m, value in offered:
        assert value in choices[m.sheet, m.column] or not choices[m.sheet, m.column], (m, value)


def test_what_is_no_text_for_a_cell_is_no_replacement(graph: KnowledgeGraph) -> None:
    book = load_workbook(io.BytesIO(graph.case_template(example=True)))
    put("Determinants", 2, "Statement", None)(book)
    book["Events"].delete_rows(1)
    found = checked(graph, sources=[Source("cases.xlsx", saved(book))]).messages
    assert [m.suggestion for m in found if m.suggestion and m.replacement is None] and {m.replacement for m in found} == {None}


# ------------------------------------------------------------ the command line


def test_the_command_line_writes_the_corrected_file_and_keeps_its_own(cli: Cli, tmp_path: Path, graph: KnowledgeGraph) -> None:
    (source,) = as_workbook(spoilt(FIVE))
    file, out, listed = tmp_path / "cases.xlsx", tmp_path / "new.xlsx", tmp_path / "corrections.json"
    file.write_bytes(source.data)
    listed.write_text(json.dumps([{**c.place, "value": c.value} for c in corrections()]), encoding="utf-8")
    assert cli("validate", str(file), "--corrections", str(listed), "--format", "corrected", "-o", str(out)).status == 0
    assert file.read_bytes() == source.data
    assert checked(graph, sources=[Source("new.xlsx", out.read_bytes())]).messages == ()
    told = cli("validate", str(file), "--corrections", str(listed)).out
    assert "Checked with 5 corrections. The file cases.xlsx itself was not changed." in told and "'Cultur' -> 'III.D'" in told
    for arguments, says in ((["-o", str(tmp_path / "a.csv")], "end with .xlsx"), ([], "need a name"), (["-o", str(listed)], "one of the files that are read")):
        told = cli("validate", str(file), "--corrections", str(listed), "--format", "corrected", *arguments)
        assert told.status == 2 and says in told.err
    listed.write_text('[{"file": "other.xlsx", "sheet": "", "cell": "A1", "value": ""}]', encoding="utf-8")
    assert "no file 'other.xlsx'" in cli("validate", str(file), "--corrections", str(listed)).err
