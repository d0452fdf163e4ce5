"""One contract for every backend: the same questions, the same answers, in the same order.

On the full SDN list with the sample case. The embedded network is the measure; its own answers are
held against an independent reference in `tests/oracle`.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import BaseModel

from graph.embedded.network import EmbeddedNetwork
from graph.errors import EntityNotFound, QueryError
from graph.model import LINK_TYPES
from graph.neo4j.load import load_snapshot
from graph.neo4j.network import Neo4jNetwork
from graph.network import (
    Filters,
    HubPolicy,
    NearestQuery,
    NeighbourQuery,
    Network,
    PathQuery,
    PolicyRule,
)
from tests.conftest import SHOWN
from tests.golden.worlds import World

pytest_plugins = ("tests.neo4j.fixtures",)
pytestmark = [pytest.mark.lists, pytest.mark.neo4j]

QUERIES = 1000
SEED = 20151  # any; the questions are the same in every run
# How a backend came to its answer is its own; the answer is not.
OWN = {"executed", "explored"}


@dataclass(frozen=True)
class Question:
    """One random query of one kind."""

    kind: str
    query: PathQuery | NearestQuery | NeighbourQuery | str
    ways: Counter[str] = field(default_factory=Counter)  # how backends came to their answers

    def ask(self, network: Network) -> Any:
        """The answer without what is the backend's own, or the name of the error."""
        try:
            answer = self._answer(network)
        except (EntityNotFound, QueryError) as exc:
            return f"{type(exc).__name__}: {exc}"
        if isinstance(answer, BaseModel):
            self.ways[f"{self.kind} {getattr(answer, 'executed', '')}"] += 1
            return answer.model_dump(mode="json", exclude=OWN)
        return [each.model_dump(mode="json") for each in answer]

    def _answer(self, network: Network) -> Any:
        match self.query:
            case PathQuery():
                return network.paths(self.query)
            case NearestQuery():
                return network.nearest(self.query)
            case NeighbourQuery():
                return network.neighbours(self.query)
            case entity_id:
                entity = network.get_entity(entity_id)
                links = network.get_claims(entity_id)
                return [*([entity] if entity else []), *network.get_events(entity_id), *links]


def is_empty(kind: str, answer: Any) -> bool:
    """Whether an answer found nothing."""
    if isinstance(answer, str):
        return True
    return not (answer if kind == "entity" else answer[kind])


