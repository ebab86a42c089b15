"""What OpenAPI says of `/sparql`."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from imri_kg_api import problems
from imri_kg_api.sparql.forms import RESULT_TYPES

__all__ = ["BY_GET", "BY_POST", "RESPONSES"]

_TEXT: dict[str, Any] = {"schema": {"type": "string"}}
_STATUSES = (400, 403, 406, 408, 413, 415, 500, 503)


def _titles(status: int) -> str:
    return "; ".join(f"{kind.title} (`{name}`)" for name, kind in problems.KINDS.items() if kind.status == status) + "."


RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The answer; without a query, the service description.", "content": {media_type: _TEXT for media_type in RESULT_TYPES}},
    304: {"description": "Unchanged since the release that `If-None-Match` names."},
    **{status: {"description": _titles(status), "content": problems.CONTENT} for status in _STATUSES},
}


def _parameter(name: str, description: str, schema: dict[str, Any], example: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema, "example": example}


_STRING = {"type": "string"}
_QUERY = (files(__package__) / "example.rq").read_text(encoding="utf-8").strip()
_PARAMETERS = [
    _parameter("query", "SPARQL 1.1, at most 50,000 characters; our prefixes are known. Without it the service is described.", _STRING, _QUERY),
    _parameter("format", "Form of the answer; without it the header Accept decides.", {**_STRING, "enum": ["json", "xml", "csv", "tsv", "ttl", "nt", "rdfxml", "jsonld", "html"]}, "json"),
    _parameter("timeout", "Seconds that the query may take, at most the limit of the server; more is refused.", {"type": "number", "exclusiveMinimum": 0, "maximum": 1e9}, 5),
]  # fmt: skip
_GRAPHS = [
    {"name": name, "in": "query", "required": False, "description": f"IRI of a graph that {what}; repeat it for several.",
     "schema": {"type": "array", "items": {**_STRING, "format": "iri"}}}
    for name, what in (("default-graph-uri", "belongs to the default graph"), ("named-graph-uri", "is a named graph"))
]  # fmt: skip
BY_GET: dict[str, Any] = {"parameters": [*_PARAMETERS, *_GRAPHS]}
BY_POST: dict[str, Any] = {
    "parameters": [*_PARAMETERS[1:], *_GRAPHS],
    "requestBody": {
        "required": True,
        "content": {
            "application/sparql-query": {"schema": _STRING, "example": _QUERY},
            "application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": {"query": _STRING}, "required": ["query"]}, "example": {"query": _QUERY}},
        },
    },
}  # fmt: skip
