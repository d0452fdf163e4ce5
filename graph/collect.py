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
from graph.pieces import NO_TEXT, Column, Piece, Repeated, take_codes, take_places
from graph.schemata import require_property, require_schema

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
    originals: Column
    record_ids: pa.DictionaryArray
    locators: pa.DictionaryArray
    sha256: Column
    notes: Mapping[str, Column]  # lang, scope, origin; absent: all null


class Words(NamedTuple):
    """What is the same for the whole dataset version."""

    dataset: str
    published: str | None
    retrieved_at: str


def collect(
    kinds: Sequence[Kind], kind_at: npt.NDArray[np.int32] | None, cells: Cells, words: Words
) -> tuple[Piece, npt.NDArray[np.int64]]:
    """The statements, cleaned; and the places of those whose value its type rejected.

    Args:
        kinds: The kinds that occur.
        kind_at: Place of each statement's kind in `kinds`; None: all are of the only one.
        cells: As many as `kind_at`; values without nulls.
        words: Of the dataset version.
    """
    values, originals, size = cells.values, cells.originals, len(cells.values)
    cleaned = _clean(values, kinds, kind_at)
    if cleaned is not values:
        originals = _keep_published(values, cleaned, originals)
    piece: dict[str, Column] = {
        "entity_id": cells.entity_ids,
        "canonical_id": cells.entity_ids,
        **_kind_columns(kinds, kind_at, size),
        "value": cleaned,
        "original_value": originals,
        **{name: Repeated(None, size) for name in ("lang", "scope", "origin")},
        **cells.notes,
        "dataset": Repeated(words.dataset, size),
        "external": Repeated(False, size),
        "first_seen": Repeated(words.published, size),
        "last_seen": Repeated(words.published, size),
        "record_id": cells.record_ids,
        "locator": cells.locators,
        "sha256": cells.sha256,
        "retrieved_at": Repeated(words.retrieved_at, size),
    }
    if not cleaned.null_count:
        return piece, np.empty(0, np.int64)
    valid = cleaned.is_valid().to_numpy(zero_copy_only=False)
    kept = take_places(np.flatnonzero(valid))
    return {name: select(column, kept) for name, column in piece.items()}, np.flatnonzero(~valid)


def select(column: Column, places: pa.Int64Array) -> Column:
    """Some rows of a column."""
    if isinstance(column, Repeated):
        return Repeated(column.value, len(places))
    return column.take(places)


def _keep_published(
    values: pa.StringArray, cleaned: pa.StringArray, originals: Column
) -> pa.StringArray:
    """The originals, and where cleaning changed a value without one, that value as published."""
    changed = pc.fill_null(pc.not_equal(cleaned, values), True)
    if isinstance(originals, Repeated):  # of nulls
        return pc.if_else(changed, values, NO_TEXT)
    given = pc.if_else(pc.equal(originals, ""), NO_TEXT, originals)
    return pc.if_else(changed, pc.coalesce(given, values), originals)


def _kind_columns(
    kinds: Sequence[Kind], kind_at: npt.NDArray[np.int32] | None, size: int
) -> dict[str, Column]:
    columns: dict[str, Column] = {}
    for name, field in (("schema", "schema"), ("prop", "prop"), ("prop_type", "type")):
        words = [getattr(kind, field) for kind in kinds]
        if kind_at is None:
            columns[name] = Repeated(words[0], size)
        else:
            known = known_words()[name]
            codes = pc.index_in(pa.array(words, pa.string()), value_set=known).to_numpy()
            columns[name] = pa.DictionaryArray.from_arrays(take_codes(codes[kind_at]), known)
    return columns


def _clean(
    values: pa.StringArray, kinds: Sequence[Kind], kind_at: npt.NDArray[np.int32] | None
) -> pa.StringArray:
    """Each value cleaned as its kind is; null where rejected; the same array when all are clean."""
    cleaners = list(dict.fromkeys(kind.cleaner for kind in kinds))
    if kind_at is None or len(cleaners) == 1:
        return values if cleaners[0] is None else clean_column(values, cleaners[0])
    numbers = np.array([cleaners.index(kind.cleaner) for kind in kinds], np.int32)
    by_cleaner = np.argsort(numbers[kind_at], kind="stable")
    counts = np.bincount(numbers[kind_at], minlength=len(cleaners))
    grouped = values.take(take_places(by_cleaner))
    parts, begin = [], 0
    for cleaner, count in zip(cleaners, counts.tolist(), strict=True):
        part = grouped.slice(begin, count)
        parts.append(part if cleaner is None else clean_column(part, cleaner))
        begin += count
    back = np.empty(len(values), np.int64)
    back[by_cleaner] = np.arange(len(values))
    return pa.concat_arrays(parts).take(take_places(back))


@cache
def known_words() -> Mapping[str, pa.StringArray]:
    """The words of the model, by column: the same in every row group.

    What reads several row groups together needs to unify nothing.
    """
    props = [prop for schema in model.schemata.values() for prop in schema.properties.values()]
    words = {
        "schema": set(model.schemata),
        "prop": {prop.name for prop in props} | {ID},
        "prop_type": {prop.type.name for prop in props} | {ID},
    }
    return {name: pa.array(sorted(each), pa.string()) for name, each in words.items()}
