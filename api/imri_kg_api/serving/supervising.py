"""Several processes that answer on one socket, and the one that watches over them: a worker that died is replaced.

Called by the server. The supervisor answers no request. It tells its workers through a pipe to open the graph anew or to stop; a worker whose
pipe ends stops too, so that none outlives its supervisor. uvicorn's own supervisor is not used: it takes the application by its
name, and restarts every worker where here only the graph changes.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from types import FrameType
from typing import Any

from imri_kg.errors import BadInputError, ImriError
from imri_kg.graph import KnowledgeGraph
from imri_kg_api.serving import metrics, observing
from imri_kg_api.serving.releases import open_kept, open_present
from imri_kg_api.serving.renewing import Watch, build_aside
from imri_kg_api.serving.working import Server, Terminal, work
from imri_kg_api.settings import Settings

__all__ = ["supervise"]

_UP, _RENEW, _STOP = b"up", b"renew", b"stop"
_POLL_SECONDS = 0.2
#: Seconds that a worker gets beyond its grace before it is killed.
_MORE_SECONDS = 5
#: A worker that dies sooner than this after its start is replaced only after a pause, twice as long each time.
_SETTLED_SECONDS = 10
_LONGEST_PAUSE = 30.0
_WINDOWS = os.name == "nt"


def supervise(graph: KnowledgeGraph, settings: Settings, listener: socket.socket, up: Callable[[], None]) -> None:
    """Keep the workers running until the process is told to stop.

    Args:
        graph: the present release, which shows that it can be opened; workers open it again.
        settings: the settings of the server.
        listener: a socket that listens; the workers share it.
        up: called when all workers answer.

    Raises:
        BadInputError: no worker could be started.
        SnapshotError: an old release is damaged.
    """
    # What is wrong is told here, once, and not by every worker.
    open_kept(settings.snapshot, lambda old: old.release)
    del graph
    folder = tempfile.mkdtemp(prefix="imri-kg-metrics-") if settings.metrics != "off" else None
    if folder:
        os.environ[metrics.FOLDER_VARIABLE] = folder
    try:
        _Supervisor(settings, listener).run(up)
    finally:
        if folder:
            os.environ.pop(metrics.FOLDER_VARIABLE, None)
            shutil.rmtree(folder, ignore_errors=True)


class _Worker:
    """A process that answers, seen from its supervisor."""

    def __init__(self, settings: Settings, listener: socket.socket) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, other = context.Pipe()
        self.process = context.Process(target=_work, args=(settings, listener, other), name="imri-kg-worker")
        self.process.start()
        # Only the worker holds the other end now, so that the pipe ends with it.
        other.close()
        self.started = time.monotonic()
        self.up = False

    def hear(self) -> None:
        """Read what the worker told."""
        try:
            while self.pipe.poll():
                self.up = self.pipe.recv_bytes() == _UP or self.up
        except (EOFError, OSError):
            return

    def tell(self, word: bytes) -> None:
        """Tell the worker something; one that has ended hears nothing."""
        try:
            self.pipe.send_bytes(word)
        except OSError:
            return

    def close(self) -> None:
        """Let go of a worker that has ended."""
        self.process.join()
        self.pipe.close()
        if os.environ.get(metrics.FOLDER_VARIABLE) and self.process.pid:
            metrics.forget_worker(self.process.pid)


class _Supervisor:
    def __init__(self, settings: Settings, listener: socket.socket) -> None:
        self._settings, self._listener = settings, listener
        self._workers: list[_Worker] = []
        self._stop = self._kill = False
        self._renew = threading.Event()
        self._building: threading.Thread | None = None
        self._watch = Watch(settings.watch) if settings.watch else None
        self._terminal = Terminal()
        self._pause = 0.0
        self._not_before = 0.0

    def run(self, up: Callable[[], None]) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_stop)
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, self._on_hangup)
        try:
            self._workers = [_Worker(self._settings, self._listener) for _ in range(self._settings.workers)]
            told = False
            while not self._stop:
                wait([*(w.process.sentinel for w in self._workers), *(w.pipe for w in self._workers if not w.up)], timeout=_POLL_SECONDS)
                for worker in self._workers:
                    worker.hear()
                if not told and len(self._workers) == self._settings.workers and all(w.up for w in self._workers):
                    told = True
                    up()
                self._replace_the_dead(told)
                self._look()
        finally:
            self._end()

    def _on_stop(self, number: int, frame: FrameType | None) -> None:
        # Told twice, it does not wait for requests.
        self._kill, self._stop = self._stop, True

    def _on_hangup(self, number: int, frame: FrameType | None) -> None:
        if self._terminal.lost:
            self._stop = True
        else:
            self._renew.set()

    def _replace_the_dead(self, told: bool) -> None:
        now = time.monotonic()
        for worker in [w for w in self._workers if not w.process.is_alive()]:
            self._workers.remove(worker)
            worker.close()
            if self._stop:
                continue
            if not told:
                raise BadInputError(f"A worker ended before it answered anything (exit status {worker.process.exitcode}); what it said stands above.")
            observing.announce(f"worker {worker.process.pid} ended with {worker.process.exitcode} and is replaced", problem=True)
            self._pause = 0.0 if now - worker.started > _SETTLED_SECONDS else min(_LONGEST_PAUSE, 2 * self._pause or 0.5)
            self._not_before = now + self._pause
        if len(self._workers) < self._settings.workers and now >= self._not_before and not self._stop:
            self._workers.append(_Worker(self._settings, self._listener))

    def _look(self) -> None:
        if self._watch is not None and self._watch.due() and self._watch.changed():
            self._renew.set()
        if self._renew.is_set() and (self._building is None or not self._building.is_alive()):
            self._renew.clear()
            self._building = threading.Thread(target=self._tell_all, name="building", daemon=True)
            self._building.start()

    def _tell_all(self) -> None:
        """Build once for all workers, and have them open the graph."""
        try:
            build_aside()
        except ImriError as error:
            observing.announce(f"the graph was not built, and the present release still answers: {error}", problem=True)
            return
        for worker in list(self._workers):
            worker.tell(_RENEW)

    def _end(self) -> None:
        for worker in self._workers:
            worker.tell(_STOP)
        deadline = time.monotonic() + self._settings.drain_seconds + self._settings.grace_seconds + _MORE_SECONDS
        while any(w.process.is_alive() for w in self._workers) and time.monotonic() < deadline and not self._kill:
            wait([w.process.sentinel for w in self._workers if w.process.is_alive()], timeout=_POLL_SECONDS)
        for worker in self._workers:
            if worker.process.is_alive():
                worker.process.kill()
            worker.close()


def _work(settings: Settings, listener: socket.socket, pipe: Connection) -> None:
    """Be a worker; the process begins here."""
    # Signals are the supervisor's: a terminal sends Ctrl+C to all processes at once.
    for number in (signal.SIGINT, *((signal.SIGHUP,) if hasattr(signal, "SIGHUP") else ())):
        signal.signal(number, signal.SIG_IGN)
    observing.configure(settings.log_format, requests=settings.access_log)

    def listen(server: Server) -> None:
        threading.Thread(target=_obey, args=(server, pipe), name="supervisor", daemon=True).start()

    try:
        work(open_present(settings), settings, listener, lambda: pipe.send_bytes(_UP), control=listen)
    except KeyboardInterrupt:
        pass
    except ImriError as error:
        observing.announce(str(error), problem=True)
        raise SystemExit(2) from None


def _obey(server: Any, pipe: Connection) -> None:
    """Do what the supervisor says; stop when it is gone."""
    while True:
        try:
            word = pipe.recv_bytes()
        except (EOFError, OSError):
            word = _STOP
        if word == _STOP:
            server.stop()
            return
        server.renew()
