"""Addresses that can be asked, made from the examples that the OpenAPI document gives of parameters.

Called by the page that lists the API, and by what puts examples of replies into the document.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

__all__ = ["example_address"]


def example_address(path: str, operation: Mapping[str, Any]) -> str:
    """Return an address that can be asked: the path with the examples of its required parameters filled in.

    Args:
        path: path of the operation, with its parameters in braces.
        operation: the operation, as OpenAPI describes it.
    """
    query = {}
    for parameter in operation.get("parameters", ()):
        if not parameter["required"]:
            continue
        example = parameter["schema"]["examples"][0]
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", quote(example, safe=":/"))
        else:
            query[parameter["name"]] = example
    return path + ("?" + urlencode(query, safe=":/") if query else "")
