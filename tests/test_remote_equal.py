"""The graph of a server gives what the local graph gives: equal objects, equal JSON, equal rows, equal frames."""

from __future__ import annotations

import dataclasses
import inspect
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from library_samples import as_csv, tables_of

import imri_kg
from imri_kg.formats import serialise
from imri_kg.graph import KnowledgeGraph
from imri_kg.model import Answer, MappingRecord
from imri_kg.remote.graph import RemoteGraph


@pytest.fixture(scope="module")
def local(graph: KnowledgeGraph) -> KnowledgeGraph:
    return graph.without_library()


@pytest.fixture(scope="module")
def remote(address: str) -> Iterator[RemoteGraph]:
    with imri_kg.open(address) as found:
        yield found


def alike(here: Any, there: Any) -> None:
    """Assert that two answers are the same, to everything that can be asked of them."""
    assert type(here) is type(there)
    assert here.to_json() == there.to_json()
    assert json.dumps(here.to_json()) == json.dumps(there.to_json())
    if isinstance(here, Answer):
        assert here.rows() == there.rows()
        assert here.header() == there.header()
        assert here.to_dataframe().equals(there.to_dataframe())
        assert serialise(here, "csv") == serialise(there, "csv")
    assert here == there
    assert kinds(here) == kinds(there)


def kinds(value: Any) -> Any:
    """Return the types of the parts of a typed object, since `1 == 1.0` and `0.9 == Decimal("0.9")` pass for equal."""
    if dataclasses.is_dataclass(value):
        return [type(value).__name__, *(kinds(getattr(value, f.name)) for f in dataclasses.fields(value) if f.compare)]
    if isinstance(value, dict) or hasattr(value, "items") and hasattr(value, "keys"):
        return {key: kinds(part) for key, part in value.items()}
    if isinstance(value, (tuple, list)):
        return [type(value).__name__, *(kinds(part) for part in value)]
    return type(value).__name__


ASKED: dict[str, Callable[[Any], Any]] = {
    "frameworks": lambda g: g.frameworks(),
    "overview": lambda g: g.coverage(),
    "overview of a basis": lambda g: g.coverage(basis="author-stated", exploratory=True),
    "all records": lambda g: g.mappings(exploratory=True),
    "records of a basis": lambda g: g.mappings(basis=["author-stated", "derived"]),
    "records between editions": lambda g: g.mappings(subject_framework="imri", to=["chime", "cfir-2022"]),
    "records to a construct": lambda g: g.mappings(object="chime:I"),
    "a pair": lambda g: g.mappings("imri:B1", object="chime:I", exploratory=True),
    "filtered records": lambda g: g.mappings(predicate=["skos:closeMatch"], min_confidence=0.6, max_confidence=0.9, state="mapped"),
    "records from a source": lambda g: g.mappings("imri:B1", source="source:piat-2022"),
    "changes": lambda g: g.changes("cfir-2009", "cfir-2022"),
    "sources": lambda g: g.sources(),
    "a source": lambda g: g.source("piat-2021"),
    "a part of a source": lambda g: g.source("source:piat-2021-table-4"),
    "a work that is only named": lambda g: g.source("pace-1979"),
    "evidence": lambda g: g.evidence("evidence:piat-2022-CH-1"),
    "evidence of many things": lambda g: g.evidence("piat-2022-table-1"),
    "a record in full": lambda g: g.record_in_full("mapping:imri-chime-s03"),
    "a derived record in full": lambda g: g.record_in_full(g.mappings(basis="derived").items[0].record_id),
    "search": lambda g: g.search("recovery", limit=None),
    "search on one page": lambda g: g.search("person", limit=7),
    "search in several editions": lambda g: g.search("support", framework=["chime", "cfir-2022"], kind="Determinant"),
    "search without hits": lambda g: g.search("zzzzqqqq"),
    "paths": lambda g: g.pathways("imri:B1", "chime"),
    "a batch": lambda g: g.batch(["imri:B1", {"subject": "Empowerment", "object_framework": ["imri", "cfir-2022"]}], basis=["curated"]),
    "citation of the graph": lambda g: g.cite(),
    "citation of a framework": lambda g: g.cite("framework:chime", style="bibtex"),
    "citation of a review": lambda g: g.cite("recovery-review", style="apa"),
    "citation of a stated record": lambda g: g.cite("mapping:imri-chime-s03"),
    "citation of a derived record": lambda g: g.cite(g.mappings(basis="derived").items[0].record_id, style="csl-json"),
    "cases": lambda g: g.cases(),
    "view of all cases": lambda g: g.case_view("recovery-review"),
    "competency": lambda g: g.queries(),
    "service": lambda g: g.queries("service"),
    "qc": lambda g: g.queries("qc"),
    "build": lambda g: g.queries("build"),
    "SELECT": lambda g: g.query("SELECT ?s ?p ?o ?none WHERE { VALUES ?s { imri:B1 chime:I cfir2022:III.D } ?s ?p ?o } ORDER BY ?s ?p ?o"),
    "SELECT of blank nodes and numbers": lambda g: g.query("SELECT ?n ?text WHERE { VALUES (?n ?text) { (1 'a'@en) (1.50 'http://example.org/') (true UNDEF) } }"),
    "SELECT of records": lambda g: g.query("SELECT ?r ?c WHERE { ?r sssom:confidence ?c } ORDER BY ?r ?c"),
    "ASK": lambda g: g.query("ASK { imri:B1 skos:relatedMatch chime:H }"),
    "CONSTRUCT": lambda g: g.query("CONSTRUCT { ?s skos:prefLabel ?l } WHERE { ?s skos:inScheme framework:imri ; skos:prefLabel ?l }"),
    "DESCRIBE": lambda g: g.query("DESCRIBE imri:B1"),
}


