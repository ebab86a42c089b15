"""The measurements run and print what they promise; no time is asserted, since times belong to a machine."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import results
from benchmarks.__main__ import main, parser
from benchmarks.processes import timed
from imri_kg.graph import KnowledgeGraph

ROOT = Path(__file__).resolve().parent.parent

#: Each command and what its output says, whatever the numbers.
PRINTS = {
    "start": r"^ratio \d+\.\d\d of the medians; runs of each, in turns: 1$",
    "build": r"^peak memory    (\d+ MiB|not told by this system)$",
    "search": r"^slowest median \d+\.\d\d ms among \d+ constructs; runs of each: 1$",
    "reading": r"^ratio \d+\.\d\d of the medians; runs of each, in turns: 1$",
    "cases": r"^ratio \d+\.\d\d of the medians; runs of each, in turns: 1$",
}
#: Commands that measure nothing, and those that measure a running server: tests/test_server_benchmarks.py, tests/browser/test_page_benchmarks.py.
OTHERS = {"generate", "sparql", "load", "quiet", "soak", "pages"}


def test_every_measurement_is_run_here() -> None:
    usage = parser().format_help()
    assert PRINTS, "there is nothing to run"
    for command in PRINTS:
        assert re.search(rf"^    {command} ", usage, re.MULTILINE)
    assert len(re.findall(r"^    [a-z]+ ", usage, re.MULTILINE)) == len(PRINTS) + len(OTHERS)


def test_generated_tables_hold_exactly_the_faults_that_they_say(graph: KnowledgeGraph, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "--cases", "4", "--share", "0.1", "-o", str(tmp_path / "made")]) == 0
    assert "rows with 8 faults" in capsys.readouterr().out
    with (tmp_path / "made" / "expected" / "faults.csv").open(encoding="utf-8", newline="") as file:
        planted = {(row["Sheet"], int(row["Row"]), row["Column"]) for row in csv.DictReader(file)}
    found = graph.validate(tmp_path / "made")
    assert len(planted) == 8
    assert {(m.sheet, m.row, m.column) for m in found.messages if m.severity == "violation"} == planted


def test_the_same_arguments_give_the_same_tables(graph: KnowledgeGraph, tmp_path: Path) -> None:
    for name in ("a", "b"):
        main(["generate", "--cases", "2", "-o", str(tmp_path / name)])
    first, second = ({f.name: f.read_bytes() for f in (tmp_path / name).rglob("*.csv")} for name in ("a", "b"))
    assert len(first) == 9
    assert first == second


@pytest.mark.parametrize("command", PRINTS)
def test_a_measurement_prints_its_figures(command: str, graph: KnowledgeGraph) -> None:
    run = subprocess.run([sys.executable, "-m", "benchmarks", command, "--runs", "1"], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stderr
    assert re.search(PRINTS[command], run.stdout, re.MULTILINE), run.stdout


def test_stored_figures_name_the_machine_and_no_host(
    graph: KnowledgeGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(results, "FOLDER", tmp_path / "results")
    assert main(["search", "--runs", "1", "--store", "before"]) == 0
    written = tmp_path / "results" / "before.json"
    assert f"written to {written}" in capsys.readouterr().out
    content = json.loads(written.read_text(encoding="utf-8"))
    assert content["command"] == "search"
    assert set(content["machine"]) == {"cores", "machine", "python", "system"}
    assert content["figures"]["searches"]["imri:B1"]["runs"] == 1


@pytest.mark.parametrize("name", ["../before", "a/b", "", ".hidden"])
def test_a_file_outside_the_results_folder_is_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["search", "--store", name])
    assert stop.value.code == 2
    assert "is not a plain file name" in capsys.readouterr().err


@pytest.mark.parametrize("runs", ["0", "-1", "many"])
def test_a_number_of_runs_below_one_is_refused(runs: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["start", f"--runs={runs}"])
    assert stop.value.code == 2
    assert "is not a number from 1 up" in capsys.readouterr().err


def test_a_process_that_fails_is_not_timed(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ended with 3: no"):
        timed([sys.executable, "-c", "import sys; sys.stderr.write('no'); sys.exit(3)"], tmp_path)
