"""Writes cells of an Excel workbook anew, in the bytes of its sheets: everything else of the file stays as it is.

Called by `correcting`. A library that opens a workbook and saves it loses the saved results of formulas, and much else; here formats, comments,
widths, other sheets and whatever else the file has are copied.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape

from openpyxl.utils import range_boundaries

from imri_kg.case_validation.edits import Edit, Edits, UnwritableError, start_tag
from imri_kg.readers import cell_name
from imri_kg.readers.archive import MOST_UNPACKED, Archive, local

__all__ = ["repacked", "write_workbook_cells"]

_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")
_CALCULATION = re.compile(rb"<(?:[\w.-]+:)?calcPr\b(?![^<>]*fullCalcOnLoad)")
_SPANS = re.compile(rb"""\sspans\s*=\s*("[^"]*"|'[^']*')""")
_CHAIN = re.compile(rb"<(?:[\w.-]+:)?(?:Relationship|Override)\b[^<>]*calcChain[^<>]*?(?:/>|>\s*</(?:[\w.-]+:)?(?:Relationship|Override)\s*>)", re.IGNORECASE)
_WIDE = "A part of the file has an encoding that cannot be changed in place. Save it anew in a spreadsheet program."


@dataclass(slots=True)
class _Place:
    """Where a cell stands in its part: from its first byte to behind its last; equal where it is to be put in."""

    start: int
    end: int
    attributes: dict[str, str] = field(default_factory=dict)
    name: str = "c"
    formula: dict[str, str] | None = None


def write_workbook_cells(name: str, data: bytes, sheets: Mapping[str, Edits]) -> bytes:
    """Return the bytes of a workbook with some cells written anew, by the names of sheets.

    Raises:
        UnwritableError: a cell cannot be written by itself.
        UnreadableFileError: the file is damaged.
    """
    archive = Archive(name, data)
    book = next((target for _, kind, target in archive.relations("") if kind == "officeDocument"), "xl/workbook.xml")
    targets = {identifier: target for identifier, _, target in archive.relations(book)}
    changed: dict[str, bytes | None] = {}
    broken = False
    parts = []
    for entry in (e for group in archive.tree(book) if local(group) == "sheets" for e in group):
        part = targets[next((value for key, value in entry.attrib.items() if key.endswith("}id")), "")]
        parts.append(part)
        edits = sheets.get(entry.get("name", ""))
        if edits:
            changed[part], lost = _Sheet(archive, part, edits).written()
            broken = broken or lost
    if any(_FORMULA.search(archive.start(part, MOST_UNPACKED)) for part in parts):
        # What formulas made of the old values is saved with them.
        changed[book] = _CALCULATION.sub(lambda m: m[0] + b' fullCalcOnLoad="1"', archive.start(book, MOST_UNPACKED))
    if broken:
        # A list of formulas that names a cell without one is called damage by Excel, which makes the list anew where there is none.
        folder, _, file = book.rpartition("/")
        for part in (f"{folder}/_rels/{file}.rels", "[Content_Types].xml"):
            changed[part] = _CHAIN.sub(b"", archive.start(part, MOST_UNPACKED))
        changed |= {target: None for _, kind, target in archive.relations(book) if kind == "calcChain"}
    return repacked(data, changed)


def repacked(data: bytes, changed: Mapping[str, bytes | None]) -> bytes:
    """Return an archive with some parts replaced or, where they are None, left out; the order and the dates of its parts stay."""
    by_name = {name.casefold(): content for name, content in changed.items()}
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        last = {e.filename: e for e in source.infolist()}
        for entry in last.values():
            part = entry.filename.replace("\\", "/").lstrip("/").casefold()
            content = by_name.get(part, b"") if part in by_name else source.read(entry)
            if content is None:
                continue
            copy = zipfile.ZipInfo(entry.filename, entry.date_time)
            copy.compress_type, copy.external_attr, copy.create_system = entry.compress_type, entry.external_attr, entry.create_system
            target.writestr(copy, content)
    return stream.getvalue()


