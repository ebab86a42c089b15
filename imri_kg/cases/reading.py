"""Reads case datasets out of the store: cases, observations, other rows, and what studies state about their data.

Called by casebook, matrix and case view. Every text that it runs is a stored query; it counts nothing and judges nothing. Evidence is
read only when somebody asks for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from imri_kg.cases.observations import CODED_IMPACT, CaseKey, Coding, ContextWord, Observation, Term
from imri_kg.catalog import Catalog
from imri_kg.frameworks import FrameworkService
from imri_kg.model import Evidence, Reference
from imri_kg.prefixes import Prefixes
from imri_kg.records import RecordReader
from imri_kg.search import natural
from imri_kg.store import Store

__all__ = ["Case", "CaseReader", "Claim", "Dataset", "Row"]

_OBSERVATIONS = ("ikg:CaseObservation", "ikg:CodedImpactObservation")
_BASES = {"ikg:authorStated": "author-stated", "ikg:curated": "curated"}
_ROLES = (("construct", "ikg:observesConstruct"), ("second construct", "ikg:observesSecondConstruct"), ("impact", "ikg:observesImpact"))


@dataclass(frozen=True, slots=True)
class Row:
    """A resource as it stands in the graph: property CURIEs to values, IRIs among them as CURIEs."""

    id: str
    iri: str
    properties: Mapping[str, tuple[str, ...]]

    def all(self, name: str) -> tuple[str, ...]:
        """Return the values of a property, sorted."""
        return self.properties.get(name, ())

    def one(self, name: str) -> str | None:
        """Return the value of a property that has at most one."""
        return next(iter(self.properties.get(name, ())), None)

    def is_a(self, *types: str) -> bool:
        """Say whether it is an instance of one of some classes."""
        mine = self.all("rdf:type")
        return any(t in mine for t in types)

    @property
    def code(self) -> str:
        """The identifier that the table gives it."""
        return self.one("dcterms:identifier") or self.id


@dataclass(frozen=True, slots=True)
class Dataset:
    """A set of case tables. `framework` and `second_framework` are keys of editions, empty where there is none."""

    id: str
    key: str
    title: str
    framework: str
    second_framework: str
    study: str | None
    row: Row


@dataclass(frozen=True, slots=True)
class Case:
    """A case with its row; `site` is the site of a study that it is, where the graph describes one."""

    key: CaseKey
    id: str
    code: str
    dataset: Dataset
    site: str | None
    innovation: Term | None
    row: Row


@dataclass(frozen=True, slots=True)
class Claim:
    """A coverage statement or printed limitation of a study."""

    id: str
    kind: str
    row: Row

    @property
    def statement(self) -> str:
        """What it says, in our words."""
        return self.row.one("ikg:statement") or ""


class CaseReader:
    """The case datasets of a store; it remembers what it has read, since a release never changes."""

    def __init__(self, store: Store, catalog: Catalog, prefixes: Prefixes, frameworks: FrameworkService, records: RecordReader | None = None) -> None:
        """Take what it reads from; `records` shares the evidence that others have read."""
        self.frameworks, self._prefixes = frameworks, prefixes
        self._records = records or RecordReader(store, catalog, prefixes, frameworks.index)
        self._shortened: dict[str, str] = {}

    def _short(self, value: str) -> str:
        if not value.startswith(("http:", "https:")):
            return value
        if value not in self._shortened:
            self._shortened[value] = self._prefixes.compress(value)
        return self._shortened[value]

    def _resources(self, rows: Iterable[Mapping[str, str]], subject: str) -> dict[str, Row]:
        found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for row in rows:
            found[row[subject]][self._short(row["property"])].add(self._short(row["value"]))
        out = {}
        for iri in sorted(found):
            short = self._short(iri)
            out[short] = Row(short, iri, {name: tuple(sorted(values)) for name, values in found[iri].items()})
        return out

    @cached_property
    def rows(self) -> dict[str, Row]:
        """Every row of every dataset, and the datasets, by CURIE."""
        return self._resources(self._records.rows("service/case-rows"), "row")

    @cached_property
    def _terms(self) -> dict[str, dict[str, Row]]:
        """The terms of each code list."""
        lists: dict[str, list[Mapping[str, str]]] = defaultdict(list)
        for row in self._records.rows("service/case-terms"):
            lists[self._short(row["list"])].append(row)
        return {name: self._resources(rows, "term") for name, rows in lists.items()}

    def terms(self, *lists: str) -> list[Term]:
        """Return the values of some code lists, in the order of their labels."""
        return sorted((self.term(curie) for name in lists for curie in self._terms.get(name, {})), key=lambda t: (t.label, t.curie))

    def names(self, *lists: str) -> dict[str, tuple[str, ...]]:
        """Return all labels of the values of some code lists."""
        return {
            curie: tuple(label for name in ("rdfs:label", "skos:prefLabel", "skos:altLabel") for label in row.all(name))
            for part in lists for curie, row in self._terms.get(part, {}).items()
        }  # fmt: skip

    @cached_property
    def _labels(self) -> dict[str, str]:
        return {
            curie: row.one("skos:prefLabel") or row.one("rdfs:label") or row.one("dcterms:title") or curie
            for found in self._terms.values() for curie, row in found.items()
        }  # fmt: skip

    def term(self, curie: str) -> Term:
        """Return a value of a code list with its label; what has none is its own label."""
        return Term(curie, self._labels.get(curie, curie))

    # ------------------------------------------------------------ frameworks

    @cached_property
    def _broader(self) -> dict[str, str]:
        steps: dict[str, str] = {}
        for row in self._records.rows("service/hierarchy"):
            steps.setdefault(self._short(row["concept"]), self._short(row["broader"]))
        return steps

    def path(self, curie: str) -> tuple[str, ...]:
        """Return a construct and everything broader, its domain last."""
        found = [curie]
        while (above := self._broader.get(found[-1])) and above not in found:
            found.append(above)
        return tuple(found)

    def broader(self, curie: str) -> str | None:
        """Return the construct one step up, if there is one."""
        return self._broader.get(curie)

    @cached_property
    def order(self) -> dict[str, int]:
        """The place of every member of every edition, each construct before its narrower ones."""
        below: dict[str, list[str]] = defaultdict(list)
        entries = sorted((e for e in self.frameworks.index.entries if not e.deprecated), key=lambda e: e.order)
        for entry in entries:
            below[self._broader.get(entry.curie, "")].append(entry.curie)
        found: dict[str, int] = {}
        waiting = below[""][::-1]
        while waiting:
            here = waiting.pop()
            found[here] = len(found)
            waiting += below[here][::-1]
        return found

    def reference(self, curie: str) -> Reference:
        """Return a construct; what the index does not know keeps its CURIE as label."""
        entry = self.frameworks.index.get(curie)
        return self.frameworks.reference(entry) if entry else Reference(curie, "", curie, "")

    # ------------------------------------------------------------ datasets and cases

    @cached_property
    def datasets(self) -> dict[str, Dataset]:
        """The datasets by CURIE."""
        return {
            row.id: Dataset(row.id, row.code, row.one("dcterms:title") or row.code, self._edition(row, "ikg:codingFramework"),
                            self._edition(row, "ikg:secondCodingFramework"), row.one("ikg:study"), row)
            for row in self.rows.values() if row.is_a("ikg:CaseDataset")
        }  # fmt: skip

    def _edition(self, row: Row, name: str) -> str:
        return (row.one(name) or "").removeprefix("framework:")

    @cached_property
    def cases(self) -> dict[str, Case]:
        """The cases by id, `<dataset>.<case>`."""
        found: dict[str, Case] = {}
        for row in sorted((r for r in self.rows.values() if r.is_a("ikg:Case")), key=lambda r: r.id):
            dataset = self.datasets.get(row.one("ikg:inDataset") or "")
            if dataset is None:
                continue
            name = row.one("skos:prefLabel") or row.code
            # Codes may have full stops: case `b.c` of the dataset `a` is not case `c` of `a.b`.
            short = f"{dataset.key}.{row.code}"
            key = CaseKey(row.id if short in found else short, name)
            text = row.one("ikg:innovationText")
            found[key.id] = Case(key, row.id, row.code, dataset, self._site(dataset, row.code, name), self.innovation(text, dataset), row)
        return found

    @cached_property
    def _case_of_row(self) -> dict[str, Case]:
        return {case.id: case for case in self.cases.values()}

    def case_at(self, curie: str) -> Case | None:
        """Return the case of a CURIE."""
        return self._case_of_row.get(curie)

    @cached_property
    def cases_of_site(self) -> dict[str, tuple[Case, ...]]:
        """The cases that are sites of a study which the graph describes; several datasets may code one study."""
        found: dict[str, tuple[Case, ...]] = {}
        for case in self.cases.values():
            if case.site:
                found[case.site] = (*found.get(case.site, ()), case)
        return found

    def _site(self, dataset: Dataset, code: str, name: str) -> str | None:
        """Return the site of the dataset's study that has the name of a case."""
        for curie, row in self._terms.get("ikg:Site", {}).items():
            if dataset.study and dataset.study in row.all("ikg:study"):
                if curie == f"{dataset.study}-{code}" or self._labels[curie].casefold() == name.casefold():
                    return curie
        return None

    def innovation(self, text: str | None, dataset: Dataset) -> Term | None:
        """Return the innovation of the dataset's study that a text names, or the text itself."""
        if text is None:
            return None
        for curie, row in self._terms.get("ikg:Innovation", {}).items():
            if dataset.study and dataset.study in row.all("ikg:study"):
                if text.casefold() in {label.casefold() for label in (*row.all("skos:prefLabel"), *row.all("skos:altLabel"))}:
                    return self.term(curie)
        return Term(text, text)

    def rows_of(self, owner: str, kind: str) -> list[Row]:
        """Return the rows of one class that belong to a case or study, by CURIE, in the order of their codes."""
        return sorted((r for r in self.rows.values() if owner in r.all("ikg:inCase") and r.is_a(kind)), key=lambda r: (natural(r.code), r.id))

    # ------------------------------------------------------------ observations

    @cached_property
    def observations(self) -> tuple[Observation, ...]:
        """Every row of the sheets Determinants and Impacts, in the order of datasets and codes."""
        found = [self._observation(row) for row in self.rows.values() if row.is_a(*_OBSERVATIONS)]
        return tuple(sorted(found, key=lambda o: (o.dataset, o.impact, natural(o.code), o.id)))

    def _observation(self, row: Row) -> Observation:
        dataset = self.datasets[row.one("ikg:inDataset") or ""]
        impact = row.is_a("ikg:CodedImpactObservation")
        owner = row.one("ikg:inCase") or ""
        case = self.case_at(owner)
        kind = CODED_IMPACT if impact else self.term(row.one("ikg:observationKind") or "")
        named = (self.case_at(c) for c in row.all("ikg:namesCase"))
        text = row.one("ikg:innovationText")
        phase, valence = row.one("ikg:inPhase"), row.one("ikg:observationValence") or row.one("ikg:impactValence")
        mark = row.one("ikg:processOnlyMark")
        codings = tuple(
            Coding(role, self.reference(curie), self.reference(self.path(curie)[-1]), self.path(curie))
            for role, name in _ROLES for curie in row.all(name)
        )  # fmt: skip
        return Observation(
            id=row.id, code=row.code, dataset=dataset.key, kind=kind, statement=row.one("ikg:statement") or "",
            case=case.key if case else None, study=None if case else row.one("ikg:study") or owner,
            cases_named=tuple(c.key for c in named if c), basis=self.basis_of(row), codings=codings,
            alternates=self._references(row, "ikg:alternateConstruct"), touches=self._references(row, "ikg:touchesConstruct"),
            phase=self.term(phase) if phase else None, phase_note=row.one("ikg:phaseNote"), valence=self.term(valence) if valence else None,
            context=self._context(row, codings), experienced_by=self._many(row, "ikg:experiencedBy"), reported_by=self._many(row, "ikg:reportedBy"),
            informants=tuple(self.rows[i].code for i in row.all("ikg:caseInformant") if i in self.rows), levels=self._many(row, "ikg:atLevel"),
            innovation=self.innovation(text, dataset) if text else case.innovation if case else None,
            process_only=None if mark is None else mark == "true", source=self._source(row)[0], locator=row.one("ikg:locator") or "",
            text_anchor=row.one("ikg:textAnchor"), quote=row.one("ikg:quote"), note=row.one("skos:editorialNote"), evidence=row.all("ikg:evidence"),
        )  # fmt: skip

    def _many(self, row: Row, name: str) -> tuple[Term, ...]:
        return tuple(sorted((self.term(c) for c in row.all(name)), key=lambda t: t.label))

    def _references(self, row: Row, name: str) -> tuple[Reference, ...]:
        return tuple(self.reference(c) for c in row.all(name))

    def basis_of(self, row: Row) -> str:
        """Return whose coding or claim a row is; empty where it does not say."""
        return _BASES.get(row.one("ikg:codingBasis") or row.one("ikg:basis") or "", "")

    @cached_property
    def _context_words(self) -> dict[str, str]:
        return {_folded(label): curie for curie, labels in self.names("ikg:ContextWord").items() for label in labels}

    def _context(self, row: Row, codings: Iterable[Coding]) -> ContextWord | None:
        word = row.one("ikg:authorContextWord")
        if word is None:
            return None
        status = row.one("ikg:contextWordStatus")
        printed = None if status is None else status == "ikg:contextWordPrinted"
        curie = self._context_words.get(_folded(word))
        if curie is None:
            return ContextWord(word, printed)
        first = next((c.construct.framework for c in codings), self.datasets[row.one("ikg:inDataset") or ""].framework)
        domains = [self.reference(d) for d in self._terms["ikg:ContextWord"][curie].all("ikg:contextDomain")]
        return ContextWord(word, printed, self.term(curie), next((d for d in domains if d.framework == first), None))

    # ------------------------------------------------------------ evidence and claims

    def evidence(self, observation: Observation) -> tuple[Evidence, ...]:
        """Return the evidence of an observation."""
        return self.evidence_of(self.rows[observation.id])

    def evidence_of(self, row: Row) -> tuple[Evidence, ...]:
        """Return the evidence of a row: what the graph has, or else the source and the place that the row itself names."""
        iris = [self._prefixes.expand(c) if self._prefixes.is_curie(c) else c for c in row.all("ikg:evidence")]
        read = self._records.evidence(iris)
        page = self._source(row)[2]
        found = tuple(read[i] if read[i].url else read[i]._replace(url=page) for i in iris if i in read)
        source, citation, _ = self._source(row)
        locator = row.one("ikg:locator")
        if found or not source or locator is None:
            return found
        return (Evidence(row.id, row.iri, source, citation, locator, row.one("ikg:statement") or row.one("skos:prefLabel") or row.code,
                         row.one("ikg:textAnchor"), page),)  # fmt: skip

    def _source(self, row: Row) -> tuple[str, str, str | None]:
        """Return the source that a row names: its CURIE, its citation and its page."""
        found = self.rows.get(row.one("ikg:caseSource") or "")
        if found is None:
            return "", "", None
        return found.one("ikg:knownSource") or found.id, found.one("dcterms:bibliographicCitation") or found.code, found.one("ikg:pageAddress")

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """The coverage statements and printed limitations of all studies, by id."""
        raw = self._records.rows("service/study-claims")
        kinds = {row["claim"]: self._short(row["kind"]).removeprefix("ikg:") for row in raw}
        return tuple(Claim(row.id, kinds[row.iri], row) for row in self._resources(raw, "claim").values())

    def claim_json(self, claim: Claim) -> dict[str, object]:
        """Return a claim as a dictionary with its evidence."""
        row = claim.row
        return {
            "id": claim.id,
            "kind": claim.kind,
            "statement": claim.statement,
            "stated_relation": row.one("ikg:statedRelation"),
            "basis": self.basis_of(row),
            "about": sorted({*row.all("ikg:about"), *row.all("ikg:aboutOther")}),
            "note": row.one("skos:editorialNote"),
            "evidence": [e.to_json() for e in self.evidence_of(row)],
        }


def _folded(word: str) -> str:
    return " ".join(word.casefold().replace("’", "'").split())
