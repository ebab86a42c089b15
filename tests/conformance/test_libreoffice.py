"""What LibreOffice makes of our workbooks, and what we make of its files. Run by `make conformance`; `make test` leaves it out.

Every test starts the real program without a window, in a profile of its own.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from imri_kg.case_validation.messages import Validation
from imri_kg.case_validation.service import check_cases, sources_at
from imri_kg.graph import KnowledgeGraph
from imri_kg.readers import read_table_file
from imri_kg.reports import write_report

pytestmark = pytest.mark.conformance

Convert = Callable[..., Path]
#: Five cells, each spoilt in a way of its own: sheet, row, header, what stands there then.
SPOILT = (
    ("Cases", 2, "Start", "soon"),
    ("Determinants", 2, "Construct", "Cultur"),
    ("Determinants", 3, "Phase", "adaption"),
    ("Impacts", 2, "Impact", "imri:Z9"),
    ("Sources", 2, "Kind", "novel"),
)


@pytest.fixture(scope="session")
def convert(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program, "LibreOffice is missing; install it, so that the command soffice is found."
    profile = tmp_path_factory.mktemp("profile")

    def converted(file: Path, ending: str, options: str = "") -> Path:
        folder = tmp_path_factory.mktemp("converted")
        done = subprocess.run(
            [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", f"{ending}{options}", "--outdir", folder, file],
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        made = sorted(folder.glob(f"*.{ending}"))
        assert made, done.stdout + done.stderr
        if os.environ.get("IMRI_KG_PICTURES") and ending == "pdf":
            shutil.copy(made[0], os.environ["IMRI_KG_PICTURES"])
        return made[0]

    return converted


@pytest.fixture(scope="session")
def example(graph: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "example.xlsx"
    file.write_bytes(graph.case_template(example=True))
    return file


@pytest.fixture(scope="session")
def spoilt(example: Path, convert: Convert, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example as LibreOffice saves it, with five cells spoilt."""
    book = load_workbook(convert(example, "xlsx"))
    for sheet, row, header, value in SPOILT:
        book[sheet].cell(row, header_of(book, sheet).index(header) + 1).value = value
    file = tmp_path_factory.mktemp("spoilt") / "spoilt.xlsx"
    book.save(file)
    return file


def header_of(book: Workbook, sheet: str) -> list[str]:
    return [cell.value for cell in book[sheet][1]]


def validated(graph: KnowledgeGraph, file: Path) -> Validation:
    return check_cases(sources_at([file]), graph.case_vocabulary, graph.release).validation


def findings(validation: Validation) -> set[tuple[object, ...]]:
    return {(m.severity, m.sheet, m.row, m.column, m.value, m.message, m.shape) for m in validation.messages if not m.shape.startswith("reading/")}


def content(file: Path) -> dict[str, list[tuple[object, ...]]]:
    """Return what stands in the sheets of a workbook, without the empty ends of rows and sheets."""
    found = {}
    for sheet in load_workbook(file):
        rows = [tuple(v for v in row) for row in sheet.iter_rows(values_only=True)]
        wide = max((n for row in rows for n, v in enumerate(row, 1) if v is not None), default=0)
        filled = [row[:wide] for row in rows if any(v is not None for v in row)]
        found[sheet.title] = filled
    return found


@pytest.mark.parametrize("options", [{}, {"framework": "cfir-2009"}, {"framework": "cfir-2022", "second": "diffusion"}, {"example": True}], ids=str)
def test_a_template_goes_through_the_program_and_back_unchanged(graph: KnowledgeGraph, convert: Convert, tmp_path: Path, options: dict[str, object]) -> None:
    file = tmp_path / "template.xlsx"
    file.write_bytes(graph.case_template(**options))  # type: ignore[arg-type]
    back = convert(file, "xlsx")
    assert content(back) == content(file)
    # Without a window the program writes no view, so that frozen panes cannot be seen here.
    ours, theirs = load_workbook(file), load_workbook(back)
    for sheet in ours.sheetnames:
        old, new = ours[sheet], theirs[sheet]
        assert [(c.coordinate, c.comment.text.strip()) for row in new for c in row if c.comment] == [(c.coordinate, c.comment.text.strip()) for row in old for c in row if c.comment]
        # It ends each list a thousand rows below the last that is used.
        lists = [sorted((str(v.sqref).partition(":")[0], v.formula1.replace("$", "")) for v in s.data_validations.dataValidation) for s in (old, new)]
        assert lists[0] == lists[1]


