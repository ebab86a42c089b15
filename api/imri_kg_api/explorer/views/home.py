"""The first page: search, questions to begin with, the framework editions with what of them is rebuilt, and the way to check case data."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import HTMLResponse

from imri_kg_api.explorer.shell import render

__all__ = ["home_page"]


def home_page(request: Request) -> HTMLResponse:
    """Return the first page."""
    graph = request.app.state.graph
    overview = graph.coverage().to_json()["pairs"]
    states = {name: sum(pair["counts"][name] for pair in overview) for name in ("mapped", "judged_not_mapped", "contested", "not_assessed")}
    return render(request, "home.html", {
        "title": "imri-kg", "items": graph.frameworks().to_json()["items"], "no_top_search": True, "states_total": states, "empty": sum(not any(pair["records_by_basis"].values()) for pair in overview), "editions_pairs": len(overview),
        "cases": len(graph.cases().to_json()["items"]) if not graph.own_cases else None,
    })  # fmt: skip
