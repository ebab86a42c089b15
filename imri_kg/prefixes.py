"""CURIEs and IRIs, strictly: an unknown prefix is an error, never a silent None.

The list is `ontology/prefixes.ttl`; a built graph carries a copy, so that an answer needs no Turtle parser.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from imri_kg.errors import UnknownNameError

__all__ = ["DEFAULT_BASE", "Prefixes", "read_prefixes"]

#: The base of every IRI of ours, as the source files write it.
DEFAULT_BASE = "https://w3id.org/imri-kg/"

_CURIE = re.compile(r"^(?P<prefix>[A-Za-z][A-Za-z0-9_-]*):(?P<local>[^\s<>\"{}|\\^`]+)$")


class Prefixes:
    """A closed list of prefixes.

    >>> p = Prefixes({"chime": "https://w3id.org/imri-kg/id/chime/"})
    >>> p.expand("chime:I")
    'https://w3id.org/imri-kg/id/chime/I'
    >>> p.compress("https://w3id.org/imri-kg/id/chime/I")
    'chime:I'
    """

    __slots__ = ("_longest_first", "namespaces")

    def __init__(self, namespaces: Mapping[str, str]) -> None:
        self.namespaces = namespaces
        self._longest_first = sorted(namespaces.items(), key=lambda item: (-len(item[1]), item[0]))

    def is_curie(self, text: str) -> bool:
        """Say whether `text` has the form of a CURIE (its prefix may still be unknown)."""
        return _CURIE.match(text) is not None and not text.startswith(("http:", "https:"))

    def expand(self, curie: str, where: str = "") -> str:
        """Return the IRI of a CURIE.

        Raises:
            UnknownNameError: the prefix is not in the list, or the text is no CURIE.
        """
        match = _CURIE.match(curie)
        if match is None or match["prefix"] not in self.namespaces:
            raise UnknownNameError("prefix", curie.split(":", 1)[0], sorted(self.namespaces), where or repr(curie))
        return self.namespaces[match["prefix"]] + match["local"]

    def compress(self, iri: str) -> str:
        """Return the CURIE of an IRI, or the IRI itself where no prefix fits."""
        for prefix, namespace in self._longest_first:
            if iri.startswith(namespace) and len(iri) > len(namespace):
                local = iri[len(namespace) :]
                if "/" not in local and "#" not in local:
                    return f"{prefix}:{local}"
        return iri

    @property
    def base(self) -> str:
        """The base IRI of the build, below which every IRI of ours lies."""
        return self.namespaces["ikg"].removesuffix("ontology/")

    def sparql(self) -> str:
        """Return the list as SPARQL PREFIX lines."""
        return "".join(f"PREFIX {p}: <{n}>\n" for p, n in sorted(self.namespaces.items()))

    def rebased(self, base: str) -> Prefixes:
        """Return the same list with our own namespaces moved from the default base to `base`."""
        return Prefixes({p: n.replace(DEFAULT_BASE, base, 1) for p, n in self.namespaces.items()})


def read_prefixes(file: Path) -> Prefixes:
    """Read the `sh:declare` list of `ontology/prefixes.ttl` (SHACL, section 5.2.1)."""
    from rdflib import Graph
    from rdflib.namespace import SH

    graph = Graph().parse(file, format="turtle")
    pairs = {
        str(graph.value(node, SH.prefix)): str(graph.value(node, SH.namespace))
        for node in graph.objects(predicate=SH.declare)
    }
    return Prefixes(dict(sorted(pairs.items())))
