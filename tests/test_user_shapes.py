"""Shapes of a user's own: they add rules, and whatever else they try is refused with a sentence.

What is refused when shapes are read is tried in this process. What shows only when they are applied goes through the worker, as from the command line.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from command_line import Cli
from rdflib import Graph
from test_isolation import ENDLESS, FAULTY, requested

from imri_kg.case_validation.service import check_cases
from imri_kg.case_validation.user_shapes import apply_user_shapes, read_user_shapes
from imri_kg.errors import BadInputError, ImriError, ValidationError, ValidationLimitError
from imri_kg.graph import KnowledgeGraph
from imri_kg.isolation.worker import Isolated, validate_isolated
from imri_kg.vocabulary import SHAPE

__all__ = ["requested"]

PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ikg: <https://w3id.org/imri-kg/ontology/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix ex: <https://example.org/> .
"""
TARGET = "ex:Rule a sh:NodeShape ; sh:targetClass ikg:CaseObservation ; "
SOUND = TARGET + 'sh:property [ sh:path ex:quality ; sh:minCount 1 ; sh:severity sh:Warning ; sh:message "Rate the quality." ] .'


def select(query: str) -> str:
    return f'{TARGET} sh:sparql [ a sh:SPARQLConstraint ; sh:message "Found by a query." ; sh:select """{query}""" ] .'


def path(turtle: str, more: str = "") -> str:
    return f'{TARGET} sh:property [ sh:path {turtle} ; sh:minCount 1 ; sh:message "Nothing is there." ] . {more}'


def nested(opening: str, inner: str, closing: str, depth: int = 10_000) -> str:
    return opening * depth + inner + closing * depth


def read(graph: KnowledgeGraph, turtle: str) -> Graph:
    return read_user_shapes((PREFIXES + turtle).encode(), graph.case_vocabulary.shapes)


# ------------------------------------------------------------------ what is taken


def test_sound_shapes_add_their_findings_and_take_none_away(graph: KnowledgeGraph) -> None:
    ours = check_cases(FAULTY, graph.case_vocabulary, graph.release).validation
    both = check_cases(FAULTY, graph.case_vocabulary, graph.release, extra_shapes=read(graph, SOUND), engine=apply_user_shapes).validation
    [added] = set(both.messages) - set(ours.messages)
    assert set(ours.messages) < set(both.messages)
    assert (added.file, added.row, added.severity, added.message) == ("determinants.csv", 2, "warning", "Rate the quality.")


def test_a_query_of_a_users_own_finds_and_says_what_it_is_told_to(graph: KnowledgeGraph) -> None:
    """Subqueries, unions and filters are taken: only what leads elsewhere is refused."""
    found = check_cases(
        FAULTY, graph.case_vocabulary, graph.release, engine=apply_user_shapes,
        extra_shapes=read(graph, select("SELECT $this ?value WHERE { { SELECT $this WHERE { $this ?p ?o } LIMIT 5 } UNION { $this <https://w3id.org/imri-kg/ontology/statement> ?value } FILTER(BOUND(?value)) }")),
    ).validation  # fmt: skip
    assert [(m.file, m.row) for m in found.messages if "Found by a query." in m.message] == [("determinants.csv", 2)]


def test_a_mark_at_the_start_of_the_file_and_names_without_a_base_are_taken(graph: KnowledgeGraph) -> None:
    data = b"\xef\xbb\xbf" + (PREFIXES + SOUND).encode()
    assert len(read_user_shapes(data, graph.case_vocabulary.shapes)) == len(read(graph, SOUND))


# ------------------------------------------------------------------ what is refused when it is read

