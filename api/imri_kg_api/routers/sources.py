"""What the graph rests on: sources, and passages with everything that rests on them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from imri_kg_api import schemas
from imri_kg_api.documentation import describe
from imri_kg_api.parameters import Graph
from imri_kg_api.replying import RDF, RdfReplies, Replies

__all__ = ["router"]

router = APIRouter(tags=["sources"])


@router.get("/sources", **describe(schemas.Sources))
def list_sources(graph: Graph, reply: Replies) -> Response:
    """List every source, and every work that sources only name, with what was at hand of it and how much rests on it."""
    return reply(graph.sources())


# IRIs hold slashes, so the rest of the path is one parameter.


@router.get("/sources/{key:path}", **describe(schemas.SourceDescription, RDF))
def read_source(
    key: Annotated[str, Path(description="Key, CURIE or IRI of the source, or of a part of one.", examples=["piat-2021"])],
    graph: Graph,
    reply: RdfReplies,
) -> Response:
    """Return a source with what could not be recovered of it, and its passages by section."""
    return reply(graph.source(key))


@router.get("/evidence/{curie:path}", **describe(schemas.EvidenceDescription, RDF))
def read_evidence(
    curie: Annotated[str, Path(description="CURIE or IRI of the piece of evidence; its prefix may be left out.", examples=["evidence:piat-2022-CH-1"])],
    graph: Graph,
    reply: RdfReplies,
) -> Response:
    """Return a passage of a source with everything in the release that rests on it."""
    return reply(graph.evidence(curie))
