"""The forms in which RDF leaves: name, media type, file ending, and the name that the W3C gives to each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from imri_kg.vocabulary import FORMATS

__all__ = ["DATASET_FORMS", "RDF_FORMS", "RESULT_FORMATS", "RdfForm"]


class RdfForm(NamedTuple):
    """A serialisation. `format` is its IRI among the W3C's unique names for file formats."""

    name: str
    media_type: str
    ending: str
    format: str
    label: str


#: Forms of a graph, by the name that `?format=` takes.
RDF_FORMS: Mapping[str, RdfForm] = {
    "ttl": RdfForm("ttl", "text/turtle; charset=utf-8", "ttl", FORMATS.Turtle, "Turtle"),
    "jsonld": RdfForm("jsonld", "application/ld+json", "jsonld", FORMATS["JSON-LD"], "JSON-LD"),
    "nt": RdfForm("nt", "application/n-triples", "nt", FORMATS["N-Triples"], "N-Triples"),
    "rdfxml": RdfForm("rdfxml", "application/rdf+xml", "rdf", FORMATS.RDF_XML, "RDF/XML"),
}
#: Forms that keep the names of graphs.
DATASET_FORMS: Mapping[str, RdfForm] = {
    "nq": RdfForm("nq", "application/n-quads", "nq", FORMATS["N-Quads"], "N-Quads"),
    "trig": RdfForm("trig", "application/trig", "trig", FORMATS.TriG, "TriG"),
}
#: Formats of query results, which a service description names beside those of graphs.
RESULT_FORMATS = tuple(FORMATS[f"SPARQL_Results_{name}"] for name in ("XML", "JSON", "CSV", "TSV"))
