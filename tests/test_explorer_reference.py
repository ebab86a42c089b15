"""The pages to look things up in: SPARQL, stored queries, about, downloads, the API, resources. What they say, compared with the files behind it."""

from __future__ import annotations

import csv
import re
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from imri_kg_api.explorer.links import Links
from imri_kg_api.explorer.naming import Names, page_of
from imri_kg_api.explorer.shell import POLICY
from imri_kg_api.explorer.words import Words
from imri_kg_api.problems import KINDS

from imri_kg import resources
from imri_kg.graph import KnowledgeGraph

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
ROOT = Path(__file__).parents[1]


def page(client: TestClient, address: str, status: int = 200) -> str:
    reply = client.get(address, headers=BROWSER)
    assert reply.status_code == status, reply.text[:400]
    assert reply.headers["content-security-policy"] == POLICY
    assert not re.search(r"<[a-z][^>]*\s(?:style|on[a-z]+)=", reply.text)
    return reply.text


def main(html: str) -> str:
    return html[html.index("<main") : html.index("</main>")]


def text(html: str) -> str:
    without = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", without)).split())


def links(html: str) -> list[str]:
    return [unescape(found) for found in re.findall(r'href="([^"]*)"', html)]


def sparql(query: str, **more: str) -> str:
    return f"/sparql?{urlencode({'query': query, **more})}"


# ---------------------------------------------------------------- SPARQL


def test_the_sparql_page_has_every_competency_question_under_the_topic_of_its_file(client: TestClient) -> None:
    html = page(client, "/sparql")
    files = sorted((ROOT / "queries" / "competency").glob("*.rq"))
    assert len(files) == 47
    blocks = dict(re.findall(r"<summary>(\w+) .*?</summary>(.*?)</details>", html, re.DOTALL))
    names = {"impact": "Impacts", "mechanism": "Mechanisms", "context": "Context", "assimilation": "Assimilation", "provenance": "Provenance"}
    for file in files:
        header = dict(re.findall(r"^#\+ (\w+): (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE))
        block = unescape(blocks[names[header["topic"]]])
        assert f'data-example="{header["id"]}">{header["question"]}</a>' in block


def test_the_sparql_page_tells_the_limits_and_every_prefix(client: TestClient, graph: KnowledgeGraph) -> None:
    said = text(page(client, "/sparql"))
    for limit in ("10 seconds", "512 MiB", "64 MiB", "50,000 characters", "SERVICE Refused.", "Updates Refused."):
        assert limit in said, limit
    for prefix, namespace in graph.prefixes.namespaces.items():
        assert f"{prefix}: {namespace}" in said


def test_the_first_query_of_the_sparql_page_is_answered(client: TestClient) -> None:
    query = unescape(re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page(client, "/sparql"), re.DOTALL)[1])
    assert query.startswith("PREFIX framework: <https://w3id.org/imri-kg/id/framework/>\nPREFIX skos:")
    said = text(page(client, sparql(query)))
    assert re.search(r"\b\d\d rows\.", said) and "imri:T7 Motivating one to aspire to new roles" in said


def test_an_answer_names_our_things_and_leads_to_their_pages(client: TestClient) -> None:
    query = (
        "SELECT ?construct ?record ?passage ?source ?edition ?case ?observation ?term ?graph ?elsewhere { VALUES (?construct ?record ?passage ?source ?edition ?case ?observation ?term ?graph ?elsewhere) { (chime:H mapping:imri-chime-s03 evidence:piat-2022-CH-3 "
        "source:piat-2022 framework:cfir-2009 <id/case/mulvale-2024.case.esther> <id/case/mulvale-2024.observation.F196> ikg:curated <graph/core> <http://example.org/a?b=1&c=2>) } }"
    )
    html = main(page(client, sparql(query)))
    row = html[html.index("<tbody>") : html.index("</tbody>")]
    assert links(row) == [
        "/concepts/chime:H", "/mappings/mapping:imri-chime-s03", "/evidence/evidence:piat-2022-CH-3", "/sources/piat-2022", "/frameworks/cfir-2009",
        "/cases/mulvale-2024.esther", "/id/case/mulvale-2024.observation.F196", "/ontology/curated", "/graph/core", "http://example.org/a?b=1&c=2",
    ]  # fmt: skip
    for link in links(row)[:-1]:
        assert client.get(link, headers=BROWSER).status_code == 200, link
    assert "chime:H Hope and optimism about the future" in text(row) and 'rel="noreferrer"' in row


def test_values_that_are_no_things_are_shown_with_language_and_type(client: TestClient) -> None:
    html = main(page(client, sparql('SELECT ("<b>" AS ?a) ("x"@fr AS ?b) (1.50 AS ?c) (?z AS ?d) (BNODE() AS ?e) {}')))
    row = text(html[html.index("<tbody>") : html.index("</tbody>")])
    assert row.startswith("<b> x fr 1.5") and "xsd:decimal not bound _:" in row and "<b>" not in html[html.index("<tbody>") :]


def test_an_answer_of_many_rows_is_cut_and_says_so(client: TestClient) -> None:
    html = main(page(client, sparql("SELECT ?s { ?s a ikg:Evidence }")))
    assert len(re.findall(r"<tr>", html[html.index("<tbody>") : html.index("</tbody>")])) == 500
    assert "1,176 rows. The first 500 are shown; the other forms have all." in text(html)
    csv_link = next(link for link in links(html) if link.endswith("format=csv"))
    assert len(client.get(csv_link).text.splitlines()) == 1177


def test_an_answer_that_is_too_large_for_a_page_can_be_had_in_other_forms(client: TestClient) -> None:
    html = page(client, sparql("SELECT * { ?s ?p ?o }"), 413)
    assert "The answer is larger than is sent." in text(main(html))
    assert [parse_qs(urlsplit(link).query)["format"][0] for link in links(main(html)) if "query=" in link] == ["csv", "tsv", "json", "xml"]


def test_an_answer_without_rows_is_no_negative(client: TestClient) -> None:
    assert "0 rows. The graph holds nothing that fits. Silence is no answer" in text(page(client, sparql("SELECT ?s { ?s a ikg:Nothing }")))
    assert "No: the graph does not hold it. That is not a judgement." in text(page(client, sparql("ASK { ?s a ikg:Nothing }")))


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("SELECT * {\n  ?s ?p }", 400, "(line 2, column 9)"), ("SELECT * { foo:x ?p ?o }", 400, "foo"), ("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }", 400, "SERVICE"),
        ("DROP ALL", 403, "Updates are refused"), ("ASK FROM <http://example.org/g> { ?s ?p ?o }", 400, "http://example.org/g"), ("</textarea><script>alert(1)</script>", 400, "The query cannot be run."),
    ],
)  # fmt: skip
def test_a_refused_query_stands_in_the_form_with_the_reason(client: TestClient, query: str, status: int, said: str) -> None:
    html = page(client, sparql(query), status)
    assert said in text(main(html)) and "<h1>SPARQL</h1>" in html
    field = re.search(r"<textarea[^>]*>(.*?)</textarea>", html, re.DOTALL)[1]
    assert unescape(field) == "\n" + query and "<script>alert" not in html


