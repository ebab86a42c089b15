"""The two pages for people: what this server offers, and the API listed. No scripts, nothing from elsewhere."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from imri_kg_api import html_pages

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@router.get("/")
async def home(request: Request) -> Response:
    """Return the page that lists the doors."""
    return html_pages.response(html_pages.home(request.app.openapi(), request.app.state.graph.release))


@router.get("/docs")
async def docs(request: Request) -> Response:
    """Return the API as a page, made from the OpenAPI document."""
    return html_pages.response(html_pages.reference(request.app.openapi(), request.app.state.graph.release))
