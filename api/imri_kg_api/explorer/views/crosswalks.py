"""A crosswalk as a page: the matrix with its filters, the panel of one pair, counts and gaps; and the page that chooses a pair of editions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from imri_kg.crosswalks import Crosswalk
from imri_kg.errors import UnknownNameError
from imri_kg.graph import KnowledgeGraph
from imri_kg.model import State
from imri_kg_api.explorer.crosswalk_matrix import Choices, Matrix, Square, matrix
from imri_kg_api.explorer.crosswalk_table import step_words
from imri_kg_api.explorer.gaps import Gap, Gaps, gaps
from imri_kg_api.explorer.pages import Asked, page
from imri_kg_api.explorer.presenting import short_citation
from imri_kg_api.explorer.presenting import words as in_words
from imri_kg_api.explorer.shell import asked_by, render
from imri_kg_api.parameters import check
from imri_kg_api.problems import Problem

__all__ = ["LEVELS", "OWN", "chooser_page", "chosen_words", "crosswalk", "kinds", "left_out", "see", "sides"]

#: Parameters of the page alone, each with whether it may be repeated.
OWN: Mapping[str, bool] = {
    "row_kind": True, "column_kind": True, "state": True, "min_confidence": False, "source": True, "recorded": False,
    "folded_row": True, "folded_column": True, "cell": False, "part": False,
}  # fmt: skip
#: Confidences that the form offers as the least.
LEVELS = ("0.3", "0.5", "0.6", "0.7", "0.8", "0.9")
#: What a form sends where nothing is chosen.
_ANY = "any"
_PARTS = ("panel", "view")


class Seen(NamedTuple):
    """A crosswalk as a reader sees it, with the members of both editions."""

    choices: Choices
    matrix: Matrix
    rows: list[Mapping[str, Any]]
    columns: list[Mapping[str, Any]]


class Listed(NamedTuple):
    """A row as a narrow screen lists it: what is recorded of it, and how many pairs are not assessed, left for want of trust, or hidden."""

    row: Mapping[str, Any]
    squares: tuple[Square, ...]
    open: int
    left: int
    hidden: int


@page("read_crosswalk", "crosswalk.html", own=OWN)
def crosswalk(asked: Asked, answer: Crosswalk) -> dict[str, Any]:
    """Prepare the crosswalk of two editions."""
    part = asked.value("part")
    if part and part not in _PARTS:
        raise UnknownNameError("part", part, _PARTS)
    seen = see(asked, answer)
    shown = seen.matrix
    forward, backward = sides(shown)
    names = {str(m["curie"]): m for m in (*seen.rows, *seen.columns)}
    silent = not (answer.counts["mapped"] or answer.counts["judged_not_mapped"] or answer.counts["contested"])
    source, target = answer.source, answer.target
    return {
        "title": asked.words("crosswalk-title", source=_name(asked, source), target=_name(asked, target)),
        "source": source, "target": target, "part": part, "matrix": shown, "choices": seen.choices, "names": names,
        "forward": forward, "backward": backward, "listed": _listed(seen), "left": left_out(asked, answer, seen),
        "chosen": chosen_words(asked, seen.choices, answer),
        "row_kinds": kinds(seen.rows), "column_kinds": kinds(seen.columns), "sources": _sources(answer), "levels": LEVELS,
        "panel": _panel(asked, answer), "opened": asked.value("cell"), "to": lambda **changes: asked.with_parameters(part=None, **changes),
        "toggled": _toggled(asked, shown), "beside": lambda path, **more: _beside(asked, path, **more),
        "editions": _editions(asked.graph), "swapped": _swapped(asked, answer),
        "routes_shown": sum(square.route and not square.hidden for square in shown.pairs.values()),
        "routes_there": len(asked.graph.crosswalk(source, target, routes=True).routes) if silent and not answer.routes else len(answer.routes), "silent": silent,
        "heads": {axis: [h.curie for h in found if h.below] for axis, found in (("row", shown.rows), ("column", shown.columns))},
    }  # fmt: skip


def see(asked: Asked, answer: Crosswalk) -> Seen:
    """Return what a reader chose to see of a crosswalk.

    Raises:
        UnknownNameError: a chosen kind, state, source or construct is none of the crosswalk.
        Problem: the least confidence is no number from 0 to 1.
    """
    rows, columns = ([dict(m) for m in asked.graph.framework(key).members] for key in (answer.source, answer.target))
    chosen = Choices(
        _chosen(asked, "row_kind", [m["kind"] for m in rows]),
        _chosen(asked, "column_kind", [m["kind"] for m in columns]),
        _chosen(asked, "state", [state.value for state in State]),
        _least(asked.value("min_confidence")),
        _chosen(asked, "source", [e.source for r in answer.records for e in r.evidence] if answer.records else asked.values("source")),
        asked.flag("recorded"),
        _chosen(asked, "folded_row", [m["curie"] for m in rows]),
        _chosen(asked, "folded_column", [m["curie"] for m in columns]),
    )
    whole = asked.graph.crosswalk(answer.source, answer.target, exploratory=asked.flag("exploratory")) if asked.values("basis") else None
    return Seen(chosen, matrix(answer, rows, columns, chosen, whole), rows, columns)


def sides(shown: Matrix) -> tuple[Gaps, Gaps]:
    """Return how the rows stand against the columns, and the other way round; what is not shown for want of a record is a gap like any other."""
    rows, columns = shown.considered_rows, shown.considered_columns

    def gap(curie: str, others: tuple[str, ...], turned: bool) -> Gap:
        found = [(other, shown.pairs.get((other, curie) if turned else (curie, other))) for other in others]
        counts = {state.value: sum(s is not None and not s.left and s.state == state for _, s in found) for state in State}
        counts["left"] = sum(s is not None and s.left for _, s in found)
        return Gap(curie, counts, tuple(other for other, s in found if s is not None and s.state == State.JUDGED_NOT_MAPPED))

    return gaps(gap(row, columns, False) for row in rows), gaps(gap(column, rows, True) for column in columns)


def kinds(members: list[Mapping[str, Any]]) -> dict[str, int]:
    """Return the kinds of constructs among members, each with how many they are."""
    found = [str(m["kind"]) for m in members]
    return {kind: found.count(kind) for kind in dict.fromkeys(found)}


def left_out(asked: Asked, answer: Crosswalk, seen: Seen) -> list[str]:
    """Return what the filters keep from the reader, in sentences."""
    say, shown = asked.words, seen.matrix
    out = [say("crosswalk-left-records", n=n, basis=say(f"basis-{basis}")) for basis, n in sorted(answer.left_out.records.items()) if n]
    if shown.left:
        out.append(say("crosswalk-left-pairs", n=shown.left))
    if shown.rows_left:
        out.append(say("crosswalk-left-rows", n=shown.rows_left, all=len(seen.rows)))
    if shown.columns_left:
        out.append(say("crosswalk-left-columns", n=shown.columns_left, all=len(seen.columns)))
    if shown.hidden:
        out.append(say("crosswalk-left-hidden", n=shown.hidden))
    if shown.unrated:
        out.append(say("crosswalk-left-unrated", n=shown.unrated))
    return out


def chosen_words(asked: Asked, choices: Choices, answer: Crosswalk) -> list[str]:
    """Return what the reader chose, each choice in words."""
    say = asked.words
    sources = _sources(answer)
    lists = (("rows", [in_words(k) for k in sorted(choices.row_kinds)]), ("columns", [in_words(k) for k in sorted(choices.column_kinds)]),
             ("states", [say(f"state-{s.value}") for s in State if s in choices.states]), ("basis", [say(f"basis-{b}") for b in dict.fromkeys(asked.values("basis"))]),
             ("sources", [sources.get(s, s) for s in sorted(choices.sources)]))  # fmt: skip
    out = [say(f"crosswalk-set-{name}", what=", ".join(found)) for name, found in lists if found]
    if choices.least is not None:
        out.append(say("crosswalk-set-least", least=f"{choices.least:.2f}"))
    return out + [say(f"crosswalk-set-{name}") for name in ("exploratory", "routes", "recorded") if asked.flag(name)]


def chooser_page(request: Request) -> Response:
    """Return the page that chooses two editions, or lead to the crosswalk of those that were chosen.

    Raises:
        UnknownNameError: there is no such edition.
    """
    check(request, {"from": False, "to": False})
    asked = asked_by(request)
    if asked.value("from") and asked.value("to"):
        key = asked.graph.framework_service.key
        return RedirectResponse(asked.links.crosswalk(key(asked.value("from")), key(asked.value("to"))), status_code=303)
    overview = asked.graph.coverage()
    pairs = {(p["from"], p["to"]): p for p in overview.pairs}
    keys = asked.graph.framework_service.keys()
    return render(request, "crosswalks.html", {
        "title": asked.words("crosswalk-choose-title"), "keys": keys, "pairs": pairs, "empty": {tuple(pair) for pair in overview.empty},
        "chosen": asked.value("from"), "sizes": {key: len(asked.graph.framework(key).members) for key in keys},
    })  # fmt: skip


def _name(asked: Asked, key: str) -> str:
    return asked.words(name) if asked.words.has(name := f"framework-{key}") else str(asked.graph.framework(key).label)


def _chosen(asked: Asked, name: str, known: list[Any]) -> frozenset[str]:
    values = [value for value in asked.values(name) if value != _ANY]
    for value in values:
        if value not in known:
            raise UnknownNameError(name.replace("_", " "), value, sorted(set(known)))
    return frozenset(values)


def _least(text: str) -> float | None:
    if text in ("", _ANY):
        return None
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise Problem("invalid-parameter", f"The least confidence is {text[:100]!r}; give a number from 0 to 1.", parameter="min_confidence")
    return number


def _sources(answer: Crosswalk) -> dict[str, str]:
    found = {e.source: short_citation(e.citation) for r in answer.records for e in r.evidence}
    return dict(sorted(found.items(), key=lambda item: (item[1], item[0])))


def _panel(asked: Asked, answer: Crosswalk) -> dict[str, Any] | None:
    """Return what the panel says of the pair that is open: the explanation, with whole records for what is derived."""
    cell = asked.value("cell")
    if not cell:
        return None
    row, _, column = cell.partition(",")
    if row not in {r.curie for r in answer.rows_} or column not in {c.curie for c in answer.columns}:
        detail = f"The cell {cell[:100]!r} is no pair of this crosswalk; write a construct of {answer.source}, a comma, and one of {answer.target}."
        raise Problem("invalid-parameter", detail, parameter="cell")
    found = asked.graph.explain(row, column, basis=asked.values("basis"), exploratory=asked.flag("exploratory"))
    refused = [{"steps": [step_words(step, asked.words) for step in item.chain], "reason": item.reason} for item in found.not_licensed]
    return {**found.to_json(), "derived": [r.to_json() for r in found.derivations], "refused": refused}


def _toggled(asked: Asked, shown: Matrix) -> Mapping[tuple[str, str], str]:
    """Return the address that folds or opens each heading with something below it, by axis and construct."""
    out = {}
    for axis, headings in (("row", shown.rows), ("column", shown.columns)):
        name = f"folded_{axis}"
        folded = asked.values(name)
        for heading in headings:
            if heading.below:
                now = [c for c in folded if c != heading.curie] if heading.folded else [*folded, heading.curie]
                out[axis, heading.curie] = asked.with_parameters(part=None, **{name: now})
    return out


def _beside(asked: Asked, path: str, *, api: bool = False, **more: str) -> str:
    """Return the address of another form of what is shown: with all choices, or with those of the API alone."""
    names = ("basis", "exploratory", "routes")
    kept: dict[str, list[str]] = {}
    for name, value in asked.request.query_params.multi_items():
        if name not in ("cell", "part", "format", "answer") and (not api or name in names):
            kept.setdefault(name, []).append(value)
    return asked.links.to(path, **kept, **more)


def _swapped(asked: Asked, answer: Crosswalk) -> str:
    given, turned = asked.request.query_params, {"row_kind": "column_kind", "column_kind": "row_kind", "folded_row": "folded_column", "folded_column": "folded_row"}
    kept: dict[str, list[str]] = {}
    for name, value in given.multi_items():
        if name == "cell":
            value = ",".join(reversed(value.split(",")))
        if name not in ("part", "format", "answer"):
            kept.setdefault(turned.get(name, name), []).append(value)
    return asked.links.to(f"/crosswalks/{answer.target}/{answer.source}", **kept)


def _editions(graph: KnowledgeGraph) -> dict[str, dict[str, Mapping[str, int]]]:
    """Return, for each edition, the pairs by state that it makes with each other one."""
    out: dict[str, dict[str, Mapping[str, int]]] = {}
    for pair in graph.coverage().pairs:
        out.setdefault(str(pair["from"]), {})[str(pair["to"])] = pair["counts"]
    return out


def _listed(seen: Seen) -> list[Listed]:
    columns, pairs, out = seen.matrix.every("columns"), seen.matrix.pairs, []
    members = {str(m["curie"]): m for m in seen.rows}
    for curie in seen.matrix.every("rows"):
        squares = [pairs[curie, column] for column in columns if (curie, column) in pairs]
        told = [s for s in squares if not s.hidden and (s.state != State.NOT_ASSESSED or s.route)]
        open_ = sum(s.state == State.NOT_ASSESSED and s.told for s in squares)
        out.append(Listed(members[curie], tuple(told), open_, sum(s.left and not s.hidden for s in squares), sum(s.hidden for s in squares)))
    return out
