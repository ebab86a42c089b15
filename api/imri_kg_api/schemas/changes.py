"""Replies about what became of an edition in a later one."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from imri_kg_api.schemas.values import Basis, Confidence, Curie, Key, LabelStatus, Notes, Passage, Permalink, Query, RecordId, Release, State, StatedRelation

ChangeKind = Literal[
    "kept", "redefined", "renamed", "moved", "regrouped", "split", "subdivided", "merged", "narrowed", "broadened", "also_related", "added", "removed",
    "no_successor_recorded", "no_predecessor_recorded",
]  # fmt: skip


class Place(BaseModel):
    """A construct above another one."""

    curie: Curie
    label: str


class Change(BaseModel):
    """A kind of change, whose reading it is, and what it rests on."""

    kind: ChangeKind
    basis_of_kind: Literal["author-stated", "ours"] | None = Field(
        description="`author-stated` where a verb of the authors says it, `ours` where it is read from labels, hierarchy and records; null where nothing is recorded"
    )
    stated_relation: StatedRelation
    read_from: list[Literal["labels", "hierarchy", "records", "verb"]]
    counterparts: list[Curie] = Field(description="Constructs of the other edition that it concerns")
    records: list[RecordId] = Field(description="Mapping records that it rests on")
    claims: list[str] = Field(description="Statements that it rests on, or that bear on it where nothing is recorded")
    text: str = Field(description="The same in a sentence")


class Counterpart(BaseModel):
    """A construct of the other edition to which records relate a construct."""

    curie: Curie
    label: str
    label_status: LabelStatus
    domain: Place | None = Field(description="What stands above it at the top; null where it is a domain itself")
    under: Place | None = Field(description="What it stands under")
    main: bool = Field(description="Whether records take it for what the construct became, or came from")
    same_label: bool
    predicate: str = Field(description="The closest predicate of the records, as read from the construct to the counterpart", examples=["skos:closeMatch"])
    records: list[RecordId]


class ChangedConstruct(BaseModel):
    """A construct of one edition, with what became of it or where it comes from."""

    curie: Curie
    label: str
    label_status: LabelStatus
    kind: str = Field(examples=["Determinant"])
    domain: Place | None
    under: Place | None
    state: State = Field(description="Its state against the whole other edition")
    changes: list[Change] = Field(min_length=1)
    counterparts: list[Counterpart]
    exploratory: list[RecordId] = Field(description="Records below 0.50, which decide nothing here")
    claims: list[str] = Field(description="Statements about it that speak of the other edition")


class ChangeRecord(BaseModel):
    """A mapping record between the editions, with where its evidence stands; the whole is at its id."""

    record_id: RecordId
    subject: Curie
    predicate: str
    object: Curie
    basis: Basis
    stated_relation: StatedRelation
    predicate_basis: Literal["source", "ours"] | None
    confidence: Confidence
    exploratory: bool
    negated: bool
    evidence: list[Passage] = Field(min_length=1)


class ChangeClaim(BaseModel):
    """A statement about a change that is no mapping."""

    id: str
    kind: str
    statement: str
    stated_relation: StatedRelation
    basis: Basis
    about: list[str]
    evidence: list[Passage]


class ChangeCounts(BaseModel):
    """Constructs with each kind of change, in both editions; a construct can have several."""

    earlier: dict[str, int]
    later: dict[str, int]


class Changes(BaseModel):
    """What became of every construct of an edition in a later one, and where those of the later one come from."""

    from_: Key = Field(alias="from")
    to: Key
    earlier: list[ChangedConstruct]
    later: list[ChangedConstruct]
    counts: ChangeCounts
    records: list[ChangeRecord]
    claims: list[ChangeClaim]
    notes: Notes
    query: Query
    permalink: Permalink = None
    release: Release
