"""The page of the SPARQL endpoint: editor, questions as examples, what a query gave or why it was refused, limits and prefixes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse

from imri_kg.graph import KnowledgeGraph
from imri_kg.isolation.query_pool import Limits
from imri_kg.sparql_text import LONGEST_QUERY
from imri_kg_api.explorer.links import Links
from imri_kg_api.explorer.naming import Names
from imri_kg_api.explorer.shell import asked_by, render
from imri_kg_api.explorer.sparql_answers import GRAPHS, MOST_ROWS, Found
from imri_kg_api.explorer.views.queries import by_topic

__all__ = ["sparql_page"]

_FORMS = {"rows": ("csv", "tsv", "json", "xml"), "graph": ("ttl", "nt", "jsonld", "rdfxml")}
_PLACE = re.compile(r"\(line (\d+), column (\d+)\)")
#: What a query is about. Records, passages and rows of cases are found by queries, and never typed.
_NOT_TYPED = ("mapping", "evidence", "claim", "relation", "case", "study", "shape", "graph", "mappingset")


def sparql_page(request: Request, limits: Limits, *, query: str | None = None, form: str = "", found: Found | None = None, problem: Mapping[str, Any] | None = None) -> HTMLResponse:
    """Return the page.

    Args:
        request: the request that it answers.
        limits: what each query may take.
        query: the query that was asked; None for the page as it begins.
        form: SELECT, ASK, CONSTRUCT or DESCRIBE, where that could be read.
        found: what the query gave.
        problem: the problem document that it ended in instead.
    """
    asked = asked_by(request)
    graph, links = asked.graph, asked.links
    place = _PLACE.search(str(problem["detail"])) if problem else None
    return render(request, "sparql.html", {
        "title": asked.words("sparql-title"), "first": _first(graph), "query": _first(graph) if query is None else query, "asked_query": query, "found": found, "problem": problem, "most": MOST_ROWS,
        "line": int(place[1]) if place else None, "column": int(place[2]) if place else None,
        "forms": _others(request, query, form) if query is not None and form else [],
        "topics": by_topic(asked, graph.queries("competency").rows()), "prefixes": sorted(graph.prefixes.namespaces.items()),
        "seconds": f"{limits.seconds:g}", "memory": limits.memory >> 20, "results": limits.results >> 20, "longest": LONGEST_QUERY,
        "terms": _terms(graph), "address_limit": request.app.state.settings.url_limit, "own": links.to("/sparql"),
    }, status=int(problem["status"]) if problem else 200)  # fmt: skip


def _others(request: Request, query: str, form: str) -> list[tuple[str, str]]:
    """Return the other forms of an answer with their addresses; none where the address would be too long."""
    root = Links(str(request.scope.get("root_path", ""))).to("/sparql")
    found = [(name, f"{root}?{urlencode({'query': query, 'format': name})}") for name in _FORMS["graph" if form in GRAPHS else "rows"]]
    return [item for item in found if len(item[1]) < request.app.state.settings.url_limit]


@lru_cache(maxsize=8)
def _first(graph: KnowledgeGraph) -> str:
    """Return the query with which the page begins, its prefixes declared."""
    text = (files("imri_kg_api.sparql") / "first.rq").read_text(encoding="utf-8")
    used = [f"PREFIX {prefix}: <{namespace}>" for prefix, namespace in sorted(graph.prefixes.namespaces.items()) if re.search(rf"\b{re.escape(prefix)}:", text)]
    return "\n".join([*used, text.strip()])


@lru_cache(maxsize=8)
def _terms(graph: KnowledgeGraph) -> list[list[str]]:
    """Return what the editor completes: CURIE and label of the classes and properties in use, of our vocabulary and of the constructs."""
    described = graph.describer
    used = [str(row[kind]) for kind, name in (("property", "property-partition"), ("class", "class-partition")) for row in graph.query_service.run_stored(f"description/{name}", {}).rows()]
    own = [iri for iri in described.resources.iris if graph.prefixes.compress(iri).partition(":")[0] not in _NOT_TYPED]
    iris = {*(graph.prefixes.expand(curie) for curie in used if not curie.startswith("http")), *own}
    names = Names.asked(graph, Links(""), iris)
    found = {curie: names.label(iri) or "" for iri in iris if (curie := names.short(iri)) != iri and curie.partition(":")[2]}
    return [[curie, label] for curie, label in sorted(found.items())]
