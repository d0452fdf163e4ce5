"""What a path query means: tiers, ranking, completeness, and what an answer says of itself.

The backend only finds routes (`graph.rules.Engine`). Everything that must be equal on every backend
is here: undisputed routes come before disputed ones and those before claims; within one answer
coherent paths (all hops possible at once) come first, then shorter ones, then those that rest on
fewer inferences, then stronger ones, then by ids. A path is not guilt: it says who stated what.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeVar

from graph import text
from graph.compose import Composer
from graph.errors import QueryError
from graph.model import Link, Status
from graph.network import (
    MAX_HOPS,
    Budget,
    Explored,
    Filters,
    HubPolicy,
    Nearest,
    NearestAnswer,
    NearestQuery,
    Path,
    PathAnswer,
    PathQuery,
    PolicyRule,
    Pruned,
)
from graph.rules import Engine, Listed, Route, Routes, Rule, Scope, make_tiers

HUBS_NAMED = 20
R = TypeVar("R", Routes, Listed)
StopReason = Literal["found", "exhausted", "hop_limit", "k_reached", "budget", "hub_policy"]


@dataclass
class _Tally:
    """What the searches of one answer looked at together."""

    nodes: int = 0
    links: int = 0
    completed_depth: int = 0
    exhausted: bool = True
    cut: bool = False
    hubs: frozenset[str] = frozenset()

    def add(self, routes: Routes) -> None:
        self.nodes += routes.nodes
        self.links += routes.links
        self.completed_depth = routes.completed_depth
        self.exhausted = self.exhausted and routes.exhausted
        self.cut = self.cut or routes.cut
        self.hubs |= set(routes.hubs)

    def count(self, found: R) -> R:
        """Count what a measurement looked at; it decides nothing else about the answer."""
        self.nodes, self.links = self.nodes + found.nodes, self.links + found.links
        if found.cut:
            raise _BudgetSpent
        return found

    def left(self, budget: Budget) -> int:
        """What the searches so far left of a budget."""
        if budget.links <= self.links:
            raise _BudgetSpent
        return budget.links - self.links

    def pruned(self) -> Pruned:
        """The hubs that were met."""
        return Pruned(hubs_met=len(self.hubs), hubs=tuple(sorted(self.hubs))[:HUBS_NAMED])


def answer_paths(engine: Engine, query: PathQuery) -> PathAnswer:
    """Answer a path query on a backend.

    Raises:
        EntityNotFound: When an end is absent.
        QueryError: When a filter is malformed, or a source is also a target.
    """
    tiers = make_tiers(query.filters, query.policy)
    sources = engine.require_nodes(query.sources)
    targets = engine.require_nodes(query.targets)
    _refuse_same(engine, sources, targets, tiers[-1])
    tally = _Tally()
    ends = (sources, targets)
    routes = _collect(engine, query, ends, tiers, tally)
    composer = Composer(engine, tiers[-1], ends)
    made = sorted(composer.compose(routes), key=_preference)
    paths = sorted(made[: query.k], key=_rank)
    pruned = tally.pruned()
    if not paths and not tally.cut:

        def hops(rule: Rule) -> int | None:
            scope = Scope(MAX_HOPS, 1, tally.left(query.budget), only_shortest=True)
            routes = tally.count(engine.find_routes(*ends, rule, scope)).routes
            return len(routes[0]) if routes else None

        pruned = _measure_policy(pruned, tiers[-1], hops)
    beside, indeterminate = _beside(engine, ends, tiers[-1], composer)
    if query.filters.known_at is not None:
        scope = Scope(query.max_hops, query.k, query.budget.links)
        indeterminate |= _maybe_known(engine, ends, tiers[-1], scope, composer)
    status, reason = _completeness(query, tally, len(made), pruned)
    used = {each for path in paths for hop in path.hops for each in hop.links}
    used |= {each for path in paths for each in path.identity_links}
    beside = {each: link for each, link in beside.items() if each not in used}
    links = {each: composer.links[each] for each in used} | beside | indeterminate
    names = {end for link in links.values() for end in (link.source, link.target)}
    entities = composer.only(names | {*sources, *targets, *pruned.hubs})
    return PathAnswer(
        status=status,
        stop_reason=reason,
        completed_depth=tally.completed_depth,
        explored=Explored(nodes=tally.nodes, links=tally.links),
        pruned=pruned,
        executed=engine.executed,
        snapshot=engine.snapshot,
        nodes=entities,
        links=dict(sorted(links.items())),
        statement=text.describe_paths(
            query,
            paths,
            entities,
            partial=status == "partial",
            completed=tally.completed_depth,
            pruned=pruned,
            exhausted=tally.exhausted,
            indeterminate=len(indeterminate),
            snapshot=engine.snapshot,
        ),
        paths=tuple(paths),
        beside=tuple(sorted(beside)),
        indeterminate=tuple(sorted(indeterminate)),
    )


def answer_nearest(engine: Engine, query: NearestQuery) -> NearestAnswer:
    """Find the listed parties nearest to one entity, each with its best path.

    Raises:
        EntityNotFound: When the source is absent.
        QueryError: When a filter is malformed.
    """
    tiers = make_tiers(query.filters, query.policy)
    (source,) = engine.require_nodes([query.source])
    tally = _Tally()
    seeker = _Seeker(engine, query, source, tally)
    for tier in tiers:
        if len(seeker.found) < query.limit:
            seeker.search(tier)
    nearest = sorted(seeker.found.values(), key=_rank_nearest)[: query.limit]
    used = {end for each in nearest for end in each.path.nodes} | {source}
    kept = {each for one in nearest for hop in one.path.hops for each in hop.links}
    kept |= {each for one in nearest for each in one.path.identity_links}
    used |= {end for each in kept for end in (seeker.links[each].source, seeker.links[each].target)}
    nodes = dict(engine.get_entities(sorted(used)))
    reason: StopReason = "budget" if tally.cut else "k_reached"
    if len(nearest) < query.limit and not tally.cut:
        reason = "exhausted" if tally.exhausted else "hop_limit"
    pruned = tally.pruned()
    if not nearest and not tally.cut:

        def hops(rule: Rule) -> int | None:
            scope = Scope(query.max_hops, 1, tally.left(query.budget))
            listed = tally.count(engine.find_listed(source, query.lists, rule, scope)).found
            return listed[0][1] if listed else None

        pruned = _measure_policy(pruned, tiers[-1], hops)
        reason = "hub_policy" if pruned.hops_without_policy is not None else reason
    return NearestAnswer(
        status="partial" if tally.cut else "complete",
        stop_reason=reason,
        completed_depth=tally.completed_depth,
        explored=Explored(nodes=tally.nodes, links=tally.links),
        pruned=pruned,
        executed=engine.executed,
        snapshot=engine.snapshot,
        nodes={each: nodes[each] for each in sorted(used)},
        links={each: seeker.links[each] for each in sorted(kept)},
        statement=text.describe_nearest(
            query,
            nodes[source],
            nearest,
            partial=tally.cut,
            pruned=pruned,
            snapshot=engine.snapshot,
        ),
        nearest=tuple(nearest),
    )


@dataclass
class _Seeker:
    """Collects listed parties with the best path to each."""

    engine: Engine
    query: NearestQuery
    source: str
    tally: _Tally
    found: dict[str, Nearest] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    _tried: set[str] = field(default_factory=set)

    def search(self, tier: Rule) -> None:
        """Add the parties that a tier reaches.

        The distances of the first search are of arrivals, which need not be simple paths: a party
        can be further by a path than by an arrival. Therefore the search goes on until enough
        parties are as near as everything that has been searched.
        """
        wanted = self.query.limit
        while True:
            scope = Scope(self.query.max_hops, wanted, self.query.budget.links)
            listed = self.engine.find_listed(self.source, self.query.lists, tier, scope)
            for entity_id, _ in listed.found:
                self._try(entity_id)
            settled = sum(each.hops <= listed.completed_depth for each in self.found.values())
            all_seen = len(listed.found) < wanted or listed.completed_depth >= self.query.max_hops
            if settled >= self.query.limit or all_seen or listed.cut or listed.exhausted:
                break
            wanted = 2 * len(listed.found)
        self.tally.add(
            Routes((), listed.completed_depth, listed.nodes, listed.links, listed.exhausted,
                   listed.cut, listed.hubs)
        )  # fmt: skip

    def _try(self, entity_id: str) -> None:
        if entity_id in self._tried:
            return
        self._tried.add(entity_id)
        left = Budget(links=max(1, self.query.budget.links - self.tally.links))
        asked = self.query.model_copy(update={"budget": left})
        answer = answer_paths(self.engine, _path_query(asked, self.source, entity_id))
        self.tally.cut = self.tally.cut or answer.status == "partial"
        self.tally.nodes += answer.explored.nodes
        self.tally.links += answer.explored.links
        if answer.paths:
            path = answer.paths[0]
            self.found[entity_id] = Nearest(entity=entity_id, hops=path.length, path=path)
            self.links.update(answer.links)


def _path_query(query: NearestQuery, source: str, target: str) -> PathQuery:
    return PathQuery(
        sources=(source,),
        targets=(target,),
        k=1,
        max_hops=query.max_hops,
        filters=query.filters,
        policy=query.policy,
        budget=query.budget,
    )


def _rank_nearest(each: Nearest) -> tuple[object, ...]:
    return (each.path.claimed, each.path.disputed, each.hops, -each.path.strength, each.entity)


def _refuse_same(
    engine: Engine, sources: Sequence[str], targets: Sequence[str], rule: Rule
) -> None:
    joined = {each for source in sources for each in engine.cluster_of(source, rule)}
    same = sorted(joined & set(targets))
    if same:
        raise QueryError(
            f"{same[0]!r} is on both sides of the question: it is the same party, or an identity "
            "link that this query admits makes it one. Ask for two different parties.",
            pointer="/targets",
        )


def _collect(
    engine: Engine,
    query: PathQuery,
    ends: tuple[Sequence[str], Sequence[str]],
    tiers: Sequence[Rule],
    tally: _Tally,
) -> list[tuple[int, Route]]:
    """Routes with the tier they were found in; a route of a better tier is not repeated."""
    scope = Scope(
        max_hops=query.max_hops,
        limit=query.k,
        budget=query.budget.links,
        only_shortest=query.mode == "all_shortest",
    )
    collected: dict[Route, int] = {}
    for number, tier in enumerate(tiers):
        if len(collected) >= query.k or (scope.only_shortest and collected):
            break
        # Routes of better tiers are found again here: ask for as many more.
        left = max(1, query.budget.links - tally.links)
        wider = replace(scope, limit=query.k + len(collected), budget=left)
        routes = engine.find_routes(*ends, tier, wider)
        tally.add(routes)
        for route in routes.routes:
            collected.setdefault(route, number)
    return [(number, route) for route, number in collected.items()]


class _BudgetSpent(Exception):
    """The query's budget does not reach for what was left to measure."""


