"""Which mappings follow from which: SSSOM's inversion and chaining rules, applied until nothing new follows.

Pure functions over records; the rules are tables (`inversions.csv`, `chains.csv` and `refusals.csv` in
`ontology/mappings/`). Called by the build.
`ontology/mappings/rules.md` explains the tables, the confidence arithmetic and what blocks a derivation.
"""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

from imri_kg.errors import BuildError, Fault
from imri_kg.vocabulary import MATCHES

__all__ = ["THRESHOLD", "Blocked", "Chain", "DerivedRecord", "Inversion", "Record", "Rules", "derive", "read_rules"]

_HUNDREDTH = Decimal("0.01")
#: Below it a record is exploratory: it counts in no answer unless asked for.
THRESHOLD = Decimal("0.50")


@dataclass(frozen=True, slots=True)
class Record:
    """What the rules need to know of a record; ends and predicate are CURIEs, `confidence` is 0 to 1 or None."""

    id: str
    subject: str
    predicate: str
    object: str
    negated: bool = False
    confidence: Decimal | None = None
    exploratory: bool = False


@dataclass(frozen=True, slots=True)
class DerivedRecord(Record):
    """A record that follows from others by one rule."""

    rule: str = ""
    premises: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inversion:
    """`subject predicate object` gives `object inverse subject`."""

    rule: str
    predicate: str
    inverse: str
    source: str


@dataclass(frozen=True, slots=True)
class Chain:
    """`a first b` and `b second c` give `a result c`."""

    rule: str
    first: str
    second: str
    result: str
    source: str


