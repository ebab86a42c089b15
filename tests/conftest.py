"""What tests share: the built graph, a copy of the data to spoil, and the command line in this process."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from command_line import Cli, Outcome
from hypothesis import settings

import imri_kg
from imri_kg import resources
from imri_kg.graph import KnowledgeGraph

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from imri_kg.remote.graph import RemoteGraph

#: The same examples on every machine, however busy it is.
settings.register_profile("suite", deadline=None, derandomize=True, database=None)
settings.load_profile("suite")

#: Settings of whoever runs the tests, which must not decide what they see.
_SETTINGS = ("IMRI_KG_BASE", "IMRI_KG_CACHE", "IMRI_KG_DATA", "IMRI_KG_DEBUG", "IMRI_KG_LIBRARY")


def pytest_configure(config: pytest.Config) -> None:
    """Keep snapshots of the tests in a folder of their own; workers of pytest-xdist inherit it and so build once."""
    if not hasattr(config, "workerinput"):
        for name in _SETTINGS:
            os.environ.pop(name, None)
        os.environ["IMRI_KG_CACHE"] = tempfile.mkdtemp(prefix="imri-kg-tests-")
        # A library that is never made: tests that import datasets name one of their own.
        os.environ["IMRI_KG_LIBRARY"] = os.path.join(os.environ["IMRI_KG_CACHE"], "no-library")
        config.add_cleanup(lambda: shutil.rmtree(os.environ["IMRI_KG_CACHE"], ignore_errors=True))


@pytest.fixture(scope="session")
def graph() -> KnowledgeGraph:
    """The graph of the checkout, built once whatever the number of workers."""
    lock = Path(os.environ["IMRI_KG_CACHE"]) / "lock"
    try:
        lock.mkdir(parents=True)
    except FileExistsError:
        deadline = time.monotonic() + 120
        while not (lock / "built").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        return imri_kg.open()
    try:
        return imri_kg.open()
    finally:
        (lock / "built").touch()


@pytest.fixture(scope="session")
def client(graph: KnowledgeGraph) -> TestClient:
    """A client of the application that answers from the graph."""
    with warnings.catch_warnings():
        # The client works with the httpx that the lock has, and says that it will want another one some day.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.filterwarnings("ignore", message="Using `httpx`")
        from fastapi.testclient import TestClient
    from imri_kg_api.app import create_app

    return TestClient(create_app(graph))


@pytest.fixture(scope="session")
def address(graph: KnowledgeGraph) -> Iterator[str]:
    """The address of a server that answers from the graph over a socket, without the user's library."""
    from serving import serving

    with serving(graph) as found:
        yield found


@pytest.fixture(params=["local", "remote"])
def kg(request: pytest.FixtureRequest, graph: KnowledgeGraph) -> Iterator[KnowledgeGraph | RemoteGraph]:
    """The graph of this installation, and then that of a server."""
    if request.param == "local":
        yield graph.without_library()
    else:
        with imri_kg.open(request.getfixturevalue("address")) as found:
            yield found


@pytest.fixture
def data_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of ontology/, queries/ and shapes/ to spoil, in which the library looks for its data."""
    root = tmp_path / "data"
    for folder in resources.FOLDERS:
        shutil.copytree(resources.path(folder), root / folder)
    monkeypatch.setenv("IMRI_KG_DATA", str(root))
    return root


@pytest.fixture
def cli(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Iterator[Cli]:
    """Run `imri-kg` in this process, as its entry point runs it."""
    from imri_kg.__main__ import main

    def run(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["imri-kg", *arguments])
        capfdbinary.readouterr()
        with pytest.raises(SystemExit) as stop:
            main()
        out, err = (part.decode("utf-8") for part in capfdbinary.readouterr())
        status = stop.value.code
        assert "Traceback" not in out + err, err
        return Outcome(status if isinstance(status, int) else 0 if status is None else 1, out, err)

    yield run
