"""Staged versions written by the tests: statements as (entity, schema, property, value)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from graph.statements import Assertion, DatasetVersion, Provenance, Relation, StatementWriter

Row = tuple[str, str, str, str]
Stated = tuple[Relation, Assertion]


def stage(folder: Path, rows: Iterable[Row], relations: Iterable[Stated] = ()) -> Path:
    """Write the three tables into a new folder."""
    version = DatasetVersion("some_list", folder.name, "2024-01-01", "2024-01-02T00:00:00", {})
    writer = StatementWriter(version)
    where = Provenance("1", f"{folder.name}.csv:1")
    for entity_id, schema, prop, value in rows:
        if prop == "id":
            writer.add_entity(entity_id, schema, where)
        else:
            writer.add(entity_id, schema, prop, value, where)
    for relation, assertion in relations:
        writer.add_relation(relation, assertion, where)
    folder.mkdir(parents=True)
    writer.write(folder)
    return folder


def link(key: str, owner: str, asset: str, *, role: str = "owner", by: str = "Gazette") -> Stated:
    """An ownership that one source states."""
    return Relation(key, "link", "Ownership", owner, asset, role), Assertion(by)
