"""Rows become statements that remember their cells; what cannot be read stays a text."""

from __future__ import annotations

import pytest
from rdflib import RDF, Literal, URIRef

from imri_kg.case_tables.graph import CaseGraph, to_graph
from imri_kg.case_tables.layout import lay_out
from imri_kg.case_validation.vocabulary import CaseVocabulary
from imri_kg.graph import KnowledgeGraph
from imri_kg.readers import read_table_file
from imri_kg.vocabulary import CASE, DCTERMS, EVIDENCE, IKG, SKOS

Tables = dict[str, str]
BASE: Tables = {
    "dataset": "Dataset,Title,Framework,Language\npilot,A pilot,cfir-2022,en\n",
    "cases": "Case,Name,Source,Locator\nnorth,North clinic,s1,p. 2\nsouth,South clinic,s1,p. 3\n",
    "sources": "Source,Citation,Kind\ns1,A report on two clinics,publication\n",
    "determinants": "Observation,Case,Kind,Phase,Statement,Construct,Valence,Source,Locator,Text anchor\no1,north,determinant,adoption,Leaders wanted it.,Culture,facilitator,s1,p. 4,wanted it badly\n",
}


@pytest.fixture(scope="module")
def vocabulary(graph: KnowledgeGraph) -> CaseVocabulary:
    return CaseVocabulary(graph.store, graph.catalog)


def made(vocabulary: CaseVocabulary, framework: str = "", **tables: str) -> CaseGraph:
    files = [read_table_file(f"{key}.csv", text.encode()) for key, text in {**BASE, **tables}.items() if text]
    return to_graph(lay_out("folder", files, vocabulary.model), vocabulary.model, vocabulary.codes, vocabulary.digests, framework)


def values(found: CaseGraph, row: str, path: str) -> list[str]:
    return sorted(str(o) for o in found.graph.objects(URIRef(CASE[row]), URIRef(path)))


def test_a_row_is_named_after_dataset_sheet_and_identifier(vocabulary: CaseVocabulary) -> None:
    found = made(vocabulary)
    assert found.dataset == URIRef(CASE["pilot"])
    assert (URIRef(CASE["pilot.case.north"]), URIRef(RDF.type), URIRef(IKG.Case)) in found.graph


def test_codes_references_and_texts_become_what_their_columns_ask_for(vocabulary: CaseVocabulary) -> None:
    found = made(vocabulary)
    assert values(found, "pilot.observation.o1", IKG.observesConstruct) == ["https://w3id.org/imri-kg/id/cfir2022/III.D"]
    assert values(found, "pilot.observation.o1", IKG.inCase) == [CASE["pilot.case.north"]]
    assert found.graph.value(URIRef(CASE["pilot.observation.o1"]), URIRef(IKG.statement)) == Literal("Leaders wanted it.", lang="en")


def test_the_kind_of_an_observation_gives_its_class(vocabulary: CaseVocabulary) -> None:
    assert set(values(made(vocabulary), "pilot.observation.o1", RDF.type)) == {IKG.CaseObservation, IKG.DeterminantObservation}


def test_what_names_nothing_stays_a_text(vocabulary: CaseVocabulary) -> None:
    found = made(vocabulary, determinants=BASE["determinants"].replace("Culture", "Cultur").replace("north,", "nord,"))
    node = URIRef(CASE["pilot.observation.o1"])
    assert found.graph.value(node, URIRef(IKG.observesConstruct)) == Literal("Cultur")
    assert found.graph.value(node, URIRef(IKG.inCase)) == Literal("nord")


def test_a_construct_of_another_edition_keeps_its_identity(vocabulary: CaseVocabulary) -> None:
    found = made(vocabulary, determinants=BASE["determinants"].replace("Culture", "cfir2009:III.D"))
    assert values(found, "pilot.observation.o1", IKG.observesConstruct) == ["https://w3id.org/imri-kg/id/cfir2009/III.D"]


