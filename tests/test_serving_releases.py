"""A server that changes to another release drops no request and mixes no answer; old releases stay where they were."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from running_server import IMRI_KG, Running

import imri_kg
from imri_kg.errors import SnapshotError
from imri_kg.graph import KnowledgeGraph
from imri_kg.snapshot import open_folder

WINDOWS = pytest.mark.skipif(os.name == "nt", reason="Windows has no signals of this kind")
CHIME = ("ontology", "frameworks", "chime.ttl")


def change(file: Path, before: str, after: str) -> None:
    """Change a text in a source file, in one step as editors do."""
    text = file.read_text(encoding="utf-8")
    assert before in text
    new = file.with_suffix(".bak")
    new.write_text(text.replace(before, after), encoding="utf-8")
    new.replace(file)


def relabel(data: Path, after: str) -> None:
    """Give `chime:C` another label, and in all mapping tables too."""
    change(data.joinpath(*CHIME), '"Connectedness"', f'"{after}"')
    tables = [file for file in (data / "ontology" / "mappings").glob("*.tsv") if "\tConnectedness\t" in file.read_text(encoding="utf-8")]
    assert tables
    for table in tables:
        change(table, "\tConnectedness\t", f"\t{after}\t")


class Askers:
    """Threads that ask a server for several things, over and over, until they are told to stop."""

    ADDRESSES = (
        "/api/v1/frameworks", "/api/v1/concepts/chime:C", "/api/v1/crosswalks/imri/chime", "/api/v1/search?q=hope",
        "/sparql?query=ASK%7B%3Fs%20%3Fp%20%3Fo%7D", "/health",
    )  # fmt: skip

    def __init__(self, server: Running, number: int = 6) -> None:
        self._server, self._stop = server, threading.Event()
        self.replies: list[tuple[str, int, str, bytes, str]] = []
        self.failures: list[str] = []
        self._threads = [threading.Thread(target=self._ask, args=(n,)) for n in range(number)]

    def _ask(self, number: int) -> None:
        connection: http.client.HTTPConnection | None = None
        while not self._stop.is_set():
            address = self.ADDRESSES[number % len(self.ADDRESSES)]
            number += 1
            try:
                # Half of the requests come over a connection that is open already.
                if connection is None or number % 2:
                    connection = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=60)
                connection.request("GET", address, headers={"Accept": "application/json" if "sparql" not in address else "application/sparql-results+json"})
                reply = connection.getresponse()
                body = reply.read()
                self.replies.append((address, reply.status, reply.headers["imri-kg-release"], body, reply.headers["etag"] or ""))
            except Exception as error:
                self.failures.append(f"{address}: {error!r}")
                connection = None

    def __enter__(self) -> Askers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)

    def check(self) -> Counter[str]:
        """Assert that every request was answered from one release alone, and return how many each release answered."""
        assert self.failures == []
        assert {status for _, status, *_ in self.replies} == {200}
        by_tag: dict[tuple[str, str], tuple[str, bytes]] = {}
        for address, _, release, body, tag in self.replies:
            if "sparql" in address:
                assert json.loads(body)["boolean"] is True
                continue
            document = json.loads(body)
            assert document["release"] == release, address
            if address == "/api/v1/concepts/chime:C":
                assert (document["label"] == "Connectedness") == (release == self.replies[0][2])
            # What has one tag is one answer.
            assert by_tag.setdefault((address, tag), (release, body)) == (release, body)
        return Counter(release for _, _, release, _, _ in self.replies)


def children(server: Running, named: str = "") -> list[int]:
    """Return the processes that a server has started, those whose command has a text in it."""
    listed = subprocess.run(["ps", "-ww", "--ppid", str(server.process.pid), "-o", "pid=", "-o", "args="], capture_output=True, text=True, check=False).stdout
    return [int(line.split()[0]) for line in listed.splitlines() if named in line]


@WINDOWS
@pytest.mark.parametrize("arguments", [(), ("--workers", "2")], ids=["one worker", "two workers"])
def test_a_new_release_is_served_without_a_failed_request(data_copy: Path, arguments: tuple[str, ...]) -> None:
    with Running("--metrics", "local", *arguments) as server:
        first = server.json("/health")["release"]
        with Askers(server) as askers:
            server.until(lambda: len(askers.replies) > 50)
            relabel(data_copy, "Being connected")
            server.process.send_signal(signal.SIGHUP)
            server.until(lambda: {release for _, _, release, _, _ in askers.replies[-60:]} not in ({first}, set()) and first not in {r[2] for r in askers.replies[-60:]}, 120)
        answered = askers.check()
        assert len(answered) == 2 and answered[first] > 50
        assert server.json("/api/v1/concepts/chime:C")["label"] == "Being connected"
        assert any(f"instead of {first}" in line for line in server.errors)
        status, out, _ = server.stop()
        assert status == 0 and "has stopped" in out


@WINDOWS
def test_a_build_that_fails_leaves_the_present_release_and_tells_the_faults(data_copy: Path) -> None:
    with Running() as server:
        first = server.json("/health")["release"]
        change(data_copy.joinpath(*CHIME), "@prefix", "@prfix")
        server.process.send_signal(signal.SIGHUP)
        server.until_said("was not opened anew")
        assert any("chime.ttl" in line for line in server.errors), server.errors
        assert server.json("/health")["release"] == first
        change(data_copy.joinpath(*CHIME), "@prfix", "@prefix")
        server.process.send_signal(signal.SIGHUP)
        server.until_said(f"release {first} answers, as before")
        assert server.json("/health")["release"] == first


@WINDOWS
def test_changed_sources_are_noticed_where_that_was_asked_for(data_copy: Path) -> None:
    with Running("--watch", "0.5") as server:
        first = server.json("/health")["release"]
        relabel(data_copy, "Being connected")
        server.until_said(f"instead of {first}")
        assert server.json("/api/v1/concepts/chime:C")["label"] == "Being connected"


@WINDOWS
def test_pools_of_a_release_that_was_replaced_are_closed(data_copy: Path) -> None:
    with Running() as server:
        server.until_ready()
        before = children(server)
        assert len(before) >= 2
        for number in range(2):
            server.process.send_signal(signal.SIGHUP)
            server.until(lambda number=number: sum("as before" in line for line in server.errors) == number + 1)
        server.until(lambda: len(children(server)) <= len(before))
        assert not set(children(server)) & set(before)


# ---------------------------------------------------------------- old releases


@pytest.fixture(scope="module")
def old(graph: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a release with another label, as `imri-kg build -o` writes it."""
    root = tmp_path_factory.mktemp("old")
    for folder in imri_kg.resources.FOLDERS:
        shutil.copytree(imri_kg.resources.path(folder), root / "data" / folder)
    relabel(root / "data", "Togetherness")
    environment = {**os.environ, "IMRI_KG_DATA": str(root / "data"), "IMRI_KG_CACHE": str(root / "cache")}
    subprocess.run([*IMRI_KG, "build", "-o", str(root / "release")], env=environment, check=True, capture_output=True, timeout=120)
    yield root / "release"


