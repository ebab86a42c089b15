"""Ordinary requests of a mixed traffic, each of which has one right answer for as long as the server runs.

Called by `soak`. Every request is asked at the start, and later replies are held against the first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.asking import Connection, Reply, read_reply, request, sparql_request
from benchmarks.comparing import meaning
from benchmarks.results import NothingMeasuredError

__all__ = ["Ask", "Expected", "ordinary", "references"]

_QUERIES = Path(__file__).resolve().parent / "queries"
_TABLE = (
    "Observation,Case,Kind,Phase,Statement,Construct,Valence,Coding,Source,Locator\n"
    "o1,c1,determinant,adoption,A statement made up for a measurement.,cfir2022:III.D,barrier,curated,s1,p. 1\n"
    "o2,c1,determinant,adoption,Another statement made up for a measurement.,Cultur,barrier,curated,s1,p. 2\n"
)
_BATCH = {"items": ["imri:B1", "Identity", {"subject": "logic:M3", "object": "chime:I"}, "nonsense"], "object_framework": ["chime"]}
_JSON, _TURTLE, _HTML = "application/json", "text/turtle", "text/html"
#: Kind, address, what is accepted, form of the answer, and how often the kind is asked beside the others.
_READ: tuple[tuple[str, str, str, str, float], ...] = (
    ("lookup", "/api/v1/mappings?subject=imri:B1&object_framework=chime", _JSON, "json", 4),
    ("lookup", "/api/v1/mappings?subject=logic:M3&object=chime:I", _JSON, "json", 4),
    ("search", "/api/v1/search?q=hope", _JSON, "json", 3),
    ("search", "/api/v1/search?q=leadrship", _JSON, "json", 3),
    ("crosswalk", "/api/v1/crosswalks/imri/chime", _JSON, "json", 1),
    ("explain", "/api/v1/explain?subject=logic:M3&object=chime:I", _JSON, "json", 2),
    ("explain", "/api/v1/explain?subject=imri:T7&object=cfir2022:III.D", _JSON, "json", 2),
    ("linked data", "/id/imri/B1", _TURTLE, "bytes", 1),
    ("linked data", "/id/chime/H", "application/ld+json", "json", 1),
    ("linked data", "/id/cfir2022/III.D", _HTML, "bytes", 1),
    ("stored query", "/api/v1/queries/cq01", _JSON, "json", 1),
    ("stored query", "/api/v1/queries/cq31", _JSON, "json", 1),
    ("pathways", "/api/v1/pathways?from=logic:M3&to=chime:I", _JSON, "json", 0.5),
    ("cases", "/api/v1/cases", _JSON, "json", 0.5),
)


class Ask(NamedTuple):
    """A request: its kind, a name of its own, its bytes, the form of its answer, its weight, and whether it goes to the pool of queries."""

    kind: str
    name: str
    prepared: bytes
    form: str
    weight: float
    sparql: bool = False


class Expected(NamedTuple):
    """The reply of the start: its bytes, and what they mean."""

    body: bytes
    meaning: Any

    def agrees(self, form: str, body: bytes) -> bool:
        """Say whether another reply says the same."""
        if body == self.body:
            return True
        try:
            return bool(meaning(form, body) == self.meaning)
        except (ValueError, KeyError, TypeError):
            # It is not even of the form.
            return False


def ordinary() -> Iterator[Ask]:
    """Yield every ordinary request."""
    for kind, target, accept, form, weight in _READ:
        yield Ask(kind, f"{target} as {accept}", request("GET", target, headers={"Accept": accept}), form, weight)
    sent = {"Accept": _JSON, "Content-Type": _JSON}
    yield Ask("batch", "batch", request("POST", "/api/v1/mappings/batch", headers=sent, body=json.dumps(_BATCH).encode()), "json", 1)
    sent = {"Accept": _JSON, "Content-Type": "text/csv"}
    yield Ask("validate", "validate", request("POST", "/api/v1/validate?name=determinants.csv&framework=cfir-2022", headers=sent, body=_TABLE.encode()), "json", 0.05)
    for name, form, accept, weight in (
        ("lookup", "rows", "application/sparql-results+json", 6), ("labels", "rows", "application/sparql-results+json", 2),
        ("statements", "statements", "application/n-triples", 2),
    ):  # fmt: skip
        query = (_QUERIES / f"{name}.rq").read_text(encoding="utf-8")
        kind = "sparql small" if name == "lookup" else "sparql large"
        for post in (False, True):
            yield Ask(kind, f"sparql {name} by {'POST' if post else 'GET'}", sparql_request("/sparql", query, accept, post=post), form, weight, sparql=True)


def references(port: int, asks: list[Ask], times: int = 3) -> dict[str, Expected]:
    """Ask everything a few times and return the replies by name.

    Raises:
        NothingMeasuredError: a reply is no answer, or two replies to one request differ already now.
    """
    found: dict[str, Expected] = {}
    with Connection(port) as connection:
        for ask in asks * times:
            reply: Reply = read_reply(connection.ask(ask.prepared))
            if reply.status != 200 or not reply.body:
                raise NothingMeasuredError(f"{ask.name}: the server answers {reply.status} at the start: {reply.body[:300].decode(errors='replace')}")
            if ask.name not in found:
                found[ask.name] = Expected(reply.body, meaning(ask.form, reply.body))
            elif not found[ask.name].agrees(ask.form, reply.body):
                raise NothingMeasuredError(f"{ask.name}: two replies differ at the start, so that later ones cannot be compared.")
    return found
