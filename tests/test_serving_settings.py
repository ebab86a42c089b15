"""What a server can be told, and the parts that hold it to its limits."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from imri_kg_api.problems import Problem
from imri_kg_api.serving import observing
from imri_kg_api.serving.hosts import AllowedHosts
from imri_kg_api.serving.limiting import BodyBudget, GuardedBody, RateLimit, head_refusal
from imri_kg_api.serving.renewing import Watch
from imri_kg_api.settings import VARIABLES, Settings, flag_of

from imri_kg.cli.commands import parser
from imri_kg.errors import BadInputError


def serve_parser() -> argparse.ArgumentParser:
    (commands,) = (a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    return commands.choices["serve"]


# ---------------------------------------------------------------- settings


def test_every_setting_has_a_flag_and_a_variable_of_its_own() -> None:
    flags = {option for action in serve_parser()._actions for option in action.option_strings} - {"-h", "--help"}
    assert flags == {flag_of(item.name) for item in fields(Settings)}
    assert len(set(VARIABLES)) == len(fields(Settings)) and all(name.startswith("IMRI_KG_") for name in VARIABLES)


def test_the_help_tells_the_defaults_that_hold() -> None:
    told = " ".join(serve_parser().format_help().split())
    settings = Settings()
    for name, text in (("body_limit", "64MiB"), ("url_limit", "16KiB"), ("header_limit", "32KiB"), ("query_memory", "512MiB"), ("query_results", "64MiB")):
        assert f"(default {text})" in told and getattr(settings, name) == getattr(Settings.of({name: text}, {}), name)
    for name in ("header_seconds", "pause_seconds", "body_seconds", "keep_alive_seconds", "grace_seconds", "drain_seconds", "request_limit", "connection_limit",
                 "query_seconds", "query_workers", "query_waiting", "workers"):  # fmt: skip
        help_text = next(a.help or "" for a in serve_parser()._actions if flag_of(name) in a.option_strings)
        assert f"(default {getattr(settings, name):g})" in help_text, name


def test_the_defaults_are_safe() -> None:
    settings = Settings.of({}, {})
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8000, 1)
    assert (settings.allowed_host, settings.proxy, settings.metrics, settings.rate_limit, settings.library) == ((), (), "off", 0.0, False)
    assert (settings.query_seconds, settings.query_memory, settings.query_workers) == (10.0, 512 << 20, 2)
    assert (settings.query_results, settings.query_waiting) == (64 << 20, 64)


def test_a_flag_wins_over_the_variable_of_the_same_setting() -> None:
    environment = {"IMRI_KG_PORT": "81", "IMRI_KG_WORKERS": " 3 ", "IMRI_KG_ACCESS_LOG": "yes", "IMRI_KG_HOST": ""}
    settings = Settings.of({"port": "80", "workers": None, "allowed_host": []}, environment)
    assert (settings.port, settings.workers, settings.access_log, settings.host) == (80, 3, True, "127.0.0.1")


def test_several_values_stand_in_one_variable() -> None:
    settings = Settings.of({}, {"IMRI_KG_ALLOWED_HOST": "a.example, *.b.example", "IMRI_KG_SNAPSHOT": os.pathsep.join(["one", "two"]), "IMRI_KG_PROXY": "10.0.0.0/8,::1"})
    assert settings.allowed_host == ("a.example", "*.b.example")
    assert settings.snapshot == (Path("one"), Path("two"))
    assert settings.proxy == ("10.0.0.0/8", "::1")


WRONG: list[tuple[dict[str, Any], dict[str, str], str]] = [
    ({"port": "65536"}, {}, "--port is '65536'; it must be a whole number from 0 to 65,535"),
    ({"port": "-1"}, {}, "--port is '-1'"),
    ({"port": "٣"}, {}, "--port is"),
    ({"workers": "0"}, {}, "--workers is '0'"),
    ({"workers": "1.5"}, {}, "--workers is '1.5'"),
    ({"body_limit": "64MB"}, {}, "such as 65536, 64KiB or 512MiB"),
    ({"body_limit": "-1"}, {}, "--body-limit"),
    ({"header_seconds": "inf"}, {}, "--header-seconds is 'inf'; it must be a number from 0.1 to 3600"),
    ({"header_seconds": "nan"}, {}, "--header-seconds"),
    ({"query_seconds": "1e9"}, {}, "--query-seconds"),
    ({"log_format": "xml"}, {}, "one of text, json"),
    ({"metrics": "on"}, {}, "one of off, local, all"),
    ({"allowed_host": ["a.example:80"]}, {}, "a host name without a port"),
    ({"allowed_host": ["a b"]}, {}, "a host name without a port"),
    ({"proxy": ["nginx"]}, {}, "the address of a proxy"),
    ({"host": " "}, {}, "--host"),
    ({}, {"IMRI_KG_PORT": "http"}, "IMRI_KG_PORT is 'http'; it must be"),
    ({}, {"IMRI_KG_SHOW_LIBRARY": "perhaps"}, "IMRI_KG_SHOW_LIBRARY is 'perhaps'; it must be 1 or 0"),
    ({"rate_burst": "3"}, {}, "beside --rate-limit"),
    ({"url_limit": "64KiB"}, {}, "cannot be less than --url-limit"),
]


@pytest.mark.parametrize(("given", "environment", "says"), WRONG, ids=[says for _, _, says in WRONG])
def test_a_setting_that_cannot_be_used_is_told_with_its_name(given: dict[str, Any], environment: dict[str, str], says: str) -> None:
    with pytest.raises(BadInputError) as told:
        Settings.of(given, environment)
    assert says in str(told.value) and "\n" not in str(told.value)


@pytest.mark.parametrize("arguments", [("--port", "http"), ("--metrics", "on"), ("--prot", "80"), ("--port",)])
def test_a_wrong_flag_ends_the_command_with_one_line(arguments: tuple[str, ...], cli: Any) -> None:
    outcome = cli("serve", *arguments)
    assert (outcome.status, outcome.out, outcome.err.count("\n")) == (2, "", 1)


# ---------------------------------------------------------------- hosts


def test_this_machine_alone_is_asked_by_names_that_cannot_be_bound_elsewhere() -> None:
    hosts = AllowedHosts("127.0.0.1")
    for fine in ("localhost", "LOCALHOST:8000", "localhost.", "127.0.0.1", "127.0.0.1:1", "[::1]", "[::1]:8000", "127.1.2.3"):
        assert hosts.admits(fine.encode()), fine
    for wrong in ("", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "127.1", "2130706433", "0x7f.1", "192.0.2.1", "[2001:db8::1]",
                  "::1", "localhost:", "localhost:x", "localhost:80:80", "a@localhost", "localhost/", " localhost", "localhost\x00", "0.0.0.0"):  # fmt: skip
        assert hosts.admits(wrong.encode()) == (wrong == "localhost:"), wrong


def test_others_reach_a_server_by_address_and_by_the_names_that_were_allowed() -> None:
    hosts = AllowedHosts("0.0.0.0", ["kg.example", "*.lab.example"])
    for fine in ("192.0.2.1:8000", "[2001:db8::1]", "localhost", "kg.example", "KG.example:8000", "a.lab.example", "a.b.lab.example"):
        assert hosts.admits(fine.encode()), fine
    for wrong in ("evil.example", "xkg.example", "kg.example.evil.example", "lab.example", "xlab.example"):
        assert not hosts.admits(wrong.encode()), wrong
    assert AllowedHosts("127.0.0.1", ["*"]).admits(b"any.example")
    assert AllowedHosts("127.0.0.1", ["192.0.2.7", "[2001:db8::1]"]).admits(b"[2001:db8::1]:80")


# ---------------------------------------------------------------- rates and bodies


def test_a_bucket_fills_again_at_its_rate_and_not_beyond_its_size() -> None:
    limit = RateLimit(2, 3)
    assert [limit.wait("a", 0) for _ in range(4)] == [0, 0, 0, 1]
    assert limit.wait("b", 0) == 0
    assert [limit.wait("a", 0.5) for _ in range(2)] == [0, 1]
    assert [limit.wait("a", 1000) for _ in range(4)] == [0, 0, 0, 1]
    assert RateLimit(0.1, 1).wait("a", 0) == 0
    slow = RateLimit(0.1, 1)
    assert (slow.wait("a", 0), slow.wait("a", 1)) == (0, 9)


@pytest.mark.parametrize(("one", "other", "same"), [
    ("192.0.2.1", "192.0.2.2", False), ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True), ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
    ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False), ("::ffff:192.0.2.1", "192.0.2.1", True),
])  # fmt: skip
def test_a_client_is_an_address_or_a_network_of_ipv6(one: str, other: str, same: bool) -> None:
    limit = RateLimit(0.001, 1)
    assert limit.refusal({"client": (one, 1)}) is None
    refused = limit.refusal({"client": (other, 2)})
    assert (refused is not None) == same
    if refused is not None:
        assert refused.kind == "rate-limited" and refused.headers[0][0] == b"retry-after"


def test_a_rate_limit_does_not_remember_clients_without_end() -> None:
    limit = RateLimit(1, 1)
    for number in range(25_000):
        limit.wait(str(number), 0)
    assert len(limit._buckets) == 20_000
    assert limit.wait("24999", 0) == 1 and limit.wait("0", 0) == 0


def body(settings: Settings, budget: BodyBudget, *pieces: bytes, pause: float = 0) -> tuple[list[bytes], GuardedBody, str]:
    """Read a body that comes in pieces; returns what was read, the guard, and the kind of problem that was met."""
    left = list(pieces)

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(pause)
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    guard = GuardedBody(receive, settings, budget)

    async def read() -> tuple[list[bytes], str]:
        found: list[bytes] = []
        try:
            while True:
                message = await guard.receive()
                found.append(message["body"])
                if not message["more_body"]:
                    return found, ""
        except Problem as error:
            return found, error.kind

    found, kind = asyncio.run(read())
    return found, guard, kind


def test_a_body_is_counted_while_it_comes() -> None:
    settings, budget = Settings(body_limit=5), BodyBudget(100)
    assert body(settings, budget, b"abc", b"de")[::2] == ([b"abc", b"de"], "")
    assert body(settings, budget, b"abc", b"def", b"g")[::2] == ([b"abc"], "too-large")


def test_bodies_together_have_a_limit_too_and_give_back_what_they_held() -> None:
    settings, budget = Settings(), BodyBudget(10)
    _, first, kind = body(settings, budget, b"x" * 8)
    assert (kind, budget.held) == ("", 8)
    _, second, kind = body(settings, budget, b"x" * 8)
    assert (kind, budget.held) == ("server-busy", 16)
    first.close()
    second.close()
    second.close()
    assert budget.held == 0


def test_a_body_has_a_time_for_each_piece_and_one_for_the_whole() -> None:
    budget = BodyBudget(100)
    assert body(Settings(pause_seconds=0.05), budget, b"a", pause=0.5)[2] == "slow-request"
    assert body(Settings(pause_seconds=5, body_seconds=0.1), budget, *[b"a"] * 20, pause=0.03)[2] == "slow-request"
    assert body(Settings(pause_seconds=5, body_seconds=5), budget, b"a", b"b", pause=0.01)[2] == ""


def test_a_head_is_measured_as_a_whole() -> None:
    def scope(path: bytes = b"/", query: bytes = b"", headers: tuple[tuple[bytes, bytes], ...] = ()) -> dict[str, Any]:
        return {"raw_path": path, "query_string": query, "headers": list(headers), "http_version": "1.1"}

    settings = Settings(url_limit=300, header_limit=1024)
    kinds = [getattr(head_refusal(s, settings), "kind", None) for s in (
        scope(b"/" + b"a" * 299), scope(b"/" + b"a" * 300), scope(b"/", b"a" * 300), scope(headers=((b"x", b"y" * 900),)), scope(headers=((b"x", b"y" * 1100),)),
        scope(headers=((b"x", b"y"),) * 101), {**scope(), "http_version": "2"},
    )]  # fmt: skip
    assert kinds == [None, "address-too-long", "address-too-long", None, "headers-too-large", "headers-too-large", "bad-request"]


# ---------------------------------------------------------------- logs


def logged(form: str, **scope: Any) -> str:
    """Return the line about a request."""
    handler = logging.StreamHandler()
    formatter = observing._Json() if form == "json" else observing._Text()
    lines: list[str] = []
    handler.emit = lambda record: lines.append(formatter.format(record))  # type: ignore[method-assign]
    logger = logging.getLogger("imri_kg_api.requests")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        observing.tell_request({"method": "GET", **scope}, number="abc", status=200, size=5, seconds=0.0123, release="1.0+x")
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
    return lines[0]


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("raw", [b"/a%0d%0aGET%20/forged", b"/a\r\nforged 200", b"/\x1b[31mred\x7f", "/\u202eevil\u2028".encode(), b"/" + b"a" * 5000, b'/"quoted"\\'])
def test_no_path_can_forge_a_line_of_the_log(form: str, raw: bytes) -> None:
    line = logged(form, raw_path=raw, path="unused", method="GE\nT" if form == "text" else "GET")
    assert line.isascii() and line.isprintable() and len(line) < 1000
    if form == "json":
        told = json.loads(line)
        assert (told["event"], told["status"], told["bytes"], told["ms"], told["id"], told["release"]) == ("request", 200, 5, 12.3, "abc", "1.0+x")
        assert told["path"].isprintable()
    else:
        assert line.endswith(" 200 5B 12.3ms 1.0+x")


@pytest.mark.parametrize(("sent", "kept"), [
    (b"abc-123_x.y~z", True), (b"a" * 64, True), (b"a" * 65, False), (b"", False), (b"a b", False), (b"a\x1b", False), (b"a=b", False), ("é".encode(), False),
])  # fmt: skip
def test_only_a_plain_token_is_taken_for_the_id_of_a_request(sent: bytes, kept: bool) -> None:
    found = observing.request_id({"headers": [(b"x-request-id", sent)]})
    assert (found == sent.decode("latin-1")) == kept
    assert kept or (len(found) == 16 and found.isalnum())


# ---------------------------------------------------------------- watching


def test_a_change_is_told_once_and_only_when_the_files_have_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    # What the files are at each look, from the start on; nothing while a file is being replaced.
    looks = iter(["a", "a", "b", "c", "c", "c", "", "c", "c", "a", "a"])
    monkeypatch.setattr(Watch, "_digest", staticmethod(lambda: next(looks)))
    watch = Watch(1)
    assert [watch.changed() for _ in range(10)] == [False, False, False, True, False, False, False, False, False, True]
