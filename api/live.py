"""What one request works on: one snapshot, and what its answer says of itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from api.answers import make_envelope
from api.errors import AbsentParts
from api.ports import Meta, read_live
from casework.ids import find_by_id
from graph.errors import EntityNotFound
from graph.model import Entity
from graph.network import Network


@dataclass(frozen=True, slots=True)
class Live:
    """The snapshot that answers one request."""

    network: Network
    meta: Meta
    request_id: str
    generated_at: str

    def envelope(self, as_of: str | None = None) -> dict[str, Any]:
        """The parts of `Envelope`."""
        return make_envelope(self.meta, self.request_id, self.generated_at, as_of)

    def find_entity(self, entity_id: str) -> Entity | None:
        """An entity by id, whatever the case; None when absent."""
        return find_by_id(self.network, entity_id)

    def require_entity(self, entity_id: str) -> Entity:
        """The entity that a request's address names.

        Raises:
            EntityNotFound: When it is absent.
        """
        entity = self.find_entity(entity_id)
        if entity is None:
            raise EntityNotFound(entity_id)
        return entity

    def resolve_ids(self, groups: Iterable[tuple[str, Sequence[str]]]) -> list[tuple[str, ...]]:
        """The entities' own ids for those that a body names.

        Args:
            groups: JSON pointer of a list of ids, and the list.

        Raises:
            AbsentParts: When any is absent; names all of them.
        """
        found: list[tuple[str, ...]] = []
        absent: list[tuple[str, str]] = []
        for pointer, ids in groups:
            entities = [self.find_entity(entity_id) for entity_id in ids]
            found.append(tuple(entity.id for entity in entities if entity is not None))
            absent += [
                (f"{pointer}/{place}", f"No entity has the id {ids[place]!r} in this snapshot.")
                for place, entity in enumerate(entities)
                if entity is None
            ]
        if absent:
            raise AbsentParts("An id names no entity; see `errors`.", absent)
        return found

    def require_datasets(self, pointer: str, names: Sequence[str]) -> None:
        """Check that every named dataset is loaded: a misspelt one would find nothing unseen.

        Raises:
            AbsentParts: When any is not.
        """
        loaded = {source.dataset for source in self.meta.sources}
        absent = [
            (f"{pointer}/{place}", f"No dataset {name!r} is loaded; /api/v1/meta lists them.")
            for place, name in enumerate(names)
            if name not in loaded
        ]
        if absent:
            raise AbsentParts("A dataset is not loaded; see `errors`.", absent)


def _read(request: Request) -> Live:
    state = request.app.state
    network, meta = read_live(state.investigation)
    return Live(
        network, meta, request.state.request_id, state.options.clock().isoformat(timespec="seconds")
    )


LiveDep = Annotated[Live, Depends(_read)]
