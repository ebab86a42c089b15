"""A server in a process of its own, for tests that ask over real sockets."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

IMRI_KG = [sys.executable, "-m", "imri_kg"]
#: Seconds after which a server that does not come up, or does not stop, has failed.
PATIENCE = 60


class Running:
    """A server process and the lines that it printed when it began to listen."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        self.process = subprocess.Popen(
            [*IMRI_KG, "serve", "--port", "0", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", env={**os.environ, **environment},
        )  # fmt: skip
        assert self.process.stdout is not None and self.process.stderr is not None
        self.errors: list[str] = []
        self._reader = threading.Thread(target=self._read_errors, daemon=True)
        self._reader.start()
        # A server that does not come up must not hold the tests for ever.
        guard = threading.Timer(PATIENCE, self.process.kill)
        guard.start()
        self.lines = [self.process.stdout.readline().rstrip() for _ in range(5)]
        guard.cancel()
        assert self.lines[0], "".join(self.errors)
        self.address = self.lines[0].split("http://")[1].split(" ")[0]
        self.port = int(self.address.rsplit(":", 1)[1])

    def _read_errors(self) -> None:
        assert self.process.stderr is not None
        self.errors.extend(self.process.stderr)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        """Ask over a connection of its own; underscores in the names of headers stand for hyphens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            reply = connection.getresponse()
            return reply, reply.read()
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        """Ask with GET."""
        return self.ask("GET", path, **headers)

    def json(self, path: str) -> Any:
        """Return the document at a path."""
        return json.loads(self.get(path)[1])

    def send(self, data: bytes, *, seconds: float = 30) -> bytes:
        """Send bytes over a connection of its own and return all that comes back; the end is sent once something has come."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as connection:
            found = b""
            try:
                connection.sendall(data)
                found = connection.recv(65536)
                # A client that ends its side before the reply is taken for one that left.
                connection.shutdown(socket.SHUT_WR)
                while chunk := connection.recv(65536):
                    found += chunk
            except OSError:
                pass
            return found

    def until(self, holds: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Wait until something holds."""
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, "".join(self.errors)
            time.sleep(0.05)

    def until_said(self, text: str) -> None:
        """Wait until the server wrote something to standard error."""
        self.until(lambda: any(text in line for line in self.errors))

    def until_ready(self) -> None:
        """Wait until the server says that it takes questions."""
        self.until(lambda: self.get("/health/ready")[0].status == 200)

    def stop(self, number: int = signal.SIGTERM) -> tuple[int, str, str]:
        """Tell the process to stop and return its exit status and what else it wrote."""
        assert self.process.stdout is not None
        self.process.send_signal(number)
        try:
            self.process.wait(timeout=PATIENCE)
        finally:
            self.process.kill()
        out = self.process.stdout.read()
        self._reader.join(10)
        self.process.stdout.close()
        return self.process.returncode, out, "".join(self.errors)

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()
