"""`validate` and `template` as a reviewer types them: good and wrong input, the files that are written, and the exit status."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from command_line import Cli
from library_samples import Tables, as_csv, as_workbook, everything, tables_of
from rdflib import Graph
from rdflib.namespace import RDF, SH

from imri_kg.case_validation.service import Checked, Progress, Source
from imri_kg.graph import KnowledgeGraph

pytestmark = pytest.mark.usefixtures("graph")

#: How a file of an old Office program begins.
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more"
OWN_SHAPES = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ikg: <https://w3id.org/imri-kg/ontology/> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix own: <https://example.org/own/> .
own:Title a sh:NodeShape ; sh:targetClass ikg:CaseDataset ; sh:property own:Title-team .
own:Title-team sh:path dcterms:title ; sh:pattern "^Team" ; sh:message "A title of ours begins with Team." .
"""


def check_each_once(monkeypatch: pytest.MonkeyPatch, known: dict[object, Checked]) -> None:
    """Have the same files checked once in this process, not for every test anew."""
    check = KnowledgeGraph.check_cases

    def remembering(self: KnowledgeGraph, sources: list[Source], *, framework: str = "", progress: Progress | None = None) -> Checked:
        key = (framework, *((Path(s.folder).name, s.name, s.data) for s in sources))
        if key not in known:
            known[key] = check(self, sources, framework=framework, progress=progress)
        return known[key]

    monkeypatch.setattr(KnowledgeGraph, "check_cases", remembering)


@pytest.fixture(scope="module")
def known() -> dict[object, Checked]:
    return {}


