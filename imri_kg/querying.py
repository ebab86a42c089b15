"""Stored queries by name and free SPARQL text, over the store of a release.

A service: stored queries take parameters by their declared kind; free text is read-only and may not reach out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from imri_kg.catalog import Catalog, StoredQuery
from imri_kg.errors import QueryError, UnknownNameError, nearest_names
from imri_kg.frameworks import FrameworkService
from imri_kg.prefixes import Prefixes
from imri_kg.sparql_text import read_query
from imri_kg.store import IRI, Results, Store, Typed
from imri_kg.tables import Table, table
from imri_kg.vocabulary import XSD

__all__ = ["QueryService"]


class QueryService:
    """Runs queries and names what they return."""

    def __init__(self, store: Store, catalog: Catalog, prefixes: Prefixes, frameworks: FrameworkService, release: str) -> None:
        self._store, self._catalog, self._prefixes = store, catalog, prefixes
        self._frameworks, self.release = frameworks, release

    def list(self, group: str = "") -> Table:
        """Return the stored queries, all or those of one group.

        Raises:
            UnknownNameError: there is no such group.
        """
        groups = sorted({n.split("/")[0] for n in self._catalog.names()} | {"competency"})
        if group and group not in groups:
            raise UnknownNameError("group", group, groups)
        items = [self._catalog.query(name).to_json() for name in self._catalog.names(group)]
        columns = ("name", "question", "summary", "note", "parameters", "columns", "answerable", "frameworks", "sparql")
        return table(items, columns, self.release, query="catalog")

    def stored(self, name: str) -> StoredQuery:
        """Return a stored query; the group may be left out for competency questions.

        Raises:
            UnknownNameError: there is none of that name.
        """
        names = self._catalog.names()
        if name in names:
            return self._catalog.query(name)
        short = [n for n in names if n.startswith("competency/") and (n.removeprefix("competency/") == name or n.removeprefix("competency/").split("-")[0] == name.casefold())]
        if len(short) == 1:
            return self._catalog.query(short[0])
        raise UnknownNameError("query", name, names, nearest=self._near(name, names))

    def _near(self, name: str, names: Sequence[str]) -> Sequence[str]:
        """Return the queries whose name, with or without its group, or whose number is like one that there is not."""
        numbered = re.fullmatch(r"(?:competency/)?cq-?0*(\d+)", name.strip().casefold())
        if numbered:
            return [n for n in names if n.startswith(f"competency/cq{int(numbered[1]):02}-")]
        by_end = {n.partition("/")[2]: n for n in names}
        near = [*nearest_names(name, names), *(by_end[end] for end in nearest_names(name, list(by_end)))]
        begun = [n for end, n in by_end.items() if name.strip() and name.strip().casefold() in end]
        return list(dict.fromkeys([*near, *begun]))[:3]

    def run_stored(self, name: str, parameters: Mapping[str, str]) -> Table:
        """Run a stored query; the answer carries its text, so that a reader can repeat it.

        Raises:
            UnknownNameError: no such query or parameter.
            QueryError: a parameter has a value that its kind does not allow.
        """
        return self._stored(self.stored(name.strip()), parameters)

    def run(self, text_or_name: str, /, **parameters: str) -> Table:
        """Run a stored query by name, or SPARQL text.

        Free text is not limited in time and memory here; `imri_kg.isolation.limited` does that.

        Args:
            text_or_name: a name such as `cq01`, or SPARQL 1.1 (SELECT, ASK, CONSTRUCT, DESCRIBE); our prefixes are known.
            parameters: values for the parameters of a stored query: CURIEs for `iri`, plain text for `string`.

        Raises:
            UnknownNameError: no such query or parameter.
            QueryError: the text cannot be run.
        """
        if "{" not in text_or_name and not re.match(r"\s*(PREFIX|BASE|DESCRIBE)\b", text_or_name, re.IGNORECASE):
            return self.run_stored(text_or_name, parameters)
        if parameters:
            raise QueryError("Only stored queries take parameters.")
        known, base = self._prefixes.namespaces, self._prefixes.base
        read_query(text_or_name, known, base)
        return self.free_table(self._store.read(text_or_name, base=base, prefixes=known))

    def free_table(self, found: Results) -> Table:
        """Return what a query of the user's own gave as a table, IRIs as CURIEs."""
        return self._table(found, "free text")

    def _stored(self, query: StoredQuery, parameters: Mapping[str, str]) -> Table:
        bound: dict[str, object] = {}
        for name, value in parameters.items():
            if name not in query.parameters:
                raise UnknownNameError("parameter", name, list(query.parameters) or ["(none)"], f"query {query.id}")
            kind = query.parameters[name]
            if kind == "iri":
                bound[name] = IRI(self._prefixes.expand(value)) if self._prefixes.is_curie(value) else IRI(value) if value.startswith("http") else IRI(
                    self._prefixes.expand(self._frameworks.resolve(value).curie))  # fmt: skip
            elif kind == "integer":
                if re.fullmatch(r"[+-]?[0-9]{1,18}", value) is None:
                    raise QueryError(f"The parameter {name!r} of {query.id} is a whole number; {value!r} is none.")
                bound[name] = Typed(value, XSD.integer)
            else:
                # The key of an edition that there is not would give an empty answer, which says something else.
                bound[name] = self._frameworks.key(value) if name.casefold().endswith("key") else value
        found = self._store.select(query.text, **bound)
        empty = not found.rows and found.truth is None and found.triples is None
        return self._table(found, query.id, query, self._without_rows(bound) if bound and empty else ())

    def _without_rows(self, bound: Mapping[str, object]) -> tuple[str, ...]:
        """Say what the parameters of a query without rows were: one of another kind than the query is about gives none either."""
        told = "; ".join(f"{name} is {self._described(value)}" for name, value in bound.items())
        return (f"The query has no rows where {told}. A value of another kind than the query asks about gives no rows either: its summary says what it asks about.",)

    def _described(self, value: object) -> str:
        """Return a value of a parameter with what the graph calls it, its kind and its edition."""
        if not isinstance(value, IRI):
            return repr(str(value[0] if isinstance(value, Typed) else value))
        curie = self._prefixes.compress(value)
        entry = self._frameworks.index.get(curie)
        if entry is not None:
            return f"{curie} ({entry.label}), of the kind {entry.kind} and the edition {entry.framework}"
        found = self._frameworks.kind_of(value)
        if found is None:
            return f"{curie}, which the graph does not describe"
        kinds, label = found
        return f"{curie}{f' ({label})' if label else ''}, of the kind {kinds}"

    def _table(self, found: Results, name: str, query: StoredQuery | None = None, notes: tuple[str, ...] = ()) -> Table:
        extra: dict[str, object] = {**query.to_json(), "notes": list(notes)} if query else {}
        if found.triples is not None:
            return Table(("triple",), tuple((line,) for line in found.triples.splitlines()), self.release, name, extra)
        if found.truth is not None:
            return Table(("answer",), ((found.truth,),), self.release, name, extra)
        short = self._prefixes.compress
        rows = tuple(tuple(short(v) if v and v.startswith("http") else v for v in row) for row in found.rows)
        return Table(found.variables, rows, self.release, name, extra)
