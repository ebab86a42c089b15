"""A validation in a process of its own: the same findings as in this process, and nothing else gets in or out.

Every test of a worker starts the real process. Where its inside has to be seen, `inside` puts a function into that process which runs once all its
walls stand, in the place of the writer of reports, and whose answer comes back as the report.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from imri_kg.case_validation.service import Source, check_cases
from imri_kg.errors import BadInputError, ImriError, UnknownNameError, ValidationError, ValidationLimitError
from imri_kg.graph import KnowledgeGraph
from imri_kg.isolation.confinement import MEMORY_STATUS
from imri_kg.isolation.worker import Request, Worker, validate_isolated
from imri_kg.reports import write_report

HEAD = "Observation,Case,Kind,Phase,Statement,Construct,Valence,Coding\n"
ROW = "o{n},north,determinant,adoption,Leaders of team {n} wanted the change and so did all of the staff but one.,{construct},facilitator,curated\n"
#: A pattern that takes longer than the world has time for, on any text of some length that does not end in an exclamation mark.
ENDLESS = b"""
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix ikg: <https://w3id.org/imri-kg/ontology/> .
<https://example.org/Endless> a sh:NodeShape ; sh:targetClass ikg:CaseObservation ;
  sh:property [ sh:path ikg:statement ; sh:pattern "^(([A-Za-z0-9. ])+)+!$" ; sh:message "The statement shouts." ] .
"""
Inside = Callable[[str], None]


def table(*constructs: str) -> list[Source]:
    """Return a table with one observation for each code."""
    rows = "".join(ROW.format(n=n, construct=c) for n, c in enumerate(constructs, 1))
    return [Source("determinants.csv", (HEAD + rows).encode())]


FAULTY = table("Cultur")


def gone(pid: int, within: float = 3.0) -> bool:
    """Say whether no process has this number any more, not even one that has ended and for which nobody waited."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Inside:
    """Have processes that start from now on run `look()` of some code in the place of the writer of reports."""
    folder = tmp_path / "inside"
    folder.mkdir()

    def put(code: str, grace: int | None = None) -> None:
        start = f"""
            import imri_kg.reports
            from imri_kg.isolation import confinement
            confinement._GRACE = {grace!r} or confinement._GRACE
            def write_report(*_, **__):
                import json
                return json.dumps(look()).encode()
            imri_kg.reports.write_report = write_report
            """
        (folder / "sitecustomize.py").write_text(textwrap.dedent(code) + textwrap.dedent(start), encoding="utf-8")
        monkeypatch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)

    return put


@pytest.fixture
def requested() -> Iterator[tuple[str, list[str]]]:
    """A server of this machine: its address, and the paths that were asked of it."""
    paths: list[str] = []

    class Recorder(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"{}")

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Recorder) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        yield address, paths
        # That nobody asked means something only where an answer would have been recorded.
        with urlopen(f"{address}/seen") as reply:
            assert reply.status == 200
        server.shutdown()
    assert "/seen" in paths


