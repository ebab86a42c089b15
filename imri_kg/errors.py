"""The errors of imri-kg: one class for each situation, with its data kept on the object.

Every door (command line, HTTP, Python) turns these into its own form; none of them shows a trace.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

__all__ = [
    "AmbiguousTermError",
    "BadInputError",
    "BuildError",
    "Candidate",
    "ConflictError",
    "CorrectionError",
    "Fault",
    "ImriError",
    "InvalidValueError",
    "LibraryBusyError",
    "LibraryDamagedError",
    "LibraryError",
    "QueryError",
    "ReasoningError",
    "ServerError",
    "SnapshotError",
    "UnknownNameError",
    "UnknownTermError",
    "UnreadableFileError",
    "ValidationBusyError",
    "ValidationError",
    "ValidationLimitError",
]


#: A longer list of known names helps nobody: an error gives their number instead, and says where they are listed.
MOST_NAMES = 60
_LISTS = {
    "query": "the list of queries", "source key": "the list of sources", "evidence": "each source", "mapping record": "the list of mapping records", "case": "the list of cases", "graph": "the service description of the SPARQL endpoint",
    "download": "the list of downloads", "resource": "the list of downloads",
}  # fmt: skip


class ImriError(Exception):
    """The root of all errors that a user can cause or mend."""

    def to_json(self) -> dict[str, object]:
        """Return the error as a flat dictionary for a door that speaks JSON."""
        return {"error": type(self).__name__, "message": str(self)}


class Candidate(NamedTuple):
    """A term that the user may have meant: CURIE, label, framework key and similarity from 0 to 1."""

    curie: str
    label: str
    framework: str
    score: float

    def to_json(self) -> dict[str, object]:
        """Return the candidate as a dictionary."""
        return {"curie": self.curie, "label": self.label, "framework": self.framework, "score": round(self.score, 3)}


class BadInputError(ImriError):
    """The input could be read but not used: an option, a parameter or a file is wrong."""


class ConflictError(BadInputError):
    """Two settings of a question exclude each other; `parameter` names the one to leave out."""

    def __init__(self, message: str, parameter: str) -> None:
        self.parameter = parameter
        super().__init__(message)


class InvalidValueError(BadInputError):
    """A setting of a question has a value that cannot be used; `parameter` names it."""

    def __init__(self, message: str, parameter: str) -> None:
        self.parameter = parameter
        super().__init__(message)


class CorrectionError(BadInputError):
    """A correction of a cell cannot be applied: `number` says which one, from 1 (0 where it is about all), `place` what it gives as its cell."""

    def __init__(self, message: str, number: int = 0, place: Mapping[str, object] | None = None) -> None:
        self.number, self.place = number, dict(place or {})
        super().__init__(message)

    def to_json(self) -> dict[str, object]:
        return {**super().to_json(), "correction": self.number, **self.place}


class UnknownNameError(BadInputError):
    """A name from a closed list is not in it: a framework key, a basis, a query name, a prefix."""

    def __init__(self, kind: str, value: str, known: Sequence[str], where: str = "", nearest: Sequence[str] | None = None, told: str = "") -> None:
        """Say what is not known; `told` stands instead of that sentence where more can be said of it."""
        self.kind, self.value, self.known = kind, value, tuple(known)
        nearest = nearest_names(value, known) if nearest is None else nearest
        place = f" in {where}" if where else ""
        hint = f" Did you mean {' or '.join(repr(n) for n in nearest)}?" if nearest else ""
        listed = f"; {_LISTS[kind]} names them" if kind in _LISTS else ""
        every = f"Known{f' {kind}s' if told else ''}: {', '.join(sorted(known))}." if len(known) <= MOST_NAMES else f"There are {len(known)}{listed}."
        super().__init__(f"{told or f'Unknown {kind} {value!r}{place}.'}{hint} {every}")
        self.nearest = nearest

    def to_json(self) -> dict[str, object]:
        return {**super().to_json(), "value": self.value, "known": sorted(self.known) if len(self.known) <= MOST_NAMES else [], "candidates": list(self.nearest)}


class UnknownTermError(BadInputError):
    """No construct has this CURIE, label or code. `understood` says how it was read; `exists`, that it names something else that the graph describes."""

    def __init__(self, value: str, candidates: Sequence[Candidate] = (), understood: str = "", *, exists: bool = False) -> None:
        self.value, self.candidates, self.understood = value, tuple(candidates), understood
        shown = ", ".join(f"{c.curie} ({c.label})" for c in self.candidates[:5])
        hint = f" Nearest: {shown}." if shown else "" if exists else " Nothing in the graph is near it."
        how = f" It was read as {understood}." if understood else ""
        super().__init__(f"No construct is called {value!r}.{how}{hint}")

    def to_json(self) -> dict[str, object]:
        return {
            **super().to_json(),
            "value": self.value,
            "understood": self.understood,
            "candidates": [c.to_json() for c in self.candidates],
        }


class AmbiguousTermError(UnknownTermError):
    """A label or code names several constructs; none is picked."""

    def __init__(self, value: str, candidates: Sequence[Candidate]) -> None:
        BadInputError.__init__(
            self,
            f"{value!r} names {len(candidates)} constructs: "
            + ", ".join(f"{c.curie} ({c.label})" for c in candidates)
            + ". Give the CURIE of the one you mean.",
        )
        self.value, self.candidates, self.understood = value, tuple(candidates), "a label or code"


class UnreadableFileError(BadInputError):
    """A file cannot be read as a table: it is of another kind, damaged, locked or too big."""

    def __init__(self, name: str, what: str, advice: str) -> None:
        self.name, self.what, self.advice = name, what, advice
        super().__init__(f"{name}: {what} {advice}")

    def to_json(self) -> dict[str, object]:
        return {**super().to_json(), "file": self.name, "what": self.what, "advice": self.advice}


class QueryError(BadInputError):
    """A query could not be run: its text, a parameter or a limit."""


class ValidationError(ImriError):
    """A check could not be carried out, or examined nothing."""


class LimitError(ImriError):
    """Work met a limit and was stopped: `limit` names it, `most` says how much was allowed."""

    def __init__(self, limit: str, most: str, what: str, advice: str) -> None:
        self.limit, self.most, self.advice = limit, most, advice
        super().__init__(f"{what} {advice}")

    def to_json(self) -> dict[str, object]:
        return {**super().to_json(), "limit": self.limit, "most": self.most, "advice": self.advice}


class ValidationLimitError(LimitError):
    """A validation met a limit and was stopped: `time`, `memory` or `output`."""


class ValidationBusyError(ImriError):
    """So many validations are running and waiting that another one is not taken."""


class QueryLimitError(LimitError):
    """A query met a limit and was stopped: `time`, `memory` or `results`. No part of an answer counts."""


class QueryBusyError(ImriError):
    """So many queries are running and waiting that another one is not taken."""


class ReasoningError(ImriError):
    """The reasoner could not be run."""


class SnapshotError(ImriError):
    """A built graph could not be read or written."""


class ServerError(ImriError):
    """A server cannot be reached, or does not answer as a server of imri-kg does: `address` is what was asked, `advice` what to do."""

    def __init__(self, address: str, what: str, advice: str) -> None:
        self.address, self.what, self.advice = address, what, advice
        super().__init__(f"{address}: {what} {advice}")

    def to_json(self) -> dict[str, object]:
        return {**super().to_json(), "address": self.address, "what": self.what, "advice": self.advice}


class LibraryError(ImriError):
    """The library of the user's own datasets cannot be used as it was asked: its folder, the disk, or what it holds."""


