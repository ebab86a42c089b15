"""The command line: every command in every form, its exit status, and no trace whatever is typed."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from command_line import Cli

import imri_kg
from imri_kg import formats
from imri_kg.cli.commands import parser
from imri_kg.graph import KnowledgeGraph
from imri_kg.tables import table

pytestmark = pytest.mark.usefixtures("graph")

#: One question to each command that gives an answer, with a word that every form of the answer holds.
QUESTIONS = {
    "map": (("map", "imri:B1", "--to", "chime"), "mapping:imri-chime-s03"),
    "crosswalk": (("crosswalk", "imri", "chime"), "Connectedness"),
    "coverage": (("coverage", "imri", "chime"), "Changing mindset"),
    "overview": (("coverage",), "recovery-review"),
    "explain": (("explain", "logic:M3", "chime:I"), "never a match"),
    "pathways": (("pathways", "logic:M3", "chime:I", "--exploratory", "--hypotheses"), "Role modelling recovery"),
    "cite": (("cite", "imri"), "imri-kg contributors"),
    "search": (("search", "personal", "growth"), "imri:B1"),
    "frameworks": (("frameworks",), "assimilation"),
    "framework": (("frameworks", "chime"), "chime:I2"),
    "show": (("show", "imri:T2"), "Increasing knowledge of recovery"),
    "cases": (("cases",), "mulvale-2024.esther"),
    "case": (("cases", "esther"), "strategic decision-makers"),
    "case view": (("cases", "esther", "--through", "diffusion"), "diffusion:D8"),
    "matrix": (("matrix", "--rows", "domain", "--columns", "case"), "Inner Setting"),
    "queries": (("query",), "cq01"),
    "query": (("query", "cq01"), "mapping:imri-chime-s03"),
    "free query": (("query", "SELECT ?c WHERE { ?c skos:inScheme framework:chime } ORDER BY ?c"), "chime:C"),
}
COMMANDS = {"map", "crosswalk", "coverage", "explain", "search", "frameworks", "show", "query", "build", "check", "serve", "validate", "template", "import", "cases", "matrix", "pathways", "cite", "mcp"}


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of shell in which `imri-kg` is ours; for what only a real process shows."""
    line = f'set -o pipefail; imri-kg() {{ "{sys.executable}" -m imri_kg "$@"; }}; {command}'
    return subprocess.run(["bash", "-c", line], capture_output=True, env={**os.environ, **environment}, check=False)


# ---------------------------------------------------------------- every command in every form


def test_every_command_is_asked_here() -> None:
    commands = next(a for a in parser()._actions if a.choices and "map" in a.choices)
    assert set(commands.choices or ()) == COMMANDS
    assert {question[0] for question, _ in QUESTIONS.values()} == COMMANDS - {"build", "check", "serve", "validate", "template", "import", "mcp"}


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_answer_for_people_names_its_release_or_its_size(name: str, cli: Cli) -> None:
    question, word = QUESTIONS[name]
    found = cli(*question)
    assert (found.status, found.err) == (0, "")
    assert word in " ".join(found.out.split())
    assert "release" in found.out or " rows" in found.out or "labels printed" in found.out or name == "show"
    assert "\x1b[" not in found.out


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_answer_as_json_is_one_object_stamped_with_its_release(name: str, cli: Cli, graph: KnowledgeGraph) -> None:
    question, word = QUESTIONS[name]
    found = cli(*question, "--format", "json")
    assert (found.status, found.err) == (0, "")
    answer = json.loads(found.out)
    assert answer["release"] == graph.release
    assert word in json.dumps(answer, ensure_ascii=False)


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize(("form", "delimiter"), [("csv", ","), ("tsv", "\t")])
def test_an_answer_as_a_table_has_a_header_and_rows_of_its_width(name: str, form: str, delimiter: str, cli: Cli) -> None:
    question, word = QUESTIONS[name]
    found = cli(*question, "--format", form)
    assert (found.status, found.err) == (0, "")
    header, *rows = list(csv.reader(io.StringIO(found.out, newline=""), delimiter=delimiter, strict=True))
    assert len(header) == len(set(header))
    assert rows
    assert {len(row) for row in rows} == {len(header)}
    assert word in found.out


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_answer_as_markdown_is_one_table(name: str, cli: Cli) -> None:
    question, word = QUESTIONS[name]
    found = cli(*question, "--format", "md")
    assert (found.status, found.err) == (0, "")
    lines = found.out.splitlines()
    assert lines[1].replace(" --- |", "") == "|"
    assert all(line.startswith("| ") and line.endswith(" |") for line in lines[2:])
    columns = lines[0].count("|")
    assert {line.replace("\\|", "").count("|") for line in lines} == {columns}
    assert word in found.out


