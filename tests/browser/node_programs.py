"""Node and npm for the tests in a browser: found as the bundle of the explorer finds them (api/browser/make_bundle.py)."""

from __future__ import annotations

import importlib.util
import os
from functools import cache
from pathlib import Path

__all__ = ["MissingNodeError", "environment", "node", "npm"]

_BUNDLER = Path(__file__).resolve().parents[2] / "api" / "browser" / "make_bundle.py"


class MissingNodeError(Exception):
    """There is no Node that is new enough; the message says how to get one."""


def node() -> str:
    """Return the executable of Node.

    Raises:
        MissingNodeError: there is none.
    """
    return _found()[0][0]


def npm() -> list[str]:
    """Return how npm is called.

    Raises:
        MissingNodeError: there is none.
    """
    return list(_found()[1])


def environment() -> dict[str, str]:
    """Return this process's environment with Node on its path, which npm starts by name."""
    return {**os.environ, "PATH": os.pathsep.join([str(Path(node()).parent), os.environ.get("PATH", "")])}


@cache
def _found() -> list[list[str]]:
    # It belongs to no package, since it has to work before there is any.
    spec = importlib.util.spec_from_file_location("make_bundle", _BUNDLER)
    assert spec is not None and spec.loader is not None
    bundler = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bundler)
    found: list[list[str]] | None = bundler.node_of_path() or bundler.node_of_package()
    if found is None:
        raise MissingNodeError(f"Node {bundler.OLDEST_NODE} or newer with npm is neither on the path nor installed with pip; `make test` installs it.")
    return found
