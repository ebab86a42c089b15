"""The measurements of a running server: what they read, compare and judge. No load is made here; `make load` makes it."""

from __future__ import annotations

import argparse
import socket
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sparql_door import serving

from benchmarks import constant, hostile, load, quiet, soak, sparql, traffic, wrk
from benchmarks.__main__ import main
from benchmarks.asking import BrokenReplyError, Connection, Reply, read_reply, request
from benchmarks.comparing import meaning, size
from benchmarks.results import Measurement, MissingToolError, NothingMeasuredError
from benchmarks.sampling import Reading
from benchmarks.servers import load_package
from benchmarks.verdicts import Tally, judge
from imri_kg.graph import KnowledgeGraph

WRK = """
Running 2s test @ http://127.0.0.1:18080/sparql?query=ASK%7B%7D
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   113.56ms   94.13ms 463.16ms   85.17%
    Req/Sec   675.33    439.94     1.38k    61.11%
  Latency Distribution
     50%  711.15us
     75%  164.62ms
     90%  248.58ms
     99%    1.39s
  1272 requests in 2.04s, 0.97MB read
  Socket errors: connect 1, read 2, write 3, timeout 4
  Non-2xx or 3xx responses: 638
Requests/sec:    625.05
Transfer/sec:    486.06KB
"""


# ---------------------------------------------------------------- wrk


def test_all_figures_of_wrk_are_read() -> None:
    found = wrk.read_output(WRK)
    assert (found.requests, found.seconds, found.p50, found.p99) == (1272, 2.04, pytest.approx(0.71115), 1390.0)
    assert found.errors == {"other status": 638, "connect": 1, "read": 2, "write": 3, "timeout": 4}
    assert found.throughput == pytest.approx((1272 - 638) / 2.04)


def test_a_run_without_errors_has_none() -> None:
    lines = [line for line in WRK.splitlines() if "errors" not in line and "Non-2xx" not in line]
    found = wrk.read_output("\n".join(lines))
    assert found.errors == {}
    assert found.throughput == pytest.approx(1272 / 2.04)


@pytest.mark.parametrize("text", ["", "unable to connect to 127.0.0.1:9 Connection refused\n", WRK.replace("1272 requests", "0 requests"), WRK.replace("     99%    1.39s\n", "")])
def test_wrk_without_figures_has_measured_nothing(text: str) -> None:
    with pytest.raises(NothingMeasuredError):
        wrk.read_output(text)


def test_a_missing_wrk_ends_with_status_2_and_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["load"]) == 2
    assert "apt-get install wrk" in capsys.readouterr().err


