"""The forms of answers to queries and their media types (SPARQL 1.1 Protocol, section 2.1.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from imri_kg_api.accepting import preferred
from imri_kg_api.problems import Problem

__all__ = ["DESCRIPTION", "RESULT_TYPES", "Form", "choose", "described", "named", "wants_page"]


class Form(NamedTuple):
    """A form of the engine or of a description, and the media type that is sent."""

    name: str
    media_type: str


_RESULTS = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
    "text/html": "html",
}
_GRAPH = {
    "text/turtle": "ttl",
    "application/n-triples": "nt",
    "application/ld+json": "jsonld",
    "application/rdf+xml": "rdfxml",
    "application/x-turtle": "ttl",
    "text/plain": "nt",
    "application/json": "jsonld",
    "application/xml": "rdfxml",
    "text/xml": "rdfxml",
    "text/html": "html",
}
#: Forms of the service description; people get a page.
DESCRIPTION = {media_type: name for media_type, name in _GRAPH.items() if "json" not in media_type or "ld" in media_type}
#: What clients call forms in `format`, `output` or `results`.
_NAMES = {
    "json": "json", "sparql-results+json": "json", "xml": "xml", "sparql-results+xml": "xml", "csv": "csv", "tsv": "tsv",
    "ttl": "ttl", "turtle": "ttl", "nt": "nt", "n-triples": "nt", "ntriples": "nt", "rdf": "rdfxml", "rdfxml": "rdfxml", "rdf+xml": "rdfxml",
    "jsonld": "jsonld", "json-ld": "jsonld", "ld+json": "jsonld", "x-json+ld": "jsonld", "n3": "ttl", "rdf+n3": "ttl", "tab-separated-values": "tsv", "html": "html",
}  # fmt: skip
#: All media types of answers; the page comes last, so that who takes anything gets data.
RESULT_TYPES = tuple(dict.fromkeys([*(t for t in (*_RESULTS, *_GRAPH) if t != "text/html"), "text/html"]))
_TEXT = ("text/", "application/xml")


def choose(form: str, accept: str, asked: str) -> Form:
    """Return the form of an answer.

    Args:
        form: SELECT, ASK, CONSTRUCT or DESCRIBE.
        accept: the header Accept.
        asked: value of `format`, which wins; empty where there is none.

    Raises:
        Problem: the answer has no such form.
    """
    types = _GRAPH if form in ("CONSTRUCT", "DESCRIBE") else _RESULTS
    if asked:
        name = _NAMES.get(asked.lower().rpartition("/")[2], "")
        # Some clients ask for JSON or XML whatever the query, and mean those of graphs.
        name = {"json": "jsonld", "xml": "rdfxml"}.get(name, name) if types is _GRAPH else name
        if name not in types.values():
            raise Problem("not-acceptable", f"The answer to {form} cannot be had as {asked[:60]!r}.", known=list(dict.fromkeys(types.values())))
        return Form(name, _sent(next(t for t, n in types.items() if n == name)))
    best = preferred(accept, list(types))
    if best is None:
        raise Problem("not-acceptable", f"The header Accept is {accept[:200]!r}; the answer to {form} can be had as {', '.join(types)}.", known=list(types))
    return Form(types[best], _sent(best))


def described(accept: str, asked: str, types: Mapping[str, str] = DESCRIPTION) -> Form:
    """Return the form of a description, as `choose` does."""
    if asked == "html":
        return Form("html", "text/html; charset=utf-8")
    if asked:
        try:
            return choose("DESCRIBE", accept, asked)
        except Problem as error:
            names = ", ".join(dict.fromkeys(types.values()))
            detail = f"The parameter 'query' is missing. Without it the service is described, which can be had as {names} and not as {asked[:60]!r}."
            raise Problem("not-acceptable", detail, known=list(dict.fromkeys(types.values()))) from error
    best = preferred(accept, list(types))
    if best is None:
        raise Problem("not-acceptable", f"The header Accept is {accept[:200]!r}; the description can be had as {', '.join(types)}.", known=list(types))
    return Form(types[best], _sent(best))


def _sent(media_type: str) -> str:
    return f"{media_type}; charset=utf-8" if media_type.startswith(_TEXT) else media_type


def named(text: str) -> str:
    """Return our name of a form that a client names; what nobody knows is left as it is."""
    text = text.strip()
    return _NAMES.get(text.lower().rpartition("/")[2], text)


def wants_page(accept: str, asked: str) -> bool:
    """Say whether a client wants a page, whatever the query is."""
    return asked == "html" if asked else preferred(accept, RESULT_TYPES) == "text/html"
