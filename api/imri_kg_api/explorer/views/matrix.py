"""Observations counted by two dimensions: the form that asks, the table, and what lies behind one of its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from imri_kg.cases.matrices import Matrix, Member
from imri_kg.cases.matrix import MatrixService
from imri_kg.errors import UnknownNameError
from imri_kg.graph import KnowledgeGraph
from imri_kg_api.explorer.pages import Asked, page, start_page

__all__ = ["matrix", "matrix_start"]

#: How many shades a counted cell can have.
_SHADES = 5
#: Cells of one row and column that the page can show; a larger table is left to the data.
_MOST_CELLS = 4000
#: Tables to begin with: message of the question, and the parameters that answer it. Filters on a dataset are added where it can be compared.
_EXAMPLES: Sequence[tuple[str, Mapping[str, Any]]] = (
    ("matrix-example-hindered", {"rows": "case", "columns": "phase", "valence": "barrier"}),
    ("matrix-example-domains", {"rows": "domain", "columns": "case"}),
    ("matrix-example-constructs", {"rows": "construct", "columns": "phase", "valence": "barrier", "rollup": True}),
    ("matrix-example-impacts", {"rows": "impact", "columns": "innovation"}),
    ("matrix-example-experienced", {"rows": "impact", "columns": "stakeholder", "stakeholder_by": "experienced"}),
    ("matrix-example-words", {"rows": "context-word", "columns": "domain"}),
)
#: Dimensions in the order of the form, those that people ask for most first.
_ORDER = ("case", "phase", "domain", "construct", "valence", "stakeholder", "innovation", "impact", "level", "kind", "context-word", "dataset", "framework")


@page("read_matrix", "matrix.html", own={"row": False, "column": False})
def matrix(asked: Asked, answer: Matrix) -> dict[str, Any]:
    """Prepare a table with its form, and what lies behind a cell, row or column where one is chosen."""
    body = answer.to_json()
    choices = _choices(asked.graph)
    labels = {(name, member.id): member.label for name, members in choices.items() for member in members}
    most = max((cell.count.total for cell in answer.cells), default=0)
    cells = {(cell.row, cell.column): cell for cell in answer.cells}
    titles = {side: asked.words(f"matrix-by-{name}") for side, name in (("rows", answer.row_dimension), ("columns", answer.column_dimension))}
    return {
        "title": asked.words("matrix-title", rows=titles["rows"], columns=titles["columns"]), "form": _form(asked, choices, answer),
        "rows": [(row, [_cell(asked, cells[row.id, column.id], most) for column in answer.columns]) for row in answer.rows_], "columns": answer.columns,
        "too_large": len(answer.cells) > _MOST_CELLS, "total": answer.total, "chips": _chips(asked, answer, labels), "behind": _behind(asked, answer),
        "apart": body["study_statements"], "without": [(side, len(ids)) for side, ids in answer.without.items() if ids], "members": {**_members(answer.rows_), **_members(answer.columns)},
        "turned": asked.with_parameters(rows=answer.column_dimension, columns=answer.row_dimension, row=None, column=None),
        "case_labels": {member.id: member.label for member in choices["case"]},
    }  # fmt: skip


@start_page("read_matrix", "matrix_start.html")
def matrix_start(asked: Asked) -> dict[str, Any]:
    """Prepare the form before anything was asked, with tables to begin with."""
    compared = [d for d in asked.graph.cases().to_json()["datasets"] if 1 < d["cases"] <= 3]
    examples = [(question, asked.links.to("/matrix", **given)) for question, given in _EXAMPLES]
    examples[1:1] = [
        ("matrix-example-of-dataset", asked.links.to("/matrix", rows="case", columns="phase", dataset=d["dataset"], valence="barrier")) for d in compared
    ]  # fmt: skip
    titles = ["", *(d["title"] for d in compared)]
    return {
        "title": asked.words("matrix-start-title"), "form": _form(asked, _choices(asked.graph), None),
        "examples": [(question, titles[n] if question == "matrix-example-of-dataset" else "", to) for n, (question, to) in enumerate(examples)],
    }  # fmt: skip


def _choices(graph: KnowledgeGraph) -> Mapping[str, tuple[Member, ...]]:
    return MatrixService(graph.casebook).choices()


def _form(asked: Asked, choices: Mapping[str, tuple[Member, ...]], answer: Matrix | None) -> dict[str, Any]:
    """Return the fields of the form with what is chosen in them."""
    chosen = {name: set(answer.where.get(name, ())) for name in _ORDER} if answer else {name: set[str]() for name in _ORDER}
    return {
        "dimensions": _ORDER, "rows": answer.row_dimension if answer else "case", "columns": answer.column_dimension if answer else "phase",
        "filters": [(name, choices[name], chosen[name]) for name in _ORDER if choices[name]], "basis": set(asked.values("basis")),
        "rollup": asked.flag("rollup"), "empty": asked.flag("empty"), "domain_by": asked.value("domain_by") == "context-word",
        "stakeholder_by": asked.value("stakeholder_by") == "experienced",
    }  # fmt: skip


def _cell(asked: Asked, cell: Any, most: int) -> dict[str, Any]:
    total = cell.count.total
    return {
        "cell": cell, "state": cell.state.value, "count": cell.count, "shade": 1 + (total - 1) * _SHADES // max(most, 1) if total else 0,
        "to": asked.with_parameters(row=cell.row, column=cell.column) if total or cell.statements else None,
    }  # fmt: skip


def _chips(asked: Asked, answer: Matrix, labels: Mapping[tuple[str, str], str]) -> list[tuple[str, str, str]]:
    """Return what narrows the table: the dimension, the value, and the address without it."""
    chips = []
    for name, keys in answer.where.items():
        for key in keys:
            rest = [other for other in keys if other != key]
            chips.append((name, labels.get((name, key), key), asked.with_parameters(**{name: rest, "row": None, "column": None})))
    return chips


def _behind(asked: Asked, answer: Matrix) -> dict[str, Any] | None:
    """Return the observations behind the chosen cell, row or column; what is not found is told."""
    row, column = asked.value("row") or None, asked.value("column") or None
    if row is None and column is None:
        return None
    try:
        detail = answer.drill(row, column)
    except UnknownNameError:
        return {"found": False, "asked": [part for part in (row, column) if part]}
    body = detail.to_json()
    return {"found": True, "row": body["row"], "column": body["column"], "state": body["state"], "counts": body["counts"], "items": body["observations"],
            "statements": body["statements"], "close": asked.with_parameters(row=None, column=None)}  # fmt: skip


def _members(members: Sequence[Member]) -> dict[str, str]:
    return {member.id: member.label for member in members}
