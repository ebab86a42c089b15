"""What a model is told: the texts of `wording.yaml`, read once.

The tools and the protocol ask for texts by name; no other module of this door holds a long one.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from imri_kg.model import Derivation, MappingRecord

__all__ = ["about", "instructions", "meaning", "of_basis", "of_derivation", "of_label", "of_tool", "unjudged", "whose", "whose_statement"]


@cache
def _texts() -> Mapping[str, Any]:
    return yaml.safe_load(Path(__file__).with_name("wording.yaml").read_text(encoding="utf-8"))


def instructions() -> str:
    """Return how a model is to read the graph."""
    return str(_texts()["instructions"])


def meaning(state: str) -> str:
    """Return in a sentence what a state of a pair means."""
    return str(_texts()["states"][state])


def unjudged(kind: str) -> str:
    """Return the pattern of a sentence on pairs that are not assessed; `kind` says what a limit left out: none, bases or exploratory."""
    return str(_texts()["unjudged"][kind])


def of_derivation(derivation: Derivation) -> str:
    """Say how a record follows, and that the authors behind its premises do not state it."""
    return f"{derivation.text} {_texts()['derivation']}"


def of_basis(basis: str) -> str:
    """Return in a sentence what a basis means."""
    return str(_texts()["bases"][basis])


def of_label(status: str) -> str:
    """Return in a sentence what the status of a label means."""
    return str(_texts()["label_statuses"][status])


def of_tool(name: str) -> tuple[str, str]:
    """Return title and description of a tool."""
    told = _texts()["tools"][name]
    return str(told["title"]), str(told["text"])


def about() -> str:
    """Return everything that helps to read a reply, as a page in Markdown."""
    parts = [("States of a pair", "states"), ("Whose claim", "bases"), ("Labels", "label_statuses")]
    lists = (f"\n## {title}\n\n" + "".join(f"- {name}: {text}\n" for name, text in _texts()[key].items()) for title, key in parts)
    return f"# How to read imri-kg\n\n{instructions()}{''.join(lists)}"


def whose(record: MappingRecord) -> str:
    """Say in a sentence whose claim a mapping record is."""
    if record.derivation is not None:
        return f"derived: {of_derivation(record.derivation)}"
    return whose_statement(record.basis, record.stated_relation, record.predicate_basis or "ours", record.author)


def whose_statement(basis: str, verb: str | None = None, predicate_basis: str | None = None, author: str | None = None) -> str:
    """Say in a sentence whose claim a statement is that no rule derives.

    Args:
        basis: `author-stated` or `curated`.
        verb: what the authors say, where they do.
        predicate_basis: `source` or `ours`; None for a statement without a predicate.
        author: who read it so, of a curated one.
    """
    if basis != "author-stated":
        return f"curated: our reading{f' ({author})' if author else ''}, not stated by the authors."
    stated = f'author-stated: the authors state it{f""" ("{verb}")""" if verb else ""}'
    if predicate_basis is None:
        return f"{stated}."
    return f"{stated}; the predicate is {'theirs' if predicate_basis == 'source' else 'our choice'}."
