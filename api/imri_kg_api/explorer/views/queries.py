"""The stored queries by topic, and one with its rows, its text and a form for its parameters."""

from __future__ import annotations

from typing import Any

from imri_kg.tables import Table
from imri_kg_api.explorer.naming import Names, short_title
from imri_kg_api.explorer.pages import Asked, page

__all__ = ["by_topic", "queries", "query"]

#: The order in which topics are shown: from what a reader knows to how the graph is made.
_TOPICS = ("impact", "mechanism", "context", "assimilation", "provenance")
_COMPETENCY = "competency/"


def by_topic(asked: Asked, rows: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return stored queries by the topic that their header names, each topic once; those without a topic come last, under an empty name."""
    topics = {str(row["name"]): asked.graph.query_service.stored(str(row["name"])).header.get("topic", "") for row in rows}
    order = [*_TOPICS, *sorted(set(topics.values()) - set(_TOPICS) - {""}), ""]
    grouped = [(topic, [row for row in rows if topics[str(row["name"])] == topic]) for topic in order]
    return [(topic, found) for topic, found in grouped if found]


@page("list_queries", "queries.html")
def queries(asked: Asked, answer: Table) -> dict[str, Any]:
    """Prepare the list of a group, the competency questions by topic."""
    group = asked.value("group", "competency")
    title = asked.words("queries-title") if group == "competency" else asked.words("queries-title-group", group=group)
    rows = answer.rows()
    return {
        "title": title, "group": group, "topics": by_topic(asked, rows), "total": len(rows),
        "groups": sorted({name.partition("/")[0] for name in asked.graph.catalog.names()} - {group}),
        "counts": {state: sum(row["answerable"] == state for row in rows) for state in ("yes", "partly", "no")},
    }  # fmt: skip


@page("run_query", "query.html")
def query(asked: Asked, answer: Table) -> dict[str, Any]:
    """Prepare a stored query: what it answers, its rows with the things they name as links, and its text."""
    body = answer.to_json()
    rows = body["items"]
    names, iris = Names.of_rows(asked.graph, asked.links, rows)
    heading = str(body["question"] or body["summary"])
    stored = asked.graph.query_service.stored(str(body["name"]))
    return {
        "title": short_title(heading), "heading": heading, "item": body, "rows": rows, "columns": list(rows[0]) if rows else body["columns"],
        "things": {curie: names.shown(iri) for curie, iri in iris.items()}, "topic": stored.header.get("topic", ""),
        "given": {name: asked.value(name) for name in body["parameters"]}, "bound": any(asked.value(name) for name in body["parameters"]),
        "is_question": str(body["name"]).startswith(_COMPETENCY),
    }  # fmt: skip
