"""A case table that a model sends: decoded, held to a size, and checked in a process of its own that can be killed.

Nothing that is sent is written to disk, logged or kept after the reply.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from imri_kg.case_validation.messages import SEVERITIES
from imri_kg.case_validation.service import Source
from imri_kg.errors import BadInputError
from imri_kg_api.mcp_door import replies
from imri_kg_api.mcp_door.parts import page
from imri_kg_api.mcp_door.questions import MOST_BYTES, AboutTable

if TYPE_CHECKING:
    from imri_kg.isolation.worker import Isolated

__all__ = ["Stop", "Validate", "check_table"]

#: Says whether whoever asked has gone.
Stop = Callable[[], bool]
#: Checks files, with the key of the edition of their constructs (or nothing), in a process of its own.
Validate = Callable[[Sequence[Source], str, Stop], "Isolated"]


def check_table(validate: Validate, asked: AboutTable, stop: Stop) -> replies.Findings:
    """Check a case table.

    Raises:
        BadInputError: there is not exactly one content, it is no base64, or it is too large.
        ImriError: what `validate` raises.
    """
    source = Source(_plain(asked.name), _content(asked))
    found = validate([source], asked.framework or "", stop).validation
    findings = [
        replies.Finding(place=m.place, severity=m.severity, message=m.message, value=m.value, suggestion=m.suggestion)  # type: ignore[arg-type]
        # The gravest first, since a list that is cut must not end before them.
        for m in sorted(found.messages, key=lambda m: SEVERITIES.index(m.severity))
    ]
    shown, rest = page(findings, asked.limit, asked.offset, "findings")
    read = [f"{d.name}: {', '.join(f'{n} rows of {sheet}' for sheet, n in d.rows.items()) or 'no rows'}; cases: {', '.join(d.cases[:10]) or 'none'}" for d in found.datasets]
    notes = [] if rest.total <= rest.shown else ["Mend what is shown and send the table again, or ask with the next offset."]
    return replies.Findings(conforms=found.conforms, counts=found.counts, findings=shown, rest=rest, read=read, notes=notes, release=found.release)


def _content(asked: AboutTable) -> bytes:
    if (asked.text is None) == (asked.base64 is None):
        raise BadInputError("Give the content of the table once: as text (CSV), or as base64 (a workbook).")
    if asked.text is not None:
        data = asked.text.encode("utf-8")
    else:
        try:
            data = base64.b64decode("".join((asked.base64 or "").split()), validate=True)
        except (binascii.Error, ValueError) as error:
            reason = f"{str(error)[:1].lower()}{str(error)[1:]}"
            raise BadInputError(f"The argument base64 is no base64 ({reason}). Send the bytes of the file as base64 (RFC 4648), or CSV in the argument text.") from error
    if not data:
        raise BadInputError("The table is empty; send its content.")
    if len(data) > MOST_BYTES:
        raise BadInputError(f"The table has more than {MOST_BYTES >> 20} MiB; send less at a time, or check it with 'imri-kg validate'.")
    return data


def _plain(name: str) -> str:
    """Return the last part of a file name, without what would break a line."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c if c.isprintable() else "_" for c in last) or "table"
