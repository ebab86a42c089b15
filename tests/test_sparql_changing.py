"""Answers of the SPARQL endpoint that XML cannot hold, and those that change from one asking to the next."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient

# ---------------------------------------------------------------- what XML cannot hold


@pytest.mark.parametrize("character", ["\\u0001", "\\uFFFF", "\\u000B"])
@pytest.mark.parametrize(("form", "query"), [("xml", 'SELECT ("a{}b" AS ?x) {{}}'), ("rdfxml", 'CONSTRUCT {{ <a:b> <a:c> "a{}b" }} {{}}')])
def test_a_character_that_xml_cannot_hold_is_no_broken_document(client: TestClient, form: str, query: str, character: str) -> None:
    reply = client.get("/sparql", params={"query": query.format(character), "format": form})
    assert reply.status_code == 400 and f"U+{character[2:]}" in reply.json()["detail"]


def test_line_ends_survive_xml(client: TestClient) -> None:
    query = r'SELECT ("a\r\n\tb" AS ?x) {}'
    document = ElementTree.fromstring(client.get("/sparql", params={"query": query, "format": "xml"}).content)
    assert [node.text for node in document.iter("{http://www.w3.org/2005/sparql-results#}literal")] == ["a\r\n\tb"]


# ---------------------------------------------------------------- answers that change


@pytest.mark.parametrize("call", ["NOW()", "rand ()", "UUID()", "STRUUID# a comment\n()", "BNODE()"])
def test_an_answer_that_changes_is_not_kept(client: TestClient, call: str) -> None:
    reply = client.get("/sparql", params={"query": f"SELECT ({call} AS ?x) {{}}"})
    assert reply.status_code == 200 and "etag" not in reply.headers and reply.headers["cache-control"] == "no-store"
