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
from imri_kg.search import SearchIndex
from imri_kg.states import StateRecord
from imri_kg.store import IRI, Store
from imri_kg.vocabulary import BASES, IKG, NO_TERM_FOUND, PREDICATE_BASES

__all__ = ["RecordReader"]

#: Beyond this many pieces of evidence, one query for all of them is quicker than one each.
_ONE_BY_ONE = 40


class RecordReader:
    """The store seen as records; it remembers what it has read, since a release never changes."""

    def __init__(self, store: Store, catalog: Catalog, prefixes: Prefixes, index: SearchIndex) -> None:
        self.store, self.catalog, self.prefixes, self.index = store, catalog, prefixes, index
        local = prefixes.namespaces["ikg"]
        self._basis = {local + IKG.local(iri): name for name, iri in BASES.items()}
        self._predicate_basis = {local + IKG.local(iri): name for name, iri in PREDICATE_BASES.items()}
        ours, sssom, owl = (prefixes.namespaces[p] for p in ("ikg", "sssom", "owl"))
        self._slots = {
            owl + "annotatedProperty": "predicate",
            sssom + "predicate_modifier": "modifier",
            sssom + "mapping_justification": "justification",
            sssom + "confidence": "confidence",
            sssom + "author_label": "author",
            sssom + "mapping_date": "date",
            sssom + "subject_source": "subject_source",
            sssom + "object_source": "object_source",
            prefixes.namespaces["rdfs"] + "comment": "comment",
            ours + "basis": "basis",
            ours + "statedRelation": "stated",
            ours + "predicateBasis": "predicate_basis",
            ours + "confidenceBasis": "confidence_basis",
            ours + "exploratory": "exploratory",
            ours + "inSet": "set",
            ours + "rule": "rule",
            ours + "premise1": "premise1",
            ours + "premise2": "premise2",
            ours + "evidence": "evidence",
        }
        self._evidence_slots = {
            prefixes.namespaces["dcterms"] + "source": "source",
            prefixes.namespaces["skos"] + "editorialNote": "note",
            ours + "locator": "locator",
            ours + "statement": "statement",
            ours + "textAnchor": "anchor",
            ours + "deepLink": "link",
            ours + "checkedAgainst": "checked",
            ours + "citedReference": "reference",
        }
        self._remembered: dict[tuple[str | None, str | None, str | None], dict[str, dict[str, Any]]] = {}
        self._evidence: dict[str, Evidence] = {}
        self._warm = False
        self._sources: dict[str, tuple[str, str | None]] = {}

    def rows(self, query: str, **bindings: object) -> list[dict[str, Any]]:
        """Run a stored query and return its rows as dictionaries."""
        return list(self.store.select(self.catalog.query(query).text, **bindings).dicts())

    def iri(self, curie: str | None) -> IRI | None:
        """Return the IRI of a CURIE, to be bound in a query; None stays None."""
        return None if curie is None else IRI(self.prefixes.expand(curie))

    def records(self, *, record: str | None = None, subject: str | None = None, object_: str | None = None) -> list[MappingRecord]:
        """Return mapping records with their evidence, sorted by id; arguments are CURIEs, all records without any."""
        if self._warm:
            return [r for r in self.all_records.values()
                    if record in (None, r.record_id) and subject in (None, r.subject.curie) and object_ in (None, r.object.curie)]  # fmt: skip
        raw = self._raw(record, subject, object_)
        if subject is not None:
            self._keep_evidence(self.rows("service/record-evidence", record=self.iri(record), subject=self.iri(subject), object=self.iri(object_)))
        evidence = self.evidence({e for found in raw.values() for e in found["evidence"]})
        return [self._record(curie, found, evidence) for curie, found in raw.items()]

    def warm(self) -> None:
        """Read every record, piece of evidence and causal relation at once; from then on records are answered from memory."""
        self._keep_evidence(self.rows("service/evidence"))
        self._warm = bool(self.all_records and self.state_records and self.causal and self._claims_about)

    @cached_property
    def all_records(self) -> dict[str, MappingRecord]:
        """Every mapping record by id."""
        return {r.record_id: r for r in self.records()}

    def _raw(self, record: str | None = None, subject: str | None = None, object_: str | None = None) -> dict[str, dict[str, Any]]:
        """Return records as dictionaries of what their properties say, by id; `evidence` holds IRIs."""
        asked = (record, subject, object_)
        if asked in self._remembered:
            return self._remembered[asked]
        raw: dict[str, dict[str, Any]] = {}
        # The engine joins in the order of the text, so the search from the object has a text of its own.
        query = "service/records-by-object" if object_ is not None and subject is None and record is None else "service/records"
        for row in self.rows(query, record=self.iri(record), subject=self.iri(subject), object=self.iri(object_)):
            found = raw.setdefault(row["record"], {"evidence": [], "subject": row["subject"], "object": row["object"]})
            name = self._slots.get(row["property"])
            if name == "evidence":
                found[name].append(row["value"])
            elif name is not None:
                found[name] = row["value"]
        short = self.prefixes.compress
        for found in raw.values():
            found["evidence"].sort()
        # A server must not remember every id that somebody asks for; constructs are few.
        sorted_raw = {short(iri): raw[iri] for iri in sorted(raw)}
        if record is None:
            self._remembered[asked] = sorted_raw
        return sorted_raw

    def _state_record(self, curie: str, found: Mapping[str, Any]) -> StateRecord:
        short = self.prefixes.compress
        subject, object_ = short(found["subject"]), short(found["object"])
        return StateRecord(
            curie, subject, self._framework(subject, found.get("subject_source")), short(found["predicate"]), object_,
            self._framework(object_, found.get("object_source")), found.get("modifier") == "Not", self._basis[found["basis"]],
            found.get("exploratory") == "true",
        )  # fmt: skip

    def _framework(self, curie: str, source: str | None) -> str:
        entry = self.index.get(curie)
        if entry is not None:
            return entry.framework
        return self.prefixes.compress(source).removeprefix("framework:") if source else ""

    def _reference(self, curie: str, iri: str, source: str | None) -> Reference:
        entry = self.index.get(curie)
        if entry is None:
            framework = self._framework(curie, source)
            return Reference(curie, iri, f"nothing in {framework} fits" if curie == NO_TERM_FOUND else curie, framework)
        return Reference(curie, iri, entry.label, entry.framework, entry.label_status, entry.existence_status)

    def _record(self, curie: str, found: Mapping[str, Any], evidence: Mapping[str, Evidence]) -> MappingRecord:
        short, get = self.prefixes.compress, found.get
        confidence = Decimal(found["confidence"]).quantize(Decimal("0.01")) if get("confidence") is not None else None
        derivation, number_from = None, get("confidence_basis")
        if get("rule"):
            premises = tuple(short(found[p]) for p in ("premise1", "premise2") if get(p))
            derivation = Derivation(found["rule"], premises, derivation_text(found["rule"], premises, confidence), confidence)
            if confidence is not None:
                number_from = "product of the premises' confidence" if len(premises) > 1 else "the premise's confidence"
        object_curie = short(found["object"])
        return MappingRecord(
            record_id=curie,
            subject=self._reference(short(found["subject"]), found["subject"], get("subject_source")),
            predicate=short(found["predicate"]),
            object=self._reference(object_curie, found["object"], get("object_source")),
            negated=get("modifier") == "Not" or object_curie == NO_TERM_FOUND,
            basis=self._basis[found["basis"]],
            justification=short(found["justification"]),
            stated_relation=get("stated"),
            predicate_basis=self._predicate_basis.get(get("predicate_basis") or ""),
            confidence=confidence,
            confidence_basis=number_from,
            author=get("author"),
            date=get("date"),
            comment=get("comment"),
            exploratory=get("exploratory") == "true",
            mapping_set=short(found["set"]) if get("set") else None,
            evidence=tuple(evidence[e] for e in found["evidence"] if e in evidence),
            derivation=derivation,
        )

    @cached_property
    def state_records(self) -> tuple[StateRecord, ...]:
        """Every record, reduced to what states rest on."""
        return tuple(self._state_record(curie, found) for curie, found in self._raw().items())

    def states_of(self, subject: str) -> tuple[StateRecord, ...]:
        """Return what the states of a construct's pairs rest on: its own records, and what found nothing in its edition."""
        raw = {**self._raw(subject=subject), **self._raw(object_=NO_TERM_FOUND)}
        return tuple(self._state_record(curie, found) for curie, found in raw.items())

    @cached_property
    def disputed(self) -> tuple[str, ...]:
        """The ids of records that a dispute rejects."""
        return tuple(self.prefixes.compress(row["record"]) for row in self.rows("service/disputes"))

    def evidence(self, iris: Iterable[str]) -> dict[str, Evidence]:
        """Return evidence by IRI; what was read once is remembered."""
        wanted = sorted({i for i in iris if i not in self._evidence})
        if len(wanted) > _ONE_BY_ONE:
            self._keep_evidence(self.rows("service/evidence"))
        else:
            for iri in wanted:
                self._keep_evidence(self.rows("service/evidence", evidence=IRI(iri)))
        return self._evidence

    def _keep_evidence(self, rows: Iterable[Mapping[str, Any]]) -> None:
        raw: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for row in rows:
            name = self._evidence_slots.get(row["property"])
            if name is not None and row["value"] not in raw[row["evidence"]][name]:
                raw[row["evidence"]][name].append(row["value"])
        for iri, found in raw.items():
            # Compared only here: a thread beside this one may keep the same evidence while its rows are being read.
            if iri in self._evidence:
                continue
            first = {name: sorted(values)[0] for name, values in found.items()}
            citation, page = self._source(first["source"])
            self._evidence[iri] = Evidence(
                curie=self.prefixes.compress(iri),
                iri=iri,
                source=self.prefixes.compress(first["source"]),
                citation=citation,
                locator=first["locator"],
                statement=first["statement"],
                text_anchor=first.get("anchor"),
                url=first.get("link") or page,
                checked_against=first.get("checked"),
                cited_references=tuple(sorted(found.get("reference", ()), key=_by_number)),
                note=" ".join(sorted(found["note"])) if "note" in found else None,
            )

    def _source(self, iri: str) -> tuple[str, str | None]:
        """Return the citation and the page of a source; a part of a work has the citation of the whole."""
        if iri not in self._sources:
            terms = self.prefixes.namespaces
            found = {row["property"]: row["value"] for row in self.rows("service/sources", source=IRI(iri))}
            citation, page = found.get(terms["dcterms"] + "bibliographicCitation"), found.get(terms["foaf"] + "page")
            whole = found.get(terms["dcterms"] + "isPartOf")
            if whole and not (citation and page):
                of_whole = self._source(whole)
                citation, page = citation or of_whole[0], page or of_whole[1]
            title = found.get(terms["dcterms"] + "title") or found.get(terms["skos"] + "prefLabel")
            self._sources[iri] = (citation or title or self.prefixes.compress(iri), page)
        return self._sources[iri]

    @cached_property
    def causal(self) -> tuple[dict[str, Any], ...]:
        """Every causal relation as a dictionary, with its evidence."""
        short = self.prefixes.compress
        found: dict[str, dict[str, Any]] = {}
        rows = self.rows("service/causal-relations")
        evidence = self.evidence(e for row in rows for e in self._links.get(row["relation"], ()))
        for row in rows:
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
                "predicate_basis": self._predicate_basis.get(row["predicateBasis"] or "", "ours"),
                "evidence_kind": row["kind"],
                "confidence": float(row["confidence"]) if row["confidence"] else None,
                "exploratory": row["exploratory"] == "true",
                "rationale": row["rationale"],
                "evidence": [evidence[e].to_json() for e in self._links.get(row["relation"], ())],
                "text": f"{row['subjectLabel'] or subject} {_words(predicate)} {row['objectLabel'] or object_}",
            }
        return tuple(found.values())

    @cached_property
    def causal_by_id(self) -> dict[str, dict[str, Any]]:
        """The same by id."""
        return {c["id"]: c for c in self.causal}

    @cached_property
    def _links(self) -> dict[str, list[str]]:
        """Claim or causal relation to its evidence."""
        links: dict[str, list[str]] = defaultdict(list)
        for row in self.rows("service/claim-evidence"):
            links[row["claim"]].append(row["evidence"])
        return links

    @cached_property
    def _claims_about(self) -> dict[str, list[dict[str, Any]]]:
        """Construct or edition to the rows of the claims that concern it."""
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self.rows("service/claims"):
            found[row["about"]].append(row)
        return found

    def claims(self, *curies: str) -> list[dict[str, Any]]:
        """Return the claims that concern any of the constructs or framework editions given."""
        found: dict[str, dict[str, Any]] = {}
        for curie in curies:
            # For one question, one search is quicker than reading all claims.
            for row in self._claims_about.get(self.prefixes.expand(curie), ()) if self._warm else self.rows("service/claims", about=self.iri(curie)):
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
            links = self._links.get(iri, []) if self._warm else [r["evidence"] for r in self.rows("service/claim-evidence", claim=IRI(iri))]
            evidence = self.evidence(links)
            claim["about"].sort()
            claim["evidence"] = [evidence[e].to_json() for e in links if e in evidence]
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
