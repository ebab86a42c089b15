"""Why a pair has its state: records, derivations by rule, blocked ones, and the routes that no rule licenses."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import imri_kg
from imri_kg import resources
from imri_kg.crosswalks import Explanation
from imri_kg.errors import AmbiguousTermError, UnknownTermError
from imri_kg.graph import KnowledgeGraph
from imri_kg.model import State

REASONS = {r["reason"] for r in csv.DictReader(resources.path("ontology", "mappings", "refusals.csv").open(encoding="utf-8", newline=""))}
IDENTITY, MODELLING, GROWTH, ROLES, KNOWLEDGE = (
    ("chime:I", "Identity"), ("logic:M3", "Role modelling recovery"), ("imri:B1", "Experiencing personal growth or wellbeing"),
    ("imri:T7", "Motivating one to aspire to new roles"), ("imri:T2", "Increasing knowledge of recovery"),
)  # fmt: skip


def set_of(number: str, subject: tuple[str, str], predicate: str, object_: tuple[str, str], confidence: str, modifier: str = "") -> tuple[str, str]:
    """Return the name and text of a mapping set with one curated record."""
    keys = {"chime": "chime", "imri": "imri", "logic": "logic-model"}
    there, back = subject[0].split(":")[0], object_[0].split(":")[0]
    declared = ("chime", "framework", "imri", "logic", "mapping", "semapv", "skos")
    prefixes = imri_kg.prefixes.read_prefixes(resources.path("ontology", "prefixes.ttl")).namespaces
    head = [
        f"mapping_set_id: https://w3id.org/imri-kg/id/mappingset/{there}--{back}.curated",
        "license: https://creativecommons.org/licenses/by/4.0/",
        f"subject_source: framework:{keys[there]}",
        f"object_source: framework:{keys[back]}",
        "curie_map:",
        *(f"  {p}: {prefixes[p]}" for p in declared),
    ]
    columns = {
        "record_id": f"mapping:{number}", "subject_id": subject[0], "subject_label": subject[1], "predicate_id": predicate,
        "predicate_modifier": modifier, "object_id": object_[0], "object_label": object_[1],
        "mapping_justification": "semapv:ManualMappingCuration", "confidence": confidence,
        "see_also": f"https://w3id.org/imri-kg/id/evidence/{'leamy-2011-I' if 'chime' in (there, back) else 'winsper-2020-M3'}",
    }  # fmt: skip
    text = "".join(f"#{line}\n" for line in head) + "\t".join(columns) + "\n" + "\t".join(columns.values()) + "\n"
    return f"{there}--{back}.curated.sssom.tsv", text


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeGraph:
    """Our frameworks with four mapping records: an exact one, two close ones, and a negative that blocks a chain."""
    root = tmp_path_factory.mktemp("small")
    for folder in resources.FOLDERS:
        shutil.copytree(resources.path(folder), root / folder)
    for file in (root / "ontology" / "mappings").glob("*.tsv"):
        file.unlink()
    # Claims about records that are gone would dangle; only a dispute names records.
    (root / "ontology" / "relations" / "dispute.ttl").write_text(
        """@prefix claim: <https://w3id.org/imri-kg/id/claim/> .
@prefix evidence: <https://w3id.org/imri-kg/id/evidence/> .
@prefix ikg: <https://w3id.org/imri-kg/ontology/> .
@prefix imri: <https://w3id.org/imri-kg/id/imri/> .
@prefix mapping: <https://w3id.org/imri-kg/id/mapping/> .
claim:dispute-test a ikg:Dispute ; ikg:about imri:T2 ; ikg:rejects mapping:t5 ; ikg:basis ikg:curated ;
  ikg:statement "Rejects it."@en ; ikg:evidence evidence:leamy-2011-I .
