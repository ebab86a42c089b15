"""A request read as SPARQL 1.1 Protocol, section 2.1: query by GET, by URL-encoded POST, or directly by POST."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import parse_qsl

from fastapi import Request

from imri_kg.errors import UnknownNameError
from imri_kg_api.problems import Problem
from imri_kg_api.sparql.forms import named

__all__ = ["MOST_BYTES", "Asked", "read_request"]

#: Bytes of a body. A query has at most 50,000 characters, each of which percent-encoding may triple and more.
MOST_BYTES = 1 << 20
MOST_PARAMETERS = 200
_FORM = "application/x-www-form-urlencoded"
_DIRECT = "application/sparql-query"
_UPDATE = "application/sparql-update"
#: Ways in which clients name the form of the answer.
_FORMATS = ("format", "output", "results")
_KNOWN = ("query", "default-graph-uri", "named-graph-uri", *_FORMATS, "timeout")
_OF_UPDATES = ("update", "using-graph-uri", "using-named-graph-uri")


class Asked(NamedTuple):
    """What a request asks. `query` is None where it asks for the service description."""

    query: str | None
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    format: str = ""
    seconds: float | None = None

    @property
    def dataset(self) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        """The dataset that the request names, which stands instead of that of the query; None where it names none."""
        return (self.default_graphs, self.named_graphs) if self.default_graphs or self.named_graphs else None


async def read_request(request: Request) -> Asked:
    """Return what a request asks.

    Raises:
        Problem: the request is not one of the protocol, or asks for an update.
        UnknownNameError: a parameter is unknown.
    """
    pairs = _pairs(request.scope["query_string"], "address")
    if request.method != "POST":
        return _asked(pairs)
    kind, _, settings = request.headers.get("content-type", "").partition(";")
    kind, charset = kind.strip().lower(), _charset(settings)
    if kind not in (_FORM, _DIRECT, _UPDATE):
        said = f"The body has the media type {kind[:100]!r}" if kind else "The body has no media type"
        raise Problem("unsupported-media-type", f"{said}; a query is sent as {_DIRECT} or {_FORM}.", known=[_DIRECT, _FORM])
    body = await _body(request)
    if kind == _FORM:
        return _asked([*pairs, *_pairs(body, "form")])
    if kind == _UPDATE:
        raise _refused_update()
    if any(name == "query" for name, _ in pairs):
        raise Problem("repeated-parameter", "The query stands in the body and in the address; give it once.", parameter="query")
    return _asked([*pairs, ("query", _decoded(body, charset))])


def _asked(pairs: list[tuple[str, str]]) -> Asked:
    for name, _ in pairs:
        if name in _OF_UPDATES:
            raise _refused_update()
        if name not in _KNOWN:
            raise UnknownNameError("parameter", name[:200], list(_KNOWN), "/sparql")
    values = {name: [value for other, value in pairs if other == name] for name in _KNOWN}
    for name in ("query", "timeout"):
        if len(values[name]) > 1:
            raise Problem("repeated-parameter", f"The parameter {name!r} is given {len(values[name])} times; give it once.", parameter=name)
    # SPARQLWrapper gives each of these parameters several times, with a short name, with media types separated by commas, and empty.
    formats = {named(part) for name in _FORMATS for value in values[name] for part in value.split(",") if part.strip()}
    if len(formats) > 1:
        raise Problem("conflicting-parameters", f"Two forms of the answer are asked for: {', '.join(sorted(formats))[:200]}.", parameter="format")
    seconds = _seconds(values["timeout"][0]) if values["timeout"] else None
    if not values["query"] and (values["default-graph-uri"] or values["named-graph-uri"]):
        raise Problem("missing-parameter", "The request names a dataset and has no query.", parameter="query")
    query = values["query"][0] if values["query"] else None
    if query is not None and not query.strip():
        raise Problem("invalid-parameter", "The query is empty.", parameter="query")
    return Asked(query, tuple(values["default-graph-uri"]), tuple(values["named-graph-uri"]), next(iter(formats), ""), seconds)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < 1e9:
        raise Problem("invalid-parameter", f"'timeout' is a number of seconds above 0; {text[:40]!r} is none.", parameter="timeout")
    return seconds


def _pairs(raw: bytes, where: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(raw.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=MOST_PARAMETERS)
    except UnicodeDecodeError as error:
        raise Problem("bad-request", f"The {where} is not percent-encoded UTF-8.") from error
    except ValueError as error:
        raise Problem("bad-request", f"The {where} has more than {MOST_PARAMETERS} parameters.") from error


def _charset(settings: str) -> str:
    for setting in settings.split(";"):
        name, _, value = setting.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return "utf-8"


def _decoded(body: bytes, charset: str) -> str:
    if charset not in ("utf-8", "utf8", "us-ascii", "ascii"):
        raise Problem("unsupported-media-type", f"A query is sent in UTF-8, not in {charset[:40]!r}.", known=["utf-8"])
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem("bad-request", f"The query is not UTF-8 (byte {error.start + 1}).") from error


async def _body(request: Request) -> bytes:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MOST_BYTES:
            raise Problem("too-large", f"More than {MOST_BYTES >> 10:,} KiB were sent; a query has at most 50,000 characters.")
        chunks.append(chunk)
    return b"".join(chunks)


def _refused_update() -> Problem:
    return Problem("update-refused", "Updates are refused: the graph of a release never changes. Only queries are answered here.")
