"""The server as a process: it says where it listens, answers over a socket, and stops when it is told to."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator

import pytest
from running_server import IMRI_KG, Running

from imri_kg.graph import KnowledgeGraph


@pytest.fixture(scope="module")
def server(graph: KnowledgeGraph) -> Iterator[Running]:
    """A running server; `graph` has built the snapshot that it opens."""
    with Running() as running:
        yield running


def test_the_server_says_where_it_listens_and_what_to_try(server: Running) -> None:
    assert server.lines[0].startswith(f"imri-kg answers at http://127.0.0.1:{server.port}")
    for line, part in zip(server.lines[1:], ("/mappings?", "/crosswalks/", "/explain?", "/docs"), strict=True):
        address = line.split()[-1]
        assert part in address
        reply, body = server.get(address.split(str(server.port))[1])
        assert reply.status == 200 and len(body) > 500


def test_an_answer_over_the_socket_is_the_answer_of_the_library(server: Running, graph: KnowledgeGraph) -> None:
    reply, body = server.get("/api/v1/mappings?subject=imri:B1&object_framework=chime")
    told = json.loads(body)
    # The permanent address of an answer is the server's own.
    assert told.pop("permalink").startswith(f"/releases/{graph.release}/")
    assert told == graph.mappings("imri:B1", to="chime").to_json()
    assert reply.headers["imri-kg-release"] == graph.release
    assert reply.headers["server"] is None
    again, nothing = server.get("/api/v1/mappings?subject=imri:B1&object_framework=chime", **{"If-None-Match": reply.headers["etag"]})
    assert (again.status, nothing) == (304, b"")


def test_head_over_the_socket_leaves_the_connection_usable(server: Running) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    for method in ("HEAD", "GET", "OPTIONS", "HEAD", "GET"):
        connection.request(method, "/api/v1/crosswalks/imri/chime")
        reply = connection.getresponse()
        body = reply.read()
        assert reply.status == (204 if method == "OPTIONS" else 200)
        assert bool(body) == (method == "GET")
    connection.close()


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET /api/v1/search?q=%00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/search?q=\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/concepts/../../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/search?q=" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET //example.org/ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://example.org/ HTTP/1.1\r\nHost: example.org\r\n\r\n",
        b"BREW /api/v1/frameworks HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/frameworks HTTP/1.1\r\nHost: x\r\nAccept: text/csv\r\nContent-Length: 5\r\n\r\nabcde",
        b"\x16\x03\x01\x02\x00\x01\x00\x01",
        b"GET\r\n\r\n",
    ],
)
def test_hostile_requests_are_refused_and_the_server_goes_on(server: Running, request_line: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(request_line)
        connection.shutdown(socket.SHUT_WR)
        first = connection.recv(1000)
    assert first == b"" or first.startswith((b"HTTP/1.1 2", b"HTTP/1.1 4")), first
    assert server.get("/health")[0].status == 200


def test_a_port_in_use_is_told_in_one_line(server: Running) -> None:
    second = subprocess.run([*IMRI_KG, "serve", "--port", str(server.port)], capture_output=True, text=True, timeout=60)
    assert second.returncode == 2
    assert second.stdout == "" and second.stderr.count("\n") == 1
    assert f"Port {server.port} of 127.0.0.1 cannot be used" in second.stderr and "--port" in second.stderr


def test_a_host_that_is_not_known_is_told_in_one_line(graph: KnowledgeGraph) -> None:
    second = subprocess.run([*IMRI_KG, "serve", "--host", "no.such.host.invalid"], capture_output=True, text=True, timeout=60)
    assert second.returncode == 2 and second.stderr.count("\n") == 1 and "no.such.host.invalid" in second.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signals of this kind")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_that_is_told_to_stop_finishes_what_it_does_and_exits_with_0(graph: KnowledgeGraph, number: int) -> None:
    running = Running()
    replies: list[tuple[int, int] | type] = []

    def ask() -> None:
        try:
            reply, body = running.get("/api/v1/mappings?limit=1000&exploratory=true")
            replies.append((reply.status, len(body)))
        except Exception as error:
            replies.append(type(error))

    ask()
    askers = [threading.Thread(target=ask) for _ in range(8)]
    for asker in askers:
        asker.start()
    time.sleep(0.1)
    status, out, err = running.stop(number)
    for asker in askers:
        asker.join(30)
    assert (status, err) == (0, "")
    assert "has stopped" in out
    # Whoever came too late is refused; nobody gets half an answer.
    whole = replies[0]
    assert len(replies) == 9 and whole[0] == 200
    assert all(r == whole or (isinstance(r, type) and issubclass(r, ConnectionError)) for r in replies), replies
