"""Shares of entities that have a property: what is refused, reported or let pass."""

from __future__ import annotations

from typing import Any

import pytest

from graph.errors import AssertionFailed
from ingest.catalog import Fill
from ingest.checks import check_filled, check_shares, check_shrink


def _counts(entities: int, having: int) -> dict[str, Any]:
    return {"schemata": {"Person": entities}, "filled": {"Person.title": having} if having else {}}


def _compare(before: tuple[int, int], after: tuple[int, int], *, accept: bool = False) -> list[str]:
    return check_shares("some_list", _counts(*after), _counts(*before), accept=accept)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((100, 80), (100, 64)),  # exactly a fifth
        ((100, 80), (10, 8)),  # fewer entities, the same share: another check's matter
        ((20, 10), (20, 6)),  # four are few
        ((10_000, 30), (10_000, 20)),  # rare: chance explains it
        ((100, 80), (0, 0)),
        ((0, 0), (100, 80)),
    ],
)
def test_what_is_let_pass(before: tuple[int, int], after: tuple[int, int]) -> None:
    assert _compare(before, after) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((100, 80), (100, 63)),
        ((100, 80), (1000, 630)),  # more have it than before, but their share fell
        ((20, 10), (20, 5)),
        ((10_000, 30), (10_000, 0)),  # rare, but all are gone
    ],
)
def test_what_is_refused_and_can_be_accepted(
    before: tuple[int, int], after: tuple[int, int]
) -> None:
    with pytest.raises(AssertionFailed, match=r"title stood in .*--accept-shrink") as caught:
        _compare(before, after)
    assert caught.value.metric == "Person.title"
    assert caught.value.actual < caught.value.expected
    (warning,) = _compare(before, after, accept=True)
    assert warning.endswith("accepted.")


def test_a_version_recorded_before_shares_were_counted_is_not_compared() -> None:
    assert (
        check_shares("some_list", _counts(10, 0), {"schemata": {"Person": 10}}, accept=False) == []
    )


def test_a_schema_of_which_there_is_nobody_fills_nothing() -> None:
    with pytest.raises(AssertionFailed, match="0 of 0 entities of Person"):
        check_filled("some_list", {"Person.title": Fill(minimum=0.1)}, _counts(0, 0))
    assert check_filled("some_list", {"Person.title": Fill(maximum=0.1)}, _counts(0, 0)) == []


def test_a_file_that_one_version_has_in_another_format_has_no_lines_to_compare() -> None:
    parts: dict[str, Any] = {"schemata": {}, "properties": {}}
    totals = {"entities": 100, "statements": 100, "relations": 0}
    before = {**totals, **parts, "lines": {"list.csv": 5000}}
    assert check_shrink("x", {**totals, **parts, "lines": {}}, before, accept=False) == []
    with pytest.raises(AssertionFailed, match=r"lines of list\.csv"):
        check_shrink("x", {**totals, **parts, "lines": {"list.csv": 3999}}, before, accept=False)
