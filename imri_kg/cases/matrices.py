"""The typed objects of a matrix coding query: members of its rows and columns, cells, and the whole.

Made by the matrix service. A cell that counts nothing never holds a 0: it says what authors state, or that nothing is stated. Evidence
is read when somebody asks for the observations of a cell or for the JSON. Nothing here reads a store by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from imri_kg.cases.observations import EvidenceSource, Observation, Split
from imri_kg.errors import UnknownNameError
from imri_kg.model import Answer

__all__ = ["CellState", "Matrix", "MatrixCell", "MatrixDetail", "Member", "StudyStatement"]

_LONG = ("row", "row_label", "column", "column_label", "state", "printed", "inferred", "total", "observations", "statements")


class CellState(StrEnum):
    """What is known of a cell over cases."""

    COUNTED = "counted"
    STATED_PRESENT = "stated_present"
    STATED_ABSENT = "stated_absent"
    NOT_STATED = "not_stated"

    @property
    def words(self) -> str:
        """The state as people read it."""
        return "stated present (not counted)" if self is CellState.STATED_PRESENT else self.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class Member:
    """A row or column: its key, its label, its place in a hierarchy, and the distinct observations in it."""

    id: str
    label: str
    count: Split
    framework: str = ""
    label_status: str = ""
    broader: str | None = None
    depth: int = 0

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "label": self.label,
            "framework": self.framework or None,
            "label_status": self.label_status or None,
            "broader": self.broader,
            "depth": self.depth,
            **_numbers(self.count),
        }


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """A cell: its state, the observations counted in it by id, and the statements of authors that concern it."""

    row: str
    column: str
    state: CellState
    count: Split
    observations: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "row": self.row,
            "column": self.column,
            "state": self.state.value,
            **_numbers(self.count),
            "observations": list(self.observations),
            "statements": list(self.statements),
        }


@dataclass(frozen=True, slots=True)
class StudyStatement:
    """A statement about a study as a whole, with the rows and columns that it would fall into; it counts nowhere."""

    observation: Observation
    rows: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matrix(Answer):
    """Observations counted by two dimensions.

    `cells` has one cell for each pair of a row and a column. `without` holds the ids of observations in view that have no value in the
    dimension of the rows or columns. `split` says for both dimensions what decides whether a value is printed: the source, the coding or
    the context word.
    """

    row_dimension: str
    column_dimension: str
    rows_: tuple[Member, ...]
    columns: tuple[Member, ...]
    cells: tuple[MatrixCell, ...]
    total: Split
    study_statements: tuple[StudyStatement, ...]
    observations: Mapping[str, Observation]
    statements: Mapping[str, Mapping[str, Any]]
    without: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, int]
    split: Mapping[str, str]
    options: Mapping[str, Any]
    where: Mapping[str, tuple[str, ...]]
    basis: tuple[str, ...]
    left_out: Mapping[str, int]
    release: str
    query: str
    notes: tuple[str, ...]
    read_evidence: EvidenceSource = field(repr=False, compare=False)

    @property
    def states(self) -> dict[str, int]:
        """How many cells have which state; all four keys are always there."""
        found = Counter(c.state for c in self.cells)
        return {state.value: found.get(state, 0) for state in CellState}

    def cell(self, row: str, column: str) -> MatrixCell:
        """Return a cell by id or label of its row and column.

        Raises:
            UnknownNameError: there is no such row or column.
        """
        wanted = _member(self.rows_, row, "row").id, _member(self.columns, column, "column").id
        return next(c for c in self.cells if (c.row, c.column) == wanted)

    def drill(self, row: str | None = None, column: str | None = None) -> MatrixDetail:
        """Return the observations behind a cell, or behind a whole row or column, each with its statement and evidence.

        Raises:
            UnknownNameError: there is no such row or column.
        """
        a = _member(self.rows_, row, "row") if row is not None else None
        b = _member(self.columns, column, "column") if column is not None else None
        cells = [c for c in self.cells if (a is None or c.row == a.id) and (b is None or c.column == b.id)]
        ids = dict.fromkeys(i for c in cells for i in c.observations)
        said = dict.fromkeys(i for c in cells for i in c.statements)
        count = a.count if a and b is None else b.count if b and a is None else cells[0].count if a and b else self.total
        return MatrixDetail(a, b, cells[0].state if a and b else None, count, tuple(o for i, o in self.observations.items() if i in ids),
                            tuple(self.statements[s] for s in said), self.release, self.query, self.read_evidence)  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        return {
            "study_statements": [
                {**s.observation.to_json(self.read_evidence(s.observation)), "rows": list(s.rows), "columns": list(s.columns)} for s in self.study_statements
            ],
            "row_dimension": self.row_dimension,
            "column_dimension": self.column_dimension,
            "rows": [m.to_json() for m in self.rows_],
            "columns": [m.to_json() for m in self.columns],
            "cells": [c.to_json() for c in self.cells],
            "counts": self.total.to_json(),
            "states": self.states,
            "kinds": dict(self.kinds),
            "without": {side: list(ids) for side, ids in self.without.items()},
            "split_by": dict(self.split),
            "observations": [o.to_json(self.read_evidence(o)) for o in self.observations.values()],
            "statements": [dict(s) for s in self.statements.values()],
            "where": {name: list(values) for name, values in self.where.items()},
            **self.options,
            "basis": list(self.basis),
            "left_out": {"observations": dict(sorted(self.left_out.items()))},
            "notes": list(self.notes),
            "query": self.query,
            "release": self.release,
        }  # fmt: skip

    def rows(self) -> list[dict[str, Any]]:
        """Return one row for each cell."""
        names = {(side, m.id): m.label for side, members in (("r", self.rows_), ("c", self.columns)) for m in members}
        out = []
        for c in self.cells:
            numbers = _numbers(c.count)
            values = (c.row, names["r", c.row], c.column, names["c", c.column], c.state.value, numbers["printed"], numbers["inferred"], numbers["total"],
                      " ".join(c.observations), " ".join(c.statements))  # fmt: skip
            out.append(dict(zip(_LONG, values, strict=True)))
        return out

    def header(self) -> tuple[str, ...]:
        return _LONG

    def grid(self, *, numbers: Sequence[str] = ("total", "printed", "inferred")) -> list[dict[str, Any]]:
        """Return the wide form: a row for each row of the matrix, and for each column its numbers.

        Args:
            numbers: which numbers each column has. Where nothing is counted, the first holds the state in words and the others nothing.
        """
        names = self._column_names(numbers)
        cells = {(c.row, c.column): c for c in self.cells}
        out = []
        for member in self.rows_:
            row: dict[str, Any] = {self.row_dimension: member.id, "label": member.label}
            for column in self.columns:
                cell = cells[member.id, column.id]
                row |= _wide(names[column.id], cell.count, cell.state.words, numbers)
            out.append(row | _wide("all", member.count, NONE_COUNTED, numbers))
        return out

    def behind(self) -> list[dict[str, Any]]:
        """Return one row for each observation in each cell, with its place and evidence, so that every number can be followed to its passages."""
        read = {i: o.row(self.read_evidence(o)) for i, o in self.observations.items()}
        return [{self.row_dimension: c.row, self.column_dimension: c.column, **{f"observation {k}" if k in (self.row_dimension, self.column_dimension) else k: v for k, v in read[i].items()}}
                for c in self.cells for i in c.observations]  # fmt: skip

    def about(self) -> list[dict[str, Any]]:
        """Return what the table is and rests on, to stand beside it: release, query, filters, bases, notes."""
        filters = "; ".join(f"{name}: {', '.join(values)}" for name, values in self.where.items())
        parts = [("release", self.release), ("query", self.query), ("filters", filters or "none"), ("bases", ", ".join(self.basis) or "all"), *(("note", n) for n in self.notes)]
        return [{"what": what, "value": value} for what, value in parts]

    def grid_header(self, *, numbers: Sequence[str] = ("total", "printed", "inferred")) -> list[str]:
        """Return the keys of the rows of the wide form, also where it has no row."""
        names = self._column_names(numbers)
        return [self.row_dimension, "label", *(h for m in self.columns for h in _headings(names[m.id], numbers)), *_headings("all", numbers)]

    def _column_names(self, numbers: Sequence[str]) -> dict[str, str]:
        """Return the names of the columns by id: a label may be that of another column, or the heading of something else, such as "all"."""
        taken = Counter([self.row_dimension, "label", *_headings("all", numbers), *(h for m in self.columns for h in _headings(m.label, numbers))])
        return {m.id: m.label if all(taken[h] == 1 for h in _headings(m.label, numbers)) else f"{m.label} ({m.id})" for m in self.columns}

    def to_dataframe(self) -> Any:
        """Return the wide form as a pandas DataFrame, indexed by row (needs `pip install imri-kg[dataframe]`)."""
        import pandas

        frame = pandas.DataFrame(self.grid())
        return frame.set_index([self.row_dimension, "label"]) if len(frame) else frame


@dataclass(frozen=True, slots=True)
class MatrixDetail(Answer):
    """The observations behind a cell, row or column, and what authors state of it."""

    row: Member | None
    column: Member | None
    state: CellState | None
    count: Split
    observations: tuple[Observation, ...]
    statements: tuple[Mapping[str, Any], ...]
    release: str
    query: str
    read_evidence: EvidenceSource = field(repr=False, compare=False)

    def to_json(self) -> dict[str, Any]:
        return {
            "row": self.row.to_json() if self.row else None,
            "column": self.column.to_json() if self.column else None,
            "state": self.state.value if self.state else None,
            "counts": _numbers(self.count),
            "observations": [o.to_json(self.read_evidence(o)) for o in self.observations],
            "statements": [dict(s) for s in self.statements],
            "query": self.query,
            "release": self.release,
        }

    def rows(self) -> list[dict[str, Any]]:
        return [o.row(self.read_evidence(o)) for o in self.observations]


#: What a sum says where nothing was counted: authors may state something all the same, so that it is no 0.
NONE_COUNTED = "none counted"


def _numbers(count: Split) -> dict[str, Any]:
    """Return the split of what was counted; what was not counted has no numbers, not even 0."""
    return count.to_json() if count.total else {"printed": None, "inferred": None, "total": None}


def _wide(name: str, count: Split, words: str, numbers: Sequence[str]) -> dict[str, Any]:
    values = _numbers(count)
    return dict(zip(_headings(name, numbers), (values[numbers[0]] if count.total else words or None, *(values[n] for n in numbers[1:])), strict=True))


def _headings(name: str, numbers: Sequence[str]) -> list[str]:
    return [name if numbers[0] == "total" else f"{name}, {numbers[0]}", *(f"{name}, {number}" for number in numbers[1:])]


def _member(members: Iterable[Member], text: str, side: str) -> Member:
    every = list(members)
    tests: tuple[Callable[[Member], bool], ...] = (lambda m: m.id == text, lambda m: m.label.casefold() == text.casefold(),
                                                   lambda m: m.id.partition(":")[2] == text)  # fmt: skip
    for test in tests:
        found = [m for m in every if test(m)]
        if len(found) == 1:
            return found[0]
    raise UnknownNameError(side, text, [m.id for m in every])
