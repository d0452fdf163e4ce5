"""Node ids by index, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Ids(Protocol):
    """Node ids by index, and back."""

    def find(self, entity_id: str) -> int | None:
        """Index of a node, None when absent."""
        ...

    def name(self, index: int) -> str:
        """Id of a node."""
        ...


class ListIds:
    """Ids in memory: for subgraphs and tests."""

    def __init__(self, ids: Sequence[str]) -> None:
        self._ids = list(ids)
        self._index = {each: position for position, each in enumerate(self._ids)}

    def find(self, entity_id: str) -> int | None:
        """Index of a node, None when absent."""
        return self._index.get(entity_id)

    def name(self, index: int) -> str:
        """Id of a node."""
        return self._ids[index]
