"""Pages opened in a browser and watched: what they ask for, what the browser complains of, what fails.

Called by the fixtures in conftest.py and by the checks of every page.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response, Route, WebError

__all__ = ["Visitor", "Watch"]

#: Milliseconds that an action may take before the test fails.
_PATIENCE = 10_000
#: Schemes that ask no host.
_LOCAL = ("data", "blob", "about")
_STATUS_COMPLAINT = re.compile(r"Failed to load resource: the server responded with a status of (\d{3})")


class Watch:
    """What went on in the pages of one context.

    A page may not ask another host for anything, be complained of by the browser, raise an error that nobody catches, or get a reply that
    is an error, unless the test said that it would.
    """

    def __init__(self, context: BrowserContext, site: str) -> None:
        """Listen to a context before it opens anything; requests to other hosts than that of the site are stopped."""
        self.faults: list[str] = []
        self.sent: list[tuple[str, str]] = []
        self.allowed: set[int] = set()
        self._host = urlsplit(site).netloc
        context.route("**/*", self._route)
        context.on("request", self._note_request)
        context.on("requestfailed", self._note_failure)
        context.on("response", self._note_reply)
        context.on("console", self._note_console)
        context.on("weberror", self._note_error)
        context.on("page", lambda page: page.on("websocket", lambda socket: self._note_socket(socket.url)))

    def remaining(self) -> list[str]:
        """Return the faults that the test did not announce."""
        return [fault for fault in self.faults if not self._announced(fault)]

    def _announced(self, fault: str) -> bool:
        found = _STATUS_COMPLAINT.search(fault) or re.match(r"reply (\d{3}): ", fault)
        return bool(found) and int(found[1]) in self.allowed

    def _ours(self, url: str) -> bool:
        parts = urlsplit(url)
        return parts.scheme in _LOCAL or parts.netloc == self._host

    def _route(self, route: Route) -> None:
        if self._ours(route.request.url):
            route.continue_()
        else:
            route.abort("blockedbyclient")

    def _note_request(self, request: Request) -> None:
        self.sent.append((request.method, request.url))
        if not self._ours(request.url):
            self.faults.append(f"request to another host: {request.method} {request.url}")

    def _note_failure(self, request: Request) -> None:
        # A page stops its own requests when newer ones make them useless, and the browser those of a page that is left or a download.
        if request.failure != "net::ERR_ABORTED" and self._ours(request.url):
            self.faults.append(f"failed request: {request.method} {request.url}: {request.failure}")

    def _note_reply(self, response: Response) -> None:
        if response.status >= 400:
            self.faults.append(f"reply {response.status}: {response.request.method} {response.url}")

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning", "assert"):
            self.faults.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _note_error(self, error: WebError) -> None:
        self.faults.append(f"uncaught error: {error.error}")

    def _note_socket(self, url: str) -> None:
        self.faults.append(f"socket: {url}")


class Visitor:
    """Opens pages of a site, each in a context of its own."""

    def __init__(self, browser: Browser, site: str) -> None:
        """Take a running browser and the address of a site."""
        self.site = site
        self._browser = browser
        self._open: list[BrowserContext] = []
        self._watches: list[Watch] = []
        self._allowed: set[int] = set()

    def __call__(self, path: str, *, status: int = 200, **how: Any) -> Page:
        """Open a page in a fresh context.

        Args:
            path: path and query, from "/".
            status: status that its reply has to have; an error is then no fault.
            how: see `blank`.

        Raises:
            AssertionError: the reply has another status.
        """
        if status >= 400:
            self.allow(status=status)
        page = self.blank(**how)
        reply = page.goto(path)
        assert reply is not None
        assert reply.status == status, f"{path} replied {reply.status} instead of {status}"
        return page

    def blank(self, *, dark: bool = False, width: int = 1280, height: int = 800, script: bool = True, printed: bool = False,
              reduced_motion: bool = False, **options: Any) -> Page:  # fmt: skip
        """Return a page of a fresh context, without anything opened.

        Args:
            dark: whether the reader prefers dark colours.
            width: of the window, in CSS pixels. A zoom of 400 % of a window of 1280 is one of 320.
            height: of the window, in CSS pixels.
            script: whether JavaScript is on.
            printed: whether the rules for paper apply.
            reduced_motion: whether the reader wants nothing to move.
            options: more options of a context of Playwright.
        """
        context = self._browser.new_context(
            base_url=self.site, color_scheme="dark" if dark else "light", viewport={"width": width, "height": height}, java_script_enabled=script,
            reduced_motion="reduce" if reduced_motion else "no-preference", locale="en-GB", **options,
        )  # fmt: skip
        context.set_default_timeout(_PATIENCE)
        watch = Watch(context, self.site)
        watch.allowed = self._allowed
        self._open.append(context)
        self._watches.append(watch)
        page = context.new_page()
        if printed:
            page.emulate_media(media="print")
        return page

    def allow(self, *, status: int) -> None:
        """Announce that some request of this test will have this status, an error."""
        self._allowed.add(status)

    @property
    def sent(self) -> list[tuple[str, str]]:
        """Method and address of each request so far."""
        return [request for watch in self._watches for request in watch.sent]

    @property
    def faults(self) -> list[str]:
        """What went wrong so far, and was not announced."""
        return [fault for watch in self._watches for fault in watch.remaining()]

    def close(self) -> list[str]:
        """Close all pages and return what went wrong in them, also when they are closed already."""
        while self._open:
            context = self._open.pop()
            for page in context.pages:
                # What a page says last comes before the answer to this.
                page.evaluate("1")
            context.unroute_all(behavior="ignoreErrors")
            context.close()
        return self.faults
