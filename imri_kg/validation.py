"""SHACL: hold a graph against shapes, and hold the shapes themselves against SHACL. The only module that imports pyshacl.

`checking` calls it for the graph of the project. A validation that examined nothing is an error here, never a
success: a misspelt `sh:targetClass` or `sh:mincount` would otherwise conform for ever. pyshacl and rdflib are
imported inside the functions, so that naming this module costs nothing. It never completes a message; the result
nodes carry what a caller needs for that.
"""

from __future__ import annotations

import csv
import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from imri_kg import resources
from imri_kg.errors import ValidationError
from imri_kg.vocabulary import IKG, SHACL

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

__all__ = [
    "Examined",
    "ResultNode",
    "ShapeFault",
    "Target",
    "constraint_names",
    "examine_shapes",
    "examine_targets",
    "focus_nodes",
    "quiet_about_literals",
    "read_shapes",
    "targets",
    "validate",
]

#: SHACL-SHACL nests lists of paths inside lists of shapes; pyshacl's limit of 15 is too low for that.
_DEPTH = 60


@contextmanager
def quiet_about_literals() -> Iterator[None]:
    """Keep rdflib from logging, each with a stack trace, literals that are none of their datatype: a shape tells them at their place."""
    logger, own = logging.getLogger("rdflib.term"), _BelowError()
    logger.addFilter(own)
    try:
        yield
    finally:
        logger.removeFilter(own)


