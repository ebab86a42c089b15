"""How values look on every page alike: names of editions, numbers, cells of plain tables.

Called by `shell`; the filters are for templates. Nothing here asks the graph a question of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from imri_kg.graph import KnowledgeGraph
from imri_kg.model import Answer
from imri_kg_api.explorer.links import Links
from imri_kg_api.explorer.words import Words

__all__ = ["FILTERS", "brief", "framework_names", "mentioned", "plain_tables"]

#: Members of a reply that a page of plain tables shows in places of their own.
_APART = ("notes", "release", "query", "permalink", "next")
#: Columns whose cells name a construct, and columns whose cells name records.
_CONSTRUCTS = frozenset({"curie", "subject", "object", "row", "column", "broader", "target", "construct"})
_RECORDS = frozenset({"record_id", "mappings", "premises"})
_CREATIVE_COMMONS = re.compile(r"creativecommons\.org/licenses/([a-z-]+)/(\d\.\d)")
#: A citation that begins with authors: surname and initials of the first.
_AUTHOR = re.compile(r"(?:[^\W\d_][\w’'-]*\s)+[A-Z][A-Z-]{0,4}$")
_YEAR = re.compile(r"\b(19|20)\d\d\b")
_NOTHING = "sssom:NoTermFound"


@lru_cache(maxsize=8)
def framework_names(graph: KnowledgeGraph, words: Words) -> Mapping[str, str]:
    """Return the short names of the framework editions by key; the label of an edition that the catalogue does not know."""
    rows = graph.frameworks().to_json()["items"]
    return {str(row["key"]): words(name) if words.has(name := f"framework-{row['key']}") else str(row["label"]) for row in rows}


def mentioned(graph: KnowledgeGraph, links: Links, curie: str) -> dict[str, Any]:
    """Return what the macro `mention` shows of anything that a statement names: a construct, or the label, kind and address of another thing."""
    entry = graph.index.get(curie)
    if entry is not None:
        return {"curie": curie, "construct": graph.framework_service.reference(entry).to_json()}
    kind, label = graph.framework_service.kind_of(graph.prefixes.expand(curie)) or ("", "")
    prefix, _, name = curie.partition(":")
    to = {"framework": links.framework(name), "source": links.source(curie), "mapping": links.record(curie)}.get(prefix, links.resource(curie))
    return {"curie": curie, "construct": None, "kind": kind if prefix != "framework" else "", "label": label or name, "to": to}


def confidence(value: float | None) -> str:
    """Return a confidence with two digits; empty where there is none."""
    return "" if value is None else f"{value:.2f}"


def brief(text: str, most: int = 58) -> str:
    """Return a text that is short enough for the title of a window, cut between words.

    >>> brief("Recipient-centred care in all of its parts", 24)
    'Recipient-centred care…'
    """
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0].rstrip(",;: ") + "…"


def sentence(text: str) -> str:
    """Return a text that begins with a capital and ends with a stop."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!", "?", ":")) else ".") if text else ""


def local(curie: str) -> str:
    """Return a CURIE without its prefix."""
    return curie.partition(":")[2] or curie


def words(name: str) -> str:
    """Return a key such as `judged_not_mapped` or `InnovationGroup` in words."""
    spaced = "".join(f" {c.lower()}" if c.isupper() and i else c for i, c in enumerate(name))
    return spaced.replace("_", " ").replace("-", " ").strip()


def short_citation(citation: str) -> str:
    """Return a citation as first author and year, as running text names it.

    >>> short_citation("Piat M, Wainwright M. The impacts of it. Journal 2022;16:49.")
    'Piat et al. 2022'
    """
    first, _, rest = citation.partition(".")
    names = [name.strip() for name in first.split(",") if name.strip()]
    if not names or not _AUTHOR.match(names[0]):
        return names[0] if names else citation
    year = _YEAR.search(rest)
    author = re.sub(r"\s+[A-Z][A-Z-]{0,4}$", "", names[0])
    return " ".join(part for part in (author, "et al." if len(names) > 1 else "", year[0] if year else "") if part)


def licence_name(address: str) -> str:
    """Return a licence of Creative Commons by its short name, any other by its address.

    >>> licence_name("https://creativecommons.org/licenses/by-nc/4.0/")
    'CC BY-NC 4.0'
    """
    found = _CREATIVE_COMMONS.search(address)
    return f"CC {found[1].upper()} {found[2]}" if found else address


def file_stem(path: str) -> str:
    """Return a name for a file of what stands at a path.

    >>> file_stem("/crosswalks/imri/chime"), file_stem("/")
    ('crosswalks-imri-chime', 'imri-kg')
    """
    return re.sub(r"[^A-Za-z0-9._]+", "-", path).strip("-") or "imri-kg"


FILTERS: Mapping[str, Any] = {"file_stem": file_stem, "short_citation": short_citation, "licence_name": licence_name, "confidence": confidence, "sentence": sentence, "local": local, "words": words}


def plain_tables(answer: Answer, body: Mapping[str, Any], root: str) -> dict[str, Any]:
    """Return what the page of plain tables shows of any answer: notes, single members, and tables with their cells."""
    members = [(name, value) for name, value in body.items() if name not in _APART and value is not None and not isinstance(value, (dict, list))]
    tables = []
    for caption, rows in answer.sections():
        header = list(rows[0]) if rows else list(answer.header()) if not caption else []
        if rows or not caption:
            tables.append((caption or "Rows", header, [[_cell(root, name, value) for name, value in row.items()] for row in rows]))
    return {"notes": body.get("notes") or (), "members": members, "tables": tables}


def _cell(root: str, name: str, value: Any) -> Any:
    """Return a cell: names of constructs and records as links, nested values as JSON, everything else as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value, ensure_ascii=False)
    text = str(value)
    if name in _RECORDS and text.startswith("mapping:"):
        return Markup(" ").join(_link(f"{root}/mappings/", record) for record in text.split())
    if name in _CONSTRUCTS and ":" in text and " " not in text and text != _NOTHING:
        return _link(f"{root}/concepts/", text)
    return text


def _link(before: str, name: str) -> Markup:
    return Markup('<a href="{}">{}</a>').format(before + quote(name, safe=":"), name)
