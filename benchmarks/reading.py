"""Reading a workbook of some ten thousand rows: ours against bare openpyxl on the same bytes, in turns, each in a process of its own."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.generate import generate, workbook
from benchmarks.processes import timed
from benchmarks.results import Measurement, Summary

__all__ = ["HOW", "RUNS", "measure"]

RUNS = 3
#: Gives about 10,000 rows: 34 rows a case.
CASES = 300
HOW = f"A synthetic workbook of {CASES} cases is read by a new process each time; the time of an interpreter that only imports openpyxl is taken off both."

_OURS = "import sys, pathlib; from imri_kg.readers import read_table_file; f = read_table_file('cases.xlsx', pathlib.Path(sys.argv[1]).read_bytes()); assert sum(len(s.rows) for s in f.sheets) > 1000"
_BARE = "import sys, openpyxl; b = openpyxl.load_workbook(sys.argv[1], read_only=True, data_only=True); assert sum(1 for s in b for r in s.iter_rows(values_only=True) for v in r if v is not None) > 1000"
_NOTHING = "import openpyxl"


def measure(runs: int, cases: int = CASES) -> Measurement:
    """Read `runs` times each way."""
    made = generate(cases)
    found: dict[str, list[float]] = {"ours": [], "bare": [], "nothing": []}
    peaks: list[float] = []
    with tempfile.TemporaryDirectory(prefix="imri-kg-reading-") as folder:
        file = Path(folder) / "cases.xlsx"
        file.write_bytes(workbook(made))
        for _ in range(runs):
            for name, program in (("nothing", _NOTHING), ("bare", _BARE), ("ours", _OURS)):
                run = timed([sys.executable, "-c", program, str(file)], Path(folder))
                found[name].append(run.seconds)
                if name == "ours" and run.peak is not None:
                    peaks.append(run.peak)
    summaries = {name: Summary.of(seconds) for name, seconds in found.items()}
    idle = summaries["nothing"].median
    ours, bare = summaries["ours"].median - idle, summaries["bare"].median - idle
    memory = f"{max(peaks):.0f} MiB" if peaks else "not told by this system"
    lines = (
        f"rows                {made.rows}",
        f"our reading         {ours:.2f} s, peak memory {memory}",
        f"openpyxl read-only  {bare:.2f} s",
        f"ratio {ours / bare:.2f} of the medians; runs of each, in turns: {runs}",
    )
    return Measurement(lines, {"rows": made.rows, "ratio": round(ours / bare, 3), "peak_mib": round(max(peaks), 1) if peaks else None,
                               **{name: s.to_json() for name, s in summaries.items()}})  # fmt: skip
