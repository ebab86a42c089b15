"""What became of the constructs of an earlier edition: both editions side by side, each change with whose reading it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from imri_kg.change_answers import KINDS, Change, ChangedConstruct, Changes
from imri_kg.vocabulary import MATCHES
from imri_kg_api.explorer.pages import Asked, page
from imri_kg_api.explorer.presenting import local
from imri_kg_api.problems import Problem

__all__ = ["changes", "told"]

_RELATED = MATCHES[-1]


@page("read_changes", "changes.html", own={"kind": False, "find": False})
def changes(asked: Asked, answer: Changes) -> dict[str, Any]:
    """Prepare both sides, in the order of the editions and below their domains; `kind` shows one kind of change alone, `find` the constructs with these words."""
    body = answer.to_json()
    kind, find = asked.value("kind"), asked.value("find").strip()
    if kind and kind not in KINDS:
        raise Problem("unknown-value", f"{kind!r} is no kind of change; there are {', '.join(KINDS)}.", parameter="kind", value=kind, known=list(KINDS))
    names = asked.words
    return {
        "title": names("changes-title", old=_short(asked, body["from"]), new=_short(asked, body["to"])), "kind": kind, "find": find, "kinds": KINDS,
        "source": body["from"], "target": body["to"], "claims": {claim["id"]: claim for claim in body["claims"]},
        "earlier": _shown(answer, answer.earlier, kind, find), "later": _shown(answer, answer.later, kind, find),
    }  # fmt: skip


def told(item: ChangedConstruct) -> list[dict[str, Any]]:
    """Return what happened to a construct, kinds of the same reading and the same counterparts together, so that each is told once.

    `related` says that the records call all these counterparts related and nothing closer, so that what happened is read from elsewhere.
    """
    ends = {c.curie: c for c in item.counterparts}

    def reading(change: Change) -> tuple[Any, ...]:
        return (change.basis_of_kind or "", change.stated_relation or "", change.counterparts, "" if change.counterparts else change.text)

    found = []
    # Sorting is stable, so that within a reading the kinds keep their order.
    order = {reading(change): n for n, change in reversed(list(enumerate(item.changes)))}
    for (basis, verb, curies, text), changes in groupby(sorted(item.changes, key=lambda c: order[reading(c)]), key=reading):
        found.append({
            "kinds": [change.kind for change in changes], "basis": basis, "stated_relation": verb, "text": text,
            "counterparts": [ends[curie].to_json() for curie in curies if curie in ends],
            "related": bool(curies) and basis == "ours" and all(ends[curie].predicate == _RELATED for curie in curies if curie in ends),
        })  # fmt: skip
    return found


def _short(asked: Asked, key: str) -> str:
    name = f"framework-{key}"
    return asked.words(name) if asked.words.has(name) else key


def _shown(answer: Changes, items: Iterable[ChangedConstruct], kind: str, find: str) -> list[Mapping[str, Any]]:
    """Return the constructs that are asked for, each counterpart with its records as they read from the construct's own side."""
    records = {record.record_id: record for record in answer.records}

    def seen(curie: str, ids: Iterable[str]) -> list[Mapping[str, Any]]:
        return [{**record.to_json(), "predicate": record.seen_from(curie)} for id in ids if (record := records.get(id))]

    return [
        {**item.to_json(), "told": told(item), "counterparts": [{**one.to_json(), "records": seen(item.curie, one.records)} for one in item.counterparts]}
        for item in items if (not kind or any(change.kind == kind for change in item.changes)) and _named(item, find)
    ]  # fmt: skip


def _named(item: ChangedConstruct, find: str) -> bool:
    """Say whether every word that is looked for begins a code, or a word of the label, of a construct or of its counterparts."""
    names = {name for one in (item, *item.counterparts) for name in (one.curie, local(one.curie), *one.label.split())}
    known = tuple(name.casefold() for name in names)
    return all(any(name.startswith(word) for name in known) for word in find.casefold().split())
