"""The SPARQL endpoint: `protocol` reads what was sent, `forms` chooses the form of the answer, `endpoint` asks the pool and replies."""

from imri_kg_api.sparql.endpoint import Endpoint, Queries, router

__all__ = ["Endpoint", "Queries", "router"]
