"""Why a pair has its state: records, derivations rule by rule, and the routes that no rule licenses.

A service beside the mapping service. A route is a chain of steps over asserted records, causal relations and the hierarchy
of a framework; it is a hypothesis and never counts as mapped. Reasons come from `ontology/mappings/refusals.csv`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from imri_kg import resources
from imri_kg.crosswalks import Explanation, Refusal, Route, RouteStep
from imri_kg.frameworks import FrameworkService
from imri_kg.mapping import MappingService
from imri_kg.mapping_rules import Rules, read_rules
from imri_kg.model import LeftOut, MappingRecord, State
from imri_kg.records import RecordReader
from imri_kg.search import Entry
from imri_kg.states import PairGrounds, View
from imri_kg.vocabulary import BASES

__all__ = ["ExplainingService"]

#: Routes longer than this say nothing that a reader could use.
LONGEST_ROUTE = 3
#: How many routes of a pair are listed.
MOST_ROUTES = 12


@dataclass(frozen=True, slots=True)
class _Edge:
    """A step that can be walked: its relation as read in the direction of the walk."""

    target: str
    relation: str
    kind: str
    id: str | None
    basis: str | None
    exploratory: bool
    inverse: bool
    evidence: tuple[str, ...]


class ExplainingService:
    """Answers why, for any two constructs."""

    def __init__(self, reader: RecordReader, frameworks: FrameworkService, mapping: MappingService) -> None:
        self._reader, self._frameworks, self._mapping = reader, frameworks, mapping

    @cached_property
    def _rules(self) -> Rules:
        return read_rules(resources.path("ontology", "mappings"))

    @cached_property
    def _edges(self) -> dict[str, list[_Edge]]:
        inverse = {i.predicate: i.inverse for i in self._rules.inversions}
        edges: dict[str, list[_Edge]] = defaultdict(list)
        for r in self._reader.state_records:
            if r.basis == "derived" or r.negated or r.none_found:
                continue
            edges[r.subject].append(_Edge(r.object, r.predicate, "mapping", r.record_id, r.basis, r.exploratory, False, ()))
            if r.predicate in inverse:
                edges[r.object].append(_Edge(r.subject, inverse[r.predicate], "mapping", r.record_id, r.basis, r.exploratory, True, ()))
        for c in self._reader.causal:
            evidence = tuple(c["evidence"])
            for here, there, turned in ((c["subject"], c["object"], False), (c["object"], c["subject"], True)):
                edges[here].append(_Edge(there, c["predicate"], "causal", c["id"], c["basis"], c["exploratory"], turned, evidence))
        for row in self._reader.rows("service/hierarchy"):
            low, high = self._reader.prefixes.compress(row["concept"]), self._reader.prefixes.compress(row["broader"])
            edges[low].append(_Edge(high, "skos:broader", "hierarchy", None, None, False, False, ()))
            edges[high].append(_Edge(low, "skos:narrower", "hierarchy", None, None, False, True, ()))
        return {here: sorted(found, key=_edge_order) for here, found in edges.items()}

    @cached_property
    def _labels(self) -> dict[str, str]:
        labels = {e.curie: e.label for e in self._frameworks.index.entries}
        for c in self._reader.causal:
            labels.setdefault(c["subject"], c["subject_label"])
            labels.setdefault(c["object"], c["object_label"])
        return labels

    def explain(self, subject: str, object_: str, *, basis: Iterable[str] = ()) -> Explanation:
        """Explain the state of a pair.

        Args:
            subject, object_: CURIEs, labels or codes.
            basis: bases to trust; all when empty. Records, relations, claims and the steps of routes on others are left out.

        Returns:
            State, asserted records, derivations, exploratory records (flagged, never counted), causal relations between the
            two, claims that concern both, and the routes that no rule licenses; where there is none at all, one entry with
            an empty chain and the reason.

        Raises:
            UnknownTermError, AmbiguousTermError: an end is not a construct.
        """
        view = View(basis)
        a, b = self._frameworks.resolve(subject), self._frameworks.resolve(object_)
        grounds = self._mapping.partition(view).grounds(a.curie, b.curie)
        everything = self._mapping.partition(View((), True)).grounds(a.curie, b.curie)
        wanted = {r.record_id for r in (*grounds.records, *everything.records)}
        found = [self._reader.all_records[i] for i in sorted(wanted)]
        counted = {r.record_id for r in grounds.records}
        asserted = tuple(r for r in found if r.record_id in counted and r.derivation is None)
        derived = tuple(r for r in found if r.record_id in counted and r.derivation is not None)
        exploratory = tuple(r for r in found if r.exploratory and r.record_id not in counted and view.trusts(r.basis))
        causal = tuple(c for c in self._reader.causal if {c["subject"], c["object"]} == {a.curie, b.curie})
        claims = tuple(c for c in self._reader.claims(a.curie, b.curie)
                       if {a.curie, f"framework:{a.framework}"} & {*c["about"]} and {b.curie, f"framework:{b.framework}"} & {*c["about"]})  # fmt: skip
        left = Counter(r.basis for r in found if not view.trusts(r.basis) and not r.exploratory)
        changed = int(grounds.state is not self._mapping.partition(View()).state(a.curie, b.curie))
        said = _left_out(view, left, Counter(item["basis"] for item in (*causal, *claims) if not view.trusts(item["basis"])))
        causal, claims = (tuple(item for item in items if view.trusts(item["basis"])) for items in (causal, claims))
        refusals = self._refusals_of(a, b, grounds, view, judged=bool(left))
        text = _sentence(a, b, grounds, asserted, derived, exploratory, causal, refusals, judged=bool(left))
        return Explanation(self._frameworks.reference(a), self._frameworks.reference(b), grounds.state, text, asserted, derived,
                           exploratory, refusals, causal, claims,
                           self._mapping.printed_limitations(a.framework, b.framework), self._mapping.release, "service/records",
                           view.basis, LeftOut(left, changed),
                           (*said, *self._frameworks.deprecation_notes(a, b), *self._frameworks.code_notes(a.framework, b.framework)))  # fmt: skip

    def _refusals_of(self, a: Entry, b: Entry, grounds: PairGrounds, view: View, *, judged: bool) -> tuple[Refusal, ...]:
        refusals = [self._blocked(row) for row in self._reader.rows(
            "service/blocked", subject=self._reader.iri(a.curie), object=self._reader.iri(b.curie))]  # fmt: skip
        for path in self._routes(a.curie, b.curie, view):
            reason = self._reason(a.curie, path)
            if reason is not None:
                refusals.append(Refusal(self._steps(a.curie, path), reason))
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
                                   tuple(e.curie for e in record.evidence)))  # fmt: skip
        return Refusal(tuple(steps), f"Rule {row['rule']} would give {short(row['predicate'])}, but the asserted negative record {short(row['by'])} blocks it.", row["rule"])

    def _steps_from(self, here: str, view: View) -> Iterator[_Edge]:
        """Yield the steps that can be walked from a construct; those of the hierarchy are nobody's judgement."""
        return (e for e in self._edges.get(here, ()) if e.basis is None or view.trusts(e.basis))

    def _routes(self, start: str, end: str, view: View) -> list[tuple[_Edge, ...]]:
        """Return the shortest routes from `start` to `end` that say something beyond a direct mapping record."""
        for length in range(1, LONGEST_ROUTE + 1):
            found = [p for p in self._walk(start, end, length, {start}, view) if not (length == 1 and p[0].kind == "mapping")]
            if found:
                return sorted(found, key=_path_order)
        return []

    def _walk(self, here: str, end: str, left: int, seen: set[str], view: View) -> Iterator[tuple[_Edge, ...]]:
        for edge in self._steps_from(here, view):
            if edge.target in seen:
                continue
            if left == 1:
                if edge.target == end:
                    yield (edge,)
            elif edge.target != end:
                for rest in self._walk(edge.target, end, left - 1, seen | {edge.target}, view):
                    yield (edge, *rest)

    def _reason(self, start: str, path: tuple[_Edge, ...]) -> str | None:
        """Return why no rule licenses a route, or None where the rules do license it (it is a derivation then)."""
        if len(path) == 1:
            return self._refusal(path[0].relation, path[0].kind, "*")
        table = {(c.first, c.second): c.result for c in self._rules.chains}
        relation = path[0].relation
        for number, edge in enumerate(path[1:], 1):
            result = table.get((relation, edge.relation)) if edge.kind == path[number - 1].kind == "mapping" else None
            if result is None:
                before = path[number - 1]
                return self._refusal(relation if before.kind == "mapping" else before.kind, before.kind, edge.relation if edge.kind == "mapping" else edge.kind)
            relation = result
        return None

    def _refusal(self, first: str, kind: str, second: str) -> str:
        first = kind if kind in ("causal", "hierarchy") else first
        for key in ((first, second), (first, "*"), ("*", second)):
            if key in self._rules.refusals:
                return self._rules.refusals[key]
        return f"No rule combines {first} with {second}."

    def _steps(self, start: str, path: tuple[_Edge, ...]) -> tuple[RouteStep, ...]:
        steps, here = [], start
        for e in path:
            evidence = e.evidence or (tuple(x.curie for x in self._reader.all_records[e.id].evidence) if e.kind == "mapping" and e.id else ())
            steps.append(RouteStep(here, self._labels.get(here, here), e.relation, e.target, self._labels.get(e.target, e.target),
                                   e.kind, e.id, e.basis, e.exploratory, e.inverse, evidence))  # fmt: skip
            here = e.target
        return tuple(steps)

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
            best: dict[str, tuple[_Edge, ...]] = {}
            for path in self._short(start, ends, view):
                end = path[-1].target
                if end not in best or (len(path), _path_order(path)) < (len(best[end]), _path_order(best[end])):
                    best[end] = path
            for end in sorted(best):
                reason = self._reason(start, best[end])
                if reason is not None and partition.state(start, end) is State.NOT_ASSESSED:
                    routes.append(Route(start, end, Refusal(self._steps(start, best[end]), reason)))
        return tuple(routes)

    def _short(self, start: str, ends: set[str], view: View) -> Iterator[tuple[_Edge, ...]]:
        for first in self._steps_from(start, view):
            if first.target in ends and first.kind != "mapping":
                yield (first,)
            for second in self._steps_from(first.target, view):
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


