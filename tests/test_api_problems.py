"""Every error leaves the HTTP door as a problem document: with a stable type, what was found, and what to do."""

from __future__ import annotations

import base64
import json
import string
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from imri_kg_api import schemas
from imri_kg_api.app import create_app
from imri_kg_api.paging import Page
from imri_kg_api.problems import KINDS, MEDIA_TYPE

from imri_kg.errors import BadInputError, SnapshotError
from imri_kg.graph import KnowledgeGraph

if TYPE_CHECKING:
    from fastapi.testclient import TestClient
    from httpx import Response

API = "/api/v1"

#: Requests with the type of problem that they meet, and what the detail must say.
MET = [
    ("/concepts/imri:B9", "unknown-term", "imri:B1"),
    ("/concepts/imri-B1", "unknown-term", "No construct is called"),
    ("/concepts/chme:I", "unknown-term", "whose prefix 'chme' belongs to no framework"),
    ("/explain?subject=nonesuch&object=chime:I", "unknown-term", "nonesuch"),
    ("/mappings?subject=imri:B1&object=chime:Z", "unknown-term", "chime:Z"),
    ("/concepts/T1", "ambiguous-term", "imri:T1"),
    ("/mappings?subject=T1", "ambiguous-term", "review:T1"),
    ("/queries/service/record-evidence?record=nowhere:X", "unknown-prefix", "nowhere"),
    ("/frameworks/chmie", "unknown-framework", "'chime'"),
    ("/crosswalks/imri/chmie", "unknown-framework", "'chime'"),
    ("/coverage/imir/chime", "unknown-framework", "'imri'"),
    ("/mappings?subject=imri:B1&object_framework=cfir", "unknown-framework", "cfir-2009"),
    ("/search?q=hope&framework=chmie", "unknown-framework", "'chime'"),
    ("/mappings/imri-chime-s99", "unknown-record", "imri-chime-s99"),
    ("/sources/piat-202", "unknown-source", "'piat-2022'"),
    ("/evidence/piat-2022-CH-11", "unknown-evidence", "'evidence:piat-2022-CH-1'"),
    ("/evidence/imri:B1", "unknown-evidence", "imri:B1"),
    ("/changes/imri/chime", "bad-request", "not recorded as editions of one framework"),
    ("/changes/cfir-2022/cfir-2009", "bad-request", "Exchange the two"),
    ("/changes/cfir-2009/cfir-202", "unknown-framework", "'cfir-2022'"),
    ("/queries/service/framework", "unknown-query", "service/frameworks"),
    ("/queries/%2e%2e/%2e%2e/pyproject", "unknown-query", "pyproject"),
    ("/mapings", "no-such-address", "/api/v1/mappings"),
    ("/frameworks/", "no-such-address", "/api/v1/frameworks"),
    ("/mappings?subjct=imri:B1", "unknown-parameter", "'subject'"),
    ("/frameworks?limit=1", "unknown-parameter", "format"),
    ("/queries/service/frameworks?kee=chime", "unknown-parameter", "format"),
    ("/queries/service/framework-limits?kee=chime", "unknown-parameter", "'key'"),
    ("/search?q=a&q=b", "repeated-parameter", "2 times"),
    ("/crosswalks/imri/chime?format=csv&format=json", "repeated-parameter", "'format'"),
    ("/queries/service/framework-limits?key=chime&key=imri", "repeated-parameter", "'key'"),
    ("/search", "missing-parameter", "'q'"),
    ("/explain?subject=imri:B1", "missing-parameter", "'object'"),
    ("/search?q=", "invalid-parameter", "empty"),
    ("/search?q=%20", "invalid-parameter", "empty"),
    ("/coverage?basis=", "invalid-parameter", "empty"),
    ("/search?q=" + "a" * 501, "invalid-parameter", "501 characters"),
    ("/concepts/" + "a" * 501, "invalid-parameter", "501 characters"),
    ("/search?q=a&limit=0", "invalid-parameter", "'limit'"),
    ("/search?q=a&limit=ten", "invalid-parameter", "'ten'"),
    ("/coverage?exploratory=perhaps", "invalid-parameter", "'perhaps'"),
    ("/coverage?basis=curted", "unknown-value", "'curated'"),
    ("/explain?subject=imri:B1&object=chime:I&basis=mine", "unknown-value", "author-stated"),
    ("/frameworks?format=xml", "unknown-value", "csv"),
    ("/search?q=hope&kind=Impct", "unknown-value", "'Impact'"),
    ("/mappings?state=maped", "unknown-value", "mapped"),
    ("/mappings?predicate=skos:broader", "unknown-value", "skos:broadMatch"),
    ("/mappings?source=source:piat-2023", "unknown-value", "'source:piat-2022'"),
    ("/mappings?min_confidence=1.5", "invalid-parameter", "'1.5'"),
    ("/mappings?max_confidence=nan", "invalid-parameter", "'max_confidence'"),
    ("/mappings?min_confidence=0.8&max_confidence=0.2", "conflicting-parameters", "exchange the two"),
    ("/frameworks?answer=sha256-00000000000000000000000000000000", "answer-changed", "another answer"),
    ("/queries?group=competence", "unknown-value", "'competency'"),
    ("/mappings?subject=imri:B1&subject_framework=imri", "conflicting-parameters", "subject_framework"),
    ("/mappings?object=chime:I&object_framework=chime", "conflicting-parameters", "object_framework"),
    ("/queries/service/properties?resource=http://a b", "query-refused", "could not be run"),
    ("/mappings?page=zzz", "invalid-page-token", "no page token"),
]


