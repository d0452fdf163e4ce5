"""The Neo4j backend: one loaded database behind `Network`.

The question's meaning, ranking and words are those of `graph.paths` and `graph.neighbours`, so that
an answer differs from the embedded backend's in `executed` and `explored` alone. No answer mixes
two snapshots: what is loaded is read before and after, and a difference refuses the answer.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from graph.compose import as_known
from graph.errors import StoreUnavailable
from graph.model import Entity, Event, Link
from graph.neighbours import page_of_neighbours
from graph.neo4j.connection import STATE, Auth, Connection
from graph.neo4j.engine import Neo4jEngine
from graph.neo4j.native import NativeSearch
from graph.neo4j.source import Neo4jSource
from graph.network import (
    HubPolicy,
    NearestAnswer,
    NearestQuery,
    NeighbourAnswer,
    NeighbourQuery,
    PathAnswer,
    PathQuery,
    PolicyRule,
)
from graph.paths import answer_nearest, answer_paths
from graph.rules import make_tiers


class Neo4jNetwork:
    """A database that a snapshot was loaded into. Read-only; safe to share between threads."""

    def __init__(self, connection: Connection, expected: str | None = None) -> None:
        self._connection = connection
        self._expected = expected
        self._native = NativeSearch(connection)
        self._lock = threading.Lock()
        self._loaded: tuple[str, Neo4jSource] | None = None

    @classmethod
    def open(
        cls,
        uri: str,
        auth: Auth = None,
        expected: str | None = None,
        *,
        database: str | None = None,
    ) -> Neo4jNetwork:
        """Connect to a loaded database.

        Args:
            uri: Bolt URI.
            auth: User and password, None for a server without authentication.
            expected: Id of the snapshot that must be loaded, None to take what there is.
            database: Name of the database, None for the server's default one.

        Raises:
            ConfigurationError: When the driver is absent or the URI malformed.
            StoreUnavailable: When the server does not answer, nothing or another snapshot is
                loaded, or loading has not finished.
        """
        network = cls(Connection.open(uri, auth, database=database), expected)
        try:
            network._require_source()
        except BaseException:
            network.close()
            raise
        return network

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def __enter__(self) -> Neo4jNetwork:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def snapshot(self) -> str:
        """Id of the snapshot that is loaded."""
        return self._require_source()[0]

    # -- records ------------------------------------------------------------------------------

    def get_entity(self, entity_id: str) -> Entity | None:
        """An entity by its id or one that was merged into it; None when absent."""
        with self._answering() as (_, source):
            found = source.get_entities([entity_id])
            if not found:
                found = source.get_entities(source.find_merged([entity_id]).values())
            return next(iter(found.values()), None)

    def get_entities(self, entity_ids: Iterable[str]) -> Mapping[str, Entity]:
        """Entities by id; absent ones are left out."""
        with self._answering() as (_, source):
            return source.get_entities(entity_ids)

    def get_link(self, link_id: str) -> Link | None:
        """A link or claim by id; None when absent."""
        with self._answering() as (_, source):
            return source.get_link(link_id)

    def get_events(self, entity_id: str) -> list[Event]:
        """Events that name the entity, earliest first."""
        with self._answering() as (_, source):
            return source.get_events(entity_id)

    def get_claims(self, entity_id: str) -> list[Link]:
        """Claims and refuted links that name the entity, by id."""
        with self._answering() as (_, source):
            return source.get_claims(entity_id)

    # -- queries ------------------------------------------------------------------------------

    def paths(self, query: PathQuery) -> PathAnswer:
        """Connections between two sets of entities: see `Network.paths`."""
        with self._answering() as (snapshot, source):
            return answer_paths(Neo4jEngine(source, self._native, snapshot), query)

    def nearest(self, query: NearestQuery) -> NearestAnswer:
        """The nearest listed parties: see `Network.nearest`."""
        with self._answering() as (snapshot, source):
            return answer_nearest(Neo4jEngine(source, self._native, snapshot), query)

    def neighbours(self, query: NeighbourQuery) -> NeighbourAnswer:
        """The entities one link away: see `Network.neighbours`."""
        with self._answering() as (snapshot, source):
            engine = Neo4jEngine(source, self._native, snapshot)
            (entity_id,) = engine.require_nodes([query.source])
            rule = make_tiers(query.filters, HubPolicy(lift=tuple(PolicyRule)))[-1]
            links, degrees = engine.links_of(entity_id, rule)
            ends = {end for link in links for end in (link.source, link.target)}
            entities = engine.get_entities({entity_id, *ends})
            return page_of_neighbours(
                query.model_copy(update={"source": entity_id}),
                [as_known(link, rule, entities) for link in links],
                entities,
                degrees,
                executed=engine.executed,
                snapshot=snapshot,
            )

    # -- what is loaded -----------------------------------------------------------------------

    @contextmanager
    def _answering(self) -> Iterator[tuple[str, Neo4jSource]]:
        """What is loaded, for one answer; refuses it when that changed meanwhile."""
        loaded = self._require_source()
        yield loaded
        if self._require_source()[0] != loaded[0]:
            raise StoreUnavailable(
                f"Another snapshot was loaded into {self._connection.uri} meanwhile; ask again."
            )

    def _require_source(self) -> tuple[str, Neo4jSource]:
        """Id of the loaded snapshot and what reads it.

        Raises:
            StoreUnavailable: When nothing is loaded, not all of it, or another snapshot.
        """
        uri = self._connection.uri
        rows = self._connection.read((STATE, {}))[0]
        if not rows:
            raise StoreUnavailable(
                f"No snapshot is loaded into {uri}; run `cuibono build --store {uri}`."
            )
        snapshot, state, codes = rows[0]
        if state != "ready":
            raise StoreUnavailable(
                f"A snapshot is being loaded into {uri}; ask again when it has finished, or run "
                f"`cuibono build --store {uri}` if it was interrupted."
            )
        if self._expected is not None and snapshot != self._expected:
            raise StoreUnavailable(
                f"{uri} holds the snapshot {snapshot!r}, the workspace's is {self._expected!r}; "
                f"run `cuibono build --store {uri}`."
            )
        with self._lock:
            if self._loaded is None or self._loaded[0] != snapshot:
                self._loaded = (snapshot, Neo4jSource(self._connection, json.loads(codes)))
            return self._loaded
