"""Reads the source files into one RDF dataset and lists every fault at once.

Called by the build. One named graph for each file; mapping sets become records (SSSOM's RDF form: annotatedSource,
annotatedProperty, annotatedTarget) that name their set, basis and evidence. It writes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from rdflib import Dataset, Graph, Literal, URIRef
from rdflib.compare import to_canonical_graph
from rdflib.exceptions import ParserError
from rdflib.term import BNode

from imri_kg.errors import Fault
from imri_kg.mapping_rules import THRESHOLD
from imri_kg.prefixes import Prefixes
from imri_kg.sssom import MappingRow, MappingSet, read_sssom
from imri_kg.store import parse_location
from imri_kg.vocabulary import (
    BASES,
    DCTERMS,
    IKG,
    NO_TERM_FOUND,
    OWL,
    PREDICATE_BASES,
    RDF,
    RDFS,
    SKOS,
    SSSOM,
    XSD,
    graph_iri,
)

__all__ = ["Sources", "read_sources"]

#: Files below ontology/ that describe the data without being part of the graph.
_NOT_GRAPHS = ("prefixes.ttl",)
_SET_NAME = re.compile(r"^(?P<pair>[a-z0-9]+--[a-z0-9]+)\.(?P<basis>author-stated|curated|exploratory)\.sssom\.tsv$")


@dataclass(slots=True)
class Sources:
    """Everything that was read: the dataset, the mapping sets with basis, and the faults."""

    dataset: Dataset
    sets: list[tuple[MappingSet, str, bool]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)


def read_sources(root: Path, prefixes: Prefixes) -> Sources:
    """Read `ontology/` below `root`.

    Args:
        root: the data root.
        prefixes: the project's prefix list, with the default base.

    Returns:
        The dataset with one graph a file, and all faults found: syntax, undeclared prefixes and terms, rows of mapping
        sets, references to resources that do not exist. A caller that finds faults must not use the dataset.
    """
    sources = Sources(Dataset(default_union=True))
    for file in sorted((root / "ontology").rglob("*.ttl")):
        if file.name not in _NOT_GRAPHS:
            _read_turtle(file, file.relative_to(root).as_posix(), prefixes, sources)
    for file in sorted((root / "ontology" / "mappings").glob("*.tsv")):
        _read_mappings(file, file.relative_to(root).as_posix(), prefixes, sources)
    if not sources.sets and not sources.faults:
        sources.faults.append(Fault("ontology/mappings", 0, 0, "no-mapping-sets", "No mapping set was found."))
    # With a Turtle file missing, everything that it describes would seem to be described nowhere.
    if not any(fault.file.endswith(".ttl") for fault in sources.faults):
        _read_cases(root, prefixes, sources)
        _check_references(sources, prefixes)
        _check_mappings(sources, prefixes)
    return sources


def _read_cases(root: Path, prefixes: Prefixes, sources: Sources) -> None:
    """Read the reference cases as users' own case tables are read; what a shape would find as unreadable is a fault here."""
    from imri_kg.case_tables.reference import read_reference_cases

    for name, graph, faults in read_reference_cases(root, sources.dataset, prefixes):
        sources.faults += faults
        target = sources.dataset.graph(URIRef(graph_iri(name)))
        for triple in graph:
            target.add(triple)


def _read_turtle(file: Path, name: str, prefixes: Prefixes, sources: Sources) -> None:
    raw = file.read_bytes()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        sources.faults.append(Fault(name, line, 0, "encoding", "The file is not UTF-8; save it as UTF-8."))
        return
    sources.texts[name] = text
    for match in re.finditer(r"^\s*(?:@prefix|PREFIX)\s+([\w-]*):\s*<([^>]*)>", text, re.MULTILINE | re.IGNORECASE):
        if prefixes.namespaces.get(match[1]) != match[2]:
            line = text.count("\n", 0, match.start(1)) + 1
            known = prefixes.namespaces.get(match[1])
            why = f"it stands for <{known}>" if known else "the list does not have it"
            sources.faults.append(Fault(name, line, 0, "prefix", f"The prefix {match[1]!r} differs from ontology/prefixes.ttl: {why}."))
    problem = parse_location(raw)
    if problem is not None:
        line, column, message = problem
        sources.faults.append(Fault(name, line, column, "turtle-syntax", f"This is not Turtle: {message}."))
        return
    graph = Graph()
    try:
        graph.parse(data=text, format="turtle")
    except (ParserError, SyntaxError, ValueError) as error:
        line = getattr(error, "lines", 0)
        sources.faults.append(Fault(name, int(line or 0), 0, "turtle-syntax", f"This is not Turtle: {error}."))
        return
    if not len(graph):
        sources.faults.append(Fault(name, 0, 0, "empty-file", "The file states nothing."))
    if any(isinstance(t, BNode) for triple in graph for t in triple):
        # Labels of blank nodes that depend on the content alone keep two builds byte-equal.
        graph = to_canonical_graph(graph)
    target = sources.dataset.graph(URIRef(graph_iri(name)))
    for triple in graph:
        target.add(triple)