def _measure_policy(pruned: Pruned, rule: Rule, hops: Callable[[Rule], int | None]) -> Pruned:
    """What the hub policy left out where it left nothing: how far the nearest is without it.

    Args:
        pruned: What is known so far.
        rule: The widest rule of the query.
        hops: Hops of the nearest answer under a rule, None when there is none.
    """

    def without(lift: Iterable[PolicyRule]) -> int | None:
        return hops(replace(rule, policy=rule.policy.model_copy(update={"lift": tuple(lift)})))

    held = [each for each in PolicyRule if rule.enforces(each)]
    if not held:
        return pruned
    try:
        free = without(PolicyRule)
        refusing = [
            each
            for each in (held if free is not None else ())
            if without(other for other in PolicyRule if other is not each) != free
        ]
    except _BudgetSpent:
        return pruned.model_copy(update={"measured": False})
    return pruned.model_copy(update={"hops_without_policy": free, "rules": tuple(refusing)})


def _completeness(
    query: PathQuery, tally: _Tally, found: int, pruned: Pruned
) -> tuple[Literal["complete", "partial"], StopReason]:
    if tally.cut:
        return "partial", "budget"
    if found and query.mode == "all_shortest":
        return "complete", "k_reached" if found > query.k else "found"
    if found >= query.k:
        return "complete", "k_reached"
    if not found and pruned.hops_without_policy is not None:
        return "complete", "hub_policy"
    return "complete", "exhausted" if tally.exhausted else "hop_limit"


