"""Tables and corrections over HTTP: what a page needs to show the faulty cells, to mend them, and to give the file back."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from imri_kg_api import schemas, uploads
from openpyxl import load_workbook
from test_api_cases import problem
from test_case_validation import TABLES, as_separated, as_workbook, spoilt
from test_corrections import FIVE, LATIN, MENDED

from imri_kg.case_validation.service import Source, check_cases
from imri_kg.graph import KnowledgeGraph
from imri_kg.readers import letters
from imri_kg.reports import shown_tables as showing
from imri_kg.validation import Examined

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

VALIDATE = "/api/v1/validate"


@pytest.fixture(scope="module", autouse=True)
def _closed(client: TestClient) -> Iterator[None]:
    yield
    client.app.state.validations.close()  # type: ignore[attr-defined]
    client.app.state.validations = uploads.Validations()  # type: ignore[attr-defined]


def sent(client: TestClient, files: dict[str, bytes], corrections: list[dict] | None = None, query: str = "") -> object:
    data = {"corrections": json.dumps(corrections)} if corrections is not None else {}
    return client.post(f"{VALIDATE}{query}", files=[("file", (name, content)) for name, content in files.items()], data=data)


def spoilt_book() -> dict[str, bytes]:
    return {s.name: s.data for s in as_workbook(spoilt(FIVE))}


def by_message(found: dict) -> list[dict]:
    """Return a correction for each of the five messages, made of the members of the message as a page does it."""
    mended = {(sheet.capitalize(), row, column): value for (sheet, row, column), value in zip(FIVE, MENDED, strict=True)}
    return [{"file": m["file"], "sheet": m["sheet"], "row": m["row"], "column": m["column"], "value": mended[m["sheet"], m["row"], m["column"]]} for m in found["messages"]]


def test_each_message_is_found_in_the_tables_and_mended_from_there(client: TestClient) -> None:
    found = sent(client, spoilt_book(), query="?tables=true").json()  # type: ignore[attr-defined]
    schemas.Validation.model_validate(found, extra="forbid")
    tables = {(t["file"], t["sheet"]): t for t in found["tables"]}
    assert len(found["messages"]) == 5
    for m in found["messages"]:
        table = tables[m["file"], m["sheet"]]
        place = [c["name"] for c in table["columns"]].index(m["column"])
        assert table["rows"][table["row_numbers"].index(m["row"])][place] == m["value"]
        assert f"{table['columns'][place]['letters']}{m['row']}" == m["cell"]
    again = sent(client, spoilt_book(), by_message(found), "?tables=true").json()  # type: ignore[attr-defined]
    assert (again["conforms"], again["messages"]) == (True, [])
    schemas.Validation.model_validate(again, extra="forbid")
    assert found["corrections"] == []
    assert [(c["cell"], c["old"], c["value"]) for c in again["corrections"]] == [(m["cell"], m["value"], c["value"]) for m, c in zip(found["messages"], by_message(found), strict=True)]
    assert next(t for t in again["tables"] if t["sheet"] == "Determinants")["rows"][0][5] == "III.D"


def test_columns_say_what_their_cells_may_hold(client: TestClient) -> None:
    found = sent(client, {s.name: s.data for s in as_workbook(TABLES)}, query="?tables=true").json()  # type: ignore[attr-defined]
    columns = {c["name"]: c for t in found["tables"] if t["sheet"] == "Determinants" for c in t["columns"]}
    assert "III.D Culture" in columns["Construct"]["choices"] and len(columns["Construct"]["choices"]) > 40
    assert columns["Case"]["choices"] == ["north", "study"]
    assert columns["Informant"]["choices"] == ["p1", "p2", "i1"]
    assert {"adoption", "implementation"} <= set(columns["Phase"]["choices"])
    assert (columns["Statement"]["choices"], columns["Statement"]["required"]) == ([], "yes")
    assert "tables" not in sent(client, spoilt_book()).json()  # type: ignore[attr-defined]


@pytest.mark.parametrize("sheet", ["Determinants", "Participants"])
def test_every_choice_can_be_written_into_its_cell(client: TestClient, graph: KnowledgeGraph, sheet: str) -> None:
    found = sent(client, {s.name: s.data for s in as_workbook(TABLES)}, query="?tables=true").json()  # type: ignore[attr-defined]
    model = next(s for s in graph.case_vocabulary.model.sheets if s.label == sheet)
    for column in next(t["columns"] for t in found["tables"] if t["sheet"] == sheet):
        known = model.column(column["name"])
        for choice in column["choices"] if known and known.kind.value == "code" else ():
            assert graph.case_vocabulary.codes.read(choice, known.classes, "", known.options).code is not None, (column["name"], choice)


def test_sheets_that_are_not_understood_are_shown_as_they_were_read(client: TestClient) -> None:
    book = load_workbook(io.BytesIO(next(iter(spoilt_book().values()))))
    other = book.create_sheet("My notes")
    other["B2"], other["C4"] = "first", "last"
    stream = io.BytesIO()
    book.save(stream)
    found = sent(client, {"c.xlsx": stream.getvalue()}, query="?tables=true").json()  # type: ignore[attr-defined]
    table = next(t for t in found["tables"] if t["sheet"] == "My notes")
    assert (table["understood"], table["header_row"], table["header"]) == (None, 2, ["", "first", ""])
    assert (table["row_numbers"], table["rows"]) == ([4], [["", "", "last"]])
    reply = sent(client, {"c.xlsx": stream.getvalue()}, [{"file": "c.xlsx", "sheet": "My notes", "cell": "B2", "value": "second"}], "?format=corrected")
    assert load_workbook(io.BytesIO(reply.content))["My notes"]["B2"].value == "second"  # type: ignore[attr-defined]


def test_a_long_sheet_is_shown_in_part_with_the_rows_that_have_a_message(graph: KnowledgeGraph) -> None:
    rows = "".join(f"o{n},a,background,adoption,Statement {n} of them all.,,\n" for n in range(2, showing.MOST_ROWS + 100)).replace("o2050,a,background", "o2050,a,backgrond")
    sources = [Source("determinants.csv", ("Observation,Case,Kind,Phase,Statement,Construct,Valence\n" + rows).encode())]
    checked = check_cases(sources, graph.case_vocabulary, graph.release, engine=lambda data, shapes: Examined((), None))
    faulty = checked.validation.messages[0]._replace(file="determinants.csv", sheet="Determinants", row=2050)
    checked = checked._replace(validation=checked.validation._replace(messages=(faulty,)))
    (table,) = showing.shown_tables(checked, sources, graph.case_vocabulary)
    assert (table["truncated"], table["row_count"], len(table["rows"])) == (True, showing.MOST_ROWS + 98, showing.MOST_ROWS)
    assert table["row_numbers"][-2:] == [2000, 2050]
    assert table["rows"][-1][:3] == ["o2050", "a", "backgrond"]


def test_a_wide_sheet_says_that_columns_are_left_out(graph: KnowledgeGraph) -> None:
    header = ["Case", "Name", *(f"own{n}" for n in range(300))]
    sources = [Source("cases.csv", (",".join(header) + "\n" + ",".join(["x"] * len(header)) + "\n").encode())]
    (table,) = showing.shown_tables(check_cases(sources, graph.case_vocabulary, graph.release), sources, graph.case_vocabulary)
    assert (len(table["header"]), table["columns"][-1]["letters"], table["truncated"]) == (showing.MOST_COLUMNS, letters(showing.MOST_COLUMNS), True)


# ------------------------------------------------------------ files that come back


def test_the_corrected_workbook_comes_under_its_name(client: TestClient) -> None:
    found = sent(client, spoilt_book()).json()  # type: ignore[attr-defined]
    reply = sent(client, spoilt_book(), by_message(found), "?format=corrected")
    assert reply.headers["content-disposition"] == 'attachment; filename="cases.corrected.xlsx"'  # type: ignore[attr-defined]
    assert reply.headers["content-type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"  # type: ignore[attr-defined]
    assert reply.headers["cache-control"] == "no-store"  # type: ignore[attr-defined]
    assert sent(client, {"cases.xlsx": reply.content}).json()["messages"] == []  # type: ignore[attr-defined]


def test_a_corrected_csv_keeps_its_encoding_and_says_none(client: TestClient) -> None:
    wanted = [{"file": "Québec.csv", "sheet": "Cases", "row": 2, "column": "Setting", "value": "école"}]
    reply = sent(client, {"Québec.csv": LATIN}, wanted, "?format=corrected")
    assert reply.content == LATIN.replace(b"clinic", "école".encode("latin-1"))  # type: ignore[attr-defined]
    assert reply.headers["content-type"] == "text/csv"  # type: ignore[attr-defined]
    assert reply.headers["content-disposition"] == "attachment; filename=\"Qu_bec.corrected.csv\"; filename*=UTF-8''Qu%C3%A9bec.corrected.csv"  # type: ignore[attr-defined]


def test_several_corrected_files_come_as_an_archive(client: TestClient) -> None:
    files = {s.name: s.data for s in as_separated(spoilt(FIVE))}
    found = sent(client, files).json()  # type: ignore[attr-defined]
    reply = sent(client, files, by_message(found), "?format=corrected")
    assert reply.headers["content-type"] == "application/zip"  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:  # type: ignore[attr-defined]
        assert archive.namelist() == list(files)
        assert [name for name in files if archive.read(name) != files[name]] == ["cases.csv", "participants.csv", "determinants.csv", "sources.csv"]


@pytest.mark.parametrize("form", ["text", "csv", "html", "xlsx", "ttl", "junit"])
def test_every_report_is_about_the_corrected_tables(client: TestClient, form: str) -> None:
    wanted = [{"file": "cases.xlsx", "sheet": "Determinants", "row": 2, "column": "Construct", "value": "Zzyzx"}]
    reply = sent(client, spoilt_book(), wanted, f"?format={form}")
    assert reply.status_code == 200  # type: ignore[attr-defined]
    if form == "xlsx":
        assert load_workbook(io.BytesIO(reply.content))["Determinants"]["F2"].value == "Zzyzx"  # type: ignore[attr-defined]
    elif form != "ttl":
        # Those that people read say as well what the file holds.
        assert "Zzyzx" in reply.text and ("Cultur" in reply.text) == ("Checked with 1 correction" in reply.text) == (form in ("text", "html"))  # type: ignore[attr-defined]


# ------------------------------------------------------------ what is refused


def test_a_correction_of_no_cell_is_a_problem_that_names_it(client: TestClient) -> None:
    wanted = [{"file": "cases.xlsx", "sheet": "Determinants", "row": 2, "column": "Constuct", "value": "III.D"}]
    told = problem(sent(client, spoilt_book(), wanted), "invalid-correction")
    assert "no column 'Constuct'. Did you mean 'Construct'?" in told["detail"]
    assert (told["correction"], told["file"], told["sheet"], told["row"], told["column"]) == (1, "cases.xlsx", "Determinants", 2, "Constuct")


@pytest.mark.parametrize(("text", "says"), [("{}", "no list"), ("[", "JSON"), ('[{"file": "cases.xlsx"}]', "'value' is missing")])
def test_what_is_no_list_of_corrections_is_a_problem(client: TestClient, text: str, says: str) -> None:
    (name, data), = spoilt_book().items()
    for part in ({"data": {"corrections": text}, "files": [("file", (name, data))]}, {"files": [("file", (name, data)), ("corrections", ("c.json", text.encode()))]}):
        assert says in problem(client.post(VALIDATE, **part), "invalid-correction")["detail"]


def test_corrections_beyond_the_limits_are_refused_whole(client: TestClient) -> None:
    (name, data), = spoilt_book().items()
    many = [{"file": name, "sheet": "Cases", "cell": "A1", "value": ""}] * 5001
    assert "at most 5,000" in problem(sent(client, {name: data}, many), "invalid-correction")["detail"]
    long = b"[" + b" " * (2 << 20) + b"]"
    problem(client.post(VALIDATE, files=[("file", (name, data)), ("corrections", ("c.json", long))]), "invalid-correction")
    problem(client.post(VALIDATE, data={"corrections": long.decode()}, files=[("file", (name, data))]), "bad-request")
    problem(client.post(VALIDATE, files=[("file", (name, data)), ("corrections", ("c.json", b"[]")), ("corrections", ("d.json", b"[]"))]), "bad-request")
    problem(client.post(VALIDATE, files=[("corrections", ("c.json", b"[]"))]), "bad-request")


def test_tables_come_in_json_alone(client: TestClient) -> None:
    assert problem(sent(client, spoilt_book(), query="?tables=true&format=html"), "conflicting-parameters")["parameter"] == "tables"
    problem(sent(client, spoilt_book(), query="?tables=perhaps"), "invalid-parameter")
    assert "corrected" in problem(sent(client, spoilt_book(), query="?format=correct"), "unknown-value")["known"]
