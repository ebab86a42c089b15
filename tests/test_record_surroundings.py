"""A mapping record in full: what follows from it, what says the opposite, what else is on its pair, and its set."""

from __future__ import annotations

import shutil

import pytest
from test_explaining import GROWTH, IDENTITY, MODELLING, ROLES, set_of

import imri_kg
from imri_kg import resources
from imri_kg.errors import UnknownNameError
from imri_kg.graph import KnowledgeGraph


def test_a_stated_record_has_its_inverse_and_its_set(graph: KnowledgeGraph) -> None:
    found = graph.record_in_full("imri-chime-s03")
    assert found.record == graph.record("mapping:imri-chime-s03")
    (following,) = found.premise_of
    assert (following["rule"], following["subject"], following["predicate"], following["object"], following["state"]) == ("S44-related", "chime:I", "skos:relatedMatch", "imri:B1", "mapped")
    (other,) = found.same_pair
    assert (other["record_id"], other["direction"], other["rule"]) == (following["record_id"], "inverse", "S44-related")
    assert found.contradicted_by == ()
    assert found.set == {
        "id": "mappingset:imri--chime.author-stated", "title": "IMRI to CHIME, as stated by the authors",
        "description": "The five alignments of three impacts with CHIME processes that the authors of IMRI state in their discussion.",
        "license": "https://creativecommons.org/licenses/by/4.0/", "basis": "author-stated", "date": "2026-11-22", "records": 5,
        "file": "imri--chime.author-stated.sssom.tsv", "download": "mappings/imri--chime.author-stated.sssom.tsv",
    }  # fmt: skip
    back = graph.record_in_full(following["record_id"])
    assert back.set is None and [r["record_id"] for r in back.same_pair] == ["mapping:imri-chime-s03"]


def test_a_pair_with_two_asserted_records_names_both(graph: KnowledgeGraph) -> None:
    # Learning Climate and Learning-Centeredness: author-stated relatedMatch and curated closeMatch, each with its inverse.
    found = graph.record_in_full("mapping:cfir2009-cfir2022-s04")
    asserted = [(r["record_id"], r["direction"], r["predicate"]) for r in found.same_pair if r["rule"] is None]
    assert asserted == [("mapping:cfir2009-cfir2022-c32", "same", "skos:closeMatch")]
    assert sorted(r["direction"] for r in found.same_pair) == ["inverse", "inverse", "same"]


def test_every_premise_knows_what_follows_from_it(graph: KnowledgeGraph) -> None:
    derived = [r for r in graph.reader.all_records.values() if r.derivation]
    expected = {(premise, r.record_id) for r in derived for premise in r.derivation.premises}
    found = {(id, r["record_id"]) for id in graph.reader.all_records for r in graph.record_in_full(id).premise_of}
    assert len(expected) > 400 and found == expected


def test_the_file_of_a_set_is_among_the_downloads(graph: KnowledgeGraph) -> None:
    names = {d.name for d in graph.describer.downloads.all()}
    sets = graph.record_surroundings.sets
    assert len(sets) == graph.release_info["counts"]["mapping_sets"]
    assert {s["download"] for s in sets.values()} <= names


def test_an_unknown_record_names_the_nearest(graph: KnowledgeGraph) -> None:
    with pytest.raises(UnknownNameError) as caught:
        graph.record_in_full("imri-chime-s99")
    assert caught.value.kind == "mapping record" and caught.value.nearest


@pytest.fixture(scope="module")
def disputed(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeGraph:
    """Our frameworks with a pair judged both ways and a disputed record."""
    root = tmp_path_factory.mktemp("disputed")
    for folder in resources.FOLDERS:
        shutil.copytree(resources.path(folder), root / folder)
    mappings = root / "ontology" / "mappings"
    for file in mappings.glob("*.tsv"):
        file.unlink()
    (root / "ontology" / "relations" / "dispute.ttl").write_text(
        """@prefix claim: <https://w3id.org/imri-kg/id/claim/> .
@prefix evidence: <https://w3id.org/imri-kg/id/evidence/> .
@prefix ikg: <https://w3id.org/imri-kg/ontology/> .
@prefix imri: <https://w3id.org/imri-kg/id/imri/> .
@prefix mapping: <https://w3id.org/imri-kg/id/mapping/> .
claim:dispute-test a ikg:Dispute ; ikg:about imri:T7 ; ikg:rejects mapping:t3 ; ikg:basis ikg:curated ;
  ikg:statement "New roles are no identity."@en ; ikg:evidence evidence:leamy-2011-I .
""",
        encoding="utf-8",
    )
    row = set_of("t3", IDENTITY, "skos:relatedMatch", ROLES, "0.60")[1].splitlines(keepends=True)[-1]
    name, text = set_of("t1", IDENTITY, "skos:closeMatch", GROWTH, "0.80")
    (mappings / name).write_text(text + row, encoding="utf-8")
    for number, subject, object_, modifier in (("t2", GROWTH, IDENTITY, "Not"), ("t4", MODELLING, IDENTITY, "")):
        name, text = set_of(number, subject, "skos:relatedMatch", object_, "0.70", modifier)
        (mappings / name).write_text(text, encoding="utf-8")
    # Of the last one's subject, another record says that nothing in the edition fits.
    nothing = text.splitlines(keepends=True)[-1].replace("mapping:t4", "mapping:t5").replace("chime:I\tIdentity", "sssom:NoTermFound\t")
    (mappings / name).write_text(text.replace("#  skos:", "#  sssom: https://w3id.org/sssom/\n#  skos:") + nothing, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMRI_KG_DATA", str(root))
        return imri_kg.open()


def test_a_record_of_the_opposite_sign_contradicts_in_both_directions(disputed: KnowledgeGraph) -> None:
    found = {(c["id"], c["direction"]) for c in disputed.record_in_full("mapping:t1").contradicted_by if not c["id"].startswith("mapping:d-")}
    assert found == {("mapping:t2", "inverse")}
    back = disputed.record_in_full("mapping:t2")
    assert {(c["id"], c["direction"], c["kind"], c["basis"]) for c in back.contradicted_by if not c["id"].startswith("mapping:d-")} == {("mapping:t1", "inverse", "record", "curated")}
    assert "(Identity)" in back.contradicted_by[-1]["statement"]


def test_a_record_that_found_nothing_in_an_edition_contradicts_those_of_its_pairs(disputed: KnowledgeGraph) -> None:
    (whole,) = disputed.record_in_full("mapping:t4").contradicted_by
    assert (whole["id"], whole["direction"], whole["statement"]) == ("mapping:t5", "edition", "nothing in chime fits logic:M3 (Role modelling recovery)")
    found = disputed.record_in_full("mapping:t5")
    assert ("mapping:t4", "edition") in {(c["id"], c["direction"]) for c in found.contradicted_by}
    assert all(c["direction"] == "edition" for c in found.contradicted_by)
    assert found.same_pair == ()


def test_a_dispute_stands_with_the_record_that_it_rejects(disputed: KnowledgeGraph) -> None:
    (dispute,) = disputed.record_in_full("mapping:t3").contradicted_by
    assert (dispute["kind"], dispute["id"], dispute["statement"], dispute["basis"]) == ("dispute", "claim:dispute-test", "New roles are no identity.", "curated")