def test_two_rows_of_one_identifier_stay_two_rows(vocabulary: CaseVocabulary) -> None:
    found = made(vocabulary, cases=BASE["cases"] + "north,North once more,s1,p. 9\n")
    same = [s for s in found.graph.subjects(URIRef(DCTERMS.identifier), Literal("north"))]
    assert len(same) == 2
    assert len(found.places) == 6


def test_a_row_without_an_identifier_is_a_row(vocabulary: CaseVocabulary) -> None:
    found = made(vocabulary, cases=BASE["cases"] + ",Nameless,s1,p. 9\n")
    assert sum(p.model.key == "cases" for p in found.places.values()) == 3


def test_the_word_study_leads_to_the_dataset_or_its_study(vocabulary: CaseVocabulary) -> None:
    rows = BASE["determinants"].replace("o1,north", "o1,study")
    assert values(made(vocabulary, determinants=rows), "pilot.observation.o1", IKG.study) == [CASE["pilot"]]
    dataset = "Dataset,Title,Framework,Study\npilot,A pilot,cfir-2022,study:piat-2022\n"
    assert values(made(vocabulary, determinants=rows, dataset=dataset), "pilot.observation.o1", IKG.study) == ["https://w3id.org/imri-kg/id/study/piat-2022"]


def test_a_case_is_found_by_its_name_too(vocabulary: CaseVocabulary) -> None:
    found = made(vocabulary, determinants=BASE["determinants"].replace("o1,north", "o1,North clinic"))
    assert values(found, "pilot.observation.o1", IKG.inCase) == [CASE["pilot.case.north"]]


def test_several_values_of_one_cell_become_several_statements(vocabulary: CaseVocabulary) -> None:
    found = made(vocabulary, cases="Case,Name,Organisation\nnorth,North clinic,City; County ;City\n")
    assert values(found, "pilot.case.north", IKG.organisationText) == ["City", "County"]


def test_a_statement_gets_evidence_with_place_and_anchor(vocabulary: CaseVocabulary) -> None:
    found = made(vocabulary)
    evidence = URIRef(EVIDENCE["case.pilot.observation.o1"])
    assert (URIRef(CASE["pilot.observation.o1"]), URIRef(IKG.evidence), evidence) in found.graph
    assert str(found.graph.value(evidence, URIRef(IKG.textAnchor))) == "wanted it badly"
    assert found.graph.value(evidence, URIRef(SKOS.editorialNote)) is not None


def test_evidence_from_a_source_of_the_graph_says_what_it_was_checked_against(vocabulary: CaseVocabulary) -> None:
    found = made(vocabulary, sources="Source,Citation,Kind,Known as\ns1,Piat 2022,publication,source:piat-2022\n")
    evidence = URIRef(EVIDENCE["case.pilot.observation.o1"])
    assert str(found.graph.value(evidence, URIRef(DCTERMS.source))) == "https://w3id.org/imri-kg/id/source/piat-2022"
    assert str(found.graph.value(evidence, URIRef(IKG.checkedAgainst))).startswith("sha256:")


def test_a_framework_given_beside_the_tables_stands_in_for_a_dataset(vocabulary: CaseVocabulary) -> None:
    without = made(vocabulary, dataset="", determinants=BASE["determinants"].replace("Culture", "III.D"))
    assert values(without, "folder.observation.o1", IKG.observesConstruct) == ["III.D"]
    given = made(vocabulary, "cfir-2022", dataset="", determinants=BASE["determinants"].replace("Culture", "III.D"))
    assert values(given, "folder.observation.o1", IKG.observesConstruct) == ["https://w3id.org/imri-kg/id/cfir2022/III.D"]
    assert "dataset" in given.missing_sheets


@pytest.mark.parametrize("text", ["a/b", "ü", "a.b", "1 2", "x#y", "study.x"])
def test_an_odd_identifier_makes_an_iri_of_its_own(vocabulary: CaseVocabulary, text: str) -> None:
    found = made(vocabulary, cases=f"Case,Name\n{text},One\nother,Two\n")
    nodes = [n for n, p in found.places.items() if p.model.key == "cases"]
    assert len(set(nodes)) == 2
    assert all(" " not in n and n.startswith(CASE["pilot.case."]) for n in nodes)
