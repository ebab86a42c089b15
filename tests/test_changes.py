"""What became of CFIR 2009 in CFIR 2022: read by hand from the mapping sets, the labels and the hierarchies of the two editions."""

from __future__ import annotations

import json

import pytest

from imri_kg.change_answers import KINDS, ChangedConstruct, Changes
from imri_kg.errors import BadInputError, UnknownNameError
from imri_kg.formats import serialise
from imri_kg.graph import KnowledgeGraph
from imri_kg.model import State


@pytest.fixture(scope="module")
def changes(graph: KnowledgeGraph) -> Changes:
    return graph.changes("cfir-2009", "cfir-2022")


def one(changes: Changes, curie: str) -> ChangedConstruct:
    (found,) = [c for c in (*changes.earlier, *changes.later) if c.curie == curie]
    return found


def kinds(changes: Changes, curie: str) -> dict[str, tuple[str, ...]]:
    """Return the kinds of change of a construct with the codes of the counterparts concerned."""
    return {c.kind: tuple(end.partition(":")[2] for end in c.counterparts) for c in one(changes, curie).changes}


#: Kinds of change by code of 2009, from `ontology/mappings/cfir2009--cfir2022.*` and the two editions.
EARLIER = {
    # Cosmopolitanism, one closeMatch of another label in the same domain.
    "II.B": {"renamed": ("II.D",)},
    # Intervention Source: one relatedMatch ("maps"), of another label.
    "I.A": {"renamed": ("I.A",)},
    "I.H": {"renamed": ("I.H",), "narrowed": ("I.H",)},
    # Patient Needs & Resources: four relatedMatch in three other domains.
    "II.A": {"moved": ("III.D2", "IV.C.A", "IV.R.I", "V.B2"), "split": ("III.D2", "IV.C.A", "IV.R.I", "V.B2")},
    # Peer Pressure is close to Market Pressure, below External Pressure, which is broader.
    "II.C": {"renamed": ("II.G2",), "regrouped": ("II.G2",), "also_related": ("II.G",)},
    "II.D": {"regrouped": ("II.G3",), "split": ("II.E", "II.G3")},
    # Structural Characteristics: relatedMatch to the construct of the same label and to one below it.
    "III.A": {"redefined": ("III.A",), "subdivided": ("III.A3",)},
    "III.B": {"split": ("III.B", "III.C")},
    "III.C": {"kept": ("III.D",)},
    # Tension for Change stood under Implementation Climate, which has no counterpart.
    "III.D1": {"kept": ("III.E",), "regrouped": ("III.E",)},
    "III.D2": {"kept": ("III.F",), "regrouped": ("III.F", "III.I"), "split": ("III.F", "III.I"), "merged": ("III.I",), "narrowed": ("III.F",)},
    "III.D4": {"renamed": ("III.H",), "regrouped": ("III.H",), "broadened": ("III.H",)},
    "III.D6": {"renamed": ("III.D4",), "moved": ("III.D", "III.D4")},
    "III.E1": {"moved": ("IV.C.D", "IV.R.A", "IV.R.B"), "split": ("IV.C.D", "IV.R.A", "IV.R.B"), "merged": ("IV.C.D",)},
    "III.E2": {"kept": ("III.J",), "regrouped": ("III.J",), "subdivided": ("III.J1", "III.J2", "III.J3"), "also_related": ("IV.C.C",)},
    "IV.B": {"regrouped": ("IV.C.B",), "merged": ("IV.C.B",)},
    "V.B1": {"kept": ("IV.R.C",), "moved": ("IV.R.C",)},
    "V.B3": {"moved": ("IV.C.D", "IV.R.E"), "split": ("IV.C.D", "IV.R.E"), "merged": ("IV.C.D", "IV.R.E")},
    "V.B4": {"renamed": ("IV.R.D",), "moved": ("IV.R.D",)},
    # Domains: Outer Setting keeps its label, Characteristics of Individuals is broadMatch Individuals.
    "II": {"kept": ("II",)},
    "IV": {"renamed": ("IV",), "broadened": ("IV",)},
    "III.D": {"no_successor_recorded": ()},
    "III.E": {"no_successor_recorded": ()},
}
LATER = {
    "II.C": {"added": ()},
    "II.F": {"no_predecessor_recorded": ()},
    "V.A": {"no_predecessor_recorded": ()},
    "II.G": {"also_related": ("II.C",)},
    "III.D": {"kept": ("III.C",), "moved": ("III.D6",)},
    "III.J1": {"subdivided": ("III.E2",)},
    "IV.C.C": {"also_related": ("III.E2",)},
    "IV.R.E": {"moved": ("V.B2", "V.B3"), "split": ("V.B3",), "merged": ("V.B2", "V.B3"), "broadened": ("V.B2",)},
    "V.H": {"kept": ("V.D",), "moved": ("III.D5",), "split": ("III.D5",)},
}