NO_SHAPES = {
    "the prefix of nothing": ("@prefix x", "not Turtle (line 4, column 9)"),
    "a table": ("Observation,Case\no1,north\n", "not Turtle"),
    "JSON-LD": ('{"@context": {}}', "not Turtle"),
    "nothing": ("", "no shape has a target"),
    "data": ("ex:a ex:b ex:c .", "no shape has a target"),
    "a shape without a target": ("ex:S a sh:NodeShape ; sh:nodeKind sh:IRI .", "no shape has a target"),
    "lists in lists": (f"{TARGET} sh:in {nested('(', '1', ')')} .", "cannot be read as Turtle"),
    "shapes in shapes": (f"{TARGET} sh:not {nested('[ sh:not ', 'ex:x', ']')} .", "cannot be read as Turtle"),
    "a number that is none": (f'{TARGET} sh:property [ sh:path ex:p ; sh:minCount "many" ] .', "https://example.org/Rule: sh:minCount"),
    "a misspelt term": (f"{TARGET} sh:property [ sh:path ex:p ; sh:mincount 1 ] .", "sh:mincount. This is no term"),
    "a rule that infers": (f'{TARGET} sh:rule [ a sh:SPARQLRule ; sh:construct "CONSTRUCT {{}} {{}}" ] .', "sh:SPARQLRule. This is no term"),
    "a list that bites its tail": (f"{TARGET} sh:in _:a . _:a rdf:first 1 ; rdf:rest _:a .", "leads back into itself"),
    "a path that is such a list": (path("_:a", "_:a rdf:first ex:p ; rdf:rest _:a ."), "leads back into itself"),
    "a severity of its own": (f"{TARGET} sh:nodeKind sh:Literal ; sh:severity ex:Fatal .", "severity <https://example.org/Fatal>"),
}
#: Queries with what the reply says of them; `@URL` is the address of a server, and `@FILE` one of a file.
QUERIES = {
    "half a query": ("SELECT $this WHERE { $this ?p ", "<https://example.org/Rule> in your shapes is not SPARQL (its line 1"),
    "no query": ("Who knows?", "not SPARQL"),
    "an update": ("DELETE WHERE { ?s ?p ?o }", "not SPARQL"),
    "a loading": ("LOAD <@URL>", "not SPARQL"),
    "a question": ("ASK { $this ?p ?o }", "no SELECT"),
    "a graph": ("CONSTRUCT { $this ?p ?o } WHERE { $this ?p ?o }", "no SELECT"),
    "a description from elsewhere": ("DESCRIBE <@URL>", "no SELECT"),
    "parentheses": (f"SELECT $this WHERE {{ $this ?p ?o FILTER({nested('(', '1', ')')}) }}", "nests too deep"),
    "groups": (f"SELECT $this WHERE {nested('{', '$this ?p ?o', '}')}", "nests too deep"),
    "paths": (f"SELECT $this WHERE {{ $this {nested('(', '<urn:p>', ')')} ?o }}", "nests too deep"),
    "a service": ("SELECT $this WHERE { SERVICE <@URL> { ?s ?p ?o } }", "SERVICE"),
    "a silent service": ("SELECT $this WHERE { $this ?p ?o . SERVICE SILENT <@URL> { ?s ?p ?o } }", "SERVICE"),
    "a service by a variable": ("SELECT $this WHERE { BIND(<@URL> AS ?u) SERVICE ?u { ?s ?p ?o } }", "SERVICE"),
    "a service in a subquery": ("SELECT $this WHERE { { SELECT ?s { OPTIONAL { { ?s ?p ?o } UNION { SERVICE <@URL> { ?s ?p ?o } } } } } }", "SERVICE"),
    "a service in a filter": ("SELECT $this WHERE { $this ?p ?o FILTER NOT EXISTS { SERVICE <@URL> { ?s ?p ?o } } }", "SERVICE"),
    "a service after a comment": ("SELECT $this WHERE { # nothing\n sErViCe#more\n<@URL> { ?s ?p ?o } }", "SERVICE"),
    "a service in escapes": (r"SELECT $this WHERE { \\u0053ERVICE <@URL> { ?s ?p ?o } }", "SERVICE"),
    "another graph": ("SELECT $this FROM <@URL> WHERE { $this ?p ?o }", "FROM"),
    "a named graph": ("SELECT $this FROM NAMED <@URL> WHERE { GRAPH <@URL> { $this ?p ?o } }", "FROM"),
    "a file": ("SELECT $this FROM <@FILE> WHERE { $this ?p ?o }", "FROM"),
    "a named file": ("SELECT $this FROM NAMED <@FILE> WHERE { GRAPH ?g { $this ?p ?o } }", "FROM"),
}
PLACES = {
    "an import": ("ex:o owl:imports <@URL> .", "import @URL (owl:imports), and nothing is fetched"),
    "an import of a file": ("ex:o owl:imports <@FILE> .", "import @FILE (owl:imports), and nothing is fetched"),
    "a script": ('ex:Rule sh:js [ sh:jsFunctionName "f" ; sh:jsLibrary [ sh:jsLibraryURL "@URL"^^xsd:anyURI ] ] .', "no JavaScript is run"),
    "a function": ('ex:f a sh:JSFunction ; sh:jsFunctionName "f" .', "no JavaScript is run"),
    "a service in a component": (
        'ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:c ] ; sh:nodeValidator [ sh:select "SELECT $this { SERVICE <@URL> { ?s ?p ?o } }" ] .', "https://example.org/C> in your shapes says SERVICE",
    ),
    "a question in a component": ('ex:C a sh:ConstraintComponent ; sh:parameter [ sh:path ex:c ] ; sh:validator [ a sh:SPARQLAskValidator ; sh:ask "ASK { SERVICE <@URL> { ?s ?p ?o } }" ] .', "sh:ask"),
    "a prefix with a blank": ('ex:D sh:declare [ sh:prefix "a b" ; sh:namespace "urn:x"^^xsd:anyURI ] .', "'a b' as sh:prefix"),
    "a namespace that goes on": ('ex:D sh:declare [ sh:prefix "a" ; sh:namespace "urn:x> SELECT * FROM <@URL"^^xsd:anyURI ] .', "as sh:namespace"),
}  # fmt: skip


