"""What became of an edition in a later one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from imri_kg_api import schemas
from imri_kg_api.documentation import describe
from imri_kg_api.parameters import Graph
from imri_kg_api.replying import Replies

__all__ = ["router"]

router = APIRouter(tags=["frameworks"])


@router.get("/changes/{from}/{to}", **describe(schemas.Changes))
def read_changes(
    source: Annotated[str, Path(alias="from", description="Key of the earlier edition.", examples=["cfir-2009"])],
    target: Annotated[str, Path(alias="to", description="Key of the later edition.", examples=["cfir-2022"])],
    graph: Graph,
    reply: Replies,
) -> Response:
    """Return what became of every construct of an edition in a later one of the same framework, and where those of the later one come from."""
    return reply(graph.changes(source, target))
