"""Cases, matrices and validation over HTTP: the same answers as in Python, and nothing of an upload left behind."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from imri_kg_api import schemas, uploads
from imri_kg_api.app import create_app
from imri_kg_api.problems import KINDS, MEDIA_TYPE
from library_samples import as_csv, tables_of
from openpyxl import load_workbook

from imri_kg.errors import ValidationBusyError, ValidationLimitError
from imri_kg.graph import KnowledgeGraph
from imri_kg.snapshot import open_snapshot

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

API = "/api/v1"
ROW = "Observation,Case,Kind,Phase,Statement,Construct,Valence,Coding,Source,Locator\n"
FAULTY = (ROW + "o1,a,determinant,adoption,Leaders wanted the change.,Cultur,barrier,curated,s,p. 1\n").encode()


@pytest.fixture(scope="module", autouse=True)
def _closed(client: TestClient) -> Iterator[None]:
    yield
    client.app.state.validations.close()  # type: ignore[attr-defined]
    client.app.state.validations = uploads.Validations()  # type: ignore[attr-defined]


def problem(reply: object, kind: str) -> dict:
    assert reply.headers["content-type"] == MEDIA_TYPE, reply.text  # type: ignore[attr-defined]
    body = reply.json()  # type: ignore[attr-defined]
    assert body["type"].endswith(kind)
    assert body["status"] == KINDS[kind].status
    return body


def _said(reply: object) -> dict:
    """Return what a reply says, without the address of the answer, which only the door knows."""
    return {name: value for name, value in reply.json().items() if name != "permalink"}  # type: ignore[attr-defined]


def test_cases_and_matrices_are_those_of_the_library(client: TestClient, graph: KnowledgeGraph) -> None:
    assert _said(client.get(f"{API}/cases")) == json.loads(json.dumps(graph.cases().to_json()))
    assert _said(client.get(f"{API}/cases/esther")) == json.loads(json.dumps(graph.case("esther").to_json()))
    found = _said(client.get(f"{API}/matrix?rows=phase&columns=valence&case=esther&case=making-recovery-real"))
    expected = graph.matrix("phase", "valence", where={"case": ["esther", "making-recovery-real"]}).to_json()
    assert found == json.loads(json.dumps(expected))


def test_a_matrix_as_csv_has_a_row_for_each_cell(client: TestClient) -> None:
    text = client.get(f"{API}/matrix?rows=domain&columns=case&format=csv").text
    assert text.startswith("row,row_label,column,column_label,state,printed,inferred,total")


def test_an_unknown_case_is_told_with_the_nearest(client: TestClient) -> None:
    assert "mulvale-2024.esther" in problem(client.get(f"{API}/cases/mulvale-2024.ester"), "unknown-case")["nearest"]


@pytest.mark.parametrize(("query", "parameter"), [("rows=colour&columns=case", "rows"), ("rows=case&columns=colour", "columns"), ("rows=case&columns=phase&valence=never", "valence")])
def test_a_value_that_is_not_known_is_told_with_the_parameter_that_has_it(client: TestClient, query: str, parameter: str) -> None:
    assert problem(client.get(f"{API}/matrix?{query}"), "unknown-value")["parameter"] == parameter


@pytest.mark.parametrize("query", ["rows=phase&columns=phase", "rows=colour&columns=case", "rows=phase&columns=case&phase=never"])
def test_a_matrix_that_cannot_be_is_refused(client: TestClient, query: str) -> None:
    assert client.get(f"{API}/matrix?{query}").status_code in (400, 404)


def test_files_of_a_form_are_checked_as_one_dataset(client: TestClient, graph: KnowledgeGraph) -> None:
    files = [("file", (name, data)) for name, data in graph.case_template_tables(example=True).items()]
    reply = client.post(f"{API}/validate", files=files)
    body = schemas.Validation.model_validate(reply.json(), extra="forbid")
    assert (reply.status_code, body.conforms) == (200, True)
    assert body.datasets[0].name == "example"
    assert reply.headers["cache-control"] == "no-store"
    assert "etag" not in reply.headers


def test_one_file_as_the_body_is_checked_under_its_name(client: TestClient) -> None:
    reply = client.post(f"{API}/validate?name=determinants.csv&framework=cfir-2022", content=FAULTY)
    (message,) = [m for m in reply.json()["messages"] if m["severity"] == "violation"]
    assert (message["file"], message["row"], message["column"], message["suggestion"]) == ("determinants.csv", 2, "Construct", "III.D Culture")


@pytest.mark.parametrize("form", ["json", "text", "csv", "html", "junit", "ttl", "xlsx"])
def test_half_a_surrogate_pair_in_a_file_makes_no_fault_of_the_server(client: TestClient, form: str) -> None:
    data = b'{"@id": "https://example.org/d", "@type": "https://w3id.org/imri-kg/ontology/CaseDataset", "http://purl.org/dc/terms/title": "a \\ud800b"}'
    reply = client.post(f"{API}/validate?name=a.jsonld&format={form}", content=data)
    assert reply.status_code == 200, reply.text
    if form == "json":
        assert "\\ud800" in reply.text
        schemas.Validation.model_validate(reply.json(), extra="forbid")


def test_the_report_comes_in_the_form_that_is_asked_for(client: TestClient) -> None:
    address = f"{API}/validate?name=determinants.csv&framework=cfir-2022"
    page = client.post(address + "&format=html", content=FAULTY)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Cultur" in page.text
    book = client.post(address, content=FAULTY, headers={"Accept": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"})
    assert load_workbook(io.BytesIO(book.content)).sheetnames[0] == "Findings"
    assert "attachment" in book.headers["content-disposition"]


@pytest.mark.parametrize(
    ("address", "content", "headers", "kind", "says"),
    [
        ("/validate", b"x", {}, "missing-parameter", "multipart/form-data"),
        ("/validate?name=a.csv", b"", {}, "bad-request", "empty"),
        ("/validate?name=a.csv&colour=red", b"x", {}, "unknown-parameter", "colour"),
        ("/validate?name=a.csv&format=pdf", b"x", {}, "unknown-value", "html"),
        ("/validate?name=a.csv&framework=cfir-2023", b"Case,Name\na,b\n", {}, "unknown-framework", "cfir-2022"),
        ("/validate", b"--x", {"Content-Type": "multipart/form-data; boundary=y"}, "bad-request", "form"),
        ("/validate", b"--x", {"Content-Type": "multipart/form-data"}, "bad-request", "boundary"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_with_a_reason(client: TestClient, address: str, content: bytes, headers: dict, kind: str, says: str) -> None:
    assert says in json.dumps(problem(client.post(API + address, content=content, headers=headers), kind))


def test_a_file_that_cannot_be_read_is_a_message_and_no_fault_of_the_server(client: TestClient) -> None:
    reply = client.post(f"{API}/validate?name=cases.xlsx", content=b"PK\x03\x04" + b"\0" * 100)
    assert reply.status_code == 200
    assert [m["severity"] for m in reply.json()["messages"]] == ["violation"]


def test_a_name_cannot_lead_elsewhere_or_break_a_line(client: TestClient) -> None:
    reply = client.post(f"{API}/validate", params={"name": "../../etc/pass\r\nwd.csv"}, content=FAULTY)
    assert {m["file"] for m in reply.json()["messages"]} == {"pass__wd.csv"}


def test_more_than_is_taken_is_refused_before_it_is_read(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 1000)
    problem(client.post(f"{API}/validate?name=a.csv", content=b"x" * 2000), "too-large")
    problem(client.post(f"{API}/validate", files={"file": ("a.csv", b"x" * 2000)}), "too-large")


@pytest.mark.parametrize(
    ("error", "kind"),
    [(ValidationLimitError("time", "60 s", "The validation took longer than 60 s.", "Send less."), "validation-limit"), (ValidationBusyError("5 are waiting."), "validation-busy")],
)
def test_a_limit_that_was_met_is_told(client: TestClient, monkeypatch: pytest.MonkeyPatch, error: Exception, kind: str) -> None:
    class Full:
        def validate(self, *_: object, **__: object) -> None:
            raise error

        def close(self) -> None:
            pass

    monkeypatch.setattr(client.app.state.validations, "_pool", Full())  # type: ignore[attr-defined]
    reply = client.post(f"{API}/validate?name=a.csv", content=FAULTY)
    problem(reply, kind)
    assert ("retry-after" in reply.headers) is (kind == "validation-busy")


def test_what_is_sent_is_not_read_back_and_another_method_is_told(client: TestClient) -> None:
    reply = client.get(f"{API}/validate")
    problem(reply, "method-not-allowed")
    assert reply.headers["allow"] == "POST, OPTIONS"
    assert client.options(f"{API}/validate").headers["allow"] == "POST, OPTIONS"


# Datasets of the user's own

CASES = (f"{API}/cases", f"{API}/cases/pilot.north", f"{API}/cases/pilot.north/through/diffusion", f"{API}/matrix?rows=phase&columns=case")
Served = Callable[..., "TestClient"]


@pytest.fixture
def own(graph: KnowledgeGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KnowledgeGraph:
    """A graph with a library of its own in the home folder, that holds one dataset."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("IMRI_KG_LIBRARY", "~/mine")
    found = KnowledgeGraph(open_snapshot())
    assert found.import_cases(written(tmp_path / "pilot", "pilot")).imported
    return found


