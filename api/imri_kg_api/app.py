"""The application: the one place that puts graph, routes, errors and headers together.

Called by the server and by tests. It opens no graph and reads no settings; it is given a graph.
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from imri_kg import __version__
from imri_kg.graph import KnowledgeGraph
from imri_kg_api import problems
from imri_kg_api.documentation import complete
from imri_kg_api.doorway import Doorway
from imri_kg_api.routers import cases, concepts, coverage, crosswalks, explain, frameworks, health, mappings, pages, queries, search, validation
from imri_kg_api.uploads import Validations

__all__ = ["PREFIX", "create_app"]

#: Where the API lives; a change that breaks clients gets another number.
PREFIX = "/api/v1"

_DESCRIPTION = (
    "Frameworks of mental-health recovery and implementation as one linked graph. Every claim says whose it is and shows "
    "its evidence; an empty answer says what it means: judged not mapped, contested, or not assessed."
)


def create_app(graph: KnowledgeGraph, *, library: bool = False) -> FastAPI:
    """Return the application that answers from a graph.

    Args:
        graph: an open release; it is read from several threads at once. Datasets that `with_cases` read are shown.
        library: whether the cases of the user's library are shown as well.
    """
    if not library:
        graph = graph.without_library()
    # Paths with a slash too many are told what was meant, instead of being redirected to a host that the client names.
    app = FastAPI(title="imri-kg", version=__version__, description=_DESCRIPTION, docs_url=None, redoc_url=None,
                  redirect_slashes=False, generate_unique_id_function=lambda route: route.name)  # fmt: skip
    app.state.graph = graph
    app.state.validations = Validations()
    problems.install(app)
    app.include_router(health.router)
    app.include_router(pages.router)
    for area in (frameworks, concepts, search, mappings, crosswalks, coverage, explain, cases, validation, queries):
        app.include_router(area.router, prefix=PREFIX)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    app.add_middleware(Doorway, release=graph.release, own_cases=graph.own_cases)
    graph.warm()
    app.openapi()
    return app


def _openapi(app: FastAPI) -> dict[str, Any]:
    if not app.openapi_schema:
        raw = get_openapi(title=app.title, version=app.version, description=_DESCRIPTION, routes=app.routes)
        app.openapi_schema = complete(raw)
    return app.openapi_schema
