"""CURIEs and IRIs: strict both ways, and one list for all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imri_kg import resources
from imri_kg.errors import UnknownNameError
from imri_kg.graph import KnowledgeGraph
from imri_kg.prefixes import DEFAULT_BASE, Prefixes, read_prefixes
from imri_kg.vocabulary import DCTERMS, FOAF, IKG, OWL, RDF, RDFS, SEMAPV, SHACL, SKOS, SSSOM, XSD

LIST = read_prefixes(resources.path("ontology", "prefixes.ttl"))


def test_the_list_holds_ours_and_the_standard_vocabularies() -> None:
    assert len(LIST.namespaces) > 35
    ours = {p for p, n in LIST.namespaces.items() if n.startswith(DEFAULT_BASE)}
    assert {"ikg", "framework", "imri", "chime", "cfir2009", "cfir2022", "diffusion", "assimilation", "logic", "review", "evidence", "mapping"} <= ours
    assert all(n.endswith(("/", "#")) for n in LIST.namespaces.values())
    assert len(set(LIST.namespaces.values())) == len(LIST.namespaces)


def test_the_code_means_the_same_by_a_prefix_as_the_list() -> None:
    named = {"ikg": IKG, "rdf": RDF, "rdfs": RDFS, "owl": OWL, "xsd": XSD, "skos": SKOS, "dcterms": DCTERMS, "foaf": FOAF, "sssom": SSSOM, "semapv": SEMAPV, "sh": SHACL}
    assert {p: t.base for p, t in named.items()} == {p: LIST.namespaces[p] for p in named}


def test_a_built_graph_carries_the_list(graph: KnowledgeGraph) -> None:
    assert graph.prefixes.namespaces == LIST.namespaces


@pytest.mark.parametrize(
    ("curie", "iri"),
    [
        ("imri:B1", DEFAULT_BASE + "id/imri/B1"),
        ("cfir2022:III.D", DEFAULT_BASE + "id/cfir2022/III.D"),
        ("ikg:basis", DEFAULT_BASE + "ontology/basis"),
        ("mapping:imri-chime-s01", DEFAULT_BASE + "id/mapping/imri-chime-s01"),
        ("sssom:NoTermFound", SSSOM.NoTermFound),
        ("skos:closeMatch", SKOS.closeMatch),
    ],
)
def test_a_curie_and_its_iri_turn_into_each_other(curie: str, iri: str) -> None:
    assert LIST.expand(curie) == iri
    assert LIST.compress(iri) == curie


@given(st.sampled_from(sorted(LIST.namespaces)), st.text("ABCXYZabcxyz0123456789.-_~", min_size=1, max_size=20))
def test_every_curie_comes_back(prefix: str, local: str) -> None:
    curie = f"{prefix}:{local}"
    assert LIST.is_curie(curie)
    assert LIST.compress(LIST.expand(curie)) == curie


@pytest.mark.parametrize("text", ["chme:I", "B1", ":B1", "imri:", "imri", "", "imri:a b", "imri:a>b", 'imri:a"b', "imri:a{b", "imri:a\\b", "imri:a`b", "imri:a\nb", "http://example.org/", "1a:b"])
def test_what_is_no_curie_of_ours_is_an_error_and_never_none(text: str) -> None:
    with pytest.raises(UnknownNameError, match="Unknown prefix"):
        LIST.expand(text)


def test_an_unknown_prefix_names_the_nearest_and_the_place() -> None:
    with pytest.raises(UnknownNameError) as found:
        LIST.expand("chme:I", "object (row 8)")
    assert str(found.value).startswith("Unknown prefix 'chme' in object (row 8). Did you mean 'chime'")
    assert "chime" in found.value.nearest


def test_an_address_is_no_curie() -> None:
    assert not LIST.is_curie("https://example.org/a")
    assert not LIST.is_curie("http:a")


@pytest.mark.parametrize("iri", ["https://example.org/a", DEFAULT_BASE, DEFAULT_BASE + "id/imri/", DEFAULT_BASE + "id/imri/a/b", DEFAULT_BASE + "id/imri/a#b", ""])
def test_an_iri_that_no_prefix_fits_stays_as_it_is(iri: str) -> None:
    assert LIST.compress(iri) == iri


def test_the_longest_namespace_wins() -> None:
    prefixes = Prefixes({"a": "https://example.org/", "b": "https://example.org/b/"})
    assert prefixes.compress("https://example.org/b/c") == "b:c"


def test_moving_the_base_moves_ours_alone() -> None:
    moved = LIST.rebased("https://example.org/kg/")
    assert moved.expand("imri:B1") == "https://example.org/kg/id/imri/B1"
    same = {p for p, n in LIST.namespaces.items() if moved.namespaces[p] == n}
    assert same == {p for p, n in LIST.namespaces.items() if not n.startswith(DEFAULT_BASE)}
