"""A construct: definition, place in its edition, mappings by edition and basis, causal relations apart from them, cases, statements, evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from imri_kg.change_answers import KINDS, ChangedConstruct
from imri_kg.graph import KnowledgeGraph
from imri_kg.model import MappingRecord, State
from imri_kg.tables import Concept
from imri_kg.vocabulary import BASES
from imri_kg_api.explorer.pages import Asked, page
from imri_kg_api.explorer.presenting import brief, mentioned
from imri_kg_api.explorer.views.changes import told

__all__ = ["concept", "repeatable", "rests_on"]

#: Members of an impact that say whom it concerns; and those that tell where the construct is printed, in the order of the page.
_WHOM = ("atLevel", "levelBasis", "experiencedBy", "dataStatus")
_PRINTED = ("locator", "printedDomain", "exampleTable", "synthesised", "entryCount", "printedReferenceList", "modelAdapts", "organisationAdapts", "meetsFeatureKind")
#: Kinds of statement in the order of the page; those that are shown elsewhere on it are not among them.
_KINDS = (
    "Corroboration", "NoveltyClaim", "FrameworkLimit", "HarmStatement", "FalseFriend", "CoverageStatement", "LevelStatement", "ThemeCoverage", "InnovationGroupStatement",
    "SchemeStatement", "InstrumentStatement", "Inconsistency", "EditorialStatement",
)  # fmt: skip
_WITH_WHOM = "ValenceStatement"
#: Statements of these kinds are many and alike; they are folded together.
_FOLDED = frozenset({"ThemeCoverage"})
#: Stored queries that return what the page shows, each with the parameter that takes the construct.
_QUERIES = (("service/properties", "resource"), ("service/records", "subject"), ("service/claims", "about"), ("service/hierarchy", "concept"))


@page("read_concept", "concept.html", own={"open": True, "closed": True})
def concept(asked: Asked, answer: Concept) -> dict[str, Any]:
    """Prepare the page of a construct."""
    graph, body = asked.graph, answer.to_json()
    curie, key = str(body["curie"]), str(body["framework"])
    claims = [_claim(asked, c, curie) for c in body["claims"]]
    valences = [{**c, **_valence(graph, c["id"])} for c in claims if c["kind"] == _WITH_WHOM]
    properties = body["properties"]
    rest = sorted({c["kind"] for c in claims} - {*_KINDS, _WITH_WHOM})
    return {
        "title": brief(f"{curie.partition(':')[2]} {body['label']}"),
        "item": body,
        "edition": graph.framework(key).edition,
        "code_status": graph.framework(key).code_status,
        "place": _place(graph, curie, key),
        "printed": [(name, properties[name]) for name in _PRINTED if properties.get(name)],
        "whom": [(name, properties[name]) for name in _WHOM if properties.get(name)],
        "editorial": properties.get("editorialNote", []),
        "valences": valences,
        "groups": _groups(graph, answer, body["mappings"]),
        "revisions": _revisions(asked, curie, key), "change_kinds": KINDS,
        "relations": _relations(asked, body["causal_relations"], curie),
        "claims": [(kind, of_kind, kind in _FOLDED) for kind in (*_KINDS, *rest) if (of_kind := [c for c in claims if c["kind"] == kind])],
        "cite": graph.cite(f"framework:{key}").to_json(),
        "queries": [(name, repeatable(graph, name), parameter) for name, parameter in _QUERIES],
        "others": [other for other in graph.framework_service.keys() if other != key],
        "open": set(asked.values("open")), "closed": set(asked.values("closed")),
        "basis_chosen": asked.values("basis"),
    }  # fmt: skip


def repeatable(graph: KnowledgeGraph, name: str) -> str:
    """Return the text of a stored query as any SPARQL client takes it; its parameters are free in it."""
    return graph.query_service.stored(name).repeatable


def rests_on(graph: KnowledgeGraph, record: MappingRecord) -> tuple[str, ...]:
    """Return the bases of the records from which a derived one follows, however far back; nothing for one that is stated or judged."""
    found: set[str] = set()
    new = list(record.derivation.premises) if record.derivation else []
    while new:
        premise = graph.record(new.pop())
        if premise.derivation:
            new += premise.derivation.premises
        else:
            found.add(premise.basis)
    return tuple(b for b in BASES if b in found)


def _place(graph: KnowledgeGraph, curie: str, key: str) -> dict[str, Any]:
    """Return where a construct stands in its edition: the members beside it under the same broader one, and those before and after it."""
    members = graph.framework(key).members
    at = next(i for i, m in enumerate(members) if m["curie"] == curie)
    own = members[at]["broader"]
    with_edition = [{**m, "framework": key} for m in members]
    return {
        "siblings": [m for m in with_edition if m["broader"] == own and m["curie"] != curie],
        "before": with_edition[at - 1] if at else None,
        "after": with_edition[at + 1] if at + 1 < len(members) else None,
        "number": at + 1, "of": len(members),
    }  # fmt: skip


def _groups(graph: KnowledgeGraph, answer: Concept, summaries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return each other edition with its records by basis, and the exploratory ones apart."""
    own = answer.reference.curie
    known = {r.record_id: r for r in graph.mappings(own, basis=answer.basis, exploratory=True).items}

    def rows(ids: Iterable[str]) -> list[dict[str, Any]]:
        found = [known.get(id) or graph.record(id) for id in ids]
        order = {m.curie: n for key in {r.object.framework for r in found} for n, m in enumerate(graph.framework_service.members(key))}
        found.sort(key=lambda r: (r.negated, -float(r.confidence or 1), order.get(r.object.curie, 0), r.record_id))
        return [{"record": r.to_json(), "rests_on": rests_on(graph, r), "whole": r.subject.curie != own} for r in found]

    known_first = sorted(summaries, key=lambda summary: not (summary["counts"]["mapped"] or summary["counts"]["contested"]))
    return [
        {
            **summary, "n": sum(len(ids) for ids in summary["records"].values()),
            "by_basis": [(basis, rows(ids)) for basis, ids in summary["records"].items() if ids], "exploratory": rows(summary["exploratory"]),
            # Single negatives leave the construct unassessed against the edition, and are told beside that.
            "partly": summary["state"] == State.NOT_ASSESSED and summary["counts"][State.JUDGED_NOT_MAPPED] > 0,
            "cell": _cell(own, [known.get(id) for ids in summary["records"].values() for id in ids]),
        }
        for summary in known_first
    ]  # fmt: skip


