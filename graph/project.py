"""From statements to the network: entities, links, events.

Statements about one entity id are one entity, whichever dataset they come from. Addresses, identity
documents and sanction records fold into the party they belong to; an address becomes a node only
where a link names it. Nothing is merged by name here, but for parties that a list names without an
id (`…-unresolved-…`): where exactly one party of the loaded lists has exactly that primary name, it
is that party.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from followthemoney import model
from followthemoney.exc import InvalidData
from followthemoney.schema import Schema

from graph.model import Entity, Event, Evidence, Link, LinkKind, NodeKind, Status
from graph.statements import DatasetTables, require_schema
from graph.status import derive_status, names_of

CASE_PREFIX = "case_"  # datasets of evidence files
UNRESOLVED_MARK = "-unresolved-"
OUTLET_WORD = "outlet"
_FOLDED = ("Address", "Identification", "Sanction")
_KINDS = {
    "link": LinkKind.RELATIONSHIP,
    "location": LinkKind.RELATIONSHIP,
    "coverage": LinkKind.RELATIONSHIP,
    "derived": LinkKind.DERIVED,
    "identity": LinkKind.IDENTITY,
    "claim": LinkKind.CLAIM,
}
_COUNTRY_PROPS = ("country", "nationality", "jurisdiction", "citizenship", "mainCountry", "flag")
_DOCUMENT_PROPS = {"number": "idNumber"}


@dataclass(frozen=True, slots=True)
class Difference:
    """A row whose own status word is not the one that its evidence supports."""

    relation_id: str
    declared: str
    derived: Status
    locator: str


@dataclass(slots=True)
class Projection:
    """What a snapshot stores: sorted by id, every end of a link present."""

    entities: dict[str, Entity]
    links: list[Link]
    events: list[Event]
    referents: dict[str, str] = field(default_factory=dict)  # an id that was merged -> the one kept
    differences: list[Difference] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Draft:
    """An entity while its statements are read."""

    id: str
    schemata: dict[str, str] = field(default_factory=dict)  # schema -> first dataset
    properties: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    datasets: set[str] = field(default_factory=set)
    record_id: str = ""

    def values(self, name: str) -> list[str]:
        return list(self.properties.get(name, ()))


def project(
    tables: Sequence[DatasetTables], judged: Mapping[str, Status] | None = None
) -> Projection:
    """Build the network of several datasets.

    Args:
        tables: One per dataset; derived links come as a dataset of their own.
        judged: Status of identity links by link id, from the ledger.
    """
    drafts = _read_statements(tables)
    relations, evidence = _read_relations(tables)
    referents = _find_unresolved(drafts)
    for relation in relations.values():
        for end in ("source", "target"):
            relation[end] = referents.get(relation[end], relation[end])
    notes: list[str] = []
    entities = _make_entities(drafts, relations, referents, notes)
    projection = Projection(entities, [], [], referents, notes=notes)
    for relation_id, relation in sorted(relations.items()):
        if relation["source"] == relation["target"]:
            notes.append(f"{relation_id}: both ends are {relation['source']}; left out.")
            continue
        _add_relation(projection, relation, evidence.get(relation_id, []), judged or {})
    return projection


def _read_statements(tables: Iterable[DatasetTables]) -> dict[str, _Draft]:
    drafts: dict[str, _Draft] = {}
    names = (
        "entity_id", "schema", "prop", "value", "original_value", "lang", "scope", "dataset",
        "first_seen", "last_seen", "record_id",
    )  # fmt: skip
    for each in tables:
        columns = [each.statements[name].to_pylist() for name in names]
        for row in zip(*columns, strict=True):
            entity_id, schema, prop, value, original, lang, scope, dataset, first, last, record = (
                row
            )
            draft = drafts.get(entity_id)
            if draft is None:
                draft = drafts[entity_id] = _Draft(entity_id, record_id=record)
            draft.schemata.setdefault(schema, dataset)
            draft.datasets.add(dataset)
            if prop == "id":
                continue
            stated = draft.properties.setdefault(prop, {}).setdefault(
                value,
                {"value": value, "original": original, "lang": lang, "scope": scope, "sources": [],
                 "first_seen": first, "last_seen": last},
            )  # fmt: skip
            if dataset not in stated["sources"]:
                stated["sources"].append(dataset)
    return drafts


def _read_relations(
    tables: Iterable[DatasetTables],
) -> tuple[dict[str, dict[str, Any]], dict[str, list[Evidence]]]:
    relations: dict[str, dict[str, Any]] = {}
    evidence: dict[str, list[Evidence]] = {}
    for each in tables:
        for row in each.relations.to_pylist():
            known = relations.setdefault(row["id"], {**row, "datasets": set()})
            known["datasets"].add(row["dataset"])
        for row in each.evidence.to_pylist():
            relation_id = row.pop("relation_id")
            evidence.setdefault(relation_id, []).append(Evidence(**row))
    return relations, evidence


def _find_unresolved(drafts: Mapping[str, _Draft]) -> dict[str, str]:
    """Parties that a list names without an id, where exactly one party has that primary name."""
    stubs = [each for each in drafts if UNRESOLVED_MARK in each]
    if not stubs:
        return {}
    wanted = {name for each in stubs for name in drafts[each].values("name")}
    named: dict[str, set[str]] = {}
    for entity_id, draft in drafts.items():
        if UNRESOLVED_MARK not in entity_id and "entity" not in draft.properties:
            for name in draft.values("name"):
                if name in wanted:
                    named.setdefault(name, set()).add(entity_id)
    return {
        stub: next(iter(found))
        for stub in stubs
        for name in drafts[stub].values("name")
        if len(found := named.get(name, set())) == 1
    }


def _schema_of(draft: _Draft, notes: list[str]) -> Schema:
    """The most specific schema that all datasets' schemata allow."""
    names = list(draft.schemata)
    schema = require_schema(names[0])
    for name in names[1:]:
        try:
            schema = model.common_schema(schema, require_schema(name))
        except InvalidData:
            notes.append(
                f"{draft.id}: {draft.schemata[name]} says {name}, which does not fit "
                f"{schema.name}; the first stands."
            )
    return schema


