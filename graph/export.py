"""A network, or a part of it, as FollowTheMoney: entities as JSON lines, or statements as CSV.

Everything that FollowTheMoney has a place for goes there. What it has none for (the status of a
link, who asserted it and when, a share that is an interval, a day known only by its bounds) is put
into words in `summary`, the words quoted from the sources into `description`. What would read there
as a plain statement and is none is left out and counted: refuted links, claims, events, links that
were derived or that only propose an identity. `Left.sentences` says so; show them.

Source: FollowTheMoney 4, followthemoney.statement.serialize (CSV_COLUMNS), EntityProxy.to_dict.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NamedTuple, Protocol

import orjson
from followthemoney.dataset import Dataset
from followthemoney.schema import Schema
from followthemoney.statement import Statement
from followthemoney.statement.entity import StatementEntity
from followthemoney.statement.serialize import CSVStatementWriter
from followthemoney.types import registry

from graph.edges import require_edge
from graph.model import Entity, Link, LinkKind, Listing, Percentage, Status
from graph.network import NeighbourAnswer, NeighbourQuery
from graph.schemata import require_schema

_PLAIN_DATE = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")
# Of a day known by its bounds: the one at the near end of a start, at the far end of an end.
_NEAR = {"start": 0, "end": -1}
_PAGE = 1000  # neighbours at a time
_DATASET = "cuibono"  # of what no dataset states: that an entity exists
# Refuted: FollowTheMoney would read the link as one that stands.
_LEFT_STATUSES = frozenset({Status.REFUTED, Status.REJECTED})
_LEFT_KINDS = {
    LinkKind.IDENTITY: "links that say two parties may be the same",
    LinkKind.DERIVED: "links derived from shared values",
    LinkKind.CLAIM: "claims of one side",
}


class Exportable(Protocol):
    """What is needed of a network: the embedded one of a snapshot has it."""

    def iter_entities(self) -> Iterator[Entity]:
        """Every entity, in order of id."""
        ...

    def iter_links(self) -> Iterator[tuple[Link, Any]]:
        """Every link and claim with its row, in order of id."""
        ...

    def neighbours(self, query: NeighbourQuery) -> NeighbourAnswer:
        """The entities one link away."""
        ...


class Value(NamedTuple):
    """One value of an exported entity, as one dataset states it."""

    prop: str
    text: str
    dataset: str
    original: str | None = None
    lang: str | None = None
    first_seen: str | None = None
    last_seen: str | None = None


@dataclass(frozen=True, slots=True)
class Exported:
    """One entity of FollowTheMoney: a party, a sanction record or an edge."""

    id: str
    schema: str
    caption: str
    datasets: tuple[str, ...]
    values: tuple[Value, ...]
    referents: tuple[str, ...] = ()

    def to_entity(self) -> dict[str, Any]:
        """As a line of FollowTheMoney's JSON."""
        properties: dict[str, list[str]] = {}
        for value in self.values:
            texts = properties.setdefault(value.prop, [])
            if value.text not in texts:
                texts.append(value.text)
        seen = [value.first_seen for value in self.values if value.first_seen]
        last = [value.last_seen for value in self.values if value.last_seen]
        return {
            "id": self.id, "caption": self.caption, "schema": self.schema,
            "properties": properties, "datasets": list(self.datasets),
            "referents": list(self.referents), "first_seen": min(seen, default=None),
            "last_seen": max(last, default=None),
        }  # fmt: skip

    def iter_statements(self) -> Iterator[Statement]:
        """As statements, the one of the id last."""
        entity = StatementEntity(
            Dataset.make({"name": self.datasets[0], "title": self.datasets[0]}),
            {"id": self.id, "schema": self.schema},
        )
        for value in self.values:
            entity.add_statement(
                Statement(
                    entity_id=self.id, canonical_id=self.id, schema=self.schema, prop=value.prop,
                    value=value.text, dataset=value.dataset, lang=value.lang,
                    original_value=value.original, first_seen=value.first_seen,
                    last_seen=value.last_seen,
                )
            )  # fmt: skip
        yield from entity.statements


