"""The tools and resources for language models, asked by the official client over standard streams and over HTTP."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import anyio
import openpyxl
import pytest
from imri_kg_api.app import create_app
from imri_kg_api.mcp_door.catalogue import TOOLS
from imri_kg_api.mcp_door.server import make_server
from mcp.client.client import Client
from mcp_sessions import SCHEMAS, Called, Session, at_stdio, schemas, served, talk

from imri_kg.errors import SnapshotError
from imri_kg.graph import KnowledgeGraph

TABLE = "Case,Actor,Construct,Valence\nA,staff,Cultur,barrier\n"
_PIAT = "Piat M, Wainwright M, Rivest M-P"
_LEAMY = (
    "Leamy M, Bird V, Le Boutillier C, Williams J, Slade M. Conceptual framework for personal recovery in mental health: systematic review and narrative "
    "synthesis. Br J Psychiatry. 2011;199:445-452."
)


def _workbook() -> str:
    book = openpyxl.Workbook()
    book.active.title = "Determinants"
    book.active.append(["Case", "Construct"])
    book.active.append(["A", "Culture"])
    stream = io.BytesIO()
    book.save(stream)
    return base64.b64encode(stream.getvalue()).decode()


#: Every call that tests look at: one answer or more of each tool, and wrong input for each.
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "frameworks": ("list_frameworks", {}),
    "frameworks, argument": ("list_frameworks", {"key": "imri"}),
    "search": ("search", {"words": "personal growth", "framework": "imri"}),
    "search, typing error": ("search", {"words": "empowermnt", "limit": 1}),
    "search, nothing": ("search", {"words": "qqqqzzzz"}),
    "search, unknown argument": ("search", {"words": "hope", "frmework": "imri"}),
    "search, unknown arguments": ("search", {"words": "hope", "frmework": "imri", "colour": "red"}),
    "search, missing": ("search", {}),
    "search, limit": ("search", {"words": "hope", "limit": 1000}),
    "search, kind": ("search", {"words": "hope", "kind": "Impct"}),
    "describe": ("describe_construct", {"term": "imri:P1", "limit": 2}),
    "describe, next": ("describe_construct", {"term": "imri:P1", "limit": 2, "offset": 2}),
    "describe, unknown": ("describe_construct", {"term": "imri:B9"}),
    "map": ("map_construct", {"term": "imri:B1", "to_framework": "chime", "limit": 4}),
    "map, next": ("map_construct", {"term": "imri:B1", "to_framework": "chime", "limit": 4, "offset": 4}),
    "map, authors": ("map_construct", {"term": "imri:B1", "to_framework": "chime", "basis": ["author-stated"]}),
    "map, basis as text": ("map_construct", {"term": "imri:B1", "to_framework": "chime", "basis": '["author-stated"]'}),
    "map, derived": ("map_construct", {"term": "chime:E", "to_term": "imri:B1"}),
    "map, silent": ("map_construct", {"term": "imri:B2", "to_framework": "logic-model"}),
    "map, all": ("map_construct", {"term": "imri:B1", "limit": 1}),
    "map, both": ("map_construct", {"term": "imri:B1", "to_framework": "chime", "to_term": "chime:E"}),
    "map, framework": ("map_construct", {"term": "imri:B1", "to_framework": "chmie"}),
    "map, ambiguous": ("map_construct", {"term": "Culture"}),
    "map, basis": ("map_construct", {"term": "imri:B1", "basis": ["gospel"]}),
    "explain": ("explain_pair", {"subject": "logic:M3", "object": "chime:I"}),
    "explain, negative": ("explain_pair", {"subject": "imri:P1", "object": "chime:E", "limit": 1}),
    "explain, unknown": ("explain_pair", {"subject": "logic:M3", "object": "chime:Q"}),
    "cell": ("crosswalk_cell", {"row": "imri:P1", "column": "chime:E"}),
    "cell, silent": ("crosswalk_cell", {"row": "imri:P1", "column": "chime:H"}),
    "cell, authors": ("crosswalk_cell", {"row": "imri:P1", "column": "chime:E", "basis": ["author-stated"]}),
    "cell, one edition": ("crosswalk_cell", {"row": "imri:P1", "column": "imri:B1"}),
    "summary": ("crosswalk_summary", {"source": "imri", "target": "chime", "limit": 3}),
    "summary, negative": ("crosswalk_summary", {"source": "imri", "target": "chime", "state": "judged_not_mapped"}),
    "summary, contested": ("crosswalk_summary", {"source": "imri", "target": "chime", "state": "contested"}),
    "summary, nothing fits": ("crosswalk_summary", {"source": "diffusion", "target": "cfir-2009", "state": "judged_not_mapped", "limit": 1}),
    "summary, state": ("crosswalk_summary", {"source": "imri", "target": "chime", "state": "unmapped"}),
    "coverage": ("coverage", {"source": "imri", "target": "chime", "limit": 2}),
    "coverage, one": ("coverage", {"source": "imri"}),
    "overview": ("coverage_overview", {"framework": "imri", "limit": 2}),
    "overview, framework": ("coverage_overview", {"framework": "nothing"}),
    "evidence": ("evidence", {"id": "evidence:piat-2022-CH-3", "limit": 3}),
    "evidence of a record": ("evidence", {"id": "mapping:imri-chime-n01", "limit": 3}),
    "evidence of a stated record": ("evidence", {"id": "mapping:imri-chime-s03"}),
    "evidence of a curated record": ("evidence", {"id": "mapping:imri-chime-c06"}),
    "evidence, nothing fits": ("evidence", {"id": "mapping:diffusion-cfir2009-n01"}),
    "map, nothing fits": ("map_construct", {"term": "diffusion:D1.5", "to_framework": "cfir-2009"}),
    "evidence of a claim": ("evidence", {"id": "claim:corroboration-CO-2"}),
    "evidence of a relation": ("evidence", {"id": "relation:logic-M3-contributes-to-chime-I"}),
    "evidence, unknown": ("evidence", {"id": "evidence:piat-2022-CH-33"}),
    "evidence, record": ("evidence", {"id": "mapping:imri-chime-s99"}),
    "evidence, claim": ("evidence", {"id": "claim:corroboration-CO-222"}),
    "evidence, no id": ("evidence", {"id": "the second page"}),
    "questions": ("list_questions", {"answerable": "yes", "limit": 2}),
    "questions, parameters": ("list_questions", {"framework": "imri", "limit": 50}),
    "questions, answerable": ("list_questions", {"answerable": "maybe"}),
    "query": ("competency_query", {"name": "cq39", "parameters": {"record": "mapping:imri-chime-s05"}}),
    "query, by name": ("competency_query", {"name": "competency/cq01-imri-aligned-to-chime", "limit": 1}),
    "query, unknown": ("competency_query", {"name": "cq99"}),
    "query, parameter": ("competency_query", {"name": "cq39", "parameters": {"recrod": "mapping:imri-chime-s05"}}),
    "query, service": ("competency_query", {"name": "service/records"}),
    "table": ("validate_table", {"name": "determinants.csv", "text": TABLE, "framework": "cfir-2022", "limit": 1}),
    "table, workbook": ("validate_table", {"name": "case.xlsx", "base64": _workbook(), "framework": "cfir-2022", "limit": 50}),
    "table, none": ("validate_table", {"name": "determinants.csv"}),
    "table, base64": ("validate_table", {"name": "case.xlsx", "base64": "%%%"}),
    "table, size": ("validate_table", {"name": "determinants.csv", "text": "x" * (5 * 1024 * 1024 + 1)}),
    "table, kind": ("validate_table", {"name": "notes.docx", "text": "hello"}),
    "unknown tool": ("serach", {"words": "hope"}),
}
READS = ("imri-kg://about", "imri-kg://frameworks", "imri-kg://frameworks/chime", "imri-kg://frameworks/chmie", "imri-kg://framework", "file:///etc/passwd")


@pytest.fixture(scope="module", params=["stdio", "http"])
def session(request: pytest.FixtureRequest, graph: KnowledgeGraph) -> Session:
    """All calls, made once through each door."""
    if request.param == "stdio":
        return talk(at_stdio(), CALLS, READS, mode="legacy")
    with served(create_app(graph)) as address:
        return talk(f"{address}/mcp", CALLS, READS)


def answer(session: Session, key: str) -> dict[str, Any]:
    called = session.called[key]
    assert not called.error, called.text
    return called.data


def refusal(session: Session, key: str) -> str:
    called = session.called[key]
    assert called.error and not called.data
    assert "\n" not in called.text and "Traceback" not in called.text
    return called.text


# ---------------------------------------------------------------- what a client is told


def test_the_schemas_of_the_tools_are_those_that_are_stored(graph: KnowledgeGraph) -> None:
    """Clients rely on them. Where a change is meant, `python tests/mcp_sessions.py` writes the file anew."""
    assert schemas(graph) == SCHEMAS.read_text(encoding="utf-8")


def test_a_client_sees_the_stored_tools(session: Session) -> None:
    stored = json.loads(SCHEMAS.read_text(encoding="utf-8"))
    assert [t.model_dump(mode="json", by_alias=True, exclude_none=True) for t in session.tools] == stored
    assert [t["name"] for t in stored] == list(TOOLS)
    for tool in stored:
        assert tool["annotations"] == {"title": tool["title"], "readOnlyHint": True, "destructiveHint": False, "idempotentHint": True, "openWorldHint": False}
        assert tool["inputSchema"]["additionalProperties"] is False
        for name, argument in tool["inputSchema"]["properties"].items():
            assert argument.get("description"), (tool["name"], name)
            assert "anyOf" not in argument, "a client is not asked to send null"
    (framework,) = (t["inputSchema"]["properties"]["to_framework"] for t in stored if t["name"] == "map_construct")
    assert framework["enum"] == ["assimilation", "cfir-2009", "cfir-2022", "chime", "diffusion", "imri", "logic-model", "recovery-review"]


def test_the_instructions_tell_the_states_apart_and_forbid_invention(session: Session) -> None:
    for words in ("not_assessed is no negative result", "Never add mappings", "author-stated", "Causal relations are no mappings"):
        assert words in session.instructions
    assert len(session.instructions) < 3000


@pytest.mark.parametrize("key", [k for k, (name, _) in CALLS.items() if name != "unknown tool"])
def test_a_reply_carries_the_release_and_is_short(session: Session, graph: KnowledgeGraph, key: str) -> None:
    called = session.called[key]
    assert 0 < len(called.text) < 12_000
    if not called.error:
        assert called.data["release"] == graph.release
        assert called.text.endswith(f"Release {graph.release}")


# ---------------------------------------------------------------- answers


def test_frameworks_are_listed_with_how_sure_their_labels_are(session: Session) -> None:
    found = {f["key"]: f for f in answer(session, "frameworks")["frameworks"]}
    assert len(found) == 8
    imri = found["imri"]
    assert (imri["members"], imri["printed"], imri["rebuilt"], imri["unconfirmed"]) == (25, 12, 13, 0)
    assert imri["citation"].startswith(_PIAT) and imri["code_status"] == "codes are ours"


def test_words_find_constructs(session: Session) -> None:
    found = answer(session, "search")
    assert [h["curie"] for h in found["hits"]] == ["imri:B1"]
    assert found["hits"][0]["label_status"] == "printed"
    assert answer(session, "search, typing error")["hits"][0]["curie"] == "chime:E"
    nothing = answer(session, "search, nothing")
    assert nothing["hits"] == [] and nothing["rest"] == {"shown": 0, "total": 0, "next_offset": None, "say": "The list of constructs is empty."}
    assert "Nothing is named so" in nothing["notes"][-1]


def test_a_construct_says_what_its_label_is_and_where_the_rest_of_its_lists_is(session: Session) -> None:
    found, following = answer(session, "describe"), answer(session, "describe, next")
    assert found["term"] == {
        "curie": "imri:P1", "label": "Empowering members and shifting power", "framework": "imri", "label_status": "rebuilt",
        "existence_status": "described as an impact",
    }  # fmt: skip
    assert found["label_meaning"] == "The label was rebuilt by us from what the source describes; the source does not print it."
    assert [b["curie"] for b in found["broader"]] == ["imri:I"]
    assert "2 of 4 passages are shown; 2 more, ask again with offset=2." in found["notes"]
    ids = [e["id"] for e in found["evidence"] + following["evidence"]]
    assert len(set(ids)) == 4 and ids[0] == "evidence:piat-2022-P1-1"
    assert {c["basis"] for c in found["claims"]} == {"curated"} and all(c["evidence"] for c in found["claims"])


def test_mappings_come_with_state_claim_and_evidence(session: Session) -> None:
    found, following = answer(session, "map"), answer(session, "map, next")
    (state,) = found["states"]
    assert (state["target"], state["state"]) == ("chime", "mapped")
    assert state["counts"] == {"mapped": 6, "judged_not_mapped": 0, "contested": 0, "not_assessed": 20}
    assert state["meaning"] == "6 of 26 pairs are mapped; nobody judged the other 20. That says nothing about whether those correspond."
    assert [m["object"]["curie"] for m in found["mappings"] + following["mappings"]] == ["chime:E", "chime:I", "chime:M", "chime:E1", "chime:H4", "chime:I2"]
    assert found["rest"] == {"shown": 4, "total": 6, "next_offset": 4, "say": "4 of 6 mapping records are shown; 2 more, ask again with offset=4."}
    assert following["rest"]["next_offset"] is None
    stated, curated = found["mappings"][0], found["mappings"][3]
    assert stated["whose"] == 'author-stated: the authors state it ("aligns with"); the predicate is our choice.'
    assert curated["whose"] == "curated: our reading (imri-kg contributors), not stated by the authors." and curated["confidence"] == 0.5
    (passage,) = stated["evidence"]
    assert passage["locator"] == "Discussion, paragraph on corroboration and CHIME"
    assert passage["text_anchor"] == "aligns with “identity”, “meaning”, and “empowerment”"
    text = session.called["map"].text
    for words in (stated["whose"], passage["locator"], passage["text_anchor"], "evidence:piat-2022-CH-3", "mapping:imri-chime-s05", "ask again with offset=4"):
        assert words in text
    assert text.count(_PIAT) == 1, "a citation stands once"


@pytest.mark.parametrize("key", ["map, authors", "map, basis as text"])
def test_a_limit_on_the_basis_says_what_it_left_out(session: Session, key: str) -> None:
    found = answer(session, key)
    assert {m["basis"] for m in found["mappings"]} == {"author-stated"} and found["rest"]["total"] == 3
    assert "The limit on the basis left out 3 curated records; 3 pairs have another state than with all of them." in found["notes"]


def test_a_derived_record_names_rule_and_premises(session: Session) -> None:
    found = answer(session, "map, derived")
    assert [s["state"] for s in found["states"]] == ["mapped"]
    derived = [m for m in found["mappings"] if m["basis"] == "derived"]
    assert derived and derived[0]["premises"] == ["mapping:imri-chime-s05"]
    assert derived[0]["whose"].startswith("derived: By rule")
    assert derived[0]["evidence"][0]["id"] == "evidence:piat-2022-CH-3"


def test_silence_is_told_as_silence(session: Session) -> None:
    found = answer(session, "map, silent")
    assert found["mappings"] == [] and [s["state"] for s in found["states"]] == ["not_assessed"]
    assert "Nobody judged any of the 13 pairs. That says nothing about whether they correspond." in session.called["map, silent"].text
    assert any(note.startswith("The labels of imri:B2 are rebuilt.") for note in found["notes"])
    cell = answer(session, "cell, silent")
    assert (cell["state"], cell["mappings"]) == ("not_assessed", [])


def test_a_construct_is_mapped_to_all_other_editions_where_none_is_named(session: Session) -> None:
    assert {s["target"] for s in answer(session, "map, all")["states"]} == {
        "assimilation", "cfir-2009", "cfir-2022", "chime", "diffusion", "logic-model", "recovery-review",
    }  # fmt: skip


def test_an_explanation_keeps_routes_and_causes_apart_from_mappings(session: Session) -> None:
    found = answer(session, "explain")
    assert (found["state"], found["records"], found["derived"]) == ("not_assessed", [], [])
    assert [n["route"] for n in found["not_licensed"]] == ["logic:M3 -contributesTo-> chime:I (exploratory)"]
    (relation,) = found["causal_relations"]
    assert (relation["id"], relation["basis"], relation["exploratory"]) == ("relation:logic-M3-contributes-to-chime-I", "curated", True)
    text = session.called["explain"].text
    assert "Routes that no rule licenses (hypotheses)" in text and "Causal relations (no mappings)" in text


def test_a_negative_judgement_is_no_gap(session: Session) -> None:
    found = answer(session, "cell")
    assert found["state"] == "judged_not_mapped"
    (record,) = found["mappings"]
    assert (record["record_id"], record["negated"], record["basis"]) == ("mapping:imri-chime-n01", True, "curated")
    assert len(record["evidence"]) == 3 and record["evidence_left_out"] == 1
    assert "NOT skos:closeMatch" in session.called["cell"].text and record["comment"] in session.called["cell"].text
    assert answer(session, "explain, negative")["state"] == "judged_not_mapped"
    trusting = answer(session, "cell, authors")
    assert (trusting["state"], trusting["mappings"]) == ("not_assessed", [])
    assert "The limit on the basis left out 1 curated record; 1 pair has another state than with all of them." in trusting["notes"]


def test_a_crosswalk_is_counted_and_one_state_of_it_listed(session: Session) -> None:
    found = answer(session, "summary")
    assert found["pairs"] == {"mapped": 14, "judged_not_mapped": 2, "contested": 0, "not_assessed": 634}
    assert found["cells"][0] == {
        "row": "imri:B1", "row_label": "Experiencing personal growth or wellbeing", "row_label_status": "printed", "column": "chime:H4",
        "column_label": "Positive thinking and valuing success", "column_label_status": "printed", "predicates": ["relatedMatch"], "bases": ["curated"],
        "records": ["mapping:imri-chime-c08"],
        "claims": [{
            "record_id": "mapping:imri-chime-c08", "claim": "imri:B1 skos:relatedMatch chime:H4", "negated": False, "basis": "curated",
            "whose": "curated: our reading (imri-kg contributors), not stated by the authors.", "confidence": 0.5, "exploratory": False, "premises": [],
            "evidence": {
                "id": "evidence:leamy-2011-H4", "citation": _LEAMY, "locator": "Table of recovery processes, second level, as shown on secondary pages",
                "text_anchor": None,
            },
            "evidence_left_out": 1,
        }],
    }  # fmt: skip
    text = session.called["summary"].text
    assert "chime:I2 (Rebuilding/redefining positive sense of identity, label unconfirmed):" in text
    assert 'Whose claim: author-stated: the authors state it ("aligns with"); the predicate is our choice. Evidence: Source 2, Discussion, paragraph on' in text
    assert text.count(_PIAT) == 1, "a citation stands once"
    assert found["rest"]["total"] == 14 and found["rest"]["next_offset"] == 3
    negative = answer(session, "summary, negative")
    assert {(c["row"], c["column"]) for c in negative["cells"]} == {("imri:B2", "chime:H2"), ("imri:P1", "chime:E")}
    assert "imri:P1 not skos:closeMatch chime:E [mapping:imri-chime-n01]" in session.called["summary, negative"].text
    assert answer(session, "summary, contested")["rest"]["say"] == "The list of pairs that are contested is empty."


def test_coverage_tells_gaps_by_their_state(session: Session) -> None:
    found = answer(session, "coverage")
    assert found["forward"]["members_by_state"] == {"mapped": 4, "judged_not_mapped": 0, "contested": 0, "not_assessed": 21}
    assert found["backward"]["members_by_state"] == {"mapped": 13, "judged_not_mapped": 0, "contested": 0, "not_assessed": 13}
    assert [g["state"] for g in found["forward"]["gaps"]] == ["not_assessed", "not_assessed"]
    assert found["forward"]["rest"]["next_offset"] == 2 and found["forward"]["rest"]["total"] == 21
    assert found["framework_limits"][0]["basis"] == "author-stated"
    assert any(note.startswith("A framework limit is what authors say; it is no negative mapping. Not assessed means") for note in found["notes"])


def test_the_overview_names_what_nobody_assessed(session: Session) -> None:
    found = answer(session, "overview")
    assert found["rest"]["total"] == 14
    assert found["not_assessed_at_all"] == ["diffusion to imri", "imri to diffusion", "imri to logic-model", "logic-model to imri"]
    assert found["editions"][0]["records_by_basis"] == {"author-stated": 0, "curated": 4, "derived": 0}


def test_evidence_leads_to_what_rests_on_it_and_back(session: Session) -> None:
    found = answer(session, "evidence")
    assert found["passages"][0]["statement"] == "The impact of personal growth is aligned with three CHIME processes: identity, meaning and empowerment."
    assert [s["id"] for s in found["supports"]] == ["claim:imri-silent-on-chime-M1-M2", "mapping:imri-chime-s03", "mapping:imri-chime-s04"]
    assert [s["basis"] for s in found["supports"]] == ["curated", "author-stated", "author-stated"]
    assert found["rest"]["next_offset"] == 3
    assert "The passage also shows that the source has imri:B1." in found["notes"]
    record = answer(session, "evidence of a record")
    assert record["kind"] == "mapping record" and record["statement"]["text"].startswith("imri:P1 (Empowering members and shifting power) not skos:closeMatch")
    assert (len(record["passages"]), record["rest"]["total"]) == (3, 4)
    claim = answer(session, "evidence of a claim")
    assert (claim["statement"]["basis"], [p["id"] for p in claim["passages"]]) == ("author-stated", ["evidence:piat-2022-CO-2"])
    relation = answer(session, "evidence of a relation")
    assert [p["id"] for p in relation["passages"]] == ["evidence:leamy-2011-I", "evidence:piat-2021-T4-12a", "evidence:winsper-2020-M3"]


@pytest.mark.parametrize(
    ("key", "whose"),
    [
        ("evidence of a stated record", 'author-stated: the authors state it ("aligns with"); the predicate is our choice.'),
        ("evidence of a curated record", "curated: our reading (imri-kg contributors), not stated by the authors."),
        ("evidence of a claim", 'author-stated: the authors state it ("corroborated by existing research").'),
        ("evidence of a relation", "curated: our reading, not stated by the authors."),
    ],
)
def test_a_statement_behind_passages_says_whose_claim_it_is(session: Session, key: str, whose: str) -> None:
    assert answer(session, key)["statement"]["whose"] == whose
    assert whose.removesuffix(".") in session.called[key].text


@pytest.mark.parametrize("key", ["map, nothing fits", "evidence, nothing fits", "summary, nothing fits"])
def test_that_nothing_fits_is_said_in_words(session: Session, key: str) -> None:
    answer(session, key)
    text = session.called[key].text
    assert "nothing in cfir-2009 fits diffusion:D1.5" in text
    assert "NoTermFound" not in text and "NOT " not in text and "((" not in text


def test_questions_are_listed_and_run(session: Session) -> None:
    listed = answer(session, "questions")
    assert [q["name"] for q in listed["questions"]] == ["cq01", "cq26"] and listed["rest"]["total"] == 7
    assert all(q["answerable"] in ("yes", "partly", "no") for q in answer(session, "questions, parameters")["questions"])
    run = answer(session, "query")
    (row,) = run["rows"]
    assert (row["subject"], row["verb"], row["evidence"]) == ("imri:B1", "aligns with", "evidence:piat-2022-CH-3")
    assert run["note"].startswith("The passage is given by locator")
    assert answer(session, "query, by name")["rest"]["next_offset"] == 1


def test_a_table_is_checked_at_its_cells(session: Session) -> None:
    found = answer(session, "table")
    assert found["conforms"] is False and found["counts"]["violation"] > 0
    assert [f["severity"] for f in found["findings"]] == ["violation"], "the gravest come first"
    assert "The table does not conform: 7 violations, 0 warnings, 3 pieces of information." in session.called["table"].text
    assert found["rest"]["next_offset"] == 1 and found["read"] == ["determinants: 1 rows of Determinants; cases: none"]
    workbook = answer(session, "table, workbook")
    assert any(f["place"].startswith("case.xlsx") for f in workbook["findings"])


# ---------------------------------------------------------------- wrong input


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("frameworks, argument", ["list_frameworks", "There is no argument 'key'"]),
        ("search, unknown argument", ["There is no argument 'frmework'. Did you mean framework?"]),
        ("search, unknown arguments", ["search: There is no argument 'frmework' and no argument 'colour'. Did you mean framework? Known: limit, offset, words,"]),
        ("search, missing", ["The argument 'words' of search is missing."]),
        ("search, limit", ["'limit'", "less than or equal to 50", "(given: 1000)"]),
        ("search, kind", ["Unknown kind 'Impct'", "'Impact'"]),
        ("describe, unknown", ["No construct is called 'imri:B9'", "imri:B1 (Experiencing personal growth or wellbeing)"]),
        ("map, both", ["to_framework and to_term exclude each other"]),
        ("map, framework", ["Unknown framework 'chmie'", "'chime'"]),
        ("map, ambiguous", ["names", "cfir2022:III.D (Culture)", "Give the CURIE"]),
        ("map, basis", ["'basis'", "author-stated", "curated", "derived"]),
        ("explain, unknown", ["No construct is called 'chime:Q'", "Nearest: chime:"]),
        ("cell, one edition", ["both of imri", "explain_pair"]),
        ("summary, state", ["'state'", "judged_not_mapped", "(given: 'unmapped')"]),
        ("coverage, one", ["The argument 'target' of coverage is missing."]),
        ("overview, framework", ["Unknown framework 'nothing'"]),
        ("evidence, unknown", ["Unknown evidence 'evidence:piat-2022-CH-33'", "'evidence:piat-2022-CH-3'"]),
        ("evidence, record", ["Unknown mapping record", "'mapping:imri-chime-s0"]),
        ("evidence, claim", ["Unknown claim", "'claim:corroboration-CO-2'"]),
        ("evidence, no id", ["is no id", "evidence:piat-2022-CH-3"]),
        ("questions, answerable", ["'answerable'", "partly"]),
        ("query, unknown", ["Unknown question 'cq99'", "cq47"]),
        ("query, parameter", ["Unknown parameter 'recrod'", "'record'"]),
        ("query, service", ["Unknown question 'service/records'"]),
        ("table, none", ["Give the content of the table once"]),
        ("table, base64", ["is no base64", "RFC 4648"]),
        ("table, size", ["more than 5 MiB"]),
        ("unknown tool", ["-32602", "There is no tool 'serach'. Did you mean search?"]),
    ],
)
def test_wrong_input_is_told_with_what_to_do(session: Session, key: str, words: list[str]) -> None:
    text = refusal(session, key)
    for part in words:
        assert part in text, text


def test_a_file_that_is_no_table_is_told(session: Session) -> None:
    called: Called = session.called["table, kind"]
    assert "notes.docx" in called.text and "Traceback" not in called.text
    assert called.error or called.data["conforms"] is False


def test_every_tool_is_called_with_right_and_with_wrong_input() -> None:
    for name in TOOLS:
        assert len([1 for tool, _ in CALLS.values() if tool == name]) > 1, name


def test_a_fault_of_ours_is_one_line_without_what_caused_it(graph: KnowledgeGraph, caplog: pytest.LogCaptureFixture) -> None:
    errors: list[Exception] = [RuntimeError("secret at /var/secret"), SnapshotError("/var/secret cannot be read")]

    def broken() -> KnowledgeGraph:
        raise errors[0]

    async def ask() -> list[str]:
        found = []
        async with Client(make_server(broken, lambda *_: pytest.fail("nothing is validated"))) as client:
            while errors:
                result = await client.call_tool("list_frameworks", {})
                assert result.is_error
                found.append(result.content[0].text)  # type: ignore[union-attr]
                errors.pop(0)
        return found

    fault, unavailable = anyio.run(ask)
    assert fault == "An unforeseen fault of the server (RuntimeError). Please report it with the tool and its arguments."
    assert unavailable.startswith("The graph cannot be read at the moment")
    assert "secret at" in caplog.text and "secret" not in fault + unavailable


# ---------------------------------------------------------------- resources


def test_resources_hold_the_editions_and_how_to_read_them(session: Session) -> None:
    assert session.resources[:2] == ["imri-kg://about", "imri-kg://frameworks"] and "imri-kg://frameworks/imri" in session.resources
    assert len(session.resources) == 10 and session.templates == ["imri-kg://frameworks/{key}"]
    about = session.read["imri-kg://about"]
    for words in ("- contested: Records disagree", "- curated: Our reading", "- rebuilt: The label was rebuilt by us"):
        assert words in about
    chime = json.loads(session.read["imri-kg://frameworks/chime"])
    assert len(chime["members"]) == 26 and chime["source"]["citation"].startswith("Leamy M")
    assert {"curie": "chime:E", "label": "Empowerment", "kind": "RecoveryProcess", "broader": None, "label_status": "printed"} in chime["members"]
    assert len(json.loads(session.read["imri-kg://frameworks"])["frameworks"]) == 8


def test_a_resource_that_there_is_not_is_told(session: Session) -> None:
    assert session.read["imri-kg://frameworks/chmie"].startswith("-32602: Unknown framework 'chmie'. Did you mean 'chime'?")
    assert session.read["imri-kg://framework"].startswith("-32602: Unknown resource")
    assert session.read["file:///etc/passwd"].startswith("-32602: Unknown resource 'file:///etc/passwd'.")
