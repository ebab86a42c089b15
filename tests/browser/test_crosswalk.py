"""The matrix of a crosswalk in a browser: grid, panel, folds, filters, downloads, on narrow screens, on paper and without JavaScript."""

from __future__ import annotations

import csv
import struct
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from visiting import Visitor

READY = "html[data-ready=true]"
B1_H4 = "B1 Experiencing personal growth or wellbeing, H4 Positive thinking and valuing success: mapped, curated"
B1_H = "B1 Experiencing personal growth or wellbeing, H Hope and optimism about the future: not assessed"


def opened(visit: Visitor, path: str = "/crosswalks/imri/chime", *, width: int = 1400, height: int = 900) -> Page:
    page = visit(path, width=width, height=height)
    expect(page.locator(READY)).to_be_attached()
    return page


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.id ?? ''"))


def test_every_cell_has_a_name_of_row_column_and_state(visit: Visitor) -> None:
    page = opened(visit)
    grid = page.get_by_role("grid", name="Crosswalk of IMRI in rows and CHIME in columns")
    expect(grid).to_be_visible()
    expect(page.get_by_role("gridcell", name=B1_H4, exact=True)).to_have_count(1)
    expect(page.get_by_role("gridcell", name=B1_H, exact=True)).to_have_count(1)
    expect(page.get_by_role("gridcell", name="not assessed")).to_have_count(634)
    assert page.evaluate("document.querySelectorAll('.cw-grid [tabindex=\"0\"]').length") == 1


def test_a_cell_opens_its_panel_and_back_closes_it(visit: Visitor, axe: Callable[[Page], None]) -> None:
    page = opened(visit)
    cell = page.get_by_role("gridcell", name=B1_H4, exact=True)
    cell.click()
    panel = page.get_by_role("complementary", name="mapped")
    expect(panel).to_be_visible()
    expect(panel).to_be_focused()
    expect(panel.get_by_text("mapping:imri-chime-c08")).to_be_visible()
    assert "cell=imri:B1,chime:H4" in unquote(page.url)
    axe(page)
    page.go_back()
    expect(panel).to_be_hidden()
    expect(cell).to_be_focused()
    page.go_forward()
    expect(panel).to_be_visible()
    page.reload()
    expect(panel).to_be_visible()


def test_escape_and_close_give_the_focus_back(visit: Visitor) -> None:
    page = opened(visit)
    cell = page.get_by_role("gridcell", name=B1_H, exact=True)
    cell.click()
    panel = page.locator("#cw-panel")
    expect(panel).to_contain_text("have not been assessed")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(cell).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel).to_be_focused()
    page.get_by_role("link", name="Close").click()
    expect(panel).to_have_count(0)
    expect(cell).to_be_focused()
    assert "cell" not in page.url


def test_a_second_cell_takes_the_place_of_the_first(visit: Visitor) -> None:
    page = opened(visit)
    page.get_by_role("gridcell", name=B1_H4, exact=True).click()
    expect(page.locator("#cw-panel")).to_contain_text("imri-chime-c08")
    page.get_by_role("gridcell", name=B1_H, exact=True).click()
    expect(page.locator("#cw-panel")).to_contain_text("have not been assessed")
    expect(page.locator(".cw-grid [aria-current=true]")).to_have_count(1)
    page.go_back()
    expect(page.locator("#cw-panel")).to_have_count(0)


def test_the_keyboard_walks_the_grid(visit: Visitor) -> None:
    page = opened(visit)
    page.locator(".cw-grid td[tabindex='0']").focus()
    for key, expected in (
        ("ArrowDown", "B1 Experiencing personal growth or wellbeing, C Connectedness: not assessed"),
        ("ArrowRight", "B1 Experiencing personal growth or wellbeing, C1 Peer support and support groups: not assessed"),
        ("End", "B1 Experiencing personal growth or wellbeing, E3 Focusing upon strengths: not assessed"),
        ("ArrowLeft", "B1 Experiencing personal growth or wellbeing, E2 Control over life: not assessed"),
        ("ArrowDown", "B2 Being hesitant about or resistant to change (rebuilt), E2 Control over life: not assessed"),
        ("Home", "B2 Being hesitant about or resistant to change (rebuilt), C Connectedness: not assessed"),
        ("End", "B2 Being hesitant about or resistant to change (rebuilt), E3 Focusing upon strengths: not assessed"),
        ("Control+Home", "B Ways of being, C Connectedness: not assessed"),
        ("PageDown", "T2 Increasing knowledge of recovery (rebuilt), C Connectedness: not assessed"),
        ("PageUp", "B Ways of being, C Connectedness: not assessed"),
        ("Control+End", "O7 Inspiring expansion and scaling-up, E3 Focusing upon strengths: not assessed"),
    ):
        page.keyboard.press(key)
        assert focused(page) == expected, key
    # The cell with the focus is not behind the headings that stay.
    page.keyboard.press("Control+Home")
    seen = page.evaluate("(() => { const b = document.activeElement.getBoundingClientRect(); return document.elementFromPoint(b.left + b.width / 2, b.top + b.height / 2) === document.activeElement; })()")
    assert seen


