"""Dataset versions made in a test: statements and relations through the product's writer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from graph.statements import (
    Assertion,
    DatasetTables,
    DatasetVersion,
    Provenance,
    Relation,
    StatementWriter,
)

HERE = Provenance("1", "x.csv:1", "0" * 64)
Value = tuple[str, str, str, str]  # entity id, schema, property, value
Row = tuple[Relation, Assertion]


def version(dataset: str, published: str | None = "2020-01-01") -> DatasetVersion:
    return DatasetVersion(dataset, "v" + (published or ""), published, "2026-01-01T00:00:00Z", {})


def write(
    folder: Path,
    dataset: str,
    values: Sequence[Value],
    rows: Sequence[Row] = (),
    *,
    published: str | None = "2020-01-01",
) -> DatasetTables:
    """A dataset version, written and read back."""
    writer = StatementWriter(version(dataset, published))
    for value in values:
        writer.add(*value, HERE)
    for relation, assertion in rows:
        writer.add_relation(relation, assertion, HERE)
    place = folder / f"{dataset}-{published}"
    place.mkdir(parents=True)
    writer.write(place)
    return DatasetTables.read(place)


def party(entity_id: str, name: str, schema: str = "Organization") -> Value:
    return entity_id, schema, "name", name


def listing(number: str, holder: str, since: str = "2010-12-09") -> list[Value]:
    """A sanction record of a party, under an id of its own."""
    return [
        (number, "Sanction", "entity", holder),
        (number, "Sanction", "authority", "Office"),
        (number, "Sanction", "program", "P1"),
        (number, "Sanction", "listingDate", since),
    ]


def relation(relation_id: str, source: str, target: str, *, by: str = "A", **more: object) -> Row:
    given: dict[str, object] = {"kind": "link", "schema": "UnknownLink", **more}
    stated = {
        name: given.pop(name) for name in ("on", "stance", "declared_status") if name in given
    }
    made = Relation(relation_id, source=source, target=target, **given)  # type: ignore[arg-type]
    return made, Assertion(by, **stated)  # type: ignore[arg-type]