def _revisions(asked: Asked, curie: str, key: str) -> list[dict[str, Any]]:
    """Return what became of a construct in the other edition of its framework, or what it was there."""
    found = []
    for earlier, later in asked.graph.change_service.revisions:
        if key in (earlier, later):
            changes = asked.graph.changes(earlier, later)
            item = next(c for c in (changes.earlier if key == earlier else changes.later) if c.curie == curie)
            found.append({
                "earlier": earlier, "later": later, "forward": key == earlier, "state": item.state.value,
                "told": (groups := told(item)), "counterparts": _untold(asked, item, groups),
            })  # fmt: skip
    return found


def _untold(asked: Asked, item: ChangedConstruct, groups: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the main counterparts that no kind of change names."""
    named = {c["curie"] for group in groups for c in group["counterparts"]}
    return [mentioned(asked.graph, asked.links, c.curie) for c in item.counterparts if c.main and c.curie not in named]


def _cell(own: str, records: Iterable[MappingRecord | None]) -> str | None:
    """Return the cell of a crosswalk that shows the first record on a pair of a construct; None where there is none."""
    return next((f"{own},{r.object.curie}" for r in records if r and r.subject.curie == own and not r.none_found), None)


def _claim(asked: Asked, claim: Mapping[str, Any], curie: str) -> dict[str, Any]:
    return {**claim, "with": [mentioned(asked.graph, asked.links, other) for other in claim["about"] if other != curie]}


def _valence(graph: KnowledgeGraph, claim: str) -> dict[str, list[str]]:
    """Return what a statement on valence says beside its sentence: which valence, for whom, at which level, on whose judgement."""
    found: dict[str, list[str]] = {"valence": [], "experiencedBy": [], "atLevel": [], "judgedBy": []}
    for row in graph.stored_query("service/properties", {"resource": claim}).rows():
        name = str(row["property"]).removeprefix("ikg:")
        if name in found:
            found[name].append(row["label"] or row["value"])
    return found


def _relations(asked: Asked, relations: Sequence[Mapping[str, Any]], curie: str) -> list[dict[str, Any]]:
    """Return the causal relations, each with the construct or topic at its other end, from the side of this one."""
    found = []
    for relation in relations:
        outward = relation["subject"] == curie
        other = relation["object" if outward else "subject"]
        found.append({**relation, "outward": outward, "other": mentioned(asked.graph, asked.links, other)})
    return sorted(found, key=lambda r: (not r["outward"], r["predicate"], r["exploratory"], r["other"]["curie"]))
