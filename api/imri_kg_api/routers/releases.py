"""The releases that this server answers from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from imri_kg.model import Answer
from imri_kg_api import schemas
from imri_kg_api.documentation import describe
from imri_kg_api.parameters import Graph
from imri_kg_api.replying import Replies

__all__ = ["router"]

router = APIRouter(tags=["server"])


@dataclass(frozen=True)
class ReleaseList(Answer):
    """The releases by name; the present one answers wherever no other is named."""

    release: str
    names: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the reply as a JSON object."""
        return {"items": self.rows(), "next": None, "query": "releases", "release": self.release}

    def rows(self) -> list[dict[str, Any]]:
        """Return one row a release."""
        return [{"release": name, "present": number == 0, "address": f"/releases/{name}/"} for number, name in enumerate(self.names)]


@router.get("/releases", **describe(schemas.ReleaseList))
async def list_releases(request: Request, graph: Graph, reply: Replies) -> Response:
    """List the releases that are kept; everything is also answered below the address of each, from that release."""
    releases = request.app.state.releases
    return reply(ReleaseList(graph.release, tuple(releases.names) if releases else (graph.release,)))
