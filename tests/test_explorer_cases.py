"""The pages of cases as they are served: what they say is what the tables of the studies hold, and what is not coded is never a 0."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from imri_kg_api.app import create_app
from imri_kg_api.explorer.views.case_observations import NONE, by_domain, narrowed, valences, with_silent
from test_casebook import PILOT, named, written

from imri_kg.graph import KnowledgeGraph
from imri_kg.snapshot import open_snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi.testclient import TestClient

ESTHER, DUNDEE, CMHA = "mulvale-2024.esther", "mulvale-2024.making-recovery-real", "mulvale-2024.cmha-learning-centres"
THREE = f"compare={ESTHER}&compare={DUNDEE}&compare={CMHA}"


def page(client: TestClient, path: str, status: int = 200) -> str:
    reply = client.get(path, headers={"Accept": "text/html"})
    assert reply.status_code == status, reply.text[:500]
    return reply.text


def text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", html, flags=re.S)).split())


def row(html: str, case: str) -> str:
    """Return the row of a case in the list, as text."""
    return next(text(part) for part in re.findall(r"<tr>.*?</tr>", html, flags=re.S) if f'href="/cases/{case}"' in part)


# ---------------------------------------------------------------- the list


def test_the_list_has_every_case_and_says_none_coded_where_nothing_is(client: TestClient) -> None:
    html = page(client, "/cases")
    assert len(re.findall(r'name="compare"', html)) == 10
    assert row(html, ESTHER).endswith("40 none coded none coded 5 16")
    assert row(html, CMHA).endswith("59 2 1 3 14")
    assert re.search(r">\s*0\s*<", html) is None


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("country=Sweden", {ESTHER}),
        ("known=assimilation", {CMHA}),
        ("dataset=piat-2022&known=determinants", {"piat-2022.manitoba-1"}),
        ("innovation=Peer workers", {"piat-2022.manitoba-1", "piat-2022.quebec"}),
        # Values of one facet are joined by "or", facets by "and".
        ("country=Sweden&country=Scotland", {ESTHER, DUNDEE}),
        ("covers=assimilation", {ESTHER, DUNDEE, CMHA}),
        ("group=housing proprietors", {"piat-2022.quebec"}),
        ("country=Sweden&known=impacts", set()),
    ],
)
def test_facets_narrow_the_list(client: TestClient, query: str, expected: set[str]) -> None:
    html = page(client, f"/cases?{query}")
    assert set(re.findall(r'name="compare" value="([^"]+)"', html)) == expected
    assert f"{len(expected)} of 10 cases" in text(html)


def test_facets_of_the_page_change_nothing_of_the_data(client: TestClient) -> None:
    narrow, whole = (client.get(f"/cases{query}", headers={"Accept": "application/json"}).json() for query in ("?country=Sweden", ""))
    assert narrow["items"] == whole["items"]
    assert client.get("/api/v1/cases?country=Sweden").status_code == 400


def test_the_question_on_the_assimilation_phase_is_one_click_away(client: TestClient) -> None:
    links = [unescape(to) for to in re.findall(r'href="([^"]+)"', page(client, "/cases"))]
    wanted = {f"/cases?compare={CMHA}&compare={ESTHER}&compare={DUNDEE}&phase=assimilation&valence=barrier&valence=mixedValence", "/matrix?rows=case&columns=phase&dataset=mulvale-2024&valence=barrier"}
    assert wanted <= set(links)


def test_datasets_of_ones_own_are_listed_apart_and_marked(graph: KnowledgeGraph, tmp_path: Path) -> None:
    from fastapi.testclient import TestClient

    own = KnowledgeGraph(open_snapshot())
    assert own.with_cases([written(tmp_path / "pilot", PILOT), written(tmp_path / "a-second", named("a-second", "west"))]).conforms
    html = page(TestClient(create_app(own)), "/cases")
    headings = [text(h) for h in re.findall(r"<h3.*?</h3>", html, flags=re.S)]
    assert [h.endswith("your own") for h in headings] == [False, False, True, True]


# ---------------------------------------------------------------- side by side


def test_what_hindered_in_the_assimilation_phase_stands_under_each_case(client: TestClient) -> None:
    html = page(client, f"/cases?{THREE}&phase=assimilation&valence=barrier")
    assert "4 of 144 observations" in text(html)
    head = next(part for part in re.findall(r'<tr class="compare-phase">.*?</tr>', html, flags=re.S))
    cells = [text(re.sub(r'<span class="cell-case".*?</span>', "", cell)) for cell in re.findall(r"<td.*?</td>", head, flags=re.S)]
    assert cells == ["2 barriers", "none coded here", "2 barriers"]
    # F069 and F071 of the table on ESTHER, F232 and F248 of that on the Learning Centres; F073 is mixed.
    assert re.findall(r">(F\d+)</a>", compared(html)) == ["F232", "F069", "F248", "F071"]
    # The answer is there without a click on any fold.
    assert all(" open>" in fold for fold in re.findall(r"<details[^>]*>(?=<summary><span class=\"valence)", html))


def compared(html: str) -> str:
    """Return the table of barriers and facilitators side by side."""
    found = re.search(r'<table class="compare .*?</table>', html, flags=re.S)
    assert found
    return found[0]


HINDERED = f"/cases?{THREE}&phase=assimilation&valence=barrier&valence=mixedValence"


def test_what_can_go_either_way_is_among_what_hindered(client: TestClient) -> None:
    assert '<a href="/cases?compare=' in page(client, "/")
    linked = next(unescape(to) for to in re.findall(r'href="(/cases\?[^"]+)"', page(client, "/")))
    assert linked.endswith("&phase=assimilation&valence=barrier&valence=mixedValence")
    html = page(client, HINDERED)
    # F073 of ESTHER is of mixed valence.
    assert sorted(re.findall(r">(F\d+)</a>", compared(html))) == ["F069", "F071", "F073", "F232", "F248"]
    assert "5 of 144 observations" in text(html)


def test_heading_and_title_name_what_is_asked(client: TestClient) -> None:
    html = page(client, HINDERED)
    assert text(re.findall(r"<h1>.*?</h1>", html)[0]) == "Barriers and mixed, in assimilation: three cases"
    assert "<title>Barriers and mixed, in assimilation: three cases" in html
    assert "<h1>Three cases side by side</h1>" in page(client, f"/cases?{THREE}")
    assert "<title>ESTHER: Barriers, in assimilation" in page(client, f"/cases/{ESTHER}?phase=assimilation&valence=barrier")


def test_statements_on_the_study_are_counted_for_no_case_and_silence_is_told(client: TestClient) -> None:
    html = page(client, HINDERED)
    said = text(html)
    # Of the 30 rows of the study none is a barrier of the phase; F272 speaks of assimilation without a valence, F273 and F274 are barriers without a phase.
    assert "Of 30 statements about the study as a whole, kept apart and counted for no case, none matches these filters. 3 more fit" in said
    assert 'href="#study-statements"' in html
    block = html.partition('id="study-statements" open>')[2].partition('<details class="legend"')[0]
    assert {"F272", "F273", "F274"} == set(re.findall(r">(F\d+)</a>", block))
    # One barrier of the three cases has no phase; the link shows it with the others.
    assert "One more observation fits but for what its source does not state" in said
    wider = unescape(re.search(r'href="([^"]+)">Show it too</a>', html)[1])  # type: ignore[index]
    assert "6 of 144 observations" in text(page(client, wider))


def test_numbers_of_a_filter_follow_the_other_filters(client: TestClient) -> None:
    html = page(client, HINDERED)

    def numbers(name: str) -> dict[str, str]:
        found = re.findall(rf'name="{name}" value="([^"]+)".*?<span class="quiet">(\d+)</span>', html)
        return dict(found)

    # In assimilation: 4 barriers, 1 mixed, 8 facilitators. Barriers and mixed: 6 in adoption, 13 in implementation, 5 in assimilation, 1 in no phase.
    assert numbers("valence") == {"barrier": "4", "mixedValence": "1", "facilitator": "8"}
    assert numbers("phase") == {"historical-context": "0", "adoption": "6", "implementation": "13", "assimilation": "5", "not-stated": "1"}
    assert numbers("domain") == {"cfir2022:I": "0", "cfir2022:II": "1", "cfir2022:III": "2", "cfir2022:IV": "1", "cfir2022:V": "1"}


def test_facets_of_the_list_follow_each_other(client: TestClient) -> None:
    html = page(client, "/cases?dataset=piat-2022")
    found = dict(re.findall(r'name="country" value="([^"]+)".*?<span class="quiet">(\d+)</span>', html))
    # All seven sites of the 2022 study are Canadian.
    assert found == {"Canada": "7", "Scotland": "0", "Sweden": "0"}


def test_the_numbers_of_the_authors_and_the_codes_of_rows_are_explained(client: TestClient) -> None:
    html = page(client, HINDERED)
    said = text(html)
    # By "Findings > Case 1 > Historical context" and its fellows, the places of the cases in the source.
    for name, number in (("ESTHER", 1), ("Making Recovery Real", 2), ("CMHA Learning Centres", 3)):
        assert f"{name} (Case {number} in the source)" in said
    assert 'title="The code of this row in the case tables, under which it can be cited and found in the data files.">row <a' in html
    assert "in the source)" not in text(page(client, "/cases/piat-2022.quebec"))


def test_a_comparison_has_all_determinants_of_its_cases(client: TestClient) -> None:
    html = page(client, f"/cases?{THREE}")
    foot = re.search(r"<tfoot>.*?</tfoot>", html, flags=re.S)
    assert foot
    said = text(foot[0])
    for counted, inferred in (("10 barriers 4 mixed 26 facilitators", 40), ("5 barriers 40 facilitators", 45), ("6 barriers 53 facilitators", 59)):
        assert f"{counted} codings: 0 printed by the source, {inferred} inferred from the passage" in said
    # F254 names two of the cases and is shown once.
    assert len(re.findall(r">F254</a>", html)) == 1


@pytest.mark.parametrize(
    ("query", "says"),
    [("compare=nowhere", "There is no case nowhere here."), (f"compare={ESTHER}", "One case is chosen."),
     (f"{THREE}&compare=piat-2022.quebec", "Only 3 cases fit side by side")],
)  # fmt: skip
def test_a_choice_that_cannot_be_compared_is_told(client: TestClient, query: str, says: str) -> None:
    assert says in text(page(client, f"/cases?{query}"))


def test_hostile_values_are_shown_as_text(client: TestClient) -> None:
    hostile = "%3Cscript%3Ealert(1)%3C/script%3E"
    for address in (f"/cases?compare={hostile}", f"/cases?country={hostile}", f"/cases/{ESTHER}?phase={hostile}", f"/matrix?rows=case&columns=phase&row={hostile}"):
        html = page(client, address)
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert" in html


# ---------------------------------------------------------------- one case


def test_a_case_has_its_phases_in_time_with_events_as_printed(client: TestClient) -> None:
    html = page(client, f"/cases/{ESTHER}")
    timeline = re.search(r'<ol class="timeline">.*?</section>', html, flags=re.S)
    assert timeline
    assert [text(h) for h in re.findall(r"<h3>.*?</h3>", timeline[0])] == ["historical context", "adoption", "implementation", "assimilation"]
    assert [text(w) for w in re.findall(r'<span class="when">.*?</span>', timeline[0])][:4] == ["since the 1990s", "1997, initially for 2 years", "2006", "since the 1990s"]


def test_phases_that_the_source_does_not_name_are_not_stated(client: TestClient) -> None:
    timeline = re.search(r'<ol class="timeline">.*?</ol>', page(client, "/cases/piat-2022.quebec"), flags=re.S)
    assert timeline
    assert text(timeline[0]) == "historical context not stated adoption not stated implementation not stated assimilation not stated"


def test_filters_of_a_case_leave_what_has_all_of_them(client: TestClient) -> None:
    html = page(client, f"/cases/{ESTHER}?valence=barrier&phase=assimilation")
    assert "2 of 94 observations" in text(html)
    # F273 names the case, is a barrier and has no phase.
    assert set(re.findall(r">(F\d+)</a>", html)) - {"F272", "F273"} == {"F069", "F071"}


def test_what_filters_hide_is_not_said_to_be_missing(client: TestClient) -> None:
    # The Learning Centres have two impacts, both told under adoption.
    said = text(page(client, f"/cases/{CMHA}?phase=assimilation"))
    assert "No impact is left by the filters above." in said
    assert "No impact is coded for this case." not in said


def test_a_coding_of_ours_is_marked_and_a_disagreement_with_the_authors_word_told(client: TestClient) -> None:
    html = page(client, f"/cases/{ESTHER}")
    observations = re.findall(r'<li class="observation">.*?</li>', html, flags=re.S)
    told = [o for o in observations if "another domain than our construct" in o]
    # Of the observations of ESTHER, 8 have a context word of another domain than their construct.
    assert len([o for o in told if re.search(r">F\d+</a>", o) and "Names" not in text(o)]) == 8
    assert all("inferred" in text(o) for o in observations if "curated" in text(o))


def test_what_authors_state_without_counting_is_no_observation(client: TestClient) -> None:
    said = text(page(client, "/cases/piat-2022.quebec"))
    assert "Ways of being stated present (not counted)" in said
    assert "Changing practice one observation" in said


def test_another_framework_is_offered_where_it_has_something_to_see(client: TestClient) -> None:
    # The case in Québec has no barrier or facilitator, and looking through another framework would be refused.
    assert "/through/" not in page(client, "/cases/piat-2022.quebec")
    offered = re.findall(r'href="(/cases/[^"]+/through/[^"]+)"', page(client, f"/cases/{ESTHER}"))
    assert len(offered) == 7
    for address in offered:
        page(client, address)


def test_a_case_that_is_not_there_is_told_with_its_neighbours(client: TestClient) -> None:
    said = text(page(client, "/cases/mulvale-2024.ester", 404))
    assert ESTHER in said


# ---------------------------------------------------------------- through another framework


def test_routes_are_counted_apart_from_mappings(client: TestClient) -> None:
    html = page(client, f"/cases/{ESTHER}/through/diffusion")
    rows = {text(re.findall(r"<th.*?</th>", r, flags=re.S)[0]).partition(" A ")[0].partition(" Steps")[0].partition(" Nobody")[0]: [text(c) for c in re.findall(r"<td.*?</td>", r, flags=re.S)]
            for r in re.findall(r"<tr[^>]*>.*?</tr>", re.search(r'<table class="ways">.*?</table>', html, flags=re.S)[0], flags=re.S) if "<td" in r}  # type: ignore[index]  # fmt: skip
    assert rows == {"mapped": ["26", "0", "26"], "only a route": ["9", "0", "9"], "not assessed": ["5", "0", "5"]}
    only = page(client, f"/cases/{ESTHER}/through/diffusion?reached=not_assessed")
    section = only[only.index('id="constructs"'):]
    section = section[: section.index("</section>")]
    assert len(re.findall(r'<li class="observation">', section)) == 5


# ---------------------------------------------------------------- the parts by themselves


def observation(code: str, *, valence: str | None = None, domain: str | None = None, phase: str | None = None) -> dict:
    return {
        "id": code, "coding": "curated", "reported_by": [], "experienced_by": [], "phase": {"curie": f"phase:{phase}", "label": phase} if phase else None,
        "valence": {"curie": f"ikg:{valence}", "label": valence} if valence else None,
        "construct": {"domain": f"cfir2022:{domain}", "domain_label": "Domain", "framework": "cfir-2022"} if domain else None,
    }  # fmt: skip


def test_observations_are_narrowed_by_any_value_of_a_filter_and_by_all_filters() -> None:
    items = [observation("a", valence="barrier", phase="adoption"), observation("b", valence="facilitator", phase="adoption"), observation("c", valence="barrier"), observation("d")]
    assert [o["id"] for o in narrowed(items, {"valence": ["barrier", "facilitator"], "phase": ["adoption"]}).shown] == ["a", "b"]
    assert [o["id"] for o in narrowed(items, {"phase": [NONE]}).shown] == ["c", "d"]
    found = narrowed(items, {"phase": ["never"]})
    assert (found.shown, found.active, [(o.value, o.count) for o in found.options["phase"]]) == ((), True, [("adoption", 2), ("never", 0), (NONE, 2)])
    # A number says what a value would leave under the other filters; what is near has a chosen value, and no other one.
    found = narrowed(items, {"valence": ["barrier"], "phase": ["adoption"]})
    assert [(o.value, o.count) for o in found.options["phase"]] == [("adoption", 1), (NONE, 1)] and [(o.value, o.count) for o in found.options["valence"]] == [("barrier", 1), ("facilitator", 1), (NONE, 0)]
    assert [o["id"] for o in found.near] == ["c"] and with_silent(found) == {"valence": ["barrier", NONE], "phase": ["adoption", NONE]}


def test_groups_keep_the_order_of_the_framework_and_of_hindering() -> None:
    items = [observation("a", domain="V", valence="facilitator"), observation("b"), observation("c", domain="I", valence="barrier"), observation("d", domain="I", valence="barrier")]
    assert [(d["curie"] if d else None, [o["id"] for o in of]) for d, of in by_domain(items)] == [("cfir2022:I", ["c", "d"]), ("cfir2022:V", ["a"]), (None, ["b"])]
    assert [(term["label"], n) for term, n in valences(items)] == [("barrier", 2), ("facilitator", 1)]
