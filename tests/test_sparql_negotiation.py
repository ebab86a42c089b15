"""The SPARQL endpoint as HTTP sees it, beyond the W3C's cases: forms of answers, ways to send a query, and what is refused with which status."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest
from rdflib import Graph, Literal, Namespace
from rdflib.compare import isomorphic
from rdflib.query import Result
from sparql_door import Door, Reply, open_door, serving

from imri_kg.graph import KnowledgeGraph

X = Namespace("http://example.org/")
DATA = (Path(__file__).parent / "sparql" / "clients.trig").read_text(encoding="utf-8")
PREFIX = "PREFIX x: <http://example.org/> "
SELECT = PREFIX + "SELECT ?o { x:ada x:knows ?o }"
ASK = PREFIX + "ASK { x:ada x:knows x:ben }"
CONSTRUCT = PREFIX + "CONSTRUCT { ?s x:of ?o } WHERE { ?s x:knows ?o FILTER isIRI(?o) }"
DESCRIBE = PREFIX + "DESCRIBE x:home"
JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
FORM, DIRECT = {"Content-Type": "application/x-www-form-urlencoded"}, {"Content-Type": "application/sparql-query"}


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    with open_door(DATA) as opened:
        yield opened


def rows(reply: Reply) -> list[str]:
    """Return what the one variable of a SELECT is bound to."""
    assert reply.status == 200, reply
    return [str(row[0]) for row in Result.parse(reply.stream, content_type=reply.media_type)]


# ---------------------------------------------------------------- forms


@pytest.mark.parametrize(
    ("text", "accept", "sent"),
    [
        (SELECT, "", JSON), (SELECT, "*/*", JSON), (SELECT, "application/*", JSON), (SELECT, "text/*", "text/csv"),
        (SELECT, JSON, JSON), (SELECT, XML, XML), (SELECT, "text/csv", "text/csv"), (SELECT, "text/tab-separated-values", "text/tab-separated-values"),
        (SELECT, "application/json", "application/json"), (SELECT, "application/xml", "application/xml"),
        (SELECT, f"{JSON};q=0.5, {XML};q=0.9", XML), (SELECT, f"{XML};q=0.5, {JSON};q=0.9", JSON), (SELECT, f"{JSON};q=0, */*;q=0.1", XML),
        (SELECT, "text/turtle, text/csv;q=0.1", "text/csv"), (SELECT, f"text/html, {XML}", XML), (SELECT, "APPLICATION/SPARQL-RESULTS+XML", XML),
        (SELECT, f"{XML} ; q=1.0 , {JSON} ; q=0.1", XML), (SELECT, "text/csv; charset=utf-8", "text/csv"), (SELECT, "text/csv;header=present", "text/csv"),
        (ASK, "", JSON), (ASK, XML, XML), (ASK, f"text/turtle, {JSON};q=0.2", JSON),
        (CONSTRUCT, "", "text/turtle"), (CONSTRUCT, "*/*", "text/turtle"), (CONSTRUCT, "application/n-triples", "application/n-triples"),
        (CONSTRUCT, "application/rdf+xml", "application/rdf+xml"), (CONSTRUCT, "application/ld+json", "application/ld+json"),
        (CONSTRUCT, f"{JSON}, text/turtle;q=0.1", "text/turtle"), (CONSTRUCT, "application/rdf+xml;q=0.2, application/ld+json;q=0.8", "application/ld+json"),
        (DESCRIBE, "", "text/turtle"), (DESCRIBE, "application/rdf+xml", "application/rdf+xml"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("way", ["get", "form", "direct"])
def test_the_header_accept_chooses_the_form(door: Door, text: str, accept: str, sent: str, way: str) -> None:
    accepts = {"Accept": accept} if accept else {}
    if way == "get":
        reply = door.get(text, accept)
    elif way == "form":
        reply = door.ask("POST", door.path, headers=FORM | accepts, body=urlencode({"query": text}).encode())
    else:
        reply = door.ask("POST", door.path, headers=DIRECT | accepts, body=text.encode())
    assert (reply.status, reply.media_type) == (200, sent), reply
    assert "accept" in reply.headers["vary"].lower()
    if sent.startswith("text/"):
        assert "charset=utf-8" in reply.headers["content-type"].lower()


@pytest.mark.parametrize("accept", ["", JSON, XML, "text/csv", "text/tab-separated-values"])
def test_rows_are_the_same_in_every_form(door: Door, accept: str) -> None:
    text = "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> SELECT ?label { ?s rdfs:label ?label } ORDER BY STR(?label)"
    assert rows(door.get(text, accept)) == ["Ada", "Ben", "a < b & c", 'Äda, "the\tfirst"']


@pytest.mark.parametrize("accept", ["text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"])
def test_a_graph_is_the_same_in_every_form(door: Door, accept: str) -> None:
    everything = Graph().parse(data=door.get("CONSTRUCT WHERE { ?s ?p ?o }", "application/n-triples").body, format="nt")
    assert len(everything) == 12 and (X.ada, X.knows, X.ben) in everything
    reply = door.get("CONSTRUCT WHERE { ?s ?p ?o }", accept)
    assert isomorphic(Graph().parse(data=reply.body, format=accept), everything)


@pytest.mark.parametrize(
    ("text", "accept"),
    [(SELECT, "text/turtle"), (SELECT, "image/png"), (SELECT, f"{JSON};q=0"), (SELECT, "text/css"), (ASK, "text/turtle"), (CONSTRUCT, JSON), (CONSTRUCT, "text/csv"), (DESCRIBE, "text/css")],
)  # fmt: skip
def test_a_form_that_the_answer_cannot_have_is_406(door: Door, text: str, accept: str) -> None:
    problem = door.get(text, accept).problem
    assert problem["status"] == 406 and problem["type"].endswith("not-acceptable")
    assert {"application/n-triples" if text in (CONSTRUCT, DESCRIBE) else JSON} <= set(problem["known"])


@pytest.mark.parametrize("accept", ["", "text/turtle", "application/rdf+xml", "application/ld+json", "application/n-triples"])
@pytest.mark.parametrize("target", ["/sparql", "/sparql/", "/sparql?"])
def test_without_a_query_the_service_describes_itself(graph: KnowledgeGraph, own_door: Door, accept: str, target: str) -> None:
    reply = own_door.ask("GET", target, headers={"Accept": accept} if accept else {})
    assert reply.status == 200 and reply.media_type == (accept or "text/turtle")
    described = Graph().parse(data=reply.body, format=reply.media_type)
    assert (None, None, Namespace("http://www.w3.org/ns/sparql-service-description#").Service) in described


def test_browsers_get_a_page_without_a_query(own_door: Door) -> None:
    reply = own_door.ask("GET", own_door.path, headers={"Accept": BROWSER})
    assert (reply.status, reply.media_type) == (200, "text/html") and '<textarea' in reply.text


@pytest.mark.parametrize("way", ["get", "form", "format"])
@pytest.mark.parametrize(
    ("text", "shown"),
    [("ASK { imri:B1 ?p ?o }", "Yes: the graph holds it."), ("SELECT ?o { chime:H skos:prefLabel ?o }", "Hope and optimism about the future"), ("CONSTRUCT { chime:H skos:prefLabel ?o } { chime:H skos:prefLabel ?o }", "as Turtle")],
)  # fmt: skip
def test_browsers_get_an_answer_as_a_page_with_the_query_in_it(own_door: Door, text: str, shown: str, way: str) -> None:
    if way == "get":
        reply = own_door.get(text, BROWSER)
    elif way == "format":
        reply = own_door.ask("GET", f"{own_door.path}?{urlencode({'query': text, 'format': 'html'})}")
    else:
        reply = own_door.ask("POST", own_door.path, headers=FORM | {"Accept": BROWSER}, body=urlencode({"query": text}).encode())
    assert (reply.status, reply.media_type) == (200, "text/html")
    assert shown in unescape(reply.text) and f"\n{text}</textarea>" in unescape(reply.text)


def test_the_page_of_an_answer_that_changes_is_not_kept(own_door: Door) -> None:
    assert own_door.get("SELECT (NOW() AS ?now) {}", BROWSER).headers["cache-control"] == "no-store"
    assert own_door.get("SELECT (1 AS ?one) {}", BROWSER).headers["cache-control"] != "no-store"


@pytest.fixture(scope="module")
def own_door(graph: KnowledgeGraph) -> Iterator[Door]:
    """Our own graph: only it can be described."""
    with serving(graph) as port:
        yield Door(port)


# ---------------------------------------------------------------- ways to send


def test_head_is_get_without_a_body(door: Door) -> None:
    got, head = (door.ask(method, f"{door.path}?{urlencode({'query': SELECT})}", headers={"Accept": JSON}) for method in ("GET", "HEAD"))
    assert head.status == 200 and head.body == b"" and got.body
    assert {k: v for k, v in head.headers.items() if k not in ("date", "x-request-id")} == {k: v for k, v in got.headers.items() if k not in ("date", "x-request-id")}


@pytest.mark.parametrize("path", ["/sparql", "/sparql/"])
def test_the_endpoint_answers_with_a_slash_and_without(door: Door, path: str) -> None:
    assert rows(door.ask("GET", f"{path}?{urlencode({'query': SELECT})}")) == [str(X.ben)]
    assert rows(door.ask("POST", path, headers=DIRECT, body=SELECT.encode())) == [str(X.ben)]
    assert rows(door.ask("POST", path, headers=FORM, body=urlencode({"query": SELECT}).encode())) == [str(X.ben)]


@pytest.mark.parametrize("kind", ["application/sparql-query; charset=utf-8", "application/sparql-query;charset=UTF-8", 'application/sparql-query; charset="utf-8"', "Application/SPARQL-Query"])
def test_utf_8_may_be_said(door: Door, kind: str) -> None:
    text = 'SELECT ("äöü☃𝄞" AS ?x) {}'
    assert rows(door.ask("POST", door.path, headers={"Content-Type": kind}, body=text.encode())) == ["äöü☃𝄞"]


def test_a_form_may_say_utf_8_and_a_text_may_begin_with_its_mark(door: Door) -> None:
    pairs = urlencode({"query": 'SELECT ("äöü☃𝄞" AS ?x) {}'}).encode()
    assert rows(door.ask("POST", door.path, headers={"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}, body=pairs)) == ["äöü☃𝄞"]
    assert rows(door.ask("POST", door.path, headers=DIRECT, body=b"\xef\xbb\xbf" + SELECT.encode())) == [str(X.ben)]


def test_a_form_that_begins_with_a_mark_is_refused_by_the_name_of_its_parameter(door: Door) -> None:
    reply = door.ask("POST", door.path, headers=FORM, body="\ufeff".encode() + urlencode({"query": SELECT}).encode())
    assert reply.problem["status"] == 400


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "multipart/form-data; boundary=x", "application/sparql-query-x", "*/*", "", ";", "application/x-www-form-urlencoded, text/plain"])
def test_another_media_type_is_415(door: Door, kind: str) -> None:
    for body in (b"ASK {}", b"query=ASK%20%7B%7D", b""):
        problem = door.ask("POST", door.path, headers={"Content-Type": kind} if kind else {}, body=body).problem
        assert problem["status"] == 415 and "application/sparql-query" in problem["known"]


@pytest.mark.parametrize("charset", ["utf-16", "iso-8859-1", "windows-1252", "nonsense"])
def test_another_encoding_is_415(door: Door, charset: str) -> None:
    assert door.ask("POST", door.path, headers={"Content-Type": f"application/sparql-query; charset={charset}"}, body=b"ASK {}").problem["status"] == 415


@pytest.mark.parametrize(
    ("target", "body", "headers"),
    [
        ("?query=ASK+%7B%7D&query=ASK+%7B%7D", None, {}),
        ("?query=ASK+%7B%7D", b"query=ASK+%7B%7D", FORM),
        ("", b"query=ASK+%7B%7D&query=ASK+%7B%7D", FORM),
        ("?query=ASK+%7B%7D", b"ASK {}", DIRECT),
    ],
)
def test_two_queries_are_400_wherever_they_stand(door: Door, target: str, body: bytes | None, headers: dict[str, str]) -> None:
    problem = door.ask("POST" if body else "GET", door.path + target, headers=headers, body=body).problem
    assert problem["status"] == 400 and "query" in problem["detail"]


def test_a_post_without_a_query_is_400(door: Door) -> None:
    for body, headers in ((b"", DIRECT), (b"  ", DIRECT), (b"query=", FORM), (b"default-graph-uri=http%3A%2F%2Fexample.org%2Fgraph-people", FORM)):
        assert door.ask("POST", door.path, headers=headers, body=body).problem["status"] == 400


def test_an_unknown_parameter_is_400_and_told_what_there_is(door: Door) -> None:
    for name in ("qurey", "default-graph-url", "QUERY"):
        problem = door.ask("GET", f"{door.path}?query=ASK+%7B%7D&{name}=x").problem
        assert problem["status"] == 400 and name in problem["detail"]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (FORM, b"update=DROP+ALL"), (FORM, b"update=DROP+ALL&query=ASK+%7B%7D"), (FORM, b"update="), (FORM, b"query=ASK+%7B%7D&using-graph-uri=http%3A%2F%2Fexample.org%2Fa"),
        ({"Content-Type": "application/sparql-update"}, b"DROP ALL"), ({"Content-Type": "application/sparql-update; charset=utf-8"}, b""),
        (DIRECT, b"DROP ALL"), (FORM, b"query=DROP+ALL"),
    ],
)  # fmt: skip
def test_updates_are_refused_as_such_in_every_way(door: Door, headers: dict[str, str], body: bytes) -> None:
    problem = door.ask("POST", door.path, headers=headers, body=body).problem
    assert problem["status"] == 403 and problem["type"].endswith("update-refused")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "QUERY"])
def test_another_method_is_405_and_told_which_there_are(door: Door, method: str) -> None:
    reply = door.ask(method, f"{door.path}?query=ASK+%7B%7D", headers=DIRECT, body=b"ASK {}")
    assert reply.status == 405
    assert {"GET", "POST"} <= {name.strip() for name in reply.headers["allow"].split(",")}


# ---------------------------------------------------------------- datasets and base


def counted(reply: Reply) -> int:
    (count,) = rows(reply)
    return int(count)


COUNT = "SELECT (COUNT(*) AS ?n) { ?s a ?class }"
COUNT_NAMED = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s a ?class } }"


def test_parameters_name_the_dataset_and_win_over_the_query(door: Door) -> None:
    people, places = str(X["graph-people"]), str(X["graph-places"])
    assert counted(door.query(COUNT, JSON)) == 3
    assert counted(door.query(COUNT, JSON, default_graph_uri=people)) == 2
    assert counted(door.query(COUNT, JSON, default_graph_uri=[people, places])) == 3
    assert counted(door.query(COUNT, JSON, named_graph_uri=people)) == 0
    assert counted(door.query(COUNT_NAMED, JSON, named_graph_uri=people)) == 2
    assert counted(door.query(COUNT_NAMED, JSON, default_graph_uri=people)) == 0
    from_places = COUNT.replace("{", f"FROM <{places}> {{")
    assert counted(door.query(from_places, JSON)) == 1
    assert counted(door.query(from_places, JSON, default_graph_uri=people)) == 2
    assert counted(door.query(from_places, JSON, named_graph_uri=people)) == 0


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
@pytest.mark.parametrize("iri", ["http://example.org/graph-peopel", "http://example.org/graph-people/", "graph-people", "", "urn:x", "not an iri <>"])
def test_a_graph_that_is_none_of_ours_is_400_and_told_what_is_meant(door: Door, name: str, iri: str) -> None:
    problem = door.ask("GET", f"{door.path}?{urlencode({'query': 'ASK {}', name: iri})}").problem
    assert problem["status"] == 400 and problem["type"].endswith("unknown-graph")
    assert repr(iri) in problem["detail"]
    if iri.endswith("peopel"):
        assert problem["nearest"][0] == str(X["graph-people"])


def test_an_iri_without_a_base_is_resolved_against_that_of_the_service(door: Door) -> None:
    made = rows(door.get("SELECT (<test> AS ?x) {}"))
    assert made != ["test"] and made[0].endswith("/test") and made[0].startswith("http")
    assert rows(door.get("BASE <http://example.org/a/> SELECT (<../test> AS ?x) {}")) == ["http://example.org/test"]
    assert rows(door.get('SELECT (IRI("test") AS ?x) {}')) == made


def test_our_prefixes_need_not_be_declared_and_a_declared_one_wins(door: Door) -> None:
    assert rows(door.get("SELECT (chime:I AS ?x) {}")) == ["https://w3id.org/imri-kg/id/chime/I"]
    assert rows(door.get("PREFIX chime: <http://example.org/> SELECT (chime:I AS ?x) {}")) == ["http://example.org/I"]


# ---------------------------------------------------------------- other sites, and what a problem looks like


def test_a_browser_may_ask_from_another_site(door: Door) -> None:
    asked = {"Origin": "http://example.org", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "accept,content-type"}
    reply = door.ask("OPTIONS", door.path, headers=asked)
    assert reply.status in (200, 204)
    assert reply.headers["access-control-allow-origin"] == "*"
    assert {"GET", "POST"} <= {m.strip() for m in reply.headers["access-control-allow-methods"].split(",")}
    assert {"accept", "content-type"} <= {h.strip().lower() for h in reply.headers["access-control-allow-headers"].split(",")}
    for answer in (door.ask("GET", f"{door.path}?query=ASK+%7B%7D", headers={"Origin": "http://example.org"}), door.get("ASK {")):
        assert answer.headers["access-control-allow-origin"] == "*"


def test_a_syntax_error_is_told_with_its_place_as_a_problem_document(door: Door) -> None:
    reply = door.get("SELECT * {\n ?s ?p }")
    assert reply.problem["status"] == 400 and "(line 2, column 8): '}' cannot stand there" in reply.problem["detail"]
    assert reply.headers["cache-control"] == "no-store"


def test_a_problem_is_json_whatever_was_accepted(door: Door) -> None:
    for accept in ("text/turtle", "text/css", "text/csv", XML):
        assert json.loads(door.get("ASK {", accept).body)["status"] in (400, 406)


def test_browsers_get_a_problem_as_a_page_with_the_query_to_be_mended(own_door: Door) -> None:
    reply = own_door.get("SELECT * {\n ?s ?p }", BROWSER)
    assert (reply.status, reply.media_type, reply.headers["cache-control"]) == (400, "text/html", "no-store")
    page = unescape(reply.text)
    assert "(line 2, column 8): '}' cannot stand there" in page and 'data-line="2" data-column="8"' in page and "\nSELECT * {\n ?s ?p }</textarea>" in page
    assert own_door.ask("POST", own_door.path, headers=FORM | {"Accept": BROWSER}, body=b"query=DROP+ALL").status == 403


def test_the_form_may_be_named_in_the_address(door: Door) -> None:
    for name, sent in (("json", JSON), ("xml", XML), ("csv", "text/csv"), ("tsv", "text/tab-separated-values")):
        reply = door.ask("GET", f"{door.path}?{urlencode({'query': SELECT, 'format': name})}", headers={"Accept": "text/html"})
        assert (reply.status, reply.media_type) == (200, sent)
    for name, sent in (("ttl", "text/turtle"), ("nt", "application/n-triples"), ("jsonld", "application/ld+json"), ("rdfxml", "application/rdf+xml")):
        reply = door.ask("GET", f"{door.path}?{urlencode({'query': DESCRIBE, 'format': name})}")
        assert (reply.status, reply.media_type) == (200, sent)
        assert (X.home, X["size"], Literal("2.5", datatype="http://www.w3.org/2001/XMLSchema#decimal")) in Graph().parse(data=reply.body, format=sent)
    for text, name in ((SELECT, "ttl"), (DESCRIBE, "csv"), (SELECT, "nonsense")):
        assert door.ask("GET", f"{door.path}?{urlencode({'query': text, 'format': name})}").problem["status"] == 406
