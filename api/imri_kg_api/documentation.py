"""What FastAPI cannot know when it describes the routes: the problem documents, the other forms, the headers.

`describe()` is given to a route, `complete()` to the finished OpenAPI document.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from imri_kg.formats import MEDIA_TYPES
from imri_kg_api import problems, schemas
from imri_kg_api.doorway import RELEASE_HEADER

__all__ = ["complete", "describe", "describe_upload"]

_REFERENCE = "#/components/schemas/{model}"
_PROBLEM = {problems.MEDIA_TYPE: {"schema": {"$ref": _REFERENCE.format(model="Problem")}}}
_TEXT = {"schema": {"type": "string"}}


def describe(model: type[BaseModel]) -> dict[str, Any]:
    """Return the arguments that document a route: its model in JSON, the tables, and the problems that it can meet."""
    tables = {media_type.partition(";")[0]: _TEXT for form, media_type in MEDIA_TYPES.items() if form != "json"}
    errors = {status: {"description": _titles(status), "content": _PROBLEM} for status in (400, 404, 406, 410, 500, 503)}
    return {
        "response_model": model,
        "responses": {
            200: {"description": "The answer.", "content": tables},
            304: {"description": "Unchanged since the release that `If-None-Match` names."},
            **errors,
        },
    }


def describe_upload(model: type[BaseModel], forms: Mapping[str, str]) -> dict[str, Any]:
    """Return the arguments that document a route to which files are sent: its reply in each form, and the problems that it can meet."""
    others = {media_type.partition(";")[0]: _TEXT for form, media_type in forms.items() if form != "json"}
    file = {"type": "string", "format": "binary"}
    form = {"type": "object", "properties": {"file": {"type": "array", "items": file, "description": "The files of one dataset, or of several"}}, "required": ["file"]}
    errors = {status: {"description": _titles(status), "content": _PROBLEM} for status in (400, 406, 413, 500, 503)}
    return {
        "response_model": model,
        "responses": {200: {"description": "What was found.", "content": others}, **errors},
        "openapi_extra": {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}, "application/octet-stream": {"schema": file}}}},
    }


def _titles(status: int) -> str:
    return "; ".join(f"{kind.title} (`{name}`)" for name, kind in problems.KINDS.items() if kind.status == status) + "."


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Add the problem schema and the headers, and take out FastAPI's own validation error, which is never sent.

    Args:
        document: an OpenAPI document as FastAPI makes it; it is changed.

    Returns:
        The same document.
    """
    components = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        components.pop(name, None)
    _, definitions = models_json_schema([(schemas.Problem, "serialization")], ref_template=_REFERENCE)
    components.update(definitions["$defs"])
    for operations in document["paths"].values():
        for operation in operations.values():
            operation["responses"].pop("422", None)
            kept = "get" in operations
            for status, response in operation["responses"].items():
                response.setdefault("headers", {}).update(_headers(status if kept or status != "200" else ""))
    document["components"]["schemas"] = dict(sorted(components.items()))
    return document


def _headers(status: str) -> dict[str, Any]:
    headers = {RELEASE_HEADER: {"description": "Release of the graph that answered.", "schema": {"type": "string"}}}
    if status in ("200", "304"):
        headers["ETag"] = {"description": "Stands for this address in this release; answers that show case datasets of the user's own have none.", "schema": {"type": "string"}}
    if status == "200":
        headers["Link"] = {"description": "The next page, where there is one.", "schema": {"type": "string"}}
    return headers
