"""A child process as its parent sees it: started with little of the environment, spoken to by two pipes, ended with everything that it started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import BinaryIO

from imri_kg.isolation.confinement import PASSED

__all__ = ["CRASHES", "TIME_SIGNALS", "Child"]

_END_SECONDS = 2.0


def _numbers(*names: str) -> frozenset[int]:
    return frozenset(getattr(signal, name) for name in names if hasattr(signal, name))


#: Signals by which the system ends a process whose time is over, and those by which a process dies of itself.
TIME_SIGNALS = _numbers("SIGXCPU", "SIGALRM")
CRASHES = _numbers("SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL", "SIGFPE", "SIGSYS", "SIGTRAP")


class Child:
    """A process that runs a module of ours.

    Args:
        module: name of the module.

    Raises:
        OSError: no process can be started.
    """

    def __init__(self, module: str) -> None:
        #: Why this side ended the process; empty where it ended by itself.
        self.ended = ""
        self._lock = threading.Lock()
        # A session of its own: the whole of it can be killed, and Ctrl+C at a terminal is left to the parent.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-X", "utf8", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=None if os.environ.get("IMRI_KG_DEBUG") else subprocess.DEVNULL,
            env={name: os.environ[name] for name in PASSED if name in os.environ},
            start_new_session=os.name != "nt",
        )

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Say whether the process is running."""
        return self._process.poll() is None

    @property
    def questions(self) -> BinaryIO:
        """The pipe into the process."""
        assert self._process.stdin is not None
        return self._process.stdin  # type: ignore[return-value]

    @property
    def answers(self) -> BinaryIO:
        """The pipe out of the process."""
        assert self._process.stdout is not None
        return self._process.stdout  # type: ignore[return-value]

    def kill(self, why: str) -> None:
        """End the process and everything that it started; the first reason is kept."""
        with self._lock:
            if self._process.poll() is not None:
                return
            self.ended = self.ended or why
            if os.name == "nt":
                self._process.kill()
                return
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                # It ended at this moment; macOS then forbids what Linux does not find.
                return

    def close(self, why: str = "stopped") -> None:
        """End the process, and wait for the end of it."""
        self.kill(why)
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    # What was still to be written has no reader any more.
                    continue

    def status(self) -> int:
        """Return the exit status of a process that has closed its pipe."""
        try:
            return self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.close()
            return self._process.returncode
