"""Laws of every path answer, on random networks: what must hold whatever the rules find.

Strategy: hypothesis draws seeds; `tests.oracle.worlds` makes a small network and a question of
each. A law that compares two networks changes one thing in the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from graph.dates import parse_span
from graph.model import Link, LinkKind, Status
from graph.network import Path, PathAnswer, PathQuery, PolicyRule
from tests.oracle.ask import Case, route_of
from tests.oracle.build import open_world
from tests.oracle.reference import Route, World, principal_of
from tests.oracle.worlds import Draw, entity, link, world_of

SEEDS = st.integers(min_value=0, max_value=2**32)
law = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)


def answers_of(case: Case, *worlds: World) -> list[PathAnswer]:
    """The question's answer in its own world, and in others."""
    found = [case.network.paths(case.query)]
    for world in worlds:
        with open_world(world) as network:
            found.append(network.paths(case.query))
    return found


def question(seed: int, *, claims: bool = True, chains: bool = False) -> Iterator[Case]:
    draw = Draw(seed, chains=chains)
    world = draw.world()
    query = draw.question(world)
    with open_world(world) as network:
        case = Case(network, world, query, draw)
        if not claims:
            case = case.with_filters(include_claims=False)
        assume(case.has_two_sides())
        yield case


def routes_of(answer: PathAnswer) -> set[Route]:
    return {route_of(path) for path in answer.paths}


@law
@given(SEEDS)
def test_hops_join_directly_or_by_the_identities_named(seed: int) -> None:
    for case in question(seed):
        answer = case.network.paths(case.query)
        for path in answer.paths:
            links = [answer.links[each] for each in path.identity_links]
            joined = {frozenset((each.source, each.target)) for each in links}
            ends = [*case.query.sources, *case.query.targets]
            assert path.nodes[0] in case.query.sources
            assert path.nodes[-1] in case.query.targets
            steps = {(hop.source, hop.target) for hop in path.hops}
            for pair in pairwise(path.nodes):
                assert pair in steps or frozenset(pair) in joined
            assert path.length == len(path.hops)
            assert not set(path.nodes[1:-1]) & set(ends)
            assert len(set(path.nodes)) == len(path.nodes)


@law
@given(SEEDS)
def test_a_hop_holds_only_links_of_its_two_parties_with_evidence(seed: int) -> None:
    for case in question(seed):
        answer = case.network.paths(case.query)
        for path in answer.paths:
            for hop in path.hops:
                assert hop.links == tuple(sorted(hop.links))
                for each in hop.links:
                    found = answer.links[each]
                    assert {found.source, found.target} == {hop.source, hop.target}
                    assert found.evidence
                    assert found.kind is not LinkKind.IDENTITY
            assert set(path.nodes) <= answer.nodes.keys()
            assert 0 <= path.strength <= 1


def days_of(intervals: tuple[tuple[str | None, str | None], ...]) -> list[tuple[int, int]]:
    return [(parse_span(a).earliest, parse_span(b).latest) for a, b in intervals]


@law
@given(SEEDS)
def test_what_certainly_held_possibly_held(seed: int) -> None:
    for case in question(seed):
        for path in case.network.paths(case.query).paths:
            possible = days_of(path.possible)
            for first, last in days_of(path.certain):
                assert any(start <= first and last <= end for start, end in possible)


def rank(path: Path) -> tuple[object, ...]:
    """The documented order: graph.paths."""
    return (
        path.claimed, path.disputed, not path.possible, path.length,
        len(path.identity_links), -path.strength, path.nodes,
    )  # fmt: skip


@law
@given(SEEDS)
def test_paths_are_in_the_documented_order(seed: int) -> None:
    for case in question(seed):
        order = [rank(path) for path in case.network.paths(case.query).paths]
        assert order == sorted(order)


@law
@given(SEEDS)
def test_the_same_question_has_the_same_answer(seed: int) -> None:
    for case in question(seed):
        first, second = answers_of(case, World(case.world.entities, case.world.links[::-1]))
        assert first == second
        assert case.network.paths(case.query) == first


@law
@given(SEEDS)
def test_removing_a_link_makes_no_path(seed: int) -> None:
    """With hubs lifted: a link fewer can make an organisation carry again. As for values."""
    for case in question(seed):
        lift = (PolicyRule.HUBS, PolicyRule.SHARED_VALUES)
        case = case.with_policy(case.query.policy.model_copy(update={"lift": lift}))
        links = list(case.world.links)
        dropped = links.pop(case.draw.random.randrange(len(links)))
        assume(dropped.kind is not LinkKind.IDENTITY)  # two parties may now differ that were one
        whole, fewer = answers_of(case, World(case.world.entities, links))
        assert routes_of(fewer) <= routes_of(whole)


