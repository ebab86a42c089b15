"""The typed objects of lists and descriptions: frameworks, constructs, tables of anything.

Beside `model`. Nothing here reads a store.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from imri_kg.model import Answer, Evidence, LeftOut, MappingRecord, Reference

__all__ = ["Concept", "Framework", "RecordAnswer", "Table", "table"]


@dataclass(frozen=True, slots=True)
class Framework(Answer):
    """An edition with all its members."""

    key: str
    iri: str
    label: str
    edition: str
    definition: str
    source: Mapping[str, Any]
    counts: Mapping[str, Any]
    members: tuple[Mapping[str, Any], ...]
    notes: tuple[str, ...]
    code_status: str
    release: str
    query: str = "service/members"

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "iri": self.iri,
            "label": self.label,
            "edition": self.edition,
            "definition": self.definition,
            "source": dict(self.source),
            "counts": dict(self.counts),
            "code_status": self.code_status,
            "notes": list(self.notes),
            "members": [dict(m) for m in self.members],
            "query": self.query,
            "release": self.release,
        }

    def rows(self) -> list[dict[str, Any]]:
        return [dict(m) for m in self.members]

    def described(self) -> tuple[str, ...]:
        return (f"framework:{self.key}", *(m["curie"] for m in self.members))


@dataclass(frozen=True, slots=True)
class Concept(Answer):
    """A construct with everything that the graph states of it."""

    reference: Reference
    kind: str
    notation: str
    definition: str
    alternatives: tuple[str, ...]
    broader: tuple[Reference, ...]
    narrower: tuple[Reference, ...]
    properties: Mapping[str, Any]
    evidence: tuple[Evidence, ...]
    claims: tuple[Mapping[str, Any], ...]
    relations: tuple[Mapping[str, Any], ...]
    notes: tuple[str, ...]
    release: str
    basis: tuple[str, ...]
    left_out: LeftOut
    ancestors: tuple[Reference, ...] = ()
    mappings: tuple[Mapping[str, Any], ...] = ()
    observations: tuple[Mapping[str, Any], ...] = ()
    query: str = "service/properties"

    def to_json(self) -> dict[str, Any]:
        return {
            **self.reference.to_json(),
            "kind": self.kind,
            "notation": self.notation,
            "definition": self.definition,
            "alternative_labels": list(self.alternatives),
            "broader": [b.to_json() for b in self.broader],
            "narrower": [n.to_json() for n in self.narrower],
            "ancestors": [a.to_json() for a in self.ancestors],
            "top": self.ancestors[-1].to_json() if self.ancestors else None,
            "properties": dict(self.properties),
            "evidence": [e.to_json() for e in self.evidence],
            "claims": [dict(c) for c in self.claims],
            "causal_relations": [dict(r) for r in self.relations],
            "mappings": [dict(m) for m in self.mappings],
            "observations": [dict(o) for o in self.observations],
            "basis": list(self.basis),
            "left_out": self.left_out.to_json(),
            "notes": list(self.notes),
            "query": self.query,
            "release": self.release,
        }

    def rows(self) -> list[dict[str, Any]]:
        out = [{"property": k, "value": v} for k, v in self.to_json().items() if isinstance(v, str)]
        out += [{"property": "alternative_label", "value": a} for a in self.alternatives]
        out += [{"property": "broader", "value": f"{b.curie} {b.label}"} for b in self.broader]
        out += [{"property": "narrower", "value": f"{n.curie} {n.label}"} for n in self.narrower]
        out += [{"property": name, "value": str(value)} for name, values in self.properties.items() for value in values]
        out += [{"property": "evidence", "value": f"{e.curie}: {e.citation}, {e.locator}: {e.statement}"} for e in self.evidence]
        out += [{"property": "claim", "value": f"{c['id']}: {c['statement']} ({c['basis']})"} for c in self.claims]
        out += [{"property": "causal_relation", "value": f"{r['id']}: {r['text']} ({r['basis']})"} for r in self.relations]
        out += [{"property": "ancestor", "value": f"{a.curie} {a.label}"} for a in self.ancestors]
        for m in self.mappings:
            records = "; ".join(f"{basis}: {', '.join(ids)}" for basis, ids in m["records"].items() if ids)
            out.append({"property": "mappings", "value": f"{m['framework']}: {m['state'].replace('_', ' ')}{f' ({records})' if records else ''}"})
        out += [{"property": "observations", "value": f"{o['case']} {o['name']}: {o['printed']} printed, {o['inferred']} inferred"} for o in self.observations]
        return out

    def described(self) -> tuple[str, ...]:
        return (self.reference.curie, *(e.curie for e in self.evidence))

    def header(self) -> tuple[str, ...]:
        return ("property", "value")


@dataclass(frozen=True, slots=True)
class RecordAnswer(Answer):
    """One mapping record in full: with what follows from it, what says the opposite, what else is on its pair, and the set that it belongs to."""

    record: MappingRecord
    premise_of: tuple[Mapping[str, Any], ...]
    contradicted_by: tuple[Mapping[str, Any], ...]
    same_pair: tuple[Mapping[str, Any], ...]
    set: Mapping[str, Any] | None
    release: str
    query: str = "service/records"

    def to_json(self) -> dict[str, Any]:
        return {
            **self.record.to_json(),
            "premise_of": [dict(r) for r in self.premise_of],
            "contradicted_by": [dict(r) for r in self.contradicted_by],
            "same_pair": [dict(r) for r in self.same_pair],
            "set": dict(self.set) if self.set is not None else None,
            "query": self.query,
            "release": self.release,
        }

    def rows(self) -> list[dict[str, Any]]:
        return [self.record.row()]

    def mapping_records(self) -> tuple[MappingRecord, ...]:
        return (self.record,)

    def sections(self) -> list[tuple[str, list[dict[str, Any]]]]:
        evidence = [{"evidence": e.curie, "source": e.source, "citation": e.citation, "locator": e.locator, "statement": e.statement} for e in self.record.evidence]
        derivation = [self.record.derivation.to_json()] if self.record.derivation else []
        around = [(caption, [dict(r) for r in found]) for caption, found in (
            ("Records that follow from it", self.premise_of), ("What says the opposite", self.contradicted_by), ("Other records on the pair", self.same_pair))]  # fmt: skip
        return [("Record", self.rows()), ("Derivation", derivation), ("Evidence", evidence), *around, ("Mapping set", [dict(self.set)] if self.set else [])]


@dataclass(frozen=True, slots=True)
class Table(Answer):
    """Named columns and rows: search hits, lists, results of queries."""

    columns: tuple[str, ...]
    data: tuple[tuple[Any, ...], ...]
    release: str
    query: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)
    next: str | None = None
    #: What a cell without a value says in a table of text; JSON has null, or a list of nothing.
    absent: str = ""

    def rows(self) -> list[dict[str, Any]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.data]

    def cells(self) -> list[dict[str, Any]]:
        """Return the rows for tables of text: no cell holds an object or a list.

        An object with the same members in every row becomes columns of its own, without those that stand beside it already.
        """
        rows = self.rows()
        inner = {name: list(value) for name, value in (rows[0] if rows else {}).items() if isinstance(value, Mapping)}
        spread = {name for name, keys in inner.items() if all(isinstance(row[name], Mapping) and list(row[name]) == keys for row in rows)}
        return [self._flat(row, spread) for row in rows]

    def _flat(self, row: Mapping[str, Any], spread: set[str]) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for name, value in row.items():
            if name in spread:
                out |= {key: _text(part) for key, part in value.items() if key == name or key not in row}
            else:
                out[name] = self.absent if value is None or value in ([], ()) else _text(value)
        return out

    def header(self) -> tuple[str, ...]:
        return self.columns

    def to_json(self) -> dict[str, Any]:
        return {"items": self.rows(), "next": self.next, "query": self.query, **self.extra, "release": self.release}


def _text(value: Any) -> Any:
    """Return a value of a cell: an object as `name: value`, a list as its items; a value that is neither stays what it is."""
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_text(part)}" for name, part in value.items())
    if isinstance(value, list | tuple):
        return " | ".join(str(_text(part)) for part in value)
    return value


def table(items: Iterable[Mapping[str, Any]], columns: Sequence[str], release: str, **more: Any) -> Table:
    """Make a table of dictionaries."""
    return Table(tuple(columns), tuple(tuple(i.get(c) for c in columns) for i in items), release, **more)
