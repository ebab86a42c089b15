"""The worker of queries: a process that holds the graph in memory, answers one query after another, and can be killed at any moment.

`query_worker` starts it as `python -m imri_kg.isolation.query_confined`; nobody imports it. It gets the graph through its standard input, then gives
up files and network for good: with no descriptor left to open, neither Python nor the engine can make a request.
"""

from __future__ import annotations

import os
import sys
import threading
import traceback
from typing import Any, BinaryIO

from imri_kg.errors import ImriError
from imri_kg.isolation import confinement, frames
from imri_kg.store import Store

__all__ = ["main"]

_WORK = "queries are answered"
#: The engine recurses over the parts of a query; address space that is set aside for a stack costs no memory until it is used.
_STACK = 512 << 20
#: Bytes of an answer that go through the pipe at a time, and those that are held until the first is known to be no whole answer.
_PART = 256 << 10
#: A process that grew by this much is replaced after its answer: what the engine has freed does not always go back to the system.
_GROWTH = 256 << 20


class _TooLargeError(Exception):
    """The answer is larger than is allowed."""


class _Parts:
    """A stream that sends what is written to it in frames, and refuses to send more than a number of bytes."""

    def __init__(self, answers: BinaryIO, most: int) -> None:
        self._answers, self._left = answers, most
        self._held = bytearray()

    def write(self, data: Any) -> int:
        """Hold bytes, and send them once there are enough."""
        self._left -= len(data)
        if self._left < 0:
            raise _TooLargeError
        self._held += data
        if len(self._held) >= _PART:
            frames.send(self._answers, {"part": True}, [bytes(self._held)])
            self._held.clear()
        return len(data)

    def flush(self) -> None:
        """Do nothing: parts have a size of their own."""

    def end(self, worn: bool) -> None:
        """Send the rest as the end of the answer."""
        frames.send(self._answers, {"end": True, "worn": worn}, [bytes(self._held)])


def main() -> None:
    """Answer queries until the parent closes the pipe. Does not return: the process ends here."""
    confinement.refuse_network(_WORK)
    status = 1
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def serve() -> None:
        nonlocal status
        try:
            _serve(sys.stdin.buffer, answers)
            status = 0
        except MemoryError:
            status = confinement.MEMORY_STATUS
        except Exception:
            # Most of all, the parent is gone, and with it whoever asked.
            traceback.print_exc()

    threading.stack_size(_STACK)
    thread = threading.Thread(target=serve, name="queries")
    thread.start()
    threading.stack_size(0)
    thread.join()
    os._exit(status)


def _serve(questions: BinaryIO, answers: BinaryIO) -> None:
    start = frames.receive(questions, sys.maxsize)
    if start is None:
        return
    settings = start.document
    store = Store.in_memory(start.blobs[0])
    del start
    answer = _Answering(store, settings["prefixes"], answers)
    # What the first query needs is loaded before reading is confined.
    answer({"query": "ASK {}", "form": "json", "base": settings["base"], "dataset": None, "most": _PART}, warming=True)
    confinement.confine(seconds=None, memory=settings["memory"], debugging=bool(os.environ.get("IMRI_KG_DEBUG")), more_files=0, work=_WORK)
    frames.send(answers, {"ready": True, "graphs": store.graph_names()})
    while (question := frames.receive(questions, sys.maxsize)) is not None:
        confinement.end_after(question.document["seconds"])
        answer(question.document)
        confinement.end_after(0)


class _Answering:
    """Answers questions from a store."""

    def __init__(self, store: Store, prefixes: dict[str, str], answers: BinaryIO) -> None:
        self._store, self._prefixes, self._answers = store, prefixes, answers
        self._resident = confinement.resident_memory()
        self._first = self._resident() if self._resident else 0

    def __call__(self, asked: dict[str, Any], *, warming: bool = False) -> None:
        """Answer one question with frames; a fault of the query is an answer as well."""
        try:
            found = self._store.answer(asked["query"], base=asked["base"], prefixes=self._prefixes, dataset=asked["dataset"])
            parts = _Parts(_Nowhere() if warming else self._answers, asked["most"])  # type: ignore[arg-type]
            found.write(parts, asked["form"])  # type: ignore[arg-type]
            parts.end(bool(self._resident) and self._resident() - self._first > _GROWTH)
        except _TooLargeError:
            frames.send(self._answers, {"limit": "results"})
        except ImriError as error:
            frames.send(self._answers, {"error": str(error)})
        except (MemoryError, OSError):
            raise
        except Exception as error:
            traceback.print_exc()
            frames.send(self._answers, {"error": f"The engine cannot run the query ({type(error).__name__})."})


class _Nowhere:
    """A stream that forgets what is written to it."""

    def write(self, data: bytes) -> int:
        """Forget it."""
        return len(data)

    def flush(self) -> None:
        """Do nothing."""


if __name__ == "__main__":
    main()
