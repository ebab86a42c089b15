"""The description of the dataset and of its SPARQL service: its numbers are those of the graph, its terms those of the vocabularies."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from rdflib import RDF, XSD, Graph, Literal, Namespace, URIRef
from rdflib.namespace import DCAT, DCTERMS, FOAF, OWL, SKOS, VOID

from imri_kg.describing import dataset_description, service_description
from imri_kg.errors import BadInputError
from imri_kg.graph import KnowledgeGraph
from imri_kg.prefixes import DEFAULT_BASE
from imri_kg.reasoning import ONTOLOGY

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
FORMATS = Namespace("http://www.w3.org/ns/formats/")
SPDX = Namespace("http://spdx.org/rdf/terms#")
ENDPOINT = "https://example.org/sparql"
WHOLE = URIRef(DEFAULT_BASE)


@pytest.fixture(scope="module")
def void(graph: KnowledgeGraph) -> Graph:
    return Graph().parse(data=dataset_description(graph, "ttl"), format="turtle")


@pytest.fixture(scope="module")
def triples(graph: KnowledgeGraph) -> set[tuple[str, str, str]]:
    """Every triple of the graph once, as the store writes it."""
    return {tuple(line.rpartition(" <")[0].split(" ", 2)) for line in graph.store.to_nquads().decode().splitlines()}  # type: ignore[misc]


def number(found: Graph, subject: URIRef, predicate: URIRef) -> int:
    (value,) = found.objects(subject, predicate)
    return int(value)


def test_the_numbers_are_those_of_the_graph(void: Graph, triples: set[tuple[str, str, str]]) -> None:
    assert len(triples) > 50_000
    types = f"<{RDF.type}>"
    assert number(void, WHOLE, VOID.triples) == len(triples)
    assert number(void, WHOLE, VOID.distinctSubjects) == len({s for s, _, _ in triples})
    assert number(void, WHOLE, VOID.distinctObjects) == len({o for _, _, o in triples})
    assert number(void, WHOLE, VOID.properties) == len({p for _, p, _ in triples})
    assert number(void, WHOLE, VOID.classes) == len({o for _, p, o in triples if p == types})
    assert number(void, WHOLE, VOID.entities) == len({s for s, _, _ in triples if s.startswith(f"<{DEFAULT_BASE}")})


def test_the_partitions_are_those_of_the_graph(void: Graph, triples: set[tuple[str, str, str]]) -> None:
    classes = {f"<{void.value(part, VOID['class'])}>": number(void, part, VOID.entities) for part in void.objects(WHOLE, VOID.classPartition)}
    assert classes == Counter(o for _, p, o in triples if p == f"<{RDF.type}>")
    properties = {f"<{void.value(part, VOID.property)}>": number(void, part, VOID.triples) for part in void.objects(WHOLE, VOID.propertyPartition)}
    assert properties == Counter(p for _, p, _ in triples)


def test_every_named_graph_is_a_subset_with_its_size(void: Graph, graph: KnowledgeGraph) -> None:
    quads = Counter(line.rsplit(" ", 2)[1] for line in graph.store.to_nquads().decode().splitlines())
    subsets = {s for s in void.objects(WHOLE, VOID.subset) if (s, RDF.type, VOID.Linkset) not in void}
    assert {f"<{s}>": number(void, s, VOID.triples) for s in subsets} == quads


def test_every_named_graph_has_a_title(void: Graph, graph: KnowledgeGraph) -> None:
    names = {str(row["graph"]) for row in graph.query("SELECT DISTINCT ?graph WHERE { GRAPH ?graph { ?s ?p ?o } }").rows()}
    assert len(names) >= 98
    titles = {str(s): str(t) for s in void.objects(WHOLE, VOID.subset) for t in void.objects(s, DCTERMS.title)}
    service = Graph().parse(data=service_description(graph, ENDPOINT, "ttl"), format="turtle")
    described = {str(service.value(n, SD.name)): str(service.value(service.value(n, SD.graph), DCTERMS.title, default="")) for n in service.objects(None, SD.namedGraph)}
    assert described == titles
    assert all(described.values()) and len(set(described.values())) == len(described), "no two are called alike"
    assert described[f"{DEFAULT_BASE}graph/derived"] == "Derived: mapping records that follow from others by a rule"
    assert described[f"{DEFAULT_BASE}graph/cases/piat-2022"] == "Seven Canadian sites that implemented a recovery innovation (Piat et al. 2022)"


def test_matches_between_editions_are_linksets(void: Graph, triples: set[tuple[str, str, str]]) -> None:
    scheme = {s: o for s, p, o in triples if p == f"<{SKOS.inScheme}>" and "/id/framework/" in o}
    home = {f"<{DEFAULT_BASE}id/framework/{key}>": f"<{DEFAULT_BASE}graph/frameworks/{key}>" for key in ("imri", "chime", "cfir-2009")}
    for source, target, predicate in (("imri", "chime", SKOS.relatedMatch), ("imri", "cfir-2009", SKOS.relatedMatch)):
        of, to = (f"<{DEFAULT_BASE}id/framework/{key}>" for key in (source, target))
        expected = sum(p == f"<{predicate}>" and scheme.get(s) == of and scheme.get(o) == to for s, p, o in triples)
        assert expected > 3
        (links,) = (
            x for x in void.subjects(VOID.linkPredicate, predicate)
            if f"<{void.value(x, VOID.subjectsTarget)}>" == home[of] and f"<{void.value(x, VOID.objectsTarget)}>" == home[to]
        )  # fmt: skip
        assert number(void, links, VOID.triples) == expected


def test_the_dataset_says_its_licence_version_maker_and_where_it_is(void: Graph, graph: KnowledgeGraph) -> None:
    assert {(WHOLE, RDF.type, VOID.Dataset), (WHOLE, RDF.type, DCAT.Dataset)} <= set(void)
    assert void.value(WHOLE, DCTERMS.license) == URIRef("https://creativecommons.org/licenses/by/4.0/")
    assert void.value(WHOLE, OWL.versionInfo) == Literal(graph.release)
    assert void.value(WHOLE, DCAT.hasCurrentVersion) == URIRef(f"{DEFAULT_BASE}releases/{graph.release}")
    assert void.value(void.value(WHOLE, DCTERMS.publisher), FOAF.name) == Literal("imri-kg contributors")
    assert void.value(WHOLE, VOID.sparqlEndpoint) == URIRef(f"{DEFAULT_BASE}sparql")
    assert set(void.objects(WHOLE, VOID.dataDump)) == {URIRef(f"{DEFAULT_BASE}downloads/graph.{ending}") for ending in ("nq", "trig")}
    assert {str(v) for v in void.objects(WHOLE, VOID.uriSpace)} == {f"{DEFAULT_BASE}{part}" for part in ("id/", "ontology/", "graph/")}
    assert URIRef(str(SKOS)) in set(void.objects(WHOLE, VOID.vocabulary))
    examples = {str(e) for e in void.objects(WHOLE, VOID.exampleResource)}
    assert len(examples) == 8
    assert examples <= graph.describer.resources.iris
    own = dataset_description(graph, "ttl", ENDPOINT)
    assert Graph().parse(data=own, format="turtle").value(WHOLE, VOID.sparqlEndpoint) == URIRef(ENDPOINT)


def test_the_terms_of_other_vocabularies_are_not_put_under_our_licence(void: Graph) -> None:
    for name in ("dcterms", "skos", "prov", "bibo", "foaf", "schema"):
        assert void.value(URIRef(f"{DEFAULT_BASE}graph/imports/{name}"), DCTERMS.license) is None
    assert void.value(URIRef(f"{DEFAULT_BASE}graph/frameworks/imri"), DCTERMS.license) is not None


def test_every_download_is_a_distribution_with_size_and_digest(void: Graph, graph: KnowledgeGraph) -> None:
    files = {f"{DEFAULT_BASE}downloads/{d.name}": d for d in graph.describer.downloads.all()}
    assert len(files) > 200
    distributions = set(void.subjects(RDF.type, DCAT.Distribution))
    assert {str(void.value(d, DCAT.downloadURL)) for d in distributions} == set(files)
    for one in distributions:
        file = files[str(void.value(one, DCAT.downloadURL))]
        assert void.value(one, DCAT.byteSize) == Literal(str(file.size), datatype=XSD.nonNegativeInteger)
        assert str(void.value(void.value(one, SPDX.checksum), SPDX.checksumValue)).lower() == file.sha256
        assert void.value(one, DCTERMS.license)
        (holder,) = void.subjects(DCAT.distribution, one)
        assert (holder, RDF.type, DCAT.Dataset) in void
    (of_chime,) = {s for s in void.subjects(DCAT.distribution, URIRef(f"{DEFAULT_BASE}#frameworks/chime.ttl"))}
    assert of_chime == URIRef(f"{DEFAULT_BASE}graph/frameworks/chime")


def test_the_well_known_address_gives_the_description(client: TestClient, void: Graph) -> None:
    reply = client.get("/.well-known/void", headers={"Accept": "text/turtle"})
    assert reply.headers["content-location"] == "/.well-known/void?format=ttl"
    assert set(void.subjects(RDF.type, VOID.Dataset)) <= set(Graph().parse(data=reply.content, format="turtle").subjects(RDF.type, VOID.Dataset))
    assert client.get("/.well-known/void", headers={"Accept": "text/html"}).headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(("form", "name"), [("ttl", "turtle"), ("jsonld", "json-ld"), ("nt", "nt"), ("rdfxml", "xml")])
def test_the_service_describes_itself(graph: KnowledgeGraph, form: str, name: str) -> None:
    found = Graph().parse(data=service_description(graph, ENDPOINT, form), format=name)
    (service,) = found.subjects(RDF.type, SD.Service)
    assert found.value(service, SD.endpoint) == URIRef(ENDPOINT)
    assert set(found.objects(service, SD.supportedLanguage)) == {SD.SPARQL11Query}
    assert set(found.objects(service, SD.feature)) == {SD.UnionDefaultGraph}
    results = {FORMATS[f"SPARQL_Results_{one}"] for one in ("XML", "JSON", "CSV", "TSV")}
    assert set(found.objects(service, SD.resultFormat)) == results | {FORMATS[one] for one in ("Turtle", "N-Triples", "RDF_XML", "JSON-LD")}
    (dataset,) = found.objects(service, SD.defaultDataset)
    named = {str(found.value(one, SD.name)): number(found, found.value(one, SD.graph), VOID.triples) for one in found.objects(dataset, SD.namedGraph)}
    assert set(named) == set(graph.store.graph_names())
    assert named[f"{DEFAULT_BASE}graph/mappings/imri--chime.curated"] == 207
    assert number(found, found.value(dataset, SD.defaultGraph), VOID.triples) == graph.describer.overview.statistics["triples"]


def test_an_endpoint_that_is_no_address_is_refused(graph: KnowledgeGraph) -> None:
    with pytest.raises(BadInputError, match="is no address"):
        service_description(graph, "https://example.org/a b<", "ttl")


def test_the_ontology_is_made_of_the_files_that_the_reasoner_reads(graph: KnowledgeGraph) -> None:
    names = {note.iri.removeprefix(f"{DEFAULT_BASE}graph/") for note in graph.describer.overview.graphs.values() if note.kind == "ontology" or note.vocabulary}
    assert {name.split("/")[0] for name in names} == {part.removesuffix(".ttl") for part in ONTOLOGY}


def test_two_processes_describe_alike(graph: KnowledgeGraph) -> None:
    """What a release says of itself has an entity tag and is cached by others, so it is the same in every process."""
    program = (
        "import hashlib, imri_kg; from imri_kg.describing import *; kg = imri_kg.open(); d = kg.describer\n"
        "r = [dataset_description(kg, f) for f in ('ttl', 'rdfxml', 'jsonld', 'nt')]\n"
        "r += [d.resource(d.resources.describe(kg.prefixes.expand(c)), f, 'urn:x:doc') for c in ('ikg:Basis', 'imri:B1', 'shape:Claim-about') for f in ('ttl', 'rdfxml')]\n"
        "print(hashlib.sha256(b''.join(r)).hexdigest())"
    )
    found = {subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env={**os.environ, "PYTHONHASHSEED": seed}, check=True).stdout for seed in "12"}
    assert len(found) == 1
