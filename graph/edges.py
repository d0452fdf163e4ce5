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
from graph.pieces import NO_TEXT, Column, Piece, Repeated, expand
from graph.schemata import require_schema
from graph.tables import EVIDENCE, RELATIONS, WORD

# Qualified dates stay in the sidecar: FollowTheMoney has no form for them.
_PLAIN_DATE = r"^-*[0-9][0-9-]*$"
_IS_PLAIN_DATE = re.compile(_PLAIN_DATE)
_SHARE = ("percentage_minimum", "percentage_maximum")
_OPEN = ("percentage_minimum_open", "percentage_maximum_open")
_REQUIRED = ("id", "source", "target")
# What one call of `make_relations` says of all its rows.
_SHARED = frozenset({"schema", "kind", "dataset"})
_UNSTATED: dict[str, str | int] = {"role": "", "sharers": 0}  # in place of null
_FULL_SHARE = 100
_EMPTY = pa.scalar("", pa.string())
# Evidence as it is collected: a register has a page for each row, so that its addresses are no
# words of a dictionary.
STATED = pa.schema(
    [(each.name, pa.string() if each.name == "source_url" else each.type) for each in EVIDENCE]
)


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

    def iter_columns(self, relations: Piece) -> Iterator[tuple[str, pa.StringArray]]:
        """(property, values) of the statements of many relations; null where there is none."""
        for prop, name in self.props:
            column = relations[name]
            if not isinstance(column, Repeated):
                yield prop, _keep_stated(column, is_date=name in ("start", "end"))
            elif column.value:
                yield prop, expand(column, pa.string())
        low, high = (relations[name] for name in _SHARE)
        if self.has_percentage and not isinstance(low, Repeated):
            yield "percentage", _format_shares(low, high)


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


def make_relations(columns: Mapping[str, pa.Array], schema: str, kind: str, dataset: str) -> Piece:
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
    same = {"schema": schema, "kind": kind, "dataset": dataset, **_UNSTATED}
    made: dict[str, Column] = {each.name: Repeated(same.get(each.name), size) for each in RELATIONS}
    for name, column in columns.items():
        wanted = RELATIONS.field(name).type
        column = column if column.type == wanted else column.cast(wanted)
        if name in _UNSTATED and column.null_count:
            column = pc.fill_null(column, pa.scalar(_UNSTATED[name], wanted))
        made[name] = column
    if columns.keys() & {*_SHARE, *_OPEN}:
        made |= _make_shares(columns, size)
    return made


def _make_shares(columns: Mapping[str, pa.Array], size: int) -> dict[str, pa.Array]:
    nothing = pa.nulls(size, pa.float64())
    low, high = (columns.get(name, nothing).cast(pa.float64()) for name in _SHARE)
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
    ids: pa.StringArray,
    assertion: Assertion,
    rows: RowOrigins,
    version: DatasetVersion,
    stated: Mapping[str, pa.StringArray],
) -> Piece:
    """Rows of evidence as `STATED`, one for each relation of `ids`.

    Args:
        ids: Of the relations.
        assertion: What is the same in all rows.
        rows: Where each relation stands.
        version: Which states them.
        stated: Fields of the assertion that differ from row to row.

    Raises:
        InvalidEntity: When an assertion has no such field.
    """
    fields = set(type(assertion).__slots__) - {"standing"}
    if not fields >= stated.keys():
        wrong = min(stated.keys() - fields)
        raise InvalidEntity(f"Evidence has no field {wrong!r}.", {wrong: "unknown"})
    same = {
        **{name: getattr(assertion, name) for name in type(assertion).__slots__},
        "dataset": version.dataset,
        "sha256": rows.sha256,
        "retrieved_at": version.retrieved_at,
    }
    varied = {
        "relation_id": ids, "record_id": rows.record_ids, "locator": rows.locators, **stated
    }  # fmt: skip
    return {
        each.name: _as_type(varied[each.name], each.type)
        if each.name in varied
        else Repeated(same.get(each.name), len(ids))
        for each in STATED
    }


def _as_type(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """A column as the table wants it: words as a dictionary, texts as texts."""
    if column.type == kind:
        return column
    return column.dictionary_encode() if kind == WORD else column.cast(kind)


def _keep_stated(values: pa.StringArray, *, is_date: bool) -> pa.StringArray:
    """Null where nothing is stated, or no plain date; the same array where that changes nothing."""
    stated = pc.not_equal(values, _EMPTY)
    if is_date:
        stated = pc.and_(stated, pc.match_substring_regex(values, _PLAIN_DATE))
    return pc.if_else(stated, values, NO_TEXT) if pc.all(stated).as_py() is False else values


def _format_shares(low: pa.DoubleArray, high: pa.DoubleArray) -> pa.StringArray:
    """Shares that are a point and no interval, as texts."""
    encoded = pc.if_else(pc.equal(low, high), low, None).dictionary_encode()
    texts = pa.array([_format(each) for each in encoded.dictionary.to_pylist()], pa.string())
    return texts.take(encoded.indices)


def _format(share: float) -> str:
    return f"{share:g}"
