"""The results of a search as a page, with facets that narrow it."""

from __future__ import annotations

from typing import Any

from imri_kg.tables import Table
from imri_kg_api.explorer.pages import Asked, page, start_page
from imri_kg_api.explorer.views.found_elsewhere import found_elsewhere

__all__ = ["search", "search_start"]


@page("search", "search.html")
def search(asked: Asked, answer: Table) -> dict[str, Any]:
    """Prepare the hits with their definitions, the facets with the address that each leads to, and what else holds the words."""
    body = answer.to_json()
    # A framework, a kind or a further page is of constructs alone.
    whole = not any(asked.values(name) for name in (*body["facets"], "page"))
    entries = [(item, asked.graph.index.get(item["curie"])) for item in body["items"]]
    facets = []
    for name, counts in body["facets"].items():
        chosen = asked.values(name)
        facets.append((name, [
            {"value": value, "count": count, "chosen": value in chosen, "to": asked.with_parameters(page=None, **{name: [v for v in chosen if v != value] if value in chosen else [*chosen, value]})}
            for value, count in counts.items()
        ]))  # fmt: skip
    return {
        "title": asked.words("search-title", text=asked.value("q")), "searched": asked.value("q"), "total": body["total"], "facets": facets,
        "elsewhere": found_elsewhere(asked.graph, asked.links, asked.value("q")) if whole else [], "whole": whole,
        "hits": [{**item, "definition": entry.definition if entry else "", "alternatives": entry.alternatives if entry else ()} for item, entry in entries],
    }  # fmt: skip


@start_page("search", "search.html")
def search_start(asked: Asked) -> dict[str, Any]:
    """Prepare the page before anything was searched."""
    return {"title": asked.words("search-start-title"), "searched": "", "hits": [], "facets": [], "total": None, "body": {"notes": []}}
