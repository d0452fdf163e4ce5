"""The age of a list: said to be stale when its publisher's rhythm says so, unknown otherwise."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cuibono.meta import is_stale

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("published", "stale"),
    [
        ("2026-11-24", False),
        ("2026-11-23", False),  # until the end of its day it was the newest
        ("2026-11-22", True),
        ("2023-12-28", True),
        ("2026-11", False),  # may have been published today
        ("2026-10", True),
        ("2027", False),
    ],
)
def test_age_counts_from_the_last_day_that_the_date_allows(published: str, stale: bool) -> None:
    assert is_stale(published, "2026-11-24T11:00:00+00:00", 24, NOW) is stale


def test_without_a_date_of_publication_retrieval_counts() -> None:
    assert is_stale(None, "2026-11-24T11:00:00+00:00", 24, NOW) is False
    assert is_stale(None, "2026-11-20T11:00:00+00:00", 24, NOW) is True


def test_where_nobody_set_a_rhythm_nothing_is_said() -> None:
    assert is_stale("1999", "1999-01-01T00:00:00+00:00", None, NOW) is None