@pytest.fixture
def served() -> Served:
    """Return a client of an application of its own."""
    from fastapi.testclient import TestClient

    return lambda graph, **options: TestClient(create_app(graph, **options))


def written(folder: Path, name: str) -> Path:
    folder.mkdir()
    for source in as_csv(tables_of(name)):
        (folder / source.name).write_bytes(source.data)
    return folder


def datasets(reply: object) -> set[str]:
    return {item["dataset"] for item in reply.json()["items"]}  # type: ignore[attr-defined]


def test_the_library_is_shown_only_where_that_was_asked_for(own: KnowledgeGraph, served: Served) -> None:
    assert "pilot" in {row["dataset"] for row in own.cases().rows()}
    released, whole = served(own), served(own, library=True)
    assert datasets(released.get(f"{API}/cases")) == datasets(whole.get(f"{API}/cases")) - {"pilot"}
    assert "pilot" in datasets(whole.get(f"{API}/cases"))
    assert "pilot" not in released.get(f"{API}/matrix?rows=case&columns=phase").text
    assert "pilot.north" not in json.dumps(problem(released.get(f"{API}/cases/pilot.nort"), "unknown-case"))
    assert "pilot.north" in problem(whole.get(f"{API}/cases/pilot.nort"), "unknown-case")["nearest"]


