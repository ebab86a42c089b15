"""Cases and tables of counts in a browser: the way to an answer by clicking, without scripts, back and again, and the files that one takes home."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from visiting import Visitor

ESTHER = "mulvale-2024.esther"


def test_what_hindered_in_the_assimilation_phase_is_two_clicks_from_the_first_page(visit: Visitor) -> None:
    page = visit("/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Cases").click()
    page.get_by_role("link", name="What hindered in the assimilation phase").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Barriers and mixed, in assimilation: three cases")
    row = page.get_by_role("row", name="assimilation")
    expect(row.get_by_role("cell").nth(0)).to_contain_text("2 barriers")
    expect(row.get_by_role("cell").nth(1)).to_contain_text("2 barriers")
    expect(row.get_by_role("cell").nth(2)).to_contain_text("none coded here")
    expect(page.get_by_text("Without dedicated funding and leadership sustainability is in question.")).to_be_visible()


def test_cases_are_chosen_and_compared_without_scripts(visit: Visitor) -> None:
    page = visit("/cases", script=False)
    page.get_by_label("Compare ESTHER").check()
    page.get_by_label("Compare Québec").check()
    page.get_by_role("button", name="Compare the chosen cases").click()
    assert page.url.endswith(f"/cases?compare={ESTHER}&compare=piat-2022.quebec")
    expect(page.get_by_role("heading", level=1)).to_have_text("Two cases side by side")
    page.get_by_role("group", name="Phase").get_by_label("adoption").check()
    page.get_by_role("button", name="Show these").click()
    expect(page.get_by_text("11 of 40 observations")).to_be_visible()
    # What was chosen is chosen still, after a reload as well.
    page.reload()
    expect(page.get_by_role("group", name="Phase").get_by_label("adoption")).to_be_checked()
    page.get_by_role("link", name="Show all").click()
    assert page.url.endswith(f"/cases?compare={ESTHER}&compare=piat-2022.quebec")


def test_a_cell_opens_what_lies_behind_it_and_back_closes_it(visit: Visitor, axe: Callable[[Page], None]) -> None:
    page = visit("/matrix?rows=case&columns=phase&valence=barrier")
    cell = page.get_by_role("link", name="ESTHER, assimilation: 2 observations")
    cell.focus()
    page.keyboard.press("Enter")
    behind = page.get_by_role("region", name="Behind ESTHER × assimilation")
    expect(behind).to_be_in_viewport()
    expect(behind.get_by_role("listitem")).to_have_count(2)
    axe(page)
    page.reload()
    expect(behind).to_be_visible()
    behind.get_by_role("link", name="Close").click()
    expect(behind).to_be_hidden()
    page.go_back()
    expect(behind).to_be_visible()
    page.go_back()
    expect(behind).to_be_hidden()


def test_a_table_is_asked_for_by_the_form_alone(visit: Visitor) -> None:
    page = visit("/matrix", script=False)
    page.get_by_label("Rows", exact=True).select_option("domain")
    page.get_by_label("Columns", exact=True).select_option("valence")
    page.locator("summary", has_text="Only: Case").click()
    page.get_by_label("ESTHER", exact=False).and_(page.locator("[name=case]")).check()
    page.get_by_role("button", name="Count").click()
    assert page.url.endswith(f"/matrix?rows=domain&columns=valence&case={ESTHER}")
    expect(page.get_by_role("link", name="Inner Setting, facilitator: 6 observations")).to_be_visible()
    page.get_by_role("link", name=re.compile("Take away the filter Case")).click()
    assert page.url.endswith("/matrix?rows=domain&columns=valence")


def test_a_table_is_taken_home_as_csv_and_json(visit: Visitor, download: Callable[[Page, Callable[[], None]], Path]) -> None:
    page = visit(f"/matrix?rows=case&columns=phase&valence=barrier&row={ESTHER}")
    reply = page.request.get(page.get_by_role("link", name="CSV", exact=True).get_attribute("href") or "")
    rows = list(csv.DictReader(reply.text().splitlines()))
    assert [r["total"] for r in rows if (r["row"], r["column"]) == (ESTHER, "phase:assimilation")] == ["2"]
    # What the page shows open is no part of the data.
    assert {r["row"] for r in rows} > {ESTHER}
    body = json.loads(page.request.get(page.get_by_role("link", name="JSON", exact=True).get_attribute("href") or "").text())
    assert body["counts"]["total"] == 22


def test_the_list_is_a_list_on_a_phone(visit: Visitor) -> None:
    page = visit("/cases", width=360, height=800)
    box = page.get_by_role("row", name=re.compile("ESTHER")).bounding_box()
    assert box and box["width"] <= 360
    # Each value says what it is, since no heading of a column is near.
    shown = page.get_by_role("cell").filter(has_text="Jönköping").evaluate("e => getComputedStyle(e, '::before').content")
    assert "Where" in shown


def test_a_printed_table_keeps_its_numbers_and_drops_the_form(visit: Visitor) -> None:
    page = visit("/matrix?rows=case&columns=phase&valence=barrier", printed=True)
    expect(page.get_by_role("table")).to_be_visible()
    expect(page.get_by_text("Change rows, columns and filters")).to_be_hidden()


@pytest.mark.parametrize("path", ["/cases/mulvale-2024.esther", "/cases/piat-2022.quebec", "/cases/mulvale-2024.esther?phase=assimilation&valence=barrier&valence=mixedValence"])
def test_a_narrow_window_shows_a_case_whole(visit: Visitor, path: str) -> None:
    page = visit(path, width=360, height=800)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate("[...document.querySelectorAll('main .scroller')].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.ariaLabel)") == []
