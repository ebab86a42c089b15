"""What tests in a browser share: a site, a Chromium, pages that are watched, and what pages are held against.

The rules of html-validate that .htmlvalidate.json changes: white space at the end of a line means nothing in HTML; our own scripts need no
hash of their content, those of others would; boxes of one question share a name, as parameters that may be repeated do; and an identifier may hold
the codes of constructs, as HTML allows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from validating_html import HtmlValidator
from visiting import Visitor

from benchmarks.chromium import launched

HERE = Path(__file__).resolve().parent
#: WCAG 2.2 AA, and what axe-core holds to be good practice.
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def site(address: str) -> str:
    """The address of a server that answers from the graph."""
    return address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium. It ends with the module, since no other test may start an event loop in this thread while it runs."""
    with launched() as found:
        yield found


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Visitor]:
    """Opens pages; the test fails for whatever went wrong in any of them."""
    visitor = Visitor(browser, site)
    yield visitor
    faults = visitor.close()
    assert faults == [], "\n".join(faults)


@pytest.fixture
def page(visit: Visitor) -> Page:
    """A page of a fresh context in which nothing was opened yet."""
    return visit.blank()


@cache
def _axe_source() -> str:
    file = HERE / "node_modules" / "axe-core" / "axe.min.js"
    assert file.is_file(), "axe-core is not installed; run: python tests/browser/installing.py"
    return file.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def axe() -> Callable[..., None]:
    """Asserts that axe-core finds nothing wrong in a page as it is shown now, or in the part that `within` selects."""

    def check(page: Page, *, within: str | None = None) -> None:
        if not page.evaluate("typeof axe === 'object'"):
            page.evaluate(_axe_source())
        found: dict[str, Any] = page.evaluate(
            "([within, tags]) => axe.run(within ?? document, {runOnly: tags, resultTypes: ['violations']})"
            ".then(({passes, violations}) => ({passes: passes.length, violations}))",
            [within, AXE_TAGS],
        )
        assert found["passes"] > 0, "axe-core examined nothing"
        lines = [
            f"{violation['id']}: {violation['help']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
            for violation in found["violations"]
            for node in violation["nodes"]
        ]
        assert lines == [], f"{page.url}\n" + "\n".join(lines)

    return check


@pytest.fixture(scope="session")
def _html_validator() -> Iterator[HtmlValidator]:
    validator = HtmlValidator()
    yield validator
    validator.close()


@pytest.fixture(scope="session")
def html_validate(_html_validator: HtmlValidator) -> Callable[[str, str], None]:
    """Asserts that HTML, as it was served, is valid; the second argument names it."""

    def check(html: str, name: str) -> None:
        findings = _html_validator.findings(html)
        assert findings == [], f"{name}\n" + "\n".join(findings)

    return check


@pytest.fixture
def download(tmp_path: Path) -> Callable[[Page, Callable[[], None]], Path]:
    """Does what starts a download, and returns the file that was saved, under the name that the browser would give it."""

    def save(page: Page, action: Callable[[], None]) -> Path:
        with page.expect_download() as started:
            action()
        file = tmp_path / started.value.suggested_filename
        started.value.save_as(file)
        return file

    return save
