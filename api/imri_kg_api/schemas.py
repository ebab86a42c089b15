"""What the replies look like, for OpenAPI and for those who write clients.

The models describe `to_json()` of `imri_kg.model`; replies are not built from them, and the tests compare the two
strictly. Members may be added to a reply in a later release; a client reads what it knows.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from imri_kg.prefixes import DEFAULT_BASE
from imri_kg.vocabulary import PROBLEM

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
Next = Annotated[str | None, Field(description="Token of the next page for `page=`; null on the last one")]
Notes = Annotated[list[str], Field(description="What a reader should know about this answer")]
StatedRelation = Annotated[str | None, Field(description="The authors' own verb, where they state the relation", examples=["aligns with"])]
Confidence = Annotated[float | None, Field(ge=0, le=1, description="From 0 to 1; null where none was given or can be computed")]


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


class Candidate(BaseModel):
    """A construct that may have been meant."""

    curie: Curie
    label: str
    framework: Key
    score: float = Field(ge=0, le=1, description="Likeness, from 0 to 1")


class Health(BaseModel):
    """Whether the server answers, and from which graph."""

    status: Literal["ok"]
    version: str = Field(description="Version of the software", examples=["0.1.0"])
    digest: str = Field(description="SHA-256 of the source files that the graph was built from")
    base: str = Field(description="Base IRI of the graph")
    counts: dict[str, Any] = Field(description="Quads, constructs, mapping sets and records in the graph")
    release: Release


class Reference(BaseModel):
    """A construct as a mapping names it; `sssom:NoTermFound` says that nothing in the edition fits."""

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


class Derivation(BaseModel):
    """How a record follows from others."""

    rule: str
    premises: list[RecordId] = Field(description="The records that it follows from, in order")
    confidence: Confidence
    text: str = Field(description="The same in a sentence")


class MappingRecord(BaseModel):
    """One claim about two constructs, with whose claim it is and its evidence."""

    record_id: RecordId
    subject: Reference
    predicate: str = Field(description="A SKOS matching property", examples=["skos:relatedMatch"])
    object: Reference
    negated: bool = Field(description="True where the record says that the relation does not hold")
    basis: Basis
    justification: str = Field(description="A SEMAPV term", examples=["semapv:ManualMappingCuration"])
    stated_relation: StatedRelation
    predicate_basis: Literal["source", "ours"] | None = Field(description="Whether the source prints the predicate or we chose it")
    confidence: Confidence
    confidence_basis: str | None
    author: str | None
    date: str | None
    comment: str | None
    exploratory: bool = Field(description="True below a confidence of 0.50; such records count only when asked for")
    mapping_set: str | None
    evidence: list[Evidence] = Field(min_length=1, description="Never empty: a derived record carries its premises'")
    derivation: Derivation | None


class SingleRecord(MappingRecord):
    """One mapping record by its id."""

    query: Query
    release: Release


class Counts(BaseModel):
    """Pairs in each of the four states; they add up to all pairs asked about."""

    mapped: int = Field(ge=0)
    judged_not_mapped: int = Field(ge=0)
    contested: int = Field(ge=0)
    not_assessed: int = Field(ge=0)


class BasisCounts(BaseModel):
    """Records on each basis."""

    author_stated: int = Field(ge=0, alias="author-stated")
    curated: int = Field(ge=0)
    derived: int = Field(ge=0)


class PairState(BaseModel):
    """The state of a pair, or of a construct against a whole edition."""

    subject: str = Field(description="CURIE, or key of an edition")
    target: str = Field(description="CURIE, or key of an edition")
    state: State
    counts: Counts


class LeftOut(BaseModel):
    """What a limit on the basis kept out of the answer."""

    records: dict[str, int] = Field(description="Records by basis")
    pairs: int = Field(ge=0, description="Pairs whose state would differ with all bases")


class Mappings(BaseModel):
    """Mapping records, with the state of everything asked about: an empty list still says what it means."""

    items: list[MappingRecord]
    states: list[PairState]
    basis: list[Basis]
    left_out: LeftOut
    notes: Notes
    query: Query
    next: Next
    release: Release


class Source(BaseModel):
    """Where a framework edition comes from."""

    source: str = Field(examples=["source:leamy-2011"])
    citation: str
    url: str | None
    license: str | None


class MemberCounts(BaseModel):
    """Members of an edition, split into printed and inferred labels."""

    members: int
    by_kind: dict[str, int]
    by_label_status: dict[str, int]
    printed: int
    inferred: int


class FrameworkItem(BaseModel):
    """A framework edition in the list of all."""

    key: Key
    iri: str
    label: str
    edition: str
    definition: str
    source: Source
    counts: MemberCounts
    members: int
    printed: int
    rebuilt: int
    unconfirmed: int
    code_status: str = Field(description="Whether the source prints the codes or they are ours")


class Frameworks(BaseModel):
    """All framework editions."""

    items: list[FrameworkItem]
    next: Next
    query: Query
    release: Release


class Member(BaseModel):
    """A construct in its framework edition."""

    curie: Curie
    iri: Iri
    label: str
    notation: str = Field(description="The code", examples=["B1"])
    kind: str = Field(examples=["Impact"])
    broader: str | None = Field(description="CURIE of the construct above it")
    label_status: LabelStatus
    existence_status: ExistenceStatus


class Framework(BaseModel):
    """A framework edition with all its members."""

    key: Key
    iri: str
    label: str
    edition: str
    definition: str
    source: Source
    counts: MemberCounts
    code_status: str
    notes: Notes
    members: list[Member]
    release: Release


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
    evidence_kind: str | None
    confidence: Confidence
    exploratory: bool
    rationale: str | None
    evidence: list[str] = Field(description="CURIEs of the evidence")
    text: str


class Concept(Reference):
    """A construct with everything that the graph states of it."""

    kind: str
    notation: str
    definition: str
    alternative_labels: list[str]
    broader: list[Reference]
    narrower: list[Reference]
    properties: dict[str, list[str]]
    evidence: list[Evidence]
    claims: list[Claim]
    causal_relations: list[CausalRelation]
    release: Release


class SearchHit(BaseModel):
    """A construct that was found."""

    curie: Curie
    label: str
    framework: Key
    kind: str
    notation: str
    label_status: LabelStatus
    existence_status: ExistenceStatus
    score: float = Field(ge=0, le=1)
    matched: str = Field(description="What matched: code, CURIE, label, alternative label or definition")


class SearchHits(BaseModel):
    """Constructs that words find, best first."""

    items: list[SearchHit]
    notes: Notes
    next: Next
    query: str
    release: Release


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
    inverse: bool = Field(description="True where the step is walked from its object to its subject")
    evidence: list[str]


class Refusal(BaseModel):
    """A route that no rule licenses; an empty chain means that there is no route."""

    chain: list[RouteStep]
    reason: str


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


class FrameworkLimit(BaseModel):
    """What authors say that a framework does not capture; never a negative mapping."""

    id: str
    framework: Key
    statement: str
    stated_relation: StatedRelation
    basis: Basis
    about: list[str]
    evidence: list[Evidence]


class PrintedLimitation(BaseModel):
    """A limitation that a source prints of a framework or of the study behind it; it bears on answers that rest on it."""

    id: str
    framework: Key
    statement: str
    stated_relation: StatedRelation
    basis: Basis
    about: list[str]
    evidence: list[Evidence]


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
    notes: Notes
    query: Query
    release: Release


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
    release: Release


class QueryResult(StoredQuery):
    """A stored query with the rows that it returns."""

    items: list[dict[str, Any]]
    next: Next
    query: Query
    release: Release
