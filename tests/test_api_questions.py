"""Paths, batches and citations over HTTP: parsed strictly, answered by the same services, refused with the place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from imri_kg_api import schemas
from imri_kg_api.app import PREFIX
from imri_kg_api.json_bodies import MOST_BYTES
from imri_kg_api.problems import MEDIA_TYPE

from imri_kg.graph import KnowledgeGraph

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

BATCH = f"{PREFIX}/mappings/batch"


def kind(problem: dict[str, Any]) -> str:
    return problem["type"].rsplit("/", 1)[-1]


def without_address(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "permalink"}


# ---------------------------------------------------------------- paths


def test_paths_are_those_of_the_library(client: TestClient, graph: KnowledgeGraph) -> None:
    asked = {"from": "review:G5", "to": "imri", "max_steps": 3, "exploratory": "true", "hypotheses": "true", "hierarchy": "true", "via": "logic", "basis": ["curated", "author-stated"], "limit": 200}
    reply = client.get(f"{PREFIX}/pathways", params=asked)
    expected = graph.pathways("review:G5", "imri", max_steps=3, exploratory=True, hypotheses=True, hierarchy=True, via="logic", basis=["curated", "author-stated"])
    assert without_address(reply.json()) == expected.to_json()
    assert len(expected.items) > 5 and reply.json()["next"] is None
    schemas.Pathways.model_validate(reply.json(), extra="forbid")


def test_pages_of_paths_join_to_the_whole_and_keep_their_numbers(client: TestClient, graph: KnowledgeGraph) -> None:
    asked, numbers, texts = {"from": "recovery-review", "to": "imri", "hypotheses": "true", "limit": 7}, [], []
    body = client.get(f"{PREFIX}/pathways", params=asked).json()
    while True:
        numbers += [p["number"] for p in body["items"]]
        texts += [p["text"] for p in body["items"]]
        if body["next"] is None:
            break
        body = client.get(f"{PREFIX}/pathways", params={**asked, "page": body["next"]}).json()
    whole = graph.pathways("recovery-review", "imri", hypotheses=True)
    assert texts == [p.text for p in whole.items] and len(texts) > 14
    assert numbers == [*range(1, len(texts) + 1)]
    assert body["counts"]["paths"] == len(texts)


def test_the_table_of_paths_has_a_row_for_each_step(client: TestClient, graph: KnowledgeGraph) -> None:
    lines = client.get(f"{PREFIX}/pathways", params={"from": "topic:peer-provision", "to": "chime", "format": "csv"}).text.splitlines()
    found = graph.pathways("topic:peer-provision", "chime")
    assert lines[0].startswith("path,status,heading,step,subject,subject_label,relation,object")
    assert len(lines) == 1 + sum(len(p.steps) for p in found.items)
    head, reason = client.get(f"{PREFIX}/pathways", params={"from": "imri", "to": "topic:peer-provision", "format": "csv"}).text.splitlines()
    assert head == lines[0] and reason.startswith(",,no path,,imri,") and "No chain of up to 4 recorded steps" in reason


@pytest.mark.parametrize(
    ("asked", "status", "expected", "members"),
    [
        ({"from": "review:G5"}, 400, "missing-parameter", {"parameter": "to"}),
        ({"from": "review:G5", "to": "imri:B9"}, 404, "unknown-term", {"value": "imri:B9"}),
        ({"from": "I1", "to": "imri"}, 404, "ambiguous-term", {"value": "I1"}),
        ({"from": "topic:peers", "to": "imri"}, 404, "unknown-term", {"value": "topic:peers"}),
        ({"from": "review", "to": "imri", "via": "chmie"}, 404, "unknown-framework", {"value": "chmie", "nearest": ["chime"]}),
        ({"from": "review", "to": "imri", "via": "imri"}, 400, "conflicting-parameters", {"parameter": "via"}),
        ({"from": "review", "to": "imri", "basis": "mine"}, 400, "unknown-value", {"parameter": "basis"}),
        ({"from": "review", "to": "imri", "max_steps": 7}, 400, "invalid-parameter", {"parameter": "max_steps"}),
        ({"from": "review", "to": "imri", "max_step": 3}, 400, "unknown-parameter", {"nearest": ["max_steps"]}),
    ],
)  # fmt: skip
def test_a_question_about_paths_that_makes_no_sense_is_refused(client: TestClient, asked: dict[str, Any], status: int, expected: str, members: dict[str, Any]) -> None:
    reply = client.get(f"{PREFIX}/pathways", params=asked)
    assert (reply.status_code, kind(reply.json()), reply.headers["content-type"]) == (status, expected, MEDIA_TYPE)
    assert members.items() <= reply.json().items() or reply.json()["nearest"][: len(members["nearest"])] == members["nearest"]


# ---------------------------------------------------------------- batches


def test_a_batch_gives_each_question_the_reply_that_it_gets_alone(client: TestClient) -> None:
    """Problems too: the very document of the single question."""
    questions: list[Any] = ["imri:B1", "X9", "I1", {"subject": "logic:M3", "object": "chime:I"}, {"subject": "imri:T1", "object_framework": ["chime", "nope"]}, {"subject": "imri:B1", "object": "chime:I", "object_framework": ["chime"]}]
    reply = client.post(BATCH, json={"items": questions, "object_framework": ["chime"], "basis": ["curated"]})
    assert reply.status_code == 200 and reply.headers["cache-control"] == "no-store"
    body = reply.json()
    schemas.BatchAnswer.model_validate(body, extra="forbid")
    assert body["counts"] == {"items": 6, "ok": 2, "failed": 4}
    for entry, question in zip(body["items"], questions, strict=True):
        asked = {"subject": question} if isinstance(question, str) else dict(question)
        if "object" not in asked:
            asked.setdefault("object_framework", ["chime"])
        single = client.get(f"{PREFIX}/mappings", params={**asked, "basis": "curated"})
        assert (entry["status"] == "ok") == (single.status_code == 200)
        alone = single.json()
        if entry["status"] == "ok":
            assert entry["answer"] == without_address(alone) and entry["problem"] is None
        else:
            assert entry["answer"] is None
            assert {n: v for n, v in entry["problem"].items() if n != "detail"} == {n: v for n, v in alone.items() if n != "detail"}
            assert entry["problem"]["detail"]


def test_a_batch_has_the_forms_of_mapping_records(client: TestClient) -> None:
    batch = {"items": ["imri:B1", "X9", "imri:T1"], "object_framework": "chime", "basis": "author-stated"}
    rows = client.post(BATCH, json=batch, params={"format": "csv"}).text.splitlines()
    assert rows[0].startswith("item,asked,status,target,state,note,problem,record_id,")
    assert [r.split(",")[:5] for r in rows[1:]] == [["1", "imri:B1", "ok", "chime", "mapped"]] * 3 + [["2", "X9", "error", "", ""], ["3", "imri:T1", "ok", "chime", "not_assessed"]]
    sssom = client.post(BATCH, json=batch, headers={"Accept": "application/sssom+tsv"})
    assert sum(not line.startswith("#") for line in sssom.text.splitlines()) == 4
    assert client.post(BATCH, json=batch, params={"format": "ttl"}).text.count("imri-chime-s0") >= 3


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"", 400, "The body is empty"), (b"{", 400, "not JSON"), (b'{"items": ["a",]}', 400, "not JSON"), (b"[1]", 400, "items[0] is a number"), (b'"a"', 400, "The batch is a string"),
        (b'{"items": ["a", {"subject": "b", "object": 3}]}', 400, "items[1].object is a number"), (b'{"items": ["a"], "item": 1}', 400, "member 'item'"),
        (b'{"items": ["a"], "items": ["b"]}', 400, "'items' stands twice"), (b'{"items": [NaN]}', 400, "NaN"), (b'{"items": ["\\ud800"]}', 400, "half a character"),
        (b'{"items": ["a"]}\xff', 400, "not UTF-8"), (b"[" * 200_000, 400, "nested too deeply"), (b'{"items":' + b"9" * 10_000 + b"}", 400, "number that cannot be read"),
        (b" " * (MOST_BYTES + 1), 413, "More than 1 MiB"), (json.dumps({"items": ["a"] * 501}).encode(), 400, "at most 500"),
        (b'{"items": ["a"], "basis": "mine"}', 400, "Unknown basis"), (b'{"items": ["a"], "object_framework": ["nope"]}', 404, "Unknown framework"),
    ],
    ids=lambda v: str(v)[:24],
)  # fmt: skip
def test_what_is_no_batch_is_refused_with_the_place(client: TestClient, body: bytes, status: int, said: str) -> None:
    reply = client.post(BATCH, content=body)
    assert (reply.status_code, reply.headers["content-type"]) == (status, MEDIA_TYPE), reply.text
    assert said in reply.json()["detail"]


@pytest.mark.parametrize("value", ["\x00", "\r\nX: y", "=1+1", "<script>", "imri:B1" * 60, "🜚", "http://x/" + "a" * 100, "imri:"])
def test_a_hostile_name_is_one_failed_entry_and_harmless_in_a_table(client: TestClient, value: str) -> None:
    reply = client.post(BATCH, json={"items": [value, "imri:B1"]})
    assert [e["status"] for e in reply.json()["items"]] == ["error", "ok"]
    assert reply.json()["items"][0]["asked"]["subject"] == value
    table = client.post(BATCH, json={"items": [value]}, params={"format": "csv"}).text
    assert ",=1+1" not in table and len(table.encode().split(b"\r\n")) == 3


def test_a_batch_takes_no_unknown_parameter_and_no_other_method(client: TestClient) -> None:
    assert kind(client.post(BATCH, json={"items": ["a"]}, params={"basis": "curated"}).json()) == "unknown-parameter"
    for method in ("PUT", "GET"):
        refused = client.request(method, BATCH)
        assert refused.status_code == 405 and "POST" in refused.headers["allow"] and "GET" not in refused.headers["allow"]
    assert client.post(BATCH, json={"items": ["a"]}, headers={"Accept": "image/png"}).status_code == 406


def test_the_example_of_the_documentation_can_be_sent(client: TestClient) -> None:
    operation = client.get("/openapi.json").json()["paths"][BATCH]["post"]
    content = operation["requestBody"]["content"]["application/json"]
    reply = client.post(BATCH, json=content["example"])
    assert reply.status_code == 200 and reply.json()["counts"]["failed"] == 0
    schemas.Batch.model_validate(content["example"])
    assert content["schema"]["$ref"].endswith("/Batch")


# ---------------------------------------------------------------- citations


def cite(client: TestClient, of: str, **more: str) -> Any:
    return client.get(f"{PREFIX}/cite", params={"of": of, **more})


@pytest.mark.parametrize("of", ["graph", "imri", "framework:chime", "mapping:imri-chime-s03"])
def test_a_citation_is_that_of_the_library(client: TestClient, graph: KnowledgeGraph, of: str) -> None:
    body = cite(client, of).json()
    assert without_address(body) == graph.cite(of).to_json()
    schemas.Citation.model_validate(body, extra="forbid")


def test_an_answer_is_cited_by_what_was_asked_or_by_its_permanent_address(client: TestClient, graph: KnowledgeGraph) -> None:
    question = f"{PREFIX}/mappings?" + urlencode({"subject": "imri:B1", "object_framework": "chime", "format": "csv"})
    permalink = client.get(question.replace("csv", "json")).json()["permalink"]
    asked, lasting = cite(client, question).json(), cite(client, permalink).json()
    answer = graph.mappings("imri:B1", to="chime").to_json()
    assert without_address(asked) == without_address(lasting) == graph.citing_service.cite(permalink, answer=answer).to_json()
    assert {item["key"] for item in asked["items"]} >= {"piat-2022", "leamy-2011"}
    assert asked["items"][0]["url"] == graph.prefixes.base.rstrip("/") + permalink
    assert cite(client, f"https://example.org/kg{question}").json()["items"][0]["url"] == f"https://example.org/kg{permalink}"


@pytest.mark.parametrize(
    ("of", "status", "expected"),
    [
        (f"{PREFIX}/nothing", 404, "no-such-address"), (f"{PREFIX}/mappings?subject=imri:B9", 404, "unknown-term"), (f"{PREFIX}/search", 400, "missing-parameter"),
        (f"{PREFIX}/cite?of=graph", 400, "bad-request"), ("/health", 400, "bad-request"), (f"/releases/0.0.1{PREFIX}/search?q=a", 404, "unknown-release"),
        (f"https://[{PREFIX}/x", 400, "bad-request"), ("chmie", 404, "unknown-framework"), ("mapping:nope", 404, "unknown-record"), (f"{PREFIX}/mappings/batch", 400, "bad-request"),
        (f"{PREFIX}/search?q=a#b", 400, "bad-request"),
    ],
)  # fmt: skip
def test_what_cannot_be_cited_is_refused(client: TestClient, of: str, status: int, expected: str) -> None:
    reply = cite(client, of)
    assert (reply.status_code, kind(reply.json()), reply.headers["content-type"]) == (status, expected, MEDIA_TYPE)


def test_an_answer_that_has_changed_is_not_cited(client: TestClient) -> None:
    permalink = client.get(f"{PREFIX}/search?q=hope").json()["permalink"]
    reply = cite(client, permalink[:-4] + "0000")
    assert (reply.status_code, kind(reply.json())) == (410, "answer-changed")
    assert reply.json()["permalink"] == permalink


def test_an_unknown_style_names_the_nearest(client: TestClient) -> None:
    body = cite(client, "graph", style="bibtx").json()
    assert (kind(body), body["parameter"], body["nearest"]) == ("unknown-value", "style", ["bibtex"])
