"""Reads the texts of an Excel workbook: the table that cells refer to, and texts within cells.

Called by `workbook` and `worksheet`. Fonts and colours within a text are passed over, characters are not.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from imri_kg.readers.archive import Archive, local
from imri_kg.readers.blanks import tidy
from imri_kg.readers.limits import ElementCount

__all__ = ["read_strings", "text_of", "unescape"]

#: What a file writes for characters that XML cannot hold (ECMA-376 part 1, 22.9.2.19, ST_Xstring); no surrogates.
_ESCAPE = re.compile(r"_x((?![Dd][89A-Fa-f])[0-9A-Fa-f]{4})_")


def read_strings(archive: Archive, part: str) -> list[tuple[str, bool]]:
    """Return the table of texts that cells refer to by number: each tidied, and whether odd blanks were taken away."""
    found: list[tuple[str, bool]] = []
    elements = ElementCount(archive.name, part)
    for _, element in archive.elements(part):
        if local(element) == "si":
            found.append(tidy(text_of(element)))
            element.clear()
            elements.let_go()
        else:
            elements.hold()
    return found


def text_of(element: Element) -> str:
    """Return the text of a shared or inline string: its own and that of its runs, never the phonetic one."""
    texts = []
    for child in element:
        name = local(child)
        if name == "t":
            texts.append(child.text or "")
        elif name == "r":
            texts += [t.text or "" for t in child if local(t) == "t"]
    return unescape("".join(texts))


def unescape(text: str) -> str:
    """Return a text with the characters that the file writes as numbers.

    >>> unescape("first_x000A_second, and _x005F_x000A_ as it stands")
    'first\\nsecond, and _x000A_ as it stands'
    """
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)), text) if "_x" in text else text
