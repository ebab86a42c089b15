"""The pages of constructs, mapping records, evidence, sources and citations: what they say, compared with what the sources' files say."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from imri_kg_api.explorer.presenting import brief, licence_name, short_citation

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from imri_kg.graph import KnowledgeGraph

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


class Text(HTMLParser):
    """The words of a page, and of each of its sections by the id of its heading."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words, self.links, self.ids = "", [], []
        self._depth = 0
        self.feed(html)
        self.words = " ".join(self.words.split())

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = dict(attrs)
        self._depth += tag in ("script", "style")
        if given.get("id"):
            self.ids.append(given["id"])
        if tag == "a":
            self.links.append(given.get("href", ""))
        self.words += " "

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._depth:
            self.words += data


def page(client: TestClient, address: str, status: int = 200) -> Text:
    reply = client.get(address, headers=BROWSER)
    assert reply.status_code == status, reply.text[:400]
    assert reply.headers["content-type"].startswith("text/html")
    return Text(reply.text)


def section(text: str, begin: str, end: str) -> str:
    """Return what stands from one heading to another."""
    return text[text.index(begin) : text.index(end, text.index(begin) + len(begin))]


def test_every_construct_has_a_page(client: TestClient, graph: KnowledgeGraph) -> None:
    count = 0
    for key in graph.framework_service.keys():
        for member in graph.framework_service.members(key):
            found = page(client, f"/concepts/{member.curie}")
            assert member.label in found.words and "Against every other edition" in found.words, member.curie
            assert len(found.ids) == len(set(found.ids)), (member.curie, [i for i in found.ids if found.ids.count(i) > 1])
            count += 1
    assert count == 282


def test_who_says_that_new_roles_belong_with_hope_and_where(client: TestClient) -> None:
    found = page(client, "/concepts/imri:T7")
    row = section(found.words, "is related to H Hope and optimism about the future", "mapping:imri-chime-s02")
    assert "author-stated" in row and "authors’ verb aligns with" in row
    assert "Piat et al. 2022" in row and "Discussion, paragraph on corroboration and CHIME" in row
    assert "look for “aspiring to new roles” aligns with “hope" in row and "predicate ours" in row
    assert any(link.startswith("https://ijmhs.biomedcentral.com/articles/10.1186/s13033-022-00559-2#:~:text=") for link in found.links)
    assert "/mappings/mapping:imri-chime-s02" in found.links


@pytest.mark.parametrize(("curie", "edition", "judged", "rest"), [
    # A curated negative with one of the 26 constructs of CHIME; and one of the 69 elements of the Diffusion model, to which nothing in CFIR 2009 corresponds by a record.
    ("imri:P1", "CHIME", 1, 25), ("cfir2009:II.A", "Diffusion", 1, 68),
])  # fmt: skip
def test_a_row_in_which_some_pairs_are_judged_says_so(client: TestClient, curie: str, edition: str, judged: int, rest: int) -> None:
    found = page(client, f"/concepts/{curie}")
    row = section(found.words, "Against every other edition", "Numbers are pairs").partition(f" {edition} ")[2]
    assert row.startswith(f"partly judged: {judged} not mapped, {rest} not assessed 0 {judged} 0 {rest}")
    assert "Nobody judged the construct against the whole edition." in found.words


def test_a_construct_of_cfir_says_what_became_of_it(client: TestClient) -> None:
    found = page(client, "/concepts/cfir2009:II.A")
    became = section(found.words, "What became of it in CFIR 2022", "Against every other edition")
    assert "split" in became and "moved" in became and "by our reading" in became
    for label in ("Recipient-Centeredness", "Need", "Innovation Recipients"):
        assert label in became
    assert "/changes/cfir-2009/cfir-2022#cfir2009-II.A" in found.links
    assert "What it was in CFIR 2009" in page(client, "/concepts/cfir2022:III.D2").words
    assert "What became of it" not in page(client, "/concepts/imri:B1").words


def test_an_edition_without_any_record_is_not_assessed_and_the_page_says_what_that_means(client: TestClient) -> None:
    words = page(client, "/concepts/review:G2").words
    assert "No record judges a pair with these editions." in words and "neither that something fits nor that nothing does" in words
    assert "partly judged: 2 not mapped, 72 not assessed" in page(client, "/concepts/imri:T7").words


