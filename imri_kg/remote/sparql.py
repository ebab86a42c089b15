"""SPARQL of the user's own over HTTP: what is sent, and results as the tables that the local graph gives.

Called by the remote graph. The server reads the query; nothing here does.
"""

from __future__ import annotations

import re
from typing import Any

from imri_kg.errors import ServerError
from imri_kg.prefixes import Prefixes
from imri_kg.remote.connection import Reply
from imri_kg.remote.members import Members
from imri_kg.tables import Table

__all__ = ["ACCEPT", "QUERY", "is_name", "table"]

#: The media type of a query that is sent (SPARQL 1.1 Protocol, section 2.1.3).
QUERY = "application/sparql-query"
_RESULTS, _TRIPLES = "application/sparql-results+json", "application/n-triples"
#: Tables and truth values come as JSON, graphs as lines.
ACCEPT = f"{_RESULTS}, {_TRIPLES}"


def is_name(text: str) -> bool:
    """Say whether a text is the name of a stored query, as `QueryService.run` decides.

    >>> is_name("cq01"), is_name("ASK { ?s ?p ?o }"), is_name("DESCRIBE imri:B1")
    (True, False, False)
    """
    return "{" not in text and re.match(r"\s*(PREFIX|BASE|DESCRIBE)\b", text, re.IGNORECASE) is None


def table(reply: Reply, prefixes: Prefixes) -> Table:
    """Return the results of a query, IRIs as CURIEs.

    Raises:
        ServerError: the reply is no result of a query.
    """
    if reply.media_type == _TRIPLES:
        lines = sorted({line for line in reply.body.decode("utf-8", "replace").split("\n") if line})
        return Table(("triple",), tuple((line,) for line in lines), reply.release, "free text")
    if reply.media_type != _RESULTS:
        raise ServerError(reply.address, f"The reply is of the type {reply.media_type!r}, which was not asked for.", "Check that the address is that of an imri-kg server.")
    m = Members(reply.json(), reply.address)
    if "boolean" in m.raw:
        return Table(("answer",), ((m.flag("boolean"),),), reply.release, "free text")
    names = m.object("head").texts("vars")
    rows = []
    for binding in m.object("results").objects("bindings"):
        rows.append(tuple(_value(binding.object(name), prefixes) if name in binding.raw else None for name in names))
    return Table(names, tuple(rows), reply.release, "free text")


def _value(term: Members, prefixes: Prefixes) -> Any:
    kind = term.text("type")
    if kind == "triple":
        term.refuse("type", "uri, literal or bnode")
    value = term.text("value")
    if kind == "bnode":
        return f"_:{value}"
    return prefixes.compress(value) if value.startswith("http") else value
