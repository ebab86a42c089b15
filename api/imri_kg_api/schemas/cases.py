"""Cases, the counts over them, and what a validation finds."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from imri_kg_api.schemas.values import Evidence, Next, Notes, Permalink, Query, Release

CaseId = Annotated[str, Field(description="Dataset and identifier of a case", examples=["mulvale-2024.esther"])]
Coding = Annotated[str | None, Field(description="Whose coding it is: author-stated, or curated by whoever made the dataset")]
Item = dict[str, Any]


class SplitCount(BaseModel):
    """A number of observations, split by whether the source prints the coding or it was inferred."""

    printed: int
    inferred: int
    total: int


class CodedTerm(BaseModel):
    """A value of a code list."""

    curie: str
    label: str


class CaseName(BaseModel):
    """A case as other things name it."""

    id: CaseId
    name: str


class CaseObservation(BaseModel):
    """One observation, with its codings and evidence."""

    id: str = Field(examples=["case:mulvale-2024.observation.F033"])
    code: str = Field(description="Identifier that the case table gives it")
    dataset: str
    case: CaseName | None = Field(description="Null for a statement about a study as a whole")
    study: str | None
    cases_named: list[CaseName] = Field(description="Cases that a statement about a study names")
    kind: CodedTerm
    statement: str = Field(description="What the source reports, in the words of whoever made the dataset")
    phase: CodedTerm | None
    phase_note: str | None = Field(description="Why there is no phase, where it is not stated")
    # pydantic has a method of this name.
    construct_: Item | None = Field(alias="construct")
    alternate_constructs: list[Item]
    second_construct: Item | None
    impact: Item | None
    valence: CodedTerm | None
    context_word: Item | None = Field(description="The authors' own word for the kind of context, whether it is printed with the statement, and whether its domain is that of the construct")
    coding: Coding
    levels: list[CodedTerm]
    experienced_by: list[CodedTerm]
    reported_by: list[CodedTerm]
    informants: list[str]
    innovation: CodedTerm | None
    process_only: bool | None
    touches: list[Item]
    source: str
    locator: str
    text_anchor: str | None
    quote: str | None
    note: str | None
    evidence: list[Evidence]


class PlacedObservation(CaseObservation):
    """A statement about a study as a whole, with the rows and columns of a matrix into which it would fall; it counts nowhere."""

    rows: list[str]
    columns: list[str]


class ViewedObservation(CaseObservation):
    """An observation with how its construct reaches another framework."""

    reached: Literal["mapped", "contested", "route_only", "judged_not_mapped", "not_assessed", "coded_in_it"]
    coded_as: list[str] = Field(description="Constructs of that framework to which the dataset itself codes it")
    coded_is_reached_by: str | None


class CaseItem(BaseModel):
    """A case in the list, with how much its dataset holds on it."""

    id: CaseId
    name: str
    dataset: str
    study: str | None
    innovation: str | None
    location: str | None
    country: str | None
    start: str | None
    participants: int | None = Field(description="As the source prints it")
    interviews: int | None
    observations: int
    observations_printed: int
    observations_inferred: int
    impacts: int
    impacts_printed: int
    impacts_inferred: int
    judgements: int
    gaps: int
    events: int
    determinants: int
    phases: list[str] = Field(description="Phases under which the source tells of the case")
    stakeholder_groups: list[str] = Field(description="Groups that took part, or that report or experience something")


class Cases(BaseModel):
    """All cases, and the datasets that they come from."""

    items: list[CaseItem]
    datasets: list[Item]
    next: Next
    query: Query
    permalink: Permalink = None
    release: Release


class Case(BaseModel):
    """A case with everything that its dataset holds on it; what is said of its study stands apart."""

    id: CaseId
    name: str
    iri: str
    dataset: Item
    study: Item | None
    attributes: Item
    evidence: list[Evidence]
    note: str | None
    counts: Item
    study_statements: list[CaseObservation]
    participants: list[Item]
    observations: list[Item] = Field(description="By kind, phase and domain, each group with its counts")
    impacts: list[CaseObservation]
    assimilation: list[Item] = Field(description="Judgements on the form of assimilation, in time")
    gaps: list[Item] = Field(description="Compatibility gaps, and the judgement that each led to where the source links the two")
    events: list[Item]
    printed_limitations: list[Item]
    notes: Notes
    query: Query
    permalink: Permalink = None
    release: Release


class CaseView(BaseModel):
    """Determinants of cases as another framework sees them by way of the mappings; what only a route reaches is never counted as mapped."""

    case: str
    framework: str
    coded_in: list[str]
    study_statements: list[ViewedObservation]
    counts: dict[str, SplitCount]
    second_coding: dict[str, SplitCount] = Field(description="How our own second coding agrees with the mappings")
    constructs: list[Item]
    members: list[Item]
    observations: list[ViewedObservation]
    basis: list[str]
    notes: Notes
    query: Query
    permalink: Permalink = None
    release: Release


class MatrixMember(BaseModel):
    """A row or column of a matrix; its numbers count each observation once."""

    id: str
    label: str
    framework: str | None
    label_status: str | None
    broader: str | None
    depth: int
    printed: int | None = Field(description="Null where nothing is counted")
    inferred: int | None
    total: int | None


class MatrixCell(BaseModel):
    """A cell: counted, or what the sources state without counting. Silence is no 0."""

    row: str
    column: str
    state: Literal["counted", "stated_present", "stated_absent", "not_stated"]
    printed: int | None
    inferred: int | None
    total: int | None
    observations: list[str]
    statements: list[str]


class Matrix(BaseModel):
    """Observations counted by two dimensions."""

    study_statements: list[PlacedObservation]
    row_dimension: str
    column_dimension: str
    rows: list[MatrixMember]
    columns: list[MatrixMember]
    cells: list[MatrixCell]
    counts: SplitCount
    states: dict[str, int]
    kinds: dict[str, int]
    without: dict[str, list[str]] = Field(description="Observations that have no value in the dimension of the rows or columns")
    split_by: dict[str, str]
    observations: list[CaseObservation]
    statements: list[Item]
    where: dict[str, list[str]]
    domain_by: str
    stakeholder_by: str
    rollup: bool
    empty: bool
    basis: list[str]
    left_out: Item
    notes: Notes
    query: Query
    permalink: Permalink = None
    release: Release


class Message(BaseModel):
    """One finding at a cell, row, sheet or file."""

    file: str
    sheet: str
    row: int | None = Field(description="As the spreadsheet counts, from 1; null for RDF files and for what concerns a whole sheet")
    column: str = Field(description="Text of the header")
    severity: Literal["violation", "warning", "info"]
    message: str
    value: str = Field(description="What stands there")
    suggestion: str = Field(description="What would be right, where that can be said")
    shape: str = Field(description="The SHACL shape, or the rule of the reader", examples=["shape:CaseObservation-construct"])
    focus: str
    cell: str = Field(examples=["F14"])
    source: str = Field(description="The page that explains the shape")
    dataset: str
    replacement: str | None = Field(description="What the whole cell would hold with the suggestion taken; null where there is none that can be put in as it stands", examples=["III.D Culture"])
    replacements: list[str] = Field(default=[], description="The texts among which one chooses for the whole cell, `replacement` first where there is one; where a value names several things, they are here alone", examples=[["III.D Culture", "I.E Innovation Cost"]])


class CheckedDataset(BaseModel):
    """What was read of a dataset."""

    name: str
    files: list[str]
    framework: str
    rows: dict[str, int] = Field(description="Data rows by sheet")
    cases: list[str]


class CorrectedCell(BaseModel):
    """A cell that was checked with another value than its file holds."""

    file: str
    sheet: str
    row: int
    column: str = Field(description="The column as messages name it")
    cell: str = Field(examples=["F14"])
    old: str = Field(description="What the file holds; empty for an empty cell")
    value: str = Field(description="What was checked in its place; empty for an empty cell")


class ShownColumn(BaseModel):
    """A column of a table, with what it may hold where it is known."""

    letters: str = Field(examples=["F"])
    name: str = Field(description="As messages name the column; of an unknown one, what stands in the header")
    known: bool = Field(description="Whether it is a column of the case tables")
    required: Literal["yes", "advised", ""]
    multiple: bool = Field(description="Whether a cell takes several values, divided by semicolons")
    holds: str = Field(examples=["construct of the framework"])
    description: str
    choices: list[str] = Field(description="Values among which its cells choose, at most 200, each as it can be written; empty where any will do or where nobody could list them")
    more_choices: bool


class ShownTable(BaseModel):
    """A sheet as it was read. A message is about the table of its file and sheet, its row in `row_numbers`, and the column of its name; `cell` says the same."""

    file: str
    sheet: str
    understood: str | None = Field(description="The sheet of the case tables as which it was read; null where it was not")
    header_row: int | None
    header: list[str]
    columns: list[ShownColumn]
    row_numbers: list[int] = Field(description="The number of each row, as the spreadsheet counts; rows without any value are left out")
    rows: list[list[str]] = Field(description="All rows but the header, those above it too")
    row_count: int = Field(description="Rows with a value, those that are not shown too")
    truncated: bool = Field(description="Whether rows or columns are left out; rows with a message are left out last")


class Validation(BaseModel):
    """What a validation found. It conforms when there is no violation."""

    conforms: bool
    counts: dict[str, int]
    messages: list[Message]
    datasets: list[CheckedDataset]
    release: Release
    corrections: list[CorrectedCell] = Field(default=[], description="The cells that were checked with another value than the files hold; the files that were sent are not changed")
    tables: list[ShownTable] | None = Field(default=None, description="With `tables=true`: every sheet of the files")
