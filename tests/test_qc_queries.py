"""Each quality query stays silent on its passing fixture and finds exactly what its failing fixture plants.

Fixtures are Turtle files in `fixtures/qc/`, named after the query without `-violation`; a failing one names in
`#+ expect:` lines the subjects that must come out.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rdflib import Graph

from imri_kg import resources
from imri_kg.catalog import Catalog
from imri_kg.checking import SEVERITIES
from imri_kg.prefixes import read_prefixes
from imri_kg.store import Store

FIXTURES = Path(__file__).parent / "fixtures" / "qc"
PREFIXES = read_prefixes(resources.path("ontology", "prefixes.ttl"))
CATALOG = Catalog(resources.path("queries"), PREFIXES)
NAMES = CATALOG.names("qc")


def rows(name: str, fixture: Path) -> list[dict[str, str | None]]:
    data = Graph().parse(fixture, format="turtle").serialize(format="nt", encoding="utf-8")
    return list(Store.in_memory(data).select(CATALOG.query(name).text).dicts())


def fixture_of(name: str, kind: str) -> Path:
    return FIXTURES / f"{name.removeprefix('qc/').removesuffix('-violation')}.{kind}.ttl"


def test_there_are_queries_and_each_fixture_belongs_to_one():
    assert len(NAMES) > 20
    expected = {fixture_of(name, kind) for name in NAMES for kind in ("pass", "fail")}
    assert set(FIXTURES.glob("*.ttl")) == expected


@pytest.mark.parametrize("name", NAMES)
def test_the_header_names_the_columns_and_a_severity(name):
    query = CATALOG.query(name)
    assert name.endswith("-violation")
    assert query.columns[:2] == ("problem", "subject")
    assert query.parameters == {}
    assert query.header["severity"] in SEVERITIES
    assert query.summary.endswith(".")
    assert re.search(r"^ORDER BY \?problem \?subject$", query.body, re.MULTILINE)


@pytest.mark.parametrize("name", NAMES)
def test_a_passing_fixture_gives_no_row(name):
    assert rows(name, fixture_of(name, "pass")) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_failing_fixture_gives_one_sentence_for_each_planted_problem(name):
    fixture = fixture_of(name, "fail")
    planted = re.findall(r"^#\+ expect: (\S+)$", fixture.read_text(encoding="utf-8"), re.MULTILINE)
    assert planted, f"{fixture.name} plants nothing"
    found = rows(name, fixture)
    assert sorted(PREFIXES.compress(row["subject"] or "") for row in found) == sorted(planted)
    for row in found:
        sentence = row["problem"] or ""
        assert re.match(r"[a-z0-9]+:\S+ .+\.$", sentence), f"no sentence about a term: {sentence!r}"
        assert "/" not in sentence, f"an address instead of a name: {sentence!r}"


@pytest.mark.parametrize("name", NAMES)
def test_the_page_on_checks_lists_the_query_with_its_severity(name):
    text = (Path(__file__).parent.parent / "docs" / "checks.md").read_text(encoding="utf-8")
    assert f"| `{name}` | {CATALOG.query(name).header['severity']} |" in text
