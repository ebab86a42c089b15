"""The framework editions: the list of them, and one with its hierarchy, where it comes from and what of it is ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from imri_kg.graph import KnowledgeGraph
from imri_kg.tables import Framework, Table
from imri_kg_api.explorer.pages import Asked, page

__all__ = ["Node", "editions_from", "framework", "frameworks", "tree"]

class Node(NamedTuple):
    """A member in the hierarchy: the member as the reply has it, its definition, the editions in which something corresponds to it, and what is narrower.

    `editions` holds key and state of each edition that has a record; an edition that is not listed has not been compared with the member.
    """

    member: Mapping[str, Any]
    definition: str
    editions: tuple[tuple[str, str], ...]
    narrower: tuple[Node, ...]

    @property
    def size(self) -> int:
        """How many members are below it."""
        return sum(1 + node.size for node in self.narrower)


@page("list_frameworks", "frameworks.html")
def frameworks(asked: Asked, answer: Table) -> dict[str, Any]:
    """Prepare the list of editions."""
    return {"title": asked.words("frameworks-title"), "items": answer.to_json()["items"]}


@page("read_framework", "framework.html", own={"folded": True, "kind": False})
def framework(asked: Asked, answer: Framework) -> dict[str, Any]:
    """Prepare an edition: its tree and its standing against each other edition."""
    body = answer.to_json()
    kinds = body["counts"]["by_kind"]
    kind = asked.value("kind")
    return {
        "title": body["label"], "item": body, "kinds": kinds, "kind": kind if kind in kinds else "",
        "nodes": tree(asked.graph, body["members"]), "members": body["members"], "folded": set(asked.values("folded")),
        "others": editions_from(asked.graph, answer.key), "limits": limits(asked.graph, answer.key), "revision": _revision(asked.graph, answer.key),
    }  # fmt: skip


def tree(graph: KnowledgeGraph, members: Sequence[Mapping[str, Any]]) -> tuple[Node, ...]:
    """Return members as a hierarchy, in the order of the edition."""
    below: dict[str | None, list[Mapping[str, Any]]] = {}
    for member in members:
        below.setdefault(member["broader"], []).append(member)

    def node(member: Mapping[str, Any]) -> Node:
        curie = str(member["curie"])
        entry = graph.index.get(curie)
        return Node(member, entry.definition if entry else "", tuple(_recorded(graph, curie)), tuple(node(m) for m in below.get(curie, ())))

    return tuple(node(member) for member in below.get(None, ()))


def _recorded(graph: KnowledgeGraph, curie: str) -> list[tuple[str, str]]:
    found = []
    for item in graph.mapping_service.summary(curie):
        counts = item["counts"]
        state = next((name for name in ("contested", "mapped", "judged_not_mapped") if counts[name]), None)
        if state:
            found.append((str(item["framework"]), state))
    return found


def editions_from(graph: KnowledgeGraph, key: str) -> list[dict[str, Any]]:
    """Return how one edition stands against each other one: pairs by state and records by basis."""
    pairs = graph.coverage().to_json()["pairs"]
    return [{"key": pair["to"], "counts": pair["counts"], "records": pair["records_by_basis"], "pairs": pair["pairs"]} for pair in pairs if pair["from"] == key and pair["to"] != key]


def limits(graph: KnowledgeGraph, key: str) -> list[Mapping[str, Any]]:
    """Return what authors say that an edition does not capture, with its evidence."""
    return [item for item in graph.coverage(key, key).to_json()["framework_limits"] if item["framework"] == key]


def _revision(graph: KnowledgeGraph, key: str) -> tuple[str, str] | None:
    """Return the earlier and the later edition where a framework has two of them, of which this is one."""
    family = key.rpartition("-")[0]
    keys = sorted(other for other in graph.framework_service.keys() if family and other.rpartition("-")[0] == family)
    return (keys[0], keys[-1]) if len(keys) > 1 and all(other.rpartition("-")[2].isdigit() for other in keys) else None
