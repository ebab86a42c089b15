"""The standard SHACL validation report (SHACL, section 3.6) as Turtle whose bytes depend on its content alone.

Called by the validation of case tables. An engine names its result nodes by chance; here they are named by their order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rdflib import RDF, BNode, Graph, Literal
from rdflib.namespace import SH
from rdflib.term import Node

__all__ = ["report_in_turtle"]


def report_in_turtle(reports: Iterable[Graph], namespaces: Mapping[str, str]) -> bytes:
    """Return one report with the results of several, sorted.

    Args:
        reports: report graphs as an engine gives them.
        namespaces: prefixes for the Turtle.
    """
    joined, whole, conforms, number = Graph(), BNode("report"), True, 0
    for prefix, namespace in namespaces.items():
        joined.bind(prefix, namespace, replace=True)
    for report in reports:
        for result in sorted(report.subjects(RDF.type, SH.ValidationResult), key=lambda r: _signature(report, r, 3)):
            number += 1
            node = BNode(f"result{number:06d}")
            joined.add((whole, SH.result, node))
            conforms &= report.value(result, SH.resultSeverity) != SH.Violation
            _copy(report, result, joined, node)
    joined.add((whole, RDF.type, SH.ValidationReport))
    joined.add((whole, SH.conforms, Literal(conforms)))
    return joined.serialize(format="turtle", encoding="utf-8")


def _signature(graph: Graph, node: Node, depth: int) -> str:
    """Return a text that is the same for nodes that say the same."""
    if not isinstance(node, BNode) or depth == 0:
        return "" if isinstance(node, BNode) else node.n3()
    return "[" + ";".join(sorted(f"{p.n3()} {_signature(graph, o, depth - 1)}" for p, o in graph.predicate_objects(node))) + "]"


def _copy(source: Graph, node: Node, target: Graph, name: BNode, depth: int = 8) -> None:
    order = sorted(source.predicate_objects(node), key=lambda pair: (pair[0], _signature(source, pair[1], 3)))
    for place, (predicate, value) in enumerate(order):
        if isinstance(value, BNode) and depth:
            inner = BNode(f"{name}_{place}")
            target.add((name, predicate, inner))
            _copy(source, value, target, inner, depth - 1)
        elif not isinstance(value, BNode):
            target.add((name, predicate, value))
