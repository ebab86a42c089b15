"""What the graph says of itself and of each thing in it, as linked data: resources, the dataset, its SPARQL service, its downloads.

Called by the HTTP doors. It hands back RDF in the form that was asked for; what an address looks like and who may ask is the door's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from imri_kg.describing.dataset import DatasetDescriber
from imri_kg.describing.downloads import Download, Downloads
from imri_kg.describing.forms import DATASET_FORMS, RDF_FORMS, RdfForm
from imri_kg.describing.resources import Description, ResourceDescriber

if TYPE_CHECKING:
    from imri_kg.graph import KnowledgeGraph

__all__ = [
    "DATASET_FORMS", "RDF_FORMS", "DatasetDescriber", "Description", "Download", "Downloads", "RdfForm", "ResourceDescriber", "dataset_description", "service_description",
]  # fmt: skip


def service_description(graph: KnowledgeGraph, endpoint: str, form: str = "ttl") -> bytes:
    """Return the SPARQL 1.1 Service Description of the graph's endpoint.

    Args:
        graph: an open release.
        endpoint: absolute address of the endpoint.
        form: ttl, jsonld, nt or rdfxml.

    >>> import imri_kg
    >>> b"sd:Service" in service_description(imri_kg.open(), "https://example.org/sparql")
    True
    """
    return graph.describer.service(endpoint, form)


def dataset_description(graph: KnowledgeGraph, form: str = "ttl", endpoint: str = "") -> bytes:
    """Return the description of the graph in VoID and DCAT, with statistics and downloads.

    Args:
        graph: an open release.
        form: ttl, jsonld, nt or rdfxml.
        endpoint: absolute address of the SPARQL endpoint; without it `sparql` below the base.
    """
    return graph.describer.dataset(form, endpoint)
