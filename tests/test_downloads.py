"""Downloads: each holds what its name says, in the words of the sources, with licence and version; size and digest are those of the file."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

import pytest
from rdflib import RDF, Dataset, Graph, Literal, URIRef
from rdflib.compare import to_isomorphic
from rdflib.namespace import DCTERMS, OWL, SKOS

from imri_kg import resources
from imri_kg.graph import KnowledgeGraph
from imri_kg.prefixes import DEFAULT_BASE
from imri_kg.reasoning import ONTOLOGY, assemble

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

LICENCE = URIRef("https://creativecommons.org/licenses/by/4.0/")
RDF_NAMES = {"ttl": "turtle", "owl": "xml", "rdf": "xml", "jsonld": "json-ld", "nt": "nt"}
EDITIONS = ("assimilation", "cfir-2009", "cfir-2022", "chime", "diffusion", "imri", "logic-model", "recovery-review")


def read(client: TestClient, name: str) -> Graph:
    reply = client.get(f"/downloads/{name}")
    assert reply.status_code == 200, reply.text[:300]
    return Graph().parse(data=reply.content, format=RDF_NAMES[name.rsplit(".", 1)[1]])


def test_what_can_be_had_is_listed(client: TestClient, graph: KnowledgeGraph) -> None:
    items = client.get("/api/v1/downloads").json()["items"]
    sets = sorted(f.name.removesuffix(".sssom.tsv") for f in resources.path("ontology", "mappings").glob("*.sssom.tsv"))
    assert len(sets) == 40
    expected = {f"ontology.{e}" for e in ("ttl", "owl", "jsonld", "nt")} | {"graph.nq", "graph.trig"}
    expected |= {f"frameworks/{key}.{e}" for key in EDITIONS for e in ("ttl", "owl", "jsonld", "nt")}
    expected |= {f"mappings/{name}.{e}" for name in sets for e in ("sssom.tsv", "ttl", "rdf", "jsonld", "nt")}
    assert {item["name"] for item in items} == expected
    assert {item["version"] for item in items} == {graph.release}
    assert {item["licence"] for item in items} == {str(LICENCE)}


def test_size_digest_and_name_are_those_of_the_file(client: TestClient, graph: KnowledgeGraph) -> None:
    items = client.get("/downloads", headers={"Accept": "application/json"}).json()["items"]
    for item in [*items[:8], *items[::17], items[-1]]:
        reply = client.get(item["address"])
        assert len(reply.content) == item["size"], item["name"]
        assert hashlib.sha256(reply.content).hexdigest() == item["sha256"]
        assert reply.headers["content-type"] == item["media_type"]
        assert reply.headers["content-disposition"] == f'attachment; filename="{item["file"]}"'
        assert item["file"].startswith(f"imri-kg-{graph.release}")
    assert "imri-kg-" + graph.release + "-chime.ttl" in {item["file"] for item in items}
    assert "imri-kg-" + graph.release + ".nq" in {item["file"] for item in items}


def test_the_list_is_a_page_for_people(client: TestClient) -> None:
    page = client.get("/downloads", headers={"Accept": "text/html"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert '<a href="/downloads/frameworks/chime.ttl">frameworks/chime.ttl</a>' in page.text
    assert str(LICENCE) in page.text


def test_the_ontology_is_what_the_reasoner_checks(client: TestClient, graph: KnowledgeGraph) -> None:
    found, expected = read(client, "ontology.ttl"), assemble(resources.data_root(), ONTOLOGY)
    header = URIRef(f"{DEFAULT_BASE}ontology/")
    assert found.value(header, OWL.versionInfo) == Literal(graph.release)
    assert found.value(header, OWL.versionIRI) == URIRef(f"{DEFAULT_BASE}releases/{graph.release}/ontology/")
    assert found.value(header, DCTERMS.license) == LICENCE
    for one in (found, expected):
        one.remove((header, None, None))
    assert len(found) > 2500
    assert to_isomorphic(found) == to_isomorphic(expected)


@pytest.mark.parametrize("name", ["ontology", "frameworks/chime", "mappings/imri--chime.curated"])
def test_every_form_holds_the_same(client: TestClient, name: str) -> None:
    endings = ("ttl", "rdf" if name.startswith("mappings") else "owl", "jsonld", "nt")
    found = [to_isomorphic(read(client, f"{name}.{ending}")) for ending in endings]
    assert len(found[0]) > 50
    assert all(one == found[0] for one in found[1:])


@pytest.mark.parametrize("key", EDITIONS)
def test_an_edition_is_its_file_with_a_header(client: TestClient, graph: KnowledgeGraph, key: str) -> None:
    found = read(client, f"frameworks/{key}.ttl")
    source = Graph().parse(resources.path("ontology", "frameworks", f"{key}.ttl"))
    header = URIRef(f"{DEFAULT_BASE}graph/frameworks/{key}")
    assert set(source) <= set(found)
    assert {s for s, _, _ in set(found) - set(source)} == {header}
    assert (header, RDF.type, OWL.Ontology) in found
    assert found.value(header, DCTERMS.license) == LICENCE
    assert found.value(header, OWL.versionInfo) == Literal(graph.release)
    assert found.value(header, OWL.versionIRI) == URIRef(f"{DEFAULT_BASE}releases/{graph.release}/graph/frameworks/{key}")
    assert list(found.subjects(SKOS.inScheme, URIRef(f"{DEFAULT_BASE}id/framework/{key}")))


def test_numbers_stay_as_the_source_writes_them(client: TestClient) -> None:
    """The store would write 0.50 as 0.5; a download is made from the build."""
    assert b'"0.50"^^' in client.get("/downloads/graph.nq").content


def test_a_mapping_set_says_its_licence_and_version(client: TestClient, graph: KnowledgeGraph) -> None:
    found = read(client, "mappings/imri--chime.curated.ttl")
    header = URIRef(f"{DEFAULT_BASE}id/mappingset/imri--chime.curated")
    assert found.value(header, DCTERMS.license) == LICENCE
    assert found.value(header, OWL.versionInfo) == Literal(graph.release)
    assert found.value(header, OWL.versionIRI) == URIRef(f"{DEFAULT_BASE}releases/{graph.release}/id/mappingset/imri--chime.curated")


def test_a_mapping_set_as_a_table_is_the_reviewed_file(client: TestClient, graph: KnowledgeGraph) -> None:
    from sssom.parsers import parse_sssom_table

    for file in sorted(resources.path("ontology", "mappings").glob("*.sssom.tsv"))[::5]:
        text = client.get(f"/downloads/mappings/{file.name}").text
        lines = text.splitlines(keepends=True)
        assert lines[1] == f"#mapping_set_version: {graph.release}\n"
        assert "".join([lines[0], *lines[2:]]) == file.read_text(encoding="utf-8")
        found = parse_sssom_table(io.StringIO(text))
        assert found.metadata["mapping_set_version"] == graph.release
        assert found.metadata["license"] == str(LICENCE)
        assert len(found.df) == sum(not line.startswith("#") for line in lines) - 1


@pytest.mark.parametrize(("ending", "form"), [("nq", "nquads"), ("trig", "trig")])
def test_the_whole_graph_keeps_its_named_graphs(client: TestClient, graph: KnowledgeGraph, ending: str, form: str) -> None:
    found = Dataset()
    found.parse(data=client.get(f"/downloads/graph.{ending}").text, format=form)
    expected = graph.to_rdflib()
    names = {str(g.identifier) for g in expected.graphs() if len(g)}
    assert {str(g.identifier) for g in found.graphs() if len(g)} - {"urn:x-rdflib:default"} == names - {"urn:x-rdflib:default"}
    for name in sorted(names)[::9]:
        assert len(found.graph(URIRef(name))) == len(expected.graph(URIRef(name))), name
    header = found.graph(URIRef("urn:x-rdflib:default"))
    assert header.value(URIRef(DEFAULT_BASE), OWL.versionInfo) == Literal(graph.release)
    assert header.value(URIRef(DEFAULT_BASE), DCTERMS.license) == LICENCE


@pytest.mark.parametrize("name", ["none.ttl", "frameworks/chime", "frameworks/chime.docx", "%2e%2e/%2e%2e/etc/passwd", "graph.nq/"])
def test_what_is_no_download_is_told_as_a_problem(client: TestClient, name: str) -> None:
    reply = client.get(f"/downloads/{name}")
    assert reply.status_code == 404
    assert reply.json()["type"] == f"{DEFAULT_BASE}problem/unknown-resource"


def test_an_old_release_does_not_offer_the_tables_of_another(graph: KnowledgeGraph, data_copy) -> None:
    """The reviewed files at hand are those of the present sources; a release of other sources cannot vouch for them."""
    from imri_kg.describing.downloads import Downloads

    (data_copy / "ontology" / "mappings" / "rules.md").write_text("changed\n", encoding="utf-8")
    downloads = Downloads(graph.describer.overview, graph._snapshot.nquads)
    forms = {download.form for download in downloads.all()}
    assert forms == {"ttl", "rdfxml", "jsonld", "nt", "nq", "trig"}
