"""Check my data: a spoilt workbook is dropped, its findings are shown at their cells, suggestions are accepted, and the corrected workbook is saved and read."""

from __future__ import annotations

import base64
import csv
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Dialog, Locator, Page, expect
from test_case_validation import as_opendocument, as_separated, as_workbook, spoilt
from visiting import Visitor

from imri_kg.readers import read_table_file

Download = Callable[[Page, Callable[[], None]], Path]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Five cells that are wrong; a suggestion can be put in at each of them.
FIVE = {
    ("determinants", 2, "Phase"): "adoptoin", ("determinants", 2, "Valence"): "facilitater", ("determinants", 3, "Kind"): "backgruond",
    ("determinants", 2, "Coding"): "curatd", ("sources", 2, "Kind"): "publicaton",
}  # fmt: skip
#: What each of them holds in the end, by sheet and cell.
MENDED = {("Determinants", "D2"): "adoption", ("Determinants", "G2"): "facilitator", ("Determinants", "C3"): "background", ("Determinants", "H2"): "curated", ("Sources", "C2"): "publication"}


def workbook(wrong: dict[tuple[str, int, str], str] | None = None) -> bytes:
    return as_workbook(spoilt(FIVE if wrong is None else wrong))[0].data  # type: ignore[arg-type]


def drop(page: Page, files: dict[str, bytes]) -> None:
    """Drop files on the form, as a hand does."""
    transfer = page.evaluate_handle(
        """(files) => {
            const t = new DataTransfer();
            for (const [name, data] of files) t.items.add(new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], name));
            return t;
        }""",
        [[name, base64.b64encode(data).decode()] for name, data in files.items()],
    )
    page.locator(".check-drop").dispatch_event("drop", {"dataTransfer": transfer})


def dropped(visit: Visitor, data: bytes | dict[str, bytes], **options: object) -> Page:
    page = visit("/validate", **options)  # type: ignore[arg-type]
    expect(page.locator("html[data-ready=true]")).to_be_attached()
    drop(page, data if isinstance(data, dict) else {"cases.xlsx": data})
    expect(page.get_by_role("heading", name="Findings", exact=True)).to_be_visible(timeout=30_000)
    return page


def test_five_faults_are_found_accepted_and_gone_in_the_file_that_is_saved(visit: Visitor, download: Download) -> None:
    page = dropped(visit, workbook())
    expect(page.get_by_text("5 violations, 0 warnings, 0 remarks.")).to_be_visible()
    for number in range(5, 0, -1):
        expect(page.get_by_role("heading", name=f"Findings at cells ({number})")).to_be_visible()
        page.get_by_role("button", name="Next finding").click()
        cell = page.locator('.check-cell[aria-current="true"]')
        expect(cell).to_be_focused()
        page.get_by_role("button", name=re.compile("^Accept suggestion: ")).click()
        expect(cell).to_have_accessible_name(re.compile("corrected to"))
    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_text("✓ The data conform.")).to_be_visible(timeout=30_000)
    file = download(page, lambda: page.get_by_role("button", name="Corrected file").click())
    assert file.name == "cases.corrected.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(file.read_bytes()))
    assert {place: book[place[0]][place[1]].value for place in MENDED} == MENDED
    assert book["Determinants"]["E2"].value == "Leaders wanted the change."


def test_the_keys_go_through_the_findings_round_the_end(visit: Visitor) -> None:
    page = dropped(visit, workbook())
    places = []
    for key in "nnnnnnp":
        page.keyboard.press(key)
        places.append(page.locator("#check-here").inner_text())
    cells = [re.sub(r"^(\w+), cell (\w+):.*", r"\1 \2", place) for place in places]
    assert cells[:5] == ["Determinants D2", "Determinants G2", "Determinants H2", "Determinants C3", "Sources C2"]
    assert cells[5:] == ["Determinants D2", "Sources C2"]
    expect(page.locator('.check-cell[aria-current="true"]')).to_have_accessible_name(re.compile(r"^Kind, row 2, publicaton: Violation: .*publicaton"))


