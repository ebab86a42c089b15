"""The door over standard streams: a client starts `imri-kg mcp` and talks to it through its input and output.

Standard output carries the protocol alone; what else is printed goes to standard error. The process ends when its input ends.
"""

from __future__ import annotations

import logging
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import anyio
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server

from imri_kg.isolation.worker import Isolated, validate_isolated
from imri_kg_api.mcp_door.server import make_server
from imri_kg_api.mcp_door.tables import Stop

if TYPE_CHECKING:
    from imri_kg.case_validation.service import Source
    from imri_kg.graph import KnowledgeGraph

__all__ = ["run"]


def run(graph: KnowledgeGraph) -> None:
    """Answer on standard streams until the input ends."""
    logging.basicConfig(level=logging.WARNING, format="imri-kg: %(message)s")
    if sys.stdin.isatty():
        print("imri-kg waits for a program that speaks the Model Context Protocol (Ctrl+C ends it).", file=sys.stderr)
    # The input is read in a thread that cannot be woken: Ctrl+C ends the process at once, and nothing is being written.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # Calls are answered side by side in several threads, which afterwards only read what is remembered.
    graph.warm()
    anyio.run(_serve, make_server(lambda: graph, _validate))


async def _serve(server: Server[Any]) -> None:
    async with stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


def _validate(sources: Sequence[Source], framework: str, stop: Stop) -> Isolated:
    # One user asks now and then: no process waits for the next table, as it does behind a server.
    return validate_isolated(sources, framework=framework, stop=stop)
