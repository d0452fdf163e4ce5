"""A search over a part that grows is, step for step, the search over the whole.

Strategy: random networks with hubs, agencies, claims, disputes and identity clusters; the whole
network in one engine against a partial network that gets its parts from memory.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
import pytest

from graph.columns import KIND_CODES, STATUS_CODES, TYPE_CODES, LinkRow, NodeRow
from graph.embedded.csr import build_csr, columns_of
from graph.embedded.engine import CsrEngine
from graph.embedded.ids import ListIds
from graph.history import pack_changes
from graph.model import LinkKind, Status
from graph.neo4j.partial import LinkFacts, NodeFacts, PartialNetwork
from graph.network import Filters, HubPolicy, PolicyRule
from graph.rules import Rule, Scope, make_tiers

CODES = {"one": 0, "two": 1}
TYPES = ("Ownership", "Family", "UnknownLink", "Representation", "SharedPremises")


class World:
    """A random network, whole in `engine`; gives its parts as a `graph.neo4j.partial.Source`."""

    def __init__(self, seed: int, *, size: int = 60, links: int = 110, hubs: int = 3) -> None:
        self.random = random.Random(seed)  # noqa: S311 - reproducible, not secret
        self.ids = [f"n{number:04d}" for number in range(size)]
        self.hubs = self.ids[:hubs]
        self.links = sorted(self._link(number) for number in range(links))
        self.rows = {each: self._node(each) for each in self.ids}
        self.fetched: list[str] = []

    def _link(self, number: int) -> LinkFacts:
        draw = self.random
        kind = draw.choices(
            (LinkKind.RELATIONSHIP, LinkKind.DERIVED, LinkKind.IDENTITY, LinkKind.CLAIM),
            (16, 3, 1, 1),
        )[0]
        source = draw.choice([*self.ids, *self.hubs * 3])
        target = draw.choice(self.ids)
        start = draw.choice((0, 0, 100, 200))
        statuses = (Status.ASSERTED, Status.ASSERTED, Status.DISPUTED, Status.REFUTED)
        status = draw.choice(statuses)
        if kind is LinkKind.IDENTITY:
            status = draw.choice((Status.CONFIRMED, Status.PROPOSED, Status.REJECTED))
        link_type = draw.choice(TYPES)
        row = LinkRow(
            type=TYPE_CODES["SameAs" if kind is LinkKind.IDENTITY else link_type],
            kind=KIND_CODES[kind],
            status=STATUS_CODES[status],
            start=start,
            end=draw.choice((65535, 65535, 250)),
            certain_start=start + 10,
            certain_end=240,
            history=pack_changes(
                [(draw.choice((50, 150)), Status.ASSERTED), (200, draw.choice(statuses))]
            ),
            history_maybe=pack_changes([(50, Status.ASSERTED), (110, draw.choice(statuses))]),
            principal=draw.choice((0, 0, 1, 2)),
            context=draw.choice((0, 0, 0, 0, 1, 2)),
            credibility=draw.random(),
            verified=draw.random() < 0.8,
            probability=0.8 if kind is LinkKind.IDENTITY else -1.0,
            datasets=draw.choice((1, 2, 3)),
        )
        return LinkFacts(f"l{number:05d}", source, target, row)

    def _node(self, entity_id: str) -> NodeFacts:
        slots = sum((entity_id == each.source) + (entity_id == each.target) for each in self.links)
        hub = entity_id in self.hubs
        listed = self.random.random() < 0.1
        row = NodeRow(listed=listed, degree=slots, spread=hub, listed_by=int(listed))
        return NodeFacts(entity_id, slots, row)

    @cached_property
    def engine(self) -> CsrEngine:
        index = {each: position for position, each in enumerate(self.ids)}
        csr = build_csr(
            np.array([index[each.source] for each in self.links], np.int32),
            np.array([index[each.target] for each in self.links], np.int32),
            *columns_of(
                [each.row for each in self.links], [each.row for each in self.rows.values()]
            ),
        )
        return CsrEngine(csr, ListIds(self.ids), CODES)

    @property
    def dataset_codes(self) -> dict[str, int]:
        return CODES

    @cached_property
    def identities(self) -> Mapping[str, Sequence[LinkFacts]]:
        found: dict[str, list[LinkFacts]] = {}
        for link in self.links:
            if link.row.kind == KIND_CODES[LinkKind.IDENTITY] and (
                link.row.status != STATUS_CODES[Status.REJECTED]
            ):
                for end in {link.source, link.target}:
                    found.setdefault(end, []).append(link)
        return found

    def fetch_nodes(self, ids: Sequence[str]) -> list[NodeFacts]:
        return [self.rows[each] for each in ids if each in self.rows]

    def fetch_links(self, ids: Sequence[str]) -> tuple[list[LinkFacts], list[NodeFacts]]:
        self.fetched += ids
        links = [each for each in self.links if each.source in ids or each.target in ids]
        return links, self.fetch_nodes(
            [end for each in links for end in (each.source, each.target)]
        )

    def any_rules(self) -> Iterable[Rule]:
        draw = self.random
        filters = Filters(
            types_deny=draw.choice(((), (), ("Family",))),
            direction=draw.choice(("any", "any", "out", "in")),
            datasets=draw.choice(((), (), ("one",))),
            statuses=draw.choice((Filters().statuses, (Status.ASSERTED, Status.REFUTED))),
            min_confidence=draw.choice((0, 0, 0.2)),
            verified_only=draw.choice((False, False, True)),
            as_of=draw.choice((None, None, "1900-06-01")),
            known_at=draw.choice((None, None, None, "1900-05-15")),
            certain_dates=draw.choice((False, False, True)),
            doubt=draw.choice((0, 0, 0.5)),
            include_claims=draw.choice((False, True)),
            avoid=draw.choice(((), (), (draw.choice(self.ids),))),
        )
        lift = tuple(each for each in PolicyRule if draw.random() < 0.3)
        return make_tiers(filters, HubPolicy(max_degree=draw.choice((4, 8, 25)), lift=lift))

    def any_ends(self, partial: PartialNetwork) -> tuple[list[str], list[str]]:
        sources = self.random.sample(self.ids, self.random.choice((1, 1, 2)))
        targets = [self.random.choice([each for each in self.ids if each not in sources])]
        partial.add_nodes([*sources, *targets])
        return sources, targets


def _share_a_cluster(world: World, ends: tuple[list[str], list[str]], rule: Rule) -> bool:
    clusters, require = world.engine.rules.clusters(rule), world.engine.require
    left = {clusters.of(require(each)) for each in ends[0]}
    return bool(left & {clusters.of(require(each)) for each in ends[1]})


@pytest.mark.parametrize("seed", range(60))
def test_routes_hubs_and_counts_equal_those_of_the_whole_network(seed: int) -> None:
    world = World(seed, links=world_links(seed))
    for _ in range(3):
        partial = PartialNetwork(world)
        ends = world.any_ends(partial)
        for rule in world.any_rules():  # one after the other, as the tiers of an answer
            if _share_a_cluster(world, ends, rule):
                continue
            scope = Scope(6, world.random.choice((1, 5, 30)), 10**6, world.random.random() < 0.5)
            expected = world.engine.find_routes(*ends, rule, scope)
            assert partial.find_routes(*ends, rule, scope) == expected


def world_links(seed: int) -> int:
    """From sparse networks, most of them exhausted, to dense ones."""
    return (50, 80, 110, 160)[seed % 4]


@pytest.mark.parametrize("seed", range(20))
def test_listed_parties_equal_those_of_the_whole_network(seed: int) -> None:
    world = World(seed, links=world_links(seed))
    partial = PartialNetwork(world)
    (source, *_), _ = world.any_ends(partial)
    for rule in world.any_rules():
        scope = Scope(4, 3, 10**6)
        lists = world.random.choice(((), ("one",)))
        expected = world.engine.find_listed(source, lists, rule, scope)
        assert partial.find_listed(source, lists, rule, scope) == expected


@pytest.mark.parametrize("seed", range(10))
def test_a_budget_ends_both_searches_at_the_same_place(seed: int) -> None:
    world = World(seed, links=160)
    partial = PartialNetwork(world)
    ends = world.any_ends(partial)
    rule = make_tiers(Filters(), HubPolicy())[0]
    if _share_a_cluster(world, ends, rule):
        pytest.skip("the ends are one party")
    scope = Scope(6, 30, 40)
    assert partial.find_routes(*ends, rule, scope) == world.engine.find_routes(*ends, rule, scope)


def test_many_hubs_hide_no_part() -> None:
    world = World(7, size=2000, links=9000, hubs=300)
    partial = PartialNetwork(world)
    lift = tuple(each for each in PolicyRule if each is not PolicyRule.HUBS)
    rule = make_tiers(Filters(), HubPolicy(max_degree=50, lift=lift))[1]
    source = max(world.ids[500:], key=lambda each: world.rows[each].slots)
    partial.add_nodes([source])
    scope = Scope(12, 10**6, 10**8)
    expected = world.engine.find_listed(source, (), rule, scope)
    assert len(expected.hubs) > 100
    assert partial.find_listed(source, (), rule, scope) == expected


def test_only_what_the_search_expands_is_fetched() -> None:
    world = World(3, size=400, links=800, hubs=1)
    partial = PartialNetwork(world)
    rule = make_tiers(Filters(), HubPolicy())[0]
    link = next(each for each in world.links if each.row.context == 0 and each.row.kind == 0)
    ends = [link.source], [link.target]
    partial.add_nodes([*ends[0], *ends[1]])
    partial.find_routes(*ends, rule, Scope(6, 1, 10**6, only_shortest=True))
    assert 1 <= len(world.fetched) <= 60


def test_more_than_may_be_fetched_makes_the_search_partial() -> None:
    world = World(5, links=160)
    partial = PartialNetwork(world, max_fetched=0)
    rule = make_tiers(Filters(), HubPolicy())[0]
    sound = (each for each in world.links if each.row.kind == each.row.status == 0)
    link = next(each for each in sound if each.row.context == 0)
    ends = [link.source], [link.target]
    partial.add_nodes([*ends[0], *ends[1]])
    routes = partial.find_routes(*ends, rule, Scope(12, 50, 10**6))
    assert (routes.cut, routes.exhausted) == (True, False)


def test_usable_links_of_a_known_pair_equal_those_of_the_whole_network() -> None:
    world = World(11, links=160)
    partial = PartialNetwork(world)
    rule = make_tiers(Filters(), HubPolicy())[-1]
    for link in world.links[:20]:
        pair = (link.source, link.target)
        partial.add_nodes(pair)
        partial.expand(pair)
        expected = [world.links[each] for each in world.engine.usable_links([pair], rule)[0]]
        assert partial.find_usable([pair], rule) == [expected]
