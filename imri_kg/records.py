"""Reads mapping records, evidence, claims and causal relations out of the store into typed objects.

Called by the services. Every text that it runs is a stored query with bound terms.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from imri_kg.catalog import Catalog
from imri_kg.model import Derivation, Evidence, MappingRecord, Reference
from imri_kg.prefixes import Prefixes
from imri_kg.states import StateRecord
from imri_kg.store import IRI, Store
from imri_kg.vocabulary import BASES, IKG, NO_TERM_FOUND, PREDICATE_BASES

__all__ = ["RecordReader"]

#: Beyond this many pieces of evidence, one query for all of them is quicker than one each.
_ONE_BY_ONE = 40


class RecordReader:
    """The store seen as records; it remembers what it has read, since a release never changes."""

    def __init__(self, store: Store, catalog: Catalog, prefixes: Prefixes) -> None:
        self.store, self.catalog, self.prefixes = store, catalog, prefixes
        local = prefixes.namespaces["ikg"]
        self._basis = {local + IKG.local(iri): name for name, iri in BASES.items()}
        self._predicate_basis = {local + IKG.local(iri): name for name, iri in PREDICATE_BASES.items()}
        self._evidence: dict[str, Evidence] = {}
        self._all_evidence = False

    def rows(self, query: str, **bindings: object) -> list[dict[str, Any]]:
        """Run a stored query and return its rows as dictionaries."""
        return list(self.store.select(self.catalog.query(query).text, **bindings).dicts())

    def iri(self, curie: str | None) -> IRI | None:
        """Return the IRI of a CURIE, to be bound in a query; None stays None."""
        return None if curie is None else IRI(self.prefixes.expand(curie))

    def records(self, *, record: str | None = None, subject: str | None = None, object_: str | None = None,
                subject_key: str | None = None, object_key: str | None = None) -> list[MappingRecord]:  # fmt: skip
        """Return mapping records with their evidence, sorted by id; arguments are CURIEs and framework keys."""
        bound = {"record": self.iri(record), "subject": self.iri(subject), "object": self.iri(object_)}
        rows = self.rows("service/records", **bound, subjectKey=subject_key, objectKey=object_key)
        if not rows:
            return []
        links: dict[str, list[str]] = defaultdict(list)
        for link in self.rows("service/evidence-links", **bound):
            links[link["record"]].append(link["evidence"])
        evidence = self.evidence({e for row in rows for e in links[row["record"]]})
        return [self._record(row, [evidence[e] for e in links[row["record"]] if e in evidence]) for row in rows]

    def _record(self, row: Mapping[str, Any], evidence: list[Evidence]) -> MappingRecord:
        short = self.prefixes.compress
        confidence = Decimal(row["confidence"]) if row["confidence"] is not None else None
        if confidence is not None:
            confidence = confidence.quantize(Decimal("0.01"))
        derivation = None
        if row["rule"]:
            premises = tuple(short(row[p]) for p in ("premise1", "premise2") if row[p])
            derivation = Derivation(row["rule"], premises, derivation_text(row["rule"], premises, confidence), confidence)
        object_curie = short(row["object"])
        label = row["objectLabel"] or ("(no term found)" if object_curie == NO_TERM_FOUND else object_curie)
        return MappingRecord(
            record_id=short(row["record"]),
            subject=Reference(short(row["subject"]), row["subject"], row["subjectLabel"], row["subjectKey"], row["subjectStatus"] or ""),
            predicate=short(row["predicate"]),
            object=Reference(object_curie, row["object"], label, row["objectKey"] or "", row["objectStatus"] or ""),
            negated=row["modifier"] == "Not" or object_curie == NO_TERM_FOUND,
            basis=self._basis[row["basis"]],
            justification=short(row["justification"]),
            stated_relation=row["stated"],
            predicate_basis=self._predicate_basis.get(row["predicateBasis"] or ""),
            confidence=confidence,
            confidence_basis=row["confidenceBasis"] or ("product of the premises' confidence" if derivation and len(derivation.premises) > 1 and confidence is not None else None),
            author=row["author"],
            date=row["date"],
            comment=row["comment"],
            exploratory=row["exploratory"] == "true",
            mapping_set=short(row["set"]) if row["set"] else None,
            evidence=tuple(evidence),
            derivation=derivation,
        )  # fmt: skip

    @cached_property
    def state_records(self) -> tuple[StateRecord, ...]:
        """Every record, reduced to what states rest on."""
        short = self.prefixes.compress
        return tuple(
            StateRecord(
                short(row["record"]), short(row["subject"]), row["subjectKey"], short(row["predicate"]), short(row["object"]),
                row["objectKey"] or "", row["modifier"] == "Not", self._basis[row["basis"]], row["exploratory"] == "true",
            )
            for row in self.rows("service/states")
        )  # fmt: skip

    @cached_property
    def disputed(self) -> tuple[str, ...]:
        """The ids of records that a dispute rejects."""
        return tuple(self.prefixes.compress(row["record"]) for row in self.rows("service/disputes"))

    def evidence(self, iris: Iterable[str]) -> dict[str, Evidence]:
        """Return evidence by IRI."""
        wanted = {i for i in iris if i not in self._evidence}
        if wanted and not self._all_evidence:
            if len(wanted) > _ONE_BY_ONE:
                self._load_evidence(None)
                self._all_evidence = True
            else:
                for iri in sorted(wanted):
                    self._load_evidence(IRI(iri))
        return self._evidence

    def _load_evidence(self, iri: IRI | None) -> None:
        references: dict[str, list[str]] = defaultdict(list)
        for row in self.rows("service/evidence-references", evidence=iri):
            references[row["evidence"]].append(row["reference"])
        for row in self.rows("service/evidence", evidence=iri):
            if row["evidence"] in self._evidence:
                continue
            self._evidence[row["evidence"]] = Evidence(
                curie=self.prefixes.compress(row["evidence"]),
                iri=row["evidence"],
                source=self.prefixes.compress(row["source"]),
                citation=row["citation"],
                locator=row["locator"],
                statement=row["statement"],
                text_anchor=row["anchor"],
                url=row["link"] or row["page"],
                checked_against=row["checked"],
                cited_references=tuple(sorted(references[row["evidence"]], key=_by_number)),
                note=row["note"],
            )

    @cached_property
    def causal(self) -> tuple[dict[str, Any], ...]:
        """Every causal relation as a dictionary, with its evidence ids."""
        links: dict[str, list[str]] = defaultdict(list)
        for row in self.rows("service/claim-evidence"):
            links[row["claim"]].append(self.prefixes.compress(row["evidence"]))
        short = self.prefixes.compress
        found: dict[str, dict[str, Any]] = {}
        for row in self.rows("service/causal-relations"):
            predicate = short(row["predicate"]).removeprefix("ikg:")
            subject, object_ = short(row["subject"]), short(row["object"])
            found[row["relation"]] = {
                "id": short(row["relation"]),
                "subject": subject,
                "subject_label": row["subjectLabel"] or subject,
                "predicate": predicate,
                "object": object_,
                "object_label": row["objectLabel"] or object_,
                "basis": self._basis[row["basis"]],
                "stated_relation": row["stated"],
                "evidence_kind": row["kind"],
                "confidence": float(row["confidence"]) if row["confidence"] else None,
                "exploratory": row["exploratory"] == "true",
                "rationale": row["rationale"],
                "evidence": links[row["relation"]],
                "text": f"{row['subjectLabel'] or subject} {_words(predicate)} {row['objectLabel'] or object_}",
            }
        return tuple(found.values())

    def claims(self, *curies: str) -> list[dict[str, Any]]:
        """Return the claims that concern any of the constructs or framework editions given."""
        links: dict[str, list[str]] = defaultdict(list)
        found: dict[str, dict[str, Any]] = {}
        for curie in curies:
            for row in self.rows("service/claims", about=self.iri(curie)):
                claim = found.setdefault(
                    row["claim"],
                    {
                        "id": self.prefixes.compress(row["claim"]),
                        "kind": row["kind"],
                        "statement": row["statement"],
                        "stated_relation": row["verb"],
                        "basis": self._basis[row["basis"]],
                        "about": [],
                        "evidence": [],
                    },
                )
                for end in (row["about"], row["other"]):
                    if end and self.prefixes.compress(end) not in claim["about"]:
                        claim["about"].append(self.prefixes.compress(end))
        for iri, claim in found.items():
            if not links[iri]:
                links[iri] = [r["evidence"] for r in self.rows("service/claim-evidence", claim=IRI(iri))]
            evidence = self.evidence(links[iri])
            claim["about"].sort()
            claim["evidence"] = [evidence[e].to_json() for e in links[iri] if e in evidence]
        return [found[iri] for iri in sorted(found)]

    def basis_name(self, iri: str) -> str:
        """Return the name of a basis individual."""
        return self._basis[iri]


def derivation_text(rule: str, premises: tuple[str, ...], confidence: Decimal | None) -> str:
    """Say in a sentence how a record follows."""
    if len(premises) == 1:
        return f"By rule {rule} the record {premises[0]} is read from its object to its subject; its confidence is kept."
    number = (
        f"the confidence is the product of theirs, {confidence}"
        if confidence is not None
        else "no confidence can be computed, since a premise has none"
    )
    return f"By rule {rule} the records {premises[0]} and {premises[1]} are chained; {number}."


def _by_number(reference: str) -> tuple[int, str]:
    digits = "".join(c for c in reference if c.isdigit())
    return (int(digits) if digits else 0, reference)


def _words(predicate: str) -> str:
    """Turn a property name into words: contributesTo gives 'contributes to'."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in predicate)
