"""Constructs, records and citations in a browser: folds kept in the address, ways onward, copying, and reading without scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from imri_kg.graph import KnowledgeGraph

RECORD = "details#imri-chime-s02"
BROWSER = {"accept": "text/html"}


def ready(page: Any) -> None:
    expect(page.locator("html[data-ready=true]")).to_be_attached()


def test_from_the_search_to_whose_claim_it_is_and_where(visit: Any) -> None:
    page = visit("/")
    ready(page)
    page.get_by_role("combobox").fill("aspire to new roles")
    page.get_by_role("option", name=re.compile("Motivating one to aspire")).click()
    page.wait_for_url("**/concepts/imri:T7")
    record = page.locator(RECORD)
    expect(record).to_have_attribute("open", "")
    expect(record.locator("summary")).to_contain_text("Piat et al. 2022, Discussion, paragraph on corroboration and CHIME")
    expect(record.locator("summary")).to_contain_text("aligns with")
    expect(record.get_by_role("link", name="to the passage")).to_have_attribute("href", re.compile(r"#:~:text="))
    record.get_by_role("link", name="mapping:imri-chime-s02").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hope and optimism about the future")


def test_what_is_folded_out_stands_in_the_address_and_comes_back(visit: Any, axe: Any) -> None:
    page = visit("/concepts/imri:T7")
    ready(page)
    fold = page.locator("details.record-row:not([open])").first
    name = fold.get_attribute("data-fold")
    fold.locator("summary").click()
    page.wait_for_url(f"**/concepts/imri:T7?open={name}")
    page.locator(f"{RECORD} > summary").click()
    page.wait_for_url(re.compile(r"closed=imri-chime-s02"))
    axe(page)
    page.reload()
    ready(page)
    expect(page.locator(f"details#{name}")).to_have_attribute("open", "")
    expect(page.locator(f"{RECORD}[open]")).to_have_count(0)
    page.locator(f"{RECORD} > summary").click()
    page.locator(f"details#{name} > summary").click()
    page.wait_for_url("**/concepts/imri:T7")


def test_back_leads_to_the_construct_as_it_was(visit: Any) -> None:
    page = visit("/concepts/imri:T7")
    ready(page)
    fold = page.locator("details.record-row:not([open])").first
    name = fold.get_attribute("data-fold")
    fold.locator("summary").click()
    page.wait_for_url(f"**?open={name}")
    page.locator(f"details#{name}").get_by_role("link", name=f"mapping:{name}").click()
    page.wait_for_url(f"**/mappings/mapping:{name}")
    page.go_back()
    expect(page.locator(f"details#{name}")).to_have_attribute("open", "")


def test_a_fragment_opens_the_record_that_it_points_at(visit: Any) -> None:
    page = visit("/concepts/imri:B1#imri-cfir2022-x01")
    ready(page)
    expect(page.locator("details#imri-cfir2022-x01")).to_have_attribute("open", "")
    expect(page.locator("details#exploratory")).to_have_attribute("open", "")


def test_records_fold_by_the_keyboard(visit: Any) -> None:
    page = visit("/mappings?subject=imri:T7&object_framework=chime")
    ready(page)
    summary = page.locator(f"{RECORD} > summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator(RECORD)).to_have_attribute("open", "")
    expect(summary).to_be_focused()


def test_the_form_of_records_asks_only_for_what_was_filled_in(visit: Any) -> None:
    page = visit("/mappings")
    page.get_by_label("From edition").select_option("imri")
    page.get_by_label("To edition").select_option("chime")
    page.get_by_role("checkbox", name="author-stated").check()
    page.get_by_role("button", name="List records").click()
    page.wait_for_url("**/mappings?subject_framework=imri&object_framework=chime&basis=author-stated")
    expect(page.get_by_role("status").filter(has_text="records on this page")).to_have_text("5 records on this page")
    page.get_by_role("link", name="Take away: author-stated").click()
    expect(page).to_have_url(re.compile(r"/mappings\?subject_framework=imri&object_framework=chime$"))


def test_explain_and_pathways_are_asked_from_the_construct(visit: Any) -> None:
    page = visit("/concepts/imri:T7")
    page.get_by_label("Compare with another construct").fill("chime:H")
    page.get_by_role("button", name="Explain").click()
    page.wait_for_url("**/explain?subject=imri:T7&object=chime:H" if ":T7" in page.url else re.compile(r"/explain\?subject=imri%3AT7&object=chime%3AH"))


def test_a_citation_is_copied(visit: Any) -> None:
    page = visit("/cite?of=mapping:imri-chime-s02", permissions=["clipboard-read", "clipboard-write"])
    ready(page)
    page.get_by_role("button", name="Copy: BibTeX").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    assert "@article{piat-2022" in page.evaluate("navigator.clipboard.readText()")


def test_without_scripts_all_of_it_can_be_read(visit: Any) -> None:
    page = visit("/concepts/imri:T7", script=False)
    expect(page.locator(f"{RECORD} .passage-says")).to_be_visible()
    page.locator("details.record-row:not([open]) > summary").first.click()
    expect(page.locator("details.record-row[open]")).to_have_count(2)
    page.goto("/cite?of=mapping:imri-chime-s02")
    expect(page.get_by_text("@article{piat-2022")).to_be_visible()
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)


def test_a_narrow_screen_shows_the_mappings_first_and_the_ways_onward_after(visit: Any, axe: Any) -> None:
    page = visit("/concepts/imri:T7", width=360, height=800)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.locator(RECORD).bounding_box()["y"] < page.get_by_role("heading", name="Pathways").bounding_box()["y"]
    axe(page)


def test_the_page_of_each_kind_of_construct_is_valid(visit: Any, html_validate: Any, graph: KnowledgeGraph) -> None:
    page = visit("/concepts/imri:B1")
    kinds = {(key, m.kind): m.curie for key in graph.framework_service.keys() for m in graph.framework_service.members(key)}
    assert len(kinds) == 18
    for curie in kinds.values():
        html_validate(page.request.get(f"/concepts/{curie}", headers=BROWSER).text(), curie)


@pytest.mark.parametrize("where", ["/concepts/review:G2", "/concepts/assimilation:X", "/concepts/review:T9", "/sources/mulvale-2024", "/mappings/diffusion-cfir2009-n01", "/mappings"])
def test_whatever_can_be_folded_out_is_accessible(visit: Any, axe: Any, where: str) -> None:
    page = visit(where)
    page.evaluate("document.querySelectorAll('main details').forEach((fold) => { fold.open = true; })")
    axe(page)


@pytest.mark.parametrize("path", ["/concepts/imri:P1", "/concepts/cfir2009:II.A", "/changes/cfir-2009/cfir-2022", "/search?q=recovery"])
def test_a_narrow_window_shows_tables_whole(visit: Visitor, path: str) -> None:
    page = visit(path, width=360, height=800)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate("[...document.querySelectorAll('main .scroller')].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.ariaLabel)") == []


def test_the_head_of_a_long_comparison_stays_in_sight(visit: Visitor) -> None:
    page = visit("/changes/cfir-2009/cfir-2022#cfir2009-V.B3", width=1400, height=800)
    head, row = page.locator(".changes thead th").first.bounding_box(), page.locator("[id='cfir2009-V.B3']").bounding_box()
    assert head and row and head["y"] == 0 and head["height"] <= row["y"] < 400


def test_the_question_of_the_first_page_opens_on_its_answer(visit: Visitor) -> None:
    page = visit("/", width=1400, height=900)
    page.get_by_role("link", name="What became of “Patient Needs & Resources” of CFIR 2009?").click()
    expect(page.locator(".changes-told", has_text="by our reading").first).to_be_in_viewport()
