"""The check service: the shapes, the `qc` queries and, on request, the text anchors, held against one graph.

`imri-kg check` calls it with an open graph. It only reads and
reports; a check that examined nothing is reported as a violation, since a green check that checks nothing is worse
than none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from imri_kg import anchors, resources, validation
from imri_kg.anchors import Anchor, AnchorReport
from imri_kg.catalog import Catalog
from imri_kg.errors import ValidationError
from imri_kg.prefixes import DEFAULT_BASE, Prefixes, read_prefixes
from imri_kg.store import Store

if TYPE_CHECKING:
    from rdflib import Dataset, Graph

    from imri_kg.records import RecordReader

__all__ = ["SEVERITIES", "CheckReport", "CheckedGraph", "Finding", "check", "check_graph"]

#: From the gravest; the order of findings in a report.
SEVERITIES = ("violation", "warning", "info")

#: The ontology's part of an IRI after the base.
_ONTOLOGY = "ontology/"

#: The folder of `queries/` whose files each find one kind of problem.
_GROUP = "qc"


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem, or one thing to look at.

    `check` names the shape (a CURIE), the query (`qc/...`) or the examination (`shapes/...`, `texts/anchors`, `owl/...`)
    that found it; `subject` is what it is about, `path` and `value` say which statement where there is one.
    """

    check: str
    severity: str
    subject: str
    message: str
    path: str = ""
    value: str = ""

    @property
    def sentence(self) -> str:
        """The finding as a reader meets it: what it is about, the rule, and what was found instead."""
        found = f" Found: {self.value}." if self.value and self.value not in self.message else ""
        about = f"{self.subject}: " if self.subject and self.subject not in self.message else ""
        return f"{about}{self.message}{found}"

    def to_json(self) -> dict[str, object]:
        """Return the finding as a dictionary."""
        return {
            "check": self.check,
            "severity": self.severity,
            "subject": self.subject,
            "path": self.path,
            "value": self.value,
            "message": self.message,
            "sentence": self.sentence,
        }


@dataclass(frozen=True, slots=True)
class CheckReport:
    """All findings in order, and how much was examined."""

    findings: tuple[Finding, ...]
    constraints: int
    focus_nodes: int
    queries: int
    anchors: AnchorReport | None = None
    release: str = ""
    classes: int = 0

    @property
    def counts(self) -> dict[str, int]:
        """The number of findings of each severity."""
        return {s: sum(f.severity == s for f in self.findings) for s in SEVERITIES}

    @property
    def passed(self) -> bool:
        """True when there is no violation; warnings alone do not count."""
        return not self.counts["violation"]

    def to_json(self) -> dict[str, object]:
        """Return the report as a dictionary."""
        return {
            "conforms": self.passed,
            "counts": self.counts,
            "examined": {
                "constraints": self.constraints,
                "focus_nodes": self.focus_nodes,
                "queries": self.queries,
                "anchors": self.anchors.total if self.anchors else 0,
                "classes": self.classes,
            },
            "findings": self.rows(),
            "anchors": self.anchors.to_json() if self.anchors else None,
            "release": self.release,
        }

    def rows(self) -> list[dict[str, object]]:
        """Return one row for each finding, for tables."""
        return [f.to_json() for f in self.findings]

    def text(self) -> str:
        """Return the report for people: what was examined, the counts, one line for each finding."""
        lines = [f"Examined: {self.constraints} rules on {self.focus_nodes} terms and records, {self.queries} queries."]
        if self.anchors:
            left = len(self.anchors.without_text), len(self.anchors.without_digest)
            lines.append(
                f"Text anchors: {len(self.anchors.found)} of {self.anchors.total} found; "
                f"{left[0]} without their text, {left[1]} never checked against a text."
            )
        if self.classes:
            lines.append(f"Reasoned over {self.classes} classes with HermiT, and checked the profile OWL 2 DL.")
        lines.append(", ".join(_counted(number, severity) for severity, number in self.counts.items()) + ".")
        lines += [f"{f.severity}  {f.check}  {f.sentence}" for f in self.findings]
        return "\n".join(lines)


class CheckedGraph(Protocol):
    """What `check_graph` needs of a graph: `imri_kg.open()` gives one."""

    release: str

    @property
    def reader(self) -> RecordReader: ...

    def to_rdflib(self) -> Dataset: ...


def check_graph(graph: CheckedGraph, texts: Path | None = None, *, reason: bool = False) -> CheckReport:
    """Check an open graph, whatever its base IRI.

    Args:
        graph: what `imri_kg.open()` gives.
        texts: a folder with source texts, by which the anchors are checked.
        reason: whether to run HermiT and the OWL 2 DL profile check over the ontology and all that it describes, too.

    Raises:
        ValidationError: a check could not be carried out, or would examine nothing.
        ReasoningError: the reasoner was asked for and cannot be run.
    """
    reader = graph.reader
    base = reader.prefixes.namespaces["ikg"].removesuffix(_ONTOLOGY)
    data = _at_default_base(graph.to_rdflib(), base)
    report = replace(check(data, reader.store, reader.catalog, reader.prefixes, texts=texts), release=graph.release)
    return _reasoned(report) if reason else report


