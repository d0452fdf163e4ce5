"""Names in the database: labels, relationship types, properties, constraints.

Parties are `(:Entity:<Schema>)`, joined by one relationship type for each link type. Whatever must
carry no path stands aside as a node of its own (`:Aside`), attached to one party only and holding
the other's id as a property: claims, refuted links, widely shared values, rejected identities,
events, listings. So no path pattern, typed or not, can run through them. Identifiers in Cypher come
from here and from FollowTheMoney's schemata, never from data.
"""

from __future__ import annotations

import re

from followthemoney import model

from graph.columns import LinkRow, NodeRow
from graph.model import LINK_TYPES, Link, LinkKind, Status
from graph.policy import Context

SCHEMA_LABELS = frozenset(schema.name for schema in model)
LISTED_LABEL = "Listed"
PARTY_LABELS = sorted({*SCHEMA_LABELS, LISTED_LABEL})

POSSIBLY_SAME_AS = "POSSIBLY_SAME_AS"
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
RELATIONSHIP_TYPES = {name: _HUMP.sub("_", name).upper() for name in LINK_TYPES}
IDENTITY_TYPES = (RELATIONSHIP_TYPES["SameAs"], POSSIBLY_SAME_AS)
HOP_TYPES = tuple(kind for name, kind in RELATIONSHIP_TYPES.items() if name != "SameAs")
ALL_TYPES = (*HOP_TYPES, *IDENTITY_TYPES)
ANY_LINK = "|".join(ALL_TYPES)
ANY_IDENTITY = "|".join(IDENTITY_TYPES)

# Columns of `graph.columns` whose name a readable text of the relationship already has.
_RENAMED = {
    "type": "type_code",
    "kind": "kind_code",
    "status": "status_code",
    "start": "start_day",
    "end": "end_day",
    "datasets": "dataset_bits",
}
LINK_PROPERTIES = tuple(_RENAMED.get(name, name) for name in LinkRow._fields)
NODE_PROPERTIES = NodeRow._fields

# How a link that stands aside is labelled, and attached to its source.
CLAIM, REFUTED, WIDELY_SHARED, REJECTED = "Claim", "Refuted", "WidelyShared", "Rejected"
WITHHELD = "Withheld"  # common to the four
ATTACHED_BY = {
    CLAIM: "CLAIMS",
    REFUTED: "CLAIMS",
    WIDELY_SHARED: "SHARES",
    REJECTED: "NOT_SAME_AS",
    "Event": "EVENT",
    "Listing": "LISTED_ON",
    "Referent": "FORMERLY",
}

NAMES_INDEX = "cuibono_names"
STRUCTURE = (
    "CREATE CONSTRAINT cuibono_entity IF NOT EXISTS FOR (n:Entity) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT cuibono_aside IF NOT EXISTS FOR (n:Aside) REQUIRE n.key IS UNIQUE",
    "CREATE CONSTRAINT cuibono_snapshot IF NOT EXISTS"
    " FOR (n:CuibonoSnapshot) REQUIRE n.key IS UNIQUE",
    "CREATE INDEX cuibono_aside_source IF NOT EXISTS FOR (n:Aside) ON (n.source)",
    "CREATE INDEX cuibono_aside_target IF NOT EXISTS FOR (n:Aside) ON (n.target)",
    f"CREATE FULLTEXT INDEX {NAMES_INDEX} IF NOT EXISTS"
    " FOR (n:Entity) ON EACH [n.caption, n.names]",
    *(
        f"CREATE CONSTRAINT cuibono_{kind.lower()} IF NOT EXISTS"
        f" FOR ()-[r:{kind}]-() REQUIRE r.id IS UNIQUE"
        for kind in ALL_TYPES
    ),
)


def withheld_label(link: Link, context: int) -> str | None:
    """How a link stands aside, None when it is a relationship.

    A refuted link, a claim, a rejected identity and a widely shared value (a registered agent's
    premises) must not look like a connection to anyone who types a path pattern.
    """
    if link.kind is LinkKind.CLAIM:
        return CLAIM
    if link.status is Status.REFUTED:
        return REFUTED
    if link.status is Status.REJECTED:
        return REJECTED
    return WIDELY_SHARED if context & Context.SHARED_VALUE else None


def relationship_type(link: Link) -> str:
    """The relationship type of a link that is not withheld."""
    if link.kind is LinkKind.IDENTITY and link.status is not Status.CONFIRMED:
        return POSSIBLY_SAME_AS
    return RELATIONSHIP_TYPES[link.type]
