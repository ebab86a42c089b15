"""How the graph answers the tools: each function takes the graph and typed arguments and gives a typed reply.

The services of the library answer; here their answers are shortened. Nothing here knows the protocol.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from imri_kg.errors import BadInputError, UnknownNameError
from imri_kg.model import Reference, State
from imri_kg.store import IRI
from imri_kg_api.mcp_door import questions, replies, wording
from imri_kg_api.mcp_door.meanings import Looking, of_edition, of_pair, of_pairs
from imri_kg_api.mcp_door.parts import brief, cause, construct, cut, derivation, label_notes, left_out_notes, mapping, page, passage, said, said_of_record, state_of

if TYPE_CHECKING:
    from imri_kg.graph import KnowledgeGraph

__all__ = [
    "answer_question", "cell", "coverage", "describe", "explain", "frameworks", "mappings", "overview", "passages", "list_questions", "search", "summarise",
]  # fmt: skip


def frameworks(graph: KnowledgeGraph, asked: questions.AboutFrameworks) -> replies.Editions:
    """List the framework editions."""
    found = [replies.Edition.model_validate({**row, "citation": row["source"]["citation"]}) for row in graph.frameworks().rows()]
    return replies.Editions(frameworks=found, notes=[], release=graph.release)


def search(graph: KnowledgeGraph, asked: questions.Words) -> replies.Found:
    """Find constructs by words."""
    found = graph.search(asked.words, framework=asked.framework, kind=asked.kind, limit=None)
    hits, rest = page([replies.Hit.model_validate(row) for row in found.rows()], asked.limit, asked.offset, "constructs")
    shown = {hit.framework for hit in hits}
    notes = [*graph.framework_service.code_notes(*sorted(shown)), *label_notes(hits)]
    if not hits and not asked.offset:
        notes.append("Nothing is named so. Try other words, or list_frameworks and the members of a framework (resource imri-kg://frameworks/{key}).")
    return replies.Found(hits=hits, rest=rest, notes=notes, release=graph.release)


def describe(graph: KnowledgeGraph, asked: questions.AboutConstruct) -> replies.Described:
    """Say what is held of a construct."""
    found = graph.concept(asked.term, basis=asked.basis)
    notes = list(found.notes)
    return replies.Described(
        term=construct(found.reference), kind=found.kind, definition=found.definition,
        label_meaning=wording.of_label(found.reference.label_status), alternative_labels=list(found.alternatives),
        broader=[construct(b) for b in found.broader], narrower=[construct(n) for n in cut(found.narrower, asked, "narrower constructs", notes)],
        evidence=[passage(e) for e in cut(found.evidence, asked, "passages", notes)], claims=[said(c) for c in cut(found.claims, asked, "claims", notes)],
        causal_relations=[cause(r) for r in cut(found.relations, asked, "causal relations", notes)], notes=notes, release=found.release,
    )  # fmt: skip


def mappings(graph: KnowledgeGraph, asked: questions.AboutMappings) -> replies.Mappings:
    """Give the mappings of a construct with the state of what was asked about."""
    if asked.to_framework is not None and asked.to_term is not None:
        raise BadInputError("to_framework and to_term exclude each other: a construct already says which edition it is of.")
    found = graph.mappings(
        asked.term, to=[asked.to_framework] if asked.to_framework else [], object=asked.to_term, basis=asked.basis, exploratory=asked.exploratory
    )
    records, rest = page([mapping(r) for r in found.items], asked.limit, asked.offset, "mapping records")
    subject = graph.framework_service.reference(graph.framework_service.resolve(asked.term))
    notes = [*found.notes, *left_out_notes(found.left_out.records, found.left_out.pairs), *label_notes([subject, *_ends(records)])]
    looking = Looking(graph, asked.basis, asked.exploratory)
    states = [state_of(s, looking.hidden([s.subject], s.target), edition=asked.to_term is None) for s in found.states]
    return replies.Mappings(
        subject=construct(subject), states=states, mappings=records, rest=rest, notes=notes, release=found.release
    )


def explain(graph: KnowledgeGraph, asked: questions.AboutPair) -> replies.Pair:
    """Explain the state of a pair."""
    found = graph.explain(asked.subject, asked.object, basis=asked.basis, exploratory=asked.exploratory)
    notes = [*found.notes, *left_out_notes(found.left_out.records, found.left_out.pairs), *label_notes([found.subject, found.object])]
    meaning = of_pair(found.state, Looking(graph, asked.basis, asked.exploratory).hidden([found.subject.curie], found.object.curie))
    limitations = [said(item, "limitation that the source prints") for item in found.limitations]
    return replies.Pair(
        subject=construct(found.subject), object=construct(found.object), state=found.state.value, meaning=meaning, text=found.text,
        records=[mapping(r) for r in cut(found.records, asked, "records", notes)],
        derived=[mapping(r) for r in cut(found.derivations, asked, "derived records", notes)],
        exploratory=[mapping(r) for r in cut(found.exploratory, asked, "exploratory records", notes)],
        not_licensed=[replies.Unlicensed(route=n.text, reason=n.reason) for n in cut(found.not_licensed, asked, "routes without licence", notes)],
        causal_relations=[cause(c) for c in cut(found.causal, asked, "causal relations", notes)],
        claims=[said(c) for c in cut(found.claims, asked, "claims", notes)],
        printed_limitations=cut(limitations, asked, "printed limitations", notes), notes=notes, release=found.release,
    )  # fmt: skip


def cell(graph: KnowledgeGraph, asked: questions.AboutCell) -> replies.Cell:
    """Give the state of one pair of two editions with the records that it rests on."""
    service = graph.framework_service
    row, column = service.resolve(asked.row), service.resolve(asked.column)
    if row.framework == column.framework:
        raise BadInputError(
            f"{row.curie} and {column.curie} are both of {row.framework}; a crosswalk compares two editions. Ask explain_pair about a pair of one edition."
        )
    found = graph.crosswalk(row.framework, column.framework, basis=asked.basis, exploratory=asked.exploratory)
    here = next((c for c in found.cells if (c.row, c.column) == (row.curie, column.curie)), None)
    if here is None:
        gone = row if row.deprecated else column
        raise BadInputError(" ".join(service.deprecation_notes(gone)) or f"{row.curie} and {column.curie} have no cell.")
    whole = graph.crosswalk(row.framework, column.framework, exploratory=asked.exploratory) if asked.basis else found
    all_of_it = next(c for c in whole.cells if (c.row, c.column) == (row.curie, column.curie))
    records = [r for r in found.records if r.record_id in here.mappings]
    left = [r.basis for r in whole.records if r.record_id in all_of_it.mappings and r.record_id not in here.mappings]
    ends = [service.reference(row), service.reference(column)]
    notes = [*service.code_notes(row.framework, column.framework), *label_notes(ends)]
    notes += left_out_notes({basis: left.count(basis) for basis in set(left)}, int(all_of_it.state != here.state))
    hidden = Looking(graph, asked.basis, asked.exploratory).hidden([row.curie], column.curie)
    notes += ["Exploratory records (confidence below 0.50) on the pair do not count; they do with exploratory=true."] if hidden.exploratory else []
    return replies.Cell(
        row=construct(ends[0]), column=construct(ends[1]), state=here.state.value, meaning=of_pair(here.state, hidden),
        mappings=[mapping(r) for r in records], notes=notes, release=found.release,
    )  # fmt: skip


def summarise(graph: KnowledgeGraph, asked: questions.AboutCrosswalk) -> replies.Summary:
    """Count the pairs of two editions by state and list those in one state."""
    found = graph.crosswalk(asked.source, asked.target, basis=asked.basis, exploratory=asked.exploratory)
    ends = {r.curie: r for r in (*found.rows_, *found.columns)}
    records = {r.record_id: r for r in found.records}
    listed = [c for c in found.cells if c.state.value == asked.state]
    shown, rest = page(listed, asked.limit, asked.offset, f"pairs that are {State(asked.state).words}")
    notes = [*found.notes, *left_out_notes(found.left_out.records, found.left_out.pairs)]
    notes += label_notes([ends[curie] for c in shown for curie in (c.row, c.column)])
    cells = [
        replies.CellState(
            row=c.row, row_label=ends[c.row].label, row_label_status=ends[c.row].label_status,  # type: ignore[arg-type]
            column=c.column, column_label=ends[c.column].label, column_label_status=ends[c.column].label_status,  # type: ignore[arg-type]
            predicates=list(c.predicates), bases=list(c.bases), records=list(c.mappings), claims=[brief(records[id_]) for id_ in c.mappings],  # type: ignore[arg-type]
        )
        for c in shown
    ]  # fmt: skip
    meaning = of_pairs(State(asked.state), Looking(graph, asked.basis, asked.exploratory).among((c.row, c.column) for c in listed))
    return replies.Summary(
        source=found.source, target=found.target, pairs=dict(found.counts), records_by_basis=dict(found.counts_by_basis),  # type: ignore[arg-type]
        state=asked.state, meaning=meaning, cells=cells, rest=rest, notes=notes, release=found.release,
    )  # fmt: skip


def coverage(graph: KnowledgeGraph, asked: questions.AboutCoverage) -> replies.Coverage:
    """Count both ways what two editions cover of each other."""
    found = graph.coverage(asked.source, asked.target, basis=asked.basis, exploratory=asked.exploratory).to_json()
    left = found["left_out"]
    notes = [*found["notes"], *left_out_notes(left["records"], left["pairs"])]
    looking = Looking(graph, asked.basis, asked.exploratory)
    sides = [_side(found[direction], asked, looking) for direction in ("forward", "backward")]
    limits = [said({**item, "kind": f"limit of {item['framework']}"}) for item in found["framework_limits"]]
    notes += label_notes(g.model_dump() for side in sides for g in side.gaps)
    return replies.Coverage(
        forward=sides[0], backward=sides[1], framework_limits=cut(limits, asked, "framework limits", notes), notes=notes, release=found["release"]
    )


def _side(side: Mapping[str, Any], asked: questions.Paged, looking: Looking) -> replies.Side:
    missing = set(side["gaps"])
    found, rest = page([m for m in side["members"] if m["curie"] in missing], asked.limit, asked.offset, "gaps")
    shown = [replies.Gap.model_validate({**m, "meaning": of_edition(m["counts"], looking.hidden([m["curie"]], side["to"]))}) for m in found]
    return replies.Side(source=side["from"], target=side["to"], pairs=side["pairs"], members_by_state=side["members_by_state"], gaps=shown, rest=rest)


def overview(graph: KnowledgeGraph, asked: questions.AboutOverview) -> replies.Overview:
    """List the ordered pairs of editions by state and basis."""
    key = graph.framework_service.key(asked.framework) if asked.framework else None
    found = graph.coverage(basis=asked.basis, exploratory=asked.exploratory).to_json()
    pairs = [
        replies.EditionPair(source=p["from"], target=p["to"], pairs=p["counts"], records_by_basis=p["records_by_basis"])
        for p in found["pairs"] if key in (None, p["from"], p["to"])
    ]  # fmt: skip
    shown, rest = page(pairs, asked.limit, asked.offset, "pairs of editions")
    empty = [(a, b) for a, b in found["empty"] if key in (None, a, b)]
    looking = Looking(graph, asked.basis, asked.exploratory)
    hidden = [f"{a} to {b}" for a, b in empty if looking.between(a, b)]
    notes = left_out_notes(found["left_out"]["records"], found["left_out"]["pairs"])
    notes += [f"Records that do not count here judge pairs of: {', '.join(hidden)}. They are exploratory or on other bases."] if hidden else []
    return replies.Overview(
        editions=shown, rest=rest, not_assessed_at_all=[f"{a} to {b}" for a, b in empty], notes=notes, release=found["release"]
    )


def passages(graph: KnowledgeGraph, asked: questions.AboutEvidence) -> replies.Passages:
    """Give the passages behind an id, or for evidence the statements that rest on it."""
    id_ = asked.id.strip()
    if not graph.prefixes.is_curie(id_):
        raise BadInputError(f"{id_[:80]!r} is no id. Ids look like evidence:piat-2022-CH-3, mapping:imri-chime-s05, claim:... or relation:...")
    match id_.partition(":")[0]:
        case "mapping":
            record = graph.record(id_)
            return _behind(graph, asked, "mapping record", said_of_record(record), record.evidence, derivation(record))
        case "relation":
            relations = graph.reader.causal_by_id
            if id_ not in relations:
                raise UnknownNameError("causal relation", id_, list(relations))
            return _behind(graph, asked, "causal relation", cause(relations[id_]), relations[id_]["evidence"])
        case "claim":
            claim = next(iter(_claims(graph, [id_])), None)
            if claim is None:
                raise UnknownNameError("claim", id_, sorted({graph.prefixes.compress(row["claim"]) for row in graph.reader.rows("service/claims")}))
            return _behind(graph, asked, "claim", said(claim), claim["evidence"])
    iri = graph.prefixes.expand(id_)
    evidence = graph.reader.evidence([IRI(iri)]).get(iri)
    if evidence is None:
        raise UnknownNameError("evidence", id_, _evidence_ids(graph))
    supports, rest = page(_resting_on(graph, id_), asked.limit, asked.offset, "statements that rest on it")
    shown = [graph.prefixes.compress(row["concept"]) for row in graph.reader.rows("service/concept-evidence") if row["evidence"] == iri]
    notes = [f"The passage also shows that the source has {', '.join(shown)}."] if shown else []
    return replies.Passages(id=id_, kind="evidence", statement=None, derivation=None, passages=[passage(evidence)], supports=supports, rest=rest, notes=notes, release=graph.release)


def _behind(graph: KnowledgeGraph, asked: questions.AboutEvidence, kind: str, statement: replies.Said, evidence: Sequence[Any],
            follows: replies.Derivation | None = None) -> replies.Passages:  # fmt: skip
    shown, rest = page([passage(e) for e in evidence], asked.limit, asked.offset, "passages")
    return replies.Passages(
        id=statement.id, kind=kind, statement=statement, derivation=follows, passages=shown, supports=[], rest=rest, notes=[], release=graph.release,  # type: ignore[arg-type]
    )  # fmt: skip


def _evidence_ids(graph: KnowledgeGraph) -> list[str]:
    return [graph.prefixes.compress(iri) for iri in sorted({row["evidence"] for row in graph.reader.rows("service/evidence")})]


def _claims(graph: KnowledgeGraph, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return those claims of some ids that there are."""
    found: dict[str, dict[str, Any]] = {}
    for id_ in ids:
        about = [row["about"] for row in graph.reader.rows("service/claims", claim=graph.reader.iri(id_))] if id_ not in found else []
        for claim in graph.reader.claims(graph.prefixes.compress(about[0])) if about else ():
            found[claim["id"]] = claim
    return [found[id_] for id_ in ids if id_ in found]


