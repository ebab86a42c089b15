"""Text anchors: are the few words that each piece of evidence quotes really in the text of its source?

`checking` calls it for `check --texts DIR`, since the texts themselves are not ours to distribute. A text is
recognised by its SHA-256, whatever its name; a digest without a text is reported, never passed over.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from imri_kg.errors import ValidationError

__all__ = ["Anchor", "AnchorReport", "check_anchors", "letters_and_digits", "read_texts"]

#: Larger files are no source texts; reading them would only cost time.
_LARGEST = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True, order=True)
class Anchor:
    """The anchor of one piece of evidence; `digest` is empty where no text was at hand to check it against."""

    evidence: str
    text: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class AnchorReport:
    """What was found: anchors in their text, anchors missing from it, and anchors that could not be looked up.

    `without_text` have a digest that no given file has; `without_digest` were never checked against a text (their
    evidence says in a note what it rests on).
    """

    found: tuple[Anchor, ...]
    missing: tuple[Anchor, ...]
    without_text: tuple[Anchor, ...]
    without_digest: tuple[Anchor, ...]

    @property
    def total(self) -> int:
        """The number of anchors that were looked up."""
        return len(self.found) + len(self.missing)

    def to_json(self) -> dict[str, object]:
        """Return the report as a dictionary."""
        return {
            "found": len(self.found),
            "total": self.total,
            "missing": [{"evidence": a.evidence, "anchor": a.text, "digest": a.digest} for a in self.missing],
            "without_text": len(self.without_text),
            "without_digest": len(self.without_digest),
        }


def letters_and_digits(text: str) -> str:
    """Return the letters and digits of `text` in one case, with nothing between them.

    Quotation marks, dashes and spaces differ between a page and its text file, and a word may be broken by a
    hyphen at the end of a line; with only letters and digits left, a broken word is whole again.

    >>> letters_and_digits("the well-\\nbeing of “users”")
    'thewellbeingofusers'
    """
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def read_texts(folder: Path, digests: Iterable[str]) -> dict[str, str]:
    """Return the texts below `folder` that have one of these digests, reduced to letters and digits.

    Args:
        folder: searched with its subfolders; names do not matter.
        digests: `sha256:` and 64 hexadecimal digits each.

    Raises:
        ValidationError: there is no such folder, or it holds none of the texts.
    """
    wanted = set(digests)
    if not folder.is_dir():
        raise ValidationError(f"There is no folder {folder} with source texts.")
    texts: dict[str, str] = {}
    for file in sorted(p for p in folder.rglob("*") if p.is_file()):
        if file.stat().st_size > _LARGEST:
            continue
        content = file.read_bytes()
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        if digest in wanted:
            texts[digest] = letters_and_digits(content.decode("utf-8", errors="replace"))
    if not texts:
        raise ValidationError(
            f"No file in {folder} is one of the {len(wanted)} texts that the evidence was checked against. "
            "A text is recognised by its SHA-256: it must be the same file, byte for byte."
        )
    return texts


def check_anchors(anchors: Iterable[Anchor], folder: Path) -> AnchorReport:
    """Look up every anchor in the text that it was taken from.

    Raises:
        ValidationError: there is no anchor with a digest, or `folder` holds none of the texts.
    """
    ordered = sorted(set(anchors))
    digests = {a.digest for a in ordered if a.digest}
    if not digests:
        raise ValidationError("Nothing was examined: no evidence has an anchor and the digest of its text.")
    texts = read_texts(folder, digests)
    found, missing, without_text, without_digest = [], [], [], []
    for anchor in ordered:
        words = letters_and_digits(anchor.text)
        if not anchor.digest:
            without_digest.append(anchor)
        elif anchor.digest not in texts:
            without_text.append(anchor)
        elif words and words in texts[anchor.digest]:
            found.append(anchor)
        else:
            missing.append(anchor)
    return AnchorReport(tuple(found), tuple(missing), tuple(without_text), tuple(without_digest))
