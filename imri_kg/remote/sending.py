"""Case files on their way to a server: read from disk, put into forms, and the replies joined into one validation.

Called by the remote graph. Each dataset is sent by itself (a workbook, an RDF file, the CSV files of one folder), since a server takes
the CSV files of a request for one dataset and sees no folders.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from imri_kg.case_tables.rdf_input import RDF_ENDINGS
from imri_kg.case_validation.messages import Message, Validation
from imri_kg.case_validation.service import NO_CASE_TABLE, Source, sources_at
from imri_kg.errors import BadInputError
from imri_kg.remote.case_decoding import validation
from imri_kg.remote.members import Members

__all__ = ["MOST_BYTES", "MOST_FILES", "Form", "forms", "joined"]

#: What a server takes in one request.
MOST_BYTES, MOST_FILES = 64 << 20, 20
_SEPARATED = (".csv", ".tsv", ".tab", ".txt")


class Form(NamedTuple):
    """The files of one dataset, with where they stand among all files."""

    sources: tuple[Source, ...]
    places: tuple[int, ...]

    @property
    def names(self) -> dict[str, str]:
        """The plain name that a server gets, to the name that tells the file from others."""
        return {PurePosixPath(s.name).name: s.name for s in self.sources}

    def encoded(self) -> tuple[bytes, str]:
        """Return the form as multipart/form-data (RFC 7578) with its content type."""
        boundary = secrets.token_hex(16)
        while any(boundary.encode() in s.data for s in self.sources):
            boundary = secrets.token_hex(16)
        parts = []
        for plain, source in zip(self.names, self.sources, strict=True):
            # Quotes and ends of lines in a name are written as browsers do (RFC 7578, section 4.2, and the HTML standard).
            safe = plain.replace("%", "%25").replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A") if any(c in plain for c in '"\r\n') else plain
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{safe}"\r\nContent-Type: application/octet-stream\r\n\r\n'
            parts += [head.encode("utf-8", "surrogateescape"), source.data, b"\r\n"]
        return b"".join([*parts, f"--{boundary}--\r\n".encode()]), f"multipart/form-data; boundary={boundary}"


def forms(paths: Sequence[str | Path]) -> list[Form]:
    """Read the files at some paths and put each dataset into a form, in the order in which the validation service reads datasets.

    Raises:
        BadInputError: a path cannot be read, there is nothing to check, or a dataset is larger than a server takes.
    """
    sources = sources_at([Path(p) for p in paths])
    if not sources:
        raise BadInputError("There is nothing to validate: name a workbook, a folder of CSV files or an RDF file.")
    whole: dict[tuple[int, str], list[int]] = {}
    for number, source in enumerate(sources):
        name = source.name.lower()
        key = (0, source.name) if name.endswith(RDF_ENDINGS) else (2, source.folder) if name.endswith(_SEPARATED) else (1, source.name)
        whole.setdefault(key, []).append(number)
    return [_form([sources[n] for n in numbers], numbers) for _, numbers in sorted(whole.items(), key=lambda item: item[0][0])]


def _form(found: list[Source], numbers: list[int]) -> Form:
    size = sum(len(s.data) for s in found)
    where = f"The {len(found)} files in {found[0].folder}" if len(found) > 1 else found[0].name
    if len(found) > MOST_FILES:
        raise BadInputError(f"{where} are more than the {MOST_FILES} that a server takes for one dataset. Check them with the graph of this machine, imri_kg.open().")
    if size > MOST_BYTES:
        raise BadInputError(f"{where}: {size / (1 << 20):.0f} MiB are more than the {MOST_BYTES >> 20} MiB that a server takes. Check them with the graph of this machine, imri_kg.open().")
    return Form(tuple(found), tuple(numbers))


def joined(sent: Sequence[Form], replies: Sequence[Members]) -> Validation:
    """Return the validation of all datasets: messages in the order of the files, each under the name that the file has here."""
    messages, datasets = [], []
    for form, reply in zip(sent, replies, strict=True):
        found, names = _as_below(form, validation(reply)), form.names
        messages += [_renamed(m, names.get(m.file, m.file)) for m in found.messages]
        datasets += [d._replace(files=tuple(names.get(f, f) for f in d.files)) for d in found.datasets]
    # Within a file the server has put them in order.
    order = {s.name: n for form in sent for s, n in zip(form.sources, form.places, strict=True)}
    return Validation(tuple(sorted(messages, key=lambda m: order.get(m.file, len(order)))), tuple(datasets), replies[0].text("release"))


def _as_below(form: Form, found: Validation) -> Validation:
    """Return the validation of files that stand below the folder which was named: what is no case table is no fault there.

    A server sees no folders, so that it judges every file as one that was named itself.
    """
    if not all(s.below for s in form.sources):
        return found
    if any(m.shape == "tables/no-sheet" for m in found.messages):
        return found._replace(messages=tuple(Message(name, "", None, "", "info", NO_CASE_TABLE, shape="tables/no-sheet") for name in form.names), datasets=())
    return found._replace(messages=tuple(m._replace(severity="warning") if m.shape == "reading/file" else m for m in found.messages))


def _renamed(message: Message, name: str) -> Message:
    """Return a message about a file under its name here; where a file cannot be read, the sentence begins with it too."""
    text = message.message
    if message.shape == "reading/file" and text.startswith(f"{message.file}: "):
        text = name + text.removeprefix(message.file)
    return message._replace(file=name, message=text)
