"""Seeded questions, the product's answer and the reference's, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from graph.embedded.network import EmbeddedNetwork
from graph.network import HubPolicy, Path, PathQuery
from tests.oracle.build import open_world
from tests.oracle.reference import Reference, Route, Tier, World, tiers_of
from tests.oracle.worlds import Draw

QUESTIONS = 4
# A comparison of empty answers proves nothing.
ENOUGH = 0.3


@dataclass(frozen=True)
class Case:
    """One question to one world. Ends that identities make one party are left out."""

    network: EmbeddedNetwork
    world: World
    query: PathQuery
    draw: Draw

    @property
    def reference(self) -> Reference:
        """The slow reading of the question."""
        return Reference(self.world, self.query.filters, self.query.policy)

    def with_filters(self, **changes: object) -> Case:
        """The same question under other filters."""
        filters = self.query.filters.model_copy(update=changes)
        return self.asking(self.query.model_copy(update={"filters": filters}))

    def with_policy(self, policy: HubPolicy) -> Case:
        """The same question under another policy."""
        return self.asking(self.query.model_copy(update={"policy": policy}))

    def asking(self, query: PathQuery) -> Case:
        """Another question to the same world."""
        return Case(self.network, self.world, query, self.draw)

    def has_two_sides(self) -> bool:
        """Whether sources and targets are different parties."""
        return not self.reference.same(self.query.sources, self.query.targets)

    def routes(self, max_hops: int | None = None) -> dict[Route, Tier]:
        """Every route, with the first tier that admits it."""
        reference, query = self.reference, self.query
        found: dict[Route, Tier] = {}
        for tier in tiers_of(query.filters):
            hops = max_hops or query.max_hops
            for route in reference.routes(query.sources, query.targets, tier, hops):
                found.setdefault(route, tier)
        return found

    def shortest(self, max_hops: int) -> int | None:
        """Hops of a shortest route, whatever its tier."""
        return min(map(len, self.routes(max_hops)), default=None)

    def __str__(self) -> str:
        """What a failing test needs to show."""
        stated = self.query.model_dump(exclude_defaults=True)
        return "\n".join([f"{stated}", *map(repr, self.world.links)])


def iter_cases(seeds: Iterable[int], *, k: int = 100, chains: bool = False) -> Iterator[Case]:
    """Questions to random worlds; those that ask for a party's connection to itself are not."""
    for seed in seeds:
        draw = Draw(seed, chains=chains)
        world = draw.world()
        with open_world(world) as network:
            for _ in range(QUESTIONS):
                case = Case(network, world, draw.question(world, k=k), draw)
                if case.has_two_sides():
                    yield case


def route_of(path: Path) -> Route:
    """The hops of a path as pairs."""
    return tuple((hop.source, hop.target) for hop in path.hops)
