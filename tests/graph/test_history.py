"""A status by day in one number: nothing vanishes, and the evidence has the last word."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.dates import DAY_MAX, parse_span
from graph.history import CHANGES, NOT_PUBLISHED, find_changes, pack_changes, status_at
from graph.model import Evidence, Status

NOBODY: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
CODES = list(Status)


def said(by: str, on: str | None, stance: str = "asserts", *, standing: bool = False) -> Evidence:
    return Evidence.model_validate(
        {"by": by, "on": on, "stance": stance, "standing": standing, "dataset": "x",
         "record_id": "1", "locator": "x:1"}
    )  # fmt: skip


def status_on(packed: int, day: str) -> Status | None:
    code = int(status_at(np.array([packed], np.int64), parse_span(day).latest)[0])
    return None if code == NOT_PUBLISHED else CODES[code]


def test_a_status_reads_as_it_stood_on_each_day() -> None:
    evidence = [said("A", "2010-05-01"), said("A", "2012", "denies"), said("B", "2016-02")]
    packed = pack_changes(find_changes(evidence, NOBODY))
    days = ("2010-04", "2010-05", "2012-06-01", "2013", "2017")
    assert [status_on(packed, day) for day in days] == [
        None, Status.ASSERTED, Status.ASSERTED, Status.REFUTED, Status.DISPUTED,
    ]  # fmt: skip


def test_an_entry_of_a_list_may_have_been_known_long_before() -> None:
    entry = [said("A", "2023-12-28", standing=True)]
    assert status_on(pack_changes(find_changes(entry, NOBODY)), "2020") is None
    assert (
        status_on(pack_changes(find_changes(entry, NOBODY, maybe=True)), "2020") is Status.ASSERTED
    )


def test_undated_evidence_is_certain_on_no_day_and_possible_on_all() -> None:
    assert find_changes([said("A", None)], NOBODY) == []
    assert find_changes([said("A", None)], NOBODY, maybe=True) == [(0, Status.ASSERTED)]


@pytest.mark.parametrize("day", ["2005", "2006", "2009", "2011", "2013"])
def test_a_link_with_many_changes_is_never_taken_for_unpublished(day: str) -> None:
    statuses = (Status.ASSERTED, Status.CORROBORATED, Status.DISPUTED, Status.REFUTED)
    days = (parse_span(year).latest for year in ("2005", "2008", "2010", "2012"))
    assert status_on(pack_changes(list(zip(days, statuses, strict=True))), day) is not None


@given(
    st.lists(
        st.tuples(st.integers(1, DAY_MAX - 1), st.sampled_from(list(Status))),
        max_size=CHANGES,
        unique_by=lambda each: each[0],
    ),
    st.integers(1, DAY_MAX - 1),
)
def test_up_to_three_changes_are_kept_exactly(changes: list[tuple[int, Status]], day: int) -> None:
    changes.sort()
    code = int(status_at(np.array([pack_changes(changes)], np.int64), day)[0])
    past = [status for since, status in changes if since <= day]
    assert code == (CODES.index(past[-1]) if past else NOT_PUBLISHED)
