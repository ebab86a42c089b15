"""Replies that were given before: a release never changes, so the same request gets the same reply without asking anybody again.

An ASGI wrapper inside the doorway, one for each application, so that it ends with its release. It keeps the replies asked for last, within a number
of bytes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imri_kg_api.addresses import route_path

__all__ = ["Remembered"]

#: Bytes of all replies that are kept, and of the largest one that is.
_MOST, _LARGEST = 48 << 20, 1 << 20
#: What a reply takes in memory beside its body.
_ASIDE = 2048
_Key = tuple[str, bytes, bytes, bytes, bool]


class _Reply(NamedTuple):
    start: dict[str, Any]
    body: bytes
    route: Any


class Remembered:
    """The wrapper.

    Args:
        app: what answers.
        lasting: tells of a path whether its replies rest on the release alone.
        most: bytes of all replies that are kept.
    """

    def __init__(self, app: ASGIApp, lasting: Callable[[str], bool], most: int = _MOST) -> None:
        self._app, self._lasting, self._most = app, lasting, most
        self._kept: OrderedDict[_Key, _Reply] = OrderedDict()
        self._size = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] != "GET" or not self._lasting(route_path(scope)):
            await self._app(scope, receive, send)
            return
        # What else a client says decides nothing about the body; the doorway, outside, looks at If-None-Match and its like.
        accept = b", ".join(value for name, value in scope["headers"] if name == b"accept")
        packed = any(name == b"accept-encoding" and b"gzip" in value.lower() for name, value in scope["headers"])
        # As it was sent: a slash and an escaped one are two addresses.
        path = scope.get("raw_path") or scope["path"].encode()
        key = (scope.get("root_path", ""), path, scope["query_string"], accept, packed)
        known = self._kept.get(key)
        if known is not None:
            self._kept.move_to_end(key)
            scope["route"] = known.route
            await send({**known.start, "headers": list(known.start["headers"])})
            await send({"type": "http.response.body", "body": known.body})
            return
        keeper = _Keeper(send)
        await self._app(scope, receive, keeper.send)
        if keeper.whole is not None:
            self._keep(key, keeper.whole._replace(route=scope.get("route")))

    def _keep(self, key: _Key, reply: _Reply) -> None:
        self._forget(key)
        self._kept[key] = reply
        self._size += _weight(key, reply)
        while self._size > self._most:
            self._forget(next(iter(self._kept)))

    def _forget(self, key: _Key) -> None:
        reply = self._kept.pop(key, None)
        if reply is not None:
            self._size -= _weight(key, reply)


def _weight(key: _Key, reply: _Reply) -> int:
    return len(reply.body) + len(key[2]) + len(key[3]) + _ASIDE


class _Keeper:
    """Passes the messages of a reply on and keeps them, as long as they are few and tell of success."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: dict[str, Any] | None = None
        self._parts: list[bytes] = []
        self._left = _LARGEST
        #: The reply, once its end has been sent.
        self.whole: _Reply | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            self._start = {**message, "headers": list(message["headers"])}
        elif message["type"] == "http.response.body" and self._start is not None:
            body = message.get("body", b"")
            self._left -= len(body)
            self._parts.append(body)
            if self._left < 0:
                self._start = None
                self._parts.clear()
        await self._send(message)
        if self._start is not None and message["type"] == "http.response.body" and not message.get("more_body"):
            self.whole = _Reply(self._start, b"".join(self._parts), None)
