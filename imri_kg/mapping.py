"""Questions about mappings: records of a construct, crosswalks, coverage, and the overview of all editions.

A service: every door calls it. It reads records through stored queries, partitions pairs into the four states, and says in
each answer what a filter on the basis left out. Routes and explanations live in `explaining`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from imri_kg.errors import UnknownNameError
from imri_kg.frameworks import FrameworkService
from imri_kg.model import LeftOut, MappingAnswer, MappingRecord, PairState, State
from imri_kg.record_filters import RecordFilter
from imri_kg.records import RecordReader
from imri_kg.search import Entry
from imri_kg.states import Partition, StateRecord, View, count_states, summary_state
from imri_kg.vocabulary import BASES, NO_TERM_FOUND

if TYPE_CHECKING:
    from imri_kg.crosswalks import Coverage, Crosswalk, Overview

__all__ = ["MappingService"]

#: A filter that lets everything through.
_ALL = RecordFilter()


class MappingService:
    """Answers about mappings of one release."""

    def __init__(self, reader: RecordReader, frameworks: FrameworkService) -> None:
        self._reader, self._frameworks = reader, frameworks
        self.release = frameworks.release
        self._partitions: dict[tuple[tuple[str, ...], bool], Partition] = {}

    @cached_property
    def members(self) -> dict[str, list[str]]:
        """Framework key to the CURIEs of its members, in order."""
        return {key: [e.curie for e in self._frameworks.members(key)] for key in self._frameworks.keys()}

    def partition(self, view: View) -> Partition:
        """Return the states of all pairs as the records in view give them; there are few views, and each is kept."""
        seen = (view.basis, view.exploratory)
        if seen not in self._partitions:
            records = (r for r in self._reader.state_records if view.admits(r))
            self._partitions[seen] = Partition(records, self.members, self._reader.disputed)
        return self._partitions[seen]

    def filter(self, *, state: Iterable[str] = (), predicate: Iterable[str] = (), min_confidence: float | None = None,
               max_confidence: float | None = None, source: str | None = None) -> RecordFilter:  # fmt: skip
        """Return a filter of lists after checking its values; it changes no state.

        Args:
            state: states of pairs to show; all when empty.
            predicate: SKOS matching properties to show; all when empty.
            min_confidence, max_confidence: from 0 to 1, ends included; records without confidence are then left out.
            source: CURIE or IRI of a source: records with evidence from it, or from a part of it, are shown.

        Raises:
            UnknownNameError: a state, predicate or source is unknown.
            BadInputError: a confidence is no number from 0 to 1.
        """
        sources = None if source is None else self._with_parts(source)
        return RecordFilter.of(state=state, predicate=predicate, min_confidence=min_confidence, max_confidence=max_confidence, sources=sources, source=source or "")

    def _with_parts(self, text: str) -> frozenset[str]:
        """Return a source and its parts, however deep."""
        wanted = self._reader.prefixes.compress(text.strip())
        wanted = wanted if ":" in wanted else f"source:{wanted}"
        if wanted not in self._parts:
            raise UnknownNameError("source", text, sorted(self._parts))
        found, new = {wanted}, {wanted}
        while new := {part for source in new for part in self._parts[source]} - found:
            found |= new
        return frozenset(found)

    @cached_property
    def _parts(self) -> dict[str, set[str]]:
        """CURIE of each source, and of each part of one, to those of its parts."""
        short, part_of = self._reader.prefixes.compress, self._reader.prefixes.namespaces["dcterms"] + "isPartOf"
        prefix, parts = self._reader.prefixes.namespaces["source"], dict[str, set[str]]()
        for row in self._reader.rows("service/sources"):
            if row["source"].startswith(prefix):
                parts.setdefault(short(row["source"]), set())
                if row["property"] == part_of:
                    parts.setdefault(short(row["value"]), set()).add(short(row["source"]))
        return parts

    def _shown(self, items: list[MappingRecord], states: list[PairState], partition: Partition,
               filters: RecordFilter) -> tuple[list[MappingRecord], list[PairState], dict[str, int], list[str]]:  # fmt: skip
        """Return the records and states that filters let a list show, what each left out, and the same in sentences."""

        def states_of(record: MappingRecord) -> Iterable[State]:
            ends = self.members[record.object.framework] if record.none_found else (record.object.curie,)
            return (partition.state(record.subject.curie, end) for end in ends)

        kept, out, said = filters.keep(items, states_of)
        targets = [s for s in states if not filters.states or any(getattr(s, wanted.value) for wanted in filters.states)]
        if filters.states:
            out["targets"] = len(states) - len(targets)
            said.append(f"{len(targets)} of the {len(states)} targets asked about have a pair in such a state; the others are not listed.")
        return kept, targets, out, said

    def map(self, subject: str, *, to: Sequence[str] = (), object_: str | None = None, basis: Iterable[str] = (),
            exploratory: bool = False, filters: RecordFilter = _ALL) -> MappingAnswer:  # fmt: skip
        """Return the mappings of a construct.

        Args:
            subject: CURIE, label or code.
            to: framework keys to map to; all others when empty.
            object_: CURIE, label or code of a single construct to map to; then `to` is ignored.
            basis: bases to trust; all when empty.
            exploratory: whether records below 0.50 count.
            filters: which of the records and states to show; it changes none of the states.

        Returns:
            The records, and the state of the pair or of the construct against each edition asked about.

        Raises:
            UnknownTermError, AmbiguousTermError: the subject or object is not a construct.
            UnknownNameError: a framework or basis is unknown.
        """
        view = View(basis, exploratory)
        entry = self._frameworks.resolve(subject)
        target = self._frameworks.resolve(object_) if object_ is not None else None
        keys = [target.framework] if target else [self._frameworks.key(k) for k in to]
        keys = keys or [k for k in self._frameworks.keys() if k != entry.framework]
        found = self._reader.records(subject=entry.curie)
        wanted = [r for r in found if r.object.framework in keys and (target is None or r.object.curie in (target.curie, NO_TERM_FOUND))]
        wanted += self._from_the_other_side([entry.framework], keys, target)
        items = [r for r in wanted if view.admits(r)]
        near = self._reader.states_of(entry.curie)
        partition = self._subject_partition(near, view)
        whole = self._subject_partition(near, View((), exploratory))
        states = [self._pair(entry, target, partition)] if target else [self._against(entry, key, partition) for key in keys]
        changed = sum(
            partition.state(entry.curie, m) != whole.state(entry.curie, m)
            for key in keys for m in ([target.curie] if target else self.members[key])
        )  # fmt: skip
        kept_out = Counter(r.basis for r in wanted if not view.admits(r) and (exploratory or not r.exploratory))
        items, states, filtered, said = self._shown(items, states, partition, filters)
        left = LeftOut(kept_out, changed, filtered)
        notes = [self._exploratory_note(sum(1 for r in wanted if r.exploratory))] if not exploratory else []
        notes += [*_partly_judged(states), *said, *_turned(items, lambda r: r.subject.framework != entry.framework), *self.author_note(view, wanted),
                  *self._frameworks.deprecation_notes(entry, *([target] if target else [])), *self._frameworks.code_notes(entry.framework, *keys)]  # fmt: skip
        ranks = {key: rank for rank, key in enumerate(keys)}
        items.sort(key=lambda r: (ranks.get(r.object.framework, ranks.get(r.subject.framework, 0)), list(BASES).index(r.basis), r.exploratory, r.object.curie, r.record_id))
        return MappingAnswer(tuple(items), tuple(states), self.release, "service/records", view.basis, left, tuple(n for n in notes if n))

    def _from_the_other_side(self, sources: Iterable[str], keys: Iterable[str], target: Entry | None = None) -> list[MappingRecord]:
        """Return the records that judge pairs from the side of their second end.

        "Nothing in this edition fits X" is stated of X, and judges the pairs of the edition's constructs with X as well.

        Args:
            sources: keys of the editions from which it is asked.
            keys: keys of the editions towards which it is asked.
            target: the one construct towards which it is asked, if it is one.
        """
        return [r for r in self._reader.records(object_=NO_TERM_FOUND)
                if r.object.framework in sources and (r.subject.framework in keys if target is None else r.subject.curie == target.curie)]  # fmt: skip

    def _judging(self, a: str, b: str) -> Iterable[StateRecord]:
        """Return the records that judge pairs from one edition to another."""
        return (r for r in self._reader.state_records if (a, b) in r.directions)

    def _subject_partition(self, near: Iterable[StateRecord], view: View) -> Partition:
        return Partition((r for r in near if view.admits(r)), self.members, self._reader.disputed)

    @staticmethod
    def _exploratory_note(count: int) -> str:
        if not count:
            return ""
        return f"{count} exploratory record{'s' if count > 1 else ''} (confidence below 0.50) not counted; the option exploratory includes them."

    def author_note(self, view: View, records: Iterable[MappingRecord]) -> list[str]:
        """Say how many derived records a view leaves out that rest on what authors state, and on nothing else."""
        if "derived" in view.basis or "author-stated" not in view.basis:
            return []
        stated = {r.record_id for r in self._reader.state_records if r.basis == "author-stated"}
        count = sum(1 for r in records if r.derivation and set(r.derivation.premises) <= stated and not view.admits(r))
        if not count:
            return []
        return [f"{count} derived record{'s' if count > 1 else ''} left out rest{'' if count > 1 else 's'} on author-stated records alone."]

    def _pair(self, subject: Entry, target: Entry, partition: Partition) -> PairState:
        state = partition.state(subject.curie, target.curie)
        return PairState(subject.curie, target.curie, state, **count_states([state]))

    def _against(self, subject: Entry, key: str, partition: Partition) -> PairState:
        counts = count_states(partition.state(subject.curie, m) for m in self.members[key] if m != subject.curie)
        return PairState(subject.curie, key, summary_state(counts), **counts)

    def record(self, record_id: str) -> MappingRecord:
        """Return one record.

        Raises:
            UnknownNameError: there is none of that id.
        """
        curie = record_id if record_id.startswith("mapping:") else f"mapping:{record_id}"
        found = self._reader.records(record=curie) if self._reader.prefixes.is_curie(curie) else []
        if not found:
            raise UnknownNameError("mapping record", record_id, list(self._reader.all_records))
        return found[0]

    def list(self, *, subject_framework: str | None = None, object_framework: Sequence[str] = (), object_: str | None = None,
             basis: Iterable[str] = (), exploratory: bool = False, filters: RecordFilter = _ALL) -> MappingAnswer:  # fmt: skip
        """Return all records, or those from an edition, to some editions, or to one construct.

        Args:
            subject_framework: key of the edition of the subjects; all when None.
            object_framework: keys of the editions of the objects; all when empty.
            object_: CURIE, label or code of the one construct that is mapped to; then `object_framework` is ignored.
            basis: bases to trust; all when empty.
            exploratory: whether records below 0.50 count.
            filters: which of the records and states to show; it changes none of the states.

        Returns:
            The records, and the state of each edition of subjects against each edition, or the construct, asked about;
            where an end is left open, against all other editions.

        Raises:
            UnknownTermError, AmbiguousTermError: the object is not a construct.
            UnknownNameError: a framework or basis is unknown.
        """
        view = View(basis, exploratory)
        source = self._frameworks.key(subject_framework) if subject_framework else None
        target = self._frameworks.resolve(object_) if object_ is not None else None
        keys = [target.framework] if target else [self._frameworks.key(k) for k in object_framework]
        found = [r for r in self._reader.all_records.values()
                 if source in (None, r.subject.framework) and (not keys or r.object.framework in keys)
                 and (target is None or r.object.curie in (target.curie, NO_TERM_FOUND))]  # fmt: skip
        sides = [source] if source else [k for k in self._frameworks.keys() if k not in keys]
        there = {r.record_id for r in found}
        found += [r for r in self._from_the_other_side(sides, keys or self._frameworks.keys(), target) if r.record_id not in there]
        items = [r for r in found if view.admits(r)]
        sources = [source] if source else [k for k in self._frameworks.keys() if len(keys) != 1 or k not in keys]
        partition, whole = self.partition(view), self.partition(View((), exploratory))
        states, changed = [], 0
        for a in sources:
            towards = keys or [k for k in self._frameworks.keys() if k != a]
            for name, ends in [(target.curie, [target.curie])] if target else [(key, self.members[key]) for key in towards]:
                counts = count_states(partition.state(x, y) for x in self.members[a] for y in ends if x != y)
                states.append(PairState(a, name, summary_state(counts), **counts))
                changed += partition.differing(whole, self.members[a], ends)
        kept_out = Counter(r.basis for r in found if not view.admits(r) and (exploratory or not r.exploratory))
        items, states, filtered, said = self._shown(items, states, partition, filters)
        left = LeftOut(kept_out, changed, filtered)
        notes = [] if exploratory else [self._exploratory_note(sum(r.exploratory for r in found))]
        notes += [*_partly_judged(states), *said, *_turned(items, lambda r: r.record_id not in there)]
        notes += self._frameworks.code_notes(*sorted({r.subject.framework for r in items} | {r.object.framework for r in items}))
        return MappingAnswer(tuple(items), tuple(states), self.release, "service/records", view.basis, left, tuple(n for n in notes if n))

    def summary(self, subject: str, *, basis: Iterable[str] = ()) -> tuple[Mapping[str, Any], ...]:
        """Return, for each other edition, the state of a construct against it, the pairs by state, and the ids of its records by basis.

        Args:
            subject: CURIE of the construct.
            basis: bases to trust; all when empty. Exploratory records are listed apart, and never count.
        """
        view = View(basis)
        partition, below = self.partition(view), [r for r in self._reader.records(subject=subject) if r.exploratory and view.trusts(r.basis)]
        own, out = self._frameworks.resolve(subject).framework, []
        for key in self._frameworks.keys():
            if key == own:
                continue
            grounds = [partition.grounds(subject, member) for member in self.members[key]]
            counts = count_states(g.state for g in grounds)
            # A record that found nothing is on the pairs of both sides, so that its id can be that of a record about the other end.
            on = {(r.basis, r.record_id) for g in grounds for r in g.records}
            out.append({
                "framework": key, "state": summary_state(counts).value, "counts": counts,
                "records": {name: sorted(id for basis, id in on if basis == name) for name in BASES},
                "exploratory": [r.record_id for r in below if r.object.framework == key],
            })  # fmt: skip
        return tuple(out)

    def crosswalk(self, source: str, target: str, *, basis: Iterable[str] = (), exploratory: bool = False) -> Crosswalk:
        """Return every pair of two editions with its state.

        Raises:
            UnknownNameError: a framework or basis is unknown.
        """
        from imri_kg.crosswalks import Cell, Crosswalk

        view = View(basis, exploratory)
        a, b = self._frameworks.key(source), self._frameworks.key(target)
        partition, whole = self.partition(view), self.partition(View((), exploratory))
        rows = [self._frameworks.reference(e) for e in self._frameworks.members(a)]
        columns = [self._frameworks.reference(e) for e in self._frameworks.members(b)]
        cells, used, changed = [], set(), 0
        for row in rows:
            for column in columns:
                # A construct is no pair with itself.
                if row.curie == column.curie:
                    continue
                grounds = partition.grounds(row.curie, column.curie)
                changed += grounds.state != whole.state(row.curie, column.curie)
                ids = tuple(sorted({r.record_id for r in grounds.records}))
                used.update(ids)
                cells.append(Cell(row.curie, column.curie, grounds.state, ids,
                                  tuple(sorted({("not " if r.negated or r.none_found else "") + r.predicate.removeprefix("skos:") for r in grounds.records})),
                                  tuple(basis for basis in BASES if any(r.basis == basis for r in grounds.records))))  # fmt: skip
        records = [self._reader.all_records[i] for i in sorted(used)]
        by_basis = Counter(r.basis for r in records)
        left_records = Counter(r.basis for r in self._judging(a, b) if not view.admits(r) and (exploratory or not r.exploratory))
        hidden = sum(r.exploratory for r in self._judging(a, b))
        notes = [*([] if exploratory else [self._exploratory_note(hidden)]), *self._frameworks.code_notes(a, b)]
        return Crosswalk(a, b, tuple(rows), tuple(columns), tuple(cells), count_states(c.state for c in cells),
                         {name: by_basis.get(name, 0) for name in BASES}, tuple(records), self.release, "service/records",
                         view.basis, LeftOut(left_records, changed), tuple(n for n in notes if n))  # fmt: skip

    def coverage(self, source: str, target: str, *, basis: Iterable[str] = (), exploratory: bool = False) -> Coverage:
        """Count both ways what two editions cover of each other, and list the gaps with the limits that bear on them.

        Raises:
            UnknownNameError: a framework or basis is unknown.
        """
        from imri_kg.crosswalks import Coverage

        view = View(basis, exploratory)
        a, b = self._frameworks.key(source), self._frameworks.key(target)
        partition, whole = self.partition(view), self.partition(View((), exploratory))
        forward, backward = self._side(a, b, partition), self._side(b, a, partition)
        left = Counter(r.basis for r in self._reader.state_records
                       if {r.subject_key, r.object_key} == {a, b} and not view.admits(r) and (exploratory or not r.exploratory))  # fmt: skip
        changed = partition.differing(whole, self.members[a], self.members[b])
        limits = [item for key in dict.fromkeys((a, b)) for item in self._statements("service/framework-limits", key)]
        notes = ["A framework limit is what authors say; it is no negative mapping. Not assessed means of a pair that nobody judged it; of a construct, "
                 "that none of its pairs is mapped or contested and some were never judged: its counts say how many were judged not mapped.",
                 *self._frameworks.code_notes(a, b)]  # fmt: skip
        return Coverage(a, b, forward, backward, tuple(limits), self.printed_limitations(a, b), self.release, "service/records", view.basis,
                        LeftOut(left, changed), tuple(notes))  # fmt: skip

    def _side(self, a: str, b: str, partition: Partition) -> dict[str, Any]:
        members, totals = [], Counter[str]()
        for entry in self._frameworks.members(a):
            counts = count_states(partition.state(entry.curie, m) for m in self.members[b] if m != entry.curie)
            totals.update(counts)
            bases = sorted({r.basis for m in self.members[b] for r in partition.grounds(entry.curie, m).positive}, key=list(BASES).index)
            members.append({"curie": entry.curie, "label": entry.label, "label_status": entry.label_status,
                            "state": summary_state(counts).value, "counts": counts, "bases": bases})  # fmt: skip
        by_state = Counter(m["state"] for m in members)
        return {
            "from": a,
            "to": b,
            "pairs": {state.value: totals.get(state.value, 0) for state in State},
            "members_by_state": {state.value: by_state.get(state.value, 0) for state in State},
            "members": members,
            "gaps": [m["curie"] for m in members if m["state"] in (State.NOT_ASSESSED, State.JUDGED_NOT_MAPPED)],
        }

    def _statements(self, query: str, key: str) -> list[dict[str, Any]]:
        """Return what authors state of an edition by a stored query, each with its evidence."""
        found: dict[str, dict[str, Any]] = {}
        short = self._reader.prefixes.compress
        for row in self._reader.rows(query, key=key):
            iri = row.get("limit") or row["limitation"]
            statement = found.setdefault(iri, {
                "id": short(iri), "framework": key, "statement": row["statement"], "stated_relation": row["verb"],
                "basis": self._reader.basis_name(row["basis"]), "about": [],
            })  # fmt: skip
            if row["about"]:
                statement["about"].append(row.get("aboutLabel") or short(row["about"]))
        for iri, statement in found.items():
            links = [r["evidence"] for r in self._reader.rows("service/claim-evidence", claim=self._reader.iri(short(iri)))]
            evidence = self._reader.evidence(links)
            statement["evidence"] = [evidence[e].to_json() for e in links if e in evidence]
        return [found[k] for k in sorted(found)]

    def printed_limitations(self, *keys: str) -> tuple[dict[str, Any], ...]:
        """Return the limitations that the sources of some editions print of themselves; they bear on every answer from them."""
        return tuple(item for key in dict.fromkeys(keys) for item in self._statements("service/printed-limitations", key))

    def overview(self, *, basis: Iterable[str] = (), exploratory: bool = False) -> Overview:
        """Return all ordered pairs of editions by basis and state; pairs without any record are named."""
        from imri_kg.crosswalks import Overview

        view = View(basis, exploratory)
        partition = self.partition(view)
        records = Counter((direction, r.basis) for r in self._reader.state_records if view.admits(r) for direction in r.directions)
        pairs, empty = [], []
        for a in self._frameworks.keys():
            for b in self._frameworks.keys():
                if a == b:
                    continue
                counts = count_states(partition.state(x, y) for x in self.members[a] for y in self.members[b])
                by_basis = {name: records[(a, b), name] for name in BASES}
                pairs.append({"from": a, "to": b, "pairs": len(self.members[a]) * len(self.members[b]), "counts": counts,
                              "records_by_basis": by_basis})  # fmt: skip
                if counts[State.NOT_ASSESSED] == len(self.members[a]) * len(self.members[b]):
                    empty.append((a, b))
        left = Counter(r.basis for r in self._reader.state_records if not view.admits(r) and (exploratory or not r.exploratory))
        return Overview(tuple(pairs), tuple(empty), self.release, "service/records", view.basis, LeftOut(left))


def _turned(records: Iterable[MappingRecord], other: Callable[[MappingRecord], bool]) -> list[str]:
    """Say of the records that are stated from the other side how they come to be in an answer."""
    turned = [r for r in records if r.none_found and other(r)]
    return [f"{r.record_id} is stated of the other end: {r.claim}. It judges the pairs in this direction too." for r in turned]


def _partly_judged(states: Iterable[PairState]) -> list[str]:
    """Say of each target that counts as not assessed how many of its pairs were judged not mapped all the same."""
    said = []
    for s in states:
        if s.state is State.NOT_ASSESSED and s.judged_not_mapped:
            whole = s.judged_not_mapped + s.not_assessed
            said.append(f"Of {whole} pairs of {s.subject} with {s.target}, {s.judged_not_mapped} {'was' if s.judged_not_mapped == 1 else 'were'} judged not mapped; nobody judged the others.")
    return said
