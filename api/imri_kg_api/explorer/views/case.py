"""One case: its timeline, barriers and facilitators, gaps, judgements and impacts; and cases through another framework."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from imri_kg.cases.answers import CaseDescription, CaseView
from imri_kg.cases.view import REACHED
from imri_kg_api.explorer.pages import Asked, page
from imri_kg_api.explorer.presenting import brief
from imri_kg_api.explorer.views.case_naming import asked_for, authors_number
from imri_kg_api.explorer.views.case_observations import FILTERS, PHASES, by_domain, determinants, judged, narrowed, observations, valences, with_silent

__all__ = ["case", "case_through", "cases_through"]

Item = Mapping[str, Any]

_ATTRIBUTES = ("setting", "location", "country", "innovation", "innovation_group", "organisations", "organisation_type", "funding", "group_served", "selection",
               "start", "end", "participants", "interviews", "documents")  # fmt: skip
#: So few observations need nothing to narrow them.
_FEW = 8
#: Numbers of a group of participants that the table shows where any group has them.
_NUMBERS = ("count", "percent", "women", "men", "non_binary", "no_answer", "missing", "mean_age", "age_sd", "shared")


@page("read_case", "case.html", own=FILTERS)
def case(asked: Asked, answer: CaseDescription) -> dict[str, Any]:
    """Prepare the page of a case."""
    body = answer.to_json()
    every = observations(body)
    chosen = {name: asked.values(name) for name in FILTERS}
    found = narrowed(every, chosen)
    shown = list(found.shown)
    told = determinants(shown)
    kinds = [(kind["kind"], [o for o in shown if o["kind"] == kind["kind"]]) for kind in body["observations"]]
    return {
        "title": brief(f"{body['name']}: {what}" if (what := asked_for(asked, found.options)) else body["name"]), "what": what,
        "number": authors_number(asked.graph, body["id"]), "item": body, "narrowed": found, "wider": asked.with_parameters(**with_silent(found)), "few": _FEW,
        "attributes": [(name, value) for name in _ATTRIBUTES if (value := body["attributes"][name]) is not None and value != []],
        "unstated": [name for name in _ATTRIBUTES if body["attributes"][name] in (None, [])],
        "numbers": [name for name in _NUMBERS if any(p[name] is not None for p in body["participants"])],
        "phases": _timeline(body, every), "undated": [e for e in body["events"] if e["phase"] is None],
        "told": told, "domains": by_domain(told), "grid": _grid(told), "total": (judged(told), valences(told)),
        "kinds": [(kind, of) for kind, of in kinds if of and kind["curie"] != "ikg:determinantKind"], "impacts": [o for o in shown if o["kind"]["curie"] == "ikg:CodedImpactObservation"],
        "said": narrowed(body["study_statements"], chosen), "seen_elsewhere": bool(determinants([*every, *body["study_statements"]])), "uncounted": _stated(asked, body), "others": _others(asked, body),
        "editions": [key for key in asked.graph.framework_service.keys() if key != body["dataset"]["framework"]],
    }  # fmt: skip


def _timeline(body: Item, every: Sequence[Item]) -> list[dict[str, Any]]:
    """Return the phases in time, each with its events and how many observations the source tells under it."""
    labels = {o["phase"]["curie"]: o["phase"]["label"] for o in every if o["phase"]} | {e["phase"]["curie"]: e["phase"]["label"] for e in body["events"] if e["phase"]}
    found = []
    for name in PHASES[:-1]:
        here = [o for o in determinants(every) if o["phase"] and o["phase"]["curie"] == f"phase:{name}"]
        events = [e for e in body["events"] if e["phase"] and e["phase"]["curie"] == f"phase:{name}"]
        found.append({"name": name, "label": labels.get(f"phase:{name}", name.replace("-", " ")), "events": events, "valences": valences(here), "told": len(here)})
    return found


def _grid(told: Sequence[Item]) -> dict[str, Any]:
    """Return barriers and facilitators by domain and phase, as numbers."""
    phases = [name for name in PHASES if any(o["phase"] and o["phase"]["curie"] == f"phase:{name}" for o in told)]
    labels = {o["phase"]["curie"].partition(":")[2]: o["phase"]["label"] for o in told if o["phase"]}

    def here(items: Sequence[Item], phase: str) -> list[tuple[Item, int]]:
        return valences([o for o in items if o["phase"] and o["phase"]["curie"] == f"phase:{phase}"])

    rows = [(domain, [(phase, here(items, phase)) for phase in phases], valences(items), len(items)) for domain, items in by_domain(told)]
    return {"phases": [(phase, labels[phase]) for phase in phases], "rows": rows, "sums": [(phase, here(told, phase)) for phase in phases]}


def _stated(asked: Asked, body: Item) -> dict[str, Any] | None:
    """Return what authors state of the impacts of this case without counting; None where they state nothing."""
    matrix = asked.graph.matrix("impact", "case", where={"case": [body["id"]]}, empty=True)
    if not matrix.statements:
        return None
    labels = {member.id: member for member in matrix.rows_}
    cells = [(labels[cell.row].to_json(), cell.state.value, cell.count.total, [matrix.statements[s] for s in cell.statements]) for cell in matrix.cells if cell.statements]
    return {
        "cells": [({**row, "curie": row["id"]}, state, total, statements) for row, state, total, statements in cells], "states": matrix.states,
        "statements": list(matrix.statements.values()),
    }  # fmt: skip


def _others(asked: Asked, body: Item) -> list[Item]:
    """Return the other cases of the dataset that can be compared with this one."""
    return [item for item in asked.graph.cases().to_json()["items"] if item["dataset"] == body["dataset"]["id"] and item["id"] != body["id"]]


@page("read_case_through", "case_through.html", own={"reached": True})
def case_through(asked: Asked, answer: CaseView) -> dict[str, Any]:
    """Prepare a case seen through another framework."""
    name = asked.graph.casebook.find(answer.case).key.name
    return {**_through(asked, answer), "case_name": name, "title": asked.words("case-through-title", name=name, framework=_edition(asked, answer.framework))}


@page("read_cases_through", "case_through.html", own={"reached": True})
def cases_through(asked: Asked, answer: CaseView) -> dict[str, Any]:
    """Prepare all cases seen through another framework."""
    return {**_through(asked, answer), "case_name": None, "title": asked.words("case-through-all-title", framework=_edition(asked, answer.framework))}


def _edition(asked: Asked, key: str) -> str:
    return asked.graph.framework(key).label


def _through(asked: Asked, answer: CaseView) -> dict[str, Any]:
    body = answer.to_json()
    chosen = asked.values("reached")
    told = body["observations"]
    counts = Counter(o["reached"] for o in told)
    seen: dict[str, list[Item]] = {}
    for o in told:
        if not chosen or o["reached"] in chosen:
            seen.setdefault(o["construct"]["curie"], []).append(o)
    constructs = [{**c, "told": seen[c["curie"]]} for c in body["constructs"] if c["curie"] in seen]
    coded = [o for curie, items in seen.items() if curie not in {c["curie"] for c in body["constructs"]} for o in items]
    return {
        "item": body, "constructs": constructs, "coded": coded, "chosen": chosen, "all": len(told),
        "ways": [(name, body["counts"][name], name in chosen) for name in REACHED if counts[name] or name in ("mapped", "route_only", "not_assessed")],
        "editions": [key for key in asked.graph.framework_service.keys() if key not in (body["framework"], *body["coded_in"])],
        "second": sum(count["total"] for count in body["second_coding"].values()),
    }  # fmt: skip
