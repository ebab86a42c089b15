"""What every page has, and the tree of an edition: search as one types, light and dark, folding, filtering, the keyboard."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect


def ready(page: Page) -> Page:
    """Wait until the scripts of the page can be used."""
    expect(page.locator("html[data-ready=true]")).to_be_attached()
    return page


def test_search_as_one_types_leads_to_a_construct_by_keyboard_alone(visit, axe) -> None:
    page = ready(visit("/"))
    box = page.get_by_role("combobox")
    box.press_sequentially("aspire to new")
    option = page.get_by_role("option").first
    expect(option).to_contain_text("Motivating one to aspire to new roles")
    expect(option).to_contain_text("IMRI")
    expect(box).to_have_attribute("aria-expanded", "true")
    axe(page)
    box.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == option.get_attribute("id")
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"/concepts/imri:T7$"))
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Recovery frameworks")


def test_escape_closes_the_hits_and_enter_searches_as_a_page(visit) -> None:
    page = ready(visit("/frameworks"))
    box = page.get_by_role("combobox")
    box.fill("hope")
    expect(page.get_by_role("option")).to_have_count(3)
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=hope$"))
    expect(page.get_by_text("3 constructs", exact=True)).to_be_visible()


def test_a_word_that_finds_nothing_says_so(visit) -> None:
    page = ready(visit("/"))
    page.get_by_role("combobox").fill("zzzzzz")
    expect(page.get_by_role("option")).to_have_count(1)
    expect(page.get_by_role("option")).to_contain_text("Nothing found")


def test_without_scripts_the_box_is_a_form(visit) -> None:
    page = visit("/", script=False)
    page.get_by_role("searchbox").fill("IV.C")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name=re.compile("Individual Stage of Change"))).to_be_visible()


def test_the_theme_that_was_chosen_stays(visit) -> None:
    page = ready(visit("/"))
    before = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    switch = page.get_by_role("button", name="Light or dark")
    switch.click()
    after = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert after != before
    page.goto("/frameworks/chime")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == after
    expect(page.get_by_role("button", name="Light or dark")).to_have_attribute("aria-pressed", "true")


def test_what_is_folded_stands_in_the_address_and_comes_back(visit) -> None:
    page = ready(visit("/frameworks/chime"))
    hope = page.locator('details[data-curie="chime:H"]')
    page.locator('[data-node="chime:H"] > .node-name a').press("ArrowLeft")
    expect(hope).not_to_have_attribute("open", "")
    expect(page).to_have_url(re.compile(r"folded=chime%3AH|folded=chime:H"))
    page.reload()
    expect(ready(page).locator('details[data-curie="chime:H"]')).not_to_have_attribute("open", "")
    expect(page.locator('details[data-curie="chime:I"]')).to_have_attribute("open", "")
    page.get_by_role("button", name="Fold all").click()
    expect(page.locator("details.branch[open]")).to_have_count(0)
    page.get_by_role("button", name="Open all").click()
    expect(page.locator("details.branch:not([open])")).to_have_count(0)


def test_the_arrow_keys_walk_the_tree(visit) -> None:
    page = ready(visit("/frameworks/chime"))
    first = page.locator('[data-node="chime:C"] > .node-name a')
    first.focus()
    first.press("ArrowDown")
    expect(page.locator('[data-node="chime:C1"] a').first).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(first).to_be_focused()
    page.keyboard.press("End")
    expect(page.locator('[data-node="chime:E3"] a').first).to_be_focused()


def test_the_filter_keeps_what_is_above_a_match(visit, axe) -> None:
    page = ready(visit("/frameworks/chime"))
    page.get_by_label("Show only").fill("hope-inspiring")
    expect(page.locator('[data-node="chime:H3"]')).to_be_visible()
    expect(page.locator('[data-node="chime:H"]')).to_be_visible()
    expect(page.locator('[data-node="chime:C"]')).to_be_hidden()
    expect(page.get_by_text("One member shown")).to_be_visible()
    axe(page)


def test_an_edition_can_be_taken_home_as_turtle(visit, download) -> None:
    page = visit("/frameworks/chime")
    file = download(page, lambda: page.get_by_role("complementary").get_by_role("link", name="Turtle", exact=True).click())
    text = file.read_text(encoding="utf-8")
    assert "chime:H " in text and "Hope and optimism about the future" in text