def test_causal_relations_stand_apart_and_are_no_matches(client: TestClient) -> None:
    words = page(client, "/concepts/imri:B1").words
    mappings, causal = section(words, "Against every other edition", "Causal relations"), section(words, "They are no matches", "Whom it concerns")
    assert "Personal recovery planning" in causal and "contributes to this one" in causal and "evidence: reported by participants" in causal
    assert "contributes to" not in mappings


def test_an_impact_says_whom_it_concerns_and_on_whose_judgement_it_is_good(client: TestClient) -> None:
    whom = section(page(client, "/concepts/imri:B1").words, "Good or bad, and who says so", "In the cases")
    assert "positive: Growth, confidence and hope are told as gains." in whom
    assert "service users" in whom and "On whose judgement imri-kg contributors, from the wording" in whom and "curated" in whom


def test_observations_are_counted_as_printed_and_inferred_with_the_way_to_the_case(client: TestClient) -> None:
    found = page(client, "/concepts/imri:B1")
    assert "CMHA Learning Centres 0 1" in section(found.words, "In the cases", "What is said of it")
    assert "/cases/mulvale-2024.cmha-learning-centres" in found.links
    assert any(link.startswith("/matrix?") and "construct=imri:B1" in link for link in found.links)


def test_exploratory_records_are_folded_apart_and_marked(client: TestClient) -> None:
    html = client.get("/concepts/imri:B1", headers=BROWSER).text
    apart = html[html.index('<details class="exploratory"') :]
    assert 'id="imri-cfir2022-x01"' in apart and 'id="imri-cfir2022-x01"' not in html[: html.index('<details class="exploratory"')]
    assert "is not counted" in apart or "are not counted" in apart


def test_the_address_says_which_records_are_folded_out(client: TestClient) -> None:
    def is_open(html: str, record: str) -> bool:
        return bool(re.search(rf'<details class="record-row[^>]*id="{record}"[^>]* open>', html))

    usual = client.get("/concepts/imri:T7", headers=BROWSER).text
    assert is_open(usual, "imri-chime-s02") and not is_open(usual, "imri-chime-c15")
    other = [r for r in re.findall(r'id="(imri-chime-c\d+)"', usual)][0]
    changed = client.get(f"/concepts/imri:T7?closed=imri-chime-s02&open={other}", headers=BROWSER).text
    assert not is_open(changed, "imri-chime-s02") and is_open(changed, other)
    assert client.get(f"/api/v1/concepts/imri:T7?open={other}", headers={"Accept": "application/json"}).status_code == 400


def test_only_a_basis_that_is_trusted_is_shown_and_the_page_says_so(client: TestClient) -> None:
    words = page(client, "/concepts/imri:T7?basis=author-stated").words
    assert "Only statements on these bases are shown: author-stated" in words
    assert "Hope and optimism" in words and "Having dreams and aspirations" not in words


def test_an_unconfirmed_label_is_marked(client: TestClient, graph: KnowledgeGraph) -> None:
    curie = next(m.curie for m in graph.framework_service.members("diffusion") if m.label_status == "unconfirmed")
    html = client.get(f"/concepts/{curie}", headers=BROWSER).text
    heading = html[html.index("<h1>") : html.index("</h1>")]
    assert "unconfirmed" in heading


def test_a_name_that_is_nothing_gets_a_page_with_candidates(client: TestClient) -> None:
    found = page(client, "/concepts/imri:B99", 404)
    assert "Perhaps you meant" in found.words and any(link.startswith("/concepts/imri:") for link in found.links)


def test_the_queries_of_the_page_return_what_it_shows(client: TestClient, graph: KnowledgeGraph) -> None:
    html = unescape(client.get("/concepts/imri:T7", headers=BROWSER).text)
    queries = re.findall(r"<pre><code>(PREFIX.*?)</code></pre>", html, re.DOTALL)
    assert len(queries) == 4
    records = next(q for q in queries if "service/records" in q)
    found = {row["record"] for row in graph.query(records).rows()}
    assert "mapping:imri-chime-s02" in found and found == {r["record"] for r in graph.stored_query("service/records", {"subject": "imri:T7"}).rows()}


