"""Where the data files are: in a checkout beside the package, in a wheel inside it.

Called by everything that reads `ontology/`, `shapes/` or `queries/`, and by what keeps files of the user. It never reads a file itself.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from imri_kg.errors import SnapshotError

__all__ = ["FOLDERS", "data_files", "data_root", "path", "user_folder"]

FOLDERS = ("ontology", "queries", "shapes")
_PACKAGE = Path(__file__).resolve().parent


def data_root() -> Path:
    """Return the folder that holds `ontology/`, `shapes/` and `queries/`.

    `IMRI_KG_DATA` names another one (a checkout with changes of your own, say).

    Raises:
        SnapshotError: no such folder holds the data files.
    """
    named = os.environ.get("IMRI_KG_DATA")
    places = [Path(named)] if named else [_PACKAGE / "data", _PACKAGE.parent]
    for place in places:
        if (place / "ontology" / "prefixes.ttl").is_file():
            return place
    raise SnapshotError(
        f"The data files were not found in {' or '.join(str(p) for p in places)}. "
        "Install the package again, or set IMRI_KG_DATA to a folder that holds ontology/, shapes/ and queries/."
    )


def path(*parts: str) -> Path:
    """Return the path of a data file or folder, given its parts below the data root."""
    return data_root().joinpath(*parts)


def data_files(root: Path) -> list[Path]:
    """Return every data file below `root` in a stable order; editors' and systems' files are left out."""
    found: list[Path] = []
    for folder in FOLDERS:
        for parent, folders, names in os.walk(root / folder):
            folders[:] = sorted(f for f in folders if not f.startswith((".", "__")))
            found.extend(Path(parent, n) for n in names if not n.startswith(".") and not n.endswith(("~", ".bak")))
    return sorted(found, key=lambda p: p.relative_to(root).as_posix())


def user_folder(purpose: str) -> Path:
    """Return `imri-kg` in the folder that the platform has for a user's `cache` or `data`.

    Raises:
        RuntimeError: the user has no home, as in some containers.
    """
    if sys.platform == "win32":
        named, below = os.environ.get("LOCALAPPDATA"), "AppData/Local"
    elif sys.platform == "darwin":
        named, below = None, {"cache": "Library/Caches", "data": "Library/Application Support"}[purpose]
    elif purpose == "cache":
        named, below = os.environ.get("XDG_CACHE_HOME"), ".cache"
    else:
        named, below = os.environ.get("XDG_DATA_HOME"), ".local/share"
    return (Path(named) if named else Path.home() / below) / "imri-kg"
