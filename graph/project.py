"""From statements to the network: entities, links, events.

Statements about one entity id are one entity, whichever dataset they come from. Addresses, identity
documents and sanction records fold into the party they belong to; an address becomes a node only
where a link names it. Nothing is merged by name here, but for parties that a list names without an
id (`…-unresolved-…`): where exactly one party of the loaded lists has exactly that primary name, it
is that party.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
from followthemoney import model
from followthemoney.exc import InvalidData
from followthemoney.schema import Schema

from graph.listings import Folded, read_folded
from graph.model import (
    CASE_PREFIX,
    LEDGER,
    Entity,
    Event,
    Evidence,
    Link,
    LinkKind,
    NodeKind,
    Status,
)
from graph.statements import DatasetTables, read_column, require_schema
from graph.status import derive_status, names_of

UNRESOLVED_MARK = "-unresolved-"
_FOLDED = ("Address", "Sanction")
# Their numbers are properties of the holder, too; relations have a table of their own.
_UNUSED = ("Identification", "CryptoWallet")
_NAMES = ("name", "alias", "previousName", "weakAlias")
_KINDS = {
    "link": LinkKind.RELATIONSHIP,
    "location": LinkKind.RELATIONSHIP,
    "coverage": LinkKind.RELATIONSHIP,
    "derived": LinkKind.DERIVED,
    "identity": LinkKind.IDENTITY,
    "claim": LinkKind.CLAIM,
}
_COUNTRY_PROPS = ("country", "nationality", "jurisdiction", "citizenship", "mainCountry", "flag")


@dataclass(frozen=True, slots=True)
class Difference:
    """A row whose own status word is not the one that its evidence supports."""

    relation_id: str
    declared: str
    derived: Status
    locator: str


@dataclass(frozen=True, slots=True)
class Judged:
    """What a person decided of two ids, as far as the network needs it."""

    status: Status  # confirmed, rejected or proposed
    by: str
    on: str
    reason: str


Judgements = Mapping[tuple[str, str], Judged]  # by the two ids, the smaller first


@dataclass(slots=True)
class Projection:
    """What a snapshot stores: sorted by id, every end of a link present.

    `entities` hold names but no other property; `records` hold the whole entities as JSON. Making
    objects of every value of every list only to store them would double the time of a build.
    """

    entities: dict[str, Entity]
    records: dict[str, bytes]
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


def project(tables: Sequence[DatasetTables], judged: Judgements | None = None) -> Projection:
    """Build the network of several datasets.

    Args:
        tables: One per dataset; derived links come as a dataset of their own.
        judged: The judgements that stand, from the ledger.
    """
    relations, evidence = _read_relations(tables)
    ends = {relation[end] for relation in relations.values() for end in ("source", "target")}
    drafts = _read_statements(tables, ends)
    folded = read_folded(tables)
    referents = _find_unresolved(drafts)
    for relation in relations.values():
        for end in ("source", "target"):
            relation[end] = referents.get(relation[end], relation[end])
    notes: list[str] = []
    projection = Projection({}, {}, [], [], referents, notes=notes)
    _make_entities(drafts, folded, relations, projection)
    for relation_id, relation in sorted(relations.items()):
        if relation["source"] == relation["target"]:
            notes.append(f"{relation_id}: both ends are {relation['source']}; left out.")
            continue
        _add_relation(projection, relation, evidence.get(relation_id, []))
    _apply_judgements(projection, judged or {})
    return projection


def _apply_judgements(projection: Projection, judged: Judgements) -> None:
    """Give identity links the state that people decided; add the ones that only people know of."""
    open_pairs = dict(judged)
    for index, link in enumerate(projection.links):
        pair = (min(link.source, link.target), max(link.source, link.target))
        if link.kind is LinkKind.IDENTITY and pair in judged:
            open_pairs.pop(pair, None)
            decided = _judged_link(pair, judged[pair]).evidence
            projection.links[index] = link.model_copy(
                update={"status": judged[pair].status, "evidence": (*decided, *link.evidence)}
            )
    for pair, each in sorted(open_pairs.items()):
        if each.status is Status.CONFIRMED and set(pair) <= projection.entities.keys():
            projection.links.append(_judged_link(pair, each))
    projection.links.sort(key=lambda link: link.id)


def _judged_link(pair: tuple[str, str], judged: Judged) -> Link:
    digest = hashlib.sha256("|".join(pair).encode()).hexdigest()[:16]
    evidence = Evidence(
        by=judged.by, on=judged.on, note=judged.reason, dataset=LEDGER,
        record_id="|".join(pair), locator=LEDGER,
    )  # fmt: skip
    return Link(
        id=f"judged-{digest}", schema_="UnknownLink", role="same as", source=pair[0],
        target=pair[1], kind=LinkKind.IDENTITY, status=judged.status, evidence=(evidence,),
    )  # fmt: skip


def _read_statements(tables: Iterable[DatasetTables], ends: set[str]) -> dict[str, _Draft]:
    drafts: dict[str, _Draft] = {}
    names = (
        "entity_id", "schema", "prop", "value", "original_value", "lang", "scope", "dataset",
        "first_seen", "last_seen", "record_id",
    )  # fmt: skip
    for each in tables:
        needed = _needed(each.statements, ends)
        columns = [read_column(needed, name) for name in names]
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
            values = draft.properties.setdefault(prop, {})
            stated = values.get(value)
            if stated is not None:
                if dataset not in stated["sources"]:
                    stated["sources"].append(dataset)
                continue
            stated = values[value] = {"value": value, "sources": [dataset]}
            for name, item in (
                ("original", original), ("lang", lang), ("scope", scope),
                ("first_seen", first), ("last_seen", last),
            ):  # fmt: skip
                if item is not None:
                    stated[name] = item
    return drafts


def _needed(statements: pa.Table, ends: set[str]) -> pa.Table:
    """The statements that a node is made from."""
    schema = statements["schema"].cast(pa.string())
    unused = [each.name for each in model if each.edge or any(map(each.is_a, _UNUSED))]
    folded = pc.is_in(schema, pa.array(_FOLDED))
    if ends:  # an address that a link names is a node
        named = pc.is_in(statements["entity_id"], pa.array(sorted(ends), pa.string()))
        folded = pc.and_(folded, pc.invert(named))
    return statements.filter(pc.invert(pc.or_(folded, pc.is_in(schema, pa.array(unused)))))


def _read_relations(
    tables: Iterable[DatasetTables],
) -> tuple[dict[str, dict[str, Any]], dict[str, list[Evidence]]]:
    relations: dict[str, dict[str, Any]] = {}
    evidence: dict[str, list[Evidence]] = {}
    for each in tables:
        for row in _rows(each.relations):
            known = relations.setdefault(row["id"], {**row, "datasets": set()})
            known["datasets"].add(row["dataset"])
        for row in _rows(each.evidence):
            relation_id = row.pop("relation_id")
            evidence.setdefault(relation_id, []).append(Evidence(**row))
    return relations, evidence


def _rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    columns = [read_column(table, name) for name in table.column_names]
    for row in zip(*columns, strict=True):
        yield dict(zip(table.column_names, row, strict=True))


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
    drafts: dict[str, _Draft],
    folded: Folded,
    relations: Mapping[str, Mapping[str, Any]],
    projection: Projection,
) -> None:
    ends = _find_ends(relations)
    merged: dict[str, list[str]] = {}
    for stub, kept in projection.referents.items():
        merged.setdefault(kept, []).append(stub)
    for entity_id in sorted({*drafts, *ends}):
        if entity_id in projection.referents:
            continue
        # A list's own party that only evidence names, because the list is not loaded.
        draft = drafts.pop(entity_id, None) or _Draft(entity_id, schemata={"LegalEntity": ""})
        schema = _schema_of(draft, projection.notes)
        if entity_id not in ends and not _is_node(schema):
            continue
        if ends.get(entity_id) == "Asset" and not schema.is_a("Asset"):
            schema = _as_asset(schema)
        entity = _make_entity(draft, schema, folded)
        entity["referents"] = sorted(merged.get(entity_id, []))
        projection.records[entity_id] = orjson.dumps(entity)
        names = {prop: entity["properties"].get(prop, ()) for prop in _NAMES}
        projection.entities[entity_id] = Entity.model_validate({**entity, "properties": names})


def _find_ends(relations: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """What the links need of their ends: the range of the schema's property."""
    ends: dict[str, str] = {}
    for relation in relations.values():
        schema = require_schema(relation["schema"])
        for end, prop in (("source", schema.source_prop), ("target", schema.target_prop)):
            wanted = prop.range.name if prop is not None and prop.range is not None else "Thing"
            # What an event or a claim would need does not make its party something else.
            carries = relation["kind"] not in ("event", "claim", "identity")
            if carries and wanted == "Asset":
                ends[relation[end]] = wanted
            else:
                ends.setdefault(relation[end], "Thing")
    return ends


