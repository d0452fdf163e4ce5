"""Which ids were met, of millions, in a seventh of the memory of a set."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

_RECENT = 250_000  # kept as texts, which are found at once
_BYTES = 16  # of a digest: two of a billion ids share one with a probability of 1 in 10^20


class SeenIds:
    """Ids that were met; the older ones as sorted digests, 16 bytes each."""

    def __init__(self) -> None:
        self._recent: set[str] = set()
        self._runs: list[npt.NDArray[np.bytes_]] = []  # each more than twice as long as the next

    def add(self, name: str) -> bool:
        """Meet an id; whether that was the first time."""
        return bool(self.add_all([name]))

    def add_all(self, names: Sequence[str]) -> list[int]:
        """Meet ids in order; the places of those that were met for the first time."""
        recent = self._recent
        places = []
        for place, name in enumerate(names):
            if name not in recent:
                recent.add(name)
                places.append(place)
        if self._runs and places:
            known = self._find([names[place] for place in places])
            places = [place for place, old in zip(places, known.tolist(), strict=True) if not old]
        if len(recent) >= _RECENT:
            self._pack()
        return places

    def _find(self, names: Sequence[str]) -> npt.NDArray[np.bool_]:
        digests = _digest(names)
        known = np.zeros(len(names), np.bool_)
        for run in self._runs:
            at = np.minimum(np.searchsorted(run, digests), len(run) - 1)
            known |= run[at] == digests
        return known

    def _pack(self) -> None:
        self._runs.append(np.sort(_digest(list(self._recent))))
        self._recent = set()
        while len(self._runs) > 1 and len(self._runs[-2]) <= 2 * len(self._runs[-1]):
            last, before = self._runs.pop(), self._runs.pop()
            self._runs.append(np.sort(np.concatenate([before, last]), kind="stable"))


def _digest(names: Sequence[str]) -> npt.NDArray[np.bytes_]:
    joined = b"".join(blake2b(name.encode(), digest_size=_BYTES).digest() for name in names)
    return np.frombuffer(joined, f"S{_BYTES}")
