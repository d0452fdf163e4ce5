"""Loads a snapshot into Neo4j, or only what changed since the one that is there.

Every row in the database carries a digest of what was written. Loading compares digests, writes
what differs and deletes what vanished, so it can be killed at any moment and started again: the
node `(:CuibonoSnapshot)` says `loading` until all of it is there, and until then no query answers.
Of two loads at once the one that began later goes on, the other is refused.
Labels and properties that people add to parties are theirs: labels stay, properties go with the
next change of the party.
"""

from __future__ import annotations

import json
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol, TypeVar

from graph.columns import LinkRow, NodeRow
from graph.errors import ConfigurationError
from graph.model import Entity, Event, Link
from graph.neo4j import schema
from graph.neo4j.connection import Auth, Connection, Statement
from graph.neo4j.rows import (
    ASIDE_COLUMNS,
    LINK_COLUMNS,
    PARTY_COLUMNS,
    Row,
    event_row,
    link_row,
    party_asides,
    party_row,
)

BATCH = 1000  # rows of one transaction: a few MB with their records
T = TypeVar("T")
Progress = Callable[[str, int], None]

_FOREIGN = "MATCH (n:Entity) WHERE n.digest IS NULL RETURN n.id LIMIT 1"
_PARTIES = "MATCH (n:Entity) RETURN n.id, n.digest, n.slots"
_ASIDES = "MATCH (n:Aside) RETURN n.key, n.digest"
_LINKS = f"""
MATCH (:Entity)-[r:{schema.ANY_LINK}]->(:Entity) WHERE r.digest IS NOT NULL
RETURN r.id, r.digest, elementId(r)
"""
_BEGIN = """
MERGE (s:CuibonoSnapshot {key: 'snapshot'})
SET s.state = 'loading', s.loading = $id, s.loader = $loader
"""
# Locks the node until the transaction ends, so that a load cannot write after a later one began.
_STILL_OURS = """
MATCH (s:CuibonoSnapshot {key: 'snapshot'}) WHERE s.loader = $loader
SET s.loader = $loader
RETURN s.loader
"""
_READY = """
MERGE (s:CuibonoSnapshot {key: 'snapshot'})
SET s.state = 'ready', s.id = $id, s.dataset_codes = $codes,
    s.loading = NULL, s.loader = NULL
"""


def _set(name: str, columns: tuple[str, ...]) -> str:
    values = ", ".join(f"`{each}`: row[0][{index}]" for index, each in enumerate(columns))
    return f"SET {name} = {{{values}}}"


# A row is [values by column, labels, ends, …].
_WRITE_PARTIES = f"""
UNWIND $rows AS row
MERGE (n:Entity {{id: row[0][0]}})
{_set("n", PARTY_COLUMNS)}
REMOVE n:$([each IN labels(n) WHERE each IN $known AND NOT each IN row[1]])
SET n:$(row[1])
"""
_DELETE_PARTIES = "UNWIND $rows AS row MATCH (n:Entity {id: row}) DETACH DELETE n"
_WRITE_SLOTS = "UNWIND $rows AS row MATCH (n:Entity {id: row[0]}) SET n.slots = row[1]"
_WRITE_LINKS = f"""
UNWIND $rows AS row
MATCH (a:Entity {{id: row[2][0]}}) MATCH (b:Entity {{id: row[2][1]}})
CREATE (a)-[r:$(row[1][0])]->(b)
{_set("r", LINK_COLUMNS)}
"""
_DELETE_LINKS = "UNWIND $rows AS row MATCH ()-[r]->() WHERE elementId(r) = row DELETE r"
# Attached anew when rewritten: what stands aside belongs to one party for as long as its key lasts.
_WRITE_ASIDES = f"""
UNWIND $rows AS row
MATCH (owner:Entity {{id: row[2][0]}})
CREATE (owner)-[:$(row[3])]->(n:Aside:$(row[1]))
{_set("n", ASIDE_COLUMNS)}
"""
_DELETE_ASIDES = "UNWIND $rows AS row MATCH (n:Aside {key: row}) DETACH DELETE n"


