"""Opens the graph anew while a server answers: built in another process, warmed in a thread, then put in place at once.

Called by the server when it is told to (SIGHUP) or sees that the sources have changed. Where anything fails, the present release stays.
"""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
import time

from imri_kg import resources
from imri_kg.errors import ImriError, SnapshotError
from imri_kg.snapshot import is_built, sources_digest
from imri_kg_api.serving import observing
from imri_kg_api.serving.releases import Generation, open_present
from imri_kg_api.serving.service import Service

__all__ = ["Renewal", "Watch", "build_aside"]

#: Seconds that a build may take; it takes a few.
_BUILD_SECONDS = 600
_log = logging.getLogger("imri_kg_api.server")


class Renewal:
    """The change from one release to the next, one at a time."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._task: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        """Whether a graph is being opened."""
        return self._task is not None and not self._task.done()

    def start(self) -> None:
        """Begin; requests are answered meanwhile."""
        self._task = asyncio.get_running_loop().create_task(self._renew())

    async def _renew(self) -> None:
        before = self._service.releases.present.release
        try:
            generation = await asyncio.to_thread(self._open)
        except Exception as error:
            foreseen = isinstance(error, ImriError)
            _log.error(
                "the graph was not opened anew, and release %s still answers: %s%s", before, "" if foreseen else f"{type(error).__name__}: ", error,
                exc_info=not foreseen and bool(os.environ.get("IMRI_KG_DEBUG")),
            )  # fmt: skip
            outcome = "failed"
        else:
            self._service.releases.replace(generation)
            observing.announce(f"release {generation.release} answers" + (", as before" if generation.release == before else f" instead of {before}"))
            outcome = "done"
        if self._service.metrics is not None:
            self._service.metrics.switched(outcome)

    def _open(self) -> Generation:
        settings = self._service.settings
        build_aside()
        generation = Generation(open_present(settings), settings, library=settings.library)
        try:
            generation.start()
        except BaseException:
            generation.close()
            raise
        return generation


class Watch:
    """Looks whether the source files have changed, and waits until they have settled.

    Args:
        seconds: time between two looks.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._next = time.monotonic() + seconds
        self._served = self._seen = self._digest()

    def due(self) -> bool:
        """Say whether it is time for a look."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + self._seconds
        return True

    def changed(self) -> bool:
        """Say whether the files differ from those that were last told, and were the same at the last two looks: nobody is saving them."""
        before, self._seen = self._seen, self._digest()
        if not self._seen or self._seen != before or self._seen == self._served:
            return False
        self._served = self._seen
        return True

    @staticmethod
    def _digest() -> str:
        try:
            return sources_digest(resources.data_root())
        except (OSError, SnapshotError):
            # A file that is being replaced can be away for a moment.
            return ""


def build_aside() -> None:
    """Build the snapshot of the present sources in a process of its own, where there is none; in this one it would hold up requests.

    Raises:
        SnapshotError: the sources hold faults, or the build did not end.
    """
    if is_built():
        return
    command = [sys.executable, "-m", "imri_kg", "build"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace", timeout=_BUILD_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SnapshotError(f"The build could not be run: {error}") from error
    if done.returncode:
        raise SnapshotError(done.stderr.strip().removeprefix("imri-kg: ") or f"The build ended with {done.returncode}.")