@dataclass(slots=True)
class Left:
    """What the export does not hold, beside how much it holds."""

    entities: int = 0
    links: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def sentences(self) -> list[str]:
        """One sentence for each kind of thing left out, for the person who exports."""
        return [
            f"Left out: {number:,} {what}."
            for what, number in sorted(self.counts.items())
            if number
        ]


@dataclass(frozen=True, slots=True)
class Selection:
    """The part of a network that is exported; read as often as it is iterated over."""

    ids: frozenset[str]  # of its entities
    entities: Callable[[], Iterable[Entity]]  # in order of id
    links: Callable[[], Iterable[Link]]  # in order of id


def select_all(network: Exportable) -> Selection:
    """The whole network, of which only the ids are held in memory."""
    ids = frozenset(entity.id for entity in network.iter_entities())
    return Selection(ids, network.iter_entities, lambda: (link for link, _ in network.iter_links()))


def select_around(network: Exportable, entity_ids: Iterable[str]) -> Selection:
    """Some entities, their links, and the parties at the other end of these.

    Links that a search does not follow (refuted ones, claims) are not among them.

    Raises:
        EntityNotFound: When an entity is absent.
    """
    entities: dict[str, Entity] = {}
    links: dict[str, Link] = {}
    for entity_id in entity_ids:
        offset: int | None = 0
        while offset is not None:
            page = network.neighbours(
                NeighbourQuery(source=entity_id, limit=_PAGE, offset=offset, order="id")
            )
            entities |= page.nodes
            links |= page.links
            offset = page.next_offset
    return make_selection(entities.values(), links.values())


def make_selection(entities: Iterable[Entity], links: Iterable[Link]) -> Selection:
    """A part that is in memory."""
    parties = sorted(entities, key=lambda entity: entity.id)
    between = sorted(links, key=lambda link: link.id)
    ids = frozenset(entity.id for entity in parties)
    return Selection(ids, lambda: parties, lambda: between)


def write_entities(stream: BinaryIO, selection: Selection) -> Left:
    """Write JSON lines that FollowTheMoney reads."""
    left = Left()
    for exported in iter_exported(selection, left):
        stream.write(orjson.dumps(exported.to_entity(), option=orjson.OPT_APPEND_NEWLINE))
    return left


def write_statements(stream: BinaryIO, selection: Selection) -> Left:
    """Write the CSV of statements that `followthemoney.statement.serialize` reads."""
    left = Left()
    text = io.TextIOWrapper(stream, "utf-8", newline="")
    writer = CSVStatementWriter(text)
    for exported in iter_exported(selection, left):
        for statement in exported.iter_statements():
            writer.write(statement)
    writer.close()
    text.detach()  # else the stream is closed with it, stdout too
    return left


def iter_exported(selection: Selection, left: Left) -> Iterator[Exported]:
    """Entities in order of id, each followed by its sanction records; then edges."""
    for entity in selection.entities():
        left.entities += 1
        yield _export_entity(entity, selection.ids, left)
        for number, listing in enumerate(entity.listings, start=1):
            if listing.reported:
                left.counts["listings that someone other than the list reports"] += 1
            else:
                yield _export_listing(entity.id, number, listing)
    for link in selection.links():
        if link.kind in _LEFT_KINDS:
            left.counts[_LEFT_KINDS[link.kind]] += 1
        elif link.status in _LEFT_STATUSES:
            left.counts["refuted links"] += 1
        else:
            left.links += 1
            yield _export_link(link)


def _export_entity(entity: Entity, exported: Collection[str], left: Left) -> Exported:
    schema = require_schema(entity.schema_)
    values = []
    for name, items in entity.properties.items():
        prop = schema.get(name)
        for item in items:
            if prop is None:
                left.counts[f"values of {name}, which the entity's schema does not have"] += 1
            elif prop.type is registry.entity and item.value not in exported:
                left.counts["references to entities of their own (addresses, documents)"] += 1
            else:
                if item.scope:
                    left.counts["countries within which an alias holds (the alias is there)"] += 1
                values += [
                    Value(name, item.value, dataset, item.original, item.lang, item.first_seen,
                          item.last_seen)
                    for dataset in item.sources or entity.datasets or (_DATASET,)
                ]  # fmt: skip
    datasets = entity.datasets or (_DATASET,)
    return Exported(entity.id, entity.schema_, entity.caption, datasets, tuple(values),
                    entity.referents)  # fmt: skip


