"""Reports of a validation: what each form says, that it survives any text, and that the same input gives the same bytes."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from junitparser import Failure, JUnitXml
from openpyxl import load_workbook

from imri_kg.case_validation.messages import CaseDataset, CorrectedCell, Message, Validation
from imri_kg.errors import UnknownNameError
from imri_kg.reports import MEDIA_TYPES, REPORTS, wording, write_report

CULTUR = "'Cultur' is not a construct of CFIR 2022. Did you mean 'Culture' (cfir2022:III.D)?"
READ = CaseDataset("trial", ("cases.xlsx",), "cfir-2022", {"Cases": 1, "Determinants": 20}, ("S1",))
SHACL = b"@prefix sh: <http://www.w3.org/ns/shacl#> .\n[] a sh:ValidationReport ; sh:conforms true .\n"


def finding(row: int | None, column: str = "Construct", severity: str = "violation", text: str = CULTUR, **more: str) -> Message:
    """Return a message about the sheet Determinants of cases.xlsx."""
    return Message("cases.xlsx", more.pop("sheet", "Determinants"), row, column, severity, text, **more)


def validation(*messages: Message, datasets: tuple[CaseDataset, ...] = (READ,)) -> Validation:
    return Validation(messages, datasets, "0.1.0")


def report(form: str, *messages: Message) -> str:
    return write_report(validation(*messages), form, {}, SHACL).decode("utf-8")


#: Texts that have broken reports somewhere: markup, formulas, control characters, half a surrogate pair, other directions, length.
HOSTILE = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "{{ 7*7 }}{% raw %}", "]]>&amp;&#0;", "=1+1", "=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(1)", "#N/A", "TRUE",
    "a\x00b\x07c\x1b[31mred\x0bd\x7f\x85\x9b", "\ud800 half", "\ufffe\uffff", "👩🏽‍⚕️ 🧠", "תורת ההחלמה", "\u202egnihtemos", "line\nfeed\r\nand\ttab\rreturn", "'", "_x0041_", "x" * 40_000,
    "😀" * 20_000, "", " ", "C:\\x\\y/..", "[bold]x[/]", "%s %(a)s {0} \\N{DIGIT ONE}",
]  # fmt: skip


def hostile(text: str) -> Validation:
    """Return a validation that has a text wherever a text can be."""
    everywhere = Message(text, text, 3, text, "warning", text, text, text, text, text, text, text, text)
    tame = [finding(row, severity=severity, value=text, suggestion=text, shape=text) for row in (2, 3, None) for severity in ("violation", "info")]
    return Validation((everywhere, everywhere._replace(row=None, severity=text), *tame), (CaseDataset(text, (text, "cases.xlsx"), text, {text: 2}, (text,)),), text)


@pytest.mark.parametrize("form", REPORTS)
@pytest.mark.parametrize("text", HOSTILE, ids=lambda t: ascii(t)[:24])
def test_no_text_breaks_a_report(form: str, text: str) -> None:
    written = write_report(hostile(text), form, {text: b"Construct,B\nx,y\n", "cases.xlsx": b"no workbook"}, SHACL)
    assert written
    if form != "xlsx":
        written.decode("utf-8")


@pytest.mark.parametrize("form", REPORTS)
def test_every_form_has_a_media_type_and_says_so_when_nothing_was_found(form: str) -> None:
    assert form in MEDIA_TYPES
    assert write_report(validation(), form, {}, SHACL)
    assert write_report(validation(datasets=()), form, {}, SHACL)


def test_a_form_that_there_is_not_is_named_with_those_that_there_are() -> None:
    with pytest.raises(UnknownNameError, match="'htlm'.*Did you mean 'html'"):
        write_report(validation(), "htlm", {})


def test_the_shacl_report_is_handed_on_as_it_is() -> None:
    assert write_report(validation(), "ttl", {}, SHACL) == SHACL


@pytest.mark.parametrize("form", REPORTS)
def test_the_same_input_gives_the_same_bytes_in_another_process(form: str, tmp_path: Path) -> None:
    program = f"""
