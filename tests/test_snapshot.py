"""Snapshots: whatever becomes of the files, the answer is right and nobody sees a trace."""

from __future__ import annotations

import ast
import errno
import json
import os
import pickle
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Cli

import imri_kg
from imri_kg import resources, snapshot
from imri_kg.build import BuiltGraph, build
from imri_kg.errors import SnapshotError
from imri_kg.graph import KnowledgeGraph
from imri_kg.snapshot import open_snapshot, sources_digest
from imri_kg.store import Store

QUESTION = ("map", "imri:B1", "--to", "chime", "--basis", "author-stated", "--format", "json")
ANSWER = ["chime:E", "chime:I", "chime:M"]
#: Runs the command line with a graph that was built before, so that a test may start many.
RUN = """\
import pickle, sys
import imri_kg.build
import imri_kg.__main__
built = pickle.loads(open(sys.argv.pop(1), "rb").read())
imri_kg.build.build = lambda *_: built
imri_kg.__main__.main()
"""


#: Named graphs that hold all that the question needs; the rest would only make the tests slow.
NEEDED = re.compile(rb"/graph/(frameworks/(imri|chime)|mappings/imri--chime[^/]*|evidence/piat-2022|core)> \.$")


@pytest.fixture(scope="module")
def built(graph: KnowledgeGraph) -> BuiltGraph:
    """A part of the graph in the form in which the build gives the whole, so that each test need not build."""
    folder = graph._snapshot.folder
    assert folder is not None
    quads = b"".join(line for line in graph._snapshot.nquads().splitlines(keepends=True) if NEEDED.search(line.rstrip()))
    assert 1_000 < quads.count(b"\n") < 15_000
    return BuiltGraph(quads, (folder / "search.json").read_bytes(), (folder / "release.json").read_bytes())


class Builds:
    """Stands for the build and counts how often it was asked."""

    def __init__(self, built: BuiltGraph) -> None:
        self.built, self.count = built, 0

    def __call__(self, *_: object) -> BuiltGraph:
        self.count += 1
        return self.built


@pytest.fixture
def builds(built: BuiltGraph, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Builds:
    found = Builds(built)
    monkeypatch.setattr("imri_kg.build.build", found)
    monkeypatch.setenv("IMRI_KG_CACHE", str(tmp_path / "cache"))
    return found


@pytest.fixture
def sound(builds: Builds, tmp_path: Path) -> Path:
    """A sound snapshot in the cache of the test."""
    imri_kg.open()
    assert builds.count == 1
    builds.count = 0
    return folder_of(tmp_path / "cache")


def folder_of(cache: Path) -> Path:
    (found,) = (f for f in cache.iterdir() if not f.name.startswith("."))
    return found


def right(cli: Cli) -> str:
    """Ask a question, check the answer, and return what was said on standard error."""
    found = cli(*QUESTION)
    assert found.status == 0, found.err
    assert [i["object"]["curie"] for i in json.loads(found.out)["items"]] == ANSWER
    return found.err


# ---------------------------------------------------------------- damage


def flip(file: Path) -> None:
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    file.write_bytes(bytes(raw))


def biggest(folder: Path) -> Path:
    return max((folder / "store").glob("*.sst"), key=lambda f: f.stat().st_size)


def older(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "format": 0}))


def unlisted(folder: Path) -> None:
    """A manifest that vouches for nothing, beside a search index of nothing."""
    (folder / "manifest.json").write_text(json.dumps({"format": snapshot.FORMAT, "files": {}}))
    (folder / "search.json").write_text("[]")


