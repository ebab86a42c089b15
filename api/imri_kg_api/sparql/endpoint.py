"""The route `/sparql`: it reads the request, asks the pool of workers in a thread, and sends the answer whole or as a stream.

A stream that a limit ends is broken off, so that no client takes its beginning for the whole.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from imri_kg.describing import service_description
from imri_kg.errors import ImriError, QueryLimitError
from imri_kg.graph import KnowledgeGraph
from imri_kg.isolation.query_pool import Answer, Claim, Limits, QueryPool, Question
from imri_kg_api import problems
from imri_kg_api.explorer.links import Links
from imri_kg_api.explorer.sparql_answers import GRAPHS, found_of
from imri_kg_api.explorer.views.sparql import sparql_page
from imri_kg_api.problems import KINDS, CutShortError, Problem
from imri_kg_api.service_links import service_links
from imri_kg_api.settings import Settings
from imri_kg_api.sparql.documentation import BY_GET, BY_POST, RESPONSES
from imri_kg_api.sparql.forms import choose, described, wants_page
from imri_kg_api.sparql.protocol import Asked, read_request

__all__ = ["Endpoint", "Queries", "router"]

router = APIRouter(tags=["sparql"])
_END = object()
#: Characters from which on a query is read in a thread.
_LONG = 8_000
#: Seconds after which it is looked whether the client is still there; most answers have come by then.
_UNWATCHED = 0.1
#: Bytes of an answer that is shown as a page, which the server reads whole.
_MOST_SHOWN = 4 << 20


class Queries:
    """The pool of an application; it starts when the first query comes, or when `start` is called.

    Args:
        graph: what is asked.
        limits: what each query may take.
        workers: queries at one time.
        waiting: queries that may wait.
    """

    def __init__(self, graph: KnowledgeGraph, *, limits: Limits = Limits(), workers: int = 2, waiting: int = 64) -> None:
        self._graph, self._closed = graph, False
        self._make: Callable[[], QueryPool] = partial(
            QueryPool, graph.nquads, graph.prefixes.namespaces, graph.prefixes.base, limits=limits, workers=workers, waiting=waiting)
        self._pool: QueryPool | None = None
        self._lock = threading.Lock()
        # A thread for each question that is answered or waits, and some for those that are told that too many wait: none is taken from other routes.
        self._threads = ThreadPoolExecutor(workers + waiting + 8, thread_name_prefix="sparql")

    @classmethod
    def of(cls, graph: KnowledgeGraph, settings: Settings) -> Queries:
        """Return the pool that settings ask for."""
        limits = Limits(settings.query_seconds, settings.query_memory, settings.query_results)
        return cls(graph, limits=limits, workers=settings.query_workers, waiting=settings.query_waiting)

    @property
    def pool(self) -> QueryPool:
        """The pool, started when it is first asked for."""
        with self._lock:
            if self._pool is None:
                self._pool = self._make()
            return self._pool

    def in_thread(self, function: Callable[..., Any], *arguments: Any) -> asyncio.Future[Any]:
        """Run something in a thread of the pool's own."""
        return asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)

    def start(self) -> None:
        """Start the workers and wait until they stand ready.

        Raises:
            SnapshotError: one cannot be started.
        """
        self.pool.wait_ready()

    def stats(self) -> dict[str, int]:
        """Return what `QueryPool.stats` does; all is 0 before the first query."""
        with self._lock:
            pool = self._pool
        return pool.stats() if pool is not None else dict.fromkeys(("workers", "ready", "busy", "waiting", "replaced"), 0)

    def close(self) -> None:
        """End all workers."""
        with self._lock:
            pool = self._pool
        if pool is not None:
            pool.close()
        self._threads.shutdown(wait=False)