def _read_mappings(file: Path, name: str, prefixes: Prefixes, sources: Sources) -> None:
    match = _SET_NAME.match(file.name)
    if match is None:
        sources.faults.append(Fault(name, 0, 0, "mapping-set-name",
                                    "The name of a mapping set is SUBJECT--OBJECT.BASIS.sssom.tsv with the basis author-stated, curated or exploratory."))  # fmt: skip
        return
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        sources.faults.append(Fault(name, 0, 0, "encoding", f"The file is not UTF-8 (byte {error.start}); save it as UTF-8."))
        return
    sources.texts[name] = text
    found, faults = read_sssom(text, name)
    sources.faults.extend(faults)
    if len(found.rows) < found.lines_in and not faults:
        sources.faults.append(Fault(name, 0, 0, "sssom-rows-lost", f"{found.lines_in} rows went in, {len(found.rows)} came out."))
    for prefix, namespace in sorted(found.curie_map.items()):
        if prefixes.namespaces.get(prefix) != namespace:
            line = next((i for i, t in enumerate(text.splitlines(), 1) if re.match(rf"#\s+{re.escape(prefix)}:", t)), 1)
            sources.faults.append(Fault(name, line, 0, "prefix", f"The prefix {prefix!r} in curie_map differs from ontology/prefixes.ttl."))
    exploratory = match["basis"] == "exploratory"
    sources.sets.append((found, "curated" if exploratory else match["basis"], exploratory))


def add_record(graph: Graph, row_id: URIRef, subject: URIRef, predicate: URIRef, target: URIRef, *, negated: bool,
               basis: str, justification: URIRef, confidence: Decimal | None, evidence: Iterator[URIRef] | list[URIRef],
               exploratory: bool) -> None:  # fmt: skip
    """Write the triples that every record has; a positive record that is not exploratory is also stated directly."""
    u = URIRef
    graph.add((row_id, u(RDF.type), u(SSSOM.Mapping)))
    graph.add((row_id, u(OWL.annotatedSource), subject))
    graph.add((row_id, u(OWL.annotatedProperty), predicate))
    graph.add((row_id, u(OWL.annotatedTarget), target))
    graph.add((row_id, u(SSSOM.mapping_justification), justification))
    graph.add((row_id, u(IKG.basis), u(BASES[basis])))
    if negated:
        graph.add((row_id, u(SSSOM.predicate_modifier), Literal("Not")))
    if confidence is not None:
        graph.add((row_id, u(SSSOM.confidence), Literal(f"{confidence:.2f}", datatype=u(XSD.decimal), normalize=False)))
    if exploratory:
        graph.add((row_id, u(IKG.exploratory), Literal(True)))
    for item in evidence:
        graph.add((row_id, u(IKG.evidence), item))
    if not negated and not exploratory and str(target) != SSSOM.NoTermFound:
        graph.add((subject, predicate, target))


def write_mappings(sources: Sources, prefixes: Prefixes) -> None:
    """Write each mapping set into its named graph as SSSOM records."""
    u = URIRef
    for found, basis, exploratory in sources.sets:
        graph = sources.dataset.graph(u(graph_iri(found.file)))
        set_iri = u(str(found.metadata["mapping_set_id"]))
        graph.add((set_iri, u(RDF.type), u(SSSOM.MappingSet)))
        graph.add((set_iri, u(DCTERMS.title), Literal(str(found.metadata.get("mapping_set_title", set_iri)), lang="en")))
        graph.add((set_iri, u(DCTERMS.license), u(str(found.metadata["license"]))))
        if found.metadata.get("mapping_set_description"):
            graph.add((set_iri, u(DCTERMS.description), Literal(str(found.metadata["mapping_set_description"]), lang="en")))
        graph.add((set_iri, u(IKG.basis), u(BASES[basis])))
        for slot in ("subject_source", "object_source"):
            graph.add((set_iri, u(SSSOM[slot]), u(prefixes.expand(str(found.metadata[slot])))))
        for row in found.rows:
            _write_row(graph, row, set_iri, basis, exploratory, prefixes)


def _write_row(graph: Graph, row: MappingRow, set_iri: URIRef, basis: str, exploratory: bool, prefixes: Prefixes) -> None:
    u, expand = URIRef, prefixes.expand
    record = u(expand(row.record_id))
    add_record(graph, record, u(expand(row.subject_id)), u(expand(row.predicate_id)), u(expand(row.object_id)),
               negated=row.negated, basis=basis, justification=u(expand(row.mapping_justification)),
               confidence=row.confidence, evidence=[u(e) for e in row.see_also], exploratory=exploratory)  # fmt: skip
    graph.add((record, u(IKG.inSet), set_iri))
    for slot, value in (("author_label", row.author_label), ("comment", "")):
        if value:
            graph.add((record, u(SSSOM[slot]), Literal(value)))
    if row.mapping_date:
        graph.add((record, u(SSSOM.mapping_date), Literal(row.mapping_date, datatype=u(XSD.date), normalize=False)))
    if row.comment:
        graph.add((record, u(RDFS.comment), Literal(row.comment, lang="en")))
    if row.stated_relation:
        graph.add((record, u(IKG.statedRelation), Literal(row.stated_relation, lang="en")))
    if row.predicate_basis:
        graph.add((record, u(IKG.predicateBasis), u(PREDICATE_BASES[row.predicate_basis])))
    if row.confidence_basis:
        graph.add((record, u(IKG.confidenceBasis), Literal(row.confidence_basis, lang="en")))
    for slot in ("subject_source", "object_source"):
        if getattr(row, slot):
            graph.add((record, u(SSSOM[slot]), u(expand(getattr(row, slot)))))


