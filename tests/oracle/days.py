"""Date texts read a second time, with the calendar instead of day numbers."""

from __future__ import annotations

import calendar
from datetime import date

from graph.model import Link

Days = tuple[date, date]
NEVER_BEFORE, NEVER_AFTER = date.min, date.max


def day_range(text: str | None) -> Days:
    """First and last day that a text allows; `date.min` and `date.max` are unknown."""
    if not text:
        return NEVER_BEFORE, NEVER_AFTER
    if text.startswith("[.."):
        return NEVER_BEFORE, day_range(text[3:-1])[1]
    if text.endswith("..]"):
        return day_range(text[1:-3])[0], NEVER_AFTER
    if "/" in text:
        first, last = text.split("/")
        return day_range(first)[0], day_range(last)[1]
    if text.endswith("~"):
        first_day, last_day = day_range(text[:-1])
        return _move(first_day, -2), _move(last_day, 2)
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 3:
        return date(*parts), date(*parts)
    if len(parts) == 2:
        year, month = parts
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    return date(parts[0], 1, 1), date(parts[0], 12, 31)


def _move(day: date, years: int) -> date:
    last = calendar.monthrange(day.year + years, day.month)[1]
    return day.replace(year=day.year + years, day=min(day.day, last))


def possible(link: Link) -> Days | None:
    """Every day on which the link can have held."""
    first, last = day_range(link.start)[0], day_range(link.end)[1]
    return (first, last) if first <= last else None


def certain(link: Link) -> Days | None:
    """The days on which the link held if its sources are right; no unknown bound widens it."""
    if link.end and day_range(link.end)[0] == NEVER_BEFORE:
        return None
    ranges = [day_range(each.on) for each in link.evidence if each.stance == "asserts"]
    begin, end = day_range(link.start)[0], day_range(link.end)[1]
    # What is said of a day on which the link cannot have held proves nothing.
    exact = [first for first, last in ranges if first == last and begin <= first <= end]
    first, last = day_range(link.start)[1], day_range(link.end)[0]
    if first == NEVER_AFTER:
        if not exact:
            return None
        first = min(exact)
    if last == NEVER_BEFORE:
        if not exact:
            return None
        last = max(exact)
    return (first, last) if first <= last else None
