"""A piece of evidence: where the passage stands, what it says in our words, and everything that rests on it."""

from __future__ import annotations

from typing import Any

from imri_kg.source_answers import GROUPS, EvidenceDescription
from imri_kg.vocabulary import BASES
from imri_kg_api.explorer.pages import Asked, page
from imri_kg_api.explorer.presenting import brief, mentioned

__all__ = ["evidence"]


@page("read_evidence", "evidence.html")
def evidence(asked: Asked, answer: EvidenceDescription) -> dict[str, Any]:
    """Prepare a piece of evidence with what rests on it."""
    body = answer.to_json()
    return {
        "title": brief(asked.words("evidence-title", locator=body["locator"])),
        "item": body,
        "groups": [(group, _uses(asked, group, body["supports"][group])) for group in GROUPS if body["supports"][group]],
        "total": sum(body["counts"].values()),
    }


def _uses(asked: Asked, group: str, uses: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what rests on a passage, what is stated before what is judged, and what follows last."""
    order = {basis: n for n, basis in enumerate(BASES)}
    return sorted((_use(asked, group, use) for use in uses), key=lambda use: order.get(use["basis"], 0))


def _use(asked: Asked, group: str, use: dict[str, Any]) -> dict[str, Any]:
    """Return something that rests on a passage with the address of its page, and a mapping record with its two ends."""
    if group == "mappings":
        return {**use, "record": asked.graph.record(use["id"]).to_json()}
    mention = mentioned(asked.graph, asked.links, use["id"])
    return {**use, "record": None, "mention": mention, "to": asked.links.case(use["case"]) if use["case"] else mention.get("to")}
