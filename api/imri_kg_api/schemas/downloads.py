"""Files in which parts of the graph can be had."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from imri_kg_api.schemas.values import Next, Permalink, Query, Release


class Download(BaseModel):
    """A file."""

    name: str = Field(description="Name below /downloads/", examples=["frameworks/chime.ttl"])
    title: str = Field(description="What it holds")
    kind: Literal["ontology", "framework", "mapping-set", "graph"]
    form: str = Field(description="Key of the form", examples=["ttl"])
    label: str = Field(description="The form in words", examples=["Turtle"])
    media_type: str = Field(examples=["text/turtle; charset=utf-8"])
    size: int = Field(description="Bytes")
    sha256: str = Field(description="SHA-256 of the file, in hexadecimal digits")
    licence: str = Field(description="IRI of the licence")
    version: Release
    address: str = Field(description="Where it is on this server", examples=["/downloads/frameworks/chime.ttl"])
    file: str = Field(description="Name under which it is saved")


class Downloads(BaseModel):
    """The files of a release."""

    items: list[Download]
    next: Next
    query: Query
    permalink: Permalink = None
    release: Release
