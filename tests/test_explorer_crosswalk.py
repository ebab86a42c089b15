"""The pages of crosswalks and coverage as the server renders them: states, filters, gaps, panel, drawing and table.

What is expected was counted by hand in the mapping files: IMRI and CHIME have 16 records, of which two are negative (B2 to H2, P1 to E); of the 21
impacts B1, I1, T7 and O2 have a counterpart.
"""

from __future__ import annotations

import csv
import io
import re
from html import unescape
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from imri_kg_api.explorer.crosswalk_matrix import Choices, matrix
from imri_kg_api.explorer.gaps import Gap, gaps, standing
from openpyxl import load_workbook

from imri_kg.graph import KnowledgeGraph

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

HTML = {"Accept": "text/html"}
SVG = "{http://www.w3.org/2000/svg}"


def page(client: TestClient, path: str, status: int = 200) -> str:
    reply = client.get(path, headers=HTML)
    assert reply.status_code == status, reply.text[:500]
    return reply.text


def rows(html: str) -> dict[str, list[str]]:
    """Return the cells of each row of the matrix, as their markup, by the construct of the row."""
    body = re.search(r'<table class="cw-grid">.*?<tbody>(.*?)</tbody>', html, re.S)
    assert body
    lines = re.findall(r'<tr class="[^"]*" data-c="([^"]+)">(.*?)</tr>', body[1], re.S)
    return {curie: re.findall(r"<td.*?</td>", line, re.S) for curie, line in lines}


def columns(html: str) -> list[str]:
    head = re.search(r'<table class="cw-grid">.*?<thead>(.*?)</thead>', html, re.S)
    assert head
    return re.findall(r'<th scope="col" class="[^"]*" data-c="([^"]+)">', head[1])


