"""The engine that answers: an embedded Oxigraph store. The only module that imports pyoxigraph.

Services hand it the text of a stored query and terms to bind; nobody pastes terms into SPARQL text.
Bound variables must be projected by the query, or Oxigraph refuses them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

import pyoxigraph as ox

from imri_kg.errors import QueryError, SnapshotError
from imri_kg.sparql_faults import explain_fault
from imri_kg.vocabulary import RDF

__all__ = [
    "IRI", "SERIALIZATIONS", "Blank", "Found", "Lang", "Node", "Results", "Store", "Typed", "canonical", "parse_location", "quads_of", "relocated", "serialise_rdf",
    "statement", "statements",
]  # fmt: skip

ENGINE_VERSION = ox.__version__


# Tokens of SPARQL in which a full stop is not part of a name, and then prefixed names (SPARQL 1.1, section 19.8).
_TOKENS = re.compile(
    r"""(?P<other><[^<>"{}|^`\\\s]*> | \"{3}(?:[^"\\]|\\.|"(?!""))*\"{3} | '{3}(?:[^'\\]|\\.|'(?!''))*'{3} | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*'
      | \#[^\n]* | _:[\w.-]+ | [?$]\w+)
    | (?P<prefix>(?:[^\W\d_](?:[\w.-]{0,60}[\w-])?)?:)(?P<local>(?:[\w:.-]|%[0-9A-Fa-f]{2}|\\.)*(?:[\w:-]|%[0-9A-Fa-f]{2}|\\.))""",
    re.VERBOSE | re.DOTALL,
)


#: Forms in which the engine writes results as a stream: of SELECT and ASK, and of CONSTRUCT and DESCRIBE.
_RESULT_FORMS = {"json": ox.QueryResultsFormat.JSON, "xml": ox.QueryResultsFormat.XML, "csv": ox.QueryResultsFormat.CSV, "tsv": ox.QueryResultsFormat.TSV}
_GRAPH_FORMS = {"ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES, "rdfxml": ox.RdfFormat.RDF_XML, "jsonld": ox.RdfFormat.JSON_LD}
_NO_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
SERIALIZATIONS = {"results": tuple(_RESULT_FORMS), "graph": tuple(_GRAPH_FORMS)}


class IRI(str):
    """An IRI to bind in a query, told from a plain literal by its type."""

    __slots__ = ()


class Blank(str):
    """The label of a blank node."""

    __slots__ = ()


class Lang(NamedTuple):
    """A literal with a language tag."""

    value: str
    language: str


class Typed(NamedTuple):
    """A literal with a datatype IRI."""

    value: str
    datatype: str


class Node(NamedTuple):
    """An RDF term as it was read: its text, its `kind` (`iri`, `blank`, `literal`), and of a literal the language or datatype."""

    value: str
    kind: str = "iri"
    language: str | None = None
    datatype: str | None = None


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


class Found:
    """The answer to a query before it is written; the engine evaluates while it writes.

    Attributes:
        kind: `results` for SELECT and ASK, `graph` for CONSTRUCT and DESCRIBE.
    """

    def __init__(self, found: Any, prefixes: Mapping[str, str]) -> None:
        self._found, self._prefixes = found, dict(prefixes)
        self.kind = "graph" if isinstance(found, ox.QueryTriples) else "results"

    def write(self, stream: BinaryIO, form: str) -> None:
        """Write the answer.

        Args:
            stream: where to; what its `write` raises is passed on.
            form: one of `SERIALIZATIONS` of its kind.

        Raises:
            QueryError: the evaluation failed, or the answer holds a character that the form cannot express.
        """
        if form in ("xml", "rdfxml"):
            stream = cast(BinaryIO, _OnlyXml(stream))
        with _told():
            if self.kind == "graph" and form == "ttl":
                head = _SortedPrefixes(stream)
                ox.serialize(self._found, head, format=_GRAPH_FORMS[form], prefixes=self._prefixes)
                head.close()
            elif self.kind == "graph":
                ox.serialize(self._found, stream, format=_GRAPH_FORMS[form])
            else:
                self._found.serialize(stream, format=_RESULT_FORMS[form])


class _OnlyXml(io.RawIOBase):
    """A stream of XML: it refuses what no document may hold (XML 1.0, section 2.2), which the engine writes unchanged."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        found = _NO_XML.search(data)
        if found:
            character = ord(found[0].decode())
            raise QueryError(f"The answer holds the character U+{character:04X}, which XML cannot express; ask for it in JSON or CSV.")
        # A carriage return that stands as itself is read as a line feed (section 2.11).
        self._stream.write(bytes(data).replace(b"\r", b"&#13;"))
        return len(data)


class _SortedPrefixes(io.RawIOBase):
    """A stream that sorts the lines with prefixes at the head of Turtle: the engine writes them in an order that differs each time."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._head, self._whole = stream, b"", False

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if self._whole:
            self._stream.write(data)
        else:
            self._head += bytes(data)
            *lines, rest = self._head.split(b"\n")
            if any(not line.startswith(b"@prefix ") for line in lines) or not b"@prefix ".startswith(rest[:8]):
                self._release()
        return len(data)

    def _release(self) -> None:
        lines = self._head.splitlines(keepends=True)
        count = next((n for n, line in enumerate(lines) if not line.startswith(b"@prefix ")), len(lines))
        self._stream.write(b"".join([*sorted(lines[:count]), *lines[count:]]))
        self._whole = True

    def close(self) -> None:
        """Write what is still held; an answer without triples has prefixes alone. The stream below stays open."""
        if not self._whole:
            self._release()


@contextmanager
def _told() -> Iterator[None]:
    """Turn what the engine raises into errors of ours."""
    try:
        yield
    except ValueError as error:
        raise QueryError(f"The query could not be run: {error}") from error
    except RuntimeError as error:
        raise QueryError(f"The query failed while it was evaluated: {error}") from error
    except OSError as error:
        raise SnapshotError(f"The store could not be read: {error}") from error


def _load(engine: Any, quads: bytes) -> None:
    """Load N-Quads with the labels that blank nodes have there, and each triple once more into the default graph.

    The engine's own loader makes new labels each time. Its own union of all graphs gives a triple once for each graph that states it, so that
    counts over it are wrong; a default graph holds each triple once.
    """
    engine.bulk_extend(ox.parse(quads, format=ox.RdfFormat.N_QUADS, rename_blank_nodes=False))
    engine.bulk_extend(ox.Quad(q.subject, q.predicate, q.object) for q in ox.parse(quads, format=ox.RdfFormat.N_QUADS, rename_blank_nodes=False))


def _results(found: Any) -> Results:
    if isinstance(found, ox.QueryBoolean):
        return Results((), [], truth=bool(found))
    if isinstance(found, ox.QueryTriples):
        return Results((), [], triples="".join(sorted({f"{t} .\n" for t in found})))
    names = tuple(v.value for v in found.variables)
    return Results(names, [tuple(_text(row[n]) for n in names) for row in found])


def _term(value: object) -> Any:
    if isinstance(value, IRI):
        return ox.NamedNode(value)
    if isinstance(value, Blank):
        return ox.BlankNode(value)
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


def _refusal(text: str, **settings: Any) -> str | None:
    """Return what the parser says of a text, or None where it takes it; an empty store has nothing to work on."""
    try:
        ox.Store().query(text, **settings)
    except SyntaxError as error:
        return str(error.msg)
    except (ValueError, RuntimeError):
        return None
    return None


class Store:
    """A set of named graphs, read by SPARQL; the default graph is the union of them all."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine

    @classmethod
    def in_memory(cls, quads: bytes = b"") -> Store:
        """Load N-Quads into memory."""
        engine = ox.Store()
        if quads:
            _load(engine, quads)
        return cls(engine)

    @classmethod
    def write(cls, folder: Path, quads: bytes) -> None:
        """Write N-Quads into a new store in `folder`, to be opened read-only later."""
        engine = ox.Store(str(folder))
        _load(engine, quads)
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
        with _told():
            terms: Mapping[Any, Any] = {ox.Variable(n): _term(v) for n, v in bindings.items() if v is not None}
            return _results(self._query(query, substitutions=terms or None))

    def read(self, query: str, *, base: str, prefixes: Mapping[str, str]) -> Results:
        """Run a query and read every row; arguments and errors are those of `answer`."""
        with _told():
            return _results(self._query(query, base_iri=base, prefixes=dict(prefixes)))

    def answer(self, query: str, *, base: str, prefixes: Mapping[str, str], dataset: tuple[Sequence[str], Sequence[str]] | None = None) -> Found:
        """Run a query whose answer is written as a stream.

        Args:
            query: SPARQL text.
            base: IRI that relative ones are resolved against.
            prefixes: prefixes that need not be declared, with their namespaces.
            dataset: IRIs of the graphs that make the default graph, and of the named graphs, instead of those of the query.

        Raises:
            QueryError: the text is not SPARQL.
        """
        more: dict[str, Any] = {}
        with _told():
            if dataset is not None:
                default, named = ([ox.NamedNode(iri) for iri in graphs] for graphs in dataset)
                more = {"default_graph": default, "named_graphs": named}
            return Found(self._query(query, base_iri=base, prefixes=dict(prefixes), **more), prefixes)

    def graph_names(self) -> list[str]:
        """Return the IRIs of the named graphs, sorted."""
        return sorted(g.value for g in self._engine.named_graphs())

    def _query(self, query: str, **more: Any) -> Any:
        """Ask the engine, which takes `cfir2022:IV.C.A` for a fault (0.5.13: no second full stop in a name); SPARQL does not."""
        for text in dict.fromkeys((query, _with_stops_escaped(query))):
            try:
                return self._engine.query(text, **more)
            except SyntaxError as error:
                refused = error
        settings = {name: more[name] for name in ("base_iri", "prefixes") if name in more}
        told = explain_fault(query, str(refused.msg), partial(_refusal, **settings), settings.get("prefixes", ()), _with_stops_escaped)
        raise QueryError(told) from refused

    def add(self, quads: bytes) -> None:
        """Add N-Quads to a store in memory."""
        _load(self._engine, quads)

    def __len__(self) -> int:
        return len(self._lines())

    def to_nquads(self) -> bytes:
        """Return every quad as sorted N-Quads."""
        return b"".join(sorted(self._lines()))

    def _lines(self) -> list[bytes]:
        """Return every quad as a line; a triple of the default graph only where no named graph has it."""
        named, triples = [], set()
        for quad in self._engine.quads_for_pattern(None, None, None, None):
            if not isinstance(quad.graph_name, ox.DefaultGraph):
                named.append(f"{quad} .\n".encode())
                triples.add(quad.triple)
        alone = self._engine.quads_for_pattern(None, None, None, ox.DefaultGraph())
        return [*named, *(f"{quad} .\n".encode() for quad in alone if quad.triple not in triples)]


def parse_location(text: bytes) -> tuple[int, int, str] | None:
    """Return line, column and message of the first syntax error of a Turtle file, or None when it parses."""
    try:
        for _ in ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri="urn:x-local:/"):
            pass
    except SyntaxError as error:
        return error.lineno or 0, error.offset or 0, error.msg or str(error)
    return None