def script(code: str, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run some code in a fresh Python that knows the confinement."""
    text = "from imri_kg.isolation import confinement\n" + textwrap.dedent(code)
    return subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=60, check=False, **options)


# ------------------------------------------------------------------ what it answers


def test_findings_and_reports_are_those_of_this_process_to_the_byte(graph: KnowledgeGraph) -> None:
    sources = [*table("Cultur", "III.D", "cfir2009:I.E"), Source("notes.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), Source("a.ttl", b"@prefix x", "f")]
    here = check_cases(sources, graph.case_vocabulary, graph.release, framework="cfir-2022")
    assert len(here.validation.messages) > 4
    forms = ("ttl", "xlsx")
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda form: validate_isolated(sources, form=form, framework="cfir-2022"), forms))
    for form, there in zip(forms, answers, strict=True):
        assert json.dumps(there.validation.to_json()) == json.dumps(here.validation.to_json())
        assert there.validation == here.validation
        assert there.report == write_report(here.validation, form, {s.name: s.data for s in sources}, here.report), form


def test_the_errors_of_the_service_arrive_as_they_are_raised_here(graph: KnowledgeGraph) -> None:
    with pytest.raises(UnknownNameError) as here:
        check_cases(FAULTY, graph.case_vocabulary, graph.release, framework="cfir-2202")
    with pytest.raises(UnknownNameError) as there:
        validate_isolated(FAULTY, framework="cfir-2202")
    assert there.value.to_json() == here.value.to_json()


def test_what_needs_no_process_to_be_refused_starts_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    with pytest.raises(UnknownNameError, match="json"):
        validate_isolated(FAULTY, form="jsn")
    with pytest.raises(BadInputError, match="nothing to validate"):
        validate_isolated([])
    with pytest.raises(ValidationError, match="No process could be started"):
        validate_isolated(FAULTY)


def test_each_step_is_told_while_it_is_done_and_a_listener_that_fails_ends_the_process() -> None:
    steps: list[tuple[str, int, int]] = []

    def tell(*step: Any) -> None:
        steps.append(step)
        if step[0] == "done":
            raise KeyboardInterrupt

    worker = Worker()
    worker.wait_ready()
    with pytest.raises(KeyboardInterrupt):
        worker.run(Request(FAULTY), tell)
    assert steps == [("reading", 0, 1), ("determinants", 0, 1), ("done", 1, 1)]
    assert gone(worker.pid)


def test_a_graph_that_cannot_be_opened_is_told_by_its_own_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("IMRI_KG_DATA", str(tmp_path / "absent"))
    with pytest.raises(ImriError, match="IMRI_KG_DATA"):
        validate_isolated(FAULTY)
    (tmp_path / "sitecustomize.py").write_text("import os; os._exit(3)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(ValidationError, match="did not open the graph"):
        validate_isolated(FAULTY)
    assert capfd.readouterr().err == ""


def test_an_unforeseen_fault_is_a_sentence_and_its_trace_goes_nowhere(inside: Inside, capfd: pytest.CaptureFixture[str]) -> None:
    inside("def look(): raise RuntimeError('secret of the rows')")
    with pytest.raises(ValidationError, match=r"unforeseen fault \(RuntimeError\)") as told:
        validate_isolated(FAULTY, form="json")
    assert "secret" not in str(told.value)
    assert capfd.readouterr() == ("", "")


# ------------------------------------------------------------------ limits


def test_time_that_is_over_ends_the_process_even_within_a_pattern() -> None:
    worker = Worker()
    worker.wait_ready()
    began = time.monotonic()
    with pytest.raises(ValidationLimitError, match="did not end within 1.5 seconds") as met:
        worker.run(Request(FAULTY, shapes=ENDLESS, seconds=1.5))
    assert (met.value.limit, met.value.most) == ("time", "1.5 seconds")
    assert "pattern" in str(met.value)
    assert time.monotonic() - began < 3
    assert gone(worker.pid)


@pytest.mark.parametrize("number", ["SIGXCPU", "SIGSEGV", "SIGKILL"])
def test_the_end_of_a_process_by_a_signal_is_explained(number: str) -> None:
    """The first is sent by the system when its own limit is met, the second by a reader that breaks, the last by a machine without memory."""
    worker = Worker()
    worker.wait_ready()

    def strike(what: str, *_: int) -> None:
        if what == "determinants":
            os.kill(worker.pid, getattr(signal, number))

    kind, says = {"SIGSEGV": (BadInputError, "reader failed on determinants.csv"), "SIGKILL": (ValidationError, "ended from outside")}.get(number, (ValidationLimitError, "within 60 seconds"))
    with pytest.raises(kind, match=says) as told:
        worker.run(Request(FAULTY), strike)
    assert type(told.value) is kind
    assert gone(worker.pid)


def test_input_that_needs_too_much_memory_is_stopped() -> None:
    with pytest.raises(ValidationLimitError, match="more than 16 MiB of memory") as met:
        validate_isolated(table(*["III.D"] * 3000), memory=16 << 20)
    assert met.value.limit == "memory"


def test_messages_longer_than_the_limit_are_stopped() -> None:
    wordy = ENDLESS.replace(b"shouts.", b"shouts" + b"!" * (1 << 20)).replace(b"^(([A-Za-z0-9. ])+)+!$", b"!$")
    with pytest.raises(ValidationLimitError, match="longer than 1 MiB") as met:
        validate_isolated(FAULTY, shapes=wordy, output=1 << 20)
    assert met.value.limit == "output"


#: Steps without end, each of which is within the limit.
STEPS = "(lambda head: len(head).to_bytes(8, 'big') + head + bytes(1 << 20))(b'{\"document\": {\"progress\": []}, \"blobs\": [1048576]}') * 70"


@pytest.mark.parametrize(("junk", "kind"), [("bytes(7) + b'\\x05junk!'", BadInputError), ("b'\\xff' * 8", ValidationLimitError), (STEPS, ValidationLimitError)])
def test_an_answer_that_is_none_ends_the_process(inside: Inside, junk: str, kind: type[ImriError]) -> None:
    inside(f"""
        import fcntl, os, stat, time
        def look():
            for fd in range(3, 30):
                try:
                    if stat.S_ISFIFO(os.fstat(fd).st_mode) and fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_WRONLY:
                        os.write(fd, {junk})
                except OSError:
                    continue
            time.sleep(60)
        """)
    worker = Worker()
    worker.wait_ready()
    with pytest.raises(kind, match="cannot be read" if kind is BadInputError else "longer than 64 MiB"):
        worker.run(Request(FAULTY, "json", seconds=10))
    assert gone(worker.pid)


def test_a_caller_that_gives_up_leaves_no_process() -> None:
    asked = threading.Event()
    worker = Worker()
    worker.wait_ready()
    with pytest.raises(ValidationError, match="stopped before its end"):
        worker.run(Request(FAULTY, shapes=ENDLESS), lambda what, *_: what == "determinants" and asked.set(), asked.is_set)
    assert gone(worker.pid)
    with pytest.raises(ValidationError, match="stopped before its end"):
        validate_isolated(FAULTY, stop=lambda: True)


def test_workers_end_when_their_caller_is_killed(inside: Inside) -> None:
    """One waits for its validation, one is amid it in a pattern without end, and both lose their parent, which cleans nothing up."""
    inside("look = None", grace=1)
    code = """
        import sys, threading
        from imri_kg.case_validation.service import Source
        from imri_kg.isolation.worker import Request, Worker
        workers = [Worker(), Worker()]
        for worker in workers:
            worker.wait_ready()
        table, shapes = sys.argv[1:]
        request = Request([Source("determinants.csv", table.encode())], shapes=shapes.encode(), seconds=1.5)
        tell = lambda what, *_: what == "determinants" and print(*[w.pid for w in workers], flush=True)
        workers[0].run(request, tell)
        """
    caller = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code), FAULTY[0].data.decode(), ENDLESS.decode()], stdout=subprocess.PIPE, text=True)
    assert caller.stdout is not None
    running, waiting = map(int, caller.stdout.readline().split())
    caller.kill()
    caller.communicate()
    # Init, or what stands for it, takes them over; where nothing does, they stay as dead entries that hold nothing.
    assert ended(waiting, 3)
    assert ended(running, 10)


def ended(pid: int, within: float) -> bool:
    """Say whether a process of somebody else runs no more."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except ProcessLookupError:
            return True
        except FileNotFoundError:
            # There is no such folder here, or the process ended between the two questions, which the next round finds.
            pass
        time.sleep(0.02)
    return False


# ------------------------------------------------------------------ walls

#: What is tried inside, under the name by which a failure is to be read. `url` is the server, `secret` a file, `folder` one that can be written.
TRIED = {
    "a socket": "socket.socket()",
    "a connection": "socket.create_connection(('127.0.0.1', int(url.rpartition(':')[2])))",
    "a pair of sockets": "socket.socketpair()",
    "a name": "socket.getaddrinfo('localhost', 80)",
    "a request": "urllib.request.urlopen(url)",
    "a request by hand": "http.client.HTTPConnection(url[7:]).request('GET', '/')",
    "a graph from the network": "rdflib.Graph().parse(url, format='turtle')",
    "a service": "list(rdflib.Graph().query('SELECT * { SERVICE <' + url + '> { ?s ?p ?o } }'))",
    "a context from the network": "rdflib.Graph().parse(data=json.dumps({'@context': url, '@id': 'urn:a', 'urn:p': 1}), format='json-ld')",
    "data from a query": "list(rdflib.Graph().query('SELECT * FROM <' + url + '> { ?s ?p ?o }'))",
    "reading": "open(secret).read()",
    "reading past Python's buffers": "os.read(os.open(secret, os.O_RDONLY), 10)",
    "reading by a link": "open(link).read()",
    "reading by a roundabout path": "open(os.path.join(os.path.dirname(os.__file__), '..', '..', '..', '..', '..', '..', '..', '..', secret.lstrip('/'))).read()",
    "a graph from a file": "rdflib.Graph().parse(secret, format='turtle')",
    "a context from a file": "rdflib.Graph().parse(data=json.dumps({'@context': 'file://' + secret, '@id': 'urn:a', 'urn:p': 1}), format='json-ld')",
    "a graph from a file in a query": "list(rdflib.Graph().query('SELECT * FROM <file://' + secret + '> { ?s ?p ?o }'))",
    "the environment of the parent": "open(f'/proc/{os.getppid()}/environ', 'rb').read()",
    "writing": "open(os.path.join(folder, 'a'), 'w')",
    "writing where reading is allowed": "open(os.path.join(os.path.dirname(link), 'e'), 'w')",
    "adding to a file that may be read": "open(link, 'a')",
    "a temporary file": "tempfile.TemporaryFile()",
    "a temporary folder": "tempfile.mkdtemp()",
    "a folder": "os.mkdir(os.path.join(folder, 'b'))",
    "removing": "os.remove(secret)",
    "renaming": "os.rename(secret, secret + '2')",
    "a link": "os.symlink(secret, os.path.join(folder, 'c'))",
    "a database": "sqlite3.connect(os.path.join(folder, 'd'))",
    "a program": "subprocess.run([sys.executable, '-c', ''])",
    "a shell": "os.system('true')",
    "another process": "os.fork()",
    "a signal": "os.kill(os.getppid(), 0)",
    "a library": "ctypes.CDLL(None)",
    "more files": "resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))",
    "larger files": "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))",
}
#: What has to go on: our own files are read, and so is what Python imports late.
ALLOWED = {"our own file": "open(imri_kg.resources.path('ontology', 'prefixes.ttl')).read()", "a module": "__import__('colorsys')"}


def test_network_files_and_processes_are_shut_and_the_environment_is_bare(
    inside: Inside, requested: tuple[str, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, link = tmp_path / "folder", tmp_path / "inside" / "link.txt"
    folder.mkdir()
    secret = folder / "secret.txt"
    secret.write_text("<urn:a> <urn:b> <urn:c> .")
    link.symlink_to(secret)
    inside(f"""
        import ctypes, http.client, json, os, rdflib, resource, socket, sqlite3, subprocess, sys, tempfile, urllib.request
        import imri_kg.resources
        url, secret, folder, link = {requested[0]!r}, {str(secret)!r}, {str(folder)!r}, {str(link)!r}
        def outcome(code):
            try:
                return "done: " + repr(eval(code))[:60]
            except BaseException as error:
                return type(error).__name__
        def look():
            limits = {{name: resource.getrlimit(getattr(resource, name))[0] for name in ("RLIMIT_CORE", "RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_AS", "RLIMIT_CPU")}}
            return {{"tried": {{name: outcome(code) for name, code in {TRIED!r}.items()}}, "allowed": {{name: outcome(code) for name, code in {ALLOWED!r}.items()}}, "environment": dict(os.environ), "limits": limits}}
        """)
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setenv("IMRI_SECRET_TOKEN", "hidden-7531")
    seen = json.loads(validate_isolated(FAULTY, form="json").report)
    # rdflib passes over what it cannot load for a query; in other things it says so in its own words.
    assert {name: found for name, found in seen["tried"].items() if found.startswith("done") and found != "done: []"} == {}
    others = ("rdflib.", "resource.", "tempfile.")
    assert {name: found for name, found in seen["tried"].items() if found != "PermissionError" and not TRIED[name].startswith(("list(rdflib.", *others))} == {}
    assert all(found.startswith("done") for found in seen["allowed"].values()), seen["allowed"]
    assert "hidden-7531" not in json.dumps(seen["environment"])
    assert set(seen["environment"]) <= {"IMRI_KG_CACHE", "HOME", "TMPDIR", "PYTHONPATH", "LD_LIBRARY_PATH", "XDG_CACHE_HOME", "LC_CTYPE"}
    assert (seen["limits"]["RLIMIT_CORE"], seen["limits"]["RLIMIT_FSIZE"]) == (0, 0)
    assert seen["limits"]["RLIMIT_NOFILE"] < 64
    assert 60 <= seen["limits"]["RLIMIT_CPU"] < 120
    assert 1 << 30 < seen["limits"]["RLIMIT_AS"] < 1 << 33
    assert requested[1] == []
    assert [file.name for file in folder.iterdir()] == ["secret.txt"]
    assert not (tmp_path / "inside" / "e").exists()
    assert secret.read_text() == "<urn:a> <urn:b> <urn:c> ."


def test_uploads_that_name_other_places_fetch_nothing(requested: tuple[str, list[str]], tmp_path: Path) -> None:
    url, paths = requested
    secret = tmp_path / "secret.jsonld"
    secret.write_text('{"@context": {"a": "urn:hidden-8642"}}')
    places = [url + "/context", f"file://{secret}", str(secret)]
    contexts: list[Any] = [c for p in places for c in (p, [{}, p], {"@import": p})]
    documents: list[dict[str, Any]] = [{"@context": c, "@id": "urn:a", "a": 1} for c in contexts]
    documents += [{"@id": "urn:a", "urn:p": {"@context": p, "a": 1}} for p in places]
    documents += [{"@context": {"t": {"@id": "urn:t", "@context": p}}, "@id": "urn:a", "t": {"a": 1}} for p in places]
    sources = [Source(f"{n}.jsonld", json.dumps(d).encode()) for n, d in enumerate(documents)]
    sources.append(Source("escaped.jsonld", json.dumps({"@context": url}).replace("@context", "\\u0040context").encode()))
    imports = f"<urn:o> a <https://w3id.org/imri-kg/ontology/CaseDataset> ; <http://www.w3.org/2002/07/owl#imports> <{url}/ontology> , <file://{secret}> ."
    sources.append(Source("imports.ttl", imports.encode()))
    found = validate_isolated(sources).validation
    assert "hidden-8642" not in json.dumps(found.to_json())
    assert paths == []
    refused = {m.file for m in found.messages if "nothing is fetched" in m.message}
    assert refused == {s.name for s in sources} - {"imports.ttl"}


def test_no_file_is_left_or_even_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report as a workbook is the one for which openpyxl would write rows to a temporary file."""
    cache = Path(os.environ["IMRI_KG_CACHE"])
    before = {(f, f.stat().st_mtime_ns) for f in cache.rglob("*") if f.is_file()}
    for name in ("TMPDIR", "TEMP", "TMP", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    assert validate_isolated(FAULTY, form="xlsx").report.startswith(b"PK")
    assert list(tmp_path.rglob("*")) == []
    assert {(f, f.stat().st_mtime_ns) for f in cache.rglob("*") if f.is_file()} == before


#: Runs without end and takes one processor, or waits.
BURN, WAIT = "while True: pass", "import time; time.sleep(30)"
BLOCK = "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])"


@pytest.mark.parametrize(("before", "code", "ends"), [(BLOCK, BURN, "SIGXCPU"), ("", WAIT, "SIGALRM")])
def test_the_system_ends_a_process_that_nobody_watches(before: str, code: str, ends: str) -> None:
    # Blocked before the watch of memory starts, whose thread would else take the signal where the machine is busy.
    done = script(f"{before}\nconfinement._GRACE = 1\nconfinement.confine(seconds=0.01, memory=1 << 28)\n" + code)
    assert done.returncode == -getattr(signal, ends), done


GROW = "held = []\nwhile True:\n    held.append(bytes([1]) * (1 << 20))\n"


def test_memory_is_held_by_a_watch_and_by_the_system() -> None:
    assert script(f"confinement.confine(seconds=20, memory=64 << 20)\n{GROW}").returncode == MEMORY_STATUS
    at_once = script("""
        confinement.confine(seconds=20, memory=64 << 20)
        try:
            bytearray(2 << 30)
        except MemoryError:
            print("refused")
        """)
    assert at_once.stdout == "refused\n", at_once


def test_where_the_system_shows_no_processes_memory_is_still_watched() -> None:
    """As on macOS, which has no folder of processes and does not hold the size of one."""
    done = script(f"""
        import builtins, os
        def without(original):
            def opened(path, *arguments, **options):
                if str(path).startswith("/proc"):
                    raise FileNotFoundError(path)
                return original(path, *arguments, **options)
            return opened
        os.open, builtins.open = without(os.open), without(open)
        confinement.confine(seconds=20, memory=64 << 20)
        import resource
        print(resource.getrlimit(resource.RLIMIT_AS)[0] == resource.RLIM_INFINITY, flush=True)
{textwrap.indent(GROW, " " * 8)}
        """)
    assert (done.stdout, done.returncode) == ("True\n", MEMORY_STATUS), done


def test_where_the_system_has_no_limits_what_python_does_is_still_refused(tmp_path: Path) -> None:
    """As on Windows, where the parent's deadline alone holds time."""
    done = script(f"""
        import os, socket, sys
        sys.modules["resource"] = None
        confinement.refuse_network()
        confinement.confine(seconds=0.001, memory=1)
        for attempt in (socket.socket, lambda: open({str(tmp_path / "a")!r}, "w"), os.fork):
            try:
                attempt()
            except PermissionError:
                print("refused")
        held = bytes(1 << 26)
        """)
    assert (done.stdout, done.returncode) == ("refused\n" * 3, 0), done
