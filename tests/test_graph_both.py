"""What the graph answers, of this installation and of a server alike: every test here runs for both."""

from __future__ import annotations

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from library_samples import as_csv, as_workbook, tables_of

from imri_kg.errors import (
    AmbiguousTermError,
    BadInputError,
    QueryError,
    UnknownNameError,
    UnknownTermError,
)
from imri_kg.graph import KnowledgeGraph
from imri_kg.model import State
from imri_kg.remote import batching
from imri_kg.remote.graph import RemoteGraph

if TYPE_CHECKING:
    Graph = KnowledgeGraph | RemoteGraph


def write(folder: Path, tables: dict[str, list[list[object]]]) -> Path:
    """Write tables as CSV files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in as_csv(tables):
        (folder / source.name).write_bytes(source.data)
    return folder


# ---------------------------------------------------------------- release


def test_the_release_says_what_it_is(kg: Graph, graph: KnowledgeGraph) -> None:
    assert kg.release == graph.release
    assert kg.release_info["base"] == "https://w3id.org/imri-kg/"
    assert kg.release_info["counts"]["constructs"] == 282
    assert set(kg.release_info) == {"base", "code_status", "counts", "digest", "release", "version"}
    assert kg.prefixes.expand("chime:I") == "https://w3id.org/imri-kg/id/chime/I"
    assert kg.prefixes.compress("https://w3id.org/imri-kg/id/imri/B1") == "imri:B1"


# ---------------------------------------------------------------- frameworks and constructs


def test_frameworks_are_listed_with_their_counts(kg: Graph) -> None:
    rows = {row["key"]: row for row in kg.frameworks().rows()}
    assert set(rows) == {"assimilation", "cfir-2009", "cfir-2022", "chime", "diffusion", "imri", "logic-model", "recovery-review"}
    assert rows["chime"]["members"] == 26
    assert rows["imri"]["counts"]["members"] == 25


def test_a_framework_has_all_its_members(kg: Graph) -> None:
    found = kg.framework("chime")
    assert (found.key, len(found.members), found.counts["members"]) == ("chime", 26, 26)
    assert found.members[0]["curie"] == "chime:C"
    assert {m["curie"]: m["broader"] for m in found.members}["chime:H3"] == "chime:H"
    # The prefix of the codes is understood for the key.
    assert kg.framework("cfir2022").key == "cfir-2022"


@pytest.mark.parametrize("text", ["chmie", "chime/x", "", "..", "https://example.org/chime"])
def test_an_unknown_framework_names_the_nearest(kg: Graph, text: str) -> None:
    for ask in (kg.framework, lambda key: kg.crosswalk("imri", key), lambda key: kg.coverage(key, "imri")):
        with pytest.raises(UnknownNameError, match="Unknown framework") as caught:
            ask(text)
        assert (caught.value.kind, caught.value.value, len(caught.value.known)) == ("framework", text, 8)
        assert list(caught.value.nearest) == (["chime"] if text == "chmie" else ["chime"] if text == "chime/x" else [])


@pytest.mark.parametrize("text", ["imri:B1", "IMRI:b1", "https://w3id.org/imri-kg/id/imri/B1", "B1"])
def test_a_construct_is_found_by_curie_iri_and_code(kg: Graph, text: str) -> None:
    found = kg.concept(text)
    assert (found.reference.curie, found.kind, found.notation) == ("imri:B1", "Impact", "B1")
    assert [b.curie for b in found.broader] == ["imri:B"]
    assert found.evidence and found.evidence[0].citation.startswith("Piat")


def test_a_label_with_signs_is_found(kg: Graph) -> None:
    label = next(m["label"] for m in kg.framework("cfir-2022").members if "&" in m["label"])
    assert {h["curie"] for h in kg.search(label).rows()} & {m["curie"] for m in kg.framework("cfir-2022").members if m["label"] == label}


def test_the_basis_limits_what_is_stated_of_a_construct(kg: Graph) -> None:
    everything, stated = kg.concept("logic:M3"), kg.concept("logic:M3", basis="author-stated")
    assert everything.basis == ("author-stated", "curated", "derived") and stated.basis == ("author-stated",)
    assert {c["basis"] for c in (*stated.claims, *stated.relations)} <= {"author-stated"}


def test_an_unknown_construct_comes_with_what_is_near_it(kg: Graph) -> None:
    for ask in (kg.concept, kg.mappings, lambda text: kg.explain(text, "chime:I"), lambda text: kg.mappings(object=text)):
        with pytest.raises(UnknownTermError, match="No construct is called 'imri:B9'") as caught:
            ask("imri:B9")
        assert caught.value.value == "imri:B9"
        assert caught.value.understood == "the code 'B9' of the framework with the prefix 'imri', which has no such code"
        assert [c.curie for c in caught.value.candidates[:2]] == ["imri:B", "imri:B1"]
        assert all(0 <= c.score <= 1 and c.framework == "imri" for c in caught.value.candidates)


def test_an_ambiguous_code_is_not_guessed(kg: Graph) -> None:
    with pytest.raises(AmbiguousTermError) as caught:
        kg.concept("I1")
    assert {c.curie for c in caught.value.candidates} == {"imri:I1", "chime:I1"}
    assert "Give the CURIE of the one you mean." in str(caught.value)


def test_a_search_forgives_an_error_of_typing(kg: Graph) -> None:
    found = kg.search("personl growth")
    assert found.rows()[0]["curie"] == "imri:B1"
    assert 0 < found.rows()[0]["score"] <= 1


def test_a_search_is_as_long_as_was_asked(kg: Graph) -> None:
    some, every = kg.search("recovery", limit=3), kg.search("recovery", limit=None)
    assert len(some.data) == 3 and some.data == every.data[:3] and len(every.data) > 20
    assert len(kg.search("recovery").data) == 20
    assert some.next is None and every.next is None
    # What is said of codes concerns the hits that are there.
    (note,) = some.extra["notes"]
    assert {key for key in ("chime", "imri", "recovery-review", "logic-model") if key in note} == {h["framework"] for h in some.rows()}


def test_a_search_in_one_edition_or_for_one_kind(kg: Graph) -> None:
    assert {h["framework"] for h in kg.search("hope", framework="chime").rows()} == {"chime"}
    assert {h["kind"] for h in kg.search("recovery", kind="impact", limit=None).rows()} == {"Impact"}
    with pytest.raises(UnknownNameError) as caught:
        kg.search("recovery", kind="Impcat")
    assert caught.value.kind == "kind" and "Impact" in caught.value.nearest


def test_a_search_without_hits_has_its_columns(kg: Graph) -> None:
    found = kg.search("zzzzqqqq")
    assert found.data == () and found.columns[:3] == ("curie", "label", "framework")


# ---------------------------------------------------------------- mappings


def test_mappings_come_with_evidence_and_states(kg: Graph) -> None:
    answer = kg.mappings("imri:B1", to="chime", basis="author-stated")
    assert [(r.object.curie, r.stated_relation, r.predicate_basis, r.confidence) for r in answer.items] == [
        ("chime:E", "aligns with", "ours", None), ("chime:I", "aligns with", "ours", None), ("chime:M", "aligns with", "ours", None),
    ]  # fmt: skip
    assert answer.items[1].evidence[0].locator == "Discussion, paragraph on corroboration and CHIME"
    (state,) = answer.states
    assert (state.subject, state.target, state.state) == ("imri:B1", "chime", State.MAPPED)
    assert answer.left_out.records["curated"] > 0


def test_an_empty_list_says_what_it_means(kg: Graph) -> None:
    none = kg.mappings("imri:T1", to="chime")
    assert none.items == ()
    assert [(s.target, s.state) for s in none.states] == [("chime", State.NOT_ASSESSED)]


def test_a_confidence_is_a_decimal_number_with_two_places(kg: Graph) -> None:
    numbers = [r.confidence for r in kg.mappings(basis="curated").items]
    assert len(numbers) > 200 and all(isinstance(n, Decimal) and n.as_tuple().exponent == -2 for n in numbers)


def test_all_records_come_however_many_pages_they_take(kg: Graph) -> None:
    every = kg.mappings(exploratory=True)
    assert len(every.items) == 844 and every.next is None
    assert len({r.record_id for r in every.items}) == 844
    assert len(kg.mappings().items) == 844 - sum(r.exploratory for r in every.items)


def test_an_object_decides_the_edition(kg: Graph) -> None:
    one = kg.mappings("imri:B1", object="chime:I", to="diffusion")
    assert {r.object.curie for r in one.items} == {"chime:I"}
    assert {r.object.framework for r in kg.mappings("imri:B1", to=["chime", "cfir-2022"]).items} <= {"chime", "cfir-2022"}


def test_settings_that_exclude_each_other_are_refused(kg: Graph) -> None:
    with pytest.raises(BadInputError, match=r"subject.* already says which edition"):
        kg.mappings("imri:B1", subject_framework="imri")
    with pytest.raises(QueryError, match="give both, or none"):
        kg.coverage("imri")


def test_a_basis_that_does_not_exist_is_named_with_those_that_do(kg: Graph) -> None:
    with pytest.raises(UnknownNameError, match="Unknown basis 'author'") as caught:
        kg.mappings("imri:B1", basis=["author"])
    assert (caught.value.kind, set(caught.value.known)) == ("basis", {"author-stated", "curated", "derived"})


def test_filters_choose_what_a_list_shows(kg: Graph) -> None:
    found = kg.mappings(subject_framework="imri", predicate="skos:closeMatch", min_confidence=0.7)
    assert found.items and all(r.predicate == "skos:closeMatch" and r.confidence >= Decimal("0.7") for r in found.items)
    with pytest.raises(UnknownNameError):
        kg.mappings(state="mapt")
    with pytest.raises(BadInputError, match="confidence"):
        kg.mappings(min_confidence=2)


def test_a_record_is_found_by_its_id(kg: Graph) -> None:
    found = kg.record("imri-chime-s03")
    assert (found.record_id, found.subject.curie, found.object.curie, found.negated) == ("mapping:imri-chime-s03", "imri:B1", "chime:I", False)
    for text in ("mapping:imri-chime-s99", "imri/chime"):
        with pytest.raises(UnknownNameError, match="Unknown mapping record") as caught:
            kg.record(text)
        assert caught.value.kind == "mapping record"
    with pytest.raises(UnknownNameError) as caught:
        kg.record("mapping:imri-chime-s033")
    assert "mapping:imri-chime-s03" in caught.value.nearest


def test_a_crosswalk_has_a_cell_for_every_pair(kg: Graph) -> None:
    found = kg.crosswalk("imri", "chime")
    assert sum(found.counts.values()) == len(found.rows_) * len(found.columns) == len(found.cells) == 25 * 26
    assert found.counts_by_basis["author-stated"] == 5 and found.routes == ()
    assert kg.crosswalk("imri", "chime", routes=True).routes
    only = kg.crosswalk("imri", "chime", basis="author-stated")
    assert only.counts["mapped"] < found.counts["mapped"] and only.left_out.pairs > 0


def test_coverage_lists_gaps_and_limits(kg: Graph) -> None:
    found = kg.coverage("imri", "chime")
    assert found.forward["gaps"][:3] == ["imri:B", "imri:B2", "imri:I"]
    assert (found.limits[0]["framework"], found.limits[0]["stated_relation"]) == ("imri", "fell short of explicitly investigating")
    assert ("assimilation", "chime") in kg.coverage().empty
    assert "routes" in kg.coverage("imri", "chime", routes=True).forward


def test_an_explanation_tells_what_is_missing(kg: Graph) -> None:
    why = kg.explain("logic:M3", "chime:I")
    assert why.state is State.NOT_ASSESSED
    assert [step.relation for step in why.not_licensed[0].chain] == ["contributesTo"]
    assert why.not_licensed[0].reason.startswith("A causal or logic-model relation says what brings something about")


def test_an_explanation_holds_derived_records_whole(kg: Graph) -> None:
    derived = next(r for r in kg.mappings(basis="derived").items if r.confidence is not None)
    why = kg.explain(derived.subject.curie, derived.object.curie)
    (found,) = [r for r in why.derivations if r.record_id == derived.record_id]
    assert found == derived and found.derivation.text and found.derivation.confidence == found.confidence and found.evidence


def test_paths_come_with_the_licence_of_each_step(kg: Graph) -> None:
    found = kg.pathways("recovery-review", "imri", hypotheses=True)
    assert found.items and found.source.id == "recovery-review" and found.next is None
    assert found.counts["paths"] == len(found.items)
    assert all(s.basis in ("author-stated", "curated", "derived") and s.evidence for p in found.items for s in p.steps if s.kind == "mapping")
    with pytest.raises(UnknownTermError):
        kg.pathways("imri:B9", "chime")


def test_many_questions_are_answered_at_once(kg: Graph) -> None:
    found = kg.batch(["imri:B1", {"subject": "logic:M3", "object": "chime:I"}, "imri:B9", "I1"], to="chime", basis=["author-stated"])
    assert [e.status for e in found.entries] == ["ok", "ok", "error", "error"]
    assert found.entries[0].answer == kg.mappings("imri:B1", to="chime", basis="author-stated")
    assert isinstance(found.entries[2].error, UnknownTermError) and isinstance(found.entries[3].error, AmbiguousTermError)
    with pytest.raises(UnknownNameError):
        kg.batch(["imri:B1"], basis="author")
    with pytest.raises(BadInputError, match="Question 2"):
        kg.batch(["imri:B1", 3])
    assert kg.batch([]).entries == ()


def test_a_batch_may_be_longer_than_a_server_takes_at_a_time(kg: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "MOST_QUESTIONS", 2)
    found = kg.batch(["imri:B1", "imri:B2", "imri:B9", "imri:I1", "imri:T1"], to="chime")
    assert [(e.number, e.asked.subject, e.status) for e in found.entries] == [
        (1, "imri:B1", "ok"), (2, "imri:B2", "ok"), (3, "imri:B9", "error"), (4, "imri:I1", "ok"), (5, "imri:T1", "ok"),
    ]  # fmt: skip


def test_a_citation_names_whoever_made_the_claim(kg: Graph) -> None:
    found = kg.cite("mapping:imri-chime-s03")
    assert [w.role for w in found.works] == ["the record", "the claim, which its authors state", "the graph"]
    assert "Piat, M." in found.apa and "10.1186/s13033-022-00559-2" in found.bibtex
    assert kg.cite("imri", style="apa").to_json()["bibtex"] is None
    for of, style, kind in (("graph", "apaa", "style"), ("framework:chme", "all", "framework"), ("mapping:none", "all", "mapping record")):
        with pytest.raises(UnknownNameError) as caught:
            kg.cite(of, style=style)
        assert caught.value.kind == kind


# ---------------------------------------------------------------- queries


def test_stored_queries_are_listed_by_group(kg: Graph) -> None:
    rows = kg.queries().rows()
    assert len(rows) > 20 and all(row["name"].startswith("competency/") for row in rows)
    assert "service/records" in {row["name"] for row in kg.queries("service").rows()}
    with pytest.raises(UnknownNameError) as caught:
        kg.queries("competence")
    assert caught.value.kind == "group" and "competency" in caught.value.nearest


def test_a_stored_query_is_run_by_name(kg: Graph) -> None:
    found = kg.query("cq01")
    assert found.columns[:3] == ("basis", "record", "impact") and found.rows()
    assert found.extra["question"] and found.query.startswith("competency/cq01")
    assert kg.query("service/hierarchy", concept="imri:B1").rows()[0]["broader"] == "imri:B"
    assert kg.stored_query("service/hierarchy", {"concept": "B1"}) == kg.query("service/hierarchy", concept="imri:B1")


def test_a_stored_query_without_rows_has_its_columns(kg: Graph) -> None:
    found = kg.query("service/hierarchy", broader="imri:B1")
    assert found.data == () and "concept" in found.columns


def test_a_query_or_parameter_that_does_not_exist_is_named(kg: Graph) -> None:
    with pytest.raises(UnknownNameError) as caught:
        kg.query("cq999")
    assert (caught.value.kind, caught.value.value) == ("query", "cq999")
    with pytest.raises(UnknownNameError, match="Unknown parameter 'conzept'") as caught:
        kg.query("service/hierarchy", conzept="imri:B1")
    assert (caught.value.kind, list(caught.value.nearest)) == ("parameter", ["concept"])
    with pytest.raises(UnknownTermError):
        kg.query("service/hierarchy", concept="no such construct")


def test_sparql_of_ones_own_knows_our_prefixes(kg: Graph) -> None:
    found = kg.query("SELECT ?broader ?note WHERE { imri:B1 skos:broader ?broader OPTIONAL { imri:B1 skos:scopeNote ?note } }")
    assert (found.columns, found.data, found.query) == (("broader", "note"), (("imri:B", None),), "free text")
    assert kg.query("ASK { imri:B1 skos:relatedMatch chime:I }").rows() == [{"answer": True}]
    assert kg.query("SELECT ?x WHERE { ?x a ikg:NoSuchClass }").data == ()
    lines = [row["triple"] for row in kg.query("CONSTRUCT { ?s skos:broader imri:B } WHERE { ?s skos:broader imri:B }").rows()]
    assert len(lines) == 2 and lines == sorted(lines) and all(line.endswith("/id/imri/B> .") for line in lines)


@pytest.mark.parametrize(
    "text", ["SELECT ?x WHERE { ?x", "ASK { nope:x a ?y }", "SELECT ?x WHERE { SERVICE <https://example.org/sparql> { ?x a ?y } }", "INSERT DATA { imri:B1 a imri:B1 }"]
)  # fmt: skip
def test_a_query_that_cannot_be_run_is_refused(kg: Graph, text: str) -> None:
    with pytest.raises(QueryError):
        kg.query(text)


def test_only_stored_queries_take_parameters(kg: Graph) -> None:
    with pytest.raises(QueryError, match="Only stored queries take parameters"):
        kg.query("ASK { ?s ?p ?o }", s="imri:B1")


# ---------------------------------------------------------------- cases


def test_cases_are_listed_with_split_counts(kg: Graph) -> None:
    rows = kg.cases().rows()
    assert len(rows) == 10
    assert all(row["observations"] == row["observations_printed"] + row["observations_inferred"] for row in rows)
    assert {d["dataset"] for d in kg.cases().extra["datasets"]} == {"mulvale-2024", "piat-2022"}


@pytest.mark.parametrize("text", ["esther", "mulvale-2024.esther", "mulvale-2024/esther", "ESTHER"])
def test_a_case_is_found_by_its_id_and_name(kg: Graph, text: str) -> None:
    found = kg.case(text)
    assert (found.key.id, found.key.name) == ("mulvale-2024.esther", "ESTHER")
    observed = [o for k in found.observations for p in k.phases for d in p.domains for o in d.observations]
    assert found.counts["observations"]["total"] == len(observed) > 10
    coded = next(c for o in observed for c in o.codings if c.construct.curie.startswith("cfir2022:III.D"))
    assert coded.path[-2:] == ("cfir2022:III.D", "cfir2022:III") and coded.domain.label == "Inner Setting"
    assert kg.case("cmha-learning-centres").judgements[0]["form_label"] == "Customization"


@pytest.mark.parametrize(("text", "nearest"), [("esthr", ["mulvale-2024.esther"]), ("a/b/c", [])])
def test_an_unknown_case_names_the_nearest(kg: Graph, text: str, nearest: list[str]) -> None:
    with pytest.raises(UnknownNameError, match="Unknown case") as caught:
        kg.case(text)
    assert (caught.value.kind, caught.value.value, list(caught.value.nearest)) == ("case", text, nearest)


def test_a_case_is_seen_through_another_framework(kg: Graph) -> None:
    view = kg.case_view("diffusion", "esther")
    assert view.counts["mapped"].total + view.counts["route_only"].total + view.counts["not_assessed"].total == len(view.observations)
    every = kg.case_view("diffusion")
    assert every.case == "all cases" and len(every.observations) > len(view.observations)
    with pytest.raises(BadInputError, match="No determinant of this case is coded in another framework"):
        kg.case_view("cfir-2022", "esther")


def test_a_matrix_counts_and_leads_back_to_observations(kg: Graph) -> None:
    matrix = kg.matrix("phase", "valence", where={"case": "esther"})
    assert matrix.cell("adoption", "barrier").count == (0, 2)
    detail = matrix.drill("adoption", "barrier")
    assert [o.code for o in detail.observations] == ["F033", "F034"] and detail.rows()[0]["evidence"]
    silent = kg.matrix("valence", "phase", where={"case": ["esther"]}).cell("facilitator", "assimilation")
    assert (silent.state.words, silent.count.total) == ("not stated", 0)


def test_the_options_of_a_matrix_are_kept(kg: Graph) -> None:
    found = kg.matrix("impact", "stakeholder", stakeholder_by="experienced", empty=True, rollup=True, basis=["author-stated"], where={"dataset": ["piat-2022"]})
    assert found.options == {"domain_by": "construct", "stakeholder_by": "experienced", "rollup": True, "empty": True}
    assert found.basis == ("author-stated",) and found.where == {"dataset": ("piat-2022",)}
    words = kg.matrix("context-word", "domain", domain_by="context-word", where={"context_word": ["external context"]})
    assert words.options["domain_by"] == "context-word" and len(words.rows_) == 1


@pytest.mark.parametrize(
    ("ask", "kind", "value"),
    [
        (lambda kg: kg.matrix("phse", "case"), "dimension", "phse"),
        (lambda kg: kg.matrix("case", "phse"), "dimension", "phse"),
        (lambda kg: kg.matrix("phase", "case", where={"casse": "esther"}), "dimension", "casse"),
        (lambda kg: kg.matrix("phase", "case", where={"phase": "adopshun"}), "phase", "adopshun"),
        (lambda kg: kg.matrix("phase", "case", where={"case": "nobody"}), "case", "nobody"),
    ],
    ids=["rows", "columns", "filter", "value", "case"],
)
def test_an_unknown_dimension_or_value_is_named(kg: Graph, ask, kind: str, value: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        ask(kg)
    assert (caught.value.kind, caught.value.value) == (kind, value)


def test_the_two_dimensions_of_a_matrix_differ(kg: Graph) -> None:
    with pytest.raises(BadInputError, match="choose two different dimensions"):
        kg.matrix("case", "case")


# ---------------------------------------------------------------- validation


def test_a_fault_is_told_at_its_cell(kg: Graph, tmp_path: Path) -> None:
    tables = tables_of()
    tables["determinants"][1][5] = "Cultur"
    found = kg.validate(write(tmp_path / "pilot", tables))
    assert not found.conforms and found.counts["violation"] == 1
    (message,) = [m for m in found.messages if m.severity == "violation"]
    assert (message.file, message.row, message.column, message.value) == ("determinants.csv", 2, "Construct", "Cultur")
    assert message.suggestion == "III.D Culture"
    (dataset,) = found.datasets
    assert (dataset.name, dataset.framework, dataset.cases, dataset.rows["Determinants"]) == ("pilot", "cfir-2022", ("north",), 2)


def test_files_of_several_folders_are_datasets_of_their_own(kg: Graph, tmp_path: Path) -> None:
    other = tables_of("other", "Another")
    other["cases"][1][2] = ""
    for source in as_workbook(tables_of("third", "A third")):
        (tmp_path / source.name).write_bytes(source.data)
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "list.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "notes" / "cases.xlsx").write_bytes(b"no workbook")
    write(tmp_path / "a", tables_of())
    write(tmp_path / "b", other)
    found = kg.validate(tmp_path)
    assert [d.name for d in found.datasets] == ["third", "pilot", "other"]
    assert found.datasets[1].files == tuple(f"a/{key}.csv" for key in sorted(tables_of()))
    assert {m.file for m in found.messages if m.severity == "violation"} == {"b/cases.csv"}
    # Below the folder that was named, what is no case table is no fault.
    told = {(m.file, m.severity, m.shape) for m in found.messages if m.file.startswith("notes/")}
    assert told == {("notes/list.csv", "info", "tables/no-sheet"), ("notes/cases.xlsx", "warning", "reading/file")}
    assert next(m for m in found.messages if m.shape == "reading/file").message.startswith("notes/cases.xlsx: ")


def test_a_bad_table_without_a_dataset_names_its_framework(kg: Graph, tmp_path: Path) -> None:
    file = tmp_path / "determinants.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["Observation", "Case", "Kind", "Construct", "Valence"], ["o1", "north", "determinant", "III.D", "sideways"]])
    found = kg.validate(file, framework="cfir-2022")
    assert not found.conforms
    assert ("Valence", "sideways") in {(m.column, m.value) for m in found.messages if m.severity == "violation"}
    with pytest.raises(UnknownNameError, match="Unknown framework 'cfir-2023'") as caught:
        kg.validate(file, framework="cfir-2023")
    assert list(caught.value.nearest)[0] == "cfir-2022"


def test_what_is_not_there_cannot_be_checked(kg: Graph, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="cannot be read"):
        kg.validate(tmp_path / "nothing.xlsx")
    with pytest.raises(BadInputError, match="holds no case file"):
        kg.validate(tmp_path)
    with pytest.raises(BadInputError, match="There is nothing to validate"):
        kg.validate()


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        (lambda kg: kg.mappings("imri:B1", min_confidence=3), "InvalidValueError"),
        (lambda kg: kg.mappings(min_confidence=0.8, max_confidence=0.2), "ConflictError"),
        (lambda kg: kg.mappings(""), "UnknownTermError"),
        (lambda kg: kg.mappings("imri:B1", object=" "), "UnknownTermError"),
        (lambda kg: kg.explain("", "imri:B1"), "UnknownTermError"),
        (lambda kg: kg.pathways("imri:B1", ""), "UnknownTermError"),
        (lambda kg: kg.concept(""), "UnknownTermError"),
    ],
)
def test_a_question_that_cannot_be_asked_raises_the_same_class(kg: Graph, asked: Callable[[Graph], object], kind: str) -> None:
    with pytest.raises(BadInputError) as raised:
        asked(kg)
    assert type(raised.value).__name__ == kind
