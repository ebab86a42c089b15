"""Answers as people read them in a terminal: what the lines say, whatever the colours."""

from __future__ import annotations

import csv

from command_line import Cli


def test_a_code_between_colons_is_not_read_as_the_name_of_a_character(cli: Cli) -> None:
    outcome = cli("crosswalk", "imri", "chime", "--routes")
    assert "imri:B … chime:M:" in outcome.out


def test_routes_are_listed_with_coverage_in_both_directions(cli: Cli) -> None:
    text = " ".join(cli("coverage", "imri", "chime", "--routes").out.split())
    assert text.count("pairs that nobody assessed are joined by a route that no rule licenses") == 2
    assert "imri:B … chime:E: imri:B -skos:narrower-> imri:B1 -skos:relatedMatch-> chime:E" in text
    assert "joined by a route" not in cli("coverage", "imri", "chime").out


def test_a_causal_relation_walked_backwards_points_back(cli: Cli) -> None:
    line = "imri:B1 <-contributesTo- logic:M1 -contributesTo-> chime:E"
    for form in ("text", "csv", "tsv", "md", "json"):
        assert line in cli("explain", "imri:B1", "chime:E", "--format", form).out, form


def test_an_explanation_as_a_table_begins_with_the_state(cli: Cli) -> None:
    first = next(csv.DictReader(cli("explain", "logic:M3", "chime:I", "--format", "csv").out.splitlines()))
    assert (first["part"], first["text"]) == ("state", "not_assessed")
    assert first["reason"].startswith("logic:M3 (Role modelling recovery) and chime:I (Identity) have not been assessed")
