"""A client and what goes wrong between it and a server: each fault is told in words, and nothing half is passed off as whole."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from serving import Sent, scripted

import imri_kg
from imri_kg.errors import (
    AmbiguousTermError,
    BadInputError,
    ImriError,
    LibraryError,
    QueryBusyError,
    QueryError,
    QueryLimitError,
    ServerError,
    SnapshotError,
    UnknownNameError,
    UnknownTermError,
    ValidationBusyError,
    ValidationLimitError,
)
from imri_kg.graph import KnowledgeGraph
from imri_kg.remote import connection
from imri_kg.remote.graph import RemoteGraph

FIRST, SECOND = "1.0.0+aaaaaaaaaaaa", "1.1.0+bbbbbbbbbbbb"
PROBLEM = "application/problem+json"


def about(release: str = FIRST) -> dict[str, Any]:
    """Return a description of a release."""
    return {"release": release, "version": "1.0.0", "digest": "sha256:00", "base": "https://example.org/", "counts": {}, "code_status": {}, "prefixes": {"imri": f"https://example.org/{release[:3]}/"}}


def problem(kind: str, status: int, detail: str = "Something is wrong.", headers: tuple[tuple[str, str], ...] = (), **members: Any) -> Sent:
    body = {"type": f"https://example.org/problem/{kind}", "title": "A problem", "status": status, "detail": detail, "instance": "/", "release": FIRST, **members}
    return Sent(body, status, media_type=PROBLEM, headers=headers)


def queries(names: list[str], release: str = FIRST, next: str | None = None) -> Sent:
    """Return a page of the list of stored queries."""
    items = [{"name": n, "question": None, "summary": "", "note": None, "parameters": {}, "columns": [], "answerable": "yes", "frameworks": [], "sparql": "", "more": 1} for n in names]
    return Sent({"items": items, "next": next, "query": "catalog", "release": release, "permalink": "/a"}, release=release)


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    "target", ["", "localhost", "127.0.0.1:8000", "ftp://example.org", "http://", "http://me:secret@example.org", "http://example.org/?q=1", "http://example.org:port", "file:///data", "http://[::1"]
)  # fmt: skip
def test_what_is_no_address_of_a_server_is_refused_before_anything_is_asked(target: str) -> None:
    with pytest.raises(BadInputError, match="Give the address of a server"):
        imri_kg.open(target)


def test_a_server_is_not_asked_to_build() -> None:
    with pytest.raises(BadInputError, match="leave out rebuild=True"):
        imri_kg.open("http://127.0.0.1:1", rebuild=True)


def test_nobody_at_the_address_is_told_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ServerError, match="No server answers there") as caught:
        imri_kg.open(f"http://127.0.0.1:{port}")
    assert caught.value.address == f"http://127.0.0.1:{port}" and "imri-kg serve" in caught.value.advice
    assert caught.value.to_json()["error"] == "ServerError"


def test_a_host_that_is_not_known_is_told() -> None:
    with pytest.raises(ServerError, match="cannot be reached"):
        imri_kg.open("http://no.such.host.invalid")


def test_a_server_that_speaks_no_tls_is_told() -> None:
    with scripted(lambda target, n: Sent(about())) as server, pytest.raises(ServerError, match="No secure connection could be made"):
        imri_kg.open(server.address.replace("http:", "https:"))


def test_another_server_is_not_taken_for_one_of_ours() -> None:
    with scripted(lambda target, n: Sent(b"<html>", release=None, media_type="text/html")) as server, pytest.raises(ServerError, match="it is no imri-kg server"):
        imri_kg.open(server.address)


def test_the_address_may_have_a_path() -> None:
    with scripted(lambda target, n: Sent(about())) as server, imri_kg.open(f" {server.address}/releases/{FIRST}/ ") as graph:
        assert graph.release == FIRST and graph.address == f"{server.address}/releases/{FIRST}"
    assert [target for _, target, _, _ in server.asked] == [f"/releases/{FIRST}/api/v1/release"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_nobody_is_sent_elsewhere(status: int) -> None:
    with scripted(lambda target, n: Sent(b"", status, headers=(("Location", "http://127.0.0.1:1/elsewhere"),))) as server, pytest.raises(ServerError, match="sends the client on to http://127.0.0.1:1/elsewhere"):
        imri_kg.open(server.address)


# ---------------------------------------------------------------- replies


def test_a_packed_reply_is_unpacked_and_members_that_are_not_known_are_passed_over() -> None:
    with scripted(lambda target, n: Sent({**about(), "permalink": "/x"}, packed=True)) as server, imri_kg.open(server.address) as graph:
        assert graph.release_info["digest"] == "sha256:00" and "permalink" not in graph.release_info
        assert graph.prefixes.expand("imri:B1") == "https://example.org/1.0/B1"
    assert server.asked[0][2]["accept-encoding"] == "gzip" and server.asked[0][2]["user-agent"].startswith("imri-kg/")


@pytest.mark.parametrize(
    ("sent", "what"),
    [
        (Sent(b"{", 200), "The reply is no JSON"),
        (Sent([1]), "The reply is no JSON object"),
        (Sent({k: v for k, v in about().items() if k != "digest"}), "The reply has no 'digest'"),
        (Sent({**about(), "prefixes": ["imri"]}), "The reply has a list as 'prefixes' where an object is expected"),
        (Sent(b"", raw=b"HTTP/1.1 200 OK\r\nImri-Kg-Release: x\r\nContent-Length: 100\r\n\r\n{"), "ended in the middle of the reply"),
        (Sent(b"", raw=b"HTTP/1.1 200 OK\r\nImri-Kg-Release: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"), "ended in the middle of the reply"),
        (Sent(b"", raw=b"SSH-2.0-OpenSSH\r\n"), "no whole HTTP message"),
        (Sent(b"", raw=b""), "closed the connection without an answer"),
        (Sent(b"no gzip", headers=(("Content-Encoding", "gzip"),)), "The packed reply is damaged"),
        (Sent(gzip.compress(b"{}" * 100)[:-9], headers=(("Content-Encoding", "gzip"),)), "The packed reply is not whole"),
        (Sent(b"down", 502, media_type="text/plain"), "status 502 and no problem document"),
    ],
    ids=["no json", "no object", "missing", "other type", "cut", "cut chunk", "no http", "closed", "no gzip", "half gzip", "no problem"],
)  # fmt: skip
def test_a_reply_that_cannot_be_used_is_told(sent: Sent, what: str) -> None:
    with scripted(lambda target, n: sent) as server, pytest.raises(ServerError, match=what):
        imri_kg.open(server.address)


def test_the_place_of_a_member_is_told() -> None:
    def reply(target: str, n: int) -> Sent:
        return Sent(about()) if "/release" in target else Sent({"items": [{"name": "a"}], "next": None, "query": "catalog", "release": FIRST})

    with scripted(reply) as server, imri_kg.open(server.address) as graph, pytest.raises(ServerError, match=r"has no 'items\[0\].question'. Client and server may be of different versions"):
        graph.queries()


def test_a_reply_that_unpacks_to_far_more_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "LARGEST_REPLY", 10_000)
    for sent in (Sent({"x": "a" * 1_000_000}, packed=True), Sent({"x": "a" * 20_000})):
        with scripted(lambda target, n, sent=sent: sent) as server, pytest.raises(ServerError, match="The reply is larger than"):
            imri_kg.open(server.address)


def test_a_server_that_does_not_answer_is_not_waited_for_long() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        graph = RemoteGraph(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.2)
        began = time.monotonic()
        with pytest.raises(ServerError, match="did not answer within 0.2 seconds"):
            graph.frameworks()
    assert time.monotonic() - began < 5


# ---------------------------------------------------------------- connections


def test_a_connection_is_kept_and_opened_anew_when_the_server_has_closed_it() -> None:
    ends: list[str] = []

    def serve(listener: socket.socket) -> None:
        import json

        body = json.dumps(about()).encode()
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            with client:
                client.settimeout(5)
                # Two answers on a connection, then it is closed without a word.
                for _ in range(2):
                    got = client.recv(65536)
                    if not got:
                        break
                    ends.append(got.split(b" ")[1].decode())
                    client.sendall(b"HTTP/1.1 200 OK\r\nImri-Kg-Release: " + FIRST.encode() + b"\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        with imri_kg.open(f"http://127.0.0.1:{listener.getsockname()[1]}") as graph:
            for _ in range(4):
                graph._info = None
                assert graph.release_info["version"] == "1.0.0"
    assert len(ends) == 5


def test_several_threads_ask_at_once(address: str, graph: KnowledgeGraph) -> None:
    expected = {text: graph.mappings(text, to="chime") for text in ("imri:B1", "imri:B2", "imri:I1", "imri:T1")}
    wrong: list[str] = []
    with imri_kg.open(address) as there:

        def ask(text: str) -> None:
            for _ in range(5):
                if there.mappings(text, to="chime") != expected[text]:
                    wrong.append(text)

        threads = [threading.Thread(target=ask, args=(text,)) for text in expected for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert wrong == []


# ---------------------------------------------------------------- releases


@pytest.fixture
def switching() -> Iterator[Any]:
    """A server that goes over to another release after the first page."""

    def reply(target: str, n: int) -> Sent:
        if "/release" in target:
            return Sent(about(SECOND if server.count("/api/v1/queries") else FIRST), release=SECOND if server.count("/api/v1/queries") else FIRST)
        if n == 1:
            return queries(["old 1"], FIRST, "token of the first")
        if "token+of+the+first" in target:
            return problem("expired-page-token", 410)._replace(release=SECOND)
        return queries(["new 2"], SECOND) if "page=" in target else queries(["new 1"], SECOND, "another")

    with scripted(reply) as server:
        yield server


def test_a_list_is_begun_anew_when_the_release_changes_in_the_middle_of_it(switching: Any) -> None:
    with imri_kg.open(switching.address) as graph:
        assert graph.release == FIRST and graph.prefixes.expand("imri:B1") == "https://example.org/1.0/B1"
        found = graph.queries()
        assert [row["name"] for row in found.rows()] == ["new 1", "new 2"]
        assert found.release == graph.release == SECOND
        assert graph.prefixes.expand("imri:B1") == "https://example.org/1.1/B1"
        assert graph.release_info["release"] == SECOND


def test_pages_of_two_releases_are_never_joined() -> None:
    def reply(target: str, n: int) -> Sent:
        if "/release" in target:
            return Sent(about())
        return queries(["a"], FIRST, "t") if "page=" not in target else queries(["b"], SECOND)

    with scripted(reply) as server, imri_kg.open(server.address) as graph, pytest.raises(ServerError, match="went over to another release 3 times"):
        graph.queries()
    assert server.count("/api/v1/queries") == 6


# ---------------------------------------------------------------- problems


@pytest.mark.parametrize(
    ("sent", "error", "data"),
    [
        (problem("unknown-term", 404, value="x", understood="a label or code", candidates=[{"curie": "imri:B1", "label": "L", "framework": "imri", "score": 0.5}]), UnknownTermError, {"value": "x", "understood": "a label or code", "candidates": (("imri:B1", "L", "imri", 0.5),)}),
        (problem("ambiguous-term", 404, value="x", understood="", candidates=[]), AmbiguousTermError, {"candidates": ()}),
        (problem("unknown-framework", 404, value="chme", nearest=["chime"], known=["chime", "imri"]), UnknownNameError, {"kind": "framework", "nearest": ["chime"], "known": ("chime", "imri")}),
        (problem("unknown-record", 404, value="m", nearest=[]), UnknownNameError, {"kind": "mapping record", "known": ()}),
        (problem("unknown-value", 400, "Unknown dimension 'x'. Known: a.", value="x", parameter="rows", nearest=[], known=["a"]), UnknownNameError, {"kind": "dimension"}),
        (problem("conflicting-parameters", 400, parameter="object_framework"), BadInputError, {"parameter": "object_framework"}),
        (problem("invalid-parameter", 400, parameter="limit"), BadInputError, {"parameter": "limit"}),
        (problem("a-problem-of-a-later-version", 400), BadInputError, {}),
        (problem("query-refused", 400), QueryError, {}),
        (problem("query-timeout", 408, limit="time", most="10 s"), QueryLimitError, {"limit": "time", "most": "10 s"}),
        (problem("query-busy", 503), QueryBusyError, {}),
        (problem("validation-limit", 413, limit="memory", most="1 GiB", advice="Send less."), ValidationLimitError, {"limit": "memory", "most": "1 GiB", "advice": "Send less."}),
        (problem("validation-busy", 503), ValidationBusyError, {}),
        (problem("graph-unavailable", 503), SnapshotError, {}),
        (problem("library-unavailable", 503), LibraryError, {}),
        (problem("internal-error", 500), ServerError, {"what": "Something is wrong."}),
        (problem("no-such-address", 404), ServerError, {}),
        (problem("something-new", 503), ServerError, {}),
    ],
    ids=lambda value: value.body["type"].rpartition("/")[2] if isinstance(value, Sent) else None,
)  # fmt: skip
def test_a_problem_is_the_error_that_the_local_graph_raises(sent: Sent, error: type[ImriError], data: dict[str, Any]) -> None:
    with scripted(lambda target, n: Sent(about()) if "/release" in target else sent) as server, imri_kg.open(server.address) as graph:
        with pytest.raises(error) as caught:
            graph.frameworks()
        assert sent.body["detail"] in str(caught.value)
        assert {name: getattr(caught.value, name) for name in data} == data
        assert caught.value.to_json()["error"] == type(caught.value).__name__


def test_every_type_of_problem_is_known_to_the_client() -> None:
    from imri_kg_api.problems import KINDS

    from imri_kg.remote.refusals import error_in

    assert len(KINDS) > 30
    for name, kind in KINDS.items():
        body = {**problem(name, kind.status, value="v", candidates=[]).body, "understood": None}
        found = error_in(body, "the address")
        if kind.status >= 500 or name == "unknown-host":
            assert not isinstance(found, BadInputError), name
        elif name.startswith(("unknown-", "ambiguous-")):
            assert isinstance(found, UnknownNameError | UnknownTermError) and found.value == "v", name
        elif name.startswith(("query-", "update-")):
            assert isinstance(found, QueryError | QueryLimitError), name
        else:
            assert "Something is wrong." in str(found), name


def test_a_server_that_asks_for_a_moment_is_asked_once_more() -> None:
    busy = problem("graph-unavailable", 503, headers=(("Retry-After", "0"),))
    with scripted(lambda target, n: Sent(about()) if n == 2 else busy) as server, imri_kg.open(server.address) as graph:
        assert graph.release == FIRST
    assert server.count("/api/v1/release") == 2
    with scripted(lambda target, n: busy) as server, pytest.raises(SnapshotError):
        imri_kg.open(server.address)
    assert server.count("/api/v1/release") == 2


@pytest.mark.parametrize("wait", ["3600", "Wed, 21 Oct 2026 07:28:00 GMT", "soon", "-1"])
def test_a_server_that_asks_for_more_is_not_waited_for(wait: str) -> None:
    with scripted(lambda target, n: problem("graph-unavailable", 503, headers=(("Retry-After", wait),))) as server, pytest.raises(SnapshotError):
        imri_kg.open(server.address)
    assert server.count("/api/v1/release") == 1


# ---------------------------------------------------------------- files


def test_files_are_sent_as_a_form_with_the_names_that_they_have(tmp_path: Path) -> None:
    found = {"conforms": True, "counts": {"violation": 0, "warning": 0, "info": 0}, "messages": [], "datasets": [], "release": FIRST}
    with scripted(lambda target, n: Sent(about()) if "/release" in target else Sent(found)) as server, imri_kg.open(server.address) as graph:
        (tmp_path / "cases é.csv").write_bytes(b"Case\r\nnorth\r\n")
        assert graph.validate(tmp_path / "cases é.csv", framework="cfir-2022").conforms
    method, target, headers, body = server.asked[-1]
    assert (method, target) == ("POST", "/api/v1/validate?framework=cfir-2022")
    boundary = headers["content-type"].removeprefix("multipart/form-data; boundary=").encode()
    assert body.startswith(b"--" + boundary + b"\r\n") and body.endswith(b"\r\n--" + boundary + b"--\r\n")
    assert 'filename="cases é.csv"'.encode() in body and b"\r\n\r\nCase\r\nnorth\r\n\r\n" in body


def test_more_than_a_server_takes_is_refused_before_it_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from imri_kg_api import uploads

    from imri_kg.remote import sending

    assert (sending.MOST_BYTES, sending.MOST_FILES) == (uploads.MOST_BYTES, uploads.MOST_FILES)
    monkeypatch.setattr(sending, "MOST_BYTES", 3 << 20)
    with scripted(lambda target, n: Sent(about())) as server, imri_kg.open(server.address) as graph:
        (tmp_path / "cases.csv").write_bytes(b"x" * (4 << 20))
        with pytest.raises(BadInputError, match=r"cases\.csv: 4 MiB are more than the 3 MiB that a server takes"):
            graph.validate(tmp_path / "cases.csv")
        for number in range(21):
            (tmp_path / f"{number}.csv").write_bytes(b"x")
        with pytest.raises(BadInputError, match="more than the 20 that a server takes for one dataset"):
            graph.validate(tmp_path)
    assert all(method == "GET" for method, *_ in server.asked)
