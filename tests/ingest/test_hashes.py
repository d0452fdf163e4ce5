"""Numbers for texts: equal for equal texts, whatever holds them; different for different ones."""

from __future__ import annotations

import random
import time

import numpy as np
import pyarrow as pa
import pytest

from ingest.hashes import DistinctCounter, Hashes, SumByKey, hash_rows, hash_texts

DRAW = random.Random(8)  # noqa: S311 - reproducible, not secret
TEXTS = sorted({"", "a", "a\0", "\0", "\0\0", "12345678", "123456789", "ä" * 9, "x" * 100} | {
    "".join(DRAW.choice("ab\0é中") for _ in range(DRAW.randrange(30))) for _ in range(3000)
})  # fmt: skip


def test_different_texts_have_different_numbers_and_equal_ones_the_same() -> None:
    hashes = hash_texts(pa.array(TEXTS + TEXTS))
    assert (hashes[: len(TEXTS)] == hashes[len(TEXTS) :]).all()
    assert len(set(hashes.tolist())) == len(TEXTS)


@pytest.mark.parametrize("kind", ["slice", "dictionary", "dictionary slice", "large"])
def test_how_a_column_is_held_does_not_matter(kind: str) -> None:
    column = pa.array(TEXTS)
    plain = hash_texts(column)
    if "dictionary" in kind:
        column = pa.array(TEXTS + TEXTS[::-1]).dictionary_encode()
    if "slice" in kind:
        column = column.slice(3, 500)
        plain = plain[3:503]
    if kind == "large":
        column = column.cast(pa.large_string())
    assert (hash_texts(column)[: len(plain)] == plain).all()


@pytest.mark.parametrize("kind", [pa.string(), pa.dictionary(pa.int32(), pa.string())])
def test_a_null_is_the_empty_text(kind: pa.DataType) -> None:
    column = pa.array(["a", None, ""], pa.string()).cast(kind)
    hashes = hash_texts(column)
    assert hashes[1] == hashes[2] != hashes[0]
    assert len(hash_texts(pa.array([], kind))) == 0


def _rows(*rows: tuple[str, ...]) -> Hashes:
    columns = {f"c{at}": pa.array(cells) for at, cells in enumerate(zip(*rows, strict=True))}
    return hash_rows(pa.RecordBatch.from_pydict(columns), list(columns))


def test_a_row_is_not_told_by_its_cells_alone_but_by_where_they_stand() -> None:
    assert len(set(_rows(("a", "b"), ("b", "a"), ("ab", ""), ("", "ab")).tolist())) == 4


def test_cells_that_change_places_within_an_entity_change_its_sum() -> None:
    before = _rows(("firstName", "Ghost"), ("lastName", "Phantom"))
    after = _rows(("firstName", "Phantom"), ("lastName", "Ghost"))
    assert before.sum() != after.sum()


def test_distinct_numbers_are_counted_across_additions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DistinctCounter, "_PENDING", 10)
    counter, seen = DistinctCounter(), set[int]()
    for _ in range(50):
        numbers = [DRAW.randrange(200) for _ in range(DRAW.randrange(12))]
        counter.add(np.array(numbers, np.uint64))
        seen.update(numbers)
    assert counter.count() == len(seen)
    assert DistinctCounter().count() == 0


def test_sums_by_key_wrap_around_and_do_not_depend_on_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(SumByKey, "_PENDING", 10)
    pairs = [(DRAW.randrange(40), DRAW.getrandbits(64)) for _ in range(500)]
    expected: dict[int, int] = {}
    for key, value in pairs:
        expected[key] = (expected.get(key, 0) + value) % 2**64
    sums = SumByKey()
    for start in range(0, 500, 7):
        keys, values = zip(*pairs[start : start + 7], strict=True)
        sums.add(np.array(keys, np.uint64), np.array(values, np.uint64))
    found, totals = sums.totals()
    assert dict(zip(found.tolist(), totals.tolist(), strict=True)) == expected
    assert [len(each) for each in SumByKey().totals()] == [0, 0]


def test_a_text_of_ten_megabytes_costs_no_more_than_its_bytes() -> None:
    long = "x" * (10 << 20)
    began = time.monotonic()
    hashes = hash_texts(pa.array(["a", long, long + "y", long, "b"]))
    assert time.monotonic() - began < 5
    assert hashes[1] == hashes[3] != hashes[2]
    assert (hashes[[0, 4]] == hash_texts(pa.array(["a", "b"]))).all()
