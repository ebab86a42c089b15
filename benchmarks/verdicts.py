"""Judgements on a soak: whether memory grew, descriptors leaked, an answer was wrong or a status was none of those that are documented.

Called by `soak`; knows nothing of servers. The first third of the looks is held against the last.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from benchmarks.sampling import Reading

__all__ = ["LEAST_READINGS", "Tally", "Verdict", "judge", "thirds"]

#: Looks without which nothing is judged.
LEAST_READINGS = 6
#: Memory may differ between thirds by this part or these MiB, whichever is more: the allocator and the moment of a look make that much.
_PARENT, _PARENT_MIB = 0.10, 24.0
_CHILDREN, _CHILDREN_MIB = 0.15, 96.0
_DESCRIPTORS, _FEW_DESCRIPTORS = 0.10, 8.0
_PROCESSES = 1.0
_THREADS, _FEW_THREADS = 0.20, 8.0
#: What may be open at rest beyond what was open before.
_AT_REST = 2


class Verdict(NamedTuple):
    """One judgement."""

    name: str
    passed: bool
    says: str

    def __str__(self) -> str:
        return f"{'pass' if self.passed else 'FAIL'}  {self.name}: {self.says}"


class Tally:
    """What came of the requests: outcomes by kind, how many answers were compared, and what was wrong.

    Not to be used from several threads without a lock.
    """

    def __init__(self) -> None:
        self.outcomes: dict[str, Counter[str]] = {}
        self.compared: Counter[str] = Counter()
        self.times: dict[str, list[float]] = {}
        self.wrong: Counter[str] = Counter()
        self.unexpected: Counter[str] = Counter()

    def note(self, kind: str, outcome: str, seconds: float) -> None:
        """Count an outcome."""
        self.outcomes.setdefault(kind, Counter())[outcome] += 1
        self.times.setdefault(kind, []).append(seconds)


def thirds(readings: Sequence[Reading], value: Callable[[Reading], float]) -> tuple[float, float]:
    """Return the medians of the first and of the last third.

    >>> thirds([1, 2, 3, 4, 5, 9], float)
    (1.5, 7.0)
    """
    part = max(1, len(readings) // 3)
    return statistics.median(map(value, readings[:part])), statistics.median(map(value, readings[-part:]))


def judge(readings: Sequence[Reading], before: Reading, after: Reading, tally: Tally, kinds: Sequence[str], faults: int) -> list[Verdict]:
    """Return all judgements.

    Args:
        readings: looks at the server while it was under load.
        before: a look at it at rest, with everything warm.
        after: a look at it at rest, after the load.
        tally: what came of the requests.
        kinds: ordinary kinds of requests, each of which must have been compared.
        faults: how many faults that it did not foresee the server logged.
    """
    found = [Verdict("samples", len(readings) >= LEAST_READINGS, f"{len(readings)} looks at the server; at least {LEAST_READINGS} are needed")]
    if readings:
        found += [
            _growth("memory of the server", readings, lambda r: r.parent, _PARENT, _PARENT_MIB, " MiB"),
            _growth("memory of its children", readings, lambda r: r.children, _CHILDREN, _CHILDREN_MIB, " MiB"),
            _growth("descriptors", readings, lambda r: r.descriptors, _DESCRIPTORS, _FEW_DESCRIPTORS, ""),
            _growth("processes", readings, lambda r: r.processes, 0.0, _PROCESSES, ""),
            _growth("threads", readings, lambda r: r.threads, _THREADS, _FEW_THREADS, ""),
        ]
    found += [
        Verdict("descriptors at rest", after.descriptors <= before.descriptors + _AT_REST, f"{before.descriptors} before, {after.descriptors} after"),
        Verdict("processes at rest", after.processes <= before.processes and not after.zombies,
                f"{before.processes} before, {after.processes} after, {after.zombies} of them dead"),
        _answers(tally, kinds),
        _statuses(tally.outcomes),
        Verdict("outcomes", not tally.unexpected, _listed(tally.unexpected) or "every request that means harm came to an end that is documented"),
        Verdict("log", not faults, f"{faults} faults that the server did not foresee"),
    ]  # fmt: skip
    return found


def _growth(name: str, readings: Sequence[Reading], value: Callable[[Reading], float], part: float, least: float, unit: str) -> Verdict:
    first, last = thirds(readings, value)
    allowed = max(first * part, least)
    return Verdict(name, last - first <= allowed, f"{first:.0f}{unit} in the first third, {last:.0f}{unit} in the last; {allowed:.0f}{unit} more would do")


def _answers(tally: Tally, kinds: Sequence[str]) -> Verdict:
    never = [kind for kind in dict.fromkeys(kinds) if not tally.compared[kind]]
    says = f"{tally.compared.total()} replies compared"
    if tally.wrong:
        says += f"; wrong: {_listed(tally.wrong)}"
    if never:
        says += f"; never compared: {', '.join(never)}"
    return Verdict("answers", not tally.wrong and not never, says)


def _statuses(outcomes: Mapping[str, Counter[str]]) -> Verdict:
    bad = Counter({f"{kind}: {outcome}": count for kind, counts in outcomes.items() for outcome, count in counts.items()
                   if outcome.removeprefix("broken ").startswith("5") and outcome != "503"})  # fmt: skip
    return Verdict("statuses", not bad, _listed(bad) or "no 5xx but 503 with Retry-After")


def _listed(counts: Counter[str], most: int = 10) -> str:
    shown = [f"{text} ({count} times)" for text, count in counts.most_common(most)]
    return "; ".join([*shown, f"and {len(counts) - most} more"] if len(counts) > most else shown)