def _locate(sources: Sources, graph_name: str, needle: str) -> tuple[str, int, int]:
    """Find where `needle` (a CURIE) first stands in the file of a graph: file, line, column."""
    for name, text in sources.texts.items():
        if graph_iri(name) == graph_name:
            match = re.search(rf"(?<![\w-]){re.escape(needle)}(?![\w-])", text)
            if match is None:
                return name, 0, 0
            line = text.count("\n", 0, match.start()) + 1
            return name, line, match.start() - text.rfind("\n", 0, match.start())
    return graph_name, 0, 0


def _check_references(sources: Sources, prefixes: Prefixes) -> None:
    """Every IRI of ours that is used must be described, and every term of the ontology declared."""
    described = {str(s) for s in sources.dataset.subjects()}
    ours = prefixes.namespaces["framework"].rsplit("framework/", 1)[0]
    own_terms = prefixes.namespaces["ikg"]
    later = (prefixes.namespaces["mapping"], prefixes.namespaces["mappingset"])
    seen: set[tuple[str, str]] = set()
    for subject, predicate, object_, graph in sources.dataset.quads():
        for term in (subject, predicate, object_):
            iri = str(term)
            if not isinstance(term, URIRef) or iri in described or (iri, str(graph)) in seen or iri.startswith(later):
                continue
            if iri.startswith((ours, own_terms)):
                seen.add((iri, str(graph)))
                curie = prefixes.compress(iri)
                file, line, column = _locate(sources, str(graph), curie)
                rule = "undeclared-term" if iri.startswith(own_terms) else "dangling-reference"
                what = "is not declared in the ontology" if iri.startswith(own_terms) else "is used here but described nowhere"
                sources.faults.append(Fault(file, line, column, rule, f"{curie} {what}."))


def _check_mappings(sources: Sources, prefixes: Prefixes) -> None:
    """Ends, labels, editions, evidence and ids of every record must fit the frameworks that were read."""
    data = sources.dataset
    scheme: dict[str, str] = {str(s): str(o) for s, o in data.subject_objects(URIRef(SKOS.inScheme))}
    label = {str(s): str(o) for s, o in data.subject_objects(URIRef(SKOS.prefLabel)) if getattr(o, "language", "") == "en"}
    evidence = {str(s) for s in data.subjects(URIRef(RDF.type), URIRef(IKG.Evidence))}
    ids: dict[str, str] = {}
    for found, basis, exploratory in sources.sets:
        column = {name: number for number, name in enumerate(found.columns, 1)}
        for row in found.rows:
            if not {c.split(":", 1)[0] for c in (row.subject_id, row.object_id, row.subject_source, row.object_source) if c} <= set(prefixes.namespaces):
                # The curie_map declares a prefix of its own, which is a fault already.
                continue

            def fault(slot: str, rule: str, message: str, row: MappingRow = row, found: MappingSet = found,
                      column: dict[str, int] = column) -> None:  # fmt: skip
                sources.faults.append(Fault(found.file, row.line, column.get(slot, 0), rule, message))

            for side in ("subject", "object"):
                curie, edition = getattr(row, f"{side}_id"), getattr(row, f"{side}_source")
                if curie == NO_TERM_FOUND:
                    continue
                iri = prefixes.expand(curie)
                if iri not in scheme:
                    fault(f"{side}_id", "mapping-unknown-construct", f"{curie} is not a member of any framework.")
                elif edition and scheme[iri] != prefixes.expand(edition):
                    fault(f"{side}_id", "mapping-edition", f"{curie} is not a member of {edition}.")
                elif getattr(row, f"{side}_label") != label.get(iri):
                    fault(f"{side}_label", "mapping-label", f"{curie} is labelled {label.get(iri)!r}, not {getattr(row, f'{side}_label')!r}.")
            for iri in row.see_also:
                if iri not in evidence:
                    fault("see_also", "mapping-evidence", f"The evidence {prefixes.compress(iri)} does not exist.")
            if basis == "author-stated" and not row.stated_relation:
                fault("stated_relation", "mapping-verb", "An author-stated record keeps the authors' verb.")
            if basis == "curated" and row.confidence is None:
                fault("confidence", "mapping-confidence", "A curated record has a confidence.")
            if basis == "curated" and row.confidence is not None and (row.confidence < THRESHOLD) != exploratory:
                where = "the exploratory set" if not exploratory else "the curated set"
                fault("confidence", "mapping-threshold", f"A record of confidence {row.confidence} belongs into {where}.")
            if row.record_id in ids:
                fault("record_id", "mapping-id-repeated", f"{row.record_id} is also used in {ids[row.record_id]}.")
            ids.setdefault(row.record_id, found.file)
