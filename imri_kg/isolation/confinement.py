"""The walls of a process that reads what strangers sent: no network, no writing, no new process, little time and memory.

Called by the workers of validations and of queries, in two steps: the network is refused before anything is imported, the rest once all
that the work needs is loaded. Nothing here can be undone in the same process. What Python does is refused by an audit hook, which no code can remove again;
what its C libraries do is held by the limits of the system. Linux has all of these limits; macOS does not hold the size
of a process, so that a thread watches it there; Windows has none of them, and only the parent's deadline holds.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

__all__ = ["MEMORY_STATUS", "PASSED", "confine", "end_after", "refuse_network", "resident_memory"]

#: The exit status of a process that needed more memory than it may have.
MEMORY_STATUS = 74
#: All that a worker gets of its parent's environment: our settings, and what finding files and libraries rests on.
PASSED = (
    "IMRI_KG_BASE", "IMRI_KG_CACHE", "IMRI_KG_DATA", "IMRI_KG_DEBUG",
    "HOME", "XDG_CACHE_HOME", "TMPDIR", "TEMP", "TMP", "LOCALAPPDATA", "USERPROFILE", "SYSTEMROOT",
    "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH",
)  # fmt: skip
#: Seconds beyond the parent's deadline after which the system ends a process whose parent is gone.
_GRACE = 5
#: Room for address space that is only set aside (stacks and heaps of threads), which is not memory in use.
_SET_ASIDE = 256 << 20
#: Files that may be open beside those that already are.
_MORE_FILES = 16
_WATCHED_SECONDS = 0.02
_NETWORK = ("socket.", "urllib.", "http.", "ftplib.", "smtplib.")
_SYSTEM = ("os.", "subprocess.", "shutil.", "tempfile.", "pty.", "sqlite3.", "webbrowser.", "ctypes.dlopen")
_HARMLESS = frozenset({"os.listdir", "os.scandir", "os.walk", "os.fwalk"})
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def refuse_network(work: str = "files are validated") -> None:
    """Refuse every socket, name look-up and request of this process from now on.

    What is refused raises PermissionError where it was tried. `work` says in the message what goes on meanwhile.
    """

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(_NETWORK):
            raise PermissionError(f"The network is not asked while {work} ({event}).")

    sys.addaudithook(hook)


def confine(*, seconds: float | None, memory: int, readable: Iterable[str | os.PathLike[str]] = (), debugging: bool = False,
            more_files: int = _MORE_FILES, work: str = "files are validated") -> None:  # fmt: skip
    """Give this process its limits; they count from this moment.

    Args:
        seconds: time that the work may take, of the clock and of one processor, with some grace: the parent's deadline comes first.
            None for a process that does many works, each with a time of its own (`end_after`).
        memory: bytes that the work may take beside what the process has already.
        readable: folders that may be read beside those that Python imports from.
        debugging: whether errors may be written to a file where standard error leads to one.
        more_files: files and sockets that may be opened beside those that are open; with 0 no library, in whatever language, can open one.
        work: what goes on, for messages.
    """
    # The system tells both in files that are out of reach once reading is confined.
    resident, size = resident_memory(), _address_space()
    _refuse_system([*map(os.fspath, readable), *filter(None, sys.path), os.path.dirname(os.__file__)], work)
    try:
        import resource
    except ImportError:
        return
    if resident is not None:
        threading.Thread(target=_watch, args=(resident, resident() + memory), name="memory", daemon=True).start()
    _limit(resource.RLIMIT_CORE, 0)
    if not debugging:
        _limit(resource.RLIMIT_FSIZE, 0)
    free = os.dup(2)
    os.close(free)
    _limit(resource.RLIMIT_NOFILE, free + more_files)
    if size is not None:
        _limit(resource.RLIMIT_AS, size + memory + _SET_ASIDE)
    if seconds is None:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    # Where the limit that warns and the one that kills are the same, the system kills without telling why.
    _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime + seconds) + _GRACE, 1)
    # The system ends the process by itself, even while a pattern is matched and no Python runs.
    for number in (signal.SIGALRM, signal.SIGXCPU):
        signal.signal(number, signal.SIG_DFL)
    end_after(seconds)


def end_after(seconds: float) -> None:
    """Have the system end this process after so many seconds and some grace, should its parent be gone by then; 0 calls it off."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE if seconds else 0)


def _limit(kind: int, most: int, beyond: int = 0) -> None:
    import resource

    _, hard = resource.getrlimit(kind)
    wanted, last = (n if hard == resource.RLIM_INFINITY else min(n, hard) for n in (most, most + beyond))
    try:
        resource.setrlimit(kind, (wanted, last))
    except (ValueError, OSError):
        # macOS knows some limits by name only.
        return


def _refuse_system(folders: Iterable[str], work: str) -> None:
    """Refuse to start a process, to change a file, and to read one outside of some folders."""
    roots = tuple({_real(folder).rstrip(os.sep) + os.sep for folder in folders})

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            # A number is a file that is open already.
            if isinstance(path, int):
                return
            if isinstance(flags, int) and flags & _WRITING:
                raise PermissionError(f"Nothing is written while {work}.")
            if not _real(os.fsdecode(path)).startswith(roots):
                raise PermissionError(f"Nothing but the files of imri-kg is read while {work}.")
        elif event.startswith(_SYSTEM) and event not in _HARMLESS:
            raise PermissionError(f"The system is not called while {work} ({event}).")

    sys.addaudithook(hook)


def _real(path: str) -> str:
    return os.path.normcase(os.path.realpath(path))


def _watch(resident: Callable[[], int], most: int) -> None:
    """End the process when it has grown too big.

    The system's own limit is wider; where it is met, an allocation fails, and not all code that meets a failed allocation passes it on.
    """
    while resident() <= most:
        time.sleep(_WATCHED_SECONDS)
    os._exit(MEMORY_STATUS)


def resident_memory() -> Callable[[], int] | None:
    """Return a function that tells how many bytes of memory the process has, or None where the system does not say."""
    try:
        # The file stays open, for it cannot be opened once reading is confined.
        file = os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        try:
            import resource
        except ImportError:
            return None
        # macOS counts bytes, all others kibibytes.
        unit = 1 if sys.platform == "darwin" else 1024
        return lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    page = os.sysconf("SC_PAGE_SIZE")
    return lambda: int(os.pread(file, 100, 0).split()[1]) * page


def _address_space() -> int | None:
    """Return the bytes of address space that the process has, or None where the system does not say."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return None
