"""The words of the first sheet of the template: what each sheet is for, how to write, whose claim is what, and how to check.

Called by the template. What the shapes say (sheets, columns that must be filled) is taken from them; the advice stands here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from imri_kg.case_tables.columns import STUDY, CaseModel
from imri_kg.case_tables.describing import asked

__all__ = ["GuideRow", "guide"]


class GuideRow(NamedTuple):
    """A row of the guide: its style (title, heading, header or row), what stands in its cells, and the sheet that it leads to."""

    style: str
    cells: tuple[str, ...]
    sheet: str = ""


_WRITING = (
    ("Headers", "Leave the names of sheets and columns as they are. You may move, hide or leave out columns that you do not need and leave sheets empty. Columns of your own are kept and not checked."),
    ("Colours", "A column with a dark header must be filled in every row, one with a medium header is advised, one with a light header is filled where the source says something. Rest the pointer on a header to read what the column is for."),
    ("Identifiers", "The first column of a sheet is a short code of your own without blanks, such as clinic-1. No two rows of a sheet have the same one. Other sheets refer to it."),
    (STUDY, f"In the column Case, write {STUDY} for what a source says about the study as a whole and not about one case."),
    ("Dates", "2019, 2019-11 or 2019-11-05: as exact as the source is. Columns for dates hold text, so that the spreadsheet does not change what you type. 03/04/2020 can be two days and is asked about."),
    ("Several values", "Separate them by a semicolon: service users; managers. This works in the columns whose comment says \"or several\"."),
    ("Codes", "Choose from the list, or write a code, a label or both: III.D, Culture or III.D Culture. All lists stand on the sheet Codes. When the spreadsheet warns that a value is not in the list, you may keep it; the check says whether it is understood."),
    ("Numbers", "Enter figures as the source prints them, even where they do not add up, and say so in the column Note. Leave empty what the source does not state: 0 says that there was none."),
    ("Texts", "Write statements in your own words, each so that it is understood by itself. A text anchor is at most eight words of the source, a quote at most 25."),
    ("People", "Write no names, addresses or dates of birth. An informant is a code on the sheet Participants."),
)  # fmt: skip

_CLAIMS = (
    ("Statement, Locator, Text anchor, Quote", "The source's claim: what it reports, in your words, and where it stands."),
    ("Context word, Context word status", "The authors' own word for the kind of context, and whether they print it with this very statement."),
    ("Kind, Construct, Alternate construct, Second construct, Impact, Valence", "A reading of the statement. The column Coding says whose: author-stated where the authors themselves say it, curated where you do. The kind is judged first."),
    ("Form, Time, Judged by, Judging group, Wording", "A judgement on assimilation is somebody's at a time: who, when and in which words. The column Basis says whose claim it is."),
    ("Model assumption, Organisation feature, Feature kind, Led to", "A compatibility gap. Fill Led to only where the source itself links the gap with the judgement; the column Basis says whose claim it is."),
    ("Innovation group, Other constructs", "Always your judgement."),
    ("Experienced by, Reported by", "Who is said to feel an impact, and who says so. They can differ, and both are the source's claim."),
    ("Note", "Your remarks for readers of the row: doubts, decisions, oddities."),
)  # fmt: skip

_CHECKING = (
    ("imri-kg validate FILE", "names everything to look at by sheet, row and column. A violation must be mended, a warning looked at, an info known."),
    ("imri-kg validate FILE --format xlsx -o checked.xlsx", "writes a copy of the workbook in which the cells are marked."),
    ("Privacy", "The check runs on your own computer. Nothing that you enter is stored or sent anywhere."),
)


def guide(model: CaseModel, framework: str, second: str = "", *, example: bool = False) -> Iterator[GuideRow]:
    """Yield the rows of the guide.

    Args:
        model: sheets and columns.
        framework: label of the edition whose constructs the lists hold.
        second: label of the second edition, if there is one.
        example: whether the other sheets hold the example.
    """
    yield GuideRow("title", ("Case tables: how to fill in this workbook",))
    if example:
        yield GuideRow("row", ("EXAMPLE", "Every row on the other sheets is invented to show how they are filled in. No service, person or figure in them is real. Delete the rows before you enter your own."))
    yield GuideRow("row", (
        "In short",
        "The workbook describes cases: efforts to put a recovery innovation into practice. Each sheet is a table with its header in row 1 and one row for each thing. "
        "Enter what your sources say and leave the rest empty.",
    ))  # fmt: skip
    also = f", those of the column Second construct of {second}" if second else ""
    yield GuideRow("row", ("Framework", f"The constructs in the lists are those of {framework}{also}. For another framework, begin with another template."))
    yield GuideRow("heading", ("Sheets",))
    yield GuideRow("header", ("Sheet", "What it is for", "Columns that must be filled"))
    for sheet in model.sheets:
        required = ", ".join(c.header for c in sheet.columns if asked(c) == "yes")
        advised = ", ".join(c.header for c in sheet.columns if asked(c) == "advised")
        yield GuideRow("row", (sheet.label, sheet.description, f"{required}; advised: {advised}" if advised else required), sheet.label)
    yield GuideRow("row", ("Codes", "The lists from which the other sheets choose. Nothing is entered here.", ""), "Codes")
    for heading, rows in (("How to write", _WRITING), ("Whose claim is what", _CLAIMS), ("How to check", _CHECKING)):
        yield GuideRow("heading", (heading,))
        for name, text in rows:
            yield GuideRow("row", (name, text))