@pytest.mark.parametrize(("turtle", "says"), NO_SHAPES.values(), ids=NO_SHAPES)
def test_what_are_no_sound_shapes_is_refused_with_a_reason(graph: KnowledgeGraph, turtle: str, says: str) -> None:
    refused(graph, turtle, says)


@pytest.mark.parametrize("data", [b"\xff\xfe@\0p\0", "ä".encode("latin-1"), b"ok \x80"])
def test_shapes_in_another_encoding_are_told_by_their_byte(graph: KnowledgeGraph, data: bytes) -> None:
    with pytest.raises(BadInputError, match=r"not UTF-8 \(byte [03]\)"):
        read_user_shapes(data, graph.case_vocabulary.shapes)


@pytest.mark.parametrize("of_ours", ["CaseObservation", "CaseObservation-construct"])
def test_no_shape_of_ours_can_be_switched_off_or_changed(graph: KnowledgeGraph, of_ours: str) -> None:
    shape = SHAPE[of_ours]
    assert any(str(s) == shape for s in graph.case_vocabulary.shapes.subjects())
    refused(graph, f"{SOUND} <{shape}> sh:deactivated true .", f"state something about {shape}")


def test_nothing_elsewhere_is_asked_or_read(graph: KnowledgeGraph, requested: tuple[str, list[str]], tmp_path: Path) -> None:
    url, paths = requested
    secret = tmp_path / "secret.ttl"
    secret.write_text("<urn:hidden-8642> <urn:b> <urn:c> .")
    cases = {name: (select(query), says) for name, (query, says) in QUERIES.items()} | {name: (f"{SOUND} {turtle}", says) for name, (turtle, says) in PLACES.items()}
    for turtle, says in cases.values():
        refused(graph, *(text.replace("@URL", url).replace("@FILE", f"file://{secret}") for text in (turtle, says)))
    assert paths == []


def refused(graph: KnowledgeGraph, turtle: str, says: str) -> None:
    with pytest.raises(BadInputError) as told:
        read(graph, turtle)
    text = str(told.value)
    assert text.startswith(("Your shapes ", "The query of <"))
    assert says in text, text
    assert text.endswith(".")
    assert "hidden-8642" not in text
    assert len(text) < 1500


# ------------------------------------------------------------------ what shows when they are applied

