"""Citations of a server as the typed objects that the local graph gives: works, from which every style is written.

Called by the remote graph. A reply holds each work as CSL-JSON, which keeps all that we know of it.
"""

from __future__ import annotations

from imri_kg.citation_styles import Author, Work
from imri_kg.citing import Citation, CitedWork
from imri_kg.remote.members import Members

__all__ = ["citation"]

#: Types of works that are parts of the graph; a note of theirs is a note, that of a source is the whole of its citation.
_OURS = ("dataset", "entry")


def citation(m: Members, style: str) -> Citation:
    """Return the works to cite for a thing, from a reply in all styles; `style` is the one that was asked for."""
    items, works = m.objects("items"), m.objects("csl_json")
    if len(items) != len(works):
        m.refuse("csl_json", "one work for each item")
    cited = tuple(CitedWork(item.text("role"), _work(work)) for item, work in zip(items, works, strict=True))
    return Citation(m.text("of"), m.text("kind"), cited, style, m.texts("notes"), m.text("release"), m.text("query"))


def _work(m: Members) -> Work:
    def held(name: str) -> str:
        return m.text(name) if m.has(name) else ""

    kind, note = m.text("type"), held("note")
    authors = m.many("author", _author) if m.has("author") else ()
    ours = kind in _OURS
    return Work(
        m.text("id"), kind, m.text("title"), authors, _year(m), held("container-title"), held("volume"), held("issue"), held("page"), held("version"), held("DOI"),
        held("URL"), note if ours else "", "" if ours else note,
    )  # fmt: skip


def _author(m: Members) -> Author:
    return Author(m.text("literal")) if m.has("literal") else Author(m.text("family"), m.text("given"))


def _year(m: Members) -> str:
    if not m.has("issued"):
        return ""
    parts = m.object("issued").value("date-parts")
    if not (isinstance(parts, list) and parts and isinstance(parts[0], list) and parts[0]):
        m.refuse("issued", "a date")
    return str(parts[0][0])
