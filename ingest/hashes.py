"""Texts as 64-bit numbers, so that millions of ids can be counted and compared in little memory.

The numbers hold within one process only. Two texts share one with a probability of 2⁻⁶⁴: among
10 million, that any two do is less likely than 1 in 300,000. Where more than a count rests on it,
compare the texts themselves afterwards.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from graph.tables import TABLES

Hashes = npt.NDArray[np.uint64]
BATCH_ROWS = 1 << 18
_WORD = 8
_LONG = 1 << 12  # bytes; longer texts are few, and are read one by one
_FULL = np.uint64(2**64 - 1)
# Another one in each process, so that nobody can write a list whose texts share a number.
_SEED = np.uint64(secrets.randbits(64))


def iter_batches(path: Path, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Some columns of a Parquet file, so many rows at a time."""
    # The ids of entities repeat and are stored as words: three times as fast to read as texts.
    words = [name for name in columns if name == "entity_id"]
    with pq.ParquetFile(path, read_dictionary=words) as file:
        yield from file.iter_batches(batch_size=BATCH_ROWS, columns=list(columns))


def hash_texts(column: pa.Array) -> Hashes:
    """A number for each text, from all its bytes; a null counts as the empty text."""
    if pa.types.is_dictionary(column.type):
        words = np.append(hash_texts(column.dictionary), hash_texts(pa.array([""])))
        codes = column.indices.fill_null(len(words) - 1).to_numpy(zero_copy_only=False)
        numbers: Hashes = words[codes]
        return numbers
    is_text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    text = column if is_text else column.cast(pa.string())
    text = text.fill_null("") if text.null_count else text
    _, ends, content = text.buffers()
    width = np.int64 if pa.types.is_large_string(text.type) else np.int32
    starts = np.frombuffer(ends or b"\0" * 8, width)[text.offset : text.offset + len(text) + 1]
    first = starts[0]
    held = np.frombuffer(content or b"", np.uint8)[first : starts[-1]]
    # The eight bytes from every place on, so that a text is read eight bytes at a time.
    padded = np.append(held, np.zeros(_WORD, np.uint8))
    words = np.ndarray(len(held) + 1, "<u8", padded.data, strides=(1,))
    left = np.diff(starts)
    hashes = _mix(_SEED + left.astype(np.uint64))
    for row in np.flatnonzero(left > _LONG):
        hashes[row] = _hash_long(held[starts[row] - first : starts[row + 1] - first])
    rows = np.flatnonzero((left > 0) & (left <= _LONG))
    at, left = starts[:-1][rows] - first, left[rows]
    while len(rows):
        bits = np.uint64(8) * np.minimum(left, _WORD).astype(np.uint64)
        read = words[at] & (_FULL >> (np.uint64(64) - bits))
        hashes[rows] = _mix(hashes[rows] ^ read)
        more = left > _WORD
        rows, at, left = rows[more], at[more] + _WORD, left[more] - _WORD
    return hashes


def _hash_long(text: npt.NDArray[np.uint8]) -> np.uint64:
    """A number for one text: eight bytes at a time, a text of 10 MB would take half a minute."""
    digest = hashlib.blake2b(text.tobytes(), digest_size=_WORD, key=_SEED.tobytes()).digest()
    return np.uint64(int.from_bytes(digest, "little"))


def hash_rows(batch: pa.RecordBatch, columns: Sequence[str]) -> Hashes:
    """A number for each row, from the texts of some columns in this order."""
    rows = np.zeros(batch.num_rows, np.uint64)
    for name in columns:
        rows = _mix(rows + hash_texts(batch[name]))
    return rows


def _mix(numbers: Hashes) -> Hashes:
    """Spread each number over all bits, so that sums of such numbers tell their parts apart.

    Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014 (SplitMix64).
    """
    mixed = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def sort_distinct(hashes: Hashes) -> Hashes:
    """The different numbers in order; five times as fast as `numpy.unique`, which hashes them."""
    ordered = np.sort(hashes)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


def read_rows(path: Path, columns: Sequence[str], wanted: Hashes) -> pa.Table:
    """The rows of a staged table whose first column is wanted, and at worst some others.

    Args:
        columns: The columns to read; their texts come without dictionaries.
        wanted: Numbers of the texts of the first column, as `sort_distinct` orders them.
    """
    schema = pa.schema(_plain(TABLES[path.stem].field(name)) for name in columns)
    # Most rows are not wanted: a table of some bits of the numbers says so before the search.
    bits = np.uint64((1 << min(max(len(wanted).bit_length() + 4, 16), 26)) - 1)
    maybe = np.zeros(int(bits) + 1, np.bool_)
    maybe[wanted & bits] = True
    parts = []
    for batch in iter_batches(path, columns) if len(wanted) else ():
        hashes = hash_texts(batch[columns[0]])
        rows = np.flatnonzero(maybe[hashes & bits])
        at = np.minimum(np.searchsorted(wanted, hashes[rows]), len(wanted) - 1)
        found = batch.take(pa.array(rows[wanted[at] == hashes[rows]]))
        parts.append(pa.Table.from_batches([found]).cast(schema))
    return pa.concat_tables(parts) if parts else schema.empty_table()


def _plain(field: pa.Field) -> pa.Field:
    """The same column without its dictionary: each part of a file has one of its own."""
    return field.with_type(pa.string()) if pa.types.is_dictionary(field.type) else field


class DistinctCounter:
    """How many different numbers were seen: 8 bytes for each of them, no more."""

    _PENDING = 1 << 22

    def __init__(self) -> None:
        self._seen: Hashes = np.empty(0, np.uint64)
        self._pending: list[Hashes] = []
        self._waiting = 0

    def add(self, hashes: Hashes) -> None:
        """See some more."""
        self._pending.append(hashes)
        self._waiting += len(hashes)
        if self._waiting > max(self._PENDING, len(self._seen)):
            self.distinct()

    def distinct(self) -> Hashes:
        """The different numbers, sorted."""
        if self._pending:
            self._seen = sort_distinct(np.concatenate([self._seen, *self._pending]))
            self._pending, self._waiting = [], 0
        return self._seen

    def count(self) -> int:
        """How many they are."""
        return len(self.distinct())


class SumByKey:
    """For each key the sum of what was added to it, modulo 2⁶⁴, in 16 bytes a key."""

    _PENDING = 1 << 21

    def __init__(self) -> None:
        self._keys: Hashes = np.empty(0, np.uint64)
        self._sums: Hashes = np.empty(0, np.uint64)
        self._pending: list[tuple[Hashes, Hashes]] = []
        self._waiting = 0

    def add(self, keys: Hashes, values: Hashes) -> None:
        """Add each value to its key."""
        self._pending.append((keys, values))
        self._waiting += len(keys)
        if self._waiting > max(self._PENDING, len(self._keys)):
            self.totals()

    def totals(self) -> tuple[Hashes, Hashes]:
        """(keys in order, their sums)."""
        if self._pending:
            keys = np.concatenate([self._keys, *(each for each, _ in self._pending)])
            values = np.concatenate([self._sums, *(each for _, each in self._pending)])
            self._pending, self._waiting = [], 0
            if len(keys):
                order = np.argsort(keys, kind="stable")
                keys, values = keys[order], values[order]
                starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
                self._keys, self._sums = keys[starts], np.add.reduceat(values, starts)
        return self._keys, self._sums
