"""Replies about paths as the typed objects that the local graph gives.

Called by the remote graph. Of evidence such a reply tells where it stands and not what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from imri_kg.errors import UnknownNameError
from imri_kg.model import Evidence
from imri_kg.pathway_answers import PathEnd, PathStep, Pathway, Pathways
from imri_kg.prefixes import Prefixes
from imri_kg.remote.decoding import reference
from imri_kg.remote.members import Members

__all__ = ["pathways"]


def pathways(pages: Sequence[Members], prefixes: Prefixes) -> Pathways:
    """Return the whole list of paths from its pages."""
    first = pages[0]
    passage = _passages(prefixes)
    return Pathways(
        _end(first.object("from")), _end(first.object("to")), tuple(_path(item, passage) for page in pages for item in page.objects("items")), first.counts("counts"),
        first.plain("left_out"), first.plain("search"), first.text("text"), first.texts("basis"), first.texts("notes"), first.texts("queries"), first.text("release"),
    )  # fmt: skip


def _end(m: Members) -> PathEnd:
    return PathEnd(m.text("kind"), m.text("id"), m.text("label"), m.whole("constructs"))


def _passages(prefixes: Prefixes) -> Callable[[Members], Evidence]:
    def passage(m: Members) -> Evidence:
        curie = m.text("curie")
        try:
            iri = prefixes.expand(curie)
        except UnknownNameError:
            iri = ""
        return Evidence(curie, iri, m.text("source"), m.text("citation"), m.text("locator"), "", url=m.text_or_none("url"))

    return passage


def _path(m: Members, passage: Callable[[Members], Evidence]) -> Pathway:
    return Pathway(
        m.whole("number"), tuple(_step(s, passage) for s in m.objects("steps")), m.text("status"), m.text("heading"), m.whole("authored"), m.whole("curated"),
        m.flag("exploratory"), m.text_or_none("concludes"), m.number_or_none("confidence"), m.text_or_none("reason"),
    )  # fmt: skip


def _step(m: Members, passage: Callable[[Members], Evidence]) -> PathStep:
    licence = m.object("licence")
    return PathStep(
        reference(m.object("subject")), m.text("relation"), reference(m.object("object")), m.text("kind"), m.text("direction"), m.text_or_none("id"),
        m.text_or_none("basis"), m.flag("exploratory"), m.text_or_none("stated_relation"), m.text_or_none("predicate_basis"), m.text_or_none("evidence_kind"),
        m.number_or_none("confidence"), m.many("evidence", passage), m.plains("moderators", "id", "text"), licence.text_or_none("rule"),
        licence.text_or_none("gives"), licence.text_or_none("reason"),
    )  # fmt: skip
