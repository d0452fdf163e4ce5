"""What one search may use: a query's filters and hub policy, ready for a backend.

A rule is a plain value. Embedded arrays and fetched subgraphs both turn it into kernel numbers with
`graph.embedded.engine`; the Neo4j backend turns it into parameters of its own Cypher.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from graph.dates import DAY_MAX, DAY_MIN, require_span
from graph.errors import QueryError
from graph.model import LINK_TYPES, Entity, Link, Status
from graph.network import Filters, HubPolicy, PolicyRule

Route = tuple[tuple[str, str], ...]
Executed = Literal["embedded", "native", "fetched"]


@dataclass(frozen=True)
class Window:
    """First and last day of a question about time; an instant has both equal."""

    first: int
    last: int


@dataclass(frozen=True)
class Rule:
    """What a link and a node must be for one search.

    `statuses` apply to relationships and derived links; claims join with `claims` whatever their
    status. `maybe_known` asks for links that may have been published by `known_at`, instead of
    those that certainly had.
    """

    filters: Filters
    policy: HubPolicy
    statuses: frozenset[Status]
    claims: bool = False
    maybe_known: bool = False

    @property
    def types(self) -> frozenset[str]:
        """The link types that pass; identity links are no hops and are not among them."""
        allowed = frozenset(self.filters.types_allow or LINK_TYPES)
        return allowed - frozenset(self.filters.types_deny) - {"SameAs"}

    @property
    def valid(self) -> Window:
        """The days of which one must be a day of the link."""
        filters = self.filters
        if filters.during is not None:
            first = require_span(filters.during[0], "/filters/during/0")
            last = require_span(filters.during[1], "/filters/during/1")
            return Window(first.earliest, last.latest)
        if filters.as_of is not None:
            span = require_span(filters.as_of, "/filters/as_of")
            return Window(span.earliest, span.latest)
        return Window(DAY_MIN, DAY_MAX)

    @property
    def known_day(self) -> int | None:
        """The last day by which a link must have been published; None: whenever."""
        if self.filters.known_at is None:
            return None
        return require_span(self.filters.known_at, "/filters/known_at").latest

    def enforces(self, rule: PolicyRule) -> bool:
        """Whether a rule of the hub policy holds here."""
        return rule not in self.policy.lift

    def usable_identity(self, status: Status, probability: float | None) -> bool:
        """Whether an identity link joins its ends under the query's doubt."""
        if status is Status.CONFIRMED:
            return True
        if status is not Status.PROPOSED or self.filters.doubt == 0:
            return False
        # The tolerance is for numbers as people write them: 0.9 is within a doubt of 0.1.
        return probability is None or probability + 1e-9 >= 1 - self.filters.doubt

    def lifted(self) -> Rule:
        """The same rule without any hub policy."""
        return replace(self, policy=HubPolicy(lift=tuple(PolicyRule)))


def make_tiers(filters: Filters, policy: HubPolicy) -> list[Rule]:
    """The rules in which a query is searched, best first: undisputed, disputed, with claims.

    Raises:
        QueryError: When a filter is malformed.
    """
    check_filters(filters)
    statuses = frozenset(filters.statuses)
    tiers = [Rule(filters, policy, statuses - {Status.DISPUTED, Status.REFUTED})]
    if statuses - tiers[0].statuses:
        tiers.append(Rule(filters, policy, statuses))
    if filters.include_claims:
        tiers.append(Rule(filters, policy, statuses, claims=True))
    return tiers


def check_filters(filters: Filters) -> None:
    """Refuse what no search could mean.

    Raises:
        QueryError: Names the filter and the remedy.
    """
    for name in ("types_allow", "types_deny"):
        unknown = sorted(set(getattr(filters, name)) - set(LINK_TYPES))
        if unknown:
            raise QueryError(
                f"No link type is called {unknown[0]!r}; the types are {', '.join(LINK_TYPES)}.",
                pointer=f"/filters/{name}",
            )
    if filters.as_of is not None and filters.during is not None:
        raise QueryError(
            "Ask for one day (as_of) or an interval (during), not both.", pointer="/filters/during"
        )
    probe = Rule(filters, HubPolicy(), frozenset())
    if probe.valid.first > probe.valid.last:
        raise QueryError("The interval ends before it starts.", pointer="/filters/during")
    _ = probe.known_day


@dataclass(frozen=True)
class Scope:
    """How far one search goes: hops, routes wanted, and whether only the shortest count."""

    max_hops: int
    limit: int
    budget: int
    only_shortest: bool = False


@dataclass(frozen=True)
class Routes:
    """What a search found, as ids, shortest first; equal lengths in order of ids."""

    routes: tuple[Route, ...]
    completed_depth: int
    nodes: int
    links: int
    exhausted: bool  # nothing more is reachable within the rule
    cut: bool  # the budget ended it
    hubs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listed:
    """Listed parties found by one search, nearest first, with hops."""

    found: tuple[tuple[str, int], ...]
    completed_depth: int
    nodes: int
    links: int
    exhausted: bool
    cut: bool
    hubs: tuple[str, ...] = ()


class Engine(Protocol):
    """What a backend must be able to do for the queries of `graph.paths`."""

    @property
    def executed(self) -> Executed:
        """How the last search ran."""
        ...

    @property
    def snapshot(self) -> str:
        """Id of the snapshot."""
        ...

    def require_nodes(self, entity_ids: Sequence[str]) -> tuple[str, ...]:
        """Ids of existing nodes, merged ids replaced by the ones that stand.

        Raises:
            EntityNotFound: For the first that is absent.
        """
        ...

    def find_routes(
        self, sources: Sequence[str], targets: Sequence[str], rule: Rule, scope: Scope
    ) -> Routes:
        """Simple routes between two sets of nodes."""
        ...

    def find_listed(self, source: str, lists: Sequence[str], rule: Rule, scope: Scope) -> Listed:
        """Listed nodes by distance from one node; all of the last distance reached."""
        ...

    def links_between(
        self, pairs: Iterable[tuple[str, str]], rule: Rule
    ) -> Mapping[tuple[str, str], list[Link]]:
        """Usable links of each pair, in order of link id."""
        ...

    def find_identities(self, left: str, right: str, rule: Rule) -> list[Link]:
        """The identity links that join two nodes of one cluster, in order."""
        ...

    def get_entities(self, entity_ids: Iterable[str]) -> Mapping[str, Entity]:
        """Entities by id."""
        ...

    def cluster_of(self, entity_id: str, rule: Rule) -> Sequence[str]:
        """Ids of the nodes that count as this one under the rule, itself included."""
        ...
