"""The dimensions of a matrix over cases: which values an observation has in each, what a filter means, how rows and columns are sorted.

Called by the matrix service. Whether a value is the source's own or somebody's coding is decided here, once for each dimension.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from imri_kg.cases.casebook import CaseService
from imri_kg.cases.matrices import Member
from imri_kg.cases.observations import CODED_IMPACT, Coding, Observation, Split, Term, split
from imri_kg.cases.reading import CaseReader
from imri_kg.errors import AmbiguousTermError, UnknownNameError
from imri_kg.search import Entry

__all__ = ["DIMENSIONS", "Dimension", "Dimensions", "Reading"]


@dataclass(frozen=True, slots=True)
class Dimension:
    """A property by which observations are counted.

    `split` says what makes a value printed: `source` (where, when, of or by whom the source reports it: always), `coding` (the coding of
    the observation is stated by the authors) or `context word` (the word stands with the statement). `coded` ones belong to a
    construct, so that two of them are read off one coding.
    """

    name: str
    split: str
    lists: tuple[str, ...] = ()
    coded: bool = False


DIMENSIONS: Mapping[str, Dimension] = {
    d.name: d
    for d in (
        Dimension("construct", "coding", coded=True),
        Dimension("domain", "coding", coded=True),
        Dimension("framework", "coding", coded=True),
        Dimension("impact", "coding", coded=True),
        Dimension("case", "source"),
        Dimension("dataset", "source"),
        Dimension("innovation", "source", ("ikg:Innovation",)),
        Dimension("phase", "source", ("ikg:Phase",)),
        Dimension("stakeholder", "source", ("ikg:StakeholderGroup",)),
        Dimension("level", "coding", ("ikg:Level",)),
        Dimension("valence", "coding", ("ikg:ObservationValence", "ikg:Valence")),
        Dimension("kind", "coding", ("ikg:ObservationKind",)),
        Dimension("context-word", "context word", ("ikg:ContextWord",)),
    )
}

#: The order of values that have one; others follow by their labels.
_ORDER = (
    "phase:historical-context", "phase:adoption", "phase:implementation", "phase:assimilation", "phase:not-stated",
    "level:service-user", "level:service-provider", "level:organisation", "level:society",
    "ikg:facilitator", "ikg:barrier", "ikg:mixedValence", "ikg:positive", "ikg:negative", "ikg:mixed",
    "ikg:determinantKind", "ikg:impactKind", CODED_IMPACT.curie, "ikg:eventKind", "ikg:assimilationKind", "ikg:backgroundKind",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """How dimensions are read: domains by our construct or the authors' context word, stakeholders as those who report or experience."""

    domain_by: str = "construct"
    stakeholder_by: str = "reported"
    rollup: bool = False

    def __post_init__(self) -> None:
        for name, value, known in (("domain_by", self.domain_by, ("construct", "context-word")), ("stakeholder_by", self.stakeholder_by, ("reported", "experienced"))):
            if value not in known:
                raise UnknownNameError(name, value, known)

    def split(self, dimension: Dimension) -> str:
        """Return what makes a value of a dimension printed."""
        return "context word" if dimension.name == "domain" and self.domain_by == "context-word" else dimension.split

    def coded(self, dimension: Dimension) -> bool:
        """Say whether a dimension is read off a coding."""
        return dimension.coded and not (dimension.name == "domain" and self.domain_by == "context-word")


