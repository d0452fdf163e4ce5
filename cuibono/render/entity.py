"""One party: names by type, listings, properties with their sources, timeline, claims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.console import RenderableType

from cuibono.render.dates import describe_date
from cuibono.render.evidence import iter_event, iter_link
from cuibono.render.layout import HEADING, QUIET, WARNING, heading, join, line, table
from graph.model import Entity, Event, Link, Listing, NodeKind, PropertyValue
from ingest.disclaimers import find_disclaimers

# FollowTheMoney's name properties and what they are called on screen, in the order shown.
NAME_PROPERTIES = {
    "name": "name",
    "alias": "alias",
    "weakAlias": "weak alias",
    "previousName": "former name",
    "abbreviation": "abbreviation",
    "firstName": "first name",
    "secondName": "second name",
    "middleName": "middle name",
    "fatherName": "father's name",
    "lastName": "last name",
}


def iter_entity(entity: Entity) -> Iterator[RenderableType]:
    """The card of one party."""
    kind = "" if entity.kind is NodeKind.PARTY else f", {entity.kind}"
    yield line(entity.caption, style=HEADING)
    yield line(f"{entity.id} ({entity.schema_}{kind})", style=QUIET)
    yield from iter_listings(entity.listings)
    names = list(iter_names(entity))
    if names:
        yield heading("Names")
        yield table(("type", "name", "language", "used in", "sources"), names)
    facts = list(iter_facts(entity))
    if facts:
        yield heading("Stated of it")
        yield table(("property", "value", "as published", "sources"), facts)
    rest = (
        ("topics", entity.topics),
        ("datasets", entity.datasets),
        ("also known by the ids", tuple(each for each in entity.referents if each != entity.id)),
    )
    if any(values for _, values in rest):
        yield line("")
    for label, values in rest:
        if values:
            yield line(f"{label}: {join(values)}", style=QUIET)
    for disclaimer in find_disclaimers(entity.datasets):
        yield line("")
        yield line(disclaimer, style=WARNING)


def iter_listings(listings: Sequence[Listing]) -> Iterator[RenderableType]:
    """Who lists the party, under which programmes, since when; a former listing says so."""
    rows = [
        [
            item.authority,
            item.list,
            join(item.programs),
            join(item.measures),
            describe_date(item.since) if item.since else "date not stated by the list",
            describe_state(item),
            item.dataset,
            item.source_url or item.record_id,
        ]
        for item in listings
    ]
    yield heading("Listings")
    if rows:
        header = ("authority", "list", "programmes", "measures", "since", "state", "dataset",
                  "source")  # fmt: skip
        yield table(header, rows)
        for item in listings:
            for reason in item.reasons:
                yield line(f"{item.authority} states: {reason}", level=1)
    else:
        yield line("not named by a list in this snapshot", level=1)


def describe_state(listing: Listing) -> str:
    """Whether the listing stands, ended, or is somebody's report of one."""
    state = f"delisted, {describe_date(listing.until)}" if listing.until else "listed"
    if listing.ends:
        state += f", to end {describe_date(listing.ends)}"
    if listing.unconfirmed:
        return f"reported {state}, on none of the lists loaded"
    return f"reported {state}" if listing.reported else state


def iter_names(entity: Entity) -> Iterator[list[str]]:
    """Every name with its type, language, the country it is limited to, and its sources."""
    for name, label in NAME_PROPERTIES.items():
        for item in entity.properties.get(name, ()):
            yield [label, item.value, item.lang or "", item.scope or "", join(item.sources)]


def iter_facts(entity: Entity) -> Iterator[list[str]]:
    """Every other property value with what was published and its sources."""
    for name, items in sorted(entity.properties.items()):
        if name in NAME_PROPERTIES or name == "addressEntity":  # its text is the address
            continue
        for item in items:
            yield [name, item.value, _published(item), join(item.sources)]


def _published(item: PropertyValue) -> str:
    return item.original if item.original and item.original != item.value else ""


def iter_timeline(events: Iterable[Event], nodes: Mapping[str, Entity]) -> Iterator[RenderableType]:
    """Dated facts, earliest first. They join nobody to anybody."""
    shown = list(events)
    if shown:
        yield heading("Timeline (dated facts, no links)")
    for event in shown:
        yield from iter_event(event, nodes, level=1)


def iter_claims(claims: Iterable[Link], nodes: Mapping[str, Entity]) -> Iterator[RenderableType]:
    """What one side says of another, and what is refuted, with who denies it."""
    shown = list(claims)
    if shown:
        yield heading("Claims and refuted links (carry no path)")
    for claim in shown:
        yield from iter_link(claim, nodes, level=1)
