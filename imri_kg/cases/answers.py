"""The typed replies about single cases: the description of a case, and its determinants seen through another framework.

Made by casebook and case view; the matrix has its own module. Nothing here reads a store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from imri_kg.cases.observations import CaseKey, EvidenceSource, Observation, Split
from imri_kg.model import Answer

__all__ = ["CaseDescription", "CaseView", "DomainGroup", "KindGroup", "PhaseGroup", "SeenObservation"]


@dataclass(frozen=True, slots=True)
class DomainGroup:
    """The observations of one kind, phase and domain; `domain` is None where they carry no construct."""

    domain: Mapping[str, Any] | None
    observations: tuple[Observation, ...]
    count: Split
    valences: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PhaseGroup:
    """The observations of one kind and phase."""

    phase: Mapping[str, Any] | None
    domains: tuple[DomainGroup, ...]
    count: Split


@dataclass(frozen=True, slots=True)
class KindGroup:
    """The observations of one kind."""

    kind: Mapping[str, Any]
    phases: tuple[PhaseGroup, ...]
    count: Split
    valences: Mapping[str, int]

    def to_json(self, evidence: EvidenceSource) -> dict[str, Any]:
        return {
            "kind": dict(self.kind),
            "counts": self.count.to_json(),
            "valences": dict(self.valences),
            "phases": [
                {
                    "phase": dict(p.phase) if p.phase else None,
                    "counts": p.count.to_json(),
                    "domains": [
                        {
                            "domain": dict(d.domain) if d.domain else None,
                            "counts": d.count.to_json(),
                            "valences": dict(d.valences),
                            "observations": [o.to_json(evidence(o)) for o in d.observations],
                        }
                        for d in p.domains
                    ],
                }
                for p in self.phases
            ],
        }


@dataclass(frozen=True, slots=True)
class CaseDescription(Answer):
    """A case with everything that its dataset says of it; what is said of its study as a whole stands apart.

    The other parts are plain dictionaries, each item with source, locator, text anchor, evidence and whose coding it is.
    """

    key: CaseKey
    iri: str
    dataset: Mapping[str, Any]
    study: Mapping[str, Any] | None
    attributes: Mapping[str, Any]
    evidence: tuple[Mapping[str, Any], ...]
    note: str | None
    counts: Mapping[str, Any]
    study_statements: tuple[Observation, ...]
    participants: tuple[Mapping[str, Any], ...]
    observations: tuple[KindGroup, ...]
    impacts: tuple[Observation, ...]
    judgements: tuple[Mapping[str, Any], ...]
    gaps: tuple[Mapping[str, Any], ...]
    events: tuple[Mapping[str, Any], ...]
    limitations: tuple[Mapping[str, Any], ...]
    release: str
    query: str
    notes: tuple[str, ...]
    read_evidence: EvidenceSource = field(repr=False, compare=False)

    def to_json(self) -> dict[str, Any]:
        return {
            **self.key.to_json(),
            "iri": self.iri,
            "dataset": dict(self.dataset),
            "study": dict(self.study) if self.study else None,
            "attributes": dict(self.attributes),
            "evidence": [dict(e) for e in self.evidence],
            "note": self.note,
            "counts": dict(self.counts),
            "study_statements": [o.to_json(self.read_evidence(o)) for o in self.study_statements],
            "participants": [dict(p) for p in self.participants],
            "observations": [k.to_json(self.read_evidence) for k in self.observations],
            "impacts": [o.to_json(self.read_evidence(o)) for o in self.impacts],
            "assimilation": [dict(j) for j in self.judgements],
            "gaps": [dict(g) for g in self.gaps],
            "events": [dict(e) for e in self.events],
            "printed_limitations": [dict(item) for item in self.limitations],
            "notes": list(self.notes),
            "query": self.query,
            "release": self.release,
        }

    def rows(self) -> list[dict[str, Any]]:
        out = [_row("attribute", name, str(value)) for name, value in self.attributes.items() if isinstance(value, str | int)]
        out += [self._observed("study statement", o) for o in self.study_statements]
        out += [_row("participants", p["code"], f"{p['group']}: {'not stated' if p['count'] is None else p['count']}", item=p) for p in self.participants]
        out += [self._observed(k.kind["label"], o) for k in self.observations for p in k.phases for d in p.domains for o in d.observations]
        out += [self._observed("impact", o) for o in self.impacts]
        out += [_row("judgement", j["code"], f"{j['form_label']}: {j['wording']}", item=j) for j in self.judgements]
        out += [_row("gap", g["code"], f"{g['assumption']} / {g['feature']}", item=g) for g in self.gaps]
        out += [_row("event", e["code"], f"{e['when']}: {e['statement']}", phase=(e["phase"] or {}).get("label", ""), item=e) for e in self.events]
        return out + [_row("printed limitation", item["id"], item["statement"], coding=item["basis"], item=item) for item in self.limitations]

    def _observed(self, part: str, o: Observation) -> dict[str, Any]:
        coding = o.coding("impact") or o.coding("construct")
        found = self.read_evidence(o)
        return _row(part, o.code, o.statement, o.phase.label if o.phase else "", coding.construct.curie if coding else "",
                    o.valence.label if o.valence else "", o.basis, {"evidence": [e.to_json() for e in found]})  # fmt: skip


@dataclass(frozen=True, slots=True)
class SeenObservation:
    """A determinant and how its construct reaches another framework: mapped, contested, route, judged not mapped, not assessed, or coded in it."""

    observation: Observation
    reached: str
    coded: tuple[str, ...] = ()
    agrees: str | None = None

    def to_json(self, evidence: EvidenceSource) -> dict[str, Any]:
        o = self.observation
        return {**o.to_json(evidence(o)), "reached": self.reached, "coded_as": list(self.coded), "coded_is_reached_by": self.agrees}


@dataclass(frozen=True, slots=True)
class CaseView(Answer):
    """Determinants of cases seen through another framework.

    `constructs` says of each construct that occurs by which records it is mapped and which routes no rule licenses; `members` counts what
    reaches each member of the framework. An observation that only a route reaches never counts as mapped, and our own second coding stands
    beside both.
    """

    case: str
    framework: str
    sources: tuple[str, ...]
    counts: Mapping[str, Split]
    coded: Mapping[str, Split]
    constructs: tuple[Mapping[str, Any], ...]
    members: tuple[Mapping[str, Any], ...]
    observations: tuple[SeenObservation, ...]
    study_statements: tuple[SeenObservation, ...]
    basis: tuple[str, ...]
    release: str
    query: str
    notes: tuple[str, ...]
    read_evidence: EvidenceSource = field(repr=False, compare=False)

    def to_json(self) -> dict[str, Any]:
        return {
            "case": self.case,
            "framework": self.framework,
            "coded_in": list(self.sources),
            "study_statements": [s.to_json(self.read_evidence) for s in self.study_statements],
            "counts": {name: count.to_json() for name, count in self.counts.items()},
            "second_coding": {name: count.to_json() for name, count in self.coded.items()},
            "constructs": [dict(c) for c in self.constructs],
            "members": [dict(m) for m in self.members],
            "observations": [s.to_json(self.read_evidence) for s in self.observations],
            "basis": list(self.basis),
            "notes": list(self.notes),
            "query": self.query,
            "release": self.release,
        }

    def rows(self) -> list[dict[str, Any]]:
        """Return one row for each observation and each record or route by which its construct reaches the framework."""
        ways = {c["curie"]: [*c["mappings"], *c["routes"]] for c in self.constructs}
        out = []
        for seen in self.observations:
            o = seen.observation
            coding = o.coding("construct")
            first = {
                "observation": o.id, "case": o.case.id if o.case else "", "statement": o.statement, "coding": o.basis,
                "construct": coding.construct.curie if coding else "", "reached": seen.reached, "coded_as": " ".join(seen.coded),
            }  # fmt: skip
            passages = self.read_evidence(o)
            last = {"evidence": " | ".join(e.place for e in passages), "evidence_ids": " ".join(e.curie for e in passages)}
            for way in ways.get(first["construct"], []) or [{}]:
                out.append({**first, "target": way.get("target", ""), "target_label": way.get("target_label", ""), "by": way.get("by", ""),
                            "predicate": way.get("predicate", ""), "text": way.get("text", ""), "reason": way.get("reason", ""),
                            "record_ids": " ".join(way.get("steps", ())), **last})  # fmt: skip
        return out

    def header(self) -> tuple[str, ...]:
        return ("observation", "case", "statement", "coding", "construct", "reached", "coded_as", "target", "target_label", "by", "predicate", "text", "reason",
                "record_ids", "evidence", "evidence_ids")  # fmt: skip


def _row(part: str, code: str, text: str, phase: str = "", construct: str = "", valence: str = "", coding: str = "",
         item: Mapping[str, Any] | None = None) -> dict[str, Any]:  # fmt: skip
    evidence = item["evidence"] if item else []
    return {
        "part": part,
        "code": code,
        "text": text,
        "phase": phase,
        "construct": construct,
        "valence": valence,
        "coding": coding or (item or {}).get("coding", "") or "",
        "evidence": " | ".join(f"{e['citation']}, {e['locator']}" for e in evidence),
        "evidence_ids": " ".join(e["curie"] for e in evidence),
    }
