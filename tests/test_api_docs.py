"""`docs/api.md` is right: its examples are asked, and its tables are those of the code."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from imri_kg_api.problems import KINDS, MEDIA_TYPE
from page_examples import Example, examples, holds, page

from imri_kg.formats import MEDIA_TYPES

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

PAGE = page("api.md")
EXAMPLES = examples(PAGE)


def table(header: str) -> list[list[str]]:
    """Return the rows of the table on the page that has this header."""
    lines = PAGE.split(header + "\n", 1)[1].splitlines()[1:]
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.address)
def test_an_example_on_the_page_is_answered_as_it_says(client: TestClient, example: Example) -> None:
    reply = client.get(example.address)
    if example.form == "json":
        said = json.loads(example.said)
        assert reply.status_code == said.get("status", 200), reply.text
        assert reply.headers["content-type"] == (MEDIA_TYPE if "status" in said else MEDIA_TYPES["json"])
        holds(said, reply.json())
    else:
        assert reply.headers["content-type"] == MEDIA_TYPES[example.form]
        for said, line in zip(example.said.splitlines(), reply.text.splitlines(), strict=True):
            assert line.startswith(said)


def test_there_are_examples_of_most_routes(client: TestClient) -> None:
    asked = {e.address.split("?")[0].split("/")[3] for e in EXAMPLES}
    routes = {path.split("/")[3] for path in client.get("/openapi.json").json()["paths"] if path.startswith("/api")}
    # What is sent is shown with a client of its own, and tried in test_api_cases.
    assert asked == routes - {"validate"}
    assert "/api/v1/validate" in PAGE


def test_the_page_lists_the_routes_that_there_are(client: TestClient) -> None:
    listed = [row[0].strip("`") for row in table("| Address | What it answers | On the command line |")]
    assert sorted(listed) == sorted(client.get("/openapi.json").json()["paths"])


def test_the_page_lists_the_problems_that_there_are() -> None:
    listed = table("| Type | Status | Meaning | What to do |")
    assert listed == [[f"`{name}`", str(kind.status), kind.title, kind.remedy] for name, kind in KINDS.items()]


def test_the_page_lists_the_forms_that_there_are() -> None:
    listed = {row[0].strip("`"): row[1].strip("`") for row in table("| `format` | Media type |")}
    assert listed == {form: media_type.partition(";")[0] for form, media_type in MEDIA_TYPES.items()}


def test_the_page_speaks_of_every_parameter(client: TestClient) -> None:
    for path, operations in client.get("/openapi.json").json()["paths"].items():
        for parameter in next(iter(operations.values()))["parameters"]:
            assert re.search(rf"\b{parameter['name']}\b", PAGE), (path, parameter["name"])


@pytest.mark.parametrize("command", [row[2].strip("`") for row in table("| Address | What it answers | On the command line |") if row[2]])
def test_a_command_on_the_page_works(cli, command: str) -> None:
    outcome = cli(*command.split(), "--format", "json")
    assert outcome.status == 0, outcome.err
    assert json.loads(outcome.out)["release"]