def test_a_long_query_can_be_sent_by_the_form_and_has_no_link(client: TestClient) -> None:
    query = "SELECT ?a { " + " ".join(f"OPTIONAL {{ chime:H skos:prefLabel ?a{n} }}" for n in range(400)) + " }"
    reply = client.post("/sparql", data={"query": query}, headers=BROWSER)
    assert reply.status_code == 200 and reply.headers["cache-control"] == "no-store"
    assert "too long for an address" in text(reply.text)


def test_the_sparql_page_works_below_a_prefix(client: TestClient) -> None:
    from fastapi.testclient import TestClient as Client

    below = Client(client.app, root_path="/kg")
    html = below.get("/kg" + sparql("SELECT ?s { ?s skos:inScheme framework:chime } LIMIT 2"), headers=BROWSER).text
    assert 'action="/kg/sparql"' in html and not [link for link in links(html) if link.startswith("/") and not link.startswith("/kg/")]


def test_what_the_editor_completes_is_known_to_the_graph(client: TestClient) -> None:
    import json

    html = page(client, "/sparql")
    terms = dict(json.loads(re.search(r'data-for="terms">(.*?)</script>', html)[1]))
    assert terms["imri:T7"] == "Motivating one to aspire to new roles" and terms["ikg:curated"] == "curated" and "skos:prefLabel" in terms and "ikg:Impact" in terms
    assert not [curie for curie in terms if curie.startswith(("mapping:", "evidence:", "case:"))]
    assert 400 < len(terms) < 1200


