"""Issues of tables with many rows: told once for rows alike, or for the first of each kind.

A registry has millions of rows and a few unknown words: `Tally` says how many rows have each. In
somebody's own table every faulty row is to be mended: `RowIssues` names the first hundred.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.seen import SeenIds
from ingest.columns import Batch, find_unmapped
from ingest.source import IssueLog

_KEPT = 100  # issues of one code and file; a table of a million rows may fail in each of them


@dataclass(slots=True)
class _Met:
    rows: int
    locator: str


@dataclass(slots=True)
class Tally:
    """What was met, by kind and text, with the number of rows and the first of them."""

    _met: dict[tuple[str, str], _Met] = field(default_factory=dict)

    def see(self, code: str, message: str, locator: str, rows: int = 1) -> None:
        """Some rows have this in common."""
        known = self._met.get((code, message))
        if known is None:
            self._met[code, message] = _Met(rows, locator)
        else:
            known.rows += rows

    def see_where(self, code: str, message: str, batch: Batch, mask: pa.BooleanArray) -> None:
        """The rows of a batch of which `mask` is true have this in common."""
        rows = pc.sum(mask).as_py() or 0
        if rows:
            first = batch.locators[pc.index(mask, True).as_py()].as_py()
            self.see(code, message, first, rows)

    def see_unmapped(
        self, code: str, what: str, batch: Batch, published: pa.StringArray, made: pa.StringArray
    ) -> None:
        """Of these published texts nothing was made; they are kept as they are."""
        for text, (rows, first) in find_unmapped(published, made).items():
            self.see(code, f"{what} {text[:80]!r} is not known; kept as published",
                     batch.locators[first].as_py(), rows)  # fmt: skip

    def report(self, issues: IssueLog, *, notes: frozenset[str] = frozenset()) -> None:
        """One issue for each; those of the codes in `notes` change no answer."""
        for (code, message), met in self._met.items():
            log = issues.note if code in notes else issues.warn
            log(code, f"{message}: {met.rows} rows.", locator=met.locator)
        self._met.clear()


class Twins:
    """Numbers that a register gives to more than one row, whatever their letters' case."""

    def __init__(self, tally: Tally) -> None:
        self._tally, self._seen = tally, SeenIds()

    def see(self, ids: pa.StringArray, batch: Batch) -> None:
        """Meet the ids of a batch's rows; those that were met before are told."""
        first = self._seen.add_all(ids)
        if len(first) < len(ids):
            again = np.ones(len(ids), np.bool_)
            again[first] = False
            self._tally.see_where(
                "duplicate-id", "a number that an earlier row has: both are kept under one id",
                batch, pa.array(again),
            )  # fmt: skip


class RowIssues:
    """The issues of the rows of one file: the first of each code are logged, the rest counted."""

    def __init__(self, name: str, issues: IssueLog) -> None:
        self.name, self.issues = name, issues
        self.counts: Counter[str] = Counter()
        self._levels: dict[str, str] = {}

    def warn(self, code: str, message: str, locator: str) -> None:
        """Log what may change an answer."""
        if self._see(code, "warning"):
            self.issues.warn(code, message, locator=locator)

    def note(self, code: str, message: str, locator: str) -> None:
        """Log what changes no answer."""
        if self._see(code, "note"):
            self.issues.note(code, message, locator=locator)

    def _see(self, code: str, level: str) -> bool:
        self.counts[code] += 1
        self._levels[code] = level
        return self.counts[code] <= _KEPT

    def close(self) -> None:
        """Say how many were not logged one by one."""
        for code, count in sorted(self.counts.items()):
            if count > _KEPT:
                log = self.issues.warn if self._levels[code] == "warning" else self.issues.note
                log(code, f"and {count - _KEPT} more like this; {count} in all.", locator=self.name)
        self.counts.clear()
