"""Codes are understood as people write them, and never guessed."""

from __future__ import annotations

import pytest

from imri_kg.case_tables.code_lists import CodeLists, folded
from imri_kg.case_validation.vocabulary import CaseVocabulary
from imri_kg.graph import KnowledgeGraph
from imri_kg.vocabulary import FRAMEWORK, IKG, SKOS

CONSTRUCT = (SKOS.Concept,)
CFIR_2022 = FRAMEWORK["cfir-2022"]


@pytest.fixture(scope="module")
def codes(graph: KnowledgeGraph) -> CodeLists:
    return CaseVocabulary(graph.store, graph.catalog).codes


@pytest.mark.parametrize("text", ["III.D", "iii.d", "cfir2022:III.D", "Culture", "culture ", "III.D Culture", "III.D - Culture", "Culture (III.D)", "https://w3id.org/imri-kg/id/cfir2022/III.D"])
def test_a_construct_is_understood_by_code_curie_label_or_both(codes: CodeLists, text: str) -> None:
    code = codes.read(text, CONSTRUCT, CFIR_2022).code
    assert code is not None
    assert code.curie == "cfir2022:III.D"


@pytest.mark.parametrize("text", ["III.D Tension for Change", "Culture (II.F)", "I am not sure", "IV - not sure", "III.D Cultur", "V.", "cfir2022:III.D or so"])
def test_a_code_beside_something_that_is_not_its_label_is_not_guessed(codes: CodeLists, text: str) -> None:
    assert codes.read(text, CONSTRUCT, CFIR_2022).found == ()


@pytest.mark.parametrize(("text", "kind"), [("X unclear", IKG.AssimilationForm), ("phase:adoption or later", IKG.Phase), ("T1 not really", SKOS.Concept)])
def test_other_lists_do_not_guess_either(codes: CodeLists, text: str, kind: str) -> None:
    assert codes.read(text, (kind,)).found == ()
    assert codes.read(text.split(" ")[0].replace("phase:", ""), (kind,)).found != ()


def test_a_code_of_two_editions_is_ambiguous_where_no_edition_is_given(codes: CodeLists) -> None:
    assert {c.curie for c in codes.read("I.A", CONSTRUCT).found} >= {"cfir2009:I.A", "cfir2022:I.A"}
    assert codes.read("I.A", CONSTRUCT).code is None


@pytest.mark.parametrize(("text", "iri"), [("Barrier", IKG.barrier), ("FACILITATOR", IKG.facilitator), ("mixed", IKG.mixedValence)])
def test_a_value_of_a_code_list_is_understood_in_any_case(codes: CodeLists, text: str, iri: str) -> None:
    code = codes.read(text, (IKG.ObservationValence,)).code
    assert code is not None
    assert code.iri == iri


def test_mixed_is_told_apart_by_its_list(codes: CodeLists) -> None:
    assert codes.read("mixed", (IKG.Valence,)).code.iri == IKG.mixed  # type: ignore[union-attr]


def test_a_closed_list_admits_only_its_own(codes: CodeLists) -> None:
    only = (IKG.authorStated, IKG.curated)
    assert codes.read("author-stated", (), only=only).code is not None
    assert codes.read("derived", (), only=only).code is None


def test_the_nearest_of_a_misspelt_label_comes_first(codes: CodeLists) -> None:
    assert codes.nearest("Cultur", CONSTRUCT, CFIR_2022)[0].curie == "cfir2022:III.D"
    assert codes.nearest("qqqqqq", CONSTRUCT, CFIR_2022) == []


def test_the_counterpart_of_a_construct_of_2009_is_known(codes: CodeLists) -> None:
    found, firm = codes.counterparts("https://w3id.org/imri-kg/id/cfir2009/I.E", CFIR_2022)
    assert firm
    assert [c.curie for c in found] == ["cfir2022:I.E"]


def test_what_is_only_related_is_told_apart_from_a_counterpart(codes: CodeLists) -> None:
    found, firm = codes.counterparts("https://w3id.org/imri-kg/id/cfir2009/II.A", CFIR_2022)
    assert not firm
    assert "cfir2022:III.D2" in {c.curie for c in found}


def test_evidence_and_sources_are_named_by_curie(codes: CodeLists) -> None:
    assert codes.read("source:piat-2022", (IKG.Source,)).code is not None
    assert codes.read("evidence:piat-2022-B1-1", (IKG.Evidence,)).code is not None
    assert codes.read("evidence:none-such", (IKG.Evidence,)).code is None


def test_an_edition_is_named_by_its_key(codes: CodeLists) -> None:
    assert codes.read("cfir-2022", (IKG.FrameworkEdition,)).code.iri == CFIR_2022  # type: ignore[union-attr]


def test_every_option_of_every_list_is_understood_by_its_label(codes: CodeLists) -> None:
    lists = [IKG.ObservationKind, IKG.Phase, IKG.StakeholderGroup, IKG.Level, IKG.Valence, IKG.ObservationValence, IKG.FeatureKind, IKG.AssimilationForm, IKG.SourceKind]
    for name in lists:
        options = codes.options((name,))
        assert options, name
        for option in options:
            assert codes.read(option.label, (name,)).code == option


@pytest.mark.parametrize(("left", "right"), [("Québec", "quebec"), ("Loose‐Coupling", "loose coupling"), ("A  B", "a b"), ("Phase_note", "phase note")])
def test_texts_are_compared_without_what_people_overlook(left: str, right: str) -> None:
    assert folded(left) == folded(right)
