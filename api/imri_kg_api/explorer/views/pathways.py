"""Paths from one construct, topic or edition to another: in groups, each step with whose it is, and each joint with its rule or why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imri_kg.pathway_answers import Pathway, Pathways
from imri_kg.pathways import DEFAULT_STEPS, MOST_STEPS
from imri_kg.vocabulary import BASES
from imri_kg_api.explorer.pages import Asked, page, start_page
from imri_kg_api.explorer.presenting import mentioned
from imri_kg_api.explorer.step_graph import StepGraph
from imri_kg_api.problems import Problem

__all__ = ["GROUPINGS", "pathways", "pathways_start"]

#: How the paths of a page can be grouped; the first is how they come.
GROUPINGS = ("claim", "end", "length")
#: Groups by whose the steps are, in the order of the answer.
_CLAIMS = ("stated", "partly", "none", "place")
_GROUPS_OF, _IMPACTS = "recovery-review", "imri"
#: Ends of real paths, each with the message that says what they show.
_EXAMPLES = (
    ("group", "review:G5", "imri:B1", {}), ("edition", "recovery-review", "imri", {}), ("topic", "topic:peer-provision", "chime", {}),
    ("moderated", "topic:recovery-oriented-intervention", "topic:personal-recovery", {}), ("hidden", "review:G6", "imri", {}), ("none", "chime:I", "assimilation", {}),
)  # fmt: skip


@page("list_pathways", "pathways.html", own={"group": False})
def pathways(asked: Asked, answer: Pathways) -> dict[str, Any]:
    """Prepare the paths of a page."""
    body = answer.to_json()
    drawn = StepGraph(asked)
    paths = []
    for path in answer.items:
        steps = drawn.path(path)
        paths.append({"path": path, "steps": steps, "claim": _claim(path), "from": steps[0]["subject"], "to": steps[-1]["object"]})
    drawn.ends(*{p["from"]["curie"] for p in paths}, as_="from")
    drawn.ends(*{p["to"]["curie"] for p in paths}, as_="to")
    chosen = asked.value("group", GROUPINGS[0])
    if chosen not in GROUPINGS:
        raise Problem("invalid-parameter", f"The paths cannot be grouped by {chosen[:60]!r}; group takes {', '.join(GROUPINGS)}.", parameter="group")
    groups = _grouped(paths, chosen)
    for group in groups:
        for path in group["paths"]:
            # Evidence is told where a step stands first, in the order of the groups.
            path["steps"] = [drawn.told(step) for step in path["steps"]]
    left = body["left_out"]
    start, end = body["from"]["id"], body["to"]["id"]
    return {
        "title": asked.words("pathways-title", source=_short(start), target=_short(end)), "item": body, "ends": [_end(asked, body[name]) for name in ("from", "to")],
        "groups": groups, "grouping": chosen, "groupings": GROUPINGS, "shown": len(paths), "first": paths[0]["path"].number if paths else 0, "last": paths[-1]["path"].number if paths else 0,
        "total": body["counts"]["paths"], "left": left, "reasons": list(drawn.reasons.values()),
        "drawing": drawn.drawing(f"{asked.words('pathways-drawing')} {_short(start)} – {_short(end)}"), "paged": bool(asked.value("page")),
        "turn": asked.with_parameters(from_=end, to=start, page=None), "explain": body["from"]["kind"] == body["to"]["kind"] == "construct", **_form(asked),
    }  # fmt: skip


def _form(asked: Asked) -> dict[str, Any]:
    """Return what the form offers: editions, topics, numbers of steps, bases."""
    graph = asked.graph
    topics = {c[end]: c[f"{end}_label"] for c in graph.reader.causal for end in ("subject", "object") if c[end].partition(":")[0] in ("topic", "phase")}
    return {
        "editions": graph.framework_service.keys(), "topics": sorted(topics.items(), key=lambda t: t[1].lower()), "steps_offered": range(1, MOST_STEPS + 1),
        "steps_chosen": asked.value("max_steps") or str(DEFAULT_STEPS), "bases": BASES, "chosen_bases": asked.values("basis"), "chosen_via": asked.values("via"),
    }  # fmt: skip


def _end(asked: Asked, end: Mapping[str, Any]) -> dict[str, Any]:
    edition = str(end["id"]) if end["kind"] == "edition" else None
    return {"edition": edition, **({} if edition else mentioned(asked.graph, asked.links, str(end["id"])))}


def _short(name: str) -> str:
    return name if name.partition(":")[0] in ("topic", "phase") else name.partition(":")[2] or name


def _claim(path: Pathway) -> str:
    if not path.authored:
        return "none" if path.curated else "place"
    return "partly" if path.curated else "stated"


def _grouped(paths: Sequence[dict[str, Any]], by: str) -> list[dict[str, Any]]:
    """Return the paths in groups, each with what it is called by: a message, a construct or a number of steps."""
    found: dict[Any, list[dict[str, Any]]] = {}
    for path in paths:
        key = {"claim": path["claim"], "end": path["to"]["curie"], "length": len(path["steps"])}[by]
        found.setdefault(key, []).append(path)
    order = {"claim": _CLAIMS.index, "end": list(found).index, "length": int}[by]
    return [{"key": key, "paths": found[key], "end": found[key][0]["to"]} for key in sorted(found, key=order)]


@start_page("list_pathways", "pathways_start.html")
def pathways_start(asked: Asked) -> dict[str, Any]:
    """Prepare the form, the innovation groups, and examples."""
    graph = asked.graph

    def asked_for(source: str, target: str, **more: Any) -> dict[str, Any]:
        found = graph.pathways(source, target, **more)
        ends = [_end(asked, found.to_json()[name]) for name in ("from", "to")]
        return {"from": source, "to": target, "ends": ends, "paths": found.counts["paths"], "hidden": found.left_out["hypotheses"], "more": found.left_out["exploratory"]}

    form = _form(asked)
    known = {*form["editions"], *(curie for curie, _ in form["topics"])}
    examples = [{"kind": kind, **asked_for(source, target, **more)} for kind, source, target, more in _EXAMPLES if all(e in known or graph.index.get(e) for e in (source, target))]
    groups = [{**m, "framework": _GROUPS_OF, **asked_for(m["curie"], _IMPACTS)} for m in graph.framework(_GROUPS_OF).members if m["kind"] == "InnovationGroup"]
    return {"title": asked.words("pathways-start-title"), "examples": examples, "innovations": groups, **form}