def test_a_template_is_drawn(example: Path, convert: Convert) -> None:
    assert convert(example, "pdf").read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("ending", ["xlsx", "ods", "fods"])
def test_the_example_conforms_as_the_program_saves_it(graph: KnowledgeGraph, example: Path, convert: Convert, ending: str) -> None:
    if ending == "fods":
        # A flat file is not among those that we read; it says what to do.
        assert [m.shape for m in validated(graph, convert(example, ending)).messages] == ["reading/file"]
        return
    found = validated(graph, convert(example, ending))
    assert found.conforms
    assert findings(found) == findings(validated(graph, example))
    assert [d.rows for d in found.datasets] == [d.rows for d in validated(graph, example).datasets]


def test_five_spoilt_cells_are_named_and_marked(graph: KnowledgeGraph, spoilt: Path, convert: Convert, tmp_path: Path) -> None:
    saved = convert(spoilt, "xlsx")
    checked = check_cases(sources_at([saved]), graph.case_vocabulary, graph.release)
    named = {(m.sheet, m.row, m.column, m.value): m.cell for m in checked.validation.messages if m.severity == "violation"}
    assert set(named) == set(SPOILT)
    marked = tmp_path / "marked.xlsx"
    marked.write_bytes(write_report(checked.validation, "xlsx", {saved.name: saved.read_bytes()}))
    # The program opens the marked copy and shows the same marks.
    for book in (load_workbook(marked), load_workbook(convert(marked, "xlsx"))):
        assert book.sheetnames[0] == "Findings"
        assert {book["Findings"].cell(row, 1).value for row in range(2, 7)} == {"✖ violation"}
        for (sheet, _, _, value), cell in named.items():
            assert book[sheet][cell].value == value
            assert book[sheet][cell].comment.text
            assert book[sheet][cell].fill.fgColor.rgb == "FFF4B6B6"
    convert(marked, "pdf")


def test_every_form_in_which_the_program_saves_gives_the_same_findings(graph: KnowledgeGraph, spoilt: Path, convert: Convert, tmp_path: Path) -> None:
    expected = findings(validated(graph, spoilt))
    assert len([f for f in expected if f[0] == "violation"]) == len(SPOILT)
    assert findings(validated(graph, convert(spoilt, "xlsx"))) == expected
    assert findings(validated(graph, convert(spoilt, "ods"))) == expected
    # UTF-8, commas, every sheet in a file of its own (the last number).
    book = convert(spoilt, "csv", ":Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1")
    folder = tmp_path / "folder"
    folder.mkdir()
    for file in book.parent.glob("*.csv"):
        name = file.stem.rpartition("-")[2]
        if name in load_workbook(spoilt).sheetnames[1:] and name != "Codes":
            shutil.copy(file, folder / f"{name}.csv")
    assert len(list(folder.iterdir())) == 8
    assert findings_without_file_places(validated(graph, folder)) == {f[:2] + f[3:] for f in expected}


def findings_without_file_places(validation: Validation) -> set[tuple[object, ...]]:
    return {f[:2] + f[3:] for f in findings(validation)}


@pytest.mark.parametrize(
    ("name", "token"),
    [("Windows-1252, semicolons", "59,34,1"), ("UTF-8 with a mark, tabs", "9,34,76"), ("UTF-16, commas", "44,34,65535")],
    ids=lambda v: v,
)
def test_text_files_of_the_program_are_read_whole(graph: KnowledgeGraph, convert: Convert, tmp_path: Path, name: str, token: str) -> None:
    rows = [("Case", "Name", "Setting"), ("nord", "Klinik Köln “Mitte”", "A clinic; open daily, for adults"), ("süd", "Café – Süd", "Two lines\nin a cell")]
    book = Workbook()
    book.active.title = "Cases"
    for row in rows:
        book.active.append(row)
    file = tmp_path / "cases.xlsx"
    book.save(file)
    made = convert(file, "csv", f":Text - txt - csv (StarCalc):{token},1")
    read = read_table_file("cases.csv", made.read_bytes())
    assert [tuple(row.cells.values()) for row in read.sheets[0].rows] == rows