def test_a_heading_folds_by_the_keyboard_and_the_address_keeps_it(visit: Visitor, axe: Callable[[Page], None]) -> None:
    page = opened(visit)
    page.locator(".cw-grid td[tabindex='0']").focus()
    page.keyboard.press("ArrowLeft")
    heading = page.get_by_role("rowheader", name="Ways of being")
    expect(heading).to_be_focused()
    expect(heading).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Enter")
    heading = page.get_by_role("rowheader", name="Ways of being")
    expect(heading).to_have_attribute("aria-expanded", "false")
    expect(heading).to_be_focused()
    expect(page.get_by_role("rowheader", name="Experiencing personal growth")).to_have_count(0)
    expect(page.get_by_role("gridcell", name="B Ways of being, H4 Positive thinking and valuing success: 1 mapped, 2 not assessed")).to_have_count(1)
    assert "folded_row=imri:B" in unquote(page.url)
    axe(page)
    page.go_back()
    expect(page.get_by_role("rowheader", name="Experiencing personal growth")).to_have_count(1)
    page.go_forward()
    page.reload()
    expect(page.get_by_role("rowheader", name="Experiencing personal growth")).to_have_count(0)


def test_filters_are_a_form_whose_choices_stand_in_the_address(visit: Visitor) -> None:
    page = opened(visit)
    page.get_by_text("Kinds of construct and filters").click()
    page.get_by_label("Impact (21)").check()
    page.get_by_label("hide rows and columns without any record").check()
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(READY)).to_be_attached()
    assert "row_kind=Impact" in page.url and "recorded=true" in page.url
    expect(page.get_by_role("rowheader")).to_have_count(6)
    expect(page.get_by_text("19 of 25 constructs of the rows are not shown.")).to_be_visible()


def test_a_gap_leads_to_the_cell_that_judged_it(visit: Visitor) -> None:
    page = opened(visit, "/crosswalks/imri/chime?row_kind=Impact")
    link = page.locator("[aria-labelledby=gaps-1]").get_by_role("link", name="H2 Motivation to change")
    link.click()
    expect(page.locator("#cw-panel")).to_contain_text("mapping:imri-chime-n02")
    page.keyboard.press("Escape")
    expect(link).to_be_focused()


def test_the_panel_fits_a_narrow_screen(visit: Visitor) -> None:
    page = opened(visit, width=360, height=740)
    expect(page.locator(".cw-grid")).to_be_hidden()
    page.get_by_role("link", name="mapped H4 Positive thinking").click()
    panel = page.locator("#cw-panel")
    expect(panel).to_be_focused()
    box = panel.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= 360 and box["y"] + box["height"] <= 741
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="mapped H4 Positive thinking")).to_be_focused()


def test_without_javascript_cells_and_folds_are_links(visit: Visitor) -> None:
    page = visit("/crosswalks/imri/chime", script=False, width=1400)
    page.get_by_role("link", name=B1_H4).click()
    expect(page.locator("#cw-panel")).to_contain_text("mapping:imri-chime-c08")
    page.get_by_role("link", name="Close").click()
    expect(page.locator("#cw-panel")).to_have_count(0)
    page.get_by_role("link", name="Fold 2 below Ways of being").click()
    expect(page.get_by_role("link", name="Open 2 below Ways of being")).to_be_visible()
    page.locator("select[name=subject]").select_option("imri:B1")
    page.locator("select[name=object]").select_option("chime:H")
    page.get_by_role("button", name="Explain").click()
    assert "/explain?subject=imri" in page.url
    page.goto("/crosswalks/imri/chime?state=mapped&min_confidence=0.7")
    page.get_by_text("Kinds of construct and filters").click()
    expect(page.locator("select[name=min_confidence]")).to_have_value("0.7")


@pytest.mark.parametrize("folded", ["", "?folded_row=imri:B"])
def test_the_drawing_can_be_taken_as_svg_and_png(visit: Visitor, download: Callable[[Page, Callable[[], None]], Path], folded: str) -> None:
    page = opened(visit, f"/crosswalks/imri/chime{folded}")
    svg = download(page, lambda: page.get_by_role("link", name="SVG", exact=True).click())
    assert svg.name == "crosswalk-imri-chime.svg"
    root = ElementTree.parse(svg).getroot()
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert ("B Ways of being (+2)" in texts) is bool(folded)
    png = download(page, lambda: page.get_by_role("button", name="PNG").click())
    assert png.name == "crosswalk-imri-chime.png"
    data = png.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    assert (width, height) == (2 * int(root.attrib["width"]), 2 * int(root.attrib["height"]))
    # A picture of nothing would be far smaller.
    assert len(data) > 20_000


