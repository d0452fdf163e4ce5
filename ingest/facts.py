"""What staged versions state of some entities: for showing differences by name, not by number.

A registry has millions of entities and a difference touches few: only the rows of those are read
into memory.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from followthemoney import model

from graph.tables import read_column
from ingest.hashes import Hashes, hash_texts, read_rows, sort_distinct

_STATEMENTS = ("entity_id", "schema", "prop", "prop_type", "value")
_REFERENCES = ("value", "prop", "entity_id")
# Properties by which something that is no party belongs to one, in order of preference.
_OWNERS = ("entity", "holder")


@dataclass(slots=True)
class Facts:
    """The schema and the values of one entity, as first stated."""

    id: str
    schema: str
    values: dict[str, list[str]] = field(default_factory=dict)
    references: set[str] = field(default_factory=set)  # names of the properties that name entities

    @property
    def caption(self) -> str:
        """The value that FollowTheMoney shows for such an entity, else its id."""
        schema = model.get(self.schema)
        names = schema.caption if schema else ()
        return next((self.values[name][0] for name in names if name in self.values), self.id)

    @property
    def owner(self) -> str | None:
        """The party that a sanction record, a document, an account or a wallet belongs to."""
        schema = model.get(self.schema)
        if schema is None or schema.edge:
            return None
        names = (name for name in _OWNERS if name in self.values and name in self.references)
        return next((self.values[name][0] for name in names), None)

    @property
    def is_link(self) -> bool:
        """Whether it stands between two parties."""
        schema = model.get(self.schema)
        return bool(schema and schema.edge)


@dataclass(frozen=True, slots=True)
class Ends:
    """The two ends of a relation, and what it is."""

    schema: str
    source: str
    target: str
    role: str


def read_facts(directory: Path, ids: Collection[str]) -> dict[str, Facts]:
    """What one staged version states of these entities; those that it has not are left out."""
    rows = read_rows(directory / "statements.parquet", _STATEMENTS, _numbers(ids))
    found, wanted = _gather(rows), set(ids)
    return {entity_id: facts for entity_id, facts in found.items() if entity_id in wanted}


def read_all_facts(directory: Path) -> dict[str, Facts]:
    """What one staged version states of everybody: for lists, not for registries."""
    return _gather(pq.read_table(directory / "statements.parquet", columns=list(_STATEMENTS)))


def _gather(rows: pa.Table) -> dict[str, Facts]:
    found: dict[str, Facts] = {}
    columns = (read_column(rows, name) for name in _STATEMENTS)
    for entity_id, schema, prop, prop_type, value in zip(*columns, strict=True):
        facts = found.setdefault(entity_id, Facts(entity_id, schema))
        if prop == "id":
            continue
        values = facts.values.setdefault(prop, [])
        if value not in values:
            values.append(value)
        if prop_type == "entity":
            facts.references.add(prop)
    return found


def read_ends(directory: Path, ids: Collection[str]) -> dict[str, Ends]:
    """The relations of these ids in one staged version."""
    columns = ("id", "schema", "source", "target", "role")
    rows = read_rows(directory / "relations.parquet", columns, _numbers(ids))
    wanted = set(ids)
    cells = zip(*(read_column(rows, name) for name in columns), strict=True)
    return {relation: Ends(*rest) for relation, *rest in cells if relation in wanted}


def find_residents(directory: Path, addresses: Collection[str]) -> dict[str, str]:
    """Address entity -> the first party that has it, in one staged version."""
    rows = read_rows(directory / "statements.parquet", _REFERENCES, _numbers(addresses))
    wanted, found = set(addresses), dict[str, str]()
    cells = zip(*(read_column(rows, name) for name in _REFERENCES), strict=True)
    for value, prop, entity_id in cells:
        if prop == "addressEntity" and value in wanted:
            found.setdefault(value, entity_id)
    return found


def _numbers(ids: Iterable[str]) -> Hashes:
    return sort_distinct(hash_texts(pa.array(list(ids), pa.string())))
