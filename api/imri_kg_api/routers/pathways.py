"""Paths from any construct, topic or edition to any other."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from imri_kg.pathways import DEFAULT_STEPS, MOST_STEPS
from imri_kg_api import schemas
from imri_kg_api.documentation import describe
from imri_kg_api.paging import PathwayPage
from imri_kg_api.parameters import Basis, Graph
from imri_kg_api.replying import RDF, RdfReplies

__all__ = ["router"]

router = APIRouter(tags=["mappings"])


@router.get("/pathways", **describe(schemas.Pathways, RDF))
def list_pathways(
    graph: Graph,
    reply: RdfReplies,
    page: PathwayPage,
    source: Annotated[str, Query(alias="from", description="Where paths begin: CURIE, label or code of a construct, key of an edition, or a topic that a causal relation names.", examples=["review:G5", "recovery-review", "topic:peer-provision"])],
    target: Annotated[str, Query(alias="to", description="Where paths end: CURIE, label or code of a construct, key of an edition, or a topic that a causal relation names.", examples=["imri:B1", "imri"])],
    max_steps: Annotated[int, Query(ge=1, le=MOST_STEPS, description="Longest path in steps.", examples=[3])] = DEFAULT_STEPS,
    basis: Basis = [],
    exploratory: Annotated[bool, Query(description="Walk steps with a confidence below 0.50 too; they are marked.", examples=[True])] = False,
    hypotheses: Annotated[bool, Query(description="List paths in which authors state no step too; without it they are counted.", examples=[True])] = False,
    hierarchy: Annotated[bool, Query(description="Walk to broader and narrower constructs of an edition too.", examples=[True])] = False,
    via: Annotated[list[str], Query(description="Key of an edition through which a path has to pass between its ends; repeat it for several.", examples=[["logic-model", "chime"]])] = [],
) -> Response:
    """List the paths from one end to the other, each step with its basis and evidence and with the rule that licenses joining it, or why there is none."""
    return reply(page.of(graph.pathways(source, target, max_steps=max_steps, basis=basis, exploratory=exploratory,
                                        hypotheses=hypotheses, hierarchy=hierarchy, via=via)))  # fmt: skip
