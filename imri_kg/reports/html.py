"""The messages of a validation as one page that needs nothing else: no script, no picture, no address.

Called for `--format html` and by the HTTP doors. It prints, and it reads in light and dark. Every text of a user is escaped by
the template engine.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from imri_kg.case_validation.messages import CorrectedCell, MessageGroup, Validation
from imri_kg.reports.wording import SIGNS, clean, corrected_in_words, counts_in_words, plural, ranges, sections, sheet_of, shortened, verdict

if TYPE_CHECKING:
    from jinja2 import Template

__all__ = ["as_html"]

#: Characters of a value or message that a page shows; the other forms have all of it.
_MOST = 1200


def as_html(validation: Validation) -> str:
    """Return the messages as a page."""
    tables = [
        {"file": file, "sheet": sheet, "counts": counts_in_words(members), "rows": [_row(g) for g in groups]}
        for file, sheet, members, groups in sections(validation.messages)
    ]
    return _template().render(
        validation=validation,
        tables=tables,
        verdict=verdict(validation),
        corrected=corrected_in_words(validation) if validation.corrections else "",
        corrections=[_correction(c) for c in validation.corrections],
        signs=SIGNS,
        counts=[(severity, number, plural(number, severity).partition(" ")[2]) for severity, number in validation.counts.items()],
    )


def _correction(cell: CorrectedCell) -> dict[str, str]:
    return {"place": ", ".join(part for part in (cell.file, sheet_of(cell), cell.cell) if part), "column": cell.column, "old": cell.old, "value": cell.value}


def _row(group: MessageGroup) -> dict[str, str]:
    m = group.first
    where = ranges(group.rows)
    return {
        "severity": m.severity,
        "row": f"{where} ({len(group.rows)})" if group.several else where or (m.focus if m.column or m.sheet else ""),
        "column": m.column or ("" if group.several else m.cell),
        "value": m.value,
        "message": m.message.removeprefix(f"{m.file}: "),
        "suggestion": m.suggestion,
        "rule": m.shape,
        # Another scheme in a link could be a script.
        "source": clean(m.source) if m.source.startswith(("http://", "https://")) else "",
        "source_text": m.source,
    }


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folder = Path(__file__).parent / "templates"
    environment = Environment(loader=FileSystemLoader(folder, encoding="utf-8"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["shown"] = lambda text: shortened(clean(text), _MOST)
    environment.filters["plural"] = plural
    return environment.get_template("validation.html")