def check(reply: Response, kind: str) -> dict:
    """Assert that a reply is a whole problem document of a type, and return it."""
    assert reply.headers["content-type"] == MEDIA_TYPE
    problem = schemas.Problem.model_validate(reply.json(), extra="forbid")
    assert problem.type == f"https://w3id.org/imri-kg/problem/{kind}"
    assert problem.status == reply.status_code == KINDS[kind].status
    assert problem.title == KINDS[kind].title
    assert "Traceback" not in reply.text and 'File "' not in reply.text and ".py" not in reply.text
    return reply.json()


@pytest.mark.parametrize(("address", "kind", "said"), MET, ids=[f"{kind}-{address[:40]}" for address, kind, _ in MET])
def test_a_wrong_request_is_told_what_was_found_and_what_is_near(client: TestClient, address: str, kind: str, said: str) -> None:
    problem = check(client.get(API + address), kind)
    assert said in problem["detail"]


def test_the_type_of_every_problem_is_met_by_a_test() -> None:
    # Those about cases are met in test_api_cases and test_api_corrections.
    elsewhere = {"unknown-case", "invalid-correction", "too-large", "validation-limit", "validation-busy", "expired-page-token", "not-acceptable", "method-not-allowed", "bad-request", "graph-unavailable", "library-unavailable", "internal-error"}
    # Those of the server as a process are met in test_serving and test_serving_raw.
    elsewhere |= {"unknown-release", "unknown-host", "address-too-long", "headers-too-large", "slow-request", "rate-limited", "server-busy", "not-ready"}
    # Those of the SPARQL endpoint are met in test_sparql_endpoint and test_sparql_negotiation, the others in test_mcp_doors and test_linked_data.
    elsewhere |= {"unknown-graph", "update-refused", "query-timeout", "query-memory", "result-too-large", "query-busy", "unsupported-media-type", "foreign-site", "unknown-resource"}
    assert {kind for _, kind, _ in MET} | elsewhere == set(KINDS)


def test_an_unknown_term_comes_with_candidates_that_exist(client: TestClient) -> None:
    problem = client.get(f"{API}/concepts/chime:I9").json()
    assert problem["value"] == "chime:I9" and "prefix 'chime'" in problem["understood"]
    assert problem["candidates"]
    for candidate in problem["candidates"]:
        assert client.get(f"{API}/concepts/{candidate['curie']}").json()["label"] == candidate["label"]


def test_an_ambiguous_code_lists_every_construct_of_that_code(client: TestClient) -> None:
    candidates = client.get(f"{API}/concepts/M1").json()["candidates"]
    assert {"chime:M1", "logic:M1"} <= {c["curie"] for c in candidates}


