"""The HTTP door gives the answers of the library, in every form, a page at a time, to many at once."""

from __future__ import annotations

import csv
import io
import json
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from imri_kg_api.replying import negotiate

from imri_kg.formats import FORMATS, MEDIA_TYPES, serialise
from imri_kg.graph import KnowledgeGraph

if TYPE_CHECKING:
    from fastapi.testclient import TestClient
    from httpx import Response

API = "/api/v1"

#: Addresses with what the library answers to the same question.
SAME = {
    "/frameworks": lambda kg: kg.frameworks(),
    "/frameworks/cfir-2022": lambda kg: kg.framework("cfir-2022"),
    "/concepts/imri:B1": lambda kg: kg.concept("imri:B1"),
    "/search?q=hope": lambda kg: kg.search("hope"),
    "/search?q=peer&framework=cfir-2022&kind=Determinant": lambda kg: kg.search("peer", framework="cfir-2022", kind="Determinant"),
    "/search?q=peer&framework=chime&framework=cfir-2022&kind=Determinant&kind=RecoveryProcessCategory": lambda kg: kg.search(
        "peer", framework=["chime", "cfir-2022"], kind=["Determinant", "RecoveryProcessCategory"]
    ),
    "/mappings?subject=imri:B1": lambda kg: kg.mappings("imri:B1"),
    "/mappings?subject=imri:B1&object_framework=chime": lambda kg: kg.mappings("imri:B1", to="chime"),
    "/mappings?subject=imri:B1&object_framework=chime&object_framework=imri": lambda kg: kg.mappings("imri:B1", to=["chime", "imri"]),
    "/mappings?subject=imri:B1&object=chime:I&basis=author-stated": lambda kg: kg.mappings("imri:B1", object="chime:I", basis="author-stated"),
    "/mappings?object=chime:I&subject_framework=imri": lambda kg: kg.mappings(object="chime:I", subject_framework="imri"),
    "/mappings?subject_framework=imri&object_framework=chime&exploratory=true": lambda kg: kg.mappings(
        subject_framework="imri", to="chime", exploratory=True
    ),
    "/mappings?subject=imri:B1&state=mapped&predicate=skos:relatedMatch&min_confidence=0.5&max_confidence=0.8&source=source:piat-2022": lambda kg: kg.mappings(
        "imri:B1", state="mapped", predicate="relatedMatch", min_confidence=0.5, max_confidence=0.8, source="source:piat-2022"
    ),
    "/mappings?subject_framework=imri&state=contested&state=judged_not_mapped": lambda kg: kg.mappings(subject_framework="imri", state=["contested", "judged_not_mapped"]),
    "/crosswalks/imri/chime": lambda kg: kg.crosswalk("imri", "chime"),
    "/crosswalks/imri/chime?basis=curated&basis=derived&routes=true": lambda kg: kg.crosswalk("imri", "chime", basis=["curated", "derived"], routes=True),
    "/coverage": lambda kg: kg.coverage(),
    "/coverage?basis=author-stated": lambda kg: kg.coverage(basis="author-stated"),
    "/coverage/logic-model/imri?exploratory=true": lambda kg: kg.coverage("logic-model", "imri", exploratory=True),
    "/coverage/logic-model/imri?routes=true": lambda kg: kg.coverage("logic-model", "imri", routes=True),
    "/explain?subject=logic:M3&object=chime:I": lambda kg: kg.explain("logic:M3", "chime:I"),
    "/explain?subject=imri:B1&object=chime:I&basis=curated": lambda kg: kg.explain("imri:B1", "chime:I", basis="curated"),
    "/queries?group=service": lambda kg: kg.queries("service"),
    "/queries/service/frameworks": lambda kg: kg.query("service/frameworks"),
    "/queries/service/framework-limits?key=chime": lambda kg: kg.query("service/framework-limits", key="chime"),
}


def said(reply: Response) -> dict:
    """Return what a reply says, without the address of the answer, which only the door knows."""
    return {name: value for name, value in reply.json().items() if name != "permalink"}


