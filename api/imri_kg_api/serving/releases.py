"""The releases that one server answers from: the present one, which can be replaced while requests run, and old ones that are kept.

Each release has an application of its own, so that a request that began in one release ends in it: no answer is mixed. A release that was
replaced is closed when its last request has ended.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from fastapi import FastAPI

from imri_kg.errors import BadInputError
from imri_kg.graph import KnowledgeGraph, open_graph
from imri_kg.snapshot import open_folder
from imri_kg_api.app import create_app
from imri_kg_api.settings import Settings

__all__ = ["Generation", "Releases", "Standing", "open_kept", "open_present"]

T = TypeVar("T")
_log = logging.getLogger("imri_kg_api.server")


class Standing:
    """Whether this server takes requests; shared by the applications of all releases."""

    def __init__(self) -> None:
        self.draining = False


class Generation:
    """An application with its graph, and how many requests it is answering."""

    def __init__(self, graph: KnowledgeGraph, settings: Settings, *, library: bool = False) -> None:
        self.app: FastAPI = create_app(graph, library=library, settings=settings)
        self.release = graph.release
        self._lock = threading.Lock()
        self._running = 0
        self._retired = False
        self._closed = False

    @property
    def running(self) -> int:
        """The requests that it is answering."""
        return self._running

    def stats(self) -> dict[str, int]:
        """Return the figures of its query workers."""
        found: dict[str, int] = self.app.state.queries.stats()
        return found

    @contextmanager
    def held(self) -> Iterator[FastAPI]:
        """Keep the application open for the time of a request."""
        with self._lock:
            self._running += 1
        try:
            yield self.app
        finally:
            with self._lock:
                self._running -= 1
                last = self._retired and not self._running
            if last:
                self._close_aside()

    def start(self) -> None:
        """Start its query workers and wait for them, so that no query need.

        Raises:
            SnapshotError: one cannot be started.
        """
        self.app.state.queries.start()

    def retire(self) -> None:
        """Close it as soon as no request needs it."""
        with self._lock:
            self._retired = True
            last = not self._running
        if last:
            self._close_aside()

    def _close_aside(self) -> None:
        # To end processes takes a while, and the thread that calls this answers requests.
        threading.Thread(target=self.close, name="closing", daemon=True).start()

    def close(self) -> None:
        """End the processes that work for it. Closing it twice is no fault."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        for pool in (self.app.state.validations, self.app.state.queries):
            try:
                pool.close()
            except Exception as error:
                _log.error("%s of release %s could not be closed: %s: %s", type(pool).__name__, self.release, type(error).__name__, error)


class Releases:
    """All releases of a server."""

    def __init__(self, present: Generation, kept: Mapping[str, Generation] | None = None) -> None:
        self._present = present
        self._kept = dict(kept or {})
        self.standing = Standing()
        for generation in (present, *self._kept.values()):
            self._adopt(generation)

    @property
    def present(self) -> Generation:
        """The release that answers where no other is named."""
        return self._present

    @property
    def names(self) -> list[str]:
        """Every release that is answered from, the present one first."""
        present = self._present.release
        return [present, *sorted(name for name in self._kept if name != present)]

    def find(self, release: str) -> Generation | None:
        """Return the application of a release."""
        present = self._present
        return present if release == present.release else self._kept.get(release)

    def replace(self, generation: Generation) -> None:
        """Let another release be the present one. Requests that run are finished by the one that they began in."""
        self._adopt(generation)
        old, self._present = self._present, generation
        if old is not generation and self._kept.get(old.release) is not old:
            old.retire()

    def close(self) -> None:
        """Close all."""
        for generation in {id(g): g for g in (self._present, *self._kept.values())}.values():
            generation.close()

    def _adopt(self, generation: Generation) -> None:
        generation.app.state.releases = self
        generation.app.state.standing = self.standing


def open_present(settings: Settings) -> KnowledgeGraph:
    """Open the graph of the present sources with the cases that the settings add.

    Raises:
        BadInputError: the case data cannot be read, or do not conform.
        ImriError: the graph cannot be opened or built.
    """
    graph = open_graph() if settings.library else open_graph().without_library()
    if settings.cases:
        found = graph.with_cases(settings.cases)
        wrong = [m for m in found.messages if m.severity == "violation"]
        if wrong:
            from imri_kg.reports.wording import one_line, plural, sentence

            listed = "".join(f"\n  {one_line(m.place)}: {sentence(m)}" for m in wrong[:20])
            raise BadInputError(f"The case data do not conform ({plural(len(wrong), 'violation')}), so nothing is served. See 'imri-kg validate'.{listed}")
    return graph


def open_kept(folders: tuple[Path, ...], make: Callable[[KnowledgeGraph], T]) -> dict[str, T]:
    """Open the old releases in some folders and make something of each; no case data of the user's own belong to them.

    Raises:
        BadInputError: two folders hold one release.
        SnapshotError: a folder holds no graph, or a damaged one.
    """
    found: dict[str, T] = {}
    places: dict[str, Path] = {}
    for folder in folders:
        graph = KnowledgeGraph(open_folder(folder)).without_library()
        if graph.release in places:
            raise BadInputError(f"{places[graph.release]} and {folder} both hold release {graph.release}; name one of them with --snapshot.")
        places[graph.release] = folder
        found[graph.release] = make(graph)
    return found