class Endpoint:
    """Answers requests to the endpoint from a pool.

    Args:
        queries: the pool.
        describe: gives the service description for an address and a form.
    """

    def __init__(self, queries: Queries, describe: Callable[[str, str], bytes]) -> None:
        self._queries, self._describe = queries, describe

    async def __call__(self, request: Request) -> Response:
        """Answer one request of the protocol."""
        asked = await read_request(request)
        accept = ", ".join(request.headers.getlist("accept"))
        if asked.query is None:
            return await self._description(request, asked, accept)
        try:
            return await self._reply(request, asked, asked.query, accept)
        except (Problem, ImriError) as error:
            page = await self._refusal(request, asked, error) if wants_page(accept, asked.format) else None
            if page is None:
                raise
            return page

    async def _reply(self, request: Request, asked: Asked, query: str, accept: str) -> Response:
        pool = self._queries.pool
        # A long text is read in a thread, so that it holds nobody up.
        text = await self._queries.in_thread(pool.read, query) if len(query) > _LONG else pool.read(query)
        if text.form == "UPDATE":
            raise Problem("update-refused", "Updates are refused: the graph of a release never changes. Only queries are answered here.")
        form = choose(text.form, accept, asked.format)
        engine_form = form.name if form.name != "html" else "ttl" if text.form in GRAPHS else "json"
        question = Question(query, engine_form, pool.base, asked.dataset, text)
        limits = _narrowed(pool.limits, asked.seconds)
        if form.name == "html":
            limits = limits or pool.limits
            answer, claim = await self._answer(request, pool, question, limits._replace(results=min(limits.results, _MOST_SHOWN)))
            page = await self._queries.in_thread(self._shown, request, query, text.form, answer, claim)
            return _with_headers(page, text.changing)
        answer, claim = await self._answer(request, pool, question, limits)
        headers = {"Cache-Control": "no-store"} if text.changing else None
        if answer.whole:
            return Response(answer.first, headers=headers, media_type=form.media_type)
        return StreamingResponse(self._parts(answer, claim), headers=headers, media_type=form.media_type)

    async def _description(self, request: Request, asked: Asked, accept: str) -> Response:
        form = described(accept, asked.format)
        if form.name == "html":
            return await self._queries.in_thread(sparql_page, request, self._queries.pool.limits)
        address = str(request.url.replace(query="", fragment=""))
        return Response(await self._queries.in_thread(self._describe, address, form.name), media_type=form.media_type)

    def _shown(self, request: Request, query: str, form: str, answer: Answer, claim: Claim) -> Response:
        """Return an answer as a page."""
        ended = False
        try:
            data = b"".join((answer.first, *answer.rest))
            ended = True
        finally:
            _finish(answer, claim, ended)
        found = found_of(request.app.state.graph, Links(str(request.scope.get("root_path", ""))), form, data)
        return sparql_page(request, self._queries.pool.limits, query=query, form=form, found=found)

    async def _refusal(self, request: Request, asked: Asked, error: Problem | ImriError) -> Response | None:
        """Return the page with the query and why it was refused; None for faults of the server, which are told as everywhere."""
        kind, members = (error.kind, error.members) if isinstance(error, Problem) else problems.of_error(error)
        if KINDS[kind].status >= 500:
            return None
        pool = self._queries.pool
        body = problems.document(kind, str(error), release=request.app.state.graph.release, instance=request.url.path, **members)
        # What met a limit is SPARQL, and can perhaps be had in another form.
        form = pool.read(asked.query).form if isinstance(error, QueryLimitError) and asked.query else ""
        return await self._queries.in_thread(partial(sparql_page, request, pool.limits, query=asked.query, form=form, problem=body))

    async def _answer(self, request: Request, pool: QueryPool, question: Question, limits: Limits | None) -> tuple[Answer, Claim]:
        """Ask in a thread; a client that leaves takes its question with it."""
        claim = Claim()
        answer = self._queries.in_thread(pool.answer, question, limits, claim)
        try:
            done, _ = await asyncio.wait({answer}, timeout=_UNWATCHED)
            if not done:
                left = asyncio.ensure_future(_left(request))
                await asyncio.wait({answer, left}, return_when=asyncio.FIRST_COMPLETED)
                if not left.cancel() and not answer.done():
                    await self._queries.in_thread(claim.give_up)
            return await answer, claim
        except asyncio.CancelledError:
            self._queries.in_thread(claim.give_up)
            raise

    async def _parts(self, answer: Answer, claim: Claim) -> AsyncIterator[bytes]:
        ended = False
        try:
            part: Any = answer.first
            while part is not _END:
                yield part
                part = await self._queries.in_thread(next, answer.rest, _END)
            ended = True
        except ImriError as error:
            raise CutShortError(str(error)) from error
        finally:
            # Whoever takes no more of it frees the worker; that need not be waited for.
            self._queries.in_thread(_finish, answer, claim, ended)


def _with_headers(page: Response, changing: bool) -> Response:
    if changing:
        page.headers["Cache-Control"] = "no-store"
    return page


def _narrowed(limits: Limits, seconds: float | None) -> Limits | None:
    """Return the limits of a question that names a time; one that is never given must not look as if it were.

    Raises:
        Problem: the time is above the limit.
    """
    if seconds is None:
        return None
    if seconds > limits.seconds:
        raise Problem("invalid-parameter", f"'timeout' is {seconds:g} seconds; the limit of this server is {limits.seconds:g}. Name no more than that, or leave it out.", parameter="timeout")
    return limits._replace(seconds=seconds)


def _finish(answer: Answer, claim: Claim, ended: bool) -> None:
    if not ended:
        claim.give_up()
    answer.close()


async def _left(request: Request) -> None:
    """Return once the client has left; what it still sends is passed over."""
    while (await request.receive())["type"] != "http.disconnect":
        continue


async def _answer(request: Request) -> Response:
    state = request.app.state
    response = await Endpoint(state.queries, partial(service_description, state.graph))(request)
    response.headers["Link"] = ", ".join(service_links(request.scope.get("root_path", ""), state.graph.licence))
    return response


@router.get("/sparql", response_class=Response, responses=RESPONSES, openapi_extra=BY_GET)
async def query_sparql(request: Request) -> Response:
    """Answer a SPARQL query over the whole graph, read-only; without a query, describe the service."""
    return await _answer(request)


@router.post("/sparql", response_class=Response, responses=RESPONSES, openapi_extra=BY_POST)
async def post_sparql(request: Request) -> Response:
    """Answer a SPARQL query that is sent as the body, alone or in a form."""
    return await _answer(request)


# Clients that were told of the endpoint with a slash at its end mean the same; it is no second operation.
router.add_route("/sparql/", _answer, methods=["GET", "POST"], include_in_schema=False)
