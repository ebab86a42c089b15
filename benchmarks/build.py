"""The build: everything from the source files to a snapshot, derivation included, in a cache folder that is empty."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.processes import entry_point, timed
from benchmarks.results import Measurement, Summary

__all__ = ["HOW", "RUNS", "measure"]

RUNS = 3
HOW = "Each run is a whole new process with an empty cache folder; peak memory is the largest resident set that the system saw."


def measure(runs: int) -> Measurement:
    """Build `runs` times."""
    found = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory(prefix="imri-kg-build-") as folder:
            found.append(timed([*entry_point(), "build"], Path(folder)))
    seconds = Summary.of([r.seconds for r in found])
    peaks = [r.peak for r in found if r.peak is not None]
    memory = f"{max(peaks):.0f} MiB" if peaks else "not told by this system"
    lines = (
        f"imri-kg build  {seconds.median:.2f} s  ({seconds.minimum:.2f} to {seconds.maximum:.2f})",
        f"peak memory    {memory}",
        f"runs, each with an empty cache folder: {runs}",
    )
    return Measurement(lines, {"build": seconds.to_json(), "peak_mib": round(max(peaks), 1) if peaks else None})
