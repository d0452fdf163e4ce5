"""Columns that come in pieces, and how they become one column of a row group.

A registry states a property of thousands of entities at a time. Most columns of these statements
repeat one word, and the ids are those of the batch again: a piece holds each once, and only the row
group that is written has a code for every row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import TypeAlias, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from graph.tables import WORD

NO_TEXT = pa.scalar(None, pa.string())  # PyArrow takes a hundred microseconds to type a None


@dataclass(frozen=True, slots=True)
class Repeated:
    """A column of one value, or of nulls."""

    value: str | float | None  # a flag or a number, too
    size: int

    def __len__(self) -> int:
        return self.size


Column: TypeAlias = "pa.Array | Repeated"
Piece: TypeAlias = Mapping[str, Column]


def take_codes(codes: npt.NDArray[np.int32]) -> pa.Int32Array:
    """Codes as an Arrow array without a copy; `pa.array` looks for Pandas at every call."""
    return pa.Int32Array.from_buffers(pa.int32(), len(codes), [None, pa.py_buffer(codes)])


def take_places(places: npt.NDArray[np.int64]) -> pa.Int64Array:
    """Places of rows as an Arrow array without a copy."""
    return pa.Int64Array.from_buffers(pa.int64(), len(places), [None, pa.py_buffer(places)])


def split_table(table: pa.Table) -> list[Piece]:
    """The pieces of a table."""
    return [dict(zip(batch.schema.names, batch.columns, strict=True))
            for batch in table.to_batches()]  # fmt: skip


def join_columns(
    parts: Sequence[Column], kind: pa.DataType, known: pa.StringArray | None = None
) -> pa.ChunkedArray:
    """One column out of its pieces.

    Args:
        parts: In order.
        kind: Type of the column.
        known: All words that occur, where that is known: the dictionaries of the arrays among the
            parts are this very one.
    """
    if kind == WORD:
        return _join_words(parts, known)
    chunks = [expand(part, kind) if isinstance(part, Repeated) else part for part in parts]
    return pa.chunked_array(chunks, kind)


def expand(part: Repeated, kind: pa.DataType) -> pa.Array:
    """A repeated value as an array."""
    if part.value is None:
        return pa.nulls(part.size, kind)
    return pa.repeat(pa.scalar(part.value, kind), part.size)


def _join_words(parts: Sequence[Column], known: pa.StringArray | None) -> pa.ChunkedArray:
    arrays: list[pa.DictionaryArray] = [part for part in parts if not isinstance(part, Repeated)]
    alone = dict.fromkeys(
        str(part.value) for part in parts if isinstance(part, Repeated) and part.value is not None
    )
    codes: list[pa.Int32Array | None]
    if known is None:
        words, codes, code_of = _unify([array.dictionary for array in arrays], list(alone))
    else:
        words, codes = known, [None] * len(arrays)
        code_of = {word: code for code, word in enumerate(known.to_pylist())}
    coming = iter(zip(arrays, codes, strict=True))
    chunks: list[pa.DictionaryArray] = []
    # Pieces that repeat a word come in runs of hundreds.
    for is_word, run in groupby(parts, lambda part: isinstance(part, Repeated)):
        if is_word:
            chunks += _expand_run(cast(list[Repeated], list(run)), code_of, words)
            continue
        for array, code in islice(coming, len(list(run))):
            indices = array.indices if code is None else code.take(array.indices)
            chunks.append(pa.DictionaryArray.from_arrays(indices, words, safe=False))
    return pa.chunked_array(chunks, WORD)


def _expand_run(
    run: Sequence[Repeated], code_of: Mapping[str, int], words: pa.StringArray
) -> list[pa.DictionaryArray]:
    """Repeated words as arrays, nulls apart."""
    chunks = []
    for is_null, part in groupby(run, lambda each: each.value is None):
        each = list(part)
        sizes = [len(column) for column in each]
        if is_null:
            codes = pa.nulls(sum(sizes), pa.int32())
        else:
            stated = np.array([code_of[str(column.value)] for column in each], np.int32)
            codes = take_codes(np.repeat(stated, sizes))
        chunks.append(pa.DictionaryArray.from_arrays(codes, words, safe=False))
    return chunks


def _unify(
    dictionaries: Sequence[pa.StringArray], alone: Sequence[str]
) -> tuple[pa.StringArray, list[pa.Int32Array | None], dict[str, int]]:
    """One dictionary for several, each looked at once, and for words that stand alone.

    Returns:
        The dictionary; for each of the given ones the codes of its words, None where they stay;
        the codes of the words alone.
    """
    places: dict[tuple[int, ...], int] = {}
    distinct: list[pa.StringArray] = []
    for each in dictionaries:
        if places.setdefault(_identity(each), len(distinct)) == len(distinct):
            distinct.append(each)
    if len(distinct) == 1 and not alone:
        return distinct[0], [None] * len(dictionaries), {}
    own = [
        pa.DictionaryArray.from_arrays(take_codes(np.arange(len(each), dtype=np.int32)), each)
        for each in (*distinct, pa.array(alone, pa.string()))
    ]
    unified = pa.chunked_array(own, WORD).unify_dictionaries()
    codes = [chunk.indices for chunk in unified.chunks]
    return (
        unified.chunk(0).dictionary,
        [codes[places[_identity(each)]] for each in dictionaries],
        dict(zip(alone, codes[-1].to_pylist(), strict=True)),
    )


def _identity(array: pa.StringArray) -> tuple[int, ...]:
    """The same for two arrays that lie in the same memory."""
    addresses = (buffer.address if buffer else 0 for buffer in array.buffers())
    return (*addresses, array.offset, len(array))
