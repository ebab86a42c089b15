"""Small datasets for tests of the library, and what a library holds."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from openpyxl import Workbook

from imri_kg.case_validation.service import Source
from imri_kg.library import Library

__all__ = ["Tables", "as_csv", "as_workbook", "everything", "tables_of", "titles"]

Tables = dict[str, list[list[object]]]


def tables_of(name: str = "pilot", title: str = "A pilot") -> Tables:
    """Return a small dataset that conforms, with columns and characters that nobody foresaw."""
    return {
        "dataset": [["Dataset", "Title", "Framework", "Creator", "Coding"], [name, title, "cfir-2022", "A team", "Two coders, who agreed."]],
        "cases": [
            ["Case", "Name", "Setting", "Innovation", "Start", "End", "Participants", "Interviews", "Source", "Locator", "Our ward code"],
            ["north", "North clinic", 'A clinic "for adults", and\nits day centre.', "Peer support", "2018", "2020-06", 5, 2, "s1", "p. 2", "W-07"],
        ],
        "participants": [
            ["Participant", "Case", "Kind", "Stakeholder group", "Count"],
            ["p1", "north", "group", "service users", 3],
            ["p2", "north", "group", "managers", 2],
            ["i1", "north", "informant", "managers"],
        ],
        "determinants": [
            ["Observation", "Case", "Kind", "Phase", "Statement", "Construct", "Valence", "Coding", "Informant", "Source", "Locator", "Note", "Memo; old"],
            ["o1", "north", "determinant", "adoption", "Leaders wanted the change – “now”.", "III.D", "facilitator", "curated", "i1", "s1", "p. 4", "", "=1+1"],
            ["o2", "north", "background", "adoption", "The clinic opened long ago.", "", "", "", "", "s1", "p. 5", "see o1; o3", ""],
        ],
        "events": [["Event", "Case", "Start", "Statement", "Source", "Locator"], ["e1", "north", "2019-03-01", "The first group met.", "s1", "p. 6"]],
        "sources": [["Source", "Citation", "Kind"], ["s1", "A report on a clinic", "publication"]],
    }


def as_csv(tables: Tables, folder: str = "") -> list[Source]:
    found = []
    for key, rows in tables.items():
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\n").writerows([*row, *[""] * (len(rows[0]) - len(row))] for row in rows)
        found.append(Source(f"{folder}{'/' if folder else ''}{key}.csv", stream.getvalue().encode(), folder or "one"))
    return found


def as_workbook(tables: Tables, name: str = "cases.xlsx") -> list[Source]:
    book = Workbook()
    book.remove(book.worksheets[0])
    for key, rows in tables.items():
        sheet = book.create_sheet(key.capitalize())
        for number, row in enumerate(rows, 1):
            for place, value in enumerate(row, 1):
                cell = sheet.cell(number, place)
                cell.value = value if value != "" else None
                if isinstance(value, str) and value.startswith("="):
                    cell.data_type = "s"
    stream = io.BytesIO()
    book.save(stream)
    return [Source(name, stream.getvalue())]


def titles(library: Library) -> dict[str, str]:
    """Return what the library holds, after all of it was read."""
    library.quads()
    held = library.datasets().datasets
    for dataset in held:
        library.tables(dataset.id)
    return {d.id: d.title for d in held}


def everything(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file but the lock."""
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file() and f.name != "lock"}
