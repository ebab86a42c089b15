"""The page of a table of counts: its cells, what lies behind one, its filters, and the form before anything was asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from test_explorer_cases import CMHA, ESTHER, page, text

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

HINDERED = "/matrix?rows=case&columns=phase&dataset=mulvale-2024&valence=barrier"


def cells(html: str) -> dict[str, str]:
    """Return what assistive technology reads of each cell that can be followed, by the beginning of its name."""
    return dict(name.split(": ", 1) for name in re.findall(r'<td class="matrix-cell[^>]*><a [^>]*><span class="vh">(.*?)</span>', html))


def test_a_cell_says_its_row_column_and_numbers(client: TestClient) -> None:
    html = page(client, HINDERED)
    assert cells(html) == {
        "CMHA Learning Centres, implementation": "4 observations, 0 printed, 4 inferred", "CMHA Learning Centres, assimilation": "2 observations, 0 printed, 2 inferred",
        "ESTHER, adoption": "2 observations, 0 printed, 2 inferred", "ESTHER, implementation": "6 observations, 0 printed, 6 inferred",
        "ESTHER, assimilation": "2 observations, 0 printed, 2 inferred", "Making Recovery Real, adoption": "3 observations, 0 printed, 3 inferred",
        "Making Recovery Real, implementation": "one observation, 0 printed, 1 inferred", "Making Recovery Real, not stated": "one observation, 0 printed, 1 inferred",
    }  # fmt: skip
    # The other four cells are not stated: no number, not even 0.
    assert html.count('<span class="vh">not stated</span>') == 4
    # F264, F273 and F274 are said of the study and count nowhere.
    assert {"F264", "F273", "F274"} == set(re.findall(r">(F\d+)</a>", html))


def test_what_lies_behind_a_cell_can_be_linked_to(client: TestClient) -> None:
    html = page(client, f"{HINDERED}&row={ESTHER}&column=phase:assimilation")
    behind = html[html.index('id="behind"'):]
    assert "Behind ESTHER × assimilation" in text(behind)
    assert re.findall(r">(F\d+)</a>", behind) == ["F069", "F071"]
    assert "Findings > Case 1 > Assimilation, first paragraph" in text(behind)
    # Each cell's own link leads there.
    assert f"row={ESTHER}&amp;column=phase:assimilation#behind" in page(client, HINDERED)


def test_a_whole_row_can_be_opened(client: TestClient) -> None:
    html = page(client, f"{HINDERED}&row={CMHA}")
    behind = html[html.index('id="behind"'):]
    assert "6 observations: 0 printed, 6 inferred" in text(behind)
    assert len(re.findall(r'<li class="observation">', behind)) == 6


def test_a_cell_that_is_not_there_is_told(client: TestClient) -> None:
    assert "The table has no row or column nowhere with these filters." in text(page(client, f"{HINDERED}&row=nowhere"))


def test_what_authors_state_without_counting_is_a_word_and_leads_to_the_statement(client: TestClient) -> None:
    html = page(client, "/matrix?rows=impact&columns=case&row=imri:B&column=piat-2022.quebec")
    assert cells(html)["Ways of being, Québec"] == "stated present (not counted)"
    assert "The category has data from each of the seven sites." in text(html[html.index('id="behind"'):])


def test_each_filter_is_a_chip_that_takes_it_away(client: TestClient) -> None:
    html = page(client, f"{HINDERED}&valence=facilitator")
    chips = {re.sub(r"^.*?: ", "", label): to.replace("&amp;", "&") for to, label in re.findall(r'<a class="chip" href="([^"]+)" aria-label="([^"]+)"', html)}
    assert set(chips) == {"barrier", "facilitator", "Three cases of coproduction with structurally vulnerable groups (Mulvale et al. 2024)"}
    without = page(client, chips["facilitator"])
    assert cells(without) == cells(page(client, HINDERED))


def test_own_parameters_change_nothing_of_the_data(client: TestClient) -> None:
    body, other = (client.get(f"{HINDERED}{more}", headers={"Accept": "application/json"}).json() for more in ("", f"&row={ESTHER}"))
    assert body["cells"] == other["cells"]
    csv = client.get(f"{HINDERED}&format=csv").text.splitlines()
    assert len(csv) == 1 + 12


def test_the_form_comes_first_and_its_examples_have_answers(client: TestClient) -> None:
    html = page(client, "/matrix")
    assert len(re.findall(r'<option value="', html)) == 2 * 13
    examples = re.search(r'<h2 id="examples">.*?</section>', html, flags=re.S)
    assert examples
    addresses = [to.replace("&amp;", "&") for to in re.findall(r'href="([^"]+)"', examples[0])]
    assert len(addresses) == 7
    for address in addresses:
        assert cells(page(client, address)), address


def test_a_question_that_cannot_be_asked_is_told_as_a_page(client: TestClient) -> None:
    reply = client.get("/matrix?rows=case&columns=case", headers={"Accept": "text/html"})
    assert reply.status_code >= 400
    assert "choose two different dimensions" in text(reply.text)
    assert "phase" in text(page(client, "/matrix?rows=fase&columns=case", 400))
