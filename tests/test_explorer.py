"""The explorer as a whole: pages that are data too, what the browser loads, problems and beginnings as pages, the editions, the first page and search."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from imri_kg_api.explorer.links import Links

from imri_kg.graph import KnowledgeGraph

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PAGES = [
    "/frameworks", "/frameworks/chime", "/concepts/chime:H", "/search?q=hope", "/mappings?subject=imri:B1", "/mappings/mapping:imri-chime-s01", "/crosswalks/imri/chime", "/coverage",
    "/coverage/imri/chime", "/explain?subject=logic:M3&object=chime:I", "/pathways?from=review:G5&to=imri:B1", "/cases", "/cases/mulvale-2024.esther", "/matrix?rows=phase&columns=case", "/queries",
    "/changes/cfir-2009/cfir-2022", "/sources", "/sources/piat-2022", "/evidence/evidence:piat-2022-B1-1",
]  # fmt: skip


def text_of(html: str) -> str:
    """Return what a reader sees, with single spaces."""
    return " ".join(unescape(re.sub(r"(?s)<script.*?</script>|<[^>]+>", " ", html)).split())


@pytest.mark.parametrize("address", PAGES)
def test_the_address_of_a_page_gives_the_data_too(client: TestClient, address: str) -> None:
    page = client.get(address, headers=BROWSER)
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
    data = client.get("/api/v1" + address).json()
    joint = "&" if "?" in address else "?"
    for reply in (client.get(address, headers={"Accept": "application/json"}), client.get(f"{address}{joint}format=json", headers=BROWSER)):
        assert reply.headers["content-type"].startswith("application/json")
        assert {**reply.json(), "permalink": None} == {**data, "permalink": None}
    assert client.get(address, headers={"Accept": "text/csv"}).headers["content-type"].startswith("text/csv")
    # Who has no wish gets the page here, and data below /api/v1.
    assert client.get(address, headers={"Accept": "*/*"}).headers["content-type"].startswith("text/html")
    assert f'<{address.partition("?")[0]}' in page.headers["link"].replace("%3A", ":")


@pytest.mark.parametrize("address", ["/frameworks/chime", "/concepts/chime:H", "/crosswalks/imri/chime"])
def test_a_browser_gets_the_same_page_from_the_api_and_is_told_its_own_address(client: TestClient, address: str) -> None:
    reply = client.get("/api/v1" + address, headers=BROWSER)
    assert reply.headers["content-type"].startswith("text/html") and reply.links["canonical"]["url"] == address
    assert re.search("<h1.*?</h1>", reply.text, re.DOTALL)[0] == re.search("<h1.*?</h1>", client.get(address, headers=BROWSER).text, re.DOTALL)[0]


def test_what_is_folded_is_a_matter_of_the_page_alone(client: TestClient) -> None:
    page = client.get("/frameworks/chime?folded=chime:C", headers=BROWSER).text
    assert re.search(r'<details class="branch" data-curie="chime:C"', page) and re.search(r'<details class="branch" open data-curie="chime:H"', page)
    data = client.get("/frameworks/chime?folded=chime:C&format=json").json()
    assert data["members"] == client.get("/api/v1/frameworks/chime").json()["members"]
    refused = client.get("/api/v1/frameworks/chime?folded=chime:C")
    assert refused.status_code == 400 and "folded" in refused.json()["detail"]


def test_a_page_of_other_templates_has_another_tag(graph: KnowledgeGraph) -> None:
    from imri_kg_api.doorway import entity_tag

    assert entity_tag(f"{graph.release} a", "/", "text/html") != entity_tag(f"{graph.release} b", "/", "text/html")


def test_a_page_is_not_asked_for_twice_and_has_no_date_of_the_release(client: TestClient) -> None:
    first = client.get("/frameworks", headers=BROWSER)
    assert "last-modified" not in first.headers
    assert client.get("/frameworks", headers={**BROWSER, "If-None-Match": first.headers["etag"]}).status_code == 304
    assert client.get("/frameworks", headers={**BROWSER, "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}).status_code == 200


def test_what_the_browser_loads_is_kept_for_ever_by_its_name(client: TestClient) -> None:
    names = re.findall(r'"/static/([^"]+)"', client.get("/", headers=BROWSER).text)
    assert len(names) >= 4
    for name in names:
        reply = client.get(f"/static/{name}")
        assert reply.status_code == 200 and "immutable" in reply.headers["cache-control"], name
    for absent in ("explorer-AAAAAAAA.css", "manifest.json", "..%2Fshell.py", "%2e%2e"):
        assert client.get(f"/static/{absent}").status_code == 404


def test_a_problem_is_a_page_for_a_browser_and_a_document_for_a_program(client: TestClient) -> None:
    page = client.get("/concepts/chime:Hoop", headers=BROWSER)
    assert page.status_code == 404 and page.headers["content-type"].startswith("text/html")
    assert "chime:Hoop" in text_of(page.text)
    assert client.get("/concepts/chime:Hoop", headers={"Accept": "application/json"}).headers["content-type"] == "application/problem+json"
    assert client.get("/api/v1/concepts/chime:Hoop").headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "javascript:alert(1)"])
def test_what_was_searched_is_text(client: TestClient, text: str) -> None:
    page = client.get("/search", params={"q": text}, headers=BROWSER)
    assert page.status_code == 200
    assert "<script>alert" not in page.text and "<img" not in page.text and "49" not in re.search("<h1.*?</h1>", page.text, re.DOTALL)[0]
    assert f"Search: {text}" in text_of(page.text)


@pytest.mark.parametrize("address", ["/explain", "/pathways", "/matrix", "/search"])
def test_where_nothing_was_asked_yet_stands_a_form(client: TestClient, address: str) -> None:
    page = client.get(address, headers=BROWSER)
    assert page.status_code == 200 and "<form" in page.text
    assert client.get(address, headers={"Accept": "application/json"}).status_code == 400


def test_search_narrows_by_framework_and_takes_it_back(client: TestClient) -> None:
    page = client.get("/search?q=hope", headers=BROWSER).text
    narrower = unescape(re.search(r'href="(/search\?q=hope&amp;framework=imri)"', page)[1])
    found = client.get(narrower, headers=BROWSER).text
    # Of the three hits one is of IMRI: B1, by its definition.
    assert "3 constructs" in text_of(page) and "One construct" in text_of(found) and 'href="/concepts/imri:B1"' in found
    assert 'href="/search?q=hope"' in found


def section_of(page: str, name: str) -> str:
    found = re.search(rf'<h2 id="found-{name}">.*?</section>', page, re.DOTALL)
    return found[0] if found else ""


def test_search_finds_cases_sources_and_questions_below_constructs(client: TestClient) -> None:
    # "Coproduction" stands in the title of the study with three cases, and in no label or definition of a construct; the citation has "coproduced".
    page = client.get("/search?q=coproduction", headers=BROWSER).text
    cases = section_of(page, "cases")
    assert {f"/cases/mulvale-2024.{name}" for name in ("esther", "making-recovery-real", "cmha-learning-centres")} == set(re.findall(r'href="(/cases/[^"]+)"', cases))
    assert "Nor does" not in page and 'href="/sources/mulvale-2024"' in section_of(client.get("/search?q=Mulvale+coproduced", headers=BROWSER).text, "sources")
    # All words, without accents and case; a question by its summary.
    assert 'href="/cases/piat-2022.quebec"' in section_of(client.get("/search?q=QUEBEC+peer", headers=BROWSER).text, "cases")
    assert 'href="/queries/competency/cq01-imri-aligned-to-chime"' in section_of(client.get("/search?q=impacts+aligned+process", headers=BROWSER).text, "questions")
    assert section_of(client.get("/search?q=coproduction+nowhere", headers=BROWSER).text, "cases") == ""


def test_a_search_for_constructs_of_a_kind_leaves_the_rest_aside_and_the_data_as_they_are(client: TestClient) -> None:
    assert section_of(client.get("/search?q=recovery", headers=BROWSER).text, "sources") and not section_of(client.get("/search?q=recovery&framework=chime", headers=BROWSER).text, "sources")
    assert set(client.get("/api/v1/search?q=coproduction").json()) == set(client.get("/api/v1/search?q=hope").json())


def test_a_search_that_finds_nothing_says_what_was_searched(client: TestClient) -> None:
    said = text_of(client.get("/search?q=zzyzx", headers=BROWSER).text)
    assert "No construct found" in said and "Nor does a name, innovation, setting or study of a case, a citation of a source, or a stored question." in said


def test_the_first_page_says_what_is_rebuilt_and_leads_to_real_answers(client: TestClient) -> None:
    page = client.get("/", headers=BROWSER).text
    # IMRI has 25 members: 12 labels printed, 13 rebuilt, none unconfirmed.
    row = text_of(re.search(r'<tr>\s*<th scope="row"><a class="fw fw-imri".*?</tr>', page, re.DOTALL)[0])
    assert row.endswith("25 12 13 0")
    questions = re.findall(r'<li><a href="([^"]+)"', re.search(r'<ul class="questions">.*?</ul>', page, re.DOTALL)[0])
    assert len(questions) == 4
    for address in questions:
        assert client.get(unescape(address), headers=BROWSER).status_code == 200, address
    assert 'href="/validate"' in page


def test_a_tree_holds_every_member_once_below_what_is_broader(client: TestClient, graph: KnowledgeGraph) -> None:
    for key in graph.framework_service.keys():
        members = [m["curie"] for m in graph.framework(key).members]
        shown = re.findall(r'data-node="([^"]+)"', client.get(f"/frameworks/{key}", headers=BROWSER).text)
        assert sorted(shown) == sorted(members) and len(set(shown)) == len(shown)
    page = client.get("/frameworks/chime", headers=BROWSER).text
    hope = re.search(r'<details class="branch" open data-curie="chime:H".*?</details>', page, re.DOTALL)[0]
    assert re.findall(r'data-node="([^"]+)"', hope) == ["chime:H1", "chime:H2", "chime:H3", "chime:H4", "chime:H5"]


def test_links_keep_the_prefix_and_escape_what_they_are_given() -> None:
    links = Links("/kg")
    assert links.explain("imri:B1", "a&b=c") == "/kg/explain?subject=imri:B1&object=a%26b%3Dc"
    assert links.to("/pathways", from_="review:G5", exploratory=True, basis=[], hidden=False, none=None) == "/kg/pathways?from=review:G5&exploratory=true"
    assert links.concept("x/../y?z") == "/kg/concepts/x/../y%3Fz"
