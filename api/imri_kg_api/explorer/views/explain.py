"""Why a pair of constructs has its state: records, derivations rule by rule, routes that no rule licenses, as a text and as the data of a drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from imri_kg.crosswalks import Explanation
from imri_kg.vocabulary import BASES
from imri_kg_api.explorer.pages import Asked, page, start_page
from imri_kg_api.explorer.presenting import brief, mentioned
from imri_kg_api.explorer.step_graph import StepGraph, rule_in_words

__all__ = ["arithmetic", "explain", "explain_start"]

#: One pair for each kind of answer; the page asks each of them, and shows what it answers now.
_EXAMPLES = (
    ("stated", "imri:B1", "chime:E"), ("derived", "cfir2009:III.D2", "diffusion:D1.2"), ("judged", "imri:B2", "chime:H2"), ("routes", "cfir2009:III.D5", "review:T5"),
    ("causal", "logic:M3", "chime:I"), ("nothing", "assimilation:T", "cfir2009:I.F"),
)  # fmt: skip


@page("explain", "explain.html")
def explain(asked: Asked, answer: Explanation) -> dict[str, Any]:
    """Prepare the explanation of a pair."""
    graph, body = asked.graph, answer.to_json()
    subject, object_ = answer.subject, answer.object
    drawn = StepGraph(asked)

    def turned(record: Any) -> bool:
        return bool(record.subject.curie == object_.curie)

    def other(record: Any) -> str:
        return object_.curie if record.subject.curie == subject.curie else subject.curie

    records = [drawn.record(r, turned=turned(r), judged=other(r)) for r in answer.records]
    derivations = [drawn.record(r, turned=turned(r)) for r in answer.derivations]
    exploratory = [drawn.record(r, turned=turned(r), judged=other(r)) for r in answer.exploratory]
    causal = [drawn.causal(c, turned=c["subject"] == object_.curie) for c in answer.causal]
    routes = [{"steps": drawn.route(n.chain, n.reason, n.rule), "reason": n.reason, "rule": n.rule} for n in answer.not_licensed if n.chain]
    records, derivations, exploratory, causal = ([drawn.told(step) for step in steps] for steps in (records, derivations, exploratory, causal))
    routes = [{**route, "steps": [drawn.told(step) for step in route["steps"]]} for route in routes]
    drawn.ends(subject.curie, as_="from")
    drawn.ends(object_.curie, as_="to")
    pair = f"{subject.curie.partition(':')[2]} – {object_.curie.partition(':')[2]}"
    return {
        "title": asked.words("explain-title", pair=pair), "pair": pair, "item": body, "subject": body["subject"], "object": body["object"],
        "same": subject.curie == object_.curie, "records": records, "derivations": derivations, "exploratory": exploratory, "causal": causal, "routes": routes,
        "nowhere": [n.reason for n in answer.not_licensed if not n.chain], "reasons": list(drawn.reasons.values()),
        "rules": {name: rule_in_words(asked, name) for name in {s["rule"] for s in drawn.steps.values() if s["rule"]}},
        "sums": {s["number"]: arithmetic(s["premises"], s["confidence"]) for s in drawn.steps.values() if s["premises"]},
        "claims": [{**c, "mentions": [mentioned(graph, asked.links, curie) for curie in c["about"]]} for c in body["claims"]],
        "drawing": drawn.drawing(f"{asked.words('explain-drawing')} {pair}"), "longest": max((len(r["steps"]) for r in routes), default=1), "bases": BASES,
        "chosen_bases": asked.values("basis"), "wider": _wider(asked, answer), "turn": asked.with_parameters(subject=object_.curie, object=subject.curie),
    }  # fmt: skip


def _wider(asked: Asked, answer: Explanation) -> dict[str, Any] | None:
    """Return what the page would show with all bases and exploratory records; None where it shows that already, or nothing would differ."""
    if not asked.values("basis"):
        return None
    found = asked.graph.explain(answer.subject.curie, answer.object.curie, exploratory=asked.flag("exploratory"))
    return {"state": found.state.value, "routes": sum(bool(n.chain) for n in found.not_licensed), "to": asked.with_parameters(basis=None)}


def arithmetic(premises: Sequence[Mapping[str, Any]], confidence: float | None) -> dict[str, str]:
    """Return how the confidence of a derived record comes about: the name of the message that says it, and the numbers in it.

    >>> arithmetic([{"confidence": 0.85}, {"confidence": 0.9}], 0.76)["product"]
    '0.765'
    """
    given = [p["confidence"] for p in premises]
    if confidence is None or any(c is None for c in given):
        return {"message": "explain-sum-none" if len(given) > 1 else "explain-sum-none-inverse"}
    numbers = [Decimal(str(c)) for c in given]
    if len(numbers) == 1:
        return {"message": "explain-sum-inverse", "first": f"{numbers[0]:.2f}"}
    product = numbers[0] * numbers[1]
    return {"message": "explain-sum-chain", "first": f"{numbers[0]:.2f}", "second": f"{numbers[1]:.2f}", "product": f"{product.normalize():f}", "rounded": f"{confidence:.2f}"}


@start_page("explain", "explain_start.html")
def explain_start(asked: Asked) -> dict[str, Any]:
    """Prepare the form, and a pair for each kind of answer."""
    graph = asked.graph
    examples = []
    for kind, subject, object_ in _EXAMPLES:
        if graph.index.get(subject) and graph.index.get(object_):
            found = graph.explain(subject, object_)
            ends = {"subject": found.subject.to_json(), "object": found.object.to_json()}
            routes = sum(bool(n.chain) for n in found.not_licensed)
            examples.append({"kind": kind, **ends, "state": found.state.value, "routes": routes, "records": len(found.records) + len(found.derivations), "causal": len(found.causal)})
    return {"title": asked.words("explain-start-title"), "examples": examples, "short": brief}
