"""Relations as rows of the sidecar and as FollowTheMoney statements, one by one and in columns.

What the statements of a relation are is defined here once, so that both ways stay equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from graph.assertions import Assertion, DatasetVersion, Relation, RowOrigins
from graph.errors import InvalidEntity
from graph.pieces import NO_TEXT
from graph.schemata import require_schema
from graph.tables import EVIDENCE, RELATIONS, WORD, make_constant

# Qualified dates stay in the sidecar: FollowTheMoney has no form for them.
_PLAIN_DATE = r"^-*[0-9][0-9-]*$"
_IS_PLAIN_DATE = re.compile(_PLAIN_DATE)
_SHARE = ("percentage_minimum", "percentage_maximum")
_OPEN = ("percentage_minimum_open", "percentage_maximum_open")
_REQUIRED = ("id", "source", "target")
# What one call of `make_relations` says of all its rows.
_SHARED = frozenset({"schema", "kind", "dataset"})
_FULL_SHARE = 100


class Edge(NamedTuple):
    """Which properties of a schema hold what of a relation."""

    schema: str
    props: tuple[tuple[str, str], ...]  # (property, column of the sidecar)
    has_percentage: bool

    def iter_values(self, relation: Relation) -> Iterator[tuple[str, str]]:
        """(property, value) of one relation's statements."""
        for prop, name in self.props:
            value: str | None = getattr(relation, name)
            if value and (name not in ("start", "end") or _IS_PLAIN_DATE.match(value)):
                yield prop, value
        share = relation.percentage
        if self.has_percentage and share and share.minimum == share.maximum:
            yield "percentage", _format(share.minimum)

    def iter_columns(self, relations: pa.Table) -> Iterator[tuple[str, pa.StringArray]]:
        """(property, values) of the statements of many relations; null where there is none."""
        for prop, name in self.props:
            values = _text(relations[name])
            stated = pc.not_equal(values, "")
            if name in ("start", "end"):
                stated = pc.and_(stated, pc.match_substring_regex(values, _PLAIN_DATE))
            yield prop, pc.if_else(stated, values, NO_TEXT)
        if self.has_percentage:
            low, high = (relations[name].combine_chunks() for name in _SHARE)
            encoded = pc.if_else(pc.equal(low, high), low, None).dictionary_encode()
            texts = pa.array(
                [_format(each) for each in encoded.dictionary.to_pylist()], pa.string()
            )
            yield "percentage", texts.take(encoded.indices)


@cache
def require_edge(name: str) -> Edge:
    """How relations of a schema are stated.

    Raises:
        InvalidEntity: When the schema has no edge.
    """
    schema = require_schema(name)
    if schema.source_prop is None or schema.target_prop is None:
        raise InvalidEntity(f"{name} links nothing; it has no edge.")
    props = (
        (schema.source_prop.name, "source"),
        (schema.target_prop.name, "target"),
        ("role" if schema.get("role") else "relationship", "role"),
        ("startDate", "start"),
        ("endDate", "end"),
    )
    return Edge(name, props, schema.get("percentage") is not None)


def make_relations(
    columns: Mapping[str, pa.Array], schema: str, kind: str, dataset: str
) -> pa.Table:
    """Rows of the sidecar from columns of these names; what is not given is not stated.

    Raises:
        InvalidEntity: When the sidecar has no such column, an id or an end is missing, or a share
            is no interval within 0..100.
    """
    wrong = [name for name in columns if name not in RELATIONS.names or name in _SHARED]
    if wrong:
        raise InvalidEntity(f"Relations have no column {wrong[0]!r}.", {wrong[0]: "unknown"})
    for name in _REQUIRED:
        if name not in columns or columns[name].null_count:
            raise InvalidEntity(f"A relation without {name} is none.", {name: "missing"})
    size = len(columns["id"])
    made: dict[str, Any] = {
        name: column if column.type == RELATIONS.field(name).type
        else column.cast(RELATIONS.field(name).type)
        for name, column in columns.items()
    }  # fmt: skip
    made |= {
        "schema": make_constant(schema, size),
        "kind": make_constant(kind, size),
        "dataset": make_constant(dataset, size),
        **_make_shares(made, size),
    }
    made["role"] = pc.fill_null(made.get("role", pa.nulls(size, pa.string())), "")
    made["sharers"] = pc.fill_null(made.get("sharers", pa.nulls(size, pa.int32())), 0)
    arrays = [made[each.name] if each.name in made else pa.nulls(size, each.type)
              for each in RELATIONS]  # fmt: skip
    return pa.Table.from_arrays(arrays, schema=RELATIONS)


