"""The engine: terms are bound and never pasted, faults are ours and never its own, literals are known to change."""

from __future__ import annotations

from pathlib import Path

import pytest

from imri_kg.errors import QueryError, SnapshotError
from imri_kg.store import IRI, Lang, Store, Typed, parse_location
from imri_kg.vocabulary import XSD

QUADS = b"""\
<https://example.org/a> <https://example.org/p> "one" <https://example.org/g1> .
<https://example.org/b> <https://example.org/p> "two"@en <https://example.org/g2> .
<https://example.org/b> <https://example.org/q> <https://example.org/a> .
_:x <https://example.org/p> "three" .
"""
VALUES = "SELECT ?s ?o WHERE { ?s <https://example.org/p> ?o } ORDER BY ?o"
A = IRI("https://example.org/a")


@pytest.fixture(scope="module")
def store() -> Store:
    return Store.in_memory(QUADS)


# ---------------------------------------------------------------- traps


def test_a_bound_variable_that_is_not_projected_is_an_error_of_ours(store: Store) -> None:
    """pyoxigraph raises a ValueError of its own here; a parameter must be projected."""
    with pytest.raises(QueryError, match=r"\?s in its SELECT projection"):
        store.select("SELECT ?o WHERE { ?s <https://example.org/p> ?o }", s=A)


@pytest.mark.parametrize(
    "iri",
    [
        "https://example.org/a> <https://example.org/p> ?o } #",
        'https://example.org/a"',
        "https://example.org/a } UNION { ?s ?p ?o",
        "https://example.org/a\nb",
        "a",
        "",
        "https://example.org/a\\u003e",
    ],
)
def test_an_iri_cannot_rewrite_a_query(store: Store, iri: str) -> None:
    with pytest.raises(QueryError, match="could not be run"):
        store.select(VALUES, s=IRI(iri))


@pytest.mark.parametrize("text", ['"', '" } #', "one' || true", "one\\", "?o", "<https://example.org/a>", "one\n"])
def test_a_literal_cannot_rewrite_a_query(store: Store, text: str) -> None:
    assert store.select(VALUES, o=text).rows == []


