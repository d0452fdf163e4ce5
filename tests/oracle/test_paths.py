"""Path answers equal those of the slow reference on random networks.

Strategy: `tests/oracle/reference.py` enumerates, the product searches, both are asked the same
seeded questions. Each comparison also demands that enough of its questions have an answer.
"""

from __future__ import annotations

import pytest

from graph.errors import QueryError
from graph.model import Status
from graph.network import MAX_HOPS, Path, PathAnswer, PathQuery, PolicyRule
from tests.oracle.ask import ENOUGH, Case, iter_cases, route_of
from tests.oracle.build import open_world
from tests.oracle.reference import Tier, tiers_of
from tests.oracle.worlds import Draw

BLOCKS = [range(start, start + 60) for start in (0, 100, 200, 300)]
FEW = range(400, 450)
ALL_RULES = tuple(PolicyRule)


def flags_of(path: Path) -> tuple[bool, bool]:
    return path.claimed, path.disputed and not path.claimed


def expected_flags(case: Case, tier: Tier) -> tuple[bool, bool]:
    return tier.claims, not tier.claims and tier != tiers_of(case.query.filters)[0]


def answer(case: Case, **changes: object) -> PathAnswer:
    return case.network.paths(case.query.model_copy(update=changes))


@pytest.mark.parametrize("seeds", BLOCKS, ids=str)
def test_routes_are_exactly_those_of_the_reference(seeds: range) -> None:
    answered = total = 0
    for case in iter_cases(seeds):
        want, found = case.routes(), answer(case).paths
        total, answered = total + 1, answered + bool(want)
        assert len(want) < case.query.k, "ask for smaller worlds"
        assert {route_of(path) for path in found} == set(want), str(case)
        assert len(found) == len(want)
    print(f"{total} questions, {answered / total:.0%} with an answer")  # noqa: T201
    assert answered / total > ENOUGH


def test_identities_may_join_more_than_two_ids() -> None:
    for case in iter_cases(FEW, chains=True):
        found = {route_of(path) for path in answer(case).paths}
        assert found == set(case.routes()), str(case)


@pytest.mark.parametrize(
    "claims",
    [
        False,
        pytest.param(
            True,
        ),
    ],
)  # fmt: skip
def test_a_path_is_disputed_or_claimed_exactly_when_no_better_tier_admits_it(claims: bool) -> None:
    for case in iter_cases(FEW):
        case = case.with_filters(include_claims=claims)
        want = case.routes()
        for path in answer(case).paths:
            assert flags_of(path) == expected_flags(case, want[route_of(path)]), str(case)


@pytest.mark.parametrize("k", [1, 2, 4])
def test_the_k_shortest_are_the_first_k_by_tier_and_length(k: int) -> None:
    for case in iter_cases(FEW):
        case = case.with_filters(include_claims=False)
        last = tiers_of(case.query.filters)[-1]
        want = case.routes()
        if not all(case.reference.held(route, last) for route in want):
            continue  # see the next test
        order = sorted((expected_flags(case, tier), len(route)) for route, tier in want.items())
        got = [(flags_of(path), path.length) for path in answer(case, k=k).paths]
        assert got == order[:k], str(case)


def test_all_shortest_are_all_of_the_smallest_length_of_the_best_tier() -> None:
    cut = 0
    for case in iter_cases(FEW):
        case = case.with_filters(include_claims=False)
        order = [
            (expected_flags(case, tier), len(route), route) for route, tier in case.routes().items()
        ]
        best = min((each[:2] for each in order), default=None)
        want = {route for *key, route in order if tuple(key) == best}
        for k in (2, 100):
            found = answer(case, mode="all_shortest", k=k)
            got = {route_of(path) for path in found.paths}
            assert got <= want, str(case)
            assert len(got) == min(k, len(want)), str(case)
            cut += len(want) > k
            nothing = ("exhausted", "hop_limit", "hub_policy")
            some = ("k_reached",) if len(want) > k else ("found",)
            assert found.stop_reason in (some if want else nothing)
    assert cut > 0


def test_an_answer_without_paths_says_how_far_it_looked() -> None:
    empty = exhausted = 0
    for case in iter_cases(FEW):
        found = answer(case)
        if found.paths:
            continue
        empty += 1
        assert found.status == "complete"
        assert found.completed_depth == case.query.max_hops
        assert found.stop_reason in ("exhausted", "hop_limit", "hub_policy")
        assert found.statement.startswith("No path of at most")
        if found.stop_reason == "exhausted":
            exhausted += 1
            assert not case.routes(len(case.world.entities)), str(case)
    assert empty > 20
    assert exhausted > 10


