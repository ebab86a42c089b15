"""What a construct maps to: by CURIE, label or code, with whose claim it is, its evidence, and what was left out."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from command_line import Cli

from imri_kg.errors import AmbiguousTermError, UnknownNameError, UnknownTermError
from imri_kg.graph import KnowledgeGraph
from imri_kg.model import MappingRecord, State
from imri_kg.vocabulary import NO_TERM_FOUND

#: Piat 2022, Discussion: three impacts are aligned with five CHIME processes.
STATED = {("imri:I1", "chime:C"), ("imri:T7", "chime:H"), ("imri:B1", "chime:I"), ("imri:B1", "chime:M"), ("imri:B1", "chime:E")}


@pytest.fixture(scope="module")
def records(graph: KnowledgeGraph) -> dict[str, MappingRecord]:
    return graph.reader.all_records


# ---------------------------------------------------------------- the five author-stated records


def test_the_five_author_stated_records_stand_alone(graph: KnowledgeGraph) -> None:
    answer = graph.crosswalk("imri", "chime", basis="author-stated")
    assert {(c.row, c.column) for c in answer.cells if c.state is State.MAPPED} == STATED
    assert {(r.subject.curie, r.object.curie) for r in answer.records} == STATED
    assert answer.counts == {"mapped": 5, "judged_not_mapped": 0, "contested": 0, "not_assessed": 25 * 26 - 5}
    assert answer.counts_by_basis == {"author-stated": 5, "curated": 0, "derived": 0}


def test_an_author_stated_record_keeps_the_verb_and_claims_no_number(graph: KnowledgeGraph) -> None:
    for r in graph.crosswalk("imri", "chime", basis="author-stated").records:
        assert r.stated_relation == "aligns with"
        assert r.predicate == "skos:relatedMatch"
        assert r.predicate_basis == "ours"
        assert r.confidence is None
        assert r.author == "imri-kg contributors"
        assert "aligns with" in (r.comment or "")
        assert "Predicate ours" in (r.comment or "")
        assert [e.source for e in r.evidence] == ["source:piat-2022"]


def test_a_basis_says_what_it_leaves_out(graph: KnowledgeGraph) -> None:
    whole = graph.mappings("imri:B1", to="chime")
    trusted = graph.mappings("imri:B1", to="chime", basis="author-stated")
    curated = [r for r in whole.items if r.basis == "curated"]
    assert curated
    assert dict(trusted.left_out.records) == {"curated": len(curated)}
    assert trusted.left_out.pairs == len({r.object.curie for r in curated})
    assert [r.object.curie for r in trusted.items] == ["chime:E", "chime:I", "chime:M"]
    assert dict(whole.left_out.records) == {}


def test_two_bases_can_be_trusted_together(graph: KnowledgeGraph) -> None:
    together = graph.mappings("imri:B1", basis=["curated", "author-stated"])
    assert {r.basis for r in together.items} == {"author-stated", "curated"}
    assert together.basis == ("author-stated", "curated")
    assert graph.mappings("imri:B1", basis="author-stated,curated").items == together.items


def test_what_rests_on_authors_alone_is_named_when_derived_records_are_left_out(graph: KnowledgeGraph) -> None:
    answer = graph.mappings("chime:I", to="imri", basis="author-stated")
    assert answer.items == ()
    assert any("rests on author-stated records alone" in note for note in answer.notes)


# ---------------------------------------------------------------- naming a construct


def test_a_construct_is_found_by_curie_iri_label_and_code(graph: KnowledgeGraph) -> None:
    by_curie = graph.mappings("imri:B1", to="chime")
    assert by_curie.items
    for name in ("https://w3id.org/imri-kg/id/imri/B1", "Experiencing personal growth or wellbeing", " experiencing PERSONAL growth or wellbeing ", "B1", "b1", "IMRI:b1"):
        assert graph.mappings(name, to="chime") == by_curie, name


def test_a_construct_is_found_by_an_alternative_label(graph: KnowledgeGraph) -> None:
    assert graph.mappings("Corruption of the technique").states[0].subject == "assimilation:X"


@pytest.mark.parametrize(
    ("code", "candidates"),
    [
        ("I1", ["chime:I1", "imri:I1"]),
        ("T1", ["imri:T1", "review:T1"]),
        ("M1", ["chime:M1", "logic:M1"]),
        ("O1", ["imri:O1", "logic:O1"]),
        ("I", ["cfir2009:I", "cfir2022:I", "chime:I", "imri:I"]),
        ("Culture", ["cfir2009:III.C", "cfir2022:III.D"]),
    ],
)
def test_an_ambiguous_name_lists_its_candidates_and_picks_none(graph: KnowledgeGraph, code: str, candidates: list[str]) -> None:
    with pytest.raises(AmbiguousTermError) as found:
        graph.mappings(code)
    assert [c.curie for c in found.value.candidates] == candidates
    assert all(c in str(found.value) for c in candidates)


@pytest.mark.parametrize(
    ("text", "understood", "nearest"),
    [
        ("chme:I", "prefix 'chme' belongs to no framework", "chime:I"),
        ("imri:B9", "'B9' of the framework with the prefix 'imri'", "imri:B1"),
        ("Identiy", "a label or code", "chime:I"),
        ("https://w3id.org/imri-kg/id/imri/B9", "an IRI that no construct has", "imri:"),
    ],
)
def test_an_unknown_name_says_how_it_was_read_and_what_is_near(graph: KnowledgeGraph, text: str, understood: str, nearest: str) -> None:
    with pytest.raises(UnknownTermError) as found:
        graph.mappings(text)
    assert text in str(found.value)
    assert understood in str(found.value)
    assert any(c.curie.startswith(nearest) for c in found.value.candidates), found.value.candidates


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("imri:X2", "the candidate impact 'Including service users"),
        ("review:F4-06a", "the finding 'Finding 4-06a"),
        ("ikg:facilitator", "the observation valence 'facilitator'"),
        ("https://w3id.org/imri-kg/id/imri/X2", "the candidate impact"),
    ],
)
def test_a_name_of_something_else_says_what_it_is_and_where_it_is_described(graph: KnowledgeGraph, text: str, understood: str) -> None:
    with pytest.raises(UnknownTermError) as found:
        graph.concept(text)
    assert found.value.understood.startswith(understood) and not found.value.candidates
    iri = text if text.startswith("http") else graph.prefixes.expand(text)
    assert f"describes at {iri}" in str(found.value) and "Nothing" not in str(found.value)


def test_nothing_near_is_said_too(graph: KnowledgeGraph) -> None:
    with pytest.raises(UnknownTermError, match="Nothing in the graph is near it"):
        graph.mappings("qqqqq")


@pytest.mark.parametrize(("value", "nearest"), [("chmie", "chime"), ("cfir", "cfir-2022"), ("recovery", "recovery-review")])
def test_an_unknown_framework_names_the_nearest(graph: KnowledgeGraph, value: str, nearest: str) -> None:
    with pytest.raises(UnknownNameError) as found:
        graph.mappings("imri:B1", to=value)
    assert nearest in found.value.nearest
    assert "assimilation, cfir-2009" in str(found.value)


def test_an_unknown_basis_is_refused(graph: KnowledgeGraph) -> None:
    with pytest.raises(UnknownNameError, match="Unknown basis 'curatd'. Did you mean 'curated'"):
        graph.mappings("imri:B1", basis="curatd")


def test_a_framework_is_known_by_its_key_and_by_the_prefix_of_its_codes(graph: KnowledgeGraph) -> None:
    assert graph.crosswalk("imri", "cfir2022").target == "cfir-2022"


# ---------------------------------------------------------------- states and records


def test_an_empty_list_still_says_what_it_means(graph: KnowledgeGraph) -> None:
    answer = graph.mappings("imri:T7", to="cfir-2009")
    assert answer.items == ()
    assert [(s.subject, s.target, s.state) for s in answer.states] == [("imri:T7", "cfir-2009", State.NOT_ASSESSED)]
    assert answer.to_json()["states"][0]["counts"] == {"mapped": 0, "judged_not_mapped": 0, "contested": 0, "not_assessed": 44}


def test_every_other_edition_is_asked_when_none_is_named(graph: KnowledgeGraph) -> None:
    keys = [s.target for s in graph.mappings("imri:B1").states]
    assert keys == [k for k in graph.framework_service.keys() if k != "imri"]


def test_a_single_pair_can_be_asked_about(graph: KnowledgeGraph) -> None:
    answer = graph.mappings("imri:B1", object="chime:I")
    assert [r.record_id for r in answer.items] == ["mapping:imri-chime-s03"]
    assert [(s.subject, s.target, s.state) for s in answer.states] == [("imri:B1", "chime:I", State.MAPPED)]


def test_a_search_that_found_nothing_comes_with_the_answers_it_bears_on(graph: KnowledgeGraph, records: dict[str, MappingRecord]) -> None:
    searched = [r for r in records.values() if r.object.curie == NO_TERM_FOUND]
    assert searched
    for r in searched:
        answer = graph.mappings(r.subject.curie, to=r.object.framework, exploratory=r.exploratory)
        assert r.record_id in [i.record_id for i in answer.items]
        assert answer.states[0].state in (State.JUDGED_NOT_MAPPED, State.CONTESTED, State.MAPPED)
        assert answer.states[0].not_assessed == 0
        assert next(i for i in answer.items if i.record_id == r.record_id).negated


def test_exploratory_records_are_off_unless_asked_for(graph: KnowledgeGraph) -> None:
    plain, wider = graph.mappings("imri:O4", to="cfir-2022"), graph.mappings("imri:O4", to="cfir-2022", exploratory=True)
    hidden = {r.record_id for r in wider.items} - {r.record_id for r in plain.items}
    assert hidden
    assert not any(r.exploratory for r in plain.items)
    assert all(r.exploratory for r in wider.items if r.record_id in hidden)
    assert any(f"{len(hidden)} exploratory record" in note for note in plain.notes)


def test_every_record_has_evidence_with_source_locator_and_statement(records: dict[str, MappingRecord]) -> None:
    assert len(records) > 700
    for r in records.values():
        assert r.evidence, r.record_id
        for e in r.evidence:
            assert e.citation
            assert e.locator
            assert e.statement
            assert len((e.text_anchor or "").split()) <= 8


def test_a_derived_record_carries_the_evidence_of_its_premises(records: dict[str, MappingRecord]) -> None:
    derived = [r for r in records.values() if r.derivation]
    assert len(derived) > 300
    for r in derived:
        assert r.derivation is not None
        premises = [records[p] for p in r.derivation.premises]
        assert {e.curie for e in r.evidence} == {e.curie for p in premises for e in p.evidence}
        assert all(p in r.derivation.text for p in r.derivation.premises)
        assert r.derivation.rule in r.derivation.text
        assert r.justification in ("semapv:MappingInversion", "semapv:MappingChaining")
        if all(p.confidence is not None for p in premises) and len(premises) == 1:
            assert r.confidence == premises[0].confidence


def test_the_threshold_parts_curated_from_exploratory_records(records: dict[str, MappingRecord]) -> None:
    curated = [r for r in records.values() if r.basis == "curated"]
    assert curated
    for r in curated:
        assert r.confidence is not None
        assert r.exploratory == (r.confidence < Decimal("0.50")), r.record_id


def test_every_record_is_found_by_its_id(graph: KnowledgeGraph) -> None:
    assert graph.record("mapping:imri-chime-s03") == graph.record("imri-chime-s03")
    with pytest.raises(UnknownNameError, match="imri-chime-s99"):
        graph.record("imri-chime-s99")


@pytest.mark.parametrize("id", ["", "mapping:", "a b", "imri:B1", "mapping:a>b", 'x"y', "x" * 5000])
def test_a_malformed_id_is_an_unknown_one(graph: KnowledgeGraph, id: str) -> None:
    with pytest.raises(UnknownNameError, match="Unknown mapping record"):
        graph.record(id)


def test_a_record_has_the_documented_fields(graph: KnowledgeGraph) -> None:
    item = graph.mappings("chime:I", to="imri").to_json()["items"][0]
    assert {"record_id", "subject", "object", "predicate", "negated", "basis", "justification", "stated_relation", "predicate_basis",
            "confidence", "confidence_basis", "author", "date", "evidence", "derivation"} <= set(item)  # fmt: skip
    assert {"curie", "iri", "label", "framework"} <= set(item["subject"])
    assert {"source", "citation", "locator", "text_anchor", "url", "statement"} <= set(item["evidence"][0])
    assert {"rule", "premises", "text"} <= set(item["derivation"])


def test_answers_become_data_frames(graph: KnowledgeGraph) -> None:
    frame = graph.mappings("imri:B1", to="chime").to_dataframe()
    assert {"chime:E", "chime:I", "chime:M"} <= set(frame["object"])
    assert len(graph.crosswalk("imri", "chime").to_dataframe()) == 650


# ---------------------------------------------------------------- a file of many


def test_a_file_of_many_terms_is_answered_line_by_line(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "terms.txt"
    file.write_text("# three impacts\nimri:B1\n\nChanging mindset\nimri:T7\n", encoding="utf-8-sig")
    found = cli("map", "--file", str(file), "--to", "chime", "--format", "json")
    assert found.status == 0
    answer = json.loads(found.out)
    assert [s["subject"] for s in answer["states"]] == ["imri:B1", "imri:T1", "imri:T7"]
    assert answer["errors"] == []


def test_what_a_file_holds_wrong_is_named_by_line_and_the_rest_is_answered(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "terms.txt"
    file.write_text("imri:B1\nT1\nchme:I\n", encoding="utf-8")
    found = cli("map", "--file", str(file), "--to", "chime", "--format", "json")
    assert found.status == 2
    answer = json.loads(found.out)
    assert [(e["line"], e["error"]) for e in answer["errors"]] == [(2, "AmbiguousTermError"), (3, "UnknownTermError")]
    assert [s["subject"] for s in answer["states"]] == ["imri:B1"]
    assert f"{file}, line 2 is ambiguous" in found.err
    assert f"{file}, line 3 is unknown" in found.err


def test_a_file_without_terms_is_said_to_be_empty(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "terms.txt"
    file.write_text("# nothing\n\n", encoding="utf-8")
    found = cli("map", "--file", str(file))
    assert found.status == 2
    assert "holds no terms" in found.err


@pytest.mark.parametrize("ends", [{"subject_framework": "imri"}, {"to": "chime"}, {"to": ["chime", "imri"]}, {}], ids=str)
def test_a_list_with_an_open_end_has_the_state_of_every_edition_there(graph: KnowledgeGraph, ends: dict[str, str]) -> None:
    answer = graph.mappings(**ends)
    keys = [f["key"] for f in graph.frameworks().rows()]
    sources = [ends["subject_framework"]] if "subject_framework" in ends else keys
    targets = [ends["to"]] if isinstance(ends.get("to"), str) else list(ends.get("to", keys))
    wanted = {(a, b) for a in sources for b in targets if a != b or len(targets) == 2}
    assert {(s.subject, s.target) for s in answer.states} == wanted
    for state in answer.states:
        if state.subject != state.target:
            walk = graph.crosswalk(state.subject, state.target)
            assert state.to_json()["counts"] == walk.counts


def test_pairs_whose_state_a_basis_changes_are_counted_where_an_end_is_open(graph: KnowledgeGraph) -> None:
    trusted = graph.mappings(subject_framework="imri", basis="author-stated")
    others = [f["key"] for f in graph.frameworks().rows() if f["key"] != "imri"]
    assert trusted.left_out.pairs == sum(graph.crosswalk("imri", key, basis="author-stated").left_out.pairs for key in others) > 0
    assert graph.coverage("imri", "chime", basis="author-stated").left_out.pairs == graph.crosswalk("imri", "chime", basis="author-stated").left_out.pairs


# ---------------------------------------------------------------- rows


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        ({"subject": "imri:T1", "to": ["chime", "diffusion"]}, [("", "imri:T1", "", "chime", "not_assessed"), ("", "imri:T1", "", "diffusion", "not_assessed")]),
        ({"subject": "imri:B1", "object": "chime:I", "basis": "author-stated"}, [("mapping:imri-chime-s03", "imri:B1", "chime:I", "chime:I", "mapped")]),
        ({"subject": "imri:T1", "object": "chime:I"}, [("", "imri:T1", "", "chime:I", "not_assessed")]),
        # "Nothing fits" answers for the one construct that was asked about.
        ({"subject": "diffusion:D1.5", "object": "cfir2009:I.A"}, [("mapping:diffusion-cfir2009-n01", "diffusion:D1.5", NO_TERM_FOUND, "cfir2009:I.A", "judged_not_mapped")]),
        ({"subject": "cfir2009:I.A", "object": "diffusion:D1.5"}, [("mapping:diffusion-cfir2009-n01", "diffusion:D1.5", NO_TERM_FOUND, "diffusion:D1.5", "judged_not_mapped")]),
        ({"subject_framework": "logic-model", "to": "assimilation", "basis": "author-stated"}, [("", "logic-model", "", "assimilation", "not_assessed")]),
    ],
    ids=str,
)
def test_rows_say_the_state_of_what_was_asked_also_without_a_record(graph: KnowledgeGraph, asked: dict[str, object], rows: list[tuple[str, ...]]) -> None:
    found = graph.mappings(**asked)
    assert [tuple(r[c] for c in ("record_id", "subject", "object", "target", "state")) for r in found.rows()] == rows
    assert all(tuple(row) == found.header() for row in found.rows()) and found.header()[-4:] == ("codes", "target", "state", "note")


def test_a_judgement_that_nothing_fits_is_shown_from_both_sides(graph: KnowledgeGraph) -> None:
    """rules.md: where nothing in an edition fits a construct, the judgement holds for its pairs both ways; ontology/mappings has a firm record and an exploratory one for each edition of CFIR."""
    firm, weak = "mapping:diffusion-cfir2009-n01", "mapping:diffusion-cfir2009-n02"
    construct = graph.mappings("cfir2009:I.A", to="diffusion")
    assert [r.record_id for r in construct.items if r.none_found] == [firm] and construct.states[0].judged_not_mapped == 1
    wider = graph.mappings("cfir2009:I.A", to="diffusion", exploratory=True)
    assert [r.record_id for r in wider.items if r.none_found] == [firm, weak] and wider.states[0].judged_not_mapped == 2
    assert any("nothing in cfir-2009 fits diffusion:D1.5" in note for note in construct.notes)
    assert construct.unrecorded() == () and construct.items[0].evidence
    editions = graph.mappings(subject_framework="cfir-2009", to="diffusion")
    assert [r.record_id for r in editions.items if r.none_found] == [firm]
    towards = graph.mappings(object="diffusion:D1.5")
    assert {r.record_id for r in towards.items if r.none_found} == {"mapping:diffusion-cfir2009-n01", "mapping:diffusion-cfir2022-n01"}
    hidden = graph.mappings("cfir2009:I.A", object="diffusion:D1.5", basis="author-stated")
    assert not hidden.items and (dict(hidden.left_out.records), hidden.left_out.pairs) == ({"curated": 1}, 1)


def test_what_nothing_fits_counts_the_same_wherever_it_is_counted(graph: KnowledgeGraph) -> None:
    overview = {(p["from"], p["to"]): p["records_by_basis"] for p in graph.coverage().pairs}
    for edition in ("cfir-2009", "cfir-2022"):
        crosswalk = graph.crosswalk(edition, "diffusion")
        assert dict(crosswalk.counts_by_basis) == overview[edition, "diffusion"] and crosswalk.counts_by_basis["curated"] == 1
        stated = graph.crosswalk(edition, "diffusion", basis="author-stated")
        assert dict(stated.left_out.records) == {"curated": 1, "derived": crosswalk.counts_by_basis["derived"]}


def test_a_construct_is_no_pair_with_itself(graph: KnowledgeGraph) -> None:
    crosswalk, coverage = graph.crosswalk("imri", "imri"), graph.coverage("imri", "imri")
    (listed,) = graph.mappings(subject_framework="imri", to="imri").states
    assert len(crosswalk.cells) == sum(crosswalk.counts.values()) == sum(coverage.forward["pairs"].values()) == 25 * 24
    assert listed.not_assessed + listed.mapped + listed.judged_not_mapped + listed.contested == 25 * 24
    assert not any(c.row == c.column for c in crosswalk.cells)


def test_a_state_whose_records_a_filter_hides_says_so_in_its_row(graph: KnowledgeGraph) -> None:
    (row,) = graph.mappings("imri:B1", to="chime", min_confidence=0.9).rows()
    assert (row["record_id"], row["state"], row["note"]) == ("", "mapped", "its records are left out by the filters")
    (empty,) = graph.mappings("imri:T1", to="chime").rows()
    assert (empty["state"], empty["note"]) == ("not_assessed", "")


def test_joined_answers_keep_the_states_without_a_record(graph: KnowledgeGraph) -> None:
    found = graph.mappings("imri:T1", to="chime").joined([graph.mappings("imri:B1", to="chime", basis="author-stated"), graph.mappings("imri:T1", to="diffusion")])
    assert [(r["record_id"], r["subject"], r["target"], r["state"]) for r in found.rows()[2:]] == [
        ("mapping:imri-chime-s04", "imri:B1", "chime", "mapped"), ("", "imri:T1", "chime", "not_assessed"), ("", "imri:T1", "diffusion", "not_assessed"),
    ]  # fmt: skip


def test_a_crosswalk_row_has_sources_places_and_stated_relations(graph: KnowledgeGraph) -> None:
    rows = {(r["row"], r["column"]): r for r in graph.crosswalk("imri", "chime").rows()}
    stated, curated, none = rows["imri:I1", "chime:C"], rows["imri:B1", "chime:H4"], rows["imri:T1", "chime:C"]
    assert list(stated)[-5:] == ["evidence_ids", "codes", "evidence", "stated_relations", "trusted_bases"]
    assert stated["trusted_bases"] == "author-stated curated derived"
    assert stated["stated_relations"] == "aligns with" and curated["stated_relations"] == ""
    assert stated["evidence"].endswith("2022;16:49., Discussion, paragraph on corroboration and CHIME")
    places = curated["evidence"].split(" | ")
    assert curated["evidence_ids"] == "evidence:leamy-2011-H4 evidence:piat-2022-B1-outlook"
    assert [p.split(" ")[0] for p in places] == ["Leamy", "Piat"] and places[0].endswith("445-452., Table of recovery processes, second level, as shown on secondary pages")
    assert (none["evidence"], none["stated_relations"], none["evidence_ids"]) == ("", "", "")