DAMAGE: dict[str, Callable[[Path], object]] = {
    "byte flipped in a store file": lambda f: flip(biggest(f)),
    "store file cut short": lambda f: os.truncate(biggest(f), 100),
    "store file deleted": lambda f: biggest(f).unlink(),
    "store deleted": lambda f: shutil.rmtree(f / "store"),
    "pointer of the store garbled": lambda f: (f / "store" / "CURRENT").write_text("MANIFEST-999999\n"),
    "manifest deleted": lambda f: (f / "manifest.json").unlink(),
    "manifest empty": lambda f: (f / "manifest.json").write_text(""),
    "manifest of another kind": lambda f: (f / "manifest.json").write_text("[1, 2]"),
    "manifest without digests": unlisted,
    "manifest of an older format": older,
    "manifest that is no text": lambda f: (f / "manifest.json").write_bytes(b"\xff\xfe\x00"),
    "release garbled": lambda f: (f / "release.json").write_text("{"),
    "release of another kind": lambda f: (f / "release.json").write_text("[]"),
    "search index deleted": lambda f: (f / "search.json").unlink(),
    "search index of another release": lambda f: (f / "search.json").write_text("[]"),
    "folder half written": lambda f: [x.unlink() for x in (f / "manifest.json", f / "search.json", biggest(f))],
    "folder empty": lambda f: (shutil.rmtree(f), f.mkdir()),
    "folder replaced by a file": lambda f: (shutil.rmtree(f), f.write_text("x")),
    "everything deleted": lambda f: shutil.rmtree(f.parent),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_snapshot_is_built_again(name: str, sound: Path, builds: Builds, cli: Cli, tmp_path: Path) -> None:
    DAMAGE[name](sound)
    assert right(cli) == ""
    assert builds.count == 1
    assert right(cli) == ""
    assert builds.count == 1, "the second snapshot was not kept"
    assert [f.name for f in (tmp_path / "cache").iterdir() if f.name.startswith(".")] == []


def test_a_sound_snapshot_is_not_built_again(sound: Path, builds: Builds, cli: Cli) -> None:
    right(cli)
    right(cli)
    assert builds.count == 0


def test_files_that_the_engine_rewrites_do_not_count_as_damage(sound: Path, builds: Builds, cli: Cli) -> None:
    (sound / "store" / "LOG").write_text("rewritten")
    (sound / "store" / "LOCK").unlink()
    right(cli)
    assert builds.count == 0


def test_a_build_that_gives_the_same_graph_leaves_the_snapshot_to_its_readers(sound: Path, builds: Builds, cli: Cli) -> None:
    before = {f: f.stat().st_ino for f in sound.rglob("*.sst")}
    assert cli("build").status == 0
    assert builds.count == 1
    assert {f: f.stat().st_ino for f in sound.rglob("*.sst")} == before


@pytest.mark.parametrize("damage", [flip, Path.unlink])
def test_damaged_n_quads_are_never_handed_out(damage: Callable[[Path], object], sound: Path, builds: Builds) -> None:
    """They serve export alone, so an answer does not wait for their digest; an export does."""
    graph = imri_kg.open()
    damage(sound / "graph.nq")
    assert imri_kg.open().mappings("imri:B1").items
    with pytest.raises(SnapshotError, match="imri-kg build"):
        graph.to_rdflib()
    assert imri_kg.open(rebuild=True)._snapshot.nquads() == builds.built.quads


def test_a_change_of_the_sources_gives_a_new_snapshot_beside_the_old(builds: Builds, data_copy: Path, tmp_path: Path) -> None:
    imri_kg.open()
    (data_copy / "ontology" / "core.ttl").open("a", encoding="utf-8").write("\n# A comment.\n")
    imri_kg.open()
    assert builds.count == 2
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_files_of_editors_do_not_count_as_sources(data_copy: Path) -> None:
    before = sources_digest(data_copy)
    (data_copy / "ontology" / ".core.ttl.swp").write_text("x")
    (data_copy / "ontology" / "core.ttl~").write_text("x")
    (data_copy / "queries" / "__pycache__").mkdir()
    (data_copy / "queries" / "__pycache__" / "x").write_text("x")
    assert sources_digest(data_copy) == before
    (data_copy / "ontology" / "new.ttl").write_text("x")
    assert sources_digest(data_copy) != before


def test_another_base_is_another_snapshot(builds: Builds, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    imri_kg.open()
    monkeypatch.setenv("IMRI_KG_BASE", "https://example.org/kg/")
    imri_kg.open()
    assert len(list((tmp_path / "cache").iterdir())) == 2


# ---------------------------------------------------------------- a cache that cannot be used


def in_memory(cli: Cli) -> None:
    """Ask a question where nothing can be kept."""
    said = right(cli)
    assert "the graph could not be kept" in said
    assert "IMRI_KG_CACHE" in said
    assert len(said.splitlines()) == 1


def test_a_cache_below_a_file_is_said_and_the_answer_comes_from_memory(builds: Builds, cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("IMRI_KG_CACHE", str(tmp_path / "file" / "cache"))
    in_memory(cli)


def test_a_cache_that_is_a_file_is_said(builds: Builds, cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept")
    monkeypatch.setenv("IMRI_KG_CACHE", str(tmp_path / "file"))
    in_memory(cli)
    assert (tmp_path / "file").read_text() == "kept"


def test_a_cache_that_is_read_only_is_said(builds: Builds, cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(**_: object) -> str:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    in_memory(cli)
    assert list((tmp_path / "cache").iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT])
def test_a_disk_that_fills_up_is_said_and_nothing_is_left(number: int, builds: Builds, cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(folder: Path, quads: bytes) -> None:
        (folder / "000001.sst").write_bytes(b"half")
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Store, "write", full)
    in_memory(cli)
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_disk_that_refuses_the_engine_is_said(built: BuiltGraph, tmp_path: Path) -> None:
    """A limit on the size of files stops the engine's own writes too, as a full disk does."""
    program = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n" + RUN
    found = start(built, tmp_path, *QUESTION, program=program).communicate(timeout=120)
    assert [i["object"]["curie"] for i in json.loads(found[0])["items"]] == ANSWER
    assert "the graph could not be kept" in found[1]
    assert "Traceback" not in found[1]
    assert list((tmp_path / "cache").iterdir()) == []


def test_the_graph_in_memory_is_exported_as_it_was_built(builds: Builds, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The engine rewrites literals such as 0.50, so what it holds is no export."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("IMRI_KG_CACHE", str(tmp_path / "file" / "cache"))
    assert imri_kg.open()._snapshot.nquads() == builds.built.quads
    assert "could not be kept" in capsys.readouterr().err


# ---------------------------------------------------------------- leftovers


def leave(cache: Path, name: str, age: float = 0) -> Path:
    folder = cache / name
    folder.mkdir(parents=True)
    (folder / "graph.nq").write_text("half")
    if age:
        os.utime(folder, (time.time() - age,) * 2)
    return folder


def test_what_a_dead_process_left_is_swept(builds: Builds, cli: Cli, tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    dead = leave(tmp_path / "cache", f".building-{ended.pid}-abc")
    aside = leave(tmp_path / "cache", f".building-{ended.pid}-old-abc")
    running = leave(tmp_path / "cache", f".building-{os.getppid()}-abc")
    stale = leave(tmp_path / "cache", f".building-{os.getppid()}-def", age=2 * 3600)
    right(cli)
    assert [dead.exists(), aside.exists(), running.exists(), stale.exists()] == [False, False, True, False]


def test_snapshots_that_nothing_used_for_a_month_are_swept_and_other_folders_are_not(builds: Builds, cli: Cli, tmp_path: Path) -> None:
    old = leave(tmp_path / "cache", "0123456789", age=0)
    (old / "manifest.json").write_text("{}")
    os.utime(old, (time.time() - 40 * 24 * 3600,) * 2)
    foreign = leave(tmp_path / "cache", "somebody-elses", age=40 * 24 * 3600)
    right(cli)
    assert not old.exists()
    assert foreign.exists()


# ---------------------------------------------------------------- several processes


def start(built: BuiltGraph, tmp_path: Path, *arguments: str, program: str = RUN) -> subprocess.Popen[str]:
    given = tmp_path / "built.pickle"
    if not given.exists():
        given.write_bytes(pickle.dumps(built))
    environment = {**os.environ, "IMRI_KG_CACHE": str(tmp_path / "cache")}
    return subprocess.Popen([sys.executable, "-c", program, str(given), *arguments], env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_builds_and_questions_at_once_do_not_harm_each_other(built: BuiltGraph, tmp_path: Path, builds: Builds, cli: Cli) -> None:
    for _ in range(2):
        running = [start(built, tmp_path, *arguments) for arguments in (("build",), QUESTION, ("build",), QUESTION)]
        for process, question in zip(running, (False, True, False, True), strict=True):
            out, err = process.communicate(timeout=120)
            assert (process.returncode, err) == (0, ""), err
            if question:
                assert [i["object"]["curie"] for i in json.loads(out)["items"]] == ANSWER
    assert right(cli) == ""
    assert builds.count == 0
    assert [f.name for f in (tmp_path / "cache").iterdir()] == [folder_of(tmp_path / "cache").name]


def kill_when(process: subprocess.Popen[str], cache: Path, pattern: str) -> None:
    """Kill a process as soon as a file that it makes is there."""
    deadline = time.monotonic() + 60
    while not list(cache.glob(pattern)) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.0005)
    process.kill()
    process.communicate()


#: What to wait for in the cache folder before the process is killed.
MOMENTS = {
    "as it makes its folder": ".building-*",
    "as it writes the store": ".building-*/store",
    "as it writes the manifest": ".building-*/manifest.json",
    "as it gives the folder its name": "[0-9a-f]*",
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_build_leaves_nothing_that_a_later_run_trips_over(moment: str, built: BuiltGraph, tmp_path: Path, builds: Builds, cli: Cli) -> None:
    kill_when(start(built, tmp_path, "build"), tmp_path / "cache", MOMENTS[moment])
    assert right(cli) == ""
    assert [f.name for f in (tmp_path / "cache").iterdir()] == [folder_of(tmp_path / "cache").name]


def test_a_killed_rebuild_does_not_cost_the_snapshot_that_was_there(built: BuiltGraph, tmp_path: Path, sound: Path, builds: Builds, cli: Cli) -> None:
    process = start(built, tmp_path, "build")
    kill_when(process, tmp_path / "cache", ".building-*/store")
    assert right(cli) == ""
    assert builds.count == 0


@pytest.mark.parametrize("delay", [0.2, 2.0])
def test_a_build_that_is_killed_at_any_time_is_made_up_for(delay: float, tmp_path: Path, builds: Builds, cli: Cli) -> None:
    environment = {**os.environ, "IMRI_KG_CACHE": str(tmp_path / "cache")}
    process = subprocess.Popen([sys.executable, "-m", "imri_kg", "build"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(delay)
    process.kill()
    process.wait()
    assert right(cli) == ""


def test_a_build_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data_copy: Path, cli: Cli) -> None:
    monkeypatch.setenv("IMRI_KG_CACHE", str(tmp_path / "cache"))
    (data_copy / "ontology" / "core.ttl").write_text("no Turtle", encoding="utf-8")
    assert cli("build").status == 1
    assert not (tmp_path / "cache").exists() or list((tmp_path / "cache").iterdir()) == []


def test_a_snapshot_holds_what_the_build_gives(graph: KnowledgeGraph) -> None:
    root = resources.data_root()
    found = build(root, sources_digest(root))
    folder = open_snapshot().folder
    assert folder is not None
    assert [(folder / name).read_bytes() for name in ("graph.nq", "search.json", "release.json")] == [found.quads, found.search, found.release]


def test_whatever_the_build_rests_on_names_the_snapshot() -> None:
    package = Path(imri_kg.__file__).parent
    # These only hold errors, find files, or say why a query was refused; a change of theirs leaves the graph as it is.
    elsewhere = {"errors.py", "resources.py", "sparql_faults.py", "sparql_text.py"}
    found, waiting = {"__init__.py"}, {"build.py", "snapshot.py"}
    while waiting:
        name = waiting.pop()
        found.add(name)
        for node in ast.walk(ast.parse((package / name).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("imri_kg."):
                place = node.module.removeprefix("imri_kg.").replace(".", "/")
                waiting |= {f"{place}/__init__.py" if (package / place).is_dir() else f"{place}.py"} - found
    named = {file.relative_to(package).as_posix() for pattern in snapshot._BUILDERS for file in package.glob(pattern)}
    assert {name for name in found - elsewhere if not name.endswith("/__init__.py")} <= named
