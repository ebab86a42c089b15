"""Workers of validations for a server: one waits with the graph open, so that an upload need not wait for its start.

Called by the HTTP door. Each worker serves one validation and ends, so that nothing of one user's files is left when the next one's come.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TYPE_CHECKING

from imri_kg.errors import ImriError, ValidationBusyError, ValidationError
from imri_kg.isolation.worker import MEMORY, OUTPUT, SECONDS, Isolated, Progress, Request, Stop, Worker

if TYPE_CHECKING:
    from imri_kg.case_validation.corrections import Correction
    from imri_kg.case_validation.service import Source

__all__ = ["ValidationPool"]

_POLL_SECONDS = 0.1


class ValidationPool:
    """Serves validations of several threads, so many at a time; a few more wait, and further ones are refused.

    Args:
        workers: validations at one time. Beside them one more process is kept, which waits for the next.
        waiting: validations that may wait for a place.
        seconds: time for each validation; waiting for a place is not counted.
        memory: bytes that each validation may take beside the loaded graph.
        output: bytes that messages and report of each may have together.
    """

    def __init__(self, workers: int = 1, *, waiting: int = 4, seconds: float = SECONDS, memory: int = MEMORY, output: int = OUTPUT) -> None:
        if workers < 1 or waiting < 0:
            raise ValueError("A pool has at least one worker, and no less than nobody waits.")
        self._seconds, self._memory, self._output = seconds, memory, output
        self._most = workers + waiting
        self._inside = 0
        self._lock = threading.Lock()
        self._places = threading.Semaphore(workers)
        self._closing = threading.Event()
        self._spare = self._begin()

    def validate(
        self,
        sources: Sequence[Source],
        *,
        form: str = "",
        framework: str = "",
        shapes: bytes | None = None,
        corrections: Sequence[Correction] = (),
        tables: bool = False,
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> Isolated:
        """Validate case data in a process of its own; see `validate_isolated` for arguments and errors.

        Raises:
            ValidationBusyError: too many validations are waiting.
            ValidationError: the pool is closed, or the validation could not be carried out.
        """
        request = Request(sources, form, framework, shapes, self._seconds, self._memory, self._output, corrections, tables)
        request.check()

        def given_up() -> bool:
            return self._closing.is_set() or stop is not None and stop()

        with self._place(given_up):
            return self._take(given_up).run(request, progress, given_up)

    def wait_ready(self) -> None:
        """Wait until a worker is waiting, for a server that should not say that it is up before.

        Raises:
            ImriError: the graph cannot be opened.
        """
        with self._lock:
            spare = self._spare
        spare.result()

    def close(self) -> None:
        """End all workers, those that serve a validation too, and take no further one."""
        self._closing.set()
        with self._lock:
            spare = self._spare
        try:
            spare.result().close()
        except ImriError:
            # It had not started, and has ended.
            return

    def __enter__(self) -> ValidationPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _place(self, stop: Stop) -> Iterator[None]:
        """Hold one of the places, after waiting for it."""
        with self._lock:
            if self._inside >= self._most:
                raise ValidationBusyError(f"{self._inside} validations are running or waiting, and no more are taken. Try again in a minute.")
            self._inside += 1
        try:
            while not self._places.acquire(timeout=_POLL_SECONDS):
                _refuse_if(stop)
            try:
                _refuse_if(stop)
                yield
            finally:
                self._places.release()
        finally:
            with self._lock:
                self._inside -= 1

    def _take(self, stop: Stop) -> Worker:
        """Return the worker that waits, and have the next one begin."""
        with self._lock:
            spare, self._spare = self._spare, self._begin()
        try:
            worker = spare.result()
        except ImriError:
            # It could not start then; whether it can now is seen below.
            _refuse_if(stop)
        else:
            if worker.alive:
                return worker
            worker.close()
        worker = Worker()
        worker.wait_ready(stop)
        return worker

    def _begin(self) -> Future[Worker]:
        """Start a worker in the background."""
        begun: Future[Worker] = Future()

        def start() -> None:
            try:
                worker = Worker()
                worker.wait_ready(self._closing.is_set)
            except BaseException as error:
                begun.set_exception(error)
            else:
                begun.set_result(worker)

        threading.Thread(target=start, name="validation-worker", daemon=True).start()
        return begun


def _refuse_if(stop: Stop) -> None:
    if stop():
        raise ValidationError("The validation was stopped before its end.")
