"""Replies about frameworks, constructs and mappings as the typed objects that the local graph gives.

Called by the remote graph. Each function is the way back from the `to_json()` of its class. Members that it does not know are passed
over, but for parts that the classes themselves hold as plain objects.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from imri_kg.crosswalks import Cell, Coverage, Crosswalk, Explanation, Overview, Refusal, Route, RouteStep
from imri_kg.model import Derivation, Evidence, LeftOut, MappingAnswer, MappingRecord, PairState, Passage, Reference, State
from imri_kg.remote.members import Members
from imri_kg.tables import Concept, Framework, Table

__all__ = [
    "concept",
    "coverage",
    "crosswalk",
    "decimal",
    "evidence",
    "explanation",
    "framework",
    "left_out",
    "mapping_answer",
    "overview",
    "record",
    "reference",
    "refusal",
    "route",
    "table",
]

_HUNDREDTH = Decimal("0.01")


def decimal(value: float | None) -> Decimal | None:
    """Return a confidence as the graph holds it, with two places at least.

    >>> decimal(0.9)
    Decimal('0.90')
    """
    if value is None:
        return None
    found = Decimal(str(value))
    exponent = found.as_tuple().exponent
    return found.quantize(_HUNDREDTH) if isinstance(exponent, int) and exponent > -2 else found


def reference(m: Members) -> Reference:
    """Return a construct."""
    return Reference(m.text("curie"), m.text("iri"), m.text("label"), m.text("framework"), m.text("label_status"), m.text_or_none("existence_status") or "")


def evidence(m: Members) -> Evidence:
    """Return a passage."""
    return Evidence(m.text("curie"), m.text("iri"), m.text("source"), m.text("citation"), m.text("locator"), m.text("statement"), m.text_or_none("text_anchor"),
                    m.text_or_none("url"), m.text_or_none("checked_against"), m.texts("cited_references"), m.text_or_none("note"))  # fmt: skip


def left_out(m: Members) -> LeftOut:
    """Return what a filter on the basis kept out."""
    return LeftOut(m.counts("records"), m.whole("pairs"), m.counts("filters"))


def _state(m: Members, name: str = "state") -> State:
    try:
        return State(m.text(name))
    except ValueError:
        m.refuse(name, f"one of {', '.join(State)}")


def _derivation(m: Members) -> Derivation:
    return Derivation(m.text("rule"), m.texts("premises"), m.text("text"), decimal(m.number_or_none("confidence")))


def record(m: Members) -> MappingRecord:
    """Return a mapping record."""
    derived = m.object_or_none("derivation")
    return MappingRecord(
        record_id=m.text("record_id"),
        subject=reference(m.object("subject")),
        predicate=m.text("predicate"),
        object=reference(m.object("object")),
        negated=m.flag("negated"),
        basis=m.text("basis"),
        justification=m.text("justification"),
        stated_relation=m.text_or_none("stated_relation"),
        predicate_basis=m.text_or_none("predicate_basis"),
        confidence=decimal(m.number_or_none("confidence")),
        confidence_basis=m.text_or_none("confidence_basis"),
        author=m.text_or_none("author"),
        date=m.text_or_none("date"),
        comment=m.text_or_none("comment"),
        exploratory=m.flag("exploratory"),
        mapping_set=m.text_or_none("mapping_set"),
        evidence=m.many("evidence", evidence),
        derivation=_derivation(derived) if derived is not None else None,
    )


def _pair_state(m: Members) -> PairState:
    counts = m.object("counts")
    return PairState(m.text("subject"), m.text("target"), _state(m), *(counts.whole(s.value) for s in State))


def mapping_answer(pages: Sequence[Members]) -> MappingAnswer:
    """Return the whole list of records from its pages; all pages have the same states and notes."""
    first = pages[0]
    return MappingAnswer(
        tuple(item for page in pages for item in page.many("items", record)), first.many("states", _pair_state), first.text("release"), first.text("query"),
        first.texts("basis"), left_out(first.object("left_out")), first.texts("notes"),
    )  # fmt: skip


def table(pages: Sequence[Members], columns: Sequence[str], extra: Sequence[str] = ()) -> Table:
    """Return the whole table from its pages.

    Args:
        pages: the pages, at least one.
        columns: the columns, each of which every row must have.
        extra: further members of the reply that belong to the answer.
    """
    first = pages[0]
    rows = (tuple(item.value(c) for c in columns) for page in pages for item in page.objects("items"))
    return Table(tuple(columns), tuple(rows), first.text("release"), first.text("query"), {name: first.value(name) for name in extra})


def framework(m: Members) -> Framework:
    """Return an edition with its members."""
    members = m.plains("members", "curie", "iri", "label", "notation", "kind", "broader", "label_status", "existence_status")
    return Framework(m.text("key"), m.text("iri"), m.text("label"), m.text("edition"), m.text("definition"), m.plain("source"), m.plain("counts"), members,
                     m.texts("notes"), m.text("code_status"), m.text("release"), m.text("query"))  # fmt: skip


def concept(m: Members) -> Concept:
    """Return a construct with everything that is stated of it."""
    properties = m.object("properties")
    return Concept(
        reference(m), m.text("kind"), m.text("notation"), m.text("definition"), m.texts("alternative_labels"), m.many("broader", reference),
        m.many("narrower", reference), {name: list(properties.texts(name)) for name in properties.raw}, m.many("evidence", evidence),
        m.plains("claims", "id", "statement", "basis"), m.plains("causal_relations", "id", "text", "basis"), m.texts("notes"), m.text("release"), m.texts("basis"),
        left_out(m.object("left_out")), m.many("ancestors", reference), m.plains("mappings", "framework", "state", "records"),
        m.plains("observations", "case", "name", "printed", "inferred"), m.text("query"),
    )  # fmt: skip


def _cell(m: Members) -> Cell:
    return Cell(m.text("row"), m.text("column"), _state(m), m.texts("mappings"), m.texts("predicates"), m.texts("bases"))


def _passage(m: Members) -> Passage:
    return Passage(m.text("curie"), m.text("source"), m.text("citation"), m.text("locator"), m.text_or_none("url"))


def _step(m: Members) -> RouteStep:
    return RouteStep(m.text("subject"), m.text("subject_label"), m.text("relation"), m.text("object"), m.text("object_label"), m.text("kind"), m.text_or_none("id"),
                     m.text_or_none("basis"), m.flag("exploratory"), m.flag("inverse"), m.many("evidence", _passage))  # fmt: skip


def refusal(m: Members) -> Refusal:
    """Return a route that no rule licenses."""
    return Refusal(m.many("chain", _step), m.text("reason"), m.text_or_none("rule") if m.has("rule") else None)


def route(m: Members) -> Route:
    """Return a route between two constructs."""
    return Route(m.text("subject"), m.text("object"), refusal(m))


def crosswalk(m: Members) -> Crosswalk:
    """Return every pair of two editions."""
    return Crosswalk(
        m.text("from"), m.text("to"), m.many("rows", reference), m.many("columns", reference), m.many("cells", _cell), m.counts("counts"),
        m.counts("counts_by_basis"), m.many("records", record), m.text("release"), m.text("query"), m.texts("basis"), left_out(m.object("left_out")),
        m.texts("notes"), m.many("routes", route),
    )  # fmt: skip


def _side(m: Members) -> dict[str, Any]:
    """Return a direction of a coverage as it is, having seen that it holds what its rows are made of."""
    m.text("from"), m.text("to"), m.texts("gaps"), m.counts("pairs"), m.counts("members_by_state")
    for member in m.objects("members"):
        member.text("curie"), member.text("label"), _state(member)
        counts = member.object("counts")
        for state in State:
            counts.whole(state.value)
    return m.raw


def coverage(m: Members) -> Coverage:
    """Return what two editions cover of each other."""
    return Coverage(
        m.text("from"), m.text("to"), _side(m.object("forward")), _side(m.object("backward")), m.plains("framework_limits", "id", "statement"),
        m.plains("printed_limitations", "id", "statement"), m.text("release"), m.text("query"), m.texts("basis"), left_out(m.object("left_out")), m.texts("notes"),
    )  # fmt: skip


def overview(m: Members) -> Overview:
    """Return all ordered pairs of editions."""
    empty = m.value("empty")
    if not isinstance(empty, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in empty):
        m.refuse("empty", "a list of pairs")
    return Overview(m.plains("pairs", "from", "to", "pairs", "counts", "records_by_basis"), tuple((str(a), str(b)) for a, b in empty), m.text("release"),
                    m.text("query"), m.texts("basis"), left_out(m.object("left_out")))  # fmt: skip


def explanation(m: Members, derived: Sequence[MappingRecord]) -> Explanation:
    """Return why a pair has its state.

    Args:
        m: the reply, which tells of derived records only how they follow.
        derived: those records themselves, in the same order.
    """
    return Explanation(
        reference(m.object("subject")), reference(m.object("object")), _state(m), m.text("text"), m.many("records", record), tuple(derived),
        m.many("exploratory", record), m.many("not_licensed", refusal), m.plains("causal_relations", "id", "text", "basis"), m.plains("claims", "id", "statement"),
        m.plains("printed_limitations", "id", "statement"), m.text("release"), m.text("query"), m.texts("basis"), left_out(m.object("left_out")), m.texts("notes"),
    )  # fmt: skip