class LibraryBusyError(LibraryError):
    """Another process is changing the library; `process` is its number, where it could be read."""

    def __init__(self, folder: str, process: str = "") -> None:
        self.folder, self.process = folder, process
        who = f" (process {process})" if process else ""
        super().__init__(f"Another import{who} is changing the library in {folder}. Nothing was changed; try again when it has ended.")

    def to_json(self) -> dict[str, object]:
        return {**super().to_json(), "folder": self.folder, "process": self.process}


class LibraryDamagedError(LibraryError):
    """A file of the library is not what was written, or is gone."""

    def __init__(self, file: str, what: str, advice: str) -> None:
        self.file, self.what, self.advice = file, what, advice
        super().__init__(f"{file} in the library {what}. {advice}")

    def to_json(self) -> dict[str, object]:
        return {**super().to_json(), "file": self.file, "what": self.what, "advice": self.advice}


class Fault(NamedTuple):
    """One thing wrong in a source file.

    `line` and `column` count from 1; 0 means that the place inside the file is not known.
    """

    file: str
    line: int
    column: int
    rule: str
    message: str

    def __str__(self) -> str:
        place = self.file
        if self.line:
            place += f", line {self.line}"
        if self.column:
            place += f", column {self.column}"
        return f"{place}: {self.message} [{self.rule}]"

    def to_json(self) -> dict[str, object]:
        """Return the fault as a dictionary."""
        return {"file": self.file, "line": self.line, "column": self.column, "rule": self.rule, "message": self.message}


class BuildError(ImriError):
    """The sources hold faults; all of them are listed, and nothing was replaced."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        count = len(self.faults)
        super().__init__(
            f"{count} fault{'s' if count != 1 else ''} in the sources; the last good snapshot was left in place.\n"
            + "\n".join(f"  {fault}" for fault in self.faults)
        )

    def to_json(self) -> dict[str, object]:
        return {**super().to_json(), "faults": [f.to_json() for f in self.faults]}


def nearest_names(value: str, known: Sequence[str], limit: int = 2) -> list[str]:
    """Return at most `limit` names of `known` that are spelt like `value`, best first.

    >>> nearest_names("chmie", ["chime", "imri"])
    ['chime']
    """
    import difflib

    folded = {name.casefold(): name for name in known}
    return [folded[m] for m in difflib.get_close_matches(value.casefold(), list(folded), n=limit, cutoff=0.6)]
