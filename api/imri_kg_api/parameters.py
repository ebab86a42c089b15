"""The parameters that several routes share, and the strictness about all of them.

A parameter that a route does not have, that is repeated, empty or far too long is refused; nothing is ignored in silence.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from fastapi import Depends, Path, Query, Request, params

from imri_kg.errors import UnknownNameError
from imri_kg.graph import KnowledgeGraph
from imri_kg.vocabulary import BASES
from imri_kg_api.problems import Problem

__all__ = ["Basis", "Exploratory", "Graph", "Routes", "Source", "Target", "check", "declared"]

#: Longest value in characters; labels have at most some 150.
LONGEST_VALUE = 500


def _graph(request: Request) -> KnowledgeGraph:
    graph: KnowledgeGraph = request.app.state.graph
    return graph


async def _graph_dependency(request: Request) -> KnowledgeGraph:
    return _graph(request)


Graph = Annotated[KnowledgeGraph, Depends(_graph_dependency)]

Basis = Annotated[
    list[str],
    Query(
        description="Trust only records on this basis; repeat it for several. The reply says what that left out. All when absent.",
        examples=[["author-stated"]],
        json_schema_extra={"items": {"type": "string", "enum": list(BASES)}},
    ),
]
Exploratory = Annotated[
    bool, Query(description="Count records with a confidence below 0.50 too; they are marked as exploratory.", examples=[True])
]
Routes = Annotated[
    bool,
    Query(description="Add the routes that no rule licenses. They are hypotheses and never counted as mapped.", examples=[True]),
]
Source = Annotated[str, Path(alias="from", description="Key of the framework edition in the rows.", examples=["imri"])]
Target = Annotated[str, Path(alias="to", description="Key of the framework edition in the columns.", examples=["chime"])]


@lru_cache
def declared(endpoint: Callable[..., Any]) -> Mapping[str, bool]:
    """Return the query parameters of an endpoint and of what it depends on, each with whether it may be repeated."""
    found: dict[str, bool] = {}
    hints = get_type_hints(endpoint, include_extras=True)
    for name in inspect.signature(endpoint).parameters:
        hint = hints.get(name)
        if get_origin(hint) is not Annotated:
            continue
        kind, *extras = get_args(hint)
        for extra in extras:
            if isinstance(extra, params.Query):
                found[extra.alias or name] = get_origin(kind) is list
            elif isinstance(extra, params.Depends) and extra.dependency is not None:
                found.update(declared(extra.dependency))
    return found


def check(request: Request, known: Mapping[str, bool]) -> None:
    """Refuse a request with a parameter that is unknown, repeated, empty or too long.

    Args:
        request: the request.
        known: parameter name to whether it may be repeated.

    Raises:
        UnknownNameError: a parameter is not known; the nearest is named.
        Problem: a parameter is repeated, empty or too long.
    """
    given = request.query_params.multi_items()
    counts = Counter(name for name, _ in given)
    for name, value in given:
        if name not in known:
            raise UnknownNameError("parameter", name[:LONGEST_VALUE], list(known) or ["(none)"], request.url.path)
        if counts[name] > 1 and not known[name]:
            raise Problem("repeated-parameter", f"The parameter {name!r} is given {counts[name]} times; give it once.", parameter=name)
        if not value.strip():
            raise Problem("invalid-parameter", f"The parameter {name!r} is empty; give it a value or leave it out.", parameter=name)
        _check_length(name, value)
    for name, value in request.path_params.items():
        _check_length(name, value)


def _check_length(name: str, value: str) -> None:
    if len(value) > LONGEST_VALUE:
        raise Problem(
            "invalid-parameter",
            f"The value of {name!r} has {len(value):,} characters; at most {LONGEST_VALUE} are read.",
            parameter=name,
        )
