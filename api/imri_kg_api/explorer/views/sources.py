"""What the graph rests on: the list of sources, and one with what was at hand, what could not be recovered, and its evidence by section."""

from __future__ import annotations

from typing import Any

from imri_kg.source_answers import SourceDescription
from imri_kg.tables import Table
from imri_kg_api.explorer.pages import Asked, page
from imri_kg_api.explorer.presenting import brief

__all__ = ["source", "sources"]


@page("list_sources", "sources.html")
def sources(asked: Asked, answer: Table) -> dict[str, Any]:
    """Prepare the list: the sources with evidence, those without, and the works that are only named."""
    body = answer.to_json()
    rows = body["items"]
    return {
        "title": asked.words("sources-title"),
        "main": sorted((r for r in rows if r["kind"] == "source" and r["evidence_items"]), key=lambda r: (-r["evidence_items"], r["key"])),
        "without": [r for r in rows if r["kind"] == "source" and not r["evidence_items"]],
        "named": [r for r in rows if r["kind"] not in ("source", "part")],
        "availabilities": body["availabilities"],
        "body": body,
    }


@page("read_source", "source.html")
def source(asked: Asked, answer: SourceDescription) -> dict[str, Any]:
    """Prepare a source."""
    body = answer.to_json()
    name = body["title"] or body["citation"] or asked.words("source-title", key=body["key"])
    return {"title": brief(name), "name": name, "item": body, "sections": body["evidence"], "whole": body["part_of"]}
