"""The words that every report shares: places, severities, ranges of rows, counts, and texts that are safe to show.

Called by the reports beside it. Nothing here knows a format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from imri_kg.case_validation.messages import CaseDataset, CorrectedCell, Message, MessageGroup, Validation, grouped

__all__ = [
    "SIGNS", "clean", "corrected_in_words", "corrected_place", "counts_in_words", "legal", "one_line", "place", "plural",
    "quoted", "ranges", "read_in_words", "sections", "sentence", "sheet_of", "shortened", "verdict",
]  # fmt: skip

#: A sign for each severity, that tells it without colour; none of them is drawn as an emoji.
SIGNS = {"violation": "✖", "warning": "▲", "info": "●"}
#: Runs of rows that one line lists.
MOST_RUNS = 12
_DELIMITED = (".csv", ".tsv", ".tab", ".txt")

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_STEERING = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def legal(text: str) -> str:
    r"""Return the text with a visible sign for each character that XML forbids.

    >>> legal("a\x00b \ud800")
    'a␀b �'
    """
    return _NOT_XML.sub(_visible, text)


def clean(text: str) -> str:
    r"""Return the text with a visible sign, too, for each character that steers a terminal or reorders a line.

    >>> clean("\x1b[31m \u202e")
    '␛[31m �'
    """
    return _STEERING.sub(_visible, legal(text))


def _visible(match: re.Match[str]) -> str:
    code = ord(match[0])
    return chr(0x2400 + code) if code < 0x20 else "␡" if code == 0x7F else "�"


def one_line(text: str, most: int = 300) -> str:
    r"""Return the text as one line of at most so many characters.

    >>> one_line("leaders\n met   twice"), one_line("abcdef", 4)
    ('leaders met twice', 'abc…')
    """
    return shortened(clean(" ".join(text.split())), most)


def shortened(text: str, most: int) -> str:
    """Return the text, cut after so many characters."""
    return text if len(text) <= most else text[: most - 1] + "…"


def plural(number: int, noun: str) -> str:
    """Return a number with its noun.

    >>> plural(1, "violation"), plural(1200, "row")
    ('1 violation', '1,200 rows')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def ranges(rows: Iterable[int]) -> str:
    """Return row numbers with their runs shortened.

    >>> ranges([2, 3, 4, 5, 9]), ranges(range(2, 60, 2))
    ('2-5, 9', '2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24 and 17 more')
    """
    runs: list[list[int]] = []
    for row in sorted(set(rows)):
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    shown = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs[:MOST_RUNS])
    more = sum(last - first + 1 for first, last in runs[MOST_RUNS:])
    return f"{shown} and {more:,} more" if more else shown


def sheet_of(message: Message | CorrectedCell) -> str:
    """Return the sheet of a message or correction as the user knows it: none where the file is one table itself."""
    return "" if message.file.lower().endswith(_DELIMITED) else message.sheet


def place(group: MessageGroup, *, whole: bool = True) -> str:
    """Return where the messages of one cause are.

    Args:
        group: the messages.
        whole: whether to begin with file and sheet.

    >>> place(MessageGroup(Message("cases.xlsx", "Determinants", 2, "Construct", "violation", "…"), (2, 3, 4, 9)))
    'cases.xlsx, sheet Determinants, rows 2-4, 9, column Construct'
    """
    m = group.first
    parts = [one_line(m.file)] if whole else []
    if whole and sheet_of(m):
        parts.append(f"sheet {one_line(m.sheet)}")
    if group.several:
        parts.append(f"rows {ranges(group.rows)}")
    elif m.row:
        parts.append(f"row {m.row}")
    elif m.focus and (m.column or m.sheet):
        parts.append(one_line(m.focus))
    if m.column:
        parts.append(f"column {one_line(m.column)}")
    elif m.cell and not group.several:
        parts.append(f"cell {one_line(m.cell)}")
    return ", ".join(parts)


