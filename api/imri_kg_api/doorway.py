"""What holds for every reply whatever its route: HEAD and OPTIONS, entity tags and dates, and the headers that keep browsers safe.

A plain ASGI wrapper around the application. It never looks into a body; an error that nobody foresaw ends here as a
problem document, and its trace stays in the server's log.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import MutableMapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imri_kg_api import addresses, problems
from imri_kg_api.accepting import takes_gzip

__all__ = ["RELEASE_HEADER", "Doorway", "entity_tag", "shows_own_cases"]

RELEASE_HEADER = "Imri-Kg-Release"
#: Addresses whose answers rest on cases.
_CASES = ("/api/v1/cases", "/api/v1/matrix", "/cases", "/matrix")
#: Addresses whose answers are the same in what they say and not in every byte: without ORDER BY the order of rows is nobody's promise.
_UNORDERED = ("/sparql",)
_log = logging.getLogger("imri_kg_api")

#: Said with every reply. Pages bring their own Content-Security-Policy, stricter in scripts and looser in style.
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": f"Allow, Content-Disposition, Deprecation, ETag, Link, Retry-After, Sunset, X-Request-ID, {RELEASE_HEADER}",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
#: Said instead where answers show datasets of the user's own: no other site may read them.
_OWN = {**{name: value for name, value in _ALWAYS.items() if not name.startswith("Access-Control-")}, "Cross-Origin-Resource-Policy": "same-origin"}
_POLICY = "default-src 'none'; frame-ancestors 'none'"
#: An address answers differently after the next release: keep a copy, but ask before using it.
_ASK_AGAIN = "public, no-cache"
#: What the browser loads has its digest in its name.
_LOADED = "/static/"
#: A permanent address names the answer, so that a copy never has to be asked about (RFC 8246).
_FOR_EVER = "public, max-age=31536000, immutable"


def entity_tag(release: str, target: str, media_type: str, coding: str = "") -> str:
    """Return the strong entity tag of an address in a release: a release never changes, so its replies do not either.

    Each content coding has a tag of its own, since a strong tag stands for bytes (RFC 9110, section 8.8.1).

    >>> entity_tag("0.1.0+abc", "/api/v1/frameworks", "application/json")
    '"e8aa253cbad6cbe3daf3c7cb"'
    """
    parts = (release, target, media_type, *([coding] if coding else []))
    digest = hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape"))
    return f'"{digest.hexdigest()[:24]}"'


class Doorway:
    """The wrapper.

    Args:
        app: the application.
        release: the release of the graph that it answers from.
        own_cases: whether its cases can be others than those of the release.
        built: when the release was built; its replies were last modified then. The moment of the start when None.
        pages: what stands for the pages as they are made; with other templates the same release has other pages.
    """

    def __init__(self, app: ASGIApp, release: str, own_cases: bool = False, built: datetime | None = None, pages: str = "") -> None:
        self._app, self._release, self._own_cases, self._pages = app, release, own_cases, pages
        self._built = (built or datetime.now(UTC)).replace(microsecond=0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, send, self._release, self._built, self._pages, own=self._own_cases and shows_own_cases(addresses.route_path(scope)))
        if scope["method"] == "OPTIONS":
            taken = addresses.methods(scope)
            # An application that is mounted answers for itself, and where nothing is there is no method to name.
            if taken:
                await exchange.options(", ".join(taken))
                return
        # HEAD is GET whose body is dropped on the way out, so that both have the same headers.
        scope["headers"] = _with_one_coding(scope["headers"])
        inner = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        try:
            await self._app(inner, receive, exchange.send)
        except problems.CutShortError:
            # The server outside closes the connection.
            raise
        except Exception as error:
            _log.error(
                "unforeseen fault at %r: %s: %s", scope["path"], type(error).__name__, error,
                exc_info=bool(os.environ.get("IMRI_KG_DEBUG")),
            )  # fmt: skip
            if exchange.started:
                raise
            await exchange.fault()


def _with_one_coding(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the headers with the one coding that the reply may have: what packs it looks for a word and knows no weights."""
    accepted = ",".join(value.decode("latin-1") for name, value in headers if name == b"accept-encoding")
    rest = [(name, value) for name, value in headers if name != b"accept-encoding"]
    return [*rest, (b"accept-encoding", b"gzip" if takes_gzip(accepted) else b"identity")] if accepted else rest


