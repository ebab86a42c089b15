"""The tests in a browser notice what they are there to notice: each fault is planted in a page and has to be found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from serving import Scripted, Sent, scripted
from visiting import Visitor

PAGE = (
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n<title>A page</title>\n{head}</head>\n'
    "<body>\n<main>\n<h1>A page</h1>\n{body}</main>\n</body>\n</html>\n"
)
POLICY = (("Content-Security-Policy", "default-src 'self'"),)
#: Pages by path: what stands in the head, and in the body.
PAGES = {
    "/sound": ("", '<p><a href="/file.csv" download>A file</a></p>\n'),
    "/elsewhere": ("", '<img src="http://elsewhere.example/a.png" alt="">\n'),
    "/inline": ("<script>document.title = 'changed'</script>\n", ""),
    "/raising": ('<script src="/raising.js"></script>\n', ""),
    "/complaining": ('<script src="/complaining.js"></script>\n', ""),
    "/lacking": ('<link rel="stylesheet" href="/lacking.css">\n', ""),
    "/broken": ('<link rel="stylesheet" href="/broken.css">\n', ""),
    "/stopping": ('<script src="/stopping.js"></script>\n', ""),
    "/nameless": ("", "<button type='button'></button>\n"),
    "/pale": ('<link rel="stylesheet" href="/pale.css">\n', "<p>Hardly to be read.</p>\n"),
}
FILES = {
    "/raising.js": ("text/javascript", "throw new Error('raised')"),
    "/complaining.js": ("text/javascript", "console.warn('complained')"),
    "/stopping.js": ("text/javascript", "const c = new AbortController(); fetch('/sound', {signal: c.signal}).catch(() => {}); c.abort()"),
    "/pale.css": ("text/css", "p { color: #ccc; background: #fff }"),
    "/file.csv": ("text/csv", "a,b\n1,2\n"),
}


def reply(target: str, count: int) -> Sent:
    if target == "/broken.css":
        return Sent(raw=b"no reply")
    if target in FILES:
        media_type, text = FILES[target]
        return Sent(text.encode(), media_type=media_type)
    if target in PAGES:
        head, body = PAGES[target]
        policy = () if target in ("/elsewhere",) else POLICY
        return Sent(PAGE.format(head=head, body=body).encode(), media_type="text/html", headers=policy)
    return Sent(PAGE.format(head="", body="").encode(), status=404, media_type="text/html", headers=POLICY)


@pytest.fixture(scope="module")
def planted() -> Iterator[Scripted]:
    with scripted(reply) as found:
        yield found


@pytest.fixture
def visitor(browser: Browser, planted: Scripted) -> Iterator[Visitor]:
    found = Visitor(browser, planted.address)
    yield found
    found.close()


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/elsewhere", "request to another host: GET http://elsewhere.example/a.png"),
        ("/inline", "Content Security Policy"),
        ("/raising", "uncaught error: raised"),
        ("/complaining", "console warning: complained"),
        ("/lacking", "reply 404: GET"),
        ("/broken", "failed request: GET"),
    ],
)
def test_a_fault_is_noticed(visitor: Visitor, path: str, fault: str) -> None:
    visitor(path)
    assert any(fault in found for found in visitor.close()), visitor.faults


def test_another_host_is_never_reached(visitor: Visitor) -> None:
    page = visitor("/elsewhere")
    assert page.evaluate("document.images[0].naturalWidth") == 0
    assert ("GET", "http://elsewhere.example/a.png") in visitor.sent


@pytest.mark.parametrize("path", ["/sound", "/stopping"])
def test_a_sound_page_has_no_fault(visitor: Visitor, path: str) -> None:
    visitor(path).wait_for_load_state("networkidle")
    assert visitor.close() == []
    assert len(visitor.sent) >= 1


def test_an_error_that_was_announced_is_none(visitor: Visitor) -> None:
    visitor("/absent", status=404)
    assert visitor.close() == []


def test_a_page_with_another_status_is_refused(visitor: Visitor) -> None:
    with pytest.raises(AssertionError, match="replied 404 instead of 200"):
        visitor("/absent")


@pytest.mark.parametrize(("path", "rule"), [("/nameless", "button-name"), ("/pale", "color-contrast")])
def test_axe_notices_what_is_not_accessible(visitor: Visitor, axe: Callable[..., None], path: str, rule: str) -> None:
    with pytest.raises(AssertionError, match=rule):
        axe(visitor(path))
    assert visitor.close() == [], "axe does not offend the policy of the page"


def test_axe_accepts_a_sound_page_and_examines_the_part_asked_for(visitor: Visitor, axe: Callable[..., None]) -> None:
    axe(visitor("/sound"))
    axe(visitor("/nameless"), within="h1")


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ("<p><div>a block</div></p>", "close-order"),
        ('<p style="color: red">a style</p>', "no-inline-style"),
        ('<p id="a">one</p><p id="a">two</p>', "no-dup-id"),
        ('<label for="absent">a field</label>', "no-missing-references"),
    ],
)
def test_invalid_html_is_noticed(html_validate: Callable[[str, str], None], body: str, rule: str) -> None:
    with pytest.raises(AssertionError, match=rule):
        html_validate(PAGE.format(head="", body=body), "a page")


def test_valid_html_is_accepted(html_validate: Callable[[str, str], None]) -> None:
    html_validate(PAGE.format(head="", body='<h2 id="cfir2009:IV.C">A code as identifier</h2>'), "a page")


def test_a_download_is_saved_under_its_name(visitor: Visitor, download: Callable[[Page, Callable[[], None]], Path]) -> None:
    page = visitor("/sound")
    file = download(page, page.get_by_role("link", name="A file").click)
    assert file.name == "file.csv"
    assert file.read_text(encoding="utf-8") == "a,b\n1,2\n"
    assert visitor.close() == []


def test_wishes_of_the_reader_reach_the_page(visitor: Visitor) -> None:
    def asks(query: str, **how: object) -> bool:
        return bool(visitor("/sound", **how).evaluate("query => matchMedia(query).matches", query))

    assert asks("(prefers-color-scheme: dark)", dark=True)
    assert asks("(prefers-color-scheme: light)")
    assert asks("(prefers-reduced-motion: reduce)", reduced_motion=True)
    assert asks("print", printed=True)
    assert asks("(max-width: 360px)", width=360)
    assert visitor("/complaining", script=False).title() == "A page"
    assert visitor.faults == []
