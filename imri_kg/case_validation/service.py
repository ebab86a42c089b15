"""The validation service: case data in, messages at cells out.

Called by the command line, the Python graph and the HTTP door. A dataset is a workbook, a folder of CSV files or an RDF file; each becomes a graph with
an index of its cells, is held against the shapes of the case tables, and every result node becomes a message. Nothing that is validated is
stored or sent anywhere.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from rdflib import Graph

from imri_kg import validation
from imri_kg.case_tables.graph import CaseGraph, to_graph
from imri_kg.case_tables.layout import CaseTables, FileNotice, lay_out
from imri_kg.case_tables.rdf_input import RDF_ENDINGS, read_rdf
from imri_kg.case_validation.findings import MessageWriter, shape_sources
from imri_kg.case_validation.messages import SEVERITIES, CaseDataset, Message, Validation
from imri_kg.case_validation.shacl_report import report_in_turtle
from imri_kg.case_validation.vocabulary import CaseVocabulary
from imri_kg.errors import BadInputError, UnreadableFileError
from imri_kg.readers import ENDINGS, TableFile, cell_name, read_table_file
from imri_kg.validation import Examined
from imri_kg.vocabulary import DCTERMS, IKG

__all__ = ["NO_CASE_TABLE", "Checked", "Engine", "Source", "check_cases", "read_sources", "sources_at"]

#: Holds a data graph against a shapes graph. pySHACL is one; another that gives the same result nodes can take its place.
Engine = Callable[[Graph, Graph], Examined]
Progress = Callable[[str, int, int], None]


_MOST_FILES = 500
#: What is said of a file below the folder that was named, which may well be something else.
NO_CASE_TABLE = "The file holds no case table and was not read."


class Source(NamedTuple):
    """A file to validate: its name as messages give it, its bytes, and the folder that CSV files of one dataset share.

    `below` is true of a file that stands in a folder below the one that was named; it may well be no case table.
    """

    name: str
    data: bytes
    folder: str = ""
    below: bool = False


class Checked(NamedTuple):
    """A validation with what other forms of the report need: the graphs, and the standard report in Turtle."""

    validation: Validation
    graphs: tuple[CaseGraph, ...]
    tables: tuple[CaseTables, ...]
    report: bytes


def sources_at(paths: Sequence[Path]) -> list[Source]:
    """Read the files at some paths; a folder stands for the case files in it and below it, the CSV files of each folder being one dataset.

    Raises:
        BadInputError: a path cannot be read, or a folder holds nothing to validate.
    """
    found: list[Source] = []
    for path in paths:
        try:
            if path.is_dir():
                files = _case_files(path)
                if not files:
                    raise BadInputError(f"{path} holds no case file. Put workbooks, CSV or RDF files there (.xlsx, .ods, .csv, .tsv, {', '.join(RDF_ENDINGS)}).")
                found += [Source(f.name, f.read_bytes(), str(f.parent), f.parent != path) for f in files]
            else:
                found.append(Source(path.name, path.read_bytes(), str(path.parent)))
        except OSError as error:
            raise BadInputError(f"{path} cannot be read: {error.strerror or error}.") from error
    return _told_apart(found)


def _case_files(folder: Path) -> list[Path]:
    """Return the files in a folder and in the folders below it that may be case files, but for hidden ones and those of open programs.

    Raises:
        BadInputError: there are so many that another folder must be meant.
    """
    found: list[Path] = []
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        found += [Path(parent, n) for n in sorted(names) if Path(n).suffix.lower() in (*ENDINGS, *RDF_ENDINGS) and not n.startswith((".", "~$"))]
        if len(found) > _MOST_FILES:
            raise BadInputError(f"{folder} and the folders below it hold more than {_MOST_FILES} files that may be tables. Name the folder of one dataset.")
    return found


def _told_apart(sources: list[Source]) -> list[Source]:
    """Return the files with names that differ: those of one name in several folders with as many of their folders as it takes."""
    paths = [Path(os.path.abspath(Path(s.folder) / s.name)) for s in sources]
    if len(set(paths)) < len(paths):
        twice = next(p for p in paths if paths.count(p) > 1)
        raise BadInputError(f"{twice} is named twice. Name each file once.")
    depth = 1
    while len({p.parts[-depth:] for p in paths}) < len(paths):
        depth += 1
    return [s._replace(name=PurePosixPath(*p.parts[-depth:]).as_posix()) for s, p in zip(sources, paths, strict=True)]


def read_sources(sources: Iterable[Source], vocabulary: CaseVocabulary, framework: str = "") -> tuple[list[CaseGraph], list[CaseTables], list[Message]]:
    """Read files into graphs, one for each dataset, with the messages of readers.

    A file that cannot be read at all becomes a message, and the others are read.

    Returns:
        The graphs, first those of RDF files and then one for each of the tables, which follow in the same order; and the messages.
    """
    sources = list(sources)
    below = {s.name for s in sources if s.below}
    workbooks: list[tuple[str, list[TableFile]]] = []
    separated: dict[str, list[TableFile]] = defaultdict(list)
    graphs: list[CaseGraph] = []
    messages: list[Message] = []
    for source in sources:
        try:
            if source.name.lower().endswith(RDF_ENDINGS):
                graphs += read_rdf(source.name, source.data, vocabulary.model)
                continue
            file = read_table_file(source.name, source.data)
        except UnreadableFileError as error:
            messages.append(Message(source.name, "", None, "", "warning" if source.below else "violation", str(error), shape="reading/file"))
            continue
        stem = PurePosixPath(source.name).stem
        if file.kind == "csv":
            separated[source.folder].append(file)
        else:
            workbooks.append((stem, [file]))
    # CSV files of one folder are the sheets of one dataset.
    for folder, files in separated.items():
        workbooks.append((Path(folder).name if len(files) > 1 and folder else PurePosixPath(files[0].name).stem, files))
    laid = []
    for name, files in workbooks:
        tables = lay_out(name, files, vocabulary.model)
        if not tables.sheets and below.issuperset(f.name for f in files):
            messages += [Message(f.name, "", None, "", "info", NO_CASE_TABLE, shape="tables/no-sheet") for f in files]
            continue
        laid.append(tables)
        messages += [_message(n) for n in tables.notices]
        graphs.append(to_graph(tables, vocabulary.model, vocabulary.codes, vocabulary.digests, framework))
        messages += _about_dataset(tables, framework)
    return graphs, laid, messages


@validation.quiet_about_literals()
def check_cases(
    sources: Sequence[Source],
    vocabulary: CaseVocabulary,
    release: str,
    *,
    framework: str = "",
    extra_shapes: Graph | None = None,
    engine: Engine = validation.validate,
    progress: Progress | None = None,
) -> Checked:
    """Validate case data.

    Args:
        sources: the files.
        vocabulary: shapes, columns and codes.
        release: the release of the graph whose codes are used.
        framework: key of the edition of the constructs, for tables without a sheet Dataset.
        extra_shapes: further shapes of the user's own.
        engine: holds data against shapes.
        progress: told of each step: what, how many done, of how many.

    Returns:
        The messages in order, what was read, and the standard SHACL report.

    Raises:
        BadInputError: there is nothing to validate, or the framework is unknown.
        ValidationError: the shapes could not be applied.
    """
    if not sources:
        raise BadInputError("There is nothing to validate: name a workbook, a folder of CSV files or an RDF file.")
    if framework:
        _known_framework(framework, vocabulary)
    tell = progress or (lambda what, done, of: None)
    tell("reading", 0, len(sources))
    graphs, tables, messages = read_sources(sources, vocabulary, framework)
    shapes = vocabulary.shapes if extra_shapes is None else vocabulary.shapes + extra_shapes
    pages = shape_sources(shapes)
    # What a reader could not take from a cell leaves it empty in the graph; that it is empty must not be said as well.
    unread = {(m.file, m.sheet, m.cell) for m in messages if m.cell and m.severity == "violation"}
    datasets, reports = [], []
    for number, case_graph in enumerate(graphs):
        name = _name(case_graph)
        tell(name, number, len(graphs))
        examined = engine(case_graph.graph + vocabulary.background, shapes)
        writer = MessageWriter(case_graph, vocabulary.model, vocabulary.codes, pages, name)
        messages += [m for m in writer.write(examined.results) if m.value or (m.file, m.sheet, m.cell) not in unread]
        if examined.report is not None:
            reports.append(examined.report)
        datasets.append(_summary(name, case_graph, vocabulary))
    tell("done", len(graphs), len(graphs))
    ordered = tuple(sorted(set(messages), key=_order(sources, vocabulary)))
    return Checked(Validation(ordered, tuple(datasets), release), tuple(graphs), tuple(tables), report_in_turtle(reports, vocabulary.prefixes.namespaces))


def _known_framework(key: str, vocabulary: CaseVocabulary) -> None:
    from imri_kg.errors import UnknownNameError

    editions = vocabulary.codes.options((IKG.FrameworkEdition,))
    if vocabulary.codes.read(key, (IKG.FrameworkEdition,)).code is None:
        raise UnknownNameError("framework", key, [c.iri.rpartition("/")[2] for c in editions])


def _message(found: FileNotice) -> Message:
    n = found.notice
    cell = cell_name(n.row, n.column) if n.column and n.row else ""
    # Other suggestions of readers name what a sheet should have, and are no text for one cell.
    replacement = n.suggestion if cell and n.suggestion and n.rule == "tables/column-renamed" else None
    return Message(found.file, n.sheet, n.row or None, found.column, n.severity, n.message, n.value, n.suggestion, n.rule, cell=cell, replacement=replacement, replacements=() if replacement is None else (replacement,))


def _about_dataset(tables: CaseTables, framework: str) -> list[Message]:
    """Say what a missing or doubled row of the dataset means for the rest."""
    if not tables.sheets:
        return []
    rows = [(s, r) for s in tables.of("dataset") for r in s.rows]
    first = tables.sheets[0]
    if not rows:
        known = f" The constructs are read as those of {framework}." if framework else " It names the framework of the constructs; without it they are read only where they are told apart by themselves. Add the sheet, or name the edition: under Edition of the constructs on the page Check my data, or by --framework on the command line."
        whole = len(tables.sheets) > 1
        return [Message(first.file, "", None, "", "violation" if whole else "info" if framework else "warning", f"There is no sheet Dataset.{known}", shape="tables/no-dataset", dataset=tables.name)]
    return [
        Message(s.file, s.name, r.number, "Dataset", "violation", "A file describes one dataset; put the second one into a workbook or folder of its own.", shape="tables/two-datasets", dataset=tables.name)
        for s, r in rows[1:]
    ]


def _name(case_graph: CaseGraph) -> str:
    from rdflib import URIRef

    own = case_graph.graph.value(case_graph.dataset, URIRef(DCTERMS.identifier))
    return str(own) if own is not None else str(case_graph.dataset).rpartition("/")[2]


def _summary(name: str, case_graph: CaseGraph, vocabulary: CaseVocabulary) -> CaseDataset:
    from rdflib import RDF, URIRef

    rows: dict[str, int] = {}
    for sheet in vocabulary.model.sheets:
        number = sum(1 for p in case_graph.places.values() if p.model is sheet)
        if number:
            rows[sheet.label] = number
    graph = case_graph.graph
    cases = sorted(str(graph.value(c, URIRef(DCTERMS.identifier)) or "") for c in graph.subjects(RDF.type, URIRef(IKG.Case)))
    edition = graph.value(case_graph.dataset, URIRef(IKG.codingFramework))
    return CaseDataset(name, tuple(dict.fromkeys(p.file for p in case_graph.places.values())), str(edition or "").rpartition("/")[2], rows, tuple(c for c in cases if c))


def _order(sources: Sequence[Source], vocabulary: CaseVocabulary) -> Callable[[Message], tuple[object, ...]]:
    files = {s.name: n for n, s in enumerate(sources)}
    sheets: Mapping[str, int] = {s.label: s.order for s in vocabulary.model.sheets}
    columns = {(s.label, c.header): c.order for s in vocabulary.model.sheets for c in s.columns}

    def key(m: Message) -> tuple[object, ...]:
        return (files.get(m.file, len(files)), m.file, sheets.get(m.sheet, 0), m.sheet, m.row or 0, columns.get((m.sheet, m.column), 0),
                SEVERITIES.index(m.severity), m.shape, m.focus, m.value, m.message)  # fmt: skip

    return key
