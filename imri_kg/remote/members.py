"""The members of a JSON object, read strictly: one that is missing or of another type is an error that says where it stands.

Called by the modules of decoding. Members that nobody asks for are passed over, since servers may add some.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

from imri_kg.errors import ServerError

__all__ = ["Members"]

_T = TypeVar("_T")
_NAMES = {str: "a text", bool: "true or false", int: "a whole number", float: "a number", dict: "an object", list: "a list", type(None): "null"}


class Members:
    """A JSON object, the address that it came from, and its place in the reply.

    >>> found = Members({"items": [{"score": 0.5, "more": 1}]}, "the address")
    >>> [item.number("score") for item in found.objects("items")]
    [0.5]
    >>> found.objects("items")[0].text("score")
    Traceback (most recent call last):
    ...
    imri_kg.errors.ServerError: the address: The reply has a number as 'items[0].score' where a text is expected. ...
    """

    __slots__ = ("_address", "_place", "raw")

    def __init__(self, raw: Any, address: str, place: str = "") -> None:
        self._address, self._place = address, place
        if not isinstance(raw, dict):
            self._refuse("", raw, "an object")
        self.raw: dict[str, Any] = raw

    @property
    def address(self) -> str:
        """The address that the reply came from."""
        return self._address

    def has(self, name: str) -> bool:
        """Say whether a member is there and not null."""
        return self.raw.get(name) is not None

    def text(self, name: str) -> str:
        """Return a text."""
        found = self._get(name)
        return found if isinstance(found, str) else self._refuse(name, found, "a text")

    def text_or_none(self, name: str) -> str | None:
        """Return a text, or None where the member is null."""
        found = self._get(name)
        return found if found is None or isinstance(found, str) else self._refuse(name, found, "a text or null")

    def flag(self, name: str) -> bool:
        """Return true or false."""
        found = self._get(name)
        return found if isinstance(found, bool) else self._refuse(name, found, "true or false")

    def flag_or_none(self, name: str) -> bool | None:
        """Return true or false, or None where the member is null."""
        return None if self._get(name) is None else self.flag(name)

    def whole(self, name: str) -> int:
        """Return a whole number."""
        found = self._get(name)
        return found if isinstance(found, int) and not isinstance(found, bool) else self._refuse(name, found, "a whole number")

    def whole_or_none(self, name: str) -> int | None:
        """Return a whole number, or None where the member is null."""
        return None if self._get(name) is None else self.whole(name)

    def number(self, name: str) -> float:
        """Return a number."""
        found = self._get(name)
        return found if isinstance(found, (int, float)) and not isinstance(found, bool) else self._refuse(name, found, "a number")

    def number_or_none(self, name: str) -> float | None:
        """Return a number, or None where the member is null."""
        return None if self._get(name) is None else self.number(name)

    def object(self, name: str) -> Members:
        """Return an object."""
        return Members(self._get(name), self._address, self._at(name))

    def object_or_none(self, name: str) -> Members | None:
        """Return an object, or None where the member is null."""
        return None if self._get(name) is None else self.object(name)

    def objects(self, name: str) -> list[Members]:
        """Return a list of objects."""
        return [Members(item, self._address, f"{self._at(name)}[{n}]") for n, item in enumerate(self._list(name))]

    def many(self, name: str, read: Callable[[Members], _T]) -> tuple[_T, ...]:
        """Return what a function reads from each object of a list."""
        return tuple(read(item) for item in self.objects(name))

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts."""
        found = self._list(name)
        for n, item in enumerate(found):
            if not isinstance(item, str):
                self._refuse(f"{name}[{n}]", item, "a text")
        return tuple(found)

    def plain(self, name: str) -> dict[str, Any]:
        """Return an object as it is, with whatever members it has."""
        return self.object(name).raw

    def plain_or_none(self, name: str) -> dict[str, Any] | None:
        """Return an object as it is, or None where the member is null."""
        return None if self._get(name) is None else self.plain(name)

    def plains(self, name: str, *members: str) -> tuple[dict[str, Any], ...]:
        """Return a list of objects as they are; each must have some members."""
        found = self.objects(name)
        for item in found:
            for member in members:
                item._get(member)
        return tuple(item.raw for item in found)

    def counts(self, name: str) -> dict[str, int]:
        """Return an object whose members are whole numbers."""
        found = self.object(name)
        return {key: found.whole(key) for key in found.raw}

    def value(self, name: str) -> Any:
        """Return a member of any type."""
        return self._get(name)

    def within(self, name: str, value: Any) -> Members:
        """Return the same object with a further member, which what holds it says once for all."""
        return Members({name: value, **self.raw}, self._address, self._place)

    def refuse(self, name: str, expected: str) -> NoReturn:
        """Say that a member has a value that cannot be used.

        Raises:
            ServerError: always.
        """
        self._refuse(name, self.raw.get(name), expected)

    def _get(self, name: str) -> Any:
        try:
            return self.raw[name]
        except KeyError:
            raise self._fault(f"The reply has no {self._at(name)!r}.") from None

    def _list(self, name: str) -> list[Any]:
        found = self._get(name)
        return found if isinstance(found, list) else self._refuse(name, found, "a list")

    def _at(self, name: str) -> str:
        return f"{self._place}.{name}" if self._place and name else self._place or name

    def _refuse(self, name: str, found: Any, expected: str) -> NoReturn:
        given = _NAMES.get(type(found), "something else")
        if expected.startswith(given) or isinstance(found, str):
            given = repr(found)[:80]
        raise self._fault(f"The reply has {given} as {self._at(name) or 'a whole'!r} where {expected} is expected.")

    def _fault(self, what: str) -> ServerError:
        return ServerError(self._address, what, "Client and server may be of different versions; install the version of the server.")
