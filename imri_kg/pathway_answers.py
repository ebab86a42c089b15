"""The typed objects of a question about paths: ends, steps with their licence, paths, and what was left out.

Beside `crosswalks`. Nothing here reads a store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from imri_kg.model import Answer, Evidence, Passage, Reference

__all__ = ["STATUSES", "PathEnd", "PathStep", "Pathway", "Pathways", "count_statuses", "passage"]

#: What a path is: one recorded statement, several that rules join, or several that nothing joins.
STATUSES = ("recorded", "licensed", "hypothesis")

_COLUMNS = (
    "path", "status", "heading", "step", "subject", "subject_label", "relation", "object", "object_label", "kind", "direction", "id",
    "basis", "stated_relation", "exploratory", "evidence_kind", "confidence", "rule", "reason", "moderators", "evidence", "evidence_ids",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PathEnd:
    """Where paths begin or end: a construct, a whole edition, or a topic that a causal relation names."""

    kind: str
    id: str
    label: str
    constructs: int

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "id": self.id, "label": self.label, "constructs": self.constructs}


@dataclass(frozen=True, slots=True)
class PathStep:
    """One step: what is recorded, whose it is, what it rests on, and whether a rule joins it to the steps before it.

    `direction` is `inverse` where a record or a place in the hierarchy is read from its object to its subject; `relation`
    is then the inverse. `rule` and `reason` are empty on the first step, which joins nothing.
    """

    subject: Reference
    relation: str
    object: Reference
    kind: str
    direction: str
    id: str | None
    basis: str | None
    exploratory: bool
    stated_relation: str | None
    predicate_basis: str | None
    evidence_kind: str | None
    confidence: float | None
    evidence: tuple[Evidence, ...]
    moderators: tuple[Mapping[str, Any], ...]
    rule: str | None = None
    gives: str | None = None
    reason: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "subject": self.subject.to_json(),
            "relation": self.relation,
            "object": self.object.to_json(),
            "kind": self.kind,
            "direction": self.direction,
            "id": self.id,
            "basis": self.basis,
            "exploratory": self.exploratory,
            "stated_relation": self.stated_relation,
            "predicate_basis": self.predicate_basis,
            "evidence_kind": self.evidence_kind,
            "confidence": self.confidence,
            "evidence": [passage(e) for e in self.evidence],
            "moderators": [dict(m) for m in self.moderators],
            "licence": {"rule": self.rule, "gives": self.gives, "reason": self.reason},
        }


@dataclass(frozen=True, slots=True)
class Pathway:
    """A chain of steps. `status` is one of `STATUSES`; `heading` says in words whose it is.

    `authored` counts the steps that authors state, `curated` those that curators judged. `concludes` is the SKOS predicate
    that the rules give for the two ends, where they license the whole; `confidence` that of the record that follows.
    """

    number: int
    steps: tuple[PathStep, ...]
    status: str
    heading: str
    authored: int
    curated: int
    exploratory: bool
    concludes: str | None
    confidence: float | None
    reason: str | None

    @property
    def text(self) -> str:
        """The path in one line."""
        return " ".join((self.steps[0].subject.curie, *(f"-{s.relation}-> {s.object.curie}{' (exploratory)' if s.exploratory else ''}" for s in self.steps)))

    def to_json(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "from": self.steps[0].subject.curie,
            "to": self.steps[-1].object.curie,
            "length": len(self.steps),
            "text": self.text,
            "status": self.status,
            "heading": self.heading,
            "authored": self.authored,
            "curated": self.curated,
            "exploratory": self.exploratory,
            "concludes": self.concludes,
            "confidence": self.confidence,
            "reason": self.reason,
            "steps": [s.to_json() for s in self.steps],
        }


@dataclass(frozen=True, slots=True)
class Pathways(Answer):
    """The paths from one end to the other, what was left out of them, and how far was searched."""

    source: PathEnd
    target: PathEnd
    items: tuple[Pathway, ...]
    counts: Mapping[str, int]
    left_out: Mapping[str, Any]
    search: Mapping[str, Any]
    text: str
    basis: tuple[str, ...]
    notes: tuple[str, ...]
    queries: tuple[str, ...]
    release: str
    next: str | None = None

    @property
    def query(self) -> str:
        """The stored query that the answer rests on first."""
        return self.queries[0]

    def to_json(self) -> dict[str, Any]:
        return {
            "from": self.source.to_json(),
            "to": self.target.to_json(),
            "text": self.text,
            "items": [p.to_json() for p in self.items],
            "counts": dict(self.counts),
            "left_out": dict(self.left_out),
            "search": dict(self.search),
            "basis": list(self.basis),
            "notes": list(self.notes),
            "query": self.query,
            "queries": list(self.queries),
            "next": self.next,
            "release": self.release,
        }

    def described(self) -> tuple[str, ...]:
        """Return the records and relations of the steps, with their evidence."""
        steps = [s for path in self.items for s in path.steps]
        return tuple(dict.fromkeys([*(s.id for s in steps if s.id), *(m["id"] for s in steps for m in s.moderators), *(e.curie for s in steps for e in s.evidence)]))

    def sections(self) -> list[tuple[str, list[dict[str, Any]]]]:
        paths = [{"path": p.number, "steps": p.text, "status": p.status, "heading": p.heading, "reason": p.reason or ""} for p in self.items]
        return [("Paths", paths), ("Steps", self._steps())]

    def rows(self) -> list[dict[str, Any]]:
        """Return one row for each step of each path; where there is no path, one that names both ends and says why."""
        if self.items:
            return self._steps()
        told = {"heading": "no path", "subject": self.source.id, "subject_label": self.source.label, "object": self.target.id, "object_label": self.target.label,
                "reason": " ".join((self.text, *self.notes))}  # fmt: skip
        return [{column: told.get(column, "") for column in _COLUMNS}]

    def _steps(self) -> list[dict[str, Any]]:
        return [dict(zip(_COLUMNS, _row(path, number, step), strict=True)) for path in self.items for number, step in enumerate(path.steps, 1)]

    def header(self) -> tuple[str, ...]:
        return _COLUMNS


def count_statuses(paths: tuple[Pathway, ...]) -> dict[str, int]:
    """Count paths by status; every status has its key."""
    found = Counter(p.status for p in paths)
    return {"paths": len(paths), **{status: found[status] for status in STATUSES}}


def passage(evidence: Evidence) -> dict[str, Any]:
    """Return where a piece of evidence stands; its whole is with the record, the relation and the construct."""
    return Passage.of(evidence).to_json()


def _row(path: Pathway, number: int, step: PathStep) -> tuple[Any, ...]:
    return (
        path.number, path.status, path.heading, number, step.subject.curie, step.subject.label, step.relation, step.object.curie,
        step.object.label, step.kind, step.direction, step.id or "", step.basis or "", step.stated_relation or "", step.exploratory,
        step.evidence_kind or "", step.confidence, step.rule or "", step.reason or "", " | ".join(m["text"] for m in step.moderators),
        " | ".join(e.place for e in step.evidence), " ".join(e.curie for e in step.evidence),
    )  # fmt: skip
