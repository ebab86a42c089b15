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
        "claims": {claim["id"]: claim for claim in body["claims"]},
        "earlier": _shown(answer, body["earlier"], kind), "later": _shown(answer, body["later"], kind),
    }  # fmt: skip


def _short(asked: Asked, key: str) -> str:
    name = f"framework-{key}"
    return asked.words(name) if asked.words.has(name) else key


def _shown(answer: Changes, items: list[dict[str, Any]], kind: str) -> list[Mapping[str, Any]]:
    """Return the constructs that show a kind of change, each counterpart with its records as they read from the construct's own side."""
    records = {record.record_id: record for record in answer.records}

    def seen(curie: str, ids: list[str]) -> list[Mapping[str, Any]]:
        return [{**record.to_json(), "predicate": record.seen_from(curie)} for id in ids if (record := records.get(id))]

    return [
        {**item, "counterparts": [{**one, "records": seen(item["curie"], one["records"])} for one in item["counterparts"]]}
        for item in items if not kind or any(change["kind"] == kind for change in item["changes"])
    ]  # fmt: skip