def _preference(path: Path) -> tuple[object, ...]:
    """Which paths an answer takes when there are more: a larger k only adds to a smaller one's."""
    return (
        path.claimed,
        path.disputed,
        path.length,
        len(path.identity_links),
        -round(path.strength, 9),
        path.nodes,
    )


def _rank(path: Path) -> tuple[object, ...]:
    """In which order an answer shows them."""
    claimed, disputed, *rest = _preference(path)
    return (claimed, disputed, not path.possible, *rest)


def _beside(
    engine: Engine,
    ends: tuple[Sequence[str], Sequence[str]],
    rule: Rule,
    composer: Composer,
) -> tuple[dict[str, Link], dict[str, Link]]:
    """Claims and refuted links between the ends, and those of which the dates do not say.

    They are shown whatever the filters, so that a refuted claim is never mistaken for silence;
    only `known_at` applies.
    """
    filters = Filters(known_at=rule.filters.known_at, doubt=rule.filters.doubt)
    every = HubPolicy(lift=tuple(PolicyRule))
    shown = Rule(filters, every, frozenset({Status.REFUTED}), claims=True)
    pairs = sorted(
        {
            (left, right)
            for source in ends[0]
            for left in engine.cluster_of(source, rule)
            for target in ends[1]
            for right in engine.cluster_of(target, rule)
        }
    )
    certain = composer.links_of(pairs, shown)
    if filters.known_at is None:
        return certain, {}
    maybe = composer.links_of(pairs, replace(shown, maybe_known=True))
    return certain, {each: link for each, link in maybe.items() if each not in certain}


def _maybe_known(
    engine: Engine,
    ends: tuple[Sequence[str], Sequence[str]],
    rule: Rule,
    scope: Scope,
    composer: Composer,
) -> dict[str, Link]:
    """Links of the shortest route that may, but need not, have been known at `known_at`."""
    maybe = replace(rule, maybe_known=True)
    routes = engine.find_routes(*ends, maybe, replace(scope, limit=1, only_shortest=True)).routes
    pairs = sorted({pair for route in routes[:1] for pair in route})
    certain = composer.links_of(pairs, rule)
    return {
        each: link for each, link in composer.links_of(pairs, maybe).items() if each not in certain
    }
