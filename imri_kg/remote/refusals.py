"""Problem documents of a server as the errors of the library, with the same text and the same data on the object.

Called by the remote graph for every reply that is no answer. A client that catches `UnknownTermError` catches it here and there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from imri_kg.errors import (
    AmbiguousTermError,
    BadInputError,
    Candidate,
    ConflictError,
    ImriError,
    InvalidValueError,
    LibraryError,
    QueryBusyError,
    QueryError,
    QueryLimitError,
    ServerError,
    SnapshotError,
    UnknownNameError,
    UnknownTermError,
    ValidationBusyError,
    ValidationLimitError,
)
from imri_kg.remote.connection import Reply
from imri_kg.remote.members import Members

__all__ = ["PROBLEMS", "error_in", "error_of", "kind_of"]

_E = TypeVar("_E", bound=ImriError)
#: The media type of problem documents (RFC 9457).
PROBLEMS = "application/problem+json"
#: Types of problems about a name of the graph, with what `UnknownNameError` calls such a thing.
_NAMES = {
    "unknown-framework": "framework",
    "unknown-record": "mapping record",
    "unknown-evidence": "evidence",
    "unknown-source": "source key",
    "unknown-case": "case",
    "unknown-query": "query",
    "unknown-prefix": "prefix",
    "unknown-graph": "graph",
    "unknown-release": "release",
    "unknown-parameter": "parameter",
    "unknown-value": "value",
}
#: Types without data of their own.
_PLAIN: Mapping[str, type[ImriError]] = {
    "query-refused": QueryError,
    "update-refused": QueryError,
    "query-busy": QueryBusyError,
    "validation-busy": ValidationBusyError,
    "graph-unavailable": SnapshotError,
    "library-unavailable": LibraryError,
}
_LIMITS: Mapping[str, type[QueryLimitError | ValidationLimitError]] = {
    "query-timeout": QueryLimitError,
    "query-memory": QueryLimitError,
    "result-too-large": QueryLimitError,
    "validation-limit": ValidationLimitError,
}
_SETTINGS: Mapping[str, type[ConflictError | InvalidValueError]] = {"conflicting-parameters": ConflictError, "invalid-parameter": InvalidValueError}
_VERSIONS = "Client and server may be of different versions; the server lists its addresses at /docs."
#: Types that say that client and server do not understand each other, or that the server cannot answer now, with what to do.
_SERVER = {
    "internal-error": "Report it to whoever runs the server.",
    "no-such-address": _VERSIONS,
    "method-not-allowed": _VERSIONS,
    "not-acceptable": _VERSIONS,
    "unsupported-media-type": _VERSIONS,
    "unknown-host": "Use the address under which the server answers.",
    "slow-request": "Ask again.",
    "rate-limited": "Ask again later, and less often.",
}


def kind_of(document: Mapping[str, Any]) -> str:
    """Return the local name of the type of a problem document, empty where it has none."""
    return str(document.get("type", "")).rpartition("/")[2]


def error_of(reply: Reply, *, of_query: bool = False) -> ImriError:
    """Return the error that a reply stands for.

    Args:
        reply: a reply with a status that is no success.
        of_query: whether SPARQL text of the user's own was asked; a refusal that is not known otherwise is then one of the query.
    """
    if reply.media_type != PROBLEMS:
        return ServerError(reply.address, f"The server answered with status {reply.status} and no problem document.", "Check the address; something between you and the server may have answered.")
    return error_in(reply.json(), reply.address, of_query=of_query)


def error_in(raw: Mapping[str, Any], address: str, *, of_query: bool = False) -> ImriError:
    """Return the error that a problem document stands for."""
    document, kind = Members(raw, address), kind_of(raw)
    detail = document.text("detail")
    if kind in _SERVER or document.whole("status") >= 500 and kind not in _PLAIN:
        return ServerError(address, detail, _SERVER.get(kind, "Ask again later."))
    if kind in ("unknown-term", "ambiguous-term"):
        return _term(AmbiguousTermError if kind == "ambiguous-term" else UnknownTermError, document, detail)
    if kind in _NAMES or kind.startswith("unknown-") and document.has("value"):
        return _name(_NAMES.get(kind, kind.removeprefix("unknown-").replace("-", " ")), document, detail)
    if kind in _LIMITS:
        limit = _bare(_LIMITS[kind], detail)
        limit.limit, limit.most, limit.advice = (str(raw.get(name) or "") for name in ("limit", "most", "advice"))
        return limit
    if kind in _SETTINGS:
        return _SETTINGS[kind](detail, str(raw.get("parameter") or ""))
    if kind in _PLAIN:
        return _PLAIN[kind](detail)
    return QueryError(detail) if of_query else BadInputError(detail)


def _term(kind: type[UnknownTermError], document: Members, detail: str) -> UnknownTermError:
    error = _bare(kind, detail)
    error.value, error.understood = document.text("value"), document.text_or_none("understood") or ""
    error.candidates = tuple(Candidate(c.text("curie"), c.text("label"), c.text("framework"), c.number("score")) for c in document.objects("candidates"))
    return error


def _name(kind: str, document: Members, detail: str) -> UnknownNameError:
    value = document.text("value")
    # The sentence names what a name was to be; the parameter in which it stood may be called otherwise.
    told = re.match(r"Unknown (.+?) " + re.escape(repr(value)), detail)
    error = _bare(UnknownNameError, detail)
    error.kind, error.value = told[1] if told and kind == "value" else kind, value
    error.nearest = list(document.texts("nearest")) if document.has("nearest") else []
    error.known = document.texts("known") if document.has("known") else ()
    return error


def _bare(kind: type[_E], detail: str) -> _E:
    """Return an error with a text that was written elsewhere."""
    error = kind.__new__(kind, detail)
    Exception.__init__(error, detail)
    return error