def test_a_record_says_whose_claim_it_is_and_what_follows_from_it(client: TestClient) -> None:
    found = page(client, "/mappings/mapping:imri-chime-s02")
    assert "The authors state the relation in these passages." in found.words
    assert "We chose this SKOS relation to stand for it." in found.words
    assert "mapped is the state of the pair" in found.words
    follows = section(found.words, "What follows from it", "What says the opposite")
    assert "S44-related" in follows and "Hope and optimism about the future" in follows
    assert "/crosswalks/imri/chime?cell=imri:T7,chime:H" in found.links and "/explain?subject=imri:T7&object=chime:H" in found.links
    assert "/downloads/mappings/imri--chime.author-stated.sssom.tsv" in found.links
    assert client.get("/downloads/mappings/imri--chime.author-stated.sssom.tsv").status_code == 200


def test_the_query_of_a_record_returns_it(client: TestClient, graph: KnowledgeGraph) -> None:
    html = unescape(client.get("/mappings/imri-chime-s02", headers=BROWSER).text)
    text = re.search(r"<pre><code>(PREFIX.*?)</code></pre>", html, re.DOTALL)[1]
    assert {row["record"] for row in graph.query(text).rows()} == {"mapping:imri-chime-s02"}
    assert any(link.startswith("/sparql?query=PREFIX") for link in Text(html).links)


def test_a_derived_record_leads_back_to_what_is_stated(client: TestClient) -> None:
    found = page(client, "/mappings/d-1cf28e4ef601")
    chain = section(found.words, "What it follows from", "What follows from it")
    assert "mapping:imri-chime-s04" in chain and "aligns with" in chain and "author-stated" in chain
    assert "It is another record read from its object to its subject." in found.words


def test_a_record_that_found_nothing_speaks_of_the_whole_edition(client: TestClient) -> None:
    found = page(client, "/mappings/diffusion-cfir2009-n01")
    assert "nothing in" in found.words and "is the state against CFIR 2009 as a whole" in found.words
    assert not any("cell=" in link for link in found.links)


def test_a_list_says_what_filters_left_out_and_how_to_take_them_away(client: TestClient) -> None:
    found = page(client, "/mappings?subject_framework=imri&object_framework=chime&basis=author-stated")
    assert "5 records on this page" in found.words
    assert "11 curated records, by the limit on the basis" in found.words
    assert "/mappings?subject_framework=imri&object_framework=chime" in found.links


