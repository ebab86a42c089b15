"""Pictures of pages: starts a server, opens each address in a Chromium and writes what is seen as a PNG.

Run by `make screenshot` for the picture in the README, and by hand to look at pages:
`python tests/browser/screenshot.py / /frameworks/chime --dark --width 360 --whole -o pictures`.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, Error

from benchmarks.chromium import launched
from benchmarks.options import positive
from benchmarks.results import MissingToolError, NothingMeasuredError
from benchmarks.servers import imri_kg_server

__all__ = ["file_of", "main"]

_PATIENCE = 30_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pictures and return the exit status: 1 where a page could not be shown, 2 where a browser is missing."""
    parser = argparse.ArgumentParser(prog="screenshot", description="Write pictures of pages of the explorer.")
    parser.add_argument("paths", nargs="+", metavar="PATH", help="path and query of a page, such as /frameworks/chime")
    parser.add_argument("-o", "--output", type=Path, required=True, help="file to write, ending in .png; or a folder, for any number of pages")
    parser.add_argument("--dark", action="store_true", help="as a reader sees it who prefers dark colours")
    parser.add_argument("--width", type=positive, default=1400, help="of the window, in CSS pixels (default 1400)")
    parser.add_argument("--height", type=positive, default=900, help="of the window, in CSS pixels (default 900)")
    parser.add_argument("--whole", action="store_true", help="the whole page, however long, instead of what a window shows")
    parser.add_argument("--print", dest="printed", action="store_true", help="as it looks on paper")
    parser.add_argument("--ready", action="store_true", help="wait until the scripts of the page say that they are ready")
    parser.add_argument("--site", help="address of a running server; one is started when left out")
    chosen = parser.parse_args(arguments)
    if chosen.output.suffix == ".png" and len(chosen.paths) > 1:
        parser.error("several pages need a folder to write into")
    try:
        with launched() as browser:
            if chosen.site:
                _write(browser, chosen.site.rstrip("/"), chosen)
            else:
                with imri_kg_server() as server:
                    _write(browser, server.address, chosen)
    except MissingToolError as error:
        print(error, file=sys.stderr)
        return 2
    except (NothingMeasuredError, Error) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def file_of(path: str) -> str:
    """Return the name of the picture of a page.

    >>> file_of("/explain?subject=logic:M3")
    'explain-subject-logic-M3.png'
    >>> file_of("/")
    'home.png'
    """
    return (re.sub(r"[^A-Za-z0-9._]+", "-", path).strip("-") or "home") + ".png"


def _write(browser: Browser, site: str, chosen: argparse.Namespace) -> None:
    context = browser.new_context(
        viewport={"width": chosen.width, "height": chosen.height}, color_scheme="dark" if chosen.dark else "light", reduced_motion="reduce", locale="en-GB"
    )
    page = context.new_page()
    if chosen.printed:
        page.emulate_media(media="print")
    for path in chosen.paths:
        reply = page.goto(site + path, wait_until="networkidle", timeout=_PATIENCE)
        if chosen.ready:
            page.locator("html[data-ready=true]").wait_for(state="attached", timeout=_PATIENCE)
        file = chosen.output if chosen.output.suffix == ".png" else chosen.output / file_of(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=file, full_page=chosen.whole, animations="disabled")
        print(f"{file}: {path} ({reply.status if reply else 'no reply'})")
    context.close()


if __name__ == "__main__":
    sys.exit(main())