@pytest.mark.parametrize("name", ASKED)
def test_an_answer_of_a_server_is_that_of_the_local_graph(local: KnowledgeGraph, remote: RemoteGraph, name: str) -> None:
    here, there = ASKED[name](local), ASKED[name](remote)
    if name == "paths":
        # A reply about paths tells where the evidence of a step stands and not what it says.
        here = _without_statements(here)
    alike(here, there)


def _without_statements(found: Any) -> Any:
    def bare(e: Any) -> Any:
        return e._replace(statement="", text_anchor=None, checked_against=None, cited_references=(), note=None)

    items = tuple(
        dataclasses.replace(p, steps=tuple(dataclasses.replace(s, evidence=tuple(bare(e) for e in s.evidence)) for s in p.steps)) for p in found.items
    )
    return dataclasses.replace(found, items=items)


def test_every_edition_and_construct_is_the_same(local: KnowledgeGraph, remote: RemoteGraph) -> None:
    keys = local.framework_service.keys()
    assert len(keys) == 8
    for key in keys:
        alike(local.framework(key), remote.framework(key))
        for member in local.framework(key).members[::5]:
            alike(local.concept(member["curie"]), remote.concept(member["curie"]))
            alike(local.mappings(member["curie"], exploratory=True), remote.mappings(member["curie"], exploratory=True))


def test_every_crosswalk_and_coverage_is_the_same(local: KnowledgeGraph, remote: RemoteGraph) -> None:
    keys = local.framework_service.keys()
    for number, source in enumerate(keys):
        for target in keys[number % 3 :: 3]:
            alike(local.crosswalk(source, target, routes=True, exploratory=True), remote.crosswalk(source, target, routes=True, exploratory=True))
            alike(local.coverage(source, target, routes=True, basis="curated"), remote.coverage(source, target, routes=True, basis="curated"))


def test_records_and_explanations_of_every_kind_are_the_same(local: KnowledgeGraph, remote: RemoteGraph) -> None:
    records = local.mappings(exploratory=True).items
    chosen: dict[tuple[Any, ...], MappingRecord] = {}
    for record in records:
        kind = (record.basis, record.negated, record.exploratory, record.predicate, record.derivation.rule if record.derivation else "", record.confidence is None)
        chosen.setdefault(kind, record)
    assert len(chosen) > 12
    for record in chosen.values():
        assert local.record(record.record_id) == remote.record(record.record_id)
        if not record.object.curie.startswith("sssom:"):
            alike(local.explain(record.subject.curie, record.object.curie), remote.explain(record.subject.curie, record.object.curie))
    for pair in (("logic:M3", "chime:I"), ("imri:B1", "imri:B1"), ("assimilation:T", "chime:H")):
        for basis in ((), "author-stated"):
            alike(local.explain(*pair, basis=basis), remote.explain(*pair, basis=basis))


def test_every_competency_question_has_the_same_rows(local: KnowledgeGraph, remote: RemoteGraph) -> None:
    names = [row["name"] for row in local.queries().rows() if not row["parameters"]]
    assert len(names) > 20
    for name in names:
        alike(local.query(name), remote.query(name))