def test_another_value_is_put_in_and_taken_back(visit: Visitor) -> None:
    page = dropped(visit, workbook({("sources", 2, "Kind"): "publicaton"}))
    page.keyboard.press("n")
    expect(page.locator('.check-cell[aria-current="true"]')).to_be_focused()
    page.get_by_label("New value of the cell").fill("study protocol of ours")
    page.get_by_role("button", name="Put in this value").click()
    expect(page.get_by_role("heading", name="Your corrections (1)")).to_be_visible()
    page.get_by_role("button", name="Check again").click()
    expect(page.locator(".check-cell")).to_have_accessible_name(re.compile("study protocol of ours: Violation"), timeout=30_000)
    expect(page.get_by_text("✖ The data do not conform.")).to_be_visible()
    page.get_by_role("button", name="Undo the correction of Sources C2").click()
    expect(page.get_by_role("heading", name="Your corrections (1)")).to_be_hidden()
    page.get_by_role("button", name="Check again").click()
    expect(page.locator(".check-cell")).to_have_accessible_name(re.compile("Kind, row 2, publicaton: Violation"), timeout=30_000)


def at(page: Page, address: str) -> Locator:
    """Return the cell of the shown sheet with an address such as D2."""
    letters = page.locator(".check-letters").all_inner_texts()
    return page.locator(f'[data-row="{address[1:]}"][data-column="{letters.index(address[0])}"]')


def test_the_keyboard_walks_the_cells_and_edits_any_of_them(visit: Visitor, download: Download) -> None:
    page = dropped(visit, workbook())
    page.keyboard.press("n")
    expect(at(page, "D2")).to_be_focused()
    last = f"{page.locator('.check-letters').last.inner_text()}2"
    assert last > "I2"
    for key, address in (("ArrowDown", "D3"), ("ArrowRight", "E3"), ("ArrowUp", "E2"), ("Home", "A2"), ("ArrowLeft", "A2"), ("End", last), ("Control+Home", "A2"), ("ArrowUp", "A1")):
        page.keyboard.press(key)
        expect(at(page, address)).to_be_focused()
        assert page.locator("[aria-current=true][data-row]").count() == page.locator('[role="grid"] [tabindex="0"]').count() == 1
    expect(page.locator("#check-here")).to_have_text(re.compile("Determinants, cell A1"))
    # A cell without a finding: Escape leaves it, Enter takes what was written and goes down.
    at(page, "E2").click()
    page.keyboard.press("F2")
    page.keyboard.type("never")
    page.keyboard.press("Escape")
    expect(at(page, "E2")).to_be_focused()
    expect(at(page, "E2")).to_have_text("Leaders wanted the change.")
    page.keyboard.press("Enter")
    page.keyboard.type("Leaders asked for it.")
    page.keyboard.press("Enter")
    expect(at(page, "E3")).to_be_focused()
    expect(at(page, "E2")).to_have_accessible_name(re.compile("row 2: corrected to Leaders asked for it."))
    # Leaving a cell by clicking elsewhere takes its value, and what was clicked is done.
    at(page, "D2").dblclick()
    page.keyboard.type("adoption")
    page.get_by_role("button", name="Accept all suggestions").click()
    expect(page.get_by_role("heading", name="Your corrections (6)")).to_be_visible()
    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_text("✓ The data conform.")).to_be_visible(timeout=30_000)
    book = openpyxl.load_workbook(download(page, lambda: page.get_by_role("button", name="Corrected file").click()))
    assert book["Determinants"]["E2"].value == "Leaders asked for it."
    assert {place: book[place[0]][place[1]].value for place in MENDED} == MENDED