class _Sheet:
    """The part of one sheet: looked through once for the places of its cells, then put together from its old bytes and the new cells."""

    def __init__(self, archive: Archive, part: str, edits: Edits) -> None:
        self._archive, self._part, self._edits = archive, part, edits
        self._data = archive.start(part, MOST_UNPACKED)
        if b"\0" in self._data[:200]:
            raise UnwritableError(_WIDE)
        self._columns: dict[int, list[int]] = {}
        for row, column in sorted(edits):
            self._columns.setdefault(row, []).append(column)
        #: Rows behind which no other has come yet, the last one first.
        self._waiting = sorted(self._columns, reverse=True)
        self._found: dict[tuple[int, int], _Place] = {}
        #: For cells that are not there: the byte before which they belong, and whether their row is there.
        self._before: dict[tuple[int, int], int] = {}
        self._open_rows: dict[int, tuple[int, bytes, str]] = {}
        self._next_row: dict[int, int] = {}
        self._path: list[str] = []
        self._row = self._column = 0
        self._row_start = 0
        self._cell: _Place | None = None
        self._end = (0, "", b"")
        self._data_start = 0

    def written(self) -> tuple[bytes, bool]:
        """Return the part with the cells written, and whether a formula went."""
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._begin, self._finish
        self._parser.Parse(self._data, True)
        self._refuse_tables()
        splices: list[tuple[int, int, int, bytes]] = []
        lost = False
        missing: dict[int, list[int]] = {}
        for (row, column), edit in sorted(self._edits.items()):
            place = self._found.get((row, column))
            if place is None:
                if edit.text:
                    missing.setdefault(row, []).append(column)
                continue
            self._refuse_shared(place, row, column)
            lost = lost or place.formula is not None
            splices.append((place.start, place.end, column, _cell(place.name, {**place.attributes, "r": cell_name(row, column)}, edit)))
        for row, columns in missing.items():
            splices += self._added(row, columns)
        pieces, done = [], 0
        for start, end, _, new in sorted(splices, key=lambda s: (s[0], s[2])):
            pieces += [self._data[done:start], new]
            done = max(end, done)
        return b"".join([*pieces, self._data[done:]]), lost

    # ------------------------------------------------------------ looking through

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        self._path.append(tag)
        here = self._parser.CurrentByteIndex
        match self._path[1:]:
            case ["sheetData"]:
                self._data_start = here
            case ["sheetData", "row"]:
                self._row = int(attributes.get("r") or self._row + 1)
                self._column, self._row_start = 0, here
                while self._waiting and self._waiting[-1] < self._row:
                    self._next_row[self._waiting.pop()] = here
            case ["sheetData", "row", "c"]:
                self._column = _column(attributes.get("r"), self._column + 1)
                if self._row in self._columns:
                    self._cell = _Place(here, here, attributes, name)
                    for column in self._columns[self._row]:
                        if column < self._column:
                            self._before.setdefault((self._row, column), here)
            case ["sheetData", "row", "c", "f"] if self._cell is not None:
                self._cell.formula = attributes
            case ["mergeCells", "mergeCell"]:
                self._refuse_merged(attributes.get("ref", ""))

    def _finish(self, name: str) -> None:
        match self._path[1:]:
            case ["sheetData", "row", "c"] if self._cell is not None:
                self._cell.end = self._behind(self._cell.start)
                if (self._row, self._column) in self._edits:
                    self._found.setdefault((self._row, self._column), self._cell)
                self._cell = None
            case ["sheetData", "row"] if self._row in self._columns:
                tag = start_tag(self._data, self._row_start)
                self._open_rows.setdefault(self._row, (self._parser.CurrentByteIndex if not tag.endswith(b"/>") else self._row_start, tag, name))
            case ["sheetData"]:
                tag = start_tag(self._data, self._data_start)
                self._end = (self._data_start if tag.endswith(b"/>") else self._parser.CurrentByteIndex, name, tag)
        self._path.pop()

    def _behind(self, start: int) -> int:
        """Return the byte behind the element that ends now."""
        here = self._parser.CurrentByteIndex
        return here if start_tag(self._data, start).endswith(b"/>") else self._data.index(b">", here) + 1

    # ------------------------------------------------------------ cells that are not there

    def _added(self, row: int, columns: list[int]) -> list[tuple[int, int, int, bytes]]:
        if row not in self._open_rows:
            here, name, tag = self._end
            prefix = name.removesuffix("sheetData")
            cells = b"".join(_cell(f"{prefix}c", {"r": cell_name(row, c)}, self._edits[row, c]) for c in columns)
            new = f'<{prefix}row r="{row}">'.encode() + cells + f"</{prefix}row>".encode()
            if tag.endswith(b"/>"):
                raise UnwritableError("The sheet has no row.", row, columns[0])
            return [(self._next_row.get(row, here), self._next_row.get(row, here), -1_000_000 + row, new)]
        end, tag, name = self._open_rows[row]
        prefix = name.removesuffix("row")
        new_cells = {c: _cell(f"{prefix}c", {"r": cell_name(row, c)}, self._edits[row, c]) for c in columns}
        if tag.endswith(b"/>"):
            whole = _SPANS.sub(b"", tag)[:-2] + b">" + b"".join(new_cells.values()) + f"</{name}>".encode()
            return [(end, end + len(tag), 0, whole)]
        return [(self._before.get((row, c), end), self._before.get((row, c), end), c, cell) for c, cell in new_cells.items()]

    # ------------------------------------------------------------ what cannot be written

    def _refuse_shared(self, place: _Place, row: int, column: int) -> None:
        formula = place.formula or {}
        area = formula.get("ref", "")
        if formula.get("t") in ("array", "dataTable") and ":" in area or formula.get("t") == "shared" and area and ":" in area:
            raise UnwritableError("Other cells have their formula from this one. Change it in a spreadsheet program.", row, column)

    def _refuse_merged(self, area: str) -> None:
        left, top, right, bottom = _corners(area)
        for row in self._columns if bottom - top > len(self._columns) else range(top, bottom + 1):
            column = next((c for c in self._columns.get(row, ()) if left <= c <= right and (row, c) != (top, left)), 0)
            if top <= row <= bottom and column:
                raise UnwritableError(f"The cell is covered by the merged cells {area}. Take the merging apart in a spreadsheet program.", row, column)

    def _refuse_tables(self) -> None:
        """Refuse to rename a column of an Excel table, whose name stands in another part and in formulas."""
        for _, kind, target in self._archive.relations(self._part):
            if kind == "table" and target in self._archive:
                table = self._archive.tree(target)
                left, top, right, _ = _corners(table.get("ref", ""))
                for column in self._columns.get(top, ()):
                    if left <= column <= right and table.get("headerRowCount", "1") != "0":
                        raise UnwritableError("The cell is the header of a table of Excel. Rename the column in a spreadsheet program.", top, column)


