"""Determinants seen through another framework: what is mapped, what a route alone reaches, and what nobody judged."""

from __future__ import annotations

import shutil

import pytest

from imri_kg import resources
from imri_kg.cases.answers import CaseView
from imri_kg.cases.view import REACHED, CaseViewService
from imri_kg.errors import BadInputError, UnknownNameError
from imri_kg.graph import KnowledgeGraph
from imri_kg.snapshot import Snapshot, open_snapshot
from imri_kg.store import Store
from imri_kg.vocabulary import graph_iri

#: Records beside those of the graph. P1 was mapped to V.A and is now contested; B1 towards II.D is contested beside I1, which stays mapped.
_RECORDS = """\
mapping:test-n1	imri:P1	Empowering members and shifting power	skos:relatedMatch	Not	cfir2022:V.A	Teaming
mapping:test-c1	imri:B1	Experiencing personal growth or wellbeing	skos:relatedMatch		cfir2022:II.D	Partnerships & Connections
mapping:test-n2	imri:B1	Experiencing personal growth or wellbeing	skos:relatedMatch	Not	cfir2022:II.D	Partnerships & Connections
"""
_REST = "semapv:ManualMappingCuration\timri-kg contributors\t0.60\thttps://w3id.org/imri-kg/id/evidence/damschroder-2022-II.D\tFor a test.\t\tours\tcurator's judgement"

_HEADER = "Observation,Case,Kind,Phase,Statement,Construct,Second construct,Valence,Coding,Cases named,Source,Locator\n"
_CASES = "Case,Name,Setting,Innovation,Source,Locator\n"
_SOURCES = "Source,Citation,Kind\ns1,A report,publication\n"
#: Coded in CFIR 2022, with our own second coding in IMRI.
PILOT = {
    "dataset": "Dataset,Title,Framework,Second framework,Creator,Coding\npilot,A pilot,cfir-2022,imri,A team,One coder.\n",
    "cases": _CASES
    + "".join(f"{c},{c.capitalize()} clinic,A clinic.,Peer support,s1,p. 1\n" for c in ("north", "south", "east")),
    "determinants": _HEADER + """\
v1,north,determinant,adoption,Ties with the council held.,II.D,imri:I1,facilitator,author-stated,,s1,p. 1
v2,north,determinant,adoption,Ties with the hospital broke.,II.D,imri:I,barrier,curated,,s1,p. 2
v3,north,determinant,adoption,Nobody was less than others.,III.D1,imri:O4,facilitator,curated,,s1,p. 3
v4,north,determinant,adoption,What was new was welcome.,III.D,imri:B2,facilitator,author-stated,,s1,p. 4
v5,north,determinant,adoption,A team was formed.,V.A,imri:P1,facilitator,curated,,s1,p. 5
v6,north,determinant,adoption,A respected colleague spoke up.,IV.R.C,,facilitator,curated,,s1,p. 6
v7,north,determinant,adoption,A flood closed the clinic.,II.A,,barrier,author-stated,,s1,p. 7
v8,north,determinant,adoption,The steps were planned.,V.D,,facilitator,curated,,s1,p. 8
b1,north,background,adoption,The clinic opened long ago.,,,,curated,,s1,p. 9
v9,study,determinant,adoption,Ties mattered in the north.,II.D,,facilitator,author-stated,north,s1,p. 10
v10,study,determinant,adoption,Means were there.,III.J,,facilitator,curated,,s1,p. 11
v12,south,determinant,adoption,People knew each other.,III.B,,facilitator,author-stated,,s1,p. 12
""",
    "sources": _SOURCES,
}  # fmt: skip
#: Coded in Diffusion. The graph has judged that nothing in CFIR 2022 fits D1.5; the same of D4.4 does not count, since its meaning is unconfirmed.
CODED = {
    "dataset": "Dataset,Title,Framework,Creator,Coding\ncoded,Coded otherwise,diffusion,A team,One coder.\n",
    "cases": _CASES + "west,West clinic,A clinic.,Peer support,s1,p. 1\n",
    "determinants": _HEADER + """\
w1,west,determinant,adoption,What came of it was seen.,D1.5,,facilitator,curated,,s1,p. 1
w2,west,determinant,adoption,Staff met every week.,D8.5,,facilitator,author-stated,,s1,p. 2
w3,west,determinant,adoption,They were alike.,D4.4,,facilitator,author-stated,,s1,p. 3
""",
    "sources": _SOURCES,
}  # fmt: skip