class _Exchange:
    """One request and the reply on its way out. `own`: the reply can show datasets of the user's own."""

    def __init__(self, scope: Scope, send: Send, release: str, built: datetime, pages: str, *, own: bool) -> None:
        self._scope, self._send, self._release, self._built, self._pages, self._own = scope, send, release, built, pages, own
        self._bodiless = scope["method"] == "HEAD"
        self.started = False

    async def send(self, message: Message) -> None:
        """Pass a message of the application on, with what belongs to every reply."""
        if message["type"] == "http.response.start":
            self.started = True
            message = self._complete(message)
        elif message["type"] == "http.response.body" and self._bodiless:
            if message.get("more_body"):
                return
            message = {"type": "http.response.body", "body": b""}
        await self._send(message)

    def _complete(self, message: MutableMapping[str, Any]) -> Message:
        headers = MutableHeaders(raw=list(message["headers"]))
        status = message["status"]
        for name, value in (_OWN if self._own else _ALWAYS).items():
            headers[name] = value
        headers[RELEASE_HEADER] = self._release
        headers.setdefault("Content-Security-Policy", _POLICY)
        # What packs replies names Accept-Encoding only where it has looked at it.
        named = [name.strip() for name in headers.get("vary", "").split(",") if name.strip()]
        headers["Vary"] = ", ".join(dict.fromkeys(["Accept", "Accept-Encoding", *named]))
        # The user's own datasets change within a release, and a query can ask for the time, so that no tag made of the release stands for the answer.
        changing = headers.get("cache-control") == "no-store"
        if status != 200 or self._own or changing or self._scope["method"] not in ("GET", "HEAD"):
            headers["Cache-Control"] = "no-store"
            return {**message, "headers": headers.raw}
        query = self._scope["query_string"].decode("latin-1")
        headers["Cache-Control"] = _FOR_EVER if self._permanent(query) else _ASK_AGAIN
        target = self._scope["path"] + ("?" + query if query else "")
        is_page = headers.get("content-type", "").startswith("text/html")
        tag = entity_tag(f"{self._release} {self._pages}" if is_page else self._release, target, headers.get("content-type", ""), headers.get("content-encoding", ""))
        headers["ETag"] = f"W/{tag}" if addresses.route_path(self._scope).rstrip("/") in _UNORDERED else tag
        if not is_page:
            # A page is as old as its template too, which no date of the release tells.
            headers["Last-Modified"] = format_datetime(self._built, usegmt=True)
        if self._unchanged(tag, dated=not is_page):
            self._bodiless = True
            status = 304
            for name in ("content-length", "content-type", "content-encoding"):
                del headers[name]
        return {**message, "status": status, "headers": headers.raw}

    def _permanent(self, query: str) -> bool:
        """Say whether the address names both its release and the answer, or a file by its digest."""
        if addresses.route_path(self._scope).startswith(_LOADED):
            return True
        return str(self._scope.get("root_path", "")).endswith(f"/releases/{self._release}") and f"{addresses.ANSWER}=" in query

    def _unchanged(self, tag: str, *, dated: bool) -> bool:
        """Say whether the client holds this reply: by its tag, and only where it sends none by its date (RFC 9110, section 13.2.2), if the date tells."""
        asked = Headers(scope=self._scope)
        if "if-none-match" in asked:
            return _matches(asked["if-none-match"], tag)
        try:
            since = parsedate_to_datetime(asked.get("if-modified-since", ""))
        except (ValueError, TypeError, IndexError, OverflowError):
            return False
        # A date without a zone is no HTTP date (section 5.6.7); it says nothing.
        return dated and since.tzinfo is not None and self._built <= since

    async def options(self, methods: str) -> None:
        """Say what may be asked, to browsers that ask before they send `If-None-Match` from another site."""
        headers = {
            "Allow": methods,
            "Access-Control-Allow-Methods": methods,
            "Access-Control-Allow-Headers": "Accept, Content-Type, If-Modified-Since, If-None-Match",
            "Access-Control-Max-Age": "86400",
        }
        raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await self.send({"type": "http.response.start", "status": 204, "headers": raw})
        await self.send({"type": "http.response.body", "body": b""})

    async def fault(self) -> None:
        """Send the problem document of an unforeseen fault."""
        kind = "internal-error"
        body = problems.document(kind, problems.KINDS[kind].remedy, release=self._release, instance=self._scope["path"])
        data = (json.dumps(body, ensure_ascii=False, indent=2) + "\n").encode()
        raw = [(b"content-type", problems.MEDIA_TYPE.encode()), (b"content-length", str(len(data)).encode())]
        await self.send({"type": "http.response.start", "status": problems.KINDS[kind].status, "headers": raw})
        await self.send({"type": "http.response.body", "body": data})


def shows_own_cases(path: str) -> bool:
    """Say whether the answer at a path rests on cases, and so shows datasets of the user's own where a server has some."""
    return any(path == address or path.startswith(address + "/") for address in _CASES)


def _matches(wanted: str, tag: str) -> bool:
    """Compare weakly, as RFC 9110 (section 13.1.2) asks for If-None-Match."""
    return wanted.strip() == "*" or tag in (item.strip().removeprefix("W/") for item in wanted.split(","))
