"""The two ways in for language models: a process that speaks on standard streams, and `/mcp` behind the doorway of the application."""

from __future__ import annotations

import copy
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from imri_kg_api.app import create_app
from imri_kg_api.mcp_door.catalogue import listed
from imri_kg_api.settings import Settings
from mcp_sessions import COMMAND, at_stdio, served, talk

from imri_kg.graph import KnowledgeGraph

ASK = {"list": ("list_frameworks", {})}
HELLO = {
    "jsonrpc": "2.0", "id": 1, "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}},
}  # fmt: skip
READY = {"jsonrpc": "2.0", "method": "notifications/initialized"}
HEADERS = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


def call(name: str, arguments: dict[str, Any], number: int = 2) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "method": "tools/call", "params": {"name": name, "arguments": arguments}}


# ---------------------------------------------------------------- HTTP


@pytest.fixture(scope="module")
def app(graph: KnowledgeGraph) -> FastAPI:
    return create_app(graph)


@pytest.fixture(scope="module")
def address(app: FastAPI) -> Iterator[str]:
    with served(app) as found:
        yield found


@pytest.fixture(scope="module")
def web(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, headers=HEADERS, timeout=30) as found:
        yield found


@pytest.mark.parametrize(("mode", "revision"), [("auto", "2026-07-28"), ("legacy", "2025-11-25")])
def test_both_revisions_of_the_protocol_are_served_over_http(address: str, graph: KnowledgeGraph, mode: str, revision: str) -> None:
    found = talk(f"{address}/mcp", ASK, mode=mode)
    assert found.revision == revision
    assert found.called["list"].data["release"] == graph.release


def test_a_reply_is_plain_json_that_nobody_keeps(web: httpx.Client, graph: KnowledgeGraph) -> None:
    reply = web.post("/mcp", json=call("crosswalk_cell", {"row": "imri:P1", "column": "chime:E"}))
    assert reply.status_code == 200 and reply.headers["content-type"] == "application/json"
    assert reply.json()["result"]["structuredContent"]["state"] == "judged_not_mapped"
    assert reply.headers["cache-control"] == "no-store" and reply.headers["imri-kg-release"] == graph.release
    assert "mcp-session-id" not in reply.headers and "etag" not in reply.headers


def test_an_application_without_a_running_server_answers_too(app: FastAPI) -> None:
    # No lifespan is entered here.
    client = TestClient(app, base_url="http://127.0.0.1:8000")
    for _ in range(2):
        assert client.post("/mcp", json=call("search", {"words": "hope"}), headers=HEADERS).json()["result"]["isError"] is False


def test_tools_answer_from_the_graph_that_took_the_place_of_another(graph: KnowledgeGraph) -> None:
    app = create_app(graph)
    client = TestClient(app, base_url="http://localhost")

    def release() -> str:
        return client.post("/mcp", json=call("list_frameworks", {}), headers=HEADERS).json()["result"]["structuredContent"]["release"]

    assert release() == graph.release
    other = copy.copy(app.state.graph)
    other.release = "9.9.9+other"
    app.state.graph = other
    assert release() == "9.9.9+other"


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "PUT"])
def test_only_post_is_served(web: httpx.Client, method: str) -> None:
    reply = web.request(method, "/mcp")
    assert reply.status_code == 405 and reply.headers["allow"] == "POST, OPTIONS"
    if method != "HEAD":
        assert reply.json()["type"].endswith("method-not-allowed")


def test_options_name_the_method(web: httpx.Client) -> None:
    reply = web.options("/mcp")
    assert reply.status_code == 204 and reply.headers["allow"] == "POST, OPTIONS"


@pytest.mark.parametrize(
    ("headers", "status", "kind"),
    [
        ({"Host": "evil.example"}, 421, "unknown-host"),
        ({"Host": "evil.example:8000", "Origin": "http://evil.example:8000"}, 421, "unknown-host"),
        ({"Origin": "https://evil.example"}, 403, "foreign-site"),
        ({"Origin": "https://localhost.evil.example"}, 403, "foreign-site"),
        ({"Origin": "null"}, 403, "foreign-site"),
        ({"Content-Type": "text/plain"}, 400, "bad-request"),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 400, "bad-request"),
    ],
)
def test_pages_of_other_sites_and_forms_are_refused(web: httpx.Client, headers: dict[str, str], status: int, kind: str) -> None:
    reply = web.post("/mcp", content=json.dumps(HELLO), headers=headers)
    assert (reply.status_code, reply.json()["type"].rsplit("/", 1)[1].rsplit("#", 1)[-1]) == (status, kind)


