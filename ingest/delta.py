"""What changed between two versions of one dataset, by entity and property.

An entity is changed when a value of one of its properties was added or removed, or a relation
that bears its id, or the evidence behind it. Provenance (line, digest, retrieval) is not a change.
Who is gone from a list and who *reappears* elsewhere is for entity resolution to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

_SEPARATOR = "\x1f"
_STATEMENT = ("entity_id", "prop", "value", "original_value", "lang", "scope")
_RELATION = ("role", "start", "end", "kind", "confidence", "percentage_minimum",
             "percentage_maximum", "percentage_minimum_open", "percentage_maximum_open",
             "probability", "value", "sharers")  # fmt: skip
_EVIDENCE = ("stance", "by", "quote", "relays", "source_url", "note")


@dataclass(frozen=True, slots=True)
class Change:
    """The values of one property of one entity that went and came."""

    entity_id: str
    prop: str
    removed: tuple[str, ...]
    added: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Delta:
    """Ids of entities, sorted, and what changed in those that both versions have."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True, slots=True)
class _Tables:
    """Only the columns that are compared: the rest would double the memory."""

    statements: pa.Table
    relations: pa.Table
    evidence: pa.Table

    @classmethod
    def read(cls, directory: Path) -> _Tables:
        return cls(
            pq.read_table(directory / "statements.parquet", columns=list(_STATEMENT)),
            pq.read_table(directory / "relations.parquet", columns=["id", *_RELATION]),
            pq.read_table(directory / "evidence.parquet", columns=["relation_id", *_EVIDENCE]),
        )


def compare(old: Path, new: Path) -> Delta:
    """Compare two staged directories of one dataset.

    Args:
        old: Directory of the earlier version.
        new: Directory of the later one.
    """
    before, after = _Tables.read(old), _Tables.read(new)
    old_ids, new_ids = _ids(before), _ids(after)
    gone = _facts(before, after)
    come = _facts(after, before)
    both = old_ids & new_ids
    values: dict[tuple[str, str], tuple[list[str], list[str]]] = {}
    for side, facts in enumerate((gone, come)):
        for entity_id, prop, value in facts:
            if entity_id in both:
                values.setdefault((entity_id, prop), ([], []))[side].append(value)
    changes = tuple(
        Change(entity_id, prop, tuple(sorted(removed)), tuple(sorted(added)))
        for (entity_id, prop), (removed, added) in sorted(values.items())
    )
    return Delta(
        added=tuple(sorted(new_ids - old_ids)),
        removed=tuple(sorted(old_ids - new_ids)),
        changed=tuple(sorted({change.entity_id for change in changes})),
        changes=changes,
    )


def _ids(tables: _Tables) -> set[str]:
    ids = set(pc.unique(tables.statements["entity_id"]).to_pylist())
    return ids | set(pc.unique(tables.relations["id"]).to_pylist())


def _facts(here: _Tables, there: _Tables) -> Iterator[tuple[str, str, str]]:
    """(entity, property, value) of everything that one version states and the other does not."""
    own, other = _keys(here.statements, _STATEMENT), _keys(there.statements, _STATEMENT)
    # An empty value set has no type to compare with.
    fresh = own if len(other) == 0 else own.filter(pc.invert(pc.is_in(own, value_set=other)))
    for key in fresh.unique().to_pylist():
        entity_id, prop, value, original, lang, scope = key.split(_SEPARATOR)
        marks = [original and f"as {original!r}", lang, scope and f"only in {scope}"]
        extra = ", ".join(mark for mark in marks if mark)
        yield entity_id, prop, f"{value} ({extra})" if extra else value
    yield from _rows(here.relations, there.relations, "id", _RELATION)
    for entity_id, _, value in _rows(here.evidence, there.evidence, "relation_id", _EVIDENCE):
        yield entity_id, "evidence", value


def _keys(table: pa.Table, names: Iterable[str]) -> pa.Array:
    columns = [pc.fill_null(table[name].cast(pa.string()).combine_chunks(), "") for name in names]
    return pc.binary_join_element_wise(*columns, _SEPARATOR)


def _rows(
    here: pa.Table, there: pa.Table, id_name: str, names: tuple[str, ...]
) -> Iterator[tuple[str, str, str]]:
    """Changed columns of the two small tables, as text."""
    known = set(_cells(there, id_name, names))
    for fact in dict.fromkeys(_cells(here, id_name, names)):
        if fact not in known:
            entity_id, prop, value = fact
            yield entity_id, prop, value


def _cells(table: pa.Table, id_name: str, names: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    rows: list[dict[str, Any]] = table.select([id_name, *names]).to_pylist()
    if id_name == "relation_id":  # one source is one value
        for row in rows:
            stated = [str(row[name]) for name in names if row[name] is not None]
            yield row[id_name], "evidence", " · ".join(stated)
        return
    for row in rows:
        for name in names:
            if row[name] not in (None, ""):
                yield row[id_name], name, str(row[name])
