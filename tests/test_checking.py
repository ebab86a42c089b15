"""The check of the whole graph: what it reports, and that planted faults come back as sentences."""

from __future__ import annotations

import hashlib
import json

import pytest
from rdflib import OWL, RDF, Dataset, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS, SKOS

from imri_kg import anchors, checking, resources
from imri_kg.catalog import Catalog
from imri_kg.errors import ValidationError
from imri_kg.formats import serialise
from imri_kg.prefixes import read_prefixes
from imri_kg.store import Store
from imri_kg.vocabulary import IKG

PREFIXES = read_prefixes(resources.path("ontology", "prefixes.ttl"))
CATALOG = Catalog(resources.path("queries"), PREFIXES)


def iri(curie: str) -> URIRef:
    return URIRef(PREFIXES.expand(curie))


@pytest.fixture(scope="module")
def whole(graph) -> Graph:
    """Return every triple of the built graph."""
    triples = Graph()
    for subject, predicate, value, _ in graph.to_rdflib().quads():
        triples.add((subject, predicate, value))
    return triples


def check(graph: Graph, *stems: str, texts=None) -> checking.CheckReport:
    shapes = [resources.path("shapes", f"{stem}.ttl") for stem in stems] or None
    store = Store.in_memory(graph.serialize(format="nt", encoding="utf-8"))
    return checking.check(graph, store, CATALOG, PREFIXES, shapes=shapes, texts=texts)


def copy(graph: Graph) -> Graph:
    result = Graph()
    for triple in graph:
        result.add(triple)
    return result


def subjects(report: checking.CheckReport, name: str) -> set[str]:
    return {f.subject for f in report.findings if f.check == name}


def test_the_graph_of_the_project_has_no_violation(graph):
    report = checking.check_graph(graph)
    assert [f.sentence for f in report.findings if f.severity == "violation"] == []
    assert report.passed
    assert report.constraints > 150
    assert report.focus_nodes > 5000
    assert report.queries > 20
    assert report.release == graph.release


def test_merging_two_impacts_and_correcting_a_label_lists_what_they_touch(whole):
    """T3 is merged into T2; the rebuilt label of B2 is corrected, so a new term takes its place."""
    graph = copy(whole)
    old, kept, wrong, right = iri("imri:T3"), iri("imri:T2"), iri("imri:B2"), iri("imri:B2-2")
    for predicate, value in whole.predicate_objects(wrong):
        if predicate not in (SKOS.notation, SKOS.prefLabel):
            graph.add((right, predicate, value))
    graph.add((right, SKOS.notation, Literal("B2-2")))
    graph.add((right, SKOS.prefLabel, Literal("Holding back from change", lang="en")))
    for term, replacement in ((old, kept), (wrong, right)):
        graph.add((term, OWL.deprecated, Literal(True)))
        graph.add((term, DCTERMS.isReplacedBy, replacement))
    asserted = {
        PREFIXES.compress(str(record))
        for term in (old, wrong)
        for end in (OWL.annotatedSource, OWL.annotatedTarget)
        for record in whole.subjects(end, term)
        if (record, URIRef(IKG.inSet), None) in whole
    }
    assert asserted
    report = check(graph, "construct")
    assert subjects(report, "qc/mapping-to-deprecated-violation") == asserted
    assert "claim:valence-T3" in subjects(report, "qc/use-of-deprecated-violation")
    assert "claim:valence-B2" in subjects(report, "qc/use-of-deprecated-violation")
    assert subjects(report, "qc/member-count-violation") == {"framework:imri"}
    sentences = [f.sentence for f in report.findings if f.check == "qc/mapping-to-deprecated-violation"]
    assert any("imri:T3, which is deprecated and replaced by imri:T2; judge it again." in s for s in sentences)
    assert not report.passed


def small() -> Graph:
    """Return a graph that the shapes of editions accept."""
    return Graph().parse(
        data="".join(f"@prefix {p}: <{n}> .\n" for p, n in PREFIXES.namespaces.items())
        + """
        framework:chime a skos:ConceptScheme , ikg:FrameworkEdition ; ikg:key "chime" ; skos:prefLabel "CHIME"@en ;
          dcterms:title "Personal recovery"@en ; ikg:edition "2011" ; skos:definition "Five processes."@en ;
          dcterms:source source:leamy-2011 ; ikg:codeStatus ikg:codesPrinted ; ikg:expectedMembers 1 ;
          skos:hasTopConcept chime:C ; rdfs:isDefinedBy framework:chime .
        chime:C a skos:Concept ; skos:inScheme framework:chime ; skos:notation "C" ; skos:topConceptOf framework:chime .
        topic:spice a ikg:NamedFramework ; skos:prefLabel "SPICE"@en ; ikg:modelled false ; ikg:namedBy evidence:one .
        evidence:one a ikg:Evidence ; dcterms:source source:leamy-2011 .
        source:leamy-2011 a ikg:Source .
        """,
        format="turtle",
    )


def test_a_shape_finding_names_subject_path_value_and_rule():
    graph = small()
    graph.remove((iri("framework:chime"), iri("ikg:key"), None))
    graph.add((iri("framework:chime"), iri("ikg:key"), Literal("CHIME")))
    report = check(graph, "framework")
    (finding,) = [f for f in report.findings if f.check == "shape:Framework-key"]
    assert (finding.subject, finding.path, finding.value, finding.severity) == ("framework:chime", "ikg:key", "CHIME", "violation")
    assert finding.sentence == (
        "framework:chime: An edition has exactly one key, in lower-case letters, digits and hyphens. Found: CHIME."
    )


