"""What a path says of itself: strength, the weakest hop, disputes, dates."""

from __future__ import annotations

import pytest

from graph.model import Link
from graph.network import Filters, NearestQuery, Path, PathQuery
from tests.oracle.build import open_world
from tests.oracle.worlds import entity, link, said, world_of


def path(links: list[Link], **filters: object) -> Path:
    ids = {end for each in links for end in (each.source, each.target)}
    with open_world(world_of([*map(entity, sorted(ids))], links)) as network:
        query = PathQuery(sources=("a",), targets=("b",), filters=Filters.model_validate(filters))
        return network.paths(query).paths[0]


def test_strength_is_the_product_of_each_hops_best_link() -> None:
    found = path([
        link("1", "a", "m", confidence=0.5), link("2", "a", "m", confidence=0.8),
        link("3", "m", "b", confidence=0.25),
    ])  # fmt: skip
    assert found.strength == pytest.approx(0.2)
    assert found.weakest.hop == 1


def test_identities_weaken_a_path() -> None:
    same = link("2", "m", "n", kind="identity", status="proposed", probability=0.5)
    found = path([link("1", "a", "m", confidence=0.8), same, link("3", "n", "b", confidence=1)],
                 doubt=0.5)  # fmt: skip
    assert found.strength == pytest.approx(0.4)


def test_the_weakest_hop_says_why() -> None:
    assert path([link("1", "a", "b")]).weakest.why == "stated by A alone"
    assert path([link("1", "a", "b", status="disputed")]).weakest.why == "disputed"
    derived = link("1", "a", "b", kind="derived", role="shared phone", value="1", sharers=3)
    assert "3 parties share" in path([derived]).weakest.why
    claim = path([link("1", "a", "b", kind="claim")], include_claims=True)
    assert "claim" in claim.weakest.why


def test_a_claim_does_not_settle_a_disputed_hop() -> None:
    """Congo Futur: a disputed ownership, and somebody's own claim to the same."""
    links = [link("1", "a", "b", status="disputed"), link("2", "a", "b", kind="claim")]
    assert path(links[:1], include_claims=True).disputed
    assert path(links, include_claims=True).disputed


def test_any_link_of_a_hop_may_hold_and_all_hops_must() -> None:
    found = path([
        link("1", "a", "m", start="2001-01-01", end="2003-01-01"),
        link("2", "a", "m", start="2006-01-01", end="2012-01-01"),
        link("3", "m", "b", start="2002-01-01", end="2008-01-01"),
    ])  # fmt: skip
    both = (("2002-01-01", "2003-01-01"), ("2006-01-01", "2008-01-01"))
    assert found.possible == found.certain == both


def test_unknown_bounds_stay_unknown() -> None:
    """golden.md N6: certain and possible are different answers."""
    found = path([
        link("1", "a", "m", evidence=(said("Treasury", "2010-12-09"),)),
        link("2", "m", "b", start="2006~", end="2015-03-13"),
    ])  # fmt: skip
    assert found.possible == (("2004-01-01", "2015-03-13"),)
    assert found.certain == (("2010-12-09", "2010-12-09"),)
    assert path([link("1", "a", "b")]).possible == ((None, None),)
    assert path([link("1", "a", "b")]).certain == ()


def test_a_party_that_only_a_round_trip_reaches_does_not_hide_the_nearest() -> None:
    """Up to p, aside to x and back to p, down to y: no path. z is the nearest listed party."""
    links = [
        link("1", "a", "p", role="outlet of"), link("2", "y", "p", role="outlet of"),
        link("3", "p", "x"), link("4", "a", "c"), link("5", "c", "d"), link("6", "d", "e"),
        link("7", "e", "f"), link("8", "f", "z"),
    ]  # fmt: skip
    parties = [entity(each, "Person", ["P"] if each in "yz" else []) for each in "acdefpxyz"]
    with open_world(world_of(parties, links)) as network:
        answer = network.nearest(NearestQuery(source="a", limit=1, max_hops=6))
    assert [each.entity for each in answer.nearest] == ["z"]
