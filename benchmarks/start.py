"""The start: a question asked on the command line against an interpreter that does nothing but import rdflib.

Both are whole processes, run in turns, so that what else the machine does falls on both.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.processes import entry_point, timed
from benchmarks.results import Measurement, Summary

__all__ = ["HOW", "RUNS", "measure"]

RUNS = 15
HOW = (
    "Each run is a whole new process; the two take turns. The snapshot is built beforehand in a folder of its own. "
    "A ratio below 1 means that the answer is there before rdflib would be imported."
)
_QUESTION = ("map", "imri:B1", "--to", "chime")


def measure(runs: int) -> Measurement:
    """Run both commands `runs` times in turns."""
    answer = [*entry_point(), *_QUESTION]
    bare = [sys.executable, "-c", "import rdflib"]
    with tempfile.TemporaryDirectory(prefix="imri-kg-start-") as folder:
        cache = Path(folder)
        # Build the snapshot and read every file once, so that the first run is like the others.
        timed(answer, cache)
        timed(bare, cache)
        pairs = [(timed(answer, cache).seconds, timed(bare, cache).seconds) for _ in range(runs)]
    ours, theirs = (Summary.of(column) for column in zip(*pairs, strict=True))
    ratio = ours.median / theirs.median
    names = (f"imri-kg {' '.join(_QUESTION)}", "import rdflib")
    width = max(map(len, names))
    lines = [
        f"{name:{width}}  {s.median:.3f} s  ({s.minimum:.3f} to {s.maximum:.3f})" for name, s in zip(names, (ours, theirs), strict=True)
    ]
    lines.append(f"ratio {ratio:.2f} of the medians; runs of each, in turns: {runs}")
    return Measurement(tuple(lines), {"answer": ours.to_json(), "import_rdflib": theirs.to_json(), "ratio": round(ratio, 4)})
