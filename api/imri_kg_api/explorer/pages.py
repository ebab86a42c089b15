"""Which page shows which answer: a template and a view for each route, and the parameters that the page adds to those of the route.

A page stands at the address of its route without `/api/v1`. There, and at the address of the route, a client that wants HTML gets the page, and any
other client the data; the page's own parameters (what is folded, which cell is open) change nothing of the data.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from starlette.requests import Request

from imri_kg.graph import KnowledgeGraph
from imri_kg_api.addresses import address, route_path
from imri_kg_api.explorer.links import Links
from imri_kg_api.explorer.words import Words

__all__ = ["Asked", "Page", "own_parameters", "page", "page_for", "start_page"]


class Asked(NamedTuple):
    """What a view knows beside the answer: the request, the release, the words and the addresses of other pages."""

    request: Request
    graph: KnowledgeGraph
    words: Words
    links: Links

    def value(self, name: str, default: str = "") -> str:
        """Return a parameter of the request."""
        return self.request.query_params.get(name, default)

    def values(self, name: str) -> list[str]:
        """Return every value of a parameter."""
        return self.request.query_params.getlist(name)

    def flag(self, name: str) -> bool:
        """Say whether a switch is on."""
        return self.value(name).lower() in ("true", "1", "yes", "on")

    def with_parameters(self, **changes: str | list[str] | bool | None) -> str:
        """Return the address of this page with other parameters: None, False and empty lists take one away, and `from_` stands for `from`."""
        changes = {name.rstrip("_"): value for name, value in changes.items()}
        kept = [(name, value) for name, value in self.request.query_params.multi_items() if name not in changes and name not in ("format", "answer")]
        for name, value in changes.items():
            if value is True:
                kept.append((name, "true"))
            elif isinstance(value, str):
                kept.append((name, value))
            elif isinstance(value, list):
                kept += [(name, item) for item in value]
        found = address(self.request.scope, kept)
        prefix = self.links.root + "/api/v1"
        return self.links.root + found.removeprefix(prefix) if route_path(self.request.scope).startswith("/api/") else found


View = Callable[[Asked, Any], Mapping[str, Any]]
Start = Callable[[Asked], Mapping[str, Any]]


class Page(NamedTuple):
    """A page: its template, what prepares it, its own parameters with whether each may be repeated, and what stands there before anything was asked.

    `start` prepares the same template's beginning, a form, for an address without the parameters that the route needs; None where it needs none.
    """

    template: str
    view: View
    parameters: Mapping[str, bool]
    start: tuple[str, Start] | None = None


_PAGES: dict[str, Page] = {}


def page(route: str, template: str, *, own: Mapping[str, bool] | None = None) -> Callable[[View], View]:
    """Make a view the page of a route.

    Args:
        route: name of the route's function, such as `read_concept`.
        template: file below `templates/`.
        own: parameters of the page alone, each with whether it may be repeated.
    """

    def register(view: View) -> View:
        _PAGES[route] = Page(template, view, own or {})
        return view

    return register


def start_page(route: str, template: str) -> Callable[[Start], Start]:
    """Make a function the page of a route before anything was asked, to be registered after its page.

    Args:
        route: name of the route's function.
        template: file below `templates/`.
    """

    def register(start: Start) -> Start:
        _PAGES[route] = _PAGES[route]._replace(start=(template, start))
        return start

    return register


def page_for(route: str) -> Page | None:
    """Return the page of a route, or None where its answers have no page of their own."""
    return _PAGES.get(route)


def own_parameters(route: str) -> Mapping[str, bool]:
    """Return the parameters of a route's page alone."""
    found = _PAGES.get(route)
    return found.parameters if found else {}
