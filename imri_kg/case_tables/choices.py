"""The lists of codes from which the cells of the template choose, each code written so that it is read back as itself.

Called by the template. It decides how a code is shown (`III.D Culture`, `service users`, `cfir-2022`) and knows no spreadsheet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from imri_kg.case_tables.code_lists import Code, CodeLists
from imri_kg.case_tables.columns import Column, ColumnKind, SheetModel
from imri_kg.vocabulary import IKG

__all__ = ["Choices", "edition_key"]

#: Nobody finds a code in a longer list; such a column has none.
_LONGEST = 400


def edition_key(edition: Code) -> str:
    """Return the key of a framework edition (`cfir-2022`)."""
    return edition.iri.rpartition("/")[2]


class _Key(NamedTuple):
    """What columns share that share a list. Constructs of any edition are written in another way than those of one."""

    classes: tuple[str, ...]
    scheme: str
    options: tuple[str, ...]
    of_edition: bool


@dataclass(slots=True)
class Choices:
    """The lists of a workbook, each once, whatever the number of columns that choose from it.

    `editions` are the IRIs of editions by the property by which a dataset names them.
    """

    codes: CodeLists
    editions: dict[str, str]
    _texts: dict[_Key, dict[str, str]] = field(default_factory=dict)
    _uses: dict[_Key, list[str]] = field(default_factory=dict)

    def of(self, column: Column) -> dict[str, str]:
        """Return the texts of a column's list by the IRIs of their codes, empty where it has no list."""
        key = self._key(column)
        if key not in self._texts:
            self._texts[key] = self._shown(column, key.scheme)
        return self._texts[key]

    def use(self, column: Column, sheet: SheetModel) -> tuple[int, int]:
        """Return the number of a column's list, from 1, and its length, and remember who chooses from it; zeros where there is none."""
        texts, key = self.of(column), self._key(column)
        if not texts:
            return 0, 0
        self._uses.setdefault(key, []).append(f"{sheet.label}: {column.header}")
        return list(self._uses).index(key) + 1, len(texts)

    def lists(self) -> Iterator[tuple[list[str], list[str]]]:
        """Yield the columns that choose from a list, and its texts, in the order of the numbers."""
        for key, uses in self._uses.items():
            yield uses, list(self._texts[key].values())

    def cell(self, text: str, column: Column) -> str:
        """Return the text of a cell as its list would have it."""
        shown = []
        for part in text.split("; ") if column.multiple else [text]:
            code = self.codes.read(part, column.classes, self._key(column).scheme, column.options).code
            shown.append(self.of(column).get(code.iri, part) if code else part)
        return "; ".join(shown)

    def _key(self, column: Column) -> _Key:
        return _Key(column.classes, self.editions.get(column.codes_from, ""), column.options, bool(column.codes_from))

    def _shown(self, column: Column, scheme: str) -> dict[str, str]:
        if column.kind not in (ColumnKind.CODE, ColumnKind.CONSTRUCT) or (column.codes_from and not scheme):
            return {}
        found = self.codes.options(column.classes, scheme, column.options)
        if column.kind == ColumnKind.CONSTRUCT:
            # Phases and stakeholder groups are concepts too, but no members of an edition.
            found = [c for c in found if c.scheme in self.codes.scheme_labels]
        if len(found) > _LONGEST:
            return {}
        # One way of writing for the whole list: the first by which every code is read back as itself.
        for form in _forms(column):
            texts = {c.iri: form(c) for c in found}
            if all(self._names(text, iri, column, scheme) for iri, text in texts.items()):
                return texts
        return {c.iri: c.curie for c in found}

    def _names(self, text: str, iri: str, column: Column, scheme: str) -> bool:
        """Say whether a text in a cell is read as this one code; a semicolon would end it."""
        code = self.codes.read(text, column.classes, scheme, column.options).code if text and ";" not in text else None
        return code is not None and code.iri == iri


def _forms(column: Column) -> list[Callable[[Code], str]]:
    """Return the ways to write a code of a column, best first; the CURIE is the last resort."""
    if column.kind == ColumnKind.CONSTRUCT:
        # Codes of several editions are told apart by their prefix.
        return [_code_and_label, _label_and_curie] if column.codes_from else [_label_and_curie]
    if IKG.FrameworkEdition in column.classes:
        return [edition_key]
    if {IKG.Study, IKG.Source, IKG.Evidence} & set(column.classes):
        return []
    return [_number_and_label, _label, _label_and_curie]


def _label(code: Code) -> str:
    return code.label


def _code_and_label(code: Code) -> str:
    return f"{code.notation} {code.label}" if code.notation else ""


def _number_and_label(code: Code) -> str:
    # A letter alone in front of a label says nothing to a reader.
    return _code_and_label(code) if any(c.isdigit() for c in code.notation) else ""


def _label_and_curie(code: Code) -> str:
    return f"{code.label} ({code.curie})"
