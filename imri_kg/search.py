"""Finding constructs by words: forgives case, accents, plural and one typing error; knows codes and alternative labels.

The index is made in the build and kept as JSON in the snapshot. Called by the services; it reads no store when it answers.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from imri_kg.errors import Candidate

if TYPE_CHECKING:
    from imri_kg.catalog import Catalog
    from imri_kg.prefixes import Prefixes
    from imri_kg.store import Store

__all__ = ["Entry", "Hit", "SearchIndex", "fold", "index_entries", "natural"]


class Entry(NamedTuple):
    """A construct as the index holds it."""

    curie: str
    framework: str
    kind: str
    notation: str
    label: str
    alternatives: tuple[str, ...]
    definition: str
    label_status: str
    existence_status: str
    order: int
    deprecated: bool = False
    replaced_by: str = ""

    def to_json(self) -> dict[str, object]:
        """Return the entry as a dictionary."""
        return {
            "curie": self.curie, "framework": self.framework, "kind": self.kind, "notation": self.notation,
            "label": self.label, "alternatives": list(self.alternatives), "definition": self.definition,
            "label_status": self.label_status, "existence_status": self.existence_status, "order": self.order,
            "deprecated": self.deprecated, "replaced_by": self.replaced_by,
        }  # fmt: skip


class Hit(NamedTuple):
    """An entry that was found, with a score from 0 to 1 and the field that matched."""

    entry: Entry
    score: float
    matched: str

    def to_json(self) -> dict[str, object]:
        """Return the hit as a dictionary."""
        e = self.entry
        return {
            "curie": e.curie, "label": e.label, "framework": e.framework, "kind": e.kind, "notation": e.notation,
            "label_status": e.label_status, "existence_status": e.existence_status or None, "score": round(self.score, 3), "matched": self.matched,
        }  # fmt: skip


def fold(text: str) -> str:
    """Return `text` in lower case without accents and punctuation, each word without its plural ending.

    >>> fold("Hope-inspiring Relationships")
    'hope inspiring relationship'
    """
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).replace("&", " and ")
    return " ".join(_singular(w) for w in re.findall(r"[a-z0-9]+", plain))


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def natural(code: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key for codes: digits by value, Roman numerals of domains by value, the rest by letter.

    >>> sorted(["T10", "T2", "IV.A", "II.B"], key=natural)
    ['II.B', 'IV.A', 'T2', 'T10']
    """
    roman = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5}
    parts = re.findall(r"\d+|[^\W\d]+", code)
    head = parts[0] if parts else ""
    keys = [(0, roman[p], "") if i == 0 and p in roman and ("." in code or head == code) else (0, int(p), "") if p.isdigit() else (1, 0, p)
            for i, p in enumerate(parts)]  # fmt: skip
    return tuple(keys)


def index_entries(store: Store, catalog: Catalog, prefixes: Prefixes) -> list[Entry]:
    """Read the entries of the index from a built store, sorted by framework and by the framework's own order."""
    alternatives: dict[str, list[str]] = {}
    for row in store.select(catalog.query("service/alternative-labels").text).dicts():
        alternatives.setdefault(row["concept"] or "", []).append(row["label"] or "")
    rows = {row["concept"] or "": row for row in store.select(catalog.query("service/members").text).dicts()}
    ordered = sorted(rows.values(), key=lambda r: (r["key"] or "", float(r["sortOrder"] or "inf"), natural(r["notation"] or ""), r["concept"] or ""))
    return [
        Entry(
            prefixes.compress(row["concept"] or ""), row["key"] or "", row["kind"] or "", row["notation"] or "", row["label"] or "",
            tuple(sorted(alternatives.get(row["concept"] or "", []))), row["definition"] or "", row["labelStatus"] or "", row["existenceStatus"] or "", number,
            row["deprecated"] == "true", prefixes.compress(row["replacedBy"]) if row["replacedBy"] else "",
        )
        for number, row in enumerate(ordered)
    ]  # fmt: skip


#: Words that the vocabulary remembers.
_MOST_WORDS = 4096


