"""Paths from any construct, topic or edition to any other, over mapping records, causal relations and the hierarchy.

A service. Mapping records are walked both ways, by the inversion rules; a causal relation only from its subject to its
object, whatever its property. A path is a list of what is recorded: what follows from the steps together only a rule can
say, and a path that no rule licenses is a hypothesis. Nothing here counts as mapped.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cached_property
from typing import Any

from imri_kg.errors import BadInputError, Candidate, ConflictError, UnknownNameError, UnknownTermError, nearest_names
from imri_kg.frameworks import FrameworkService
from imri_kg.mapping import MappingService
from imri_kg.mapping_rules import THRESHOLD
from imri_kg.model import Reference
from imri_kg.pathway_answers import PathEnd, PathStep, Pathway, Pathways, count_statuses, passage
from imri_kg.records import RecordReader
from imri_kg.routes import Edge, Join, StepMap
from imri_kg.states import View
from imri_kg.vocabulary import BASES

__all__ = ["DEFAULT_STEPS", "MOST_PARTIAL", "MOST_STEPS", "PathwayService"]

DEFAULT_STEPS = 4
MOST_STEPS = 6
#: How many partial paths a search tries before it stops and says so.
MOST_PARTIAL = 60_000
_QUERIES = ("service/records", "service/causal-relations", "service/moderators", "service/hierarchy")
_HUNDREDTH = Decimal("0.01")

_Path = tuple[str, tuple[Edge, ...]]


@dataclass(frozen=True, slots=True)
class _Found:
    """What a search found: paths, how many partial ones it tried, and up to which length nothing is missing."""

    paths: tuple[_Path, ...]
    tried: int
    whole_up_to: int


@dataclass(frozen=True, slots=True)
class _Question:
    """A question after its names were resolved."""

    starts: tuple[str, ...]
    ends: tuple[str, ...]
    most: int
    via: tuple[str, ...]
    hierarchy: bool


class PathwayService:
    """Answers how one thing leads to another."""

    def __init__(self, reader: RecordReader, frameworks: FrameworkService, mapping: MappingService, steps: StepMap,
                 *, most_partial: int = MOST_PARTIAL) -> None:  # fmt: skip
        self._reader, self._frameworks, self._mapping, self._map, self._most_partial = reader, frameworks, mapping, steps, most_partial

    def pathways(self, source: str, target: str, *, max_steps: int = DEFAULT_STEPS, basis: Iterable[str] = (), exploratory: bool = False,
                 hypotheses: bool = False, hierarchy: bool = False, via: Sequence[str] = ()) -> Pathways:  # fmt: skip
        """Return the paths that lead from one end to the other.

        Args:
            source, target: each a construct (CURIE, label or code), the key of an edition, or the CURIE of a topic or
                phase that a causal relation names. A path from or to an edition begins and ends at the first construct of
                it that it meets.
            max_steps: longest path in steps, from 1 to 6.
            basis: bases to trust in the steps; all when empty. A step has the basis of its record, also read backwards.
            exploratory: whether steps below 0.50 may be walked.
            hypotheses: whether paths are listed in which no step is stated by authors; else they are counted.
            hierarchy: whether steps to broader and narrower constructs of an edition may be walked.
            via: keys of editions, through a construct of each of which a path has to pass between its ends.

        Returns:
            The paths, those that authors state first, then shorter ones; and how many were left out for which reason.
            Where the search met its limit, `search` says up to which length nothing is missing.

        Raises:
            UnknownTermError, AmbiguousTermError: an end is nothing that paths could begin or end at.
            UnknownNameError: a basis or a framework in `via` is unknown.
            ConflictError: `via` names the edition where the paths begin or end.
            BadInputError: `max_steps` is out of range.
        """
        if not 1 <= max_steps <= MOST_STEPS:
            raise BadInputError(f"A path may have 1 to {MOST_STEPS} steps, not {max_steps}.")
        view = View(basis)
        (start, starts), (end, ends) = self._end(source), self._end(target)
        passed = tuple(dict.fromkeys(self._frameworks.key(v) for v in via))
        for key in passed:
            if key in (start.id, end.id):
                raise ConflictError(f"The paths begin or end in the edition {key}, so that 'via' cannot name it as well.", "via")
        if len(ends) == 1:
            starts = tuple(s for s in starts if s != ends[0])
        question = _Question(starts, ends, max_steps, passed, hierarchy)
        found = self._search(question, lambda e: (e.basis is None or view.trusts(e.basis)) and (exploratory or not e.exploratory))
        paths = [self._pathway(*path) for path in found.paths]
        firm = [p for p in paths if exploratory or not p.exploratory]
        shown = sorted((p for p in firm if hypotheses or not _by_curators_alone(p)), key=_order)
        left = {"hypotheses": 0 if hypotheses else sum(map(_by_curators_alone, firm)), "exploratory": len(paths) - len(firm), "other_basis": 0, "at_least": False}
        if not exploratory or view.basis != tuple(BASES):
            wider = self._search(question, lambda e: True)
            for _, path in wider.paths:
                if any(e.basis is not None and not view.trusts(e.basis) for e in path):
                    left["other_basis"] += 1
                elif not exploratory and any(e.exploratory for e in path):
                    left["exploratory"] += 1
            left["at_least"] = wider.whole_up_to < max_steps
        left["at_least"] = left["at_least"] or found.whole_up_to < max_steps
        items = tuple(replace(p, number=number) for number, p in enumerate(shown, 1))
        search = {"max_steps": max_steps, "partial_paths": found.tried, "limit": self._most_partial,
                  "complete": found.whole_up_to >= max_steps, "complete_up_to": found.whole_up_to}  # fmt: skip
        keys = dict.fromkeys(r.framework for p in items for s in p.steps for r in (s.subject, s.object) if r.framework)
        return Pathways(start, end, items, count_statuses(items), left, search, _sentence(start, end, items, left, search, view, question),
                        view.basis, (*_limit_note(search), *self._notes(starts, ends), *self._frameworks.code_notes(*sorted(keys))),
                        _QUERIES, self._mapping.release)  # fmt: skip

    def _notes(self, *ends: tuple[str, ...]) -> tuple[str, ...]:
        entries = [self._frameworks.index.get(e[0]) for e in ends if len(e) == 1]
        return self._frameworks.deprecation_notes(*(e for e in entries if e is not None))

    # ------------------------------------------------------------ ends

    @cached_property
    def _topics(self) -> dict[str, str]:
        """What causal relations name beside constructs, with its label: topics, phases, and editions as a whole."""
        ends = ((c[end], c[f"{end}_label"]) for c in self._reader.causal for end in ("subject", "object"))
        return {curie: label for curie, label in ends if self._frameworks.index.get(curie) is None and not curie.startswith("relation:")}

    def _end(self, text: str) -> tuple[PathEnd, tuple[str, ...]]:
        """Return an end and the constructs that stand for it."""
        asked = text.strip()
        if asked.startswith(("http://", "https://")):
            asked = self._reader.prefixes.compress(asked)
        key = self._key(asked.removeprefix("framework:"))
        if key:
            # What is said of an edition as a whole is said of none of its members, so the edition is an end beside them.
            members = self._mapping.members[key]
            return PathEnd("edition", key, self._frameworks.framework(key).label, len(members)), (*members, *({f"framework:{key}"} & {*self._topics}))
        if asked in self._topics:
            return PathEnd("topic", asked, self._topics[asked], 0), (asked,)
        if asked.startswith(tuple({f"{t.partition(':')[0]}:" for t in self._topics})):
            near = [Candidate(t, self._topics[t], "", 0.5) for t in nearest_names(asked, list(self._topics), limit=5)]
            raise UnknownTermError(asked, near, "a topic, phase or edition; only those that a causal relation names begin or end a path")
        entry = self._frameworks.resolve(text)
        return PathEnd("construct", entry.curie, entry.label, 1), (entry.curie,)

    def _key(self, text: str) -> str | None:
        try:
            return self._frameworks.key(text)
        except UnknownNameError:
            return None

    # ------------------------------------------------------------ search

    def _search(self, question: _Question, usable: Callable[[Edge], bool]) -> _Found:
        """Return all paths without a loop, shorter ones first, until the limit is met.

        A partial path is dropped when what is left of the steps cannot reach an end; it never leads through a start or an end.
        """
        steps: dict[str, list[Edge]] = {}
        back: dict[str, list[str]] = defaultdict(list)
        for here, edges in self._map.edges.items():
            steps[here] = [e for e in edges if not (e.kind == "causal" and e.inverse) and (question.hierarchy or e.kind != "hierarchy") and usable(e)]
            for edge in steps[here]:
                back[edge.target].append(here)
        ends, starts = frozenset(question.ends), frozenset(question.starts)
        distance = _distances(ends, back, question.most)
        found: list[_Path] = []
        tried = 0
        level: list[_Path] = [(s, ()) for s in question.starts if s in distance or s in ends]
        for length in range(1, question.most + 1):
            longer: list[_Path] = []
            for start, path in level:
                seen = {start, *(e.target for e in path)}
                for edge in steps.get(path[-1].target if path else start, ()):
                    if edge.target in seen:
                        continue
                    tried += 1
                    if tried > self._most_partial:
                        return _Found(self._passing(found, question.via), tried - 1, length - 1)
                    if edge.target in ends:
                        found.append((start, (*path, edge)))
                    elif edge.target not in starts and distance.get(edge.target, question.most) <= question.most - length:
                        longer.append((start, (*path, edge)))
            level = longer
        return _Found(self._passing(found, question.via), tried, question.most)

    def _passing(self, found: list[_Path], via: tuple[str, ...]) -> tuple[_Path, ...]:
        if not via:
            return tuple(found)
        return tuple((start, path) for start, path in found if set(via) <= {self._framework(e.target) for e in path[:-1]})

    def _framework(self, curie: str) -> str:
        entry = self._frameworks.index.get(curie)
        return entry.framework if entry else ""

    # ------------------------------------------------------------ paths

    def _pathway(self, start: str, path: tuple[Edge, ...]) -> Pathway:
        nodes = (start, *(e.target for e in path))
        joins = self._map.joins(path, lambda first, reached, rule, gives: self._blocked(nodes, first, reached, rule, gives))
        steps = tuple(self._step(nodes[n], e, joins[n - 1] if n else None) for n, e in enumerate(path))
        authored = sum(s.basis == "author-stated" for s in steps)
        curated = sum(s.basis == "curated" for s in steps)
        reason = next((j.reason for j in joins if j.reason is not None), None)
        status = "recorded" if len(path) == 1 else "hypothesis" if reason else "licensed"
        concludes = joins[-1].gives if status == "licensed" else path[0].relation if status == "recorded" and path[0].kind == "mapping" else None
        confidence = _product(steps) if concludes else None
        weak = status == "licensed" and confidence is not None and confidence < THRESHOLD
        return Pathway(0, steps, status, _heading(status, authored, curated), authored, curated,
                       weak or any(e.exploratory for e in path), concludes, None if confidence is None else float(confidence), reason)  # fmt: skip

    def _blocked(self, nodes: tuple[str, ...], first: int, reached: str, rule: str, gives: str) -> str | None:
        """Return why a rule that fits may not be used after all."""
        begins, whole = nodes[first], first == 0 and reached == nodes[-1]
        if whole and self._framework(begins) == self._framework(reached):
            return f"Rule {rule} would give {gives}, but both ends belong to {self._framework(reached)}; a mapping holds between two editions."
        negative = [r for r in self._mapping.partition(View((), True)).grounds(begins, reached).negative if r.basis != "derived"]
        negative += [r for r in self._mapping.partition(View((), True)).grounds(reached, begins).negative if r.basis != "derived"]
        return f"Rule {rule} would give {gives}, but the asserted negative record {negative[0].record_id} blocks it." if negative else None

    def _step(self, here: str, edge: Edge, join: Join | None) -> PathStep:
        subject, object_ = self._reference(here), self._reference(edge.target)
        rule, gives, reason = (join.rule, join.gives, join.reason) if join else (None, None, None)
        direction = "inverse" if edge.inverse else "forward"
        if edge.kind == "mapping":
            assert edge.id is not None
            record = self._reader.all_records[edge.id]
            confidence = None if record.confidence is None else float(record.confidence)
            return PathStep(subject, edge.relation, object_, edge.kind, direction, edge.id, record.basis, record.exploratory, record.stated_relation,
                            record.predicate_basis, None, confidence, record.evidence, (), rule, gives, reason)  # fmt: skip
        if edge.kind == "causal":
            assert edge.id is not None
            c = self._reader.causal_by_id[edge.id]
            return PathStep(subject, edge.relation, object_, edge.kind, direction, edge.id, c["basis"], c["exploratory"], c["stated_relation"],
                            c["predicate_basis"], c["evidence_kind"], c["confidence"], self._evidence(c), self._moderators.get(edge.id, ()),
                            rule, gives, reason)  # fmt: skip
        return PathStep(subject, edge.relation, object_, edge.kind, direction, None, None, False, None, None, None, None, (), (), rule, gives, reason)

    def _reference(self, curie: str) -> Reference:
        entry = self._frameworks.index.get(curie)
        if entry is not None:
            return self._frameworks.reference(entry)
        return Reference(curie, self._reader.prefixes.expand(curie), self._map.labels.get(curie, curie), "")

    def _evidence(self, relation: dict[str, Any]) -> tuple[Any, ...]:
        iris = [e["iri"] for e in relation["evidence"]]
        known = self._reader.evidence(iris)
        return tuple(known[i] for i in iris if i in known)

    @cached_property
    def _moderators(self) -> dict[str, tuple[dict[str, Any], ...]]:
        """Causal relation to what is recorded as moderating it."""
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self._reader.rows("service/moderators"):
            short = self._reader.prefixes.compress
            relation = self._reader.causal_by_id[short(row["relation"])]
            label = row["moderatorLabel"] or short(row["moderator"])
            acts = {"strengthens": "strengthens this link", "weakens": "weakens this link"}.get(row["direction"], "moderates this link (no direction stated)")
            found[short(row["link"])].append({
                "id": relation["id"], "subject": short(row["moderator"]), "subject_label": label, "direction": row["direction"],
                "basis": relation["basis"], "stated_relation": relation["stated_relation"], "evidence_kind": relation["evidence_kind"],
                "evidence": [passage(e) for e in self._evidence(relation)], "text": f"{label} {acts}",
            })  # fmt: skip
        return {link: tuple(items) for link, items in found.items()}


def _distances(ends: frozenset[str], back: dict[str, list[str]], most: int) -> dict[str, int]:
    """Return how many steps at least lead from each construct to an end, up to `most`."""
    distance, queue = dict.fromkeys(ends, 0), deque(ends)
    while queue:
        here = queue.popleft()
        if distance[here] < most:
            for before in back[here]:
                if before not in distance:
                    distance[before] = distance[here] + 1
                    queue.append(before)
    return distance


def _product(steps: Sequence[PathStep]) -> Decimal | None:
    """Return the confidence of what the steps give together, by the arithmetic of derived records; None where one step has none."""
    whole = Decimal(1)
    for step in steps:
        if step.confidence is None:
            return None
        whole = (whole * Decimal(str(step.confidence))).quantize(_HUNDREDTH, rounding=ROUND_HALF_EVEN)
    return whole


def _by_curators_alone(path: Pathway) -> bool:
    return path.authored == 0 and path.curated > 0


def _order(path: Pathway) -> tuple[object, ...]:
    """Stated by authors throughout, then partly, then not at all; within that shorter ones first, firm ones, then by name."""
    return (
        0 if not path.curated else 1 if path.authored else 2,
        len(path.steps),
        path.exploratory,
        path.curated,
        tuple((s.subject.curie, s.object.curie, s.relation, s.id or "") for s in path.steps),
    )


def _heading(status: str, authored: int, curated: int) -> str:
    if authored == curated == 0:
        return "hierarchy of an edition"
    if not authored:
        return "curators' hypothesis"
    joined = {"recorded": "", "licensed": ", joined by rules", "hypothesis": "; that they lead on to each other is a hypothesis"}[status]
    if not curated:
        return f"stated by authors{joined}" if status == "recorded" else f"each step stated by authors{joined}"
    return f"{authored} of {authored + curated} judged steps stated by authors{joined}"


def _limit_note(search: dict[str, Any]) -> tuple[str, ...]:
    if search["complete"]:
        return ()
    return (f"The search stopped after {search['limit']:,} partial paths. Nothing is missing up to {search['complete_up_to']} "
            f"step{'' if search['complete_up_to'] == 1 else 's'}; longer paths are listed only in part. Ask for fewer steps, or for one construct instead of an edition.",)  # fmt: skip


def _sentence(start: PathEnd, end: PathEnd, items: tuple[Pathway, ...], left: dict[str, Any], search: dict[str, Any], view: View, question: _Question) -> str:
    """Say the outcome in plain words."""
    if start.id == end.id and start.kind != "edition":
        return f"{start.id} ({start.label}) is one and the same on both ends; a path leads from one thing to another."
    through = f" through {' and '.join(question.via)}" if question.via else ""
    steps = f"up to {search['max_steps']} step{'s' if search['max_steps'] > 1 else ''}"
    pair = f"from {start.id} ({start.label}) to {end.id} ({end.label}){through}"
    number = f"{'at least ' if left['at_least'] else ''}{{}}"
    others = []
    for name, one, many, how in (
        ("hypotheses", "is a curators' hypothesis, in which authors state no step", "are curators' hypotheses, in which authors state no step", "the option hypotheses lists them"),
        ("exploratory", "rests on exploratory steps below 0.50", "rest on exploratory steps below 0.50", "the option exploratory walks them"),
        ("other_basis", f"has a step that is not {' or '.join(view.basis)}", f"have a step that is not {' or '.join(view.basis)}", "ask without the option basis"),
    ):
        if left[name]:
            others.append(f"{number.format(left[name])} {one if left[name] == 1 else many} ({how})")
    aside = f" Not listed: {'; '.join(others)}." if others else ""
    if items:
        licensed = sum(p.status == "licensed" for p in items)
        rules = f", {licensed} of them joined by rules throughout" if licensed else ""
        known = "" if search["complete"] else "At least "
        lead = f"{known}{len(items)} path{'s' if len(items) > 1 else ''} of {steps} {'leads' if len(items) == 1 else 'lead'}"
        return f"{lead} {pair}{rules}.{aside}"
    if not search["complete"] and not others:
        return f"The search met its limit before it found a path {pair}; there may be one of more than {search['complete_up_to']} steps."
    if others:
        return f"No path of {steps} leads {pair} as asked.{aside}"
    sure = "" if search["complete"] else f" (searched in full up to {search['complete_up_to']})"
    what = "recorded" if view.basis == tuple(BASES) else f"{' or '.join(view.basis)}"
    return f"No chain of up to {search['max_steps']} {what} step{'s' if search['max_steps'] > 1 else ''} leads {pair}{sure}."
