"""The cleaning of a list's values, twice: in columns as a load does it, and entity by entity.

The peer is FollowTheMoney's own `StatementEntity`, which cleans each value where it is added.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import NamedTuple

from followthemoney.dataset import Dataset
from followthemoney.statement import StatementEntity

from graph.statements import (
    DatasetTables,
    DatasetVersion,
    Provenance,
    StatementWriter,
    read_column,
    require_property,
)


class Published(NamedTuple):
    """One value as the list has it."""

    entity_id: str
    schema: str
    prop: str
    value: str


def read_published(root: Path) -> list[Published]:
    """The statements of every staged dataset of a workspace, values as published.

    Where the reader itself had to turn the published text into something that can be cleaned (a
    date in words), its form is taken.
    """
    found = []
    for folder in sorted((root / "statements").glob("*/*/")):
        table = DatasetTables.read(folder).statements
        names = ("entity_id", "schema", "prop", "value", "original_value")
        columns = [read_column(table, name) for name in names]
        for entity_id, schema, prop, value, original in zip(*columns, strict=True):
            if prop != "id":
                text = original if original and _gives(schema, prop, original, value) else value
                found.append(Published(entity_id, schema, prop, text))
    return found


def _gives(schema: str, prop: str, original: str, value: str) -> bool:
    """Whether cleaning alone makes the value out of the text."""
    found = require_property(schema, prop)
    return found.type.clean(original, format=found.format) == value


def clean_in_columns(statements: list[Published]) -> int:
    """Write the statements as a load does; the number kept."""
    writer = StatementWriter(
        DatasetVersion("benchmark", "0", None, "2026-01-01T00:00:00+00:00", {})
    )
    provenance = Provenance("", "")
    for each in statements:
        writer.add(*each, provenance)
    with tempfile.TemporaryDirectory() as folder:
        rejected = writer.write(Path(folder))
    return len(statements) - len(rejected)


def clean_as_entities(statements: list[Published]) -> int:
    """Make a FollowTheMoney entity of each id; the number of statements kept."""
    dataset = Dataset.make({"name": "benchmark", "title": "Benchmark"})
    entities: dict[str, StatementEntity] = {}
    for each in statements:
        entity = entities.get(each.entity_id)
        if entity is None:
            entity = StatementEntity(dataset, {"id": each.entity_id, "schema": each.schema})
            entities[each.entity_id] = entity
        entity.add(each.prop, each.value, cleaned=False, quiet=True)
    return sum(sum(1 for _ in each._iter_stmt()) for each in entities.values())
