"""A crosswalk as a matrix to look at: which rows and columns are shown, what is folded, and what each square says.

Called by the views of the crosswalk, the drawing and the table. Made from the typed answer of the service; it reads no store. What a reader hides
changes no state: a square that is hidden says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from imri_kg.crosswalks import Cell, Crosswalk
from imri_kg.model import MappingRecord, State

__all__ = ["Choices", "Heading", "Line", "Matrix", "Square", "matrix", "narrowed"]


class Choices(NamedTuple):
    """What a reader wants to see of a crosswalk. Nothing in it changes an answer.

    Attributes:
        row_kinds: kinds of constructs in the rows; all when empty.
        column_kinds: kinds of constructs in the columns; all when empty.
        states: states whose squares are shown; all when empty.
        least: confidence from 0 to 1 that a record needs to be shown; a record without one is hidden then.
        sources: CURIEs of sources, one of which a record has to rest on; any when empty.
        recorded: whether only rows and columns with a shown record are wanted.
        folded_rows: CURIEs whose members are folded into them.
        folded_columns: the same for columns.
    """

    row_kinds: frozenset[str] = frozenset()
    column_kinds: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    least: float | None = None
    sources: frozenset[str] = frozenset()
    recorded: bool = False
    folded_rows: frozenset[str] = frozenset()
    folded_columns: frozenset[str] = frozenset()


class Heading(NamedTuple):
    """A row or column: its construct, how deep it stands among those that are shown, and the constructs that it stands for.

    `covers` is the construct alone, or with all below it where it is folded; `below` counts the shown constructs below it.
    """

    curie: str
    code: str
    label: str
    label_status: str
    kind: str
    level: int
    below: int
    folded: bool
    covers: tuple[str, ...]


class Square(NamedTuple):
    """Where a row meets a column.

    `state` is that of one pair; empty where the square stands for several (`counts` then has them by state) or for no pair at all. `hidden` tells of a
    pair that the reader's choices hide; `left` of one that is judged by records alone that the reader does not trust, so that nobody can call it not assessed.
    """

    row: str
    column: str
    state: str = ""
    bases: tuple[str, ...] = ()
    exploratory: bool = False
    route: bool = False
    hidden: bool = False
    left: bool = False
    counts: Mapping[str, int] | None = None

    @property
    def told(self) -> bool:
        """Whether the reader sees what is said of the pair."""
        return not self.hidden and not self.left


class Line(NamedTuple):
    """A row with its squares, one for each column."""

    heading: Heading
    squares: tuple[Square, ...]


@dataclass(frozen=True)
class Matrix:
    """What is shown of a crosswalk.

    Attributes:
        lines: the rows.
        columns: the columns.
        considered_rows: constructs of the chosen kinds in the rows, those too that are not shown for want of a record; `considered_columns` the same.
        pairs: every pair of them, folded ones too, before the reader's choices hide any.
        counts: those pairs by state, without those that are left.
        left: how many of them are judged by records alone that are not trusted.
        hidden: how many of them the choices hide.
        unrated: how many records are hidden for want of a confidence.
        rows_left: how many rows of the edition are not shown; `columns_left` the same of columns.
        records: the records of the shown pairs that are not hidden.
    """

    lines: tuple[Line, ...]
    columns: tuple[Heading, ...]
    considered_rows: tuple[str, ...]
    considered_columns: tuple[str, ...]
    pairs: Mapping[tuple[str, str], Square]
    counts: Mapping[str, int]
    left: int
    hidden: int
    unrated: int
    rows_left: int
    columns_left: int
    records: tuple[MappingRecord, ...]

    @property
    def rows(self) -> tuple[Heading, ...]:
        """The headings of the rows."""
        return tuple(line.heading for line in self.lines)

    def every(self, axis: str) -> list[str]:
        """Return the CURIEs of all shown constructs of `rows` or `columns`, those that are folded away too."""
        headings = self.rows if axis == "rows" else self.columns
        return list(dict.fromkeys(curie for heading in headings for curie in heading.covers))


def matrix(answer: Crosswalk, rows: Sequence[Mapping[str, Any]], columns: Sequence[Mapping[str, Any]], choices: Choices, whole: Crosswalk | None = None) -> Matrix:
    """Return what is shown of a crosswalk.

    Args:
        answer: the crosswalk.
        rows: the members of the first edition, as the reply of a framework has them.
        columns: those of the second.
        choices: what the reader wants to see.
        whole: the same crosswalk with records of every basis, where the answer trusts only some.
    """
    elsewhere = {(cell.row, cell.column) for cell in whole.cells if cell.state is not State.NOT_ASSESSED} if whole else set[tuple[str, str]]()
    records = {record.record_id: record for record in answer.records}
    admitted = {name for name, record in records.items() if _admits(choices, record)}
    routes = {(route.subject, route.object) for route in answer.routes}
    pairs = {(cell.row, cell.column): _square(cell, records, admitted, routes, elsewhere, choices) for cell in answer.cells}
    row_members = [m for m in rows if not choices.row_kinds or m["kind"] in choices.row_kinds]
    column_members = [m for m in columns if not choices.column_kinds or m["kind"] in choices.column_kinds]
    considered = tuple(str(m["curie"]) for m in row_members), tuple(str(m["curie"]) for m in column_members)
    inside = {(row, column) for row in considered[0] for column in considered[1]}
    if choices.recorded:
        said = [key for key, square in pairs.items() if key in inside and not square.hidden and (square.state != State.NOT_ASSESSED or square.route)]
        row_members = _with_heads(row_members, {row for row, _ in said})
        column_members = _with_heads(column_members, {column for _, column in said})
    heads, sides = _headings(row_members, choices.folded_rows), _headings(column_members, choices.folded_columns)
    shown = {key: square for key, square in pairs.items() if key in inside}
    counts = Counter(square.state for square in shown.values() if not square.left)
    used = {name for cell in answer.cells if (cell.row, cell.column) in shown for name in cell.mappings}
    seen = {name for cell in answer.cells if (key := (cell.row, cell.column)) in shown and not shown[key].hidden for name in cell.mappings}
    return Matrix(
        tuple(Line(head, tuple(_at(pairs, head, side) for side in sides)) for head in heads),
        tuple(sides),
        *considered,
        shown,
        {state.value: counts.get(state.value, 0) for state in State},
        sum(square.left for square in shown.values()),
        sum(square.hidden for square in shown.values()),
        sum(choices.least is not None and records[name].confidence is None for name in used),
        len(rows) - len(row_members),
        len(columns) - len(column_members),
        tuple(record for name, record in records.items() if name in seen and name in admitted),
    )


def narrowed(answer: Crosswalk, shown: Matrix) -> Crosswalk:
    """Return a crosswalk without what the reader's choices hide, to be taken along as data; what is folded is there, and no state is changed.

    Args:
        answer: the crosswalk.
        shown: what the reader sees of it.
    """
    rows, columns = set(shown.every("rows")), set(shown.every("columns"))
    seen = {key for key, square in shown.pairs.items() if square.told and key[0] in rows and key[1] in columns}
    return replace(
        answer,
        rows_=tuple(r for r in answer.rows_ if r.curie in rows),
        columns=tuple(c for c in answer.columns if c.curie in columns),
        cells=tuple(cell for cell in answer.cells if (cell.row, cell.column) in seen),
        counts=dict(shown.counts),
        records=shown.records,
        routes=tuple(route for route in answer.routes if (route.subject, route.object) in seen),
    )


def _admits(choices: Choices, record: MappingRecord) -> bool:
    if choices.least is not None and (record.confidence is None or float(record.confidence) < choices.least):
        return False
    return not choices.sources or any(passage.source in choices.sources for passage in record.evidence)


def _square(cell: Cell, records: Mapping[str, MappingRecord], admitted: set[str], routes: set[tuple[str, str]], elsewhere: set[tuple[str, str]],
            choices: Choices) -> Square:  # fmt: skip
    state = cell.state.value
    left = cell.state is State.NOT_ASSESSED and (cell.row, cell.column) in elsewhere
    hidden = bool(choices.states) and (left or state not in choices.states)
    grounds = [name for name in cell.mappings if name in records]
    if grounds and not any(name in admitted for name in grounds):
        hidden = True
    exploratory = bool(grounds) and all(records[name].exploratory for name in grounds)
    route = (cell.row, cell.column) in routes and cell.state is State.NOT_ASSESSED and not left
    return Square(cell.row, cell.column, state, cell.bases, exploratory, route, hidden, left)


def _with_heads(members: Sequence[Mapping[str, Any]], wanted: set[str]) -> list[Mapping[str, Any]]:
    """Return the wanted members, and what they stand under."""
    broader = {m["curie"]: m["broader"] for m in members}
    kept = set(wanted)
    for curie in wanted:
        above = broader.get(curie)
        while above is not None:
            kept.add(above)
            above = broader.get(above)
    return [m for m in members if m["curie"] in kept]


def _headings(members: Sequence[Mapping[str, Any]], folded: Iterable[str]) -> list[Heading]:
    """Return members in the order of the hierarchy, without those that are folded away."""
    known, folded = {str(m["curie"]) for m in members}, frozenset(folded)
    below: dict[str | None, list[Mapping[str, Any]]] = {}
    for member in members:
        # What it stands under may be of a kind that is not shown.
        below.setdefault(member["broader"] if member["broader"] in known else None, []).append(member)
    out: list[Heading] = []

    def covered(curie: str) -> list[str]:
        return [curie, *(name for member in below.get(curie, ()) for name in covered(str(member["curie"])))]

    def walk(member: Mapping[str, Any], level: int) -> None:
        curie = str(member["curie"])
        whole = covered(curie)
        shut = curie in folded and len(whole) > 1
        out.append(
            Heading(curie, str(member["notation"] or curie.partition(":")[2]), str(member["label"]), str(member["label_status"]), str(member["kind"]), level,
                    len(whole) - 1, shut, tuple(whole) if shut else (curie,))
        )  # fmt: skip
        for narrower in () if shut else below.get(curie, ()):
            walk(narrower, level + 1)

    for member in below.get(None, ()):
        walk(member, 0)
    return out


def _at(pairs: Mapping[tuple[str, str], Square], row: Heading, column: Heading) -> Square:
    if len(row.covers) == len(column.covers) == 1:
        return pairs.get((row.curie, column.curie), Square(row.curie, column.curie))
    # What a summary counts are all its pairs; hiding some of them would make it say less than it knows.
    counts = Counter(pairs[key].state for a in row.covers for b in column.covers if (key := (a, b)) in pairs)
    return Square(row.curie, column.curie, counts={state.value: counts.get(state.value, 0) for state in State})
