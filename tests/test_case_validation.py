"""From case tables to messages: the cell, what is wrong in it, and what would be right."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from xml.sax.saxutils import escape

import pytest
from openpyxl import Workbook
from rdflib import Graph

from imri_kg.case_validation.messages import Message, Validation
from imri_kg.case_validation.service import Source, check_cases, sources_at
from imri_kg.errors import BadInputError, UnknownNameError
from imri_kg.graph import KnowledgeGraph

TABLES = {
    "dataset": [["Dataset", "Title", "Framework", "Creator", "Coding"], ["pilot", "A pilot", "cfir-2022", "A team", "Two coders, who agreed."]],
    "cases": [
        ["Case", "Name", "Setting", "Innovation", "Start", "End", "Participants", "Interviews", "Source", "Locator"],
        ["north", "North clinic", "A clinic for adults.", "Peer support", "2018", "2020-06", "5", "2", "s1", "p. 2"],
    ],
    "participants": [
        ["Participant", "Case", "Kind", "Stakeholder group", "Count"],
        ["p1", "north", "group", "service users", "3"],
        ["p2", "north", "group", "managers", "2"],
        ["i1", "north", "informant", "managers", ""],
    ],
    "determinants": [
        ["Observation", "Case", "Kind", "Phase", "Statement", "Construct", "Valence", "Coding", "Informant", "Source", "Locator"],
        ["o1", "north", "determinant", "adoption", "Leaders wanted the change.", "III.D", "facilitator", "curated", "i1", "s1", "p. 4"],
        ["o2", "north", "background", "adoption", "The clinic opened long ago.", "", "", "", "", "s1", "p. 5"],
    ],
    "events": [["Event", "Case", "Start", "Statement", "Source", "Locator"], ["e1", "north", "2019-03-01", "The first group met.", "s1", "p. 6"]],
    "sources": [["Source", "Citation", "Kind"], ["s1", "A report on a clinic", "publication"]],
}
Spoil = dict[tuple[str, int, str], object]


def spoilt(spoil: Spoil) -> dict[str, list[list[object]]]:
    """Return the tables with some cells replaced: sheet, row as the spreadsheet counts, header."""
    tables: dict[str, list[list[object]]] = {key: [list(row) for row in rows] for key, rows in TABLES.items()}
    for (sheet, row, header), value in spoil.items():
        rows = tables[sheet]
        if header not in rows[0]:
            rows[0].append(header)
        while len(rows) < row:
            rows.append([])
        cells = rows[row - 1]
        cells += [""] * (len(rows[0]) - len(cells))
        cells[rows[0].index(header)] = value
    return tables


def as_workbook(tables: dict[str, list[list[object]]]) -> list[Source]:
    book = Workbook()
    book.remove(book.active)
    for key, rows in tables.items():
        sheet = book.create_sheet(key.capitalize())
        for row in rows:
            sheet.append([None if v == "" else v for v in row])
    stream = io.BytesIO()
    book.save(stream)
    return [Source("cases.xlsx", stream.getvalue())]


def as_separated(tables: dict[str, list[list[object]]]) -> list[Source]:
    return [Source(f"{key}.csv", "\n".join(",".join(f'"{v}"' for v in row) for row in rows).encode(), "folder") for key, rows in tables.items()]


def as_opendocument(tables: dict[str, list[list[object]]]) -> list[Source]:
    def cell(value: object) -> str:
        return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>' if value != "" else "<table:table-cell/>"

    sheets = "".join(f'<table:table table:name="{key.capitalize()}">' + "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows) + "</table:table>" for key, rows in tables.items())
    spaces = " ".join(f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"' for prefix in ("office", "table", "text"))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", f"<office:document-content {spaces}><office:body><office:spreadsheet>{sheets}</office:spreadsheet></office:body></office:document-content>")
    return [Source("cases.ods", stream.getvalue())]


def checked(graph: KnowledgeGraph, spoil: Spoil | None = None, sources: list[Source] | None = None, **options: object) -> Validation:
    return check_cases(sources or as_workbook(spoilt(spoil or {})), graph.case_vocabulary, graph.release, **options).validation  # type: ignore[arg-type]


def only(found: Validation, severity: str = "violation") -> Message:
    of_severity = [m for m in found.messages if m.severity == severity]
    assert len(of_severity) == 1, [(m.place, m.message) for m in found.messages]
    return of_severity[0]


def test_sound_tables_give_no_message(graph: KnowledgeGraph) -> None:
    found = checked(graph)
    assert found.messages == ()
    assert found.conforms
    assert found.datasets[0].to_json() == {
        "name": "pilot", "files": ["cases.xlsx"], "framework": "cfir-2022",
        "rows": {"Dataset": 1, "Cases": 1, "Participants": 3, "Determinants": 2, "Events": 1, "Sources": 1}, "cases": ["north"],
    }  # fmt: skip


def test_a_misspelt_construct_names_cell_and_nearest_candidate(graph: KnowledgeGraph) -> None:
    m = only(checked(graph, {("determinants", 2, "Construct"): "Cultur"}))
    assert m.place == "cases.xlsx, sheet Determinants, row 2, column Construct"
    assert (m.cell, m.value, m.suggestion, m.shape) == ("F2", "Cultur", "III.D Culture", "shape:CaseObservation-construct")
    assert "'Cultur' is not a construct of CFIR 2022" in m.message
    assert "'Culture' (cfir2022:III.D)" in m.message
    assert m.source.endswith("docs/case-tables#determinants")


def test_advice_is_right_on_the_page_and_on_the_command_line(graph: KnowledgeGraph) -> None:
    unknown = checked(graph, sources=[Source("notes.csv", b"Remark\nnone\n")]).messages
    unsaid = checked(graph, sources=[s for s in as_separated(TABLES) if s.name == "determinants.csv"]).messages
    for found, page, command in ((unknown, "the empty workbook on the page Check my data", "imri-kg template"), (unsaid, "Edition of the constructs on the page Check my data", "--framework")):
        assert [m for m in found if page in m.message and command in m.message], found


def test_a_construct_of_2009_is_named_as_such_with_its_counterpart(graph: KnowledgeGraph) -> None:
    m = only(checked(graph, {("determinants", 2, "Construct"): "cfir2009:I.E"}))
    assert "is a construct of CFIR 2009, but the dataset uses CFIR 2022" in m.message
    assert "cfir2022:I.E" in m.message
    assert m.suggestion == "I.E Innovation Trialability"


def test_a_code_that_only_2009_has_is_read_as_one_of_2009(graph: KnowledgeGraph) -> None:
    m = only(checked(graph, {("determinants", 2, "Construct"): "Readiness for Implementation"}))
    assert "CFIR 2009" in m.message


@pytest.mark.parametrize("text", ["Culture", "culture", "cfir2022:III.D", "III.D Culture", " III.D\u00a0"])
def test_a_construct_may_be_written_as_people_do(graph: KnowledgeGraph, text: str) -> None:
    found = checked(graph, {("determinants", 2, "Construct"): text})
    # A blank that cannot be seen is told, as an info.
    assert [m.shape for m in found.messages if m.shape != "reading/odd-blanks"] == []


@pytest.mark.parametrize(
    ("spoil", "column", "says"),
    [
        ({("determinants", 2, "Statement"): ""}, "Statement", "The cell is empty"),
        ({("determinants", 2, "Valence"): ""}, "Valence", "whether it helped, hindered or did both"),
        ({("determinants", 2, "Valence"): "helpful"}, "Valence", "It can be: barrier, facilitator, mixed valence"),
        ({("determinants", 2, "Case"): "nort"}, "Case", "Did you mean 'north'?"),
        ({("determinants", 2, "Source"): "s9"}, "Source", "No row of the sheet Sources has the identifier 's9'"),
        ({("determinants", 2, "Informant"): "i9"}, "Informant", "No row of the sheet Participants"),
        ({("determinants", 3, "Construct"): "III.D"}, "Construct", "Only a determinant is coded"),
        ({("determinants", 2, "Phase"): "adaption"}, "Phase", "Did you mean 'adoption'"),
        ({("cases", 2, "Start"): "03/04/2018"}, "Start", "can be 2018-04-03 or 2018-03-04"),
        ({("cases", 2, "End"): "2017"}, "End", "ends before it starts"),
        ({("cases", 2, "Participants"): "five"}, "Participants", "is not a whole number"),
        ({("participants", 2, "Percent"): "140"}, "Percent", "between 0 and 100"),
        ({("sources", 2, "Kind"): "novel"}, "Kind", "is not in the list for 'Kind'"),
        ({("dataset", 2, "Framework"): "cfir-2023"}, "Framework", "is not in the list for 'Framework'"),
        ({("events", 2, "Start"): ""}, "Start", "when it happened"),
    ],
)
def test_a_violation_names_its_column_and_what_to_do(graph: KnowledgeGraph, spoil: Spoil, column: str, says: str) -> None:
    found = [m for m in checked(graph, spoil).messages if m.severity == "violation"]
    assert any(m.column == column and says in m.message for m in found), [(m.column, m.message) for m in found]
    assert not checked(graph, spoil).conforms


@pytest.mark.parametrize(
    ("spoil", "column", "says"),
    [
        ({("cases", 2, "Participants"): "6"}, "Participants", "Stated: 6; the rows add up to 5"),
        ({("events", 2, "Start"): "2021"}, "Start", "outside the period of its case"),
        ({("cases", 2, "Interviews"): "0"}, "Interviews", "More informants are cited"),
        ({("determinants", 2, "Statement"): "Write to anna@example.org about it."}, "Statement", "hold an e-mail address"),
        ({("determinants", 2, "Statement"): "Short."}, "Statement", "can be understood by itself"),
        ({("determinants", 2, "Quote"): "word " * 26}, "Quote", "This one has 26 words"),
        ({("determinants", 2, "Context word"): "inner context"}, "Context word status", "printed with the statement or carried forward"),
        ({("dataset", 2, "Coding"): ""}, "Coding", "who coded it and how"),
    ],
)
def test_a_warning_is_told_and_blocks_nothing(graph: KnowledgeGraph, spoil: Spoil, column: str, says: str) -> None:
    found = checked(graph, spoil)
    assert any(m.column == column and says in m.message for m in found.messages if m.severity == "warning"), [(m.column, m.message) for m in found.messages]
    assert found.conforms


def test_a_note_explains_a_sum_that_does_not_add_up(graph: KnowledgeGraph) -> None:
    m = only(checked(graph, {("cases", 2, "Participants"): "6", ("cases", 2, "Note"): "One joined late."}), "warning")
    assert "The row notes: One joined late." in m.message


def test_a_note_is_not_shown_where_it_can_explain_nothing(graph: KnowledgeGraph) -> None:
    m = only(checked(graph, {("determinants", 2, "Statement"): "Ask a@example.org.", ("determinants", 2, "Note"): "Read twice."}), "warning")
    assert "Read twice" not in m.message


def test_a_percentage_that_is_not_the_share_is_told_with_the_share(graph: KnowledgeGraph) -> None:
    found = checked(graph, {("participants", 2, "Percent"): "50", ("participants", 3, "Percent"): "40"})
    [m] = [m for m in found.messages if m.shape == "shape:Across-percentCount"]
    assert (m.sheet, m.row, m.value) == ("Participants", 2, "50")
    assert m.message.endswith("3 of 5 are 60.0 %.")


def test_a_declared_shared_participant_makes_the_sum_right(graph: KnowledgeGraph) -> None:
    other = {("cases", 3, h): v for h, v in zip(TABLES["cases"][0], ["south", "South clinic", "Another.", "Peer support", "2018", "2020", "1", "", "s1", "p. 3"], strict=True)}
    rows = {("participants", 5, h): v for h, v in zip(TABLES["participants"][0], ["p3", "south", "group", "managers", "2"], strict=True)}
    event = {("events", 3, h): v for h, v in zip(TABLES["events"][0], ["e2", "south", "2019", "A second group met.", "s1", "p. 7"], strict=True)}
    wrong = checked(graph, {**other, **rows, **event})
    assert "shape:Across-caseTotal" in {m.shape for m in wrong.messages}
    declared = checked(graph, {**other, **rows, **event, ("participants", 5, "Shared"): "1", ("participants", 5, "Counted in"): "north"})
    assert "shape:Across-caseTotal" not in {m.shape for m in declared.messages}


def test_a_missing_column_is_one_message_for_all_rows(graph: KnowledgeGraph) -> None:
    tables = spoilt({})
    tables["determinants"] = [[v for h, v in zip(TABLES["determinants"][0], row, strict=True) if h != "Phase"] for row in tables["determinants"]]
    m = only(checked(graph, sources=as_workbook(tables)))
    assert (m.row, m.column) == (None, "Phase")
    assert "has no column 'Phase'" in m.message


def test_a_missing_sheet_is_one_message_for_all_references(graph: KnowledgeGraph) -> None:
    tables = spoilt({})
    del tables["sources"]
    found = checked(graph, sources=as_workbook(tables))
    assert [m.message for m in found.messages] == ["There is no sheet Sources, so 4 references to it could not be checked."]


def test_one_separated_file_alone_is_checked_as_far_as_it_goes(graph: KnowledgeGraph) -> None:
    source = [s for s in as_separated(spoilt({("determinants", 2, "Construct"): "Cultur"})) if s.name == "determinants.csv"]
    found = checked(graph, sources=source, framework="cfir-2022")
    assert only(found).value == "Cultur"
    without = checked(graph, sources=source)
    assert "There is no sheet Dataset." in only(without, "warning").message


def test_every_form_of_the_same_content_gives_the_same_findings(graph: KnowledgeGraph) -> None:
    spoil: Spoil = {("determinants", 2, "Construct"): "Cultur", ("cases", 2, "Participants"): "6", ("events", 2, "Start"): "03/04/2019", ("determinants", 2, "Case"): "nort"}
    tables = spoilt(spoil)
    book = check_cases(as_workbook(tables), graph.case_vocabulary, graph.release)
    folder = checked(graph, sources=as_separated(tables))
    turtle = book.graphs[0].graph.serialize(format="turtle").encode()
    linked = book.graphs[0].graph.serialize(format="json-ld").encode()
    triples = book.graphs[0].graph.serialize(format="nt").encode()

    def findings(found: Validation) -> set[tuple[str, ...]]:
        return {(m.sheet, m.column, m.severity, m.shape, m.value, m.message, m.suggestion) for m in found.messages}

    assert len(book.validation.messages) >= 4
    assert findings(folder) == findings(book.validation)
    assert findings(checked(graph, sources=as_opendocument(tables))) == findings(book.validation)
    for name, data in (("a.ttl", turtle), ("a.jsonld", linked), ("a.nt", triples)):
        assert findings(checked(graph, sources=[Source(name, data)])) == findings(book.validation), name


def test_a_cell_that_could_not_be_read_is_not_called_empty_as_well(graph: KnowledgeGraph) -> None:
    """The cell is required, and a formula without a saved value leaves it without one."""
    found = checked(graph, {("determinants", 2, "Statement"): "=A1&A2"})
    assert [(m.cell, m.shape) for m in found.messages if m.severity == "violation"] == [("E2", "reading/formula-without-value")]
    empty = checked(graph, {("determinants", 2, "Statement"): ""})
    assert [(m.cell, m.message[:18]) for m in empty.messages if m.severity == "violation"] == [("E2", "The cell is empty.")]


def test_messages_come_in_the_order_of_file_sheet_row_and_column(graph: KnowledgeGraph) -> None:
    found = checked(graph, {("sources", 2, "Kind"): "novel", ("cases", 2, "Participants"): "five", ("determinants", 2, "Phase"): "x", ("determinants", 2, "Case"): "y"})
    assert [(m.sheet, m.column) for m in found.messages if m.severity == "violation"] == [("Cases", "Participants"), ("Determinants", "Case"), ("Determinants", "Phase"), ("Sources", "Kind")]


def test_the_same_input_gives_the_same_bytes(graph: KnowledgeGraph) -> None:
    sources = as_separated(spoilt({("determinants", 2, "Construct"): "Cultur", ("determinants", 2, "Valence"): "x"}))
    first, second = (check_cases(sources, graph.case_vocabulary, graph.release) for _ in range(2))
    assert json.dumps(first.validation.to_json()) == json.dumps(second.validation.to_json())
    assert first.report == second.report


def test_the_standard_report_has_every_result_of_the_engine(graph: KnowledgeGraph) -> None:
    done = check_cases(as_workbook(spoilt({("determinants", 2, "Construct"): "Cultur"})), graph.case_vocabulary, graph.release)
    report = Graph().parse(data=done.report, format="turtle")
    found = list(report.query("PREFIX sh: <http://www.w3.org/ns/shacl#> SELECT ?c ?s { ?r a sh:ValidationReport ; sh:conforms ?c ; sh:result/sh:sourceShape ?s }"))
    assert [str(row[0]) for row in found] == ["false"]
    assert str(found[0][1]).endswith("CaseObservation-construct")


def test_an_unreadable_file_is_a_message_and_the_others_are_read(graph: KnowledgeGraph) -> None:
    found = checked(graph, sources=[Source("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), *as_workbook(spoilt({}))])
    assert only(found).file == "old.xls"
    assert [d.name for d in found.datasets] == ["pilot"]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.ttl", b"@prefix : <x", "line 1"), ("a.ttl", b"\xff\xfe", "UTF-8"), ("a.ttl", b"", "describes no dataset"), ("a.json", b"{", "not JSON"),
        ("a.jsonld", b'{"@context": "http://127.0.0.1:9/x", "@id": "urn:a"}', "nothing is fetched"), ("a.jsonld", b"[" * 3000 + b"]" * 3000, "deep"),
        ("a.jsonld", b'{"a": {"@context": ["http://127.0.0.1:9/x"]}}', "nothing is fetched"),
    ],
)  # fmt: skip
def test_an_rdf_file_that_cannot_be_used_says_why(graph: KnowledgeGraph, name: str, data: bytes, says: str) -> None:
    assert says in only(checked(graph, sources=[Source(name, data)])).message


def test_a_literal_that_is_none_of_its_datatype_is_a_finding_and_no_stack_trace(graph: KnowledgeGraph, caplog: pytest.LogCaptureFixture) -> None:
    data = check_cases(as_workbook(spoilt({("dataset", 2, "Date"): "2019-02-01"})), graph.case_vocabulary, graph.release).graphs[0].graph.serialize(format="turtle")
    assert data.count('"2019-02-01"^^xsd:date') == 1
    found = checked(graph, sources=[Source("a.ttl", data.replace("2019-02-01", "2019-02-31").encode())])
    assert (only(found).column, only(found).value) == ("Date", "2019-02-31")
    assert caplog.records == []
    # The logger is as it was.
    assert Graph().parse(data='<urn:a> <urn:b> "x"^^<http://www.w3.org/2001/XMLSchema#integer> .')
    assert len(caplog.records) == 1


def test_a_reference_means_the_row_of_this_very_identifier_and_else_the_only_one_alike(graph: KnowledgeGraph) -> None:
    other = {("cases", 3, h): v for h, v in zip(TABLES["cases"][0], ["North_", "South clinic", "A clinic.", "Peer support", "", "", "", "", "s1", "p. 2"], strict=True)}
    exact = check_cases(as_workbook(spoilt({**other, ("cases", 3, "Case"): "North"})), graph.case_vocabulary, graph.release)
    assert exact.validation.conforms
    spelt = {**other, ("cases", 3, "Case"): "NORTH", ("determinants", 2, "Case"): "North"}
    m = only(checked(graph, spelt))
    assert (m.column, m.value, m.message) == ("Case", "North", "'North' can be several rows of the sheet Cases: 'north', 'NORTH'. Write the one that you mean exactly so.")
    assert checked(graph, {**other, ("events", 2, "Case"): "south clinic"}).conforms


def test_each_wrong_cell_of_a_row_is_told(graph: KnowledgeGraph) -> None:
    found = checked(graph, {("determinants", 2, "Construct"): "cfir2009:III.B", ("determinants", 2, "Alternate construct"): "cfir2009:III.C; cfir2009:III.B"})
    told = {m.column: m.message for m in found.messages if m.severity == "violation"}
    assert set(told) == {"Construct", "Alternate construct"}
    assert told["Alternate construct"].count("is a construct of") == 2


def test_a_construct_of_the_second_framework_has_candidates_of_that_framework(graph: KnowledgeGraph) -> None:
    m = only(checked(graph, {("dataset", 2, "Second framework"): "diffusion", ("determinants", 2, "Second construct"): "Compatibilty"}))
    assert "(diffusion:" in m.message
    assert "cfir" not in m.message
    assert m.suggestion.startswith("D")


@pytest.mark.parametrize(
    ("column", "text", "says", "suggestion"),
    [
        ("Stakeholder group", "service users, managers", "separate them by semicolons", "service users; managers"), ("Phase", "adoption / implementation", "takes one", ""),
        ("Construct", "III.D; III.E", "takes one", ""), ("Valence", "barrier and facilitator", "takes one", ""),
    ],
)  # fmt: skip
def test_several_values_in_a_cell_are_told_and_none_is_dropped(graph: KnowledgeGraph, column: str, text: str, says: str, suggestion: str) -> None:
    m = only(checked(graph, {("determinants", 2, column): text}))
    assert (m.column, m.suggestion) == (column, suggestion)
    assert says in m.message


def test_a_date_in_a_column_of_texts_is_asked_about(graph: KnowledgeGraph) -> None:
    m = only(checked(graph, {("determinants", 2, "Locator"): date(2026, 4, 3)}), "warning")
    assert (m.cell, m.column, m.value) == ("K2", "Locator", "2026-04-03")


def test_folders_in_a_folder_are_read_too(graph: KnowledgeGraph, tmp_path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        for source in as_separated(spoilt({("dataset", 2, "Dataset"): name, ("determinants", 2, "Construct"): "Cultur"})):
            (tmp_path / name / source.name).write_bytes(source.data)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "list.csv").write_bytes(b"what,when\nbread,today\n")
    (tmp_path / "notes" / "settings.json").write_bytes(b"{}")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "cases.csv").write_bytes(b"x")
    found = checked(graph, sources=sources_at([tmp_path]))
    assert [d.name for d in found.datasets] == ["one", "two"]
    assert [m.file for m in found.messages if m.severity == "violation"] == ["one/determinants.csv", "two/determinants.csv"]
    # What stands below and is no case table is named, and blocks nothing.
    assert [(m.file, m.severity) for m in found.messages if m.file.startswith("notes")] == [("notes/list.csv", "info"), ("notes/settings.json", "warning")]


def test_a_suggestion_can_be_taken(graph: KnowledgeGraph) -> None:
    m = only(checked(graph, {("determinants", 2, "Other constructs"): "Cultur"}))
    assert checked(graph, {("determinants", 2, "Other constructs"): m.suggestion}).conforms


def test_files_of_one_name_are_told_apart_and_none_is_read_twice(graph: KnowledgeGraph, tmp_path) -> None:
    data = as_workbook(spoilt({("determinants", 2, "Construct"): "Cultur"}))[0].data
    for year in ("2019", "2020"):
        (tmp_path / year / "site").mkdir(parents=True)
        (tmp_path / year / "site" / "cases.xlsx").write_bytes(data)
    paths = [tmp_path / year / "site" / "cases.xlsx" for year in ("2019", "2020")]
    found = checked(graph, sources=sources_at(paths))
    assert [m.file for m in found.messages if m.severity == "violation"] == ["2019/site/cases.xlsx", "2020/site/cases.xlsx"]
    with pytest.raises(BadInputError, match="named twice"):
        sources_at([paths[0], paths[0]])


def test_whatever_may_be_meant_as_a_table_in_a_folder_is_read_or_named(graph: KnowledgeGraph, tmp_path) -> None:
    for source in as_separated(spoilt({})):
        (tmp_path / source.name).write_bytes(source.data)
    (tmp_path / "events.csv").rename(tmp_path / "events.tab")
    (tmp_path / "impacts.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    (tmp_path / "notes.pdf").write_bytes(b"%PDF-1.4")
    found = checked(graph, sources=sources_at([tmp_path]))
    assert only(found).file == "impacts.xls"
    assert found.datasets[0].rows["Events"] == 1


def test_a_row_in_rdf_that_belongs_to_no_dataset_is_named(graph: KnowledgeGraph) -> None:
    text = check_cases(as_workbook(spoilt({})), graph.case_vocabulary, graph.release).graphs[0].graph.serialize(format="nt")
    lost = "".join(line + "\n" for line in text.splitlines() if not ("observation.o1>" in line.split()[0] and "inDataset" in line))
    assert len(lost) < len(text)
    m = only(checked(graph, sources=[Source("a.nt", lost.encode())]))
    assert m.focus == "case:pilot.observation.o1"


def test_nothing_to_check_is_an_error(graph: KnowledgeGraph, tmp_path) -> None:
    with pytest.raises(BadInputError, match="nothing to validate"):
        check_cases([], graph.case_vocabulary, graph.release)
    with pytest.raises(BadInputError, match="no case file"):
        sources_at([tmp_path])
    with pytest.raises(BadInputError, match="cannot be read"):
        sources_at([tmp_path / "absent.xlsx"])


def test_an_unknown_framework_is_an_error_with_the_nearest(graph: KnowledgeGraph) -> None:
    with pytest.raises(UnknownNameError, match="cfir-2022"):
        checked(graph, framework="cfir-2202")


def test_the_reference_cases_conform_and_their_warnings_are_explained(graph: KnowledgeGraph) -> None:
    from imri_kg import resources

    found = graph.validate(resources.path("ontology", "cases", "piat-2022"), resources.path("ontology", "cases", "mulvale-2024"))
    assert found.conforms
    warnings = [m for m in found.messages if m.severity == "warning"]
    assert warnings
    assert [m.place for m in warnings if "The row notes:" not in m.message] == []
    assert {m.shape for m in warnings if "piat-2022" in m.file} == {"shape:Across-caseTotal", "shape:Across-groupTotal"}
