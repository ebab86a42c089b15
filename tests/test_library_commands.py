"""`cases`, `matrix`, `import` and `serve --cases` as a reviewer types them, with a library of one's own."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from command_line import Cli
from library_samples import everything, tables_of
from test_case_commands import OLD, cells_of, cells_of_sheet, check_each_once, spoilt, write, written_workbook
from test_server import Running

from imri_kg.case_validation.service import Checked
from imri_kg.graph import KnowledgeGraph

pytestmark = pytest.mark.usefixtures("graph")


@pytest.fixture
def quick(cli: Cli, graph: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """The command line over the graph that is open already; nothing here goes into a library."""
    monkeypatch.setattr("imri_kg.open", lambda **_: graph)
    return cli


@pytest.fixture(scope="module")
def known() -> dict[object, Checked]:
    return {}


@pytest.fixture
def library(known: dict[object, Checked], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a library of this test's own, not yet made."""
    check_each_once(monkeypatch, known)
    folder = tmp_path / "library"
    monkeypatch.setenv("IMRI_KG_LIBRARY", str(folder))
    return folder


@pytest.fixture
def pilot(tmp_path: Path) -> Path:
    return write(tmp_path / "pilot", tables_of())


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """The same tables with a construct that there is not."""
    return write(tmp_path / "wrong", spoilt())