@dataclass(frozen=True, slots=True)
class Rules:
    """The tables: what follows, and why a step may not follow another (`*` stands for any step)."""

    inversions: tuple[Inversion, ...]
    chains: tuple[Chain, ...]
    refusals: Mapping[tuple[str, str], str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Blocked:
    """A derivation that an asserted negative forbids."""

    subject: str
    predicate: str
    object: str
    rule: str
    premises: tuple[str, ...]
    by: str


def read_rules(folder: Path) -> Rules:
    """Read the rule tables in `folder` (`ontology/mappings`).

    Raises:
        BuildError: a table is missing, or a row is no rule; all such rows are listed.
    """
    faults: list[Fault] = []
    inversions = _rows(folder / "inversions.csv", ("rule", "predicate", "inverse", "source"), faults)
    chains = _rows(folder / "chains.csv", ("rule", "first", "second", "result", "source"), faults)
    refusals = _rows(folder / "refusals.csv", ("first", "second", "reason"), faults)
    if faults:
        raise BuildError(faults)
    return Rules(
        tuple(Inversion(*row) for row in inversions),
        tuple(Chain(*row) for row in chains),
        {(first, second): reason for first, second, reason in refusals},
    )


def _rows(file: Path, columns: tuple[str, ...], faults: list[Fault]) -> list[tuple[str, ...]]:
    name = f"ontology/mappings/{file.name}"
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            header = tuple(next(reader, ()))
            if header != columns:
                faults.append(Fault(name, 1, 0, "rule-columns", f"The columns are {', '.join(header)}; they must be {', '.join(columns)}."))
                return []
            found = []
            for row in reader:
                if len(row) != len(columns) or not all(row):
                    faults.append(Fault(name, reader.line_num, 0, "rule-row", f"A rule fills its {len(columns)} cells; this row is {row!r}."))
                    continue
                for place, (column, cell) in enumerate(zip(columns, row, strict=True), 1):
                    if column in ("predicate", "inverse", "result") and cell not in MATCHES:
                        faults.append(Fault(name, reader.line_num, place, "rule-predicate", f"{cell!r} is not a SKOS matching property."))
                found.append(tuple(row))
            return found
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        faults.append(Fault(name, 0, 0, "rule-table", f"The table cannot be read: {error}."))
        return []


def derive(records: Iterable[Record], rules: Rules, schemes: Mapping[str, str],
           none_found: Mapping[tuple[str, str], str] | None = None) -> tuple[list[DerivedRecord], list[Blocked]]:  # fmt: skip
    """Return everything that follows from `records`, and what an asserted negative blocked.

    Args:
        records: asserted records, positive and negative, in any order.
        rules: the rule tables.
        schemes: construct to framework key. Chains whose ends lie in one framework say nothing and are left out.
        none_found: (construct, framework key) to the record which says that nothing in that framework fits it.

    Returns:
        Derived records sorted by id, each with rule and premises, and blocked chains. Where a statement follows along
        several ways of equal length, there is one record for each. What follows only with the help of an exploratory
        record, or with a confidence below one half, is exploratory itself. The result does not depend on the order of
        `records`.
    """
    records = sorted(records, key=lambda r: r.id)
    firm = [r for r in records if not r.exploratory]
    derived, blocked = _closure(firm, (), rules, schemes, none_found or {}, firm=True)
    # The second round starts from what is firm, so that no firm statement is derived anew by a weaker way.
    wider, more = _closure(records, derived, rules, schemes, none_found or {}, firm=False)
    derived = [*derived, *wider]
    blocked = {*blocked, *more}
    order = sorted(blocked, key=lambda b: (b.subject, b.object, b.predicate, b.rule, b.premises))
    return sorted(derived, key=lambda r: r.id), order


def _closure(records: Sequence[Record], derived: Sequence[DerivedRecord], rules: Rules, schemes: Mapping[str, str],
             none_found: Mapping[tuple[str, str], str], *, firm: bool) -> tuple[list[DerivedRecord], set[Blocked]]:  # fmt: skip
    negative: dict[frozenset[str], str] = {}
    for r in records:
        if r.negated:
            negative.setdefault(frozenset((r.subject, r.object)), r.id)

    def blocker(subject: str, object_: str) -> str | None:
        return (
            negative.get(frozenset((subject, object_)))
            or none_found.get((subject, schemes.get(object_, "")))
            or none_found.get((object_, schemes.get(subject, "")))
        )

    known = {_claim(r) for r in (*records, *derived)}
    flipped = [
        _derived(claim, inversion.rule, (r,), r.confidence)
        for r in records
        for inversion in rules.inversions
        if r.predicate == inversion.predicate
        and (claim := (r.object, inversion.inverse, r.subject, r.negated)) not in known
    ]
    known |= {_claim(r) for r in flipped}
    new: list[DerivedRecord] = list(flipped)
    table = {(c.first, c.second): c for c in rules.chains}
    blocked: set[Blocked] = set()
    pool: list[Record] = [r for r in (*records, *derived, *flipped) if not r.negated]
    fresh = {r.id for r in pool}
    while fresh:
        by_subject: dict[str, list[Record]] = defaultdict(list)
        for r in pool:
            by_subject[r.subject].append(r)
        level: list[DerivedRecord] = []
        for first in pool:
            for second in by_subject[first.object]:
                chain = table.get((first.predicate, second.predicate))
                if chain is None or (first.id not in fresh and second.id not in fresh):
                    continue
                claim = (first.subject, chain.result, second.object, False)
                if claim in known or schemes.get(first.subject) == schemes.get(second.object):
                    continue
                confidence = _product(first.confidence, second.confidence)
                if firm and _weak(confidence):
                    continue
                by = blocker(first.subject, second.object)
                if by is not None:
                    blocked.add(Blocked(claim[0], claim[1], claim[2], chain.rule, (first.id, second.id), by))
                    continue
                level.append(_derived(claim, chain.rule, (first, second), confidence))
        new.extend(level)
        known |= {_claim(r) for r in level}
        pool.extend(level)
        fresh = {r.id for r in level}
    return new, blocked


def _claim(record: Record) -> tuple[str, str, str, bool]:
    return record.subject, record.predicate, record.object, record.negated


def _product(first: Decimal | None, second: Decimal | None) -> Decimal | None:
    if first is None or second is None:
        return None
    return (first * second).quantize(_HUNDREDTH, rounding=ROUND_HALF_EVEN)


def _weak(confidence: Decimal | None) -> bool:
    """Say whether a chain is too unsure to count: below the threshold that holds for curated records too."""
    return confidence is not None and confidence < THRESHOLD


def _derived(claim: tuple[str, str, str, bool], rule: str, premises: Sequence[Record], confidence: Decimal | None) -> DerivedRecord:
    ids = tuple(p.id for p in premises)
    # The id depends on the claim and its grounds alone, so that it survives every rebuild and every order of input.
    digest = hashlib.sha256("|".join((*map(str, claim), rule, *ids)).encode()).hexdigest()[:12]
    return DerivedRecord(f"mapping:d-{digest}", claim[0], claim[1], claim[2], claim[3], confidence,
                         any(p.exploratory for p in premises) or (len(premises) > 1 and _weak(confidence)), rule, ids)  # fmt: skip

