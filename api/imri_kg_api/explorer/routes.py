"""The addresses of the explorer: its pages beside the data of the API, its own pages, and what the browser loads.

Called by `create_app`. A page that shows an answer has no route of its own: the route of the API serves it at its address without `/api/v1`.
"""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from imri_kg_api.addresses import is_page
from imri_kg_api.explorer import views  # noqa: F401 - each view registers its page
from imri_kg_api.explorer.shell import bundle, problem_page
from imri_kg_api.explorer.views.about import about_page
from imri_kg_api.explorer.views.crosswalk_forms import drawing_reply, shown_reply, table_reply
from imri_kg_api.explorer.views.crosswalks import chooser_page
from imri_kg_api.explorer.views.validate import check_page, checked_page, template_reply
from imri_kg_api.parameters import check
from imri_kg_api.problems import Problem

__all__ = ["install"]

router = APIRouter(include_in_schema=False)


def install(app: FastAPI, areas: Sequence[APIRouter]) -> None:
    """Serve the explorer.

    Args:
        app: the application.
        areas: the routers of the API; those of their answers that have pages are served without its prefix too.
    """
    shown = APIRouter()
    for area in areas:
        shown.routes += [route for route in area.routes if isinstance(route, APIRoute) and route.methods == {"GET"} and is_page(route.path)]
    app.include_router(shown, include_in_schema=False)
    app.include_router(router)
    app.state.problem_page = problem_page
    app.state.page_routes = tuple(shown.routes)


@router.get("/static/{name}")
def static(name: str, request: Request) -> Response:
    """Return a file that the browser loads; its name holds its digest."""
    check(request, {})
    found = bundle().file(name)
    if found is None:
        raise Problem("no-such-address", f"Nothing is served at /static/{name[:100]!r}; the page that names it may be of an older start of the server. Load it again.")
    return Response(found.content, media_type=found.media_type)


@router.get("/about")
def about(request: Request) -> Response:
    """Return the page that says what the project is."""
    check(request, {})
    return about_page(request)


@router.get("/crosswalks")
def crosswalks(request: Request) -> Response:
    """Return the page that chooses two editions."""
    return chooser_page(request)


@router.get("/crosswalks/{source}/{target}/drawing.svg")
def crosswalk_drawing(source: str, target: str, request: Request) -> Response:
    """Return a crosswalk as a drawing."""
    return drawing_reply(request, source, target)


@router.get("/crosswalks/{source}/{target}/table")
def crosswalk_table(source: str, target: str, request: Request) -> Response:
    """Return a crosswalk as a flat table for a paper."""
    return table_reply(request, source, target)


@router.get("/crosswalks/{source}/{target}/shown.csv")
def crosswalk_shown_cells(source: str, target: str, request: Request) -> Response:
    """Return the pairs of a crosswalk that the filters of its page leave."""
    return shown_reply(request, source, target, "csv")


@router.get("/crosswalks/{source}/{target}/shown.sssom.tsv")
def crosswalk_shown_records(source: str, target: str, request: Request) -> Response:
    """Return the records of a crosswalk that the filters of its page leave."""
    return shown_reply(request, source, target, "sssom")


@router.get("/validate")
def validate_form(request: Request) -> Response:
    """Return the page on which case data are checked."""
    return check_page(request)


@router.post("/validate")
async def validate_files(request: Request) -> Response:
    """Return what was found in the files of a form, as a page."""
    return await checked_page(request)


@router.get("/validate/template.xlsx")
def validate_template(request: Request) -> Response:
    """Return the workbook that reviewers fill in."""
    return template_reply(request)