def _cell(name: str, attributes: Mapping[str, str], edit: Edit) -> bytes:
    prefix = name.removesuffix("c")
    kept = "".join(f' {key}="{escape(attributes[key], {chr(34): "&quot;"})}"' for key in ("r", "s") if key in attributes)
    if not edit.text:
        content = f"<{name}{kept}/>"
    elif edit.number:
        content = f"<{name}{kept}><{prefix}v>{edit.text}</{prefix}v></{name}>"
    else:
        # An inline text is a text, whatever it begins with.
        text = escape(_ESCAPE.sub("_x005F_", edit.text))
        content = f'<{name}{kept} t="inlineStr"><{prefix}is><{prefix}t xml:space="preserve">{text}</{prefix}t></{prefix}is></{name}>'
    return content.encode("ascii", "xmlcharrefreplace")


def _corners(area: str) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of an area; of one that cannot be read, an area without cells."""
    try:
        left, top, right, bottom = range_boundaries(area.replace("$", ""))
        return int(left), int(top), int(right), int(bottom)
    except (ValueError, TypeError):
        return 0, 0, -1, -1


def _column(reference: str | None, following: int) -> int:
    match = _REFERENCE.fullmatch(reference or "")
    if not match:
        return following
    number = 0
    for letter in match[1].upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
