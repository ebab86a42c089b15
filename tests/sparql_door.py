"""A running server whose SPARQL endpoint tests look at from outside: over a socket, with nothing known of its inside."""

from __future__ import annotations

import http.client
import io
import json
import socket
import threading
import time
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlencode

import uvicorn
from imri_kg_api.serving.protocol import protocol_of
from imri_kg_api.serving.releases import Generation, Releases
from imri_kg_api.serving.service import Service
from imri_kg_api.settings import Settings
from rdflib import Dataset

from imri_kg import resources
from imri_kg.graph import KnowledgeGraph
from imri_kg.prefixes import DEFAULT_BASE, read_prefixes
from imri_kg.snapshot import Snapshot
from imri_kg.store import Store

__all__ = ["Door", "Reply", "open_door", "serving"]


class Reply(NamedTuple):
    """One reply, read to its end."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float
    #: Whether the connection ended before the reply did.
    broken: bool = False

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip()

    @property
    def stream(self) -> io.BytesIO:
        return io.BytesIO(self.body)

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def problem(self) -> dict[str, Any]:
        """The problem document (RFC 9457) that a refusal is; asserts that it is one."""
        assert self.media_type == "application/problem+json", self
        document = json.loads(self.body)
        assert document["status"] == self.status and document["title"] and document["type"], document
        return document

    @property
    def rows(self) -> list[dict[str, str]]:
        """Rows of a SELECT in JSON, values only."""
        assert self.status == 200, self
        return [{name: term["value"] for name, term in row.items()} for row in json.loads(self.body)["results"]["bindings"]]


class Door:
    """Where the endpoint is. Every request has a connection of its own."""

    path = "/sparql"

    def __init__(self, port: int) -> None:
        self.port = port
        self.address = f"http://127.0.0.1:{port}{self.path}"

    def ask(self, method: str, target: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None, seconds: float = 60) -> Reply:
        """Send a request exactly as it is given, with Host and Content-Length and no other header, and return the reply."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        began = time.monotonic()
        try:
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if body is not None or method in ("POST", "PUT", "PATCH"):
                connection.putheader("Content-Length", str(len(body or b"")))
            connection.endheaders()
            try:
                if body:
                    connection.send(body)
            except (BrokenPipeError, ConnectionResetError):
                # The server answered before it had read all of a body that is too large.
                pass
            reply = connection.getresponse()
            try:
                content, broken = reply.read(), False
            except http.client.IncompleteRead as error:
                content, broken = error.partial, True
            return Reply(reply.status, {k.lower(): v for k, v in reply.headers.items()}, content, time.monotonic() - began, broken)
        finally:
            connection.close()

    def query(self, text: str | bytes, accept: str = "application/sparql-results+json", **parameters: str | Iterable[str]) -> Reply:
        """Send a query as a body of its own, the form that takes any bytes; parameters go into the address (hyphens written as underscores)."""
        pairs = [(k.replace("_", "-"), v) for k, values in parameters.items() for v in ([values] if isinstance(values, str) else values)]
        target = self.path + ("?" + urlencode(pairs) if pairs else "")
        body = text if isinstance(text, bytes) else text.encode("utf-8")
        return self.ask("POST", target, headers={"Content-Type": "application/sparql-query", **({"Accept": accept} if accept else {})}, body=body)

    def get(self, text: str, accept: str = "", **headers: str) -> Reply:
        """Send a query in the address."""
        return self.ask("GET", f"{self.path}?{urlencode({'query': text})}", headers={**({"Accept": accept} if accept else {}), **headers})

    def raw(self, data: bytes, *, shut: bool = True, seconds: float = 30) -> bytes:
        """Send bytes and return what comes back until the server closes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as connection:
            try:
                connection.sendall(data)
                if shut:
                    connection.shutdown(socket.SHUT_WR)
            except (BrokenPipeError, ConnectionResetError):
                # It answered before it had read all.
                pass
            parts = []
            try:
                while part := connection.recv(65536):
                    parts.append(part)
            except ConnectionResetError:
                # It closed while there was more to read for it.
                pass
            return b"".join(parts)


@contextmanager
def serving(graph: KnowledgeGraph, settings: Settings | None = None) -> Iterator[int]:
    """Answer from a graph as `imri-kg serve` does, in a thread of this process; yields the port."""
    settings = settings or Settings()
    releases = Releases(Generation(graph, settings))
    service = Service(releases, settings)
    config = uvicorn.Config(
        service, host="127.0.0.1", port=0, http=protocol_of(service), ws="none", lifespan="off", access_log=False, log_config=None, server_header=False,
        h11_max_incomplete_event_size=settings.header_limit,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    try:
        releases.present.start()
        thread.start()
        deadline = time.monotonic() + 60
        while not server.started:
            assert thread.is_alive() and time.monotonic() < deadline, "the server did not come up"
            time.sleep(0.02)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        if thread.is_alive():
            thread.join(30)
        releases.close()
        assert not thread.is_alive()


class _Foreign(KnowledgeGraph):
    """A graph without frameworks, of which the routes beside /sparql cannot tell anything."""

    def warm(self) -> None:
        """Do nothing: there is no crosswalk to be read beforehand."""


@contextmanager
def open_door(trig: str, settings: Settings | None = None) -> Iterator[Door]:
    """Serve the graphs of a TriG text instead of our own; the default graph of the endpoint is their union.

    All of the server is real but what it answers from: a graph of the suite, or one in which to look for a limit.
    """
    with warnings.catch_warnings():
        # rdflib uses what it deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        quads = Dataset().parse(data=trig, format="trig").serialize(format="nquads", encoding="utf-8")
    prefixes = read_prefixes(resources.path("ontology") / "prefixes.ttl")
    release: dict[str, object] = {
        "release": "0.0.0+door", "version": "0.0.0", "digest": "sha256:0", "base": DEFAULT_BASE, "prefixes": prefixes.namespaces,
        "counts": {"constructs": 0, "quads": quads.count(b"\n")}, "code_status": {},
    }  # fmt: skip
    graph = _Foreign(Snapshot(Store.in_memory(quads), release, b"[]", None, quads))
    with serving(graph, settings) as port:
        yield Door(port)
