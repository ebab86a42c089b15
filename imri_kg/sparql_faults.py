"""Why the engine refused a query, in words that help whoever wrote it.

The engine's parser says how far it came, with the longest word that it tried counted in, and every character that it could have gone on with. So it is
asked again with blanks between the tokens, where that distance cannot reach the next one, and then for the text before the token that stopped it.
Called by the store after a refusal, never before: nothing that the engine takes is refused here.
"""

from __future__ import annotations

# A process that answers queries can open no file any more when `nearest_names` would load this.
import difflib  # noqa: F401
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from imri_kg.errors import QueryError, nearest_names
from imri_kg.sparql_text import Token, read_tokens

__all__ = ["explain_fault"]

#: Longer than any word that the parser tries.
_GAP = " " * 20
#: Longest query that is read again, in characters.
_LONGEST = 20_000
_MOST_EXPECTED = 5
_KEYWORD = "a keyword"
_MOST_SHOWN = 40
_APART = "{}()[];,."
_PLACE = re.compile(r"error at (\d+):(\d+)(?:: expected (?:one of )?(.*))?", re.DOTALL)
_CLASS = re.compile(r"\['.*?'\]", re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
#: What the parser says where a text is well formed and breaks a rule, other than in a whole sentence.
_RULES = {"Prefix not found": "", "IRI parsing failed": "the IRI is not well formed"}
_WORDS = (
    "ASK AS ASC AVG BASE BIND BOUND BY COALESCE CONCAT CONSTRUCT CONTAINS COUNT DATATYPE DESC DESCRIBE DISTINCT EXISTS FILTER FROM GRAPH GROUP GROUP_CONCAT HAVING IF IN IRI "
    "ISBLANK ISIRI ISLITERAL LANG LANGMATCHES LCASE LIMIT MAX MIN MINUS NAMED NOT OFFSET OPTIONAL ORDER PREFIX REDUCED REGEX REPLACE ROUND SAMPLE SAMETERM SELECT STR STRAFTER "
    "STRBEFORE STRENDS STRLEN STRSTARTS SUBSTR SUM UCASE UNDEF UNION VALUES WHERE"
).split()


class _Placed(NamedTuple):
    """A token, where it begins in the query, and where in the text with blanks."""

    token: Token
    begins: int
    spread: int


def explain_fault(
    query: str, message: str, refusal: Callable[[str], str | None], prefixes: Iterable[str] = (), spell: Callable[[str], str] = str
) -> str:
    """Return why a query was refused: line and column, what stands there, and what is wrong with it.

    Args:
        query: the text as it was written.
        message: what the engine said of it.
        refusal: gives what the engine says of another text, or None where it takes it.
        prefixes: prefixes that need not be declared.
        spell: gives a name as it has to be written for the engine.
    """
    try:
        placed, spread = _take_apart(query, spell) if len(query) <= _LONGEST else ([], "")
    except QueryError as error:
        return str(error)
    if not spread:
        found = _PLACE.match(message)
        return f"The query is not SPARQL (near line {found[1]})." if found else "The query is not SPARQL."
    reached = _PLACE.match(refusal(spread) or "")
    if reached is None:
        return "The query is not SPARQL: a blank is missing between two of its words or signs."
    position = _offset(spread, int(reached[1]), int(reached[2]))
    there = None if position >= len(spread) else next((p for p in reversed(placed) if p.spread <= position), None)
    end = placed[-1].begins + len(placed[-1].token.text) if placed else 0
    line, column = _line_and_column(query, there.begins if there else end)
    return f"The query is not SPARQL (line {line}, column {column}): {_reason(placed, there, spread, reached[3] or '', refusal, prefixes)}"


def _reason(placed: list[_Placed], there: _Placed | None, spread: str, expected: str, refusal: Callable[[str], str | None], prefixes: Iterable[str]) -> str:
    if there is not None and (undeclared := _undeclared(placed, there, tuple(prefixes))):
        return undeclared
    rule = _rule(expected)
    if rule:
        return f"{rule[0].lower() if rule[1:2].islower() else rule[0]}{rule[1:].rstrip('.')}."
    stop = there.spread if there else len(spread)
    told = refusal(spread[:stop])
    if told is None and there is not None:
        return f"the query is complete before {_shown(there)}."
    found = _PLACE.match(told or "")
    due = _expected(found[3] or "") if found and _offset(spread, int(found[1]), int(found[2])) >= stop else []
    hint = f"; expected is {' or '.join(filter(None, [', '.join(due[:-1]), due[-1]]))}" if due else ""
    if there is None:
        return f"it ends too early{hint}." if placed else "it is empty."
    text = there.token.text
    if there.token.kind == "word" and text.upper() not in _WORDS and (not due or _KEYWORD in due) and (near := nearest_names(text, _WORDS, 1)):
        return f"{_shown(there)} is no word of SPARQL that can stand there. Did you mean {near[0]}?"
    # The parser takes no notice of a BIND that breaks this rule, and then misses something else after it.
    bound = text == "}" and any(p.token.text.upper() == "BIND" for p in placed[: placed.index(there)])
    return f"{_shown(there)} cannot stand there{hint}.{' A variable that BIND sets must not occur before it in its group.' if bound else ''}"


def _take_apart(query: str, spell: Callable[[str], str]) -> tuple[list[_Placed], str]:
    """Return the tokens that mean something, with their places, and the query with wide gaps between them."""
    placed: list[_Placed] = []
    parts: list[str] = []
    begins = length = 0

    def add(text: str) -> None:
        nonlocal length
        parts.append(text)
        length += len(text)

    for token in read_tokens(query):
        apart = token.kind == "sign" and token.text in _APART
        if token.kind in ("space", "comment") or apart:
            add(_GAP)
        if token.kind not in ("space", "comment"):
            placed.append(_Placed(token, begins, length))
            add(spell(token.text) if token.kind == "name" else token.text)
        if apart:
            add(_GAP)
        begins += len(token.text)
    add(_GAP)
    return placed, "".join(parts)


def _undeclared(placed: list[_Placed], there: _Placed, known: tuple[str, ...]) -> str:
    """Say that the prefix of a name is not declared, or nothing where it is."""
    if there.token.kind != "name":
        return ""
    prefix = there.token.text.partition(":")[0]
    named = [after.token.text for before, after in zip(placed, placed[1:], strict=False) if before.token.text.upper() == "PREFIX"]
    declared = [*known, *(text.removesuffix(":") for text in named)]
    if prefix in declared:
        return ""
    near = nearest_names(prefix, declared)
    hint = f" Did you mean {' or '.join(repr(n) for n in near)}?" if near else ""
    listed = f" Known without it are {', '.join(sorted(known))}." if known else ""
    what = f"the prefix {prefix!r}" if prefix else "the empty prefix (a name that begins with ':')"
    return f"{what} is not declared.{hint} Declare it with PREFIX.{listed}"


def _rule(expected: str) -> str:
    """Return the rule that the engine says was broken, empty where it names none."""
    for part in _QUOTED.sub("", _CLASS.sub("", expected)).split(", "):
        part = part.strip()
        if part in _RULES:
            return _RULES[part]
        if len(part.split()) > 3:
            return part
    return ""


def _expected(expected: str) -> list[str]:
    """Return at most a handful of what could follow, in words."""
    signs = {re.sub(r"\\(.)", r"\1", sign) for sign in _QUOTED.findall(_CLASS.sub("", expected))}
    terms = bool(signs & {"?", "$"})
    words = [repr(sign) for sign in "})]" if sign in signs]
    words += ["a variable"] if terms else []
    words += ["a name or IRI"] if ":" in signs else ["an IRI in <>"] if signs == {"<"} else []
    words += ["a literal"] if "'" in signs else ["a number"] if "['0'..='9']" in expected else []
    words += ["an operator"] if "=" in signs else []
    words += [repr(sign) for sign in "{([.;," if sign in signs]
    # A word is tried by taking as many characters as it has; at the end of the text there are none.
    return [*words[:_MOST_EXPECTED], *([_KEYWORD] if "[_]" in expected else [])]


def _shown(placed: _Placed) -> str:
    text = placed.token.text
    return repr(text if len(text) <= _MOST_SHOWN else text[: _MOST_SHOWN - 1] + "…")


def _offset(text: str, line: int, column: int) -> int:
    return sum(len(before) + 1 for before in text.split("\n")[: line - 1]) + column - 1


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
