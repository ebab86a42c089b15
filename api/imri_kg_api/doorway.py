"""What holds for every reply whatever its route: HEAD and OPTIONS, entity tags, and the headers that keep browsers safe.

A plain ASGI wrapper around the application. It never looks into a body; an error that nobody foresaw ends here as a
problem document, and its trace stays in the server's log.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from imri_kg_api import problems

__all__ = ["RELEASE_HEADER", "Doorway", "entity_tag"]

RELEASE_HEADER = "Imri-Kg-Release"
_METHODS = "GET, HEAD, OPTIONS"
#: Addresses to which files are sent.
_UPLOADS = ("/api/v1/validate",)
#: Addresses whose answers rest on cases.
_CASES = ("/api/v1/cases", "/api/v1/matrix")
_log = logging.getLogger("imri_kg_api")

#: Said with every reply. Pages bring their own Content-Security-Policy, stricter in scripts and looser in style.
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": f"ETag, Link, {RELEASE_HEADER}",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
#: Said instead where answers show datasets of the user's own: no other site may read them.
_OWN = {**{name: value for name, value in _ALWAYS.items() if not name.startswith("Access-Control-")}, "Cross-Origin-Resource-Policy": "same-origin"}
_POLICY = "default-src 'none'; frame-ancestors 'none'"


def entity_tag(release: str, target: str, media_type: str) -> str:
    """Return the strong entity tag of an address in a release: a release never changes, so its replies do not either.

    >>> entity_tag("0.1.0+abc", "/api/v1/frameworks", "application/json")
    '"e8aa253cbad6cbe3daf3c7cb"'
    """
    digest = hashlib.sha256("\n".join((release, target, media_type)).encode("utf-8", "surrogateescape"))
    return f'"{digest.hexdigest()[:24]}"'


class Doorway:
    """The wrapper. `release` is the release of the graph that the application answers from, `own_cases` whether its cases can be others."""

    def __init__(self, app: ASGIApp, release: str, own_cases: bool = False) -> None:
        self._app, self._release, self._own_cases = app, release, own_cases

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, send, self._release, own=self._own_cases and _rests_on_cases(scope["path"]))
        if scope["method"] == "OPTIONS":
            await exchange.options()
            return
        # HEAD is GET whose body is dropped on the way out, so that both have the same headers.
        inner = {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope
        try:
            await self._app(inner, receive, exchange.send)
        except Exception as error:
            _log.error(
                "unforeseen fault at %r: %s: %s", scope["path"], type(error).__name__, error,
                exc_info=bool(os.environ.get("IMRI_KG_DEBUG")),
            )  # fmt: skip
            if exchange.started:
                raise
            await exchange.fault()


class _Exchange:
    """One request and the reply on its way out. `own`: the reply can show datasets of the user's own."""

    def __init__(self, scope: Scope, send: Send, release: str, *, own: bool) -> None:
        self._scope, self._send, self._release, self._own = scope, send, release, own
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
        headers.add_vary_header("Accept")
        # The user's own datasets change within a release, so that no tag made of the release stands for them.
        if status != 200 or self._own or self._scope["method"] not in ("GET", "HEAD"):
            headers["Cache-Control"] = "no-store"
            return {**message, "headers": headers.raw}
        # An address answers differently after the next release: keep a copy, but ask before using it.
        headers["Cache-Control"] = "public, no-cache"
        query = self._scope["query_string"].decode("latin-1")
        target = self._scope["path"] + ("?" + query if query else "")
        tag = entity_tag(self._release, target, headers.get("content-type", ""))
        headers["ETag"] = tag
        if _matches(Headers(scope=self._scope).get("if-none-match", ""), tag):
            self._bodiless = True
            status = 304
            del headers["content-length"]
            del headers["content-type"]
        return {**message, "status": status, "headers": headers.raw}

    async def options(self) -> None:
        """Say what may be asked, to browsers that ask before they send `If-None-Match` from another site."""
        methods = "POST, OPTIONS" if self._scope["path"] in _UPLOADS else _METHODS
        headers = {
            "Allow": methods,
            "Access-Control-Allow-Methods": methods,
            "Access-Control-Allow-Headers": "Accept, Content-Type, If-None-Match",
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


def _rests_on_cases(path: str) -> bool:
    return any(path == address or path.startswith(address + "/") for address in _CASES)


def _matches(wanted: str, tag: str) -> bool:
    """Compare weakly, as RFC 9110 (section 13.1.2) asks for If-None-Match."""
    return wanted.strip() == "*" or tag in (item.strip().removeprefix("W/") for item in wanted.split(","))
