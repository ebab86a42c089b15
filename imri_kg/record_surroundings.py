"""One mapping record in full: what follows from it, what says the opposite, what else is on its pair, and the set that it belongs to.

A service beside `mapping`, which judges pairs; here records are only put beside each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from imri_kg.mapping import MappingService
from imri_kg.model import MappingRecord
from imri_kg.records import RecordReader
from imri_kg.states import View, count_states, summary_state
from imri_kg.tables import RecordAnswer

__all__ = ["RecordSurroundings"]

#: Where a server has the file of a mapping set for download, and how the file is called.
_FOLDER, _ENDING = "mappings/", ".sssom.tsv"


class RecordSurroundings:
    """Answers about single records of one release."""

    def __init__(self, reader: RecordReader, mapping: MappingService) -> None:
        self._reader, self._mapping = reader, mapping

    def record(self, record_id: str) -> RecordAnswer:
        """Return a record with what stands around it.

        Raises:
            UnknownNameError: there is none of that id.
        """
        found = self._mapping.record(record_id)
        return RecordAnswer(found, self._premise_of(found), self._contradicted_by(found), self._same_pair(found), self.sets.get(found.mapping_set or ""), self._mapping.release)

    @cached_property
    def sets(self) -> dict[str, dict[str, Any]]:
        """Each mapping set by its id."""
        dates, counts = defaultdict[str, set[str]](set), defaultdict[str, int](int)
        for r in self._reader.all_records.values():
            if r.mapping_set:
                counts[r.mapping_set] += 1
                dates[r.mapping_set] |= {r.date} if r.date else set()
        found = {}
        for row in self._reader.rows("service/mapping-sets"):
            id = self._reader.prefixes.compress(row["set"])
            file = id.partition(":")[2] + _ENDING
            found[id] = {
                "id": id, "title": row["title"], "description": row["description"], "license": row["licence"], "basis": self._reader.basis_name(row["basis"]),
                "date": max(dates[id], default=None), "records": counts[id], "file": file, "download": _FOLDER + file,
            }  # fmt: skip
        return found

    @cached_property
    def _following(self) -> dict[str, list[MappingRecord]]:
        found: dict[str, list[MappingRecord]] = defaultdict(list)
        for r in self._reader.all_records.values():
            for premise in dict.fromkeys(r.derivation.premises if r.derivation else ()):
                found[premise].append(r)
        return found

    @cached_property
    def _on_pair(self) -> dict[frozenset[str], list[MappingRecord]]:
        """The records on each pair; one that found nothing in an edition stands under its construct and that edition."""
        found: dict[frozenset[str], list[MappingRecord]] = defaultdict(list)
        for r in self._reader.all_records.values():
            found[_pair(r)].append(r)
        return found

    @cached_property
    def _beside(self) -> dict[tuple[str, str], list[MappingRecord]]:
        """The records on the pairs of each construct with each other edition."""
        found: dict[tuple[str, str], list[MappingRecord]] = defaultdict(list)
        for r in self._reader.all_records.values():
            if not r.none_found:
                found[r.subject.curie, r.object.framework].append(r)
                found[r.object.curie, r.subject.framework].append(r)
        return found

    def _premise_of(self, record: MappingRecord) -> tuple[dict[str, Any], ...]:
        return tuple({"rule": r.derivation.rule if r.derivation else "", **_brief(r), "state": self._state(r)} for r in self._following.get(record.record_id, ()))

    def _state(self, r: MappingRecord) -> str:
        partition = self._mapping.partition(View())
        if r.none_found:
            return summary_state(count_states(partition.state(r.subject.curie, m) for m in self._mapping.members[r.object.framework])).value
        return partition.state(r.subject.curie, r.object.curie).value

    def _same_pair(self, record: MappingRecord) -> tuple[dict[str, Any], ...]:
        return tuple({"direction": _direction(r, record), "rule": r.derivation.rule if r.derivation else None, **_brief(r)}
                     for r in self._on_pair[_pair(record)] if r.record_id != record.record_id)  # fmt: skip

    def _contradicted_by(self, record: MappingRecord) -> tuple[dict[str, Any], ...]:
        opposite: Iterable[MappingRecord]
        if record.none_found:
            opposite = [r for r in self._beside.get((record.subject.curie, record.object.framework), ()) if not r.negated]
        else:
            ends = ((record.subject, record.object), (record.object, record.subject))
            whole = [r for one, other in ends for r in self._on_pair.get(frozenset((one.curie, "framework:" + other.framework)), ()) if not record.negated]
            opposite = [*(r for r in self._on_pair[_pair(record)] if r.negated is not record.negated), *whole]
        found = {r.record_id: {
            "kind": "record", "id": r.record_id, "direction": _direction(r, record), "statement": r.labelled_claim, "basis": r.basis, "stated_relation": r.stated_relation,
            "confidence": _number(r), "exploratory": r.exploratory,
        } for r in opposite}  # fmt: skip
        return (*(found[id] for id in sorted(found)), *self._disputes.get(record.record_id, ()))

    @cached_property
    def _disputes(self) -> dict[str, list[dict[str, Any]]]:
        """The disputes that reject each record."""
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        short = self._reader.prefixes.compress
        for row in self._reader.rows("service/disputes"):
            told = self._reader.rows("service/claims", claim=self._reader.iri(short(row["dispute"])))
            for claim in told[:1]:
                found[short(row["record"])].append({
                    "kind": "dispute", "id": short(row["dispute"]), "direction": "same", "statement": claim["statement"],
                    "basis": self._reader.basis_name(claim["basis"]), "stated_relation": claim["verb"], "confidence": None, "exploratory": False,
                })  # fmt: skip
        return found


def _pair(r: MappingRecord) -> frozenset[str]:
    return frozenset((r.subject.curie, "framework:" + r.object.framework if r.none_found else r.object.curie))


def _direction(r: MappingRecord, record: MappingRecord) -> str:
    """Say whether a record reads as another one does, from its other end, or speaks of a whole edition where that speaks of a construct."""
    if r.none_found is not record.none_found:
        return "edition"
    return "same" if r.subject.curie == record.subject.curie else "inverse"


def _number(r: MappingRecord) -> float | None:
    return None if r.confidence is None else float(r.confidence)


def _brief(r: MappingRecord) -> dict[str, Any]:
    return {
        "record_id": r.record_id, "subject": r.subject.curie, "subject_label": r.subject.label, "predicate": r.predicate, "object": r.object.curie,
        "object_label": r.object.label, "negated": r.negated, "basis": r.basis, "stated_relation": r.stated_relation, "predicate_basis": r.predicate_basis,
        "confidence": _number(r), "exploratory": r.exploratory,
    }  # fmt: skip