def text(markup: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", markup))).strip()


# ------------------------------------------------------------ the matrix


def test_every_pair_has_a_cell_that_says_its_state(client: TestClient) -> None:
    html = page(client, "/crosswalks/imri/chime")
    found, heads = rows(html), columns(html)
    assert (len(found), len(heads)) == (25, 26)
    assert {len(cells) for cells in found.values()} == {26}
    cell = found["imri:B1"][heads.index("chime:H4")]
    assert 'class="m"' in cell
    assert 'aria-label="B1 Experiencing personal growth or wellbeing, H4 Positive thinking and valuing success: mapped, curated"' in cell
    assert "#sign-mapped" in cell and "#sign-curated" in cell
    no = found["imri:B2"][heads.index("chime:H2")]
    assert 'class="j"' in no and "judged not mapped" in no and "#sign-judged_not_mapped" in no
    assert found["imri:B"][0] == "<td>not assessed</td>"
    marked = [cell for cells in found.values() for cell in cells if cell != "<td>not assessed</td>"]
    assert len(marked) == 16
    assert sum('class="m"' in cell for cell in marked) == 14


def test_the_largest_page_is_small_when_it_travels(client: TestClient) -> None:
    reply = client.get("/crosswalks/cfir-2009/cfir-2022", headers={**HTML, "Accept-Encoding": "gzip"})
    assert sum(len(cells) for cells in rows(reply.text).values()) == 44 * 74
    assert int(reply.headers["content-length"]) < 40_000


def test_kinds_of_construct_can_be_chosen_on_each_axis(client: TestClient) -> None:
    html = page(client, "/crosswalks/imri/chime?row_kind=Impact&column_kind=RecoveryProcess")
    assert columns(html) == ["chime:C", "chime:H", "chime:I", "chime:M", "chime:E"]
    assert len(rows(html)) == 21
    assert "imri:B" not in rows(html)
    said = text(html)
    assert "4 of 25 constructs of the rows are not shown." in said
    assert "21 of 26 constructs of the columns are not shown." in said
    assert "Kinds of construct and filters rows: impact; columns: recovery process" in said.replace("Impact", "impact").replace("Recovery", "recovery")


def test_the_gaps_of_the_impacts_say_what_they_rest_on(client: TestClient) -> None:
    """Which impacts have no counterpart in CHIME, and did anyone judge so, or is it just not assessed?"""
    said = text(page(client, "/crosswalks/imri/chime?row_kind=Impact"))
    assert "17 of 21 in IMRI have no recorded counterpart in CHIME: 0 judged against all of it, 2 against a part, 15 not assessed." in said
    assert "B2 Being hesitant about or resistant to change rebuilt judged not mapped to H2 Motivation to change" in said
    assert "This does not mean that they have no counterpart." in said


def test_a_filter_hides_cells_and_says_so_but_changes_no_state(client: TestClient) -> None:
    html = page(client, "/crosswalks/imri/chime?min_confidence=0.9")
    assert "16 pairs are hidden by the filters." in text(html)
    assert "5 records, which state no confidence, are hidden with them." in text(html)
    assert not any('class="m"' in cell for cells in rows(html).values() for cell in cells)
    assert re.search(r"<strong>14</strong> <span class=\"state state-mapped\">", html)
    only = page(client, "/crosswalks/imri/chime?state=judged_not_mapped")
    shown = [cell for cells in rows(only).values() for cell in cells if 'class="h"' not in cell]
    assert len(shown) == 2


def test_the_basis_is_a_filter_of_the_answer(client: TestClient) -> None:
    html = page(client, "/crosswalks/imri/chime?basis=author-stated")
    assert sum('class="m"' in cell for cells in rows(html).values() for cell in cells) == 5
    said = text(html)
    assert "11 records that are curated are not trusted. 11 pairs are judged by them alone." in said
    # Nobody can say of those that they were not assessed: 650 pairs less 5 and 11.
    assert "634 not assessed 11 judged on a basis that is left out" in said
    found, heads = rows(html), columns(html)
    assert text(found["imri:P1"][heads.index("chime:E")]) == "judged on a basis that is left out"
    assert "20 in IMRI" not in said and "22 of 25 in IMRI have no recorded counterpart in CHIME: 0 judged against all of it, 0 against a part, 19 not assessed. 3 judged on a basis that is left out." in said


def test_the_coverage_of_a_basis_tells_what_it_leaves_out_from_what_nobody_judged(client: TestClient) -> None:
    said = text(page(client, "/coverage/imri/chime?basis=author-stated&row_kind=Impact"))
    assert "P1 Empowering members and shifting power rebuilt judged on a basis that is left out 0 0 0 25" in said
    assert "T1 Changing mindset not assessed 0 0 0 26" in said
    # Exploratory records that count are none that are left out: each of the 5 members makes one pair with each of the 44 of CFIR 2009.
    html = page(client, "/coverage/assimilation/cfir-2009?basis=curated&exploratory=true")
    side = re.search(r'<table class="coverage-members[^>]*>.*?<tbody>(.*?)</tbody>', html, re.S)
    assert side
    sums = [sum(int(n) for n in re.findall(r'<td class="number"[^>]*>(\d+)</td>', line)) for line in re.findall(r"<tr>.*?</tr>", side[1], re.S)]
    assert sums == [44] * 5


def test_rows_and_columns_without_a_record_can_be_hidden(client: TestClient) -> None:
    html = page(client, "/crosswalks/imri/chime?row_kind=Impact&recorded=true")
    assert sorted(rows(html)) == ["imri:B1", "imri:B2", "imri:I1", "imri:O2", "imri:P1", "imri:T7"]
    # What is hidden is a gap all the same.
    assert "17 of 21 in IMRI have no recorded counterpart in CHIME" in text(html) and "21 × 26 = 546 pairs" in text(html)


def test_a_folded_group_counts_its_pairs_and_has_no_state_of_its_own(client: TestClient) -> None:
    html = page(client, "/crosswalks/imri/chime?folded_row=imri:B&folded_column=chime:H")
    found, heads = rows(html), columns(html)
    assert "imri:B1" not in found and "chime:H4" not in heads
    # B, B1 and B2 against H and its five parts: one mapped (B1 to H4), one judged not mapped (B2 to H2).
    square = found["imri:B"][heads.index("chime:H")]
    assert 'class="s"' in square
    assert "1 mapped, 1 judged not mapped, 16 not assessed" in text(square)
    quiet = found["imri:B"][heads.index("chime:C")]
    assert 'class="z"' in quiet and text(quiet) == "3 not assessed"
    assert 'aria-label="Open 2 below Ways of being"' in html


def test_an_exploratory_record_is_marked_where_it_counts(client: TestClient) -> None:
    """Between the two CFIR editions 62 pairs are mapped, and three more by records below 0.50."""
    plain, with_them = (page(client, f"/crosswalks/cfir-2009/cfir-2022{query}") for query in ("", "?exploratory=true"))
    marked = [cell for cells in rows(with_them).values() for cell in cells if 'class="m e"' in cell]
    assert marked and all("exploratory" in cell and "#sign-exploratory" in cell for cell in marked)
    count = [sum('class="m' in cell for cells in rows(html).values() for cell in cells) for html in (plain, with_them)]
    assert count[1] == count[0] + len(marked) == 65
    assert 'class="m e"' not in plain


def test_routes_are_shown_as_what_they_are(client: TestClient) -> None:
    html = page(client, "/crosswalks/imri/chime?routes=true")
    cell = rows(html)["imri:B1"][columns(html).index("chime:H")]
    assert 'class="r"' in cell and "not assessed, a route of recorded steps" in cell and "#sign-route" in cell


def test_editions_without_a_record_are_told_so_with_their_routes(client: TestClient) -> None:
    html = page(client, "/crosswalks/recovery-review/cfir-2022")
    assert "Nobody has judged any pair of these two editions. 76 routes of recorded steps lead from one to the other" in text(html)
    assert "/crosswalks/recovery-review/cfir-2022?routes=true" in html


def test_a_narrow_screen_has_a_list_by_row(client: TestClient) -> None:
    html = page(client, "/crosswalks/imri/chime")
    listed = re.search(r'<section aria-label="Being hesitant about or resistant to change">(.*?)</section>', html, re.S)
    assert listed
    assert "judged not mapped H2 Motivation to change curated 25 pairs are not assessed." in text(listed[1])


# ------------------------------------------------------------ the panel


def test_a_cell_in_the_address_opens_its_panel(client: TestClient) -> None:
    html = page(client, "/crosswalks/imri/chime?cell=imri:T7,chime:H")
    panel = re.search(r'<aside id="cw-panel".*?</aside>', html, re.S)
    assert panel
    said = text(panel[0])
    assert "mapped" in said and "author-stated" in said and "Piat et al. 2022" in said
    assert "/mappings/mapping:imri-chime-" in panel[0] and "/explain?subject=imri:T7&amp;object=chime:H" in panel[0]


def test_a_pair_that_nobody_assessed_says_why_no_rule_helps(client: TestClient) -> None:
    part = page(client, "/crosswalks/imri/chime?cell=imri:B1,chime:H&part=panel")
    assert part.strip().startswith("<aside")
    assert "relatedMatch is associative and not transitive" in text(part)
    assert "have not been assessed" in text(part)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("cell=imri:B1", "is no pair of this crosswalk"),
        ("cell=chime:H,imri:B1", "is no pair of this crosswalk"),
        ("cell=%3Cscript%3Ealert(1)%3C/script%3E", "is no pair of this crosswalk"),
        ("row_kind=Impacts", "Did you mean 'Impact'?"),
        ("folded_row=chime:H", "Unknown folded row 'chime:H'"),
        ("state=maped", "Did you mean 'mapped'?"),
        ("min_confidence=much", "give a number from 0 to 1"),
        ("min_confidence=nan", "give a number from 0 to 1"),
        ("colour=red", "Unknown parameter 'colour'"),
    ],
)
def test_what_cannot_be_read_is_told_on_a_page(client: TestClient, query: str, said: str) -> None:
    html = page(client, f"/crosswalks/imri/chime?{query}", status=400)
    assert said in unescape(html)
    assert "<script>alert" not in html


