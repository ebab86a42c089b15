"""Every framework edition is complete, and says of each label and code whose it is."""

from __future__ import annotations

from collections import Counter

import pytest

from imri_kg.errors import UnknownNameError, UnknownTermError
from imri_kg.graph import KnowledgeGraph

#: Kinds of the members of each edition, counted in the sources (see the scope notes of the editions).
KINDS = {
    "imri": {"ImpactCategory": 4, "Impact": 18 + 3},
    "chime": {"RecoveryProcess": 5, "RecoveryProcessCategory": 21},
    "cfir-2009": {"Domain": 5, "Determinant": 39},
    "cfir-2022": {"Domain": 5, "Subdomain": 2, "Determinant": 48 + 19},
    "diffusion": {"DiffusionComponent": 9 + 60},
    "assimilation": {"AssimilationForm": 4, "CompatibilityGapNotion": 1},
    "logic-model": {"Mechanism": 4, "OutcomeGroup": 3, "ModeratorLevel": 3, "Moderator": 3},
    "recovery-review": {"InnovationGroup": 7 + 5 + 1, "Theme": 13},
}
#: Impacts that the 2022 article names in its text.
NAMED = {"imri:B1", "imri:I1", "imri:T1", "imri:T7", "imri:O3", "imri:O4", "imri:O6", "imri:O7"}


def members(graph: KnowledgeGraph, key: str) -> dict[str, dict[str, object]]:
    return {m["curie"]: dict(m) for m in graph.framework(key).members}


def children(graph: KnowledgeGraph, key: str) -> Counter[object]:
    return Counter(m["broader"] for m in graph.framework(key).members)


def test_the_editions_are_these_eight(graph: KnowledgeGraph) -> None:
    assert {row["key"] for row in graph.frameworks().rows()} == set(KINDS)


@pytest.mark.parametrize("key", KINDS)
def test_an_edition_has_every_member_of_every_kind(graph: KnowledgeGraph, key: str) -> None:
    found = graph.framework(key)
    assert found.counts["by_kind"] == KINDS[key]
    assert found.counts["members"] == len(found.members) == sum(KINDS[key].values())
    assert found.counts["printed"] + found.counts["inferred"] == found.counts["members"]
    assert found.counts["by_label_status"].get("printed", 0) == found.counts["printed"]


@pytest.mark.parametrize("key", KINDS)
def test_an_edition_names_its_source_and_says_whose_the_codes_are(graph: KnowledgeGraph, key: str) -> None:
    found = graph.framework(key)
    assert found.label
    assert found.edition
    assert found.definition
    assert found.source["citation"]
    assert found.code_status == "codes are ours"
    assert any("code" in note.lower() and "ours" in note for note in found.notes)


@pytest.mark.parametrize("key", KINDS)
def test_every_member_has_code_label_kind_and_label_status(graph: KnowledgeGraph, key: str) -> None:
    found = graph.framework(key).members
    assert [set(m) >= {"curie", "iri", "label", "notation", "kind", "broader", "label_status"} for m in found] == [True] * len(found)
    for m in found:
        assert m["curie"].split(":", 1)[1] == m["notation"]
        assert m["iri"].endswith("/" + m["notation"])
        assert m["label"]
        assert m["label_status"] in ("printed", "rebuilt", "unconfirmed"), m
        assert m["broader"] is None or m["broader"] in {x["curie"] for x in found}
    assert len({m["curie"] for m in found}) == len(found)


@pytest.mark.parametrize("key", KINDS)
def test_every_member_is_defined_sourced_and_shown(graph: KnowledgeGraph, key: str) -> None:
    for curie in members(graph, key):
        found = graph.concept(curie)
        assert found.definition, curie
        assert found.evidence or found.properties.get("editorialNote"), curie


