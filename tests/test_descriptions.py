"""Answers as RDF: the statements of the graph about what is asked, whole, unchanged and the same each time."""

from __future__ import annotations

import pytest
from rdflib import Graph, URIRef
from rdflib.compare import isomorphic

from imri_kg.descriptions import DescriptionService
from imri_kg.formats import RDF_FORMATS, forms_of
from imri_kg.graph import KnowledgeGraph

READERS = {"ttl": "turtle", "jsonld": "json-ld"}


def parsed(text: str, form: str) -> Graph:
    return Graph().parse(data=text, format=READERS[form])


@pytest.mark.parametrize("form", RDF_FORMATS)
def test_records_leave_with_all_that_the_graph_states_of_them(graph: KnowledgeGraph, form: str) -> None:
    answer = graph.mappings("imri:B1", to="chime")
    found = parsed(graph.serialise(answer, form), form)
    whole = graph.to_rdflib()
    things = [r.record_id for r in answer.items] + [e.curie for r in answer.items for e in r.evidence]
    assert len(things) > 10
    for curie in things:
        iri = URIRef(graph.prefixes.expand(curie))
        stated = set(whole.predicate_objects(iri))
        assert stated and set(found.predicate_objects(iri)) == stated


def test_a_confidence_is_written_as_its_source_writes_it(graph: KnowledgeGraph) -> None:
    record = next(r for r in graph.mappings("imri:B1").items if r.confidence is not None and str(r.confidence).endswith("0"))
    assert f'sssom:confidence "{record.confidence}"' in graph.serialise(graph.mappings("imri:B1"), "ttl") or f"sssom:confidence {record.confidence}" in graph.serialise(graph.mappings("imri:B1"), "ttl")


def test_a_construct_leaves_with_the_names_of_what_it_points_to(graph: KnowledgeGraph) -> None:
    found = parsed(graph.serialise(graph.concept("imri:B1"), "ttl"), "ttl")
    label = URIRef("http://www.w3.org/2004/02/skos/core#prefLabel")
    for curie, name in (("imri:B1", "Experiencing personal growth or wellbeing"), ("imri:B", "Ways of being"), ("chime:I", "Identity")):
        assert name in {str(o) for o in found.objects(URIRef(graph.prefixes.expand(curie)), label)}


def test_both_forms_say_the_same_and_always_the_same(graph: KnowledgeGraph) -> None:
    answer = graph.explain("imri:B1", "chime:I")
    turtle, linked = (graph.serialise(answer, form) for form in RDF_FORMATS)
    assert isomorphic(parsed(turtle, "ttl"), parsed(linked, "jsonld"))
    fresh = KnowledgeGraph(graph._snapshot)
    assert [fresh.serialise(answer, form) for form in RDF_FORMATS] == [turtle, linked]
    prefixes = [line for line in turtle.splitlines() if line.startswith("@prefix")]
    assert prefixes == sorted(prefixes) != []


def test_the_top_of_turtle_says_release_query_and_licence(graph: KnowledgeGraph) -> None:
    first = graph.serialise(graph.mappings("imri:B1"), "ttl").splitlines()[0]
    assert first.startswith("# ") and graph.release in first and "service/records" in first and graph.licence in first


def test_an_answer_about_nothing_is_an_empty_graph(graph: KnowledgeGraph) -> None:
    answer = graph.mappings("assimilation:T", to="chime")
    assert answer.items == ()
    for form in RDF_FORMATS:
        assert len(parsed(graph.serialise(answer, form), form)) == 0


def test_turtle_says_in_comments_which_states_have_no_record(graph: KnowledgeGraph) -> None:
    text = graph.serialise(graph.mappings("imri:B1", to=["chime", "diffusion", "assimilation"], basis="author-stated"), "ttl")
    assert text.splitlines()[1:3] == ["# no record: imri:B1 to diffusion is not_assessed", "# no record: imri:B1 to assimilation is not_assessed"]
    assert "# no record" not in graph.serialise(graph.mappings("imri:B1", to="chime"), "ttl")


def test_only_what_the_graph_describes_has_rdf(graph: KnowledgeGraph) -> None:
    for answer in (graph.framework("chime"), graph.concept("chime:I"), graph.crosswalk("imri", "chime")):
        assert {*RDF_FORMATS} <= {*forms_of(answer)}
    for answer in (graph.frameworks(), graph.search("hope"), graph.coverage(), graph.cases(), graph.queries()):
        assert not {*RDF_FORMATS} & {*forms_of(answer)}


def test_names_are_given_for_targets_alone(graph: KnowledgeGraph) -> None:
    lines = b"<urn:a> <urn:p> <urn:b> <urn:g> .\n<urn:b> <http://www.w3.org/2004/02/skos/core#prefLabel> \"B\" <urn:g> .\n<urn:b> <urn:p> <urn:c> <urn:g> .\n"

    class Plain:
        namespaces = {"x": "urn:"}

        def expand(self, curie: str) -> str:
            return "urn:" + curie.removeprefix("x:")

    found = DescriptionService(lambda: lines, Plain()).statements(["x:a"])  # type: ignore[arg-type]
    assert [line.split(" ")[1] for line in found] == ["<urn:p>", "<http://www.w3.org/2004/02/skos/core#prefLabel>"]
