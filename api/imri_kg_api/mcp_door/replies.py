"""What each tool gives: typed replies, from which the output schemas come.

They are shorter than the replies of the API and each can stand alone: a pair has its state with what it means, a record says whose claim it is
and shows its evidence, a list that was cut says so.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from imri_kg_api.schemas.mappings import BasisCounts, Counts
from imri_kg_api.schemas.values import Basis, Confidence, Curie, ExistenceStatus, Key, LabelStatus, RecordId, Release, State, StatedRelation

__all__ = [
    "Bound", "Brief", "Cause", "Cell", "CellState", "Construct", "Coverage", "Derivation", "Described", "EditionPair", "Editions", "Edition", "Finding", "Findings", "Found", "Gap",
    "Hit", "Mapping", "Mappings", "Overview", "Pair", "Passage", "Passages", "Place", "QuestionRows", "Questions", "QuestionItem", "Rest", "Said", "Side",
    "StateOf", "Summary", "Unlicensed",
]  # fmt: skip

_Meaning = Annotated[str, Field(description="What the state means, in a sentence")]
_Notes = Annotated[list[str], Field(description="What a reader should know about this reply")]


class Rest(BaseModel):
    """How much of a list is shown, and how to get the rest."""

    shown: int = Field(ge=0)
    total: int = Field(ge=0)
    next_offset: int | None = Field(description="The offset to ask for the rest with; null where nothing is left")
    say: str = Field(description="The same in words")


class Bound(BaseModel):
    """What every reply carries."""

    notes: _Notes
    release: Release


class Construct(BaseModel):
    """A construct; `sssom:NoTermFound` says that nothing in the edition fits."""

    curie: Curie
    label: str
    framework: Key
    label_status: LabelStatus
    existence_status: ExistenceStatus


class Place(BaseModel):
    """Where a passage stands."""

    id: str = Field(examples=["evidence:piat-2022-CH-3"])
    citation: str
    locator: str = Field(description="Where in the source")
    text_anchor: str | None = Field(description="At most eight consecutive words of the source, to find the passage")


class Passage(Place):
    """A passage of a source."""

    statement: str = Field(description="What the passage says, in our words")
    url: str | None
    note: str | None


class Mapping(BaseModel):
    """A mapping record: one claim about two constructs."""

    record_id: RecordId
    subject: Construct
    predicate: str = Field(examples=["skos:relatedMatch"])
    object: Construct
    negated: bool = Field(description="True where the record says that the relation does not hold")
    basis: Basis
    whose: str = Field(description="Whose claim it is, in a sentence")
    stated_relation: StatedRelation
    confidence: Confidence
    exploratory: bool
    comment: str | None = Field(description="What the curator says of the record")
    premises: list[RecordId] = Field(description="For a derived record, the records that it follows from")
    evidence: list[Passage] = Field(min_length=1)
    evidence_left_out: int = Field(ge=0, description="Passages that are not shown here; `evidence` with the id of the record gives them all")


class Derivation(BaseModel):
    """How a record follows from others."""

    rule: str
    premises: list[RecordId] = Field(min_length=1, description="The records that it follows from, in order")
    text: str = Field(description="The same in words, and that the authors behind the premises do not state the record")
    confidence: Confidence


class StateOf(BaseModel):
    """The state of a pair, or of a construct against a whole edition."""

    subject: str
    target: str = Field(description="CURIE, or key of an edition")
    state: State
    meaning: _Meaning
    counts: Counts


class Edition(BaseModel):
    """A framework edition."""

    key: Key
    label: str
    edition: str
    citation: str
    members: int
    printed: int = Field(description="Members whose label a source prints")
    rebuilt: int
    unconfirmed: int
    code_status: str


class Editions(Bound):
    """Reply of `list_frameworks`."""

    frameworks: list[Edition]


class Hit(Construct):
    """A construct that words find."""

    kind: str
    matched: str = Field(description="What matched: code, CURIE, label, alternative label or definition")
    score: float = Field(ge=0, le=1, description="Likeness of words")


class Found(Bound):
    """Reply of `search`."""

    hits: list[Hit]
    rest: Rest


class Said(BaseModel):
    """A statement that is no mapping, or a record in one line."""

    id: str
    kind: str
    text: str
    basis: Basis
    whose: str = Field(description="Whose claim it is, in a sentence")
    stated_relation: StatedRelation
    evidence: list[str] = Field(description="Ids of the evidence; the tool `evidence` gives the passages")


class Cause(Said):
    """A causal or logic-model relation; never a mapping."""

    confidence: Confidence
    exploratory: bool


class Described(Bound):
    """Reply of `describe_construct`."""

    term: Construct
    kind: str
    definition: str
    label_meaning: str = Field(description="What the status of the label means")
    alternative_labels: list[str]
    broader: list[Construct]
    narrower: list[Construct]
    evidence: list[Passage]
    claims: list[Said]
    causal_relations: list[Cause]


class Mappings(Bound):
    """Reply of `map_construct`."""

    subject: Construct
    states: list[StateOf]
    mappings: list[Mapping]
    rest: Rest


class Unlicensed(BaseModel):
    """A route that no rule licenses: a hypothesis."""

    route: str
    reason: str


class Pair(Bound):
    """Reply of `explain_pair`."""

    subject: Construct
    object: Construct
    state: State
    meaning: _Meaning
    text: str = Field(description="The outcome in plain words")
    records: list[Mapping] = Field(description="Asserted records that count")
    derived: list[Mapping] = Field(description="Derived records that count")
    exploratory: list[Mapping] = Field(description="Records below 0.50, which never count here")
    not_licensed: list[Unlicensed]
    causal_relations: list[Cause]
    claims: list[Said]
    printed_limitations: list[Said]


class Cell(Bound):
    """Reply of `crosswalk_cell`."""

    row: Construct
    column: Construct
    state: State
    meaning: _Meaning
    mappings: list[Mapping]


class Brief(BaseModel):
    """A mapping record in brief, with its first passage."""

    record_id: RecordId
    claim: str = Field(description="What it says", examples=["imri:B1 skos:relatedMatch chime:H4"])
    negated: bool = Field(description="True where the record says that the relation does not hold, or that nothing in the edition fits")
    basis: Basis
    whose: str = Field(description="Whose claim it is, in a sentence")
    confidence: Confidence
    exploratory: bool
    premises: list[RecordId] = Field(description="For a derived record, the records that it follows from")
    evidence: Place
    evidence_left_out: int = Field(ge=0, description="Passages that are not shown here; `evidence` with the id of the record gives them all")


class CellState(BaseModel):
    """A cell in the list of a crosswalk."""

    row: Curie
    row_label: str
    row_label_status: LabelStatus
    column: Curie
    column_label: str
    column_label_status: LabelStatus
    predicates: list[str]
    bases: list[Basis]
    records: list[RecordId]
    claims: list[Brief] = Field(description="The same records, each with whose claim it is and its first passage")


class Summary(Bound):
    """Reply of `crosswalk_summary`."""

    source: Key
    target: Key
    pairs: Counts
    records_by_basis: BasisCounts
    state: State = Field(description="The state of the pairs that are listed")
    meaning: _Meaning
    cells: list[CellState]
    rest: Rest


class Gap(BaseModel):
    """A construct to which nothing in the other edition is mapped."""

    curie: Curie
    label: str
    label_status: LabelStatus
    state: State
    meaning: _Meaning


class Side(BaseModel):
    """One direction of a comparison."""

    source: Key
    target: Key
    pairs: Counts
    members_by_state: Counts
    gaps: list[Gap] = Field(description="Members that were judged not mapped or not assessed, each with its state")
    rest: Rest


class Coverage(Bound):
    """Reply of `coverage`."""

    forward: Side
    backward: Side
    framework_limits: list[Said] = Field(description="Limits that authors state of the editions; no negative mappings")


class EditionPair(BaseModel):
    """An ordered pair of editions."""

    source: Key
    target: Key
    pairs: Counts
    records_by_basis: BasisCounts


class Overview(Bound):
    """Reply of `coverage_overview`."""

    editions: list[EditionPair]
    rest: Rest
    not_assessed_at_all: list[str] = Field(description="Ordered pairs of editions of which no record that counts judges a pair; a note names those with records that do not count")


class Passages(Bound):
    """Reply of `evidence`."""

    id: str
    kind: Literal["evidence", "mapping record", "claim", "causal relation"]
    statement: Said | None = Field(description="The statement that was asked about; null where evidence was asked about")
    derivation: Derivation | None = Field(description="For a derived mapping record, how it follows; the passages are then those of its premises")
    passages: list[Passage]
    supports: list[Said] = Field(description="The statements that rest on the evidence asked about")
    rest: Rest


class QuestionItem(BaseModel):
    """A competency question."""

    name: str
    question: str
    parameters: dict[str, str] = Field(description="Name to kind: `iri` (a CURIE will do), `string` or `integer`")
    answerable: Literal["yes", "partly", "no"]
    note: str | None


class Questions(Bound):
    """Reply of `list_questions`."""

    questions: list[QuestionItem]
    rest: Rest


class QuestionRows(Bound):
    """Reply of `competency_query`."""

    name: str
    question: str
    answerable: Literal["yes", "partly", "no"]
    note: str | None = Field(description="How to read the rows, and what is missing")
    columns: list[str]
    rows: list[dict[str, Any]]
    rest: Rest


class Finding(BaseModel):
    """A finding at a cell, row, sheet or file."""

    place: str
    severity: Literal["violation", "warning", "info"]
    message: str
    value: str
    suggestion: str


class Findings(Bound):
    """Reply of `validate_table`."""

    conforms: bool = Field(description="True when there is no violation; warnings alone do not count")
    counts: dict[str, int]
    findings: list[Finding]
    rest: Rest
    read: list[str] = Field(description="What was read: datasets with their rows")