def test_a_dataset_that_is_named_is_shown_whatever_the_library_holds(own: KnowledgeGraph, served: Served, tmp_path: Path) -> None:
    (tmp_path / "mine" / "current").write_text("garbage", encoding="utf-8")
    alone = own.without_library()
    assert alone.with_cases([tmp_path / "pilot"]).conforms
    assert "pilot" in datasets(served(alone).get(f"{API}/cases"))


def test_cases_of_the_release_are_for_every_page_and_keep_their_tag(own: KnowledgeGraph, served: Served) -> None:
    client = served(own)
    for address in (f"{API}/cases", f"{API}/cases/esther", f"{API}/matrix?rows=phase&columns=case"):
        first = client.get(address)
        assert first.headers["access-control-allow-origin"] == "*"
        assert client.get(address, headers={"If-None-Match": first.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("how", ["library", "cases"])
def test_datasets_of_the_user_are_for_no_page_of_another_site_and_never_kept(own: KnowledgeGraph, served: Served, tmp_path: Path, how: str) -> None:
    graph = own if how == "library" else own.without_library()
    if how == "cases":
        assert graph.with_cases([tmp_path / "pilot"]).conforms
    client = served(graph, library=how == "library")
    stale = served(own).get(f"{API}/cases").headers["etag"]
    for address in (*CASES, f"{API}/cases/pilot.nort"):
        for reply in (client.get(address, headers={"If-None-Match": f"{stale}, *", "Origin": "https://example.org"}), client.options(address), client.head(address)):
            assert reply.status_code in ((404, 405) if address.endswith("nort") and reply.request.method != "OPTIONS" else (200, 204)), reply.text
            assert not [name for name in reply.headers if name.startswith("access-control-allow-origin")]
            assert (reply.headers["cache-control"], reply.headers["cross-origin-resource-policy"]) == ("no-store", "same-origin")
            assert "etag" not in reply.headers
    assert client.get(f"{API}/frameworks").headers["access-control-allow-origin"] == "*"
    described = client.get("/openapi.json").json()["paths"]
    shown = {path for path, methods in described.items() if "examples" in methods.get("get", {"responses": {}})["responses"].get("200", {"content": {}})["content"].get("application/json", {})}
    assert f"{API}/frameworks" in shown and not [path for path in shown if path.startswith((f"{API}/cases", f"{API}/matrix"))]
    assert "pilot" not in client.get("/docs").text


def test_what_is_imported_while_the_server_runs_is_in_the_next_answer(own: KnowledgeGraph, served: Served, tmp_path: Path) -> None:
    client = served(own, library=True)
    before = datasets(client.get(f"{API}/cases"))
    assert own.import_cases(written(tmp_path / "second", "second")).imported
    assert datasets(client.get(f"{API}/cases")) == before | {"second"}


def test_a_damaged_library_is_told_and_harms_nothing_else(own: KnowledgeGraph, served: Served, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    client = served(own, library=True)
    (tmp_path / "mine" / "current").write_text("garbage", encoding="utf-8")
    for address in CASES:
        told = problem(client.get(address), "library-unavailable")
        assert "--undo" in told["detail"] and str(tmp_path) not in json.dumps(told)
    assert "garbage" in caplog.text
    assert client.get("/health").status_code == client.get(f"{API}/frameworks").status_code == 200
    assert served(own).get(f"{API}/cases/esther").status_code == 200
