"""A small console: colour, wrapping and escapes for text that rich would print the same way.

An answer to `imri-kg map` is printed sooner than rich can be imported, so it does without. The markup is the part of
rich's that `rendering` uses (`[bold]…[/]`, `[green]…[/]`), and what is written for this console prints on rich's too.
"""

from __future__ import annotations

import os
import re
import shutil
import sys

__all__ = ["TerminalConsole", "escape", "plain_width"]

#: Columns of a line in a pipe.
PIPE_WIDTH = 120
_CODES = {
    "bold": "1", "bold green": "1;32", "cyan": "36", "blue": "34", "green": "32", "yellow": "33", "magenta": "35",
    "bright_black": "90",
}  # fmt: skip
#: Signs for the characters that steer a terminal or reorder a line: the data of others can hold them.
_VISIBLE = {
    **{code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A, 0x0D)},
    **dict.fromkeys((*range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)), 0xFFFD),
}
_MARKUP = re.compile(r"\\\[|\[(?P<tag>/|[a-z_]+(?: [a-z_]+)*)\]")


def escape(text: str) -> str:
    """Return `text` so that its own brackets are not read as markup, and nothing in it steers the terminal.

    >>> escape("[bold] moves"), escape(chr(27) + "[2J")
    ('\\\\[bold] moves', '␛[2J')
    """
    return re.sub(r"\[(?=[a-z#/@][^\[]*\])", r"\\[", text.translate(_VISIBLE))


def plain_width() -> int:
    """Return the columns of a line: those of the terminal, or 120 in a pipe."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else PIPE_WIDTH


class TerminalConsole:
    """Prints marked-up lines to standard output."""

    def __init__(self) -> None:
        self.width = plain_width()
        self._colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")

    def print(self, text: str = "", *, soft_wrap: bool = False) -> None:
        """Print a line, broken at blanks where it is too long unless `soft_wrap` leaves that to the terminal."""
        lines = [text] if soft_wrap else self._wrapped(text)
        sys.stdout.write("".join(self._inked(line) + "\n" for line in lines))

    def _wrapped(self, text: str) -> list[str]:
        if len(_MARKUP.sub(_shown, text)) <= self.width:
            return [text]
        lines, current, used = [], "", 0
        for word in re.findall(r"\s*\S+", text):
            size = len(_MARKUP.sub(_shown, word))
            if used and used + size > self.width:
                lines.append(current)
                word = word.lstrip()
                current, used = word, len(_MARKUP.sub(_shown, word))
            else:
                current, used = current + word, used + size
        return [*lines, current]

    def _inked(self, text: str) -> str:
        def ink(match: re.Match[str]) -> str:
            tag = match["tag"]
            if tag is None:
                return "["
            if not self._colour:
                return ""
            return "\x1b[0m" if tag == "/" else f"\x1b[{_CODES[tag]}m"

        return _MARKUP.sub(ink, text)

    def columns(self, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
        """Print a table of marked-up cells, each column as wide as its widest cell."""
        widths = [max(len(_MARKUP.sub(_shown, row[i])) for row in [header, *rows]) for i in range(len(header))]
        for number, row in enumerate([header, *rows]):
            cells = [cell + " " * (width - len(_MARKUP.sub(_shown, cell))) for cell, width in zip(row, widths, strict=True)]
            line = "  ".join(cells).rstrip()
            self.print(f"[bold]{line}[/]" if number == 0 else line, soft_wrap=True)


def _shown(match: re.Match[str]) -> str:
    return "[" if match["tag"] is None else ""
