"""All shortest routes by Cypher alone, where that is exact.

Exact means: what a rule asks of a link can be said as a predicate on its relationship, nothing that
the rule admits stands aside as a node, and no hub is left out. An answer names the hubs that the
policy left out; Cypher can avoid them but does not say which it met, so a search that must avoid
them is left to the kernels. The rule about a shared principal looks at two hops at once, which no
predicate can; it is checked on the routes found. Those that keep it are the shortest allowed ones
if there is one at least; otherwise the kernels search.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from graph.embedded.search import ROUTE_CAP
from graph.model import Status
from graph.neo4j import schema
from graph.neo4j.connection import Connection
from graph.network import PolicyRule
from graph.policy import Context, Principal
from graph.rules import Route, Routes, Rule, Scope

# What `schema.withheld_label` leaves among the relationships.
_STATUSES = frozenset({Status.ASSERTED, Status.CORROBORATED, Status.DISPUTED, Status.SUPERSEDED})
_UP, _DOWN, _LEVEL = "up", "down", "level"
_SHORTEST = """
MATCH (a:Entity) WHERE a.id IN $sources
MATCH (b:Entity) WHERE b.id IN $targets
MATCH p = ALL SHORTEST (a) (()-[r:%(types)s
      WHERE r.start_day <= $last AND r.end_day >= $first AND r.status IN $statuses
        AND r.context IN $contexts AND %(more)s]-(:Entity)){1,%(hops)d} (b)
WITH DISTINCT [each IN nodes(p) | each.id] AS ids,
     [each IN relationships(p) | [each.principal, startNode(each).id]] AS moves
RETURN ids, moves ORDER BY size(ids), ids LIMIT $limit
"""


class NativeSearch:
    """Shortest routes by Cypher."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find_shortest(
        self, sources: Sequence[str], targets: Sequence[str], rule: Rule, scope: Scope
    ) -> Routes | None:
        """All shortest routes; None when Cypher cannot tell them exactly.

        No identity link may be usable under the rule: here each record is a party of its own.
        """
        if not (scope.only_shortest and is_exact(rule)):
            return None
        text = _text(rule.types, _more(rule), scope.max_hops)
        parameters = {"sources": list(sources), "targets": list(targets), **_parameters(rule)}
        rows = self._connection.read((text, {**parameters, "limit": ROUTE_CAP}))[0]
        if not rows or len(rows) >= ROUTE_CAP:
            return None  # whether the search was exhausted, or cut, the kernels say
        length = len(rows[0][0])
        by_nodes: dict[tuple[str, ...], list[list[str]]] = {}
        for ids, moves in rows:
            if len(ids) == length:
                by_nodes.setdefault(tuple(ids), []).append(_moves(ids, moves))
        obeys = rule.enforces(PolicyRule.SHARED_PRINCIPAL)
        kept = [ids for ids, ways in by_nodes.items() if not obeys or _may_pass(ways)]
        if not kept:
            return None
        routes: tuple[Route, ...] = tuple(tuple(pairwise(ids)) for ids in kept)
        return Routes(
            routes=routes,
            completed_depth=length - 1,
            nodes=len({each for ids in by_nodes for each in ids}),
            links=len(rows) * (length - 1),
            exhausted=False,
            cut=False,
        )


def is_exact(rule: Rule) -> bool:
    """Whether a rule can be said in Cypher over relationships, and leaves out no node."""
    filters = rule.filters
    return (
        filters.direction == "any"
        and filters.known_at is None
        and not rule.claims
        and rule.statuses <= _STATUSES
        and bool(rule.types)
        and rule.enforces(PolicyRule.SHARED_VALUES)
        and not rule.enforces(PolicyRule.HUBS)
        and not filters.avoid
    )


def _more(rule: Rule) -> str:
    """The predicates of filters that are seldom set."""
    filters = rule.filters
    parts = ["true"]
    if filters.min_confidence > 0:
        parts.append("r.credibility >= $credibility")
    if filters.verified_only:
        parts.append("r.verified")
    if filters.datasets:
        parts.append("any(each IN r.datasets WHERE each IN $datasets)")
    if filters.certain_dates and (filters.as_of is not None or filters.during is not None):
        parts.append("r.certain_start <= $first AND r.certain_end >= $last")
    return " AND ".join(parts)


@cache
def _text(types: frozenset[str], more: str, hops: int) -> str:
    return _SHORTEST % {
        "types": "|".join(sorted(schema.RELATIONSHIP_TYPES[name] for name in types)),
        "more": more,
        "hops": hops,
    }


def _parameters(rule: Rule) -> dict[str, Any]:
    window, filters = rule.valid, rule.filters
    denied = Context.FAMILY if rule.enforces(PolicyRule.FAMILY) else Context.NONE
    return {
        "first": window.first,
        "last": window.last,
        "statuses": sorted(rule.statuses),
        "contexts": [each for each in range(4) if not each & denied],
        # As narrow as the columns of the embedded backend, so that ties fall the same way.
        "credibility": float(np.float32(filters.min_confidence)),
        "datasets": list(filters.datasets),
    }


def _moves(ids: Sequence[str], moves: Sequence[Sequence[Any]]) -> list[str]:
    """Each hop of a path as going up to a principal, down from one, or neither."""
    found = []
    for here, (principal, start) in zip(ids, moves, strict=False):
        if principal == Principal.NEITHER:
            found.append(_LEVEL)
        else:
            found.append(_DOWN if (principal == Principal.SOURCE) == (start == here) else _UP)
    return found


def _may_pass(ways: Sequence[Sequence[str]]) -> bool:
    """Whether parallel links allow a route that never turns down right after going up."""
    up = False
    for options in zip(*ways, strict=True):
        allowed = {each for each in options if not (up and each == _DOWN)}
        if not allowed:
            return False
        up = allowed == {_UP}
    return True
