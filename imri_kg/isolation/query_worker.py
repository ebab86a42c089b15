"""The parent's side of a worker of queries: starts it, gives it the graph, asks it, ends it at a limit.

Called by `query_pool`. An answer comes in parts as the worker writes them; what is read of it counts only once the last part has come.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from typing import NamedTuple

from imri_kg.errors import ImriError, QueryError, QueryLimitError, SnapshotError
from imri_kg.isolation import frames
from imri_kg.isolation.child import CRASHES, TIME_SIGNALS, Child
from imri_kg.isolation.confinement import MEMORY_STATUS
from imri_kg.sparql_text import QueryText, read_query

__all__ = ["Limits", "Question", "QueryWorker"]

_START_SECONDS = 60.0
#: A client that takes an answer slowly gets this many times the limit for all of it.
_SLOWEST = 6
_MOST_FRAME = 1 << 30
_NARROWER = "Ask for less: name more of the pattern, fewer cross products, or add LIMIT"


class Limits(NamedTuple):
    """What one query may take: seconds, bytes of memory beside the graph, bytes of its answer."""

    seconds: float = 10.0
    memory: int = 512 << 20
    results: int = 64 << 20


class Question(NamedTuple):
    """A query, the form of its answer (`imri_kg.store.SERIALIZATIONS`), its base IRI, and the graphs that it is asked of.

    `dataset` holds the IRIs of the graphs of the default graph and of the named graphs; None leaves them to the query. `text` is what `read_query`
    gave for the query: nothing reaches the engine that it has not looked at.
    """

    query: str
    form: str
    base: str
    dataset: tuple[Sequence[str], Sequence[str]] | None = None
    text: QueryText | None = None


class QueryWorker:
    """A process that answers queries, one at a time. `ask` gives the parts of an answer; `close` ends it at any moment.

    Args:
        quads: the graph as N-Quads.
        prefixes: prefixes that queries need not declare.
        base: base IRI of the graph.
        limits: what each query may take.

    Raises:
        SnapshotError: it cannot be started, or cannot read the graph.
    """

    def __init__(self, quads: bytes, prefixes: Mapping[str, str], base: str, limits: Limits) -> None:
        self.limits, self._prefixes = limits, dict(prefixes)
        self.graphs: frozenset[str] = frozenset()
        #: Whether it has to be replaced: it has ended, or its memory has grown.
        self.worn = False
        self._lock = threading.Condition()
        self._deadline: float | None = None
        try:
            self._child = Child("imri_kg.isolation.query_confined")
        except OSError as error:
            raise SnapshotError(f"No process could be started for queries: {error.strerror or error}.") from error
        threading.Thread(target=self._watch, name="query-deadline", daemon=True).start()
        try:
            self._until(_START_SECONDS)
            self._send({"prefixes": self._prefixes, "base": base, "memory": limits.memory}, [quads])
            ready = self._receive()
            self._until(None)
            if ready is None or "ready" not in ready.document:
                raise SnapshotError("The process for queries did not read the graph. IMRI_KG_DEBUG=1 shows why.")
            self.graphs = frozenset(ready.document["graphs"])
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._child.pid

    @property
    def alive(self) -> bool:
        """Say whether the process is running."""
        return self._child.alive

    def ask(self, question: Question, limits: Limits | None = None) -> Generator[tuple[bytes, bool]]:
        """Yield the parts of an answer, each with whether it is the last; without the last one they are no answer.

        Args:
            question: what is asked.
            limits: narrower limits of this question.

        Raises:
            QueryError: the query cannot be run; whatever was yielded before does not count.
            QueryLimitError: a limit was met.
        """
        limits = limits or self.limits
        left, last = limits.seconds, time.monotonic() + limits.seconds * _SLOWEST
        whole = False
        try:
            if question.text is None:
                read_query(question.query, self._prefixes, question.base)
            asked = {"query": question.query, "form": question.form, "base": question.base, "dataset": question.dataset}
            self._send({**asked, "most": limits.results, "seconds": limits.seconds * _SLOWEST}, ())
            while True:
                # Only time that this side waits for the worker counts: whoever takes the answer may be slower than the query.
                begun = time.monotonic()
                self._until(min(left, last - begun))
                part = self._receive()
                self._until(last - time.monotonic())
                left -= time.monotonic() - begun
                if part is None:
                    raise self._explained(limits)
                told = part.document
                if "part" not in told:
                    whole = True
                    self._until(None)
                if "error" in told:
                    raise QueryError(str(told["error"]))
                if "limit" in told:
                    raise _too_large(limits)
                self.worn = self.worn or bool(told.get("worn"))
                yield part.blobs[0], whole
                if whole:
                    return
        finally:
            if not whole:
                # Nobody takes the rest of the answer, and a worker cannot be told to stop.
                self.close()

    def close(self, why: str = "stopped") -> None:
        """End the process, and wait for the end of it."""
        self.worn = True
        self._child.close(why)
        with self._lock:
            self._lock.notify_all()

    def _send(self, document: dict[str, object], blobs: Sequence[bytes]) -> None:
        try:
            frames.send(self._child.questions, document, blobs)
        except (OSError, ValueError):
            # It has ended; how, its status tells.
            return

    def _receive(self) -> frames.Frame | None:
        try:
            return frames.receive(self._child.answers, _MOST_FRAME)
        except (OSError, ValueError, frames.FrameTooBigError):
            self._child.kill("garbled")
            return None

    def _until(self, seconds: float | None) -> None:
        """Set the moment at which the process is killed; None calls it off."""
        with self._lock:
            self._deadline = None if seconds is None else time.monotonic() + max(seconds, 0)
            self._lock.notify()

    def _watch(self) -> None:
        """Kill the process at its deadline; whoever reads its pipe then reads the end of it."""
        while self._child.alive:
            with self._lock:
                left = None if self._deadline is None else self._deadline - time.monotonic()
                if left is None or left > 0:
                    # One that ends by itself wakes nobody, so its state is looked at now and then.
                    self._lock.wait(min(left, 5.0) if left is not None else 5.0)
                    continue
            self._child.kill("time")
            return

    def _explained(self, limits: Limits) -> ImriError:
        """Say why there is no answer."""
        status, ended = self._child.status(), self._child.ended
        if ended == "stopped":
            return QueryError("The query was stopped before its end.")
        if ended == "time" or -status in TIME_SIGNALS:
            most = f"{limits.seconds:g} second{'' if limits.seconds == 1 else 's'}"
            return QueryLimitError("time", most, f"The query did not end within {most} and was stopped.", f"{_NARROWER}.")
        # The engine aborts where an allocation is refused.
        if status == MEMORY_STATUS or -status == signal.SIGABRT:
            most = f"{limits.memory >> 20:,} MiB"
            return QueryLimitError("memory", most, f"The query needed more than {most} of memory and was stopped.", f"{_NARROWER}.")
        if -status in CRASHES:
            return QueryError("The query is nested too deep for the engine. Break it into several.")
        return QueryError("The query was ended from outside before it was done, perhaps because the machine ran short of memory. Try it again.")


def _too_large(limits: Limits) -> QueryLimitError:
    most = f"{limits.results >> 20:,} MiB" if limits.results >= 1 << 20 else f"{limits.results:,} bytes"
    return QueryLimitError("results", most, f"The answer is larger than {most}, and the query was stopped.", "Add LIMIT and OFFSET with ORDER BY, or ask for fewer variables.")