def test_a_missing_package_is_told_with_the_lock_that_has_it() -> None:
    with pytest.raises(MissingToolError, match=r"no_such_package is not installed.*requirements-load\.lock"):
        load_package("no_such_package")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["load", "--seconds", "0"], "'0' is not a number from 1 up"),
        (["load", "--connections", "1", "many"], "'many' is not a number from 1 up"),
        (["quiet", "--clients", "-1"], "'-1' is not a number from 1 up"),
        (["soak", "--minutes", "0"], "'0' is not a number of minutes above 0"),
        (["soak", "--minutes", "nan"], "'nan' is not a number of minutes above 0"),
        (["sparql", "--runs", "1.5"], "'1.5' is not a number from 1 up"),
        (["sparql", "--store", "../x"], "is not a plain file name"),
    ],
)
def test_a_wrong_argument_is_refused(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main([f"{arguments[0]}", *arguments[1:]] if not arguments[-1].startswith("-") else [arguments[0], f"{arguments[1]}={arguments[2]}"])
    assert stop.value.code == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(("failures", "status"), [((), 0), (("it leaks",), 1)])
def test_a_failure_ends_with_status_1(failures: tuple[str, ...], status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soak, "measure", lambda options: Measurement(("figures",), {}, failures))
    assert main(["soak"]) == status


def test_a_measurement_of_nothing_ends_with_status_1(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def nothing(options: argparse.Namespace) -> Measurement:
        raise NothingMeasuredError("no server came up")

    monkeypatch.setattr(sparql, "measure", nothing)
    assert main(["sparql"]) == 1
    assert "no server came up" in capsys.readouterr().err


# ---------------------------------------------------------------- replies


@pytest.fixture
def scripted() -> Iterator[Any]:
    """Returns a function that serves the bytes of one reply, in the parts that it is given, and returns the port."""
    listeners = []

    def serve(*parts: bytes) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def answer() -> None:
            visitor, _ = listener.accept()
            with visitor:
                visitor.recv(65536)
                for part in parts:
                    visitor.sendall(part)

        threading.Thread(target=answer, daemon=True).start()
        return int(listener.getsockname()[1])

    yield serve
    for listener in listeners:
        listener.close()


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("parts", "body"),
    [
        ([b"HTTP/1.1 200 OK\r\nContent-", b"Length: 5\r\n\r\nhe", b"llo"], b"hello"),
        ([CHUNKED, b"5\r\nhello\r\n6\r\n wor", b"ld\r\n0\r\n", b"\r\n"], b"hello world"),
        ([CHUNKED, b"0\r\n\r\n"], b""),
        ([b"HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n"], b""),
    ],
)
def test_a_reply_is_read_to_its_end(scripted: Any, parts: list[bytes], body: bytes) -> None:
    with Connection(scripted(*parts), seconds=10) as connection:
        assert read_reply(connection.ask(request("GET", "/"))).body == body


@pytest.mark.parametrize(
    ("parts", "status"), [([], None), ([b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello"], 200), ([CHUNKED, b"5\r\nhello\r\n"], 200), ([b"HTTP/1.1 50"], None)]
)
def test_a_reply_that_ends_too_soon_is_broken(scripted: Any, parts: list[bytes], status: int | None) -> None:
    with Connection(scripted(*parts), seconds=10) as connection, pytest.raises(BrokenReplyError) as caught:
        connection.ask(request("GET", "/"))
    assert caught.value.status == status


ROWS = b'{"head":{"vars":["a"]},"results":{"bindings":[%s]}}'
ONE, TWO = b'{"a":{"type":"literal","value":"1"}}', b'{"a":{"type":"literal","value":"2"}}'


@pytest.mark.parametrize(
    ("form", "one", "other", "same"),
    [
        ("rows", ROWS % (ONE + b"," + TWO), ROWS % (TWO + b"," + ONE), True),
        ("rows", ROWS % (ONE + b"," + ONE), ROWS % ONE, False),
        ("rows", ROWS % ONE, ROWS % TWO, False),
        ("rows", ROWS % b'{"a":{"type":"literal","value":"1","xml:lang":"en"}}', ROWS % ONE, False),
        ("rows", ROWS % b'{"a":{"type":"bnode","value":"x"}}', ROWS % b'{"a":{"type":"bnode","value":"y"}}', True),
        ("rows", b'{"head":{},"boolean":true}', b'{"head":{},"boolean":false}', False),
        ("statements", b"<a> <b> _:x .\n<a> <b> <c> .\n", b"<a> <b> <c> .\n<a> <b> _:y .\n", True),
        ("statements", b'<a> <b> "_:x" .\n', b'<a> <b> "_:y" .\n', False),
        ("json", b'{"a": 1, "b": 2}', b'{"b":2,"a":1}', True),
        ("json", b'{"a": [1, 2]}', b'{"a": [2, 1]}', False),
        ("bytes", b"a", b"a ", False),
    ],
)
def test_answers_are_compared_by_what_they_say(form: str, one: bytes, other: bytes, same: bool) -> None:
    assert (meaning(form, one) == meaning(form, other)) is same


def test_rows_are_counted() -> None:
    assert size(meaning("rows", ROWS % (ONE + b"," + ONE))) == 2
    assert size(meaning("rows", ROWS % b"")) == 0


# ---------------------------------------------------------------- sparql, load, quiet


def test_ratios_of_the_endpoint_are_medians_of_medians() -> None:
    times = {
        "a": {"imri-kg": [0.003, 0.001, 0.002], "Oxigraph in memory": [0.001, 0.001, 0.001], "Oxigraph in files": [0.002, 0.002, 0.002]},
        "b": {"imri-kg": [0.004] * 3, "Oxigraph in memory": [0.001] * 3, "Oxigraph in files": [0.002] * 3},
        "c": {"imri-kg": [0.001] * 3, "Oxigraph in memory": [0.001] * 3, "Oxigraph in files": [0.002] * 3},
    }
    found = sparql.summarise(times, {"a": 1, "b": 0, "c": 3}, [])
    assert found.figures["ratio"] == {"Oxigraph in memory": 2.0, "Oxigraph in files": 1.0}
    assert found.failures == ()
    assert "ratio 2.00 to Oxigraph in memory, median of 3 queries; aim 1.5: missed; highest 4.00 (b)" in found.lines
    assert sparql.summarise(times, {"a": 1, "b": 0, "c": 3}, ["a: another answer"]).failures == ("a: another answer",)


@pytest.mark.parametrize("rows", [{}, {"a": 0}])
def test_a_comparison_of_nothing_fails(rows: dict[str, int]) -> None:
    times = {name: {server: [0.1] for server in ("imri-kg", "Oxigraph in memory", "Oxigraph in files")} for name in rows}
    with pytest.raises(NothingMeasuredError):
        sparql.summarise(times, rows, [])


def test_every_kind_of_query_is_compared(graph: KnowledgeGraph) -> None:
    asked = {question.name: question for question in sparql.questions(graph)}
    assert {"lookup", "labels", "statements", "cq01-imri-aligned-to-chime"} <= asked.keys()
    assert len(asked) > 30
    assert [q.name for q in asked.values() if q.form == "statements"] == ["statements"]


def reading(**changes: Any) -> Reading:
    return Reading(0.0, 200.0, 150.0, 30, 25, 3, 12, 0)._replace(**changes)


def cell(name: str, connections: int, requests: int, **changes: Any) -> load.Cell:
    return load.Cell(name, connections, wrk.Result(requests, 10.0, 1.0, 2.0, **changes), reading(), reading())


def test_a_lookup_is_held_against_the_constant_route() -> None:
    found = load.summarise([cell("lookup", 1, 1000), cell("constant bytes", 1, 1900), cell("lookup", 16, 1000), cell("constant bytes", 16, 3000)], 18000, 10, 1)
    assert found.figures["ratio_of_constant"] == {"1": {"constant bytes": 1.9}, "16": {"constant bytes": 3.0}}
    told = "\n".join(found.lines)
    assert "at 1 connections: 1.90 times a lookup for constant bytes; aim 2: met" in told
    assert "at 16 connections: 3.00 times a lookup for constant bytes; aim 2: missed" in told
    assert found.failures == ()


@pytest.mark.parametrize(("statuses", "failures"), [({"200": 20, "503": 9}, 0), ({"500": 1, "503": 9}, 1), ({"200": 20}, 1), ({}, 1)])
def test_only_503_is_an_error_that_load_may_bring(statuses: dict[str, int], failures: int) -> None:
    assert len(load.summarise([cell("sparql", 64, 100, not_good=50, statuses=statuses)], 1, 10, 1).failures) == failures


def test_a_run_without_a_good_reply_has_measured_nothing() -> None:
    with pytest.raises(NothingMeasuredError, match="no good reply in 100"):
        load.summarise([cell("sparql", 64, 100, not_good=100, statuses={"503": 1})], 1, 10, 1)
    with pytest.raises(NothingMeasuredError):
        load.summarise([], 1, 10, 1)


def test_the_constant_route_sends_the_reply_that_it_was_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "body.json").write_bytes(b'{"a": [1, 2]}')
    monkeypatch.setenv("IMRI_KG_BENCHMARK_BODY", str(tmp_path / "body.json"))
    client = TestClient(constant.create())
    assert client.get("/bytes").content == b'{"a": [1, 2]}'
    assert client.get("/object").json() == {"a": [1, 2]}


def lookups(*milliseconds: float, status: int = 200, error: str = "") -> list[dict[str, Any]]:
    return [{"ms": ms, "status": status, "error": error} for ms in milliseconds]


def test_percentiles_of_lookups_are_told_for_both_phases() -> None:
    alone = quiet.Phase("alone", lookups(*range(1, 101)))
    beside = quiet.Phase("beside", lookups(*range(2, 202, 2)), Counter({"408": 3, "503": 1}))
    found = quiet.summarise([alone, beside], 64, 30)
    assert (found.figures["alone"]["p50_ms"], found.figures["alone"]["p99_ms"]) == (50.0, 99.0)
    assert (found.figures["beside"]["p50_ms"], found.figures["beside"]["p99_ms"]) == (100.0, 198.0)
    assert "queries killed: 3; p99 beside them 198.00 ms; aim below 50 ms: missed; 64 clients, 30 s each" in found.lines
    assert found.failures == ()


def test_a_lookup_without_a_reply_is_a_failure() -> None:
    beside = quiet.Phase("beside", [*lookups(1), *lookups(2, status=500), *lookups(3, status=0, error="TimeoutError")], Counter({"408": 1, "200": 1}))
    found = quiet.summarise([quiet.Phase("alone", lookups(1)), beside], 64, 30)
    assert found.failures == ("beside: lookups without a good reply: 1 500, 1 TimeoutError", "cross joins that were not killed for their time: {'200': 1}")


@pytest.mark.parametrize("phases", [[quiet.Phase("alone", []), quiet.Phase("beside", lookups(1), Counter({"408": 1}))],
                                    [quiet.Phase("alone", lookups(1)), quiet.Phase("beside", lookups(1), Counter({"503": 7}))]])  # fmt: skip
def test_phases_without_lookups_or_kills_have_measured_nothing(phases: list[quiet.Phase]) -> None:
    with pytest.raises(NothingMeasuredError):
        quiet.summarise(phases, 64, 30)


def test_locust_is_not_imported_where_it_would_replace_sockets() -> None:
    assert "gevent" not in sys.modules


# ---------------------------------------------------------------- soak


def tally() -> Tally:
    found = Tally()
    for kind, outcome in (("lookup", "200"), ("sparql small", "200"), ("sparql small", "503"), ("cross join", "408")):
        found.note(kind, outcome, 0.1)
        found.compared[kind] += outcome == "200"
    return found


KINDS = ["lookup", "sparql small"]
LOOKS = [reading(second=10.0 * n, parent=200.0 + n % 3) for n in range(12)]


def failed(readings: list[Reading] = LOOKS, before: Reading = reading(), after: Reading = reading(), told: Tally | None = None, faults: int = 0) -> list[str]:
    return [v.name for v in judge(readings, before, after, told or tally(), KINDS, faults) if not v.passed]


def test_a_steady_server_passes_every_judgement() -> None:
    assert failed() == []


def test_each_kind_of_growth_is_noticed_by_itself() -> None:
    assert failed([r._replace(parent=200.0 + 8 * n) for n, r in enumerate(LOOKS)]) == ["memory of the server"]
    assert failed([r._replace(children=150.0 + 20 * n) for n, r in enumerate(LOOKS)]) == ["memory of its children"]
    assert failed([r._replace(descriptors=30 + 2 * n) for n, r in enumerate(LOOKS)]) == ["descriptors"]
    assert failed([r._replace(processes=3 + n // 3) for n, r in enumerate(LOOKS)]) == ["processes"]
    assert failed([r._replace(threads=12 + 2 * n) for n, r in enumerate(LOOKS)]) == ["threads"]


def test_memory_that_shrinks_or_peaks_once_is_no_growth() -> None:
    assert failed([r._replace(parent=200.0 - n) for n, r in enumerate(LOOKS)]) == []
    assert failed([r._replace(parent=900.0 if n == 11 else 200.0) for n, r in enumerate(LOOKS)]) == []


def test_what_is_left_at_rest_is_a_leak() -> None:
    assert failed(after=reading(descriptors=33)) == ["descriptors at rest"]
    assert failed(after=reading(descriptors=32)) == []
    assert failed(after=reading(processes=4)) == ["processes at rest"]
    assert failed(after=reading(zombies=1)) == ["processes at rest"]


def test_a_wrong_answer_a_status_and_a_fault_are_noticed() -> None:
    wrong, never, broken, odd = tally(), tally(), tally(), tally()
    wrong.wrong["lookup: another answer than at the start"] += 1
    del never.compared["sparql small"]
    broken.note("lookup", "500", 0.1)
    odd.unexpected["cross join: 200"] += 1
    assert failed(told=wrong) == ["answers"]
    assert failed(told=never) == ["answers"]
    assert failed(told=broken) == ["statuses"]
    assert failed(told=odd) == ["outcomes"]
    assert failed(faults=1) == ["log"]


@pytest.mark.parametrize("looks", [0, 5])
def test_too_few_looks_judge_nothing(looks: int) -> None:
    assert failed(LOOKS[:looks]) == ["samples"]


def test_503_is_fine_only_with_a_time_to_come_again_and_where_a_worker_is_needed() -> None:
    assert hostile.outcome_of(Reply(503, {"retry-after": "2"}, b"")) == "503"
    assert hostile.outcome_of(Reply(503, {}, b"")) == "503 without Retry-After"
    assert failed(told=noted("sparql small", "503 without Retry-After")) == ["statuses"]
    expected: dict[str, traffic.Expected] = {}
    query, lookup = (traffic.Ask(kind, kind, b"", "json", 1, sparql=kind == "query") for kind in ("query", "lookup"))
    assert soak.compare(query, "503", b"", expected) == ""
    assert soak.compare(lookup, "503", b"busy", expected) == "lookup: 503 busy"


def noted(kind: str, outcome: str) -> Tally:
    found = tally()
    found.note(kind, outcome, 0.1)
    return found


def test_a_reply_is_held_against_that_of_the_start() -> None:
    ask = traffic.Ask("lookup", "one", b"", "json", 1)
    expected = {"one": traffic.Expected(b'{"a": 1}', {"a": 1})}
    assert soak.compare(ask, "200", b'{"a":1}', expected) == ""
    assert soak.compare(ask, "200", b'{"a":2}', expected) == "one: another answer than at the start"
    assert soak.compare(ask, "200", b"no json", expected) == "one: another answer than at the start"
    assert soak.compare(ask, "404", b"{}", expected) == "one: 404 {}"


def test_a_soak_tells_its_figures_and_its_failures() -> None:
    options = argparse.Namespace(minutes=2.0, warm_up=1.0, clients=6, hostile=3, server_workers=1)
    asks = [traffic.Ask(kind, kind, b"", "json", 1) for kind in KINDS]
    found = soak.summarise(LOOKS, reading(), reading(descriptors=40), tally(), asks, "an unforeseen fault at '/sparql'", options)
    assert found.failures == ("descriptors at rest", "log")
    assert found.figures["requests"]["sparql small"]["outcomes"] == {"200": 1, "503": 1}
    assert "FAIL  descriptors at rest: 30 before, 40 after" in found.lines
    assert "4 requests in 1 and 2 minutes by 6 clients and 3 that mean harm; 12 looks at the server" in found.lines


def test_the_traffic_has_a_right_answer_and_the_harm_an_end(graph: KnowledgeGraph) -> None:
    """Each ordinary request is answered, and what is refused at once is refused; what has to be killed first is left to `make load`."""
    asks, acts = list(traffic.ordinary()), {act.kind: act for act in hostile.acts()}
    assert len({ask.name for ask in asks}) == len(asks) > 15
    quick = ("deep nesting", "deep expression", "SERVICE", "update", "query too long", "announced body too large", "body in chunks too large", "address too long",
             "no HTTP", "half a body, left", "leaves within an answer")  # fmt: skip
    with serving(graph) as port:
        expected = traffic.references(port, asks, times=1)
        outcomes = {kind: acts[kind].do(port) for kind in quick}
    assert expected.keys() == {ask.name for ask in asks}
    assert {kind: outcome for kind, outcome in outcomes.items() if outcome not in acts[kind].fine} == {}
