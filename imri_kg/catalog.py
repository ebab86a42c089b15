"""Every SPARQL text of the project: read from `queries/`, with its header; no other module holds any.

Services ask for a query by name and bind its declared parameters. The prefixes come from `ontology/prefixes.ttl`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from imri_kg.errors import QueryError, UnknownNameError
from imri_kg.prefixes import Prefixes

__all__ = ["Catalog", "StoredQuery"]

_HEADER = re.compile(r"^#\+ (?P<key>[a-z-]+): (?P<value>.*)$")
_REQUIRED = ("id", "summary", "parameters", "result")


class StoredQuery(NamedTuple):
    """A query file: its header, its text and the prefixes that go before it.

    `parameters` maps each variable that may be bound to its kind (`iri`, `string`, `integer`);
    `columns` are the variables of the result, in order.
    """

    id: str
    summary: str
    parameters: Mapping[str, str]
    columns: tuple[str, ...]
    header: Mapping[str, str]
    body: str
    prefixes: str
    file: str

    @property
    def text(self) -> str:
        """The text that the engine runs: prefixes, then the file as it stands."""
        return self.prefixes + self.body

    @property
    def repeatable(self) -> str:
        """The text with only the prefixes that it uses, to be pasted into any SPARQL client."""
        code = "".join(line for line in self.body.splitlines(True) if not line.startswith("#"))
        used = [line for line in self.prefixes.splitlines(True) if re.search(rf"\b{re.escape(line.split()[1])}", code)]
        return "".join(used) + "\n" + self.body

    def to_json(self) -> dict[str, object]:
        """Return the query as a dictionary."""
        return {
            "name": self.id,
            "question": self.header.get("question"),
            "summary": self.summary,
            "note": self.header.get("note"),
            "parameters": dict(self.parameters),
            "columns": list(self.columns),
            "answerable": self.header.get("answerable", "yes"),
            "frameworks": [f.strip() for f in self.header.get("frameworks", "").split(",") if f.strip()],
            "sparql": self.repeatable,
        }


class Catalog:
    """The queries below a folder, by name (`service/records`, `competency/cq01-...`)."""

    def __init__(self, folder: Path, prefixes: Prefixes) -> None:
        self._folder = folder
        self._prefixes = prefixes.sparql()
        self._read: dict[str, StoredQuery] = {}

    def names(self, group: str = "") -> list[str]:
        """Return the names of all queries, or of those in one folder (`qc`, `service`, `competency`, `build`)."""
        found = sorted(p.relative_to(self._folder).with_suffix("").as_posix() for p in self._folder.rglob("*.rq"))
        return [n for n in found if not group or n.startswith(group + "/")]

    def query(self, name: str) -> StoredQuery:
        """Return a stored query.

        Raises:
            UnknownNameError: there is none of that name.
            QueryError: its header is incomplete.
        """
        if name not in self._read:
            file = self._folder / f"{name}.rq"
            if not re.fullmatch(r"[a-z0-9/-]+", name) or not file.is_file():
                raise UnknownNameError("query", name, self.names())
            self._read[name] = self._parse(name, file)
        return self._read[name]

    def _parse(self, name: str, file: Path) -> StoredQuery:
        try:
            body = file.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise QueryError(f"{file.name} is not UTF-8 (byte {error.start}); save it as UTF-8.") from error
        header: dict[str, str] = {}
        for line in body.splitlines():
            match = _HEADER.match(line)
            if match is None:
                break
            header[match["key"]] = match["value"].strip()
        missing = [key for key in _REQUIRED if not header.get(key)]
        if missing:
            raise QueryError(f"{file.name}: the header lacks {', '.join(missing)} (lines that begin with '#+ ').")
        if header["id"] != name:
            raise QueryError(f"{file.name}: the header's id is {header['id']!r}, but the file's place says {name!r}.")
        parameters: dict[str, str] = {}
        if header["parameters"] != "none":
            for item in header["parameters"].split(","):
                variable, _, kind = item.strip().partition(":")
                parameters[variable] = kind or "iri"
        columns = tuple(c.strip() for c in header["result"].split(","))
        return StoredQuery(name, header["summary"], parameters, columns, header, body, self._prefixes, file.name)
