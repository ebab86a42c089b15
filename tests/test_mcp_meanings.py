"""What the door for language models says of a state against an edition or under a limit, and of a record that follows by rule."""

from __future__ import annotations

from typing import Any

import pytest
from imri_kg_api.mcp_door.meanings import Hidden, of_edition
from imri_kg_api.mcp_door.server import make_server
from mcp_sessions import Called, Session, talk

from imri_kg.graph import KnowledgeGraph

CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "map, edition": ("map_construct", {"term": "imri:B1", "to_framework": "cfir-2009"}),
    "map, nothing": ("map_construct", {"term": "imri:B1", "to_framework": "logic-model"}),
    "map, mapped": ("map_construct", {"term": "imri:B1", "to_framework": "chime", "basis": ["curated"]}),
    "map, exploratory edition": ("map_construct", {"term": "imri:B1", "to_framework": "cfir-2022"}),
    "map, exploratory counted": ("map_construct", {"term": "imri:B1", "to_framework": "cfir-2022", "exploratory": True}),
    "map, basis": ("map_construct", {"term": "imri:B1", "to_term": "chime:I", "basis": ["curated"]}),
    "map, basis and nothing left out": ("map_construct", {"term": "imri:B1", "to_term": "chime:H", "basis": ["curated"]}),
    "map, edition, basis": ("map_construct", {"term": "imri:B1", "to_framework": "cfir-2009", "basis": ["author-stated"]}),
    "map, exploratory pair": ("map_construct", {"term": "imri:B1", "to_term": "cfir2022:IV.C.A"}),
    "explain, basis": ("explain_pair", {"subject": "imri:B1", "object": "chime:I", "basis": ["curated"]}),
    "explain, exploratory": ("explain_pair", {"subject": "imri:B1", "object": "cfir2022:IV.C.A"}),
    "explain, exploratory counted": ("explain_pair", {"subject": "imri:B1", "object": "cfir2022:IV.C.A", "exploratory": True}),
    "explain, silent": ("explain_pair", {"subject": "imri:B1", "object": "chime:H"}),
    "cell, basis": ("crosswalk_cell", {"row": "imri:B1", "column": "chime:I", "basis": ["curated"]}),
    "cell, exploratory": ("crosswalk_cell", {"row": "imri:B1", "column": "cfir2022:IV.C.A"}),
    "cell, silent": ("crosswalk_cell", {"row": "imri:B1", "column": "chime:H", "basis": ["curated"]}),
    "coverage": ("coverage", {"source": "imri", "target": "cfir-2009", "limit": 2}),
    "coverage, basis": ("coverage", {"source": "imri", "target": "cfir-2009", "basis": ["author-stated"], "limit": 2}),
    "summary, basis": ("crosswalk_summary", {"source": "imri", "target": "chime", "state": "not_assessed", "basis": ["curated"], "limit": 1}),
    "summary": ("crosswalk_summary", {"source": "imri", "target": "chime", "state": "not_assessed", "limit": 1}),
    "overview": ("coverage_overview", {"framework": "logic-model", "limit": 1}),
    "overview, basis": ("coverage_overview", {"framework": "chime", "basis": ["derived"], "limit": 1}),
    "describe": ("describe_construct", {"term": "imri:B1", "basis": ["author-stated"]}),
    "derived": ("evidence", {"id": "mapping:d-006828faa1c1"}),
    "stated": ("evidence", {"id": "mapping:imri-chime-s05"}),
    "map, derived": ("map_construct", {"term": "chime:E", "to_term": "imri:B1"}),
}
NOBODY = "Nobody judged the pair. That says nothing about whether the two correspond."
OTHER_BASES = "No record on the bases asked for judges the pair; records on other bases were left out, see notes."
EXPLORATORY = "No record that counts judges the pair; exploratory records (confidence below 0.50) do not count here."


@pytest.fixture(scope="module")
def session(graph: KnowledgeGraph) -> Session:
    return talk(make_server(lambda: graph, lambda *_: pytest.fail("nothing is validated")), CALLS)


