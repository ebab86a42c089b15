"""Built graphs on disk: found by the content of their sources, written whole or not at all, checked when opened.

A snapshot is a folder `<key>` in the cache folder; it is built under a temporary name and renamed, so that a killed build
leaves nothing that a later run reads. Called by `imri_kg.open()` and `imri-kg build`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from pathlib import Path
from typing import NamedTuple

from imri_kg import resources
from imri_kg.errors import SnapshotError
from imri_kg.prefixes import DEFAULT_BASE
from imri_kg.store import ENGINE_VERSION, Store

__all__ = ["Snapshot", "build_into", "cache_folder", "is_built", "open_folder", "open_snapshot", "sources_digest"]

#: Raise when the layout of a snapshot changes.
FORMAT = 1
#: The modules on which the content of a snapshot depends; the version is in the first.
_BUILDERS = ("__init__.py", "build.py", "catalog.py", "mapping_rules.py", "prefixes.py", "reading.py", "search.py", "snapshot.py", "sssom.py",
             "store.py", "vocabulary.py", "case_tables/code_lists.py", "case_tables/columns.py", "case_tables/graph.py", "case_tables/layout.py",
             "case_tables/reference.py", "case_tables/values.py", "readers/*.py")  # fmt: skip
_TEMPORARY = ".building-"
_BASE = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?/([A-Za-z0-9._~%/-]+/)?")
_KEPT_SECONDS = 30 * 24 * 3600
_STALE_SECONDS = 3600


class Snapshot(NamedTuple):
    """A graph that can answer: its store, what the release is, and the raw search index."""

    store: Store
    release: dict[str, object]
    search: bytes
    folder: Path | None
    #: The N-Quads of a graph that lives in memory alone; the store rewrites some literals, so it cannot give them back.
    quads: bytes = b""

    def nquads(self) -> bytes:
        """Return the whole graph as sorted N-Quads.

        Raises:
            SnapshotError: the file was damaged or taken away after the build.
        """
        if self.folder is None:
            return self.quads
        file = self.folder / "graph.nq"
        try:
            quads = file.read_bytes()
            expected = json.loads((self.folder / "manifest.json").read_bytes())["files"][file.name]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise SnapshotError(f"{file} cannot be read ({error}); build the graph again with 'imri-kg build'.") from error
        if hashlib.sha256(quads).hexdigest() != expected:
            raise SnapshotError(f"{file} is damaged; build the graph again with 'imri-kg build'.")
        return quads


def base_iri() -> str:
    """Return the base IRI of the build: `IMRI_KG_BASE`, or the default one.

    Raises:
        SnapshotError: the setting is no address that ends in a slash.
    """
    base = os.environ.get("IMRI_KG_BASE", DEFAULT_BASE)
    if not _BASE.fullmatch(base):
        raise SnapshotError(f"IMRI_KG_BASE is {base!r}; it must be an address that begins with http and ends in a slash.")
    return base


def sources_digest(root: Path) -> str:
    """Return the SHA-256 (hexadecimal) of all data files below `root`, names and contents."""
    digest = hashlib.sha256()
    for file in resources.data_files(root):
        digest.update(file.relative_to(root).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _key(digest: str, base: str) -> str:
    package = Path(__file__).parent
    parts = [str(FORMAT), ENGINE_VERSION, digest, base]
    parts += [hashlib.sha256(file.read_bytes()).hexdigest() for name in _BUILDERS for file in sorted(package.glob(name))]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:20]


def cache_folder() -> Path:
    """Return the folder for snapshots: `IMRI_KG_CACHE`, or `imri-kg` in the user's cache folder.

    A user without a home, as in some containers, gets a folder of their own below the temporary one.
    """
    named = os.environ.get("IMRI_KG_CACHE")
    if named:
        return Path(named)
    try:
        return resources.user_folder("cache")
    except RuntimeError:
        import tempfile

        folder = Path(tempfile.gettempdir()) / f"imri-kg-{os.getuid()}"
        folder.mkdir(mode=0o700, exist_ok=True)
        # Another user could have put a folder of this name there, with a graph of their own in it.
        return folder if folder.stat().st_uid == os.getuid() else Path(tempfile.mkdtemp(prefix="imri-kg-"))


def open_snapshot(*, rebuild: bool = False) -> Snapshot:
    """Open the graph of the present sources, building it first where there is none or the one there is damaged.

    Raises:
        BuildError: the sources hold faults.
        SnapshotError: the settings are wrong.
    """
    root, base = resources.data_root(), base_iri()
    digest = sources_digest(root)
    folder = cache_folder() / _key(digest, base)
    if not rebuild:
        try:
            return _open(folder)
        except SnapshotError:
            pass
    return _build_and_keep(root, digest, base, folder)


def is_built() -> bool:
    """Say whether there is a sound snapshot of the present sources, so that to open it takes no build.

    Raises:
        SnapshotError: the settings are wrong.
    """
    root, base = resources.data_root(), base_iri()
    try:
        _open(cache_folder() / _key(sources_digest(root), base))
    except SnapshotError:
        return False
    return True


def open_folder(folder: Path) -> Snapshot:
    """Open the graph in a folder, whatever the present sources are: a snapshot of the cache, or what `imri-kg build -o` wrote.

    A snapshot is compared with its digests. Where only `graph.nq`, `search.json` and `release.json` are there, the graph is loaded into memory, and
    must have as many quads as the release says.

    Raises:
        SnapshotError: the folder holds no graph, or a damaged one.
    """
    if (folder / "manifest.json").is_file():
        try:
            return _open(folder)
        except SnapshotError as error:
            raise SnapshotError(f"{str(error).rstrip('.')}. An old release is not built again; take the folder from a copy.") from error
    try:
        release = json.loads((folder / "release.json").read_bytes())
        search = (folder / "search.json").read_bytes()
        quads = (folder / "graph.nq").read_bytes()
        expected = release["counts"]["quads"]
        if not isinstance(json.loads(search), (dict, list)) or not isinstance(release["release"], str) or not isinstance(release["prefixes"], dict):
            raise ValueError("its release.json or search.json is none of ours")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SnapshotError(f"{folder} holds no graph that can be opened ({error}); it must be a snapshot, or what 'imri-kg build -o' wrote.") from error
    try:
        store = Store.in_memory(quads)
    except (SyntaxError, ValueError) as error:
        raise SnapshotError(f"graph.nq in {folder} cannot be read: {error}") from error
    if len(store) != expected:
        raise SnapshotError(f"graph.nq in {folder} has {len(store):,} quads, and its release.json says {expected:,}; one of them is damaged.")
    return Snapshot(store, release, search, None, quads)


def _open(folder: Path) -> Snapshot:
    """Open a snapshot after comparing every file of it with the digests that the build wrote."""
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        if manifest["format"] != FORMAT or not {"release.json", "search.json", "store/CURRENT"} <= set(manifest["files"]):
            raise SnapshotError(f"The snapshot in {folder} has another format.")
        for name, expected in manifest["files"].items():
            # Only what an answer rests on is compared here; the N-Quads are for export and are compared when exported.
            if name != "graph.nq" and hashlib.sha256((folder / name).read_bytes()).hexdigest() != expected:
                raise SnapshotError(f"{name} in {folder} is damaged.")
        release = json.loads((folder / "release.json").read_bytes())
        search = (folder / "search.json").read_bytes()
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SnapshotError(f"The snapshot in {folder} cannot be read: {error}") from error
    return Snapshot(Store.read_only(folder / "store"), release, search, folder)


def _build_and_keep(root: Path, digest: str, base: str, folder: Path) -> Snapshot:
    import shutil
    import tempfile

    from imri_kg.build import build

    built = build(root, digest, base)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        temporary = Path(tempfile.mkdtemp(prefix=f"{_TEMPORARY}{os.getpid()}-", dir=folder.parent))
        try:
            _write(temporary, built.quads, built.search, built.release)
            _switch(temporary, folder, built.quads)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        return _open(folder)
    except (OSError, SnapshotError) as error:
        print(
            f"imri-kg: the graph could not be kept in {folder.parent} ({error}); it is used from memory this once. "
            "Set IMRI_KG_CACHE to a folder that can be written to.",
            file=sys.stderr,
        )
        return Snapshot(Store.in_memory(built.quads), json.loads(built.release), built.search, None, built.quads)


def _write(folder: Path, quads: bytes, search: bytes, release: bytes) -> None:
    (folder / "graph.nq").write_bytes(quads)
    (folder / "search.json").write_bytes(search)
    (folder / "release.json").write_bytes(release)
    (folder / "store").mkdir()
    Store.write(folder / "store", quads)
    files = {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        # The engine rewrites its log and lock files when it opens a store.
        if file.is_file() and not file.name.startswith(("LOG", "LOCK"))
    }
    # The manifest comes last: a folder without one is unfinished.
    (folder / "manifest.json").write_text(json.dumps({"format": FORMAT, "files": files}, indent=1, sort_keys=True))


def _switch(temporary: Path, folder: Path, quads: bytes) -> None:
    """Give a finished snapshot its name. A sound one of the same graph that is there stays, since others may be reading it."""
    for attempt in range(1, 4):
        try:
            temporary.rename(folder)
            return
        except OSError:
            if not folder.exists():
                raise
        if _holds(folder, quads):
            return
        aside = folder.with_name(f"{_TEMPORARY}{os.getpid()}-old{attempt}-{folder.name}")
        try:
            folder.rename(aside)
        except FileNotFoundError:
            # Another process moved it away; what that one puts in its place is looked at again.
            continue
        try:
            temporary.rename(folder)
            return
        except OSError:
            if not folder.exists():
                raise
        finally:
            _remove(aside)
    if not _holds(folder, quads):
        raise SnapshotError(f"Other processes keep changing {folder}.")


def _holds(folder: Path, quads: bytes) -> bool:
    """Say whether a folder is a sound snapshot of a graph."""
    try:
        return _open(folder).nquads() == quads
    except SnapshotError:
        return False


def _remove(entry: Path) -> None:
    import shutil

    if entry.is_dir():
        shutil.rmtree(entry, ignore_errors=True)
    else:
        entry.unlink(missing_ok=True)


def _sweep(current: Path) -> None:
    """Remove what killed builds left, and snapshots that nothing has used for a month."""
    import time

    now = time.time()
    for entry in current.parent.iterdir():
        try:
            age = now - entry.stat().st_mtime
            if entry.name.startswith(_TEMPORARY):
                if age > _STALE_SECONDS or not _alive(entry.name.removeprefix(_TEMPORARY).split("-")[0]):
                    _remove(entry)
            elif entry != current and age > _KEPT_SECONDS and (entry / "manifest.json").is_file():
                _remove(entry)
        except OSError:
            continue


def _alive(pid: str) -> bool:
    if not pid.isdigit() or os.name == "nt":
        # On Windows signal 0 would end the process; there the age decides.
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def build_into(folder: Path) -> dict[str, object]:
    """Build the graph into files that can be shared: graph.nq, search.json, release.json.

    Returns:
        The release's description.

    Raises:
        BuildError: the sources hold faults; the folder is left as it was.
        SnapshotError: the folder cannot be written.
    """
    from imri_kg.build import build

    root, base = resources.data_root(), base_iri()
    built = build(root, sources_digest(root), base)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in (("graph.nq", built.quads), ("search.json", built.search), ("release.json", built.release)):
            temporary = folder / f".{name}.{os.getpid()}"
            temporary.write_bytes(data)
            temporary.replace(folder / name)
    except OSError as error:
        raise SnapshotError(f"{folder} cannot be written: {error}") from error
    return json.loads(built.release)
