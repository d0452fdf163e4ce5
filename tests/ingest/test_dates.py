"""Published dates: read in every order, never more precise than printed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.dates import is_approximate, parse_date, parse_dates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1963", ("1963",)), ("c.1963", ("1963",)), ("circa 1944", ("1944",)),
        ("approximately 1968", ("1968",)), ("1968 (approximately)", ("1968",)),
        ("21 Mar 1955", ("1955-03-21",)), ("21st March, 1955", ("1955-03-21",)),
        ("March 21, 1955", ("1955-03-21",)), ("Mar 1955", ("1955-03",)),
        ("02-JAN-1998", ("1998-01-02",)), ("11.8.1960", ("1960-08-11",)),
        ("01/09/1970", ("1970-09-01",)), ("00/00/1980", ("1980",)), ("00/05/1980", ("1980-05",)),
        ("dd/mm/1963", ("1963",)), ("2015-03-27-04:00", ("2015-03-27",)),
        ("2015-03-27T00:00:00Z", ("2015-03-27",)), ("19630502", ("1963-05-02",)),
        ("05/1963", ("1963-05",)), ("1951 to 1953", ("1951", "1953")),
        ("1960-1962", ("1960", "1962")), ("between 1960 and 1962", ("1960", "1962")),
        ("01 Jan 1961 to 31 Dec 1962", ("1961-01-01", "1962-12-31")), ("1958 or 1959",
         ("1958", "1959")),
        ("31 Feb 1980", ()), ("31/02/1980", ()), ("1980-13", ()), ("13/13/1980", ()),
        ("11.8.60", ()), ("unknown", ()), ("", ()), ("1960 1961 1962", ()),
        ("1950 or 1951 or 1952", ()), ("0000", ()), ("9999", ()), ("١٩٦٣", ("1963",)),
    ],
)  # fmt: skip
def test_published_forms(text: str, expected: tuple[str, ...]) -> None:
    assert parse_dates(text) == expected


def test_the_order_of_digits_is_the_publishers() -> None:
    assert parse_date("3/4/2020") == "2020-04-03"
    assert parse_date("3/4/2020", month_first=True) == "2020-03-04"
    assert parse_date("3/14/2020") is None, "never swapped to make it fit"
    assert parse_date("1951 to 1953") is None


def test_circa_is_seen() -> None:
    assert is_approximate("circa 1944")
    assert is_approximate("1968 (approximately)")
    assert not is_approximate("1944")


@given(st.dates(min_value=date(1000, 1, 1), max_value=date(2999, 12, 31)))
def test_a_day_comes_back_whatever_its_form(day: date) -> None:
    iso = day.isoformat()
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d %b %Y", "%B %d, %Y", "%d-%b-%Y"):
        assert parse_dates(day.strftime(form)) == (iso,), form
    assert parse_dates(day.strftime("%m/%d/%Y"), month_first=True) == (iso,)


@given(st.text(max_size=40))
def test_any_text_is_a_date_or_not_but_never_a_fault(text: str) -> None:
    for found in parse_dates(text):
        assert len(found) in (4, 7, 10)
        if len(found) == 10:
            date.fromisoformat(found)
