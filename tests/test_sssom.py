"""The strict reader of mapping sets: each rule finds its fault at its place, and no row is lost without a word."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imri_kg import resources, sssom
from imri_kg.errors import Fault
from imri_kg.sssom import MappingSet, read_sssom, split_values

#: What sssom-py says of its own use of pandas is not our concern.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:sssom.*")

FILES = sorted(resources.path("ontology", "mappings").glob("*.sssom.tsv"))

HEAD = """\
#mapping_set_id: https://example.org/set
#license: https://creativecommons.org/licenses/by/4.0/
#mapping_date: 2026-11-22
#subject_source: framework:imri
#object_source: framework:chime
#curie_map:
#  chime: https://example.org/chime/
#  framework: https://example.org/framework/
#  imri: https://example.org/imri/
#  mapping: https://example.org/mapping/
#  semapv: https://w3id.org/semapv/vocab/
#  skos: http://www.w3.org/2004/02/skos/core#
#  sssom: https://w3id.org/sssom/
#extension_definitions:
#  - slot_name: stated_relation
#    property: ikg:statedRelation
"""
COLUMNS = (
    "record_id", "subject_id", "predicate_id", "predicate_modifier", "object_id", "mapping_justification", "confidence",
    "see_also", "comment", "stated_relation",
)  # fmt: skip
ROW = {
    "record_id": "mapping:a", "subject_id": "imri:B1", "predicate_id": "skos:closeMatch", "predicate_modifier": "",
    "object_id": "chime:I", "mapping_justification": "semapv:ManualMappingCuration", "confidence": "0.70",
    "see_also": "https://example.org/e1|https://example.org/e2", "comment": "Because.", "stated_relation": "aligns with",
}  # fmt: skip
#: Line of the header, and of the first row, in a file made of HEAD and a table.
TABLE = HEAD.count("\n") + 1
FIRST = TABLE + 1


def line(**cells: str) -> str:
    return "\t".join({**ROW, **cells}.values())


def text(*rows: str, head: str = HEAD, columns: tuple[str, ...] = COLUMNS) -> str:
    return head + "\t".join(columns) + "\n" + "".join(row + "\n" for row in rows)


def read(content: str) -> tuple[MappingSet, list[Fault]]:
    return read_sssom(content, "set.sssom.tsv")


def without(name: str) -> str:
    """Return a sound file without one of its columns."""
    place = COLUMNS.index(name)
    cells = list(ROW.values())
    return text("\t".join(cells[:place] + cells[place + 1 :]), columns=COLUMNS[:place] + COLUMNS[place + 1 :])


def test_a_sound_file_gives_its_rows_and_no_fault() -> None:
    found, faults = read(text(line(), line(record_id="mapping:b", confidence="")))
    assert faults == []
    first, second = found.rows
    assert (first.record_id, first.subject_id, first.predicate_id, first.object_id) == ("mapping:a", "imri:B1", "skos:closeMatch", "chime:I")
    assert first.confidence == Decimal("0.70")
    assert second.confidence is None
    assert first.see_also == ("https://example.org/e1", "https://example.org/e2")
    assert first.stated_relation == "aligns with"
    assert (first.line, second.line) == (FIRST, FIRST + 1)
    assert found.lines_in == 2


def test_a_set_hands_its_editions_and_date_down_to_its_rows() -> None:
    found, _ = read(text(line()))
    row = found.rows[0]
    assert (row.subject_source, row.object_source, row.mapping_date) == ("framework:imri", "framework:chime", "2026-11-22")


#: rule, file, line and column of the fault, and a word that the message must hold.
ONE_FAULT: dict[str, tuple[str, str, int, int, str]] = {
    "byte order mark": ("sssom-byte-order-mark", "\ufeff" + text(line()), 1, 1, "byte order mark"),
    "unknown column": ("sssom-unknown-column", text(line() + "\tx", columns=(*COLUMNS, "mapping_tool_x")), TABLE, 11, "mapping_tool_x"),
    "unknown metadata slot": ("sssom-unknown-slot", text(line(), head="#mapping_tool_x: 1\n" + HEAD), 1, 0, "mapping_tool_x"),
    "two unknown slots, one of them a number": ("sssom-unknown-slot", text(line(), head="#7: x\n" + HEAD), 1, 0, "'7'"),
    "undeclared extension": ("sssom-extension-undeclared", text(line() + "\tours", columns=(*COLUMNS, "predicate_basis")), TABLE, 11, "predicate_basis"),
    "repeated column": ("sssom-column-repeated", text(line() + "\t", columns=(*COLUMNS, "comment")), TABLE, 11, "comment"),
    "short row": ("sssom-row-length", text(line().rsplit("\t", 1)[0]), FIRST, 0, "9 cells, the header 10"),
    "long row": ("sssom-row-length", text(line() + "\t"), FIRST, 0, "11 cells, the header 10"),
    "empty evidence": ("sssom-cell-empty", text(line(see_also=" ")), FIRST, 8, "see_also"),
    "empty record id": ("sssom-cell-empty", text(line(record_id="")), FIRST, 1, "record_id"),
    "undeclared prefix": ("sssom-unknown-prefix", text(line(object_id="chme:I")), FIRST, 5, "'chme'"),
    "not a CURIE": ("sssom-not-a-curie", text(line(subject_id="Personal growth")), FIRST, 2, "Personal growth"),
    "predicate that is no match": ("sssom-predicate", text(line(predicate_id="skos:broader")), FIRST, 3, "skos:broader"),
    "modifier in lower case": ("sssom-modifier", text(line(predicate_modifier="not")), FIRST, 4, "'not'"),
    "justification of nobody": ("sssom-justification", text(line(mapping_justification="semapv:Guessing")), FIRST, 6, "semapv:Guessing"),
    "confidence above one": ("sssom-confidence", text(line(confidence="1.5")), FIRST, 7, "1.5"),
    "confidence in words": ("sssom-confidence", text(line(confidence="abc")), FIRST, 7, "abc"),
    "confidence below nought": ("sssom-confidence", text(line(confidence="-1")), FIRST, 7, "-1"),
    "confidence that is no number": ("sssom-confidence", text(line(confidence="NaN")), FIRST, 7, "NaN"),
    "confidence with a comma": ("sssom-confidence", text(line(confidence="0,7")), FIRST, 7, "0,7"),
    "confidence that rounding would raise": ("sssom-confidence", text(line(confidence="0.495")), FIRST, 7, "0.495"),
    "evidence that is no IRI": ("sssom-see-also", text(line(see_also="https://example.org/e1|evidence:e2")), FIRST, 8, "evidence:e2"),
    "evidence with a space": ("sssom-see-also", text(line(see_also="https://example.org/e 1")), FIRST, 8, "e 1"),
    "repeated record id": ("sssom-record-repeated", text(line(), line()), FIRST + 1, 1, f"line {FIRST}"),
    "no rows": ("sssom-no-rows", text(), TABLE, 0, "no rows"),
    "no table": ("sssom-no-table", HEAD, TABLE, 0, "No table"),
    "broken YAML": ("sssom-metadata", text(line(), head="#comment: a: b\n" + HEAD), 1, 12, "not YAML"),
    "impossible date of the set": ("sssom-metadata", text(line(), head=HEAD.replace("2026-11-22", "2026-13-45")), 1, 0, "impossible"),
    "licence that is no IRI": ("sssom-metadata", text(line(), head=HEAD.replace("https://creativecommons.org/licenses/by/4.0/", "free for all")), 2, 0, "free for all"),
    "missing set id": ("sssom-metadata", text(line(), head=HEAD.split("\n", 1)[1]), 1, 0, "lacks mapping_set_id"),
    "missing metadata": ("sssom-metadata", text(line(), head="#- a list\n"), 1, 0, "is missing"),
    "no curie map": ("sssom-curie-map", text(line(), head=HEAD.split("#curie_map")[0]), 1, 0, "curie_map"),
    "quoting that does not pair": ("sssom-quoting", text(line(comment='"open')), FIRST, 0, "quotation marks"),
    "quoting that ends early": ("sssom-quoting", text(line(comment='"a"b')), FIRST, 0, "quotation marks"),
    "empty line inside": ("sssom-empty-line", text(line(), "", line(record_id="mapping:b")), FIRST + 1, 0, "empty line"),
    "predicate basis of nobody": (
        "sssom-predicate-basis",
        text(line() + "\ttheirs", columns=(*COLUMNS, "predicate_basis"), head=HEAD + "#  - slot_name: predicate_basis\n#    property: ikg:predicateBasis\n"),
        FIRST + 2, 11, "theirs"),
}  # fmt: skip
for _column in sssom.REQUIRED:
    ONE_FAULT[f"missing column {_column}"] = ("sssom-column-missing", without(_column), TABLE, 0, _column)
for _date in ("22.11.2026", "2026-02-30", "20261122", "2026-W47-7"):
    ONE_FAULT[f"row dated {_date}"] = (
        "sssom-date", text(line() + "\t" + _date, columns=(*COLUMNS, "mapping_date")), FIRST, 11, _date)  # fmt: skip


@pytest.mark.parametrize("name", ONE_FAULT)
def test_a_fault_is_named_with_line_column_and_rule(name: str) -> None:
    rule, content, line_number, column, word = ONE_FAULT[name]
    _, faults = read(content)
    fault = next((f for f in faults if f.rule == rule), None)
    assert fault is not None, faults
    assert (fault.file, fault.line, fault.column) == ("set.sssom.tsv", line_number, column)
    assert word in fault.message


@pytest.mark.parametrize("name", [n for n, (rule, *_) in ONE_FAULT.items() if rule not in ("sssom-column-missing", "sssom-metadata", "sssom-curie-map")])
def test_one_fault_gives_one_message(name: str) -> None:
    _, faults = read(ONE_FAULT[name][1])
    assert len(faults) == 1, faults


def test_every_rule_of_the_reader_has_a_faulty_file() -> None:
    source = Path(sssom.__file__).read_text(encoding="utf-8")
    rules = set(re.findall(r'"(sssom-[a-z-]+)"', source))
    assert len(rules) > 20
    assert {rule for rule, *_ in ONE_FAULT.values()} == rules


def test_all_faults_of_a_file_are_listed_at_once() -> None:
    _, faults = read(text(line(confidence="2"), line(record_id="mapping:b", object_id="chme:I", predicate_id="skos:broader"), "short"))
    assert [(f.line, f.rule) for f in faults] == [
        (FIRST, "sssom-confidence"),
        (FIRST + 1, "sssom-unknown-prefix"),
        (FIRST + 1, "sssom-predicate"),
        (FIRST + 2, "sssom-row-length"),
    ]


@pytest.mark.parametrize(
    ("cell", "values"),
    [
        ("a|b", ("a", "b")),
        (r"a\|b", ("a|b",)),
        (r"a\\|b", ("a\\", "b")),
        (r"a\\\|b", (r"a\|b",)),
        ("a\\", ("a\\",)),
        (" a | b |", ("a", "b")),
        ("", ()),
    ],
)
def test_a_bar_separates_values_unless_a_backslash_stands_before_it(cell: str, values: tuple[str, ...]) -> None:
    assert split_values(cell) == values


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp"]), min_size=1), max_size=5))
def test_values_that_are_escaped_come_back_as_they_were(values: list[str]) -> None:
    cell = "|".join(v.replace("\\", "\\\\").replace("|", "\\|") for v in values)
    assert split_values(cell) == tuple(values)


def test_a_quoted_cell_may_hold_tabs_newlines_and_quotation_marks() -> None:
    comment = '"First,\ta tab\n#then a line that looks like metadata\nand ""words"" in quotes"'
    found, faults = read(text(line(comment=comment), line(record_id="mapping:b", confidence="2")))
    assert found.rows[0].comment == 'First,\ta tab\n#then a line that looks like metadata\nand "words" in quotes'
    assert [(f.rule, f.line) for f in faults] == [("sssom-confidence", FIRST + 3)]


def test_windows_line_ends_change_nothing() -> None:
    found, faults = read(text(line(), line(record_id="mapping:b")).replace("\n", "\r\n"))
    assert faults == []
    assert [r.stated_relation for r in found.rows] == ["aligns with", "aligns with"]
    assert [r.line for r in found.rows] == [FIRST, FIRST + 1]


_SPOIL: list[Callable[[str], str]] = [
    lambda row: row,
    lambda row: row + "\t",
    lambda row: row.rsplit("\t", 2)[0],
    lambda row: row.replace("skos:closeMatch", "skos:sameMatch"),
    lambda row: row.replace("0.70", "seventy"),
    lambda row: row.replace("chime:I", "chme:I"),
    lambda row: row.replace("Because.", 'a "word" in it'),
    lambda row: row.replace("Because.", '"two\nlines"'),
    lambda row: row.replace("Because.", '"a"b'),
    lambda row: row.replace("https://", "see https://"),
]


@given(st.lists(st.integers(0, len(_SPOIL) - 1), min_size=1, max_size=12))
def test_rows_read_and_rows_at_fault_are_all_rows(kinds: list[int]) -> None:
    rows = [_SPOIL[kind](line(record_id=f"mapping:r{number}")) for number, kind in enumerate(kinds)]
    found, faults = read(text(*rows))
    at_fault = {f.line for f in faults}
    assert found.lines_in == len(rows)
    assert len(found.rows) + len(at_fault) == len(rows)
    assert at_fault.isdisjoint(row.line for row in found.rows)


@given(st.text(max_size=400))
def test_no_text_at_all_makes_the_reader_fail(noise: str) -> None:
    for content in (noise, HEAD + noise, text(noise), "#" + noise + "\n" + text(line())):
        found, faults = read(content)
        assert found.rows or faults


def test_there_are_mapping_sets() -> None:
    assert len(FILES) > 30


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
def test_a_set_of_ours_survives_a_round_trip_through_sssom_py(file: Path, tmp_path: Path) -> None:
    """sssom-py drops rows that it dislikes and columns that it does not know without a word; ours have neither."""
    from sssom.parsers import parse_sssom_table
    from sssom.writers import write_table

    ours, faults = read_sssom(file.read_text(encoding="utf-8"), file.name)
    assert faults == []
    expected = {row.record_id: (row.subject_id, row.predicate_id, row.negated, row.object_id, row.confidence, row.see_also) for row in ours.rows}
    there = parse_sssom_table(str(file))
    assert _rows_of(there.df) == expected
    with (tmp_path / file.name).open("w", encoding="utf-8") as stream:
        write_table(there, stream)
    back = parse_sssom_table(str(tmp_path / file.name))
    assert _rows_of(back.df) == expected


def _rows_of(frame: object) -> dict[str, tuple[object, ...]]:
    rows = {}
    for row in frame.fillna("").to_dict("records"):  # type: ignore[attr-defined]
        confidence = row.get("confidence", "")
        evidence = row["see_also"]
        rows[row["record_id"]] = (
            row["subject_id"],
            row["predicate_id"],
            row.get("predicate_modifier", "") == "Not",
            row["object_id"],
            None if confidence == "" else Decimal(str(confidence)).quantize(Decimal("0.01")),
            tuple(evidence) if isinstance(evidence, list) else split_values(evidence),
        )
    return rows


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
def test_a_set_of_ours_is_valid_for_sssom_py(file: Path) -> None:
    from sssom.parsers import parse_sssom_table
    from sssom.validators import validate

    reports = validate(parse_sssom_table(str(file)), fail_on_error=False)
    assert reports, "sssom-py ran no validation"
    problems = [result.message for report in reports.values() for result in report.results]
    assert problems == []