def _make_entities(
    drafts: Mapping[str, _Draft],
    relations: Mapping[str, Mapping[str, Any]],
    referents: Mapping[str, str],
    notes: list[str],
) -> dict[str, Entity]:
    ends: dict[str, str] = {}
    for relation in relations.values():
        schema = require_schema(relation["schema"])
        assert schema.source_prop is not None and schema.target_prop is not None  # noqa: S101, PT018
        for end, prop in (("source", schema.source_prop), ("target", schema.target_prop)):
            wanted = prop.range.name if prop.range is not None else "Thing"
            # A range that an event needs does not make its party something else.
            if relation["kind"] in ("event", "claim", "identity"):
                wanted = "Thing"
            ends.setdefault(relation[end], wanted)
            if wanted == "Asset":
                ends[relation[end]] = wanted
    listings = _read_listings(drafts)
    addresses = {each: draft for each, draft in drafts.items() if "Address" in draft.schemata}
    merged: dict[str, list[str]] = {}
    for stub, kept in referents.items():
        merged.setdefault(kept, []).append(stub)
    entities: dict[str, Entity] = {}
    for entity_id in sorted({*drafts, *ends}):
        draft = drafts.get(entity_id)
        if entity_id in referents:
            continue
        if draft is None:
            entities[entity_id] = Entity(
                id=entity_id, schema_="LegalEntity", caption=entity_id, kind=NodeKind.UNRESOLVED
            )
            continue
        schema = _schema_of(draft, notes)
        if entity_id not in ends and not _is_node(schema):
            continue
        if ends.get(entity_id) == "Asset" and not schema.is_a("Asset"):
            schema = _as_asset(schema)
        entities[entity_id] = _make_entity(
            draft, schema, listings.get(entity_id, []), addresses, sorted(merged.get(entity_id, []))
        )
    return entities


def _is_node(schema: Schema) -> bool:
    """Whether entities of a schema stand in the network of their own."""
    if schema.edge or not schema.is_a("Thing"):
        return False
    return not any(schema.is_a(name) for name in (*_FOLDED, "CryptoWallet"))


def _as_asset(schema: Schema) -> Schema:
    """An organisation that somebody owns is a Company: an Ownership needs an Asset."""
    company = require_schema("Company")
    return company if company.is_a(schema) or schema.name == "PublicBody" else schema


