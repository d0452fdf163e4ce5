"""Point look-ups of a snapshot: entities, links and events as JSON in one SQLite file.

Written once (`writer`), opened read-only and immutable; a row number is the index in the arrays of
`csr`.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from graph.errors import StoreUnavailable
from graph.model import Entity, Event, Link

_CHUNK = 500
T = TypeVar("T")


class _Handle:
    """One thread's connection; closed when the thread or the store goes."""

    def __init__(self, uri: str) -> None:
        self.connection = sqlite3.connect(uri, uri=True, check_same_thread=False)

    def __del__(self) -> None:
        self.connection.close()


class RecordStore:
    """Reads records of one snapshot. Safe to share: each thread has a connection of its own."""

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise StoreUnavailable(f"{path} is missing; run `cuibono build` again.")
        self._uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        self._local = threading.local()

    def _connection(self) -> sqlite3.Connection:
        handle: _Handle | None = getattr(self._local, "handle", None)
        if handle is None:
            handle = self._local.handle = _Handle(self._uri)
        return handle.connection

    def close(self) -> None:
        """Close the connections of all threads; a later question opens one again."""
        self._local = threading.local()

    def find(self, entity_id: str) -> int | None:
        """Index of a node, by its id or one that was merged into it; None when absent."""
        row = self._connection().execute(
            "SELECT position FROM node WHERE id = ?"
            " UNION ALL SELECT position FROM node"
            " JOIN referent ON node.id = referent.entity WHERE referent.id = ? LIMIT 1",
            (entity_id, entity_id),
        ).fetchone()  # fmt: skip
        return None if row is None else int(row[0])

    def name(self, index: int) -> str:
        """Id of a node."""
        row = self._connection().execute("SELECT id FROM node WHERE position = ?", (index,))
        return str(row.fetchone()[0])

    def entities(self, entity_ids: Iterable[str]) -> dict[str, Entity]:
        """Entities by id; absent ones are left out."""
        found: dict[str, Entity] = {}
        for chunk in _chunks(sorted(set(entity_ids))):
            marks = ",".join("?" * len(chunk))
            query = f"SELECT id, record FROM node WHERE id IN ({marks}) ORDER BY position"  # noqa: S608 - only marks
            for entity_id, record in self._connection().execute(query, chunk):
                found[entity_id] = Entity.model_validate_json(record)
        return found

    def links(self, indices: Iterable[int]) -> dict[int, Link]:
        """Links by index."""
        found: dict[int, Link] = {}
        for chunk in _chunks(sorted(set(indices))):
            marks = ",".join("?" * len(chunk))
            query = f"SELECT position, record FROM link WHERE position IN ({marks})"  # noqa: S608 - only marks
            for index, record in self._connection().execute(query, chunk):
                found[index] = Link.model_validate_json(record)
        return found

    def link(self, link_id: str) -> Link | None:
        """A link by id."""
        row = (
            self._connection()
            .execute("SELECT record FROM link WHERE id = ?", (link_id,))
            .fetchone()
        )
        return None if row is None else Link.model_validate_json(row[0])

    def events(self, entity_id: str) -> list[Event]:
        """Events that name an entity, earliest first, undated ones before."""
        rows = self._connection().execute(
            "SELECT record FROM event WHERE entity = ? ORDER BY start, id", (entity_id,)
        )
        return [Event.model_validate_json(record) for (record,) in rows]

    def claims(self, entity_id: str) -> list[Link]:
        """Claims and refuted links that name an entity, by id."""
        rows = self._connection().execute(
            "SELECT link.record FROM claim JOIN link ON link.id = claim.id"
            " WHERE claim.entity = ? ORDER BY claim.id",
            (entity_id,),
        )
        return [Link.model_validate_json(record) for (record,) in rows]

    def iter_entities(self) -> Iterator[Entity]:
        """Every entity, in order of id."""
        for (record,) in self._connection().execute("SELECT record FROM node ORDER BY position"):
            yield Entity.model_validate_json(record)

    def iter_links(self) -> Iterator[Link]:
        """Every link and claim, in order of id."""
        for (record,) in self._connection().execute("SELECT record FROM link ORDER BY position"):
            yield Link.model_validate_json(record)

    def iter_events(self) -> Iterator[Event]:
        """Every event once, in order of id."""
        rows = self._connection().execute("SELECT DISTINCT id, record FROM event ORDER BY id")
        for _, record in rows:
            yield Event.model_validate_json(record)


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
