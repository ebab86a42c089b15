"""What became of the constructs of an earlier edition: both editions side by side, each change with whose reading it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imri_kg.change_answers import KINDS, Changes
from imri_kg_api.explorer.pages import Asked, page
from imri_kg_api.problems import Problem

__all__ = ["changes"]


@page("read_changes", "changes.html", own={"kind": False})
def changes(asked: Asked, answer: Changes) -> dict[str, Any]:
    """Prepare both sides, in the order of the editions and below their domains; `kind` shows one kind of change alone."""
    body = answer.to_json()
    kind = asked.value("kind")
    if kind and kind not in KINDS:
        raise Problem("unknown-value", f"{kind!r} is no kind of change; there are {', '.join(KINDS)}.", parameter="kind", value=kind, known=list(KINDS))
    names = asked.words
    return {
        "title": names("changes-title", old=_short(asked, body["from"]), new=_short(asked, body["to"])), "kind": kind, "kinds": KINDS, "source": body["from"], "target": body["to"],
        "records": {record["record_id"]: record for record in body["records"]}, "earlier": _shown(body["earlier"], kind), "later": _shown(body["later"], kind),
    }  # fmt: skip


def _short(asked: Asked, key: str) -> str:
    name = f"framework-{key}"
    return asked.words(name) if asked.words.has(name) else key


def _shown(items: list[dict[str, Any]], kind: str) -> list[Mapping[str, Any]]:
    return [item for item in items if not kind or any(change["kind"] == kind for change in item["changes"])]