def _resting_on(graph: KnowledgeGraph, evidence: str) -> list[replies.Said]:
    """Return the statements that rest on a piece of evidence: claims, records, causal relations, and last what is derived."""
    records = [r for r in graph.reader.all_records.values() if evidence in (e.curie for e in r.evidence)]
    causes = [cause(r) for r in graph.reader.causal if evidence in (e["curie"] for e in r["evidence"])]
    short = graph.prefixes.compress
    ids = {short(row["claim"]) for row in graph.reader.rows("service/claim-evidence") if short(row["evidence"]) == evidence}
    claims = [said(c) for c in _claims(graph, sorted(i for i in ids if i.startswith("claim:")))]
    asserted, derived = ([said_of_record(r) for r in records if (r.basis == "derived") is wanted] for wanted in (False, True))
    return [*claims, *asserted, *causes, *derived]


def list_questions(graph: KnowledgeGraph, asked: questions.AboutQuestions) -> replies.Questions:
    """List the competency questions."""
    key = graph.framework_service.key(asked.framework) if asked.framework else None
    found = [
        replies.QuestionItem.model_validate({**row, "name": _number(row["name"]), "question": row["question"] or row["summary"]})
        for row in graph.queries().rows()
        if asked.answerable in (None, row["answerable"]) and (key is None or key in row["frameworks"])
    ]
    shown, rest = page(found, asked.limit, asked.offset, "questions")
    return replies.Questions(questions=shown, rest=rest, notes=[], release=graph.release)