@pytest.mark.parametrize("address", SAME)
@pytest.mark.parametrize("form", FORMATS)
def test_an_address_answers_what_the_library_answers(client: TestClient, graph: KnowledgeGraph, address: str, form: str) -> None:
    reply = client.get(API + address + ("&" if "?" in address else "?") + f"format={form}")
    assert reply.status_code == 200, reply.text
    assert reply.headers["content-type"] == MEDIA_TYPES[form]
    if form == "json":
        # The door adds the address at which the answer stays.
        assert [*reply.json()][-1] == "permalink"
        assert json.dumps(said(reply), ensure_ascii=False, indent=2) + "\n" == serialise(SAME[address](graph), form)
    else:
        assert reply.text == serialise(SAME[address](graph), form)


@pytest.mark.parametrize("address", [*SAME, "/mappings/mapping:imri-chime-s01"])
def test_every_reply_names_its_release_in_the_body_and_in_a_header(client: TestClient, graph: KnowledgeGraph, address: str) -> None:
    reply = client.get(API + address)
    assert reply.json()["release"] == graph.release == reply.headers["imri-kg-release"]
    assert client.get(API + address, headers={"Accept": "text/csv"}).headers["imri-kg-release"] == graph.release


def test_the_four_states_of_a_crosswalk_add_up_to_its_pairs(client: TestClient) -> None:
    crosswalk = client.get(f"{API}/crosswalks/imri/chime").json()
    assert set(crosswalk["counts"]) == {"mapped", "judged_not_mapped", "contested", "not_assessed"}
    assert sum(crosswalk["counts"].values()) == len(crosswalk["cells"]) == len(crosswalk["rows"]) * len(crosswalk["columns"])


def test_an_empty_list_of_mappings_says_what_it_means(client: TestClient) -> None:
    answer = client.get(f"{API}/mappings?subject=assimilation:T&object_framework=chime").json()
    assert answer["items"] == []
    assert [(s["target"], s["state"]) for s in answer["states"]] == [("chime", "not_assessed")]
    table = client.get(f"{API}/mappings?subject=assimilation:T&object_framework=chime&format=csv").text
    assert [(r["record_id"], r["subject"], r["target"], r["state"]) for r in csv.DictReader(io.StringIO(table, newline=""))] == [("", "assimilation:T", "chime", "not_assessed")]


def test_the_pages_of_a_table_tell_each_state_without_a_record_once_and_last(client: TestClient) -> None:
    question, rows = f"{API}/mappings?subject=imri:B1&object_framework=chime&object_framework=diffusion&basis=author-stated&limit=2", []
    page = ""
    while page is not None:
        rows.append([(r["record_id"], r["target"], r["state"]) for r in csv.DictReader(io.StringIO(client.get(f"{question}{page}&format=csv").text, newline=""))])
        token = client.get(question + page).json()["next"]
        page = f"&page={token}" if token else None
    assert rows == [
        [("mapping:imri-chime-s05", "chime", "mapped"), ("mapping:imri-chime-s03", "chime", "mapped")],
        [("mapping:imri-chime-s04", "chime", "mapped"), ("", "diffusion", "not_assessed")],
    ]


def test_an_object_without_a_subject_is_asked_about_from_every_edition(client: TestClient) -> None:
    answer = client.get(f"{API}/mappings?object=chime:I").json()
    assert answer["items"] and {i["object"]["curie"] for i in answer["items"]} <= {"chime:I", "sssom:NoTermFound"}
    editions = {f["key"] for f in client.get(f"{API}/frameworks").json()["items"]}
    assert {s["subject"] for s in answer["states"]} == editions - {"chime"}
    assert {s["target"] for s in answer["states"]} == {"chime:I"}