def _is_node(schema: Schema) -> bool:
    """Whether entities of a schema stand in the network of their own."""
    if schema.edge or not schema.is_a("Thing"):
        return False
    return not any(schema.is_a(name) for name in _FOLDED)


def _as_asset(schema: Schema) -> Schema:
    """An organisation that somebody owns is a Company: an Ownership needs an Asset."""
    company = require_schema("Company")
    return company if company.is_a(schema) or schema.name == "PublicBody" else schema


def _make_entity(draft: _Draft, schema: Schema, folded: Folded) -> dict[str, Any]:
    """The record of an entity, in the shape of `Entity`."""
    # Lists before evidence files: a list's own spelling is the caption.
    names = sorted(
        draft.properties.get("name", {}).values(),
        key=lambda item: all(each.startswith(CASE_PREFIX) for each in item["sources"]),
    )
    full = draft.values("full") if schema.is_a("Address") else []
    countries = {code for prop in _COUNTRY_PROPS for code in draft.values(prop)}
    for address in draft.values("addressEntity"):
        countries.update(folded.countries.get(address, ()))
    listings = folded.listings.get(draft.id, [])
    if folded.lists_loaded and all(each["reported"] for each in listings):
        listings = [{**each, "unconfirmed": True} for each in listings]
    listings.sort(key=lambda each: (each["reported"], each["dataset"], each["record_id"]))
    return {
        "id": draft.id,
        "schema": schema.name,
        "caption": names[0]["value"] if names else (full[0] if full else draft.id),
        "kind": _kind_of(draft, schema),
        "properties": {
            prop: list(values.values()) for prop, values in sorted(draft.properties.items())
        },
        "topics": sorted(draft.values("topics")),
        "countries": sorted(countries),
        "datasets": sorted(draft.datasets),
        "listings": listings,
    }


