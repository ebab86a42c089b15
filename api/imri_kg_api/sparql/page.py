"""The page of the endpoint for people: a form, the prefixes, the limits, and the competency questions as examples. No scripts."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from urllib.parse import urlencode

from jinja2 import Environment, StrictUndefined, Template
from starlette.responses import HTMLResponse

from imri_kg.graph import KnowledgeGraph
from imri_kg.isolation.query_pool import Limits
from imri_kg.sparql_text import LONGEST_QUERY

__all__ = ["home", "response"]


@cache
def _style() -> str:
    return (files(__package__) / "page.css").read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string((files(__package__) / "page.html").read_text(encoding="utf-8"))


def home(graph: KnowledgeGraph, limits: Limits, root: str = "") -> str:
    """Return the page.

    Args:
        graph: the release that is asked.
        limits: what each query may take.
        root: path below which the application is served.
    """
    questions = []
    for query in graph.queries("competency").rows():
        text = str(query["sparql"])
        questions.append({**query, "address": f"{root}/sparql?{urlencode({'query': text, 'format': 'json'})}"})
    return _template().render(
        style=_style(), root=root, release=graph.release, prefixes=graph.prefixes.namespaces, questions=questions,
        seconds=f"{limits.seconds:g}", memory=limits.memory >> 20, results=limits.results >> 20, longest=f"{LONGEST_QUERY:,}",
    )  # fmt: skip


def response(page: str) -> HTMLResponse:
    """Return the page with a policy that allows its own style and its own form, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    return HTMLResponse(page, headers={"Content-Security-Policy": policy})
