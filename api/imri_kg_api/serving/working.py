"""One process that answers: it runs uvicorn, opens the graph anew when told to, and stops when its requests are done.

Called by the server for a single process, and by the supervisor inside each of several.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from types import FrameType

import uvicorn

from imri_kg.errors import ImriError
from imri_kg.graph import KnowledgeGraph
from imri_kg_api.serving import observing
from imri_kg_api.serving.protocol import protocol_of
from imri_kg_api.serving.releases import Generation, Releases, open_kept
from imri_kg_api.serving.renewing import Renewal, Watch
from imri_kg_api.serving.service import Service
from imri_kg_api.settings import Settings

__all__ = ["Server", "Terminal", "work"]

#: uvicorn looks every tenth of a second whether it shall stop.
_TICKS_A_SECOND = 10
#: Files that a server has open beside its connections.
_OTHER_FILES = 256


def work(graph: KnowledgeGraph, settings: Settings, listener: socket.socket, up: Callable[[], None], *, control: Callable[[Server], None] | None = None) -> None:
    """Answer requests until the process is told to stop.

    Args:
        graph: the present release.
        settings: the settings of the server.
        listener: a socket that listens.
        up: called when requests are answered.
        control: given where another process decides when the graph is opened anew; called before the server starts.

    Raises:
        ImriError: an old release cannot be opened.
        KeyboardInterrupt: it was told to stop, and has.
    """
    _allow_files(settings.connection_limit)
    # Of an old release little is asked, so that one worker for queries is enough.
    kept = open_kept(settings.snapshot, lambda old: Generation(old, replace(settings, query_workers=1)))
    releases = Releases(Generation(graph, settings, library=settings.library), kept)
    service = Service(releases, settings, listener.getsockname()[0])
    config = uvicorn.Config(
        service, http=protocol_of(service), ws="none", lifespan="off", access_log=False, log_config=None, server_header=False,
        proxy_headers=bool(settings.proxy), forwarded_allow_ips=list(settings.proxy) or None,
        h11_max_incomplete_event_size=settings.header_limit, timeout_keep_alive=settings.keep_alive_seconds,  # type: ignore[arg-type]
        timeout_graceful_shutdown=settings.grace_seconds,  # type: ignore[arg-type]
    )  # fmt: skip
    server = Server(config, service, up, alone=control is None)
    if control is not None:
        control(server)
    try:
        server.run(sockets=[listener])
    finally:
        releases.close()


class Server(uvicorn.Server):
    """A uvicorn server that says when it is up, opens the graph anew, and can go on answering for a while after it was told to stop.

    Args:
        config: the configuration of uvicorn.
        service: the application.
        up: called when requests are answered.
        alone: whether signals and changes of the sources are looked at here, and not by a supervisor.
    """

    def __init__(self, config: uvicorn.Config, service: Service, up: Callable[[], None], *, alone: bool) -> None:
        super().__init__(config)
        self._service, self._up, self._alone = service, up, alone
        self._renewal = Renewal(service)
        self._watch = Watch(service.settings.watch) if alone and service.settings.watch else None
        self._stop_at: float | None = None
        self._renew = threading.Event()
        self._terminal = Terminal()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        # Queries need their workers a few seconds later than the rest is there; until then the server is not ready, but it answers.
        asyncio.get_running_loop().run_in_executor(None, self._start_queries)
        await super().startup(sockets)
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, self._on_hangup if self._alone else signal.SIG_IGN)
        self._up()

    def _start_queries(self) -> None:
        try:
            self._service.releases.present.start()
        except ImriError as error:
            observing.announce(f"no worker for queries could be started: {error}", problem=True)

    def renew(self) -> None:
        """Have the graph opened anew; any thread may ask for it."""
        self._renew.set()

    def _on_hangup(self, number: int, frame: FrameType | None) -> None:
        if self._terminal.lost:
            self.should_exit = True
        else:
            self._renew.set()

    def stop(self) -> None:
        """Have the server stop as if it had been sent a signal; any thread may ask for it."""
        self.should_exit = True

    async def on_tick(self, counter: int) -> bool:
        """Do what is due; says whether to stop now."""
        if self._renew.is_set() and not self._renewal.running:
            self._renew.clear()
            self._renewal.start()
        if counter % _TICKS_A_SECOND == 0:
            self._service.refresh()
            if self._watch is not None and self._watch.due():
                asyncio.get_running_loop().run_in_executor(None, self._look)
        leave = await super().on_tick(counter)
        return leave and self._drained()

    def _look(self) -> None:
        if self._watch is not None and self._watch.changed():
            self._renew.set()

    def _drained(self) -> bool:
        """Say whether the time is over in which a server that was told to stop still answers, but no longer calls itself ready."""
        if self._stop_at is None:
            self._service.releases.standing.draining = True
            self._stop_at = time.monotonic() + self._service.settings.drain_seconds
            if self._service.settings.drain_seconds:
                observing.announce(f"stopping in {self._service.settings.drain_seconds:g} seconds")
        return self.force_exit or time.monotonic() >= self._stop_at


class Terminal:
    """The terminal that the process was started in, if any. Its end sends the signal that otherwise asks for a new release (SIGHUP)."""

    def __init__(self) -> None:
        # A shell that starts a server with nohup has that signal ignored, so that the server outlives the terminal.
        outlived = hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        self._had = not outlived and self._is_there()

    @property
    def lost(self) -> bool:
        """Whether it was closed, and with it whoever started the server there."""
        return self._had and not self._is_there()

    @staticmethod
    def _is_there() -> bool:
        if sys.platform == "win32":
            return False
        try:
            os.close(os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY))
        except OSError:
            return False
        return True


def _allow_files(connections: int) -> None:
    """Have the system allow as many files as connections need, as far as it lets a process ask for more."""
    try:
        import resource
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
