"""Batches of mapping questions, and their answers."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from imri_kg.batch import LONGEST_NAME, MOST_QUESTIONS
from imri_kg_api.schemas.mappings import Mappings
from imri_kg_api.schemas.server import Problem
from imri_kg_api.schemas.values import Basis, Next, Query, Release


class BatchQuestion(BaseModel):
    """One question; without object and object_framework, all editions are asked."""

    model_config = ConfigDict(extra="forbid")

    subject: str = Field(description="CURIE, label or code of the construct that is mapped", examples=["imri:B1"])
    object: str | None = Field(None, description="CURIE, label or code of the construct that it is mapped to", examples=["chime:I"])
    object_framework: list[str] | str | None = Field(None, description="Keys of the editions to map to; instead of those that hold for the whole batch", examples=[["chime"]])


class Batch(BaseModel):
    """Many questions, and what holds for all of them."""

    model_config = ConfigDict(extra="forbid")

    items: list[BatchQuestion | str] = Field(min_length=1, max_length=MOST_QUESTIONS, description=f"Questions: an object, or the name of a construct alone (at most {LONGEST_NAME} characters)")
    object_framework: list[str] | str = Field([], description="Keys of the editions to map to; all others when absent")
    basis: list[str] | str = Field([], description="Trust only records on these bases; all when absent")
    exploratory: bool = Field(False, description="Count records with a confidence below 0.50 too")


class BatchAsked(BaseModel):
    """A question as it was read."""

    subject: str
    object: str | None
    object_framework: list[str] | None


class BatchEntry(BaseModel):
    """What became of one question."""

    item: int = Field(description="Number of the question, from 1")
    asked: BatchAsked
    status: Literal["ok", "error"]
    answer: Mappings | None = Field(description="What the single question gives")
    problem: Problem | None = Field(description="The problem document that the single question gets")


class BatchCounts(BaseModel):
    """Questions by what became of them."""

    items: int
    ok: int
    failed: int


class BatchAnswer(BaseModel):
    """One entry for each question, in the order in which they were asked."""

    items: list[BatchEntry]
    counts: BatchCounts
    basis: list[Basis]
    query: Query
    next: Next
    release: Release
