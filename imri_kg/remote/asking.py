"""How the remote graph asks: whole lists from pages, answers of one release, and names that can stand in an address.

A part of the remote graph, in a module of its own; nobody else uses it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

from imri_kg.errors import ServerError, UnknownNameError, UnknownTermError
from imri_kg.prefixes import Prefixes
from imri_kg.remote.connection import TIMEOUT, Connection, Reply
from imri_kg.remote.editions import Editions
from imri_kg.remote.members import Members
from imri_kg.remote.refusals import PROBLEMS, error_of, kind_of

__all__ = ["API", "Asked", "Asking", "ReleaseChanged", "flag", "given", "names_something", "repeated", "segment"]

_T = TypeVar("_T")
#: Where the API lives.
API = "/api/v1"
#: How often a question is begun anew because the server goes over to another release in the middle of it.
_ATTEMPTS = 3
#: Parameters that name a construct.
_CONSTRUCTS = ("subject", "object", "from", "to")
_ABOUT = ("base", "code_status", "counts", "digest", "release", "version")

Asked = Sequence[tuple[str, str]]


class ReleaseChanged(Exception):
    """The parts of one answer come from two releases."""


class Asking:
    """A server, the release that answered last, and what is kept of it: the prefixes and the members of editions."""

    def __init__(self, address: str, *, timeout: float = TIMEOUT) -> None:
        """Take the address of a server, and the seconds that it may take to answer; nothing is asked yet."""
        self._connection = Connection(address, timeout=timeout)
        self._release = ""
        self._info: dict[str, Any] | None = None
        self._editions: Editions | None = None

    # ------------------------------------------------------------ the release

    @property
    def address(self) -> str:
        """The address of the server."""
        return self._connection.address

    @property
    def release(self) -> str:
        """The release that gave the last reply; it changes when the server goes over to another."""
        return self._release or str(self._about()["release"])

    @property
    def release_info(self) -> dict[str, Any]:
        """What the release is: version, digest of its sources, base IRI and counts."""
        found = self._about()
        return {name: found[name] for name in _ABOUT}

    @property
    def prefixes(self) -> Prefixes:
        """The prefixes of CURIEs."""
        return Prefixes(self._about()["prefixes"])

    def _about(self) -> dict[str, Any]:
        """Return the description of the release, asked anew when the server has gone over to another."""
        known = self._info
        if known is None or (self._release and known["release"] != self._release):
            m = self._members("/release")
            for name in ("base", "digest", "release", "version"):
                m.text(name)
            known = {name: m.value(name) for name in _ABOUT} | {name: m.plain(name) for name in ("code_status", "counts", "prefixes")}
            self._info = known
        return known

    def _places(self) -> Editions:
        """Return what is known of the members of editions, which answers about cases leave out."""
        if self._editions is None or self._editions.release != self._release:
            self._editions = Editions(self._release, lambda key: self._members(f"/frameworks/{segment(key)}"))
        return self._editions

    # ------------------------------------------------------------ asking

    def _members(self, path: str, asked: Asked = ()) -> Members:
        # A server refuses an empty value before it is looked up; here it is a name that nothing has, as it is for the local graph.
        if any(name in _CONSTRUCTS and not value.strip() for name, value in asked):
            raise UnknownTermError("", understood="a label or code")
        return self._read(self._connection.get(API + path, asked))

    def _read(self, reply: Reply) -> Members:
        """Return the members of an answer.

        Raises:
            ImriError: the reply is a problem document; the error that it stands for.
            ReleaseChanged: a page was asked of a release that the server has left.
        """
        self._release = reply.release
        if reply.status != 200:
            if reply.media_type == PROBLEMS and kind_of(reply.json()) == "expired-page-token":
                raise ReleaseChanged
            raise error_of(reply)
        return Members(reply.json(), reply.address)

    def _pages(self, path: str, asked: Asked = (), size: int | None = None, most: int | None = None) -> list[Members]:
        """Return all pages of a list, or as many as hold `most` items; the last one is cut to that.

        Args:
            path: address below the API.
            asked: parameters.
            size: items on a page; None where the list is never paged.
            most: how many items are wanted.
        """

        def ask() -> list[Members]:
            pages: list[Members] = []
            left, token = most, None
            while True:
                limit = [("limit", str(size if left is None else min(size, left)))] if size is not None else []
                page = self._members(path, [*asked, *limit, *([("page", token)] if token else [])])
                if pages:
                    self._same_release(page, pages[0])
                pages.append(page)
                token = page.text_or_none("next")
                if left is not None:
                    left -= len(page.objects("items"))
                if not token or (left is not None and left <= 0):
                    return pages

        return self._of_one_release(ask)

    @staticmethod
    def _same_release(found: Members, first: Members) -> Members:
        if found.text("release") != first.text("release"):
            raise ReleaseChanged
        return found

    def _of_one_release(self, ask: Callable[[], _T]) -> _T:
        """Return an answer that takes several requests, begun anew where the server goes over to another release meanwhile."""
        for _ in range(_ATTEMPTS):
            try:
                return ask()
            except ReleaseChanged:
                continue
        raise ServerError(self.address, f"The server went over to another release {_ATTEMPTS} times while it was asked.", "Ask again later.")

    def _edition(self, key: str) -> str:
        """Return the key of an edition as a segment of a path; what no path can hold is no key.

        Raises:
            UnknownNameError: it cannot be one.
        """
        if not names_something(key):
            raise UnknownNameError("framework", key, [item.text("key") for item in self._members("/frameworks").objects("items")])
        return segment(key)


def given(name: str, value: object) -> list[tuple[str, str]]:
    """Return a parameter, or nothing where it has no value."""
    return [] if value is None else [(name, str(value))]


def repeated(name: str, values: Iterable[str] | str) -> list[tuple[str, str]]:
    """Return a parameter once for each of its values."""
    return [(name, value) for value in ([values] if isinstance(values, str) else values)]


def flag(name: str, value: bool) -> list[tuple[str, str]]:
    """Return a parameter that is true, or nothing."""
    return [(name, "true")] if value else []


def names_something(text: str) -> bool:
    """Say whether a text can be one segment of a path: an empty one, dots and slashes cannot, in any spelling."""
    return re.fullmatch(r"[\s.]*|.*/.*", text, re.DOTALL) is None


def segment(text: str) -> str:
    """Return a text as one segment of a path.

    >>> segment("imri:B1"), segment("a b/c")
    ('imri:B1', 'a%20b%2Fc')
    """
    return quote(text, safe=":")
