"""Filters on lists of mapping records that leave every state as it is.

Called by the mapping service. Basis and exploratory records decide states and are the `View` of `states`; what stands here only chooses
which records a list shows, and says of each filter what it left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from imri_kg.errors import ConflictError, InvalidValueError, UnknownNameError
from imri_kg.model import MappingRecord, State
from imri_kg.vocabulary import MATCHES

__all__ = ["RecordFilter"]

#: Which states the pairs of a record have: one, or, of a record that nothing fits, those of all pairs that it judges.
StatesOf = Callable[[MappingRecord], Iterable[State]]


@dataclass(frozen=True)
class RecordFilter:
    """What records a list shows.

    Attributes:
        states: states of the pairs; all when empty.
        predicates: CURIEs of SKOS matching properties; all when empty.
        least, most: confidence from 0 to 1, ends included; a record without confidence is shown only where both are None.
        sources: CURIEs of sources and of their parts; a record is shown where evidence of it is from one. None for all.
        source: the source as it was asked for.
    """

    states: tuple[State, ...] = ()
    predicates: tuple[str, ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None
    sources: frozenset[str] | None = None
    source: str = ""

    @classmethod
    def of(cls, *, state: Iterable[str] = (), predicate: Iterable[str] = (), min_confidence: float | str | Decimal | None = None,
           max_confidence: float | str | Decimal | None = None, sources: frozenset[str] | None = None, source: str = "") -> RecordFilter:  # fmt: skip
        """Return a filter after checking its values.

        Raises:
            UnknownNameError: a state or predicate is none of ours.
            InvalidValueError: a confidence is no number from 0 to 1.
            ConflictError: the least is above the most.
        """
        least, most = _confidence("min_confidence", min_confidence), _confidence("max_confidence", max_confidence)
        if least is not None and most is not None and least > most:
            raise ConflictError(f"No confidence is at least {least} and at most {most}; exchange the two.", "min_confidence")
        return cls(tuple(dict.fromkeys(_state(s) for s in _split(state))), tuple(dict.fromkeys(_predicate(p) for p in _split(predicate))), least, most, sources, source)

    def keep(self, records: Sequence[MappingRecord], states_of: StatesOf) -> tuple[list[MappingRecord], dict[str, int], list[str]]:
        """Return the records that a list shows, how many each filter left out, and the same in sentences.

        A record is counted at the first filter that leaves it out, so that the numbers add up.
        """
        kept, out, unrated = [], dict.fromkeys(self._asked, 0), 0
        for record in records:
            refused = self._refuses(record, states_of)
            if refused:
                out[refused] += 1
                unrated += refused == "confidence" and record.confidence is None
            else:
                kept.append(record)
        return kept, out, self._notes(out, unrated)

    @property
    def _asked(self) -> tuple[str, ...]:
        given = {"predicate": self.predicates, "confidence": self.least is not None or self.most is not None, "source": self.sources is not None, "state": self.states}
        return tuple(name for name, value in given.items() if value)

    def _refuses(self, record: MappingRecord, states_of: StatesOf) -> str | None:
        if self.predicates and record.predicate not in self.predicates:
            return "predicate"
        if self.least is not None or self.most is not None:
            number = record.confidence
            if number is None or (self.least is not None and number < self.least) or (self.most is not None and number > self.most):
                return "confidence"
        if self.sources is not None and not any(e.source in self.sources for e in record.evidence):
            return "source"
        if self.states and not any(s in self.states for s in states_of(record)):
            return "state"
        return None

    def _notes(self, out: Mapping[str, int], unrated: int) -> list[str]:
        limits = [f"at least {self.least}" if self.least is not None else "", f"at most {self.most}" if self.most is not None else ""]
        asked = {
            "predicate": f"The limit to {', '.join(self.predicates)}",
            "confidence": f"The limit to a confidence of {' and '.join(filter(None, limits))}",
            "source": f"The limit to evidence from {self.source}",
            "state": f"The limit to pairs in the state {' or '.join(s.words for s in self.states)}",
        }
        notes = []
        for name in self._asked:
            more = f", {unrated} of them because {'it has' if unrated == 1 else 'they have'} no confidence" if name == "confidence" and unrated else ""
            notes.append(f"{asked[name]} leaves out {out[name]} record{'' if out[name] == 1 else 's'}{more}; the states rest on all records in view.")
        return notes


def _split(values: Iterable[str]) -> list[str]:
    return [part for value in values for part in value.replace(",", " ").split()]


def _state(text: str) -> State:
    try:
        return State(text.casefold().replace("-", "_"))
    except ValueError:
        raise UnknownNameError("state", text, [s.value for s in State]) from None


def _predicate(text: str) -> str:
    for known in MATCHES:
        if text.casefold() in (known.casefold(), known.removeprefix("skos:").casefold()):
            return known
    raise UnknownNameError("predicate", text, list(MATCHES))


def _confidence(name: str, value: float | str | Decimal | None) -> Decimal | None:
    if value is None:
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number <= 1:
        raise InvalidValueError(f"{name} is {value!r}; a confidence is a number from 0 to 1.", name)
    return number
