"""Replies in a few lines of text: what a client shows to a model that does not read structured content.

The text says nothing that the structured reply does not, and leaves out nothing that a claim needs: state, whose claim, evidence, release.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from imri_kg.vocabulary import NO_TERM_FOUND
from imri_kg_api.mcp_door import replies

__all__ = ["prose"]

#: Longer values of a row are shortened in the text; the structured reply has them whole.
_LONGEST_VALUE = 300
#: How one finding of a severity is named, and how several.
_FINDINGS = {"violation": ("violation", "violations"), "warning": ("warning", "warnings"), "info": ("piece of information", "pieces of information")}


def prose(reply: replies.Bound) -> str:
    """Return a reply as text; a citation that several passages share stands once, at the end."""
    lines = _WRITERS[type(reply)](reply)
    citations = list(dict.fromkeys(_citations(reply)))
    text = "\n".join([*lines, *(f"Note: {note}" for note in reply.notes)])
    for number, citation in enumerate(citations, 1):
        text = text.replace(citation, f"Source {number},")
    sources = [f"Source {number}: {citation}" for number, citation in enumerate(citations, 1)]
    return "\n".join([text, *sources, f"Release {reply.release}"])


def _citations(part: object) -> Iterator[str]:
    """Yield the citation of every passage in a reply, in order."""
    if isinstance(part, replies.Place):
        yield part.citation
    elif isinstance(part, BaseModel):
        yield from (found for _, value in part for found in _citations(value))
    elif isinstance(part, list):
        yield from (found for item in part for found in _citations(item))


def _name(c: replies.Construct) -> str:
    return _named(c.curie, c.label, c.label_status)


def _named(curie: str, label: str, label_status: str) -> str:
    status = "" if label_status in ("", "printed") else f", label {label_status}"
    return f"{curie} ({label}{status})"


def _source(p: replies.Place) -> str:
    anchor = f' "{p.text_anchor}"' if p.text_anchor else ""
    return f"{p.citation} {p.locator}.{anchor} [{p.id}]"


def _record(m: replies.Mapping) -> list[str]:
    sure = "" if m.confidence is None else f", confidence {m.confidence:g}{' (exploratory)' if m.exploratory else ''}"
    more = f" | {m.evidence_left_out} more, by the tool evidence" if m.evidence_left_out else ""
    says = f"{_name(m.subject)} {'NOT ' if m.negated else ''}{m.predicate} {_name(m.object)}"
    if m.object.curie == NO_TERM_FOUND:
        says = f"nothing in {m.object.framework} fits {_name(m.subject)}"
    return [
        f"- {says} [{m.record_id}]{sure}",
        f"  Whose claim: {m.whose}",
        *([f"  Comment: {m.comment}"] if m.comment else []),
        f"  Evidence: {' | '.join(_source(p) for p in m.evidence)}{more}",
    ]


def _brief(b: replies.Brief) -> str:
    sure = "" if b.confidence is None else f", confidence {b.confidence:g}{' (exploratory)' if b.exploratory else ''}"
    more = f" | {b.evidence_left_out} more, by the tool evidence" if b.evidence_left_out else ""
    return f"  {b.claim} [{b.record_id}]{sure}. Whose claim: {b.whose} Evidence: {_source(b.evidence)}{more}"


def _sure(confidence: float | None) -> str:
    return "" if confidence is None else f"; confidence {confidence:g}"


def _said(s: replies.Said) -> str:
    return f"- {s.text} ({s.kind}; {s.whose.removesuffix('.')}) [{s.id}; evidence: {', '.join(s.evidence) or 'none'}]"


def _listed(title: str, lines: Iterable[str]) -> list[str]:
    lines = list(lines)
    return [f"{title}:", *lines] if lines else []


def _counted(counts: Any) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.model_dump(by_alias=True).items())


def _state(state: str, meaning: str) -> str:
    return f"State: {state}. {meaning}"


def _editions(r: replies.Editions) -> list[str]:
    return [
        f"- {e.key}: {e.label} ({e.edition}), {e.members} members: {e.printed} labels printed, {e.rebuilt} rebuilt, {e.unconfirmed} unconfirmed; {e.code_status}. {e.citation}"
        for e in r.frameworks
    ]


def _found(r: replies.Found) -> list[str]:
    return [*(f"- {_name(h)}, {h.kind} of {h.framework}; by {h.matched}" for h in r.hits), r.rest.say]


def _described(r: replies.Described) -> list[str]:
    return [
        f"{_name(r.term)}: {r.kind} of {r.term.framework}.", f"Definition: {r.definition}", f"Label: {r.term.label_status}. {r.label_meaning}",
        *_listed("Also called", (f"- {label}" for label in r.alternative_labels)),
        *_listed("Above it", (f"- {_name(c)}" for c in r.broader)), *_listed("Below it", (f"- {_name(c)}" for c in r.narrower)),
        *_listed("Evidence", (f"- {p.statement} {_source(p)}" for p in r.evidence)), *_listed("Claims", map(_said, r.claims)),
        *_listed("Causal relations (no mappings)", map(_said, r.causal_relations)),
    ]  # fmt: skip


def _mappings(r: replies.Mappings) -> list[str]:
    states = [f"- {s.subject} and {s.target}: {s.state} ({_counted(s.counts)}). {s.meaning}" for s in r.states]
    return [f"Mappings of {_name(r.subject)}.", *_listed("States", states), *(line for m in r.mappings for line in _record(m)), r.rest.say]


def _pair(r: replies.Pair) -> list[str]:
    return [
        f"{_name(r.subject)} and {_name(r.object)}. {_state(r.state, r.meaning)}", r.text,
        *_listed("Records", (line for m in r.records for line in _record(m))), *_listed("Derived records", (line for m in r.derived for line in _record(m))),
        *_listed("Exploratory records, not counted", (line for m in r.exploratory for line in _record(m))),
        *_listed("Routes that no rule licenses (hypotheses)", (f"- {n.route}: {n.reason}" for n in r.not_licensed)),
        *_listed("Causal relations (no mappings)", map(_said, r.causal_relations)), *_listed("Claims", map(_said, r.claims)),
        *_listed("Limitations that the sources print", map(_said, r.printed_limitations)),
    ]  # fmt: skip


def _cell(r: replies.Cell) -> list[str]:
    return [f"{_name(r.row)} and {_name(r.column)}. {_state(r.state, r.meaning)}", *(line for m in r.mappings for line in _record(m))]


def _summary(r: replies.Summary) -> list[str]:
    cells = [
        line for c in r.cells for line in (
            f"- {_named(c.row, c.row_label, c.row_label_status)} and {_named(c.column, c.column_label, c.column_label_status)}{':' if c.claims else ''}",
            *map(_brief, c.claims),
        )
    ]  # fmt: skip
    return [
        f"{r.source} to {r.target}, pairs: {_counted(r.pairs)}. Records: {_counted(r.records_by_basis)}.",
        f"Pairs that are {r.state}. {r.meaning}", *cells, r.rest.say,
    ]  # fmt: skip


def _side(side: replies.Side) -> list[str]:
    gaps = [f"- {g.curie} ({g.label}{'' if g.label_status == 'printed' else f', label {g.label_status}'}): {g.state}. {g.meaning}" for g in side.gaps]
    return [
        f"{side.source} to {side.target}: pairs: {_counted(side.pairs)}; members of {side.source}: {_counted(side.members_by_state)}.",
        *_listed("Gaps", gaps), side.rest.say,
    ]  # fmt: skip


def _coverage(r: replies.Coverage) -> list[str]:
    return [*_side(r.forward), *_side(r.backward), *_listed("Limits that authors state (no negative mappings)", map(_said, r.framework_limits))]


def _overview(r: replies.Overview) -> list[str]:
    lines = [f"- {e.source} to {e.target}: {_counted(e.pairs)}; records: {_counted(e.records_by_basis)}" for e in r.editions]
    silent = "That says nothing about whether their constructs correspond."
    empty = [f"No record that counts here judges any pair of: {', '.join(r.not_assessed_at_all)}. {silent}"] if r.not_assessed_at_all else []
    return [*lines, r.rest.say, *empty]


def _passages(r: replies.Passages) -> list[str]:
    shown = [line for p in r.passages for line in (f"- {p.statement}", f"  {_source(p)}{f' {p.url}' if p.url else ''}", *([f"  Note: {p.note}"] if p.note else []))]
    asked = [f"The {r.kind} {r.id}:", _said(r.statement)] if r.statement else [f"Evidence {r.id}:"]
    d = r.derivation
    follows = [f"Derivation (rule {d.rule}; premises: {', '.join(d.premises)}{_sure(d.confidence)}): {d.text}"] if d else []
    title = f"Passages{' of the premises' if d else ''} (statements are in our words)"
    return [*asked, *follows, *_listed(title, shown), *_listed("Statements that rest on it", map(_said, r.supports)), r.rest.say]


def _questions(r: replies.Questions) -> list[str]:
    lines = [
        f"- {q.name}: {q.question} Answerable: {q.answerable}.{f' {q.note}' if q.note else ''}"
        f"{f' Parameters: {_pairs(q.parameters)}.' if q.parameters else ''}" for q in r.questions
    ]  # fmt: skip
    return [*lines, r.rest.say]


def _rows(r: replies.QuestionRows) -> list[str]:
    rows = [f"- {_pairs({k: v for k, v in row.items() if v is not None})}" for row in r.rows]
    return [f"{r.name}: {r.question} Answerable from the sources: {r.answerable}.", *([f"How to read it: {r.note}"] if r.note else []), *rows, r.rest.say]


def _pairs(values: Mapping[str, object]) -> str:
    return "; ".join(f"{k}: {_shortened(str(v))}" for k, v in values.items())


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]} (shortened)"


def _findings(r: replies.Findings) -> list[str]:
    lines = [f"- {f.place}: {f.severity}: {f.message}{f' Suggestion: {f.suggestion}' if f.suggestion else ''}" for f in r.findings]
    counts = ", ".join(f"{number} {_FINDINGS[severity][number != 1]}" for severity, number in r.counts.items())
    return [f"The table {'conforms' if r.conforms else 'does not conform'}: {counts}.", *_listed("Read", (f"- {text}" for text in r.read)), *lines, r.rest.say]


_WRITERS: Mapping[type[replies.Bound], Callable[[Any], list[str]]] = {
    replies.Editions: _editions, replies.Found: _found, replies.Described: _described, replies.Mappings: _mappings, replies.Pair: _pair, replies.Cell: _cell,
    replies.Summary: _summary, replies.Coverage: _coverage, replies.Overview: _overview, replies.Passages: _passages, replies.Questions: _questions,
    replies.QuestionRows: _rows, replies.Findings: _findings,
}  # fmt: skip
