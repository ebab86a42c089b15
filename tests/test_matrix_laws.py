"""Laws that every matrix over cases keeps, and tables drawn at random against a plain count of their rows."""

from __future__ import annotations

from itertools import combinations, permutations, product
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matrix_samples import TABLES, alone_with, cases_of, short, table

from imri_kg.cases.matrices import Matrix
from imri_kg.errors import BadInputError
from imri_kg.graph import KnowledgeGraph

_ONE = ("construct", "domain", "impact", "dataset", "case", "innovation", "phase", "valence", "kind", "context-word")
_ALL = (*_ONE, "framework", "stakeholder", "level")
_CODING = {"construct", "domain", "framework", "impact", "level", "valence", "kind"}
_HEADS = {name: TABLES[name].splitlines()[0].split(",") for name in ("determinants", "impacts")}
_INNOVATIONS = {"a": "Peer support", "b": "Family group", "c": "Peer support"}


def _drawn() -> list[dict[str, str]]:
    draw = Random(20261126)
    rows = []
    for n in range(90):
        row = {"Observation": f"o{n}", "Case": draw.choice("abc"), "Statement": f"Reason number {n} was told.", "Source": "s1", "Locator": f"p. {n}"}
        row |= {"Phase": draw.choice(("adoption", "implementation", "not stated")), "Coding": draw.choice(("author-stated", "curated"))}
        groups = "; ".join(draw.sample(("managers", "service users", "directors"), draw.randint(0, 3)))
        if n % 3 == 0:
            row |= {"Impact": draw.choice(("B1", "B2", "O3")), "Reported by": groups or "not stated", "Experienced by": "service users", "Process only": "no"}
            row |= {"Level": "; ".join(draw.sample(("service user", "organisation"), draw.randint(0, 2))), "Valence": draw.choice(("positive", "negative", ""))}
        else:
            row |= {"Kind": draw.choice(("determinant", "determinant", "determinant", "event", "background")), "Stakeholder group": groups}
            row["Context word"] = draw.choice(("", "internal context", "process", "odd word"))
            row["Context word status"] = draw.choice(("printed", "carried forward")) if row["Context word"] else ""
        if row.get("Kind") == "determinant":
            row |= {"Construct": draw.choice(("I.D", "III.D", "III.D1", "IV.R.A")), "Second construct": draw.choice(("", "D5.3", "D8.4"))}
            row["Valence"] = draw.choice(("facilitator", "barrier", "mixed valence"))
        rows.append(row)
    return rows


def _cells(row: dict[str, str], dimensions: tuple[str, str]) -> set[tuple[str, ...]]:
    """Return the cells of a row by a plain reading of its table."""
    if row.get("Kind", "determinant") != "determinant" and "kind" not in dimensions:
        return set()
    codings = [{"framework": "imri", "impact": row["Impact"]}] if "Impact" in row else []
    for edition, column in (("cfir-2022", "Construct"), ("diffusion", "Second construct")):
        if row.get(column) and (column == "Construct" or "framework" in dimensions):
            codings.append({"framework": edition, "construct": row[column], "domain": row[column].split(".")[0]})
    same = {"dataset": "pilot", "case": row["Case"], "innovation": _INNOVATIONS[row["Case"]], "kind": row.get("Kind", "coded impact"), "stakeholder": row.get("Stakeholder group", row.get("Reported by", ""))}
    same |= {name: row.get(name.replace("-", " ").capitalize(), "") for name in ("phase", "valence", "level", "context-word")}
    found = {tuple((coding | same).get(d, "") for d in dimensions) for coding in codings or [{}]}
    return {cell for pair in found for cell in product(*(value.split("; ") for value in pair)) if all(cell)}


@pytest.fixture(scope="module")
def drawn(graph: KnowledgeGraph, tmp_path_factory: pytest.TempPathFactory) -> KnowledgeGraph:
    tables = {name: table(head, *([r.get(h, "") for h in head] for r in _drawn() if ("Impact" in r) == (name == "impacts"))) for name, head in _HEADS.items()}
    return alone_with(tmp_path_factory.mktemp("drawn"), {**TABLES, **tables, "cases": cases_of(_INNOVATIONS)})


def asked(graph: KnowledgeGraph, rows: str, columns: str, **options: Any) -> Matrix | None:
    """Return a matrix, or None where the dimensions never meet."""
    try:
        return graph.matrix(rows, columns, **options)
    except BadInputError as error:
        assert str(error).startswith("No observation has all of")
        return None


