"""Parts of the graph as files, and the list of them."""

from __future__ import annotations

import base64
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from imri_kg.graph import KnowledgeGraph
from imri_kg.tables import Table, table
from imri_kg_api import schemas
from imri_kg_api.documentation import describe, describe_file
from imri_kg_api.explorer.views.downloads import downloads_page
from imri_kg_api.parameters import Graph, check, declared
from imri_kg_api.replying import Replies

__all__ = ["files", "router"]

router = APIRouter(tags=["downloads"])
#: What lies outside the API: the page, and the files themselves.
files = APIRouter(tags=["downloads"])

_COLUMNS = ("name", "title", "kind", "form", "label", "media_type", "size", "sha256", "licence", "version", "address", "file")


def _listed(graph: KnowledgeGraph) -> Table:
    items = [
        {**download._asdict(), "version": download.release, "address": f"/downloads/{download.name}"}
        for download in graph.describer.downloads.all()
    ]  # fmt: skip
    return table([{name: item[name] for name in _COLUMNS} for item in items], _COLUMNS, graph.release, query="description/graphs")


@router.get("/downloads", **describe(schemas.Downloads))
def list_downloads(graph: Graph, reply: Replies) -> Response:
    """List the files in which the ontology, each edition, each mapping set and the whole graph can be had."""
    return reply(_listed(graph))


@files.get("/downloads", include_in_schema=False)
def show_downloads(request: Request, graph: Graph, reply: Replies) -> Response:
    """Return the list of files, for people as a page."""
    found = _listed(graph)
    if reply.form != "html":
        return reply(found)
    root = str(request.scope.get("root_path", ""))
    response = downloads_page(request, found.rows(), [("json", f"{root}/downloads?format=json"), ("csv", f"{root}/downloads?format=csv")])
    response.headers["Link"] = f'<{root}/downloads?format=json>; rel="alternate"; type="application/json"'
    return response


@files.get("/downloads/{name:path}", **describe_file())
def read_download(name: Annotated[str, Path(description="Name of a file, as the list at `/api/v1/downloads` has it, with its slashes.", examples=["frameworks/chime.ttl"])], request: Request, graph: Graph) -> Response:
    """Return a file: the ontology, an edition, a mapping set, or the whole graph."""
    check(request, declared(read_download))
    download, content = graph.describer.downloads.content(name)
    digest = base64.b64encode(bytes.fromhex(download.sha256)).decode()
    headers = {
        "Content-Disposition": f'attachment; filename="{download.file}"',
        "Link": f'<{download.licence}>; rel="license", <{request.scope.get("root_path", "")}/.well-known/void>; rel="describedby"',
        # RFC 9530.
        "Repr-Digest": f"sha-256=:{digest}:",
    }
    return Response(content, media_type=download.media_type, headers=headers)
