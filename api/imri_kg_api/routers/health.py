"""Whether the server answers, from which release, and whether questions should be sent to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from imri_kg.model import Answer
from imri_kg_api import schemas
from imri_kg_api.documentation import describe
from imri_kg_api.parameters import Graph
from imri_kg_api.problems import reply as problem_reply
from imri_kg_api.replying import Replies

__all__ = ["router"]

router = APIRouter(tags=["server"])
#: Seconds after which whoever watches may ask again.
_AGAIN = {"Retry-After": "5"}


@dataclass(frozen=True)
class Health(Answer):
    """The release of a graph that has just answered a question."""

    info: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return the reply as a JSON object."""
        names = ("version", "digest", "base", "counts", "release")
        return {"status": "ok", **{name: self.info[name] for name in names}, "query": "service/frameworks"}

    def rows(self) -> list[dict[str, Any]]:
        """Return the reply as one row a property."""
        return [{"property": name, "value": value} for name, value in self.to_json().items()]


@dataclass(frozen=True)
class Standing(Answer):
    """The state of the server in one word."""

    status: str
    release: str

    def to_json(self) -> dict[str, Any]:
        """Return the reply as a JSON object."""
        return {"status": self.status, "query": "health", "release": self.release}

    def rows(self) -> list[dict[str, Any]]:
        """Return the reply as one row."""
        return [self.to_json()]


@router.get("/health", **describe(schemas.Health))
def read_health(graph: Graph, reply: Replies) -> Response:
    """Say that the server answers, after asking the store a question."""
    graph.check_store()
    return reply(Health(graph.release_info))


@router.get("/health/live", **describe(schemas.Live))
async def read_live(graph: Graph, reply: Replies) -> Response:
    """Say that the process answers, without asking anything: one that does not should be started again."""
    return reply(Standing("ok", graph.release))


@router.get("/health/ready", **describe(schemas.Ready))
def read_ready(request: Request, graph: Graph, reply: Replies) -> Response:
    """Say whether questions should be sent: the store answers, query workers are there, and the server is not about to stop."""
    standing = request.app.state.standing
    if standing is not None and standing.draining:
        return problem_reply(request, "not-ready", "The server is about to stop and takes no further questions.", _AGAIN)
    figures = request.app.state.queries.stats()
    if figures["workers"] and not figures["ready"] and not figures["busy"]:
        return problem_reply(request, "not-ready", "The workers of SPARQL queries have not started yet.", _AGAIN)
    graph.check_store()
    return reply(Standing("ready", graph.release))
