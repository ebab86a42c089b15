"""The typed objects of a mapping answer: constructs, evidence, records, states.

Plain dataclasses: `to_json()` gives the form that DESIGN and `docs/api.md` promise, `rows()` flat rows for tables, and
`to_dataframe()` a pandas frame. Nothing here reads a store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

__all__ = [
    "RECORD_COLUMNS",
    "Answer",
    "Derivation",
    "Evidence",
    "LeftOut",
    "MappingAnswer",
    "MappingRecord",
    "PairState",
    "Passage",
    "Reference",
    "State",
]


#: Columns of a record in a table.
RECORD_COLUMNS = (
    "record_id", "subject", "subject_label", "subject_label_status", "predicate", "object", "object_label",
    "object_label_status", "basis", "stated_relation", "predicate_basis", "confidence", "exploratory", "rule", "evidence",
    "evidence_ids", "codes",
)  # fmt: skip
#: The object of a record that says that nothing in an edition fits.
_NOTHING = "sssom:NoTermFound"
#: What a list of records says of the question that each row answers.
_ASKED_COLUMNS = ("target", "state", "note")
_FILTERED = "its records are left out by the filters"


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

    __slots__ = ()

    def to_json(self) -> dict[str, Any]:
        """Return the reply as the documented JSON object."""
        raise NotImplementedError

    def rows(self) -> list[dict[str, Any]]:
        """Return the reply as flat rows, one dictionary a row, all with the same keys."""
        raise NotImplementedError

    def header(self) -> tuple[str, ...]:
        """Return the names of the columns for an answer that can be without rows; else nothing."""
        return ()

    def sections(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """Return the tables of a page, each with its caption; the rows alone where there is nothing else to show."""
        return [("", self.rows())]

    def mapping_records(self) -> tuple[MappingRecord, ...] | None:
        """Return the mapping records that the answer holds, maybe none of them; None for an answer of another kind."""
        return None

    def described(self) -> tuple[str, ...] | None:
        """Return the CURIEs of the things that the answer describes, with their evidence; None where the graph describes none of it."""
        records = self.mapping_records()
        if records is None:
            return None
        return tuple(dict.fromkeys([*(r.record_id for r in records), *(e.curie for r in records for e in r.evidence)]))

    def unrecorded(self) -> tuple[PairState, ...]:
        """Return the states of what was asked about and has no record in the answer, for forms that hold records alone."""
        return ()

    def to_dataframe(self) -> Any:
        """Return the rows as a pandas DataFrame (needs `pip install imri-kg[dataframe]`)."""
        import pandas

        return pandas.DataFrame(self.rows())


class Reference(NamedTuple):
    """A construct as a mapping names it. `curie` is `sssom:NoTermFound` where a record says that nothing fits.

    `label_status` is printed, rebuilt or unconfirmed. `existence_status` is empty but for the impacts of IMRI, where it
    says whether the text names the impact or the count needed it to be split off.
    """

    curie: str
    iri: str
    label: str
    framework: str
    label_status: str = ""
    existence_status: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "curie": self.curie,
            "iri": self.iri,
            "label": self.label,
            "framework": self.framework,
            "label_status": self.label_status,
            "existence_status": self.existence_status or None,
        }


class Evidence(NamedTuple):
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

    @property
    def place(self) -> str:
        """Source and place in one line."""
        return Passage.of(self).place

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


class Passage(NamedTuple):
    """Where a piece of evidence stands; its whole is with the record, relation or construct."""

    curie: str
    source: str
    citation: str
    locator: str
    url: str | None = None

    @classmethod
    def of(cls, evidence: Evidence) -> Passage:
        """Return where a piece of evidence stands."""
        return cls(evidence.curie, evidence.source, evidence.citation, evidence.locator, evidence.url)

    @property
    def place(self) -> str:
        """Source and place in one line."""
        return f"{self.citation}, {self.locator}"

    def to_json(self) -> dict[str, Any]:
        return self._asdict()


class Derivation(NamedTuple):
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


class MappingRecord(NamedTuple):
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

    @property
    def none_found(self) -> bool:
        """Whether the record says that nothing in a whole edition fits its subject."""
        return self.object.curie == _NOTHING

    @property
    def claim(self) -> str:
        """The record in one line: `imri:B1 not skos:closeMatch chime:E`."""
        return self._between(self.subject.curie, self.object.curie)

    @property
    def labelled_claim(self) -> str:
        """The same with the labels of both ends."""
        return self._between(*(f"{end.curie} ({end.label})" for end in (self.subject, self.object)))

    def _between(self, subject: str, object_: str) -> str:
        if self.none_found:
            return f"nothing in {self.object.framework} fits {subject}"
        return f"{subject} {'not ' if self.negated else ''}{self.predicate} {object_}"

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
        values = (
            self.record_id,
            self.subject.curie,
            self.subject.label,
            self.subject.label_status,
            # That nothing was found is said by the object.
            ("not " if self.negated and not self.none_found else "") + self.predicate,
            self.object.curie,
            self.object.label,
            self.object.label_status,
            self.basis,
            self.stated_relation or "",
            self.predicate_basis or "",
            _number(self.confidence),
            self.exploratory,
            self.derivation.rule if self.derivation else "",
            " | ".join(e.place for e in self.evidence),
            " ".join(e.curie for e in self.evidence),
            "ours",
        )
        return dict(zip(RECORD_COLUMNS, values, strict=True))


class LeftOut(NamedTuple):
    """What filters kept out of an answer.

    `records` counts what a filter on the basis kept out, by basis, and `pairs` the pairs whose state it changed. `filters` counts the
    records, and under `targets` the states, that each further filter of a list kept out; those change no state.
    """

    records: Mapping[str, int] = MappingProxyType({})
    pairs: int = 0
    filters: Mapping[str, int] = MappingProxyType({})

    def to_json(self) -> dict[str, Any]:
        return {"records": dict(sorted(self.records.items())), "pairs": self.pairs, "filters": dict(self.filters)}


class PairState(NamedTuple):
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

    def row(self) -> dict[str, Any]:
        """Return a row of a list of records for a state that has none."""
        # Every other state rests on records, so that they are left out where none is shown.
        note = "" if self.state is State.NOT_ASSESSED else _FILTERED
        return {**dict.fromkeys(RECORD_COLUMNS, ""), "subject": self.subject, "target": self.target, "state": self.state.value, "note": note}


class _MappingAnswer(NamedTuple):
    items: tuple[MappingRecord, ...]
    states: tuple[PairState, ...]
    release: str
    query: str
    basis: tuple[str, ...]
    left_out: LeftOut
    notes: tuple[str, ...] = ()
    next: str | None = None
    bare: tuple[PairState, ...] = ()


class MappingAnswer(_MappingAnswer, Answer):
    """Mapping records with the state of every pair or edition that was asked about; `bare` are the states that no record belongs to."""

    __slots__ = ()

    def __new__(cls, items: tuple[MappingRecord, ...], states: tuple[PairState, ...], release: str, query: str, basis: tuple[str, ...], left_out: LeftOut,
                notes: tuple[str, ...] = (), next: str | None = None, bare: tuple[PairState, ...] | None = None) -> MappingAnswer:  # fmt: skip
        """Make an answer; `bare` is found where it is not given. A page of an answer keeps that of the whole, whose records it no longer holds."""
        if bare is None:
            questions = _by_ends(states)
            met = {_question(record, questions) for record in items}
            bare = tuple(state for state in questions.values() if state not in met)
        return super().__new__(cls, items, states, release, query, basis, left_out, notes, next, bare)

    def joined(self, others: Sequence[MappingAnswer]) -> MappingAnswer:
        """Return this answer with the records and states of further ones after its own."""
        every = (self, *others)
        kept_out, filtered = Counter[str](), Counter[str]()
        for answer in every:
            kept_out.update(answer.left_out.records)
            filtered.update(answer.left_out.filters)
        return self._replace(
            items=tuple(r for a in every for r in a.items),
            states=tuple(s for a in every for s in a.states),
            left_out=LeftOut(kept_out, sum(a.left_out.pairs for a in every), filtered),
            notes=tuple(dict.fromkeys(n for a in every for n in a.notes)),
            bare=tuple(dict.fromkeys(s for a in every for s in a.bare)),
        )

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
        """Return one row for each record, and after the last of them one for each state without a record."""
        questions, out = _by_ends(self.states), []
        for record in self.items:
            state = _question(record, questions)
            out.append({**record.row(), "target": state.target if state else "", "state": state.state.value if state else "", "note": ""})
        return out + [state.row() for state in self.unrecorded()]

    def mapping_records(self) -> tuple[MappingRecord, ...]:
        return self.items

    def unrecorded(self) -> tuple[PairState, ...]:
        """Return the states without a record; none of them before the last page, so that they are told once."""
        return self.bare if self.next is None else ()

    def sections(self) -> list[tuple[str, list[dict[str, Any]]]]:
        states = [{"subject": s.subject, "target": s.target, "state": s.state.words, "mapped": s.mapped, "judged not mapped": s.judged_not_mapped,
                   "contested": s.contested, "not assessed": s.not_assessed} for s in self.states]  # fmt: skip
        return [("States", states), ("Records", [r.row() for r in self.items])]

    def header(self) -> tuple[str, ...]:
        return (*RECORD_COLUMNS, *_ASKED_COLUMNS)


def _by_ends(states: Sequence[PairState]) -> dict[tuple[str, str], PairState]:
    return {(s.subject, s.target): s for s in states}


def _question(record: MappingRecord, questions: Mapping[tuple[str, str], PairState]) -> PairState | None:
    """Return the question that a record answers: the pair, or its construct or edition against an edition; None where it was not asked."""
    for subject in (record.subject.curie, record.subject.framework):
        for target in (record.object.curie, record.object.framework):
            if found := questions.get((subject, target)):
                return found
    if record.none_found:
        # That nothing in an edition fits answers for the one construct of it that was asked about, and for questions from its side.
        ends = (record.subject.curie, record.subject.framework)
        return next((s for s in questions.values() if s.subject in ends and ":" in s.target), None) or next(
            (s for s in questions.values() if s.target in ends and (":" in s.subject or s.subject == record.object.framework)), None)  # fmt: skip
    return None


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
