"""From an answer of a service to a response in the form that was asked for.

A route takes `Replies` as a dependency and returns `reply(answer)`. The form comes from `?format=`, else from `Accept`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query, Request
from starlette.responses import Response

from imri_kg.errors import UnknownNameError
from imri_kg.formats import FORMATS, MEDIA_TYPES, serialise
from imri_kg.model import Answer
from imri_kg_api import parameters
from imri_kg_api.problems import Problem

__all__ = ["LenientReplies", "Replies", "Reply", "choose", "negotiate"]


class Reply:
    """Turns answers to one request into responses."""

    def __init__(self, request: Request, form: str) -> None:
        self._request, self.form = request, form

    def __call__(self, answer: Answer) -> Response:
        """Return the response; a further page is named in the header `Link` as in the body."""
        headers = {}
        token = getattr(answer, "next", None)
        if token:
            rest = [(name, value) for name, value in self._request.query_params.multi_items() if name != "page"]
            headers["Link"] = f'<{self._request.url.path}?{urlencode([*rest, ("page", token)])}>; rel="next"'
        return Response(serialise(answer, self.form), headers=headers, media_type=MEDIA_TYPES[self.form])


def negotiate(form: str | None, accept: str) -> str:
    """Return the form of a reply.

    Args:
        form: value of `?format=`, which wins.
        accept: the header `Accept` (RFC 9110, section 12.5.1); empty means anything.

    Raises:
        UnknownNameError: there is no such format.
        Problem: no form of ours is acceptable.

    >>> negotiate(None, "text/html, text/csv;q=0.9, */*;q=0.1")
    'csv'
    """
    return choose(form, accept, MEDIA_TYPES)


def choose(form: str | None, accept: str, forms: Mapping[str, str]) -> str:
    """Return one of some forms, given by name with their media types, as `negotiate` does; JSON where the client has no wish."""
    if form is not None:
        if form not in forms:
            raise UnknownNameError("format", form, list(forms))
        return form
    wishes = _wishes(accept)
    if not wishes:
        return "json"
    plain = {media_type.partition(";")[0]: name for name, media_type in forms.items()}
    weights = {}
    for media_type, name in plain.items():
        # The most exact range that covers a type decides, whatever the others say.
        covering = [wish for wish in wishes if _covers(wish[0], media_type)]
        weights[name] = max(covering, key=lambda wish: wish[1])[2] if covering else 0.0
    order = ["json", *(name for name in forms if name != "json")]
    best = max(order, key=lambda name: weights[name])
    if weights[best] <= 0:
        raise Problem(
            "not-acceptable",
            f"The header Accept is {accept[:200]!r}; the answer can be had as {', '.join(plain)}.",
            known=list(plain),
        )
    return best


def _wishes(accept: str) -> list[tuple[str, int, float]]:
    """Return the media ranges of an Accept header with how exact each is (2, 1 or 0) and its weight; unreadable ones are skipped."""
    wishes = []
    for item in accept.split(","):
        name, *settings = (part.strip().lower() for part in item.split(";"))
        if name.count("/") != 1:
            continue
        weight = 1.0
        for setting in settings:
            if setting.startswith("q="):
                try:
                    weight = min(max(float(setting[2:]), 0.0), 1.0)
                except ValueError:
                    weight = 0.0
        wishes.append((name, 0 if name == "*/*" else 1 if name.endswith("/*") else 2, weight))
    return wishes


def _covers(media_range: str, media_type: str) -> bool:
    return media_range in ("*/*", media_type) or (media_range.endswith("/*") and media_type.startswith(media_range[:-1]))


Format = Annotated[
    str | None,
    Query(
        description="Form of the reply; without it the header Accept decides, and JSON is the default.",
        examples=["csv"],
        json_schema_extra={"enum": [*FORMATS]},
    ),
]


async def _reply(request: Request, format: Format = None) -> Reply:
    parameters.check(request, parameters.declared(request.scope["endpoint"]))
    return Reply(request, negotiate(format, request.headers.get("accept", "")))


async def _lenient_reply(request: Request, format: Format = None) -> Reply:
    return Reply(request, negotiate(format, request.headers.get("accept", "")))


#: For routes whose parameters are all declared; any other is refused.
Replies = Annotated[Reply, Depends(_reply)]
#: For a route whose parameters are known only once it has looked; it checks them itself.
LenientReplies = Annotated[Reply, Depends(_lenient_reply)]
