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