# ---------------------------------------------------------------- cases and matrix


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("cases", "esthr"), "Did you mean 'mulvale-2024.esther'?"),
        (("cases", "mulvale-2024.ester"), "Did you mean 'mulvale-2024.esther'"),
        (("cases", ""), "Unknown case ''"),
        (("cases", "esther", "--through", "difusion"), "Did you mean 'diffusion'?"),
        (("cases", "esther", "--through", ""), "Unknown framework ''"),
        (("cases", "esther", "second"), "second"),
        (("matrix", "--rows", "phase"), "required: --columns"),
        (("matrix", "--rows", "phase", "--columns", "case", "--format", "xlsx", "-o", "a.ods"), "let its name end with .xlsx"),
        (("matrix", "--rows", "phse", "--columns", "case"), "Did you mean 'phase'?"),
        (("matrix", "--rows", "phase", "--columns", "cases"), "Did you mean 'case'"),
        (("matrix", "--rows", "phase", "--columns", "phase"), "Rows and columns are both 'phase'"),
        (("matrix", "--rows", "phase", "--columns", "case", "--where", "case"), "--where 'case' is not DIMENSION=VALUE"),
        (("matrix", "--rows", "phase", "--columns", "case", "--where", "case="), "--where 'case=' is not DIMENSION=VALUE"),
        (("matrix", "--rows", "phase", "--columns", "case", "--where", "cas=esther"), "Did you mean 'case'?"),
        (("matrix", "--rows", "phase", "--columns", "case", "--where", "case=esthr"), "Did you mean 'mulvale-2024.esther'?"),
        (("matrix", "--rows", "phase", "--columns", "case", "--basis", "curatd"), "Did you mean 'curated'?"),
        (("matrix", "--rows", "phase", "--columns", "case", "--domain-by", "word"), "invalid choice: 'word'"),
        (("matrix", "--rows", "phase", "--columns", "case", "--format", "xlsx"), "add -o FILE.xlsx"),
        (("matrix", "--rows", "phase", "--columns", "case", "-o", "."), ". is a folder; name a file"),
    ],
)  # fmt: skip
def test_a_question_about_cases_that_cannot_be_answered_names_what_was_meant(
    arguments: tuple[str, ...], says: str, quick: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = quick(*arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("imri-kg: ") and says in outcome.err
    assert everything(tmp_path) == {}


def test_the_nearest_cases_are_part_of_the_error_in_json(quick: Cli) -> None:
    outcome = quick("cases", "esthr", "--format", "json")
    assert (outcome.status, outcome.out) == (2, "")
    assert json.loads(outcome.err)["candidates"] == ["mulvale-2024.esther"]


@pytest.mark.parametrize("form", ["text", "json", "csv", "tsv", "md"])
def test_a_matrix_in_a_file_is_what_is_printed(form: str, quick: Cli, tmp_path: Path) -> None:
    question = ("matrix", "--rows", "valence", "--columns", "phase", "--format", form)
    printed = quick(*question)
    assert printed.status == 0 and len(printed.out) > 500
    assert quick(*question, "-o", str(tmp_path / "new" / "matrix")) == (0, "", "")
    assert (tmp_path / "new" / "matrix").read_bytes() == printed.out.encode()


@pytest.mark.parametrize("question", [("domain", "case"), ("valence", "phase", "--where", "case=esther"), ("phase", "case", "--basis", "derived")])
def test_a_matrix_as_a_workbook_has_the_cells_of_the_csv(question: tuple[str, ...], quick: Cli, tmp_path: Path) -> None:
    rows, columns, *more = question
    arguments = ("matrix", "--rows", rows, "--columns", columns, *more, "--format")
    assert quick(*arguments, "xlsx", "-o", str(tmp_path / "matrix.xlsx")) == (0, "", "")
    assert cells_of_sheet(tmp_path / "matrix.xlsx", f"{rows} by {columns}") == cells_of(quick(*arguments, "csv").out.encode())


def test_a_row_of_a_matrix_has_its_name_once(quick: Cli) -> None:
    lines = quick("matrix", "--rows", "valence", "--columns", "phase").out.splitlines()
    named = [line.split("  ")[0] for line in lines]
    assert "mixed valence" in named and "facilitator" in named


def test_filters_count_less_and_say_what_they_leave_out(cli: Cli, pilot: Path, library: Path) -> None:
    assert cli("import", str(pilot)).status == 0

    def asked(*more: str) -> dict[str, object]:
        return json.loads(cli("matrix", "--rows", "construct", "--columns", "case", "--where", "dataset=pilot", "--format", "json", *more).out)

    whole = asked()
    assert [(c["row"], c["column"], c["printed"], c["inferred"], c["total"]) for c in whole["cells"]] == [("cfir2022:III.D", "pilot.north", 0, 1, 1)]  # type: ignore[union-attr, attr-defined]
    assert asked("--where", "phase=adoption", "--where", "phase=implementation")["counts"] == whole["counts"]
    assert asked("--where", "phase=implementation")["cells"] == []
    trusted = asked("--basis", "author-stated")
    assert (trusted["cells"], trusted["basis"]) == ([], ["author-stated"])
    assert sum(trusted["left_out"]["observations"].values()) == 1  # type: ignore[index]
    assert asked("--basis", "author-stated,curated")["counts"] == whole["counts"]


# ---------------------------------------------------------------- import


def test_a_dataset_enters_is_counted_replaced_taken_back_and_out(cli: Cli, pilot: Path, library: Path, tmp_path: Path) -> None:
    entered = cli("import", str(pilot))
    assert (entered.status, entered.err) == (0, "")
    assert entered.out.startswith("pilot added, from cases.csv, dataset.csv, ") and entered.out.endswith("The library holds them now.\n")
    (held,) = csv.DictReader(io.StringIO(cli("import", "--format", "csv").out))
    assert (held["dataset"], held["title"], held["rows"]) == ("pilot", "A pilot", "9")
    assert "pilot.north,North clinic,pilot," in cli("cases", "--format", "csv").out
    described = cli("cases", "north")
    assert described.status == 0 and "Leaders wanted the change – “now”." in described.out
    matrix = cli("matrix", "--rows", "phase", "--columns", "case", "--format", "csv").out
    assert "North clinic" in matrix and "ESTHER" in matrix

    again = cli("import", str(pilot))
    assert again.status == 1
    assert "'pilot' is in the library already; import it with --replace" in " ".join(again.out.split())
    assert again.out.endswith("Nothing was imported; the library is as it was.\n")

    renamed = write(tmp_path / "renamed", tables_of(title="A pilot, read again"))
    replaced = cli("import", str(renamed), "--replace", "--format", "json")
    assert replaced.status == 0
    assert [d["outcome"] for d in json.loads(replaced.out)["datasets"]] == ["replaced"]
    assert "A pilot, read again" in cli("import").out

    undone = cli("import", "--undo")
    assert undone.status == 0 and "A pilot" in undone.out and "read again" not in undone.out
    assert cli("import", "--remove", "pilot") == (0, "The library holds no dataset.\n", "")
    assert "A pilot" in cli("import", "--undo").out
    assert cli("import", "--undo").out == "The library holds no dataset.\n"
    assert "North clinic" not in cli("cases").out
    nothing = cli("import", "--undo")
    assert (nothing.status, nothing.out) == (2, "")
    assert "There is nothing more to undo" in nothing.err


def test_an_export_is_equal_cell_by_cell_to_what_was_imported_and_overwrites_nothing(cli: Cli, pilot: Path, library: Path, tmp_path: Path) -> None:
    cli("import", str(pilot))
    folder, workbook = tmp_path / "back", tmp_path / "back.xlsx"
    outcome = cli("import", "--export", "pilot", "-o", str(folder))
    assert (outcome.status, outcome.out) == (0, "")
    assert {Path(line).name for line in outcome.err.splitlines()} == {f.name for f in pilot.iterdir()}
    assert everything(folder) == everything(pilot)
    assert cli("import", "--export", "pilot", "-o", str(workbook)).status == 0
    for name, data in everything(pilot).items():
        assert cells_of_sheet(workbook, name.removesuffix(".csv").capitalize()) == cells_of(data)
    before = everything(tmp_path)
    for target in (folder, workbook, pilot):
        refused = cli("import", "--export", "pilot", "-o", str(target))
        assert (refused.status, refused.out) == (2, "")
        assert "is there already" in refused.err
    for arguments in (("--remove", "pilto"), ("--export", "pilto", "-o", str(tmp_path / "new"))):
        unknown = cli("import", *arguments)
        assert (unknown.status, unknown.out) == (2, "")
        assert "Unknown dataset 'pilto' in the library. Did you mean 'pilot'?" in unknown.err
    assert everything(tmp_path) == before


def test_refused_rows_are_listed_and_nothing_enters(cli: Cli, pilot: Path, wrong: Path, library: Path, tmp_path: Path) -> None:
    outcome = cli("import", str(wrong))
    assert (outcome.status, outcome.err) == (1, "")
    assert outcome.out.startswith("pilot refused, from ")
    assert "violation: determinants.csv, row 2, column Construct: 'III.Q' is not a construct" in outcome.out
    assert not library.exists()
    # One that is sound does not enter beside it.
    other = write(tmp_path / "other", tables_of("other"))
    outcome = cli("import", str(other), str(wrong), "--format", "csv")
    assert outcome.status == 1
    rows = list(csv.DictReader(io.StringIO(outcome.out)))
    assert {(r["dataset"], r["outcome"], r["violations"]) for r in rows} == {("other", "held back", "0"), ("pilot", "refused", "1")}
    assert not library.exists()


def test_rows_with_a_warning_enter_and_are_listed(cli: Cli, library: Path, tmp_path: Path) -> None:
    tables = tables_of()
    tables["determinants"][1][7] = ""
    outcome = cli("import", str(write(tmp_path / "case", tables)))
    assert outcome.status == 0
    assert "pilot added" in outcome.out and "warning: determinants.csv, row 2, column Coding: " in outcome.out


def test_what_cannot_be_read_is_told_once_and_ends_with_2(cli: Cli, library: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.xls"
    old.write_bytes(OLD)
    outcome = cli("import", str(old))
    assert outcome.status == 2
    assert outcome.out.startswith("violation: old.xls: This is a file of an old Office program")
    assert outcome.out.endswith("Nothing was imported; the library is as it was.\n")
    assert not library.exists()


def test_a_dataset_that_comes_with_the_release_cannot_be_taken_for_ones_own(cli: Cli, library: Path, tmp_path: Path) -> None:
    outcome = cli("import", str(write(tmp_path / "case", tables_of("mulvale-2024"))), "--replace")
    assert outcome.status == 1
    assert "comes with imri-kg; give your dataset an identifier of its own" in " ".join(outcome.out.split())
    assert not library.exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("missing",), "missing cannot be read: No such file"),
        (("empty",), "empty holds no case file"),
        (("--undo",), "nothing was ever imported"),
        (("--remove", "pilot"), "the library is empty"),
        (("--remove", ""), "There is no dataset ''"),
        (("--remove", "mulvale-2024"), "comes with imri-kg and is not in your library"),
        (("--export", "pilot"), "Name the folder to export into"),
        (("--export", "pilot", "-o", "new"), "the library is empty"),
        (("--export", "", "-o", "new"), "There is no dataset ''"),
        (("--undo", "--remove", "pilot"), "ask for one at a time"),
        (("pilot", "--undo"), "ask for one at a time"),
        (("pilot", "--remove", ""), "ask for one at a time"),
        (("--replace",), "--replace goes with what is to be imported"),
        (("pilot", "-o", "new"), "-o says where to export"),
        (("--format", "xlsx"), "invalid choice: 'xlsx'"),
    ],
)  # fmt: skip
def test_an_import_that_cannot_be_makes_no_library(arguments: tuple[str, ...], says: str, cli: Cli, pilot: Path, library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(pilot.parent)
    Path("empty").mkdir()
    outcome = cli("import", *arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert says in outcome.err
    assert not library.exists() and not Path("new").exists()


def test_a_file_where_the_library_should_be_is_named(cli: Cli, library: Path) -> None:
    library.write_text("no folder")
    for arguments in (("import",), ("import", "--undo"), ("cases",)):
        outcome = cli(*arguments)
        assert (outcome.status, outcome.out) == (2, "")
        assert str(library) in outcome.err
    assert library.read_text() == "no folder"


def test_a_text_of_others_cannot_steer_the_terminal(cli: Cli, library: Path, tmp_path: Path) -> None:
    tables = tables_of(title="A \x1b[31mred\x1b]0;title\x07 pilot \u202e")
    tables["cases"][1][1] = "North \x1b[2J clinic"
    tables["determinants"][1][0] = "o\x1b[1m1"
    assert cli("import", str(write(tmp_path / "case", tables))).status == 0
    for command in (("import",), ("cases",), ("cases", "north"), ("matrix", "--rows", "phase", "--columns", "case")):
        outcome = cli(*command)
        assert (outcome.status, outcome.err) == (0, "")
        assert not set(outcome.out) & {"\x1b", "\x07", "\u202e"}, command
        assert "␛[" in outcome.out


# ---------------------------------------------------------------- serve


def test_a_server_answers_with_the_cases_that_it_was_given_and_keeps_none(graph: KnowledgeGraph, pilot: Path, library: Path, tmp_path: Path) -> None:
    other = written_workbook(tmp_path / "other.xlsx", tables_of("other"))
    server = Running("--cases", str(pilot), "--cases", str(other))
    try:
        reply, body = server.get("/api/v1/cases")
        assert reply.status == 200
        listed = {case["id"] for case in json.loads(body)["items"]}
        assert {"pilot.north", "other.north", "mulvale-2024.esther"} <= listed
        reply, body = server.get("/api/v1/cases/pilot.north")
        assert reply.status == 200 and "Leaders wanted the change" in body.decode()
        reply, body = server.get("/api/v1/matrix?rows=phase&columns=dataset")
        assert reply.status == 200 and '"other"' in body.decode()
    finally:
        status, _, err = server.stop()
    assert (status, err) == (0, "")
    assert not library.exists()


@pytest.mark.parametrize(
    ("paths", "says"),
    [
        (("missing",), "missing cannot be read: No such file"),
        (("pilot", "missing"), "missing cannot be read: No such file"),
        (("empty",), "empty holds no case file"),
        (("wrong",), "(1 violation), so nothing is served. See 'imri-kg validate'.\n  determinants.csv, row 2, column Construct: 'III.Q'"),
        (("old.xls",), "(1 violation), so nothing is served. See 'imri-kg validate'.\n  old.xls: This is a file of an old Office program"),
        (("mulvale",), "comes with imri-kg"),
    ],
)
def test_what_cannot_be_served_is_refused_before_anything_is(
    paths: tuple[str, ...], says: str, cli: Cli, pilot: Path, wrong: Path, library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(pilot.parent)
    Path("empty").mkdir()
    Path("old.xls").write_bytes(OLD)
    write(Path("mulvale"), tables_of("mulvale-2024"))
    monkeypatch.setattr("imri_kg_api.server.serve_graph", lambda *_: pytest.fail("the server was started"))
    outcome = cli("serve", "--port", "0", *(word for path in paths for word in ("--cases", path)))
    assert (outcome.status, outcome.out) == (2, "")
    assert says in outcome.err


def test_the_library_is_served_beside_the_cases_that_are_named_only_where_that_is_asked_for(
    cli: Cli, pilot: Path, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("import", str(pilot))
    before = everything(library)
    seen: list[KnowledgeGraph] = []
    monkeypatch.setattr("imri_kg_api.server.serve_graph", lambda graph, _: seen.append(graph))
    other = str(write(tmp_path / "other", tables_of("other")))
    for more in ((), ("--library",)):
        assert cli("serve", "--cases", other, *more).status == 0
    own = [{row["id"] for row in served.cases().rows()} & {"pilot.north", "other.north"} for served in seen]
    assert own == [{"other.north"}, {"pilot.north", "other.north"}]
    assert everything(library) == before


def test_a_case_through_another_framework_has_no_construct_without_its_state(quick: Cli) -> None:
    shown = quick("cases", "esther", "--through", "chime").out
    assert "cfir2022:I.C Innovation Relative Advantage  not assessed; observations F021, F029, F050" in shown
    lines = shown.partition("Constructs")[2].splitlines()
    assert all("; observations " in line or "; observations " in "".join(lines[n : n + 2]) for n, line in enumerate(lines) if line.startswith("  cfir2022:"))
