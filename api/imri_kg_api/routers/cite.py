"""How to cite the graph, a framework, a mapping record, or a whole answer."""

from __future__ import annotations

import json
from functools import partial
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Match

from imri_kg.citing import STYLES, answer_address
from imri_kg.errors import BadInputError, UnknownNameError
from imri_kg_api import problems, schemas
from imri_kg_api.addresses import ANSWER, PREFIX, canonical, is_page
from imri_kg_api.asking import ask
from imri_kg_api.documentation import describe
from imri_kg_api.explorer.pages import own_parameters
from imri_kg_api.parameters import Graph
from imri_kg_api.replying import Replies

__all__ = ["router"]

router = APIRouter(tags=["server"])


@router.get("/cite", **describe(schemas.Citation))
async def cite(
    request: Request,
    graph: Graph,
    reply: Replies,
    of: Annotated[str, Query(description="`graph`, a framework, a mapping record, or the address of an answer (its `permalink`, or what was asked).",
                             examples=["framework:imri", "graph", "mapping:imri-chime-s01", "/api/v1/mappings?subject=imri:B1"])] = "graph",
    style: Annotated[str, Query(description="The style; all of them when absent.", examples=["bibtex"], json_schema_extra={"enum": [*STYLES]})] = "all",
) -> Response:
    """Return the works to cite for a thing, as BibTeX, CSL-JSON and APA text: whoever made the claim, and the graph with its release."""
    of, own = _answer_of(request, of)
    if of.startswith("/") or (of.startswith(("http://", "https://")) and graph.prefixes.compress(of) == of and "/api/" in of):
        found = await _permanent(request, of, graph.release)
        if isinstance(found, Response):
            return found
        of, answer = found
        page = _page(of, own) if own else ""
        return reply(await run_in_threadpool(partial(graph.citing_service.cite, of, style, answer, page=page)))
    return reply(await run_in_threadpool(graph.cite, of, style=style))


async def _permanent(request: Request, address: str, release: str) -> tuple[str, dict[str, Any]] | Response:
    """Return the permanent address of an answer and the answer, after asking for it, or the problem that asking meets."""
    question, expected, named = answer_address(address)
    parts = urlsplit(question)
    if parts.path == f"{PREFIX}/cite":
        raise BadInputError("A citation is no answer to be cited; give the address of what it cites.")
    if named and named != release:
        raise UnknownNameError("release", named, [release], nearest=[])
    pairs = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "format"]
    query = urlencode([*pairs, *([(ANSWER, expected)] if expected else [])])
    status, body = await ask(request, parts.path + (f"?{query}" if query else ""))
    if status == 405:
        raise BadInputError("An answer to what was sent in a body has no address of its own; cite the answers to its single questions, or the graph.")
    if status != 200:
        return Response(body, status, media_type=problems.MEDIA_TYPE)
    answer = json.loads(body)
    permalink = answer.get("permalink")
    if not permalink:
        raise BadInputError("This answer can change within a release, and has no permanent address; cite the graph instead.")
    # What stands before the path of the API: another server, or the prefix below which a proxy serves this one.
    outer = address[: address.index("/releases/" if named else "/api/v1/")]
    return (outer if outer.startswith(("http://", "https://")) else "") + permalink, answer


def _answer_of(request: Request, of: str) -> tuple[str, list[tuple[str, str]]]:
    """Return the address of the answer that a page shows, and the page's own parameters, which the answer does not know; anything else as it is."""
    if not of.startswith(("/", "http://", "https://")):
        return of, []
    try:
        parts = urlsplit(of)
    except ValueError:
        return of, []
    root = str(request.scope.get("root_path", ""))
    outer, releases, below = parts.path.partition("/releases/")
    release, slash, rest = below.partition("/")
    before, path = (f"{outer}{releases}{release}", slash + rest) if releases else (root, parts.path.removeprefix(root))
    if not is_page(path):
        return of, []
    scope = {**request.scope, "path": root + path, "method": "GET"}
    shown = next((route for route in request.app.state.page_routes if route.matches(scope)[0] is Match.FULL), None)
    known = own_parameters(getattr(shown, "name", ""))
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode([(name, value) for name, value in pairs if name not in known], safe=":/")
    return parts._replace(path=before + PREFIX + path, query=query).geturl(), [(name, value) for name, value in pairs if name in known]


def _page(permalink: str, own: list[tuple[str, str]]) -> str:
    """Return the permanent address of the page that shows an answer with parameters of its own."""
    parts = urlsplit(permalink)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    expected = [pair for pair in pairs if pair[0] == ANSWER]
    query = urlencode([*canonical([*(pair for pair in pairs if pair[0] != ANSWER), *own]), *expected], safe=":/")
    return parts._replace(path=parts.path.replace(f"{PREFIX}/", "/", 1), query=query).geturl()
