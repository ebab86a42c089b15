"""Framework editions and their members."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from imri_kg_api import schemas
from imri_kg_api.documentation import describe
from imri_kg_api.parameters import Graph
from imri_kg_api.replying import RDF, RdfReplies, Replies

__all__ = ["router"]

router = APIRouter(tags=["frameworks"])


@router.get("/frameworks", **describe(schemas.Frameworks))
def list_frameworks(graph: Graph, reply: Replies) -> Response:
    """List the framework editions with their counts, split into printed and inferred labels."""
    return reply(graph.frameworks())


@router.get("/frameworks/{key}", **describe(schemas.Framework, RDF))
def read_framework(
    key: Annotated[str, Path(description="Key of the framework edition.", examples=["chime"])], graph: Graph, reply: RdfReplies
) -> Response:
    """Return a framework edition with all its members."""
    return reply(graph.framework(key))
