"""From an answer of a service to a response in the form that was asked for.

A route takes one of the dependencies `Replies`, `RdfReplies`, `RecordReplies` or `LenientReplies`, by the forms that its answer has, and
returns `reply(answer)`. The form comes from `?format=`, else from `Accept`. Every reply names its release, the stored query behind it and its
permanent address, and its other forms in the header `Link`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from pydantic_core import to_json
from starlette.responses import Response

from imri_kg.errors import UnknownNameError
from imri_kg.formats import FORMATS, MEDIA_TYPES, RDF_FORMATS, RECORD_FORMATS
from imri_kg.graph import KnowledgeGraph
from imri_kg.model import Answer
from imri_kg_api import addresses, parameters
from imri_kg_api.accepting import preferred
from imri_kg_api.doorway import shows_own_cases
from imri_kg_api.explorer.pages import own_parameters
from imri_kg_api.explorer.shell import Frame, answer_page
from imri_kg_api.problems import Problem
from imri_kg_api.service_links import service_links

__all__ = ["RDF", "RECORDS", "TABLES", "LenientReplies", "RdfReplies", "RecordReplies", "Replies", "Reply", "choose", "negotiate"]

#: Forms of an answer that is a table, of one about things that the graph describes, and of one that holds mapping records. The page comes
#: last: who takes anything gets it only where nothing else will do.
TABLES = (*FORMATS, "html")
RDF = (*FORMATS, *RDF_FORMATS, "html")
RECORDS = (*FORMATS, *RECORD_FORMATS, "html")
#: A reply to a longer question does not repeat it once for each form.
_LONGEST_QUERY = 1000


class Reply:
    """Turns answers to one request into responses.

    Args:
        request: the request.
        form: the form of the reply.
        forms: all forms that the answer has.
    """

    def __init__(self, request: Request, form: str, forms: tuple[str, ...] = TABLES) -> None:
        self._request, self.form, self._forms = request, form, forms

    def __call__(self, answer: Answer) -> Response:
        """Return the response.

        Raises:
            Problem: the request names the answer that it expects, and this is another one.
        """
        request, scope = self._request, self._request.scope
        graph: KnowledgeGraph = request.app.state.graph
        given = request.query_params.multi_items()
        body = dict(answer.to_json())
        found = addresses.digest(body)
        path, asked = addresses.route_path(scope), request.method == "GET"
        lasting = asked and addresses.lasts(path) and not (graph.own_cases and shows_own_cases(path))
        permalink = addresses.permanent(scope, given, graph.release, found) if lasting else None
        expected = request.query_params.get(addresses.ANSWER)
        if expected not in (None, found):
            detail = f"Release {graph.release} gives another answer: the software has changed, the address belongs to another question, or the digest in `answer` was mistyped or cut; `permalink` leads to the present one."
            raise Problem("answer-changed", detail, permalink=permalink)
        if asked:
            body["permalink"] = permalink
        token = getattr(answer, "next", None)
        rest = [(name, value) for name, value in given if name not in ("page", addresses.ANSWER)]
        following = addresses.address(scope, [*rest, ("page", token)]) if token else None
        kept = [(name, value) for name, value in given if name != "format"]
        brief = len(scope["query_string"]) <= _LONGEST_QUERY
        # What is sent has no address at which it could be had in another form.
        others = [(form, addresses.address(scope, [*kept, ("format", form)])) for form in self._forms if form != self.form] if asked and brief else []
        if self.form == "html":
            response: Response = answer_page(request, answer, body, Frame(following, others, permalink, lasting, body.get("query")))
        else:
            data = to_json(body, indent=2) + b"\n" if self.form == "json" else graph.serialise(answer, self.form)
            response = Response(data, media_type=MEDIA_TYPES[self.form])
        canonical = addresses.page_address(scope, given) if self.form == "html" and asked else None
        response.headers["Link"] = ", ".join(_links(scope.get("root_path", ""), following, permalink, others, graph.licence, canonical))
        return response


def _links(root: str, following: str | None, permalink: str | None, others: list[tuple[str, str]], licence: str, canonical: str | None = None) -> list[str]:
    """Return the members of the header Link (RFC 8288): next page, permanent address, other forms, the page's own address, licence, and where the service is described."""
    links = [f'<{following}>; rel="next"'] if following else []
    links += [f'<{permalink}>; rel="bookmark"'] if permalink else []
    links += [f'<{to}>; rel="alternate"; type="{MEDIA_TYPES[form].partition(";")[0]}"' for form, to in others]
    links += [f'<{canonical}>; rel="canonical"'] if canonical else []
    return [*links, *service_links(root, licence)]