def test_pages_of_this_server_and_of_this_machine_are_answered(web: httpx.Client, address: str) -> None:
    for origin in (address, "http://localhost:6274", "http://[::1]:80"):
        assert web.post("/mcp", json=HELLO, headers={"Origin": origin}).status_code == 200


def test_a_name_that_the_server_was_told_is_answered(graph: KnowledgeGraph) -> None:
    client = TestClient(create_app(graph, settings=Settings(allowed_host=("recovery.example",))), base_url="http://recovery.example")
    assert client.post("/mcp", json=HELLO, headers=HEADERS).status_code == 200
    assert client.post("/mcp", json=HELLO, headers={**HEADERS, "Origin": "https://recovery.example"}).status_code == 200
    assert client.post("/mcp", json=HELLO, headers={**HEADERS, "Origin": "https://evil.example"}).status_code == 403


def test_a_request_that_is_too_large_is_refused_declared_or_not(web: httpx.Client) -> None:
    body = b'{"jsonrpc":"2.0","id":1,"method":"ping","x":"' + b"x" * (8 << 20) + b'"}'
    declared = web.post("/mcp", content=body)
    streamed = web.post("/mcp", content=(body[i : i + 65536] for i in range(0, len(body), 65536)))
    for reply in (declared, streamed):
        assert reply.status_code == 413 and "8 MiB" in reply.json()["detail"]


@pytest.mark.parametrize("version", ["2025-06-18", "2026-07-28", "1066-10-14"])
@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"\xff\xfe\x00", b"[]", b"null", b"[" * 100_000, b'{"a":' * 100_000, b'{"jsonrpc":"2.0","id":1,"method":"' + b"m" * 100_000 + b'"}',
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"words":"\\ud800\\u0000"}}}',
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":[1]}}',
        b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"words":"x","limit":' + b"9" * 5000 + b"}}}",
        b'{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"imri-kg://frameworks/../../etc/passwd%00"}}',
        b'{"jsonrpc":"2.0","id":1,"method":"nothing/like/it"}',
    ],
    ids=lambda body: body[:60].decode("latin-1"),
)  # fmt: skip
def test_hostile_bodies_are_refused_and_the_door_stays_open(web: httpx.Client, body: bytes, version: str) -> None:
    reply = web.post("/mcp", content=body, headers={"MCP-Protocol-Version": version})
    assert reply.status_code < 500, reply.text
    if reply.status_code == 200:
        document = reply.json()
        assert "error" in document or document["result"]["isError"], reply.text[:300]
    assert "Traceback" not in reply.text
    assert web.post("/mcp", json=HELLO).status_code == 200


def test_ten_thousand_arguments_are_told_in_a_few_lines(web: httpx.Client) -> None:
    reply = web.post("/mcp", json=call("search", {"words": "x", **{f"a{n}": n for n in range(10_000)}}))
    text = reply.json()["result"]["content"][0]["text"]
    assert "There is no argument 'a0'" in text and len(text) < 2000


# ---------------------------------------------------------------- standard streams


class Spoken(NamedTuple):
    """What a process wrote, and its exit status after its input had ended."""

    messages: list[dict[str, Any]]
    errors: str
    status: int