def test_a_table_without_rows_still_has_its_header(cli: Cli) -> None:
    found = cli("search", "zzzzzz", "--format", "csv")
    assert found.status == 0
    assert found.out.startswith("curie,label,")
    assert len(found.out.splitlines()) == 1


def test_a_construct_as_a_table_leaves_nothing_out(cli: Cli) -> None:
    rows = list(csv.DictReader(io.StringIO(cli("show", "imri:T2", "--format", "csv").out)))
    assert {"curie", "label", "definition", "broader", "evidence", "claim", "existenceStatus", "editorialNote"} <= {r["property"] for r in rows}


def test_the_terminal_shows_words_beside_signs(cli: Cli) -> None:
    out = cli("crosswalk", "imri", "chime").out
    for words in ("● mapped", "○ judged not mapped", "· not assessed", "◐ contested"):
        assert words in out
    assert "rebuilt label" in cli("show", "imri:T2").out or "rebuilt" in cli("show", "imri:T2").out


def test_unconfirmed_and_rebuilt_labels_are_flagged_wherever_they_are_printed(cli: Cli) -> None:
    assert "unconfirmed label" in cli("map", "imri:B1", "--to", "chime").out
    assert "rebuilt label" in cli("frameworks", "imri").out
    assert "unconfirmed label" in cli("coverage", "imri", "chime").out