def answer_question(graph: KnowledgeGraph, asked: questions.AboutQuestion) -> replies.QuestionRows:
    """Run a competency question."""
    names = graph.catalog.names("competency")
    wanted = asked.name.strip().casefold().removeprefix("competency/")
    chosen = [n for n in names if wanted in (n.removeprefix("competency/"), _number(n))]
    if len(chosen) != 1:
        raise UnknownNameError("question", asked.name, [_number(n) for n in names])
    found = graph.stored_query(chosen[0], asked.parameters)
    rows, rest = page(found.rows(), asked.limit, asked.offset, "rows")
    told = found.extra
    notes = [] if rest.total else ["No row is no answer in the negative: it says that the graph holds nothing of the kind."]
    return replies.QuestionRows(
        name=_number(chosen[0]), question=str(told.get("question") or told.get("summary")), answerable=told.get("answerable"),  # type: ignore[arg-type]
        note=told.get("note"), columns=list(found.columns), rows=rows, rest=rest, notes=notes, release=found.release,  # type: ignore[arg-type]
    )  # fmt: skip


def _number(name: str) -> str:
    """Return the number of a question, by which it is called: cq01."""
    return name.removeprefix("competency/").split("-")[0]


def _ends(records: Sequence[replies.Mapping]) -> list[Reference | replies.Construct]:
    return [end for r in records for end in (r.subject, r.object)]
