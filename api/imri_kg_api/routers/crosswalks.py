"""Crosswalks: every pair of two framework editions with its state."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from imri_kg_api import schemas
from imri_kg_api.documentation import describe
from imri_kg_api.parameters import Basis, Exploratory, Graph, Routes, Source, Target
from imri_kg_api.replying import RECORDS, RecordReplies

__all__ = ["router"]

router = APIRouter(tags=["mappings"])


@router.get("/crosswalks/{from}/{to}", **describe(schemas.Crosswalk, RECORDS))
def read_crosswalk(
    source: Source, target: Target, graph: Graph, reply: RecordReplies, basis: Basis = [], exploratory: Exploratory = False, routes: Routes = False
) -> Response:
    """Return every pair of two editions with its state; the counts add up to rows times columns."""
    return reply(graph.crosswalk(source, target, basis=basis, exploratory=exploratory, routes=routes))
