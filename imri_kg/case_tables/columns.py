"""The sheets and columns of the case tables, read from the shapes, where each column stands once.

A node shape with `ikg:sheet` is a sheet, each of its property shapes a column: `sh:name` is the header, `sh:order` the place,
`sh:class`, `sh:datatype` and `sh:in` what a cell may hold. Called by everything that reads, writes or describes case tables.
It never looks at a cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imri_kg import resources
from imri_kg.errors import ValidationError
from imri_kg.vocabulary import DCTERMS, IKG, RDF, RDFS, SHACL, SKOS, XSD

if TYPE_CHECKING:
    from rdflib import Graph, URIRef

__all__ = ["CaseModel", "Column", "ColumnKind", "SheetModel", "case_shapes", "read_case_model"]

#: The word in the column Case for what holds of the study as a whole.
STUDY = "study"


class ColumnKind(StrEnum):
    """What the cells of a column hold."""

    IDENTIFIER = "identifier"
    TEXT = "text"
    DATE = "date"
    INTEGER = "whole number"
    DECIMAL = "number"
    YES_NO = "yes or no"
    CODE = "code"
    CONSTRUCT = "construct"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `path` is the IRI of the property that it stands for, `shape` the IRI of its property shape.

    `classes` are the IRIs of the classes of which a code or reference must be an instance; `codes_from` is the property by
    which the dataset names the edition of a construct, empty where any edition will do.
    """

    shape: str
    path: str
    header: str
    order: int
    kind: ColumnKind
    description: str
    message: str
    severity: str
    source: str
    required: bool
    multiple: bool
    classes: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    codes_from: str = ""
    datatype: str = ""
    study_allowed: bool = False


@dataclass(frozen=True, slots=True)
class SheetModel:
    """One sheet: `type` is the IRI of the class of its rows, `segment` the part of a row's IRI that tells sheets apart."""

    key: str
    label: str
    order: int
    description: str
    shape: str
    type: str
    segment: str
    columns: tuple[Column, ...]

    def column(self, header: str) -> Column | None:
        """Return the column of a header, or None."""
        return next((c for c in self.columns if c.header == header), None)

    def at_path(self, path: str) -> Column | None:
        """Return the column that stands for a property, or None."""
        return next((c for c in self.columns if c.path == path), None)


@dataclass(frozen=True, slots=True)
class CaseModel:
    """All sheets in their order."""

    sheets: tuple[SheetModel, ...]

    def sheet(self, key: str) -> SheetModel:
        """Return a sheet by its key (`determinants`)."""
        return next(s for s in self.sheets if s.key == key)

    def to_json(self) -> dict[str, Any]:
        """Return sheets and columns as plain data, for those who make such tables by program."""
        return {
            "sheets": [
                {
                    "name": sheet.label,
                    "file": f"{sheet.key}.csv",
                    "description": sheet.description,
                    "columns": [
                        {"name": c.header, "kind": c.kind.value, "required": c.required, "multiple": c.multiple, "description": c.description, "shape": c.shape}
                        for c in sheet.columns
                    ],
                }
                for sheet in self.sheets
            ]
        }


def shape_files(root: Path | None = None) -> list[Path]:
    """Return the shapes files of the case tables, sorted."""
    folder = (root / "shapes") if root else resources.path("shapes")
    return sorted(folder.glob("case-*.ttl"))


def case_shapes(root: Path | None = None) -> Graph:
    """Read the shapes of the case tables into one graph, with the prefixes that their SPARQL constraints name.

    Raises:
        ValidationError: there is no such file, or one is not Turtle.
    """
    from rdflib import Graph

    files = shape_files(root)
    if not files:
        raise ValidationError("No shapes file of the case tables was found.")
    shapes = Graph()
    for file in [*files, (root / "ontology" / "prefixes.ttl") if root else resources.path("ontology", "prefixes.ttl")]:
        try:
            shapes.parse(file, format="turtle")
        except (SyntaxError, ValueError) as error:
            raise ValidationError(f"{file.name} cannot be read as Turtle: {error}") from error
    return shapes


