"""What each tool takes: typed arguments with a description each, from which the input schemas come.

Values that the graph decides (keys of editions, kinds of constructs) are put into the schemas by `catalogue`; whether one is known is
judged by the service, which names the nearest.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from imri_kg_api.schemas.values import Basis, State

__all__ = [
    "MOST_BYTES", "AboutCell", "AboutConstruct", "AboutCoverage", "AboutEvidence", "AboutFrameworks", "AboutMappings", "AboutOverview", "AboutPair",
    "AboutCrosswalk", "AboutQuestion", "AboutQuestions", "AboutTable", "Paged", "Question", "Words",
]  # fmt: skip

#: What a table may have, as it is read and not as it is sent.
MOST_BYTES = 5 << 20
#: Longer names of constructs, editions or records do not exist.
_LONGEST = 300


def _unpacked(value: Any) -> Any:
    """Read a list or an object that was sent as text, as some clients do."""
    if not isinstance(value, str):
        return value
    if value.lstrip()[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return [part for part in value.replace(",", " ").split() if part]


_Key = Annotated[str, Field(max_length=_LONGEST, json_schema_extra={"enum": "frameworks"})]
_Term = Annotated[str, Field(min_length=1, max_length=_LONGEST, examples=["imri:B1"])]
_Bases = Annotated[
    list[Basis], BeforeValidator(_unpacked),
    Field(max_length=3, description="Trust only records on these bases; all when left out. The reply says what that left out."),
]  # fmt: skip
_Exploratory = Annotated[bool, Field(description="Whether records with a confidence below 0.50 count too.")]


class Question(BaseModel):
    """Base of all arguments: nothing unknown is taken."""

    model_config = ConfigDict(extra="forbid")


class Paged(Question):
    """Arguments of a tool that gives lists; they hold for each list of the reply."""

    limit: Annotated[int, Field(ge=1, le=50, description="How many of a list to give at most.")] = 10
    offset: Annotated[int, Field(ge=0, le=100_000, description="How many to pass over; a reply that was cut says which number to give.")] = 0


class AboutFrameworks(Question):
    """No arguments."""


class Words(Paged):
    """Arguments of `search`."""

    words: Annotated[str, Field(min_length=1, max_length=_LONGEST, description="Words, a code or a label.", examples=["personal growth"])]
    framework: Annotated[_Key | None, Field(description="Search in one framework edition.")] = None
    kind: Annotated[str | None, Field(max_length=_LONGEST, description="Search one kind of construct.", json_schema_extra={"enum": "kinds"})] = None


class AboutConstruct(Paged):
    """Arguments of `describe_construct`."""

    term: Annotated[_Term, Field(description="CURIE, label or code of the construct.")]
    basis: _Bases = []


class AboutMappings(Paged):
    """Arguments of `map_construct`."""

    term: Annotated[_Term, Field(description="CURIE, label or code of the construct that is mapped.")]
    to_framework: Annotated[_Key | None, Field(description="Framework edition to map to; all others when neither this nor to_term is given.")] = None
    to_term: Annotated[_Term | None, Field(description="The one construct to map to, by CURIE, label or code.")] = None
    basis: _Bases = []
    exploratory: _Exploratory = False


class AboutPair(Paged):
    """Arguments of `explain_pair`."""

    subject: Annotated[_Term, Field(description="CURIE, label or code of the first construct.")]
    object: Annotated[_Term, Field(description="CURIE, label or code of the second construct.", examples=["chime:H4"])]
    basis: _Bases = []
    exploratory: _Exploratory = False


class AboutCell(Question):
    """Arguments of `crosswalk_cell`."""

    row: Annotated[_Term, Field(description="CURIE, label or code of the construct of the row.")]
    column: Annotated[_Term, Field(description="CURIE, label or code of the construct of the column, of another edition.", examples=["chime:H4"])]
    basis: _Bases = []
    exploratory: _Exploratory = False


class _TwoEditions(Paged):
    source: Annotated[_Key, Field(description="Framework edition of the rows.", examples=["imri"])]
    target: Annotated[_Key, Field(description="Framework edition of the columns.", examples=["chime"])]
    basis: _Bases = []
    exploratory: _Exploratory = False


class AboutCrosswalk(_TwoEditions):
    """Arguments of `crosswalk_summary`."""

    state: Annotated[State, Field(description="State of the pairs to list.")] = "mapped"


class AboutCoverage(_TwoEditions):
    """Arguments of `coverage`."""


class AboutOverview(Paged):
    """Arguments of `coverage_overview`."""

    framework: Annotated[_Key | None, Field(description="Only pairs of which one end is this edition.")] = None
    basis: _Bases = []
    exploratory: _Exploratory = False


class AboutEvidence(Paged):
    """Arguments of `evidence`."""

    id: Annotated[str, Field(min_length=1, max_length=_LONGEST, description="Id of evidence, of a mapping record, of a claim or of a causal relation.",
                             examples=["evidence:piat-2022-CH-3", "mapping:imri-chime-s05"])]  # fmt: skip


class AboutQuestions(Paged):
    """Arguments of `list_questions`."""

    answerable: Annotated[Literal["yes", "partly", "no"] | None, Field(description="Only questions that the sources answer so.")] = None
    framework: Annotated[_Key | None, Field(description="Only questions that concern this framework edition.")] = None


class AboutQuestion(Paged):
    """Arguments of `competency_query`."""

    name: Annotated[str, Field(min_length=1, max_length=_LONGEST, description="Name or number of the question, as list_questions gives it.", examples=["cq01"])]
    parameters: Annotated[
        dict[str, Annotated[str, Field(max_length=_LONGEST)]], BeforeValidator(_unpacked),
        Field(max_length=20, description="Values of the parameters by name: CURIEs for iri, text for string.", examples=[{"record": "mapping:imri-chime-s05"}]),
    ] = {}  # fmt: skip


class AboutTable(Paged):
    """Arguments of `validate_table`."""

    name: Annotated[str, Field(min_length=1, max_length=200, description="File name; its ending says what it is.", examples=["determinants.csv", "case.xlsx"])]
    text: Annotated[str | None, Field(description="Content of a text file, such as CSV.")] = None
    base64: Annotated[str | None, Field(description="Content of a workbook or another binary file, as base64.")] = None
    framework: Annotated[_Key | None, Field(description="Edition of the constructs, for tables without a sheet Dataset.")] = None
