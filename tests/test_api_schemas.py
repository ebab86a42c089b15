"""The OpenAPI document describes the replies as they are, and its examples can be asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import pytest
from imri_kg_api import schemas
from imri_kg_api.app import PREFIX
from imri_kg_api.html_pages import example_address
from imri_kg_api.problems import KINDS, MEDIA_TYPE
from pydantic import BaseModel

from imri_kg.formats import MEDIA_TYPES
from imri_kg.graph import KnowledgeGraph
from imri_kg.vocabulary import BASES

if TYPE_CHECKING:
    from fastapi.testclient import TestClient


@pytest.fixture(scope="module")
def openapi(client: TestClient) -> dict[str, Any]:
    return client.get("/openapi.json").json()


UPLOAD = f"{PREFIX}/validate"


def operations(openapi: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each path that is read with its operation; files are sent to one other."""
    for path, methods in openapi["paths"].items():
        assert set(methods) == ({"post"} if path == UPLOAD else {"get"})
        if path != UPLOAD:
            yield path, methods["get"]


def strictly(name: str, body: Any) -> BaseModel:
    """Read a reply as a schema that allows no member beside its own."""
    return getattr(schemas, name).model_validate(body, extra="forbid")


def model_of(operation: dict[str, Any]) -> str:
    return operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[-1]


def test_the_document_is_openapi_3_1(openapi: dict[str, Any]) -> None:
    from openapi_spec_validator import validate

    assert openapi["openapi"].startswith("3.1")
    validate(openapi)


def test_every_example_of_every_parameter_can_be_asked_and_its_reply_fits_the_schema(client: TestClient, openapi: dict[str, Any]) -> None:
    asked = 0
    for path, operation in operations(openapi):
        address = example_address(path, operation)
        for parameter in operation["parameters"]:
            if parameter["name"] == "page":
                continue
            examples = parameter["schema"].get("examples")
            assert examples, f"{path}: {parameter['name']} has no example"
            for example in examples:
                if parameter["required"] and parameter["in"] == "path":
                    asked_for = path
                    for other in operation["parameters"]:
                        if other["in"] == "path":
                            value = example if other is parameter else other["schema"]["examples"][0]
                            asked_for = asked_for.replace("{" + other["name"] + "}", quote(value, safe=":/"))
                elif parameter["required"]:
                    asked_for = address
                else:
                    value = str(example).lower() if isinstance(example, bool) else example
                    asked_for = address + ("&" if "?" in address else "?") + urlencode({parameter["name"]: value}, doseq=True)
                reply = client.get(asked_for)
                assert reply.status_code == 200, (asked_for, reply.text)
                asked += 1
                if reply.headers["content-type"] == MEDIA_TYPES["json"]:
                    strictly(model_of(operation), reply.json())
    assert asked > 30


def test_every_form_that_is_promised_is_sent(client: TestClient, openapi: dict[str, Any]) -> None:
    for path, operation in operations(openapi):
        promised = set(operation["responses"]["200"]["content"])
        sent = {client.get(example_address(path, operation), headers={"Accept": m}).headers["content-type"].partition(";")[0] for m in promised}
        assert sent == promised == {m.partition(";")[0] for m in MEDIA_TYPES.values()}


def test_every_route_names_its_problems_and_none_that_is_never_sent(openapi: dict[str, Any]) -> None:
    statuses = {str(kind.status) for kind in KINDS.values()} - {"405", "413"}
    assert set(openapi["paths"][UPLOAD]["post"]["responses"]) == {"200", "413"} | statuses - {"404", "410"}
    for path, operation in operations(openapi):
        assert set(operation["responses"]) == {"200", "304"} | statuses, path
        for status in statuses:
            assert set(operation["responses"][status]["content"]) == {MEDIA_TYPE}
        assert operation["description"] and operation["operationId"].isidentifier()
    assert "HTTPValidationError" not in openapi["components"]["schemas"]


def test_every_kind_of_reply_fits_its_schema_over_the_whole_graph(client: TestClient, graph: KnowledgeGraph) -> None:
    keys = graph.framework_service.keys()
    strictly("Frameworks", client.get(f"{PREFIX}/frameworks").json())
    strictly("Overview", client.get(f"{PREFIX}/coverage?exploratory=true").json())
    strictly("Health", client.get("/health").json())
    for key in keys:
        framework = strictly("Framework", client.get(f"{PREFIX}/frameworks/{key}").json())
        for member in framework.members:
            strictly("Concept", client.get(f"{PREFIX}/concepts/{member.curie}").json())
        strictly("Mappings", client.get(f"{PREFIX}/mappings?object_framework={key}&limit=1000&exploratory=true").json())
        strictly("SearchHits", client.get(f"{PREFIX}/search?q=e&framework={key}").json())
    for source in keys:
        for target in keys:
            if source != target:
                strictly("Crosswalk", client.get(f"{PREFIX}/crosswalks/{source}/{target}?exploratory=true&routes=true").json())
                strictly("Coverage", client.get(f"{PREFIX}/coverage/{source}/{target}?routes=true").json())
    for case in strictly("Cases", client.get(f"{PREFIX}/cases").json()).items:
        strictly("Case", client.get(f"{PREFIX}/cases/{case.id}").json())
    strictly("CaseView", client.get(f"{PREFIX}/cases/esther/through/recovery-review").json())
    for rows, columns in (("domain", "case"), ("impact", "stakeholder"), ("construct", "phase"), ("level", "valence"), ("context-word", "kind")):
        strictly("Matrix", client.get(f"{PREFIX}/matrix?rows={rows}&columns={columns}").json())
    for group in ("competency", "service", "qc", "build"):
        strictly("StoredQueries", client.get(f"{PREFIX}/queries?group={group}").json())


def test_explanations_of_every_state_and_kind_fit_the_schema(client: TestClient, graph: KnowledgeGraph) -> None:
    pairs = {("logic:M3", "chime:I"), ("imri:B1", "imri:B1"), ("assimilation:T", "chime:H")}
    records = graph.reader.all_records.values()
    for basis in BASES:
        pairs |= {(r.subject.curie, r.object.curie) for r in [r for r in records if r.basis == basis and ":N" not in r.object.curie][:15]}
    pairs |= {(r.subject.curie, r.object.curie) for r in [r for r in records if (r.exploratory or r.negated) and ":N" not in r.object.curie][:15]}
    members = {e.curie for e in graph.index.entries}
    pairs |= {(c["subject"], c["object"]) for c in [c for c in graph.reader.causal if {c["subject"], c["object"]} <= members][:15]}
    states = set()
    for subject, target in sorted(pairs):
        reply = client.get(f"{PREFIX}/explain", params={"subject": subject, "object": target})
        states.add(strictly("Explanation", reply.json()).state)
    assert {"mapped", "not_assessed", "judged_not_mapped"} <= states


def test_no_model_is_left_without_a_route(openapi: dict[str, Any]) -> None:
    models = {
        name for name, value in vars(schemas).items()
        if isinstance(value, type) and issubclass(value, BaseModel)
    }  # fmt: skip
    assert models == set(openapi["components"]["schemas"])


def test_a_member_that_a_schema_does_not_know_is_noticed(client: TestClient) -> None:
    body = client.get("/health").json()
    with pytest.raises(ValueError, match="extra_forbidden"):
        strictly("Health", {**body, "more": 1})
    with pytest.raises(ValueError, match="missing"):
        strictly("Health", {k: v for k, v in body.items() if k != "digest"})
