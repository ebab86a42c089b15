"""Every answer as a page: whole, harmless, and with the way to its other forms."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from imri_kg_api.answer_pages import Frame, answer_page
from test_api import SAME, Page

from imri_kg.tables import table

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

API = "/api/v1"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"}
FRAME = Frame("Title & more", "", None, [("csv", "/x?format=csv")])


@pytest.mark.parametrize("address", [*SAME, "/mappings/imri-chime-s03", "/cases", "/cases/esther", "/matrix?rows=phase&columns=case", "/cases/esther/through/diffusion"])
def test_a_browser_gets_a_page_that_loads_nothing(client: TestClient, address: str) -> None:
    reply = client.get(API + address, headers=BROWSER)
    assert reply.status_code == 200 and reply.headers["content-type"].startswith("text/html")
    page = Page(reply.text)
    assert not page.open and not page.names & {"script", "img", "iframe", "object", "embed", "base", "form"}
    assert all(link.startswith("/") for link in page.links)
    assert reply.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    answer = client.get(API + address).json()
    text = unescape(reply.text)
    assert f"Release <code>{answer['release']}</code>" in text and f"stored query <code>{answer['query']}</code>" in text
    assert answer["permalink"] in text
    assert len(re.findall(r'rel="alternate"', reply.text)) >= 4


def test_a_page_shows_states_records_and_notes(client: TestClient) -> None:
    page = unescape(client.get(f"{API}/mappings?subject=imri:B1&object_framework=chime&basis=author-stated", headers=BROWSER).text)
    assert "<caption>States (1)</caption>" in page and "<caption>Records (3)</caption>" in page
    assert '<a href="/api/v1/concepts/chime:I">chime:I</a>' in page and '<a href="/api/v1/mappings/mapping:imri-chime-s03">' in page
    assert "are ours, not printed by the sources" in page


def test_a_long_list_leads_to_its_next_page(client: TestClient) -> None:
    page = client.get(f"{API}/mappings?limit=2", headers=BROWSER).text
    following = unescape(re.search(r'<a rel="next" href="([^"]+)">', page)[1])
    assert "Next page" in client.get(f"{API}/mappings?limit=2", headers=BROWSER).text
    assert client.get(following, headers=BROWSER).status_code == 200


def test_links_of_a_page_lead_to_the_other_forms(client: TestClient) -> None:
    page = Page(client.get(f"{API}/explain?subject=imri:B1&object=chime:I", headers=BROWSER).text)
    kinds = {client.get(link).headers["content-type"].partition(";")[0] for link in page.links if "format=" in link}
    assert kinds == {"application/json", "text/csv", "text/tab-separated-values", "text/markdown", "application/sssom+tsv", "text/turtle", "application/ld+json"}


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "javascript:alert(1)", "imri:B1\"onclick=\"x"])
def test_whatever_stands_in_a_cell_is_text(text: str) -> None:
    answer = table([{"curie": text, "record_id": "mapping:" + text, "note": text}], ("curie", "record_id", "note"), "r", query="q", extra={"notes": [text]})
    reply = answer_page(answer, {**answer.to_json(), "permalink": None}, FRAME)
    page = Page(reply.body.decode())
    assert not page.names & {"script", "img"} and not {a for a in page.attributes if a.startswith("on")}
    assert not [link for link in page.links if link.startswith("javascript")]
    assert text in unescape(reply.body.decode())


def test_a_page_of_what_can_change_says_so() -> None:
    answer = table([], ("a",), "r", query="q")
    assert "has no permanent address" in answer_page(answer, {**answer.to_json(), "permalink": None}, FRAME).body.decode()
