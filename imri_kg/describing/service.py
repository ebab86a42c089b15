"""The parts of this package put together for one release."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from imri_kg.catalog import Catalog
from imri_kg.describing.dataset import DatasetDescriber
from imri_kg.describing.downloads import Downloads
from imri_kg.describing.overview import Overview
from imri_kg.describing.resources import Description, ResourceDescriber
from imri_kg.prefixes import Prefixes
from imri_kg.store import Store

__all__ = ["Describer"]


class Describer:
    """Describes a release and everything in it. `KnowledgeGraph.describer` is one."""

    def __init__(self, store: Store, catalog: Catalog, prefixes: Prefixes, release: Mapping[str, Any], nquads: Callable[[], bytes],
                 examples: Callable[[], list[str]]) -> None:  # fmt: skip
        self.overview = Overview(store, catalog, prefixes, release)
        self.downloads = Downloads(self.overview, nquads)
        self._dataset = DatasetDescriber(self.overview, self.downloads, examples)
        self.resources = ResourceDescriber(self.overview, self._dataset, self.downloads, store)

    def warm(self) -> None:
        """Read what lies outside the snapshot, for a door that stays open: the files could be changed later."""
        self.downloads.warm()
        self.resources.warm()

    def service(self, endpoint: str, form: str) -> bytes:
        """Return the SPARQL 1.1 Service Description of an endpoint in an RDF form."""
        return self._dataset.service(endpoint, form)

    def dataset(self, form: str, endpoint: str = "") -> bytes:
        """Return the description of the whole in VoID and DCAT in an RDF form."""
        return self._dataset.dataset(form, endpoint)

    def resource(self, found: Description, form: str, document: str) -> bytes:
        """Return a description in an RDF form, with what is said of the document that holds it.

        Args:
            found: the description.
            form: ttl, jsonld, nt or rdfxml.
            document: IRI of the document.
        """
        about = found.about(document, self.overview.licence, self.overview.release)
        return self.overview.serialise([*found.own, *found.content, *found.incoming, *found.names, *about], form, first=found.iri)
