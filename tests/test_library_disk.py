"""The library on a disk that fails, is damaged, is forbidden or is shared: a sentence, and the old state or the new one."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest
from library_samples import as_csv, tables_of, titles

from imri_kg.case_validation.service import Checked, check_cases
from imri_kg.case_validation.vocabulary import CaseVocabulary
from imri_kg.errors import LibraryBusyError, LibraryDamagedError, LibraryError
from imri_kg.graph import KnowledgeGraph
from imri_kg.library import Library
from imri_kg.library.disk import locked

CALLS = ("write", "fsync", "open", "replace", "rename", "mkdir", "unlink", "rmdir")


@pytest.fixture(scope="module")
def vocabulary(graph: KnowledgeGraph) -> CaseVocabulary:
    return CaseVocabulary(graph.store, graph.catalog)


@pytest.fixture(scope="module")
def pilot(vocabulary: CaseVocabulary) -> Checked:
    return check_cases(as_csv(tables_of()), vocabulary, "a release")


@pytest.fixture(scope="module")
def retitled(vocabulary: CaseVocabulary) -> Checked:
    return check_cases(as_csv(tables_of(title="A pilot, read again")), vocabulary, "a release")


@pytest.fixture(scope="module")
def second(vocabulary: CaseVocabulary) -> Checked:
    return check_cases(as_csv(tables_of("second", "Another pilot")), vocabulary, "a release")


@pytest.fixture
def library(vocabulary: CaseVocabulary, tmp_path: Path) -> Library:
    return Library(vocabulary, tmp_path / "data" / "library")


@pytest.mark.parametrize("name", ["manifest.json", "datasets/pilot.nq", "datasets/pilot/cases.csv"])
@pytest.mark.parametrize("how", ["changed", "cut", "gone"])
def test_damage_is_noticed_and_undo_leads_out_of_it(library: Library, pilot: Checked, second: Checked, name: str, how: str) -> None:
    library.add(second)
    library.add(pilot)
    file = library.folder / "generations" / "2" / name
    data = file.read_bytes()
    file.unlink()
    if how != "gone":
        file.write_bytes(data[: len(data) // 2] if how == "cut" else data.replace(b"pilot", b"pilut"))
        if how == "changed" and b"pilot" not in data:
            file.write_bytes(data.replace(b"north", b"south"))
    with pytest.raises(LibraryDamagedError, match="import --undo"):
        titles(library)
    library.undo()
    assert titles(library) == {"second": "Another pilot"}


def test_a_damaged_dataset_can_be_removed_or_imported_again(library: Library, pilot: Checked, second: Checked) -> None:
    library.add(second)
    library.add(pilot)
    (library.folder / "generations" / "2" / "datasets" / "pilot.nq").write_bytes(b"")
    with pytest.raises(LibraryDamagedError):
        library.remove("second")
    library.add(pilot, replace=True)
    assert list(titles(library)) == ["pilot", "second"]
    (library.folder / "generations" / "3" / "datasets" / "pilot.nq").write_bytes(b"")
    library.remove("pilot")
    assert list(titles(library)) == ["second"]


@pytest.mark.parametrize("text", ["", "seven", "99", None])
def test_a_broken_pointer_is_noticed_and_undo_finds_the_last_state(library: Library, pilot: Checked, text: str | None) -> None:
    library.add(pilot)
    pointer = library.folder / "current"
    pointer.unlink()
    if text is not None:
        pointer.write_text(text)
    with pytest.raises(LibraryDamagedError, match="import --undo"):
        library.datasets()
    library.undo()
    assert titles(library) == {"pilot": "A pilot"}


def test_two_imports_at_once_lose_nothing(library: Library, vocabulary: CaseVocabulary, pilot: Checked, second: Checked) -> None:
    errors: list[BaseException] = []

    def run(checked: Checked) -> None:
        try:
            for _ in range(5):
                assert Library(vocabulary, library.folder).add(checked, replace=True).imported
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(checked,)) for checked in (pilot, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert list(titles(library)) == ["pilot", "second"]
    assert library.datasets().generation == 10


def test_whoever_waits_too_long_is_told_and_a_lock_left_behind_holds_nobody_up(vocabulary: CaseVocabulary, library: Library, pilot: Checked) -> None:
    library.add(pilot)
    with locked(library.folder), pytest.raises(LibraryBusyError, match=f"process {os.getpid()}"):
        Library(vocabulary, library.folder, wait=0.1).remove("pilot")
    assert (library.folder / "lock").exists()
    Library(vocabulary, library.folder, wait=0.1).remove("pilot")
    assert titles(library) == {}


@pytest.mark.parametrize("call", CALLS)
def test_a_disk_that_fails_at_any_call_leaves_the_old_or_the_new_state(library: Library, pilot: Checked, retitled: Checked, call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    library.add(pilot)
    real = getattr(os, call)
    place = 0
    while True:
        place += 1
        count = 0

        def failing(*args: object, _place: int = place, **options: object) -> object:
            nonlocal count
            count += 1
            if count == _place:
                raise OSError(errno.ENOSPC, "No space left on device")
            return real(*args, **options)

        before = titles(library)
        checked = retitled if before == {"pilot": "A pilot"} else pilot
        message = ""
        with monkeypatch.context() as patch:
            patch.setattr(os, call, failing)
            try:
                library.add(checked, replace=True)
            except LibraryError as error:
                message = str(error)
        after = titles(library)
        if message:
            assert after == before, (call, place)
            assert "the disk is full" in message
            assert "No space" not in message
        else:
            assert after != before, (call, place)
        left = {p.name for p in library.folder.iterdir()} | {p.name for p in (library.folder / "generations").iterdir()}
        if count < place:
            assert not [n for n in left if n.startswith(".")], left
            break


def test_half_a_write_is_written_on(library: Library, pilot: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, bytes(data[:100])))
    library.add(pilot)
    monkeypatch.undo()
    assert titles(library) == {"pilot": "A pilot"}


@pytest.mark.parametrize(("code", "said"), [(errno.EACCES, "no permission"), (errno.EROFS, "can only be read"), (errno.EDQUOT, "share of the disk")])
def test_what_the_system_forbids_is_said_in_a_sentence(library: Library, pilot: Checked, monkeypatch: pytest.MonkeyPatch, code: int, said: str) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(os, "mkdir", refuse)
        with pytest.raises(LibraryError, match=said) as found:
            library.add(pilot)
    assert str(library.folder) in str(found.value)
    assert "Errno" not in str(found.value)
    library.add(pilot)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", refuse)
        with pytest.raises(LibraryError, match=said):
            library.datasets()


def test_a_file_where_the_library_should_be_is_named(vocabulary: CaseVocabulary, pilot: Checked, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    for folder in (file, file / "below"):
        library = Library(vocabulary, folder)
        with pytest.raises(LibraryError, match="a file stands where a folder is needed"):
            library.datasets()
        with pytest.raises(LibraryError, match="a file stands where a folder is needed"):
            library.add(pilot)
    assert file.read_text() == "mine"


def test_nobody_else_can_read_the_library(library: Library, pilot: Checked) -> None:
    library.add(pilot)
    assert [p for p in (library.folder, *library.folder.rglob("*")) if p.stat().st_mode & 0o077] == []
