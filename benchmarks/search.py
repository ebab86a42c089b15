"""Search inside one process: codes, labels, alternative labels, misspelt words, and words that nothing has."""

from __future__ import annotations

import time

import imri_kg
from benchmarks.results import Measurement, Summary
from imri_kg.graph import KnowledgeGraph

__all__ = ["HOW", "RUNS", "measure"]

RUNS = 200
HOW = "The graph is opened first. The very first search, which also prepares the index, is shown apart."

#: What people type: a code, a label, an alternative label, a plural, a typing error, several words, nothing that exists.
_WORDS = ("imri:B1", "connectedness", "corruption", "Relationships", "leadrship", "role modelling recovery", "xylophone")


def measure(runs: int) -> Measurement:
    """Search for each of a few words `runs` times."""
    graph = imri_kg.open()
    first = _seconds(graph, _WORDS[0])
    by_words = {words: Summary.of([_seconds(graph, words) for _ in range(runs)]) for words in _WORDS}
    slowest = max(s.median for s in by_words.values())
    width = max(map(len, _WORDS))
    lines = [f"first search  {first * 1000:.1f} ms"]
    lines += [f"{w:{width}}  {s.median * 1000:.2f} ms  ({s.minimum * 1000:.2f} to {s.maximum * 1000:.2f})" for w, s in by_words.items()]
    lines.append(f"slowest median {slowest * 1000:.2f} ms among {len(graph.index.entries)} constructs; runs of each: {runs}")
    figures = {"first": round(first, 6), "searches": {w: s.to_json() for w, s in by_words.items()}, "slowest_median": round(slowest, 6)}
    return Measurement(tuple(lines), figures)


def _seconds(graph: KnowledgeGraph, words: str) -> float:
    begin = time.perf_counter()
    graph.search(words)
    return time.perf_counter() - begin
