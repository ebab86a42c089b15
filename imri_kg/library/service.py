"""The service of the library: take datasets in that were validated, give them back as the same tables, take a change back.

Doors call it. What was not validated, or was and has violations, never enters; a change is made whole or not at all; and nothing is ever
written into the graph of the release.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from imri_kg.case_validation.vocabulary import CaseVocabulary
from imri_kg.errors import BadInputError, LibraryDamagedError, LibraryError, UnknownNameError
from imri_kg.library import disk
from imri_kg.library.generations import KEPT, Generation, Generations
from imri_kg.library.model import DatasetOutcome, Holdings, ImportResult, LibraryDataset, NewDataset
from imri_kg.library.refusing import by_dataset, judged
from imri_kg.prefixes import DEFAULT_BASE

if TYPE_CHECKING:
    from imri_kg.case_validation.service import Checked
    from imri_kg.library.preparing import Preparation

__all__ = ["Library"]

#: Endings of an export that is one file; any other name is that of a folder.
_FILES = (".xlsx", ".zip")
_BACK = "undo, back to "


class Library:
    """The datasets of one folder. Every call looks at the disk anew, so that several processes can share it."""

    def __init__(self, vocabulary: CaseVocabulary, folder: Path | None = None, *, wait: float = disk.WAIT) -> None:
        """Touch nothing yet.

        Args:
            vocabulary: the terms that cells name, and the datasets that come with the release.
            folder: where the library is; without it, the one of `library_folder()`.
            wait: how long a change waits for another process that makes one, in seconds.
        """
        self.vocabulary = vocabulary
        self.folder = _absolute(folder)
        self._generations = Generations(self.folder)
        self._wait = wait

    @cached_property
    def _preparation(self) -> Preparation:
        # Only an import needs rdflib.
        from imri_kg.library.preparing import Preparation

        return Preparation(self.vocabulary)

    # ------------------------------------------------------------ reading

    def datasets(self) -> Holdings:
        """Return the datasets by id, and what change made the library so.

        Raises:
            LibraryError: the library cannot be read; `LibraryDamagedError` where it is not what was written.
        """
        return _holdings(self._generations.current())

    def quads(self) -> bytes:
        """Return the statements of all datasets as N-Quads, each dataset in a named graph of its own, with what the rules of the build entail.

        Raises:
            LibraryDamagedError: a file is not what was written.
            LibraryError: the library cannot be read.
        """
        state = self._generations.current()
        parts = [self._generations.read(state, f"datasets/{state.datasets[name].slug}.nq") for name in sorted(state.datasets)]
        return self._rebased(b"".join(parts))

    def quads_of(self, checked: Checked) -> bytes:
        """Return what `quads` would add if validated datasets were imported; nothing is written.

        Raises:
            BadInputError: a dataset could not be imported, because of a violation or of its identifier.
            LibraryError: the library cannot be read.
        """
        found, others = by_dataset(checked.validation)
        found = judged(found, self._generations.current().datasets, self._preparation.reference, replace=False)
        new: list[NewDataset] = []
        if not _refused(found):
            found, new = self._prepared(checked, found)
        refusals = [m for m in (*others, *(m for outcome in found for m in outcome.messages)) if m.severity == "violation"]
        if refusals:
            more = f" There are {len(refusals) - 1} more violations." if len(refusals) > 1 else ""
            raise BadInputError(f"{refusals[0].place}: {refusals[0].message}{more}")
        return self._rebased(b"".join(dataset.quads for dataset in new))

    def _rebased(self, quads: bytes) -> bytes:
        if self.vocabulary.base == DEFAULT_BASE:
            return quads
        return quads.replace(f"<{DEFAULT_BASE}".encode(), f"<{self.vocabulary.base}".encode())

    def tables(self, name: str) -> dict[str, bytes]:
        """Return the tables of a dataset as CSV by file name, cell by cell as they were imported.

        Raises:
            UnknownNameError: there is no such dataset.
            LibraryDamagedError: a table is not what was written.
        """
        state = self._generations.current()
        start = f"datasets/{self._held(state, name).slug}/"
        return {file.removeprefix(start): self._generations.read(state, file) for file in sorted(state.files) if file.startswith(start)}

    def export(self, name: str, target: Path) -> list[Path]:
        """Write the tables of a dataset: a folder of CSV files, or one file where the target ends with `.xlsx` or `.zip`.

        Args:
            name: id of the dataset.
            target: where to write; nothing may stand there but an empty folder.

        Returns:
            The files that were written.

        Raises:
            UnknownNameError: there is no such dataset.
            BadInputError: the target is there already or cannot be written, or a workbook cannot hold a cell as it is.
            LibraryDamagedError: a table is not what was written.
        """
        tables = self.tables(name)
        # The folder in which one is has a name only by its whole path.
        target = Path(os.path.abspath(target))
        single = target.suffix.lower() in _FILES
        if os.path.lexists(target) and (single or not target.is_dir() or any(target.iterdir())):
            raise BadInputError(f"{target} is there already. Name {'a file' if single else 'a folder'} that is not, so that nothing is lost.")
        temporary = target.with_name(f".{target.name}.{os.getpid()}")
        content = {temporary: _as_file(tables, target, name)} if single else {temporary / file: data for file, data in tables.items()}
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if not single:
                temporary.mkdir()
            for file, data in content.items():
                disk.write_file(file, data)
            if not single and target.is_dir():
                target.rmdir()
            temporary.rename(target)
        except OSError as error:
            raise BadInputError(f"{target} cannot be written: {error.strerror or error}. Name another place.") from error
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
        return [target] if single else [target / file for file in tables]

    # ------------------------------------------------------------ changing

    def add(self, checked: Checked, *, replace: bool = False) -> ImportResult:
        """Take validated datasets in: all of them, or, where one is refused, none.

        A violation refuses a dataset, and so does an identifier that is taken. Rows with a warning enter and are listed as flagged.

        Args:
            checked: what `check_cases` returned.
            replace: whether a dataset may take the place of one with the same id.

        Returns:
            What became of each dataset, with its messages.

        Raises:
            BadInputError: the validation did not keep what it read.
            LibraryError: the library cannot be read or written, another process changes it, or it is damaged. It holds what it held.
        """
        found, others = by_dataset(checked.validation)
        found = judged(found, self._generations.current().datasets, self._preparation.reference, replace=replace)
        new: list[NewDataset] = []
        # Nobody knows what stands in a file that cannot be read, or whose dataset it is.
        blocked = not found or any(m.severity == "violation" for m in others)
        if not blocked and not _refused(found):
            found, new = self._prepared(checked, found)
        release = checked.validation.release
        if blocked or _refused(found):
            return ImportResult(tuple(found), tuple(others), None, release)
        with self._generations.changing(self._wait):
            # Another import may have come in between.
            state = self._generations.current()
            found = judged(found, state.datasets, self._preparation.reference, replace=replace)
            if _refused(found):
                return ImportResult(tuple(found), tuple(others), None, release)
            ids = {n.dataset.id for n in new}
            written = self._generations.commit(_named("import", sorted(ids)), state.number, state, [d for d in state.datasets.values() if d.id not in ids], new)
        outcomes = tuple(o._replace(outcome="replaced" if o.id in state.datasets else "added") for o in found)
        return ImportResult(outcomes, tuple(others), written.number, release)

    def _prepared(self, checked: Checked, found: list[DatasetOutcome]) -> tuple[list[DatasetOutcome], list[NewDataset]]:
        if len(checked.graphs) != len(found):
            raise BadInputError("The validation did not keep what it read, so there is nothing to import. Validate without shapes of your own, and import that.")
        prepared = list(self._preparation.prepare(checked, found))
        return [outcome for outcome, _ in prepared], [dataset for _, dataset in prepared if dataset is not None]

    def remove(self, name: str) -> Holdings:
        """Take a dataset out; undoing brings it back.

        Returns:
            What the library holds now.

        Raises:
            UnknownNameError: there is no such dataset.
            LibraryError: the library cannot be written, another process changes it, or another dataset is damaged. It holds what it held.
        """
        # Where nothing can be removed, no folder is made.
        self._held(self._generations.current(), name)
        with self._generations.changing(self._wait):
            state = self._generations.current()
            dataset = self._held(state, name)
            kept = [d for d in state.datasets.values() if d.id != dataset.id]
            return _holdings(self._generations.commit(_named("remove", [dataset.id]), state.number, state, kept))

    def undo(self) -> Holdings:
        """Go back to what the library held before its last change, and from a damaged state to the last one that is whole.

        Undoing once more goes back further, as far as states are kept.

        Returns:
            What the library holds now.

        Raises:
            LibraryError: there is no earlier state, it cannot be written, or another process changes the library. It holds what it held.
        """
        if not any(self._generations.numbers()):
            raise LibraryError("There is nothing to undo: nothing was ever imported into this library.")
        with self._generations.changing(self._wait):
            try:
                last = self._generations.current().before
            except LibraryDamagedError:
                last = max(self._generations.numbers())
            if last is None:
                raise LibraryError("There is nothing more to undo: this is the library before its first import.")
            for number in self._generations.numbers():
                if number > last:
                    continue
                with suppress(LibraryDamagedError):
                    target = self._generations.generation(number)
                    action = f"{_BACK}{target.action.removeprefix(_BACK)}"
                    return _holdings(self._generations.commit(action, target.before, target, list(target.datasets.values())))
            raise LibraryError(f"There is nothing more to undo: of the states of the library, the last {KEPT} are kept. Remove or import datasets instead.")

    def _held(self, state: Generation, name: str) -> LibraryDataset:
        if name in state.datasets:
            return state.datasets[name]
        if name.casefold() in self._preparation.reference:
            raise LibraryError(f"The dataset '{name}' comes with imri-kg and is not in your library.")
        if not state.datasets:
            raise LibraryError(f"There is no dataset '{name}': the library is empty.")
        raise UnknownNameError("dataset", name, sorted(state.datasets), "the library")


def _absolute(folder: Path | None) -> Path:
    """Return a folder as an absolute path, the library's own where none is given."""
    return Path(os.path.abspath((folder or disk.library_folder()).expanduser()))


def _refused(found: Sequence[DatasetOutcome]) -> bool:
    return any(outcome.outcome == "refused" for outcome in found)


def _holdings(state: Generation) -> Holdings:
    return Holdings(tuple(state.datasets[name] for name in sorted(state.datasets)), state.number, state.action)


def _named(action: str, names: Sequence[str]) -> str:
    """Return what a change is in a few words.

    >>> _named("import", ["a", "b", "c", "d"])
    'import of a, b, c and 1 more'
    """
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{action} of {', '.join(names[:3])}{more}"


def _as_file(tables: dict[str, bytes], target: Path, name: str) -> bytes:
    from imri_kg.library.exporting import to_workbook, to_zip

    return to_workbook(tables, name) if target.suffix.lower() == ".xlsx" else to_zip(tables, target.stem)