class Loadable(Protocol):
    """What can be loaded: an opened snapshot."""

    @property
    def snapshot(self) -> str:
        """Its id."""
        ...

    @property
    def dataset_codes(self) -> dict[str, int]:
        """Bit of each dataset."""
        ...

    def iter_nodes(self) -> Iterator[tuple[Entity, NodeRow]]:
        """Every entity with its row."""
        ...

    def iter_links(self) -> Iterator[tuple[Link, LinkRow]]:
        """Every link with its row: claims and identities too."""
        ...

    def iter_events(self) -> Iterator[Event]:
        """Every event once."""
        ...


@dataclass
class LoadSummary:
    """What one load wrote and deleted, by sort: parties, links, asides."""

    snapshot: str
    written: Counter[str] = field(default_factory=Counter)
    deleted: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


def load_snapshot(
    snapshot: Loadable,
    uri: str,
    auth: Auth = None,
    *,
    database: str | None = None,
    progress: Progress | None = None,
) -> LoadSummary:
    """Make a database hold exactly one snapshot.

    Args:
        snapshot: The snapshot.
        uri: Bolt URI.
        auth: User and password, None for a server without authentication.
        database: Name of the database, None for the server's default one.
        progress: Called with the sort of rows and how many of them have been looked at.

    Raises:
        ConfigurationError: When the database holds entities that are not ours.
        StoreUnavailable: When the server does not answer; load again to complete it.
    """
    began = time.monotonic()
    with Connection.open(uri, auth, database=database) as connection:
        loader = _Loader(connection, LoadSummary(snapshot.snapshot), progress or _silent)
        loader.run(snapshot)
    loader.summary.seconds = time.monotonic() - began
    return loader.summary


def _silent(_sort: str, _count: int) -> None:
    return None