class Questioner:
    """Draws questions about the nodes of a network, half of them about connected ones."""

    def __init__(self, network: EmbeddedNetwork, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - questions, not secrets
        self._csr = network.engine.csr
        self._ids = [entity.id for entity, _ in network.iter_nodes()]
        degree = self._csr.ptr[1:] - self._csr.ptr[:-1]
        self._tied = [index for index, each in enumerate(degree.tolist()) if each]

    def draw(self, number: int) -> Iterator[Question]:
        """Some questions of each kind."""
        for _ in range(number):
            kind = self._random.choices(
                ("paths", "nearest", "neighbours", "entity"), weights=(55, 15, 20, 10)
            )[0]
            yield Question(kind, getattr(self, f"_{kind}")())

    def _node(self) -> int:
        return self._random.choice(self._tied)

    def _walk(self, start: int) -> int:
        """A node a few links away."""
        here = start
        for _ in range(self._random.randint(1, 4)):
            row = self._csr.adj[self._csr.ptr[here] : self._csr.ptr[here + 1]]
            onward = [each for each in row.tolist() if each != start]
            here = self._random.choice(onward) if onward else here
        return here if here != start else self._node()

    def _paths(self) -> PathQuery:
        start = self._node()
        end = self._walk(start) if self._random.random() < 0.7 else self._node()
        sources, targets = [self._ids[start]], [self._ids[end]]
        if self._random.random() < 0.15:
            targets.append(self._ids[self._node()])
        return PathQuery(
            sources=tuple(sources),
            targets=tuple(targets),
            mode=self._random.choice(("k_shortest", "all_shortest")),
            k=self._random.choice((1, 3, 5, 20)),
            max_hops=self._random.choice((3, 4, 6)),
            filters=self._filters(),
            policy=self._policy(),
        )

    def _nearest(self) -> NearestQuery:
        return NearestQuery(
            source=self._ids[self._node()],
            limit=self._random.choice((1, 3, 5)),
            max_hops=self._random.choice((1, 2, 3)),
            lists=self._random.choice(((), (), ("us_ofac_sdn",), ("case_tajideen",))),
            filters=self._filters(),
            policy=self._policy(),
        )

    def _neighbours(self) -> NeighbourQuery:
        return NeighbourQuery(
            source=self._ids[self._node()],
            limit=self._random.choice((1, 5, 25)),
            offset=self._random.choice((0, 0, 2)),
            order=self._random.choice(("risk", "degree", "id")),
            filters=self._filters(),
        )

    def _entity(self) -> str:
        return self._random.choice([*self._ids[:: len(self._ids) // 50], "ofac-0", "case:dhl"])

    def _policy(self) -> HubPolicy:
        lift = tuple(rule for rule in PolicyRule if self._random.random() < 0.15)
        return HubPolicy(max_degree=self._random.choice((25, 25, 10)), lift=lift)

    def _filters(self) -> Filters:
        chance = self._random.random
        stated: dict[str, Any] = {}
        if chance() < 0.4:
            return Filters()
        if chance() < 0.15:
            stated["types_allow"] = (*self._random.sample(LINK_TYPES, 8), "UnknownLink")
        if chance() < 0.1:
            stated["types_deny"] = (self._random.choice(LINK_TYPES),)
        if chance() < 0.2:
            stated["as_of"] = self._random.choice(("2012", "2014-06", "2016-01-01", "2023-12-28"))
            stated["certain_dates"] = chance() < 0.3
        elif chance() < 0.1:
            stated["during"] = ("2009", "2011")
        if chance() < 0.1:
            stated["known_at"] = self._random.choice(("2010", "2015-06-01", "2024"))
        if chance() < 0.1:
            stated["datasets"] = self._random.choice((("us_ofac_sdn",), ("case_tajideen",)))
        if chance() < 0.1:
            stated["min_confidence"] = self._random.choice((0.3, 0.6, 0.8))
        if chance() < 0.15:
            stated["doubt"] = self._random.choice((0.05, 0.5))
        if chance() < 0.1:
            stated["include_claims"] = True
        if chance() < 0.1:
            stated["direction"] = self._random.choice(("out", "in"))
        if chance() < 0.1:
            stated["verified_only"] = True
        if chance() < 0.1:
            stated["avoid"] = (self._ids[self._node()],)
        return Filters(**stated)


@pytest.fixture(scope="module")
def embedded(published: World) -> EmbeddedNetwork:
    """The measure."""
    return published.network


@pytest.fixture(scope="module")
def neo4j(published: World, neo4j_uri: str) -> Iterator[Neo4jNetwork]:
    """The same snapshot in a real Neo4j."""
    from tests.neo4j.fixtures import wipe

    wipe(neo4j_uri)
    load_snapshot(published.network, neo4j_uri, None)
    network = Neo4jNetwork.open(neo4j_uri)
    yield network
    network.close()


def test_both_backends_give_the_same_answers_in_the_same_order(
    embedded: EmbeddedNetwork,
    neo4j: Neo4jNetwork,
    record_property: Callable[[str, object], None],
) -> None:
    """A thousand random questions; most of them find something."""
    asked: Counter[str] = Counter()
    found: Counter[str] = Counter()
    ways: Counter[str] = Counter()
    for number, question in enumerate(Questioner(embedded, SEED).draw(QUERIES)):
        expected = question.ask(embedded)
        assert question.ask(neo4j) == expected, f"question {number}: {question}"
        asked[question.kind] += 1
        ways += question.ways
        found[question.kind] += not is_empty(question.kind, expected)
    shares = ", ".join(f"{kind} {found[kind]}/{asked[kind]}" for kind in sorted(asked))
    record_property(SHOWN, f"non-empty answers of {QUERIES} questions to both backends: {shares}")
    record_property(SHOWN, "how: " + ", ".join(f"{way} {ways[way]}" for way in sorted(ways)))
    assert sum(found.values()) > QUERIES / 2


def test_the_case_of_the_supermarket_reads_the_same_on_both(
    embedded: EmbeddedNetwork, neo4j: Neo4jNetwork
) -> None:
    """The questions of the demo, claims, doubt and dates of knowledge included."""
    ends = (("ofac-12451",), ("case:western-union",))
    dhl = (("ofac-12454",), ("case:dhl",))
    for (sources, targets), filters in (
        (ends, Filters()),
        (ends, Filters(doubt=0.5)),
        (ends, Filters(known_at="2015-06-01")),
        (dhl, Filters()),
        (dhl, Filters(include_claims=True)),
        (dhl, Filters(known_at="2015-06-01")),
        (dhl, Filters(known_at="2015", include_claims=True)),
    ):
        question = Question("paths", PathQuery(sources=sources, targets=targets, filters=filters))
        assert question.ask(neo4j) == question.ask(embedded), filters


def test_an_unknown_end_is_refused_by_name(embedded: EmbeddedNetwork, neo4j: Neo4jNetwork) -> None:
    """Both raise the same error with the same words."""
    question = Question("paths", PathQuery(sources=("ofac-12451",), targets=("ofac-0",)))
    assert question.ask(neo4j) == question.ask(embedded)
    assert "ofac-0" in question.ask(embedded)
