"""Answers as RDF: what the graph itself states of the things that an answer is about, in Turtle or JSON-LD.

A service: doors call it through the graph. It copies statements and makes none. It reads the N-Quads of the release, since the
store writes some literals in another way than the sources do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from imri_kg.model import PairState
from imri_kg.prefixes import Prefixes
from imri_kg.store import serialise_rdf
from imri_kg.vocabulary import DCTERMS, RDFS, SKOS

__all__ = ["DescriptionService"]

#: What names a thing: said of everything that a described thing points to, so that a reader need not ask again.
_NAMING = frozenset(f"<{iri}>" for iri in (SKOS.prefLabel, SKOS.notation, RDFS.label, DCTERMS.title, DCTERMS.bibliographicCitation, DCTERMS.license))


class DescriptionService:
    """Statements of one release by the resource that they are about."""

    def __init__(self, nquads: Callable[[], bytes], prefixes: Prefixes) -> None:
        self._nquads, self._prefixes = nquads, prefixes

    @cached_property
    def _lines(self) -> dict[str, list[str]]:
        """Every statement as a line of N-Quads, by its subject as N-Quads write it."""
        found: dict[str, list[str]] = {}
        for line in self._nquads().decode().splitlines(keepends=True):
            found.setdefault(line.partition(" ")[0], []).append(line)
        return found

    def statements(self, curies: Iterable[str]) -> list[str]:
        """Return what the graph states of some resources, and the names of what these statements point to.

        Args:
            curies: CURIEs of records, constructs, evidence, sources.

        Returns:
            Lines of N-Quads in an order that is always the same.
        """
        wanted = {f"<{self._prefixes.expand(curie)}>" for curie in curies}
        lines = [line for name in sorted(wanted) for line in self._lines.get(name, ())]
        targets = {end for line in lines if (end := line.split(" ", 3)[2]).startswith("<")} - wanted
        return lines + [line for name in sorted(targets) for line in self._lines.get(name, ()) if line.split(" ", 2)[1] in _NAMING]

    def serialise(self, curies: Iterable[str], form: str, *, head: str = "", states: Sequence[PairState] = ()) -> str:
        """Return the statements about some resources in a form; the same resources give the same text.

        Args:
            curies: the resources, the first of which comes first.
            form: ttl or jsonld.
            head: a remark for the top of Turtle, which alone has comments.
            states: states without a record, each a further remark: the graph states only what is recorded.
        """
        named = list(curies)
        first = self._prefixes.expand(named[0]) if named else ""
        text = serialise_rdf(self.statements(named), form, self._prefixes.namespaces, first=first).decode()
        remarks = [*([head] if head else []), *(f"no record: {s.subject} to {s.target} is {s.state.value}" for s in states)]
        return text if form != "ttl" else "".join(f"# {remark}\n" for remark in remarks) + _with_prefixes_sorted(text)


def _with_prefixes_sorted(turtle: str) -> str:
    """Sort the prefixes at the head, which the engine writes in an order that differs each time."""
    lines = turtle.splitlines(keepends=True)
    count = next((n for n, line in enumerate(lines) if not line.startswith("@prefix ")), len(lines))
    return "".join([*sorted(lines[:count]), *lines[count:]])