@pytest.fixture
def quick(cli: Cli, graph: KnowledgeGraph, known: dict[object, Checked], monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line over the graph that is open already; nothing here goes into a library."""
    check_each_once(monkeypatch, known)
    monkeypatch.setattr("imri_kg.open", lambda **_: graph)
    return cli


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    return write(tmp_path / "pilot", tables_of())


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """The same tables with a construct that there is not."""
    return write(tmp_path / "wrong", spoilt())


def spoilt() -> Tables:
    tables = tables_of()
    tables["determinants"][1][5] = "III.Q"
    return tables


def write(folder: Path, tables: Tables) -> Path:
    folder.mkdir(parents=True)
    for source in as_csv(tables):
        (folder / source.name).write_bytes(source.data)
    return folder


def written_workbook(file: Path, tables: Tables) -> Path:
    file.write_bytes(as_workbook(tables)[0].data)
    return file


def cells_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def cells_of_sheet(file: Path, sheet: str) -> list[list[str]]:
    return [["" if v is None else str(v) for v in row] for row in openpyxl.load_workbook(file)[sheet].iter_rows(values_only=True)]


# ---------------------------------------------------------------- validate: what is read


def test_a_folder_its_files_and_a_workbook_give_the_same_findings(quick: Cli, wrong: Path, tmp_path: Path) -> None:
    workbook = written_workbook(tmp_path / "cases.xlsx", spoilt())
    found = []
    for paths in ([wrong], sorted(wrong.iterdir()), [workbook]):
        outcome = quick("validate", *map(str, paths), "--format", "json")
        assert (outcome.status, outcome.err) == (1, "")
        answer = json.loads(outcome.out)
        assert [(d["name"], d["cases"], d["rows"]["Participants"]) for d in answer["datasets"]] == [("pilot", ["north"], 3)]
        found.append([(m["sheet"].casefold(), m["row"], m["column"], m["cell"], m["severity"], m["value"], m["message"]) for m in answer["messages"] if m["severity"] == "violation"])
    assert found[0] == found[1] == found[2]
    (violation,) = found[0]
    assert violation[:6] == ("determinants", 2, "Construct", "F2", "violation", "III.Q")


def test_warnings_alone_end_with_0(quick: Cli, tmp_path: Path) -> None:
    tables = tables_of()
    tables["determinants"][1][7] = ""
    outcome = quick("validate", str(write(tmp_path / "case", tables)))
    assert outcome.status == 0
    assert "warning" in outcome.out and "determinants.csv, row 2" in outcome.out
    assert "The data conform" in outcome.out


def test_a_workbook_of_old_is_told_what_to_do_and_the_others_are_read(quick: Cli, pilot: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.xls"
    old.write_bytes(OLD)
    alone = quick("validate", str(old))
    assert alone.status == 2
    assert "old.xls" in alone.out and "save it as 'Excel Workbook (.xlsx)'" in alone.out
    assert "Read: no case table." in alone.out
    beside = quick("validate", str(old), str(pilot))
    assert beside.status == 1
    assert "save it as" in beside.out and "Read: pilot (cfir-2022): 1 case;" in beside.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "required: PATH"),
        (("missing.xlsx",), "missing.xlsx cannot be read: No such file"),
        (("pilot", "missing"), "missing cannot be read: No such file"),
        (("empty",), "empty holds no case file. Put workbooks, CSV or RDF files there"),
        (("loop.csv",), "loop.csv cannot be read: "),
        (("pilot", "--format", "pdf"), "invalid choice: 'pdf'"),
        (("pilot", "--format", "jsno"), "Did you mean json?"),
        (("pilot", "--format", "xlsx"), "add -o FILE.xlsx"),
        (("pilot", "--format", "xlsx", "-o", "a.ods"), "let its name end with .xlsx"),
        (("pilot", "-o", "empty"), "empty is a folder; name a file"),
        (("pilot", "-o", "/dev/null"), "/dev/null is a device or a pipe"),
        (("pilot", "-o", "pilot/cases.csv/report.txt"), "report.txt cannot be written: "),
        (("pilot", "--framework", "cfir-2021"), "Did you mean 'cfir-2022'"),
        (("pilot", "--shapes", "missing.ttl"), "missing.ttl cannot be read: No such file"),
        (("pilot", "--seconds", "0"), "'0' is not a number of seconds"),
        (("pilot", "--seconds", "soon"), "'soon' is not a number of seconds"),
        (("pilot", "--severity", "info"), "--severity"),
    ],
)  # fmt: skip
def test_what_cannot_be_validated_exits_with_2_and_leaves_everything_as_it_was(
    arguments: tuple[str, ...], says: str, quick: Cli, pilot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(pilot.parent)
    Path("empty").mkdir()
    Path("loop.csv").symlink_to("loop.csv")
    before = everything(pilot.parent)
    outcome = quick("validate", *arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("imri-kg: ") and says in outcome.err
    assert outcome.err.count("\n") == 1
    assert everything(pilot.parent) == before


def test_a_file_that_may_not_be_read_is_named(quick: Cli, pilot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbid(self: Path) -> bytes:
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", forbid)
    outcome = quick("validate", str(pilot / "cases.csv"))
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err == f"imri-kg: {pilot / 'cases.csv'} cannot be read: Permission denied.\n"


def test_a_framework_is_named_for_tables_that_name_none(quick: Cli, pilot: Path) -> None:
    file = str(pilot / "determinants.csv")
    unsaid, said = quick("validate", file), quick("validate", file, "--framework", "cfir-2022")
    assert (unsaid.status, said.status) == (1, 0)
    assert "or name the edition: under Edition of the constructs on the page Check my data, or by --framework on the command line." in unsaid.out
    assert "'III.D' names several: 'Implementation Climate' (cfir2009:III.D), 'Culture' (cfir2022:III.D)" in unsaid.out
    assert "The constructs are read as those of cfir-2022." in said.out
    assert "Read: determinants (cfir-2022): 0 cases;" in said.out


# ---------------------------------------------------------------- validate: the report


def _names_the_cell(form: str, report: bytes) -> bool:
    """Whether a report says in its own way that F2 of Determinants holds III.Q, which is wrong."""
    text = report.decode()
    if form == "text":
        return "✖ violation  determinants.csv, row 2, column Construct: 'III.Q' is not a construct" in text
    if form == "json":
        answer = json.loads(text)
        return not answer["conforms"] and ("determinants.csv", 2, "F2", "III.Q") in [(m["file"], m["row"], m["cell"], m["value"]) for m in answer["messages"]]
    if form == "csv":
        return [("determinants.csv", "2", "Construct", "III.Q")] == [
            (r["file"], r["row"], r["column"], r["value"]) for r in csv.DictReader(io.StringIO(text)) if r["severity"] == "violation"
        ]
    if form == "html":
        return text.startswith("<!DOCTYPE html>") and text.rstrip().endswith("</html>") and "III.Q" in text
    if form == "ttl":
        shacl = Graph().parse(data=text, format="turtle")
        return any(shacl.value(r, SH.resultSeverity) == SH.Violation for r in shacl.subjects(RDF.type, SH.ValidationResult))
    return any("III.Q" in str(f.get("message")) + str(f.text) for f in ET.fromstring(report).iter("failure"))


@pytest.mark.parametrize("form", ["text", "json", "csv", "html", "ttl", "junit"])
def test_a_report_is_printed_and_says_which_cell_is_wrong(form: str, quick: Cli, wrong: Path) -> None:
    outcome = quick("validate", str(wrong), "--format", form)
    assert (outcome.status, outcome.err) == (1, "")
    assert _names_the_cell(form, outcome.out.encode())


def test_a_marked_workbook_is_written_beside_one_that_stays_as_it_is(quick: Cli, tmp_path: Path) -> None:
    workbook = written_workbook(tmp_path / "cases.xlsx", spoilt())
    before, target = workbook.read_bytes(), tmp_path / "out" / "of" / "checked.xlsx"
    outcome = quick("validate", str(workbook), "--format", "xlsx", "-o", str(target))
    assert outcome == (1, "", "")
    assert workbook.read_bytes() == before
    made = openpyxl.load_workbook(target)
    assert made.sheetnames[0] == "Findings"
    comment = made["Determinants"]["F2"].comment
    assert comment is not None and "III.Q" in comment.text
    assert [f.name for f in target.parent.iterdir()] == ["checked.xlsx"]


def test_a_report_in_a_file_is_what_is_printed_and_takes_the_place_of_an_older_one(quick: Cli, wrong: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    target.write_text("an older and much longer report " * 1000)
    outcome = quick("validate", str(wrong), "--format", "json", "-o", str(target))
    assert outcome == (1, "", "")
    assert target.read_bytes() == quick("validate", str(wrong), "--format", "json").out.encode()


@pytest.mark.parametrize(
    ("paths", "output"),
    [
        ("cases.xlsx", "cases.xlsx"),
        ("cases.xlsx", "pilot/../cases.xlsx"),
        ("cases.xlsx", "symbolic.xlsx"),
        ("cases.xlsx", "hard.xlsx"),
        ("cases.xlsx", "own.ttl"),
        ("pilot", "pilot/dataset.csv"),
        ("pilot/cases.csv", "pilot/cases.csv"),
        ("other pilot", "pilot/cases.csv"),
    ],
)
def test_a_report_is_never_written_over_what_is_read(paths: str, output: str, quick: Cli, pilot: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(pilot.parent)
    written_workbook(Path("cases.xlsx"), tables_of())
    Path("own.ttl").write_text(OWN_SHAPES)
    Path("symbolic.xlsx").symlink_to("cases.xlsx")
    os.link("cases.xlsx", "hard.xlsx")
    write(Path("other"), tables_of("other"))
    before = everything(Path())
    for form in ("text", "csv", "xlsx"):
        outcome = quick("validate", *paths.split(), "--shapes", "own.ttl", "--format", form, "-o", output)
        assert (outcome.status, outcome.out) == (2, "")
        assert f"{output} is one of the files that are read; write the report into another one" in outcome.err
        assert everything(Path()) == before


@pytest.mark.parametrize(("call", "interrupt"), [("write_bytes", False), ("write_bytes", True), ("replace", False), ("replace", True)])
@pytest.mark.parametrize("command", ["template", "matrix", "validate"])
def test_a_write_that_is_interrupted_leaves_the_old_file_and_nothing_else(
    command: str, call: str, interrupt: bool, quick: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failure, status = (KeyboardInterrupt(), 130) if interrupt else (OSError(errno.ENOSPC, "No space left on device"), 2)
    target = tmp_path / "out" / "report"
    target.parent.mkdir()
    target.write_text("what was there before")
    data = tmp_path / "old.xls"
    data.write_bytes(OLD)
    arguments = {
        # A file that cannot be read has its report as well, and sooner.
        "validate": ("validate", str(data)),
        "template": ("template", "--force"),
        "matrix": ("matrix", "--rows", "phase", "--columns", "valence", "--format", "csv"),
    }[command]

    def half(self: Path, given: object) -> None:
        if isinstance(given, bytes):
            with self.open("wb") as stream:
                stream.write(given[: len(given) // 2])
        raise failure

    monkeypatch.setattr(Path, call, half)
    outcome = quick(*arguments, "-o", str(target))
    assert (outcome.status, outcome.out) == (status, "")
    assert ("report cannot be written: No space left on device" in outcome.err) == (status == 2)
    assert everything(target.parent) == {"report": b"what was there before"}


def test_own_shapes_add_their_findings_and_count(quick: Cli, pilot: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.ttl"
    own.write_text(OWN_SHAPES)
    outcome = quick("validate", str(pilot), "--shapes", str(own), "--format", "json")
    assert (outcome.status, outcome.err) == (1, "")
    violations = [m for m in json.loads(outcome.out)["messages"] if m["severity"] == "violation"]
    assert [(m["file"], m["row"], m["column"], m["value"], m["message"]) for m in violations] == [
        ("dataset.csv", 2, "Title", "A pilot", "A title of ours begins with Team.")
    ]


def test_shapes_that_are_no_turtle_are_refused_with_the_line(quick: Cli, pilot: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.ttl"
    own.write_text("@prefix sh: <http://www.w3.org/ns/shacl#> .\n\nown:Title a sh:NodeShape .\n")
    outcome = quick("validate", str(pilot), "--shapes", str(own))
    assert (outcome.status, outcome.out) == (2, "")
    assert "Your shapes are not Turtle (line 3, " in outcome.err


# ---------------------------------------------------------------- validate as a process

#: Runs several command lines in one process and writes down how each ended.
SEVERAL = """
import sys
from imri_kg.__main__ import main
for line in sys.stdin.read().splitlines():
    sys.argv = ["imri-kg", *line.split("\\t")]
    try:
        main()
    except SystemExit as stop:
        print("status", stop.code, flush=True)
"""


def several(*lines: tuple[str, ...], **environment: str) -> subprocess.CompletedProcess[bytes]:
    text = "\n".join("\t".join(line) for line in lines)
    return subprocess.run([sys.executable, "-c", SEVERAL], input=text.encode(), capture_output=True, env={**os.environ, **environment}, timeout=120, check=False)


def test_the_same_input_gives_the_same_bytes_in_another_process(quick: Cli, wrong: Path, tmp_path: Path) -> None:
    lines = [("validate", str(wrong), "--format", form, "-o") for form in ("xlsx", "ttl")]
    lines += [("template", "--example", "-o"), ("matrix", "--rows", "construct", "--columns", "phase", "--format", "xlsx", "-o"), ("matrix", "--rows", "domain", "--columns", "case", "-o")]
    here, there = tmp_path / "here", tmp_path / "there"
    for number, line in enumerate(lines):
        assert quick(*line, str(here / str(number))).err == ""
    ended = several(*((*line, str(there / str(number))) for number, line in enumerate(lines)), PYTHONHASHSEED="7", TZ="Asia/Tokyo")
    assert (ended.stdout, ended.stderr) == (b"status 1\n" * 2 + b"status 0\n" * 3, b"")
    assert len(everything(there)) == 5
    assert everything(there) == everything(here)


def test_in_a_pipe_there_is_neither_colour_nor_progress(wrong: Path) -> None:
    ended = several(("validate", str(wrong)), ("cases",), ("matrix", "--rows", "phase", "--columns", "valence"), ("import",), FORCE_COLOR="1", TERM="xterm-256color")
    assert ended.stdout.count(b"status ") == 4 and b"III.Q" in ended.stdout
    assert b"\x1b" not in ended.stdout
    assert ended.stderr == b""


@pytest.mark.parametrize("plain", [False, True])
def test_on_a_terminal_there_are_both_and_colour_can_be_refused(plain: bool, wrong: Path) -> None:
    environment = {**os.environ, "TERM": "xterm-256color", **({"NO_COLOR": "1"} if plain else {})}
    ours, theirs = os.openpty()
    process = subprocess.Popen([sys.executable, "-m", "imri_kg", "validate", str(wrong)], stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    shown = b"".join(_until_the_end(ours))
    os.close(ours)
    assert process.wait(60) == 1
    progress, _, report = shown.partition(b"determinants.csv")
    assert b"reading" in progress and b"pilot" in progress
    assert "✖".encode() in report and b"III.Q" in report
    assert (b"\x1b[31m" in report) == (not plain)


def _until_the_end(terminal: int) -> Iterator[bytes]:
    """Yield what a terminal shows; Linux tells the end of it as an error."""
    while True:
        try:
            data = os.read(terminal, 65536)
        except OSError:
            return
        if not data:
            return
        yield data


# ---------------------------------------------------------------- template


@pytest.mark.parametrize("options", [(), ("--framework", "cfir-2009"), ("--second", "diffusion"), ("--framework", "cfir-2009", "--second", "diffusion"), ("--second", "diffusion", "--example")])
def test_the_tables_of_the_template_name_the_frameworks_that_its_workbook_names(options: tuple[str, ...], quick: Cli, tmp_path: Path) -> None:
    assert quick("template", *options, "-o", str(tmp_path / "case.xlsx")) == (0, "", "")
    assert quick("template", *options, "--format", "csv", "-o", str(tmp_path / "case")) == (0, "", "")
    tables = everything(tmp_path / "case")
    assert len(tables) == 8
    for name, data in tables.items():
        header, *rows = cells_of(data)
        sheet = cells_of_sheet(tmp_path / "case.xlsx", name.removesuffix(".csv").capitalize())
        assert (header, len(rows)) == (sheet[0], len(sheet) - 1)
    (row,) = csv.DictReader(io.StringIO(tables["dataset.csv"].decode()))
    assert [list(row.values())] == cells_of_sheet(tmp_path / "case.xlsx", "Dataset")[1:]
    asked = dict(zip(options[::2], options[1::2], strict=False))
    assert (row["Framework"], row["Second framework"]) == (asked.get("--framework", "cfir-2022"), asked.get("--second", ""))


def test_the_example_with_a_second_framework_conforms(quick: Cli, tmp_path: Path) -> None:
    quick("template", "--example", "--second", "diffusion", "--format", "csv", "-o", str(tmp_path / "case"))
    outcome = quick("validate", str(tmp_path / "case"))
    assert outcome.status == 0
    assert "Found: nothing." in outcome.out


def test_the_columns_as_json_are_those_of_the_tables(quick: Cli, tmp_path: Path) -> None:
    outcome = quick("template", "--format", "json")
    assert (outcome.status, outcome.err) == (0, "")
    assert quick("template", "--format", "json", "-o", str(tmp_path / "columns.json")) == (0, "", "")
    assert (tmp_path / "columns.json").read_bytes() == outcome.out.encode()
    quick("template", "--format", "csv", "-o", str(tmp_path / "case"))
    for sheet in json.loads(outcome.out)["sheets"]:
        assert cells_of((tmp_path / "case" / sheet["file"]).read_bytes())[0] == [c["name"] for c in sheet["columns"]]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "Name the file to write with -o"),
        (("--format", "csv"), "Name the folder to write with -o"),
        (("-o", "folder"), "folder is a folder; name a file"),
        (("-o", "file"), "file is there already; name another file, or add --force"),
        (("--format", "json", "-o", "file"), "file is there already"),
        (("--format", "csv", "-o", "file"), "file is a file; as csv the template is a folder of files"),
        (("--format", "csv", "-o", "file", "--force"), "file is a file; as csv the template is a folder of files"),
        (("--format", "csv", "-o", "folder"), "sources.csv is there already"),
        (("-o", "new", "--framework", "cfir-2021"), "Did you mean 'cfir-2022'"),
        (("-o", "new", "--framework", ""), "Unknown framework ''"),
        (("-o", "new", "--second", "difusion"), "Did you mean 'diffusion'"),
        (("-o", "new", "--format", "csv", "--framework", "cfir-2021"), "Did you mean 'cfir-2022'"),
        (("-o", "new", "--format", "csv", "--second", "difusion"), "Did you mean 'diffusion'"),
        (("-o", "new", "--format", "csv", "--second", ""), "Unknown framework ''"),
        (("-o", "new", "--framework", "cfir-2009", "--example"), "coded to cfir-2022"),
        (("-o", "new", "--format", "text"), "invalid choice: 'text'"),
        (("--format", "json", "--second", "diffusion"), "leave --framework, --second and --example out"),
        (("--format", "json", "--framework", "chime"), "leave --framework, --second and --example out"),
        (("--format", "json", "--example"), "leave --framework, --second and --example out"),
    ],
)  # fmt: skip
def test_a_template_that_cannot_be_made_leaves_everything_as_it_was(arguments: tuple[str, ...], says: str, quick: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("my own")
    Path("folder").mkdir()
    Path("folder", "sources.csv").write_text("my own")
    outcome = quick("template", *arguments)
    # An error is JSON for those who ask for JSON.
    said = json.loads(outcome.err)["message"] if "json" in arguments else outcome.err
    assert (outcome.status, outcome.out) == (2, "")
    assert says in said
    assert everything(tmp_path) == {"file": b"my own", "folder/sources.csv": b"my own"}


def test_force_replaces_what_is_there(quick: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "case"
    folder.mkdir()
    for name in ("sources.csv", "notes.txt"):
        (folder / name).write_text("my own")
    assert quick("template", "--format", "csv", "-o", str(folder), "--force").status == 0
    assert (folder / "sources.csv").read_text().startswith("Source,Citation,")
    assert (folder / "notes.txt").read_text() == "my own"
    assert len(everything(folder)) == 9


@pytest.mark.parametrize("arguments", [(), ("--library",)])
def test_a_server_shows_the_library_only_where_that_was_asked_for(arguments: tuple[str, ...], cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[tuple[bool, bool]] = []
    monkeypatch.setattr("imri_kg_api.server.serve_graph", lambda graph, settings: served.append((graph.own_cases, settings.library)))
    assert cli("serve", *arguments).status == 0
    assert served == [(bool(arguments), bool(arguments))]
