"""What is told of a query from its text: form, graphs, size, and whether any reading of it asks another server."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imri_kg.errors import QueryError
from imri_kg.sparql_text import DEEPEST_NESTING, LONGEST_QUERY, MOST_OPERATORS, MOST_PARTS, QueryText, read_query

PREFIXES = {"ex": "http://example.org/ns#"}
BASE = "http://example.org/base/"


def read(text: str) -> QueryText:
    return read_query(text, PREFIXES, BASE)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("SELECT * {}", "SELECT"),
        ("prefix select: <http://x/> ask {}", "ASK"),
        ("# SELECT\nCONSTRUCT WHERE { ?s ?p ?o }", "CONSTRUCT"),
        ("BASE <http://x/ask> DESCRIBE ex:a", "DESCRIBE"),
        ("PREFIX ex: <http://x/> INSERT DATA { ex:a ex:b 'SELECT' }", "UPDATE"),
        ("LOAD <http://x/>", "UPDATE"),
        ("WITH <http://x/> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "UPDATE"),
        ("\\u0053ELECT * {}", "SELECT"),
        ("", ""),
        ("?SELECT", ""),
    ],
)
def test_the_form_is_the_first_word_that_names_one(text: str, form: str) -> None:
    assert read(text).form == form


def test_graphs_are_told_in_full_whatever_their_writing() -> None:
    text = read("BASE <http://b/> PREFIX p: <graphs/> SELECT * FROM <one> FROM NAMED p:two FROM ex:three FROM NAMED <http://c/four> { ?s ?p 'FROM <five>' } # FROM <six>")
    assert text.default == ("http://b/one", "http://example.org/ns#three")
    assert text.named == ("http://b/graphs/two", "http://c/four")
    assert text.dataset


def test_a_query_without_from_names_no_dataset() -> None:
    assert not read("SELECT ?from { ?from ex:FROM 'FROM <x>' }").dataset


SERVICES = {
    "plain": "SELECT * { SERVICE <http://x/> { ?s ?p ?o } }",
    "lower case": "select * { service <http://x/> { ?s ?p ?o } }",
    "silent": "SELECT * { SERVICE SILENT <http://x/> { ?s ?p ?o } }",
    "no spaces": "SELECT*{SERVICE<http://x/>{?s?p?o}}",
    "words glued": "SELECT * {SERVICESILENT<http://x/>{}}",
    "variable": "SELECT * { VALUES ?g { <http://x/> } SERVICE?g{ ?s ?p ?o } }",
    "prefixed": "SELECT * { SERVICE ex:a { ?s ?p ?o } }",
    "glued to an empty prefix": "PREFIX : <http://x/> SELECT * { SERVICE:a { ?s ?p ?o } }",
    "after a comment": "SELECT * { # a comment\rSERVICE # another\n <http://x/> { ?s ?p ?o } }",
    "by number": "SELECT * { \\u0053ERVICE <http://x/> { ?s ?p ?o } }",
    "by long number": "SELECT * { SERVIC\\U00000045 <http://x/> { ?s ?p ?o } }",
    "nested": "SELECT * { { SELECT * { OPTIONAL { SERVICE <http://x/> { ?s ?p ?o } } } } }",
    "in EXISTS": "ASK { FILTER NOT EXISTS { SERVICE <http://x/> { ?s ?p ?o } } }",
    "after a name with full stops": "SELECT * { ?s ?p ex:a.b.SERVICE <http://x/> { ?s ?p ?o } }",
    "after a blank node": "SELECT * { ?s ?p _:b.SERVICE <http://x/> { ?s ?p ?o } }",
    "after a number": "SELECT * { ?s ?p 1.SERVICE <http://x/> { ?s ?p ?o } }",
    "a comparison that looks like an IRI": "SELECT * { ?a ?b ?c FILTER(?a<?b)SERVICE?s#>\n{ ?x ?y ?z } }",
    "a comparison, then a comment that looks like a string": "SELECT * { FILTER(?a<?b#>'''\n) SERVICE <http://x/> {} #'''\n}",
    "an empty comparison, then a comment": 'SELECT * { FILTER(?a<#>"""\n?b) SERVICE <http://x/> {} #"""\n}',
}


@pytest.mark.parametrize("name", SERVICES)
def test_service_is_refused_in_every_writing(name: str) -> None:
    with pytest.raises(QueryError, match="SERVICE is refused"):
        read(SERVICES[name])


ALLOWED = {
    "literal": "SELECT * { ?s ?p 'SERVICE <http://x/> { }' }",
    "long literal": 'SELECT * { ?s ?p """a "SERVICE <http://x/> {" b""" }',
    "comment": "SELECT * { ?s ?p ?o } # SERVICE <http://x/> { }",
    "variable": "SELECT ?service { ?service ?p ?o }",
    "IRI": "SELECT * { <http://x/SERVICE#a> ?p <http://x/service(1)> }",
    "name": "SELECT * { ex:service ?p ex:SERVICE }",
    "prefix": "PREFIX service: <http://x/> SELECT * { service:a ?p ?o . GRAPH service:g { ?x ?y ?z } }",
    "language": "SELECT * { ?s ?p 'a'@service }",
    "relative IRI without a comment sign": "SELECT * { <service> ?p ?o }",
}


@pytest.mark.parametrize("name", ALLOWED)
def test_the_word_alone_is_no_request(name: str) -> None:
    assert read(ALLOWED[name]).form == "SELECT"


def test_limits_hold_exactly() -> None:
    nested = "SELECT * " + "{" * DEEPEST_NESTING + "}" * DEEPEST_NESTING
    assert read(nested).form == "SELECT"
    with pytest.raises(QueryError, match=f"at most {DEEPEST_NESTING} are read"):
        read("ASK {" + nested + "}")
    assert read("ASK { FILTER(" + "!" * MOST_OPERATORS + "true) }").form == "ASK"
    with pytest.raises(QueryError, match="operators"):
        read("ASK { FILTER(" + "!" * (MOST_OPERATORS + 1) + "true) }")
    with pytest.raises(QueryError, match="parts"):
        read("ASK {" + ";" * MOST_PARTS + "}")
    assert read("ASK {}" + " " * (LONGEST_QUERY - 6)).form == "ASK"
    with pytest.raises(QueryError, match="characters"):
        read("ASK {}" + " " * (LONGEST_QUERY - 5))


def test_brackets_and_operators_inside_texts_and_iris_do_not_count() -> None:
    text = "SELECT * { ?s ?p '" + "(" * 5000 + "', <http://x/" + "/" * 2000 + "> } #" + "{" * 5000
    assert read(text).form == "SELECT"


def test_many_values_are_no_depth() -> None:
    assert read("SELECT * { VALUES ?s {" + " ex:a" * 5000 + "} }").form == "SELECT"


@pytest.mark.parametrize("piece", ["'''a", "a.b-", "<", "ex:a.", "\\u", "a:", '"', "_:", "?", "@a-", "{", "#\r", "1.e+", "a\\"])
def test_reading_takes_no_more_than_linear_time(piece: str) -> None:
    text = (piece * LONGEST_QUERY)[:LONGEST_QUERY]
    started = time.perf_counter()
    try:
        read(text)
    except QueryError:
        pass
    # The slowest takes a tenth of a second; a quadratic one took twelve.
    assert time.perf_counter() - started < 5


@given(st.text(alphabet="<>#'\"{}()?$:.@_ \\\n\rSERVICExu0053/&", max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = read(text)
    except QueryError:
        return
    assert found.form in ("", "SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "UPDATE")