def read_case_model(shapes: Graph) -> CaseModel:
    """Read sheets and columns from the shapes of the case tables.

    Raises:
        ValidationError: no shape is a sheet, or a sheet has no column.
    """
    from rdflib import URIRef

    sheets = []
    for shape, group in shapes.subject_objects(URIRef(IKG.sheet)):
        columns = [_column(shapes, c) for c in shapes.objects(shape, URIRef(SHACL.property)) if (c, URIRef(SHACL.group), group) in shapes]
        if not columns:
            raise ValidationError(f"The sheet of {shape} has no column.")
        sheets.append(
            SheetModel(
                key=str(group).rpartition("sheet-")[2],
                label=_text(shapes, group, RDFS.label),
                order=int(_text(shapes, group, SHACL.order)),
                description=_text(shapes, group, RDFS.comment),
                shape=str(shape),
                type=_text(shapes, shape, SHACL.targetClass),
                segment=_text(shapes, shape, IKG.idSegment),
                columns=tuple(sorted(columns, key=lambda c: c.order)),
            )
        )
    if not sheets:
        raise ValidationError("The shapes of the case tables describe no sheet.")
    return CaseModel(tuple(sorted(sheets, key=lambda s: s.order)))


def _column(shapes: Graph, shape: URIRef) -> Column:
    classes, datatypes = _alternatives(shapes, shape)
    options = _list(shapes, shape, SHACL["in"])
    datatype = datatypes[0] if datatypes else ""
    path = _text(shapes, shape, SHACL.path)
    row_classes = {str(c) for s in shapes.subjects(_u(IKG.sheet)) for c in shapes.objects(s, _u(SHACL.targetClass))} | {IKG.AssimilationJudgement}
    return Column(
        shape=str(shape),
        path=path,
        header=_text(shapes, shape, SHACL.name),
        order=int(_text(shapes, shape, SHACL.order)),
        kind=ColumnKind.CODE if options else _kind(path, classes, datatypes, row_classes),
        description=_text(shapes, shape, SHACL.description),
        message=_text(shapes, shape, SHACL.message),
        severity=SHACL.local(_text(shapes, shape, SHACL.severity)).lower(),
        source=_text(shapes, shape, DCTERMS.source),
        required=_text(shapes, shape, SHACL.minCount) not in ("", "0"),
        multiple=_text(shapes, shape, SHACL.maxCount) != "1",
        classes=classes,
        options=options,
        codes_from=_text(shapes, shape, IKG.codesFrom),
        datatype=datatype,
        study_allowed=IKG.Study in classes and IKG.Case in classes,
    )


def _alternatives(shapes: Graph, shape: URIRef) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the classes and datatypes that a property shape allows, directly or as members of `sh:or`."""
    from rdflib.collection import Collection

    places = [shape]
    for head in shapes.objects(shape, _u(SHACL["or"])):
        places += list(Collection(shapes, head))
    classes = [str(c) for place in places for c in shapes.objects(place, _u(SHACL["class"]))]
    datatypes = [str(d) for place in places for d in shapes.objects(place, _u(SHACL.datatype))]
    return tuple(classes), tuple(datatypes)


def _kind(path: str, classes: tuple[str, ...], datatypes: tuple[str, ...], rows: set[str]) -> ColumnKind:
    if classes:
        if SKOS.Concept in classes:
            return ColumnKind.CONSTRUCT
        return ColumnKind.REFERENCE if rows & set(classes) else ColumnKind.CODE
    if path == DCTERMS.identifier:
        return ColumnKind.IDENTIFIER
    if XSD.date in datatypes:
        return ColumnKind.DATE
    known = {XSD.integer: ColumnKind.INTEGER, XSD.decimal: ColumnKind.DECIMAL, XSD.boolean: ColumnKind.YES_NO}
    return next((known[d] for d in datatypes if d in known), ColumnKind.TEXT)


def _u(iri: str) -> URIRef:
    from rdflib import URIRef

    return URIRef(iri)


def _text(graph: Graph, subject: object, predicate: str) -> str:
    value = graph.value(subject, _u(predicate))  # type: ignore[arg-type]
    return "" if value is None else str(value)


def _list(graph: Graph, subject: URIRef, predicate: str) -> tuple[str, ...]:
    from rdflib.collection import Collection

    head = graph.value(subject, _u(predicate))
    return () if head is None or str(head) == RDF.nil else tuple(str(item) for item in Collection(graph, head))
