"""Turns the bytes of a text file into text, and says in which encoding and with what doubt.

Called by `delimited`. It knows the encodings that spreadsheet programs write: UTF-8, UTF-16, UTF-32 and the three of
the menus of Excel in Western languages. It never drops a byte in silence.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

__all__ = ["Decoded", "decode"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
#: "CSV", "CSV (Macintosh)" and "CSV (MS-DOS)" of Excel.
_ONE_BYTE = (("cp1252", "Windows-1252"), ("mac_roman", "Mac Roman"), ("cp850", "MS-DOS (code page 850)"))
#: What Western texts have beyond ASCII. The same bytes give these in the right encoding and rarities in the others.
_USUAL = set("éèêëàâäáãåæçîïíìñôöóòõøœùûüúßÉÈÊÀÂÄÁÅÆÇÎÑÔÖÓØŒÜÚ’‘“”–—…•«»°€£§©®²½\u00a0")
_MULTIBYTE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]+|\xc2[\x80-\xbf]")
#: How much of the file is looked at for zero bytes and for usual letters.
_SAMPLE = 1_000_000


class Decoded(NamedTuple):
    """The text, with U+FFFD where bytes mean nothing, the name of its encoding, and whether that was a guess."""

    text: str
    encoding: str
    guessed: bool


def decode(data: bytes) -> Decoded:
    r"""Decode a text file.

    >>> decode("Montréal".encode("cp1252"))
    Decoded(text='Montréal', encoding='Windows-1252', guessed=True)
    >>> decode("Montréal".encode("utf-16-le")).text
    'Montréal'
    """
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            return Decoded(data[len(mark) :].decode(codec, errors="replace"), name, guessed=False)
    wide = _utf16(data[:_SAMPLE])
    if wide:
        return Decoded(data.decode(wide, errors="replace"), "UTF-16", guessed=True)
    try:
        return Decoded(data.decode("utf-8"), "UTF-8", guessed=False)
    except UnicodeDecodeError:
        pass
    sample = data[:_SAMPLE]
    pairs = b"".join(_MULTIBYTE.findall(sample))
    beyond = len(sample) - len(sample.translate(None, bytes(range(128, 256))))
    if len(pairs) > beyond / 2:
        # One-byte texts form sequences of UTF-8 only by chance: this one is UTF-8 with some places spoilt.
        return Decoded(data.decode("utf-8", errors="replace"), "UTF-8", guessed=False)
    codec, name = max(_ONE_BYTE, key=lambda e: _usual(sample, e[0]))
    return Decoded(data.decode(codec, errors="replace"), name, guessed=True)


def _utf16(sample: bytes) -> str:
    """Return the codec of UTF-16 without a mark: Western text then has a zero as every other byte."""
    pairs = len(sample) // 2
    if not pairs:
        return ""
    high, low = sample[0 : 2 * pairs : 2].count(0), sample[1 : 2 * pairs : 2].count(0)
    if low > pairs / 2 and high < pairs / 20:
        return "utf-16-le"
    return "utf-16-be" if high > pairs / 2 and low < pairs / 20 else ""


def _usual(sample: bytes, codec: str) -> int:
    """Return how many characters beyond ASCII are usual ones, less those that cannot be there at all."""
    text = sample.translate(None, bytes(range(128))).decode(codec, errors="replace")
    return sum((c in _USUAL) - (c == "\ufffd") for c in text)
