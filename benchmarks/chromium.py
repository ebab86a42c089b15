"""The Chromium of this machine: where it is, how it is started, and that it asks nobody for anything.

Called by the measurement of pages, by the tests in tests/browser and by the command that makes screenshots. Playwright drives it and
downloads nothing; where the machine has no Chromium, `tests/browser/installing.py` unpacks one from an npm package.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.results import MissingToolError

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["SETTING", "UNPACKED", "Chromium", "find", "launched"]

#: Environment variable that names the executable, for a machine on which it is not found.
SETTING = "IMRI_KG_CHROMIUM"
#: Where the Chromium of the npm package is unpacked; it goes with the virtual environment.
UNPACKED = Path(sys.prefix) / "chromium"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: The tests run as root in containers, where the sandbox cannot start; and a page must not wait for what the browser does for itself.
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")


class Chromium(NamedTuple):
    """An executable, and what has to be in its environment."""

    executable: str
    environment: dict[str, str]


def find(unpacked: Path = UNPACKED) -> Chromium:
    """Return the Chromium to use: the one that IMRI_KG_CHROMIUM names, one on the path, or the unpacked one.

    Args:
        unpacked: folder into which the one of the npm package is unpacked.

    Raises:
        MissingToolError: there is none.
    """
    named = os.environ.get(SETTING)
    if named:
        if not os.access(named, os.X_OK):
            raise MissingToolError(f"{SETTING} names {named!r}, which is no program. Name the executable of a Chromium, or unset it.")
        return Chromium(named, {})
    for name in _NAMES:
        found = shutil.which(name)
        if found and _answers(found):
            return Chromium(found, {})
    if (unpacked / "chromium").is_file():
        # It brings the libraries and the fonts that a bare container lacks.
        libraries = os.pathsep.join(filter(None, (str(unpacked / "al2023" / "lib"), os.environ.get("LD_LIBRARY_PATH"))))
        return Chromium(str(unpacked / "chromium"), {"LD_LIBRARY_PATH": libraries, "FONTCONFIG_PATH": str(unpacked / "fonts")})
    raise MissingToolError(f"There is no Chromium on this machine. `make test` unpacks one; or install one and name it in {SETTING}.")


@contextmanager
def launched() -> Iterator[Browser]:
    """Run a headless Chromium; no event loop may run in this thread meanwhile.

    Raises:
        MissingToolError: Playwright or a Chromium is not there.
    """
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise MissingToolError("The package playwright is not installed. Install it with: python -m pip install --require-hashes -r requirements-dev.lock") from error
    chromium = find()
    with sync_playwright() as playwright:
        environment: dict[str, str | float | bool] = {**os.environ, **chromium.environment}
        browser = playwright.chromium.launch(executable_path=chromium.executable, args=list(_ARGUMENTS), env=environment, timeout=60_000)
        try:
            yield browser
        finally:
            browser.close()


def _answers(program: str) -> bool:
    # Some distributions put a script there that only says how to get the browser.
    try:
        return subprocess.run([program, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
