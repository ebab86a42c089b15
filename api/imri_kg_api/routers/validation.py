"""Case data checked: files in, messages at cells out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from imri_kg.reports import MEDIA_TYPES, REPORTS, write_report
from imri_kg_api import schemas
from imri_kg_api.documentation import describe_upload
from imri_kg_api.parameters import check, declared
from imri_kg_api.replying import choose
from imri_kg_api.uploads import read_uploads

__all__ = ["router"]

router = APIRouter(tags=["cases"])

_ENDINGS = {"text": "txt", "junit": "xml"}


@router.post("/validate", **describe_upload(schemas.Validation, MEDIA_TYPES))
async def validate(
    request: Request,
    name: Annotated[str | None, Query(description="File name, where one file is sent as the body and not as a form.", examples=["cases.csv"])] = None,
    framework: Annotated[str | None, Query(description="Edition of the constructs, for tables without a sheet Dataset.", examples=["cfir-2022"])] = None,
    format: Annotated[str | None, Query(description="Form of the report; without it the header Accept decides, and JSON is the default.", examples=["html"], json_schema_extra={"enum": [*REPORTS]})] = None,
) -> Response:
    """Check case data: workbooks, CSV, ODS, Turtle or JSON-LD, sent as a form with files or one file as the body. Nothing that is sent is stored."""
    check(request, declared(validate))
    form = choose(format, request.headers.get("accept", ""), MEDIA_TYPES)
    sources = await read_uploads(request)
    pool = request.app.state.validations.pool
    found = await run_in_threadpool(pool.validate, sources, form="" if form == "json" else form, framework=framework or "")
    body = write_report(found.validation, "json", {}) if form == "json" else found.report
    headers = {"Content-Disposition": f'attachment; filename="findings.{_ENDINGS.get(form, form)}"'} if form in ("xlsx", "junit", "csv", "ttl") else {}
    return Response(body, media_type=MEDIA_TYPES[form], headers=headers)
