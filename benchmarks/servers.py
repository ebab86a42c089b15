"""Servers of a measurement, each a process of its own: ours as `imri-kg serve` starts it, a bare FastAPI route, and a bare Oxigraph.

Called by the measurements of the server. A server that does not come up ends the measurement.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.asking import Connection, read_reply, request
from benchmarks.processes import entry_point
from benchmarks.results import MissingToolError, NothingMeasuredError

__all__ = ["INSTALL", "Server", "bare_oxigraph", "constant_route", "imri_kg_server", "load_package"]

#: How to get what the measurements of the server need beside the project itself.
INSTALL = "python -m pip install --require-hashes -r requirements-load.lock"
_ROOT = Path(__file__).resolve().parent.parent
_ADDRESS = re.compile(rb"http://127\.0\.0\.1:([0-9]+)")
_PATIENCE = 120.0
_STOP_PATIENCE = 30.0


class Server:
    """A server that answers: its process, its port, and the file that holds what it wrote.

    `said` may be read at any time, also after the end.
    """

    def __init__(self, name: str, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self.name, self.process, self.port, self._log = name, process, port, log
        self.address = f"http://127.0.0.1:{port}"

    @property
    def said(self) -> str:
        """What the server wrote so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    @property
    def alive(self) -> bool:
        """Whether its process still runs."""
        return self.process.poll() is None

    def status(self, path: str) -> int:
        """Return the status of a GET, over a connection of its own."""
        with Connection(self.port) as connection:
            return read_reply(connection.ask(request("GET", path))).status


@contextmanager
def imri_kg_server(workers: int = 1, flags: Sequence[str] = ()) -> Iterator[Server]:
    """Run `imri-kg serve` on a free port; yields once it says that it is ready, its workers for queries included.

    Raises:
        NothingMeasuredError: it did not come up.
    """
    command = [*entry_point(), "serve", "--port", "0", "--workers", str(workers), *flags]
    with _running("imri-kg", command, lambda log: _port_in(log)) as server:
        _until(server, lambda: server.status("/health/ready") == 200)
        yield server


@contextmanager
def constant_route(body: bytes, workers: int = 1) -> Iterator[Server]:
    """Run a FastAPI application that knows nothing but a constant reply (`benchmarks.constant`), in uvicorn as ours runs in it."""
    with tempfile.TemporaryDirectory(prefix="imri-kg-constant-") as folder:
        file = Path(folder) / "body.json"
        file.write_bytes(body)
        with _running("constant", [sys.executable, "-m", "benchmarks.constant", str(file), str(workers)], lambda log: _port_in(log)) as server:
            _until(server, lambda: server.status("/bytes") == 200)
            yield server


@contextmanager
def bare_oxigraph(quads: bytes, *, in_memory: bool = False) -> Iterator[Server]:
    """Run the server of Oxigraph over a graph, with the union of all graphs as its default graph.

    Args:
        quads: the graph as N-Quads.
        in_memory: whether the store is kept in memory, as ours is, instead of in files.

    Raises:
        MissingToolError: Oxigraph is not installed.
    """
    program = Path(sys.executable).parent / "oxigraph"
    if not program.is_file():
        raise MissingToolError(f"The server of Oxigraph is not installed. Install it with: {INSTALL}")
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="imri-kg-oxigraph-") as folder:
        place = ["--bind", f"127.0.0.1:{port}", "--union-default-graph"]
        if in_memory:
            command = [str(program), "serve", *place]
        else:
            file = Path(folder) / "graph.nq"
            file.write_bytes(quads)
            subprocess.run([program, "load", "--location", f"{folder}/store", "--file", file], check=True, capture_output=True, timeout=_PATIENCE)
            command = [str(program), "serve-read-only", "--location", f"{folder}/store", *place]
        with _running("oxigraph", command, lambda log: port if _open(port) else None) as server:
            if in_memory:
                with Connection(port) as connection:
                    reply = read_reply(connection.ask(request("POST", "/store", headers={"Content-Type": "application/n-quads"}, body=quads)))
                if reply.status not in (200, 201, 204):
                    raise NothingMeasuredError(f"The server of Oxigraph did not take the graph: {reply.status} {reply.body[:300].decode(errors='replace')}")
            yield server


def load_package(name: str) -> object:
    """Import a package that only measurements need.

    Raises:
        MissingToolError: it is not installed.
    """
    import importlib

    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingToolError(f"The package {name} is not installed. Install it with: {INSTALL}") from error


@contextmanager
def _running(name: str, command: list[str], port_of: Callable[[bytes], int | None]) -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="imri-kg-server-") as folder:
        log = Path(folder) / "said.txt"
        with log.open("wb") as output:
            process = subprocess.Popen(command, cwd=_ROOT, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, "PYTHONUNBUFFERED": "1"})
        try:
            deadline = time.monotonic() + _PATIENCE
            while (port := port_of(log.read_bytes())) is None:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise NothingMeasuredError(f"The server {name} did not come up: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
                time.sleep(0.05)
            yield Server(name, process, port, log)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(_STOP_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _until(server: Server, holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            if holds():
                return
        except OSError:
            # It does not listen yet.
            pass
        if not server.alive or time.monotonic() > deadline:
            raise NothingMeasuredError(f"The server {server.name} did not become ready: {server.said[-2000:]}")
        time.sleep(0.1)


def _port_in(log: bytes) -> int | None:
    found = _ADDRESS.search(log)
    return int(found[1]) if found else None


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
