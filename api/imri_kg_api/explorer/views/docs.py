"""The API as a page, made from the OpenAPI document: every route with its parameters and an example to try, the problems, and the members of every reply."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from imri_kg_api.example_addresses import example_address
from imri_kg_api.explorer.links import Links
from imri_kg_api.explorer.shell import asked_by, render
from imri_kg_api.explorer.words import Words
from imri_kg_api.problems import KINDS

__all__ = ["docs_page"]

#: The order in which areas are shown: what most readers ask first.
_AREAS = ("frameworks", "constructs", "mappings", "sources", "cases", "queries", "sparql", "linked data", "downloads", "server")


def docs_page(request: Request, openapi: Mapping[str, Any]) -> HTMLResponse:
    """Return the page.

    Args:
        request: the request that it answers.
        openapi: the OpenAPI document, with examples of replies.
    """
    asked = asked_by(request)
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in openapi["paths"].items():
        for method, operation in operations.items():
            groups.setdefault(operation["tags"][0], []).append(_operation(path, method, operation, asked.links, asked.words))
    replies = [
        {"name": name, "means": _marked(schema.get("description", "")), "members": [(n, _type(m, asked.words), _marked(m.get("description", ""))) for n, m in schema.get("properties", {}).items()]}
        for name, schema in openapi["components"]["schemas"].items()
    ]
    return render(request, "docs.html", {
        "title": asked.words("docs-title"), "description": _marked(openapi["info"]["description"]), "groups": sorted(groups.items(), key=lambda group: _AREAS.index(group[0]) if group[0] in _AREAS else 0),
        "kinds": [(name, kind.status, kind.title, _marked(kind.remedy)) for name, kind in KINDS.items()], "replies": replies,
    })  # fmt: skip


def _operation(path: str, method: str, operation: Mapping[str, Any], links: Links, words: Words) -> dict[str, Any]:
    content = operation["responses"]["200"]["content"]
    own = content.get("application/json", {})
    address = example_address(path, operation)
    return {
        "id": operation["operationId"], "method": method.upper(), "path": path, "means": _marked(operation["description"]),
        # What answers in forms of the field instead of our own JSON names them.
        "returns": _type(own["schema"], words) if "$ref" in own.get("schema", {}) else Markup(", ").join(Markup("<code>{}</code>").format(name) for name in content),
        "example": address if method == "get" else None, "href": links.root + address,
        "as_json": f"{links.root}{address}{'&' if '?' in address else '?'}format=json" if method == "get" and "$ref" in own.get("schema", {}) else None,
        "parameters": [
            (p["name"], words("docs-in-required" if p["required"] else "docs-in", where=p["in"]), _type(p["schema"], words), _marked(p.get("description", "")))
            for p in operation.get("parameters", ())
        ],
        "replies": [(found["summary"], json.dumps(found["value"], ensure_ascii=False, indent=2)) for found in own.get("examples", {}).values()],
    }  # fmt: skip


def _type(schema: Mapping[str, Any], words: Words) -> Markup:
    """Return the type of a value in words, with a link where it is one of the replies' objects."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return Markup('<a href="#{0}">{0}</a>').format(name)
    if "const" in schema:
        return Markup("<code>{}</code>").format(schema["const"])
    either = Markup(f" {escape(words('docs-or'))} ")
    if "enum" in schema:
        return either.join(Markup("<code>{}</code>").format(value) for value in schema["enum"])
    if "anyOf" in schema:
        return either.join(_type(option, words) for option in schema["anyOf"])
    if schema.get("type") == "array":
        return words.marked("docs-list-of", what=_type(schema.get("items", {}), words))
    return escape(schema.get("type", words("docs-any")))


def _marked(text: str) -> Markup:
    """Escape a text and turn its `backticks` into code."""
    pieces = text.split("`")
    return Markup("").join(Markup("<code>{}</code>").format(piece) if number % 2 else escape(piece) for number, piece in enumerate(pieces))
