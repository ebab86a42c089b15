"""The resources: what a client can read without asking a tool.

How to read the graph, the list of framework editions, and each edition with its members.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mcp_types as types

from imri_kg.errors import UnknownNameError
from imri_kg_api.mcp_door import answers, questions, wording

if TYPE_CHECKING:
    from imri_kg.graph import KnowledgeGraph

__all__ = ["read", "resources", "templates"]

_ROOT = "imri-kg://"
_ABOUT, _FRAMEWORKS = _ROOT + "about", _ROOT + "frameworks"
_JSON, _MARKDOWN = "application/json", "text/markdown"


def resources(graph: KnowledgeGraph) -> list[types.Resource]:
    """Return what can be read."""
    about = types.Resource(uri=_ABOUT, name="about", title="How to read imri-kg", description="What states, bases and label statuses mean.", mime_type=_MARKDOWN)
    every = types.Resource(uri=_FRAMEWORKS, name="frameworks", title="Framework editions", description="All framework editions with their counts.", mime_type=_JSON)
    each = [
        types.Resource(
            uri=f"{_FRAMEWORKS}/{row['key']}", name=row["key"], title=row["label"], mime_type=_JSON,
            description=f"{row['edition']}: its {row['members']} members with label, place and label status.",
        )
        for row in graph.frameworks().rows()
    ]  # fmt: skip
    return [about, every, *each]


def templates() -> list[types.ResourceTemplate]:
    """Return the forms of addresses."""
    return [
        types.ResourceTemplate(
            uri_template=_FRAMEWORKS + "/{key}", name="framework", title="A framework edition", mime_type=_JSON,
            description="A framework edition with all its members, by its key.",
        )
    ]  # fmt: skip


def read(graph: KnowledgeGraph, uri: str) -> tuple[str, str | dict[str, Any]]:
    """Return the media type and the content of a resource.

    Raises:
        UnknownNameError: there is none of that address.
    """
    if uri == _ABOUT:
        return _MARKDOWN, wording.about()
    if uri == _FRAMEWORKS:
        return _JSON, answers.frameworks(graph, questions.AboutFrameworks()).model_dump(mode="json")
    key = uri.removeprefix(_FRAMEWORKS + "/")
    if key == uri:
        raise UnknownNameError("resource", uri[:200], [r.uri for r in resources(graph)])
    found = graph.framework(key).to_json()
    shown = ("key", "label", "edition", "definition", "source", "counts", "code_status", "notes")
    members = [{k: m[k] for k in ("curie", "label", "kind", "broader", "label_status")} for m in found["members"]]
    return _JSON, {**{k: found[k] for k in shown}, "members": members, "release": found["release"]}