def negotiate(form: str | None, accept: str, forms: tuple[str, ...] = TABLES, *, default: str = "json") -> str:
    """Return the form of a reply.

    Args:
        form: value of `?format=`, which wins.
        accept: the header `Accept` (RFC 9110, section 12.5.1); empty means anything.
        forms: the forms that the answer has.
        default: the form for a client that has no wish.

    Raises:
        UnknownNameError: there is no such format.
        Problem: no form that the answer has is acceptable.

    >>> negotiate(None, "text/html;q=0.5, text/csv;q=0.9, */*;q=0.1")
    'csv'
    """
    if form in MEDIA_TYPES and form not in forms:
        known = [MEDIA_TYPES[name].partition(";")[0] for name in forms]
        raise Problem("not-acceptable", f"This answer has no form {form!r}; it can be had as {', '.join(forms)}.", known=known)
    return choose(form, accept, {name: MEDIA_TYPES[name] for name in forms}, default=default)


def choose(form: str | None, accept: str, forms: Mapping[str, str], *, default: str = "json") -> str:
    """Return one of some forms, given by name with their media types, as `negotiate` does."""
    if form is not None:
        if form not in forms:
            raise UnknownNameError("format", form, list(forms))
        return form
    names = {forms[name].partition(";")[0]: name for name in (default, *(name for name in forms if name != default))}
    best = preferred(accept, list(names))
    if best is None:
        raise Problem("not-acceptable", f"The header Accept is {accept[:200]!r}; the answer can be had as {', '.join(names)}.", known=list(names))
    return names[best]


def _format(forms: tuple[str, ...]) -> Any:
    return Query(
        description="Form of the reply; without it the header Accept decides, and JSON is the default.",
        examples=["csv"],
        json_schema_extra={"enum": [*forms]},
    )


Expected = Annotated[
    str | None,
    Query(
        description="The answer that is expected, as `permalink` of a reply names it. Where this release gives another one, the reply is 410 and says so.",
        pattern="^sha256-[0-9a-f]{32}$",
    ),
]


def _reply_to(request: Request, format: str | None, forms: tuple[str, ...], *, strict: bool = True) -> Reply:
    at_page = addresses.is_page(addresses.route_path(request.scope))
    if strict:
        known = parameters.declared(request.scope["endpoint"])
        if at_page:
            known = {**known, **own_parameters(request.scope["route"].name)}
        parameters.check(request, known if request.method == "GET" else {name: often for name, often in known.items() if name != addresses.ANSWER})
    # Below /api/v1 who takes anything gets data, at the address of a page the page.
    return Reply(request, negotiate(format, request.headers.get("accept", ""), forms, default="html" if at_page else "json"), forms)


async def _reply(request: Request, format: Annotated[str | None, _format(TABLES)] = None, answer: Expected = None) -> Reply:
    return _reply_to(request, format, TABLES)


async def _rdf_reply(request: Request, format: Annotated[str | None, _format(RDF)] = None, answer: Expected = None) -> Reply:
    return _reply_to(request, format, RDF)


async def _record_reply(request: Request, format: Annotated[str | None, _format(RECORDS)] = None, answer: Expected = None) -> Reply:
    return _reply_to(request, format, RECORDS)


async def _lenient_reply(request: Request, format: Annotated[str | None, _format(TABLES)] = None, answer: Expected = None) -> Reply:
    return _reply_to(request, format, TABLES, strict=False)


#: For routes whose parameters are all declared; any other is refused. The answer is a table.
Replies = Annotated[Reply, Depends(_reply)]
#: The same for an answer about things that the graph describes.
RdfReplies = Annotated[Reply, Depends(_rdf_reply)]
#: The same for an answer that holds mapping records.
RecordReplies = Annotated[Reply, Depends(_record_reply)]
#: For a route whose parameters are known only once it has looked; it checks them itself.
LenientReplies = Annotated[Reply, Depends(_lenient_reply)]
