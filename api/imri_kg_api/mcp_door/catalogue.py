"""All tools: what each takes and gives, and which function answers; with their schemas as a client sees them.

Schemas come from the types; keys of editions and kinds of constructs are put in from the graph that answers.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from mcp_types import Tool as ToolOfProtocol
from mcp_types import ToolAnnotations

from imri_kg_api.mcp_door import answers, questions, replies, wording
from imri_kg_api.mcp_door.tables import Stop, Validate, check_table

if TYPE_CHECKING:
    from imri_kg.graph import KnowledgeGraph

__all__ = ["TOOLS", "Asking", "Tool", "listed"]


class Asking(NamedTuple):
    """What a tool answers from: the graph of this moment, the checker of tables, and whether the asker has gone."""

    graph: KnowledgeGraph
    validate: Validate
    stop: Stop


class Tool(NamedTuple):
    """A tool: its name, its types and the function that answers."""

    name: str
    takes: type[questions.Question]
    gives: type[replies.Bound]
    answer: Callable[[Asking, Any], replies.Bound]


def _of_graph(answer: Callable[[KnowledgeGraph, Any], replies.Bound]) -> Callable[[Asking, Any], replies.Bound]:
    return lambda asking, asked: answer(asking.graph, asked)


_ALL = (
    Tool("list_frameworks", questions.AboutFrameworks, replies.Editions, _of_graph(answers.frameworks)),
    Tool("search", questions.Words, replies.Found, _of_graph(answers.search)),
    Tool("describe_construct", questions.AboutConstruct, replies.Described, _of_graph(answers.describe)),
    Tool("map_construct", questions.AboutMappings, replies.Mappings, _of_graph(answers.mappings)),
    Tool("explain_pair", questions.AboutPair, replies.Pair, _of_graph(answers.explain)),
    Tool("crosswalk_cell", questions.AboutCell, replies.Cell, _of_graph(answers.cell)),
    Tool("crosswalk_summary", questions.AboutCrosswalk, replies.Summary, _of_graph(answers.summarise)),
    Tool("coverage", questions.AboutCoverage, replies.Coverage, _of_graph(answers.coverage)),
    Tool("coverage_overview", questions.AboutOverview, replies.Overview, _of_graph(answers.overview)),
    Tool("evidence", questions.AboutEvidence, replies.Passages, _of_graph(answers.passages)),
    Tool("list_questions", questions.AboutQuestions, replies.Questions, _of_graph(answers.list_questions)),
    Tool("competency_query", questions.AboutQuestion, replies.QuestionRows, _of_graph(answers.answer_question)),
    Tool("validate_table", questions.AboutTable, replies.Findings, lambda asking, asked: check_table(asking.validate, asked, asking.stop)),
)
#: The tools by name, in the order in which they are listed.
TOOLS: Mapping[str, Tool] = {tool.name: tool for tool in _ALL}


def listed(graph: KnowledgeGraph) -> list[ToolOfProtocol]:
    """Return the tools as a client is told of them."""
    values = {"frameworks": list(graph.framework_service.keys()), "kinds": list(graph.index.kinds)}
    found = []
    for tool in TOOLS.values():
        title, text = wording.of_tool(tool.name)
        takes, gives = _schemas(tool)
        found.append(
            ToolOfProtocol(
                name=tool.name, title=title, description=text, input_schema=_filled(takes, values), output_schema=copy.deepcopy(gives),
                # Tools read one graph and change nothing; none reaches another system.
                annotations=ToolAnnotations(title=title, read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False),
            )  # fmt: skip
        )
    return found


@cache
def _schemas(tool: Tool) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the schemas of what a tool takes and gives; names of enumerations still stand for their values."""
    takes = _plain(tool.takes.model_json_schema())
    takes.pop("description", None)
    # What a tool is about comes before how much of it to give.
    takes["properties"] = dict(sorted(takes.get("properties", {}).items(), key=lambda item: item[0] in ("limit", "offset")))
    return takes, _plain(tool.gives.model_json_schema(mode="serialization"))


def _plain(schema: Any) -> Any:
    """Return a schema without titles, and without null where leaving an argument out says the same."""
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {k: _plain(v) for k, v in schema.items() if k != "title" or not isinstance(v, str)}
    match found:
        case {"anyOf": [{**one}, {"type": "null"}], "default": None}:
            found = {**one, **{k: v for k, v in found.items() if k not in ("anyOf", "default")}}
    return found


def _filled(schema: Any, values: Mapping[str, list[str]]) -> Any:
    """Return a copy of a schema in which every name of an enumeration is replaced by its values."""
    if isinstance(schema, list):
        return [_filled(item, values) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {k: list(values[v]) if k == "enum" and isinstance(v, str) else _filled(v, values) for k, v in schema.items()}
