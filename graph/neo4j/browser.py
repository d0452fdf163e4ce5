"""Queries to run in Neo4j Browser on a loaded database.

For people who look around by themselves. Ids and names are parameters, set with `:param` lines,
because they come from lists. A path is a set of reported links, not a finding about anyone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from graph.neo4j import schema

_HOPS = "|".join(schema.HOP_TYPES)
_KINDS = "|".join((schema.CLAIM, schema.REFUTED))
SAVED_QUERIES: tuple[tuple[str, str], ...] = (
    (
        "Parties by name",
        f"CALL db.index.fulltext.queryNodes('{schema.NAMES_INDEX}', $name)\n"
        "YIELD node, score RETURN node, score LIMIT 20",
    ),
    (
        "Who is near a party",
        f"MATCH p = (:Entity {{id: $id}})-[:{schema.ANY_LINK}]-{{1,2}}(:Entity)\n"
        "RETURN p LIMIT 200",
    ),
    (
        "Shortest paths between two parties, unrelated organisations in between included",
        "MATCH (a:Entity {id: $id}) MATCH (b:Entity {id: $other})\n"
        f"MATCH p = ALL SHORTEST (a)-[:{_HOPS}]-{{1,6}}(b)\nRETURN p LIMIT 50",
    ),
    (
        "The same without disputed links and without organisations tied to more than 25 parties",
        "MATCH (a:Entity {id: $id}) MATCH (b:Entity {id: $other})\n"
        f"MATCH p = ALL SHORTEST (a) (()-[r:{_HOPS} WHERE r.status <> 'disputed']-\n"
        "  (n:Entity WHERE n = b OR (n.degree <= 25 AND NOT n.spread))){1,6} (b)\n"
        "RETURN p LIMIT 50",
    ),
    (
        "Any path at all, typed or not: none runs through a claim, an event or a listing",
        "MATCH (a:Entity {id: $id}) MATCH (b:Entity {id: $other})\n"
        "MATCH p = shortestPath((a)-[*]-(b))\nRETURN p",
    ),
    (
        "What is claimed of a party, or refuted",
        f"MATCH (c:{_KINDS}) WHERE $id IN [c.source, c.target]\n"
        "RETURN c.source, c.role, c.target, c.status, c.start, c.stated_by",
    ),
    (
        "On which lists a party is, and since when",
        "MATCH (:Entity {id: $id})-[:LISTED_ON]->(l:Listing)\n"
        "RETURN l.authority, l.list, l.programs, l.since, l.until ORDER BY l.since",
    ),
    (
        "What happened to a party: settlements, letters, orders, proceedings",
        "MATCH (e:Aside:Event) WHERE $id IN [e.source, e.target]\n"
        "RETURN e.start, e.role, e.source, e.target, e.stated_by ORDER BY e.start",
    ),
    (
        "Listed parties nearest to a party",
        f"MATCH p = SHORTEST 5 GROUPS (:Entity {{id: $id}})-[:{_HOPS}]-{{1,4}}"
        f"(:{schema.LISTED_LABEL})\nRETURN p LIMIT 25",
    ),
    (
        "What is inferred about identities and not decided",
        f"MATCH p = (:Entity)-[:{schema.POSSIBLY_SAME_AS}]->(:Entity) RETURN p LIMIT 50",
    ),
    (
        "What ended: listings that no list states any more",
        "MATCH (n:Entity)-[:LISTED_ON]->(l:Listing) WHERE l.until IS NOT NULL\n"
        "RETURN n.id, n.caption, l.list, l.since, l.until ORDER BY l.until DESC LIMIT 100",
    ),
    (
        "Which snapshot is loaded",
        "MATCH (s:CuibonoSnapshot) RETURN s.id, s.state, s.dataset_codes",
    ),
)


def saved_queries_text(parameters: Mapping[str, str]) -> str:
    """The queries as a file for Neo4j Browser.

    Args:
        parameters: `id` and `other`: ids of two parties; `name`: a name to look for.
    """
    lines = [
        # json.dumps writes a text as Cypher does, quotes and backslashes escaped.
        f":param {name} => {json.dumps(value)};"
        for name, value in parameters.items()
    ]
    queries = [f"// {title}\n{text};" for title, text in SAVED_QUERIES]
    return "\n\n".join(["\n".join(lines), *queries]) + "\n"