def test_eight_of_eighteen_impacts_have_a_printed_label(graph: KnowledgeGraph) -> None:
    found = members(graph, "imri")
    impacts = {c: m for c, m in found.items() if m["kind"] == "Impact" and not c.startswith("imri:P")}
    assert len(impacts) == 18
    assert {c for c, m in impacts.items() if m["label_status"] == "printed"} == NAMED
    assert {m["label_status"] for c, m in impacts.items() if c not in NAMED} == {"rebuilt"}
    assert {found[f"imri:P{n}"]["label_status"] for n in (1, 2, 3)} == {"rebuilt"}
    assert {found[f"imri:{c}"]["label_status"] for c in "BITO"} == {"printed"}


def test_impacts_stand_under_their_categories(graph: KnowledgeGraph) -> None:
    found = {c: m["broader"] for c, m in members(graph, "imri").items()}
    for curie, broader in found.items():
        if curie[5:] and curie[5] in "BITO" and len(curie) > 6:
            assert broader == curie[:6]
    assert Counter(b for c, b in found.items() if not c.startswith("imri:P")) == {None: 4, "imri:B": 2, "imri:I": 2, "imri:T": 7, "imri:O": 7}


def test_the_impacts_of_the_process_alone_and_the_split_ones_are_marked(graph: KnowledgeGraph) -> None:
    status = {c: graph.concept(c).properties for c in members(graph, "imri")}
    assert {c for c, p in status.items() if p.get("dataStatus") == ["process-only"]} == {"imri:P1", "imri:P2", "imri:P3"}
    assert {c for c, p in status.items() if p.get("existenceStatus") == ["split by us"]} == {"imri:T2", "imri:T3", "imri:T4", "imri:T5"}
    assert {c for c, p in status.items() if p.get("existenceStatus") == ["named in text"]} == NAMED


def test_candidates_outside_the_count_are_no_members(graph: KnowledgeGraph) -> None:
    found = graph.query("SELECT ?c WHERE { ?c ikg:candidateFor framework:imri } ORDER BY ?c").rows()
    assert [row["c"] for row in found] == ["imri:X1", "imri:X2"]
    for curie in ("imri:X1", "imri:X2"):
        with pytest.raises(UnknownTermError):
            graph.concept(curie)


def test_five_labels_of_chime_are_unconfirmed(graph: KnowledgeGraph) -> None:
    found = members(graph, "chime")
    assert {c for c, m in found.items() if m["label_status"] != "printed"} == {"chime:H1", "chime:I1", "chime:I2", "chime:M1", "chime:M6"}
    assert {found[f"chime:{c}"]["label_status"] for c in "CHIME"} == {"printed"}
    assert [c for c in found if len(c) == 7] == [f"chime:{c}" for c in "CHIME"]


def test_cfir_2009_counts_its_constructs_by_domain(graph: KnowledgeGraph) -> None:
    below = Counter(c.split(":")[1].split(".")[0] for c, m in members(graph, "cfir-2009").items() if m["kind"] == "Determinant")
    assert below == {"I": 8, "II": 4, "III": 14, "IV": 5, "V": 8}


def test_cfir_2022_tells_constructs_from_subconstructs(graph: KnowledgeGraph) -> None:
    found = members(graph, "cfir-2022")
    kind = {c: m["kind"] for c, m in found.items()}
    sub = [c for c, m in found.items() if m["kind"] == "Determinant" and kind[str(m["broader"])] == "Determinant"]
    constructs = [c for c, m in found.items() if m["kind"] == "Determinant" and c not in sub]
    assert (len(constructs), len(sub)) == (48, 19)
    assert Counter(c.split(":")[1].split(".")[0] for c in constructs) == {"I": 8, "II": 7, "III": 11, "IV": 13, "V": 9}
    assert Counter(c.split(":")[1].split(".")[0] for c in sub) == {"II": 3, "III": 10, "V": 6}
    assert {m["label"] for m in found.values() if m["kind"] == "Subdomain"} == {"Roles", "Characteristics"}


def test_diffusion_has_its_attributes_under_nine_components(graph: KnowledgeGraph) -> None:
    assert children(graph, "diffusion") == {
        None: 9, **{f"diffusion:D{n}": count for n, count in enumerate((11, 7, 2, 10, 3, 6, 5, 8, 8), 1)}}  # fmt: skip