def test_a_long_list_of_known_names_is_not_sent(client: TestClient) -> None:
    reply = client.get(f"{API}/mappings/imri-chime-s99")
    assert "known" not in reply.json() and "mapping:imri-chime-s05" not in reply.json()["detail"].split("There are")[-1]
    assert len(reply.content) < 1500


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_another_method_is_refused_and_the_allowed_ones_are_named(client: TestClient, method: str) -> None:
    reply = client.request(method, f"{API}/frameworks")
    check(reply, "method-not-allowed")
    assert reply.headers["allow"] == "GET, HEAD, OPTIONS"


def test_a_form_that_cannot_be_had_is_refused(client: TestClient) -> None:
    problem = check(client.get(f"{API}/frameworks", headers={"Accept": "image/png, application/xml"}), "not-acceptable")
    assert "text/csv" in problem["known"]
    check(client.get(f"{API}/frameworks", headers={"Accept": "*/*;q=0"}), "not-acceptable")


def test_a_page_token_belongs_to_one_question_and_one_release(client: TestClient, graph: KnowledgeGraph) -> None:
    token = client.get(f"{API}/mappings?limit=3").json()["next"]
    check(client.get(f"{API}/mappings?limit=3&exploratory=true&page={token}"), "invalid-page-token")
    made_by, question, place = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    assert made_by == graph.release
    other = Page("0.0.1+000000000000", question, 0, place)._token(place, place + 1)
    problem = check(client.get(f"{API}/mappings?limit=3&page={other}"), "expired-page-token")
    assert "0.0.1+000000000000" in problem["detail"]


@pytest.mark.parametrize("content", ['["x"]', "[1,2,3]", "{}", "null", "[" * 300, '["0.1.0", "q", true]', '["a", "b", -1]', "[null, null, 10]", "\ud800"])
def test_a_token_that_was_made_up_is_refused(client: TestClient, content: str) -> None:
    token = base64.urlsafe_b64encode(content.encode("utf-8", "surrogatepass")).decode().rstrip("=")
    check(client.get(f"{API}/mappings?page={token}"), "invalid-page-token")


def test_what_the_library_refuses_for_another_reason_is_a_bad_request(broken) -> None:
    problem = check(broken(BadInputError("The lamp is not lit.")).get(f"{API}/frameworks"), "bad-request")
    assert problem["detail"] == "The lamp is not lit."


class Broken:
    """A graph in which one question fails."""

    def __init__(self, graph: KnowledgeGraph, error: Exception) -> None:
        self._graph, self._error = graph, error

    def __getattr__(self, name: str):
        if name == "frameworks":
            raise self._error
        return getattr(self._graph, name)


@pytest.fixture
def broken(graph: KnowledgeGraph):
    from fastapi.testclient import TestClient

    def client_with(error: Exception) -> TestClient:
        app = create_app(graph)
        app.state.graph = Broken(graph, error)
        return TestClient(app)

    return client_with


def test_an_unforeseen_fault_is_told_without_what_it_was(broken, caplog: pytest.LogCaptureFixture) -> None:
    reply = broken(RuntimeError("/home/somebody/secret.nq")).get(f"{API}/frameworks")
    check(reply, "internal-error")
    assert "secret" not in reply.text
    assert reply.headers["x-content-type-options"] == "nosniff" and reply.headers["cache-control"] == "no-store"
    assert "RuntimeError: /home/somebody/secret.nq" in caplog.text and "Traceback" not in caplog.text


