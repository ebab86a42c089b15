"""Every IRI that the code names, and nowhere else.

Terms are plain strings, so that this module costs nothing to import; the engines wrap them.
"""

from __future__ import annotations

from imri_kg.prefixes import DEFAULT_BASE

__all__ = ["DCTERMS", "FOAF", "IKG", "OWL", "RDF", "RDFS", "SEMAPV", "SKOS", "SSSOM", "graph_iri"]


class _Terms:
    """A namespace whose attributes are IRIs: `SKOS.prefLabel`; `SKOS["prefLabel"]` for odd names."""

    def __init__(self, base: str) -> None:
        self.base = base

    def __getattr__(self, name: str) -> str:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.base + name

    def __getitem__(self, name: str) -> str:
        return self.base + name

    def __contains__(self, iri: object) -> bool:
        return isinstance(iri, str) and iri.startswith(self.base)

    def local(self, iri: str) -> str:
        """Return the part of `iri` after the namespace."""
        return iri[len(self.base) :] if iri in self else iri


IKG = _Terms(DEFAULT_BASE + "ontology/")
FRAMEWORK = _Terms(DEFAULT_BASE + "id/framework/")
EVIDENCE = _Terms(DEFAULT_BASE + "id/evidence/")
CASE = _Terms(DEFAULT_BASE + "id/case/")
MAPPING = _Terms(DEFAULT_BASE + "id/mapping/")
SHAPE = _Terms(DEFAULT_BASE + "id/shape/")
#: Types of the problem documents that the HTTP door sends.
PROBLEM = _Terms(DEFAULT_BASE + "problem/")
RDF = _Terms("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = _Terms("http://www.w3.org/2000/01/rdf-schema#")
OWL = _Terms("http://www.w3.org/2002/07/owl#")
XSD = _Terms("http://www.w3.org/2001/XMLSchema#")
SKOS = _Terms("http://www.w3.org/2004/02/skos/core#")
DCTERMS = _Terms("http://purl.org/dc/terms/")
FOAF = _Terms("http://xmlns.com/foaf/0.1/")
SSSOM = _Terms("https://w3id.org/sssom/")
SEMAPV = _Terms("https://w3id.org/semapv/vocab/")
SHACL = _Terms("http://www.w3.org/ns/shacl#")
BIBO = _Terms("http://purl.org/ontology/bibo/")
#: Where a DOI leads.
DOI = _Terms("https://doi.org/")
VOID = _Terms("http://rdfs.org/ns/void#")
DCAT = _Terms("http://www.w3.org/ns/dcat#")
SPDX = _Terms("http://spdx.org/rdf/terms#")
#: SPARQL 1.1 Service Description, and the names of serialisations that it and VoID use.
SD = _Terms("http://www.w3.org/ns/sparql-service-description#")
FORMATS = _Terms("http://www.w3.org/ns/formats/")
#: The HTTP vocabulary of the W3C.
HTTP = _Terms("http://www.w3.org/2011/http#")
#: Media types as resources, which DCAT asks for.
MEDIA_TYPE = _Terms("https://www.iana.org/assignments/media-types/")

#: `sssom:NoTermFound`: the object of a record which says that nothing in an edition fits.
NO_TERM_FOUND = "sssom:NoTermFound"

#: The SKOS matching properties, from the strongest to the weakest claim.
MATCHES = ("skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch")

#: Basis as written in files and replies, and as an individual of the ontology.
BASES = {"author-stated": IKG.authorStated, "curated": IKG.curated, "derived": IKG.derived}

#: Who said which SKOS predicate a record has.
PREDICATE_BASES = {"source": IKG.predicateFromSource, "ours": IKG.predicateOurs}


def graph_iri(relative: str) -> str:
    """Return the IRI of the named graph of a source file.

    >>> graph_iri("ontology/frameworks/chime.ttl")
    'https://w3id.org/imri-kg/graph/frameworks/chime'
    """
    name = relative.removeprefix("ontology/")
    for ending in (".sssom.tsv", ".ttl", ".csv"):
        name = name.removesuffix(ending)
    return f"{DEFAULT_BASE}graph/{name}"
