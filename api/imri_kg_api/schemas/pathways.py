"""Paths over mapping records, causal relations and the hierarchy, with the licence of each step."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from imri_kg_api.schemas.values import Basis, Confidence, Next, Notes, Passage, Permalink, Query, Reference, Release, StatedRelation

EvidenceKind = Annotated[str | None, Field(description="Kind of evidence behind a causal relation", examples=["reported by participants"])]


class Moderator(BaseModel):
    """What is recorded as moderating a causal relation."""

    id: str
    subject: str = Field(examples=["logic:L1"])
    subject_label: str
    direction: str | None = Field(description="`strengthens` or `weakens`; null where none is stated")
    basis: Basis
    stated_relation: StatedRelation
    evidence_kind: EvidenceKind
    evidence: list[Passage]
    text: str


class Licence(BaseModel):
    """Whether a rule joins a step to the licensed steps before it; all null on the first step, which joins nothing."""

    rule: str | None = Field(description="Rule of `ontology/mappings/chains.csv`", examples=["RCE1-close"])
    gives: str | None = Field(description="What the rule gives for the steps so far", examples=["skos:closeMatch"])
    reason: str | None = Field(description="Why no rule joins the step")


class PathStep(BaseModel):
    """One step of a path."""

    subject: Reference
    relation: str = Field(description="SKOS predicate, or name of a causal relation", examples=["actsThrough"])
    object: Reference
    kind: Literal["mapping", "causal", "hierarchy"]
    direction: Literal["forward", "inverse"] = Field(description="`inverse` where a record is read from its object to its subject; a causal relation never is")
    id: str | None = Field(description="The mapping record or causal relation")
    basis: Basis | None = Field(description="Null for a step of the hierarchy, which is nobody's judgement")
    exploratory: bool
    stated_relation: StatedRelation
    predicate_basis: str | None
    evidence_kind: EvidenceKind
    confidence: Confidence
    evidence: list[Passage]
    moderators: list[Moderator]
    licence: Licence


class Pathway(BaseModel):
    """A path. Only a `recorded` or `licensed` one says that its ends correspond, and only where `concludes` names a predicate."""

    number: int
    from_: str = Field(alias="from")
    to: str
    length: int
    text: str
    status: Literal["recorded", "licensed", "hypothesis"] = Field(description="One recorded statement; several that rules join; or several of which some join has no licence")
    heading: str = Field(description="Whose path it is, in words", examples=["curators' hypothesis"])
    authored: int = Field(description="Steps that authors state")
    curated: int = Field(description="Steps that curators judged")
    exploratory: bool
    concludes: str | None = Field(description="The SKOS predicate between the ends, where a record or the rules give one")
    confidence: Confidence
    reason: str | None = Field(description="The first reason why the path as a whole is not licensed")
    steps: list[PathStep]


class PathEnd(BaseModel):
    """Where paths begin or end."""

    kind: Literal["construct", "edition", "topic"]
    id: str = Field(examples=["imri:B1"])
    label: str
    constructs: int


class PathCounts(BaseModel):
    """Paths listed on all pages, by status."""

    paths: int
    recorded: int
    licensed: int
    hypothesis: int


class PathsLeftOut(BaseModel):
    """Paths that the parameters keep out."""

    hypotheses: int = Field(description="Curators' hypotheses: authors state no step")
    exploratory: int
    other_basis: int
    at_least: bool = Field(description="True where a search met its limit, so that there may be more")


class PathSearch(BaseModel):
    """How far was searched."""

    max_steps: int
    partial_paths: int = Field(description="Partial paths that were tried")
    limit: int
    complete: bool = Field(description="False where the limit was met: longer paths are then listed only in part")
    complete_up_to: int = Field(description="Nothing is missing up to this many steps")


class Pathways(BaseModel):
    """Paths from one end to the other: those that authors state first, then shorter ones."""

    from_: PathEnd = Field(alias="from")
    to: PathEnd
    text: str = Field(description="The outcome in plain words; without paths, why there are none")
    items: list[Pathway]
    counts: PathCounts
    left_out: PathsLeftOut
    search: PathSearch
    basis: list[Basis]
    notes: Notes
    query: Query
    queries: list[str] = Field(description="All stored queries that the answer rests on")
    next: Next
    permalink: Permalink = None
    release: Release
