"""The page on which case data are checked: a form, and without scripts a table of what was found; with scripts the page asks the API."""

from __future__ import annotations

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from imri_kg.errors import UnknownNameError
from imri_kg.isolation.worker import MEMORY, SECONDS
from imri_kg.reports import MEDIA_TYPES
from imri_kg_api.addresses import PREFIX
from imri_kg_api.explorer.shell import asked_by, render
from imri_kg_api.parameters import check
from imri_kg_api.uploads import MOST_BYTES, MOST_FILES, read_uploads

__all__ = ["check_page", "checked_page", "template_reply"]

#: Endings of the files that can be read, as a browser filters by them.
_ENDINGS = (".xlsx", ".xlsm", ".ods", ".csv", ".tsv", ".tab", ".ttl", ".nt", ".jsonld", ".json")
#: Edition of the workbook where none is chosen; its example is coded to it.
_TEMPLATE_EDITION = "cfir-2022"
#: Messages that the table shows; the reports have all of them.
_MOST = 1000
_PARAMETERS = {"framework": False}


def check_page(request: Request) -> Response:
    """Return the form."""
    if request.query_params.get("framework") == "":
        return RedirectResponse(request.url.path, status_code=303)
    check(request, _PARAMETERS)
    return render(request, "validate.html", _shown(request))


async def checked_page(request: Request) -> Response:
    """Return what was found in the files of a form, as a table; nothing is kept of them.

    Raises:
        Problem: the form holds no files, or too many or too large ones.
    """
    check(request, _PARAMETERS)
    shown = _shown(request)
    upload = await read_uploads(request)
    pool = request.app.state.validations.pool
    found = await run_in_threadpool(pool.validate, upload.sources, framework=shown["chosen"], corrections=upload.corrections)
    body = found.validation.to_json()
    return render(request, "validate.html", shown | {"found": body, "checked": not found.validation.nothing_read, "listed": body["messages"][:_MOST], "left_out": max(0, len(body["messages"]) - _MOST)})


def template_reply(request: Request) -> Response:
    """Return the workbook that reviewers fill in, empty or with an example."""
    check(request, {"framework": False, "example": False})
    shown = _shown(request)
    example = request.query_params.get("example", "false")
    if example not in ("true", "false"):
        raise UnknownNameError("value of 'example'", example, ("true", "false"))
    graph = request.app.state.graph
    name = "example" if example == "true" else "template"
    headers = {"Content-Disposition": f'attachment; filename="case-{name}.xlsx"'}
    return Response(graph.case_template(example=example == "true", framework=shown["chosen"] or _TEMPLATE_EDITION), media_type=MEDIA_TYPES["xlsx"], headers=headers)


def _shown(request: Request) -> dict[str, Any]:
    asked = asked_by(request)
    chosen = request.query_params.get("framework", "")
    editions = asked.graph.framework_service.keys()
    if chosen and chosen not in editions:
        raise UnknownNameError("framework", chosen, editions)
    return {
        "title": asked.words("validate-title"), "chosen": chosen, "editions": editions, "endings": _ENDINGS, "most_mib": MOST_BYTES >> 20, "most_files": MOST_FILES,
        "address": asked.links.to("/validate", framework=chosen or None), "api": asked.links.to(f"{PREFIX}/validate"),
        "template": asked.links.to("/validate/template.xlsx", framework=chosen or _TEMPLATE_EDITION), "template_edition": _TEMPLATE_EDITION,
        "example": asked.links.to("/validate/template.xlsx", example="true", framework=_TEMPLATE_EDITION),
        "seconds": round(SECONDS), "memory_mib": MEMORY >> 20, "found": None,
    }  # fmt: skip
