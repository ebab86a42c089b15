"""Two SPARQL clients for Python at a running endpoint: SPARQLWrapper and rdflib's SPARQLStore, each with the forms in which it asks.

Clients that need Node are in tests/conformance/test_sparql_clients_of_the_web.py.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import SPARQLWrapper as wrapper
from rdflib import RDF, RDFS, XSD, Graph, Literal, Namespace, URIRef
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from sparql_door import Door, open_door, serving
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed

from imri_kg.graph import KnowledgeGraph

X = Namespace("http://example.org/")
DATA = (Path(__file__).parent / "sparql" / "clients.trig").read_text(encoding="utf-8")
PREFIXES = "PREFIX x: <http://example.org/> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
LABELS = PREFIXES + "SELECT ?s ?label { ?s rdfs:label ?label } ORDER BY ?s STR(?label)"
#: In the order of code points.
EXPECTED = [("ada", "Ada"), ("ada", 'Äda, "the\tfirst"'), ("ben", "Ben"), ("home", "a < b & c")]


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    with open_door(DATA) as opened:
        yield opened


def asking(door: Door, text: str, form: str | None = None, method: str = wrapper.GET, request: str = wrapper.URLENCODED) -> wrapper.SPARQLWrapper:
    client = wrapper.SPARQLWrapper(door.address)
    client.setQuery(text)
    client.setMethod(method)
    client.setRequestMethod(request)
    client.setTimeout(30)
    if form:
        client.setReturnFormat(form)
    return client


WAYS = [(wrapper.GET, wrapper.URLENCODED), (wrapper.POST, wrapper.URLENCODED), (wrapper.POST, wrapper.POSTDIRECTLY)]


# ---------------------------------------------------------------- SPARQLWrapper


@pytest.mark.parametrize(("method", "request_method"), WAYS)
@pytest.mark.parametrize("form", [wrapper.JSON, wrapper.XML, wrapper.CSV, wrapper.TSV])
def test_sparqlwrapper_reads_rows_in_every_format(door: Door, form: str, method: str, request_method: str) -> None:
    found = asking(door, LABELS, form, method, request_method).query()
    rows = found.convert()
    assert rows_of(form, rows) == [(str(X[name]), label) for name, label in EXPECTED]


def rows_of(form: str, converted: Any) -> list[tuple[str, str]]:
    """Return subject and label of each row as SPARQLWrapper hands them over in a format."""
    if form == wrapper.JSON:
        return [(row["s"]["value"], row["label"]["value"]) for row in converted["results"]["bindings"]]
    if form == wrapper.XML:
        results = [{b.getAttribute("name"): b for b in r.getElementsByTagName("binding")} for r in converted.getElementsByTagName("result")]
        return [tuple(r[name].getElementsByTagName(kind)[0].firstChild.data for name, kind in (("s", "uri"), ("label", "literal"))) for r in results]  # type: ignore[misc]
    text = converted.decode("utf-8")
    if form == wrapper.CSV:
        header, *rows = csv.reader(io.StringIO(text))
        assert header == ["s", "label"]
        return [(s, label) for s, label in rows]
    header, *lines = text.splitlines()
    assert header == "?s\t?label"
    # A term in TSV is a term in Turtle.
    terms = [next(iter(Graph().parse(data=f"{s} <http://example.org/p> {label} .", format="turtle"))) for s, label in (line.split("\t") for line in lines)]
    return [(str(s), str(label)) for s, _, label in terms]


@pytest.mark.parametrize(("method", "request_method"), WAYS)
def test_sparqlwrapper_gets_json_without_naming_a_format_or_xml_as_it_prefers(door: Door, method: str, request_method: str) -> None:
    found = asking(door, LABELS, None, method, request_method).query()
    assert found.info()["content-type"].partition(";")[0] in ("application/sparql-results+xml", "application/sparql-results+json")
    assert found.convert() is not None


@pytest.mark.parametrize(("method", "request_method"), WAYS)
@pytest.mark.parametrize("form", [wrapper.JSON, wrapper.XML])
@pytest.mark.parametrize(("pattern", "truth"), [("x:ada x:knows x:ben", True), ("x:ben x:knows x:ada", False)])
def test_sparqlwrapper_asks(door: Door, pattern: str, truth: bool, form: str, method: str, request_method: str) -> None:
    answer = asking(door, f"{PREFIXES} ASK {{ {pattern} }}", form, method, request_method).queryAndConvert()
    if form == wrapper.JSON:
        assert answer["boolean"] is truth
    else:
        assert answer.getElementsByTagName("boolean")[0].firstChild.data == str(truth).lower()


@pytest.mark.parametrize(("method", "request_method"), WAYS)
@pytest.mark.parametrize("form", [wrapper.XML, wrapper.RDFXML, wrapper.TURTLE, wrapper.N3, wrapper.JSONLD, None])
@pytest.mark.parametrize("text", ["CONSTRUCT WHERE { ?s rdfs:label ?label }", "DESCRIBE x:ada"])
def test_sparqlwrapper_reads_graphs_in_every_format(door: Door, text: str, form: str | None, method: str, request_method: str) -> None:
    answer = asking(door, PREFIXES + text, form, method, request_method).queryAndConvert()
    graph = answer if isinstance(answer, Graph) else Graph().parse(data=answer, format="turtle")
    labels = {(s, o) for s, o in graph.subject_objects(RDFS.label)}
    assert (X.ada, Literal("Ada", lang="en")) in labels
    assert (X.ada, Literal('Äda, "the\tfirst"', lang="de")) in labels
    assert len(labels) == (4 if text.startswith("CONSTRUCT") else 2)


def test_sparqlwrapper_restricts_the_dataset(door: Door) -> None:
    client = asking(door, "SELECT (COUNT(*) AS ?n) { ?s a ?class }", wrapper.JSON)
    counted = lambda: int(client.queryAndConvert()["results"]["bindings"][0]["n"]["value"])  # noqa: E731
    assert counted() == 3
    client.addDefaultGraph(str(X["graph-places"]))
    assert counted() == 1
    client.addDefaultGraph(str(X["graph-people"]))
    assert counted() == 3
    client.addNamedGraph(str(X["graph-places"]))
    client.setQuery("SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }")
    assert counted() == 1


def test_sparqlwrapper_is_told_what_is_wrong_with_a_query(door: Door) -> None:
    with pytest.raises(QueryBadFormed) as told:
        asking(door, "SELECT * { ?s ?p }", wrapper.JSON).query()
    assert "application/problem" not in str(told.value) and '"detail"' in str(told.value)


def test_sparqlwrapper_cannot_update(door: Door) -> None:
    for request in (wrapper.URLENCODED, wrapper.POSTDIRECTLY):
        with pytest.raises(Exception, match="(?i)403|forbidden"):
            asking(door, "DROP ALL", None, wrapper.POST, request).query()
    assert asking(door, "ASK { ?s ?p ?o }", wrapper.JSON).queryAndConvert()["boolean"] is True


# ---------------------------------------------------------------- rdflib's SPARQLStore


@pytest.fixture(params=["GET", "POST", "POST_FORM"])
def store(request: pytest.FixtureRequest, door: Door) -> SPARQLStore:
    return SPARQLStore(door.address, method=request.param, returnFormat="json")


@pytest.mark.parametrize("form", ["xml", "json", "csv", "tsv"])
@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_sparqlstore_queries_in_every_format(door: Door, form: str, method: str) -> None:
    graph = Graph(SPARQLStore(door.address, method=method, returnFormat=form))
    assert [(str(s), str(label)) for s, label in graph.query(LABELS)] == [(str(X[name]), label) for name, label in EXPECTED]


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
def test_sparqlstore_asks_constructs_and_describes_in_the_form_that_it_has_by_default(door: Door, method: str) -> None:
    """Its default, XML, stands for both kinds of answers; JSON would stand for rows alone."""
    graph = Graph(SPARQLStore(door.address, method=method))
    assert graph.query(PREFIXES + "ASK { x:ada x:knows x:ben }").askAnswer is True
    made = graph.query(PREFIXES + "CONSTRUCT { ?b x:known-to ?a } WHERE { ?a x:knows ?b FILTER isIRI(?b) }").graph
    assert made is not None and list(made) == [(X.ben, X["known-to"], X.ada)]
    told = graph.query(PREFIXES + "DESCRIBE x:home").graph
    assert told is not None and (X.home, X["size"], Literal("2.5", datatype=XSD.decimal)) in told


@pytest.mark.parametrize("form", ["turtle", "nt", "json-ld", "application/rdf+xml"])
def test_sparqlstore_constructs_in_every_format(door: Door, form: str) -> None:
    made = Graph(SPARQLStore(door.address, returnFormat=form)).query("CONSTRUCT WHERE { ?s ?p ?o }").graph
    assert made is not None and len(made) == 12 and (X.ada, X.knows, X.ben) in made


def test_sparqlstore_looks_up_triples_and_counts_them(store: SPARQLStore) -> None:
    graph = Graph(store)
    assert set(graph.triples((None, RDF.type, None))) == {(X.ada, RDF.type, X.Person), (X.ben, RDF.type, X.Person), (X.home, RDF.type, X.Place)}
    assert (X.ada, X.knows, X.ben) in graph and (X.ben, X.knows, X.ada) not in graph
    assert graph.value(X.ada, X.born) == Literal("1815-12-10", datatype=XSD.date)
    assert set(graph.subjects(RDF.type, X.Person)) == {X.ada, X.ben}
    assert len(graph) == 12


def test_sparqlstore_knows_the_graphs(door: Door) -> None:
    store = SPARQLStore(door.address, context_aware=True, returnFormat="json")
    places = Graph(store, identifier=X["graph-places"])
    assert len(places) == 3
    assert set(places.subjects(RDF.type)) == {X.home}
    assert {str(name) for name in store.contexts()} == {str(X["graph-people"]), str(X["graph-places"])}
    assert {str(name) for name in store.contexts((X.home, None, None))} == {str(X["graph-places"])}


def test_sparqlstore_binds_variables(store: SPARQLStore) -> None:
    found = Graph(store).query("SELECT ?class { ?s a ?class }", initBindings={"s": X.home})
    assert [str(row[0]) for row in found] == [str(X.Place)]


# ---------------------------------------------------------------- our own graph, in the whole application


def test_clients_find_our_terms_in_the_whole_application(graph: KnowledgeGraph) -> None:
    with serving(graph) as port:
        address = Door(port).address
        client = wrapper.SPARQLWrapper(address, returnFormat=wrapper.JSON)
        client.setQuery("PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT ?term { ?term a skos:Concept ; skos:notation 'B1' }")
        rows = client.queryAndConvert()["results"]["bindings"]
        assert "https://w3id.org/imri-kg/id/imri/B1" in [row["term"]["value"] for row in rows]
        store = Graph(SPARQLStore(address, returnFormat="json"))
        labels = list(store.objects(URIRef("https://w3id.org/imri-kg/id/imri/B1"), URIRef("http://www.w3.org/2004/02/skos/core#prefLabel")))
        assert [str(label) for label in labels] == [graph.concept("imri:B1").reference.label]