def test_a_trace_is_logged_only_when_asked_for(broken, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMRI_KG_DEBUG", "1")
    reply = broken(RuntimeError("a fault")).get(f"{API}/frameworks")
    assert "Traceback" in caplog.text and "Traceback" not in reply.text


def test_a_store_that_cannot_be_read_asks_for_patience(broken, caplog: pytest.LogCaptureFixture) -> None:
    reply = broken(SnapshotError("The store in /home/somebody is gone.")).get(f"{API}/frameworks")
    check(reply, "graph-unavailable")
    assert reply.headers["retry-after"] == "30" and "somebody" not in reply.text and "somebody" in caplog.text


# Hostile input: whatever is asked, the answer is an answer or a problem document below 500.

HOSTILE = [
    "\x00", "%00", "a\x00b", "\r\nSet-Cookie: a=b", "\x1b[31m", "\u202e", "\ufeff", "\ud7ff\ue000", "💥" * 100, "'", '"', "\\", "<script>alert(1)</script>",
    "{?s ?p ?o}", "SELECT * WHERE { ?s ?p ?o }", "imri:B1> <http://x", "imri:B1\" UNION {", "../../etc/passwd", "%2e%2e%2f", "//", ":", "::", "imri:", ":B1",
    "http://", "https://[", "http://[::1", "a" * 500, "(" * 500, "[" * 500, "*" * 500, "−1", "1e999", "NaN", "0x10", "١٢", "T" * 499 + "1", " " * 3 + "imri:B1", "=1+1", "%",
]  # fmt: skip
_HOLES = [
    "/concepts/{}", "/frameworks/{}", "/mappings/{}", "/queries/{}", "/crosswalks/{}/chime", "/coverage/imri/{}", "/search?q={}", "/search?q=a&framework={}",
    "/search?q=a&kind={}", "/search?q=a&limit={}", "/search?q=a&page={}", "/search?q=a&format={}", "/mappings?subject={}", "/mappings?object={}",
    "/mappings?subject_framework={}", "/mappings?object_framework={}", "/mappings?basis={}", "/mappings?exploratory={}", "/explain?subject={}&object={}",
    "/queries?group={}", "/queries/service/properties?resource={}", "/queries/service/framework-limits?key={}", "/coverage?{}=1", "/{}",
]  # fmt: skip


def survive(client: TestClient, address: str) -> None:
    """Assert that an address is answered, or refused as a client's fault."""
    reply = client.get(address)
    assert reply.status_code < 500, (address, reply.text)
    if reply.status_code != 200:
        assert reply.headers["content-type"] == MEDIA_TYPE
        schemas.Problem.model_validate(reply.json(), extra="forbid")
    assert "set-cookie" not in reply.headers


@pytest.mark.parametrize("hole", _HOLES)
def test_hostile_values_never_make_a_fault_of_the_server(client: TestClient, hole: str) -> None:
    for value in HOSTILE:
        for encoded in {quote(value, safe=""), quote(value, safe="/:")}:
            survive(client, API + hole.replace("{}", encoded))


def test_bytes_that_are_no_text_never_make_a_fault_of_the_server(client: TestClient) -> None:
    for raw in ("%FF", "%C3%28", "%ED%A0%80", "%F0%28%8C%28", "%", "%zz", "%u0041"):
        for hole in _HOLES:
            survive(client, API + hole.replace("{}", raw))


def test_very_many_parameters_are_refused(client: TestClient) -> None:
    check(client.get(f"{API}/mappings?" + "&".join(f"p{n}=1" for n in range(8_000))), "unknown-parameter")
    check(client.get(f"{API}/mappings?" + "&".join(["subject=imri:B1"] * 2_000)), "repeated-parameter")
    assert client.get(f"{API}/mappings?limit=1&" + "&".join(["basis=curated"] * 2_000)).status_code == 200


def test_hostile_headers_are_survived(client: TestClient) -> None:
    for name in ("Accept", "If-None-Match", "Origin", "Access-Control-Request-Headers", "Range", "X-Forwarded-Host", "Content-Type"):
        for value in ("", ",", ";", "*", "a/b;q=nan, */*;q=-5", "q=1;q=1;;;", '"' * 300, "text/csv;q=1e400", "\x7f", "x" * 5000, "*/*" + ",*/*" * 500):
            assert client.get(f"{API}/frameworks", headers={name: value}).status_code in (200, 304, 406)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hole=st.sampled_from(_HOLES), value=st.text(alphabet=st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from(string.printable + "imriB1chmeI:/.")), max_size=60))
def test_any_text_is_answered_or_refused(client: TestClient, hole: str, value: str) -> None:
    survive(client, API + hole.replace("{}", quote(value, safe="")))
