"""The list of cases and the description of one: what is counted, what stands apart, and what is never made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from imri_kg.cases.answers import CaseDescription
from imri_kg.cases.matrices import CellState
from imri_kg.errors import AmbiguousTermError, ImriError, UnknownNameError
from imri_kg.graph import KnowledgeGraph
from imri_kg.snapshot import open_snapshot

#: Two cases and a study; of the second case the source prints no number of participants, interviews or documents.
PILOT = {
    "dataset": """\
Dataset,Title,Framework,Creator,Coding,Date
pilot,A pilot,cfir-2022,A team,"Two coders, who agreed.",2025-03
""",
    "cases": """\
Case,Name,Setting,Location,Country,Innovation,Innovation group,Organisation,Organisation type,Start,End,Participants,Interviews,Documents,Source,Locator,Note
north,North clinic,A clinic for adults.,Northtown,Canada,Peer support,review:G3,A trust; A council,housing services,2018,2020-06,6,2,,s1,p. 2,Named so by us.
south,South clinic,A clinic.,,,Family group,,,,,,,,,s2,p. 3,
""",
    # 3 and 2 people, while 6 are printed; of the groups of the other case, one has no count.
    "participants": """\
Participant,Case,Kind,Stakeholder group,Count,Percent,Women,Mean age,Shared,Counted in,Source,Locator
p1,north,group,service users,3,,2,41.5,,,s1,p. 4
p2,north,group,managers,2,40,,,1,south,s1,p. 4
i1,north,informant,managers,,,,,,,s1,p. 5
p3,south,group,service users,4,,,,,,s2,p. 6
p4,south,group,managers,,60,,,,,s2,p. 6
p5,study,group,service users,7,,,,,,s1,p. 7
""",
    "determinants": """\
Observation,Case,Kind,Phase,Phase note,Statement,Construct,Valence,Coding,Informant,Cases named,Source,Locator,Text anchor
o10,north,determinant,implementation,,The director stood by it.,IV.R.A,facilitator,curated,,,s1,p. 10,
o2,north,determinant,implementation,,Leaders wanted the change.,III.D,facilitator,author-stated,i1,,s1,p. 11,wanted it badly
o3,north,determinant,implementation,,Rooms were shut.,III.J2,barrier,curated,,,s1,p. 12,
o4,north,determinant,adoption,,The board agreed.,IV.R.A,mixed valence,author-stated,,,s1,p. 13,
o5,north,determinant,not stated,Told in the summary.,Money was short.,II.F,barrier,curated,,,s1,p. 14,
o6,north,background,historical context,,The clinic opened long ago.,,,curated,,,s1,p. 15,
o7,north,impact or outcome,implementation,,People came more often.,,,author-stated,,,s1,p. 16,
o8,study,determinant,adoption,,Both clinics had time.,III.J,facilitator,author-stated,,north; south,s1,p. 17,
o9,study,determinant,adoption,,Some had more time.,III.J,facilitator,curated,,south,s1,p. 18,
o11,study,background,adoption,,There was a pandemic.,,,curated,,,s1,p. 19,
""",
    "impacts": """\
Observation,Case,Impact,Level,Experienced by,Reported by,Valence,Process only,Statement,Coding,Source,Locator
m1,north,imri:B1,service user,service users,managers,positive,no,People grew.,author-stated,s1,p. 20
m2,north,imri:O3,,not stated,not stated,,no,Practices changed.,curated,s1,p. 21
m3,study,imri:T1,,managers,not stated,,no,Mindsets moved.,curated,s1,p. 22
""",
    "assimilation": """\
Entry,Kind,Case,Form,Time,Date,Judged by,Informant,Wording,Model assumption,Organisation feature,Feature kind,Led to,Basis,Source,Locator
j10,judgement,north,Customization,,2019,the authors,,It was made to fit.,,,,,author-stated,s1,p. 30
j2,judgement,north,Customization,,2019,the managers,i1,It was fitted in.,,,,,curated,s1,p. 31
j3,judgement,north,Transformation,,2020,the authors,,It changed the clinic.,,,,,author-stated,s1,p. 32
j4,judgement,north,Customization,at first,,the authors,,It was made to fit at first.,,,,,author-stated,s1,p. 33
g1,gap,north,,,,the team,,,Patients decide.,Staff decide.,power structure,j3,curated,s1,p. 34
""",
    "events": """\
