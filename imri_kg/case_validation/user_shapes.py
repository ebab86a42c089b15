"""SHACL shapes of a user's own, read for a validation beside ours: checked, and refused where they reach beyond it.

Called in the confined worker alone, since a shape can hold a pattern or a query without end. Such shapes add rules; they change none of
ours, fetch nothing and run nothing but SHACL Core and SPARQL constraints.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from imri_kg.errors import BadInputError, ImriError, ValidationError
from imri_kg.vocabulary import OWL, SHACL

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node

    from imri_kg.validation import Examined

__all__ = ["apply_user_shapes", "read_user_shapes"]

#: More faults than these help nobody.
_MOST_FAULTS = 5
#: The severities that a message can have.
_SEVERITIES = ("Violation", "Warning", "Info")
#: The words by which the parser of queries names what reaches beyond the data.
_REACHING = {"ServiceGraphPattern": "SERVICE", "DatasetClause": "FROM"}
#: Prefixes are written into the text of a query by the engine, so they may hold nothing that ends an IRI.
_PREFIX, _NAMESPACE = re.compile(r"(?:[^\W\d_][\w.-]*)?"), re.compile(r"[^\s<>\"{}|^`\\]*")
_BOM = "\ufeff"


def read_user_shapes(data: bytes, ours: Graph) -> Graph:
    """Read a user's shapes.

    Args:
        data: the shapes in Turtle, as UTF-8.
        ours: the shapes that they are added to.

    Raises:
        BadInputError: they are not Turtle, not well-formed, or reach beyond the data; the text says where.
    """
    from rdflib import Graph

    from imri_kg.store import parse_location

    try:
        text = data.decode("utf-8").removeprefix(_BOM)
    except UnicodeDecodeError as error:
        raise BadInputError(f"Your shapes are not UTF-8 (byte {error.start}); save the file as UTF-8.") from error
    problem = parse_location(text.encode())
    if problem is not None:
        line, column, message = problem
        raise BadInputError(f"Your shapes are not Turtle (line {line}, column {column}): {message}.")
    try:
        shapes = Graph().parse(data=text, format="turtle")
    except MemoryError:
        raise
    except Exception as error:
        # Two parsers seldom differ; what rdflib's raises then can be of any kind.
        raise BadInputError("Your shapes cannot be read as Turtle; write them in its common forms.") from error
    _refuse_reaching(shapes)
    _refuse_changes(shapes, ours)
    _refuse_faults(shapes)
    return shapes


def apply_user_shapes(data: Graph, shapes: Graph) -> Examined:
    """Hold data against shapes among which are a user's own, as `validation.validate` does.

    Raises:
        BadInputError: the engine fails, which it does not on our shapes alone: a pattern that is none, a prefix that nobody declared.
    """
    from imri_kg.validation import validate

    try:
        return validate(data, shapes)
    except (ImriError, MemoryError):
        raise
    except Exception as error:
        raise BadInputError(f"Your shapes cannot be applied ({_reason(error)}); look in them for a pattern, a list or a query that is not sound.") from error


def _refuse_reaching(shapes: Graph) -> None:
    from rdflib import URIRef

    for imported in shapes.objects(None, URIRef(OWL.imports)):
        raise BadInputError(f"Your shapes import {imported} (owl:imports), and nothing is fetched; put all shapes into the one file.")
    for term in sorted({str(term) for triple in shapes for term in triple if isinstance(term, URIRef)}):
        if SHACL.local(term).lower().startswith("js") and term in SHACL:
            raise BadInputError(f"Your shapes use sh:{SHACL.local(term)}, and no JavaScript is run; write the rule in SHACL Core or as a SPARQL constraint.")
    for predicate, form in ((SHACL.prefix, _PREFIX), (SHACL.namespace, _NAMESPACE)):
        for value in sorted(map(str, shapes.objects(None, URIRef(predicate)))):
            if form.fullmatch(value) is None:
                raise BadInputError(f"Your shapes declare {value!r} as sh:{SHACL.local(predicate)}, which no prefix can have.")
    for subject, query in sorted(shapes.subject_objects(URIRef(SHACL.select)), key=str):
        _refuse_query(shapes, subject, str(query))


def _refuse_query(shapes: Graph, subject: Node, text: str) -> None:
    from pyparsing import ParseBaseException
    from rdflib.plugins.sparql.parser import parseQuery

    owner = _name(shapes, subject)
    try:
        parsed = parseQuery(text)
    except ParseBaseException as error:
        raise BadInputError(f"The query of {owner} in your shapes is not SPARQL (its line {error.lineno}, column {error.column}).") from error
    except RecursionError as error:
        raise BadInputError(f"The query of {owner} in your shapes nests too deep to be read.") from error
    if getattr(parsed[-1], "name", "") != "SelectQuery":
        raise BadInputError(f"The query of {owner} in your shapes is no SELECT; a rule selects what breaks it.")
    for name in _parts(parsed):
        if name in _REACHING:
            raise BadInputError(f"The query of {owner} in your shapes says {_REACHING[name]}: a rule looks at the validated data alone and asks no other place.")


def _parts(parsed: Any) -> Iterator[str]:
    """Yield the name of every part of a parsed query, however deep it stands."""
    from pyparsing import ParseResults

    waiting = [parsed]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield getattr(part, "name", "")
            waiting.extend(part.values())
        elif isinstance(part, (ParseResults, list, tuple)):
            # `+=` would ask the parser's own addition, which asks for itself without end.
            waiting.extend(part)


def _refuse_changes(shapes: Graph, ours: Graph) -> None:
    """Refuse statements about our own shapes, which could switch them off."""
    from rdflib import URIRef

    own = {s for s in ours.subjects(unique=True) if isinstance(s, URIRef)}
    for subject in sorted(set(shapes.subjects()) & own):
        raise BadInputError(f"Your shapes state something about {subject}, which is one of the shapes of imri-kg; give yours an IRI of your own.")


def _refuse_faults(shapes: Graph) -> None:
    from rdflib import URIRef

    from imri_kg.validation import examine_shapes

    severities = {URIRef(getattr(SHACL, name)) for name in _SEVERITIES}
    for severity in sorted(s for s in shapes.objects(None, URIRef(SHACL.severity), unique=True) if isinstance(s, URIRef)):
        if severity not in severities:
            raise BadInputError(f"Your shapes give the severity <{severity}>; a finding is a sh:Violation, a sh:Warning or a sh:Info.")
    try:
        found = [f"{fault.shape or 'a shape'}: {_short(fault.value)}{fault.message}" for fault in examine_shapes(shapes)]
    except ValidationError as error:
        raise BadInputError(f"Your shapes examine nothing: no shape has a target (sh:targetClass, sh:targetNode, sh:targetSubjectsOf, sh:targetObjectsOf). {error}") from error
    except MemoryError:
        raise
    except Exception as error:
        # A list that leads back into itself, for one, makes the engine fail here.
        raise BadInputError(f"Your shapes cannot be examined ({_reason(error)}); look in them for a list or a path that leads back into itself.") from error
    if found:
        more = f" There are {len(found) - _MOST_FAULTS} more." if len(found) > _MOST_FAULTS else ""
        raise BadInputError(f"Your shapes are not well-formed. {' '.join(found[:_MOST_FAULTS])}{more}")


def _reason(error: Exception) -> str:
    """Return the first line of what an engine says, or the name of what it raised."""
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200].rstrip(".")


def _short(value: str) -> str:
    return f"sh:{SHACL.local(value)}. " if value in SHACL else f"{value}. " if value else ""


def _name(shapes: Graph, node: Node) -> str:
    """Return the IRI of what holds a node, through blank nodes."""
    from rdflib import BNode

    seen: set[Node] = set()
    while isinstance(node, BNode) and node not in seen:
        seen.add(node)
        node = next(shapes.subjects(object=node), node)
    return "a shape without a name" if isinstance(node, BNode) else f"<{node}>"