def test_a_limit_on_the_basis_says_what_it_left_out(client: TestClient) -> None:
    everything = client.get(f"{API}/mappings?subject_framework=imri&object_framework=chime").json()
    stated = client.get(f"{API}/mappings?subject_framework=imri&object_framework=chime&basis=author-stated").json()
    assert {i["basis"] for i in stated["items"]} == {"author-stated"}
    assert sum(stated["left_out"]["records"].values()) == len(everything["items"]) - len(stated["items"])
    [full], [limited] = everything["states"], stated["states"]
    assert stated["left_out"]["pairs"] >= limited["counts"]["not_assessed"] - full["counts"]["not_assessed"]


def test_a_construct_is_found_by_label_code_and_iri_too(client: TestClient) -> None:
    concept = said(client.get(f"{API}/concepts/imri:B1"))
    for name in (concept["label"], concept["iri"], "IMRI:b1"):
        assert said(client.get(f"{API}/concepts/{name}")) == concept


def test_one_record_is_the_record_of_the_list(client: TestClient) -> None:
    for listed in client.get(f"{API}/mappings?subject=imri:B1").json()["items"]:
        alone = client.get(f"{API}/mappings/{listed['record_id']}").json()
        assert {name: alone[name] for name in listed} == listed
        assert alone.keys() - listed.keys() == {"premise_of", "contradicted_by", "same_pair", "set", "query", "permalink", "release"}
    assert client.get(f"{API}/mappings/imri-chime-s01").json()["record_id"] == "mapping:imri-chime-s01"


def test_a_stored_query_comes_with_its_text_and_its_rows(client: TestClient, graph: KnowledgeGraph) -> None:
    answer = client.get(f"{API}/queries/service/frameworks").json()
    assert answer["name"] == answer["query"] == "service/frameworks"
    repeated = graph.query(answer["sparql"])
    assert repeated.rows() == answer["items"]


def test_every_stored_query_answers_and_none_has_a_parameter_that_the_route_uses(client: TestClient) -> None:
    names = [q for group in ("competency", "service", "qc", "build") for q in client.get(f"{API}/queries?group={group}").json()["items"]]
    assert len(names) > 20
    for query in names:
        assert not {"answer", "format", "limit", "page"} & set(query["parameters"]), query["name"]
        reply = client.get(f"{API}/queries/{query['name']}?limit=1")
        assert reply.status_code == 200, reply.text
        assert len(reply.json()["items"]) <= 1


def test_the_text_of_a_query_is_never_run_from_an_address(client: TestClient) -> None:
    reply = client.get(f"{API}/queries/" + "SELECT * WHERE { ?s ?p ?o }")
    assert reply.status_code == 404 and reply.json()["type"].endswith("/unknown-query")


# Pages


def pages(client: TestClient, address: str) -> list[dict]:
    """Follow `next` to the end and return every page."""
    found, token = [], None
    while True:
        page = client.get(address + ("&page=" + token if token else ""))
        assert page.status_code == 200, page.text
        found.append(page.json())
        token = page.json()["next"]
        if token is None:
            return found
        following = page.links["next"]["url"]
        assert f"page={token}" in following
        assert client.get(following).json()["items"]


@pytest.mark.parametrize(
    ("short", "whole"),
    [
        ("/mappings?subject_framework=cfir-2009&limit=7", "/mappings?subject_framework=cfir-2009&limit=1000"),
        ("/search?q=the&limit=3", "/search?q=the&limit=500"),
        ("/queries?group=service&limit=4", "/queries?group=service"),
        ("/queries/service/members?limit=100", "/queries/service/members"),
    ],
)
def test_pages_are_the_whole_list_in_order_and_stable(client: TestClient, short: str, whole: str) -> None:
    everything = client.get(API + whole).json()
    first = pages(client, API + short)
    assert len(first) > 1
    assert [item for page in first for item in page["items"]] == everything["items"]
    assert pages(client, API + short) == first
    aside = ("items", "next", "permalink")
    assert {k: v for k, v in first[-1].items() if k not in aside} == {k: v for k, v in everything.items() if k not in aside}


