"""Sessions of the official client with both doors, and the calls that tests look at; run as a program it writes the stored schemas anew.

`python tests/mcp_sessions.py` renews `tests/data/mcp-tools.json`. Read the difference before you keep it: clients rely on these schemas.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import anyio
from imri_kg_api.mcp_door.catalogue import listed
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp.shared.exceptions import MCPError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from imri_kg.graph import KnowledgeGraph

SCHEMAS = Path(__file__).parent / "data" / "mcp-tools.json"
COMMAND = [sys.executable, "-m", "imri_kg", "mcp"]


class Called(NamedTuple):
    """What a call gave: whether it is an error, its text and its structured content."""

    error: bool
    text: str
    data: dict[str, Any]


class Session(NamedTuple):
    """What a client saw: the revision of the protocol, tools, resources, what calls gave and what reading gave."""

    revision: str
    instructions: str
    tools: list[Any]
    resources: list[str]
    templates: list[str]
    called: dict[str, Called]
    read: dict[str, str]


def at_stdio() -> StdioServerParameters:
    """Return how to start the program; a client hands on only what it is told of the environment."""
    kept = {name: os.environ[name] for name in ("IMRI_KG_CACHE", "IMRI_KG_LIBRARY", "IMRI_KG_DATA") if name in os.environ}
    return StdioServerParameters(command=COMMAND[0], args=COMMAND[1:], env=kept)


def talk(door: Any, calls: dict[str, tuple[str, dict[str, Any]]], reads: tuple[str, ...] = (), mode: str = "auto") -> Session:
    """Have a client list everything, make calls and read resources."""

    async def session() -> Session:
        with anyio.fail_after(120):
            async with Client(door, mode=mode) as client:
                called, read = {}, {}
                for key, (name, arguments) in calls.items():
                    called[key] = await _call(client, name, arguments)
                for uri in reads:
                    try:
                        read[uri] = (await client.read_resource(uri)).contents[0].text  # type: ignore[union-attr]
                    except MCPError as error:
                        read[uri] = f"{error.code}: {error.message}"
                tools = (await client.list_tools()).tools
                resources = [str(r.uri) for r in (await client.list_resources()).resources]
                templates = [t.uri_template for t in (await client.list_resource_templates()).resource_templates]
                return Session(str(client.protocol_version), client.instructions or "", tools, resources, templates, called, read)

    return anyio.run(session)


async def _call(client: Client, name: str, arguments: dict[str, Any]) -> Called:
    try:
        result = await client.call_tool(name, arguments)
    except MCPError as error:
        return Called(True, f"{error.code}: {error.message}", {})
    assert len(result.content) == 1
    return Called(bool(result.is_error), result.content[0].text, result.structured_content or {})  # type: ignore[union-attr]


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve an application on a free port and give its address."""
    import uvicorn

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 30
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        assert server.started
        try:
            yield "http://127.0.0.1:%d" % listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(30)
            app.state.validations.close()


def schemas(graph: KnowledgeGraph) -> str:
    """Return the tools as clients are told of them, as the stored file has them."""
    tools = [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in listed(graph)]
    return json.dumps(tools, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    import imri_kg

    SCHEMAS.write_text(schemas(imri_kg.open()), encoding="utf-8")
    print(f"{SCHEMAS} is written.")
