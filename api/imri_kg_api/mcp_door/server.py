"""The server of the Model Context Protocol: tools and resources over the graph of the moment.

Both ways in use it. It knows the protocol and no transport: errors of the user's become replies of a tool that say what to do, faults of ours one
line, and neither shows a trace.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio.to_thread
import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from pydantic import ValidationError

from imri_kg import __version__
from imri_kg.errors import ImriError, nearest_names
from imri_kg_api import problems
from imri_kg_api.mcp_door import shelf, wording
from imri_kg_api.mcp_door.catalogue import TOOLS, Asking, Tool, listed
from imri_kg_api.mcp_door.prose import prose
from imri_kg_api.mcp_door.tables import Stop, Validate

if TYPE_CHECKING:
    from imri_kg.graph import KnowledgeGraph

__all__ = ["make_server"]

_log = logging.getLogger("imri_kg_api")


def make_server(current: Callable[[], KnowledgeGraph], validate: Validate) -> Server[Any]:
    """Return a server that answers from the graph that `current` gives when it is asked.

    Args:
        current: gives the graph; it is called once for each request, so that a graph that takes the place of another is seen by the next.
        validate: checks files in a process of its own.
    """
    door = _Door(current, validate)
    return Server(
        "imri-kg", version=__version__, title="imri-kg", instructions=wording.instructions(), on_list_tools=door.list_tools, on_call_tool=door.call_tool,
        on_list_resources=door.list_resources, on_list_resource_templates=door.list_templates, on_read_resource=door.read_resource,
    )  # fmt: skip


class _Door:
    """The handlers of requests."""

    def __init__(self, current: Callable[[], KnowledgeGraph], validate: Validate) -> None:
        self._current, self._validate = current, validate

    async def list_tools(self, context: Any, asked: types.PaginatedRequestParams | None) -> types.ListToolsResult:
        """List the tools."""
        return types.ListToolsResult(tools=listed(self._current()))

    async def call_tool(self, context: Any, asked: types.CallToolRequestParams) -> types.CallToolResult:
        """Have a tool answer, in a thread of its own."""
        tool = TOOLS.get(asked.name)
        if tool is None:
            raise MCPError(types.INVALID_PARAMS, _unknown("tool", [asked.name], list(TOOLS)))
        return await _in_thread(partial(self._answer, tool, asked.arguments or {}))

    def _answer(self, tool: Tool, arguments: dict[str, Any], stop: Stop) -> types.CallToolResult:
        try:
            reply = tool.answer(Asking(self._current(), self._validate, stop), tool.takes.model_validate(arguments))
            text = prose(reply)
            return types.CallToolResult(content=[types.TextContent(text=text)], structured_content=reply.model_dump(mode="json", by_alias=True))
        except ValidationError as error:
            return _refused(_explained(tool, error) if error.title == tool.takes.__name__ else _fault(tool.name, error))
        except ImriError as error:
            return _refused(_told(tool.name, error))
        except Exception as error:
            return _refused(_fault(tool.name, error))

    async def list_resources(self, context: Any, asked: types.PaginatedRequestParams | None) -> types.ListResourcesResult:
        """List what can be read."""
        return types.ListResourcesResult(resources=shelf.resources(self._current()))

    async def list_templates(self, context: Any, asked: types.PaginatedRequestParams | None) -> types.ListResourceTemplatesResult:
        """List the forms of addresses that can be read."""
        return types.ListResourceTemplatesResult(resource_templates=shelf.templates())

    async def read_resource(self, context: Any, asked: types.ReadResourceRequestParams) -> types.ReadResourceResult:
        """Read a resource."""
        uri = str(asked.uri)
        return await _in_thread(lambda stop: self._read(uri))

    def _read(self, uri: str) -> types.ReadResourceResult:
        try:
            media_type, found = shelf.read(self._current(), uri)
        except ImriError as error:
            raise MCPError(types.INVALID_PARAMS, _told(uri, error), {"uri": uri}) from None
        except Exception as error:
            raise MCPError(types.INTERNAL_ERROR, _fault(uri, error), {"uri": uri}) from None
        text = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False, indent=1)
        return types.ReadResourceResult(contents=[types.TextResourceContents(uri=uri, mime_type=media_type, text=text)])


async def _in_thread(answer: Callable[[Stop], Any]) -> Any:
    """Run a function in a thread; when whoever asked has gone, it is told so and not waited for."""
    gone = threading.Event()
    try:
        return await anyio.to_thread.run_sync(answer, gone.is_set, abandon_on_cancel=True)
    finally:
        gone.set()


def _refused(text: str) -> types.CallToolResult:
    return types.CallToolResult(content=[types.TextContent(text=text)], is_error=True)


def _told(place: str, error: ImriError) -> str:
    """Return an error of the library as a client is told of it."""
    kind = problems.KINDS[problems.of_error(error)[0]]
    if kind.status < 500:
        return str(error)
    # What is wrong inside the server is no business of the client's.
    _log.error("%r: %s: %s", place[:200], type(error).__name__, error)
    return f"{kind.title}. {kind.remedy}"


def _fault(place: str, error: Exception) -> str:
    _log.error("unforeseen fault at %r: %s: %s", place[:200], type(error).__name__, error)
    return f"An unforeseen fault of the server ({type(error).__name__}). Please report it with the tool and its arguments."


def _unknown(what: str, names: Sequence[str], known: list[str]) -> str:
    near = list(dict.fromkeys(n for name in names for n in nearest_names(name[:100], known)))
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    quoted = " and no ".join(f"{what} {name[:100]!r}" for name in names)
    return f"There is no {quoted}.{hint} Known: {', '.join(known) or 'none'}."


def _explained(tool: Tool, error: ValidationError) -> str:
    """Say in plain words which argument of a tool is wrong and how."""
    found = error.errors(include_url=False)[:5]
    unknown = [str(item["loc"][0]) for item in found if item["type"] == "extra_forbidden"]
    told = [f"{tool.name}: {_unknown('argument', unknown, list(tool.takes.model_fields))}"] if unknown else []
    for item in found:
        name = str(item["loc"][0]) if item["loc"] else ""
        if item["type"] == "extra_forbidden":
            continue
        if item["type"] == "missing":
            told.append(f"The argument {name!r} of {tool.name} is missing.")
        else:
            value = item.get("input")
            given = f" (given: {value!r})" if isinstance(value, (str, int, float)) and len(str(value)) <= 80 else ""
            told.append(f"The argument {name!r} of {tool.name} cannot be used: {item['msg'][:1].lower()}{item['msg'][1:]}{given}.")
    return " ".join(dict.fromkeys(told))