def test_leaving_the_panel_takes_the_value_and_what_was_pressed_is_done(visit: Visitor) -> None:
    page = dropped(visit, workbook())
    page.keyboard.press("n")
    page.get_by_label("Choose from the values of the column").select_option("adoption")
    page.get_by_role("button", name="Next finding").click()
    expect(at(page, "G2")).to_be_focused()
    expect(at(page, "D2")).to_have_accessible_name(re.compile("row 2: corrected to adoption"))
    # A cell that is pressed gets the focus, and so does the field of the panel when a cell is left for it.
    page.get_by_label("New value of the cell").fill("facilitator")
    at(page, "E2").click()
    expect(at(page, "E2")).to_be_focused()
    expect(at(page, "G2")).to_have_accessible_name(re.compile("corrected to facilitator"))
    expect(page.get_by_role("heading", name="Your corrections (2)")).to_be_visible()
    at(page, "E2").dblclick()
    page.keyboard.type("Leaders asked.")
    page.get_by_label("New value of the cell").click()
    expect(page.get_by_role("heading", name="Your corrections (3)")).to_be_visible()
    expect(page.get_by_label("New value of the cell")).to_be_focused()
    expect(page.get_by_label("New value of the cell")).to_have_value("Leaders asked.")
    # A check that is begun from the field knows its value.
    page.get_by_label("New value of the cell").fill("Leaders asked for it.")
    page.get_by_role("button", name="Check again").click()
    expect(at(page, "E2")).to_have_text("✓Leaders asked for it.", timeout=30_000)
    expect(page.get_by_text("3 violations, 0 warnings, 0 remarks.")).to_be_visible()


def test_enter_puts_in_the_value_of_the_field_and_shift_enter_begins_a_line(visit: Visitor) -> None:
    page = dropped(visit, workbook())
    at(page, "E2").click()
    field = page.get_by_label("New value of the cell")
    field.fill("Leaders")
    field.press("End")
    field.press("Shift+Enter")
    field.press_sequentially("asked.")
    field.press("Enter")
    expect(at(page, "E2")).to_have_accessible_name(re.compile("corrected to Leaders asked."))
    expect(page.get_by_role("list", name="Your corrections (1)")).to_contain_text("Leaders\nasked.")


def test_a_value_that_can_be_several_has_a_button_for_each(visit: Visitor) -> None:
    page = dropped(visit, workbook({("determinants", 2, "Phase"): "adoption / implementation", ("determinants", 2, "Construct"): "Cultur"}))
    page.keyboard.press("n")
    expect(page.get_by_role("button", name=re.compile("^Accept suggestion: "))).to_have_text(["Accept suggestion: adoption", "Accept suggestion: implementation"])
    page.get_by_role("button", name="Accept suggestion: implementation").click()
    expect(at(page, "D2")).to_have_accessible_name(re.compile("corrected to implementation"))
    page.get_by_role("button", name="Next finding").click()
    listed = page.get_by_label("Choose from the values of the column").locator("option").all_inner_texts()
    offered = page.get_by_role("button", name=re.compile("^Accept suggestion: ")).all_inner_texts()
    assert offered[0] == "Accept suggestion: III.D Culture" and {o.removeprefix("Accept suggestion: ") for o in offered} <= set(listed)


def test_a_report_after_mending_says_that_the_file_itself_is_as_it_was(visit: Visitor, download: Download) -> None:
    page = dropped(visit, workbook())
    page.get_by_role("button", name="Accept all suggestions (5)").click()
    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_text("✓ The data conform.")).to_be_visible(timeout=30_000)
    report = visit.blank()
    report.set_content(download(page, lambda: page.get_by_role("button", name="Report (HTML)").click()).read_text(encoding="utf-8"))
    expect(report.locator("main")).to_contain_text("Checked with 5 corrections. The file cases.xlsx itself was not changed.")
    expect(report.get_by_role("row").filter(has_text="adoptoin")).to_contain_text("cases.xlsx, Determinants, D2")


