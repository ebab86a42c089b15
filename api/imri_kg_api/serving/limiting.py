"""What a request may have before any route sees it: an address and headers of some length, a body of some size sent at some pace, a rate.

Called by the service for every request. A refusal is a problem document that is sent without asking the application.
"""

from __future__ import annotations

import asyncio
import ipaddress
import json
import math
import time
from collections import OrderedDict
from typing import Any, NamedTuple

from starlette.types import Message, Receive, Scope, Send

from imri_kg_api import problems
from imri_kg_api.settings import Settings

__all__ = ["BodyBudget", "GuardedBody", "RateLimit", "Refusal", "head_refusal", "messages_of", "refuse"]

#: Header lines of a request, and parameters of an address.
MOST_HEADERS = 100
MOST_PARAMETERS = 1000
#: Clients that a rate limit remembers; the one that was away longest is forgotten first.
_MOST_CLIENTS = 20_000
_SAFE = (
    (b"content-type", problems.MEDIA_TYPE.encode()),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)


class Refusal(NamedTuple):
    """Why a request is not handed on: the type of problem, what was found, further headers and members."""

    kind: str
    detail: str
    headers: tuple[tuple[bytes, bytes], ...] = ()
    members: tuple[tuple[str, Any], ...] = ()


async def refuse(refusal: Refusal, scope: Scope, send: Send, release: str) -> None:
    """Send a refusal as a problem document."""
    # Where it is in doubt at which byte the next request begins, there is none.
    status, raw, data = messages_of(refusal, scope["path"], release, close=refusal.kind == "bad-request")
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else data})


def messages_of(refusal: Refusal, path: str, release: str, *, close: bool) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """Return status, headers and body of a refusal; `close` says that it is the last reply on its connection."""
    body = problems.document(refusal.kind, refusal.detail, release=release, instance=path[:500], **dict(refusal.members))
    data = (json.dumps(body, ensure_ascii=True, indent=2) + "\n").encode()
    raw = [*_SAFE, (b"content-length", str(len(data)).encode()), (b"imri-kg-release", release.encode("latin-1", "replace")), *refusal.headers]
    if close:
        raw.append((b"connection", b"close"))
    return problems.KINDS[refusal.kind].status, raw, data


def head_refusal(scope: Scope, settings: Settings) -> Refusal | None:
    """Return why the head of a request is refused: its length, the number of its headers or parameters, or framing that is in doubt."""
    if scope["http_version"] not in ("1.0", "1.1"):
        return Refusal("bad-request", f"HTTP {scope['http_version']} is not spoken here; ask with HTTP/1.1.")
    query = scope["query_string"]
    length = len(scope.get("raw_path") or b"") + len(query)
    if length > settings.url_limit:
        return Refusal("address-too-long", f"The address has {length:,} bytes; at most {settings.url_limit:,} are read. Long queries can be sent with POST.")
    headers = scope["headers"]
    size = sum(len(name) + len(value) + 4 for name, value in headers)
    if len(headers) > MOST_HEADERS or size + length > settings.header_limit:
        return Refusal(
            "headers-too-large",
            f"The request has {len(headers)} header lines with {size:,} bytes; at most {MOST_HEADERS} lines and {settings.header_limit:,} bytes are read.",
        )
    if query.count(b"&") >= MOST_PARAMETERS:
        return Refusal("bad-request", f"The address has {query.count(b'&') + 1:,} parameters; at most {MOST_PARAMETERS:,} are read.")
    names = [name for name, _ in headers]
    if b"transfer-encoding" in names and b"content-length" in names:
        # RFC 9112, section 6.1: what two readers could end at different places.
        return Refusal("bad-request", "The request has both Content-Length and Transfer-Encoding; send one of them.")
    if names.count(b"host") > 1:
        return Refusal("bad-request", "The request has several headers Host; send one.")
    return None


class BodyBudget:
    """The bytes of bodies that are in memory at one time, over all requests."""

    def __init__(self, most: int) -> None:
        self._most, self.held = most, 0

    def take(self, size: int) -> bool:
        """Count bytes that came; False when there are too many."""
        self.held += size
        return self.held <= self._most

    def give_back(self, size: int) -> None:
        """Forget bytes of a request that has ended."""
        self.held -= size


