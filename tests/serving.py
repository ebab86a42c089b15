"""Servers for tests of clients: the application over a socket, and one that sends what a test scripts."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import uvicorn
from imri_kg_api.app import create_app

from imri_kg.graph import KnowledgeGraph

__all__ = ["Scripted", "Sent", "scripted", "serving"]


@contextmanager
def serving(graph: KnowledgeGraph) -> Iterator[str]:
    """Serve a graph with uvicorn on a free port of this machine, and yield the address."""
    app = create_app(graph)
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        deadline = time.monotonic() + 30
        while not server.started:
            assert thread.is_alive() and time.monotonic() < deadline, "the server did not start"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(30)
        app.state.queries.close()
        app.state.validations.close()
        listener.close()


class Sent(NamedTuple):
    """A scripted reply. A body that is no bytes is sent as JSON; `raw` is sent instead of everything else."""

    body: Any = b""
    status: int = 200
    release: str | None = "1.0.0+aaaaaaaaaaaa"
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = "application/json"
    packed: bool = False
    raw: bytes | None = None


class Scripted:
    """A running server whose replies a test gives, and the requests that it got."""

    def __init__(self, reply: Callable[[str, int], Sent]) -> None:
        """Take what gives a reply to a target, with the number of requests for it so far."""
        self.reply = reply
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.address = ""

    def count(self, path: str) -> int:
        """Return how often a path was asked."""
        return sum(target.partition("?")[0] == path for _, target, _, _ in self.asked)


@contextmanager
def scripted(reply: Callable[[str, int], Sent]) -> Iterator[Scripted]:
    """Run a server that sends scripted replies."""
    found = Scripted(reply)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *arguments: Any) -> None:
            pass

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            found.asked.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            path = self.path.partition("?")[0]
            sent = found.reply(self.path, found.count(path))
            if sent.raw is not None:
                self.wfile.write(sent.raw)
                self.close_connection = True
                return
            data = sent.body if isinstance(sent.body, bytes) else json.dumps(sent.body).encode()
            data = gzip.compress(data) if sent.packed else data
            self.send_response(sent.status)
            for name, value in sent.headers:
                self.send_header(name, value)
            if sent.release is not None:
                self.send_header("Imri-Kg-Release", sent.release)
            if sent.packed:
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Type", sent.media_type)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = answer  # noqa: N815

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    found.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join(30)
