"""Statements of one dataset version as Parquet: the form in which ingest hands data on.

A dataset version is a directory of three tables. `statements` are FollowTheMoney's, one value of
one property each, with provenance. `relations` are the sidecar of the entities whose schema
links two (kind, ends, dates as published, percentage interval). `evidence` says who asserted or
denied each relation. Values are cleaned with FollowTheMoney's own property types, once per distinct
value.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from graph.assertions import (
    Assertion,
    DatasetVersion,
    Provenance,
    Relation,
    RelationKind,
    RowOrigins,
)
from graph.collect import ID, Cells, Kind, Words, collect, known_words, make_kind, select
from graph.edges import STATED, make_evidence, make_relations, relation_row, require_edge
from graph.errors import InvalidEntity
from graph.pieces import NO_TEXT, Repeated, take_codes, take_places
from graph.schemata import require_property, require_schema
from graph.seen import SeenIds
from graph.sink import SortedSink, Spill, TableSink
from graph.tables import (
    COLLECTED,
    EVIDENCE,
    RELATIONS,
    STATEMENTS,
    TABLES,
    DatasetTables,
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
    "RowOrigins",
    "StatementWriter",
    "read_column",
    "require_property",
    "require_schema",
]

_NOTES = ("lang", "scope", "origin")
_NO_ENTITY = ("identity", "derived")  # not FollowTheMoney entities of their own
_CHUNK = 250_000  # statements of `add` that wait as Python objects, some 200 bytes each
_RELATION_CHUNK = 20_000  # relations and assertions of `add_relation` that wait as such
_LISTED = 1000  # rejected values of each property that `write` lists
_ENCODED = 8  # columns of a batch that are used again: ids, record ids, locators


class StatementWriter:
    """Collects one dataset version column by column and writes its three tables.

    Values are given as published; each distinct (property type, value) pair is cleaned once, which
    equals FollowTheMoney's cleaning of every single one. A value that its type rejects is dropped
    from the statements and returned by `write`, so that the caller can log it.

    `add` is for lists, a value at a time; `add_columns` for registries, a property of many entities
    at a time. Statements keep the order of the calls. Memory is bounded whatever the number of
    rows: full row groups go to a temporary folder (`spill_to`), which `write` empties. Only digests
    of the relations' ids stay, 16 bytes each.
    """

    def __init__(self, version: DatasetVersion) -> None:
        self.version = version
        self.unlisted: dict[str, int] = {}  # property -> rejected values that `write` leaves out
        # One place a statement in each; what repeats is a number into the tables below them.
        self._entity_ids: list[str] = []
        self._values: list[str] = []
        self._originals: list[str | None] = []
        self._kind_at = array("i")
        self._source_at = array("i")
        self._sources: list[Provenance] = []
        self._notes: dict[int, tuple[str | None, str | None, str | None]] = {}  # _NOTES, where any
        self._kind_numbers: dict[tuple[str, str], int] = {}
        self._kinds: list[Kind] = []
        self._relations: list[dict[str, Any]] = []
        self._relation_ids = SeenIds()
        self._evidence: list[dict[str, Any]] = []
        self._rejected: list[tuple[str, str, str]] = []
        self._rejections: Counter[str] = Counter()  # by property
        self._encoded: list[tuple[pa.StringArray, pa.DictionaryArray]] = []
        self._spill = Spill()
        self._statement_sink = TableSink(
            "statements.parquet", STATEMENTS, self._spill, stored=COLLECTED, known=known_words()
        )
        self._relation_sink = SortedSink("relations.parquet", RELATIONS, self._spill)
        self._evidence_sink = TableSink(
            "evidence.parquet", EVIDENCE, self._spill, stored=STATED, is_wide=True
        )

    def spill_to(self, directory: Path) -> None:
        """Keep what does not fit into memory under this directory, until `write`.

        Best is the directory that `write` is given: the files are then renamed into place.
        Default: where the system keeps temporary files.
        """
        self._spill.parent = directory

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
            kind = self._number(schema, prop)
        if lang is not None or scope is not None or origin is not None:
            self._notes[len(self._values)] = (lang, scope, origin)
        self._append(kind, entity_id, value, original, provenance)

    def add_entity(self, entity_id: str, schema: str, provenance: Provenance) -> None:
        """State that an entity exists, even if no property is known of it."""
        kind = self._kind_numbers.get((schema, ID))
        if kind is None:
            kind = self._number(schema, ID)
        self._append(kind, entity_id, entity_id, None, provenance)

    def _number(self, schema: str, prop: str) -> int:
        number = len(self._kinds)
        self._kinds.append(make_kind(schema, prop))
        self._kind_numbers[schema, prop] = number
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
        if len(self._values) >= _CHUNK:
            self._seal()

    def add_columns(
        self,
        schema: str,
        prop: str,
        entity_ids: pa.StringArray,
        values: pa.StringArray,
        rows: RowOrigins,
        *,
        original: pa.StringArray | None = None,
        lang: str | pa.StringArray | None = None,
    ) -> None:
        """Add one property of many entities, as published: the same as `add` for each row.

        Give the same arrays of ids and the same `rows` for all properties of a batch: each is
        then prepared once.

        Args:
            values: A null states nothing.
            original: The published texts that the values were made from, where they differ.
            lang: Of all values, or of each.

        Raises:
            InvalidEntity: When the schema has no such property, or a value stands beside no id.
        """
        self._seal()
        size = len(values)
        if {len(entity_ids), len(rows.record_ids), len(rows.locators)} != {size}:
            raise InvalidEntity(f"Columns of {schema}.{prop} differ in length.", {prop: "length"})
        columns: dict[str, Any] = {
            "entity_ids": self._encode(entity_ids),
            "values": values,
            "originals": Repeated(None, size)
            if original is None or original is values
            else pc.if_else(pc.equal(original, values), NO_TEXT, original),
            "record_ids": self._encode(rows.record_ids),
            "locators": self._encode(rows.locators),
            "sha256": Repeated(rows.sha256, size),
            "lang": Repeated(lang, size)
            if lang is None or isinstance(lang, str)
            else self._encode(lang),
        }
        if values.null_count:
            valid = values.is_valid().to_numpy(zero_copy_only=False)
            stated = take_places(np.flatnonzero(valid))
            columns = {name: select(column, stated) for name, column in columns.items()}
        if columns["entity_ids"].null_count:
            raise InvalidEntity(f"A {schema} with a {prop} has no id.", {prop: "no id"})
        notes = {"lang": columns.pop("lang")}
        self._collect([make_kind(schema, prop)], None, Cells(**columns, notes=notes))

    def add_entities(self, schema: str, entity_ids: pa.StringArray, rows: RowOrigins) -> None:
        """State that many entities exist: the same as `add_entity` for each row."""
        self.add_columns(schema, ID, entity_ids, entity_ids, rows)

    def _encode(self, column: pa.StringArray) -> pa.DictionaryArray:
        """A column as a dictionary; those of the batch at hand are made once."""
        for known, encoded in self._encoded:
            if known is column:
                return encoded
        encoded = column.dictionary_encode()
        self._keep_encoded(column, encoded)
        return encoded

    def _keep_encoded(self, column: pa.StringArray, encoded: pa.DictionaryArray) -> None:
        self._encoded = [*self._encoded[1 - _ENCODED :], (column, encoded)]

    def add_relation(
        self, relation: Relation, assertion: Assertion, provenance: Provenance
    ) -> None:
        """Add a relation and what stands behind it.

        The same relation id again adds evidence only: the first one's dates and role stand.
        The FollowTheMoney statements of the relation are written with it.

        Raises:
            InvalidEntity: When the schema has no edge.
        """
        edge = require_edge(relation.schema)
        if self._relation_ids.add(relation.id):
            self._relations.append(relation_row(relation, self.version.dataset))
            if relation.kind not in _NO_ENTITY:
                for prop, value in edge.iter_values(relation):
                    self.add(relation.id, relation.schema, prop, value, provenance)
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
        if len(self._evidence) >= _RELATION_CHUNK:
            self._seal_relations()

    def add_relation_columns(
        self,
        schema: str,
        columns: Mapping[str, pa.Array],
        assertion: Assertion,
        rows: RowOrigins,
        *,
        kind: RelationKind = "link",
        stated: Mapping[str, pa.StringArray] = MappingProxyType({}),
    ) -> None:
        """Add many relations of one schema, one assertion each: as `add_relation` for each row.

        Args:
            columns: By the names of `RELATIONS`: "id", "source" and "target", and what else is
                known: "role", "start", "end", "percentage_minimum", "percentage_maximum" …
            assertion: What is the same in all rows.
            rows: Where each relation stands.
            stated: Fields of the assertion that differ from row to row ("quote", "on", "note" …).

        Raises:
            InvalidEntity: When the schema has no edge, an id or an end is missing, or a share is no
                interval within 0..100.
        """
        edge = require_edge(schema)
        self._seal_relations()
        relations = make_relations(columns, schema, kind, self.version.dataset)
        ids = columns["id"]
        self._evidence_sink.put(make_evidence(ids, assertion, rows, self.version, stated))
        fresh = self._relation_ids.add_all(ids)
        if len(fresh) < len(ids):
            at = take_places(fresh)
            relations = {name: select(column, at) for name, column in relations.items()}
            rows = RowOrigins(rows.record_ids.take(at), rows.locators.take(at), rows.sha256)
            ids = ids.take(at)
        self._relation_sink.put(relations)
        if kind not in _NO_ENTITY:
            codes = take_codes(np.arange(len(ids), dtype=np.int32))
            self._keep_encoded(ids, pa.DictionaryArray.from_arrays(codes, ids, safe=False))
            for prop, values in edge.iter_columns(relations):
                if values.null_count < len(values):
                    self.add_columns(schema, prop, ids, values, rows)

    def write(self, directory: Path) -> list[tuple[str, str, str]]:
        """Write the three tables into an existing directory, once.

        Returns:
            (entity id, property, value) of values that their type rejected: all of them, or the
            first thousand of a property; `unlisted` then has the number of the others.
        """
        try:
            self._seal()
            self._seal_relations()
            sinks = (self._statement_sink, self._relation_sink, self._evidence_sink)
            for sink in sinks:
                sink.finish(directory)
        finally:
            self._spill.remove()
        self.unlisted = {
            prop: count - _LISTED for prop, count in self._rejections.items() if count > _LISTED
        }
        return self._rejected

    def _seal(self) -> None:
        """Turn the statements of `add` into columns."""
        if not self._values:
            return
        kind_at = np.asarray(self._kind_at, np.int32)
        source_at = pa.array(np.asarray(self._source_at, np.int32))
        sources = self._sources
        cells = Cells(
            entity_ids=pa.array(self._entity_ids, pa.string()).dictionary_encode(),
            values=pa.array(self._values, pa.string()),
            originals=pa.array(self._originals, pa.string()),
            record_ids=make_words([each.record_id for each in sources], source_at),
            locators=make_words([each.locator for each in sources], source_at),
            sha256=make_words([each.sha256 for each in sources], source_at),
            notes=self._note_columns(),
        )
        self._entity_ids, self._values, self._originals = [], [], []
        self._kind_at, self._source_at = array("i"), array("i")
        self._sources, self._notes = [], {}
        self._collect(self._kinds, kind_at, cells)

    def _note_columns(self) -> dict[str, pa.DictionaryArray]:
        rows = np.fromiter(self._notes, np.int64, len(self._notes))
        at = np.full(len(self._values), len(rows), np.int32)
        at[rows] = np.arange(len(rows))
        return {
            name: make_words([*(notes[place] for notes in self._notes.values()), None], at)
            for place, name in enumerate(_NOTES)
        }

    def _collect(
        self, kinds: Sequence[Kind], kind_at: npt.NDArray[np.int32] | None, cells: Cells
    ) -> None:
        version = self.version
        words = Words(version.dataset, version.published, version.retrieved_at)
        piece, rejected = collect(kinds, kind_at, cells, words)
        for row in rejected.tolist():
            prop = kinds[0 if kind_at is None else kind_at[row]].prop
            self._rejections[prop] += 1
            if self._rejections[prop] <= _LISTED:
                entity_id, value = cells.entity_ids[row].as_py(), cells.values[row].as_py()
                self._rejected.append((entity_id, prop, value))
        self._statement_sink.put(piece)

    def _seal_relations(self) -> None:
        """Turn the relations and assertions of `add_relation` into columns."""
        self._relation_sink.put_table(pa.Table.from_pylist(self._relations, schema=RELATIONS))
        self._evidence_sink.put_table(pa.Table.from_pylist(self._evidence, schema=STATED))
        self._relations, self._evidence = [], []
