"""Figures of a measurement: their summary, and the JSON file that keeps them with the facts of the machine.

Called by every measurement. A file names neither host nor user nor time, so that two of them can be compared.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import imri_kg

__all__ = ["FOLDER", "Measurement", "MissingToolError", "NothingMeasuredError", "Summary", "file_name", "store"]

#: Where stored figures go.
FOLDER = Path(__file__).resolve().parent / "results"


class MissingToolError(Exception):
    """A program or package that a measurement needs is not there; the message says how to get it."""


class NothingMeasuredError(Exception):
    """A measurement came to its end without figures, or could not begin; the message says why."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Median, minimum and maximum of a number of runs, in seconds."""

    runs: int
    median: float
    minimum: float
    maximum: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Summary:
        """Summarise at least one run.

        >>> Summary.of([0.3, 0.1, 0.2]).median
        0.2
        """
        return cls(len(seconds), statistics.median(seconds), min(seconds), max(seconds))

    def to_json(self) -> dict[str, float]:
        """Return the summary as a dictionary, in seconds to the microsecond."""
        return {
            "runs": self.runs,
            "median": round(self.median, 6),
            "minimum": round(self.minimum, 6),
            "maximum": round(self.maximum, 6),
        }


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a measurement found: lines for people, figures for a file, and what was not as it has to be."""

    lines: tuple[str, ...]
    figures: dict[str, Any]
    failures: tuple[str, ...] = ()


def file_name(text: str) -> str:
    """Return the name of a file in the results folder; it is refused where it leads elsewhere.

    >>> file_name("start")
    'start.json'
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a plain file name; letters, digits, '.', '_' and '-' make one")
    return text if text.endswith(".json") else f"{text}.json"


def store(name: str, command: str, measurement: Measurement) -> Path:
    """Write the figures of a command into the results folder and return the path."""
    FOLDER.mkdir(exist_ok=True)
    content = {
        "command": command,
        "figures": measurement.figures,
        "machine": {
            "cores": os.cpu_count(),
            "machine": platform.machine(),
            "python": platform.python_version(),
            "system": platform.system(),
        },
        "version": imri_kg.__version__,
    }
    file = FOLDER / name
    file.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return file
