"""Works to cite, and their citation as BibTeX, CSL-JSON and APA text.

Pure; called by the citing service. A citation that the graph holds as text is taken apart only where its form is plain;
what cannot be taken apart stays whole in a note, and nothing is made up.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from imri_kg.vocabulary import DOI

__all__ = ["Author", "Work", "apa", "bibtex", "csl", "escape", "read_citation"]

_PERSON = re.compile(r"(?P<family>\S.*) (?P<initials>[A-Z]+(?:-[A-Z]+)*)")
#: Journal, year, and what else a short citation of an article gives: `Milbank Q 2004;82(4):581-629`.
_JOURNAL = re.compile(r"(?P<container>[^.;:,]+?)\.? (?P<year>\d{4})(?:;(?P<volume>\w+)?(?:\((?P<issue>[^)]+)\))?)?(?::(?P<pages>[\w-]+))?\.?")
_OTHERS = "et al."
_ESCAPED = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip
#: APA (7th edition, section 9.8) names up to twenty authors.
_MOST_AUTHORS = 20


class Author(NamedTuple):
    """A person by family name and initials (`M.-P.`), or a name that stays whole in `family` without initials."""

    family: str
    initials: str = ""


class Work(NamedTuple):
    """A work to cite. `kind` is a type of CSL: `article-journal`, `webpage`, `dataset`, `entry` or `document`.

    `year` is empty where none is known; `container` is the journal, or the graph of which the work is a part; `whole` is the
    citation as the graph has it, where it could not be taken apart.
    """

    key: str
    kind: str
    title: str
    authors: tuple[Author, ...] = ()
    year: str = ""
    container: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    version: str = ""
    doi: str = ""
    url: str = ""
    note: str = ""
    whole: str = ""


def read_citation(citation: str, title: str) -> dict[str, Any]:
    """Take a short citation apart: authors before the title, journal and place after it.

    Args:
        citation: text such as `Slade M, Leamy M. A title. J Ment Health. 2012;21(4):353-364.`
        title: the title, as the graph has it.

    Returns:
        `authors`, and `container`, `volume`, `issue`, `pages` where they could be told; `whole` holds the citation where
        something could not.

    >>> read_citation("Denis J-L, et al. On gaps. Human Relations 2002;55(5):537-564.", "On gaps")["authors"][0]
    Author(family='Denis', initials='J.-L.')
    """
    before, found, after = citation.partition(title)
    if not title or not found:
        return {"whole": citation}
    parts: dict[str, Any] = {"authors": _authors(before.strip())}
    match = _JOURNAL.fullmatch(after.strip(" .?"))
    if match is None:
        return {**parts, "whole": citation} if after.strip(" .?") else parts
    return {**parts, **{name: match[name] or "" for name in ("container", "volume", "issue", "pages")}}


def _authors(text: str) -> tuple[Author, ...]:
    names = [name.strip() for name in text.removesuffix(".").split(",") if name.strip()]
    found = []
    for name in names:
        match = _PERSON.fullmatch(name)
        found.append(Author(match["family"], _dotted(match["initials"])) if match else Author(_OTHERS if name in ("et al", _OTHERS) else name))
    return tuple(found)


def _dotted(initials: str) -> str:
    """Return initials as references print them: `JLM` gives `J. L. M.`, `J-L` gives `J.-L.`."""
    return re.sub("([A-Z])", r"\1.", re.sub("(?<=[A-Z])(?=[A-Z])", " ", initials))


def bibtex(work: Work) -> str:
    """Return a work as an entry of BibTeX, with what TeX reads as commands escaped.

    >>> print(bibtex(Work("k", "dataset", "A & B", (Author("Slade", "M."), Author("A group")), "2014")))
    @misc{k,
      author = {Slade, M. and {A group}},
      title = {{A \\& B}},
      year = {2014}
    }
    """
    article = work.kind == "article-journal" and work.container
    fields = {
        "author": " and ".join(_bibtex_name(a) for a in work.authors),
        # Braces keep the capitals of names such as CHIME.
        "title": f"{{{escape(work.title)}}}",
        "journal": escape(work.container) if article else "",
        "howpublished": "" if article or not work.container else f"In: {escape(work.container)}",
        "year": work.year,
        "volume": escape(work.volume),
        "number": escape(work.issue),
        "pages": escape(work.pages).replace("-", "--"),
        "version": escape(work.version),
        "doi": _bare(work.doi),
        "url": _bare(work.url),
        "note": escape(work.note or work.whole),
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@{'article' if article else 'misc'}{{{re.sub(r'[^A-Za-z0-9:.-]', '-', work.key)},\n{lines}\n}}"


def escape(text: str) -> str:
    """Return text that TeX prints as it stands."""
    return "".join(_ESCAPED.get(c, c) for c in " ".join(text.split()))


def _bare(address: str) -> str:
    """Return an address or DOI for a field that is read verbatim: only what would end the field is encoded."""
    return "".join(c if c.isprintable() and c not in "{}\\ " else quote(c) for c in address)


def _bibtex_name(author: Author) -> str:
    if author.initials:
        return f"{escape(author.family)}, {author.initials}"
    return "others" if author.family == _OTHERS else f"{{{escape(author.family)}}}"


def csl(work: Work) -> dict[str, Any]:
    """Return a work as an item of CSL-JSON (Citation Style Language, schema 1.0.2)."""
    item: dict[str, Any] = {"id": work.key, "type": work.kind, "title": work.title}
    if work.authors:
        item["author"] = [{"family": a.family, "given": a.initials} if a.initials else {"literal": a.family} for a in work.authors]
    if work.year:
        item["issued"] = {"date-parts": [[int(work.year)]]}
    rest: Mapping[str, str] = {
        "container-title": work.container, "volume": work.volume, "issue": work.issue, "page": work.pages,
        "version": work.version, "DOI": work.doi, "URL": work.url, "note": work.note or work.whole,
    }  # fmt: skip
    return {**item, **{name: value for name, value in rest.items() if value}}


def apa(work: Work) -> str:
    """Return a work as a reference in the manner of APA (7th edition), as plain text.

    >>> apa(Work("k", "article-journal", "On gaps", (Author("Lozeau", "D."), Author("Denis", "J.-L.")), "2002", "Human Relations", "55", "5", "537-564"))
    'Lozeau, D., & Denis, J.-L. (2002). On gaps. Human Relations, 55(5), 537-564.'
    """
    address = DOI[work.doi] if work.doi else work.url
    if work.whole:
        return " ".join(p for p in (_ended(work.whole), "" if address in work.whole else address) if p)
    year = f"({work.year or 'n.d.'})."
    version = f" (Version {work.version})" if work.version else ""
    form = {"dataset": " [Data set]", "entry": " [Data set]"}.get(work.kind, "")
    if work.container and work.kind != "article-journal":
        title, container = _ended(work.title), f"In {work.container}{version}{form}."
    else:
        title, version = _ended(f"{work.title}{version}{form}"), ""
        volume = f", {work.volume}" if work.volume else ""
        issue = f"({work.issue})" if work.issue and work.volume else f", ({work.issue})" if work.issue else ""
        container = f"{work.container}{volume}{issue}{f', {work.pages}' if work.pages else ''}." if work.container else ""
    authors = _apa_names(work.authors)
    parts = (_ended(authors), year, title) if authors else (title, year)
    return " ".join(p for p in (*parts, container, address) if p)


def _apa_names(authors: Sequence[Author]) -> str:
    names = [f"{a.family}, {a.initials}" if a.initials else a.family for a in authors]
    if len(names) < 2 or names[-1] == _OTHERS:
        return ", ".join(names)
    if len(names) > _MOST_AUTHORS:
        return f"{', '.join(names[: _MOST_AUTHORS - 1])}, . . . {names[-1]}"
    return f"{', '.join(names[:-1])}, & {names[-1]}"


def _ended(text: str) -> str:
    return text if not text or text[-1] in ".?!" else f"{text}."
