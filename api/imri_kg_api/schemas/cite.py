"""Citations."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from imri_kg_api.schemas.values import Next, Notes, Permalink, Query, Release


class CitedWork(BaseModel):
    """A work to cite, and for what."""

    key: str = Field(description="Key of the entry in BibTeX, and `id` in CSL-JSON", examples=["piat-2022"])
    role: str = Field(examples=["the framework"])
    title: str
    url: str | None
    doi: str | None


class Citation(BaseModel):
    """The works to cite for a thing; styles that were not asked for are null."""

    of: str
    kind: Literal["graph", "framework", "mapping", "answer"]
    items: list[CitedWork]
    bibtex: str | None = Field(description="A file of BibTeX")
    csl_json: list[dict[str, Any]] | None = Field(description="Items of CSL-JSON, as reference managers read them")
    apa: list[str] | None = Field(description="References in the manner of APA, one for each work")
    notes: Notes
    query: Query
    next: Next
    permalink: Permalink = None
    release: Release
