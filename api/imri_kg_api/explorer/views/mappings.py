"""Mapping records: one in full, with what it rests on and what rests on it, and lists of them with the states beside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imri_kg.graph import KnowledgeGraph
from imri_kg.model import MappingAnswer, MappingRecord, State
from imri_kg.tables import RecordAnswer
from imri_kg.vocabulary import BASES, MATCHES
from imri_kg_api.explorer.pages import Asked, page
from imri_kg_api.explorer.presenting import mentioned
from imri_kg_api.explorer.views.concepts import repeatable, rests_on

__all__ = ["mapping", "mappings"]

#: Parameters of a list in the order of its form; those of the first kind decide the states, the others choose what is shown.
_ENDS = ("subject", "object", "subject_framework", "object_framework")
_VIEW = ("basis", "exploratory")
_FILTERS = ("state", "predicate", "min_confidence", "max_confidence", "source")


@page("read_mapping", "mapping.html")
def mapping(asked: Asked, answer: RecordAnswer) -> dict[str, Any]:
    """Prepare a record."""
    graph, record = asked.graph, answer.record
    body = answer.to_json()
    none_found = record.none_found
    states = graph.mappings(record.subject.curie, to=[record.object.framework]) if none_found else graph.mappings(record.subject.curie, object=record.object.curie)
    premise_of = [{**r, "ends": _ends(asked, r)} for r in body["premise_of"]]
    return {
        "title": asked.words("mapping-title", id=record.record_id),
        "record": body,
        "none_found": none_found,
        "pair": states.to_json()["states"][0],
        "justification": _justification(asked, record),
        "chain": _chain(graph, record) if record.derivation else None,
        "rests_on": rests_on(graph, record),
        "premise_of": premise_of,
        "same_pair": [{**r, "ends": _ends(asked, r)} for r in body["same_pair"]],
        "cite": graph.cite(record.record_id).to_json(),
        "iri": graph.prefixes.expand(record.record_id),
        "query_name": "service/records",
        "query_text": repeatable(graph, "service/records"),
    }  # fmt: skip


def _justification(asked: Asked, record: MappingRecord) -> str:
    name = f"mapping-justification-{record.justification.partition(':')[2]}-{record.basis}"
    return asked.words(name) if asked.words.has(name) else record.justification


def _chain(graph: KnowledgeGraph, record: MappingRecord) -> dict[str, Any]:
    """Return a record with the records that it follows from, and theirs, down to those that are stated or judged."""
    premises = record.derivation.premises if record.derivation else ()
    return {"record": record.to_json(), "premises": [_chain(graph, graph.record(premise)) for premise in premises]}


def _ends(asked: Asked, record: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    return mentioned(asked.graph, asked.links, record["subject"]), mentioned(asked.graph, asked.links, record["object"])


@page("list_mappings", "mappings.html", own={"open": True, "closed": True})
def mappings(asked: Asked, answer: MappingAnswer) -> dict[str, Any]:
    """Prepare a list of records with its form, the filters that can be taken away, and the states of what was asked about."""
    graph, body = asked.graph, answer.to_json()
    chosen = [(name, value, _without(asked, name, value)) for name in (*_ENDS, *_VIEW, *_FILTERS) for value in asked.values(name)]
    rows = [{"record": r.to_json(), "rests_on": rests_on(graph, r)} for r in answer.items]
    known = graph.framework_service.keys()
    states = [
        {**s, "subject_mention": _end(asked, s["subject"], known), "target_mention": _end(asked, s["target"], known),
         "pair": s["subject"] not in known and s["target"] not in known}
        for s in body["states"]
    ]  # fmt: skip
    sources = [row for row in graph.sources().rows() if sum(row["records"].values()) or row["exploratory_records"]]
    return {
        "title": asked.words("mappings-title"), "rows": rows, "pair_states": states, "chosen": chosen, "body": body,
        "bases": BASES, "all_states": [s.value for s in State], "matches": MATCHES, "sources": sources, "editions": known,
        "open": set(asked.values("open")), "closed": set(asked.values("closed")), "one": len(rows) == 1,
    }  # fmt: skip


def _end(asked: Asked, name: str, editions: Any) -> dict[str, Any]:
    return {"edition": name} if name in editions else {"edition": None, **mentioned(asked.graph, asked.links, name)}


def _without(asked: Asked, name: str, value: str) -> str:
    rest = [other for other in asked.values(name) if other != value]
    return asked.with_parameters(**{name: rest or None, "page": None})
