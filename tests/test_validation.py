"""A validation that examines nothing, or a shape that says nothing, is found instead of passing for ever."""

from __future__ import annotations

import subprocess
import sys

import pytest
from rdflib import Graph

from imri_kg import resources, validation
from imri_kg.errors import ValidationError
from imri_kg.prefixes import read_prefixes

PREFIXES = read_prefixes(resources.path("ontology", "prefixes.ttl"))
HEAD = "".join(f"@prefix {p}: <{n}> .\n" for p, n in sorted(PREFIXES.namespaces.items()))

DATA = HEAD + 'imri:B1 a ikg:Impact ; skos:notation "B1" . ikg:Impact a owl:Class .'
SHAPE = """
shape:Impact a sh:NodeShape ; sh:targetClass ikg:Impact ; sh:property shape:Impact-label .
shape:Impact-label a sh:PropertyShape ; sh:path skos:prefLabel ; sh:minCount 1 ;
  sh:name "label" ; sh:message "An impact has a label." ; sh:severity sh:Violation .
"""


def graph(text: str) -> Graph:
    return Graph().parse(data=text if text.startswith(HEAD) else HEAD + text, format="turtle")


def faults(shapes: str, check: str) -> list[tuple[str, str]]:
    found = validation.examine_shapes(graph(shapes))
    return [(PREFIXES.compress(f.shape), PREFIXES.compress(f.value)) for f in found if f.check == check]


def test_a_missing_value_is_a_result_node_with_focus_shape_path_and_severity():
    (result,) = validation.validate(graph(DATA), graph(SHAPE)).results
    assert PREFIXES.compress(result.focus) == "imri:B1"
    assert PREFIXES.compress(result.shape) == "shape:Impact-label"
    assert PREFIXES.compress(result.path) == "skos:prefLabel"
    assert (result.value, result.severity, result.message) == ("", "violation", "An impact has a label.")


def test_results_are_sorted_and_name_sparql_constraints_and_composed_paths():
    shapes = """
    shape:S a sh:NodeShape ; sh:targetClass ikg:Impact ; sh:property shape:S-inverse , shape:S-either ; sh:sparql shape:S-code .
    shape:S-inverse a sh:PropertyShape ; sh:path [ sh:inversePath ikg:about ] ; sh:minCount 1 ; sh:message "Inverse." .
    shape:S-either a sh:PropertyShape ; sh:path [ sh:alternativePath ( skos:definition skos:scopeNote ) ] ; sh:minCount 1 ;
      sh:severity sh:Warning ; sh:message "Either." .
    shape:S-code a sh:SPARQLConstraint ; sh:message "Code." ; sh:prefixes <https://w3id.org/imri-kg/ontology/prefixes> ;
      sh:select "SELECT $this ?value WHERE { $this skos:notation ?value }" .
    """
    shapes_graph = graph(shapes).parse(resources.path("ontology", "prefixes.ttl"), format="turtle")
    results = validation.validate(graph(DATA), shapes_graph).results
    assert [PREFIXES.compress(r.shape) for r in results] == ["shape:S-code", "shape:S-either", "shape:S-inverse"]
    code, either, inverse = results
    assert code.value == "B1"
    assert either.path == "|".join(map(PREFIXES.expand, ("skos:definition", "skos:scopeNote")))
    assert either.severity == "warning"
    assert inverse.path == "^" + PREFIXES.expand("ikg:about")


def test_warnings_alone_conform():
    shapes = SHAPE.replace("sh:Violation", "sh:Warning")
    examined = validation.validate(graph(DATA), graph(shapes))
    assert examined.results
    assert examined.conforms


def test_focus_nodes_of_subclasses_are_counted():
    data = DATA + " imri:P1 a ikg:ProcessOnlyImpact . ikg:ProcessOnlyImpact rdfs:subClassOf ikg:Impact ."
    (count,) = validation.validate(graph(data), graph(SHAPE)).focus_nodes.values()
    assert count == 2


@pytest.mark.parametrize(
    ("target", "count"),
    [
        ("sh:targetNode imri:B1", 1),
        ("sh:targetNode imri:B9", 0),
        ("sh:targetSubjectsOf skos:notation", 1),
        ("sh:targetObjectsOf rdf:type", 2),
        ("sh:targetClass ikg:Imapct", 0),
    ],
)
def test_each_kind_of_target_picks_its_nodes(target, count):
    shapes = graph(SHAPE.replace("sh:targetClass ikg:Impact", target))
    (found,) = validation.targets(shapes)
    assert len(validation.focus_nodes(graph(DATA), found)) == count


def test_a_validation_that_examines_nothing_fails():
    with pytest.raises(ValidationError, match="Nothing was examined"):
        validation.validate(graph(DATA), graph(SHAPE.replace("ikg:Impact ;", "ikg:Imapct ;")))


def test_shapes_without_a_target_fail():
    with pytest.raises(ValidationError, match="no target"):
        validation.examine_shapes(graph(SHAPE.replace("sh:targetClass ikg:Impact ;", "")))


def test_no_shapes_file_fails():
    with pytest.raises(ValidationError, match="No shapes file"):
        validation.read_shapes([])


