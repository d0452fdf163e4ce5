"""Small hand-made networks for the Neo4j tests, opened by the embedded backend as the reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from graph.columns import LinkRow
from graph.embedded.network import EmbeddedNetwork
from graph.embedded.writer import write_network
from graph.model import Entity, Event, Evidence, Link, LinkKind, Listing, PropertyValue, Status
from graph.project import Projection

CODES = {"list": 0, "case": 1}


def said(by: str = "Invented Register", on: str | None = "2010-05-01") -> Evidence:
    return Evidence(by=by, on=on, dataset="case", record_id="1", locator="case.csv:1")


def denied(by: str, on: str) -> Evidence:
    return said(by, on).model_copy(update={"stance": "denies"})


def party(
    entity_id: str,
    schema: str = "Company",
    *,
    caption: str = "",
    programs: tuple[str, ...] = (),
    referents: tuple[str, ...] = (),
) -> Entity:
    name = caption or f"Invented {entity_id}"
    listing = Listing(
        authority="Invented Authority", list="Invented List", programs=programs,
        since="2010", dataset="list", record_id=entity_id,
    )  # fmt: skip
    return Entity(
        id=entity_id,
        schema_=schema,
        caption=name,
        properties={"name": (PropertyValue(value=name, sources=("list",)),)},
        datasets=("list",),
        listings=(listing,) if programs else (),
        referents=referents,
    )


def link(
    link_id: str,
    source: str,
    target: str,
    schema: str = "Ownership",
    more: Mapping[str, object] = MappingProxyType({}),
    **also: object,
) -> Link:
    fields = {
        "id": link_id, "source": source, "target": target, "schema": schema, "role": "owner",
        "datasets": ("case",), "evidence": (said(),), **more, **also,
    }  # fmt: skip
    return Link.model_validate(fields)


def case() -> Projection:
    """A financier, his firms, a carrier that a firm claims as partner, a remitter, a regulator."""
    entities = [
        party("husayn", "Person", programs=("A", "B", "C"), referents=("husayn-old",)),
        party("kassim", "Person", programs=("A",)),
        party("congo", programs=("A",)),
        party("kairaba", programs=("A",)),
        party("kairaba-2"),
        party("remitter"),
        party("carrier"),
        party("regulator", "PublicBody"),
    ]
    refutation = (said("congo's website"), denied("carrier", "2015"))
    links = [
        link("01", "husayn", "kassim", "Family", role="brother"),
        link("02", "husayn", "kairaba", "Directorship", role="manager", start="2006-03"),
        link("03", "kairaba", "remitter", "Representation", role="agent of", end="2015-03-13"),
        link("04", "kassim", "congo", status=Status.DISPUTED),
        link("05", "congo", "carrier", "UnknownLink", role="partner of", kind=LinkKind.CLAIM,
             status=Status.REFUTED, evidence=refutation),
        link("06", "congo", "carrier", "UnknownLink", role="ships with", status=Status.REFUTED,
             evidence=refutation),
        link("07", "husayn", "carrier", role="shared premises", kind=LinkKind.DERIVED,
             schema="UnknownLink", value="1 Tower", sharers=30),
        link("08", "husayn", "kairaba", role="shared website", kind=LinkKind.DERIVED,
             schema="UnknownLink", value="invented.example", sharers=2),
        link("09", "kairaba", "kairaba-2", role="same as", kind=LinkKind.IDENTITY,
             schema="UnknownLink", status=Status.PROPOSED, probability=0.9),
        link("10", "kairaba-2", "carrier", role="same as", kind=LinkKind.IDENTITY,
             schema="UnknownLink", status=Status.REJECTED),
    ]  # fmt: skip
    events = [
        Event.model_validate(
            {"id": each, "source": source, "target": "regulator", "schema": "UnknownLink",
             "role": "settlement", "start": "2019", "evidence": (said(),)}
        )
        for each, source in (("e1", "remitter"), ("e2", "carrier"))
    ]  # fmt: skip
    return Projection(
        entities={each.id: each for each in sorted(entities, key=lambda each: each.id)},
        records={},
        links=links,
        events=events,
        referents={"husayn-old": "husayn"},
    )


def open_network(projection: Projection, directory: Path, snapshot: str) -> EmbeddedNetwork:
    """Write a projection, its records made from its entities, and open it."""
    records = {
        key: entity.model_dump_json(exclude_defaults=True).encode()
        for key, entity in sorted(projection.entities.items())
    }
    projection = replace(projection, records=records)
    folder = directory / snapshot
    folder.mkdir()
    write_network(projection, CODES, folder)
    return EmbeddedNetwork(folder, snapshot)


def with_changes(projection: Projection, **captions: str) -> Projection:
    """The same with other captions."""
    changed = {
        key: entity.model_copy(update={"caption": captions.get(key.replace("-", "_"), "")})
        if key.replace("-", "_") in captions
        else entity
        for key, entity in projection.entities.items()
    }
    return replace(projection, entities=changed)


class Interrupted:
    """A snapshot whose reading ends with an error after some links."""

    def __init__(self, network: EmbeddedNetwork, after: int) -> None:
        self._network = network
        self._after = after
        self.snapshot = network.snapshot
        self.dataset_codes = network.dataset_codes
        self.iter_nodes = network.iter_nodes
        self.iter_events = network.iter_events

    def iter_links(self) -> Iterator[tuple[Link, LinkRow]]:
        for number, each in enumerate(self._network.iter_links()):
            if number == self._after:
                raise KeyboardInterrupt
            yield each
