"""How to cite the graph, an edition, a mapping record or an answer."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from imri_kg.citing import Citation
from imri_kg_api.addresses import PREFIX, is_page
from imri_kg_api.explorer.pages import Asked, page

__all__ = ["cite"]


@page("cite", "cite.html")
def cite(asked: Asked, answer: Citation) -> dict[str, Any]:
    """Prepare the works to cite, as text, BibTeX and CSL-JSON."""
    body = answer.to_json()
    csl = json.dumps(body["csl_json"], ensure_ascii=False, indent=2) if body["csl_json"] is not None else None
    return {
        "title": asked.words(f"cite-title-{body['kind']}"),
        "item": body,
        "texts": [(name, text) for name, text in (("apa", "\n\n".join(body["apa"]) if body["apa"] is not None else None), ("bibtex", body["bibtex"]), ("csl-json", csl)) if text],
        "editions": asked.graph.framework_service.keys(),
        "answered": _answered(asked, body),
    }


def _answered(asked: Asked, body: dict[str, Any]) -> str | None:
    """Return the address of what is cited on this server, where it has a page."""
    of = str(body["of"])
    if body["kind"] == "framework":
        return asked.links.framework(of.removeprefix("framework:"))
    if body["kind"] == "mapping":
        return asked.links.record(of)
    shown = of.replace(PREFIX, "", 1)
    return shown if body["kind"] == "answer" and of.startswith("/") and _is_shown(shown) else None


def _is_shown(address: str) -> bool:
    """Say whether there is a page at the address of an answer without the prefix of the API."""
    path = urlsplit(address).path
    return is_page("/" + path.partition("/releases/")[2].partition("/")[2] if "/releases/" in path else path)
