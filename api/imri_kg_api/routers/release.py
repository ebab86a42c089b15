"""The release that answers, with what a client needs to read its replies."""

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
class _Release(Answer):
    """What a release is."""

    info: dict[str, Any]
    prefixes: dict[str, str]

    def to_json(self) -> dict[str, Any]:
        return {**self.info, "prefixes": self.prefixes, "query": "release"}

    def rows(self) -> list[dict[str, Any]]:
        return [{"property": name, "value": value} for name, value in self.to_json().items()]


@router.get("/release", **describe(schemas.ReleaseInfo))
def read_release(graph: Graph, reply: Replies) -> Response:
    """Say what the release is: version, digest of its sources, base IRI, counts, whose the codes are, and the prefixes of CURIEs."""
    return reply(_Release(graph.release_info, dict(graph.prefixes.namespaces)))
