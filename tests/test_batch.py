"""Many mapping questions at once: each answered as alone, in order, and a failure leaves the others alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from imri_kg.batch import Batch, BatchQuestion, read_batch
from imri_kg.errors import BadInputError, ConflictError, InvalidValueError, UnknownNameError, UnknownTermError
from imri_kg.graph import KnowledgeGraph

MIXED: list[Any] = [
    "imri:B1", "Identity", "X9", {"subject": "logic:M3", "object": "chime:I"}, {"subject": "imri:T1", "object_framework": ["chime", "cfir-2022"]},
    "I1", "", {"subject": "imri:B1", "object": "chime:I", "object_framework": "chime"}, {"subject": "imri:B1", "object_framework": ["nope"]}, "a" * 501,
]  # fmt: skip


def test_each_question_is_answered_as_alone(graph: KnowledgeGraph) -> None:
    found = graph.batch(MIXED, to=["chime"], basis=["author-stated", "curated"])
    assert [e.number for e in found.entries] == [*range(1, 11)]
    assert [e.status for e in found.entries] == ["ok", "ok", "error", "ok", "ok", *["error"] * 5]
    alone = {"basis": ["author-stated", "curated"]}
    expected = [graph.mappings("imri:B1", to="chime", **alone), graph.mappings("Identity", to="chime", **alone), None,
                graph.mappings("logic:M3", object="chime:I", **alone), graph.mappings("imri:T1", to=["chime", "cfir-2022"], **alone)]  # fmt: skip
    for entry, answer in zip(found.entries, expected, strict=False):
        assert (entry.answer.to_json() if entry.answer else None) == (answer.to_json() if answer else None)
    assert [type(e.error) for e in found.entries[5:]] == [type(graph_error(graph, "I1")), InvalidValueError, ConflictError, UnknownNameError, InvalidValueError]
    assert found.to_json()["counts"] == {"items": 10, "ok": 4, "failed": 6}
    assert found.basis == ("author-stated", "curated")


def graph_error(graph: KnowledgeGraph, term: str) -> UnknownTermError:
    with pytest.raises(UnknownTermError) as raised:
        graph.mappings(term)
    return raised.value


def test_the_error_of_an_entry_is_that_of_the_single_question(graph: KnowledgeGraph) -> None:
    entry = graph.batch(["X9"]).entries[0]
    assert entry.answer is None
    assert entry.problem == graph_error(graph, "X9").to_json()


def test_an_empty_answer_says_its_state(graph: KnowledgeGraph) -> None:
    entry = graph.batch(["imri:T1"], to="chime").entries[0]
    assert entry.answer is not None and entry.answer.items == ()
    assert [(s.target, s.state.value) for s in entry.answer.states] == [("chime", "not_assessed")]


def test_rows_are_one_for_each_record_and_one_for_each_state_or_failure_without(graph: KnowledgeGraph) -> None:
    found = graph.batch(["imri:B1", "X9", "imri:T1", {"subject": "imri:B1", "object": "chime:I"}], to=["chime", "diffusion"], basis="author-stated")
    assert [(r["item"], r["asked"], r["status"], r["target"], r["state"], r["record_id"]) for r in found.rows()] == [
        (1, "imri:B1", "ok", "chime", "mapped", "mapping:imri-chime-s05"),
        (1, "imri:B1", "ok", "chime", "mapped", "mapping:imri-chime-s03"),
        (1, "imri:B1", "ok", "chime", "mapped", "mapping:imri-chime-s04"),
        (1, "imri:B1", "ok", "diffusion", "not_assessed", ""),
        (2, "X9", "error", "", "", ""),
        (3, "imri:T1", "ok", "chime", "not_assessed", ""),
        (3, "imri:T1", "ok", "diffusion", "not_assessed", ""),
        (4, "imri:B1 chime:I", "ok", "chime:I", "mapped", "mapping:imri-chime-s03"),
    ]
    assert found.rows()[4]["problem"].startswith("No construct is called 'X9'.")
    assert all(tuple(row) == found.header() for row in found.rows())


def test_the_records_of_all_answers_are_listed_once(graph: KnowledgeGraph) -> None:
    found = graph.batch(["imri:B1", "imri:B1", "X9"], to="chime", basis="author-stated")
    assert [r.record_id for r in found.mapping_records()] == ["mapping:imri-chime-s05", "mapping:imri-chime-s03", "mapping:imri-chime-s04"]


@pytest.mark.parametrize(("settings", "kind"), [({"basis": "mine"}, "basis"), ({"to": ["imri", "nope"]}, "framework")])
def test_what_is_wrong_with_the_whole_batch_is_refused(graph: KnowledgeGraph, settings: dict[str, Any], kind: str) -> None:
    with pytest.raises(UnknownNameError) as raised:
        graph.batch(["imri:B1"], **settings)
    assert raised.value.kind == kind


def test_a_batch_is_read_from_json() -> None:
    raw = {"items": ["imri:B1", {"subject": "a", "object": "b"}, {"subject": "c", "object_framework": "chime"}], "object_framework": ["chime", "imri"], "basis": "curated", "exploratory": True}
    assert read_batch(raw) == Batch((BatchQuestion("imri:B1"), BatchQuestion("a", "b"), BatchQuestion("c", None, ("chime",))), ("chime", "imri"), ("curated",), True)
    assert read_batch(["a"]) == Batch((BatchQuestion("a"),))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (None, "The batch is null"), (3, "The batch is a number"), ("a", "The batch is a string"), ({}, "The batch has no 'items'"), ({"items": "a"}, "items is a string"),
        ({"items": []}, "items is empty"), ({"items": [1.5]}, r"items\[0\] is a number"), ({"items": ["a", None]}, r"items\[1\] is null"),
        ({"items": [["a"]]}, r"items\[0\] is a list"),
        ({"items": [{"subject": "a", "object": 3}]}, r"items\[0\]\.object is a number"), ({"items": [{"subject": True}]}, r"items\[0\]\.subject is a truth value"),
        ({"items": [{"subject": "a", "object_framework": ["chime", 1]}]}, r"items\[0\]\.object_framework\[1\] is a number"),
        ({"items": [{"subject": "a", "objct": "b"}]}, r"items\[0\] has a member 'objct' that is not known; known are subject, object, object_framework"),
        ({"items": ["a"], "format": "csv"}, "The batch has a member 'format'"), ({"items": ["a"], "exploratory": "yes"}, "exploratory is a string; it is true or false"),
        ({"items": ["a"], "basis": {"a": 1}}, "basis is an object"), ({"items": ["a", "\ud800"]}, r"items\[1\] holds half a character"), ({"items": ["a"] * 501}, "items holds 501 questions; at most 500"),
    ],
)  # fmt: skip
def test_what_is_no_batch_is_refused_with_the_place(raw: object, said: str) -> None:
    with pytest.raises(BadInputError, match=said):
        read_batch(raw)


def test_a_file_may_hold_more_than_a_request() -> None:
    assert len(read_batch({"items": ["a"] * 501}, most=None).questions) == 501


# ---------------------------------------------------------------- command line


def test_the_command_line_answers_a_file_of_questions(cli, tmp_path: Path, graph: KnowledgeGraph) -> None:
    file = tmp_path / "questions.json"
    file.write_text(json.dumps({"items": ["imri:B1", "X9"], "object_framework": ["chime"]}), encoding="utf-8")
    outcome = cli("map", "--batch", str(file), "--format", "json")
    assert outcome.status == 2
    assert json.loads(outcome.out) == graph.batch(["imri:B1", "X9"], to="chime").to_json()
    shown = cli("map", "--batch", str(file))
    assert "1 answered, 1 failed" in shown.out and "No construct is called 'X9'" in shown.out
    file.write_text(json.dumps(["imri:B1"]), encoding="utf-8")
    assert cli("map", "--batch", str(file), "--format", "csv").status == 0


@pytest.mark.parametrize(("text", "more", "said"), [("{", (), "is not JSON"), ('{"items": [1]}', (), "items[0] is a number"), ('["a"]', ("--to", "chime"), "says itself which editions")])
def test_the_command_line_refuses_what_is_no_batch(cli, tmp_path: Path, text: str, more: tuple[str, ...], said: str) -> None:
    file = tmp_path / "questions.json"
    file.write_text(text, encoding="utf-8")
    outcome = cli("map", "--batch", str(file), *more)
    assert outcome.status == 2 and said in outcome.err


def test_a_question_without_a_subject_fails_alone(graph: KnowledgeGraph) -> None:
    found = graph.batch(["imri:B1", {"object": "chime:I"}, {}], to="chime")
    assert [e.status for e in found.entries] == ["ok", "error", "error"]
    assert "The subject is empty" in str(found.entries[1].error)