class GuardedBody:
    """The body of one request on its way in: counted and timed. Where it breaks a limit, the refusal stands instead of any reply.

    The application meets a `Problem`; what it makes of it is not sent, since some frameworks turn every fault of a body into one of their own.
    """

    def __init__(self, receive: Receive, settings: Settings, budget: BodyBudget) -> None:
        self._receive, self._settings, self._budget = receive, settings, budget
        self._seen = 0
        self._ended = False
        self._deadline: float | None = None
        self.refusal: Refusal | None = None

    def announced(self, length: bytes) -> Refusal | None:
        """Return why a body of this announced length is not even begun."""
        if length.isdigit() and len(length) < 19 and int(length) > self._settings.body_limit:
            return self._too_large()
        return None

    async def receive(self) -> Message:
        """Return the next piece.

        Raises:
            Problem: the body is too large, or comes too slowly.
        """
        if self._ended:
            # From here on this waits for the client to leave, for as long as the reply takes.
            return await self._receive()
        if self.refusal is None:
            message = await self._next()
            if message is not None:
                return message
        assert self.refusal is not None
        raise problems.Problem(self.refusal.kind, self.refusal.detail)

    async def _next(self) -> Message | None:
        now = time.monotonic()
        self._deadline = self._deadline or now + self._settings.body_seconds
        try:
            async with asyncio.timeout(min(self._settings.pause_seconds, max(0.0, self._deadline - now))):
                message = await self._receive()
        except TimeoutError:
            self.refusal = Refusal(
                "slow-request",
                f"The body did not come in time: at most {self._settings.pause_seconds:g} seconds between two pieces, "
                f"and {self._settings.body_seconds:g} for the whole.",
            )
            return None
        if message["type"] != "http.request":
            # The client left in the middle; nobody will read the reply, but it must be none about a fault of the server.
            self.refusal = Refusal("bad-request", "The body ended before it was whole.")
            return None
        size = len(message.get("body", b""))
        self._seen += size
        if not self._budget.take(size):
            self.refusal = Refusal("server-busy", "Too many bodies are being received at the moment; send it again later.", ((b"retry-after", b"5"),))
        elif self._seen > self._settings.body_limit:
            self.refusal = self._too_large()
        else:
            self._ended = not message.get("more_body")
            return message
        return None

    def _too_large(self) -> Refusal:
        return Refusal("too-large", f"The body has more than {self._settings.body_limit:,} bytes; send less at a time.")

    def close(self) -> None:
        """Give back what was held."""
        self._budget.give_back(self._seen)
        self._seen = 0


class RateLimit:
    """A bucket of tokens for each client (RFC 6585 names the reply, 429): full at first, it fills again at the rate.

    Args:
        rate: requests a second.
        burst: requests at once.
    """

    def __init__(self, rate: float, burst: int) -> None:
        self._rate, self._burst = rate, burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str, now: float) -> int:
        """Take a token of a client; returns 0, or the seconds after which there is one again.

        >>> limit = RateLimit(1, 2)
        >>> [limit.wait("192.0.2.1", now) for now in (0, 0, 0, 1.5)]
        [0, 0, 1, 0]
        """
        tokens, before = self._buckets.pop(client, (float(self._burst), now))
        tokens = min(float(self._burst), tokens + (now - before) * self._rate)
        allowed = tokens >= 1
        self._buckets[client] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > _MOST_CLIENTS:
            self._buckets.popitem(last=False)
        return 0 if allowed else max(1, math.ceil((1 - tokens) / self._rate))

    def refusal(self, scope: Scope) -> Refusal | None:
        """Take a token for a request; returns why it is refused, if it is."""
        seconds = self.wait(_client(scope), time.monotonic())
        if not seconds:
            return None
        return Refusal(
            "rate-limited",
            f"More than {self._rate:g} requests a second came from your address; ask again in {seconds} seconds.",
            ((b"retry-after", str(seconds).encode()),),
        )


def _client(scope: Scope) -> str:
    """Return what counts as one client: an IPv4 address, or the network that IPv6 gives a household (64 bits)."""
    address = scope["client"][0] if scope.get("client") else ""
    if ":" not in address:
        return address
    try:
        plain = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    # A socket for both families shows IPv4 clients inside one network of IPv6.
    return str(plain.ipv4_mapped or ipaddress.ip_network((plain, 64), strict=False))