Event,Case,Start,End,Time,Phase,Statement,Source,Locator
e1,north,,,later,implementation,Later something happened.,s1,p. 40
e2,north,,,at first,adoption,At first something happened.,s1,p. 41
e3,north,,,in spring 2018,,A plan was made.,s1,p. 42
e10,north,2019,,,,The tenth event.,s1,p. 43
e9,north,2019,,,,The ninth event.,s1,p. 44
e4,north,2018-02,2018-05,,,Training was given.,s1,p. 45
e5,study,2020,,,,The study ended.,s1,p. 46
""",
    "sources": """\
Source,Citation,Kind,Page,Known as
s1,A report on two clinics,publication,https://example.org/report,
s2,The article of 2022,publication,,source:piat-2022
""",
}  # fmt: skip


def written(folder: Path, tables: dict[str, str]) -> Path:
    folder.mkdir(parents=True)
    for name, text in tables.items():
        (folder / f"{name}.csv").write_bytes(text.encode())
    return folder


def named(dataset: str, *cases: str, study: str = "") -> dict[str, str]:
    """Return a dataset with one impact in each case."""
    return {
        "dataset": f"Dataset,Title,Framework,Study,Creator,Coding\n{dataset},Another,cfir-2022,{study},A team,One coder.\n",
        "cases": "Case,Name,Setting,Innovation,Source,Locator\n" + "".join(f"{c},{c.capitalize()} clinic,A clinic.,Peer workers,s1,p. 1\n" for c in cases),
        "impacts": "Observation,Case,Impact,Experienced by,Reported by,Valence,Process only,Statement,Coding,Source,Locator\n"
        + "".join(f"m{n},{c},imri:B1,tenants,tenants,positive,no,Tenants of {c} grew.,curated,s1,p. {n}\n" for n, c in enumerate(cases)),
        "sources": "Source,Citation,Kind\ns1,A report,publication\n",
    }


def beside_the_reference(folder: Path, **datasets: dict[str, str]) -> KnowledgeGraph:
    graph = KnowledgeGraph(open_snapshot())
    assert graph.with_cases([written(folder / name, tables) for name, tables in datasets.items()]).conforms
    return graph


@pytest.fixture(scope="module")
def pilot(graph: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> KnowledgeGraph:
    return beside_the_reference(tmp_path_factory.mktemp("cases"), pilot=PILOT, second=named("second", "north", "west"))


@pytest.fixture(scope="module")
def north(pilot: KnowledgeGraph) -> CaseDescription:
    return pilot.case("pilot.north")


# ---------------------------------------------------------------- the list


def test_the_list_counts_what_belongs_to_each_case(pilot: KnowledgeGraph) -> None:
    rows = {row["id"]: row for row in pilot.cases().rows()}
    row = rows["pilot.north"]
    assert {key: row[key] for key in ("name", "dataset", "study", "innovation", "location", "country", "start", "participants", "interviews")} == {
        "name": "North clinic", "dataset": "pilot", "study": None, "innovation": "Peer support", "location": "Northtown", "country": "Canada", "start": "2018",
        "participants": 6, "interviews": 2,
    }  # fmt: skip
    # o2, o4 and o7 are the authors' own, o10, o3, o5 and o6 are not; m1 is, m2 is not.
    assert [row[f"observations{part}"] for part in ("", "_printed", "_inferred")] == [7, 3, 4]
    assert [row[f"impacts{part}"] for part in ("", "_printed", "_inferred")] == [2, 1, 1]
    assert (row["judgements"], row["gaps"], row["events"]) == (4, 1, 6)
    assert [rows["pilot.south"][key] for key in ("observations", "impacts", "judgements", "gaps", "events")] == [0, 0, 0, 0, 0]


def test_the_list_says_what_a_case_can_be_found_by(pilot: KnowledgeGraph) -> None:
    rows = {row["id"]: row for row in pilot.cases().rows()}
    # o10, o2, o3, o4 and o5; the background, the result and what is said of the study are none of them.
    assert rows["pilot.north"]["determinants"] == 5
    # In time; "not stated" is no phase and no group.
    assert rows["pilot.north"]["phases"] == ["historical context", "adoption", "implementation"]
    assert rows["pilot.north"]["stakeholder_groups"] == ["managers", "service users"]
    # Of the managers only the percentage is known, and they took part all the same; what is said of the study is no phase of a case.
    assert (rows["pilot.south"]["determinants"], rows["pilot.south"]["phases"], rows["pilot.south"]["stakeholder_groups"]) == (0, [], ["managers", "service users"])
    # A group that is counted as 0 did not take part.
    assert "family members" not in rows["piat-2022.manitoba-1"]["stakeholder_groups"]
    assert "family members" in rows["piat-2022.quebec"]["stakeholder_groups"]


def test_datasets_of_ones_own_are_told_from_those_of_the_release(pilot: KnowledgeGraph) -> None:
    own = {d["dataset"]: d["own"] for d in pilot.cases().to_json()["datasets"]}
    assert own == {"mulvale-2024": False, "piat-2022": False, "pilot": True, "second": True}


def test_a_number_of_participants_that_is_not_printed_is_not_made_up(pilot: KnowledgeGraph) -> None:
    rows = {row["id"]: row for row in pilot.cases().rows()}
    assert (rows["pilot.south"]["participants"], rows["pilot.south"]["interviews"]) == (None, None)
    # Where one is printed, it is shown whatever the groups add up to.
    assert rows["pilot.north"]["participants"] == 6
    south = pilot.case("pilot.south")
    assert (south.attributes["participants"], south.attributes["documents"], south.attributes["start"]) == (None, None, None)
    assert [(p["group"], p["count"], p["percent"]) for p in south.participants] == [("service users", 4, None), ("managers", None, 60)]
    assert "managers: not stated" in [r["text"] for r in south.rows()]


def test_datasets_are_listed_with_what_is_said_of_their_studies(pilot: KnowledgeGraph) -> None:
    datasets = {d["dataset"]: d for d in pilot.cases().to_json()["datasets"]}
    assert list(datasets) == ["mulvale-2024", "piat-2022", "pilot", "second"]
    assert datasets["pilot"] == {"dataset": "pilot", "title": "A pilot", "framework": "cfir-2022", "second_framework": None, "study": None, "cases": 2, "study_statements": 4, "own": True}
    assert datasets["second"]["study_statements"] == 0


# ---------------------------------------------------------------- one case


def test_attributes_are_those_of_the_table(north: CaseDescription) -> None:
    told = north.attributes
    assert (told["setting"], told["start"], told["end"], told["documents"]) == ("A clinic for adults.", "2018", "2020-06", None)
    assert told["innovation_group"]["curie"] == "review:G3"
    assert (told["organisations"], told["organisation_type"], told["funding"]) == (["A council", "A trust"], "housing services", None)
    assert north.note == "Named so by us."
    assert (north.dataset["framework"], north.dataset["coding"], north.dataset["date"]) == ("cfir-2022", "Two coders, who agreed.", "2025-03")
    assert north.study is None


def test_participants_are_told_row_by_row(north: CaseDescription) -> None:
    found = {p["code"]: p for p in north.participants}
    assert list(found) == ["i1", "p1", "p2"]
    assert [found["p1"][key] for key in ("kind", "group", "count", "women", "men", "mean_age", "counted_in")] == ["group", "service users", 3, 2, None, 41.5, None]
    assert [found["p2"][key] for key in ("percent", "shared", "counted_in")] == [40, 1, "pilot.south"]
    assert (found["i1"]["kind"], found["i1"]["count"]) == ("informant", None)


def test_observations_stand_by_kind_phase_and_domain(north: CaseDescription) -> None:
    groups = {(k.kind["label"], p.phase["label"], d.domain["curie"] if d.domain else None): [o.code for o in d.observations] for k in north.observations for p in k.phases for d in p.domains}  # type: ignore[index]
    assert list(groups.items()) == [
        (("determinant", "adoption", "cfir2022:IV"), ["o4"]),
        (("determinant", "implementation", "cfir2022:III"), ["o2", "o3"]),
        (("determinant", "implementation", "cfir2022:IV"), ["o10"]),
        (("determinant", "not stated", "cfir2022:II"), ["o5"]),
        (("impact or outcome", "implementation", None), ["o7"]),
        (("background", "historical context", None), ["o6"]),
    ]
    determinants = north.observations[0]
    assert (tuple(determinants.count), determinants.valences) == ((2, 3), {"barrier": 2, "facilitator": 2, "mixed valence": 1})
    implementation = determinants.phases[1]
    assert (tuple(implementation.count), [tuple(d.count) for d in implementation.domains]) == ((1, 2), [(1, 1), (0, 1)])
    assert implementation.domains[0].valences == {"barrier": 1, "facilitator": 1}
    assert [(o.code, o.informants) for o in implementation.domains[0].observations] == [("o2", ("i1",)), ("o3", ())]
    assert [o.code for o in north.impacts] == ["m1", "m2"]


def test_counts_are_split_and_count_each_row_once(north: CaseDescription) -> None:
    assert north.to_json()["counts"] == {
        "observations": {"printed": 3, "inferred": 4, "total": 7}, "impacts": {"printed": 1, "inferred": 1, "total": 2},
        "study_statements": {"printed": 1, "inferred": 0, "total": 1}, "judgements": 4, "gaps": 1, "events": 6, "participant_rows": 3,
    }  # fmt: skip


def test_what_is_said_of_the_study_stands_apart_where_it_names_the_case(pilot: KnowledgeGraph, north: CaseDescription) -> None:
    assert [o.code for o in north.study_statements] == ["o8"]
    assert "1 statement about the study as a whole names this case; they stand apart and count nowhere." in north.notes
    south = pilot.case("South clinic")
    assert [o.code for o in south.study_statements] == ["o8", "o9"]
    assert (south.observations, south.impacts, south.counts["observations"]["total"]) == ((), (), 0)
    assert [c.id for c in south.study_statements[0].cases_named] == ["pilot.north", "pilot.south"]
    assert south.to_json()["study_statements"][0]["case"] is None
    # Neither rows of the study nor those of its sheets belong to a case.
    codes = {row["code"] for case in ("pilot.north", "pilot.south") for row in pilot.case(case).rows()}
    assert not {"o11", "m3", "p5", "e5"} & codes


def test_judgements_gaps_and_events_come_in_time(pilot: KnowledgeGraph, north: CaseDescription) -> None:
    assert [(j["code"], j["form_label"], j["date"], j["informants"]) for j in north.judgements] == [
        ("j2", "Customization", "2019", ["i1"]), ("j10", "Customization", "2019", []), ("j3", "Transformation", "2020", []), ("j4", "Customization", None, []),
    ]  # fmt: skip
    assert [j["coding"] for j in north.judgements] == ["curated", "author-stated", "author-stated", "author-stated"]
    (gap,) = north.gaps
    assert (gap["assumption"], gap["feature_kind"], gap["led_to"]) == (
        "Patients decide.", "power structure", [{"code": "j3", "form": "assimilation:T", "wording": "It changed the clinic."}],
    )  # fmt: skip
    # What has no date and no year follows, by phase; e9 comes before e10.
    assert [e["code"] for e in north.events] == ["e3", "e4", "e9", "e10", "e2", "e1"]
    assert [e["when"] for e in north.events][:3] == ["in spring 2018", "2018-02 to 2018-05", "2019"]
    south = pilot.case("pilot.south")
    assert (south.judgements, south.gaps, south.events) == ((), (), ())
    assert "No judgement on the form of assimilation is entered for this case." in south.notes


def test_every_item_says_where_it_stands(pilot: KnowledgeGraph, north: CaseDescription) -> None:
    said = north.to_json()
    (o2,) = (o for k in said["observations"] for p in k["phases"] for d in p["domains"] for o in d["observations"] if o["code"] == "o2")
    assert (o2["source"], o2["locator"], o2["text_anchor"], o2["coding"]) == ("case:pilot.source.s1", "p. 11", "wanted it badly", "author-stated")
    (evidence,) = o2["evidence"]
    assert [evidence[key] for key in ("citation", "locator", "statement", "text_anchor", "url")] == [
        "A report on two clinics", "p. 11", "Leaders wanted the change.", "wanted it badly", "https://example.org/report",
    ]  # fmt: skip
    assert [item["evidence"][0]["locator"] for part in ("participants", "assimilation", "gaps", "events") for item in said[part]] == [
        "p. 5", "p. 4", "p. 4", "p. 31", "p. 30", "p. 32", "p. 33", "p. 34", "p. 42", "p. 45", "p. 44", "p. 43", "p. 41", "p. 40",
    ]  # fmt: skip
    # A source that the graph knows is called by its name there.
    assert pilot.case("pilot.south").evidence[0]["source"] == "source:piat-2022"
    # Evidence that the graph has is told in full.
    assert graph_evidence(pilot)["curie"] == "evidence:piat-2022-I1-5"


def graph_evidence(graph: KnowledgeGraph) -> dict[str, object]:
    (found,) = graph.case("british-columbia").to_json()["impacts"][0]["evidence"]
    return dict(found)


def test_rows_of_a_description_are_all_its_parts(north: CaseDescription) -> None:
    parts = [row["part"] for row in north.rows()]
    assert {part: parts.count(part) for part in dict.fromkeys(parts) if part != "attribute"} == {
        "study statement": 1, "participants": 3, "determinant": 5, "impact or outcome": 1, "background": 1, "impact": 2, "judgement": 4, "gap": 1, "event": 6,
    }  # fmt: skip


# ---------------------------------------------------------------- how a case is called


@pytest.mark.parametrize("text", ["pilot.north", "PILOT.North", "pilot/north", "case:pilot.case.north", "https://w3id.org/imri-kg/id/case/pilot.case.north", " pilot.north "])
def test_a_case_has_many_names(pilot: KnowledgeGraph, text: str) -> None:
    assert pilot.case(text).key.id == "pilot.north"


@pytest.mark.parametrize(("text", "id"), [("south", "pilot.south"), ("South Clinic", "pilot.south"), ("WEST", "second.west"), ("esther", "mulvale-2024.esther")])
def test_the_dataset_may_be_left_out_where_one_case_alone_has_the_name(pilot: KnowledgeGraph, text: str, id: str) -> None:
    assert pilot.case(text).key.id == id


@pytest.mark.parametrize("text", ["north", "NORTH", "North clinic"])
def test_a_name_that_cases_of_several_datasets_have_is_asked_about(pilot: KnowledgeGraph, text: str) -> None:
    with pytest.raises(AmbiguousTermError) as told:
        pilot.case(text)
    assert [(c.curie, c.framework) for c in told.value.candidates] == [("pilot.north", "pilot"), ("second.north", "second")]
    assert f"{text!r} names 2 cases: pilot.north (North clinic), second.north (North clinic). Give the id with its dataset." == str(told.value)


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("pilot.nort", ["pilot.north", "pilot.south"]),
        ("esthr", ["mulvale-2024.esther"]),
        ("nort", ["pilot.north", "second.north"]),
        ("West clinc", ["second.west"]),
        ("Making Recovery Rael", ["mulvale-2024.making-recovery-real"]),
    ],
)
def test_an_unknown_case_is_told_with_the_nearest(pilot: KnowledgeGraph, text: str, nearest: list[str]) -> None:
    with pytest.raises(UnknownNameError) as told:
        pilot.case(text)
    assert (told.value.kind, told.value.value) == ("case", text)
    assert told.value.nearest[: len(nearest)] == nearest
    assert f"Did you mean {nearest[0]!r}" in str(told.value)


def test_a_name_like_no_case_lists_them(pilot: KnowledgeGraph) -> None:
    with pytest.raises(UnknownNameError, match="Unknown case 'xyzzy'. Known: mulvale-2024.cmha-learning-centres, ") as told:
        pilot.case("xyzzy")
    assert len(told.value.known) == 14
    assert isinstance(told.value, ImriError)


# ---------------------------------------------------------------- several datasets


def test_full_stops_in_codes_make_no_two_cases_one(graph: KnowledgeGraph, tmp_path: Path) -> None:
    found = beside_the_reference(tmp_path, first=named("a", "b.c"), other=named("a.b", "c"))
    rows = [row for row in found.cases().rows() if row["dataset"] in ("a", "a.b")]
    assert sorted((row["dataset"], row["name"], row["impacts"]) for row in rows) == [("a", "B.c clinic", 1), ("a.b", "C clinic", 1)]
    assert {found.case(row["id"]).key.name for row in rows} == {"B.c clinic", "C clinic"}
    assert [s for s in found.matrix("impact", "case").study_statements if s.observation.dataset in ("a", "a.b")] == []


def test_datasets_of_a_user_stand_beside_the_reference_cases_and_change_none_of_them(graph: KnowledgeGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reference, cells, esther, matrix = graph.cases().rows(), graph.matrix("domain", "case").cells, graph.case("esther").to_json(), graph.matrix("domain", "case").to_json()
    # From here on, the other graph must not be asked: it would take this library for its own.
    monkeypatch.setenv("IMRI_KG_LIBRARY", str(tmp_path / "library"))
    mine = KnowledgeGraph(open_snapshot())
    assert mine.cases().rows() == reference
    assert mine.import_cases(written(tmp_path / "pilot", {name: text.replace("north", "esther") for name, text in PILOT.items()})).imported
    both = mine.matrix("domain", "case")
    assert [row for row in mine.cases().rows() if row["dataset"] != "pilot"] == reference
    assert [c for c in both.cells if c.column != "pilot.esther"] == list(cells)
    # o10 and o4 in the fourth domain, o2 and o3 in the third, o5 in the second.
    assert {c.row: tuple(c.count) for c in both.cells if c.column == "pilot.esther" and c.observations} == {"cfir2022:II": (0, 1), "cfir2022:III": (1, 1), "cfir2022:IV": (1, 1)}
    assert {c.id for c in mine.matrix("domain", "case", where={"case": "pilot.esther"}).columns} == {"pilot.esther"}
    with pytest.raises(AmbiguousTermError, match=r"mulvale-2024\.esther .*pilot\.esther"):
        mine.matrix("domain", "case", where={"case": "esther"})
    assert mine.case("mulvale-2024.esther").to_json() == esther
    mine.library.undo()
    assert mine.cases().rows() == reference
    assert mine.matrix("domain", "case").to_json() == matrix


def test_two_datasets_on_one_study_both_have_what_its_authors_state(graph: KnowledgeGraph, tmp_path: Path) -> None:
    both = beside_the_reference(tmp_path, recoded=named("recoded", "quebec", study="study:piat-2022"))
    found = both.matrix("impact", "case")
    assert [found.cell("imri:B", f"{dataset}.quebec").state for dataset in ("piat-2022", "recoded")] == [CellState.STATED_PRESENT] * 2
    assert [found.cell("imri:B1", f"{dataset}.quebec").state for dataset in ("piat-2022", "recoded")] == [CellState.NOT_STATED, CellState.COUNTED]
    assert [c for c in found.cells if c.column != "recoded.quebec"] == list(graph.matrix("impact", "case").cells)
    recoded, first = both.case("recoded.quebec"), both.case("piat-2022.quebec")
    assert recoded.attributes["site"] == first.attributes["site"] == "study:piat-2022-quebec"
    assert recoded.limitations == first.limitations != ()


def test_a_dataset_with_a_violation_is_not_taken_in(graph: KnowledgeGraph, tmp_path: Path) -> None:
    alone = KnowledgeGraph(open_snapshot())
    spoilt = {**PILOT, "determinants": PILOT["determinants"].replace("III.D,", "III.Q,")}
    validation = alone.with_cases([written(tmp_path / "pilot", spoilt), written(tmp_path / "second", named("second", "west"))])
    assert not validation.conforms
    assert len(alone.cases().rows()) == len(graph.cases().rows())