def test_what_of_diffusion_was_only_recalled_is_marked(graph: KnowledgeGraph) -> None:
    statuses = graph.framework("diffusion").counts["by_label_status"]
    assert statuses["unconfirmed"] >= 40


def test_the_logic_model_has_one_printed_example_a_level(graph: KnowledgeGraph) -> None:
    assert children(graph, "logic-model") == {None: 10, "logic:L1": 1, "logic:L2": 1, "logic:L3": 1}


def test_assimilation_has_four_forms_and_the_gap(graph: KnowledgeGraph) -> None:
    found = members(graph, "assimilation")
    assert {c: m["label"] for c, m in found.items()} == {
        "assimilation:T": "Transformation", "assimilation:C": "Customization", "assimilation:L": "Loose coupling",
        "assimilation:X": "Co-optation", "assimilation:G": "Compatibility gap"}  # fmt: skip
    assert "Corruption" in graph.concept("assimilation:X").alternatives


def test_the_review_has_thirty_nine_findings_on_twenty_five_rows(graph: KnowledgeGraph) -> None:
    """Tables 4 and 6 of the review; the recovered rows of Tables 5 and 7 stand apart."""
    text = """SELECT ?table (COUNT(DISTINCT ?f) AS ?findings) (COUNT(DISTINCT ?r) AS ?rows) WHERE {
      ?f a ikg:Finding ; ikg:tableRow ?r ; dcterms:source ?table } GROUP BY ?table ORDER BY ?table"""
    found = {row["table"].rsplit("-", 1)[1]: (int(row["findings"]), int(row["rows"])) for row in graph.query(text).rows()}
    assert set(found) == {"4", "5", "6", "7"}
    assert found["4"][0] + found["6"][0] == 39
    assert found["4"][1] + found["6"][1] == 25


def test_every_finding_has_a_group_a_theme_a_statement_and_reference_numbers(graph: KnowledgeGraph) -> None:
    """Two rows that break off lack their reference numbers; they say so."""
    text = """SELECT ?f ?state ?note WHERE { ?f a ikg:Finding ; ikg:recoveryState ?state OPTIONAL { ?f skos:editorialNote ?note }
      FILTER NOT EXISTS { ?f ikg:innovationGroup ?g ; ikg:theme ?t ; ikg:findingStatement ?s ; ikg:citedReference ?n ; ikg:evidence ?e } }"""
    broken = graph.query(text).rows()
    assert {row["f"] for row in broken} == {"review:F5-05a", "review:F7-05a"}
    assert all(row["state"] == "ikg:partial" and "breaks off" in row["note"] for row in broken)


def test_a_framework_is_listed_in_its_own_order(graph: KnowledgeGraph) -> None:
    assert list(members(graph, "imri")) == [
        "imri:B", "imri:B1", "imri:B2", "imri:I", "imri:I1", "imri:I2", "imri:T", *(f"imri:T{n}" for n in range(1, 8)),
        "imri:O", *(f"imri:O{n}" for n in range(1, 8)), "imri:P1", "imri:P2", "imri:P3"]  # fmt: skip
    assert list(members(graph, "diffusion"))[:13] == ["diffusion:D1", *(f"diffusion:D1.{n}" for n in range(1, 12)), "diffusion:D2"]
    domains = [c for c, m in members(graph, "cfir-2022").items() if m["kind"] == "Domain"]
    assert domains == [f"cfir2022:{n}" for n in ("I", "II", "III", "IV", "V")]


def test_a_construct_shows_its_place_evidence_claims_and_relations(graph: KnowledgeGraph) -> None:
    found = graph.concept("logic:M3")
    assert [m.curie for m in graph.concept("chime:I").narrower] == ["chime:I1", "chime:I2", "chime:I3"]
    assert [b.curie for b in graph.concept("chime:I2").broader] == ["chime:I"]
    assert found.evidence[0].source == "source:winsper-2020"
    assert any(r["object"] == "chime:I" for r in found.relations)
    assert {"curie", "iri", "label", "definition", "broader", "evidence"} <= set(found.to_json())


