"""Cases, what another framework sees in them, and the counts over them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from imri_kg.errors import UnknownNameError
from imri_kg_api import schemas
from imri_kg_api.documentation import describe
from imri_kg_api.parameters import Basis, Graph
from imri_kg_api.problems import Problem
from imri_kg_api.replying import Replies

__all__ = ["router"]

router = APIRouter(tags=["cases"])

CaseId = Annotated[str, Path(description="Id of a case; its dataset may be left out where that is clear.", examples=["mulvale-2024.esther"])]


def _filter(what: str, example: str, alias: str | None = None) -> Any:
    return Query(description=f"Count only {what}; repeat it for several.", examples=[[example]], alias=alias)


@router.get("/cases", **describe(schemas.Cases))
def list_cases(graph: Graph, reply: Replies) -> Response:
    """List the cases of the release, and datasets of the user's own only where the server was started with them, with what is known of each."""
    return reply(graph.cases())


@router.get("/cases/{id}", **describe(schemas.Case))
def read_case(id: CaseId, graph: Graph, reply: Replies) -> Response:
    """Return a case with its participants, observations, impacts, judgements on assimilation, compatibility gaps and events."""
    return reply(graph.case(id))


@router.get("/cases/{id}/through/{framework}", **describe(schemas.CaseView))
def read_case_through(
    id: CaseId,
    framework: Annotated[str, Path(description="Key of the framework edition through which to look.", examples=["diffusion"])],
    graph: Graph,
    reply: Replies,
) -> Response:
    """Return the determinants of a case as another framework sees them; what only an unlicensed route reaches is counted apart."""
    return reply(graph.case_view(framework, id))


@router.get("/cases/through/{framework}", **describe(schemas.CaseView))
def read_cases_through(
    framework: Annotated[str, Path(description="Key of the framework edition through which to look.", examples=["diffusion"])], graph: Graph, reply: Replies
) -> Response:
    """Return the determinants of all cases as another framework sees them."""
    return reply(graph.case_view(framework))


@router.get("/matrix", **describe(schemas.Matrix))
def read_matrix(
    graph: Graph,
    reply: Replies,
    rows: Annotated[str, Query(description="Dimension of the rows: construct, domain, framework, case, phase, valence, stakeholder, level, impact, innovation, dataset, kind or context-word.", examples=["case"])],
    columns: Annotated[str, Query(description="Dimension of the columns, one of those that rows can have, and another than that.", examples=["phase"])],
    construct: Annotated[list[str], _filter("observations of these constructs and narrower ones", "cfir2022:III")] = [],
    domain: Annotated[list[str], _filter("observations of these domains", "cfir2022:III")] = [],
    framework: Annotated[list[str], _filter("codings in these editions", "cfir-2022")] = [],
    case: Annotated[list[str], _filter("these cases", "mulvale-2024.esther")] = [],
    phase: Annotated[list[str], _filter("these phases", "adoption")] = [],
    valence: Annotated[list[str], _filter("these valences", "barrier")] = [],
    stakeholder: Annotated[list[str], _filter("these stakeholder groups", "service users")] = [],
    level: Annotated[list[str], _filter("these levels", "service user")] = [],
    impact: Annotated[list[str], _filter("these impacts", "imri:B1")] = [],
    innovation: Annotated[list[str], _filter("these innovations", "Peer workers")] = [],
    kind: Annotated[list[str], _filter("these kinds of observation", "determinant")] = [],
    dataset: Annotated[list[str], _filter("these datasets", "mulvale-2024")] = [],
    context_word: Annotated[list[str], _filter("these context words of the authors", "external context", "context-word")] = [],
    basis: Basis = [],
    rollup: Annotated[bool, Query(description="Count an observation under its construct and all broader ones.", examples=[True])] = False,
    empty: Annotated[bool, Query(description="List members without any observation.", examples=[True])] = False,
    domain_by: Annotated[Literal["construct", "context-word"], Query(description="Domain of our construct, or of the authors' own context word.", examples=["context-word"])] = "construct",
    stakeholder_by: Annotated[Literal["reported", "experienced"], Query(description="Stakeholder groups that report something, or those that experience an impact.", examples=["experienced"])] = "reported",
) -> Response:
    """Count observations by two dimensions, printed and inferred codings apart; what authors say of a study as a whole stands apart and counts nowhere."""
    where = {
        "construct": construct, "domain": domain, "framework": framework, "case": case, "phase": phase, "valence": valence, "stakeholder": stakeholder,
        "level": level, "impact": impact, "innovation": innovation, "kind": kind, "dataset": dataset, "context-word": context_word,
    }  # fmt: skip
    chosen = {name: values for name, values in where.items() if values}
    try:
        found = graph.matrix(rows, columns, where=chosen, basis=basis, rollup=rollup, empty=empty, domain_by=domain_by, stakeholder_by=stakeholder_by)
    except UnknownNameError as error:
        if error.kind != "dimension":
            raise
        members = {"parameter": "rows" if error.value == rows else "columns", "value": error.value, "nearest": list(error.nearest), "known": sorted(error.known)}
        raise Problem("unknown-value", str(error), **members) from error
    return reply(found)
