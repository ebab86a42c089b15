"""How workers are shared: so many validations at a time, each in a process of its own; and the frames by which both ends speak.

All workers are real processes; `started` only keeps a list of them.
"""

from __future__ import annotations

import io
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_isolation import ENDLESS, FAULTY, gone, table

from imri_kg.errors import ImriError, UnknownNameError, ValidationBusyError, ValidationError, ValidationLimitError
from imri_kg.isolation import frames, pool
from imri_kg.isolation.pool import ValidationPool
from imri_kg.isolation.worker import Isolated, Worker

Started = list[Worker]


@pytest.fixture
def started(graph: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Started]:
    """The workers that pools have started, in their order; none may be left at the end."""
    found: Started = []

    class Listed(Worker):
        def __init__(self) -> None:
            super().__init__()
            found.append(self)

    monkeypatch.setattr(pool, "Worker", Listed)
    yield found
    assert found
    assert [worker.pid for worker in found if not gone(worker.pid)] == []


class Endless:
    """A validation without end in a thread: `running` is set once the process is amid it, `stop` gives it up."""

    def __init__(self, shared: ValidationPool) -> None:
        shared.wait_ready()
        self.running, self.stop = threading.Event(), threading.Event()
        self.answer: Future[Isolated] = in_thread(
            lambda: shared.validate(FAULTY, shapes=ENDLESS, progress=lambda what, *_: what == "determinants" and self.running.set(), stop=self.stop.is_set)
        )

    def amid(self) -> Endless:
        assert self.running.wait(30)
        return self


def in_thread(work: Callable[[], Isolated]) -> Future[Isolated]:
    threads = ThreadPoolExecutor(1)
    try:
        return threads.submit(work)
    finally:
        threads.shutdown(wait=False)


