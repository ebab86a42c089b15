"""Workers of queries: their answers, limits, walls, and what becomes of one that is killed. All with real processes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from imri_kg.errors import QueryBusyError, QueryError, QueryLimitError, SnapshotError, UnknownNameError
from imri_kg.isolation.query_pool import Claim, Limits, QueryPool, Question

BASE = "http://example.org/"
GRAPHS = (f"{BASE}g1", f"{BASE}g2")
QUADS = "".join(
    f'<{BASE}s{n}> <{BASE}p> "value {n}" <{GRAPHS[n % 2]}> .\n' for n in range(2000)
).encode() + f"_:kept <{BASE}q> <{BASE}s1> <{GRAPHS[0]}> .\n".encode()
CROSS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


@pytest.fixture(scope="module")
def pool() -> Iterator[QueryPool]:
    with QueryPool(lambda: QUADS, {"ex": BASE}, BASE, limits=Limits(1.5, 128 << 20, 1 << 20), waiting=2) as made:
        made.wait_ready()
        yield made


def ask(pool: QueryPool, query: str, form: str = "json", limits: Limits | None = None, **more: object) -> bytes:
    answer = pool.answer(Question(query, form, pool.base, **more), limits)  # type: ignore[arg-type]
    try:
        return answer.first + b"".join(answer.rest)
    finally:
        answer.close()


def count(pool: QueryPool, query: str, **more: object) -> int:
    return int(json.loads(ask(pool, query, **more))["results"]["bindings"][0]["n"]["value"])


def settled(pool: QueryPool) -> None:
    """Wait until every worker stands ready again."""
    deadline = time.monotonic() + 20
    while pool.stats()["ready"] < 2:
        assert time.monotonic() < deadline, pool.stats()
        time.sleep(0.02)


def test_the_default_graph_is_the_union_unless_a_dataset_is_named(pool: QueryPool) -> None:
    one = "SELECT (COUNT(*) AS ?n) %s { ?s ?p ?o }"
    assert count(pool, one % "") == 2001
    assert count(pool, one % "FROM <g1>") == 1001
    assert count(pool, one % "FROM ex:g2") == 1000
    assert count(pool, one % "FROM NAMED <g1>") == 0
    assert count(pool, one % "", dataset=([GRAPHS[1]], [])) == 1000
    # What the request names stands instead of what the query names (SPARQL 1.1 Protocol, section 2.1.4).
    assert count(pool, one % "FROM <g1>", dataset=([GRAPHS[1]], [])) == 1000
    in_graphs = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert count(pool, in_graphs) == 2001
    assert count(pool, in_graphs, dataset=([], [GRAPHS[0]])) == 1001
    assert count(pool, in_graphs, dataset=([GRAPHS[0]], [])) == 0


def test_a_graph_that_is_not_ours_is_named(pool: QueryPool) -> None:
    for query, more in ((f"SELECT * FROM <{BASE}g3> {{}}", {}), ("SELECT * FROM NAMED <file:///etc/passwd> {}", {}), ("ASK {}", {"dataset": (["http://x/"], [])})):
        with pytest.raises(UnknownNameError, match="graph"):
            ask(pool, query, **more)


def test_every_form_can_be_had(pool: QueryPool) -> None:
    rows = "SELECT ?o { <s1> ex:p ?o }"
    assert ask(pool, rows, "csv") == b"o\r\nvalue 1\r\n"
    assert ask(pool, rows, "tsv") == b'?o\n"value 1"\n'
    assert b"<literal>value 1</literal>" in ask(pool, rows, "xml")
    triple = "CONSTRUCT WHERE { <s1> ex:p ?o }"
    assert ask(pool, triple, "nt") == f'<{BASE}s1> <{BASE}p> "value 1" .\n'.encode()
    assert ask(pool, triple, "ttl").splitlines()[:2] == [f"@prefix ex: <{BASE}> .".encode(), b'ex:s1 ex:p "value 1" .']
    assert json.loads(ask(pool, triple, "jsonld"))[0]["@id"] == f"{BASE}s1"
    assert b"value 1</p>" in ask(pool, triple, "rdfxml")
    assert json.loads(ask(pool, "ASK { <s1> ?p ?o }"))["boolean"] is True


def test_blank_nodes_keep_their_labels_in_every_worker(pool: QueryPool) -> None:
    assert {ask(pool, "SELECT ?b { ?b ex:q ?o }", "csv") for _ in range(6)} == {b"b\r\n_:kept\r\n"}


def test_a_fault_is_told_and_costs_no_worker(pool: QueryPool) -> None:
    before = pool.stats()["replaced"]
    with pytest.raises(QueryError, match=r"not SPARQL.*line 1, column 1.*Did you mean SELECT"):
        ask(pool, "SELEC * {}")
    with pytest.raises(QueryError, match="not supported"):
        ask(pool, "SELECT (<http://x/f>(1) AS ?x) {}")
    with pytest.raises(QueryError, match="SERVICE is refused"):
        ask(pool, "SELECT * { SERVICE <http://x/> {} }")
    assert pool.stats()["replaced"] == before


@pytest.mark.parametrize(
    ("query", "limit"),
    [
        (CROSS, "time"),
        ("SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f ?c", "memory"),
        ("SELECT * { ?a ?b ?c . ?d ?e ?f }", "results"),
    ],
    ids=["time", "memory", "results"],
)
def test_each_limit_is_told_by_name_and_the_worker_is_replaced(pool: QueryPool, query: str, limit: str) -> None:
    settled(pool)
    started = time.perf_counter()
    with pytest.raises(QueryLimitError) as stop:
        ask(pool, query)
    assert stop.value.limit == limit
    assert time.perf_counter() - started < 8
    assert count(pool, "SELECT (COUNT(*) AS ?n) { ?s ex:p ?o }") == 2000
    settled(pool)


def test_a_question_may_set_narrower_limits_but_no_wider_ones(pool: QueryPool) -> None:
    with pytest.raises(QueryLimitError, match=r"0\.3 seconds"):
        ask(pool, CROSS, limits=Limits(0.3))
    with pytest.raises(QueryLimitError, match=r"1\.5 seconds"):
        ask(pool, CROSS, limits=Limits(60))
    settled(pool)


def test_a_long_answer_comes_in_parts_and_whole(pool: QueryPool) -> None:
    answer = pool.answer(Question("SELECT * { ?s ?p ?o . ?x ex:q ?y . VALUES ?n { 1 2 } }", "csv", pool.base))
    parts = [answer.first, *answer.rest]
    answer.close()
    assert not answer.whole
    assert len(parts) > 1
    assert b"".join(parts).count(b"\r\n") == 2 * 2001 + 1


def test_one_who_leaves_in_the_middle_frees_the_place(pool: QueryPool) -> None:
    settled(pool)
    answer = pool.answer(Question("SELECT * { ?s ?p ?o . ?x ex:q ?y . VALUES ?n { 1 2 } }", "csv", pool.base))
    assert pool.stats()["busy"] == 1
    answer.close()
    assert pool.stats()["busy"] == 0
    settled(pool)


def test_a_question_can_be_given_up_by_somebody_else(pool: QueryPool) -> None:
    claim = Claim()
    timer = threading.Timer(0.3, claim.give_up)
    timer.start()
    started = time.perf_counter()
    with pytest.raises(QueryError, match="stopped"):
        pool.answer(Question(CROSS, "json", pool.base), None, claim)
    assert time.perf_counter() - started < 1.4
    settled(pool)
    given_up = Claim()
    given_up.give_up()
    with pytest.raises(QueryError, match="stopped"):
        pool.answer(Question("ASK {}", "json", pool.base), None, given_up)
    settled(pool)


def test_the_others_answer_while_one_runs_and_too_many_are_refused(pool: QueryPool) -> None:
    settled(pool)
    outcomes: list[str] = []

    def slow() -> None:
        try:
            ask(pool, CROSS)
        except (QueryLimitError, QueryBusyError) as error:
            outcomes.append(type(error).__name__)

    first = threading.Thread(target=slow)
    first.start()
    time.sleep(0.1)
    started = time.perf_counter()
    assert ask(pool, "ASK {}")
    assert time.perf_counter() - started < 1
    first.join()
    settled(pool)
    threads = [threading.Thread(target=slow) for _ in range(7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Two run, two wait for them, and the rest is told at once.
    assert sorted(outcomes) == ["QueryBusyError"] * 3 + ["QueryLimitError"] * 5
    settled(pool)


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_worker_that_is_killed_while_it_waits_is_replaced(pool: QueryPool) -> None:
    settled(pool)
    for future in list(pool._idle):
        os.kill(future.result().pid, signal.SIGKILL)
    time.sleep(0.2)
    assert ask(pool, "ASK {}")
    settled(pool)


def test_a_closed_pool_takes_no_question_and_leaves_no_process() -> None:
    closing = QueryPool(lambda: QUADS, {}, BASE, workers=1)
    closing.wait_ready()
    worker = closing._idle[0].result()
    closing.close()
    assert not worker.alive
    with pytest.raises(SnapshotError, match="stopping"):
        closing.answer(Question("ASK {}", "json", BASE))


def test_a_graph_that_cannot_be_read_is_told() -> None:
    with QueryPool(lambda: b"this is no graph", {}, BASE, workers=1) as broken, pytest.raises(SnapshotError, match="did not read the graph"):
        broken.wait_ready()


_BEHIND_THE_WALL = """
import sys
from imri_kg.isolation import confinement
from imri_kg.store import Store
store = Store.in_memory(b"")
store.read("ASK {}", base="http://x/", prefixes={})
if sys.argv[2] == "wall":
    confinement.confine(seconds=None, memory=1 << 28, more_files=0, work="queries are answered")
try:
    store.read(f"SELECT * {{ SERVICE <http://127.0.0.1:{sys.argv[1]}/> {{ ?s ?p ?o }} }}", base="http://x/", prefixes={})
except Exception as error:
    print(error)
"""


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX")
@pytest.mark.parametrize("wall", ["wall", "no wall"])
def test_behind_the_wall_not_even_the_engine_reaches_the_network(wall: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(2)
        port = str(listener.getsockname()[1])
        process = subprocess.Popen([sys.executable, "-c", _BEHIND_THE_WALL, port, wall], stdout=subprocess.PIPE, text=True)
        if wall == "wall":
            assert "Too many open files" in process.communicate(timeout=60)[0]
            with pytest.raises(TimeoutError):
                listener.accept()
        else:
            # Without it the engine asks, so that this test would see a wall that does not hold.
            listener.accept()[0].close()
            process.communicate(timeout=60)