def test_the_version_and_the_help_come_without_a_graph(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imri_kg.open", lambda **_: pytest.fail("the graph was opened"))
    assert cli("--version").out == f"imri-kg {imri_kg.__version__}\n"
    for command in sorted(COMMANDS):
        found = cli(command, "--help")
        assert found.status == 0
        assert found.out.startswith(f"usage: imri-kg {command}")


def test_build_reports_its_release_in_words_and_in_json(cli: Cli, graph: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imri_kg.open", lambda **_: graph)
    found = cli("build")
    assert (found.status, found.err) == (0, "")
    assert graph.release in found.out
    assert "282 constructs" in found.out
    assert json.loads(cli("build", "--format", "json").out)["release"] == graph.release


# ---------------------------------------------------------------- exit status


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "required: COMMAND"),
        (("mpa", "imri:B1"), " or map?"),
        (("map",), "Give one term, or --file with many, or --batch with many questions."),
        (("map", "imri:B1", "--too", "chime"), "Did you mean --to?"),
        (("map", "imri:B1", "--basi", "curated"), "Did you mean --basis or"),
        (("map", "imri:B1", "--format", "jsn"), "Did you mean json or jsonld?"),
        (("map", "imri:B1", "--to", "chmie"), "Did you mean 'chime'?"),
        (("map", "imri:B1", "--basis", "derivd"), "Did you mean 'derived'?"),
        (("map", "imri:B1", "--file", "x"), "Give one term, or --file with many, or --batch with many questions."),
        (("map", "imri:B1", "extra"), "extra"),
        (("map", "I1"), "'I1' names 2 constructs: chime:I1"),
        (("map", "chme:I"), "Nearest: chime:I"),
        (("map", "--file", "no-such-file"), "no-such-file cannot be read"),
        (("map", "--file", "."), "cannot be read"),
        (("crosswalk", "imri"), "target"),
        (("coverage", "imri"), "give both, or none"),
        (("explain", "imri:B1"), "object"),
        (("frameworks", "CHIM"), "Did you mean 'chime'?"),
        (("show", "imri:B9"), "Nearest"),
        (("search", "x", "--limit", "0"), "number from 1 to 500"),
        (("search", "x", "--framework", "imry"), "Did you mean 'imri'?"),
        (("query", "cq99"), "Unknown query 'cq99'"),
        (("query", "SELECT * { ?s ?p }"), "not SPARQL"),
        (("query", "ASK {\n ?s ?p\n}"), "line 3, column "),
        (("query", "cq01", "--file", "x"), "not both"),
        (("query", "cq01", "--param", "x"), "not NAME=VALUE"),
        (("query", "cq01", "--param", "x=1"), "Unknown parameter 'x'"),
        (("query", "cq1"), "Did you mean 'competency/cq01-imri-aligned-to-chime'?"),
        (("query", "CQ-7"), "Did you mean 'competency/cq07-"),
        (("query", "records"), "Did you mean 'service/records'"),
        (("query", "moderator"), "'service/moderators'"),
        (("query", "cq01", "--param", "self=1"), "Unknown parameter 'self'"),
        (("query", "cq01", "--param", "text_or_name=1"), "Unknown parameter 'text_or_name'"),
        (("query", "ASK {}", "--param", "x=1"), "Only stored queries take parameters"),
        (("query", "service/records", "--param", "subject=http://a>b"), "could not be run"),
        (("query", "service/records", "--param", "subject=nope:B1"), "Unknown prefix 'nope'"),
        (("query", "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"), "SERVICE is refused"),
        (("query", "DELETE WHERE { ?s ?p ?o }"), "not SPARQL"),
        (("check", "--texts", "no-such-folder"), "is not a folder"),
        (("serve", "--port", "x"), "a whole number from 0 to 65,535"),
        (("serve", "--port", "99999"), "a whole number from 0 to 65,535"),
    ],
)  # fmt: skip
def test_input_that_cannot_be_used_exits_with_two_and_says_what_was_meant(arguments: tuple[str, ...], says: str, cli: Cli) -> None:
    found = cli(*arguments)
    assert found.status == 2
    assert found.out == ""
    assert found.err.startswith("imri-kg: ")
    assert says in found.err


@pytest.mark.parametrize("arguments", [("map", "I1"), ("map", "imri:B1", "--to", "chmie"), ("query", "ASK {"), ("map", "imri:B1", "--nope")])
def test_an_error_is_json_for_those_who_ask_for_json(arguments: tuple[str, ...], cli: Cli) -> None:
    for form in (("--format", "json"), ("--format=json",)):
        found = cli(*arguments, *form)
        assert (found.status, found.out) == (2, "")
        error = json.loads(found.err)
        assert error["error"].endswith("Error")
        assert error["message"]


def test_candidates_are_part_of_the_error_in_json(cli: Cli) -> None:
    error = json.loads(cli("map", "T1", "--format", "json").err)
    assert [c["curie"] for c in error["candidates"]] == ["imri:T1", "review:T1"]


