"""A client with one connection that stays open, thin enough to be left out of the account: prepared bytes go out, the reply is read to its end.

Called by the measurements. What a reply says is looked at after the clock has been stopped.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote, urlencode

__all__ = ["BrokenReplyError", "Connection", "Reply", "read_reply", "request", "sparql_request"]

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[ \t]*chunked", re.IGNORECASE)
_LAST_CHUNK = b"\r\n0\r\n\r\n"
_WITHOUT_BODY = (b"204", b"304")
_FORM = "application/x-www-form-urlencoded"


class BrokenReplyError(ConnectionError):
    """The connection ended before the reply did; `status` is None where not even the head came."""

    def __init__(self, raw: bytes) -> None:
        status = re.match(rb"HTTP/1\.[01] ([0-9]{3})", raw)
        self.status = int(status[1]) if status else None
        super().__init__(f"the connection ended after {len(raw)} bytes of a reply")


class Reply(NamedTuple):
    """A reply that came to its end."""

    status: int
    headers: dict[str, str]
    body: bytes


class Connection:
    """A connection to a server; use it from one thread.

    Args:
        port: port on this machine.
        seconds: longest time that nothing may come.
    """

    def __init__(self, port: int, seconds: float = 120.0) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=seconds)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, prepared: bytes) -> bytes:
        """Send a request and return all bytes of its reply.

        Raises:
            BrokenReplyError: the connection ended first.
            TimeoutError: nothing came for too long.
        """
        self._socket.sendall(prepared)
        found = bytearray()
        head, whole = -1, -1
        while True:
            part = self._socket.recv(1 << 18)
            if not part:
                raise BrokenReplyError(bytes(found))
            found += part
            if head < 0:
                head = found.find(b"\r\n\r\n")
                if head < 0:
                    continue
                length = _LENGTH.search(found, 0, head)
                if length:
                    whole = head + 4 + int(length[1])
                elif found[9:12] in _WITHOUT_BODY:
                    whole = head + 4
                elif not _CHUNKED.search(found, 0, head + 2):
                    raise BrokenReplyError(bytes(found))
            if len(found) == whole or (whole < 0 and found.endswith(_LAST_CHUNK)):
                return bytes(found)

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_reply(raw: bytes) -> Reply:
    """Take a reply apart.

    >>> read_reply(b"HTTP/1.1 200 OK\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n3\\r\\nabc\\r\\n0\\r\\n\\r\\n").body
    b'abc'

    Raises:
        BrokenReplyError: it is not whole.
    """
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = _joined(body, raw)
    elif raw[9:12] not in _WITHOUT_BODY and len(body) != int(headers.get("content-length", "-1")):
        raise BrokenReplyError(raw)
    return Reply(int(first.split(" ")[1]), headers, body)


def _joined(body: bytes, raw: bytes) -> bytes:
    parts, at = [], 0
    while True:
        end = body.find(b"\r\n", at)
        if end < 0:
            raise BrokenReplyError(raw)
        size = int(body[at:end].partition(b";")[0], 16)
        if not size:
            return b"".join(parts)
        parts.append(body[end + 2 : end + 2 + size])
        at = end + 2 + size + 2


def request(method: str, target: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> bytes:
    """Return the bytes of a request.

    >>> request("GET", "/health")
    b'GET /health HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\n\\r\\n'
    """
    fields = {"Host": "127.0.0.1", **(headers or {})}
    if body or method not in ("GET", "HEAD"):
        fields["Content-Length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("ascii") + body


def sparql_request(path: str, query: str, accept: str, *, post: bool = False) -> bytes:
    """Return the bytes of a SPARQL query by the protocol, in the address or as a form."""
    if post:
        return request("POST", path, headers={"Accept": accept, "Content-Type": _FORM}, body=urlencode({"query": query}).encode("ascii"))
    return request("GET", f"{path}?query={quote(query, safe='')}", headers={"Accept": accept})
