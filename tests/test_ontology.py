"""The vocabulary as a text: every term is declared once, described in full, and used as what it is."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.term import BNode

from imri_kg.prefixes import read_prefixes
from imri_kg.resources import data_root
from imri_kg.vocabulary import DCTERMS, IKG, OWL, RDF, RDFS, SKOS

ROOT = data_root()
FILES = sorted(f for f in (ROOT / "ontology").rglob("*.ttl") if f.name != "prefixes.ttl")
#: Files that state logic, which RDF writes with blank nodes; data files name every resource.
LOGIC = ("core-axioms.ttl", "imports", "alignments")
PROPERTY_KINDS = {OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty}


def u(iri: str) -> URIRef:
    return URIRef(iri)


@cache
def read(file: Path) -> Graph:
    return Graph().parse(file, format="turtle")


@cache
def core() -> Graph:
    return read(ROOT / "ontology" / "core.ttl") + read(ROOT / "ontology" / "case-model.ttl")


def declared(graph: Graph) -> set[str]:
    """Return the terms that a graph declares: those with a type of OWL, or of the ontology itself."""
    return {str(s) for s, o in graph.subject_objects(u(RDF.type)) if str(o).startswith((OWL.base, IKG.base))}


def undeclared(graph: Graph, known: set[str]) -> set[str]:
    """Return the terms of the ontology's namespace that a graph uses and `known` lacks."""
    used = {str(term) for triple in graph for term in triple if isinstance(term, URIRef) and str(term).startswith(IKG.base)}
    headers = {str(s) for s in graph.subjects(u(RDF.type), u(OWL.Ontology))}
    required = {str(o) for o in graph.objects(None, u(DCTERMS.requires))}
    return used - known - headers - required


TERMS = sorted(t for t in declared(core()) if t != str(u(IKG.core)))


def test_files_and_terms_were_found() -> None:
    assert len(FILES) > 20
    assert len(TERMS) > 200


def test_version_of_the_ontology_is_that_of_the_package() -> None:
    project = (ROOT / "pyproject.toml")
    if not project.is_file():
        pytest.fail("This test runs in a checkout, where pyproject.toml stands beside ontology/.")
    version = re.search(r'^version = "([^"]+)"', project.read_text(encoding="utf-8"), re.MULTILINE)[1]
    for file in (f for f in FILES if f.parent.name != "imports"):
        for stated in read(file).objects(None, u(OWL.versionInfo)):
            assert str(stated) == version, file.name


@pytest.mark.parametrize("term", TERMS, ids=lambda iri: iri.rsplit("/", 1)[-1])
def test_term_is_described_in_full(term: str) -> None:
    graph, term = core(), u(term)
    labels = list(graph.objects(term, u(RDFS.label)))
    definitions = list(graph.objects(term, u(SKOS.definition)))
    assert [label.language for label in labels] == ["en"]
    assert [definition.language for definition in definitions] == ["en"]
    assert str(definitions[0]).endswith(".")
    assert 4 <= len(str(definitions[0]).split()) <= 40
    assert list(graph.objects(term, u(DCTERMS.source)))
    assert list(graph.objects(term, u(RDFS.isDefinedBy))) == [u(IKG.core)]


def test_no_two_terms_of_a_kind_share_a_label() -> None:
    seen: dict[tuple[str, str], str] = {}
    for term in TERMS:
        # Every code is a concept; its kind is the class of its list.
        kind = next(iter(sorted(str(o) for o in core().objects(u(term), u(RDF.type)) if str(o) not in (OWL.NamedIndividual, SKOS.Concept))), SKOS.Concept)
        key = (kind, str(core().value(u(term), u(RDFS.label))))
        assert key not in seen, f"{term} and {seen[key]} are both labelled {key[1]!r}."
        seen[key] = term


def test_no_term_is_a_property_of_two_kinds_or_a_class_and_a_property() -> None:
    graph = Graph()
    for file in FILES:
        graph += read(file)
    for term in set(graph.subjects(u(RDF.type), None)):
        kinds = {str(o) for o in graph.objects(term, u(RDF.type))} & (PROPERTY_KINDS | {OWL.Class})
        assert len(kinds) < 2, f"{term} is {' and '.join(sorted(kinds))}."


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_file_uses_declared_terms_only(file: Path) -> None:
    assert undeclared(read(file), set(TERMS)) == set()


def test_undeclared_term_is_noticed() -> None:
    graph = Graph().parse(format="turtle", data=f"""
        @prefix ikg: <{IKG.base}> .
        @prefix x: <http://example.org/> .
        x:planted a ikg:Impact ; ikg:labelState ikg:printed .""")  # fmt: skip
    assert undeclared(graph, set(TERMS)) == {IKG.labelState}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_file_has_prefixes_of_the_list_only(file: Path) -> None:
    known = read_prefixes(ROOT / "ontology" / "prefixes.ttl").namespaces
    found = re.findall(r"^@prefix\s+([\w-]*):\s*<([^>]*)>", file.read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    assert [(prefix, iri) for prefix, iri in found if known.get(prefix) != iri] == []


@pytest.mark.parametrize("file", [f for f in FILES if f.name not in LOGIC and f.parent.name not in LOGIC],
                         ids=lambda file: file.relative_to(ROOT).as_posix())  # fmt: skip
def test_data_file_names_every_resource(file: Path) -> None:
    assert [t for triple in read(file) for t in triple if isinstance(t, BNode)] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_property_takes_the_kind_of_value_that_it_declares(file: Path) -> None:
    kind = {str(s): str(o) for s, o in core().subject_objects(u(RDF.type)) if str(o) in PROPERTY_KINDS}
    for subject, predicate, value in read(file):
        if kind.get(str(predicate)) == OWL.ObjectProperty:
            assert not isinstance(value, Literal), f"{subject} {predicate} has the text {value!r}."
        if kind.get(str(predicate)) == OWL.DatatypeProperty:
            assert isinstance(value, Literal), f"{subject} {predicate} has the resource {value}."
            expected = core().value(predicate, u(RDFS.range))
            actual = value.datatype or (u(expected) if not value.language and str(expected).endswith("#string") else None)
            assert actual == expected, f"{subject} {predicate} has {value!r}, expected {expected}."
