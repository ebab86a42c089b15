"""Examples on pages: a block with a request, and a block with what the page says of the reply."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["Example", "examples", "holds", "page"]


class Example(NamedTuple):
    """A request on a page and what the page says of the reply."""

    address: str
    form: str
    said: str


def page(name: str) -> str:
    """Return the text of a page in `docs/`."""
    return (Path(__file__).parents[1] / "docs" / name).read_text(encoding="utf-8")


def examples(text: str) -> list[Example]:
    """Read the pairs of blocks, a request and a reply; a block of another language before the first request stands alone."""
    blocks = re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    pairs = []
    for (kind, request), (form, said) in zip(blocks, blocks[1:], strict=False):
        if kind == "http":
            assert request.startswith("GET /") and form in ("json", "csv"), request
            pairs.append(Example(request.removeprefix("GET ").strip(), form, said))
    return pairs


def holds(said: Any, reply: Any, place: str = "") -> None:
    """Assert that a reply holds all that is said of it: members of objects, and items of lists in their order."""
    if isinstance(said, dict):
        for name, value in said.items():
            assert name in reply, f"{place}.{name}"
            holds(value, reply[name], f"{place}.{name}")
    elif isinstance(said, list) and said:
        rest = iter(reply)
        for number, item in enumerate(said):
            assert any(_fits(item, candidate) for candidate in rest), f"{place}[{number}]: no item like {item} in its order"
    else:
        assert reply == said, place


def _fits(said: Any, reply: Any) -> bool:
    try:
        holds(said, reply)
    except (AssertionError, TypeError):
        return False
    return True