def test_exhausted_means_that_no_longer_path_exists() -> None:
    for case in iter_cases(range(1000, 1250)):
        if case.query.filters.model_fields_set:
            continue
        found = answer(case)
        if found.stop_reason == "exhausted":
            assert len(case.routes(len(case.world.entities))) == len(found.paths), str(case)


def test_complete_answers_have_completed_all_hops_asked() -> None:
    for case in iter_cases(FEW):
        found = answer(case)
        assert found.status == "complete"
        assert found.stop_reason != "budget"
        assert found.completed_depth == case.query.max_hops


def policy_case(case: Case, statuses: tuple[Status, ...] | None) -> Case:
    case = case.with_filters(include_claims=False)
    return case if statuses is None else case.with_filters(statuses=statuses)


@pytest.mark.parametrize(
    "statuses",
    [
        (Status.ASSERTED, Status.CORROBORATED, Status.DISPUTED),
        pytest.param(
            (Status.ASSERTED, Status.CORROBORATED),
        ),
    ],
    ids=["disputed allowed", "disputed refused"],
)
def test_what_the_policy_left_out_is_what_lifting_it_finds(statuses: tuple[Status, ...]) -> None:
    met = 0
    for case in iter_cases(range(500, 620)):
        case = policy_case(case, statuses)
        found = answer(case)
        if found.paths or len(case.query.policy.lift) == len(ALL_RULES):
            continue
        reach = MAX_HOPS
        policy = case.query.policy
        free = case.with_policy(policy.model_copy(update={"lift": ALL_RULES})).shortest(reach)
        assert found.pruned.hops_without_policy == free, str(case)
        if free is None:
            continue
        met += 1
        assert found.stop_reason == "hub_policy"
        refusing = []
        for rule in PolicyRule:
            others = tuple(each for each in PolicyRule if each is not rule)
            alone = case.with_policy(policy.model_copy(update={"lift": others}))
            if rule not in policy.lift and alone.shortest(reach) != free:
                refusing.append(rule)
        assert found.pruned.rules == tuple(refusing), str(case)
    assert met > 15


@pytest.mark.parametrize("avoiding", [False, True])
def test_hubs_named_are_hubs(avoiding: bool) -> None:
    named = 0
    for case in iter_cases(FEW):
        avoid = tuple(sorted(case.world.entities)[1:4]) if avoiding else ()
        case = case.with_filters(avoid=avoid)
        pruned = answer(case).pruned
        named += len(pruned.hubs)
        assert len(pruned.hubs) <= pruned.hubs_met
        for hub in pruned.hubs:
            assert any(map(case.reference.is_hub, case.reference.cluster[hub])), str(case)
    assert named > 5


def test_a_party_on_both_sides_is_refused() -> None:
    refused = 0
    for seed in range(700, 730):
        draw = Draw(seed)
        world = draw.world()
        with open_world(world) as network:
            for end in sorted(world.entities):
                query = draw.question(world).model_copy(update={"targets": (end,)})
                case = Case(network, world, query, draw)
                if not case.has_two_sides():
                    refused += 1
                    with pytest.raises(QueryError, match="both sides"):
                        network.paths(query)
    assert refused > 10


def test_the_order_of_links_and_their_ids_do_not_matter() -> None:
    """Renaming links permutes every row of parallel links; the routes stay the same."""
    for seed in range(800, 840):
        draw = Draw(seed, chains=False)
        world = draw.world()
        query: PathQuery = draw.question(world)
        with open_world(world) as network:
            case = Case(network, world, query, draw)
            if not case.has_two_sides():
                continue
            first = network.paths(query)
        links = list(world.links)
        draw.random.shuffle(links)
        names = {link.id: f"r{number:02d}" for number, link in enumerate(links)}
        renamed = [link.model_copy(update={"id": names[link.id]}) for link in links]
        world = type(world)(dict(reversed(list(world.entities.items()))), renamed)
        with open_world(world) as network:
            again = network.paths(query)
        assert [route_of(path) for path in first.paths] == [route_of(path) for path in again.paths]
        for one, other in zip(first.paths, again.paths, strict=True):
            assert (one.strength, one.certain, one.possible) == (
                other.strength, other.certain, other.possible,
            )  # fmt: skip
            assert [{names[each] for each in hop.links} for hop in one.hops] == [
                set(hop.links) for hop in other.hops
            ]
        assert (first.stop_reason, first.pruned) == (again.stop_reason, again.pruned)
