"""Addresses that replies give: of the next page, of other forms, and the permanent one of an answer; and what may be asked at an address.

Called by `replying`, `doorway` and `problems`. Every address is relative to the root of the server and keeps the prefix below which a proxy,
or the service for old releases, serves the application (`root_path`, ASGI).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from starlette.routing import BaseRoute, Match, Mount
from starlette.types import Scope

__all__ = ["ANSWER", "address", "canonical", "digest", "is_page", "lasts", "methods", "page_address", "permanent", "route_path"]

#: The parameter that names the answer that is expected.
ANSWER = "answer"
#: Parameters that choose a form of an answer, or say which one is expected: the answer itself is the same without them.
_ASIDE = ("format", ANSWER)
#: Below this prefix old releases are kept, each at its name.
_RELEASES = "/releases/"
#: Below it stand the addresses whose answers a release alone decides; others tell how the server stands.
_API = "/api/"
#: Where the API lives; a change that breaks clients gets another number.
PREFIX = "/api/v1"
#: The areas of the API whose answers have pages: each stands at the address of its route without the prefix.
_PAGES = frozenset({
    "cases", "changes", "cite", "concepts", "coverage", "crosswalks", "evidence", "explain", "frameworks", "mappings", "matrix", "pathways", "queries", "search", "sources",
})  # fmt: skip
#: What a path may hold as it is.
_SAFE = "/:@!$&'()*+,;=~-._"
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

Pairs = Iterable[tuple[str, str]]


def route_path(scope: Scope) -> str:
    """Return the path of a request without the prefix below which the application is served."""
    root, path = str(scope.get("root_path", "")), str(scope["path"])
    return path[len(root) :] if root and (path + "/").startswith(root + "/") else path


def address(scope: Scope, parameters: Pairs, *, prefix: str | None = None) -> str:
    """Return the address of a request with other parameters.

    Args:
        scope: the request.
        parameters: names and values, in the order in which they are written.
        prefix: what the path begins with; the prefix of the request when None.
    """
    path = quote((str(scope.get("root_path", "")) if prefix is None else prefix) + route_path(scope), safe=_SAFE)
    # A path that begins with two slashes would be the address of another host.
    path = "/" + path.lstrip("/")
    query = urlencode(list(parameters), safe=":/")
    return f"{path}?{query}" if query else path


def canonical(parameters: Pairs) -> list[tuple[str, str]]:
    """Return the parameters that an answer depends on, each once and sorted."""
    return sorted({(name, value) for name, value in parameters if name not in _ASIDE})


def permanent(scope: Scope, parameters: Pairs, release: str, expected: str) -> str:
    """Return the permanent address of an answer: the question below its release, and the answer that is expected.

    Args:
        scope: the request.
        parameters: its parameters.
        release: release of the graph that answered.
        expected: `digest` of the answer.
    """
    below = f"{_RELEASES}{release}"
    outer = str(scope.get("root_path", "")).removesuffix(below)
    return address(scope, [*canonical(parameters), (ANSWER, expected)], prefix=outer + below)


def lasts(path: str) -> bool:
    """Say whether a release alone decides the answer at a path, and not how the server stands at the moment."""
    return path.startswith(_API) or is_page(path)


def is_page(path: str) -> bool:
    """Say whether an answer of the API is served at a path as a page, with its data beside it.

    >>> is_page("/concepts/imri:B1"), is_page("/api/v1/concepts/imri:B1"), is_page("/sparql")
    (True, False, False)
    """
    return path.partition("/")[2].partition("/")[0] in _PAGES


def page_address(scope: Scope, parameters: Pairs) -> str | None:
    """Return the address of the page that shows the answer to a request; None where there is none."""
    path = route_path(scope).removeprefix(PREFIX)
    if not is_page(path):
        return None
    shown = {**scope, "path": str(scope.get("root_path", "")) + path}
    return address(shown, [(name, value) for name, value in parameters if name not in _ASIDE])


def digest(body: Mapping[str, Any]) -> str:
    """Return what stands for an answer: the SHA-256 of its canonical JSON, cut to 128 bits.

    Canonical is: members sorted by name, no spaces, characters as UTF-8. `permalink` takes no part, as it holds the digest.

    >>> digest({"b": 1, "a": "é", "permalink": "anything"})
    'sha256-03a52e5b0d5ac6b1dd9e3eb6d54dc9b4'
    """
    rest = {name: value for name, value in body.items() if name != "permalink"}
    text = json.dumps(rest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"sha256-{hashlib.sha256(text.encode('utf-8', 'surrogateescape')).hexdigest()[:32]}"


def methods(scope: Scope) -> tuple[str, ...] | None:
    """Return the methods that the application takes at the address of a request, HEAD and OPTIONS among them; none where nothing is served.

    None stands for an application of its own that is mounted there, and answers for itself.
    """
    routes: Iterable[BaseRoute] = scope["app"].router.routes
    found: set[str] = set()
    for route in routes:
        if isinstance(route, Mount) and route.matches(scope)[0] is not Match.NONE:
            return None
        found |= {method for method in _METHODS if method not in found and route.matches({**scope, "method": method})[0] is Match.FULL}
    if not found:
        return ()
    listed = [method for method in _METHODS if method in found]
    return (*(["GET", "HEAD"] if "GET" in found else []), *(m for m in listed if m != "GET"), "OPTIONS")
