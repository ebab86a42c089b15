"""What the server says of itself: problems and health."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from imri_kg.vocabulary import PROBLEM
from imri_kg_api.schemas.values import Curie, Key, Permalink, Query, Release


class Problem(BaseModel):
    """An error (RFC 9457). Beside these members a document may hold those that its type defines."""

    type: str = Field(description="Stable address of the type of problem", examples=[PROBLEM["unknown-term"]])
    title: str = Field(description="The type in words", examples=["No such construct"])
    status: int = Field(description="The HTTP status", examples=[404])
    detail: str = Field(description="What was found this time, and what to do")
    instance: str = Field(description="The path that was asked", examples=["/api/v1/concepts/imri:B9"])
    release: Release
    value: str | None = Field(None, description="The value that was not understood", examples=["imri:B9"])
    understood: str | None = Field(None, description="How that value was read")
    parameter: str | None = Field(None, description="The parameter concerned", examples=["basis"])
    candidates: list[Candidate] | None = Field(None, description="Constructs that may have been meant, nearest first")
    nearest: list[str] | None = Field(None, description="Names spelt alike, nearest first")
    known: list[str] | None = Field(None, description="All names that are known")
    permalink: str | None = Field(None, description="Permanent address of the answer that this release gives now")


class Candidate(BaseModel):
    """A construct that may have been meant."""

    curie: Curie
    label: str
    framework: Key
    score: float = Field(ge=0, le=1, description="Likeness, from 0 to 1")


class ReleaseInfo(BaseModel):
    """What a release is."""

    query: str = Field(description="Which part of the server answered; no stored query did")
    permalink: Permalink = None
    release: Release
    version: str = Field(description="Version of the software that built it", examples=["0.1.0"])
    digest: str = Field(description="SHA-256 of the source files that it was built from")
    base: str = Field(description="Base IRI of the graph")
    counts: dict[str, Any] = Field(description="Quads, constructs, mapping sets and records in the graph")
    code_status: dict[str, str] = Field(description="For each framework edition, whether the source prints the codes or they are ours")
    prefixes: dict[str, str] = Field(description="Prefixes of CURIEs with the namespaces that they stand for")


class Health(BaseModel):
    """Whether the server answers, and from which graph."""

    status: Literal["ok"]
    version: str = Field(description="Version of the software", examples=["0.1.0"])
    digest: str = Field(description="SHA-256 of the source files that the graph was built from")
    base: str = Field(description="Base IRI of the graph")
    counts: dict[str, Any] = Field(description="Quads, constructs, mapping sets and records in the graph")
    query: Query
    permalink: Permalink = None
    release: Release


class Live(BaseModel):
    """That the process answers; nothing was asked of the graph."""

    status: Literal["ok"]
    query: str = Field(description="Which part of the server answered; no stored query did")
    permalink: Permalink = None
    release: Release


class Ready(BaseModel):
    """That questions can be sent: the store answered, and the query workers are there."""

    status: Literal["ready"]
    query: str = Field(description="Which part of the server answered; no stored query did")
    permalink: Permalink = None
    release: Release


class ReleaseEntry(BaseModel):
    """A release that the server keeps."""

    release: Release
    present: bool = Field(description="Whether it answers where no release is named")
    address: str = Field(description="Below this address everything is answered from this release", examples=["/releases/0.1.0+0123456789ab/"])


class ReleaseList(BaseModel):
    """The releases that the server keeps, the present one first."""

    items: list[ReleaseEntry]
    next: None = Field(description="The list has one page")
    query: str = Field(description="Which part of the server answered; no stored query did")
    permalink: Permalink = None
    release: Release
