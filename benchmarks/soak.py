"""Soak: mixed traffic with hostile requests among it for a long time; nothing may grow, nothing may leak, and no answer may be wrong.

Every reply to an ordinary request is held against the reply of the start. `verdicts` judges, `traffic` and `hostile` say what is sent.
"""

from __future__ import annotations

import argparse
import random
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence

from benchmarks.asking import Connection, read_reply
from benchmarks.hostile import Act, acts, outcome_of
from benchmarks.options import minutes, positive
from benchmarks.quiet import percentile
from benchmarks.results import Measurement
from benchmarks.sampling import Reading, Sampler, read_processes
from benchmarks.servers import Server, imri_kg_server
from benchmarks.traffic import Ask, Expected, ordinary, references
from benchmarks.verdicts import Tally, judge, thirds

__all__ = ["HOW", "TEXT", "add_options", "compare", "measure", "summarise"]

TEXT = "Soak the server in mixed traffic with hostile queries among it."
HOW = "Fails where memory grows, descriptors leak, an answer differs from that of the start, or a status is none of those that are documented."
MINUTES, WARM_UP, CLIENTS, HOSTILE, SAMPLE_SECONDS = 30.0, 2.0, 6, 3, 10
#: Looks that are shown of all.
_SHOWN = 12
#: Mean seconds between two requests of a client.
_PAUSE, _HOSTILE_PAUSE = 0.05, 0.5
#: Seconds without a change after which a server is at rest, and the most that is waited for it.
_STILL, _PATIENCE = 6, 90
_SEED = 1


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of this measurement."""
    parser.add_argument("--minutes", type=minutes, default=MINUTES, help=f"how long it is looked at (default {MINUTES:g})")
    parser.add_argument("--warm-up", type=minutes, default=WARM_UP, metavar="MINUTES", help=f"the same traffic before that, in which memory may grow (default {WARM_UP:g})")
    parser.add_argument("--clients", type=positive, default=CLIENTS, help=f"clients of ordinary traffic, every third of them with SPARQL alone (default {CLIENTS})")
    parser.add_argument("--hostile", type=positive, default=HOSTILE, help=f"clients that mean harm (default {HOSTILE})")
    parser.add_argument("--sample-seconds", type=positive, default=SAMPLE_SECONDS, help=f"time between two looks at the server (default {SAMPLE_SECONDS})")
    parser.add_argument("--server-workers", type=positive, default=1, help="processes of our server (default 1)")


def measure(options: argparse.Namespace) -> Measurement:
    """Soak the server.

    Raises:
        MissingToolError: psutil is not installed.
        NothingMeasuredError: the server did not come up, or two replies differ before anything happened.
    """
    asks, harms = list(ordinary()), list(acts())
    with imri_kg_server(options.server_workers) as server:
        # Looks once before anything else, so that a missing package is told at once.
        read_processes(server.process.pid)
        expected = references(server.port, asks)
        before = _at_rest(server)
        tally, lock, stop = Tally(), threading.Lock(), threading.Event()
        groups = [[a for a in asks if not a.sparql], [a for a in asks if a.sparql]]
        threads = [threading.Thread(target=_use, args=(server.port, groups[n % 3 == 2], expected, tally, lock, stop, random.Random(_SEED + n)), daemon=True)
                   for n in range(max(options.clients, 3))]  # fmt: skip
        threads += [threading.Thread(target=_harm, args=(server.port, harms, tally, lock, stop, random.Random(-_SEED - n)), daemon=True) for n in range(options.hostile)]
        for thread in threads:
            thread.start()
        # Every thread of the server gets its own part of memory when it first needs some.
        _wait(server, options.warm_up)
        with Sampler(server.process.pid, options.sample_seconds) as sampler:
            _wait(server, options.minutes)
            stop.set()
        for thread in threads:
            thread.join(_PATIENCE)
        alive = server.alive
        after = _at_rest(server) if alive else (sampler.readings or [before])[-1]
        said = server.said
    # A server that is gone shows in the connections that it refused as well; this says it in one line.
    if not alive:
        tally.wrong[f"the server ended: {said[-500:]}"] += 1
    return summarise(sampler.readings, before, after, tally, asks, said, options)


def _wait(server: Server, length: float) -> None:
    ends = time.monotonic() + length * 60
    while time.monotonic() < ends and server.alive:
        time.sleep(0.5)


def _at_rest(server: Server) -> Reading:
    """Return a look at the server once neither its descriptors nor its processes change any more."""
    last, still, deadline = read_processes(server.process.pid), 0, time.monotonic() + _PATIENCE
    while still < _STILL and time.monotonic() < deadline:
        time.sleep(1)
        now = read_processes(server.process.pid)
        same = (now.descriptors, now.processes, now.zombies) == (last.descriptors, last.processes, last.zombies)
        still, last = still + 1 if same else 0, now
    return last


def _use(port: int, asks: Sequence[Ask], expected: Mapping[str, Expected], tally: Tally, lock: threading.Lock, stop: threading.Event, chance: random.Random) -> None:
    """Be a client of ordinary traffic."""
    weights = [ask.weight for ask in asks]
    connection: Connection | None = None
    while not stop.is_set():
        ask = chance.choices(asks, weights)[0]
        begin = time.perf_counter()
        closes = True
        try:
            connection = connection or Connection(port)
            reply = read_reply(connection.ask(ask.prepared))
            outcome, closes = outcome_of(reply), reply.headers.get("connection", "").lower() == "close"
            fault = compare(ask, outcome, reply.body, expected)
        except OSError as error:
            outcome, fault = "no reply", f"{ask.name}: {error}"
        with lock:
            tally.note(ask.kind, outcome, time.perf_counter() - begin)
            tally.compared[ask.kind] += outcome == "200"
            if fault:
                tally.wrong[fault] += 1
        if closes and connection is not None:
            connection.close()
            connection = None
        stop.wait(chance.uniform(0, 2 * _PAUSE))
    if connection is not None:
        connection.close()


def compare(ask: Ask, outcome: str, body: bytes, expected: Mapping[str, Expected]) -> str:
    """Return what is wrong with a reply, or nothing; only what needs a worker may be put off with 503."""
    if outcome == "200":
        return "" if expected[ask.name].agrees(ask.form, body) else f"{ask.name}: another answer than at the start"
    may_wait = ask.sparql or ask.kind == "validate"
    return "" if outcome == "503" and may_wait else f"{ask.name}: {outcome} {body[:200].decode(errors='replace')}"


def _harm(port: int, harms: Sequence[Act], tally: Tally, lock: threading.Lock, stop: threading.Event, chance: random.Random) -> None:
    """Be a client that means harm."""
    while not stop.is_set():
        act = chance.choices(harms, [a.weight for a in harms])[0]
        begin = time.perf_counter()
        try:
            outcome = act.do(port)
        except OSError as error:
            outcome = f"no reply ({type(error).__name__})"
        with lock:
            tally.note(act.kind, outcome, time.perf_counter() - begin)
            if outcome not in act.fine:
                tally.unexpected[f"{act.kind}: {outcome}"] += 1
        stop.wait(chance.uniform(0, 2 * _HOSTILE_PAUSE))


def summarise(readings: Sequence[Reading], before: Reading, after: Reading, tally: Tally, asks: Sequence[Ask], said: str, options: argparse.Namespace) -> Measurement:
    """Return the measurement; each judgement that is not passed is a failure."""
    faults = len(re.findall(r"unforeseen fault", said))
    verdicts = judge(readings, before, after, tally, [ask.kind for ask in asks], faults)
    lines = [f"{'requests':26} {'p50 ms':>9} {'p99 ms':>9}  outcomes"]
    requests = {}
    for kind, outcomes in tally.outcomes.items():
        times = sorted(tally.times[kind])
        told = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
        lines.append(f"{kind:26} {percentile(times, 50) * 1000:9.1f} {percentile(times, 99) * 1000:9.1f}  {told}")
        requests[kind] = {"outcomes": dict(outcomes), "compared": tally.compared[kind], "p50_ms": round(percentile(times, 50) * 1000, 2), "p99_ms": round(percentile(times, 99) * 1000, 2)}
    lines.append(f"{'':26} {'at rest':>9} {'first':>9} {'last third':>11} {'at rest after':>14}")
    values: tuple[tuple[str, Callable[[Reading], float]], ...] = (
        ("memory of the server, MiB", lambda r: r.parent), ("memory of children, MiB", lambda r: r.children), ("descriptors", lambda r: r.descriptors),
        ("descriptors of children", lambda r: r.children_descriptors), ("processes", lambda r: r.processes), ("threads", lambda r: r.threads),
    )  # fmt: skip
    for name, value in values if readings else ():
        first, last = thirds(readings, value)
        lines.append(f"{name:26} {value(before):9.0f} {first:9.0f} {last:11.0f} {value(after):14.0f}")
    shown = readings[:: max(1, len(readings) // _SHOWN)]
    lines.append(f"memory of the server, MiB, every {shown[1].second - shown[0].second if len(shown) > 1 else 0:.0f} s: {' '.join(f'{r.parent:.0f}' for r in shown)}")
    lines += [str(verdict) for verdict in verdicts]
    total = sum(outcomes.total() for outcomes in tally.outcomes.values())
    lines.append(f"{total} requests in {options.warm_up:g} and {options.minutes:g} minutes by {max(options.clients, 3)} clients and {options.hostile} that mean harm; {len(readings)} looks at the server")
    figures = {
        "requests": requests, "total": total, "warm_up": options.warm_up, "minutes": options.minutes, "clients": max(options.clients, 3), "hostile": options.hostile,
        "server_workers": options.server_workers, "at_rest": before._asdict(), "at_rest_after": after._asdict(), "readings": [r._asdict() for r in readings],
        "verdicts": {v.name: {"passed": v.passed, "says": v.says} for v in verdicts}, "wrong": dict(tally.wrong), "unexpected": dict(tally.unexpected),
    }  # fmt: skip
    return Measurement(tuple(lines), figures, tuple(v.name for v in verdicts if not v.passed))
