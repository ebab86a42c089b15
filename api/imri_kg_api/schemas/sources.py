"""Replies about sources, and about passages with what rests on them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from imri_kg_api.schemas.mappings import BasisCounts
from imri_kg_api.schemas.values import Basis, Confidence, Evidence, Key, Next, Notes, Passage, Permalink, Query, Release, StatedRelation

AnchorStatus = Literal["checked", "unchecked", "none"]


class Work(BaseModel):
    """What a source is, and how much of it was at hand."""

    key: str = Field(examples=["piat-2022"])
    curie: str = Field(examples=["source:piat-2022"])
    kind: Literal["source", "part", "named"] = Field(description="A source, a part of one, or a work that sources only name")
    part_of: str | None
    title: str
    citation: str | None
    year: str | None
    doi: str | None
    url: str | None
    license: str | None = Field(description="Address of the licence where one is printed")
    licence_note: str | None = Field(description="What is known of the terms of use otherwise")
    availability: str = Field(description="How much of it was at hand", examples=["full text at hand"])
    availability_meaning: str


class SourceItem(Work):
    """A source in the list of all."""

    type: str | None = Field(examples=["academic article"])
    evidence_items: int = Field(ge=0, description="Passages of it and of its parts")
    records: BasisCounts = Field(description="Mapping records that rest on its passages, each once; without exploratory ones")
    exploratory_records: int = Field(ge=0)
    rest_on_it: int = Field(ge=0, description="Links from things of any kind to its passages")
    gaps_known: int = Field(ge=0, description="How many things are known to be missing")
    part_count: int = Field(ge=0)


class Availability(BaseModel):
    """How many sources are of an availability."""

    availability: str
    meaning: str
    sources: int = Field(ge=0)


class Sources(BaseModel):
    """Every source, and every work that sources only name."""

    items: list[SourceItem]
    availabilities: list[Availability]
    notes: Notes
    next: Next
    query: Query
    permalink: Permalink = None
    release: Release


class SourceFramework(BaseModel):
    """An edition that comes from a source."""

    key: Key
    label: str


class SourcePart(BaseModel):
    """A table, page or file that is part of a source."""

    key: str
    curie: str
    title: str
    url: str | None
    availability: str
    evidence_items: int = Field(ge=0)
    records: BasisCounts
    recovery: str | None = Field(description="Whether it could be recovered in full or in part, where that is stated")
    digest: str | None
    remarks: list[str]


class SourceGap(BaseModel):
    """Something that could not be recovered."""

    id: str
    statement: str
    meanwhile: str = Field(description="What stands in the graph as long as it is missing")
    filled_by: str = Field(description="The document that would fill the gap")


class SourcePassage(BaseModel):
    """A passage of a source, and how much rests on it."""

    curie: str
    locator: str
    statement: str
    text_anchor: str | None
    anchor_status: AnchorStatus
    url: str | None
    cited_references: list[str]
    note: str | None
    records: int = Field(ge=0)
    rest_on_it: int = Field(ge=0)


class SourceSection(BaseModel):
    """The passages of one section of a source or of a part."""

    part: str | None
    part_title: str | None
    section: str
    items: list[SourcePassage]


class SourceDescription(SourceItem):
    """A source with what could not be recovered of it, and its passages by section."""

    creators: list[str]
    digests: list[str] = Field(description="SHA-256 of the texts in which anchors were looked up")
    remarks: list[str]
    frameworks: list[SourceFramework]
    parts: list[SourcePart]
    gaps: list[SourceGap]
    named_by: list[Passage] = Field(description="Passages that name it, where it is only named")
    evidence: list[SourceSection]
    notes: Notes
    query: Query
    permalink: Permalink = None
    release: Release


class EvidenceUse(BaseModel):
    """Something that rests on a passage."""

    id: str
    kind: str = Field(examples=["mapping record"])
    text: str = Field(description="What it says, or what it is called")
    detail: str | None = Field(description="A definition, comment or coding")
    basis: Basis | None
    stated_relation: StatedRelation
    confidence: Confidence
    exploratory: bool
    case: str | None = Field(description="Id of the case, for what is observed in one")


class EvidenceSupports(BaseModel):
    """Everything that rests on a passage, by kind."""

    mappings: list[EvidenceUse]
    constructs: list[EvidenceUse]
    editions: list[EvidenceUse]
    causal_relations: list[EvidenceUse]
    framework_limits: list[EvidenceUse]
    claims: list[EvidenceUse]
    observations: list[EvidenceUse] = Field(description="Of the cases of the release alone")
    case_rows: list[EvidenceUse]
    findings: list[EvidenceUse]
    named_works: list[EvidenceUse]
    other: list[EvidenceUse]


class EvidenceDescription(Evidence):
    """A passage of a source, and everything that rests on it."""

    work: Work
    deep_link: str | None = Field(description="Leads to the passage itself, where words of it are kept")
    anchor_status: AnchorStatus = Field(description="`checked`: found in the text whose digest is given; `unchecked`: not looked up; `none`: no words are kept")
    informants: list[str] = Field(description="Who speaks in the passage, by the role that the source prints")
    supports: EvidenceSupports
    counts: dict[str, int]
    notes: Notes
    query: Query
    permalink: Permalink = None
    release: Release
