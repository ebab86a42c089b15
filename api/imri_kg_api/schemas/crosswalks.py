"""Crosswalks, coverage and explanations: replies made of mapping records and states."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from imri_kg_api.schemas.mappings import BasisCounts, Counts, Derivation, LeftOut, MappingRecord
from imri_kg_api.schemas.values import (
    Basis,
    CausalRelation,
    Claim,
    Curie,
    Evidence,
    Key,
    LabelStatus,
    Notes,
    Passage,
    Permalink,
    Query,
    RecordId,
    Reference,
    Release,
    State,
    StatedRelation,
)


class Cell(BaseModel):
    """A pair in a crosswalk, with the records that its state rests on."""

    row: Curie
    column: Curie
    state: State
    mappings: list[RecordId]
    predicates: list[str]
    bases: list[Basis]


class RouteStep(BaseModel):
    """One step of a route."""

    subject: str
    subject_label: str
    relation: str
    object: str
    object_label: str
    kind: Literal["mapping", "causal", "hierarchy"]
    id: str | None
    basis: Basis | None
    exploratory: bool
    inverse: bool = Field(
        description="True where what is recorded is walked from its object to its subject. The relation of a mapping or hierarchical "
        "step is then given as its inverse; a causal relation has none and keeps its name"
    )
    evidence: list[Passage]


class Refusal(BaseModel):
    """A route that no rule licenses; an empty chain means that there is no route."""

    chain: list[RouteStep]
    text: str = Field(description="The chain in one line; a causal relation walked backwards points back")
    reason: str
    rule: str | None = Field(description="The rule that would license the route, where an asserted negative record blocks it; null otherwise")


class Route(Refusal):
    """A route between two constructs; a hypothesis, never a mapping."""

    subject: str
    object: str


class Crosswalk(BaseModel):
    """Every pair of two editions with its state."""

    from_: Key = Field(alias="from")
    to: Key
    rows: list[Reference]
    columns: list[Reference]
    cells: list[Cell]
    counts: Counts
    counts_by_basis: BasisCounts
    records: list[MappingRecord]
    routes: list[Route] = Field(description="Empty unless asked for with routes=true")
    basis: list[Basis]
    left_out: LeftOut
    notes: Notes
    query: Query
    permalink: Permalink = None
    release: Release


class CoveredMember(BaseModel):
    """A construct against the whole other edition."""

    curie: Curie
    label: str
    label_status: LabelStatus
    state: State
    counts: Counts
    bases: list[Basis]


class CoverageSide(BaseModel):
    """Coverage in one direction."""

    from_: Key = Field(alias="from")
    to: Key
    pairs: Counts
    members_by_state: Counts
    members: list[CoveredMember]
    gaps: list[Curie]
    routes: list[Route] = Field([], description="Only when asked for with routes=true")


class _Statement(BaseModel):
    """What authors state of a framework, with their verb and evidence."""

    id: str
    framework: Key
    statement: str
    stated_relation: StatedRelation
    basis: Basis
    about: list[str]
    evidence: list[Evidence]


class FrameworkLimit(_Statement):
    """What authors say that a framework does not capture; never a negative mapping."""


class PrintedLimitation(_Statement):
    """A limitation that a source prints of a framework or of the study behind it; it bears on answers that rest on it."""


class Coverage(BaseModel):
    """What two editions cover of each other, both ways, with the gaps and the limits that bear on them."""

    from_: Key = Field(alias="from")
    to: Key
    forward: CoverageSide
    backward: CoverageSide
    framework_limits: list[FrameworkLimit]
    printed_limitations: list[PrintedLimitation]
    basis: list[Basis]
    left_out: LeftOut
    notes: Notes
    query: Query
    permalink: Permalink = None
    release: Release


class OverviewPair(BaseModel):
    """An ordered pair of editions in the overview."""

    from_: Key = Field(alias="from")
    to: Key
    pairs: int
    counts: Counts
    records_by_basis: BasisCounts


class Overview(BaseModel):
    """All ordered pairs of editions by basis and state."""

    pairs: list[OverviewPair]
    empty: list[list[Key]] = Field(description="Ordered pairs of editions about which nothing was judged")
    basis: list[Basis]
    left_out: LeftOut
    query: Query
    permalink: Permalink = None
    release: Release


class RecordDerivation(Derivation):
    """A derived record of the pair, and how it follows."""

    record_id: RecordId
    predicate: str
    negated: bool
    evidence: list[Evidence]


class Explanation(BaseModel):
    """Why a pair has its state."""

    subject: Reference
    object: Reference
    state: State
    text: str = Field(description="The outcome in plain words")
    records: list[MappingRecord] = Field(description="Asserted records that count")
    derivations: list[RecordDerivation]
    exploratory: list[MappingRecord] = Field(description="Records below 0.50, which never count here")
    not_licensed: list[Refusal]
    causal_relations: list[CausalRelation]
    claims: list[Claim]
    printed_limitations: list[PrintedLimitation]
    basis: list[Basis]
    left_out: LeftOut
    notes: Notes
    query: Query
    permalink: Permalink = None
    release: Release
