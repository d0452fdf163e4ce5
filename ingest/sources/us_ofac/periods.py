"""Periods of OFAC's XML files as the texts that its comma-separated files print for them.

A date is stated as the earliest and latest day of its start and of its end. "1962" is the first and
the last day of the year; "1951 to 1953" is a start somewhere in the one and an end somewhere in the
other. The text keeps the precision, and one grammar reads it whatever the file's format.
"""

from __future__ import annotations

from calendar import monthrange

Day = tuple[int, int | None, int | None]  # year, month and day, as far as they are stated
Bounds = tuple[Day | None, Day | None]  # earliest and latest

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def print_period(start: Bounds, end: Bounds, *, approximate: bool = False) -> str | None:
    """The text of a date or range; None when nothing is stated.

    Example:
        >>> day, last = (1962, 1, 1), (1962, 12, 31)
        >>> print_period((day, day), (last, last)), print_period((day, day), (day, day))
        ('1962', '01 Jan 1962')
        >>> print_period(((1951, 1, 1), (1951, 12, 31)), ((1953, 1, 1), (1953, 12, 31)))
        '1951 to 1953'
    """
    first, last = _print_bounds(*start), _print_bounds(*end)
    if _is_exact(start) and _is_exact(end):
        text = _print_span(start[0] or start[1], end[1] or end[0])
    elif first and last and first != last:
        text = f"{first} to {last}"
    else:
        text = first or last
    return f"circa {text}" if text and approximate else text


def _is_exact(bounds: Bounds) -> bool:
    return bounds[0] == bounds[1] or None in bounds


def _print_bounds(earliest: Day | None, latest: Day | None) -> str | None:
    return _print_span(earliest or latest, latest or earliest)


def _print_span(first: Day | None, last: Day | None) -> str | None:
    """The shortest text that says from one day to another."""
    if first is None or last is None:
        only = first or last
        return _print_day(only) if only else None
    if first == last:
        return _print_day(first)
    (year, month, day), (end_year, end_month, end_day) = first, last
    if day == 1 and year == end_year:
        if (month, end_month, end_day) == (1, 12, 31):
            return str(year)
        if month and month == end_month and end_day == monthrange(year, month)[1]:
            return f"{_MONTHS[month - 1]} {year}"
    return f"{_print_day(first)} to {_print_day(last)}"


def _print_day(day: Day) -> str:
    year, month, number = day
    if not month or not 1 <= month <= len(_MONTHS):
        return str(year)
    text = f"{_MONTHS[month - 1]} {year}"
    return f"{number:02d} {text}" if number else text
