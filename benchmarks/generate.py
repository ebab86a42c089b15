"""Synthetic case tables of any size with a known share of faults, the same for the same arguments.

Called by `python -m benchmarks generate` and by the measurements of reading and validating. The cases are made up and say so; nobody's data
are in them.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook

import imri_kg
from imri_kg.vocabulary import FRAMEWORK, IKG

__all__ = ["Synthetic", "generate", "write"]

_OBSERVATIONS = 20
_IMPACTS = 5
_KINDS_OF_FAULT = ("construct", "valence", "phase", "case", "statement")


@dataclass(frozen=True, slots=True)
class Synthetic:
    """Tables by sheet, header first, and the faults planted: sheet, row as a spreadsheet counts, column, value."""

    tables: dict[str, list[list[str]]]
    faults: tuple[tuple[str, int, str, str], ...]

    @property
    def rows(self) -> int:
        """Number of data rows of all sheets."""
        return sum(len(rows) - 1 for rows in self.tables.values())


def generate(cases: int, share: float = 0.02, seed: int = 1) -> Synthetic:
    """Make a dataset.

    Args:
        cases: number of cases, each with 20 observations, 5 impacts, a judgement, 3 events and 4 rows of participants.
        share: part of the observations, from 0 to 1, that get one fault each.
        seed: another number gives other tables.
    """
    codes = imri_kg.open().case_vocabulary.codes
    chance = random.Random(seed)
    constructs = [c.notation for c in codes.options((IKG.Determinant,), FRAMEWORK["cfir-2022"])]
    impacts = [c.curie for c in codes.options((IKG.Impact,)) if c.notation[0] != "P"]
    tables: dict[str, list[list[str]]] = {
        "dataset": [["Dataset", "Title", "Framework", "Creator", "Coding"], ["synthetic", "Synthetic cases for measurements", "cfir-2022", "imri-kg benchmarks", "Made by a program; nobody coded anything."]],
        "cases": [["Case", "Name", "Setting", "Innovation", "Start", "End", "Participants", "Source", "Locator"]],
        "participants": [["Participant", "Case", "Kind", "Stakeholder group", "Count"]],
        "determinants": [["Observation", "Case", "Kind", "Phase", "Statement", "Construct", "Valence", "Coding", "Source", "Locator"]],
        "impacts": [["Observation", "Case", "Impact", "Experienced by", "Reported by", "Valence", "Statement", "Coding", "Source", "Locator"]],
        "assimilation": [["Entry", "Kind", "Case", "Form", "Date", "Judged by", "Wording", "Basis", "Source", "Locator"]],
        "events": [["Event", "Case", "Start", "Statement", "Source", "Locator"]],
        "sources": [["Source", "Citation", "Kind"], ["s1", "A synthetic source for measurements", "document"]],
    }
    groups = ["service users", "service providers", "managers", "family members"]
    for number in range(1, cases + 1):
        case = f"c{number}"
        counts = [chance.randint(1, 9) for _ in groups]
        start = chance.randint(2000, 2015)
        tables["cases"].append([case, f"Synthetic case {number}", "A synthetic service.", "A synthetic innovation", str(start), str(start + 5), str(sum(counts)), "s1", f"p. {number}"])
        for group, count in zip(groups, counts, strict=True):
            tables["participants"].append([f"{case}-{group.replace(' ', '-')}", case, "group", group, str(count)])
        for place in range(_OBSERVATIONS):
            tables["determinants"].append([f"{case}-o{place}", case, "determinant", chance.choice(["adoption", "implementation", "assimilation"]),
                                           f"Synthetic observation {place} on case {number}.", chance.choice(constructs), chance.choice(["facilitator", "barrier"]),
                                           "curated", "s1", f"p. {number}"])  # fmt: skip
        for place in range(_IMPACTS):
            tables["impacts"].append([f"{case}-i{place}", case, chance.choice(impacts), chance.choice(groups), chance.choice(groups), "positive",
                                      f"Synthetic impact {place} on case {number}.", "curated", "s1", f"p. {number}"])  # fmt: skip
        tables["assimilation"].append([f"{case}-j", "judgement", case, chance.choice(["Transformation", "Customization"]), str(start + 4), "the authors", "A synthetic wording.", "author-stated", "s1", f"p. {number}"])
        for place in range(3):
            tables["events"].append([f"{case}-e{place}", case, str(start + place), f"Synthetic event {place} of case {number}.", "s1", f"p. {number}"])
    return Synthetic(tables, tuple(_plant(tables["determinants"], share, chance)))


def _plant(rows: list[list[str]], share: float, chance: random.Random) -> Iterator[tuple[str, int, str, str]]:
    columns = {"construct": ("Construct", "Cultur"), "valence": ("Valence", "helpful"), "phase": ("Phase", "adaption"), "case": ("Case", "c0"), "statement": ("Statement", "")}
    for place in sorted(chance.sample(range(1, len(rows)), round((len(rows) - 1) * share))):
        header, value = columns[chance.choice(_KINDS_OF_FAULT)]
        rows[place][rows[0].index(header)] = value
        yield "Determinants", place + 1, header, value


def separated(table: list[list[str]]) -> bytes:
    """Return a table as CSV."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(table)
    return stream.getvalue().encode()


def workbook(made: Synthetic) -> bytes:
    """Return the tables as a workbook."""
    book = Workbook(write_only=True)
    for key, rows in made.tables.items():
        sheet = book.create_sheet(key.capitalize())
        for row in rows:
            sheet.append([v or None for v in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def write(made: Synthetic, folder: Path, form: str = "csv") -> None:
    """Write the tables into a folder, as CSV files or as `cases.xlsx`, and the faults into `expected/faults.csv` below it."""
    folder.mkdir(parents=True, exist_ok=True)
    if form == "xlsx":
        (folder / "cases.xlsx").write_bytes(workbook(made))
    else:
        for key, rows in made.tables.items():
            (folder / f"{key}.csv").write_bytes(separated(rows))
    (folder / "expected").mkdir(exist_ok=True)
    (folder / "expected" / "faults.csv").write_bytes(separated([["Sheet", "Row", "Column", "Value"], *[[str(v) for v in fault] for fault in made.faults]]))


