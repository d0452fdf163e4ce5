"""The embedded backend: a snapshot's mapped arrays and record store behind `Network`."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from graph.columns import LinkRow, NodeRow
from graph.compose import as_known
from graph.embedded.csr import LINK_DTYPES, NODE_DTYPES, Csr
from graph.embedded.engine import CsrEngine
from graph.embedded.store import RecordStore
from graph.model import Entity, Event, Link
from graph.neighbours import page_of_neighbours
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
from graph.rules import Executed, Listed, Routes, Rule, Scope, make_tiers

RECORDS = "records.sqlite"
CODES = "dataset_codes.json"


class EmbeddedNetwork:
    """A snapshot that can be asked. Read-only; safe to share between threads."""

    executed: Executed = "embedded"

    def __init__(self, directory: Path, snapshot: str) -> None:
        self._snapshot = snapshot
        self._store = RecordStore(directory / RECORDS)
        codes: dict[str, int] = json.loads((directory / CODES).read_text(encoding="utf-8"))
        self.engine = CsrEngine(Csr.open(directory / "csr"), self._store, codes)

    @property
    def snapshot(self) -> str:
        """Id of the snapshot."""
        return self._snapshot

    @property
    def dataset_codes(self) -> dict[str, int]:
        """Bit of each dataset."""
        return self.engine.dataset_codes

    def close(self) -> None:
        """Close the record store; the maps go with their arrays."""
        self._store.close()

    # -- records ------------------------------------------------------------------------------

    def get_entity(self, entity_id: str) -> Entity | None:
        """An entity by its id or one that was merged into it; None when absent."""
        index = self._store.find(entity_id)
        if index is None:
            return None
        name = self._store.name(index)
        return self._store.entities([name])[name]

    def get_entities(self, entity_ids: Iterable[str]) -> Mapping[str, Entity]:
        """Entities by id; absent ones are left out."""
        return self._store.entities(entity_ids)

    def get_link(self, link_id: str) -> Link | None:
        """A link or claim by id; None when absent."""
        return self._store.link(link_id)

    def get_events(self, entity_id: str) -> list[Event]:
        """Events that name the entity, earliest first."""
        return self._store.events(entity_id)

    def get_claims(self, entity_id: str) -> list[Link]:
        """Claims and refuted links that name the entity, by id."""
        return self._store.claims(entity_id)

    def iter_entities(self) -> Iterator[Entity]:
        """Every entity, in order of id."""
        return self._store.iter_entities()

    def iter_nodes(self) -> Iterator[tuple[Entity, NodeRow]]:
        """Every entity with its row, in order of id."""
        nodes = self.engine.csr.nodes
        for index, entity in enumerate(self._store.iter_entities()):
            yield entity, NodeRow(*(nodes[name][index].item() for name in NODE_DTYPES))

    def iter_links(self) -> Iterator[tuple[Link, LinkRow]]:
        """Every link and claim with its row, in order of id."""
        links = self.engine.csr.links
        for index, link in enumerate(self._store.iter_links()):
            yield link, LinkRow(*(links[name][index].item() for name in LINK_DTYPES))

    def iter_events(self) -> Iterator[Event]:
        """Every event once, in order of id."""
        return self._store.iter_events()

    # -- queries ------------------------------------------------------------------------------

    def paths(self, query: PathQuery) -> PathAnswer:
        """Connections between two sets of entities: see `Network.paths`."""
        return answer_paths(self, query)

    def nearest(self, query: NearestQuery) -> NearestAnswer:
        """The nearest listed parties: see `Network.nearest`."""
        return answer_nearest(self, query)

    def neighbours(self, query: NeighbourQuery) -> NeighbourAnswer:
        """The entities one link away: see `Network.neighbours`."""
        (source,) = self.require_nodes([query.source])
        query = query.model_copy(update={"source": source})
        policy = HubPolicy(lift=tuple(PolicyRule))
        rule = make_tiers(query.filters, policy)[-1]
        csr = self.engine.csr
        index = self.engine.require(source)
        row = np.unique(csr.adj[csr.ptr[index] : csr.ptr[index + 1]])
        names = [self._store.name(int(each)) for each in row]
        between = self.links_between([(source, name) for name in names], rule)
        found = {link.id: link for links in between.values() for link in links}
        for link in self._identity_links(index, rule):
            found[link.id] = link
        entities = self.get_entities([source, *names])
        degrees = {
            name: int(csr.ptr[each + 1] - csr.ptr[each])
            for name, each in zip(names, row.tolist(), strict=True)
        }
        links = [as_known(link, rule, entities) for _, link in sorted(found.items())]
        return page_of_neighbours(
            query, links, entities, degrees, executed=self.executed, snapshot=self._snapshot
        )

    def _identity_links(self, index: int, rule: Rule) -> list[Link]:
        filters = rule.filters
        if "SameAs" in filters.types_deny or "SameAs" not in (filters.types_allow or ("SameAs",)):
            return []
        csr = self.engine.csr
        usable = [
            each
            for each in self.engine.rules.usable_identities(rule)
            if index in (csr.source[each], csr.target[each])
        ]
        return list(self._store.links(usable).values())

    # -- what graph.paths needs of a backend --------------------------------------------------

    def require_nodes(self, entity_ids: Sequence[str]) -> tuple[str, ...]:
        """Ids of existing nodes, merged ids replaced by the ones that stand."""
        found = [self._store.name(self.engine.require(each)) for each in entity_ids]
        return tuple(dict.fromkeys(found))

    def find_routes(
        self, sources: Sequence[str], targets: Sequence[str], rule: Rule, scope: Scope
    ) -> Routes:
        """Simple routes between two sets of nodes."""
        return self.engine.find_routes(sources, targets, rule, scope)

    def find_listed(self, source: str, lists: Sequence[str], rule: Rule, scope: Scope) -> Listed:
        """Listed nodes by distance."""
        return self.engine.find_listed(source, lists, rule, scope)

    def links_between(
        self, pairs: Iterable[tuple[str, str]], rule: Rule
    ) -> Mapping[tuple[str, str], list[Link]]:
        """Usable links of each pair, in order of link id."""
        wanted = list(pairs)
        indices = self.engine.usable_links(wanted, rule)
        links = self._store.links(each for found in indices for each in found)
        return {
            pair: [links[each] for each in found]
            for pair, found in zip(wanted, indices, strict=True)
        }

    def find_identities(self, left: str, right: str, rule: Rule) -> list[Link]:
        """The identity links that join two nodes of one cluster, a shortest chain of them."""
        csr = self.engine.csr
        steps: dict[int, list[tuple[int, int]]] = {}
        for each in self.engine.rules.usable_identities(rule):
            source, target = int(csr.source[each]), int(csr.target[each])
            steps.setdefault(source, []).append((target, each))
            steps.setdefault(target, []).append((source, each))
        start, end = self.engine.require(left), self.engine.require(right)
        came: dict[int, tuple[int, int] | None] = {start: None}
        queue = deque([start])
        while queue and end not in came:
            here = queue.popleft()
            for there, each in sorted(steps.get(here, [])):
                if there not in came:
                    came[there] = (here, each)
                    queue.append(there)
        chain: list[int] = []
        step = came.get(end)
        while step is not None:
            chain.append(step[1])
            step = came[step[0]]
        links = self._store.links(chain)
        return [links[each] for each in reversed(chain)]

    def cluster_of(self, entity_id: str, rule: Rule) -> Sequence[str]:
        """Ids of the nodes that count as this one under the rule, itself included."""
        index = self.engine.require(entity_id)
        members = self.engine.rules.clusters(rule).all_of(index)
        return [self._store.name(each) for each in members]
