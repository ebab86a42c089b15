"""Reports of a validation: the same messages as text, JSON, CSV, a page, a marked workbook, SHACL in Turtle or JUnit.

Called by the command line, the HTTP doors and Python. It reads no file, runs no engine and knows no shape; each form is a
module beside this one, imported when it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping

from imri_kg.case_validation.messages import Validation
from imri_kg.errors import UnknownNameError

__all__ = ["MEDIA_TYPES", "REPORTS", "write_report"]

REPORTS = ("text", "json", "csv", "html", "xlsx", "ttl", "junit")
MEDIA_TYPES = {
    "text": "text/plain; charset=utf-8",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ttl": "text/turtle; charset=utf-8",
    "junit": "application/xml; charset=utf-8",
}


def write_report(validation: Validation, form: str, inputs: Mapping[str, bytes], shacl: bytes = b"", *, colour: bool = False) -> bytes:
    """Write the messages of a validation in a form.

    Args:
        validation: the messages, and what was read.
        form: one of `REPORTS`.
        inputs: the original bytes of what was validated, by the file names that the messages use; only the marked workbook needs them.
        shacl: the standard SHACL report in Turtle, as the engine step hands it over; it is the form `ttl`.
        colour: whether the text is for a terminal that shows colours.

    Returns:
        The bytes of the report; the same arguments give the same bytes.

    Raises:
        UnknownNameError: there is no such form.

    >>> write_report(Validation((), (), "0"), "csv", {})[:29]
    b'file,sheet,row,column,severit'
    """
    if form == "text":
        from imri_kg.reports.text import as_text

        return as_text(validation, colour=colour).encode()
    if form in ("json", "csv"):
        from imri_kg.formats import serialise

        # Half a surrogate pair is legal in a JSON string only as an escape, and in a CSV file not at all.
        return serialise(validation, form).encode("utf-8", "backslashreplace" if form == "json" else "replace")
    if form == "html":
        from imri_kg.reports.html import as_html

        return as_html(validation).encode()
    if form == "xlsx":
        from imri_kg.reports.workbook import as_workbook

        return as_workbook(validation, inputs)
    if form == "ttl":
        return shacl
    if form == "junit":
        from imri_kg.reports.junit import as_junit

        return as_junit(validation)
    raise UnknownNameError("format", form, REPORTS)
