"""Numbers on the command line of the measurements, refused in one way.

Called by the command line and by measurements that have options of their own.
"""

from __future__ import annotations

import argparse

__all__ = ["minutes", "positive"]


def positive(text: str) -> int:
    """Return a whole number from 1 up.

    >>> positive("12")
    12

    Raises:
        ArgumentTypeError: the text is none.
    """
    if not (text.isascii() and text.isdigit()) or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 up")
    return int(text)


def minutes(text: str) -> float:
    """Return a number of minutes above 0, at most a day.

    Raises:
        ArgumentTypeError: the text is none.
    """
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number <= 1440:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of minutes above 0, at most 1440")
    return number
