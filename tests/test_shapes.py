"""Each constraint of the shapes is met by a passing fixture and found by a failing one.

A fixture is a small Turtle file in `fixtures/shapes/`. A failing one is named after the constraint that it breaks and
says in `#+ expect:` lines which result nodes must come out (focus node and constraint), no more and no fewer; it breaks
each demand of the constraint at least once. A passing one is named after the shape and holds what all its constraints accept. Each is held only against the shapes
file that its constraint stands in.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

import pytest
from rdflib import RDF, Graph, URIRef
from rdflib.namespace import DCTERMS, OWL, SH

from imri_kg import resources, validation
from imri_kg.errors import ValidationError
from imri_kg.prefixes import read_prefixes
from imri_kg.vocabulary import SHACL

FIXTURES = Path(__file__).parent / "fixtures" / "shapes"
FILES = {file.stem: file for file in sorted(resources.path("shapes").glob("*.ttl"))}
PREFIXES = read_prefixes(resources.path("ontology", "prefixes.ttl"))
FAILING = sorted(FIXTURES.glob("*.fail.ttl"))
PASSING = sorted(FIXTURES.glob("*.pass.ttl"))


@lru_cache(maxsize=None)
def shapes_of(stem: str) -> Graph:
    return validation.read_shapes([FILES[stem]])


@lru_cache(maxsize=None)
def constraints() -> dict[str, str]:
    """Return each constraint's local name with the stem of the file that it stands in."""
    return {
        PREFIXES.compress(iri).removeprefix("shape:"): stem
        for stem in FILES
        for iri in validation.constraint_names(shapes_of(stem))
    }


def name_of(fixture: Path) -> str:
    return fixture.name.split(".", 1)[0]


def file_of(name: str) -> str:
    """Return the stem of the shapes file in which a constraint, or a shape with such constraints, stands."""
    found = {stem for known, stem in constraints().items() if known == name or known.startswith(name + "-")}
    assert len(found) == 1, f"{name} is no constraint and no shape of exactly one shapes file"
    return found.pop()


def expected(fixture: Path) -> set[tuple[str, str]]:
    lines = re.findall(r"^#\+ expect: (\S+) (\S+)$", fixture.read_text(encoding="utf-8"), re.MULTILINE)
    return {(PREFIXES.expand(focus), PREFIXES.expand(shape)) for focus, shape in lines}


def found(fixture: Path) -> validation.Examined:
    return validation.validate(Graph().parse(fixture, format="turtle"), shapes_of(file_of(name_of(fixture))))


def test_there_are_shapes_and_fixtures():
    assert len(FILES) >= 6
    assert len(constraints()) > 100
    assert FAILING
    assert PASSING


@pytest.mark.parametrize("fixture", FAILING, ids=name_of)
def test_a_failing_fixture_gives_exactly_the_expected_result_nodes(fixture):
    nodes = expected(fixture)
    assert PREFIXES.expand(f"shape:{name_of(fixture)}") in {shape for _, shape in nodes}
    assert {(r.focus, r.shape) for r in found(fixture).results} == nodes


@pytest.mark.parametrize("fixture", PASSING, ids=name_of)
def test_a_passing_fixture_gives_no_result(fixture):
    assert found(fixture).results == ()


@pytest.mark.parametrize("name", sorted(constraints()))
def test_each_constraint_has_a_failing_and_a_passing_fixture(name):
    assert (FIXTURES / f"{name}.fail.ttl").is_file(), f"no fixture breaks shape:{name}"
    passing = FIXTURES / f"{name.split('-', 1)[0]}.pass.ttl"
    assert passing.is_file(), f"no fixture meets shape:{name}"
    assert targeted(name, passing), f"{passing.name} holds nothing that shape:{name} examines"


#: What a result node does not depend on.
DESCRIPTION = {SH.name, SH.description, SH.message, SH.severity, SH.order, SH.group}
#: What a shape is rather than demands; without it there is no shape left to examine.
STRUCTURE = {SH.path, SH.property, SH.sparql, SH.select, SH.prefixes, SH.qualifiedValueShape}


