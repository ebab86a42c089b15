"""The rewrite file for w3id.org: its rules, read as Apache reads them, lead every kind of IRI of ours to its address on the server."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

import pytest

from imri_kg.graph import KnowledgeGraph
from imri_kg.prefixes import DEFAULT_BASE

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

FILE = Path(__file__).parents[1] / "docs" / "w3id" / ".htaccess"
SERVER = "https://imri-kg.example.org"
_RULE = re.compile(r"RewriteRule (?P<pattern>\S+) (?P<to>\S+) \[(?P<flags>[^\]]+)\]")


class Rule(NamedTuple):
    """A RewriteRule: its pattern, its substitution and its flags."""

    pattern: re.Pattern[str]
    to: str
    flags: dict[str, str]


def rules() -> list[Rule]:
    """Read the rules; a line that is neither rule, setting, comment nor empty would be overlooked."""
    found = []
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#") or line in ("RewriteEngine on", "Options +FollowSymLinks -Indexes"):
            continue
        match = _RULE.fullmatch(line)
        assert match, line
        flags = dict(flag.partition("=")[::2] for flag in match["flags"].split(","))
        found.append(Rule(re.compile(match["pattern"]), match["to"], flags))
    return found


RULES = rules()


def redirect(path: str) -> tuple[int, str] | None:
    """Return status and address to which Apache sends a path below the folder of the file, or None where no rule matches.

    As mod_rewrite does in a folder: patterns see the decoded path without its first slash; the address is escaped unless NE says otherwise;
    a query string is passed on where the substitution has none.
    """
    environment: dict[str, str] = {}
    for rule in RULES:
        match = rule.pattern.search(path)
        if match is None:
            continue
        if rule.to == "-":
            name, _, value = rule.flags["E"].partition(":")
            environment[name] = value
            continue
        to = re.sub(r"%\{ENV:(\w+)\}", lambda m: environment[m[1]], rule.to)
        to = re.sub(r"\$(\d)", lambda m: match[int(m[1])], to)
        scheme, _, rest = to.partition("://")
        assert "L" in rule.flags
        return int(rule.flags["R"]), f"{scheme}://" + quote(rest, safe="/:@!$&'()*+,;=~-._")
    return None


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("", 303),
        ("id/imri/B1", 303),
        ("id/imri/B1.ttl", 303),
        ("id/cfir2022/IV.C.A", 303),
        ("id/framework/cfir-2022", 303),
        ("id/evidence/piat-2022-CH-3", 303),
        ("id/case/mulvale-2024.observation.F196", 303),
        ("id/shape/Claim-about", 303),
        ("id/mappingset/imri--chime.curated", 303),
        ("ontology", 303),
        ("ontology/", 303),
        ("ontology/Impact", 303),
        ("ontology.owl", 303),
        ("graph/mappings/imri--chime.curated", 303),
        ("shapes/claim", 303),
        ("problem/unknown-term", 303),
        ("releases/0.1.0+c98a68636029", 303),
        ("releases/0.1.0+c98a68636029/id/imri/B1", 303),
        ("docs/checks", 303),
        ("downloads", 302),
        ("downloads/frameworks/chime.ttl", 302),
        (".well-known/void", 302),
        (".well-known/void.ttl", 302),
        ("sparql", 307),
        ("api/v1/frameworks", 307),
    ],
)
def test_an_address_leads_to_the_same_path_on_the_server(path: str, status: int) -> None:
    assert redirect(path) == (status, f"{SERVER}/{path}")


@pytest.mark.parametrize("path", ["ontologyx", "identity", "idx/imri/B1", "graph", "x/id/imri/B1", "sparql/x", "https://example.com/", ".well-known/other"])
def test_what_is_no_address_of_ours_leads_nowhere(path: str) -> None:
    assert redirect(path) is None


def test_nothing_in_a_path_leads_to_another_server_or_into_the_headers() -> None:
    for path in ("id//example.com/", "id/@example.com", "id/x\r\nSet-Cookie: a=b", "id/%0d%0aX: y", 'id/"><script>', "id/é"):
        found = redirect(path)
        if found is None:
            # A line end is no character that `.` stands for.
            assert "\n" in path
            continue
        assert found[1].startswith(f"{SERVER}/id/"), path
        assert not re.search(r"[\s<>\"\r\n]", found[1]), path


def test_every_iri_of_ours_is_led_to_its_address(graph: KnowledgeGraph, client: TestClient) -> None:
    iris = graph.describer.resources.iris
    assert len(iris) > 4500
    for iri in iris:
        path = iri.removeprefix(DEFAULT_BASE)
        assert redirect(path) == (303, f"{SERVER}/{path}"), iri
    for iri in sorted(iris)[::400]:
        assert client.get(redirect(iri.removeprefix(DEFAULT_BASE))[1].removeprefix(SERVER)).status_code == 200, iri


def test_the_addresses_that_descriptions_name_are_led_on(graph: KnowledgeGraph) -> None:
    named = {d.name for d in graph.describer.downloads.all()}
    assert all(redirect(f"downloads/{name}") for name in named)
