"""A crosswalk as a table for a paper: what is recorded of each row, whose claim it is and where it stands, and which rows nobody has judged.

Called by `views.crosswalk_forms`. The same rows become the page, CSV, Markdown and a workbook. Routes are no records, and make a table of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from imri_kg.crosswalks import Crosswalk, Route, RouteStep
from imri_kg.model import Evidence, MappingRecord, Passage, State
from imri_kg_api.explorer.crosswalk_matrix import Matrix, Square
from imri_kg_api.explorer.presenting import local, short_citation
from imri_kg_api.explorer.presenting import words as in_words
from imri_kg_api.explorer.words import Words

__all__ = ["COLUMNS", "ROUTE_COLUMNS", "PaperTable", "paper_table", "step_words"]

#: Columns of the table, in order; each has a message `crosswalk-table-<name>` as its heading.
COLUMNS = ("construct", "relation", "counterpart", "state", "claim", "evidence", "record")
#: Columns of the table of routes.
ROUTE_COLUMNS = ("construct", "steps", "counterpart", "claim", "evidence", "record")

class PaperTable(NamedTuple):
    """Rows by column: those of records and of constructs without one, and those of routes, which are hypotheses."""

    rows: list[dict[str, str]]
    routes: list[dict[str, str]]


def paper_table(answer: Crosswalk, shown: Matrix, words: Words) -> PaperTable:
    """Return the table: a row for each record of a shown pair and for each construct without one, and the shown routes apart.

    A construct whose pairs are all hidden by the reader has no row; one of which records are hidden or not trusted is told apart from one that nobody judged.

    Args:
        answer: the crosswalk.
        shown: what the reader sees of it.
        words: the words of states, bases and predicates.
    """
    rows, columns = shown.every("rows"), shown.every("columns")
    labels = {r.curie: r.label for r in (*answer.rows_, *answer.columns)}
    records: dict[str, list[dict[str, str]]] = {}
    inside, known = set(columns), set(rows)
    for record in sorted(shown.records, key=lambda r: (_place(columns, r.object.curie), r.basis, r.record_id)):
        turned = record.subject.framework != answer.source
        # A record that nothing was found for a column judges it against every row; it is told once, at the end.
        at = "" if turned or record.subject.curie not in known else record.subject.curie
        if record.none_found or turned or record.object.curie in inside:
            records.setdefault(at, []).append(_record(record, answer, words))
    out: list[dict[str, str]] = []
    for curie in rows:
        squares = [square for column in columns if (square := shown.pairs.get((curie, column))) is not None]
        found = records.get(curie, [])
        if not found and not all(square.hidden for square in squares):
            found = [_row(construct=_named(curie, labels), state=_unrecorded(squares, answer, words))]
        out += found
    out += records.get("", ())
    seen = [route for route in answer.routes if (square := shown.pairs.get((route.subject, route.object))) is not None and square.told]
    place = {curie: number for number, curie in enumerate(rows)}
    return PaperTable(out, [_route(route, labels, words) for route in sorted(seen, key=lambda r: place[r.subject]) if route.subject in known and route.object in inside])


def _row(**known: str) -> dict[str, str]:
    return {name: known.get(name, "") for name in COLUMNS}


def _named(curie: str, labels: dict[str, str]) -> str:
    return f"{local(curie)} {labels[curie]}"


def _unrecorded(squares: list[Square], answer: Crosswalk, words: Words) -> str:
    """Return the state of a construct without a shown record: only one that nobody judged is not assessed."""
    if any(square.left for square in squares):
        return words("crosswalk-left-square")
    if any(square.hidden and square.state != State.NOT_ASSESSED for square in squares):
        return words("crosswalk-table-hidden")
    return words("crosswalk-table-open", framework=_framework(words, answer.target))


def _framework(words: Words, key: str) -> str:
    return words(name) if words.has(name := f"framework-{key}") else key


def _place(order: list[str], curie: str) -> int:
    return order.index(curie) if curie in order else len(order)


def _record(record: MappingRecord, answer: Crosswalk, words: Words) -> dict[str, str]:
    none = record.none_found
    positive = not record.negated and not none
    state = next((cell.state.value for cell in answer.cells if record.record_id in cell.mappings), State.MAPPED.value if positive else State.JUDGED_NOT_MAPPED.value)
    claim = [words(f"basis-{record.basis}")]
    if record.stated_relation:
        claim.append(words("crosswalk-table-verb", verb=record.stated_relation))
    if record.confidence is not None:
        claim.append(words("crosswalk-table-confidence", value=f"{record.confidence:.2f}"))
    if record.exploratory:
        claim.append(words("exploratory"))
    if record.predicate_basis == "ours" and record.basis == "author-stated":
        claim.append(words("predicate-ours"))
    return _row(
        construct=f"{local(record.subject.curie)} {record.subject.label}",
        relation=words("predicate-nothing") if none else words(f"predicate-{'' if positive else 'not-'}{local(record.predicate)}"),
        counterpart=words("nothing-in", framework=_framework(words, record.object.framework)) if none else f"{local(record.object.curie)} {record.object.label}",
        state=words(f"state-{state}"), claim=", ".join(claim), evidence=_places(record.evidence), record=record.record_id,
    )  # fmt: skip


def _places(evidence: Iterable[Evidence | Passage]) -> str:
    """Return where passages stand, by source."""
    places: dict[str, list[str]] = {}
    for passage in evidence:
        found = places.setdefault(short_citation(passage.citation), [])
        if passage.locator not in found:
            found.append(passage.locator)
    return "; ".join(f"{source} ({' / '.join(found)})" for source, found in places.items())


def _route(route: Route, labels: dict[str, str], words: Words) -> dict[str, str]:
    chain = route.refusal.chain
    then = f"{words('crosswalk-table-then')} "
    found = {
        "construct": _named(route.subject, labels), "steps": then.join(step_words(step, words) for step in chain), "counterpart": _named(route.object, labels),
        "claim": then.join(words(f"basis-{step.basis}") for step in chain if step.basis),
        "evidence": _places(passage for step in chain for passage in step.evidence), "record": " ".join(step.id for step in chain if step.id),
    }  # fmt: skip
    return {name: found[name] for name in ROUTE_COLUMNS}


def step_words(step: RouteStep, words: Words) -> str:
    """Return a step of a route in words: the relation, and the construct that it leads to."""
    name = local(step.relation)
    said = words(message) if words.has(message := f"predicate-{name}") else in_words(name)
    turned = f"{words('crosswalk-table-inverse')} " if step.inverse and step.kind == "causal" else ""
    return f"{turned}{said} {step.object} {step.object_label}"
