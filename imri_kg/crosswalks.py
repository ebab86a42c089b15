"""The typed objects of comparisons: crosswalk, explanation, coverage, overview.

Beside `model`, which holds what a plain mapping answer needs. Nothing here reads a store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from imri_kg.model import Answer, LeftOut, MappingRecord, PairState, Passage, Reference, State

__all__ = ["Cell", "Coverage", "Crosswalk", "Explanation", "Overview", "Refusal", "Route", "RouteStep"]

#: Columns of an explanation that repeat what a record says, under the same names.
_GROUNDS = ("basis", "stated_relation", "predicate_basis", "confidence", "rule", "evidence", "evidence_ids", "subject_label_status", "object_label_status")


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
    """Every pair of two editions with its state; `counts` add up to rows times columns, but of an edition with itself a construct makes no pair with itself."""

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
    routes: tuple[Route, ...] = ()

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
        status = {r.curie: r.label_status for r in (*self.rows_, *self.columns)}
        records = {r.record_id: r for r in self.records}
        out = []
        for c in self.cells:
            grounds = [records[m] for m in c.mappings if m in records]
            passages = {e.curie: e.place for r in grounds for e in r.evidence}
            out.append({
                "row": c.row,
                "row_label": labels[c.row],
                "row_label_status": status[c.row],
                "column": c.column,
                "column_label": labels[c.column],
                "column_label_status": status[c.column],
                "state": c.state.value,
                "predicates": " ".join(c.predicates),
                "bases": " ".join(c.bases),
                "mappings": " ".join(c.mappings),
                "evidence_ids": " ".join(sorted(passages)),
                "codes": "ours",
                "evidence": " | ".join(passages[curie] for curie in sorted(passages)),
                "stated_relations": " | ".join(dict.fromkeys(r.stated_relation for r in grounds if r.stated_relation)),
                # The state holds on these bases: a table keeps no note of what a limit leaves out.
                "trusted_bases": " ".join(self.basis),
            })  # fmt: skip
        return out

    def mapping_records(self) -> tuple[MappingRecord, ...]:
        return self.records

    def sections(self) -> list[tuple[str, list[dict[str, Any]]]]:
        counts = [{"state": State(name).words, "pairs": number} for name, number in self.counts.items()]
        routes = [{"subject": r.subject, "object": r.object, "route": r.refusal.text, "reason": r.refusal.reason} for r in self.routes]
        return [("Pairs by state", counts), ("Records", [r.row() for r in self.records]), ("Routes that no rule licenses", routes), ("All pairs", self.rows())]


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
    evidence: tuple[Passage, ...] = ()

    @property
    def arrow(self) -> str:
        """The step as text. A causal relation has no inverse property, so walked backwards its arrow points back."""
        return f"<-{self.relation}-" if self.inverse and self.kind == "causal" else f"-{self.relation}->"

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
            "evidence": [e.to_json() for e in self.evidence],
        }


@dataclass(frozen=True, slots=True)
class Refusal:
    """A route that no rule licenses, with the reason; an empty chain means that there is no route at all."""

    chain: tuple[RouteStep, ...]
    reason: str
    rule: str | None = None

    @property
    def text(self) -> str:
        """The route in one line: `imri:B1 <-contributesTo- logic:M1 -contributesTo-> chime:E`."""
        if not self.chain:
            return "no route"
        steps = (f"{s.arrow} {s.object}{' (exploratory)' if s.exploratory else ''}" for s in self.chain)
        return " ".join((self.chain[0].subject, *steps))

    def to_json(self) -> dict[str, Any]:
        return {"chain": [s.to_json() for s in self.chain], "text": self.text, "reason": self.reason, "rule": self.rule}


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
    limitations: tuple[Mapping[str, Any], ...]
    release: str
    query: str
    basis: tuple[str, ...]
    left_out: LeftOut
    notes: tuple[str, ...] = ()

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
            "printed_limitations": [dict(item) for item in self.limitations],
            "basis": list(self.basis),
            "left_out": self.left_out.to_json(),
            "notes": list(self.notes),
            "query": self.query,
            "release": self.release,
        }  # fmt: skip

    def rows(self) -> list[dict[str, Any]]:
        """Return one row for the state, each record, derivation, causal relation and route; records and relations with what they rest on."""
        status = {r.curie: r.label_status for r in (self.subject, self.object)}
        ends = {"subject_label_status": self.subject.label_status, "object_label_status": self.object.label_status}
        out = [_part("state", "", self.state.value, self.text, ends)]
        out += [_part("record", r.record_id, r.claim, r.comment or "", r.row()) for r in self.records]
        out += [_part("derivation", r.record_id, r.claim, r.derivation.text, r.row()) for r in self.derivations if r.derivation]
        out += [_part("exploratory record", r.record_id, r.claim, r.comment or "", r.row()) for r in self.exploratory]
        for c in self.causal:
            known = {"evidence_ids": " ".join(e["curie"] for e in c["evidence"]), "subject_label_status": status[c["subject"]], "object_label_status": status[c["object"]]}
            places = " | ".join(f"{e['citation']}, {e['locator']}" for e in c["evidence"])
            out.append(_part("causal relation", c["id"], c["text"], c["rationale"] or "", {**c, "evidence": places, **known}))
        for n in self.not_licensed:
            passages = {e.curie: e.place for s in n.chain for e in s.evidence}
            bases = " ".join(dict.fromkeys(s.basis for s in n.chain if s.basis))
            out.append(_part("not licensed", " ".join(s.id for s in n.chain if s.id), n.text, n.reason,
                             {"rule": n.rule, "basis": bases, "evidence": " | ".join(passages.values()), "evidence_ids": " ".join(passages)}))  # fmt: skip
        return out

    def unrecorded(self) -> tuple[PairState, ...]:
        """Return the state of the pair where no record is there to say it."""
        return () if self.mapping_records() else (PairState(self.subject.curie, self.object.curie, self.state, **{self.state.value: 1}),)

    def mapping_records(self) -> tuple[MappingRecord, ...]:
        """Return asserted, derived and exploratory records; the last do not count, and say so."""
        return (*self.records, *self.derivations, *self.exploratory)

    def sections(self) -> list[tuple[str, list[dict[str, Any]]]]:
        return [("", self.rows()), ("Records", [r.row() for r in self.mapping_records()])]


@dataclass(frozen=True, slots=True)
class Coverage(Answer):
    """What of one edition another covers, counted both ways, with the gaps and the limits that bear on them."""

    source: str
    target: str
    forward: Mapping[str, Any]
    backward: Mapping[str, Any]
    limits: tuple[Mapping[str, Any], ...]
    limitations: tuple[Mapping[str, Any], ...]
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
            "printed_limitations": [dict(item) for item in self.limitations],
            "basis": list(self.basis),
            "left_out": self.left_out.to_json(),
            "notes": list(self.notes),
            "query": self.query,
            "release": self.release,
        }

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"direction": f"{side['from']} to {side['to']}", **{k: m[k] for k in ("curie", "label", "label_status", "state")}, "bases": " ".join(m["bases"]),
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


def _part(part: str, name: str, text: str, reason: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of an explanation, its grounds from what is known of them."""
    grounds = {column: known.get(column) for column in _GROUNDS}
    return {"part": part, "id": name, "text": text, "reason": reason, **{c: "" if v is None and c != "confidence" else v for c, v in grounds.items()}}
