"""What the library does to the file system: whole files, folders that survive a power cut, one switch, one lock.

Called by `generations` alone. It knows neither datasets nor tables, and removes nothing that it was not told to.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from imri_kg.errors import LibraryBusyError, LibraryError
from imri_kg.resources import user_folder

__all__ = ["library_folder", "locked", "replace_file", "sync_folder", "told", "write_file"]

#: How long an import waits for another one, in seconds; a change takes a fraction of one.
WAIT = 20.0
_LOCK = "lock"
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP}
_REASONS = {
    errno.ENOSPC: ("the disk is full", "Free some space"),
    errno.EDQUOT: ("your share of the disk is used up", "Free some space"),
    errno.EROFS: ("its file system can only be read", "Set IMRI_KG_LIBRARY to a folder that can be written to"),
    errno.EACCES: ("you have no permission for that", "Set IMRI_KG_LIBRARY to a folder of your own, or have the permission changed"),
    errno.EPERM: ("you have no permission for that", "Set IMRI_KG_LIBRARY to a folder of your own, or have the permission changed"),
    errno.EEXIST: ("a file stands where a folder is needed", "Move the file away, or set IMRI_KG_LIBRARY to another folder"),
    errno.ENOTDIR: ("a file stands where a folder is needed", "Move the file away, or set IMRI_KG_LIBRARY to another folder"),
    errno.EMFILE: ("too many files are open", "Close some programs"),
    errno.ENAMETOOLONG: ("a name is too long for its file system", "Set IMRI_KG_LIBRARY to a folder with a shorter path"),
}


def library_folder() -> Path:
    """Return the folder of the library: `IMRI_KG_LIBRARY`, or `imri-kg/library` in the user's data folder.

    Raises:
        LibraryError: the user has no home, and the setting is empty. Nobody's data are put into a temporary folder.
    """
    named = os.environ.get("IMRI_KG_LIBRARY")
    if named:
        return Path(named)
    try:
        return user_folder("data") / "library"
    except RuntimeError as error:
        raise LibraryError("There is no home folder to keep a library in. Set IMRI_KG_LIBRARY to a folder of your own.") from error


@contextmanager
def told(folder: Path, doing: str) -> Iterator[None]:
    """Turn what the system says into a sentence.

    Raises:
        LibraryError: why the library could not be read or written, that it holds what it held, and what to do.
    """
    try:
        yield
    except OSError as error:
        what, advice = _REASONS.get(error.errno or 0, (error.strerror or str(error), "Mend that"))
        kept = " It holds what it held before." if doing == "written" else ""
        raise LibraryError(f"The library in {folder} could not be {doing}: {what}.{kept} {advice} and try again.") from error


def write_file(file: Path, data: bytes) -> None:
    """Write a new file down to the disk."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder down to the disk, where the system can do that."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        # Some file systems keep no such promise for folders, and say so.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise
    finally:
        os.close(handle)


def replace_file(file: Path, data: bytes) -> None:
    """Give a file another content in one step: whoever reads it finds the old or the new one."""
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    try:
        write_file(temporary, data)
        os.replace(temporary, file)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


@contextmanager
def locked(folder: Path, wait: float = WAIT) -> Iterator[None]:
    """Hold the lock of a folder. The system takes it back from a process that dies, so that it is never left behind.

    Raises:
        LibraryBusyError: another process holds it for longer than `wait` seconds.
        LibraryError: the file system has no locks.
    """
    file = folder / _LOCK
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        end = time.monotonic() + wait
        while not _take(handle, folder):
            if time.monotonic() > end:
                raise LibraryBusyError(str(folder), _holder(file))
            time.sleep(0.02)
        with suppress(OSError):
            # Only for the message to those who wait.
            os.ftruncate(handle, 0)
            os.write(handle, str(os.getpid()).encode())
        yield
    finally:
        os.close(handle)


def _take(handle: int, folder: Path) -> bool:
    try:
        if os.name == "nt":
            import msvcrt

            # Far behind the text of the file, which others must be able to read.
            os.lseek(handle, 1 << 30, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
            os.lseek(handle, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _NO_LOCKS:
            raise LibraryError(
                f"The file system of {folder} has no locks, so two imports could lose what one of them brings. Set IMRI_KG_LIBRARY to a folder on a disk of this machine."
            ) from error
        return False
    return True


def _holder(file: Path) -> str:
    try:
        text = file.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
    return text if text.isdigit() else ""
