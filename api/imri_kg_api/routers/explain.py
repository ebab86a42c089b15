"""Why a pair of constructs has its state."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from imri_kg_api import schemas
from imri_kg_api.documentation import describe
from imri_kg_api.parameters import Basis, Exploratory, Graph
from imri_kg_api.replying import RECORDS, RecordReplies

__all__ = ["router"]

router = APIRouter(tags=["mappings"])


@router.get("/explain", **describe(schemas.Explanation, RECORDS))
def explain(
    graph: Graph,
    reply: RecordReplies,
    subject: Annotated[str, Query(description="CURIE, label or code.", examples=["logic:M3"])],
    object: Annotated[str, Query(description="CURIE, label or code.", examples=["chime:I"])],
    basis: Basis = [],
    exploratory: Exploratory = False,
) -> Response:
    """Explain the state of a pair: records, derivations rule by rule, and the routes that no rule licenses."""
    return reply(graph.explain(subject, object, basis=basis, exploratory=exploratory))
