"""Finding constructs by words, as people type them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imri_kg.graph import KnowledgeGraph
from imri_kg.search import Entry, SearchIndex, fold, natural


def entry(curie: str, label: str, *alternatives: str, definition: str = "") -> Entry:
    return Entry(curie=curie, framework=curie.split(":")[0], kind="Thing", notation=curie.split(":")[1], label=label, alternatives=alternatives,
                 definition=definition, label_status="printed", existence_status="", order=0)  # fmt: skip


INDEX = SearchIndex([
    entry("a:I", "Identity", definition="A sense of who one is, beyond stigma."),
    entry("a:R", "Hope-inspiring relationships", "Relations that give hope"),
    entry("b:X", "Co-optation", "Corruption"),
    entry("b:Q", "Québec sites"),
    entry("b:W", "Personal growth or wellbeing"),
    entry("b:D2", "Knowledge & Beliefs about the Intervention"),
])  # fmt: skip


def first(text: str, index: SearchIndex = INDEX) -> str | None:
    hits = index.search(text)
    return hits[0].entry.curie if hits else None


@pytest.mark.parametrize(
    ("text", "curie"),
    [
        ("identity", "a:I"),
        ("IDENTITY", "a:I"),
        ("identities", "a:I"),
        ("idéntity", "a:I"),
        ("idenity", "a:I"),
        ("idnetity", "a:I"),
        ("identitty", "a:I"),
        ("ident", "a:I"),
        ("hope inspiring relationship", "a:R"),
        ("Hope-Inspiring Relationships", "a:R"),
        ("relations give hope", "a:R"),
        ("corruption", "b:X"),
        ("cooptation", "b:X"),
        ("co optation", "b:X"),
        ("quebec", "b:Q"),
        ("wellbeing", "b:W"),
        ("well-being", "b:W"),
        ("growth personal", "b:W"),
        ("knowledge and beliefs", "b:D2"),
        ("b:x", "b:X"),
        ("d2", "b:D2"),
        ("stigma", "a:I"),
    ],
)
def test_case_accents_plural_hyphens_and_one_typing_error_are_forgiven(text: str, curie: str) -> None:
    assert first(text) == curie


@pytest.mark.parametrize("text", ["", "  ", "???", "xyzzy", "idxxtity"])
def test_nothing_is_found_where_nothing_is_near(text: str) -> None:
    assert INDEX.search(text) == []


def test_what_matched_is_said_and_the_better_match_comes_first() -> None:
    assert INDEX.search("Corruption")[0].matched == "alternative label"
    assert INDEX.search("b:X")[0].matched == "code"
    assert INDEX.search("stigma")[0].matched == "definition"
    scores = [h.score for h in INDEX.search("identity")]
    assert scores == sorted(scores, reverse=True)


def test_a_limit_and_a_framework_narrow_the_search() -> None:
    assert [h.entry.curie for h in INDEX.search("identity", framework="b")] == []
    assert len(INDEX.search("e", limit=1)) <= 1


def test_an_index_survives_the_form_in_which_it_is_kept() -> None:
    raw = json.dumps([e.to_json() for e in INDEX.entries]).encode()
    assert SearchIndex.from_json(raw).entries == INDEX.entries


@pytest.mark.parametrize(
    ("word", "folded"),
    [("Policies", "policy"), ("Networks & Communications", "network and communication"), ("Process", "process"), ("bus", "bus"), ("basis", "basis"), ("Québec’s", "quebec s")],
)
def test_folding_keeps_words_apart_and_drops_endings(word: str, folded: str) -> None:
    assert fold(word) == folded


def test_codes_sort_as_people_count() -> None:
    codes = ["T10", "T2", "IV.A", "II.B", "I", "V", "D1.10", "D1.9", "I.A"]
    assert sorted(codes, key=natural) == ["I", "I.A", "II.B", "IV.A", "V", "D1.9", "D1.10", "T2", "T10"]


@given(st.text(max_size=80))
def test_any_text_can_be_searched(text: str) -> None:
    hits = INDEX.search(text)
    assert all(0.6 <= h.score <= 1 for h in hits)
    assert [h.entry.curie for h in hits] == [h.entry.curie for h in INDEX.search(text)]
    assert len(INDEX.nearest(text)) <= 5


# ---------------------------------------------------------------- the whole graph


@pytest.mark.parametrize(
    ("text", "curie"),
    [
        ("personal growth", "imri:B1"),
        ("well-being", "imri:B1"),
        ("conectedness", "chime:C"),
        ("connectednes", "chime:C"),
        ("corruption of the technique", "assimilation:X"),
        ("compatibilty gap", "assimilation:G"),
        ("role modeling", "logic:M3"),
        ("recovery college", "review:G5"),
        ("imri:o7", "imri:O7"),
        ("III.D4", "cfir2009:III.D4"),
        ("overcoming stigmas", "chime:I3"),
    ],
)
def test_people_find_what_they_mean(graph: KnowledgeGraph, text: str, curie: str) -> None:
    assert graph.search(text).rows()[0]["curie"] == curie


def test_every_construct_is_found_by_its_label_alternative_labels_code_and_curie(graph: KnowledgeGraph) -> None:
    entries = graph.index.entries
    assert len(entries) == 282
    for number, e in enumerate(entries):
        names = [e.label, *e.alternatives, e.curie] if number % 3 else [e.label.upper(), e.notation]
        for name in names:
            hits = {h.entry.curie: h.score for h in graph.index.search(name, limit=50)}
            assert hits.get(e.curie, 0) >= 0.98, (name, e.curie)


def test_every_label_is_found_with_one_letter_too_few(graph: KnowledgeGraph) -> None:
    """Words of six letters and more, since one error in a shorter word makes another word."""
    missed = []
    for e in graph.index.entries:
        words = e.label.split()
        longest = max(range(len(words)), key=lambda n: len(words[n]))
        if len(words[longest]) < 6:
            continue
        middle = len(words[longest]) // 2
        words[longest] = words[longest][:middle] + words[longest][middle + 1 :]
        if e.curie not in {h.entry.curie for h in graph.index.search(" ".join(words), limit=50)}:
            missed.append(" ".join(words))
    assert missed == []


def test_a_search_can_be_narrowed_to_a_framework_and_a_kind(graph: KnowledgeGraph) -> None:
    assert {r["framework"] for r in graph.search("culture", framework="cfir2022").rows()} == {"cfir-2022"}
    assert {r["kind"] for r in graph.search("engaging", kind="Determinant").rows()} == {"Determinant"}


def test_a_hit_says_the_status_of_its_label(graph: KnowledgeGraph) -> None:
    statuses = {r["curie"]: r["label_status"] for r in graph.search("meaning").rows()}
    assert statuses["chime:M1"] == "unconfirmed"


def test_facets_count_all_hits_and_each_leaves_its_own_filter_aside(graph: KnowledgeGraph) -> None:
    whole = graph.search("peer", limit=None).to_json()
    found = graph.search("peer", framework=["chime", "cfir-2022"], limit=1).to_json()
    assert whole["total"] == len(whole["items"]) == sum(whole["facets"]["framework"].values()) == sum(whole["facets"]["kind"].values())
    assert found["facets"]["framework"] == whole["facets"]["framework"]
    assert sum(found["facets"]["kind"].values()) == found["total"] == whole["facets"]["framework"]["chime"] + whole["facets"]["framework"]["cfir-2022"]
    assert len(found["items"]) == 1


def test_several_editions_and_kinds_are_searched_at_once(graph: KnowledgeGraph) -> None:
    hits = graph.search("peer", framework=["chime", "cfir-2022"], kind=["determinant", "RecoveryProcessCategory"], limit=None).rows()
    assert {h["framework"] for h in hits} == {"chime", "cfir-2022"}
    assert {h["kind"] for h in hits} == {"Determinant", "RecoveryProcessCategory"}
