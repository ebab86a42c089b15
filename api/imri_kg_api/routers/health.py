"""Whether the server answers, and from which release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from imri_kg.model import Answer
from imri_kg_api import schemas
from imri_kg_api.documentation import describe
from imri_kg_api.parameters import Graph
from imri_kg_api.replying import Replies

__all__ = ["router"]

router = APIRouter(tags=["server"])


@dataclass(frozen=True)
class Health(Answer):
    """The release of a graph that has just answered a question."""

    info: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return the reply as a JSON object."""
        names = ("version", "digest", "base", "counts", "release")
        return {"status": "ok", **{name: self.info[name] for name in names}}

    def rows(self) -> list[dict[str, Any]]:
        """Return the reply as one row a property."""
        return [{"property": name, "value": value} for name, value in self.to_json().items()]


@router.get("/health", **describe(schemas.Health))
def read_health(graph: Graph, reply: Replies) -> Response:
    """Say that the server answers, after asking the store a question."""
    graph.check_store()
    return reply(Health(graph.release_info))
