"""The matrix coding query: every number below was worked out on paper from the tables of this file before it was first run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from matrix_samples import TABLES, alone_with, cases_of, short

from imri_kg.cases.matrices import CellState, Matrix
from imri_kg.errors import AmbiguousTermError, BadInputError, ImriError, UnknownNameError, UnknownTermError
from imri_kg.formats import separated, serialise
from imri_kg.graph import KnowledgeGraph


@pytest.fixture(scope="module")
def pilot(graph: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> KnowledgeGraph:
    return alone_with(tmp_path_factory.mktemp("pilot"), TABLES)


def counted(found: Matrix) -> set[str]:
    """Return the cells that count anything, as the table below writes them."""
    return {f"{short(c.row)} × {short(c.column)} {c.count.printed}+{c.count.inferred}" for c in found.cells if c.state is CellState.COUNTED}


def codes(ids: Iterable[str]) -> list[str]:
    return [i.rpartition(".")[2] for i in ids]


# ---------------------------------------------------------------- what a form offers


def test_each_dimension_offers_the_values_that_observations_have(pilot: KnowledgeGraph) -> None:
    from imri_kg.cases.matrix import MatrixService

    choices = MatrixService(pilot.casebook).choices()
    for name, members in choices.items():
        for member in members:
            other = "case" if name != "case" else "phase"
            reading = {"stakeholder_by": "experienced"} if name == "stakeholder" else {}
            # Whatever a form offers can be asked; an unknown value would be refused.
            pilot.matrix(name, other, where={name: [member.id]}, **reading)
            assert member.count.total > 0
    assert [m.id for m in choices["phase"]] == sorted((m.id for m in choices["phase"]), key=["phase:historical-context", "phase:adoption", "phase:implementation", "phase:assimilation", "phase:not-stated"].index)


# ---------------------------------------------------------------- counts by hand

#: Rows, columns, options; printed + inferred of each cell that counts anything; the same of the whole.
HAND: list[tuple[str, str, dict[str, Any], str, str]] = [
    ("construct", "case", {}, "II.F × south 1+0, III.D × north 0+1, III.D1 × north 1+0, III.D1 × south 0+1, III.D2 × north 1+0, IV.R.A × south 0+1, V.F1 × north 0+1", "3+4"),
    ("construct", "case", {"rollup": True}, "II × south 1+0, II.F × south 1+0, III × north 2+1, III × south 0+1, III.D × north 2+1, III.D × south 0+1, III.D1 × north 1+0, "
     "III.D1 × south 0+1, III.D2 × north 1+0, IV × south 0+1, IV.R × south 0+1, IV.R.A × south 0+1, V × north 0+1, V.F × north 0+1, V.F1 × north 0+1", "3+4"),
    ("domain", "case", {}, "II × south 1+0, III × north 2+1, III × south 0+1, IV × south 0+1, V × north 0+1", "3+4"),
    # By the authors' own word: d3 goes to the outer setting and d5 to the process; d2 was carried forward, and of d6 no domain is known.
    ("domain", "case", {"domain_by": "context-word"}, "II × north 1+0, III × north 1+1, V × south 1+0", "3+1"),
    # A number is printed only where word and valence are.
    ("domain", "valence", {"domain_by": "context-word"}, "II × barrier 1+0, III × facilitator 1+1, V × barrier 0+1", "2+2"),
    # Our construct against their word: the disagreements of d3 and d5 are seen.
    ("construct", "domain", {"domain_by": "context-word"}, "III.D1 × III 1+0, III.D × III 0+1, III.D2 × II 1+0, III.D1 × V 0+1", "2+2"),
    ("construct", "domain", {}, "II.F × II 1+0, III.D × III 0+1, III.D1 × III 1+1, III.D2 × III 1+0, IV.R.A × IV 0+1, V.F1 × V 0+1", "3+4"),
    ("context-word", "case", {}, "externalContext × north 1+0, internalContext × north 1+1, odd word × south 1+0, processContext × south 1+0", "4+1"),
    # Second constructs count where the framework is a dimension, and not otherwise; an observation with two codings is one in the total.
    ("framework", "case", {}, "cfir-2022 × north 2+2, cfir-2022 × south 1+2, diffusion × north 1+1, diffusion × south 1+0, imri × north 1+1, imri × south 1+1", "5+6"),
    ("framework", "construct", {"where": {"case": "north", "valence": "mixed valence"}}, "cfir-2022 × V.F1 0+1, diffusion × D8.3 0+1", "0+1"),
    ("case", "phase", {}, "north × adoption 3+0, north × implementation 3+0, south × adoption 2+0, south × assimilation 1+0, south × not-stated 1+0", "10+0"),
    ("phase", "valence", {}, "adoption × facilitator 1+1, adoption × barrier 0+1, adoption × positive 1+0, adoption × mixed 1+0, implementation × barrier 1+0, "
     "implementation × mixedValence 0+1, implementation × negative 0+1, assimilation × facilitator 0+1, not-stated × facilitator 1+0", "5+5"),
    ("case", "kind", {}, "north × determinantKind 2+2, north × eventKind 0+1, north × CodedImpactObservation 1+1, south × determinantKind 1+2, south × impactKind 1+0, "
     "south × backgroundKind 0+1, south × CodedImpactObservation 1+1", "6+8"),
    ("stakeholder", "valence", {}, "manager × facilitator 1+2, manager × barrier 0+1, manager × positive 1+0, manager × negative 0+1, manager × mixed 1+0, "
     "service-user × facilitator 1+0, service-user × barrier 1+1, service-user × positive 1+0, not-stated × positive 1+0", "5+4"),
    ("stakeholder", "valence", {"stakeholder_by": "experienced"}, "service-user × positive 2+0, family-member × positive 1+0, service-provider × negative 0+1, "
     "service-provider × mixed 1+0, manager × mixed 1+0", "3+1"),
    ("level", "impact", {}, "service-user × B1 2+0, service-provider × B1 1+0, organisation × B2 0+1, organisation × O3 1+0", "3+1"),
    ("impact", "level", {"rollup": True, "where": {"case": "north"}}, "B × service-user 1+0, B × service-provider 1+0, B × organisation 0+1, B1 × service-user 1+0, "
     "B1 × service-provider 1+0, B2 × organisation 0+1", "1+1"),
    ("impact", "case", {}, "B1 × north 1+0, B2 × north 0+1, O3 × south 1+1", "2+2"),
    ("innovation", "valence", {}, "Peer support × facilitator 1+1, Peer support × barrier 1+0, Peer support × mixedValence 0+1, Peer support × positive 2+0, "
     "Peer support × negative 0+1, Family group × facilitator 1+1, Family group × barrier 0+1, Family group × mixed 1+0", "6+5"),
    # Filters. By a coding, a number is printed only where the coding is.
    ("phase", "case", {"where": {"construct": "III.D"}}, "adoption × north 1+1, implementation × north 1+0, adoption × south 0+1", "2+2"),
    ("construct", "case", {"where": {"construct": "III.D"}, "rollup": True}, "III.D × north 2+1, III.D × south 0+1, III.D1 × north 1+0, III.D1 × south 0+1, III.D2 × north 1+0", "2+2"),
    ("phase", "case", {"where": {"kind": "impact or outcome"}}, "implementation × south 1+0", "1+0"),
    ("phase", "case", {"where": {"kind": ["event", "background"]}}, "adoption × north 0+1, adoption × south 0+1", "0+2"),
    ("phase", "case", {"where": {"kind": "determinant", "case": ["north", "east"]}}, "adoption × north 1+1, implementation × north 1+1", "2+2"),
    ("construct", "case", {"where": {"framework": "diffusion"}}, "D5.3 × north 1+0, D8.3 × north 0+1, D8.4 × south 1+0", "2+1"),
    ("domain", "case", {"where": {"framework": "imri"}}, "B × north 1+1, O × south 1+1", "2+2"),
    ("case", "phase", {"where": {"domain": "Inner Setting"}, "domain_by": "context-word"}, "north × adoption 1+1", "1+1"),
    ("case", "phase", {"where": {"stakeholder": "service users"}}, "north × adoption 2+0, north × implementation 1+0, south × adoption 1+0", "4+0"),
    ("case", "valence", {"where": {"phase": "adoption"}, "basis": ["curated"]}, "north × facilitator 0+1, south × barrier 0+1", "0+2"),
    ("case", "valence", {"basis": ["author-stated"]}, "north × facilitator 1+0, north × barrier 1+0, north × positive 1+0, south × facilitator 1+0, south × mixed 1+0", "5+0"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "columns", "options", "cells", "total"), HAND, ids=[f"{r}-{c}-{n}" for n, (r, c, *_) in enumerate(HAND)])
def test_counts_are_those_worked_out_by_hand(pilot: KnowledgeGraph, rows: str, columns: str, options: dict[str, Any], cells: str, total: str) -> None:
    found = pilot.matrix(rows, columns, **options)
    assert counted(found) == set(cells.split(", "))
    assert f"{found.total.printed}+{found.total.inferred}" == total
    assert {(c.row, c.column) for c in found.cells} == {(r.id, c.id) for r in found.rows_ for c in found.columns}


def test_an_observation_with_two_values_is_one_in_every_sum(pilot: KnowledgeGraph) -> None:
    found = pilot.matrix("stakeholder", "valence")
    # Managers report d1, d2 and d7 to have helped, service users d1: 3 and 1 in the cells, 3 in the column.
    assert {short(c.id): tuple(c.count) for c in found.columns} == {"facilitator": (1, 2), "barrier": (1, 1), "positive": (2, 0), "negative": (0, 1), "mixed": (1, 0)}
    assert {short(r.id): tuple(r.count) for r in found.rows_} == {"manager": (3, 4), "service-user": (3, 1), "not-stated": (1, 0)}
    rolled = pilot.matrix("construct", "case", rollup=True)
    assert [(short(r.id), tuple(r.count), r.depth, r.broader and short(r.broader)) for r in rolled.rows_][2:6] == [
        ("III", (2, 2), 0, None), ("III.D", (2, 2), 1, "III"), ("III.D1", (1, 1), 2, "III.D"), ("III.D2", (1, 0), 2, "III.D"),
    ]  # fmt: skip


def test_rows_and_columns_stand_in_the_order_of_what_they_name(pilot: KnowledgeGraph) -> None:
    assert [r.label for r in pilot.matrix("phase", "valence").rows_] == ["adoption", "implementation", "assimilation", "not stated"]
    assert [short(c.id) for c in pilot.matrix("case", "construct").columns] == ["II.F", "III.D", "III.D1", "III.D2", "IV.R.A", "V.F1"]
    assert [c.label for c in pilot.matrix("case", "kind").columns] == ["determinant", "impact or outcome", "coded impact", "event", "background"]
    assert [r.label for r in pilot.matrix("stakeholder", "valence").rows_] == ["managers", "service users", "not stated"]
    assert [r.id for r in pilot.matrix("case", "kind", empty=True).rows_] == ["pilot.east", "pilot.north", "pilot.south"]


def test_what_has_no_value_in_a_dimension_is_named_and_in_no_cell(pilot: KnowledgeGraph) -> None:
    found = pilot.matrix("phase", "valence")
    assert {side: codes(ids) for side, ids in found.without.items()} == {"rows": ["m3", "m4"], "columns": ["m3"]}
    assert (found.kinds, found.split) == ({"coded impact": 3, "determinant": 7}, {"rows": "source", "columns": "coding"})
    assert "2 observations in view have no phase and are in no cell." in found.notes
    by_word = pilot.matrix("domain", "case", domain_by="context-word")
    assert codes(by_word.without["rows"]) == ["d4", "d6", "d7"]
    assert (by_word.split["rows"], "Context words of which no domain is known: odd word." in by_word.notes) == ("context word", True)


# ---------------------------------------------------------------- the states of a cell


def test_a_cell_that_is_not_stated_is_no_0(pilot: KnowledgeGraph) -> None:
    found = pilot.matrix("case", "kind", empty=True)
    cell = found.cell("East clinic", "determinant")
    assert (cell.state, cell.state.words, cell.observations) == (CellState.NOT_STATED, "not stated", ())
    assert [cell.to_json()[name] for name in ("state", "printed", "inferred", "total")] == ["not_stated", None, None, None]
    # What was counted and is inferred alone has a printed number of 0, since its observations are there.
    assert [found.cell("pilot.north", "event").to_json()[name] for name in ("state", "printed", "inferred", "total")] == ["counted", 0, 1, 1]
    assert next(r for r in found.to_json()["rows"] if r["id"] == "pilot.east")["total"] is None
    # Three cases by five kinds that occur and one that does not.
    assert found.states == {"counted": 7, "stated_present": 0, "stated_absent": 0, "not_stated": 11}


def test_members_without_observations_are_listed_on_request(pilot: KnowledgeGraph) -> None:
    assert [short(r.id) for r in pilot.matrix("domain", "case").rows_] == ["II", "III", "IV", "V"]
    assert [short(r.id) for r in pilot.matrix("domain", "case", empty=True).rows_] == ["I", "II", "III", "IV", "V"]
    assert len(pilot.matrix("impact", "case", empty=True).rows_) == len(pilot.framework_service.members("imri"))
    # A filter on an edition keeps the members of others out: no construct of CFIR is an impact, or one of CHIME.
    assert pilot.matrix("impact", "case", where={"framework": "cfir-2022"}, empty=True).rows_ == ()
    assert pilot.matrix("construct", "case", where={"framework": "chime"}, empty=True).rows_ == ()
    assert {r.framework for r in pilot.matrix("construct", "case", where={"framework": "diffusion"}, empty=True).rows_} == {"diffusion"}
    assert [c.id for c in pilot.matrix("phase", "case", where={"case": "east"}, empty=True).columns] == ["pilot.east"]


def test_what_authors_state_without_counting_fills_what_counts_nothing(graph: KnowledgeGraph) -> None:
    found = graph.matrix("impact", "case")
    # The article states presence at all seven sites for four categories and O7, at three for T4; O3 is counted where it states it.
    assert found.states == {"counted": 9, "stated_present": 5 * 7 + 3, "stated_absent": 0, "not_stated": 80 - 9 - 38}
    ontario = found.cell("imri:T4", "piat-2022.ontario")
    assert (ontario.state.words, ontario.count.total, ontario.statements) == ("stated present (not counted)", 0, ("claim:coverage-T4-sites",))
    assert found.drill("imri:T4", "piat-2022.ontario").statements[0]["evidence"]
    assert found.cell("imri:T4", "piat-2022.quebec").state is CellState.NOT_STATED
    quebec = found.cell("imri:O3", "piat-2022.quebec")
    assert (quebec.state, quebec.count.total, quebec.statements) == (CellState.COUNTED, 1, ("claim:coverage-O3-sites",))
    # One on a category says nothing of its impacts.
    assert found.cell("imri:B1", "piat-2022.quebec").state is CellState.NOT_STATED


def test_stated_absence_is_told_from_silence(graph: KnowledgeGraph) -> None:
    told = graph.matrix("impact", "innovation")
    assert told.cell("imri:O2", "Staff recovery training").state is CellState.STATED_ABSENT
    assert told.cell("imri:T6", "Family support group").state is CellState.NOT_STATED
    groups = graph.matrix("stakeholder", "impact")
    assert groups.cell("housing proprietors", "imri:I").state is CellState.STATED_ABSENT
    # Who gave no data may still be said to experience something: the statement is shown and decides nothing.
    cell = graph.matrix("impact", "stakeholder", stakeholder_by="experienced", empty=True).cell("imri:I", "housing proprietors")
    assert (cell.state, cell.statements) == (CellState.NOT_STATED, ("claim:coverage-I-housing-proprietors",))


def test_what_authors_state_is_left_out_where_the_table_is_not_what_they_speak_of(graph: KnowledgeGraph) -> None:
    assert graph.matrix("impact", "case", basis=["curated"]).states["stated_present"] == 0
    filtered = graph.matrix("impact", "case", where={"valence": "positive"})
    assert filtered.states["stated_present"] == 0
    assert "What authors state without counting is left out: it is said without the filters of this table." in filtered.notes
    assert {short(r.id) for r in graph.matrix("impact", "case", where={"case": "ontario"}).rows_} == {"B", "I", "T", "T4", "O", "O7"}


def test_observations_behind_a_cell_come_with_statement_place_and_evidence(pilot: KnowledgeGraph) -> None:
    found = pilot.matrix("domain", "case")
    detail = found.drill("Inner Setting", "North clinic")
    assert [(o.code, o.statement, o.locator) for o in detail.observations] == [
        ("d1", "Leaders treated everybody alike.", "p. 11"), ("d2", "The clinic valued what was new.", "p. 12"), ("d3", "Needs of those served were overlooked.", "p. 13"),
    ]  # fmt: skip
    assert (tuple(detail.count), detail.state) == ((2, 1), CellState.COUNTED)
    said = detail.to_json()["observations"]
    assert [(e["citation"], e["locator"], e["statement"]) for e in said[0]["evidence"]] == [("A report on three clinics", "p. 11", "Leaders treated everybody alike.")]
    assert [o["coding"] for o in said] == ["author-stated", "curated", "author-stated"]
    assert [r["evidence"] for r in detail.rows()][2] == "A report on three clinics, p. 13"


def test_a_row_a_column_and_the_whole_can_be_opened_too(pilot: KnowledgeGraph) -> None:
    found = pilot.matrix("stakeholder", "valence")
    assert [o.code for o in found.drill(row="managers").observations] == ["d1", "d2", "d5", "d7", "m1", "m2", "m6"]
    assert [o.code for o in found.drill(column="facilitator").observations] == ["d1", "d2", "d7"]
    assert tuple(found.drill(column="facilitator").count) == (1, 2)
    assert [o.code for o in found.drill().observations] == codes(found.observations)
    assert found.drill("not stated", "barrier").observations == ()
    with pytest.raises(UnknownNameError, match="Unknown row 'stakeholder:managers'. Did you mean 'stakeholder:manager'"):
        found.drill(row="stakeholder:managers")


# ---------------------------------------------------------------- what is said of a study as a whole


def apart(found: Matrix) -> dict[str, tuple[list[str], list[str]]]:
    return {s.observation.code: ([short(k) for k in s.rows], [short(k) for k in s.columns]) for s in found.study_statements}


def test_a_statement_about_the_study_stands_apart_and_counts_nowhere(pilot: KnowledgeGraph) -> None:
    found = pilot.matrix("construct", "case")
    assert apart(found) == {"d10": (["III.D"], ["north"]), "d11": (["II.F"], [])}
    assert not {"d10", "d11"} & set(codes(found.observations))
    assert "2 statements about a study as a whole stand apart and count nowhere." in found.notes
    assert found.to_json()["study_statements"][0]["evidence"][0]["locator"] == "p. 20"
    assert apart(pilot.matrix("construct", "case", rollup=True))["d11"] == (["II", "II.F"], [])


def test_what_is_tied_to_an_innovation_counts_but_for_no_case(pilot: KnowledgeGraph) -> None:
    by_level = pilot.matrix("level", "impact")
    assert apart(by_level) == {"m5": (["service-provider"], ["T1"])}
    assert "m4" in codes(by_level.observations)
    assert apart(pilot.matrix("impact", "case")) == {"m4": (["B1"], []), "m5": (["T1"], [])}
    assert codes(pilot.matrix("level", "impact", where={"case": "north"}).observations) == ["m1", "m2"]
    # A filter on a case keeps what is said of it or of the whole study.
    assert list(apart(pilot.matrix("phase", "valence", where={"case": "north"}))) == ["d10", "d11", "m4", "m5"]
    assert list(apart(pilot.matrix("phase", "valence", where={"case": "south"}))) == ["d11", "m4", "m5"]


def test_codings_that_are_not_trusted_are_counted_as_left_out(pilot: KnowledgeGraph) -> None:
    found = pilot.matrix("phase", "valence", basis=["author-stated"])
    # d2, d4, d5, d7, d11, m2 and m3.
    assert (found.basis, dict(found.left_out)) == (("author-stated",), {"curated": 7})
    assert list(apart(found)) == ["d10", "m5"]
    # A row that does not say whose coding it is is not taken for the authors'.
    assert pilot.matrix("case", "phase", where={"kind": "event"}, basis=["author-stated"]).to_json()["left_out"] == {"observations": {"curated": 1}}


@pytest.mark.parametrize(
    ("rows", "columns", "options", "error", "says"),
    [
        ("constructs", "case", {}, UnknownNameError, "Unknown dimension 'constructs'. Did you mean 'construct'? Known: case, construct, context-word,"),
        ("phase", " Phase", {}, BadInputError, "Rows and columns are both 'phase'; choose two different dimensions."),
        ("impact", "construct", {}, BadInputError, "No observation has all of construct, impact"),
        ("domain", "level", {}, BadInputError, "No observation has all of domain, level"),
        ("impact", "case", {"where": {"context-word": "process"}}, BadInputError, "No observation has all of case, context-word, impact"),
        ("phase", "case", {"where": {"phases": "adoption"}}, UnknownNameError, "Unknown dimension 'phases'. Did you mean 'phase'"),
        ("phase", "case", {"where": {"phase": "adaption"}}, UnknownNameError, "Unknown phase 'adaption'. Did you mean 'adoption'"),
        ("phase", "case", {"where": {"case": "pilot.nort"}}, UnknownNameError, "Unknown case 'pilot.nort'. Did you mean 'pilot.north'"),
        ("phase", "case", {"where": {"case": "nort"}}, UnknownNameError, "Did you mean 'pilot.north'"),
        ("phase", "case", {"where": {"construct": "Cultur"}}, UnknownTermError, "cfir2022:III.D (Culture)"),
        ("phase", "case", {"where": {"construct": "Innovation Deliverers"}}, AmbiguousTermError, "names 3 constructs: cfir2022:IV.R.H"),
        ("impact", "case", {"where": {"impact": "cfir2022:III.D"}}, UnknownNameError, "Known: imri:B, imri:B1,"),
        ("domain", "case", {"where": {"domain": "III.D"}}, UnknownNameError, "Known: cfir2022:I, cfir2022:II,"),
        ("phase", "case", {"where": {"framework": "cfir-2023"}}, UnknownNameError, "Did you mean 'cfir-2022'"),
        ("phase", "case", {"basis": ["authors"]}, UnknownNameError, "Did you mean 'author-stated'"),
        ("domain", "case", {"domain_by": "words"}, UnknownNameError, "Known: construct, context-word."),
        ("stakeholder", "case", {"stakeholder_by": "report"}, UnknownNameError, "Did you mean 'reported'"),
    ],
)
def test_a_question_that_cannot_be_answered_says_what_can(pilot: KnowledgeGraph, rows: str, columns: str, options: dict[str, Any], error: type[ImriError], says: str) -> None:
    with pytest.raises(error) as told:
        pilot.matrix(rows, columns, **options)
    assert says in str(told.value)


def test_a_table_without_an_observation_is_an_answer(pilot: KnowledgeGraph) -> None:
    found = pilot.matrix("phase", "case", where={"construct": "cfir2022:I.A"})
    assert (found.rows_, found.columns, found.cells, found.total.total, found.grid(), len(found.to_dataframe())) == ((), (), (), 0, [], 0)
    assert separated(found.grid(), "csv", found.grid_header()) == "phase,label,all,\"all, printed\",\"all, inferred\"\r\n"
    assert serialise(found, "csv").startswith("row,row_label,column,column_label,state,printed,inferred,total")


def test_forms_are_equal_cell_by_cell(pilot: KnowledgeGraph) -> None:
    found = pilot.matrix("phase", "valence")
    wide = list(csv.DictReader(io.StringIO(separated(found.grid(), "csv", found.grid_header()))))
    frame = found.to_dataframe()
    long = {(r["row"], r["column"]): r for r in csv.DictReader(io.StringIO(serialise(found, "csv")))}
    assert (len(wide), len(frame), len(long)) == (4, 4, 24)
    for row, line in zip(found.rows_, wide, strict=True):
        assert [line[h] for h in ("phase", "label", "all", "all, printed")] == [row.id, row.label, str(row.count.total), str(row.count.printed)]
        for column in found.columns:
            cell = found.cell(row.id, column.id)
            expected = [str(n) for n in (cell.count.total, *cell.count)] if cell.observations else ["not stated", "", ""]
            headings = [column.label, f"{column.label}, printed", f"{column.label}, inferred"]
            assert [line[h] for h in headings] == expected
            there = [frame.loc[(row.id, row.label), h] for h in headings]
            assert ["" if v is None or v != v else str(int(v)) if isinstance(v, float) else str(v) for v in there] == expected
            said = long[row.id, column.id]
            assert [said[h] for h in ("total", "printed", "inferred", "state")] == ([*expected, "counted"] if cell.observations else ["", "", "", "not_stated"])
            assert said["observations"] == " ".join(cell.observations)


def test_every_number_can_be_followed_to_its_observations(pilot: KnowledgeGraph) -> None:
    found = pilot.matrix("phase", "valence", where={"case": "north"})
    behind = found.behind()
    assert [(r["phase"], r["valence"], r["id"]) for r in behind] == [(c.row, c.column, i) for c in found.cells for i in c.observations] != []
    assert all(r["locator"] and r["evidence"] and r["statement"] for r in behind)
    assert {r["observation phase"] for r in behind} <= {m.label for m in found.rows_}
    about = {r["what"]: r["value"] for r in found.about()}
    assert (about["release"], about["query"], about["filters"]) == (found.release, "service/case-rows", "case: pilot.north")


def test_no_column_of_the_wide_form_takes_the_place_of_another(graph: KnowledgeGraph, tmp_path: Path) -> None:
    innovations = {f"c{n}": name for n, name in enumerate(("all", "label", "phase", "Peers", "Peers, printed", "Peer workers"))}
    rows = [f"x{n},c{n},determinant,adoption,Reason number {n} was told.,II.F,,barrier,,,curated,,,s1,p. {n}" for n in range(6)]
    determinants = "\n".join([TABLES["determinants"].splitlines()[0], *rows])
    impacts = TABLES["impacts"].splitlines()[0]
    found = alone_with(tmp_path, {**TABLES, "cases": cases_of(innovations), "determinants": determinants, "impacts": impacts}).matrix("phase", "innovation")
    (row,) = found.grid()
    assert list(row) == found.grid_header()
    assert len(row) == 2 + 3 * len(found.columns) + 3
    assert (row["phase"], row["label"], row["all"], row["Peer workers"]) == ("phase:adoption", "adoption", 6, 1)
    assert [row[f"{name} ({name})"] for name in list(innovations.values())[:5]] == [1] * 5


def test_datasets_are_a_dimension_and_a_filter(graph: KnowledgeGraph) -> None:
    found = graph.matrix("dataset", "kind")
    assert [(m.id, m.label[:5]) for m in found.rows_] == [("mulvale-2024", "Three"), ("piat-2022", "Seven")]
    both = set(found.observations)
    for key in ("mulvale-2024", "piat-2022"):
        alone = graph.matrix("dataset", "kind", where={"dataset": key})
        assert set(alone.observations) == {i for i in both if i.startswith(f"case:{key}.")} != set()
    # Authors state that these are at every site of the study, without numbers.
    impacts = graph.matrix("impact", "dataset")
    assert impacts.cell("imri:T", "piat-2022").state is CellState.STATED_PRESENT
    assert next(r["all"] for r in impacts.grid() if r["impact"] == "imri:T") == "none counted"
    with pytest.raises(UnknownNameError, match="Unknown dataset 'piat'. Did you mean 'piat-2022'"):
        graph.matrix("phase", "kind", where={"dataset": "piat"})