class _BelowError(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.ERROR


@dataclass(frozen=True, slots=True, order=True)
class ResultNode:
    """One result of a validation (SHACL, section 3.6.2).

    `shape` is the named property shape, node shape or SPARQL constraint that was not met; `path` and `value` are
    empty where a result has none. `severity` is `violation`, `warning` or `info`; `component` the local name of the constraint
    component (`MinCountConstraintComponent`).
    """

    focus: str
    shape: str
    path: str
    value: str
    severity: str
    message: str
    component: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Target:
    """One declaration by which a shape picks its focus nodes: `kind` is `targetClass` and its like."""

    shape: str
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Examined:
    """What a validation gave: its results in order, how many focus nodes each target picked, and the engine's report as a graph."""

    results: tuple[ResultNode, ...]
    focus_nodes: dict[Target, int]
    report: Graph | None = None

    @property
    def conforms(self) -> bool:
        """True when there is no violation; warnings alone do not count."""
        return not any(r.severity == "violation" for r in self.results)


@dataclass(frozen=True, slots=True, order=True)
class ShapeFault:
    """One thing wrong in the shapes themselves: `check` names what found it."""

    check: str
    shape: str
    value: str
    message: str


def read_shapes(files: Iterable[Path], prefixes: Path | None = None) -> Graph:
    """Read shapes files into one shapes graph, with the prefixes that their SPARQL constraints name.

    Raises:
        ValidationError: there is no file, or one of them is not Turtle.
    """
    from rdflib import Graph

    found = sorted(files)
    if not found:
        raise ValidationError("No shapes file was found, so nothing could be examined.")
    shapes = Graph()
    for file in [*found, prefixes or resources.path("ontology", "prefixes.ttl")]:
        try:
            shapes.parse(file, format="turtle")
        except (SyntaxError, ValueError) as error:
            raise ValidationError(f"{file.name} cannot be read as Turtle: {error}") from error
    return shapes


def validate(data: Graph, shapes: Graph) -> Examined:
    """Hold every target node of `data` against `shapes` and return the results as sorted result nodes.

    Classes are matched through `rdfs:subClassOf` statements of the data graph (SHACL, section 3.2); nothing else
    is inferred, and `owl:imports` is not followed.

    Raises:
        ValidationError: no target picked a node, or the engine gave up.
    """
    counts = {target: len(focus_nodes(data, target)) for target in targets(shapes)}
    if not any(counts.values()):
        raise ValidationError("Nothing was examined: no target of the shapes picks a node of the data.")
    report = _run(data, shapes)
    return Examined(tuple(sorted(set(_results(report, shapes)))), counts, report)


def targets(shapes: Graph) -> list[Target]:
    """Return every target declaration of the shapes, sorted (SHACL, section 2.1.3)."""
    from rdflib.namespace import SH

    kinds = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
    return sorted(
        Target(str(shape), SHACL.local(str(kind)), str(value))
        for kind in kinds
        for shape, value in shapes.subject_objects(kind)
    )


def focus_nodes(data: Graph, target: Target) -> set[Node]:
    """Return the nodes of `data` that a target picks."""
    from rdflib import RDF, RDFS, URIRef

    value = URIRef(target.value)
    if target.kind == "targetNode":
        return {value} if (value, None, None) in data or (None, None, value) in data else set()
    if target.kind == "targetSubjectsOf":
        return set(data.subjects(value, unique=True))
    if target.kind == "targetObjectsOf":
        return set(data.objects(predicate=value, unique=True))
    classes = set(data.transitive_subjects(RDFS.subClassOf, value))
    return {node for cls in classes for node in data.subjects(RDF.type, cls)}


def constraint_names(shapes: Graph) -> list[str]:
    """Return the IRI of each shape or SPARQL constraint that can stand in a result.

    These are the property shapes and SPARQL constraints of shapes with a target, and targeted shapes that carry a
    constraint themselves. Shapes that only serve as conditions inside `sh:or` and its like are not among them.
    """
    from rdflib import URIRef
    from rdflib.namespace import SH

    structural = {SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf, SH.property, SH.sparql}
    described = {SH.name, SH.description, SH.message, SH.severity, SH.order, SH.group, SH.deactivated}
    names: set[str] = set()
    for shape in {target.shape for target in targets(shapes)}:
        for predicate, value in shapes.predicate_objects(URIRef(shape)):
            if predicate in (SH.property, SH.sparql):
                names.add(str(value))
            elif str(predicate) in SHACL and predicate not in structural | described:
                names.add(shape)
    return sorted(names)


def examine_targets(data: Graph, shapes: Graph) -> list[ShapeFault]:
    """Find targets that pick nothing, and terms of ours in the shapes that the data do not describe."""
    from rdflib import BNode, URIRef

    faults = [
        ShapeFault(
            "shapes/targets",
            target.shape,
            target.value,
            f"sh:{target.kind} picks nothing in the graph, so the shape examines nothing.",
        )
        for target in targets(shapes)
        if not focus_nodes(data, target)
    ]
    for shape, _, value in shapes:
        if isinstance(value, URIRef) and str(value) in IKG and (value, None, None) not in data:
            if (value, None, None) in shapes:
                continue
            owner = _owner(shapes, shape) if isinstance(shape, BNode) else str(shape)
            faults.append(
                ShapeFault("shapes/terms", owner, str(value), "The shape names a term that the ontology does not declare.")
            )
    return sorted(set(faults))


def examine_shapes(shapes: Graph, terms: Path | None = None) -> list[ShapeFault]:
    """Hold the shapes against SHACL-SHACL (SHACL, appendix C) and against the closed list of SHACL terms.

    SHACL-SHACL does not know a misspelt term (it is simply a triple more), and terms of SHACL extensions are
    well-formed but silently ignored by the engine; the list finds both.

    Raises:
        ValidationError: the shapes graph holds no shape.
    """
    from rdflib import BNode, URIRef
    from rdflib.namespace import SH

    if not targets(shapes):
        raise ValidationError("Nothing was examined: the shapes have no target.")
    known = _known_terms(terms or resources.path("shapes", "shacl-terms.csv"))
    faults: set[ShapeFault] = set()
    for subject, predicate, value in shapes:
        owner = _owner(shapes, subject) if isinstance(subject, BNode) else str(subject)
        for term, uses in ((predicate, ("property",)), (value, ("class", "value"))):
            name = str(term)
            if name not in SHACL or not isinstance(term, URIRef):
                continue
            use = known.get(SHACL.local(name))
            if use is None:
                message = "This is no term of SHACL Core or SHACL-SPARQL, so the engine would ignore it."
            elif use not in uses:
                message = f"This SHACL term is a {use} and stands in the wrong place."
            else:
                continue
            faults.add(ShapeFault("shapes/shacl-terms", owner, name, message))
    from pyshacl.entrypoints import meta_validate

    conforms, report, _ = meta_validate(shapes, inference="none", max_validation_depth=_DEPTH)
    if not conforms:
        for result in report.subjects(SH.focusNode, unique=True):
            focus = report.value(result, SH.focusNode)
            path = report.value(result, SH.resultPath)
            owner = _owner(shapes, focus) if isinstance(focus, BNode) else str(focus)
            about = f"{_path_text(report, path)} of the shape" if path is not None else "The shape"
            faults.add(ShapeFault("shapes/shacl-shacl", owner, str(path or ""), f"{about} is not well-formed SHACL."))
    return sorted(faults)


def _run(data: Graph, shapes: Graph) -> Graph:
    import pyshacl
    from pyparsing import ParseBaseException
    from pyshacl.errors import ReportableRuntimeError
    from rdflib import Graph

    try:
        _, report, text = pyshacl.validate(data, shacl_graph=shapes, inference="none", advanced=False)
    except (ReportableRuntimeError, ParseBaseException, RecursionError) as error:
        raise ValidationError(f"The shapes could not be applied: {error}") from error
    if not isinstance(report, Graph):
        raise ValidationError(f"The shapes could not be applied: {text}")
    return report


def _results(report: Graph, shapes: Graph) -> Iterator[ResultNode]:
    from rdflib import RDF
    from rdflib.namespace import SH

    for result in report.subjects(RDF.type, SH.ValidationResult):
        shape = report.value(result, SH.sourceConstraint) or report.value(result, SH.sourceShape)
        path = report.value(result, SH.resultPath)
        value = report.value(result, SH.value)
        focus = report.value(result, SH.focusNode)
        messages = sorted({str(m) for m in report.objects(result, SH.resultMessage)})
        yield ResultNode(
            focus=str(focus),
            shape=str(shape),
            path=_path_text(report, path) if path is not None else "",
            value=str(value) if value is not None and value != focus else "",
            severity=SHACL.local(str(report.value(result, SH.resultSeverity))).lower(),
            message=" ".join(messages),
            component=SHACL.local(str(report.value(result, SH.sourceConstraintComponent) or "")),
        )


def _path_text(graph: Graph, path: Node) -> str:
    """Return a property path as SPARQL writes it: an IRI, `^IRI`, or alternatives joined by `|`."""
    from rdflib import BNode
    from rdflib.collection import Collection
    from rdflib.namespace import SH

    if not isinstance(path, BNode):
        return str(path)
    inverse = graph.value(path, SH.inversePath)
    if inverse is not None:
        return "^" + _path_text(graph, inverse)
    alternatives = graph.value(path, SH.alternativePath)
    if alternatives is not None:
        return "|".join(_path_text(graph, p) for p in Collection(graph, alternatives))
    for predicate, mark in ((SH.zeroOrMorePath, "*"), (SH.oneOrMorePath, "+"), (SH.zeroOrOnePath, "?")):
        inner = graph.value(path, predicate)
        if inner is not None:
            return _path_text(graph, inner) + mark
    return "/".join(_path_text(graph, p) for p in Collection(graph, path))


def _owner(shapes: Graph, node: Node) -> str:
    """Return the IRI of the shape in which a blank node stands."""
    from rdflib import URIRef

    seen: set[Node] = set()
    while not isinstance(node, URIRef) and node not in seen:
        seen.add(node)
        node = next(shapes.subjects(object=node), node)
    return str(node)


@lru_cache(maxsize=4)
def _known_terms(file: Path) -> dict[str, str]:
    with file.open(encoding="utf-8", newline="") as rows:
        known = {row["term"]: row["use"] for row in csv.DictReader(rows)}
    if not known:
        raise ValidationError(f"{file.name} lists no term.")
    return known
