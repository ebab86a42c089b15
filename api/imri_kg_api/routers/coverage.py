"""Coverage: what two editions cover of each other, and the overview of all pairs of editions."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from imri_kg_api import schemas
from imri_kg_api.documentation import describe
from imri_kg_api.parameters import Basis, Exploratory, Graph, Routes, Source, Target
from imri_kg_api.replying import Replies

__all__ = ["router"]

router = APIRouter(tags=["mappings"])


@router.get("/coverage", **describe(schemas.Overview))
def read_overview(graph: Graph, reply: Replies, basis: Basis = [], exploratory: Exploratory = False) -> Response:
    """Return all ordered pairs of editions by basis and state; pairs without any judgement are named."""
    return reply(graph.coverage(basis=basis, exploratory=exploratory))


@router.get("/coverage/{from}/{to}", **describe(schemas.Coverage))
def read_coverage(
    source: Source, target: Target, graph: Graph, reply: Replies, basis: Basis = [], exploratory: Exploratory = False, routes: Routes = False
) -> Response:
    """Count both ways what two editions cover of each other, and list the gaps with the limits that bear on them."""
    return reply(graph.coverage(source, target, basis=basis, exploratory=exploratory, routes=routes))
