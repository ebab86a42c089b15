"""Replies about framework editions, constructs and search."""

from __future__ import annotations

from pydantic import BaseModel, Field

from imri_kg_api.schemas.mappings import LeftOut
from imri_kg_api.schemas.values import (
    Basis,
    CausalRelation,
    Claim,
    Curie,
    Evidence,
    ExistenceStatus,
    Iri,
    Key,
    LabelStatus,
    Next,
    Notes,
    Query,
    Reference,
    Release,
)


class Source(BaseModel):
    """Where a framework edition comes from."""

    source: str = Field(examples=["source:leamy-2011"])
    citation: str
    url: str | None
    license: str | None


class MemberCounts(BaseModel):
    """Members of an edition, split into printed and inferred labels."""

    members: int
    by_kind: dict[str, int]
    by_label_status: dict[str, int]
    printed: int
    inferred: int


class FrameworkItem(BaseModel):
    """A framework edition in the list of all."""

    key: Key
    iri: str
    label: str
    edition: str
    definition: str
    source: Source
    counts: MemberCounts
    members: int
    printed: int
    rebuilt: int
    unconfirmed: int
    code_status: str = Field(description="Whether the source prints the codes or they are ours")


class Frameworks(BaseModel):
    """All framework editions."""

    items: list[FrameworkItem]
    next: Next
    query: Query
    release: Release


class Member(BaseModel):
    """A construct in its framework edition."""

    curie: Curie
    iri: Iri
    label: str
    notation: str = Field(description="The code", examples=["B1"])
    kind: str = Field(examples=["Impact"])
    broader: str | None = Field(description="CURIE of the construct above it")
    label_status: LabelStatus
    existence_status: ExistenceStatus


class Framework(BaseModel):
    """A framework edition with all its members."""

    key: Key
    iri: str
    label: str
    edition: str
    definition: str
    source: Source
    counts: MemberCounts
    code_status: str
    notes: Notes
    members: list[Member]
    release: Release


class Concept(Reference):
    """A construct with everything that the graph states of it."""

    kind: str
    notation: str
    definition: str
    alternative_labels: list[str]
    broader: list[Reference]
    narrower: list[Reference]
    properties: dict[str, list[str]]
    evidence: list[Evidence]
    claims: list[Claim]
    causal_relations: list[CausalRelation]
    basis: list[Basis]
    left_out: LeftOut
    notes: Notes
    release: Release


class SearchHit(BaseModel):
    """A construct that was found."""

    curie: Curie
    label: str
    framework: Key
    kind: str
    notation: str
    label_status: LabelStatus
    existence_status: ExistenceStatus
    score: float = Field(ge=0, le=1)
    matched: str = Field(description="What matched: code, CURIE, label, alternative label or definition")


class SearchHits(BaseModel):
    """Constructs that words find, best first."""

    items: list[SearchHit]
    notes: Notes
    next: Next
    query: str
    release: Release
