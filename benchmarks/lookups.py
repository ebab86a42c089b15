"""Clients for locust: each looks a mapping up once a second, whatever happens to the others.

Run by `quiet`, which hands over the file for the figures; locust itself rounds them. The clients begin at random moments of a second, as people do.
"""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from typing import Any

import gevent
from locust import FastHttpUser, constant_pacing, events, task

__all__ = ["Client"]

_TIMES: list[dict[str, Any]] = []


class Client(FastHttpUser):
    """One client."""

    wait_time = constant_pacing(1)

    def on_start(self) -> None:
        """Wait a part of a second, which differs from client to client."""
        gevent.sleep(random.random())

    @task
    def look_up(self) -> None:
        """Look a mapping up."""
        self.client.get(os.environ["IMRI_KG_BENCHMARK_PATH"])


@events.request.add_listener
def _note(response_time: float, response: Any = None, exception: BaseException | None = None, **_: Any) -> None:
    status = getattr(response, "status_code", 0) or 0
    _TIMES.append({"ms": response_time, "status": status, "error": type(exception).__name__ if exception else ""})


@events.quitting.add_listener
def _write(**_: Any) -> None:
    Path(os.environ["IMRI_KG_BENCHMARK_TIMES"]).write_text(json.dumps(_TIMES), encoding="utf-8")