def relocated(message: str, lines: int) -> str:
    """Return the message of a syntax error with its lines counted after the first `lines`, which hold prefixes."""
    return re.sub(r"line (\d+)", lambda m: f"line {max(int(m[1]) - lines, 1)}", message, count=1)


#: Forms that keep the names of graphs.
_DATASET_FORMS = {"nq": ox.RdfFormat.N_QUADS, "trig": ox.RdfFormat.TRIG}


def statement(subject: IRI | Blank, predicate: str, value: object) -> str:
    """Return a triple as a line of N-Triples. `value` is an IRI, a Blank, a Lang, a Typed, or plain text for a plain literal."""
    return f"{ox.Triple(_term(subject), ox.NamedNode(predicate), _term(value))} .\n"


def statements(lines: Iterable[str]) -> list[tuple[Node, str, Node]]:
    """Read lines of N-Triples or N-Quads as subject, predicate and object, in their order; which graph they are of is left out."""
    return [(_node(q.subject), q.predicate.value, _node(q.object)) for q in ox.parse("".join(lines), format=ox.RdfFormat.N_QUADS)]


def _node(term: Any) -> Node:
    if isinstance(term, ox.NamedNode):
        return Node(term.value)
    if isinstance(term, ox.BlankNode):
        return Node(term.value, "blank")
    return Node(term.value, "literal", term.language, term.datatype.value)


