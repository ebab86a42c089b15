"""Every answer has an address that stays: below its release, with the digest of what was answered."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from imri_kg_api import addresses, schemas
from imri_kg_api.app import create_app
from imri_kg_api.problems import MEDIA_TYPE

from imri_kg.graph import KnowledgeGraph

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

API = "/api/v1"
ASKED = [
    "/frameworks", "/frameworks/chime", "/concepts/imri:B1", "/concepts/Meaning%20in%20life", "/search?q=hope&limit=2", "/mappings?subject=imri:B1", "/mappings?limit=3",
    "/mappings/imri-chime-s01", "/crosswalks/imri/chime?basis=curated", "/coverage", "/coverage/imri/chime", "/explain?subject=logic:M3&object=chime:I", "/cases",
    "/cases/esther", "/matrix?rows=phase&columns=case", "/queries", "/queries/service/framework-limits?key=chime",
]  # fmt: skip


@pytest.fixture(scope="module")
def kept(client: TestClient, graph: KnowledgeGraph) -> TestClient:
    """A client of a server that keeps the release below /releases/, as the service does."""
    from fastapi.testclient import TestClient

    prefix = f"/releases/{graph.release}"

    async def server(scope: Any, receive: Any, send: Any) -> None:
        below = scope["path"].startswith(prefix + "/")
        await client.app({**scope, "root_path": prefix} if below else scope, receive, send)

    return TestClient(server)


@pytest.mark.parametrize("asked", ASKED)
def test_the_permanent_address_gives_the_same_answer(client: TestClient, kept: TestClient, graph: KnowledgeGraph, asked: str) -> None:
    first = client.get(API + asked)
    assert first.status_code == 200, first.text
    permalink = first.json()["permalink"]
    assert permalink.startswith(f"/releases/{graph.release}{API}/")
    again = kept.get(permalink)
    assert again.status_code == 200, again.text
    assert again.json() == first.json()
    # An address that names release and answer never has to be asked about again.
    assert again.headers["cache-control"] == "public, max-age=31536000, immutable" and first.headers["cache-control"] == "public, no-cache"
    assert first.links["bookmark"]["url"] == permalink == again.links["bookmark"]["url"]


def test_a_reader_can_work_out_the_digest(client: TestClient) -> None:
    """As docs/api.md says it, and without our code."""
    body = client.get(f"{API}/explain?subject=imri:B1&object=chime:I").json()
    permalink = body.pop("permalink")
    canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    assert dict(parse_qsl(urlsplit(permalink).query))["answer"] == "sha256-" + hashlib.sha256(canonical).hexdigest()[:32]


def test_an_answer_has_one_address_however_it_was_asked(client: TestClient) -> None:
    one = client.get(f"{API}/mappings?subject=imri:B1&basis=curated&basis=author-stated&basis=curated&format=json")
    other = client.get(f"{API}/mappings?basis=author-stated&basis=curated&subject=imri:B1", headers={"Accept": "application/json"})
    assert one.json()["permalink"] == other.json()["permalink"]
    for form in ("csv", "html", "sssom", "ttl"):
        reply = client.get(f"{API}/mappings?basis=author-stated&basis=curated&subject=imri:B1&format={form}")
        assert reply.links["bookmark"]["url"] == one.json()["permalink"]


def test_a_permanent_address_takes_every_form(client: TestClient, kept: TestClient) -> None:
    permalink = client.get(f"{API}/mappings/imri-chime-s01").json()["permalink"]
    for form, start in (("csv", "record_id,"), ("sssom", "#mapping_set_id"), ("html", "<!DOCTYPE html>")):
        assert kept.get(f"{permalink}&format={form}").text.startswith(start)


def test_another_answer_than_expected_is_gone(client: TestClient) -> None:
    other = "sha256-" + "0" * 32
    for asked in ("/frameworks", "/mappings?subject=imri:B1", "/queries/service/frameworks"):
        reply = client.get(f"{API}{asked}{'&' if '?' in asked else '?'}answer={other}")
        assert (reply.status_code, reply.headers["content-type"]) == (410, MEDIA_TYPE)
        problem = schemas.Problem.model_validate(reply.json(), extra="forbid")
        assert problem.type.endswith("/answer-changed")
        assert problem.permalink == client.get(API + asked).json()["permalink"]


@pytest.mark.parametrize("value", ["", "x", "sha256-", "sha256-" + "g" * 32, "sha256-" + "0" * 31, "sha1-" + "0" * 32])
def test_what_is_no_digest_is_refused(client: TestClient, value: str) -> None:
    reply = client.get(f"{API}/frameworks?answer={value}")
    assert (reply.status_code, reply.json()["parameter"]) == (400, "answer")


def test_pages_have_addresses_of_their_own_and_the_same_tokens_everywhere(client: TestClient, kept: TestClient, graph: KnowledgeGraph) -> None:
    first = client.get(f"{API}/mappings?limit=5")
    below = kept.get(f"/releases/{graph.release}{API}/mappings?limit=5")
    assert first.json()["next"] == below.json()["next"]
    following = below.links["next"]["url"]
    assert following.startswith(f"/releases/{graph.release}/") and "answer=" not in following
    second = kept.get(following)
    assert second.json()["permalink"] != first.json()["permalink"]
    assert kept.get(second.json()["permalink"]).json() == second.json()


def test_links_keep_the_prefix_below_which_the_server_is_served(client: TestClient, graph: KnowledgeGraph) -> None:
    from fastapi.testclient import TestClient

    behind = TestClient(client.app, root_path="/recovery")
    for asked in (f"/recovery{API}/mappings?subject=imri:B1&limit=1", f"/recovery{API}/mappings?subject=imri:B1&limit=1&format=html"):
        reply = behind.get(asked)
        assert reply.status_code == 200
        assert reply.links["bookmark"]["url"].startswith(f"/recovery/releases/{graph.release}{API}/")
        assert {link["url"].split("/")[1] for link in reply.links.values() if link["rel"] != "license"} == {"recovery"}
    page = behind.get(f"/recovery{API}/mappings?subject=imri:B1&format=html").text
    assert 'href="/recovery/concepts/chime:I"' in page and 'href="/api' not in page and 'href="/concepts' not in page


def test_what_shows_own_cases_has_no_address_that_stays(graph: KnowledgeGraph, tmp_path) -> None:
    from fastapi.testclient import TestClient
    from library_samples import as_csv, tables_of

    from imri_kg.snapshot import open_snapshot

    own = KnowledgeGraph(open_snapshot()).without_library()
    for source in as_csv(tables_of()):
        (tmp_path / source.name).write_bytes(source.data)
    assert own.with_cases([tmp_path]).conforms
    shown = TestClient(create_app(own))
    for asked in ("/cases", "/matrix?rows=case&columns=phase"):
        reply = shown.get(API + asked)
        assert reply.json()["permalink"] is None and "bookmark" not in reply.links
    assert shown.get(f"{API}/frameworks").json()["permalink"]


def test_how_the_server_stands_at_the_moment_has_none(client: TestClient) -> None:
    assert client.get("/health").json()["permalink"] is None


def test_the_parts_of_an_address_are_written_so_that_they_are_read_back() -> None:
    scope = {"path": "/x/api/v1/concepts/a b?c", "root_path": "/x"}
    assert addresses.permanent(scope, [("b", "1&2"), ("a", "é"), ("format", "csv")], "1+2", "sha256-0") == "/x/releases/1+2/api/v1/concepts/a%20b%3Fc?a=%C3%A9&b=1%262&answer=sha256-0"
    assert addresses.address({"path": "//evil.example/x"}, []) == "/evil.example/x"
    assert addresses.route_path({"path": "/xy/z", "root_path": "/x"}) == "/xy/z"
