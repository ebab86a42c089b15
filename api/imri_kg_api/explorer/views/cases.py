"""The list of cases with what narrows it, and two or three of them side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from imri_kg.tables import Table
from imri_kg_api.explorer.pages import Asked, page
from imri_kg_api.explorer.presenting import brief
from imri_kg_api.explorer.views.case_naming import asked_for, authors_number
from imri_kg_api.explorer.views.case_observations import FILTERS, PHASES, by_domain, determinants, judged, narrowed, observations, valences, with_silent

__all__ = ["cases"]

Item = Mapping[str, Any]

#: More cases than these do not fit beside each other.
MOST = 3
#: What is known of a case: the name of the facet's value, and the column that says so.
_KNOWN = {"determinants": "determinants", "impacts": "impacts", "assimilation": "judgements", "gaps": "gaps", "events": "events"}
_FACETS = ("dataset", "innovation", "country", "covers", "group", "known")
#: Attributes that are compared, in the order of the page.
_ATTRIBUTES = ("setting", "location", "country", "innovation", "organisations", "organisation_type", "funding", "group_served", "selection", "start", "end",
               "participants", "interviews", "documents")  # fmt: skip


@page("list_cases", "cases.html", own={**FILTERS, **dict.fromkeys(_FACETS, True), "compare": True})
def cases(asked: Asked, answer: Table) -> dict[str, Any]:
    """Prepare the list, or the comparison where cases are chosen for one."""
    body = answer.to_json()
    items, datasets = body["items"], body["datasets"]
    chosen = list(dict.fromkeys(asked.values("compare")))
    known = [item["id"] for item in items]
    compared = [id for id in chosen if id in known][:MOST]
    shown: dict[str, Any] = {
        "items": items, "sets": _sets(datasets, items, known, asked), "chosen": chosen, "most": MOST, "unknown": [id for id in chosen if id not in known],
        "too_many": len(chosen) > MOST, "comparison": None, "examples": _examples(datasets, items),
    }  # fmt: skip
    if len(compared) > 1:
        comparison = _comparison(asked, compared)
        what = asked_for(asked, comparison["narrowed"].options)
        heading = asked.words("case-compare-asked", what=what, n=len(compared)) if what else asked.words("case-compare-title", n=len(compared))
        return {**shown, "title": brief(heading), "heading": heading, "comparison": comparison}
    wanted = {name: asked.values(name) for name in _FACETS}
    kept = _kept(items, wanted)
    titles = {d["dataset"]: d["title"] for d in datasets}
    return {
        **shown, "title": asked.words("case-list-title"), "heading": asked.words("case-list-title"), "kept": [item["id"] for item in kept],
        "facets": [(name, _facet(asked, items, name, wanted, titles)) for name in _FACETS], "narrowed": any(wanted.values()),
    }  # fmt: skip


def _values(item: Item, name: str) -> list[str]:
    """Return the values of a case in a facet."""
    if name == "known":
        return [value for value, column in _KNOWN.items() if item[column]]
    if name in ("covers", "group"):
        return list(item["phases" if name == "covers" else "stakeholder_groups"])
    return [item[name]] if item[name] else []


def _kept(items: Sequence[Item], wanted: Mapping[str, Sequence[str]], but: str = "") -> list[Item]:
    """Return the cases that have a chosen value in each facet, `but` one of them."""
    return [item for item in items if all(name == but or not values or set(values) & set(_values(item, name)) for name, values in wanted.items())]


def _facet(asked: Asked, items: Sequence[Item], name: str, wanted: Mapping[str, Sequence[str]], titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the values of a facet, each with how many of the cases that the other facets leave have it."""
    chosen = wanted[name]
    counts = Counter(value for item in _kept(items, wanted, but=name) for value in _values(item, name))
    order = list(_KNOWN) if name == "known" else [phase.replace("-", " ") for phase in PHASES] if name == "covers" else []
    values = sorted({*chosen, *(value for item in items for value in _values(item, name))}, key=lambda v: (order.index(v) if v in order else len(order), v))
    labels = {value: asked.words(f"case-known-{value}") if name == "known" and value in _KNOWN else titles.get(value, value) for value in values}
    return [{"value": value, "label": labels[value], "count": counts[value], "chosen": value in chosen} for value in values]


def _sets(datasets: Sequence[Item], items: Sequence[Item], known: Sequence[str], asked: Asked) -> list[dict[str, Any]]:
    """Return the datasets with their cases, those of the user's own last."""
    found = [{**d, "items": [item for item in items if item["dataset"] == d["dataset"]]} for d in datasets]
    return sorted(found, key=lambda d: (d["own"], d["dataset"]))


def _examples(datasets: Sequence[Item], items: Sequence[Item]) -> list[dict[str, Any]]:
    """Return the datasets whose cases can be compared by their barriers: two or three of them, each with determinants."""
    found = []
    for d in datasets:
        told = [item for item in items if item["dataset"] == d["dataset"] and item["determinants"]]
        if 1 < len(told) <= MOST:
            found.append({**d, "cases": [item["id"] for item in told], "names": [item["name"] for item in told], "phases": {p for item in told for p in item["phases"]}})
    return found


def _comparison(asked: Asked, ids: Sequence[str]) -> dict[str, Any]:
    """Return cases side by side: each row of the comparison has one cell for each case."""
    bodies = [asked.graph.case(id).to_json() for id in ids]
    told = [determinants(observations(body)) for body in bodies]
    chosen = {name: asked.values(name) for name in FILTERS}
    every = narrowed([o for part in told for o in part], chosen)
    kept = [narrowed(part, chosen).shown for part in told]
    impacts = [narrowed(body["impacts"], {**chosen, "domain": []}).shown for body in bodies]
    return {
        "bodies": bodies, "ids": [(body["id"], body["name"]) for body in bodies], "numbers": [authors_number(asked.graph, id) for id in ids], "narrowed": every,
        "wider": asked.with_parameters(**with_silent(every)), "phases": _phases(kept), "totals": [(judged(part), valences(part)) for part in kept],
        "attributes": [(name, values) for name in _ATTRIBUTES if any(values := [body["attributes"][name] for body in bodies])],
        "said": narrowed(asked.graph.casebook.said_of_study(*ids), chosen), "impacts": impacts, "first": not any(chosen.values()),
    }  # fmt: skip


def _phases(parts: Sequence[Sequence[Item]]) -> list[dict[str, Any]]:
    """Return the phases in time, each with its domains and in each domain the observations of every case."""
    rows = []
    for phase in (*PHASES, None):
        here = [[o for o in part if _phase(o) == phase] for part in parts]
        if not any(here):
            continue
        label = next(o["phase"]["label"] for part in here for o in part if o["phase"]) if phase else None
        domains = by_domain(o for part in here for o in part)
        rows.append({
            "phase": phase, "label": label, "counts": [(judged(part), valences(part)) for part in here],
            "domains": [(domain, [_cell([o for o in part if o["id"] in ids]) for part in here]) for domain, of in domains if (ids := {o["id"] for o in of})],
        })  # fmt: skip
    return rows


def _cell(items: list[Item]) -> dict[str, Any]:
    return {"items": items, "valences": valences(items), "judged": judged(items)}


def _phase(o: Item) -> str | None:
    return o["phase"]["curie"].partition(":")[2] if o["phase"] else None