def _kind_of(draft: _Draft, schema: Schema) -> NodeKind:
    if schema.is_a("Address"):
        return NodeKind.PREMISES
    if UNRESOLVED_MARK in draft.id or not draft.datasets:
        return NodeKind.UNRESOLVED
    words = {
        word.casefold() for prop in ("classification", "sector") for word in draft.values(prop)
    }
    return NodeKind.OUTLET if NodeKind.OUTLET.value in words else NodeKind.PARTY


def _add_relation(
    projection: Projection,
    relation: Mapping[str, Any],
    evidence: Sequence[Evidence],
) -> None:
    kind = relation["kind"]
    status = _status_of(projection, relation, evidence)
    for item in evidence:
        if item.stance == "asserts" and item.declared_status not in (None, status, ""):
            projection.differences.append(
                Difference(relation["id"], str(item.declared_status), status, item.locator)
            )
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


def _status_of(
    projection: Projection, relation: Mapping[str, Any], evidence: Sequence[Evidence]
) -> Status:
    if relation["kind"] == "identity":
        return Status.PROPOSED
    if all(item.stance == "asserts" for item in evidence):
        return derive_status(evidence)
    ends = (projection.entities[relation["source"]], projection.entities[relation["target"]])
    return derive_status(evidence, (names_of(ends[0]), names_of(ends[1])))


def _percentage(relation: Mapping[str, Any]) -> dict[str, Any] | None:
    if relation["percentage_minimum"] is None:
        return None
    return {
        "minimum": relation["percentage_minimum"],
        "maximum": relation["percentage_maximum"],
        "minimum_open": relation["percentage_minimum_open"],
        "maximum_open": relation["percentage_maximum_open"],
    }