def test_the_parameters_of_the_page_are_none_of_the_api(client: TestClient) -> None:
    assert client.get("/api/v1/crosswalks/imri/chime?row_kind=Impact").status_code == 400
    assert client.get("/crosswalks/imri/chime?row_kind=Impact&format=json").json()["counts"]["mapped"] == 14


def test_swapping_keeps_what_was_chosen(client: TestClient) -> None:
    html = page(client, "/crosswalks/imri/chime?row_kind=Impact&folded_column=chime:H&basis=curated&cell=imri:B1,chime:H4")
    assert 'href="/crosswalks/chime/imri?column_kind=Impact&amp;folded_row=chime:H&amp;basis=curated&amp;cell=chime:H4,imri:B1"' in html


# ------------------------------------------------------------ drawing and table


def test_the_drawing_says_what_the_matrix_says(client: TestClient) -> None:
    reply = client.get("/crosswalks/imri/chime/drawing.svg?row_kind=Impact")
    assert reply.headers["content-type"] == "image/svg+xml"
    assert reply.headers["content-disposition"] == 'attachment; filename="crosswalk-imri-chime.svg"'
    root = ElementTree.fromstring(reply.content)
    said = [title.text for title in root.iter(f"{SVG}title")]
    assert said[0] == "Crosswalk: IMRI and CHIME"
    assert len(said) == 17
    assert "imri:B2 × chime:H2: judged not mapped, curated" in said
    words = " ".join(t.text or "" for t in root.iter(f"{SVG}text"))
    assert "14 mapped, 2 judged not mapped, 0 contested, 530 not assessed" in words
    assert "4 of 25 constructs of the rows are not shown." in words and "release 0.1.0" in words
    assert "Chosen: rows: impact." in words.replace("Impact", "impact")
    # The address goes on in the next line where it is longer than one.
    assert "/crosswalks/imri/chime?row_kind=Impact&answer=sha256-" in words
    assert "contested:" not in words and "the strongest record of the pair is derived" not in words and "italics: the label is rebuilt or unconfirmed" in words
    assert client.get("/crosswalks/imri/chime/drawing.svg?row_kind=Impact").content == reply.content
    assert b" style=" not in reply.content and b"<style" not in reply.content


