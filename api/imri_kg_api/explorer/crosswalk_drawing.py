"""A crosswalk as a drawing (SVG 1.1): the matrix as it is shown, with title, legend, release and how to cite it. The same choices give the same bytes.

Called by `views.crosswalk_forms`. Plain shapes and attributes, no style sheet, and families that every machine has, so that drawing programs and word
processors show it as a browser does.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from string import Template
from typing import NamedTuple

from markupsafe import escape

from imri_kg.model import State
from imri_kg_api.explorer.crosswalk_matrix import Heading, Matrix, Square
from imri_kg_api.explorer.words import Words

__all__ = ["Captions", "drawing"]

_CELL, _TEXT, _SMALL = 22, 11, 9
#: Mean width of a character as a part of the size of the type, with room to spare.
_WIDTH = 0.52
_MOST = 110
_MARGIN = 16
_INK, _QUIET, _RULE, _STRONG = "#1d1c19", "#55524a", "#d9d5ca", "#8b8677"
_COLOURS = {"mapped": "#0f5a52", "judged_not_mapped": "#9c3a1a", "contested": "#6b3fa0", "not_assessed": "#6f6b60"}
_GROUNDS = {"mapped": "#d3e8e3", "judged_not_mapped": "#f7dfd2", "contested": "#e8def5"}
#: What stands where a choice of the reader hides a pair, and its ground.
_HIDDEN, _HATCH = "hidden", "#ebe8e0"
#: The letter beside the sign of a state that says on what it rests.
_BASES = {"author-stated": "a", "curated": "c", "derived": "d"}


class Captions(NamedTuple):
    """What the drawing says beside the matrix: title, what rows and columns are, and lines at the foot (left out, release, how to cite)."""

    title: str
    rows: str
    columns: str
    foot: Sequence[str]


def drawing(shown: Matrix, captions: Captions, words: Words) -> str:
    """Return the drawing as an SVG document.

    Args:
        shown: what is shown of the crosswalk.
        captions: what stands beside the matrix.
        words: the words of states and bases.
    """
    rows, columns = shown.rows, shown.columns
    left = _MARGIN + max([120, *(int(len(_label(h)) * _TEXT * _WIDTH) + 10 * h.level for h in rows)]) + 10
    top = 62 + max([60, *(int(len(_label(h)) * _TEXT * _WIDTH) for h in columns)]) + 8
    squares = [square for line in shown.lines for square in line.squares]
    legend = _legend(words, squares, [*rows, *columns])
    foot = [part for line in captions.foot for part in _wrapped(line, 110)]
    width = max(left + _CELL * len(columns) + _MARGIN, 720)
    below = top + _CELL * len(rows) + 24
    height = below + 18 * len(legend) + 10 + 14 * len(foot) + _MARGIN
    out = [
        f"<title>{escape(captions.title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        _text(_MARGIN, 28, captions.title, size=16, weight="bold"),
        _text(_MARGIN, 46, f"{captions.rows} {captions.columns}", fill=_QUIET),
    ]
    for i, head in enumerate(columns):
        x = left + _CELL * i + _CELL / 2 + 4
        out.append(f'<g transform="translate({x:g} {top - 6}) rotate(-90)">{_text(0, 0, _label(head), weight=_weight(head), italic=_ours(head))}</g>')
        out.append(_line(left + _CELL * i, top - (40 if head.level == 0 else 0), left + _CELL * i, top + _CELL * len(rows), _STRONG if head.level == 0 else _RULE))
    for j, line in enumerate(shown.lines):
        y = top + _CELL * j
        out.append(_line(_MARGIN, y, left + _CELL * len(columns), y, _STRONG if line.heading.level == 0 else _RULE))
        out.append(_text(_MARGIN + 10 * line.heading.level, y + 15, _label(line.heading), weight=_weight(line.heading), italic=_ours(line.heading)))
        out += [_square(square, left + _CELL * i, y, shown, words) for i, square in enumerate(line.squares)]
    out.append(_line(_MARGIN, top + _CELL * len(rows), left + _CELL * len(columns), top + _CELL * len(rows), _STRONG))
    for k, (state, basis, text) in enumerate(legend):
        y = below + 18 * k
        if state == _HIDDEN:
            out.append(f'<rect x="{_MARGIN + 2}" y="{y - 6}" width="12" height="12" fill="{_HATCH}"/>')
        else:
            out.append(_sign(state, _MARGIN + 8, y) if state else _text(_MARGIN + 5, y + 4, basis, weight="bold"))
        out.append(_text(_MARGIN + 24, y + 4, text))
    for k, text in enumerate(foot):
        out.append(_text(_MARGIN, below + 18 * len(legend) + 14 + 14 * k, text, size=_SMALL + 1, fill=_QUIET))
    return _frame().substitute(width=width, height=height, size=_TEXT, ink=_INK, content="\n".join(out))


@lru_cache(maxsize=1)
def _frame() -> Template:
    return Template((files(__package__) / "templates" / "crosswalk.svg").read_text(encoding="utf-8"))


def _legend(words: Words, squares: Sequence[Square], heads: Sequence[Heading]) -> list[tuple[str, str, str]]:
    """Return the lines of the legend for what is drawn: a sign, or a letter or number in its place, and what it means."""
    seen = [s for s in squares if s.told]
    states = {s.state for s in seen if s.counts is None} | {name for s in seen if s.counts for name, n in s.counts.items() if n}
    bases = {s.bases[0] for s in seen if s.bases and s.counts is None}
    lines = [(state.value, "", f"{words(f'state-{state.value}')}: {words(f'state-{state.value}-means')}") for state in State if state.value in states]
    if any(s.route for s in seen):
        lines.append(("route", "", f"{words('route')}: {words('route-means')}"))
    lines += [("", letter, words("crosswalk-drawing-basis", basis=words(f"basis-{name}"))) for name, letter in _BASES.items() if name in bases]
    if any(head.folded for head in heads):
        lines.append(("", "3", words("crosswalk-drawing-folded")))
    if any(s.hidden for s in squares):
        lines.append((_HIDDEN, "", words("crosswalk-hidden")))
    if any(s.left for s in squares):
        lines.append((_HIDDEN, "", words("crosswalk-left-square")))
    return [*lines, ("", "i", words("crosswalk-drawing-italics"))] if any(map(_ours, heads)) else lines


def _label(head: Heading) -> str:
    text = f"{head.code} {head.label}" + (f" (+{head.below})" if head.folded else "")
    return text if len(text) <= _MOST else text[: _MOST - 1].rstrip() + "…"


def _ours(head: Heading) -> bool:
    """Say whether a label is none that a source at hand prints."""
    return head.label_status in ("rebuilt", "unconfirmed")


def _weight(head: Heading) -> str:
    return "bold" if head.level == 0 and head.below else ""


def _square(square: Square, x: float, y: float, shown: Matrix, words: Words) -> str:
    middle = (x + _CELL / 2, y + _CELL / 2)
    said = _said(square, words)
    if square.counts is not None:
        known = [(name, n) for name, n in square.counts.items() if n and name != State.NOT_ASSESSED]
        if not known:
            return _dot(*middle) + _dot(middle[0] - 4, middle[1]) + _dot(middle[0] + 4, middle[1]) if sum(square.counts.values()) else ""
        texts = "".join(
            _sign(name, x + 6, y + 6 + 10 * i, size=3.2) + _text(x + 11, y + 9 + 10 * i, str(n), size=_SMALL, fill=_COLOURS[name]) for i, (name, n) in enumerate(known[:2])
        )
        return f"<g><title>{escape(said)}</title>{texts}</g>"
    if not square.state:
        return _line(x + 4, y + _CELL / 2, x + _CELL - 4, y + _CELL / 2, _RULE)
    if not square.told:
        return f'<rect x="{x + 1:g}" y="{y + 1:g}" width="{_CELL - 2}" height="{_CELL - 2}" fill="{_HATCH}"/>'
    if square.state == State.NOT_ASSESSED and not square.route:
        return _dot(*middle)
    name = "route" if square.state == State.NOT_ASSESSED else square.state
    ground = f'<rect x="{x + 0.5:g}" y="{y + 0.5:g}" width="{_CELL - 1}" height="{_CELL - 1}" fill="{_GROUNDS[name]}"/>' if name in _GROUNDS else ""
    letter = _text(x + _CELL - 7, y + _CELL - 2, _BASES[square.bases[0]], size=8, fill=_INK) if square.bases else ""
    sign = _sign(name, middle[0] - (2 if letter else 0), middle[1] - (1 if letter else 0), dashed=square.exploratory)
    return f"<g><title>{escape(said)}</title>{ground}{sign}{letter}</g>"


def _said(square: Square, words: Words) -> str:
    pair = f"{square.row} × {square.column}"
    if square.counts is not None:
        return f"{pair}: " + ", ".join(f"{n} {words(f'state-{name}')}" for name, n in square.counts.items() if n)
    return f"{pair}: {words(f'state-{square.state}')}" + (f", {', '.join(words(f'basis-{b}') for b in square.bases)}" if square.bases else "")


def _sign(name: str, x: float, y: float, *, size: float = 5.5, dashed: bool = False) -> str:
    """Return the sign of a state around a point; each has a form of its own, so that it can be told without colour."""
    colour = _COLOURS.get(name, _COLOURS["not_assessed"])
    if name == "mapped":
        dash = ' stroke-dasharray="2 2"' if dashed else ""
        return f'<circle cx="{x:g}" cy="{y:g}" r="{size:g}" fill="{"none" if dashed else colour}" stroke="{colour}" stroke-width="1.4"{dash}/>'
    if name == "judged_not_mapped":
        d = round(size * 0.7, 2)
        ring = f'<circle cx="{x:g}" cy="{y:g}" r="{size:g}" fill="none" stroke="{colour}" stroke-width="1.4"/>'
        return ring + f'<path d="M{x - d:g} {y + d:g}L{x + d:g} {y - d:g}" stroke="{colour}" stroke-width="1.4"/>'
    if name == "contested":
        half = f'<path d="M{x:g} {y - size:g}a{size:g} {size:g} 0 0 1 0 {2 * size:g}z" fill="{colour}"/>'
        return f'<circle cx="{x:g}" cy="{y:g}" r="{size:g}" fill="none" stroke="{colour}" stroke-width="1.4"/>' + half
    if name == "route":
        return f'<path d="M{x - size:g} {y:g}H{x + size:g}M{x + 2:g} {y - 3:g}l3 3l-3 3" fill="none" stroke="{colour}" stroke-width="1.4" stroke-dasharray="2 1.4"/>'
    return _dot(x, y)


def _dot(x: float, y: float) -> str:
    return f'<circle cx="{x:g}" cy="{y:g}" r="1.1" fill="{_COLOURS["not_assessed"]}"/>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    return f'<path d="M{x1:g} {y1:g}L{x2:g} {y2:g}" stroke="{colour}" stroke-width="1"/>'


def _text(x: float, y: float, text: str, *, size: float = 0, weight: str = "", fill: str = "", italic: bool = False) -> str:
    more = (' font-style="italic"' if italic else "") + (f' font-size="{size:g}"' if size else "") + (f' font-weight="{weight}"' if weight else "") + (f' fill="{fill}"' if fill else "")
    return f'<text x="{x:g}" y="{y:g}"{more}>{escape(text)}</text>'


def _wrapped(text: str, most: int) -> list[str]:
    """Return a text in lines; SVG 1.1 breaks none by itself. What is longer than a line, such as an address, goes on in the next."""
    lines = [""]
    for word in (whole[i : i + most] for whole in text.split() for i in range(0, len(whole), most)):
        if lines[-1] and len(lines[-1]) + len(word) >= most:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
