"""The typed reply of a validation: messages that name file, sheet, row and column, with counts and what was read.

Made by the validation service, printed by the reports. Nothing here reads a file or knows a shape.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from imri_kg.model import Answer

__all__ = ["SEVERITIES", "CaseDataset", "CorrectedCell", "Message", "MessageGroup", "Validation", "grouped"]

#: From the gravest.
SEVERITIES = ("violation", "warning", "info")


class Message(NamedTuple):
    """One finding at one cell, row, sheet or file.

    `row` counts as the spreadsheet does, from 1, and is None for RDF files; `column` is the text of the header and `cell` the address
    (`F14`), both empty where the finding is about more than a cell. `value` is what stands there, `suggestion` what would be right where
    that can be said; `replacement` is the text that the whole cell would hold then, None where none can be put in as it stands, and `replacements` all texts among which one chooses, that one first. `shape` is the CURIE of the SHACL shape or the rule of the reader (`reading/merged-cells`), `source` the page that
    explains it, `focus` the CURIE or IRI of the resource in the graph.
    """

    file: str
    sheet: str
    row: int | None
    column: str
    severity: str
    message: str
    value: str = ""
    suggestion: str = ""
    shape: str = ""
    focus: str = ""
    cell: str = ""
    source: str = ""
    dataset: str = ""
    replacement: str | None = None
    replacements: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Where it is, as a reader says it.

        >>> Message("cases.xlsx", "Determinants", 14, "Construct", "violation", "…").place
        'cases.xlsx, sheet Determinants, row 14, column Construct'
        """
        parts = [self.file]
        if self.sheet and not self.file.lower().endswith((".csv", ".tsv", ".txt")):
            parts.append(f"sheet {self.sheet}")
        if self.row:
            parts.append(f"row {self.row}")
        elif self.focus and self.column:
            parts.append(self.focus)
        if self.column:
            parts.append(f"column {self.column}")
        return ", ".join(parts)

    def to_json(self) -> dict[str, Any]:
        return self._asdict() | {"replacements": list(self.replacements)}


class CaseDataset(NamedTuple):
    """What was read: the files of a dataset, its rows by sheet (data rows, without the header), its cases."""

    name: str
    files: tuple[str, ...]
    framework: str
    rows: Mapping[str, int]
    cases: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "files": list(self.files), "framework": self.framework, "rows": dict(self.rows), "cases": list(self.cases)}


class CorrectedCell(NamedTuple):
    """A cell that was checked with another value than its file holds: a correction as it was applied.

    `column` is the column as messages name it, `old` what the file holds, `value` what was checked; both are empty for an empty cell.
    """

    file: str
    sheet: str
    row: int
    column: str
    cell: str
    old: str
    value: str

    def to_json(self) -> dict[str, Any]:
        return self._asdict()


class _Validation(NamedTuple):
    messages: tuple[Message, ...]
    datasets: tuple[CaseDataset, ...]
    release: str
    corrections: tuple[CorrectedCell, ...] = ()


class Validation(_Validation, Answer):
    """The messages in order (file, sheet, row, column), what was read, and the cells that were checked with another value than the files hold."""

    __slots__ = ()

    @property
    def conforms(self) -> bool:
        """True when there is no violation; warnings alone do not count."""
        return self.counts["violation"] == 0

    @property
    def nothing_read(self) -> bool:
        """True when no row of a case table was read, so that nothing was checked."""
        return not any(number for dataset in self.datasets for number in dataset.rows.values())

    @property
    def counts(self) -> dict[str, int]:
        """Number of messages by severity, each severity named."""
        found = Counter(m.severity for m in self.messages)
        return {severity: found[severity] for severity in SEVERITIES}

    def to_json(self) -> dict[str, Any]:
        return {
            "conforms": self.conforms,
            "counts": self.counts,
            "messages": [m.to_json() for m in self.messages],
            "datasets": [d.to_json() for d in self.datasets],
            "release": self.release,
            "corrections": [c.to_json() for c in self.corrections],
        }

    def rows(self) -> list[dict[str, Any]]:
        return [m.to_json() for m in self.messages]

    def header(self) -> tuple[str, ...]:
        return Message._fields


class MessageGroup(NamedTuple):
    """Messages of one cause: the same rule, column and value in several rows."""

    first: Message
    rows: tuple[int, ...]

    @property
    def several(self) -> bool:
        """Say whether the cause shows in more than one row."""
        return len(self.rows) > 1


def grouped(messages: Iterable[Message], least: int = 3) -> list[MessageGroup]:
    """Join messages that say the same of the same value in one column, where there are at least so many; the order is kept.

    >>> same = [Message("a.csv", "Determinants", n, "Construct", "violation", "'Cultur' is no construct.", "Cultur") for n in (2, 5, 9)]
    >>> [(g.first.row, g.rows) for g in grouped(same)]
    [(2, (2, 5, 9))]
    """
    messages = list(messages)
    by_cause: dict[tuple[str, ...], list[Message]] = {}
    for m in messages:
        by_cause.setdefault(_cause(m), []).append(m)
    groups, done = [], set()
    for m in messages:
        cause = _cause(m)
        members = by_cause[cause]
        if m.row is None or len(members) < least:
            groups.append(MessageGroup(m, (m.row,) if m.row else ()))
        elif cause not in done:
            done.add(cause)
            groups.append(MessageGroup(m, tuple(other.row or 0 for other in members)))
    return groups


def _cause(m: Message) -> tuple[str, ...]:
    return (m.file, m.sheet, m.column, m.severity, m.shape, m.value, m.message)