def test_a_thing_without_a_page_of_its_own_leads_to_its_description(graph: KnowledgeGraph) -> None:
    at = Links("/kg")
    assert page_of(graph, at, "imri:B1") == "/kg/concepts/imri:B1" and page_of(graph, at, "ikg:Impact") is None and page_of(graph, at, "imri:B99") is None
    expand = graph.prefixes.expand
    names = Names.asked(graph, at, [expand("ikg:Impact")])
    assert names.shown(expand("ikg:Impact")) == ("ikg:Impact", "impact", "/kg/ontology/Impact", "")
    assert names.shown(expand("imri:B1")).framework == "imri"
    assert names.shown("urn:x").href is None and names.shown(expand("mapping:none")).href is None


# ---------------------------------------------------------------- stored queries


def test_every_stored_query_has_a_page_and_questions_say_whether_they_can_be_answered(client: TestClient) -> None:
    said = text(page(client, "/queries"))
    counted = [re.search(r"^#\+ answerable: (\w+)$", f.read_text(encoding="utf-8"), re.MULTILINE)[1] for f in (ROOT / "queries" / "competency").glob("*.rq")]
    assert f"Of 47 questions, the sources at hand answer {counted.count('yes')} in full, {counted.count('partly')} in part and {counted.count('no')} not at all." in said
    found = {link for link in links(page(client, "/queries")) if link.startswith("/queries/competency/")}
    assert len(found) == 47
    for link in sorted(found):
        html = page(client, link)
        assert "<h1>" in html and any(parse_qs(urlsplit(to).query).get("query", [""])[0].startswith("PREFIX") for to in links(html) if to.startswith("/sparql?")), link


def test_a_stored_query_shows_its_rows_with_links_to_what_they_name(client: TestClient) -> None:
    html = main(page(client, "/queries/cq39?record=mapping:imri-chime-s03"))
    rows = html[html.index("<tbody>") : html.index("</tbody>")]
    assert {"/mappings/mapping:imri-chime-s03", "/concepts/imri:B1", "/concepts/chime:I"} <= set(links(rows))
    assert 'name="record" value="mapping:imri-chime-s03"' in html
    assert "One record with its basis, verb, predicate, confidence and every passage that it rests on." in text(html)


