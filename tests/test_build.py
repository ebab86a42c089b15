"""The build: the same bytes from the same files, every fault at once with its place, and nothing replaced by half."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import Cli
from rdflib import Graph

import imri_kg
from imri_kg import resources
from imri_kg.build import BuiltGraph, build, deep_link
from imri_kg.errors import BuildError, Fault, SnapshotError
from imri_kg.graph import KnowledgeGraph
from imri_kg.prefixes import DEFAULT_BASE
from imri_kg.snapshot import build_into, cache_folder, sources_digest

CHIME = "ontology/frameworks/chime.ttl"
CURATED = "ontology/mappings/imri--chime.curated.sssom.tsv"
STATED = "ontology/mappings/imri--chime.author-stated.sssom.tsv"
OTHER_BASE = "https://example.org/kg/"


def change(root: Path, name: str, old: str, new: str, count: int = 1) -> int:
    """Replace `old` in a file and return the line where it first stood."""
    file = root / name
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{name} does not hold {old!r}"
    file.write_text(text.replace(old, new, count), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def faults_of(root: Path) -> list[Fault]:
    with pytest.raises(BuildError) as found:
        build(root, "0" * 64)
    assert all(str(fault) in str(found.value) for fault in found.value.faults)
    return list(found.value.faults)


def places(faults: list[Fault]) -> set[tuple[str, int, str]]:
    return {(f.file, f.line, f.rule) for f in faults}


# ---------------------------------------------------------------- the same bytes


def test_two_builds_in_two_processes_are_byte_equal(tmp_path: Path, graph: KnowledgeGraph) -> None:
    """The other one is that of the session, whose hashes, clock and locale differ."""
    seed = "1" if sys.flags.hash_randomization or os.environ.get("PYTHONHASHSEED") != "1" else "2"
    environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Etc/GMT-9", "LC_ALL": "C"}
    subprocess.run([sys.executable, "-m", "imri_kg", "build", "-o", str(tmp_path / "out")], check=True, env=environment, capture_output=True)
    written = {f.name: f.read_bytes() for f in (tmp_path / "out").iterdir()}
    assert sorted(written) == ["graph.nq", "release.json", "search.json"]
    assert graph._snapshot.folder is not None
    assert {name: (graph._snapshot.folder / name).read_bytes() for name in written} == written
    assert len(written["graph.nq"].splitlines()) > 30_000


def test_the_order_of_statements_with_blank_nodes_does_not_matter(data_copy: Path, graph: KnowledgeGraph) -> None:
    for name in ("core-axioms.ttl", "alignments/prov-o.ttl"):
        file = data_copy / "ontology" / name
        before = Graph().parse(file, format="turtle")
        shuffled = sorted(before.serialize(format="nt").splitlines(), key=lambda line: line[::-1])
        file.write_text("\n".join(shuffled) + "\n", encoding="utf-8")
    assert imri_kg.open()._snapshot.nquads() == graph._snapshot.nquads()


def test_the_release_is_named_after_its_sources(graph: KnowledgeGraph) -> None:
    digest = sources_digest(resources.data_root())
    assert graph.release == f"{imri_kg.__version__}+{digest[:12]}"
    assert graph.release_info["digest"] == f"sha256:{digest}"
    assert graph.release_info["counts"]["constructs"] == 282


def test_no_clock_and_no_path_of_the_machine_enters_the_graph(graph: KnowledgeGraph) -> None:
    text = graph._snapshot.nquads().decode()
    assert str(resources.data_root()) not in text
    assert "file://" not in text


def test_every_source_file_is_a_named_graph(graph: KnowledgeGraph) -> None:
    files = [f for f in resources.data_files(resources.data_root()) if f.suffix in (".ttl", ".tsv")]
    names = {
        f.relative_to(resources.path("ontology")).as_posix().removesuffix(".ttl").removesuffix(".sssom.tsv")
        for f in files if f.is_relative_to(resources.path("ontology")) and f.name != "prefixes.ttl"
    }  # fmt: skip
    # The tables of one folder are the sheets of one dataset.
    names |= {f"cases/{folder.name}" for folder in resources.path("ontology", "cases").iterdir()}
    assert len(names) > 60
    rows = graph.query("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }").rows()
    found = {row["g"].removeprefix(f"{DEFAULT_BASE}graph/").removeprefix("graph:") for row in rows}
    assert found == names | {"derived", "computed", "entailed"}


def test_a_deep_link_encodes_what_separates_the_parts_of_a_fragment() -> None:
    assert deep_link("https://example.org/a", "co-optation, “power”") == "https://example.org/a#:~:text=co%2Doptation%2C%20%E2%80%9Cpower%E2%80%9D"


# ---------------------------------------------------------------- the base IRI

_IRI = re.compile(rb"<([^<>\" ]*)>")
_LITERAL = re.compile(rb'"(?:[^"\\]|\\.)*"')


def test_the_base_moves_every_iri_of_ours_and_nothing_else(graph: KnowledgeGraph) -> None:
    moved = build(resources.data_root(), graph.release_info["digest"].removeprefix("sha256:"), OTHER_BASE)
    before, after = graph._snapshot.nquads(), moved.quads
    assert len(before.splitlines()) == len(after.splitlines())
    iris_before = {i for line in before.splitlines() for i in _IRI.findall(_LITERAL.sub(b'""', line))}
    iris_after = {i for line in after.splitlines() for i in _IRI.findall(_LITERAL.sub(b'""', line))}
    base, other = DEFAULT_BASE.encode(), OTHER_BASE.encode()
    assert {i for i in iris_before if i.startswith(base)}
    assert iris_after == {other + i.removeprefix(base) if i.startswith(base) else i for i in iris_before}
    assert not any(i.startswith(base) for i in iris_after)
    assert sorted(x for line in before.splitlines() for x in _LITERAL.findall(line)) == sorted(x for line in after.splitlines() for x in _LITERAL.findall(line))
    release = json.loads(moved.release)
    assert release["base"] == OTHER_BASE
    assert release["prefixes"]["imri"] == f"{OTHER_BASE}id/imri/"
    assert release["prefixes"]["sssom"] == "https://w3id.org/sssom/"
    assert moved.search == graph._snapshot.search


def test_answers_carry_the_base_that_is_set(monkeypatch: pytest.MonkeyPatch, graph: KnowledgeGraph) -> None:
    monkeypatch.setenv("IMRI_KG_BASE", OTHER_BASE)
    moved = imri_kg.open()
    answer = moved.mappings("imri:B1", to="chime")
    assert answer.items[0].subject.iri == f"{OTHER_BASE}id/imri/B1"
    assert [r.record_id for r in answer.items] == [r.record_id for r in graph.mappings("imri:B1", to="chime").items]
    assert moved.explain("logic:M3", "chime:I").causal
    assert moved.query("SELECT ?c WHERE { ?c skos:inScheme framework:chime } ORDER BY ?c").rows()[0] == {"c": "chime:C"}
    assert moved.concept("imri:B1").definition == graph.concept("imri:B1").definition


@pytest.mark.parametrize("base", ["", "example.org/", "https://example.org", "ftp://example.org/", "https://example.org/a b/", "https://ex>ample/", "https:///", "http://[/"])
def test_a_base_that_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch, base: str) -> None:
    monkeypatch.setenv("IMRI_KG_BASE", base)
    with pytest.raises(SnapshotError, match="IMRI_KG_BASE"):
        imri_kg.open()


# ---------------------------------------------------------------- faults


def test_faults_of_syntax_in_many_files_are_listed_at_once(data_copy: Path) -> None:
    line_ttl = change(data_copy, CHIME, "chime:C a skos:Concept", "chime:C a a skos:Concept")
    line_prefix = change(data_copy, "ontology/frameworks/imri.ttl", "@prefix claim: <https://w3id.org/imri-kg/id/claim/>", "@prefix claim: <https://example.org/claim/>")
    (data_copy / "ontology/frameworks/assimilation.ttl").write_text("PREFIX mine: <https://example.org/mine/>\nmine:a mine:b mine:c .\n", encoding="utf-8")
    line_predicate = change(data_copy, CURATED, "\tskos:relatedMatch\t", "\tskos:relatedmatch\t")
    line_map = change(data_copy, STATED, "#  chime: https://w3id.org/imri-kg/id/chime/", "#  chime: https://example.org/chime/")
    (data_copy / "ontology/mappings/notes.sssom.tsv").write_text("x", encoding="utf-8")
    (data_copy / "ontology/studies/empty.ttl").write_text("# nothing yet\n", encoding="utf-8")
    (data_copy / "ontology/studies/latin.ttl").write_bytes("# fine\n# Québec\n".encode("latin-1"))
    (data_copy / "ontology/mappings/chime--logic.curated.sssom.tsv").write_bytes("Québec".encode("latin-1"))
    line_rule = change(data_copy, "ontology/mappings/chains.csv", "T1-exact,skos:exactMatch,skos:exactMatch,skos:exactMatch", "T1-exact,skos:exactMatch,skos:exactMatch,skos:sameMatch")
    faults = faults_of(data_copy)
    assert places(faults) >= {
        (CHIME, line_ttl, "turtle-syntax"),
        ("ontology/frameworks/imri.ttl", line_prefix, "prefix"),
        ("ontology/frameworks/assimilation.ttl", 1, "prefix"),
        (CURATED, line_predicate, "sssom-predicate"),
        (STATED, line_map, "prefix"),
        ("ontology/mappings/notes.sssom.tsv", 0, "mapping-set-name"),
        ("ontology/studies/empty.ttl", 0, "empty-file"),
        ("ontology/studies/latin.ttl", 2, "encoding"),
        ("ontology/mappings/chime--logic.curated.sssom.tsv", 0, "encoding"),
        ("ontology/mappings/chains.csv", line_rule, "rule-predicate"),
    }
    # The column of a syntax error is known, and nothing is blamed on files that are sound.
    assert next(f for f in faults if f.rule == "turtle-syntax").column > 0
    assert {f.file for f in faults} <= {file for file, _, _ in places(faults)}
    assert not [f for f in faults if f.rule in ("dangling-reference", "undeclared-term")]


def test_faults_of_content_in_many_files_are_listed_at_once(data_copy: Path) -> None:
    line_term = change(data_copy, CHIME, "  ikg:labelStatus ikg:printed ;", "  ikg:labelStats ikg:printed ;")
    line_dangling = change(data_copy, "ontology/frameworks/logic-model.ttl", "ikg:evidence evidence:winsper-2020-M1 ;", "ikg:evidence evidence:winsper-2020-M9 ;")
    rows = [
        "x01	imri:B1	Experiencing personal growth	chime:I	Identity		0.60	leamy-2011-I",
        "x02	imri:B9	Nothing	chime:I	Identity		0.60	leamy-2011-I",
        "x03	chime:C	Connectedness	chime:I	Identity		0.60	leamy-2011-I",
        "x04	imri:B1	Experiencing personal growth or wellbeing	chime:I	Identity		0.60	leamy-2011-Z",
        "x05	imri:B1	Experiencing personal growth or wellbeing	chime:I	Identity		0.49	leamy-2011-I",
        "x06	imri:B1	Experiencing personal growth or wellbeing	chime:I	Identity			leamy-2011-I",
        "c01	imri:B1	Experiencing personal growth or wellbeing	chime:I	Identity		0.60	leamy-2011-I",
        "x07	imri:B1	Experiencing personal growth or wellbeing	chime:I	Identity	no	0.60	leamy-2011-I",
    ]  # fmt: skip
    file = data_copy / CURATED
    text = file.read_text(encoding="utf-8").rstrip("\n") + "\n"
    first = text.count("\n") + 1
    for row in rows:
        number, subject, subject_label, object_, object_label, modifier, confidence, evidence = row.split("\t")
        cells = [f"mapping:imri-chime-{number}", subject, subject_label, "skos:closeMatch", modifier, object_, object_label, "semapv:ManualMappingCuration",
                 "imri-kg contributors", confidence, f"https://w3id.org/imri-kg/id/evidence/{evidence}", "Because.", "", "ours", "judgement"]  # fmt: skip
        text += "\t".join(cells) + "\n"
    file.write_text(text, encoding="utf-8")
    line_verb = change(data_copy, STATED, "\taligns with\t", "\t\t")
    faults = faults_of(data_copy)
    assert places(faults) == {
        (CHIME, line_term, "undeclared-term"),
        ("ontology/frameworks/logic-model.ttl", line_dangling, "dangling-reference"),
        (CURATED, first, "mapping-label"),
        (CURATED, first + 1, "mapping-unknown-construct"),
        (CURATED, first + 2, "mapping-edition"),
        (CURATED, first + 3, "mapping-evidence"),
        (CURATED, first + 4, "mapping-threshold"),
        (CURATED, first + 5, "mapping-confidence"),
        (CURATED, first + 6, "sssom-record-repeated"),
        (CURATED, first + 6, "mapping-id-repeated"),
        (CURATED, first + 7, "sssom-modifier"),
        (STATED, line_verb, "mapping-verb"),
    }
    by_rule = {f.rule: f for f in faults}
    assert by_rule["mapping-label"].column == 3
    assert "'Experiencing personal growth or wellbeing', not 'Experiencing personal growth'" in by_rule["mapping-label"].message
    assert "ikg:labelStats" in by_rule["undeclared-term"].message
    assert by_rule["undeclared-term"].column == 3
    assert "evidence:winsper-2020-M9" in by_rule["dangling-reference"].message
    assert "evidence:leamy-2011-Z" in by_rule["mapping-evidence"].message
    assert "exploratory set" in by_rule["mapping-threshold"].message


def _no_sets(root: Path) -> None:
    for file in (root / "ontology" / "mappings").glob("*.tsv"):
        file.unlink()


SPOILT: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "prefix list that is no Turtle": (lambda r: change(r, "ontology/prefixes.ttl", "sh:declare [", "sh:declare [["), "ontology/prefixes.ttl", "turtle-syntax"),
    "prefix list without ours": (lambda r: change(r, "ontology/prefixes.ttl", '"ikg"', '"kg"'), "ontology/prefixes.ttl", "prefix"),
    "no mapping set": (_no_sets, "ontology/mappings", "no-mapping-sets"),
}  # fmt: skip
#: Faults of tables and queries, which all come out of one build.
MANY: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "rule table that is missing": (lambda r: (r / "ontology/mappings/inversions.csv").unlink(), "ontology/mappings/inversions.csv", "rule-table"),
    "rule table without a column": (lambda r: change(r, "ontology/mappings/chains.csv", ",result,", ",outcome,"), "ontology/mappings/chains.csv", "rule-columns"),
    "refusal without a reason": (lambda r: change(r, "ontology/mappings/refusals.csv", '"No rule combines a close step with a broad one."', ""), "ontology/mappings/refusals.csv", "rule-row"),
    "build query that is no SPARQL": (lambda r: change(r, "queries/build/narrower.rq", "WHERE", "WHEER"), "queries/build/narrower.rq", "query"),
    "build query without a header": (lambda r: change(r, "queries/build/supports.rq", "#+ id:", "# id:"), "queries/build/supports.rq", "query"),
    "service query that is no SPARQL": (lambda r: change(r, "queries/service/records.rq", "WHERE", "WHEER"), "queries/service/records.rq", "query"),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILT)
def test_a_spoilt_file_is_a_fault_and_not_a_crash(name: str, data_copy: Path) -> None:
    spoil, file, rule = SPOILT[name]
    spoil(data_copy)
    assert [(f.file, f.rule) for f in faults_of(data_copy)] == [(file, rule)]


def test_spoilt_tables_and_queries_are_listed_at_once(data_copy: Path) -> None:
    for spoil, _, _ in MANY.values():
        spoil(data_copy)
    assert {(f.file, f.rule) for f in faults_of(data_copy)} == {(file, rule) for _, file, rule in MANY.values()}


def test_faults_come_out_of_the_command_line_and_leave_the_last_good_snapshot(
    data_copy: Path, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, graph: KnowledgeGraph
) -> None:
    folder = graph._snapshot.folder
    assert folder is not None
    sound = BuiltGraph(*((folder / name).read_bytes() for name in ("graph.nq", "search.json", "release.json")))
    cache, output = tmp_path / "cache", tmp_path / "out"
    monkeypatch.setenv("IMRI_KG_CACHE", str(cache))
    with monkeypatch.context() as patch:
        patch.setattr("imri_kg.build.build", lambda *_: sound)
        assert cli("build", "-o", str(output)).status == 0
        assert cli("build").status == 0
    kept = {f: f.read_bytes() for f in sorted(cache.rglob("*")) if f.is_file() and not f.name.startswith(("LOG", "LOCK"))}
    written = {f.name: f.read_bytes() for f in output.iterdir()}
    assert kept

    line = change(data_copy, CURATED, "\tskos:relatedMatch\t", "\tskos:match\t")
    mended = (data_copy / CURATED).read_text(encoding="utf-8").replace("\tskos:match\t", "\tskos:relatedMatch\t")
    for arguments in (("build", "-o", str(output)), ("check",)):
        bad = cli(*arguments)
        assert (bad.status, bad.out) == (1, "")
        assert f"{CURATED}, line {line}, column 4" in bad.err
        assert "[sssom-predicate]" in bad.err
        assert "the last good snapshot was left in place" in bad.err
    asked = cli("map", "imri:B1", "--to", "chime", "--format", "json")
    assert (asked.status, asked.out) == (2, "")
    assert [f["rule"] for f in json.loads(asked.err)["faults"]] == ["sssom-predicate"]
    assert {f: f.read_bytes() for f in kept} == kept
    assert {f.name: f.read_bytes() for f in output.iterdir()} == written

    # With the fault mended, the snapshot that was left answers; nothing is built.
    (data_copy / CURATED).write_text(mended, encoding="utf-8")
    monkeypatch.setattr("imri_kg.build.build", lambda *_: pytest.fail("the snapshot was built anew"))
    assert cli("map", "imri:B1", "--to", "chime").status == 0


def test_an_output_folder_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, graph: KnowledgeGraph) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    built = type("Built", (), {"quads": b"", "search": b"", "release": b"{}"})()
    monkeypatch.setattr("imri_kg.build.build", lambda *_: built)
    with pytest.raises(SnapshotError, match="cannot be written"):
        build_into(tmp_path / "file" / "out")


def test_a_folder_without_data_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMRI_KG_DATA", str(tmp_path))
    with pytest.raises(SnapshotError, match="IMRI_KG_DATA"):
        imri_kg.open()


# ---------------------------------------------------------------- correcting the frameworks


def test_a_corrected_label_lists_the_rows_that_carry_the_old_one_and_a_merger_what_it_touches(data_copy: Path, cli: Cli) -> None:
    """Correct the rebuilt label of T2, and merge T3 into it by deprecation."""
    old, new = "Increasing knowledge of recovery", "Increasing knowledge and appreciation of recovery"
    change(data_copy, "ontology/frameworks/imri.ttl", f'skos:prefLabel "{old}"@en', f'skos:prefLabel "{new}"@en')
    sets = sorted((data_copy / "ontology" / "mappings").glob("*.tsv"))
    carriers = {
        (f"ontology/mappings/{file.name}", number, "mapping-label")
        for file in sets
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if f"imri:T2\t{old}\t" in line
    }
    assert len(carriers) >= 3
    assert places(faults_of(data_copy)) == carriers

    for file in sets:
        file.write_text(file.read_text(encoding="utf-8").replace(f"imri:T2\t{old}\t", f"imri:T2\t{new}\t"), encoding="utf-8")
    change(data_copy, "ontology/frameworks/imri.ttl", "imri:T3 a skos:Concept, ikg:Impact ;",
           "imri:T3 a skos:Concept, ikg:Impact ;\n  <http://www.w3.org/2002/07/owl#deprecated> true ;\n  dcterms:isReplacedBy imri:T2 ;")  # fmt: skip
    asserted = {
        line.split("\t")[0]
        for file in sets
        for line in file.read_text(encoding="utf-8").splitlines()
        if "imri:T3" in line.split("\t")
    }
    assert len(asserted) >= 2
    # The queries find what points to a deprecated term; the shapes, which take their time, are tried elsewhere.
    for file in (data_copy / "shapes").glob("*.ttl"):
        if file.name != "framework.ttl" and not file.name.startswith("case-"):
            file.unlink()
    found = cli("check", "--format", "json")
    assert found.status == 1
    report = json.loads(found.out)
    touched = [f for f in report["findings"] if f["check"] == "qc/mapping-to-deprecated-violation"]
    assert {f["subject"] for f in touched} == asserted
    assert all("imri:T3, which is deprecated and replaced by imri:T2" in f["message"] for f in touched)
    others = {f["subject"] for f in report["findings"] if f["check"] == "qc/use-of-deprecated-violation"}
    assert any(subject.startswith("claim:") for subject in others)
    assert not [f for f in report["findings"] if f["check"] == "qc/replacement-unfit-violation"]

    graph = imri_kg.open()
    imri = graph.framework("imri")
    assert imri.counts["members"] == 24
    assert "imri:T3" not in {m["curie"] for m in imri.members}
    assert any("imri:T3 is deprecated and replaced by imri:T2" in note for note in imri.notes)
    assert len(graph.crosswalk("imri", "chime").cells) == 24 * 26
    assert "imri:T3" not in {row["curie"] for row in graph.search("reinforcing appreciation of recovery").rows()}
    old = graph.mappings("imri:T3", to="chime")
    assert old.states[0].subject == "imri:T3"
    assert any("imri:T3 is deprecated and replaced by imri:T2" in note for note in (*old.notes,))
    assert any("deprecated" in note for note in graph.concept("imri:T3").notes)


def test_the_list_of_prefixes_is_the_only_one() -> None:
    queries = sorted(resources.path("queries").rglob("*.rq"))
    assert len(queries) > 50
    assert [q.name for q in queries if re.search(r"^\s*PREFIX\b", q.read_text(encoding="utf-8"), re.MULTILINE | re.IGNORECASE)] == []
    declared = [f for f in resources.data_files(resources.data_root()) if b"sh:declare" in f.read_bytes()]
    assert declared == [resources.path("ontology", "prefixes.ttl")]


def test_the_cache_of_the_tests_is_their_own() -> None:
    assert cache_folder() == Path(os.environ["IMRI_KG_CACHE"])
    assert "imri-kg-tests-" in str(cache_folder())


def test_a_fault_in_a_query_counts_its_lines_in_the_file(data_copy: Path) -> None:
    file = data_copy / "queries" / "service" / "records.rq"
    file.write_text(file.read_text(encoding="utf-8") + "garbage\n", encoding="utf-8")
    [fault] = faults_of(data_copy)
    assert f"line {len(file.read_text(encoding='utf-8').splitlines())}, column" in fault.message


def test_an_exploratory_search_that_found_nothing_blocks_no_firm_chain() -> None:
    from rdflib import Dataset, URIRef

    from imri_kg.build import _derive
    from imri_kg.mapping_rules import read_rules
    from imri_kg.prefixes import read_prefixes
    from imri_kg.reading import Sources
    from imri_kg.sssom import MappingRow, MappingSet
    from imri_kg.vocabulary import SKOS

    prefixes = read_prefixes(resources.path("ontology", "prefixes.ttl"))
    rules = read_rules(resources.path("ontology", "mappings"))

    def row(name: str, subject: str, target: str, source: str) -> MappingRow:
        return MappingRow(f"mapping:{name}", subject, "", "skos:exactMatch", False, target, "", "", "", "", source, "", None, (), "", "", "", "", 1)

    chain = MappingSet("a", {}, {}, (row("a", "imri:B1", "chime:I", "framework:chime"), row("b", "chime:I", "logic:O1", "framework:logic-model")))
    none = MappingSet("b", {}, {}, (row("n", "imri:B1", "sssom:NoTermFound", "framework:logic-model"),))
    data = Dataset(default_union=True)
    for curie, key in (("imri:B1", "imri"), ("chime:I", "chime"), ("logic:O1", "logic-model")):
        data.add((URIRef(prefixes.expand(curie)), URIRef(SKOS.inScheme), URIRef(prefixes.expand(f"framework:{key}"))))

    def chained(exploratory: bool) -> bool:
        derived, _ = _derive(Sources(data, [(chain, "curated", False), (none, "curated", exploratory)]), rules, prefixes)
        return any((r.subject, r.object) == ("imri:B1", "logic:O1") for r in derived)

    assert chained(exploratory=True)
    assert not chained(exploratory=False)
