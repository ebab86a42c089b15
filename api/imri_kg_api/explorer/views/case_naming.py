"""What a page of cases is called: by what is asked for on it, and by the numbers that the authors give their cases.

Called by the pages of one case and of several side by side.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from imri_kg.graph import KnowledgeGraph
from imri_kg_api.explorer.pages import Asked
from imri_kg_api.explorer.views.case_observations import NONE, PHASES, Option

__all__ = ["asked_for", "authors_number"]

_NUMBER = re.compile(r"\bCase (\d+)\b")
#: What the filters say, in the order in which a heading has them.
_ORDER = ("valence", "phase", "domain", "stakeholder")


def asked_for(asked: Asked, options: Mapping[str, Sequence[Option]]) -> str:
    """Return what filters ask for, in words that begin with a capital; empty where nothing is filtered."""
    say, parts = asked.words, []
    for name in _ORDER:
        if values := [_named(asked, name, option) for option in options[name] if option.chosen]:
            parts.append(say(f"case-asked-{name}", what=say("case-and", before=", ".join(values[:-1]), last=values[-1]) if len(values) > 1 else values[0]))
    text = ", ".join(parts)
    return text[:1].upper() + text[1:]


def _named(asked: Asked, name: str, option: Option) -> str:
    if option.value in (NONE, PHASES[-1]):
        return asked.words("case-not-stated")
    return asked.words("case-plural", valence=option.value, label=option.label) if name == "valence" else option.label


def authors_number(graph: KnowledgeGraph, id: str) -> str:
    """Return the number by which the source calls a case, read from where the case stands in it; empty where it has none."""
    found = set(_NUMBER.findall(graph.casebook.find(id).row.one("ikg:locator") or ""))
    return found.pop() if len(found) == 1 else ""