@pytest.mark.parametrize("code", EARLIER)
def test_what_became_of_a_construct_of_2009(changes: Changes, code: str) -> None:
    assert kinds(changes, f"cfir2009:{code}") == EARLIER[code]


@pytest.mark.parametrize("code", LATER)
def test_where_a_construct_of_2022_comes_from(changes: Changes, code: str) -> None:
    assert kinds(changes, f"cfir2022:{code}") == LATER[code]


def test_every_construct_of_both_editions_is_told_of(changes: Changes) -> None:
    assert (len(changes.earlier), len(changes.later)) == (44, 74)
    assert all(c.changes for c in (*changes.earlier, *changes.later))
    for side, members in (("earlier", changes.earlier), ("later", changes.later)):
        assert list(changes.counts[side]) == list(KINDS)
        for kind in KINDS:
            assert changes.counts[side][kind] == sum(kind in {c.kind for c in m.changes} for m in members)
    assert changes.counts["earlier"]["no_successor_recorded"] == 2 and changes.counts["earlier"]["removed"] == 0
    assert changes.counts["later"]["added"] == 1


def test_a_kind_is_ours_unless_a_verb_of_the_authors_says_it(changes: Changes) -> None:
    told = {(m.curie, c.kind): c for m in (*changes.earlier, *changes.later) for c in m.changes}
    stated = {key: c.stated_relation for key, c in told.items() if c.basis_of_kind == "author-stated"}
    assert stated == {
        ("cfir2009:III.D6", "moved"): "has been moved under", ("cfir2022:III.D", "moved"): "has been moved under",
        ("cfir2022:III.D4", "moved"): "has been moved under", ("cfir2022:II.C", "added"): "was added to",
    }  # fmt: skip
    assert told["cfir2009:III.D6", "moved"].records == ("mapping:cfir2009-cfir2022-s03", "mapping:cfir2009-cfir2022-s04")
    assert told["cfir2022:II.C", "added"].claims == ("claim:cfir2022-novelty-local-conditions",)
    # "maps" names no kind of change.
    renamed = told["cfir2009:I.A", "renamed"]
    assert (renamed.basis_of_kind, renamed.stated_relation, renamed.records) == ("ours", None, ("mapping:cfir2009-cfir2022-s02",))
    assert renamed.text.endswith("That is our reading; the records say only that they are related.")
    assert "only that they are related" not in told["cfir2009:II.B", "renamed"].text


def test_silence_is_no_removal_and_no_addition(changes: Changes) -> None:
    climate, teaming, financing = (one(changes, curie) for curie in ("cfir2009:III.D", "cfir2022:V.A", "cfir2022:II.F"))
    for construct in (climate, teaming, financing):
        (change,) = construct.changes
        assert construct.state is State.NOT_ASSESSED and change.basis_of_kind is None and change.records == ()
        assert "Nobody judged" in change.text
    assert climate.changes[0].claims == climate.claims == ("claim:cfir2022-removal-implementation-climate", "claim:false-friend-cfir-code-III-D")
    assert teaming.claims == ("claim:cfir2022-additions",)
    # External Policy & Incentives is related to it by an exploratory record alone.
    assert (financing.counterparts, financing.exploratory) == ((), ("mapping:cfir2009-cfir2022-x01",))
    # Even what the authors call added was not searched for in the earlier edition.
    assert one(changes, "cfir2022:II.C").state is State.NOT_ASSESSED


