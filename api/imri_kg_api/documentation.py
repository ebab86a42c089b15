"""What FastAPI cannot know when it describes the routes: the problem documents, the other forms, the headers.

`describe()` is given to a route, `complete()` to the finished OpenAPI document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.responses import Response

from imri_kg.describing import DATASET_FORMS, RDF_FORMS
from imri_kg.formats import MEDIA_TYPES
from imri_kg_api import problems, schemas
from imri_kg_api.addresses import ANSWER
from imri_kg_api.doorway import RELEASE_HEADER
from imri_kg_api.replying import TABLES

__all__ = ["complete", "describe", "describe_file", "describe_json", "describe_resource", "describe_upload"]

_REFERENCE = "#/components/schemas/{model}"
_TEXT = {"schema": {"type": "string"}}
#: What is served beside the operations of the document.
_BESIDE = (
    "Not every address is an operation here: the other linked data (`/ontology`, `/graph/…`, `/shapes/…`, `/problem/…`) is documented in docs/linked-data.md, "
    "answers from older releases (`/releases/{release}/…`, which repeats every address below it) in docs/api.md, and tools for language models (`/mcp`) in docs/mcp.md."
)


def describe(model: type[BaseModel], forms: Sequence[str] = TABLES) -> dict[str, Any]:
    """Return the arguments that document a route: its model in JSON, its other forms, and the problems that it can meet."""
    tables = {MEDIA_TYPES[form].partition(";")[0]: _TEXT for form in forms if form != "json"}
    errors = {status: {"description": _titles(status), "content": problems.CONTENT} for status in (400, 404, 406, 410, 500, 503)}
    return {
        "response_model": model,
        "responses": {
            200: {"description": "The answer.", "content": tables},
            304: {"description": "Unchanged since the reply that `If-None-Match` names, or since the moment of `If-Modified-Since`."},
            **errors,
        },
    }


def describe_upload(model: type[BaseModel], forms: Mapping[str, str]) -> dict[str, Any]:
    """Return the arguments that document a route to which files are sent: its reply in each form, and the problems that it can meet."""
    others = {media_type.partition(";")[0]: _TEXT for form, media_type in forms.items() if form != "json"}
    file = {"type": "string", "format": "binary"}
    form = {"type": "object", "properties": {"file": {"type": "array", "items": file, "description": "The files of one dataset, or of several"}}, "required": ["file"]}
    form["properties"]["corrections"] = {"type": "string", "description": "A list in JSON of what cells are to hold before the files are checked: file, sheet, row and column (or cell), value"}
    errors = {status: {"description": _titles(status), "content": problems.CONTENT} for status in (400, 406, 413, 500, 503)}
    return {
        "response_model": model,
        "responses": {200: {"description": "What was found.", "content": others}, **errors},
        "openapi_extra": {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}, "application/octet-stream": {"schema": file}}}},
    }


def describe_json(model: type[BaseModel], body: type[BaseModel], example: Mapping[str, Any], forms: Sequence[str] = TABLES) -> dict[str, Any]:
    """Return the arguments that document a route to which JSON is sent: its reply, the body with an example, and the problems that it can meet."""
    found = describe(model, forms)
    errors = {status: found["responses"][status] for status in (400, 404, 406, 500, 503)}
    too_large = {"description": _titles(413), "content": problems.CONTENT}
    content = {"application/json": {"schema": {"$ref": _REFERENCE.format(model=body.__name__)}, "example": dict(example)}}
    return {**found, "responses": {200: found["responses"][200], **errors, 413: too_large}, "openapi_extra": {"requestBody": {"required": True, "content": content}}}


def describe_resource(said: str, statuses: Sequence[int] = (400, 404, 406, 503)) -> dict[str, Any]:
    """Return the arguments that document a route that answers in HTML and RDF, whose vocabularies describe themselves."""
    forms = [form.media_type for form in RDF_FORMS.values()]
    return _describe_bytes(said, [media_type.partition(";")[0] for media_type in (*forms, "text/html")], statuses)


def describe_file() -> dict[str, Any]:
    """Return the arguments that document a route that sends files."""
    types = [form.media_type.partition(";")[0] for form in (*RDF_FORMS.values(), *DATASET_FORMS.values())]
    return _describe_bytes("The file.", [*types, "text/tab-separated-values"], (400, 404, 503))


def _describe_bytes(said: str, media_types: Sequence[str], statuses: Sequence[int]) -> dict[str, Any]:
    return {
        "response_class": Response,
        "responses": {
            200: {"description": said, "content": dict.fromkeys(media_types, _TEXT)},
            304: {"description": "Unchanged since the reply that `If-None-Match` names, or since the moment of `If-Modified-Since`."},
            **{status: {"description": _titles(status), "content": problems.CONTENT} for status in statuses},
        },
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
    document["info"]["description"] = f"{document['info'].get('description', '')} {_BESIDE}".strip()
    components = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        components.pop(name, None)
    _, definitions = models_json_schema([(schemas.Problem, "serialization"), (schemas.Batch, "validation")], ref_template=_REFERENCE)
    components.update(definitions["$defs"])
    for operations in document["paths"].values():
        for method, operation in operations.items():
            operation["responses"].pop("422", None)
            if method != next(iter(operations)):
                # Two methods of one function have one name.
                operation["operationId"] = operation["operationId"].removesuffix(f"_{method}") + f"_{method}"
            operation["responses"].setdefault("default", _others(operation["responses"]))
            kept = "get" in operations
            if not kept:
                # An answer to what was sent has no address at which it could be expected.
                operation["parameters"] = [p for p in operation.get("parameters", ()) if p["name"] != ANSWER]
            for status, response in operation["responses"].items():
                response.setdefault("headers", {}).update(_headers(status if kept or status != "200" else ""))
    document["components"]["schemas"] = dict(sorted(components.items()))
    return document


def _others(responses: Mapping[str, Any]) -> dict[str, Any]:
    """Return the reply to requests that are refused before anybody looks at what they ask: by host, number, length or method."""
    kinds = {name: kind for name, kind in problems.KINDS.items() if str(kind.status) not in responses}
    said = "; ".join(f"{kind.status} {kind.title} (`{name}`)" for name, kind in sorted(kinds.items(), key=lambda item: item[1].status))
    return {"description": f"Any other problem: {said}.", "content": problems.CONTENT}


def _headers(status: str) -> dict[str, Any]:
    headers = {RELEASE_HEADER: {"description": "Release of the graph that answered.", "schema": {"type": "string"}}}
    if status in ("200", "304"):
        headers["ETag"] = {"description": "Stands for the bytes of this address in this release; answers that show case datasets of the user's own have none.", "schema": {"type": "string"}}
        headers["Last-Modified"] = {"description": "When the release was built.", "schema": {"type": "string"}}
    if status == "200":
        headers["Link"] = {"description": "The next page (`next`), the permanent address of the answer (`bookmark`), its other forms (`alternate`), and the description of the service.", "schema": {"type": "string"}}
    return headers