def table_of(client: TestClient, query: str, form: str = "csv") -> list[dict[str, str]]:
    reply = client.get(f"/crosswalks/{query}&format={form}")
    assert reply.status_code == 200, reply.text
    return list(csv.DictReader(io.StringIO(reply.text, newline="")))


def test_the_table_for_a_paper_has_a_line_for_each_record_and_each_construct_without_one(client: TestClient) -> None:
    reply = client.get("/crosswalks/imri/chime/table?row_kind=Impact&format=csv")
    assert 'filename="crosswalk-imri-chime-table.csv"' in reply.headers["content-disposition"]
    lines = list(csv.DictReader(io.StringIO(reply.text)))
    assert len(lines) == 16 + 15
    first = next(line for line in lines if line["Construct"].startswith("T7 ") and line["Counterpart"].startswith("H "))
    assert first["Relation"] == "is related to"
    assert first["Whose claim"] == "author-stated, “aligns with”, predicate ours"
    assert "Piat et al. 2022 (" in first["Evidence"]
    assert first["Record"].startswith("mapping:imri-chime-s")
    denied = next(line for line in lines if line["Construct"].startswith("P1 "))
    assert (denied["Relation"], denied["Counterpart"], denied["State of the pair"]) == ("is not close to", "E Empowerment", "judged not mapped")
    assert denied["Whose claim"].startswith("curated, confidence 0.")
    assert [line["State of the pair"] for line in lines if line["Construct"].startswith("T1 ")] == ["not assessed against CHIME"]


def test_a_construct_of_which_records_are_left_out_is_not_called_unassessed(client: TestClient) -> None:
    """Of the impacts, B2, P1 and O2 have records of ours alone; T1 has none. A construct of which every pair is hidden has no line."""
    states = {line["Construct"].partition(" ")[0]: line["State of the pair"] for line in table_of(client, "imri/chime/table?row_kind=Impact&basis=author-stated")}
    assert {states[code] for code in ("B2", "P1", "O2")} == {"judged on a basis that is left out"}
    assert (states["T1"], states["T7"]) == ("not assessed against CHIME", "mapped")
    sure = {line["Construct"].partition(" ")[0]: line["State of the pair"] for line in table_of(client, "imri/chime/table?row_kind=Impact&min_confidence=0.9")}
    assert (sure["P1"], sure["T1"]) == ("judged, but hidden by the filters", "not assessed against CHIME")
    mapped = table_of(client, "imri/chime/table?row_kind=Impact&state=mapped")
    assert len(mapped) == 14 and {line["State of the pair"] for line in mapped} == {"mapped"}


