"""Requests that mean harm, each with the outcomes that are fine.

Called by `soak`. An outcome is the status of the reply; `broken` where the connection ended within a reply, `closed` where it ended before one, `left`
where it was the client who went.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from benchmarks.asking import BrokenReplyError, Connection, Reply, read_reply, request, sparql_request

__all__ = ["Act", "acts", "outcome_of"]

_QUERIES = Path(__file__).resolve().parent / "queries"
_ROWS = "application/sparql-results+json"
_MIB = 1 << 20
#: A query that is refused for a while because others run.
_BUSY = "503"


class Act(NamedTuple):
    """One kind of harm: what does it on a port and returns the outcome, the outcomes that are fine, and how often it is done beside the others."""

    kind: str
    do: Callable[[int], str]
    fine: frozenset[str]
    weight: float = 1.0


def acts() -> Iterator[Act]:
    """Yield every kind of harm."""
    cross_join, everything = _query("cross-join"), _query("everything")
    yield Act("cross join", partial(_exchange, data=cross_join), frozenset({"408", _BUSY}), 3)
    yield Act("memory bomb", partial(_exchange, data=_query("memory-bomb")), frozenset({"413", "408", _BUSY}), 2)
    yield Act("bomb that is sorted", partial(_exchange, data=_query("sorted-bomb")), frozenset({"413", "408", _BUSY}))
    yield Act("endless answer", partial(_exchange, data=_query("endless")), frozenset({"broken", "413", "408", _BUSY}))
    yield Act("deep nesting", partial(_exchange, data=_nested("{", "}")), frozenset({"400"}))
    yield Act("deep expression", partial(_exchange, data=_nested("FILTER(" + "(" * 5000 + "1", ")" * 5001)), frozenset({"400"}))
    yield Act("SERVICE", partial(_exchange, data=_query("service")), frozenset({"400"}))
    yield Act("update", partial(_exchange, data=_query("update")), frozenset({"400", "403"}))
    yield Act("query too long", partial(_exchange, data=_direct(b"#" * (2 * _MIB))), frozenset({"413"}))
    yield Act("announced body too large", partial(_exchange, data=_announced(200 * _MIB) + bytes(_MIB)), frozenset({"413"}))
    yield Act("body in chunks too large", partial(_exchange, data=_chunked(2 * _MIB)), frozenset({"413"}))
    yield Act("address too long", partial(_exchange, data=request("GET", "/api/v1/search?q=" + "a" * 20_000)), frozenset({"414"}))
    yield Act("no HTTP", partial(_exchange, data=b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"), frozenset({"400", "closed"}))
    yield Act("half a body, left", partial(_leave, data=_announced(1000) + b"Observation"), frozenset({"left"}))
    yield Act("half a body, waiting", partial(_exchange, data=_announced(1000) + b"Observation"), frozenset({"408"}), 0.3)
    yield Act("half a head, waiting", partial(_exchange, data=b"GET /api/v1/search?q=hope HTTP/1.1\r\nHost: 127.0.0.1\r\n"), frozenset({"408", "closed"}), 0.3)
    yield Act("leaves within an answer", partial(_leave, data=everything, after_bytes=65536), frozenset({"left", _BUSY}), 2)
    yield Act("leaves a cross join", partial(_leave, data=cross_join, after_seconds=0.3), frozenset({"left"}))


def outcome_of(reply: Reply) -> str:
    """Return the outcome of a whole reply; one that sends clients away without a time is none that is fine."""
    if reply.status == 503 and not reply.headers.get("retry-after", "").isdigit():
        return "503 without Retry-After"
    return str(reply.status)


def _query(name: str) -> bytes:
    return sparql_request("/sparql", (_QUERIES / f"{name}.rq").read_text(encoding="utf-8"), _ROWS, post=True)


def _nested(left: str, right: str) -> bytes:
    times = 1 if len(left) > 1 else 5000
    return sparql_request("/sparql", f"SELECT * {{ {left * times} ?s ?p ?o {right * times} }}" if times > 1 else f"SELECT * {{ ?s ?p ?o {left}{right} }}", _ROWS, post=True)


def _direct(body: bytes) -> bytes:
    return request("POST", "/sparql", headers={"Content-Type": "application/sparql-query"}, body=body)


def _announced(size: int) -> bytes:
    head = request("POST", "/api/v1/validate?name=determinants.csv", headers={"Content-Type": "text/csv"})
    return head.replace(b"Content-Length: 0", b"Content-Length: %d" % size)


def _chunked(size: int) -> bytes:
    head = _direct(b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    return head + b"".join(b"10000\r\n" + b"#" * 65536 + b"\r\n" for _ in range(size >> 16)) + b"0\r\n\r\n"


def _exchange(port: int, data: bytes) -> str:
    """Send bytes and return what comes of it."""
    with Connection(port) as connection:
        try:
            return outcome_of(read_reply(connection.ask(data)))
        except BrokenReplyError as error:
            return "broken" if error.status == 200 else "closed" if error.status is None else f"broken {error.status}"
        except TimeoutError:
            return "no reply"


def _leave(port: int, data: bytes, after_bytes: int = 0, after_seconds: float = 0.0) -> str:
    """Send bytes, wait for a part of the reply or for a while, and go without a farewell."""
    found = b""
    with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
        connection.sendall(data)
        time.sleep(after_seconds)
        while len(found) < after_bytes and (part := connection.recv(65536)):
            found += part
            if found.startswith(b"HTTP/1.1 503") and b"\r\n\r\n" in found:
                return _BUSY
        with contextlib.suppress(OSError):
            # The end is a reset, as of a process that was killed.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return "left" if len(found) >= after_bytes else f"only {len(found)} bytes"
