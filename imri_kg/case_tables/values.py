"""From the value of a cell to an RDF term: dates, numbers, yes and no, and texts; what cannot be read stays a text.

Called while a row becomes statements. It never guesses: a date that could be two days stays a text, which a shape then
refuses, and `date_problem` says why, for the message.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from imri_kg.readers import Value
from imri_kg.vocabulary import XSD

if TYPE_CHECKING:
    from rdflib import Literal

__all__ = ["as_text", "date_problem", "to_boolean", "to_date", "to_decimal", "to_integer"]

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan janvier janv", "february feb fevrier février fevr févr", "march mar mars", "april apr avril avr", "may mai", "june jun juin",
         "july jul juillet juil", "august aug aout août", "september sep sept septembre", "october oct octobre", "november nov novembre",
         "december dec decembre décembre déc"), 1)
    for name in names.split()
}  # fmt: skip
#: A larger number is no count of anything here, and could take long to write out.
_LARGEST = 10**15
#: Powers of ten between which a number is looked at; beyond, it is a slip and would take a page to write out.
_POWERS = range(-20, 40)
_YES = {"yes", "y", "true", "1", "x", "oui", "vrai"}
_NO = {"no", "n", "false", "0", "non", "faux"}


def as_text(value: Value) -> str:
    """Return the value of a cell as the user sees it, as far as that can be known.

    >>> as_text(3.0), as_text(date(2019, 11, 5)), as_text(True)
    ('3', '2019-11-05', 'yes')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def to_date(value: Value) -> Literal | None:
    """Return a date, a month or a year, or None where the value is none or could be two.

    >>> str(to_date("5 November 2019")), str(to_date("2019-11")), to_date("03/04/2020")
    ('2019-11-05', '2019-11', None)
    """
    from rdflib import Literal, URIRef

    def literal(text: str, kind: str) -> Literal:
        return Literal(text, datatype=URIRef(kind))

    if isinstance(value, datetime):
        return literal(value.date().isoformat(), XSD.date)
    if isinstance(value, date):
        return literal(value.isoformat(), XSD.date)
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return literal(str(int(value)), XSD.gYear) if float(value).is_integer() and 1500 <= value <= 2200 else None
    text = str(value).strip()
    if re.fullmatch(r"(1[5-9]|2[01])\d\d", text):
        return literal(text, XSD.gYear)
    days = _days(text)
    if len(days) == 1:
        return literal(days[0].isoformat(), XSD.date)
    month = _month(text)
    return literal(month, XSD.gYearMonth) if month and not days else None


def date_problem(text: str) -> str:
    """Return what is wrong with a text that is no date of ours, as a sentence.

    >>> date_problem("03/04/2020")
    "'03/04/2020' can be 2020-04-03 or 2020-03-04; write the one you mean."
    """
    days = _days(text)
    if len(days) > 1:
        return f"'{text}' can be {' or '.join(d.isoformat() for d in days)}; write the one you mean."
    if re.fullmatch(r"\d{5}([.,]\d+)?", text.strip()):
        return f"'{text}' is the number by which a spreadsheet stores a date; format the cell as a date or write the date as 2019-11-05."
    if re.fullmatch(r"\d{1,2}\D\d{1,2}\D\d{2}", text.strip()):
        return f"'{text}' has a year of two digits; write it as 2019-11-05."
    return f"'{text}' is no date that can be read; write 2019, 2019-11 or 2019-11-05."


def _days(text: str) -> list[date]:
    """Return the days that a text can mean."""
    text = text.strip().rstrip(".").lower()
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[ t]00:00(:00)?)?", text):
        return _valid([(int(match[1]), int(match[2]), int(match[3]))])
    if match := re.fullmatch(r"(\d{1,2})[-/.\s](\d{1,2})[-/.\s](\d{4})", text):
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        # A point between the numbers is the continental way, in which the day comes first.
        orders = [(year, second, first)] if "." in text else [(year, second, first), (year, first, second)]
        return _valid(orders)
    if match := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th|er)?\.?[\s-]+(?:of\s+)?([a-zéû]+)\.?,?[\s-]+(\d{4})", text):
        return _valid([(int(match[3]), _MONTHS.get(match[2], 0), int(match[1]))])
    if match := re.fullmatch(r"([a-zéû]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", text):
        return _valid([(int(match[3]), _MONTHS.get(match[1], 0), int(match[2]))])
    return []


def _valid(parts: list[tuple[int, int, int]]) -> list[date]:
    found: list[date] = []
    for year, month, day in parts:
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


def _month(text: str) -> str:
    text = text.strip().lower()
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})", text):
        year, month = int(match[1]), int(match[2])
    elif match := re.fullmatch(r"(\d{1,2})[-/.](\d{4})", text):
        year, month = int(match[2]), int(match[1])
    elif match := re.fullmatch(r"([a-zéû]+)\.?,?\s+(\d{4})", text):
        year, month = int(match[2]), _MONTHS.get(match[1], 0)
    else:
        return ""
    return f"{year:04d}-{month:02d}" if 1 <= month <= 12 and 1500 <= year <= 2200 else ""


def to_integer(value: Value) -> Literal | None:
    """Return a whole number, or None.

    >>> str(to_integer("1 234")), str(to_integer(6.0)), to_integer("6.5"), to_integer("1.000"), to_integer("5 %")
    ('1234', '6', None, None, None)
    """
    from rdflib import Literal, URIRef

    # 1.000 is a thousand to some and one to others, and a percentage is no count.
    if isinstance(value, str) and ("%" in value or re.fullmatch(r"[+-]?[1-9]\d{0,2}\.\d{3}", value.strip())):
        return None
    number = _number(value)
    if number is None or abs(number) > _LARGEST or number != number.to_integral_value():
        return None
    return Literal(str(int(number)), datatype=URIRef(XSD.integer))


def to_decimal(value: Value) -> Literal | None:
    """Return a number, with a decimal comma or point, or None. A percent sign is left away.

    >>> str(to_decimal("52,28")), str(to_decimal("12.5 %")), to_decimal("1,234.5x")
    ('52.28', '12.5', None)
    """
    from rdflib import Literal, URIRef

    number = _number(value)
    if number is None or abs(number) > _LARGEST:
        return None
    text = format(number, "f")
    return Literal(text, datatype=URIRef(XSD.decimal))


def _number(value: Value) -> Decimal | None:
    if isinstance(value, (bool, date)):
        return None
    if isinstance(value, (int, float, Decimal)):
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        return number if number.is_finite() and number.adjusted() in _POWERS else None
    text = re.sub(r"[\s\u00a0\u202f']+(?=\d{3}(\D|$))", "", str(value).strip().removesuffix("%").strip())
    # One comma is a decimal comma, unless three digits follow it: 1,234 can be either, and is not guessed.
    if not re.fullmatch(r"[+-]?[0-9]+([.,][0-9]+)?", text) or re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", text):
        return None
    return Decimal(text.replace(",", "."))


def to_boolean(value: Value) -> Literal | None:
    """Return yes or no as a truth value, or None.

    >>> str(to_boolean("Oui")), to_boolean("perhaps")
    ('true', None)
    """
    from rdflib import Literal, URIRef

    if isinstance(value, bool):
        return Literal("true" if value else "false", datatype=URIRef(XSD.boolean))
    text = as_text(value).strip().lower()
    if text in _YES | _NO:
        return Literal("true" if text in _YES else "false", datatype=URIRef(XSD.boolean))
    return None