def _make_shares(columns: Mapping[str, pa.Array], size: int) -> dict[str, pa.Array]:
    nothing = pa.nulls(size, pa.float64())
    low, high = (columns.get(name, nothing) for name in _SHARE)
    known = low.is_valid()
    fits = pc.and_(pc.greater_equal(low, 0.0), pc.less_equal(high, float(_FULL_SHARE)))
    if not known.equals(high.is_valid()) or pc.all(fits).as_py() is False:
        raise InvalidEntity("A share has two ends within 0..100.", {_SHARE[0]: "no interval"})
    flags = {
        name: pc.if_else(known, pc.fill_null(columns.get(name, pa.nulls(size, pa.bool_())), False),
                         None)
        for name in _OPEN
    }  # fmt: skip
    return {_SHARE[0]: low, _SHARE[1]: high, **flags}


def relation_row(relation: Relation, dataset: str) -> dict[str, Any]:
    """The sidecar's row of one relation."""
    share = relation.percentage
    return {
        **{
            name: getattr(relation, name) for name in type(relation).__slots__
            if name != "percentage"
        },
        "percentage_minimum": share.minimum if share else None,
        "percentage_maximum": share.maximum if share else None,
        "percentage_minimum_open": share.minimum_open if share else None,
        "percentage_maximum_open": share.maximum_open if share else None,
        "dataset": dataset,
    }  # fmt: skip


def make_evidence(
    ids: pa.ChunkedArray,
    assertion: Assertion,
    rows: RowOrigins,
    version: DatasetVersion,
    stated: Mapping[str, pa.StringArray],
) -> pa.Table:
    """Rows of evidence, one for each relation of `ids`.

    Args:
        ids: Of the relations.
        assertion: What is the same in all rows.
        rows: Where each relation stands.
        version: Which states them.
        stated: Fields of the assertion that differ from row to row.

    Raises:
        InvalidEntity: When an assertion has no such field.
    """
    size = len(ids)
    fields = set(type(assertion).__slots__) - {"standing"}
    if not fields >= stated.keys():
        wrong = min(stated.keys() - fields)
        raise InvalidEntity(f"Evidence has no field {wrong!r}.", {wrong: "unknown"})
    same: dict[str, str | None] = {
        **{name: getattr(assertion, name) for name in fields},
        "dataset": version.dataset,
        "sha256": rows.sha256,
        "retrieved_at": version.retrieved_at,
    }
    columns = {
        "relation_id": ids,
        **{name: make_constant(word, size) for name, word in same.items()},
        "standing": pa.repeat(pa.scalar(assertion.standing), size),
        "record_id": rows.record_ids,
        "locator": rows.locators,
        **stated,
    }
    nothing = pa.nulls(size, pa.string())  # what is found out only when a snapshot is built
    arrays = [_as_type(columns.get(each.name, nothing), each.type) for each in EVIDENCE]
    return pa.Table.from_arrays(arrays, schema=EVIDENCE)


def _as_type(column: pa.Array | pa.ChunkedArray, kind: pa.DataType) -> pa.Array:
    """A column as the table wants it: words as a dictionary, texts as texts."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if column.type == kind:
        return column
    return column.dictionary_encode() if kind == WORD else column.cast(kind)


def _text(column: pa.ChunkedArray) -> pa.StringArray:
    column = column.combine_chunks()
    return column.cast(pa.string()) if column.type == WORD else column


def _format(share: float) -> str:
    return f"{share:g}"
