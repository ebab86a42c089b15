"""The measurement of pages and the command for pictures: what they judge, and that a browser really tells them something."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import screenshot
from playwright.sync_api import Browser

from benchmarks import pages
from benchmarks.results import NothingMeasuredError

HERE = Path(__file__).resolve().parent


def test_medians_are_held_against_the_aims() -> None:
    quick, slow = pages.Load(100, 150_400, 90), pages.Load(600, 250_000, 1200)
    found = pages.summarise(
        {"home": [quick, quick, slow], "concept": [slow], "largest crosswalk": [slow], "sparql": [pages.Load(700, 400_000, None)]}, [20.0, 30.0, 90.0], {}, 1, "1.2"
    )
    text = [" ".join(line.split()) for line in found.lines]
    assert text[1:] == [
        "home 100 ms (< 500: met) 150 kB (< 200: met) 90 ms",
        "concept 600 ms (< 500: missed) 250 kB (< 200: missed) 1200 ms",
        "largest crosswalk 600 ms 250 kB 1200 ms (< 1000: missed)",
        "sparql 700 ms 400 kB -",
        "search: hits 30 ms (< 50: met) after a keystroke, at most 90 ms; 3 keystrokes, 1 without hits",
        "medians; loads of each page, each with an empty cache: 3; Chromium 1.2",
    ]
    assert found.failures == (), "a missed aim is no failure"
    assert found.figures["pages"]["home"] == {"runs": 3, "first_contentful_paint_ms": 100, "sent_bytes": 150_400, "ready_ms": 90}
    assert found.figures["search"] == {"keystrokes": 3, "median_ms": 30.0, "most_ms": 90.0, "unanswered": 1}


def test_an_aim_of_which_nothing_is_told_is_missed() -> None:
    found = pages.summarise({"largest crosswalk": [pages.Load(1, 1, None), pages.Load(1, 1, 5)]}, [1.0], {}, 0, "1")
    assert "not told: missed" in found.lines[1]


def test_a_page_that_is_not_there_and_a_search_without_hits_are_failures() -> None:
    found = pages.summarise({"home": [pages.Load(1, 1, 1)]}, [], {"check": "/validate replied 404"}, 4, "1")
    assert found.failures == ("check: /validate replied 404", "search: no hits came while typing")
    with pytest.raises(NothingMeasuredError, match="replied 404"):
        pages.summarise({}, [], {"check": "/validate replied 404"}, 0, "1")


def test_a_browser_tells_its_times_and_what_was_sent(browser: Browser, site: str) -> None:
    found = pages._load(browser, site + "/")
    assert 0 < found.paint < 60_000
    assert found.sent > 2000
    assert found.ready is not None
    again = pages._load(browser, site + "/")
    assert abs(again.sent - found.sent) < 2000, "nothing is kept from one load to the next"


def test_keystrokes_are_timed_to_their_hits(browser: Browser, site: str) -> None:
    times, unanswered = pages._type(browser, site + "/")
    assert len(times) + unanswered == sum(map(len, pages._TYPED))
    assert len(times) > unanswered
    assert all(0 < milliseconds < 5000 for milliseconds in times)


def test_a_page_without_a_search_box_has_no_hits(browser: Browser) -> None:
    assert pages._type(browser, "data:text/html,<p>none</p>") == ([], 0)


def test_a_picture_is_written_for_each_page(site: str, tmp_path: Path) -> None:
    command = [sys.executable, str(HERE / "screenshot.py"), "--site", site, "--width", "360", "--height", "500", "--dark", "/", "/search?q=hope", "-o", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    for name in ("home.png", "search-q-hope.png"):
        picture = (tmp_path / name).read_bytes()
        assert picture.startswith(b"\x89PNG")
        assert (int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24])) == (360, 500)


def test_several_pages_do_not_fit_one_file(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        screenshot.main(["/", "/about", "-o", "one.png"])
    assert "several pages need a folder" in capsys.readouterr().err


@pytest.mark.parametrize(("path", "name"), [("/", "home.png"), ("/explain?subject=logic:M3", "explain-subject-logic-M3.png"), ("/../../a", "..-..-a.png")])
def test_a_picture_is_named_after_its_page(path: str, name: str) -> None:
    assert screenshot.file_of(path) == name
