"""Which constructs have no counterpart in another edition, and what that rests on: judged so, judged in part, left out by the reader, or nobody judged.

Called by the views of crosswalk and coverage. Silence is never a negative, so the three are kept apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

__all__ = ["STANDINGS", "Gap", "Gaps", "gaps", "standing"]

#: How a construct can stand against an edition, the best known first.
STANDINGS = ("mapped", "contested", "judged", "partly", "left", "open")


class Gap(NamedTuple):
    """A construct against an edition: its pairs by state, and the constructs against which it was judged not mapped.

    `counts` has `left` too, where pairs are judged by records alone that the reader does not trust.
    """

    curie: str
    counts: Mapping[str, int]
    against: tuple[str, ...] = ()

    @property
    def pairs(self) -> int:
        """How many pairs it makes."""
        return sum(self.counts.values())


class Gaps(NamedTuple):
    """The constructs of one side by how they stand against the other."""

    by_standing: Mapping[str, tuple[Gap, ...]]

    @property
    def total(self) -> int:
        """How many constructs there are."""
        return sum(len(found) for found in self.by_standing.values())

    def number(self, name: str) -> int:
        """Return how many stand so."""
        return len(self.by_standing[name])

    @property
    def without(self) -> int:
        """How many have no counterpart, for whatever reason."""
        return self.number("judged") + self.number("partly") + self.number("left") + self.number("open")


def standing(counts: Mapping[str, int]) -> str:
    """Return how a construct stands against an edition, from its pairs by state.

    >>> standing({"mapped": 0, "judged_not_mapped": 1, "contested": 0, "not_assessed": 25})
    'partly'
    """
    if counts["mapped"]:
        return "mapped"
    if counts["contested"]:
        return "contested"
    left = counts.get("left", 0)
    if not counts["judged_not_mapped"]:
        return "left" if left else "open"
    return "partly" if counts["not_assessed"] or left else "judged"


def gaps(found: Iterable[Gap]) -> Gaps:
    """Return constructs by how they stand, each list in the order given."""
    by_standing: dict[str, list[Gap]] = {name: [] for name in STANDINGS}
    for gap in found:
        by_standing[standing(gap.counts)].append(gap)
    return Gaps({name: tuple(items) for name, items in by_standing.items()})
