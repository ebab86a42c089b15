"""`docs/sparql.md` is right: its examples are asked, and its limits and forms are those of the code."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from imri_kg_api.problems import KINDS, MEDIA_TYPE
from imri_kg_api.settings import Settings
from imri_kg_api.sparql import protocol
from page_examples import Example, examples, holds, page

from imri_kg import sparql_text
from imri_kg.store import SERIALIZATIONS

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

PAGE = page("sparql.md")
EXAMPLES = examples(PAGE)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 4


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_on_the_page_is_answered_as_it_says(client: TestClient, example: Example) -> None:
    reply = client.get(example.address)
    if example.form == "json":
        said = json.loads(example.said)
        assert reply.status_code == said.get("status", 200), reply.text
        assert (reply.headers["content-type"] == MEDIA_TYPE) is ("status" in said)
        holds(said, reply.json())
    else:
        assert reply.status_code == 200, reply.text
        for said, line in zip(example.said.splitlines(), reply.text.splitlines(), strict=True):
            assert line.startswith(said)


def test_the_limits_are_those_of_the_code() -> None:
    usual = Settings()
    for limit in (
        f"| time | {usual.query_seconds:g} seconds",
        f"| memory beside the graph | {usual.query_memory >> 20} MiB",
        f"| size of the answer | {usual.query_results >> 20} MiB",
        f"{sparql_text.LONGEST_QUERY:,} characters, {sparql_text.DEEPEST_NESTING} brackets in each other, {sparql_text.MOST_OPERATORS} operators, {sparql_text.MOST_PARTS:,} parts",
        f"| queries at one time | {usual.query_workers}, and {usual.query_waiting} that wait",
        f"| size of a body | {protocol.MOST_BYTES >> 20} MiB",
    ):
        assert limit in PAGE, limit


def test_every_problem_that_is_named_is_one_with_its_status() -> None:
    named = re.findall(r"(\d{3})[, ]+`([a-z-]+)`", PAGE)
    assert len(named) >= 7
    for status, kind in named:
        assert KINDS[kind].status == int(status), kind


def test_the_forms_are_those_of_the_engine() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `[^`]+` \| (SELECT|CONSTRUCT)", PAGE, re.MULTILINE)
    assert [name for name, form in rows if form == "SELECT"] == list(SERIALIZATIONS["results"])
    assert [name for name, form in rows if form == "CONSTRUCT"] == list(SERIALIZATIONS["graph"])


def test_the_tag_of_an_answer_is_weak_and_still_saves_a_reply(client: TestClient) -> None:
    address = "/sparql?query=ASK+{}"
    tag = client.get(address).headers["etag"]
    assert tag.startswith('W/"')
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
