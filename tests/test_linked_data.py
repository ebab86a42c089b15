"""Every IRI of ours answers on the server, in every form, with what the graph states of it and the names of what it points to."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from imri_kg_api.explorer.shell import POLICY
from imri_kg_api.problems import KINDS
from rdflib import RDF, RDFS, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, FOAF, OWL, SH, SKOS, VOID

from imri_kg import resources
from imri_kg.graph import KnowledgeGraph
from imri_kg.prefixes import DEFAULT_BASE
from imri_kg.vocabulary import PROBLEM

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

ID = DEFAULT_BASE + "id/"
IKG = DEFAULT_BASE + "ontology/"
#: Name of a form, its media type, what rdflib calls it.
FORMS = {
    "ttl": ("text/turtle", "turtle"),
    "jsonld": ("application/ld+json", "json-ld"),
    "nt": ("application/n-triples", "nt"),
    "rdfxml": ("application/rdf+xml", "xml"),
}
ENDINGS = {"ttl": "ttl", "jsonld": "jsonld", "nt": "nt", "rdfxml": "rdf", "html": "html"}


def read(client: TestClient, address: str, form: str = "ttl") -> Graph:
    reply = client.get(address, headers={"Accept": FORMS[form][0]})
    assert reply.status_code == 200, (address, reply.text[:300])
    return Graph().parse(data=reply.content, format=FORMS[form][1])


def ours(graph: KnowledgeGraph) -> set[str]:
    """Return every IRI of ours that the built files hold: subjects, named graphs, and the subjects of shapes and of the prefix list."""
    dataset = graph.to_rdflib()
    found = {str(s) for s in dataset.subjects() if isinstance(s, URIRef)} | {str(g.identifier) for g in dataset.graphs()}
    files = [*resources.path("shapes").glob("*.ttl"), resources.path("ontology", "prefixes.ttl")]
    assert len(files) > 10
    for file in files:
        found |= {str(s) for s in Graph().parse(file).subjects() if isinstance(s, URIRef)}
    return {iri for iri in found if iri.startswith(DEFAULT_BASE)}


def test_every_iri_of_ours_answers(client: TestClient, graph: KnowledgeGraph) -> None:
    """All some 4,800 are described; one of each kind and a sample of the rest are asked over HTTP in every form, below."""
    expected = ours(graph)
    assert len(expected) > 4500
    assert not expected - graph.describer.resources.iris
    for iri in sorted(expected)[::7]:
        reply = client.get("/" + iri.removeprefix(DEFAULT_BASE), headers={"Accept": "application/n-triples"})
        assert reply.status_code == 200, iri
        assert f"<{iri}> " in reply.text, iri


def test_every_namespace_of_ours_has_resources_that_answer(client: TestClient, graph: KnowledgeGraph) -> None:
    own = {prefix: namespace for prefix, namespace in graph.prefixes.namespaces.items() if namespace.startswith(DEFAULT_BASE)}
    assert {"imri", "chime", "shape", "graph", "ikg", "relation", "claim", "mappingset"} <= set(own)
    for prefix, namespace in own.items():
        first = min(iri for iri in graph.describer.resources.iris if iri.startswith(namespace) and len(iri) > len(namespace))
        assert client.get("/" + first.removeprefix(DEFAULT_BASE), headers={"Accept": "text/html"}).status_code == 200, prefix


ONE_OF_EACH = (
    "id/imri/B1", "id/framework/imri", "id/evidence/piat-2022-CH-3", "id/source/piat-2022", "id/mapping/imri-chime-s03",
    "id/mappingset/imri--chime.curated", "id/claim/valence-B2", "id/case/mulvale-2024.observation.F196", "id/study/piat-2022-analysis-immersion",
    "id/shape/Claim-about", "id/level/society", "id/topic/peer-provision", "ontology/Impact", "ontology/core", "ontology/prefixes", "graph/core",
    "graph/mappings/imri--chime.curated", "shapes/claim",
)  # fmt: skip


@pytest.mark.parametrize("path", ONE_OF_EACH)
def test_a_resource_says_the_same_in_every_form(client: TestClient, path: str) -> None:
    iri = URIRef(DEFAULT_BASE + path)
    sizes = set()
    for form, (media_type, _) in FORMS.items():
        reply = client.get(f"/{path}", headers={"Accept": media_type})
        assert reply.headers["content-type"].partition(";")[0] == media_type
        assert reply.headers["content-location"] == f"/{path}.{ENDINGS[form]}"
        assert "Accept" in reply.headers["vary"]
        assert reply.headers["etag"]
        found = read(client, f"/{path}", form)
        document = URIRef(f"{iri}.{ENDINGS[form]}")
        assert found.value(document, FOAF.primaryTopic) == iri
        assert found.value(document, DCTERMS.license) == URIRef("https://creativecommons.org/licenses/by/4.0/")
        assert (iri, None, None) in found
        sizes.add(len(found))
        for other in (client.get(f"/{path}.{ENDINGS[form]}"), client.get(f"/{path}?format={form}")):
            assert other.content == reply.content, form
    assert len(sizes) == 1, "every form holds the same triples"
    page = client.get(f"/{path}", headers={"Accept": "text/html"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.text == client.get(f"/{path}.html").text == client.get(f"/{path}?format=html").text
    assert f"<code>{iri}</code>" in page.text
    assert page.headers["content-security-policy"] == POLICY
    scripts = re.findall(r"<script([^>]*)>", page.text)
    assert scripts and all('src="/static/' in script or 'type="application/json"' in script for script in scripts)


def test_a_description_holds_all_that_the_graph_states_of_a_resource(client: TestClient, graph: KnowledgeGraph) -> None:
    dataset = graph.to_rdflib()
    for iri in (f"{ID}imri/B1", f"{ID}framework/imri", f"{ID}mapping/imri-chime-s03", f"{IKG}Impact"):
        stated = {(p, o) for p, o in dataset.predicate_objects(URIRef(iri)) if isinstance(o, (URIRef, Literal))}
        assert len(stated) > 5
        described = set(read(client, "/" + iri.removeprefix(DEFAULT_BASE)).predicate_objects(URIRef(iri)))
        assert {(p, o.toPython() if isinstance(o, Literal) else o) for p, o in stated} <= {(p, o.toPython() if isinstance(o, Literal) else o) for p, o in described}


def test_what_a_resource_points_to_has_its_label_and_class(client: TestClient) -> None:
    found = read(client, "/id/imri/B2")
    assert found.value(URIRef(f"{ID}imri/B"), SKOS.prefLabel) == Literal("Ways of being", lang="en")
    assert (URIRef(f"{IKG}rebuilt"), RDFS.label, Literal("rebuilt", lang="en")) in found
    assert (URIRef(f"{ID}source/piat-2022"), RDF.type, URIRef(f"{IKG}Source")) in found
    # What points to it comes with it: the records that map it, the category that holds it, the evidence.
    assert (URIRef(f"{ID}mapping/imri-cfir2009-c01"), OWL.annotatedSource, URIRef(f"{ID}imri/B2")) in found
    assert (URIRef(f"{ID}imri/B"), SKOS.narrower, URIRef(f"{ID}imri/B2")) in found
    evidence = URIRef(f"{ID}evidence/piat-2022-B2-1")
    assert (evidence, URIRef(f"{IKG}supports"), URIRef(f"{ID}imri/B2")) in found
    assert found.value(evidence, URIRef(f"{IKG}statement"))
    origin = {str(o) for o in found.objects(URIRef(f"{ID}imri/B2.ttl"), VOID.inDataset)}
    assert f"{DEFAULT_BASE}graph/frameworks/imri" in origin


def test_things_without_iri_come_with_what_points_to_them(client: TestClient) -> None:
    found = read(client, "/ontology/Basis")
    (one_of,) = found.objects(found.value(URIRef(f"{IKG}Basis"), OWL.equivalentClass), OWL.oneOf)
    assert {str(member) for member in found.items(one_of)} == {f"{IKG}authorStated", f"{IKG}curated", f"{IKG}derived"}
    path = read(client, "/id/shape/Claim-about").value(URIRef(f"{ID}shape/Claim-about"), SH.path)
    assert path is not None


def test_a_description_says_how_much_of_what_points_to_it_is_left_out(client: TestClient, graph: KnowledgeGraph) -> None:
    total = len(set(graph.to_rdflib().subjects(RDF.type, URIRef(f"{IKG}Evidence"))))
    assert total > 1000
    found = read(client, "/ontology/Evidence")
    assert len(set(found.subjects(RDF.type, URIRef(f"{IKG}Evidence")))) == 100
    (comment,) = found.objects(URIRef(f"{IKG}Evidence.ttl"), RDFS.comment)
    assert str(comment) == f"Only 100 of the {total} statements with {RDF.type} that point here are listed."
    assert f"100 of the {total:,} statements" in client.get("/ontology/Evidence.html").text


def test_a_named_graph_answers_with_its_content(client: TestClient, graph: KnowledgeGraph) -> None:
    iri = URIRef(f"{DEFAULT_BASE}graph/mappings/imri--chime.curated")
    content = set(graph.to_rdflib().graph(iri))
    assert len(content) == 207
    found = read(client, "/graph/mappings/imri--chime.curated", "nt")
    assert content <= set(found)
    assert found.value(iri, VOID.triples) == Literal(207)


def test_the_ontology_answers_as_a_whole(client: TestClient) -> None:
    for address in ("/ontology", "/ontology/", "/ontology.ttl"):
        found = read(client, address)
        assert list(found.subjects(RDF.type, OWL.Ontology)) == [URIRef(IKG)], address
        assert (URIRef(f"{IKG}Impact"), RDF.type, OWL.Class) in found
    assert client.get("/ontology.owl").headers["content-type"] == "application/rdf+xml"


@pytest.mark.parametrize("kind", KINDS)
def test_every_type_of_problem_is_documented_at_its_address(client: TestClient, kind: str) -> None:
    iri = URIRef(PROBLEM[kind])
    found = read(client, f"/problem/{kind}")
    assert found.value(iri, RDFS.label) == Literal(KINDS[kind].title)
    assert found.value(iri, URIRef("http://www.w3.org/2011/http#statusCodeNumber")) == Literal(KINDS[kind].status)
    page = client.get(f"/problem/{kind}.html").text
    assert KINDS[kind].title in page.replace("&#39;", "'")


def test_a_release_answers_and_names_the_dataset(client: TestClient, graph: KnowledgeGraph) -> None:
    iri = URIRef(f"{DEFAULT_BASE}releases/{graph.release}")
    found = read(client, f"/releases/{graph.release}")
    assert found.value(iri, OWL.versionInfo) == Literal(graph.release)
    assert found.value(iri, URIRef("http://www.w3.org/ns/dcat#isVersionOf")) == URIRef(DEFAULT_BASE)
    assert client.get(f"/releases/{graph.release}.html").status_code == 200
    reply = client.get("/releases/0.0.0+000000000000")
    assert reply.status_code == 404
    assert reply.json()["known"] == [graph.release]


def test_a_page_of_the_documentation_that_rules_name_answers_with_them(client: TestClient) -> None:
    found = read(client, "/docs/checks")
    assert (URIRef(f"{DEFAULT_BASE}docs/checks"), RDF.type, FOAF.Document) in found
    assert (URIRef(f"{ID}shape/Claim-about"), DCTERMS.source, URIRef(f"{DEFAULT_BASE}docs/checks#claims")) in found


def test_every_object_of_ours_answers_too(graph: KnowledgeGraph) -> None:
    """Nothing of ours that a statement or a shape points to is left without an address; fragments belong to the page before them."""
    pointed = {str(o) for o in graph.to_rdflib().objects() if isinstance(o, URIRef)}
    for file in resources.path("shapes").glob("*.ttl"):
        pointed |= {str(o) for o in Graph().parse(file).objects() if isinstance(o, URIRef)}
    mine = {iri.partition("#")[0] for iri in pointed if iri.startswith(DEFAULT_BASE)}
    assert len(mine) > 3000
    assert not mine - graph.describer.resources.iris


def test_the_base_itself_is_the_dataset(client: TestClient) -> None:
    assert client.get("/").headers["content-type"] == "text/html; charset=utf-8"
    assert (URIRef(DEFAULT_BASE), RDF.type, VOID.Dataset) in read(client, "/")


# ---------------------------------------------------------------- what is asked in vain


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/id/imri/B99", 404, "unknown-resource"),
        ("/id/imri/B1/", 404, "unknown-resource"),
        ("/id/", 404, "unknown-resource"),
        ("/id/imri%2FB1", 404, "unknown-resource"),
        ("/id/imri/%00", 404, "unknown-resource"),
        ("/id/%2e%2e/%2e%2e/etc/passwd", 404, "unknown-resource"),
        ("/id/imri/é", 404, "unknown-resource"),
        ("/id/imri/%F0%9F%A6%8A", 404, "unknown-resource"),
        ("/id/imri/%ff%fe", 400, "bad-request"),
        ("/id/imri/B1%0d%0aSet-Cookie:%20a=b", 404, "no-such-address"),
        ("/id/imri/" + "B" * 3000, 400, "invalid-parameter"),
        ("/ontology/impact", 404, "unknown-resource"),
        ("/shapes/none", 404, "unknown-resource"),
        ("/problem/none", 404, "unknown-resource"),
        ("/.well-known/void.docx", 404, "unknown-resource"),
        ("/.well-known/void.ttl?format=nt", 400, "conflicting-parameters"),
        ("/id/imri/B1?form=ttl", 400, "unknown-parameter"),
        ("/id/imri/B1?format=docx", 400, "unknown-value"),
        ("/id/imri/B1?format=", 400, "invalid-parameter"),
        ("/id/imri/B1.ttl?format=nt", 400, "conflicting-parameters"),
        ("/id/imri/B1.docx", 404, "unknown-resource"),
    ],
)
def test_what_is_no_resource_is_told_as_a_problem(client: TestClient, path: str, status: int, kind: str) -> None:
    reply = client.get(path)
    assert (reply.status_code, reply.json()["type"]) == (status, PROBLEM[kind])
    assert "set-cookie" not in reply.headers


def test_the_nearest_resources_are_named(client: TestClient) -> None:
    assert f"{ID}imri/B1" in client.get("/id/imri/B1/").json()["nearest"]
    assert client.get("/ontology/impact").json()["nearest"][0] == f"{IKG}Impact"


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("id/imri", "id/framework/imri"),
        ("id/case/esther", "id/case/mulvale-2024.case.esther"),
        ("id/case/mulvale-2024.esther", "id/case/mulvale-2024.case.esther"),
        ("id/framework/cfir2022", "id/framework/cfir-2022"),
    ],
)
def test_a_name_that_lacks_a_part_leads_to_the_whole(client: TestClient, asked: str, meant: str) -> None:
    assert client.get(f"/{asked}").json()["nearest"][0] == DEFAULT_BASE + meant


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "text/turtle"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("application/rdf+xml, text/turtle;q=0.5", "application/rdf+xml"),
        ("text/turtle;q=0, application/ld+json;q=0.1", "application/ld+json"),
        ("application/n-triples, application/*;q=0.2", "application/n-triples"),
    ],
)
def test_the_header_accept_decides(client: TestClient, accept: str, media_type: str) -> None:
    assert client.get("/id/imri/B1", headers={"Accept": accept}).headers["content-type"].partition(";")[0] == media_type


@pytest.mark.parametrize("path", ["/id/imri/B1", "/.well-known/void", "/ontology", "/"])
@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/json", "application/ld+json"),
        ("application/xml", "application/rdf+xml"),
        ("text/xml;q=0.5, application/json;q=0.4", "application/rdf+xml"),
        ("text/plain", "application/n-triples"),
        ("application/json, text/html;q=0.1", "text/html"),
        ("application/json, application/n-triples;q=0.1", "application/n-triples"),
    ],
)
def test_a_general_type_is_taken_where_no_form_is_named(client: TestClient, path: str, accept: str, media_type: str) -> None:
    reply = client.get(path, headers={"Accept": accept})
    assert (reply.status_code, reply.headers["content-type"].partition(";")[0]) == (200, media_type)


@pytest.mark.parametrize("accept", ["application/json;q=0", "text/csv"])
def test_a_general_type_that_is_refused_is_not_sent(client: TestClient, accept: str) -> None:
    assert client.get("/id/imri/B1", headers={"Accept": accept}).status_code == 406


@pytest.mark.parametrize(("ending", "media_type"), [*((e, FORMS[f][0]) for f, e in ENDINGS.items() if f in FORMS), ("owl", "application/rdf+xml"), ("html", "text/html")])
def test_the_description_of_the_dataset_has_endings_too(client: TestClient, ending: str, media_type: str) -> None:
    reply = client.get(f"/.well-known/void.{ending}", headers={"Accept": "image/png"})
    assert (reply.status_code, reply.headers["content-type"].partition(";")[0]) == (200, media_type)
    assert reply.content == client.get("/.well-known/void", headers={"Accept": media_type}).content


def test_what_is_not_acceptable_is_said(client: TestClient) -> None:
    reply = client.get("/id/imri/B1", headers={"Accept": "image/png"})
    assert reply.status_code == 406
    assert reply.json()["known"] == ["text/turtle", "application/ld+json", "application/n-triples", "application/rdf+xml", "text/html"]


def test_a_reply_links_to_its_other_forms_and_to_its_licence(client: TestClient) -> None:
    reply = client.get("/id/imri/B1.ttl")
    links = dict((rel, to) for to, rel in re.findall(r'<([^>]*)>; rel="([a-z-]+)"', reply.headers["link"]))
    assert links["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert links["describedby"] == "/.well-known/void"
    others = re.findall(r'<([^>]*)>; rel="alternate"', reply.headers["link"])
    assert others == ["/id/imri/B1.jsonld", "/id/imri/B1.nt", "/id/imri/B1.rdf", "/id/imri/B1.html"]
    assert all(client.get(to).status_code == 200 for to in others)


def test_a_copy_is_asked_about_with_its_tag(client: TestClient) -> None:
    first = client.get("/id/imri/B1.ttl")
    again = client.get("/id/imri/B1.ttl", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = client.head("/id/imri/B1.ttl", headers={"Accept-Encoding": "identity"})
    assert head.headers["content-length"] == str(len(first.content))
    assert client.get("/id/imri/B1.nt").headers["etag"] != first.headers["etag"]


def test_links_of_a_page_stay_on_the_server_and_lead_somewhere(client: TestClient) -> None:
    page = client.get("/id/imri/B2.html").text
    links = set(re.findall(r'href="(/[^"]*)"', page[page.index("<main") :]))
    assert {"/id/imri/B", "/ontology/Impact", "/concepts/imri:B2", "/id/evidence/piat-2022-B2-1", "/graph/frameworks/imri"} <= links
    for link in links:
        assert client.get(link).status_code == 200, link
    assert not re.findall(rf'href="{re.escape(DEFAULT_BASE)}', page)


# ---------------------------------------------------------------- other graphs, other places


SPOILT = """
@prefix imri: <https://w3id.org/imri-kg/id/imri/> .
@prefix topic: <https://w3id.org/imri-kg/id/topic/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
imri:T2 owl:deprecated true ; dcterms:isReplacedBy imri:T3 ;
  skos:note "<script>alert('a')</script> & \\"b\\""@en ;
  rdfs:seeAlso <javascript:alert(1)> , <https://example.org/?a=%22%3E%3Cscript%3E> .
