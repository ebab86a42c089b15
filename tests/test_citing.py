"""Citations: whose work is cited for what, and that BibTeX, CSL-JSON and APA text are what other programs read."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from imri_kg.citation_styles import Author, Work, apa, bibtex, csl, read_citation
from imri_kg.citing import Citation, CitedWork, CitingService, answer_address
from imri_kg.errors import BadInputError, UnknownNameError
from imri_kg.graph import KnowledgeGraph

CFF = yaml.safe_load((Path(__file__).parents[1] / "CITATION.cff").read_text(encoding="utf-8"))
#: Types and variables of the CSL schema (1.0.2) that are used here.
CSL_TYPES = {"article-journal", "webpage", "dataset", "entry", "document"}
CSL_MEMBERS = {"id", "type", "title", "author", "issued", "container-title", "volume", "issue", "page", "version", "DOI", "URL", "note"}


def read_bibtex(text: str) -> list[tuple[str, str, dict[str, str]]]:
    """Read entries of BibTeX (kind, key, fields), braces counted as BibTeX counts them; anything else fails."""
    entries, rest = [], text.strip()
    while rest:
        head = re.match(r"@(\w+)\{([^\s,{}\"#%~=\\]+),\s*", rest)
        assert head, rest[:60]
        fields: dict[str, str] = {}
        rest = rest[head.end() :]
        while not rest.startswith("}"):
            name = re.match(r"(\w+) = \{", rest)
            assert name and name[1] not in fields, rest[:60]
            depth, end = 1, name.end()
            while depth:
                # BibTeX counts every brace, also one after a backslash.
                depth += {"{": 1, "}": -1}.get(rest[end], 0)
                end += 1
            fields[name[1]] = rest[name.end() : end - 1]
            rest = rest[end:].removeprefix(",").lstrip()
        entries.append((head[1], head[2], fields))
        rest = rest[1:].lstrip()
    return entries


def sound(citation: Citation) -> list[dict[str, str]]:
    """Hold a citation against the rules of its styles, and return the fields of its entries."""
    entries, items = read_bibtex(citation.bibtex), citation.csl_json
    assert len(entries) == len(items) == len(citation.apa.splitlines()) == len(citation.works) >= 1
    assert len({key for _, key, _ in entries}) == len(entries)
    for (kind, key, fields), item in zip(entries, items, strict=True):
        assert kind in ("article", "misc") and re.fullmatch(r"[A-Za-z0-9:.-]+", key)
        assert {"author", "title", "year"} <= set(fields) or fields.get("note") or "url" in fields
        for name, value in fields.items():
            if name not in ("url", "doi"):
                assert not re.search(r"(?<!\\)[%&#_$]", value), (name, value)
        assert json.loads(json.dumps(item)) == item
        assert set(item) <= CSL_MEMBERS and item["type"] in CSL_TYPES and isinstance(item["id"], str) and item["id"]
        assert all(a.keys() in ({"family", "given"}, {"literal"}) and all(a.values()) for a in item.get("author", ()))
        if "issued" in item:
            ((year,),) = item["issued"]["date-parts"]
            assert isinstance(year, int) and 1900 < year < 2100
    return [fields for _, _, fields in entries]


# ---------------------------------------------------------------- the graph, frameworks, records


def test_the_graph_is_cited_as_citation_cff_says(graph: KnowledgeGraph) -> None:
    found = graph.cite()
    (fields,) = sound(found)
    (item,) = found.csl_json
    assert item["title"] == CFF["title"]
    assert item["author"] == [{"literal": a["name"]} for a in CFF["authors"]]
    assert item["issued"] == {"date-parts": [[CFF["date-released"].year]]}
    assert item["URL"] == CFF["url"] and item["version"] == graph.release and graph.release.startswith(f"{CFF['version']}+")
    assert item["type"] == "dataset" and "CC-BY-4.0" in CFF["license"] and "creativecommons.org/licenses/by/4.0" in item["note"]
    assert fields["author"] == "{imri-kg contributors}"
    assert found.apa == f"imri-kg contributors. (2026). {CFF['title']} (Version {graph.release}) [Data set]. https://w3id.org/imri-kg/"
    assert graph.reader.rows("service/citation")[0]["issued"] == CFF["date-released"].isoformat()


def test_a_framework_is_cited_by_the_works_that_it_comes_from(graph: KnowledgeGraph) -> None:
    found = graph.cite("framework:assimilation")
    assert [(w.work.key, w.role) for w in found.works][:2] == [("lozeau-2002", "the framework"), ("mulvale-2024", "the framework")]
    assert found.works[2].role == "the graph"
    assert found.apa.splitlines()[0] == (
        "Lozeau, D., Langley, A., & Denis, J.-L. (2002). The corruption of managerial techniques by organizations. Human Relations, 55(5), 537-564. "
        "https://doi.org/10.1177/0018726702055005427"
    )
    assert sound(found)[0] == {
        "author": "Lozeau, D. and Langley, A. and Denis, J.-L.", "title": "{The corruption of managerial techniques by organizations}", "journal": "Human Relations", "year": "2002",
        "volume": "55", "number": "5", "pages": "537--564", "doi": "10.1177/0018726702055005427", "url": "https://doi.org/10.1177/0018726702055005427",
    }  # fmt: skip


@pytest.mark.parametrize("key", ["assimilation", "cfir-2009", "cfir-2022", "chime", "diffusion", "imri", "logic-model", "recovery-review"])
def test_every_framework_has_a_sound_citation_with_authors_journal_and_year(graph: KnowledgeGraph, key: str) -> None:
    found = graph.cite(key)
    for fields in sound(found)[:-1]:
        assert {"author", "title", "journal", "year", "volume", "pages"} <= set(fields)
    assert graph.cite(f"framework:{key}").to_json() == graph.cite(graph.prefixes.expand(f"framework:{key}")).to_json() == found.to_json()


def test_an_author_stated_record_is_cited_for_its_authors_too(graph: KnowledgeGraph) -> None:
    found = graph.cite("mapping:imri-chime-s03")
    assert [(w.work.key, w.role) for w in found.works[:2]] == [("imri-kg-imri-chime-s03", "the record"), ("piat-2022", "the claim, which its authors state")]
    assert found.csl_json[0]["URL"] == "https://w3id.org/imri-kg/id/mapping/imri-chime-s03"
    assert found.csl_json[0]["title"] == "Mapping record mapping:imri-chime-s03: imri:B1 (Experiencing personal growth or wellbeing) skos:relatedMatch chime:I (Identity)"
    assert found.notes == ('The authors of the source state the relation ("aligns with"); that it is written as skos:relatedMatch is ours.',)
    sound(found)


def test_a_record_that_nothing_fits_is_cited_in_words(graph: KnowledgeGraph) -> None:
    title = graph.cite("mapping:diffusion-cfir2009-n01").works[0].work.title
    assert title == "Mapping record mapping:diffusion-cfir2009-n01: nothing in cfir-2009 fits diffusion:D1.5 (Observability)"


def test_a_curated_record_is_cited_as_ours_alone(graph: KnowledgeGraph) -> None:
    found = graph.cite("mapping:imri-chime-c01")
    assert [w.role for w in found.works] == ["the record", "the graph"]
    assert "The claim is that of imri-kg contributors" in found.notes[0]


def test_a_derived_record_is_cited_for_the_authors_of_its_premises(graph: KnowledgeGraph) -> None:
    record = next(r for r in graph.reader.all_records.values() if r.derivation and r.derivation.premises == ("mapping:imri-chime-s03",))
    found = graph.cite(record.record_id)
    assert [w.work.key for w in found.works[:2]] == [f"imri-kg-{record.record_id.removeprefix('mapping:')}", "piat-2022"]
    assert found.notes == ("The record follows by rule S44-related from records of which authors state at least one.",)


def test_every_source_and_every_record_can_be_cited(graph: KnowledgeGraph) -> None:
    service = CitingService(graph.reader, graph.framework_service, graph.mapping_service, "https://example.org/")
    sources = [s for s in service._works if s.startswith("source:") and service._whole(s) == s]
    assert len(sources) > 45
    for source in sources:
        work = service._source(source)
        sound(Citation(source, "framework", (CitedWork("the framework", work),), "all", (), graph.release))
        assert work.title and (work.authors or work.whole or work.kind != "article-journal"), source
    for record_id in [*graph.reader.all_records][::40]:
        sound(graph.cite(record_id))


@pytest.mark.parametrize(("of", "kind"), [("chmie", "framework"), ("mapping:nope", "mapping record"), ("imri:B1", "framework")])
def test_what_there_is_not_is_refused(graph: KnowledgeGraph, of: str, kind: str) -> None:
    with pytest.raises(UnknownNameError) as raised:
        graph.cite(of)
    assert raised.value.kind == kind


def test_a_style_that_there_is_not_is_refused(graph: KnowledgeGraph) -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'bibtex'"):
        graph.cite("graph", style="bibtx")


@pytest.mark.parametrize(("style", "kept"), [("bibtex", "bibtex"), ("csl-json", "csl_json"), ("apa", "apa")])
def test_one_style_leaves_the_others_out(graph: KnowledgeGraph, style: str, kept: str) -> None:
    body = graph.cite("imri", style=style).to_json()
    assert [name for name in ("bibtex", "csl_json", "apa") if body[name] is not None] == [kept]


# ---------------------------------------------------------------- answers

DIGEST = "sha256-03a52e5b0d5ac6b1dd9e3eb6d54dc9b4"


@pytest.mark.parametrize("outer", ["", "https://example.org", "https://example.org/kg"])
def test_an_answer_is_cited_by_its_permanent_address(graph: KnowledgeGraph, outer: str) -> None:
    address = f"{outer}/releases/{graph.release}/api/v1/mappings?subject=imri:B1&answer={DIGEST}"
    found = graph.cite(address)
    fields = sound(found)[0]
    assert fields["title"] == "{Answer to /api/v1/mappings?subject=imri:B1}"
    assert fields["url"] == (address if outer else "https://w3id.org/imri-kg" + address)
    assert found.kind == "answer" and DIGEST in found.notes[0] and found.csl_json[0]["version"] == graph.release


def roles(citation: Citation) -> dict[str, str]:
    return {w.work.key: w.role for w in citation.works}


def permanent(graph: KnowledgeGraph, question: str) -> str:
    return f"/releases/{graph.release}/api/v1/{question}{'&' if '?' in question else '?'}answer={DIGEST}"


def test_an_answer_is_cited_with_the_works_that_it_rests_on(graph: KnowledgeGraph) -> None:
    # Piat and others state that B1 has to do with Identity; curators compared it with CHIME's and CFIR's passages (ontology/mappings).
    answer = graph.mappings("imri:B1").to_json()
    found = graph.citing_service.cite(permanent(graph, "mappings?subject=imri:B1"), answer=answer)
    assert sound(found) and roles(found) == {
        f"imri-kg-answer-{DIGEST[7:19]}": "the answer",
        "piat-2022": "a claim in the answer, which its authors state",
        "damschroder-2009": "passages behind the answer",
        "leamy-2011": "passages behind the answer",
        f"imri-kg-{graph.release}": "the graph",
    }
    assert any("curators compared" in note for note in found.notes)


def test_an_answer_about_two_frameworks_is_cited_with_both(graph: KnowledgeGraph) -> None:
    found = graph.citing_service.cite(permanent(graph, "crosswalks/imri/chime"), answer=graph.crosswalk("imri", "chime").to_json())
    assert roles(found)["leamy-2011"] == "a framework that the answer is about"
    assert not any("curators compared" in note for note in found.notes)


def test_a_derived_record_in_an_answer_names_the_authors_of_its_premises_as_those_who_state(graph: KnowledgeGraph) -> None:
    derived = next(r for r in graph.mappings("chime:C", to="imri", basis="derived").items if r.derivation)
    alone = {w.work.key for w in graph.cite(derived.record_id).works if w.role == "the claim, which its authors state"}
    found = graph.citing_service.cite(permanent(graph, "queries/cq01"), answer={"items": [{"record": derived.record_id}]})
    assert alone and {key for key, role in roles(found).items() if role == "a claim in the answer, which its authors state"} == alone


def test_a_page_of_an_answer_says_that_there_are_others(graph: KnowledgeGraph) -> None:
    assert any("another page" in note for note in graph.citing_service.cite(permanent(graph, "search?q=hope"), answer={"items": [], "next": "x"}).notes)
    assert not any("another page" in note for note in graph.citing_service.cite(permanent(graph, "search?q=hope"), answer={"items": [], "next": None}).notes)


def test_an_address_alone_says_that_the_authors_are_missing(graph: KnowledgeGraph) -> None:
    assert any("cite the authors" in note for note in graph.cite(permanent(graph, "mappings?subject=imri:B1")).notes)


def test_names_that_the_graph_does_not_hold_are_passed_over(graph: KnowledgeGraph) -> None:
    answer = {"framework": "nothing", "items": [{"basis": "author-stated", "evidence": ["evidence:none", "source:none"], "record_id": "mapping:none"}]}
    assert [w.role for w in graph.citing_service.cite(permanent(graph, "search?q=a"), answer=answer).works] == ["the answer", "the graph"]


@pytest.mark.parametrize(
    "address", ["/api/v1/mappings?subject=imri:B1", "/releases/{release}/api/v1/search?q=a", "/releases/{release}/api/v1/search?q=a&answer=sha256-xyz", "/health", "https://[/api/v1/x", "/docs#api/v1/"]
)
def test_an_address_that_names_no_answer_is_refused(graph: KnowledgeGraph, address: str) -> None:
    with pytest.raises(BadInputError):
        graph.cite(address.format(release=graph.release))


def test_an_answer_of_another_release_is_refused(graph: KnowledgeGraph) -> None:
    with pytest.raises(UnknownNameError) as raised:
        graph.cite(f"/releases/0.0.1+0/api/v1/search?q=a&answer={DIGEST}")
    assert (raised.value.kind, raised.value.known) == ("release", (graph.release,))


def test_an_address_is_taken_apart() -> None:
    assert answer_address("/kg/releases/0.1.0+ab/api/v1/search?answer=x&q=a%26b") == ("/api/v1/search?q=a%26b", "x", "0.1.0+ab")
    assert answer_address("/api/v1/frameworks") == ("/api/v1/frameworks", "", "")


# ---------------------------------------------------------------- styles


def test_what_tex_reads_as_commands_is_escaped() -> None:
    work = Work("a b,c", "dataset", r"50% of {A} & B_1 #2 \x ~ ^ $", (Author("R&D group"), Author("Smith_Jones", "A. B.")), "2020", url="https://x.org/a_b%20{c}?d=e&f#g", note="a\nb  c")
    ((kind, key, fields),) = read_bibtex(bibtex(work))
    assert (kind, key) == ("misc", "a-b-c")
    assert fields["title"] == r"{50\% of \{A\} \& B\_1 \#2 \textbackslash{}x \textasciitilde{} \textasciicircum{} \$}"
    assert fields["author"] == r"{R\&D group} and Smith\_Jones, A. B."
    # An address is read verbatim; only what would end the field is encoded.
    assert fields["url"] == "https://x.org/a_b%20%7Bc%7D?d=e&f#g"
    assert fields["note"] == "a b c"


@pytest.mark.parametrize(
    ("citation", "title", "expected"),
    [
        ("Rivest M-P, O’Rourke JJ, van den Berg D. On it. J X. 2022;16:49.", "On it",
         {"authors": (Author("Rivest", "M.-P."), Author("O’Rourke", "J. J."), Author("van den Berg", "D.")), "container": "J X", "volume": "16", "issue": "", "pages": "49"}),
        ("Le Boutillier C, et al. What? Psychiatr Serv. 2011.", "What", {"authors": (Author("Le Boutillier", "C."), Author("et al.")), "container": "Psychiatr Serv", "volume": "", "issue": "", "pages": ""}),
        ("Zeng G. T. J Y. 2020;(5):287-302.", "T", {"authors": (Author("Zeng", "G."),), "container": "J Y", "volume": "", "issue": "5", "pages": "287-302"}),
        ("A group. T. Psychiatr Q. 2016, issue 3, pages 417-426.", "T", {"authors": (Author("A group"),), "whole": "A group. T. Psychiatr Q. 2016, issue 3, pages 417-426."}),
        ("Something else.", "T of another", {"whole": "Something else."}),
    ],
)  # fmt: skip
def test_a_citation_is_taken_apart_where_its_form_is_plain_and_kept_whole_elsewhere(citation: str, title: str, expected: dict[str, object]) -> None:
    assert read_citation(citation, title) == expected
    if "whole" in expected:
        assert apa(Work("k", "document", title, url="https://x.org", **expected)) == f"{citation} https://x.org"  # type: ignore[arg-type]


def test_apa_names_up_to_twenty_authors_and_no_more() -> None:
    people = tuple(Author(f"N{n}", "A.") for n in range(1, 23))
    assert apa(Work("k", "article-journal", "T", people[:20], "2020", "J")).startswith("N1, A., N2, A., ") and ", & N20, A. (2020)." in apa(Work("k", "article-journal", "T", people[:20], "2020", "J"))
    assert "N19, A., . . . N22, A. (2020)." in apa(Work("k", "article-journal", "T", people, "2020", "J"))


def test_others_are_others_in_every_style() -> None:
    work = Work("k", "article-journal", "What?", (Author("Le Boutillier", "C."), Author("et al.")), "2011", "Psychiatr Serv", doi="10.1/x")
    assert "author = {Le Boutillier, C. and others}" in bibtex(work)
    assert apa(work) == "Le Boutillier, C., et al. (2011). What? Psychiatr Serv. https://doi.org/10.1/x"
    assert csl(work)["author"] == [{"family": "Le Boutillier", "given": "C."}, {"literal": "et al."}]


# ---------------------------------------------------------------- command line


def test_the_command_line_prints_a_style_and_nothing_else(cli, graph: KnowledgeGraph) -> None:
    assert cli("cite", "imri", "--style", "bibtex").out == graph.cite("imri").bibtex
    assert json.loads(cli("cite", "imri", "--style", "csl-json").out) == graph.cite("imri").csl_json
    assert cli("cite", "--style", "apa").out == graph.cite().apa + "\n"
    assert json.loads(cli("cite", "imri", "--format", "json").out) == graph.cite("imri").to_json()
    assert "the framework" in cli("cite", "imri").out
    assert cli("cite", "imri", "--style", "mla").status == 2
