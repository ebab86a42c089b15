"""What the HTTP door says of a wrong request is in plain words, and says what to do instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from imri_kg.errors import UnknownNameError

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

API = "/api/v1"
CITED = "What can be: graph, a framework (framework:imri), a mapping record (mapping:imri-chime-s01), or the address of an answer"

#: Requests with their status, the type of the problem, and what the detail says.
SAID = [
    ("/coverage?exploratory=perhaps", 400, "invalid-parameter", ["'perhaps'", "write true or false", "For example: exploratory=true"]),
    ("/search?q=a&limit=ten", 400, "invalid-parameter", ["'ten'", "it has to be a whole number", "limit=5"]),
    ("/search?q=a&limit=0", 400, "invalid-parameter", ["it has to be at least 1."]),
    ("/mappings?min_confidence=much", 400, "invalid-parameter", ["it has to be a number"]),
    ("/mappings?min_confidence=1.5", 400, "invalid-parameter", ["it has to be at most 1."]),
    ("/matrix?rows=phase&columns=case&domain_by=x", 400, "invalid-parameter", ["it has to be 'construct' or 'context-word'"]),
    ("/mappings?answer=sha256-zz", 400, "invalid-parameter", ["'sha256-zz'", "the digest of an answer", "32 hexadecimal digits"]),
    ("/search", 400, "missing-parameter", ["'q' is missing", "It takes: Words, a code or a CURIE", "For example: q=hope"]),
    ("/explain?subject=imri:B1", 400, "missing-parameter", ["'object' is missing", "For example: object=chime:I"]),
    ("/pathways?from=imri:B1", 400, "missing-parameter", ["'to' is missing", "Where paths end: CURIE", "For example: to=imri:B1"]),
    ("/matrix?rows=phase", 400, "missing-parameter", ["'columns' is missing", "Dimension of the columns", "For example: columns=phase"]),
    ("/mappings?page=zzz", 400, "invalid-page-token", ["'zzz' is no page token of this question"]),
    ("/mappings?page=" + "z" * 200, 400, "invalid-page-token", [f"'{'z' * 39}…' is no page token"]),
    ("/frameworks?answer=sha256-00000000000000000000000000000000", 410, "answer-changed", ["the digest in `answer` was mistyped or cut"]),
    ("/cases/esther/through/cfir-2022", 400, "bad-request", ["in another framework than cfir-2022. Look at it through another edition: assimilation, cfir-2009, chime,"]),
    ("/queries/service/framewrks", 404, "unknown-query", ["Did you mean 'service/frameworks'", "the list of queries names them."]),
    ("/mappings/imri-chime-s99", 404, "unknown-record", ["the list of mapping records names them."]),
    ("/cite?of=imri:B1", 404, "unknown-framework", ["'imri:B1' is a construct (", "its framework is framework:imri", CITED, "Did you mean 'imri'?"]),
    ("/cite?of=imri-chime-s01", 404, "unknown-framework", ["write mapping:imri-chime-s01", CITED]),
    ("/cite?of=foo", 404, "unknown-framework", ["'foo' names nothing that can be cited", CITED, "Known frameworks: assimilation,"]),
    ("/cite?of=bogus:xyz", 404, "unknown-framework", ["'bogus:xyz' names nothing that can be cited", CITED]),
    ("/cite?of=chmie", 404, "unknown-framework", [CITED, "Did you mean 'chime'?"]),
    ("/cite?of=framework:chmie", 404, "unknown-framework", ["Unknown framework 'chmie'. Did you mean 'chime'?"]),
    ("/cite?of=mapping:imri-chime-s999", 404, "unknown-record", ["Unknown mapping record"]),
]


@pytest.mark.parametrize(("address", "status", "kind", "said"), SAID, ids=[address[:50] for address, *_ in SAID])
def test_a_wrong_request_is_answered_in_words_that_help(client: TestClient, address: str, status: int, kind: str, said: list[str]) -> None:
    problem = client.get(API + address).json()
    assert (problem["status"], problem["type"].rpartition("/")[2]) == (status, kind)
    assert [part for part in said if part not in problem["detail"]] == [], problem["detail"]
    assert not [word for word in ("nput should", "interpret", "arse ", "pattern", "boolean") if word in problem["detail"]]


@pytest.mark.parametrize(("form", "forms"), [("csv", ["ttl", "nt", "jsonld", "rdfxml", "html"]), ("tsv", ["ttl", "nt", "jsonld", "rdfxml", "html"])])
def test_a_form_of_results_without_a_query_is_told_that_the_query_is_missing(client: TestClient, form: str, forms: list[str]) -> None:
    problem = client.get("/sparql", params={"format": form}).json()
    assert (problem["status"], problem["known"]) == (406, forms)
    assert problem["detail"].startswith("The parameter 'query' is missing.") and f"not as '{form}'" in problem["detail"] and "the service is described" in problem["detail"]
    assert client.get("/sparql", params={"format": "ttl"}).status_code == 200


def test_a_query_with_a_form_that_it_has_not_still_says_so(client: TestClient) -> None:
    assert client.get("/sparql", params={"query": "DESCRIBE imri:B1", "format": "csv"}).json()["detail"] == "The answer to DESCRIBE cannot be had as 'csv'."


@pytest.mark.parametrize("parameters", [{"query": "ASK {}"}, {}, {"format": "html"}, {"query": "ASK {}", "format": "csv"}])
def test_answers_of_the_endpoint_name_licence_and_descriptions(client: TestClient, parameters: dict[str, str]) -> None:
    api = client.get(f"{API}/frameworks").headers["link"].split(", ")
    found = client.get("/sparql", params=parameters).headers["link"].split(", ")
    assert [link.partition("rel=")[2].split('"')[1] for link in found] == ["license", "service-desc", "service-doc"]
    assert found == api[-3:]


def test_a_list_of_names_that_is_too_long_is_said_to_be_elsewhere() -> None:
    names = [f"service/q{n}" for n in range(61)]
    assert str(UnknownNameError("query", "zzz", names)) == "Unknown query 'zzz'. There are 61; the list of queries names them."
    assert str(UnknownNameError("colour", "zzz", names)) == "Unknown colour 'zzz'. There are 61."
    assert str(UnknownNameError("query", "zzz", ["a"])) == "Unknown query 'zzz'. Known: a."
