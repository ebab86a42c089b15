"""Replies that were given before: the same bytes again, none that can change, and no more of them than there is room for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from imri_kg_api.remembering import Remembered

if TYPE_CHECKING:
    from fastapi.testclient import TestClient


class Counting:
    """An application that counts how often it is asked, and answers with its count, padded."""

    def __init__(self, status: int = 200, size: int = 10) -> None:
        self.asked, self.status, self.size = 0, status, size

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked += 1
        await send({"type": "http.response.start", "status": self.status, "headers": [(b"content-type", b"text/plain")]})
        body = str(self.asked).encode().ljust(self.size)
        await send({"type": "http.response.body", "body": body[:4], "more_body": True})
        await send({"type": "http.response.body", "body": body[4:]})


def ask(app: Any, path: str = "/api/x", *, method: str = "GET", query: bytes = b"", headers: tuple[tuple[bytes, bytes], ...] = ()) -> bytes:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": list(headers), "root_path": ""}
    asyncio.run(app(scope, None, send))
    return b"".join(m.get("body", b"") for m in sent).strip()


def wrapped(inner: Counting, most: int = 1 << 20) -> Remembered:
    return Remembered(inner, lambda path: path.startswith("/api/"), most)


@pytest.mark.parametrize("first", ["/id/imri/B1", "/id/imri%2FB1"])
def test_an_escaped_slash_is_another_address(client: TestClient, first: str) -> None:
    second = "/id/imri%2FB1" if first == "/id/imri/B1" else "/id/imri/B1"
    assert {path: client.get(path, params={"format": "nt"}).status_code for path in (first, second, first)} == {"/id/imri/B1": 200, "/id/imri%2FB1": 404}


def test_the_same_request_is_answered_once() -> None:
    inner = Counting()
    app = wrapped(inner)
    assert [ask(app), ask(app)] == [b"1", b"1"]


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/api/y"},
        {"query": b"a=1"},
        {"headers": ((b"accept", b"text/csv"),)},
        {"headers": ((b"accept-encoding", b"br, gzip"),)},
    ],
    ids=["path", "query", "accept", "coding"],
)
def test_what_the_reply_depends_on_tells_requests_apart(other: dict[str, Any]) -> None:
    app = wrapped(Counting())
    assert [ask(app), ask(app, **other), ask(app), ask(app, **other)] == [b"1", b"2", b"1", b"2"]


def test_other_headers_do_not_tell_requests_apart() -> None:
    app = wrapped(Counting())
    assert [ask(app), ask(app, headers=((b"if-none-match", b"x"), (b"user-agent", b"y")))] == [b"1", b"1"]


@pytest.mark.parametrize("case", [{"method": "POST"}, {"path": "/health"}])
def test_what_can_change_is_asked_again(case: dict[str, Any]) -> None:
    app = wrapped(Counting())
    assert [ask(app, **case), ask(app, **case)] == [b"1", b"2"]


@pytest.mark.parametrize("inner", [Counting(status=503), Counting(status=404), Counting(size=(1 << 20) + 1)], ids=["fault", "missing", "large"])
def test_faults_and_large_replies_are_not_kept(inner: Counting) -> None:
    app = wrapped(inner)
    assert ask(app) == b"1"
    assert ask(app) == b"2"


def test_the_one_asked_for_longest_ago_makes_room() -> None:
    app = wrapped(Counting(size=1000), most=3 * (1000 + 2048))
    for number in range(3):
        ask(app, f"/api/{number}")
    assert ask(app, "/api/0") == b"1"
    ask(app, "/api/3")
    assert [ask(app, "/api/0"), ask(app, "/api/2")] == [b"1", b"3"]
    assert ask(app, "/api/1") == b"5"


def test_a_reply_is_the_same_from_memory(client: TestClient) -> None:
    for address in ("/api/v1/mappings?subject=imri:B1", "/api/v1/frameworks?format=csv", "/id/chime/I?format=ttl"):
        first, again = client.get(address), client.get(address)
        assert first.status_code == again.status_code == 200
        assert first.content == again.content
        assert first.headers == again.headers
        assert client.get(address, headers={"If-None-Match": again.headers["etag"]}).status_code == 304
        assert client.head(address).headers["content-length"] == first.headers["content-length"]
