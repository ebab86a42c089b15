"""A crosswalk as a flat table for a paper: what is recorded of each row, whose claim it is and where it stands, and which rows nobody has judged.

Called by `views.crosswalk_forms`. The same rows become the page, CSV and Markdown.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from imri_kg.crosswalks import Crosswalk, Route, RouteStep
from imri_kg.model import Evidence, MappingRecord, Passage, State
from imri_kg.tables import Table, table
from imri_kg_api.explorer.crosswalk_matrix import Matrix
from imri_kg_api.explorer.presenting import local, short_citation
from imri_kg_api.explorer.presenting import words as in_words
from imri_kg_api.explorer.words import Words

__all__ = ["COLUMNS", "paper_table", "step_words"]

#: Columns of the table, in order; each has a message `crosswalk-table-<name>` as its heading on the page.
COLUMNS = ("from", "from_label", "relation", "to", "to_label", "state", "claim", "verb", "confidence", "evidence", "record")
#: What holds no construct of its own.
_NOTHING = "sssom:NoTermFound"


def paper_table(answer: Crosswalk, shown: Matrix, words: Words) -> Table:
    """Return the table: one row for each record of a shown pair, for each route where routes were asked for, and for each construct without either.

    Args:
        answer: the crosswalk.
        shown: what the reader sees of it.
        words: the words of states, bases and predicates.
    """
    rows, columns = shown.every("rows"), shown.every("columns")
    labels = {r.curie: r.label for r in (*answer.rows_, *answer.columns)}
    records: dict[str, list[dict[str, Any]]] = {}
    inside = set(columns)
    for record in sorted(shown.records, key=lambda r: (_place(columns, r.object.curie), r.basis, r.record_id)):
        turned = record.subject.framework != answer.source
        # A record that nothing was found for a column judges it against every row; it is told once, at the end.
        at = "" if turned or record.subject.curie not in set(rows) else record.subject.curie
        if record.none_found or turned or record.object.curie in inside:
            records.setdefault(at, []).append(_record(record, answer, words))
    routes: dict[str, list[dict[str, Any]]] = {}
    for route in answer.routes:
        square = shown.pairs.get((route.subject, route.object))
        if square is not None and not square.hidden:
            routes.setdefault(route.subject, []).append(_route(route, labels, words))
    out: list[dict[str, Any]] = []
    for curie in rows:
        found = [*records.get(curie, ()), *routes.get(curie, ())]
        states = {shown.pairs[curie, column].state for column in columns if (curie, column) in shown.pairs}
        if not found:
            hidden = states - {State.NOT_ASSESSED.value}
            state = words("crosswalk-table-hidden") if hidden else words("crosswalk-table-open", framework=_framework(words, answer.target))
            found = [_row(**{"from": local(curie), "from_label": labels[curie], "state": state})]
        out += found
    out += records.get("", ())
    return table(out, COLUMNS, answer.release, query=answer.query)


def _row(**known: Any) -> dict[str, Any]:
    return {name: known.get(name, "") for name in COLUMNS}


def _framework(words: Words, key: str) -> str:
    return words(name) if words.has(name := f"framework-{key}") else key


def _place(order: list[str], curie: str) -> int:
    return order.index(curie) if curie in order else len(order)


def _record(record: MappingRecord, answer: Crosswalk, words: Words) -> dict[str, Any]:
    predicate = words(f"predicate-{local(record.predicate)}")
    positive = not record.negated and not record.none_found
    state = next((cell.state.value for cell in answer.cells if record.record_id in cell.mappings), State.MAPPED.value if positive else State.JUDGED_NOT_MAPPED.value)
    claim = [words(f"basis-{record.basis}")]
    if record.exploratory:
        claim.append(words("exploratory"))
    if record.predicate_basis == "ours" and record.basis == "author-stated":
        claim.append(words("predicate-ours"))
    none = record.object.curie == _NOTHING
    return _row(**{
        "from": local(record.subject.curie), "from_label": record.subject.label,
        "relation": predicate if not record.negated or none else f"{words('not')} {predicate}",
        "to": "" if none else local(record.object.curie),
        "to_label": words("nothing-in", framework=_framework(words, record.object.framework)) if none else record.object.label,
        "state": words(f"state-{state}"), "claim": ", ".join(claim), "verb": record.stated_relation or "",
        "confidence": "" if record.confidence is None else f"{record.confidence:.2f}",
        "evidence": _places(record.evidence), "record": record.record_id,
    })  # fmt: skip


def _places(evidence: Iterable[Evidence | Passage]) -> str:
    """Return where passages stand, by source."""
    places: dict[str, list[str]] = {}
    for passage in evidence:
        found = places.setdefault(short_citation(passage.citation), [])
        if passage.locator not in found:
            found.append(passage.locator)
    return "; ".join(f"{source} ({' / '.join(found)})" for source, found in places.items())


def _route(route: Route, labels: dict[str, str], words: Words) -> dict[str, Any]:
    chain = route.refusal.chain
    then = f"{words('crosswalk-table-then')} "
    return _row(**{
        "from": local(route.subject), "from_label": labels[route.subject], "to": local(route.object), "to_label": labels[route.object],
        "relation": words("crosswalk-table-route", steps=then.join(step_words(step, words) for step in chain)), "state": words("state-not_assessed"),
        "claim": then.join(words(f"basis-{step.basis}") for step in chain if step.basis),
        "evidence": _places(passage for step in chain for passage in step.evidence), "record": " ".join(step.id for step in chain if step.id),
    })  # fmt: skip


def step_words(step: RouteStep, words: Words) -> str:
    """Return a step of a route in words: the relation, and the construct that it leads to."""
    name = local(step.relation)
    said = words(message) if words.has(message := f"predicate-{name}") else in_words(name)
    turned = f"{words('crosswalk-table-inverse')} " if step.inverse and step.kind == "causal" else ""
    return f"{turned}{said} {step.object} {step.object_label}"