def test_the_data_and_the_table_can_be_taken(visit: Visitor, download: Callable[[Page, Callable[[], None]], Path]) -> None:
    page = opened(visit, "/crosswalks/imri/chime")
    for place, name in ((page.locator(".cw-take"), "crosswalk-imri-chime"), (page.locator(".foot"), "crosswalks-imri-chime")):
        cells = download(page, lambda place=place: place.get_by_role("link", name="CSV", exact=True).click())  # type: ignore[misc]
        assert cells.name == f"{name}.csv"
        assert len(list(csv.DictReader(cells.read_text(encoding="utf-8").splitlines()))) == 650
        sssom = download(page, lambda place=place: place.get_by_role("link", name="SSSOM", exact=True).click())  # type: ignore[misc]
        assert sssom.name == f"{name}.sssom.tsv"
        assert "mapping:imri-chime-c08" in sssom.read_text(encoding="utf-8")
    page = opened(visit, "/crosswalks/imri/chime?row_kind=Impact")
    cells = download(page, lambda: page.get_by_role("link", name="CSV, as filtered").click())
    assert (cells.name, len(list(csv.DictReader(cells.read_text(encoding="utf-8").splitlines())))) == ("crosswalk-imri-chime-filtered.csv", 21 * 26)
    sssom = download(page, lambda: page.get_by_role("link", name="SSSOM, as filtered").click())
    assert sssom.name == "crosswalk-imri-chime-filtered.sssom.tsv"
    assert "4 of 25 constructs of the rows are not shown." in sssom.read_text(encoding="utf-8")
    page.get_by_role("link", name="Table for a paper").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Crosswalk of IMRI and CHIME")
    lines = download(page, lambda: page.get_by_role("link", name="CSV", exact=True).first.click())
    assert len(list(csv.DictReader(lines.read_text(encoding="utf-8").splitlines()))) == 31
    text = download(page, lambda: page.get_by_role("link", name="Markdown", exact=True).first.click())
    assert text.name == "crosswalk-imri-chime-table.md"
    book = load_workbook(download(page, lambda: page.get_by_role("link", name="Excel, with citation").click()))
    assert book["Crosswalk"].max_row == 32 and "Crosswalk of IMpacts" in " ".join(str(row[1]) for row in book["How to cite it"].iter_rows(values_only=True))


def test_the_table_is_copied_as_a_table(visit: Visitor) -> None:
    page = visit.blank(permissions=["clipboard-read", "clipboard-write"])
    page.goto("/crosswalks/imri/chime/table?row_kind=Impact")
    page.get_by_role("button", name="Copy: Crosswalk of IMRI and CHIME").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    lines = page.evaluate("navigator.clipboard.readText()").splitlines()
    assert len(lines) == 32 and lines[0].split("\t")[:3] == ["Construct", "Relation", "Counterpart"]
    html = page.evaluate("navigator.clipboard.read().then(([item]) => item.getType('text/html')).then((blob) => blob.text())")
    assert html.count("<tr>") == 32 and "class=" not in html and "href=" not in html


def test_the_largest_crosswalk_has_all_its_cells(visit: Visitor) -> None:
    page = opened(visit, "/crosswalks/cfir-2009/cfir-2022")
    expect(page.get_by_role("gridcell", name="mapped")).to_have_count(62)


def test_paper_shows_codes_with_a_key(visit: Visitor) -> None:
    page = visit("/crosswalks/cfir-2009/cfir-2022", printed=True, width=1047)
    expect(page.locator(".cw-key")).to_be_visible()
    assert page.locator(".cw-key li").count() == 74
    assert page.locator(".cw-grid").bounding_box()["width"] <= 1047  # type: ignore[index]
    expect(page.locator(".cw-grid thead .lb").first).to_be_hidden()
    sizes = page.pdf(prefer_css_page_size=True)
    # A4 across, on every page: 842 by 595 points.
    assert sizes.count(b"/MediaBox [0 0 841.9") == sizes.count(b"/MediaBox [") > 0


def test_the_first_questions_are_answered_by_clicking(visit: Visitor) -> None:
    """From the first page: impacts without a counterpart in one click; the review's themes to CFIR 2022 as a table in four."""
    page = opened(visit, "/")
    page.get_by_role("link", name="Which IMRI impacts have no counterpart in CHIME").click()
    expect(page.get_by_text("17 of 21 in IMRI have no recorded counterpart in CHIME:")).to_be_visible()
    page.goto("/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Crosswalks").click()
    page.get_by_role("link", name="Review 2021 × CFIR 2022").click()
    page.get_by_role("link", name="Show the routes").click()
    page.get_by_role("link", name="Table for a paper").click()
    expect(page.get_by_role("heading", name="How to cite it")).to_be_visible()
