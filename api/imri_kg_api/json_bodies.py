"""JSON that a client sends: read within a limit and parsed strictly.

Called by routes that take JSON. Nothing that is sent is written to disk, logged or kept after the reply.
"""

from __future__ import annotations

import json
from typing import Any

from fastapi import Request

from imri_kg_api.problems import Problem

__all__ = ["MOST_BYTES", "read_json"]

#: What one request may send.
MOST_BYTES = 1 << 20


async def read_json(request: Request) -> Any:
    """Return the body of a request as JSON gives it.

    Raises:
        Problem: it is too large, or no JSON.
    """
    pieces: list[bytes] = []
    seen = 0
    async for piece in request.stream():
        seen += len(piece)
        if seen > MOST_BYTES:
            raise Problem("too-large", f"More than {MOST_BYTES >> 20} MiB were sent; send less at a time.")
        pieces.append(piece)
    if not seen:
        raise Problem("bad-request", "The body is empty; send JSON in it.")
    try:
        return json.loads(b"".join(pieces).decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_number)
    except UnicodeDecodeError as error:
        raise Problem("bad-request", f"The body is not UTF-8 (byte {error.start}).") from error
    except RecursionError as error:
        raise Problem("bad-request", "The JSON is nested too deeply.") from error
    except json.JSONDecodeError as error:
        raise Problem("bad-request", f"The body is not JSON: {error.msg[:1].lower()}{error.msg[1:]} (line {error.lineno}, column {error.colno}).") from error
    except ValueError as error:
        # A number with thousands of digits, which Python refuses to read.
        raise Problem("bad-request", "The JSON holds a number that cannot be read.") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Problem("bad-request", f"The JSON has an object in which the member {twice[:60].encode('utf-8', 'replace').decode()!r} stands twice.")
    return found


def _no_number(name: str) -> Any:
    raise Problem("bad-request", f"The JSON holds {name}, which is no JSON.")