class Dimensions:
    """Values, filters and order of the dimensions over the cases of a release."""

    def __init__(self, casebook: CaseService) -> None:
        self._casebook = casebook
        self._reader: CaseReader = casebook.reader
        self._frameworks = casebook.reader.frameworks

    @staticmethod
    def named(text: str) -> Dimension:
        """Return a dimension.

        Raises:
            UnknownNameError: there is none of that name; the nearest is given.
        """
        wanted = text.strip().casefold().replace("_", "-").replace(" ", "-")
        if wanted not in DIMENSIONS:
            raise UnknownNameError("dimension", text, list(DIMENSIONS))
        return DIMENSIONS[wanted]

    def values(self, o: Observation, coding: Coding | None, name: str, reading: Reading) -> tuple[str, ...]:
        """Return the values of an observation in a dimension, as keys; none where it has none.

        Args:
            o: the observation.
            coding: the one coding that is looked at, for the dimensions that are read off a coding.
            name: the dimension.
            reading: how dimensions are read; a roll-up gives a construct and everything broader.
        """
        if name == "domain" and reading.domain_by == "context-word":
            return (o.context.domain.curie,) if o.context and o.context.domain else ()
        if name in ("construct", "impact", "domain", "framework"):
            if coding is None or (name == "impact" and coding.role != "impact"):
                return ()
            if name == "framework":
                return (coding.construct.framework,)
            return (coding.domain.curie,) if name == "domain" else coding.path if reading.rollup else coding.path[:1]
        if name == "case":
            return (o.case.id,) if o.case else ()
        if name == "dataset":
            return (o.dataset,)
        if name == "context-word":
            return (o.context.term.curie if o.context.term else o.context.word,) if o.context else ()
        if name in ("level", "stakeholder"):
            many = o.levels if name == "level" else o.experienced_by if reading.stakeholder_by == "experienced" else o.reported_by
            return tuple(t.curie for t in many)
        one: Term | None = {"innovation": o.innovation, "phase": o.phase, "valence": o.valence, "kind": o.kind}[name]
        return (one.curie,) if one else ()

    def admits(self, o: Observation, coding: Coding | None, name: str, wanted: frozenset[str], reading: Reading) -> bool:
        """Say whether an observation passes a filter; one on a construct takes its narrower constructs with it."""
        if name in ("construct", "impact"):
            return coding is not None and not wanted.isdisjoint(coding.path)
        return not wanted.isdisjoint(self.values(o, coding, name, reading))

    def within(self, name: str, key: str, wanted: frozenset[str]) -> bool:
        """Say whether a row or column may appear under a filter on its own dimension."""
        return not wanted.isdisjoint(self._reader.path(key)) if name in ("construct", "impact") else key in wanted

    # ------------------------------------------------------------ filters

    def resolve(self, name: str, text: str) -> frozenset[str]:
        """Return the keys that the value of a filter means.

        Raises:
            UnknownNameError: the dimension has no such value; the nearest are named.
            UnknownTermError, AmbiguousTermError: no construct, or several, have that name.
        """
        if name == "case":
            return frozenset({self._casebook.find(text).key.id})
        if name == "framework":
            return frozenset({self._frameworks.key(text)})
        if name in ("construct", "impact", "domain"):
            return frozenset({self._construct(name, text)})
        labels = {d.key: (d.title,) for d in self._reader.datasets.values()} if name == "dataset" else dict(self._reader.names(*DIMENSIONS[name].lists))
        for term in self.in_use(name):
            labels.setdefault(term.curie, (term.label,))
        wanted = _folded(text)
        found = {key for key, names in labels.items() if wanted in {_folded(key), _folded(key.partition(":")[2]), *map(_folded, names)}}
        if not found:
            raise UnknownNameError(name, text, sorted(labels if name == "dataset" else {names[0] for names in labels.values()}))
        return frozenset(found)

    def _construct(self, name: str, text: str) -> str:
        impacts = {c.construct.framework for o in self._reader.observations if o.impact for c in o.codings}
        used = impacts if name == "impact" else self.frameworks_in_use()
        try:
            entry = self._frameworks.resolve(text)
        except AmbiguousTermError as error:
            near = [c for c in error.candidates if c.framework in used]
            if len(near) != 1:
                raise
            entry = self._frameworks.resolve(near[0].curie)
        if name == "impact" and entry.framework not in impacts:
            raise UnknownNameError(name, text, [e.curie for key in sorted(impacts) for e in self._frameworks.members(key)])
        if name == "domain" and self._reader.broader(entry.curie):
            raise UnknownNameError(name, text, [e.curie for key in sorted(used) for e in self.tops(key)])
        return entry.curie

    def frameworks_in_use(self) -> set[str]:
        """Return the keys of the editions to which any observation is coded."""
        return {c.construct.framework for o in self._reader.observations for c in o.codings}

    def in_use(self, name: str) -> set[Term]:
        """Return the terms of a dimension that observations have, whether a code list knows them or not."""
        found: set[Term] = set()
        for o in self._reader.observations:
            if name == "context-word" and o.context:
                found.add(o.context.term or Term(o.context.word, o.context.word))
            elif name == "innovation" and o.innovation:
                found.add(o.innovation)
            elif name == "kind":
                found.add(o.kind)
        return found

    def choices(self, name: str) -> tuple[Member, ...]:
        """Return the values that any observation has in a dimension, in order, each with how many have it; those by which a filter finds something."""
        found: dict[str, dict[str, Observation]] = {}
        stakeholders = ("reported", "experienced") if name == "stakeholder" else ("reported",)
        for o in self._reader.observations:
            for reading in (Reading(stakeholder_by=by) for by in stakeholders):
                for key in (k for coding in (*o.codings, None) for k in self.values(o, coding, name, reading)):
                    found.setdefault(key, {})[o.id] = o
        return tuple(self.member(name, key, split(found[key].values())) for key in self.sorted(name, found))

    # ------------------------------------------------------------ rows and columns

    def tops(self, key: str) -> list[Entry]:
        """Return the members of an edition above which nothing stands."""
        return [e for e in self._frameworks.members(key) if self._reader.broader(e.curie) is None]

    def every(self, name: str, frameworks: Iterable[str]) -> set[str]:
        """Return all values that a dimension can have: members of editions, values of code lists, cases.

        Args:
            name: the dimension.
            frameworks: keys of the editions whose members are meant.
        """
        if name in ("construct", "impact"):
            return {e.curie for key in frameworks for e in self._frameworks.members(key)}
        if name == "domain":
            return {e.curie for key in frameworks for e in self.tops(key)}
        if name == "case":
            return set(self._reader.cases)
        if name == "dataset":
            return {d.key for d in self._reader.datasets.values()}
        if name == "framework":
            return set(frameworks)
        return {t.curie for t in self._reader.terms(*DIMENSIONS[name].lists)} | {t.curie for t in self.in_use(name)}

    def member(self, name: str, key: str, count: Split) -> Member:
        """Return a row or column with its label and place."""
        if name in ("construct", "impact", "domain"):
            construct = self._reader.reference(key)
            return Member(key, construct.label, count, construct.framework, construct.label_status, self._reader.broader(key), len(self._reader.path(key)) - 1)
        if name == "case":
            return Member(key, self._reader.cases[key].key.name, count)
        if name == "dataset":
            return Member(key, next(d.title for d in self._reader.datasets.values() if d.key == key), count)
        if name == "framework":
            return Member(key, self._frameworks.framework(key).label, count)
        label = CODED_IMPACT.label if key == CODED_IMPACT.curie else self._reader.term(key).label
        return Member(key, label, count)

    def sorted(self, name: str, keys: Iterable[str]) -> list[str]:
        """Return keys in order: hierarchies from the top, phases in time, the rest by label, what is not stated last."""
        if name in ("construct", "impact", "domain"):
            return sorted(keys, key=lambda k: (self._reader.order.get(k, len(self._reader.order)), k))
        if name in ("case", "dataset", "framework"):
            return sorted(keys)
        known = {key: place for place, key in enumerate(_ORDER)}
        return sorted(keys, key=lambda k: (k.endswith(":not-stated"), known.get(k, len(known)), self._reader.term(k).label, k))


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").replace("-", " ").replace("_", " ").split())
