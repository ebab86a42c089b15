"""Statements that are made rather than read, collected as lines of N-Triples."""

from __future__ import annotations

from imri_kg.store import IRI, Blank, Typed, statement
from imri_kg.vocabulary import RDF, XSD

__all__ = ["Statements", "number"]


class Statements:
    """Lines of N-Triples that grow."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def add(self, subject: IRI | Blank, predicate: str, *values: object) -> None:
        """Add a triple for each value that is not None."""
        self.lines += [statement(subject, predicate, value) for value in values if value is not None]

    def add_types(self, subject: IRI | Blank, *classes: str) -> None:
        """Say what a thing is an instance of."""
        self.add(subject, RDF.type, *map(IRI, classes))


def number(value: int | str) -> Typed:
    """Return a count as a literal."""
    return Typed(str(value), XSD.integer)
