"""Answers as SSSOM: what our strict reader and sssom-py read is what the answer holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from imri_kg.formats import forms_of
from imri_kg.graph import KnowledgeGraph
from imri_kg.model import Evidence, MappingRecord, Reference
from imri_kg.sssom import EXTENSIONS, STANDARD, read_sssom
from imri_kg.sssom_writing import COLUMNS, write_sssom
from imri_kg.vocabulary import NO_TERM_FOUND

#: What sssom-py says of its own use of pandas is not our concern.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:sssom.*")

ANSWERS: dict[str, Callable] = {
    "list of all": lambda kg: kg.mappings(exploratory=True),
    "construct": lambda kg: kg.mappings("imri:B1"),
    "record": lambda kg: kg.mappings("imri:B1", object="chime:I", basis="author-stated"),
    "crosswalk": lambda kg: kg.crosswalk("diffusion", "cfir-2009"),
    "explanation": lambda kg: kg.explain("imri:B1", "chime:I"),
}
NAMES = {"imri": "https://example.org/imri/", "mapping": "https://example.org/mapping/", "framework": "https://example.org/framework/", "ikg": "https://example.org/o/",
         "xsd": "http://www.w3.org/2001/XMLSchema#", "skos": "http://www.w3.org/2004/02/skos/core#", "semapv": "https://w3id.org/semapv/vocab/"}  # fmt: skip


def read(text: str):
    found, faults = read_sssom(text, "answer.sssom.tsv", mixed=True)
    assert faults == []
    return found


@pytest.mark.parametrize("name", ANSWERS)
def test_the_strict_reader_reads_back_every_record_as_it_is(graph: KnowledgeGraph, name: str) -> None:
    answer = ANSWERS[name](graph)
    found, records = read(graph.serialise(answer, "sssom")), answer.mapping_records()
    assert found.lines_in == len(found.rows) == len(records) > 0
    for row, record in zip(found.rows, records, strict=True):
        assert (row.record_id, row.subject_id, row.predicate_id, row.object_id) == (record.record_id, record.subject.curie, record.predicate, record.object.curie)
        assert row.negated == (record.negated and record.object.curie != NO_TERM_FOUND)
        assert (row.subject_source, row.object_source) == (f"framework:{record.subject.framework}", f"framework:{record.object.framework}")
        assert row.confidence == record.confidence
        assert row.see_also == tuple(e.iri for e in record.evidence)
        assert (row.stated_relation or None, row.predicate_basis or None) == (record.stated_relation, record.predicate_basis)
        assert row.mapping_justification == record.justification and row.mapping_date == (record.date or "")
        assert (record.comment or "") in row.comment


def test_sssom_py_reads_as_many_rows_with_their_evidence(graph: KnowledgeGraph, tmp_path: Path) -> None:
    from sssom.parsers import parse_sssom_table

    answer, file = graph.mappings(exploratory=True), tmp_path / "all.sssom.tsv"
    file.write_text(graph.serialise(answer, "sssom"), encoding="utf-8")
    frame = parse_sssom_table(str(file)).df
    # sssom-py sorts the rows.
    evidence = {row["record_id"]: row["see_also"].split("|") for _, row in frame.iterrows()}
    assert len(frame) == len(evidence) == len(answer.items)
    assert evidence == {r.record_id: [e.iri for e in r.evidence] for r in answer.items}
    assert (frame["predicate_modifier"] == "Not").sum() == sum(r.negated and r.object.curie != NO_TERM_FOUND for r in answer.items) > 0


def test_the_files_of_the_release_come_back_from_an_answer(graph: KnowledgeGraph) -> None:
    file = Path(__file__).parents[1] / "ontology" / "mappings" / "imri--chime.curated.sssom.tsv"
    source = {row.record_id: row for row in read_sssom(file.read_text(encoding="utf-8"), file.name)[0].rows}
    answer = graph.mappings(subject_framework="imri", to="chime", basis="curated")
    written = {row.record_id: row for row in read(graph.serialise(answer, "sssom")).rows}
    assert source.keys() == written.keys()
    for name, row in source.items():
        same = {slot: getattr(row, slot) for slot in row.__slots__ if slot not in ("line", "see_also")}
        assert {slot: getattr(written[name], slot) for slot in same} == same
        assert set(written[name].see_also) == set(row.see_also)


def test_the_head_says_release_licence_and_prefixes(graph: KnowledgeGraph) -> None:
    text = graph.serialise(graph.mappings("imri:B1"), "sssom")
    head = yaml.safe_load("\n".join(line[1:] for line in text.splitlines() if line.startswith("#")))
    assert head["mapping_set_version"] == graph.release
    assert head["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert head["curie_map"]["chime"] == graph.prefixes.namespaces["chime"] and "review" not in head["curie_map"]
    assert [d["slot_name"] for d in head["extension_definitions"]] == list(EXTENSIONS)
    other = graph.serialise(graph.mappings("imri:I1"), "sssom")
    ids = [re.search("mapping_set_id: (.*)", t)[1] for t in (text, other, text)]
    assert ids[0] == ids[2] != ids[1] and ids[0].startswith(f"https://w3id.org/imri-kg/releases/{graph.release}#")


def test_the_columns_are_those_that_our_files_may_have() -> None:
    assert set(COLUMNS) == set(STANDARD) | set(EXTENSIONS)


def test_what_has_no_slot_stands_in_the_comment(graph: KnowledgeGraph) -> None:
    answer = graph.mappings(exploratory=True)
    rows = {row.record_id: row for row in read(graph.serialise(answer, "sssom")).rows}
    derived, exploratory = ([r for r in answer.items if test(r)] for test in (lambda r: r.derivation, lambda r: r.exploratory))
    assert derived and exploratory
    for record in derived:
        assert all(premise in rows[record.record_id].comment for premise in record.derivation.premises)
    for record in exploratory:
        assert "Exploratory" in rows[record.record_id].comment


def one(label: str, comment: str | None) -> MappingRecord:
    end = Reference("imri:B1", "urn:x", label, "imri")
    evidence = (Evidence("evidence:1", "https://example.org/a", "source:a", "A", "p. 1", "S."),)
    return MappingRecord("mapping:a", end, "skos:closeMatch", end, False, "curated", "semapv:ManualMappingCuration", None, "ours", None, None, None, None, comment, False, None, evidence)


@pytest.mark.parametrize("cell", ["=1+1", '"quoted" and\ttabbed', "a|b", "@SUM(A1)", "-x", "é ’ 中"])
def test_a_cell_comes_back_unchanged_whatever_a_spreadsheet_would_make_of_it(cell: str) -> None:
    text = write_sssom([one(cell, cell)], NAMES, base="https://example.org/", release="r", licence="https://example.org/l", query="q")
    [row] = read(text).rows
    assert (row.subject_label, row.comment) == (cell, cell)
    assert row.see_also == ("https://example.org/a",)


def test_a_line_end_does_not_end_a_row() -> None:
    text = write_sssom([one("a", "first\nsecond\r\nthird")], NAMES, base="https://example.org/", release="r", licence="https://example.org/l", query="q")
    assert read(text).rows[0].comment == "first second third"


def test_an_answer_without_records_has_its_header(graph: KnowledgeGraph) -> None:
    lines = graph.serialise(graph.mappings("assimilation:T", to="chime"), "sssom").splitlines()
    assert [line for line in lines if not line.startswith("#")] == ["\t".join(COLUMNS)]


def test_a_set_of_a_release_still_has_to_name_its_editions(graph: KnowledgeGraph) -> None:
    text = graph.serialise(graph.mappings("imri:B1"), "sssom")
    faults = read_sssom(text, "x")[1]
    assert {f.message for f in faults} == {"The metadata block lacks subject_source.", "The metadata block lacks object_source."}
    without = text.replace("\tsubject_source\t", "\tmapping_tool\t", 1)
    assert any("'subject_source' is missing" in f.message for f in read_sssom(without, "x", mixed=True)[1])


def test_an_answer_that_holds_no_records_has_no_such_form(graph: KnowledgeGraph) -> None:
    from imri_kg.errors import UnknownNameError

    for answer in (graph.search("hope"), graph.frameworks(), graph.concept("imri:B1"), graph.coverage()):
        assert "sssom" not in forms_of(answer)
        with pytest.raises(UnknownNameError, match="Unknown format 'sssom'"):
            graph.serialise(answer, "sssom")


def test_a_set_says_the_states_that_have_no_record(graph: KnowledgeGraph, tmp_path: Path) -> None:
    from sssom.parsers import parse_sssom_table

    said = "Asked about without a record in this set: imri:B1 to diffusion is not_assessed."
    text = graph.serialise(graph.mappings("imri:B1", to=["chime", "diffusion"], basis="author-stated"), "sssom")
    found = read(text)
    assert found.metadata["comment"] == said and len(found.rows) == 3 and not any(said in row.comment for row in found.rows)
    file = tmp_path / "answer.sssom.tsv"
    file.write_text(text, encoding="utf-8")
    parsed = parse_sssom_table(str(file))
    assert parsed.metadata["comment"] == said and len(parsed.df) == 3
    assert "comment" not in read(graph.serialise(graph.mappings("imri:B1", to="chime"), "sssom")).metadata


def test_answers_without_records_are_told_apart(graph: KnowledgeGraph) -> None:
    answers = graph.mappings("imri:T1", to="chime"), graph.batch(["imri:T1", "imri:T1"], to="diffusion"), graph.explain("imri:T1", "chime:I")
    read_back = [read_sssom(graph.serialise(answer, "sssom"), "answer.sssom.tsv", mixed=True) for answer in answers]
    # The strict reader has nothing else to say of them.
    assert [[f.rule for f in faults] for _, faults in read_back] == [["sssom-no-rows"]] * 3
    found = [one.metadata for one, _ in read_back]
    assert [str(m["comment"]).partition(": ")[2] for m in found] == [
        "imri:T1 to chime is not_assessed.", "imri:T1 to diffusion is not_assessed.", "imri:T1 to chime:I is not_assessed.",
    ]  # fmt: skip
    assert len({m["mapping_set_id"] for m in found}) == 3
