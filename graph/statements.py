"""Statements of one dataset version as Parquet: the form in which ingest hands data on.

A dataset version is a directory of three tables. `statements` are FollowTheMoney's, one value of
one property each, with provenance. `relations` are the sidecar of the entities whose schema
links two (kind, ends, dates as published, percentage interval). `evidence` says who asserted or
denied each relation. Values are cleaned with FollowTheMoney's own property types, once per distinct
value.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from followthemoney.schema import Schema
from followthemoney.types import registry

from graph.cleaning import Cleaner, clean_values
from graph.errors import InvalidEntity
from graph.model import Percentage
from graph.schemata import require_property, require_schema
from graph.tables import (
    EVIDENCE,
    RELATIONS,
    STATEMENTS,
    TABLES,
    make_constant,
    make_words,
    read_column,
)

__all__ = [
    "EVIDENCE",
    "RELATIONS",
    "STATEMENTS",
    "TABLES",
    "Assertion",
    "DatasetTables",
    "DatasetVersion",
    "Provenance",
    "Relation",
    "RelationKind",
    "StatementWriter",
    "read_column",
    "require_property",
    "require_schema",
]

RelationKind = Literal["link", "location", "coverage", "identity", "derived", "event", "claim"]
_NOTES = ("lang", "scope", "origin")


class Provenance(NamedTuple):
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
    standing: bool = False  # stated on that day, and perhaps long before: an entry of a list


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


class _Kind(NamedTuple):
    """What the statements of one property of one schema have in common."""

    schema: str
    prop: str
    type: str
    cleaner: Cleaner | None  # None: the value stays as given


class StatementWriter:
    """Collects one dataset version column by column and writes its three tables.

    Values are given as published; `write` cleans each distinct (property type, value) pair once,
    which equals FollowTheMoney's cleaning of every single one. A value that its type rejects is
    dropped from the statements and returned by `write`, so that the caller can log it.
    """

    def __init__(self, version: DatasetVersion) -> None:
        self.version = version
        # One place a statement in each; what repeats is a number into the tables below them.
        self._entity_ids: list[str] = []
        self._values: list[str | None] = []
        self._originals: list[str | None] = []
        self._kind_at = array("i")
        self._source_at = array("i")
        self._kind_numbers: dict[tuple[str, str], int] = {}
        self._id_numbers: dict[str, int] = {}
        self._kinds: list[_Kind] = []
        self._sources: list[Provenance] = []
        self._notes: dict[int, tuple[str | None, str | None, str | None]] = {}  # _NOTES, where any
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
        kind = self._kind_numbers.get((schema, prop))
        if kind is None:
            found = require_property(schema, prop)
            cleaner = None if found.type is registry.entity else Cleaner.of(found)
            kind = self._number(_Kind(schema, prop, found.type.name, cleaner))
        if lang is not None or scope is not None or origin is not None:
            self._notes[len(self._values)] = (lang, scope, origin)
        self._append(kind, entity_id, value, original, provenance)

    def add_entity(self, entity_id: str, schema: str, provenance: Provenance) -> None:
        """State that an entity exists, even if no property is known of it."""
        kind = self._id_numbers.get(schema)
        if kind is None:
            require_schema(schema)
            # Ids are ours or a publisher's: FollowTheMoney's own syntax for them does not apply.
            kind = self._number(_Kind(schema, "id", "id", None))
        self._append(kind, entity_id, entity_id, None, provenance)

    def _number(self, kind: _Kind) -> int:
        number = len(self._kinds)
        self._kinds.append(kind)
        if kind.type == "id":
            self._id_numbers[kind.schema] = number
        else:
            self._kind_numbers[kind.schema, kind.prop] = number
        return number

    def _append(
        self, kind: int, entity_id: str, value: str, original: str | None, provenance: Provenance
    ) -> None:
        # The statements of one record come together and share its provenance.
        if not self._sources or self._sources[-1] is not provenance:
            self._sources.append(provenance)
        self._entity_ids.append(entity_id)
        self._values.append(value)
        self._originals.append(original)
        self._kind_at.append(kind)
        self._source_at.append(len(self._sources) - 1)

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
        kind_at = np.asarray(self._kind_at, np.int32)
        published = pa.array(self._values, pa.string())
        cleaners = list(dict.fromkeys(kind.cleaner for kind in self._kinds))
        numbers = np.array([cleaners.index(kind.cleaner) for kind in self._kinds], np.int32)
        cleaner_at = numbers[kind_at]
        changed = [
            change
            for number, cleaner in enumerate(cleaners)
            if cleaner is not None
            for change in _find_changes(published, np.flatnonzero(cleaner_at == number), cleaner)
        ]
        rejected: list[tuple[str, str, str]] = []
        for row, cleaned in sorted(changed):
            value = self._values[row]
            assert value is not None
            self._values[row] = cleaned
            self._originals[row] = self._originals[row] or value
            if cleaned is None:
                rejected.append((self._entity_ids[row], self._kinds[kind_at[row]].prop, value))
        table = self._table(kind_at)
        return table.filter(pc.is_valid(table["value"])) if rejected else table, rejected

    def _table(self, kind_at: npt.NDArray[np.int32]) -> pa.Table:
        version, size = self.version, len(self._values)
        source_at = pa.array(np.asarray(self._source_at, np.int32))
        kinds, sources = self._kinds, self._sources
        entity_ids = pa.array(self._entity_ids, pa.string())
        record_ids = pa.array([each.record_id for each in sources], pa.string())
        locators = pa.array([each.locator for each in sources], pa.string())
        columns = {
            "entity_id": entity_ids,
            "canonical_id": entity_ids,
            "schema": make_words([kind.schema for kind in kinds], kind_at),
            "prop": make_words([kind.prop for kind in kinds], kind_at),
            "prop_type": make_words([kind.type for kind in kinds], kind_at),
            "value": pa.array(self._values, pa.string()),
            "original_value": pa.array(self._originals, pa.string()),
            **self._note_columns(),
            "dataset": make_constant(version.dataset, size),
            "external": pa.repeat(pa.scalar(False), size),
            "first_seen": make_constant(version.published, size),
            "last_seen": make_constant(version.published, size),
            "record_id": record_ids.take(source_at),
            "locator": locators.take(source_at),
            "sha256": make_words([each.sha256 for each in sources], source_at),
            "retrieved_at": make_constant(version.retrieved_at, size),
        }
        return pa.Table.from_arrays([columns[name] for name in STATEMENTS.names], schema=STATEMENTS)

    def _note_columns(self) -> dict[str, pa.DictionaryArray]:
        rows = np.fromiter(self._notes, np.int64, len(self._notes))
        at = np.full(len(self._values), len(rows), np.int32)
        at[rows] = np.arange(len(rows))
        return {
            name: make_words([*(notes[place] for notes in self._notes.values()), None], at)
            for place, name in enumerate(_NOTES)
        }


def _find_changes(
    published: pa.StringArray, rows: npt.NDArray[np.int64], cleaner: Cleaner
) -> Iterator[tuple[int, str | None]]:
    """Those of the rows whose values cleaning changes, and what it makes of them."""
    encoded = published.take(pa.array(rows)).dictionary_encode()
    cleaned = clean_values(encoded.dictionary, cleaner)
    same = pc.fill_null(pc.equal(encoded.dictionary, cleaned), False)
    codes = encoded.indices.to_numpy()
    hits = np.flatnonzero(~same.to_numpy(zero_copy_only=False)[codes])
    return zip(rows[hits].tolist(), cleaned.take(pa.array(codes[hits])).to_pylist(), strict=True)


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
