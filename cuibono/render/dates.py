"""Dates and intervals in words. A word never says more than the published text."""

from __future__ import annotations

from collections.abc import Sequence


def describe_date(text: str) -> str:
    """A date text of `graph.dates` in the words of `graph.text`.

    Example:
        >>> describe_date("[..2006-03]"), describe_date("1951/1953"), describe_date("2006~")
        ('2006-03 at the latest', 'some time between 1951 and 1953', 'about 2006')
    """
    if text.startswith("[..") and text.endswith("]"):
        return f"{text[3:-1]} at the latest"
    if text.startswith("[") and text.endswith("..]"):
        return f"{text[1:-3]} at the earliest"
    if "/" in text:
        first, _, last = text.partition("/")
        return f"some time between {first} and {last}"
    return f"about {text[:-1]}" if text.endswith("~") else text


def describe_intervals(intervals: Sequence[tuple[str | None, str | None]]) -> str:
    """When something held, as a list of periods; an unknown bound is said to be one."""
    return "; ".join(_describe_interval(start, end) for start, end in intervals)


def _describe_interval(start: str | None, end: str | None) -> str:
    if start is None and end is None:
        return "at times unknown"
    if start is None:
        return f"until {end}, start unknown"
    if end is None:
        return f"from {start}, end unknown"
    return f"on {start}" if start == end else f"from {start} to {end}"
