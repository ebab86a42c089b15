"""Files that a client sends to be checked: read into memory, within a limit, and nowhere else.

Called by the route that validates. Nothing that is sent is written to disk, logged or kept after the reply.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from typing import NamedTuple

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from imri_kg.case_validation.corrections import MOST_BYTES as MOST_OF_CORRECTIONS
from imri_kg.case_validation.corrections import Correction, read_corrections
from imri_kg.case_validation.service import Source
from imri_kg.isolation.pool import ValidationPool
from imri_kg_api.problems import Problem

__all__ = ["MOST_BYTES", "MOST_FILES", "Upload", "Validations", "read_uploads"]

#: What one request may send.
MOST_BYTES = 64 << 20
MOST_FILES = 20
_FORM = "multipart/form-data"
#: The part of a form that is no file to check.
_CORRECTIONS = "corrections"


class Upload(NamedTuple):
    """What was sent: the files, and what some of their cells are to hold."""

    sources: list[Source]
    corrections: tuple[Correction, ...] = ()


class Validations:
    """The pool of an application; it starts at the first upload, since many servers never get one."""

    def __init__(self) -> None:
        self._pool: ValidationPool | None = None
        self._lock = threading.Lock()

    @property
    def pool(self) -> ValidationPool:
        """The pool, started when it is first asked for."""
        with self._lock:
            if self._pool is None:
                self._pool = ValidationPool()
            return self._pool

    def close(self) -> None:
        """End what runs."""
        with self._lock:
            if self._pool is not None:
                self._pool.close()


async def read_uploads(request: Request) -> Upload:
    """Return the files of a request: the parts of a form, or the body itself under the name that `name` gives.

    Raises:
        CorrectionError: the part `corrections` of a form is no list of corrections.
        Problem: there is no file, there are too many, or they are too large.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == _FORM:
        return await _parts(request)
    name = request.query_params.get("name", "")
    if not name:
        raise Problem("missing-parameter", "Send the files as multipart/form-data, or one file as the body with its name in the parameter 'name' (name=cases.xlsx).", parameter="name")
    data = b"".join([chunk async for chunk in _limited(request.stream())])
    if not data:
        raise Problem("bad-request", "The body is empty; send the file in it.")
    return Upload([Source(_plain(name), data)])


async def _parts(request: Request) -> Upload:
    # Parts up to the limit stay in memory; a larger request is refused before it is complete.
    parser = MultiPartParser(request.headers, _limited(request.stream()), max_files=MOST_FILES, max_fields=MOST_FILES)
    parser.spool_max_size = MOST_BYTES
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise Problem("bad-request", f"The form cannot be read: {error.message}") from error
    except KeyError as error:
        raise Problem("bad-request", "The form cannot be read: its content type names no boundary.") from error
    found: list[Source] = []
    corrections: list[bytes] = []
    for name, part in form.multi_items():
        if name == _CORRECTIONS:
            corrections.append(await part.read(MOST_OF_CORRECTIONS + 1) if isinstance(part, UploadFile) else part.encode())
        elif not isinstance(part, UploadFile):
            # Nothing that is sent is ignored: what a form calls its framework would be missed.
            raise Problem("bad-request", f"The form has a field {name[:40]!r} that is no file; settings such as framework stand in the address (?framework=cfir-2022).")
        elif part.filename:
            found.append(Source(_plain(part.filename), await part.read(), "upload"))
    await form.close()
    if not found:
        raise Problem("bad-request", "The form holds no file; send each file as a part with a file name.")
    if len({s.name for s in found}) < len(found):
        raise Problem("bad-request", "Two files of the form have one name; give each its own.")
    if len(corrections) > 1:
        raise Problem("bad-request", f"The form has {len(corrections)} parts {_CORRECTIONS!r}; send one, with all corrections in its list.")
    return Upload(found, read_corrections(corrections[0]) if corrections else ())


async def _limited(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    seen = 0
    async for chunk in stream:
        seen += len(chunk)
        if seen > MOST_BYTES:
            raise Problem("too-large", f"More than {MOST_BYTES >> 20} MiB were sent; send less at a time.")
        yield chunk


def _plain(name: str) -> str:
    """Return the last part of a file name, without what would break a line of a report."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c if c.isprintable() else "_" for c in last)[:200] or "upload"