def called(session: Session, key: str) -> Called:
    assert not session.called[key].error, session.called[key].text
    return session.called[key]


@pytest.mark.parametrize(
    ("key", "state", "meaning"),
    [
        ("map, edition", "not_assessed",
         "1 of 44 pairs was judged not to correspond; nobody judged the other 43. That says nothing about whether those correspond."),
        ("map, nothing", "not_assessed", "Nobody judged any of the 13 pairs. That says nothing about whether they correspond."),
        ("map, mapped", "mapped",
         "3 of 26 pairs are mapped; no record on the bases asked for judges the other 23; records on other bases were left out (on 3 of them), see notes."),
        ("map, edition, basis", "not_assessed",
         "No record on the bases asked for judges any of the 44 pairs; records on other bases were left out (on 1 of them), see notes."),
        ("map, exploratory edition", "not_assessed",
         "No record that counts judges any of the 74 pairs; exploratory records (confidence below 0.50), on 1 of them, do not count here."),
        ("map, exploratory counted", "mapped",
         "1 of 74 pairs is mapped; nobody judged the other 73. That says nothing about whether those correspond."),
        ("map, basis", "not_assessed", OTHER_BASES),
        ("map, basis and nothing left out", "not_assessed", NOBODY),
        ("map, exploratory pair", "not_assessed", EXPLORATORY),
    ],
)  # fmt: skip
def test_a_mapping_says_what_its_state_means_where_it_was_asked(session: Session, key: str, state: str, meaning: str) -> None:
    found = called(session, key)
    (given,) = found.data["states"]
    assert (given["state"], given["meaning"]) == (state, meaning)
    assert meaning in found.text
    if meaning != NOBODY:
        assert "Nobody judged the pair." not in found.text


@pytest.mark.parametrize(
    ("counts", "meaning"),
    [
        ((0, 3, 0, 0), "3 of 3 pairs were judged not to correspond."),
        ((1, 2, 1, 0), "1 of 4 pairs is mapped, 2 were judged not to correspond, 1 is contested."),
        ((0, 0, 2, 1), "2 of 3 pairs are contested; nobody judged the other 1. That says nothing about whether those correspond."),
    ],
)  # fmt: skip
def test_all_states_of_the_pairs_behind_an_edition_are_said(counts: tuple[int, int, int, int], meaning: str) -> None:
    named = dict(zip(("mapped", "judged_not_mapped", "contested", "not_assessed"), counts, strict=True))
    assert of_edition(named, Hidden()) == meaning


def test_a_negative_record_and_the_sentence_on_its_edition_agree(session: Session) -> None:
    found = called(session, "map, edition")
    assert [(m["record_id"], m["negated"]) for m in found.data["mappings"]] == [("mapping:imri-cfir2009-n01", True)]
    assert found.data["states"][0]["counts"] == {"mapped": 0, "judged_not_mapped": 1, "contested": 0, "not_assessed": 43}


@pytest.mark.parametrize(
    ("key", "meaning"),
    [
        ("explain, basis", OTHER_BASES), ("explain, exploratory", EXPLORATORY), ("explain, silent", NOBODY),
        ("cell, basis", OTHER_BASES), ("cell, exploratory", EXPLORATORY), ("cell, silent", NOBODY),
    ],
)  # fmt: skip
def test_a_pair_says_nobody_only_where_no_record_was_left_out(session: Session, key: str, meaning: str) -> None:
    found = called(session, key)
    assert (found.data["state"], found.data["meaning"]) == ("not_assessed", meaning)
    assert meaning in found.text
    assert ("Nobody judged the pair." in found.text) is (meaning == NOBODY)


@pytest.mark.parametrize("key", ["map, basis", "explain, basis", "cell, basis"])
def test_the_notes_say_what_the_sentence_points_to(session: Session, key: str) -> None:
    assert "The limit on the basis left out 1 author-stated record; 1 pair has another state than with all of them." in called(session, key).data["notes"]


