"""The messages of a validation as a JUnit report: a test case for each sheet, failed by violations.

Called for pipelines, which show such reports. A warning never fails a case; it stands in the case's output. No time is stated,
so that the same input gives the same bytes.
"""

from __future__ import annotations

import io
from pathlib import PurePosixPath

from junitparser import Failure, JUnitXml, TestCase, TestSuite

from imri_kg.case_validation.messages import Message, MessageGroup, Validation
from imri_kg.reports.wording import SIGNS, counts_in_words, one_line, place, sections, sentence, sheet_of

__all__ = ["as_junit"]


def as_junit(validation: Validation) -> bytes:
    """Return the messages as JUnit XML: a suite for each file, in it a case for each sheet that was read or has a message."""
    found = {(file, sheet): (members, groups) for file, sheet, members, groups in sections(validation.messages)}
    suites: dict[str, list[TestCase]] = {}
    # A sheet keeps the name that it has in the file, which messages know.
    named = {(file, sheet.casefold()): (file, sheet) for file, sheet in found}
    for file, sheet in dict.fromkeys([*(named.get((f, s.casefold()), (f, s)) for f, s in _read(validation)), *found]):
        members, groups = found.get((file, sheet), ([], []))
        suites.setdefault(file, []).append(_case(file, sheet, members, groups))
    report = JUnitXml("imri-kg validate")
    for file, cases in suites.items():
        suite = TestSuite(one_line(file))
        suite.add_testcases(cases)
        report.append(suite)
    report.update_statistics()
    stream = io.BytesIO()
    report.write(stream)
    return stream.getvalue() + b"\n"


def _case(file: str, sheet: str, members: list[Message], groups: list[MessageGroup]) -> TestCase:
    name = one_line(file)
    case = TestCase(f"sheet {one_line(sheet)}" if sheet else name, name)
    grave = [g for g in groups if g.first.severity == "violation"]
    rest = [g for g in groups if g.first.severity != "violation"]
    if grave:
        # Several tools show only the first failure of a case: there is one, with all violations.
        failure = Failure(counts_in_words([m for m in members if m.severity == "violation"]), "violation")
        failure.text = _lines(grave)
        case.result = failure
    if rest:
        case.system_out = _lines(rest)
    return case


def _lines(groups: list[MessageGroup]) -> str:
    return "".join(f"\n{SIGNS.get(g.first.severity, '?')} {one_line(g.first.severity)}: {place(g)}: {sentence(g.first)}" for g in groups) + "\n"


def _read(validation: Validation) -> list[tuple[str, str]]:
    """Return the files and sheets that were read, with a message or without.

    A dataset of one file has its sheets in it; of several, each is a sheet by itself.
    """
    read: list[tuple[str, str]] = []
    for dataset in validation.datasets:
        for file in dataset.files:
            stem = PurePosixPath(file).stem.casefold()
            sheets = list(dataset.rows) if len(dataset.files) == 1 else [s for s in dataset.rows if s.casefold() == stem]
            read += [(file, sheet_of(Message(file, sheet, None, "", "info", ""))) for sheet in sheets or [""]]
    return read
