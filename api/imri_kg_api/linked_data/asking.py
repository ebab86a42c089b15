"""From a request to the IRI that it asks for and the form of the reply.

The path of an IRI is what stands after the base. A form is chosen by the ending of the path, by `?format=`, or by `Accept`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, NamedTuple
from urllib.parse import quote, unquote_to_bytes

from fastapi import Query, Request

from imri_kg.describing import RDF_FORMS
from imri_kg.errors import UnknownNameError
from imri_kg_api.accepting import preferred
from imri_kg_api.addresses import route_path
from imri_kg_api.problems import Problem

__all__ = ["Asked", "FORMS", "Form", "MEDIA_TYPES", "PATH", "choose_form", "read_request"]

#: Form to the ending of a path. Turtle comes first: it is sent to a client that takes anything.
FORMS: Mapping[str, str] = {**{name: form.ending for name, form in RDF_FORMS.items()}, "html": "html"}
#: Ending of a path to form; `.owl` is what some tools look for.
_ENDINGS: Mapping[str, str] = {**{ending: form for form, ending in FORMS.items()}, "owl": "rdfxml"}
MEDIA_TYPES: Mapping[str, str] = {**{name: form.media_type for name, form in RDF_FORMS.items()}, "html": "text/html; charset=utf-8"}
#: General media types that a form is too; it is sent under its own. They come last: who names a form, or takes anything, gets that.
_GENERAL: Mapping[str, str] = {"application/json": "jsonld", "application/xml": "rdfxml", "text/xml": "rdfxml", "text/plain": "nt"}
#: What a path may hold as it is (RFC 3986, section 3.3).
PATH = "/:@!$&'()*+,;=~-._"

Form = Annotated[str | None, Query(description="Form of the reply: html, ttl, jsonld, nt or rdfxml. Without it the header Accept decides.", examples=["ttl"])]


class Asked(NamedTuple):
    """What a request asks for: a resource by the part of its IRI after the base, a form, and the address of that form without its ending."""

    name: str
    form: str
    stem: str

    def address(self, form: str) -> str:
        """Return the address of a form, relative to the root of the server."""
        return f"{self.stem}.{FORMS[form]}"


def read_request(request: Request, form: str | None, known: Callable[[str], bool]) -> Asked:
    """Say what a request asks for.

    Args:
        request: the request.
        form: value of `?format=`.
        known: whether a name (the part of an IRI after the base) has a description.

    Raises:
        Problem: the path holds an escaped slash or bytes that are no text, two forms are named, or no form of ours is acceptable.
        UnknownNameError: there is no such form.
    """
    name = _name(request)
    stem_of_file, _, ending = name.rpartition(".")
    named = None
    if not known(name) and ending in _ENDINGS and known(stem_of_file):
        name, named = stem_of_file, _ENDINGS[ending]
        if form not in (None, named):
            raise Problem("conflicting-parameters", f"The address ends in .{ending}, but 'format' is {form!r}; leave one of them out.", parameter="format")
    stem = "/" + quote(str(request.scope.get("root_path", "")).strip("/") + "/" + name.strip("/"), safe=PATH).lstrip("/")
    return Asked(name, named or choose_form(form, request.headers.get("accept", "")), stem)


def choose_form(form: str | None, accept: str) -> str:
    """Return the form that `?format=` or else the header `Accept` asks for.

    Raises:
        UnknownNameError: there is no such form.
        Problem: no form of ours is acceptable.
    """
    if form is not None:
        if form not in FORMS:
            raise UnknownNameError("format", form, list(FORMS))
        return form
    plain = {media_type.partition(";")[0]: name for name, media_type in MEDIA_TYPES.items()}
    best = preferred(accept, list(plain))
    if best is None and (general := preferred(accept, list(_GENERAL))) is not None:
        return _GENERAL[general]
    if best is None:
        raise Problem("not-acceptable", f"The header Accept is {accept[:200]!r}; the description can be had as {', '.join(plain)}.", known=list(plain))
    return plain[best]


def _name(request: Request) -> str:
    """Return the path without its first slash, as it stands in an IRI.

    An escaped slash is no slash (RFC 3986, section 2.2), and servers hand the path on with both alike; so the raw path is looked at.
    """
    raw = bytes(request.scope.get("raw_path") or b"").partition(b"?")[0]
    try:
        unquote_to_bytes(raw).decode("utf-8")
    except UnicodeDecodeError:
        raise Problem("bad-request", "The path holds bytes that are no UTF-8.") from None
    if b"%2f" in raw.lower():
        raise Problem("unknown-resource", "The path holds an escaped slash (%2F), which no address of ours has.")
    return route_path(request.scope).removeprefix("/")
