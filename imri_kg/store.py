"""The engine that answers: an embedded Oxigraph store. The only module that imports pyoxigraph.

Services hand it the text of a stored query and terms to bind; nobody pastes terms into SPARQL text.
Bound variables must be projected by the query, or Oxigraph refuses them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pyoxigraph as ox

from imri_kg.errors import QueryError, SnapshotError

__all__ = ["IRI", "Lang", "Results", "Store", "Typed", "parse_location", "relocated"]

ENGINE_VERSION = ox.__version__


# Tokens of SPARQL in which a full stop is not part of a name, and then prefixed names (SPARQL 1.1, section 19.8).
_TOKENS = re.compile(
    r"""(?P<other><[^<>"{}|^`\\\s]*> | \"{3}(?:[^"\\]|\\.|"(?!""))*\"{3} | '{3}(?:[^'\\]|\\.|'(?!''))*'{3} | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*'
      | \#[^\n]* | _:[\w.-]+ | [?$]\w+)
    | (?P<prefix>(?:[^\W\d_](?:[\w.-]*[\w-])?)?:)(?P<local>(?:[\w:.-]|%[0-9A-Fa-f]{2}|\\.)*(?:[\w:-]|%[0-9A-Fa-f]{2}|\\.))""",
    re.VERBOSE | re.DOTALL,
)


class IRI(str):
    """An IRI to bind in a query, told from a plain literal by its type."""

    __slots__ = ()


class Lang(NamedTuple):
    """A literal with a language tag."""

    value: str
    language: str


class Typed(NamedTuple):
    """A literal with a datatype IRI."""

    value: str
    datatype: str


class Results(NamedTuple):
    """What a query gave: variable names and rows of strings (None where unbound), or a truth value, or N-Triples."""

    variables: tuple[str, ...]
    rows: list[tuple[str | None, ...]]
    truth: bool | None = None
    triples: str | None = None

    def dicts(self) -> Iterator[dict[str, str | None]]:
        """Yield each row as a dictionary."""
        for row in self.rows:
            yield dict(zip(self.variables, row, strict=True))


def _term(value: object) -> Any:
    if isinstance(value, IRI):
        return ox.NamedNode(value)
    if isinstance(value, Lang):
        return ox.Literal(value.value, language=value.language)
    if isinstance(value, Typed):
        return ox.Literal(value.value, datatype=ox.NamedNode(value.datatype))
    return ox.Literal(value)


def _text(term: Any) -> str | None:
    if term is None:
        return None
    return f"_:{term.value}" if isinstance(term, ox.BlankNode) else term.value


def _with_stops_escaped(query: str) -> str:
    """Return a query with the full stops in prefixed names escaped, which means the same.

    >>> _with_stops_escaped("cfir2022:IV.C.A ?p 'a:b.c.d'")
    "cfir2022:IV\\\\.C\\\\.A ?p 'a:b.c.d'"
    """
    return _TOKENS.sub(lambda m: m[0] if m["other"] else m["prefix"] + re.sub(r"(?<!\\)\.", r"\\.", m["local"]), query)


def _in_terms_of(query: str, escaped: str, message: str) -> str:
    """Return the message of a syntax error in an escaped query with its column counted in the query as it was written."""

    def place(match: re.Match[str]) -> str:
        line, column = int(match[1]), int(match[2])
        before, written = escaped.split("\n")[line - 1][: column - 1], query.split("\n")[line - 1]
        added = len(before) - next((n for n in range(len(written) + 1) if len(_with_stops_escaped(written[:n])) >= len(before)), len(written))
        return f"error at {line}:{column - added}"

    return re.sub(r"error at (\d+):(\d+)", place, message)


class Store:
    """A set of named graphs, read by SPARQL; the default graph is the union of them all."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    @classmethod
    def in_memory(cls, quads: bytes = b"") -> Store:
        """Load N-Quads into memory."""
        engine = ox.Store()
        if quads:
            engine.bulk_load(quads, format=ox.RdfFormat.N_QUADS)
        return cls(engine)

    @classmethod
    def write(cls, folder: Path, quads: bytes) -> None:
        """Write N-Quads into a new store in `folder`, to be opened read-only later."""
        engine = ox.Store(str(folder))
        engine.bulk_load(quads, format=ox.RdfFormat.N_QUADS)
        engine.optimize()
        engine.flush()

    @classmethod
    def read_only(cls, folder: Path) -> Store:
        """Open a written store; many processes can do so at once.

        Raises:
            SnapshotError: the folder holds no store that can be read.
        """
        try:
            return cls(ox.Store.read_only(str(folder)))
        except (OSError, RuntimeError, ValueError) as error:
            raise SnapshotError(f"The store in {folder} cannot be opened: {error}") from error

    def select(self, query: str, /, **bindings: object) -> Results:
        """Run a query with its variables bound to terms and read every row.

        Args:
            query: SPARQL text with its prefixes.
            bindings: variable name (without `?`) to a term; None leaves the variable free.

        Raises:
            QueryError: the text is not SPARQL, a bound variable is not projected, or the evaluation failed.
            SnapshotError: the store on disk is damaged.
        """
        try:
            terms: Mapping[Any, Any] = {ox.Variable(n): _term(v) for n, v in bindings.items() if v is not None}
            found = self._query(query, terms)
            if isinstance(found, ox.QueryBoolean):
                return Results((), [], truth=bool(found))
            if isinstance(found, ox.QueryTriples):
                lines = sorted({f"{t} .\n" for t in found})
                return Results((), [], triples="".join(lines))
            names = tuple(v.value for v in found.variables)
            return Results(names, [tuple(_text(row[n]) for n in names) for row in found])
        except SyntaxError as error:
            place = f" (line {error.lineno}, column {error.offset})" if error.lineno else ""
            raise QueryError(f"The query is not SPARQL{place}: {error.msg}") from error
        except ValueError as error:
            raise QueryError(f"The query could not be run: {error}") from error
        except RuntimeError as error:
            raise QueryError(f"The query failed while it was evaluated: {error}") from error
        except OSError as error:
            raise SnapshotError(f"The store could not be read: {error}") from error

    def _query(self, query: str, terms: Mapping[Any, Any]) -> Any:
        """Ask the engine, which takes `cfir2022:IV.C.A` for a fault (0.5.13: no second full stop in a name); SPARQL does not."""
        try:
            return self._engine.query(query, use_default_graph_as_union=True, substitutions=terms or None)
        except SyntaxError:
            escaped = _with_stops_escaped(query)
            if escaped == query:
                raise
        try:
            return self._engine.query(escaped, use_default_graph_as_union=True, substitutions=terms or None)
        except SyntaxError as error:
            raise SyntaxError(_in_terms_of(query, escaped, str(error.msg))) from error

    def add(self, quads: bytes) -> None:
        """Add N-Quads to a store in memory."""
        self._engine.bulk_load(quads, format=ox.RdfFormat.N_QUADS)

    def __len__(self) -> int:
        return len(self._engine)

    def to_nquads(self) -> bytes:
        """Return every quad as sorted N-Quads."""
        return b"".join(sorted(f"{quad} .\n".encode() for quad in self._engine))


def parse_location(text: bytes) -> tuple[int, int, str] | None:
    """Return line, column and message of the first syntax error of a Turtle file, or None when it parses."""
    try:
        for _ in ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri="urn:x-local:/"):
            pass
    except SyntaxError as error:
        return error.lineno or 0, error.offset or 0, error.msg or str(error)
    return None


def relocated(message: str, lines: int) -> str:
    """Return the message of a syntax error with its lines counted after the first `lines`, which hold prefixes.

    The parser's long list of what may follow is left out.
    """
    message = re.sub(r"error at (\d+):(\d+)", lambda m: f"line {max(int(m[1]) - lines, 1)}, column {m[2]}", message)
    return message if len(message) <= 160 else message.split(": expected")[0] + "."
