"""Queries and requests that mean harm, sent to a running endpoint with small limits: each is answered or refused in plain words, and the next one works.

Written queries stand in tests/sparql/hostile.toml; what is only large or deep is made here.
"""

from __future__ import annotations

import socket
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from imri_kg_api.settings import Settings
from sparql_door import Door, Reply, open_door

QUERIES: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "sparql" / "hostile.toml").read_text(encoding="utf-8"))["query"]
#: What may come back to a hostile request; 503 only with the time after which to come again.
STATUSES = {200, 400, 403, 406, 408, 413, 414, 415, 429, 431, 503}
SECONDS = 1.0
#: Longer than any answer may take: the time limit, the end of the worker and some room for a busy machine.
PATIENCE = 20
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/sparql-results+json"}


class Listener:
    """A place on this machine that nothing may connect to."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"
        self.visits = 0
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        while True:
            try:
                visitor, _ = self._socket.accept()
            except OSError:
                return
            self.visits += 1
            visitor.close()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    opened = Listener()
    yield opened
    opened.close()


#: 3,001 triples in two graphs: enough for three of them to be joined without end.
_TRIPLES = "\n".join(f"x:s{n} x:p{n % 7} {n} ; x:next x:s{n + 1} ; a x:Thing ." for n in range(1, 1001))
DATA = f"@prefix x: <http://example.org/> .\n<http://example.org/graph/one> {{ {_TRIPLES} }}\n<http://example.org/graph/two> {{ x:only x:one 2 }}\n"


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    """An endpoint with little time for each query."""
    with open_door(DATA, Settings(query_seconds=SECONDS)) as opened:
        yield opened


@pytest.fixture(scope="module")
def narrow_door() -> Iterator[Door]:
    """An endpoint with more time, but little memory and small answers."""
    with open_door(DATA, Settings(query_seconds=60, query_memory=64 << 20, query_results=1_000_000)) as opened:
        yield opened


@pytest.fixture(autouse=True)
def unharmed(door: Door, listener: Listener) -> Iterator[None]:
    """After each test the endpoint answers an ordinary query, and nobody has been connected to."""
    yield
    reply = door.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert reply.rows == [{"n": "3001"}]
    assert listener.visits == 0


def outcome(reply: Reply) -> str:
    """Return `answered`, `refused` or `limited` after holding the reply to what every reply must be."""
    assert reply.status in STATUSES, reply
    if reply.broken:
        # A stream that met a limit has no end, which no client takes for one.
        assert reply.status == 200 and reply.headers["transfer-encoding"] == "chunked"
        return "limited"
    assert reply.seconds < PATIENCE, reply.seconds
    if reply.status == 200:
        return "answered"
    problem = reply.problem
    assert len(problem["detail"]) < 2000 and "Traceback" not in problem["detail"], problem
    if reply.status == 503:
        assert int(reply.headers["retry-after"]) > 0
    limited = reply.status in (408, 413, 503)
    return "limited" if limited else "refused"


def test_the_queries_were_found() -> None:
    names = [query["name"] for query in QUERIES]
    assert len(names) == len(set(names)) >= 110
    assert {query["outcome"] for query in QUERIES} == {"answered", "refused", "limited", "either"}
    assert sum("@listener@" in query["text"] and "SERVICE" in query["text"].upper() for query in QUERIES) >= 30


def test_the_listener_would_notice(door: Door) -> None:
    noticing = Listener()
    socket.create_connection(("127.0.0.1", int(noticing.address.rstrip("/").rpartition(":")[2]))).close()
    for _ in range(100):
        if noticing.visits:
            break
        threading.Event().wait(0.02)
    assert noticing.visits == 1
    noticing.close()


@pytest.mark.parametrize("case", QUERIES, ids=lambda case: case["name"])
def test_a_hostile_query(door: Door, listener: Listener, case: dict[str, Any]) -> None:
    text = case["text"].replace("@listener@", listener.address)
    reply = door.query(text, "*/*" if case["outcome"] == "limited" else "application/sparql-results+json, */*;q=0.1")
    found = outcome(reply)
    if case["outcome"] == "either":
        assert found in ("answered", "refused"), reply
        return
    assert found == case["outcome"], (found, reply.status, reply.body[:500])
    if found == "answered":
        if isinstance(case["rows"], bool):
            assert reply.body.replace(b" ", b"").find(b'"boolean":true' if case["rows"] else b'"boolean":false') > 0, reply
        else:
            assert len(reply.rows) == case["rows"], reply
    elif not reply.broken:
        assert case["says"].replace("@listener@", listener.address).lower() in reply.problem["detail"].lower(), reply.problem


@pytest.mark.parametrize("place", ["address", "form"])
@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
def test_a_graph_of_another_place_is_not_fetched(door: Door, listener: Listener, place: str, name: str) -> None:
    pairs = urlencode({"query": "ASK { ?s ?p ?o }", name: listener.address})
    reply = door.ask("GET", f"{door.path}?{pairs}") if place == "address" else door.ask("POST", door.path, headers=FORM, body=pairs.encode())
    assert outcome(reply) == "refused"
    assert listener.address in reply.problem["detail"]


# ---------------------------------------------------------------- depth

DEEP = 10_000
NESTED: dict[str, tuple[str, str, str, str, str]] = {
    # name: what comes before, what opens, what is inside, what closes, what comes after
    "parentheses": ("SELECT (", "(", "1", ")", " AS ?x) {}"),
    "parentheses in a filter": ("ASK { FILTER(", "(", "true", ")", ") }"),
    "groups": ("ASK ", "{", "", "}", ""),
    "groups with triples": ("ASK {", "{ ?s ?p ?o . ", "?s ?p ?o", " }", "}"),
    "negations": ("ASK { FILTER(", "!", "true", "", ") }"),
    "negations with parentheses": ("ASK { FILTER(", "!(", "true", ")", ") }"),
    "minus signs": ("SELECT (", "- ", "1", "", " AS ?x) {}"),
    "plus signs": ("SELECT (", "+ ", "1", "", " AS ?x) {}"),
    "paths": ("ASK { ?s ", "(", "<http://example.org/p>", ")", " ?o }"),
    "paths repeated": ("ASK { ?s ", "(", "<http://example.org/p>", ")*", " ?o }"),
    "paths turned round": ("ASK { ?s ", "^(", "<http://example.org/p>", ")", " ?o }"),
    "paths negated": ("ASK { ?s ", "!(", "<http://example.org/p>", ")", " ?o }"),
    "unions": ("ASK {", "{", "?s ?p ?o", "} UNION {}", "}"),
    "optionals": ("ASK {", "OPTIONAL {", "?s ?p ?o", "}", "}"),
    "minuses": ("ASK {", "?s ?p ?o MINUS {", "?s ?p ?o", "}", "}"),
    "graphs": ("ASK {", "GRAPH ?g {", "?s ?p ?o", "}", "}"),
    "services": ("ASK {", "SERVICE ?g {", "?s ?p ?o", "}", "}"),
    "subselects": ("ASK {", "{ SELECT * {", "?s ?p ?o", "} }", "}"),
    "exists": ("ASK {", "FILTER EXISTS {", "?s ?p ?o", "}", "}"),
    "not exists in expressions": ("ASK { FILTER(", "NOT EXISTS { FILTER(", "true", ") }", ") }"),
    "collections": ("ASK { ?s ?p ", "(", "1", ")", " }"),
    "blank property lists": ("ASK { ?s ?p ", "[ ?p ", "1", "]", " }"),
    "brackets that never close": ("ASK { ?s ?p ", "[", "", "", " }"),
    "parentheses that never close": ("SELECT (", "(", "", "", ""),
    "braces that never close": ("ASK ", "{", "", "", ""),
    "closing only": ("ASK {} ", "", "", "}", ""),
    "functions": ("SELECT (", "STR(", "1", ")", " AS ?x) {}"),
    "conditions": ("SELECT (", "IF(true, ", "1", ", 2)", " AS ?x) {}"),
    "concatenations": ("SELECT (", "CONCAT(", "'a'", ", 'b')", " AS ?x) {}"),
    "aggregates": ("SELECT (", "SUM(", "1", ")", " AS ?x) {}"),
    "lists of in": ("SELECT (", "1 IN (", "1", ")", " AS ?x) {}"),
    "quoted triples": ("ASK { ", "<< ", "?s", " ?p ?o >>", " ?p ?o }"),
    "triple terms": ("ASK { ?s ?p ", "<<( ?s ?p ", "?o", " )>>", " }"),
    "annotations": ("ASK { ?s ?p ?o ", "{| ?p ?o ", "", " |}", " }"),
}
#: What the grammar does not have, or nobody may ask, at any depth.
NEVER = {
    "minus signs", "plus signs", "paths negated", "services", "closing only",
    "brackets that never close", "parentheses that never close", "braces that never close",
}  # fmt: skip
CHAINS: dict[str, tuple[str, str, str]] = {
    # name: what comes before, what is repeated, what comes after
    "unions": ("ASK { {}", " UNION {}", " }"),
    "additions": ("SELECT (1", " + 1", " AS ?x) {}"),
    "subtractions": ("SELECT (1", " - 1", " AS ?x) {}"),
    "signed numbers": ("SELECT (1", " -1", " AS ?x) {}"),
    "multiplications": ("SELECT (1", " * 1", " AS ?x) {}"),
    "conjunctions": ("ASK { FILTER(true", " && true", ") }"),
    "disjunctions": ("ASK { FILTER(false", " || false", ") }"),
    "sequences of a path": ("ASK { ?s <http://example.org/p>", "/<http://example.org/p>", " ?o }"),
    "alternatives of a path": ("ASK { ?s <http://example.org/p>", "|<http://example.org/p>", " ?o }"),
    "names of a negated path": ("ASK { ?s !(<http://example.org/p>", "|<http://example.org/p>", ") ?o }"),
    "triples": ("ASK { ?s ?p ?o", " . ?s ?p ?o", " }"),
    "triples of other variables": ("ASK { ?s ?p ?o", " . [] ?p []", " }"),
    "predicates": ("ASK { ?s ?p ?o", " ; ?p ?o", " }"),
    "objects": ("ASK { ?s ?p ?o", " , ?o", " }"),
    "semicolons": ("ASK { ?s ?p ?o ", ";", " }"),
    "empty groups": ("ASK {", " {}", " }"),
    "filters": ("ASK {", " FILTER(true)", " }"),
    "optionals": ("ASK {", " OPTIONAL { ?s ?p ?o }", " }"),
    "minuses": ("ASK { ?s ?p ?o", " MINUS { ?s ?p ?o }", " }"),
    "existences": ("ASK {", " FILTER EXISTS { ?s ?p ?o }", " }"),
    "bindings": ("ASK {", " VALUES ?x { 1 }", " }"),
    "values": ("ASK { VALUES ?x {", " 1", " } }"),
    "members of in": ("ASK { FILTER(1 IN (1", ", 1", ")) }"),
    "members of a collection": ("ASK { ?s ?p (", " 1", ") }"),
    "arguments": ("SELECT (CONCAT('a'", ", 'a'", ") AS ?x) {}"),
    "conditions of an order": ("SELECT * { ?s ?p 3 } ORDER BY", " ?s", ""),
    "expressions of a group": ("SELECT (COUNT(*) AS ?n) { ?s ?p 3 } GROUP BY", " ?s", ""),
    "conditions of having": ("SELECT ?s { ?s ?p 3 } GROUP BY ?s HAVING", " (true)", ""),
    "prefixes": ("", "PREFIX x: <http://example.org/>\n", "ASK {}"),
    "bases": ("", "BASE <http://example.org/>\n", "ASK {}"),
    "named graphs": ("ASK", " FROM <http://example.org/graph/one>", " {}"),
    "described names": ("DESCRIBE", " <http://example.org/s1>", ""),
    "comments": ("ASK {} ", "#\n", ""),
    "blanks": ("ASK {} ", "          ", ""),
}


def test_what_is_nested_is_nested() -> None:
    before, opens, inside, closes, after = NESTED["parentheses"]
    assert before + opens * 3 + inside + closes * 3 + after == "SELECT ((((1))) AS ?x) {}"


@pytest.mark.parametrize("name", NESTED)
@pytest.mark.parametrize("depth", [25, 1_000, DEEP, 400_000])
def test_depth_kills_nobody(door: Door, name: str, depth: int) -> None:
    """A query that nests like one that somebody might write is answered, unless it is bad SPARQL; a deep one is refused for its depth or its length."""
    before, opens, inside, closes, after = NESTED[name]
    reply = door.query(before + opens * depth + inside + closes * depth + after)
    found = outcome(reply)
    if depth == 25:
        assert found == "refused" if name in NEVER else found in ("answered", "limited"), reply
    elif depth >= DEEP:
        assert found in ("refused", "limited"), reply
    if found == "limited" or depth == 400_000:
        assert any(word in reply.problem["detail"] for word in ("second", "deep", "character", "KiB", "memory", "parts")), reply.problem


@pytest.mark.parametrize("name", ["parentheses", "groups", "paths"])
@pytest.mark.parametrize("quote", ["'", '"'])
def test_depth_that_an_escape_would_hide_is_seen(door: Door, name: str, quote: str) -> None:
    """Of two readings of an escaped quote one hides the brackets in a literal; the other reaches the parser."""
    before, opens, inside, closes, after = NESTED[name]
    escape = f"{quote}\\u{ord(quote):04X}{quote}"
    deep = before + opens * DEEP + inside + closes * DEEP + after
    head, _, rest = deep.partition("{" if name == "paths" else "(" if name == "parentheses" else "ASK ")
    text = {
        "parentheses": f"SELECT ({escape} AS ?a) ({rest[:-3]}{{ ?s ?p {escape} }}",
        "groups": f"ASK {{ ?s ?p {escape} . {rest} ?s ?p {escape} }}",
        "paths": f"ASK {{ ?s ?p {escape} . {rest[:-1]} . ?s ?p {escape} }}",
    }[name]
    reply = door.query(text)
    assert outcome(reply) == "refused" and "deep" in reply.problem["detail"], reply.problem


@pytest.mark.parametrize("name", CHAINS)
@pytest.mark.parametrize("length", [100, DEEP])
def test_length_kills_nobody(door: Door, name: str, length: int) -> None:
    """A long query of the plainest parts is answered, or ended at a limit; a very long one may be refused for its length."""
    before, repeated, after = CHAINS[name]
    found = outcome(door.query(before + repeated * length + after, "*/*"))
    assert length == DEEP or found in ("answered", "limited"), found


#: Texts in which a reader that looks for the end of something may look at every place anew; each is repeated up to the longest query that is read.
HARD = {
    "quotes by backslash": ('"\\', ""), "quotes of both kinds": ("'\\\"\\", ""), "long quotes": ("'''\\", ""), "apostrophes": ("'", ""), "unclosed literals": ('"aaaaaaaa', ""),
    "dots": (".", ""), "names with dots": ("a.", ""), "prefixes with dots": ("a.", ":"), "blank nodes": ("_:a.", ""), "percents": ("%4", ""), "languages": ("@a-", ""),
    "numbers": ("1.", ""), "exponents": ("1e", ""), "less-than": ("<a", ""), "escapes": ("\\u0027", ""), "backslashes": ("\\", ""), "colons": (":", ""), "hyphens": ("a-", ""),
    "bases": ("BASE <a/> ", "ASK {}"), "prefixes": ("PREFIX a: <b> ", "ASK {}"), "services": ("service:", ""), "services in iris": ("<#service>", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", HARD)
def test_text_that_is_hard_to_read_is_read_in_time_and_holds_up_nobody(door: Door, name: str) -> None:
    repeated, after = HARD[name]
    text = repeated * (49_000 // len(repeated)) + after
    found: list[Reply] = []
    asking = threading.Thread(target=lambda: found.append(door.query(text)))
    asking.start()
    among = door.ask("GET", "/health/live")
    asking.join(PATIENCE)
    assert found, "the text is still being read"
    assert outcome(found[0]) in ("answered", "refused", "limited")
    assert among.status == 200 and among.seconds < 10 and found[0].seconds < 10, (among.seconds, found[0].seconds)


@pytest.mark.parametrize("make", ["CONCAT({0}, {0})", 'REPLACE({0}, "a", "aa")', "CONCAT({0}, ENCODE_FOR_URI({0}), {0})"])
def test_a_string_that_doubles_again_and_again_is_ended(door: Door, make: str) -> None:
    binds = "".join(f"BIND({make.format(f'?v{n}')} AS ?v{n + 1}) " for n in range(40))
    reply = door.query(f'SELECT (STRLEN(?v40) AS ?n) {{ BIND("a" AS ?v0) {binds} }}')
    assert outcome(reply) == "limited", reply


def test_a_string_that_doubles_within_one_expression_is_ended(door: Door) -> None:
    text = '"aaaaaaaaaaaaaaaa"'
    for _ in range(30):
        text = f'REPLACE({text}, "a", "aaaaaaaaaaaaaaaa")'
    assert outcome(door.query(f"SELECT (STRLEN({text}) AS ?n) {{}}")) == "limited"


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?f ?c LIMIT 1",
        "SELECT (GROUP_CONCAT(STR(?c)) AS ?all) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
        "SELECT ?a ?d ?g (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } GROUP BY ?a ?d ?g",
        'SELECT (STRLEN(?v40) AS ?n) { BIND("a" AS ?v0) ' + "".join(f"BIND(CONCAT(?v{n}, ?v{n}) AS ?v{n + 1}) " for n in range(40)) + "}",
    ],
    ids=["order", "group-concat", "group", "doubling"],
)
def test_a_query_that_needs_too_much_memory_is_ended_and_told_so(narrow_door: Door, text: str) -> None:
    reply = narrow_door.query(text)
    assert (reply.status, reply.problem["limit"], reply.problem["most"]) == (413, "memory", "64 MiB"), reply
    assert reply.problem["type"].endswith("query-memory") and "64 MiB" in reply.problem["detail"]
    assert narrow_door.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows == [{"n": "3001"}]


@pytest.mark.parametrize(
    ("text", "accept"),
    [
        *(("SELECT * { ?a ?b ?c . ?d ?e ?f }", accept) for accept in ("application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values")),
        *(("CONSTRUCT { ?a ?b ?f } WHERE { ?a ?b ?c . ?d ?e ?f }", accept) for accept in ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json")),
    ],
)  # fmt: skip
def test_an_answer_that_is_too_large_is_refused_or_breaks_off_in_every_form(narrow_door: Door, text: str, accept: str) -> None:
    """No client takes a part for the whole: either no part of it comes, or the connection ends before the reply does."""
    reply = narrow_door.query(text, accept)
    assert outcome(reply) == "limited", reply.status
    if not reply.broken:
        assert (reply.status, reply.problem["limit"], reply.problem["most"]) == (413, "results", "1,000,000 bytes")
    assert narrow_door.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows == [{"n": "3001"}]


def test_an_answer_that_is_large_is_not_cut_short_in_silence(door: Door) -> None:
    """Whatever comes back with 200 is whole: as many rows as there are, and JSON to its end."""
    reply = door.query("SELECT * { ?a ?b ?c . ?d ?e 7 }")
    found = outcome(reply)
    assert found == "limited" or len(reply.rows) > 3000


def test_values_in_great_number(door: Door) -> None:
    rows = " ".join(f"({n} {n + 1} {n + 2})" for n in range(200_000))
    assert outcome(door.query(f"SELECT (COUNT(*) AS ?n) {{ VALUES (?a ?b ?c) {{ {rows} }} }}")) in ("limited", "refused")


# ---------------------------------------------------------------- bytes


@pytest.mark.parametrize(
    "body",
    [
        b"\xff", b"ASK {} # \xe9", b"ASK { ?s ?p '\xc3' }", b"ASK { ?s ?p '\xed\xa0\x80' }", b"ASK { ?s ?p '\xf8\x88\x80\x80\x80' }", b"ASK { ?s ?p '\xc0\x80' }",
        "ASK {}".encode("utf-16"), "ASK {}".encode("utf-32"), b"\x00", b"ASK {}\x00", b"\x00" * 10_000, bytes(range(256)), b"\x1f\x8b\x08\x00" + b"\x00" * 50,
    ],
    ids=repr,
)  # fmt: skip
def test_bytes_that_are_no_text_are_refused(door: Door, body: bytes) -> None:
    assert outcome(door.query(body)) == "refused"


@pytest.mark.parametrize("pairs", ["query=%FF", "query=ASK%20%7B%7D%00", "query=%ED%A0%80", "query=%C0%AE", "query=%", "query=%zz", "%00=%00", "query=ASK+%7B%7D&%FF=1", "query", "=ASK+%7B%7D", "&&&=&="])
@pytest.mark.parametrize("place", ["address", "form"])
def test_escapes_that_are_no_text_are_refused(door: Door, pairs: str, place: str) -> None:
    reply = door.ask("GET", f"{door.path}?{pairs}") if place == "address" else door.ask("POST", door.path, headers=FORM, body=pairs.encode())
    assert outcome(reply) == "refused", reply


@pytest.mark.parametrize("place", ["address", "form"])
@pytest.mark.parametrize("pair", ["default-graph-uri=http%3A%2F%2Fexample.org%2Fgraph%2Fone", "a=1", "query=ASK+%7B%7D"])
def test_ten_thousand_parameters(door: Door, place: str, pair: str) -> None:
    pairs = "query=ASK+%7B%7D&" + "&".join([pair] * 10_000)
    if place == "address":
        first = door.raw(f"GET {door.path}?{pairs} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode(), shut=False)[:12]
        assert first in (b"HTTP/1.1 400", b"HTTP/1.1 414", b"HTTP/1.1 413", b"HTTP/1.1 431"), first
    else:
        assert outcome(door.ask("POST", door.path, headers=FORM, body=pairs.encode())) in ("refused", "limited")


@pytest.mark.parametrize("kind", ["application/sparql-query", "application/x-www-form-urlencoded"])
def test_a_giant_body_is_refused_before_it_is_read_to_its_end(door: Door, kind: str) -> None:
    start = f"POST {door.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\nContent-Length: 9000000000\r\nConnection: close\r\n\r\nquery=ASK".encode()
    assert door.raw(start, shut=False).startswith(b"HTTP/1.1 413")


def test_a_giant_body_of_unknown_length_is_refused(door: Door) -> None:
    chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n"
    start = f"POST {door.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", door.port), timeout=30) as connection:
        connection.sendall(start)
        sent = 0
        try:
            for _ in range(1024):
                connection.sendall(chunk)
                sent += len(chunk)
            connection.sendall(b"0\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError):
            pass
        try:
            first = connection.recv(100)
        except ConnectionResetError:
            first = b""
    # The server may close while the rest is still on its way, in which case its reply can be lost.
    assert first == b"" or first.startswith(b"HTTP/1.1 413"), first
    assert first or sent < 64 << 20


def test_half_a_body_is_no_query(door: Door) -> None:
    start = f"POST {door.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/sparql-query\r\nContent-Length: 100\r\n\r\nASK {{}}".encode()
    reply = door.raw(start)
    assert reply == b"" or reply.startswith(b"HTTP/1.1 4"), reply


def test_a_giant_address_is_refused(door: Door) -> None:
    reply = door.raw(f"GET {door.path}?query=ASK%20%7B%7D%23{'a' * 1_000_000} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode(), shut=False)
    assert reply[:10] == b"HTTP/1.1 4", reply[:100]


def test_giant_headers_are_refused(door: Door) -> None:
    reply = door.raw(f"GET {door.path}?query=ASK%20%7B%7D HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {'text/csv, ' * 100_000}\r\n\r\n".encode(), shut=False)
    assert reply[:10] == b"HTTP/1.1 4", reply[:100]


@pytest.mark.parametrize("accept", ["text/csv;q=" + "9" * 5000, ", " * 5000, "*/*;" * 5000, "a/b;q=0." + "0" * 5000 + "1", "\xff\xfe", "application/sparql-results+json;q=1;q=0", "/", "text/"])
def test_an_accept_header_that_makes_no_sense(door: Door, accept: str) -> None:
    assert outcome(door.ask("GET", f"{door.path}?query=ASK%20%7B%7D", headers={"Accept": accept})) in ("answered", "refused")


def test_many_at_once_are_served_or_told_when_to_come_again(door: Door) -> None:
    """Sixteen queries without end at once: every one ends at a limit, and an ordinary one among them is answered or told to wait."""
    found: list[str] = []
    text = next(case["text"] for case in QUERIES if case["name"] == "cross-join-counted")
    threads = [threading.Thread(target=lambda: found.append(outcome(door.query(text)))) for _ in range(16)]
    for thread in threads:
        thread.start()
    among = door.query("ASK {}")
    for thread in threads:
        thread.join(60)
    assert found == ["limited"] * 16
    assert among.status in (200, 503)
