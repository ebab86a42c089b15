"""Validating case tables: the whole way from bytes to messages against bare pySHACL on the same graph and shapes, in turns in one process."""

from __future__ import annotations

import time
from pathlib import Path

import pyshacl

import imri_kg
from benchmarks.generate import generate, workbook
from benchmarks.results import Measurement, Summary
from imri_kg import resources
from imri_kg.case_validation.service import Source, check_cases, sources_at

__all__ = ["HOW", "RUNS", "measure"]

RUNS = 3
CASES = 30
HOW = f"A synthetic workbook of {CASES} cases, about a thousand rows, of which one observation in fifty is faulty; and the reference cases."


def measure(runs: int, cases: int = CASES) -> Measurement:
    """Validate `runs` times each way."""
    graph = imri_kg.open()
    vocabulary = graph.case_vocabulary
    made = generate(cases)
    sources = [Source("cases.xlsx", workbook(made))]
    reference = sources_at([Path(f) for f in sorted(resources.path("ontology", "cases").iterdir())])
    checked = check_cases(sources, vocabulary, graph.release)
    data = checked.graphs[0].graph + vocabulary.background
    found: dict[str, list[float]] = {"whole": [], "bare": [], "reference": []}
    for _ in range(runs):
        found["bare"].append(_seconds(lambda: pyshacl.validate(data, shacl_graph=vocabulary.shapes, inference="none")))
        found["whole"].append(_seconds(lambda: check_cases(sources, vocabulary, graph.release)))
        found["reference"].append(_seconds(lambda: check_cases(reference, vocabulary, graph.release)))
    summaries = {name: Summary.of(seconds) for name, seconds in found.items()}
    ratio = summaries["whole"].median / summaries["bare"].median
    violations = checked.validation.counts["violation"]
    lines = (
        f"rows                 {made.rows}, faults planted {len(made.faults)}, violations found {violations}",
        f"from bytes to messages {summaries['whole'].median:.2f} s",
        f"bare pySHACL           {summaries['bare'].median:.2f} s",
        f"ten reference cases    {summaries['reference'].median:.2f} s",
        f"ratio {ratio:.2f} of the medians; runs of each, in turns: {runs}",
    )
    return Measurement(lines, {"rows": made.rows, "faults": len(made.faults), "violations": violations, "ratio": round(ratio, 3),
                               **{name: s.to_json() for name, s in summaries.items()}})  # fmt: skip


def _seconds(work: object) -> float:
    begin = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - begin
