"""Workbooks spoilt as people spoil them, with the messages that were written down before they were validated.

Each begins as the example of the template, which conforms. What is expected is severity, sheet, row, column and a part of the sentence.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import pytest
from openpyxl import Workbook, load_workbook

from imri_kg.case_validation.messages import Validation
from imri_kg.case_validation.service import Source, check_cases
from imri_kg.graph import KnowledgeGraph


class Expected(NamedTuple):
    """One message that must be there."""

    severity: str
    sheet: str
    row: int | None
    column: str
    says: str


class Spoilt(NamedTuple):
    """What is done to the workbook and what must be said of it; `conforms` says whether it still conforms."""

    name: str
    spoil: Callable[[Workbook], None]
    expected: tuple[Expected, ...]
    conforms: bool = False


def column_of(book: Workbook, sheet: str, header: str) -> int:
    return next(cell.column for cell in book[sheet][1] if cell.value == header)


def put(sheet: str, row: int, header: str, value: object) -> Callable[[Workbook], None]:
    def spoil(book: Workbook) -> None:
        book[sheet].cell(row, column_of(book, sheet, header)).value = value

    return spoil


def both(*spoils: Callable[[Workbook], None]) -> Callable[[Workbook], None]:
    def spoil(book: Workbook) -> None:
        for one in spoils:
            one(book)

    return spoil


def rename(sheet: str, header: str, name: str) -> Callable[[Workbook], None]:
    def spoil(book: Workbook) -> None:
        book[sheet].cell(1, column_of(book, sheet, header)).value = name

    return spoil


def title_above(book: Workbook) -> None:
    book["Events"].insert_rows(1, 2)
    book["Events"]["A1"] = "Timeline of our project"


def merge(book: Workbook) -> None:
    book["Determinants"].merge_cells("B2:B3")


def hide(book: Workbook) -> None:
    book["Determinants"].row_dimensions[3].hidden = True


def without_sources(book: Workbook) -> None:
    del book["Sources"]


def again(book: Workbook) -> None:
    sheet = book["Determinants"]
    place = sheet.max_row + 1
    for cell in sheet[2]:
        sheet.cell(place, cell.column).value = cell.value
    sheet.cell(place, 1).value = "D-9"


def formula(book: Workbook) -> None:
    book["Participants"].cell(2, column_of(book, "Participants", "Count")).value = "=2+3"


def column_twice(book: Workbook) -> None:
    sheet = book["Determinants"]
    sheet.cell(1, sheet.max_column + 1).value = "Construct"
    sheet.cell(2, sheet.max_column).value = "II.A"


CASES = [
    Spoilt("a misspelt construct", put("Determinants", 2, "Construct", "Cultur"), (Expected("violation", "Determinants", 2, "Construct", "Did you mean 'Culture' (cfir2022:III.D)"),)),
    Spoilt("a construct of the other edition", put("Determinants", 2, "Construct", "cfir2009:III.D"), (Expected("violation", "Determinants", 2, "Construct", "CFIR 2009, but the dataset uses CFIR 2022"),)),
    Spoilt("an impact that is none", put("Impacts", 2, "Impact", "Growth"), (Expected("violation", "Impacts", 2, "Impact", "is not in the list for 'Impact'"),)),
    Spoilt("an empty statement", put("Determinants", 2, "Statement", None), (Expected("violation", "Determinants", 2, "Statement", "The cell is empty"),)),
    Spoilt("a determinant without valence", put("Determinants", 3, "Valence", None), (Expected("violation", "Determinants", 3, "Valence", "helped, hindered or did both"),)),
    Spoilt("background with a construct", put("Determinants", 4, "Construct", "III.A"), (Expected("violation", "Determinants", 4, "Construct", "Only a determinant"),)),
    Spoilt("a case that is not there", put("Determinants", 2, "Case", "exmaple-service"), (Expected("violation", "Determinants", 2, "Case", "Did you mean 'example-service'?"),)),
    Spoilt("an unknown phase", put("Determinants", 2, "Phase", "during"), (Expected("violation", "Determinants", 2, "Phase", "is not in the list for 'Phase'"),)),
    Spoilt("no phase and no reason", put("Determinants", 5, "Phase note", None), (Expected("warning", "Determinants", 5, "Phase note", "does not say why"),), True),
    Spoilt("a date that can be two", put("Events", 2, "Start", "05/11/2019"), (Expected("violation", "Events", 2, "Start", "2019-11-05 or 2019-05-11"),)),
    Spoilt("a date as the spreadsheet stores it", put("Events", 2, "Start", 43774), (Expected("violation", "Events", 2, "Start", "number by which a spreadsheet stores a date"),)),
    Spoilt("an event after the case", put("Events", 2, "Start", date(2031, 1, 5)), (Expected("warning", "Events", 2, "Start", "outside the period"),), True),
    Spoilt("an end before its start", put("Events", 3, "End", "2019"), (Expected("violation", "Events", 3, "End", "ends before it starts"),)),
    Spoilt("a total that does not add up", put("Cases", 2, "Participants", 12), (Expected("warning", "Cases", 2, "Participants", "Stated: 12; the rows add up to 10"),), True),
    Spoilt("gender that does not add up", put("Participants", 2, "Men", 5), (Expected("warning", "Participants", 2, "Count", "by gender do not add up"),), True),
    Spoilt("a percentage above all", put("Participants", 2, "Percent", 150), (Expected("violation", "Participants", 2, "Percent", "between 0 and 100"),)),
    Spoilt("a count in words", put("Participants", 2, "Count", "five"), (Expected("violation", "Participants", 2, "Count", "'five' is not a whole number"),)),
    Spoilt("a formula without a value", formula, (Expected("violation", "Participants", 2, "Count", "save"),)),
    Spoilt("an identifier twice", put("Determinants", 3, "Observation", "D-1"), (Expected("violation", "Determinants", 2, "Observation", "row 3"), Expected("violation", "Determinants", 3, "Observation", "row 2"))),
    Spoilt("the same observation twice", again, (Expected("warning", "Determinants", 2, "Statement", "The same stands in row 6"),), True),
    Spoilt("an impact of the process unmarked", put("Impacts", 3, "Process only", None), (Expected("violation", "Impacts", 3, "Process only", "is not marked as such"),)),
    Spoilt("nobody who experiences an impact", put("Impacts", 2, "Experienced by", None), (Expected("violation", "Impacts", 2, "Experienced by", "The cell is empty"),)),
    Spoilt("a judgement without wording and time", both(put("Assimilation", 2, "Wording", None), put("Assimilation", 2, "Time", None), put("Assimilation", 2, "Date", None)),
           (Expected("violation", "Assimilation", 2, "Wording", "wording on which it rests"), Expected("violation", "Assimilation", 2, "Time", "says when it holds"))),
    Spoilt("a judgement of one informant", both(put("Assimilation", 2, "Informant", "inf-1")), (Expected("info", "Assimilation", 2, "Informant", "rests on one informant"),), True),
    Spoilt("a judgement of leaders alone", both(put("Assimilation", 2, "Informant", None), put("Assimilation", 2, "Judging group", "managers")), (Expected("info", "Assimilation", 2, "Judging group", "leaders alone"),), True),
    Spoilt("an e-mail address in a text", put("Determinants", 2, "Statement", "Ask somebody@example.org about the team."), (Expected("warning", "Determinants", 2, "Statement", "hold an e-mail address"),), True),
    Spoilt("a name in a text", put("Determinants", 2, "Statement", "Dr. Example told us that the team agreed."), (Expected("warning", "Determinants", 2, "Statement", "name a person"),), True),
    Spoilt("a stand-in for a locator", put("Determinants", 2, "Locator", "see above"), (Expected("warning", "Determinants", 2, "Locator", "a stand-in"),), True),
    Spoilt("a long quote", put("Impacts", 2, "Quote", "so it went on " * 9), (Expected("warning", "Impacts", 2, "Quote", "at most 25 words"),), True),
    Spoilt("a renamed column", rename("Determinants", "Phase", "Phases"), (Expected("warning", "Determinants", 1, "", "If you mean 'Phase', call it so"), Expected("violation", "Determinants", None, "Phase", "has no column 'Phase'"))),
    Spoilt("a column twice", column_twice, (Expected("violation", "Determinants", 1, "", "'Construct' stands in"),)),
    Spoilt("a title above the header", title_above, (Expected("info", "Events", None, "", "header was found in row 3"),), True),
    Spoilt("merged cells", merge, (Expected("warning", "Determinants", 2, "Case", "merged"), Expected("violation", "Determinants", 3, "Case", "The cell is empty"))),
    Spoilt("a hidden row", hide, (Expected("info", "Determinants", 3, "", "hidden"),), True),
    Spoilt("no sheet of sources", without_sources, (Expected("info", "Sources", None, "", "There is no sheet Sources"),), True),
    Spoilt("a context word without its status", put("Determinants", 2, "Context word status", None), (Expected("warning", "Determinants", 2, "Context word status", "printed with the statement or carried forward"),), True),
    Spoilt("a context word of another domain", put("Determinants", 2, "Context word", "external context"), (Expected("info", "Determinants", 2, "Construct", "The authors write 'external context'"),), True),
    Spoilt("a gap that led to a gap", put("Assimilation", 3, "Led to", "A-2"), (Expected("violation", "Assimilation", 3, "Led to", "'A-2' is not what this column asks for"),)),
    Spoilt("observations on a sheet that is called as one of the template's", lambda book: setattr(book["Events"], "title", "Findings"), (Expected("info", "Findings", None, "", "was read as Events"),), True),
    Spoilt("a code beside another label", put("Determinants", 2, "Construct", "III.D Tension for Change"), (Expected("violation", "Determinants", 2, "Construct", "is not a construct of CFIR 2022"),)),
    Spoilt("a percentage as a count", put("Participants", 2, "Count", "5 %"), (Expected("violation", "Participants", 2, "Count", "'5 %' is not a"),)),
    Spoilt("an informant of nobody", put("Determinants", 2, "Informant", "inf-7"), (Expected("violation", "Determinants", 2, "Informant", "No row of the sheet Participants"),)),
    Spoilt("a kind of source outside the list", put("Sources", 2, "Kind", "blog"), (Expected("violation", "Sources", 2, "Kind", "publication"),)),
]  # fmt: skip


@pytest.fixture(scope="module")
def example(graph: KnowledgeGraph) -> bytes:
    return graph.case_template(example=True)


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def validated(graph: KnowledgeGraph, data: bytes) -> Validation:
    return check_cases([Source("cases.xlsx", data)], graph.case_vocabulary, graph.release).validation


def test_there_are_more_than_twenty_kinds() -> None:
    assert len({c.name for c in CASES}) == len(CASES) > 20


def test_the_example_conforms_without_a_warning(graph: KnowledgeGraph, example: bytes) -> None:
    assert [(m.severity, m.place, m.message) for m in validated(graph, example).messages if m.severity != "info"] == []


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_a_spoilt_workbook_gives_the_messages_written_down_before(graph: KnowledgeGraph, example: bytes, case: Spoilt) -> None:
    book = load_workbook(io.BytesIO(example))
    case.spoil(book)
    found = validated(graph, saved(book))
    told = [(m.severity, m.sheet, m.row, m.column, m.message) for m in found.messages]
    for wanted in case.expected:
        assert any(m[:4] == wanted[:4] and wanted.says in m[4] for m in told), (wanted, told)
    assert found.conforms is case.conforms, told
    # One spoilt cell is not the occasion for messages elsewhere.
    assert len([m for m in found.messages if m.severity != "info"]) <= 2 * len(case.expected) + 2, told


def test_five_spoilt_cells_are_five_messages_at_five_cells(graph: KnowledgeGraph, example: bytes) -> None:
    book = load_workbook(io.BytesIO(example))
    spoils = [("Cases", 2, "Start", "soon"), ("Determinants", 2, "Construct", "Cultur"), ("Determinants", 3, "Phase", "adaption"), ("Impacts", 2, "Impact", "imri:Z9"), ("Sources", 2, "Kind", "novel")]
    for sheet, row, header, value in spoils:
        put(sheet, row, header, value)(book)
    found = validated(graph, saved(book))
    assert {(m.sheet, m.row, m.column, m.value) for m in found.messages if m.severity == "violation"} == set(spoils)


def test_a_cell_in_the_last_corner_is_read_and_named(graph: KnowledgeGraph, example: bytes) -> None:
    book = load_workbook(io.BytesIO(example))
    book["Events"]["XFD1048576"] = "stray"
    found = validated(graph, saved(book))
    assert any("XFD1048576" in m.message for m in found.messages)


def test_a_workbook_full_of_zeros_is_refused_before_it_is_unpacked(graph: KnowledgeGraph, example: bytes) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(example)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            new.writestr(item, old.read(item))
        new.writestr("xl/media/bomb.bin", b"\0" * 400_000_000)
    found = validated(graph, stream.getvalue())
    assert [m.severity for m in found.messages] == ["violation"]
    assert found.datasets == ()
