"""Why a pair has its state: records, derivations rule by rule, and the routes that no rule licenses.

A service beside the mapping service. A route is a chain of steps over asserted records, causal relations and the hierarchy
of a framework; it is a hypothesis and never counts as mapped. Reasons come from `ontology/mappings/refusals.csv`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from imri_kg.crosswalks import Explanation, Refusal, Route, RouteStep
from imri_kg.frameworks import FrameworkService
from imri_kg.mapping import MappingService
from imri_kg.model import LeftOut, MappingRecord, Passage, State
from imri_kg.records import RecordReader
from imri_kg.routes import Edge, StepMap
from imri_kg.search import Entry
from imri_kg.states import PairGrounds, View
from imri_kg.vocabulary import BASES

__all__ = ["ExplainingService"]

#: Routes longer than this say nothing that a reader could use.
LONGEST_ROUTE = 3
#: How many routes of a pair are listed.
MOST_ROUTES = 12


class ExplainingService:
    """Answers why, for any two constructs."""

    def __init__(self, reader: RecordReader, frameworks: FrameworkService, mapping: MappingService, steps: StepMap) -> None:
        self._reader, self._frameworks, self._mapping, self._map = reader, frameworks, mapping, steps

    def explain(self, subject: str, object_: str, *, basis: Iterable[str] = (), exploratory: bool = False) -> Explanation:
        """Explain the state of a pair.

        Args:
            subject, object_: CURIEs, labels or codes.
            basis: bases to trust; all when empty. Records, relations, claims and the steps of routes on others are left out.
            exploratory: whether records below 0.50 count; they are shown in any case.

        Returns:
            State, asserted records, derivations, exploratory records (flagged, never counted), causal relations between the
            two, claims that concern both, and the routes that no rule licenses; where there is none at all, one entry with
            an empty chain and the reason.

        Raises:
            UnknownTermError, AmbiguousTermError: an end is not a construct.
        """
        view = View(basis, exploratory)
        a, b = self._frameworks.resolve(subject), self._frameworks.resolve(object_)
        grounds = self._mapping.partition(view).grounds(a.curie, b.curie)
        everything = self._mapping.partition(View((), True)).grounds(a.curie, b.curie)
        wanted = {r.record_id for r in (*grounds.records, *everything.records)}
        found = [self._reader.all_records[i] for i in sorted(wanted)]
        counted = {r.record_id for r in grounds.records}
        asserted = tuple(r for r in found if r.record_id in counted and r.derivation is None)
        derived = tuple(r for r in found if r.record_id in counted and r.derivation is not None)
        uncounted = tuple(r for r in found if r.exploratory and r.record_id not in counted and view.trusts(r.basis))
        causal = tuple(c for c in self._reader.causal if {c["subject"], c["object"]} == {a.curie, b.curie})
        claims = tuple(c for c in self._reader.claims(a.curie, b.curie)
                       if {a.curie, f"framework:{a.framework}"} & {*c["about"]} and {b.curie, f"framework:{b.framework}"} & {*c["about"]})  # fmt: skip
        left = Counter(r.basis for r in found if not view.trusts(r.basis) and (exploratory or not r.exploratory))
        changed = int(grounds.state is not self._mapping.partition(View((), exploratory)).state(a.curie, b.curie))
        said = _left_out(view, left, Counter(item["basis"] for item in (*causal, *claims) if not view.trusts(item["basis"])))
        causal, claims = (tuple(item for item in items if view.trusts(item["basis"])) for items in (causal, claims))
        refusals = self._refusals_of(a, b, grounds, view, judged=bool(left))
        text = _sentence(a, b, grounds, asserted, derived, uncounted, causal, refusals, view, left)
        return Explanation(self._frameworks.reference(a), self._frameworks.reference(b), grounds.state, text, asserted, derived,
                           uncounted, refusals, causal, claims,
                           self._mapping.printed_limitations(a.framework, b.framework), self._mapping.release, "service/records",
                           view.basis, LeftOut(left, changed),
                           (*said, *self._mapping.author_note(view, found), *self._frameworks.deprecation_notes(a, b), *self._frameworks.code_notes(a.framework, b.framework)))  # fmt: skip

    def _refusals_of(self, a: Entry, b: Entry, grounds: PairGrounds, view: View, *, judged: bool) -> tuple[Refusal, ...]:
        refusals = [self._blocked(row) for row in self._reader.rows(
            "service/blocked", subject=self._reader.iri(a.curie), object=self._reader.iri(b.curie))]  # fmt: skip
        for path in self._routes(a.curie, b.curie, view):
            reason = self._map.reason(path)
            if reason is not None:
                refusals.append(Refusal(self._map.route_steps(a.curie, path), reason))
        more = len(refusals) - MOST_ROUTES
        refusals = refusals[:MOST_ROUTES]
        if more > 0:
            refusals[-1] = Refusal(refusals[-1].chain, f"{refusals[-1].reason} ({more} further route{'s' if more > 1 else ''} of this length not listed.)")
        if not refusals:
            steps = "recorded steps" if view.basis == tuple(BASES) else f"steps on the basis {' or '.join(view.basis)}"
            if a.curie == b.curie:
                return (Refusal((), "The two ends are one and the same construct."),)
            if grounds.state is State.NOT_ASSESSED:
                return (Refusal((), f"No chain of up to {LONGEST_ROUTE} {steps} leads from {a.curie} to {b.curie}; {_nobody(judged)} judged the pair."),)
            return (Refusal((), f"No further chain of up to {LONGEST_ROUTE} {steps} leads from {a.curie} to {b.curie}."),)
        return tuple(refusals)

    def _blocked(self, row: dict[str, str]) -> Refusal:
        short = self._reader.prefixes.compress
        steps = []
        for premise in (row["premise1"], row["premise2"]):
            record = self._reader.all_records[short(premise)]
            steps.append(RouteStep(record.subject.curie, record.subject.label, record.predicate, record.object.curie, record.object.label,
                                   "mapping", record.record_id, record.basis, record.exploratory, False,
                                   tuple(Passage.of(e) for e in record.evidence)))  # fmt: skip
        return Refusal(tuple(steps), f"Rule {row['rule']} would give {short(row['predicate'])}, but the asserted negative record {short(row['by'])} blocks it.", row["rule"])

    def _routes(self, start: str, end: str, view: View) -> list[tuple[Edge, ...]]:
        """Return the shortest routes from `start` to `end` that say something beyond a direct mapping record."""
        for length in range(1, LONGEST_ROUTE + 1):
            found = [p for p in self._walk(start, end, length, {start}, view) if not (length == 1 and p[0].kind == "mapping")]
            if found:
                return sorted(found, key=_path_order)
        return []

    def _walk(self, here: str, end: str, left: int, seen: set[str], view: View) -> Iterator[tuple[Edge, ...]]:
        for edge in self._map.steps_from(here, view):
            if edge.target in seen:
                continue
            if left == 1:
                if edge.target == end:
                    yield (edge,)
            elif edge.target != end:
                for rest in self._walk(edge.target, end, left - 1, seen | {edge.target}, view):
                    yield (edge, *rest)

    def routes_between(self, source: str, target: str, *, basis: Iterable[str] = ()) -> tuple[Route, ...]:
        """Return, for each pair of two editions that nobody assessed, its first unlicensed route of at most two steps.

        Args:
            source, target: framework keys.
            basis: bases to trust in the steps; all when empty.
        """
        partition, view = self._mapping.partition(View()), View(basis)
        ends = set(self._mapping.members[self._frameworks.key(target)])
        routes = []
        for start in self._mapping.members[self._frameworks.key(source)]:
            best: dict[str, tuple[Edge, ...]] = {}
            for path in self._short(start, ends, view):
                end = path[-1].target
                if end not in best or (len(path), _path_order(path)) < (len(best[end]), _path_order(best[end])):
                    best[end] = path
            for end in sorted(best):
                reason = self._map.reason(best[end])
                if reason is not None and partition.state(start, end) is State.NOT_ASSESSED:
                    routes.append(Route(start, end, Refusal(self._map.route_steps(start, best[end]), reason)))
        return tuple(routes)

    def _short(self, start: str, ends: set[str], view: View) -> Iterator[tuple[Edge, ...]]:
        for first in self._map.steps_from(start, view):
            if first.target in ends and first.kind != "mapping":
                yield (first,)
            for second in self._map.steps_from(first.target, view):
                if second.target in ends and second.target != start:
                    yield (first, second)


def _left_out(view: View, records: Counter[str], statements: Counter[str]) -> tuple[str, ...]:
    """Say how many records on the pair, and how many relations and claims about it, a filter on the basis keeps out."""
    found = [(records, f"record{'s' if records.total() > 1 else ''} on this pair"),
             (statements, f"statement{'s' if statements.total() > 1 else ''} about {'it' if records else 'this pair'}")]  # fmt: skip
    parts = [f"{', '.join(f'{left[name]} {name}' for name in sorted(left))} {what}" for left, what in found if left]
    return (f"Trusting only {', '.join(view.basis)} leaves out {' and '.join(parts)}.",) if parts else ()


def _nobody(judged: bool) -> str:
    return "no record of a basis that is trusted here has" if judged else "nobody has"


def _path_order(path: tuple[Edge, ...]) -> tuple[object, ...]:
    """Firm before exploratory, mappings before causal steps before hierarchy, author-stated first, then by name."""
    kinds = {"mapping": 0, "causal": 1, "hierarchy": 2}
    return (
        sum(e.exploratory for e in path),
        sum(kinds[e.kind] for e in path),
        sum(e.basis != "author-stated" for e in path),
        tuple((e.target, e.relation, e.id or "") for e in path),
    )


def _denials(records: Iterable[MappingRecord]) -> str:
    """Say what negative records deny, and on what basis: no more follows from them."""
    found = [(r.basis, "finds nothing that fits" if r.none_found else f"denies {r.predicate}") for r in records if r.negated or r.none_found]
    return " and ".join(dict.fromkeys(f"a record that is {basis} {what}" for basis, what in found))


def _sentence(a: Entry, b: Entry, grounds: PairGrounds, asserted: tuple[MappingRecord, ...], derived: tuple[MappingRecord, ...],
              uncounted: tuple[MappingRecord, ...], causal: tuple[dict[str, object], ...], refusals: tuple[Refusal, ...],
              view: View, left: Counter[str]) -> str:  # fmt: skip
    """Say the outcome in plain words."""
    if a.curie == b.curie:
        return f"{a.curie} ({a.label}) is one and the same construct on both ends; no record says anything of such a pair."
    pair = f"{a.curie} ({a.label}) and {b.curie} ({b.label})"
    parts = []
    if grounds.state is State.MAPPED:
        stated = sum(r.basis == "author-stated" for r in asserted)
        curated = sum(r.basis == "curated" for r in asserted)
        sources = [f"{n} {name} record{'s' if n > 1 else ''}" for n, name in ((stated, "author-stated"), (curated, "curated"), (len(derived), "derived")) if n]
        parts.append(f"{pair} are mapped by {' and '.join(sources)}.")
    elif grounds.state is State.JUDGED_NOT_MAPPED:
        parts.append(f"{pair} were judged not to correspond: {_denials((*asserted, *derived))}.")
    elif grounds.state is State.CONTESTED:
        parts.append(f"{pair} are contested: there is a positive and a negative record, or a dispute.")
    elif left:
        others = ", ".join(f"{left[name]} {name}" for name in BASES if left[name])
        parts.append(f"On the basis {' or '.join(view.basis)} {pair} are not assessed: no such record says that they correspond and none that they do not. "
                     f"Other records judge the pair ({others}).")  # fmt: skip
    else:
        which = "no record that counts" if uncounted else "no record"
        parts.append(f"{pair} have not been assessed: {which} says that they correspond and none that they do not.")
    if len(uncounted) == 1:
        parts.append("1 exploratory record below 0.50 concerns the pair and does not count.")
    elif uncounted:
        parts.append(f"{len(uncounted)} exploratory records below 0.50 concern the pair and do not count.")
    if causal:
        parts.append("A causal or logic-model relation links them, which is no match.")
    real = [r for r in refusals if r.chain]
    if grounds.state is State.NOT_ASSESSED and real:
        lead = "1 route of recorded steps leads" if len(real) == 1 else f"{len(real)} routes of recorded steps lead"
        parts.append(f"{lead} from one to the other, but no rule licenses {'it' if len(real) == 1 else 'any of them'}; a route is a hypothesis.")
    return " ".join(parts)
