"""The files in which the graph can be had, grouped by what they are for: one row for each part, its forms in it, and all digests below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from imri_kg_api.explorer.shell import Frame, asked_by, render

__all__ = ["downloads_page"]

#: The whole first: most readers want that, or one edition.
_KINDS = ("graph", "ontology", "framework", "mapping-set")


def downloads_page(request: Request, items: Sequence[Mapping[str, Any]], forms: Sequence[tuple[str, str]]) -> HTMLResponse:
    """Return the list of files as a page.

    Args:
        request: the request that it answers.
        items: the files, with the members of the JSON reply.
        forms: name and address of each other form of the list.
    """
    parts: dict[str, dict[str, list[Mapping[str, Any]]]] = {kind: {} for kind in _KINDS}
    for item in items:
        parts[item["kind"]].setdefault(item["title"] or item["name"], []).append(item)
    return render(request, "downloads.html", {
        "title": asked_by(request).words("downloads-title"), "groups": [(kind, _rows(found)) for kind, found in parts.items() if found], "items": items,
    }, Frame(forms=list(forms)))  # fmt: skip


def _rows(parts: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Return the parts of a kind: title, the edition's key where it is one, and its files."""
    found = []
    for title, files in parts.items():
        folder, _, name = str(files[0]["name"]).rpartition("/")
        found.append({"title": title, "framework": name.partition(".")[0] if folder == "frameworks" else "", "files": files})
    return found