def test_the_size_of_a_page_may_change_on_the_way(client: TestClient) -> None:
    whole = client.get(f"{API}/mappings?limit=12").json()["items"]
    token = client.get(f"{API}/mappings?limit=5").json()["next"]
    assert client.get(f"{API}/mappings?limit=7&page={token}").json()["items"] == whole[5:]


def test_the_records_of_any_construct_fit_on_one_page(client: TestClient, graph: KnowledgeGraph) -> None:
    subjects = [m["curie"] for key in graph.framework_service.keys() for m in graph.framework(key).members]
    assert len(subjects) > 200
    assert max(len(graph.mappings(s, exploratory=True).items) for s in subjects) <= 200


def test_members_and_cells_are_never_paged(client: TestClient) -> None:
    assert len(client.get(f"{API}/frameworks/cfir-2022").json()["members"]) > 70
    for address in ("/frameworks/chime?limit=1", "/crosswalks/imri/chime?page=x"):
        assert client.get(API + address).json()["type"].endswith("/unknown-parameter")


# Forms, entity tags, methods


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
        ("text/html;q=0.8, application/json;q=0.8", "json"),
        ("text/*", "csv"),
        ("text/csv", "csv"),
        ("text/*;q=0.5, text/tab-separated-values", "tsv"),
        ("application/json;q=0.2, text/markdown;q=0.7", "md"),
        ("text/csv;q=0, */*;q=0.1", "json"),
        ("application/json;q=0, */*", "csv"),
        ("nonsense, text/csv", "csv"),
        (";;;", "json"),
    ],
)
def test_the_header_accept_decides_where_format_does_not(client: TestClient, accept: str, form: str) -> None:
    assert negotiate(None, accept) == form
    reply = client.get(f"{API}/frameworks", headers={"Accept": accept})
    assert reply.headers["content-type"] == MEDIA_TYPES[form]
    assert "Accept" in reply.headers["vary"]
    assert client.get(f"{API}/frameworks?format=md", headers={"Accept": accept}).headers["content-type"] == MEDIA_TYPES["md"]


def test_a_table_has_a_row_for_each_item_and_state_without_and_no_formula(client: TestClient) -> None:
    answer = client.get(f"{API}/mappings?limit=1000").json()
    items, states = answer["items"], {(s["subject"], s["target"]) for s in answer["states"]}
    met = {(i["subject"]["framework"], i["object"]["framework"]) for i in items}
    rows = list(csv.DictReader(io.StringIO(client.get(f"{API}/mappings?limit=1000&format=csv").text, newline="")))
    assert [r["record_id"] for r in rows[: len(items)]] == [i["record_id"] for i in items]
    assert [(r["record_id"], r["subject"], r["target"]) for r in rows[len(items) :]] == sorted(("", *pair) for pair in states - met)
    assert not [v for r in rows for v in r.values() if v[:1] in ("=", "+", "@")]


@pytest.mark.parametrize("address", ["/health", "/", "/docs", "/openapi.json", f"{API}/mappings?subject=imri:B1", f"{API}/frameworks?format=csv"])
def test_an_unchanged_answer_is_not_sent_again(client: TestClient, address: str) -> None:
    first = client.get(address)
    again = client.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert client.get(address, headers={"If-None-Match": f'"other", W/{first.headers["etag"]}'}).status_code == 304
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_forms_and_addresses_have_tags_of_their_own(client: TestClient) -> None:
    tags = {
        client.get(f"{API}/frameworks{query}", headers={"Accept": accept}).headers["etag"]
        for query in ("", "?format=json")
        for accept in ("application/json", "text/csv")
    }
    assert len(tags) == 3, "?format= wins over Accept, so that two of the four are one representation"


def test_an_error_is_never_kept_and_has_no_tag(client: TestClient) -> None:
    reply = client.get(f"{API}/concepts/imri:B9", headers={"If-None-Match": "*"})
    assert reply.status_code == 404 and "etag" not in reply.headers and reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("address", ["/health", "/docs", f"{API}/crosswalks/imri/chime", f"{API}/concepts/imri:B9"])
