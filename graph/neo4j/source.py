"""What the Neo4j backend reads: facts for searches, records for answers.

Every text is a constant, joined from the allow-lists of `graph.neo4j.schema`; what a query asks for
travels as parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from graph.columns import LinkRow, NodeRow
from graph.model import Entity, Event, Link
from graph.neo4j import schema
from graph.neo4j.connection import Connection
from graph.neo4j.partial import LinkFacts, NodeFacts

_LINK_COLUMNS = "[" + ", ".join(f"r.{name}" for name in schema.LINK_PROPERTIES) + "]"
_NODE_COLUMNS = "[" + ", ".join(f"b.{name}" for name in schema.NODE_PROPERTIES) + "]"
_NODE = f"b.id AS other, coalesce(b.slots, 0) AS slots, {_NODE_COLUMNS} AS node"
_NODES = f"UNWIND $ids AS id MATCH (b:Entity {{id: id}}) RETURN {_NODE}"
_LINKS = f"""
UNWIND $ids AS id
MATCH (a:Entity {{id: id}})-[r:{schema.ANY_LINK}]-(b:Entity)
RETURN r.id AS link, startNode(r).id AS source, endNode(r).id AS target,
       {_LINK_COLUMNS} AS row, {_NODE}
"""
_WITHHELD = "\nUNION ALL\n".join(
    f"""
UNWIND $ids AS id
MATCH (r:Aside {{{here}: id}}) WHERE r:{schema.WITHHELD}
MATCH (b:Entity {{id: r.{there}}})
RETURN r.id AS link, r.source AS source, r.target AS target, {_LINK_COLUMNS} AS row, {_NODE}
"""
    for here, there in (("source", "target"), ("target", "source"))
)
_IDENTITIES = f"""
MATCH (a:Entity)-[r:{schema.ANY_IDENTITY}]->(b:Entity)
RETURN r.id, a.id, b.id, {_LINK_COLUMNS}
"""
_REFERENTS = """
UNWIND $ids AS id
MATCH (n:Aside {source: id}) WHERE n:Referent
RETURN id, n.target ORDER BY n.target
"""
_ENTITIES = "UNWIND $ids AS id MATCH (n:Entity {id: id}) RETURN id, n.record"
_LINK_RECORDS = f"""
UNWIND $rows AS row
MATCH (:Entity {{id: row[1]}})-[r:{schema.ANY_LINK}]->(:Entity {{id: row[2]}}) WHERE r.id = row[0]
RETURN r.record
"""
_WITHHELD_RECORDS = "UNWIND $rows AS row MATCH (n:Aside {key: 'link|' + row[0]}) RETURN n.record"
_LINK_BY_ID = "\nUNION ALL\n".join(
    f"MATCH ()-[r:{kind} {{id: $id}}]->() RETURN r.record AS record" for kind in schema.ALL_TYPES
)
_STATED_OF = """
MATCH (n:Aside {source: $id}) WHERE n:%(label)s RETURN n.record AS record
UNION
MATCH (n:Aside {target: $id}) WHERE n:%(label)s RETURN n.record AS record
"""
_EVENTS = _STATED_OF % {"label": "Event"}
_CLAIMS = _STATED_OF % {"label": f"({schema.CLAIM}|{schema.REFUTED})"}


class Neo4jSource:
    """Reads one database that holds one snapshot. Safe to share between threads."""

    def __init__(self, connection: Connection, dataset_codes: dict[str, int]) -> None:
        self._connection = connection
        self._codes = dataset_codes

    @property
    def dataset_codes(self) -> dict[str, int]:
        """Bit of each dataset."""
        return self._codes

    # -- facts --------------------------------------------------------------------------------

    @cached_property
    def identities(self) -> Mapping[str, Sequence[LinkFacts]]:
        """Every identity link that is not rejected, by each of its ends: they are few."""
        found: dict[str, list[LinkFacts]] = {}
        for link_id, source, target, row in self._connection.stream(_IDENTITIES):
            link = LinkFacts(link_id, source, target, LinkRow(*row))
            for end in {source, target}:
                found.setdefault(end, []).append(link)
        return found

    def fetch_nodes(self, ids: Sequence[str]) -> list[NodeFacts]:
        """Nodes by id; absent ones are left out."""
        return [_node(*row) for row in self._read(_NODES, ids=list(ids))]

    def fetch_links(self, ids: Sequence[str]) -> tuple[list[LinkFacts], list[NodeFacts]]:
        """All links of some nodes, withheld ones included, and the nodes at their other ends."""
        parameters = {"ids": list(ids)}
        parts = self._connection.read((_LINKS, parameters), (_WITHHELD, parameters))
        links: dict[str, LinkFacts] = {}
        nodes: dict[str, NodeFacts] = {}
        for link_id, source, target, row, *node in (each for part in parts for each in part):
            links[link_id] = LinkFacts(link_id, source, target, LinkRow(*row))
            nodes[node[0]] = _node(*node)
        return list(links.values()), list(nodes.values())

    def find_merged(self, ids: Sequence[str]) -> dict[str, str]:
        """For ids that were merged into an entity, its id."""
        pairs: list[list[str]] = self._read(_REFERENTS, ids=list(ids))
        return {old: new for old, new in reversed(pairs)}  # noqa: C416 - the pairs are lists

    # -- records ------------------------------------------------------------------------------

    def get_entities(self, ids: Iterable[str]) -> dict[str, Entity]:
        """Entities by id, in order of id; absent ones are left out."""
        wanted = sorted(set(ids))
        rows = self._read(_ENTITIES, ids=wanted) if wanted else []
        found = {entity_id: Entity.model_validate_json(record) for entity_id, record in rows}
        return {each: found[each] for each in wanted if each in found}

    def get_links(self, facts: Iterable[LinkFacts]) -> dict[str, Link]:
        """The records of some links, by id."""
        rows = [[each.id, each.source, each.target] for each in facts]
        if not rows:
            return {}
        parts = self._connection.read(
            (_LINK_RECORDS, {"rows": rows}), (_WITHHELD_RECORDS, {"rows": rows})
        )
        links = (Link.model_validate_json(record) for part in parts for (record,) in part)
        return {link.id: link for link in links}

    def get_link(self, link_id: str) -> Link | None:
        """A link or claim by id; None when absent."""
        parts = self._connection.read(
            (_LINK_BY_ID, {"id": link_id}), (_WITHHELD_RECORDS, {"rows": [[link_id]]})
        )
        records = [record for part in parts for (record,) in part]
        return Link.model_validate_json(records[0]) if records else None

    def get_events(self, entity_id: str) -> list[Event]:
        """Events that name an entity, earliest first, undated ones before."""
        events = [Event.model_validate_json(each) for each in self._records(_EVENTS, entity_id)]
        return sorted(events, key=lambda event: (event.start or "", event.id))

    def get_claims(self, entity_id: str) -> list[Link]:
        """Claims and refuted links that name an entity, by id."""
        links = [Link.model_validate_json(each) for each in self._records(_CLAIMS, entity_id)]
        return sorted(links, key=lambda link: link.id)

    def _records(self, text: str, entity_id: str) -> Iterator[str]:
        return (record for (record,) in self._read(text, id=entity_id))

    def _read(self, text: str, **parameters: Any) -> list[list[Any]]:
        return self._connection.read((text, parameters))[0]


def _node(entity_id: str, slots: int, row: Sequence[Any]) -> NodeFacts:
    return NodeFacts(entity_id, slots, NodeRow(*row))
