"""Paths: what is walked and in which direction, what licenses a step, what is left out, and where a search stops."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from test_explaining import small  # noqa: F401 (a fixture)

import imri_kg
from imri_kg.errors import AmbiguousTermError, BadInputError, ConflictError, UnknownNameError, UnknownTermError
from imri_kg.graph import KnowledgeGraph
from imri_kg.pathway_answers import Pathway, Pathways
from imri_kg.pathways import PathwayService

PEERS, RECOVERY = "topic:peer-provision", "topic:personal-recovery"


def ids(path: Pathway) -> list[str | None]:
    return [s.id for s in path.steps]


def nodes(path: Pathway) -> list[str]:
    return [path.steps[0].subject.curie, *(s.object.curie for s in path.steps)]


# ---------------------------------------------------------------- expected by hand from the data files


def test_a_recovery_college_reaches_growth_over_role_modelling_and_identity(graph: KnowledgeGraph) -> None:
    """causal-review.ttl, causal-logic-model.ttl, and imri--chime.author-stated.sssom.tsv read backwards."""
    found = graph.pathways("review:G5", "imri:B1", exploratory=True, max_steps=3)
    assert [ids(p) for p in found.items] == [
        ["relation:review-G5-acts-through-logic-M1", "relation:logic-M1-contributes-to-chime-E", "mapping:imri-chime-s05"],
        ["relation:review-G5-acts-through-logic-M3", "relation:logic-M3-contributes-to-chime-I", "mapping:imri-chime-s03"],
    ]
    path = found.items[1]
    acts, contributes, mapping = path.steps
    assert (path.status, path.authored, path.curated, path.exploratory, path.concludes) == ("hypothesis", 1, 2, True, None)
    assert [(s.kind, s.direction, s.basis, s.exploratory, s.confidence) for s in path.steps] == [
        ("causal", "forward", "curated", False, 0.75), ("causal", "forward", "curated", True, 0.4), ("mapping", "inverse", "author-stated", False, None),
    ]  # fmt: skip
    assert (acts.rule, acts.reason) == (None, None)
    assert contributes.rule is None and contributes.reason is not None and "never a match" in contributes.reason
    assert mapping.rule is None and path.reason == contributes.reason
    assert (mapping.relation, mapping.stated_relation, mapping.predicate_basis) == ("skos:relatedMatch", "aligns with", "ours")
    assert [(e.source, e.locator) for e in mapping.evidence] == [("source:piat-2022", "Discussion, paragraph on corroboration and CHIME")]
    assert "a hypothesis" in path.heading and path.heading.startswith("1 of 3 judged steps stated by authors")


def test_without_exploratory_steps_the_same_question_leaves_that_path_out_and_counts_it(graph: KnowledgeGraph) -> None:
    found = graph.pathways("review:G5", "imri:B1", max_steps=3)
    assert [ids(p)[0] for p in found.items] == ["relation:review-G5-acts-through-logic-M1"]
    # Of the three curated steps to B1, that over M1 alone; of the exploratory ones, those over identity and (M1, E1).
    assert found.left_out["hypotheses"] == 1
    assert found.left_out["exploratory"] == 2
    assert "1 is a curators' hypothesis, in which authors state no step" in found.text


def test_what_authors_state_of_peer_provision_comes_first_and_is_named_so(graph: KnowledgeGraph) -> None:
    """causal-secondary-studies.ttl: two reviews state seven contributions to the five processes."""
    found = graph.pathways(PEERS, "chime", max_steps=1)
    assert [(p.steps[0].object.curie, p.steps[0].id.split("peer-provision")[0]) for p in found.items] == [  # type: ignore[union-attr]
        ("chime:C", "relation:zeng-chung-2020-"), ("chime:E", "relation:van-weeghel-2019-"), ("chime:E", "relation:zeng-chung-2020-"),
        ("chime:H", "relation:van-weeghel-2019-"), ("chime:H", "relation:zeng-chung-2020-"), ("chime:I", "relation:zeng-chung-2020-"),
        ("chime:M", "relation:zeng-chung-2020-"),
    ]  # fmt: skip
    assert {(p.status, p.heading) for p in found.items} == {("recorded", "stated by authors")}
    first = found.items[0].steps[0]
    assert [(m["subject"], m["basis"]) for m in first.moderators] == [("topic:external-circumstances", "author-stated"), ("topic:peer-provider-capacities", "author-stated")]
    assert found.items[1].steps[0].moderators == ()


def test_moderators_have_a_direction_only_where_one_is_stated(graph: KnowledgeGraph) -> None:
    """causal-logic-model.ttl: levels moderate the mechanisms without a direction, contexts strengthen what these contribute."""
    found = graph.pathways("topic:recovery-oriented-intervention", RECOVERY, max_steps=2)
    path = next(p for p in found.items if "logic:M3" in nodes(p))
    acts, contributes = path.steps
    assert [(m["subject"], m["direction"]) for m in acts.moderators] == [("logic:L1", None), ("logic:L2", None), ("logic:L3", None)]
    assert [(m["subject"], m["direction"]) for m in contributes.moderators] == [("topic:non-stigmatising-context", "strengthens"), ("topic:pro-recovery-context", "strengthens")]
    assert all(m["evidence"] and m["evidence"][0]["locator"] for s in path.steps for m in s.moderators)
    assert path.heading == "each step stated by authors; that they lead on to each other is a hypothesis"
    # The two paths that the authors draw stand before the four over a mechanism.
    assert [ids(p) for p in found.items[:2]] == [["relation:logic-direct-path"], ["relation:logic-sequence-path"]]
    assert len(found.items) == 6


def test_an_edition_as_a_whole_is_an_end_of_what_is_said_of_it(graph: KnowledgeGraph) -> None:
    found = graph.pathways("topic:recovery-oriented-implementation-process", "imri")
    assert [nodes(p) for p in found.items] == [["topic:recovery-oriented-implementation-process", "framework:imri"]]
    assert graph.pathways("topic:recovery-oriented-implementation-process", "imri:B1").items == ()


@pytest.mark.parametrize(("source", "target"), [("chime:H", "review:G5"), ("logic:M4", "review:G5"), ("chime:E", PEERS), ("imri", PEERS)])
def test_a_causal_relation_is_never_walked_backwards(graph: KnowledgeGraph, source: str, target: str) -> None:
    found = graph.pathways(source, target, max_steps=1, exploratory=True, hypotheses=True)
    assert found.items == ()
    assert graph.pathways(target, source, max_steps=1, exploratory=True, hypotheses=True).items or source == "imri"


def test_associated_with_has_a_direction_too(graph: KnowledgeGraph) -> None:
    assert [ids(p) for p in graph.pathways("imri:T5", "cfir2009:III.C", max_steps=1, hypotheses=True).items] == [["relation:T5-associated-with-culture"]]
    assert "relation:T5-associated-with-culture" not in [i for p in graph.pathways("cfir2009:III.C", "imri:T5", hypotheses=True).items for i in ids(p)]


# ---------------------------------------------------------------- why there is no path


def test_no_chain_at_all_is_said_so(graph: KnowledgeGraph) -> None:
    found = graph.pathways("imri", PEERS, max_steps=6, exploratory=True, hypotheses=True, hierarchy=True)
    assert found.items == ()
    assert found.text.startswith("No chain of up to 6 recorded steps leads from imri")
    assert found.counts == {"paths": 0, "recorded": 0, "licensed": 0, "hypothesis": 0}


def test_only_hypotheses_are_counted_and_listed_when_asked_for(graph: KnowledgeGraph) -> None:
    hidden = graph.pathways("review:G4", "imri:B1", max_steps=1)
    assert (hidden.items, hidden.left_out["hypotheses"]) == ((), 1)
    assert "1 is a curators' hypothesis" in hidden.text
    (path,) = graph.pathways("review:G4", "imri:B1", max_steps=1, hypotheses=True).items
    assert (path.status, path.heading, path.authored) == ("recorded", "curators' hypothesis", 0)


def test_only_exploratory_steps_are_counted(graph: KnowledgeGraph) -> None:
    found = graph.pathways("logic:M3", "chime:I", max_steps=1)
    assert (found.items, found.left_out["exploratory"]) == ((), 1)
    assert "1 rests on exploratory steps below 0.50" in found.text


def test_other_bases_are_counted(graph: KnowledgeGraph) -> None:
    found = graph.pathways("review:G4", "imri:B1", max_steps=1, basis="author-stated")
    assert (found.items, found.left_out["other_basis"], found.left_out["hypotheses"]) == ((), 1, 0)
    assert "1 has a step that is not author-stated" in found.text
    assert found.basis == ("author-stated",)


def test_one_and_the_same_end_says_so(graph: KnowledgeGraph) -> None:
    assert "one and the same" in graph.pathways("imri:B1", "imri:B1").text


@pytest.mark.parametrize(
    ("arguments", "error"),
    [({"source": "imri:B9"}, UnknownTermError), ({"source": "I1"}, AmbiguousTermError), ({"source": "topic:peers"}, UnknownTermError), ({"via": ["nope"]}, UnknownNameError),
     ({"via": ["chime", "imri"]}, ConflictError), ({"basis": "mine"}, UnknownNameError), ({"max_steps": 0}, BadInputError), ({"max_steps": 7}, BadInputError)],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused(graph: KnowledgeGraph, arguments: dict, error: type[Exception]) -> None:
    with pytest.raises(error):
        graph.pathways(**{"source": "review:G5", "target": "imri", **arguments})


def test_an_unknown_topic_names_the_nearest(graph: KnowledgeGraph) -> None:
    with pytest.raises(UnknownTermError) as raised:
        graph.pathways("topic:peer-provison", "chime")
    assert raised.value.candidates[0].curie == PEERS


@pytest.mark.parametrize("name", ["imri", "IMRI", "framework:imri"])
def test_an_edition_is_known_by_its_key_prefix_and_curie(graph: KnowledgeGraph, name: str) -> None:
    assert graph.pathways("review", name).target.id == "imri"
    assert graph.pathways("review", name).source.id == "recovery-review"


def test_via_demands_a_construct_between_the_ends(graph: KnowledgeGraph) -> None:
    every, over = (graph.pathways("review:G5", "imri:B1", exploratory=True, hypotheses=True, via=via) for via in ((), ["logic", "chime"]))
    wanted = [p for p in every.items if {"logic-model", "chime"} <= {s.object.framework for s in p.steps[:-1]}]
    assert 0 < len(wanted) < len(every.items)
    assert [ids(p) for p in over.items] == [ids(p) for p in wanted]


# ---------------------------------------------------------------- licences, in a small world


def test_a_chain_over_an_exact_step_is_licensed_and_says_what_follows(small: KnowledgeGraph) -> None:  # noqa: F811
    (path,) = small.pathways("logic:M3", "imri:T7", hypotheses=True, max_steps=2).items
    assert (path.status, path.concludes, path.confidence, path.exploratory) == ("licensed", "skos:closeMatch", 0.54, False)
    second = path.steps[1]
    assert (second.rule, second.gives, second.reason) == ("RCE1-close", "skos:closeMatch", None)
    derived = small.explain("logic:M3", "imri:T7").derivations[0]
    assert derived.derivation is not None
    assert (derived.predicate, derived.derivation.rule, tuple(ids(path))) == (path.concludes, second.rule, derived.derivation.premises)
    assert float(derived.confidence) == path.confidence  # type: ignore[arg-type]


def test_an_asserted_negative_blocks_what_a_rule_would_give(small: KnowledgeGraph) -> None:  # noqa: F811
    path = next(p for p in small.pathways("logic:M3", "imri:B1", hypotheses=True).items if ids(p) == ["mapping:t1", "mapping:t2"])
    assert path.status == "hypothesis"
    assert path.reason == "Rule RCE1-close would give skos:closeMatch, but the asserted negative record mapping:t4 blocks it."


def test_two_close_steps_are_refused_with_the_reason_of_the_table(small: KnowledgeGraph) -> None:  # noqa: F811
    (path,) = small.pathways("imri:B1", "imri:T7", hypotheses=True, max_steps=2).items
    assert (path.status, path.concludes) == ("hypothesis", None)
    assert path.reason is not None and path.reason.startswith("closeMatch is not transitive")


def test_a_causal_step_after_licensed_ones_is_refused(small: KnowledgeGraph) -> None:  # noqa: F811
    """From T7 to identity (close), back over an exact step to role modelling: licensed by RCE2. The causal step after it is refused."""
    found = small.pathways("imri:T7", "chime:H", hypotheses=True, max_steps=3)
    path = next(p for p in found.items if nodes(p) == ["imri:T7", "chime:I", "logic:M3", "chime:H"])
    assert [(s.rule, s.gives) for s in path.steps] == [(None, None), ("RCE2-close", "skos:closeMatch"), (None, None)]
    assert path.steps[2].reason == path.reason and path.status == "hypothesis"


def test_after_a_refusal_a_new_run_begins(small: KnowledgeGraph) -> None:  # noqa: F811
    """Two close steps are refused; the exact step that follows joins the second of them, not the path."""
    found = small.pathways("imri:B1", "logic:M3", hypotheses=True, max_steps=2)
    path = next(p for p in found.items if ids(p) == ["mapping:t2", "mapping:t1"])
    assert path.reason is not None and path.reason.endswith("the asserted negative record mapping:t4 blocks it.")
    edges = small.steps.edges
    close, back, exact = (next(e for e in edges[here] if e.id == id_) for here, id_ in (("imri:B1", "mapping:t2"), ("chime:I", "mapping:t3"), ("chime:I", "mapping:t1")))
    joins = small.steps.joins((close, back, exact))
    assert [(j.rule, j.first, j.reason is not None) for j in joins] == [(None, 0, True), ("RCE2-close", 1, False)]


def test_a_table_without_an_inversion_gives_no_step_back(data_copy: Path) -> None:
    file = data_copy / "ontology" / "mappings" / "inversions.csv"
    file.write_text("".join(line for line in file.read_text(encoding="utf-8").splitlines(True) if "relatedMatch" not in line), encoding="utf-8")
    kg = imri_kg.open()
    assert kg.pathways("imri:B1", "chime:I", max_steps=1).items
    assert kg.pathways("chime:I", "imri:B1", max_steps=1).items == ()


# ---------------------------------------------------------------- laws, over all pairs of editions


def everything(graph: KnowledgeGraph, steps: int = 3) -> Iterator[Pathways]:
    keys = graph.framework_service.keys()
    for source in keys:
        for target in keys:
            yield graph.pathways(source, target, max_steps=steps, exploratory=True, hypotheses=True, hierarchy=source == "imri")


def test_every_step_is_recorded_and_no_path_has_a_loop_or_a_causal_step_backwards(graph: KnowledgeGraph) -> None:
    inverse = {i.predicate: i.inverse for i in graph.steps.rules.inversions}
    causal = {c["id"]: c for c in graph.reader.causal}
    broader = {(r["concept"], r["broader"]) for r in graph.reader.rows("service/hierarchy")}
    seen = 0
    for found in everything(graph):
        starts, ends = ({m.curie for m in graph.framework_service.members(e.id)} | {f"framework:{e.id}"} for e in (found.source, found.target))
        for path in found.items:
            walked = nodes(path)
            assert len(set(walked)) == len(walked)
            assert 1 <= len(path.steps) <= 3
            assert walked[0] in starts and walked[-1] in ends and not {*walked[1:-1]} & (starts | ends)
            for before, step in zip((None, *path.steps), path.steps, strict=False):
                seen += 1
                assert before is None or before.object == step.subject
                ends_of = (step.subject.curie, step.object.curie)
                if step.kind == "mapping":
                    record = graph.record(str(step.id))
                    there, back = (record.subject.curie, record.predicate, record.object.curie), (record.object.curie, inverse.get(record.predicate), record.subject.curie)
                    assert (ends_of[0], step.relation, ends_of[1]) == (back if step.direction == "inverse" else there)
                    assert not record.negated and record.derivation is None and step.evidence == record.evidence
                elif step.kind == "causal":
                    relation = causal[str(step.id)]
                    assert step.direction == "forward"
                    assert (*ends_of, step.relation) == (relation["subject"], relation["object"], relation["predicate"])
                    assert step.evidence
                else:
                    low, high = (ends_of if step.direction == "forward" else ends_of[::-1])
                    assert (graph.prefixes.expand(low), graph.prefixes.expand(high)) in broader or (low, high) in broader
    assert seen > 3000


def test_every_join_has_a_rule_or_a_reason_and_the_path_follows_from_its_joins(graph: KnowledgeGraph) -> None:
    statuses = set()
    for found in everything(graph, 2):
        assert found.counts["paths"] == len(found.items) == sum(found.counts[s] for s in ("recorded", "licensed", "hypothesis"))
        for path in found.items:
            statuses.add(path.status)
            first, *rest = path.steps
            assert (first.rule, first.gives, first.reason) == (None, None, None)
            assert all((s.rule is None) != (s.reason is None) and (s.rule is None) == (s.gives is None) for s in rest)
            assert path.status == ("recorded" if not rest else "licensed" if all(s.rule for s in rest) else "hypothesis")
            assert path.authored == sum(s.basis == "author-stated" for s in path.steps)
            assert (path.heading == "curators' hypothesis") == (path.authored == 0 and path.curated > 0)
            if path.status == "licensed":
                state = graph.explain(path.steps[0].subject.curie, path.steps[-1].object.curie)
                assert any(r.predicate == path.concludes for r in (*state.derivations, *state.records, *state.exploratory))
    assert statuses == {"recorded", "licensed", "hypothesis"}


def test_paths_are_in_order_and_filters_only_take_away(graph: KnowledgeGraph) -> None:
    for source, target in (("recovery-review", "chime"), ("imri", "cfir-2022"), ("diffusion", "cfir-2009")):
        every = graph.pathways(source, target, exploratory=True, hypotheses=True)
        ranks = [(0 if not p.curated else 1 if p.authored else 2, len(p.steps)) for p in every.items]
        assert ranks == sorted(ranks)
        assert [p.number for p in every.items] == [*range(1, len(every.items) + 1)]
        whole = {tuple(ids(p)): p for p in every.items}
        for basis in ("author-stated", "curated", "derived"):
            found = graph.pathways(source, target, exploratory=True, hypotheses=True, basis=basis)
            assert {tuple(ids(p)) for p in found.items} == {k for k, p in whole.items() if {s.basis for s in p.steps} <= {basis}}
            assert found.left_out["other_basis"] == len(whole) - len(found.items)
        firm = graph.pathways(source, target)
        assert len(firm.items) + firm.left_out["hypotheses"] + firm.left_out["exploratory"] == len(whole)
        assert firm.to_json() == graph.pathways(source, target).to_json()


def brute(graph: KnowledgeGraph, start: str, end: str, most: int) -> set[tuple[str, ...]]:
    """Walk without any pruning, from the raw records and relations alone."""
    inverse = {i.predicate for i in graph.steps.rules.inversions}
    hops: list[tuple[str, str, str]] = []
    for r in graph.reader.all_records.values():
        if r.derivation is None and not r.negated:
            hops.append((r.subject.curie, r.object.curie, r.record_id))
            if r.predicate in inverse:
                hops.append((r.object.curie, r.subject.curie, r.record_id))
    hops += [(c["subject"], c["object"], c["id"]) for c in graph.reader.causal]
    found: set[tuple[str, ...]] = set()

    def walk(here: str, seen: tuple[str, ...], taken: tuple[str, ...]) -> None:
        for source, target, id_ in hops:
            if source == here and target not in seen and len(taken) < most:
                if target == end:
                    found.add((*taken, id_))
                else:
                    walk(target, (*seen, target), (*taken, id_))

    walk(start, (start,), ())
    return found


@pytest.mark.parametrize(("start", "end"), [("review:G5", "imri:B1"), (PEERS, "imri:T7"), ("imri:O2", "cfir2009:III.C"), ("logic:M3", "chime:I"), ("chime:C3", "diffusion:D2.2")])
def test_no_path_is_missing(graph: KnowledgeGraph, start: str, end: str) -> None:
    found = graph.pathways(start, end, max_steps=3, exploratory=True, hypotheses=True)
    assert {tuple(ids(p)) for p in found.items} == brute(graph, start, end, 3)


# ---------------------------------------------------------------- the limit of a search


def test_a_search_that_meets_its_limit_says_how_far_nothing_is_missing(graph: KnowledgeGraph) -> None:
    short = PathwayService(graph.reader, graph.framework_service, graph.mapping_service, graph.steps, most_partial=400)
    found = short.pathways("diffusion", "cfir-2022", hypotheses=True, exploratory=True)
    whole = graph.pathways("diffusion", "cfir-2022", hypotheses=True, exploratory=True)
    sure = found.search["complete_up_to"]
    assert found.search == {"max_steps": 4, "partial_paths": 400, "limit": 400, "complete": False, "complete_up_to": sure} and 1 <= sure < 4
    assert "At least" in found.text and found.left_out["at_least"]
    assert any(f"Nothing is missing up to {sure} step" in note for note in found.notes)
    assert {tuple(ids(p)) for p in found.items if len(p.steps) <= sure} == {tuple(ids(p)) for p in whole.items if len(p.steps) <= sure}
    assert {tuple(ids(p)) for p in found.items} < {tuple(ids(p)) for p in whole.items}
    assert whole.search["complete"] and "At least" not in whole.text


def test_a_limit_that_is_met_before_any_path_does_not_claim_that_there_is_none(graph: KnowledgeGraph) -> None:
    short = PathwayService(graph.reader, graph.framework_service, graph.mapping_service, graph.steps, most_partial=2)
    found = short.pathways("review:G5", "imri:B1")
    assert found.items == () and not found.search["complete"]
    assert "met its limit" in found.text and "No chain" not in found.text


def test_the_largest_question_stays_within_the_limit(graph: KnowledgeGraph) -> None:
    found = graph.pathways("recovery-review", "diffusion", max_steps=6, exploratory=True, hypotheses=True, hierarchy=True)
    assert not found.search["complete"] and found.search["partial_paths"] == found.search["limit"] == 60_000
    assert found.search["complete_up_to"] >= 3
