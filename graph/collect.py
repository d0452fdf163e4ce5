"""Statements as columns: cleaned by kind, and put together as the table of statements has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from followthemoney import model
from followthemoney.types import registry

from graph.cleaning import Cleaner, clean_column
from graph.schemata import require_property, require_schema
from graph.tables import COLLECTED, make_constant

ID = "id"  # the property, in FollowTheMoney's statements, of an entity that exists


class Kind(NamedTuple):
    """What the statements of one property of one schema have in common."""

    schema: str
    prop: str
    type: str
    cleaner: Cleaner | None  # None: the value stays as given


@cache
def make_kind(schema: str, prop: str) -> Kind:
    """The kind of a property's statements.

    Raises:
        InvalidEntity: When the schema has no such property.
    """
    if prop == ID:
        require_schema(schema)
        # Ids are ours or a publisher's: FollowTheMoney's own syntax for them does not apply.
        return Kind(schema, ID, ID, None)
    found = require_property(schema, prop)
    cleaner = None if found.type is registry.entity else Cleaner.of(found)
    return Kind(schema, prop, found.type.name, cleaner)


@dataclass(frozen=True, slots=True)
class Cells:
    """What varies from statement to statement, one place a statement in each column."""

    entity_ids: pa.DictionaryArray
    values: pa.StringArray  # as published
    originals: pa.StringArray
    record_ids: pa.DictionaryArray
    locators: pa.DictionaryArray
    sha256: pa.DictionaryArray
    notes: Mapping[str, pa.DictionaryArray]  # lang, scope, origin; absent: all null


class Words(NamedTuple):
    """What is the same for the whole dataset version."""

    dataset: str
    published: str | None
    retrieved_at: str


def collect(
    kinds: Sequence[Kind], kind_at: npt.NDArray[np.int32], cells: Cells, words: Words
) -> tuple[pa.Table, npt.NDArray[np.int64]]:
    """The statements, cleaned; and the places of those whose value its type rejected.

    Args:
        kinds: The kinds that occur.
        kind_at: Place of each statement's kind in `kinds`.
        cells: As many as `kind_at`; values without nulls.
        words: Of the dataset version.
    """
    values, originals = cells.values, cells.originals
    cleaned = _clean(values, kinds, kind_at)
    if cleaned is not values:
        changed = pc.fill_null(pc.not_equal(cleaned, values), True)
        given = pc.if_else(pc.equal(originals, ""), None, originals)
        originals = pc.if_else(changed, pc.coalesce(given, values), originals)
    size = len(values)
    columns = {
        "entity_id": cells.entity_ids,
        "canonical_id": cells.entity_ids,
        "schema": _make_known([kind.schema for kind in kinds], kind_at, _schemata()),
        "prop": _make_known([kind.prop for kind in kinds], kind_at, _props()),
        "prop_type": _make_known([kind.type for kind in kinds], kind_at, _types()),
        "value": cleaned,
        "original_value": originals,
        **{name: make_constant(None, size) for name in ("lang", "scope", "origin")},
        **cells.notes,
        "dataset": make_constant(words.dataset, size),
        "external": pa.repeat(pa.scalar(False), size),
        "first_seen": make_constant(words.published, size),
        "last_seen": make_constant(words.published, size),
        "record_id": cells.record_ids,
        "locator": cells.locators,
        "sha256": cells.sha256,
        "retrieved_at": make_constant(words.retrieved_at, size),
    }
    table = pa.Table.from_arrays([columns[name] for name in COLLECTED.names], schema=COLLECTED)
    if not cleaned.null_count:
        return table, np.empty(0, np.int64)
    kept = cleaned.is_valid()
    return table.filter(kept), np.flatnonzero(~kept.to_numpy(zero_copy_only=False))


def _clean(
    values: pa.StringArray, kinds: Sequence[Kind], kind_at: npt.NDArray[np.int32]
) -> pa.StringArray:
    """Each value cleaned as its kind is; null where rejected; the same array when all are clean."""
    cleaners = list(dict.fromkeys(kind.cleaner for kind in kinds))
    if len(cleaners) == 1:
        return values if cleaners[0] is None else clean_column(values, cleaners[0])
    numbers = np.array([cleaners.index(kind.cleaner) for kind in kinds], np.int32)
    by_cleaner = np.argsort(numbers[kind_at], kind="stable")
    counts = np.bincount(numbers[kind_at], minlength=len(cleaners))
    grouped = values.take(pa.array(by_cleaner))
    parts, begin = [], 0
    for cleaner, count in zip(cleaners, counts.tolist(), strict=True):
        part = grouped.slice(begin, count)
        parts.append(part if cleaner is None else clean_column(part, cleaner))
        begin += count
    back = np.empty(len(values), np.int64)
    back[by_cleaner] = np.arange(len(values))
    return pa.concat_arrays(parts).take(pa.array(back))


# The words of the model are the same in every row group: what reads several of them together
# needs to unify nothing.


@cache
def _schemata() -> pa.StringArray:
    return pa.array(sorted(model.schemata), pa.string())


@cache
def _props() -> pa.StringArray:
    names = {name for schema in model.schemata.values() for name in schema.properties}
    return pa.array(sorted(names | {ID}), pa.string())


@cache
def _types() -> pa.StringArray:
    names = {each.type.name for schema in model.schemata.values()
             for each in schema.properties.values()}  # fmt: skip
    return pa.array(sorted(names | {ID}), pa.string())


def _make_known(
    words: Sequence[str], at: npt.NDArray[np.int32], known: pa.StringArray
) -> pa.DictionaryArray:
    codes = pc.index_in(pa.array(words, pa.string()), value_set=known).to_numpy()
    return pa.DictionaryArray.from_arrays(pa.array(codes[at]), known)
