"""Runs the service: takes the address, opens the releases, and starts the processes that answer; the command `serve` calls it.

The address is taken before anything else, so that a port in use is told in one line. uvicorn does the rest.
"""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from imri_kg.errors import BadInputError
from imri_kg.graph import KnowledgeGraph
from imri_kg_api.app import PREFIX
from imri_kg_api.serving import observing
from imri_kg_api.serving.hosts import AllowedHosts
from imri_kg_api.serving.releases import open_present
from imri_kg_api.serving.supervising import supervise
from imri_kg_api.serving.working import work
from imri_kg_api.settings import Settings

__all__ = ["run", "serve_graph"]

_EXAMPLES = (
    ("a mapping", f"{PREFIX}/mappings?subject=imri:B1&object_framework=chime"),
    ("a crosswalk", f"{PREFIX}/crosswalks/imri/chime?format=md"),
    ("an explanation", f"{PREFIX}/explain?subject=logic:M3&object=chime:I"),
)


def run(given: Mapping[str, Any]) -> None:
    """Serve the graph of this installation until the process is told to stop (SIGINT, SIGTERM); running requests are finished first.

    Args:
        given: what was given on the command line, by the names of `Settings`, as text; environment variables fill in the rest.

    Raises:
        BadInputError: a setting cannot be used, case data do not conform, or the host or port cannot be listened on.
        ImriError: the graph cannot be opened.
    """
    settings = Settings.of(given)
    serve_graph(open_present(settings), settings)


def serve_graph(graph: KnowledgeGraph, settings: Settings) -> None:
    """Serve a graph that is open, in this process or, with several workers, in others that open it again.

    Raises:
        BadInputError: the host or port cannot be listened on, or an old release cannot be served.
        SnapshotError: an old release is damaged.
    """
    with _listen(settings.host, settings.port) as listener:
        # To have been told to stop before all is up is no failure either.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        observing.configure(settings.log_format, requests=settings.access_log)
        try:
            if settings.workers > 1:
                supervise(graph, settings, listener, lambda: _announce(listener, settings))
            else:
                work(graph, settings, listener, lambda: _announce(listener, settings))
        except KeyboardInterrupt:
            pass
    with suppress(OSError):
        # Where the terminal was closed, there is nobody to tell.
        print("imri-kg has stopped.", flush=True)


def _announce(listener: socket.socket, settings: Settings) -> None:
    """Say where the server listens, once it does."""
    address = _address(listener)
    print(f"imri-kg answers at {address}  (Ctrl+C stops it)")
    for name, path in _EXAMPLES:
        print(f"  {name + ':':16}{address}{path}")
    print(f"  {'all addresses:':16}{address}/docs", flush=True)
    hosts = AllowedHosts(listener.getsockname()[0], settings.allowed_host)
    if not hosts.loopback and not settings.allowed_host:
        print(f"imri-kg: other machines can reach this server by address or as {' or '.join(hosts.names)}; further names need --allowed-host.", file=sys.stderr)


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket bound to the first address of a host that can be had."""
    try:
        places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise BadInputError(f"The host {host!r} is not known here ({error}); 127.0.0.1 is this machine.") from error
    cause: OSError | None = None
    for family, kind, protocol, _, place in places:
        listener = socket.socket(family, kind, protocol)
        try:
            if sys.platform != "win32":
                # A port that a stopped server used a moment ago can be taken again; on Windows the option means something else.
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(place)
            # Listening now, and not only later in uvicorn, makes a second server on the port fail here.
            listener.listen(2048)
            return listener
        except OSError as error:
            listener.close()
            cause = error
    reason = cause.strerror if cause else "no address"
    raise BadInputError(f"Port {port} of {host} cannot be used ({reason}). Stop what listens there, or choose another with --port.") from cause


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