@pytest.mark.parametrize("name", sorted(constraints()))
def test_the_failing_fixture_needs_each_demand_of_its_constraint(name):
    """Without one of its demands (a count, a list, a pattern) the constraint must find less than the fixture plants."""
    constraint = URIRef(PREFIXES.expand(f"shape:{name}"))
    alone = only(name)
    fixture = FIXTURES / f"{name}.fail.ttl"
    data = Graph().parse(fixture, format="turtle")
    planted = {node for node in expected(fixture) if node[1] == str(constraint)}
    assert nodes(data, alone) == planted
    for predicate, value in sorted(alone.predicate_objects(constraint)):
        if str(predicate) not in SHACL or predicate in DESCRIPTION | STRUCTURE or "target" in predicate:
            continue
        alone.remove((constraint, predicate, value))
        assert nodes(data, alone) != planted, f"no node of {fixture.name} breaks {PREFIXES.compress(str(predicate))} {value}"
        alone.add((constraint, predicate, value))


def only(name: str) -> Graph:
    """Return the shapes of a file with one constraint left that can give a result."""
    shapes, result = shapes_of(file_of(name)), Graph()
    owners = owners_of(name)
    for subject, predicate, value in shapes:
        if "#target" in predicate and subject not in owners:
            continue
        if predicate in (SH.property, SH.sparql) and value != URIRef(PREFIXES.expand(f"shape:{name}")):
            continue
        result.add((subject, predicate, value))
    return result


def owners_of(name: str) -> set[URIRef]:
    """Return the constraint, where it is a shape of its own, and the shapes that it is a part of."""
    shapes, constraint = shapes_of(file_of(name)), URIRef(PREFIXES.expand(f"shape:{name}"))
    return {constraint, *shapes.subjects(SH.property, constraint), *shapes.subjects(SH.sparql, constraint)}


def nodes(data: Graph, shapes: Graph) -> set[tuple[str, str]]:
    """Return the result nodes, or none where a constraint without one of its demands cannot be applied."""
    try:
        return {(r.focus, r.shape) for r in validation.validate(data, shapes).results}
    except ValidationError:
        return set()


def targeted(name: str, fixture: Path) -> bool:
    """Say whether a target of the constraint's shape picks a node of the fixture."""
    shapes = shapes_of(file_of(name))
    data = Graph().parse(fixture, format="turtle")
    return any(
        validation.focus_nodes(data, target) for target in validation.targets(shapes) if URIRef(target.shape) in owners_of(name)
    )


@pytest.mark.parametrize("stem", sorted(FILES))
def test_each_constraint_has_a_name_a_message_a_severity_and_a_source(stem):
    shapes = shapes_of(stem)
    names = validation.constraint_names(shapes)
    assert names
    for iri in map(URIRef, names):
        name = PREFIXES.compress(str(iri))
        message = str(shapes.value(iri, SH.message) or "")
        assert shapes.value(iri, SH.name), f"{name} has no sh:name"
        assert message.endswith(".") and message[0].isupper(), f"the message of {name} is no sentence: {message!r}"
        assert "{" not in message, f"the message of {name} has a placeholder"
        assert shapes.value(iri, DCTERMS.source), f"{name} has no dcterms:source"
        if (iri, RDF.type, SH.SPARQLConstraint) not in shapes:
            assert shapes.value(iri, SH.severity), f"{name} has no sh:severity"


@pytest.mark.parametrize("stem", sorted(FILES))
def test_a_shapes_file_is_an_ontology_with_a_title(stem):
    header = Graph().parse(FILES[stem], format="turtle")
    (ontology,) = header.subjects(RDF.type, OWL.Ontology)
    assert header.value(ontology, DCTERMS.title)


PAGE = Path(__file__).parent.parent / "docs" / "checks.md"


def test_the_page_on_checks_names_every_shape_with_a_target():
    text = PAGE.read_text(encoding="utf-8")
    shapes = {t.shape for stem in FILES for t in validation.targets(shapes_of(stem))}
    assert shapes
    missing = sorted(name for name in map(PREFIXES.compress, shapes) if f"`{name}`" not in text)
    assert missing == []


def test_a_source_that_is_the_page_on_checks_names_a_heading_of_it():
    headings = re.findall(r"^#+ (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    known = {heading.lower().replace(" ", "-") for heading in headings}
    named = {
        str(source).split("#", 1)[1]
        for stem in FILES
        for source in shapes_of(stem).objects(None, DCTERMS.source)
        if "/docs/checks#" in str(source)
    }
    assert named
    assert named - known == set()
