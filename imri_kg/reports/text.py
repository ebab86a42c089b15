"""The messages of a validation as plain lines, by file and sheet.

Called for `--format text`. Each line names its place in full, so that it can be searched for and sent on; colour stands
beside the word and never instead of it.
"""

from __future__ import annotations

from imri_kg.case_validation.messages import SEVERITIES, Message, Validation
from imri_kg.reports.wording import SIGNS, corrected_in_words, corrected_place, counts_in_words, one_line, place, quoted, read_in_words, sections, sentence, verdict

__all__ = ["as_text"]

_COLOURS = {"violation": "31", "warning": "33", "info": "34", "heading": "1", "aside": "90"}
_WIDTH = max(map(len, SEVERITIES))


def as_text(validation: Validation, *, colour: bool = False) -> str:
    """Return the messages as lines of text.

    Args:
        validation: the messages, and what was read.
        colour: whether to colour the severities for a terminal.
    """

    def ink(kind: str, text: str) -> str:
        return f"\x1b[{_COLOURS.get(kind, '0')}m{text}\x1b[0m" if colour else text

    lines: list[str] = []
    for file, sheet, members, groups in sections(validation.messages):
        heading = one_line(file) + (f", sheet {one_line(sheet)}" if sheet else "")
        lines += [f"{ink('heading', heading)}: {counts_in_words(members)}"]
        for group in groups:
            m = group.first
            sign = ink(m.severity, f"{SIGNS.get(m.severity, '?')} {one_line(m.severity):{_WIDTH}}")
            lines.append(f"  {sign}  {place(group)}: {sentence(m)}")
            if rule := _rule(m):
                lines.append(f"  {' ' * (_WIDTH + 4)}{ink('aside', rule)}")
        lines.append("")
    if validation.corrections:
        lines.append(ink("heading", corrected_in_words(validation)))
        lines += [f"  {corrected_place(c)}: {quoted(c.old)} -> {quoted(c.value)}" for c in validation.corrections] + [""]
    for dataset in validation.datasets:
        lines.append(f"Read: {read_in_words(dataset)}.")
    if not validation.datasets:
        lines.append("Read: no case table.")
    lines.append(f"{_total(validation)} {ink('heading', verdict(validation))}")
    return "\n".join(lines) + "\n"


def _rule(message: Message) -> str:
    return ", ".join(one_line(part) for part in (message.shape, message.source) if part)


def _total(validation: Validation) -> str:
    files = len({m.file for m in validation.messages})
    where = f" in {files} files" if files > 1 else ""
    return f"Found: {counts_in_words(validation.messages)}{where}." if validation.messages else "Found: nothing."
