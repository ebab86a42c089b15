"""Values of cells become terms: dates, numbers, yes and no; what can be two things stays a text."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from imri_kg.case_tables.values import as_text, date_problem, to_boolean, to_date, to_decimal, to_integer


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2019", "2019"), ("2019-11", "2019-11"), ("2019-11-05", "2019-11-05"), ("2019/11/5", "2019-11-05"), ("5 November 2019", "2019-11-05"),
        ("November 5, 2019", "2019-11-05"), ("5th of Nov 2019", "2019-11-05"), ("25/12/2019", "2019-12-25"), ("12/25/2019", "2019-12-25"),
        ("05.11.2019", "2019-11-05"), ("1er août 2020", "2020-08-01"), ("novembre 2019", "2019-11"), ("11/2019", "2019-11"),
        ("05/05/2019", "2019-05-05"), (date(2019, 11, 5), "2019-11-05"), (datetime(2019, 11, 5, 0, 0), "2019-11-05"), (2019, "2019"), (2019.0, "2019"),
    ],
)  # fmt: skip
def test_a_date_in_a_usual_form_is_read(value: object, expected: str) -> None:
    assert str(to_date(value)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value", ["03/04/2020", "3-4-2020", "31/02/2020", "2019-13", "43774", 43774, "autumn 2019", "5.11.19", "", "2019-11-05 to 2019-12-01", True, "0-0-0000", "99/99/9999"]
)
def test_a_date_that_can_be_two_days_or_none_is_not_guessed(value: object) -> None:
    assert to_date(value) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("03/04/2020", "can be 2020-04-03 or 2020-03-04"), ("43774", "number by which a spreadsheet stores a date"), ("5.11.19", "two digits"),
        ("autumn 2019", "no date that can be read"),
    ],
)  # fmt: skip
def test_the_problem_of_a_date_says_what_to_do(text: str, says: str) -> None:
    assert says in date_problem(text)


@pytest.mark.parametrize(("value", "expected"), [("12", "12"), (12.0, "12"), (12, "12"), ("1 234", "1234"), ("1\u202f234", "1234"), ("-3", "-3"), ("12,0", "12"), (Decimal("7"), "7")])
def test_a_whole_number_is_read(value: object, expected: str) -> None:
    assert str(to_integer(value)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["12.5", "twelve", "12 people", "", True, 12.5, "1,234", "nan", "inf", float("nan"), "1e999999"])
def test_what_is_no_whole_number_stays_a_text(value: object) -> None:
    assert to_integer(value) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(("value", "expected"), [("52,28", "52.28"), ("52.28", "52.28"), ("12.5 %", "12.5"), (52.28, "52.28"), ("0,5", "0.5"), ("1 234,5", "1234.5")])
def test_a_decimal_comma_and_a_decimal_point_are_read(value: object, expected: str) -> None:
    assert str(to_decimal(value)) == expected  # type: ignore[arg-type]


def test_a_comma_that_can_part_thousands_is_not_guessed() -> None:
    assert to_decimal("1,234") is None


@pytest.mark.parametrize(("value", "expected"), [("yes", "true"), ("No", "false"), ("oui", "true"), (True, "true"), (0, "false"), (1.0, "true"), ("VRAI", "true")])
def test_yes_and_no_are_read(value: object, expected: str) -> None:
    assert str(to_boolean(value)) == expected  # type: ignore[arg-type]


def test_another_word_is_neither_yes_nor_no() -> None:
    assert to_boolean("perhaps") is None


@pytest.mark.parametrize(("value", "expected"), [(3.0, "3"), (3.25, "3.25"), (True, "yes"), (datetime(2020, 1, 2, 3, 4), "2020-01-02 03:04:00"), (1e300, "1e+300"), ("a", "a")])
def test_a_value_is_shown_as_the_user_sees_it(value: object, expected: str) -> None:
    assert as_text(value) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["5 %", "1.000", "1_000", "1e3", "٣", "+-1", "1,000", "1.000.000"])
def test_what_is_no_plain_whole_number_is_not_guessed(text: str) -> None:
    assert to_integer(text) is None


@pytest.mark.parametrize("value", ["1e-5000000000", Decimal("1e-5000000000"), Decimal("1e5000000000"), "1_0", "1e3", "NaN"])
def test_a_number_beyond_measure_is_none(value: object) -> None:
    assert to_decimal(value) is None  # type: ignore[arg-type]
