"""The typed objects that every door hands out.

Plain dataclasses: `to_json()` gives the form that DESIGN and `docs/api.md` promise, `rows()` flat rows for tables, and
`to_dataframe()` a pandas frame. Nothing here reads a store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

__all__ = [
    "Answer",
    "Concept",
    "Coverage",
    "Crosswalk",
    "Derivation",
    "Evidence",
    "Explanation",
    "Framework",
    "LeftOut",
    "MappingAnswer",
    "MappingRecord",
    "Overview",
    "PairState",
    "Reference",
    "Refusal",
    "RouteStep",
    "State",
    "Table",
]


class State(StrEnum):
    """What is known of a pair of constructs; the four states partition every pair of editions."""

    MAPPED = "mapped"
    JUDGED_NOT_MAPPED = "judged_not_mapped"
    CONTESTED = "contested"
    NOT_ASSESSED = "not_assessed"

    @property
    def words(self) -> str:
        """The state as people read it."""
        return self.value.replace("_", " ")


class Answer:
    """Base of the replies: JSON for programs, rows for tables."""

    def to_json(self) -> dict[str, Any]:
        """Return the reply as the documented JSON object."""
        raise NotImplementedError

    def rows(self) -> list[dict[str, Any]]:
        """Return the reply as flat rows, one dictionary a row, all with the same keys."""
        raise NotImplementedError

    def to_dataframe(self) -> Any:
        """Return the rows as a pandas DataFrame (needs `pip install imri-kg[dataframe]`)."""
        import pandas

        return pandas.DataFrame(self.rows())


@dataclass(frozen=True, slots=True)
class Reference:
    """A construct as a mapping names it. `curie` is `sssom:NoTermFound` where a record says that nothing fits."""

    curie: str
    iri: str
    label: str
    framework: str
    label_status: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "curie": self.curie,
            "iri": self.iri,
            "label": self.label,
            "framework": self.framework,
            "label_status": self.label_status,
        }


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that supports a claim: where it stands and what it says, in our words.

    `text_anchor` is at most eight consecutive words of the source, to find the passage; `url` leads to it where the
    publisher's page allows; `checked_against` is the SHA-256 of the text in which the anchor was found.
    """

    curie: str
    iri: str
    source: str
    citation: str
    locator: str
    statement: str
    text_anchor: str | None = None
    url: str | None = None
    checked_against: str | None = None
    cited_references: tuple[str, ...] = ()
    note: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "curie": self.curie,
            "iri": self.iri,
            "source": self.source,
            "citation": self.citation,
            "locator": self.locator,
            "text_anchor": self.text_anchor,
            "url": self.url,
            "statement": self.statement,
            "checked_against": self.checked_against,
            "cited_references": list(self.cited_references),
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a record follows: rule, premises (record ids, in order), and the same in words."""

    rule: str
    premises: tuple[str, ...]
    text: str
    confidence: Decimal | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "premises": list(self.premises),
            "confidence": _number(self.confidence),
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class MappingRecord:
    """One claim about two constructs, with whose claim it is and its evidence (never empty)."""

    record_id: str
    subject: Reference
    predicate: str
    object: Reference
    negated: bool
    basis: str
    justification: str
    stated_relation: str | None
    predicate_basis: str | None
    confidence: Decimal | None
    confidence_basis: str | None
    author: str | None
    date: str | None
    comment: str | None
    exploratory: bool
    mapping_set: str | None
    evidence: tuple[Evidence, ...]
    derivation: Derivation | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "record_id": self.record_id,
            "subject": self.subject.to_json(),
            "predicate": self.predicate,
            "object": self.object.to_json(),
            "negated": self.negated,
            "basis": self.basis,
            "justification": self.justification,
            "stated_relation": self.stated_relation,
            "predicate_basis": self.predicate_basis,
            "confidence": _number(self.confidence),
            "confidence_basis": self.confidence_basis,
            "author": self.author,
            "date": self.date,
            "comment": self.comment,
            "exploratory": self.exploratory,
            "mapping_set": self.mapping_set,
            "evidence": [e.to_json() for e in self.evidence],
            "derivation": self.derivation.to_json() if self.derivation else None,
        }

    def row(self) -> dict[str, Any]:
        """Return the record as one flat row."""
        return {
            "record_id": self.record_id,
            "subject": self.subject.curie,
            "subject_label": self.subject.label,
            "predicate": ("not " if self.negated else "") + self.predicate,
            "object": self.object.curie,
            "object_label": self.object.label,
            "basis": self.basis,
            "stated_relation": self.stated_relation or "",
            "predicate_basis": self.predicate_basis or "",
            "confidence": _number(self.confidence),
            "exploratory": self.exploratory,
            "rule": self.derivation.rule if self.derivation else "",
            "evidence": " | ".join(f"{e.citation}, {e.locator}" for e in self.evidence),
            "evidence_ids": " ".join(e.curie for e in self.evidence),
        }


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What a filter on the basis kept out of an answer: number of records by basis, and pairs whose state changed."""

    records: Mapping[str, int] = field(default_factory=dict)
    pairs: int = 0

    def to_json(self) -> dict[str, Any]:
        return {"records": dict(sorted(self.records.items())), "pairs": self.pairs}


