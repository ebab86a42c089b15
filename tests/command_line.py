"""What tests get back when they run `imri-kg` in this process; the fixture `cli` in conftest.py runs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Outcome(NamedTuple):
    """What a command left: exit status, standard output and standard error."""

    status: int
    out: str
    err: str


Cli = Callable[..., Outcome]