def test_the_grid_keeps_its_corner_and_its_words(visit: Visitor) -> None:
    page = dropped(visit, workbook({("cases", 2, "Start"): "2019-11-055", ("cases", 2, "Name"): "Clinic"}), width=700)
    page.get_by_role("button", name=re.compile("^Determinants")).click()
    page.locator(".check-grid").evaluate("grid => { grid.style.maxHeight = '5rem'; grid.scrollTo(200, 40); }")
    corner, row = page.locator(".check-grid thead th").first, page.locator(".check-grid tbody th").first
    grid = page.locator(".check-grid").bounding_box()
    assert grid is not None
    for cell in (corner, row):
        box = cell.bounding_box()
        assert box is not None and abs(box["x"] - grid["x"]) <= 2
    on_top = page.evaluate("([x, y]) => document.elementFromPoint(x, y).closest('th').textContent", [grid["x"] + 8, grid["y"] + 8])
    assert on_top == "Row"
    page.get_by_role("button", name=re.compile("^Cases")).click()
    date = page.get_by_role("gridcell", name=re.compile("2019-11-055"))
    assert date.evaluate("cell => { const r = document.createRange(); r.selectNodeContents(cell.lastChild); return r.getClientRects().length; }") == 1


def test_the_counts_of_the_sheets_follow_the_corrections(visit: Visitor) -> None:
    page = dropped(visit, workbook())
    expect(page.get_by_role("button", name="Determinants (4)")).to_be_visible()
    page.keyboard.press("n")
    page.get_by_role("button", name=re.compile("^Accept suggestion: ")).click()
    expect(page.get_by_role("button", name="Determinants (3)")).to_be_visible()
    expect(page.locator(".panel [data-severity]")).to_have_count(0)


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_the_workbook_to_fill_in_is_that_of_the_edition_that_was_chosen(visit: Visitor, download: Download, script: bool) -> None:
    page = visit("/validate", script=script)
    edition = page.get_by_label("Edition of the constructs")
    expect(page.get_by_role("link", name="empty workbook (CFIR 2022)")).to_be_visible()
    edition.select_option("cfir-2009")
    if not script:
        page.get_by_role("button", name="Use this edition").click()
    link = page.get_by_role("link", name=re.compile(r"empty workbook \(.*2009"))
    book = openpyxl.load_workbook(download(page, link.click))
    assert "cfir-2009" in [cell.value for cell in book["Dataset"][2]]
    example = openpyxl.load_workbook(download(page, page.get_by_role("link", name="workbook with an example (CFIR 2022)").click))
    assert "cfir-2022" in [cell.value for cell in example["Dataset"][2]]
    page.get_by_label("Edition of the constructs").select_option("")
    if script:
        expect(page.get_by_role("link", name="empty workbook (CFIR 2022)")).to_be_visible()


def test_limits_are_said_before_anything_is_sent(visit: Visitor) -> None:
    page = visit("/validate")
    expect(page.locator("html[data-ready=true]")).to_be_attached()
    expect(page.get_by_text("enough for about 5,000 rows")).to_be_visible()
    page.get_by_label("Choose files").set_input_files({"name": "long.csv", "mimeType": "text/csv", "buffer": b"Case\n" + b"north\n" * 400_000})
    expect(page.locator("[data-told]")).to_contain_text("Then send them in parts")


