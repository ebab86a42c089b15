"""What case tables report, as typed objects: observations with their codings, and counts split into printed and inferred.

Made by the case reader, shown by casebook, matrix and case view. Nothing here reads a store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from imri_kg.model import Evidence, Reference

__all__ = ["CODED_IMPACT", "DETERMINANT", "CaseKey", "Coding", "ContextWord", "EvidenceSource", "Observation", "Split", "Term", "split"]


class Term(NamedTuple):
    """A value of a code list: phase, stakeholder group, level, valence, kind, innovation."""

    curie: str
    label: str

    def to_json(self) -> dict[str, Any]:
        return {"curie": self.curie, "label": self.label}


#: The kind of observation that alone carries construct and valence.
DETERMINANT = "ikg:determinantKind"
#: The kind of the rows of the sheet Impacts. A row of the sheet Determinants that tells of a result has another kind: the same passage
#: may stand on both sheets, and must not be counted twice.
CODED_IMPACT = Term("ikg:CodedImpactObservation", "coded impact")


class CaseKey(NamedTuple):
    """A case as other things name it: `id` is `<dataset>.<case>`."""

    id: str
    name: str

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "name": self.name}


class Split(NamedTuple):
    """A number of observations: how many the source itself codes so, and how many whoever made the dataset does."""

    printed: int = 0
    inferred: int = 0

    @property
    def total(self) -> int:
        """Both together."""
        return self.printed + self.inferred

    def to_json(self) -> dict[str, Any]:
        return {"printed": self.printed, "inferred": self.inferred, "total": self.total}


class Coding(NamedTuple):
    """One construct to which an observation is coded, with the way up to its domain.

    `role` is construct, second construct or impact; `path` holds CURIEs, the construct first and the domain last.
    """

    role: str
    construct: Reference
    domain: Reference
    path: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {**self.construct.to_json(), "domain": self.domain.curie, "domain_label": self.domain.label}


class ContextWord(NamedTuple):
    """The authors' own word for a kind of context: as they print it, which of the listed words it is, and the domain of that word.

    `printed` is false where it was carried forward from an earlier sentence and None where nobody says; `domain` is the one in the edition
    of the observation's construct.
    """

    word: str
    printed: bool | None
    term: Term | None = None
    domain: Reference | None = None

    @property
    def status(self) -> str | None:
        """Whether the word stands with the statement."""
        return None if self.printed is None else "printed" if self.printed else "carried forward"


#: Gives evidence by IRI; what an answer holds so that it reads evidence only where somebody wants to see it.
EvidenceSource = Callable[["Observation"], tuple[Evidence, ...]]


@dataclass(frozen=True, slots=True)
class Observation:
    """One row of the sheets Determinants and Impacts.

    `id` is the CURIE of the row, `code` the identifier that the table gives it. An observation belongs to a case or to a study as a whole;
    then `cases_named` are the cases that it names. `basis` says whose coding it is.
    """

    id: str
    code: str
    dataset: str
    kind: Term
    statement: str
    case: CaseKey | None
    study: str | None
    cases_named: tuple[CaseKey, ...]
    basis: str
    codings: tuple[Coding, ...] = ()
    alternates: tuple[Reference, ...] = ()
    touches: tuple[Reference, ...] = ()
    phase: Term | None = None
    phase_note: str | None = None
    valence: Term | None = None
    context: ContextWord | None = None
    experienced_by: tuple[Term, ...] = ()
    reported_by: tuple[Term, ...] = ()
    informants: tuple[str, ...] = ()
    levels: tuple[Term, ...] = ()
    innovation: Term | None = None
    process_only: bool | None = None
    source: str = ""
    locator: str = ""
    text_anchor: str | None = None
    quote: str | None = None
    note: str | None = None
    evidence: tuple[str, ...] = ()

    @property
    def author_stated(self) -> bool:
        """Whether the authors of the source code it so."""
        return self.basis == "author-stated"

    @property
    def impact(self) -> bool:
        """Whether it is a row of the sheet Impacts."""
        return self.kind == CODED_IMPACT

    def coding(self, role: str) -> Coding | None:
        """Return its coding in a role, or None."""
        return next((c for c in self.codings if c.role == role), None)

    @property
    def context_agrees(self) -> bool | None:
        """Whether the authors' context word names the domain of the construct; None where one of the two is missing."""
        first = self.coding("construct")
        if first is None or self.context is None or self.context.domain is None:
            return None
        return self.context.domain.curie == first.domain.curie

    def to_json(self, evidence: Iterable[Evidence] = ()) -> dict[str, Any]:
        construct, second, impact = (self.coding(r) for r in ("construct", "second construct", "impact"))
        word = self.context
        return {
            "id": self.id,
            "code": self.code,
            "dataset": self.dataset,
            "case": self.case.to_json() if self.case else None,
            "study": self.study,
            "cases_named": [c.to_json() for c in self.cases_named],
            "kind": self.kind.to_json(),
            "statement": self.statement,
            "phase": _term(self.phase),
            "phase_note": self.phase_note,
            "construct": construct.to_json() if construct else None,
            "alternate_constructs": [r.to_json() for r in self.alternates],
            "second_construct": second.to_json() if second else None,
            "impact": impact.to_json() if impact else None,
            "valence": _term(self.valence),
            "context_word": {
                "word": word.word, "status": word.status, "term": _term(word.term),
                "domain": word.domain.curie if word.domain else None, "agrees_with_construct": self.context_agrees,
            } if word else None,
            "coding": self.basis,
            "levels": [t.to_json() for t in self.levels],
            "experienced_by": [t.to_json() for t in self.experienced_by],
            "reported_by": [t.to_json() for t in self.reported_by],
            "informants": list(self.informants),
            "innovation": _term(self.innovation),
            "process_only": self.process_only,
            "touches": [r.to_json() for r in self.touches],
            "source": self.source,
            "locator": self.locator,
            "text_anchor": self.text_anchor,
            "quote": self.quote,
            "note": self.note,
            "evidence": [e.to_json() for e in evidence],
        }  # fmt: skip

    def row(self, evidence: Iterable[Evidence] = ()) -> dict[str, Any]:
        """Return the observation as one flat row."""
        roles = {role: self.coding(role) for role in ("construct", "second construct", "impact")}
        found = tuple(evidence)
        return {
            "id": self.id,
            "case": self.case.id if self.case else "",
            "cases_named": " ".join(c.id for c in self.cases_named),
            "kind": self.kind.label,
            "phase": self.phase.label if self.phase else "",
            "statement": self.statement,
            **{role.replace(" ", "_"): coding.construct.curie if coding else "" for role, coding in roles.items()},
            "valence": self.valence.label if self.valence else "",
            "context_word": self.context.word if self.context else "",
            "context_word_status": (self.context.status or "") if self.context else "",
            "coding": self.basis,
            "levels": "; ".join(t.label for t in self.levels),
            "experienced_by": "; ".join(t.label for t in self.experienced_by),
            "reported_by": "; ".join(t.label for t in self.reported_by),
            "innovation": self.innovation.label if self.innovation else "",
            "source": self.source,
            "locator": self.locator,
            "text_anchor": self.text_anchor or "",
            "evidence": " | ".join(e.place for e in found),
            "evidence_ids": " ".join(e.curie for e in found),
            "url": next((e.url for e in found if e.url), "") or "",
        }


def split(observations: Iterable[Observation], printed: Callable[[Observation], bool] = lambda o: o.author_stated) -> Split:
    """Count observations, each once, by whose coding they are."""
    distinct: Mapping[str, Observation] = {o.id: o for o in observations}
    stated = sum(1 for o in distinct.values() if printed(o))
    return Split(stated, len(distinct) - stated)


def _term(term: Term | None) -> dict[str, Any] | None:
    return term.to_json() if term else None
