"""HTTP as a client of an imri-kg server: requests out, whole replies in.

Called by the remote graph alone. It follows no redirect, reads no more than a limit, and knows nothing of what replies mean but for the
release that a header names. Proxies and settings of the environment are not used.
"""

from __future__ import annotations

import http.client
import json
import ssl
import threading
import time
import zlib
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from imri_kg import __version__
from imri_kg.errors import BadInputError, ServerError

__all__ = ["LARGEST_REPLY", "Connection", "Reply"]

#: Seconds that a server may take to answer a question, and to check files that were sent.
TIMEOUT, TIMEOUT_OF_CHECKS = 60.0, 180.0
#: Longest time in seconds that a server may ask a client to wait before it tries again; where it asks for more, the error is told at once.
LONGEST_WAIT = 10
#: Most bytes of a reply, unpacked; the whole graph as N-Quads has a tenth of that.
LARGEST_REPLY = 256 << 20
_RELEASE = "Imri-Kg-Release"
_JSON = "application/json"
#: What shows that a connection which was kept had been closed by the server meanwhile.
_CLOSED = (http.client.RemoteDisconnected, http.client.CannotSendRequest, BrokenPipeError, ConnectionResetError, ConnectionAbortedError)


class Reply(NamedTuple):
    """A whole reply: status, media type without its parameters, release that answered, body, and the address that was asked."""

    status: int
    media_type: str
    release: str
    body: bytes
    address: str

    def json(self) -> dict[str, Any]:
        """Return the body as a JSON object.

        Raises:
            ServerError: it is none.
        """
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise ServerError(self.address, f"The reply is no JSON ({error}).", "Check that the address is that of an imri-kg server.") from error
        if not isinstance(found, dict):
            raise ServerError(self.address, "The reply is no JSON object.", "Check that the address is that of an imri-kg server.")
        return found


class Connection:
    """A server that is asked. Several threads may ask at once; each request has a connection for itself, and idle ones are kept."""

    def __init__(self, address: str, *, timeout: float = TIMEOUT) -> None:
        """Take the address of a server, such as `http://127.0.0.1:8000`; it may have a path where a proxy puts the server below one.

        Raises:
            BadInputError: it is no address of a server.
        """
        self.address, self._scheme, self._host, self._port, self._path = _read(address)
        self._timeout = timeout
        # The context of the system: certificates are checked against its authorities, names against certificates.
        self._context = ssl.create_default_context() if self._scheme == "https" else None
        self._idle: list[http.client.HTTPConnection] = []
        self._lock = threading.Lock()

    def get(self, path: str, parameters: Iterable[tuple[str, str]] = (), accept: str = _JSON) -> Reply:
        """Ask with GET; a server that names a short time to wait (503 with Retry-After) is asked once more.

        Raises:
            ServerError: there is no whole reply of an imri-kg server.
        """
        query = urlencode(list(parameters))
        target = f"{path}?{query}" if query else path
        reply, wait = self._exchange("GET", target, None, {"Accept": accept}, self._timeout)
        if reply.status == 503 and wait is not None:
            time.sleep(wait)
            reply, _ = self._exchange("GET", target, None, {"Accept": accept}, self._timeout)
        return reply

    def post(self, path: str, body: bytes, content_type: str, parameters: Iterable[tuple[str, str]] = (), accept: str = _JSON,
             timeout: float | None = None) -> Reply:  # fmt: skip
        """Send a body.

        Raises:
            ServerError: there is no whole reply of an imri-kg server.
        """
        query = urlencode(list(parameters))
        target = f"{path}?{query}" if query else path
        return self._exchange("POST", target, body, {"Accept": accept, "Content-Type": content_type}, timeout or self._timeout)[0]

    def close(self) -> None:
        """Close the connections that are kept; the next request opens another."""
        with self._lock:
            kept, self._idle = self._idle, []
        for connection in kept:
            connection.close()

    # ------------------------------------------------------------ one exchange

    def _exchange(self, method: str, target: str, body: bytes | None, headers: Mapping[str, str], timeout: float) -> tuple[Reply, int | None]:
        address = self.address + target
        sent = {"User-Agent": f"imri-kg/{__version__}", "Accept-Encoding": "gzip", **headers}
        connection, kept = self._take(timeout)
        try:
            try:
                answer = self._ask(connection, method, target, body, sent)
            except _CLOSED:
                connection.close()
                if not kept:
                    raise
                # Whatever is asked changes nothing on the server, so asking twice does no harm.
                connection = self._new(timeout)
                answer = self._ask(connection, method, target, body, sent)
            raw = answer.read(LARGEST_REPLY + 1)
            if answer.length and len(raw) <= LARGEST_REPLY:
                raise http.client.IncompleteRead(b"")
            reply = self._whole(answer, raw, address)
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise _unreached(self.address, error, timeout) from error
        except BaseException:
            connection.close()
            raise
        if answer.isclosed() and not answer.will_close:
            with self._lock:
                self._idle.append(connection)
        else:
            connection.close()
        return reply, _wait(answer.getheader("Retry-After"))

    def _ask(self, connection: http.client.HTTPConnection, method: str, target: str, body: bytes | None,
             headers: Mapping[str, str]) -> http.client.HTTPResponse:  # fmt: skip
        try:
            connection.request(method, self._path + target, body=body, headers=dict(headers))
        except (BrokenPipeError, ConnectionResetError):
            # A server that takes no more of a body says why before it closes.
            if not body:
                raise
        return connection.getresponse()

    def _take(self, timeout: float) -> tuple[http.client.HTTPConnection, bool]:
        with self._lock:
            kept = self._idle.pop() if self._idle else None
        if kept is None:
            return self._new(timeout), False
        kept.timeout = timeout
        if kept.sock is not None:
            kept.sock.settimeout(timeout)
        return kept, True

    def _new(self, timeout: float) -> http.client.HTTPConnection:
        if self._context is not None:
            return http.client.HTTPSConnection(self._host, self._port, timeout=timeout, context=self._context)
        return http.client.HTTPConnection(self._host, self._port, timeout=timeout)

    def _whole(self, answer: http.client.HTTPResponse, raw: bytes, address: str) -> Reply:
        if 300 <= answer.status < 400:
            there = answer.getheader("Location") or "another address"
            raise ServerError(address, f"The server sends the client on to {there[:200]}.", "Redirects are not followed; open the graph with the address of the server itself.")
        release = answer.getheader(_RELEASE)
        if not release:
            raise ServerError(address, f"Something answers there (status {answer.status}), but it is no imri-kg server.", "Check host, port and path of the address.")
        if answer.getheader("Content-Encoding", "identity").strip().lower() == "gzip":
            raw = _unpacked(raw, address)
        if len(raw) > LARGEST_REPLY:
            raise _too_large(address)
        return Reply(answer.status, answer.getheader("Content-Type", "").partition(";")[0].strip().lower(), release, raw, address)


