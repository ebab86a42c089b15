"""What the graph rests on: sources with what is missing of them, and passages with everything that rests on them."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from imri_kg import resources
from imri_kg.errors import UnknownNameError
from imri_kg.formats import serialise
from imri_kg.graph import KnowledgeGraph
from imri_kg.source_answers import GROUPS
from imri_kg.source_list import section_of

DOCS = (Path(__file__).parents[1] / "docs" / "sources.md").read_text(encoding="utf-8")


def rows_of(header: str) -> list[list[str]]:
    """Return the rows of a table of docs/sources.md as plain text."""
    lines = DOCS.split(header + "\n", 1)[1].splitlines()[1:]
    table = [line for line in lines[: next((n for n, line in enumerate(lines) if not line.startswith("|")), len(lines))]]
    return [[re.sub(r"[*`]", "", cell.strip()) for cell in line.strip("|").split("|")] for line in table]


# ---------------------------------------------------------------- sources


def test_every_source_is_listed_and_then_what_is_only_named(graph: KnowledgeGraph) -> None:
    rows = graph.sources().rows()
    text = "".join(f.read_text(encoding="utf-8") for f in sorted(resources.path("ontology", "evidence").glob("*.ttl")))
    declared = {key for key, classes in re.findall(r"^source:(\S+)\s+a ([^;]+?)\s*;", text, re.MULTILINE) if re.search(r"\bikg:Source\b", classes)}
    named = {key for key, classes in re.findall(r"^source:(\S+)\s+a ([^;]+?)\s*;", text, re.MULTILINE) if "ikg:NamedFramework" in classes} - declared
    assert {r["key"] for r in rows if r["kind"] == "source"} == declared and len(declared) == 51
    assert {r["key"] for r in rows if r["kind"] == "named"} == named and len(named) == 22
    kinds = [r["kind"] for r in rows]
    assert kinds == sorted(kinds, key="source named".split().index)
    found = graph.sources().extra["availabilities"]
    assert {a["availability"]: a["sources"] for a in found}["full text at hand"] == 2
    assert sum(a["sources"] for a in found) == 51 and all(a["meaning"] for a in found)


def test_a_source_says_what_it_is_and_what_was_at_hand(graph: KnowledgeGraph) -> None:
    rows = {r["key"]: r for r in graph.sources().rows()}
    lozeau = rows["lozeau-2002"]
    assert (lozeau["doi"], lozeau["year"], lozeau["type"], lozeau["availability"]) == ("10.1177/0018726702055005427", "2002", "academic article", "abstract at hand")
    assert lozeau["license"] is None and lozeau["licence_note"].startswith("All rights reserved")
    # Five passages in its file; seven curated records rest on them, and the inverse of each.
    assert (lozeau["evidence_items"], lozeau["records"], lozeau["exploratory_records"]) == (5, {"author-stated": 0, "curated": 7, "derived": 7}, 0)
    assert rows["piat-2022"]["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert rows["piat-2022"]["records"]["author-stated"] == 5
    # A review whose records rest on its tables.
    assert (rows["piat-2021"]["part_count"], rows["piat-2021"]["records"]["author-stated"]) == (8, 34)


def test_the_texts_that_decide_have_the_digests_that_the_documentation_names(graph: KnowledgeGraph) -> None:
    for key, _, doi, _, at_hand, digest in rows_of("| Key | Work | DOI | Licence as far as printed | At hand | SHA-256 of the text |"):
        found = graph.source(key)
        assert found.about["doi"] == doi
        assert found.digests == (f"sha256:{digest}",)
        assert found.about["availability"].split()[0] == {"running": "full", "whole": "tables", "abstract": "abstract"}[at_hand.split()[0]]


def test_what_could_not_be_recovered_stands_in_the_data_as_in_the_documentation(graph: KnowledgeGraph) -> None:
    told = rows_of("| Gap | What stands in the graph meanwhile | Document that would fill it |")
    found = [(g["statement"], g["meanwhile"], g["filled_by"]) for r in graph.sources().rows() for g in graph.source(r["key"]).gaps]
    assert sorted(found) == sorted(tuple(row) for row in told) and len(found) == 29
    assert {g["id"] for g in graph.source("lozeau-2002").gaps} == {"source:lozeau-2002-gap-dimensions-and-order"}
    assert [r["gaps_known"] for r in graph.sources().rows() if r["key"] == "piat-2022"] == [6]


def test_the_passages_of_a_source_stand_by_section(graph: KnowledgeGraph) -> None:
    found = graph.source("lozeau-2002")
    (section,) = found.evidence
    assert (section["part"], section["section"]) == (None, "Abstract")
    assert [i["curie"].removeprefix("evidence:lozeau-2002-") for i in section["items"]] == ["corruption", "gap-size", "misfit", "scenarios", "transformation"]
    assert all(i["anchor_status"] == "none" and i["note"] for i in section["items"])
    for row in graph.sources().rows():
        held = [i["curie"] for s in graph.source(row["key"]).evidence for i in s["items"]]
        assert len(held) == len(set(held)) == row["evidence_items"]
    discussion = {s["section"]: s for s in graph.source("piat-2022").evidence}["Discussion"]
    assert "evidence:piat-2022-CH-1" in [i["curie"] for i in discussion["items"]]


def test_a_part_stands_by_itself_and_in_its_source(graph: KnowledgeGraph) -> None:
    whole, part = graph.source("source:piat-2021"), graph.source("piat-2021-table-4")
    assert (part.about["kind"], part.about["part_of"], part.about["title"].split(".")[0]) == ("part", "source:piat-2021", "Table 4")
    # It has the citation of the whole, and a page of its own.
    assert part.about["citation"] == whole.about["citation"] and part.about["url"].endswith("/tables/4")
    assert len(part.rows()) == part.about["evidence_items"] == next(p["evidence_items"] for p in whole.parts if p["key"] == "piat-2021-table-4") > 5
    assert {r["evidence"] for r in part.rows()} == {r["evidence"] for r in whole.rows() if r["part"] == "source:piat-2021-table-4"}
    assert {p["key"]: p["recovery"] for p in whole.parts}["piat-2021-table-7"] == "partial"
    assert [f["key"] for f in whole.frameworks] == ["recovery-review"]


def test_a_work_that_is_only_named_says_who_names_it(graph: KnowledgeGraph) -> None:
    found = graph.source("cfir-card-game")
    assert (found.about["kind"], found.about["evidence_items"], found.evidence) == ("named", 0, ())
    assert [p["curie"] for p in found.named_by] == ["evidence:piat-2022-named-card-game"]


@pytest.mark.parametrize(
    ("locator", "section"),
    [
        ("Abstract", "Abstract"),
        ("Findings > Ways of being, paragraph 1, tenant's remark", "Findings > Ways of being"),
        ("Additional file 3 (constructs, with definitions), Inner Setting", "Additional file 3 (constructs, with definitions)"),
        ("Methods > Settings; Table 1", "Methods > Settings"),
        (", odd", ", odd"),
        ("An open (bracket, never closed", "An open"),
    ],
)
def test_a_section_is_what_stands_before_the_first_comma(locator: str, section: str) -> None:
    assert section_of(locator) == section


@pytest.mark.parametrize(("key", "near"), [("piat-202", "piat-2022"), ("source:lozeau-2003", "lozeau-2002"), ("", None), ("imri:B1", None)])
def test_an_unknown_source_names_the_nearest(kg: KnowledgeGraph, key: str, near: str | None) -> None:
    with pytest.raises(UnknownNameError, match="Unknown source key") as caught:
        kg.source(key)
    assert caught.value.kind == "source key" and (near is None or near in caught.value.nearest)


# ---------------------------------------------------------------- evidence


def test_a_passage_has_its_source_and_what_rests_on_it(graph: KnowledgeGraph) -> None:
    found = graph.evidence("evidence:piat-2022-CH-1")
    assert (found.work["key"], found.work["availability"], found.work["doi"]) == ("piat-2022", "full text at hand", "10.1186/s13033-022-00559-2")
    assert (found.evidence.locator, found.anchor_status) == ("Discussion, paragraph on corroboration and CHIME", "checked")
    assert found.deep_link and "#:~:text=" in found.deep_link
    supports = {group: [item["id"] for item in items] for group, items in found.supports.items() if items}
    (inverse,) = [r.record_id for r in graph.explain("chime:C", "imri:I1").derivations if r.derivation and r.derivation.premises == ("mapping:imri-chime-s01",)]
    # One record with its inverse, and the impact itself.
    assert supports == {"mappings": [inverse, "mapping:imri-chime-s01"], "constructs": ["imri:I1"]}
    stated = found.supports["mappings"][1]
    assert (stated["basis"], stated["stated_relation"], stated["confidence"]) == ("author-stated", "aligns with", None)
    assert (found.supports["constructs"][0]["kind"], found.supports["constructs"][0]["text"]) == ("impact", graph.concept("imri:I1").reference.label)


@pytest.mark.parametrize(
    ("curie", "group", "id", "kind"),
    [
        ("evidence:cfirguide-implementation-planning", "framework_limits", "claim:limit-cfir-2022-process-model", "framework limit"),
        ("evidence:cfirguide-local-conditions", "claims", "claim:cfir2022-novelty-local-conditions", "novelty claim"),
        ("evidence:winsper-2020-moderators", "causal_relations", "relation:logic-L3-moderates-O3", "causal relation"),
        ("evidence:case.mulvale-2024.observation.F228", "observations", "case:mulvale-2024.observation.F228", "determinant observation"),
        ("evidence:mulvale-2024-form-case-3", "case_rows", "case:mulvale-2024.assimilation.J301", "assimilation judgement"),
        ("evidence:piat-2021-T7-05a", "findings", "review:F7-05a", "finding"),
        ("evidence:piat-2022-named-card-game", "named_works", "source:cfir-card-game", "named framework"),
        ("evidence:lozeau-2002-scenarios", "editions", "framework:assimilation", "framework edition"),
        ("evidence:mulvale-2024-coding-framework", "other", "study:mulvale-2024-analysis-1", "analysis step"),
    ],
)
def test_each_kind_of_thing_stands_in_its_group(graph: KnowledgeGraph, curie: str, group: str, id: str, kind: str) -> None:
    (item,) = [item for item in graph.evidence(curie).supports[group] if item["id"] == id]
    assert item["kind"] == kind and item["text"]


def test_an_observation_names_its_case_and_its_coding(graph: KnowledgeGraph) -> None:
    (item,) = graph.evidence("case.mulvale-2024.observation.F228").supports["observations"]
    assert (item["case"], item["basis"], item["text"]) == ("mulvale-2024.cmha-learning-centres", "curated", "Students were encouraged to lead course development.")
    assert item["detail"].startswith("cfir2022:V.F2 (")
    assert graph.case(item["case"]).to_json()["id"] == item["case"]


def test_nothing_that_rests_on_a_passage_is_left_out(graph: KnowledgeGraph) -> None:
    links = graph.query("SELECT ?evidence (COUNT(DISTINCT ?thing) AS ?n) WHERE { ?thing ikg:evidence|ikg:namedBy ?evidence . ?evidence a ikg:Evidence } GROUP BY ?evidence").rows()
    expected = {row["evidence"]: int(row["n"]) for row in links}
    assert len(expected) > 1100
    for curie, number in expected.items():
        found = graph.evidence(curie)
        assert list(found.supports) == list(GROUPS)
        ids = Counter(item["id"] for items in found.supports.values() for item in items)
        assert ids.total() == len(ids) == number == len(found.rows()), curie


def test_a_passage_that_was_not_looked_up_says_so(graph: KnowledgeGraph) -> None:
    statuses = Counter()
    for row in graph.sources().rows():
        statuses.update(i["anchor_status"] for s in graph.source(row["key"]).evidence for i in s["items"])
    text = "SELECT (COUNT(?a) AS ?anchored) (COUNT(?d) AS ?checked) (COUNT(*) AS ?all) WHERE { ?e a ikg:Evidence OPTIONAL { ?e ikg:textAnchor ?a } OPTIONAL { ?e ikg:checkedAgainst ?d } }"
    (row,) = graph.query(text).rows()
    assert statuses["checked"] == int(row["checked"]) and statuses["none"] == int(row["all"]) - int(row["anchored"])
    assert statuses["unchecked"] == int(row["anchored"]) - int(row["checked"]) > 0
    speaks = graph.evidence("evidence:piat-2022-B1-3")
    assert speaks.informants == ("tenant, peer support site",)


@pytest.mark.parametrize(("text", "near"), [("evidence:piat-2022-CH-11", "evidence:piat-2022-CH-1"), ("piat-2022-B1-11", "evidence:piat-2022-B1-1"), ("", None), ("imri:B1", None)])
def test_unknown_evidence_names_the_nearest(kg: KnowledgeGraph, text: str, near: str | None) -> None:
    with pytest.raises(UnknownNameError, match="Unknown evidence") as caught:
        kg.evidence(text)
    assert caught.value.kind == "evidence" and (near is None or near in caught.value.nearest)


def test_evidence_and_sources_are_found_by_iri_and_without_prefix(kg: KnowledgeGraph) -> None:
    iri = kg.prefixes.expand("evidence:piat-2022-CH-1")
    assert kg.evidence(iri) == kg.evidence("piat-2022-CH-1") == kg.evidence(" evidence:piat-2022-CH-1 ")
    assert kg.source(kg.prefixes.expand("source:piat-2022")) == kg.source("piat-2022")


def test_the_answers_have_all_forms_and_are_always_the_same(graph: KnowledgeGraph) -> None:
    from imri_kg.source_list import SourceService

    again = SourceService(graph.reader, graph.release)
    for here, there in ((graph.sources(), again.sources()), (graph.source("piat-2021"), again.source("piat-2021")), (graph.evidence("piat-2022-table-1"), again.evidence("piat-2022-table-1"))):
        assert json.dumps(here.to_json()) == json.dumps(there.to_json())
        assert all(tuple(row) == tuple(here.header()) for row in here.rows())
        for form in ("csv", "tsv", "md"):
            assert serialise(here, form)
    assert "evidence:piat-2022-CH-1" in graph.serialise(graph.evidence("piat-2022-CH-1"), "ttl")
    assert "author-stated,curated,derived" in serialise(graph.sources(), "csv").splitlines()[0]
