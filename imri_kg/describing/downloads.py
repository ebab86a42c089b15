"""Parts of the graph as files: the ontology, each framework edition, each mapping set, and the whole.

Made from the N-Quads of the release, not from the store, which rewrites some literals. Each file says its licence and its
version in a header that is added here. Called by the HTTP doors; nothing is written to disk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache
from typing import NamedTuple

from imri_kg import resources
from imri_kg.describing.forms import DATASET_FORMS, RDF_FORMS, RdfForm
from imri_kg.describing.overview import GraphNote, Overview
from imri_kg.describing.statements import Statements
from imri_kg.errors import UnknownNameError
from imri_kg.prefixes import DEFAULT_BASE
from imri_kg.snapshot import sources_digest
from imri_kg.store import IRI, Lang
from imri_kg.vocabulary import DCTERMS, OWL, RDF, VOID

__all__ = ["Download", "Downloads"]

#: As many files are kept in memory.
_KEPT = 16
_TSV = RdfForm("tsv", "text/tab-separated-values; charset=utf-8", "sssom.tsv", "", "SSSOM TSV")
#: RDF/XML is what OWL tools look for under this ending.
_OWL = RDF_FORMS["rdfxml"]._replace(ending="owl", label="OWL in RDF/XML")
_FORMS: Mapping[str, tuple[RdfForm, ...]] = {
    "ontology": (RDF_FORMS["ttl"], _OWL, RDF_FORMS["jsonld"], RDF_FORMS["nt"]),
    "framework": (RDF_FORMS["ttl"], _OWL, RDF_FORMS["jsonld"], RDF_FORMS["nt"]),
    "mapping-set": (_TSV, RDF_FORMS["ttl"], RDF_FORMS["rdfxml"], RDF_FORMS["jsonld"], RDF_FORMS["nt"]),
    "graph": tuple(DATASET_FORMS.values()),
}


class Part(NamedTuple):
    """A part of the graph that can be downloaded: `name` without ending, `about` the IRI that its header describes, and its named graphs."""

    name: str
    kind: str
    title: str
    about: str
    graphs: tuple[str, ...]


class Download(NamedTuple):
    """A file that can be had: `name` is its address below `downloads/`, `file` the name under which it is saved."""

    name: str
    file: str
    kind: str
    title: str
    form: str
    label: str
    media_type: str
    licence: str
    release: str
    about: str
    graph: str
    size: int
    sha256: str


class Downloads:
    """The files of one release. `nquads` returns the whole graph as it was built."""

    def __init__(self, overview: Overview, nquads: Callable[[], bytes]) -> None:
        self._overview, self._nquads = overview, nquads
        # What many ask for is not made anew for each; the largest of these files has some 11 MB, most have some kB.
        self._made = lru_cache(maxsize=_KEPT)(self._make)

    @cached_property
    def _parts(self) -> Mapping[str, Part]:
        """Every part by its name."""
        graphs, base = self._overview.graphs.values(), self._overview.base
        ontology = [note for note in graphs if note.kind == "ontology" or note.vocabulary]
        core = next(note for note in ontology if note.iri == f"{base}graph/core")
        parts = [Part("ontology", "ontology", core.title or "", f"{base}ontology/", tuple(note.iri for note in ontology))]
        parts += [self._single(note, "frameworks") for note in graphs if note.kind == "framework"]
        parts += [self._single(note, "mappings") for note in graphs if note.kind == "mapping-set"]
        parts.append(Part("graph", "graph", self._overview.terms["title"], self._overview.iri, tuple(self._overview.graphs)))
        return {part.name: part for part in parts}

    def _single(self, note: GraphNote, folder: str) -> Part:
        # A mapping set has a header in its graph; an edition is a thing of its own, so that its graph is what has a version.
        about = note.about if note.kind == "mapping-set" else note.iri
        return Part(f"{folder}/{note.iri.rsplit('/', 1)[1]}", note.kind, note.title or "", about or note.iri, (note.iri,))

    @cached_property
    def _files(self) -> Mapping[str, tuple[Part, RdfForm]]:
        found = {f"{part.name}.{form.ending}": (part, form) for part in self._parts.values() for form in _FORMS[part.kind]}
        return found if self._tables else {name: item for name, item in found.items() if item[1] is not _TSV}

    @cached_property
    def reviewed(self) -> bool:
        """Whether the source files at hand are those from which this release was built."""
        return f"sha256:{sources_digest(resources.data_root())}" == self._overview.digest

    @cached_property
    def _tables(self) -> Mapping[str, str]:
        """The reviewed files of the mapping sets by name of the part. They are kept, since the files at hand can change while a server runs."""
        files = resources.path("ontology", "mappings").glob("*.sssom.tsv") if self.reviewed else ()
        return {f"mappings/{file.name.removesuffix('.sssom.tsv')}": file.read_text(encoding="utf-8") for file in files}

    def warm(self) -> None:
        """Read the files that can change later."""
        self._tables  # noqa: B018

    @cached_property
    def _all(self) -> tuple[Download, ...]:
        lines = self._lines()
        return tuple(self._download(name, part, form, self._content(part, form, lines)) for name, (part, form) in self._files.items())

    def all(self) -> tuple[Download, ...]:
        """Return every file with its size and digest."""
        return self._all

    def of_graph(self, graph: str) -> list[Download]:
        """Return the files that hold one named graph alone."""
        return [download for download in self._all if download.graph == graph]

    def content(self, name: str) -> tuple[Download, bytes]:
        """Return a file.

        Raises:
            UnknownNameError: there is no such file.
        """
        if name not in self._files:
            raise UnknownNameError("download", name, list(self._files))
        return self._made(name)

    def _make(self, name: str) -> tuple[Download, bytes]:
        part, form = self._files[name]
        content = self._content(part, form, self._lines(part.graphs))
        return self._download(name, part, form, content), content

    def ontology_lines(self) -> tuple[list[str], list[str]]:
        """Return the header of the ontology as a whole, and its statements, as lines of N-Triples and N-Quads."""
        part = self._parts["ontology"]
        return self._header(part), self._with_one_header([line for some in self._lines(part.graphs).values() for line in some])

    def graph_content(self, graph: str) -> list[str]:
        """Return the statements of a named graph as lines of N-Quads, as they were built."""
        return self._lines((graph,))[graph]

    def _download(self, name: str, part: Part, form: RdfForm, content: bytes) -> Download:
        release, licence = self._overview.release, self._overview.licence
        graph = part.graphs[0] if len(part.graphs) == 1 else ""
        file = f"imri-kg-{release}-{name.rsplit('/', 1)[-1]}" if part.kind != "graph" else f"imri-kg-{release}.{form.ending}"
        return Download(name, file, part.kind, part.title, form.name, form.label, form.media_type, licence, release, part.about, graph,
                        len(content), hashlib.sha256(content).hexdigest())  # fmt: skip

    def _lines(self, graphs: Iterable[str] = ()) -> dict[str, list[str]]:
        """Return the statements of named graphs, of all where none is named, as lines of N-Quads by graph."""
        found: dict[str, list[str]] = {graph: [] for graph in (graphs or self._overview.graphs)}
        for line in self._nquads().decode().splitlines(keepends=True):
            graph = line[line.rindex("<") + 1 : line.rindex(">")]
            if graph in found:
                found[graph].append(line)
        return found

    def _content(self, part: Part, form: RdfForm, lines: Mapping[str, list[str]]) -> bytes:
        if form is _TSV:
            return self._table(part)
        own = [line for graph in part.graphs for line in lines[graph]]
        if part.kind == "ontology":
            own = self._with_one_header(own)
        return self._overview.serialise([*own, *self._header(part)], form.name, first=part.about)

    def _with_one_header(self, lines: list[str]) -> list[str]:
        """Leave out the headers of the files that make up the ontology, since an OWL document has one (OWL 2 mapping to RDF, section 3.1.2)."""
        ending = f" <{RDF.type}> <{OWL.Ontology}> "
        headers = {line.split(" ", 1)[0] for line in lines if ending in line}
        return [line for line in lines if line.split(" ", 1)[0] not in headers]

    def _header(self, part: Part) -> list[str]:
        out, iri, overview = Statements(), IRI(part.about), self._overview
        if part.kind in ("ontology", "framework"):
            out.add_types(iri, OWL.Ontology)
        elif part.kind == "graph":
            out.add_types(iri, VOID.Dataset)
        if part.kind != "mapping-set":
            out.add(iri, DCTERMS.title, Lang(part.title, "en"))
            out.add(iri, DCTERMS.creator, Lang(overview.terms["creator"], "en"))
        out.add(iri, DCTERMS.license, IRI(overview.licence))
        out.add(iri, OWL.versionInfo, overview.release)
        out.add(iri, OWL.versionIRI, overview.release_iri if part.kind == "graph" else overview.version_iri(part.about))
        return out.lines

    def _table(self, part: Part) -> bytes:
        """Return a mapping set as it was reviewed, with the release as its version."""
        first, rest = self._tables[part.name].split("\n", 1)
        return f"{first}\n#mapping_set_version: {self._overview.release}\n{rest}".replace(DEFAULT_BASE, self._overview.base).encode()
