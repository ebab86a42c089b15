"""What the graph rests on: every source with what was at hand of it, what could not be recovered, and how much rests on it; and single passages.

A service beside `mapping`. It reads the release alone and none of the user's datasets, so that what it says is the same for everybody.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from imri_kg.errors import UnknownNameError
from imri_kg.model import Evidence, Passage
from imri_kg.records import RecordReader
from imri_kg.search import natural
from imri_kg.source_answers import GROUPS, SOURCE_COLUMNS, EvidenceDescription, SourceDescription
from imri_kg.tables import Table, table
from imri_kg.vocabulary import BASES

__all__ = ["SourceService"]

#: Classes that say nothing where a narrower one stands beside them.
_GENERAL = ("Claim", "Observation", "CaseObservation", "ImpactObservation", "AssimilationEntry", "Concept", "ConceptScheme", "NamedIndividual", "Source", "AcademicArticle")
_CASE_ROWS = ("Case", "CaseEvent", "Participants", "AssimilationEntry")
_TEXTS = ("prefLabel", "label", "statement", "findingStatement", "assimilationWording", "modelAssumption", "printedText")
_KINDS = {"Source": "source", "SourcePart": "part", "NamedFramework": "named"}


class SourceService:
    """Answers about sources and evidence of one release."""

    def __init__(self, reader: RecordReader, release: str) -> None:
        self._reader, self.release = reader, release

    # ------------------------------------------------------------ facts

    @cached_property
    def _facts(self) -> dict[str, dict[str, list[Mapping[str, Any]]]]:
        """CURIE of each source, part and named work, to its properties by local name."""
        found: dict[str, dict[str, list[Mapping[str, Any]]]] = defaultdict(lambda: defaultdict(list))
        for row in self._reader.rows("service/source-facts"):
            found[self._short(row["source"])][self._local(row["property"])].append(row)
        return {curie: dict(found[curie]) for curie in sorted(found, key=natural)}

    @cached_property
    def _gaps(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self._reader.rows("service/source-gaps"):
            found[self._short(row["source"])].append({"id": self._short(row["gap"]), "statement": row["statement"], "meanwhile": row["meanwhile"], "filled_by": row["filledBy"]})
        return found

    @cached_property
    def _passages(self) -> dict[str, Evidence]:
        """Every piece of evidence by its CURIE."""
        every = {row["evidence"] for row in self._reader.rows("service/evidence")}
        found = self._reader.evidence(every)
        return {e.curie: e for e in sorted((found[iri] for iri in every), key=lambda e: natural(e.curie))}

    @cached_property
    def _by_source(self) -> dict[str, list[Evidence]]:
        found: dict[str, list[Evidence]] = defaultdict(list)
        for e in self._passages.values():
            found[e.source].append(e)
        return found

    @cached_property
    def _records(self) -> dict[str, list[str]]:
        """CURIE of each piece of evidence to the ids of the mapping records that rest on it."""
        found: dict[str, list[str]] = defaultdict(list)
        for r in self._reader.all_records.values():
            for e in r.evidence:
                found[e.curie].append(r.record_id)
        return found

    @cached_property
    def _uses(self) -> Counter[str]:
        """CURIE of each piece of evidence to how many things rest on it, mapping records among them."""
        return Counter({self._short(row["evidence"]): int(row["things"]) for row in self._reader.rows("service/evidence-counts")})

    def _short(self, iri: str) -> str:
        return self._reader.prefixes.compress(iri)

    def _local(self, iri: str) -> str:
        return self._short(iri).partition(":")[2]

    def _values(self, curie: str, name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(str(row["value"]) for row in self._facts[curie].get(name, ())))

    def _value(self, curie: str, name: str) -> str | None:
        return next(iter(self._values(curie, name)), None)

    @cached_property
    def _parts(self) -> dict[str, list[str]]:
        """CURIE of each source to those of its parts."""
        found: dict[str, list[str]] = defaultdict(list)
        for curie in self._facts:
            for whole in self._values(curie, "isPartOf"):
                found[self._short(whole)].append(curie)
        return found

    # ------------------------------------------------------------ sources

    def sources(self) -> Table:
        """Return every source, and every work that sources only name; beside them how many sources there are of each availability."""
        rows = [self._about(curie) for curie in self._facts if self._kind(curie) != "part"]
        rows.sort(key=lambda r: (r["kind"] != "source", natural(r["key"])))
        meanings = {r["availability"]: r["availability_meaning"] for r in rows}
        counted = Counter(r["availability"] for r in rows if r["kind"] == "source")
        extra = {"availabilities": [{"availability": name, "meaning": meanings[name], "sources": counted[name]} for name in sorted(meanings)], "notes": list(_NOTES)}
        return table(rows, SOURCE_COLUMNS, self.release, query="service/source-facts", extra=extra)

    def source(self, key: str) -> SourceDescription:
        """Return a source, a part of one or a named work, with its evidence by section.

        Args:
            key: `piat-2022`, `source:piat-2022`, or its IRI.

        Raises:
            UnknownNameError: there is none of that key.
        """
        curie = self._curie(key, "source")
        if curie not in self._facts:
            raise UnknownNameError("source key", key, [known.partition(":")[2] for known in self._facts])
        parts = self._parts.get(curie, [])
        found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for holder in (curie, *parts):
            for e in self._by_source.get(holder, ()):
                found["" if holder == curie else holder, section_of(e.locator)].append(self._item(e))
        sections = [{"part": part or None, "part_title": self._value(part, "title") if part else None, "section": section, "items": items}
                    for (part, section), items in sorted(found.items(), key=lambda kv: (bool(kv[0][0]), natural(kv[0][0]), natural(kv[0][1])))]  # fmt: skip
        frameworks = [{"key": row["key"], "label": row["label"]} for row in self._reader.rows("service/frameworks") if self._short(row["source"]) in (curie, *parts)]
        named = [self._passages[e] for e in sorted((self._short(iri) for iri in self._values(curie, "namedBy")), key=natural) if e in self._passages]
        return SourceDescription(
            self._about(curie), self._values(curie, "creator"), self._values(curie, "textDigest"), (*self._values(curie, "definition"), *self._values(curie, "editorialNote")),
            tuple(frameworks), tuple(self._part(p) for p in parts), tuple(self._gaps.get(curie, ())), tuple(Passage.of(e).to_json() for e in named), tuple(sections), _NOTES,
            self.release,
        )  # fmt: skip

    def _kind(self, curie: str) -> str:
        classes = {self._local(c) for c in self._values(curie, "type")}
        return next(kind for name, kind in _KINDS.items() if name in classes)

    def _about(self, curie: str) -> dict[str, Any]:
        parts = self._parts.get(curie, [])
        whole = next((self._short(w) for w in self._values(curie, "isPartOf")), None)
        types = [str(row["name"]).lower() for row in self._facts[curie].get("type", ()) if row["name"] and not self._short(row["value"]).startswith("ikg:")]
        availability = (self._facts[curie].get("availability") or [{"name": "not told", "meaning": ""}])[0]
        # A part has the citation, DOI and licence of the whole where it has none of its own.
        def of(name: str) -> str | None:
            return self._value(curie, name) or (self._value(whole, name) if whole else None)

        return {
            "key": curie.partition(":")[2], "curie": curie, "kind": self._kind(curie), "type": types[0] if types else None, "part_of": whole,
            "title": self._value(curie, "title") or self._value(curie, "prefLabel"), "citation": of("bibliographicCitation"), "year": of("issued"), "doi": of("doi"),
            "url": of("page"), "license": of("license"), "licence_note": of("licenceNote"), "availability": availability["name"],
            "availability_meaning": availability["meaning"], **self._counts((curie, *parts)), "gaps_known": len(self._gaps.get(curie, ())), "part_count": len(parts),
        }  # fmt: skip

    def _counts(self, holders: Iterable[str]) -> dict[str, Any]:
        """Count what rests on the passages of some sources; a record that rests on several of them is counted once."""
        passages = [e for holder in holders for e in self._by_source.get(holder, ())]
        records = [self._reader.all_records[id] for id in {id for e in passages for id in self._records.get(e.curie, ())}]
        basis = Counter(r.basis for r in records if not r.exploratory)
        return {"evidence_items": len(passages), "records": {name: basis[name] for name in BASES}, "exploratory_records": sum(r.exploratory for r in records),
                "rest_on_it": sum(self._uses[e.curie] for e in passages)}  # fmt: skip

    def _part(self, curie: str) -> dict[str, Any]:
        about = self._about(curie)
        recovery = next((row["name"] for row in self._facts[curie].get("recoveryState", ())), None)
        return {**{name: about[name] for name in ("key", "curie", "title", "url", "availability", "evidence_items", "records")}, "recovery": recovery,
                "digest": self._value(curie, "textDigest"), "remarks": list(self._values(curie, "editorialNote"))}  # fmt: skip

    def _item(self, e: Evidence) -> dict[str, Any]:
        return {"curie": e.curie, "locator": e.locator, "statement": e.statement, "text_anchor": e.text_anchor, "anchor_status": _anchor_status(e), "url": e.url,
                "cited_references": list(e.cited_references), "note": e.note, "records": len(self._records.get(e.curie, ())), "rest_on_it": self._uses[e.curie]}  # fmt: skip

    # ------------------------------------------------------------ evidence

    def evidence(self, text: str) -> EvidenceDescription:
        """Return a piece of evidence with everything that rests on it.

        Args:
            text: `evidence:piat-2022-CH-1`, the same without its prefix, or its IRI.

        Raises:
            UnknownNameError: there is none of that id.
        """
        curie = self._curie(text, "evidence")
        iri = self._reader.prefixes.expand(curie) if self._reader.prefixes.is_curie(curie) and curie.startswith("evidence:") else ""
        found = self._reader.evidence([iri]).get(iri) if iri else None
        if found is None:
            raise UnknownNameError("evidence", text, list(self._passages))
        told: dict[str, list[str]] = defaultdict(list)
        for row in self._reader.rows("service/evidence", evidence=self._reader.iri(curie)):
            told[self._local(row["property"])].append(str(row["value"]))
        about = self._about(found.source)
        work = {name: about[name] for name in ("key", "curie", "kind", "part_of", "title", "citation", "year", "doi", "url", "license", "licence_note", "availability", "availability_meaning")}
        return EvidenceDescription(found, work, min(told["deepLink"], default=None), _anchor_status(found), tuple(sorted(set(told["informant"]))),
                                   self._supports(found), (_ANCHORS[_anchor_status(found)],), self.release)  # fmt: skip

    def _curie(self, text: str, prefix: str) -> str:
        name = self._short(text.strip())
        known = ":" in name and name.partition(":")[0] in self._reader.prefixes.namespaces
        return name if known else f"{prefix}:{name}"

    def _supports(self, e: Evidence) -> dict[str, tuple[Mapping[str, Any], ...]]:
        found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for id in self._records.get(e.curie, ()):
            r = self._reader.all_records[id]
            confidence = None if r.confidence is None else float(r.confidence)
            found["mappings"].append(_use(id, "mapping record", r.labelled_claim, r.derivation.text if r.derivation else r.comment, r.basis, r.stated_relation, confidence, r.exploratory))
        things: dict[str, dict[str, list[Mapping[str, Any]]]] = defaultdict(lambda: defaultdict(list))
        for row in self._reader.rows("service/evidence-uses", evidence=self._reader.iri(e.curie)):
            thing = things[self._short(row["thing"])]
            thing["link"].append(row)
            thing[self._local(row["property"])].append(row)
        for id in sorted(things, key=natural):
            group, use = self._thing(id, things[id])
            found[group].append(use)
        return {group: tuple(found[group]) for group in GROUPS}

    def _thing(self, id: str, told: Mapping[str, Sequence[Mapping[str, Any]]]) -> tuple[str, dict[str, Any]]:
        """Return the group of a thing that rests on evidence, and the thing."""

        def first(*names: str) -> str | None:
            return next((str(value) for name in names for value in sorted(str(row["value"]) for row in told.get(name, ()))), None)

        classes = {self._local(row["value"]): row["name"] for row in told.get("type", ())}
        kind = next((str(classes[c]) for c in sorted(classes) if c not in _GENERAL and classes[c]), None) or next((str(name) for name in classes.values() if name), "thing")
        entry, causal = self._reader.index.get(id), self._reader.causal_by_id.get(id) if "CausalRelation" in classes else None
        if causal is not None:
            return "causal_relations", _use(id, kind, causal["text"], causal["rationale"], causal["basis"], causal["stated_relation"], causal["confidence"], causal["exploratory"])
        if entry is not None:
            return "constructs", _use(id, kind, entry.label, entry.definition)
        text = first(*_TEXTS) or id
        basis = next((self._reader.basis_name(row["value"]) for name in ("basis", "codingBasis") for row in told.get(name, ())), None)
        case = next((self._local(row["value"]).replace(".case.", ".") for row in told.get("inCase", ()) if ".case." in row["value"]), None)
        coded = ", ".join(sorted(f"{self._short(row['value'])} ({row['name']})" for name in ("observesConstruct", "observesImpact") for row in told.get(name, ())))
        detail = coded or first("statement", "definition")
        use = _use(id, kind, text, detail if detail != text else None, basis, first("statedRelation"), None, False, case)
        if any(self._local(row["link"]) == "namedBy" for row in told["link"]):
            return "named_works", use
        groups = (("framework_limits", ("FrameworkLimit",)), ("editions", ("FrameworkEdition",)), ("claims", ("Claim",)), ("observations", ("Observation",)),
                  ("case_rows", _CASE_ROWS), ("findings", ("Finding",)))  # fmt: skip
        return next((group for group, names in groups if classes.keys() & set(names)), "other"), use


_ANCHORS = {
    "checked": "The anchor was found in the text of the source, whose digest stands beside it. Whoever has that text can look the words up again.",
    "unchecked": "The anchor was not looked up in a text of the source; the note says where the passage was read.",
    "none": "No words of the source are kept; the locator says where the passage stands.",
}
_NOTES = (
    "What was at hand says how far the passages could be read; evidence from a source that was not at hand says in a note on which page it rests.",
    "Records are counted once for a source, by basis; a derived one rests on the passages of its premises. Exploratory ones are counted apart.",
)


def section_of(locator: str) -> str:
    """Return the section in which a passage stands: the locator up to the first comma, semicolon or colon outside brackets.

    >>> section_of("Findings > Ways of being, paragraph 1"), section_of("Additional file 3 (constructs, with definitions), Inner Setting")
    ('Findings > Ways of being', 'Additional file 3 (constructs, with definitions)')
    """
    found = re.match(r"(?:\([^)]*\)|[^,;(])+", locator)
    return found[0].strip() if found else locator


def _anchor_status(e: Evidence) -> str:
    return "none" if e.text_anchor is None else "checked" if e.checked_against else "unchecked"


def _use(id: str, kind: str, text: str, detail: str | None = None, basis: str | None = None, stated_relation: str | None = None, confidence: float | None = None,
         exploratory: bool = False, case: str | None = None) -> dict[str, Any]:  # fmt: skip
    return {"id": id, "kind": kind, "text": text, "detail": detail or None, "basis": basis, "stated_relation": stated_relation, "confidence": confidence,
            "exploratory": exploratory, "case": case}  # fmt: skip
