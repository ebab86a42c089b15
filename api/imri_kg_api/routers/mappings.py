"""Mapping records: of a construct, of a pair, between editions, and one by its id."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from imri_kg.tables import RecordAnswer
from imri_kg_api import schemas
from imri_kg_api.documentation import describe
from imri_kg_api.paging import MappingPage
from imri_kg_api.parameters import Basis, Exploratory, Graph
from imri_kg_api.problems import Problem
from imri_kg_api.replying import Replies

__all__ = ["router"]

router = APIRouter(tags=["mappings"])


@router.get("/mappings", **describe(schemas.Mappings))
def list_mappings(
    graph: Graph,
    reply: Replies,
    page: MappingPage,
    subject: Annotated[str | None, Query(description="CURIE, label or code of the construct that is mapped.", examples=["imri:B1"])] = None,
    object: Annotated[str | None, Query(description="CURIE, label or code of the construct that it is mapped to.", examples=["chime:I"])] = None,
    subject_framework: Annotated[str | None, Query(description="Key of the edition of the subjects; instead of `subject`.", examples=["imri"])] = None,
    object_framework: Annotated[
        list[str], Query(description="Key of the edition to map to; instead of `object`. May be repeated.", examples=[["chime"]])
    ] = [],
    basis: Basis = [],
    exploratory: Exploratory = False,
) -> Response:
    """List mapping records, with the state of each pair or edition that was asked about."""
    for one, other in ((subject, "subject"), (object, "object")):
        if one is not None and (subject_framework if other == "subject" else object_framework):
            raise Problem("conflicting-parameters", f"'{other}' already says which edition is meant; leave out '{other}_framework'.", parameter=f"{other}_framework")
    answer = graph.mappings(
        subject, to=object_framework, object=object, subject_framework=subject_framework, basis=basis, exploratory=exploratory
    )
    return reply(page.of(answer))


@router.get("/mappings/{record_id}", **describe(schemas.SingleRecord))
def read_mapping(
    record_id: Annotated[str, Path(description="Id of the record; its prefix may be left out.", examples=["mapping:imri-chime-s01"])],
    graph: Graph,
    reply: Replies,
) -> Response:
    """Return one mapping record."""
    return reply(RecordAnswer(graph.record(record_id), graph.release, "service/records"))