def test_head_has_the_headers_of_get_and_no_body(client: TestClient, address: str) -> None:
    head, get = client.head(address), client.get(address)
    assert head.content == b"" and head.status_code == get.status_code
    assert head.headers == get.headers


def test_a_browser_on_another_site_may_ask(client: TestClient) -> None:
    asked = client.options(f"{API}/mappings", headers={"Origin": "https://example.org", "Access-Control-Request-Method": "GET"})
    assert asked.status_code == 204 and "If-None-Match" in asked.headers["access-control-allow-headers"]
    assert client.get(f"{API}/mappings").headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("address", ["/", "/docs", "/health", f"{API}/frameworks", f"{API}/nothing"])
def test_every_reply_is_safe_to_open_in_a_browser(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["content-security-policy"].startswith("default-src 'none'")


# Pages for people

LICENCE = "https://creativecommons.org/licenses/by/4.0/"


#: Elements without an end (HTML, section 13.1.2).
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})


class Page(HTMLParser):
    """Collects the elements of a page, its links and whether all that is opened is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.ids: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes.update(name for name, _ in attrs)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("address", ["/", "/docs"])
def test_a_page_loads_only_what_this_server_has_and_its_links_lead_somewhere(client: TestClient, address: str) -> None:
    page = Page(client.get(address, headers={"Accept": "text/html"}).text)
    assert not page.open
    assert not page.names & {"img", "iframe", "object", "embed", "base"}
    assert not {name for name in page.attributes if name.startswith("on") or name == "style"}
    assert len(page.links) > 10 and len(set(page.ids)) == len(page.ids)
    outside = [link for link in page.links if not link.startswith(("/", "#", "data:image/svg+xml,"))]
    assert outside in ([], [LICENCE])
    for link in page.links:
        if link.startswith("#") and not link.startswith("#sign-"):
            assert link[1:] in page.ids, link
        elif link.startswith("/"):
            assert client.get(link, headers={"Accept": "text/html"}).status_code == 200, link


@pytest.mark.parametrize("address", ["/", "/docs"])
def test_the_policy_of_a_page_allows_what_this_server_has_and_nothing_else(client: TestClient, address: str) -> None:
    reply = client.get(address, headers={"Accept": "text/html"})
    policy = dict(part.strip().split(" ", 1) for part in reply.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert {policy[name] for name in ("script-src", "style-src", "font-src", "connect-src", "form-action")} == {"'self'"}
    assert policy["img-src"] == "'self' data: blob:"


def test_the_page_of_the_api_lists_every_route(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert len(paths) >= 18
    text = client.get("/docs", headers={"Accept": "text/html"}).text
    assert not [path for path in paths if f"{path}</code>" not in text]


# Many at once


def test_the_same_answers_come_back_to_many_who_ask_at_once(graph: KnowledgeGraph) -> None:
    from fastapi.testclient import TestClient
    from imri_kg_api.app import create_app

    # A second facade over the same snapshot, so that nothing is remembered from other tests.
    client = TestClient(create_app(KnowledgeGraph(graph._snapshot)))
    expected = {API + address: json.loads(serialise(answer(graph), "json")) for address, answer in SAME.items()}
    addresses = [*expected] * 4
    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(lambda a: client.get(a), addresses))
    for address, reply in zip(addresses, replies, strict=True):
        assert reply.status_code == 200
        assert said(reply) == expected[address], address


def test_a_graph_that_was_not_warmed_answers_threads_alike(graph: KnowledgeGraph) -> None:
    subjects = [m["curie"] for m in graph.framework("imri").members] * 4
    cold = KnowledgeGraph(graph._snapshot)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda s: cold.mappings(s).to_json(), subjects))
    assert answers == [graph.mappings(s).to_json() for s in subjects]


def test_words_are_asked_for_as_they_are_typed(client: TestClient) -> None:
    reply = client.get(f"{API}/search?" + urlencode({"q": "hópe & optimism’s"}))
    assert "chime:H" in [i["curie"] for i in reply.json()["items"]]
