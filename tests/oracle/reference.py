"""A slow second reading of the path rules: enumerate everything with networkx, then choose.

Nothing here is shared with `graph` but the plain values of `graph.model` and `graph.network`. Each
rule is written again from its documentation: link types, statuses, dates, `known_at`, confidence,
datasets, direction, hubs, family, widely shared values, shared principals, claims, identities.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

import networkx as nx

from graph.model import Entity, Evidence, Link, LinkKind, Status
from graph.network import Filters, HubPolicy, PolicyRule
from tests.oracle.days import Days, certain, day_range, possible

Route = tuple[tuple[str, str], ...]
UNDIRECTED = {"Associate", "Family", "Documentation"}
ORGANISATIONS = {"Organization", "Company", "LegalEntity", "PublicBody"}
BELIEF = {
    Status.CORROBORATED: 0.9,
    Status.ASSERTED: 0.7,
    Status.DISPUTED: 0.4,
    Status.SUPERSEDED: 0.2,
    Status.REFUTED: 0.05,
}
UP, DOWN, LEVEL = "up", "down", "level"


@dataclass(frozen=True)
class World:
    """A small network as plain objects."""

    entities: Mapping[str, Entity]
    links: Sequence[Link]


@dataclass(frozen=True)
class Tier:
    """One stage of a search: which statuses count, and whether claims do."""

    statuses: frozenset[Status]
    claims: bool = False


def tiers_of(filters: Filters) -> list[Tier]:
    """Undisputed links alone, then disputed ones too, then claims too."""
    asked = frozenset(filters.statuses)
    tiers = [Tier(asked - {Status.DISPUTED, Status.REFUTED})]
    if tiers[0].statuses != asked:
        tiers.append(Tier(asked))
    if filters.include_claims:
        tiers.append(Tier(asked, claims=True))
    return tiers


def status_at(link: Link, known_at: str | None) -> Status | None:
    """Status by what had been published; None: nothing that asserts it had been."""
    if known_at is None:
        return link.status
    until = day_range(known_at)[1]
    known = [each for each in link.evidence if each.on and day_range(each.on)[1] <= until]
    return status_of(known)


def status_of(evidence: Iterable[Evidence]) -> Status | None:
    """What assertions and denials amount to, where authors are plain different names."""
    said = {each.by for each in evidence if each.stance == "asserts"}
    denied = {each.by for each in evidence if each.stance == "denies"}
    if not said:
        return None
    if denied:
        return Status.REFUTED if said <= denied else Status.DISPUTED
    return Status.CORROBORATED if len(said) > 1 else Status.ASSERTED


def type_of(link: Link) -> str:
    """The name by which filters know a link."""
    if link.kind is LinkKind.DERIVED:
        words = link.role.removeprefix("shared ").replace("-", "")
        return "Shared" + words.capitalize()
    return link.schema_


def principal_of(link: Link) -> str | None:
    """The end that the other acts for; only the roles that the worlds use."""
    if link.kind in (LinkKind.DERIVED, LinkKind.IDENTITY):
        return None
    if link.schema_ == "Representation" or link.role == "outlet of":
        return link.target
    return link.source if link.role == "paid out at" else None


def belief(link: Link) -> float:
    """Stated confidence, or the convention of `graph.columns`; a denial bounds either."""
    if link.confidence is not None:
        contested = {Status.DISPUTED, Status.REFUTED, Status.SUPERSEDED}
        return min(link.confidence, BELIEF[link.status] if link.status in contested else 1)
    if link.kind is LinkKind.DERIVED:
        return 0.6 * 2 / max(link.sharers, 2)
    return BELIEF[link.status]


@dataclass
class Reference:
    """A world under one set of filters and one policy."""

    world: World
    filters: Filters
    policy: HubPolicy
    _graphs: dict[Tier, Any] = field(default_factory=dict)

    # -- identity ---------------------------------------------------------------------------

    def joins(self, link: Link) -> bool:
        """Whether an identity link makes its ends one party."""
        if link.kind is not LinkKind.IDENTITY:
            return False
        if link.status is Status.CONFIRMED:
            return True
        if link.status is not Status.PROPOSED or self.filters.doubt == 0:
            return False
        return link.probability is None or link.probability >= 1 - self.filters.doubt

    @cached_property
    def cluster(self) -> dict[str, frozenset[str]]:
        """All ids that count as one with an id."""
        same: Any = nx.Graph()
        same.add_nodes_from(self.world.entities)
        same.add_edges_from((each.source, each.target) for each in self.world.links
                            if self.joins(each))  # fmt: skip
        parts = [frozenset(part) for part in nx.connected_components(same)]
        return {member: part for part in parts for member in part}

    def same(self, sources: Sequence[str], targets: Sequence[str]) -> bool:
        """Whether a party is on both sides."""
        return any(self.cluster[a] == self.cluster[b] for a in sources for b in targets)

    # -- links ------------------------------------------------------------------------------

    def enforced(self, rule: PolicyRule) -> bool:
        """Whether a rule of the policy holds."""
        return rule not in self.policy.lift

    @cached_property
    def wide_values(self) -> set[tuple[str, str | None]]:
        """Values that too many, of too many programmes, share."""
        sharers: dict[tuple[str, str | None], int] = {}
        programs: dict[tuple[str, str | None], set[str]] = {}
        for link in self.world.links:
            if link.kind is LinkKind.DERIVED:
                key = (link.role, link.value)
                sharers[key] = max(sharers.get(key, 0), link.sharers)
                for end in (link.source, link.target):
                    programs.setdefault(key, set()).update(
                        program
                        for listing in self.world.entities[end].listings
                        if listing.until is None
                        for program in listing.programs
                    )
        return {key for key in sharers if sharers[key] > 10 and len(programs[key]) > 2}

    def admits(self, link: Link, tier: Tier) -> bool:
        """Whether a link may be a hop, whatever its direction."""
        filters = self.filters
        if link.kind is LinkKind.IDENTITY:
            return False
        status = status_at(link, filters.known_at)
        if status is None:
            return False
        if link.kind is LinkKind.CLAIM:
            if not tier.claims:
                return False
        elif status not in tier.statuses:
            return False
        kind = type_of(link)
        if (filters.types_allow and kind not in filters.types_allow) or kind in filters.types_deny:
            return False
        if filters.datasets and not set(filters.datasets) & set(link.datasets):
            return False
        if belief(link) < filters.min_confidence:
            return False
        # All evidence of these worlds is of case files: only a quotation that was found counts.
        found = [each for each in link.evidence if each.quotation == "verified"]
        if filters.verified_only and all(each.stance == "denies" for each in found):
            return False
        return self._in_time(link) and not self._context(link)

    def _in_time(self, link: Link) -> bool:
        if self.filters.as_of is not None:
            first, last = day_range(self.filters.as_of)
        elif self.filters.during is not None:
            first = day_range(self.filters.during[0])[0]
            last = day_range(self.filters.during[1])[1]
        else:
            return True
        if self.filters.certain_dates:
            days = certain(link)
            return days is not None and days[0] <= first and last <= days[1]
        held = possible(link)
        return held is not None and held[0] <= last and first <= held[1]

    def _context(self, link: Link) -> bool:
        ends = (self.world.entities[link.source], self.world.entities[link.target])
        if link.schema_ == "Family" and self.enforced(PolicyRule.FAMILY):
            return not all(end.listed for end in ends)
        if link.kind is LinkKind.DERIVED and self.enforced(PolicyRule.SHARED_VALUES):
            return (link.role, link.value) in self.wide_values
        return False

    def directed(self, link: Link) -> Iterator[tuple[str, str]]:
        """The directions in which a link may be walked."""
        undirected = link.kind is LinkKind.DERIVED or link.schema_ in UNDIRECTED
        if undirected or self.filters.direction in ("any", "out"):
            yield link.source, link.target
        if undirected or self.filters.direction in ("any", "in"):
            yield link.target, link.source

    # -- nodes ------------------------------------------------------------------------------

    @cached_property
    def degrees(self) -> dict[str, int]:
        """Parties an organisation is tied to; those below it in an agency are not counted."""
        tied: dict[str, set[str]] = {each: set() for each in self.world.entities}
        for link in self.world.links:
            if link.kind is LinkKind.RELATIONSHIP:
                principal = principal_of(link)
                if principal != link.source:
                    tied[link.source].add(link.target)
                if principal != link.target:
                    tied[link.target].add(link.source)
        return {
            each: len(others) if self.world.entities[each].schema_ in ORGANISATIONS else 0
            for each, others in tied.items()
        }

    def is_hub(self, entity_id: str) -> bool:
        """Whether an organisation may end a path but not carry one."""
        hubs = self.enforced(PolicyRule.HUBS)
        return hubs and self.degrees[entity_id] > self.policy.max_degree

    def carries(self, part: frozenset[str]) -> bool:
        """Whether a party may stand inside a path."""
        return not any(self.is_hub(each) or each in self.filters.avoid for each in part)

    # -- routes -----------------------------------------------------------------------------

    def _network(self, tier: Tier) -> Any:
        """Parties and, for each pair of their members, the ways to go (up, down, level)."""
        if tier not in self._graphs:
            ways: dict[tuple[str, str], set[str]] = {}
            for link in self.world.links:
                if self.admits(link, tier):
                    principal = principal_of(link)
                    for left, right in self.directed(link):
                        way = LEVEL if principal is None else UP if principal == right else DOWN
                        ways.setdefault((left, right), set()).add(way)
            net: Any = nx.MultiDiGraph()
            net.add_nodes_from(set(self.cluster.values()))
            for (left, right), found in ways.items():
                if self.cluster[left] != self.cluster[right]:
                    net.add_edge(self.cluster[left], self.cluster[right], (left, right), ways=found)
            self._graphs[tier] = net
        return self._graphs[tier]

    def routes(
        self, sources: Sequence[str], targets: Sequence[str], tier: Tier, max_hops: int
    ) -> set[Route]:
        """Every simple route of at most `max_hops` hops between two sets of parties."""
        net = self._network(tier)
        starts = {self.cluster[each] for each in sources}
        ends = {self.cluster[each] for each in targets}
        inside = {part for part in net if self.carries(part)} - starts - ends
        found: set[Route] = set()
        for start in starts:
            for end in ends:
                part = net.subgraph(inside | {start, end})
                for path in nx.all_simple_edge_paths(part, start, end, cutoff=max_hops):
                    if self._turns_well([net.edges[edge]["ways"] for edge in path]):
                        found.add(tuple(key for _, _, key in path))
        return found

    def _turns_well(self, hops: Sequence[set[str]]) -> bool:
        """Whether the links can be chosen so that no way up is followed by a way down."""
        if not self.enforced(PolicyRule.SHARED_PRINCIPAL):
            return True
        reachable = set(hops[0])
        for _, ways in pairwise(hops):
            reachable = {
                way for way in ways if any((last, way) != (UP, DOWN) for last in reachable)
            }
        return bool(reachable)

    def links_between(self, left: str, right: str, tier: Tier) -> list[Link]:
        """Links that may be the hop from one member to another, by id."""
        return sorted(
            (
                link
                for link in self.world.links
                if (left, right) in set(self.directed(link)) and self.admits(link, tier)
            ),
            key=lambda link: link.id,
        )

    def held(self, route: Route, tier: Tier) -> bool:
        """Whether all hops of a route can have held at once (each by any of its links)."""
        together: list[Days] = [day_range(None)]
        for left, right in route:
            spans = [possible(link) for link in self.links_between(left, right, tier)]
            together = [
                (max(a[0], b[0]), min(a[1], b[1]))
                for a in together
                for b in spans
                if b is not None and max(a[0], b[0]) <= min(a[1], b[1])
            ]
        return bool(together)