@pytest.fixture(scope="module")
def server(old: Path) -> Iterator[Running]:
    with Running("--snapshot", str(old)) as running:
        yield running


def test_an_old_release_answers_below_its_own_address(server: Running, old: Path, graph: KnowledgeGraph) -> None:
    kept = json.loads((old / "release.json").read_text())["release"]
    assert kept != graph.release
    listed = server.json("/releases")
    assert [(row["release"], row["present"]) for row in listed["items"]] == [(graph.release, True), (kept, False)]
    for row, label in zip(listed["items"], ("Connectedness", "Togetherness"), strict=True):
        reply, body = server.get(row["address"] + "api/v1/concepts/chime:C")
        assert (reply.status, json.loads(body)["label"]) == (200, label)
        assert reply.headers["imri-kg-release"] == json.loads(body)["release"] == row["release"]
    assert server.json("/api/v1/concepts/chime:C")["label"] == "Connectedness"


def test_links_to_further_pages_stay_in_their_release(server: Running, old: Path) -> None:
    kept = json.loads((old / "release.json").read_text())["release"]
    reply, body = server.get(f"/releases/{kept}/api/v1/mappings?limit=3")
    links = reply.headers["link"]
    following = next(part for part in links.split(",") if 'rel="next"' in part).split("<")[1].split(">")[0]
    assert following.startswith(f"/releases/{kept}/api/v1/mappings?")
    further = server.json(following)
    assert further["release"] == kept and further["items"] != json.loads(body)["items"]


@pytest.mark.parametrize("path", ["/releases/0.0.1+000000000000/api/v1/frameworks", "/releases//api", "/releases/..%2f/api/v1/frameworks"])
def test_a_release_that_is_not_kept_is_named_with_those_that_are(server: Running, graph: KnowledgeGraph, path: str) -> None:
    reply, body = server.get(path)
    document = json.loads(body)
    assert (reply.status, document["type"].rsplit("/", 1)[1]) == (404, "unknown-release")
    assert graph.release in document["known"] and len(document["known"]) == 2


def test_case_data_are_validated_with_the_present_release_alone(server: Running, old: Path, graph: KnowledgeGraph) -> None:
    kept = json.loads((old / "release.json").read_text())["release"]
    reply, body = server.ask("POST", f"/releases/{kept}/api/v1/validate?name=cases.csv", b"Case\nA\n")
    assert reply.status == 404 and "send them to /api/v1/validate" in json.loads(body)["detail"]
    reply, body = server.ask("POST", f"/releases/{graph.release}/api/v1/validate?name=cases.csv", b"Case\nA\n")
    assert (reply.status, json.loads(body)["release"]) == (200, graph.release)


