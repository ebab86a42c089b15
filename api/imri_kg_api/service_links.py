"""The members of the header Link (RFC 8288) that every reply has: under which licence the graph stands, and where the service is described.

Called for the answers of the API and for those of the SPARQL endpoint.
"""

from __future__ import annotations

__all__ = ["service_links"]


def service_links(root: str, licence: str) -> list[str]:
    """Return the members.

    Args:
        root: path below which the application is served.
        licence: IRI of the licence, empty where the graph names none.

    >>> service_links("/kg", "")
    ['</kg/openapi.json>; rel="service-desc"; type="application/json"', '</kg/docs>; rel="service-doc"; type="text/html"']
    """
    links = [f'<{licence}>; rel="license"'] if licence else []
    return [*links, f'<{root}/openapi.json>; rel="service-desc"; type="application/json"', f'<{root}/docs>; rel="service-doc"; type="text/html"']