def test_a_shapes_file_that_is_no_turtle_is_named(tmp_path):
    file = tmp_path / "broken.ttl"
    file.write_text("shape:S a sh:NodeShape")
    with pytest.raises(ValidationError, match="broken.ttl cannot be read as Turtle"):
        validation.read_shapes([file])


def test_a_sparql_constraint_that_is_no_sparql_fails():
    shapes = """shape:S a sh:NodeShape ; sh:targetClass ikg:Impact ; sh:sparql shape:S-c .
    shape:S-c a sh:SPARQLConstraint ; sh:message "C." ; sh:select "SELECT $this WHERE { $this" ."""
    with pytest.raises(ValidationError, match="could not be applied"):
        validation.validate(graph(DATA), graph(shapes))


def test_sound_shapes_have_no_fault():
    assert validation.examine_shapes(graph(SHAPE)) == []
    assert validation.examine_targets(graph(DATA + "skos:prefLabel a owl:AnnotationProperty ."), graph(SHAPE)) == []


@pytest.mark.parametrize(
    ("right", "wrong", "shape"),
    [
        ("sh:minCount", "sh:mincount", "shape:Impact-label"),
        ("sh:severity sh:Violation", "sh:severity sh:violation", "shape:Impact-label"),
        ("a sh:PropertyShape", "a sh:Propertyshape", "shape:Impact-label"),
    ],
)
def test_a_misspelt_shacl_term_is_found(right, wrong, shape):
    assert (shape, wrong.split()[-1]) in faults(SHAPE.replace(right, wrong), "shapes/shacl-terms")


def test_a_misspelt_target_is_found_although_the_engine_ignores_it():
    shapes = SHAPE + "shape:Other a sh:NodeShape ; sh:targetclass ikg:Impact ; sh:property shape:Impact-label ."
    assert ("shape:Other", "sh:targetclass") in faults(shapes, "shapes/shacl-terms")


def test_a_misspelt_count_conforms_in_the_engine_which_is_why_the_list_is_needed():
    assert validation.validate(graph(DATA), graph(SHAPE.replace("sh:minCount", "sh:mincount"))).results == ()


def test_a_term_of_a_shacl_extension_is_refused_since_the_engine_ignores_it():
    shapes = SHAPE + "shape:Impact sh:rule shape:Impact-rule ."
    assert ("shape:Impact", "sh:rule") in faults(shapes, "shapes/shacl-terms")


def test_a_shacl_term_in_the_wrong_place_is_found():
    shapes = SHAPE.replace("sh:severity sh:Violation", "sh:severity sh:minCount")
    assert ("shape:Impact-label", "sh:minCount") in faults(shapes, "shapes/shacl-terms")


def test_a_misspelt_term_inside_a_condition_is_laid_at_the_door_of_its_shape():
    shapes = SHAPE + "shape:Impact sh:or ( [ sh:path skos:broader ; sh:mincount 1 ] shape:Impact-label ) ."
    assert ("shape:Impact", "sh:mincount") in faults(shapes, "shapes/shacl-terms")


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("sh:minCount 1", 'sh:minCount "one"'), ("sh:path skos:prefLabel", "sh:path skos:prefLabel , skos:altLabel")],
)
def test_a_shape_that_is_not_well_formed_is_found(right, wrong):
    shapes = {shape for shape, _ in faults(SHAPE.replace(right, wrong), "shapes/shacl-shacl")}
    assert "shape:Impact-label" in shapes


def test_an_empty_target_is_found():
    shapes = SHAPE + "shape:Other a sh:NodeShape ; sh:targetClass ikg:Imapct ; sh:property shape:Impact-label ."
    found = validation.examine_targets(graph(DATA + "ikg:Imapct a owl:Class ."), graph(shapes))
    assert [(f.check, PREFIXES.compress(f.shape)) for f in found] == [("shapes/targets", "shape:Other")]


def test_a_term_of_ours_that_the_ontology_does_not_declare_is_found():
    shapes = SHAPE + "shape:Impact-label sh:or ( [ sh:in ( ikg:prinetd ) ] [ sh:nodeKind sh:Literal ] ) ."
    found = validation.examine_targets(graph(DATA), graph(shapes))
    assert [(f.check, PREFIXES.compress(f.shape), PREFIXES.compress(f.value)) for f in found] == [
        ("shapes/terms", "shape:Impact-label", "ikg:prinetd")
    ]


def test_the_shapes_of_the_project_are_sound():
    files = sorted(resources.path("shapes").glob("*.ttl"))
    assert files
    assert validation.examine_shapes(validation.read_shapes(files)) == []


def test_the_closed_list_has_each_term_once_and_in_order():
    lines = resources.path("shapes", "shacl-terms.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "term,use,section"
    terms = [line.split(",")[0] for line in lines[1:]]
    assert len(terms) > 50
    assert terms == sorted(set(terms))


def test_naming_the_module_loads_neither_pyshacl_nor_rdflib():
    code = "import sys, imri_kg.validation, imri_kg.anchors; print([m for m in ('pyshacl', 'rdflib') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