def test_a_field_left_open_limits_nothing(client: TestClient) -> None:
    reply = client.get("/queries/competency/cq40-curator-only?subjectKey=imri&objectKey=", headers=BROWSER, follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (303, "/queries/competency/cq40-curator-only?subjectKey=imri")


def test_a_wrong_parameter_of_a_stored_query_is_told_as_a_page(client: TestClient) -> None:
    assert "record" in text(page(client, "/queries/cq39?recrd=x", 400))
    assert "No such stored query" in text(page(client, "/queries/cq99", 404)) or "cq99" in text(page(client, "/queries/cq99", 404))
    assert "<script>" not in page(client, "/queries/cq39?" + urlencode({"record": "<script>alert(1)</script>"}), 404)


def test_other_groups_are_listed_and_their_queries_have_pages(client: TestClient) -> None:
    html = page(client, "/queries?group=service")
    assert "Stored queries: service" in text(html)
    assert "/queries/service/framework-limits" in links(html)
    assert "framework" in text(page(client, "/queries/service/framework-limits?key=chime"))


# ---------------------------------------------------------------- about


def test_about_shows_every_rule_of_the_tables_at_its_anchor(client: TestClient) -> None:
    html = page(client, "/about")
    words = Words()
    count = 0
    for name, cells in (("inversions.csv", ("predicate", "inverse")), ("chains.csv", ("first", "second", "result"))):
        for row in csv.DictReader(resources.path("ontology", "mappings", name).open(encoding="utf-8")):
            block = re.search(rf'<tr id="rules-{re.escape(row["rule"])}">(.*?)</tr>', html, re.DOTALL)[1]
            for cell in cells:
                assert words(f"predicate-{row[cell].partition(':')[2]}") in text(block)
            assert row["source"] in text(block)
            count += 1
    assert count == 16
    said = text(html)
    reasons = [row["reason"] for row in csv.DictReader(resources.path("ontology", "mappings", "refusals.csv").open(encoding="utf-8"))]
    assert len(reasons) == 13 and all(reason in said for reason in reasons)


def test_about_explains_every_column_in_which_a_mapping_is_contributed(client: TestClient) -> None:
    html = page(client, "/about")
    part = html[html.index('id="contribute"') : html.index('id="release"')]
    file = resources.path("ontology", "mappings", "imri--chime.curated.sssom.tsv")
    header = next(line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    assert re.findall(r"<code>(\w+)</code>", part) == header.split("\t")


def test_about_leads_to_licences_sources_and_releases(client: TestClient, graph: KnowledgeGraph) -> None:
    whole = page(client, "/about")
    html = main(whole)
    found = links(html)
    assert {"/static/LICENSES.txt", "/sources", "/releases", "/cite", "/queries"} <= set(found)
    assert "codemirror" in client.get("/static/LICENSES.txt").text
    assert {link for link in found if link.startswith("#")} <= {f"#{name}" for name in re.findall(r'id="([^"]+)"', whole)}
    gaps = [row["gaps_known"] for row in graph.sources().to_json()["items"]]
    assert f"{sum(gaps)} gaps are known in {sum(map(bool, gaps))} sources." in text(html)
    assert client.get("/about?x=1", headers=BROWSER).status_code == 400


# ---------------------------------------------------------------- downloads, the API, resources


def test_downloads_are_grouped_and_each_file_stands_in_its_row(client: TestClient) -> None:
    html = page(client, "/downloads")
    items = client.get("/api/v1/downloads").json()["items"]
    found = links(html)
    assert len(items) > 200
    for item in items:
        # Once by its form in the row of its part, once by its name beside its digest.
        assert found.count(item["address"]) == 2, item["name"]
        assert item["sha256"] in html
    assert [re.sub("<[^>]+>", "", name) for name in re.findall(r'<h2 id="(?:graph|ontology|framework|mapping-set)">(.*?)</h2>', html)] == [
        "The whole graph", "The vocabulary", "Framework editions", "Mapping sets"]  # fmt: skip
    assert re.search(r"CHIME</a> Conceptual framework for personal recovery", html)


def test_the_api_is_listed_with_contents_examples_and_problems(client: TestClient) -> None:
    html = page(client, "/docs")
    openapi = client.get("/openapi.json").json()
    count = 0
    for path, operations in openapi["paths"].items():
        for method, operation in operations.items():
            assert f'<h3 id="{operation["operationId"]}"><code>{method.upper()} {path}</code></h3>' in html
            assert f'href="#{operation["operationId"]}"' in html
            for parameter in operation.get("parameters", ()):
                assert f"<code>{parameter['name']}</code>" in html
            count += 1
    assert count > 30
    for kind in KINDS:
        assert f'href="/problem/{kind}"' in html
    inside = re.findall(r'href="#([^"]+)"', html)
    assert set(inside) <= set(re.findall(r'id="([^"]+)"', html))


def test_an_example_of_the_api_page_can_be_tried(client: TestClient) -> None:
    html = page(client, "/docs")
    tried = [link for link in links(html) if link.startswith("/api/v1/") and "format=json" in link]
    assert len(tried) > 20
    for link in tried[::5]:
        assert client.get(link).status_code == 200, link


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/id/imri/B1", "/concepts/imri:B1"), ("/id/mapping/imri-chime-s03", "/mappings/mapping:imri-chime-s03"), ("/id/evidence/piat-2022-CH-3", "/evidence/evidence:piat-2022-CH-3"),
        ("/id/source/piat-2022", "/sources/piat-2022"), ("/id/framework/chime", "/frameworks/chime"), ("/id/case/mulvale-2024.case.esther", "/cases/mulvale-2024.esther"), ("/ontology/Impact", None),
        ("/graph/frameworks/chime", None),
    ],
)  # fmt: skip
def test_a_resource_leads_to_its_page_in_the_explorer(client: TestClient, path: str, shown: str | None) -> None:
    html = main(page(client, path))
    button = re.search(r'<a class="button" href="([^"]+)">In the explorer</a>', html)
    assert (button[1] if button else None) == shown
    if shown:
        assert client.get(shown, headers=BROWSER).status_code == 200


def test_a_resource_names_its_other_forms_at_the_foot(client: TestClient) -> None:
    html = page(client, "/id/imri/B1")
    foot = html[html.index('class="foot"') :]
    assert {"/id/imri/B1.ttl", "/id/imri/B1.jsonld", "/id/imri/B1.nt", "/id/imri/B1.rdf"} <= set(links(foot))
