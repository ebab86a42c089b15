"""What follows from which mappings: examples of each rule of the tables, and properties that hold for any records."""

from __future__ import annotations

import csv
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imri_kg import resources
from imri_kg.mapping_rules import Blocked, Chain, DerivedRecord, Inversion, Record, derive, read_rules
from imri_kg.vocabulary import MATCHES

FOLDER = resources.path("ontology", "mappings")
RULES = read_rules(FOLDER)
EXACT, CLOSE, BROAD, NARROW, RELATED = MATCHES
#: Three frameworks of three constructs each.
SCHEMES = {f"{key}:{number}": key for key in "abc" for number in (1, 2, 3)}
REFUSED = {(r["first"], r["second"]) for r in csv.DictReader((FOLDER / "refusals.csv").open(encoding="utf-8", newline=""))}


def record(id: str, subject: str, predicate: str, object_: str, confidence: str | None = "0.80", **more: bool) -> Record:
    return Record(f"mapping:{id}", subject, predicate, object_, confidence=None if confidence is None else Decimal(confidence), **more)


def derived_from(*records: Record, none_found: dict[tuple[str, str], str] | None = None) -> list[DerivedRecord]:
    return derive(records, RULES, SCHEMES, none_found)[0]


def claims(records: list[DerivedRecord]) -> set[tuple[str, str, str]]:
    return {(r.subject, r.predicate, r.object) for r in records}


@st.composite
def record_sets(draw: st.DrawFn) -> list[Record]:
    ends = st.sampled_from(sorted(SCHEMES))
    found = []
    for number in range(draw(st.integers(1, 9))):
        subject = draw(ends)
        object_ = draw(ends.filter(lambda e: SCHEMES[e] != SCHEMES[subject]))
        found.append(
            Record(
                f"mapping:r{number}",
                subject,
                draw(st.sampled_from([EXACT, EXACT, CLOSE, BROAD, NARROW, RELATED])),
                object_,
                draw(st.sampled_from([False, False, False, True])),
                draw(st.sampled_from([None, Decimal("0.40"), Decimal("0.75"), Decimal("0.92"), Decimal("1")])),
                draw(st.sampled_from([False, False, True])),
            )
        )
    return found


@st.composite
def questions(draw: st.DrawFn) -> tuple[list[Record], dict[tuple[str, str], str]]:
    """Records, and sometimes a judgement that nothing in a framework fits a construct."""
    none = st.dictionaries(
        st.tuples(st.sampled_from(sorted(SCHEMES)), st.sampled_from("abc")).filter(lambda k: SCHEMES[k[0]] != k[1]),
        st.just("mapping:none"),
        max_size=2,
    )
    return draw(record_sets()), draw(none)


def by_id(records: list[Record], derived: list[DerivedRecord]) -> dict[str, Record]:
    found: dict[str, Record] = {r.id: r for r in (*records, *derived)}
    assert len(found) == len(records) + len(derived), "two records have one id"
    return found


# ---------------------------------------------------------------- the tables


