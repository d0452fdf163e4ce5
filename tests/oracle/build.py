"""A world as an embedded network, built by the product's own writer."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from graph.embedded.network import EmbeddedNetwork
from graph.embedded.writer import write_network
from graph.project import Projection
from tests.oracle.reference import World

CODES: Mapping[str, int] = {"case_x": 0, "list_a": 1, "list_b": 2}


def projection_of(world: World) -> Projection:
    """The world in the form that a build hands to the writer: sorted by id."""
    entities = dict(sorted(world.entities.items()))
    records = {each: entity.model_dump_json().encode() for each, entity in entities.items()}
    links = sorted(world.links, key=lambda link: link.id)
    return Projection(entities, records, links, [])


@contextmanager
def open_world(
    world: World, codes: Mapping[str, int] = CODES, folder: Path | None = None
) -> Iterator[EmbeddedNetwork]:
    """Build and open; the files go when the block ends."""
    place = Path(tempfile.mkdtemp(dir=folder))
    try:
        write_network(projection_of(world), codes, place)
        network = EmbeddedNetwork(place, "oracle")
        try:
            yield network
        finally:
            network.close()
    finally:
        shutil.rmtree(place)
