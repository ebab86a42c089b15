"""Every ordered pair of editions is explained, and an explanation never says another state than the crosswalk."""

from __future__ import annotations

import shutil
from itertools import product
from pathlib import Path

import pytest

import imri_kg
from imri_kg import resources
from imri_kg.graph import KnowledgeGraph
from imri_kg.model import State

KEYS = ("assimilation", "cfir-2009", "cfir-2022", "chime", "diffusion", "imri", "logic-model", "recovery-review")


@pytest.fixture(scope="module", autouse=True)
def _read_at_once(graph: KnowledgeGraph) -> None:
    """Thousands of questions are asked here, as a server answers them."""
    graph.warm()


def sample(graph: KnowledgeGraph, source: str, target: str) -> list[tuple[str, str, State]]:
    """Return up to four cells of each state that a crosswalk has, spread over it."""
    found: list[tuple[str, str, State]] = []
    for state in State:
        cells = [c for c in graph.crosswalk(source, target).cells if c.state is state]
        found += [(c.row, c.column, c.state) for c in cells[:: max(1, len(cells) // 4)][:4]]
    return found


def test_the_editions_are_those_of_the_graph(graph: KnowledgeGraph) -> None:
    assert tuple(graph.framework_service.keys()) == KEYS


@pytest.mark.parametrize("source", KEYS)
def test_an_explanation_has_the_state_of_the_cell_and_says_why(graph: KnowledgeGraph, source: str) -> None:
    states = set()
    for target in KEYS:
        for row, column, state in sample(graph, source, target):
            found = graph.explain(row, column)
            states.add(found.state)
            assert (found.subject.curie, found.object.curie, found.state) == (row, column, state)
            assert found.text and found.not_licensed and all(r.reason for r in found.not_licensed)
            positive = [r for r in (*found.records, *found.derivations) if not r.negated]
            negative = [r for r in (*found.records, *found.derivations) if r.negated]
            assert (bool(positive), bool(negative)) == (state in (State.MAPPED, State.CONTESTED), state in (State.JUDGED_NOT_MAPPED, State.CONTESTED))
            assert found.to_json()["state"] == state.value and found.rows()[0]["text"] == state.value
    assert states >= {State.MAPPED, State.NOT_ASSESSED}


def test_all_judgements_but_contested_ones_are_in_the_graph(graph: KnowledgeGraph) -> None:
    """That the walk above met each state that there is: no asserted record is contested at present (docs/mappings.md)."""
    total = {state: sum(p["counts"][state.value] for p in graph.coverage().pairs) for state in State}  # type: ignore[union-attr]
    assert total[State.MAPPED] and total[State.JUDGED_NOT_MAPPED] and total[State.NOT_ASSESSED] and not total[State.CONTESTED]


def test_every_pair_that_was_judged_not_to_correspond_names_the_negative(graph: KnowledgeGraph) -> None:
    seen = 0
    for source, target in product(KEYS, KEYS):
        if source != target:
            for cell in graph.crosswalk(source, target).cells:
                if cell.state is State.JUDGED_NOT_MAPPED:
                    seen += 1
                    found = graph.explain(cell.row, cell.column)
                    assert found.state is cell.state
                    assert {r.record_id for r in (*found.records, *found.derivations)} == set(cell.mappings)
    assert seen > 50


def test_every_construct_with_itself_says_that_it_is_one(graph: KnowledgeGraph) -> None:
    for key in KEYS:
        for entry in graph.framework_service.members(key):
            found = graph.explain(entry.curie, entry.curie)
            assert found.state is State.NOT_ASSESSED
            assert [r.reason for r in found.not_licensed] == ["The two ends are one and the same construct."]


@pytest.fixture(scope="module")
def merged(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeGraph:
    """Our graph after imri:T3 was deprecated, and a positive record was set against a negative one."""
    root = tmp_path_factory.mktemp("merged")
    for folder in resources.FOLDERS:
        shutil.copytree(resources.path(folder), root / folder)
    file = root / "ontology" / "frameworks" / "imri.ttl"
    text = file.read_text(encoding="utf-8")
    start = "imri:T3 a skos:Concept, ikg:Impact ;"
    assert start in text
    file.write_text(text.replace(start, start + "\n  <http://www.w3.org/2002/07/owl#deprecated> true ;\n  dcterms:isReplacedBy imri:T2 ;"), encoding="utf-8")
    _turn_round(root / "ontology" / "mappings", "imri:B2", "chime:H2")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IMRI_KG_DATA", str(root))
        kg = imri_kg.open()
        kg.warm()
        return kg


def _turn_round(folder: Path, subject: str, object_: str) -> None:
    """Add a positive record beside the negative one on a pair."""
    for file in sorted(folder.glob("*.curated.sssom.tsv")):
        lines = file.read_text(encoding="utf-8").splitlines()
        head = next(n for n, line in enumerate(lines) if line.startswith("record_id"))
        columns = lines[head].split("\t")
        for line in lines[head + 1 :]:
            row = dict(zip(columns, line.split("\t"), strict=True))
            if (row["subject_id"], row["object_id"], row["predicate_modifier"]) == (subject, object_, "Not"):
                row.update(record_id="mapping:test-positive", predicate_modifier="")
                file.write_text("\n".join([*lines, "\t".join(row.values())]) + "\n", encoding="utf-8")
                return
    raise AssertionError("there is no such negative record")


def test_a_deprecated_construct_is_explained_with_what_replaces_it(merged: KnowledgeGraph) -> None:
    for key in KEYS:
        for other in merged.framework_service.members(key)[:6]:
            for pair in ((other.curie, "imri:T3"), ("imri:T3", other.curie)):
                found = merged.explain(*pair)
                assert found.text and found.not_licensed
                assert any("imri:T3 is deprecated and replaced by imri:T2" in note for note in found.notes)
                assert merged.pathways(*pair, max_steps=2).notes[0].startswith("imri:T3 is deprecated")
    assert "imri:T3" not in {c.row for c in merged.crosswalk("imri", "chime").cells}


def test_a_contested_pair_is_explained_from_both_sides(merged: KnowledgeGraph) -> None:
    for pair in (("imri:B2", "chime:H2"), ("chime:H2", "imri:B2")):
        found = merged.explain(*pair)
        assert found.state is State.CONTESTED
        assert {r.negated for r in (*found.records, *found.derivations)} == {True, False}
    cells = {(c.row, c.column): c.state for c in merged.crosswalk("imri", "chime").cells}
    assert [pair for pair, state in cells.items() if state is State.CONTESTED] == [("imri:B2", "chime:H2")]
