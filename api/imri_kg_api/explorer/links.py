"""Where the pages stand: the address of each thing that a page can lead to, below the prefix under which the server is reached.

Called by views and templates. Addresses are relative to the root of the server.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urlencode

__all__ = ["Links"]

_SAFE = "/:@!$&'()*+,;=~-._"
#: In a query these would end a value or be read as a space.
_SAFE_IN_QUERY = ":/,"

Value = str | int | float | bool | Iterable[str] | None


class Links:
    """Addresses below a prefix.

    >>> Links("").concept("imri:B1"), Links("/kg").crosswalk("imri", "chime", basis=["curated"])
    ('/concepts/imri:B1', '/kg/crosswalks/imri/chime?basis=curated')
    """

    def __init__(self, root: str) -> None:
        self.root = root

    def to(self, path: str, /, **parameters: Value) -> str:
        """Return the address of a path; parameters that are None, False or empty are left out, and `from_` stands for `from`."""
        pairs: list[tuple[str, Any]] = []
        for name, value in parameters.items():
            name = name.rstrip("_")
            if value is True:
                pairs.append((name, "true"))
            elif isinstance(value, (str, int, float)) and value not in (False, ""):
                pairs.append((name, value))
            elif value is not None and not isinstance(value, (bool, str)):
                pairs += [(name, item) for item in value]  # type: ignore[union-attr]
        return f"{self.root}{quote(path, safe=_SAFE)}" + (f"?{urlencode(pairs, safe=_SAFE_IN_QUERY)}" if pairs else "")

    def concept(self, curie: str, **parameters: Value) -> str:
        """Return the address of a construct's page."""
        return self.to(f"/concepts/{curie}", **parameters)

    def framework(self, key: str, **parameters: Value) -> str:
        """Return the address of a framework edition's page."""
        return self.to(f"/frameworks/{key}", **parameters)

    def record(self, record_id: str) -> str:
        """Return the address of a mapping record's page."""
        return self.to(f"/mappings/{record_id}")

    def evidence(self, curie: str) -> str:
        """Return the address of the page of a piece of evidence."""
        return self.to(f"/evidence/{curie}")

    def source(self, curie: str) -> str:
        """Return the address of a source's page."""
        return self.to(f"/sources/{curie.removeprefix('source:')}")

    def crosswalk(self, source: str, target: str, **parameters: Value) -> str:
        """Return the address of the crosswalk of two editions."""
        return self.to(f"/crosswalks/{source}/{target}", **parameters)

    def coverage(self, source: str, target: str, **parameters: Value) -> str:
        """Return the address of the coverage of two editions."""
        return self.to(f"/coverage/{source}/{target}", **parameters)

    def explain(self, subject: str, object: str, **parameters: Value) -> str:
        """Return the address of the explanation of a pair."""
        return self.to("/explain", subject=subject, object=object, **parameters)

    def case(self, id: str, **parameters: Value) -> str:
        """Return the address of a case's page."""
        return self.to(f"/cases/{id}", **parameters)

    def resource(self, curie: str) -> str:
        """Return the address at which the graph describes one of its things."""
        return self.to("/id/" + curie.replace(":", "/", 1))
