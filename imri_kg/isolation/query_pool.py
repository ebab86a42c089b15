"""Workers of queries that stand ready: a killed one is replaced in the background while the others answer.

Called by the HTTP door for free SPARQL, and by the command line on demand. It is used from several threads; each question holds its thread until its
answer is whole or streams.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import Future

from imri_kg.errors import ImriError, QueryBusyError, QueryError, SnapshotError, UnknownNameError
from imri_kg.isolation.query_worker import Limits, QueryWorker, Question
from imri_kg.sparql_text import QueryText, read_query

__all__ = ["Answer", "Claim", "Limits", "QueryPool", "Question"]

#: Seconds that a question waits for a worker, at most.
_PATIENCE = 10.0
#: Queries of which it is remembered what their text tells.
_REMEMBERED = 100


class Answer:
    """An answer whose first part has come.

    Attributes:
        whole: whether `first` is all of it.
        first: bytes of the first part.
        rest: the further parts. An error in their midst means that the parts before are no answer.
    """

    def __init__(self, first: bytes, rest: Iterator[bytes], whole: bool, done: Callable[[], None]) -> None:
        self.first, self.rest, self.whole, self._done = first, rest, whole, done

    def close(self) -> None:
        """Give the worker back; it is killed where the answer has not been taken to its end."""
        self._done()


class Claim:
    """What one who asks holds on a pool: `give_up`, from another thread, ends the question at any moment."""

    def __init__(self) -> None:
        self.given_up = False
        self._worker: QueryWorker | None = None
        self._lock = threading.Lock()

    def give_up(self) -> None:
        """End the question, and the process that answers it."""
        with self._lock:
            self.given_up = True
            worker = self._worker
        if worker is not None:
            worker.close()

    def take(self, worker: QueryWorker | None) -> None:
        """Note which worker answers.

        Raises:
            QueryError: the question was given up before.
        """
        with self._lock:
            self._worker = worker
            if worker is not None and self.given_up:
                raise QueryError("The query was stopped before its end.")


class QueryPool:
    """Answers queries of several threads from workers of their own.

    Args:
        quads: gives the graph as N-Quads; asked once, when the first worker starts.
        prefixes: prefixes that queries need not declare.
        base: base IRI of the graph.
        limits: what each query may take.
        workers: queries at one time.
        waiting: queries that may wait for a worker; further ones are refused.
    """

    def __init__(self, quads: Callable[[], bytes], prefixes: Mapping[str, str], base: str, *, limits: Limits = Limits(), workers: int = 2, waiting: int = 64) -> None:
        if workers < 1 or waiting < 0:
            raise ValueError("A pool has at least one worker, and no less than nobody waits.")
        self._quads, self.prefixes, self.base, self.limits = quads, dict(prefixes), base, limits
        self.capacity = workers + waiting
        self._lock = threading.Condition()
        self._reading = threading.Lock()
        self._kept: bytes | None = None
        self._read: dict[tuple[str, str], QueryText] = {}
        self._inside = 0
        self._closed = False
        self._replaced = 0
        self._graphs: frozenset[str] | None = None
        self._idle: deque[Future[QueryWorker]] = deque()
        self._busy: set[QueryWorker] = set()
        self._workers = workers
        for _ in range(workers):
            self._begin()

    def answer(self, question: Question, limits: Limits | None = None, claim: Claim | None = None) -> Answer:
        """Answer a question up to its first part, which most often is all of it. Close the answer when it has been taken.

        Args:
            question: what is asked.
            limits: narrower limits of this question.
            claim: lets somebody else end it.

        Raises:
            QueryError: the query cannot be run.
            UnknownNameError: it names a graph that is none of ours.
            QueryLimitError: a limit was met.
            QueryBusyError: too many queries are waiting.
            SnapshotError: no worker can be started, or the pool is closed.
        """
        text = question.text or self.read(question.query, question.base)
        question = question._replace(text=text)
        worker = self._take()
        parts: Generator[tuple[bytes, bool]] | None = None
        given_back = False

        def done() -> None:
            nonlocal given_back
            if not given_back:
                given_back = True
                if claim is not None:
                    claim.take(None)
                if parts is not None:
                    try:
                        parts.close()
                    except ValueError:
                        # Another thread reads a part at this moment; it meets the end of the process.
                        worker.close()
                self._give_back(worker)

        try:
            if claim is not None:
                claim.take(worker)
            for iri in (*text.default, *text.named, *(iri for graphs in question.dataset or () for iri in graphs)):
                if iri not in worker.graphs:
                    raise UnknownNameError("graph", iri, sorted(worker.graphs))
            parts = worker.ask(question, _narrower(self.limits, limits))
            first, whole = next(parts)
            if whole:
                done()
            return Answer(first, (part for part, _ in parts), whole, done)
        except BaseException:
            done()
            raise

    def read(self, query: str, base: str | None = None) -> QueryText:
        """Return what `read_query` gives for a query; the last ones are remembered, since many clients ask the same again.

        Raises:
            QueryError: the query must not reach a parser.
        """
        key = (query, base or self.base)
        found = self._read.get(key)
        if found is None:
            found = self._read[key] = read_query(query, self.prefixes, key[1])
            while len(self._read) > _REMEMBERED:
                self._read.pop(next(iter(self._read)), None)
        return found

    def wait_ready(self) -> None:
        """Wait until every worker stands ready.

        Raises:
            SnapshotError: one cannot be started.
        """
        with self._lock:
            begun = list(self._idle)
        for future in begun:
            future.result()

    def stats(self) -> dict[str, int]:
        """Return how many workers there are, how many answer and how many questions wait, and how many workers were replaced so far."""
        with self._lock:
            busy = len(self._busy)
            ready = sum(1 for f in self._idle if f.done() and f.exception() is None)
            return {"workers": self._workers, "ready": ready, "busy": busy, "waiting": max(self._inside - busy, 0), "replaced": self._replaced}

    def close(self) -> None:
        """End all workers, those that answer too, and take no further question."""
        with self._lock:
            self._closed = True
            idle, busy = list(self._idle), list(self._busy)
            self._idle.clear()
            self._lock.notify_all()
        for worker in busy:
            worker.close()
        for future in idle:
            future.add_done_callback(_close)

    def __enter__(self) -> QueryPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _take(self) -> QueryWorker:
        """Return a worker, after waiting for one."""
        with self._lock:
            if self._inside >= self.capacity:
                raise QueryBusyError(f"{self._inside} queries are running or waiting, and no more are taken. Ask again in a few seconds.")
            self._inside += 1
            try:
                while True:
                    begun = self._wait_for_one()
                    self._lock.release()
                    try:
                        worker = self._made(begun)
                    finally:
                        self._lock.acquire()
                    if worker is not None:
                        self._busy.add(worker)
                        return worker
            except BaseException:
                self._inside -= 1
                raise

    def _wait_for_one(self) -> Future[QueryWorker]:
        """Return a worker that stands ready, else one that is being started; called with the lock held."""
        if not self._lock.wait_for(lambda: self._closed or bool(self._idle), _PATIENCE):
            raise QueryBusyError(f"All workers were busy for {_PATIENCE:g} seconds. Ask again in a few seconds.")
        if self._closed:
            raise SnapshotError("The server is stopping and takes no further query.")
        ready = next((f for f in self._idle if f.done()), None)
        if ready is None:
            return self._idle.popleft()
        self._idle.remove(ready)
        return ready

    def _made(self, begun: Future[QueryWorker]) -> QueryWorker | None:
        """Return the worker; None, with another one begun, where it ended while it stood ready."""
        try:
            worker = begun.result()
        except ImriError:
            with self._lock:
                self._begin()
            raise
        if worker.alive:
            return worker
        worker.close()
        with self._lock:
            self._begin()
        return None

    def _give_back(self, worker: QueryWorker) -> None:
        fresh = worker.alive and not worker.worn
        if not fresh:
            worker.close()
        with self._lock:
            self._busy.discard(worker)
            self._inside -= 1
            if self._closed:
                worker.close()
            elif fresh:
                again: Future[QueryWorker] = Future()
                again.set_result(worker)
                self._idle.append(again)
            else:
                self._replaced += 1
                self._begin()
            self._lock.notify()

    def _begin(self) -> None:
        """Start a worker in the background."""
        begun: Future[QueryWorker] = Future()
        self._idle.append(begun)

        def start() -> None:
            try:
                worker = QueryWorker(self._read_once(), self.prefixes, self.base, self.limits)
            except BaseException as error:
                begun.set_exception(error)
            else:
                begun.set_result(worker)
            with self._lock:
                # One that waits may prefer this worker to one that is still starting.
                self._lock.notify()

        threading.Thread(target=start, name="query-worker", daemon=True).start()


    def _read_once(self) -> bytes:
        """Return the graph, which is kept: read anew for each worker that is replaced, its copies would pile up in the memory of the process."""
        with self._reading:
            if self._kept is None:
                self._kept = self._quads()
            return self._kept


def _close(begun: Future[QueryWorker]) -> None:
    if begun.exception() is None:
        begun.result().close()


def _narrower(most: Limits, wanted: Limits | None) -> Limits:
    """Return the limits of one question: what it asks for, within those of the pool."""
    return most if wanted is None else Limits(*(min(pair) for pair in zip(most, wanted, strict=True)))
