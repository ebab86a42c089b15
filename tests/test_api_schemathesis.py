"""Schemathesis over every operation: whatever is asked, no fault of the server, and no reply that the OpenAPI document does not describe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from imri_kg_api.app import create_app

from imri_kg.graph import KnowledgeGraph

if TYPE_CHECKING:
    from fastapi import FastAPI
    from schemathesis.schemas import APIOperation

#: Requests of each operation and kind: such as the document allows, and such as it does not. Each upload takes a process of its own.
REQUESTS = {"POST /api/v1/validate": 2}
MOST = 16
#: Seconds after which a reply is a fault. The first download writes all of them.
PATIENCE = 60


@pytest.fixture(scope="module")
def app(graph: KnowledgeGraph) -> Iterator[FastAPI]:
    """An application whose document promises only what each operation lists: no reply may hide behind `default`."""
    made = create_app(graph)
    for operations in made.openapi()["paths"].values():
        for operation in operations.values():
            assert operation["responses"].pop("default")
    yield made
    made.state.validations.close()
    made.state.queries.close()


def _known(operation: APIOperation) -> dict[str, dict[str, Any]]:
    """Return the examples of the required parameters, by where they stand: made-up values seldom name anything."""
    found: dict[str, dict[str, Any]] = {"path": {}, "query": {}}
    for parameter in operation.schema.raw_schema["paths"][operation.path][operation.method].get("parameters", ()):
        if parameter.get("required") and parameter["schema"].get("examples"):
            found[parameter["in"]][parameter["name"]] = parameter["schema"]["examples"][0]
    return found


def _ask(operation: APIOperation, mode: Any, checks: list[Any], tally: Counter[int], faults: list[str]) -> None:
    """Ask an operation as often as it may be, count the replies by status, and collect what the checks say."""
    known = _known(operation)

    @settings(max_examples=REQUESTS.get(operation.label, MOST), derandomize=True, deadline=None, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode), named=st.booleans())
    def ask(case: Any, named: bool) -> None:
        if named:
            case.path_parameters = {**(case.path_parameters or {}), **known["path"]}
            case.query = {**(case.query or {}), **known["query"]}
        reply = case.call(timeout=PATIENCE)
        tally[reply.status_code] += 1
        try:
            case.validate_response(reply, checks=checks)
        except BaseExceptionGroup as group:
            faults.append(f"{case.as_curl_command()}: {group.exceptions[0]}"[:600])

    ask()


@pytest.mark.filterwarnings("ignore")
def test_no_request_makes_a_fault_or_a_reply_that_is_not_described(app: FastAPI) -> None:
    import schemathesis
    from hypothesis.errors import Unsatisfiable
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    every = [not_a_server_error, checks.status_code_conformance, checks.content_type_conformance, checks.response_headers_conformance, checks.allow_header_conformance]
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    tally, faults = Counter[int](), list[str]()
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) >= 18
    for operation in operations:
        # The document gives SPARQL results as text, since any query can be sent.
        these = every if operation.path == "/sparql" else [*every, checks.response_schema_conformance]
        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
            try:
                _ask(operation, mode, these, tally, faults)
            except Unsatisfiable:
                # The one argument takes any text, so that no request goes against the document.
                assert (operation.path, mode) == ("/downloads/{name}", schemathesis.GenerationMode.NEGATIVE)
    print(f"schemathesis: {len(operations)} operations, {sum(tally.values())} requests, by status {dict(sorted(tally.items()))}")
    assert faults == []
    assert not [status for status in tally if status >= 500 and status != 503]
    # A run in which nothing is answered, or nothing is refused, tries nothing.
    assert tally[200] > len(operations) and tally[400] > len(operations) and tally[404] and tally[410]
