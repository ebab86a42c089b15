"""Turns what workbooks write for numbers, dates and times into values.

Called by the readers of workbooks. It raises ValueError for what is none, and leaves the telling to them.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta

from imri_kg.readers.model import Value

__all__ = ["day", "number", "plain"]

_WHOLE = re.compile(r"-?[0-9]{1,15}")
#: From here on a floating-point number no longer holds every whole number.
_EXACT = 2**53


def number(text: str) -> int | float:
    """Return the number of a cell: a whole one as int, however the file writes it.

    >>> number("12"), number("12.0"), number("33.299999999999997")
    (12, 12, 33.3)
    """
    text = text.strip()
    if _WHOLE.fullmatch(text):
        return int(text)
    if "_" in text:
        raise ValueError(text)
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return int(value) if value.is_integer() and abs(value) < _EXACT else value


def day(text: str) -> Value:
    """Return the date, or the date and time, that ISO 8601 writes.

    >>> day("2019-11-05"), day("2019-11-05T00:00:00")
    (datetime.date(2019, 11, 5), datetime.date(2019, 11, 5))
    """
    moment = datetime.fromisoformat(text.strip())
    return plain(moment.replace(tzinfo=None) if moment.tzinfo else moment)


def plain(value: date | datetime | time | timedelta) -> Value:
    """Return a moment as a value: midnight as a date, a time of day or a duration as text.

    >>> plain(datetime(2019, 11, 5)), plain(time(14, 30)), plain(timedelta(hours=26))
    (datetime.date(2019, 11, 5), '14:30', '26:00')
    """
    if isinstance(value, datetime):
        return value if value.time() != time() else value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, time):
        value = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    minutes, seconds = divmod(abs(value).total_seconds(), 60)
    hours, minutes = divmod(int(minutes), 60)
    rest = f":{seconds:06.3f}".removesuffix(".000") if seconds else ""
    return f"{'-' if value < timedelta() else ''}{hours:02d}:{minutes:02d}{rest}"
