"""Rows to statements, a batch of columns at a time: FollowTheMoney's mapping without its objects.

For each entity of a query, in the order of their dependence: ids, values, which rows have it, and
its statements. A row has an entity when its id can be made and every `required` property has a
value that its type accepts. What is the same in several rows of a batch is stated once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from followthemoney.types import registry

from graph.statements import RowOrigins, StatementWriter
from ingest.columns import Batch, map_distinct
from ingest.source import IssueLog
from ingest.table.identity import CaseCheck, Identity
from ingest.table.mapping import (
    MAPPING,
    EntityRule,
    PropertyRule,
    Query,
    TableMapping,
)
from ingest.table.sidecar import TopicRule
from ingest.table.values import Cells, clean_cells, iter_cells, make_cleaner

Present = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Made:
    """One entity of the rows of a batch."""

    rule: EntityRule
    ids: pa.StringArray  # null where the row has no such entity
    present: Present
    groups: npt.NDArray[np.int64] | None  # a number for each id; None: every id stands once
    record_ids: pa.StringArray  # what the publisher calls each row
    values: Mapping[str, list[Cells]]  # by property, before cleaning unless it has its own


@dataclass(slots=True)
class Rejected:
    """Values that an entity's own cleaning rejected, by (entity, property)."""

    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    first: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    def see(self, key: tuple[str, str], cells: Cells, batch: Batch) -> None:
        """Look at what was cleaned."""
        if cells.original is None:
            return
        lost = pc.and_(cells.original.is_valid(), cells.values.is_null())
        count = pc.sum(lost).as_py() or 0
        if count:
            place = pc.index(lost, True).as_py()
            row = place if cells.at is None else int(cells.at[place])
            self.first.setdefault(key, (cells.original[place].as_py(), batch.locators[row].as_py()))
            self.counts[key] = self.counts.get(key, 0) + count

    def report(self, issues: IssueLog) -> None:
        """One note for each entity and property."""
        for (entity, prop), count in self.counts.items():
            text, locator = self.first[entity, prop]
            issues.note(
                "rejected-value",
                f"{prop} of {entity}: {count} values do not fit its type or format, first "
                f"{text[:80]!r}; not kept.",
                locator=locator,
            )


