"""A kill at any moment of an import loses nothing: the library holds what it held, or what it was to hold.

Imports run in processes of their own, which are killed: at random moments from outside, and once at every single call to the file system.
"""

from __future__ import annotations

import hashlib
import os
import random
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from imri_kg.case_validation.vocabulary import CaseVocabulary
from imri_kg.errors import LibraryDamagedError
from imri_kg.graph import KnowledgeGraph
from imri_kg.library import Library

pytestmark = pytest.mark.usefixtures("graph")

#: What both programs share: a library whose datasets were made ready before, so that nearly all of the time goes to the disk.
LIBRARY = '''
import os, shutil, signal, sys
from pathlib import Path
from types import SimpleNamespace

from imri_kg.library import Library
from imri_kg.library.model import LibraryDataset, NewDataset
from imri_kg.case_validation.messages import CaseDataset, Validation

class Ready:
    """Makes a dataset ready whose content tells its number."""

    reference = frozenset()

    def prepare(self, checked, found):
        for outcome in found:
            text = f"{outcome.id} {checked.number}\\n".encode()
            held = LibraryDataset(outcome.id, outcome.id, str(checked.number), "", (), {}, (), 1, 0, "a release")
            tables = {key: text * 3000 for key in ("cases", "dataset", "determinants", "events", "impacts", "sources")}
            yield outcome._replace(dataset=held), NewDataset(held, tables, text * 9000)

def library(folder):
    found = Library(SimpleNamespace(base=""), Path(folder))
    found._preparation = Ready()
    return found

def checked(name, number):
    dataset = CaseDataset(name, (f"{name}.xlsx",), "", {"Dataset": 1}, ())
    return SimpleNamespace(validation=Validation((), (dataset,), "a release"), graphs=(None,), tables=(None,), number=number)
'''
#: Imports without end, and now and then an undo and an import again; says what was done only after it was done.
LOOP = LIBRARY + """
target, number = library(sys.argv[1]), int(sys.argv[2])
while True:
    number += 1
    assert target.add(checked("moving", number), replace=True).imported
    print("done", number, flush=True)
    if number % 5 == 0:
        target.undo()
        print("done", number - 1, flush=True)
        assert target.add(checked("moving", number), replace=True).imported
        print("done", number, flush=True)
"""
#: One change again and again, in which the process kills itself before or after its first call, its second, and so on.
ONCE = LIBRARY + """
def run(folder, change, place, after):
    count = 0
    def counted(real):
        def call(*arguments, **options):
            nonlocal count
            count += 1
            mine = count == place
            if mine and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            try:
                return real(*arguments, **options)
            finally:
                if mine:
                    os.kill(os.getpid(), signal.SIGKILL)
        return call
    target = library(folder)
    for name in ("open", "write", "fsync", "mkdir", "rename", "replace", "unlink", "rmdir"):
        setattr(os, name, counted(getattr(os, name)))
    if change == "undo":
        target.undo()
    elif change == "remove":
        target.remove("moving")
    else:
        target.add(checked("moving", 2), replace=True)

for place in range(1, 1000):
    folder = Path(sys.argv[1]) / str(place)
    if os.path.isdir(sys.argv[2]):
        shutil.copytree(sys.argv[2], folder)
    child = os.fork()
    if child == 0:
        run(folder, sys.argv[3], place, sys.argv[4] == "after")
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if os.WIFEXITED(status):
        print(os.WEXITSTATUS(status), place)
        break
"""


@pytest.fixture
def vocabulary(graph: KnowledgeGraph) -> CaseVocabulary:
    return CaseVocabulary(graph.store, graph.catalog)


def held(library: Library) -> dict[str, int]:
    """Return the number of each dataset, after every byte of it was looked at."""
    found = {d.id: int(d.title) for d in library.datasets().datasets}
    quads = library.quads()
    for name, number in found.items():
        text = f"{name} {number}\n".encode()
        assert quads.count(text) == 9000
        assert {hashlib.sha256(data).digest() for data in library.tables(name).values()} == {hashlib.sha256(text * 3000).digest()}
    return found


