"""What goes with a reply: validators, dates, links, packing, and what may be asked at an address."""

from __future__ import annotations

import gzip
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING

import pytest

from imri_kg.formats import MEDIA_TYPES
from imri_kg.graph import KnowledgeGraph
from imri_kg.snapshot import Snapshot

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

API = "/api/v1"
PLAIN = {"Accept-Encoding": "identity"}


def test_a_reply_was_modified_when_its_release_was_built(client: TestClient, graph: KnowledgeGraph) -> None:
    manifest = graph._snapshot.folder / "manifest.json"
    said = parsedate_to_datetime(client.get(f"{API}/frameworks").headers["last-modified"])
    assert said == graph.built and 0 <= manifest.stat().st_mtime - said.timestamp() < 1


def test_a_graph_in_memory_was_built_when_it_was_opened(graph: KnowledgeGraph) -> None:
    held = KnowledgeGraph(Snapshot(graph.store, graph._snapshot.release, graph._snapshot.search, None, b""))
    assert graph.built <= held.built == held.built


@pytest.mark.parametrize(("seconds", "status"), [(-1, 200), (0, 304), (3600, 304)])
def test_a_date_stands_for_a_reply(client: TestClient, graph: KnowledgeGraph, seconds: int, status: int) -> None:
    since = format_datetime(graph.built + timedelta(seconds=seconds), usegmt=True)
    reply = client.get(f"{API}/frameworks", headers={"If-Modified-Since": since})
    assert reply.status_code == status
    assert reply.headers["last-modified"] and reply.headers["etag"] and reply.headers["vary"] == "Accept, Accept-Encoding"
    if status == 304:
        assert reply.content == b"" and not {"content-type", "content-length", "content-encoding"} & set(reply.headers)


def test_a_tag_comes_before_a_date(client: TestClient, graph: KnowledgeGraph) -> None:
    """RFC 9110, section 13.2.2: with If-None-Match, If-Modified-Since is not looked at."""
    later = format_datetime(graph.built + timedelta(days=1), usegmt=True)
    tag = client.get(f"{API}/frameworks").headers["etag"]
    assert client.get(f"{API}/frameworks", headers={"If-None-Match": '"other"', "If-Modified-Since": later}).status_code == 200
    long_ago = "Thu, 01 Jan 1970 00:00:00 GMT"
    assert client.get(f"{API}/frameworks", headers={"If-None-Match": tag, "If-Modified-Since": long_ago}).status_code == 304


@pytest.mark.parametrize("value", ["", "yesterday", "Thu, 99 Nov 2026 00:00:00 GMT", "2036-01-01", "Thu, 01 Jan 1970 00:00:00", "\xff"])
def test_what_is_no_date_is_passed_over(client: TestClient, value: str) -> None:
    assert client.get(f"{API}/frameworks", headers={"If-Modified-Since": value.encode("latin-1")}).status_code == 200


def test_a_date_says_nothing_of_what_is_not_there(client: TestClient) -> None:
    reply = client.get(f"{API}/concepts/imri:B9", headers={"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"})
    assert reply.status_code == 404 and "last-modified" not in reply.headers


# ---------------------------------------------------------------- packing


@pytest.mark.parametrize("address", [f"{API}/crosswalks/imri/chime", f"{API}/mappings?limit=100&format=csv", "/docs"])
def test_a_packed_reply_holds_the_same_bytes_and_has_a_tag_of_its_own(client: TestClient, address: str) -> None:
    plain, packed = client.get(address, headers=PLAIN), client.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) == len(plain.content)
    assert packed.headers["etag"] != plain.headers["etag"]
    for coding, tag in (("gzip", packed.headers["etag"]), ("identity", plain.headers["etag"])):
        assert client.get(address, headers={"Accept-Encoding": coding, "If-None-Match": tag}).status_code == 304
    assert client.get(address, headers={**PLAIN, "If-None-Match": packed.headers["etag"]}).status_code == 200


