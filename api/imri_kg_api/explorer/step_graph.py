"""Steps between constructs as a text and a drawing share them: each recorded step has one number, and each refusal of a rule one letter.

Called by the pages of explanations and of paths. The text of the page is written from the steps, the drawing from `drawing()`; number and letter lead
from one to the other. It takes what the graph's services returned, adds where each thing stands, and judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from imri_kg.crosswalks import RouteStep
from imri_kg.model import MappingRecord
from imri_kg.pathway_answers import PathStep, Pathway
from imri_kg.routes import Edge, Join
from imri_kg_api.explorer.pages import Asked
from imri_kg_api.explorer.presenting import local, mentioned

__all__ = ["StepGraph", "letter", "rule_in_words"]

Item = dict[str, Any]

_NOTHING = "sssom:NoTermFound"
#: Message of the verb of a step, by the local name of its relation.
_VERB = "graph-verb-{}"


class StepGraph:
    """The steps of one page.

    Args:
        asked: the request, for labels, words and addresses.
    """

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._graph, self._words, self._links = asked.graph, asked.words, asked.links
        self.steps: dict[tuple[str, ...], Item] = {}
        self.reasons: dict[str, Item] = {}
        self._nodes: dict[str, Item] = {}
        self._joints: dict[tuple[int, int], Item] = {}
        self._layers: dict[str, float] = {}
        self._told: set[int] = set()

    # ------------------------------------------------------------ steps

    def record(self, record: MappingRecord, *, turned: bool = False, judged: str = "") -> Item:
        """Add a mapping record, and below it the records from which it follows, and return it as a step.

        Args:
            record: the record.
            turned: whether the page goes from its object to its subject.
            judged: the construct that the page is about where the record says that nothing in its edition fits, and so judges it too.
        """
        told = record.to_json()
        ends = (told["subject"], self._end(judged) if record.none_found and judged else told["object"])
        step = self._step(("record", record.record_id), ends, "derived" if record.derivation else "mapping", record.predicate, turned=turned, **_judged(told), id=record.record_id,
                          href=self._links.record(record.record_id), evidence=told["evidence"])  # fmt: skip
        step["record"] = told
        if record.none_found:
            step["verb"] = self._words("graph-verb-nothing")
        if record.derivation and step["premises"] is None:
            # Set before the premises are walked, so that a circle among them would end.
            step["premises"] = []
            one = len(record.derivation.premises) == 1
            step["premises"] = [self.record(self._graph.record(name), turned=turned != one) for name in record.derivation.premises]
            step["rule"] = record.derivation.rule
            step["joint"] = None
            for first, second in zip(step["premises"], step["premises"][1:], strict=False):
                self._join(first, second, Join(record.derivation.rule, record.predicate, None, 0))
        return step

    def route(self, chain: Sequence[RouteStep], reason: str, rule: str | None = None) -> list[Item]:
        """Add a route that no rule licenses, and return its steps, each with what joins it to the one before, or why nothing does.

        Args:
            chain: its steps.
            reason: why it is none.
            rule: the rule that an asserted negative keeps from being used, if that is why.
        """
        edges = tuple(Edge(s.object, s.relation, s.kind, s.id, s.basis, s.exploratory, s.inverse) for s in chain)
        joins = (Join(None, None, reason, 0),) if rule else self._graph.steps.joins(edges)
        steps = [self._of_route(s) for s in chain]
        return self._joined(steps, joins, alone=reason)

    def path(self, path: Pathway) -> list[Item]:
        """Add a path and return its steps, each with what joins it to the one before, or why nothing does."""
        steps = [self._of_path(s) for s in path.steps]
        last = len(steps)
        for place, step in enumerate(path.steps):
            # Where an edition stands between the ends decides the column of its constructs.
            self._place(step.subject.framework, place / last)
            self._place(step.object.framework, (place + 1) / last)
        return self._joined(steps, [Join(s.rule, s.gives, s.reason, 0) for s in path.steps[1:]])

    def causal(self, relation: Mapping[str, Any], *, turned: bool = False) -> Item:
        """Add a causal relation and return it as a step."""
        return self._step(("causal", str(relation["id"])), (self._end(relation["subject"]), self._end(relation["object"])), "causal", relation["predicate"], turned=turned,
                          **_judged(relation), id=relation["id"], href=self._links.resource(relation["id"]), evidence=relation["evidence"], comment=relation["rationale"])  # fmt: skip

    def told(self, step: Item) -> Item:
        """Return a step as the text has it at this place: `first` says whether it stands here for the first time, with its evidence and premises."""
        first = step["number"] not in self._told
        self._told.add(step["number"])
        return {**step, "first": first, "premises": [self.told(p) for p in step["premises"] or ()] if first else []}

    def _of_route(self, s: RouteStep) -> Item:
        if s.kind == "causal" and s.id:
            return self.causal(self._graph.reader.causal_by_id[s.id], turned=s.inverse)
        if s.kind == "mapping" and s.id:
            return self._walked(self._graph.record(s.id), s.relation, inverse=s.inverse)
        return self._hierarchy(s.subject, s.relation, s.object)

    def _of_path(self, s: PathStep) -> Item:
        if s.kind == "causal" and s.id:
            step = self.causal(self._graph.reader.causal_by_id[s.id])
            step["moderators"] = [{**m, "mention": self._end(m["subject"]), "href": self._links.resource(m["id"])} for m in s.moderators]
            return step
        if s.kind == "mapping" and s.id:
            return self._walked(self._graph.record(s.id), s.relation, inverse=s.direction == "inverse")
        return self._hierarchy(s.subject.curie, s.relation, s.object.curie)

    def _walked(self, record: MappingRecord, relation: str, *, inverse: bool) -> Item:
        """Return a record as a step in the direction of a walk; the inverse of a match is a match, so that it is told in that direction."""
        if not inverse:
            return self.record(record)
        told = record.to_json()
        step = self._step(("inverse", record.record_id), (told["object"], told["subject"]), "mapping", relation, **_judged(told), id=record.record_id,
                          href=self._links.record(record.record_id), evidence=told["evidence"], inverse=True)  # fmt: skip
        step["record"] = told
        return step

    def _hierarchy(self, subject: str, relation: str, object_: str) -> Item:
        low, high = (subject, object_) if relation == "skos:broader" else (object_, subject)
        return self._step(("hierarchy", low, high), (self._end(low), self._end(high)), "hierarchy", "skos:broader", turned=low != subject)

    def _verb(self, name: str, *, negated: bool) -> str:
        message = f"predicate-not-{name}" if negated else _VERB.format(name)
        return self._words(message) if self._words.has(message) else name

    def _step(self, key: tuple[str, ...], ends: tuple[Item, Item], kind: str, relation: str, *, turned: bool = False, **more: Any) -> Item:
        found = self.steps.get(key)
        if found is None:
            name = local(relation)
            first, second = self._node(ends[0]), self._node(ends[1])
            found = self.steps[key] = {
                "number": len(self.steps) + 1, "kind": kind, "subject": first, "object": second, "relation": name,
                "verb": self._verb(name, negated=bool(more.get("negated"))), "turned": turned,
                "id": None, "href": None, "basis": None, "exploratory": False, "negated": False, "stated_relation": None, "predicate_basis": None, "confidence": None,
                "confidence_basis": None, "evidence_kind": None, "comment": None, "evidence": [], "moderators": [], "inverse": False, "record": None,
                "premises": None, "rule": None, **more,
            }  # fmt: skip
        return found

    # ------------------------------------------------------------ nodes

    def _end(self, curie: str) -> Item:
        return mentioned(self._graph, self._links, curie)

    def _node(self, end: Item) -> Item:
        """Return an end as the macro `mention` shows it, and keep it for the drawing."""
        curie = str(end["curie"])
        given = end if "construct" in end else {"curie": curie, "construct": end}
        construct = given["construct"]
        id = f"{curie}@{construct['framework']}" if curie == _NOTHING else curie
        if id not in self._nodes:
            key = construct["framework"] if construct else curie.partition(":")[2] if curie.startswith("framework:") else ""
            nothing = curie == _NOTHING
            status = (construct or {}).get("label_status") or ""
            name = self._words(f"framework-{key}") if key and self._words.has(f"framework-{key}") else key or given.get("kind", "")
            self._nodes[id] = {
                "id": id, "code": "" if nothing or not construct else local(curie), "label": self._words("graph-nothing") if nothing else (construct or given)["label"],
                "framework": key, "name": name, "mark": self._words(f"label-{status}") if status in ("rebuilt", "unconfirmed") else "",
                "href": self._links.framework(key) if nothing else self._links.concept(curie) if construct else given["to"], "end": "",
            }  # fmt: skip
        return {**given, "node": id}

    def ends(self, *curies: str, as_: str) -> None:
        """Mark the nodes at which what the page shows begins or ends: `as_` is `from` or `to`."""
        for curie in curies:
            self._node(self._end(curie))
            self._nodes[curie]["end"] = as_

    def _place(self, key: str, place: float) -> None:
        self._layers[key] = max(round(place, 2), self._layers.get(key, 0.0))

    # ------------------------------------------------------------ joints

    def _joined(self, steps: list[Item], joins: Iterable[Join], *, alone: str | None = None) -> list[Item]:
        """Return copies of steps as one walk has them, each with its joint to the one before; `alone` is why a single step is none."""
        out = [{**step, "joint": None} for step in steps]
        for first, second, join in zip(steps, out[1:], joins, strict=False):
            second["joint"] = self._join(first, second, join)
        if len(out) == 1 and alone:
            out[0]["joint"] = self._join(steps[0], steps[0], Join(None, None, alone, 0))
        return out

    def _join(self, first: Item, second: Item, join: Join) -> Item:
        found = {"first": first["number"], "second": second["number"], "rule": join.rule, "gives": local(join.gives) if join.gives else None, "reason": None}
        if join.reason:
            known = self.reasons.setdefault(join.reason, {"letter": letter(len(self.reasons)), "text": join.reason, "about": self._about(join.reason), "between": []})
            if (first["number"], second["number"]) not in known["between"]:
                known["between"].append((first["number"], second["number"]))
            found["reason"] = known
        return self._joints.setdefault((first["number"], second["number"]), found)

    def _about(self, reason: str) -> str:
        """Return where the rule tables say this, in the page about the project."""
        reasons = list(self._graph.steps.rules.refusals.values())
        return self._links.to("/about") + (f"#rules-refusal-{reasons.index(reason) + 1}" if reason in reasons else "#rules-refusals")

    # ------------------------------------------------------------ drawing

    def drawing(self, name: str) -> Item:
        """Return what the script draws: nodes, edges and joints, with the words that it shows and the places in the text that they lead to.

        Args:
            name: what the drawing is of; also the name of its file.
        """
        used = {step[end]["node"] for step in self.steps.values() for end in ("subject", "object")} | {n["id"] for n in self._nodes.values() if n["end"]}
        places = sorted(set(self._layers.values()))
        return {
            "name": name, "nodes": [n for n in self._nodes.values() if n["id"] in used], "layers": {key: places.index(place) for key, place in self._layers.items()},
            "edges": [self._edge(step) for step in self.steps.values()],
            "joints": [
                {"first": j["first"], "second": j["second"], "rule": j["rule"] or "", "letter": j["reason"]["letter"] if j["reason"] else "", "reason": j["reason"]["text"] if j["reason"] else ""}
                for j in self._joints.values()
            ],
        }  # fmt: skip

    def _edge(self, step: Item) -> Item:
        whose = self._words(f"basis-{step['basis']}") if step["basis"] else self._words("graph-place")
        return {
            "number": step["number"], "from": step["subject"]["node"], "to": step["object"]["node"], "turned": step["turned"], "kind": step["kind"], "verb": step["verb"],
            "basis": step["basis"] or "", "whose": whose, "exploratory": step["exploratory"], "negated": step["negated"], "rule": step["rule"] or "",
            "moderators": [m["subject_label"] for m in step["moderators"]],
        }  # fmt: skip


def letter(number: int) -> str:
    """Return the letter of a reason: a to z, then aa, ab and on.

    >>> letter(0), letter(25), letter(26)
    ('a', 'z', 'aa')
    """
    before, place = divmod(number, 26)
    return (letter(before - 1) if before else "") + chr(ord("a") + place)


def rule_in_words(asked: Asked, name: str) -> tuple[str, str]:
    """Return what a rule of derivation gives, in words, and the passage of the standard that it is taken from; both empty where no table has it."""
    words = asked.words
    rules = asked.graph.steps.rules

    def verb(predicate: str) -> str:
        return words(_VERB.format(local(predicate)))

    for inversion in rules.inversions:
        if inversion.rule == name:
            return words("graph-rule-inversion", given=verb(inversion.predicate), gives=verb(inversion.inverse)), inversion.source
    for chain in rules.chains:
        if chain.rule == name:
            return words("graph-rule-chain", first=verb(chain.first), second=verb(chain.second), gives=verb(chain.result)), chain.source
    return "", ""


def _judged(told: Mapping[str, Any]) -> Item:
    names = ("basis", "exploratory", "negated", "stated_relation", "predicate_basis", "confidence", "confidence_basis", "evidence_kind", "comment")
    return {name: told[name] for name in names if name in told}
