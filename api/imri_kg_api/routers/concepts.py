"""Constructs with everything that the graph states of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from imri_kg_api import schemas
from imri_kg_api.documentation import describe
from imri_kg_api.parameters import Basis, Graph
from imri_kg_api.replying import RDF, RdfReplies

__all__ = ["router"]

router = APIRouter(tags=["constructs"])

# Labels and IRIs hold slashes, so the rest of the path is one parameter.


@router.get("/concepts/{curie:path}", **describe(schemas.Concept, RDF))
def read_concept(
    curie: Annotated[str, Path(description="CURIE, IRI, label or code of the construct.", examples=["imri:B1"])],
    graph: Graph,
    reply: RdfReplies,
    basis: Basis = [],
) -> Response:
    """Return a construct with its hierarchy, evidence, every statement about it, its state against each other edition, and its observations in the cases of the release."""
    return reply(graph.concept(curie, basis=basis))
