"""Queries to look at a loaded snapshot in Neo4j Browser, as a file that it opens.

Labels, relationship types and index come from `graph.neo4j.schema`; ids are parameters, since they
come from lists. Cypher 5, which every supported server reads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from graph.neo4j import schema

_TEXT = """// Queries for Neo4j Browser. Run the :param lines first, then each query by itself.
// Only relationships between :Entity nodes carry a path. Claims, refuted links, events and listings
// are nodes of their own (:Aside), attached to one party: no path pattern can run through them.
// A path is a set of reported links, not a finding about anyone.

{parameters}

// Connections between two parties, shortest first, over everything that carries a path.
MATCH p = SHORTEST 5 (a:Entity {{id: $source}})-[:{hops}]-{{1,6}}(b:Entity {{id: $target}})
RETURN p;

// The same with identities: {possibly} is an inference nobody has decided.
MATCH p = SHORTEST 10 (a:Entity {{id: $source}})-[:{links}]-{{1,8}}(b:Entity {{id: $target}})
RETURN p;

// Who is one link away from a party, with who said so in `record`.
MATCH p = (a:Entity {{id: $source}})-[:{links}]-(b:Entity)
RETURN p LIMIT 200;

// What is claimed of a party, or refuted.
MATCH p = (a:Entity)-[:{claims}]->(c:Aside)
WHERE $claimant IN [c.source, c.target] AND $claimed IN [c.source, c.target]
RETURN p;

// Any path at all between the two ends of that claim, typed or not: none runs through the claim.
MATCH (a:Entity {{id: $claimant}}), (b:Entity {{id: $claimed}})
MATCH p = shortestPath((a)-[*]-(b))
RETURN p;

// What is dated about a party: settlements, letters, orders, proceedings.
MATCH p = (a:Entity)-[:{events}]->(e:Aside)
WHERE $source IN [e.source, e.target]
RETURN p ORDER BY e.start;

// The listed parties nearest to a party.
MATCH p = SHORTEST 1 (a:Entity {{id: $target}})-[:{hops}]-{{1,4}}(b:{listed})
RETURN p ORDER BY length(p) LIMIT 5;

// Parties by name. For browsing: a search with reasons is `cuibono search`.
CALL db.index.fulltext.queryNodes('{names}', $name) YIELD node, score
RETURN node, score LIMIT 20;
"""


def make_saved_queries(parameters: Mapping[str, str]) -> str:
    """The file's text.

    Args:
        parameters: source, target, claimant and claimed: ids; name: a name to look for.
    """
    lines = (f":param {name} => {json.dumps(value)};" for name, value in parameters.items())
    return _TEXT.format(
        parameters="\n".join(lines),
        hops="|".join(schema.HOP_TYPES),
        links=schema.ANY_LINK,
        possibly=schema.POSSIBLY_SAME_AS,
        claims=schema.ATTACHED_BY[schema.CLAIM],
        events=schema.ATTACHED_BY["Event"],
        listed=schema.LISTED_LABEL,
        names=schema.NAMES_INDEX,
    )
