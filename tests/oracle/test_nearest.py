"""Nearest listed parties and neighbours equal those of the slow reference."""

from __future__ import annotations

import numpy as np
import pytest

from graph.columns import NodeRow, make_link_row
from graph.embedded.csr import build_csr, columns_of
from graph.embedded.engine import CsrEngine
from graph.embedded.ids import ListIds
from graph.model import LinkKind
from graph.network import Filters, HubPolicy, NearestQuery, NeighbourQuery, PolicyRule
from graph.rules import Scope, make_tiers
from tests.oracle.ask import ENOUGH, Case, iter_cases
from tests.oracle.reference import Reference, tiers_of
from tests.oracle.worlds import entity, link

Found = tuple[bool, bool, int]  # claimed, disputed, hops


def nearest_of(case: Case, query: NearestQuery) -> dict[str, Found]:
    """Every listed party within reach: by which tier, and how many hops away."""
    reference = Reference(case.world, query.filters, query.policy)
    tiers = tiers_of(query.filters)
    found: dict[str, Found] = {}
    for tier in tiers:
        for each, party in case.world.entities.items():
            listed = any(
                one.until is None and (not query.lists or one.dataset in query.lists)
                for one in party.listings
            )
            cluster = reference.cluster[each]
            if not listed or each in found or query.source in cluster:
                continue
            if cluster & set(query.filters.avoid):
                continue  # whom a question avoids, it does not look for either
            routes = reference.routes([query.source], [each], tier, query.max_hops)
            if routes:
                disputed = not tier.claims and tier != tiers[0]
                found[each] = (tier.claims, disputed, min(map(len, routes)))
    return found


def nearest_query(case: Case) -> NearestQuery:
    draw = case.draw.random
    return NearestQuery(
        source=case.query.sources[0],
        limit=draw.choice((1, 2, 3, 100)),
        max_hops=case.query.max_hops,
        lists=draw.choice(((), (), ("list_a",), ("list_b",))),
        filters=case.query.filters.model_copy(update={"include_claims": False}),
        policy=case.query.policy,
    )


@pytest.mark.parametrize("seeds", [range(1300, 1350), range(1400, 1450)], ids=str)
def test_nearest_listed_parties_are_those_of_the_reference(seeds: range) -> None:
    answered = total = 0
    for case in iter_cases(seeds):
        query = nearest_query(case)
        want = nearest_of(case, query)
        answer = case.network.nearest(query)
        got = {
            each.entity: (each.path.claimed, each.path.disputed, each.hops)
            for each in answer.nearest
        }
        total, answered = total + 1, answered + bool(want)
        assert [got[each.entity] for each in answer.nearest] == sorted(want.values())[
            : query.limit
        ], str(case)
        assert all(want[each] == found for each, found in got.items()), str(case)
        assert answer.status == "complete"
        if answer.stop_reason == "exhausted":
            further = nearest_of(case, query.model_copy(update={"max_hops": 12}))
            assert len(further) == len(got), str(case)
    print(f"{total} questions, {answered / total:.0%} with an answer")  # noqa: T201
    assert answered / total > ENOUGH


def neighbours_of(case: Case, query: NeighbourQuery) -> dict[str, set[str]]:
    """Links to each neighbour: any that the filters admit, hub policy apart."""
    lifted = HubPolicy(lift=tuple(PolicyRule))
    reference = Reference(case.world, query.filters, lifted)
    tier = tiers_of(query.filters)[-1]
    filters = query.filters
    same_as = "SameAs" not in filters.types_deny and not filters.types_allow
    found: dict[str, set[str]] = {}
    for each in case.world.links:
        if query.source not in (each.source, each.target):
            continue
        other = each.target if each.source == query.source else each.source
        if each.kind is LinkKind.IDENTITY:
            usable = same_as and reference.joins(each)
        else:
            ways = set(reference.directed(each))
            usable = reference.admits(each, tier) and (query.source, other) in ways
        if usable:
            found.setdefault(other, set()).add(each.id)
    return found


def test_neighbours_are_those_of_the_reference() -> None:
    answered = total = 0
    for case in iter_cases(range(1500, 1560), chains=True):
        query = NeighbourQuery(
            source=case.query.sources[0], limit=1000, order="id", filters=case.query.filters
        )
        want = neighbours_of(case, query)
        answer = case.network.neighbours(query)
        total, answered = total + 1, answered + bool(want)
        assert {hop.target: set(hop.links) for hop in answer.hops} == want, str(case)
        assert list(answer.neighbours) == sorted(want)
        assert answer.total == len(want)
        for page in range(0, len(want), 2):
            paged = query.model_copy(update={"limit": 2, "offset": page})
            part = case.network.neighbours(paged)
            assert list(part.neighbours) == sorted(want)[page : page + 2]
            assert part.counts_by_type == answer.counts_by_type
    assert answered / total > 2 * ENOUGH


def test_a_listed_hub_is_found_however_many_arrivals_there_are_at_another() -> None:
    """A source, many spokes that all lead to one hub, and a last spoke that leads to another."""
    spokes = 5000
    ids = ["a", *(f"s{number:05d}" for number in range(spokes)), "y", "z"]
    row = make_link_row(link("1", "a", "s"), {"a": entity("a"), "s": entity("s")}, {})
    ends = [(0, 1 + each) for each in range(spokes)]
    ends += [(1 + each, spokes + 1) for each in range(spokes)] + [(spokes, spokes + 2)]
    plain, hub = NodeRow(False, 0, False, 0), NodeRow(True, 99, False, 1)
    links, nodes = columns_of([row] * len(ends), [plain] * (spokes + 1) + [hub] * 2)
    csr = build_csr(
        np.array([each[0] for each in ends], np.int32),
        np.array([each[1] for each in ends], np.int32),
        links,
        nodes,
    )
    engine = CsrEngine(csr, ListIds(ids), {"list": 0})
    rule = make_tiers(Filters(), HubPolicy())[0]
    found = engine.find_listed("a", (), rule, Scope(max_hops=2, limit=10, budget=10**6))
    assert not found.cut
    assert found.found == (("y", 2), ("z", 2))
