"""Statements as text: made, read back, named after their place, and written in every form the same each time."""

from __future__ import annotations

import random

import pytest
from rdflib import Graph
from rdflib.compare import isomorphic

from imri_kg.store import IRI, Blank, Lang, Node, Store, Typed, canonical, quads_of, serialise_rdf, statement, statements
from imri_kg.vocabulary import RDF, RDFS, XSD

A, B = IRI("https://example.org/a"), IRI("https://example.org/b")
LINES = [
    statement(A, RDF.type, IRI(RDFS.Class)),
    statement(A, RDFS.label, Lang('say "no"\n', "en")),
    statement(A, RDFS.comment, "plain"),
    statement(A, RDFS.seeAlso, Blank("x")),
    statement(Blank("x"), RDF.value, Typed("0.50", XSD.decimal)),
    statement(B, RDFS.seeAlso, A),
]


def test_a_statement_is_a_line_that_is_read_back() -> None:
    assert LINES[1] == '<https://example.org/a> <http://www.w3.org/2000/01/rdf-schema#label> "say \\"no\\"\\n"@en .\n'
    assert statements(LINES[1:5]) == [
        (Node(A), RDFS.label, Node('say "no"\n', "literal", "en", RDF.langString)),
        (Node(A), RDFS.comment, Node("plain", "literal", None, XSD.string)),
        (Node(A), RDFS.seeAlso, Node("x", "blank")),
        (Node("x", "blank"), RDF.value, Node("0.50", "literal", None, XSD.decimal)),
    ]


@pytest.mark.parametrize(("form", "name"), [("ttl", "turtle"), ("jsonld", "json-ld"), ("nt", "nt"), ("rdfxml", "xml")])
def test_every_form_says_the_same_whatever_the_order_of_the_lines(form: str, name: str) -> None:
    expected = Graph().parse(data="".join(LINES), format="nt")
    shuffled = [*LINES, LINES[0]]
    first = serialise_rdf(LINES, form, {"rdfs": RDFS.base, "unused": "https://example.org/unused/"}, first=B)
    for seed in range(5):
        random.Random(seed).shuffle(shuffled)
        assert serialise_rdf(shuffled, form, {"rdfs": RDFS.base, "unused": "https://example.org/unused/"}, first=B) == first
    assert isomorphic(Graph().parse(data=first, format=name), expected)
    assert b"unused" not in first
    assert first.index(b"example.org/b") < first.index(b"example.org/a>") if form == "nt" else True


def test_the_names_of_graphs_stay_only_where_a_form_has_them() -> None:
    quads = quads_of(b"<https://example.org/a> <https://example.org/p> [] .", "https://example.org/g").decode()
    assert quads.count("<https://example.org/g>") == 1
    assert serialise_rdf([quads, quads], "nq", {}).decode() == quads
    assert b"example.org/g" in serialise_rdf([quads], "trig", {})
    assert b"example.org/g" not in serialise_rdf([quads], "ttl", {})


def test_blank_nodes_are_named_after_their_place() -> None:
    """A store gives them other names each time that it loads a file."""
    text = b"<https://example.org/a> <https://example.org/p> [ <https://example.org/p> ( 1 2 ) ] , [ <https://example.org/p> 3 ] ."
    loaded = [(Store.in_memory(quads_of(text, "https://example.org/g"))).to_nquads().decode() for _ in range(2)]
    assert loaded[0] != loaded[1]
    named = [canonical(one.splitlines(keepends=True)) for one in loaded]
    assert named[0] == named[1]
    assert len(named[0]) == loaded[0].count("\n") == 8
