"""Tells what kind of file some bytes are, and refuses with advice what is no table that can be read.

Called by `table_file` before any reader. It goes by the content; the name only helps where text looks like text. It
reads no cell.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import NamedTuple

from imri_kg.errors import UnreadableFileError
from imri_kg.readers.archive import Archive
from imri_kg.readers.model import Notice

__all__ = ["ENDINGS", "FileKind", "stem", "suffix", "tell_kind"]

#: The longest file that is looked at.
MOST_BYTES = 200_000_000
_HEAD = 4096
_TEXT_ENDINGS = ("", ".csv", ".tsv", ".tab", ".txt")
_WORKBOOK_ENDINGS = (".xlsx", ".xlsm", ".xltx", ".xltm", ".ods", ".ots", ".xls", ".xlsb")
#: Endings of the files of a folder that somebody may have meant as tables; what cannot be read of them is told.
ENDINGS = (*_TEXT_ENDINGS[1:], *_WORKBOOK_ENDINGS, ".numbers", ".qdpx", ".qdc")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Workbooks of Excel 2 to 4 stand in no container.
_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")

_SAVE_XLSX = "Open it in Excel or LibreOffice and save it as 'Excel Workbook (.xlsx)' or as CSV UTF-8."
_EXPORT = "Export the table as .xlsx, .ods or CSV UTF-8 and give that file."
_CODINGS = "Export its coded passages as a table, give the columns the names that the template has, and check that table."
#: First bytes of kinds that people take for tables, or that get the wrong name.
_MAGIC = (
    (b"%PDF", "a PDF", "A table in a PDF has no cells: ask for the file that it was made of, or copy the table into a spreadsheet."),
    (b"{\\rtf", "a rich-text document", "Copy the table into a spreadsheet and save it as .xlsx."),
    (b"\x1f\x8b", "a gzip archive", "Unpack it first."),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "Unpack it first."),
    (b"Rar!\x1a\x07", "a RAR archive", "Unpack it first."),
    (b"\x89PNG", "a picture (PNG)", "A picture has no cells: ask for the table itself."),
    (b"\xff\xd8\xff", "a picture (JPEG)", "A picture has no cells: ask for the table itself."),
    (b"$FL2", "an SPSS data file", _EXPORT),
    (b"$FL3", "an SPSS data file", _EXPORT),
    (b"<stata_dta>", "a Stata data file", _EXPORT),
    (b"PAR1", "a Parquet file", _EXPORT),
    (b"SQLite format 3", "an SQLite database (some qualitative-coding tools save their projects so)", _EXPORT),
)
_HTML = (b"<!doctype html", b"<html", b"<head", b"<body", b"<table", b"<meta", b"<style", b"<script", b"<div")
#: What the list of content types of an OPC archive names, most telling first.
_CONTENT_TYPES = (
    (b"ms-excel.sheet.binary.macroenabled.main", "a binary Excel workbook (.xlsb)", _SAVE_XLSX),
    (b"spreadsheetml.sheet.main+xml", "xlsx", ""),
    (b"spreadsheetml.template.main+xml", "xlsx", ""),
    (b"ms-excel.sheet.macroenabled.main+xml", "xlsx", ""),
    (b"ms-excel.template.macroenabled.main+xml", "xlsx", ""),
    (b"wordprocessingml", "a Word document", "Copy its table into a spreadsheet and save that as .xlsx."),
    (b"presentationml", "a PowerPoint presentation", "Copy its table into a spreadsheet and save that as .xlsx."),
)


class FileKind(NamedTuple):
    """The kind (xlsx, ods or csv), the opened archive of a workbook, and what is to be said about the name."""

    kind: str
    archive: Archive | None
    notices: tuple[Notice, ...]


def suffix(name: str) -> str:
    """Return the ending of a file's name in lower case, with its dot."""
    return PurePosixPath(name.replace("\\", "/")).suffix.lower()


def stem(name: str) -> str:
    """Return a file's name without folders and ending.

    >>> stem("site 3/cases.csv")
    'cases'
    """
    return PurePosixPath(name.replace("\\", "/")).stem


def tell_kind(name: str, data: bytes) -> FileKind:
    """Tell which reader reads the file.

    Args:
        name: the file's name, with its ending.
        data: its bytes.

    Returns:
        The kind, with an info notice when the name says another one.

    Raises:
        UnreadableFileError: no reader does; the error says what the file is and what to do.
    """
    ending = suffix(name)
    if len(data) > MOST_BYTES:
        what = f"The file has {len(data) // 1_000_000} MB; {MOST_BYTES // 1_000_000} MB are read at most."
        raise UnreadableFileError(name, what, "Divide the table into several files, or take pictures out of it.")
    if data.startswith(_OLE):
        raise _ole(name, data)
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(name, data, ending)
    _refuse_other_content(name, data)
    if ending == ".numbers":
        raise UnreadableFileError(name, "This is called a Numbers spreadsheet.", "In Numbers, choose File, Export To, Excel, and give the .xlsx file.")
    if ending in _TEXT_ENDINGS:
        return FileKind("csv", None, ())
    if not data.strip(b"\0 \t\r\n"):
        raise UnreadableFileError(name, "The file is empty.", "Check that it was saved or copied to its end.")
    if ending == ".xls" and not data.startswith(_BIFF):
        return FileKind("csv", None, (_other_name(name, "delimited text"),))
    if ending in _WORKBOOK_ENDINGS:
        if ending == ".xls":
            raise UnreadableFileError(name, "This is a very old Excel file (.xls).", _SAVE_XLSX)
        raise UnreadableFileError(name, f"The name ends with {ending}, but the content is no workbook.", "If it is delimited text, rename it to .csv; else save it anew as .xlsx.")
    raise UnreadableFileError(name, f"Files that end with {ending} are not read as tables.", "Tables are read from .xlsx, .ods, .csv and .tsv files.")


