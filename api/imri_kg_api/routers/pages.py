"""The first page of the explorer, the API listed as a page, and the API for programs."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from imri_kg.describing import RDF_FORMS
from imri_kg_api.accepting import preferred
from imri_kg_api.asking import ask
from imri_kg_api.doorway import shows_own_cases
from imri_kg_api.explorer.views.docs import docs_page
from imri_kg_api.explorer.views.home import home_page
from imri_kg_api.linked_data.asking import Form, choose_form
from imri_kg_api.parameters import check, declared
from imri_kg_api.reply_examples import with_replies
from imri_kg_api.routers.linked_data import dataset_reply

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

_PAGE = "text/html"
_RDF = {form.media_type.partition(";")[0]: name for name, form in RDF_FORMS.items()}


@router.get("/")
def home(request: Request, format: Form = None) -> Response:
    """Return the first page of the explorer; to a client that asks for RDF, the description of the dataset, whose IRI this is."""
    check(request, declared(home))
    accept = request.headers.get("accept", "")
    # Who takes anything gets the page here, and RDF everywhere else below the base.
    form = "html" if format is None and preferred(accept, [_PAGE, *_RDF]) == _PAGE else choose_form(format, accept)
    if form != "html":
        return dataset_reply(request, request.app.state.graph, form)
    page = home_page(request)
    root = request.scope.get("root_path", "")
    page.headers["Link"] = ", ".join(f'<{root}/?format={name}>; rel="alternate"; type="{media_type}"' for media_type, name in _RDF.items())
    return page


@router.get("/docs")
async def docs(request: Request) -> Response:
    """Return the API as a page, made from the OpenAPI document."""
    check(request, {})
    return docs_page(request, await _described(request))


@router.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """Return the OpenAPI document, with an example of each reply from this release."""
    document, root = await _described(request), request.scope.get("root_path", "")
    # Below a prefix, the addresses in the document are those below the prefix.
    return JSONResponse({**document, "servers": [{"url": root}]} if root else document)


async def _described(request: Request) -> dict[str, Any]:
    """Return the OpenAPI document with its examples; they are asked for once in the life of an application."""
    state = request.app.state
    if state.described is None:
        async def asked(address: str, body: bytes | None) -> tuple[int, bytes]:
            # The description of the API may be read by any site, and kept; datasets of the user's own may not.
            if state.graph.own_cases and shows_own_cases(address.partition("?")[0]):
                return 403, b""
            return await ask(request, address, body, [(b"content-type", b"application/json")] if body is not None else ())

        state.described = await with_replies(request.app.openapi(), asked)
    return dict(state.described)
