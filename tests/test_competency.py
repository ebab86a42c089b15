"""Every competency question gives, through the real graph, the result that was derived by hand from the sources.

An expected result is `tests/competency/<query>.csv`: comment lines that say from which passage or reviewed file each part
comes, the projected variables, the rows. `<query>--<name>.csv` holds the result for other values of the parameters.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from imri_kg import resources
from imri_kg.graph import KnowledgeGraph
from imri_kg.model import State

FOLDER = Path(__file__).with_name("competency")
PAGE = Path(__file__).parents[1] / "docs" / "questions.md"
QUERIES = sorted(file.stem for file in (resources.path("queries") / "competency").glob("*.rq"))
EXPECTED = sorted(file.stem for file in FOLDER.glob("*.csv"))
TOPICS = {"impact", "mechanism", "context", "assimilation", "provenance"}

every_query = pytest.mark.parametrize("name", QUERIES)


class Expected(NamedTuple):
    """A stored result: what it was derived from, the values of the parameters, the columns and the rows."""

    derived_from: list[str]
    parameters: dict[str, str]
    columns: list[str]
    rows: list[list[str]]


def read_expected(stem: str) -> Expected:
    lines = (FOLDER / f"{stem}.csv").read_text(encoding="utf-8").splitlines()
    comments = [line.removeprefix("#").strip() for line in lines if line.startswith("#")]
    said = {kind: [c.partition(":")[2].strip() for c in comments if c.startswith(kind + ":")] for kind in ("derived from", "parameters")}
    pairs = (pair.partition("=") for line in said["parameters"] for pair in line.split(","))
    table = list(csv.reader(line for line in lines if not line.startswith("#")))
    return Expected(said["derived from"], {key.strip(): value.strip() for key, _, value in pairs}, table[0], table[1:])


def ask(graph: KnowledgeGraph, name: str, **parameters: str) -> tuple[list[str], list[list[str]]]:
    answer = graph.query(f"competency/{name}", **parameters)
    return list(answer.header()), [["" if value is None else str(value) for value in row.values()] for row in answer.rows()]


def test_there_are_queries_and_expected_results() -> None:
    assert len(QUERIES) >= 30
    assert len(EXPECTED) >= len(QUERIES)


@every_query
def test_a_query_has_an_expected_result(name: str) -> None:
    assert name in EXPECTED, f"tests/competency/{name}.csv is missing"


@pytest.mark.parametrize("stem", EXPECTED)
def test_an_expected_result_belongs_to_a_query_and_says_where_it_comes_from(stem: str) -> None:
    assert stem.partition("--")[0] in QUERIES
    assert [source for source in read_expected(stem).derived_from if source], "no line '# derived from: ...'"


@pytest.mark.parametrize("stem", EXPECTED)
def test_the_answer_is_the_one_derived_by_hand(graph: KnowledgeGraph, stem: str) -> None:
    expected = read_expected(stem)
    columns, rows = ask(graph, stem.partition("--")[0], **expected.parameters)
    assert columns == expected.columns
    assert rows == expected.rows


@every_query
def test_the_header_says_what_is_asked_and_whether_it_can_be_answered(graph: KnowledgeGraph, name: str) -> None:
    query = graph.catalog.query(f"competency/{name}")
    assert query.header["question"].endswith("?")
    assert query.header["topic"] in TOPICS
    assert query.header["answerable"] in {"yes", "partly", "no"}
    assert query.header["answerable"] == "yes" or query.header.get("note"), "say which document would answer it"
    known = {str(row["key"]) for row in graph.frameworks().rows()}
    assert {key.strip() for key in query.header["frameworks"].split(",")} <= known


@every_query
def test_the_order_of_rows_is_total_and_no_row_comes_twice(graph: KnowledgeGraph, name: str) -> None:
    query = graph.catalog.query(f"competency/{name}")
    ordered = re.search(r"^ORDER BY (.*)\Z", query.body.strip(), re.MULTILINE)
    assert ordered, "the query does not end with ORDER BY"
    columns, rows = ask(graph, name)
    assert columns == list(query.columns)
    places = [columns.index(variable) for variable in re.findall(r"\?(\w+)", ordered[1])]
    keys = [tuple(row[place] for place in places) for row in rows]
    assert len(keys) == len(set(keys))


#: Questions that count, and so name no single statement.
COUNTED = {"cq41-unmapped-constructs", "cq43-helps-here-hinders-there"}
#: Columns that name the statement of a row.
STATEMENTS = ("record", "claim", "relation", "filing", "finding", "judgement", "observation", "gap", "row", "question")


@every_query
def test_an_answer_names_the_passages_of_its_statements(graph: KnowledgeGraph, name: str) -> None:
    columns, rows = ask(graph, name)
    assert rows
    assert ("evidence" in columns) is (name not in COUNTED)
    if {"evidence", "source", "locator"} <= set(columns):
        for row in (dict(zip(columns, values, strict=True)) for values in rows):
            named = row["evidence"].split()
            assert named == sorted(set(named)) and all(e.startswith("evidence:") for e in named)
            sources = row["source"].split()
            assert len(named) == len(sources) and all(s.startswith("source:") for s in sources)
            assert len(named) == len(row["locator"].split(" | ") if row["locator"] else [])
            # A finding beside a relation only illustrates it; elsewhere what stands in these columns is the statement.
            if any(row.get(column) for column in STATEMENTS):
                assert named, row


def test_what_has_no_counterpart_is_what_coverage_calls_a_gap(graph: KnowledgeGraph) -> None:
    """Of every pair of editions: the same constructs, in the same state, with as many pairs judged."""
    columns, rows = ask(graph, "cq41-unmapped-constructs")
    told: dict[tuple[str, str], dict[str, tuple[str, int, int]]] = {}
    for row in (dict(zip(columns, values, strict=True)) for values in rows):
        told.setdefault((row["key"], row["otherKey"]), {})[row["construct"]] = (row["state"], int(row["judged"]), int(row["pairs"]))
    keys = [str(row["key"]) for row in graph.frameworks().rows()]
    assert len(keys) == 8
    for source, target in ((a, b) for a in keys for b in keys if a != b):
        side = graph.coverage(source, target).to_json()["forward"]
        gaps = {
            m["curie"]: (State(m["state"]).words, m["counts"]["judged_not_mapped"], sum(m["counts"].values()))
            for m in side["members"] if m["curie"] in side["gaps"]
        }  # fmt: skip
        assert told.get((source, target), {}) == gaps, (source, target)
    # A construct that was looked for in a whole edition and not found is judged on every pair.
    assert told["diffusion", "cfir-2009"]["diffusion:D1.5"] == ("judged not mapped", 44, 44)
    assert told["diffusion", "cfir-2022"]["diffusion:D1.5"] == ("judged not mapped", 74, 74)


def test_impacts_without_chime_counterpart_are_the_gaps_of_coverage(graph: KnowledgeGraph) -> None:
    columns, rows = ask(graph, "cq02-imri-without-chime")
    told = {row["impact"]: (row["state"], int(row["judged"])) for row in (dict(zip(columns, values, strict=True)) for values in rows)}
    side = graph.coverage("imri", "chime").to_json()["forward"]
    impacts = {m["curie"] for m in graph.framework("imri").to_json()["members"] if m["kind"] == "Impact"}
    assert told == {
        m["curie"]: (State(m["state"]).words, m["counts"]["judged_not_mapped"]) for m in side["members"] if m["curie"] in set(side["gaps"]) & impacts
    }
    assert len(told) == 17 and "imri:O2" not in told


def test_the_page_lists_exactly_the_queries(graph: KnowledgeGraph) -> None:
    page = PAGE.read_text(encoding="utf-8")
    entries = re.findall(r"^- \*\*(.+?)\*\* \((\w+)\) `(cq[\w-]+)`, `imri-kg query (cq\d+)`\. Rests on ", page, re.MULTILINE)
    headers = {name: graph.catalog.query(f"competency/{name}").header for name in QUERIES}
    assert sorted(re.findall(r"`(cq\d\d-[\w-]+)`", page)) == QUERIES
    assert {(name, question, answerable) for question, answerable, name, _ in entries} == {
        (name, header["question"], header["answerable"]) for name, header in headers.items()
    }
    assert all(name.startswith(f"{short}-") for _, _, name, short in entries)


def test_the_page_has_each_question_under_its_topic(graph: KnowledgeGraph) -> None:
    found: dict[str, str] = {}
    topic = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        topic = line.removeprefix("## ").lower() if line.startswith("## ") else topic
        for name in re.findall(r"`(cq\d\d-[\w-]+)`", line):
            found[name] = topic
    assert found == {name: graph.catalog.query(f"competency/{name}").header["topic"] for name in QUERIES}
