"""Determinants of cases seen through another framework, by way of the mappings, with the route shown.

A service: doors call it. An observation counts as mapped where a record, asserted or derived by rule, leads from its construct to the framework.
Where only steps lead there that no rule licenses, they are shown as a route and the observation is counted apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from imri_kg.cases.answers import CaseView, SeenObservation
from imri_kg.cases.casebook import CaseService
from imri_kg.cases.observations import DETERMINANT, Observation, Split, split
from imri_kg.errors import BadInputError
from imri_kg.explaining import ExplainingService
from imri_kg.mapping import MappingService
from imri_kg.model import MappingRecord, State
from imri_kg.states import View

__all__ = ["REACHED", "CaseViewService"]

#: How the construct of an observation can reach a framework, from the firmest; the last is of the framework itself and needs no way to it.
REACHED = ("mapped", "contested", "route_only", "judged_not_mapped", "not_assessed", "coded_in_it")


class CaseViewService:
    """Answers what the observations of cases are in another framework."""

    def __init__(self, casebook: CaseService, mapping: MappingService, explaining: ExplainingService) -> None:
        self._casebook, self._mapping, self._explaining = casebook, mapping, explaining

    def view(self, case: str | None, framework: str, *, basis: Iterable[str] = ()) -> CaseView:
        """Look at the determinants of a case, or of all cases, through a framework.

        Args:
            case: id of a case; all cases when None.
            framework: key of the framework.
            basis: bases of the mappings to trust; all when empty.

        Returns:
            Each observation with how its construct reaches the framework; counts for each way, for each construct and for each member reached.

        Raises:
            UnknownNameError: there is no such case, framework or basis.
            BadInputError: no determinant is coded in another framework.
        """
        reader, bases = self._casebook.reader, list(basis)
        key = self._casebook.find(case).key if case is not None else None
        target = self._casebook.reader.frameworks.key(framework)
        seen = [o for o in reader.observations if not o.impact and o.kind.curie == DETERMINANT and o.coding("construct") is not None]
        told = [o for o in seen if o.case is not None and (key is None or o.case == key)]
        apart = [o for o in seen if o.case is None and (key is None or key in o.cases_named)]
        sources = sorted({o.coding("construct").construct.framework for o in (*told, *apart)} - {target})  # type: ignore[union-attr]
        if not sources:
            others = ", ".join(k for k in reader.frameworks.keys() if k != target)
            advice = f"Look at {'it' if key else 'the cases'} through another edition: {others}."
            raise BadInputError(f"No determinant{' of this case' if key else ''} is coded in another framework than {target}. {advice}")
        ways = self._ways(told, apart, target, bases)
        observations = tuple(self._seen(o, ways, target) for o in told)
        counts = {name: split(s.observation for s in observations if s.reached == name) for name in REACHED}
        agreed = ("licensed_mapping", "route_only", "neither")
        coded = {name: split(s.observation for s in observations if s.coded and s.agrees == name) for name in agreed}
        notes = [
            "Counted as mapped is only what a record says, or what follows from records by a rule; a route of other steps is a hypothesis.",
            "The mappings are between constructs, not between observations: each observation is to be read before it is taken over.",
        ]
        if any(s.agrees for s in observations):
            notes.append("The second coding is that of whoever made the dataset, made without the mappings; it stands beside them and changes no count.")
        return CaseView(
            key.id if key else "all cases", target, tuple(sources), counts, coded, tuple(self._constructs(told, ways)), tuple(self._members(told, ways, target)),
            observations, tuple(self._seen(o, ways, target) for o in apart), tuple(bases), self._casebook.release, "service/records", tuple(notes), reader.evidence,
        )  # fmt: skip

    def _ways(self, told: list[Observation], apart: list[Observation], target: str, bases: list[str]) -> dict[str, dict[str, Any]]:
        """Return for each construct its state against the framework, the records that map it and the routes that no rule licenses."""
        constructs = {c.construct.curie: c.construct for o in (*told, *apart) if (c := o.coding("construct")) is not None and c.construct.framework != target}
        routes: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for source in sorted({c.framework for c in constructs.values()}):
            for route in self._explaining.routes_between(source, target, basis=bases):
                end = self._casebook.reader.reference(route.object)
                routes[route.subject].append({
                    "target": route.object, "target_label": end.label, "by": "route", "predicate": "", "text": route.refusal.text, "reason": route.refusal.reason,
                    "steps": [step.id for step in route.refusal.chain if step.id],
                })  # fmt: skip
        found = {}
        pairs = self._mapping.partition(View(bases))
        for curie, construct in sorted(constructs.items()):
            answer = self._mapping.map(curie, to=[target], basis=bases)
            records = [r for r in answer.items if not r.negated]
            state = answer.states[0].state if answer.states else State.NOT_ASSESSED
            reached = _reached(state, bool(records), bool(routes.get(curie)))
            mappings = [_mapping(r, pairs.state(curie, r.object.curie)) for r in records]
            found[curie] = {"construct": construct, "state": state.value, "reached": reached, "mappings": mappings, "routes": routes.get(curie, [])}
        return found

    @staticmethod
    def _seen(o: Observation, ways: Mapping[str, Mapping[str, Any]], target: str) -> SeenObservation:
        coding = o.coding("construct")
        assert coding is not None
        way = ways.get(coding.construct.curie)
        second = tuple(c.construct.curie for c in o.codings if c.role == "second construct" and c.construct.framework == target)
        if way is None:
            return SeenObservation(o, "coded_in_it", (coding.construct.curie, *second))
        ends = _mapped(way), {r["target"] for r in way["routes"]}
        agrees = None
        if second:
            agrees = "licensed_mapping" if ends[0] & set(second) else "route_only" if ends[1] & set(second) else "neither"
        return SeenObservation(o, way["reached"], second, agrees)

    @staticmethod
    def _constructs(told: list[Observation], ways: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return the constructs that occur, with how often and by which ways they reach the framework."""
        out = []
        for curie, way in ways.items():
            here = [o for o in told if (c := o.coding("construct")) is not None and c.construct.curie == curie]
            if here:
                out.append({**way["construct"].to_json(), "state": way["state"], "reached": way["reached"], "observations": split(here).to_json(),
                            "mappings": way["mappings"], "routes": list(way["routes"])})  # fmt: skip
        return out

    def _members(self, told: list[Observation], ways: Mapping[str, Mapping[str, Any]], target: str) -> list[dict[str, Any]]:
        """Return the members of the framework that anything reaches, with the observations that reach each, mapped and by route apart."""
        mapped: dict[str, list[Observation]] = defaultdict(list)
        routed: dict[str, list[Observation]] = defaultdict(list)
        second: dict[str, list[Observation]] = defaultdict(list)
        for o in told:
            coding = o.coding("construct")
            way = ways.get(coding.construct.curie) if coding else None
            for curie in _mapped(way) if way else ():
                mapped[curie].append(o)
            for item in way["routes"] if way else ():
                routed[item["target"]].append(o)
            for c in o.codings:
                if c.role == "second construct" and c.construct.framework == target:
                    second[c.construct.curie].append(o)
        order = self._casebook.reader.order
        return [
            {**self._casebook.reader.reference(curie).to_json(), "mapped": split(mapped.get(curie, ())).to_json(),
             "route_only": _without(routed.get(curie, ()), mapped.get(curie, ())).to_json(), "second_coding": split(second.get(curie, ())).to_json()}
            for curie in sorted({*mapped, *routed, *second}, key=lambda c: (order.get(c, 0), c))
        ]  # fmt: skip


def _reached(state: State, records: bool, routes: bool) -> str:
    if state is State.CONTESTED:
        return "contested"
    if records or state is State.MAPPED:
        return "mapped"
    if routes:
        return "route_only"
    return "judged_not_mapped" if state is State.JUDGED_NOT_MAPPED else "not_assessed"


def _mapping(record: MappingRecord, state: State) -> dict[str, Any]:
    return {"target": record.object.curie, "target_label": record.object.label, "by": record.record_id, "predicate": record.predicate,
            "text": f"{record.basis}, {record.predicate}", "reason": "", "steps": [record.record_id], "state": state.value}  # fmt: skip


def _mapped(way: Mapping[str, Any]) -> set[str]:
    """Return the members to which a construct is mapped, without those to which it is contested whether it is."""
    return {m["target"] for m in way["mappings"] if m["state"] == State.MAPPED.value}


def _without(some: Iterable[Observation], others: Iterable[Observation]) -> Split:
    taken = {o.id for o in others}
    return split(o for o in some if o.id not in taken)