"""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """A client of a graph with another base and spoilt statements, which is served below a prefix."""
    import shutil

    from fastapi.testclient import TestClient
    from imri_kg_api.app import create_app

    import imri_kg

    root = tmp_path_factory.mktemp("elsewhere")
    for folder in resources.FOLDERS:
        shutil.copytree(resources.path(folder), root / folder)
    (root / "ontology" / "relations" / "spoilt.ttl").write_text(SPOILT, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMRI_KG_DATA", str(root))
        patch.setenv("IMRI_KG_BASE", "https://example.org/kg/")
        graph = imri_kg.open()
        graph.describer.resources.iris  # noqa: B018
        yield TestClient(create_app(graph), root_path="/below")


def test_a_deprecated_term_names_what_replaces_it(elsewhere: TestClient) -> None:
    reply = elsewhere.get("/below/id/imri/T2")
    assert '<https://example.org/kg/id/imri/T3>; rel="successor-version"' in reply.headers["link"]
    found = Graph().parse(data=reply.content, format="turtle")
    iri = URIRef("https://example.org/kg/id/imri/T2")
    assert found.value(iri, DCTERMS.isReplacedBy) == URIRef("https://example.org/kg/id/imri/T3")
    page = elsewhere.get("/below/id/imri/T2.html").text
    assert re.search(r'Deprecated\.</strong> Replaced by <a href="/below/id/imri/T3">[^<]+</a>', page)


def test_a_page_escapes_what_the_graph_states(elsewhere: TestClient) -> None:
    page = elsewhere.get("/below/id/imri/T2.html").text
    assert "&lt;script&gt;alert(&#39;a&#39;)&lt;/script&gt; &amp; &#34;b&#34;" in page
    assert "<script>" not in page and "alert(" not in "".join(re.findall(r"<script.*?</script>", page, re.DOTALL))
    assert 'href="javascript:' not in page
    assert "javascript:alert(1)" in page


def test_a_graph_with_another_base_below_a_prefix_answers_for_its_own_iris(elsewhere: TestClient) -> None:
    reply = elsewhere.get("/below/id/imri/B1")
    assert reply.headers["content-location"] == "/below/id/imri/B1.ttl"
    found = Graph().parse(data=reply.content, format="turtle")
    assert found.value(URIRef("https://example.org/kg/id/imri/B1.ttl"), FOAF.primaryTopic) == URIRef("https://example.org/kg/id/imri/B1")
    assert DEFAULT_BASE not in reply.text
    page = elsewhere.get("/below/id/imri/B1.html").text
    links = re.findall(r'href="(/[^"]*)"', page)
    assert len(links) > 30
    assert all(link.startswith("/below/") for link in links)
    assert elsewhere.get("/below/id/shape/Claim").status_code == 200
    table = elsewhere.get("/below/downloads/mappings/imri--chime.curated.sssom.tsv").text
    assert table.startswith("#mapping_set_id: https://example.org/kg/id/mappingset/imri--chime.curated\n")


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"/id/../id/imri/B1", 404), (b"/id/./imri/B1", 404), (b"//id/imri/B1", 404), (b"/id//imri/B1", 404), (b"/id/imri%2fB1", 404), (b"/id%2Fimri/B1", 404),
        (b"/id/%69mri/B1", 200), (b"/id/imri/B1%00.ttl", 404), (b"/id/imri/\xff", 400), (b"/id/imri/%C3%28", 400), (b"/id/imri/%", 404), (b"/id/imri/B1;a=b", 404),
    ],
)  # fmt: skip
def test_a_path_is_read_as_it_was_sent(client: TestClient, raw: bytes, status: int) -> None:
    """Clients tidy paths before they send them; a server hands them on as they came."""
    import asyncio
    from urllib.parse import unquote

    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 9),
        "path": unquote(raw.decode("latin-1")), "raw_path": raw, "root_path": "", "query_string": b"", "headers": [(b"host", b"testserver")],
    }  # fmt: skip
    asyncio.run(client.app(scope, receive, send))
    assert sent[0]["status"] == status


def test_another_release_that_is_kept_is_described_by_its_own_graph(graph: KnowledgeGraph, elsewhere: TestClient) -> None:
    from fastapi.testclient import TestClient
    from imri_kg_api.serving.releases import Generation, Releases
    from imri_kg_api.settings import Settings

    old = elsewhere.app.state.graph
    assert old.release != graph.release
    kept = Generation(old, Settings())
    releases = Releases(Generation(graph, Settings()), {old.release: kept})
    try:
        reply = TestClient(releases.present.app).get(f"/releases/{old.release}", headers={"Accept": "text/turtle"})
        iri = URIRef(f"https://example.org/kg/releases/{old.release}")
        assert Graph().parse(data=reply.content, format="turtle").value(iri, OWL.versionInfo) == Literal(old.release)
        # As the service does it: the application of the release, below its address.
        below = TestClient(kept.app, root_path=f"/releases/{old.release}").get(f"/releases/{old.release}/id/imri/B1.ttl")
        assert below.headers["content-location"] == f"/releases/{old.release}/id/imri/B1.ttl"
        found = Graph().parse(data=below.content, format="turtle")
        assert found.value(URIRef(f"{iri}/id/imri/B1.ttl"), FOAF.primaryTopic) == URIRef("https://example.org/kg/id/imri/B1")
    finally:
        releases.close()
