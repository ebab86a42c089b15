"""The pages are true: their commands and code run, their links resolve, and nothing that they should tell is missing."""

from __future__ import annotations

import argparse
import csv
import doctest
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml
from benchmarks.chromium import SETTING
from imri_kg_api.serving.metrics import FOLDER_VARIABLE
from imri_kg_api.settings import VARIABLES

import imri_kg
from imri_kg import resources
from imri_kg.cli.commands import parser
from imri_kg.graph import KnowledgeGraph
from imri_kg.prefixes import read_prefixes
from imri_kg.vocabulary import MATCHES

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "ontology").rglob("*.md")])
TEXTS = {page.relative_to(ROOT).as_posix(): page.read_text(encoding="utf-8") for page in PAGES}
FENCE = re.compile(r"^```(?P<language>[a-z]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)

#: Commands that are not run here: the reason, and what holds them to their word instead (file, and a text in it).
NOT_RUN = {
    "make env": ("it installs", "tests/test_docs.py", "def test_a_make_command_of_the_pages_is_a_target"),
    "make run": ("it installs and serves until it is stopped", "tests/test_docs.py", "def test_make_run_builds_and_serves"),
    "make test": ("it is what runs this test", ".ci/run", "make test"),
    "imri-kg serve --workers 2 --access-log": ("it serves until it is stopped", "tests/test_serving_releases.py", "def test_a_worker_that_dies_is_replaced_while_others_answer"),
    "imri-kg serve": ("it serves until it is stopped", "tests/test_server.py", "def test_the_server_says_where_it_listens_and_what_to_try"),
    "curl http://127.0.0.1:8000/concepts/chime:H?format=json": ("it asks a server", "tests/test_explorer.py", "def test_the_address_of_a_page_gives_the_data_too"),
    "curl -H 'Accept: text/csv' http://127.0.0.1:8000/crosswalks/imri/chime": ("it asks a server", "tests/test_explorer.py", "def test_the_address_of_a_page_gives_the_data_too"),
    "imri-kg mcp": ("it answers until its input ends", "tests/test_mcp_doors.py", "def test_standard_output_carries_the_protocol_alone"),
    "py -m venv .venv": ("it is for Windows", "Makefile", "-m venv .venv"),
    r".venv\Scripts\pip install .": ("it is for Windows, and installs", "Makefile", "pip install"),
    r".venv\Scripts\imri-kg serve": ("it is for Windows, and serves", "tests/test_server.py", "def test_the_server_says_where_it_listens"),
}


class Block(NamedTuple):
    """A fenced block: the page, the number of its first line, its language and its text."""

    page: str
    line: int
    language: str
    body: str


class Shown(NamedTuple):
    """A command on a page and the lines that the page shows after it."""

    page: str
    line: int
    command: str
    lines: tuple[str, ...]


def blocks(*languages: str) -> list[Block]:
    """Return every fenced block of the pages in one of some languages."""
    found = [
        Block(name, text.count("\n", 0, match.start()) + 2, match["language"], match["body"])
        for name, text in TEXTS.items()
        for match in FENCE.finditer(text)
    ]
    return [b for b in found if b.language in languages]


def shown() -> Iterator[Shown]:
    """Yield every command of the console blocks with its output."""
    for block in blocks("console"):
        starts = [n for n, line in enumerate(block.body.splitlines()) if line.startswith(("$ ", "> "))]
        lines = block.body.splitlines()
        assert starts and starts[0] == 0, f"{block.page}, line {block.line}: a console block begins with a command"
        for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            yield Shown(block.page, block.line + start, lines[start][2:], tuple(lines[start + 1 : end]))


#: Writes the workbook that other commands of the pages check.
WORKBOOK = "imri-kg template --example -o case.xlsx"
COMMANDS = list(shown())
RUN = [c for c in COMMANDS if c.command not in NOT_RUN]
#: What each command left (status, output, errors): a check takes seconds and is shown on two pages.
OUTPUTS: dict[str, tuple[int, str, str]] = {}


def name_of(item: Block | Shown) -> str:
    return f"{item.page}:{item.line}"


def plain(line: str) -> str:
    """Return a line with single spaces: how wide a column is depends on what else stands in it."""
    return " ".join(line.split())


def pattern(line: str) -> re.Pattern[str]:
    """Return what a shown line stands for: `...` inside it is any text."""
    return re.compile(".*".join(re.escape(part) for part in plain(line).split("...")))


def test_the_pages_are_found() -> None:
    assert {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "docs/command-line.md", "ontology/mappings/rules.md"} <= set(TEXTS)
    assert len(RUN) > 20


@pytest.mark.parametrize("item", RUN, ids=name_of)
def test_a_command_gives_what_its_page_shows(
    item: Shown, cli: Callable[..., tuple[int, str, str]], graph: KnowledgeGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, *arguments = shlex.split(item.command)
    assert program in ("imri-kg", ".venv/bin/imri-kg"), f"{item.command!r} is neither run nor listed in NOT_RUN"
    if arguments[0] == "build":
        # The snapshot that all tests read is left alone.
        monkeypatch.setenv("IMRI_KG_CACHE", str(tmp_path))
    if item.command not in OUTPUTS:
        # Files that a command writes stay out of the checkout; the workbook of the pages comes from the page's own first command.
        monkeypatch.chdir(tmp_path)
        if "case.xlsx" in arguments and arguments[0] != "template":
            cli(*shlex.split(WORKBOOK)[1:])
        OUTPUTS[item.command] = cli(*arguments)
    status, out, err = OUTPUTS[item.command]
    assert status in (0, 2)
    rest = iter((out + err).splitlines())
    for line in item.lines:
        if line.strip() == "...":
            continue
        wanted = pattern(line)
        assert any(wanted.fullmatch(plain(found)) for found in rest), f"{line!r} is not in the output, or not in this order:\n{out}{err}"


def test_what_is_not_run_is_shown_and_held_to_its_word_elsewhere() -> None:
    assert NOT_RUN
    shown_commands = {c.command for c in COMMANDS}
    for command, (reason, file, text) in NOT_RUN.items():
        assert reason and command in shown_commands, command
        assert text in (ROOT / file).read_text(encoding="utf-8"), command


def test_a_make_command_of_the_pages_is_a_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = {m for text in TEXTS.values() for m in re.findall(r"`?\bmake ([a-z]+)`", text)} | {
        c.command.split()[1] for c in COMMANDS if c.command.startswith("make ")
    }
    assert {"env", "run", "test"} <= named
    for target in named:
        assert re.search(rf"^{target}:.*", makefile, re.MULTILINE), f"make {target}"


def test_make_run_builds_and_serves() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = re.search(r"^run:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert recipe and [line.split("imri-kg ")[1].split()[0] for line in recipe[1].splitlines()] == ["build", "serve"]


@pytest.mark.parametrize("line", [line for b in blocks("", "text") for line in b.body.splitlines() if line.startswith("imri-kg ")])
def test_a_command_that_is_listed_without_a_prompt_is_one(line: str) -> None:
    # What the command does stands beside it, two spaces away.
    command, _, _ = line.partition("  ")
    parser().parse_args(shlex.split(command)[1:])


@pytest.mark.parametrize("page", sorted({b.page for b in blocks("python")}))
def test_python_on_a_page_runs(page: str, graph: KnowledgeGraph, address: str) -> None:
    # doctest reads the page as it is; the fence after an example would be read as a part of its output.
    text = re.sub(r"^```[a-z]*$", "", TEXTS[page], flags=re.MULTILINE)
    # What a page opens on the usual port is served on a free one.
    text = text.replace('"http://127.0.0.1:8000', f'"{address}')
    test = doctest.DocTestParser().get_doctest(text, {}, page, page, 0)
    assert test.examples, f"{page} shows Python without a prompt"
    report: list[str] = []
    found = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=report.append)
    assert not found.failed, "".join(report)


@pytest.mark.parametrize("block", blocks("python"), ids=name_of)
def test_python_is_shown_with_a_prompt(block: Block) -> None:
    assert block.body.startswith(">>> ")


@pytest.mark.parametrize("block", blocks("sparql"), ids=name_of)
def test_a_query_on_a_page_has_an_answer(block: Block, graph: KnowledgeGraph) -> None:
    assert graph.query(block.body).rows()


def _add(root: Path, name: str, turtle: str) -> None:
    """Write Turtle with the prefixes that it uses beside the relations of a data folder."""
    known = read_prefixes(root / "ontology" / "prefixes.ttl").namespaces
    used = [p for p in known if re.search(rf"(?<![\w-]){p}:", turtle)]
    lines = "".join(f"@prefix {p}: <{known[p]}> .\n" for p in used)
    (root / "ontology" / "relations" / f"{name}.ttl").write_text(lines + turtle, encoding="utf-8")


def test_a_dispute_and_a_merger_are_written_as_the_page_says(data_copy: Path) -> None:
    dispute, merger = (b.body for b in blocks("turtle") if b.page == "CONTRIBUTING.md")
    _add(data_copy, "dispute", dispute)
    _add(data_copy, "merger", merger)
    changed = imri_kg.open()
    assert changed.explain("imri:B1", "chime:H4").state.value == "contested"
    touched = changed.query("qc/mapping-to-deprecated-violation").rows()
    assert touched and all("imri:T2" in row["problem"] for row in touched)


def anchors_of(text: str) -> set[str]:
    """Return the names under which the headings of a page can be linked to."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def test_links_lead_somewhere() -> None:
    links = [
        (page, target)
        for page, text in TEXTS.items()
        for target in re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", FENCE.sub("", text))
        if not target.startswith(("http://", "https://"))
    ]
    assert len(links) > 20
    for page, target in links:
        path, _, anchor = target.partition("#")
        file = (ROOT / page).parent / path if path else ROOT / page
        assert file.exists(), f"{page} links to {target}"
        if anchor:
            assert anchor in anchors_of(file.read_text(encoding="utf-8")), f"{page} links to {target}"


def test_files_that_pages_name_exist() -> None:
    named = {
        (page, path)
        for page, text in TEXTS.items()
        for path in re.findall(r"`((?:api|benchmarks|docs|imri_kg|ontology|queries|shapes|tests)/[^`\s…<>]*(?:/|\.[a-z]+))`", FENCE.sub("", text))
    }
    assert len(named) > 20
    for page, path in sorted(named):
        assert list(ROOT.glob(path.rstrip("/"))) or (ROOT / path).exists(), f"{page} names {path}"


def test_every_page_is_linked_from_the_readme() -> None:
    pages = [name for name in TEXTS if name.startswith("docs/")]
    assert pages
    for name in pages:
        assert f"]({name})" in TEXTS["README.md"], name


def subparsers() -> dict[str, argparse.ArgumentParser]:
    """Return every command with its parser."""
    (action,) = (a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    return dict(action.choices)


def section(text: str, heading: str) -> str:
    """Return what a page says below a heading of the second level."""
    match = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert match, f"there is no section {heading!r}"
    return match[1]


@pytest.mark.parametrize("command", subparsers())
def test_a_command_is_documented_with_all_its_arguments_and_options(command: str) -> None:
    page = TEXTS["docs/command-line.md"]
    told = FENCE.sub("", section(page, command))
    shared = section(page, "What all commands share")
    options: set[str] = set()
    for action in subparsers()[command]._actions:
        options.update(action.option_strings)
        for option in action.option_strings:
            assert f"`{option}`" in (shared if option in ("-h", "--help") else told), f"{command} {option}"
        if not action.option_strings:
            name = action.metavar or action.dest
            assert f"`{name}`" in told, f"{command} {name}"
    assert options
    assert set(re.findall(r"`(--[a-z-]+)`", told)) <= options, f"{command} has no such option"


def test_no_command_is_documented_that_does_not_exist() -> None:
    headings = re.findall(r"^## (.*)$", TEXTS["docs/command-line.md"], re.MULTILINE)
    assert set(headings) - {"What all commands share"} == set(subparsers())


def test_settings_are_documented_and_nothing_else_is() -> None:
    files = [*(ROOT / "imri_kg").rglob("*.py"), *(ROOT / "api" / "imri_kg_api").rglob("*.py")]
    assert len(files) > 20
    read = {
        name for file in files for name in re.findall(r"environ(?:\.get)?[\[(]\s*[\"']([A-Z_]+)[\"']", file.read_text(encoding="utf-8"))
    }
    assert {"IMRI_KG_CACHE", "IMRI_KG_DATA"} <= read
    # The server reads its own from a table.
    read |= {*VARIABLES, FOLDER_VARIABLE}
    told = section(TEXTS["docs/snapshots.md"], "Settings")
    rows = {name for row in re.findall(r"^\| (`[^|]*) \|", told, re.MULTILINE) for name in re.findall(r"`([A-Z_]+)`", row)}
    assert rows == read
    everywhere = {name for text in TEXTS.values() for name in re.findall(r"\bIMRI_KG_[A-Z]+\b", text)}
    assert everywhere <= read | {SETTING}


def test_the_readme_counts_the_members_by_the_status_of_their_labels(graph: KnowledgeGraph) -> None:
    told = {
        key: tuple(int(cell) for cell in counts.split("|"))
        for key, counts in re.findall(r"^\| [^|]* \| `([a-z0-9-]+)` \| ((?:\d+ \| )*\d+) \|$", TEXTS["README.md"], re.MULTILINE)
    }
    counted = {row["key"]: (row["members"], row["printed"], row["rebuilt"], row["unconfirmed"]) for row in graph.frameworks().rows()}
    assert told == counted


def test_the_page_of_rules_shows_the_table_of_chains() -> None:
    names = {match.removeprefix("skos:").removesuffix("Match"): match for match in MATCHES}
    text = section(TEXTS["ontology/mappings/rules.md"], "Chains")
    _, _, *rows = (line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("|"))
    told = {
        (names[first.strip("*")], second): names[result]
        for first, *results in rows
        for second, result in zip(names.values(), results, strict=True)
        if result != "none"
    }
    with resources.path("ontology", "mappings", "chains.csv").open(encoding="utf-8", newline="") as stream:
        held = {(row["first"], row["second"]): row["result"] for row in csv.DictReader(stream)}
    assert told == held


def test_the_page_of_rules_names_every_rule() -> None:
    text = TEXTS["ontology/mappings/rules.md"]
    for table in ("inversions.csv", "chains.csv"):
        with resources.path("ontology", "mappings", table).open(encoding="utf-8", newline="") as stream:
            rules = [row["rule"] for row in csv.DictReader(stream)]
        assert rules
        for rule in rules:
            family = rule.split("-")[0]
            assert rule in text or f"**{family}**" in text, rule


def test_version_and_licences_are_told_alike() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert citation["version"] == imri_kg.__version__
    assert f"## {imri_kg.__version__} - {citation['date-released']}" in TEXTS["CHANGELOG.md"]
    assert citation["license"] == ["Apache-2.0", "CC-BY-4.0"]
    assert "Apache License\n                           Version 2.0" in (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "\nAttribution 4.0 International\n" in (ROOT / "LICENSE-DATA").read_text(encoding="utf-8")


def test_the_changelog_tells_four_kinds_of_changes_apart() -> None:
    releases = re.split(r"^## ", TEXTS["CHANGELOG.md"], flags=re.MULTILINE)[1:]
    assert releases
    for release in releases:
        kinds = re.findall(r"^### (.*)$", release, re.MULTILINE)
        assert kinds == [k for k in ("Terms", "Mappings", "Shapes", "Software") if k in kinds] != []
