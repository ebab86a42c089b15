"""Every error as a problem document (RFC 9457), with a stable `type` that `docs/api.md` lists.

The application registers `install()`; routes raise errors of `imri_kg.errors` or a `Problem`. No document holds a trace.
404 means that the graph has no such thing, 400 that the request itself is wrong.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any, NamedTuple

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from imri_kg.errors import (
    AmbiguousTermError,
    BadInputError,
    ConflictError,
    CorrectionError,
    ImriError,
    InvalidValueError,
    LibraryError,
    QueryBusyError,
    QueryError,
    QueryLimitError,
    SnapshotError,
    UnknownNameError,
    UnknownTermError,
    ValidationBusyError,
    ValidationLimitError,
    nearest_names,
)
from imri_kg.vocabulary import PROBLEM
from imri_kg_api import addresses
from imri_kg_api.accepting import preferred

__all__ = ["CONTENT", "KINDS", "CutShortError", "MEDIA_TYPE", "Kind", "Problem", "document", "install", "of_error"]

MEDIA_TYPE = "application/problem+json"


class Kind(NamedTuple):
    """A type of problem: its status, its title, and what a client can do about it."""

    status: int
    title: str
    remedy: str


#: The local names of the types. They are a promise: a name is never given another meaning.
KINDS: Mapping[str, Kind] = {
    "unknown-term": Kind(404, "No such construct", "`understood` says how the text was read, `candidates` what is near it."),
    "ambiguous-term": Kind(404, "Several constructs have this label or code", "Ask again with the CURIE of one of the `candidates`."),
    "unknown-prefix": Kind(404, "No such prefix", "`known` lists the prefixes. Parameters of stored queries alone meet it; elsewhere a construct with such a prefix is an `unknown-term`."),
    "unknown-framework": Kind(404, "No such framework edition", "`known` lists the keys, `nearest` those spelt alike."),
    "unknown-record": Kind(404, "No such mapping record", "`nearest` names records spelt alike; records are listed at /api/v1/mappings."),
    "unknown-source": Kind(404, "No such source", "`nearest` names sources spelt alike; they are listed at /api/v1/sources."),
    "unknown-evidence": Kind(404, "No such piece of evidence", "`nearest` names evidence spelt alike; that of a source is listed at /api/v1/sources/{key}."),
    "unknown-case": Kind(404, "No such case", "`nearest` names cases spelt alike; they are listed at /api/v1/cases."),
    "unknown-resource": Kind(404, "No such resource", "`nearest` names IRIs and files spelt alike; what there is is listed at /downloads and /.well-known/void."),
    "unknown-query": Kind(404, "No such stored query", "`nearest` names queries spelt alike; they are listed at /api/v1/queries."),
    "no-such-address": Kind(404, "Nothing is served at this address", "`nearest` names addresses spelt alike; all are listed at /docs."),
    "unknown-parameter": Kind(400, "No such parameter", "`known` lists the parameters of the address, `nearest` those spelt alike."),
    "repeated-parameter": Kind(400, "A parameter was given more than once", "Give it once; `parameter` names it."),
    "missing-parameter": Kind(400, "A parameter is missing", "`parameter` names it, `detail` says what it takes."),
    "invalid-parameter": Kind(400, "A parameter has a value that cannot be used", "`parameter` names it, `detail` says what it may be."),
    "unknown-value": Kind(400, "A parameter has a value outside its list", "`known` lists the values, `nearest` those spelt alike."),
    "conflicting-parameters": Kind(400, "Two parameters exclude each other", "Leave one of them out."),
    "invalid-correction": Kind(400, "A correction of a cell cannot be applied", "`correction` is its number in the list, from 1; `file`, `sheet`, `row` and `column` say what it names, `detail` what is wrong with it."),
    "query-refused": Kind(400, "The query cannot be run", "`detail` says why."),
    "unknown-graph": Kind(400, "The graph has no such named graph", "`nearest` names graphs spelt alike; the service description at /sparql lists them."),
    "update-refused": Kind(403, "Updates are refused", "A release never changes; only queries are answered."),
    "query-timeout": Kind(408, "The query met the time limit", "Ask for less, or page with LIMIT and OFFSET; no part of an answer counts."),
    "query-memory": Kind(413, "The query met the memory limit", "Ask for less: fewer cross products, less to sort; no part of an answer counts."),
    "result-too-large": Kind(413, "The answer is larger than is sent", "Page with ORDER BY, LIMIT and OFFSET; no part of an answer counts."),
    "query-busy": Kind(503, "Too many queries are waiting", "Ask again after the seconds that Retry-After names."),
    "unsupported-media-type": Kind(415, "The body has a media type that is not read", "`known` lists those that are."),
    "invalid-page-token": Kind(400, "Not a page token of this question", "Take `next` of a reply to the same question, unchanged."),
    "expired-page-token": Kind(410, "A page token of another release", "Ask again from the first page."),
    "answer-changed": Kind(410, "The release gives another answer now", "`permalink` leads to the present answer; what changed is the software or the address, or the digest was mistyped or cut."),
    "not-acceptable": Kind(406, "The answer has none of the forms asked for", "`known` lists the media types; or use ?format=."),
    "method-not-allowed": Kind(405, "The address does not take this method", "The header Allow names the methods."),
    "bad-request": Kind(400, "The request cannot be used", "`detail` says why."),
    "too-large": Kind(413, "More was sent than is taken", "`detail` says how much is."),
    "validation-limit": Kind(413, "A validation met a limit", "`limit` says which (time, memory, output); send less at a time."),
    "validation-busy": Kind(503, "Too many validations are waiting", "Send it again after the seconds that Retry-After names."),
    "graph-unavailable": Kind(503, "The graph cannot be read at the moment", "Ask again later; who runs the server finds the cause in its output."),
    "library-unavailable": Kind(
        503, "The library of case datasets cannot be read",
        "All answers without cases still come. Who runs the server finds the cause in its output, and goes back to the last state with `imri-kg import --undo`, or serves without `--library`.",
    ),
    "unknown-release": Kind(404, "No such release is kept here", "`known` lists the releases that are; the rest is at /releases."),
    "unknown-host": Kind(421, "This server does not answer for that host", "Use the address that the server names when it starts, or have the host allowed."),
    "foreign-site": Kind(403, "A page of another site asked", "Only pages of this server may ask at this address; programs send no header Origin."),
    "address-too-long": Kind(414, "The address is too long", "`detail` says how long it may be; send long queries with POST."),
    "headers-too-large": Kind(431, "The headers are too many or too large", "`detail` says how large they may be."),
    "slow-request": Kind(408, "The request did not come in time", "Send it again, faster or in smaller parts."),
    "rate-limited": Kind(429, "Too many requests came from this address", "Ask again after the seconds that Retry-After names."),
    "server-busy": Kind(503, "The server has too much to do", "Ask again after the seconds that Retry-After names."),
    "not-ready": Kind(503, "The server takes no questions at the moment", "It starts or stops; ask again after the seconds that Retry-After names."),
    "internal-error": Kind(500, "An unforeseen fault of the server", "Report it with the address that you asked."),
}

_log = logging.getLogger("imri_kg_api")

#: Kinds of names in `UnknownNameError` that stand for things of the graph; all others are values of a parameter.
_THINGS = {
    "framework": "unknown-framework",
    "mapping record": "unknown-record",
    "evidence": "unknown-evidence",
    "source key": "unknown-source",
    "query": "unknown-query",
    "graph": "unknown-graph",
    "resource": "unknown-resource",
    "download": "unknown-resource",
    "problem type": "unknown-resource",
    "release": "unknown-release",
    "case": "unknown-case",
    "prefix": "unknown-prefix",
    "parameter": "unknown-parameter",
}
#: Longer lists of known names help nobody.
_MOST_KNOWN = 60
#: What a value has to be, by the type of fault that pydantic finds in it.
_WANTED = {
    "bool_parsing": "write true or false", "int_parsing": "it has to be a whole number", "int_parsing_size": "the number is too large", "int_from_float": "it has to be a whole number",
    "float_parsing": "it has to be a number", "finite_number": "it has to be a number, and not infinite", "greater_than": "it has to be above {gt:g}", "less_than": "it has to be below {lt:g}",
    "greater_than_equal": "it has to be at least {ge:g}", "less_than_equal": "it has to be at most {le:g}", "literal_error": "it has to be {expected}",
}  # fmt: skip
_LONGEST_SHOWN = 80
#: As much of a path as a document repeats.
_LONGEST_PATH = 500
_PAGE = "text/html"
#: What OpenAPI says of the body of an error: a document to programs, the same as a page to browsers.
CONTENT = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}, _PAGE: {"schema": {"type": "string"}}}


class Problem(Exception):
    """A problem that a route meets before it reaches a service.

    Attributes:
        kind: one of the local names in `KINDS`.
        detail: what was found and what to do, in one or two sentences.
        members: further members of the document.
    """

    def __init__(self, kind: str, detail: str, **members: Any) -> None:
        self.kind, self.detail, self.members = kind, detail, members
        super().__init__(detail)


class CutShortError(Exception):
    """A reply that has begun cannot be brought to its end; the connection is closed before the end of the body, so that no client takes it for whole."""


def document(kind: str, detail: str, *, release: str, instance: str, **members: Any) -> dict[str, Any]:
    """Return a problem document.

    Args:
        kind: local name of the type.
        detail: what happened this time.
        release: release of the graph that answered.
        instance: path that was asked.
        members: further members; those that are None are left out.
    """
    given = {name: value for name, value in members.items() if value is not None}
    return {
        "type": PROBLEM[kind],
        "title": KINDS[kind].title,
        "status": KINDS[kind].status,
        "detail": detail,
        "instance": instance,
        **given,
        "release": release,
    }


def reply(request: Request, kind: str, detail: str, headers: Mapping[str, str] | None = None, **members: Any) -> Response:
    """Return a problem document as a response to a request; a page to a browser."""
    body = document(kind, detail, release=request.app.state.graph.release, instance=request.url.path[:_LONGEST_PATH], **members)
    page = getattr(request.app.state, "problem_page", None)
    if page is not None and preferred(request.headers.get("accept", ""), [MEDIA_TYPE, "application/json", _PAGE]) == _PAGE:
        shown: Response = page(request, body, KINDS[kind].remedy)
        shown.headers.update(headers or {})
        return shown
    return Response(
        json.dumps(body, ensure_ascii=False, indent=2) + "\n",
        status_code=KINDS[kind].status,
        headers=dict(headers or {}),
        media_type=MEDIA_TYPE,
    )


def of_error(error: ImriError) -> tuple[str, dict[str, Any]]:
    """Return the type of an error of the library, and the members that its data give."""
    if isinstance(error, UnknownTermError):
        kind = "ambiguous-term" if isinstance(error, AmbiguousTermError) else "unknown-term"
        return kind, {"value": error.value, "understood": error.understood, "candidates": [c.to_json() for c in error.candidates]}
    if isinstance(error, UnknownNameError):
        known = sorted(error.known) if len(error.known) <= _MOST_KNOWN else None
        members = {"value": error.value, "nearest": list(error.nearest), "known": known}
        kind = _THINGS.get(error.kind, "unknown-value")
        return kind, {"parameter": error.kind, **members} if kind == "unknown-value" else members
    if isinstance(error, ConflictError | InvalidValueError):
        return "conflicting-parameters" if isinstance(error, ConflictError) else "invalid-parameter", {"parameter": error.parameter}
    if isinstance(error, CorrectionError):
        return "invalid-correction", {"correction": error.number or None, **error.place}
    if isinstance(error, QueryError):
        return "query-refused", {}
    if isinstance(error, QueryLimitError):
        return {"time": "query-timeout", "memory": "query-memory"}.get(error.limit, "result-too-large"), {"limit": error.limit, "most": error.most}
    if isinstance(error, QueryBusyError):
        return "query-busy", {}
    if isinstance(error, ValidationLimitError):
        return "validation-limit", {"limit": error.limit, "most": error.most, "advice": error.advice}
    if isinstance(error, ValidationBusyError):
        return "validation-busy", {}
    if isinstance(error, BadInputError):
        return "bad-request", {}
    if isinstance(error, SnapshotError):
        return "graph-unavailable", {}
    if isinstance(error, LibraryError):
        return "library-unavailable", {}
    return "internal-error", {}


def install(app: FastAPI) -> None:
    """Make every error of an application leave as a problem document."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(ImriError, _on_library_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_error)


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return reply(request, error.kind, error.detail, **error.members)


