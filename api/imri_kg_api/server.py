"""Runs the application in this process; the command `serve` calls it.

The address is taken before anything else, so that a port in use is told in one line. uvicorn does the rest.
"""

from __future__ import annotations

import signal
import socket
import sys
from types import FrameType

import uvicorn

from imri_kg.errors import BadInputError
from imri_kg.graph import KnowledgeGraph
from imri_kg_api.app import PREFIX, create_app

__all__ = ["run"]

#: Seconds that running requests get after the server was told to stop.
_GRACE = 10
_EXAMPLES = (
    ("a mapping", f"{PREFIX}/mappings?subject=imri:B1&object_framework=chime"),
    ("a crosswalk", f"{PREFIX}/crosswalks/imri/chime?format=md"),
    ("an explanation", f"{PREFIX}/explain?subject=logic:M3&object=chime:I"),
)


class _Server(uvicorn.Server):
    """A uvicorn server that says where it listens once it does."""

    def __init__(self, config: uvicorn.Config, address: str) -> None:
        super().__init__(config)
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(f"imri-kg answers at {self._address}  (Ctrl+C stops it)")
        for name, path in _EXAMPLES:
            print(f"  {name + ':':16}{self._address}{path}")
        print(f"  {'all addresses:':16}{self._address}/docs", flush=True)


def run(graph: KnowledgeGraph, host: str, port: int, *, library: bool = False) -> None:
    """Serve a graph until the process is told to stop (SIGINT, SIGTERM); running requests are finished first.

    Args:
        graph: the graph to answer from.
        host: name or address to listen on.
        port: port to listen on; 0 takes a free one.
        library: whether the cases of the user's library are shown.

    Raises:
        BadInputError: the host or port cannot be listened on.
    """
    with _listen(host, port) as listener:
        address = _address(listener)
        # uvicorn raises the signal again once it has stopped; to have been told to stop is no failure.
        signal.signal(signal.SIGTERM, _leave)
        app = create_app(graph, library=library)
        config = uvicorn.Config(
            app, access_log=False, log_level="warning", server_header=False, timeout_graceful_shutdown=_GRACE, lifespan="off"
        )
        try:
            _Server(config, address).run(sockets=[listener])
        except KeyboardInterrupt:
            pass
        finally:
            app.state.validations.close()
    print("imri-kg has stopped.", flush=True)


def _leave(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


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
