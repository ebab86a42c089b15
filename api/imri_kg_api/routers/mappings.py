"""Mapping records: of a construct, of a pair, between editions, and one by its id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.responses import Response

from imri_kg.model import State
from imri_kg.vocabulary import MATCHES
from imri_kg_api import schemas
from imri_kg_api.documentation import describe
from imri_kg_api.paging import MappingPage
from imri_kg_api.parameters import Basis, Exploratory, Graph
from imri_kg_api.problems import Problem
from imri_kg_api.replying import RECORDS, RecordReplies

__all__ = ["router"]

router = APIRouter(tags=["mappings"])


class _RecordConvertor(StringConvertor):
    """A record id in an address: not the address of the batch, which takes POST alone and says so."""

    regex = "(?!batch$)[^/]+"


register_url_convertor("record", _RecordConvertor())


def _choice(description: str, values: Sequence[str], example: str) -> Any:
    return Query(description=description, examples=[[example]], json_schema_extra={"items": {"type": "string", "enum": [*values]}})


@router.get("/mappings", **describe(schemas.Mappings, RECORDS))
def list_mappings(
    graph: Graph,
    reply: RecordReplies,
    page: MappingPage,
    subject: Annotated[str | None, Query(description="CURIE, label or code of the construct that is mapped.", examples=["imri:B1"])] = None,
    object: Annotated[str | None, Query(description="CURIE, label or code of the construct that it is mapped to.", examples=["chime:I"])] = None,
    subject_framework: Annotated[str | None, Query(description="Key of the edition of the subjects; instead of `subject`.", examples=["imri"])] = None,
    object_framework: Annotated[
        list[str], Query(description="Key of the edition to map to; instead of `object`. May be repeated.", examples=[["chime"]])
    ] = [],
    basis: Basis = [],
    exploratory: Exploratory = False,
    state: Annotated[list[str], _choice("Show only records of pairs in this state, and targets with such a pair; repeat it for several.", [s.value for s in State], "mapped")] = [],
    predicate: Annotated[list[str], _choice("Show only records with this SKOS matching property; repeat it for several.", MATCHES, "skos:relatedMatch")] = [],
    min_confidence: Annotated[float | None, Query(ge=0, le=1, description="Show only records with at least this confidence; those without one are left out.", examples=[0.6])] = None,
    max_confidence: Annotated[float | None, Query(ge=0, le=1, description="Show only records with at most this confidence; those without one are left out.", examples=[0.8])] = None,
    source: Annotated[str | None, Query(description="CURIE or IRI of a source: show only records with evidence from it or from a part of it.", examples=["source:piat-2022"])] = None,
) -> Response:
    """List mapping records, with the state of each pair or edition that was asked about. `basis` and `exploratory` decide the states; the filters after them change none."""
    for one, other in ((subject, "subject"), (object, "object")):
        if one is not None and (subject_framework if other == "subject" else object_framework):
            raise Problem("conflicting-parameters", f"'{other}' already says which edition is meant; leave out '{other}_framework'.", parameter=f"{other}_framework")
    if min_confidence is not None and max_confidence is not None and min_confidence > max_confidence:
        raise Problem("conflicting-parameters", "'min_confidence' is above 'max_confidence', so that no record fits; exchange the two.", parameter="min_confidence")
    answer = graph.mappings(
        subject, to=object_framework, object=object, subject_framework=subject_framework, basis=basis, exploratory=exploratory,
        state=state, predicate=predicate, min_confidence=min_confidence, max_confidence=max_confidence, source=source,
    )  # fmt: skip
    return reply(page.of(answer))


@router.get("/mappings/{record_id:record}", **describe(schemas.SingleRecord, RECORDS))
def read_mapping(
    record_id: Annotated[str, Path(description="Id of the record; its prefix may be left out.", examples=["mapping:imri-chime-s01"])],
    graph: Graph,
    reply: RecordReplies,
) -> Response:
    """Return one mapping record in full: what follows from it, what says the opposite, what else is on its pair, and its mapping set."""
    return reply(graph.record_in_full(record_id))
