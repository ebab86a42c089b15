"""The load tool wrk: runs it, and reads what it prints.

Called by `load`. wrk keeps a number of connections open and sends the next request on each as soon as the reply before is there.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.results import MissingToolError, NothingMeasuredError

__all__ = ["Result", "find_wrk", "read_output", "run"]

_STATUSES = Path(__file__).resolve().parent / "statuses.lua"
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0, "h": 3_600_000.0}
#: Seconds after which wrk counts a request as one that got no reply in time.
_TIMEOUT = 15


@dataclass(frozen=True, slots=True)
class Result:
    """One run. Times are milliseconds, throughput is good replies a second; `statuses` counts the kinds of other replies in a run apart."""

    requests: int
    seconds: float
    p50: float
    p99: float
    not_good: int = 0
    connect: int = 0
    read: int = 0
    write: int = 0
    timeout: int = 0
    statuses: dict[str, int] = field(default_factory=dict)

    @property
    def throughput(self) -> float:
        """Replies a second with a status below 400."""
        return (self.requests - self.not_good) / self.seconds

    @property
    def errors(self) -> dict[str, int]:
        """The errors that occurred, by kind."""
        kinds = {"other status": self.not_good, "connect": self.connect, "read": self.read, "write": self.write, "timeout": self.timeout}
        return {kind: count for kind, count in kinds.items() if count}

    def to_json(self) -> dict[str, object]:
        """Return the figures as a dictionary."""
        return {**asdict(self), "throughput": round(self.throughput, 1)}


def find_wrk() -> str:
    """Return the path of wrk.

    Raises:
        MissingToolError: it is not installed.
    """
    found = shutil.which("wrk")
    if found is None:
        raise MissingToolError("The load tool wrk is not installed. On Debian and Ubuntu: apt-get install wrk; on macOS: brew install wrk.")
    return found


def run(address: str, connections: int, seconds: int, headers: Mapping[str, str] | None = None) -> Result:
    """Load an address.

    Args:
        address: what is asked, again and again.
        connections: how many connections ask at the same time.
        seconds: how long.
        headers: further headers.

    Raises:
        MissingToolError: wrk is not installed.
        NothingMeasuredError: not one reply came.
    """
    program = find_wrk()
    # One thread sends more than any server here can answer, and leaves the processor to the servers.
    command = [program, "-t1", f"-c{connections}", "--latency", "--timeout", f"{_TIMEOUT}s"]
    for name, value in (headers or {}).items():
        command += ["-H", f"{name}: {value}"]
    result = read_output(_output([*command, f"-d{seconds}s", address], seconds))
    if not result.not_good:
        return result
    # A script that looks at each reply slows wrk down, so that the kinds are counted in a second, shorter run.
    again = max(1, seconds // 2)
    told = re.search(r"^Statuses: (.*)$", _output([*command, f"-d{again}s", "-s", str(_STATUSES), address], again), re.MULTILINE)
    pairs = re.findall(r"([0-9]+)=([0-9]+)", told[1]) if told else []
    return Result(**{**asdict(result), "statuses": {status: int(count) for status, count in sorted(pairs)}})


def read_output(text: str) -> Result:
    """Read what wrk prints with `--latency`.

    Raises:
        NothingMeasuredError: it tells of no reply.
    """
    total = re.search(r"^\s*([0-9]+) requests in ([0-9.]+)(us|ms|s|m|h),", text, re.MULTILINE)
    if total is None or not int(total[1]):
        raise NothingMeasuredError(f"wrk got no reply: {text.strip()[-500:]}")
    other = re.search(r"^\s*Non-2xx or 3xx responses: ([0-9]+)", text, re.MULTILINE)
    sockets = re.search(r"^\s*Socket errors: connect ([0-9]+), read ([0-9]+), write ([0-9]+), timeout ([0-9]+)", text, re.MULTILINE)
    connect, read, write, timeout = map(int, sockets.groups()) if sockets else (0, 0, 0, 0)
    return Result(int(total[1]), _milliseconds(total[2], total[3]) / 1000, _percentile(text, 50), _percentile(text, 99), int(other[1]) if other else 0,
                  connect, read, write, timeout)  # fmt: skip


def _percentile(text: str, percent: int) -> float:
    found = re.search(rf"^\s*{percent}%\s+([0-9.]+)(us|ms|s|m|h)\s*$", text, re.MULTILINE)
    if found is None:
        raise NothingMeasuredError(f"wrk tells no latency of {percent} in a hundred: {text.strip()[-500:]}")
    return _milliseconds(found[1], found[2])


def _milliseconds(number: str, unit: str) -> float:
    return float(number) * _UNITS[unit]


def _output(command: list[str], seconds: int) -> str:
    found = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 4 * _TIMEOUT, check=False)
    if found.returncode:
        raise NothingMeasuredError(f"wrk ended with {found.returncode}: {(found.stderr or found.stdout).strip()[-500:]}")
    return found.stdout
