"""Cases: which there are, and everything that is known of one.

A service: doors call it. It counts each row once, keeps what authors say of a study as a whole apart from its cases, and says of every
item whose coding it is and where it stands. It never adds a case by elimination and never turns silence into a statement.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from imri_kg.cases.answers import CaseDescription, DomainGroup, KindGroup, PhaseGroup
from imri_kg.cases.observations import DETERMINANT, Observation, split
from imri_kg.cases.reading import Case, CaseReader, Row
from imri_kg.catalog import Catalog
from imri_kg.errors import AmbiguousTermError, BadInputError, Candidate, UnknownNameError, nearest_names
from imri_kg.frameworks import FrameworkService
from imri_kg.prefixes import Prefixes
from imri_kg.records import RecordReader
from imri_kg.store import Store
from imri_kg.tables import Table, table

__all__ = ["AmbiguousCaseError", "CaseService"]

_COLUMNS = (
    "id", "name", "dataset", "study", "innovation", "location", "country", "start", "participants", "interviews", "observations", "observations_printed",
    "observations_inferred", "impacts", "impacts_printed", "impacts_inferred", "judgements", "gaps", "events", "determinants", "phases", "stakeholder_groups",
)  # fmt: skip
_PHASES = ("phase:historical-context", "phase:adoption", "phase:implementation", "phase:assimilation", "phase:not-stated")
_KINDS = ("ikg:determinantKind", "ikg:impactKind", "ikg:eventKind", "ikg:assimilationKind", "ikg:backgroundKind")
#: Counts of a row of participants: key of the reply to the property.
_NUMBERS = {
    "count": "ikg:participantCount", "percent": "ikg:percentage", "women": "ikg:womenCount", "men": "ikg:menCount", "non_binary": "ikg:nonBinaryCount",
    "no_answer": "ikg:noAnswerCount", "missing": "ikg:missingCount", "mean_age": "ikg:participantMeanAge", "age_sd": "ikg:participantAgeDeviation",
    "shared": "ikg:sharedCount",
}  # fmt: skip


class AmbiguousCaseError(AmbiguousTermError):
    """Cases of several datasets have this id; none is picked."""

    def __init__(self, value: str, candidates: list[Candidate]) -> None:
        BadInputError.__init__(
            self, f"{value!r} names {len(candidates)} cases: {', '.join(f'{c.curie} ({c.label})' for c in candidates)}. Give the id with its dataset."
        )
        self.value, self.candidates, self.understood = value, tuple(candidates), "the id of a case without its dataset"


class CaseService:
    """Answers about the cases of one release."""

    def __init__(self, store: Store, catalog: Catalog, prefixes: Prefixes, frameworks: FrameworkService, release: str,
                 records: RecordReader | None = None, released: Store | None = None) -> None:  # fmt: skip
        """Take what it reads from.

        Args:
            records: shares the evidence that others have read.
            released: the store of the release, where `store` holds datasets of the user's own beside it.
        """
        self.reader = CaseReader(store, catalog, prefixes, frameworks, records)
        self._release_alone = None if released is None else CaseReader(released, catalog, prefixes, frameworks)
        self.release = release

    def list(self) -> Table:
        """Return all cases with what their datasets hold on them; numbers of observations are split into printed and inferred."""
        items = []
        for case in self.reader.cases.values():
            told = split(o for o in self._of(case) if not o.impact)
            impacts = split(o for o in self._of(case) if o.impact)
            items.append({
                "id": case.key.id, "name": case.key.name, "dataset": case.dataset.key, "study": case.dataset.study,
                "innovation": case.row.one("ikg:innovationText"), "location": case.row.one("ikg:location"), "country": case.row.one("ikg:country"),
                "start": case.row.one("ikg:startDate"), "participants": _number(case.row.one("ikg:printedParticipants")),
                "interviews": _number(case.row.one("ikg:interviewCount")), "observations": told.total, "observations_printed": told.printed,
                "observations_inferred": told.inferred, "impacts": impacts.total, "impacts_printed": impacts.printed, "impacts_inferred": impacts.inferred,
                "judgements": len(self.reader.rows_of(case.id, "ikg:AssimilationJudgement")), "gaps": len(self.reader.rows_of(case.id, "ikg:CompatibilityGap")),
                "events": len(self.reader.rows_of(case.id, "ikg:CaseEvent")),
                "determinants": sum(1 for o in self._of(case) if o.kind.curie == DETERMINANT), "phases": self._phases(case), "stakeholder_groups": self._stakeholders(case),
            })  # fmt: skip
        datasets = [
            {"dataset": d.key, "title": d.title, "framework": d.framework or None, "second_framework": d.second_framework or None, "study": d.study,
             "cases": sum(1 for c in self.reader.cases.values() if c.dataset is d),
             "study_statements": sum(1 for o in self.reader.observations if o.dataset == d.key and o.case is None), "own": d.key not in self._released}
            for d in sorted(self.reader.datasets.values(), key=lambda d: d.key)
        ]  # fmt: skip
        return table(items, _COLUMNS, self.release, query="service/case-rows", extra={"datasets": datasets}, absent="not stated")

    def find(self, text: str) -> Case:
        """Return the case that an id, CURIE, IRI or name means; the dataset may be left out where one case alone has the id.

        Raises:
            UnknownNameError: there is no such case; the nearest are named.
            AmbiguousCaseError: cases of several datasets have it.
        """
        wanted = text.strip()
        cases = list(self.reader.cases.values())
        for case in cases:
            if wanted in (case.key.id, case.id, case.row.iri, f"{case.dataset.key}/{case.code}"):
                return case
        folded = wanted.casefold()
        for found in ([c for c in cases if c.code.casefold() == folded], [c for c in cases if c.key.name.casefold() == folded],
                      [c for c in cases if c.key.id.casefold() == folded]):  # fmt: skip
            if len(found) == 1:
                return found[0]
            if found:
                raise AmbiguousCaseError(text, [Candidate(c.key.id, c.key.name, c.dataset.key, 1.0) for c in found])
        raise _unknown(text, cases)

    def case(self, text: str) -> CaseDescription:
        """Describe a case.

        Raises:
            UnknownNameError: there is no such case; the nearest are named.
            AmbiguousCaseError: cases of several datasets have this id.
        """
        case, reader = self.find(text), self.reader
        told = [o for o in self._of(case) if not o.impact]
        impacts = tuple(o for o in self._of(case) if o.impact)
        named = tuple(o for o in reader.observations if o.case is None and case.key in o.cases_named)
        judgements = [self._judgement(r) for r in reader.rows_of(case.id, "ikg:AssimilationJudgement")]
        gaps = [self._gap(r) for r in reader.rows_of(case.id, "ikg:CompatibilityGap")]
        events = [self._event(r) for r in reader.rows_of(case.id, "ikg:CaseEvent")]
        participants = [self._participants(r) for r in reader.rows_of(case.id, "ikg:Participants")]
        dataset = case.dataset
        counts = {
            "observations": split(told).to_json(), "impacts": split(impacts).to_json(), "study_statements": split(named).to_json(), "judgements": len(judgements),
            "gaps": len(gaps), "events": len(events), "participant_rows": len(participants),
        }  # fmt: skip
        notes = []
        if named:
            notes.append(f"{len(named)} statement{'s' if len(named) > 1 else ''} about the study as a whole name{'' if len(named) > 1 else 's'} this case; they stand apart and count nowhere.")
        if not judgements:
            notes.append("No judgement on the form of assimilation is entered for this case.")
        codes = sorted({c.construct.framework for o in (*told, *impacts, *named) for c in o.codings})
        return CaseDescription(
            case.key, case.row.iri, {"id": dataset.key, "title": dataset.title, **self._dataset(dataset.row)}, self._study(dataset.study), self._attributes(case),
            tuple(e.to_json() for e in reader.evidence_of(case.row)), case.row.one("skos:editorialNote"), counts, named, tuple(participants),
            self._grouped(told), impacts, tuple(sorted(judgements, key=lambda j: (j["date"] or "9999", j["time"] or ""))), tuple(gaps),
            tuple(sorted(events, key=_in_time)), self._limitations(case), self.release, "service/case-rows",
            (*notes, *reader.frameworks.code_notes(*codes)), reader.evidence,
        )  # fmt: skip

    def said_of_study(self, *texts: str) -> list[dict[str, Any]]:
        """Return the statements about a whole study that name one of some cases of it, or none of its cases.

        Raises:
            UnknownNameError, AmbiguousCaseError: as `case` does.
        """
        cases = [self.find(text) for text in texts]
        keys, datasets = {case.key for case in cases}, {case.dataset.key for case in cases}
        found = [o for o in self.reader.observations if o.case is None and o.dataset in datasets and (not o.cases_named or keys & set(o.cases_named))]
        return [o.to_json(self.reader.evidence(o)) for o in found]

    def _of(self, case: Case) -> list[Observation]:
        return [o for o in self.reader.observations if o.case == case.key]

    def _phases(self, case: Case) -> list[str]:
        """Return the phases under which the source tells of a case, in time; what has none is no phase."""
        of_events = (row.one("ikg:inPhase") for row in self.reader.rows_of(case.id, "ikg:CaseEvent"))
        found = {*(o.phase.curie for o in self._of(case) if o.phase), *(phase for phase in of_events if phase)} - {_PHASES[-1]}
        return [self.reader.term(phase).label for phase in sorted(found, key=_phase_order)]

    def _stakeholders(self, case: Case) -> list[str]:
        """Return the groups that took part in a case, or that report or experience something in it; a group that is counted as 0 did not."""
        rows = [row for row in self.reader.rows_of(case.id, "ikg:Participants") if _number(row.one("ikg:participantCount")) != 0]
        return sorted({*(label for row in rows for label in self._labels(row, "ikg:stakeholderGroup")),
                       *(t.label for o in self._of(case) for t in (*o.reported_by, *o.experienced_by) if not t.curie.endswith(":not-stated"))})  # fmt: skip

    @cached_property
    def _released(self) -> set[str]:
        """The keys of the datasets of the release; others are the user's own."""
        reader = self.reader if self._release_alone is None else self._release_alone
        return {d.key for d in reader.datasets.values()}

    # ------------------------------------------------------------ parts of a description

    def _dataset(self, row: Row) -> dict[str, Any]:
        return {
            "framework": (row.one("ikg:codingFramework") or "").removeprefix("framework:") or None,
            "second_framework": (row.one("ikg:secondCodingFramework") or "").removeprefix("framework:") or None,
            "creator": row.one("dcterms:creator"), "coding": row.one("ikg:codingNote"), "date": row.one("dcterms:date"), "licence": row.one("dcterms:rights"),
        }  # fmt: skip

    def _study(self, curie: str | None) -> dict[str, Any] | None:
        return self.reader.term(curie).to_json() if curie else None

    def _attributes(self, case: Case) -> dict[str, Any]:
        row, reader = case.row, self.reader
        group, kind, funding = (row.one(name) for name in ("ikg:innovationGroup", "ikg:caseOrganisationType", "ikg:caseFunding"))
        return {
            "setting": row.one("ikg:setting"), "location": row.one("ikg:location"), "country": row.one("ikg:country"),
            "innovation": row.one("ikg:innovationText"), "innovation_group": reader.reference(group).to_json() if group else None,
            "organisations": list(row.all("ikg:organisationText")), "organisation_type": reader.term(kind).label if kind else None,
            "funding": reader.term(funding).label if funding else None, "group_served": row.one("ikg:groupServed"), "selection": row.one("ikg:selection"),
            "start": row.one("ikg:startDate"), "end": row.one("ikg:endDate"), "participants": _number(row.one("ikg:printedParticipants")),
            "interviews": _number(row.one("ikg:interviewCount")), "documents": _number(row.one("ikg:documentCount")), "site": case.site,
        }  # fmt: skip

    def _item(self, row: Row) -> dict[str, Any]:
        """Return what every row says of itself: identity, place in the source, evidence, and whose coding it is."""
        return {
            "id": row.id, "code": row.code, "coding": self.reader.basis_of(row) or None, "locator": row.one("ikg:locator"),
            "text_anchor": row.one("ikg:textAnchor"), "quote": row.one("ikg:quote"), "note": row.one("skos:editorialNote"),
            "evidence": [e.to_json() for e in self.reader.evidence_of(row)],
        }  # fmt: skip

    def _labels(self, row: Row, name: str) -> list[str]:
        return sorted(self.reader.term(c).label for c in row.all(name))

    def _informants(self, row: Row) -> list[str]:
        return [self.reader.rows[c].code for c in row.all("ikg:caseInformant") if c in self.reader.rows]

    def _participants(self, row: Row) -> dict[str, Any]:
        shared = self.reader.case_at(row.one("ikg:countedIn") or "")
        return {
            **self._item(row), "kind": self._label(row, "ikg:participantKind"), "group": self._label(row, "ikg:stakeholderGroup"),
            **{key: _number(row.one(name)) for key, name in _NUMBERS.items()}, "counted_in": shared.key.id if shared else None,
        }  # fmt: skip

    def _label(self, row: Row, name: str) -> str | None:
        return next(iter(self._labels(row, name)), None)

    def _judgement(self, row: Row) -> dict[str, Any]:
        form = row.one("ikg:judgedForm")
        return {
            **self._item(row), "form": form, "form_label": self.reader.reference(form).label if form else None, "time": row.one("ikg:time"),
            "date": row.one("dcterms:date"), "judged_by": row.one("ikg:judgedBy"), "judging_groups": self._labels(row, "ikg:judgingGroup"),
            "informants": self._informants(row), "wording": row.one("ikg:assimilationWording"),
        }  # fmt: skip

    def _gap(self, row: Row) -> dict[str, Any]:
        led = [self.reader.rows[c] for c in row.all("ikg:gapLedTo") if c in self.reader.rows]
        return {
            **self._item(row), "assumption": row.one("ikg:modelAssumption"), "feature": row.one("ikg:organisationFeature"),
            "feature_kind": self._label(row, "ikg:gapFeatureKind"), "judged_by": row.one("ikg:judgedBy"), "informants": self._informants(row),
            "led_to": [{"code": r.code, "form": r.one("ikg:judgedForm"), "wording": r.one("ikg:assimilationWording")} for r in led] or None,
        }  # fmt: skip

    def _event(self, row: Row) -> dict[str, Any]:
        start, end, time, phase = (row.one(n) for n in ("ikg:startDate", "ikg:endDate", "ikg:time", "ikg:inPhase"))
        return {
            **self._item(row), "start": start, "end": end, "time": time, "when": time or " to ".join(t for t in (start, end) if t) or "not stated",
            "phase": self.reader.term(phase).to_json() if phase else None, "statement": row.one("ikg:statement"),
        }  # fmt: skip

    def _limitations(self, case: Case) -> tuple[dict[str, Any], ...]:
        """Return the printed limitations of the case's study, without those that concern another of its sites."""
        about = {case.dataset.study, case.site} - {None}
        return tuple(self.reader.claim_json(c) for c in self.reader.claims if c.kind == "PrintedLimitation" and about & {*c.row.all("ikg:about")})

    # ------------------------------------------------------------ groups

    def _grouped(self, observations: Iterable[Observation]) -> tuple[KindGroup, ...]:
        kinds: dict[str, dict[str, dict[str, list[Observation]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
        for o in observations:
            coding = o.coding("construct")
            kinds[o.kind.curie][o.phase.curie if o.phase else ""][coding.domain.curie if coding else ""].append(o)
        out = []
        for kind in sorted(kinds, key=lambda k: (_KINDS.index(k) if k in _KINDS else len(_KINDS), k)):
            phases = []
            for phase in sorted(kinds[kind], key=_phase_order):
                found = kinds[kind][phase]
                domains = tuple(
                    DomainGroup(self.reader.reference(d).to_json() if d else None, tuple(found[d]), split(found[d]), _valences(found[d]))
                    for d in sorted(found, key=lambda d: (self.reader.order.get(d, -1), d))
                )
                phases.append(PhaseGroup(self.reader.term(phase).to_json() if phase else None, domains, split(o for d in found.values() for o in d)))
            inside = [o for found in kinds[kind].values() for d in found.values() for o in d]
            out.append(KindGroup(self.reader.term(kind).to_json(), tuple(phases), split(inside), _valences(inside)))
        return tuple(out)


def _unknown(text: str, cases: Iterable[Case]) -> UnknownNameError:
    """Return the error for a case that is not there; the nearest are named also where the text leaves out their dataset."""
    names = {c.key.id: (c.key.id, c.code, c.key.name) for c in cases}
    near = nearest_names(text, [name for every in names.values() for name in every])
    return UnknownNameError("case", text, list(names), nearest=list(dict.fromkeys(id for name in near for id, every in names.items() if name in every)))


def _valences(observations: Iterable[Observation]) -> dict[str, int]:
    return dict(sorted(Counter(o.valence.label for o in observations if o.valence).items()))


def _phase_order(curie: str) -> tuple[int, str]:
    return (_PHASES.index(curie) if curie in _PHASES else len(_PHASES), curie)


def _in_time(event: Mapping[str, Any]) -> tuple[object, ...]:
    """Sort key of events: by date, else by the first year in their words; what has neither follows, by phase."""
    year = event["start"] or next(iter(re.findall(r"\b(?:1[89]|20)\d\d", event["time"] or "")), "")
    return (not year, year, _phase_order(event["phase"]["curie"] if event["phase"] else ""))


def _number(text: str | None) -> int | float | None:
    if text is None:
        return None
    value = float(text)
    return int(value) if value.is_integer() else value
