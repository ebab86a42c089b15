"""Replies about changes between editions, records in full, sources and evidence as the typed objects that the local graph gives.

Called by the remote graph; beside `decoding`.
"""

from __future__ import annotations

from imri_kg.change_answers import KINDS, Change, ChangedConstruct, ChangeRecord, Changes, Counterpart, Place
from imri_kg.model import Passage, State
from imri_kg.remote import decoding
from imri_kg.remote.members import Members
from imri_kg.source_answers import GROUPS, SOURCE_COLUMNS, EvidenceDescription, SourceDescription
from imri_kg.tables import RecordAnswer

__all__ = ["changes", "evidence", "record_in_full", "source"]


def _place(m: Members, name: str) -> Place | None:
    found = m.object_or_none(name)
    return None if found is None else Place(found.text("curie"), found.text("label"))


def _change(m: Members) -> Change:
    if m.text("kind") not in KINDS:
        m.refuse("kind", f"one of {', '.join(KINDS)}")
    return Change(m.text("kind"), m.text_or_none("basis_of_kind"), m.text_or_none("stated_relation"), m.texts("read_from"), m.texts("counterparts"), m.texts("records"),
                  m.texts("claims"), m.text("text"))  # fmt: skip


def _counterpart(m: Members) -> Counterpart:
    return Counterpart(m.text("curie"), m.text("label"), m.text("label_status"), _place(m, "domain"), _place(m, "under"), m.flag("main"), m.flag("same_label"),
                       m.text("predicate"), m.texts("records"))  # fmt: skip


def _construct(m: Members) -> ChangedConstruct:
    try:
        state = State(m.text("state"))
    except ValueError:
        m.refuse("state", f"one of {', '.join(State)}")
    return ChangedConstruct(m.text("curie"), m.text("label"), m.text("label_status"), m.text("kind"), _place(m, "domain"), _place(m, "under"), state,
                            m.many("changes", _change), m.many("counterparts", _counterpart), m.texts("exploratory"), m.texts("claims"))  # fmt: skip


def _passage(m: Members) -> Passage:
    return Passage(m.text("curie"), m.text("source"), m.text("citation"), m.text("locator"), m.text_or_none("url"))


def _record(m: Members) -> ChangeRecord:
    return ChangeRecord(m.text("record_id"), m.text("subject"), m.text("predicate"), m.text("object"), m.text("basis"), m.text_or_none("stated_relation"),
                        m.text_or_none("predicate_basis"), decoding.decimal(m.number_or_none("confidence")), m.flag("exploratory"), m.flag("negated"),
                        m.many("evidence", _passage))  # fmt: skip


def changes(m: Members) -> Changes:
    """Return what became of an edition in a later one."""
    counts = m.object("counts")
    return Changes(m.text("from"), m.text("to"), m.many("earlier", _construct), m.many("later", _construct), {side: counts.counts(side) for side in ("earlier", "later")},
                   m.many("records", _record), m.plains("claims", "id", "kind", "statement", "basis", "stated_relation"), m.texts("notes"), m.text("release"),
                   m.text("query"))  # fmt: skip


def record_in_full(m: Members) -> RecordAnswer:
    """Return a mapping record with what stands around it."""
    return RecordAnswer(decoding.record(m), m.plains("premise_of", "record_id", "rule", "state"), m.plains("contradicted_by", "kind", "id"),
                        m.plains("same_pair", "record_id", "direction"), m.plain_or_none("set"), m.text("release"), m.text("query"))  # fmt: skip


def evidence(m: Members) -> EvidenceDescription:
    """Return a passage with everything that rests on it."""
    supports = m.object("supports")
    return EvidenceDescription(decoding.evidence(m), m.plain("work"), m.text_or_none("deep_link"), m.text("anchor_status"), m.texts("informants"),
                               {group: supports.plains(group, "id", "kind", "text") for group in GROUPS}, m.texts("notes"), m.text("release"), m.text("query"))  # fmt: skip


def source(m: Members) -> SourceDescription:
    """Return a source with what was at hand of it and what rests on it."""
    return SourceDescription({name: m.value(name) for name in SOURCE_COLUMNS}, m.texts("creators"), m.texts("digests"), m.texts("remarks"), m.plains("frameworks", "key"),
                             m.plains("parts", "key"), m.plains("gaps", "id"), m.plains("named_by", "curie"), m.plains("evidence", "part", "section", "items"),
                             m.texts("notes"), m.text("release"), m.text("query"))  # fmt: skip
