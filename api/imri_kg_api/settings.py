"""What a server can be told: every setting once, with its flag, its environment variable, its default and its limits.

The command `serve` hands over what was typed, as text; a flag wins over the variable of the same setting. Nothing else reads these variables.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from imri_kg.errors import BadInputError

__all__ = ["VARIABLES", "Settings", "flag_of"]

_KIB, _MIB = 1 << 10, 1 << 20
_UNITS = {"": 1, "kib": _KIB, "mib": _MIB, "gib": 1 << 30}
_MOST_MEMORY = 1 << 40
_YES, _NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,15}", text) or not least <= int(text) <= most:
            raise ValueError(f"a whole number from {least:,} to {most:,}")
        return int(text)

    return read


def _seconds(least: float, most: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", text) or not least <= float(text) <= most:
            raise ValueError(f"a number from {least:g} to {most:g}")
        return float(text)

    return read


def _size(least: int, most: int = _MOST_MEMORY) -> Callable[[str], int]:
    def read(text: str) -> int:
        match = re.fullmatch(r"([0-9]{1,15}) ?([a-z]*)", text.strip().lower())
        if not match or match[2] not in _UNITS or not least <= int(match[1]) * _UNITS[match[2]] <= most:
            raise ValueError(f"a number of bytes such as 65536, 64KiB or 512MiB, not less than {least:,} and not more than {most:,}")
        return int(match[1]) * _UNITS[match[2]]

    return read


def _one_of(*names: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in names:
            raise ValueError(f"one of {', '.join(names)}")
        return text

    return read


def _switch(text: str) -> bool:
    if text.lower() not in (*_YES, *_NO):
        raise ValueError("1 or 0")
    return text.lower() in _YES


def _host_name(text: str) -> str:
    if not re.fullmatch(r"\*|(\*\.)?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|\[?[0-9A-Fa-f:.]+\]?", text):
        raise ValueError("a host name without a port, *.example.org for all names below one, or * for any")
    return text.lower()


def _network(text: str) -> str:
    import ipaddress

    try:
        return str(ipaddress.ip_network(text, strict=False)) if "/" in text else str(ipaddress.ip_address(text))
    except ValueError:
        raise ValueError("the address of a proxy, such as 127.0.0.1, or a network such as 10.0.0.0/8") from None


def _text(text: str) -> str:
    if not text.strip():
        raise ValueError("a name or an address")
    return text


def _setting(default: Any, variable: str, read: Callable[[str], Any], *, many: str = "") -> Any:
    """Declare a setting; `many` is what separates several values in its variable."""
    return field(default=default, metadata={"variable": variable, "read": read, "many": many})


@dataclass(frozen=True)
class Settings:
    """The settings of a server. Sizes are in bytes, times in seconds; limits of connections and requests are those of each worker."""

    host: str = _setting("127.0.0.1", "IMRI_KG_HOST", _text)
    port: int = _setting(8000, "IMRI_KG_PORT", _whole(0, 65535))
    workers: int = _setting(1, "IMRI_KG_WORKERS", _whole(1, 64))
    #: What is served.
    cases: tuple[Path, ...] = _setting((), "IMRI_KG_CASES", Path, many=os.pathsep)
    library: bool = _setting(False, "IMRI_KG_SHOW_LIBRARY", _switch)
    snapshot: tuple[Path, ...] = _setting((), "IMRI_KG_SNAPSHOT", Path, many=os.pathsep)
    #: Seconds between two looks at the sources; 0 never looks.
    watch: float = _setting(0.0, "IMRI_KG_WATCH", _seconds(0, 86400))
    #: Who may ask, and through whom.
    allowed_host: tuple[str, ...] = _setting((), "IMRI_KG_ALLOWED_HOST", _host_name, many=",")
    proxy: tuple[str, ...] = _setting((), "IMRI_KG_PROXY", _network, many=",")
    #: What a request may have.
    url_limit: int = _setting(16 * _KIB, "IMRI_KG_URL_LIMIT", _size(256, _MIB))
    header_limit: int = _setting(32 * _KIB, "IMRI_KG_HEADER_LIMIT", _size(1024, _MIB))
    body_limit: int = _setting(64 * _MIB, "IMRI_KG_BODY_LIMIT", _size(0))
    header_seconds: float = _setting(15.0, "IMRI_KG_HEADER_SECONDS", _seconds(0.1, 3600))
    pause_seconds: float = _setting(15.0, "IMRI_KG_PAUSE_SECONDS", _seconds(0.1, 3600))
    body_seconds: float = _setting(300.0, "IMRI_KG_BODY_SECONDS", _seconds(0.1, 86400))
    keep_alive_seconds: float = _setting(15.0, "IMRI_KG_KEEP_ALIVE_SECONDS", _seconds(0, 3600))
    #: How much at one time.
    request_limit: int = _setting(512, "IMRI_KG_REQUEST_LIMIT", _whole(1, 100_000))
    connection_limit: int = _setting(2000, "IMRI_KG_CONNECTION_LIMIT", _whole(1, 1_000_000))
    #: Requests a second of one client; 0 sets no limit.
    rate_limit: float = _setting(0.0, "IMRI_KG_RATE_LIMIT", _seconds(0, 1_000_000))
    #: Requests that a client may send at once; 0 means twice those of a second.
    rate_burst: int = _setting(0, "IMRI_KG_RATE_BURST", _whole(0, 1_000_000))
    #: How it stops.
    grace_seconds: float = _setting(10.0, "IMRI_KG_GRACE_SECONDS", _seconds(0, 3600))
    drain_seconds: float = _setting(0.0, "IMRI_KG_DRAIN_SECONDS", _seconds(0, 3600))
    #: What it tells whoever runs it.
    access_log: bool = _setting(False, "IMRI_KG_ACCESS_LOG", _switch)
    log_format: str = _setting("text", "IMRI_KG_LOG_FORMAT", _one_of("text", "json"))
    metrics: str = _setting("off", "IMRI_KG_METRICS", _one_of("off", "local", "all"))
    #: Free SPARQL queries.
    query_seconds: float = _setting(10.0, "IMRI_KG_QUERY_SECONDS", _seconds(0.1, 3600))
    query_memory: int = _setting(512 * _MIB, "IMRI_KG_QUERY_MEMORY", _size(64 * _MIB))
    query_workers: int = _setting(2, "IMRI_KG_QUERY_WORKERS", _whole(1, 64))
    query_waiting: int = _setting(64, "IMRI_KG_QUERY_WAITING", _whole(0, 10_000))
    query_results: int = _setting(64 * _MIB, "IMRI_KG_QUERY_RESULTS", _size(1024))

    @classmethod
    def of(cls, given: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Settings:
        """Return the settings that flags and variables give together.

        Args:
            given: name of a setting to the text of its flag, to a list of texts where it is repeatable, or to True; None and absent mean that
                the flag was not used.
            environment: the environment variables; those of this process when left out. An empty one counts as absent.

        Raises:
            BadInputError: a value cannot be used; the message names the flag or the variable.

        >>> Settings.of({"port": "0", "body_limit": "1MiB"}, {"IMRI_KG_WORKERS": "2"}).workers
        2
        """
        environment = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for item in fields(cls):
            variable, many = item.metadata["variable"], item.metadata["many"]
            value = given.get(item.name)
            if value is not None and value != []:
                values[item.name] = _read(item.metadata, flag_of(item.name), value)
            elif environment.get(variable, "").strip():
                text = environment[variable].strip()
                values[item.name] = _read(item.metadata, variable, [t.strip() for t in text.split(many) if t.strip()] if many else text)
        settings = cls(**values)
        settings._check()
        return settings

    def _check(self) -> None:
        if self.rate_burst and not self.rate_limit:
            raise BadInputError("--rate-burst says how many requests a client may send at once, beside --rate-limit; give both.")
        if self.header_limit < self.url_limit:
            raise BadInputError(f"--header-limit ({self.header_limit}) covers the address too, so it cannot be less than --url-limit ({self.url_limit}).")

    @property
    def burst(self) -> int:
        """Requests that a client may send at once where there is a rate limit."""
        return self.rate_burst or max(1, round(2 * self.rate_limit))


#: Every environment variable of the server.
VARIABLES = tuple(item.metadata["variable"] for item in fields(Settings))


def flag_of(name: str) -> str:
    """Return the flag of a setting.

    >>> flag_of("body_limit")
    '--body-limit'
    """
    return "--" + name.replace("_", "-")


def _read(declared: Mapping[str, Any], place: str, value: Any) -> Any:
    if isinstance(value, bool):
        return value
    texts = value if isinstance(value, list) else [value]
    found = []
    for text in texts:
        try:
            found.append(declared["read"](text))
        except ValueError as error:
            raise BadInputError(f"{place} is {str(text)[:80]!r}; it must be {error}.") from error
    return tuple(found) if declared["many"] else found[0]
