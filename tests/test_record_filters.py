"""Filters of lists: each leaves out what it says, says how much, and changes no state."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from imri_kg.errors import BadInputError, UnknownNameError
from imri_kg.graph import KnowledgeGraph
from imri_kg.model import Evidence, MappingRecord, Reference, State
from imri_kg.record_filters import RecordFilter


def record(name: str, *, predicate: str = "skos:relatedMatch", confidence: str | None = "0.70", source: str = "source:a") -> MappingRecord:
    end = Reference("imri:B1", "urn:x", "Growth", "imri")
    evidence = Evidence("evidence:1", "urn:e", source, "A 2020", "p. 1", "It says so.")
    number = None if confidence is None else Decimal(confidence)
    return MappingRecord(name, end, predicate, end, False, "curated", "semapv:ManualMappingCuration", None, "ours", number, None, None, None, None, False, None, (evidence,))


RECORDS = [
    record("a"), record("b", predicate="skos:closeMatch"), record("c", confidence=None), record("d", confidence="0.50"), record("e", source="source:b.part"),
]  # fmt: skip
STATES = {"a": [State.MAPPED], "b": [State.CONTESTED], "c": [State.MAPPED], "d": [State.JUDGED_NOT_MAPPED, State.CONTESTED], "e": [State.MAPPED]}


def shown(**asked) -> tuple[list[str], dict[str, int], str]:
    kept, out, notes = RecordFilter.of(**asked).keep(RECORDS, lambda r: STATES[r.record_id])
    return [r.record_id for r in kept], out, " ".join(notes)


@pytest.mark.parametrize(
    ("asked", "kept", "out"),
    [
        ({}, "abcde", {}),
        ({"predicate": ["closeMatch"]}, "b", {"predicate": 4}),
        ({"predicate": ["skos:closeMatch,skos:relatedMatch"]}, "abcde", {"predicate": 0}),
        ({"min_confidence": 0.7}, "abe", {"confidence": 2}),
        ({"max_confidence": "0.5"}, "d", {"confidence": 4}),
        ({"min_confidence": 0, "max_confidence": 1}, "abde", {"confidence": 1}),
        ({"sources": frozenset({"source:b", "source:b.part"}), "source": "source:b"}, "e", {"source": 4}),
        ({"state": ["contested"]}, "bd", {"state": 3}),
        ({"state": ["judged-not-mapped", "mapped"]}, "acde", {"state": 1}),
        ({"predicate": ["relatedMatch"], "min_confidence": 0.6, "state": ["mapped"]}, "ae", {"predicate": 1, "confidence": 2, "state": 0}),
    ],
)
def test_a_filter_keeps_what_it_names_and_counts_the_rest_once(asked: dict, kept: str, out: dict[str, int]) -> None:
    found, left, _ = shown(**asked)
    assert ("".join(found), left) == (kept, out)
    assert len(found) + sum(left.values()) == len(RECORDS)


def test_records_without_a_confidence_are_named_as_such() -> None:
    assert "leaves out 2 records, 1 of them because it has no confidence; the states rest on all records in view." in shown(min_confidence=0.6)[2]
    assert "no confidence" not in shown(predicate=["closeMatch"])[2]


@pytest.mark.parametrize(("asked", "error", "said"), [
    ({"state": ["maped"]}, UnknownNameError, "mapped"), ({"predicate": ["skos:broader"]}, UnknownNameError, "skos:broadMatch"),
    ({"min_confidence": 1.1}, BadInputError, "from 0 to 1"), ({"max_confidence": "nan"}, BadInputError, "from 0 to 1"), ({"min_confidence": "much"}, BadInputError, "'much'"),
    ({"min_confidence": 0.8, "max_confidence": 0.2}, BadInputError, "exchange the two"),
])  # fmt: skip
def test_a_value_that_cannot_be_is_refused(asked: dict, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        RecordFilter.of(**asked)


# ---------------------------------------------------------------- over the graph


def test_no_filter_of_a_list_changes_a_state(graph: KnowledgeGraph) -> None:
    whole = graph.mappings("imri:B1")
    for asked in ({"predicate": "skos:exactMatch"}, {"min_confidence": 0.99}, {"source": "source:leamy-2011"}):
        found = graph.mappings("imri:B1", **asked)
        assert found.states == whole.states
        assert len(found.items) + sum(found.left_out.filters.values()) == len(whole.items)
        assert len(found.items) < len(whole.items)


def test_a_state_keeps_the_pairs_and_targets_that_have_it(graph: KnowledgeGraph) -> None:
    whole, found = graph.mappings(subject_framework="imri"), graph.mappings(subject_framework="imri", state="judged_not_mapped")
    assert found.items and all(r.negated for r in found.items if r.record_id not in graph.reader.disputed)
    assert found.states and all(s.judged_not_mapped for s in found.states)
    assert [s for s in whole.states if s.judged_not_mapped] == list(found.states)
    assert found.left_out.filters == {"state": len(whole.items) - len(found.items), "targets": len(whole.states) - len(found.states)}


def test_a_source_stands_for_its_parts(graph: KnowledgeGraph) -> None:
    below = {row["part"] for row in graph.query("SELECT ?part WHERE { ?part dcterms:isPartOf+ source:damschroder-2022 }").rows()}
    records = graph.mappings(exploratory=True).items
    direct = {r.record_id for r in records if any(e.source == "source:damschroder-2022" for e in r.evidence)}
    whole = {r.record_id for r in records if any(e.source in {"source:damschroder-2022", *below} for e in r.evidence)}
    assert direct and below and direct < whole
    for name in ("source:damschroder-2022", "damschroder-2022", graph.prefixes.expand("source:damschroder-2022")):
        assert {r.record_id for r in graph.mappings(source=name, exploratory=True).items} == whole
    with pytest.raises(UnknownNameError, match="Unknown source"):
        graph.mappings(source="source:nobody-1900")


def test_answers_put_together_add_up_what_filters_left_out(graph: KnowledgeGraph) -> None:
    one, other = (graph.mappings(name, min_confidence=0.6) for name in ("imri:B1", "imri:I1"))
    assert one.joined([other]).left_out.filters["confidence"] == one.left_out.filters["confidence"] + other.left_out.filters["confidence"] > 0


def test_the_command_line_has_the_same_filters(cli, graph: KnowledgeGraph) -> None:
    asked = ("map", "imri:B1", "--min-confidence", "0.6", "--predicate", "relatedMatch", "--source", "piat-2022", "--state", "mapped")
    expected = graph.mappings("imri:B1", min_confidence=0.6, predicate="relatedMatch", source="piat-2022", state="mapped").to_json()
    assert json.loads(cli(*asked, "--format", "json").out) == expected
    assert "The limit to a confidence of at least 0.6 leaves out" in " ".join(cli(*asked).out.split())
    refused = cli("map", "imri:B1", "--max-confidence", "much")
    assert (refused.status, refused.err) == (2, "imri-kg: max_confidence is 'much'; a confidence is a number from 0 to 1.\n")


@pytest.mark.parametrize(("command", "start"), [
    ("map imri:B1 --format sssom", "#mapping_set_id: "), ("crosswalk imri chime --format ttl", "# imri-kg, release "), ("explain imri:B1 chime:I --format jsonld", '[{"@id":'),
    ("show imri:B1 --format ttl", "# imri-kg, release "),
])  # fmt: skip
def test_the_command_line_has_the_same_forms(cli, command: str, start: str) -> None:
    found = cli(*command.split())
    assert found.status == 0 and found.out.startswith(start)
    assert cli("coverage", "imri", "chime", "--format", "sssom").status == 2
