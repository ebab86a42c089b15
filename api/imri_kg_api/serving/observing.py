"""What a server tells whoever runs it: one line for each request, faults with the same id, and nothing that was asked or sent.

A line names method and path; never the query string, a body or the address of a client. The server calls `configure()`; applications in tests
log as Python does by itself.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from starlette.types import Scope

__all__ = ["REQUEST_ID", "announce", "configure", "request_id", "tell_request"]

#: The id of the request that is being answered, for whatever is logged meanwhile.
REQUEST_ID: ContextVar[str] = ContextVar("imri_kg_request_id", default="")
_SANE_ID = re.compile(rb"[A-Za-z0-9._~-]{1,64}")
_UNPRINTED = re.compile(r"[^\x20-\x7e]")
_LONGEST_PATH = 500
_requests = logging.getLogger("imri_kg_api.requests")
_events = logging.getLogger("imri_kg_api.server")


def request_id(scope: Scope) -> str:
    """Return the id of a request: that of its header `X-Request-ID` where it is a plain token, else a new one."""
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            if _SANE_ID.fullmatch(value):
                return value.decode()
            break
    return secrets.token_hex(8)


def tell_request(scope: Scope, *, number: str, status: int, size: int, seconds: float, release: str) -> None:
    """Log a request that has been answered; status 0 means that the client left before there was a reply."""
    raw = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogateescape")
    path = _UNPRINTED.sub(lambda m: f"%{ord(m[0]):02X}", raw.decode("latin-1")).replace(" ", "%20")
    fields = {
        "id": number,
        "method": _UNPRINTED.sub("?", scope["method"][:20]),
        "path": path if len(path) <= _LONGEST_PATH else path[:_LONGEST_PATH] + "...",
        "status": status,
        "bytes": size,
        "ms": round(seconds * 1000, 1),
        "release": release,
    }
    _requests.info("request", extra={"fields": fields})


def announce(message: str, *, problem: bool = False) -> None:
    """Log what happens to the server as a whole: a new release, a worker that ended."""
    _events.log(logging.ERROR if problem else logging.INFO, "%s", message)


def configure(form: str, *, requests: bool) -> None:
    """Send the logs of this process to standard error.

    Args:
        form: `text` or `json`, one line or one object for each event.
        requests: whether requests are logged, and not only faults and events.
    """
    # No encoding of the terminal makes a line fail: every character beyond ASCII is escaped.
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if form == "json" else _Text())
    for name, level in (("imri_kg_api", logging.INFO), ("uvicorn.error", logging.ERROR), ("asyncio", logging.ERROR)):
        logger = logging.getLogger(name)
        logger.handlers[:] = [handler]
        logger.setLevel(level)
        logger.propagate = False
    # A reply that is cut short on purpose is told where it is cut.
    logging.getLogger("uvicorn.error").addFilter(lambda record: "returned without completing response" not in record.getMessage())
    _requests.setLevel(logging.INFO if requests else logging.CRITICAL)


class _Json(logging.Formatter):
    """One JSON object on one line; JSON escapes what could end the line."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(_described(self, record), ensure_ascii=True)


class _Text(logging.Formatter):
    """Time, level and words on one line; of a request its fields in a fixed order."""

    def format(self, record: logging.LogRecord) -> str:
        told = _described(self, record)
        if record.name == _requests.name:
            words = "{id} {method} {path} {status} {bytes}B {ms}ms {release}".format(**told)
        else:
            words = " ".join(filter(None, (told["message"], f"[{told['id']}]" if told.get("id") else "")))
        line = f"{told['time']} {told['level']} {words}"
        # A trace, which is shown to those who asked for it, keeps its lines.
        lines = [line, *told.get("trace", "").splitlines()]
        return "\n".join(_UNPRINTED.sub(lambda m: m[0].encode("unicode_escape").decode(), part) for part in lines)


def _described(formatter: logging.Formatter, record: logging.LogRecord) -> dict[str, Any]:
    when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    told: dict[str, Any] = {"time": when, "level": record.levelname.lower(), "event": "request" if record.name == _requests.name else "message"}
    if told["event"] == "request":
        return {**told, **vars(record)["fields"]}
    told["message"] = record.getMessage()
    if REQUEST_ID.get():
        told["id"] = REQUEST_ID.get()
    if record.exc_info:
        told["trace"] = formatter.formatException(record.exc_info)
    return told
