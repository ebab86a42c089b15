"""What became of every construct of an edition in a later edition of the same framework, and where those of the later one come from.

A service beside `mapping`. Kinds of change are read from records, labels and places in the hierarchy, and are marked as ours; only a verb
that the authors print makes one theirs. Where nothing is recorded, the answer says so and keeps the state of the pairs: silence is no removal.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from imri_kg.change_answers import KINDS, Change, ChangedConstruct, ChangeRecord, Changes, Counterpart, Place
from imri_kg.errors import BadInputError
from imri_kg.frameworks import FrameworkService
from imri_kg.mapping import MappingService
from imri_kg.model import MappingRecord, Passage, State
from imri_kg.records import RecordReader
from imri_kg.search import Entry
from imri_kg.states import View, count_states, summary_state
from imri_kg.vocabulary import MATCHES

__all__ = ["ChangeService"]

_CLOSE = MATCHES[:2]
_RELATED = MATCHES[-1]
#: What in a verb of the authors names a kind of change.
_VERBS = {"moved": "moved", "relocated": "moved", "renamed": "renamed", "split": "split", "merged": "merged", "combined": "merged", "added": "added", "removed": "removed", "dropped": "removed"}
_TOLD_OF = {
    "kept": ("It goes on as {ends}.", "It continues {ends}."),
    "redefined": ("The label goes on in {ends}; the records say of the two only that they are related.", "It has the label of {ends}; the records say of the two only that they are related."),
    "renamed": ("It goes on under another label as {ends}.", "It continues {ends} under another label."),
    "moved": ("It stands elsewhere now, as {ends}.", "It comes from elsewhere, from {ends}."),
    "regrouped": ("It stands at another place of the same domain, as {ends}.", "It comes from another place of the same domain, from {ends}."),
    "split": ("Its matter went to {ends}.", "It has a part of what was {ends}."),
    "subdivided": ("Below its counterpart, {ends} took parts of it.", "It has a part of {ends}, below the counterpart of that."),
    "merged": ("It shares {ends} with other constructs of its edition.", "It takes up {ends}."),
    "narrowed": ("Its counterpart is narrower: {ends}.", "It is narrower than {ends}."),
    "broadened": ("Its counterpart is broader: {ends}.", "It is broader than {ends}."),
    "also_related": ("Beside its counterparts, records relate it to {ends}.", "Records relate it to {ends}, which has other counterparts."),
}
_WEAK = " That is our reading; the records say only that they are related."
_NOTES = (
    "The kinds of change are read by us from labels, hierarchy and mapping records, unless a verb of the authors says it, which then stands beside it.",
    "No successor or predecessor recorded is no statement that there is none: the state says whether anybody judged it.",
    "A main counterpart is one that records take for what the construct became; where one is the same or close, weaker ones beside it only relate. Exploratory records, below 0.50, decide nothing and are listed apart.",
)


class _Pair(NamedTuple):
    """The records on a construct of the earlier edition and one of the later, and the closest predicate as read from the earlier."""

    records: tuple[ChangeRecord, ...]
    predicate: str

    @property
    def rank(self) -> int:
        return MATCHES.index(self.predicate)


class ChangeService:
    """Answers about the editions of one framework."""

    def __init__(self, reader: RecordReader, frameworks: FrameworkService, mapping: MappingService) -> None:
        self._reader, self._frameworks, self._mapping = reader, frameworks, mapping
        self._told: dict[tuple[str, str], Changes] = {}

    @cached_property
    def revisions(self) -> tuple[tuple[str, str], ...]:
        """The pairs of editions of one framework, the earlier one first; of an edition with all that it goes back to."""
        back: dict[str, set[str]] = defaultdict(set)
        for row in self._reader.rows("service/revisions"):
            back[row["key"]].add(row["earlier"])
        found: set[tuple[str, str]] = set()
        for key in sorted(back):
            step, seen = {key}, {key}
            while step := {earlier for later in step for earlier in back.get(later, ())} - seen:
                seen |= step
                found |= {(earlier, key) for earlier in step}
        return tuple(sorted(found))

    @cached_property
    def _under(self) -> dict[str, str]:
        short = self._reader.prefixes.compress
        return {short(row["concept"]): short(row["broader"]) for row in self._reader.rows("service/hierarchy")}

    def changes(self, source: str, target: str) -> Changes:
        """Return what became of each construct of an edition in a later one.

        Args:
            source: key of the earlier edition.
            target: key of the later edition.

        Raises:
            UnknownNameError: a framework is unknown.
            BadInputError: the two are no editions of one framework, or the later one came first.
        """
        a, b = self._frameworks.key(source), self._frameworks.key(target)
        if (a, b) not in self.revisions:
            raise BadInputError(self._refusal(a, b))
        if (a, b) not in self._told:
            # One search for all claims is quicker than one for each of a hundred constructs.
            self._reader.warm()
            self._told[a, b] = _Comparison(self._reader, self._frameworks, self._mapping, self._under, a, b).changes()
        return self._told[a, b]

    def _refusal(self, a: str, b: str) -> str:
        pairs = ", ".join(f"{earlier} and {later}" for earlier, later in self.revisions)
        if a == b:
            return f"{a} was given twice. Changes are told from an edition to a later one of the same framework: {pairs}."
        if (b, a) in self.revisions:
            return f"{a} is a later edition than {b}; changes are told from the earlier to the later one. Exchange the two."
        return f"{a} and {b} are not recorded as editions of one framework, so that neither came out of the other. A crosswalk compares them. Editions with changes: {pairs}."


class _Comparison:
    """Two editions while they are compared: who corresponds to whom, and what can be read from that."""

    def __init__(self, reader: RecordReader, frameworks: FrameworkService, mapping: MappingService, under: Mapping[str, str], a: str, b: str) -> None:
        self._reader, self._mapping, self._frameworks, self._under, self._a, self._b = reader, mapping, frameworks, under, a, b
        self._entries = {e.curie: e for key in (a, b) for e in frameworks.members(key)}
        self._order = {curie: n for n, curie in enumerate(self._entries)}
        between = [r for r in reader.all_records.values() if {r.subject.framework, r.object.framework} == {a, b}]
        asserted = {frozenset((r.subject.curie, r.object.curie)) for r in between if r.basis != "derived"}
        # A record that only turns another one round says nothing new.
        self._records = [r for r in between if r.basis != "derived" or frozenset((r.subject.curie, r.object.curie)) not in asserted]
        self._pairs = self._read_pairs()
        self._main = {x: self._mains(x) for x in self._of(a)}
        self._back = {y: self._mains(y) for y in self._of(b)}

    def _of(self, key: str) -> list[str]:
        return [e.curie for e in self._frameworks.members(key)]

    def _read_pairs(self) -> dict[tuple[str, str], _Pair]:
        found: dict[tuple[str, str], list[ChangeRecord]] = defaultdict(list)
        for r in self._records:
            if not (r.negated or r.none_found or r.exploratory) and {r.subject.curie, r.object.curie} <= self._entries.keys():
                ends = (r.subject.curie, r.object.curie)
                found[ends if r.subject.framework == self._a else ends[::-1]].append(_brief(r))
        return {pair: _Pair(tuple(records), min((r.seen_from(pair[0]) for r in records), key=MATCHES.index)) for pair, records in found.items()}

    def _pair(self, one: str, other: str) -> _Pair | None:
        return self._pairs.get((one, other)) or self._pairs.get((other, one))

    @cached_property
    def _others(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for x, y in self._pairs:
            found[x].append(y)
            found[y].append(x)
        return {curie: sorted(others, key=self._order.__getitem__) for curie, others in found.items()}

    def _above(self, curie: str) -> list[str]:
        found = []
        while (above := self._under.get(curie)) is not None:
            found.append(above)
            curie = above
        return found

    def _rank(self, one: str, other: str) -> int:
        pair = self._pair(one, other)
        assert pair is not None
        return pair.rank

    def _mains(self, curie: str) -> list[str]:
        """Return the counterparts of a construct that count as what it became: one of each branch, and only close ones where there are some."""
        others = self._others.get(curie, [])
        branches: dict[str, list[str]] = defaultdict(list)
        for other in others:
            branches[next((above for above in reversed(self._above(other)) if above in others), other)].append(other)
        first = [min(branch, key=lambda o: (self._rank(curie, o), len(self._above(o)), self._order[o])) for branch in branches.values()]
        close = [o for o in first if MATCHES[self._rank(curie, o)] in _CLOSE]
        return sorted(close or first, key=self._order.__getitem__)

    # ------------------------------------------------------------ kinds of change

    def _kinds(self, x: str) -> dict[str, list[str]]:
        """Return the kinds of change that can be read of a construct of the earlier edition, each with the counterparts concerned."""
        mains, found = self._main[x], dict[str, list[str]]()
        if not mains:
            return found
        same = [y for y in mains if self._same_label(x, y)]
        related = [y for y in same if self._pairs[x, y].predicate == _RELATED]
        found["kept"], found["redefined"] = [y for y in same if y not in related], related
        close = [y for y in mains if self._pairs[x, y].predicate in _CLOSE]
        if not same:
            found["renamed"] = close or ([y for y in mains if self._shared(y) == [x]] if len(mains) == 1 else [])
        found["moved"] = [y for y in mains if self._moved(x, y)]
        found["regrouped"] = [y for y in mains if y not in found["moved"] and self._regrouped(x, y)]
        found["split"] = mains if len(mains) > 1 else []
        found["merged"] = [y for y in mains if x in self._shared(y) and len(self._shared(y)) > 1]
        for kind, predicate in (("narrowed", "skos:narrowMatch"), ("broadened", "skos:broadMatch")):
            some = [y for y in mains if self._pairs[x, y].predicate == predicate]
            # Several narrower counterparts are a split.
            found[kind] = some if kind == "broadened" or len(some) == 1 else []
        rest = [y for y in self._others[x] if y not in mains]
        found["subdivided"] = [y for y in rest if any(main in self._above(y) for main in mains)]
        found["also_related"] = [y for y in rest if y not in found["subdivided"]]
        return found

    def _same_label(self, x: str, y: str) -> bool:
        return " ".join(self._entries[x].label.casefold().split()) == " ".join(self._entries[y].label.casefold().split())

    def _shared(self, y: str) -> list[str]:
        """Return the constructs of the earlier edition that became one of the later, and that it goes back to."""
        return [x for x in self._back[y] if y in self._main[x]]

    def _moved(self, x: str, y: str) -> bool:
        old, new = self._above(x)[-1:], self._above(y)[-1:]
        return bool(old and new and old[0] in self._others and new[0] not in self._others[old[0]])

    def _regrouped(self, x: str, y: str) -> bool:
        old, new = self._under.get(x), self._under.get(y)
        return old is not None and new is not None and new not in self._others.get(old, ())

    # ------------------------------------------------------------ the answer

    def changes(self) -> Changes:
        claims = {curie: self._claims(curie) for curie in self._entries}
        forward = {x: self._forward(x, claims[x]) for x in self._of(self._a)}
        earlier = [self._construct(x, forward[x], claims[x]) for x in forward]
        backward = {y: self._backward(y, forward, claims[y]) for y in self._of(self._b)}
        later = [self._construct(y, backward[y], claims[y]) for y in backward]
        editions = [f"framework:{key}" for key in (self._a, self._b)]
        whole = [c for c in self._reader.claims(editions[1]) if set(editions) <= set(c["about"])]
        told = {c["id"]: c for found in (*claims.values(), whole) for c in found}
        counts = {side: {kind: sum(any(c.kind == kind for c in m.changes) for m in members) for kind in KINDS} for side, members in (("earlier", earlier), ("later", later))}
        records = sorted((_brief(r) for r in self._records), key=lambda r: r.record_id)
        return Changes(self._a, self._b, tuple(earlier), tuple(later), counts, tuple(records), tuple(_slim(told[id]) for id in sorted(told)),
                       (*_NOTES, *self._frameworks.code_notes(self._a, self._b)), self._frameworks.release)  # fmt: skip

    def _claims(self, curie: str) -> list[dict[str, Any]]:
        """Return the claims about a construct that speak of the other edition or a construct of it."""
        other = self._b if self._entries[curie].framework == self._a else self._a
        ends = {f"framework:{other}", *self._of(other)}
        return [c for c in self._reader.claims(curie) if ends & set(c["about"])]

    def _forward(self, x: str, claims: Sequence[Mapping[str, Any]]) -> list[Change]:
        found = [self._change(kind, x, ends, 0) for kind, ends in self._kinds(x).items() if ends]
        return self._complete(x, self._stated(x, found, claims, 0), claims, "removed", "no_successor_recorded")

    def _backward(self, y: str, forward: Mapping[str, Sequence[Change]], claims: Sequence[Mapping[str, Any]]) -> list[Change]:
        ends: dict[str, list[str]] = defaultdict(list)
        for x, changes in forward.items():
            for change in changes:
                if y in change.counterparts:
                    ends[change.kind].append(x)
        found = self._stated(y, [self._change(kind, y, origins, 1) for kind, origins in ends.items()], claims, 1)
        return self._complete(y, found, claims, "added", "no_predecessor_recorded")

    def _change(self, kind: str, curie: str, ends: Iterable[str], side: int) -> Change:
        ends = tuple(ends)
        pairs = [pair for end in ends if (pair := self._pair(curie, end))]
        weak = kind not in ("redefined", "also_related") and pairs and all(pair.predicate == _RELATED for pair in pairs)
        named = ", ".join(f"{end} ({self._entries[end].label})" for end in ends)
        read = ("labels", "records") if kind in ("kept", "redefined", "renamed") else ("hierarchy", "records") if kind in ("moved", "regrouped", "subdivided") else ("records",)
        text = _TOLD_OF[kind][side].format(ends=named) + (_WEAK if weak else "")
        return Change(kind, "ours", None, read, ends, tuple(sorted(r.record_id for pair in pairs for r in pair.records)), (), text)

    def _stated(self, curie: str, changes: list[Change], claims: Sequence[Mapping[str, Any]], side: int) -> list[Change]:
        """Return the kinds of change with those that a verb of the authors names as theirs."""
        stated: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
        for end in self._others.get(curie, ()):
            pair = self._pair(curie, end)
            for r in pair.records if pair else ():
                if r.basis == "author-stated" and (kind := _kind_of(r.stated_relation)):
                    stated[kind].append((end, r.record_id, r.stated_relation or ""))
        out = list(changes)
        for kind, found in stated.items():
            if kind not in _TOLD_OF:
                continue
            ends = sorted({end for end, _, _ in found}, key=self._order.__getitem__)
            own = self._change(kind, curie, ends, side)
            verbs = " / ".join(dict.fromkeys(verb for _, _, verb in found))
            # The sentence is that of the authors, whatever we read from the places of the two.
            theirs = own._replace(basis_of_kind="author-stated", stated_relation=verbs, read_from=("verb",), records=tuple(sorted(id for _, id, _ in found)),
                                  text=own.text.removesuffix(_WEAK))  # fmt: skip
            dropped = {kind, "regrouped"} if kind == "moved" else {kind}
            out = [c for c in out if c.kind not in dropped and not (c.kind == "also_related" and set(c.counterparts) <= set(ends))] + [theirs]
        for claim in claims:
            kind = _kind_of(claim["stated_relation"]) if claim["basis"] == "author-stated" else None
            if kind == ("added" if side else "removed"):
                out.append(Change(kind, "author-stated", claim["stated_relation"], ("verb",), (), (), (claim["id"],), claim["statement"]))
        return out

    def _complete(self, curie: str, changes: list[Change], claims: Sequence[Mapping[str, Any]], gone: str, silent: str) -> list[Change]:
        """Return the kinds of change in their order; where there is none, say whether anybody judged so."""
        if not changes:
            against = [r for r in self._records if r.negated and not r.exploratory and curie in (r.subject.curie, r.object.curie)]
            if self._state(curie) is State.JUDGED_NOT_MAPPED:
                basis = "author-stated" if any(r.basis == "author-stated" for r in against) else "ours"
                text = "Every pair with the other edition was judged not mapped."
                changes = [Change(gone, basis, None, ("records",), (), tuple(sorted(r.record_id for r in against)), (), text)]
            else:
                text = f"{KINDS[silent]} Nobody judged that there is none: the state is {self._state(curie).words}."
                changes = [Change(silent, None, None, (), (), (), tuple(c["id"] for c in claims), text)]
        return sorted(changes, key=lambda c: list(KINDS).index(c.kind))

    def _state(self, curie: str) -> State:
        other = self._b if self._entries[curie].framework == self._a else self._a
        partition = self._mapping.partition(View())
        return summary_state(count_states(partition.state(curie, member) for member in self._of(other)))

    def _construct(self, curie: str, changes: Sequence[Change], claims: Sequence[Mapping[str, Any]]) -> ChangedConstruct:
        entry, others = self._entries[curie], self._others.get(curie, [])
        mains = self._main[curie] if entry.framework == self._a else self._shared(curie)
        weak = sorted(r.record_id for r in self._records if r.exploratory and curie in (r.subject.curie, r.object.curie))
        found = [self._counterpart(curie, self._entries[o], o in mains) for o in others]
        return ChangedConstruct(curie, entry.label, entry.label_status, entry.kind, self._place(self._above(curie)[-1:]), self._place(self._above(curie)[:1]),
                                self._state(curie), tuple(changes), tuple(sorted(found, key=lambda c: not c.main)), tuple(weak), tuple(c["id"] for c in claims))  # fmt: skip

    def _counterpart(self, curie: str, entry: Entry, main: bool) -> Counterpart:
        pair = self._pair(curie, entry.curie)
        assert pair is not None
        predicate = min((r.seen_from(curie) for r in pair.records), key=MATCHES.index)
        above = self._above(entry.curie)
        return Counterpart(entry.curie, entry.label, entry.label_status, self._place(above[-1:]), self._place(above[:1]), main, self._same_label(curie, entry.curie),
                           predicate, tuple(sorted(r.record_id for r in pair.records)))  # fmt: skip

    def _place(self, above: Sequence[str]) -> Place | None:
        return Place(above[0], self._entries[above[0]].label) if above else None


def _brief(r: MappingRecord) -> ChangeRecord:
    return ChangeRecord(r.record_id, r.subject.curie, r.predicate, r.object.curie, r.basis, r.stated_relation, r.predicate_basis, r.confidence, r.exploratory, r.negated,
                        tuple(Passage.of(e) for e in r.evidence))  # fmt: skip


def _slim(claim: Mapping[str, Any]) -> dict[str, Any]:
    """Return a claim with where its evidence stands, as records have it here."""
    return {**claim, "evidence": [{name: e[name] for name in Passage._fields} for e in claim["evidence"]]}


def _kind_of(verb: str | None) -> str | None:
    """Return the kind of change that a verb of the authors names.

    >>> _kind_of("has been moved under"), _kind_of("maps")
    ('moved', None)
    """
    words = (verb or "").casefold().replace(",", " ").split()
    return next((kind for word, kind in _VERBS.items() if word in words), None)