def _read_listings(drafts: Mapping[str, _Draft]) -> dict[str, list[dict[str, Any]]]:
    listings: dict[str, list[dict[str, Any]]] = {}
    for draft in drafts.values():
        if "Sanction" not in draft.schemata:
            continue
        dataset = min(draft.datasets)
        for party in draft.values("entity"):
            listings.setdefault(party, []).append(
                {
                    "authority": next(iter(draft.values("authority")), dataset),
                    "list": next(iter(draft.values("publisher")), dataset),
                    "programs": tuple(draft.values("programId") or draft.values("program")),
                    "since": next(
                        iter(draft.values("listingDate") or draft.values("startDate")), None
                    ),
                    "until": next(iter(draft.values("endDate")), None),
                    "dataset": dataset,
                    "record_id": draft.record_id,
                    "source_url": next(iter(draft.values("sourceUrl")), None),
                    "reported": dataset.startswith(CASE_PREFIX),
                }
            )
    return listings


def _make_entity(
    draft: _Draft,
    schema: Schema,
    listings: list[dict[str, Any]],
    addresses: Mapping[str, _Draft],
    referents: list[str],
) -> Entity:
    # Lists before evidence files: a list's own spelling is the caption.
    names = sorted(
        draft.properties.get("name", {}).values(),
        key=lambda item: all(each.startswith(CASE_PREFIX) for each in item["sources"]),
    )
    full = draft.values("full") if schema.is_a("Address") else []
    caption = names[0]["value"] if names else (full[0] if full else draft.id)
    own = [addresses[each] for each in draft.values("addressEntity") if each in addresses]
    countries = {code for prop in _COUNTRY_PROPS for code in draft.values(prop)}
    countries |= {code for address in own for code in address.values("country")}
    return Entity(
        id=draft.id,
        schema_=schema.name,
        caption=caption,
        kind=_kind_of(draft, schema),
        properties={
            prop: tuple(values.values()) for prop, values in sorted(draft.properties.items())
        },
        topics=tuple(sorted(draft.values("topics"))),
        countries=tuple(sorted(countries)),
        datasets=tuple(sorted(draft.datasets)),
        listings=tuple(
            sorted(
                listings, key=lambda each: (each["reported"], each["dataset"], each["record_id"])
            )
        ),
        referents=tuple(referents),
    )


def _kind_of(draft: _Draft, schema: Schema) -> NodeKind:
    if schema.is_a("Address"):
        return NodeKind.PREMISES
    if UNRESOLVED_MARK in draft.id:
        return NodeKind.UNRESOLVED
    words = {
        word.casefold() for prop in ("classification", "sector") for word in draft.values(prop)
    }
    return NodeKind.OUTLET if OUTLET_WORD in words else NodeKind.PARTY


def _add_relation(
    projection: Projection,
    relation: Mapping[str, Any],
    evidence: Sequence[Evidence],
    judged: Mapping[str, Status],
) -> None:
    ends = [projection.entities[relation["source"]], projection.entities[relation["target"]]]
    names = [name for end in ends for name in names_of(end)]
    kind = relation["kind"]
    status = derive_status(evidence, names)
    for item in evidence:
        if item.stance == "asserts" and item.declared_status not in (None, status, ""):
            projection.differences.append(
                Difference(relation["id"], str(item.declared_status), status, item.locator)
            )
    if kind == "identity":
        status = judged.get(relation["id"], Status.PROPOSED)
    stated = {
        "id": relation["id"],
        "schema": relation["schema"],
        "role": relation["role"] or "",
        "source": relation["source"],
        "target": relation["target"],
        "start": relation["start"],
        "end": relation["end"],
        "status": status,
        "datasets": tuple(sorted(relation["datasets"])),
        "evidence": tuple(evidence),
    }
    if kind == "event":
        projection.events.append(Event(**stated))
        return
    projection.links.append(
        Link(
            **stated,
            kind=_KINDS[kind],
            percentage=_percentage(relation),
            confidence=relation["confidence"],
            probability=relation["probability"],
            value=relation["value"],
            sharers=relation["sharers"] or 0,
        )
    )


def _percentage(relation: Mapping[str, Any]) -> dict[str, Any] | None:
    if relation["percentage_minimum"] is None:
        return None
    return {
        "minimum": relation["percentage_minimum"],
        "maximum": relation["percentage_maximum"],
        "minimum_open": relation["percentage_minimum_open"],
        "maximum_open": relation["percentage_maximum_open"],
    }