def serialise_rdf(lines: Iterable[str], form: str, prefixes: Mapping[str, str], *, first: str = "") -> bytes:
    """Return statements in an RDF form; the same statements give the same bytes.

    Args:
        lines: lines of N-Triples or N-Quads, in any order.
        form: ttl, jsonld, nt or rdfxml, which hold triples and lose the names of graphs; nq or trig, which keep them.
        prefixes: for the forms that abbreviate; those that no term needs are left out.
        first: IRI of the subject that comes first.
    """
    if form == "nq":
        return "".join(sorted(set(lines))).encode()
    text = "".join(lines)
    quads = ox.parse(text, format=ox.RdfFormat.N_QUADS)
    rank = {str(ox.NamedNode(first)) if first else "": 0}

    def order(item: Any) -> tuple[object, ...]:
        subject, predicate = str(item.subject), item.predicate.value
        return rank.get(subject, 2 if subject.startswith("_") else 1), subject, predicate != RDF.type, predicate, str(item.object)

    if form in _DATASET_FORMS:
        items: list[Any] = sorted(set(quads), key=lambda quad: (str(quad.graph_name), order(quad)))
    else:
        items = sorted({quad.triple for quad in quads}, key=order)
    used = {prefix: namespace for prefix, namespace in prefixes.items() if f"<{namespace}" in text}
    written: bytes = ox.serialize(items, format={**_GRAPH_FORMS, **_DATASET_FORMS}[form], prefixes=used)
    return written


def canonical(lines: Iterable[str]) -> list[str]:
    """Return lines of N-Triples, sorted, in which blank nodes are named after their place; a store names them anew when it loads a file.

    Source: RDF Dataset Canonicalization 1.0 (RDFC-1.0).
    """
    dataset = ox.Dataset(ox.parse("".join(lines), format=ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(f"{quad} .\n" for quad in dataset)


def quads_of(turtle: bytes, graph: str) -> bytes:
    """Return the text of a Turtle file as N-Quads of a named graph."""
    name = ox.NamedNode(graph)
    return "".join(f"{ox.Quad(t.subject, t.predicate, t.object, name)} .\n" for t in ox.parse(turtle, format=ox.RdfFormat.TURTLE)).encode()