OVER = (ValidationLimitError, "within 1.5 seconds and was stopped. Validate fewer rows at a time, such as one case with its rows of every sheet, or look in your shapes for a pattern or a query")
APPLIED = {
    "a path that bites its tail": (path("_:a", "_:a sh:inversePath _:a ."), ValidationError, "could not be applied"),
    "a path without end": (path("_:p0", "".join(f"_:p{n} sh:inversePath _:p{n + 1} . " for n in range(10_000)) + "_:p10000 sh:inversePath ex:p ."), *OVER),
    "a pattern without end": (ENDLESS.decode(), *OVER),
    "a pattern that is none": (f'{TARGET} sh:property [ sh:path ikg:statement ; sh:pattern "(" ] .', BadInputError, "Your shapes cannot be applied (missing )"),
    "a prefix that nobody declared": (select("SELECT $this WHERE { $this nope:p ?o }"), BadInputError, "namespace prefix : nope"),
    "every statement with every other": (select("SELECT $this WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?a = ?f && ?d = ?i && ?g = ?c && ?b != ?h) }"), *OVER),
    "a text that doubles": (
        select("SELECT $this WHERE { $this ?p ?o BIND(STR(?p) AS ?v0) " + "".join(f"BIND(CONCAT(?v{n}, ?v{n}) AS ?v{n + 1}) " for n in range(40)) + "FILTER(STRLEN(?v40) > 0) }"), ValidationLimitError, "of memory",
    ),
}  # fmt: skip
#: What looks as if it had no end, and has one.
ENDING = {
    "the whole graph": select("SELECT $this ?value WHERE { ?value ?p ?o }"),
    "a shape that asks for itself": "ex:Rule a sh:NodeShape ; sh:targetClass ikg:CaseObservation ; sh:node ex:Rule .",
    "two that ask for each other": f"{TARGET} sh:property ex:A . ex:A a sh:PropertyShape ; sh:path ikg:inDataset ; sh:property ex:B . ex:B a sh:PropertyShape ; sh:path [ sh:inversePath ikg:inDataset ] ; sh:property ex:A .",
    "paths of paths": path("[ sh:zeroOrMorePath [ sh:oneOrMorePath [ sh:alternativePath ( ikg:inDataset [ sh:inversePath ikg:inDataset ] ) ] ] ]"),
}
Outcomes = dict[str, Isolated | ImriError]


@pytest.fixture(scope="module")
def outcomes(graph: KnowledgeGraph) -> Iterator[Outcomes]:
    """What each of these shapes comes to in a process of its own, two at a time."""

    def outcome(name: str) -> Isolated | ImriError:
        turtle, seconds = every[name], 1.5 if name in APPLIED and APPLIED[name][1:] == OVER else 30
        try:
            return validate_isolated(FAULTY, shapes=(PREFIXES + turtle).encode(), seconds=seconds, memory=256 << 20)
        except ImriError as error:
            return error

    every = {name: turtle for name, (turtle, _, _) in APPLIED.items()} | ENDING
    with ThreadPoolExecutor(2) as threads:
        yield dict(zip(every, threads.map(outcome, every), strict=True))


@pytest.mark.parametrize("name", APPLIED)
def test_shapes_that_cannot_be_applied_are_told_in_a_sentence(outcomes: Outcomes, name: str) -> None:
    _, kind, says = APPLIED[name]
    found = outcomes[name]
    assert type(found) is kind, found
    assert says in str(found)
    assert "report it" not in str(found)
    assert "Traceback" not in str(found)


@pytest.mark.parametrize("name", ENDING)
def test_shapes_that_only_look_endless_are_applied(outcomes: Outcomes, name: str) -> None:
    found = outcomes[name]
    assert isinstance(found, Isolated), found
    assert "Cultur" in {m.value for m in found.validation.messages}


# ------------------------------------------------------------------ from the command line


def test_the_command_line_applies_shapes_and_keeps_to_its_time(cli: Cli, tmp_path: Path) -> None:
    table, sound, endless, broken = (tmp_path / name for name in ("determinants.csv", "sound.ttl", "endless.ttl", "broken.ttl"))
    table.write_bytes(FAULTY[0].data)
    sound.write_text(PREFIXES + SOUND)
    endless.write_bytes(ENDLESS)
    broken.write_text("@prefix x")
    done = cli("validate", str(table), "--shapes", str(sound), "--format", "json")
    assert (done.status, "Rate the quality." in {m["message"] for m in json.loads(done.out)["messages"]}) == (1, True)
    for shapes, says in ((endless, "did not end within 1 seconds"), (broken, "Your shapes are not Turtle (line 1"), (tmp_path / "absent.ttl", "cannot be read")):
        done = cli("validate", str(table), "--shapes", str(shapes), "--seconds", "1")
        assert (done.status, done.out) == (2, "")
        assert says in done.err
    assert sorted(os.listdir(tmp_path)) == ["broken.ttl", "determinants.csv", "endless.ttl", "sound.ttl"]
