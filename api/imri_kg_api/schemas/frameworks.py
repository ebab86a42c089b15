"""Replies about framework editions, constructs and search."""

from __future__ import annotations

from pydantic import BaseModel, Field

from imri_kg_api.schemas.mappings import Counts, LeftOut
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
    Permalink,
    Query,
    RecordId,
    Reference,
    Release,
    State,
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
    permalink: Permalink = None
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
    query: Query
    permalink: Permalink = None
    release: Release


class RecordsByBasis(BaseModel):
    """Ids of records on each basis."""

    author_stated: list[RecordId] = Field(alias="author-stated")
    curated: list[RecordId]
    derived: list[RecordId]


class ConceptMappings(BaseModel):
    """A construct against a whole other edition."""

    framework: Key
    state: State
    counts: Counts
    records: RecordsByBasis = Field(description="Records of its pairs with members of the edition; what found nothing on either side is among them")
    exploratory: list[RecordId] = Field(description="Records below 0.50, which do not count")


class ConceptObservations(BaseModel):
    """How many observations of a case are coded to a construct."""

    case: str = Field(description="Id of the case", examples=["mulvale-2024.esther"])
    name: str
    printed: int = Field(ge=0, description="Coded so by the source")
    inferred: int = Field(ge=0, description="Coded so by whoever made the dataset")
    total: int = Field(ge=0)


class Concept(Reference):
    """A construct with everything that the graph states of it."""

    kind: str
    notation: str
    definition: str
    alternative_labels: list[str]
    broader: list[Reference]
    narrower: list[Reference]
    ancestors: list[Reference] = Field(description="Everything above it, the nearest first")
    top: Reference | None = Field(description="The construct at the top of its branch; null where it is that itself")
    properties: dict[str, list[str]]
    evidence: list[Evidence]
    claims: list[Claim]
    causal_relations: list[CausalRelation]
    mappings: list[ConceptMappings] = Field(description="Its state against each other edition, with the records of its pairs")
    observations: list[ConceptObservations] = Field(description="Observations of the cases of the release that are coded to it; none means that no case has one")
    basis: list[Basis]
    left_out: LeftOut
    notes: Notes
    query: Query
    permalink: Permalink = None
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


class Facets(BaseModel):
    """All hits counted by framework and by kind, each without regard to its own filter."""

    framework: dict[Key, int]
    kind: dict[str, int]


class SearchHits(BaseModel):
    """Constructs that words find, best first."""

    items: list[SearchHit]
    total: int = Field(ge=0, description="Hits on all pages")
    facets: Facets
    notes: Notes
    next: Next
    query: str
    permalink: Permalink = None
    release: Release
