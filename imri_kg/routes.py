"""The recorded steps from construct to construct, and which rule licenses joining one to the next.

Called by `explaining` and `pathways`, which search for chains of steps. A step is an asserted mapping record, a causal
relation, or a place in the hierarchy of an edition. The rules and the reasons for what none of them licenses are the
tables in `ontology/mappings/`. Nothing here judges a pair.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from imri_kg import resources
from imri_kg.crosswalks import RouteStep
from imri_kg.frameworks import FrameworkService
from imri_kg.mapping_rules import Rules, read_rules
from imri_kg.model import Passage
from imri_kg.records import RecordReader
from imri_kg.states import View

__all__ = ["Edge", "Join", "StepMap"]


@dataclass(frozen=True, slots=True)
class Edge:
    """A step that can be walked: its relation as read in the direction of the walk.

    `inverse` says that what is recorded is walked from its object to its subject. A causal relation has no inverse and
    keeps its name then.
    """

    target: str
    relation: str
    kind: str
    id: str | None
    basis: str | None
    exploratory: bool
    inverse: bool


class Join(NamedTuple):
    """Whether a rule joins a step to the licensed steps before it: the rule and what it gives, or why there is none.

    `first` is the number of the step (from 0) where the run of licensed steps begins.
    """

    rule: str | None
    gives: str | None
    reason: str | None
    first: int


class StepMap:
    """Every step of a release, by the construct from which it leads."""

    def __init__(self, reader: RecordReader, frameworks: FrameworkService) -> None:
        self._reader, self._frameworks = reader, frameworks

    @cached_property
    def rules(self) -> Rules:
        """The rule tables."""
        return read_rules(resources.path("ontology", "mappings"))

    @cached_property
    def edges(self) -> dict[str, list[Edge]]:
        """The steps from each construct, both ways along every record and relation, in a fixed order."""
        inverse = {i.predicate: i.inverse for i in self.rules.inversions}
        edges: dict[str, list[Edge]] = defaultdict(list)
        for r in self._reader.state_records:
            if r.basis == "derived" or r.negated or r.none_found:
                continue
            edges[r.subject].append(Edge(r.object, r.predicate, "mapping", r.record_id, r.basis, r.exploratory, False))
            if r.predicate in inverse:
                edges[r.object].append(Edge(r.subject, inverse[r.predicate], "mapping", r.record_id, r.basis, r.exploratory, True))
        for c in self._reader.causal:
            for here, there, turned in ((c["subject"], c["object"], False), (c["object"], c["subject"], True)):
                edges[here].append(Edge(there, c["predicate"], "causal", c["id"], c["basis"], c["exploratory"], turned))
        for row in self._reader.rows("service/hierarchy"):
            low, high = self._reader.prefixes.compress(row["concept"]), self._reader.prefixes.compress(row["broader"])
            edges[low].append(Edge(high, "skos:broader", "hierarchy", None, None, False, False))
            edges[high].append(Edge(low, "skos:narrower", "hierarchy", None, None, False, True))
        return {here: sorted(found, key=_edge_order) for here, found in edges.items()}

    @cached_property
    def labels(self) -> dict[str, str]:
        """The label of every end of a step."""
        labels = {e.curie: e.label for e in self._frameworks.index.entries}
        for c in self._reader.causal:
            labels.setdefault(c["subject"], c["subject_label"])
            labels.setdefault(c["object"], c["object_label"])
        return labels

    def steps_from(self, here: str, view: View) -> Iterator[Edge]:
        """Yield the steps that can be walked from a construct; those of the hierarchy are nobody's judgement."""
        return (e for e in self.edges.get(here, ()) if e.basis is None or view.trusts(e.basis))

    def joins(self, path: tuple[Edge, ...], blocked: Callable[[int, str, str, str], str | None] | None = None) -> tuple[Join, ...]:
        """Return, for each step after the first, whether a rule joins it to the licensed steps before it.

        After a refusal a new run begins with the refused step.

        Args:
            path: the steps in order.
            blocked: asked with the number of the step where the run begins, the construct that is reached, the rule and
                what it would give; returns why an asserted judgement forbids it, or None.
        """
        table = {(c.first, c.second): c for c in self.rules.chains}
        found: list[Join] = []
        relation, first = path[0].relation, 0
        for number, (before, edge) in enumerate(zip(path, path[1:], strict=False), 1):
            chain = table.get((relation, edge.relation)) if edge.kind == before.kind == "mapping" else None
            if chain is None:
                reason: str | None = self.refusal(relation if before.kind == "mapping" else before.kind, before.kind,
                                                  edge.relation if edge.kind == "mapping" else edge.kind)  # fmt: skip
            else:
                reason = blocked(first, edge.target, chain.rule, chain.result) if blocked else None
            if reason is None and chain is not None:
                relation = chain.result
                found.append(Join(chain.rule, chain.result, None, first))
            else:
                found.append(Join(None, None, reason, first))
                relation, first = edge.relation, number
        return tuple(found)

    def reason(self, path: tuple[Edge, ...]) -> str | None:
        """Return why no rule licenses a route, or None where the rules do license it (it is a derivation then)."""
        if len(path) == 1:
            return self.refusal(path[0].relation, path[0].kind, "*")
        return next((j.reason for j in self.joins(path) if j.reason is not None), None)

    def refusal(self, first: str, kind: str, second: str) -> str:
        """Return why no rule combines a step with the next: `first` and `second` are predicates or kinds of step."""
        first = kind if kind in ("causal", "hierarchy") else first
        for key in ((first, second), (first, "*"), ("*", second)):
            if key in self.rules.refusals:
                return self.rules.refusals[key]
        return f"No rule combines {first} with {second}."

    def _passages(self, edge: Edge) -> tuple[Passage, ...]:
        """Return where the evidence of a step stands; a place in a hierarchy has none of its own."""
        if edge.kind == "mapping" and edge.id:
            return tuple(Passage.of(e) for e in self._reader.all_records[edge.id].evidence)
        if edge.kind == "causal" and edge.id:
            evidence = self._reader.causal_by_id[edge.id]["evidence"]
            return tuple(Passage(e["curie"], e["source"], e["citation"], e["locator"], e["url"]) for e in evidence)
        return ()

    def route_steps(self, start: str, path: tuple[Edge, ...]) -> tuple[RouteStep, ...]:
        """Return the steps of a path from `start` as explanations show them."""
        steps, here = [], start
        for e in path:
            steps.append(RouteStep(here, self.labels.get(here, here), e.relation, e.target, self.labels.get(e.target, e.target),
                                   e.kind, e.id, e.basis, e.exploratory, e.inverse, self._passages(e)))  # fmt: skip
            here = e.target
        return tuple(steps)


def _edge_order(edge: Edge) -> tuple[object, ...]:
    return (edge.target, edge.relation, edge.id or "", edge.inverse)
