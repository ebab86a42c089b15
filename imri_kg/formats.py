"""Answers as text for programs: JSON, CSV, TSV and Markdown tables, and which further forms an answer has.

Called by the command line and the HTTP doors. It knows nothing of questions: an answer gives its own JSON and rows. Forms that need
more than the answer (SSSOM, RDF) are written by `KnowledgeGraph.serialise`, pages by the server.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from imri_kg.errors import UnknownNameError
from imri_kg.model import Answer
from imri_kg.tables import Table

__all__ = ["FORMATS", "MEDIA_TYPES", "RDF_FORMATS", "RECORD_FORMATS", "forms_of", "separated", "serialise"]

#: Forms of every answer.
FORMATS = ("json", "csv", "tsv", "md")
#: Forms of answers about things that the graph describes.
RDF_FORMATS = ("ttl", "jsonld")
#: Forms of answers that hold mapping records.
RECORD_FORMATS = ("sssom", *RDF_FORMATS)
MEDIA_TYPES = {
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    # Registered nowhere; what other servers of mappings (jskos-server) take for SSSOM/TSV.
    "sssom": "application/sssom+tsv; charset=utf-8",
    "ttl": "text/turtle; charset=utf-8",
    "jsonld": "application/ld+json",
}


def forms_of(answer: Answer) -> tuple[str, ...]:
    """Return the forms that an answer has beside a page: those of all, SSSOM where it holds records, RDF where the graph describes it."""
    more = RECORD_FORMATS if answer.mapping_records() is not None else RDF_FORMATS if answer.described() is not None else ()
    return (*FORMATS, *more)


def serialise(answer: Answer, form: str) -> str:
    """Return an answer in a form.

    Args:
        answer: any reply.
        form: json, csv, tsv or md.

    Raises:
        UnknownNameError: there is no such form.
    """
    if form == "json":
        return json.dumps(answer.to_json(), ensure_ascii=False, indent=2) + "\n"
    rows = answer.cells() if isinstance(answer, Table) else answer.rows()
    # Without rows a table still says which columns it has.
    header = list(rows[0]) if rows else list(answer.header())
    if form in ("csv", "tsv"):
        return _separated(header, rows, "," if form == "csv" else "\t")
    if form == "md":
        return _markdown(header, rows)
    raise UnknownNameError("format", form, FORMATS)


def separated(rows: Sequence[Mapping[str, Any]], form: str, header: Sequence[str]) -> str:
    """Return flat rows as csv, tsv or md under a header; all rows have its keys."""
    return _markdown(header, rows) if form == "md" else _separated(header, rows, "," if form == "csv" else "\t")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (Mapping, list, tuple)):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return str(value)


def _harmless(text: str) -> str:
    """Keep a spreadsheet from reading a cell as a formula: such a cell gets an apostrophe in front."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _separated(header: Sequence[str], rows: Sequence[Mapping[str, Any]], delimiter: str) -> str:
    if not header:
        return ""
    import csv
    import io

    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n" if delimiter == "," else "\n")
    writer.writerow(header)
    for row in rows:
        # A lone carriage return would end the row for some readers; a line feed inside a cell is quoted.
        writer.writerow([_harmless(_cell(v)).replace("\r\n", "\n").replace("\r", "\n") for v in row.values()])
    return stream.getvalue()


def _markdown(header: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    if not header:
        return ""
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    for row in rows:
        cells = (" ".join(_cell(v).splitlines()).replace("\\", "\\\\").replace("|", "\\|") for v in row.values())
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
