"""Completeness: every field of every record is taken, ignored by name, or reported.

A row (`Fields`) or an XML element (`ingest.xml.Node`) gives each of its fields away once. What is
left when the record is done goes to the `Audit`, which reports each field once, with the number of
records that have it and one example: a publisher's new column is seen on the day it appears.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ingest.source import IssueLog

_EXAMPLE = 80  # characters of an example


@dataclass(slots=True)
class _Unread:
    records: int
    example: str
    locator: str


@dataclass(slots=True)
class Audit:
    """What no reader took, by field, over a whole load."""

    _fields: dict[str, _Unread] = field(default_factory=dict)

    def see(self, name: str, value: str, locator: str, records: int = 1) -> None:
        """A field of one record, or of as many, was neither taken nor ignored."""
        known = self._fields.get(name)
        if known is None:
            self._fields[name] = _Unread(records, value[:_EXAMPLE], locator)
        else:
            known.records += records

    def report(self, issues: IssueLog) -> None:
        """One warning a field, in the order in which they were met."""
        for name, unread in self._fields.items():
            issues.warn(
                "unread-field",
                f"{name} is not read: {unread.records} times, first {unread.example!r}.",
                locator=unread.locator,
            )
        self._fields.clear()


class Fields:
    """The cells of one row by column name, each to be taken once.

    A cell is stripped; an empty one is None.
    """

    __slots__ = ("_cells", "locator")

    def __init__(self, cells: Mapping[str, str | None], locator: str) -> None:
        self._cells = {name: cell for name, cell in cells.items() if cell and not cell.isspace()}
        self.locator = locator

    def take(self, name: str) -> str | None:
        """The cell of a column, stripped; None when it is empty or was taken."""
        cell = self._cells.pop(name, None)
        return cell.strip() if cell else None

    def peek(self, name: str) -> str | None:
        """The cell without taking it."""
        cell = self._cells.get(name)
        return cell.strip() if cell else None

    def split(self, name: str, separator: str) -> list[str]:
        """The parts of a packed cell, stripped, empty ones left out."""
        parts = (part.strip() for part in (self.take(name) or "").split(separator))
        return [part for part in parts if part]

    def ignore(self, *names: str) -> None:
        """These columns say nothing that is wanted, for a reason that the caller states."""
        for name in names:
            self._cells.pop(name, None)

    def report(self, audit: Audit) -> None:
        """The row is done: what is left goes to the audit."""
        for name, cell in self.iter_left():
            audit.see(name, cell, self.locator)
        self._cells.clear()

    def iter_left(self) -> Iterator[tuple[str, str]]:
        """(column, cell) of what was not taken."""
        for name, cell in self._cells.items():
            if cell:
                yield name, cell