def test_a_query_is_evaluated_by_the_engine_and_by_nothing_else(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """rdflib's prepareQuery over an Oxigraph-backed graph silently runs in rdflib's own engine; rdflib is not asked here."""
    monkeypatch.setattr("rdflib.plugins.sparql.evaluate.evalQuery", lambda *_: pytest.fail("rdflib evaluated the query"))
    assert len(store.select(VALUES).rows) == 3


def test_the_store_rewrites_the_spelling_of_literals() -> None:
    """So a dump of the store is never validated or exported; the N-Quads of the build are."""
    quads = b'<https://example.org/a> <https://example.org/p> "05"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
    assert b'"5"^^' in Store.in_memory(quads).to_nquads()


# ---------------------------------------------------------------- binding


def test_terms_of_every_kind_can_be_bound(store: Store) -> None:
    assert store.select(VALUES, s=A).rows == [("https://example.org/a", "one")]
    assert store.select(VALUES, o="one").rows == [("https://example.org/a", "one")]
    assert store.select(VALUES, o=Lang("two", "en")).rows == [("https://example.org/b", "two")]
    assert store.select(VALUES, o="two").rows == [], "a plain literal is not one with a language"
    assert store.select("SELECT ?n WHERE { BIND(?n AS ?m) }", n=Typed("7", XSD.integer)).rows == [("7",)]


def test_none_leaves_a_variable_free(store: Store) -> None:
    assert len(store.select(VALUES, s=None).rows) == 3


def test_a_variable_may_have_any_name(store: Store) -> None:
    assert store.select("SELECT ?query ?self WHERE { ?self ?p ?query } LIMIT 1", self=A).rows


# ---------------------------------------------------------------- results


def test_the_default_graph_is_the_union_of_all(store: Store) -> None:
    found = store.select(VALUES)
    assert found.variables == ("s", "o")
    assert [o for _, o in found.rows] == ["one", "three", "two"]
    assert len(store) == 4


def test_blank_nodes_are_shown_as_such_and_unbound_values_as_none(store: Store) -> None:
    rows = store.select("SELECT ?s ?x WHERE { ?s <https://example.org/p> 'three' OPTIONAL { ?s <https://example.org/none> ?x } }").rows
    assert rows[0][0] is not None
    assert rows[0][0].startswith("_:")
    assert rows[0][1] is None


def test_questions_of_yes_and_no_and_graphs_are_told_from_tables(store: Store) -> None:
    assert store.select("ASK { ?s ?p 'one' }").truth is True
    assert store.select("ASK { ?s ?p 'four' }").truth is False
    triples = store.select("CONSTRUCT { ?s <https://example.org/r> ?o } WHERE { ?s <https://example.org/q> ?o }").triples
    assert triples == "<https://example.org/b> <https://example.org/r> <https://example.org/a> .\n"
    assert list(store.select(VALUES, s=A).dicts()) == [{"s": "https://example.org/a", "o": "one"}]


def test_quads_come_out_sorted() -> None:
    assert Store.in_memory(b"".join(reversed(QUADS.splitlines(keepends=True)[:3]))).to_nquads().splitlines() == sorted(QUADS.splitlines()[:3])


@pytest.mark.parametrize("text", ["", "SELECT", "SELECT * {", "INSERT DATA { <urn:a> <urn:b> <urn:c> }", "SELECT * { nope:a ?p ?o }"])
def test_a_text_that_is_no_query_is_an_error_of_ours(store: Store, text: str) -> None:
    with pytest.raises(QueryError, match="not SPARQL"):
        store.select(text)


# ---------------------------------------------------------------- on disk


def test_many_can_read_what_one_has_written(tmp_path: Path) -> None:
    Store.write(tmp_path / "s", QUADS)
    readers = [Store.read_only(tmp_path / "s") for _ in range(3)]
    assert [len(r.select(VALUES).rows) for r in readers] == [3, 3, 3]


@pytest.mark.parametrize("kind", ["missing", "empty", "file"])
def test_a_folder_that_holds_no_store_is_an_error_of_ours(kind: str, tmp_path: Path) -> None:
    place = tmp_path / "s"
    if kind == "empty":
        place.mkdir()
    elif kind == "file":
        place.write_text("x")
    with pytest.raises(SnapshotError, match="cannot be opened"):
        Store.read_only(place)


def test_a_damaged_store_is_an_error_of_ours(tmp_path: Path) -> None:
    Store.write(tmp_path / "s", QUADS)
    for file in (tmp_path / "s").glob("*.sst"):
        file.write_bytes(b"\0" * file.stat().st_size)
    with pytest.raises((SnapshotError, QueryError)):
        Store.read_only(tmp_path / "s").select(VALUES)


@pytest.mark.parametrize(
    ("text", "line"),
    [("<urn:a> <urn:b> <urn:c> .", None), ("", None), ("<urn:a> <urn:b> .", 1), ("<urn:a> <urn:b> <urn:c> .\n<urn:a> x:b <urn:c> .", 2), ("a b c", 1)],
)
def test_the_first_syntax_error_of_a_turtle_file_is_found(text: str, line: int | None) -> None:
    found = parse_location(text.encode())
    assert (found[0] if found else None) == line
    if found:
        assert found[2]


def test_full_stops_in_names_are_as_in_the_specification() -> None:
    """The engine knows one at most; SPARQL 1.1 allows any number inside a local name."""
    quads = b'<http://a/IV.C.A> <http://a/p> "a:b.c.d" .\n'
    for text in ("ASK { a:IV.C.A a:p 'a:b.c.d' }", "ASK { a:IV.C.A a:p 'a:b.c.d'. }", "ASK { a:IV.C.A ?p ?o. FILTER(?p = a:p) } # a:x.y.z", "ASK { a:IV\\.C.A a:p ?o }", "ASK{?s<http://a/p>?o.?s ?q a:IV.C.A}"):
        assert Store.in_memory(quads).select(f"PREFIX a: <http://a/>\n{text}").truth is ("?q" not in text), text


def test_a_fault_beside_a_name_with_full_stops_is_told_where_it_stands() -> None:
    with pytest.raises(QueryError) as plain:
        Store.in_memory().select("PREFIX a: <http://a/>\nASK { a:IV-C-A a:p }")
    with pytest.raises(QueryError) as dotted:
        Store.in_memory().select("PREFIX a: <http://a/>\nASK { a:IV.C.A a:p }")
    assert str(plain.value) == str(dotted.value)
    assert "line 2, column 20" in str(plain.value)
