"""Dates keep their precision; what is unknown widens the possible and narrows the certain."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.dates import (
    ALWAYS,
    DAY_MAX,
    DAY_MIN,
    UNKNOWN,
    Intervals,
    certain_days,
    from_day,
    intersect,
    parse_span,
    possible_days,
    require_span,
    to_day,
    union,
)
from graph.errors import QueryError
from tests.oracle.days import NEVER_AFTER, NEVER_BEFORE, certain, day_range
from tests.oracle.worlds import link, said

DAYS = st.dates(date(1901, 1, 1), date(2078, 1, 1))
PREFIXES = DAYS.flatmap(
    lambda day: st.sampled_from([str(day.year).zfill(4), f"{day:%Y-%m}", day.isoformat()])
)
TEXTS = st.one_of(
    PREFIXES,
    PREFIXES.map("{}~".format),
    PREFIXES.map("[..{}]".format),
    PREFIXES.map("[{}..]".format),
    st.tuples(DAYS, DAYS).map(lambda pair: f"{min(pair)}/{max(pair)}"),
)
BOUNDS = st.none() | TEXTS
SETS = st.lists(
    st.tuples(st.integers(1, 300), st.integers(0, 40)).map(lambda pair: (pair[0], sum(pair))),
    max_size=6,
).map(lambda found: union([tuple(found)]))


def as_day(day: date) -> int:
    if day == NEVER_BEFORE:
        return DAY_MIN
    return DAY_MAX if day == NEVER_AFTER else to_day(day)


def days_in(intervals: Intervals) -> set[int]:
    return {day for first, last in intervals for day in range(first, last + 1)}


@given(TEXTS)
def test_a_text_allows_the_days_that_the_calendar_says(text: str) -> None:
    assert parse_span(text) == tuple(map(as_day, day_range(text)))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("1963", "1963-01-01", "1963-12-31"),
        ("2004-02", "2004-02-01", "2004-02-29"),
        ("2015-03-13", "2015-03-13", "2015-03-13"),
        ("2006~", "2004-01-01", "2008-12-31"),
        ("2004-02-29~", "2002-02-28", "2006-02-28"),
        ("[..2006-03]", None, "2006-03-31"),
        ("[2015-03-13..]", "2015-03-13", None),
        ("1951/1953", "1951-01-01", "1953-12-31"),
        ("", None, None),
    ],
)
def test_forms_of_the_documentation(text: str, first: str | None, last: str | None) -> None:
    assert tuple(map(from_day, parse_span(text))) == (first, last)


@pytest.mark.parametrize(
    "text",
    ["21 Mar 1955", "c.1963", "2006/", "/2006", "[..]", "[....]", "2006-13", "2006-02-30", "0000",
     "2006~~", "1953/1951", "63", "-0-", "2006-3", "2006-03-013", " 2006", "[2006", "2006~/2007"],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_span(text)


@pytest.mark.parametrize("text", ["2006\n", "2006-03-01\n", "２００６"])
def test_line_ends_and_other_digits_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_span(text)


@given(st.text(max_size=12))
def test_hostile_text_raises_only_the_documented_error(text: str) -> None:
    try:
        span = parse_span(text)
    except ValueError:
        return
    assert DAY_MIN <= span.earliest <= span.latest <= DAY_MAX


def test_a_query_error_points_at_the_parameter() -> None:
    with pytest.raises(QueryError, match="is not a date") as caught:
        require_span("soon", "/filters/as_of")
    assert caught.value.pointer == "/filters/as_of"


@given(st.dates())
def test_days_are_clipped_and_keep_their_order(day: date) -> None:
    assert DAY_MIN < to_day(day) < DAY_MAX
    if day < date.max:
        assert to_day(day) <= to_day(day + timedelta(days=1))
    if date(1900, 1, 2) <= day <= date(2079, 6, 5):
        assert from_day(to_day(day)) == day.isoformat()


@given(SETS, SETS)
def test_sets_of_days_behave_like_sets(left: Intervals, right: Intervals) -> None:
    assert days_in(union([left, right])) == days_in(left) | days_in(right)
    assert days_in(intersect(left, right)) == days_in(left) & days_in(right)
    assert intersect(left, ALWAYS) == left
    for found in (union([left, right]), intersect(left, right)):
        assert list(found) == sorted(found)
        assert all(a[1] < b[0] for a, b in pairwise(found))


@given(BOUNDS, BOUNDS, st.lists(TEXTS, max_size=3))
def test_certain_and_possible_days_are_those_of_the_second_reading(
    start: str | None, end: str | None, stated: list[str]
) -> None:
    made = link("1", "a", "b", start=start, end=end, evidence=(said("A", None), *(
        said("A", each) for each in stated)))  # fmt: skip
    want = certain(made)
    got = certain_days(start, end, stated)
    assert got == (() if want is None else (tuple(map(as_day, want)),))


@given(BOUNDS, BOUNDS, st.lists(TEXTS, max_size=3))
def test_every_certain_day_is_possible(
    start: str | None, end: str | None, stated: list[str]
) -> None:
    if start and start.endswith("..]"):
        return  # see the next test
    for first, last in certain_days(start, end, stated):
        assert any(a <= first <= last <= b for a, b in possible_days(start, end))


def test_a_statement_before_the_earliest_start_proves_no_day() -> None:
    assert possible_days("[2015-03-13..]", None) == ((to_day(date(2015, 3, 13)), DAY_MAX),)
    assert certain_days("[2015-03-13..]", None, ["2014-01-01"]) == ()


@given(BOUNDS, BOUNDS, st.lists(TEXTS, min_size=1, max_size=3))
def test_an_unknown_bound_never_widens_what_is_certain(
    start: str | None, end: str | None, stated: list[str]
) -> None:
    known = [parse_span(each) for each in stated]
    for first, last in certain_days(None, None, stated):
        exact = [span.latest for span in known if span.earliest == span.latest]
        assert (first, last) == (min(exact), max(exact))
    for first, last in certain_days(start, end, []):
        assert parse_span(start).latest == first
        assert parse_span(end).earliest == last


def test_examples_of_the_case() -> None:
    """N6: the review period's first day is not the contract's; an ownership without a start."""
    day = date(2010, 12, 9)
    assert certain_days(None, None, []) == ()
    assert certain_days(None, None, ["2010-12-09"]) == ((to_day(day), to_day(day)),)
    assert certain_days("[..2006-03]", "2015-03-13", []) == (
        (to_day(date(2006, 3, 31)), to_day(date(2015, 3, 13))),
    )
    assert possible_days("2006~", "2015-03-13")[0][0] == to_day(date(2004, 1, 1))
    assert certain_days(None, "2005", ["2010-12-09"]) == ()
    assert certain_days("2001", "[..2012]", ["2010-12-09"]) == ()
    assert certain_days(None, None, ["2010", "2010-12"]) == ()
    assert possible_days("2012", "2010") == ()
    assert parse_span(None) == UNKNOWN