def sentence(message: Message) -> str:
    """Return what a message says, with the value and the suggestion where its own words leave them out."""
    # What could not be read at all names its file by itself.
    text = one_line(message.message.removeprefix(f"{message.file}: "), 2000)
    if message.value and message.value not in message.message and one_line(message.value) not in text:
        text += f" Value: '{one_line(message.value)}'."
    if message.suggestion and message.suggestion not in message.message and one_line(message.suggestion) not in text:
        text += f" Suggestion: {one_line(message.suggestion)}"
        text += "" if text.endswith((".", "?", "!", "…")) else "."
    return text


def sections(messages: Iterable[Message]) -> list[tuple[str, str, list[Message], list[MessageGroup]]]:
    """Return the messages by file and sheet, in the order in which these come first: file, sheet, messages, their causes."""
    found: dict[tuple[str, str], list[Message]] = {}
    for m in messages:
        found.setdefault((m.file, sheet_of(m)), []).append(m)
    return [(file, sheet, members, grouped(members)) for (file, sheet), members in found.items()]


def counts_in_words(messages: Sequence[Message]) -> str:
    """Return how many messages of each severity there are, those that there are.

    >>> counts_in_words([Message("a.csv", "", 2, "", "warning", "…")])
    '1 warning'
    """
    counts = Validation(tuple(messages), (), "").counts
    words = [plural(n, severity) for severity, n in counts.items() if n]
    return ", ".join(words) or "nothing found"


def verdict(validation: Validation) -> str:
    """Return whether the data conform, as a sentence; what was corrected before does not speak for the file itself.

    >>> verdict(Validation((), (CaseDataset("a", ("a.csv",), "", {"Cases": 1}, ("1",)),), "0", (CorrectedCell("a.csv", "", 2, "Start", "B2", "soon", "2019"),)))
    'With 1 correction the data conform: nothing was found.'
    """
    if validation.nothing_read:
        return "Nothing was checked: no row of case data could be read."
    subject = f"With {plural(len(validation.corrections), 'correction')} the data" if validation.corrections else "The data"
    if not validation.conforms:
        return f"{subject} do not conform: each violation has to be mended."
    return f"{subject} conform: {'there is no violation' if validation.messages else 'nothing was found'}."


def corrected_in_words(validation: Validation) -> str:
    """Return how many corrections the check was made with, and that the files themselves are as they were.

    >>> corrected_in_words(Validation((), (), "0", (CorrectedCell("a.csv", "", 2, "Start", "B2", "soon", "2019"),)))
    'Checked with 1 correction. The file a.csv itself was not changed.'
    """
    files = list(dict.fromkeys(one_line(c.file) for c in validation.corrections))
    themselves = f"file {files[0]} itself was" if len(files) == 1 else f"files {', '.join(files)} themselves were"
    return f"Checked with {plural(len(validation.corrections), 'correction')}. The {themselves} not changed."


def quoted(text: str) -> str:
    """Return a value as a sentence shows it.

    >>> quoted("III.D"), quoted("")
    ("'III.D'", 'empty')
    """
    return f"'{one_line(text)}'" if text else "empty"


def corrected_place(cell: CorrectedCell) -> str:
    """Return where a correction is, as messages say it.

    >>> corrected_place(CorrectedCell("a.xlsx", "Cases", 2, "Start", "B2", "soon", "2019"))
    'a.xlsx, sheet Cases, row 2, column Start'
    """
    return place(MessageGroup(Message(cell.file, cell.sheet, cell.row, cell.column, "info", "", cell=cell.cell), (cell.row,)))


def read_in_words(dataset: CaseDataset) -> str:
    """Return what was read of a dataset.

    >>> read_in_words(CaseDataset("trial", ("trial.xlsx",), "cfir-2022", {"Cases": 1, "Events": 4}, ("S1",)))
    'trial (cfir-2022): 1 case; Cases 1 row, Events 4 rows; from trial.xlsx'
    """
    framework = f" ({one_line(dataset.framework)})" if dataset.framework else ""
    rows = ", ".join(f"{one_line(sheet)} {plural(number, 'row')}" for sheet, number in dataset.rows.items()) or "no rows"
    files = f"; from {', '.join(one_line(f) for f in dataset.files)}" if dataset.files else ""
    return f"{one_line(dataset.name)}{framework}: {plural(len(dataset.cases), 'case')}; {rows}{files}"
