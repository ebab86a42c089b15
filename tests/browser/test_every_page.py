"""What every page of the explorer must have, whatever it shows: pages.toml lists the kinds of pages.

A page is loaded once for most of these checks, and once more without JavaScript.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page
from visiting import Visitor

PAGES: dict[str, dict[str, Any]] = {
    entry["kind"]: entry for entry in tomllib.loads(Path(__file__).with_name("pages.toml").read_text(encoding="utf-8"))["page"]
}

_MAIN_LINKS = "Array.from(document.querySelectorAll('header nav a[href]'), a => [a.textContent.trim().replace(/\\s+/g, ' '), a.getAttribute('href')])"
#: Elements that stick out of the window and stand in no scroller of their own.
_STICKING_OUT = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const scrolls = element => element && element !== document.body && element !== document.documentElement
    && (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(element).overflowX) || scrolls(element.parentElement));
  const found = [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > width + 1 && !scrolls(e.parentElement));
  return [`the document is ${document.documentElement.scrollWidth} px wide in a window of ${width} px`,
          ...found.slice(0, 5).map(e => `${e.outerHTML.slice(0, 120)} ends at ${Math.round(e.getBoundingClientRect().right)} px`)];
}"""
_SHOWN = "selector => [...document.querySelectorAll(selector)].filter(e => e.checkVisibility() && e.getClientRects().length).map(e => e.outerHTML.slice(0, 120))"
#: Backgrounds of the page, and the colour of its heading.
_COLOURS = "[document.documentElement, document.body].map(e => getComputedStyle(e).backgroundColor).concat(getComputedStyle(document.querySelector('h1')).color)"
_MOVING = """() => [...document.querySelectorAll('*')].filter(e => {
  const style = getComputedStyle(e);
  const longest = list => Math.max(...list.split(',').map(parseFloat));
  return longest(style.transitionDuration) > 0.01 || (style.animationName !== 'none' && longest(style.animationDuration) > 0.01) || style.scrollBehavior === 'smooth';
}).slice(0, 5).map(e => e.outerHTML.slice(0, 120))"""


class Opened:
    """One kind of page, open in a browser, with what it was served as."""

    def __init__(self, visitor: Visitor, address: str, status: int) -> None:
        self.address, self.status, self.visitor = address, status, visitor
        self._page = visitor(address, status=status)
        self._page.wait_for_load_state("networkidle")

    def shown(self, *, dark: bool = False, width: int = 1280, printed: bool = False, reduced_motion: bool = False) -> Page:
        """Return the page as a reader with these wishes sees it."""
        self._page.set_viewport_size({"width": width, "height": 800})
        self._page.emulate_media(media="print" if printed else "screen", color_scheme="dark" if dark else "light",
                                 reduced_motion="reduce" if reduced_motion else "no-preference")  # fmt: skip
        # Colours that change slowly have changed when no animation runs any more.
        self._page.evaluate("() => Promise.all(document.getAnimations().map(a => a.finished.catch(() => null))).then(() => null)")
        return self._page


@pytest.fixture(scope="module", params=PAGES)
def opened(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Opened]:
    """Each kind of page, loaded once for all the checks."""
    entry = PAGES[request.param]
    visitor = Visitor(browser, site)
    try:
        yield Opened(visitor, entry["address"], entry.get("status", 200))
    finally:
        visitor.close()


def test_the_kinds_of_pages_are_listed() -> None:
    assert "home" in PAGES
    assert len({entry["address"] for entry in PAGES.values()}) == len(PAGES)
    for entry in PAGES.values():
        assert entry["address"].startswith("/"), entry


def test_nothing_goes_wrong_while_it_loads(opened: Opened) -> None:
    opened.shown()
    assert opened.visitor.faults == []
    assert opened.visitor.sent, "nothing was asked"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible(opened: Opened, scheme: str, axe: Callable[[Page], None]) -> None:
    page = opened.shown(dark=scheme == "dark")
    axe(page)
    assert opened.visitor.faults == []


def test_it_follows_the_colours_that_its_reader_prefers(opened: Opened) -> None:
    assert opened.shown().evaluate(_COLOURS) != opened.shown(dark=True).evaluate(_COLOURS)


def test_its_html_is_valid(opened: Opened, site: str, html_validate: Callable[[str, str], None]) -> None:
    reply = httpx.get(site + opened.address, headers={"Accept": "text/html"})
    assert reply.headers["content-type"].startswith("text/html")
    html_validate(reply.text, opened.address)


def test_it_says_what_it_is(opened: Opened) -> None:
    page = opened.shown()
    assert re.fullmatch(r"en(-[A-Z]{2})?|fr(-[A-Z]{2})?", page.get_attribute("html", "lang") or "")
    headings = page.locator("h1").all_inner_texts()
    assert len(headings) == 1
    assert headings[0].strip()
    assert page.title().strip()
    assert page.locator("main").count() == 1
    assert page.locator("header nav a[href]").count() >= 3, "the main links stand in a nav of the header"


def test_the_first_stop_of_the_keyboard_leads_past_the_navigation(opened: Opened) -> None:
    page = opened.shown()
    page.evaluate("document.activeElement?.blur(); getSelection().removeAllRanges(); scrollTo(0, 0)")
    page.keyboard.press("Tab")
    stop = page.evaluate(
        "(() => { const e = document.activeElement, box = e.getBoundingClientRect();"
        " return {href: e.getAttribute('href'), first: e === document.querySelector('a[href], button, input, select, textarea, summary, [tabindex]'),"
        " seen: box.width > 1 && box.height > 1 && box.left >= 0 && box.top >= 0 && box.right <= innerWidth}; })()"
    )
    assert stop["first"], "the first thing that takes the focus comes first in the document"
    assert (stop["href"] or "").startswith("#")
    assert stop["seen"], "the link is seen while it has the focus"
    page.keyboard.press("Enter")
    assert page.evaluate("id => document.getElementById(id)?.closest('main') !== null", stop["href"][1:]), "it leads to the content"
    # What the check did to the address is undone.
    page.evaluate("history.replaceState(null, '', location.pathname + location.search)")


@pytest.mark.parametrize("width", [360, 320])
def test_it_fits_a_narrow_window(opened: Opened, width: int) -> None:
    """A phone, and a zoom of 400 % (WCAG 2.2, 1.4.10)."""
    assert opened.shown(width=width).evaluate(_STICKING_OUT) == []


def test_paper_shows_content_only(opened: Opened) -> None:
    page = opened.shown(printed=True)
    assert page.evaluate(_SHOWN, "nav, form, button, [role='dialog']") == []
    assert page.evaluate(_SHOWN, "h1") != []
    assert set(page.evaluate(_COLOURS)[:2]) <= {"rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"}, "paper stays white"


def test_nothing_moves_for_those_who_do_not_want_it(opened: Opened) -> None:
    assert opened.shown(reduced_motion=True).evaluate(_MOVING) == []


def test_it_is_readable_without_javascript(opened: Opened, visit: Visitor) -> None:
    with_script = opened.shown()
    page = visit(opened.address, status=opened.status, script=False)
    assert page.locator("h1").inner_text() == with_script.locator("h1").inner_text()
    links = page.evaluate(_MAIN_LINKS)
    assert links == with_script.evaluate(_MAIN_LINKS)
    assert links != []
    assert len(page.locator("main").inner_text()) > 60
