"""When all hops of a path held at once, reckoned day by day from the evidence table.

A second opinion on the interval arithmetic of the product, by the plainest means: a set of days for
each statement. An unknown bound of what *possibly* held is the end of the calendar used here; an
unknown bound of what *certainly* held is never passed: only the days between two statements of the
thing as present count.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

Row = Mapping[str, str]
Runs = tuple[tuple[str | None, str | None], ...]
FIRST, LAST = date(1980, 1, 1), date(2029, 12, 31)
CIRCA_YEARS = 2


def bounds(text: str) -> tuple[date | None, date | None]:
    """First and last day that a date text allows; None for no bound."""
    if not text:
        return None, None
    if text.startswith("[.."):
        return None, bounds(text[3:-1])[1]
    if text.endswith("..]"):
        return bounds(text[1:-3])[0], None
    if "/" in text:
        first, last = text.split("/")
        return bounds(first)[0], bounds(last)[1]
    if text.endswith("~"):
        year = int(text[:-1])
        return date(year - CIRCA_YEARS, 1, 1), date(year + CIRCA_YEARS, 12, 31)
    year, month, day = ([int(part) for part in text.split("-")] + [0, 0])[:3]
    if day:
        return date(year, month, day), date(year, month, day)
    end = month or 12
    return date(year, month or 1, 1), date(year, end, calendar.monthrange(year, end)[1])


def span(first: date, last: date) -> set[date]:
    """All days from one to another."""
    return {first + timedelta(days=number) for number in range((last - first).days + 1)}


def possible_days(rows: Sequence[Row]) -> set[date]:
    """The days on which what these rows state together can have held."""
    first = bounds(rows[0]["start_date"])[0] or FIRST
    last = bounds(rows[0]["end_date"])[1] or LAST
    return span(first, last)


def certain_days(rows: Sequence[Row]) -> set[date]:
    """The days on which it did, if its sources are right."""
    said = [bounds(row["asserted_on"]) for row in rows]
    exact = [first for first, last in said if first is not None and first == last]
    start, end = rows[0]["start_date"], rows[0]["end_date"]
    first = bounds(start)[1] if start else min(exact, default=None)
    last = bounds(end)[0] if end else max(exact, default=None)
    return span(first, last) if first and last else set()


def runs(days: Iterable[date]) -> Runs:
    """Days as intervals, None where they reach the end of the calendar."""
    found: list[list[date]] = []
    for day in sorted(days):
        if found and day - found[-1][1] == timedelta(days=1):
            found[-1][1] = day
        else:
            found.append([day, day])
    return tuple(
        (None if first == FIRST else first.isoformat(), None if last == LAST else last.isoformat())
        for first, last in found
    )


def held_at_once(hops: Sequence[Sequence[Sequence[Row]]]) -> tuple[Runs, Runs]:
    """When all hops certainly and possibly held at once.

    Args:
        hops: For each hop its statements, any one of which will do, each with its rows.
    """
    certain = [set.union(*map(certain_days, statements)) for statements in hops]
    possible = [set.union(*map(possible_days, statements)) for statements in hops]
    return runs(set.intersection(*certain)), runs(set.intersection(*possible))