def start(program: str, *arguments: object) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", program, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def first_line(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], 30)
    assert ready, "no import was made within half a minute"
    return os.read(process.stdout.fileno(), 100)


def test_twenty_kills_at_random_moments_lose_nothing(vocabulary: CaseVocabulary, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    library = Library(vocabulary, folder)
    moments = random.Random(2026)
    number, imports = 0, 0
    begun = time.monotonic()
    for _ in range(20):
        process = start(LOOP, folder, number)
        said = first_line(process)
        time.sleep(moments.uniform(0, 0.08))
        process.send_signal(signal.SIGKILL)
        out, errors = process.communicate(timeout=30)
        assert errors == b""
        lines = (said + out).decode().split("\n")
        done = [int(line.split()[1]) for line in lines if line.startswith("done ")]
        # What was being done: an import of the next number, or an undo at five, or the import again after it.
        last = done[-1]
        possible = {last, last + 1, last - 1 if last % 5 == 0 else last}
        found = held(library)["moving"]
        assert found in possible, (found, done[-3:])
        number, imports = found, imports + len(done)
    assert imports >= 40
    assert time.monotonic() - begun < 60
    # What the kills left is swept by the next change.
    library.undo()
    left = [p.name for p in (*folder.iterdir(), *(folder / "generations").iterdir()) if p.name.startswith(".")]
    assert left == []
    assert len(list((folder / "generations").iterdir())) <= 20


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize(("change", "old", "new"), [
    ("first", {}, {"moving": 2}), ("import", {"moving": 1}, {"moving": 2}), ("undo", {"moving": 1}, {}), ("remove", {"moving": 1}, {}),
])  # fmt: skip
def test_a_kill_at_every_call_to_the_file_system_loses_nothing(vocabulary: CaseVocabulary, tmp_path: Path, change: str, old: dict[str, int], new: dict[str, int], moment: str) -> None:
    origin = tmp_path / "origin"
    if old:
        _library(origin, 1)
    copies = tmp_path / "copies"
    copies.mkdir()
    process = start(ONCE, copies, origin, change, moment)
    out, errors = process.communicate(timeout=120)
    assert (errors, process.returncode) == (b"", 0)
    status, calls = map(int, out.split())
    assert status == 0
    assert calls > 20
    states = []
    for place in range(1, calls + 1):
        library = Library(vocabulary, copies / str(place))
        states.append(held(library))
        assert states[-1] in (old, new), place
        if states[-1] == old and change in ("first", "import"):
            # The same change can be made again, over whatever the kill left.
            _library(library.folder, 2)
            assert held(library) == new
            library.undo()
            assert held(library) == old
    # There is one moment at which the new state takes the place of the old one.
    assert states == sorted(states, key=lambda state: state == new)
    assert states[0] == old
    assert states[-1] == new


def _library(folder: Path, number: int) -> None:
    scope: dict[str, object] = {}
    exec(LIBRARY, scope)
    result = scope["library"](folder).add(scope["checked"]("moving", number), replace=True)  # type: ignore[operator]
    assert result.imported


def test_a_state_that_was_written_and_never_became_the_present_one_is_taken_for_none(vocabulary: CaseVocabulary, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    _library(folder, 1)
    shutil.copytree(folder / "generations" / "1", folder / "generations" / "2")
    library = Library(vocabulary, folder)
    assert held(library) == {"moving": 1}
    _library(folder, 3)
    assert held(library) == {"moving": 3}
    library.undo()
    assert held(library) == {"moving": 1}
    (folder / "generations" / "1" / "datasets" / "moving.nq").unlink()
    with pytest.raises(LibraryDamagedError):
        (folder / "current").write_text("1\n")
        held(library)
