"""Case data checked: files in, messages at cells out."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from imri_kg.errors import ConflictError
from imri_kg.isolation.worker import CORRECTED, Isolated
from imri_kg.reports import MEDIA_TYPES, REPORTS
from imri_kg_api import schemas
from imri_kg_api.documentation import describe_upload
from imri_kg_api.parameters import check, declared
from imri_kg_api.replying import choose
from imri_kg_api.uploads import read_uploads

__all__ = ["router"]

router = APIRouter(tags=["cases"])

_ENDINGS = {"text": "txt", "junit": "xml"}
#: Media types of corrected files by their endings; how a text is encoded only its sender knows.
_FILES = {
    ".xlsx": MEDIA_TYPES["xlsx"], ".xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12", ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".csv": "text/csv", ".tsv": "text/tab-separated-values", ".tab": "text/tab-separated-values", ".zip": "application/zip",
}  # fmt: skip


@router.post("/validate", **describe_upload(schemas.Validation, MEDIA_TYPES))
async def validate(
    request: Request,
    name: Annotated[str | None, Query(description="File name, where one file is sent as the body and not as a form.", examples=["cases.csv"])] = None,
    framework: Annotated[str | None, Query(description="Edition of the constructs, for tables without a sheet Dataset.", examples=["cfir-2022"])] = None,
    format: Annotated[str | None, Query(description="Form of the report, or `corrected` for the files with the corrections; without it the header Accept decides, and JSON is the default.", examples=["html"], json_schema_extra={"enum": [*REPORTS, CORRECTED]})] = None,
    tables: Annotated[bool, Query(description="With the tables themselves, as they were read and with what each column may hold; in JSON alone.", examples=[True])] = False,
) -> Response:
    """Check case data: workbooks, CSV, ODS, Turtle or JSON-LD, sent as a form with files or one file as the body.

    A part `corrections` of the form says what some cells are to hold before the files are checked. Nothing that is sent is stored.
    """
    check(request, declared(validate))
    form = CORRECTED if format == CORRECTED else choose(format, request.headers.get("accept", ""), {**MEDIA_TYPES, CORRECTED: ""} if format else MEDIA_TYPES)
    if tables and form != "json":
        raise ConflictError("The tables come with the reply in JSON alone; leave 'tables' out, or ask for format=json.", "tables")
    upload = await read_uploads(request)
    pool = request.app.state.validations.pool
    found = await run_in_threadpool(pool.validate, upload.sources, form="" if form == "json" else form, framework=framework or "", corrections=upload.corrections, tables=tables)
    if form == "json":
        return Response(_document(found), media_type=MEDIA_TYPES["json"])
    if form == CORRECTED:
        return Response(found.report, headers={"Content-Type": _FILES.get(PurePosixPath(found.name).suffix.lower(), "application/octet-stream"), "Content-Disposition": _attachment(found.name)})
    headers = {"Content-Disposition": f'attachment; filename="findings.{_ENDINGS.get(form, form)}"'} if form in ("xlsx", "junit", "csv", "ttl") else {}
    return Response(found.report, media_type=MEDIA_TYPES[form], headers=headers)


def _document(found: Isolated) -> bytes:
    document = found.validation.to_json() | ({} if found.tables is None else {"tables": found.tables})
    # Half a surrogate pair is legal in a JSON string only as an escape.
    return (json.dumps(document, ensure_ascii=False, indent=2 if found.tables is None else None) + "\n").encode("utf-8", "backslashreplace")


def _attachment(name: str) -> str:
    """Return how a browser is told to save a file (RFC 6266), with a name in ASCII for those that read no other."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in name)
    return f'attachment; filename="{plain}"' + (f"; filename*=UTF-8''{quote(name, safe='', errors='replace')}" if plain != name else "")
