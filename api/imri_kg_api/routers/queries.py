"""The stored queries and what they return."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from imri_kg_api import schemas
from imri_kg_api.documentation import describe
from imri_kg_api.paging import QueryPage
from imri_kg_api.parameters import Graph, check, declared
from imri_kg_api.replying import LenientReplies, Replies

__all__ = ["router"]

router = APIRouter(tags=["queries"])


@router.get("/queries", **describe(schemas.StoredQueries))
def list_queries(
    graph: Graph,
    reply: Replies,
    page: QueryPage,
    group: Annotated[str, Query(description="Folder of the queries: competency, service, description, qc or build.", examples=["service"])] = "competency",
) -> Response:
    """List the stored queries of a group; without one, the competency questions."""
    return reply(page.of(graph.queries(group)))


@router.get("/queries/{name:path}", **describe(schemas.QueryResult))
def run_query(
    name: Annotated[str, Path(description="Name of the query; of a competency question the number will do. A name such as `service/frameworks` has a slash, which stands in the address as it is: "
                               "`/api/v1/queries/service/framework-limits?key=chime`. OpenAPI knows no parameter over several parts of a path, so a client that escapes it (`%2F`) is understood too.", examples=["service/frameworks"])],
    request: Request,
    graph: Graph,
    reply: LenientReplies,
    page: QueryPage,
) -> Response:
    """Return a stored query with its text and the rows that it returns; its own parameters go into the address by their names."""
    own = graph.query_service.stored(name).parameters
    check(request, {**declared(run_query), **dict.fromkeys(own, False)})
    bound = {parameter: value for parameter, value in request.query_params.items() if parameter in own}
    return reply(page.of(graph.stored_query(name, bound)))
