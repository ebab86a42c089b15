"""Tables of text hold words in their cells: no objects, no lists, and a reason where there is nothing to list."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

import imri_kg
from imri_kg.formats import serialise
from imri_kg.graph import KnowledgeGraph
from imri_kg.remote.graph import RemoteGraph
from imri_kg.tables import table

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from imri_kg.model import Answer


def rows_of(answer: Answer, form: str = "csv") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(serialise(answer, form), newline=""), delimiter="," if form == "csv" else "\t"))


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_the_table_of_frameworks_has_source_and_counts_in_columns_of_their_own(graph: KnowledgeGraph, form: str) -> None:
    found = {row["key"]: row for row in rows_of(graph.frameworks(), form)}
    assert len(found) == 8 and not [row for row in found.values() if "{" in "".join(row.values())]
    chime = found["chime"]
    assert (chime["source"], chime["url"][:31], chime["members"]) == ("source:leamy-2011", "https://www.cambridge.org/core/", "26")
    assert "Leamy" in chime["citation"] and int(chime["printed"]) + int(chime["inferred"]) == 26
    assert chime["by_kind"] == "RecoveryProcess: 5; RecoveryProcessCategory: 21" and list(found["imri"])[:6] == ["key", "iri", "label", "edition", "definition", "source"]


def test_json_and_python_keep_the_objects(client: TestClient, graph: KnowledgeGraph) -> None:
    item = client.get("/api/v1/frameworks").json()["items"][0]
    assert item == graph.frameworks().rows()[0] and item["source"]["source"].startswith("source:") and item["counts"]["members"] == item["members"]


def test_an_object_that_differs_from_row_to_row_stays_one_cell() -> None:
    made = table([{"n": 1, "p": {"a": "x"}, "l": ["u", "v"]}, {"n": None, "p": {}, "l": []}], ("n", "p", "l"), "r")
    assert serialise(made, "csv") == "n,p,l\r\n1,a: x,u | v\r\n,,\r\n"
    assert table([{"n": None}], ("n",), "r", absent="not stated").cells() == [{"n": "not stated"}]


def test_a_case_of_which_something_is_not_stated_says_so(graph: KnowledgeGraph) -> None:
    answer = graph.without_library().cases()
    blank = [(number, name) for number, row in enumerate(answer.rows()) for name, value in row.items() if value is None or value == []]
    assert {"start", "interviews", "participants", "phases"} <= {name for _, name in blank}
    rows = rows_of(answer)
    assert [(number, name) for number, row in enumerate(rows) for name, value in row.items() if value == "not stated"] == blank
    assert not [row for row in rows if "" in row.values()]


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_a_table_without_a_path_gives_the_reason(graph: KnowledgeGraph, form: str) -> None:
    answer = graph.pathways("chime:I", "assimilation")
    assert not answer.items
    (row,) = rows_of(answer, form)
    assert (row["path"], row["subject"], row["object"], row["status"], row["heading"]) == ("", "chime:I", "assimilation", "", "no path")
    assert row["reason"] == answer.text == "No chain of up to 4 recorded steps leads from chime:I (Identity) to assimilation (Assimilation and compatibility gaps)."
    assert "No chain of up to 4" in serialise(answer, "md") and answer.sections() == [("Paths", []), ("Steps", [])]


def test_a_table_with_paths_has_no_row_of_that_kind(graph: KnowledgeGraph) -> None:
    rows = rows_of(graph.pathways("imri:B1", "chime:I"))
    assert rows and all(row["path"] and row["heading"] != "no path" for row in rows)


def test_a_view_of_a_case_says_where_a_statement_stands_and_which_records_lead_on(graph: KnowledgeGraph) -> None:
    answer = graph.case_view("diffusion", "esther")
    rows = rows_of(answer)
    assert len(rows) > 50 and all(row["evidence"] and row["evidence_ids"].startswith("evidence:") for row in rows)
    assert {"Mulvale"} == {row["evidence"].split()[0] for row in rows}
    ways = [row for row in rows if row["by"]]
    for row in ways:
        assert row["record_ids"] if row["by"] != "route" or ":" in row["record_ids"] else row["text"]
        assert row["by"] == "route" or row["record_ids"] == row["by"]
    known = {*graph.reader.all_records} | {relation["id"] for relation in graph.reader.causal}
    named = {name for row in ways for name in row["record_ids"].split()}
    assert len(named) > 20 and named <= known
    # cfir2022:V.F1 goes up to V.F, which a record of curators maps to D4.
    assert [r["record_ids"] for r in rows if r["construct"] == "cfir2022:V.F1" and r["target"] == "diffusion:D4"][0].startswith("mapping:")


def test_a_server_gives_the_same_tables(graph: KnowledgeGraph, address: str) -> None:
    with imri_kg.open(address) as there:
        assert isinstance(there, RemoteGraph)
        for ask in (lambda g: g.frameworks(), lambda g: g.cases(), lambda g: g.case_view("diffusion", "esther"), lambda g: g.pathways("chime:I", "assimilation"),
                    lambda g: g.query("cq11", group="imri:B1")):  # fmt: skip
            assert serialise(ask(graph.without_library()), "csv") == serialise(ask(there), "csv")


def test_a_stored_query_without_rows_names_what_its_parameters_are(kg: KnowledgeGraph | RemoteGraph) -> None:
    found = kg.query("cq11", group="imri:B1")
    assert not found.rows()
    (note,) = found.extra["notes"]
    assert "group is imri:B1 (Experiencing personal growth or wellbeing), of the kind Impact and the edition imri." in note and "another kind" in note
    nowhere, source = (kg.query("cq11", group=value).extra["notes"] for value in ("review:G99", "source:piat-2022"))
    assert "review:G99, which the graph does not describe" in nowhere[0]
    assert "group is source:piat-2022 (" in source[0] and "of the kind " in source[0]


def test_a_stored_query_with_rows_or_without_parameters_has_no_such_note(kg: KnowledgeGraph | RemoteGraph) -> None:
    group = kg.query("cq11").rows()[0]["group"]
    assert kg.query("cq11", group=group).rows() and kg.query("cq11", group=group).extra["notes"] == [] == kg.query("cq11").extra["notes"]