def test_gaps_say_what_their_state_means(session: Session) -> None:
    found = called(session, "coverage")
    assert [(g["curie"], g["state"], g["meaning"]) for g in found.data["forward"]["gaps"]] == [
        ("imri:B", "not_assessed", "Nobody judged any of the 44 pairs. That says nothing about whether they correspond."),
        ("imri:B1", "not_assessed", "1 of 44 pairs was judged not to correspond; nobody judged the other 43. That says nothing about whether those correspond."),
    ]
    assert "imri:B1 (Experiencing personal growth or wellbeing): not_assessed. 1 of 44 pairs was judged not to correspond" in found.text
    limited = {g["curie"]: g["meaning"] for g in called(session, "coverage, basis").data["forward"]["gaps"]}
    assert limited["imri:B1"] == "No record on the bases asked for judges any of the 44 pairs; records on other bases were left out (on 1 of them), see notes."


def test_a_list_of_pairs_that_are_not_assessed_says_why(session: Session) -> None:
    assert called(session, "summary").data["meaning"] == "Nobody judged these pairs. That says nothing about whether they correspond."
    limited = called(session, "summary, basis")
    assert limited.data["meaning"].startswith("No record on the bases asked for judges these pairs; records on other bases were left out (on ")
    assert "Nobody judged" not in limited.text


def test_editions_without_records_that_count_are_not_said_to_be_unjudged(session: Session) -> None:
    found = called(session, "overview")
    assert "logic-model to imri" in found.data["not_assessed_at_all"]
    assert "Nothing was judged" not in found.text and "No record that counts here judges any pair of: " in found.text
    assert any(note.startswith("Records that do not count here judge pairs of: ") and "logic-model to imri" in note for note in found.data["notes"])
    limited = called(session, "overview, basis")
    hidden = [note for note in limited.data["notes"] if note.startswith("Records that do not count here judge pairs of: ")]
    assert "Nothing was judged" not in limited.text
    assert "imri to chime" in limited.data["not_assessed_at_all"] and "recovery-review to chime" in limited.data["not_assessed_at_all"]
    assert len(hidden) == 1 and "imri to chime" in hidden[0] and "recovery-review to chime" not in hidden[0]


def test_a_description_says_nothing_of_states(session: Session) -> None:
    assert "Nobody judged" not in called(session, "describe").text


# ---------------------------------------------------------------- derived records


RULE = "By rule S44-related the record mapping:imri-chime-s05 is read from its object to its subject; its confidence is kept."
NOT_THEIRS = "It follows by this rule from its premises and is not stated by their authors; the passages are those of the premises."


def test_the_passages_of_a_derived_record_come_with_rule_and_premises(session: Session) -> None:
    found = called(session, "derived")
    assert found.data["statement"]["basis"] == "derived"
    assert found.data["derivation"] == {"rule": "S44-related", "premises": ["mapping:imri-chime-s05"], "confidence": None, "text": f"{RULE} {NOT_THEIRS}"}
    assert [p["id"] for p in found.data["passages"]] == ["evidence:piat-2022-CH-3"]
    lines = found.text.splitlines()
    assert lines[2] == f"Derivation (rule S44-related; premises: mapping:imri-chime-s05): {RULE} {NOT_THEIRS}"
    assert lines[3].startswith("Passages of the premises")


def test_a_stated_record_has_no_derivation(session: Session) -> None:
    found = called(session, "stated")
    assert found.data["derivation"] is None and "Derivation" not in found.text and "\nPassages (statements are in our words):" in found.text


def test_a_derived_mapping_says_that_authors_do_not_state_it(session: Session) -> None:
    (record,) = [m for m in called(session, "map, derived").data["mappings"] if m["basis"] == "derived"]
    assert record["whose"] == f"derived: {RULE} {NOT_THEIRS}"


def test_a_pair_is_explained_with_exploratory_records_where_they_are_asked_for(session: Session) -> None:
    firm, every = (called(session, key).data for key in ("explain, exploratory", "explain, exploratory counted"))
    assert (firm["state"], every["state"]) == ("not_assessed", "mapped")
    assert [r["record_id"] for r in firm["exploratory"]] == [r["record_id"] for r in every["records"]] != [] and not every["exploratory"]
