"""The library of a user's own cases: what enters, what does not, and what comes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from library_samples import Tables, as_csv, as_workbook, everything, tables_of, titles
from rdflib import Dataset, Graph, Literal, URIRef

from imri_kg import resources
from imri_kg.case_tables.values import as_text
from imri_kg.case_validation.service import Checked, Source, check_cases, sources_at
from imri_kg.case_validation.vocabulary import CaseVocabulary
from imri_kg.errors import BadInputError, LibraryError, UnknownNameError
from imri_kg.graph import KnowledgeGraph
from imri_kg.library import Library, library_folder
from imri_kg.readers import read_table_file
from imri_kg.vocabulary import CASE, DCTERMS, IKG, RDFS, graph_iri


def cells(tables: Tables) -> dict[str, list[dict[str, str]]]:
    """Return every cell with a value by sheet, row and header."""
    return {key: [{str(h): as_text(v) for h, v in zip(rows[0], row, strict=False) if v != ""} for row in rows[1:]] for key, rows in tables.items()}


def cells_at(files: list[Path]) -> dict[str, list[dict[str, str]]]:
    """Return the same of files on disk."""
    found = {}
    for file in files:
        for sheet in read_table_file(file.name, file.read_bytes()).sheets:
            header = {n: as_text(v) for n, v in sheet.rows[0].cells.items()}
            key = sheet.name.lower() if file.suffix == ".xlsx" else file.stem
            found[key] = [{header[n]: as_text(v) for n, v in row.cells.items()} for row in sheet.rows[1:]]
    return found


@pytest.fixture(scope="module")
def vocabulary(graph: KnowledgeGraph) -> CaseVocabulary:
    return CaseVocabulary(graph.store, graph.catalog)


@pytest.fixture(scope="module")
def check(vocabulary: CaseVocabulary) -> Callable[[list[Source]], Checked]:
    return lambda sources: check_cases(sources, vocabulary, "a release")


@pytest.fixture(scope="module")
def pilot(check: Callable[[list[Source]], Checked]) -> Checked:
    return check(as_csv(tables_of()))


@pytest.fixture(scope="module")
def retitled(check: Callable[[list[Source]], Checked]) -> Checked:
    return check(as_csv(tables_of(title="A pilot, read again")))


@pytest.fixture(scope="module")
def second(check: Callable[[list[Source]], Checked]) -> Checked:
    return check(as_csv(tables_of("second", "Another pilot")))


@pytest.fixture
def library(vocabulary: CaseVocabulary, tmp_path: Path) -> Library:
    return Library(vocabulary, tmp_path / "data" / "library")


# ---------------------------------------------------------------- in


def test_a_library_is_empty_before_anything_is_imported_and_makes_no_folder(library: Library) -> None:
    assert library.datasets().datasets == ()
    assert library.quads() == b""
    assert not library.folder.exists()
    with pytest.raises(LibraryError, match="nothing was ever imported"):
        library.undo()
    with pytest.raises(LibraryError, match="the library is empty"):
        library.remove("pilot")
    assert not library.folder.exists()


def test_an_import_says_what_entered(library: Library, pilot: Checked) -> None:
    result = library.add(pilot)
    assert result.imported
    (outcome,) = result.datasets
    assert (outcome.id, outcome.outcome, outcome.violations) == ("pilot", "added", ())
    (held,) = library.datasets().datasets
    assert held == outcome.dataset
    assert (held.title, held.framework, held.cases, held.release) == ("A pilot", "cfir-2022", ("north",), "a release")
    assert held.rows == {"Dataset": 1, "Cases": 1, "Participants": 3, "Determinants": 2, "Events": 1, "Sources": 1}
    assert result.rows()[0]["rows"] == 9
    assert library.datasets().action == "import of pilot"


def test_statements_stand_in_a_named_graph_with_what_the_build_entails(library: Library, pilot: Checked) -> None:
    library.add(pilot)
    quads = library.quads()
    data = Dataset()
    data.parse(data=quads, format="nquads")
    named = {str(g.identifier) for g in data.graphs() if len(g)}
    assert named == {graph_iri("library/pilot")}
    graph = data.graph(URIRef(graph_iri("library/pilot")))
    case = URIRef(CASE["pilot.case.north"])
    (row,) = graph.subjects(URIRef(DCTERMS.identifier), Literal("o1"))
    assert (case, URIRef(IKG.hasObservation), row) in graph
    assert (row, URIRef(IKG.observedIn), case) in graph
    assert not list(graph.triples((None, URIRef(RDFS.subClassOf), None)))
    assert quads.splitlines() == sorted(quads.splitlines())


def test_statements_can_be_had_without_an_import(library: Library, check: Callable[[list[Source]], Checked], pilot: Checked) -> None:
    quads = library.quads_of(pilot)
    assert not library.folder.exists()
    library.add(pilot)
    assert library.quads() == quads
    with pytest.raises(BadInputError, match="is in the library already"):
        library.quads_of(pilot)
    tables = tables_of("spoilt")
    tables["determinants"][1][5] = "III.Q"
    with pytest.raises(BadInputError, match="determinants.csv, row 2, column Construct"):
        library.quads_of(check(as_csv(tables)))


def test_statements_have_the_base_of_the_graph_beside_which_they_stand(library: Library, graph: KnowledgeGraph, pilot: Checked) -> None:
    library.add(pilot)
    elsewhere = Library(CaseVocabulary(graph.store, graph.catalog, "https://example.org/kg/"), library.folder).quads()
    assert b"<https://example.org/kg/id/case/pilot>" in elsewhere
    assert elsewhere.count(b"\n") == library.quads().count(b"\n")
    assert b"w3id.org/imri-kg/id/" not in elsewhere


def test_a_violation_refuses_the_dataset_and_nothing_is_written(library: Library, check: Callable[[list[Source]], Checked]) -> None:
    tables = tables_of()
    tables["determinants"][1][5] = "III.Q"
    result = library.add(check(as_csv(tables)))
    assert not result.imported
    (outcome,) = result.datasets
    assert outcome.outcome == "refused"
    assert [(m.file, m.row, m.column, m.value) for m in outcome.violations] == [("determinants.csv", 2, "Construct", "III.Q")]
    assert not library.folder.exists()


def test_rows_with_a_warning_enter_and_are_listed(library: Library, check: Callable[[list[Source]], Checked]) -> None:
    tables = tables_of()
    tables["cases"][1][6] = 9
    result = library.add(check(as_csv(tables)))
    assert result.imported
    (outcome,) = result.datasets
    assert "Participants" in {m.column for m in outcome.flagged}
    assert outcome.dataset is not None and outcome.dataset.flagged == len(outcome.flagged)


def test_tables_that_lack_the_dataset_or_a_sheet_are_refused(library: Library, check: Callable[[list[Source]], Checked]) -> None:
    for missing in ("dataset", "sources"):
        result = library.add(check(as_csv({k: v for k, v in tables_of().items() if k != missing})))
        assert not result.imported, missing
        assert any(missing.capitalize() in m.message for m in result.datasets[0].violations), missing
    assert not library.folder.exists()


def test_a_file_that_cannot_be_read_holds_the_import_back(library: Library, check: Callable[[list[Source]], Checked]) -> None:
    result = library.add(check([*as_csv(tables_of()), Source("more.xlsx", b"not a workbook")]))
    assert not result.imported
    assert [d.outcome for d in result.datasets] == ["held back"]
    assert result.messages[0].file == "more.xlsx"


def test_an_identifier_that_is_taken_needs_replace(library: Library, pilot: Checked, retitled: Checked) -> None:
    library.add(pilot)
    refused = library.add(retitled)
    assert not refused.imported
    (message,) = refused.datasets[0].violations
    assert "is in the library already" in message.message
    assert (message.file, message.column) == ("dataset.csv", "Dataset")
    assert titles(library) == {"pilot": "A pilot"}
    replaced = library.add(retitled, replace=True)
    assert replaced.datasets[0].outcome == "replaced"
    assert titles(library) == {"pilot": "A pilot, read again"}


@pytest.mark.parametrize("name", ["piat-2022", "Mulvale-2024"])
def test_the_identifier_of_a_reference_dataset_is_never_taken(library: Library, check: Callable[[list[Source]], Checked], name: str) -> None:
    result = library.add(check(as_csv(tables_of(name))), replace=True)
    assert not result.imported
    assert "comes with imri-kg" in result.datasets[0].violations[-1].message
    with pytest.raises(LibraryError, match="comes with imri-kg"):
        library.remove(name)


def test_an_identifier_that_differs_in_capital_letters_alone_is_refused(library: Library, check: Callable[[list[Source]], Checked], pilot: Checked) -> None:
    library.add(pilot)
    result = library.add(check(as_csv(tables_of("Pilot"))), replace=True)
    assert "in capital letters alone" in result.datasets[0].violations[0].message


@pytest.mark.parametrize("name", ["../../outside", "a/b", "Zürich-2.1", "..", "CON<1>"])
def test_an_identifier_never_leads_out_of_the_library(library: Library, check: Callable[[list[Source]], Checked], name: str) -> None:
    result = library.add(check(as_csv(tables_of(name))))
    assert {p.name for p in library.folder.parent.iterdir()} <= {"library"}
    if result.imported:
        assert list(titles(library)) == [name]
        (folder,) = (library.folder / "generations" / "1" / "datasets").glob("*/")
        assert (folder / "cases.csv").is_file()


def test_many_datasets_stand_side_by_side(library: Library, check: Callable[[list[Source]], Checked], pilot: Checked) -> None:
    library.add(pilot)
    names = [f"site-{n}" for n in range(1, 4)]
    sources = [source for name in names for source in as_workbook(tables_of(name, f"Title of {name}"), f"{name}.xlsx")]
    result = library.add(check(sources))
    assert [d.outcome for d in result.datasets] == ["added"] * 3
    assert titles(library) == {"pilot": "A pilot", **{name: f"Title of {name}" for name in names}}
    graphs = {line.rsplit(b" ", 2)[1] for line in library.quads().splitlines()}
    assert graphs == {f"<{graph_iri(f'library/{name}')}>".encode() for name in ("pilot", *names)}


def test_one_dataset_that_is_refused_holds_the_others_back(library: Library, check: Callable[[list[Source]], Checked]) -> None:
    bad = tables_of("bad")
    bad["determinants"][1][5] = "III.Q"
    result = library.add(check([*as_workbook(tables_of("good"), "good.xlsx"), *as_workbook(bad, "bad.xlsx")]))
    assert {d.id: d.outcome for d in result.datasets} == {"good": "held back", "bad": "refused"}
    assert not result.imported
    twice = library.add(check([*as_workbook(tables_of("same"), "a.xlsx"), *as_workbook(tables_of("same"), "b.xlsx")]))
    assert [d.outcome for d in twice.datasets] == ["refused", "refused"]


# ---------------------------------------------------------------- back out


@pytest.mark.parametrize("write", [as_csv, as_workbook])
def test_what_is_exported_equals_what_was_imported_cell_by_cell(library: Library, check: Callable[[list[Source]], Checked], write: Callable[[Tables], list[Source]], tmp_path: Path) -> None:
    tables = tables_of()
    library.add(check(write(tables)))
    assert cells_at(library.export("pilot", tmp_path / "out")) == cells(tables)
    assert cells_at(library.export("pilot", tmp_path / "out.xlsx")) == cells(tables)


@pytest.mark.parametrize("dataset", ["piat-2022", "mulvale-2024"])
def test_reference_tables_come_back_as_the_same_bytes(library: Library, check: Callable[[list[Source]], Checked], dataset: str) -> None:
    sources = [
        s._replace(data=s.data.replace(f"\n{dataset},".encode(), b"\nmine,", 1)) if s.name == "dataset.csv" else s
        for s in sources_at([Path(str(resources.path("ontology", "cases", dataset)))])
    ]
    assert library.add(check(sources)).imported
    exported = library.tables("mine")
    assert {name: read_table_file(name, data).sheets[0].rows for name, data in exported.items()} == {
        s.name: read_table_file(s.name, s.data).sheets[0].rows for s in sources
    }


def test_an_export_imported_again_is_the_same(library: Library, check: Callable[[list[Source]], Checked], pilot: Checked, tmp_path: Path) -> None:
    library.add(pilot)
    quads, tables = library.quads(), library.tables("pilot")
    library.export("pilot", tmp_path / "out")
    result = library.add(check(sources_at([tmp_path / "out"])), replace=True)
    assert result.imported
    assert library.tables("pilot") == tables
    assert library.quads() == quads


def test_rdf_is_exported_as_tables(library: Library, check: Callable[[list[Source]], Checked], pilot: Checked) -> None:
    graph = Graph() + pilot.graphs[0].graph
    row = next(graph.subjects(URIRef(DCTERMS.identifier), Literal("o1")))
    graph.add((row, URIRef(RDFS.comment), Literal("A word of ours.")))
    graph.add((URIRef(CASE["elsewhere"]), URIRef(RDFS.label), Literal("No row.")))
    checked = check([Source("cases.ttl", graph.serialize(format="turtle", encoding="utf-8"))])
    result = library.add(checked)
    assert result.imported, [m.message for m in result.datasets[0].violations]
    flagged = " ".join(m.message for m in result.datasets[0].flagged)
    assert "rdfs:comment" in flagged and "left out" in flagged
    exported = {name: [r.cells for r in read_table_file(name, data).sheets[0].rows] for name, data in library.tables("pilot").items()}
    header, *rows = exported["determinants.csv"]
    first = {header[n]: as_text(v) for n, v in rows[0].items()}
    assert first["Construct"] == "III.D"
    assert first["Valence"] == "facilitator"
    assert first["Case"] == "north"
    assert first["rdfs:comment"] == "A word of ours."
    assert set(exported) == {f"{key}.csv" for key in tables_of()}


def test_tables_and_the_same_content_in_rdf_make_the_same_statements(library: Library, check: Callable[[list[Source]], Checked], pilot: Checked) -> None:
    library.add(pilot)
    quads = library.quads()
    assert library.add(check([Source("cases.nt", pilot.graphs[0].graph.serialize(format="nt", encoding="utf-8"))]), replace=True).imported
    assert library.quads() == quads


def test_rdf_cannot_change_a_term_of_the_graph(library: Library, check: Callable[[list[Source]], Checked], pilot: Checked) -> None:
    graph = Graph() + pilot.graphs[0].graph
    construct = next(graph.objects(None, URIRef(IKG.construct)), None) or URIRef(IKG.Case)
    graph.add((construct, URIRef(RDFS.label), Literal("Another name")))
    assert library.add(check([Source("cases.ttl", graph.serialize(format="turtle", encoding="utf-8"))])).imported
    assert b"Another name" not in library.quads()


def test_an_export_writes_over_nothing(library: Library, pilot: Checked, tmp_path: Path) -> None:
    library.add(pilot)
    full, file, empty = tmp_path / "full", tmp_path / "there.xlsx", tmp_path / "empty"
    full.mkdir()
    empty.mkdir()
    (full / "mine.txt").write_text("mine")
    file.write_bytes(b"mine")
    for target in (full, file):
        with pytest.raises(BadInputError, match="is there already"):
            library.export("pilot", target)
    with pytest.raises(BadInputError, match="cannot be written"):
        library.export("pilot", file / "below")
    library.export("pilot", empty)
    assert (empty / "cases.csv").is_file()
    assert file.read_bytes() == b"mine" and sorted(p.name for p in tmp_path.iterdir()) == ["data", "empty", "full", "there.xlsx"]


def test_archives_of_one_dataset_are_the_same_bytes(library: Library, pilot: Checked, tmp_path: Path) -> None:
    library.add(pilot)
    for ending in (".zip", ".xlsx"):
        (one,) = library.export("pilot", tmp_path / "a" / f"pilot{ending}")
        (two,) = library.export("pilot", tmp_path / "b" / f"pilot{ending}")
        assert one.read_bytes() == two.read_bytes()


def test_a_dataset_that_is_not_there_is_named_with_those_near_it(library: Library, pilot: Checked, tmp_path: Path) -> None:
    library.add(pilot)
    for ask in (lambda: library.remove("pilto"), lambda: library.export("pilto", tmp_path / "x"), lambda: library.tables("pilto")):
        with pytest.raises(UnknownNameError, match="Did you mean 'pilot'"):
            ask()


# ---------------------------------------------------------------- changes taken back


def test_undo_goes_back_change_by_change(library: Library, pilot: Checked, retitled: Checked, second: Checked) -> None:
    library.add(pilot)
    library.add(second)
    library.add(retitled, replace=True)
    library.remove("second")
    assert titles(library) == {"pilot": "A pilot, read again"}
    library.undo()
    assert titles(library) == {"pilot": "A pilot, read again", "second": "Another pilot"}
    assert library.undo().action == "undo, back to import of second"
    assert titles(library) == {"pilot": "A pilot", "second": "Another pilot"}
    library.undo()
    assert titles(library) == {"pilot": "A pilot"}
    library.undo()
    assert titles(library) == {}
    with pytest.raises(LibraryError, match="nothing more to undo"):
        library.undo()
    library.add(second)
    assert titles(library) == {"second": "Another pilot"}
    library.undo()
    assert titles(library) == {}


def test_generations_are_never_changed_and_the_last_ten_are_kept(library: Library, pilot: Checked, retitled: Checked) -> None:
    library.add(pilot)
    first = everything(library.folder / "generations" / "1")
    for number in range(8):
        library.add(retitled if number % 2 == 0 else pilot, replace=True)
    assert everything(library.folder / "generations" / "1") == first
    for number in range(5):
        library.add(retitled if number % 2 == 0 else pilot, replace=True)
    assert sorted(int(p.name) for p in (library.folder / "generations").iterdir()) == list(range(5, 15))
    for number in range(9):
        library.undo()
        assert titles(library) == {"pilot": "A pilot, read again" if number % 2 else "A pilot"}, number
    with pytest.raises(LibraryError, match="the last 10 are kept"):
        library.undo()
    assert len(list((library.folder / "generations").iterdir())) <= 20


def test_the_folder_is_the_users_and_can_be_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("IMRI_KG_LIBRARY", str(tmp_path / "own"))
    assert library_folder() == tmp_path / "own"
    monkeypatch.setenv("IMRI_KG_LIBRARY", "")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert library_folder() == tmp_path / "imri-kg" / "library"
