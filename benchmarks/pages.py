"""Pages of the explorer in a Chromium with an empty cache: when something is seen, how much is sent, when it can be used, and search as one types.

All times are the browser's own, taken inside the page; bytes are those that came over the network, headers included.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.chromium import launched
from benchmarks.options import positive
from benchmarks.results import Measurement, NothingMeasuredError
from benchmarks.servers import imri_kg_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["HOW", "PAGES", "TEXT", "Aims", "Load", "add_options", "measure", "summarise"]

TEXT = "Measure pages of the explorer in a Chromium, and hits that come as one types."
HOW = "Each load has an empty cache of its own; the server has been asked for each page before. Needs a Chromium, which `make test` gets."
RUNS = 5
#: Milliseconds from a keystroke to the hits for it.
SEARCH_AIM = 50.0
#: What is typed, letter by letter; each letter changes the hits.
_TYPED = ("hope", "leadership", "corruption", "B1")
_PATIENCE = 10_000
_TOLD_LATEST = 3000


class Aims(NamedTuple):
    """What a page has to keep below: milliseconds to the first paint, bytes, milliseconds until it can be used."""

    paint: float | None = None
    sent: float | None = None
    ready: float | None = None


_LIGHT = Aims(paint=500, sent=200_000)
#: Address and aims of each page.
PAGES: dict[str, tuple[str, Aims]] = {
    "home": ("/", _LIGHT),
    "concept": ("/concepts/imri:B1", _LIGHT),
    "framework": ("/frameworks/chime", _LIGHT),
    "largest crosswalk": ("/crosswalks/cfir-2009/cfir-2022", Aims(ready=1000)),
    "sparql": ("/sparql", Aims()),
    "check": ("/validate", Aims()),
}

#: Tells when hits are shown: after a change of the list of options, in the next frame.
_WATCH_HITS = """() => {
  const seen = {pressed: 0, shown: 0};
  window.__hits = seen;
  document.addEventListener('keydown', event => { seen.pressed = event.timeStamp; seen.shown = 0; }, true);
  new MutationObserver(changes => {
    const inList = changes.some(({target}) => (target.nodeType === 1 ? target : target.parentElement)?.closest('[role=listbox]'));
    const option = document.querySelector('[role=listbox] [role=option]');
    if (!seen.pressed || seen.shown || !inList || !option?.checkVisibility()) return;
    seen.shown = -1;
    const {pressed} = seen;
    requestAnimationFrame(() => { if (seen.pressed === pressed) seen.shown = performance.now(); });
  }).observe(document.body, {subtree: true, childList: true, attributes: true});
}"""
#: The milliseconds of the last keystroke, or nothing when no hits came for a second. The policy of our pages forbids Playwright's own way to wait.
_HITS = """() => new Promise(resolve => {
  const began = performance.now();
  const look = () => {
    const {pressed, shown} = window.__hits;
    if (shown > 0) resolve(shown - pressed);
    else if (performance.now() - began > 1000) resolve(null);
    else setTimeout(look, 5);
  };
  look();
})"""


class Load(NamedTuple):
    """One load of a page: milliseconds to the first contentful paint, bytes sent, milliseconds until its islands can be used, if it has any."""

    paint: float
    sent: float
    ready: float | None


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this measurement."""
    parser.add_argument("--runs", type=positive, default=RUNS, help=f"how often each page is loaded (default {RUNS})")


def measure(options: argparse.Namespace) -> Measurement:
    """Load each page so many times, then type into the search box of the first one.

    Raises:
        MissingToolError: Playwright or a Chromium is not there.
        NothingMeasuredError: the server did not come up, or no page was there.
    """
    loads: dict[str, list[Load]] = {}
    missing: dict[str, str] = {}
    with launched() as browser, imri_kg_server() as server:
        for name, (path, _) in PAGES.items():
            status = server.status(path)
            if status != 200:
                missing[name] = f"{path} replied {status}"
                continue
            _load(browser, server.address + path)
            loads[name] = [_load(browser, server.address + path) for _ in range(options.runs)]
        hits, unanswered = _type(browser, server.address + "/")
        return summarise(loads, hits, missing, unanswered, browser.version)


