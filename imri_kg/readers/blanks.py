"""Tidies the text of a cell: blanks at its ends and characters that nobody sees.

Called by each reader for every text. It never changes a character that shows.
"""

from __future__ import annotations

import re

__all__ = ["tidy"]

#: Zero-width blanks and joiners, direction marks, word joiner, byte order mark, soft hyphen.
_INVISIBLE = "\u00ad\u180e\u200b-\u200f\u2060\ufeff"
_ENDS = re.compile(f"^[\\s{_INVISIBLE}]+|[\\s{_INVISIBLE}]+$")
#: Blanks that do not break become plain ones. Within a text, joiners, direction marks and soft hyphens stay, for
#: scripts need them; a zero-width blank, a word joiner or a byte order mark only keeps a code from being found.
_INNER = {0xA0: " ", 0x2007: " ", 0x202F: " ", 0x200B: None, 0x2060: None, 0xFEFF: None}
_PLAIN = " \t\r\n"


def tidy(text: str) -> tuple[str, bool]:
    r"""Return the text without odd blanks, and whether more than plain blanks at its end had to be changed.

    Line ends become one line feed each.

    >>> tidy("adoption  ")
    ('adoption', False)
    >>> tidy("\u00a0D6.3\u200b")
    ('D6.3', True)
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii():
        clean = text.strip()
        return clean, text[:1].isspace() and bool(clean)
    clean = _ENDS.sub("", text.translate(_INNER))
    return clean, clean != text.rstrip(_PLAIN)
