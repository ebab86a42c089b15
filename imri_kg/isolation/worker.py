"""Validation of files that nobody vouches for: in a process of its own, which is killed when it takes too much.

Called by the HTTP doors for uploads, and by the command line for shapes of the user's own. Files, options and shapes go through a pipe and the
answer comes back through another; nothing is written to disk. However the process ends, the caller gets an answer or a sentence.
`pool` keeps such a process waiting; `confined` is what runs in it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from imri_kg import errors
from imri_kg.case_validation.messages import CaseDataset, CorrectedCell, Message, Validation
from imri_kg.errors import BadInputError, CorrectionError, ImriError, UnknownNameError, ValidationError, ValidationLimitError
from imri_kg.isolation import frames
from imri_kg.isolation.child import CRASHES, TIME_SIGNALS, Child
from imri_kg.isolation.confinement import MEMORY_STATUS
from imri_kg.reports import REPORTS

if TYPE_CHECKING:
    from imri_kg.case_validation.corrections import Correction
    from imri_kg.case_validation.service import Source

__all__ = ["CORRECTED", "MEMORY", "OUTPUT", "SECONDS", "Isolated", "Progress", "Request", "Stop", "Worker", "validate_isolated"]

#: What one validation may take: seconds, bytes of memory beside the loaded graph, bytes of messages and report.
SECONDS, MEMORY, OUTPUT = 60.0, 1 << 30, 64 << 20
#: Opening the graph may mean to build it first.
_START_SECONDS = 180.0
_POLL_SECONDS = 0.05
#: The form that is no report: the files themselves, with the corrections.
CORRECTED = "corrected"
_SMALLER = "Validate fewer rows at a time, such as one case with its rows of every sheet"

Progress = Callable[[str, int, int], None]
#: Asked several times a second, from another thread; the work is given up once it says True (`event.is_set`, say).
Stop = Callable[[], bool]


class Isolated(NamedTuple):
    """The answer of a worker: the validation, and the report in the form that was asked for (empty where none was).

    `tables` are the tables as a page shows them, where they were asked for; `name` is that of the corrected file.
    """

    validation: Validation
    report: bytes
    tables: list[dict[str, Any]] | None = None
    name: str = ""


class Request(NamedTuple):
    """What a worker is asked: see `validate_isolated`."""

    sources: Sequence[Source]
    form: str = ""
    framework: str = ""
    shapes: bytes | None = None
    seconds: float = SECONDS
    memory: int = MEMORY
    output: int = OUTPUT
    corrections: Sequence[Correction] = ()
    tables: bool = False

    def check(self) -> None:
        """Refuse what needs no worker to be refused.

        Raises:
            UnknownNameError: there is no such form of report.
            BadInputError: there is nothing to validate.
        """
        if self.form and self.form not in (*REPORTS, CORRECTED):
            raise UnknownNameError("format", self.form, (*REPORTS, CORRECTED))
        if not self.sources:
            raise BadInputError("There is nothing to validate: name a workbook, a folder of CSV files or an RDF file.")


def validate_isolated(
    sources: Sequence[Source],
    *,
    form: str = "",
    framework: str = "",
    shapes: bytes | None = None,
    seconds: float = SECONDS,
    memory: int = MEMORY,
    output: int = OUTPUT,
    corrections: Sequence[Correction] = (),
    tables: bool = False,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Isolated:
    """Validate case data in a process of its own.

    On Linux time, memory and output are limited, and the process can reach neither network nor files. On macOS memory is watched instead of
    limited by the system. On Windows there are only the limits of time and output.

    Args:
        sources: the files.
        form: a form of report to return as well, one of `imri_kg.reports.REPORTS`, or `corrected`: the files with the corrections.
        framework: key of the edition of the constructs, for tables without a sheet Dataset.
        shapes: shapes of the user's own, in Turtle.
        seconds: time for the validation itself; the start of the process is not counted.
        memory: bytes that the validation may take beside the loaded graph.
        output: bytes that messages and report may have together.
        corrections: what cells are to hold before the files are validated.
        tables: whether to return the tables as a page shows them.
        progress: told of each step: what, how many done, of how many.
        stop: whether the validation is to be given up.

    Raises:
        ValidationLimitError: a limit was met.
        CorrectionError: a correction cannot be applied.
        BadInputError: the input, the shapes or an option cannot be used, or the input made the reader fail.
        ValidationError: the validation could not be carried out.
    """
    request = Request(sources, form, framework, shapes, seconds, memory, output, corrections, tables)
    request.check()
    worker = Worker()
    worker.wait_ready(stop)
    return worker.run(request, progress, stop)


class Worker:
    """A process that serves one validation. Start it, wait until it is ready, let it run once; `close` ends it at any moment.

    Raises:
        ValidationError: no process can be started.
    """

    def __init__(self) -> None:
        self.release = ""
        try:
            self._child = Child("imri_kg.isolation.confined")
        except OSError as error:
            raise ValidationError(f"No process could be started for the validation: {error.strerror or error}.") from error

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._child.pid

    @property
    def alive(self) -> bool:
        """Say whether the process is running."""
        return self._child.alive

    def wait_ready(self, stop: Stop | None = None) -> None:
        """Wait until the graph is open in the process.

        Raises:
            ImriError: it cannot be opened.
        """
        try:
            with self._watched(_START_SECONDS, stop):
                frame = self._receive(OUTPUT)
            if frame is None:
                if self._child.ended == "stopped":
                    raise ValidationError("The validation was stopped before its end.")
                late = f" within {_START_SECONDS:g} seconds" if self._child.ended else ""
                raise ValidationError(f"The process for the validation did not open the graph{late}. IMRI_KG_DEBUG=1 shows why.")
            if "error" in frame.document:
                raise _made_again(frame.document["error"])
            self.release = str(frame.document.get("ready", ""))
        except BaseException:
            self.close()
            raise

    def run(self, request: Request, progress: Progress | None = None, stop: Stop | None = None) -> Isolated:
        """Have the process serve a request, and end it.

        Raises:
            ImriError: see `validate_isolated`.
        """
        try:
            with self._watched(request.seconds, stop):
                self._send(request)
                answer = self._answer(request, progress)
            if answer is None:
                raise self._explained(request, self._child.status())
            try:
                if "error" in answer.document:
                    raise _made_again(answer.document["error"])
                if "fault" in answer.document:
                    raise ValidationError(f"The validation met an unforeseen fault ({answer.document['fault']}). Please report it; IMRI_KG_DEBUG=1 shows where it arose.")
                found = answer.document
                return Isolated(_validation(found["validation"]), answer.blobs[0], found["tables"], found["name"])
            except (KeyError, IndexError, TypeError, ValueError) as error:
                raise _failed(request, "its answer cannot be read") from error
        finally:
            self.close()

    def close(self, why: str = "stopped") -> None:
        """End the process and everything that it started, and wait for the end of it."""
        self._child.close(why)

    # ------------------------------------------------------------------ the two pipes

    def _send(self, request: Request) -> None:
        document = {
            "sources": [[s.name, s.folder, s.below] for s in request.sources],
            "form": request.form,
            "framework": request.framework,
            "shapes": request.shapes is not None,
            "seconds": request.seconds,
            "memory": request.memory,
            "corrections": [list(c) for c in request.corrections],
            "tables": request.tables,
        }
        blobs = [s.data for s in request.sources] + ([request.shapes] if request.shapes is not None else [])
        try:
            frames.send(self._child.questions, document, blobs)
        except OSError:
            # It ended before it had read everything; how, its status tells.
            return

    def _answer(self, request: Request, progress: Progress | None) -> frames.Frame | None:
        """Return the last frame, after those that tell of progress."""
        left = request.output
        while True:
            frame = self._receive(left)
            if frame is None or "progress" not in frame.document:
                return frame
            left -= frame.size
            match frame.document["progress"]:
                case [str(what), int(done), int(of)] if progress is not None:
                    progress(what, done, of)

    def _receive(self, most: int) -> frames.Frame | None:
        """Return the next frame; None when the process has ended, or is ended here for what it sends."""
        try:
            return frames.receive(self._child.answers, most)
        except frames.FrameTooBigError:
            self._child.kill("output")
        except ValueError:
            self._child.kill("garbled")
        return None

    # ------------------------------------------------------------------ its end

    @contextmanager
    def _watched(self, seconds: float, stop: Stop | None) -> Iterator[None]:
        """Kill the process at the deadline or when somebody asks for it; whoever reads its pipe then reads the end of it."""
        done = threading.Event()
        deadline = time.monotonic() + seconds

        def watch() -> None:
            while not done.wait(min(_POLL_SECONDS, max(deadline - time.monotonic(), 0))):
                if stop is not None and stop():
                    self._child.kill("stopped")
                elif time.monotonic() >= deadline:
                    self._child.kill("time")
                else:
                    continue
                return

        thread = threading.Thread(target=watch, name="deadline", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def _explained(self, request: Request, status: int) -> ImriError:
        """Say why there is no answer."""
        time_limit = f"{request.seconds:g} seconds"
        mebibytes = f"{request.memory / (1 << 20):,.0f} MiB"
        shapes = ", or look in your shapes for a pattern or a query with too many ways to match" if request.shapes is not None else ""
        if self._child.ended == "stopped":
            return ValidationError("The validation was stopped before its end.")
        if self._child.ended == "garbled":
            return _failed(request, "its answer cannot be read")
        if self._child.ended == "output":
            most = f"{request.output / (1 << 20):,.0f} MiB"
            return ValidationLimitError("output", most, f"The messages are longer than {most}, and the validation was stopped.", f"{_SMALLER}, or mend what the first rows show.")
        if self._child.ended == "time" or -status in TIME_SIGNALS:
            return ValidationLimitError("time", time_limit, f"The validation did not end within {time_limit} and was stopped.", f"{_SMALLER}{shapes}.")
        if status == MEMORY_STATUS:
            return ValidationLimitError("memory", mebibytes, f"The validation needed more than {mebibytes} of memory and was stopped.", f"{_SMALLER}{shapes}.")
        if -status in CRASHES:
            return _failed(request, f"signal {-status}")
        if status < 0:
            return ValidationError("The validation was ended from outside before it was done, perhaps because the machine ran short of memory. Try it again, or with fewer rows at a time.")
        return ValidationError("The validation ended without an answer. IMRI_KG_DEBUG=1 shows why; please report it.")


def _failed(request: Request, how: str) -> BadInputError:
    names = [s.name for s in request.sources]
    which = names[0] if len(names) == 1 else f"one of {len(names)} files ({', '.join(names[:3])}{' …' if len(names) > 3 else ''})"
    shapes = ", or your shapes," if request.shapes is not None else ""
    return BadInputError(f"The reader failed on {which}{shapes} ({how}), so that nothing was validated. Save the file anew in the program that wrote it, or as CSV, and try again.")


def _made_again(document: dict[str, Any]) -> ImriError:
    """Return the error that a worker met, of its class where that is one of ours."""
    message, kind = str(document["message"]), getattr(errors, str(document["type"]), ImriError)
    if kind is UnknownNameError:
        return UnknownNameError(str(document["kind"]), str(document["value"]), [str(k) for k in document["known"]])
    if kind is CorrectionError:
        return CorrectionError(message, document["number"], document["place"])
    if not (isinstance(kind, type) and issubclass(kind, ImriError)):
        kind = ImriError
    # Classes that take more than a text stand for what has happened, and their base says it as well.
    while kind.__init__ is not ImriError.__init__:
        kind = kind.__base__
    return kind(message)


def _validation(document: dict[str, Any]) -> Validation:
    """Return a validation from its JSON."""
    messages = tuple(Message(**m | {"replacements": tuple(m["replacements"])}) for m in document["messages"])
    datasets = tuple(CaseDataset(d["name"], tuple(d["files"]), d["framework"], d["rows"], tuple(d["cases"])) for d in document["datasets"])
    return Validation(messages, datasets, document["release"], tuple(CorrectedCell(**c) for c in document["corrections"]))
