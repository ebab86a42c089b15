"""What an answer rests on, read from the answer itself as a program gets it, so that whoever cites it can cite the authors too.

Called by `citing`. Every door gives the same JSON, in which things of the graph stand as CURIEs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

__all__ = ["AnswerSources", "read_sources"]

_NAMED = re.compile(r"(?:mapping|evidence|source):[\w.-]+")
_AUTHORED = frozenset({"author-stated", "ikg:authorStated"})
#: Members of an answer that name the editions which it is about.
_EDITIONS = ("from", "to", "framework", "key")


class AnswerSources(NamedTuple):
    """CURIEs and keys that an answer names, each once and sorted.

    `records` are mapping records. `authored` and `other` are evidence and sources; `authored` stand beneath a statement that its authors make.
    `editions` are values that may be keys of editions. `more` says that the answer goes on on another page.
    """

    editions: tuple[str, ...]
    records: tuple[str, ...]
    authored: tuple[str, ...]
    other: tuple[str, ...]
    more: bool


def read_sources(answer: Mapping[str, Any]) -> AnswerSources:
    """Return what an answer names.

    Args:
        answer: the JSON of an answer, as `to_json` gives it.

    >>> read_sources({"from": "imri", "items": [{"basis": "curated", "evidence": ["evidence:a"]}, {"basis": "author-stated", "source": "source:b"}], "next": None})
    AnswerSources(editions=('imri',), records=(), authored=('source:b',), other=('evidence:a',), more=False)
    """
    records, authored, other = set[str](), set[str](), set[str]()
    for name, by_authors in _names(answer):
        (records if name.startswith("mapping:") else authored if by_authors else other).add(name)
    editions = {value for key in _EDITIONS if isinstance(value := answer.get(key), str)}
    return AnswerSources(*(tuple(sorted(found)) for found in (editions, records, authored, other - authored)), more=answer.get("next") is not None)


def _names(answer: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    """Yield each name with whether it stands beneath a statement of authors: the nearest `basis` above it decides."""
    left: list[tuple[Any, bool]] = [(answer, False)]
    while left:
        value, by_authors = left.pop()
        if isinstance(value, Mapping):
            basis = value.get("basis")
            here = basis in _AUTHORED if isinstance(basis, str) else by_authors
            left.extend((member, here) for member in value.values())
        elif isinstance(value, list):
            left.extend((item, by_authors) for item in value)
        elif isinstance(value, str) and _NAMED.fullmatch(value):
            yield value, by_authors
