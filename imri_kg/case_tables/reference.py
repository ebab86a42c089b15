"""The reference cases: the case tables below `ontology/cases/`, read by the same code that reads a user's.

Called by the build. Whatever cannot be read as its column asks is a fault of the sources, with file, row and column; whether the rows conform
to the shapes is for `imri-kg check` to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rdflib import Graph, Literal, URIRef

from imri_kg.case_tables.code_lists import CodeLists
from imri_kg.case_tables.columns import ColumnKind, case_shapes, read_case_model
from imri_kg.case_tables.graph import CaseGraph, to_graph
from imri_kg.case_tables.layout import lay_out
from imri_kg.errors import Fault, UnreadableFileError
from imri_kg.prefixes import Prefixes
from imri_kg.readers import TableFile, read_table_file
from imri_kg.vocabulary import IKG

__all__ = ["read_reference_cases"]

_RULE = "case-table"
#: What a cell of these kinds holds is never a plain text once it was read.
_TYPED = (ColumnKind.CODE, ColumnKind.CONSTRUCT, ColumnKind.REFERENCE, ColumnKind.DATE, ColumnKind.INTEGER, ColumnKind.DECIMAL, ColumnKind.YES_NO)


def read_reference_cases(root: Path, vocabulary: Graph, prefixes: Prefixes) -> Iterator[tuple[str, Graph, list[Fault]]]:
    """Yield each dataset below `ontology/cases/`: the name of its named graph, its statements, and its faults.

    Args:
        root: the data root.
        vocabulary: the statements of all other source files, from which codes are taken.
        prefixes: the project's prefix list.
    """
    folders = sorted(f for f in (root / "ontology" / "cases").glob("*") if f.is_dir())
    if not folders:
        return
    model = read_case_model(case_shapes(root))
    codes = CodeLists.from_graph(vocabulary, prefixes)
    digests = {str(s): str(o) for s, o in vocabulary.subject_objects(URIRef(IKG.textDigest))}
    for folder in folders:
        place = folder.relative_to(root).as_posix()
        faults: list[Fault] = []
        files: list[TableFile] = []
        for file in sorted(folder.glob("*.csv")):
            try:
                files.append(read_table_file(file.name, file.read_bytes()))
            except UnreadableFileError as error:
                faults.append(Fault(f"{place}/{file.name}", 0, 0, _RULE, str(error)))
        tables = lay_out(folder.name, files, model)
        faults += [
            Fault(f"{place}/{n.file}", n.notice.row, n.notice.column, n.notice.rule, n.notice.message)
            for n in tables.notices
            if n.notice.severity != "info"
        ]
        found = to_graph(tables, model, codes, digests)
        faults += _unread(place, found)
        yield place, found.graph, faults


def _unread(place: str, found: CaseGraph) -> Iterator[Fault]:
    """Yield what stayed a text although its column asks for a term, a date or a number."""
    for node, row in found.places.items():
        for column in row.model.columns:
            if column.kind not in _TYPED or row.row is None:
                continue
            for value in found.graph.objects(URIRef(node), URIRef(column.path)):
                if isinstance(value, Literal) and value.datatype is None:
                    yield Fault(f"{place}/{row.file}", row.row.number, row.positions.get(column.header, 0), _RULE,
                                f"{str(value)!r} cannot be read in the column {column.header!r}. {column.message}")  # fmt: skip
