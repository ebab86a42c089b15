"""`docs/api.md` is right: its examples are asked, and its tables are those of the code."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from imri_kg_api.problems import KINDS, MEDIA_TYPE

from imri_kg.formats import MEDIA_TYPES

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

PAGE = (Path(__file__).parents[1] / "docs" / "api.md").read_text(encoding="utf-8")


class Example(NamedTuple):
    """A request on the page and what the page says of the reply."""

    address: str
    form: str
    said: str


def examples() -> list[Example]:
    """Read the pairs of blocks, a request and a reply."""
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(blocks) % 2 == 0
    pairs = []
    for (kind, request), (form, said) in zip(blocks[::2], blocks[1::2], strict=True):
        assert kind == "http" and request.startswith("GET /")
        pairs.append(Example(request.removeprefix("GET ").strip(), form, said))
    return pairs


def holds(said: Any, reply: Any, place: str = "") -> None:
    """Assert that a reply holds all that is said of it: members of objects, and items of lists in their order."""
    if isinstance(said, dict):
        for name, value in said.items():
            assert name in reply, f"{place}.{name}"
            holds(value, reply[name], f"{place}.{name}")
    elif isinstance(said, list) and said:
        rest = iter(reply)
        for number, item in enumerate(said):
            assert any(fits(item, candidate) for candidate in rest), f"{place}[{number}]: no item like {item} in its order"
    else:
        assert reply == said, place


def fits(said: Any, reply: Any) -> bool:
    try:
        holds(said, reply)
    except (AssertionError, TypeError):
        return False
    return True


def table(header: str) -> list[list[str]]:
    """Return the rows of the table on the page that has this header."""
    lines = PAGE.split(header + "\n", 1)[1].splitlines()[1:]
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


@pytest.mark.parametrize("example", examples(), ids=lambda e: e.address)
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
    asked = {e.address.split("?")[0].split("/")[3] for e in examples()}
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