def test_every_case_is_the_same(local: KnowledgeGraph, remote: RemoteGraph) -> None:
    cases = [row["id"] for row in local.cases().rows()]
    assert len(cases) == 10
    for case in cases:
        here, there = local.case(case), remote.case(case)
        alike(here, there)
        assert [k.to_json(here.read_evidence) for k in here.observations] == [k.to_json(there.read_evidence) for k in there.observations]
    for framework in ("diffusion", "recovery-review"):
        alike(local.case_view(framework, "esther"), remote.case_view(framework, "esther"))


@pytest.mark.parametrize(
    ("rows", "columns", "options"),
    [
        ("domain", "case", {}),
        ("construct", "phase", {"rollup": True}),
        ("impact", "stakeholder", {"empty": True, "stakeholder_by": "experienced"}),
        ("context-word", "domain", {"domain_by": "context-word"}),
        ("kind", "valence", {"basis": ["curated"], "where": {"case": "esther", "phase": ["adoption", "implementation"]}}),
        ("level", "valence", {"where": {"impact": ["imri:B1", "imri:T"]}}),
        ("framework", "dataset", {}),
        ("innovation", "case", {"where": {"dataset": "piat-2022"}}),
    ],
)
def test_a_matrix_is_the_same_down_to_its_observations(local: KnowledgeGraph, remote: RemoteGraph, rows: str, columns: str, options: dict[str, Any]) -> None:
    here, there = local.matrix(rows, columns, **options), remote.matrix(rows, columns, **options)
    alike(here, there)
    assert here.grid() == there.grid() and here.behind() == there.behind() and here.about() == there.about()
    for member in here.rows_[:3]:
        alike(here.drill(member.id), there.drill(member.id))


def test_a_validation_is_the_same(local: KnowledgeGraph, remote: RemoteGraph, tmp_path: Path) -> None:
    tables = tables_of()
    tables["determinants"][1][5] = "Cultur"
    tables["cases"][1][6] = "many"
    for source in as_csv(tables):
        (tmp_path / source.name).write_bytes(source.data)
    found = local.validate(tmp_path)
    assert len(found.messages) > 2
    alike(found, remote.validate(tmp_path))


def test_the_whole_graph_is_the_same(local: KnowledgeGraph, remote: RemoteGraph) -> None:
    from rdflib import BNode

    here, there = local.to_rdflib(), remote.to_rdflib()
    # Blank nodes get other names each time that they are read.
    named = [{q for q in found.quads() if not any(isinstance(term, BNode) for term in q)} for found in (here, there)]
    assert len(named[0]) > 50_000 and named[0] == named[1]
    assert len(list(here.quads())) == len(list(there.quads()))
    assert dict(here.namespaces()) == dict(there.namespaces())


# ---------------------------------------------------------------- the two classes

#: What belongs to the graph of an installation alone: its parts, its files, and what serves the doors of this machine.
ONLY_LOCAL = {
    "built", "change_service", "record_surroundings", "source_service", "case_columns", "case_template", "case_template_tables", "case_vocabulary", "casebook", "catalog", "check_cases", "check_store", "citing_service",
    "describer",
    "description_service", "explaining_service", "framework_service", "import_cases", "index", "library", "licence", "mapping_service", "nquads", "own_cases",
    "pathway_service", "query_service", "reader", "serialise", "steps", "store", "warm", "with_cases", "without_library",
}  # fmt: skip


def public(kind: type) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_")}


def test_both_graphs_answer_the_same_questions() -> None:
    # `release` and `prefixes` are set when a local graph is opened.
    assert public(KnowledgeGraph) - ONLY_LOCAL - public(RemoteGraph) == set()
    assert public(RemoteGraph) - public(KnowledgeGraph) == {"address", "close", "prefixes", "release"}


@pytest.mark.parametrize("name", sorted(public(KnowledgeGraph) & public(RemoteGraph) - {"release_info"}))
def test_a_question_is_asked_with_the_same_arguments(name: str) -> None:
    here, there = (inspect.signature(getattr(kind, name)) for kind in (KnowledgeGraph, RemoteGraph))
    assert here == there


def test_what_only_the_local_graph_does_is_told(remote: RemoteGraph) -> None:
    with pytest.raises(AttributeError, match="The graph of a server has no import_cases. A server takes no datasets."):
        remote.import_cases("case.xlsx")
    with pytest.raises(AttributeError, match="has no attribute 'no_such_thing'"):
        remote.no_such_thing  # noqa: B018
