"""The application: the one place that puts graph, routes, errors and headers together.

Called by the server and by tests. It opens no graph and reads no environment; it is given a graph and settings.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.middleware.gzip import GZipMiddleware

from imri_kg import __version__
from imri_kg.graph import KnowledgeGraph
from imri_kg_api import problems, sparql
from imri_kg_api.addresses import PREFIX, lasts
from imri_kg_api.documentation import complete
from imri_kg_api.doorway import Doorway, shows_own_cases
from imri_kg_api.explorer import routes as explorer
from imri_kg_api.explorer.shell import digest as pages_digest
from imri_kg_api.explorer.shell import warm as warm_pages
from imri_kg_api.mcp_door import http as mcp_http
from imri_kg_api.remembering import Remembered
from imri_kg_api.routers import (
    batch,
    cases,
    changes,
    cite,
    concepts,
    coverage,
    crosswalks,
    downloads,
    explain,
    frameworks,
    health,
    linked_data,
    mappings,
    pages,
    pathways,
    queries,
    release,
    releases,
    search,
    sources,
    validation,
)
from imri_kg_api.serving.hosts import AllowedHosts
from imri_kg_api.settings import Settings
from imri_kg_api.sparql import Queries
from imri_kg_api.uploads import Validations

__all__ = ["PREFIX", "create_app"]

#: Bytes below which packing a reply costs more than it saves.
_SMALLEST_PACKED = 1024
#: What the release says of each resource.
_LINKED_DATA = ("/id/", "/ontology/", "/graph/", "/shapes/")

_DESCRIPTION = (
    "Frameworks of mental-health recovery and implementation as one linked graph. Every claim says whose it is and shows "
    "its evidence; an empty answer says what it means: judged not mapped, contested, or not assessed."
)


def create_app(graph: KnowledgeGraph, *, library: bool = False, settings: Settings | None = None) -> FastAPI:
    """Return the application that answers from a graph.

    Args:
        graph: an open release; it is read from several threads at once. Datasets that `with_cases` read are shown.
        library: whether the cases of the user's library are shown as well.
        settings: limits for queries and uploads; the default ones when left out.
    """
    if not library:
        graph = graph.without_library()
    # Paths with a slash too many are told what was meant, instead of being redirected to a host that the client names.
    app = FastAPI(title="imri-kg", version=__version__, description=_DESCRIPTION, docs_url=None, redoc_url=None, openapi_url=None,
                  redirect_slashes=False, generate_unique_id_function=lambda route: route.name)  # fmt: skip
    app.state.graph = graph
    app.state.settings = settings or Settings()
    # A server puts the list of all releases and its own standing here.
    app.state.releases = app.state.standing = None
    # The OpenAPI document with examples, once somebody has asked for it.
    app.state.described = None
    app.state.validations = Validations()
    app.state.queries = Queries.of(graph, app.state.settings)
    problems.install(app)
    app.include_router(health.router)
    app.include_router(releases.router)
    app.include_router(pages.router)
    app.include_router(sparql.router)
    app.include_router(linked_data.router)
    app.include_router(downloads.files)
    areas = (frameworks, concepts, search, batch, mappings, crosswalks, coverage, changes, sources, explain, pathways, cases, validation, queries, cite, release, downloads)
    for area in areas:
        app.include_router(area.router, prefix=PREFIX)
    explorer.install(app, [area.router for area in areas])
    mcp_http.install(app, AllowedHosts(app.state.settings.host, app.state.settings.allowed_host))
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    # Inside the doorway, which gives each coding an entity tag of its own.
    app.add_middleware(GZipMiddleware, minimum_size=_SMALLEST_PACKED, compresslevel=5)
    app.add_middleware(Remembered, lasting=partial(_lasting, own_cases=graph.own_cases))
    app.add_middleware(Doorway, release=graph.release, own_cases=graph.own_cases, built=graph.built, pages=pages_digest())
    graph.warm()
    if not library:
        # The user's library may be out of order, which is told when cases are asked for.
        graph.cases()
    warm_pages()
    app.openapi()
    return app


def _lasting(path: str, *, own_cases: bool) -> bool:
    """Say whether the replies at a path rest on the release alone."""
    if own_cases and shows_own_cases(path):
        return False
    return lasts(path) or path.startswith(_LINKED_DATA)


def _openapi(app: FastAPI) -> dict[str, Any]:
    if not app.openapi_schema:
        raw = get_openapi(title=app.title, version=app.version, description=_DESCRIPTION, routes=app.routes)
        app.openapi_schema = complete(raw)
    return app.openapi_schema