""",
        encoding="utf-8",
    )
    sets = [
        set_of("t1", MODELLING, "skos:exactMatch", IDENTITY, "0.90"),
        set_of("t2", IDENTITY, "skos:closeMatch", GROWTH, "0.80"),
        set_of("t4", MODELLING, "skos:relatedMatch", GROWTH, "0.85", "Not"),
    ]
    more = [set_of("t3", IDENTITY, "skos:closeMatch", ROLES, "0.60")[1], set_of("t5", IDENTITY, "skos:relatedMatch", KNOWLEDGE, "0.60")[1]]
    for name, text in sets:
        extra = "".join(t.splitlines(keepends=True)[-1] for t in more) if name.startswith("chime--imri") else ""
        (root / "ontology" / "mappings" / name).write_text(text + extra, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMRI_KG_DATA", str(root))
        return imri_kg.open()


# ---------------------------------------------------------------- the whole graph


def test_role_modelling_and_identity_are_joined_by_a_causal_route_alone(graph: KnowledgeGraph) -> None:
    found = graph.explain("logic:M3", "chime:I")
    assert found.state is State.NOT_ASSESSED
    assert found.records == found.derivations == ()
    assert [(c["subject"], c["predicate"], c["object"]) for c in found.causal] == [("logic:M3", "contributesTo", "chime:I")]
    (refusal,) = found.not_licensed
    (step,) = refusal.chain
    assert (step.subject, step.relation, step.object, step.kind, step.inverse) == ("logic:M3", "contributesTo", "chime:I", "causal", False)
    assert step.evidence
    assert "never a match" in refusal.reason
    assert "which is no match" in found.text
    assert "no rule licenses it" in found.text


def test_the_route_is_the_same_when_asked_from_the_other_end(graph: KnowledgeGraph) -> None:
    there, back = graph.explain("logic:M3", "chime:I"), graph.explain("chime:I", "logic:M3")
    assert back.state is there.state
    assert [s.id for r in back.not_licensed for s in r.chain] == [s.id for r in there.not_licensed for s in r.chain]
    assert all(s.inverse for r in back.not_licensed for s in r.chain)
    assert [c["id"] for c in back.claims] == [c["id"] for c in there.claims]
    assert there.claims


def test_an_author_stated_pair_shows_the_record_and_says_whose_it_is(graph: KnowledgeGraph) -> None:
    found = graph.explain("imri:B1", "chime:I")
    assert found.state is State.MAPPED
    assert [r.record_id for r in found.records] == ["mapping:imri-chime-s03"]
    assert "1 author-stated record" in found.text
    assert all(r.reason for r in found.not_licensed)


def test_the_inverse_is_explained_by_its_rule_and_premise(graph: KnowledgeGraph) -> None:
    found = graph.explain("chime:I", "imri:B1")
    assert found.records == ()
    (derived,) = found.derivations
    assert derived.derivation is not None
    assert (derived.derivation.rule, derived.derivation.premises) == ("S44-related", ("mapping:imri-chime-s03",))
    entry = found.to_json()["derivations"][0]
    assert {"rule", "premises", "confidence", "text"} <= set(entry)
    assert entry["evidence"]


def test_an_exploratory_record_is_shown_flagged_and_not_counted(graph: KnowledgeGraph) -> None:
    record = next(r for r in graph.reader.all_records.values() if r.exploratory and r.derivation is None)
    found = graph.explain(record.subject.curie, record.object.curie)
    assert record.record_id in [r.record_id for r in found.exploratory]
    assert record.record_id not in [r.record_id for r in found.records]
    assert "do not count" in found.text or "does not count" in found.text


def test_a_basis_that_hides_a_record_says_so(graph: KnowledgeGraph) -> None:
    whole = graph.explain("imri:B1", "chime:I2")
    assert whole.state is State.MAPPED
    found = graph.explain("imri:B1", "chime:I2", basis="author-stated")
    assert found.state is State.NOT_ASSESSED
    assert "On the basis author-stated" in found.text and "Other records judge the pair (1 curated)." in found.text
    assert "Trusting only author-stated leaves out 1 curated record on this pair." in found.notes
    assert not any("nobody has judged" in r.reason for r in found.not_licensed)


def test_a_pair_without_any_route_says_that_there_is_none(graph: KnowledgeGraph) -> None:
    pairs = ((a, b) for a in graph.mapping_service.members["diffusion"] for b in graph.mapping_service.members["imri"])
    found = next(e for e in (graph.explain(*pair) for pair in pairs) if not e.not_licensed[0].chain)
    assert [(r.chain, "No chain of up to 3 recorded steps" in r.reason) for r in found.not_licensed] == [((), True)]
    assert "nobody has judged the pair" in found.not_licensed[0].reason


def test_one_construct_and_itself_say_so(graph: KnowledgeGraph) -> None:
    found = graph.explain("imri:T2", "imri:T2")
    assert [r.reason for r in found.not_licensed] == ["The two ends are one and the same construct."]
    assert "one and the same construct on both ends" in found.text


@pytest.mark.parametrize("pair", [("I1", "chime:I"), ("imri:B1", "I1")])
def test_an_ambiguous_end_is_refused(graph: KnowledgeGraph, pair: tuple[str, str]) -> None:
    with pytest.raises(AmbiguousTermError):
        graph.explain(*pair)


def test_an_unknown_end_is_refused(graph: KnowledgeGraph) -> None:
    with pytest.raises(UnknownTermError, match="chime:Z9"):
        graph.explain("imri:B1", "chime:Z9")


def _explanations(graph: KnowledgeGraph) -> Iterator[Explanation]:
    members = graph.mapping_service.members
    for subject in members["imri"][::3] + members["logic-model"]:
        for object_ in ("chime:I", "chime:C", "cfir2022:III.D", "assimilation:X", "review:T4", "diffusion:D2"):
            yield graph.explain(subject, object_)


def test_every_explanation_has_records_or_a_reason_and_counts_no_route(graph: KnowledgeGraph) -> None:
    routes = 0
    for found in _explanations(graph):
        assert found.not_licensed
        assert found.records or found.derivations or found.state is State.NOT_ASSESSED
        for refusal in found.not_licensed:
            assert refusal.reason
            assert len(refusal.chain) <= 3
            if refusal.chain:
                routes += 1
                assert (refusal.chain[0].subject, refusal.chain[-1].object) == (found.subject.curie, found.object.curie)
                assert all(x.object == y.subject for x, y in zip(refusal.chain, refusal.chain[1:], strict=False))
                assert any(refusal.reason.startswith(reason) for reason in REASONS), refusal.reason
                assert all(s.evidence for s in refusal.chain if s.kind != "hierarchy")
        if found.state is State.NOT_ASSESSED:
            assert "have not been assessed" in found.text
    assert routes > 50


def test_routes_are_listed_beside_a_crosswalk_and_never_counted(graph: KnowledgeGraph) -> None:
    plain, routed = graph.crosswalk("logic-model", "chime"), graph.crosswalk("logic-model", "chime", routes=True)
    assert plain.routes == ()
    assert routed.routes
    assert routed.counts == plain.counts
    assert routed.cells == plain.cells
    state = {(c.row, c.column): c.state for c in routed.cells}
    for route in routed.routes:
        assert state[route.subject, route.object] is State.NOT_ASSESSED
        assert 1 <= len(route.refusal.chain) <= 2
        assert route.refusal.reason
    assert len({(r.subject, r.object) for r in routed.routes}) == len(routed.routes)


def test_routes_are_listed_beside_coverage_both_ways(graph: KnowledgeGraph) -> None:
    found = graph.coverage("logic-model", "chime", routes=True)
    plain = graph.coverage("logic-model", "chime")
    assert found.forward["routes"]  # type: ignore[union-attr]
    assert len(found.forward["routes"]) == len(found.backward["routes"])  # type: ignore[union-attr]
    assert found.forward["pairs"] == plain.forward["pairs"]  # type: ignore[union-attr]


# ---------------------------------------------------------------- chains, blocks and disputes, in a small world


def test_a_chain_over_an_exact_step_is_explained_rule_by_rule(small: KnowledgeGraph) -> None:
    found = small.explain("logic:M3", "imri:T7")
    assert found.state is State.MAPPED
    (derived,) = found.derivations
    assert derived.derivation is not None
    assert (derived.predicate, derived.derivation.rule) == ("skos:closeMatch", "RCE1-close")
    assert derived.derivation.premises == ("mapping:t1", "mapping:t3")
    assert str(derived.confidence) == "0.54"
    assert "the product of theirs, 0.54" in derived.derivation.text
    # It rests on the evidence of both premises.
    premises = [small.record(p) for p in derived.derivation.premises]
    assert {e.curie for e in derived.evidence} == {e.curie for p in premises for e in p.evidence}


def test_a_blocked_chain_names_the_rule_and_the_negative_that_blocks_it(small: KnowledgeGraph) -> None:
    found = small.explain("logic:M3", "imri:B1")
    assert found.state is State.JUDGED_NOT_MAPPED
    assert found.derivations == ()
    blocked = [r for r in found.not_licensed if "blocks it" in r.reason]
    assert [r.reason for r in blocked] == ["Rule RCE1-close would give skos:closeMatch, but the asserted negative record mapping:t4 blocks it."]
    assert [s.id for s in blocked[0].chain] == ["mapping:t1", "mapping:t2"]
    assert small.release_info["counts"]["blocked"] == 2


def test_two_close_steps_are_a_route_and_no_mapping(small: KnowledgeGraph) -> None:
    """The other two impacts are both close to identity; nothing follows between them within a framework or across."""
    reasons = {r.reason for r in small.explain("imri:B1", "imri:T7").not_licensed}
    assert any(reason.startswith("closeMatch is not transitive") for reason in reasons)


def test_a_dispute_contests_its_pair_both_ways(small: KnowledgeGraph) -> None:
    for pair in (("chime:I", "imri:T2"), ("imri:T2", "chime:I")):
        found = small.explain(*pair)
        assert found.state is State.CONTESTED
        assert "contested" in found.text
    assert small.crosswalk("chime", "imri").counts["contested"] == 1


def test_a_table_without_an_inversion_gives_no_step_back_along_it(data_copy: Path) -> None:
    file = data_copy / "ontology" / "mappings" / "inversions.csv"
    file.write_text("".join(line for line in file.read_text(encoding="utf-8").splitlines(True) if "relatedMatch" not in line), encoding="utf-8")
    kg = imri_kg.open()
    assert kg.explain("imri:B1", "chime:E").state is State.MAPPED
    back = kg.explain("chime:E", "imri:B1")
    assert back.state is State.NOT_ASSESSED
    assert not any(step.relation == "skos:relatedMatch" for n in back.not_licensed for step in n.chain)


def test_a_basis_limits_relations_claims_and_routes_and_says_so(graph: KnowledgeGraph) -> None:
    whole, found = (graph.explain("logic:M3", "chime:I", basis=basis) for basis in ((), "author-stated"))
    left = [item for item in (*whole.causal, *whole.claims) if item["basis"] != "author-stated"]
    assert left and not (found.causal or found.claims)
    assert f"Trusting only author-stated leaves out {len(left)} curated statements about this pair." in found.notes
    assert [(r.chain, r.reason.split(";")[0]) for r in found.not_licensed] == [
        ((), "No chain of up to 3 steps on the basis author-stated leads from logic:M3 to chime:I")
    ]
    for route in graph.crosswalk("imri", "chime", basis="author-stated", routes=True).routes:
        assert {step.basis for step in route.refusal.chain} <= {"author-stated", None}


def test_a_derived_record_that_a_basis_hides_is_said_to_rest_on_what_authors_state(graph: KnowledgeGraph) -> None:
    found = graph.explain("chime:I", "imri:B1", basis="author-stated")
    assert found.state is State.NOT_ASSESSED and "Other records judge the pair (1 derived)." in found.text
    assert "1 derived record left out rests on author-stated records alone." in found.notes


def test_an_exploratory_record_counts_where_it_is_asked_for(graph: KnowledgeGraph) -> None:
    # mapping:review-cfir2009-x02 has a confidence of 0.45.
    firm, every = graph.explain("review:T5", "cfir2009:III.D3"), graph.explain("review:T5", "cfir2009:III.D3", exploratory=True)
    assert (firm.state, every.state) == (State.NOT_ASSESSED, State.MAPPED)
    assert "no record that counts says that they correspond" in firm.text
    assert [r.record_id for r in firm.exploratory] == [r.record_id for r in every.records] == ["mapping:review-cfir2009-x02"]
    assert not firm.records and not every.exploratory


def test_a_route_says_where_the_evidence_of_each_step_stands(graph: KnowledgeGraph) -> None:
    (route,) = graph.explain("logic:M3", "chime:I").not_licensed
    assert [e.curie for e in route.chain[0].evidence] == ["evidence:leamy-2011-I", "evidence:piat-2021-T4-12a", "evidence:winsper-2020-M3"]
    assert all(e.source.startswith("source:") and e.citation and e.locator for e in route.chain[0].evidence)
    row = graph.explain("logic:M3", "chime:I").rows()[-1]
    assert (row["part"], row["id"], row["basis"]) == ("not licensed", "relation:logic-M3-contributes-to-chime-I", "curated") and row["evidence"].count(" | ") == 2


@pytest.mark.parametrize(("basis", "records", "pairs"), [((), {}, 0), ("curated", {"author-stated": 1}, 1), ("author-stated", {}, 0)])
def test_an_explanation_says_what_its_basis_left_out(graph: KnowledgeGraph, basis: str, records: dict[str, int], pairs: int) -> None:
    assert graph.explain("imri:B1", "chime:E", basis=basis).to_json()["left_out"] == {"records": records, "pairs": pairs, "filters": {}}


def test_the_rows_of_an_explanation_carry_what_each_part_rests_on(graph: KnowledgeGraph) -> None:
    state, record, *_, route = graph.explain("imri:B1", "chime:I").rows()
    assert list(record)[4:] == ["basis", "stated_relation", "predicate_basis", "confidence", "rule", "evidence", "evidence_ids", "subject_label_status", "object_label_status"]
    assert (record["id"], record["stated_relation"], record["predicate_basis"], record["confidence"]) == ("mapping:imri-chime-s03", "aligns with", "ours", None)
    assert record["evidence"].endswith("2022;16:49., Discussion, paragraph on corroboration and CHIME") and record["evidence_ids"] == "evidence:piat-2022-CH-3"
    assert (state["subject_label_status"], state["object_label_status"], state["evidence"]) == ("printed", "printed", "")
    assert route["part"] == "not licensed" and route["evidence_ids"] == "evidence:leamy-2011-I2 evidence:piat-2022-B1-outlook"


def test_a_derivation_and_a_causal_relation_have_their_grounds_in_a_row(graph: KnowledgeGraph) -> None:
    derived = next(r for r in graph.explain("cfir2009:IV.D", "chime:I").rows() if r["part"] == "derivation")
    assert (derived["rule"], derived["confidence"]) == ("S44-related", 0.88)
    assert derived["evidence_ids"] == "evidence:damschroder-2009-IV.D evidence:leamy-2011-I"
    assert [place.split(" ")[0] for place in derived["evidence"].split(" | ")] == ["Damschroder", "Leamy"]
    causal = next(r for r in graph.explain("logic:M3", "chime:I").rows() if r["part"] == "causal relation")
    assert (causal["confidence"], causal["predicate_basis"]) == (0.4, "ours")
    assert [place.split(" ")[0] for place in causal["evidence"].split(" | ")] == ["Leamy", "Piat", "Winsper"]
    assert causal["evidence_ids"] == "evidence:leamy-2011-I evidence:piat-2021-T4-12a evidence:winsper-2020-M3"
