"""What a search finds beside constructs: cases, sources and stored questions in which every word begins a word of the text.

Called by the page of a search alone; the answer of the API is about constructs. It ranks nothing: each list keeps the order in which its page has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from imri_kg.graph import KnowledgeGraph
from imri_kg.search import fold
from imri_kg_api.explorer.links import Links

__all__ = ["Found", "found_elsewhere", "holds"]

_INNOVATION, _SETTING = "ikg:innovationText", "ikg:setting"
#: What is searched of a case beside its name and its study.
_OF_CASE = (_INNOVATION, _SETTING, "ikg:location", "ikg:country")


class Found(NamedTuple):
    """Something that was found: what it is called, more about it, and the address of its page."""

    label: str
    detail: str
    to: str


def holds(text: str, words: str) -> bool:
    """Say whether each of some words begins a word of a text; case, accents and plurals are forgiven.

    >>> holds("Santé mentale au Québec", "quebec sante"), holds("Peer workers", "work peer"), holds("Peer workers", "orker")
    (True, True, False)
    """
    # "Co-production" is found as it stands and as one word.
    known, wanted = {*fold(text).split(), *fold(re.sub("[-‐‑]", "", text)).split()}, fold(words).split()
    return bool(wanted) and all(any(name.startswith(word) for name in known) for word in wanted)


def found_elsewhere(graph: KnowledgeGraph, links: Links, words: str) -> list[tuple[str, list[Found]]]:
    """Return the cases, sources and questions that hold some words, under these names; what holds none is left out."""
    groups = (("cases", _cases(graph, links, words)), ("sources", _sources(graph, links, words)), ("questions", _questions(graph, links, words)))
    return [(name, found) for name, items in groups if (found := list(items))]


def _cases(graph: KnowledgeGraph, links: Links, words: str) -> Iterator[Found]:
    for case in sorted(graph.casebook.reader.cases.values(), key=lambda c: (c.dataset.key, c.key.name)):
        told = {name: case.row.one(name) or "" for name in _OF_CASE}
        if holds(" ".join((case.key.name, case.dataset.title or "", *told.values())), words):
            yield Found(case.key.name, told[_INNOVATION] or told[_SETTING], links.case(case.key.id))


def _sources(graph: KnowledgeGraph, links: Links, words: str) -> Iterator[Found]:
    for row in graph.sources().rows():
        if holds(f"{row['citation'] or ''} {row['title'] or ''}", words):
            yield Found(str(row["citation"] or row["title"]), str(row["availability"] or ""), links.source(str(row["curie"])))


def _questions(graph: KnowledgeGraph, links: Links, words: str) -> Iterator[Found]:
    for row in graph.queries().rows():
        if holds(f"{row['question'] or ''} {row['summary'] or ''}", words):
            yield Found(str(row["question"] or row["summary"]), str(row["summary"]) if row["question"] else "", links.to(f"/queries/{row['name']}"))