@dataclass(frozen=True, slots=True)
class PairState:
    """The state of one question: of a pair, or of one construct against a whole edition."""

    subject: str
    target: str
    state: State
    mapped: int = 0
    judged_not_mapped: int = 0
    contested: int = 0
    not_assessed: int = 0

    def to_json(self) -> dict[str, Any]:
        return {
            "subject": self.subject,
            "target": self.target,
            "state": self.state.value,
            "counts": {
                "mapped": self.mapped,
                "judged_not_mapped": self.judged_not_mapped,
                "contested": self.contested,
                "not_assessed": self.not_assessed,
            },
        }


@dataclass(frozen=True, slots=True)
class MappingAnswer(Answer):
    """Mapping records with the state of every pair or edition that was asked about."""

    items: tuple[MappingRecord, ...]
    states: tuple[PairState, ...]
    release: str
    query: str
    basis: tuple[str, ...]
    left_out: LeftOut
    notes: tuple[str, ...] = ()
    next: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "items": [r.to_json() for r in self.items],
            "states": [s.to_json() for s in self.states],
            "basis": list(self.basis),
            "left_out": self.left_out.to_json(),
            "notes": list(self.notes),
            "query": self.query,
            "next": self.next,
            "release": self.release,
        }

    def rows(self) -> list[dict[str, Any]]:
        return [r.row() for r in self.items]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a crosswalk: state, and the ids of the records that it rests on."""

    row: str
    column: str
    state: State
    mappings: tuple[str, ...]
    predicates: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "row": self.row,
            "column": self.column,
            "state": self.state.value,
            "mappings": list(self.mappings),
            "predicates": list(self.predicates),
            "bases": list(self.bases),
        }


@dataclass(frozen=True, slots=True)
class Crosswalk(Answer):
    """Every pair of two editions with its state; `counts` add up to rows times columns."""

    source: str
    target: str
    rows_: tuple[Reference, ...]
    columns: tuple[Reference, ...]
    cells: tuple[Cell, ...]
    counts: Mapping[str, int]
    counts_by_basis: Mapping[str, int]
    records: tuple[MappingRecord, ...]
    release: str
    query: str
    basis: tuple[str, ...]
    left_out: LeftOut
    notes: tuple[str, ...] = ()
    routes: tuple["Route", ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "from": self.source,
            "to": self.target,
            "rows": [r.to_json() for r in self.rows_],
            "columns": [c.to_json() for c in self.columns],
            "cells": [c.to_json() for c in self.cells],
            "counts": dict(self.counts),
            "counts_by_basis": dict(self.counts_by_basis),
            "records": [r.to_json() for r in self.records],
            "routes": [r.to_json() for r in self.routes],
            "basis": list(self.basis),
            "left_out": self.left_out.to_json(),
            "notes": list(self.notes),
            "query": self.query,
            "release": self.release,
        }

    def rows(self) -> list[dict[str, Any]]:
        labels = {r.curie: r.label for r in (*self.rows_, *self.columns)}
        evidence = {r.record_id: [e.curie for e in r.evidence] for r in self.records}
        return [
            {
                "row": c.row,
                "row_label": labels[c.row],
                "column": c.column,
                "column_label": labels[c.column],
                "state": c.state.value,
                "predicates": " ".join(c.predicates),
                "bases": " ".join(c.bases),
                "mappings": " ".join(c.mappings),
                "evidence_ids": " ".join(sorted({e for m in c.mappings for e in evidence.get(m, [])})),
            }
            for c in self.cells
        ]


@dataclass(frozen=True, slots=True)
class RouteStep:
    """One step of a route: a mapping (`closeMatch`), a causal relation (`contributesTo`) or a hierarchical step."""

    subject: str
    subject_label: str
    relation: str
    object: str
    object_label: str
    kind: str
    id: str | None
    basis: str | None
    exploratory: bool
    inverse: bool
    evidence: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "subject": self.subject,
            "subject_label": self.subject_label,
            "relation": self.relation,
            "object": self.object,
            "object_label": self.object_label,
            "kind": self.kind,
            "id": self.id,
            "basis": self.basis,
            "exploratory": self.exploratory,
            "inverse": self.inverse,
            "evidence": list(self.evidence),
        }


@dataclass(frozen=True, slots=True)
class Refusal:
    """A route that no rule licenses, with the reason; an empty chain means that there is no route at all."""

    chain: tuple[RouteStep, ...]
    reason: str
    rule: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {"chain": [s.to_json() for s in self.chain], "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Route:
    """A route between two members of different editions, as crosswalk and coverage list it; never a mapping."""

    subject: str
    object: str
    refusal: Refusal

    def to_json(self) -> dict[str, Any]:
        return {"subject": self.subject, "object": self.object, **self.refusal.to_json()}


@dataclass(frozen=True, slots=True)
class Explanation(Answer):
    """Why a pair has its state: the records, how derived ones follow, and the routes that no rule licenses."""

    subject: Reference
    object: Reference
    state: State
    text: str
    records: tuple[MappingRecord, ...]
    derivations: tuple[MappingRecord, ...]
    exploratory: tuple[MappingRecord, ...]
    not_licensed: tuple[Refusal, ...]
    causal: tuple[dict[str, Any], ...]
    claims: tuple[dict[str, Any], ...]
    release: str
    query: str

    def to_json(self) -> dict[str, Any]:
        return {
            "subject": self.subject.to_json(),
            "object": self.object.to_json(),
            "state": self.state.value,
            "text": self.text,
            "records": [r.to_json() for r in self.records],
            "derivations": [
                {**r.derivation.to_json(), "record_id": r.record_id, "predicate": r.predicate, "negated": r.negated,
                 "evidence": [e.to_json() for e in r.evidence]}
                for r in self.derivations if r.derivation is not None
            ],
            "exploratory": [r.to_json() for r in self.exploratory],
            "not_licensed": [n.to_json() for n in self.not_licensed],
            "causal_relations": list(self.causal),
            "claims": list(self.claims),
            "query": self.query,
            "release": self.release,
        }  # fmt: skip

    def rows(self) -> list[dict[str, Any]]:
        out = [{"part": "record", "id": r.record_id, "text": _claim(r), "reason": r.basis} for r in self.records]
        out += [{"part": "derivation", "id": r.record_id, "text": _claim(r), "reason": r.derivation.text} for r in self.derivations if r.derivation]
        out += [{"part": "exploratory record", "id": r.record_id, "text": _claim(r), "reason": r.basis} for r in self.exploratory]
        out += [{"part": "causal relation", "id": c["id"], "text": c["text"], "reason": c["basis"]} for c in self.causal]
        for n in self.not_licensed:
            steps = ", ".join(f"{s.subject} {s.relation} {s.object}" for s in n.chain)
            out.append({"part": "not licensed", "id": "", "text": steps or "no route", "reason": n.reason})
        return out


@dataclass(frozen=True, slots=True)
class Coverage(Answer):
    """What of one edition another covers, counted both ways, with the gaps and the limits that bear on them."""

    source: str
    target: str
    forward: Mapping[str, Any]
    backward: Mapping[str, Any]
    limits: tuple[Mapping[str, Any], ...]
    release: str
    query: str
    basis: tuple[str, ...]
    left_out: LeftOut
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "from": self.source,
            "to": self.target,
            "forward": dict(self.forward),
            "backward": dict(self.backward),
            "framework_limits": [dict(item) for item in self.limits],
            "basis": list(self.basis),
            "left_out": self.left_out.to_json(),
            "notes": list(self.notes),
            "query": self.query,
            "release": self.release,
        }

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"direction": f"{side['from']} to {side['to']}", **{k: m[k] for k in ("curie", "label", "state")},
             "mapped": m["counts"]["mapped"], "judged_not_mapped": m["counts"]["judged_not_mapped"],
             "contested": m["counts"]["contested"], "not_assessed": m["counts"]["not_assessed"]}
            for side in (self.forward, self.backward) for m in side["members"]
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Overview(Answer):
    """All ordered pairs of editions by basis and state; pairs without any record are named."""

    pairs: tuple[Mapping[str, Any], ...]
    empty: tuple[tuple[str, str], ...]
    release: str
    query: str
    basis: tuple[str, ...]
    left_out: LeftOut

    def to_json(self) -> dict[str, Any]:
        return {
            "pairs": [dict(p) for p in self.pairs],
            "empty": [list(p) for p in self.empty],
            "basis": list(self.basis),
            "left_out": self.left_out.to_json(),
            "query": self.query,
            "release": self.release,
        }

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"from": p["from"], "to": p["to"], "pairs": p["pairs"], **p["counts"],
             **{f"records_{k.replace('-', '_')}": v for k, v in p["records_by_basis"].items()}}
            for p in self.pairs
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Framework(Answer):
    """An edition with all its members."""

    key: str
    iri: str
    label: str
    edition: str
    definition: str
    source: Mapping[str, Any]
    counts: Mapping[str, Any]
    members: tuple[Mapping[str, Any], ...]
    notes: tuple[str, ...]
    code_status: str
    release: str

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "iri": self.iri,
            "label": self.label,
            "edition": self.edition,
            "definition": self.definition,
            "source": dict(self.source),
            "counts": dict(self.counts),
            "code_status": self.code_status,
            "notes": list(self.notes),
            "members": [dict(m) for m in self.members],
            "release": self.release,
        }

    def rows(self) -> list[dict[str, Any]]:
        return [dict(m) for m in self.members]


@dataclass(frozen=True, slots=True)
class Concept(Answer):
    """A construct with everything that the graph states of it."""

    reference: Reference
    kind: str
    notation: str
    definition: str
    alternatives: tuple[str, ...]
    broader: tuple[Reference, ...]
    narrower: tuple[Reference, ...]
    properties: Mapping[str, Any]
    evidence: tuple[Evidence, ...]
    claims: tuple[Mapping[str, Any], ...]
    relations: tuple[Mapping[str, Any], ...]
    release: str

    def to_json(self) -> dict[str, Any]:
        return {
            **self.reference.to_json(),
            "kind": self.kind,
            "notation": self.notation,
            "definition": self.definition,
            "alternative_labels": list(self.alternatives),
            "broader": [b.to_json() for b in self.broader],
            "narrower": [n.to_json() for n in self.narrower],
            "properties": dict(self.properties),
            "evidence": [e.to_json() for e in self.evidence],
            "claims": [dict(c) for c in self.claims],
            "causal_relations": [dict(r) for r in self.relations],
            "release": self.release,
        }

    def rows(self) -> list[dict[str, Any]]:
        return [{"property": k, "value": v} for k, v in self.to_json().items() if isinstance(v, str)]


@dataclass(frozen=True, slots=True)
class Table(Answer):
    """Named columns and rows: search hits, lists, results of queries."""

    columns: tuple[str, ...]
    data: tuple[tuple[Any, ...], ...]
    release: str
    query: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    next: str | None = None

    def rows(self) -> list[dict[str, Any]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.data]

    def to_json(self) -> dict[str, Any]:
        return {"items": self.rows(), "next": self.next, "query": self.query, **self.extra, "release": self.release}


def table(items: Iterable[Mapping[str, Any]], columns: Sequence[str], release: str, **more: Any) -> Table:
    """Make a table of dictionaries."""
    return Table(tuple(columns), tuple(tuple(i.get(c) for c in columns) for i in items), release, **more)


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _claim(record: MappingRecord) -> str:
    return f"{record.subject.curie} {'not ' if record.negated else ''}{record.predicate} {record.object.curie}"