def test_fields_that_a_form_leaves_open_are_not_asked(client: TestClient) -> None:
    reply = client.get("/mappings?subject=imri:T7&object=&state=&min_confidence=", headers=BROWSER, follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (303, "/mappings?subject=imri:T7")
    data = client.get("/api/v1/mappings?subject=", headers={"Accept": "application/json"})
    assert data.status_code == 400


def test_an_empty_list_says_what_that_means(client: TestClient) -> None:
    assert "without a record a pair is not assessed" in page(client, "/mappings?subject=review:G2&object_framework=chime").words


def test_a_wrong_confidence_is_told_as_a_page(client: TestClient) -> None:
    assert "min_confidence" in page(client, "/mappings?min_confidence=2", 400).words


def test_evidence_shows_the_place_the_words_to_look_for_and_what_rests_on_it(client: TestClient) -> None:
    found = page(client, "/evidence/evidence:piat-2022-CH-3")
    assert "Discussion, paragraph on corroboration and CHIME" in found.words
    assert "The words were found in the text at hand." in found.words and "What the passage says, in our words." in found.words
    assert "8 things rest on it" in found.words
    records = section(found.words, "Mapping records 6", "Constructs 1")
    assert records.index("author-stated") < records.index("derived")
    assert "/mappings/mapping:imri-chime-s03" in found.links and "/concepts/imri:B1" in found.links and "/sources/piat-2022" in found.links


@pytest.mark.parametrize("address", ["/evidence/evidence:piat-2022-CH-3", "/changes/cfir-2009/cfir-2022", "/mappings?subject_framework=imri", "/pathways?from=review:G5&to=imri:B1", "/cases/mulvale-2024.esther"])
def test_a_page_speaks_to_its_reader_and_not_to_a_command_line(client: TestClient, address: str) -> None:
    words = page(client, address).words
    assert "`" not in words and "imri-kg check" not in words and not re.search(r"\s--[a-z]", words)


def test_sources_say_how_far_each_could_be_read(client: TestClient) -> None:
    found = page(client, "/sources")
    assert "Piat et al. 2022 full text at hand" in found.words and "/sources/leamy-2011" in found.links
    assert "Only tables of the source were read." in found.words and "Works that are only named" in found.words


def test_a_source_says_what_could_not_be_recovered(client: TestClient) -> None:
    found = page(client, "/sources/piat-2021")
    gaps = section(found.words, "What could not be recovered", "Parts")
    assert "Works behind the reference numbers 85 to 153" in gaps and "reference list of Piat 2021" in gaps
    assert any(link.startswith("/evidence/evidence:piat-2021-") for link in found.links)
    assert "It was not read for the graph." in page(client, "/sources/wrap-programme").words


def test_every_source_has_a_page(client: TestClient, graph: KnowledgeGraph) -> None:
    for row in graph.sources().rows():
        assert page(client, f"/sources/{row['key']}").words


def test_what_is_cited_for_a_record_names_the_authors_and_the_graph(client: TestClient) -> None:
    found = page(client, "/cite?of=mapping:imri-chime-s02")
    assert "the claim, which its authors state" in found.words and "the graph" in found.words
    assert "@article{piat-2022" in found.words and '"id": "piat-2022"' in found.words


def test_the_foot_of_a_page_leads_to_the_citation_of_its_answer(client: TestClient) -> None:
    html = unescape(client.get("/concepts/imri:T7?open=imri-chime-s02", headers=BROWSER).text)
    address = re.search(r'href="(/cite\?of=/releases/[^"]+)"', html)[1]
    found = page(client, address)
    assert "the answer" in found.words and "a claim in the answer, which its authors state" in found.words
    shown = next(link for link in found.links if link.startswith("/releases/") and "/concepts/imri:T7" in link)
    # The service outside the application answers for releases by their name.
    assert client.get(shown[shown.index("/concepts/") :], headers=BROWSER).status_code == 200


def test_a_citation_is_no_answer_to_be_cited(client: TestClient) -> None:
    for address in ("/api/v1/cite?of=graph", "/cite?of=graph"):
        reply = client.get("/api/v1/cite", params={"of": address})
        assert reply.status_code == 400 and "A citation is no answer" in reply.json()["detail"]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}"])
@pytest.mark.parametrize("address", ["/concepts/{}", "/mappings?subject={}", "/mappings?source={}", "/evidence/{}", "/sources/{}", "/cite?of={}", "/concepts/imri:B1?open={}"])
def test_whatever_is_asked_stays_text(client: TestClient, address: str, text: str) -> None:
    reply = client.get(address.format(text.replace("%", "%25").replace("#", "%23").replace("/", "%2F").replace("&", "%26")), headers=BROWSER)
    assert reply.status_code in (200, 400, 404)
    assert "<script>alert" not in reply.text and "<img" not in reply.text and "49" not in re.findall(r'<p class="problem">(.*?)</p>', reply.text, re.DOTALL)[:1]


@pytest.mark.parametrize(("citation", "short"), [
    ("Piat M, Wainwright M. The impacts of it. Journal 2022;16:49.", "Piat et al. 2022"),
    ("van Weeghel J, van Zelst C. Conceptualizations. Psychiatr Rehabil J 2019;42:169.", "van Weeghel et al. 2019"),
    ("Lozeau D. Mismatching. Soc Sci Med 2002;55:427.", "Lozeau 2002"),
    ("The Consolidated Framework: guide of the authors, cfirguide.org", "The Consolidated Framework: guide of the authors"),
    ("pcatR, table pcat_cfir_mappings", "pcatR"),
    ("", ""),
])  # fmt: skip
def test_running_text_names_a_work_by_its_first_author_and_year(citation: str, short: str) -> None:
    assert short_citation(citation) == short


def test_titles_of_windows_are_short_and_licences_have_names() -> None:
    assert brief("Short") == "Short" and brief("Recipient-centred care in all of its parts", 24) == "Recipient-centred care…"
    assert len(brief("word " * 40)) <= 58
    assert licence_name("https://creativecommons.org/licenses/by-nc/4.0/") == "CC BY-NC 4.0" and licence_name("https://example.org/l") == "https://example.org/l"


def test_the_page_of_a_citation_does_not_offer_to_cite_itself(client: TestClient) -> None:
    assert not any(link.startswith("/cite?of=/") for link in page(client, "/cite?of=framework:imri").links)
