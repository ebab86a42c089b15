"""Stored queries and what they return."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from imri_kg_api.schemas.values import Next, Notes, Permalink, Query, Release


class StoredQuery(BaseModel):
    """A stored query: what it asks, its parameters and its text."""

    name: str = Field(examples=["service/records"])
    question: str | None = Field(description="The competency question that it answers, in the words of those who ask it")
    summary: str
    note: str | None = Field(description="What a reader of the rows should know")
    parameters: dict[str, str] = Field(description="Name to kind: `iri` (a CURIE will do), `string` or `integer`")
    columns: list[str]
    answerable: Literal["yes", "partly", "no"] = Field(description="Whether the sources can answer it; `note` says what is missing")
    frameworks: list[str]
    sparql: str = Field(description="The text with its prefixes, to be pasted into any SPARQL client")


class StoredQueries(BaseModel):
    """Stored queries."""

    items: list[StoredQuery]
    next: Next
    query: str
    permalink: Permalink = None
    release: Release


class QueryResult(StoredQuery):
    """A stored query with the rows that it returns."""

    items: list[dict[str, Any]]
    notes: Notes
    next: Next
    query: Query
    permalink: Permalink = None
    release: Release
