"""The library on disk: generations that are written whole or not at all and never changed, and one file that says which is the present one.

A generation is a folder `generations/<number>` with the tables and statements of every dataset and a manifest with their digests. A change
writes the next one under a temporary name, renames it, and then replaces the file `current`: killed at any moment, the library holds what it
held or what it was to hold. Called by the library; it knows no table and imports nothing heavy.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from imri_kg.errors import LibraryDamagedError, LibraryError
from imri_kg.library import disk
from imri_kg.library.model import LibraryDataset, NewDataset

__all__ = ["KEPT", "Generation", "Generations"]

#: Raise when the layout of a generation changes.
FORMAT = 1
#: How many generations are kept, and how many there are in a row of undos, the present one among them.
KEPT = 10
_CURRENT = "current"
_MANIFEST = "manifest.json"
_TEMPORARY = ".writing-"
#: Of what was never a change: a library without datasets, before the first import.
_START = "start"
_UNDO = "Go back to the last generation that is whole with 'imri-kg import --undo'."


@dataclass(frozen=True, slots=True)
class Generation:
    """A state of the library: its datasets by id, the digests of its files, what made it, and the generation before that."""

    number: int
    datasets: dict[str, LibraryDataset] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    action: str = _START
    before: int | None = None

    def owned(self, dataset: LibraryDataset) -> dict[str, str]:
        """Return the files of a dataset with their digests."""
        return {n: d for n, d in self.files.items() if n == f"datasets/{dataset.slug}.nq" or n.startswith(f"datasets/{dataset.slug}/")}

    def manifest(self) -> bytes:
        """Return the manifest, which ends with the digest of all that stands before."""
        said = {
            "format": FORMAT,
            "generation": self.number,
            "action": self.action,
            "before": self.before,
            "datasets": [d.to_json() for _, d in sorted(self.datasets.items())],
            "files": dict(sorted(self.files.items())),
        }
        return (json.dumps({**said, "digest": _digest(said)}, indent=1) + "\n").encode()


class Generations:
    """The generations below a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def _place(self) -> Path:
        return self.folder / "generations"

    # ------------------------------------------------------------ reading

    def current(self) -> Generation:
        """Return the present state; where no import was ever made, one without datasets.

        Raises:
            LibraryDamagedError: it cannot be told what the present state is.
            LibraryError: the folder cannot be read.
        """
        with disk.told(self.folder, "read"):
            try:
                text = (self.folder / _CURRENT).read_text(encoding="ascii", errors="replace").strip()
            except FileNotFoundError:
                # A first import that was killed leaves at most the beginning, in which nothing is; one that goes on now may have just ended.
                if not any(self.numbers()):
                    return Generation(0)
                try:
                    text = (self.folder / _CURRENT).read_text(encoding="ascii", errors="replace").strip()
                except FileNotFoundError:
                    raise LibraryDamagedError(_CURRENT, "is gone", _UNDO) from None
        if not re.fullmatch(r"[0-9]{1,12}", text):
            raise LibraryDamagedError(_CURRENT, f"says {text[:20]!r} and not the number of a generation", _UNDO)
        return self.generation(int(text))

    def numbers(self) -> list[int]:
        """Return the numbers of all generations on disk, from the latest."""
        try:
            with os.scandir(self._place) as entries:
                return sorted((int(e.name) for e in entries if re.fullmatch(r"[0-9]{1,12}", e.name)), reverse=True)
        except FileNotFoundError:
            return []

    def generation(self, number: int) -> Generation:
        """Read the manifest of a generation.

        Raises:
            LibraryDamagedError: there is none, or it is not what was written.
        """
        name = f"generations/{number}/{_MANIFEST}"
        with disk.told(self.folder, "read"):
            try:
                found = json.loads((self._place / str(number) / _MANIFEST).read_bytes())
                digest = found.pop("digest")
                if digest != _digest(found) or found.get("generation") != number:
                    raise LibraryDamagedError(name, "is not what was written", _UNDO)
                if found["format"] != FORMAT:
                    raise LibraryError(f"{name} in the library has the format {found['format']}; this version reads {FORMAT}. Use the version of imri-kg that wrote it.")
                datasets = [LibraryDataset.from_json(d) for d in found["datasets"]]
                return Generation(found["generation"], {d.id: d for d in datasets}, found["files"], found["action"], found["before"])
            except FileNotFoundError as error:
                raise LibraryDamagedError(name, "is gone", _UNDO) from error
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise LibraryDamagedError(name, "is not what was written", _UNDO) from error

    def read(self, state: Generation, name: str) -> bytes:
        """Return a file of a generation.

        Raises:
            LibraryDamagedError: the file is not what was written.
        """
        shown = f"generations/{state.number}/{name}"
        advice = f"{_UNDO} Or remove the dataset, or import its tables again with --replace."
        with disk.told(self.folder, "read"):
            try:
                data = (self._place / str(state.number) / name).read_bytes()
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
                raise LibraryDamagedError(shown, "is gone", advice) from error
        if hashlib.sha256(data).hexdigest() != state.files[name]:
            raise LibraryDamagedError(shown, "is not what was written", advice)
        return data

    # ------------------------------------------------------------ writing

    @contextmanager
    def changing(self, wait: float = disk.WAIT) -> Iterator[None]:
        """Hold the library for a change, so that no other import comes between reading its state and writing the next one.

        Raises:
            LibraryBusyError: another process changes it.
            LibraryError: the folder cannot be made or written.
        """
        with disk.told(self.folder, "written"):
            self.folder.parent.mkdir(parents=True, exist_ok=True)
            # Case data are nobody else's business.
            self.folder.mkdir(mode=0o700, exist_ok=True)
            self._place.mkdir(mode=0o700, exist_ok=True)
            with disk.locked(self.folder, wait):
                self._begin()
                yield

    def _begin(self) -> None:
        """Sweep what killed imports left, and give a new library its beginning."""
        for folder in (self._place, self.folder):
            for entry in folder.iterdir():
                # Whoever writes holds the lock, so these belong to nobody; a name with another's number is left to that one while it lives.
                if entry.name.startswith((_TEMPORARY, f".{_CURRENT}.")) and not _alive(re.sub(r"^\D+(\d*).*", r"\1", entry.name)):
                    _remove(entry)
        numbers = self.numbers()
        if not any(numbers) and not (self.folder / _CURRENT).exists():
            for number in numbers:
                self._discard(number)
            self._write(Generation(0), ())

    def commit(self, action: str, before: int | None, keep: Generation, kept: Sequence[LibraryDataset], new: Sequence[NewDataset] = ()) -> Generation:
        """Write the next generation and make it the present one. To be called while `changing` is held.

        Args:
            action: what the change is, in a few words.
            before: the generation to which undoing the change leads.
            keep: the generation that has the datasets which stay.
            kept: those datasets.
            new: the datasets that come.

        Returns:
            The new generation.

        Raises:
            LibraryDamagedError: a file of a dataset that stays is not what was written.
        """
        numbers = self.numbers()
        with suppress(LibraryDamagedError):
            # A generation behind the present one was never made that: its import was killed.
            present = self.current().number
            for number in [n for n in numbers if n > present]:
                self._discard(number)
                numbers.remove(number)
        datasets = {d.id: d for d in (*kept, *(n.dataset for n in new))}
        state = Generation(max(numbers, default=0) + 1, datasets, {}, action, before)
        # One file after the other: a library can be bigger than memory.
        copied = ((name, self.read(keep, name)) for dataset in kept for name in keep.owned(dataset))
        self._write(state, chain(copied, (entry for item in new for entry in item.contents().items())))
        with suppress(OSError):
            wanted = self._undoable(state)
            for number in numbers:
                if number <= state.number - KEPT and number not in wanted:
                    self._discard(number)
        return state

    def _undoable(self, state: Generation) -> set[int]:
        """Return the generations to which undoing leads, one after the other; each undo writes one more, which must not cost another."""
        found = {state.number}
        with suppress(LibraryError):
            while len(found) < KEPT and state.before is not None and (self._place / str(state.before)).exists():
                state = self.generation(state.before)
                found.add(state.number)
        return found

    def _discard(self, number: int) -> None:
        """Remove a generation, at no moment of which a part of it could be taken for the whole."""
        aside = self._place / f"{_TEMPORARY}{os.getpid()}-{number}"
        (self._place / str(number)).rename(aside)
        _remove(aside)

    def _write(self, state: Generation, contents: Iterable[tuple[str, bytes]]) -> None:
        temporary = Path(tempfile.mkdtemp(prefix=f"{_TEMPORARY}{os.getpid()}-", dir=self._place))
        try:
            folders = {temporary}
            for name, data in contents:
                file = temporary / name
                for folder in (file.parent.parent, file.parent):
                    if folder not in folders and folder.is_relative_to(temporary):
                        folder.mkdir(mode=0o700)
                        folders.add(folder)
                disk.write_file(file, data)
                state.files[name] = hashlib.sha256(data).hexdigest()
            disk.write_file(temporary / _MANIFEST, state.manifest())
            for folder in sorted(folders, reverse=True):
                disk.sync_folder(folder)
            temporary.rename(self._place / str(state.number))
            disk.sync_folder(self._place)
        finally:
            _remove(temporary)
        disk.replace_file(self.folder / _CURRENT, f"{state.number}\n".encode())
        with suppress(OSError):
            # From here on the new state is the present one, whatever happens.
            disk.sync_folder(self.folder)


def _digest(said: Any) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _remove(entry: Path) -> None:
    if entry.is_dir() and not entry.is_symlink():
        shutil.rmtree(entry, ignore_errors=True)
    else:
        with suppress(OSError):
            entry.unlink(missing_ok=True)


def _alive(pid: str) -> bool:
    """Say whether a process lives that is not this one."""
    if not pid.isdigit() or int(pid) == os.getpid() or os.name == "nt":
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
