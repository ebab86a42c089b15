"""What a state means where it was asked: of a pair, of a construct against an edition, of a list of pairs.

A state of an edition sums up many pairs, and a limit on what counts hides records. "Nobody judged the pair" is said only where it is so.
Called by `answers`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from imri_kg.model import State
from imri_kg.states import View
from imri_kg_api.mcp_door import wording

if TYPE_CHECKING:
    from imri_kg.graph import KnowledgeGraph

__all__ = ["Hidden", "Looking", "of_edition", "of_pair", "of_pairs"]

#: How a count of pairs in a state is said: of one, of several.
_SAID = {
    State.MAPPED: ("is mapped", "are mapped"),
    State.JUDGED_NOT_MAPPED: ("was judged not to correspond", "were judged not to correspond"),
    State.CONTESTED: ("is contested", "are contested"),
}


class Hidden(NamedTuple):
    """How many pairs are not assessed although there are records on them.

    `bases` counts those with a record on a basis that was not asked for, `exploratory` those with exploratory records alone.
    """

    bases: int = 0
    exploratory: int = 0

    def __bool__(self) -> bool:
        return self.bases + self.exploratory > 0


class Looking:
    """What a question looks at: it finds records that the bases asked for, or the limit on exploratory ones, keep out."""

    def __init__(self, graph: KnowledgeGraph, basis: Iterable[str] = (), exploratory: bool = False) -> None:
        self._view, self._service = View(basis, exploratory), graph.mapping_service
        self._all = self._service.partition(View((), True))

    def hidden(self, subjects: Sequence[str], target: str) -> Hidden:
        """Count what is hidden of the pairs of some constructs with one construct, or with all of an edition.

        Args:
            subjects: CURIEs.
            target: CURIE, or key of an edition.
        """
        ends = self._service.members.get(target, (target,))
        return self.among((a, b) for a in subjects for b in ends if a != b)

    def between(self, source: str, target: str) -> Hidden:
        """Count what is hidden of the pairs of two editions."""
        return self.hidden(self._service.members[source], target)

    def among(self, pairs: Iterable[tuple[str, str]]) -> Hidden:
        """Count what is hidden of some pairs."""
        bases = exploratory = 0
        for pair in pairs:
            records = self._all.grounds(*pair).records
            if not records or any(self._view.admits(r) for r in records):
                continue
            # Exploratory records count in neither case, whatever their basis, unless they were asked for.
            if any(self._view.exploratory or not r.exploratory for r in records):
                bases += 1
            else:
                exploratory += 1
        return Hidden(bases, exploratory)


def of_pair(state: State, hidden: Hidden) -> str:
    """Return what the state of a pair means."""
    return _unjudged(hidden, "the pair", "the two") if state is State.NOT_ASSESSED and hidden else wording.meaning(state.value)


def of_pairs(state: State, hidden: Hidden) -> str:
    """Return what the state means that pairs in a list have in common."""
    return _unjudged(hidden, "these pairs", "they", counted=True) if state is State.NOT_ASSESSED else wording.meaning(state.value)


def of_edition(counts: Mapping[str, int], hidden: Hidden) -> str:
    """Return what the state of a construct against an edition means.

    Args:
        counts: its pairs by state.
        hidden: how many of those that are not assessed have records all the same.
    """
    total, rest = sum(counts.values()), counts[State.NOT_ASSESSED.value]
    judged = [(counts[state.value], said) for state, said in _SAID.items() if counts[state.value]]
    if not judged:
        return _unjudged(hidden, f"any of the {total} pairs", "they", counted=True)
    parts = [f"{n}{'' if i else f' of {total} pairs'} {said[n > 1]}" for i, (n, said) in enumerate(judged)]
    if not rest:
        return f"{', '.join(parts)}."
    words = _unjudged(hidden, f"the other {rest}", "those", counted=True)
    return f"{', '.join(parts)}; {words[0].lower()}{words[1:]}"


def _unjudged(hidden: Hidden, pairs: str, they: str, *, counted: bool = False) -> str:
    kind, number = ("bases", hidden.bases) if hidden.bases else ("exploratory", hidden.exploratory) if hidden.exploratory else ("none", 0)
    where = {"bases": f" (on {number} of them)", "exploratory": f", on {number} of them,"}.get(kind, "") if counted else ""
    return wording.unjudged(kind).format(pairs=pairs, they=they, where=where)
