"""The members of framework editions as a client needs them: what stands above a construct, and what a CURIE is called.

Called by the remote graph for answers about cases, which name the domain of a construct and leave out the way to it.
"""

from __future__ import annotations

from collections.abc import Callable

from imri_kg.errors import UnknownNameError
from imri_kg.model import Reference
from imri_kg.remote.decoding import reference
from imri_kg.remote.members import Members

__all__ = ["Editions"]


class Editions:
    """The members of the editions of one release, each edition asked for once when a construct of it is met."""

    def __init__(self, release: str, ask: Callable[[str], Members]) -> None:
        """Take the release and what asks for an edition; a server understands the prefix of its codes for its key."""
        self.release, self._ask = release, ask
        self._members: dict[str, dict[str, tuple[Reference, str | None]]] = {}

    def reference(self, curie: str) -> Reference:
        """Return a member of an edition; what no edition has keeps its CURIE as label."""
        found = self._beside(curie).get(curie)
        return found[0] if found else Reference(curie, "", curie, "")

    def path(self, curie: str) -> tuple[str, ...]:
        """Return a construct and everything broader, its domain last."""
        members, found = self._beside(curie), [curie]
        while (here := members.get(found[-1])) and here[1] and here[1] not in found:
            found.append(here[1])
        return tuple(found)

    def _beside(self, curie: str) -> dict[str, tuple[Reference, str | None]]:
        """Return the members of the edition of a CURIE, each with what is one step broader."""
        prefix = curie.partition(":")[0]
        if prefix not in self._members:
            self._members[prefix] = self._read(prefix)
        return self._members[prefix]

    def _read(self, prefix: str) -> dict[str, tuple[Reference, str | None]]:
        try:
            m = self._ask(prefix)
        except UnknownNameError:
            return {}
        key = m.text("key")
        # A member is of the edition that lists it, and so does not name it again.
        return {i.text("curie"): (reference(i.within("framework", key)), i.text_or_none("broader")) for i in m.objects("members")}