def test_the_themes_of_the_review_against_cfir_2022_go_home_with_a_citation(client: TestClient) -> None:
    """Nobody has judged these pairs; the table says so of each theme, and offers the routes as what they are."""
    html = page(client, "/crosswalks/recovery-review/cfir-2022/table?row_kind=Theme")
    said = text(html)
    assert said.count("not assessed against CFIR 2022") == 13
    assert "routes=true" in html
    assert "How to cite it" in said and "imri-kg contributors" in said and "/crosswalks/recovery-review/cfir-2022?row_kind=Theme&answer=sha256-" in said
    query = "recovery-review/cfir-2022/table?row_kind=Theme&routes=true"
    lines = table_of(client, query)
    assert len(lines) == 13 and all(line["State of the pair"].startswith("not assessed") for line in lines)
    routes = table_of(client, query, "routes-csv")
    found = [line for line in routes if line["Construct"].startswith("T1 ") and line["Counterpart"].startswith("I.C ")]
    assert found and "cfir2009:I.C Relative Advantage" in found[0]["Steps"]
    assert f"{len(routes)} routes" in text(page(client, "/crosswalks/recovery-review/cfir-2022?row_kind=Theme&routes=true"))
    assert "Routes between Review 2021 and CFIR 2022: hypotheses, no mappings" in text(page(client, f"/crosswalks/{query}"))


def test_the_workbook_holds_table_routes_and_citation(client: TestClient) -> None:
    reply = client.get("/crosswalks/recovery-review/cfir-2022/table?row_kind=Theme&routes=true&format=xlsx")
    assert 'filename="crosswalk-recovery-review-cfir-2022-table.xlsx"' in reply.headers["content-disposition"]
    book = load_workbook(io.BytesIO(reply.content))
    assert book.sheetnames == ["Crosswalk", "Routes", "How to cite it"]
    assert [cell.value for cell in book["Crosswalk"][1]][:4] == ["Construct", "Relation", "Counterpart", "State of the pair"]
    about = {row[0]: row[1] for row in book["How to cite it"].iter_rows(values_only=True)}
    assert about["Crosswalk"] == "Crosswalk of Review 2021 and CFIR 2022" and about["Permanent address"].startswith("https://w3id.org/imri-kg/releases/")
    assert "?routes=true&row_kind=Theme&answer=sha256-" in about["Permanent address"] and about["Filters"]
    assert client.get("/crosswalks/imri/chime/table?format=xlsx").content == client.get("/crosswalks/imri/chime/table?format=xlsx").content


def test_the_filters_of_a_page_stay_in_its_citation(client: TestClient) -> None:
    html = page(client, "/crosswalks/imri/chime/table?row_kind=Impact&state=mapped&cell=imri:B1,chime:H")
    address = unescape(re.search(r'href="(/releases/[^"]+/crosswalks/imri/chime\?[^"]+)"', html)[1])  # type: ignore[index]
    assert "?row_kind=Impact&state=mapped&answer=sha256-" in address
    assert "Crosswalk of IMpacts" in text(html)
    cited = client.get("/api/v1/cite", params={"of": address}).json()
    assert cited["items"][0]["url"].endswith(address)
    assert any("as its parameters filter it" in note for note in cited["notes"])
    shown = page(client, re.sub(r"^/releases/[^/]+", "", address))
    assert "4 of 25 constructs of the rows are not shown." in text(shown)


def test_the_address_in_the_citation_gives_the_answer_again(client: TestClient) -> None:
    html = page(client, "/crosswalks/imri/chime/table")
    address = unescape(re.search(r'href="(/releases/[^"]+/api/v1/crosswalks/imri/chime\?answer=[^"]+)"', html)[1])  # type: ignore[index]
    # Below the prefix of its release the same application answers; `answer` is refused where the digest is that of another answer.
    reply = client.get(re.sub(r"^/releases/[^/]+", "", address))
    assert reply.status_code == 200
    assert reply.json()["counts"]["mapped"] == 14


def test_the_table_as_markdown_has_the_works_to_cite(client: TestClient) -> None:
    reply = client.get("/crosswalks/imri/chime/table?format=md")
    assert reply.headers["content-type"].startswith("text/markdown")
    assert reply.text.startswith("# Crosswalk of IMRI and CHIME\n\n| Construct | ")
    assert "## How to cite it" in reply.text and "Leamy" in reply.text


