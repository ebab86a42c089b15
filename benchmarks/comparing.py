"""Whether two answers say the same: rows and statements as sets with multiplicity, JSON by value, anything else by its bytes.

Called by `sparql` and `soak`. The names of blank nodes are no part of an answer.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

__all__ = ["meaning", "size"]

_BLANK = re.compile(r"(?<!\S)_:[A-Za-z0-9_.-]+")


def meaning(form: str, body: bytes) -> Any:
    """Return what can be compared of an answer.

    Args:
        form: `rows` (SPARQL results in JSON), `statements` (N-Triples), `json` or `bytes`.
        body: the answer.

    >>> one = b'{"head": {"vars": ["a", "b"]}, "results": {"bindings": [{"a": {"type": "bnode", "value": "x"}}]}}'
    >>> other = b'{"head": {"vars": ["b", "a"]}, "results": {"bindings": [{"a": {"type": "bnode", "value": "y"}}]}}'
    >>> meaning("rows", one) == meaning("rows", other)
    True

    Raises:
        ValueError: the body is not of this form.
    """
    if form == "rows":
        document = json.loads(body)
        if "boolean" in document:
            return document["boolean"]
        return Counter(frozenset((name, _term(term)) for name, term in row.items()) for row in document["results"]["bindings"])
    if form == "statements":
        return Counter(_BLANK.sub("_:", line) for line in body.decode("utf-8").splitlines() if line.strip())
    return json.loads(body) if form == "json" else body


def _term(term: dict[str, Any]) -> tuple[str, ...]:
    if term["type"] == "bnode":
        return ("bnode",)
    # Absent and xsd:string mean the same.
    kind = term.get("datatype", "")
    return (term["type"], term["value"], "" if kind.endswith("#string") else kind, term.get("xml:lang", "").lower())


def size(found: Any) -> int:
    """Return the number of rows or statements of what `meaning` returned for them; 1 for a truth value."""
    return found.total() if isinstance(found, Counter) else 1
