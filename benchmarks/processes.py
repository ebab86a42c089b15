"""Whole processes, timed from the outside: what a user waits for, the start of the interpreter included."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

__all__ = ["Run", "entry_point", "timed"]


class Run(NamedTuple):
    """One process: seconds on the clock, and peak memory in MiB where the system tells it."""

    seconds: float
    peak: float | None


def entry_point() -> list[str]:
    """Return the command that starts `imri-kg`: the installed script, or the module where there is none."""
    folder = Path(sys.executable).parent
    for name in ("imri-kg", "imri-kg.exe"):
        if (folder / name).is_file():
            return [str(folder / name)]
    return [sys.executable, "-m", "imri_kg"]


def timed(command: Sequence[str], cache: Path) -> Run:
    """Run a command to its end with snapshots in `cache`.

    Raises:
        RuntimeError: the command failed; the message holds what it wrote.
    """
    environment = {**os.environ, "IMRI_KG_CACHE": str(cache)}
    # Packages that pip installed are compiled; a checkout is compiled by its first run, unless this setting forbids it.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    begin = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        complaint = process.stderr.read().decode(errors="replace")
        peak = _wait(process)
        seconds = time.perf_counter() - begin
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {complaint}")
    return Run(seconds, peak)


def _wait(process: subprocess.Popen[bytes]) -> float | None:
    if not hasattr(os, "wait4"):
        process.wait()
        return None
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    # Linux counts in KiB, macOS in bytes.
    return usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
