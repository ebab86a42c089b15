"""Stored queries: each has a complete header that says the truth, and each is used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from imri_kg import resources
from imri_kg.catalog import Catalog
from imri_kg.errors import QueryError, UnknownNameError
from imri_kg.prefixes import Prefixes, read_prefixes
from imri_kg.store import IRI, Store, Typed
from imri_kg.vocabulary import XSD

FOLDER = resources.path("queries")
PREFIXES = read_prefixes(resources.path("ontology", "prefixes.ttl"))
CATALOG = Catalog(FOLDER, PREFIXES)
NAMES = CATALOG.names()
EMPTY = Store.in_memory()
#: A value of each kind of parameter.
VALUES = {"iri": IRI("https://example.org/a"), "string": "a", "integer": Typed("1", XSD.integer)}
TESTS = Path(__file__).parent
CODE = [TESTS.parent / "imri_kg", TESTS.parent / "api"]


def test_every_file_below_queries_is_a_stored_query() -> None:
    files = sorted(p for p in FOLDER.rglob("*") if p.is_file())
    assert len(files) > 80
    assert {p.relative_to(FOLDER).with_suffix("").as_posix() for p in files if p.suffix == ".rq"} == set(NAMES)
    assert [p.name for p in files if p.suffix != ".rq"] == []
    assert {n.split("/")[0] for n in NAMES} == {"build", "competency", "description", "qc", "service"}


@pytest.mark.parametrize("name", NAMES)
def test_a_query_has_a_complete_header_in_the_place_that_its_id_says(name: str) -> None:
    query = CATALOG.query(name)
    assert query.id == name
    assert query.summary.endswith("."), "a summary is a sentence"
    assert query.columns
    assert set(query.parameters.values()) <= set(VALUES)
    assert set(query.header) <= {"id", "summary", "parameters", "result", "order", "severity", "question", "topic", "frameworks", "answerable", "note"}


@pytest.mark.parametrize("name", NAMES)
def test_a_query_gives_what_its_header_promises(name: str) -> None:
    query = CATALOG.query(name)
    found = EMPTY.select(query.text)
    if name.startswith("build/") or "CONSTRUCT" in query.body:
        assert found.triples is not None
        assert query.columns == ("triples",)
    else:
        assert found.variables == query.columns


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_is_projected_and_can_be_bound(name: str) -> None:
    """Oxigraph refuses to bind a variable that the query does not project."""
    query = CATALOG.query(name)
    # What a CONSTRUCT builds with is projected.
    projected = re.findall(r"\?(\w+)", query.body.split("WHERE")[0]) if query.columns == ("triples",) else query.columns
    assert set(query.parameters) <= set(projected)
    EMPTY.select(query.text, **{parameter: VALUES[kind] for parameter, kind in query.parameters.items()})


@pytest.mark.parametrize("name", [n for n in NAMES if not n.startswith("build/")])
def test_a_query_orders_its_rows_or_says_why_not(name: str) -> None:
    query = CATALOG.query(name)
    assert re.search(r"\bORDER BY\b", query.body) or query.header.get("order", "").startswith("none, "), "rows would come in any order"


@pytest.mark.parametrize("name", NAMES)
def test_a_query_can_be_repeated_with_the_prefixes_that_it_uses(name: str) -> None:
    text = CATALOG.query(name).repeatable
    declared = re.findall(r"^PREFIX (\S+): ", text, re.MULTILINE)
    body = "".join(line for line in CATALOG.query(name).body.splitlines(keepends=True) if not line.startswith("#"))
    assert all(f"{prefix}" in body for prefix in declared)
    assert declared == sorted(set(declared))
    # A prefix that is used and not declared would be a fault of syntax.
    EMPTY.select(text)


def test_every_service_query_is_named_by_the_code_and_no_other_is() -> None:
    files = [f for folder in CODE for f in folder.rglob("*.py")]
    assert len(files) > 30
    text = "\n".join(f.read_text(encoding="utf-8") for f in files)
    named = set(re.findall(r"""["'](service/[a-z][a-z0-9-]+)["']""", text))
    assert named == set(CATALOG.names("service"))


def test_every_query_of_a_description_is_named_by_the_package_that_describes() -> None:
    text = "\n".join(f.read_text(encoding="utf-8") for f in (TESTS.parent / "imri_kg" / "describing").glob("*.py"))
    named = set(re.findall(r"""(?:rows|lines|_lines)\("([a-z-]+)\"""", text))
    assert {f"description/{name}" for name in named} == set(CATALOG.names("description"))


def test_every_other_query_is_run_by_a_test_or_by_the_build() -> None:
    """Build queries are all run by the build; quality queries have fixtures, competency questions expected results."""
    fixtures = {f.name.split(".")[0] for f in (TESTS / "fixtures" / "qc").glob("*.ttl")}
    assert {n.removeprefix("qc/").removesuffix("-violation") for n in CATALOG.names("qc")} == fixtures
    expected = {f.stem.split("--")[0] for f in (TESTS / "competency").glob("*.csv")}
    assert {n.removeprefix("competency/") for n in CATALOG.names("competency")} == expected
    assert len(CATALOG.names("build")) > 3


# ---------------------------------------------------------------- files that are wrong


def catalog(folder: Path, name: str, text: str) -> Catalog:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return Catalog(folder, Prefixes({"a": "https://example.org/"}))


HEADER = "#+ id: qc/x\n#+ summary: Finds.\n#+ parameters: a:iri, b:string, c\n#+ result: a, b, c\nSELECT ?a ?b ?c {}\n"


def test_a_header_is_read_to_its_last_line(tmp_path: Path) -> None:
    query = catalog(tmp_path, "qc/x.rq", HEADER).query("qc/x")
    assert query.parameters == {"a": "iri", "b": "string", "c": "iri"}
    assert query.columns == ("a", "b", "c")
    assert query.text == "PREFIX a: <https://example.org/>\n" + HEADER
    assert query.repeatable == "\n" + HEADER


@pytest.mark.parametrize("key", ["id", "summary", "parameters", "result"])
def test_a_header_without_a_required_line_is_refused(tmp_path: Path, key: str) -> None:
    text = "".join(line for line in HEADER.splitlines(keepends=True) if not line.startswith(f"#+ {key}:"))
    with pytest.raises(QueryError, match=rf"x\.rq: the header lacks {key}"):
        catalog(tmp_path, "qc/x.rq", text).query("qc/x")


def test_a_header_whose_id_is_not_its_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="the header's id is 'qc/x', but the file's place says 'qc/y'"):
        catalog(tmp_path, "qc/y.rq", HEADER).query("qc/y")


def test_a_file_that_is_no_utf_8_is_said(tmp_path: Path) -> None:
    found = catalog(tmp_path, "qc/x.rq", HEADER)
    (tmp_path / "qc/x.rq").write_bytes(HEADER.encode() + "# Québec".encode("latin-1"))
    with pytest.raises(QueryError, match=r"x\.rq is not UTF-8"):
        found.query("qc/x")


@pytest.mark.parametrize("name", ["", "qc/none", "../catalog", "/etc/passwd", "qc/x.rq", "qc", "QC/X", "qc/../qc/x"])
def test_a_name_that_is_no_query_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnknownNameError, match="Unknown query"):
        catalog(tmp_path, "qc/x.rq", HEADER).query(name)
