"""The OpenAPI document describes the replies as they are, and its examples can be asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

import pytest
from imri_kg_api import schemas
from imri_kg_api.app import PREFIX
from imri_kg_api.example_addresses import example_address
from imri_kg_api.problems import KINDS, MEDIA_TYPE
from imri_kg_api.reply_examples import shortened, with_replies
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
#: Parameters whose values come out of a reply: there is no example that holds in every release.
FROM_REPLIES = {"answer", "page"}


def operations(openapi: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each path that is read and answered in our own JSON, with its operation; SPARQL and files have forms of their own."""
    found = 0
    for path, methods in openapi["paths"].items():
        if "get" in methods and "$ref" in methods["get"]["responses"]["200"]["content"].get("application/json", {}).get("schema", {}):
            found += 1
            yield path, methods["get"]
    assert found >= 17


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
            if parameter["name"] in FROM_REPLIES:
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


def test_every_operation_has_an_example_that_is_answered(client: TestClient, openapi: dict[str, Any]) -> None:
    answered = 0
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            if method == "get":
                reply = client.get(example_address(path, operation))
            else:
                content = operation["requestBody"]["content"]
                sent = next((media for media, described in content.items() if "example" in described), None)
                if sent is None:
                    # Files have no example in a document; those of the template are sent in test_api_cases.
                    assert path == UPLOAD, path
                    continue
                example = content[sent]["example"]
                how = {"json": example} if sent == "application/json" else {"data": example} if isinstance(example, dict) else {"content": example, "headers": {"Content-Type": sent}}
                reply = client.post(path, **how)
                if sent == "application/json":
                    strictly(model_of(operation), reply.json())
            assert reply.status_code == 200, (method, path, reply.text[:300])
            answered += 1
    assert answered >= 20


def test_every_form_that_is_promised_is_sent(client: TestClient, openapi: dict[str, Any]) -> None:
    for path, operation in operations(openapi):
        promised = set(operation["responses"]["200"]["content"])
        by_name = {p["name"]: p for p in operation["parameters"]}["format"]["schema"]["enum"]
        address = example_address(path, operation)
        sent = {client.get(address, headers={"Accept": m}).headers["content-type"].partition(";")[0] for m in promised}
        named = {client.get(address + ("&" if "?" in address else "?") + f"format={form}").headers["content-type"] for form in by_name}
        assert sent == promised == {m.partition(";")[0] for m in named}, path
        assert named == {MEDIA_TYPES[form] for form in by_name}


def test_a_form_that_an_answer_does_not_have_is_refused_with_those_that_it_has(client: TestClient, openapi: dict[str, Any]) -> None:
    refused = 0
    for path, operation in operations(openapi):
        promised = set(operation["responses"]["200"]["content"])
        address = example_address(path, operation)
        for form in {form for form, m in MEDIA_TYPES.items() if m.partition(";")[0] not in promised}:
            for reply in (client.get(address, headers={"Accept": MEDIA_TYPES[form]}), client.get(address + ("&" if "?" in address else "?") + f"format={form}")):
                assert (reply.status_code, set(reply.json()["known"])) == (406, promised), (path, form)
                refused += 1
    assert refused > 20


def test_every_route_names_its_problems_and_none_that_is_never_sent(openapi: dict[str, Any]) -> None:
    statuses = {"400", "404", "406", "410", "500", "503"}
    assert statuses <= {str(kind.status) for kind in KINDS.values()}
    assert set(openapi["paths"][UPLOAD]["post"]["responses"]) == {"200", "413", "default"} | statuses - {"404", "410"}
    for path, operation in operations(openapi):
        assert set(operation["responses"]) == {"200", "304", "default"} | statuses, path
        for status in (*statuses, "default"):
            assert set(operation["responses"][status]["content"]) == {MEDIA_TYPE, "text/html"}
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


def test_every_reply_has_an_example_that_the_release_gives_and_its_schema_allows(client: TestClient, openapi: dict[str, Any]) -> None:
    for path, operation in operations(openapi):
        (example,) = operation["responses"]["200"]["content"]["application/json"]["examples"].values()
        strictly(model_of(operation), example["value"])
        address = example_address(path, operation)
        assert address in example["summary"]
        assert example["value"] == shortened(client.get(address).json()), path
    (batch,) = openapi["paths"][f"{PREFIX}/mappings/batch"]["post"]["responses"]["200"]["content"]["application/json"]["examples"].values()
    assert batch["value"]["items"][0]["answer"]["items"][0]["evidence"]
    strictly("BatchAnswer", batch["value"])


def test_a_release_that_does_not_answer_an_example_leaves_it_out() -> None:
    import asyncio

    document = {"paths": {"/x": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/a"}}}}}}}}}

    async def ask(address: str, body: bytes | None) -> tuple[int, bytes]:
        assert (address, body) == ("/x", None)
        return 404, b"{}"

    assert asyncio.run(with_replies(document, ask)) == document


def test_the_document_has_files_and_linked_data_and_says_where_the_rest_is(openapi: dict[str, Any]) -> None:
    for path, media_type in (("/downloads/{name}", "application/trig"), ("/id/{name}", "application/ld+json"), ("/.well-known/void", "text/turtle")):
        replies = openapi["paths"][path]["get"]["responses"]
        assert media_type in replies["200"]["content"] and "application/problem+json" in replies["400"]["content"], path
    for address in ("`/graph/…`", "`/ontology`", "`/releases/{release}/…`", "`/mcp`"):
        assert address in openapi["info"]["description"]


def test_the_slash_in_the_name_of_a_query_may_be_escaped(client: TestClient, openapi: dict[str, Any]) -> None:
    (name,) = (p for p in openapi["paths"][f"{PREFIX}/queries/{{name}}"]["get"]["parameters"] if p["name"] == "name")
    assert "/api/v1/queries/service/framework-limits?key=chime" in name["description"]
    plain, escaped = (client.get(f"{PREFIX}/queries/service{slash}framework-limits?key=chime") for slash in ("/", "%2F"))
    assert plain.status_code == escaped.status_code == 200
    assert plain.json()["items"] == escaped.json()["items"] != []
