"""Ids of the entities of a table: FollowTheMoney's keys, and the publisher's own numbers.

A `key` gives FollowTheMoney's digest, exactly: the dataset's name, the key literal and the sorted
cells, so the same mapping gives the same digest here and there. An `id_column` gives the number as
it is published, in lower case. Both stand behind the name of the dataset, so that two tables never
share an id; only a number that begins as those of a known publisher do ("OFAC-4697") is that
publisher's own id, and names its party.
"""

from __future__ import annotations

import hashlib
import re

import pyarrow as pa
import pyarrow.compute as pc
from followthemoney.util import key_bytes

from ingest.columns import Batch, join_texts, map_distinct
from ingest.ids import UNMISTAKABLE_PREFIXES, digest, make_id
from ingest.source import IssueLog
from ingest.table.mapping import EntityRule

_PUBLISHED = re.compile(rf"(?:{'|'.join(UNMISTAKABLE_PREFIXES)})[a-z0-9][a-z0-9._-]*")
_LONG = 80  # characters of a number in an id; what is longer is digested
_LISTED = 100  # issues one by one; the rest are counted


def make_published_id(dataset: str, number: str) -> str:
    """The id of a number in an `id_column`.

    Numbers that differ in case alone have one id, as publishers write theirs in either. Numbers
    that differ in any other character keep different ids.

    Example:
        >>> make_published_id("table_xx", "OFAC-4697"), make_published_id("table_xx", "HRB 12")
        ('ofac-4697', 'table_xx-hrb-12-9a48c5da10e5')
        >>> make_published_id("table_xx", "A.17"), make_published_id("table_xx", "A-17")
        ('table_xx-a.17', 'table_xx-a-17')
    """
    lower = number.strip().lower()
    if is_publishers(lower):
        return lower
    slug = make_id(dataset, lower[:_LONG])
    return slug if slug == f"{dataset}-{lower}" else f"{slug}-{digest(lower)}"


def is_publishers(number: str) -> bool:
    """Whether a number is the id of a party on a list or in a register that cuibono knows."""
    return len(number) <= _LONG and _PUBLISHED.fullmatch(number.lower()) is not None


class Identity:
    """Makes the ids of one entity of a mapping."""

    def __init__(self, rule: EntityRule, dataset: str, key_prefix: str) -> None:
        """`key_prefix` is FollowTheMoney's: the dataset's name in the mapping file."""
        self._rule, self._dataset = rule, dataset
        self._seed = hashlib.sha1(key_bytes(key_prefix), usedforsecurity=False)
        self._seed.update(key_bytes(rule.key_literal))

    def make(self, batch: Batch) -> pa.StringArray:
        """The id of each row; null where its cells are empty."""
        columns = [batch.column(name) for name in self._rule.id_columns]
        if self._rule.id_column:
            return self.make_published(columns[0])
        if len(columns) == 1:
            return map_distinct(columns[0], lambda text: self._digest((text,)))
        rows = zip(*(column.to_pylist() for column in columns), strict=True)
        return pa.array([self._digest(row) for row in rows], pa.string())

    def make_published(self, numbers: pa.StringArray) -> pa.StringArray:
        """The id of each number."""
        return map_distinct(numbers, lambda number: make_published_id(self._dataset, number))

    def make_record_ids(self, batch: Batch) -> pa.StringArray:
        """What the publisher calls each row: the cells of which its id is made."""
        return join_texts(" | ", *(batch.column(name) for name in self._rule.id_columns))

    def _digest(self, cells: tuple[str | None, ...]) -> str | None:
        stated = sorted(cell.encode() for cell in cells if cell)
        if not stated:
            return None
        made = self._seed.copy()
        for cell in stated:
            made.update(cell)
        return f"{self._dataset}-{made.hexdigest()}"


class CaseCheck:
    """The numbers of `id_column`s over a whole load: those that differ in case alone."""

    def __init__(self) -> None:
        self._numbers: list[pa.StringArray] = []

    def see(self, numbers: pa.StringArray) -> None:
        """Look at a column; its distinct numbers are kept, as text in one block."""
        self._numbers.append(numbers.drop_null().unique())

    def report(self, name: str, issues: IssueLog) -> None:
        """Say what was seen in the dataset of this name."""
        numbers = pa.chunked_array(self._numbers, pa.string()).unique()
        table = pa.table({"lower": pc.utf8_lower(numbers), "number": numbers})
        groups = table.group_by("lower", use_threads=False).aggregate([("number", "list")])
        several = groups.filter(pc.greater(pc.list_value_length(groups["number_list"]), 1))
        for row in several.slice(0, _LISTED).to_pylist():
            written = " and ".join(map(repr, sorted(row["number_list"])))
            issues.warn(
                "ids-differ-in-case",
                f"{written} are one entity here, {row['lower']!r}. If they are two, name the "
                "column as `key` instead of `id_column` in the mapping.",
                locator=name,
            )
        if len(several) > _LISTED:
            issues.warn("ids-differ-in-case", f"and {len(several) - _LISTED} more.", locator=name)
        known = [lower for lower in groups["lower"].to_pylist() if is_publishers(lower)]
        if known:
            issues.note(
                "publishers-id",
                f"{len(known)} numbers are ids of known publishers, so the table speaks of their "
                f"parties; first {known[0]!r}.",
                locator=name,
            )
