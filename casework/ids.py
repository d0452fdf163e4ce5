"""Which entity an id means. Needs no names index, which only a name does."""

from __future__ import annotations

from graph.model import Entity
from graph.network import Network


def find_by_id(network: Network, text: str) -> Entity | None:
    """An entity by its id or one that was merged into it, whatever the case; None when absent."""
    return network.get_entity(text) or network.get_entity(text.lower())  # ids are lower-case
