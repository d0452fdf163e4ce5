"""Which ids were met, of millions, in a seventh of the memory of a set."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_RECENT = 250_000  # ids of `add`, kept as texts, which are found at once
_MERGED = 1 << 21  # digests of the longest run that is still merged with another
_KEYS = 4  # of 32 bits each: a digest has 128
_PLACES = 64  # of 32 bits: longer ids, which are rare, stand as a digest of their own
_BYTES = _PLACES * 4

_Numbers = npt.NDArray[np.uint64]


class _Digests(NamedTuple):
    """Digests of ids, in order of their heads."""

    heads: _Numbers
    tails: _Numbers

    def take(self, places: npt.NDArray[np.int64]) -> _Digests:
        """Some of them."""
        return _Digests(self.heads[places], self.tails[places])


class SeenIds:
    """Ids that were met, as digests of 16 bytes each in sorted runs.

    The digests are sums with random factors, others in each object: whoever chooses ids cannot
    choose two of one digest, and two of a billion share one with a probability of 1 in 10^20.

    References:
        Lemire and Kaser, "Strongly universal string hashing is fast" (Multilinear), The Computer
        Journal 57(11), 2014, https://doi.org/10.1093/comjnl/bxt070.
    """

    def __init__(self) -> None:
        self._recent: set[str] = set()
        self._runs: list[_Digests] = []
        # One row for each place of 32 bits, and one for the length.
        self._factors = np.random.default_rng().integers(
            0, 1 << 64, (_PLACES + 1, _KEYS), np.uint64
        )

    def add(self, name: str) -> bool:
        """Meet an id; whether that was the first time."""
        if name in self._recent:
            return False
        if self._runs and self._find(self._digest(pa.array([name], pa.string())))[0]:
            return False
        self._recent.add(name)
        if len(self._recent) >= _RECENT:
            self._pack()
        return True

    def add_all(self, names: pa.StringArray) -> npt.NDArray[np.int64]:
        """Meet ids in order, none of them null; the places of those met for the first time."""
        self._pack()
        digests = self._digest(names)
        order = np.argsort(digests.heads)
        if (np.diff(digests.heads[order]) == 0).any():  # equal ids must keep their order
            order = np.lexsort((digests.tails, digests.heads))
        digests = digests.take(order)
        again = np.zeros(len(order), np.bool_)
        again[1:] = (np.diff(digests.heads) == 0) & (np.diff(digests.tails) == 0)
        fresh = np.flatnonzero(~(again | self._find(digests)))
        self._put(digests.take(fresh))
        return np.sort(order[fresh])

    def _find(self, digests: _Digests) -> npt.NDArray[np.bool_]:
        """Which digests, in order of their heads, are in a run."""
        known = np.zeros(len(digests.heads), np.bool_)
        for run in self._runs:
            at = np.minimum(np.searchsorted(run.heads, digests.heads), len(run.heads) - 1)
            alike = run.heads[at] == digests.heads
            same = alike & (run.tails[at] == digests.tails)
            known |= same
            for place in np.flatnonzero(alike & ~same).tolist():  # two ids of one head
                end = np.searchsorted(run.heads, digests.heads[place], "right")
                known[place] |= bool((run.tails[at[place] : end] == digests.tails[place]).any())
        return known

    def _pack(self) -> None:
        if self._recent:
            digests = self._digest(pa.array(list(self._recent), pa.string()))
            self._recent = set()
            self._put(digests.take(np.argsort(digests.heads)))

    def _put(self, run: _Digests) -> None:
        """Keep a run; each one is more than twice as long as the next, or long enough."""
        if not len(run.heads):
            return
        while self._runs and len(self._runs[-1].heads) <= min(2 * len(run.heads), _MERGED):
            run = _merge(self._runs.pop(), run)
        self._runs.append(run)

    def _digest(self, names: pa.StringArray) -> _Digests:
        lengths = pc.binary_length(names).to_numpy()
        width = -(-int(lengths.max(initial=1)) // 4)
        if width > _PLACES:
            names, width = _shorten(names, lengths), _PLACES
        padded = pc.ascii_rpad(names, width * 4, "\0")
        start = padded.offset * width * 4
        words = np.frombuffer(padded.buffers()[2], "<u4", len(names) * width, start)
        sums = words.reshape(len(names), width).astype(np.uint64) @ self._factors[:width]
        sums += lengths.astype(np.uint64)[:, None] * self._factors[-1]
        # The upper halves: in the lower ones the lower bits of words and factors stand alone.
        half = np.uint64(32)
        low = sums >> half
        return _Digests((low[:, 0] << half) | low[:, 1], (low[:, 2] << half) | low[:, 3])


def _merge(one: _Digests, two: _Digests) -> _Digests:
    """Two runs as one, without a sort."""
    places = np.searchsorted(one.heads, two.heads) + np.arange(len(two.heads))
    is_one = np.ones(len(one.heads) + len(two.heads), np.bool_)
    is_one[places] = False
    merged = _Digests(np.empty(len(is_one), np.uint64), np.empty(len(is_one), np.uint64))
    for column, first, second in zip(merged, one, two, strict=True):
        column[is_one] = first
        column[places] = second
    return merged


def _shorten(names: pa.StringArray, lengths: npt.NDArray[np.int32]) -> pa.StringArray:
    """The names; those that are too long as hexadecimal digests."""
    too_long = pa.array(lengths > _BYTES)
    digests = _hash(names.filter(too_long).to_pylist())
    return pc.replace_with_mask(names, too_long, pa.array(digests, pa.string()))


def _hash(names: Sequence[str]) -> list[str]:
    return [blake2b(name.encode()).hexdigest() for name in names]
