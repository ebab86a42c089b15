"""Mapping records and the states of what was asked about."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from imri_kg_api.schemas.values import (
    Basis,
    Confidence,
    Evidence,
    Next,
    Notes,
    Permalink,
    Query,
    RecordId,
    Reference,
    Release,
    State,
    StatedRelation,
)


class Derivation(BaseModel):
    """How a record follows from others."""

    rule: str
    premises: list[RecordId] = Field(description="The records that it follows from, in order")
    confidence: Confidence
    text: str = Field(description="The same in a sentence")


class MappingRecord(BaseModel):
    """One claim about two constructs, with whose claim it is and its evidence."""

    record_id: RecordId
    subject: Reference
    predicate: str = Field(description="A SKOS matching property", examples=["skos:relatedMatch"])
    object: Reference
    negated: bool = Field(description="True where the record says that the relation does not hold; also where nothing in an edition fits (`sssom:NoTermFound`), which SSSOM and the graph write without a modifier")
    basis: Basis
    justification: str = Field(description="A SEMAPV term", examples=["semapv:ManualMappingCuration"])
    stated_relation: StatedRelation
    predicate_basis: Literal["source", "ours"] | None = Field(description="Whether the source prints the predicate or we chose it")
    confidence: Confidence
    confidence_basis: str | None
    author: str | None
    date: str | None
    comment: str | None
    exploratory: bool = Field(description="True below a confidence of 0.50; such records count only when asked for")
    mapping_set: str | None
    evidence: list[Evidence] = Field(min_length=1, description="Never empty: a derived record carries its premises'")
    derivation: Derivation | None


class FollowingRecord(BaseModel):
    """A record that follows by a rule from another one."""

    rule: str
    record_id: RecordId
    subject: str
    subject_label: str
    predicate: str
    object: str
    object_label: str
    negated: bool
    basis: Basis
    stated_relation: StatedRelation
    predicate_basis: Literal["source", "ours"] | None
    confidence: Confidence
    exploratory: bool
    state: State = Field(description="State of its pair, exploratory records left out")


class PairRecord(BaseModel):
    """Another record on the same pair."""

    direction: Literal["same", "inverse", "edition"] = Field(description="Whether it reads the pair as the record does, or from the other end")
    rule: str | None = Field(description="The rule by which it follows, where it is derived")
    record_id: RecordId
    subject: str
    subject_label: str
    predicate: str
    object: str
    object_label: str
    negated: bool
    basis: Basis
    stated_relation: StatedRelation
    predicate_basis: Literal["source", "ours"] | None
    confidence: Confidence
    exploratory: bool


class Contradiction(BaseModel):
    """A record or dispute that says the opposite."""

    kind: Literal["record", "dispute"]
    id: str
    direction: Literal["same", "inverse", "edition"] = Field(description="`edition` where one of the two speaks of a whole edition")
    statement: str
    basis: Basis
    stated_relation: StatedRelation
    confidence: Confidence
    exploratory: bool


class MappingSet(BaseModel):
    """The mapping set in which a record is asserted."""

    id: str = Field(examples=["mappingset:imri--chime.author-stated"])
    title: str
    description: str | None
    license: str | None
    basis: Basis
    date: str | None = Field(description="The latest date of its records")
    records: int
    file: str = Field(description="Name of the file in SSSOM/TSV")
    download: str = Field(description="Name of the file below `/downloads/`")


class SingleRecord(MappingRecord):
    """One mapping record by its id, with what stands around it."""

    premise_of: list[FollowingRecord] = Field(description="Records that follow from it by a rule")
    contradicted_by: list[Contradiction] = Field(description="Records and disputes that say the opposite of the same pair, in either direction")
    same_pair: list[PairRecord] = Field(description="All other records on its pair, in either direction")
    set: MappingSet | None = Field(description="Null for a derived record, which stands in no set")
    query: Query
    permalink: Permalink = None
    release: Release


class Counts(BaseModel):
    """Pairs in each of the four states; they add up to all pairs asked about."""

    mapped: int = Field(ge=0)
    judged_not_mapped: int = Field(ge=0)
    contested: int = Field(ge=0)
    not_assessed: int = Field(ge=0)


class BasisCounts(BaseModel):
    """Records on each basis."""

    author_stated: int = Field(ge=0, alias="author-stated")
    curated: int = Field(ge=0)
    derived: int = Field(ge=0)


class PairState(BaseModel):
    """The state of a pair, or of a construct against a whole edition."""

    subject: str = Field(description="CURIE, or key of an edition")
    target: str = Field(description="CURIE, or key of an edition")
    state: State
    counts: Counts


class LeftOut(BaseModel):
    """What filters kept out of the answer."""

    records: dict[str, int] = Field(description="Records by basis that a limit on the basis kept out")
    pairs: int = Field(ge=0, description="Pairs whose state would differ with all bases")
    filters: dict[str, int] = Field(
        description="For each further filter that was asked for (predicate, confidence, source, state), the records that it kept out, each counted once; "
        "`targets` are entries of `states` that a filter on the state kept out"
    )


class Mappings(BaseModel):
    """Mapping records, with the state of everything asked about: an empty list still says what it means."""

    items: list[MappingRecord]
    states: list[PairState]
    basis: list[Basis]
    left_out: LeftOut
    notes: Notes
    query: Query
    next: Next
    permalink: Permalink = None
    release: Release