def _read(address: str) -> tuple[str, str, str, int | None, str]:
    """Return an address as it is shown, its scheme, host, port and path."""
    how = "Give the address of a server, with http:// or https:// in front, its host and port."
    try:
        parts = urlsplit(str(address).strip())
        port = parts.port
    except ValueError as error:
        raise BadInputError(f"{address!r} is no address of a server ({error}). {how}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadInputError(f"{address!r} is no address of a server. {how}")
    if parts.username is not None or parts.query or parts.fragment:
        raise BadInputError(f"{address!r} holds more than the address of a server (a user, a query or a fragment). {how}")
    path = quote(parts.path.rstrip("/"), safe="/%:@!$&'()*+,;=~-._")
    return f"{parts.scheme}://{parts.netloc}{path}", parts.scheme, parts.hostname, port, path


def _wait(header: str | None) -> int | None:
    """Return the seconds that a reply asks to wait, where they are few; None where they are many, or given as a date."""
    if header is None or not header.strip().isdigit():
        return None
    seconds = int(header)
    return seconds if seconds <= LONGEST_WAIT else None


def _unpacked(raw: bytes, address: str) -> bytes:
    try:
        # 31: the format of gzip with the largest window (RFC 1952).
        reader = zlib.decompressobj(31)
        found = reader.decompress(raw, LARGEST_REPLY + 1)
    except zlib.error as error:
        raise ServerError(address, f"The packed reply is damaged ({error}).", "Ask again; if it happens again, something between you and the server changes replies.") from error
    if len(found) > LARGEST_REPLY:
        raise _too_large(address)
    if not reader.eof:
        raise ServerError(address, "The packed reply is not whole.", "Ask again.")
    return found


def _too_large(address: str) -> ServerError:
    return ServerError(address, f"The reply is larger than {LARGEST_REPLY >> 20} MiB.", "Ask for less at a time.")


def _unreached(address: str, error: Exception, timeout: float) -> ServerError:
    if isinstance(error, TimeoutError):
        return ServerError(address, f"The server did not answer within {timeout:g} seconds.", "Ask again later, or for less at a time.")
    if isinstance(error, ssl.SSLError):
        return ServerError(address, f"No secure connection could be made ({error.reason or error}).", "Check the address and the certificate of the server.")
    if isinstance(error, http.client.IncompleteRead):
        return ServerError(address, "The connection ended in the middle of the reply.", "Ask again, or for less: a server breaks off an answer that meets a limit.")
    if isinstance(error, http.client.RemoteDisconnected | ConnectionResetError | BrokenPipeError):
        return ServerError(address, "The server closed the connection without an answer.", "Ask again; if it happens again, the server has a fault or refuses what is sent.")
    if isinstance(error, ConnectionRefusedError):
        return ServerError(address, "No server answers there (connection refused).", "Start one with `imri-kg serve`, or correct the address.")
    if isinstance(error, http.client.HTTPException):
        return ServerError(address, f"The reply is no whole HTTP message ({type(error).__name__}).", "Check that the address is that of an imri-kg server, and ask again.")
    cause = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return ServerError(address, f"The server cannot be reached ({cause}).", "Check the address and your network; `imri-kg serve` starts a server on this machine.")
