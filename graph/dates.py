"""Dates of partial precision, and when something certainly or possibly held.

Dates stay text as published: an ISO 8601 prefix (`1963`, `2006-03`, `2015-03-13`) or one of four
forms of ISO 8601-2 (EDTF): `2006~` (about), `[..2006-03]` (then or earlier), `[2015-03-13..]` (then
or later), `1951/1953` (some time between). Text is never replaced by a more precise date.

Arithmetic uses whole days since 1900-01-01, clipped to 1..65534, so that a bound fits 16 bits;
`DAY_MIN` (0) and `DAY_MAX` (65535, in 2079) stand for "no bound known".
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from graph.errors import QueryError

EPOCH = date(1900, 1, 1)
DAY_MIN = 0
DAY_MAX = 65535
# "Circa" means two years either way: requirements.md E8.
CIRCA_YEARS = 2

_ISO_PREFIX = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


class Span(NamedTuple):
    """The first and last day that a date text allows, inclusive."""

    earliest: int
    latest: int


UNKNOWN = Span(DAY_MIN, DAY_MAX)
Intervals = tuple[tuple[int, int], ...]
ALWAYS: Intervals = ((DAY_MIN, DAY_MAX),)


def to_day(value: date) -> int:
    """Days since 1900-01-01, clipped to 1..65534."""
    return min(max((value - EPOCH).days, DAY_MIN + 1), DAY_MAX - 1)


def from_day(day: int) -> str | None:
    """ISO date of a day, or None for an unknown bound."""
    if day <= DAY_MIN or day >= DAY_MAX:
        return None
    return (EPOCH + timedelta(days=day)).isoformat()


def _prefix_span(text: str) -> Span:
    match = _ISO_PREFIX.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a date; write YYYY, YYYY-MM or YYYY-MM-DD.")
    year, month, day = (int(part) if part else 0 for part in match.groups())
    if day:
        exact = to_day(date(year, month, day))
        return Span(exact, exact)
    if month:
        last = calendar.monthrange(year, month)[1]
        return Span(to_day(date(year, month, 1)), to_day(date(year, month, last)))
    return Span(to_day(date(year, 1, 1)), to_day(date(year, 12, 31)))


def _shift_years(day: int, years: int) -> int:
    moved = EPOCH + timedelta(days=day)
    last = calendar.monthrange(moved.year + years, moved.month)[1]
    return to_day(moved.replace(year=moved.year + years, day=min(moved.day, last)))


def parse_span(text: str | None) -> Span:
    """The days that a date text allows.

    Args:
        text: One of the forms of the module docstring; None or empty is unknown.

    Raises:
        ValueError: When the text has none of those forms, or no such day exists.

    Example:
        >>> [from_day(day) for day in parse_span("2006-03")]
        ['2006-03-01', '2006-03-31']
        >>> [from_day(day) for day in parse_span("[..2006-03]")]
        [None, '2006-03-31']
    """
    if not text:
        return UNKNOWN
    if text.startswith("[..") and text.endswith("]"):
        return Span(DAY_MIN, _prefix_span(text[3:-1]).latest)
    if text.startswith("[") and text.endswith("..]"):
        return Span(_prefix_span(text[1:-3]).earliest, DAY_MAX)
    if "/" in text:
        first, _, last = text.partition("/")
        span = Span(_prefix_span(first).earliest, _prefix_span(last).latest)
        if span.earliest > span.latest:
            raise ValueError(f"{text!r} ends before it starts.")
        return span
    if text.endswith("~"):
        span = _prefix_span(text[:-1])
        return Span(
            _shift_years(span.earliest, -CIRCA_YEARS), _shift_years(span.latest, CIRCA_YEARS)
        )
    return _prefix_span(text)


def require_span(text: str, pointer: str) -> Span:
    """`parse_span` for a query: a fault is a `QueryError` that points at the parameter."""
    try:
        return parse_span(text)
    except ValueError as exc:
        raise QueryError(str(exc), pointer=pointer) from exc


def union(sets: Iterable[Intervals]) -> Intervals:
    """The days in any of the sets, as disjoint ascending intervals."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(interval for each in sets for interval in each):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def intersect(left: Intervals, right: Intervals) -> Intervals:
    """The days in both sets, as disjoint ascending intervals."""
    both = [(max(a, c), min(b, d)) for a, b in left for c, d in right if max(a, c) <= min(b, d)]
    return tuple(sorted(both))


def possible_days(start: str | None, end: str | None) -> Intervals:
    """Every day on which a link with these bounds can have held."""
    first, last = parse_span(start).earliest, parse_span(end).latest
    return ((first, last),) if first <= last else ()


def certain_days(start: str | None, end: str | None, stated: Sequence[str]) -> Intervals:
    """The days on which a link with these bounds held for certain, if its sources are right.

    An unknown bound never widens the answer: where no start is stated, the link is certain from the
    first day on which a source stated it as holding; where no end is, until the last such day. A
    source that only speaks after the end proves no day, and neither does one that says no more of
    the end than that it had come ("by then at the latest").

    Args:
        start: Date text of the start, None when unknown.
        end: Date text of the end, None when unknown.
        stated: Date texts of the days on which sources asserted the link.
    """
    begins, ends = parse_span(start).latest, parse_span(end).earliest
    if end and ends <= DAY_MIN:
        return ()
    # A statement of a year or month is certain on none of its days: only its last day counts
    # as "by then it had been said", and a statement before that would raise its precision.
    # A statement of a day on which the link cannot have held does not count either.
    first, last = parse_span(start).earliest, parse_span(end).latest
    spans = [parse_span(text) for text in stated]
    days = [day for day, until in spans if day == until and first <= day <= last]
    if begins >= DAY_MAX:
        begins = min(days, default=DAY_MAX)
    if ends <= DAY_MIN:
        ends = max(days, default=DAY_MIN)
    return ((begins, ends),) if begins <= ends and begins < DAY_MAX and ends > DAY_MIN else ()
