"""What changed between two versions of one dataset, by entity and property.

An entity is changed when a value of one of its properties was added or removed, or a relation
that bears its id, or the evidence behind it. Provenance (line, digest, retrieval) is not a change.
Who is gone from a list and who *reappears* elsewhere is for entity resolution to say.

Memory: 16 bytes for each entity of the two versions, and the rows of what changed; at most
`MAX_CHANGES` changes are kept in detail, and how many more there were is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph.tables import read_column
from ingest.hashes import (
    Hashes,
    SumByKey,
    hash_rows,
    hash_texts,
    iter_batches,
    read_rows,
    sort_distinct,
)

MAX_CHANGES = 500_000  # each is a few hundred bytes
_STATEMENT = ("entity_id", "prop", "value", "original_value", "lang", "scope")
_RELATION = ("role", "start", "end", "kind", "confidence", "percentage_minimum",
             "percentage_maximum", "percentage_minimum_open", "percentage_maximum_open",
             "probability", "value", "sharers")  # fmt: skip
_EVIDENCE = ("stance", "by", "quote", "relays", "source_url", "note")
# Table -> the columns that are compared, that of the id first: the rest would double the memory.
_COMPARED = {
    "statements": _STATEMENT,
    "relations": ("id", *_RELATION),
    "evidence": ("relation_id", *_EVIDENCE),
}


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
    left_out: int = 0  # changes beyond `MAX_CHANGES`; their entities are in `changed`

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True, slots=True)
class _Tables:
    """Only the columns that are compared: the rest would double the memory."""

    statements: pa.Table
    relations: pa.Table
    evidence: pa.Table

    @classmethod
    def read(cls, directory: Path, wanted: Hashes) -> _Tables:
        """The rows of the entities whose hashes are wanted, and some others at worst."""
        return cls(*(read_rows(directory / f"{name}.parquet", columns, wanted)
                     for name, columns in _COMPARED.items()))  # fmt: skip


def compare(old: Path, new: Path) -> Delta:
    """Compare two staged directories of one dataset.

    Args:
        old: Directory of the earlier version.
        new: Directory of the later one.
    """
    wanted = _find_differing(_sum_rows(old), _sum_rows(new))
    before, after = _Tables.read(old, wanted), _Tables.read(new, wanted)
    old_ids, new_ids = _ids(before), _ids(after)
    gone = _facts(before, after)
    come = _facts(after, before)
    both = old_ids & new_ids
    values: dict[tuple[str, str], tuple[list[str], list[str]]] = {}
    for side, facts in enumerate((gone, come)):
        for entity_id, prop, value in facts:
            if entity_id in both:
                values.setdefault((entity_id, prop), ([], []))[side].append(value)
    keys = sorted(values)
    changes = tuple(
        Change(*key, tuple(sorted(values[key][0])), tuple(sorted(values[key][1])))
        for key in keys[:MAX_CHANGES]
    )
    return Delta(
        added=tuple(sorted(new_ids - old_ids)),
        removed=tuple(sorted(old_ids - new_ids)),
        changed=tuple(sorted({entity_id for entity_id, _ in keys})),
        changes=changes,
        left_out=len(keys) - len(changes),
    )


def _sum_rows(directory: Path) -> SumByKey:
    """For each entity a number that all its rows make, whatever their order."""
    sums = SumByKey()
    for name, columns in _COMPARED.items():
        for batch in iter_batches(directory / f"{name}.parquet", columns):
            sums.add(hash_texts(batch[columns[0]]), hash_rows(batch, columns))
    return sums


def _find_differing(old: SumByKey, new: SumByKey) -> Hashes:
    """The entities that only one version has, or that have other rows in it; sorted."""
    (old_keys, old_sums), (new_keys, new_sums) = old.totals(), new.totals()
    _, old_at, new_at = np.intersect1d(old_keys, new_keys, assume_unique=True, return_indices=True)
    same = old_sums[old_at] == new_sums[new_at]
    others = (np.delete(old_keys, old_at[same]), np.delete(new_keys, new_at[same]))
    return sort_distinct(np.concatenate(others))


def _ids(tables: _Tables) -> set[str]:
    ids = set(pc.unique(tables.statements["entity_id"]).to_pylist())
    return ids | set(pc.unique(tables.relations["id"]).to_pylist())


def _facts(here: _Tables, there: _Tables) -> Iterator[tuple[str, str, str]]:
    """(entity, property, value) of everything that one version states and the other does not."""
    known = set(_iter_statements(there.statements))
    for statement in dict.fromkeys(_iter_statements(here.statements)):
        if statement in known:
            continue
        entity_id, prop, value, original, lang, scope = statement
        marks = [original and f"as {original!r}", lang, scope and f"only in {scope}"]
        extra = ", ".join(mark for mark in marks if mark)
        yield entity_id, prop, f"{value} ({extra})" if extra else value
    yield from _rows(here.relations, there.relations, "id", _RELATION)
    for entity_id, _, value in _rows(here.evidence, there.evidence, "relation_id", _EVIDENCE):
        yield entity_id, "evidence", value


def _iter_statements(table: pa.Table) -> Iterator[tuple[str, ...]]:
    columns = ([cell or "" for cell in read_column(table, name)] for name in _STATEMENT)
    return zip(*columns, strict=True)


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
