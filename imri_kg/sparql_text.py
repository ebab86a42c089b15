"""What can be told of a SPARQL query from its text alone, before any parser reads it.

The embedded engine overflows its stack on deeply nested text, asks other servers for `SERVICE`, and gives no parsed form to look at.
So its tokens (SPARQL 1.1, section 19) are read here: they tell the form of the query, how deep it nests, which graphs it names in
`FROM`, and whether it could hold `SERVICE`. The last is asked of every reading of the text: where a sign can be read in two ways,
both are looked at. A word inside a literal, a comment, a name or an IRI is none of these.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import urljoin

from imri_kg.errors import QueryError

__all__ = ["DEEPEST_NESTING", "LONGEST_QUERY", "MOST_OPERATORS", "MOST_PARTS", "QueryText", "Token", "read_query", "read_tokens"]

#: Longest query in characters.
LONGEST_QUERY = 50_000
#: Deepest nesting of brackets; the engine's parser takes more time with each level and overflows its stack on thousands.
DEEPEST_NESTING = 60
#: Most signs that join parts of expressions and paths; chains of thousands overflow the stack of the engine's optimiser.
MOST_OPERATORS = 500
#: Most signs and words that begin a further part.
MOST_PARTS = 1_500

FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
# Prefixes are short: a bound keeps the search for their colon from starting anew at every letter of a long text without one.
_TOKEN = re.compile(
    r"""(?P<space>[\s\x00]+) | (?P<comment>\#[^\r\n]*)
      | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)
      | (?P<string>\"{3}(?:[^"\\]|\\.|"(?!""))*\"{3} | '{3}(?:[^'\\]|\\.|'(?!''))*'{3})
      | (?P<open>\"{3} | '{3})
      | (?P<short>"(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*')
      | (?P<unclosed>["'])
      | (?P<variable>[?$]\w+) | (?P<language>@[A-Za-z]+(?:-[A-Za-z0-9]+)*) | (?P<blank>_:(?:[\w.-]*[\w-])?)
      | (?P<name>(?:[^\W\d_](?:[\w.-]{0,60}[\w-])?)?:(?:(?:[\w:.-]|%[0-9A-Fa-f]{2}|\\.)*(?:[\w:-]|%[0-9A-Fa-f]{2}|\\.))?)
      | (?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?) | (?P<word>[^\W\d]\w*) | (?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)
_OPERATORS = frozenset("!^/|&=<>")
_OPERATOR_WORDS = frozenset({"UNION", "NOT", "IN"})
_PARTS = frozenset("-+*,;{(")
_PART_WORDS = frozenset({"MINUS", "BASE", "PREFIX", "FROM"})
_SERVICE = "service"
# Whoever takes more than is meant for a call loses nothing but a copy that could have been kept.
_CHANGING = re.compile(r"(?:rand|now|uuid|bnode)[\s#(]", re.IGNORECASE)


class Token(NamedTuple):
    """A piece of a query: `kind` is space, comment, iri, string, variable, language, blank, name, number, word or sign."""

    kind: str
    text: str


class QueryText(NamedTuple):
    """What the text of a query tells.

    `form` is SELECT, ASK, CONSTRUCT or DESCRIBE, `UPDATE` for an update, or empty. `default` and `named` are the IRIs in `FROM` and
    `FROM NAMED`; `dataset` says whether there are any. `changing` says that the query may answer otherwise each time: it seems to call RAND, NOW,
    UUID, STRUUID or BNODE.
    """

    form: str
    default: tuple[str, ...]
    named: tuple[str, ...]
    changing: bool = False

    @property
    def dataset(self) -> bool:
        return bool(self.default or self.named)


def read_query(text: str, prefixes: Mapping[str, str], base: str) -> QueryText:
    """Return what a query is, after refusing what must not reach a parser.

    Args:
        text: SPARQL.
        prefixes: prefixes that need not be declared, with their namespaces.
        base: IRI that relative ones are resolved against, where the query has no BASE.

    Raises:
        QueryError: the text is too long, nests too deep, has too many parts, or may ask another server.

    >>> read_query("SELECT * FROM <graph/core> { ?s ?p 'SERVICE' }", {}, "http://example.org/")
    QueryText(form='SELECT', default=('http://example.org/graph/core',), named=(), changing=False)
    """
    if len(text) > LONGEST_QUERY:
        raise QueryError(f"The query has {len(text):,} characters; at most {LONGEST_QUERY:,} are read.")
    read = [_read(reading, prefixes, base) for reading in dict.fromkeys((_ESCAPE.sub(_character, text), text))]
    # The grammar resolves escapes before anything else, the engine only inside literals and IRIs: a quote by escape has two readings.
    if any((other.default, other.named) != (read[0].default, read[0].named) for other in read):
        raise QueryError("Escapes such as \\u0027 leave in doubt where a literal or comment of the query ends; write the characters themselves.")
    return read[0]


def _read(text: str, prefixes: Mapping[str, str], base: str) -> QueryText:
    """Return what one reading of a query is."""
    tokens = list(read_tokens(text))
    _measure(tokens)
    _refuse_service(text, tokens)
    significant = [t for t in tokens if t.kind not in ("space", "comment")]
    form = next((t.text.upper() for t in significant if t.kind == "word" and t.text.upper() in (*FORMS, *UPDATES)), "")
    _refuse_joined(significant)
    default, named = _graphs(significant, prefixes, base)
    return QueryText("UPDATE" if form in UPDATES else form, default, named, bool(_CHANGING.search(text)))


def _character(match: re.Match[str]) -> str:
    number = int(match[1] or match[2], 16)
    # What stands for no character is left to the parser to refuse.
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else match[0]


def read_tokens(text: str) -> Iterator[Token]:
    """Yield the pieces of a query, which together are its text.

    Raises:
        QueryError: a literal has no end.
    """
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        # Going on would look for the end of every further quote anew, and take minutes for text that is mostly quotes.
        if kind in ("open", "unclosed"):
            raise QueryError(f"The query is not SPARQL: the literal that begins at character {match.start() + 1:,} has no end.")
        yield Token("string" if kind == "short" else kind, match[0])


def _measure(tokens: list[Token]) -> None:
    """Refuse text that nests too deep or has too many parts."""
    depth = deepest = operators = parts = 0
    for kind, text in tokens:
        if kind == "sign":
            if text in "({[":
                depth += 1
                deepest = max(deepest, depth)
            elif text in ")}]":
                depth -= 1
            operators += text in _OPERATORS
            parts += text in _PARTS
        elif kind == "word":
            operators += text.upper() in _OPERATOR_WORDS
            parts += text.upper() in _PART_WORDS
    if deepest > DEEPEST_NESTING:
        raise QueryError(f"The query nests {deepest:,} brackets deep; at most {DEEPEST_NESTING} are read.")
    if operators > MOST_OPERATORS:
        raise QueryError(f"The query has {operators:,} operators; at most {MOST_OPERATORS} are read. Break it into several, or name values in VALUES.")
    if parts > MOST_PARTS:
        raise QueryError(f"The query has {parts:,} parts; at most {MOST_PARTS:,} are read. Break it into several.")


def _refuse_service(text: str, tokens: list[Token]) -> None:
    """Refuse text that any reading of it could take for a request to another server.

    A parser without tokens of its own, as the engine's is, reads `SERVICE:x {` and `ex:a.b.SERVICE <x> {` otherwise than the grammar, and `<`
    as a comparison where an IRI could begin. With a comment sign behind it, the rest of the line has two readings.
    """
    if _SERVICE not in text.casefold():
        return
    significant = [t for t in tokens if t.kind not in ("space", "comment")]
    for before, (kind, word), after in zip([Token("", ""), *significant], significant, [*significant[1:], Token("", "")], strict=False):
        folded = word.casefold()
        if kind == "iri" and "#" in word and "://" not in word.split("#")[0]:
            raise QueryError(
                f"SERVICE is refused, and whether the query holds it cannot be told for sure beside the IRI {word[:80]}. Write that IRI in full, or as a prefixed name.")
        if _SERVICE not in folded:
            continue
        glued = kind in ("name", "blank") and f".{_SERVICE}" in folded
        keyword = kind == "name" and folded.startswith(_SERVICE) and after.text == "{" and before.text.upper() != "GRAPH"
        compared = kind == "iri" and ")" in folded.split(_SERVICE)[0]
        if kind in ("word", "sign", "number") or glued or keyword or compared:
            raise QueryError("SERVICE is refused: a query answers from this graph alone and asks no other server.")


def _refuse_joined(tokens: list[Token]) -> None:
    """Refuse words that the engine would take apart: it reads `ASKFROM<g>`, `FROMNAMED<g>` and `FROM:x` as keywords, the grammar does not."""
    declared = {name.text.partition(":")[0] for word, name in zip(tokens, tokens[1:], strict=False) if word.text.upper() == "PREFIX"}
    depth = 0
    before = ""
    for kind, text in tokens:
        depth += (text in "({[") - (text in ")}]") if kind == "sign" else 0
        head = text.partition(":")[0]
        joined = head.upper().startswith((*FORMS, "FROM"))
        if kind == "word":
            joined = joined and head.upper() not in (*FORMS, "FROM")
        elif kind == "name" and not depth and before != "PREFIX":
            joined = head.upper() in ("FROM", "NAMED") or joined and head not in declared
        else:
            joined = False
        if joined:
            raise QueryError(f"The query is not SPARQL: a blank is missing in {text[:80]!r}.")
        before = text.upper()


def _graphs(tokens: list[Token], prefixes: Mapping[str, str], base: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the IRIs after FROM and after FROM NAMED."""
    known = dict(prefixes)
    default: list[str] = []
    named: list[str] = []
    for number, (kind, text) in enumerate(tokens):
        if kind != "word":
            continue
        following = [*tokens[number + 1 : number + 3], Token("", ""), Token("", "")]
        match text.upper():
            case "BASE" if following[0].kind == "iri":
                base = _iri(following[0], known, base)
            case "PREFIX" if following[0].kind == "name" and following[1].kind == "iri":
                known[following[0].text[:-1]] = _iri(following[1], known, base)
            case "FROM":
                is_named = following[0].text.upper() == "NAMED"
                (named if is_named else default).append(_iri(following[1 if is_named else 0], known, base))
    return tuple(default), tuple(named)


def _iri(token: Token, prefixes: Mapping[str, str], base: str) -> str:
    if token.kind == "iri":
        return urljoin(base, _ESCAPE.sub(_character, token.text[1:-1]))
    prefix, _, local = token.text.partition(":")
    return prefixes.get(prefix, prefix + ":") + re.sub(r"\\(.)", r"\1", local)
