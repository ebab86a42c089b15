"""Pages of long lists, by opaque tokens.

A token names a release, a question and a place in its answer. Within a release an answer never changes and its order is
total, so the same token always gives the same page. Members of a framework and cells of a crosswalk are never paged.
"""

# Annotations are not postponed here: those of the dependency name a variable of the function around it.

import base64
import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, TypeVar

from fastapi import Depends, Query, Request

from imri_kg.model import MappingAnswer
from imri_kg.pathway_answers import Pathways
from imri_kg.tables import Table
from imri_kg_api import addresses
from imri_kg_api.problems import Problem

__all__ = ["Page", "page_of"]

_A = TypeVar("_A", MappingAnswer, Pathways, Table)

#: Parameters that do not change which items an answer has.
_ASIDE = ("format", "limit", "page", addresses.ANSWER)


class Page:
    """A stretch of a list: where it begins and how long it is at most."""

    def __init__(self, release: str, question: str, offset: int, limit: int) -> None:
        self._release, self._question = release, question
        self.offset, self.limit = offset, limit

    def of(self, answer: _A) -> _A:
        """Return the answer with the items of this page only, and the token of the next one."""
        end = self.offset + self.limit
        if isinstance(answer, Table):
            return replace(answer, data=answer.data[self.offset : end], next=self._token(end, len(answer.data)))
        if isinstance(answer, Pathways):
            return replace(answer, items=answer.items[self.offset : end], next=self._token(end, len(answer.items)))
        return answer._replace(items=answer.items[self.offset : end], next=self._token(end, len(answer.items)))

    def _token(self, end: int, count: int) -> str | None:
        if end >= count:
            return None
        raw = json.dumps([self._release, self._question, end], separators=(",", ":"))
        return base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")


def page_of(default: int, most: int) -> Callable[..., object]:
    """Return a dependency that reads `limit` and `page`.

    Args:
        default: items on a page when `limit` is absent.
        most: the largest `limit`.
    """

    async def page(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=most, description="How many items at most.", examples=[5])] = default,
        page: Annotated[str | None, Query(description="`next` of the page before, unchanged.")] = None,
    ) -> Page:
        release = request.app.state.graph.release
        question = _digest(request)
        return Page(release, question, 0 if page is None else _offset(page, release, question), limit)

    return page


def _digest(request: Request) -> str:
    asked = sorted((name, value) for name, value in request.query_params.multi_items() if name not in _ASIDE)
    # A release gives the same tokens wherever it is served, so that its answers have the same digest.
    return hashlib.sha256(json.dumps([addresses.route_path(request.scope), asked]).encode()).hexdigest()[:16]


def _offset(token: str, release: str, question: str) -> int:
    """Return the place that a token names.

    Raises:
        Problem: it is no token, belongs to another question, or to another release.
    """
    try:
        made_by, about, offset = json.loads(base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True))
    except (ValueError, TypeError, RecursionError):
        made_by, about, offset = None, None, None
    if not isinstance(made_by, str) or about != question or type(offset) is not int or offset < 1:
        raise Problem("invalid-page-token", f"{token if len(token) <= 40 else token[:39] + '…'!r} is no page token of this question; take `next` of a reply to it, unchanged and whole.", parameter="page")
    if made_by != release:
        raise Problem(
            "expired-page-token",
            f"The page token is of release {made_by[:60]}, the server answers from {release}; ask again from the first page.",
            parameter="page",
        )
    return offset


#: Pages of mapping records: a construct's records fit on the first one.
MappingPage = Annotated[Page, Depends(page_of(default=200, most=1000))]
#: Pages of paths, which are long: each step comes with its evidence and moderators.
PathwayPage = Annotated[Page, Depends(page_of(default=20, most=200))]
#: Pages of search hits.
SearchPage = Annotated[Page, Depends(page_of(default=20, most=500))]
#: Pages of stored queries and of the rows that they return.
QueryPage = Annotated[Page, Depends(page_of(default=1000, most=10_000))]
