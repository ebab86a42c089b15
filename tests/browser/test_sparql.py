"""The SPARQL page and the stored queries in a browser: editor, examples, completion, answers, history, and what happens without scripts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import Page, expect
from visiting import Visitor

Axe = Callable[..., None]

TWO = 'SELECT ?label { VALUES ?c { chime:H chime:I } ?c skos:prefLabel ?label } ORDER BY ?label'


def ready(page: Page) -> Page:
    expect(page.locator("html[data-ready=true]")).to_be_attached()
    expect(page.locator(".yasqe .CodeMirror")).to_be_visible()
    return page


def address(query: str) -> str:
    return f"/sparql?{urlencode({'query': query})}"


def written(page: Page) -> str:
    """Return what stands in the editor."""
    return page.evaluate("document.querySelector('.CodeMirror').CodeMirror.getValue()")


def write(page: Page, query: str) -> None:
    """Replace what stands in the editor, as a reader who pastes does."""
    page.locator(".CodeMirror-lines").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(query)


def ask(page: Page) -> None:
    page.get_by_role("button", name="Ask", exact=True).click()


def asked(page: Page) -> str | None:
    """Return the query that the address of the page names."""
    return parse_qs(urlsplit(page.url).query).get("query", [None])[0]


def test_a_question_is_filled_in_asked_and_leads_to_its_evidence(visit: Visitor, axe: Axe) -> None:
    page = ready(visit("/sparql"))
    page.get_by_text("Impacts 11").click()
    page.get_by_role("link", name="Which IMRI impacts are aligned to which CHIME process, and who says so?").click()
    expect(page.get_by_role("status").filter(has_text="The question is in the editor")).to_be_visible()
    assert "#+ id: competency/cq01-imri-aligned-to-chime" in written(page) and written(page).startswith("PREFIX")
    assert page.url.endswith("/sparql")
    ask(page)
    expect(page.get_by_role("heading", name="Answer")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="14 rows.")).to_be_visible()
    assert "cq01" in (asked(page) or "")
    axe(page)
    page.locator("#results").get_by_role("link", name="mapping:imri-chime-s02").first.click()
    expect(page).to_have_url(re.compile(r"/mappings/mapping:imri-chime-s02$"))


def test_the_address_holds_the_query_and_back_and_reload_bring_it_back(visit: Visitor) -> None:
    page = ready(visit("/sparql"))
    first = written(page)
    write(page, TWO)
    ask(page)
    expect(page.locator("#results tbody tr")).to_have_count(2)
    assert asked(page) == written(page)
    write(page, "ASK { chime:H ?p ?o }")
    ask(page)
    expect(page.locator("#results")).to_contain_text("Yes: the graph holds it.")
    page.go_back()
    expect(page.locator("#results tbody tr")).to_have_count(2)
    assert written(page).endswith(TWO)
    page.reload()
    ready(page)
    expect(page.locator("#results tbody tr")).to_have_count(2)
    assert written(page).endswith(TWO)
    page.go_back()
    expect(page.locator("#results")).to_be_hidden()
    assert written(page) == first
    page.go_forward()
    expect(page.locator("#results tbody tr")).to_have_count(2)


def test_a_deep_link_is_answered_and_its_prefixes_are_declared_in_the_editor(visit: Visitor, axe: Axe) -> None:
    page = ready(visit(address(TWO)))
    expect(page.locator("#results tbody tr")).to_have_count(2)
    assert written(page) == ("PREFIX chime: <https://w3id.org/imri-kg/id/chime/>\nPREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n" + TWO)
    expect(page.locator(".parseErrorIcon")).to_have_count(0)
    for dark in (False, True):
        page.emulate_media(color_scheme="dark" if dark else "light")
        axe(page)


def test_names_in_strings_iris_and_comments_are_not_declared(visit: Visitor) -> None:
    query = 'ASK { <http://example.org/skos:a> ?p "owl:b" , \'\\\'owl:c\' # rdf:d\n}'
    page = ready(visit(address(query)))
    assert written(page) == query


def test_a_refusal_shows_its_place(visit: Visitor) -> None:
    visit.allow(status=400)
    page = ready(visit("/sparql"))
    write(page, "SELECT * {\n  ?s ?p }")
    ask(page)
    expect(page.get_by_role("heading", name="No answer")).to_be_visible()
    expect(page.locator("#results")).to_contain_text("line 2, column 9")
    page.get_by_role("button", name="Show the place in the editor").click()
    place = page.evaluate("(() => { const at = document.querySelector('.CodeMirror').CodeMirror.getCursor('from'); return [at.line, at.ch]; })()")
    assert place == [1, 8]
    assert page.evaluate("document.activeElement.closest('.yasqe') !== null")


def test_the_place_is_right_where_lines_were_put_before_the_query(visit: Visitor) -> None:
    page = ready(visit(address("SELECT * {\n  imri:B1 ?p }"), status=400))
    page.get_by_role("button", name="Show the place in the editor").click()
    found = page.evaluate("(() => { const e = document.querySelector('.CodeMirror').CodeMirror; return e.getSelection() + e.getCursor('from').line; })()")
    assert found == "}2"


def test_the_mark_of_a_wrong_line_can_be_pointed_at(visit: Visitor) -> None:
    """The editor would say something there with styles in its text, which the policy forbids and the browser complains of."""
    page = ready(visit("/sparql"))
    write(page, "SELECT * { ?s ?p }")
    expect(page.locator(".parseErrorIcon")).to_be_visible()
    page.locator(".parseErrorIcon").hover()
    expect(page.locator(".yasqe_tooltip")).to_have_count(0)


def test_names_are_completed_from_our_own_vocabulary_and_nothing_is_asked_elsewhere(visit: Visitor) -> None:
    page = ready(visit("/sparql"))
    write(page, "SELECT * { ?s ")
    page.keyboard.type("ikg:labelS")
    hints = page.locator(".CodeMirror-hints li")
    expect(hints).to_have_count(2)
    expect(hints.first).to_contain_text("ikg:labelStatus")
    page.keyboard.press("Enter")
    page.keyboard.type(" ?o . ")
    page.keyboard.type("imri:aspir")
    expect(page.locator(".CodeMirror-hints li").first).to_contain_text("imri:T7")
    page.keyboard.press("Enter")
    expect(page.locator(".CodeMirror-hints")).to_have_count(0)
    text = written(page)
    assert "ikg:labelStatus ?o . imri:T7" in text
    assert "PREFIX ikg: <https://w3id.org/imri-kg/ontology/>" in text and "PREFIX imri: <https://w3id.org/imri-kg/id/imri/>" in text
    assert all(urlsplit(url).netloc == urlsplit(visit.site).netloc for _, url in visit.sent if url.startswith("http"))


def test_the_keyboard_gets_into_the_editor_out_of_it_and_asks(visit: Visitor) -> None:
    page = ready(visit("/sparql"))
    page.locator(".CodeMirror-lines").click()
    before = written(page)
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.closest('.yasqe') !== null") and written(page) == before
    page.keyboard.press("Control+Enter")
    expect(page.locator("#results tbody tr").first).to_be_visible()
    assert page.evaluate("document.activeElement.closest('.yasqe') !== null"), "the focus stays where one writes"


def test_the_plain_field_takes_the_place_of_the_editor_and_keeps_the_query(visit: Visitor, axe: Axe) -> None:
    page = ready(visit("/sparql"))
    write(page, "SELECT * {\n  ?s ?p }")
    page.get_by_role("button", name="Plain text field").click()
    field = page.get_by_label("Query", exact=True)
    expect(field).to_have_value("SELECT * {\n  ?s ?p }")
    expect(page.locator(".yasqe")).to_be_hidden()
    axe(page)
    visit.allow(status=400)
    field.press("Control+Enter")
    page.get_by_role("button", name="Show the place in the editor").click()
    assert field.evaluate("e => [e.value.slice(e.selectionStart, e.selectionEnd), document.activeElement === e]") == ["}", True]
    field.fill(TWO)
    page.get_by_role("button", name="Plain text field").click()
    assert written(page) == TWO
    ask(page)
    expect(page.locator("#results tbody tr")).to_have_count(2)


def test_nothing_is_kept_in_the_browser(visit: Visitor) -> None:
    page = ready(visit("/sparql"))
    write(page, TWO)
    ask(page)
    expect(page.locator("#results tbody tr")).to_have_count(2)
    page.locator("h1").click()
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]


def test_a_query_too_long_for_an_address_is_sent_all_the_same(visit: Visitor) -> None:
    page = ready(visit("/sparql"))
    write(page, TWO + "\n" + "\n".join(f"# {'long ' * 20}{n}" for n in range(300)))
    ask(page)
    expect(page.locator("#results")).to_contain_text("too long for an address")
    assert ("POST", f"{visit.site}/sparql") in visit.sent and asked(page) is None


def test_an_answer_can_be_taken_along(visit: Visitor) -> None:
    page = ready(visit(address(TWO)))
    for name, read in (("CSV", lambda t: t.split()[0] == "label"), ("JSON", lambda t: len(json.loads(t)["results"]["bindings"]) == 2)):
        to = page.locator("#results").get_by_role("link", name=name, exact=True).get_attribute("href")
        assert read(page.request.get(to).text())


def test_without_scripts_the_form_asks_and_shows_the_answer(visit: Visitor) -> None:
    page = visit("/sparql", script=False)
    page.get_by_label("Query", exact=True).fill(TWO)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#results tbody tr")).to_have_count(2)
    assert asked(page) == TWO and page.get_by_label("Query", exact=True).input_value() == TWO
    page.get_by_label("Query", exact=True).fill("CONSTRUCT { chime:H skos:prefLabel ?l } { chime:H skos:prefLabel ?l }")
    page.get_by_role("button", name="Ask with a long query").click()
    expect(page.locator("#results pre").last).to_contain_text("Hope and optimism about the future")
    assert asked(page) is None
    visit.allow(status=400)
    page.get_by_label("Query", exact=True).fill("SELECT")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.locator("#results")).to_contain_text("The query is not SPARQL")
    page.get_by_text("Impacts 11").click()
    page.get_by_role("link", name="Which IMRI impacts are aligned to which CHIME process, and who says so?").click()
    page.get_by_role("link", name="Open in SPARQL").click()
    expect(page.locator("#results tbody tr")).to_have_count(14)


def test_on_paper_stands_the_query_and_its_answer(visit: Visitor) -> None:
    page = visit(address(TWO), printed=True)
    expect(page.locator(".printed-query")).to_contain_text(TWO)
    expect(page.locator("#results table")).to_be_visible()
    expect(page.locator(".yasqe")).to_be_hidden()


def test_the_library_is_loaded_here_only(visit: Visitor) -> None:
    page = ready(visit("/sparql"))
    heavy = [url for _, url in visit.sent if "/static/" in url and len(page.request.get(url).body()) > 400_000]
    assert len(heavy) == 1
    for other in ("/queries/cq01", "/about", "/docs", "/downloads"):
        expect(visit(other).locator("html[data-ready=true]")).to_be_attached()
    assert [url for _, url in visit.sent].count(heavy[0]) == 1


def test_a_stored_query_takes_its_parameters_by_a_form_and_opens_in_the_editor(visit: Visitor, axe: Axe) -> None:
    page = visit("/queries/cq39")
    page.get_by_label("record").fill("mapping:imri-chime-s03")
    page.get_by_label("record").press("Enter")
    expect(page).to_have_url(re.compile(r"record=mapping(:|%3A)imri-chime-s03$"))
    expect(page.locator("table.rows tbody tr").first).to_be_visible()
    axe(page)
    page.get_by_role("link", name="Open in SPARQL").click()
    ready(page)
    assert "competency/cq39-provenance-of-a-mapping" in written(page)


def test_a_download_is_the_file_that_its_row_names(visit: Visitor, download: Callable[[Page, Callable[[], object]], Path]) -> None:
    page = visit("/downloads")
    link = page.get_by_role("link", name="IMRI to CHIME, curated as SSSOM TSV", exact=True)
    file = download(page, link.click)
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("#mapping_set_id: ") and any(line.startswith("mapping:imri-chime-c08\t") for line in lines)


def test_the_anchor_of_a_rule_leads_to_its_row(visit: Visitor) -> None:
    page = visit("/about#rules-RCE1-close")
    expect(page.locator("#rules-RCE1-close")).to_be_in_viewport()
    expect(page.locator("#rules-RCE1-close")).to_contain_text("is close to")
