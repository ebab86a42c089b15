"""Opens the zip archive that a workbook is, within limits, and refuses XML that brings definitions of its own.

Called by `kinds` and by the readers of workbooks. It unpacks nothing before it knows how big it will get, writes no
file, and lets no part with a DOCTYPE through: without one, XML cannot grow by entities nor reach for another file.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO
from xml.etree.ElementTree import Element, ParseError, XMLPullParser, fromstring
from xml.parsers import expat

from imri_kg.errors import UnreadableFileError

__all__ = ["Archive", "local"]

#: Limits of what is unpacked. A workbook of 10,000 rows has some ten entries and 20 MB.
MOST_ENTRIES = 10_000
MOST_UNPACKED = 300_000_000
MOST_RATIO = 200
#: Smaller entries may be packed as tightly as they like: they cannot harm.
RATIO_FROM = 1_000_000
#: The list of entries is read by its stated size and costs memory before a single entry is seen.
MOST_DIRECTORY = 4_000_000
#: Parts that are read at once (relations, lists of sheets, styles), not streamed.
MOST_AT_ONCE = 20_000_000
#: What may stand before the first element of a part: a declaration, a remark.
_MOST_PROLOG = 16_384
_CHUNK = 65_536
_END, _END_SIZE = b"PK\x05\x06", 22
_LOCATOR, _LOCATOR_SIZE, _END64_SIZE = b"PK\x06\x07", 20, 56

_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error, NotImplementedError, RuntimeError, ParseError, ValueError, LookupError)
_AGAIN = "Copy or download it again, or open it in a spreadsheet program, let it repair the file and save it under a new name."


class _DoctypeFoundError(Exception):
    pass


class Archive:
    """A zip archive whose sizes were found harmless; parts are asked for by name, whatever their case.

    Args:
        name: the file's name, for messages.
        data: its bytes.

    Raises:
        UnreadableFileError: the archive is damaged, encrypted or over a limit.
    """

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        if _directory_size(data) > MOST_DIRECTORY:
            raise UnreadableFileError(name, "The archive lists far more entries than a workbook has.", "Save the workbook anew in a spreadsheet program.")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGED as error:
            raise self.damaged() from error
        entries = self._zip.infolist()
        # OPC names are compared without case, and some writers use the separator of Windows.
        self._parts = {e.filename.replace("\\", "/").lstrip("/").casefold(): e for e in entries}
        self._check_sizes(entries)
        if any(e.flag_bits & 0x1 for e in entries):
            raise UnreadableFileError(name, "The archive is protected by a password.", "Save a copy without a password.")

    def _check_sizes(self, entries: list[zipfile.ZipInfo]) -> None:
        if len(entries) > MOST_ENTRIES:
            raise UnreadableFileError(self.name, f"The archive has {len(entries):,} entries; {MOST_ENTRIES:,} are read at most.", "Save the workbook anew in a spreadsheet program.")
        total = sum(e.file_size for e in entries)
        if total > MOST_UNPACKED:
            what = f"Unpacked it would take {total // 1_000_000:,} MB; {MOST_UNPACKED // 1_000_000} MB are read at most."
            raise UnreadableFileError(self.name, what, "Divide the table into several files, or take pictures out of it.")
        for entry in entries:
            if entry.file_size > RATIO_FROM and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
                what = f"Its part {entry.filename!r} unpacks to more than {MOST_RATIO} times its size, as no table of a study does."
                raise UnreadableFileError(self.name, what, "If the file is in order, copy its filled rows into a new workbook and save that.")

    def damaged(self, part: str = "") -> UnreadableFileError:
        """Return the error that says that the file, or a part of it, is broken."""
        what = f"Its part {part!r} is damaged or missing" if part else "The file is damaged"
        return UnreadableFileError(self.name, f"{what}, or the file was not copied to its end.", _AGAIN)

    def __contains__(self, part: str) -> bool:
        return part.casefold() in self._parts

    def names(self) -> tuple[str, ...]:
        """Return the names of all entries in lower case."""
        return tuple(self._parts)

    def start(self, part: str, size: int = 1_000_000) -> bytes:
        """Return the first bytes of an entry, nothing when there is no such entry."""
        if part not in self:
            return b""
        with self._guarded(part), self._open(part) as stream:
            return stream.read(size)

    def tree(self, part: str) -> Element:
        """Return a small XML part as a tree."""
        self.root_tag(part)
        if self._parts[part.casefold()].file_size > MOST_AT_ONCE:
            raise UnreadableFileError(self.name, f"Its part {part!r} is bigger than {MOST_AT_ONCE // 1_000_000} MB.", "Copy the filled rows into a new workbook and save that.")
        with self._guarded(part), self._open(part) as stream:
            return fromstring(stream.read())

    def root_tag(self, part: str) -> str:
        """Return the tag of an XML part's first element, as trees have it; refuse a part with a DOCTYPE before that."""
        if part not in self:
            raise self.damaged(part)
        parser = expat.ParserCreate(namespace_separator="}")
        tags: list[str] = []

        def doctype(*_: object) -> None:
            raise _DoctypeFoundError

        parser.StartDoctypeDeclHandler = doctype
        parser.StartElementHandler = lambda tag, _: tags.append(tag)
        try:
            with self._guarded(part), self._open(part) as stream:
                parser.Parse(stream.read(_MOST_PROLOG))
        except expat.ExpatError as error:
            raise self.damaged(part) from error
        except _DoctypeFoundError as error:
            what = f"Its part {part!r} has a DOCTYPE, which no spreadsheet program writes and which can be used for attacks."
            raise UnreadableFileError(self.name, what, "Make the file anew in a spreadsheet program; do not trust this one.") from error
        if not tags:
            raise self.damaged(part)
        return "{" + tags[0] if "}" in tags[0] else tags[0]

    def elements(self, part: str, *, starts: bool = False) -> Iterator[tuple[str, Element]]:
        """Yield ("end", element) for each element of an XML part while it streams, and ("start", element) when asked to.

        Raises:
            UnreadableFileError: the part is missing, damaged, ends early or has a DOCTYPE. What was yielded before must
                then not be used.
        """
        self.root_tag(part)
        with self._guarded(part), self._open(part) as stream:
            parser = XMLPullParser(("start", "end") if starts else ("end",))
            size = _CHUNK
            while chunk := stream.read(size):
                parser.feed(chunk)
                events = list(parser.read_events())
                # The parser begins an unfinished comment or attribute anew with each chunk: were they not bigger and
                # bigger, a long one would take the square of its length.
                size = _CHUNK if events else 2 * size
                yield from events
            parser.close()
            yield from parser.read_events()

    def relations(self, part: str) -> list[tuple[str, str, str]]:
        """Return the relations of an OPC part: identifier, last word of the type, and the target part (or address)."""
        folder, file = posixpath.split(part)
        path = posixpath.join(folder, "_rels", file + ".rels")
        found: list[tuple[str, str, str]] = []
        for element in self.tree(path) if path in self else ():
            target = element.get("Target", "").replace("\\", "/")
            if element.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
            found.append((element.get("Id", ""), element.get("Type", "").rpartition("/")[2], target))
        return found

    def _open(self, part: str) -> IO[bytes]:
        return self._zip.open(self._parts[part.casefold()])

    @contextmanager
    def _guarded(self, part: str) -> Iterator[None]:
        try:
            yield
        except _DAMAGED as error:
            raise self.damaged(part) from error


def local(element: Element) -> str:
    """Return an element's name without its namespace, which differs between editions of one format."""
    return element.tag.rpartition("}")[2]


def _directory_size(data: bytes) -> int:
    """Return the size that the archive states for its list of entries, found where `zipfile` looks for it."""
    end = len(data) - _END_SIZE
    if end < 0:
        return 0
    if data[end : end + 4] != _END or data[-2:] != b"\0\0":
        end = data.rfind(_END, max(0, end - 65_536))
    if end < 0 or end + _END_SIZE > len(data):
        return 0
    size: int = struct.unpack_from("<L", data, end + 12)[0]
    if data[end - _LOCATOR_SIZE : end - _LOCATOR_SIZE + 4] == _LOCATOR and end >= _LOCATOR_SIZE + _END64_SIZE:
        size = max(size if size != 0xFFFFFFFF else 0, struct.unpack_from("<Q", data, end - _LOCATOR_SIZE - _END64_SIZE + 40)[0])
    return size
