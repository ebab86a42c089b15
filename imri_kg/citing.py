"""Citations of the graph, of a framework, of a mapping record and of a whole answer.

A service. Whoever made a claim is cited for it: the authors of the source for what they state, imri-kg contributors for what
we judged or derived, and always the graph with its release. All data come from the graph; nothing is made up.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from imri_kg.answer_sources import read_sources
from imri_kg.citation_styles import Author, Work, apa, bibtex, csl, read_citation
from imri_kg.errors import BadInputError, SnapshotError, UnknownNameError
from imri_kg.frameworks import FrameworkService
from imri_kg.mapping import MappingService
from imri_kg.model import Answer, MappingRecord
from imri_kg.records import RecordReader
from imri_kg.vocabulary import BIBO

__all__ = ["STYLES", "Citation", "CitedWork", "CitingService", "answer_address"]

#: The styles that can be asked for; `all` gives each of them.
STYLES = ("bibtex", "csl-json", "apa", "all")
_COLUMNS = ("key", "role", "title", "apa", "bibtex", "url")
_DIGEST = re.compile(r"sha256-[0-9a-f]{32,64}")
_API, _RELEASES, _ANSWER = "/api/v1/", "/releases/", "answer"


@dataclass(frozen=True, slots=True)
class CitedWork:
    """A work with what it is cited for."""

    role: str
    work: Work

    def to_json(self) -> dict[str, Any]:
        return {"key": self.work.key, "role": self.role, "title": self.work.title, "url": self.work.url or None, "doi": self.work.doi or None}

    def row(self) -> dict[str, Any]:
        """Return the work as one flat row."""
        return dict(zip(_COLUMNS, (self.work.key, self.role, self.work.title, apa(self.work), bibtex(self.work), self.work.url), strict=True))


@dataclass(frozen=True, slots=True)
class Citation(Answer):
    """The works to cite for a thing; `kind` says what it is: graph, framework, mapping or answer."""

    of: str
    kind: str
    works: tuple[CitedWork, ...]
    style: str
    notes: tuple[str, ...]
    release: str
    query: str = "service/citation"

    @property
    def bibtex(self) -> str:
        """All works as a file of BibTeX."""
        return "\n\n".join(bibtex(w.work) for w in self.works) + "\n"

    @property
    def csl_json(self) -> list[dict[str, Any]]:
        """All works as CSL-JSON."""
        return [csl(w.work) for w in self.works]

    @property
    def apa(self) -> str:
        """All works as a list of references, one a line."""
        return "\n".join(apa(w.work) for w in self.works)

    def to_json(self) -> dict[str, Any]:
        def wanted(style: str) -> bool:
            return self.style in (style, "all")

        return {
            "of": self.of,
            "kind": self.kind,
            "items": [w.to_json() for w in self.works],
            "bibtex": self.bibtex if wanted("bibtex") else None,
            "csl_json": self.csl_json if wanted("csl-json") else None,
            "apa": self.apa.splitlines() if wanted("apa") else None,
            "notes": list(self.notes),
            "query": self.query,
            "next": None,
            "release": self.release,
        }

    def rows(self) -> list[dict[str, Any]]:
        return [w.row() for w in self.works]

    def header(self) -> tuple[str, ...]:
        return _COLUMNS


class CitingService:
    """Answers how to cite."""

    def __init__(self, reader: RecordReader, frameworks: FrameworkService, mapping: MappingService, base: str) -> None:
        self._reader, self._frameworks, self._mapping, self._base = reader, frameworks, mapping, base
        self.release = frameworks.release

    def cite(self, of: str = "graph", style: str = "all", answer: Mapping[str, Any] | None = None, *, page: str = "") -> Citation:
        """Return the works to cite for a thing.

        Args:
            of: `graph`; a framework (`framework:imri`, or its key); a mapping record (`mapping:imri-chime-s01`); or the
                permanent address of an answer (`permalink` of a reply). The IRI of any of them will do.
            style: one of `STYLES`.
            answer: the JSON of the answer that an address names; with it the works that the answer rests on are cited too.
            page: permanent address of the page that shows the answer as somebody filtered it, which is cited in place of the answer's own.

        Raises:
            UnknownNameError: there is no such framework, record or style, or the answer is of another release.
            BadInputError: an address is not that of an answer.
        """
        if style not in STYLES:
            raise UnknownNameError("style", style, STYLES)
        asked = of.strip()
        iri = asked.startswith(("http://", "https://"))
        short = self._reader.prefixes.compress(asked) if iri else asked
        if short.casefold() == "graph" or asked.rstrip("/") == self._base.rstrip("/"):
            return self._citation("graph", "graph", [], (), style)
        if short.startswith("mapping:"):
            return self._record(self._mapping.record(short), style)
        if asked.startswith("/") or (iri and short == asked):
            return self._answer(asked, style, answer, page)
        return self._framework(short.removeprefix("framework:"), style, named=short.startswith("framework:"))

    def _citation(self, of: str, kind: str, works: Iterable[CitedWork], notes: tuple[str, ...], style: str) -> Citation:
        once = {w.work.key: w for w in (*works, CitedWork("the graph", self._graph))}
        return Citation(of, kind, tuple(once.values()), style, notes, self.release)

    @cached_property
    def _graph(self) -> Work:
        rows = self._reader.rows("service/citation")
        if not rows:
            raise SnapshotError("The graph does not say how it is to be cited (ontology/dataset.ttl).")
        authors = tuple(Author(name) for name in dict.fromkeys(row["creator"] for row in rows))
        licences = ", ".join(dict.fromkeys(row["licence"] for row in rows))
        return Work(f"imri-kg-{self.release}", "dataset", rows[0]["title"], authors, rows[0]["issued"][:4], version=self.release,
                    url=self._base, note=f"Licence: {licences}")  # fmt: skip

    def _part(self, key: str, kind: str, title: str, url: str) -> Work:
        """Return a part of the graph as a work of its own."""
        return self._graph._replace(key=f"imri-kg-{key}", kind=kind, title=title, container=self._graph.title, url=url)

    # ------------------------------------------------------------ frameworks and records

    def _framework(self, text: str, style: str, *, named: bool) -> Citation:
        try:
            key = self._frameworks.key(text)
        except UnknownNameError as error:
            if named:
                raise
            raise self._no_such_thing(text, error) from error
        sources = [self._reader.prefixes.compress(row["source"]) for row in self._reader.rows("service/frameworks", key=key)]
        works = [CitedWork("the framework", self._source(s)) for s in dict.fromkeys(sources)]
        note = "Cite the works for the framework itself, and the graph for how it is represented here."
        return self._citation(f"framework:{key}", "framework", works, (note,), style)

    def _no_such_thing(self, text: str, error: UnknownNameError) -> UnknownNameError:
        """Say what can be cited, and what was named instead where that is known."""
        entry = self._frameworks.index.get(text)
        record = f"mapping:{text}"
        if entry is not None:
            what = f"{text!r} is a construct ({entry.label}), which has no citation of its own; its framework is framework:{entry.framework}."
        elif record in self._reader.all_records:
            what = f"{text!r} is the id of a mapping record without its prefix; write {record}."
        else:
            what = f"{text!r} names nothing that can be cited."
        nearest = [entry.framework] if entry is not None else error.nearest
        takes = "What can be: graph, a framework (framework:imri), a mapping record (mapping:imri-chime-s01), or the address of an answer (its 'permalink')."
        return UnknownNameError("framework", text, error.known, nearest=nearest, told=f"{what} {takes}")

    def _record(self, record: MappingRecord, style: str) -> Citation:
        own = CitedWork("the record", self._part(record.record_id.removeprefix("mapping:"), "entry", f"Mapping record {record.record_id}: {record.labelled_claim}",
                                                 self._reader.prefixes.expand(record.record_id)))  # fmt: skip
        stated = self._stated(record)
        sources = dict.fromkeys(self._whole(e.source) for r in stated for e in r.evidence)
        works = [own, *(CitedWork("the claim, which its authors state", self._source(s)) for s in sources)]
        return self._citation(record.record_id, "mapping", works, (_whose(record, bool(stated)),), style)

    def _stated(self, record: MappingRecord) -> list[MappingRecord]:
        """Return the author-stated records that a record is or follows from."""
        if record.derivation is None:
            return [record] if record.basis == "author-stated" else []
        return [found for premise in record.derivation.premises for found in self._stated(self._mapping.record(premise))]

    # ------------------------------------------------------------ answers

    def _answer(self, address: str, style: str, answer: Mapping[str, Any] | None, page: str) -> Citation:
        path, digest, release = answer_address(address)
        if not _DIGEST.fullmatch(digest) or not release:
            raise BadInputError("Only the permanent address of an answer can be cited: take 'permalink' of the reply, which holds release and digest.")
        if release != self.release:
            raise UnknownNameError("release", release, [self.release], nearest=[])
        shown = page or address
        url = shown if shown.startswith(("http://", "https://")) else self._base.rstrip("/") + shown
        work = self._part(f"answer-{digest.removeprefix('sha256-')[:12]}", "dataset", self._title(path, answer), url)
        notes = [f"The address names the release and the digest of the answer ({digest}), so that the same answer can be asked for again."]
        works = [CitedWork("the answer", work)]
        if page:
            notes.append("The page at the address shows the answer as its parameters filter it; the digest is that of the whole answer.")
        if answer is None:
            notes.append("Only the address was given, not the answer: cite the authors of what it shows beside it, as a server does when it is asked for the citation.")
        else:
            works += self._rests_on(answer, notes)
        return self._citation(address, "answer", works, tuple(notes), style)

    def _title(self, path: str, answer: Mapping[str, Any] | None) -> str:
        """Return what an answer is called: a crosswalk by its editions, any other by what was asked."""
        if answer is not None and "cells" in answer and {"from", "to"} <= answer.keys():
            labels = {row["key"]: row["label"] for row in self._reader.rows("service/frameworks")}
            return f"Crosswalk of {labels[answer['from']]} and {labels[answer['to']]}"
        return f"Answer to {path}"

    def _rests_on(self, answer: Mapping[str, Any], notes: list[str]) -> list[CitedWork]:
        """Return the works that an answer rests on, the nearest first; `notes` gets what has to be known of them."""
        named = read_sources(answer)
        records = self._reader.all_records
        whole = [records[r] for r in named.records if r in records]
        stated = self._works_of(*named.authored, *(e.source for r in whole for s in self._stated(r) for e in s.evidence))
        compared = self._works_of(*named.other, *(e.source for r in whole for e in r.evidence))
        editions = self._works_of(*(row["source"] for row in self._reader.rows("service/frameworks") if row["key"] in named.editions))
        if named.more:
            notes.append("The answer goes on on another page; the works are those of this page, and each page is cited by its own address.")
        if compared - stated - editions:
            notes.append("Works cited for passages do not state what the answer says: curators compared or coded the passages.")
        roles = (("a claim in the answer, which its authors state", stated), ("a framework that the answer is about", editions - stated),
                 ("passages behind the answer", compared - stated - editions))  # fmt: skip
        return [CitedWork(role, self._source(source)) for role, sources in roles for source in sorted(sources)]

    def _works_of(self, *names: str) -> set[str]:
        """Return the whole works to which sources, parts of them and evidence belong, as CURIEs or IRIs."""
        found = set[str]()
        evidence = [self._reader.prefixes.expand(n) for n in names if n.startswith("evidence:")]
        known = self._reader.evidence(evidence) if evidence else {}
        for source in (*(n for n in names if not n.startswith("evidence:")), *(known[e].source for e in evidence if e in known)):
            whole = self._whole(self._reader.prefixes.compress(source))
            if whole in self._works:
                found.add(whole)
        return found

    # ------------------------------------------------------------ sources

    @cached_property
    def _works(self) -> dict[str, dict[str, list[str]]]:
        """Sources and parts of them, with what the graph says of each."""
        found: dict[str, dict[str, list[str]]] = {}
        short = self._reader.prefixes.compress
        for row in self._reader.rows("service/works"):
            values = found.setdefault(short(row["source"]), {}).setdefault(short(row["property"]), [])
            values.append(row["value"])
        return found

    def _whole(self, source: str) -> str:
        """Return the work to which a part belongs."""
        seen = {source}
        while (above := self._works.get(source, {}).get("dcterms:isPartOf")) and self._reader.prefixes.compress(min(above)) not in seen:
            source = self._reader.prefixes.compress(min(above))
            seen.add(source)
        return source

    def _source(self, source: str) -> Work:
        found = self._works[source]

        def first(name: str) -> str:
            return min(found.get(name, ("",)))

        kinds, title, citation = found.get("rdf:type", []), first("dcterms:title") or first("skos:prefLabel"), first("dcterms:bibliographicCitation")
        article = BIBO.AcademicArticle in kinds
        kind = "article-journal" if article else "webpage" if {BIBO.Webpage, BIBO.Website} & {*kinds} else "document"
        read = read_citation(citation, title)
        if article and not read.get("container"):
            kind = "document"
        return Work(source.removeprefix("source:"), kind, title or citation, year=first("dcterms:issued")[:4], doi=first("bibo:doi"), url=first("foaf:page"), **read)


def answer_address(address: str) -> tuple[str, str, str]:
    """Take the address of an answer apart.

    Args:
        address: path or URL, with or without the prefix of a release.

    Returns:
        The question (path and parameters without the digest), the digest that is expected, and the release; the last two are
        empty where the address names none.

    Raises:
        BadInputError: it is no address of the API.

    >>> answer_address("/releases/0.1.0+ab/api/v1/search?q=hope&answer=sha256-cd")
    ('/api/v1/search?q=hope', 'sha256-cd', '0.1.0+ab')
    """
    try:
        parts = urlsplit(address)
        pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError as error:
        raise BadInputError(f"{address[:200]!r} is no address: {error}.") from error
    begin = parts.path.find(_API)
    if begin < 0 or parts.fragment:
        raise BadInputError(f"{address[:200]!r} is no address of an answer; these lie below {_API}, and the permanent ones below {_RELEASES}.")
    before, _, named = parts.path[:begin].rpartition(_RELEASES)
    release = named if before or parts.path.startswith(_RELEASES) else ""
    kept = "&".join(item for item in parts.query.split("&") if item.partition("=")[0] != _ANSWER)
    digest = next((value for name, value in pairs if name == _ANSWER), "")
    return parts.path[begin:] + (f"?{kept}" if kept else ""), digest, release


def _whose(record: MappingRecord, stated: bool) -> str:
    """Say whose claim a record is."""
    if record.basis == "author-stated":
        verb = f' ("{record.stated_relation}")' if record.stated_relation else ""
        return f"The authors of the source state the relation{verb}; that it is written as {record.predicate} is {'theirs' if record.predicate_basis == 'source' else 'ours'}."
    if record.derivation is not None:
        rests = "records of which authors state at least one" if stated else "records that curators judged"
        return f"The record follows by rule {record.derivation.rule} from {rests}."
    return "The claim is that of imri-kg contributors; the passages that they compared are its evidence, and do not state it."