def test_the_tables_hold_the_rules_of_sssom_and_skos() -> None:
    assert {(i.predicate, i.inverse) for i in RULES.inversions} == {
        (EXACT, EXACT), (CLOSE, CLOSE), (RELATED, RELATED), (BROAD, NARROW), (NARROW, BROAD)}  # fmt: skip
    assert {(c.first, c.second, c.result) for c in RULES.chains} == {
        *((p, p, p) for p in (EXACT, BROAD, NARROW)),
        *((EXACT, p, p) for p in (CLOSE, BROAD, NARROW, RELATED)),
        *((p, EXACT, p) for p in (CLOSE, BROAD, NARROW, RELATED)),
    }
    assert all(rule.source for rule in (*RULES.inversions, *RULES.chains))
    names = [rule.rule for rule in (*RULES.inversions, *RULES.chains)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("first", MATCHES)
@pytest.mark.parametrize("second", MATCHES)
def test_every_pair_of_steps_is_licensed_or_its_refusal_explained(first: str, second: str) -> None:
    licensed = any((c.first, c.second) == (first, second) for c in RULES.chains)
    refused = bool({(first, second), (first, "*"), ("*", second)} & REFUSED)
    assert licensed or refused
    # A chain over an exact step stands against the general refusal of related steps; no pair is refused by name and licensed.
    assert not (licensed and (first, second) in REFUSED)


@pytest.mark.parametrize("kind", ["causal", "hierarchy"])
def test_steps_that_are_no_mappings_are_refused_with_a_reason(kind: str) -> None:
    assert {(kind, "*"), ("*", kind)} <= REFUSED


@pytest.mark.parametrize("rule", RULES.inversions, ids=lambda r: r.rule)
def test_an_inversion_reads_a_record_from_its_object(rule: Inversion) -> None:
    found = derived_from(record("r", "a:1", rule.predicate, "b:1", "0.66"))
    assert [(r.subject, r.predicate, r.object, r.rule, r.premises, r.confidence) for r in found] == [
        ("b:1", rule.inverse, "a:1", rule.rule, ("mapping:r",), Decimal("0.66"))
    ]


@pytest.mark.parametrize("rule", RULES.inversions, ids=lambda r: r.rule)
def test_a_negative_record_is_inverted_as_a_negative(rule: Inversion) -> None:
    found = derived_from(record("r", "a:1", rule.predicate, "b:1", negated=True))
    assert [(r.subject, r.predicate, r.object, r.negated) for r in found] == [("b:1", rule.inverse, "a:1", True)]


@pytest.mark.parametrize("rule", RULES.chains, ids=lambda r: r.rule)
def test_a_chain_gives_its_result_and_the_inverse_of_it(rule: Chain) -> None:
    found = derived_from(record("p", "a:1", rule.first, "b:1", "0.90"), record("q", "b:1", rule.second, "c:1", "0.80"))
    chained = [r for r in found if (r.subject, r.object) == ("a:1", "c:1")]
    assert [(r.predicate, r.rule, r.premises, r.confidence) for r in chained] == [
        (rule.result, rule.rule, ("mapping:p", "mapping:q"), Decimal("0.72"))
    ]
    inverse = {i.predicate: i.inverse for i in RULES.inversions}
    assert ("c:1", inverse[rule.result], "a:1") in claims(found)


@pytest.mark.parametrize(
    ("first", "second"), [(f, s) for f in MATCHES for s in MATCHES if not any((c.first, c.second) == (f, s) for c in RULES.chains)]
)
def test_steps_without_a_rule_give_nothing(first: str, second: str) -> None:
    found = derived_from(record("p", "a:1", first, "b:1"), record("q", "b:1", second, "c:1"))
    assert {(r.subject, r.object) for r in found} == {("b:1", "a:1"), ("c:1", "b:1")}


# ---------------------------------------------------------------- examples


def test_a_record_that_is_stated_is_not_derived_again() -> None:
    found = derived_from(record("p", "a:1", EXACT, "b:1"), record("q", "b:1", EXACT, "a:1"))
    assert found == []


def test_an_asserted_negative_blocks_the_chain_and_is_named() -> None:
    records = [record("p", "a:1", EXACT, "b:1"), record("q", "b:1", CLOSE, "c:1"), record("n", "c:1", RELATED, "a:1", negated=True)]
    found, blocked = derive(records, RULES, SCHEMES)
    assert not {("a:1", CLOSE, "c:1"), ("c:1", CLOSE, "a:1")} & {(r.subject, r.predicate, r.object) for r in found if not r.negated}
    assert Blocked("a:1", CLOSE, "c:1", "RCE1-close", ("mapping:p", "mapping:q"), "mapping:n") in blocked
    assert {b.by for b in blocked} == {"mapping:n"}


@pytest.mark.parametrize("searched", [("a:1", "c"), ("c:1", "a")])
def test_a_search_that_found_nothing_blocks_in_both_directions(searched: tuple[str, str]) -> None:
    records = [record("p", "a:1", EXACT, "b:1"), record("q", "b:1", EXACT, "c:1")]
    found, blocked = derive(records, RULES, SCHEMES, {searched: "mapping:none"})
    assert claims(found) == {("b:1", EXACT, "a:1"), ("c:1", EXACT, "b:1")}
    assert {(b.subject, b.object, b.by) for b in blocked} == {("a:1", "c:1", "mapping:none"), ("c:1", "a:1", "mapping:none")}


def test_a_search_that_found_nothing_elsewhere_blocks_nothing() -> None:
    records = [record("p", "a:1", EXACT, "b:1"), record("q", "b:1", EXACT, "c:1")]
    assert derive(records, RULES, SCHEMES, {("a:2", "c"): "mapping:none"})[1] == []


def test_an_exploratory_negative_does_not_block_what_is_firm() -> None:
    records = [record("p", "a:1", EXACT, "b:1"), record("q", "b:1", EXACT, "c:1"),
               record("n", "a:1", EXACT, "c:1", "0.40", negated=True, exploratory=True)]  # fmt: skip
    firm = [r for r in derived_from(*records) if (r.subject, r.object) == ("a:1", "c:1") and not r.negated]
    assert [(r.predicate, r.exploratory) for r in firm] == [(EXACT, False)]


def test_an_exploratory_premise_gives_exploratory_results_alone() -> None:
    found = derived_from(record("p", "a:1", EXACT, "b:1"), record("q", "b:1", CLOSE, "c:1", "0.40", exploratory=True))
    chained = [r for r in found if {r.subject, r.object} == {"a:1", "c:1"}]
    assert chained
    assert all(r.exploratory for r in chained)


def test_what_is_firm_is_not_derived_anew_by_a_weaker_way() -> None:
    records = [record("p", "a:1", EXACT, "b:1"), record("q", "b:1", EXACT, "c:1"),
               record("x", "a:1", EXACT, "b:2", "0.40", exploratory=True), record("y", "b:2", EXACT, "c:1", "0.40", exploratory=True)]  # fmt: skip
    ways = [r for r in derived_from(*records) if (r.subject, r.object) == ("a:1", "c:1")]
    assert [r.premises for r in ways] == [("mapping:p", "mapping:q")]
    assert not ways[0].exploratory


def test_two_ways_of_one_length_give_a_record_each() -> None:
    records = [record("p", "a:1", EXACT, "b:1", "0.90"), record("q", "b:1", EXACT, "c:1", "0.90"),
               record("s", "a:1", EXACT, "b:2", "0.80"), record("t", "b:2", EXACT, "c:1", "0.80")]  # fmt: skip
    ways = [r for r in derived_from(*records) if (r.subject, r.object) == ("a:1", "c:1")]
    assert {r.premises: r.confidence for r in ways} == {
        ("mapping:p", "mapping:q"): Decimal("0.81"),
        ("mapping:s", "mapping:t"): Decimal("0.64"),
    }


def test_a_chain_below_one_half_is_exploratory_and_gives_way_to_a_surer_one() -> None:
    weak = [record("s", "a:1", EXACT, "b:2", "0.60"), record("t", "b:2", EXACT, "c:1", "0.60")]
    found = [r for r in derived_from(*weak) if (r.subject, r.object) == ("a:1", "c:1")]
    assert [(r.confidence, r.exploratory) for r in found] == [(Decimal("0.36"), True)]
    longer = [record("p", "a:1", EXACT, "b:1", "0.90"), record("q", "b:1", EXACT, "d:1", "0.90"), record("r", "d:1", EXACT, "c:1", "0.90")]
    found = [r for r in derived_from(*weak, *longer) if (r.subject, r.object) == ("a:1", "c:1")]
    assert {r.confidence for r in found} == {Decimal("0.73")}
    assert not any(r.exploratory for r in found)


def test_a_cycle_of_exact_matches_ends() -> None:
    records = [record("p", "a:1", EXACT, "b:1"), record("q", "b:1", EXACT, "c:1"), record("r", "c:1", EXACT, "a:1")]
    assert claims(derived_from(*records)) == {("b:1", EXACT, "a:1"), ("c:1", EXACT, "b:1"), ("a:1", EXACT, "c:1")}


def test_a_chain_that_comes_back_into_its_framework_says_nothing() -> None:
    assert claims(derived_from(record("p", "a:1", EXACT, "b:1"), record("q", "b:1", EXACT, "a:2"))) == {("b:1", EXACT, "a:1"), ("a:2", EXACT, "b:1")}


def test_a_confidence_is_rounded_to_the_even_hundredth() -> None:
    found = derived_from(record("p", "a:1", EXACT, "b:1", "0.55"), record("q", "b:1", EXACT, "c:1", "0.90"))
    assert [r.confidence for r in found if (r.subject, r.object) == ("a:1", "c:1")] == [Decimal("0.50")]


# ---------------------------------------------------------------- properties


@given(questions())
def test_there_is_no_close_of_close_and_no_related_of_related(question: tuple[list[Record], dict[tuple[str, str], str]]) -> None:
    records, none = question
    derived, _ = derive(records, RULES, SCHEMES, none)
    known = by_id(records, derived)
    for r in derived:
        if len(r.premises) == 2:
            first, second = (known[p].predicate for p in r.premises)
            assert (first, second) not in {(CLOSE, CLOSE), (RELATED, RELATED)}
            assert {first, second} != {BROAD, NARROW}
            assert r.predicate in (first, second)


@given(questions())
def test_every_derived_record_follows_from_its_premises_by_its_rule(question: tuple[list[Record], dict[tuple[str, str], str]]) -> None:
    records, none = question
    derived, blocked = derive(records, RULES, SCHEMES, none)
    known = by_id(records, derived)
    inversions, chains = {i.rule: i for i in RULES.inversions}, {c.rule: c for c in RULES.chains}
    for r in derived:
        premises = [known[p] for p in r.premises]
        if len(premises) == 1:
            (p,), rule = premises, inversions[r.rule]
            assert (rule.predicate, rule.inverse) == (p.predicate, r.predicate)
            assert (r.subject, r.object, r.negated, r.confidence) == (p.object, p.subject, p.negated, p.confidence)
        else:
            p, q = premises
            chain = chains[r.rule]
            assert (chain.first, chain.second, chain.result) == (p.predicate, q.predicate, r.predicate)
            assert (r.subject, p.object, r.object) == (p.subject, q.subject, q.object)
            assert not (p.negated or q.negated or r.negated)
            assert SCHEMES[r.subject] != SCHEMES[r.object]
        weak = len(premises) == 2 and r.confidence is not None and r.confidence < Decimal("0.50")
        assert r.exploratory == (weak or any(p.exploratory for p in premises))
    for b in blocked:
        assert {*b.premises} <= set(known)


@given(questions())
def test_a_confidence_is_the_product_of_the_premises(question: tuple[list[Record], dict[tuple[str, str], str]]) -> None:
    records, none = question
    derived, _ = derive(records, RULES, SCHEMES, none)
    known = by_id(records, derived)
    for r in derived:
        numbers = [known[p].confidence for p in r.premises]
        if None in numbers:
            assert r.confidence is None
        elif len(numbers) == 2:
            assert r.confidence == (numbers[0] * numbers[1]).quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)  # type: ignore[operator]
            assert r.confidence <= min(numbers)  # type: ignore[type-var]