def test_a_counterpart_has_both_places_and_the_predicate_as_read_from_the_construct(changes: Changes) -> None:
    cost, back = one(changes, "cfir2009:I.H").counterparts[0], one(changes, "cfir2022:I.H").counterparts[0]
    assert (cost.curie, cost.predicate, cost.records) == ("cfir2022:I.H", "skos:narrowMatch", ("mapping:cfir2009-cfir2022-c08",))
    assert (back.curie, back.predicate, back.records) == ("cfir2009:I.H", "skos:broadMatch", ("mapping:cfir2009-cfir2022-c08",))
    leaders = one(changes, "cfir2009:V.B1")
    assert leaders.domain and leaders.domain.label == "Process" and leaders.under and leaders.under.label == "Engaging"
    there = leaders.counterparts[0]
    assert (there.same_label, there.main, there.domain and there.domain.label, there.under and there.under.label) == (True, True, "Individuals", "Roles")
    pressure = {c.curie: c.main for c in one(changes, "cfir2009:II.C").counterparts}
    assert pressure == {"cfir2022:II.G2": True, "cfir2022:II.G": False}
    assert one(changes, "cfir2009:II").domain is None


def test_records_are_those_between_the_editions_each_once_with_its_passages(changes: Changes, graph: KnowledgeGraph) -> None:
    ids = [r.record_id for r in changes.records]
    # 60 curated, 4 author-stated, 3 exploratory; what only turns one of them round is left out.
    assert len(ids) == len(set(ids)) == 67 and ids == sorted(ids)
    used = {id for m in (*changes.earlier, *changes.later) for c in m.counterparts for id in c.records} | {id for m in changes.earlier for id in m.exploratory}
    assert used == set(ids)
    (stated,) = [r for r in changes.records if r.record_id == "mapping:cfir2009-cfir2022-s04"]
    whole = graph.record(stated.record_id)
    assert (stated.basis, stated.stated_relation, stated.predicate_basis, stated.confidence) == ("author-stated", "has been moved under", "ours", None)
    assert [p.curie for p in stated.evidence] == [e.curie for e in whole.evidence] == ["evidence:cfirguide-learning-centeredness"]


def test_statements_stand_beside_the_records(changes: Changes) -> None:
    claims = {c["id"]: c for c in changes.claims}
    assert {"claim:scheme-cfir-2022-changes", "claim:scheme-cfir-2022-mapped-back", "claim:false-friend-cfir-structural-characteristics"} <= set(claims)
    assert claims["claim:scheme-cfir-2022-changes"]["stated_relation"] == "addition, removal, or relocation"
    assert set(claims["claim:scheme-cfir-2022-changes"]["evidence"][0]) == {"curie", "source", "citation", "locator", "url"}
    named = {id for m in (*changes.earlier, *changes.later) for id in m.claims}
    assert named <= set(claims)


def test_tables_have_a_row_for_each_record_of_a_construct_and_for_each_construct_without(changes: Changes) -> None:
    rows = changes.rows()
    assert all(tuple(row) == changes.header() for row in rows)
    needs = [(r["counterpart"], r["record_id"], r["kinds"]) for r in rows if r["curie"] == "cfir2009:II.A"]
    assert [n[0] for n in needs] == ["cfir2022:III.D2", "cfir2022:IV.C.A", "cfir2022:IV.R.I", "cfir2022:V.B2"]
    assert {n[2] for n in needs} == {"moved split"}
    (climate,) = [r for r in rows if r["curie"] == "cfir2009:III.D"]
    assert (climate["kinds"], climate["state"], climate["counterpart"], climate["record_id"]) == ("no_successor_recorded", "not_assessed", "", "")
    (turned,) = [r for r in rows if r["curie"] == "cfir2022:I.H"]
    assert turned["predicate"] == "skos:broadMatch"
    assert serialise(changes, "csv").count("\r\n") == len(rows) + 1
    assert len(serialise(changes, "md").splitlines()) == len(rows) + 2


def test_the_answer_is_always_the_same(graph: KnowledgeGraph, changes: Changes) -> None:
    from imri_kg.changes import ChangeService

    again = ChangeService(graph.reader, graph.framework_service, graph.mapping_service).changes("cfir2009", "cfir2022")
    assert json.dumps(again.to_json()) == json.dumps(changes.to_json())


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        (("cfir-2022", "cfir-2009"), "cfir-2022 is a later edition than cfir-2009"),
        (("cfir-2009", "cfir-2009"), "cfir-2009 was given twice"),
        (("imri", "chime"), "imri and chime are not recorded as editions of one framework"),
    ],
)
def test_other_pairs_are_refused_with_the_reason(graph: KnowledgeGraph, pair: tuple[str, str], said: str) -> None:
    with pytest.raises(BadInputError, match=said):
        graph.changes(*pair)
    with pytest.raises(UnknownNameError, match="'cfir-2022'"):
        graph.changes("cfir-2009", "cfir-202")
