"""The four states partition every pair of constructs, in small worlds and over the whole graph."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imri_kg.crosswalks import Coverage, Overview
from imri_kg.graph import KnowledgeGraph
from imri_kg.model import State
from imri_kg.states import PairGrounds, Partition, StateRecord, count_states, summary_state
from imri_kg.vocabulary import BASES, NO_TERM_FOUND

KEYS = ("assimilation", "cfir-2009", "cfir-2022", "chime", "diffusion", "imri", "logic-model", "recovery-review")
MEMBERS = {"a": ["a:1", "a:2"], "b": ["b:1", "b:2", "b:3"]}
PAIRS = [(x, y) for x in MEMBERS["a"] for y in MEMBERS["b"]]


def record(id: str, subject: str, object_: str, *, negated: bool = False, basis: str = "curated", key: str = "b") -> StateRecord:
    return StateRecord(f"mapping:{id}", subject, subject[0], "skos:relatedMatch", object_, key, negated, basis, False)


def test_a_pair_that_nobody_judged_is_not_assessed() -> None:
    assert Partition([], MEMBERS).state("a:1", "b:1") is State.NOT_ASSESSED


def test_a_positive_record_maps_its_pair_alone() -> None:
    partition = Partition([record("p", "a:1", "b:1")], MEMBERS)
    assert [partition.state(*pair) for pair in PAIRS].count(State.MAPPED) == 1
    assert partition.state("a:1", "b:1") is State.MAPPED


def test_a_negative_record_judges_its_pair() -> None:
    assert Partition([record("n", "a:1", "b:1", negated=True)], MEMBERS).state("a:1", "b:1") is State.JUDGED_NOT_MAPPED


def test_a_positive_and_a_negative_record_contest_a_pair() -> None:
    records = [record("p", "a:1", "b:1"), record("n", "a:1", "b:1", negated=True)]
    assert Partition(records, MEMBERS).state("a:1", "b:1") is State.CONTESTED


def test_two_positive_records_of_different_bases_contest_nothing() -> None:
    records = [record("p", "a:1", "b:1"), record("q", "a:1", "b:1", basis="author-stated")]
    assert Partition(records, MEMBERS).state("a:1", "b:1") is State.MAPPED


def test_a_dispute_contests_a_pair_in_both_directions() -> None:
    records = [record("p", "a:1", "b:1"), record("i", "b:1", "a:1", key="a", basis="derived")]
    partition = Partition(records, MEMBERS, disputed=["mapping:p"])
    assert partition.state("a:1", "b:1") is State.CONTESTED
    assert partition.state("b:1", "a:1") is State.CONTESTED


def test_a_dispute_over_a_record_out_of_view_contests_nothing() -> None:
    assert Partition([], MEMBERS, disputed=["mapping:p"]).state("a:1", "b:1") is State.NOT_ASSESSED


def test_a_search_that_found_nothing_judges_every_pair_of_the_subject_in_both_directions() -> None:
    partition = Partition([record("n", "a:1", NO_TERM_FOUND)], MEMBERS)
    assert [partition.state("a:1", y) for y in MEMBERS["b"]] == [State.JUDGED_NOT_MAPPED] * 3
    assert [partition.state(y, "a:1") for y in MEMBERS["b"]] == [State.JUDGED_NOT_MAPPED] * 3
    assert [partition.state("a:2", y) for y in MEMBERS["b"]] == [State.NOT_ASSESSED] * 3


def test_asking_for_a_pair_leaves_no_trace() -> None:
    partition = Partition([], MEMBERS)
    partition.grounds("a:1", "b:1").positive.append(record("p", "a:1", "b:1"))
    assert partition.state("a:1", "b:1") is State.NOT_ASSESSED


def test_grounds_without_records_are_not_assessed() -> None:
    assert PairGrounds().state is State.NOT_ASSESSED


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[StateRecord], list[str]]:
    records = []
    for number in range(draw(st.integers(0, 8))):
        subject = draw(st.sampled_from(MEMBERS["a"]))
        records.append(record(f"r{number}", subject, draw(st.sampled_from([*MEMBERS["b"], NO_TERM_FOUND])), negated=draw(st.booleans())))
    return records, draw(st.lists(st.sampled_from([r.record_id for r in records]), max_size=2)) if records else []


@given(worlds())
def test_the_states_follow_from_the_records_and_nothing_else(world: tuple[list[StateRecord], list[str]]) -> None:
    records, disputed = world
    partition = Partition(records, MEMBERS, disputed)
    for x, y in PAIRS:
        on_pair = [r for r in records if r.subject == x and r.object == y]
        positive = any(not r.negated for r in on_pair)
        negative = any(r.negated for r in on_pair) or any(r.subject == x and r.none_found for r in records)
        rejected = any(r.record_id in disputed for r in on_pair)
        expected = (
            State.CONTESTED if rejected or (positive and negative)
            else State.MAPPED if positive
            else State.JUDGED_NOT_MAPPED if negative
            else State.NOT_ASSESSED
        )  # fmt: skip
        assert partition.state(x, y) is expected
    counts = count_states(partition.state(*pair) for pair in PAIRS)
    assert list(counts) == ["mapped", "judged_not_mapped", "contested", "not_assessed"]
    assert sum(counts.values()) == len(PAIRS)


@given(worlds())
def test_the_order_of_records_does_not_matter_to_a_state(world: tuple[list[StateRecord], list[str]]) -> None:
    records, disputed = world
    one, other = Partition(records, MEMBERS, disputed), Partition(reversed(records), MEMBERS, disputed)
    assert [one.state(*pair) for pair in PAIRS] == [other.state(*pair) for pair in PAIRS]


@pytest.mark.parametrize(
    ("counts", "state"),
    [
        ((1, 5, 1, 1), State.MAPPED),
        ((0, 5, 1, 1), State.CONTESTED),
        ((0, 5, 0, 1), State.NOT_ASSESSED),
        ((0, 5, 0, 0), State.JUDGED_NOT_MAPPED),
        ((0, 0, 0, 5), State.NOT_ASSESSED),
        ((0, 0, 0, 0), State.NOT_ASSESSED),
    ],
)
def test_a_construct_is_judged_against_an_edition_only_when_every_pair_is(counts: tuple[int, ...], state: State) -> None:
    assert summary_state(dict(zip((s.value for s in State), counts, strict=True))) is state


# ---------------------------------------------------------------- the whole graph


@pytest.fixture(scope="module")
def overview(graph: KnowledgeGraph) -> Overview:
    found = graph.coverage()
    assert isinstance(found, Overview)
    return found


def test_the_graph_has_the_eight_editions(graph: KnowledgeGraph) -> None:
    assert tuple(sorted(graph.framework_service.keys())) == KEYS


def test_categories_and_domains_are_members_and_findings_and_gaps_are_not(graph: KnowledgeGraph) -> None:
    members = {m for found in graph.mapping_service.members.values() for m in found}
    assert {"imri:B", "imri:I", "imri:T", "imri:O", "cfir2009:I", "cfir2022:V", "chime:C", "logic:L1", "assimilation:G"} <= members
    assert not {m for m in members if m.startswith("review:F") or m in ("imri:X1", "imri:X2")}
    kinds = {m["kind"] for key in KEYS for m in graph.framework(key).members}
    assert "Finding" not in kinds
    assert "CompatibilityGap" not in kinds


def test_the_overview_has_every_ordered_pair_of_editions(overview: Overview) -> None:
    assert [(p["from"], p["to"]) for p in overview.pairs] == list(permutations(KEYS, 2))


@pytest.mark.parametrize(("source", "target"), [*permutations(KEYS, 2)], ids=lambda key: key)
def test_four_states_partition_the_pairs_of_two_editions(graph: KnowledgeGraph, overview: Overview, source: str, target: str) -> None:
    crosswalk = graph.crosswalk(source, target)
    rows, columns = [r.curie for r in crosswalk.rows_], [c.curie for c in crosswalk.columns]
    assert rows == [m["curie"] for m in graph.framework(source).members]
    assert columns == [m["curie"] for m in graph.framework(target).members]
    # Each pair once, each with one state; the counts are those of the cells and add up.
    assert [(c.row, c.column) for c in crosswalk.cells] == [(r, c) for r in rows for c in columns]
    assert set(crosswalk.counts) == {s.value for s in State}
    assert sum(crosswalk.counts.values()) == len(rows) * len(columns)
    assert crosswalk.counts == count_states(c.state for c in crosswalk.cells)
    # The overview and coverage count the same.
    line = next(p for p in overview.pairs if (p["from"], p["to"]) == (source, target))
    assert line["counts"] == crosswalk.counts
    assert line["pairs"] == len(crosswalk.cells)
    coverage = graph.coverage(source, target)
    assert isinstance(coverage, Coverage)
    assert coverage.forward["pairs"] == crosswalk.counts
    assert sum(coverage.forward["members_by_state"].values()) == len(rows)
    assert ((source, target) in overview.empty) == (crosswalk.counts["not_assessed"] == len(crosswalk.cells))
    # A pair has one state, from whichever side it is asked about.
    back = graph.crosswalk(target, source)
    assert {(c.column, c.row): c.state for c in back.cells} == {(c.row, c.column): c.state for c in crosswalk.cells}
    # A judged cell shows what it rests on, with evidence; a cell that nobody judged shows nothing.
    records = {r.record_id: r for r in crosswalk.records}
    for cell in crosswalk.cells:
        if cell.state is State.NOT_ASSESSED:
            assert cell.mappings == cell.predicates == cell.bases == ()
        else:
            assert cell.mappings
            assert all(records[m].evidence for m in cell.mappings)
            assert cell.bases
    assert set(records) == {m for c in crosswalk.cells for m in c.mappings}
    assert sum(crosswalk.counts_by_basis.values()) == len(records)
    # No record below 0.50 is counted unless it is asked for.
    assert not any(r.exploratory for r in records.values())


@pytest.mark.parametrize("basis", BASES)
def test_the_states_partition_the_pairs_under_every_basis(graph: KnowledgeGraph, basis: str) -> None:
    found = graph.coverage(basis=basis)
    assert isinstance(found, Overview)
    for pair in found.pairs:
        assert sum(pair["counts"].values()) == pair["pairs"]
        assert not any(n for name, n in pair["records_by_basis"].items() if name != basis)


def test_the_overview_says_how_many_records_a_basis_leaves_out(graph: KnowledgeGraph, overview: Overview) -> None:
    trusted = graph.coverage(basis="author-stated")
    assert isinstance(trusted, Overview)
    total = {name: sum(p["records_by_basis"][name] for p in overview.pairs) for name in BASES}
    # Records that nothing fits judge the pairs both ways, and are counted at both; left out, each is one record.
    both = sum(r.none_found and not r.exploratory for r in graph.reader.state_records)
    assert both == 2 and dict(trusted.left_out.records) == {"curated": total["curated"] - both, "derived": total["derived"]}
    assert sum(p["records_by_basis"]["author-stated"] for p in trusted.pairs) == total["author-stated"]


def test_every_framework_of_the_core_is_linked_by_records_with_evidence(overview: Overview) -> None:
    linked = {p["from"] for p in overview.pairs if p["counts"]["mapped"]}
    assert {"imri", "chime", "cfir-2009", "cfir-2022", "assimilation", "logic-model"} <= linked


def test_a_search_that_found_nothing_is_in_the_graph_and_judges_both_ways(graph: KnowledgeGraph) -> None:
    searched = [r for r in graph.reader.state_records if r.none_found]
    assert searched
    for r in searched:
        for there, back in ((r.subject_key, r.object_key), (r.object_key, r.subject_key)):
            crosswalk = graph.crosswalk(there, back, exploratory=r.exploratory)
            cells = [c for c in crosswalk.cells if r.subject in (c.row, c.column)]
            assert cells
            assert all(c.state in (State.JUDGED_NOT_MAPPED, State.CONTESTED) and r.record_id in c.mappings for c in cells)


def test_exploratory_records_change_no_state_unless_they_are_asked_for(graph: KnowledgeGraph) -> None:
    plain, wider = graph.coverage("imri", "cfir-2022"), graph.coverage("imri", "cfir-2022", exploratory=True)
    assert isinstance(plain, Coverage)
    assert isinstance(wider, Coverage)
    assert wider.forward["pairs"]["mapped"] > plain.forward["pairs"]["mapped"]
