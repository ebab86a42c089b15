"""How much is known: the overview of all pairs of editions, and what two editions cover of each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from imri_kg.crosswalks import Coverage, Overview
from imri_kg.errors import UnknownNameError
from imri_kg.model import State
from imri_kg.vocabulary import BASES
from imri_kg_api.explorer.gaps import STANDINGS, Gap, gaps
from imri_kg_api.explorer.pages import Asked, page

__all__ = ["coverage", "overview"]

_KINDS = {"row_kind": True, "column_kind": True}


@page("read_overview", "coverage.html")
def overview(asked: Asked, answer: Overview) -> dict[str, Any]:
    """Prepare the overview of all pairs of editions."""
    pairs = [dict(pair) for pair in answer.pairs]
    totals = {state.value: sum(pair["counts"][state] for pair in pairs) for state in State}
    keys = list(dict.fromkeys(str(pair["from"]) for pair in pairs))
    return {
        "title": asked.words("coverage-title"), "totals": totals, "all": sum(totals.values()), "bases": BASES,
        "groups": [(key, [pair for pair in pairs if pair["from"] == key]) for key in keys],
        # The same pairs are in both directions: what is empty one way is empty the other.
        "empty": sorted({tuple(sorted(pair)) for pair in answer.empty}), "left": _left(asked, answer.left_out),
        "limits": _limits(item for key in keys for item in asked.graph.coverage(key, key).limits),
    }  # fmt: skip


@page("read_coverage", "coverage_pair.html", own=_KINDS)
def coverage(asked: Asked, answer: Coverage) -> dict[str, Any]:
    """Prepare what two editions cover of each other."""
    graph = asked.graph
    members = {key: {str(m["curie"]): m for m in graph.framework(key).members} for key in (answer.source, answer.target)}
    whole = graph.coverage(answer.source, answer.target, exploratory=asked.flag("exploratory")) if asked.values("basis") else answer
    parts = []
    for name, side, beside in (("row_kind", answer.forward, whole.forward), ("column_kind", answer.backward, whole.backward)):
        known = members[str(side["from"])]
        kinds = [str(m["kind"]) for m in known.values()]
        chosen = asked.values(name)
        for kind in chosen:
            if kind not in kinds:
                raise UnknownNameError("kind", kind, sorted(set(kinds)))
        every = {m["curie"]: m["counts"] for m in beside["members"]}
        shown = [m for m in side["members"] if not chosen or known[m["curie"]]["kind"] in chosen]
        parts.append({
            "name": name, "from": side["from"], "to": side["to"], "members": shown, "chosen": chosen, "left": len(side["members"]) - len(shown),
            "kinds": {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}, "gaps": gaps(Gap(m["curie"], _trusted(m["counts"], every[m["curie"]])) for m in shown),
            "known": known, "pairs": {state.value: sum(m["counts"][state] for m in shown) for state in State},
        })  # fmt: skip
    names = [asked.words(n) if asked.words.has(n := f"framework-{key}") else key for key in (answer.source, answer.target)]
    return {
        "title": asked.words("coverage-pair-title", source=names[0], target=names[1]), "source": answer.source, "target": answer.target, "parts": parts,
        "standings": STANDINGS, "left": _left(asked, answer.left_out), "limits": _limits(answer.limits), "limitations": _limits(answer.limitations),
    }  # fmt: skip


def _limits(items: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Return what authors state of editions, by edition."""
    out: dict[str, list[Mapping[str, Any]]] = {}
    for item in items:
        found = out.setdefault(str(item["framework"]), [])
        if item not in found:
            found.append(item)
    return out


def _left(asked: Asked, left: Any) -> list[str]:
    say = asked.words
    out = [say("crosswalk-left-records", n=n, basis=say(f"basis-{basis}")) for basis, n in sorted(left.records.items()) if n]
    return [*out, say("crosswalk-left-pairs", n=left.pairs)] if left.pairs else out


def _trusted(counts: Mapping[str, int], every: Mapping[str, int]) -> dict[str, int]:
    """Return the pairs of a construct by state; those that only records left out judge are `left`, and not unassessed."""
    left = counts[State.NOT_ASSESSED] - every[State.NOT_ASSESSED]
    return {**counts, State.NOT_ASSESSED.value: counts[State.NOT_ASSESSED] - left, "left": left}