def _zip_kind(name: str, data: bytes, ending: str) -> FileKind:
    archive = Archive(name, data)
    what, advice = _inside(archive)
    right = {"xlsx": ("an Excel workbook", ".xlsx"), "ods": ("an OpenDocument spreadsheet", ".ods")}.get(what)
    if right is None:
        raise UnreadableFileError(name, f"This is {what}{_although(ending)}.", advice)
    if ending in _TEXT_ENDINGS[1:]:
        raise UnreadableFileError(name, f"This is {right[0]}{_although(ending)}.", f"Rename it so that it ends with {right[1]}, or save it as CSV UTF-8.")
    own = (".xlsx", ".xlsm", ".xltx", ".xltm") if what == "xlsx" else (".ods", ".ots")
    return FileKind(what, archive, () if ending in own else (_other_name(name, right[0]),))


def _inside(archive: Archive) -> tuple[str, str]:
    """Return the kind of an archive, or what it is and what to do."""
    names = archive.names()
    mimetype = archive.start("mimetype", 200).strip()
    if mimetype.startswith(b"application/vnd.oasis.opendocument."):
        if mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
            return "ods", ""
        return "an OpenDocument file, but no spreadsheet", "Copy its table into a spreadsheet and save that as .ods or .xlsx."
    types = archive.start("[Content_Types].xml").lower()
    # Some writers use UTF-16; what is looked for is ASCII.
    types = types.replace(b"\0", b"")
    for text, what, advice in _CONTENT_TYPES:
        if text in types:
            return what, advice
    if any(n.endswith(".iwa") or n in ("index.zip", "index.apxl") for n in names):
        return "an Apple Numbers, Pages or Keynote file", "In Numbers, choose File, Export To, Excel, and give the .xlsx file."
    if "content.xml" in archive and "META-INF/manifest.xml" in archive:
        return ("ods", "") if b"opendocument.spreadsheet" in archive.start("META-INF/manifest.xml") else ("an OpenDocument file, but no spreadsheet", _EXPORT)
    if any(n.endswith(".qde") for n in names):
        return "a project of a qualitative-coding program (REFI-QDA)", _CODINGS
    if types:
        return "an Office file, but no workbook", _EXPORT
    return "a zip archive", "Unpack it and give the tables in it, one by one or as their folder."


def _ole(name: str, data: bytes) -> UnreadableFileError:
    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        return UnreadableFileError(
            name,
            "The workbook is protected by a password.",
            "Open it with the password, take the password off (in Excel: File, Info, Protect Workbook, Encrypt with Password, leave empty) and save a copy.",
        )
    if holds("WordDocument"):
        return UnreadableFileError(name, "This is an old Word document (.doc).", "Copy its table into a spreadsheet and save that as .xlsx.")
    if holds("PowerPoint Document"):
        return UnreadableFileError(name, "This is an old PowerPoint presentation (.ppt).", "Copy its table into a spreadsheet and save that as .xlsx.")
    if holds("Workbook") or holds("Book"):
        return UnreadableFileError(name, "This is an Excel workbook of the old kind (.xls), from before 2007.", _SAVE_XLSX)
    return UnreadableFileError(name, "This is a file of an old Office program, but no workbook that can be read.", _SAVE_XLSX)


def _refuse_other_content(name: str, data: bytes) -> None:
    head = data[:_HEAD]
    for magic, what, advice in _MAGIC:
        if head.startswith(magic):
            raise UnreadableFileError(name, f"This is {what}{_although(suffix(name))}.", advice)
    # Byte order marks and the zero bytes of UTF-16 do not make a web page a table.
    text = head.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").replace(b"\0", b"").lstrip().lower()
    if text.startswith(b"<?xml"):
        if b"excel.sheet" in text or b"office:spreadsheet" in text:
            raise UnreadableFileError(name, "This is an Excel workbook in XML of the kind of 2003.", _SAVE_XLSX)
        if b"opendocument" in text:
            raise UnreadableFileError(name, "This is a flat OpenDocument file (.fods).", "Open it in LibreOffice and save it as .ods or .xlsx.")
        if b"urn:qda-xml:" in text:
            raise UnreadableFileError(name, "This is a codebook or project of a qualitative-coding program (REFI-QDA).", _CODINGS)
        if b"<html" not in text:
            raise UnreadableFileError(name, f"This is XML{_although(suffix(name))}.", _EXPORT)
        text = text[text.index(b"<html") :]
    while text.startswith(b"<!--"):
        text = text.partition(b"-->")[2].lstrip()
    if text.startswith(_HTML):
        what = f"This is a web page (HTML){_although(suffix(name))}."
        raise UnreadableFileError(name, what, "Often it is a page to log in, or an export that only calls itself a spreadsheet: open it in a spreadsheet program and save it as .xlsx.")
    if text.startswith((b'{"', b'[{"')):
        raise UnreadableFileError(name, f"This is JSON{_although(suffix(name))}.", _EXPORT)


def _although(ending: str) -> str:
    return f", although its name ends with {ending}" if ending in (*_TEXT_ENDINGS[1:], *_WORKBOOK_ENDINGS) else ""


def _other_name(name: str, what: str) -> Notice:
    ending = suffix(name) or "nothing that tells its kind"
    return Notice("reading/other-kind", "info", f"The name ends with {ending}, but the file is {what}; it was read as that. Better give it the ending of its kind.", value=name)
