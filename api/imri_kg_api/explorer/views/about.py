"""What the project is: states, bases, rules of derivation as they stand in their tables, licences, how to contribute, and what is kept of readers."""

from __future__ import annotations

from functools import lru_cache

from starlette.requests import Request
from starlette.responses import HTMLResponse

from imri_kg import resources
from imri_kg.mapping_rules import read_rules
from imri_kg_api.explorer.shell import asked_by, render

__all__ = ["about_page"]

#: The parts of the page, in their order; each is a heading with an anchor.
_PARTS = ("states", "bases", "labels", "rules", "confidence", "missing", "licences", "contribute", "release", "accessibility", "privacy")
_TABLES = ("ontology", "mappings")


def about_page(request: Request) -> HTMLResponse:
    """Return the page."""
    asked = asked_by(request)
    graph = asked.graph
    sources = graph.sources().to_json()["items"]
    return render(request, "about.html", {
        "title": asked.words("about-title"), "parts": _PARTS, "rules": read_rules(resources.path(*_TABLES)), "columns": _columns(), "info": graph.release_info,
        "gaps": sum(row["gaps_known"] for row in sources), "incomplete": sum(bool(row["gaps_known"]) for row in sources),
        "questions": {state: sum(row["answerable"] == state for row in graph.queries("competency").rows()) for state in ("yes", "partly", "no")},
        "pairs": graph.coverage().to_json()["pairs"],
    })  # fmt: skip


@lru_cache(maxsize=1)
def _columns() -> tuple[str, ...]:
    """Return the columns of the tables in which mappings are contributed, as the first of them has them."""
    file = min(resources.path(*_TABLES).glob("*.author-stated.sssom.tsv"))
    header = next(line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return tuple(header.split("\t"))
