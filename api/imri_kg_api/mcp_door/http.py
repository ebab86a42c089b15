"""The door over HTTP: `POST /mcp` in the streamable HTTP transport, without sessions and with plain JSON replies.

Each request is served by a session manager of its own, so that nothing has to be started with the application and nothing is left when a request
ends. What is wrong with a request as HTTP leaves as a problem document; what is wrong inside it, as the protocol has it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.server.transport_security import TransportSecurityMiddleware, TransportSecuritySettings
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from imri_kg_api.mcp_door.server import make_server
from imri_kg_api.problems import Problem
from imri_kg_api.serving.hosts import AllowedHosts

if TYPE_CHECKING:
    from imri_kg.case_validation.service import Source
    from imri_kg.isolation.worker import Isolated
    from imri_kg_api.mcp_door.tables import Stop

__all__ = ["MOST_BYTES", "PATH", "McpDoor", "install"]

PATH = "/mcp"
#: What one request may have.
MOST_BYTES = 8 << 20


def install(app: FastAPI, hosts: AllowedHosts) -> None:
    """Put the door into an application that has a graph and validations in its state.

    Args:
        app: the application; its `state.graph` is read anew for each request.
        hosts: the names under which the server is asked.
    """
    # The library of the protocol tells of every session that begins and ends; here that is every request.
    logging.getLogger("mcp").setLevel(logging.ERROR)

    def validate(sources: Sequence[Source], framework: str, stop: Stop) -> Isolated:
        return app.state.validations.pool.validate(sources, framework=framework, stop=stop)

    app.router.routes.append(Route(PATH, McpDoor(make_server(lambda: app.state.graph, validate), hosts), methods=["POST"], include_in_schema=False))


class McpDoor:
    """The ASGI application behind the address."""

    def __init__(self, server: Server[Any], hosts: AllowedHosts) -> None:
        self._server, self._hosts = server, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request.

        Raises:
            Problem: it comes from another site or under another name, is too large, or is no JSON.
        """
        security = self._security(scope)
        await _check(Request(scope), security)
        body = await _whole_body(Headers(scope=scope), receive)
        manager = StreamableHTTPSessionManager(
            self._server, json_response=True, stateless=True, security_settings=security, max_request_body_size=MOST_BYTES
        )
        async with manager.run():
            await manager.handle_request(scope, _replaying(body, receive), send)

    def _security(self, scope: Scope) -> TransportSecuritySettings:
        """Return the name under which a request may ask and the site whose pages may, as far as this request has them.

        A browser names the site of the page that asks (`Origin`); it has to be this server, under a name that it is asked by.
        """
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin", "")
        site = origin.partition("://")[2]
        own = bool(site) and (site == host or self._hosts.admits(site.encode("latin-1", "replace")))
        return TransportSecuritySettings(
            allowed_hosts=[host] if self._hosts.admits(host.encode("latin-1", "replace")) else [], allowed_origins=[origin] if own else []
        )


async def _check(request: Request, security: TransportSecuritySettings) -> None:
    refusal = await TransportSecurityMiddleware(security).validate_request(request, is_post=True)
    if refusal is None:
        return
    match refusal.status_code:
        case 403:
            origin = request.headers.get("origin", "")[:200]
            raise Problem("foreign-site", f"A page of {origin!r} asked; only pages of this server may.")
        case 421:
            host = request.headers.get("host", "")[:200]
            raise Problem("unknown-host", f"This server is not asked as {host!r}; use the name or address under which it was started.")
    raise Problem("bad-request", f"{PATH} takes JSON: send Content-Type: application/json.")


async def _whole_body(headers: Headers, receive: Receive) -> bytes:
    declared = headers.get("content-length", "")
    if declared.isdigit() and len(declared) < 19 and int(declared) > MOST_BYTES:
        raise _too_large()
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Problem("bad-request", "The request ended before its body did.")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MOST_BYTES:
            raise _too_large()
        if not message.get("more_body", False):
            return b"".join(parts)


def _too_large() -> Problem:
    return Problem("too-large", f"More than {MOST_BYTES >> 20} MiB were sent; send less at a time.")


def _replaying(body: bytes, receive: Receive) -> Receive:
    """Return a channel that gives a body that was read already, and then what else comes."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay
