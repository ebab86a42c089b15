"""The four states of a pair of constructs, as a pure partition.

A pair is mapped, judged not mapped, contested or not assessed; exactly one holds. Called by the mapping services with the
records that are in view; it reads no store.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import NamedTuple

from imri_kg.errors import UnknownNameError
from imri_kg.model import MappingRecord, State
from imri_kg.vocabulary import BASES, NO_TERM_FOUND

__all__ = ["PairGrounds", "Partition", "StateRecord", "View", "count_states", "summary_state"]


class StateRecord(NamedTuple):
    """What a state rests on: the ends as CURIEs, the framework keys, and how the record judges."""

    record_id: str
    subject: str
    subject_key: str
    predicate: str
    object: str
    object_key: str
    negated: bool
    basis: str
    exploratory: bool

    @property
    def none_found(self) -> bool:
        """Whether the record says that nothing in a whole edition fits its subject."""
        return self.object == NO_TERM_FOUND

    @property
    def directions(self) -> tuple[tuple[str, str], ...]:
        """The ordered pairs of editions whose pairs it judges: where nothing fits, both ways."""
        forward = (self.subject_key, self.object_key)
        return (forward, forward[::-1]) if self.none_found else (forward,)


class View:
    """What an answer may rest on: bases, and whether exploratory records count."""

    def __init__(self, basis: Iterable[str] = (), exploratory: bool = False) -> None:
        """Check the names of the bases.

        Raises:
            UnknownNameError: a basis is none of author-stated, curated, derived.
        """
        chosen = [b for item in basis for b in item.replace(",", " ").split()]
        for name in chosen:
            if name not in BASES:
                raise UnknownNameError("basis", name, list(BASES))
        self.basis = tuple(b for b in BASES if b in chosen) or tuple(BASES)
        self.exploratory = exploratory

    def admits(self, record: StateRecord | MappingRecord) -> bool:
        """Say whether a record is in view."""
        return self.trusts(record.basis) and (self.exploratory or not record.exploratory)

    def trusts(self, basis: str) -> bool:
        """Say whether statements on a basis are in view."""
        return basis in self.basis


class PairGrounds:
    """The records on one pair, positive and negative."""

    __slots__ = ("disputed", "negative", "positive")

    def __init__(self) -> None:
        self.positive: list[StateRecord] = []
        self.negative: list[StateRecord] = []
        self.disputed = False

    @property
    def state(self) -> State:
        """The state that these records give."""
        if self.disputed or (self.positive and self.negative):
            return State.CONTESTED
        if self.positive:
            return State.MAPPED
        if self.negative:
            return State.JUDGED_NOT_MAPPED
        return State.NOT_ASSESSED

    @property
    def records(self) -> list[StateRecord]:
        """All records of the pair."""
        return [*self.positive, *self.negative]


class Partition:
    """States of all pairs of constructs, given the records in view.

    `sssom:NoTermFound` from a construct towards an edition judges every pair of that construct with a member of that
    edition, in both directions: where nothing fits X, X fits nothing.
    """

    def __init__(self, records: Iterable[StateRecord], members: Mapping[str, Sequence[str]], disputed: Iterable[str] = ()) -> None:
        """Sort the records.

        Args:
            records: records in view, asserted and derived.
            members: framework key to the CURIEs of its members.
            disputed: ids of records that a dispute rejects.
        """
        self._pairs: dict[tuple[str, str], PairGrounds] = defaultdict(PairGrounds)
        rejected = set(disputed)
        for record in records:
            if record.none_found:
                for member in members.get(record.object_key, ()):
                    self._pairs[record.subject, member].negative.append(record)
                    self._pairs[member, record.subject].negative.append(record)
                continue
            grounds = self._pairs[record.subject, record.object]
            (grounds.negative if record.negated else grounds.positive).append(record)
            if record.record_id in rejected:
                grounds.disputed = True
                self._pairs[record.object, record.subject].disputed = True

    def grounds(self, subject: str, object_: str) -> PairGrounds:
        """Return the records on a pair; an empty one for a pair that nobody judged."""
        return self._pairs.get((subject, object_)) or PairGrounds()

    def state(self, subject: str, object_: str) -> State:
        """Return the state of a pair."""
        grounds = self._pairs.get((subject, object_))
        return State.NOT_ASSESSED if grounds is None else grounds.state

    def differing(self, other: Partition, sources: Container[str], targets: Container[str]) -> int:
        """Count the pairs of a source with a target that another partition of the same members puts into another state."""
        return sum(
            self.state(*pair) != other.state(*pair)
            for pair in {*self._pairs, *other._pairs} if pair[0] in sources and pair[1] in targets and pair[0] != pair[1]
        ) if self is not other else 0  # fmt: skip


def count_states(states: Iterable[State]) -> dict[str, int]:
    """Count states under the four keys of the replies; all four keys are always there."""
    counts = {state.value: 0 for state in State}
    for state in states:
        counts[state.value] += 1
    return counts


def summary_state(counts: Mapping[str, int]) -> State:
    """Return the state of a construct against a whole edition.

    Mapped if any pair is; else contested if any is; judged not mapped only if every pair was judged; else not assessed.
    """
    if counts[State.MAPPED]:
        return State.MAPPED
    if counts[State.CONTESTED]:
        return State.CONTESTED
    if counts[State.JUDGED_NOT_MAPPED] and not counts[State.NOT_ASSESSED]:
        return State.JUDGED_NOT_MAPPED
    return State.NOT_ASSESSED