def until(fact: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not fact():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def values(done: Isolated) -> list[str]:
    return [m.value for m in done.validation.messages if m.severity == "violation" and m.column == "Construct"]


# ------------------------------------------------------------------ pool


def test_validations_at_the_same_time_get_their_own_answers_from_processes_used_once(started: Started) -> None:
    with ValidationPool(2, waiting=2) as shared:
        shared.wait_ready()
        assert len(started) == 1
        with ThreadPoolExecutor(4) as threads:
            found = list(threads.map(lambda name: (name, values(shared.validate(table(name), framework="cfir-2022"))), ["Cultur", "Capacty", "Netwrks", "Champins"]))
        assert [(name, [name]) for name, _ in found] == found
        # Four have served and are gone, and one more waits.
        shared.wait_ready()
        assert len({worker.pid for worker in started}) == len(started) == 5
        assert [gone(worker.pid, within=0.1) for worker in started] == [True] * 4 + [False]


def test_a_few_wait_for_a_place_and_one_more_is_refused_at_once(started: Started) -> None:
    # A validation of its own takes a fraction of these seconds, also on a busy machine.
    with ValidationPool(1, waiting=1, seconds=12) as shared:
        first = Endless(shared).amid()
        second = in_thread(lambda: shared.validate(FAULTY))
        until(lambda: shared._inside == 2)
        began = time.monotonic()
        with pytest.raises(ValidationBusyError, match="2 validations are running or waiting"):
            shared.validate(FAULTY)
        assert time.monotonic() - began < 0.5
        assert not second.done()
        with pytest.raises(ValidationLimitError, match="within 12 seconds"):
            first.answer.result(30)
        # The second waited as long as a validation may take, and that is not counted as its own time.
        assert values(second.result(30)) == ["Cultur"]
        # Both places are free again.
        assert values(shared.validate(FAULTY)) == ["Cultur"]


def test_whoever_gives_up_frees_the_place_or_the_turn(started: Started) -> None:
    with ValidationPool(1, waiting=1) as shared:
        first = Endless(shared).amid()
        leaving = threading.Event()
        second = in_thread(lambda: shared.validate(FAULTY, stop=leaving.is_set))
        until(lambda: shared._inside == 2)
        leaving.set()
        with pytest.raises(ValidationError, match="stopped before its end"):
            second.result(5)
        first.stop.set()
        with pytest.raises(ValidationError, match="stopped before its end"):
            first.answer.result(5)
        assert gone(started[0].pid)
        assert values(shared.validate(FAULTY)) == ["Cultur"]


def test_a_process_that_is_killed_costs_one_answer_or_none(started: Started) -> None:
    with ValidationPool(1) as shared:
        first = Endless(shared).amid()
        os.kill(started[0].pid, signal.SIGKILL)
        with pytest.raises(ValidationError, match="ended from outside"):
            first.answer.result(5)
        # The next one had not been given anything yet: another process takes its place.
        shared.wait_ready()
        os.kill(started[1].pid, signal.SIGKILL)
        until(lambda: not started[1].alive)
        assert values(shared.validate(FAULTY)) == ["Cultur"]


def test_closing_ends_what_runs_what_waits_and_what_starts(started: Started) -> None:
    shared = ValidationPool(1, waiting=1)
    first = Endless(shared).amid()
    second = in_thread(lambda: shared.validate(FAULTY))
    until(lambda: shared._inside == 2 and len(started) == 2)
    began = time.monotonic()
    shared.close()
    for answer in (first.answer, second):
        with pytest.raises(ValidationError, match="stopped before its end"):
            answer.result(3)
    assert time.monotonic() - began < 2
    assert [gone(worker.pid, within=1) for worker in started] == [True, True]
    with pytest.raises(ValidationError, match="stopped before its end"):
        shared.validate(FAULTY)
    shared.close()


def test_closing_while_the_first_worker_starts_waits_for_nothing(started: Started) -> None:
    shared = ValidationPool()
    until(lambda: bool(started))
    began = time.monotonic()
    shared.close()
    assert time.monotonic() - began < 1
    assert gone(started[0].pid, within=0.1)


def test_a_graph_that_could_not_be_opened_is_tried_again(started: Started, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setenv("IMRI_KG_DATA", str(tmp_path / "absent"))
        shared = ValidationPool()
        with pytest.raises(ImriError, match="IMRI_KG_DATA"):
            shared.wait_ready()
    with shared:
        assert values(shared.validate(FAULTY)) == ["Cultur"]


def test_what_cannot_be_asked_takes_no_place_and_no_process(started: Started) -> None:
    with ValidationPool(1, waiting=0) as shared:
        shared.wait_ready()
        with pytest.raises(UnknownNameError, match="json"):
            shared.validate(FAULTY, form="jsn")
        with pytest.raises(ImriError, match="nothing to validate"):
            shared.validate([])
        assert [worker.alive for worker in started] == [True]


@pytest.mark.parametrize(("workers", "waiting"), [(0, 1), (1, -1)])
def test_a_pool_that_could_serve_nobody_is_refused(workers: int, waiting: int) -> None:
    with pytest.raises(ValueError, match="at least one worker"):
        ValidationPool(workers, waiting=waiting)


# ------------------------------------------------------------------ frames

JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters()), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
DOCUMENTS = st.dictionaries(st.text(), JSON)
BLOBS = st.lists(st.binary(max_size=50), max_size=4)


def packed(document: dict[str, Any], blobs: list[bytes]) -> bytes:
    stream = io.BytesIO()
    frames.send(stream, document, blobs)
    return stream.getvalue()


@given(DOCUMENTS, BLOBS, BLOBS)
def test_frames_arrive_as_they_were_sent_one_after_the_other(document: dict[str, Any], first: list[bytes], second: list[bytes]) -> None:
    data = [packed(document, first), packed({}, second)]
    stream = io.BytesIO(b"".join(data))
    # The limit may be met, and not passed.
    assert frames.receive(stream, len(data[0])) == (document, tuple(first), len(data[0]))
    assert frames.receive(stream, len(data[1])) == ({}, tuple(second), len(data[1]))
    assert frames.receive(stream, 1000) is None


def test_half_a_surrogate_pair_passes() -> None:
    assert frames.receive(io.BytesIO(packed({"a": "\ud800"}, [])), 100) == ({"a": "\ud800"}, (), 50)


@given(DOCUMENTS, BLOBS, st.data())
def test_a_frame_cut_short_is_none_and_one_byte_too_many_is_refused(document: dict[str, Any], blobs: list[bytes], data: st.DataObject) -> None:
    whole = packed(document, blobs)
    cut = data.draw(st.integers(0, len(whole) - 1))
    assert frames.receive(io.BytesIO(whole[:cut]), len(whole)) is None
    with pytest.raises(frames.FrameTooBigError):
        frames.receive(io.BytesIO(whole), len(whole) - 1)


class Once(io.BytesIO):
    """A stream of which no more than some bytes may be asked."""

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert 0 <= size <= 100, f"{size} bytes are asked for"
        return super().read(size)


HUGE = b'{"document": {}, "blobs": [5, 999999999]}'


@pytest.mark.parametrize("data", [b"\xff" * 8, (1 << 40).to_bytes(8, "big") + b"{", len(HUGE).to_bytes(8, "big") + HUGE + b"abcdef"])
def test_a_frame_that_says_it_is_huge_is_refused_before_it_is_read(data: bytes) -> None:
    with pytest.raises(frames.FrameTooBigError):
        frames.receive(Once(data), 100)


@pytest.mark.parametrize(
    "head",
    [b"", b"{", b"\xff\xfe\xfa", b"[]", b"null", b'{"document": {}}', b'{"blobs": []}', b'{"document": [], "blobs": []}', b'{"document": {}, "blobs": {}}',
     b'{"document": {}, "blobs": [-1]}', b'{"document": {}, "blobs": ["1"]}', b'{"document": {}, "blobs": [1.0]}', b'{"document": {}, "blobs": [null]}', b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_frame_is_refused(head: bytes) -> None:
    with pytest.raises(ValueError, match="."):
        frames.receive(io.BytesIO(len(head).to_bytes(8, "big") + head + b"abc"), 1 << 20)


@given(st.binary(max_size=80))
def test_any_bytes_are_a_frame_none_or_refused(data: bytes) -> None:
    for stream in (data, len(data).to_bytes(8, "big") + data):
        try:
            found = frames.receive(io.BytesIO(stream), 200)
        except (ValueError, frames.FrameTooBigError):
            continue
        assert found is None or isinstance(found.document, dict)