import sys
from imri_kg.case_validation.messages import CaseDataset, Message, Validation
from imri_kg.reports import write_report
v = Validation(tuple(Message('a.csv', 'Cases', n, 'Setting', 'warning', 'It is odd.', 'x', cell=f'B{{n}}', shape='shape:x') for n in range(2, 9)), (CaseDataset('a', ('a.csv',), '', {{'Cases': 8}}, ('1',)),), '0')
sys.stdout.buffer.write(write_report(v, {form!r}, {{'a.csv': b'ID,Setting\\n' + b'1,x\\n' * 8}}, b'[] a <x> .'))
"""
    outputs = {
        subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}, cwd=tmp_path).stdout
        for seed, zone in (("0", "UTC"), ("7", "America/St_Johns"))
    }
    assert len(outputs) == 1
    assert outputs != {b""}


# ---------------------------------------------------------------- text


def test_a_line_of_the_text_names_file_sheet_row_and_column() -> None:
    lines = report("text", finding(14, value="Cultur", suggestion="III.D", shape="shape:CaseObservation-construct")).splitlines()
    assert lines[0] == "cases.xlsx, sheet Determinants: 1 violation"
    assert lines[1] == f"  ✖ violation  cases.xlsx, sheet Determinants, row 14, column Construct: {CULTUR}"
    assert lines[2].strip() == "shape:CaseObservation-construct"


def test_several_rows_of_one_cause_stand_in_one_line_as_ranges() -> None:
    text = report("text", *[finding(row, value="Cultur", shape="s") for row in (2, 3, 4, 5, 9)])
    assert text.count("Cultur'") == 1
    assert "rows 2-5, 9, column Construct: " in text
    assert "cases.xlsx, sheet Determinants: 5 violations" in text


def test_value_and_suggestion_are_said_where_the_message_leaves_them_out() -> None:
    text = report("text", finding(3, text="The date lies outside the case's period.", value="2031", suggestion="2013"))
    assert "outside the case's period. Value: '2031'. Suggestion: 2013.\n" in text
    assert "Value:" not in report("text", finding(3, value="Cultur", suggestion="III.D"))


def test_messages_stand_by_file_and_sheet_and_the_end_counts_them() -> None:
    messages = (
        finding(2), Message("events.csv", "Events", 3, "Date", "warning", "It is late."), finding(None, "", "info", "One sheet is hidden.", sheet="Cases"), finding(7),
    )  # fmt: skip
    text = report("text", *messages)
    assert re.findall(r"(?m)^\S.*$", text)[:3] == ["cases.xlsx, sheet Determinants: 2 violations", "events.csv: 1 warning", "cases.xlsx, sheet Cases: 1 info"]
    assert "events.csv, row 3, column Date: It is late." in text
    assert text.splitlines()[-2] == "Read: trial (cfir-2022): 1 case; Cases 1 row, Determinants 20 rows; from cases.xlsx."
    assert text.splitlines()[-1] == "Found: 2 violations, 1 warning, 1 info in 2 files. The data do not conform: each violation has to be mended."


def test_warnings_alone_conform() -> None:
    assert report("text", finding(2, severity="warning")).endswith("Found: 1 warning. The data conform: there is no violation.\n")
    assert report("text").endswith("Found: nothing. The data conform: nothing was found.\n")


def test_the_text_has_colour_only_when_asked_and_the_word_in_any_case() -> None:
    plain, inked = (write_report(validation(finding(2)), "text", {}, colour=colour).decode() for colour in (False, True))
    assert "\x1b" not in plain
    assert "\x1b[31m✖ violation" in inked
    assert re.sub(r"\x1b\[\d+m", "", inked) == plain


def test_a_value_cannot_steer_the_terminal_or_forge_a_line() -> None:
    text = report("text", finding(2, text="It is odd.", value="a\x1b[2J\nFound: nothing.\u202e"))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)
    assert text.count("\nFound: ") == 1


def test_a_file_that_could_not_be_read_is_named_once() -> None:
    text = report("text", Message("old.xls", "", None, "", "violation", "old.xls: This is a workbook of Excel 97. Save it as .xlsx."))
    assert "old.xls: This is a workbook" in text
    assert "old.xls: old.xls" not in text


def test_a_finding_in_a_graph_file_names_the_resource() -> None:
    assert "trial.ttl, sheet Cases, case:trial.S1, column Setting: It is empty." in report(
        "text", Message("trial.ttl", "Cases", None, "Setting", "violation", "It is empty.", focus="case:trial.S1")
    )


def test_many_scattered_rows_are_cut_with_their_number() -> None:
    assert wording.ranges(range(1, 100, 2)).endswith(" and 38 more")


@pytest.mark.parametrize("form", ["text", "html"])
def test_where_no_row_was_read_nothing_is_said_to_conform_or_not(form: str) -> None:
    empty = READ._replace(rows={}, cases=())
    for datasets, messages in (((), (finding(None, "", text="cases.xlsx cannot be read."),)), ((empty,), ())):
        told = write_report(validation(*messages, datasets=datasets), form, {}).decode()
        assert "Nothing was checked: no row of case data could be read." in told
        assert "The data" not in told


# ---------------------------------------------------------------- corrections

MENDED = CorrectedCell("cases.xlsx", "Determinants", 14, "Construct", "F14", "Cultur", "III.D Culture")


def test_every_report_for_people_says_that_it_is_about_corrected_data() -> None:
    mended = validation()._replace(corrections=(MENDED, MENDED._replace(cell="F15", row=15, old="<b>", value="")))
    text, page = write_report(mended, "text", {}).decode(), Page(write_report(mended, "html", {}).decode()).text
    for told in (text, page):
        assert "With 2 corrections the data conform" in told
        assert "Checked with 2 corrections. The file cases.xlsx itself was not changed." in told
    assert "cases.xlsx, sheet Determinants, row 14, column Construct: 'Cultur' -> 'III.D Culture'\n" in text
    assert "row 15, column Construct: '<b>' -> empty\n" in text
    assert "cases.xlsx, Determinants, F14 Construct Cultur III.D Culture" in Page(write_report(mended, "html", {}).decode()).apart
    notes = [row[6].value for row in load_workbook(io.BytesIO(write_report(mended, "xlsx", {})))["Findings"] if row[0].value == "note"]
    assert any("'Cultur' -> 'III.D Culture'" in note for note in notes) and "With 2 corrections the data conform: nothing was found." in notes
    assert json.loads(write_report(mended, "json", {}))["corrections"][0] == MENDED._asdict()


def test_reports_of_files_as_they_are_speak_of_no_corrections() -> None:
    assert json.loads(report("json"))["corrections"] == []
    for form in ("text", "html"):
        assert "orrect" not in report(form)


# ---------------------------------------------------------------- JSON and CSV


def test_json_is_the_documented_reply() -> None:
    reply = json.loads(report("json", finding(14, value="Cultur", suggestion="III.D", cell="F14")))
    assert reply["conforms"] is False
    assert reply["counts"] == {"violation": 1, "warning": 0, "info": 0}
    assert reply["messages"][0].items() >= {"file": "cases.xlsx", "sheet": "Determinants", "row": 14, "column": "Construct", "severity": "violation", "message": CULTUR, "value": "Cultur", "suggestion": "III.D"}.items()
    assert reply["datasets"][0]["rows"] == {"Cases": 1, "Determinants": 20}


def test_no_cell_of_the_csv_is_a_formula() -> None:
    rows = list(csv.DictReader(io.StringIO(report("csv", finding(3, value="=1+1", suggestion="@SUM(A1)", text="-x")))))
    assert [rows[0][c] for c in ("value", "suggestion", "message", "row")] == ["'=1+1", "'@SUM(A1)", "'-x", "3"]


def test_a_csv_without_messages_still_has_its_header() -> None:
    assert report("csv").startswith("file,sheet,row,column,severity,message,value,suggestion,shape,focus")


# ---------------------------------------------------------------- HTML


class Page(HTMLParser):
    """Reads a page strictly: each element is closed by its own end tag, in order."""

    VOID = {"meta", "br", "link", "img", "input"}

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        assert len(dict(attrs)) == len(attrs), f"an attribute stands twice in <{tag}>"
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    @property
    def apart(self) -> str:
        """The text with a blank between elements, as cells stand beside each other."""
        return " ".join(" ".join(self.words).split())


def test_the_page_is_well_formed_and_says_what_was_found_and_read() -> None:
    page = Page(report("html", *[finding(row, value="Cultur") for row in (2, 3, 4, 9)], finding(3, "Case", "warning", "It is odd.", sheet="Cases")))
    assert "The data do not conform" in page.text
    assert "4 violations" in page.text
    assert "1 warning" in page.text
    assert "0 infos" in page.text
    assert "Cases 1 row, Determinants 20 rows" in page.text
    assert "2-4, 9 (4)" in page.text
    assert CULTUR in page.text
    assert page.text.count(CULTUR) == 1


def test_a_page_without_findings_says_so() -> None:
    page = Page(report("html"))
    assert "Nothing was found." in page.text
    assert "The data conform: nothing was found." in page.text
    assert "No case table was read." in Page(write_report(validation(datasets=()), "html", {}).decode()).text


def test_tables_of_the_page_have_captions_scopes_and_the_word_of_the_severity() -> None:
    page = Page(report("html", finding(2), finding(3, severity="warning"), finding(4, severity="info")))
    tags = [tag for tag, _ in page.tags]
    assert tags.count("table") == tags.count("caption") == 2
    assert {a.get("scope") for tag, a in page.tags if tag == "th"} == {"col", "row"}
    assert next(a for tag, a in page.tags if tag == "html")["lang"] == "en"
    for word in ("✖ violation", "▲ warning", "● info"):
        assert word in page.text


@pytest.mark.parametrize("text", HOSTILE, ids=lambda t: ascii(t)[:24])
def test_the_page_fetches_nothing_and_runs_nothing(text: str) -> None:
    html = write_report(hostile(text), "html", {}).decode("utf-8")
    page = Page(html)
    assert {tag for tag, _ in page.tags}.isdisjoint({"script", "link", "img", "iframe", "object", "embed", "form", "base", "svg", "video", "audio", "source"})
    for _, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name in ("src", "srcset", "background", "action")]
    style = html[html.index("<style>") : html.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    assert {"prefers-color-scheme: dark", "@media print"} <= set(re.findall(r"prefers-color-scheme: dark|@media print", style))


def test_only_a_web_address_becomes_a_link() -> None:
    sources = ("https://example.org/paper?a=1&b=2", "javascript:alert(1)", "data:text/html,x", "docs/case-tables.md")
    page = Page(report("html", *[finding(row, source=source, text=f"Text {row}") for row, source in enumerate(sources, 2)]))
    assert [a["href"] for tag, a in page.tags if tag == "a"] == ["https://example.org/paper?a=1&b=2"]
    assert "docs/case-tables.md" in page.text


# ---------------------------------------------------------------- JUnit


def test_junit_has_a_case_for_each_sheet_and_violations_alone_fail_it() -> None:
    messages = (finding(2), finding(3), finding(3, "Case", "warning", "It is odd.", sheet="Cases"))
    (suite,) = JUnitXml.fromstring(write_report(validation(*messages), "junit", {}))
    assert (suite.name, suite.tests, suite.failures, suite.errors) == ("cases.xlsx", 2, 1, 0)
    cases = {case.name: case for case in suite}
    (failure,) = cases["sheet Determinants"].result
    assert isinstance(failure, Failure)
    assert failure.message == "2 violations"
    assert f"cases.xlsx, sheet Determinants, row 2, column Construct: {CULTUR}" in failure.text
    assert cases["sheet Cases"].is_passed
    assert "warning: cases.xlsx, sheet Cases, row 3, column Case: It is odd." in cases["sheet Cases"].system_out


def test_in_junit_each_file_of_a_folder_is_a_suite() -> None:
    dataset = CaseDataset("trial", ("cases.csv", "events.csv"), "", {"Cases": 1, "Events": 2}, ("S1",))
    read = Validation((Message("events.csv", "Events", 2, "Date", "violation", "It is late."),), (dataset,), "0")
    suites = list(JUnitXml.fromstring(write_report(read, "junit", {})))
    assert [(s.name, s.tests, s.failures) for s in suites] == [("cases.csv", 1, 0), ("events.csv", 1, 1)]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda t: ascii(t)[:24])
def test_junit_can_be_read_back_whatever_stands_in_it(text: str) -> None:
    assert JUnitXml.fromstring(write_report(hostile(text), "junit", {})).tests >= 2