def test_a_query_finding_carries_the_severity_of_its_header():
    report = check(small(), "framework")
    (finding,) = [f for f in report.findings if f.check == "qc/edition-without-mapping-violation"]
    assert finding.severity == "warning"
    assert finding.sentence == "framework:chime is linked to no other edition by any record."


def test_a_target_that_picks_nothing_is_a_violation():
    graph = small()
    graph.remove((iri("topic:spice"), None, None))
    report = check(graph, "framework")
    (finding,) = [f for f in report.findings if f.check == "shapes/targets"]
    assert (finding.subject, finding.severity, finding.value) == ("shape:NamedFramework", "violation", "ikg:NamedFramework")


def test_findings_come_with_the_gravest_first_and_are_counted():
    graph = small()
    graph.remove((iri("framework:chime"), iri("ikg:expectedMembers"), None))
    graph.remove((iri("framework:chime"), iri("ikg:edition"), None))
    report = check(graph, "framework")
    severities = [f.severity for f in report.findings]
    assert severities == sorted(severities, key=checking.SEVERITIES.index)
    assert report.counts == {s: severities.count(s) for s in checking.SEVERITIES}
    assert report.counts["warning"] >= 2


def test_the_report_is_text_json_and_csv():
    report = check(small(), "framework")
    assert report.text().startswith(f"Examined: {report.constraints} rules on ")
    assert json.loads(serialise(report, "json"))["counts"] == report.counts
    assert serialise(report, "csv").splitlines()[0].startswith("check,severity,subject")


def test_a_query_without_a_severity_is_refused(tmp_path):
    (tmp_path / "qc").mkdir()
    (tmp_path / "qc" / "odd-violation.rq").write_text(
        "#+ id: qc/odd-violation\n#+ summary: Odd.\n#+ parameters: none\n#+ result: problem, subject\n"
        "SELECT ?problem ?subject WHERE { ?subject ?p ?problem }\n"
    )
    with pytest.raises(ValidationError, match="the severity is ''"):
        checking.check(small(), Store.in_memory(), Catalog(tmp_path, PREFIXES), PREFIXES, shapes=[resources.path("shapes", "framework.ttl")])


def test_no_query_at_all_fails(tmp_path):
    with pytest.raises(ValidationError, match="no query"):
        checking.check(small(), Store.in_memory(), Catalog(tmp_path, PREFIXES), PREFIXES, shapes=[resources.path("shapes", "framework.ttl")])


def test_anchors_are_looked_up_when_texts_are_given(tmp_path):
    text = "Five processes were found.\n"
    (tmp_path / "text.txt").write_text(text, encoding="utf-8")
    digest = Literal("sha256:" + hashlib.sha256(text.encode()).hexdigest())
    graph = small()
    for evidence, anchor in (("evidence:one", "Five processes"), ("evidence:two", "Six processes")):
        graph.add((iri(evidence), RDF.type, iri("ikg:Evidence")))
        graph.add((iri(evidence), iri("ikg:textAnchor"), Literal(anchor)))
        graph.add((iri(evidence), iri("ikg:checkedAgainst"), digest))
    report = check(graph, "framework", texts=tmp_path)
    assert report.anchors is not None
    assert (len(report.anchors.found), report.anchors.total) == (1, 2)
    (finding,) = [f for f in report.findings if f.check == "texts/anchors"]
    assert (finding.subject, finding.severity, finding.value) == ("evidence:two", "violation", "Six processes")


def test_every_anchor_of_the_graph_has_at_most_eight_words_and_a_digest_or_a_note(whole):
    found = list(whole.subject_objects(URIRef(IKG.textAnchor)))
    assert len(found) > 300
    for evidence, anchor in found:
        assert len(str(anchor).split()) <= 8, f"{evidence}: {anchor}"
        assert anchors.letters_and_digits(str(anchor))
        # A row of a case table repeats the anchor of its evidence.
        if (evidence, RDF.type, URIRef(IKG.Evidence)) in whole:
            assert whole.value(evidence, URIRef(IKG.checkedAgainst)) or whole.value(evidence, SKOS.editorialNote), evidence


def test_a_graph_with_another_base_is_checked_by_the_same_rules():
    moved = Dataset(default_union=True)
    moved.graph().parse(data=small().serialize(format="nt").replace("<https://w3id.org/imri-kg/", "<https://example.org/kg/"), format="nt")
    graph = checking._at_default_base(moved, "https://example.org/kg/")
    assert set(graph) == set(small())


def test_the_check_reasons_on_demand_and_passes_on_what_it_finds(monkeypatch):
    from imri_kg import owl_profile, reasoning

    seen = reasoning.Reasoning(True, 120, ("https://w3id.org/imri-kg/ontology/Impact",), frozenset())
    monkeypatch.setattr(reasoning, "assemble", lambda root, parts: Graph())
    monkeypatch.setattr(reasoning, "reason", lambda graph: seen)
    monkeypatch.setattr(owl_profile, "check_profile", lambda graph: (owl_profile.ProfileViolation("UseOfUndeclaredClass", "x"),))
    report = checking._reasoned(checking.CheckReport((), 1, 1, 1))
    assert [(f.check, f.severity) for f in report.findings] == [("owl/consistency", "violation"), ("owl/profile", "violation")]
    assert not report.passed
    assert "Reasoned over 120 classes" in report.text()
