"""Path answers equal those of the slow reference on random networks.

Strategy: `tests/oracle/reference.py` enumerates; the product searches; both are asked the same
seeded questions. Each test prints the share of questions that have an answer, and fails when too
few have: a comparison of empty sets proves nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import pytest

from graph.embedded.network import EmbeddedNetwork
from graph.errors import QueryError
from graph.network import Path, PathAnswer, PathQuery
from tests.oracle.build import open_world
from tests.oracle.reference import Reference, Route, World, tiers_of
from tests.oracle.worlds import Draw

WORLDS = 100
QUESTIONS = 4


def route_of(path: Path) -> Route:
    return tuple((hop.source, hop.target) for hop in path.hops)


def expected(world: World, query: PathQuery, max_hops: int | None = None) -> dict[Route, int]:
    """Every route with the first tier that admits it."""
    reference = Reference(world, query.filters, query.policy)
    found: dict[Route, int] = {}
    for number, tier in enumerate(tiers_of(query.filters)):
        hops = max_hops or query.max_hops
        for route in reference.routes(query.sources, query.targets, tier, hops):
            found.setdefault(route, number)
    return found


def ask(network: EmbeddedNetwork, world: World, query: PathQuery) -> PathAnswer | None:
    """The answer; None where both sides of the question are one party."""
    if Reference(world, query.filters, query.policy).same(query.sources, query.targets):
        with pytest.raises(QueryError, match="both sides"):
            network.paths(query)
        return None
    return network.paths(query)


def iter_questions(
    seeds: Iterable[int], *, k: int = 100
) -> Iterator[tuple[EmbeddedNetwork, World, PathQuery, Draw]]:
    for seed in seeds:
        draw = Draw(seed)
        world = draw.world()
        with open_world(world) as network:
            for _ in range(QUESTIONS):
                yield network, world, draw.question(world, k=k), draw


def tier_of(path: Path) -> int:
    return 2 if path.claimed else int(path.disputed)
