"""Every answer as a page: whole, harmless, and with the way to its other forms."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from imri_kg_api.explorer import presenting
from imri_kg_api.explorer.shell import POLICY, Frame, render
from starlette.requests import Request
from test_api import SAME, Page

from imri_kg.tables import table

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

API = "/api/v1"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"}
FRAME = Frame(forms=[("csv", "/x?format=csv")])
#: What a page never has: anything that could run or load from elsewhere, or that the policy of the page would stop.
_NEVER = {"iframe", "object", "embed", "base", "applet"}


def shown(client: TestClient, answer: object, frame: Frame = FRAME) -> str:
    """Return an answer as the page of plain tables."""
    body = {**answer.to_json(), "permalink": None}  # type: ignore[attr-defined]
    request = Request({"type": "http", "method": "GET", "path": "/x", "query_string": b"", "headers": [], "root_path": "", "app": client.app})
    return render(request, "answer.html", {"title": "Title & more", **presenting.plain_tables(answer, body, "")}, frame).body.decode()  # type: ignore[arg-type]


@pytest.mark.parametrize("address", [*SAME, "/mappings/imri-chime-s03", "/cases", "/cases/esther", "/matrix?rows=phase&columns=case", "/cases/esther/through/diffusion"])
def test_a_browser_gets_a_page_that_loads_nothing_from_elsewhere(client: TestClient, address: str) -> None:
    reply = client.get(API + address, headers=BROWSER)
    assert reply.status_code == 200 and reply.headers["content-type"].startswith("text/html")
    page = Page(reply.text)
    assert not page.open and not page.names & _NEVER
    assert not {name for name in page.attributes if name.startswith("on") or name == "style"}
    loaded = re.findall(r'<script[^>]*\bsrc="([^"]+)"', reply.text) + re.findall(r'<link rel="(?:stylesheet|preload)" href="([^"]+)"', reply.text)
    assert loaded and all(re.fullmatch(r"/static/[\w.-]+", name) for name in loaded)
    assert not re.search(r"<script(?![^>]*(?: src=|application/json))", reply.text)
    assert reply.headers["content-security-policy"] == POLICY and "unsafe" not in POLICY
    answer = client.get(API + address).json()
    text = unescape(reply.text)
    assert f"Release {answer['release']}" in text and f"stored query {answer['query']}" in text
    assert answer["permalink"] in text
    assert len(re.findall(r'rel="alternate"', reply.text)) >= 4


@pytest.mark.parametrize("address", ["/mappings?subject=imri:B1&object_framework=chime", "/concepts/imri:B1", "/frameworks", "/search?q=hope", "/sources"])
def test_a_page_stands_at_the_address_without_the_prefix_and_is_data_there_too(client: TestClient, address: str) -> None:
    page, data = client.get(address, headers=BROWSER), client.get(address, headers={"Accept": "application/json"})
    assert page.headers["content-type"].startswith("text/html") and data.headers["content-type"].startswith("application/json")
    with_prefix = client.get(API + address).json()
    assert {k: v for k, v in data.json().items() if k != "permalink"} == {k: v for k, v in with_prefix.items() if k != "permalink"}
    assert f'<{address}>; rel="canonical"' in client.get(API + address, headers=BROWSER).headers["link"]


def test_a_page_shows_states_records_and_notes(client: TestClient) -> None:
    page = unescape(client.get(f"{API}/mappings?subject=imri:B1&object_framework=chime&basis=author-stated", headers=BROWSER).text)
    assert "States of what was asked about" in page and "3 records on this page" in page
    assert 'href="/concepts/chime:I"' in page and 'href="/mappings/mapping:imri-chime-s03"' in page
    assert "are ours, not printed by the sources" in page


def test_a_long_list_leads_to_its_next_page(client: TestClient) -> None:
    page = client.get(f"{API}/mappings?limit=2", headers=BROWSER).text
    following = unescape(re.search(r'<a rel="next" href="([^"]+)">', page)[1])
    first, second = (set(re.findall(r'id="([\w-]+)" data-fold', text)) for text in (page, client.get(following, headers=BROWSER).text))
    assert len(first) == len(second) == 2 and not first & second


def test_links_of_a_page_lead_to_the_other_forms(client: TestClient) -> None:
    page = Page(client.get(f"{API}/explain?subject=imri:B1&object=chime:I", headers=BROWSER).text)
    kinds = {client.get(link).headers["content-type"].partition(";")[0] for link in page.links if "format=" in link}
    assert kinds == {"application/json", "text/csv", "text/tab-separated-values", "text/markdown", "application/sssom+tsv", "text/turtle", "application/ld+json"}


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "javascript:alert(1)", "imri:B1\"onclick=\"x"])
def test_whatever_stands_in_a_cell_is_text(client: TestClient, text: str) -> None:
    answer = table([{"curie": text, "record_id": "mapping:" + text, "note": text}], ("curie", "record_id", "note"), "r", query="q", extra={"notes": [text]})
    html = shown(client, answer)
    page = Page(html)
    assert "img" not in page.names and not {a for a in page.attributes if a.startswith("on")} and "alert(1)</script>" not in html
    assert not [link for link in page.links if link.startswith("javascript")]
    assert unescape(html).count(text) >= 3


def test_cells_that_name_constructs_and_records_lead_to_them(client: TestClient) -> None:
    answer = table([{"curie": "chime:I", "mappings": "mapping:imri-chime-s03 mapping:imri-chime-s04"}], ("curie", "mappings"), "r", query="q")
    links = Page(shown(client, answer)).links
    assert {"/concepts/chime:I", "/mappings/mapping:imri-chime-s03", "/mappings/mapping:imri-chime-s04"} <= set(links)


def test_a_page_of_what_can_change_says_so(client: TestClient) -> None:
    assert "has no permanent address" in shown(client, table([], ("a",), "r", query="q"), FRAME._replace(lasting=False))


def test_a_page_below_a_prefix_leads_nowhere_else(client: TestClient) -> None:
    from fastapi.testclient import TestClient as Client

    below = Client(client.app, root_path="/kg")
    page = Page(below.get("/kg/concepts/imri:T7", headers=BROWSER).text)
    assert not [link for link in page.links if link.startswith("/") and not link.startswith("/kg/")]
