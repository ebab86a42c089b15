"""The endpoint at its limits, over a real server: each limit by its own problem, a stream that is cut, a client that leaves, too many clients."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
from imri_kg_api.settings import Settings
from sparql_door import Door, Reply, open_door

TRIG = "@prefix : <http://example.org/> . :g { " + " ".join(f":s{n} :p 'value {n}' ." for n in range(3000)) + " }"
CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
SORTED = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?c"
LONG = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
SETTINGS = Settings(query_seconds=1.5, query_memory=64 << 20, query_results=1 << 20, query_workers=1, query_waiting=1)


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    with open_door(TRIG, SETTINGS) as opened:
        yield opened


def still_answers(door: Door) -> None:
    """Assert that an ordinary query is answered, once the worker that was killed has a successor."""
    deadline = time.monotonic() + 20
    while (reply := door.query("SELECT ?o { <http://example.org/s1> ?p ?o }")).status == 503:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert reply.rows == [{"o": "value 1"}]


@pytest.mark.parametrize(
    ("query", "status", "kind", "most"),
    [(CROSS, 408, "query-timeout", "1.5 seconds"), (SORTED, 413, "query-memory", "64 MiB")],
    ids=["time", "memory"],
)
def test_a_limit_is_told_by_its_own_problem(door: Door, query: str, status: int, kind: str, most: str) -> None:
    problem = door.query(query).problem
    assert (problem["status"], problem["type"].rpartition("/")[2], problem["most"]) == (status, kind, most)
    assert most in problem["detail"]
    still_answers(door)


def test_an_answer_that_is_too_large_before_any_of_it_was_sent_is_a_problem() -> None:
    with open_door(TRIG, Settings(query_results=100_000, query_workers=1)) as small:
        problem = small.query("SELECT * { ?s ?p ?o }").problem
        assert (problem["status"], problem["type"].rpartition("/")[2], problem["limit"]) == (413, "result-too-large", "results")
        still_answers(small)


def test_an_answer_that_meets_a_limit_on_its_way_is_broken_off_and_never_looks_whole(door: Door) -> None:
    for form, end in (("application/sparql-results+json", b"]}}"), ("text/csv", b""), ("application/sparql-results+xml", b"</sparql>")):
        reply = door.query(LONG, accept=form)
        assert reply.status == 200
        assert reply.broken
        assert "content-length" not in reply.headers
        assert not end or not reply.body.endswith(end)
    still_answers(door)


def test_a_long_answer_within_the_limits_is_streamed_whole(door: Door) -> None:
    reply = door.query("SELECT * { ?s ?p ?o . VALUES ?n { 1 2 3 4 } }", accept="text/csv")
    assert (reply.status, reply.broken) == (200, False)
    assert reply.body.count(b"\r\n") == 4 * 3000 + 1
    assert reply.headers["transfer-encoding"] == "chunked"


def test_a_short_answer_has_a_length(door: Door) -> None:
    reply = door.query("ASK {}")
    assert int(reply.headers["content-length"]) == len(reply.body)


def test_a_question_may_ask_for_less_time(door: Door) -> None:
    reply = door.query(CROSS, timeout="0.2")
    assert reply.problem["most"] == "0.2 seconds"
    assert reply.seconds < 1.4
    still_answers(door)


@pytest.mark.parametrize("timeout", ["0", "-1", "nan", "soon", "1e99"])
def test_a_time_that_is_none_is_refused(door: Door, timeout: str) -> None:
    assert door.query("ASK {}", timeout=timeout).problem["parameter"] == "timeout"


def test_a_time_that_is_never_given_is_refused_with_the_limit(door: Door) -> None:
    problem = door.query("ASK {}", timeout="100").problem
    assert (problem["status"], problem["type"].rpartition("/")[2], problem["parameter"]) == (400, "invalid-parameter", "timeout")
    assert "100 seconds" in problem["detail"] and "the limit of this server is 1.5" in problem["detail"]
    assert door.query("ASK {}", timeout="1.5").status == 200


def test_too_many_questions_are_told_when_to_come_again(door: Door) -> None:
    still_answers(door)
    with ThreadPoolExecutor(6) as clients:
        replies: list[Reply] = list(clients.map(lambda _: door.query(CROSS), range(6)))
    busy = [r for r in replies if r.status == 503]
    # One is answered, one waits, and whoever comes beside them is told.
    assert len(busy) == 4
    for reply in busy:
        assert reply.problem["type"].endswith("/query-busy")
        assert int(reply.headers["retry-after"]) >= 1
    assert {r.status for r in replies} == {408, 503}
    still_answers(door)


def test_a_client_that_leaves_takes_its_question_with_it() -> None:
    with open_door(TRIG, Settings(query_seconds=60, query_workers=1, query_waiting=1)) as patient:
        target = "/sparql?" + urlencode({"query": CROSS})
        with socket.create_connection(("127.0.0.1", patient.port)) as leaving:
            leaving.sendall(f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
            time.sleep(0.5)
        began = time.monotonic()
        still_answers(patient)
        # The one worker would have been busy for a minute.
        assert time.monotonic() - began < 15


def test_a_client_that_leaves_in_the_middle_of_an_answer_frees_the_worker() -> None:
    with open_door(TRIG, Settings(query_seconds=60, query_results=1 << 30, query_workers=1, query_waiting=1)) as patient:
        leaving = http.client.HTTPConnection("127.0.0.1", patient.port)
        leaving.request("GET", "/sparql?" + urlencode({"query": LONG}))
        assert leaving.getresponse().read(1000)
        leaving.close()
        began = time.monotonic()
        still_answers(patient)
        assert time.monotonic() - began < 15


def test_other_routes_answer_while_every_worker_is_busy(door: Door) -> None:
    busy = [threading.Thread(target=door.query, args=(CROSS,)) for _ in range(2)]
    for thread in busy:
        thread.start()
    time.sleep(0.2)
    began = time.monotonic()
    assert door.ask("GET", "/health/live").status == 200
    assert time.monotonic() - began < 1
    for thread in busy:
        thread.join()
    still_answers(door)


@pytest.mark.parametrize(
    ("kind", "charset", "status"),
    [("", "", 415), ("text/plain", "", 415), ("application/json", "", 415), ("application/sparql-query", "; charset=utf-16", 415), ("application/sparql-query", "; charset=UTF-8", 200)],
)
def test_a_body_of_another_media_type_is_refused(door: Door, kind: str, charset: str, status: int) -> None:
    headers = {"Content-Type": kind + charset} if kind else {}
    reply = door.ask("POST", "/sparql", headers=headers, body=b"ASK {}")
    assert reply.status == status
    if status == 415:
        assert reply.problem["type"].endswith("/unsupported-media-type")
        assert reply.problem["known"]
