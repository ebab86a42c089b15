"""The drawing of explanations and paths in a browser: focus and arrow keys, links with the text, downloads, fields with suggestions, paper and no scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect
from visiting import Visitor

READY = "html[data-ready=true]"
ROUTES = "/explain?subject=cfir2009:III.D2&object=diffusion:D1.2"
MANY = "/pathways?from=recovery-review&to=imri&hypotheses=true&exploratory=true"
SVG = "{http://www.w3.org/2000/svg}"


def opened(visit: Visitor, path: str, *, width: int = 1600, height: int = 900) -> Page:
    page = visit(path, width=width, height=height)
    expect(page.locator(READY)).to_be_attached()
    return page


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.id ?? ''"))


def enter(page: Page) -> None:
    """Put the focus where Tab puts it: on the one stop of the drawing."""
    page.get_by_role("button", name="Download the drawing").focus()
    page.keyboard.press("Tab")


@pytest.mark.parametrize("path", ["/explain?subject=imri:T7&object=chime:H", ROUTES, "/explain?subject=cfir2009:III.D5&object=review:T5"])
def test_a_narrow_window_shows_the_records_and_then_the_first_step_whole(visit: Visitor, path: str) -> None:
    page = opened(visit, path, width=360, height=800)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    box, plate = page.locator(".graph-room > .scroller").bounding_box(), page.locator(".steps-drawing .edge-plate").first.bounding_box()
    assert box and plate and plate["x"] >= box["x"] and plate["x"] + plate["width"] <= box["x"] + box["width"]
    records, drawing = page.locator("#records").bounding_box(), page.locator("#as-drawing").bounding_box()
    assert records and drawing and records["y"] < drawing["y"]


def test_arrow_keys_walk_from_box_to_step_to_box(visit: Visitor) -> None:
    page = opened(visit, "/explain?subject=imri:B1&object=chime:E", width=1900)
    assert page.locator('.steps-drawing [tabindex="0"]').count() == 1
    enter(page)
    assert focused(page) == "B1 IMRI Experiencing personal growth or wellbeing. Begins here"
    page.keyboard.press("ArrowRight")
    assert focused(page).startswith("4 contributes to: from Providing information and skills to Experiencing personal growth or wellbeing, curated")
    page.keyboard.press("ArrowDown")
    assert focused(page) == "2 is related to: from Experiencing personal growth or wellbeing to Personal responsibility, curated"
    page.keyboard.press("ArrowRight")
    assert focused(page).startswith("E1 CHIME Personal responsibility")
    page.keyboard.press("ArrowRight")
    assert focused(page).startswith("a: No rule joins steps 2 and 3. relatedMatch is associative and not transitive")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert focused(page) == "E CHIME Empowerment. Ends here"
    page.keyboard.press("Home")
    assert focused(page).endswith("Begins here")
    page.keyboard.press("End")
    assert focused(page).endswith("Ends here")
    page.keyboard.press("Escape")
    assert focused(page) == "in-words"


def test_a_focused_step_is_marked_in_the_text_and_followed_and_back_returns(visit: Visitor, axe: Callable[[Page], None]) -> None:
    page = opened(visit, ROUTES)
    page.locator('.steps-drawing a[href="#step-5"]').focus()
    expect(page.locator("#step-5")).to_have_class(re.compile(r"\bis-shown\b"))
    expect(page.locator(".is-shown")).to_have_count(1)
    axe(page)
    page.keyboard.press("Enter")
    expect(page.locator("#step-5")).to_be_focused()
    assert page.url.endswith("#step-5")
    expect(page.locator('.steps-drawing a[href="#step-5"]')).to_have_class(re.compile(r"\bedge-lit\b"))
    page.go_back()
    expect(page.locator('.steps-drawing a[href="#step-5"]')).to_be_focused()
    page.go_forward()
    expect(page.locator("#step-5")).to_be_focused()
    page.reload()
    expect(page.locator(READY)).to_be_attached()
    expect(page.locator("#step-5")).to_be_focused()


def test_a_joint_leads_to_its_reason_and_a_box_to_its_construct(visit: Visitor) -> None:
    page = opened(visit, ROUTES)
    page.locator(".joint-mark").first.focus()
    expect(page.locator("#reason-a")).to_have_class(re.compile("is-shown"))
    page.keyboard.press("Enter")
    expect(page.locator("#reason-a")).to_be_focused()
    page.locator(".steps-drawing .node-end").first.click()
    expect(page).to_have_url(re.compile("/concepts/cfir2009:III.D2$"))
    page.go_back()
    expect(page.locator(".steps-drawing")).to_be_visible()


def test_pointing_at_the_text_shows_the_step_in_the_drawing(visit: Visitor) -> None:
    page = opened(visit, ROUTES)
    page.locator("#step-4 .step-claim").hover()
    expect(page.locator(".edge-lit")).to_have_count(1)
    expect(page.locator('.edge-lit[href="#step-4"]')).to_be_attached()
    page.locator("h1").hover()
    expect(page.locator(".edge-lit")).to_have_count(0)


@pytest.mark.parametrize("path", [ROUTES, "/explain?subject=chime:E&object=logic:O2", "/explain?subject=cfir2022:III&object=diffusion:D6", MANY,
                                  "/pathways?from=cfir-2022&to=imri&hierarchy=true&max_steps=5"])  # fmt: skip
@pytest.mark.parametrize("width", [1600, 420])
def test_no_words_lie_over_each_other_or_outside(visit: Visitor, path: str, width: int) -> None:
    page = opened(visit, path, width=width)
    boxes = page.evaluate("[...document.querySelectorAll('.steps-drawing :is(.node-box, .edge-plate, .joint-disc)')].map(e => { const b = e.getBBox(); return [b.x, b.y, b.x + b.width, b.y + b.height]; })")
    assert len(boxes) > 5
    over = [(a, b) for i, a in enumerate(boxes) for b in boxes[:i] if a[0] < b[2] - 1 and b[0] < a[2] - 1 and a[1] < b[3] - 1 and b[1] < a[3] - 1]
    assert over == []
    wide, high = page.evaluate("[document.querySelector('.steps-drawing').width.baseVal.value, document.querySelector('.steps-drawing').height.baseVal.value]")
    assert all(0 <= b[0] and b[2] <= wide and 0 <= b[1] and b[3] <= high for b in boxes)
    spilt = page.evaluate("""[...document.querySelectorAll('.node, .edge')].flatMap(link => {
        const box = link.querySelector('.node-box, .edge-plate').getBBox();
        return [...link.querySelectorAll('text')].filter(t => { const b = t.getBBox(); return b.x < box.x || b.x + b.width > box.x + box.width + 1 || b.y < box.y - 1 || b.y + b.height > box.y + box.height + 1; }).map(t => t.textContent);
    })""")
    assert spilt == []


def test_labels_are_whole(visit: Visitor) -> None:
    page = opened(visit, "/explain?subject=cfir2009:III.D5&object=review:T5")
    lines = page.locator('.steps-drawing a[href="/concepts/review:T5"] .node-label').all_text_contents()
    assert " ".join(lines).replace("- ", "-") == "The importance of organizational and policy commitment to recovery-transformation"


def test_the_drawing_is_downloaded_as_a_file_that_stands_alone(visit: Visitor, download: Callable[..., Path]) -> None:
    page = opened(visit, ROUTES)
    file = download(page, lambda: page.get_by_role("button", name="Download the drawing (SVG)").click())
    assert file.suffix == ".svg"
    root = ElementTree.fromstring(file.read_text(encoding="utf-8"))
    assert root.tag == f"{SVG}svg"
    symbols = {s.get("id") for s in root.iter(f"{SVG}symbol")}
    assert {u.get("href", "").removeprefix("#") for u in root.iter(f"{SVG}use")} == symbols == {"sign-curated", "sign-derived"}
    text = " ".join("".join(t.itertext()) for t in root.iter(f"{SVG}text"))
    assert "Compatibility gap" in text and "S44-close" in text
    assert not any(e.get("class") or e.get("style") for e in root.iter()) and "var(" not in file.read_text(encoding="utf-8")
    assert page.evaluate("document.documentElement.dataset.theme ?? ''") == ""


def test_a_narrower_window_draws_downwards_and_keeps_the_focus(visit: Visitor) -> None:
    page = opened(visit, "/explain?subject=imri:B1&object=chime:E", width=1900)
    link = page.locator('.steps-drawing a[href="#step-2"]')
    link.focus()
    across = page.locator(".steps-drawing").get_attribute("width")
    page.set_viewport_size({"width": 620, "height": 900})
    expect(page.locator(".steps-drawing")).not_to_have_attribute("width", across or "")
    expect(link).to_be_focused()
    page.keyboard.press("ArrowDown")
    assert focused(page).startswith("E1 CHIME Personal responsibility")


def test_a_field_suggests_and_the_pair_is_asked_by_keyboard(visit: Visitor, axe: Callable[[Page], None]) -> None:
    page = opened(visit, "/explain")
    box = page.get_by_role("combobox", name="From", exact=True)
    box.fill("aspire to new")
    option = page.get_by_role("option", name="T7 Motivating one to aspire to new roles")
    expect(option).to_be_visible()
    axe(page)
    box.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(box).to_have_value("imri:T7")
    expect(page.get_by_text("Motivating one to aspire to new roles", exact=True)).to_be_visible()
    box = page.get_by_role("combobox", name="To", exact=True)
    box.fill("hope and opt")
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    box.fill("chime:H")
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"/explain\?subject=imri(:|%3A)T7&object=chime(:|%3A)H$"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hope and optimism about the future")


def test_paths_begin_at_editions_and_topics_too(visit: Visitor) -> None:
    page = opened(visit, "/pathways")
    page.get_by_role("combobox", name="From").fill("peer prov")
    page.get_by_role("option", name="Peer provision topic").click()
    expect(page.get_by_role("combobox", name="From")).to_have_value("topic:peer-provision")
    page.get_by_role("combobox", name="To").fill("chime")
    page.get_by_role("option", name="CHIME whole edition").click()
    page.get_by_role("button", name="Find paths").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Peer provision")
    assert "max_steps=4" in page.url
    expect(page.locator(READY)).to_be_attached()
    expect(page.locator(".steps-drawing .node-end")).to_have_count(6)


def test_hypotheses_are_asked_for_by_a_button_and_back_hides_them(visit: Visitor) -> None:
    page = opened(visit, "/pathways?from=review:G5&to=imri:B1")
    expect(page.get_by_role("heading", name="curators’ hypothesis")).to_have_count(0)
    page.get_by_role("link", name="Show the hypothesis").click()
    expect(page.get_by_role("heading", name="Path 2: curators’ hypothesis")).to_be_visible()
    assert "hypotheses=true" in page.url
    page.go_back()
    expect(page.get_by_role("heading", name="Path 2: curators’ hypothesis")).to_have_count(0)


def test_without_scripts_every_word_is_there_and_the_forms_work(visit: Visitor) -> None:
    page = visit(ROUTES, script=False)
    expect(page.get_by_text("The drawing needs scripts. Everything in it is in the text.")).to_be_visible()
    expect(page.get_by_text("No rule joins steps 3 and 4.")).to_be_visible()
    page.goto("/pathways")
    page.get_by_label("From", exact=True).fill("Recovery colleges")
    page.get_by_label("To", exact=True).fill("imri:B1")
    page.get_by_role("button", name="Find paths").click()
    expect(page.get_by_role("heading", name=re.compile("^Path 1: 1 of 3 judged steps"))).to_be_visible()
    assert "from=Recovery+colleges" in unquote(page.url)


def test_on_paper_the_drawing_fits_and_nothing_is_there_to_press(visit: Visitor) -> None:
    page = visit(MANY, printed=True, width=1000)
    expect(page.locator(READY)).to_be_attached()
    expect(page.locator(".graph-tools")).to_be_hidden()
    box = page.locator(".steps-drawing").bounding_box()
    assert box and box["width"] <= 1000
    expect(page.get_by_text("A path is no proof that anything has an effect.")).to_be_visible()
