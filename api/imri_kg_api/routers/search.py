"""Finding constructs by words."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from imri_kg_api import schemas
from imri_kg_api.documentation import describe
from imri_kg_api.paging import SearchPage
from imri_kg_api.parameters import Graph
from imri_kg_api.replying import Replies

__all__ = ["router"]

router = APIRouter(tags=["constructs"])


@router.get("/search", **describe(schemas.SearchHits))
def search(
    graph: Graph,
    reply: Replies,
    page: SearchPage,
    q: Annotated[str, Query(description="Words, a code or a CURIE; case, accents, plural and one typing error are forgiven.", examples=["hope"])],
    framework: Annotated[list[str], Query(description="Key of the edition to search in; repeat it for several.", examples=[["chime"]])] = [],
    kind: Annotated[list[str], Query(description="Kind of construct to search for; repeat it for several.", examples=[["RecoveryProcess"]])] = [],
) -> Response:
    """Find constructs by words, best first; `facets` counts all hits by framework and by kind."""
    return reply(page.of(graph.search(q, framework=framework, kind=kind, limit=None)))
