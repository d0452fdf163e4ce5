"""Records as properties: what one entity, link, event or listing is in the database.

Each row carries a digest of everything written for it, so that loading again touches only what
changed. `record` holds the whole record as JSON: answers are read from it, searches never.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from graph.columns import LinkRow, NodeRow
from graph.model import Entity, Event, Link, Listing, Stated
from graph.neo4j import schema

# Part of every digest: raise it when what is written changes, and everything is written anew.
LAYOUT = 2
_NAME_PROPERTIES = ("name", "alias", "weakAlias", "previousName")

_RECORDED = ("digest", "record")
_STATED = ("id", "schema", "role", "status", "start", "end", "datasets", "stated_by")
# What each sort of row may have: sent by position, because the driver packs names slowly.
PARTY_COLUMNS = (
    *("id", "caption", "schema", "kind", "names", "topics", "countries", "datasets"),
    *schema.NODE_PROPERTIES,
    *_RECORDED,
)
LINK_COLUMNS = (*_STATED, "kind", "value", *schema.LINK_PROPERTIES, *_RECORDED)
ASIDE_COLUMNS = tuple(
    dict.fromkeys(("key", "source", "target", "caption", *LINK_COLUMNS, *Listing.model_fields))
)


@dataclass(frozen=True, slots=True)
class Row:
    """Something to be written: a party, a relationship, or what stands aside of one party.

    `key` is unique among its sort; `ends` are the ids of the parties it is attached to.
    """

    key: str
    labels: tuple[str, ...]  # of a relationship: its type alone
    ends: tuple[str, ...]
    properties: Mapping[str, Any]
    digest: str

    def values(self, columns: tuple[str, ...]) -> list[Any]:
        """The properties in a fixed order, None where it has none of a name.

        Raises:
            KeyError: When it has a property that is not among the columns.
        """
        if unknown := self.properties.keys() - set(columns):
            raise KeyError(f"no column for {sorted(unknown)}")
        return [self.properties.get(name) for name in columns]


def _make(
    key: str, labels: tuple[str, ...], ends: tuple[str, ...], properties: Mapping[str, Any]
) -> Row:
    kept = {name: value for name, value in properties.items() if value not in (None, [], "")}
    basis = orjson.dumps([LAYOUT, key, labels, ends, kept], option=orjson.OPT_SORT_KEYS)
    digest = hashlib.blake2b(basis, digest_size=12).hexdigest()
    return Row(key, labels, ends, {**kept, "digest": digest}, digest)


def _record(item: Entity | Stated) -> str:
    return item.model_dump_json(exclude_defaults=True)


def party_row(entity: Entity, facts: NodeRow) -> Row:
    """An entity as a node."""
    schema_label = (entity.schema_,) if entity.schema_ in schema.SCHEMA_LABELS else ()
    listed_label = (schema.LISTED_LABEL,) if facts.listed else ()
    names = dict.fromkeys(value for name in _NAME_PROPERTIES for value in entity.values(name))
    return _make(
        entity.id,
        (*schema_label, *listed_label),
        (),
        {
            "id": entity.id,
            "caption": entity.caption,
            "schema": entity.schema_,
            "kind": entity.kind.value,
            "names": list(names),
            "topics": list(entity.topics),
            "countries": list(entity.countries),
            "datasets": list(entity.datasets),
            **facts._asdict(),
            "record": _record(entity),
        },
    )


def _stated(item: Link | Event) -> dict[str, Any]:
    return {
        "id": item.id,
        "schema": item.schema_,
        "role": item.role,
        "status": item.status.value,
        "start": item.start,
        "end": item.end,
        "datasets": list(item.datasets),
        "stated_by": list(dict.fromkeys(each.by for each in item.evidence)),
        "record": _record(item),
    }


def link_row(link: Link, facts: LinkRow) -> tuple[Row, bool]:
    """A link, and whether it stands aside as a node instead of being a relationship."""
    properties = {
        **_stated(link),
        "kind": link.kind.value,
        "value": link.value,
        **dict(zip(schema.LINK_PROPERTIES, facts, strict=True)),
    }
    label = schema.withheld_label(link, facts.context)
    if label is None:
        kind = schema.relationship_type(link)
        return _make(link.id, (kind,), (link.source, link.target), properties), False
    properties |= {"source": link.source, "target": link.target}
    return _aside(f"link|{link.id}", (label, schema.WITHHELD), link.source, properties), True


def _aside(key: str, labels: tuple[str, ...], owner: str, properties: Mapping[str, Any]) -> Row:
    return _make(key, labels, (owner,), {**properties, "key": key})


def event_row(event: Event) -> Row:
    """An event of a timeline, attached to its source."""
    ends = {"source": event.source, "target": event.target}
    return _aside(f"event|{event.id}", ("Event",), event.source, {**_stated(event), **ends})


def party_asides(entity: Entity) -> Iterator[Row]:
    """An entity's listings, and the ids that were merged into it."""
    for number, listing in enumerate(entity.listings):
        facts = listing.model_dump(mode="json")
        caption = f"{listing.authority}: {listing.list}"
        key = f"listing|{entity.id}|{number}"
        yield _aside(key, ("Listing",), entity.id, {**facts, "caption": caption})
    for referent in entity.referents:
        # `source` is an indexed property: the former id is found by it.
        ends = {"id": referent, "source": referent, "target": entity.id}
        yield _aside(f"referent|{referent}|{entity.id}", ("Referent",), entity.id, ends)
