"""The typed objects of what became of an edition in the next: constructs with their kinds of change, counterparts and records.

Beside `model`. Nothing here reads a store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from imri_kg.model import Answer, Passage, State

__all__ = ["KINDS", "Change", "ChangeRecord", "ChangedConstruct", "Changes", "Counterpart", "Place"]

#: The kinds of change, in the order in which they are told, each with what it means.
KINDS: Mapping[str, str] = {
    "kept": "It goes on under the same label.",
    "redefined": "The label goes on, but records say of the two only that they are related.",
    "renamed": "It goes on under another label.",
    "moved": "It stands in another domain.",
    "regrouped": "It stands elsewhere in the same domain.",
    "split": "Its matter went to several constructs.",
    "subdivided": "Constructs below its counterpart take parts of it.",
    "merged": "It shares its counterpart with others.",
    "narrowed": "Its counterpart is narrower.",
    "broadened": "Its counterpart is broader.",
    "also_related": "Records relate it to constructs beside its counterparts.",
    "added": "It is new in the later edition.",
    "removed": "It is not in the later edition any more.",
    "no_successor_recorded": "No record names a successor.",
    "no_predecessor_recorded": "No record names a predecessor.",
}
#: What a matching property is when it is read from its object to its subject.
_TURNED = {"skos:broadMatch": "skos:narrowMatch", "skos:narrowMatch": "skos:broadMatch"}
#: Columns of a table of changes.
_COLUMNS = (
    "edition", "curie", "label", "label_status", "domain", "kinds", "basis_of_kinds", "state", "counterpart", "counterpart_label", "counterpart_domain", "main",
    "predicate", "record_id", "basis", "stated_relation", "predicate_basis", "confidence", "evidence", "claims", "codes",
)  # fmt: skip


class Place(NamedTuple):
    """A construct above another one: its domain, or what it stands under."""

    curie: str
    label: str

    def to_json(self) -> dict[str, Any]:
        return {"curie": self.curie, "label": self.label}


class Change(NamedTuple):
    """A kind of change of a construct, whose reading it is, and what it rests on.

    `basis_of_kind` is `author-stated` where a verb of the authors says it (`stated_relation`), `ours` where we read it from labels,
    hierarchy and records, and None where nothing is recorded.
    """

    kind: str
    basis_of_kind: str | None
    stated_relation: str | None
    read_from: tuple[str, ...]
    counterparts: tuple[str, ...]
    records: tuple[str, ...]
    claims: tuple[str, ...]
    text: str

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "basis_of_kind": self.basis_of_kind,
            "stated_relation": self.stated_relation,
            "read_from": list(self.read_from),
            "counterparts": list(self.counterparts),
            "records": list(self.records),
            "claims": list(self.claims),
            "text": self.text,
        }


class Counterpart(NamedTuple):
    """A construct of the other edition to which records relate a construct; `predicate` is the closest of theirs, as read from the construct."""

    curie: str
    label: str
    label_status: str
    domain: Place | None
    under: Place | None
    main: bool
    same_label: bool
    predicate: str
    records: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "curie": self.curie,
            "label": self.label,
            "label_status": self.label_status,
            "domain": self.domain.to_json() if self.domain else None,
            "under": self.under.to_json() if self.under else None,
            "main": self.main,
            "same_label": self.same_label,
            "predicate": self.predicate,
            "records": list(self.records),
        }


class ChangeRecord(NamedTuple):
    """A mapping record between two editions, with where its evidence stands; the whole is at its id."""

    record_id: str
    subject: str
    predicate: str
    object: str
    basis: str
    stated_relation: str | None
    predicate_basis: str | None
    confidence: Decimal | None
    exploratory: bool
    negated: bool
    evidence: tuple[Passage, ...]

    def seen_from(self, curie: str) -> str:
        """Return the predicate as it reads from one of the two ends."""
        return self.predicate if curie == self.subject else _TURNED.get(self.predicate, self.predicate)

    def to_json(self) -> dict[str, Any]:
        return {
            "record_id": self.record_id,
            "subject": self.subject,
            "predicate": self.predicate,
            "object": self.object,
            "basis": self.basis,
            "stated_relation": self.stated_relation,
            "predicate_basis": self.predicate_basis,
            "confidence": None if self.confidence is None else float(self.confidence),
            "exploratory": self.exploratory,
            "negated": self.negated,
            "evidence": [p.to_json() for p in self.evidence],
        }


@dataclass(frozen=True, slots=True)
class ChangedConstruct:
    """A construct of one of two editions, with what became of it or where it comes from."""

    curie: str
    label: str
    label_status: str
    kind: str
    domain: Place | None
    under: Place | None
    state: State
    changes: tuple[Change, ...]
    counterparts: tuple[Counterpart, ...]
    exploratory: tuple[str, ...]
    claims: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "curie": self.curie,
            "label": self.label,
            "label_status": self.label_status,
            "kind": self.kind,
            "domain": self.domain.to_json() if self.domain else None,
            "under": self.under.to_json() if self.under else None,
            "state": self.state.value,
            "changes": [c.to_json() for c in self.changes],
            "counterparts": [c.to_json() for c in self.counterparts],
            "exploratory": list(self.exploratory),
            "claims": list(self.claims),
        }


@dataclass(frozen=True, slots=True)
class Changes(Answer):
    """What became of every construct of an edition in a later one, and where every construct of the later one comes from."""

    source: str
    target: str
    earlier: tuple[ChangedConstruct, ...]
    later: tuple[ChangedConstruct, ...]
    counts: Mapping[str, Mapping[str, int]]
    records: tuple[ChangeRecord, ...]
    claims: tuple[Mapping[str, Any], ...]
    notes: tuple[str, ...]
    release: str
    query: str = "service/records"

    def to_json(self) -> dict[str, Any]:
        return {
            "from": self.source,
            "to": self.target,
            "earlier": [c.to_json() for c in self.earlier],
            "later": [c.to_json() for c in self.later],
            "counts": {side: dict(counts) for side, counts in self.counts.items()},
            "records": [r.to_json() for r in self.records],
            "claims": [dict(c) for c in self.claims],
            "notes": list(self.notes),
            "query": self.query,
            "release": self.release,
        }

    def rows(self) -> list[dict[str, Any]]:
        """Return one row for each record of each construct, and one for each construct without any."""
        records = {r.record_id: r for r in self.records}
        out = []
        for edition, members in ((self.source, self.earlier), (self.target, self.later)):
            for m in members:
                own = {
                    "edition": edition, "curie": m.curie, "label": m.label, "label_status": m.label_status, "domain": m.domain.curie if m.domain else "",
                    "kinds": " ".join(c.kind for c in m.changes), "basis_of_kinds": " ".join(c.basis_of_kind or "none" for c in m.changes), "state": m.state.value,
                    "claims": " ".join(m.claims), "codes": "ours",
                }  # fmt: skip
                found = [_row(own, records[id], c) for c in m.counterparts for id in c.records]
                out += found or [{name: own.get(name, "") for name in _COLUMNS}]
        return out

    def header(self) -> tuple[str, ...]:
        return _COLUMNS

    def sections(self) -> list[tuple[str, list[dict[str, Any]]]]:
        counts = [{"kind": kind, "meaning": KINDS[kind], **{side: self.counts[side].get(kind, 0) for side in self.counts}} for kind in KINDS]
        claims = [{"claim": c["id"], "kind": c["kind"], "statement": c["statement"], "basis": c["basis"], "stated_relation": c["stated_relation"]} for c in self.claims]
        return [("Kinds of change", counts), ("Constructs", self.rows()), ("Statements", claims)]


def _row(own: Mapping[str, Any], record: ChangeRecord, counterpart: Counterpart) -> dict[str, Any]:
    found = {
        **own, "counterpart": counterpart.curie, "counterpart_label": counterpart.label,
        "counterpart_domain": counterpart.domain.curie if counterpart.domain else "", "main": counterpart.main, "predicate": record.seen_from(str(own["curie"])),
        "record_id": record.record_id, "basis": record.basis, "stated_relation": record.stated_relation or "", "predicate_basis": record.predicate_basis or "",
        "confidence": None if record.confidence is None else float(record.confidence), "evidence": " | ".join(p.place for p in record.evidence),
    }  # fmt: skip
    return {name: found[name] for name in _COLUMNS}
