"""Several versions of one dataset as one: what stands, what ended, what was seen when.

The newest version is what stands. An entity that an older version had and the newest has not stays,
with its statements as last seen; its sanction records end on the day of the first version without
it (it is *formerly listed*). A relation that vanished with one of its ends stays too; one that
vanished while both ends stand is no longer stated and goes.
"""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from graph.statements import EVIDENCE, RELATIONS, STATEMENTS, DatasetTables

Key = tuple[str, str, str]


def merge_versions(
    versions: Sequence[DatasetTables], published: Sequence[str | None]
) -> DatasetTables:
    """One table set for a dataset.

    Args:
        versions: Oldest first.
        published: Day of publication of each, None when unknown.
    """
    newest = versions[-1]
    if len(versions) == 1:
        return newest
    statements, relations, evidence = [newest.statements], [newest.relations], [newest.evidence]
    seen = set(newest.statements["entity_id"].to_pylist())
    relation_ids = set(newest.relations["id"].to_pylist())
    for index in range(len(versions) - 2, -1, -1):
        older, ended = versions[index], published[index + 1]
        ids = set(older.statements["entity_id"].to_pylist())
        gone = ids - seen
        if not gone:
            continue
        kept_relations = [
            row
            for row in older.relations.to_pylist()
            if row["id"] not in relation_ids and {row["source"], row["target"]} & gone
        ]
        kept_ids = {row["id"] for row in kept_relations}
        # A relation's own statements vanish with it unless it is kept.
        dropped = set(older.relations["id"].to_pylist()) - kept_ids
        statements.append(_ended(_where(older.statements, "entity_id", gone - dropped), ended))
        relations.append(pa.Table.from_pylist(kept_relations, schema=RELATIONS))
        evidence.append(_where(older.evidence, "relation_id", kept_ids))
        seen |= gone
        relation_ids |= kept_ids
    merged = pa.concat_tables(statements).cast(STATEMENTS)
    return DatasetTables(
        statements=_with_first_seen(merged, versions, published),
        relations=pa.concat_tables(relations).cast(RELATIONS),
        evidence=pa.concat_tables(evidence).cast(EVIDENCE),
        name=newest.name,
    )


def _where(table: pa.Table, column: str, wanted: set[str]) -> pa.Table:
    return table.filter(pc.is_in(table[column], value_set=pa.array(sorted(wanted), pa.string())))


def _ended(table: pa.Table, day: str | None) -> pa.Table:
    """The statements with an end for every sanction record that has none."""
    rows = table.to_pylist()
    stated = {row["entity_id"] for row in rows if row["prop"] == "endDate"}
    ends = [
        {
            **row,
            "prop": "endDate",
            "prop_type": "date",
            "value": day,
            "original_value": None,
            "origin": "absent from the next version",
        }
        for row in rows
        if day is not None
        and row["schema"] == "Sanction"
        and row["prop"] == "entity"
        and row["entity_id"] not in stated
    ]
    return pa.concat_tables([table, pa.Table.from_pylist(ends, schema=STATEMENTS)])


def _with_first_seen(
    table: pa.Table, versions: Sequence[DatasetTables], published: Sequence[str | None]
) -> pa.Table:
    """First and last publication in which each statement stands."""
    first: dict[Key, str | None] = {}
    last: dict[Key, str | None] = {}
    for version, day in zip(versions, published, strict=True):
        for key in _keys(version.statements):
            first.setdefault(key, day)
            last[key] = day
    keys = _keys(table)
    for name, days in (("first_seen", first), ("last_seen", last)):
        column = pa.array([days.get(key) for key in keys], pa.string())
        position = table.schema.get_field_index(name)
        table = table.set_column(position, STATEMENTS.field(name), column.dictionary_encode())
    return table


def _keys(table: pa.Table) -> list[Key]:
    columns = [table[name].to_pylist() for name in ("entity_id", "prop", "value")]
    return list(zip(*columns, strict=True))
