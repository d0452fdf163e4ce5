"""A search that its budget ends is partial: what it shows is true, what it covers is not more."""

from __future__ import annotations

from graph.network import Budget, NearestQuery, PathAnswer
from tests.oracle.ask import Case, iter_cases, route_of
from tests.oracle.reference import tiers_of

BUDGETS = (1, 3, 8, 20, 60)
SEEDS = range(2000, 2050)


def cut_answers(case: Case) -> list[PathAnswer]:
    found = [
        case.network.paths(case.query.model_copy(update={"budget": Budget(links=links)}))
        for links in BUDGETS
    ]
    return [each for each in found if each.status == "partial"]


def test_a_cut_search_is_partial_and_claims_no_exhaustion() -> None:
    cut = 0
    for case in iter_cases(SEEDS):
        want = set(case.routes())
        for budget in BUDGETS:
            query = case.query.model_copy(update={"budget": Budget(links=budget)})
            answer = case.network.paths(query)
            got = {route_of(path) for path in answer.paths}
            assert got <= want, str(case)
            if answer.status == "complete":
                assert got == want, f"{budget} {case}"
                continue
            cut += 1
            assert answer.stop_reason == "budget"
            assert "incomplete" in answer.statement
            assert "No path" not in answer.statement
            assert answer.pruned.hops_without_policy is None
    assert cut > 200


def missing_below(case: Case, answer: PathAnswer) -> set[int]:
    """Lengths up to the completed depth of which routes of the last tier are not shown."""
    last = tiers_of(case.query.filters)[-1]
    query = case.query
    every = case.reference.routes(query.sources, query.targets, last, query.max_hops)
    got = {route_of(path) for path in answer.paths}
    return {len(route) for route in every - got if len(route) <= answer.completed_depth}


def test_a_cut_search_has_shown_all_routes_of_its_completed_depth() -> None:
    for case in iter_cases(SEEDS):
        for answer in cut_answers(case):
            assert not missing_below(case, answer), str(case)


def nearest_query(case: Case, **more: object) -> NearestQuery:
    asked = NearestQuery(
        source=case.query.sources[0], max_hops=case.query.max_hops,
        filters=case.query.filters, policy=case.query.policy, limit=100,
    )  # fmt: skip
    return asked.model_copy(update=more)


def test_a_cut_search_for_listed_parties_is_partial() -> None:
    cut = 0
    for case in iter_cases(SEEDS):
        whole = {each.entity for each in case.network.nearest(nearest_query(case)).nearest}
        for links in BUDGETS:
            answer = case.network.nearest(nearest_query(case, budget=Budget(links=links)))
            assert {each.entity for each in answer.nearest} <= whole
            if answer.status == "partial":
                cut += 1
                assert answer.stop_reason == "budget"
                assert "incomplete" in answer.statement
    assert cut > 100


def test_a_complete_answer_names_every_listed_party_whatever_the_budget() -> None:
    for case in iter_cases(SEEDS):
        whole = {each.entity for each in case.network.nearest(nearest_query(case)).nearest}
        for links in BUDGETS:
            answer = case.network.nearest(nearest_query(case, budget=Budget(links=links)))
            if answer.status == "complete":
                assert {each.entity for each in answer.nearest} == whole, f"{links} {case}"


def test_a_budget_bounds_what_is_looked_at() -> None:
    """One party's links are looked at as a whole, in each of at most three tiers."""
    for case in iter_cases(range(1700, 1720)):
        widest = 2 * len(case.world.links)
        for links in BUDGETS:
            query = case.query.model_copy(update={"budget": Budget(links=links)})
            explored = case.network.paths(query).explored
            tiers = len(tiers_of(case.query.filters))
            assert explored.links <= tiers * (links + 2 * widest * case.query.max_hops)