def _edge_order(edge: _Edge) -> tuple[object, ...]:
    return (edge.target, edge.relation, edge.id or "", edge.inverse)


def _path_order(path: tuple[_Edge, ...]) -> tuple[object, ...]:
    """Firm before exploratory, mappings before causal steps before hierarchy, author-stated first, then by name."""
    kinds = {"mapping": 0, "causal": 1, "hierarchy": 2}
    return (
        sum(e.exploratory for e in path),
        sum(kinds[e.kind] for e in path),
        sum(e.basis != "author-stated" for e in path),
        tuple((e.target, e.relation, e.id or "") for e in path),
    )


def _sentence(a: Entry, b: Entry, grounds: PairGrounds, asserted: tuple[MappingRecord, ...], derived: tuple[MappingRecord, ...],
              exploratory: tuple[MappingRecord, ...], causal: tuple[dict[str, object], ...], refusals: tuple[Refusal, ...], *,
              judged: bool) -> str:  # fmt: skip
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
        parts.append(f"{pair} were judged not to correspond.")
    elif grounds.state is State.CONTESTED:
        parts.append(f"{pair} are contested: there is a positive and a negative record, or a dispute.")
    else:
        which = "no record of a basis that is trusted here" if judged else "no record"
        parts.append(f"{pair} have not been assessed: {which} says that they correspond and none that they do not.")
    if len(exploratory) == 1:
        parts.append("1 exploratory record below 0.50 concerns the pair and does not count.")
    elif exploratory:
        parts.append(f"{len(exploratory)} exploratory records below 0.50 concern the pair and do not count.")
    if causal:
        parts.append("A causal or logic-model relation links them, which is no match.")
    real = [r for r in refusals if r.chain]
    if grounds.state is State.NOT_ASSESSED and real:
        lead = "1 route of recorded steps leads" if len(real) == 1 else f"{len(real)} routes of recorded steps lead"
        parts.append(f"{lead} from one to the other, but no rule licenses {'it' if len(real) == 1 else 'any of them'}; a route is a hypothesis.")
    return " ".join(parts)