class _Loader:
    """One load. Parties first, because links and asides are attached to them."""

    def __init__(self, connection: Connection, summary: LoadSummary, progress: Progress) -> None:
        self.summary = summary
        self._connection = connection
        self._progress = progress
        self._loader = uuid.uuid4().hex

    def run(self, snapshot: Loadable) -> None:
        connection = self._connection
        if connection.read((_FOREIGN, {}))[0]:
            raise ConfigurationError(
                f"The database at {connection.uri} holds :Entity nodes that cuibono did not write; "
                "give cuibono a database of its own."
            )
        connection.write((_BEGIN, {"id": snapshot.snapshot, "loader": self._loader}))
        connection.define(schema.STRUCTURE)
        parties = {key: (digest, slots) for key, digest, slots in connection.stream(_PARTIES)}
        asides = dict(connection.stream(_ASIDES))
        gone = self._load_parties(snapshot, parties, asides)
        slots = self._load_links(snapshot, asides)
        self._load_asides((event_row(each) for each in snapshot.iter_events()), asides)
        self._delete("asides", _DELETE_ASIDES, asides)
        self._delete("parties", _DELETE_PARTIES, gone)
        self._write_slots(parties, slots)
        codes = json.dumps(snapshot.dataset_codes, sort_keys=True)
        self._write((_READY, {"id": snapshot.snapshot, "codes": codes}))

    def _write(self, *statements: Statement) -> None:
        self._connection.write(*statements, require=(_STILL_OURS, {"loader": self._loader}))

    def _load_parties(
        self,
        snapshot: Loadable,
        present: dict[str, tuple[str, int | None]],
        asides: dict[str, str],
    ) -> list[str]:
        """Write changed parties and their asides; ids of those that vanished.

        Leaves in `present` the parties that stand as they were, and in `asides` what is not seen.
        """
        seen: set[str] = set()
        for batch in _batches(snapshot.iter_nodes()):
            rows = [party_row(entity, facts) for entity, facts in batch]
            seen |= {row.key for row in rows}
            changed = [row for row in rows if (present.get(row.key) or (None,))[0] != row.digest]
            if changed:
                self._write(
                    (
                        _WRITE_PARTIES,
                        {"rows": _pack(changed, PARTY_COLUMNS), "known": schema.PARTY_LABELS},
                    )
                )
                for row in changed:  # rewritten whole: its number of link ends went with it
                    present.pop(row.key, None)
            self._count("parties", len(rows), len(changed))
            self._load_asides((row for entity, _ in batch for row in party_asides(entity)), asides)
        return [key for key in present if key not in seen]

    def _load_links(self, snapshot: Loadable, asides: dict[str, str]) -> Counter[str]:
        """Write changed links and delete vanished ones; the number of link ends of each party."""
        present: dict[str, list[str]] = {}
        doubled: list[str] = []
        for key, digest, element in self._connection.stream(_LINKS):
            if key in present:
                doubled.append(element)
            else:
                present[key] = [digest, element]
        slots: Counter[str] = Counter()
        for batch in _batches(snapshot.iter_links()):
            slots.update(end for link, _ in batch for end in (link.source, link.target))
            rows = [link_row(link, facts) for link, facts in batch]
            self._load_asides((row for row, aside in rows if aside), asides)
            changed, old = [], []
            for row, aside in rows:
                if aside:
                    continue
                digest, element = present.pop(row.key, (None, None))
                if digest != row.digest:
                    changed.append(row)
                    old += [element] if element else []
            if changed:
                self._write(
                    (_DELETE_LINKS, {"rows": old}),
                    (_WRITE_LINKS, {"rows": _pack(changed, LINK_COLUMNS)}),
                )
            self._count("links", sum(not aside for _, aside in rows), len(changed))
        vanished = [element for _, element in present.values()]
        self._delete("links", _DELETE_LINKS, vanished + doubled)
        return slots

    def _load_asides(self, rows: Iterable[Row], present: dict[str, str]) -> None:
        """Write changed asides; `present` keeps those that have not been seen."""
        for batch in _batches(rows):
            changed, old = [], []
            for row in batch:
                digest = present.pop(row.key, None)
                if digest != row.digest:
                    changed.append(row)
                    old += [row.key] if digest else []
            if changed:
                self._write(
                    (_DELETE_ASIDES, {"rows": old}),
                    (_WRITE_ASIDES, {"rows": _pack(changed, ASIDE_COLUMNS)}),
                )
            self._count("asides", len(batch), len(changed))

    def _delete(self, sort: str, statement: str, keys: Iterable[str]) -> None:
        for batch in _batches(keys):
            self._write((statement, {"rows": batch}))
            self.summary.deleted[sort] += len(batch)

    def _write_slots(
        self, present: Mapping[str, tuple[str, int | None]], slots: Counter[str]
    ) -> None:
        known = {key: number for key, (_, number) in present.items()}
        changed = [[key, count] for key, count in slots.items() if known.get(key) != count]
        changed += [[key, 0] for key, number in known.items() if number and key not in slots]
        for batch in _batches(changed):
            self._write((_WRITE_SLOTS, {"rows": batch}))

    def _count(self, sort: str, looked_at: int, changed: int) -> None:
        self.summary.written[sort] += changed
        self.summary.unchanged[sort] += looked_at - changed
        self._progress(sort, self.summary.written[sort] + self.summary.unchanged[sort])


def _pack(rows: Iterable[Row], columns: tuple[str, ...]) -> list[list[Any]]:
    """Rows as the statements read them; the last value is how an aside is attached."""
    return [
        [row.values(columns), row.labels, row.ends, schema.ATTACHED_BY.get(row.labels[0])]
        if row.labels
        else [row.values(columns), (), row.ends, None]
        for row in rows
    ]


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch
