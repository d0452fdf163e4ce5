"""Statements of one dataset version as Parquet: the form in which ingest hands data on.

A dataset version is a directory of three tables. `statements` are FollowTheMoney's, one value of
one property each, with provenance. `relations` are the sidecar of the entities whose schema
links two (kind, ends, dates as published, percentage interval). `evidence` says who asserted or
denied each relation. Values are cleaned with FollowTheMoney's own property types, once per distinct
value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from followthemoney import model
from followthemoney.property import Property
from followthemoney.schema import Schema
from followthemoney.types import registry

from graph.errors import InvalidEntity
from graph.model import Percentage

RelationKind = Literal["link", "location", "coverage", "identity", "derived", "event", "claim"]

_TEXT = pa.string()
_WORD = pa.dictionary(pa.int32(), pa.string())  # few distinct values

STATEMENTS = pa.schema(
    [
        ("entity_id", _TEXT),
        ("canonical_id", _TEXT),
        ("schema", _WORD),
        ("prop", _WORD),
        ("prop_type", _WORD),
        ("value", _TEXT),
        ("original_value", _TEXT),
        ("lang", _WORD),
        ("scope", _WORD),
        ("dataset", _WORD),
        ("origin", _WORD),
        ("external", pa.bool_()),
        ("first_seen", _WORD),
        ("last_seen", _WORD),
        ("record_id", _TEXT),
        ("locator", _TEXT),
        ("sha256", _WORD),
        ("retrieved_at", _WORD),
    ]
)
RELATIONS = pa.schema(
    [
        ("id", _TEXT),
        ("kind", _WORD),
        ("schema", _WORD),
        ("role", _TEXT),
        ("source", _TEXT),
        ("target", _TEXT),
        ("start", _TEXT),
        ("end", _TEXT),
        ("percentage_minimum", pa.float64()),
        ("percentage_maximum", pa.float64()),
        ("percentage_minimum_open", pa.bool_()),
        ("percentage_maximum_open", pa.bool_()),
        ("confidence", pa.float64()),
        ("probability", pa.float64()),
        ("value", _TEXT),
        ("sharers", pa.int32()),
        ("dataset", _WORD),
    ]
)
EVIDENCE = pa.schema(
    [
        ("relation_id", _TEXT),
        ("stance", _WORD),
        ("by", _WORD),
        ("on", _WORD),
        ("relays", _WORD),
        ("source_title", _WORD),
        ("source_url", _WORD),
        ("quote", _TEXT),
        ("note", _TEXT),
        ("declared_status", _WORD),
        ("dataset", _WORD),
        ("record_id", _TEXT),
        ("locator", _TEXT),
        ("sha256", _WORD),
        ("retrieved_at", _WORD),
    ]
)
# A statement before cleaning, and the names of its parts.
_Raw = tuple[str, str, str, str, str | None, str | None, str | None, str | None, str, str, str]
_RAW = (
    "entity_id", "schema", "prop", "value", "original_value", "lang", "scope", "origin",
    "record_id", "locator", "sha256",
)  # fmt: skip
TABLES = {"statements": STATEMENTS, "relations": RELATIONS, "evidence": EVIDENCE}


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the values of one record stand: record id in the dataset, file and line."""

    record_id: str
    locator: str  # "sdn.csv:17"
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Assertion:
    """Who said or denied a relation, before the dataset's own provenance is added."""

    by: str
    on: str | None = None
    stance: Literal["asserts", "denies"] = "asserts"
    relays: str | None = None
    source_title: str | None = None
    source_url: str | None = None
    quote: str | None = None
    note: str | None = None
    declared_status: str | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """Two ends and what a source says holds between them, or happened between them.

    `source` and `target` are the FollowTheMoney sides of `schema`. `start` and `end` are date texts
    of `graph.dates`. `id` may be shared by several records that state the same relation.
    """

    id: str
    kind: RelationKind
    schema: str
    source: str
    target: str
    role: str = ""
    start: str | None = None
    end: str | None = None
    percentage: Percentage | None = None
    confidence: float | None = None
    probability: float | None = None
    value: str | None = None
    sharers: int = 0


@dataclass(frozen=True, slots=True)
class DatasetVersion:
    """One published version of one dataset, as the archive holds it."""

    dataset: str
    version: str  # digest of its files
    published: str | None  # date text; None when the publisher does not say
    retrieved_at: str  # ISO 8601, UTC
    files: Mapping[str, str]  # name -> SHA-256


@cache
def require_property(schema: str, prop: str) -> Property:
    """FollowTheMoney's property.

    Raises:
        InvalidEntity: When the installed model has no such schema or property.
    """
    found = require_schema(schema).get(prop)
    if found is None:
        raise InvalidEntity(f"{schema} has no property {prop!r}.", {prop: "unknown"})
    return found


@cache
def require_schema(schema: str) -> Schema:
    """FollowTheMoney's schema.

    Raises:
        InvalidEntity: When the installed model has no such schema.
    """
    found = model.get(schema)
    if found is None:
        raise InvalidEntity(f"FollowTheMoney has no schema {schema!r}.", {"schema": "unknown"})
    return found


@cache
def _cleaner(schema: str, prop: str) -> tuple[str, str | None, Callable[..., str | None] | None]:
    """Property type, format, and FollowTheMoney's cleaning; None for ids, which stay as given."""
    if prop == "id":
        return "id", None, None
    found = require_property(schema, prop)
    kind = found.type
    return kind.name, found.format, None if kind is registry.entity else kind.clean


class StatementWriter:
    """Collects one dataset version column by column and writes its three tables.

    Values are given as published; `write` cleans each distinct (property type, value) pair once,
    which equals FollowTheMoney's cleaning of every single one. A value that its type rejects is
    dropped from the statements and returned by `write`, so that the caller can log it.
    """

    def __init__(self, version: DatasetVersion) -> None:
        self.version = version
        # One tuple a statement, in the order of _RAW.
        self._statements: list[_Raw] = []
        self._relations: list[dict[str, Any]] = []
        self._relation_ids: set[str] = set()
        self._evidence: list[dict[str, Any]] = []

    def add(
        self,
        entity_id: str,
        schema: str,
        prop: str,
        value: str,
        provenance: Provenance,
        *,
        original: str | None = None,
        lang: str | None = None,
        scope: str | None = None,
        origin: str | None = None,
    ) -> None:
        """Add one value as published.

        Args:
            value: What the property's type can clean (an ISO date prefix, a country name …).
            original: The published text, where it differs from `value`.
            scope: Country code within which the value (an alias) holds.
            origin: Name of the step that made the value, when the publisher did not.

        Raises:
            InvalidEntity: When the schema has no such property.
        """
        require_property(schema, prop)
        self._statements.append(
            (
                entity_id, schema, prop, value, original, lang, scope, origin,
                provenance.record_id, provenance.locator, provenance.sha256,
            )
        )  # fmt: skip

    def add_entity(self, entity_id: str, schema: str, provenance: Provenance) -> None:
        """State that an entity exists, even if no property is known of it."""
        require_schema(schema)
        self._statements.append(
            (
                entity_id, schema, "id", entity_id, None, None, None, None,
                provenance.record_id, provenance.locator, provenance.sha256,
            )
        )  # fmt: skip

    def add_relation(
        self, relation: Relation, assertion: Assertion, provenance: Provenance
    ) -> None:
        """Add a relation and what stands behind it.

        The same relation id again adds evidence only: the first one's dates and role stand.
        The FollowTheMoney statements of the relation are written with it.

        Raises:
            InvalidEntity: When the schema has no edge.
        """
        schema = require_schema(relation.schema)
        if schema.source_prop is None or schema.target_prop is None:
            raise InvalidEntity(f"{relation.schema} links nothing; it has no edge.")
        if relation.id not in self._relation_ids:
            self._relation_ids.add(relation.id)
            self._add_relation_row(relation, schema, provenance)
        self._evidence.append(
            {
                "relation_id": relation.id,
                **{name: getattr(assertion, name) for name in Assertion.__slots__},
                "dataset": self.version.dataset,
                "record_id": provenance.record_id,
                "locator": provenance.locator,
                "sha256": provenance.sha256,
                "retrieved_at": self.version.retrieved_at,
            }
        )

    def _add_relation_row(self, relation: Relation, schema: Schema, provenance: Provenance) -> None:
        share = relation.percentage
        self._relations.append(
            {
                **{
                    name: getattr(relation, name)
                    for name in Relation.__slots__
                    if name != "percentage"
                },
                "percentage_minimum": share.minimum if share else None,
                "percentage_maximum": share.maximum if share else None,
                "percentage_minimum_open": share.minimum_open if share else None,
                "percentage_maximum_open": share.maximum_open if share else None,
                "dataset": self.version.dataset,
            }
        )
        if relation.kind in ("identity", "derived"):
            return  # not FollowTheMoney entities of their own
        source, target = schema.source_prop, schema.target_prop
        assert source is not None
        assert target is not None
        role = "role" if schema.get("role") else "relationship"
        for prop, value in (
            (source.name, relation.source),
            (target.name, relation.target),
            (role, relation.role),
            ("startDate", relation.start),
            ("endDate", relation.end),
        ):
            # Qualified dates stay in the sidecar: FollowTheMoney has no form for them.
            if value and not (prop.endswith("Date") and not value.replace("-", "").isdigit()):
                self.add(relation.id, relation.schema, prop, value, provenance)
        if share and share.minimum == share.maximum and schema.get("percentage"):
            self.add(relation.id, relation.schema, "percentage", f"{share.minimum:g}", provenance)

    def write(self, directory: Path) -> list[tuple[str, str, str]]:
        """Write the three tables into an existing directory.

        Returns:
            (entity id, property, value) of each value that its type rejected.
        """
        table, rejected = self._clean()
        pq.write_table(table, directory / "statements.parquet", compression="zstd")
        for name, rows in (("relations", self._relations), ("evidence", self._evidence)):
            rows.sort(key=lambda row: str(row.get("id", "")))  # stable: evidence keeps its order
            pq.write_table(
                pa.Table.from_pylist(rows, schema=TABLES[name]),
                directory / f"{name}.parquet",
                compression="zstd",
            )
        return rejected

    def _clean(self) -> tuple[pa.Table, list[tuple[str, str, str]]]:
        """The statements as a table, each distinct value cleaned once; and the rejected ones."""
        cleaned: dict[tuple[str, str | None, str], str | None] = {}
        types: list[str] = []
        values: list[str | None] = []
        originals: list[str | None] = []
        rejected: list[tuple[str, str, str]] = []
        for entity_id, schema, prop, value, original, *_ in self._statements:
            # Ids are ours or a publisher's: FollowTheMoney's own syntax for them does not apply.
            kind, form, clean = _cleaner(schema, prop)
            types.append(kind)
            if clean is None:
                values.append(value)
                originals.append(original)
                continue
            key = (kind, form, value)
            if key not in cleaned:
                cleaned[key] = clean(value, format=form)
            result = cleaned[key]
            values.append(result)
            originals.append(original or (value if value != result else None))
            if result is None:
                rejected.append((entity_id, prop, value))
        columns = list(zip(*self._statements, strict=True)) or [()] * len(_RAW)
        raw = dict(zip(_RAW, columns, strict=True))
        self._statements = []
        table = self._table(raw, types, values, originals)
        return table.filter(pc.is_valid(table["value"])), rejected

    def _table(
        self,
        raw: dict[str, tuple[str | None, ...]],
        types: list[str],
        values: list[str | None],
        originals: list[str | None],
    ) -> pa.Table:
        version, size = self.version, len(values)
        same = {
            "dataset": version.dataset,
            "first_seen": version.published,
            "last_seen": version.published,
            "retrieved_at": version.retrieved_at,
        }
        given: dict[str, Any] = {
            **raw,
            "canonical_id": raw["entity_id"],
            "prop_type": types,
            "value": values,
            "original_value": originals,
            "external": [False] * size,
        }
        columns = []
        for each in STATEMENTS:
            if each.name in same:
                words = [] if same[each.name] is None else [same[each.name]]
                codes = pa.array(np.zeros(size, np.int32), mask=np.full(size, not words))
                column = pa.DictionaryArray.from_arrays(codes, pa.array(words, _TEXT))
            elif pa.types.is_dictionary(each.type):
                column = pa.array(given[each.name], _TEXT).dictionary_encode()
            else:
                column = pa.array(given[each.name], each.type)
            columns.append(column)
        return pa.Table.from_arrays(columns, schema=STATEMENTS)


def read_column(table: pa.Table, name: str) -> list[Any]:
    """A column as Python values, None where null: ten times as fast as `to_pylist`."""
    column = table[name].combine_chunks()
    if isinstance(column, pa.ChunkedArray):  # an empty table has no chunk to combine into
        column = (
            pa.concat_arrays(column.chunks) if column.num_chunks else column.type.wrap_array([])
        )
    if pa.types.is_dictionary(column.type):
        words = [*column.dictionary.to_pylist(), None]
        codes = column.indices.fill_null(len(words) - 1).to_numpy(zero_copy_only=False)
        return [words[code] for code in codes.tolist()]
    if not pa.types.is_string(column.type):  # numbers: numpy has no null for them
        return list(column.to_pylist())
    values: list[Any] = column.to_numpy(zero_copy_only=False).tolist()
    return values


@dataclass(slots=True)
class DatasetTables:
    """The three tables of one dataset version, read back."""

    statements: pa.Table
    relations: pa.Table
    evidence: pa.Table
    name: str = field(default="")

    @classmethod
    def read(cls, directory: Path) -> DatasetTables:
        """Read a directory that `StatementWriter.write` made."""
        tables = {
            name: pq.read_table(directory / f"{name}.parquet", schema=schema)
            for name, schema in TABLES.items()
        }
        return cls(**tables, name=directory.name)

    def iter_statements(self) -> Iterator[dict[str, Any]]:
        """The statements as dictionaries, in the order of the file."""
        for batch in self.statements.to_batches():
            yield from batch.to_pylist()
