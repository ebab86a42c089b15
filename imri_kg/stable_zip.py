"""Rewrites a workbook so that its bytes depend on its content alone: no clock, no account, no system.

Called when a report or the template is written; openpyxl stamps the time into the archive and into the properties of the
document. It changes no other part.
"""

from __future__ import annotations

import io
import re
import zipfile

__all__ = ["stable"]

#: The first moment that a zip archive can state.
_DATE = (1980, 1, 1, 0, 0, 0)
_STAMP = b"1980-01-01T00:00:00Z"
_CORE = "docprops/core.xml"
_TIMES = re.compile(rb"(<(?:[\w.-]+:)?(?:created|modified)\b[^<>]*>)[^<>]*(</)")
_CREATED = re.compile(rb"<(?:[\w.-]+:)?created\b[^<>]*>\s*([0-9TZ:+.-]{4,40})\s*</")


def stable(data: bytes, original: bytes = b"") -> bytes:
    """Return the workbook with fixed dates.

    Args:
        data: a workbook as a library wrote it.
        original: the workbook of which it is a copy, if of any; the copy keeps the date on which that was created, and states it
            as the date of its change, too.
    """
    stamp = _created(original) or _STAMP
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename.casefold() == _CORE:
                content = _TIMES.sub(rb"\g<1>" + stamp + rb"\g<2>", content)
            fixed = zipfile.ZipInfo(entry.filename, _DATE)
            fixed.create_system = 0
            fixed.compress_type = entry.compress_type
            target.writestr(fixed, content, compresslevel=6)
    return stream.getvalue()


def _created(original: bytes) -> bytes:
    """Return when a workbook says that it was created, or nothing."""
    if not original:
        return b""
    with zipfile.ZipFile(io.BytesIO(original)) as archive:
        for entry in archive.infolist():
            if entry.filename.replace("\\", "/").lstrip("/").casefold() == _CORE and entry.file_size < 1_000_000:
                found = _CREATED.search(archive.read(entry))
                return found[1] if found else b""
    return b""
