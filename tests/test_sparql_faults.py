"""A query that the engine refuses is told where and why, in the same words at every door, without anything of the parser's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from imri_kg.errors import QueryError
from imri_kg.graph import KnowledgeGraph
from imri_kg.isolation.limited import query_within
from imri_kg.isolation.query_pool import Limits
from imri_kg.store import Store, relocated

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from imri_kg.remote.graph import RemoteGraph

PREFIXES = {"imri": "http://example.org/imri/", "chime": "http://example.org/chime/"}


def told(query: str) -> str:
    with pytest.raises(QueryError) as raised:
        Store.in_memory().read(query, base="http://example.org/", prefixes=PREFIXES)
    return str(raised.value)


@pytest.mark.parametrize(
    ("query", "line", "column", "said"),
    [
        ("SELECT * {", 1, 11, "it ends too early; expected is '}', a variable, a name or IRI, a literal, '{' or a keyword."),
        ("SELECT * {?s ?p}", 1, 16, "'}' cannot stand there; expected is a variable, a name or IRI, a literal, '(' or '['."),
        ("SELECT * {\n  ?s ?p ?o .\n  ?s ?p\n}", 4, 1, "'}' cannot stand there"),
        ("SELECT * { # {\n  ?s ?p '''a\nb''' ; }}", 3, 9, "the query is complete before '}'."),
        ("SELEKT * {}", 1, 1, "'SELEKT' is no word of SPARQL that can stand there. Did you mean SELECT?"),
        ("SELECT * {?s ?p ?o\n OPTINAL {?s ?p ?x}}", 2, 2, "Did you mean OPTIONAL?"),
        ("SELECT * {} LIMIT abc", 1, 19, "'abc' cannot stand there; expected is a number."),
        ("SELECT * {} LIMIT", 1, 18, "it ends too early; expected is a number."),
        ("SELECT * {} ORDER BY", 1, 21, "it ends too early; expected is a variable, a name or IRI, '(' or a keyword."),
        ("SELECT * {FILTER(?o = 1 ?b)}", 1, 25, "'?b' cannot stand there; expected is ')'."),
        ("PREFIX x: SELECT * {}", 1, 11, "'SELECT' cannot stand there; expected is an IRI in <>."),
        ("SELECT (COUNT(?x) AS ?s) ?y {?s ?p ?x}", 1, 39, "SELECT"),
        ("SELECT ?y {?s ?p ?x} GROUP BY ?s", 1, 33, "the SELECT contains a variable that is unbound."),
        ("SELECT * {VALUES (?a ?b) {(1)}}", 1, 30, "the VALUES clause rows should have exactly the same number of values as there are variables."),
        ("SELECT * {?s ?p ?o . BIND(1 AS ?s) }", 1, 36, "A variable that BIND sets must not occur before it in its group."),
        ("SELECT * {?é ?p 'ü' ?x}", 1, 21, "'?x' cannot stand there"),
        ("SELECT * {?s imri:IV.C.A ?o ?x }", 1, 29, "'?x' cannot stand there"),
        ("SELECT * {?s ?p " + "?" + "long" * 25 + " ?o}", 1, 119, "'?o' cannot stand there"),
        ("", 1, 1, "it is empty."),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else None,
)
def test_a_fault_is_told_with_its_place_what_stands_there_and_what_could(query: str, line: int, column: int, said: str) -> None:
    found = told(query)
    assert found.startswith(f"The query is not SPARQL (line {line}, column {column}): ") and said in found
    assert "[_]" not in found and "..=" not in found and "error at" not in found and len(found) < 300


@pytest.mark.parametrize(
    ("query", "column", "prefix"),
    [
        ("SELECT * {foo:x ?p ?o}", 11, "the prefix 'foo'"),
        ("SELECT * {?s ?p 'a'^^foo:int}", 22, "the prefix 'foo'"),
        ("SELECT * {?s a/foo:d ?o}", 16, "the prefix 'foo'"),
        ("SELECT * {?s ?p ?o FILTER(foo:f(?o))}", 27, "the prefix 'foo'"),
        ("DESCRIBE foo:x", 10, "the prefix 'foo'"),
        ("PREFIX a: <http://a/> SELECT * {a:b ?p ?o. foo:c ?p ?o}", 44, "the prefix 'foo'"),
        ("SELECT * {?s :x ?o}", 14, "the empty prefix"),
    ],
)
def test_a_prefix_that_is_not_declared_is_named_with_those_that_are_known(query: str, column: int, prefix: str) -> None:
    found = told(query)
    assert found.startswith(f"The query is not SPARQL (line 1, column {column}): {prefix}")
    assert "is not declared" in found and found.endswith("Known without it are chime, imri.")


def test_a_prefix_that_is_near_a_known_one_is_taken_for_a_slip() -> None:
    assert "the prefix 'chmie' is not declared. Did you mean 'chime'?" in told("ASK {chmie:I ?p ?o}")
    assert "the prefix 'IMRI' is not declared. Did you mean 'imri'?" in told("ASK {IMRI:B1 ?p ?o}")


@pytest.mark.parametrize("query", ["ASK {?s ?p 'foo:x'}", "ASK {} # foo:x", "ASK {?s <foo:x> ?o}", "PREFIX foo: <http://f/> ASK {foo:x ?p ?o}", "PREFIX foo: <http://f/>\nPREFIX foo: <http://g/> ASK {foo:x ?p ?o}"])
def test_what_looks_like_a_prefix_is_no_fault_where_the_engine_takes_it(query: str) -> None:
    assert Store.in_memory().read(query, base="http://example.org/", prefixes=PREFIXES).truth is not None


def test_a_text_that_is_too_long_to_be_read_again_is_told_its_line() -> None:
    assert told("SELECT * {\n" + "?s ?p ?o .\n" * 2000 + "?s ?p\n}") == "The query is not SPARQL (near line 2003)."


def test_lines_of_a_message_can_be_counted_after_the_prefixes() -> None:
    assert relocated("The query is not SPARQL (line 42, column 3): 'line 9' cannot stand there.", 40) == "The query is not SPARQL (line 2, column 3): 'line 9' cannot stand there."


@pytest.mark.parametrize("query", ["SELECT * {", "SELECT * {foo:x ?p ?o}", "SELECT * {\n ?s ?p }"])
def test_every_door_says_the_same(graph: KnowledgeGraph, kg: KnowledgeGraph | RemoteGraph, client: TestClient, cli: Callable[..., Any], query: str) -> None:
    with pytest.raises(QueryError) as raised:
        kg.query(query)
    said = str(raised.value)
    assert said.startswith("The query is not SPARQL (line ")
    with pytest.raises(QueryError) as within:
        query_within(graph, query, Limits())
    assert str(within.value) == said
    problem = client.post("/sparql", content=query, headers={"Content-Type": "application/sparql-query"}).json()
    assert problem["detail"] == said and problem["type"].endswith("/query-refused")
    assert " ".join(said.split()) in " ".join(cli("query", query).err.split())
