"""Ask this application itself, as a client would: for the answer that is to be cited, and for the examples in its own description."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request

__all__ = ["ask"]


async def ask(request: Request, address: str, body: bytes | None = None, headers: Iterable[tuple[bytes, bytes]] = ()) -> tuple[int, bytes]:
    """Return the status and the body of a reply in JSON.

    Args:
        request: the request for which it is asked; host and client are its own.
        address: path, with the parameters as they stand in an address.
        body: what is sent with POST; GET without.
        headers: further headers, in lower case.
    """
    path, _, query = address.partition("?")
    scope: dict[str, Any] = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET" if body is None else "POST", "scheme": request.scope["scheme"],
        "path": unquote(path), "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "server": request.scope.get("server"),
        "client": request.scope.get("client"),
        "headers": [(b"host", request.headers.get("host", "localhost").encode("latin-1")), (b"accept", b"application/json"), *headers],
    }  # fmt: skip
    status, pieces = 500, list[bytes]()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body or b"", "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        elif message["type"] == "http.response.body":
            pieces.append(message.get("body", b""))

    await request.app(scope, receive, send)
    return status, b"".join(pieces)
