"""Case data in RDF: Turtle, N-Triples or JSON-LD, read without touching the network, with an index by resource.

Called by validation beside the table readers. A JSON-LD context must stand in the file itself. Nothing is stored.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from rdflib import RDF, Graph, URIRef
from rdflib.term import Node

from imri_kg.case_tables.columns import CaseModel
from imri_kg.case_tables.graph import CaseGraph, RowPlace
from imri_kg.errors import UnreadableFileError
from imri_kg.store import parse_location
from imri_kg.vocabulary import IKG

__all__ = ["RDF_ENDINGS", "read_rdf"]

RDF_ENDINGS = (".ttl", ".nt", ".jsonld", ".json")
_FORMATS = {".ttl": "turtle", ".nt": "nt", ".jsonld": "json-ld", ".json": "json-ld"}
_DEEPEST = 60
_NEWLINE = "\n"


def read_rdf(name: str, data: bytes, model: CaseModel) -> Iterator[CaseGraph]:
    """Read an RDF file into one graph for each dataset that it describes.

    Raises:
        UnreadableFileError: the file is not what its name says, asks the network, or describes no dataset.
    """
    graph = _parse(name, data)
    datasets = sorted(graph.subjects(RDF.type, URIRef(IKG.CaseDataset)))
    if not datasets:
        raise UnreadableFileError(name, "the file describes no dataset of case tables.", f"Give it a resource of the class {IKG.local(IKG.CaseDataset)}.")
    kinds = [URIRef(sheet.type) for sheet in model.sheets]
    rows = {node for kind in kinds for node in graph.subjects(RDF.type, kind)}
    if any(not isinstance(row, URIRef) for row in rows):
        raise UnreadableFileError(name, "the file describes a row without an IRI.", "Give each row one, so that a message can name it.")
    homeless = {row for row in rows if (row, URIRef(IKG.inDataset), None) not in graph} - set(datasets)
    for dataset in datasets:
        if not isinstance(dataset, URIRef):
            raise UnreadableFileError(name, "the file describes a dataset without an IRI.", "Give it one.")
        part = graph if len(datasets) == 1 else _part(graph, dataset, homeless if dataset == datasets[0] else set())
        result = CaseGraph(part, dataset)
        edition = part.value(dataset, URIRef(IKG.codingFramework))
        result.framework = str(edition) if isinstance(edition, URIRef) else ""
        for sheet in model.sheets:
            for node in sorted(part.subjects(RDF.type, URIRef(sheet.type))):
                result.places[str(node)] = RowPlace(name, sheet.label, sheet, None, {})
        yield result


def _part(graph: Graph, dataset: URIRef, homeless: set[Node]) -> Graph:
    """Return the statements of one of several datasets, and of rows that belong to none, so that a shape can say so."""
    part = Graph()
    rows = {dataset, *homeless, *graph.subjects(URIRef(IKG.inDataset), dataset)}
    rows |= {e for row in rows for e in graph.objects(row, URIRef(IKG.evidence))}
    for row in rows:
        for triple in graph.triples((row, None, None)):
            part.add(triple)
    return part


def _parse(name: str, data: bytes) -> Graph:
    ending = name[name.rfind(".") :].lower()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFileError(name, f"the file is not UTF-8 (byte {error.start}).", "Save it as UTF-8.") from error
    if ending in (".jsonld", ".json"):
        text = _without_remote_context(name, text)
    elif (problem := parse_location(text.encode())) is not None:
        line, column, message = problem
        raise UnreadableFileError(name, f"this is not {'Turtle' if ending == '.ttl' else 'N-Triples'} (line {line}, column {column}): {message}.", "Mend it there.")
    try:
        return Graph().parse(data=text, format=_FORMATS[ending], publicID=IKG.base)
    except MemoryError:
        raise
    except Exception as error:
        # rdflib's parsers raise whatever their inner code raises; no kind of it is more than "cannot be read" to a user.
        reason = str(error).split(_NEWLINE, 1)[0][:200]
        raise UnreadableFileError(name, f"the file cannot be read as {_FORMATS[ending]}: {reason or type(error).__name__}.", "Check it with the program that wrote it.") from error


def _without_remote_context(name: str, text: str) -> str:
    """Refuse JSON-LD that would make the parser ask the network."""
    try:
        document = json.loads(text)
    except RecursionError as error:
        raise UnreadableFileError(name, "the file nests too deep to be read.", "Write it flatter.") from error
    except ValueError as error:
        raise UnreadableFileError(name, f"the file is not JSON: {error}.", "Check it with the program that wrote it.") from error
    for context in _contexts(document, name):
        for item in context if isinstance(context, list) else [context]:
            if isinstance(item, str) or isinstance(item, dict) and "@import" in item:
                raise UnreadableFileError(name, "the file names a JSON-LD context elsewhere, and nothing is fetched.", "Write the context into the file.")
    if re.search(r'"@(included|nest)"\s*:\s*"http', text):
        raise UnreadableFileError(name, "the file includes a document from elsewhere, and nothing is fetched.", "Write everything into one file.")
    return text


def _contexts(document: Any, name: str, depth: int = 0) -> Iterator[Any]:
    if depth > _DEEPEST:
        raise UnreadableFileError(name, f"the file nests deeper than {_DEEPEST} levels.", "Write it flatter.")
    if isinstance(document, dict):
        for key, value in document.items():
            if key == "@context":
                yield value
            yield from _contexts(value, name, depth + 1)
    elif isinstance(document, list):
        for item in document:
            yield from _contexts(item, name, depth + 1)
