"""The pages of explanations and of paths as the server writes them: every word is there without scripts, compared with what the graph records."""

from __future__ import annotations

import json
import re
from html import unescape
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from imri_kg_api.explorer.links import Links
from imri_kg_api.explorer.pages import Asked
from imri_kg_api.explorer.step_graph import StepGraph, letter, rule_in_words
from imri_kg_api.explorer.views.explain import arithmetic
from imri_kg_api.explorer.words import Words

from imri_kg.crosswalks import RouteStep

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from imri_kg.graph import KnowledgeGraph

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def served(client: TestClient, address: str, status: int = 200) -> str:
    reply = client.get(address, headers=BROWSER)
    assert reply.status_code == status, reply.text[:300]
    assert reply.headers["content-type"].startswith("text/html")
    return reply.text


def words(html: str) -> str:
    """Return what can be read, without scripts."""
    html = re.sub(r"<script.*?</script>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def state(html: str) -> str:
    """Return the state with what the page says that it means; the legend says the same of every state."""
    return words(re.findall(r'<p class="answer-state">(.*?)</p>', html, re.DOTALL)[0])


def drawing(html: str) -> dict[str, Any]:
    """Return what the script draws."""
    found = re.search(r'data-for="drawing">(.*?)</script>', html)
    assert found
    return dict(json.loads(found[1].replace("\\u003c", "<")))


def asked(graph: KnowledgeGraph) -> Asked:
    return Asked(SimpleNamespace(query_params={}), graph, Words(), Links(""))  # type: ignore[arg-type]


def test_what_authors_state_is_told_with_their_verb_and_the_place(client: TestClient) -> None:
    html = served(client, "/explain?subject=imri:B1&object=chime:E")
    text = words(html)
    assert state(html) == "mapped A record says that the two correspond. It is asserted or derived by rule."
    assert "authors’ verb aligns with" in text and "Discussion, paragraph on corroboration and CHIME" in text
    assert 'href="/mappings/mapping:imri-chime-s05"' in html and "#:~:text=" in html


def verdict(html: str) -> str:
    """Return who says so and where, with which the verdict begins."""
    found = re.search(r'<div class="answer answer-\w+">\s*<ul class="who-list answer-who">(.*?)</ul>\s*<p class="answer-state">', html, re.DOTALL)
    return words(found[1]) if found else ""


def test_the_verdict_begins_with_who_says_so_and_where(client: TestClient) -> None:
    # imri-chime-s02 of the author-stated set rests on evidence:piat-2022-CH-2.
    html = served(client, "/explain?subject=imri:T7&object=chime:H")
    assert verdict(html) == "Piat et al. 2022 , Discussion, paragraph on corroboration and CHIME : aligns with to the passage"
    block = html[html.index("answer-who") : html.index("answer-state")]
    assert 'href="/evidence/evidence:piat-2022-CH-2"' in block and 'href="https://ijmhs.biomedcentral.com/articles/10.1186/s13033-022-00559-2#:~:text=' in block
    # imri-chime-c03, imri:T7 to chime:H5: curated with 0.60.
    assert verdict(served(client, "/explain?subject=imri:T7&object=chime:H5")).startswith("Our judgement, confidence 0.60: is related to. It rests on Leamy et al. 2011")


def test_the_verdict_says_of_what_a_derived_record_follows(client: TestClient) -> None:
    # diffusion-cfir2009-c03, a closeMatch of confidence 0.80, read from its object to its subject.
    said = verdict(served(client, "/explain?subject=cfir2009:III.D2&object=diffusion:D1.2"))
    assert said.startswith("By rule S44-close: is close to. It follows from: Our judgement, confidence 0.80: is close to.")


def test_a_verdict_without_records_names_nobody_and_a_negative_is_told_as_one(client: TestClient) -> None:
    assert verdict(served(client, "/explain?subject=assimilation:T&object=cfir2009:I.F")) == ""
    assert "is not related to" in verdict(served(client, "/explain?subject=imri:B2&object=chime:H2"))


def test_what_is_recorded_stands_before_the_drawing(client: TestClient) -> None:
    html = served(client, "/explain?subject=imri:T7&object=chime:H")
    assert html.index('id="records"') < html.index('id="step-1"') < html.index('id="as-drawing"') < html.index('id="routes"')


def test_our_words_are_told_from_words_to_look_for(client: TestClient) -> None:
    html = served(client, "/explain?subject=imri:T7&object=chime:H")
    passage = words(re.findall(r'<li class="passage">.*?</li>', html, re.DOTALL)[0])
    assert passage.startswith("In our words: The impact of wanting new roles")
    # The anchor holds quotation marks of its own and has none around it.
    assert '<span class="anchor-words">“aspiring to new roles” aligns with “hope</span>' in html
    for page in (html, served(client, "/evidence/evidence:piat-2022-CH-3"), served(client, "/sources/piat-2022"), served(client, "/cases/mulvale-2024.esther")):
        assert '<span class="anchor-words">' in page and not re.search(r"look for <q>", page)


def test_a_derivation_names_its_rule_its_premise_and_the_arithmetic(client: TestClient) -> None:
    html = served(client, "/explain?subject=cfir2009:III.D2&object=diffusion:D1.2")
    text = words(html)
    assert "S44-close . A is close to B gives B is close to A. Taken from SKOS Reference, section 10.3, S44." in text
    assert "An inverse keeps the confidence of its record: 0.80." in text
    assert 'href="/about#rules-S44-close"' in html and "/mappings/mapping:diffusion-cfir2009-c03" in html
    about = served(client, "/about")
    assert 'id="rules-S44-close"' in about


def test_each_route_says_between_which_steps_no_rule_stands_and_why(client: TestClient) -> None:
    html = served(client, "/explain?subject=cfir2009:III.D5&object=review:T5")
    text = words(html)
    assert state(html) == "not assessed Nobody has judged the pair. Silence is no answer."
    assert [f"Route {n}" in text for n in range(1, 9)] == [True] * 7 + [False]
    assert "No rule joins steps 1 and 2. relatedMatch is associative and not transitive" in text
    assert "A step up or down inside a framework is no mapping; a mapping of a part is not one of the whole." in text
    about = served(client, "/about")
    to = set(re.findall(r'href="/about#(rules-refusal-\d+)"', html))
    assert len(to) == 2 and all(f'id="{anchor}"' in about for anchor in to)
    rows = [re.search(f'<tr id="{anchor}">.*?</tr>', about, re.DOTALL)[0] for anchor in to]  # type: ignore[index]
    assert sorted("inside a framework" in row for row in rows) == sorted("associative" not in row for row in rows) == [False, True]


def test_a_causal_relation_is_no_match(client: TestClient) -> None:
    html = served(client, "/explain?subject=logic:M3&object=chime:I")
    text = words(html)
    assert state(html).startswith("not assessed") and "It is never a match, and changes no state." in text
    assert "curated exploratory causal, no match predicate ours evidence: expert judgement confidence 0.40" in text
    assert "No rule makes a match of this step. A causal or logic-model relation says what brings something about" in text


def test_judged_not_mapped_and_nothing_found_say_so(client: TestClient) -> None:
    html = served(client, "/explain?subject=imri:B2&object=chime:H2")
    assert state(html) == "judged not mapped A record says that they do not correspond."
    assert [e["verb"] for e in drawing(html)["edges"]] == ["is not related to"] and drawing(html)["edges"][0]["negated"]
    html = served(client, "/explain?subject=cfir2009:II&object=diffusion:D1.5")
    edge, = drawing(html)["edges"]
    # The record is about D1.5, and judges each construct of the edition.
    assert (edge["from"], edge["to"], edge["turned"], edge["verb"]) == ("diffusion:D1.5", "cfir2009:II", True, "nothing in the edition fits")


def test_where_nothing_is_recorded_there_is_no_drawing(client: TestClient) -> None:
    html = served(client, "/explain?subject=assimilation:T&object=cfir2009:I.F")
    assert 'data-island="graph"' not in html
    assert "No chain of up to 3 recorded steps leads from assimilation:T to cfir2009:I.F; nobody has judged the pair." in words(html)


def test_a_basis_that_hides_something_says_what(client: TestClient) -> None:
    html = served(client, "/explain?subject=imri:B1&object=chime:H4&basis=author-stated")
    text = words(html)
    assert state(html) == "not assessed This is the state when only author-stated counts."
    assert "It leaves out one curated record on the pair." in text and "With every basis the pair is: mapped." in text
    assert 'href="/explain?subject=imri:B1&amp;object=chime:H4"' in html


def test_exploratory_records_are_shown_and_can_be_counted(client: TestClient) -> None:
    html = served(client, "/explain?subject=chime:E&object=logic:O2")
    assert "Exploratory records are shown, and do not count." in words(html)
    assert state(html).startswith("not assessed")
    assert state(served(client, "/explain?subject=chime:E&object=logic:O2&exploratory=true")).startswith("mapped")


def test_one_and_the_same_construct(client: TestClient) -> None:
    text = words(served(client, "/explain?subject=imri:B1&object=imri:B1"))
    assert "one and the same construct on both ends" in text and "Paths from the first to the second" not in text


def test_the_drawing_has_every_step_of_the_text_and_no_other(client: TestClient) -> None:
    for address in ("/explain?subject=chime:E&object=logic:O2", "/explain?subject=cfir2009:III.D5&object=review:T5", "/pathways?from=recovery-review&to=imri&hypotheses=true&exploratory=true"):
        html = served(client, address)
        drawn = drawing(html)
        numbers = [e["number"] for e in drawn["edges"]]
        assert numbers == list(range(1, len(numbers) + 1))
        assert sorted(int(n) for n in re.findall(r'id="step-(\d+)"', html)) == numbers
        ids = {n["id"] for n in drawn["nodes"]}
        assert {e[end] for e in drawn["edges"] for end in ("from", "to")} | {n["id"] for n in drawn["nodes"] if n["end"]} == ids
        letters = {j["letter"] for j in drawn["joints"] if j["letter"]}
        assert letters == set(re.findall(r'id="reason-([a-z]+)"', html)) and letters
        # An address that the text or the drawing leads to exists.
        assert set(re.findall(r'href="#((?:step|reason)-\w+)"', html)) <= set(re.findall(r'id="([\w-]+)"', html))


def test_every_example_leads_to_the_kind_of_answer_that_it_promises(client: TestClient) -> None:
    html = served(client, "/explain")
    rows = {label: (unescape(to), row) for to, label, row in re.findall(r'<th scope="row"><a href="([^"]+)">([^<]+)</a>(.*?)</tr>', html, re.DOTALL)}
    states = {label: re.search(r"state-(\w+)", row)[1] for label, (_, row) in rows.items()}  # type: ignore[index]
    assert states == {
        "Authors state it": "mapped", "It follows by a rule": "mapped", "Judged not mapped": "judged_not_mapped", "Not assessed, but steps lead there": "not_assessed",
        "Linked, but by a causal relation": "not_assessed", "Nothing is recorded": "not_assessed",
    }  # fmt: skip
    pages = {label: words(served(client, to)) for label, (to, _) in rows.items()}
    assert "authors’ verb" in pages["Authors state it"] and "What follows by rule" in pages["It follows by a rule"]
    assert "Route 1" in pages["Not assessed, but steps lead there"] and "Causal relations" in pages["Linked, but by a causal relation"]
    assert "No other way" in pages["Nothing is recorded"]


def test_hostile_and_wrong_names_are_told_in_words(client: TestClient) -> None:
    hostile = "%3Cscript%3Ealert(1)%3C/script%3E"
    for address in (f"/explain?subject={hostile}&object=chime:I", f"/pathways?from=imri&to={hostile}"):
        assert "<script>alert" not in served(client, address, 404)
    assert "colour" in words(served(client, "/pathways?from=review:G5&to=imri&group=colour", 400))
    assert "'object' is missing" in words(served(client, "/explain?subject=imri:B1", 400))
    assert client.get("/api/v1/pathways?from=review:G5&to=imri&group=end").status_code == 400


def test_a_path_without_a_stated_step_is_hidden_until_asked_for(client: TestClient) -> None:
    html = served(client, "/pathways?from=review:G5&to=imri:B1")
    text = words(html)
    assert "One path is a curators’ hypothesis: authors state no step of it. It is hidden." in text
    assert "Path 2" not in text and "Path 1: 1 of 3 judged steps stated by authors; that they lead on to each other is a hypothesis" in text
    more = re.search(r'<a class="button" href="([^"]+)">Show the hypothesis</a>', html)
    assert more
    text = words(served(client, unescape(more[1])))
    assert "Path 2: curators’ hypothesis" in text and "Curators’ hypotheses are shown, under their own heading." in text
    assert text.index("Some steps stated by authors") < text.index("Path 1:") < text.index("Authors state none of these steps.") < text.index("Path 2:")


def test_each_step_of_a_path_says_whose_it_is_and_on_what_it_rests(client: TestClient) -> None:
    text = words(served(client, "/pathways?from=review:G5&to=imri:B1"))
    assert "G5 Recovery colleges Review 2021 acts through M1 Providing information and skills Logic model" in text
    assert "curated causal, no match predicate ours evidence: expert judgement confidence 0.70 relation" in text
    assert "Piat et al. 2021, Table 2, row 5 and one more passage" in text
    assert "author-stated authors’ verb aligns with predicate ours" in text
    assert "The record is written from the other end; this is its inverse." in text
    assert "A path is no proof that anything has an effect." in text


def test_moderators_stand_at_their_link(client: TestClient) -> None:
    html = served(client, "/pathways?from=topic:recovery-oriented-intervention&to=topic:personal-recovery")
    text = words(html)
    assert "Moderated by L1 Service user level Logic model : no direction stated." in text
    assert "Non-stigmatising context Concept and topic : strengthens this link. author-stated authors’ verb especially when delivered within" in text
    edges = {e["number"]: e for e in drawing(html)["edges"]}
    assert edges[3]["moderators"] == ["Service user level", "Mental health service level", "Wider environmental level"] and edges[1]["moderators"] == []


def test_paths_come_in_pages_and_in_groups(client: TestClient) -> None:
    html = served(client, "/pathways?from=recovery-review&to=imri")
    assert "Paths 1 to 20 of 75." in words(html)
    seen = re.findall(r'id="path-(\d+)"', html)
    while to := re.search(r'rel="next" href="([^"]+)"', html):
        html = served(client, unescape(to[1]))
        seen += re.findall(r'id="path-(\d+)"', html)
    assert sorted(map(int, seen)) == list(range(1, 76))
    assert 'rel="first" href="/pathways?from=recovery-review&amp;to=imri"' in html
    by_length = served(client, "/pathways?from=recovery-review&to=imri&group=length")
    assert [int(n) for n in re.findall(r'<h2 id="group-\d+">(\d) steps', by_length)] == [2, 3, 4][: len(re.findall(r'<h2 id="group-', by_length))]
    by_end = served(client, "/pathways?from=recovery-review&to=imri&group=end")
    assert len(re.findall(r'<h2 id="group-\d+"><span class="construct">', by_end)) > 3


def test_no_path_is_said_and_not_left_blank(client: TestClient) -> None:
    text = words(served(client, "/pathways?from=chime:I&to=assimilation&max_steps=2"))
    assert "No path is listed." in text and "No path means that none is recorded. It does not mean that there is no effect." in text


def test_the_start_page_counts_paths_as_the_pages_show_them(client: TestClient) -> None:
    html = served(client, "/pathways")
    row = re.search(r"Recovery colleges</a>.*?</tr>", html, re.DOTALL)
    assert row and re.findall(r'class="number">(\d+)<', row[0]) == ["3", "2", "9"]
    assert "Paths 1 to 20 of" not in html and len(re.findall(r'id="path-\d+"', served(client, "/pathways?from=review:G5&to=imri"))) == 3


def test_confidence_is_the_premises_or_their_product() -> None:
    assert arithmetic([{"confidence": 0.85}, {"confidence": 0.90}], 0.76) == {"message": "explain-sum-chain", "first": "0.85", "second": "0.90", "product": "0.765", "rounded": "0.76"}
    assert arithmetic([{"confidence": None}, {"confidence": 0.9}], None)["message"] == "explain-sum-none"
    assert arithmetic([{"confidence": 0.8}], 0.8) == {"message": "explain-sum-inverse", "first": "0.80"}
    assert arithmetic([{"confidence": None}], None)["message"] == "explain-sum-none-inverse"
    assert Words()("explain-sum-chain", first="0.85", second="0.90", product="0.765", rounded="0.76") == "0.85 × 0.90 = 0.765, rounded to 0.76."


def test_every_rule_has_words_and_a_source(graph: KnowledgeGraph) -> None:
    rules = graph.steps.rules
    names = [r.rule for r in (*rules.inversions, *rules.chains)]
    assert len(names) == len(set(names)) == 16
    assert all(all(rule_in_words(asked(graph), name)) for name in names)
    assert rule_in_words(asked(graph), "T1-broad")[0] == "A has the broader match B and B has the broader match C give A has the broader match C."
    assert rule_in_words(asked(graph), "nonesuch") == ("", "")


def test_a_rule_that_a_negative_forbids_breaks_the_route_there(graph: KnowledgeGraph) -> None:
    drawn = StepGraph(asked(graph))
    a, b = (graph.record(f"mapping:{name}") for name in ("diffusion-cfir2009-c03", "diffusion-cfir2022-c42"))
    steps = drawn.route(tuple(_as_step(r) for r in (a, b)), "Rule X would give it, but a negative record blocks it.", "X")
    assert [s["joint"] and s["joint"]["reason"]["text"] for s in steps] == [None, "Rule X would give it, but a negative record blocks it."]
    assert steps[1]["joint"]["reason"]["about"] == "/about#rules-refusals"


def _as_step(r: Any) -> RouteStep:
    return RouteStep(r.subject.curie, r.subject.label, r.predicate, r.object.curie, r.object.label, "mapping", r.record_id, r.basis, r.exploratory, False, ())


def test_letters_never_repeat() -> None:
    assert len({letter(n) for n in range(800)}) == 800 and [letter(n) for n in (0, 25, 26, 27, 701, 702)] == ["a", "z", "aa", "ab", "zz", "aaa"]
