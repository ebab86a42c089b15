"""The server as whoever runs it sees it: hosts, logs, figures, limits, readiness, and how it stops."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator

import pytest
from running_server import IMRI_KG, Running

from imri_kg.graph import KnowledgeGraph

NOT_WINDOWS = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals of this kind")


@pytest.fixture(scope="module")
def server(graph: KnowledgeGraph) -> Iterator[Running]:
    with Running("--access-log", "--log-format", "json", "--metrics", "all", "--allowed-host", "kg.example", "--proxy", "127.0.0.1") as running:
        yield running


@pytest.fixture(scope="module")
def plain(graph: KnowledgeGraph) -> Iterator[Running]:
    """A server with the default settings."""
    with Running() as running:
        yield running


def kind(body: bytes) -> str:
    return json.loads(body)["type"].rsplit("/", 1)[1]


def line_of(server: Running, number: str) -> dict:
    """Return the line of the log about a request."""
    server.until_said(f'"id": "{number}"')
    return next(told for told in map(json.loads, [line for line in server.errors if line.startswith("{")]) if told.get("id") == number)


# ---------------------------------------------------------------- hosts


def test_a_name_that_was_bound_to_this_machine_is_refused(plain: Running) -> None:
    reply, body = plain.get("/api/v1/frameworks", Host="rebound.example")
    assert (reply.status, kind(body)) == (421, "unknown-host")
    assert reply.headers["access-control-allow-origin"] is None and reply.headers["cache-control"] == "no-store"
    assert reply.headers["x-content-type-options"] == "nosniff" and "rebound.example" in json.loads(body)["detail"]
    assert plain.get("/api/v1/frameworks", Host="localhost:1")[0].status == 200


def test_a_name_that_was_allowed_is_answered(server: Running) -> None:
    assert server.get("/health/live", Host="kg.example")[0].status == 200
    assert server.get("/health/live", Host="a.kg.example")[0].status == 421


def test_no_reply_repeats_the_host_or_what_a_client_says_of_a_proxy(server: Running) -> None:
    for path in ("/", "/docs", "/openapi.json", "/api/v1/mappings?limit=2", "/api/v1/concepts/imri:B1", "/releases", "/nowhere"):
        reply, body = server.get(path, Host="kg.example", X_Forwarded_Host="evil.example", X_Forwarded_Prefix="/evil", Forwarded="host=evil.example")
        said = str(reply.headers) + body.decode()
        assert "kg.example" not in said and "evil" not in said, path


def test_a_server_that_others_reach_says_by_which_names(graph: KnowledgeGraph) -> None:
    with Running("--host", "0.0.0.0") as running:
        running.until_said("further names need --allowed-host")
        assert len(running.errors) == 1 and socket.gethostname().lower() in running.errors[0]
        assert running.get("/health/live", Host="192.0.2.1")[0].status == 200
        assert running.get("/health/live", Host="rebound.example")[0].status == 421


# ---------------------------------------------------------------- logs


def test_a_request_is_one_line_that_tells_neither_question_nor_client(server: Running) -> None:
    reply, body = server.get("/api/v1/search?q=secretword", X_Request_ID="asked-1")
    assert reply.headers["x-request-id"] == "asked-1"
    told = line_of(server, "asked-1")
    assert (told["method"], told["path"], told["status"], told["bytes"]) == ("GET", "/api/v1/search", 200, len(body))
    assert told["release"] == reply.headers["imri-kg-release"] and told["ms"] > 0 and told["level"] == "info"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", told["time"])
    assert "secretword" not in "".join(server.errors) and "127.0.0.1" not in json.dumps(told)


def test_what_is_uploaded_is_not_logged(server: Running) -> None:
    reply, _ = server.ask("POST", "/api/v1/validate?name=confidential.csv", b"Case\nsecretword\n", X_Request_ID="asked-2")
    told = line_of(server, "asked-2")
    assert (told["method"], told["path"], told["status"]) == ("POST", "/api/v1/validate", reply.status)
    assert not [line for line in server.errors if "secretword" in line or "confidential" in line]


def test_a_request_without_an_id_gets_one_and_a_forged_one_is_not_taken(server: Running) -> None:
    found = {server.get("/health/live")[0].headers["x-request-id"] for _ in range(2)}
    assert len(found) == 2
    reply, _ = server.get("/health/live", X_Request_ID='x", "level": "error')
    assert re.fullmatch("[0-9a-f]{16}", reply.headers["x-request-id"])


def test_refused_requests_are_logged_with_their_ids_too(server: Running) -> None:
    assert server.get("/health/live", Host="evil.example", X_Request_ID="asked-3")[0].headers["x-request-id"] == "asked-3"
    assert line_of(server, "asked-3")["status"] == 421


def test_nothing_is_logged_unless_that_was_asked_for(plain: Running) -> None:
    plain.get("/api/v1/frameworks")
    plain.get("/nowhere")
    assert plain.errors == []


# ---------------------------------------------------------------- figures


def figures(server: Running) -> dict[str, float]:
    reply, body = server.get("/metrics")
    assert reply.headers["content-type"].startswith("text/plain")
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in body.decode().splitlines() if line and not line.startswith("#"))}


def test_requests_are_counted_by_route_and_outcome(server: Running) -> None:
    def count(route: str, status: str) -> float:
        return figures(server).get(f'imri_kg_requests_total{{method="GET",route="{route}",status="{status}"}}', 0)

    before = [count("/api/v1/concepts/{curie:path}", status) for status in ("2xx", "4xx")]
    for path in ("imri:B1", "imri:B2", "imri:B99"):
        server.get(f"/api/v1/concepts/{path}")
    assert [count("/api/v1/concepts/{curie:path}", status) for status in ("2xx", "4xx")] == [before[0] + 2, before[1] + 1]
    names = figures(server)
    assert names['imri_kg_request_seconds_count{route="/api/v1/concepts/{curie:path}"}'] >= 3
    assert names["imri_kg_requests_running"] == 1


def test_no_client_makes_the_number_of_figures_grow(server: Running) -> None:
    server.get("/nowhere")
    server.ask("BREW", "/health/live")
    before = len(figures(server))
    for number in range(20):
        server.get(f"/nowhere/{number}")
        server.get(f"/releases/{number}/x")
        server.ask(f"BREW{number}", "/health/live")
        server.get("/health/live", Host=f"evil{number}.example")
    # Refusals of two kinds, which had not been met before, are a figure each.
    assert len(figures(server)) - before <= 2 * 17 + 4
    again = len(figures(server))
    server.get("/nowhere/again")
    assert len(figures(server)) == again


def test_the_figures_name_the_release_and_the_pool_of_queries(server: Running, graph: KnowledgeGraph) -> None:
    server.until_ready()
    server.until(lambda: figures(server)['imri_kg_query_pool{figure="ready"}'] == 2)
    found = figures(server)
    assert [value for name, value in found.items() if name.startswith("imri_kg_release_info") and graph.release in name] == [1]
    assert found['imri_kg_query_pool{figure="busy"}'] == 0


def test_figures_are_shown_only_where_that_was_asked_for(plain: Running, graph: KnowledgeGraph) -> None:
    reply, body = plain.get("/metrics")
    assert (reply.status, kind(body)) == (404, "no-such-address")
    with Running("--metrics", "local", "--proxy", "127.0.0.1") as running:
        assert running.get("/metrics")[0].status == 200
        assert running.get("/metrics", X_Forwarded_For="192.0.2.1")[0].status == 404


# ---------------------------------------------------------------- limits


def test_a_client_that_asks_too_much_is_told_when_to_come_back(graph: KnowledgeGraph) -> None:
    with Running("--rate-limit", "0.01", "--rate-burst", "5", "--proxy", "127.0.0.1") as running:
        replies = [running.get("/api/v1/frameworks") for _ in range(10)]
        refused = [(reply, body) for reply, body in replies if reply.status == 429]
        assert [reply.status for reply, _ in replies[:5]] == [200] * 5 and refused
        for reply, body in refused:
            assert kind(body) == "rate-limited" and int(reply.headers["retry-after"]) >= 1
        # Others are not held back, nor is whoever watches the server.
        assert running.get("/api/v1/frameworks", X_Forwarded_For="192.0.2.1")[0].status == 200
        assert {running.get("/health/live")[0].status for _ in range(10)} == {200}


def test_nobody_is_believed_to_be_a_proxy_by_default(graph: KnowledgeGraph) -> None:
    with Running("--rate-limit", "0.01", "--rate-burst", "2") as running:
        statuses = [running.get("/api/v1/frameworks", X_Forwarded_For=f"192.0.2.{n}")[0].status for n in range(6)]
    assert 429 in statuses


def test_more_requests_than_can_be_answered_are_told_to_wait(graph: KnowledgeGraph) -> None:
    with Running("--request-limit", "2") as running:
        found: list[tuple[int, str | None]] = []

        def ask() -> None:
            reply, body = running.get("/api/v1/mappings?limit=500&exploratory=true")
            found.append((reply.status, reply.headers["retry-after"]))
            assert reply.status == 200 or kind(body) == "server-busy"

        askers = [threading.Thread(target=ask) for _ in range(40)]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join(60)
        assert len(found) == 40 and {(200, None), (503, "1")} == set(found)


# ---------------------------------------------------------------- standing


def test_a_process_is_alive_before_it_is_ready(graph: KnowledgeGraph) -> None:
    with Running() as running:
        assert running.json("/health/live")["status"] == "ok"
        reply, body = running.get("/health/ready")
        # Workers of queries take longer to start than the server.
        if reply.status != 200:
            assert (reply.status, kind(body), reply.headers["retry-after"]) == (503, "not-ready", "5")
        running.until_ready()
        assert running.json("/health/ready")["release"] == graph.release


@NOT_WINDOWS
def test_a_server_that_drains_answers_but_is_not_ready(graph: KnowledgeGraph) -> None:
    with Running("--drain-seconds", "4") as running:
        running.until_ready()
        running.process.send_signal(signal.SIGTERM)
        running.until(lambda: running.get("/health/ready")[0].status == 503, 3)
        assert kind(running.get("/health/ready")[1]) == "not-ready"
        assert running.get("/api/v1/frameworks")[0].status == running.get("/health/live")[0].status == 200
        running.process.wait(30)
        assert running.process.returncode == 0


@NOT_WINDOWS
def test_a_request_that_does_not_end_is_waited_for_no_longer_than_the_grace(graph: KnowledgeGraph) -> None:
    with Running("--grace-seconds", "1", "--pause-seconds", "60") as running:
        with socket.create_connection(("127.0.0.1", running.port), timeout=30) as connection:
            connection.sendall(b"POST /api/v1/validate?name=a.csv HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nabc")
            time.sleep(0.5)
            started = time.monotonic()
            status, out, err = running.stop()
            assert time.monotonic() - started < 15
            assert kind(connection.recv(65536).partition(b"\r\n\r\n")[2]) == "not-ready"
        assert status == 0 and "has stopped" in out and "Traceback" not in err, err


def test_a_setting_in_the_environment_is_followed(graph: KnowledgeGraph) -> None:
    with Running(IMRI_KG_BODY_LIMIT="10", IMRI_KG_ALLOWED_HOST="kg.example") as running:
        reply, body = running.ask("POST", "/api/v1/validate?name=a.csv", b"x" * 11)
        assert (reply.status, kind(body)) == (413, "too-large")
        assert running.get("/health/live", Host="kg.example")[0].status == 200
    wrong = subprocess.run([*IMRI_KG, "serve"], env={**os.environ, "IMRI_KG_PORT": "http"}, capture_output=True, text=True, timeout=60)
    assert (wrong.returncode, wrong.stdout, wrong.stderr.count("\n")) == (2, "", 1)
    assert "IMRI_KG_PORT is 'http'" in wrong.stderr
