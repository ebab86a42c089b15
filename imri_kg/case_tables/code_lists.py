"""Codes and how people write them: from the text of a cell to a term of the graph, or to what it might have meant.

Built from a graph that holds the members of the framework editions and the code lists. Called when cells become terms and when
a message names the nearest candidates. It never picks one of several.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from imri_kg.prefixes import DEFAULT_BASE, Prefixes
from imri_kg.vocabulary import DCTERMS, IKG, OWL, RDF, RDFS, SKOS

if TYPE_CHECKING:
    from rdflib import Graph

__all__ = ["Code", "CodeLists", "Reading", "folded"]


class Code(NamedTuple):
    """A term that a cell may name. `scheme` is the IRI of its edition, `names` are all its labels, `types` its classes."""

    iri: str
    curie: str
    label: str
    notation: str
    scheme: str
    names: tuple[str, ...]
    types: frozenset[str]
    deprecated: bool = False

    @property
    def shown(self) -> str:
        """The code as a message names it: 'Culture' (cfir2022:III.D)."""
        return f"'{self.label}' ({self.curie})"


class Reading(NamedTuple):
    """What a text was taken for: the codes that it names (one, none or several)."""

    text: str
    found: tuple[Code, ...]

    @property
    def code(self) -> Code | None:
        """The code where the text names exactly one."""
        return self.found[0] if len(self.found) == 1 else None


def folded(text: str) -> str:
    """Return a text as it is compared: without case, accents, dashes of several kinds and doubled blanks.

    >>> folded(" Loose‐Coupling ")
    'loose coupling'
    """
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[\s_‐‑‒–—-]+", " ", plain).strip().casefold()


class CodeLists:
    """All terms that cells may name, by the ways in which people write them."""

    def __init__(self, codes: Iterable[Code], successors: dict[str, tuple[tuple[int, str], ...]], scheme_labels: dict[str, str], kinds: dict[str, str], prefixes: Prefixes) -> None:
        self._by_iri = {code.iri: code for code in sorted(codes)}
        self._successors = successors
        self._kinds = kinds
        self.scheme_labels = scheme_labels
        self.prefixes = prefixes
        self._by_name: dict[str, list[Code]] = defaultdict(list)
        for code in self._by_iri.values():
            for name in dict.fromkeys(folded(n) for n in (code.iri, code.curie, code.notation, code.label, *code.names) if n):
                self._by_name[name].append(code)

    @classmethod
    def from_graph(cls, graph: Graph, prefixes: Prefixes) -> CodeLists:
        """Collect every labelled term of ours in a graph, with the moves between editions that its mapping records state."""
        from rdflib import Literal, URIRef

        labels: dict[str, list[str]] = defaultdict(list)
        for predicate in (SKOS.prefLabel, RDFS.label, SKOS.altLabel, IKG.key):
            for subject, value in graph.subject_objects(URIRef(predicate)):
                if isinstance(value, Literal) and str(subject).startswith(DEFAULT_BASE) and value.language in (None, "en"):
                    labels[str(subject)].append(str(value))
        for unlabelled in (IKG.Evidence, IKG.Source, IKG.Study):
            for subject in graph.subjects(URIRef(RDF.type), URIRef(unlabelled)):
                labels.setdefault(str(subject), [])
        codes = []
        for iri, names in labels.items():
            subject = URIRef(iri)
            preferred = graph.value(subject, URIRef(SKOS.prefLabel)) or graph.value(subject, URIRef(RDFS.label))
            codes.append(
                Code(
                    iri,
                    prefixes.compress(iri),
                    str(preferred or (names[0] if names else prefixes.compress(iri))),
                    str(graph.value(subject, URIRef(SKOS.notation)) or ""),
                    str(graph.value(subject, URIRef(SKOS.inScheme)) or ""),
                    tuple(sorted(set(names))),
                    frozenset(str(t) for t in graph.objects(subject, URIRef(RDF.type))),
                    (subject, URIRef(OWL.deprecated), Literal(True)) in graph,
                )
            )
        schemes = {str(s): str(graph.value(s, URIRef(SKOS.prefLabel)) or s) for s in graph.subjects(URIRef(RDF.type), URIRef(IKG.FrameworkEdition))}
        kinds = {str(s): str(o) for s, o in graph.subject_objects(URIRef(IKG.classOfKind))}
        return cls(codes, _moves(graph), schemes, kinds, prefixes)

    def class_of_kind(self, iri: str) -> str:
        """Return the class of which a row of this kind is an instance, or nothing."""
        return self._kinds.get(iri, "")

    def get(self, iri: str) -> Code | None:
        """Return the code of an IRI."""
        return self._by_iri.get(iri)

    def options(self, classes: Sequence[str], scheme: str = "", only: Sequence[str] = ()) -> list[Code]:
        """Return the codes of some classes, of an edition where one is given, in the order of their notation or label."""
        found = [c for c in self._by_iri.values() if _fits(c, classes, only) and (not scheme or c.scheme == scheme)]
        return sorted((c for c in found if not c.deprecated), key=lambda c: (c.scheme, _natural(c.notation or c.label)))

    def read(self, text: str, classes: Sequence[str], scheme: str = "", only: Sequence[str] = ()) -> Reading:
        """Say which codes a text names: a CURIE, an IRI, a code, a label or an alternative label, whatever its case.

        A code and its label together (`III.D Culture`, `Culture (III.D)`) are understood where both name the same term. A
        preferred label or code wins over alternative labels, so that `Culture` is not ambiguous with what is also called so.
        """
        for written, beside in _attempts(text):
            named = self._by_name.get(folded(written), ())
            here = [c for c in named if _fits(c, classes, only) and (not scheme or c.scheme == scheme) and (beside is None or _is_called(c, beside))]
            if here:
                first = [c for c in here if folded(written) in {folded(n) for n in (c.curie, c.notation, c.label, c.iri)}]
                return Reading(text, tuple(first or here))
        return Reading(text, ())

    def elsewhere(self, text: str, classes: Sequence[str]) -> tuple[Code, ...]:
        """Return the codes that a text names in any edition."""
        return self.read(text, classes).found

    def replacements(self, iri: str) -> list[Code]:
        """Return what replaces a deprecated term."""
        return [self._by_iri[s] for strength, s in self._successors.get(iri, ()) if strength == 0 and s in self._by_iri]

    def counterparts(self, iri: str, scheme: str) -> tuple[list[Code], bool]:
        """Return the terms of another edition that correspond to a term by a positive record, and whether they are more than related.

        Where one is more than related, those that are only related are left out.
        """
        found = [(strength, self._by_iri[s]) for strength, s in self._successors.get(iri, ()) if s in self._by_iri and self._by_iri[s].scheme == scheme]
        firm = [code for strength, code in found if strength < _RELATED]
        return (firm, True) if firm else ([code for _, code in found], False)

    def nearest(self, text: str, classes: Sequence[str], scheme: str = "", only: Sequence[str] = (), limit: int = 3) -> list[Code]:
        """Return the codes whose names are spelt most like a text, best first."""
        from rapidfuzz import fuzz, process

        choices = {(c.iri, n): folded(n) for c in self.options(classes, scheme, only) for n in (c.label, c.notation, *c.names) if n}
        hits = process.extract(folded(text), choices, scorer=fuzz.WRatio, limit=12, score_cutoff=70)
        hits.sort(key=lambda hit: (-hit[1], -fuzz.ratio(folded(text), hit[0]), hit[2]))
        return [self._by_iri[iri] for iri in dict.fromkeys(key[0] for _, _, key in hits)][:limit]


def _fits(code: Code, classes: Sequence[str], only: Sequence[str]) -> bool:
    """Say whether a code is of one of some classes, or one of a closed list."""
    return code.iri in only if only else bool(code.types & set(classes))


def _is_called(code: Code, name: str) -> bool:
    return folded(name) in {folded(n) for n in (code.label, *code.names)}


def _attempts(text: str) -> list[tuple[str, str | None]]:
    """Return the readings of a cell: the whole text, then a code with the label that stands behind or before it."""
    attempts: list[tuple[str, str | None]] = [(text, None)]
    for pattern in (r"^(?P<code>[A-Za-z0-9:.]+)[\s:–-]+(?P<label>.+)$", r"^(?P<label>.+?)\s*[(\[](?P<code>[A-Za-z0-9:.]+)[)\]]$"):
        if match := re.match(pattern, text.strip()):
            attempts.append((match["code"].rstrip(".:"), match["label"]))
    return attempts


def _natural(text: str) -> tuple[tuple[int, str], ...]:
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in re.findall(r"\d+|\D+", text))


#: Kinds of step from a term to another, from the firmest; the last is no counterpart.
_STEPS = (DCTERMS.isReplacedBy, SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)
_RELATED = len(_STEPS) - 1


def _moves(graph: Graph) -> dict[str, tuple[tuple[int, str], ...]]:
    """Return for each term its replacements and the ends of the positive records about it, the firmest first."""
    from rdflib import URIRef

    moves: dict[str, set[tuple[int, str]]] = defaultdict(set)
    for strength, step in enumerate(_STEPS):
        for subject, value in graph.subject_objects(URIRef(step)):
            moves[str(subject)].add((strength, str(value)))
    return {subject: tuple(sorted(values)) for subject, values in moves.items()}