@given(questions(), st.randoms(use_true_random=False))
def test_the_order_of_the_records_does_not_matter(question: tuple[list[Record], dict[tuple[str, str], str]], random: object) -> None:
    records, none = question
    shuffled = list(records)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert derive(shuffled, RULES, SCHEMES, none) == derive(records, RULES, SCHEMES, none)


@given(questions())
def test_an_asserted_negative_is_never_contradicted_by_a_chain(question: tuple[list[Record], dict[tuple[str, str], str]]) -> None:
    records, none = question
    derived, blocked = derive(records, RULES, SCHEMES, none)
    denied = {frozenset((r.subject, r.object)) for r in records if r.negated and not r.exploratory}
    for r in derived:
        if len(r.premises) == 2:
            assert frozenset((r.subject, r.object)) not in denied
            assert (r.subject, SCHEMES[r.object]) not in none
            assert (r.object, SCHEMES[r.subject]) not in none
    # What blocks is always a judgement that somebody made.
    negative = {r.id for r in records if r.negated}
    assert {b.by for b in blocked} <= negative | set(none.values())


@given(questions())
def test_firm_records_give_the_same_whether_or_not_there_are_exploratory_ones(question: tuple[list[Record], dict[tuple[str, str], str]]) -> None:
    records, none = question
    alone, _ = derive([r for r in records if not r.exploratory], RULES, SCHEMES, none)
    together, _ = derive(records, RULES, SCHEMES, none)
    assert [r for r in together if not r.exploratory] == [r for r in alone if not r.exploratory]


