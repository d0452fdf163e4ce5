"""The Neo4j backend as a `Network`: the embedded backend's answers, and honest refusals.

Strategy: hand-made and random networks on a real server, compared answer by answer.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from graph.embedded.network import EmbeddedNetwork
from graph.errors import ConfigurationError, EntityNotFound, QueryError, StoreUnavailable
from graph.model import Link, LinkKind, Status
from graph.neo4j.connection import plain_uri
from graph.neo4j.load import load_snapshot
from graph.neo4j.network import Neo4jNetwork
from graph.network import (
    Filters,
    HubPolicy,
    NearestQuery,
    NeighbourQuery,
    Network,
    PathAnswer,
    PathQuery,
    PolicyRule,
)
from graph.project import Projection
from tests.neo4j.tiny import case, denied, link, open_network, party, said, with_changes

pytest_plugins = ("tests.neo4j.fixtures",)
VARIES = {"executed", "explored"}


@pytest.fixture
def both(empty_neo4j: str, tmp_path: Path) -> Iterator[tuple[EmbeddedNetwork, Neo4jNetwork]]:
    embedded = open_network(case(), tmp_path, "a")
    load_snapshot(embedded, empty_neo4j)
    with Neo4jNetwork.open(empty_neo4j, None, "a") as loaded:
        yield embedded, loaded


@pytest.mark.neo4j
def test_records_are_those_of_the_snapshot(both: tuple[Network, Network]) -> None:
    embedded, loaded = both
    for entity_id in [*case().entities, "husayn-old", "nobody"]:
        assert loaded.get_entity(entity_id) == embedded.get_entity(entity_id)
        assert loaded.get_events(entity_id) == embedded.get_events(entity_id)
        assert loaded.get_claims(entity_id) == embedded.get_claims(entity_id)
    for link_id in [*(each.id for each in case().links), "none"]:
        assert loaded.get_link(link_id) == embedded.get_link(link_id)
    names = ["kassim", "nobody", "congo"]
    assert loaded.get_entities(names) == embedded.get_entities(names)
    assert loaded.snapshot == embedded.snapshot


@pytest.mark.neo4j
def test_a_refuted_claim_is_shown_beside_and_joins_only_when_asked(
    both: tuple[Network, Network],
) -> None:
    for filters in (
        Filters(),
        Filters(include_claims=True),
        Filters(include_claims=True, known_at="2014"),
        Filters(include_claims=True, known_at="2015-06-01"),
        Filters(statuses=tuple(Status)[:5]),
    ):
        query = PathQuery(sources=("congo",), targets=("carrier",), filters=filters)
        expected, answer = (each.paths(query) for each in both)
        assert answer.model_dump(exclude=VARIES) == expected.model_dump(exclude=VARIES)
        assert answer.beside or answer.paths


@pytest.mark.neo4j
def test_all_shortest_without_hub_rule_runs_in_cypher_alone(
    both: tuple[Network, Network],
) -> None:
    query = PathQuery(
        sources=("husayn-old",),
        targets=("remitter", "congo"),
        mode="all_shortest",
        policy=HubPolicy(lift=(PolicyRule.HUBS,)),
    )
    expected, answer = (each.paths(query) for each in both)
    assert answer.executed == "native"
    assert answer.model_dump(exclude=VARIES) == expected.model_dump(exclude=VARIES)


@pytest.mark.neo4j
def test_what_is_absent_is_refused_by_name(both: tuple[Network, Network]) -> None:
    _, loaded = both
    with pytest.raises(EntityNotFound, match="'nobody'"):
        loaded.paths(PathQuery(sources=("nobody",), targets=("congo",)))
    with pytest.raises(EntityNotFound, match="'nobody'"):
        loaded.neighbours(NeighbourQuery(source="nobody"))


@pytest.mark.neo4j
def test_another_snapshot_than_the_expected_one_is_refused(
    both: tuple[Network, Network], empty_neo4j: str, tmp_path: Path
) -> None:
    _, loaded = both
    load_snapshot(open_network(with_changes(case(), kassim="K"), tmp_path, "b"), empty_neo4j)
    with pytest.raises(StoreUnavailable, match=r"'b'.*'a'.*cuibono build --store") as caught:
        loaded.get_entity("kassim")
    assert caught.value.retryable
    with Neo4jNetwork.open(empty_neo4j) as any_snapshot:
        kassim = any_snapshot.get_entity("kassim")
        assert kassim is not None
        assert kassim.caption == "K"


@pytest.mark.neo4j
def test_an_empty_database_says_what_to_do(empty_neo4j: str) -> None:
    with pytest.raises(StoreUnavailable, match="cuibono build --store"):
        Neo4jNetwork.open(empty_neo4j)


def test_a_server_that_does_not_answer_is_named_without_the_password() -> None:
    with pytest.raises(StoreUnavailable, match=r"bolt://127\.0\.0\.1:1 ") as caught:
        Neo4jNetwork.open("bolt://127.0.0.1:1", ("someone", "hunter2"))
    assert "hunter2" not in str(caught.value)
    assert caught.value.retryable


def test_an_address_that_is_none_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match="Bolt URI"):
        Neo4jNetwork.open("ftp://127.0.0.1")


def test_messages_name_a_server_without_user_and_password() -> None:
    assert plain_uri("neo4j+s://someone:hunter2@graph.example:7687/x") == (
        "neo4j+s://graph.example:7687"
    )


def random_projection(seed: int) -> Projection:
    """A random network with every kind and status of link."""
    draw = random.Random(seed)  # noqa: S311 - reproducible, not secret
    ids = [f"p{number:02d}" for number in range(40)]
    programs = ((), (), ("A",), ("A", "B"))
    schemata = ("Company", "Person", "Organization")
    entities = {
        each: party(each, draw.choice(schemata), programs=draw.choice(programs)) for each in ids
    }
    hubs = ids[:3]
    links = [_random_link(draw, number, ids, hubs) for number in range(90)]
    return Projection(entities=entities, records={}, links=links, events=[])


def _random_link(draw: random.Random, number: int, ids: list[str], hubs: list[str]) -> Link:
    source, target = draw.choice([*ids, *hubs * 4]), draw.choice(ids)
    while target == source:
        target = draw.choice(ids)
    roles = ("owner", "sub-agent of", "operates an outlet", "former owner")
    schema = draw.choice(("Ownership", "Family", "UnknownLink", "Representation"))
    more: dict[str, object] = {
        "role": draw.choice(roles),
        "start": draw.choice((None, "2006", "2010-05", "[..2012-01-01]")),
        "end": draw.choice((None, None, "2014", "2013~")),
        "status": draw.choice((Status.ASSERTED, Status.CORROBORATED, Status.DISPUTED)),
        "confidence": draw.choice((None, None, 0.3, 0.9)),
        "datasets": draw.choice((("case",), ("list",), ("case", "list"))),
    }
    if draw.random() < 0.2:
        more["evidence"] = (said().model_copy(update={"quotation": "not found"}),)
    if draw.random() < 0.15:
        more["status"] = Status.REFUTED
        more["evidence"] = (said(on="2011"), denied("Invented Court", "2013"))
    kind = draw.choices(("relationship", "claim", "identity", "derived"), (12, 2, 1, 2))[0]
    if kind == "claim":
        more["kind"] = LinkKind.CLAIM
    if kind == "identity":
        more |= {"kind": LinkKind.IDENTITY, "probability": draw.choice((None, 0.8))}
        more["status"] = draw.choice((Status.CONFIRMED, Status.PROPOSED, Status.REJECTED))
    if kind == "derived":
        more |= {"kind": LinkKind.DERIVED, "role": "shared premises"}
        more |= {"value": draw.choice(("1 Tower", "2 Lane")), "sharers": draw.choice((3, 40))}
    return link(f"{number:03d}", source, target, schema, more)


def random_filters(draw: random.Random) -> Filters:
    return Filters(
        types_deny=draw.choice(((), (), ("Family",), ("SameAs",))),
        direction=draw.choice(("any", "any", "any", "out", "in")),
        datasets=draw.choice(((), (), ("case",))),
        statuses=draw.choice((Filters().statuses, tuple(Status)[:5], (Status.ASSERTED,))),
        min_confidence=draw.choice((0, 0, 0.3, 0.7)),
        verified_only=draw.choice((False, False, True)),
        as_of=draw.choice((None, None, "2010-06-01", "2013")),
        known_at=draw.choice((None, None, None, "2010", "2012")),
        certain_dates=draw.choice((False, False, True)),
        doubt=draw.choice((0, 0, 0.3)),
        include_claims=draw.choice((False, False, True)),
    )


@pytest.mark.neo4j
@pytest.mark.parametrize("seed", range(4))
def test_random_questions_have_the_embedded_backends_answers(
    empty_neo4j: str, tmp_path: Path, seed: int
) -> None:
    embedded = open_network(random_projection(seed), tmp_path, "a")
    load_snapshot(embedded, empty_neo4j)
    draw = random.Random(seed)  # noqa: S311 - reproducible, not secret
    ids = [entity.id for entity in embedded.iter_entities()]
    executed = set()
    with Neo4jNetwork.open(empty_neo4j) as loaded:
        for _ in range(25):
            source, target = draw.sample(ids, 2)
            lift = tuple(each for each in PolicyRule if draw.random() < 0.4)
            policy = HubPolicy(max_degree=draw.choice((3, 25)), lift=lift)
            filters = random_filters(draw)
            executed |= compare_paths(
                (embedded, loaded),
                PathQuery(
                    sources=(source,),
                    targets=(target,),
                    mode=draw.choice(("k_shortest", "all_shortest")),
                    k=draw.choice((1, 4, 20)),
                    max_hops=draw.choice((2, 4, 6)),
                    filters=filters,
                    policy=policy,
                ),
            )
            nearest = NearestQuery(source=source, max_hops=3, filters=filters, policy=policy)
            assert_same(embedded.nearest(nearest), loaded.nearest(nearest))
            order = draw.choice(("risk", "degree", "id"))
            near = NeighbourQuery(source=source, limit=5, order=order, filters=filters)
            assert_same(embedded.neighbours(near), loaded.neighbours(near))
    assert "fetched" in executed


def compare_paths(networks: tuple[Network, Network], query: PathQuery) -> set[str]:
    """Hold two answers, or two refusals, to each other; how they were found."""
    expected, answer = (_ask(network, query) for network in networks)
    if isinstance(expected, str) or isinstance(answer, str):
        assert answer == expected
        return set()
    assert_same(expected, answer)
    return {answer.executed}


def _ask(network: Network, query: PathQuery) -> PathAnswer | str:
    try:
        return network.paths(query)
    except QueryError as exc:
        return str(exc)


def assert_same(expected: BaseModel, answer: BaseModel) -> None:
    assert answer.model_dump(exclude=VARIES) == expected.model_dump(exclude=VARIES)