def test_cells_and_records_are_taken_home_as_filtered(client: TestClient) -> None:
    """Two pairs of IMRI and CHIME are judged not mapped: B2 to H2, P1 to E. The page leads to both files once it is filtered."""
    query = "?row_kind=Impact&state=judged_not_mapped&folded_row=imri:B"
    html = unescape(page(client, f"/crosswalks/imri/chime{query}"))
    cells, records = (re.search(rf'href="(/crosswalks/imri/chime/{name}\?[^"]*)"', html) for name in ("shown\\.csv", "shown\\.sssom\\.tsv"))
    assert cells and records and "shown.csv" not in page(client, "/crosswalks/imri/chime?folded_row=imri:B")
    reply = client.get(cells[1])
    assert reply.headers["content-disposition"] == 'attachment; filename="crosswalk-imri-chime-filtered.csv"'
    found = list(csv.DictReader(io.StringIO(reply.text, newline="")))
    assert [(row["row"], row["column"], row["state"]) for row in found] == [("imri:B2", "chime:H2", "judged_not_mapped"), ("imri:P1", "chime:E", "judged_not_mapped")]
    reply = client.get(records[1])
    assert reply.headers["content-disposition"] == 'attachment; filename="crosswalk-imri-chime-filtered.sssom.tsv"'
    comment = next(line for line in reply.text.splitlines() if line.startswith("#comment:"))
    assert "only judged not mapped. 4 of 25 constructs of the rows are not shown. 544 pairs are hidden by the filters." in comment
    lines = list(csv.DictReader((line for line in reply.text.splitlines() if not line.startswith("#")), delimiter="\t"))
    assert sorted((line["subject_id"], line["predicate_modifier"], line["object_id"]) for line in lines) == [("imri:B2", "Not", "chime:H2"), ("imri:P1", "Not", "chime:E")]


@pytest.mark.parametrize("path", ["table?format=pdf", "table?basis=guessed", "drawing.svg?exploratory=perhaps", "drawing.svg?colour=red", "shown.csv?state=vague", "shown.sssom.tsv?min_confidence=2"])
def test_forms_refuse_what_they_do_not_know(client: TestClient, path: str) -> None:
    assert client.get(f"/crosswalks/imri/chime/{path}").status_code == 400


# ------------------------------------------------------------ chooser and coverage


def test_the_chooser_tells_what_each_pair_of_editions_holds(client: TestClient) -> None:
    said = text(page(client, "/crosswalks"))
    assert "IMRI × CHIME: 14 mapped 2 judged not mapped of 650" in said
    assert "Review 2021 × CFIR 2022: no record at all" in said
    reply = client.get("/crosswalks?from=imri&to=chime", headers=HTML, follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (303, "/crosswalks/imri/chime")
    assert client.get("/crosswalks?from=imri&to=chimes", headers=HTML).status_code in (400, 404)


def test_the_overview_names_pairs_of_editions_that_nobody_judged(client: TestClient) -> None:
    html = page(client, "/coverage")
    said = text(html)
    assert "there is no record at all" in said
    assert "CFIR 2022 × Review 2021" in said
    assert "Evidence of absence" in said and "Absence of evidence" in said
    assert html.count("no record at all: nothing is assessed") == 16
    assert "fell short of explicitly investigating" in said


def test_the_coverage_of_two_editions_keeps_judged_and_unassessed_apart(client: TestClient) -> None:
    said = text(page(client, "/coverage/imri/chime?row_kind=Impact"))
    assert "21 constructs shown: 4 have a counterpart, 17 have none recorded. Of those without, 0 were judged against all, 2 against some, and 15 were just not assessed." in said
    assert "4 constructs of other kinds are left out." in said
    assert "26 constructs shown: 13 have a counterpart" in said
    assert "judged in part only" in said


# ------------------------------------------------------------ what they are made of


def test_a_construct_judged_against_everything_is_no_silence() -> None:
    assert standing({"mapped": 0, "judged_not_mapped": 3, "contested": 0, "not_assessed": 0}) == "judged"
    assert standing({"mapped": 0, "judged_not_mapped": 0, "contested": 1, "not_assessed": 2}) == "contested"
    found = gaps([Gap("a:1", {"mapped": 0, "judged_not_mapped": 0, "contested": 0, "not_assessed": 3})])
    assert (found.number("open"), found.without, found.total) == (1, 1, 1)


def test_a_construct_is_no_pair_with_itself(graph: KnowledgeGraph) -> None:
    answer = graph.crosswalk("chime", "chime")
    members = graph.framework("chime").members
    shown = matrix(answer, members, members, Choices())
    assert len(shown.pairs) == 26 * 25
    assert all(line.squares[i].state == "" for i, line in enumerate(shown.lines))