def test_what_is_done_is_seen_wherever_one_is_and_findings_begin_at_the_top(visit: Visitor) -> None:
    page = dropped(visit, workbook(), width=1200)
    page.set_viewport_size({"width": 1200, "height": 500})
    page.route("**/api/v1/validate*", lambda route: None)
    again = page.get_by_role("button", name="Check again")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    again.evaluate("button => button.click()")
    expect(page.get_by_role("status").get_by_text(re.compile("Sending|Checking"))).to_be_in_viewport()
    page.unroute_all(behavior="ignoreErrors")
    page.reload()
    expect(page.locator("html[data-ready=true]")).to_be_attached()
    drop(page, {"cases.xlsx": workbook()})
    heading = page.get_by_role("heading", name="Findings", exact=True)
    expect(heading).to_be_focused(timeout=30_000)
    box = heading.bounding_box()
    assert box is not None and 0 <= box["y"] <= 100


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_the_page_promises_only_what_it_does(visit: Visitor, script: bool) -> None:
    page = visit("/validate", script=script)
    if script:
        expect(page.locator("html[data-ready=true]")).to_be_attached()
    expect(page.get_by_text("save the corrected file")).to_be_visible(visible=script)
    expect(page.get_by_text("Correct them in the program that wrote the file")).to_be_visible(visible=not script)


def test_putting_back_what_the_file_holds_is_no_correction(visit: Visitor) -> None:
    page = dropped(visit, workbook())
    at(page, "E2").dblclick()
    page.keyboard.type("another statement")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your corrections (1)")).to_be_visible()
    at(page, "E2").dblclick()
    page.keyboard.type("Leaders wanted the change.")
    page.keyboard.press("Tab")
    expect(at(page, "F2")).to_be_focused()
    expect(page.get_by_role("heading", name="Your corrections (1)")).to_be_hidden()


@pytest.mark.parametrize("leaving", ["another file", "the page"])
def test_corrections_that_no_file_holds_are_not_lost_unasked(visit: Visitor, download: Download, leaving: str) -> None:
    page = dropped(visit, workbook())
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss() if dialog.type == "confirm" else dialog.accept()

    page.on("dialog", answer)

    def leave() -> None:
        if leaving == "the page":
            page.reload()
        else:
            drop(page, {"cases.xlsx": workbook()})

    if leaving == "another file":
        leave()
        expect(page.get_by_text("5 violations, 0 warnings, 0 remarks.")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Accept all suggestions (5)").click()
    leave()
    assert asked == ["confirm" if leaving == "another file" else "beforeunload"]
    if leaving == "another file":
        expect(page.get_by_role("heading", name="Your corrections (5)")).to_be_visible()
        download(page, lambda: page.get_by_role("button", name="Corrected file").click())
        leave()
        expect(page.get_by_text("5 violations, 0 warnings, 0 remarks.")).to_be_visible(timeout=30_000)
        assert len(asked) == 1


@pytest.mark.parametrize("kind", ["ods", "csv"])
def test_open_document_and_separated_tables_are_mended_alike(visit: Visitor, download: Download, kind: str) -> None:
    tables = spoilt(FIVE)  # type: ignore[arg-type]
    sources = as_opendocument(tables) if kind == "ods" else as_separated(tables)
    page = dropped(visit, {source.name: source.data for source in sources})
    expect(page.get_by_text("5 violations, 0 warnings, 0 remarks.")).to_be_visible()
    page.get_by_role("button", name="Accept all suggestions (5)").click()
    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_text("✓ The data conform.")).to_be_visible(timeout=30_000)
    file = download(page, lambda: page.get_by_role("button", name="Corrected file").click())
    sheets: dict[str, list[list[str]]] = {}
    if kind == "ods":
        assert file.name == "cases.corrected.ods"
        data = file.read_bytes()
        sheets = {sheet.name: [[str(v) for v in row.cells.values()] for row in sheet.rows] for sheet in read_table_file(file.name, data).sheets}
    else:
        with zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                sheets[Path(name).name.partition(".")[0].capitalize()] = list(csv.reader(io.StringIO(archive.read(name).decode("utf-8-sig"), newline="")))
    for (sheet, address), value in MENDED.items():
        assert value in sheets[sheet][int(address[1:]) - 1], (sheet, address)
        assert not set(FIVE.values()) & set(sheets[sheet][int(address[1:]) - 1])


