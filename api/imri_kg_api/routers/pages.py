"""The two pages for people: what this server offers, and the API listed. No scripts, nothing from elsewhere."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from imri_kg.describing import RDF_FORMS
from imri_kg_api import html_pages
from imri_kg_api.accepting import preferred
from imri_kg_api.routers.linked_data import dataset_reply

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@router.get("/")
def home(request: Request) -> Response:
    """Return the page that lists the doors; to a client that asks for RDF, the description of the dataset, whose IRI this is."""
    forms = {form.media_type.partition(";")[0]: name for name, form in RDF_FORMS.items()}
    wanted = preferred(request.headers.get("accept", ""), ["text/html", *forms])
    if wanted in forms:
        return dataset_reply(request, request.app.state.graph, forms[wanted])
    return html_pages.response(html_pages.home(request.app.openapi(), request.app.state.graph.release))


@router.get("/docs")
async def docs(request: Request) -> Response:
    """Return the API as a page, made from the OpenAPI document."""
    return html_pages.response(html_pages.reference(request.app.openapi(), request.app.state.graph.release))