def _export_listing(party: str, number: int, listing: Listing) -> Exported:
    stated = {
        "entity": (party,), "authority": (listing.authority,), "publisher": (listing.list,),
        "program": listing.programs, "programId": listing.programs,
        "listingDate": (listing.since,), "endDate": (listing.until or listing.ends,),
        "provisions": listing.measures, "reason": listing.reasons,
        "sourceUrl": (listing.source_url,), "recordId": (listing.record_id,),
    }  # fmt: skip
    values = _clean("Sanction", stated, (listing.dataset,))
    caption = f"{listing.list}, {listing.since}" if listing.since else listing.list
    return Exported(f"{party}-listing-{number}", "Sanction", caption, (listing.dataset,), values)


def _export_link(link: Link) -> Exported:
    schema = require_schema(link.schema_)
    share = link.percentage
    is_exact = share is not None and share.minimum == share.maximum
    stated: dict[str, Iterable[str | None]] = {
        prop: (_find_day(name, link) if name in _NEAR else getattr(link, name),)
        for prop, name in require_edge(link.schema_).props
    }
    if share is not None and is_exact and schema.get("percentage"):
        stated["percentage"] = (f"{share.minimum:g}",)
    evidence = [item for item in link.evidence if item.stance == "asserts"]
    stated |= {
        "summary": (describe_sidecar(link),),
        "description": [f"{item.by}: {item.quote}" for item in evidence if item.quote],
        "publisher": [item.by for item in evidence],
        "sourceUrl": [item.source_url for item in evidence],
        "recordId": [item.record_id for item in evidence],
    }
    datasets = link.datasets or (_DATASET,)
    values = _clean(link.schema_, stated, datasets)
    return Exported(link.id, link.schema_, link.role or link.schema_, datasets, values)


def describe_sidecar(link: Link) -> str:
    """What FollowTheMoney has no property for, in sentences."""
    said = [f"Status: {link.status.value}."]
    for item in link.evidence:
        verb = "Asserted" if item.stance == "asserts" else "Denied"
        day = f", {item.on}" if item.on else ""
        relayed = f", relaying {item.relays}" if item.relays else ""
        note = f" ({' '.join(item.note.split())})" if item.note else ""
        said.append(f"{verb} by {item.by}{day}{relayed}{note}.")
    if link.percentage is not None:
        said.append(f"Share: {_describe_share(link.percentage)}.")
    for word, stated in (("Start", link.start), ("End", link.end)):
        if stated and not _is_plain(stated):
            said.append(f"{word}: {stated} (ISO 8601-2; the day given is one that it allows).")
    if link.confidence is not None:
        said.append(f"Confidence: {link.confidence:g}.")
    return " ".join(said)


def _describe_share(share: Percentage) -> str:
    if share.minimum == share.maximum:
        return f"{share.minimum:g} %"
    low = "more than" if share.minimum_open else "at least"
    high = "less than" if share.maximum_open else "at most"
    return f"{low} {share.minimum:g} %, {high} {share.maximum:g} %"


def _find_day(name: str, link: Link) -> str | None:
    """A day that FollowTheMoney can hold: a link that has ended must not read as one that stands.

    `describe_sidecar` says what is known of it.
    """
    days = [match[0] for match in _PLAIN_DATE.finditer(getattr(link, name) or "")]
    return days[_NEAR[name]] if days else None


def _is_plain(day: str | None) -> bool:
    return day is not None and _PLAIN_DATE.fullmatch(day) is not None


def _clean(name: str, stated: dict[str, Any], datasets: tuple[str, ...]) -> tuple[Value, ...]:
    """The values that the schema has a place for and its types accept, once for each dataset."""
    schema: Schema = require_schema(name)
    values: dict[Value, None] = {}
    for prop_name, texts in stated.items():
        prop = schema.get(prop_name)
        for text in texts:
            cleaned = prop.type.clean(text) if prop is not None and text else None
            if prop is not None and cleaned is not None:
                values |= {Value(prop.name, cleaned, dataset): None for dataset in datasets}
    return tuple(values)