def test_an_unforeseen_fault_exits_with_three_and_asks_for_a_report(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise ZeroDivisionError("half of nothing")

    monkeypatch.setattr("imri_kg.open", fail)
    found = cli("frameworks")
    assert found.status == 3
    assert "ZeroDivisionError: half of nothing" in found.err
    assert "IMRI_KG_DEBUG=1" in found.err


def test_an_interrupted_command_says_nothing(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("imri_kg.open", interrupt)
    assert cli("frameworks") == (130, "", "")


# ---------------------------------------------------------------- hostile input

HOSTILE = [
    "", " ", "\t", "\n", "x" * 10_000, "a\nb", "line one\r\nline two", "'", '"', "''\"\"", "`", "\\", "%s", "{0}", "{", "}", "null", "None", "NaN", "undefined", "0", "-1", "=1+1",
    "@x", "imri:", ":B1", "imri:B1 ; DROP", "imri:B1>", "imri:<B1", "imri:B1/../../x", "../../etc/passwd", "https://w3id.org/imri-kg/id/imri/", "https://", "http://[", "urn:x",
    "imri:B1 chime:I", "https://w3id.org/imri-kg/id/imri/B1> ?p ?o } #", "\u202e\u200b", "\U0001f642", "ﬀ", "Ａ", "\x00"[:0] + "\x07", "[bold]x[/bold]", "[/]", "[red", "\x1b[31mred", "--", "SELECT",
    "imri:B1'; --", '"imri:B1"', "imri:\udcff",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=lambda t: repr(t[:20]))
def test_no_text_gives_a_trace_or_an_unforeseen_fault(text: str, cli: Cli, graph: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imri_kg.open", lambda **_: graph)
    for arguments in (("map", "--", text), ("explain", "--", text, "imri:B1"), ("show", "--", text), ("search", "--", text), ("frameworks", "--", text), ("map", "imri:B1", f"--to={text}"),
                      ("map", "imri:B1", f"--object={text}"), ("map", "imri:B1", f"--basis={text}"), ("query", "service/records", f"--param=subject={text}")):  # fmt: skip
        found = cli(*arguments)
        assert found.status in (0, 2), (arguments, found.err)
        assert "unforeseen" not in found.err
        if found.status == 2:
            assert found.err.startswith("imri-kg: ")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * {" + "{" * 5_000 + "}" * 5_000 + "}",
        "SELECT * { FILTER(" + "(" * 3_000 + "1" + ")" * 3_000 + ") }",
        "SELECT * { FILTER(" + "1+" * 20_000 + "1) }",
        "SELECT * { FILTER(1" + "*1" * 20_000 + ") }",
        "SELECT * { ?s ?p " + ",".join(["?o"] * 15_000) + " }",
        "SELECT " + " ".join(f"(1 AS ?v{i})" for i in range(3_000)) + " {}",
        "SELECT * { " + "{} MINUS " * 5_000 + "{} }",
        "SELECT * { FILTER(" + "!" * 20_000 + "true) }",
        "SELECT * { {}" + " UNION {}" * 5_000 + " }",
        "SELECT * { ?s " + "a/" * 20_000 + "a ?o }",
        "x{" * 30_000,
        "SELECT * { \\u0053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "select * { service <http://127.0.0.1:9/> { ?s ?p ?o } }",
        "LOAD <http://127.0.0.1:9/> INTO GRAPH <urn:x> {}",
        "INSERT DATA { <urn:a> <urn:b> <urn:c> }",
        "DROP ALL # {}",
        "{",
        "{}",
        "PREFIX",
        "\x00{",
        "SELECT * { ?s ?p 'unclosed }",
    ],
    ids=lambda q: q[:24] + f" ({len(q)})",
)
def test_no_query_harms_the_process(query: str, cli: Cli) -> None:
    found = cli("query", query)
    assert found.status == 2
    assert "unforeseen" not in found.err
    assert len(found.err) < 500 + len(query) or "Known" in found.err


def test_a_query_that_names_a_graph_elsewhere_fetches_nothing(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.socket.connect", lambda *_: pytest.fail("a connection was opened"))
    assert cli("query", "SELECT * FROM <http://127.0.0.1:9/> { ?s ?p ?o } LIMIT 1").status == 0
    assert cli("query", "DESCRIBE imri:B1", "--format", "csv").out.count("id/imri/B1") > 5


@pytest.mark.parametrize(("name", "content"), [("latin.txt", "Québec".encode("latin-1")), ("utf16.txt", "imri:B1".encode("utf-16")), ("binary.rq", b"\xff\xfe\x00{")])
def test_a_file_that_is_no_utf_8_is_said(name: str, content: bytes, cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    for command in ("map", "query"):
        found = cli(command, "--file", str(file))
        assert found.status == 2
        assert f"{file} is not UTF-8" in found.err


# ---------------------------------------------------------------- cells that a spreadsheet would run


@pytest.mark.parametrize("value", ["=1+1", "+SUM(A1)", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(\"http://x\")"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(value: str) -> None:
    answer = table([{"label": value}], ("label",), "r")
    for form, delimiter in (("csv", ","), ("tsv", "\t")):
        (_, cells) = csv.reader(io.StringIO(formats.serialise(answer, form), newline=""), delimiter=delimiter)
        assert cells == ["'" + value.replace("\r", "\n")]
    assert json.loads(formats.serialise(answer, "json"))["items"] == [{"label": value}]


@pytest.mark.parametrize("value", ["-1", "-0.5", "+3", "1e-3", "imri:B1", "a=b", ""])
def test_numbers_and_words_are_left_as_they_are(value: str) -> None:
    answer = table([{"label": value, "n": 1}], ("label", "n"), "r")
    assert formats.serialise(answer, "csv") == f"label,n\r\n{value},1\r\n"


def test_bars_and_line_ends_do_not_break_a_markdown_table() -> None:
    answer = table([{"label": "a|b\nc\\d\re"}], ("label",), "r")
    assert len(formats.serialise(answer, "md").splitlines()) == 3
    assert "a\\|b c\\\\d" in formats.serialise(answer, "md")


# ---------------------------------------------------------------- streams, as only a real process has them


@pytest.mark.parametrize(
    "command",
    [
        "imri-kg coverage | head -1",
        "imri-kg coverage --format json | head -1",
        "imri-kg map imri:B1 | head -1",
        "imri-kg query 'SELECT * { ?s ?p ?o } LIMIT 3000' --format csv | head -1",
    ],
)
def test_a_reader_that_leaves_early_is_no_fault(command: str) -> None:
    found = shell(command)
    assert (found.returncode, found.stderr) == (0, b"")
    assert len(found.stdout.splitlines()) == 1


@pytest.mark.parametrize("command", ["imri-kg map imri:B1 --to chime >&-", "imri-kg frameworks --format json >&-", "imri-kg --version >&-"])
def test_a_closed_output_is_no_fault(command: str) -> None:
    found = shell(command)
    assert (found.returncode, found.stderr) == (0, b"")


def test_an_error_with_every_stream_closed_still_has_its_status() -> None:
    assert shell("imri-kg map nowhere >&- 2>&-").returncode == 2


@pytest.mark.parametrize("command", ["imri-kg map imri:B1 --to chime", "imri-kg frameworks", "imri-kg frameworks --format csv"])
def test_a_full_disk_is_said_in_one_line(command: str) -> None:
    found = shell(f"{command} > /dev/full")
    assert found.returncode == 2
    assert found.stderr.decode() == "imri-kg: the system refused: No space left on device.\n"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_console_of_another_encoding_shows_what_it_can(encoding: str) -> None:
    for command in ("map imri:B1 --to chime", "crosswalk logic-model chime"):
        found = shell(f"imri-kg {command}", PYTHONIOENCODING=encoding)
        assert (found.returncode, found.stderr) == (0, b"")
        assert b"? mapped" in found.stdout


def test_programs_get_utf_8_whatever_the_console() -> None:
    found = shell("imri-kg map imri:B1 --to chime --format json", PYTHONIOENCODING="ascii")
    assert "“identity”" in found.stdout.decode("utf-8")


def test_a_query_without_end_is_stopped_from_the_keyboard(graph: KnowledgeGraph) -> None:
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    # The engine has begun when the line is read: a keyboard reaches the process in the midst of its work.
    begun = "import imri_kg.graph, sys; from imri_kg.__main__ import main; run = imri_kg.graph.KnowledgeGraph.query"
    told = "imri_kg.graph.KnowledgeGraph.query = lambda *a: (print('begun', flush=True), run(*a))[1]"
    # A shell that runs this in the background has its children pass over the signal.
    deaf = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    process = subprocess.Popen([sys.executable, "-c", f"{deaf}; {begun}; {told}; main()", "query", endless], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None and process.stdout.readline() == "begun\n"
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == -signal.SIGINT
    finally:
        process.kill()
