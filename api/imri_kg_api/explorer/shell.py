"""What stands around every page, and how a template becomes a reply: words, addresses, styles, scripts and the policy of the page.

Called by `replying`, `problems` and the explorer's own routes. Every value in a template is escaped by Jinja.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, NamedTuple

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from imri_kg.model import Answer, State
from imri_kg_api.addresses import address
from imri_kg_api.explorer import presenting
from imri_kg_api.explorer.bundle import Bundle
from imri_kg_api.explorer.links import Links
from imri_kg_api.explorer.pages import Asked, page_for
from imri_kg_api.explorer.words import Words

__all__ = ["POLICY", "Frame", "answer_page", "asked_by", "bundle", "digest", "problem_page", "render", "warm"]

#: What a page may load: what this server serves, and pictures that a script draws.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: Forms that a browser keeps as files, with the endings of their names; it shows the others.
_FILES = {"csv": "csv", "tsv": "tsv", "sssom": "sssom.tsv"}
#: Servers below so many prefixes, old releases among them, keep their templates ready.
_MOST_ROOTS = 8


class Frame(NamedTuple):
    """What a page says around an answer: address of the next page, names and addresses of its other forms, its permanent address, and its place in the API."""

    next: str | None = None
    forms: Sequence[tuple[str, str]] = ()
    permalink: str | None = None
    lasting: bool = True
    query: str | None = None


@lru_cache(maxsize=1)
def _words() -> Words:
    return Words()


@lru_cache(maxsize=1)
def bundle() -> Bundle:
    """Return what the browser loads."""
    return Bundle.read()


@lru_cache(maxsize=_MOST_ROOTS)
def _environment(root: str) -> Environment:
    words, links = _words(), Links(root)
    environment = Environment(
        loader=PackageLoader("imri_kg_api.explorer", "templates"), autoescape=True, undefined=StrictUndefined, auto_reload=False, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(
        t=words, tm=words.marked, links=links, lang=words.tag, bundle=bundle(), static=lambda name: f"{root}/static/{name}",
        island_words=lambda prefix: _data("words", {"lang": words.tag, "ftl": words.source(prefix)}), island_data=_data,
        states=[state.value for state in State], files_of_forms=_FILES,
    )  # fmt: skip
    environment.filters.update(presenting.FILTERS)
    return environment


def warm() -> None:
    """Read words, bundle and templates, so that the first page of a server comes as fast as those after it."""
    environment = _environment("")
    _words().names()
    for name in environment.list_templates():
        environment.get_template(name)


def _data(name: str, value: Any) -> Markup:
    """Return data for a script as an element that is never run."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return Markup('<script type="application/json" data-for="{}">{}</script>').format(name, Markup(text))  # noqa: S704 - no < is left in it


def render(request: Request, template: str, shown: Mapping[str, Any], frame: Frame | None = None, *, status: int = 200) -> HTMLResponse:
    """Return a template as a page.

    Args:
        request: the request that it answers.
        template: file below `templates/`.
        shown: what the template names; `title` always.
        frame: what stands around an answer; None for a page that shows none.
        status: status of the reply.
    """
    root = str(request.scope.get("root_path", ""))
    graph = request.app.state.graph
    page = _environment(root).get_template(template).render(
        frame=frame, release=graph.release, licence=graph.licence, built=graph.built, frameworks_known=presenting.framework_names(graph, _words()), asked_path=request.url.path, **shown
    )  # fmt: skip
    return HTMLResponse(page, status_code=status, headers={"Content-Security-Policy": POLICY})


def answer_page(request: Request, answer: Answer, body: Mapping[str, Any], frame: Frame) -> HTMLResponse:
    """Return an answer as its page, or as plain tables where its route has no page of its own.

    Args:
        request: the request that it answers.
        answer: what is shown.
        body: the same as the JSON reply has it.
        frame: what stands around it.
    """
    name = request.scope["route"].name
    found = page_for(name)
    root = str(request.scope.get("root_path", ""))
    if found is None:
        title = f"{name.replace('_', ' ').capitalize()}: {request.url.path.removeprefix(root)}"
        return render(request, "answer.html", {"title": title, **presenting.plain_tables(answer, body, root)}, frame)
    asked = asked_by(request)
    return render(request, found.template, {"asked": asked, "answer": answer, "body": body, **found.view(asked, answer)}, frame)


def problem_page(request: Request, body: Mapping[str, Any], remedy: str) -> Response:
    """Return a problem document as a page; where nothing was asked yet, the page that asks, and where fields were left open, the address without them.

    Args:
        request: the request.
        body: the problem document (RFC 9457).
        remedy: what to do about problems of its kind.
    """
    route = request.scope.get("route")
    found = page_for(getattr(route, "name", ""))
    if found and request.method == "GET" and any(not value.strip() for _, value in request.query_params.multi_items()):
        # A form sends the fields that were left open too.
        filled = [(name, value) for name, value in request.query_params.multi_items() if value.strip()]
        return RedirectResponse(address(request.scope, filled), status_code=303)
    if found and found.start and not request.url.query and str(body["type"]).endswith("/missing-parameter"):
        template, start = found.start
        asked = asked_by(request)
        return render(request, template, {"asked": asked, **start(asked)})
    return render(request, "problem.html", {"title": body["title"], "body": body, "remedy": remedy}, status=int(body["status"]))


def asked_by(request: Request) -> Asked:
    """Return what a view knows of a request."""
    return Asked(request, request.app.state.graph, _words(), Links(str(request.scope.get("root_path", ""))))


@lru_cache(maxsize=1)
def digest() -> str:
    """Return what stands for the pages as they are made: templates, words, and what the browser loads; another one, another page."""
    found = hashlib.sha256(bundle().digest.encode())
    for folder in ("templates", "messages"):
        for name, data in sorted(_files(files(__package__) / folder, folder)):
            found.update(f"{name}\n".encode() + data)
    return found.hexdigest()[:16]


def _files(folder: Traversable, name: str) -> list[tuple[str, bytes]]:
    out: list[tuple[str, bytes]] = []
    for item in folder.iterdir():
        out += _files(item, f"{name}/{item.name}") if item.is_dir() else [(f"{name}/{item.name}", item.read_bytes())]
    return out
