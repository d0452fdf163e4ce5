"""cuibono's embedded engine: whole searches as the product runs them, and the bare kernel."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from benchmarks.generate import NumberedIds
from benchmarks.measure import CallFailed
from benchmarks.questions import Answer, Pair, Question, Sort
from graph.dates import from_day
from graph.embedded.csr import Csr
from graph.embedded.engine import CsrEngine
from graph.embedded.search import Search, Workspace
from graph.network import Budget, Filters, HubPolicy, PolicyRule
from graph.rules import Listed, Route, Routes, Rule, Scope

BUDGET = Budget().links


def make_rule(question: Question, day: int) -> Rule:
    """A question as a rule of the product.

    The policy's other rules stay: the network has nothing that they refuse, and asking costs time.
    """
    filters = Filters(
        types_allow=question.types,
        statuses=question.statuses,
        as_of=from_day(day) if question.dated else None,
    )
    policy = HubPolicy(lift=(PolicyRule.HUBS,))
    if question.max_degree is not None:
        policy = HubPolicy(max_degree=question.max_degree)
    return Rule(filters, policy, frozenset(question.statuses))


def rule_maker(question: Question) -> Callable[[Pair], Rule]:
    """The rule of each pair; the product makes it once a question, outside its searches."""
    by_day = cache(lambda day: make_rule(question, day))
    return lambda pair: by_day(pair.day if question.dated else 0)


def make_scope(question: Question) -> Scope:
    """A question's bounds."""
    only_shortest = question.sort in (Sort.HOPS, Sort.ALL_SHORTEST)
    return Scope(question.max_hops, question.limit, BUDGET, only_shortest=only_shortest)


def read_routes(question: Question, routes: Routes, ids: NumberedIds) -> Answer:
    """The answer that routes give.

    Raises:
        CallFailed: When the search's own budget ended it before it had what was asked for.
    """
    found = routes.routes
    if routes.cut and len(found) < question.limit:
        raise CallFailed("partial")
    if question.sort is Sort.ALL_SHORTEST:
        return frozenset(_indices(route, ids) for route in found[: question.limit])
    if question.sort is Sort.K_SHORTEST:
        return tuple(len(route) for route in found[: question.limit])
    return len(found[0]) if found else None


def _indices(route: Route, ids: NumberedIds) -> tuple[int, ...]:
    names = [route[0][0], *(right for _, right in route)]
    return tuple(index for each in names if (index := ids.find(each)) is not None)


def read_listed(listed: Listed) -> int | None:
    """Hops to the nearest listed party."""
    if listed.cut and not listed.found:
        raise CallFailed("partial")
    return listed.found[0][1] if listed.found else None


class Embedded:
    """`CsrEngine`, as `Network.paths` asks it: all shortest routes, with ids, hubs and counts."""

    def __init__(self, csr: Csr, ids: NumberedIds, name: str = "cuibono") -> None:
        self.name = name
        self.engine = CsrEngine(csr, ids, {})
        self.ids = ids

    def ask(self, question: Question) -> Callable[[Pair], Answer]:
        """What answers a question."""
        engine, ids, scope = self.engine, self.ids, make_scope(question)
        rule_of = rule_maker(question)

        def find(pair: Pair) -> Answer:
            ends = ids.name(pair.source), ids.name(pair.target)
            routes = engine.find_routes([ends[0]], [ends[1]], rule_of(pair), scope)
            return read_routes(question, routes, ids)

        def find_listed(pair: Pair) -> Answer:
            return read_listed(engine.find_listed(ids.name(pair.source), (), rule_of(pair), scope))

        return find_listed if question.sort is Sort.NEAREST else find


class Kernel:
    """The compiled search alone: the distance of two indices, nothing written down."""

    name = "cuibono kernel, distance"

    def __init__(self, engine: CsrEngine) -> None:
        self._engine = engine

    def ask(self, question: Question) -> Callable[[Pair], Answer] | None:
        """What answers a question about hops; the rule's kernel numbers are made beforehand."""
        if question.sort is not Sort.HOPS:
            return None
        engine = self._engine
        prepared = cache(lambda day: engine.rules.prepare(make_rule(question, day)))
        room = Workspace()
        ready_of = prepared if question.dated else lambda _: prepared(0)

        def find(pair: Pair) -> Answer:
            ends = np.array([[pair.source], [pair.target]])
            search = Search(room, ready_of(pair.day), ends[0], ends[1], BUDGET)
            best = search.grow(question.max_hops, stop_at_best=True)
            return best if best <= question.max_hops else None

        return find
