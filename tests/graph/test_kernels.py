"""The packed predicate of the kernels, bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.embedded import kernels as k


def word(**facts: int) -> np.int64:
    given = {"type": 0, "kind_status": 0, "context": 0, "direction": 3, "start": 0, "end": 65535}
    given |= facts
    packed = (
        given["type"] << k.TYPE_SHIFT
        | given["kind_status"] << k.KIND_STATUS_SHIFT
        | given["context"] << k.CONTEXT_SHIFT
        | given["direction"] << k.DIRECTION_SHIFT
        | given["start"] << k.START_SHIFT
        | given["end"] << k.END_SHIFT
    )
    return np.int64(packed)


def rule(**numbers: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    found = np.zeros(k.RULE_SIZE, np.int64)
    found[k.R_TYPES] = numbers.get("types", (1 << 25) - 1)
    found[k.R_KIND_STATUS] = numbers.get("kinds", (1 << 32) - 1)
    found[k.R_CONTEXT_DENY] = numbers.get("deny", 0)
    found[k.R_FIRST] = numbers.get("first", 0)
    found[k.R_LAST] = numbers.get("last", 65535)
    return found


def usable(packed: np.int64, numbers: np.ndarray[tuple[int], np.dtype[np.int64]],
           wanted: int = 3) -> bool:  # fmt: skip
    return bool(k.usable(packed, numbers, wanted))


@given(st.integers(0, 24), st.integers(0, (1 << 25) - 1))
def test_types(code: int, types: int) -> None:
    assert usable(word(type=code), rule(types=types)) is bool(types >> code & 1)


@given(st.integers(0, 31), st.integers(0, (1 << 32) - 1))
def test_kinds_and_statuses(code: int, kinds: int) -> None:
    assert usable(word(kind_status=code), rule(kinds=kinds)) is bool(kinds >> code & 1)


@given(st.integers(0, 3), st.integers(0, 3))
def test_context_and_direction(fact: int, asked: int) -> None:
    assert usable(word(context=fact), rule(deny=asked)) is not bool(fact & asked)
    assert usable(word(direction=fact), rule(), asked) is bool(fact & asked)


DAYS = st.integers(0, 65535)


@given(DAYS, DAYS, DAYS, DAYS)
def test_a_link_counts_when_one_of_its_days_is_asked_for(a: int, b: int, c: int, d: int) -> None:
    start, end = sorted((a, b))
    first, last = sorted((c, d))
    meets = max(start, first) <= min(end, last)
    assert usable(word(start=start, end=end), rule(first=first, last=last)) is meets


@pytest.mark.parametrize(
    ("mark", "epoch", "distance"),
    [(0, 1, k.NO_DISTANCE), (64 + 3, 1, 3), (64 + 3, 2, k.NO_DISTANCE), (7 * 64, 7, 0)],
)
def test_marks_count_in_their_own_search_only(mark: int, epoch: int, distance: int) -> None:
    assert k.distance_at(np.array([mark], np.int32), 0, epoch) == distance