def test_all_suggestions_at_once_and_the_reports(visit: Visitor, download: Download) -> None:
    page = dropped(visit, workbook())
    marked = download(page, lambda: page.get_by_role("button", name="Annotated workbook").click())
    assert openpyxl.load_workbook(marked)["Sources"]["C2"].comment is not None
    report = download(page, lambda: page.get_by_role("button", name="Report (CSV)").click())
    assert len(report.read_text(encoding="utf-8-sig").strip().splitlines()) == 6
    assert "publicaton" in download(page, lambda: page.get_by_role("button", name="Report (HTML)").click()).read_text(encoding="utf-8")
    page.get_by_role("button", name="Accept all suggestions (5)").click()
    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_text("✓ The data conform.")).to_be_visible(timeout=30_000)


def test_what_is_left_out_by_severity_is_neither_listed_nor_marked(visit: Visitor) -> None:
    page = dropped(visit, workbook())
    expect(page.locator(".check-list button").first).to_be_visible()
    page.get_by_role("checkbox", name="Violation").uncheck()
    expect(page.locator(".check-list button")).to_have_count(0)
    expect(page.locator(".check-cell")).to_have_count(0)
    expect(page.get_by_role("button", name="Next finding")).to_be_disabled()
    expect(page.get_by_role("checkbox", name="Violation")).to_be_focused()
    page.get_by_role("checkbox", name="Violation").check()
    expect(page.locator(".check-list button")).to_have_count(5)


def test_a_wrong_kind_is_told_before_anything_is_sent(visit: Visitor) -> None:
    page = visit("/validate")
    expect(page.locator("html[data-ready=true]")).to_be_attached()
    page.get_by_label("Choose files").set_input_files({"name": "notes.docx", "mimeType": "application/octet-stream", "buffer": b"x"})
    expect(page.get_by_role("status").filter(has_text="notes.docx cannot be read")).to_be_visible()
    page.get_by_role("button", name="Check", exact=True).click()
    assert [method for method, _ in visit.sent if method == "POST"] == []


def test_a_file_that_cannot_be_read_is_told_in_plain_words(visit: Visitor) -> None:
    page = dropped(visit, b"no workbook at all")
    finding = page.get_by_role("list", name="Findings about a row, a sheet or a file")
    expect(finding).to_contain_text("cases.xlsx")
    expect(page.get_by_text("Nothing was checked: no row of case data could be read.")).to_be_visible()
    expect(page.get_by_text("The data do not conform")).to_have_count(0)


def test_without_scripts_the_form_shows_a_table(visit: Visitor) -> None:
    page = visit("/validate", script=False)
    page.get_by_label("Choose files").set_input_files({"name": "cases.xlsx", "mimeType": XLSX, "buffer": workbook()})
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_text("The data do not conform.")).to_be_visible(timeout=30_000)
    expect(page.locator("main tbody tr")).to_have_count(5)
    expect(page.locator("main tbody")).to_contain_text("publicaton")
    assert page.url.endswith("/validate")
    page.get_by_label("Choose files").set_input_files({"name": "cases.xlsx", "mimeType": XLSX, "buffer": b"no workbook at all"})
    page.get_by_role("button", name="Check", exact=True).click()
    expect(page.get_by_text("Nothing was checked: no row of case data could be read.")).to_be_visible(timeout=30_000)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_findings_can_be_used_by_everyone(visit: Visitor, axe: Callable[..., None], dark: bool) -> None:
    page = dropped(visit, workbook(), dark=dark)
    axe(page)
    page.keyboard.press("n")
    page.get_by_role("button", name=re.compile("^Accept suggestion: ")).click()
    axe(page)


def test_the_workbook_to_fill_in_is_there(visit: Visitor, download: Download) -> None:
    page = visit("/validate")
    book = openpyxl.load_workbook(download(page, lambda: page.get_by_role("link", name="empty workbook").click()))
    assert {"Dataset", "Cases", "Determinants"} <= set(book.sheetnames)