def test_an_impact_shows_its_valence_as_a_statement_of_somebody(graph: KnowledgeGraph) -> None:
    valences = [c for c in graph.concept("imri:B1").claims if c["kind"] == "ValenceStatement"]
    assert valences
    assert all(c["basis"] in ("author-stated", "curated") and c["evidence"] for c in valences)


@pytest.mark.parametrize("key", ["imry", "CFIR", "", "chime2"])
def test_an_unknown_framework_is_refused_with_the_list(graph: KnowledgeGraph, key: str) -> None:
    with pytest.raises(UnknownNameError, match="Known: assimilation, cfir-2009"):
        graph.framework(key)


def test_a_key_is_read_without_regard_to_case(graph: KnowledgeGraph) -> None:
    assert graph.framework(" CHIME ").key == "chime"


def test_a_basis_limits_what_is_stated_of_a_construct(graph: KnowledgeGraph) -> None:
    whole, found = (graph.concept("imri:B1", basis=basis) for basis in ((), "author-stated"))
    left = [item for item in (*whole.claims, *whole.relations) if item["basis"] != "author-stated"]
    assert left and {item["basis"] for item in (*found.claims, *found.relations)} == {"author-stated"}
    assert found.to_json()["left_out"] == {"records": {"curated": len(left)}, "pairs": 0, "filters": {}}
    assert f"Trusting only author-stated leaves out {len(left)} curated statements." in found.notes
    assert whole.to_json()["left_out"] == {"records": {}, "pairs": 0, "filters": {}}


def test_a_construct_comes_with_the_whole_way_up(graph: KnowledgeGraph) -> None:
    found = graph.concept("cfir2022:IV.C.A")
    assert [a.curie for a in found.ancestors] == ["cfir2022:IV.C", "cfir2022:IV"]
    assert found.to_json()["top"]["curie"] == "cfir2022:IV"
    top = graph.concept("cfir2022:IV").to_json()
    assert (top["ancestors"], top["top"]) == ([], None)


def test_a_construct_comes_with_its_state_against_every_other_edition(graph: KnowledgeGraph) -> None:
    found = {m["framework"]: m for m in graph.concept("imri:B1").mappings}
    assert found.keys() == set(graph.framework_service.keys()) - {"imri"}
    for key, said in found.items():
        answer = graph.mappings("imri:B1", to=key)
        [state] = answer.states
        assert (said["state"], said["counts"]) == (state.state.value, state.to_json()["counts"])
        assert {basis: sorted(r.record_id for r in answer.items if r.basis == basis) for basis in said["records"]} == said["records"]
    below = {r.record_id for r in graph.mappings("imri:B1", exploratory=True).items if r.exploratory}
    assert {id for said in found.values() for id in said["exploratory"]} == below


def test_a_record_that_found_nothing_is_named_from_both_sides(graph: KnowledgeGraph) -> None:
    """`diffusion-cfir2009-n01` says that nothing in CFIR 2009 fits observability, and so that no construct of it fits observability."""
    [said] = [m for m in graph.concept("cfir2009:III.D2").mappings if m["framework"] == "diffusion"]
    assert "mapping:diffusion-cfir2009-n01" in said["records"]["curated"]
    assert said["counts"]["judged_not_mapped"] >= 1


def test_a_basis_limits_the_states_of_a_construct_too(graph: KnowledgeGraph) -> None:
    for said in graph.concept("imri:B1", basis="author-stated").mappings:
        assert not said["records"]["curated"] and not said["records"]["derived"]


def test_observations_of_a_construct_are_those_of_the_matrix(graph: KnowledgeGraph) -> None:
    matrix = graph.without_library().matrix("construct", "case", where={"framework": ["cfir-2022"]})
    counted: dict[str, dict[str, tuple[int, int]]] = {}
    for row in matrix.rows():
        if row["total"]:
            counted.setdefault(row["row"], {})[row["column"]] = (row["printed"], row["inferred"])
    assert len(counted) > 5
    for curie, cases in counted.items():
        assert {o["case"]: (o["printed"], o["inferred"]) for o in graph.concept(curie).observations} == cases, curie
    assert graph.concept("logic:M1").observations == ()