@law
@given(SEEDS, st.sampled_from(["doubt", "statuses", "include_claims", "min_confidence"]))
def test_a_wider_filter_keeps_every_path(seed: int, name: str) -> None:
    wider: dict[str, object] = {
        "doubt": 1.0, "statuses": tuple(Status), "include_claims": True, "min_confidence": 0.0,
    }  # fmt: skip
    for case in question(seed):
        wide = case.with_filters(**{name: wider[name]})
        if name == "doubt":
            # More identities make more parties one, so a route may become shorter, or meet a hub.
            assume(not any(each.kind is LinkKind.IDENTITY for each in case.world.links))
        before, after = case.network.paths(case.query), wide.network.paths(wide.query)
        assume(len(after.paths) < wide.query.k)
        assert routes_of(before) <= routes_of(after)


@law
@given(SEEDS)
def test_doubt_only_adds_reach(seed: int) -> None:
    """Whoever can be reached without doubt can be reached with it, in no more hops."""
    for case in question(seed):
        case = case.with_policy(case.query.policy.model_copy(update={"lift": tuple(PolicyRule)}))
        case = case.with_filters(avoid=())
        doubting = case.with_filters(doubt=1.0)
        assume(doubting.has_two_sides())
        plain = case.network.paths(case.query)
        doubted = doubting.network.paths(doubting.query)
        if plain.paths:
            assert doubted.paths
            assert min(each.length for each in doubted.paths) <= min(
                each.length for each in plain.paths
            )


@law
@given(SEEDS, st.sampled_from(list(PolicyRule)))
def test_lifting_a_rule_never_makes_the_shortest_path_longer(seed: int, rule: PolicyRule) -> None:
    for case in question(seed):
        policy = case.query.policy
        strict = policy.model_copy(update={"lift": tuple(set(policy.lift) - {rule})})
        loose = policy.model_copy(update={"lift": (*strict.lift, rule)})
        before = case.network.paths(case.with_policy(strict).query)
        after = case.network.paths(case.with_policy(loose).query)
        if before.paths:
            assert min(each.length for each in after.paths) <= min(
                each.length for each in before.paths
            )


@law
@given(SEEDS)
def test_more_answers_asked_for_hold_the_fewer(seed: int) -> None:
    """Where all paths can have held at once; see `test_a_larger_k_keeps_the_shortest_path`."""
    for case in question(seed, claims=False):
        everything = case.network.paths(case.query)
        assume(all(path.possible for path in everything.paths))
        for k in (1, 2, 3):
            few = case.network.paths(case.query.model_copy(update={"k": k}))
            assert list(few.paths) == list(everything.paths)[:k]


def turns(path: Path, answer: PathAnswer) -> list[tuple[Link, Link]]:
    """Shown links that no choice of the others fits: up to a shared principal and down again."""
    hops = [[answer.links[each] for each in hop.links] for hop in path.hops]
    ways = []
    for hop, links in zip(path.hops, hops, strict=True):
        ways.append([
            "up" if principal_of(each) == hop.target else
            "down" if principal_of(each) == hop.source else "level" for each in links
        ])  # fmt: skip
    found = []
    for number, (before, after) in enumerate(pairwise(ways)):
        for each, way in zip(hops[number + 1], after, strict=True):
            if way == "down" and all(one == "up" for one in before):
                found.append((hops[number][0], each))
        for each, way in zip(hops[number], before, strict=True):
            if way == "up" and all(one == "down" for one in after):
                found.append((each, hops[number + 1][0]))
    return found


@pytest.mark.parametrize(
    "middle",
    [
        "one",
        pytest.param(
            "cluster",
        ),
        pytest.param(
            "chain",
        ),
    ],
)
def test_no_link_is_shown_that_only_fits_a_refused_turn(middle: str) -> None:
    """The disputed link is what carries the path: the path is disputed."""
    links = {
        "one": [
            link("1", "a", "m", role="outlet of"),
            link("2", "b", "m", role="outlet of"),
            link("3", "m", "b", status=Status.DISPUTED),
        ],
        "cluster": [
            link("1", "a", "m", role="outlet of"),
            link("2", "b", "n", role="outlet of"),
            link("3", "n", "b", status=Status.DISPUTED),
            link("4", "m", "n", kind=LinkKind.IDENTITY, status=Status.CONFIRMED),
        ],
        "chain": [
            link("1", "a", "m", role="outlet of"),
            link("2", "m", "n", role="outlet of"),
            link("3", "n", "m", role="outlet of"),
            link("4", "b", "n", role="outlet of"),
            link("5", "n", "b", status=Status.DISPUTED),
        ],
    }[middle]
    world = world_of([entity(each) for each in ("a", "b", "m", "n")], links)
    with open_world(world) as network:
        answer = network.paths(PathQuery(sources=("a",), targets=("b",)))
    (path,) = answer.paths
    assert path.disputed
    assert turns(path, answer) == []


@law
@given(SEEDS)
def test_no_random_path_shows_a_refused_turn(seed: int) -> None:
    for case in question(seed):
        assume(PolicyRule.SHARED_PRINCIPAL not in case.query.policy.lift)
        assume(not any(each.kind is LinkKind.IDENTITY for each in case.world.links))
        answer = case.network.paths(case.query)
        for path in answer.paths:
            assert turns(path, answer) == []
