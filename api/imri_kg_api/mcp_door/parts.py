"""The parts of replies: constructs, records, passages and statements of the graph in the form that tools give.

Called by `answers`. Nothing here asks the graph anything, and no list is cut without saying so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from imri_kg.model import Evidence, MappingRecord, PairState, Reference
from imri_kg_api.mcp_door import replies, wording
from imri_kg_api.mcp_door.meanings import Hidden, of_edition, of_pair
from imri_kg_api.mcp_door.questions import Paged

__all__ = ["brief", "cause", "construct", "cut", "derivation", "label_notes", "left_out_notes", "mapping", "page", "passage", "said", "said_of_record", "state_of"]

_Item = TypeVar("_Item")
#: Passages that are shown with a record in a list.
_MOST_PASSAGES = 3


def construct(reference: Reference | Mapping[str, Any]) -> replies.Construct:
    """Return a construct."""
    return replies.Construct.model_validate(reference if isinstance(reference, Mapping) else reference.to_json())


def passage(evidence: Evidence | Mapping[str, Any]) -> replies.Passage:
    """Return a passage."""
    found = evidence if isinstance(evidence, Mapping) else evidence.to_json()
    return replies.Passage.model_validate({**found, "id": found["curie"]})


def mapping(record: MappingRecord, most: int = _MOST_PASSAGES) -> replies.Mapping:
    """Return a mapping record with its first passages."""
    return replies.Mapping(
        record_id=record.record_id,
        subject=construct(record.subject),
        predicate=record.predicate,
        object=construct(record.object),
        negated=record.negated,
        basis=record.basis,  # type: ignore[arg-type]
        whose=wording.whose(record),
        stated_relation=record.stated_relation,
        confidence=None if record.confidence is None else float(record.confidence),
        exploratory=record.exploratory,
        comment=record.comment,
        premises=list(record.derivation.premises) if record.derivation else [],
        evidence=[passage(e) for e in record.evidence[:most]],
        evidence_left_out=max(len(record.evidence) - most, 0),
    )


def brief(record: MappingRecord) -> replies.Brief:
    """Return a mapping record in brief, with the first of its passages."""
    return replies.Brief(
        record_id=record.record_id, claim=record.claim, negated=record.negated, basis=record.basis, whose=wording.whose(record),  # type: ignore[arg-type]
        confidence=None if record.confidence is None else float(record.confidence), exploratory=record.exploratory,
        premises=list(record.derivation.premises) if record.derivation else [],
        evidence=replies.Place.model_validate(passage(record.evidence[0]).model_dump(include=set(replies.Place.model_fields))),
        evidence_left_out=len(record.evidence) - 1,
    )  # fmt: skip


def said(statement: Mapping[str, Any], kind: str = "") -> replies.Said:
    """Return a claim or a limit of a framework."""
    return replies.Said(
        id=statement["id"], kind=kind or statement["kind"], text=statement["statement"], basis=statement["basis"],
        whose=wording.whose_statement(statement["basis"], statement["stated_relation"]),
        stated_relation=statement["stated_relation"], evidence=[e["curie"] for e in statement["evidence"]],
    )  # fmt: skip


def said_of_record(record: MappingRecord) -> replies.Said:
    """Return a mapping record in one line."""
    return replies.Said(
        id=record.record_id, kind="mapping record", basis=record.basis, whose=wording.whose(record),  # type: ignore[arg-type]
        stated_relation=record.stated_relation, text=record.labelled_claim, evidence=[e.curie for e in record.evidence],
    )  # fmt: skip


def cause(relation: Mapping[str, Any]) -> replies.Cause:
    """Return a causal relation."""
    return replies.Cause(
        id=relation["id"], kind="causal relation, no mapping", basis=relation["basis"], stated_relation=relation["stated_relation"],
        whose=wording.whose_statement(relation["basis"], relation["stated_relation"], relation["predicate_basis"]),
        text=f"{relation['subject']} {relation['predicate']} {relation['object']}: {relation['text']}", evidence=[e["curie"] for e in relation["evidence"]],
        confidence=relation["confidence"], exploratory=relation["exploratory"],
    )  # fmt: skip


def derivation(record: MappingRecord) -> replies.Derivation | None:
    """Return how a record follows from others, None for an asserted one."""
    found = record.derivation
    return found and replies.Derivation.model_validate({**found.to_json(), "text": wording.of_derivation(found)})


def state_of(state: PairState, hidden: Hidden, *, edition: bool) -> replies.StateOf:
    """Return the state of a pair or of a construct against an edition, with what it means."""
    given = state.to_json()
    meaning = of_edition(given["counts"], hidden) if edition else of_pair(state.state, hidden)
    return replies.StateOf.model_validate({**given, "meaning": meaning})


def page(items: Sequence[_Item], limit: int, offset: int, what: str) -> tuple[list[_Item], replies.Rest]:
    """Return a part of a list, and how much is left.

    Args:
        items: the whole list.
        limit: how many to give at most.
        offset: how many to pass over.
        what: what they are, in the plural.
    """
    shown = list(items[offset : offset + limit])
    end = offset + len(shown)
    left = max(len(items) - end, 0)
    if not items:
        words = f"The list of {what} is empty."
    elif left and shown:
        words = f"{len(shown)} of {len(items)} {what} are shown; {left} more, ask again with offset={end}."
    elif not shown:
        words = f"There are {len(items)} {what}; offset={offset} lies behind the last."
    else:
        words = f"All {what} are shown ({len(items)})." if not offset else f"The last {what} are shown ({len(shown)} of {len(items)})."
    return shown, replies.Rest(shown=len(shown), total=len(items), next_offset=end if left and shown else None, say=words)


def cut(items: Sequence[_Item], question: Paged, what: str, notes: list[str]) -> list[_Item]:
    """Return a part of one of several lists of a reply; a note says what of it is not shown."""
    shown, rest = page(items, question.limit, question.offset, what)
    if items and len(shown) < len(items):
        notes.append(rest.say)
    return shown


def label_notes(references: Iterable[Reference | Mapping[str, Any] | replies.Construct]) -> list[str]:
    """Say of each construct whose label no source prints what its label is."""
    found: dict[str, str] = {}
    for reference in references:
        given = reference if isinstance(reference, Mapping) else {"curie": reference.curie, "label_status": reference.label_status}
        if given["label_status"] not in ("", "printed"):
            found[given["curie"]] = given["label_status"]
    by_status: dict[str, list[str]] = {}
    for curie, status in sorted(found.items()):
        by_status.setdefault(status, []).append(curie)
    return [f"The labels of {', '.join(curies)} are {status}. {wording.of_label(status)}" for status, curies in sorted(by_status.items())]


def left_out_notes(records: Mapping[str, int], pairs: int = 0) -> list[str]:
    """Say what a limit on the basis kept out of a reply."""
    if not sum(records.values()) and not pairs:
        return []
    kept = ", ".join(f"{n} {basis}" for basis, n in sorted(records.items()) if n) or "no"
    left = "record" if sum(records.values()) == 1 else "records"
    changed = "1 pair has" if pairs == 1 else f"{pairs} pairs have"
    return [f"The limit on the basis left out {kept} {left}; {changed} another state than with all of them."]