def _reasoned(report: CheckReport) -> CheckReport:
    """Add what HermiT and the OWL API find in the files that make up the OWL part; mapping records lie outside it."""
    from imri_kg import owl_profile, reasoning

    parts = (*reasoning.ONTOLOGY, "frameworks", "evidence", "studies", "relations")
    ontology = reasoning.assemble(resources.data_root(), parts)
    found = reasoning.reason(ontology)
    findings = [] if found.consistent else [Finding("owl/consistency", "violation", "", "The ontology contradicts itself; HermiT finds no model.")]
    findings += [Finding("owl/consistency", "violation", c, "The class can have no instance.") for c in found.unsatisfiable]
    findings += [Finding("owl/profile", "violation", v.rule, v.message) for v in owl_profile.check_profile(ontology)]
    return replace(report, findings=(*findings, *report.findings), classes=found.classes)


def check(
    graph: Graph,
    store: Store,
    catalog: Catalog,
    prefixes: Prefixes,
    *,
    shapes: Sequence[Path] | None = None,
    texts: Path | None = None,
) -> CheckReport:
    """Run every shape and every `qc` query over the same data, and look up the anchors where texts are given.

    Args:
        graph: the data as an rdflib graph with the default base, for the shapes (the store changes literals, so it
            cannot serve them).
        store: the same data in the engine, for the queries.
        catalog: the stored queries.
        prefixes: with which the IRIs of the store are shortened.
        shapes: shapes files; those of `shapes/` if left out.
        texts: a folder with source texts, by which the anchors are checked.

    Raises:
        ValidationError: there are no shapes or queries, a shape cannot be applied, or `texts` holds no source text.
    """
    files = sorted(resources.path("shapes").glob("*.ttl")) if shapes is None else shapes
    shapes_graph = validation.read_shapes(files)
    names = catalog.names(_GROUP)
    if not names:
        raise ValidationError(f"Nothing was examined: queries/{_GROUP} holds no query.")
    default = read_prefixes(resources.path("ontology", "prefixes.ttl"))
    findings = [*_shape_faults(graph, shapes_graph, default)]
    examined = validation.validate(graph, shapes_graph)
    findings += _shape_findings(examined.results, default)
    findings += _query_findings(store, catalog, names, prefixes)
    report = None
    if texts is not None:
        report = anchors.check_anchors(_anchors(store, catalog), texts)
        findings += _anchor_findings(report, prefixes)
    order = {severity: place for place, severity in enumerate(SEVERITIES)}
    findings.sort(key=lambda f: (order[f.severity], f.check, f.subject, f.path, f.value, f.message))
    return CheckReport(
        findings=tuple(findings),
        constraints=len(validation.constraint_names(shapes_graph)),
        focus_nodes=sum(examined.focus_nodes.values()),
        queries=len(names),
        anchors=report,
    )


def _at_default_base(dataset: Dataset, base: str) -> Graph:
    """Return all triples in one graph, with our own IRIs as the sources and shapes write them."""
    from rdflib import Graph, URIRef

    def moved(term: Any) -> Any:
        if base != DEFAULT_BASE and isinstance(term, URIRef) and term.startswith(base):
            return URIRef(DEFAULT_BASE + term[len(base) :])
        return term

    graph = Graph()
    for subject, predicate, value, _ in dataset.quads():
        graph.add((moved(subject), moved(predicate), moved(value)))
    return graph


def _counted(number: int, severity: str) -> str:
    return f"{number} {severity}" if severity == "info" else f"{number} {severity}{'' if number == 1 else 's'}"


def _shape_faults(graph: Graph, shapes: Graph, prefixes: Prefixes) -> Iterator[Finding]:
    faults = validation.examine_shapes(shapes) + validation.examine_targets(graph, shapes)
    for fault in sorted(faults):
        yield Finding(
            check=fault.check,
            severity="violation",
            subject=prefixes.compress(fault.shape),
            message=fault.message,
            value=prefixes.compress(fault.value),
        )


def _shape_findings(results: Iterable[validation.ResultNode], prefixes: Prefixes) -> Iterator[Finding]:
    for result in results:
        yield Finding(
            check=prefixes.compress(result.shape),
            severity=result.severity,
            subject=prefixes.compress(result.focus),
            message=result.message,
            path="|".join(_shortened(p, prefixes) for p in result.path.split("|")),
            value=prefixes.compress(result.value),
        )


def _query_findings(store: Store, catalog: Catalog, names: Iterable[str], prefixes: Prefixes) -> Iterator[Finding]:
    for name in names:
        query = catalog.query(name)
        severity = query.header.get("severity", "")
        if severity not in SEVERITIES:
            raise ValidationError(f"{query.file}: the severity is {severity!r}; it must be one of {', '.join(SEVERITIES)}.")
        for row in store.select(query.text).dicts():
            yield Finding(
                check=name,
                severity=severity,
                subject=prefixes.compress(row.get("subject") or ""),
                message=row.get("problem") or query.summary,
            )


def _anchors(store: Store, catalog: Catalog) -> Iterator[Anchor]:
    for row in store.select(catalog.query("service/text-anchors").text).dicts():
        yield Anchor(row["evidence"] or "", row["anchor"] or "", row["digest"] or "")


def _anchor_findings(report: AnchorReport, prefixes: Prefixes) -> Iterator[Finding]:
    for anchor in report.missing:
        yield Finding(
            check="texts/anchors",
            severity="violation",
            subject=prefixes.compress(anchor.evidence),
            message="The anchor is not in the text that the evidence was checked against.",
            value=anchor.text,
        )
    for anchor in report.without_text:
        yield Finding(
            check="texts/anchors",
            severity="info",
            subject=prefixes.compress(anchor.evidence),
            message="The anchor was not looked up: its text is not among the texts given.",
            value=anchor.text,
        )


def _shortened(path: str, prefixes: Prefixes) -> str:
    mark = "^" if path.startswith("^") else ""
    return mark + prefixes.compress(path.removeprefix("^"))
