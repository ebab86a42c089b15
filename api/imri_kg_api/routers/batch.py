"""Many mapping questions in one request."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from imri_kg.batch import read_batch
from imri_kg.errors import ImriError
from imri_kg_api import problems, schemas
from imri_kg_api.documentation import describe_json
from imri_kg_api.json_bodies import read_json
from imri_kg_api.parameters import Graph
from imri_kg_api.replying import RECORDS, RecordReplies

__all__ = ["router"]

router = APIRouter(tags=["mappings"])

_EXAMPLE = {
    "items": ["imri:B1", "Identity", {"subject": "logic:M3", "object": "chime:I"}, {"subject": "imri:T7", "object_framework": ["chime", "cfir-2022"]}],
    "object_framework": ["chime"],
    "basis": ["author-stated", "curated"],
    "exploratory": False,
}


@router.post("/mappings/batch", **describe_json(schemas.BatchAnswer, schemas.Batch, _EXAMPLE, RECORDS))
async def map_batch(request: Request, graph: Graph, reply: RecordReplies) -> Response:
    """Answer many mapping questions, one entry each in their order; what is wrong with one question stands in its entry, and the others are answered."""
    batch = read_batch(await read_json(request))
    found = await run_in_threadpool(graph.batch, batch)

    def problem(error: ImriError) -> dict[str, object]:
        kind, members = problems.of_error(error)
        # The address of the single question, which would have had this problem.
        return problems.document(kind, str(error), release=graph.release, instance=request.url.path.removesuffix("/batch"), **members)

    return reply(found.with_problems(problem))
