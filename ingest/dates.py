"""Dates as publishers print them, in every order and precision, as ISO prefixes.

The precision is the publisher's: "1963", "00/00/1963" and "dd/mm/1963" are a year, and a day that
no calendar has is refused, never moved. Two-digit years are refused: which century, nobody said.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = {name: number for number, name in enumerate(_MONTHS, start=1)}
_MONTH = r"(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_YEAR = r"(\d{4})"
_ISO = re.compile(rf"{_YEAR}(?:-(\d\d)(?:-(\d\d))?)?(?:[t ]\d\d:\d\d.*|z|[+-]\d\d:\d\d)?")
_NUMERIC = re.compile(rf"(\d{{1,2}}|dd|--|xx)\s?[./-]\s?(\d{{1,2}}|mm|--|xx)\s?[./-]\s?{_YEAR}\.?")
_MONTH_YEAR = re.compile(rf"(\d{{1,2}}|mm)\s?[./-]\s?{_YEAR}")
_YEAR_FIRST = re.compile(rf"{_YEAR}[./](\d{{1,2}})(?:[./](\d{{1,2}}))?")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_DAY_MONTH = re.compile(rf"(?:(\d{{1,2}})(?:st|nd|rd|th)?[\s,-]+)?{_MONTH}[\s,-]*(?:of\s+)?{_YEAR}")
_MONTH_DAY = re.compile(rf"{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}")
_JUST_YEAR = re.compile(_YEAR)
_ABOUT = re.compile(
    r"^\(?(?:circa|ca\.?|c\.|approximately|approx\.?|about|around|between|born(?: in)?|in|from|on)"
    r"(?:\s+(?:between|the year))?\s*",
)
_TAIL = re.compile(r"\s*\(?(?:approximately|approx\.?|circa|estimated|or so)\)?\.?$|[.,;]+$")
_RANGE = re.compile(
    r"\s+(?:to|and|or|until|through)\s+|\s*[–—/]\s*(?=\d{4}\b)|(?<=\d{4})-(?=\d{4})|\s+-\s+"
)
_RANGE_ENDS = 2
_UNKNOWN = frozenset({"00", "0", "dd", "mm", "--", "xx"})


def is_approximate(text: str) -> bool:
    """Whether the publisher says that the date is about so."""
    plain = text.strip().lower()
    return bool(re.match(r"^\(?(?:circa|ca\b|c\.|approx|about|around)", plain)) or bool(
        re.search(r"(?:approx|circa|estimated)", plain)
    )


@lru_cache(maxsize=65536)
def parse_dates(text: str, *, month_first: bool = False) -> tuple[str, ...]:
    """ISO prefixes of a published date: one, two for a range, none when it is not understood.

    "circa" and the range itself cannot be held in the values; keep the published text beside them.

    Args:
        month_first: 3/4/2020 is the fourth of March, as US publishers write.

    Example:
        >>> parse_dates("circa 1944"), parse_dates("1951 to 1953"), parse_dates("11.8.1960")
        (('1944',), ('1951', '1953'), ('1960-08-11',))
        >>> parse_dates("00/00/1980"), parse_dates("31 Feb 1980"), parse_dates("2015-03-27-04:00")
        (('1980',), (), ('2015-03-27',))
    """
    plain = " ".join(text.strip().lower().split())
    whole = _parse_day(plain, month_first)
    if whole:
        return (whole,)
    plain = _TAIL.sub("", _ABOUT.sub("", plain))
    ends = [_parse_day(_TAIL.sub("", _ABOUT.sub("", part)), month_first)
            for part in _RANGE.split(plain)]  # fmt: skip
    if len(ends) > _RANGE_ENDS or None in ends:
        return ()
    return tuple(end for end in ends if end)


def parse_date(text: str, *, month_first: bool = False) -> str | None:
    """The ISO prefix of a single date; None for a range or what is not understood."""
    dates = parse_dates(text, month_first=month_first)
    return dates[0] if len(dates) == 1 else None


def _parse_day(text: str, month_first: bool) -> str | None:
    if match := (_ISO.fullmatch(text) or _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text)):
        return _make(*match.groups())
    if match := _NUMERIC.fullmatch(text):
        first, second, year = match.groups()
        return _make(year, first, second) if month_first else _make(year, second, first)
    if match := _MONTH_YEAR.fullmatch(text):
        return _make(match[2], match[1], None)
    if match := _DAY_MONTH.fullmatch(text):
        return _make(match[3], str(_NUMBERS[match[2][:3]]), match[1])
    if match := _MONTH_DAY.fullmatch(text):
        return _make(match[3], str(_NUMBERS[match[1][:3]]), match[2])
    return None


def _make(year: str, month: str | None, day: str | None) -> str | None:
    """The prefix, as precise as the parts that are known; None for what no calendar has."""
    if not 1000 <= int(year) <= 2999:
        return None
    if month is None or month in _UNKNOWN:
        # A day without a month is a slip; the year is still said.
        return f"{int(year)}"
    if day is None or day in _UNKNOWN:
        return f"{int(year)}-{int(month):02d}" if 1 <= int(month) <= 12 else None
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None