async def _on_library_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ImriError)
    kind, members = of_error(error)
    if KINDS[kind].status < 500:
        return reply(request, kind, str(error), **members)
    if isinstance(error, QueryBusyError | ValidationBusyError):
        # Nothing is wrong inside the server, and the client is told how long to wait.
        return reply(request, kind, str(error), {"Retry-After": "5"}, **members)
    # What is wrong inside the server is no business of the client's: paths and causes go to the server's own output.
    _log.error("%s: %s", type(error).__name__, error)
    return reply(request, kind, KINDS[kind].remedy, {"Retry-After": "30"} if KINDS[kind].status == 503 else None)


async def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = [str(part) for part in first["loc"]]
    name = place[1] if len(place) > 1 else place[0]
    what, example = _described(request, name)
    for_example = f" For example: {name}={example}" if example else ""
    if first["type"] == "missing":
        return reply(request, "missing-parameter", f"The parameter {name!r} is missing.{f' It takes: {what}' if what else ''}{for_example}", parameter=name)
    value = first.get("input")
    shown = f" {value!r}" if isinstance(value, str) and len(value) <= _LONGEST_SHOWN else ""
    detail = f"The value{shown} of the parameter {name!r} cannot be used: {_wanted(first)}.{for_example}"
    return reply(request, "invalid-parameter", detail, parameter=name)