class Execution:
    """Runs the queries of a mapping over batches, into one writer."""

    def __init__(self, mapping: TableMapping, writer: StatementWriter, issues: IssueLog) -> None:
        self._writer, self._issues = writer, issues
        self._dataset = writer.version.dataset
        self._prefix = mapping.name
        self._identities: dict[int, Identity] = {}
        self._cases, self._rejected = CaseCheck(), Rejected()

    def make(self, query: Query, batch: Batch) -> dict[str, Made]:
        """The entities of the rows that pass the query's filters; `batch` holds those alone."""
        made: dict[str, Made] = {}
        for rule in query.entities:
            made[rule.name] = self._make_entity(rule, query, batch, made)
        return made

    def write(
        self, entity: Made, batch: Batch, sha256: str, stated: Mapping[str, pa.StringArray]
    ) -> None:
        """State an entity of the batch's rows.

        Args:
            stated: By property, values that are stated elsewhere, row by row.
        """
        rule, ids = entity.rule, entity.ids
        rows = batch.origins(entity.record_ids, sha256)
        once = ids if entity.groups is None else keep_first(ids, np.zeros(len(ids), np.int64))
        self._writer.add_entities(rule.schema.name, once, rows)
        for prop, columns in entity.values.items():
            for cells in columns:
                self._write_cells(entity, prop, cells, rows, stated.get(prop))

    def _write_cells(
        self, entity: Made, prop: str, cells: Cells, rows: RowOrigins,
        stated: pa.StringArray | None,
    ) -> None:  # fmt: skip
        ids, groups = entity.ids, entity.groups
        if cells.at is not None:
            at = pa.array(cells.at)
            ids = ids.take(at)
            groups = cells.at if groups is None else groups[cells.at]
            stated = None if stated is None else stated.take(at)
            rows = RowOrigins(rows.record_ids.take(at), rows.locators.take(at), rows.sha256)
        keep = ids.is_valid()
        if stated is not None:
            keep = pc.and_not(keep, pc.fill_null(pc.equal(cells.values, stated), False))
        values = pc.if_else(keep, cells.values, None)
        if groups is not None:
            values = keep_first(values, groups)
        self._writer.add_columns(
            entity.rule.schema.name, prop, ids, values, rows, original=cells.original
        )

    def report(self) -> None:
        """Log what was seen over the whole load."""
        self._cases.report(MAPPING, self._issues)
        self._rejected.report(self._issues)

    def _make_entity(
        self, rule: EntityRule, query: Query, batch: Batch, made: Mapping[str, Made]
    ) -> Made:
        identity = self._identities.setdefault(
            id(rule), Identity(rule, self._dataset, self._prefix)
        )
        if rule.id_column:
            self._cases.see(batch.column(rule.id_column))
        ids = identity.make(batch)
        present = as_mask(ids.is_valid())
        values: dict[str, list[Cells]] = {}
        for prop in rule.properties:
            if prop.entity is not None:
                other = made[prop.entity]
                cells = [Cells(other.ids)]
                has = other.present
            else:
                cells = [self._clean(rule, prop, each, identity, batch)
                         for each in iter_cells(prop, batch)]  # fmt: skip
                has = _find_rows(cells, len(batch)) if prop.required else present
            values[prop.prop.name] = cells
            if prop.required:
                present = present & has
        if rule.topics:
            values.setdefault("topics", []).append(_make_topics(rule.topics, batch))
        kept = ids if present.all() else pc.if_else(pa.array(present), ids, None)
        return Made(rule, kept, present, find_groups(kept), identity.make_record_ids(batch), values)

    def _clean(
        self, rule: EntityRule, prop: PropertyRule, cells: Cells, identity: Identity, batch: Batch
    ) -> Cells:
        """Clean values that are not cleaned as all of their property are, or must be looked at."""
        if prop.prop.type is registry.entity:
            clean = registry.entity.clean
            valid = clean_cells(cells, lambda text: clean(text))
            cells = Cells(identity.make_published(valid.values), cells.at, cells.values)
        elif prop.format or prop.fuzzy or prop.required or _is_stated_once(rule, prop):
            cells = clean_cells(cells, make_cleaner(prop))
        else:
            return cells
        self._rejected.see((rule.name, prop.prop.name), cells, batch)
        return cells


def _make_topics(rule: TopicRule, batch: Batch) -> Cells:
    stated = batch.column(rule.column)
    return Cells(map_distinct(stated, lambda text: rule.topics.get(text.casefold())), None, stated)


def _is_stated_once(rule: EntityRule, prop: PropertyRule) -> bool:
    """Whether the value goes to the sidecar of a link too, which takes nothing unclean."""
    return rule.schema.edge and prop.prop.type is registry.date


def _find_rows(columns: list[Cells], size: int) -> Present:
    """The rows that have a value in any of the columns."""
    found = np.zeros(size, np.bool_)
    for cells in columns:
        valid = as_mask(cells.values.is_valid())
        if cells.at is None:
            found |= valid
        else:
            found[cells.at[valid]] = True
    return found


def as_mask(column: pa.BooleanArray) -> Present:
    """A column of true and false, null taken as false, as an array."""
    mask: Present = pc.fill_null(column, False).to_numpy(zero_copy_only=False)
    return mask


def find_groups(ids: pa.StringArray) -> npt.NDArray[np.int64] | None:
    """A number for each id, the same for the same; None when every id stands once."""
    groups = _encode(ids)
    return None if groups.max(initial=-1) == len(groups) - 1 else groups


def keep_first(values: pa.StringArray, groups: npt.NDArray[np.int64]) -> pa.StringArray:
    """The values, null where the same value of the same group stands in an earlier row."""
    codes = _encode(values)
    both = np.where(codes < 0, -1, (groups + 1) * (len(codes) + 1) + codes)
    _, first = np.unique(both, return_index=True)
    if len(first) == len(values):
        return values
    kept = np.zeros(len(values), np.bool_)
    kept[first] = True
    return pc.if_else(pa.array(kept), values, None)


def _encode(column: pa.StringArray) -> npt.NDArray[np.int64]:
    """A number for each text, the same for the same; -1 for null."""
    codes = pc.fill_null(column.dictionary_encode().indices, -1)
    numbers: npt.NDArray[np.int64] = codes.to_numpy(zero_copy_only=False).astype(np.int64)
    return numbers
