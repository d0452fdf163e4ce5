"""The searches that `graph.paths` asks for, answered from one Neo4j database.

Made anew for each answer: what one search of an answer has fetched, the next one reuses.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence

from graph.columns import KIND_CODES, STATUS_CODES
from graph.errors import EntityNotFound
from graph.model import Entity, Link, LinkKind
from graph.neo4j.native import NativeSearch
from graph.neo4j.partial import LinkFacts, PartialNetwork
from graph.neo4j.source import Neo4jSource
from graph.rules import Executed, Listed, Routes, Rule, Scope

_STATUSES = list(STATUS_CODES)


# Beyond this a shortest path in Cypher takes seconds on a network with hubs.
NATIVE_HOPS = 8


class Neo4jEngine:
    """One answer's searches. For one thread."""

    def __init__(self, source: Neo4jSource, native: NativeSearch, snapshot: str) -> None:
        self._source = source
        self._native = native
        self._snapshot = snapshot
        self._partial = PartialNetwork(source)
        self._fetched = False

    @property
    def executed(self) -> Executed:
        """Whether Cypher alone found the routes of this answer, or kernels on fetched parts."""
        return "fetched" if self._fetched else "native"

    @property
    def snapshot(self) -> str:
        """Id of the snapshot."""
        return self._snapshot

    def require_nodes(self, entity_ids: Sequence[str]) -> tuple[str, ...]:
        """Ids of existing nodes, merged ids replaced by the ones that stand."""
        self._partial.add_nodes(entity_ids)
        unknown = [each for each in entity_ids if each not in self._partial]
        merged = self._source.find_merged(unknown) if unknown else {}
        self._partial.add_nodes(merged.values())
        found = []
        for each in entity_ids:
            stands = merged.get(each, each)
            if stands not in self._partial:
                raise EntityNotFound(each)
            found.append(stands)
        return tuple(dict.fromkeys(found))

    def find_routes(
        self, sources: Sequence[str], targets: Sequence[str], rule: Rule, scope: Scope
    ) -> Routes:
        """Simple routes between two sets of nodes."""
        if scope.max_hops <= NATIVE_HOPS and not self._usable_identities(rule):
            routes = self._native.find_shortest(sources, targets, rule, scope)
            if routes is not None:
                return routes
        self._fetched = True
        return self._partial.find_routes(sources, targets, rule, scope)

    def find_listed(self, source: str, lists: Sequence[str], rule: Rule, scope: Scope) -> Listed:
        """Listed nodes by distance."""
        self._fetched = True
        return self._partial.find_listed(source, lists, rule, scope)

    def links_between(
        self, pairs: Iterable[tuple[str, str]], rule: Rule
    ) -> Mapping[tuple[str, str], list[Link]]:
        """Usable links of each pair, in order of link id."""
        wanted = list(pairs)
        if not wanted:
            return {}
        self._partial.add_nodes(end for pair in wanted for end in pair)
        # Knowing one end whole is enough; the one with fewer links is cheaper to know.
        self._partial.expand(min(pair, key=self._partial.link_ends) for pair in wanted)
        found = self._partial.find_usable(wanted, rule)
        links = self._source.get_links(each for facts in found for each in facts)
        return {
            pair: [links[each.id] for each in facts]
            for pair, facts in zip(wanted, found, strict=True)
        }

    def links_of(self, entity_id: str, rule: Rule) -> tuple[list[Link], dict[str, int]]:
        """Usable links of one node in order of id, and how many links its neighbours have."""
        every = self._partial.links_of(entity_id)
        others = sorted({end for each in every for end in (each.source, each.target)})
        usable = self._partial.find_usable([(entity_id, each) for each in others], rule)
        facts = {each.id: each for found in usable for each in found}
        if "SameAs" in (rule.filters.types_allow or ("SameAs",)) and (
            "SameAs" not in rule.filters.types_deny
        ):
            facts |= {each.id: each for each in every if _joins(each, rule)}
        links = self._source.get_links(facts.values())
        degrees = {each: self._partial.link_ends(each) for each in others}
        return [links[each] for each in sorted(facts)], degrees

    def find_identities(self, left: str, right: str, rule: Rule) -> list[Link]:
        """The identity links that join two nodes of one cluster, a shortest chain of them."""
        came: dict[str, tuple[str, LinkFacts] | None] = {left: None}
        queue = deque([left])
        while queue and right not in came:
            here = queue.popleft()
            for there, link in sorted(self._steps(here, rule)):
                if there not in came:
                    came[there] = (here, link)
                    queue.append(there)
        chain: list[LinkFacts] = []
        step = came.get(right)
        while step is not None:
            chain.append(step[1])
            step = came[step[0]]
        links = self._source.get_links(chain)
        return [links[each.id] for each in reversed(chain)]

    def get_entities(self, entity_ids: Iterable[str]) -> Mapping[str, Entity]:
        """Entities by id."""
        return self._source.get_entities(entity_ids)

    def cluster_of(self, entity_id: str, rule: Rule) -> Sequence[str]:
        """Ids of the nodes that count as this one under the rule, itself included."""
        reached, waiting = {entity_id}, [entity_id]
        while waiting:
            for there, _ in self._steps(waiting.pop(), rule):
                if there not in reached:
                    reached.add(there)
                    waiting.append(there)
        return sorted(reached)

    def _steps(self, here: str, rule: Rule) -> list[tuple[str, LinkFacts]]:
        return [
            (link.target if link.source == here else link.source, link)
            for link in self._source.identities.get(here, ())
            if _joins(link, rule)
        ]

    def _usable_identities(self, rule: Rule) -> bool:
        every = self._source.identities.values()
        return any(_joins(link, rule) for links in every for link in links)


def _joins(link: LinkFacts, rule: Rule) -> bool:
    """Whether a link is an identity that a rule admits."""
    row = link.row
    if row.kind != KIND_CODES[LinkKind.IDENTITY]:
        return False
    probability = None if row.probability < 0 else row.probability
    return rule.usable_identity(_STATUSES[row.status], probability)