def speak(*lines: dict[str, Any] | str, until: set[int], command: list[str] | None = None) -> Spoken:
    """Start the program, send it lines, read what it writes until some requests are answered, and end its input."""
    with subprocess.Popen(command or COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stdin is not None and process.stdout is not None
        guard = threading.Timer(120, process.kill)
        guard.start()
        process.stdin.write("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
        process.stdin.flush()
        messages: list[dict[str, Any]] = []
        while not until <= {m.get("id") for m in messages}:
            line = process.stdout.readline()
            if not line:
                break
            messages.append(json.loads(line))
        rest, errors = process.communicate(timeout=30)
        guard.cancel()
        return Spoken(messages + [json.loads(line) for line in rest.splitlines()], errors, process.returncode)


@pytest.mark.parametrize(("mode", "revision"), [("auto", "2026-07-28"), ("legacy", "2025-11-25")])
def test_both_revisions_of_the_protocol_are_spoken_on_standard_streams(graph: KnowledgeGraph, mode: str, revision: str) -> None:
    found = talk(at_stdio(), ASK, mode=mode)
    assert (found.revision, found.called["list"].data["release"]) == (revision, graph.release)


def test_standard_output_carries_the_protocol_alone_and_the_process_ends_with_its_input(graph: KnowledgeGraph) -> None:
    asked = (call("map_construct", {"term": "imri:B9"}), call("nothing", {}, 3), call("search", {"words": "Café 😀"}, 4))
    spoken = speak(HELLO, READY, "this is no JSON", "", *asked, until={1, 2, 3, 4})
    assert spoken.status == 0
    assert {m["jsonrpc"] for m in spoken.messages} == {"2.0"}
    by_id = {m.get("id"): m for m in spoken.messages}
    assert by_id[1]["result"]["serverInfo"]["name"] == "imri-kg"
    assert by_id[2]["result"]["isError"] is True and by_id[3]["error"]["code"] == -32602 and by_id[4]["result"]["isError"] is False
    assert "Traceback" not in spoken.errors


def test_nothing_is_asked_of_the_network(graph: KnowledgeGraph) -> None:
    watched = """
import os, sys
def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.bind"):
        sys.stderr.write(f"NETWORK {event} {arguments}\\n"); sys.stderr.flush(); os._exit(9)
sys.addaudithook(watch)
sys.argv = ["imri-kg", "mcp"]
from imri_kg.__main__ import main
main()
"""
    asked = (call("search", {"words": "hope"}), call("competency_query", {"name": "cq01"}, 3))
    spoken = speak(HELLO, READY, *asked, until={1, 2, 3}, command=[sys.executable, "-c", watched])
    assert spoken.status == 0, spoken.errors
    assert [m["result"]["isError"] for m in spoken.messages if m["id"] > 1] == [False, False]


def test_a_table_in_the_making_does_not_outlive_its_asker(graph: KnowledgeGraph) -> None:
    table = call("validate_table", {"name": "determinants.csv", "text": "Case,Construct\n" + "A,Cultur\n" * 20_000, "framework": "cfir-2022"})
    began = time.monotonic()
    spoken = speak(HELLO, READY, table, until={1})
    assert spoken.status == 0 and time.monotonic() - began < 25


@pytest.mark.skipif(os.name == "nt", reason="no such signal there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_process_while_its_input_is_open(graph: KnowledgeGraph, number: signal.Signals) -> None:
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        process.stdin.write(json.dumps(HELLO).encode() + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["id"] == 1
        process.send_signal(number)
        assert process.wait(20) == -number
        assert process.stderr.read() == b""


# ---------------------------------------------------------------- the page


PAGE = (Path(__file__).parent.parent / "docs" / "mcp.md").read_text(encoding="utf-8")


def test_the_page_shows_a_setting_that_starts_the_program() -> None:
    (block,) = re.findall(r"^```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    (entry,) = json.loads(block)["mcpServers"].values()
    assert [entry["command"], *entry["args"]] == ["imri-kg", "mcp"]


def test_the_page_lists_the_tools_and_resources_that_there_are(address: str) -> None:
    rows = dict(re.findall(r"^\| `([^`]+)` \| (.+) \|$", PAGE, re.MULTILINE))
    found = talk(f"{address}/mcp", {})
    assert [name for name in rows if "://" not in name] == [tool.name for tool in found.tools]
    assert {name for name in rows if "://" in name} == {*found.resources[:2], *found.templates}


def test_the_page_lists_the_arguments_of_every_tool(graph: KnowledgeGraph) -> None:
    """Which arguments there are and which may be left out; and the page says of each what it takes."""
    page = (Path(__file__).parents[1] / "docs" / "mcp.md").read_text(encoding="utf-8")
    table = page.partition("| Tool | Arguments |")[2].partition("\n\n")[0]
    told = {name: set(re.findall(r"\[?`\w+`\]?", arguments)) for name, arguments in re.findall(r"^\| `(\w+)` \| (.+) \|$", table, re.MULTILINE)}
    schemas = {tool.name: tool.input_schema for tool in listed(graph)}
    assert told == {
        name: {f"`{argument}`" if argument in schema.get("required", []) else f"[`{argument}`]" for argument in schema["properties"]}
        for name, schema in schemas.items()
    }
    explained = " ".join(re.findall(r"^- (`.+)$", page, re.MULTILINE))
    assert {argument for schema in schemas.values() for argument in schema["properties"]} - {"words"} <= set(re.findall(r"`(\w+)`", explained))
