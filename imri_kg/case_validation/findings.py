"""From the result nodes of a SHACL engine to messages at cells: where it is, what is wrong in a researcher's words, what would be right.

Called by the validation of case tables. The sentence of the shape says the rule; this module adds what stands in the cell, and why it cannot
be read as what the column asks for. It runs no engine and reads no file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from rdflib import Literal, URIRef
from rdflib.term import Node

from imri_kg.case_tables.choices import Choices
from imri_kg.case_tables.code_lists import Code, CodeLists, folded
from imri_kg.case_tables.columns import CaseModel, Column, ColumnKind
from imri_kg.case_tables.graph import CaseGraph, RowPlace
from imri_kg.case_tables.values import as_text, date_problem
from imri_kg.case_validation.messages import Message
from imri_kg.errors import nearest_names
from imri_kg.readers import cell_name
from imri_kg.validation import ResultNode
from imri_kg.vocabulary import DCTERMS, IKG, SHAPE, SKOS

__all__ = ["MessageWriter"]

#: What people write between several values of one cell.
_BETWEEN = re.compile(r"\s*[;,/&|\n]\s*|\s+(?:and|et|und)\s+")
_EMPTY = "MinCountConstraintComponent"
_DATATYPE = "DatatypeConstraintComponent"
#: Values that are offered for one cell.
_MOST_OPTIONS = 4
_WRONG_TERM = ("ClassConstraintComponent", "OrConstraintComponent", "InConstraintComponent", "NodeKindConstraintComponent")


class _Right(NamedTuple):
    """What could stand in place of a value, the likeliest first; of `ambiguous` ones none is likelier than the others."""

    options: tuple[str, ...] = ()
    ambiguous: bool = False


@dataclass
class MessageWriter:
    """Writes the messages of one dataset. `sources` gives the page behind each shape."""

    case_graph: CaseGraph
    model: CaseModel
    codes: CodeLists
    sources: dict[str, str]
    dataset: str
    _rows_alike: dict[tuple[str, ...], dict[tuple[object, ...], list[str]]] = field(default_factory=dict)

    def write(self, results: Iterable[ResultNode]) -> Iterator[Message]:
        """Yield the messages of result nodes, those about one missing sheet or column as one."""
        unchecked: dict[str, int] = {}
        lacking: set[tuple[str, str, str]] = set()
        for result in _told_once(results):
            node, place = self._subject(result)
            if place is None:
                if node == str(self.case_graph.dataset) and "dataset" in self.case_graph.missing_sheets:
                    continue
                yield self._plain(result, node)
                continue
            column, term = self._cell(result, node, place)
            sheet = self._missing_target(result, column)
            if sheet:
                unchecked[sheet] = unchecked.get(sheet, 0) + 1
                continue
            if column and result.component == _EMPTY and (place.file, place.sheet, column.header) in self.case_graph.missing_columns:
                if (place.file, place.sheet, column.header) not in lacking:
                    lacking.add((place.file, place.sheet, column.header))
                    yield self._without_column(result, place, column)
                continue
            yield self._at_cell(result, node, place, column, term)
        for sheet, number in sorted(unchecked.items()):
            label = self.model.sheet(sheet).label
            yield Message(self._first_file(), label, None, "", "info", f"There is no sheet {label}, so {number} reference{'s' if number != 1 else ''} to it could not be checked.",
                          shape="tables/missing-sheet", dataset=self.dataset)  # fmt: skip

    def _first_file(self) -> str:
        return next((p.file for p in self.case_graph.places.values()), self.dataset)

    def _subject(self, result: ResultNode) -> tuple[str, RowPlace | None]:
        """Return the row that a result is about: the value of a rule over a whole dataset, else the focus node."""
        places = self.case_graph.places
        if result.value in places and result.focus == str(self.case_graph.dataset):
            return result.value, places[result.value]
        return result.focus, places.get(result.focus)

    def _cell(self, result: ResultNode, node: str, place: RowPlace) -> tuple[Column | None, str]:
        """Return the column of a result and the text that stands in its cell, or the part of it that is meant."""
        columns = [c for path in result.path.split("|") if (c := place.model.at_path(path))]
        for column in columns:
            text = self.text(node, place, column)
            if len(columns) == 1 or result.value and result.value in (text, *text.split("; ")):
                return column, self._part(result, node, column, text)
        return (columns[0], self.text(node, place, columns[0])) if columns else (None, "")

    def _part(self, result: ResultNode, node: str, column: Column, text: str) -> str:
        if not column.multiple or not result.value or result.value in self.case_graph.places:
            return text
        value = result.value
        return value if value in text else self._shown(URIRef(value)) if value.startswith("http") else text

    def text(self, node: str, place: RowPlace, column: Column) -> str:
        """Return what stands in a cell, as the user wrote it; of an RDF file, the values as they would be written."""
        if place.row is not None:
            return as_text(place.row.cells[column.header]) if column.header in place.row.cells else ""
        return "; ".join(sorted(self._shown(o) for o in self.case_graph.graph.objects(URIRef(node), URIRef(column.path))))

    def _shown(self, term: Node) -> str:
        if isinstance(term, URIRef):
            own = self.case_graph.graph.value(term, URIRef(DCTERMS.identifier))
            code = self.codes.get(str(term))
            return str(own) if own is not None else code.curie if code else self.codes.prefixes.compress(str(term))
        return str(term)

    def _missing_target(self, result: ResultNode, column: Column | None) -> str:
        """Return the key of the sheet to which an unresolved reference leads, where the tables have no such sheet."""
        if column is None or column.kind != ColumnKind.REFERENCE or result.component not in _WRONG_TERM:
            return ""
        keys = {self._target(column)}
        return next((k for k in keys if k in self.case_graph.missing_sheets), "")

    def _target(self, column: Column) -> str:
        for sheet in self.model.sheets:
            if sheet.type in column.classes or sheet.key == "assimilation" and IKG.AssimilationJudgement in column.classes:
                if sheet.key != "dataset":
                    return sheet.key
        return ""

    def _without_column(self, result: ResultNode, place: RowPlace, column: Column) -> Message:
        return Message(
            place.file, place.sheet, None, column.header, result.severity, f"The sheet has no column '{column.header}'. {result.message}",
            shape=self._compressed(result.shape), source=self.sources.get(result.shape, ""), dataset=self.dataset,
        )  # fmt: skip

    def _plain(self, result: ResultNode, node: str) -> Message:
        return Message(self._first_file(), "", None, "", result.severity, result.message, shape=self._compressed(result.shape), focus=self._compressed(node),
                       source=self.sources.get(result.shape, ""), dataset=self.dataset)  # fmt: skip

    def _at_cell(self, result: ResultNode, node: str, place: RowPlace, column: Column | None, text: str) -> Message:
        words, right = self._explained(result, node, column, text)
        # What names several things is asked about: each can be taken, and none is suggested.
        suggestion = right.options[0] if right.options and not right.ambiguous else ""
        row = place.row.number if place.row else None
        position = place.positions.get(column.header) if column else None
        put = self._replacements(node, place, column, text, right.options) if position and row else ()
        return Message(
            file=place.file,
            sheet=place.sheet,
            row=row,
            column=column.header if column else "",
            severity=result.severity,
            message=words,
            value=text,
            suggestion=suggestion,
            shape=self._compressed(result.shape),
            focus=self._compressed(node),
            cell=cell_name(row, position) if position and row else "",
            source=self.sources.get(result.shape, ""),
            dataset=self.dataset,
            replacement=put[0] if put and suggestion else None,
            replacements=put,
        )

    def _replacements(self, node: str, place: RowPlace, column: Column | None, text: str, options: Sequence[str]) -> tuple[str, ...]:
        """Return what the whole cell would hold with each of some values taken; of several values only the one that is meant is replaced."""
        if column is None or not options:
            return ()
        whole = self.text(node, place, column)
        parts = [p for p in (part.strip() for part in whole.replace("\n", ";").split(";")) if p] if column.multiple else [whole]
        if len(parts) < 2:
            return tuple(options)
        # A code that was found stands in the message by its CURIE, whatever way it is written in the cell.
        meant = [n for n, part in enumerate(parts) if part == text or any(c.curie == text for c in self.codes.elsewhere(part, column.classes))]
        if len(meant) != 1:
            return ()
        taken = ([*parts[: meant[0]], *option.split("; "), *parts[meant[0] + 1 :]] for option in options)
        return tuple(dict.fromkeys("; ".join(dict.fromkeys(one)) for one in taken))

    def _compressed(self, iri: str) -> str:
        return self.codes.prefixes.compress(iri)

    # ------------------------------------------------------------------ what is wrong

    def _explained(self, result: ResultNode, node: str, column: Column | None, text: str) -> tuple[str, _Right]:
        """Return the sentence of a message and what would be right."""
        rule = SHAPE.local(result.shape)
        own: Callable[[str], str] | None = getattr(self, f"_{rule.replace('-', '_')}", None)
        said = own(node) if own else ""
        if rule in ("Across-edition", "Across-secondEdition") and column:
            return self._edition(node, column, text)
        if said:
            return f"{result.message} {said}", _Right()
        if column is None or result.component == _EMPTY:
            return (f"The cell is empty. {result.message}" if column and not text and result.component == _EMPTY else self._with_note(result, node)), _Right()
        if result.component in _WRONG_TERM and column.kind in (ColumnKind.CODE, ColumnKind.CONSTRUCT, ColumnKind.REFERENCE):
            return self._term(result, column, text)
        if result.component in (_DATATYPE, "OrConstraintComponent"):
            return self._datatype(result, column, text), _Right()
        if result.component == "PatternConstraintComponent" and column.path in (IKG.textAnchor, IKG.quote):
            return f"{result.message} This one has {len(text.split())} words.", _Right()
        return self._with_note(result, node), _Right()

    def _with_note(self, result: ResultNode, node: str) -> str:
        """Return the sentence of a shape, with the note of the row where a note can explain how rows come to disagree."""
        note = self.case_graph.graph.value(URIRef(node), URIRef(SKOS.editorialNote)) if SHAPE.local(result.shape).startswith("Across-") else None
        return f"{result.message} The row notes: {note}" if note is not None and result.severity != "violation" else result.message

    def _term(self, result: ResultNode, column: Column, text: str) -> tuple[str, _Right]:
        if column.kind == ColumnKind.REFERENCE:
            return self._reference(result, column, text)
        scheme = self._scheme(column)
        what = self._what(column, scheme)
        found = self.codes.read(text, column.classes, scheme, column.options).found or self.codes.elsewhere(text, column.classes)
        if len(found) > 1:
            return f"'{text}' names several: {', '.join(c.shown for c in found)}. Write the one that you mean with its prefix, as it stands in brackets here.", _Right(tuple(c.curie for c in found[:_MOST_OPTIONS]), ambiguous=True)
        parts = [p for p in _BETWEEN.split(text) if p]
        if len(parts) > 1 and all(self.codes.read(p, column.classes, scheme, column.options).found for p in parts):
            if column.multiple:
                return f"'{text}' holds several values; separate them by semicolons.", _Right(("; ".join(parts),))
            return f"'{text}' holds several values, and '{column.header}' takes one.", _Right(tuple(parts[:_MOST_OPTIONS]), ambiguous=True)
        near = self.codes.nearest(text, column.classes, scheme, column.options)
        if near:
            options = tuple(dict.fromkeys(self._written(c, column, scheme) for c in near[:2]))
            asked = " or ".join(self._named(c, column) for c in near[:2])
            return f"'{text}' is not {what}. Did you mean {asked}?", _Right(options)
        listed = self.codes.options(column.classes, scheme, column.options)
        few = f" It can be: {', '.join(c.label for c in listed)}." if 0 < len(listed) <= 12 else ""
        return f"'{text}' is not {what}.{few}", _Right()

    def _scheme(self, column: Column) -> str:
        """Return the edition from which a column takes its codes, as the dataset names it; nothing where it names none that is known."""
        edition = self.case_graph.graph.value(self.case_graph.dataset, URIRef(column.codes_from)) if column.codes_from else None
        return str(edition) if str(edition) in self.codes.scheme_labels else ""

    def _what(self, column: Column, scheme: str) -> str:
        if column.kind == ColumnKind.CONSTRUCT:
            return f"a construct of {self.codes.scheme_labels[scheme]}" if scheme in self.codes.scheme_labels else "a construct of the frameworks"
        return f"in the list for '{column.header}'"

    @cached_property
    def _choices(self) -> Choices:
        """The lists from which the cells of a workbook for this dataset choose."""
        graph, dataset = self.case_graph.graph, self.case_graph.dataset
        named = {path: graph.value(dataset, URIRef(path)) for path in (IKG.codingFramework, IKG.secondCodingFramework)}
        return Choices(self.codes, {path: str(edition) for path, edition in named.items() if str(edition) in self.codes.scheme_labels})

    def _named(self, code: Code, column: Column) -> str:
        """Return a code as a question names it: as the list of the column has it, a member of an edition with its prefix."""
        listed = self._choices.of(column).get(code.iri)
        return f"'{listed}'" if listed and code.scheme not in self.codes.scheme_labels else code.shown

    def _written(self, code: Code, column: Column, scheme: str) -> str:
        """Return a code as it can be written into a cell: as the list of its column has it, else by its notation, with its prefix where the edition is not known."""
        if listed := self._choices.of(column).get(code.iri):
            return listed
        short = (code.notation if scheme else code.curie) if code.scheme in self.codes.scheme_labels and code.notation else code.label
        # What several codes are called, or what would be divided at a semicolon, is written with its prefix.
        read = self.codes.read(short, column.classes, scheme, column.options).code
        return short if read is not None and read.iri == code.iri and ";" not in short else code.curie

    def _reference(self, result: ResultNode, column: Column, text: str) -> tuple[str, _Right]:
        key = self._target(column)
        sheet = self.model.sheet(key)
        graph = self.case_graph.graph
        rows = [URIRef(n) for n, p in self.case_graph.places.items() if p.model.key == key]
        known = [str(graph.value(n, URIRef(DCTERMS.identifier)) or "") for n in rows]
        if text in known:
            # There is such a row, but of another sort than the column asks for.
            return f"'{text}' is not what this column asks for. {result.message}", _Right()
        alike = [k for k in known if folded(k) == folded(text)] or [
            k for k, n in zip(known, rows, strict=True) if folded(str(graph.value(n, URIRef(SKOS.prefLabel)) or "")) == folded(text)
        ]
        if len(alike) > 1:
            return f"'{text}' can be several rows of the sheet {sheet.label}: {', '.join(map(repr, alike))}. Write the one that you mean exactly so.", _Right(tuple(alike[:_MOST_OPTIONS]), ambiguous=True)
        near = nearest_names(text, [k for k in known if k], 1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        return f"No row of the sheet {sheet.label} has the identifier '{text}'.{hint}", _Right(tuple(near))

    def _datatype(self, result: ResultNode, column: Column, text: str) -> str:
        if column.kind == ColumnKind.DATE:
            return date_problem(text)
        if column.kind in (ColumnKind.INTEGER, ColumnKind.DECIMAL):
            return f"'{text}' is not a {column.kind.value} that can be read. {result.message}"
        if column.kind == ColumnKind.YES_NO:
            return f"'{text}' is neither yes nor no."
        return f"'{text}': {result.message}"

    # ------------------------------------------------------------------ what rules over several rows add

    def _edition(self, node: str, column: Column, text: str) -> tuple[str, _Right]:
        """Say of which edition a construct is, and what became of it in the edition of the dataset."""
        path = IKG.secondCodingFramework if column.codes_from == IKG.secondCodingFramework else IKG.codingFramework
        edition = self.case_graph.graph.value(self.case_graph.dataset, URIRef(path))
        wanted = str(edition) if edition is not None else ""
        label = self.codes.scheme_labels.get(wanted, "none")
        told, right = [], []
        for term in sorted(self.case_graph.graph.objects(URIRef(node), URIRef(column.path))):
            code = self.codes.get(str(term))
            if code is None or code.scheme == wanted:
                continue
            of = self.codes.scheme_labels.get(code.scheme, code.scheme)
            if not wanted:
                told.append(f"{code.shown} is a construct of {of}, but the dataset names no second framework.")
                continue
            others, firm = self.codes.counterparts(code.iri, wanted)
            listed = ", ".join(c.shown for c in others[:4])
            hint = f" Its counterpart there is {listed}." if firm and others else f" It has no counterpart there; related are {listed}." if others else ""
            told.append(f"{code.shown} is a construct of {of}, but the dataset uses {label}.{hint}")
            right += [self._written(others[0], column, wanted)] if firm and len(others) == 1 else []
        return " ".join(told) or f"'{text}' is not of the framework that the dataset names.", _Right(tuple(right) if len(told) == len(right) == 1 else ())

    def _Across_caseTotal(self, node: str) -> str:  # noqa: N802 - named after its shape
        graph = self.case_graph.graph
        rows = [r for r in graph.subjects(URIRef(IKG.inCase), URIRef(node)) if self._is_group(r)]
        return self._sum(node, IKG.printedParticipants, rows)

    def _Across_groupTotal(self, node: str) -> str:  # noqa: N802
        graph = self.case_graph.graph
        group = graph.value(URIRef(node), URIRef(IKG.stakeholderGroup))
        rows = [r for r in graph.subjects(URIRef(IKG.stakeholderGroup), group) if self._is_group(r) and (r, URIRef(IKG.study), None) not in graph]
        return self._sum(node, IKG.participantCount, rows)

    def _is_group(self, row: Node) -> bool:
        return (row, URIRef(IKG.participantKind), URIRef(IKG.groupOfParticipants)) in self.case_graph.graph

    def _sum(self, node: str, path: str, rows: list[Node]) -> str:
        graph = self.case_graph.graph
        total = 0
        for row in rows:
            count, shared = graph.value(row, URIRef(IKG.participantCount)), graph.value(row, URIRef(IKG.sharedCount))
            total += int(count) if isinstance(count, Literal) and str(count).lstrip("-").isdigit() else 0
            total -= int(shared) if isinstance(shared, Literal) and str(shared).isdigit() else 0
        stated = graph.value(URIRef(node), URIRef(path))
        notes = [n for n in graph.objects(URIRef(node), URIRef(SKOS.editorialNote))]
        note = f" The row notes: {notes[0]}" if notes else " If somebody takes part in two cases, declare it in the columns Shared and Counted in."
        return f"Stated: {stated}; the rows add up to {total}.{note}"

    def _Across_percentCount(self, node: str) -> str:  # noqa: N802
        graph = self.case_graph.graph
        count, case = graph.value(URIRef(node), URIRef(IKG.participantCount)), graph.value(URIRef(node), URIRef(IKG.inCase))
        total = graph.value(case, URIRef(IKG.printedParticipants))
        # The rule has found both to be whole numbers, and the total not to be 0.
        return f"{count} of {total} are {100 * int(str(count)) / int(str(total)):.1f} %."

    def _alike(self, node: str, *paths: str) -> list[str]:
        """Return the first few other rows of the sheet that have the same values."""
        graph, places = self.case_graph.graph, self.case_graph.places

        def key(row: str) -> tuple[object, ...]:
            return (places[row].model.key, *(graph.value(URIRef(row), URIRef(path)) for path in paths))

        if paths not in self._rows_alike:
            index: dict[tuple[object, ...], list[str]] = {}
            for row in places:
                index.setdefault(key(row), []).append(row)
            self._rows_alike[paths] = index
        others = (row for row in self._rows_alike[paths][key(node)] if row != node)
        return [f"row {place.row.number}" if (place := places[row]).row else self._compressed(row) for row in islice(others, 5)]

    def _Across_ids(self, node: str) -> str:  # noqa: N802
        rows = self._alike(node, DCTERMS.identifier)
        own = self.case_graph.graph.value(URIRef(node), URIRef(DCTERMS.identifier))
        return f"'{own}' stands in {', '.join(rows)} too." if rows else ""

    def _Across_duplicate(self, node: str) -> str:  # noqa: N802
        rows = self._alike(node, IKG.statement, IKG.inCase)
        return f"The same stands in {', '.join(rows)}." if rows else ""

    def _Across_contextDomain(self, node: str) -> str:  # noqa: N802
        graph = self.case_graph.graph
        word = graph.value(URIRef(node), URIRef(IKG.authorContextWord))
        construct = self.codes.get(str(graph.value(URIRef(node), URIRef(IKG.observesConstruct))))
        return f"The authors write '{word}'; the construct is {construct.shown}." if construct else ""

    def _Across_deprecated(self, node: str) -> str:  # noqa: N802
        replaced = []
        for term in self.case_graph.graph.objects(URIRef(node)):
            code = self.codes.get(str(term))
            if code is not None and code.deprecated:
                replaced += [f"{code.shown} is replaced by {' and '.join(c.shown for c in self.codes.replacements(code.iri)) or 'nothing'}."]
        return " ".join(sorted(replaced))

    def _Across_informant(self, node: str) -> str:  # noqa: N802
        graph = self.case_graph.graph
        case = graph.value(URIRef(node), URIRef(IKG.inCase))
        told = []
        for informant in graph.objects(URIRef(node), URIRef(IKG.caseInformant)):
            own = graph.value(informant, URIRef(IKG.inCase))
            if own is not None and own != case:
                told.append(f"{self._shown(informant)} belongs to {self._shown(own)}.")
        return " ".join(sorted(told))


def _told_once(results: Iterable[ResultNode]) -> list[ResultNode]:
    """Return the results, one for each value that breaks several demands of one column: a text that is no number is not also too small."""
    best: dict[tuple[str, str, str, str], ResultNode] = {}
    for result in results:
        key = (result.focus, result.shape, result.path, result.value)
        kept = best.get(key)
        if kept is None or (result.component != _DATATYPE, result) < (kept.component != _DATATYPE, kept):
            best[key] = result
    return sorted(best.values())


def shape_sources(shapes: object) -> dict[str, str]:
    """Return the page behind each shape of a shapes graph."""
    return {str(s): str(o) for s, o in shapes.subject_objects(URIRef(DCTERMS.source))}  # type: ignore[attr-defined]
