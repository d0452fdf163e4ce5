"""Which rows of the EU's annexes are one party.

Only within an act, and never by more than is printed: one entry number of one annex, or one name in
different annexes of the act. Two entries of one annex stay two parties under whatever name, as do
rows whose dates of birth have nothing in common, and a port and the ship that is named after it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ingest.audit import Fields
from ingest.ids import digest, make_id
from ingest.sources.eu_journal.cells import read_dates, split_cell

_KINDS = {"Person": "person", "Vessel": "vessel", "Asset": "asset"}  # by schema; else "other"


class Entry(NamedTuple):
    """What tells an entry of an annex from others."""

    act: str  # CELEX number
    annex: str
    number: str  # as printed; empty when none is
    name: str
    kind: str  # what may be one under one name: a "person", "vessel", "asset" or "other" party
    births: frozenset[str]  # ISO prefixes
    amends: bool

    @classmethod
    def of(cls, row: Fields) -> Entry:
        """The entry of a row, whose cells stay to be taken."""
        amended = row.peek("amendedCelex")
        dates = [date for value in split_cell(row.peek("birthDate"))
                 for date, _ in read_dates(value).dates]  # fmt: skip
        return cls(
            amended or row.peek("celex") or "", row.peek("annex") or "",
            row.peek("recordId") or "", " ".join((row.peek("name") or "").casefold().split()),
            _KINDS.get(row.peek("schema") or "", "other"), frozenset(dates), bool(amended),
        )  # fmt: skip


@dataclass(slots=True)
class _Group:
    """Entries that are one party for sure: of one number in one annex, or of one name without."""

    key: tuple[str, ...]
    id: str
    entries: list[Entry] = field(default_factory=list)

    @property
    def places(self) -> set[str]:
        """The annexes that number it."""
        return {entry.annex for entry in self.entries if entry.number}


def assign_ids(entries: Sequence[Entry]) -> list[str]:
    """Id of the party of each entry, in their order.

    Ids do not depend on the entries of other acts, nor on those behind.
    """
    groups: dict[tuple[str, ...], _Group] = {}
    keys = []
    for entry in entries:
        key = _key_of(entry, groups)
        group = groups.setdefault(key, _Group(key, _id_of(entry, key, groups)))
        group.entries.append(entry)
        keys.append(key)
    merged = _merge(groups.values())
    return [merged[key] for key in keys]


def _key_of(entry: Entry, groups: dict[tuple[str, ...], _Group]) -> tuple[str, ...]:
    if entry.number:
        return (entry.act, entry.annex, entry.number, entry.kind)
    plain = (entry.act, "", entry.name, entry.kind)
    known = groups.get(plain)
    if known is None or entry.amends or _may_be_one(known.entries, [entry]):
        return plain
    return (*plain, *sorted(entry.births))


def _id_of(entry: Entry, key: tuple[str, ...], groups: dict[tuple[str, ...], _Group]) -> str:
    if not entry.number:
        return make_id("eu", entry.act, digest(*key[2:]))
    plain = make_id("eu", entry.act, entry.annex, entry.number)
    # A number may stand more than once in an annex, for a person and for another party.
    taken = any((*key[:3], kind) in groups for kind in (*_KINDS.values(), "other"))
    return f"{plain}-{key[3]}" if taken else plain


def _may_be_one(left: Iterable[Entry], right: Iterable[Entry]) -> bool:
    """Whether the dates of birth do not speak against it: a year agrees with its days."""
    births, others = (
        frozenset().union(*(entry.births for entry in side)) for side in (left, right)
    )
    return not births or not others or any(
        one.startswith(other) or other.startswith(one) for one in births for other in others
    )  # fmt: skip


def _merge(groups: Iterable[_Group]) -> dict[tuple[str, ...], str]:
    """Id by group: groups of one name in different annexes of an act share the first one's."""
    by_name: dict[tuple[str, str, str], list[_Group]] = defaultdict(list)
    merged = {}
    for group in groups:
        merged[group.key] = group.id
        for name in {entry.name for entry in group.entries}:
            by_name[group.entries[0].act, name, group.entries[0].kind].append(group)
    for named in by_name.values():
        places = [place for group in named for place in group.places]
        if len(places) > len(set(places)):
            continue  # one annex has the name twice: which of them others mean, nobody said
        first = named[0]
        for group in named[1:]:
            if _may_be_one(first.entries, group.entries):
                merged[group.key] = merged[first.key]
    return merged
