"""What a server takes of the machine: memory, descriptors and processes of its process and of all below it.

Called by the measurements of the server. Needs psutil, which is imported when it is first used.
"""

from __future__ import annotations

import threading
import time
from typing import Any, NamedTuple

from benchmarks.servers import load_package

__all__ = ["Reading", "Sampler", "read_processes"]

_MIB = 1 << 20


class Reading(NamedTuple):
    """One look at a server. Memory is the resident set in MiB; `second` counts from the first look."""

    second: float
    parent: float
    children: float
    descriptors: int
    children_descriptors: int
    processes: int
    threads: int
    zombies: int

    @property
    def memory(self) -> float:
        """Memory of all processes, in MiB; pages that they share count for each of them."""
        return self.parent + self.children


def read_processes(process: int, second: float = 0.0) -> Reading:
    """Look at a process and all below it.

    Raises:
        MissingToolError: psutil is not installed.
        ProcessLookupError: the process has ended.
    """
    psutil: Any = load_package("psutil")
    try:
        parent = psutil.Process(process)
        children = parent.children(recursive=True)
        own, open_files, threads = parent.memory_info().rss, parent.num_fds() if hasattr(parent, "num_fds") else parent.num_handles(), parent.num_threads()
    except psutil.NoSuchProcess as error:
        raise ProcessLookupError(f"process {process} has ended") from error
    memory = descriptors = zombies = 0
    for child in children:
        try:
            if child.status() == psutil.STATUS_ZOMBIE:
                zombies += 1
                continue
            memory += child.memory_info().rss
            descriptors += child.num_fds() if hasattr(child, "num_fds") else child.num_handles()
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            # It ended between two looks.
            continue
    return Reading(round(second, 1), own / _MIB, memory / _MIB, open_files, descriptors, 1 + len(children), threads, zombies)


class Sampler:
    """Looks at a process in a thread of its own, again and again, until it is closed or the process ends.

    Args:
        process: number of the process.
        seconds: time between two looks.
    """

    def __init__(self, process: int, seconds: float) -> None:
        load_package("psutil")
        self.readings: list[Reading] = []
        #: Whether the process ended while it was looked at.
        self.ended = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look, args=(process, seconds), name="sampler", daemon=True)
        self._thread.start()

    def _look(self, process: int, seconds: float) -> None:
        begin = time.monotonic()
        while True:
            try:
                self.readings.append(read_processes(process, time.monotonic() - begin))
            except ProcessLookupError:
                self.ended = True
                return
            if self._stop.wait(seconds):
                return

    def __enter__(self) -> Sampler:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