def test_the_length_is_that_of_what_is_sent(client: TestClient) -> None:
    with client.stream("GET", f"{API}/crosswalks/imri/chime", headers={"Accept-Encoding": "gzip"}) as reply:
        raw = b"".join(reply.iter_raw())
    assert len(raw) == int(reply.headers["content-length"])
    assert gzip.decompress(raw).startswith(b"{")
    head = client.head(f"{API}/crosswalks/imri/chime", headers={"Accept-Encoding": "gzip"})
    assert head.headers["content-length"] == reply.headers["content-length"] and head.headers["etag"] == reply.headers["etag"]


def test_small_replies_are_sent_as_they_are(client: TestClient) -> None:
    reply = client.get(f"{API}/frameworks/chmie", headers={"Accept-Encoding": "gzip"})
    assert len(reply.content) < 1024 and "content-encoding" not in reply.headers
    assert reply.headers["vary"] == "Accept, Accept-Encoding"


# ---------------------------------------------------------------- links


def test_links_lead_to_every_other_form(client: TestClient) -> None:
    reply = client.get(f"{API}/mappings?subject=imri:B1&object=chime:I")
    links = [part for part in reply.headers["link"].split(", <") if 'rel="alternate"' in part]
    forms = {}
    for part in links:
        address, media_type = part.split(">")[0].lstrip("<"), part.split('type="')[1].rstrip('"')
        forms[media_type] = client.get(address).headers["content-type"].partition(";")[0]
    assert forms == {m: m for m in (v.partition(";")[0] for v in MEDIA_TYPES.values()) if m != "application/json"}


def test_links_lead_to_the_description_of_the_service(client: TestClient) -> None:
    links = client.get(f"{API}/frameworks").links
    assert client.get(links["service-desc"]["url"]).json()["openapi"].startswith("3.1")
    assert client.get(links["service-doc"]["url"]).status_code == 200


def test_a_long_question_is_not_repeated_for_each_form(client: TestClient) -> None:
    reply = client.get(f"{API}/mappings?limit=1&" + "&".join(["basis=curated"] * 500))
    assert reply.status_code == 200 and 'rel="alternate"' not in reply.headers["link"]
    assert len(reply.headers["link"]) < 8_000


def test_a_value_cannot_leave_the_link_that_it_stands_in(client: TestClient) -> None:
    for value in ('a>; rel="evil', "a\r\nX-Evil: 1", 'a", <https://evil.example>; rel="next'):
        reply = client.get(f"{API}/search", params={"q": value})
        assert reply.status_code == 200 and "x-evil" not in reply.headers
        assert "evil" not in {name for name in reply.links} and '"evil' not in reply.headers["link"].replace("%22", "")
        # The one address of another host is that of the licence.
        assert [link["rel"] for link in reply.links.values() if link["url"].startswith("https:")] == ["license"]


# ---------------------------------------------------------------- methods


@pytest.mark.parametrize(("address", "methods"), [
    (f"{API}/mappings", "GET, HEAD, OPTIONS"), (f"{API}/validate", "POST, OPTIONS"), ("/health", "GET, HEAD, OPTIONS"), ("/", "GET, HEAD, OPTIONS"),
    (f"{API}/queries/service/frameworks", "GET, HEAD, OPTIONS"),
])  # fmt: skip
def test_an_address_says_what_it_takes(client: TestClient, address: str, methods: str) -> None:
    reply = client.options(address)
    assert (reply.status_code, reply.headers["allow"], reply.headers["access-control-allow-methods"]) == (204, methods, methods)
    refused = client.delete(address)
    assert (refused.status_code, refused.headers["allow"]) == (405, methods)


def test_nothing_is_taken_where_nothing_is(client: TestClient) -> None:
    assert client.options("/nothing").status_code == 404


def test_a_script_on_another_site_sees_what_it_needs(client: TestClient) -> None:
    exposed = client.get(f"{API}/frameworks").headers["access-control-expose-headers"].split(", ")
    assert {"ETag", "Link", "Retry-After", "Deprecation", "Sunset", "Imri-Kg-Release"} <= set(exposed)
    asked = client.options(f"{API}/frameworks", headers={"Origin": "https://example.org", "Access-Control-Request-Method": "GET"})
    assert asked.headers["access-control-allow-origin"] == "*"
