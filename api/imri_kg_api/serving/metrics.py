"""Figures of a running server for Prometheus: requests by route and outcome, their times, what runs, and the release.

Called by the service. Labels come from closed lists (the templates of routes, known methods, classes of status), so that no client can make
them grow. With several workers each writes its figures into a folder that they share, and any of them gives the sums.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

from imri_kg import __version__

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

__all__ = ["FOLDER_VARIABLE", "Metrics", "forget_worker"]

#: The name under which prometheus-client looks for the folder of several workers.
FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The figures of this process."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

        self._registry: CollectorRegistry = CollectorRegistry()
        by = ("route", "method", "status")
        self._requests = Counter("imri_kg_requests", "Requests that were answered.", by, registry=self._registry)
        self._seconds = Histogram("imri_kg_request_seconds", "Seconds from the head of a request to the end of its reply.", ("route",), registry=self._registry, buckets=_BUCKETS)
        self._running = Gauge("imri_kg_requests_running", "Requests that are being answered.", registry=self._registry, multiprocess_mode="livesum")
        self._refused = Counter("imri_kg_refused", "Requests that were refused before any route saw them.", ("kind",), registry=self._registry)
        self._release = Gauge("imri_kg_release_info", "Whether a release is the present one (1) or was before (0).", ("release", "version"),
                              registry=self._registry, multiprocess_mode="livemax")  # fmt: skip
        self._switches = Counter("imri_kg_switches", "Attempts to open the graph anew, by outcome.", ("outcome",), registry=self._registry)
        self._pool = Gauge("imri_kg_query_pool", "The pool of query workers, by what is counted.", ("figure",), registry=self._registry, multiprocess_mode="livesum")
        self._shown = ""

    def answered(self, *, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request with its outcome."""
        outcome = f"{status // 100}xx" if status else "left"
        self._requests.labels(route, method if method in _METHODS else "other", outcome).inc()
        self._seconds.labels(route).observe(seconds)

    def refused(self, kind: str) -> None:
        """Count a request that was refused with a type of problem."""
        self._refused.labels(kind).inc()

    def switched(self, outcome: str) -> None:
        """Count an attempt to open the graph anew."""
        self._switches.labels(outcome).inc()

    def refresh(self, running: int, release: str, pool: Mapping[str, int]) -> None:
        """Write down what is counted elsewhere."""
        self._running.set(running)
        if release != self._shown:
            if self._shown:
                self._release.labels(self._shown, __version__).set(0)
            self._release.labels(release, __version__).set(1)
            self._shown = release
        for name, value in pool.items():
            self._pool.labels(name).set(value)

    def text(self) -> tuple[bytes, str]:
        """Return the figures in the text format of Prometheus, and its media type."""
        from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

        registry = self._registry
        if os.environ.get(FOLDER_VARIABLE):
            from prometheus_client.multiprocess import MultiProcessCollector

            registry = CollectorRegistry()
            MultiProcessCollector(registry)
        return generate_latest(registry), CONTENT_TYPE_LATEST


def forget_worker(number: int) -> None:
    """Take the gauges of a worker that has ended out of the sums; its counts stay.

    Args:
        number: its process id.
    """
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(number)
