"""The house: which module may know which, what stands where, and what may not stand in the repository at all."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from imri_kg.graph import KnowledgeGraph

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LIBRARY = sorted((ROOT / "imri_kg").rglob("*.py"))
SERVER = sorted((ROOT / "api").rglob("*.py"))
#: The picture in the README is the one file that is no text.
PICTURE = ROOT / "docs" / "explorer.png"
TOP_LEVEL = {
    ".ci", ".gitignore", "CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "LICENSE-DATA", "Makefile", "README.md", "api",
    "hatch_build.py", "requirements-browser.lock",
    "benchmarks", "docs", "imri_kg", "ontology", "pyproject.toml", "queries", "requirements-clients.lock", "requirements-dev.lock", "requirements-load.lock", "requirements.lock", "shapes", "tests",
}  # fmt: skip


@cache
def tracked() -> list[Path]:
    """Return every file under version control."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return [ROOT / name for name in listed if name and (ROOT / name).exists()]


def python_files() -> list[Path]:
    return [f for f in tracked() if f.suffix == ".py"]


def strings(file: Path) -> Iterator[tuple[int, str]]:
    """Yield every string of a module with its line, docstrings left out."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def test_the_files_were_found() -> None:
    assert len(LIBRARY) > 30
    assert len(SERVER) > 10
    assert len(tracked()) > 250
    assert len(python_files()) > 60


# ---------------------------------------------------------------- layers


def test_arrows_point_downward() -> None:
    """The contracts stand in pyproject.toml."""
    found = subprocess.run([sys.executable, "-c", "from importlinter.cli import lint_imports_command as l; l()", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    assert re.search(r"Contracts: 8 kept, 0 broken", found.stdout)


def test_every_module_has_its_layer() -> None:
    layers = next(c for c in PROJECT["tool"]["importlinter"]["contracts"] if c["type"] == "layers")["layers"]
    named = {module for layer in layers for module in re.split(r"\s*[|:]\s*", layer)}
    # A package is one layer, whatever its modules.
    modules = {"imri_kg." + f.relative_to(ROOT / "imri_kg").with_suffix("").parts[0] for f in LIBRARY if f != ROOT / "imri_kg" / "__init__.py"}
    assert modules == named - {"imri_kg_api"}


ANSWERS = {
    "graph": "import imri_kg.graph, imri_kg.cli.commands",
    "map": "from imri_kg.cli.commands import run; run(['map', 'imri:B1', '--to', 'chime'])",
    "map as json": "from imri_kg.cli.commands import run; run(['map', 'imri:B1', '--to', 'chime', '--format', 'json'])",
}
#: What costs too much to import before an answer.
HEAVY = {"rdflib", "pyshacl", "fastapi", "starlette", "uvicorn", "pydantic", "owlready2", "pandas", "sssom", "yaml", "rich", "imri_kg.build", "imri_kg_api"}


@pytest.mark.parametrize("name", ANSWERS)
def test_nothing_heavy_lies_on_the_path_of_an_answer(name: str, graph: KnowledgeGraph) -> None:
    program = f"import sys\n{ANSWERS[name]}\nprint(sorted({HEAVY!r} & sys.modules.keys()), file=sys.stderr)"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=os.environ, check=True)
    assert found.stderr == "[]\n"


def test_importing_the_package_imports_almost_nothing() -> None:
    program = "import sys; import imri_kg; print([m for m in sys.modules if m.startswith('imri_kg.')])"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


# ---------------------------------------------------------------- text that has a place of its own

_SPARQL = re.compile(r"(?is)\b(select|construct|ask|describe|insert|delete|where)\b[^.{}]*\{\s*[?$<_\w:]+[\s:]|\bprefix\s+[a-z]+:\s*<")
_IRI = re.compile(r"https?://[A-Za-z0-9]")


def test_a_query_would_be_noticed() -> None:
    for text in ("SELECT ?s WHERE { ?s ?p ?o }", "ask{?s ?p ?o}", "Ask {imri:B1 ?p ?o}", "CONSTRUCT { ?a a ?b } WHERE {}", "PREFIX a: <http://x/>"):
        assert _SPARQL.search(text), text
    for text in ("Select a case {name}.", "SELECT, ASK, CONSTRUCT or DESCRIBE", "Where it stands: {place}"):
        assert not _SPARQL.search(text), text


@pytest.mark.parametrize("file", [*LIBRARY, *SERVER], ids=lambda f: f.relative_to(ROOT).as_posix())
def test_no_sparql_and_no_iri_stands_in_python(file: Path) -> None:
    """Queries live in queries/; IRIs in the vocabulary module and in ontology/prefixes.ttl."""
    found = list(strings(file))
    assert [(line, text) for line, text in found if _SPARQL.search(text)] == []
    if file.name not in ("vocabulary.py", "prefixes.py"):
        assert [(line, text) for line, text in found if _IRI.search(text)] == []


def test_our_base_is_written_once_in_python() -> None:
    written = [f.name for f in [*LIBRARY, *SERVER] for _, text in strings(f) if "w3id.org/imri-kg" in text]
    assert written == ["prefixes.py"]


# ---------------------------------------------------------------- the repository


def test_the_top_level_holds_what_was_agreed() -> None:
    assert {f.relative_to(ROOT).parts[0] for f in tracked()} == TOP_LEVEL


_GENERATED = re.compile(
    r"(^|/)(__pycache__|\.venv|dist|node_modules|\.pytest_cache|\.hypothesis|\.import_linter_cache|[^/]+\.egg-info)/"
    r"|\.(pyc|pyo|nq|nt|sst|whl|tar\.gz|zip|sqlite3?|log|orig|rej|bak|swp|stamp)$|~$|(^|/)(\.DS_Store|\.coverage|search\.json|release\.json|manifest\.json)$"
)


def test_nothing_generated_is_under_version_control() -> None:
    assert [str(f.relative_to(ROOT)) for f in tracked() if _GENERATED.search(f.relative_to(ROOT).as_posix())] == []


def test_no_file_is_big_binary_or_of_another_encoding() -> None:
    for file in tracked():
        raw = file.read_bytes()
        assert len(raw) < 1_000_000, file
        assert raw or file.name in ("__init__.py", "py.typed"), f"{file} is empty"
        if file == PICTURE:
            continue
        raw.decode("utf-8")
        assert b"\r" not in raw, f"{file} has line ends of Windows"


_MACHINE = re.compile(r"(?<![\w.])(?:/work/|/home/(?!somebody\b)|/Users/|/root/|/tmp/|/mnt/|[A-Z]:\\Users)|\.\./shared")


def test_no_path_of_a_machine_stands_in_a_file() -> None:
    here = Path(__file__)
    found = {}
    for file in tracked():
        if file in (here, PICTURE):
            continue
        lines = [n for n, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1) if _MACHINE.search(line) or str(ROOT) + "/" in line]
        if lines:
            found[str(file.relative_to(ROOT))] = lines
    assert found == {}


@pytest.mark.parametrize("file", python_files(), ids=lambda f: f.relative_to(ROOT).as_posix())
def test_a_module_is_short_has_a_name_and_says_what_it_is(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count("\n") <= 500, "at 500 lines a module is split"
    assert not re.search(r"(^|_)(utils?|helpers?|common|managers?|misc|stuff|tools)(_|$)", file.stem), "a module is a noun of the domain"
    docstring = ast.get_docstring(ast.parse(text))
    assert docstring, "a module says what it is"
    assert re.match(r"[^\n]+[.:]", docstring), "its first line is a sentence"
    assert not re.search(r"\b(TODO|FIXME|XXX)\b", text.replace(r"(TODO|FIXME|XXX)", "")), "an open end has no place in a file"


def test_no_test_is_skipped_but_where_the_system_lacks_the_thing() -> None:
    pattern = re.compile(r"""\b(pytest\.skip|skipif(?!\(os\.name == "nt", reason=)|importorskip|mark\.skip\b|unittest\.skip|xfail\()""")
    here = Path(__file__)
    files = [f for f in python_files() if f.parent.name == "tests" and f != here]
    assert len(files) > 15
    assert [f.name for f in files if pattern.search(f.read_text(encoding="utf-8"))] == []


# ---------------------------------------------------------------- what a stranger needs


def test_both_licences_are_there_in_full() -> None:
    software, data = ((ROOT / name).read_text(encoding="utf-8") for name in ("LICENSE", "LICENSE-DATA"))
    assert "Apache License" in software
    assert "END OF TERMS AND CONDITIONS" in software
    assert "Attribution 4.0 International" in data
    assert "Section 8 -- Interpretation" in data or "Section 8 – Interpretation" in data
    assert PROJECT["project"]["license-files"] == ["LICENSE", "LICENSE-DATA"]


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock", "requirements-load.lock", "requirements-clients.lock", "requirements-browser.lock"])
def test_a_lock_pins_every_package_by_hash_and_names_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links|--trusted-host| @ ", text)
    entries = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"(?m)^#.*\n", "", text).strip())
    assert len(entries) > 15 or name in ("requirements-clients.lock", "requirements-browser.lock") and entries != [""]
    for entry in entries:
        assert re.match(r"[A-Za-z0-9._-]+(\[[a-z0-9,_-]+\])?==[^\s;]+", entry), entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]


def test_the_locks_hold_what_the_project_asks_for() -> None:
    def canonical(requirement: str) -> str:
        return re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=!~;]", requirement)[0]).lower()

    def locked(name: str) -> set[str]:
        return {canonical(line) for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if re.match(r"[A-Za-z0-9]", line)}

    assert {canonical(d) for d in PROJECT["project"]["dependencies"]} <= locked("requirements.lock")
    assert {canonical(d) for d in PROJECT["dependency-groups"]["dev"]} <= locked("requirements-dev.lock") | locked("requirements.lock")
    assert {canonical(d) for d in PROJECT["dependency-groups"]["load"]} <= locked("requirements-load.lock")
    assert {canonical(d) for d in PROJECT["dependency-groups"]["clients"]} == locked("requirements-clients.lock")
    assert {canonical(d) for d in PROJECT["dependency-groups"]["browser"]} == locked("requirements-browser.lock")


def test_two_commands_are_enough_for_a_newcomer() -> None:
    make = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert {"env", "run", "test"} <= set(re.findall(r"^([a-z]+):", make, re.MULTILINE))
    run = ROOT / ".ci" / "run"
    assert os.access(run, os.X_OK)
    assert "make test" in run.read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make run" in readme
    assert "make test" in readme
    assert "pip install" in readme


def test_the_version_is_the_same_everywhere() -> None:
    import imri_kg

    version = PROJECT["project"]["version"]
    assert imri_kg.__version__ == version
    assert f"version: {version}" in (ROOT / "CITATION.cff").read_text(encoding="utf-8").replace('"', "")
