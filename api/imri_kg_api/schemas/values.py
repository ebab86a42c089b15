"""Values and objects that many replies share."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from imri_kg.prefixes import DEFAULT_BASE

State = Literal["mapped", "judged_not_mapped", "contested", "not_assessed"]
Basis = Literal["author-stated", "curated", "derived"]

Curie = Annotated[str, Field(description="Prefix and code", examples=["imri:B1"])]
Iri = Annotated[str, Field(description="The IRI that the CURIE stands for", examples=[DEFAULT_BASE + "id/imri/B1"])]
Key = Annotated[str, Field(description="Key of a framework edition", examples=["imri"])]
RecordId = Annotated[str, Field(description="Id of a mapping record, stable over releases", examples=["mapping:imri-chime-s01"])]
LabelStatus = Annotated[
    str, Field(description="Whether a source prints the label: `printed`, `rebuilt` or `unconfirmed`", examples=["printed"])
]
ExistenceStatus = Annotated[
    str | None,
    Field(
        description="For the impacts of IMRI: `named in text`, `described as an impact`, or `split by us` to reach the printed total; null elsewhere",
        examples=["named in text"],
    ),
]
Query = Annotated[str, Field(description="The stored query that the answer rests on; its text is at /api/v1/queries/{name}", examples=["service/records"])]
Release = Annotated[str, Field(description="Release of the graph that answered", examples=["0.1.0+5b25e6851878"])]
Permalink = Annotated[
    str | None,
    Field(
        description="The permanent address of this answer: it gives the same answer for ever, or says that it cannot; null where the answer shows what can change within a release",
        examples=["/releases/0.1.0+5b25e6851878/api/v1/frameworks?answer=sha256-0123456789abcdef0123456789abcdef"],
    ),
]
Next = Annotated[str | None, Field(description="Token of the next page for `page=`; null on the last one")]
Notes = Annotated[list[str], Field(description="What a reader should know about this answer")]
StatedRelation = Annotated[str | None, Field(description="The authors' own verb, where they state the relation", examples=["aligns with"])]
Confidence = Annotated[float | None, Field(ge=0, le=1, description="From 0 to 1; null where none was given or can be computed")]


class Reference(BaseModel):
    """A construct as a mapping names it; `sssom:NoTermFound` says that nothing in the edition fits, and its label says so in words."""

    curie: Curie
    iri: Iri
    label: str
    framework: Key
    label_status: LabelStatus
    existence_status: ExistenceStatus


class Evidence(BaseModel):
    """A passage of a source that supports a claim."""

    curie: str = Field(examples=["evidence:piat-2022-CH-1"])
    iri: str
    source: str = Field(description="CURIE of the source, or of the part of it", examples=["source:piat-2022"])
    citation: str
    locator: str = Field(description="Where in the source")
    text_anchor: str | None = Field(description="At most eight consecutive words of the source, to find the passage")
    url: str | None = Field(description="Leads to the passage where the publisher's page allows, else to the page")
    statement: str = Field(description="What the passage says, in our words")
    checked_against: str | None = Field(description="SHA-256 of the text in which the anchor was found")
    cited_references: list[str] = Field(description="Reference numbers as the source prints them")
    note: str | None


class Passage(BaseModel):
    """Where a piece of evidence stands; its whole is with the record, relation or construct."""

    curie: str = Field(examples=["evidence:piat-2022-CH-1"])
    source: str = Field(examples=["source:piat-2022"])
    citation: str
    locator: str
    url: str | None


class Claim(BaseModel):
    """A statement of authors or ours about constructs or editions that is no mapping."""

    id: str
    kind: str
    statement: str
    stated_relation: StatedRelation
    basis: Basis
    about: list[str]
    evidence: list[Evidence]


class CausalRelation(BaseModel):
    """A causal or logic-model relation; never a match."""

    id: str
    subject: str
    subject_label: str
    predicate: str = Field(examples=["contributesTo"])
    object: str
    object_label: str
    basis: Basis
    stated_relation: StatedRelation
    predicate_basis: str = Field(description="`source` or `ours`: who chose the property; ours throughout, since the sources print verbs")
    evidence_kind: str | None
    confidence: Confidence
    exploratory: bool
    rationale: str | None
    evidence: list[Evidence]
    text: str
