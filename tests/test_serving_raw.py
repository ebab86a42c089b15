"""What the server does with bytes that no well-behaved client sends: no fault of its own, no death, no place held for ever."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator

import pytest
from running_server import Running

from imri_kg.graph import KnowledgeGraph

#: Short deadlines, so that tests meet them.
SETTINGS = (
    "--header-seconds", "1", "--pause-seconds", "1", "--body-seconds", "3", "--keep-alive-seconds", "1", "--body-limit", "100KiB",
    "--connection-limit", "40", "--metrics", "local",
)  # fmt: skip
HOST = b"Host: localhost\r\n"
FINE = b"GET /health/live HTTP/1.1\r\n" + HOST + b"\r\n"


@pytest.fixture(scope="module")
def server(graph: KnowledgeGraph) -> Iterator[Running]:
    with Running(*SETTINGS) as running:
        yield running


def statuses(reply: bytes) -> list[int]:
    return [int(found) for found in re.findall(rb"^HTTP/1\.1 (\d{3}) ", reply, re.MULTILINE)]


def problem(reply: bytes) -> str:
    """Return the type of the problem document that a reply holds."""
    head, _, body = reply.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head.lower(), reply
    return json.loads(body)["type"].rsplit("/", 1)[1]


#: Requests, with the statuses that they may get.
HOSTILE: list[tuple[str, bytes, tuple[int, ...]]] = [
    ("no HTTP at all", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", (400,)),
    ("an empty line", b"\r\n\r\n", (400,)),
    ("no version", b"GET /health/live\r\n\r\n", (400,)),
    ("a version of the future", b"GET /health/live HTTP/9.9\r\n" + HOST + b"\r\n", (400,)),
    ("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400,)),
    ("HTTP/1.0", b"GET /health/live HTTP/1.0\r\n\r\n", (200,)),
    ("HTTP/1.0 with a host of somebody else", b"GET /health/live HTTP/1.0\r\nHost: evil.example\r\n\r\n", (421,)),
    ("no host", b"GET /health/live HTTP/1.1\r\n\r\n", (400,)),
    ("two hosts", b"GET /health/live HTTP/1.1\r\n" + HOST + b"Host: evil.example\r\n\r\n", (400,)),
    ("an empty host", b"GET /health/live HTTP/1.1\r\nHost:\r\n\r\n", (421,)),
    ("a host with a path", b"GET /health/live HTTP/1.1\r\nHost: localhost/evil.example\r\n\r\n", (421,)),
    ("a host with a name and a password", b"GET /health/live HTTP/1.1\r\nHost: localhost:80@evil.example\r\n\r\n", (421,)),
    ("a host that only begins as ours", b"GET /health/live HTTP/1.1\r\nHost: localhost.evil.example\r\n\r\n", (421,)),
    ("a host that is bound to this machine", b"GET /health/live HTTP/1.1\r\nHost: rebound.example:8000\r\n\r\n", (421,)),
    ("an address of another machine as host", b"GET /health/live HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n", (421,)),
    ("the loopback address of IPv6 as host", b"GET /health/live HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", (200,)),
    ("a target in absolute form", b"GET http://localhost/health/live HTTP/1.1\r\n" + HOST + b"\r\n", (200,)),
    ("a target in absolute form of another host", b"GET http://evil.example/health/live HTTP/1.1\r\n" + HOST + b"\r\n", (421,)),
    ("a target in absolute form without a path", b"GET http://localhost HTTP/1.1\r\n" + HOST + b"\r\n", (200,)),
    ("a target that is no path", b"GET health HTTP/1.1\r\n" + HOST + b"\r\n", (404,)),
    ("a target with two slashes", b"GET //evil.example/ HTTP/1.1\r\n" + HOST + b"\r\n", (404,)),
    ("a fragment in the target", b"GET /health/live#x HTTP/1.1\r\n" + HOST + b"\r\n", (404,)),
    ("a space in the target", b"GET /health live HTTP/1.1\r\n" + HOST + b"\r\n", (400,)),
    ("bytes beyond ASCII in the target", b"GET /\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n", (400,)),
    ("escapes that are no text", b"GET /%ff%fe%00 HTTP/1.1\r\n" + HOST + b"\r\n", (404,)),
    ("dots that climb", b"GET /../../../../etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n", (404,)),
    ("escaped dots that climb out of a release", b"GET /releases/..%2f..%2fetc/passwd HTTP/1.1\r\n" + HOST + b"\r\n", (404,)),
    ("line ends in the target", b"GET /%0d%0aSet-Cookie:%20a=b HTTP/1.1\r\n" + HOST + b"\r\n", (404,)),
    ("TRACE", b"TRACE /health/live HTTP/1.1\r\n" + HOST + b"\r\n", (405,)),
    ("CONNECT", b"CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n", (404,)),
    ("an asterisk", b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", (204, 404)),
    ("a method that nobody knows", b"BREW /health/live HTTP/1.1\r\n" + HOST + b"\r\n", (405,)),
    ("a method in small letters", b"get /health/live HTTP/1.1\r\n" + HOST + b"\r\n", (405,)),
    ("a very long method", b"A" * 5000 + b" / HTTP/1.1\r\n" + HOST + b"\r\n", (400, 405)),
    ("a header without a colon", b"GET /health/live HTTP/1.1\r\n" + HOST + b"nonsense\r\n\r\n", (400,)),
    ("a header with a space before the colon", b"GET /health/live HTTP/1.1\r\n" + HOST + b"X : y\r\n\r\n", (400,)),
    ("a header that is continued", b"GET /health/live HTTP/1.1\r\n" + HOST + b"X: y\r\n z\r\n\r\n", (200, 400)),
    ("a null in a header", b"GET /health/live HTTP/1.1\r\n" + HOST + b"X: a\x00b\r\n\r\n", (400,)),
    ("a bare carriage return in a header", b"GET /health/live HTTP/1.1\r\n" + HOST + b"X: a\rb\r\n\r\n", (400,)),
    ("control characters in a header", b"GET /health/live HTTP/1.1\r\n" + HOST + b"X-Request-ID: a\x1b[31m\x7f\r\n\r\n", (200, 400)),
    ("very many headers", b"GET /health/live HTTP/1.1\r\n" + HOST + b"".join(b"X-%d: y\r\n" % n for n in range(200)) + b"\r\n", (431,)),
    ("a very long header", b"GET /health/live HTTP/1.1\r\n" + HOST + b"X: " + b"y" * 60_000 + b"\r\n\r\n", (431,)),
    ("a header without an end", b"GET /health/live HTTP/1.1\r\n" + HOST + b"X: " + b"y" * 200_000, (431,)),
    ("a long address", b"GET /api/v1/search?q=" + b"a" * 20_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", (414,)),
    ("an address without an end", b"GET /" + b"a" * 200_000, (414,)),
    ("ten thousand parameters", b"GET /api/v1/mappings?" + b"&" * 10_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", (400,)),
    ("two lengths", b"POST /api/v1/validate?name=a.csv HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef", (400,)),
    ("a length that is no number", b"POST /api/v1/validate?name=a.csv HTTP/1.1\r\n" + HOST + b"Content-Length: five\r\n\r\nabcde", (400,)),
    ("a negative length", b"POST /api/v1/validate?name=a.csv HTTP/1.1\r\n" + HOST + b"Content-Length: -5\r\n\r\nabcde", (400,)),
    ("an enormous length", b"POST /api/v1/validate?name=a.csv HTTP/1.1\r\n" + HOST + b"Content-Length: " + b"9" * 15 + b"\r\n\r\nabc", (413,)),
    ("a length with more digits than any number", b"POST /api/v1/validate?name=a.csv HTTP/1.1\r\n" + HOST + b"Content-Length: " + b"9" * 400 + b"\r\n\r\nabc", (400,)),
    ("a length and an encoding", b"POST /api/v1/validate?name=a.csv HTTP/1.1\r\n" + HOST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n", (400,)),
    ("an encoding that nobody knows", b"POST /api/v1/validate?name=a.csv HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", (400,)),
    ("an encoding in disguise", b"POST /api/v1/validate?name=a.csv HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", (400,)),
    ("a chunk with a size that is none", b"POST /api/v1/validate?name=a.csv HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n", (400,)),
    ("a body beside GET", b"GET /health/live HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\n\r\nabcde", (200,)),
    ("an offer of WebSocket", b"GET /health/live HTTP/1.1\r\n" + HOST + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n\r\n", (200,)),
    ("an offer of HTTP/2", b"GET /health/live HTTP/1.1\r\n" + HOST + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n\r\n", (200,)),
]  # fmt: skip


@pytest.mark.parametrize(("data", "allowed"), [pytest.param(data, allowed, id=name) for name, data, allowed in HOSTILE])
def test_a_hostile_request_is_refused_in_words_and_the_server_goes_on(server: Running, data: bytes, allowed: tuple[int, ...]) -> None:
    reply = server.send(data)
    found = statuses(reply)
    assert found and found[0] in allowed, reply[:500]
    if found[0] >= 400:
        assert problem(reply)
    head = reply.partition(b"\r\n\r\n")[0].lower()
    assert b"set-cookie" not in head and b"evil.example" not in head and b"smuggled" not in reply
    assert statuses(server.send(FINE)) == [200]


def test_what_is_sent_after_a_refused_request_is_not_read_as_another(server: Running) -> None:
    body = b"GET /health HTTP/1.1\r\n" + HOST + b"\r\n"
    reply = server.send(b"POST /api/v1/validate?name=a.csv HTTP/1.1\r\n" + HOST + b"Content-Length: 999999999\r\n\r\n" + body)
    assert statuses(reply) == [413]


def test_requests_that_come_at_once_are_answered_in_order(server: Running) -> None:
    with connect(server, FINE + b"GET /nowhere HTTP/1.1\r\n" + HOST + b"\r\n" + FINE + b"BAD\r\n\r\n") as connection:
        reply, _ = closed_after(connection)
    assert statuses(reply) == [200, 404, 200, 400]


# ---------------------------------------------------------------- slow clients


def closed_after(connection: socket.socket) -> tuple[bytes, float]:
    """Return what comes until the server closes a connection, and the seconds until then."""
    started, found = time.monotonic(), b""
    try:
        while chunk := connection.recv(65536):
            found += chunk
    except ConnectionError:
        pass
    return found, time.monotonic() - started


def connect(server: Running, data: bytes = b"") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    connection.sendall(data)
    return connection


def test_a_connection_on_which_nothing_comes_is_closed(server: Running) -> None:
    with connect(server) as connection:
        reply, seconds = closed_after(connection)
    assert reply == b"" and 0.5 < seconds < 5


def test_half_a_head_is_told_that_it_came_too_late(server: Running) -> None:
    with connect(server, b"GET /health/live HTTP/1.1\r\nHost: local") as connection:
        reply, seconds = closed_after(connection)
    assert (statuses(reply), problem(reply)) == ([408], "slow-request") and 0.5 < seconds < 5


def test_a_head_that_trickles_is_not_waited_for(server: Running) -> None:
    with connect(server) as connection:
        started = time.monotonic()
        with pytest.raises(ConnectionError):
            for byte in b"GET /health/live HTTP/1.1\r\nX: " + b"y" * 200:
                connection.sendall(bytes([byte]))
                time.sleep(0.1)
    assert time.monotonic() - started < 8


def test_half_a_head_after_a_reply_is_not_waited_for_either(server: Running) -> None:
    with connect(server, FINE) as connection:
        assert statuses(connection.recv(65536)) == [200]
        connection.sendall(b"GET /he")
        reply, seconds = closed_after(connection)
    assert statuses(reply) == [408] and seconds < 5


def test_an_idle_connection_is_closed_after_its_time(server: Running) -> None:
    with connect(server, FINE) as connection:
        reply, seconds = closed_after(connection)
    assert statuses(reply) == [200] and 0.5 < seconds < 5


UPLOAD = b"POST /api/v1/validate?name=a.csv HTTP/1.1\r\n" + HOST + b"Content-Length: 1000\r\n\r\n"


def test_half_a_body_is_told_that_it_came_too_late(server: Running) -> None:
    with connect(server, UPLOAD + b"abc") as connection:
        reply, seconds = closed_after(connection)
    assert (statuses(reply), problem(reply)) == ([408], "slow-request") and 0.5 < seconds < 5
    assert b"at most 1 seconds between two pieces" in reply


def test_a_body_that_trickles_is_not_waited_for(server: Running) -> None:
    with connect(server, UPLOAD) as connection:
        started = time.monotonic()
        with pytest.raises(ConnectionError):
            for _ in range(100):
                connection.sendall(b"a")
                time.sleep(0.2)
    assert 2 < time.monotonic() - started < 10


def test_a_body_in_chunks_that_grows_too_large_is_cut(server: Running) -> None:
    chunk = b"4000\r\n" + b"a" * 0x4000 + b"\r\n"
    reply = server.send(b"POST /api/v1/validate?name=a.csv HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 20)
    assert (statuses(reply), problem(reply)) == ([413], "too-large")
    assert b"102,400 bytes" in reply


def test_a_body_that_nobody_reads_cannot_be_sent_for_ever(server: Running) -> None:
    with connect(server, b"GET /health/live HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n") as connection:
        assert statuses(connection.recv(65536)) == [200]
        started = time.monotonic()
        with pytest.raises(ConnectionError):
            while time.monotonic() - started < 20:
                connection.sendall(b"1\r\na\r\n")
                time.sleep(0.1)
    assert time.monotonic() - started < 12


def test_many_slow_clients_hold_no_place_of_others(server: Running) -> None:
    slow = [connect(server, b"GET /health/live HTTP/1.1\r\nX: ") for _ in range(60)]
    try:
        refused = [reply for reply, _ in (closed_after(connection) for connection in slow)]
        assert [problem(reply) for reply in refused if statuses(reply) == [503]].count("server-busy") >= 20
        assert {status for reply in refused for status in statuses(reply)} == {408, 503}
    finally:
        for connection in slow:
            connection.close()
    assert statuses(server.send(FINE)) == [200]


def test_no_request_here_made_a_fault_of_the_server(server: Running) -> None:
    figures = server.get("/metrics")[1].decode()
    assert 'status="4xx"' in figures and 'status="2xx"' in figures
    assert not re.search(r'imri_kg_requests_total\{[^}]*status="5xx"\}', figures)
    assert [line for line in server.errors if "error" in line or "Traceback" in line] == []
