"""Examples of replies for the OpenAPI document: each is what this server answers from its release when the example of a question is asked.

Made when the document is first asked for, so that none can be out of date. Called by the routes in `routers/pages.py`.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from copy import deepcopy
from typing import Any

from imri_kg_api.example_addresses import example_address

__all__ = ["Ask", "with_replies"]

#: Asks an address, with a body where one is sent as JSON, and gives status and body of the reply.
Ask = Callable[[str, bytes | None], Awaitable[tuple[int, bytes]]]
_JSON = "application/json"


async def with_replies(document: dict[str, Any], ask: Ask) -> dict[str, Any]:
    """Return a copy of an OpenAPI document in which each operation that answers in our own JSON has an example of its reply.

    An example that this release does not answer, as one that knows other frameworks, is left out.

    Args:
        document: the OpenAPI document.
        ask: asks the application that it describes.
    """
    found = deepcopy(document)
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            content = operation["responses"].get("200", {}).get("content", {}).get(_JSON, {})
            asked = _question(path, method, operation)
            # Answers to SPARQL have a form of their own, and examples of their own.
            if asked is None or "$ref" not in content.get("schema", {}):
                continue
            address, body = asked
            status, reply = await ask(address, body)
            if status == 200:
                content["examples"] = {"release": {"summary": f"The reply to {method.upper()} {address}; each list shows its first member.", "value": shortened(json.loads(reply))}}
    return found


def _question(path: str, method: str, operation: dict[str, Any]) -> tuple[str, bytes | None] | None:
    """Return what to ask for an example, None where only files are sent."""
    if method == "get":
        return example_address(path, operation), None
    sent = operation.get("requestBody", {}).get("content", {}).get(_JSON, {})
    return (path, json.dumps(sent["example"]).encode()) if "example" in sent else None


def shortened(value: Any) -> Any:
    """Return a JSON value of which each list has only its first member.

    >>> shortened({"items": [{"states": ["mapped", "contested"]}, {}]})
    {'items': [{'states': ['mapped']}]}
    """
    if isinstance(value, dict):
        return {name: shortened(member) for name, member in value.items()}
    return [shortened(item) for item in value[:1]] if isinstance(value, list) else value
