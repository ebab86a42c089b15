"""The graph as a whole: VoID with statistics, DCAT with the downloads, and the description of its SPARQL service.

Called through `KnowledgeGraph.describer`. Every number comes from a stored query and is counted once for each release.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property

from imri_kg.describing.downloads import Download, Downloads
from imri_kg.describing.forms import DATASET_FORMS, RDF_FORMS, RESULT_FORMATS
from imri_kg.describing.overview import GraphNote, Overview
from imri_kg.describing.statements import Statements, number
from imri_kg.errors import BadInputError
from imri_kg.store import IRI, Blank, Lang, Typed
from imri_kg.vocabulary import DCAT, DCTERMS, FOAF, MEDIA_TYPE, OWL, RDFS, SD, SPDX, VOID, XSD

__all__ = ["DatasetDescriber"]


class DatasetDescriber:
    """Describes one release. `examples` returns IRIs of typical resources."""

    def __init__(self, overview: Overview, downloads: Downloads, examples: Callable[[], list[str]]) -> None:
        self._overview, self._downloads, self._examples = overview, downloads, examples
        self.iri = overview.iri

    def service(self, endpoint: str, form: str) -> bytes:
        """Return the description of the SPARQL service (SPARQL 1.1 Service Description, section 3).

        Raises:
            BadInputError: the endpoint is no address.
        """
        if re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", endpoint) is None:
            raise BadInputError(f"The endpoint {endpoint[:200]!r} is no address.")
        out, service, dataset, default = Statements(), Blank("service"), Blank("dataset"), Blank("default")
        out.add_types(service, SD.Service)
        out.add(service, SD.endpoint, IRI(endpoint))
        out.add(service, SD.supportedLanguage, IRI(SD.SPARQL11Query))
        out.add(service, SD.feature, IRI(SD.UnionDefaultGraph))
        out.add(service, SD.resultFormat, *map(IRI, RESULT_FORMATS), *(IRI(form.format) for form in RDF_FORMS.values()))
        out.add(service, SD.defaultDataset, dataset)
        out.add_types(dataset, SD.Dataset)
        out.add(dataset, DCTERMS.isPartOf, self.iri)
        out.add(dataset, SD.defaultGraph, default)
        out.add_types(default, SD.Graph)
        out.add(default, VOID.triples, number(self._overview.statistics["triples"]))
        for place, note in enumerate(self._overview.graphs.values(), 1):
            named, content = Blank(f"named{place:04}"), Blank(f"graph{place:04}")
            out.add(dataset, SD.namedGraph, named)
            out.add_types(named, SD.NamedGraph)
            out.add(named, SD.name, IRI(note.iri))
            out.add(named, SD.graph, content)
            out.add_types(content, SD.Graph)
            out.add(content, DCTERMS.title, note.title and Lang(note.title, "en"))
            out.add(content, VOID.triples, number(note.triples))
        return self._overview.serialise(out.lines, form)

    def dataset(self, form: str, endpoint: str = "") -> bytes:
        """Return the description in VoID and DCAT."""
        return self._overview.serialise(self.dataset_lines(endpoint), form, first=self.iri)

    def dataset_lines(self, endpoint: str = "") -> list[str]:
        """Return the description in VoID and DCAT as lines of N-Triples."""
        return [*self._fixed, *self._endpoint(IRI(endpoint or f"{self._overview.base}sparql"))]

    @cached_property
    def _fixed(self) -> list[str]:
        out = Statements()
        self._whole(out)
        self._partitions(out)
        self._links(out)
        for note in self._overview.graphs.values():
            self._subset(out, note)
        for download in self._downloads.all():
            self._distribution(out, download)
        return out.lines

    def _endpoint(self, endpoint: IRI) -> list[str]:
        out, service = Statements(), IRI(f"{self.iri}#sparql")
        out.add(self.iri, VOID.sparqlEndpoint, endpoint)
        out.add_types(service, DCAT.DataService)
        out.add(service, DCAT.endpointURL, endpoint)
        out.add(service, DCAT.endpointDescription, endpoint)
        out.add(service, DCAT.servesDataset, self.iri)
        return out.lines

    def _whole(self, out: Statements) -> None:
        terms, release, iri = self._overview.terms, self._overview.release, self.iri
        out.add_types(iri, VOID.Dataset, DCAT.Dataset)
        out.add(iri, DCTERMS.title, Lang(terms["title"], "en"))
        out.add(iri, DCTERMS.description, Lang(terms["description"], "en"))
        out.add(iri, DCTERMS.license, IRI(terms["licence"]))
        out.add(iri, DCTERMS.creator, Lang(terms["creator"], "en"))
        out.add(iri, DCTERMS.publisher, publisher := IRI(f"{iri}#publisher"))
        out.add_types(publisher, FOAF.Agent)
        out.add(publisher, FOAF.name, terms["creator"])
        out.add(iri, FOAF.homepage, iri)
        out.add(iri, DCTERMS.issued, Typed(terms["issued"], XSD.date) if terms["issued"] else None)
        out.add(iri, OWL.versionInfo, release)
        out.add(iri, DCAT.version, release)
        out.add(iri, DCAT.hasCurrentVersion, self._overview.release_iri)
        out.lines += self.release_lines()
        out.add(iri, VOID.uriSpace, *(f"{self._overview.base}{part}" for part in ("id/", "ontology/", "graph/")))
        out.add(iri, VOID.exampleResource, *map(IRI, self._examples()))
        out.add(iri, VOID.feature, *(IRI(form.format) for form in RDF_FORMS.values()))
        out.add(iri, VOID.vocabulary, *(IRI(str(row["vocabulary"])) for row in self._overview.rows("vocabularies")))
        counted = self._overview.statistics
        for name, property_ in (("triples", VOID.triples), ("entities", VOID.entities), ("subjects", VOID.distinctSubjects),
                                ("objects", VOID.distinctObjects), ("classes", VOID.classes), ("properties", VOID.properties)):  # fmt: skip
            out.add(iri, property_, number(counted[name]))

    def release_lines(self) -> list[str]:
        """Return what is said of the release: which version of what it is, from which sources."""
        out, iri, release = Statements(), self._overview.release_iri, self._overview.release
        out.add_types(iri, DCAT.Dataset)
        out.add(iri, DCTERMS.title, Lang(f"imri-kg, release {release}", "en"))
        out.add(iri, DCAT.isVersionOf, self.iri)
        out.add(iri, DCAT.version, release)
        out.add(iri, OWL.versionInfo, release)
        out.add(iri, DCTERMS.identifier, self._overview.digest)
        out.add(iri, DCTERMS.license, IRI(self._overview.licence))
        return out.lines

    def _partitions(self, out: Statements) -> None:
        for place, row in enumerate(self._overview.rows("class-partition"), 1):
            part = Blank(f"class{place:04}")
            out.add(self.iri, VOID.classPartition, part)
            out.add(part, VOID["class"], IRI(str(row["class"])))
            out.add(part, VOID.entities, number(str(row["entities"])))
        for place, row in enumerate(self._overview.rows("property-partition"), 1):
            part = Blank(f"property{place:04}")
            out.add(self.iri, VOID.propertyPartition, part)
            out.add(part, VOID.property, IRI(str(row["property"])))
            out.add(part, VOID.triples, number(str(row["triples"])))

    def _links(self, out: Statements) -> None:
        """Describe the matches between editions; the datasets that a linkset joins are the graphs of the two editions."""
        home = {note.about: note.iri for note in self._overview.graphs.values() if note.about}
        for place, row in enumerate(self._overview.rows("linksets"), 1):
            links = Blank(f"links{place:04}")
            out.add(self.iri, VOID.subset, links)
            out.add_types(links, VOID.Linkset)
            out.add(links, VOID.linkPredicate, IRI(str(row["property"])))
            out.add(links, VOID.subjectsTarget, IRI(home[row["source"]]))
            out.add(links, VOID.objectsTarget, IRI(home[row["target"]]))
            out.add(links, VOID.triples, number(str(row["triples"])))

    def subset_lines(self, graph: str) -> list[str]:
        """Return what is said of a named graph."""
        out = Statements()
        self._subset(out, self._overview.graphs[graph])
        for download in self._downloads.of_graph(graph):
            self._distribution(out, download)
        return out.lines

    def _subset(self, out: Statements, note: GraphNote) -> None:
        iri = IRI(note.iri)
        out.add(self.iri, VOID.subset, iri)
        out.add_types(iri, VOID.Dataset)
        out.add(iri, DCTERMS.title, note.title and Lang(note.title, "en"))
        out.add(iri, RDFS.seeAlso, note.about and IRI(note.about))
        out.add(iri, DCTERMS.license, note.licence and IRI(note.licence))
        out.add(iri, OWL.versionInfo, note.version)
        out.add(iri, VOID.triples, number(note.triples))
        out.add(iri, VOID.dataDump, *(IRI(f"{note.iri}.{form.ending}") for form in RDF_FORMS.values()))

    def _distribution(self, out: Statements, download: Download) -> None:
        iri, address = IRI(f"{self.iri}#{download.name}"), IRI(f"{self._overview.base}downloads/{download.name}")
        holder = IRI(download.graph or download.about)
        out.add_types(holder, DCAT.Dataset)
        out.add(holder, DCAT.distribution, iri)
        if download.form in DATASET_FORMS:
            out.add(self.iri, VOID.dataDump, address)
        out.add_types(iri, DCAT.Distribution)
        out.add(iri, DCTERMS.title, Lang(f"{download.title}, {download.label}", "en"))
        out.add(iri, DCAT.downloadURL, address)
        out.add(iri, DCAT.accessURL, address)
        out.add(iri, DCAT.mediaType, IRI(MEDIA_TYPE[download.media_type.partition(";")[0]]))
        out.add(iri, DCAT.byteSize, Typed(str(download.size), XSD.nonNegativeInteger))
        out.add(iri, DCTERMS.license, IRI(download.licence))
        checksum = IRI(f"{iri}-checksum")
        out.add(iri, SPDX.checksum, checksum)
        out.add_types(checksum, SPDX.Checksum)
        out.add(checksum, SPDX.algorithm, IRI(SPDX.checksumAlgorithm_sha256))
        out.add(checksum, SPDX.checksumValue, Typed(download.sha256, XSD.hexBinary))
