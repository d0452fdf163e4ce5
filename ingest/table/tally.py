"""Issues of rows, however many: the first of each code are logged, the rest are counted."""

from __future__ import annotations

from collections import Counter

from ingest.source import IssueLog

_KEPT = 100  # issues of one code and file; a table of a million rows may fail in each of them


class Tally:
    """The issues of the rows of one file."""

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
