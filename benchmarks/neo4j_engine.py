"""Neo4j as a peer: the Cypher that measured best, and the product's own Neo4j backend.

The plain queries use stored degrees and inline predicates; data travels as parameters. A query
that the server does not finish in time, or within its memory, is a failed call.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from neo4j import Driver, GraphDatabase, Query
from neo4j.exceptions import DriverError, Neo4jError

from benchmarks.embedded_engine import make_scope, read_listed, read_routes, rule_maker
from benchmarks.generate import NumberedIds
from benchmarks.measure import CallFailed, EngineLost
from benchmarks.questions import ALL_STATUSES, Answer, Pair, Question, Sort
from graph.columns import STATUS_CODES
from graph.errors import StoreError, StoreUnavailable
from graph.neo4j import schema
from graph.neo4j.connection import Connection
from graph.neo4j.engine import Neo4jEngine
from graph.neo4j.native import NativeSearch
from graph.neo4j.source import Neo4jSource

TIMEOUT_S = 30.0
_ENDS = "MATCH (a:Entity {id: $source}), (b:Entity {id: $target})"
_SELECTORS = {
    Sort.HOPS: "SHORTEST 1",
    Sort.ALL_SHORTEST: "ALL SHORTEST",
    # Without ACYCLIC the server gives trails, which may pass a node twice.
    Sort.K_SHORTEST: "SHORTEST {limit} ACYCLIC",
}


class CypherEngine:
    """Plain Cypher over the driver."""

    name = "Neo4j"

    def __init__(self, uri: str, ids: NumberedIds) -> None:
        self._driver: Driver = GraphDatabase.driver(
            uri, auth=None, notifications_min_severity="OFF"
        )
        self._session = self._driver.session()
        self._ids = ids

    def close(self) -> None:
        """End the connections."""
        self._session.close()
        self._driver.close()

    def ask(self, question: Question) -> Callable[[Pair], Answer]:
        """What answers a question."""
        text = nearest_text(question) if question.sort is Sort.NEAREST else path_text(question)
        query = Query(text, timeout=TIMEOUT_S)  # joined from constants
        statuses = sorted(STATUS_CODES[each] for each in question.statuses)

        def run(pair: Pair) -> list[Any]:
            parameters = {
                "source": self._ids.name(pair.source),
                "target": self._ids.name(pair.target),
                "day": pair.day,
                "statuses": statuses,
                "max_degree": question.max_degree,
                "limit": question.limit,
            }
            try:
                return [record[0] for record in self._session.run(query, parameters)]
            except Neo4jError as exc:
                raise CallFailed(str(exc.code)) from exc
            except (DriverError, OSError) as exc:
                raise EngineLost(f"{type(exc).__name__}: {exc}") from exc

        return lambda pair: self._read(question, run(pair))

    def _read(self, question: Question, rows: list[Any]) -> Answer:
        if question.sort is Sort.NEAREST:
            return int(rows[0]) if rows else None
        if question.sort is Sort.HOPS:
            return len(rows[0]) - 1 if rows else None
        routes = {tuple(self._ids.find(each) or 0 for each in row) for row in rows}
        if question.sort is Sort.ALL_SHORTEST:
            return frozenset(routes)
        return tuple(sorted(len(each) - 1 for each in routes))


def path_text(question: Question) -> str:
    """The Cypher of a question about routes."""
    predicate = _predicate(question)
    link = f"-[r{_types(question)}{predicate}]-"
    hops = f"{{1,{question.max_hops}}}"
    steps = f"(a){link}{hops}(b)"
    if question.max_degree is not None:
        passes = "n.degree <= $max_degree OR n.id = $target"
        steps = f"(a)((){link}(n:Entity WHERE {passes})){hops}(b)"
    selector = _SELECTORS[question.sort].format(limit=question.limit)
    version = "CYPHER 25 " if question.sort is Sort.K_SHORTEST else ""
    return (
        f"{version}{_ENDS} MATCH p = {selector} {steps} "
        "RETURN DISTINCT [each IN nodes(p) | each.id] LIMIT $limit"
    )


def nearest_text(question: Question) -> str:
    """One branch for each depth: ten times as fast as a shortest path to a label."""
    branches = " UNION ALL ".join(
        f"MATCH (a)-[]-{'()-[]-' * (depth - 1)}(b:{schema.LISTED_LABEL}) WHERE b <> a "
        f"RETURN {depth} AS depth LIMIT 1"
        for depth in range(1, question.max_hops + 1)
    )
    return (
        "MATCH (a:Entity {id: $source}) "
        f"CALL (a) {{ {branches} }} RETURN depth ORDER BY depth LIMIT 1"
    )


def _types(question: Question) -> str:
    names = "|".join(schema.RELATIONSHIP_TYPES[name] for name in question.types)
    return f":{names}" if names else ""


def _predicate(question: Question) -> str:
    parts = []
    if question.dated:
        parts.append("r.start_day <= $day AND r.end_day >= $day")
    if question.statuses != ALL_STATUSES:
        parts.append("r.status_code IN $statuses")
    return f" WHERE {' AND '.join(parts)}" if parts else ""


class BackendEngine:
    """The product's Neo4j backend, a new `Neo4jEngine` for each question as in an answer."""

    name = "cuibono on Neo4j"

    def __init__(self, uri: str, ids: NumberedIds) -> None:
        self._connection = Connection.open(uri)
        self._source = Neo4jSource(self._connection, {})
        self._native = NativeSearch(self._connection)
        self._ids = ids

    def close(self) -> None:
        """End the connections."""
        self._connection.close()

    def ask(self, question: Question) -> Callable[[Pair], Answer]:
        """What answers a question."""
        ids, scope, rule_of = self._ids, make_scope(question), rule_maker(question)

        def find(pair: Pair) -> Answer:
            source, target = ids.name(pair.source), ids.name(pair.target)
            engine = Neo4jEngine(self._source, self._native, "benchmark")
            try:
                engine.require_nodes([source, target])
                if question.sort is Sort.NEAREST:
                    return read_listed(engine.find_listed(source, (), rule_of(pair), scope))
                routes = engine.find_routes([source], [target], rule_of(pair), scope)
            except StoreUnavailable as exc:
                raise EngineLost(str(exc)) from exc
            except StoreError as exc:
                raise CallFailed(str(exc)) from exc
            return read_routes(question, routes, ids)

        return find