@given(questions())
def test_nothing_new_follows_from_what_followed(question: tuple[list[Record], dict[tuple[str, str], str]]) -> None:
    """The closure is complete: inverses and chains of derived records are there, unless blocked or exploratory."""
    records, none = question
    firm = [r for r in records if not r.exploratory]
    derived, _ = derive(firm, RULES, SCHEMES, none)
    again, _ = derive([*firm, *derived], RULES, SCHEMES, none)
    assert {(r.subject, r.predicate, r.object, r.negated) for r in again} <= {(r.subject, r.predicate, r.object, r.negated) for r in derived}


@given(questions())
def test_ids_depend_on_the_claim_and_its_grounds_alone(question: tuple[list[Record], dict[tuple[str, str], str]]) -> None:
    records, none = question
    derived, _ = derive(records, RULES, SCHEMES, none)
    # Records about constructs of no concern to the others must not move the ids of what follows from these.
    elsewhere = {**SCHEMES, "x:1": "x", "y:1": "y"}
    wider, _ = derive([*records, record("zz", "x:1", EXACT, "y:1")], RULES, elsewhere, none)
    assert {r.id for r in derived} <= {r.id for r in wider}
    assert all(r.id.startswith("mapping:d-") for r in derived)


@settings(max_examples=20)
@given(st.lists(st.sampled_from([EXACT, BROAD, NARROW]), min_size=2, max_size=8))
def test_a_long_chain_of_one_predicate_reaches_its_end(steps: list[str]) -> None:
    predicate = steps[0]
    schemes = {f"s{n}:1": f"s{n}" for n in range(len(steps) + 1)}
    records = [record(f"r{n}", f"s{n}:1", predicate, f"s{n + 1}:1", "1") for n in range(len(steps))]
    derived, _ = derive(records, RULES, schemes)
    assert ("s0:1", predicate, f"s{len(steps)}:1") in claims(derived)
