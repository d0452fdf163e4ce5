"""Several versions of one dataset as one: what stands, what ended, what was seen when.

The newest version is what stands. An entity that an older version had and the newest has not stays,
with its statements as last seen; its sanction records end on the day of the first version without
it (it is *formerly listed*). A relation that vanished with one of its ends stays too; one that
vanished while both ends stand is no longer stated and goes.

A publisher offers one list in several formats, of which some say more than others: that a
comma-separated file states no day of listing does not deny the day in the XML file of last month.
What only another format states is taken from its newest version, for those who still stand.

A list that repeats others (*relays*) may be older than they are. Where the list itself is loaded
and newer, it decides who is on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from graph.statements import EVIDENCE, RELATIONS, STATEMENTS, DatasetTables

_SEPARATOR = "\x1f"
_OWNERS = ("entity", "holder")  # of a sanction record, of a document or a wallet


class Edition(NamedTuple):
    """One published version of a dataset."""

    tables: DatasetTables
    published: str | None  # day of publication; None when unknown
    format: str = ""  # in which of the publisher's formats


def merge_versions(editions: Sequence[Edition]) -> DatasetTables:
    """One table set for a dataset.

    Args:
        editions: Oldest first.
    """
    newest = editions[-1].tables
    if len(editions) == 1:
        return newest
    parts = [newest, *_other_formats(editions)]
    seen = pc.unique(_concat([part.statements["entity_id"] for part in parts]))
    known = pc.unique(_concat([part.relations["id"] for part in parts]))
    for older, after in zip(editions[-2::-1], editions[:0:-1], strict=True):
        gone = _without(pc.unique(older.tables.statements["entity_id"]), seen)
        if not len(gone):
            continue
        part = _gone_part(older.tables, gone, known, after.published)
        parts.append(part)
        seen = _concat([seen, gone])
        known = _concat([known, part.relations["id"]])
    statements = pa.concat_tables([part.statements for part in parts]).cast(STATEMENTS)
    return DatasetTables(
        statements=_with_seen(statements, editions),
        relations=pa.concat_tables([part.relations for part in parts]).cast(RELATIONS),
        evidence=pa.concat_tables([part.evidence for part in parts]).cast(EVIDENCE),
        name=newest.name,
    )


def _other_formats(editions: Sequence[Edition]) -> list[DatasetTables]:
    """What the newest version of each other format states beyond the newest version of all."""
    newest = editions[-1]
    others = {each.format: each for each in editions if each.format != newest.format}
    standing = pc.unique(newest.tables.statements["entity_id"])
    pairs = _keys(newest.tables.statements, ("entity_id", "prop"))
    known = pc.unique(newest.tables.relations["id"])
    found = []
    for _, other in sorted(others.items()):
        older = other.tables
        relations = older.relations.filter(
            pc.and_(
                pc.and_(_among(older.relations["source"], standing),
                        _among(older.relations["target"], standing)),
                pc.invert(_among(older.relations["id"], known)),
            )
        )  # fmt: skip
        kept = pc.unique(relations["id"])
        fresh = pc.invert(_among(_keys(older.statements, ("entity_id", "prop")), pairs))
        owned = _concat([_without(_owned_by(older.statements, standing), standing), kept])
        wanted = pc.or_(
            pc.and_(_among(older.statements["entity_id"], standing), fresh),
            _among(older.statements["entity_id"], owned),
        )
        part = DatasetTables(
            older.statements.filter(wanted), relations,
            older.evidence.filter(_among(older.evidence["relation_id"], kept)),
        )  # fmt: skip
        found.append(part)
        pairs = _concat([pairs, _keys(part.statements, ("entity_id", "prop"))])
        known = _concat([known, kept])
    return found


def _owned_by(statements: pa.Table, parties: pa.Array) -> pa.Array:
    """Ids of sanction records and documents of these parties."""
    prop = _text(statements["prop"])
    of_party = pc.and_(pc.is_in(prop, pa.array(_OWNERS)), _among(statements["value"], parties))
    return pc.unique(statements.filter(of_party)["entity_id"])


def _gone_part(
    older: DatasetTables, gone: pa.Array, known: pa.Array, ended: str | None
) -> DatasetTables:
    """What an older version states of those who are gone since."""
    ends = pc.or_(_among(older.relations["source"], gone), _among(older.relations["target"], gone))
    relations = older.relations.filter(
        pc.and_(ends, pc.invert(_among(older.relations["id"], known)))
    )
    kept = pc.unique(relations["id"])
    # A relation's own statements vanish with it unless it is kept.
    dropped = _without(pc.unique(older.relations["id"]), kept)
    statements = older.statements.filter(
        _among(older.statements["entity_id"], _without(gone, dropped))
    )
    evidence = older.evidence.filter(_among(older.evidence["relation_id"], kept))
    return DatasetTables(
        _ended(statements, ended, "absent from the next version"), relations, evidence
    )


def find_listed(tables: DatasetTables) -> pa.Array:
    """Ids of the parties of sanction records that have no end."""
    rows = _sanctions(tables.statements)
    over = rows.filter(pc.equal(_text(rows["prop"]), "endDate"))["entity_id"]
    standing = rows.filter(
        pc.and_(pc.equal(_text(rows["prop"]), "entity"),
                pc.invert(_among(rows["entity_id"], over)))
    )  # fmt: skip
    return pc.unique(standing["value"])


def end_relayed(tables: DatasetTables, lists: Mapping[str, tuple[pa.Array, str]]) -> DatasetTables:
    """A relaying list's tables, where the lists that it repeats decide who is on them.

    Args:
        lists: By the words by which a sanction record names its list (`publisher`): the parties
            who are on the list itself, and the day on which it was published.
    """
    statements = tables.statements
    rows = _sanctions(statements)
    prop = _text(rows["prop"])
    for name, (parties, day) in sorted(lists.items()):
        named = rows.filter(pc.and_(pc.equal(prop, "publisher"), pc.equal(rows["value"], name)))
        of_list = rows.filter(
            pc.and_(pc.equal(prop, "entity"), _among(rows["entity_id"], named["entity_id"]))
        )
        off = of_list.filter(pc.invert(_among(of_list["value"], parties)))["entity_id"]
        ending = statements.filter(_among(statements["entity_id"], off))
        ended = _ended(ending, day, "not on the list itself").slice(ending.num_rows)
        statements = pa.concat_tables([statements, ended])
    return DatasetTables(
        statements.cast(STATEMENTS), tables.relations, tables.evidence, tables.name
    )


def weaken_relayed(tables: DatasetTables, own: DatasetTables) -> DatasetTables:
    """A relaying list's tables, in which a name is no stronger than on the list itself.

    A list that repeats others prints weak aliases among the strong ones; the list itself marks
    them.
    """
    statements = tables.statements
    names = ("entity_id", "value")
    weak = own.statements.filter(pc.equal(_text(own.statements["prop"]), "weakAlias"))
    prop = _text(statements["prop"])
    strong = pc.is_in(prop, value_set=pa.array(["alias", "previousName"]))
    to_weaken = pc.and_(strong, _among(_keys(statements, names), _keys(weak, names)))
    field = STATEMENTS.field("prop")
    column = pc.if_else(to_weaken, "weakAlias", prop).dictionary_encode().cast(field.type)
    at = STATEMENTS.get_field_index("prop")
    return DatasetTables(
        statements.set_column(at, field, column), tables.relations, tables.evidence, tables.name
    )


def _sanctions(statements: pa.Table) -> pa.Table:
    return statements.filter(pc.equal(_text(statements["schema"]), "Sanction"))


def _ended(table: pa.Table, day: str | None, origin: str) -> pa.Table:
    """The statements, and behind them an end for every sanction record that has none."""
    if day is None:
        return table
    rows = _sanctions(table)
    prop = _text(rows["prop"])
    stated = rows.filter(pc.equal(prop, "endDate"))["entity_id"]
    open_rows = rows.filter(
        pc.and_(pc.equal(prop, "entity"), pc.invert(_among(rows["entity_id"], stated)))
    )
    size = open_rows.num_rows
    for name, value in (
        ("prop", "endDate"), ("prop_type", "date"), ("value", day), ("original_value", None),
        ("origin", origin), ("first_seen", None), ("last_seen", None),
    ):  # fmt: skip
        field = STATEMENTS.field(name)
        column = pa.repeat(pa.scalar(value, pa.string()), size).cast(field.type)
        open_rows = open_rows.set_column(STATEMENTS.get_field_index(name), field, column)
    return pa.concat_tables([table.cast(STATEMENTS), open_rows.cast(STATEMENTS)])


def _with_seen(table: pa.Table, editions: Sequence[Edition]) -> pa.Table:
    """First and last publication in which each statement stands."""
    names = ("entity_id", "prop", "value")
    keys = _keys(table, names)
    first = last = pa.nulls(table.num_rows, pa.string())
    found = [_among(keys, _keys(each.tables.statements, names)) for each in editions]
    days = [pa.scalar(each.published, pa.string()) for each in editions]
    for within, day in zip(found, days, strict=True):
        last = pc.if_else(within, day, last)
    for within, day in zip(reversed(found), reversed(days), strict=True):
        first = pc.if_else(within, day, first)
    for name, column in (("first_seen", first), ("last_seen", last)):
        position = STATEMENTS.get_field_index(name)
        table = table.set_column(position, STATEMENTS.field(name), column.dictionary_encode())
    return table


def _text(column: pa.ChunkedArray) -> pa.Array:
    return _concat([column]).cast(pa.string())


def _keys(table: pa.Table, names: Iterable[str]) -> pa.Array:
    return pc.binary_join_element_wise(*(_text(table[name]) for name in names), _SEPARATOR)


def _concat(columns: Sequence[pa.Array | pa.ChunkedArray]) -> pa.Array:
    """Several columns as one array: what is computed on it is no chunked array by surprise."""
    chunks = [
        chunk
        for column in columns
        for chunk in (column.chunks if isinstance(column, pa.ChunkedArray) else [column])
    ]
    return pa.concat_arrays(chunks) if chunks else pa.array([], pa.string())


def _among(column: pa.Array | pa.ChunkedArray, wanted: pa.Array | pa.ChunkedArray) -> pa.Array:
    return pc.is_in(_concat([column]), value_set=_concat([wanted]))


def _without(ids: pa.Array, known: pa.Array) -> pa.Array:
    return ids.filter(pc.invert(_among(ids, known)))
