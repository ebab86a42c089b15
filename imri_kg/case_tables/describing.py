"""The columns and rules of the case tables in words, for the page `docs/case-tables.md` and the comments of the template.

Called by the template, by a test of the page, and by hand to renew the page after a change of the shapes:
`python -m imri_kg.case_tables.describing docs/case-tables.md`. It says what the shapes say and knows no column by name.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from imri_kg.case_tables.columns import STUDY, CaseModel, Column, ColumnKind, SheetModel, case_shapes, read_case_model
from imri_kg.errors import ValidationError
from imri_kg.vocabulary import DCTERMS, IKG, SHACL

if TYPE_CHECKING:
    from rdflib import Graph

__all__ = ["BEGIN", "END", "Rule", "asked", "describe", "holds", "referred_sheets", "renewed", "rules"]

#: Between these lines of a page stands what the shapes say, and nothing else.
BEGIN = "<!-- columns: from the shapes -->"
END = "<!-- end of what comes from the shapes -->"

#: The order of a reader: what every row needs, then sheet by sheet. Rules about anything else follow.
_TOPICS = ("identifiers", "determinants", "participants", "informants", "impacts", "assimilation", "events", "texts")
_SEVERITIES = ("violation", "warning", "info")


class Rule(NamedTuple):
    """A rule beside the columns: its topic (`determinants`), name, severity, the sentence of its messages, and the CURIE of its shape."""

    topic: str
    name: str
    severity: str
    message: str
    shape: str


def describe(model: CaseModel, shapes: Graph) -> str:
    """Return the sections of the sheets and of the rules as Markdown, without a blank line at either end."""
    by_topic: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules(shapes):
        by_topic[rule.topic].append(rule)
    topics = sorted(by_topic, key=lambda t: (_TOPICS.index(t) if t in _TOPICS else len(_TOPICS), t))
    lines = [line for sheet in model.sheets for line in _sheet(sheet, model)]
    lines += [line for topic in topics for line in _topic(topic, by_topic[topic])]
    return "\n".join(lines).strip()


def _sheet(sheet: SheetModel, model: CaseModel) -> Iterator[str]:
    yield from (f"## {sheet.label}", "", sheet.description, "", "| Column | Required | Holds | What |", "|---|---|---|---|")
    for column in sheet.columns:
        yield _row(column.header, asked(column), holds(column, model), column.description)
    yield ""


def _topic(topic: str, found: Sequence[Rule]) -> Iterator[str]:
    yield from (f"## Rules for {topic.replace('-', ' ')}", "", "| Rule | What its messages say | Severity | Shape |", "|---|---|---|---|")
    for rule in found:
        yield _row(rule.name, rule.message, rule.severity, f"`{rule.shape}`")
    yield ""


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |".replace("|  |", "| |")


def asked(column: Column) -> str:
    """Say whether a column must be filled: `yes`, `advised` where an empty cell is only warned of, or nothing."""
    if not column.required:
        return ""
    return "yes" if column.severity == "violation" else "advised"


def holds(column: Column, model: CaseModel) -> str:
    """Say in a few words what a cell of a column may hold."""
    said = str(column.kind)
    if column.kind == ColumnKind.CONSTRUCT:
        source = model.sheet("dataset").at_path(column.codes_from) if column.codes_from else None
        said = f"construct of the {source.header.lower()}" if source else "construct of any framework"
    elif column.kind == ColumnKind.CODE:
        said = f"code: {' or '.join(_words(o) for o in column.options or column.classes[:1])}"
    elif column.kind == ColumnKind.REFERENCE:
        said = " or ".join(f"row of {s.label}" for s in referred_sheets(column, model))
        said += f', or "{STUDY}"' if column.study_allowed else ""
    return f"{said}, or several" if column.multiple else said


def referred_sheets(column: Column, model: CaseModel) -> list[SheetModel]:
    """Return the sheets to whose rows the cells of a column refer."""
    if column.kind != ColumnKind.REFERENCE:
        return []
    # A judgement is one kind of row of its sheet, whose class is that of all its rows; the dataset is what "study" stands for.
    wanted = {IKG.AssimilationEntry if c == IKG.AssimilationJudgement else c for c in column.classes} - {IKG.CaseDataset}
    return [s for s in model.sheets if s.type in wanted]


def _words(iri: str) -> str:
    """Return the name of a class or of a code as words.

    >>> _words(IKG.StakeholderGroup), _words(IKG.authorStated)
    ('stakeholder group', 'author-stated')
    """
    name = re.split(r"[/#]", iri)[-1]
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " " if name[0].isupper() else "-", name).lower()


def rules(shapes: Graph) -> list[Rule]:
    """Return the rules that are no columns, by topic, from the gravest; a rule belongs to the topic that its `dcterms:source` names."""
    from rdflib import URIRef

    found = []
    for shape, source in shapes.subject_objects(URIRef(DCTERMS.source)):
        _, marked, topic = str(source).partition("#rules-for-")
        if not marked or not isinstance(shape, URIRef):
            continue
        name, message, severity = (shapes.value(shape, URIRef(p)) for p in (SHACL.name, SHACL.message, SHACL.severity))
        if severity is None:
            # A SPARQL constraint has the severity of the shape that it is a part of.
            owner = shapes.value(None, URIRef(SHACL.sparql), shape)
            severity = shapes.value(owner, URIRef(SHACL.severity)) if owner is not None else None
        if name is None or message is None or severity is None:
            raise ValidationError(f"The rule {shape} has no name, no sentence or no severity. Add sh:name, sh:message and sh:severity.")
        found.append(Rule(topic, str(name), SHACL.local(str(severity)).lower(), str(message), f"shape:{str(shape).rpartition('/')[2]}"))
    return sorted(found, key=lambda r: (r.topic, _SEVERITIES.index(r.severity), r.shape))


def renewed(page: str, described: str) -> str:
    """Return a page with what the shapes say now between its markers.

    >>> print(renewed("Before.\\n\\n" + BEGIN + "\\nold\\n" + END + "\\n", "new"))
    Before.
    <BLANKLINE>
    <!-- columns: from the shapes -->
    <BLANKLINE>
    new
    <BLANKLINE>
    <!-- end of what comes from the shapes -->
    <BLANKLINE>

    Raises:
        ValidationError: the page lacks one of the markers, or has them in the wrong order.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValidationError(f"The page has no place for the columns. Write the lines {BEGIN} and {END} where they belong.")
    return f"{before}{begin}\n\n{described}\n\n{end}{after}"


def main(arguments: Sequence[str]) -> None:
    """Renew the pages that are named."""
    shapes = case_shapes()
    described = describe(read_case_model(shapes), shapes)
    for name in arguments:
        page = Path(name)
        page.write_text(renewed(page.read_text(encoding="utf-8"), described), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
