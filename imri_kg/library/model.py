"""What the library holds and what became of an import, as typed replies.

Made by the library, shown by the command line, Python and the HTTP door. Nothing here reads or writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from imri_kg.case_validation.messages import Message
from imri_kg.model import Answer

__all__ = ["OUTCOMES", "DatasetOutcome", "Holdings", "ImportResult", "LibraryDataset", "NewDataset"]

#: What can become of a dataset. `held back`: nothing is wrong with it, but another dataset or file of the same import was refused.
OUTCOMES = ("added", "replaced", "refused", "held back")


class LibraryDataset(NamedTuple):
    """A dataset of the library.

    `slug` names its files and its named graph, `files` are those that it was imported from, `rows` data rows by sheet, `cases` the
    identifiers of its cases, `statements` the size of its named graph, `flagged` the number of warnings at the import, `release` the
    release of the graph whose codes its cells were read with.
    """

    id: str
    slug: str
    title: str
    framework: str
    files: tuple[str, ...]
    rows: Mapping[str, int]
    cases: tuple[str, ...]
    statements: int
    flagged: int
    release: str

    def to_json(self) -> dict[str, Any]:
        return {**self._asdict(), "files": list(self.files), "rows": dict(self.rows), "cases": list(self.cases)}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> LibraryDataset:
        """Read what `to_json` wrote."""
        return cls(**{**found, "files": tuple(found["files"]), "cases": tuple(found["cases"])})


class NewDataset(NamedTuple):
    """A dataset ready to be written: its tables by name of the sheet (`cases`), as CSV, and its statements as N-Quads."""

    dataset: LibraryDataset
    tables: Mapping[str, bytes]
    quads: bytes

    def contents(self) -> dict[str, bytes]:
        """Return the files of the dataset by their names below a generation."""
        slug = self.dataset.slug
        return {**{f"datasets/{slug}/{key}.csv": data for key, data in self.tables.items()}, f"datasets/{slug}.nq": self.quads}


class DatasetOutcome(NamedTuple):
    """What became of one dataset: one of `OUTCOMES`, and its messages; violations say why it was refused, warnings flag rows."""

    id: str
    outcome: str
    files: tuple[str, ...]
    messages: tuple[Message, ...]
    dataset: LibraryDataset | None = None

    @property
    def violations(self) -> tuple[Message, ...]:
        """Why the dataset was refused."""
        return tuple(m for m in self.messages if m.severity == "violation")

    @property
    def flagged(self) -> tuple[Message, ...]:
        """The rows that are in the library with a warning, or would be."""
        return tuple(m for m in self.messages if m.severity == "warning")

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "outcome": self.outcome,
            "files": list(self.files),
            "dataset": self.dataset.to_json() if self.dataset else None,
            "violations": [m.to_json() for m in self.violations],
            "flagged": [m.to_json() for m in self.flagged],
            "notes": [m.to_json() for m in self.messages if m.severity == "info"],
        }


class _ImportResult(NamedTuple):
    datasets: tuple[DatasetOutcome, ...]
    messages: tuple[Message, ...]
    generation: int | None
    release: str


class ImportResult(_ImportResult, Answer):
    """What became of an import: every dataset with its outcome. `messages` are those that belong to no dataset.

    `generation` is the number of what was written, None where nothing was.
    """

    __slots__ = ()

    @property
    def imported(self) -> bool:
        """True when all datasets are in the library now; else the library is as it was."""
        return self.generation is not None

    def to_json(self) -> dict[str, Any]:
        return {
            "imported": self.imported,
            "datasets": [d.to_json() for d in self.datasets],
            "messages": [m.to_json() for m in self.messages],
            "generation": self.generation,
            "release": self.release,
        }

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"dataset": d.id, "outcome": d.outcome, "files": "; ".join(d.files), "rows": sum(d.dataset.rows.values()) if d.dataset else None,
             "violations": len(d.violations), "flagged": len(d.flagged)}
            for d in self.datasets
        ]  # fmt: skip

    def header(self) -> tuple[str, ...]:
        return ("dataset", "outcome", "files", "rows", "violations", "flagged")


class _Holdings(NamedTuple):
    datasets: tuple[LibraryDataset, ...]
    generation: int
    action: str


class Holdings(_Holdings, Answer):
    """What the library holds now, and what made it so."""

    __slots__ = ()

    def to_json(self) -> dict[str, Any]:
        return {"datasets": [d.to_json() for d in self.datasets], "generation": self.generation, "action": self.action}

    def rows(self) -> list[dict[str, Any]]:
        return [
            {"dataset": d.id, "title": d.title, "framework": d.framework, "cases": len(d.cases), "rows": sum(d.rows.values()), "flagged": d.flagged,
             "files": "; ".join(d.files), "release": d.release}
            for d in self.datasets
        ]  # fmt: skip

    def header(self) -> tuple[str, ...]:
        return ("dataset", "title", "framework", "cases", "rows", "flagged", "files", "release")
