"""The options of `imri-kg serve`, by group. Values stay text here: the server reads them as it reads its environment variables.

Beside `commands`. A test compares the options with the settings of the server.
"""

from __future__ import annotations

import argparse

__all__ = ["add_serve_options"]

#: Group, then flag, name of the value (empty for a switch, + for repeatable), and what it sets.
_OPTIONS: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    ("where it listens", (
        ("--host", "ADDRESS", "address to listen on (default 127.0.0.1, which only this machine reaches)"),
        ("--port", "PORT", "port to listen on (default 8000; 0 takes a free one)"),
        ("--workers", "N", "processes that answer (default 1)"),
    )),
    ("what it serves", (
        ("--cases", "FILE|DIR+", "further case datasets, kept in memory (repeatable)"),
        ("--library", "", "show the cases of your library as well; without it, nobody sees them"),
        ("--snapshot", "FOLDER+", "an old release to keep, from a folder of the cache or of 'build -o' (repeatable)"),
        ("--watch", "SECONDS", "look for changed sources this often, and serve the new release (default 0: never)"),
    )),
    ("who may ask", (
        ("--allowed-host", "NAME+", "a host name to answer under, *.example.org, or * for any (repeatable)"),
        ("--proxy", "ADDRESS+", "a proxy or network whose X-Forwarded-For and -Proto are believed (repeatable)"),
        ("--rate-limit", "N", "requests a second of one client (default 0: no limit)"),
        ("--rate-burst", "N", "requests that a client may send at once (default twice the rate)"),
    )),
    ("what a request may have", (
        ("--url-limit", "SIZE", "bytes of an address (default 16KiB)"),
        ("--header-limit", "SIZE", "bytes of an address and all headers together (default 32KiB)"),
        ("--body-limit", "SIZE", "bytes of a body (default 64MiB)"),
        ("--header-seconds", "SECONDS", "time for a head to be whole (default 15)"),
        ("--pause-seconds", "SECONDS", "longest pause within a body (default 15)"),
        ("--body-seconds", "SECONDS", "time for a whole body (default 300)"),
        ("--keep-alive-seconds", "SECONDS", "time that an idle connection stays open (default 15)"),
        ("--request-limit", "N", "requests that a worker answers at one time (default 512)"),
        ("--connection-limit", "N", "connections that a worker holds at one time (default 2000)"),
    )),
    ("free SPARQL queries", (
        ("--query-seconds", "SECONDS", "time for a query (default 10)"),
        ("--query-memory", "SIZE", "memory of a query (default 512MiB)"),
        ("--query-results", "SIZE", "bytes of a result (default 64MiB)"),
        ("--query-workers", "N", "queries at one time in each worker (default 2)"),
        ("--query-waiting", "N", "queries that may wait for a place (default 64)"),
    )),
    ("how it stops and what it tells", (
        ("--grace-seconds", "SECONDS", "time that running requests get to end (default 10)"),
        ("--drain-seconds", "SECONDS", "time to go on answering, but not as ready, before it stops (default 0)"),
        ("--access-log", "", "write a line about each request to standard error"),
        ("--log-format", "FORMAT", "text (the default) or json"),
        ("--metrics", "WHO", "serve figures for Prometheus at /metrics: off (the default), local, or all"),
    )),
)  # fmt: skip


def add_serve_options(parser: argparse.ArgumentParser) -> None:
    """Add the options to the parser of the command; what was not given is None, or an empty list."""
    for title, options in _OPTIONS:
        group = parser.add_argument_group(title)
        for flag, value, text in options:
            if not value:
                group.add_argument(flag, action="store_true", default=None, help=text)
            elif value.endswith("+"):
                group.add_argument(flag, action="append", default=[], metavar=value[:-1], help=text)
            else:
                group.add_argument(flag, metavar=value, help=text)
