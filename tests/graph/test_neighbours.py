"""Neighbours: grouped, ordered, counted, paged; the hub policy does not apply."""

from __future__ import annotations

import pytest

from graph.errors import EntityNotFound, QueryError
from graph.model import Link
from graph.neighbours import SUPERNODE
from graph.network import Filters, NeighbourAnswer, NeighbourQuery
from tests.oracle.build import open_world
from tests.oracle.worlds import entity, link, world_of

LINKS = [
    link("1", "a", "weak", confidence=0.2),
    link("2", "a", "strong", confidence=0.9),
    link("3", "listed", "a", confidence=0.1),
    link("4", "a", "weak", schema="Ownership", confidence=0.3),
    link("5", "a", "kin", schema="Family"),
    link("6", "a", "claimed", kind="claim"),
    link("7", "a", "refuted", status="refuted"),
    link("8", "a", "twin", kind="identity", status="confirmed"),
    link("9", "weak", "strong"),
]
NAMES = ("a", "weak", "strong", "kin", "claimed", "refuted", "twin")
WORLD = world_of([*map(entity, NAMES), entity("listed", "Person", ["P"])], LINKS)


def neighbours(source: str = "a", **asked: object) -> NeighbourAnswer:
    with open_world(WORLD) as network:
        return network.neighbours(NeighbourQuery.model_validate({"source": source, **asked}))


def test_listed_neighbours_come_first_then_the_best_believed() -> None:
    assert neighbours().neighbours == ("listed", "twin", "strong", "kin", "weak")


def test_other_orders() -> None:
    assert neighbours(order="id").neighbours == ("kin", "listed", "strong", "twin", "weak")
    assert neighbours(order="degree").neighbours[0] == "weak"


def test_hops_hold_every_link_and_answers_every_record() -> None:
    answer = neighbours()
    assert {hop.target: hop.links for hop in answer.hops}["weak"] == ("1", "4")
    assert set(answer.nodes) == {"a", *answer.neighbours}
    assert set(answer.links) == {"1", "2", "3", "4", "5", "8"}
    assert answer.counts_by_type == {"Family": 1, "Ownership": 1, "SameAs": 1, "UnknownLink": 3}


def test_pages_join_to_the_whole() -> None:
    whole, found, offset = neighbours(), list[str](), 0
    while offset is not None:
        page = neighbours(limit=2, offset=offset)
        assert page.total == whole.total == 5
        assert page.counts_by_type == whole.counts_by_type
        found += page.neighbours
        offset = page.next_offset  # type: ignore[assignment]
    assert found == list(whole.neighbours)
    assert neighbours(offset=99).neighbours == ()


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(include_claims=True), {"claimed"}),
        (Filters(statuses=("refuted",)), {"refuted", "twin"}),
        (Filters(types_allow=("Family",)), {"kin"}),
        (Filters(types_allow=("SameAs",)), {"twin"}),
        (Filters(types_allow=("Ownership",), direction="out"), {"weak"}),
        (Filters(types_allow=("Ownership",), direction="in"), set()),
        (Filters(types_allow=("UnknownLink",), min_confidence=0.5), {"strong"}),
    ],
)
def test_filters_apply(filters: Filters, found: set[str]) -> None:
    got = set(neighbours(filters=filters).neighbours)
    assert found <= got if filters.include_claims else got == found


def test_a_party_without_links_has_none() -> None:
    answer = neighbours("refuted")
    assert (answer.neighbours, answer.total, answer.next_offset) == ((), 0, None)


def test_unknown_parties_and_filters_are_refused() -> None:
    with pytest.raises(EntityNotFound, match="'z'"):
        neighbours("z")
    with pytest.raises(QueryError, match="types are"):
        neighbours(filters=Filters(types_deny=("Nothing",)))


@pytest.mark.parametrize("count", [SUPERNODE, SUPERNODE + 1])
def test_a_supernode_says_so(count: int) -> None:
    links: list[Link] = [link(f"{number:03d}", "a", f"n{number:03d}") for number in range(count)]
    world = world_of([entity("a"), *(entity(each.target) for each in links)], links)
    with open_world(world) as network:
        answer = network.neighbours(NeighbourQuery(source="a"))
    assert answer.supernode is (count > SUPERNODE)
    assert (answer.total, answer.next_offset) == (count, 25)