@pytest.mark.parametrize("pair", list(combinations(_ALL, 2)), ids="-".join)
def test_every_pair_of_dimensions_counts_as_a_plain_reading_of_the_tables_does(drawn: KnowledgeGraph, pair: tuple[str, str]) -> None:
    expected: dict[tuple[str, ...], list[int]] = {}
    for row in _drawn():
        printed = (_CODING.isdisjoint(pair) or row["Coding"] == "author-stated") and ("context-word" not in pair or row.get("Context word status") == "printed")
        for cell in _cells(row, pair):
            expected.setdefault(cell, [0, 0])[0 if printed else 1] += 1
    found = asked(drawn, *pair)
    sides = zip(pair, (found.rows_, found.columns), strict=True) if found else ()
    names = {(d, m.id): short(m.id) if d in (*_ONE[:5], "framework") else m.label for d, members in sides for m in members}
    assert {(names[pair[0], c.row], names[pair[1], c.column]): list(c.count) for c in (found.cells if found else ()) if c.observations} == expected


FILTERS = {"dataset": "pilot", "case": "b", "phase": "adoption", "valence": "barrier", "construct": "III.D", "domain": "Inner Setting", "kind": "determinant", "stakeholder": "managers",
           "level": "organisation", "innovation": "Peer support", "context-word": "process"}  # fmt: skip
PAIRS = st.sampled_from(list(permutations(_ALL, 2)))
OPTIONS = st.fixed_dictionaries({
    "where": st.sets(st.sampled_from(sorted(FILTERS)), max_size=2).map(lambda names: {name: FILTERS[name] for name in sorted(names)}),
    "basis": st.sampled_from([(), ("author-stated",), ("curated",)]), "rollup": st.booleans(), "empty": st.booleans(),
    "domain_by": st.sampled_from(["construct", "context-word"]), "stakeholder_by": st.sampled_from(["reported", "experienced"]),
})  # fmt: skip


def sets(found: Matrix | None) -> dict[tuple[str, str], set[str]]:
    return {(c.row, c.column): set(c.observations) for c in found.cells if c.observations} if found else {}


@given(pair=PAIRS, options=OPTIONS)
def test_columns_by_rows_is_the_same_table_turned(drawn: KnowledgeGraph, pair: tuple[str, str], options: dict[str, Any]) -> None:
    found, turned = asked(drawn, *pair, **options), asked(drawn, *reversed(pair), **options)
    assert (found is None) == (turned is None)
    if found and turned:
        assert {(c.row, c.column, c.state, c.count, c.observations) for c in found.cells} == {(c.column, c.row, c.state, c.count, c.observations) for c in turned.cells}
        assert (found.total, found.rows_, found.columns, found.without["rows"]) == (turned.total, turned.columns, turned.rows_, turned.without["columns"])


@given(pair=PAIRS, options=OPTIONS)
def test_a_total_counts_each_observation_once(drawn: KnowledgeGraph, pair: tuple[str, str], options: dict[str, Any]) -> None:
    if found := asked(drawn, *pair, **options):
        cells = sets(found)
        assert all(c.count.total == len(set(c.observations)) == len(c.observations) for c in found.cells)
        assert found.total.total == len(set().union(*cells.values())) == len(found.observations)
        assert [r.count.total for r in found.rows_] == [len(set().union(*(ids for (row, _), ids in cells.items() if row == r.id))) for r in found.rows_]
        if set(pair) <= set(_ONE) and not options["rollup"]:
            assert tuple(found.total) == (sum(c.count.printed for c in found.cells), sum(c.count.inferred for c in found.cells))


@given(pair=PAIRS, options=OPTIONS, name=st.sampled_from(sorted(FILTERS)))
def test_a_filter_only_ever_takes_observations_away(drawn: KnowledgeGraph, pair: tuple[str, str], options: dict[str, Any], name: str) -> None:
    before = sets(asked(drawn, *pair, **options))
    narrowed = sets(asked(drawn, *pair, **options | {"where": options["where"] | {name: FILTERS[name]}}))
    assert all(ids <= before.get(cell, set()) for cell, ids in narrowed.items())
    everything, stated, ours = (sets(asked(drawn, *pair, **options | {"basis": basis})) for basis in ([], ["author-stated"], ["curated"]))
    assert everything == {cell: stated.get(cell, set()) | ours.get(cell, set()) for cell in (*stated, *ours)}
    assert sets(asked(drawn, *pair, **options | {"empty": True})) == before


@given(name=st.sampled_from(["construct", "impact"]), other=st.sampled_from(["case", "phase", "valence", "stakeholder"]))
def test_a_construct_rolled_up_holds_its_own_and_those_of_its_narrower_ones(drawn: KnowledgeGraph, name: str, other: str) -> None:
    plain, rolled = sets(drawn.matrix(name, other)), drawn.matrix(name, other, rollup=True)
    cells = sets(rolled)
    for member, column in cells:
        below = [cells[m.id, column] for m in rolled.rows_ if m.broader == member and (m.id, column) in cells]
        assert cells[member, column] == plain.get((member, column), set()).union(*below)
    assert rolled.total == drawn.matrix(name, other).total
