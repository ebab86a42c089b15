"""The W3C's test cases for the SPARQL 1.1 protocol and service description, sent to a running server as the manifests print them.

The manifests are data in tests/w3c/; `readings.toml` there names the cases that a read-only endpoint refuses by design.
"""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from rdflib import RDF, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.query import Result
from rdflib.term import Node
from sparql_door import Door, Reply, open_door, serving

from imri_kg.graph import KnowledgeGraph

SUITE = Path(__file__).parent / "w3c"
READINGS = tomllib.loads((SUITE / "readings.toml").read_text(encoding="utf-8"))
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")

#: Media types by `mf:expectedFormat` (the SPARQL 1.1 protocol, section 2.1.6).
FORMATS = {
    "boolean": {"application/sparql-results+json", "application/sparql-results+xml"},
    "tabular": {"application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values"},
    "RDF": {"text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"},
}


class Request(NamedTuple):
    """One request of a case and the reply that the manifest expects."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes | None
    statuses: frozenset[int]
    format: str
    boolean: bool | None
    expectation: str


class Case(NamedTuple):
    """One case: its name in the manifest and its requests in their order."""

    name: str
    requests: tuple[Request, ...]


def cases() -> Iterator[Case]:
    """Read the protocol manifest."""
    manifest = Graph().parse(SUITE / "protocol" / "manifest.ttl")
    suite = manifest.value(predicate=RDF.type, object=MF.Manifest)
    for entry in Collection(manifest, manifest.value(suite, MF.entries)):
        action = manifest.value(entry, MF.action)
        requests = Collection(manifest, manifest.value(action, HT.requests))
        yield Case(str(entry).rpartition("#")[2], tuple(request_at(manifest, node) for node in requests))


def request_at(manifest: Graph, node: Node) -> Request:
    text = {p: str(manifest.value(node, p)) for p in (HT.methodName, HT.absolutePath)}
    headers, body, reply = (manifest.value(node, p) for p in (HT.headers, HT.body, HT.resp))
    boolean = manifest.value(reply, MF.expectedBoolean)
    return Request(
        text[HT.methodName],
        text[HT.absolutePath],
        {str(manifest.value(h, HT.fieldName)): str(manifest.value(h, HT.fieldValue)) for h in Collection(manifest, headers)} if headers else {},
        # Python writes UTF-16 with the mark in front that the manifest asks for.
        str(manifest.value(body, CNT.chars)).encode(str(manifest.value(body, CNT.characterEncoding))) if body else None,
        frozenset(int(str(code).rpartition("StatusCode")[2][0]) for code in manifest.objects(reply, MF.expectedStatus)),
        str(manifest.value(reply, MF.expectedFormat) or ""),
        None if boolean is None else bool(boolean.toPython()),
        str(manifest.value(reply, MF.expectation) or ""),
    )


CASES = {case.name: case for case in cases()}
REFUSED, SEPARATOR = READINGS["refused"], READINGS["separator"]
AS_SPECIFIED = [name for name in CASES if name not in REFUSED]


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    """A server whose graphs are those of the suite."""
    with open_door((SUITE / "protocol" / "data.trig").read_text(encoding="utf-8")) as opened:
        yield opened


@pytest.fixture(scope="module")
def own_door(graph: KnowledgeGraph) -> Iterator[Door]:
    """A server of our own graph: what it says of itself is true of that."""
    with serving(graph) as port:
        yield Door(port)


def send(door: Door, request: Request, *, target: str = "") -> Reply:
    return door.ask(request.method, target or request.target, headers=request.headers, body=request.body)


def hold(reply: Reply, request: Request) -> None:
    """Compare a reply with what the manifest expects of it."""
    assert reply.status // 100 in request.statuses, reply
    if request.format:
        assert reply.media_type in FORMATS[request.format], reply
        if request.format == "RDF":
            Graph().parse(data=reply.body, format=reply.media_type)
        elif request.format == "boolean":
            assert isinstance(Result.parse(reply.stream, content_type=reply.media_type).askAnswer, bool)
        else:
            assert Result.parse(reply.stream, content_type=reply.media_type).vars
    if request.boolean is not None:
        assert Result.parse(reply.stream, content_type=reply.media_type).askAnswer is request.boolean, reply


def test_the_tally_of_the_protocol_manifest() -> None:
    """34 cases: 27 are held to what they specify (one of them with a misprint put right), 7 ask for updates, which are refused by design."""
    assert len(CASES) == 34
    assert REFUSED.keys() == {name for name in CASES if name.startswith("update_")} and len(REFUSED) == 7
    assert len(AS_SPECIFIED) == 27 and SEPARATOR.keys() == {"query_multiple_dataset"}
    assert Counter(name.partition("_")[0] for name in CASES) == {"query": 13, "update": 7, "bad": 14}
    assert Counter(sorted(r.statuses)[0] for c in CASES.values() for r in c.requests) == {2: 25, 4: 14}
    assert all(r.statuses in ({2, 3}, {4}) for c in CASES.values() for r in c.requests)


@pytest.mark.parametrize("name", AS_SPECIFIED)
def test_a_case_of_the_protocol_passes_as_specified(door: Door, name: str) -> None:
    (request,) = CASES[name].requests
    printed, right = SEPARATOR[name].split(" -> ") if name in SEPARATOR else ("", "")
    assert printed in request.target
    hold(send(door, request, target=request.target.replace(printed, right) if printed else ""), request)


@pytest.mark.parametrize("name", REFUSED)
def test_an_update_of_the_protocol_is_refused_by_design(door: Door, name: str) -> None:
    update, *after = CASES[name].requests
    refused = send(door, update)
    assert refused.status == 403, refused
    assert refused.problem["type"].endswith("update-refused"), refused
    assert "Updates are refused" in refused.problem["detail"]
    # The manifest goes on to ask whether the update was carried out; here each answer has to say that it was not.
    for request in after:
        reply = send(door, request)
        assert reply.status == 200 and reply.media_type in FORMATS[request.format]
        found = Result.parse(reply.stream, content_type=reply.media_type)
        if request.boolean is not None:
            assert request.boolean is True and found.askAnswer is False
        else:
            assert request.expectation.startswith("one result") and len(found) == 0


def test_the_misprinted_address_names_a_graph_that_nobody_has(door: Door) -> None:
    (request,) = CASES["query_multiple_dataset"].requests
    reply = send(door, request)
    assert reply.status == 400, reply
    assert "data1.rdf&named-graph-uri=" in reply.problem["detail"]


# ---------------------------------------------------------------- service description


def described(door: Door, accept: str = "") -> tuple[Reply, Graph]:
    reply = door.ask("GET", door.path, headers={"Accept": accept} if accept else {})
    return reply, Graph().parse(data=reply.body, format=reply.media_type, publicID=door.address)


def has_endpoint_triple(door: Door) -> None:
    """The description is about the address at which it was found."""
    _, graph = described(door)
    assert list(graph.objects(predicate=SD.endpoint)) == [URIRef(door.address)]
    assert (graph.value(predicate=SD.endpoint, object=URIRef(door.address)), RDF.type, SD.Service) in graph


def returns_rdf(door: Door) -> None:
    """Without a query and without a preference, and in each RDF format by preference."""
    for accept in ("", "*/*", *sorted(FORMATS["RDF"])):
        reply, graph = described(door, accept)
        assert reply.status == 200 and reply.media_type in FORMATS["RDF"] and len(graph) > 10
        assert accept in ("", "*/*", reply.media_type)


def conforms_to_schema(door: Door) -> None:
    """Every property stands between instances of its domain and its range, and no term is used that the vocabulary does not have."""
    _, graph = described(door)
    with (SUITE / "service-description" / "schema.tsv").open(encoding="utf-8", newline="") as file:
        schema = {SD[row["property"]]: row for row in csv.DictReader(file, delimiter="\t")}
    assert len(schema) == 19
    known = {
        "Feature": {"DereferencesURIs", "UnionDefaultGraph", "RequiresDataset", "EmptyGraphs", "BasicFederatedQuery"},
        "Language": {"SPARQL10Query", "SPARQL11Query", "SPARQL11Update"},
    }
    used = 0
    for s, p, o in graph:
        if str(p).startswith(str(SD)):
            row = schema[URIRef(p)]
            used += 1
            assert (s, RDF.type, SD[row["domain"]]) in graph or row["domain"] == "GraphCollection" and (s, RDF.type, SD.Dataset) in graph, (s, p, o)
            assert (
                isinstance(o, URIRef) if row["range"] == "IRI"
                else (o, RDF.type, SD[row["range"]]) in graph or o in {SD[name] for name in known.get(row["range"], ())}
            ), (s, p, o)  # fmt: skip
    assert used > 10
    for graph_node in graph.subjects(RDF.type, SD.NamedGraph):
        assert len(list(graph.objects(graph_node, SD.name))) == 1
    names = sorted(str(o) for o in graph.objects(predicate=SD.name))
    assert names == [row["g"] for row in door.query("SELECT DISTINCT ?g { GRAPH ?g {} } ORDER BY ?g").rows] and len(names) > 10
    assert (None, SD.feature, SD.UnionDefaultGraph) in graph
    assert (None, SD.feature, SD.BasicFederatedQuery) not in graph
    assert (None, SD.supportedLanguage, SD.SPARQL11Query) in graph
    assert (None, SD.supportedLanguage, SD.SPARQL11Update) not in graph


DESCRIPTION = {"has-endpoint-triple": has_endpoint_triple, "returns-rdf": returns_rdf, "conforms-to-schema": conforms_to_schema}


def test_the_tally_of_the_service_description_manifest() -> None:
    manifest = Graph().parse(SUITE / "service-description" / "manifest.jsonld", format="json-ld")
    named = {str(case).rpartition("#")[2] for case in manifest.subjects(RDF.type, MF.ServiceDescriptionTest)}
    assert named == DESCRIPTION.keys() and len(named) == 3


@pytest.mark.parametrize("name", DESCRIPTION)
def test_a_case_of_the_service_description_passes_as_specified(own_door: Door, name: str) -> None:
    DESCRIPTION[name](own_door)