def summarise(loads: dict[str, list[Load]], hits: Sequence[float], missing: dict[str, str], unanswered: int, version: str) -> Measurement:
    """Return the medians beside their aims; a page that is not there is a failure, a missed aim is none.

    Args:
        loads: the loads of each page.
        hits: milliseconds of each keystroke to its hits.
        missing: pages that were not there, with what was replied.
        unanswered: keystrokes for which no hits came.
        version: of the browser.

    Raises:
        NothingMeasuredError: no page was loaded.
    """
    if not loads:
        raise NothingMeasuredError(f"No page was loaded: {'; '.join(missing.values())}.")
    figures: dict[str, Any] = {"browser": version, "pages": {}}
    lines = [f"{'page':18} {'first paint':>22} {'sent':>24} {'can be used':>22}"]
    for name, runs in loads.items():
        aims = PAGES[name][1]
        ready = [run.ready for run in runs if run.ready is not None]
        paint, sent = statistics.median(run.paint for run in runs), statistics.median(run.sent for run in runs)
        usable = statistics.median(ready) if len(ready) == len(runs) else None
        lines.append(f"{name:18} {_judged(paint, aims.paint, 1, 'ms'):>22} {_judged(sent, aims.sent, 1000, 'kB'):>24} {_judged(usable, aims.ready, 1, 'ms'):>22}")
        figures["pages"][name] = {
            "runs": len(runs), "first_contentful_paint_ms": round(paint, 1), "sent_bytes": round(sent), "ready_ms": None if usable is None else round(usable, 1),
        }  # fmt: skip
    if hits:
        median = statistics.median(hits)
        lines.append(f"search: hits {_judged(median, SEARCH_AIM, 1, 'ms')} after a keystroke, at most {max(hits):.0f} ms; {len(hits)} keystrokes, {unanswered} without hits")
        figures["search"] = {"keystrokes": len(hits), "median_ms": round(median, 1), "most_ms": round(max(hits), 1), "unanswered": unanswered}
    failures = [f"{name}: {said}" for name, said in missing.items()]
    if not hits:
        failures.append("search: no hits came while typing")
    lines.append(f"medians; loads of each page, each with an empty cache: {len(next(iter(loads.values())))}; Chromium {version}")
    return Measurement((*lines, *failures), figures, tuple(failures))


def _judged(value: float | None, aim: float | None, unit: int, name: str) -> str:
    if value is None:
        return "-" if aim is None else "- (not told: missed)"
    text = f"{value / unit:.0f} {name}"
    return text if aim is None else f"{text} (< {aim / unit:.0f}: {'met' if value < aim else 'missed'})"


def _load(browser: Browser, address: str) -> Load:
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    try:
        page = context.new_page()
        network = context.new_cdp_session(page)
        network.send("Network.enable")
        sizes: list[float] = []
        network.on("Network.loadingFinished", lambda finished: sizes.append(finished["encodedDataLength"]))
        page.goto(address, wait_until="networkidle", timeout=_PATIENCE)
        _wait_until_told(page)
        paint: float = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1")
        if paint < 0:
            raise NothingMeasuredError(f"The browser told no first paint of {address}.")
        ready: float | None = page.evaluate("performance.getEntriesByName('islands-ready')[0]?.startTime ?? null")
        return Load(paint, sum(sizes), ready)
    finally:
        context.close()


def _wait_until_told(page: Page) -> None:
    # A page without scripts has nothing to say.
    from playwright.sync_api import TimeoutError as PatienceEndedError

    if not page.locator("script[type=module]").count():
        return
    try:
        page.locator("html[data-ready=true]").wait_for(state="attached", timeout=_TOLD_LATEST)
    except PatienceEndedError:
        # The table then shows that it was not told.
        return


def _type(browser: Browser, address: str) -> tuple[list[float], int]:
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    try:
        page = context.new_page()
        page.goto(address, wait_until="networkidle", timeout=_PATIENCE)
        # It becomes a combobox when its script is loaded, which some do with the first focus.
        field = page.locator("input[type=search], input[role=combobox]").first
        if not field.count():
            return [], 0
        field.focus()
        page.wait_for_load_state("networkidle")
        page.evaluate(_WATCH_HITS)
        found, unanswered = [], 0
        for words in _TYPED:
            field.fill("")
            page.wait_for_timeout(200)
            for letter in words:
                page.keyboard.press(letter)
                milliseconds: float | None = page.evaluate(_HITS)
                if milliseconds is None:
                    unanswered += 1
                else:
                    found.append(milliseconds)
        return found, unanswered
    finally:
        context.close()