class _Vocabulary:
    """The words of all names, and which of them a word that somebody typed is like."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted({*words})
        self._known: dict[str, tuple[frozenset[str], frozenset[str]]] = {}

    def like(self, word: str) -> tuple[frozenset[str], frozenset[str]]:
        """Return the words that begin with `word`, and those that are one typing error away from it.

        The beginning of a word is enough from three letters on; one error is forgiven from four letters on.
        """
        found = self._known.get(word)
        if found is None:
            from rapidfuzz.distance import DamerauLevenshtein

            begun = frozenset(w for w in self._words if w.startswith(word)) if len(word) > 2 else frozenset[str]()
            near = frozenset(w for w in self._words if DamerauLevenshtein.distance(word, w, score_cutoff=1) <= 1) if len(word) > 3 else frozenset[str]()
            if len(self._known) >= _MOST_WORDS:
                self._known.clear()
            found = self._known[word] = (begun, near)
        return found


class _Name(NamedTuple):
    """A label or an alternative label of an entry, taken apart."""

    field: str
    folded: str
    tokens: frozenset[str]
    #: The tokens, and neighbours among them written as one word.
    known: frozenset[str]

    @classmethod
    def of(cls, field: str, name: str) -> _Name:
        folded = fold(name)
        tokens = folded.split()
        return cls(field, folded, frozenset(tokens), frozenset((*tokens, *map("".join, pairwise(tokens)))))


class _Wanted(NamedTuple):
    """What somebody typed, taken apart once for all entries."""

    raw: str
    folded: str
    words: list[str]
    #: Neighbouring words, and both written as one.
    pairs: list[tuple[str, str, str]]
    likes: list[tuple[frozenset[str], frozenset[str]]]

    def share(self, name: _Name) -> float:
        """Return how much of the words is in a name, from 0 to 1; two words may be one there, and one word two."""
        joined = {part for first, second, both in self.pairs if both in name.known for part in (first, second)}
        found = 0.0
        for word, (begun, near) in zip(self.words, self.likes, strict=True):
            if word in name.known or word in joined:
                found += 1
            elif not begun.isdisjoint(name.tokens):
                found += 0.9
            elif not near.isdisjoint(name.tokens):
                found += 0.8
        return found / len(self.words)


class SearchIndex:
    """The entries of a release and ways to look them up."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self._by_curie = {e.curie: e for e in self.entries}

    @classmethod
    def from_json(cls, raw: bytes) -> SearchIndex:
        """Read the index that the build wrote."""
        return cls(Entry(**{**item, "alternatives": tuple(item["alternatives"])}) for item in json.loads(raw))

    def get(self, curie: str) -> Entry | None:
        """Return the entry of a CURIE, or None."""
        return self._by_curie.get(curie)

    def named(self, text: str) -> list[Entry]:
        """Return every construct whose label, alternative label or code is exactly `text`, case and plural aside.

        A deprecated one is found by its code alone.
        """
        wanted = fold(text)
        by_code = [e for e in self.entries if e.notation.casefold() == text.strip().casefold()]
        if by_code or not wanted:
            return by_code
        return [e for e, names, _ in self._prepared if not e.deprecated and any(name.folded == wanted for name in names)]

    @cached_property
    def _prepared(self) -> list[tuple[Entry, list[_Name], frozenset[str]]]:
        """Each entry with its names and the words of its definition."""
        return [
            (e, [_Name.of("label", e.label), *(_Name.of("alternative label", a) for a in e.alternatives)], frozenset(fold(e.definition).split()))
            for e in self.entries
        ]

    @cached_property
    def _vocabulary(self) -> _Vocabulary:
        return _Vocabulary(token for _, names, _ in self._prepared for name in names for token in name.tokens)

    @property
    def kinds(self) -> list[str]:
        """The kinds of constructs that there are."""
        return sorted({e.kind for e in self.entries})

    def search(self, text: str, *, framework: str | None = None, kind: str | None = None, limit: int | None = 20) -> list[Hit]:
        """Return the constructs nearest to `text`, best first; ties in the order of their CURIEs.

        Args:
            text: words, a code or a CURIE, possibly misspelt.
            framework: framework key to search in.
            kind: kind of construct (`Impact`, `Determinant`, ...).
            limit: how many at most; None for all.
        """
        wanted = self._wanted(text)
        if wanted is None:
            return []
        hits = []
        for entry, names, definition in self._prepared:
            if (framework and entry.framework != framework) or (kind and entry.kind != kind):
                continue
            if entry.deprecated and wanted.raw not in (entry.curie.casefold(), entry.notation.casefold()):
                continue
            score, matched = _score(wanted, entry, names, definition)
            if score >= 0.6:
                hits.append(Hit(entry, score, matched))
        hits.sort(key=lambda h: (-h.score, h.entry.curie))
        return hits[:limit]

    def nearest(self, text: str, limit: int = 5) -> list[Candidate]:
        """Return what somebody who typed `text` may have meant; an unknown CURIE is compared by prefix and code too."""
        from rapidfuzz import fuzz

        hits = self.search(text, limit=limit)
        if len(hits) < limit and ":" in text:
            folded = text.casefold()
            scored = [(fuzz.ratio(folded, e.curie.casefold()) / 100, e) for e in self.entries]
            near = sorted((s for s in scored if s[0] >= 0.6), key=lambda s: (-s[0], s[1].curie))
            hits += [Hit(e, s, "CURIE") for s, e in near if e.curie not in {h.entry.curie for h in hits}]
        hits.sort(key=lambda h: (-h.score, h.entry.curie))
        return [Candidate(h.entry.curie, h.entry.label, h.entry.framework, h.score) for h in hits[:limit]]

    def _wanted(self, text: str) -> _Wanted | None:
        folded = fold(text)
        words = folded.split()
        pairs = [(first, second, first + second) for first, second in pairwise(words)]
        return _Wanted(text.strip().casefold(), folded, words, pairs, [self._vocabulary.like(w) for w in words]) if words else None


def _score(wanted: _Wanted, entry: Entry, names: Sequence[_Name], definition: frozenset[str]) -> tuple[float, str]:
    from rapidfuzz import fuzz
    from rapidfuzz.distance import DamerauLevenshtein

    if wanted.raw in (entry.curie.casefold(), entry.notation.casefold()):
        return 1.0, "code"
    best, matched = 0.0, ""
    solid = wanted.folded.replace(" ", "")
    for name in names:
        if name.folded == wanted.folded:
            return (0.99 if name.field == "label" else 0.98), name.field
        # Hyphens and spaces are no part of what people remember: well-being, wellbeing.
        packed = name.folded.replace(" ", "")
        if packed == solid:
            score = 0.97
        elif len(solid) > 6 and DamerauLevenshtein.distance(solid, packed, score_cutoff=1) <= 1:
            score = 0.93
        else:
            share, length = wanted.share(name), name.folded.count(" ") + 1
            near = fuzz.token_set_ratio(wanted.folded, name.folded) / 100 if share >= 0.6 else 0.0
            score = 0.55 + 0.3 * share + 0.13 * near * min(1, len(wanted.words) / length) if share >= 0.6 else 0.0
        if score > best:
            best, matched = score, name.field
    if best < 0.6 and all(w in definition for w in wanted.words):
        return 0.6 + 0.05 * min(len(wanted.words), 3), "definition"
    return best, matched