@pytest.fixture(scope="module")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeGraph:
    """A graph with further records and with the tables above as its only cases."""
    root = tmp_path_factory.mktemp("data")
    for folder in resources.FOLDERS:
        shutil.copytree(resources.path(folder), root / folder)
    mappings = root / "ontology" / "mappings" / "imri--cfir2022.curated.sssom.tsv"
    text = mappings.read_text(encoding="utf-8").rstrip("\n")
    mappings.write_text(text + "\n" + "".join(f"{line}\t{_REST}\n" for line in _RECORDS.splitlines()), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMRI_KG_DATA", str(root))
        snapshot = open_snapshot()
        here = f"<{graph_iri('cases/')}".encode()
        quads = b"".join(line for line in snapshot.nquads().splitlines(keepends=True) if here not in line)
        found = KnowledgeGraph(Snapshot(Store.in_memory(quads), snapshot.release, snapshot.search, None, quads))
        for name, tables in (("pilot", PILOT), ("coded", CODED)):
            (root / name).mkdir()
            for sheet, content in tables.items():
                (root / name / f"{sheet}.csv").write_bytes(content.encode())
        assert found.with_cases([root / "pilot", root / "coded"]).conforms
    # Other tests run in this process before the last one here.
    return found


@pytest.fixture(scope="module")
def north(pilot: KnowledgeGraph) -> CaseView:
    return pilot.case_view("imri", "pilot.north")


def counts(view: CaseView) -> dict[str, tuple[int, ...]]:
    return {name: tuple(count) for name, count in view.counts.items() if count.total}


def reached(view: CaseView) -> dict[str, str]:
    return {s.observation.code: s.reached for s in view.observations}


def member(view: CaseView, curie: str) -> tuple[tuple[int, int], ...]:
    """Return what is mapped to a member, what a route alone leads to it, and our second coding, each as printed and inferred."""
    (found,) = (m for m in view.members if m["curie"] == curie)
    return tuple((found[part]["printed"], found[part]["inferred"]) for part in ("mapped", "route_only", "second_coding"))


# ---------------------------------------------------------------- one case


def test_each_determinant_has_the_state_of_its_construct(north: CaseView) -> None:
    assert reached(north) == {
        "v1": "mapped", "v2": "mapped", "v3": "route_only", "v4": "route_only", "v5": "contested", "v6": "not_assessed", "v7": "not_assessed", "v8": "mapped",
    }  # fmt: skip
    assert counts(north) == {"mapped": (1, 2), "contested": (0, 1), "route_only": (1, 1), "not_assessed": (1, 1)}
    assert (tuple(north.counts), north.sources, north.framework, north.case) == (REACHED, ("cfir-2022",), "imri", "pilot.north")


def test_a_mapped_construct_names_the_record_that_maps_it(pilot: KnowledgeGraph, north: CaseView) -> None:
    constructs = {c["curie"]: c for c in north.constructs}
    planned = constructs["cfir2022:V.D"]
    assert (planned["state"], planned["reached"], planned["observations"]["total"]) == ("mapped", "mapped", 1)
    (way,) = planned["mappings"]
    assert (way["target"], way["predicate"], way["reason"]) == ("imri:P3", "skos:relatedMatch", "")
    record = pilot.record(way["by"])
    assert (record.subject.curie, record.object.curie, record.basis) == ("cfir2022:V.D", "imri:P3", "derived")
    assert (constructs["cfir2022:II.D"]["observations"], "cfir2022:III.J" in constructs) == ({"printed": 1, "inferred": 1, "total": 2}, False)


def test_a_route_that_no_rule_licenses_is_shown_with_its_reason_and_never_counted_as_mapped(north: CaseView) -> None:
    constructs = {c["curie"]: c for c in north.constructs}
    equals = constructs["cfir2022:III.D1"]
    assert (equals["state"], equals["reached"], equals["mappings"]) == ("not_assessed", "route_only", [])
    (route,) = equals["routes"]
    assert (route["target"], route["by"], route["predicate"]) == ("imri:O4", "route", "")
    assert route["text"].startswith("cfir2022:III.D1")
    assert all(step in route["text"] for step in ("cfir2022:III.D", "imri:O4"))
    assert route["reason"] == "A step up or down inside a framework is no mapping; a mapping of a part is not one of the whole."
    # That III.D goes with O4 is exploratory, below 0.50: no record that counts.
    assert (constructs["cfir2022:III.D"]["mappings"], "imri:O4" in {r["target"] for r in constructs["cfir2022:III.D"]["routes"]}) == ([], True)
    assert member(north, "imri:O4") == ((0, 0), (1, 1), (0, 1))


def test_members_count_what_is_mapped_and_what_a_route_reaches_apart(north: CaseView) -> None:
    # v1 and v2 through II.D; our own second coding of v1 stands beside.
    assert member(north, "imri:I1") == ((1, 1), (0, 0), (1, 0))
    assert member(north, "imri:P3") == ((0, 1), (0, 0), (0, 0))
    # One step up from I1 and P1: v1, v2 and v5 get there by a route, and v2 is coded so.
    assert member(north, "imri:I") == ((0, 0), (1, 2), (0, 1))
    assert [m["curie"] for m in north.members].index("imri:I") < [m["curie"] for m in north.members].index("imri:I1")


def test_what_is_contested_counts_as_mapped_for_no_member(north: CaseView) -> None:
    constructs = {c["curie"]: c for c in north.constructs}
    assert (constructs["cfir2022:V.A"]["state"], constructs["cfir2022:V.A"]["reached"]) == ("contested", "contested")
    # The records of a contested pair are shown as such.
    assert [(m["target"], m["state"]) for m in constructs["cfir2022:V.A"]["mappings"]] == [("imri:P1", "contested")]
    assert {m["target"]: m["state"] for m in constructs["cfir2022:II.D"]["mappings"]} == {"imri:I1": "mapped", "imri:B1": "contested"}
    # P1 is there since v5 is coded so; of B1 there is nothing to count.
    assert member(north, "imri:P1") == ((0, 0), (0, 0), (0, 1))
    assert "imri:B1" not in {m["curie"] for m in north.members}


def test_our_second_coding_stands_beside_the_mappings_and_changes_no_count(north: CaseView) -> None:
    assert {s.observation.code: (s.coded, s.agrees) for s in north.observations if s.coded} == {
        "v1": (("imri:I1",), "licensed_mapping"), "v2": (("imri:I",), "route_only"), "v3": (("imri:O4",), "route_only"), "v4": (("imri:B2",), "neither"),
        "v5": (("imri:P1",), "neither"),
    }  # fmt: skip
    assert {name: tuple(count) for name, count in north.coded.items()} == {"licensed_mapping": (1, 0), "route_only": (0, 2), "neither": (1, 1)}
    assert any("changes no count" in note for note in north.notes)


def test_statements_about_the_study_stand_apart(pilot: KnowledgeGraph, north: CaseView) -> None:
    assert [(s.observation.code, s.reached) for s in north.study_statements] == [("v9", "mapped")]
    assert pilot.case_view("imri", "pilot.south").study_statements == ()
    every = pilot.case_view("imri")
    assert [s.observation.code for s in every.study_statements] == ["v9", "v10"]
    assert not {"v9", "v10"} & set(reached(every))


def test_a_row_for_each_observation_and_way(north: CaseView) -> None:
    rows = [(r["observation"].rpartition(".")[2], r["reached"], r["target"], r["by"]) for r in north.rows()]
    assert [r for r in rows if r[0] == "v3"] == [("v3", "route_only", "imri:O4", "route")]
    # What nothing leads to has a row of its own.
    assert [r for r in rows if r[0] in ("v6", "v7")] == [("v6", "not_assessed", "", ""), ("v7", "not_assessed", "", "")]
    assert {(r[2], r[3] == "route") for r in rows if r[0] == "v1"} >= {("imri:I1", False), ("imri:I", True)}
    assert all(set(row) == set(north.header()) for row in north.rows())


def test_observations_come_with_their_evidence(north: CaseView) -> None:
    said = north.to_json()["observations"][0]
    assert (said["code"], said["reached"], said["coded_as"], said["coded_is_reached_by"]) == ("v1", "mapped", ["imri:I1"], "licensed_mapping")
    assert [(e["citation"], e["locator"]) for e in said["evidence"]] == [("A report", "p. 1")]


# ---------------------------------------------------------------- all cases, and the framework itself


def test_all_cases_are_those_of_each_together(pilot: KnowledgeGraph) -> None:
    every = pilot.case_view("imri")
    assert every.case == "all cases"
    # v12 is mapped as well. Nobody has judged Diffusion against IMRI; from D8.5 a broad and a related step lead there, by way of CFIR.
    assert counts(every)["mapped"] == (2, 2)
    assert {code: way for code, way in reached(every).items() if code.startswith("w")} == {"w1": "not_assessed", "w2": "route_only", "w3": "not_assessed"}
    assert every.sources == ("cfir-2022", "diffusion")


def test_a_construct_that_was_judged_to_fit_nothing_is_told_from_one_that_nobody_assessed(pilot: KnowledgeGraph) -> None:
    west = pilot.case_view("cfir-2022", "west")
    assert reached(west) == {"w1": "judged_not_mapped", "w2": "mapped", "w3": "route_only"}
    assert counts(west) == {"mapped": (1, 0), "judged_not_mapped": (0, 1), "route_only": (1, 0)}
    judged = next(c for c in west.constructs if c["curie"] == "diffusion:D1.5")
    assert (judged["state"], judged["mappings"], judged["routes"]) == ("judged_not_mapped", [], [])


def test_a_construct_of_the_framework_itself_needs_no_mapping_and_counts_as_none(pilot: KnowledgeGraph) -> None:
    through = pilot.case_view("cfir-2022")
    assert through.sources == ("diffusion",)
    # v1, v4, v7 and v12 are the authors' own codings.
    assert counts(through) == {"mapped": (1, 0), "judged_not_mapped": (0, 1), "route_only": (1, 0), "coded_in_it": (4, 5)}
    seen = {s.observation.code: s for s in through.observations}
    assert (seen["v3"].reached, seen["v3"].coded, seen["v3"].agrees) == ("coded_in_it", ("cfir2022:III.D1",), None)
    assert {c["framework"] for c in through.constructs} == {"diffusion"}
    assert not any("second coding" in note for note in through.notes)
    assert {name: count.total for name, count in through.coded.items()} == {"licensed_mapping": 0, "route_only": 0, "neither": 0}


@pytest.mark.parametrize(
    ("framework", "case", "error", "says"),
    [
        ("cfir-2022", "north", BadInputError, "No determinant of this case is coded in another framework than cfir-2022."),
        ("imri", "east", BadInputError, "No determinant of this case is coded in another framework than imri. Look at it through another edition: assimilation, "),
        ("imri", "nort", UnknownNameError, "Did you mean 'pilot.north'"),
        ("cfir-2002", None, UnknownNameError, "Did you mean 'cfir-2022'"),
    ],
)
def test_a_view_that_cannot_be_had_says_why(pilot: KnowledgeGraph, framework: str, case: str | None, error: type[BadInputError], says: str) -> None:
    with pytest.raises(error) as told:
        pilot.case_view(framework, case)
    assert says in str(told.value)


def test_a_view_rests_on_the_bases_that_are_trusted(pilot: KnowledgeGraph) -> None:
    service = CaseViewService(pilot.casebook, pilot.mapping_service, pilot.explaining_service)
    # All records from CFIR to IMRI are derived, by turning the curated ones round.
    curated = service.view("pilot.north", "imri", basis=["curated"])
    assert (curated.counts["mapped"].total, curated.counts["contested"].total, curated.basis) == (0, 0, ("curated",))
    assert counts(service.view("pilot.north", "imri", basis=["derived"]))["mapped"] == (1, 2)


# ---------------------------------------------------------------- laws over the reference cases


@pytest.mark.parametrize("target", ["assimilation", "cfir-2009", "chime", "diffusion", "imri", "logic-model", "recovery-review"])
def test_what_counts_as_mapped_is_what_the_mappings_answer(graph: KnowledgeGraph, target: str) -> None:
    every = graph.case_view(target)
    state = {c["curie"]: graph.mappings(c["curie"], to=target) for c in every.constructs}
    assert len(state) > 20
    for construct in every.constructs:
        answer = state[construct["curie"]]
        assert (construct["reached"] == "mapped") == (answer.states[0].state.value == "mapped")
        assert {m["by"] for m in construct["mappings"]} == {r.record_id for r in answer.items if not r.negated}
        # No route leads where a record says anything.
        assert not {r["target"] for r in construct["routes"]} & {r.object.curie for r in answer.items}
        assert construct["reached"] != "route_only" or construct["routes"]
    assert sum(count.total for count in every.counts.values()) == len(every.observations) == graph.matrix("construct", "case").total.total
    for name, count in every.counts.items():
        assert count.total == sum(c["observations"]["total"] for c in every.constructs if c["reached"] == name)
    parts = [graph.case_view(target, row["id"]) for row in graph.cases().rows() if row["dataset"] == "mulvale-2024"]
    rest = graph.case_view(target, "manitoba-1")
    assert {name: sum(v.counts[name].total for v in (*parts, rest)) for name in every.counts} == {name: count.total for name, count in every.counts.items()}
