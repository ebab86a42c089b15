"""A bare FastAPI application that answers with a constant: what the framework and uvicorn cost where nothing is done.

Run by `servers.constant_route` as `python -m benchmarks.constant FILE WORKERS`. Two routes have the same content: `/bytes` sends bytes that are ready, and
does not leave the event loop; `/object` returns an object, as most routes of FastAPI do, and leaves the rest to the framework.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Response

__all__ = ["create", "serve"]

_FILE = "IMRI_KG_BENCHMARK_BODY"


def create() -> FastAPI:
    """Return the application; the file that holds its reply is named by the environment."""
    body = Path(os.environ[_FILE]).read_bytes()
    content = json.loads(body)
    app = FastAPI(openapi_url=None)

    @app.get("/bytes")
    async def send_bytes() -> Response:
        return Response(body, media_type="application/json")

    @app.get("/object")
    def send_object() -> Any:
        return content

    return app


def serve(file: str, workers: int) -> None:
    """Serve a file on a free port until the process is told to stop."""
    os.environ[_FILE] = file
    # asyncio sends small parts at once only where a socket names its protocol, which those that uvicorn binds for several workers do not.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(2048)
        print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        # Daemons end with this process where it ends by an exception, and not where a signal ends it.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())
        others = [multiprocessing.get_context("spawn").Process(target=_work, args=(listener,), daemon=True) for _ in range(workers - 1)]
        for process in others:
            process.start()
        _work(listener)


def _work(listener: socket.socket) -> None:
    """Answer, as the server of imri-kg does: HTTP/1.1 by h11, no log of requests."""
    config = uvicorn.Config("benchmarks.constant:create", factory=True, http="h11", ws="none", lifespan="off", access_log=False, server_header=False)
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
