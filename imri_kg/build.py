"""Turns the source files into a graph: pure, deterministic, and all or nothing.

Called by the snapshot module and by `imri-kg build`. It reads files and returns bytes; it never writes and never asks the
clock. rdflib reads and checks, the rule tables derive, stored CONSTRUCT queries entail.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from rdflib import Dataset, Literal, URIRef

from imri_kg import __version__
from imri_kg.catalog import Catalog
from imri_kg.errors import BuildError, Fault, QueryError
from imri_kg.mapping_rules import Blocked, DerivedRecord, Record, Rules, derive, read_rules
from imri_kg.prefixes import DEFAULT_BASE, Prefixes, read_prefixes
from imri_kg.reading import Sources, add_record, read_sources, write_mappings
from imri_kg.search import index_entries
from imri_kg.store import Store, parse_location, relocated
from imri_kg.vocabulary import DCTERMS, FOAF, IKG, MAPPING, NO_TERM_FOUND, OWL, RDF, SEMAPV, SKOS, SSSOM, graph_iri

__all__ = ["BuiltGraph", "build"]


@dataclass(frozen=True, slots=True)
class BuiltGraph:
    """A whole graph, ready to be written: sorted N-Quads, the search index and what the release is."""

    quads: bytes
    search: bytes
    release: bytes


def build(root: Path, digest: str, base: str = DEFAULT_BASE) -> BuiltGraph:
    """Build the graph from the data files below `root`.

    Args:
        root: the folder that holds ontology/, queries/ and shapes/.
        digest: SHA-256 of the sources (hexadecimal); the release is named after it.
        base: base IRI of the result; the sources are written with the default one.

    Returns:
        The graph. The same files give the same bytes.

    Raises:
        BuildError: the sources hold faults; all of them are listed.
    """
    prefixes = _prefixes(root / "ontology" / "prefixes.ttl")
    sources, catalog = read_sources(root, prefixes), Catalog(root / "queries", prefixes)
    faults = [*sources.faults, *_query_faults(catalog)]
    try:
        rules = read_rules(root / "ontology" / "mappings")
    except BuildError as error:
        raise BuildError([*faults, *error.faults]) from error
    if faults:
        raise BuildError(faults)
    write_mappings(sources, prefixes)
    derived, blocked = _derive(sources, rules, prefixes)
    _write_derived(sources, derived, blocked, prefixes)
    _write_deep_links(sources.dataset)
    asserted = _nquads(sources.dataset)
    store = Store.in_memory(asserted)
    lines = set(asserted.splitlines(keepends=True))
    lines |= _entail(store, catalog)
    quads = b"".join(sorted(lines))
    whole = Store.in_memory(quads)
    entries = index_entries(whole, catalog, prefixes)
    counts = {
        "quads": len(lines),
        "mapping_sets": len(sources.sets),
        "records": dict(sorted(Counter(b + ("-exploratory" if x else "") for s, b, x in sources.sets for _ in s.rows).items())),
        "derived": len(derived),
        "blocked": len(blocked),
        "constructs": len(entries),
    }
    rebased = prefixes if base == DEFAULT_BASE else prefixes.rebased(base)
    release = {
        "release": f"{__version__}+{digest[:12]}",
        "version": __version__,
        "digest": f"sha256:{digest}",
        "base": base,
        "counts": counts,
        "code_status": {r["key"]: r["codes"] for r in whole.select(catalog.query("service/frameworks").text).dicts()},
        "prefixes": dict(sorted(rebased.namespaces.items())),
    }
    if base != DEFAULT_BASE:
        quads = b"".join(sorted(quads.replace(f"<{DEFAULT_BASE}".encode(), f"<{base}".encode()).splitlines(keepends=True)))
    return BuiltGraph(quads, _json([e.to_json() for e in entries], base), _json(release, base))


def _json(value: object, base: str) -> bytes:
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return (text if base == DEFAULT_BASE else text.replace(f'"{DEFAULT_BASE}', f'"{base}')).encode()


def _nquads(dataset: Dataset) -> bytes:
    data = dataset.serialize(format="nquads", encoding="utf-8")
    return b"".join(sorted(line + b"\n" for line in data.splitlines() if line.strip()))


def _prefixes(file: Path) -> Prefixes:
    """Read the prefix list, without which no other file can be read."""
    name = f"ontology/{file.name}"
    problem = parse_location(file.read_bytes())
    if problem is not None:
        raise BuildError([Fault(name, problem[0], problem[1], "turtle-syntax", f"This is not Turtle: {problem[2]}.")])
    prefixes = read_prefixes(file)
    missing = sorted({"framework", "ikg", "mapping", "skos", "sssom"} - set(prefixes.namespaces))
    if missing:
        raise BuildError([Fault(name, 0, 0, "prefix", f"The list lacks {', '.join(missing)}.")])
    return prefixes


def _query_faults(catalog: Catalog) -> list[Fault]:
    """Return what is wrong with the stored queries, each of which is run once on an empty store."""
    faults, empty = [], Store.in_memory()
    for name in catalog.names():
        lines = 0
        try:
            query = catalog.query(name)
            lines = query.prefixes.count("\n")
            empty.select(query.text)
        except QueryError as error:
            faults.append(Fault(f"queries/{name}.rq", 0, 0, "query", relocated(str(error), lines)))
    return faults


def _derive(sources: Sources, rules: Rules, prefixes: Prefixes) -> tuple[list[DerivedRecord], list[Blocked]]:
    scheme = {
        prefixes.compress(str(s)): prefixes.compress(str(o)).removeprefix("framework:")
        for s, o in sources.dataset.subject_objects(URIRef(SKOS.inScheme))
    }
    records: list[Record] = []
    none_found: dict[tuple[str, str], str] = {}
    for found, _, exploratory in sources.sets:
        for row in found.rows:
            if row.object_id == NO_TERM_FOUND:
                # A record that no answer shows unasked must not silently block what is firm.
                if exploratory:
                    continue
                none_found[(row.subject_id, row.object_source.removeprefix("framework:"))] = row.record_id
                continue
            records.append(Record(row.record_id, row.subject_id, row.predicate_id, row.object_id, row.negated, row.confidence, exploratory))
    return derive(records, rules, scheme, none_found)


def _write_derived(sources: Sources, derived: list[DerivedRecord], blocked: list[Blocked], prefixes: Prefixes) -> None:
    u, expand = URIRef, prefixes.expand
    graph = sources.dataset.graph(u(graph_iri("derived")))
    evidence: dict[str, tuple[str, ...]] = {row.record_id: row.see_also for s, _, _ in sources.sets for row in s.rows}
    by_id = {r.id: r for r in derived}

    def grounds(record_id: str) -> tuple[str, ...]:
        if record_id not in evidence:
            found = {iri for premise in by_id[record_id].premises for iri in grounds(premise)}
            evidence[record_id] = tuple(sorted(found))
        return evidence[record_id]

    for record in derived:
        iri = u(expand(record.id))
        justification = SEMAPV.MappingInversion if len(record.premises) == 1 else SEMAPV.MappingChaining
        add_record(graph, iri, u(expand(record.subject)), u(expand(record.predicate)), u(expand(record.object)),
                   negated=record.negated, basis="derived", justification=u(justification), confidence=record.confidence,
                   evidence=[u(e) for e in grounds(record.id)], exploratory=record.exploratory)  # fmt: skip
        graph.add((iri, u(SSSOM.author_label), Literal("imri-kg contributors")))
        _grounds(graph, iri, record.rule, record.premises, prefixes)
    for item in blocked:
        iri = u(MAPPING[f"b-{_short(item)}"])
        graph.add((iri, u(RDF.type), u(IKG.BlockedDerivation)))
        for predicate, curie in ((OWL.annotatedSource, item.subject), (OWL.annotatedProperty, item.predicate),
                                 (OWL.annotatedTarget, item.object), (IKG.blockedBy, item.by)):  # fmt: skip
            graph.add((iri, u(predicate), u(expand(curie))))
        _grounds(graph, iri, item.rule, item.premises, prefixes)


def _short(item: Blocked) -> str:
    import hashlib

    text = "|".join((item.subject, item.predicate, item.object, item.rule, *item.premises))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _grounds(graph: object, iri: URIRef, rule: str, premises: tuple[str, ...], prefixes: Prefixes) -> None:
    u = URIRef
    graph.add((iri, u(IKG.rule), Literal(rule)))  # type: ignore[attr-defined]
    for number, premise in enumerate(premises, 1):
        graph.add((iri, u(IKG.premise), u(prefixes.expand(premise))))  # type: ignore[attr-defined]
        graph.add((iri, u(IKG[f"premise{number}"]), u(prefixes.expand(premise))))  # type: ignore[attr-defined]


def deep_link(page: str, anchor: str) -> str:
    """Return the address of a passage on a publisher's page (URL Fragment Text Directives).

    >>> deep_link("https://example.org/a", "coming out, of one’s")
    'https://example.org/a#:~:text=coming%20out%2C%20of%20one%E2%80%99s'
    """
    # A hyphen separates prefix from text in a directive, so it is encoded too.
    return f"{page}#:~:text={quote(anchor, safe='').replace('-', '%2D')}"


def _write_deep_links(dataset: Dataset) -> None:
    u = URIRef
    graph = dataset.graph(u(graph_iri("computed")))
    pages: Mapping[str, str] = {str(s): str(o) for s, o in dataset.subject_objects(u(FOAF.page))}
    sources = {str(s): str(o) for s, o in dataset.subject_objects(u(DCTERMS.source))}
    wholes = {str(s): str(o) for s, o in dataset.subject_objects(u(DCTERMS.isPartOf))}
    for evidence, anchor in dataset.subject_objects(u(IKG.textAnchor)):
        source = sources.get(str(evidence), "")
        page = pages.get(source) or pages.get(wholes.get(source, ""))
        if page:
            graph.add((evidence, u(IKG.deepLink), u(deep_link(page, str(anchor)))))


def _entail(store: Store, catalog: Catalog) -> set[bytes]:
    """Run every CONSTRUCT in queries/build/ until nothing new follows, and return the new quads."""
    target = f"<{graph_iri('entailed')}> .\n"
    found: set[bytes] = set()
    while True:
        before = len(found)
        for name in catalog.names("build"):
            triples = store.select(catalog.query(name).text).triples or ""
            found |= {line.removesuffix(".").rstrip().encode() + b" " + target.encode() for line in triples.splitlines()}
        if len(found) == before:
            return found
        store.add(b"".join(sorted(found)))