def _described(request: Request, name: str) -> tuple[str, str]:
    """Return the description and an example of a parameter, as OpenAPI has them; empty where there is none."""
    # A route knows its path without what stands before it.
    path = getattr(request.scope.get("route"), "path_format", "")
    operation = next((item for whole, item in request.app.openapi()["paths"].items() if whole.removeprefix("/api/v1") == path), {}).get(request.method.lower(), {})
    found = next((p for p in operation.get("parameters", ()) if p["name"] == name), {})
    examples = found.get("schema", {}).get("examples") or [found.get("example", "")]
    example = examples[0][0] if isinstance(examples[0], list) and examples[0] else examples[0]
    return str(found.get("description", "")), json.dumps(example) if isinstance(example, bool) else str(example)


def _wanted(fault: Mapping[str, Any]) -> str:
    """Return in plain words what a value has to be, from what pydantic says of one that is not."""
    kind, more = str(fault["type"]), fault.get("ctx", {})
    if kind in _WANTED:
        return _WANTED[kind].format(**more)
    if kind == "string_pattern_mismatch" and more.get("pattern", "").startswith("^sha256-"):
        return "it has to be the digest of an answer, as 'permalink' of a reply has it: sha256- and 32 hexadecimal digits"
    return f"{fault['msg'][:1].lower()}{fault['msg'][1:]}"


async def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    path = request.url.path[:_LONGEST_PATH]
    if error.status_code == 404:
        nearest = nearest_names(path, list(request.app.openapi()["paths"]), limit=3)
        hint = f" Did you mean {' or '.join(nearest)}?" if nearest else ""
        return reply(request, "no-such-address", f"Nothing is served at {path!r}.{hint} All addresses are listed at /docs.", nearest=nearest)
    if error.status_code == 405:
        # FastAPI names the methods of one route; others can have the same address, and HEAD and OPTIONS are served too.
        taken = addresses.methods(request.scope) or ("GET", "HEAD", "OPTIONS")
        headers = {"Allow": ", ".join(taken)}
        how = "is read with GET" if "POST" not in taken else f"takes {' and '.join(m for m in taken if m not in ('HEAD', 'OPTIONS'))}"
        return reply(request, "method-not-allowed", f"{path} {how}; {request.method} is not served.", headers)
    return reply(request, "bad-request", str(error.detail))