def test_a_release_keeps_its_address_when_another_is_the_present_one(server: Running, graph: KnowledgeGraph) -> None:
    with_release = server.get(f"/releases/{graph.release}/api/v1/crosswalks/imri/chime?format=csv")[1]
    assert with_release == server.get("/api/v1/crosswalks/imri/chime?format=csv")[1]


@pytest.mark.parametrize("damage", [
    lambda folder: (folder / "graph.nq").unlink(),
    lambda folder: (folder / "graph.nq").write_bytes((folder / "graph.nq").read_bytes().split(b"\n", 1)[1]),
    lambda folder: (folder / "graph.nq").write_bytes(b"<a> <b>"),
    lambda folder: (folder / "release.json").write_text("[]"),
    lambda folder: (folder / "search.json").write_text("{"),
])  # fmt: skip
def test_a_damaged_folder_is_refused(old: Path, tmp_path: Path, damage: Callable[[Path], object]) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(old, folder)
    assert open_folder(folder).release["release"] != ""
    damage(folder)
    with pytest.raises(SnapshotError, match="copy"):
        open_folder(folder)


def test_a_snapshot_of_the_cache_is_compared_with_its_digests(graph: KnowledgeGraph, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(graph._snapshot.folder or Path(), folder)
    opened = KnowledgeGraph(open_folder(folder))
    assert opened.release == graph.release and opened.frameworks().rows() == graph.frameworks().rows()
    (folder / "search.json").write_bytes((folder / "search.json").read_bytes() + b" ")
    with pytest.raises(SnapshotError, match="search.json in .* is damaged"):
        open_folder(folder)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_folder_without_a_graph_is_told_in_one_line(graph: KnowledgeGraph, tmp_path: Path, workers: str) -> None:
    arguments = ["--port", "0", "--workers", workers, "--snapshot", str(tmp_path)]
    found = subprocess.run([*IMRI_KG, "serve", *arguments], capture_output=True, text=True, timeout=60)
    assert (found.returncode, found.stdout) == (2, "") and found.stderr.count("\n") == 1
    assert f"{tmp_path} holds no graph that can be opened" in found.stderr


def test_two_folders_of_one_release_are_refused(old: Path, tmp_path: Path) -> None:
    shutil.copytree(old, tmp_path / "copy")
    arguments = ["--snapshot", str(old), "--snapshot", str(tmp_path / "copy")]
    found = subprocess.run([*IMRI_KG, "serve", "--port", "0", *arguments], capture_output=True, text=True, timeout=60)
    assert found.returncode == 2 and "both hold release" in found.stderr


# ---------------------------------------------------------------- several workers


@WINDOWS
def test_a_worker_that_dies_is_replaced_while_others_answer(graph: KnowledgeGraph) -> None:
    with Running("--workers", "2", "--metrics", "local") as server:
        workers = children(server, "spawn_main")
        assert len(workers) == 2
        os.kill(workers[0], signal.SIGKILL)
        server.until_said(f"worker {workers[0]} ended with -9 and is replaced")
        for _ in range(20):
            assert server.get("/health")[0].status == 200
        server.until(lambda: len(children(server, "spawn_main")) == 2)
        # The figures are those of all workers together, whichever is asked.
        time.sleep(1)
        name = 'imri_kg_requests_total{method="GET",route="/health",status="2xx"}'
        counted = [float(line.split()[1]) for line in server.get("/metrics")[1].decode().splitlines() if line.startswith(name)]
        assert counted == [20.0]
        status, out, _ = server.stop()
        assert status == 0 and "has stopped" in out
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]


@WINDOWS
def test_workers_end_when_their_supervisor_is_killed(graph: KnowledgeGraph) -> None:
    server = Running("--workers", "2")
    server.process.kill()
    server.process.wait(10)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            server.get("/health/live")
        except OSError:
            break
        time.sleep(0.2)
    else:
        pytest.fail("the workers went on without their supervisor")


@WINDOWS
@pytest.mark.parametrize("arguments", [(), ("--workers", "2")], ids=["one worker", "two workers"])
def test_a_server_ends_with_the_terminal_in_which_it_was_started(graph: KnowledgeGraph, arguments: tuple[str, ...]) -> None:
    import fcntl
    import pty
    import termios

    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*IMRI_KG, "serve", "--port", "0", *arguments], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    )  # fmt: skip
    os.close(theirs)
    said = b""
    try:
        while b"/docs" not in said:
            said += os.read(ours, 4096)
        process.send_signal(signal.SIGHUP)
        time.sleep(1)
        assert process.poll() is None, "with its terminal there, the signal asks for a new release"
        os.close(ours)
        process.wait(30)
    finally:
        process.kill()
